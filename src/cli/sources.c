/* sources: see sources.h.  Here places and reading; the walk through folders is source_walk.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/sources.h"

#include "cli/source_walk.h"
#include "notebook/reader.h"
#include "util/beneath.h"
#include "util/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 256 * 1024, LISTING_DAYS = 30 };

void sources_release(struct sources *s)
{
    wiring_release(&s->wiring);
}

bool source_is_s3(struct str place, struct str *bucket, struct str *key)
{
    static const struct str schemes[] = { STR_INIT("s3://"), STR_INIT("s3a://"),
                                          STR_INIT("s3n://") };
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
        if (str_has_prefix(place, schemes[i])) {
            str_cut(str_from_pos(place, schemes[i].len), '/', bucket, key);
            return true;
        }
    return false;
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
    struct arena *arena;
    struct str bucket, prefix;
    source_fn *each;
    void *ctx;
};

static bool has_hidden_part(struct str path)
{
    struct str part;
    bool is_more = true;
    while (is_more) {
        is_more = str_cut(path, '/', &part, &path);
        if (part.len > 0 && part.ptr[0] == '.')
            return true;
    }
    return false;
}

static bool each_object(void *ctx, const struct store_object *object, struct err *err)
{
    const struct s3_walk *w = ctx;
    AUTO_ARENA a = ARENA_INIT;
    if (!notebook_is_name(object->key) || has_hidden_part(str_from_pos(object->key, w->prefix.len)))
        return true;
    struct source source = { .kind = SOURCE_OBJECT,
                             .name = arena_printf(&a, "s3://%.*s/%.*s", STR_FMT(w->bucket),
                                                  STR_FMT(object->key)),
                             .root = w->bucket,
                             .path = object->key };
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
    struct s3_walk walk = { &a, bucket, folder, each, ctx };
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
    return open_store(s, err);
}

static bool too_large(uint64_t most, struct err *err)
{
    err_set(err, ERR_TOO_LARGE, "the notebook has more than %llu bytes", (unsigned long long)most);
    return err_fix(err, "The setting fetch.max_notebook_bytes is the limit.");
}

/* All of fd, which is closed. */
static bool read_fd(int fd, uint64_t most, store_chunk_fn *chunk, void *ctx, struct err *err)
{
    char *bytes = malloc(CHUNK_BYTES);
    bool ok = true, is_end = false;
    uint64_t total = 0;
    if (bytes == NULL)
        panic("no memory for a chunk");
    while (ok && !is_end) {
        ssize_t n = read(fd, bytes, CHUNK_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        is_end = n == 0;
        if (n < 0)
            ok = err_errno(err, errno, "reading it");
        else if (n > 0 && (total += (uint64_t)n) > most)
            ok = too_large(most, err);
        else if (n > 0)
            ok = chunk(ctx, (struct str){ bytes, (size_t)n }, err);
    }
    free(bytes);
    if (fd != STDIN_FILENO)
        close(fd);
    return ok;
}

static int open_source(const struct source *source, struct arena *a, struct err *err)
{
    if (source->kind == SOURCE_STDIN)
        return STDIN_FILENO;
    const char *path = arena_cstr(a, source->path, err);
    const char *root = arena_cstr(a, source->root, err);
    if (path == NULL || root == NULL)
        return -1;
    int fd = -1;
    if (source->kind == SOURCE_FILE)
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    else {
        int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        fd = dir < 0 ? -1 : beneath_open(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
        int error = errno;
        if (dir >= 0)
            close(dir);
        errno = error;
    }
    if (fd < 0)
        err_errno(err, errno, "opening it");
    return fd;
}

struct counted {
    store_chunk_fn *chunk;
    void *ctx;
    uint64_t total, most;
};

static bool count_chunk(void *ctx, struct str bytes, struct err *err)
{
    struct counted *c = ctx;
    c->total += bytes.len;
    return c->total > c->most ? too_large(c->most, err) : c->chunk(c->ctx, bytes, err);
}

bool source_read(struct sources *s, const struct source *source, store_chunk_fn *chunk, void *ctx,
                 struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const struct config *c = &s->cli->config;
    uint64_t most = (uint64_t)config_int(c, CONFIG_FETCH_MAX_NOTEBOOK_BYTES);
    if (source->kind == SOURCE_OBJECT) {
        struct counted counted = { .chunk = chunk, .ctx = ctx, .most = most };
        struct store_got got;
        const struct store_get get = { .bucket = source->root,
                                       .key = source->path,
                                       .chunk = count_chunk,
                                       .ctx = &counted,
                                       .call = wiring_call(c) };
        return store_get(s->wiring.store, &a, &get, &got, err);
    }
    int fd = open_source(source, &a, err);
    return fd >= 0 && read_fd(fd, most, chunk, ctx, err);
}
