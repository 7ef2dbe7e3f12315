/*
 * db: one SQLite connection, its prepared statements, and rows as C values.
 *
 * Internal to the folder.  A statement is prepared once for each connection and known by the
 * address of its text, so the text must be a constant.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_DB_H
#define INDEX_DB_H

#include "util/arena.h"
#include "util/err.h"

#include <sqlite3.h>

struct db_statement {
    const char *sql;
    sqlite3_stmt *stmt;
};

struct db {
    sqlite3 *handle;
    char *path;
    struct db_statement *statements; /* a hash table by address, grown by doubling */
    size_t n_statements, cap_statements;
};

struct db_options {
    const char *path;
    bool is_writer, is_created;
    bool is_durable; /* each commit waits for the disk */
    bool is_plain;   /* the mode of its journal stays as it is */
    unsigned busy_timeout_ms;
    size_t cache_bytes, map_bytes;
};

/* Open a connection and set its pragmas.  db is zeroed by it. */
MUST_USE bool db_open(struct db *db, const struct db_options *options, struct err *err);
void db_close(struct db *db);

/* Fill err with what a result code of this connection means and what to do; false. */
bool db_fail(struct db *db, int code, struct err *err);

/* Text that is not a constant, or is run once: one or more statements, no values. */
MUST_USE bool db_exec(struct db *db, const char *sql, struct err *err);

/* The same where a failure changes nothing any more: COMMIT of a reader, ROLLBACK. */
void db_try(struct db *db, const char *sql);

/* Run a statement without rows.  format: one letter for each "?": i int64_t, s struct str (text),
 * b struct str (blob), z struct str (text; NULL when empty), Z int64_t (NULL when 0), n NULL. */
MUST_USE bool db_run(struct db *db, struct err *err, const char *sql, const char *format, ...);

/* The rows of a statement, one at a time. */
struct db_rows {
    struct db *db;
    sqlite3_stmt *stmt; /* NULL: ended */
};
#define AUTO_ROWS AUTO(db_rows_release) struct db_rows

/* Begin; release it also after a failure.  The same statement must not be read twice at once.
 * Text given as value is borrowed until then. */
MUST_USE bool db_query(struct db *db, struct db_rows *rows, struct err *err, const char *sql,
                       const char *format, ...);
/* The next row; *has_row false: that was all. */
MUST_USE bool db_next(struct db_rows *rows, bool *has_row, struct err *err);
void db_rows_release(struct db_rows *rows);

/* Give each row to fn, with ctx, until there is none or it fails; the rows are released. */
typedef bool db_row_fn(void *ctx, const struct db_rows *row, struct err *err);
MUST_USE bool db_each(struct db_rows *rows, db_row_fn *fn, void *ctx, struct err *err);

/* Values of the row; text and blobs are borrowed until the next db_next().  NULL is 0 and "". */
int64_t db_int(const struct db_rows *rows, int column);
struct str db_text(const struct db_rows *rows, int column);
struct str db_blob(const struct db_rows *rows, int column);
bool db_is_null(const struct db_rows *rows, int column);

/* The first value of the first row as an integer; *has_out (may be NULL) false and *out 0 when
 * there is none. */
MUST_USE bool db_get_int(struct db *db, int64_t *out, bool *has_out, struct err *err,
                         const char *sql, const char *format, ...);

int64_t db_last_id(const struct db *db);
int64_t db_n_changes(const struct db *db);

#endif
