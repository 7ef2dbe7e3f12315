/*
 * Writing the index anew beside itself: row by row, as far as the old file can be read.
 *
 * What can be made from other rows (search data, counts, uses) is made again.  Where rows of a
 * notebook are lost, the sources forget what they were analysed with, so that the next scan
 * analyses all again; where the listing or the notebooks themselves are, all that was found goes,
 * so that the next scan finds it as new.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/index_internal.h"
#include "index/schema.h"
#include "index/search.h"
#include "index/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* What a table's loss means for the rest. */
enum loss { LOSS_NONE, LOSS_ANALYSES, LOSS_ALL };

static const struct copied {
    const char *table;
    enum loss loss;
} copied[] = {
    { "name", LOSS_ALL },
    { "source", LOSS_NONE },
    { "lease", LOSS_NONE },
    { "scan", LOSS_NONE },
    { "scan_event", LOSS_NONE },
    { "listing", LOSS_ALL },
    { "notebook", LOSS_ALL },
    { "near_group", LOSS_ALL },
    { "near_band", LOSS_ALL },
    { "place", LOSS_ALL },
    { "dataset", LOSS_ALL },
    { "dataset_column", LOSS_ALL },
    { "dataset_partition", LOSS_ALL },
    { "notebook_kind", LOSS_ANALYSES },
    { "notebook_library", LOSS_ANALYSES },
    { "parameter", LOSS_ANALYSES },
    { "document", LOSS_ANALYSES },
    { "ref", LOSS_ANALYSES },
    { "table_name", LOSS_ANALYSES },
    { "sibling", LOSS_ANALYSES },
    { "stale", LOSS_ANALYSES },
};

static const char *const found_tables[] = {
    "listing", "notebook",  "near_group",     "near_band",        "place", "notebook_kind",
    "dataset", "document",  "dataset_column", "notebook_library", "ref",   "dataset_partition",
    "name",    "parameter", "table_name",     "sibling",          "stale",
};

static const char *const derived[] = {
    "INSERT INTO unindexed SELECT 0, id FROM document",
    "INSERT INTO unindexed SELECT 1, id FROM notebook",
    "INSERT INTO unindexed SELECT 2, id FROM dataset",
    "UPDATE place SET dataset = NULL",
    "UPDATE dataset SET n_users = 0, n_readers = 0, n_writers = 0, n_maybe = 0, used_s = 0,"
    " read_s = 0, n_out = 0, n_in = 0",
    "INSERT INTO unsettled_place SELECT id FROM place",
    "INSERT INTO unsettled_dataset SELECT id FROM dataset",
    "INSERT INTO tally SELECT 0, 0, 0, count(*) FROM notebook HAVING count(*) > 0",
    "INSERT INTO tally SELECT 0, 0, kind, count(*) FROM notebook_kind GROUP BY kind",
    "INSERT INTO tally SELECT 1, coalesce(owner, 0), 0, count(*) FROM notebook GROUP BY owner",
    "INSERT INTO tally SELECT 1, coalesce(n.owner, 0), k.kind, count(*) FROM notebook_kind k"
    " JOIN notebook n ON n.id = k.notebook GROUP BY n.owner, k.kind",
    "INSERT INTO tally SELECT 2, library, 0, count(*) FROM notebook_library GROUP BY library",
    "INSERT INTO tally SELECT 2, l.library, k.kind, count(*) FROM notebook_library l"
    " JOIN notebook_kind k ON k.notebook = l.notebook GROUP BY l.library, k.kind",
    "INSERT INTO tally SELECT 3, strftime('%Y', modified_s, 'unixepoch') * 12 +"
    " strftime('%m', modified_s, 'unixepoch') - 1 AS month, 0, count(*) FROM notebook"
    " GROUP BY month",
    "INSERT INTO tally SELECT 3, strftime('%Y', modified_s, 'unixepoch') * 12 +"
    " strftime('%m', modified_s, 'unixepoch') - 1 AS month, kind, count(*) FROM notebook_kind"
    " GROUP BY month, kind",
    "INSERT INTO meta SELECT 'n_sources', count(*) FROM source",
    "INSERT INTO meta SELECT 'n_notebooks', count(*) FROM notebook",
    "INSERT INTO meta SELECT 'n_datasets', count(*) FROM dataset",
    "INSERT INTO meta SELECT 'n_places', count(*) FROM place",
    "INSERT INTO meta SELECT 'n_references', count(*) FROM ref",
};

/* ---- Copying one table. ---- */

/* The columns that the table has on both sides, joined by ","; an older version has fewer. */
static bool common_columns(struct db *from, struct db *to, struct arena *a, const char *table,
                           struct str *out, size_t *n_out, struct err *err)
{
    static const char sql[] = "SELECT name FROM pragma_table_info(?) ORDER BY cid";
    AUTO_ROWS rows = { 0 };
    AUTO_BUF list = BUF_INIT(10000);
    bool has_row;
    int64_t is_there;
    *n_out = 0;
    if (!db_query(to, &rows, err, sql, "s", str_from(table)))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row) {
            *out = arena_str(a, buf_str(&list));
            return true;
        }
        bool has_column;
        if (!db_get_int(from, &is_there, &has_column, err,
                        "SELECT 1 FROM pragma_table_info(?) WHERE name = ?", "ss", str_from(table),
                        db_text(&rows, 0)))
            return false;
        if (has_column) {
            if ((*n_out)++ > 0)
                buf_add_char(&list, ',');
            buf_add(&list, db_text(&rows, 0));
        }
    }
    return false;
}

static bool prepare(struct db *db, struct str sql, sqlite3_stmt **out, struct err *err)
{
    int code = sqlite3_prepare_v2(db->handle, sql.ptr, (int)sql.len, out, NULL);
    return code == SQLITE_OK || db_fail(db, code, err);
}

/* Rows of one statement into the other.  *is_whole false: the old file could not be read on. */
static bool copy_rows(struct db *to, sqlite3_stmt *get, sqlite3_stmt *put, int n_columns,
                      bool *is_whole, struct err *err)
{
    int code;
    while ((code = sqlite3_step(get)) == SQLITE_ROW) {
        for (int i = 0; i < n_columns; i++)
            (void)sqlite3_bind_value(put, i + 1, sqlite3_column_value(get, i));
        int put_code = sqlite3_step(put);
        (void)sqlite3_reset(put);
        if (put_code != SQLITE_DONE)
            return db_fail(to, put_code, err);
    }
    *is_whole = code == SQLITE_DONE;
    return true;
}

static bool copy_table(struct db *from, struct db *to, const char *table, bool *is_whole,
                       struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    sqlite3_stmt *get = NULL, *put = NULL;
    struct str columns;
    size_t n;
    struct err ignored = ERR_INIT;
    *is_whole = false;
    if (!common_columns(from, to, &a, table, &columns, &n, &ignored) || n == 0)
        return true;
    AUTO_BUF marks = BUF_INIT(1000);
    for (size_t i = 0; i < n; i++)
        buf_add(&marks, i == 0 ? STR("?") : STR(",?"));
    struct str get_sql = arena_printf(&a, "SELECT %.*s FROM %s", STR_FMT(columns), table);
    struct str put_sql = arena_printf(&a, "INSERT OR IGNORE INTO %s(%.*s) VALUES(%.*s)", table,
                                      STR_FMT(columns), STR_FMT(buf_str(&marks)));
    bool ok = !prepare(from, get_sql, &get, &ignored) ||
              (prepare(to, put_sql, &put, err) && copy_rows(to, get, put, (int)n, is_whole, err));
    (void)sqlite3_finalize(get);
    (void)sqlite3_finalize(put);
    return ok;
}

/* ---- The whole. ---- */

static bool forget_found(struct db *to, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(found_tables); i++) {
        char sql[64];
        (void)snprintf(sql, sizeof sql, "DELETE FROM %s", found_tables[i]);
        if (!db_exec(to, sql, err))
            return false;
    }
    return true;
}

static bool copy_all(struct db *from, struct db *to, size_t *n_lost, struct err *err)
{
    enum loss worst = LOSS_NONE;
    *n_lost = 0;
    for (size_t i = 0; i < ARRAY_LEN(copied); i++) {
        bool is_whole = true;
        if (!copy_table(from, to, copied[i].table, &is_whole, err))
            return false;
        *n_lost += !is_whole;
        if (!is_whole && copied[i].loss > worst)
            worst = copied[i].loss;
    }
    if (worst == LOSS_ALL && !forget_found(to, err))
        return false;
    return worst == LOSS_NONE ||
           db_exec(to, "UPDATE source SET analysis_key = NULL, scanned_ms = NULL", err);
}

static bool make_derived(struct db *to, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(derived); i++)
        if (!db_exec(to, derived[i], err))
            return false;
    return true;
}

static bool settle_all(struct index_writer *w, struct err *err)
{
    uint64_t n_left = 1;
    while (n_left > 0)
        if (!index_begin(w, NULL, err) || !index_settle(w, 5000, &n_left, err) ||
            !index_commit(w, false, err))
            return false;
    for (n_left = 1; n_left > 0;)
        if (!index_search_catch_up(w, 0, &n_left, err))
            return false;
    return true;
}

static void count_problem(void *ctx, struct str problem)
{
    struct err *err = ctx;
    if (err->code == ERR_NONE)
        (void)err_set(err, ERR_INTERNAL, "the new index is not whole: %.*s", STR_FMT(problem));
}

/* The rows of the old file; where it cannot even be opened, all are lost. */
static bool copy_from(const struct index *to, struct index_writer *w, const char *path,
                      size_t *n_lost, struct err *err)
{
    struct db from;
    struct err ignored = ERR_INIT;
    struct db_options o = index_db_options(to);
    o.path = path;
    o.is_created = false;
    if (!db_open(&from, &o, &ignored)) {
        *n_lost = ARRAY_LEN(copied);
        return true;
    }
    bool ok = copy_all(&from, &w->db, n_lost, err);
    db_close(&from);
    return ok;
}

static bool fill_with(struct index *to, struct index_writer *w, const char *path, size_t *n_lost,
                      struct err *err)
{
    if (!index_begin(w, NULL, err) || !copy_from(to, w, path, n_lost, err) ||
        !make_derived(&w->db, err))
        return false;
    w->is_changed = true;
    return index_commit(w, false, err) && settle_all(w, err);
}

static bool fill(struct index *to, const char *path, size_t *n_lost, struct err *err)
{
    struct index_writer *w;
    struct err found = ERR_INIT;
    size_t n_problems;
    if (!index_writer_open(to, &w, err))
        return false;
    bool ok = fill_with(to, w, path, n_lost, err);
    index_writer_close(w);
    ok = ok && index_check(to, count_problem, &found, &n_problems, err);
    if (!ok || found.code == ERR_NONE)
        return ok;
    *err = found;
    return err_fix(err, "Move the index away and scan again.");
}

/* Nobody else has it open: only then the journal can leave the WAL mode, which also takes what is
 * in the log into the file. */
static bool be_alone(const char *path, struct err *err)
{
    struct db db;
    struct db_options o = {
        .path = path, .is_writer = true, .is_plain = true, .cache_bytes = 1 << 20
    };
    struct err found = ERR_INIT;
    if (!db_open(&db, &o, &found)) {
        if (found.code != ERR_BUSY && found.code != ERR_FORBIDDEN)
            return true; /* damaged: nobody else can use it either */
        *err = found;
        return false;
    }
    bool ok = db_exec(&db, "PRAGMA journal_mode=DELETE", &found);
    db_close(&db);
    if (ok || found.code != ERR_BUSY)
        return true;
    err_set(err, ERR_BUSY, "%s: a process has the index open", path);
    return err_fix(err, "Stop boathouse serve and scans of this state folder, then try again.");
}

/* What is left of a log belongs to the old file; with it out of the way, one rename is the change.
 */
static bool put_in_place(const char *path, const char *new_path, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    static const char *const suffixes[] = { "-wal", "-shm" };
    const char *old = arena_printf(&a, "%s.before-rebuild%c", path, '\0').ptr;
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        const char *from = arena_printf(&a, "%s%s%c", path, suffixes[i], '\0').ptr;
        const char *to = arena_printf(&a, "%s%s%c", old, suffixes[i], '\0').ptr;
        if (rename(from, to) != 0 && errno != ENOENT)
            return err_errno(err, errno, "%s: cannot be moved away", from);
    }
    (void)unlink(old);
    if (link(path, old) != 0)
        return err_errno(err, errno, "%s: cannot be kept as %s", path, old);
    if (rename(new_path, path) != 0)
        return err_errno(err, errno, "%s: cannot be put in place", path);
    return true;
}

/* The new file alone, without a log beside it, on the disk. */
static bool finish(const char *new_path, struct err *err)
{
    struct db db;
    struct db_options o = { .path = new_path,
                            .is_writer = true,
                            .is_plain = true,
                            .is_durable = true,
                            .cache_bytes = 1 << 20 };
    if (!db_open(&db, &o, err))
        return false;
    bool ok = db_exec(&db, "PRAGMA journal_mode=DELETE", err);
    db_close(&db);
    int fd = ok ? open(new_path, O_RDONLY | O_CLOEXEC) : -1;
    if (ok && (fd < 0 || fsync(fd) != 0))
        ok = err_errno(err, errno, "%s", new_path);
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

static void remove_new(const char *new_path)
{
    AUTO_ARENA a = ARENA_INIT;
    (void)unlink(new_path);
    (void)unlink(arena_printf(&a, "%s-wal%c", new_path, '\0').ptr);
    (void)unlink(arena_printf(&a, "%s-shm%c", new_path, '\0').ptr);
}

bool index_rebuild(const char *path, size_t *n_lost, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const char *new_path = arena_printf(&a, "%s.rebuild%c", path, '\0').ptr;
    struct index *to;
    struct index_options o = { .path = new_path,
                               .mode = INDEX_CREATE,
                               .busy_timeout_ms = 1000,
                               .cache_bytes = (size_t)32 << 20 };
    size_t lost = 0;
    if (!index_check_exists(path, err))
        return false;
    if (!be_alone(path, err))
        return false;
    remove_new(new_path);
    bool ok = index_open(&o, &to, err);
    if (ok) {
        ok = fill(to, path, &lost, err);
        index_close(to);
    }
    ok = ok && finish(new_path, err) && put_in_place(path, new_path, err);
    if (!ok)
        remove_new(new_path);
    else
        *n_lost = lost;
    return ok;
}
