/*
 * source_walk: see source_walk.h.
 *
 * The entries of one folder are sorted with "/" behind the names of folders, because "a-b" comes
 * before "a/b".  Every path is opened below root by the kernel (beneath.h).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/source_walk.h"

#include "notebook/reader.h"
#include "util/beneath.h"
#include "util/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folders above, to see a symbolic link that leads back to one of them. */
struct level {
    const struct level *above;
    dev_t dev;
    ino_t ino;
    unsigned depth;
};

struct walk {
    struct sources *sources;
    struct str root;
    int root_fd;
    source_fn *each;
    void *ctx;
};

static int by_path(const void *left, const void *right)
{
    return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

/* As it is shown: the root as it was typed, and the path. */
static struct str shown(struct arena *a, struct str root, struct str path)
{
    if (str_eq(root, STR(".")))
        return path;
    while (root.len > 1 && root.ptr[root.len - 1] == '/')
        root.len--;
    if (path.len == 0)
        return root;
    return arena_printf(a, "%.*s%s%.*s", STR_FMT(root), str_eq(root, STR("/")) ? "" : "/",
                        STR_FMT(path));
}

/* Is it a folder, or a notebook?  False for what is neither, or leads out. */
static bool look(const struct walk *w, int dir, const char *path, const char *name, bool *is_folder)
{
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (S_ISLNK(st.st_mode)) {
        int fd = beneath_open(w->root_fd, path, O_PATH);
        if (fd < 0)
            return false;
        bool ok = fstat(fd, &st) == 0;
        close(fd);
        if (!ok)
            return false;
    }
    *is_folder = S_ISDIR(st.st_mode);
    return *is_folder || (S_ISREG(st.st_mode) && notebook_is_name(str_from(name)));
}

/* The folders ("a/b/") and notebooks ("a/b.ipynb") of one folder, sorted.  fd is closed. */
static bool read_entries(const struct walk *w, struct arena *a, int fd, struct str folder,
                         struct str **out, size_t *n_out, struct err *err)
{
    struct str *paths = NULL;
    size_t n = 0, cap = 0;
    struct dirent *d;
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        err_errno(err, errno, "reading the folder");
        close(fd);
        return false;
    }
    while ((d = readdir(dir)) != NULL && n <= LIMIT_FOLDER_ENTRIES) {
        bool is_folder;
        if (d->d_name[0] == '.')
            continue;
        struct str path = arena_printf(a, "%.*s%s", STR_FMT(folder), d->d_name);
        if (look(w, dirfd(dir), path.ptr, d->d_name, &is_folder))
            *ARENA_PUSH(a, paths, n, cap) =
                is_folder ? arena_printf(a, "%.*s/", STR_FMT(path)) : path;
    }
    closedir(dir);
    if (n > LIMIT_FOLDER_ENTRIES)
        return err_set(err, ERR_TOO_LARGE, "the folder has more than %lu entries",
                       LIMIT_FOLDER_ENTRIES);
    if (n > 0)
        qsort(paths, n, sizeof *paths, by_path);
    *out = paths;
    *n_out = n;
    return true;
}

static bool is_loop(const struct level *level, const struct stat *st)
{
    for (; level != NULL; level = level->above)
        if (level->dev == st->st_dev && level->ino == st->st_ino)
            return true;
    return false;
}

static bool walk_folder(const struct walk *w, struct str folder, const struct level *above,
                        struct err *err);

static bool tell(const struct walk *w, struct str path, const struct level *here, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    if (path.ptr[path.len - 1] == '/')
        return walk_folder(w, path, here, err);
    struct source source = {
        .kind = SOURCE_BELOW, .name = shown(&a, w->root, path), .root = w->root, .path = path
    };
    return w->each(w->ctx, &source, err);
}

/* A folder below the root that cannot be read does not end the walk. */
static bool skip(const struct walk *w, struct str folder, const struct err *why, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    if (folder.len == 0) {
        *err = *why;
        return err_wrap(err, "%.*s", STR_FMT(w->root));
    }
    w->sources->broken(w->sources->ctx, shown(&a, w->root, folder), why);
    return true;
}

static bool walk_folder(const struct walk *w, struct str folder, const struct level *above,
                        struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct level here = { .above = above, .depth = above != NULL ? above->depth + 1 : 0 };
    struct err why = ERR_INIT;
    struct str *paths = NULL;
    struct stat st;
    size_t n = 0;
    if (here.depth > LIMIT_FOLDER_DEPTH) {
        err_set(&why, ERR_TOO_LARGE, "folders are nested deeper than %u", LIMIT_FOLDER_DEPTH);
        return skip(w, folder, &why, err);
    }
    struct str path = folder.len > 0 ? arena_printf(&a, "%.*s", STR_FMT(folder)) : STR(".");
    int fd = beneath_open(w->root_fd, path.ptr, O_RDONLY | O_DIRECTORY);
    if (fd < 0) {
        err_errno(&why, errno, "opening the folder");
        return skip(w, folder, &why, err);
    }
    if (fstat(fd, &st) != 0 || is_loop(above, &st)) {
        close(fd);
        return true;
    }
    here.dev = st.st_dev;
    here.ino = st.st_ino;
    if (!read_entries(w, &a, fd, folder, &paths, &n, &why))
        return skip(w, folder, &why, err);
    for (size_t i = 0; i < n; i++)
        if (!tell(w, paths[i], &here, err))
            return false;
    return true;
}

bool source_walk(struct sources *s, struct str root, source_fn *each, void *ctx, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const char *path = arena_cstr(&a, root, err);
    if (path == NULL)
        return false;
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, errno, "%.*s", STR_FMT(root));
    struct walk w = { .sources = s, .root = root, .root_fd = fd, .each = each, .ctx = ctx };
    bool ok = walk_folder(&w, STR_EMPTY, NULL, err);
    close(fd);
    return ok;
}
