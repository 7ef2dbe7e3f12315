/*
 * The edges of the graph: what a notebook reads and writes, who reads and writes a dataset or a
 * place.
 *
 * Data flows along reads and writes of data, models and archives.  What uses a dataset, by its
 * location, a part of it, a folder above it, a glob or a table's name, was worked out by
 * index_settle(): the edges of a dataset are a range of rows of the table use.  A place is a node
 * of its own where there is no dataset at, above or below it; a table that is bound to a location
 * is that location.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/place.h"
#include "index/query_internal.h"
#include "index/use.h"
#include "index/write.h"

/* Edges that are counted when they are not given. */
enum { COUNT_TO = 500 };

/* Columns: the kind of the other end, its id, use_at(), how many, sure as in use.h. */
#define OF_DATASET(way, range)                                                                     \
    "SELECT 0, notebook, " way "_at, n_" way "s, " way "_sure FROM use"                            \
    " WHERE dataset = ?1 AND flows" range " LIMIT ?2"
static const char readers_of_dataset[] = OF_DATASET("read", USE_READ_RANGE);
static const char writers_of_dataset[] = OF_DATASET("write", USE_WRITE_RANGE);

/* In the order of the code, as far as they are given. */
#define DATASETS_OF_NOTEBOOK(way, range)                                                           \
    "SELECT 1, u.dataset, u." way "_at, u.n_" way "s, u." way "_sure FROM (SELECT dataset, flows"  \
    " FROM use WHERE notebook = ?1 AND flows" range " LIMIT ?2) few CROSS JOIN use u"              \
    " ON u.dataset = few.dataset AND u.flows = few.flows AND u.notebook = ?1 ORDER BY 3"
static const char read_by_notebook[] = DATASETS_OF_NOTEBOOK("read", USE_READ_RANGE);
static const char written_by_notebook[] = DATASETS_OF_NOTEBOOK("write", USE_WRITE_RANGE);

/* Is the place (p) in a dataset or above one, or the name of a table that is? */
#define IS_OF_DATASET                                                                              \
    "(p.dataset IS NOT NULL"                                                                       \
    " OR EXISTS(SELECT 1 FROM dataset WHERE uri > p.uri || '/' AND uri < p.uri || '0')"            \
    " OR (p.uri GLOB 'table:*' AND EXISTS(SELECT 1 FROM table_name t CROSS JOIN dataset d"         \
    "  ON d.uri > t.location || '/' AND d.uri < t.location || '0' WHERE t.name = p.uri)))"
/* The place of the location that the table's name p.uri is bound to. */
#define LOCATION_OF_TABLE                                                                          \
    "(SELECT q.id FROM table_name t CROSS JOIN place q ON q.uri = t.location"                      \
    " WHERE t.name = p.uri LIMIT 1)"
#define AT "r.cell << 20 | min(r.line, 0xFFFFF)"
/* A pattern is a guess: 50 percent. */
#define SURE                                                                                       \
    "CASE WHEN p.prefix IS NULL THEN 200 ELSE 100 END + (r.what & 512 <> 0 OR r.what & 256 = 0)"
/* A row for each reference; the edges are added up as they come. */
#define PLACES_OF_NOTEBOOK(dirs)                                                                   \
    "SELECT 2, coalesce(CASE WHEN p.uri GLOB 'table:*' THEN " LOCATION_OF_TABLE " END, p.id), " AT \
    ", 1, " SURE " FROM ref r CROSS JOIN place p ON p.id = r.place WHERE r.notebook = ?1"          \
    " AND r.what & 15 IN " dirs " AND " REF_FLOW_KINDS " AND NOT " IS_OF_DATASET                   \
    " ORDER BY r.seq LIMIT -1 + 0 * ?2"
static const char places_read[] = PLACES_OF_NOTEBOOK(REF_READ_DIRS);
static const char places_written[] = PLACES_OF_NOTEBOOK(REF_WRITE_DIRS);

/* ?1: a place.  Of one direction, so that each is a range of the index. */
#define OF_PLACE(dir)                                                                              \
    "SELECT 0, r.notebook, min(" AT "), count(*), max(CASE WHEN p.prefix IS NULL THEN 200"         \
    " ELSE 100 END) + min(r.what & 512 <> 0 OR r.what & 256 = 0) FROM place p CROSS JOIN ref r"    \
    " ON r.place = p.id WHERE p.id = ?1 AND r.what & 15 = " dir " AND " REF_FLOW_KINDS             \
    " GROUP BY r.notebook ORDER BY r.notebook LIMIT ?2"
static const char readers_of_place[] = OF_PLACE("0");
static const char listers_of_place[] = OF_PLACE("2");
static const char writers_of_place[] = OF_PLACE("1");

struct edges {
    struct index_reader *r;
    bool is_up;
    struct graph_edges *out;
    /* Edges before this one may be to the same other ends, and are then added up; the edges of the
     * node begin at first. */
    bool is_again;
    size_t first;
};

/* Is there an edge to that end already?  Then this one is a part of it. */
static bool is_merged(struct edges *e, const struct graph_edge *edge)
{
    for (size_t i = e->first; i < e->out->n && e->is_again; i++) {
        struct graph_edge *other = &e->out->items[i];
        if (other->from.id != edge->from.id || other->to.id != edge->to.id)
            continue;
        bool is_earlier =
            edge->cell != other->cell ? edge->cell < other->cell : edge->line < other->line;
        other->cell = is_earlier ? edge->cell : other->cell;
        other->line = is_earlier ? edge->line : other->line;
        other->percent = edge->percent > other->percent ? edge->percent : other->percent;
        other->n_uses += edge->n_uses;
        other->is_may = other->is_may && edge->is_may;
        return true;
    }
    return false;
}

/* At most max edges of one statement, which gives one more if there is one: *is_more then. */
static bool add_edges(struct edges *e, const char *sql, struct graph_key node, int64_t id,
                      size_t max, size_t *n, bool *is_more, struct err *err)
{
    static const enum graph_node_kind kinds[] = { GRAPH_NOTEBOOK, GRAPH_DATASET, GRAPH_PLACE };
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    if (!db_query(&e->r->db, &rows, err, sql, "ii", id, (int64_t)(max - *n) + 1))
        return false;
    while (db_next(&rows, &has_row, err) && has_row) {
        struct graph_key other = { kinds[db_int(&rows, 0)], db_int(&rows, 1) };
        const struct graph_edge edge = { .from = e->is_up ? other : node,
                                         .to = e->is_up ? node : other,
                                         .percent = (unsigned)db_int(&rows, 4) / 2,
                                         .cell = (uint32_t)(db_int(&rows, 2) >> 20),
                                         .line = (uint32_t)db_int(&rows, 2) & 0xFFFFF,
                                         .n_uses = (uint32_t)db_int(&rows, 3),
                                         .is_may = (db_int(&rows, 4) & 1) != 0 };
        if (is_merged(e, &edge))
            continue;
        if (*n == max) {
            *is_more = true;
            return true;
        }
        (*n)++;
        *ARENA_PUSH(e->out->arena, e->out->items, e->out->n, e->out->cap) = edge;
    }
    return !has_row;
}

static void add_cut(struct edges *e, struct graph_key node, int64_t n_all, size_t n_given)
{
    uint64_t n = n_all > (int64_t)n_given ? (uint64_t)n_all - n_given : 1;
    *ARENA_PUSH(e->out->arena, e->out->cuts, e->out->n_cuts, e->out->cap_cuts) =
        (struct graph_cut){ node, n };
}

static bool edges_of_dataset(struct edges *e, struct graph_key node, size_t max, struct err *err)
{
    static const char count[] =
        "SELECT CASE WHEN ?2 THEN n_in ELSE n_out END FROM dataset WHERE id = ?1";
    size_t n = 0;
    bool is_more = false;
    int64_t n_all;
    if (!add_edges(e, e->is_up ? writers_of_dataset : readers_of_dataset, node, node.id, max, &n,
                   &is_more, err))
        return false;
    if (!is_more)
        return true;
    if (!db_get_int(&e->r->db, &n_all, NULL, err, count, "ii", node.id, (int64_t)e->is_up))
        return false;
    add_cut(e, node, n_all, n);
    return true;
}

/* A notebook's up is what it reads. */
static bool edges_of_notebook(struct edges *e, struct graph_key node, size_t max, struct err *err)
{
    static const char n_read[] = "SELECT count(*) FROM (SELECT 1 FROM use WHERE notebook = ?1"
                                 " AND flows" USE_READ_RANGE " LIMIT ?2)";
    static const char n_written[] = "SELECT count(*) FROM (SELECT 1 FROM use WHERE notebook = ?1"
                                    " AND flows" USE_WRITE_RANGE " LIMIT ?2)";
    const char *datasets = e->is_up ? read_by_notebook : written_by_notebook;
    const char *places = e->is_up ? places_read : places_written;
    size_t n = 0, n_datasets;
    bool is_more = false, are_more_places = false;
    int64_t n_all;
    if (!add_edges(e, datasets, node, node.id, max, &n, &is_more, err))
        return false;
    n_datasets = n;
    e->first = e->out->n;
    e->is_again = true;
    if (!add_edges(e, places, node, node.id, max, &n, &are_more_places, err))
        return false;
    if (is_more) {
        if (!db_get_int(&e->r->db, &n_all, NULL, err, e->is_up ? n_read : n_written, "ii", node.id,
                        (int64_t)COUNT_TO))
            return false;
        add_cut(e, node, n_all, n_datasets);
    }
    e->is_again = false;
    if (are_more_places)
        add_cut(e, node, 0, 0);
    return true;
}

/* The references to the place itself, and to the tables that are bound to it. */
static bool edges_of_place(struct edges *e, struct graph_key node, size_t max, struct err *err)
{
    static const char tables[] =
        "SELECT q.id FROM place p CROSS JOIN table_name t ON t.location = p.uri"
        " CROSS JOIN place q ON q.uri = t.name WHERE p.id = ?1 GROUP BY q.id LIMIT ?2";
    static const char count[] =
        "SELECT count(DISTINCT notebook) FROM (SELECT notebook FROM ref r"
        " WHERE r.place = ?1 AND r.what & 15 = ?2 AND " REF_FLOW_KINDS " LIMIT ?3)";
    enum { MAX_TABLES = 7 };
    int64_t ids[MAX_TABLES + 1] = { node.id };
    size_t n_ids = 1, n = 0;
    AUTO_ROWS rows = { 0 };
    bool has_row = true, is_more = false;
    if (!db_query(&e->r->db, &rows, err, tables, "ii", node.id, (int64_t)MAX_TABLES))
        return false;
    while (db_next(&rows, &has_row, err) && has_row)
        ids[n_ids++] = db_int(&rows, 0);
    if (has_row)
        return false;
    e->first = e->out->n;
    for (size_t i = 0; i < n_ids && !is_more; i++) {
        size_t before = n;
        int64_t n_all;
        e->is_again = i > 0;
        if (!add_edges(e, e->is_up ? writers_of_place : readers_of_place, node, ids[i], max, &n,
                       &is_more, err))
            return false;
        e->is_again = true;
        if (!e->is_up && !is_more &&
            !add_edges(e, listers_of_place, node, ids[i], max, &n, &is_more, err))
            return false;
        if (!is_more)
            continue;
        if (!db_get_int(&e->r->db, &n_all, NULL, err, count, "iii", ids[i], (int64_t)e->is_up,
                        (int64_t)COUNT_TO))
            return false;
        add_cut(e, node, n_all, n - before);
    }
    e->is_again = false;
    return true;
}

static bool give_edges(void *ctx, const struct graph_key *nodes, size_t n, bool is_up,
                       const struct graph_most *most, struct graph_edges *out, struct err *err)
{
    struct edges e = { .r = ctx, .is_up = is_up, .out = out };
    size_t first = out->n;
    for (size_t i = 0; i < n; i++) {
        size_t left = out->n - first < most->all ? most->all - (out->n - first) : 0;
        size_t max = left < most->fan ? left : most->fan;
        if (left == 0) {
            out->is_partial = true;
            return true;
        }
        bool ok = nodes[i].kind == GRAPH_DATASET    ? edges_of_dataset(&e, nodes[i], max, err)
                  : nodes[i].kind == GRAPH_NOTEBOOK ? edges_of_notebook(&e, nodes[i], max, err)
                                                    : edges_of_place(&e, nodes[i], max, err);
        if (!ok)
            return false;
    }
    return true;
}

static bool describe(void *ctx, struct arena *a, struct graph_node *nodes, size_t n,
                     struct err *err)
{
    static const char notebook[] =
        "SELECT n.uri, n.title, (SELECT 63 - (max(weight * 64 + 63 - kind) & 63)"
        " FROM notebook_kind WHERE notebook = n.id), n.key FROM notebook n WHERE n.id = ?1";
    static const char dataset[] = "SELECT uri, name, (SELECT text FROM name WHERE id = d.format),"
                                  " id FROM dataset d WHERE id = ?1";
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
        nodes[i].id = nodes[i].key.kind == GRAPH_PLACE ? (int64_t)index_id_of_uri(nodes[i].uri)
                      : has_row                        ? db_int(&rows, 3)
                                                       : 0;
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
    if (out->n >= max) {
        out->is_partial = true;
        return true;
    }
    if (!db_query(&r->db, &rows, err, sql, "si", key, (int64_t)(max - out->n) + 1))
        return false;
    while (db_next(&rows, &has_row, err) && has_row) {
        if (out->n == max) {
            out->is_partial = true;
            return true;
        }
        *ARENA_PUSH(a, out->items, out->n, out->cap) = (struct graph_key){ kind, db_int(&rows, 0) };
    }
    return !has_row;
}

bool index_graph_keys(struct index_reader *r, struct arena *a, struct str key, size_t max,
                      struct index_keys *out, struct err *err)
{
    static const char notebook[] = "SELECT id FROM notebook WHERE uri = ?1 LIMIT ?2";
    static const char bound[] = "SELECT dataset FROM place WHERE uri = ?1 AND dataset IS NOT NULL"
                                " LIMIT ?2";
    static const char datasets[] =
        "SELECT id FROM dataset WHERE uri > ?1 || '/' AND uri < ?1 || '0' ORDER BY uri LIMIT ?2";
    static const char places[] = "SELECT coalesce(" LOCATION_OF_TABLE ", p.id) FROM place p"
                                 " WHERE uri = ?1 AND NOT " IS_OF_DATASET " LIMIT ?2";
    static const char inside[] =
        "SELECT id FROM (SELECT id, uri, dataset FROM place WHERE uri > ?1 || '/'"
        " AND uri < ?1 || '0' ORDER BY uri LIMIT 1000) p WHERE NOT " IS_OF_DATASET " LIMIT ?2";
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
