/*
 * A copy of the index as of now, made by SQLite's online backup in one step: in WAL mode a reader
 * sees one state, whatever is written meanwhile.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/index_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool make_new(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        (void)close(fd);
        return true;
    }
    if (errno == EEXIST)
        return err_set(err, ERR_CONFLICT, "%s: it exists already", path);
    return err_errno(err, errno, "%s: the copy cannot be made", path);
}

static bool copy(struct db *from, struct db *to, struct err *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");
    if (backup == NULL)
        return db_fail(to, sqlite3_errcode(to->handle), err);
    int code = sqlite3_backup_step(backup, -1);
    int end = sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE)
        return db_fail(to, code, err);
    return end == SQLITE_OK || db_fail(to, end, err);
}

bool index_backup(struct index *ix, const char *path, struct err *err)
{
    struct index_reader *r;
    struct db to;
    struct db_options o = index_db_options(ix);
    o.path = path;
    o.is_writer = o.is_plain = true;
    if (!make_new(path, err))
        return false;
    bool ok = index_reader_take(ix, &r, err);
    if (ok) {
        ok = db_open(&to, &o, err);
        if (ok) {
            ok = copy(&r->db, &to, err);
            db_close(&to);
        }
        index_reader_give(r);
    }
    if (!ok)
        (void)unlink(path);
    return ok;
}
