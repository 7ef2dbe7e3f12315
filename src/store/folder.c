/* folder: see folder.h.  Opening, reading and the buckets; the walk is in folder_list.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/folder.h"

#include "store/folder_internal.h"
#include "util/beneath.h"
#include "util/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 * 1024 };

int folder_open(const struct folder_store *f, const char *path, int flags)
{
    const size_t len = sizeof FOLDER_ONE_BUCKET - 1;
    if (!f->is_one)
        return beneath_open(f->fd, path, flags);
    if (strncmp(path, FOLDER_ONE_BUCKET, len) != 0 || (path[len] != '/' && path[len] != '\0')) {
        errno = ENOENT;
        return -1;
    }
    path += path[len] == '/' ? len + 1 : len;
    return beneath_open(f->fd, path[0] == '\0' ? "." : path, flags);
}

bool folder_fail(struct err *err, int errno_value, struct str bucket, struct str key)
{
    if (str_eq(bucket, STR(FOLDER_ONE_BUCKET)) && key.len > 0)
        return err_errno(err, errno_value, "%.*s", STR_FMT(key));
    switch (errno_value) {
    case EXDEV:
    case ELOOP:
        return err_set(err, ERR_FORBIDDEN, "s3://%.*s/%.*s leads out of the lake", STR_FMT(bucket),
                       STR_FMT(key));
    case ENAMETOOLONG:
        return err_set(err, ERR_INVALID, "the disk has no names as long as s3://%.*s/%.*s",
                       STR_FMT(bucket), STR_FMT(str_slice(key, 0, 80)));
    case ENOENT:
    case ENOTDIR:
        if (key.len == 0)
            return err_set(err, ERR_NOT_FOUND, "there is no bucket %.*s", STR_FMT(bucket));
        return err_set(err, ERR_NOT_FOUND, "there is no object s3://%.*s/%.*s", STR_FMT(bucket),
                       STR_FMT(key));
    default:
        return err_errno(err, errno_value, "s3://%.*s/%.*s", STR_FMT(bucket), STR_FMT(key));
    }
}

bool folder_goes_on(const struct store_call *call, struct err *err)
{
    if (call->cancel != NULL && atomic_load(call->cancel))
        return err_set(err, ERR_CANCELLED, "cancelled");
    if (clock_mono_ms() > call->deadline_ms)
        return err_set(err, ERR_TIMEOUT, "reading the lake took too long");
    return true;
}

struct store_object folder_object(struct arena *a, struct str key, const struct stat *st)
{
    int64_t ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
    return (struct store_object){
        .key = arena_str(a, key),
        .etag = arena_printf(a, "%llx-%llx-%llx", (unsigned long long)st->st_size,
                             (unsigned long long)ns, (unsigned long long)st->st_ino),
        .size_bytes = (uint64_t)st->st_size,
        .last_modified_unix_ms = ns / 1000000,
    };
}

char *folder_path(struct arena *a, struct str bucket, struct str key, struct err *err)
{
    struct str rest = key, part;
    bool is_more = key.len > 0;
    while (is_more) {
        is_more = str_cut(rest, '/', &part, &rest);
        if (part.len == 0 || str_eq(part, STR(".")) || str_eq(part, STR("..")) ||
            str_has_prefix(part, STR(FOLDER_HIDDEN_PREFIX))) {
            err_set(err, ERR_INVALID, "a folder cannot hold the key \"%.*s\"",
                    STR_FMT(str_slice(key, 0, 120)));
            return NULL;
        }
    }
    return arena_cstr(a, arena_printf(a, "%.*s/%.*s", STR_FMT(bucket), STR_FMT(key)), err);
}

static bool check_bucket(struct store *s, struct str bucket, const struct store_call *call,
                         struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    (void)call;
    const char *path = arena_cstr(&a, bucket, err);
    if (path == NULL)
        return false;
    int fd = folder_open((struct folder_store *)s, path, O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return folder_fail(err, errno, bucket, STR_EMPTY);
    close(fd);
    return true;
}

/* A regular file as a descriptor with its state; false with err set. */
static bool open_object(struct store *s, struct arena *a, struct str bucket, struct str key,
                        int *fd_out, struct stat *st, struct err *err)
{
    const char *path = folder_path(a, bucket, key, err);
    if (path == NULL)
        return false;
    /* O_NONBLOCK: a named pipe in the lake must not hold us up. */
    int fd = folder_open((struct folder_store *)s, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        int error = errno;
        if ((error == ENOENT || error == ENOTDIR) && !check_bucket(s, bucket, NULL, err))
            return false;
        return folder_fail(err, error, bucket, key);
    }
    if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode)) {
        close(fd);
        return folder_fail(err, ENOENT, bucket, key);
    }
    *fd_out = fd;
    return true;
}

static bool head(struct store *s, struct arena *a, struct str bucket, struct str key,
                 const struct store_call *call, struct store_object *out, struct err *err)
{
    struct stat st;
    int fd;
    if (!folder_goes_on(call, err) || !open_object(s, a, bucket, key, &fd, &st, err))
        return false;
    close(fd);
    *out = folder_object(a, key, &st);
    return true;
}

static bool changed(const struct store_get *get, struct err *err)
{
    return err_set(err, ERR_PRECONDITION, "s3://%.*s/%.*s changed", STR_FMT(get->bucket),
                   STR_FMT(get->key));
}

/* The bytes from offset to end, to get->chunk. */
static bool pump(int fd, const struct store_get *get, uint64_t at, uint64_t end, struct err *err)
{
    char *chunk = malloc(CHUNK_BYTES);
    bool ok = true;
    if (chunk == NULL)
        panic("no memory for a chunk");
    while (at < end && ok) {
        size_t want = end - at < CHUNK_BYTES ? (size_t)(end - at) : CHUNK_BYTES;
        ssize_t n = pread(fd, chunk, want, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            ok = folder_fail(err, errno, get->bucket, get->key);
        else if (n == 0)
            ok = changed(get, err);
        else
            ok = folder_goes_on(&get->call, err) &&
                 get->chunk(get->ctx, (struct str){ chunk, (size_t)n }, err);
        at += ok ? (uint64_t)n : 0;
    }
    free(chunk);
    return ok;
}

static bool read_open(int fd, const struct stat *st, const struct store_get *get,
                      const struct store_object *object, struct err *err)
{
    uint64_t end = object->size_bytes;
    struct stat after;
    if (get->offset > 0 && get->offset >= end)
        return err_set(err, ERR_RANGE, "s3://%.*s/%.*s has only %llu bytes", STR_FMT(get->bucket),
                       STR_FMT(get->key), (unsigned long long)end);
    if (get->length > 0 && get->length < end - get->offset)
        end = get->offset + get->length;
    if (!pump(fd, get, get->offset, end, err))
        return false;
    if (fstat(fd, &after) != 0 || after.st_size != st->st_size ||
        after.st_mtim.tv_sec != st->st_mtim.tv_sec || after.st_mtim.tv_nsec != st->st_mtim.tv_nsec)
        return changed(get, err);
    return true;
}

static bool get_object(struct store *s, struct arena *a, const struct store_get *get,
                       struct store_got *out, struct err *err)
{
    struct stat st;
    int fd;
    if (!folder_goes_on(&get->call, err) ||
        !open_object(s, a, get->bucket, get->key, &fd, &st, err))
        return false;
    struct store_got got = { .object = folder_object(a, get->key, &st) };
    got.is_unchanged = get->if_none_match.len > 0 && str_eq(get->if_none_match, got.object.etag);
    bool ok = get->if_match.len == 0 || str_eq(get->if_match, got.object.etag) || changed(get, err);
    ok = ok && (got.is_unchanged || read_open(fd, &st, get, &got.object, err));
    close(fd);
    if (ok)
        *out = got;
    return ok;
}

static bool create_bucket(struct store *s, struct str bucket, const struct store_call *call,
                          struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct folder_store *f = (struct folder_store *)s;
    const char *path = arena_cstr(&a, bucket, err);
    if (path == NULL)
        return false;
    if (mkdirat(f->fd, path, 0777) == 0)
        return true;
    if (errno != EEXIST)
        return folder_fail(err, errno, bucket, STR_EMPTY);
    return check_bucket(s, bucket, call, err);
}

/* Objects one after the other: on a disk nothing is gained by waiting side by side. */
static bool fetch(struct store *s, const struct store_fetch *fetch, struct err *err)
{
    struct store_fetch_item *item;
    struct err stop = ERR_INIT;
    while (stop.code == ERR_NONE && fetch->next(fetch->next_ctx, &item) == STORE_NEXT_ITEM) {
        AUTO_ARENA a = ARENA_INIT;
        struct err why = ERR_INIT;
        struct store_got got;
        struct store_get get = { .bucket = item->bucket,
                                 .key = item->key,
                                 .if_none_match = item->if_none_match,
                                 .chunk = fetch->chunk,
                                 .ctx = item->ctx,
                                 .call = fetch->call };
        bool ok = store_get(s, &a, &get, &got, &why);
        (void)folder_goes_on(&fetch->call, &stop); /* looked at by the loop, through stop.code */
        fetch->done(item->ctx, item, ok, ok ? &got : NULL, ok ? NULL : &why);
    }
    if (stop.code != ERR_NONE)
        *err = stop;
    return stop.code == ERR_NONE;
}

struct scan_walk {
    struct store *store;
    const struct store_scan *scan;
};

static bool scan_one(void *ctx, const struct store_object *object, struct err *err)
{
    const struct scan_walk *w = ctx;
    AUTO_ARENA a = ARENA_INIT;
    struct store_scan_item item = { .object = *object };
    struct err why = ERR_INIT;
    struct store_got got;
    if (!w->scan->select(w->scan->ctx, &item))
        return true;
    struct store_get get = { .bucket = w->scan->bucket,
                             .key = object->key,
                             .chunk = w->scan->chunk,
                             .ctx = item.ctx,
                             .call = w->scan->call };
    bool ok = store_get(w->store, &a, &get, &got, &why);
    w->scan->done(w->scan->ctx, &item, ok, ok ? NULL : &why);
    return folder_goes_on(&w->scan->call, err);
}

static bool scan(struct store *s, const struct store_scan *scan, struct err *err)
{
    struct scan_walk walk = { s, scan };
    struct store_list list = { .bucket = scan->bucket,
                               .prefix = scan->prefix,
                               .is_any_order = true,
                               .each = scan_one,
                               .ctx = &walk,
                               .call = scan->call };
    return folder_list(s, &list, err);
}

static void folder_free(struct store *s)
{
    struct folder_store *f = (struct folder_store *)s;
    close(f->fd);
    free(f);
}

static const struct store_ops ops = {
    .name = "folder",
    .list_buckets = folder_list_buckets,
    .list = folder_list,
    .head = head,
    .get = get_object,
    .put = folder_put,
    .remove = folder_remove,
    .create_bucket = create_bucket,
    .check_bucket = check_bucket,
    .fetch = fetch,
    .scan = scan,
    .free = folder_free,
};

static struct store *open_store(const char *path, bool is_one, struct err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        err_errno(err, errno, is_one ? "the folder %s" : "the lake folder %s", path);
        return NULL;
    }
    struct folder_store *f = calloc(1, sizeof *f);
    if (f == NULL)
        panic("no memory for the store");
    f->store.ops = &ops;
    f->fd = fd;
    f->is_one = is_one;
    return &f->store;
}

struct store *folder_store_open(const char *path, struct err *err)
{
    return open_store(path, false, err);
}

struct store *folder_store_open_one(const char *path, struct err *err)
{
    return open_store(path, true, err);
}
