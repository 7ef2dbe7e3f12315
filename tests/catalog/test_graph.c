/*
 * The lineage graph over a made-up source: steps, cycles, limits, impact, and its texts.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/graph.h"
#include "test.h"
#include "util/attrs.h"
#include "json/json.h"

#include <limits.h>

/* "d1>n1" reads, "n1>d2" writes; "?" behind it: 40 percent sure. */
struct made {
    struct graph_edge edges[256];
    size_t n;
    unsigned n_asked;
};

static struct graph_key key_of(struct str text)
{
    return (struct graph_key){ text.ptr[0] == 'n' ? GRAPH_NOTEBOOK : GRAPH_DATASET,
                               text.ptr[1] - '0' };
}

static struct made make(const char *text)
{
    struct made m = { .n = 0 };
    struct str rest = str_from(text), one;
    bool is_more = rest.len > 0;
    while (is_more) {
        is_more = str_cut(rest, ' ', &one, &rest);
        m.edges[m.n++] = (struct graph_edge){ .from = key_of(one),
                                              .to = key_of(str_from_pos(one, 3)),
                                              .percent = str_has_suffix(one, STR("?")) ? 40 : 100,
                                              .n_uses = 1 };
    }
    return m;
}

static bool is_in(struct graph_key key, const struct graph_key *nodes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (nodes[i].kind == key.kind && nodes[i].id == key.id)
            return true;
    return false;
}

static void give_edges_of(const struct made *m, struct graph_key node, bool is_up,
                          const struct graph_most *most, struct graph_edges *out)
{
    struct graph_cut cut = { node, 0 };
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++) {
        if (!is_in(is_up ? m->edges[i].to : m->edges[i].from, &node, 1))
            continue;
        if (out->n >= most->all || n >= most->fan)
            cut.n++;
        else
            *ARENA_PUSH(out->arena, out->items, out->n, out->cap) = m->edges[i];
        n++;
    }
    if (cut.n > 0)
        *ARENA_PUSH(out->arena, out->cuts, out->n_cuts, out->cap_cuts) = cut;
}

static bool give_edges(void *ctx, const struct graph_key *nodes, size_t n, bool is_up,
                       const struct graph_most *most, struct graph_edges *out, struct err *err)
{
    struct made *m = ctx;
    (void)err;
    m->n_asked++;
    for (size_t i = 0; i < n; i++)
        give_edges_of(m, nodes[i], is_up, most, out);
    return true;
}

static bool describe(void *ctx, struct arena *a, struct graph_node *nodes, size_t n,
                     struct err *err)
{
    (void)ctx;
    (void)err;
    for (size_t i = 0; i < n; i++)
        nodes[i].uri = arena_printf(a, "%c%d", nodes[i].key.kind == GRAPH_NOTEBOOK ? 'n' : 'd',
                                    (int)nodes[i].key.id);
    return true;
}

/* "d1 n1:1 ..." with steps: down positive, up negative. */
static struct str nodes_of(struct arena *a, const struct graph *g)
{
    struct str text = STR_EMPTY;
    for (size_t i = 0; i < g->n_nodes; i++) {
        const struct graph_node *n = &g->nodes[i];
        text = arena_printf(a, "%.*s%s%.*s", STR_FMT(text), i > 0 ? " " : "", STR_FMT(n->uri));
        if (!n->is_start && n->up != UINT_MAX)
            text = arena_printf(a, "%.*s-%u", STR_FMT(text), n->up);
        if (!n->is_start && n->down != UINT_MAX)
            text = arena_printf(a, "%.*s+%u", STR_FMT(text), n->down);
    }
    return text;
}

static void the_graph_goes_as_far_as_it_is_asked(void **state)
{
    static const struct {
        const char *edges, *start;
        enum graph_direction direction;
        unsigned depth;
        size_t max_nodes, max_fan, max_edges;
        const char *want;
        size_t n_edges;
        uint64_t n_cut;
        bool is_deeper;
    } rows[] = {
        { "d1>n1 n1>d2 d2>n2 n2>d3", "d2", GRAPH_BOTH, 9, 99, 99, 99, "d2 n1-1 n2+1 d1-2 d3+2", 4,
          0, false },
        { "d1>n1 n1>d2 d2>n2 n2>d3", "d2", GRAPH_BOTH, 1, 99, 99, 99, "d2 n1-1 n2+1", 2, 0, true },
        { "d1>n1 n1>d2 d2>n2 n2>d3", "d1", GRAPH_DOWN, 9, 99, 99, 99, "d1 n1+1 d2+2 n2+3 d3+4", 4,
          0, false },
        { "d1>n1 n1>d2 d2>n2 n2>d3", "d1", GRAPH_UP, 9, 99, 99, 99, "d1", 0, 0, false },
        { "d1>n1 n1>d2 d2>n2 n2>d3", "d1", GRAPH_BOTH, 0, 99, 99, 99, "d1", 0, 0, true },
        { "d1>n1 n1>d1", "d1", GRAPH_BOTH, 50, 99, 99, 99, "d1 n1-1+1", 2, 0, false },
        { "d1>n1 n1>d2 d2>n2 n2>d1", "d1", GRAPH_DOWN, 50, 99, 99, 99, "d1 n1+1 d2+2 n2+3", 4, 0,
          false },
        { "d1>n1 d1>n2 d1>n3", "d1", GRAPH_DOWN, 9, 2, 99, 99, "d1 n1+1", 1, 2, true },
        { "d1>n1 d1>n2 d1>n3", "d1", GRAPH_DOWN, 9, 99, 99, 2, "d1 n1+1 n2+1", 2, 1, true },
        { "d1>n1 d1>n2 d1>n3 n1>d2", "d1", GRAPH_DOWN, 9, 99, 2, 99, "d1 n1+1 n2+1 d2+2", 3, 1,
          false },
        /* The other end shows what one end has cut. */
        { "d1>n1 d1>n2 d1>n3 n3>d1", "d1", GRAPH_BOTH, 9, 99, 2, 99, "d1 n3-1 n1+1 n2+1", 4, 0,
          false },
        { "d1>n1 d2>n1", "n1", GRAPH_BOTH, 9, 99, 99, 99, "n1 d1-1 d2-1", 2, 0, false },
        { "", "d1", GRAPH_BOTH, 9, 99, 99, 99, "d1", 0, 0, false },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct made m = make(rows[i].edges);
        struct graph_source source = { &m, give_edges, describe };
        struct graph_key start = key_of(str_from(rows[i].start));
        struct graph_limits limits = { rows[i].direction, rows[i].depth, rows[i].max_nodes,
                                       rows[i].max_fan, rows[i].max_edges };
        struct graph g;
        struct err err = ERR_INIT;
        assert_true(graph_walk(&a, &source, &start, 1, &limits, &g, &err));
        assert_str(nodes_of(&a, &g), rows[i].want);
        assert_case(g.n_edges == rows[i].n_edges, rows[i].want);
        assert_case(g.n_cut_edges == rows[i].n_cut, rows[i].want);
        assert_case(g.is_deeper == rows[i].is_deeper, rows[i].want);
    }
}

static void a_step_is_one_question_however_many_nodes(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct made m = make("d1>n1 d1>n2 d1>n3 n1>d2 n2>d3 n3>d4");
    struct graph_source source = { &m, give_edges, describe };
    struct graph_key starts[] = { key_of(STR("d1")), key_of(STR("d1")) };
    struct graph_limits limits = { GRAPH_DOWN, 9, 99, 99, 99 };
    struct graph g;
    struct err err = ERR_INIT;
    (void)state;
    assert_true(graph_walk(&a, &source, starts, 2, &limits, &g, &err));
    assert_int_equal(g.n_nodes, 7);
    assert_int_equal(m.n_asked, 3);
}

/* On random graphs: the nodes are those that a plain closure reaches, each by the fewest steps. */
static void random_graphs_are_walked_whole(void **state)
{
    uint64_t seed = 11;
    (void)state;
    for (int round = 0; round < 300; round++) {
        AUTO_ARENA a = ARENA_INIT;
        struct made m = { .n = 0 };
        unsigned steps[2][10], want = 0;
        for (size_t n = (size_t)(round % 40); m.n < n;) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            struct graph_key d = { GRAPH_DATASET, (int64_t)(seed >> 33) % 10 };
            struct graph_key b = { GRAPH_NOTEBOOK, (int64_t)(seed >> 43) % 10 };
            bool reads = (seed >> 60) % 2 == 0;
            m.edges[m.n++] =
                (struct graph_edge){ .from = reads ? d : b, .to = reads ? b : d, .percent = 100 };
        }
        memset(steps, 0xff, sizeof steps);
        steps[1][0] = 0; /* [1]: datasets */
        for (unsigned step = 1; step < 25; step++)
            for (size_t e = 0; e < m.n; e++) {
                unsigned *from = &steps[m.edges[e].from.kind == GRAPH_DATASET][m.edges[e].from.id];
                unsigned *to = &steps[m.edges[e].to.kind == GRAPH_DATASET][m.edges[e].to.id];
                if (*from == step - 1 && *to == UINT_MAX)
                    *to = step;
            }
        struct graph_source source = { &m, give_edges, describe };
        struct graph_key start = { GRAPH_DATASET, 0 };
        struct graph_limits limits = { GRAPH_DOWN, 99, 99, 99, 999 };
        struct graph g;
        struct err err = ERR_INIT;
        assert_true(graph_walk(&a, &source, &start, 1, &limits, &g, &err));
        for (size_t i = 0; i < 20; i++)
            want += steps[i / 10][i % 10] != UINT_MAX;
        assert_int_equal(g.n_nodes, want);
        for (size_t i = 0; i < g.n_nodes; i++)
            assert_int_equal(g.nodes[i].down,
                             steps[g.nodes[i].key.kind == GRAPH_DATASET][g.nodes[i].key.id]);
    }
}

static struct str items_of(struct arena *a, const struct impact *impact)
{
    struct str text = STR_EMPTY;
    for (size_t i = 0; i < impact->n_notebooks + impact->n_datasets; i++) {
        bool is_notebook = i < impact->n_notebooks;
        const struct impact_item *item =
            is_notebook ? &impact->notebooks[i] : &impact->datasets[i - impact->n_notebooks];
        text = arena_printf(a, "%.*s%s%.*s:%u:%u%s", STR_FMT(text), i > 0 ? " " : "",
                            STR_FMT(impact->graph.nodes[item->node].uri), item->steps,
                            item->percent, item->is_only_source ? "!" : "");
    }
    return text;
}

static void what_breaks_is_told_with_how_sure(void **state)
{
    static const struct {
        const char *edges, *want;
    } rows[] = {
        { "d1>n1 n1>d2 d2>n2 n2>d3", "n1:1:100 n2:3:100 d2:2:100! d3:4:100!" },
        { "d1>n1 n1>d2 n9>d2", "n1:1:100 d2:2:100" },
        { "d1>n1? n1>d2 d2>n2", "n1:1:40 n2:3:40 d2:2:40!" },
        { "d1>n1? d1>n2 n1>d2 n2>d2", "n2:1:100 n1:1:40 d2:2:100!" },
        { "d1>n1? d1>n2 n2>d3 d3>n3 n3>d2 d2>n1",
          "n1:1:100 n2:1:100 n3:3:100 d3:2:100! d2:4:100!" },
        { "d1>n1 n1>d1", "n1:1:100" },
        { "n1>d1", "" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct made m = make(rows[i].edges);
        struct graph_source source = { &m, give_edges, describe };
        struct graph_key start = key_of(STR("d1"));
        struct graph_limits limits = { GRAPH_BOTH, 50, 99, 99, 99 };
        struct impact impact;
        struct err err = ERR_INIT;
        assert_true(graph_impact(&a, &source, &start, 1, &limits, &impact, &err));
        assert_str(items_of(&a, &impact), rows[i].want);
    }
}

static void use_has_five_states(void **state)
{
    (void)state;
    assert_string_equal(usage_state_name(usage_state(&(struct dataset_uses){ 0 }, 0)), "unused");
    assert_string_equal(usage_state_name(usage_state(&(struct dataset_uses){ .n_writers = 1 }, 0)),
                        "written_only");
    assert_string_equal(
        usage_state_name(usage_state(&(struct dataset_uses){ .n_writers = 1, .n_maybe = 1 }, 0)),
        "maybe");
    struct dataset_uses read = { .n_readers = 1, .last_read_ms = 10 };
    assert_string_equal(usage_state_name(usage_state(&read, 10)), "used");
    assert_string_equal(usage_state_name(usage_state(&read, 11)), "stale");
    assert_string_equal(usage_state_name(usage_state(&read, 0)), "used");
}

/* Names come from outside: they end up quoted, in one line each. */
static void hostile_names_stay_names(void **state)
{
    AUTO_BUF out = BUF_INIT(10000);
    struct graph_node nodes[] = {
        { .key = { GRAPH_DATASET, 1 },
          .id = 1,
          .uri = STR("s3://b/\"];x\\N\n<b>#`"),
          .is_start = true,
          .up = 0,
          .down = 0 },
        { .key = { GRAPH_NOTEBOOK, 1 },
          .id = -1,
          .uri = STR("n"),
          .title = STR("a\"b"),
          .up = UINT_MAX,
          .down = 1,
          .n_cut = 3 },
    };
    struct graph_edge edges[] = { { nodes[0].key, nodes[1].key, 40, 2, 3, 4, false } };
    struct graph g = { .nodes = nodes, .n_nodes = 2, .edges = edges, .n_edges = 1 };
    (void)state;
    graph_put_dot(&out, &g);
    assert_str(buf_str(&out),
               "digraph lineage {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n"
               "  n0 [shape=cylinder, label=\"s3://b/\\\"];x\\\\N <b>#`\", "
               "tooltip=\"s3://b/\\\"];x\\\\N <b>#`\", penwidth=2];\n"
               "  n1 [shape=note, label=\"a\\\"b\", tooltip=\"n\"];\n"
               "  n0 -> n1 [style=dashed];\n}\n");
    buf_reset(&out);
    graph_put_mermaid(&out, &g);
    assert_str(buf_str(&out), "flowchart LR\n"
                              "  n0[(\"s3://b/#34;#93;#59;x#92;N #60;b#62;#35;#96;\")]\n"
                              "  n1[\"a#34;b\"]\n  n0 -.-> n1\n");
    buf_reset(&out);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_write_object(&w);
    graph_put_json(&w, &g);
    json_write_end(&w);
    assert_str(
        buf_str(&out),
        "{\"nodes\":[{\"id\":\"0000000000000001\",\"kind\":\"dataset\",\"uri\":"
        "\"s3://b/\\\"];x\\\\N\\n<b>#`\",\"up\":0,\"down\":0,\"is_start\":true},"
        "{\"id\":\"ffffffffffffffff\",\"kind\":\"notebook\",\"uri\":\"n\",\"title\":\"a\\\"b\","
        "\"down\":1,\"cut_edges\":3}],\"edges\":[{\"from\":\"0000000000000001\",\"to\":"
        "\"ffffffffffffffff\",\"percent\":40,\"cell\":2,\"line\":3,\"n_uses\":4}],"
        "\"cut_edges\":0,\"is_deeper\":false}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_graph_goes_as_far_as_it_is_asked),
        cmocka_unit_test(a_step_is_one_question_however_many_nodes),
        cmocka_unit_test(random_graphs_are_walked_whole),
        cmocka_unit_test(what_breaks_is_told_with_how_sure),
        cmocka_unit_test(use_has_five_states),
        cmocka_unit_test(hostile_names_stay_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
