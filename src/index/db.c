/* SPDX-License-Identifier: Apache-2.0 */
#include "index/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a result code of SQLite means to a person. */
static const struct meaning {
    int code;
    enum err_code kind;
    const char *text, *fix;
} meanings[] = {
    { SQLITE_BUSY, ERR_BUSY, "another process is writing to the index",
      "Try again; if it stays, look which boathouse process is running a scan." },
    { SQLITE_LOCKED, ERR_BUSY, "the index is locked", "Try again." },
    { SQLITE_FULL, ERR_IO, "the disk is full",
      "Free space on the disk of the state folder, then try again; what was committed is whole." },
    { SQLITE_READONLY, ERR_FORBIDDEN, "the index may not be written",
      "Give this user the right to write the file and its folder, or choose another state "
      "folder." },
    { SQLITE_PERM, ERR_FORBIDDEN, "the index may not be opened",
      "Give this user the right to read and write the file and its folder." },
    { SQLITE_CANTOPEN, ERR_IO, "the index cannot be opened",
      "Check that the state folder exists and that this user may write in it." },
    { SQLITE_CORRUPT, ERR_INTERNAL, "the index is damaged",
      "Stop boathouse, run \"boathouse index rebuild\", then scan again." },
    { SQLITE_NOTADB, ERR_CONFIG, "the file is not an index of boathouse",
      "Move the file away, or choose another state folder; then scan again." },
    { SQLITE_IOERR, ERR_IO, "reading or writing the index failed",
      "Check the disk of the state folder (dmesg, df); what was committed is whole." },
    { SQLITE_TOOBIG, ERR_TOO_LARGE, "a value is too large for the index", "" },
    { SQLITE_INTERRUPT, ERR_TIMEOUT, "the question took too long", "Ask for less at once." },
};

bool db_fail(struct db *db, int code, struct err *err)
{
    if ((code & 0xff) == SQLITE_NOMEM)
        panic("out of memory in the index");
    const char *detail = db->handle == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(db->handle);
    int os = db->handle == NULL ? 0 : sqlite3_system_errno(db->handle);
    const char *cause = os != 0 ? strerror(os) : detail;
    if ((code & 0xff) == SQLITE_IOERR && os == ENOSPC)
        code = SQLITE_FULL;
    for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
        if (meanings[i].code != (code & 0xff))
            continue;
        err_set(err, meanings[i].kind, "%s: %s (%s)", db->path, meanings[i].text, cause);
        return meanings[i].fix[0] == '\0' ? false : err_fix(err, "%s", meanings[i].fix);
    }
    return err_set(err, ERR_INTERNAL, "%s: SQLite: %s (%d)", db->path, detail, code);
}

static bool set_pragmas(struct db *db, const struct db_options *o, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str sql = arena_printf(
        &a,
        "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"
        "PRAGMA cache_size=-%zu; PRAGMA mmap_size=%zu; PRAGMA synchronous=%s; %s%c",
        o->cache_bytes / 1024, o->map_bytes, o->is_durable ? "FULL" : "NORMAL",
        !o->is_writer ? "PRAGMA query_only=ON;"
        : o->is_plain ? ""
                      : "PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864;"
                        "PRAGMA wal_autocheckpoint=16000;",
        '\0');
    return db_exec(db, sql.ptr, err);
}

/* The owner alone reads what notebooks say; SQLite gives -wal and -shm the mode of the file.  A
 * file that is there is not opened: closing it would drop the locks of this process's connections.
 */
static bool make_file(struct db *db, struct err *err)
{
    if (access(db->path, F_OK) == 0)
        return true;
    int fd = open(db->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        (void)close(fd);
        return true;
    }
    if (errno == EEXIST)
        return true;
    err_errno(err, errno, "%s: the index cannot be made", db->path);
    return err_fix(err, "Check that the state folder exists and that this user may write in it.");
}

bool db_open(struct db *db, const struct db_options *o, struct err *err)
{
    *db = (struct db){ .path = strdup(o->path) };
    if (db->path == NULL)
        panic("out of memory");
    if (o->is_created && !make_file(db, err)) {
        db_close(db);
        return false;
    }
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (o->is_writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    int code = sqlite3_open_v2(o->path, &db->handle, flags, NULL);
    bool ok = code == SQLITE_OK || db_fail(db, code, err);
    if (ok) {
        (void)sqlite3_busy_timeout(db->handle, (int)o->busy_timeout_ms);
        (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        ok = set_pragmas(db, o, err);
    }
    if (!ok)
        db_close(db);
    return ok;
}

void db_close(struct db *db)
{
    for (size_t i = 0; i < db->cap_statements; i++)
        (void)sqlite3_finalize(db->statements[i].stmt);
    free(db->statements);
    (void)sqlite3_close(db->handle);
    free(db->path);
    *db = (struct db){ 0 };
}

bool db_exec(struct db *db, const char *sql, struct err *err)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK || db_fail(db, code, err);
}

void db_try(struct db *db, const char *sql)
{
    (void)sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
}

/* ---- Statements. ---- */

static struct db_statement *find_slot(struct db_statement *slots, size_t cap, const char *sql)
{
    size_t at = ((uintptr_t)sql >> 3) * 0x9E3779B97F4A7C15u % cap;
    while (slots[at].sql != NULL && slots[at].sql != sql)
        at = (at + 1) % cap;
    return &slots[at];
}

static void grow_slots(struct db *db)
{
    size_t cap = db->cap_statements == 0 ? 64 : db->cap_statements * 2;
    struct db_statement *slots = calloc(cap, sizeof *slots);
    if (slots == NULL)
        panic("out of memory");
    for (size_t i = 0; i < db->cap_statements; i++)
        if (db->statements[i].sql != NULL)
            *find_slot(slots, cap, db->statements[i].sql) = db->statements[i];
    free(db->statements);
    db->statements = slots;
    db->cap_statements = cap;
}

/* The statement of a constant text, prepared when it is met first. */
static bool get_statement(struct db *db, const char *sql, sqlite3_stmt **out, struct err *err)
{
    if (db->n_statements * 2 >= db->cap_statements)
        grow_slots(db);
    struct db_statement *slot = find_slot(db->statements, db->cap_statements, sql);
    if (slot->sql == NULL) {
        sqlite3_stmt *stmt = NULL;
        int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
        if (code != SQLITE_OK)
            return db_fail(db, code, err);
        slot->sql = sql;
        slot->stmt = stmt;
        db->n_statements++;
    }
    if (sqlite3_stmt_busy(slot->stmt))
        panic("index: a statement is used twice at once: %s", sql);
    *out = slot->stmt;
    return true;
}

/* The values are borrowed: callers keep them until the statement is reset. */
static void bind_values(sqlite3_stmt *stmt, const char *format, va_list args)
{
    for (int at = 1; format[at - 1] != '\0'; at++) {
        char kind = format[at - 1];
        if (kind == 'i' || kind == 'Z') {
            int64_t number = va_arg(args, int64_t);
            if (kind == 'i' || number != 0)
                (void)sqlite3_bind_int64(stmt, at, number);
            else
                (void)sqlite3_bind_null(stmt, at);
        } else if (kind == 'n') {
            (void)sqlite3_bind_null(stmt, at);
        } else {
            struct str text = va_arg(args, struct str);
            const char *bytes = text.len == 0 ? "" : text.ptr;
            if (kind == 'b')
                (void)sqlite3_bind_blob64(stmt, at, bytes, text.len, SQLITE_STATIC);
            else if (kind == 's' || text.len > 0)
                (void)sqlite3_bind_text64(stmt, at, bytes, text.len, SQLITE_STATIC, SQLITE_UTF8);
            else
                (void)sqlite3_bind_null(stmt, at);
        }
    }
}

static bool start(struct db *db, struct db_rows *rows, const char *sql, const char *format,
                  va_list args, struct err *err)
{
    *rows = (struct db_rows){ .db = db };
    if (!get_statement(db, sql, &rows->stmt, err))
        return false;
    if ((size_t)sqlite3_bind_parameter_count(rows->stmt) != strlen(format))
        panic("index: %zu values for: %s", strlen(format), sql);
    bind_values(rows->stmt, format, args);
    return true;
}

bool db_query(struct db *db, struct db_rows *rows, struct err *err, const char *sql,
              const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bool ok = start(db, rows, sql, format, args, err);
    va_end(args);
    return ok;
}

bool db_next(struct db_rows *rows, bool *has_row, struct err *err)
{
    int code = sqlite3_step(rows->stmt);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return db_fail(rows->db, code, err);
    *has_row = code == SQLITE_ROW;
    return true;
}

void db_rows_release(struct db_rows *rows)
{
    if (rows->stmt != NULL) {
        (void)sqlite3_reset(rows->stmt);
        (void)sqlite3_clear_bindings(rows->stmt);
    }
    rows->stmt = NULL;
}

bool db_each(struct db_rows *rows, db_row_fn *fn, void *ctx, struct err *err)
{
    bool has_row = true;
    while (db_next(rows, &has_row, err) && has_row && fn(ctx, rows, err))
        ;
    bool ok = !has_row;
    db_rows_release(rows);
    return ok;
}

bool db_run(struct db *db, struct err *err, const char *sql, const char *format, ...)
{
    AUTO_ROWS rows = { 0 };
    bool has_row;
    va_list args;
    va_start(args, format);
    bool ok = start(db, &rows, sql, format, args, err);
    va_end(args);
    return ok && db_next(&rows, &has_row, err);
}

bool db_get_int(struct db *db, int64_t *out, bool *has_out, struct err *err, const char *sql,
                const char *format, ...)
{
    AUTO_ROWS rows = { 0 };
    va_list args;
    va_start(args, format);
    bool ok = start(db, &rows, sql, format, args, err);
    va_end(args);
    bool has_row = false;
    if (!ok || !db_next(&rows, &has_row, err))
        return false;
    *out = has_row ? db_int(&rows, 0) : 0;
    if (has_out != NULL)
        *has_out = has_row;
    return true;
}

/* ---- Values. ---- */

int64_t db_int(const struct db_rows *rows, int column)
{
    return sqlite3_column_int64(rows->stmt, column);
}

struct str db_text(const struct db_rows *rows, int column)
{
    const unsigned char *text = sqlite3_column_text(rows->stmt, column);
    if (text == NULL)
        return STR_EMPTY;
    return (struct str){ (const char *)text, (size_t)sqlite3_column_bytes(rows->stmt, column) };
}

struct str db_blob(const struct db_rows *rows, int column)
{
    const void *bytes = sqlite3_column_blob(rows->stmt, column);
    if (bytes == NULL)
        return STR_EMPTY;
    return (struct str){ bytes, (size_t)sqlite3_column_bytes(rows->stmt, column) };
}

bool db_is_null(const struct db_rows *rows, int column)
{
    return sqlite3_column_type(rows->stmt, column) == SQLITE_NULL;
}

int64_t db_last_id(const struct db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_n_changes(const struct db *db)
{
    return sqlite3_changes64(db->handle);
}
