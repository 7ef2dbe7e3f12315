/* Questions about places and the references to them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/document.h"
#include "index/patterns.h"
#include "index/query_internal.h"
#include "index/ref.h"

/* Behind a separator no byte of UTF-8 is 0xFF. */
#define PLACES "SELECT id, dataset, uri FROM place "
static const char places_at[] = PLACES "WHERE uri = ?1 AND ?2 IS NOT NULL LIMIT ?3";
static const char places_below[] =
    PLACES "WHERE uri > max(?1, ?2) AND uri < ?1 || char(1114111) ORDER BY uri LIMIT ?3";

bool index_places(struct index_reader *r, struct arena *a, enum index_place_where where,
                  struct str key, const struct index_after *after, size_t limit,
                  struct index_places *out, struct err *err)
{
    static const char *const texts[] = {
        [INDEX_PLACE_AT] = places_at, [INDEX_PLACE_BEGINS] = places_below
    };
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    struct str behind = after != NULL && after->is_set ? after->text : STR_EMPTY;
    *out = (struct index_places){ 0 };
    if (!db_query(&r->db, &rows, err, texts[where], "ssi", key, behind, (int64_t)limit))
        return false;
    while (db_next(&rows, &has_row, err) && has_row)
        *ARENA_PUSH(a, out->items, out->n, out->cap) =
            (struct index_place){ .id = db_int(&rows, 0),
                                  .dataset = db_int(&rows, 1),
                                  .uri = arena_str(a, db_text(&rows, 2)) };
    return !has_row;
}

bool index_patterns(struct index_reader *r, struct arena *a, struct str prefix, struct str key,
                    struct index_places *out, struct err *err)
{
    struct patterns found;
    if (!patterns_find(&r->db, a, prefix, key, &found, err))
        return false;
    *out = (struct index_places){ 0 };
    for (size_t i = 0; i < found.n; i++)
        *ARENA_PUSH(a, out->items, out->n, out->cap) =
            (struct index_place){ found.items[i].id, found.items[i].dataset, found.items[i].uri };
    return true;
}

#define USES                                                                                       \
    "SELECT r.notebook, r.seq, n.key, n.near, (SELECT n - 1 FROM near_group WHERE id = n.near),"   \
    " n.uri, n.title, (SELECT text FROM name WHERE id = n.owner), p.uri, p.dataset, r.what,"       \
    " r.cell, r.line, r.col, (SELECT text FROM name WHERE id = r.via), r.local, r.holes "
/* The index ref_place has the references of a place by direction: those of one are read in order,
 * those of all are merged. */
#define REFS_OF_PLACE(dir)                                                                         \
    "SELECT notebook, seq FROM ref WHERE place = ?1 AND what & 15 = " dir                          \
    " AND (notebook, seq) > (?2, ?3)"
#define USES_OF_PLACE(refs)                                                                        \
    USES "FROM (" refs " ORDER BY notebook, seq LIMIT ?4) few"                                     \
         " CROSS JOIN ref r ON r.notebook = few.notebook AND r.seq = few.seq"                      \
         " CROSS JOIN place p ON p.id = r.place CROSS JOIN notebook n ON n.id = r.notebook"
static const char uses_of_place_one_way[] = USES_OF_PLACE(REFS_OF_PLACE("?5"));
static const char uses_of_place[] = USES_OF_PLACE(REFS_OF_PLACE("0") " UNION ALL " REFS_OF_PLACE(
    "1") " UNION ALL " REFS_OF_PLACE("2") " UNION ALL " REFS_OF_PLACE("3"));
static const char uses_of_notebook[] =
    USES "FROM ref r JOIN place p ON p.id = r.place JOIN notebook n ON n.id = r.notebook"
         " WHERE r.notebook = ?1 ORDER BY r.seq LIMIT ?2";

static void read_use(const struct db_rows *rows, struct arena *a, struct index_use *out)
{
    int64_t what = db_int(rows, 10), n_copies = db_int(rows, 4);
    *out = (struct index_use){
        .notebook_row = db_int(rows, 0),
        .seq = db_int(rows, 1),
        .notebook = db_int(rows, 2),
        .near = db_int(rows, 3),
        .n_copies = n_copies > 0 ? (uint64_t)n_copies : 0,
        .notebook_uri = arena_str(a, db_text(rows, 5)),
        .title = arena_str(a, db_text(rows, 6)),
        .owner = arena_str(a, db_text(rows, 7)),
        .uri = arena_str(a, db_text(rows, 8)),
        .dataset = db_int(rows, 9),
        .dir = ref_dir(what),
        .kind = ref_kind(what),
        .is_called = (what & REF_IS_CALLED) != 0,
        .is_may = (what & REF_IS_MAY) != 0,
        .is_derived = (what & REF_IS_DERIVED) != 0,
        .cell = (uint32_t)db_int(rows, 11),
        .line = (uint32_t)db_int(rows, 12),
        .col = (uint32_t)db_int(rows, 13),
        .via = arena_str(a, db_text(rows, 14)),
        .local = arena_str(a, db_text(rows, 15)),
        .holes = arena_str(a, db_text(rows, 16)),
    };
}

static bool read_uses(struct db_rows *rows, struct arena *a, struct index_uses *out,
                      struct err *err)
{
    bool has_row = true;
    while (db_next(rows, &has_row, err) && has_row)
        read_use(rows, a, ARENA_PUSH(a, out->items, out->n, out->cap));
    return !has_row;
}

/* The lines of code, from the cells. */
static bool add_code(struct index_reader *r, struct arena *a, struct index_uses *uses,
                     struct err *err)
{
    for (size_t i = 0; i < uses->n; i++) {
        struct index_use *u = &uses->items[i];
        if (!index_cell_line(r, a, u->notebook_row, u->cell, u->line, &u->code, err))
            return false;
    }
    return true;
}

bool index_uses_of_place(struct index_reader *r, struct arena *a, int64_t place, int dir,
                         const struct index_after *after, size_t limit, struct index_uses *out,
                         struct err *err)
{
    AUTO_ROWS rows = { 0 };
    int64_t notebook = after != NULL && after->is_set ? after->number : INT64_MIN;
    int64_t seq = after != NULL && after->is_set ? after->id : INT64_MIN;
    *out = (struct index_uses){ 0 };
    bool ok = dir < 0 ? db_query(&r->db, &rows, err, uses_of_place, "iiii", place, notebook, seq,
                                 (int64_t)limit)
                      : db_query(&r->db, &rows, err, uses_of_place_one_way, "iiiii", place,
                                 notebook, seq, (int64_t)limit, (int64_t)dir);
    return ok && read_uses(&rows, a, out, err) && add_code(r, a, out, err);
}

bool index_notebook_uses(struct index_reader *r, struct arena *a, int64_t row, size_t max,
                         struct index_uses *out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    *out = (struct index_uses){ 0 };
    return db_query(&r->db, &rows, err, uses_of_notebook, "ii", row, (int64_t)max) &&
           read_uses(&rows, a, out, err) && add_code(r, a, out, err);
}
