/*
 * Questions about notebooks.  A list walks the index of one of its filters, newest first, and looks
 * at the other filters row by row.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/query_internal.h"

/* ?1 .. ?7 are the filters, each off by its empty value; ?8, ?9: the row before; ?10: how many. */
#define FILTERS                                                                                    \
    " (?1 = '' OR n.uri LIKE ?1 ESCAPE '\\' OR n.title LIKE ?1 ESCAPE '\\')"                       \
    " AND (?2 = 0 OR EXISTS(SELECT 1 FROM notebook_kind k WHERE k.kind = ?2"                       \
    "   AND k.modified_s = n.modified_s AND k.notebook = n.id))"                                   \
    " AND (?3 = '' OR EXISTS(SELECT 1 FROM notebook_library l WHERE"                               \
    "   l.library = (SELECT id FROM name WHERE text = ?3)"                                         \
    "   AND l.modified_s = n.modified_s AND l.notebook = n.id))"                                   \
    " AND (?4 = '' OR n.language = (SELECT id FROM name WHERE text = ?4))"                         \
    " AND (?5 = '' OR n.owner = (SELECT id FROM name WHERE text = ?5))"                            \
    " AND (?6 = 0 OR n.error_code IS NOT NULL)"                                                    \
    " AND (?7 = 0 OR n.near IS NULL OR n.id = (SELECT min(id) FROM notebook WHERE near = n.near))"
#define NEWEST(at) " AND (" at ") < (?8, ?9)"

static const char of_all[] = NOTEBOOK_COLUMNS "FROM notebook n WHERE" FILTERS NEWEST(
    "n.modified_s, n.id") " ORDER BY n.modified_s DESC, n.id DESC LIMIT ?10";
static const char of_kind[] = NOTEBOOK_COLUMNS
    "FROM notebook_kind k CROSS JOIN notebook n ON n.id = k.notebook WHERE k.kind = ?2 AND" FILTERS
        NEWEST("k.modified_s, k.notebook") " ORDER BY k.modified_s DESC, k.notebook DESC LIMIT ?10";
static const char of_library[] = NOTEBOOK_COLUMNS
    "FROM notebook_library l CROSS JOIN notebook n ON n.id = l.notebook WHERE"
    " l.library = (SELECT id FROM name WHERE text = ?3) AND" FILTERS NEWEST(
        "l.modified_s, l.notebook") " ORDER BY l.modified_s DESC, l.notebook DESC LIMIT ?10";
static const char of_owner[] =
    NOTEBOOK_COLUMNS "FROM notebook n INDEXED BY notebook_owner WHERE"
                     " n.owner = (SELECT id FROM name WHERE text = ?5) AND" FILTERS NEWEST(
                         "n.modified_s, n.id") " ORDER BY n.modified_s DESC, n.id DESC LIMIT ?10";
static const char of_language[] =
    NOTEBOOK_COLUMNS "FROM notebook n INDEXED BY notebook_language WHERE"
                     " n.language = (SELECT id FROM name WHERE text = ?4) AND" FILTERS NEWEST(
                         "n.modified_s, n.id") " ORDER BY n.modified_s DESC, n.id DESC LIMIT ?10";
static const char of_error[] = NOTEBOOK_COLUMNS
    "FROM notebook n INDEXED BY notebook_error WHERE n.error_code IS NOT NULL AND" FILTERS NEWEST(
        "n.modified_s, n.id") " ORDER BY n.modified_s DESC, n.id DESC LIMIT ?10";
/* The users of a location are sorted, which is what one location has. */
static const char of_place[] = NOTEBOOK_COLUMNS
    "FROM notebook n WHERE n.id IN (SELECT r.notebook FROM place p CROSS JOIN ref r"
    " ON r.place = p.id WHERE p.uri = ?11 UNION SELECT r.notebook FROM place p CROSS JOIN ref r"
    " ON r.place = p.id WHERE p.uri > ?11 || '/' AND p.uri < ?11 || '0') AND" FILTERS NEWEST(
        "n.modified_s, n.id") " ORDER BY n.modified_s DESC, n.id DESC LIMIT ?10";

/* Those whose names may have q, when they are few. */
static const char of_names[] = NOTEBOOK_COLUMNS
    "FROM notebook n WHERE n.id IN (SELECT value FROM json_each(?11)) AND" FILTERS NEWEST(
        "n.modified_s, n.id") " ORDER BY n.modified_s DESC, n.id DESC LIMIT ?10";

static const char get[] = NOTEBOOK_COLUMNS "FROM notebook n WHERE n.key = ?1";
static const char get_by_uri[] = NOTEBOOK_COLUMNS "FROM notebook n WHERE n.uri = ?1";
static const char copies_of[] =
    NOTEBOOK_COLUMNS "FROM notebook n WHERE n.near = ?1 AND n.id <> ?2 ORDER BY n.id LIMIT ?3";

void query_read_notebook(const struct db_rows *rows, struct arena *a,
                         struct index_notebook_row *out)
{
    int64_t n_copies = db_int(rows, 18);
    *out = (struct index_notebook_row){
        .row = db_int(rows, 0),
        .id = db_int(rows, 1),
        .source = arena_str(a, db_text(rows, 2)),
        .uri = arena_str(a, db_text(rows, 3)),
        .title = arena_str(a, db_text(rows, 4)),
        .owner = arena_str(a, db_text(rows, 5)),
        .language = arena_str(a, db_text(rows, 6)),
        .kernel = arena_str(a, db_text(rows, 7)),
        .etag = arena_str(a, db_text(rows, 8)),
        .hit_limit = arena_str(a, db_text(rows, 9)),
        .error = arena_str(a, db_text(rows, 10)),
        .size_bytes = (uint64_t)db_int(rows, 11),
        .n_cells = (uint64_t)db_int(rows, 12),
        .n_code_cells = (uint64_t)db_int(rows, 13),
        .n_lines = (uint64_t)db_int(rows, 14),
        .n_references = (uint64_t)db_int(rows, 15),
        .modified_unix_s = db_int(rows, 16),
        .near = db_int(rows, 17),
        .n_copies = n_copies > 0 ? (uint64_t)n_copies : 0,
    };
}

static bool read_all(struct db_rows *rows, struct arena *a, struct index_notebooks *out,
                     struct err *err)
{
    bool has_row = true;
    while (db_next(rows, &has_row, err) && has_row)
        query_read_notebook(rows, a, ARENA_PUSH(a, out->items, out->n, out->cap));
    return !has_row;
}

/* The newest come first, so those that are too old are the last ones. */
static bool drop_older(struct index_notebooks *found, int64_t since_unix_s)
{
    while (found->n > 0 && found->items[found->n - 1].modified_unix_s < since_unix_s)
        found->n--;
    return true;
}

/* Where the walk begins: behind the page before, or at the newest that are old enough. */
static struct index_after begin_of(const struct index_notebook_query *q)
{
    if (q->after.is_set)
        return q->after;
    if (q->before_unix_s > 0)
        return (struct index_after){ .number = q->before_unix_s, .id = INT64_MIN };
    return (struct index_after){ .number = INT64_MAX, .id = INT64_MAX };
}

/* The filter that leaves the fewest, by experience, leads. */
static const char *driver(const struct index_notebook_query *q)
{
    if (q->is_broken)
        return of_error;
    if (q->owner.len > 0)
        return of_owner;
    if (q->library.len > 0)
        return of_library;
    if (q->kind.len > 0)
        return of_kind;
    return q->language.len > 0 ? of_language : of_all;
}

/* The statement, and its ?11: a location, or ids. */
static bool choose(struct index_reader *r, struct arena *a, const struct index_notebook_query *q,
                   const char **sql, struct str *last, struct err *err)
{
    bool is_chosen = false;
    *sql = driver(q);
    *last = q->uses;
    if (q->uses.len > 0) {
        *sql = of_place;
        return true;
    }
    if (q->q.len == 0)
        return true;
    if (!query_names(r, a, INDEX_NAMES_NOTEBOOKS, q->q, last, &is_chosen, err))
        return false;
    *sql = is_chosen ? of_names : *sql;
    return true;
}

bool index_notebooks(struct index_reader *r, struct arena *a, const struct index_notebook_query *q,
                     struct index_notebooks *out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    enum process process = PROCESS_N;
    const char *sql;
    struct str last;
    *out = (struct index_notebooks){ 0 };
    if (q->kind.len > 0 && !process_from_name(q->kind, &process))
        return true;
    if (!choose(r, a, q, &sql, &last, err))
        return false;
    int64_t kind = q->kind.len > 0 ? (int64_t)process + 1 : 0;
    const struct index_after from = begin_of(q);
    int64_t is_broken = q->is_broken, is_without = q->is_without_copies, limit = (int64_t)q->limit;
    const char *format = sql == of_place || sql == of_names ? "sisssiiiiis" : "sisssiiiii";
    return db_query(&r->db, &rows, err, sql, format, query_like(a, q->q), kind, q->library,
                    q->language, q->owner, is_broken, is_without, from.number, from.id, limit,
                    last) &&
           read_all(&rows, a, out, err) && drop_older(out, q->since_unix_s);
}

bool index_notebook_get(struct index_reader *r, struct arena *a, int64_t id,
                        struct index_notebook_row *out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&r->db, &rows, err, get, "i", id) || !db_next(&rows, &has_row, err))
        return false;
    if (!has_row)
        return err_set(err, ERR_NOT_FOUND, "there is no notebook %016llx", (unsigned long long)id);
    query_read_notebook(&rows, a, out);
    return true;
}

bool index_notebook_id(struct index_reader *r, int64_t row, int64_t *out, struct err *err)
{
    static const char sql[] = "SELECT key FROM notebook WHERE id = ?1";
    return db_get_int(&r->db, out, NULL, err, sql, "i", row);
}

bool index_notebook_by_uri(struct index_reader *r, struct arena *a, struct str uri,
                           struct index_notebook_row *out, bool *has_out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    if (!db_query(&r->db, &rows, err, get_by_uri, "s", uri) || !db_next(&rows, has_out, err))
        return false;
    if (*has_out)
        query_read_notebook(&rows, a, out);
    return true;
}

bool index_notebook_copies(struct index_reader *r, struct arena *a,
                           const struct index_notebook_row *nb, size_t max,
                           struct index_notebooks *out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    *out = (struct index_notebooks){ 0 };
    if (nb->near == 0)
        return true;
    return db_query(&r->db, &rows, err, copies_of, "iii", nb->near, nb->row, (int64_t)max) &&
           read_all(&rows, a, out, err);
}

bool index_notebook_kinds(struct index_reader *r, struct arena *a, int64_t row,
                          struct index_kind out[PROCESS_N], size_t *n_out, struct err *err)
{
    static const char sql[] = "SELECT kind, weight, evidence FROM notebook_kind"
                              " WHERE notebook = ?1 ORDER BY weight DESC, kind";
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    size_t n = 0;
    if (!db_query(&r->db, &rows, err, sql, "i", row))
        return false;
    while (db_next(&rows, &has_row, err) && has_row) {
        int64_t kind = db_int(&rows, 0) - 1;
        if (n < PROCESS_N && kind >= 0 && kind < PROCESS_N)
            out[n++] = (struct index_kind){ .process = (enum process)kind,
                                            .weight = (unsigned)db_int(&rows, 1),
                                            .evidence = arena_str(a, db_text(&rows, 2)) };
    }
    *n_out = n;
    return !has_row;
}

bool index_notebook_libraries(struct index_reader *r, struct arena *a, int64_t row, size_t max,
                              struct index_texts *out, struct err *err)
{
    static const char sql[] =
        "SELECT m.text FROM notebook_library l JOIN name m ON m.id = l.library"
        " WHERE l.notebook = ?1 ORDER BY m.text LIMIT ?2";
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    *out = (struct index_texts){ 0 };
    if (!db_query(&r->db, &rows, err, sql, "ii", row, (int64_t)max))
        return false;
    while (db_next(&rows, &has_row, err) && has_row)
        *ARENA_PUSH(a, out->items, out->n, out->cap) = arena_str(a, db_text(&rows, 0));
    return !has_row;
}

bool index_notebook_parameters(struct index_reader *r, struct arena *a, int64_t row, size_t max,
                               struct index_parameters *out, struct err *err)
{
    static const char sql[] = "SELECT name, value, cell, line FROM parameter WHERE notebook = ?1"
                              " ORDER BY seq LIMIT ?2";
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    *out = (struct index_parameters){ 0 };
    if (!db_query(&r->db, &rows, err, sql, "ii", row, (int64_t)max))
        return false;
    while (db_next(&rows, &has_row, err) && has_row)
        *ARENA_PUSH(a, out->items, out->n, out->cap) =
            (struct index_parameter){ .name = arena_str(a, db_text(&rows, 0)),
                                      .value = arena_str(a, db_text(&rows, 1)),
                                      .cell = (uint32_t)db_int(&rows, 2),
                                      .line = (uint32_t)db_int(&rows, 3) };
    return !has_row;
}
