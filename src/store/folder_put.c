/*
 * folder_put: objects come and go.  One is written as a file without a name, brought to the disk,
 * and then takes its name in one step; a reader or a crash sees the old bytes or the new.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/folder_internal.h"

#include "util/attrs.h"
#include "util/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

enum { HIDDEN_BYTES = sizeof FOLDER_HIDDEN_PREFIX + 16 };

/* Make the folders that the key names, each below the last. */
static bool make_parents(const struct folder_store *f, struct arena *a, const struct store_put *put,
                         struct err *err)
{
    for (size_t i = 0; i < put->key.len; i++) {
        if (put->key.ptr[i] != '/')
            continue;
        struct str path =
            arena_printf(a, "%.*s/%.*s", STR_FMT(put->bucket), STR_FMT(str_slice(put->key, 0, i)));
        int fd = folder_open(f, path.ptr, O_RDONLY | O_DIRECTORY);
        if (fd >= 0) {
            close(fd);
            continue;
        }
        if (errno != ENOENT)
            return folder_fail(err, errno, put->bucket, put->key);
        size_t slash = str_rfind_char(path, '/');
        struct str parent = arena_printf(a, "%.*s", STR_FMT(str_slice(path, 0, slash)));
        int dir = folder_open(f, parent.ptr, O_RDONLY | O_DIRECTORY);
        if (dir < 0)
            return folder_fail(err, errno, put->bucket, STR_EMPTY);
        bool ok = mkdirat(dir, path.ptr + slash + 1, 0777) == 0 || errno == EEXIST;
        int error = errno;
        close(dir);
        if (!ok)
            return folder_fail(err, error, put->bucket, put->key);
    }
    return true;
}

/* A file without a name, which vanishes when we are killed; *hidden is "" then.  Not every file
 * system has them, so else one with a hidden name.  -1 and errno. */
static int open_unnamed(const struct folder_store *f, int dir, char hidden[HIDDEN_BYTES])
{
    uint64_t random = 0;
    hidden[0] = '\0';
    if (!f->is_named_only) {
        int fd = openat(dir, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
        if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
            return fd;
    }
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return -1;
    snprintf(hidden, HIDDEN_BYTES, FOLDER_HIDDEN_PREFIX "%016llx", (unsigned long long)random);
    return openat(dir, hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
}

/* Give the file a name that nobody has. */
static bool link_file(int dir, int fd, const char *hidden, const char *name)
{
    char path[32];
    if (hidden[0] != '\0')
        return linkat(dir, hidden, dir, name, 0) == 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, path, dir, name, AT_SYMLINK_FOLLOW) == 0;
}

/* Give the finished file its name; errno says why not.  Only a file with a hidden name can take the
 * place of another in one step. */
static bool take_name(int dir, int fd, char hidden[HIDDEN_BYTES], const char *name,
                      bool is_new_only)
{
    uint64_t random = 0;
    if (link_file(dir, fd, hidden, name))
        return hidden[0] == '\0' || unlinkat(dir, hidden, 0) == 0;
    if (errno != EEXIST || is_new_only)
        return false;
    if (hidden[0] == '\0') {
        if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
            return false;
        snprintf(hidden, HIDDEN_BYTES, FOLDER_HIDDEN_PREFIX "%016llx", (unsigned long long)random);
        if (!link_file(dir, fd, "", hidden)) {
            hidden[0] = '\0';
            return false;
        }
    }
    return renameat(dir, hidden, dir, name) == 0;
}

static bool write_in(const struct folder_store *f, int dir, const char *name,
                     const struct store_put *put, struct err *err)
{
    char hidden[HIDDEN_BYTES];
    int fd = open_unnamed(f, dir, hidden);
    if (fd < 0)
        return folder_fail(err, errno, put->bucket, put->key);
    bool is_written = fd_write_synced(fd, put->body);
    bool ok = is_written && take_name(dir, fd, hidden, name, put->is_new_only);
    int error = errno;
    close(fd);
    if (ok)
        return fsync(dir) == 0 || folder_fail(err, errno, put->bucket, put->key);
    if (hidden[0] != '\0')
        (void)unlinkat(dir, hidden, 0); /* a hidden rest is never seen as an object */
    if (is_written && error == EEXIST && put->is_new_only)
        return err_set(err, ERR_CONFLICT, "s3://%.*s/%.*s is there already", STR_FMT(put->bucket),
                       STR_FMT(put->key));
    if (is_written && (error == EISDIR || error == ENOTEMPTY || error == EEXIST))
        return err_set(err, ERR_INVALID, "s3://%.*s/%.*s is a folder", STR_FMT(put->bucket),
                       STR_FMT(put->key));
    return folder_fail(err, error, put->bucket, put->key);
}

bool folder_put(struct store *s, const struct store_put *put, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const struct folder_store *f = (struct folder_store *)s;
    const char *path = folder_path(&a, put->bucket, put->key, err);
    if (path == NULL || !folder_goes_on(&put->call, err) ||
        !store_check_bucket(s, put->bucket, &put->call, err) || !make_parents(f, &a, put, err))
        return false;
    struct str full = str_from(path);
    size_t slash = str_rfind_char(full, '/');
    struct str parent = arena_printf(&a, "%.*s", STR_FMT(str_slice(full, 0, slash)));
    int dir = folder_open(f, parent.ptr, O_RDONLY | O_DIRECTORY);
    if (dir < 0)
        return folder_fail(err, errno, put->bucket, put->key);
    bool ok = write_in(f, dir, path + slash + 1, put, err);
    close(dir);
    return ok;
}

/* A folder of that name is no object; a link in the lake is one, and goes itself. */
static bool unlink_object(int dir, const char *name)
{
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT;
    if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
        return true;
    return (unlinkat(dir, name, 0) == 0 || errno == ENOENT) && fsync(dir) == 0;
}

bool folder_remove(struct store *s, struct str bucket, struct str key,
                   const struct store_call *call, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const struct folder_store *f = (struct folder_store *)s;
    char *path = folder_path(&a, bucket, key, err);
    if (path == NULL || !folder_goes_on(call, err) || !store_check_bucket(s, bucket, call, err))
        return false;
    size_t slash = str_rfind_char(str_from(path), '/');
    path[slash] = '\0';
    int dir = folder_open(f, path, O_RDONLY | O_DIRECTORY);
    if (dir < 0)
        return errno == ENOENT || errno == ENOTDIR || folder_fail(err, errno, bucket, key);
    bool ok = unlink_object(dir, path + slash + 1);
    int error = errno;
    close(dir);
    return ok || folder_fail(err, error, bucket, key);
}
