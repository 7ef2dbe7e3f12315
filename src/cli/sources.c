/* sources: see sources.h.  Here places; the walk through folders is source_walk.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/sources.h"

#include "cli/source_walk.h"
#include "notebook/reader.h"
#include "util/limits.h"

#include <errno.h>
#include <sys/stat.h>

enum { LISTING_DAYS = 30 };

void sources_release(struct sources *s)
{
    wiring_release(&s->wiring);
}

static bool open_store(struct sources *s, struct err *err)
{
    return s->wiring.store != NULL || wiring_open(&s->wiring, s->cli, err);
}

/* A listing goes on for as long as there are notebooks to be analysed. */
static struct store_call long_call(const struct config *c)
{
    struct store_call call = wiring_call(c);
    call.deadline_ms += (int64_t)LISTING_DAYS * 24 * 3600 * 1000;
    return call;
}

/* A listing on its way to each(). */
struct s3_walk {
    struct store *store;
    struct str bucket, prefix;
    source_fn *each;
    void *ctx;
};

static bool each_object(void *ctx, const struct store_object *object, struct err *err)
{
    const struct s3_walk *w = ctx;
    AUTO_ARENA a = ARENA_INIT;
    if (!notebook_is_name(object->key) ||
        source_is_hidden(str_from_pos(object->key, w->prefix.len)))
        return true;
    struct source source = { .kind = SOURCE_OBJECT,
                             .name = arena_printf(&a, "s3://%.*s/%.*s", STR_FMT(w->bucket),
                                                  STR_FMT(object->key)),
                             .root = w->bucket,
                             .path = object->key,
                             .store = w->store };
    return w->each(w->ctx, &source, err);
}

static bool is_object(struct sources *s, struct str bucket, struct str key, bool *is_there,
                      struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct store_object object;
    struct store_call call = wiring_call(&s->cli->config);
    struct err why = ERR_INIT;
    *is_there = store_head(s->wiring.store, &a, bucket, key, &call, &object, &why);
    if (*is_there || why.code == ERR_NOT_FOUND || why.code == ERR_INVALID)
        return true;
    *err = why;
    return false;
}

static bool each_of_s3(struct sources *s, struct str bucket, struct str key, source_fn *each,
                       void *ctx, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    bool is_there = false;
    if (!open_store(s, err))
        return false;
    struct str folder = key;
    while (folder.len > 0 && folder.ptr[folder.len - 1] == '/')
        folder.len--;
    if (folder.len > 0 && folder.len == key.len && notebook_is_name(key) &&
        !is_object(s, bucket, key, &is_there, err))
        return false;
    if (folder.len > 0)
        folder = arena_concat(&a, folder, STR("/"));
    struct s3_walk walk = { s->wiring.store, bucket, folder, each, ctx };
    if (is_there) {
        struct store_object object = { .key = key };
        walk.prefix = key;
        return each_object(&walk, &object, err);
    }
    if (folder.len > LIMIT_KEY_BYTES)
        return err_set(err, ERR_INVALID, "no key on S3 is longer than %lu bytes", LIMIT_KEY_BYTES);
    const struct store_list list = { .bucket = bucket,
                                     .prefix = folder,
                                     .each = each_object,
                                     .ctx = &walk,
                                     .call = long_call(&s->cli->config) };
    return store_list(s->wiring.store, &list, err);
}

bool sources_each(struct sources *s, struct str place, source_fn *each, void *ctx, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str bucket, key;
    struct stat st;
    if (source_is_s3(place, &bucket, &key))
        return each_of_s3(s, bucket, key, each, ctx, err);
    if (str_eq(place, STR("-"))) {
        struct source in = { .kind = SOURCE_STDIN, .name = place };
        return each(ctx, &in, err);
    }
    const char *path = arena_cstr(&a, place, err);
    if (path == NULL)
        return false;
    if (stat(path, &st) != 0) {
        int error = errno;
        if (str_contains(place, STR("://"))) {
            err_set(err, ERR_UNSUPPORTED, "%.*s: no such place can be read", STR_FMT(place));
            return err_fix(err, "Name files, folders or s3://BUCKET/PREFIX.");
        }
        return err_errno(err, error, "%.*s", STR_FMT(place));
    }
    if (S_ISDIR(st.st_mode))
        return source_walk(s, place, each, ctx, err);
    struct source file = { .kind = SOURCE_FILE, .name = place, .path = place };
    return each(ctx, &file, err);
}

bool sources_one(struct sources *s, struct str text, struct source *out, struct err *err)
{
    struct str bucket, key;
    if (text.len == 0)
        return err_set(err, ERR_INVALID, "the line is empty");
    *out = (struct source){ .kind = SOURCE_FILE, .name = text, .path = text };
    if (!source_is_s3(text, &bucket, &key))
        return true;
    *out = (struct source){ .kind = SOURCE_OBJECT, .name = text, .root = bucket, .path = key };
    if (!open_store(s, err))
        return false;
    out->store = s->wiring.store;
    return true;
}

struct reading sources_reading(const struct sources *s)
{
    const struct config *c = &s->cli->config;
    return (struct reading){
        .max_bytes = (uint64_t)config_int(c, CONFIG_FETCH_MAX_NOTEBOOK_BYTES),
        .timeout_ms = 1000 * config_int(c, CONFIG_SERVER_CALL_TIMEOUT_S),
    };
}
