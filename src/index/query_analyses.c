/* Questions about kinds of analysis: counts that the writer keeps in the table tally, whose rows
 * are (axis, key, kind): kind 0 counts every notebook, kind k + 1 those of process k. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/query_internal.h"

/* ?1: axis, ?2: kind, ?3: is there a row before, ?4, ?5: its count and key, ?6: how many. */
#define TOP                                                                                        \
    "SELECT t.key, t.n FROM tally t WHERE t.axis = ?1 AND t.kind = ?2 AND t.n > 0"                 \
    " AND (?3 = 0 OR (t.n, t.key) < (?4, ?5)) ORDER BY t.n DESC, t.key DESC LIMIT ?6"
static const char by_count[] = TOP;
static const char by_month[] =
    "SELECT t.key, t.n FROM tally t WHERE t.axis = ?1 AND t.kind = ?2 AND t.n > 0"
    " AND (?3 = 0 OR t.key < ?5 OR ?4 IS NULL) ORDER BY t.key DESC LIMIT ?6";

static bool read_groups(struct db_rows *rows, struct arena *a, struct index_counts *out,
                        struct err *err)
{
    bool has_row = true;
    while (db_next(rows, &has_row, err) && has_row)
        *ARENA_PUSH(a, out->items, out->n, out->cap) = (struct index_count){
            .key = db_int(rows, 0), .n = (uint64_t)db_int(rows, 1), .text = STR_EMPTY
        };
    return !has_row;
}

static bool add_kinds(struct index_reader *r, enum index_axis axis, struct index_count *count,
                      struct err *err)
{
    static const char sql[] = "SELECT kind, n FROM tally WHERE axis = ?1 AND key = ?2 AND kind > 0";
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    if (!db_query(&r->db, &rows, err, sql, "ii", (int64_t)axis, count->key))
        return false;
    while (db_next(&rows, &has_row, err) && has_row) {
        int64_t kind = db_int(&rows, 0) - 1;
        if (kind >= 0 && kind < PROCESS_N)
            count->n_of[kind] = (uint64_t)db_int(&rows, 1);
    }
    return !has_row;
}

static bool add_text(struct index_reader *r, struct arena *a, enum index_axis axis,
                     struct index_count *count, struct err *err)
{
    static const char name[] = "SELECT text FROM name WHERE id = ?1";
    static const char dataset[] = "SELECT uri FROM dataset WHERE id = ?1";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (axis == INDEX_ALL || axis == INDEX_MONTH)
        return true;
    if (!db_query(&r->db, &rows, err, axis == INDEX_DATASET ? dataset : name, "i", count->key) ||
        !db_next(&rows, &has_row, err))
        return false;
    if (has_row)
        count->text = arena_str(a, db_text(&rows, 0));
    return true;
}

bool index_analyses(struct index_reader *r, struct arena *a, enum index_axis axis, int kind,
                    const struct index_after *after, size_t limit, struct index_counts *out,
                    struct err *err)
{
    AUTO_ROWS rows = { 0 };
    const char *sql = axis == INDEX_MONTH ? by_month : by_count;
    bool is_behind = after != NULL && after->is_set;
    *out = (struct index_counts){ 0 };
    if (!db_query(&r->db, &rows, err, sql, "iiiiii", (int64_t)axis, (int64_t)(kind + 1),
                  (int64_t)is_behind, is_behind ? after->number : 0, is_behind ? after->id : 0,
                  (int64_t)limit) ||
        !read_groups(&rows, a, out, err))
        return false;
    for (size_t i = 0; i < out->n; i++)
        if (!add_kinds(r, axis, &out->items[i], err) || !add_text(r, a, axis, &out->items[i], err))
            return false;
    return true;
}
