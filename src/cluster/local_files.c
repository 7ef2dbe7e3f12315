/* local_files: small files, written whole or not at all. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/local_internal.h"

#include "util/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct str local_file(const char *name)
{
    for (size_t i = 0; i < local_file_n; i++)
        if (strcmp(local_files[i].name, name) == 0)
            return local_files[i].text;
    panic("no file %s in the program", name);
}

bool local_put(const char *path, struct str bytes, mode_t mode, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str temporary = arena_printf(&a, "%s.%ld.new", path, (long)getpid());
    int fd = open(temporary.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return err_errno(err, errno, "writing %s", path);
    bool ok = fd_write_synced(fd, bytes);
    int error = errno;
    close(fd);
    if (ok && rename(temporary.ptr, path) == 0)
        return true;
    error = ok ? errno : error;
    unlink(temporary.ptr);
    return err_errno(err, error, "writing %s", path);
}

bool local_get(struct arena *a, const char *path, struct str *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return err_errno(err, errno, "reading %s", path);
    char *bytes = ARENA_NEW_N(a, char, LOCAL_FILE_MAX_BYTES + 1);
    size_t len = 0;
    ssize_t n;
    do {
        n = read(fd, bytes + len, LOCAL_FILE_MAX_BYTES + 1 - len);
        len += n > 0 ? (size_t)n : 0;
    } while (n > 0 || (n < 0 && errno == EINTR));
    int error = errno;
    close(fd);
    if (n < 0)
        return err_errno(err, error, "reading %s", path);
    if (len > LOCAL_FILE_MAX_BYTES)
        return err_set(err, ERR_TOO_LARGE, "%s has more than %d bytes", path, LOCAL_FILE_MAX_BYTES);
    *out = (struct str){ bytes, len };
    return true;
}

bool local_make_folder(const char *path, mode_t mode, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    char *part = arena_cstr(&a, str_from(path), err);
    if (part == NULL)
        return false;
    for (char *at = part + 1;; at++) {
        char was = *at;
        if (was != '/' && was != '\0')
            continue;
        *at = '\0';
        if (mkdir(part, mode) != 0 && errno != EEXIST)
            return err_errno(err, errno, "making the folder %s", part);
        *at = was;
        if (was == '\0')
            return true;
    }
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    (void)remove(path);
    return 0;
}

void local_remove_folder(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
