/*
 * The index answers as a plain look at every reference would.
 *
 * Random small catalogues, in which notebooks and datasets come, change and go; after each change
 * the edges of the lineage, the counts of users and the uses of locations are worked out again from
 * all references by the rules of docs/internals/usage.md alone, and compared.  ORACLE_ROUNDS in the
 * environment: changes, instead of 40.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "made_lake.h"

#include "api/api.h"
#include "util/limits.h"
#include "util/scan.h"
#include "json/json.h"

enum { N_NOTEBOOKS = 12, MAX_REFS = 6, N_ROUNDS = 40, MAX_LINES = 4000 };

static const char *const datasets[] = { "s3://lake/a/one", "s3://lake/a/two", "s3://lake/a/b/three",
                                        "s3://lake/c/four.csv", "s3://other/five" };
static const char *const locations[] = { "s3://lake/a/one",
                                         "s3://lake/a/one/part-1.csv",
                                         "s3://lake/a/one/day={}",
                                         "s3://lake/a/two",
                                         "s3://lake/a/two/x/y.csv",
                                         "s3://lake/a/b/three",
                                         "s3://lake/a/b",
                                         "s3://lake/a",
                                         "s3://lake",
                                         "s3://lake/a/*",
                                         "s3://lake/*/one",
                                         "s3://{}/a/one",
                                         "s3://lake/{}/b/three",
                                         "s3://lake/c/*.csv",
                                         "s3://lake/c/four.csv",
                                         "s3://other/five",
                                         "s3://other/none/x.csv",
                                         "s3://other/none",
                                         "file:data/x.csv",
                                         "table:db.one",
                                         "table:db.part",
                                         "table:db.none",
                                         "table:db.all",
                                         "table:db.unbound" };
/* Tables that notebooks may bind: to a dataset, to a part of one, to a place without dataset, to a
 * folder above datasets. */
static const char *const bindings[][2] = { { "table:db.one", "s3://lake/a/one" },
                                           { "table:db.part", "s3://lake/a/two/x" },
                                           { "table:db.none", "s3://other/none/x.csv" },
                                           { "table:db.all", "s3://lake/a" } };

struct made {
    bool is_there;
    struct reference refs[MAX_REFS];
    size_t n_refs;
    size_t binding; /* ARRAY_LEN(bindings): none */
};

struct oracle {
    struct made_lake lake;
    struct api *api;
    struct arena arena; /* of one round */
    uint64_t random;
    struct made notebooks[N_NOTEBOOKS];
    bool has_dataset[ARRAY_LEN(datasets)];
    struct str lines[MAX_LINES]; /* what is expected or told, to be sorted */
    size_t n_lines;
};

static size_t below(struct oracle *o, size_t n)
{
    o->random = o->random * 6364136223846793005U + 1442695040888963407U;
    return (size_t)(o->random >> 33) % n;
}

static struct str notebook_uri(struct arena *a, size_t i)
{
    return arena_printf(a, "s3://nb/%zu.ipynb", i);
}

/* ---- Making. ---- */

static void put_notebook(struct oracle *o, size_t i)
{
    static const enum reference_kind kinds[] = { REFERENCE_DATA, REFERENCE_DATA, REFERENCE_DATA,
                                                 REFERENCE_MODEL, REFERENCE_FIGURE };
    static const enum reference_dir dirs[] = { REFERENCE_READ, REFERENCE_READ, REFERENCE_WRITE,
                                               REFERENCE_LIST, REFERENCE_DELETE };
    struct made *m = &o->notebooks[i];
    *m = (struct made){ .is_there = true, .n_refs = below(o, MAX_REFS + 1) };
    for (size_t k = 0; k < m->n_refs; k++) {
        m->refs[k] = (struct reference){ .dir = dirs[below(o, ARRAY_LEN(dirs))],
                                         .kind = kinds[below(o, ARRAY_LEN(kinds))],
                                         .uri = str_from(locations[below(o, ARRAY_LEN(locations))]),
                                         .cell = k,
                                         .line = 1,
                                         .via = STR("x"),
                                         .is_called = below(o, 4) > 0,
                                         .is_may = below(o, 6) == 0 };
        bool has_hole = str_contains(m->refs[k].uri, STR("{}"));
        static const struct hole hole = { .reason = HOLE_ARGUMENT };
        m->refs[k].holes = has_hole ? &hole : NULL;
        m->refs[k].n_holes = has_hole;
    }
    m->binding = below(o, 2 * ARRAY_LEN(bindings));
    m->binding = m->binding < ARRAY_LEN(bindings) ? m->binding : ARRAY_LEN(bindings);
    struct table_binding table = { .cell = 1, .line = 1 };
    if (m->binding < ARRAY_LEN(bindings)) {
        table.table = str_from(bindings[m->binding][0]);
        table.location = str_from(bindings[m->binding][1]);
    }
    struct notebook nb = { .format = NOTEBOOK_JUPYTER };
    struct kinds none = { .n = 0 };
    struct analysis an = { .references = m->refs,
                           .n_references = m->n_refs,
                           .bindings = &table,
                           .n_bindings = m->binding < ARRAY_LEN(bindings) };
    const struct index_notebook row = { .source = o->lake.source,
                                        .uri = notebook_uri(&o->arena, i),
                                        .etag = STR("e"),
                                        .modified_unix_ms = o->lake.now_ms,
                                        .notebook = &nb,
                                        .analysis = &an,
                                        .kinds = &none };
    MUST(index_put_notebook(o->lake.temp.writer, &row, NULL, &err));
}

static void change(struct oracle *o)
{
    struct index_writer *w = o->lake.temp.writer;
    for (size_t n = 1 + below(o, 6); n > 0; n--) {
        size_t i = below(o, N_NOTEBOOKS), d = below(o, ARRAY_LEN(datasets));
        if (below(o, 5) > 0) {
            put_notebook(o, i);
        } else {
            MUST(index_remove_notebook(w, notebook_uri(&o->arena, i), &err));
            o->notebooks[i].is_there = false;
        }
        if (below(o, 3) == 0) {
            const struct made_dataset made = { datasets[d], DATASET_FOLDER, "csv", 1, 1 };
            if (o->has_dataset[d])
                MUST(
                    index_remove_dataset(w, (int64_t)index_id_of_uri(str_from(datasets[d])), &err));
            else
                made_put_dataset(&o->lake, &made);
            o->has_dataset[d] = !o->has_dataset[d];
        }
    }
}

/* ---- What is expected. ---- */

static void add_line(struct oracle *o, struct str line)
{
    assert_true(o->n_lines < MAX_LINES);
    o->lines[o->n_lines++] = line;
}

/* Is the name bound, by a notebook that is there?  Its location. */
static bool location_of(const struct oracle *o, struct str table, struct str *location)
{
    for (size_t i = 0; i < N_NOTEBOOKS; i++) {
        const struct made *m = &o->notebooks[i];
        if (!m->is_there || m->binding == ARRAY_LEN(bindings) ||
            !str_eq(str_from(bindings[m->binding][0]), table))
            continue;
        *location = str_from(bindings[m->binding][1]);
        return true;
    }
    return false;
}

static struct place_use use_of(const struct reference *r)
{
    return (struct place_use){ r->uri, STR_EMPTY, r->is_called, r->is_may, r->is_derived, r->dir };
}

static bool is_below(struct oracle *o, struct str uri, struct str folder)
{
    return str_has_prefix(uri, arena_concat(&o->arena, folder, STR("/")));
}

/* How the reference is about the dataset, by its location or by the name of a table of it. */
static struct place_match match_dataset(struct oracle *o, const struct reference *r, size_t d)
{
    struct question q = { .forms = { str_from(datasets[d]) }, .n_forms = 1 };
    struct str location;
    for (size_t b = 0; b < ARRAY_LEN(bindings); b++) {
        struct str table = str_from(bindings[b][0]);
        if (!location_of(o, table, &location))
            continue;
        if (place_falls_into(location, q.forms[0]))
            question_add(&q, table);
        else if (is_below(o, q.forms[0], location))
            question_add_above(&q, table);
    }
    const struct place_use use = use_of(r);
    struct place_match m = question_match_use(&o->arena, &q, &use);
    bool is_above = m.relation == URI_CONTAINS;
    if (is_above && (r->dir == REFERENCE_LIST || r->dir == REFERENCE_DELETE))
        m.relation = URI_APART;
    return m;
}

static bool is_flow(const struct reference *r)
{
    return r->dir != REFERENCE_DELETE && r->kind != REFERENCE_FIGURE;
}

/* The place that is a node for this reference; empty: datasets are. */
static struct str place_of(struct oracle *o, const struct reference *r)
{
    struct str place = r->uri, location;
    bool is_bound = location_of(o, place, &location), is_named = false;
    for (size_t d = 0; d < ARRAY_LEN(datasets); d++) {
        struct str dataset = str_from(datasets[d]);
        if (o->has_dataset[d] &&
            (place_falls_into(place, dataset) || is_below(o, dataset, place) ||
             (is_bound && (place_falls_into(location, dataset) || is_below(o, dataset, location)))))
            return STR_EMPTY;
    }
    for (size_t i = 0; is_bound && i < N_NOTEBOOKS; i++)
        for (size_t k = 0; k < o->notebooks[i].n_refs; k++)
            is_named = is_named ||
                       (o->notebooks[i].is_there && str_eq(o->notebooks[i].refs[k].uri, location));
    return is_named ? location : place;
}

struct sum {
    size_t n, first;
    unsigned percent;
    bool is_may;
};

static void add_to(struct sum *sum, const struct reference *r, unsigned percent)
{
    bool is_may = r->is_may || !r->is_called;
    if (sum->n++ == 0)
        *sum = (struct sum){ 1, r->cell, percent, is_may };
    sum->percent = percent > sum->percent ? percent : sum->percent;
    sum->is_may = sum->is_may && is_may;
}

static void add_edge_line(struct oracle *o, size_t notebook, size_t way, struct str node,
                          const struct sum *sum)
{
    if (sum->n > 0)
        add_line(o, arena_printf(&o->arena, "%.*s %s %.*s: %zu uses, %u%%%s, cell %zu",
                                 STR_FMT(notebook_uri(&o->arena, notebook)),
                                 way == 0 ? "reads" : "writes", STR_FMT(node), sum->n, sum->percent,
                                 sum->is_may ? " maybe" : "", sum->first));
}

/* Every edge of the whole lake, or those of one node. */
static void expect_edges(struct oracle *o, struct str node)
{
    for (size_t i = 0; i < N_NOTEBOOKS; i++) {
        const struct made *m = &o->notebooks[i];
        bool is_asked = str_eq(notebook_uri(&o->arena, i), node);
        for (size_t way = 0; way < 2 && m->is_there; way++) {
            for (size_t d = 0; d < ARRAY_LEN(datasets); d++) {
                struct sum sum = { 0 };
                for (size_t k = 0; k < m->n_refs && o->has_dataset[d]; k++) {
                    struct place_match match = match_dataset(o, &m->refs[k], d);
                    if (match.relation > URI_HOLES && is_flow(&m->refs[k]) &&
                        (m->refs[k].dir == REFERENCE_WRITE) == (way == 1))
                        add_to(&sum, &m->refs[k], match.percent);
                }
                if (is_asked || str_eq(str_from(datasets[d]), node))
                    add_edge_line(o, i, way, str_from(datasets[d]), &sum);
            }
            for (size_t p = 0; p < ARRAY_LEN(locations); p++) {
                struct str place = str_from(locations[p]);
                struct sum sum = { 0 };
                for (size_t k = 0; k < m->n_refs; k++)
                    if (is_flow(&m->refs[k]) && (m->refs[k].dir == REFERENCE_WRITE) == (way == 1) &&
                        str_eq(place_of(o, &m->refs[k]), place))
                        add_to(&sum, &m->refs[k], place_pattern(place).is_pattern ? 50 : 100);
                if (is_asked || str_eq(place, node))
                    add_edge_line(o, i, way, place, &sum);
            }
        }
    }
}

static void expect_uses(struct oracle *o, struct str uri)
{
    struct question q = { .forms = { uri }, .n_forms = 1 };
    bool is_table = str_has_prefix(uri, STR("table:"));
    struct str location;
    for (size_t b = 0; b < ARRAY_LEN(bindings); b++) {
        struct str table = str_from(bindings[b][0]);
        if (location_of(o, table, &location) && str_eq(is_table ? table : location, uri))
            question_add(&q, is_table ? location : table);
    }
    for (size_t b = 0; b < ARRAY_LEN(bindings); b++)
        if (location_of(o, str_from(bindings[b][0]), &location) && is_below(o, uri, location))
            question_add_above(&q, str_from(bindings[b][0]));
    for (size_t i = 0; i < N_NOTEBOOKS; i++) {
        const struct made *m = &o->notebooks[i];
        for (size_t k = 0; k < m->n_refs && m->is_there; k++) {
            const struct place_use use = use_of(&m->refs[k]);
            struct place_match match = question_match_use(&o->arena, &q, &use);
            if (match.relation != URI_APART)
                add_line(o, arena_printf(&o->arena, "%.*s %zu %s %u%%",
                                         STR_FMT(notebook_uri(&o->arena, i)), m->refs[k].cell,
                                         uri_relation_name(match.relation), match.percent));
        }
    }
}

static void expect_counts(struct oracle *o)
{
    for (size_t d = 0; d < ARRAY_LEN(datasets); d++) {
        size_t n[3] = { 0 }; /* users, readers, writers */
        for (size_t i = 0; i < N_NOTEBOOKS; i++) {
            const struct made *m = &o->notebooks[i];
            unsigned dirs = 0;
            for (size_t k = 0; k < m->n_refs && m->is_there; k++)
                if (!m->refs[k].is_may && match_dataset(o, &m->refs[k], d).relation > URI_HOLES)
                    dirs |= 1U << m->refs[k].dir;
            n[0] += dirs != 0;
            n[1] += (dirs & 1U << REFERENCE_READ) != 0;
            n[2] += (dirs & 1U << REFERENCE_WRITE) != 0;
        }
        if (o->has_dataset[d])
            add_line(o, arena_printf(&o->arena, "%s %zu %zu %zu", datasets[d], n[0], n[1], n[2]));
    }
}

/* ---- What is told. ---- */

static const struct json *ask(struct oracle *o, const char *path, struct str query)
{
    struct err err = ERR_INIT;
    const struct api_question q = { .method = HTTP_GET, .path = str_from(path), .query = query };
    struct api_answer answer;
    api_ask(o->api, &o->arena, &q, INT64_MAX, &answer);
    const struct json *json = json_parse(&o->arena, answer.body, LIMIT_JSON_BYTES, &err);
    if (answer.status != 200 || json == NULL)
        fail_msg("%s?%.*s: %.*s", path, STR_FMT(query), STR_FMT(answer.body));
    return json;
}

static const struct json *list_of(const struct json *answer, const char *name)
{
    const struct json *list = json_get(answer, str_from(name));
    assert_non_null(list);
    return list;
}

static struct str text_of(const struct json *object, const char *name)
{
    struct str text;
    MUST(json_opt_str(object, str_from(name), STR_EMPTY, &text, &err));
    return text;
}

static int64_t number_of(const struct json *object, const char *name)
{
    int64_t number;
    MUST(json_opt_i64(object, str_from(name), 0, INT64_MAX, 0, &number, &err));
    return number;
}

static struct str uri_of(const struct json *nodes, struct str id)
{
    for (unsigned i = 0; i < nodes->n_items; i++)
        if (str_eq(text_of(&nodes->items[i], "id"), id))
            return text_of(&nodes->items[i], "uri");
    fail_msg("an edge ends nowhere");
    return STR_EMPTY;
}

static void tell_edges(struct oracle *o, struct str node)
{
    struct str query = arena_printf(&o->arena, "uri=%.*s&depth=1&max_nodes=2000", STR_FMT(node));
    const struct json *answer = ask(o, "/v1/lineage", query);
    const struct json *nodes = list_of(answer, "nodes"), *edges = list_of(answer, "edges");
    assert_int_equal(number_of(answer, "cut_edges"), 0);
    for (unsigned i = 0; i < edges->n_items; i++) {
        const struct json *e = &edges->items[i];
        struct str from = uri_of(nodes, text_of(e, "from")), to = uri_of(nodes, text_of(e, "to"));
        bool is_read = str_has_prefix(to, STR("s3://nb/")), is_may;
        MUST(json_opt_bool(e, STR("is_may"), false, &is_may, &err));
        if (str_eq(from, node) || str_eq(to, node))
            add_line(o, arena_printf(&o->arena, "%.*s %s %.*s: %d uses, %d%%%s, cell %d",
                                     STR_FMT(is_read ? to : from), is_read ? "reads" : "writes",
                                     STR_FMT(is_read ? from : to), (int)number_of(e, "n_uses"),
                                     (int)number_of(e, "percent"), is_may ? " maybe" : "",
                                     (int)number_of(e, "cell")));
    }
}

static void tell_uses(struct oracle *o, struct str uri, unsigned limit)
{
    struct str token = STR_EMPTY;
    do {
        struct str query =
            arena_printf(&o->arena, "uri=%.*s&weak=true&copies=true&limit=%u%s%.*s", STR_FMT(uri),
                         limit, token.len > 0 ? "&page_token=" : "", STR_FMT(token));
        const struct json *answer = ask(o, "/v1/usage", query), *items = list_of(answer, "items");
        for (unsigned i = 0; i < items->n_items; i++) {
            const struct json *u = &items->items[i];
            add_line(o, arena_printf(&o->arena, "%.*s %d %.*s %d%%",
                                     STR_FMT(text_of(u, "notebook")), (int)number_of(u, "cell"),
                                     STR_FMT(text_of(u, "match")), (int)number_of(u, "percent")));
        }
        token = text_of(answer, "next_page_token");
    } while (token.len > 0);
}

static void tell_counts(struct oracle *o)
{
    const struct json *items = list_of(ask(o, "/v1/datasets", STR("limit=100")), "items");
    for (unsigned i = 0; i < items->n_items; i++) {
        const struct json *d = &items->items[i];
        add_line(o, arena_printf(&o->arena, "%.*s %d %d %d", STR_FMT(text_of(d, "uri")),
                                 (int)number_of(d, "n_users"), (int)number_of(d, "n_readers"),
                                 (int)number_of(d, "n_writers")));
    }
}

/* ---- Comparing. ---- */

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* All lines so far, sorted, one behind the other; the list is empty then. */
static struct str taken(struct oracle *o)
{
    struct str all = STR_EMPTY;
    if (o->n_lines > 1)
        qsort(o->lines, o->n_lines, sizeof *o->lines, by_text);
    for (size_t i = 0; i < o->n_lines; i++)
        all = arena_printf(&o->arena, "%.*s%.*s\n", STR_FMT(all), STR_FMT(o->lines[i]));
    o->n_lines = 0;
    return all;
}

static void compare(struct oracle *o, const char *what, struct str of, struct str want)
{
    struct str got = taken(o);
    if (!str_eq(got, want))
        fail_msg("%s of %.*s\nwanted:\n%.*sgot:\n%.*s", what, STR_FMT(of), STR_FMT(want),
                 STR_FMT(got));
}

static bool is_plain(struct str uri)
{
    return !place_pattern(uri).is_pattern;
}

static void compare_all(struct oracle *o)
{
    struct str nodes[N_NOTEBOOKS + ARRAY_LEN(datasets) + ARRAY_LEN(locations)];
    size_t n = 0;
    for (size_t i = 0; i < N_NOTEBOOKS; i++)
        nodes[n++] = notebook_uri(&o->arena, i);
    for (size_t i = 0; i < ARRAY_LEN(locations); i++)
        if (is_plain(str_from(locations[i])))
            nodes[n++] = str_from(locations[i]);
    for (size_t i = 0; i < n; i++) {
        expect_edges(o, nodes[i]);
        struct str want = taken(o);
        tell_edges(o, nodes[i]);
        compare(o, "lineage", nodes[i], want);
        if (i < N_NOTEBOOKS)
            continue;
        expect_uses(o, nodes[i]);
        want = taken(o);
        tell_uses(o, nodes[i], 100);
        compare(o, "usage", nodes[i], want);
        tell_uses(o, nodes[i], 3);
        compare(o, "usage in pages", nodes[i], want);
    }
    expect_counts(o);
    struct str want = taken(o);
    tell_counts(o);
    compare(o, "users", STR("all datasets"), want);
}

static void answers_are_those_of_a_plain_look_at_every_reference(void **state)
{
    struct oracle *o = calloc(1, sizeof *o);
    struct err failure = ERR_INIT;
    (void)state;
    assert_non_null(o);
    o->random = 20261125;
    made_lake_open(&o->lake);
    const struct api_options options = { .index = o->lake.temp.index };
    o->api = api_new(&options, &failure);
    assert_non_null(o->api);
    const char *asked = getenv("ORACLE_ROUNDS");
    uint64_t n_rounds = N_ROUNDS;
    if (asked != NULL)
        assert_true(scan_whole_u64(str_from(asked), 1000000, &n_rounds));
    for (uint64_t round = 0; round < n_rounds; round++) {
        if (round > 0)
            MUST(index_begin(o->lake.temp.writer, NULL, &err));
        change(o);
        made_lake_settle(&o->lake);
        compare_all(o);
        arena_reset(&o->arena);
    }
    api_free(o->api);
    made_lake_end(&o->lake);
    arena_release(&o->arena);
    free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_those_of_a_plain_look_at_every_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
