/* What notebooks read: evidence of where a dataset ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/query_internal.h"
#include "index/ref.h"

/* Direction and kind of a reference that reads data, without REF_IS_MAY. */
#define READS_DATA "r.what & 767 = 0"
_Static_assert(REFERENCE_READ == 0 && REFERENCE_DATA == 0 && (767 == (255 | REF_IS_MAY)),
               "the statement below says so");

/* A shell copies folders, whatever lies in them. */
static const char sql[] =
    "SELECT p.uri FROM place p WHERE p.uri >= ?1 AND p.uri < ?1 || '/' || char(1114111)"
    " AND (EXISTS(SELECT 1 FROM ref r WHERE r.place = p.id AND r.what & 15 = 0 AND " READS_DATA
    " AND (SELECT text FROM name WHERE id = r.via) NOT LIKE 'shell %')"
    " OR EXISTS(SELECT 1 FROM table_name t WHERE t.location = p.uri)) ORDER BY p.uri";

bool index_each_read_place(struct index_reader *r, struct str key, index_read_place_fn *each,
                           void *ctx, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    if (!db_query(&r->db, &rows, err, sql, "s", key))
        return false;
    while (db_next(&rows, &has_row, err) && has_row) {
        struct str uri = db_text(&rows, 0), rest = str_from_pos(uri, key.len);
        bool is_inside = rest.len == 0 || rest.ptr[0] == '/';
        if (is_inside && !str_contains(uri, STR("{}")) && !each(ctx, uri, err))
            return false;
    }
    return !has_row;
}
