/*
 * folder_list: the walk through a bucket, in the byte order of keys.
 *
 * The entries of one folder are sorted with "/" behind the names of folders, because "a-b" comes
 * before "a/b".  Memory is that of the folders on the way down.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/folder_internal.h"
#include "util/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct entry {
    struct str name; /* folders end in "/" */
    bool is_folder;
    struct stat st; /* of files */
};

/* The folders above, to see a symbolic link that leads back to one of them. */
struct level {
    const struct level *above;
    dev_t dev;
    ino_t ino;
    unsigned depth;
};

struct walk {
    const struct folder_store *folder;
    const struct store_list *list;
    bool is_probe; /* only ask whether there is an object */
    bool is_found;
};

static int by_name(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    return str_cmp(a->name, b->name);
}

/* What a name is; false for what is no object and no folder, or leads out of the lake. */
static bool look(const struct walk *w, struct arena *a, int dir, struct str folder,
                 const char *name, struct stat *st)
{
    if (fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (!S_ISLNK(st->st_mode))
        return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
    struct str path = arena_printf(a, "%.*s%s", STR_FMT(folder), name);
    int fd = folder_open(w->folder, path.ptr, O_PATH);
    if (fd < 0)
        return false;
    bool ok = fstat(fd, st) == 0 && (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode));
    close(fd);
    return ok;
}

/* Can a key that begins with key (a folder's ends in "/") be wanted? */
static bool is_wanted(const struct store_list *list, struct str key, bool is_folder)
{
    struct str prefix = list->prefix, after = list->start_after;
    if (!str_has_prefix(key, prefix) && !(is_folder && str_has_prefix(prefix, key)))
        return false;
    if (is_folder && str_has_prefix(after, key))
        return true;
    return after.len == 0 || str_cmp(key, after) > 0;
}

/* The wanted entries of one folder, sorted.  path: "bucket/a/"; key: "a/". */
static bool read_entries(struct walk *w, struct arena *a, int fd, struct str path, struct str key,
                         struct entry **entries_out, size_t *n_out, struct err *err)
{
    struct entry *entries = NULL;
    size_t n = 0, cap = 0;
    struct dirent *d;
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        close(fd);
        return err_errno(err, errno, "reading a folder");
    }
    while ((d = readdir(dir)) != NULL && n < LIMIT_FOLDER_ENTRIES) {
        struct stat st;
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 ||
            str_has_prefix(str_from(d->d_name), STR(FOLDER_HIDDEN_PREFIX)))
            continue;
        struct str full = arena_printf(a, "%.*s%s/", STR_FMT(key), d->d_name);
        struct str file = str_slice(full, 0, full.len - 1);
        bool may_be = is_wanted(w->list, full, true) || is_wanted(w->list, file, false);
        if (!may_be || !look(w, a, dirfd(dir), path, d->d_name, &st))
            continue;
        bool is_folder = S_ISDIR(st.st_mode);
        if (is_wanted(w->list, is_folder ? full : file, is_folder))
            *ARENA_PUSH(a, entries, n, cap) =
                (struct entry){ .name = is_folder ? full : file, .is_folder = is_folder, .st = st };
    }
    closedir(dir);
    if (n == LIMIT_FOLDER_ENTRIES)
        return err_set(err, ERR_TOO_LARGE, "a folder has more than %lu entries",
                       LIMIT_FOLDER_ENTRIES);
    if (n > 0)
        qsort(entries, n, sizeof *entries, by_name);
    *entries_out = entries;
    *n_out = n;
    return true;
}

static bool walk_folder(struct walk *w, struct str key, const struct level *above, struct err *err);

/* A listing with a delimiter tells a folder instead of what is in it, if something is. */
static bool tell_prefix(struct walk *w, struct str key, const struct level *here, struct err *err)
{
    struct store_list all = { .bucket = w->list->bucket, .call = w->list->call };
    struct walk probe = { .folder = w->folder, .list = &all, .is_probe = true };
    if (!walk_folder(&probe, key, here, err))
        return false;
    struct store_object object = { .key = key, .etag = STR_EMPTY, .is_prefix = true };
    return !probe.is_found || w->list->each(w->list->ctx, &object, err);
}

static bool tell(struct walk *w, const struct entry *e, const struct level *here, struct err *err)
{
    if (e->is_folder) {
        if (w->list->has_delimiter && e->name.len > w->list->prefix.len &&
            str_has_prefix(e->name, w->list->prefix))
            return tell_prefix(w, e->name, here, err);
        return walk_folder(w, e->name, here, err);
    }
    if (w->is_probe) {
        w->is_found = true;
        return true;
    }
    AUTO_ARENA a = ARENA_INIT;
    struct store_object object = folder_object(&a, e->name, &e->st);
    return w->list->each(w->list->ctx, &object, err);
}

static bool is_loop(const struct level *level, const struct stat *st)
{
    for (; level != NULL; level = level->above)
        if (level->dev == st->st_dev && level->ino == st->st_ino)
            return true;
    return false;
}

/* A folder that is gone is empty; of one that may not be read nothing is known. */
static bool skip(struct walk *w, struct str key, int error, struct err *err)
{
    struct err why = ERR_INIT;
    if (error == ENOENT || error == ENOTDIR || w->is_probe || w->list->skipped == NULL)
        return true;
    folder_fail(&why, error, w->list->bucket, key);
    return w->list->skipped(w->list->ctx, key, &why, err);
}

/* key: "" or "a/b/".  A folder that vanished or may not be read while we walk is no failure of the
 * whole, but the bucket itself is. */
static bool walk_folder(struct walk *w, struct str key, const struct level *above, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct entry *entries;
    struct stat st;
    size_t n;
    if (!folder_goes_on(&w->list->call, err))
        return false;
    struct level here = { .above = above, .depth = above != NULL ? above->depth + 1 : 0 };
    if (here.depth > LIMIT_FOLDER_DEPTH)
        return err_set(err, ERR_TOO_LARGE, "folders are nested deeper than %u", LIMIT_FOLDER_DEPTH);
    struct str path = arena_printf(&a, "%.*s/%.*s", STR_FMT(w->list->bucket), STR_FMT(key));
    int fd = folder_open(w->folder, path.ptr, O_RDONLY | O_DIRECTORY);
    if (fd < 0 && key.len > 0)
        return skip(w, key, errno, err);
    if (fd < 0)
        return folder_fail(err, errno, w->list->bucket, STR_EMPTY);
    if (fstat(fd, &st) != 0 || is_loop(above, &st)) {
        close(fd);
        return true;
    }
    here.dev = st.st_dev;
    here.ino = st.st_ino;
    if (!read_entries(w, &a, fd, path, key, &entries, &n, err))
        return false;
    for (size_t i = 0; i < n && !w->is_found; i++)
        if (!tell(w, &entries[i], &here, err))
            return false;
    return true;
}

bool folder_list(struct store *s, const struct store_list *list, struct err *err)
{
    struct walk w = { .folder = (struct folder_store *)s, .list = list };
    return walk_folder(&w, STR_EMPTY, NULL, err);
}

bool folder_list_buckets(struct store *s, const struct store_call *call, store_bucket_fn *each,
                         void *ctx, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct store_list all = { .call = *call };
    struct walk w = { .folder = (struct folder_store *)s, .list = &all };
    struct entry *entries;
    size_t n;
    int fd = folder_open(w.folder, ".", O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return err_errno(err, errno, "the lake folder");
    if (!read_entries(&w, &a, fd, STR_EMPTY, STR_EMPTY, &entries, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct err no_name = ERR_INIT;
        struct store_bucket bucket = {
            .name = str_slice(entries[i].name, 0, entries[i].name.len - 1),
        };
        if (!entries[i].is_folder || !store_name_check(bucket.name, false, &no_name))
            continue;
        if (!folder_goes_on(call, err) || !each(ctx, &bucket, err))
            return false;
    }
    return true;
}
