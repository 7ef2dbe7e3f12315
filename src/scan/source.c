/* source: see source.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/source.h"

#include "util/beneath.h"
#include "util/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK_BYTES = 256 * 1024 };

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

bool source_is_hidden(struct str key)
{
    struct str part;
    bool is_more = true;
    while (is_more) {
        is_more = str_cut(key, '/', &part, &key);
        if (part.len > 0 && part.ptr[0] == '.')
            return true;
    }
    return false;
}

struct store_call reading_call(const struct reading *r)
{
    return (struct store_call){ .deadline_ms = clock_mono_ms() + r->timeout_ms,
                                .cancel = r->cancel };
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

bool source_read(const struct reading *r, const struct source *source, store_chunk_fn *chunk,
                 void *ctx, struct arena *kept, struct store_object *object_out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    if (source->kind == SOURCE_OBJECT) {
        struct counted counted = { .chunk = chunk, .ctx = ctx, .most = r->max_bytes };
        struct store_got got;
        const struct store_get get = { .bucket = source->root,
                                       .key = source->path,
                                       .chunk = count_chunk,
                                       .ctx = &counted,
                                       .call = reading_call(r) };
        if (!store_get(source->store, &a, &get, &got, err))
            return false;
        if (object_out != NULL) {
            *object_out = got.object;
            object_out->key = source->path;
            object_out->etag = arena_str(kept, got.object.etag);
        }
        return true;
    }
    int fd = open_source(source, &a, err);
    return fd >= 0 && read_fd(fd, r->max_bytes, chunk, ctx, err);
}
