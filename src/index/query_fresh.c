/* How fresh the index is for a part of the lake, and the notebooks of that part. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/query_internal.h"

/* Does the source look at all that lies below prefix?  "s3://b/x" also looks at "s3://b/x/y", and
 * the source of a bucket at all of it. */
static bool covers(struct str source, struct str prefix)
{
    source = str_trim_char(source, '/');
    return str_has_prefix(prefix, source) &&
           (prefix.len == source.len || prefix.ptr[source.len] == '/');
}

bool index_fresh_source(struct index_reader *r, struct str uri, unsigned wants, int64_t *source,
                        int64_t *scanned_unix_ms, struct err *err)
{
    static const char sql[] = "SELECT id, uri, wants, scanned_ms FROM source";
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    int64_t best = 0, best_ms = 0;
    if (!db_query(&r->db, &rows, err, sql, ""))
        return false;
    while (db_next(&rows, &has_row, err) && has_row) {
        if (db_int(&rows, 3) > best_ms && ((unsigned)db_int(&rows, 2) & wants) == wants &&
            covers(db_text(&rows, 1), uri)) {
            best = db_int(&rows, 0);
            best_ms = db_int(&rows, 3);
        }
    }
    if (has_row)
        return false;
    *source = best;
    *scanned_unix_ms = best_ms;
    return true;
}

bool index_each_notebook_below(struct index_reader *r, struct str prefix, index_uri_fn *each,
                               void *ctx, struct err *err)
{
    static const char sql[] = "SELECT id, uri FROM notebook WHERE uri >= ?1"
                              " AND uri < ?1 || char(1114111) ORDER BY uri";
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    if (!db_query(&r->db, &rows, err, sql, "s", prefix))
        return false;
    while (db_next(&rows, &has_row, err) && has_row)
        if (!each(ctx, db_text(&rows, 1), db_int(&rows, 0), err))
            return false;
    return !has_row;
}
