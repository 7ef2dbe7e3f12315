/*
 * A source with all that is its, piece by piece.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/index_internal.h"
#include "index/write.h"

enum { REMOVED_AT_ONCE = 200 };

static bool remove_notebooks(struct index_writer *w, int64_t source, bool *has_more,
                             struct err *err)
{
    static const char sql[] = "SELECT uri FROM notebook WHERE source = ? LIMIT 1";
    for (int i = 0; i < REMOVED_AT_ONCE; i++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_ROWS rows = { 0 };
        if (!db_query(&w->db, &rows, err, sql, "i", source) || !db_next(&rows, has_more, err))
            return false;
        if (!*has_more)
            return true;
        struct str uri = arena_str(&a, db_text(&rows, 0));
        db_rows_release(&rows);
        if (!index_remove_notebook(w, uri, err))
            return false;
    }
    return true;
}

static bool remove_datasets(struct index_writer *w, int64_t source, bool *has_more, struct err *err)
{
    static const char sql[] = "SELECT id FROM dataset WHERE source = ? LIMIT 1";
    for (int i = 0; i < REMOVED_AT_ONCE; i++) {
        int64_t id;
        if (!db_get_int(&w->db, &id, has_more, err, sql, "i", source))
            return false;
        if (!*has_more)
            return true;
        if (!index_remove_dataset(w, id, err))
            return false;
    }
    return true;
}

bool index_remove_source(struct index_writer *w, int64_t source, bool *is_done, struct err *err)
{
    static const char *const rest[] = {
        "DELETE FROM listing WHERE source = ?",
        "DELETE FROM scan_event WHERE scan IN (SELECT id FROM scan WHERE source = ?)",
        "DELETE FROM scan WHERE source = ?",
        "DELETE FROM lease WHERE source = ?",
        "DELETE FROM source WHERE id = ?",
    };
    bool has_more = false;
    if (!writer_check(w, err) || !remove_notebooks(w, source, &has_more, err) ||
        (!has_more && !remove_datasets(w, source, &has_more, err)))
        return false;
    *is_done = !has_more;
    for (size_t i = 0; !has_more && i < ARRAY_LEN(rest); i++)
        if (!db_run(&w->db, err, rest[i], "i", source))
            return false;
    if (!has_more && db_n_changes(&w->db) > 0)
        writer_count(w, COUNT_SOURCES, -1);
    return true;
}
