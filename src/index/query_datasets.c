/*
 * Questions about datasets.  A list walks the index of its order and looks at the other filters row
 * by row, so a page costs as many rows as have to be seen until it is full.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/place.h"
#include "index/query_internal.h"
#include "util/limits.h"

#define COLUMNS                                                                                    \
    "SELECT d.id, (SELECT name FROM source WHERE id = d.source), d.uri, d.name,"                   \
    " (SELECT text FROM name WHERE id = d.layout), (SELECT text FROM name WHERE id = d.format),"   \
    " (SELECT text FROM name WHERE id = d.compression), d.n_objects, d.size_bytes,"                \
    " d.newest_ms, d.n_partitions, d.n_users, d.n_readers, d.n_writers, d.n_maybe, d.used_s,"      \
    " d.details, d.warnings, d.error FROM dataset d "

/* ?1 .. ?8 are the filters, each off by its empty value. */
#define FILTERS                                                                                    \
    " (?1 = '' OR d.uri LIKE ?1 ESCAPE '\\' OR EXISTS(SELECT 1 FROM table_name t"                  \
    "   WHERE t.location = d.uri AND t.name LIKE ?1 ESCAPE '\\'))"                                 \
    " AND (?2 = '' OR d.bucket = (SELECT id FROM name WHERE text = ?2))"                           \
    " AND (?3 = '' OR d.format = (SELECT id FROM name WHERE text = ?3))"                           \
    " AND (?4 = '' OR d.layout = (SELECT id FROM name WHERE text = ?4))"                           \
    " AND (?5 = '' OR EXISTS(SELECT 1 FROM dataset_column c"                                       \
    "   WHERE c.name = ?5 COLLATE NOCASE AND c.dataset = d.id))"                                   \
    " AND d.size_bytes >= ?6 AND (?7 = 0 OR d.n_users = 0) AND (?8 = 0 OR d.used_s < ?8)"

/* ?9, ?10: the key of the row before; ?11: how many; ?12: ids, when few are left. */
#define NAMES_ORDER " ORDER BY d.name COLLATE NOCASE, d.id LIMIT ?11"
#define NAMES FILTERS " AND (d.name COLLATE NOCASE, d.id) > (?9, ?10)" NAMES_ORDER
#define DOWNWARDS_ORDER(column) " ORDER BY d." column " DESC, d.id DESC LIMIT ?11"
#define DOWNWARDS(column) FILTERS " AND (d." column ", d.id) < (?9, ?10)" DOWNWARDS_ORDER(column)
/* The rows of the page are found before their columns are gathered. */
#define FEW                                                                                        \
    COLUMNS "WHERE d.id IN (SELECT d.id FROM dataset d WHERE d.id IN"                              \
            " (SELECT value FROM json_each(?12)) AND"
static const char by_name[] = COLUMNS "WHERE" NAMES;
static const char by_size[] = COLUMNS "WHERE" DOWNWARDS("size_bytes");
static const char by_modified[] = COLUMNS "WHERE" DOWNWARDS("newest_ms");
static const char by_users[] = COLUMNS "WHERE" DOWNWARDS("n_users");
static const char few_by_name[] = FEW NAMES ")" NAMES_ORDER;
static const char few_by_size[] = FEW DOWNWARDS("size_bytes") ")" DOWNWARDS_ORDER("size_bytes");
static const char few_by_modified[] = FEW DOWNWARDS("newest_ms") ")" DOWNWARDS_ORDER("newest_ms");
static const char few_by_users[] = FEW DOWNWARDS("n_users") ")" DOWNWARDS_ORDER("n_users");

/* Rows that are better looked up than met along an order, where the filter stands in its index. */
enum { FEW_IN_ORDER = 200 };
/* Datasets of one column tend to stand together in the order of names, far from its beginning. */
enum { FEW_OF_COLUMN = 6000 };

/* Ids of one filter, to see whether they are few. */
static const char ids_of_column[] =
    "SELECT dataset FROM dataset_column WHERE name = ?1 COLLATE NOCASE LIMIT ?2";
static const char ids_of_bucket[] =
    "SELECT id FROM dataset WHERE bucket = (SELECT id FROM name WHERE text = ?1) LIMIT ?2";
static const char ids_of_format[] =
    "SELECT id FROM dataset WHERE format = (SELECT id FROM name WHERE text = ?1) LIMIT ?2";
static const char ids_of_layout[] =
    "SELECT id FROM dataset WHERE layout = (SELECT id FROM name WHERE text = ?1) LIMIT ?2";
static const char ids_unused[] = "SELECT id FROM dataset WHERE ?1 = '' AND n_users = 0 LIMIT ?2";

static const char get[] = COLUMNS "WHERE d.id = ?1";
static const char get_by_uri[] = COLUMNS "WHERE d.uri = ?1";
static const char get_patterns[] = COLUMNS "WHERE d.root = ?1 AND d.is_pattern = 1 LIMIT 1000";

static void read_row(const struct db_rows *rows, struct arena *a, struct index_dataset *out)
{
    *out = (struct index_dataset){
        .id = db_int(rows, 0),
        .source = arena_str(a, db_text(rows, 1)),
        .uri = arena_str(a, db_text(rows, 2)),
        .name = arena_str(a, db_text(rows, 3)),
        .layout = arena_str(a, db_text(rows, 4)),
        .format = arena_str(a, db_text(rows, 5)),
        .compression = arena_str(a, db_text(rows, 6)),
        .n_objects = (uint64_t)db_int(rows, 7),
        .size_bytes = (uint64_t)db_int(rows, 8),
        .newest_unix_ms = db_int(rows, 9),
        .n_partitions = (uint64_t)db_int(rows, 10),
        .n_users = (uint64_t)db_int(rows, 11),
        .n_readers = (uint64_t)db_int(rows, 12),
        .n_writers = (uint64_t)db_int(rows, 13),
        .n_maybe = (uint64_t)db_int(rows, 14),
        .last_used_unix_ms = db_int(rows, 15) * 1000,
        .details = arena_str(a, db_text(rows, 16)),
        .warnings = arena_str(a, db_text(rows, 17)),
        .error = arena_str(a, db_text(rows, 18)),
    };
}

static bool read_all(struct db_rows *rows, struct arena *a, struct index_datasets *out,
                     struct err *err)
{
    bool has_row;
    while (db_next(rows, &has_row, err)) {
        if (!has_row)
            return true;
        read_row(rows, a, ARENA_PUSH(a, out->items, out->n, out->cap));
    }
    return false;
}

struct str query_like(struct arena *a, struct str text)
{
    AUTO_BUF out = BUF_INIT(LIMIT_URI_BYTES);
    if (text.len == 0)
        return STR_EMPTY;
    buf_add_char(&out, '%');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%' || text.ptr[i] == '_' || text.ptr[i] == '\\')
            buf_add_char(&out, '\\');
        buf_add_char(&out, text.ptr[i]);
    }
    buf_add_char(&out, '%');
    return arena_str(a, buf_str(&out));
}

struct str query_json_ids(struct arena *a, const int64_t *ids, size_t n)
{
    AUTO_BUF out = BUF_INIT(SIZE_MAX);
    buf_add_char(&out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_char(&out, ',');
        buf_add_i64(&out, ids[i]);
    }
    buf_add_char(&out, ']');
    return arena_str(a, buf_str(&out));
}

bool query_names(struct index_reader *r, struct arena *a, enum index_names names, struct str text,
                 struct str *ids, bool *is_few, struct err *err)
{
    int64_t *found;
    size_t n;
    bool is_exact;
    if (!index_find_names(r, a, names, text, INT64_MIN, QUERY_FEW + 1, &found, &n, &is_exact, err))
        return false;
    *is_few = is_exact && n <= QUERY_FEW;
    if (*is_few)
        *ids = query_json_ids(a, found, n);
    return true;
}

/* The ids that one filter leaves, when they are few. */
static bool few_of(struct index_reader *r, struct arena *a, const char *sql, struct str value,
                   size_t max, struct str *ids, bool *is_few, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    int64_t *found = ARENA_NEW_N(a, int64_t, max + 1);
    size_t n = 0;
    if (!db_query(&r->db, &rows, err, sql, "si", value, (int64_t)max + 1))
        return false;
    while (db_next(&rows, &has_row, err) && has_row)
        found[n++] = db_int(&rows, 0);
    *is_few = !has_row && n <= max;
    if (*is_few)
        *ids = query_json_ids(a, found, n);
    return !has_row;
}

/* Those whose uri has q, by the trigrams, and those that a table is bound to whose name has it. */
static bool few_of_names(struct index_reader *r, struct arena *a, struct str q, struct str *ids,
                         bool *is_few, struct err *err)
{
    static const char tables[] = "SELECT d.id FROM table_name t CROSS JOIN dataset d"
                                 " ON d.uri = t.location WHERE t.name LIKE ?1 ESCAPE '\\' LIMIT ?2";
    struct str bound;
    if (!query_names(r, a, INDEX_NAMES_DATASETS, q, ids, is_few, err))
        return false;
    if (!*is_few)
        return true;
    if (!few_of(r, a, tables, query_like(a, q), QUERY_FEW, &bound, is_few, err))
        return false;
    /* "[1,2]" and "[3]" are "[1,2,3]". */
    if (*is_few && bound.len > 2)
        *ids = ids->len > 2 ? arena_printf(a, "%.*s,%.*s", (int)ids->len - 1, ids->ptr,
                                           (int)bound.len - 1, bound.ptr + 1)
                            : bound;
    return true;
}

/* Does one of the filters leave only few? */
static bool find_few(struct index_reader *r, struct arena *a, const struct index_dataset_query *q,
                     struct str *ids, bool *is_few, struct err *err)
{
    const struct {
        const char *sql;
        struct str value;
        bool is_set;
        size_t few;
    } filters[] = { { ids_of_column, q->column, q->column.len > 0, FEW_OF_COLUMN },
                    { ids_of_bucket, q->bucket, q->bucket.len > 0, FEW_IN_ORDER },
                    { ids_of_format, q->format, q->format.len > 0, FEW_IN_ORDER },
                    { ids_of_layout, q->layout, q->layout.len > 0, FEW_IN_ORDER },
                    { ids_unused, STR_EMPTY, q->is_unused && q->sort != INDEX_BY_USERS,
                      FEW_IN_ORDER } };
    *is_few = false;
    if (q->q.len > 0 && !few_of_names(r, a, q->q, ids, is_few, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(filters) && !*is_few; i++)
        if (filters[i].is_set &&
            !few_of(r, a, filters[i].sql, filters[i].value, filters[i].few, ids, is_few, err))
            return false;
    return true;
}

bool index_datasets(struct index_reader *r, struct arena *a, const struct index_dataset_query *q,
                    struct index_datasets *out, struct err *err)
{
    static const char *const orders[][2] = { [INDEX_BY_NAME] = { by_name, few_by_name },
                                             [INDEX_BY_SIZE] = { by_size, few_by_size },
                                             [INDEX_BY_MODIFIED] = { by_modified, few_by_modified },
                                             [INDEX_BY_USERS] = { by_users, few_by_users } };
    AUTO_ROWS rows = { 0 };
    const struct index_after *after = &q->after;
    struct str like = query_like(a, q->q), ids = STR_EMPTY;
    bool is_few;
    int64_t since_s = q->unused_since_unix_ms / 1000, is_unused = q->is_unused;
    int64_t limit = (int64_t)q->limit;
    *out = (struct index_datasets){ 0 };
    if (!find_few(r, a, q, &ids, &is_few, err))
        return false;
    const char *sql = orders[q->sort][is_few];
    bool is_by_name = q->sort == INDEX_BY_NAME;
    /* Before the first row: no text is less than the empty one, no number more than the largest. */
    int64_t id = after->is_set ? after->id : is_by_name ? INT64_MIN : INT64_MAX;
    int64_t number = after->is_set ? after->number : INT64_MAX;
    struct str text = after->is_set ? after->text : STR_EMPTY;
    bool ok = is_by_name
                  ? db_query(&r->db, &rows, err, sql, is_few ? "sssssiiisiis" : "sssssiiisii", like,
                             q->bucket, q->format, q->layout, q->column, (int64_t)q->min_bytes,
                             is_unused, since_s, text, id, limit, ids)
                  : db_query(&r->db, &rows, err, sql, is_few ? "sssssiiiiiis" : "sssssiiiiii", like,
                             q->bucket, q->format, q->layout, q->column, (int64_t)q->min_bytes,
                             is_unused, since_s, number, id, limit, ids);
    return ok && read_all(&rows, a, out, err);
}

bool index_dataset_get(struct index_reader *r, struct arena *a, int64_t id,
                       struct index_dataset *out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&r->db, &rows, err, get, "i", id) || !db_next(&rows, &has_row, err))
        return false;
    if (!has_row)
        return err_set(err, ERR_NOT_FOUND, "there is no dataset %016llx", (unsigned long long)id);
    read_row(&rows, a, out);
    return true;
}

static bool get_uri(struct index_reader *r, struct arena *a, struct str uri,
                    struct index_dataset *out, bool *has_out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    if (!db_query(&r->db, &rows, err, get_by_uri, "s", uri) || !db_next(&rows, has_out, err))
        return false;
    if (*has_out)
        read_row(&rows, a, out);
    return true;
}

/* Among the datasets of siblings in a folder, the one whose pattern fits. */
static bool get_pattern(struct index_reader *r, struct arena *a, struct str folder, struct str key,
                        struct index_dataset *out, bool *has_out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    *has_out = false;
    if (!db_query(&r->db, &rows, err, get_patterns, "s", folder))
        return false;
    while (!*has_out && db_next(&rows, &has_row, err) && has_row) {
        unsigned score;
        *has_out = uri_match(key, db_text(&rows, 2), &score) == URI_GLOB;
        if (*has_out)
            read_row(&rows, a, out);
    }
    return *has_out || !has_row;
}

bool index_dataset_of(struct index_reader *r, struct arena *a, struct str key,
                      struct index_dataset *out, bool *has_out, struct err *err)
{
    struct str folders[PLACE_MAX_PREFIXES];
    if (!get_uri(r, a, key, out, has_out, err))
        return false;
    size_t n = *has_out ? 0 : place_ancestors(key, folders, PLACE_MAX_PREFIXES);
    for (size_t i = 0; i < n && !*has_out; i++) {
        if (!get_pattern(r, a, folders[i], key, out, has_out, err) ||
            (!*has_out && !get_uri(r, a, folders[i], out, has_out, err)))
            return false;
    }
    return true;
}

bool index_dataset_columns(struct index_reader *r, struct arena *a, int64_t dataset, size_t max,
                           struct index_columns *out, struct err *err)
{
    static const char sql[] = "SELECT name, type, is_nullable, is_partition FROM dataset_column"
                              " WHERE dataset = ?1 ORDER BY seq LIMIT ?2";
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    *out = (struct index_columns){ 0 };
    if (!db_query(&r->db, &rows, err, sql, "ii", dataset, (int64_t)max))
        return false;
    while (db_next(&rows, &has_row, err) && has_row)
        *ARENA_PUSH(a, out->items, out->n, out->cap) = (struct index_column){
            .name = arena_str(a, db_text(&rows, 0)),
            .type = arena_str(a, db_text(&rows, 1)),
            .is_nullable = db_int(&rows, 2) != 0,
            .is_partition = db_int(&rows, 3) != 0,
        };
    return !has_row;
}

bool index_dataset_partitions(struct index_reader *r, struct arena *a, int64_t dataset, size_t max,
                              struct index_partitions *out, struct err *err)
{
    static const char sql[] = "SELECT partition_values, n_objects, size_bytes, newest_ms"
                              " FROM dataset_partition WHERE dataset = ?1 ORDER BY seq LIMIT ?2";
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    *out = (struct index_partitions){ 0 };
    if (!db_query(&r->db, &rows, err, sql, "ii", dataset, (int64_t)max))
        return false;
    while (db_next(&rows, &has_row, err) && has_row)
        *ARENA_PUSH(a, out->items, out->n, out->cap) = (struct index_partition){
            .values = arena_str(a, db_text(&rows, 0)),
            .n_objects = (uint64_t)db_int(&rows, 1),
            .size_bytes = (uint64_t)db_int(&rows, 2),
            .newest_unix_ms = db_int(&rows, 3),
        };
    return !has_row;
}

bool index_bindings(struct index_reader *r, struct arena *a, struct str key, bool is_table,
                    size_t max, struct index_bindings *out, struct err *err)
{
#define BINDINGS                                                                                   \
    "SELECT t.name, t.location, n.key, n.uri, t.cell, t.line FROM table_name t"                    \
    " JOIN notebook n ON n.id = t.notebook WHERE "
    static const char by_location[] = BINDINGS "t.location = ?1 ORDER BY t.name LIMIT ?2";
    static const char by_table[] = BINDINGS "t.name = ?1 ORDER BY t.location LIMIT ?2";
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    *out = (struct index_bindings){ 0 };
    if (!db_query(&r->db, &rows, err, is_table ? by_table : by_location, "si", key, (int64_t)max))
        return false;
    while (db_next(&rows, &has_row, err) && has_row)
        *ARENA_PUSH(a, out->items, out->n, out->cap) = (struct index_binding){
            .table = arena_str(a, db_text(&rows, 0)),
            .location = arena_str(a, db_text(&rows, 1)),
            .notebook = db_int(&rows, 2),
            .notebook_uri = arena_str(a, db_text(&rows, 3)),
            .cell = (uint32_t)db_int(&rows, 4),
            .line = (uint32_t)db_int(&rows, 5),
        };
    return !has_row;
}
