/*
 * The edges of the graph: what a notebook reads and writes, who reads and writes a dataset or a
 * place.  Data flows along reads and writes of data, models and archives; a place that falls into a
 * dataset is the dataset.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/place.h"
#include "index/query_internal.h"
#include "index/ref.h"

/* Directions: reading is 0, writing 1, listing 2 (a read that says little), deleting 3. */
#define KINDS " AND (r.what >> 4 & 15) IN (0, 1, 5, 8)"
#define FLOWS(is_up)                                                                               \
    " AND (CASE WHEN " is_up " THEN r.what & 15 = 1 ELSE r.what & 15 IN (0, 2) END)"
/* ?2: towards the node (1) or from it (0); ?3: how many. */
#define SUMS                                                                                       \
    " min(r.seq), r.cell, r.line, count(*), min((r.what & 1536) = 1024 OR (r.what & 256) = 0),"    \
    " max(p.prefix IS NULL) "
/* A table that is bound to a dataset is the dataset. */
#define BOUND                                                                                      \
    "(SELECT d.id FROM table_name t CROSS JOIN dataset d ON d.uri = t.location"                    \
    " WHERE t.name = p.uri LIMIT 1)"
/* Users in the order of notebooks, each with its few references: what is over the limit is not
 * looked at. */
static const char of_dataset[] =
    "SELECT 0, u.notebook," SUMS "FROM use u CROSS JOIN ref r ON r.notebook = u.notebook"
    " CROSS JOIN place p ON p.id = r.place WHERE u.dataset = ?1"
    " AND u.dirs & (CASE WHEN ?2 THEN 2 ELSE 5 END) AND (p.dataset = ?1 OR p.uri IN"
    " (SELECT t.name FROM dataset d CROSS JOIN table_name t ON t.location = d.uri"
    "  WHERE d.id = ?1))" FLOWS("?2") KINDS " GROUP BY u.notebook ORDER BY u.notebook LIMIT ?3";
static const char of_place[] =
    "SELECT 0, r.notebook," SUMS "FROM place p CROSS JOIN ref r ON r.place = p.id"
    " WHERE p.id = ?1" FLOWS("?2") KINDS " GROUP BY r.notebook ORDER BY r.notebook LIMIT ?3";
static const char of_notebook[] = "SELECT coalesce(p.dataset, " BOUND ") AS whole, p.id," SUMS
                                  "FROM ref r CROSS JOIN place p ON p.id = r.place"
                                  " WHERE r.notebook = ?1" FLOWS("NOT ?2") KINDS
    " GROUP BY coalesce(whole, -p.id) ORDER BY min(r.seq) LIMIT ?3";

/* A resolved location is sure; one with unknown parts is a guess. */
enum { PERCENT_SURE = 100, PERCENT_HOLES = 50 };

static bool edges_of(struct index_reader *r, struct graph_key node, bool is_up, size_t max,
                     struct graph_edges *out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    const char *sql = node.kind == GRAPH_NOTEBOOK  ? of_notebook
                      : node.kind == GRAPH_DATASET ? of_dataset
                                                   : of_place;
    size_t n = 0;
    if (!db_query(&r->db, &rows, err, sql, "iii", node.id, (int64_t)is_up, (int64_t)max + 1))
        return false;
    while (db_next(&rows, &has_row, err) && has_row) {
        struct graph_key other = { GRAPH_NOTEBOOK, db_int(&rows, 1) };
        if (n++ == max) {
            out->n_cut++;
            continue;
        }
        if (node.kind == GRAPH_NOTEBOOK && !db_is_null(&rows, 0))
            other = (struct graph_key){ GRAPH_DATASET, db_int(&rows, 0) };
        else if (node.kind == GRAPH_NOTEBOOK)
            other.kind = GRAPH_PLACE;
        *ARENA_PUSH(out->arena, out->items, out->n, out->cap) =
            (struct graph_edge){ .from = is_up ? other : node,
                                 .to = is_up ? node : other,
                                 .percent = db_int(&rows, 7) != 0 ? PERCENT_SURE : PERCENT_HOLES,
                                 .cell = (uint32_t)db_int(&rows, 3),
                                 .line = (uint32_t)db_int(&rows, 4),
                                 .n_uses = (uint32_t)db_int(&rows, 5),
                                 .is_may = db_int(&rows, 6) != 0 };
    }
    return !has_row;
}

/* No room is left: only how many there are is told. */
static bool count_of_dataset(struct index_reader *r, int64_t dataset, bool is_up,
                             struct graph_edges *out, struct err *err)
{
    static const char sql[] =
        "SELECT CASE WHEN ?2 THEN n_writers ELSE n_readers END FROM dataset WHERE id = ?1";
    int64_t n;
    if (!db_get_int(&r->db, &n, NULL, err, sql, "ii", dataset, (int64_t)is_up))
        return false;
    out->n_cut += (uint64_t)n;
    return true;
}

static bool give_edges(void *ctx, const struct graph_key *nodes, size_t n, bool is_up, size_t max,
                       struct graph_edges *out, struct err *err)
{
    size_t first = out->n;
    for (size_t i = 0; i < n; i++) {
        size_t left = out->n - first < max ? max - (out->n - first) : 0;
        bool ok = left == 0 && nodes[i].kind == GRAPH_DATASET
                      ? count_of_dataset(ctx, nodes[i].id, is_up, out, err)
                      : edges_of(ctx, nodes[i], is_up, left, out, err);
        if (!ok)
            return false;
    }
    return true;
}

static bool describe(void *ctx, struct arena *a, struct graph_node *nodes, size_t n,
                     struct err *err)
{
    static const char notebook[] =
        "SELECT n.uri, n.title, (SELECT kind FROM notebook_kind WHERE notebook = n.id"
        " ORDER BY weight DESC, kind LIMIT 1) FROM notebook n WHERE n.id = ?1";
    static const char dataset[] = "SELECT uri, name, (SELECT text FROM name WHERE id = d.format)"
                                  " FROM dataset d WHERE id = ?1";
    static const char place[] = "SELECT uri, '', '' FROM place WHERE id = ?1";
    static const char *const texts[] = {
        [GRAPH_NOTEBOOK] = notebook, [GRAPH_DATASET] = dataset, [GRAPH_PLACE] = place
    };
    struct index_reader *r = ctx;
    for (size_t i = 0; i < n; i++) {
        AUTO_ROWS rows = { 0 };
        bool has_row;
        if (!db_query(&r->db, &rows, err, texts[nodes[i].key.kind], "i", nodes[i].key.id) ||
            !db_next(&rows, &has_row, err))
            return false;
        nodes[i].uri = has_row ? arena_str(a, db_text(&rows, 0)) : STR_EMPTY;
        nodes[i].title = has_row ? arena_str(a, db_text(&rows, 1)) : STR_EMPTY;
        int64_t kind = has_row && nodes[i].key.kind == GRAPH_NOTEBOOK ? db_int(&rows, 2) : 0;
        if (kind > 0 && kind <= PROCESS_N)
            nodes[i].detail = str_from(process_name((enum process)(kind - 1)));
        else if (has_row && nodes[i].key.kind == GRAPH_DATASET)
            nodes[i].detail = arena_str(a, db_text(&rows, 2));
    }
    return true;
}

struct graph_source index_graph_source(struct index_reader *r)
{
    return (struct graph_source){ .ctx = r, .edges = give_edges, .describe = describe };
}

static bool add_keys(struct index_reader *r, struct arena *a, const char *sql, struct str key,
                     enum graph_node_kind kind, size_t max, struct index_keys *out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    if (out->n >= max)
        return true;
    if (!db_query(&r->db, &rows, err, sql, "si", key, (int64_t)(max - out->n)))
        return false;
    while (db_next(&rows, &has_row, err) && has_row)
        *ARENA_PUSH(a, out->items, out->n, out->cap) = (struct graph_key){ kind, db_int(&rows, 0) };
    return !has_row;
}

bool index_graph_keys(struct index_reader *r, struct arena *a, struct str key, size_t max,
                      struct index_keys *out, struct err *err)
{
    static const char notebook[] = "SELECT id FROM notebook WHERE uri = ?1 LIMIT ?2";
    static const char bound[] = "SELECT d.id FROM table_name t CROSS JOIN dataset d"
                                " ON d.uri = t.location WHERE t.name = ?1 LIMIT ?2";
    static const char datasets[] =
        "SELECT id FROM dataset WHERE uri > ?1 || '/' AND uri < ?1 || '0' ORDER BY uri LIMIT ?2";
    static const char places[] = "SELECT id FROM place p WHERE uri = ?1 AND dataset IS NULL"
                                 " AND " BOUND " IS NULL LIMIT ?2";
    static const char inside[] =
        "SELECT id FROM place WHERE uri > ?1 || '/' AND uri < ?1 || '0' AND dataset IS NULL"
        " ORDER BY uri LIMIT ?2";
    struct index_dataset d;
    bool has_dataset;
    *out = (struct index_keys){ 0 };
    if (!add_keys(r, a, notebook, key, GRAPH_NOTEBOOK, max, out, err) ||
        !index_dataset_of(r, a, key, &d, &has_dataset, err))
        return false;
    if (has_dataset)
        *ARENA_PUSH(a, out->items, out->n, out->cap) = (struct graph_key){ GRAPH_DATASET, d.id };
    return add_keys(r, a, bound, key, GRAPH_DATASET, max, out, err) &&
           add_keys(r, a, datasets, key, GRAPH_DATASET, max, out, err) &&
           add_keys(r, a, places, key, GRAPH_PLACE, max, out, err) &&
           add_keys(r, a, inside, key, GRAPH_PLACE, max, out, err);
}
