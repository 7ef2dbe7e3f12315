/* boathouse lineage: where data comes from and what is made of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/ask.h"
#include "cli/output.h"
#include "util/limits.h"
#include "util/strmap.h"
#include "util/url.h"

#include <stdio.h>

enum { NOTHING_FOUND = 1, MAX_INDENT = 40 };

/* The graph as a tree below each start: a node that was shown is not shown again. */
struct tree {
    struct arena *a;
    const struct json *nodes, *edges;
    size_t n_nodes, n_edges;
    bool *is_shown;       /* by node */
    struct strmap places; /* id to its number + 1 */
};

static size_t node_of(const struct tree *t, struct str id)
{
    return (size_t)(uintptr_t)strmap_get(&t->places, id) - 1;
}

static void print_node(const struct tree *t, size_t i, unsigned depth, const char *arrow,
                       bool is_repeated)
{
    const struct json *node = &t->nodes[i];
    struct str uri = output_safe(t->a, answer_text(node, STR("uri")));
    struct str kind = answer_text(node, STR("kind")), detail = answer_text(node, STR("detail"));
    printf("%*s%s%.*s  (%.*s%s%.*s)%s\n", (int)(3 * depth), "", arrow, STR_FMT(uri), STR_FMT(kind),
           detail.len > 0 ? ", " : "", STR_FMT(detail), is_repeated ? " see above" : "");
}

/* The neighbours of a node, one way; the depth of the recursion is that of the graph. */
static void print_below(struct tree *t, size_t i, bool is_up, unsigned depth)
{
    struct str id = answer_text(&t->nodes[i], STR("id"));
    const char *arrow = is_up ? "<- " : "-> ";
    for (size_t e = 0; e < t->n_edges && depth < MAX_INDENT; e++) {
        struct str here = answer_text(&t->edges[e], is_up ? STR("to") : STR("from"));
        struct str there = answer_text(&t->edges[e], is_up ? STR("from") : STR("to"));
        size_t other = node_of(t, there);
        if (!str_eq(here, id) || other >= t->n_nodes)
            continue;
        bool is_repeated = t->is_shown[other];
        t->is_shown[other] = true;
        print_node(t, other, depth + 1, arrow, is_repeated);
        if (!is_repeated)
            print_below(t, other, is_up, depth + 1);
    }
}

static void print_tree(struct cli *cli, const struct json *answer)
{
    struct tree t = { .a = cli->arena };
    const char *direction = cli_option(cli, "direction");
    struct str asked = str_from(direction != NULL ? direction : "both");
    t.nodes = answer_items(answer, STR("nodes"), &t.n_nodes);
    t.edges = answer_items(answer, STR("edges"), &t.n_edges);
    strmap_init(&t.places, cli->arena);
    for (size_t i = 0; i < t.n_nodes; i++)
        strmap_put(&t.places, answer_text(&t.nodes[i], STR("id")), (void *)(uintptr_t)(i + 1));
    for (size_t i = 0; i < t.n_nodes; i++) {
        if (!answer_flag(&t.nodes[i], STR("is_start")))
            continue;
        print_node(&t, i, 0, "", false);
        for (unsigned way = 0; way < 2; way++) {
            bool is_up = way == 0;
            /* A cycle has edges that lead back, also where only one way was asked for. */
            if (str_eq(asked, is_up ? STR("down") : STR("up")))
                continue;
            t.is_shown = ARENA_NEW_N(cli->arena, bool, t.n_nodes + 1);
            t.is_shown[i] = true;
            print_below(&t, i, is_up, 0);
        }
    }
    long long n_cut = (long long)answer_number(answer, STR("cut_edges"));
    if (n_cut > 0)
        printf("(%lld more edges; --max-nodes shows more)\n", n_cut);
    if (answer_flag(answer, STR("is_deeper")))
        printf("(it goes on; --depth shows more)\n");
}

static void print_impact(struct cli *cli, const struct json *answer)
{
    static const char *const columns[] = { "STEPS", "SURE", "WHAT", "LOCATION", "" };
    static const struct str lists[] = { STR_INIT("notebooks"), STR_INIT("datasets") };
    struct arena *a = cli->arena;
    struct table t;
    table_init(&t, a, columns, ARRAY_LEN(columns));
    for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
        size_t n;
        const struct json *items = answer_items(answer, lists[l], &n);
        for (size_t i = 0; i < n; i++) {
            const struct json *item = &items[i];
            table_add(&t, arena_printf(a, "%lld", (long long)answer_number(item, STR("steps"))));
            table_add(&t,
                      arena_printf(a, "%lld%%", (long long)answer_number(item, STR("percent"))));
            table_add(&t, l == 0 ? STR("fails") : STR("is not renewed"));
            table_add(&t, answer_text(item, STR("uri")));
            table_add(&t, answer_flag(item, STR("is_only_source")) ? STR("nothing else makes it")
                                                                   : STR_EMPTY);
        }
    }
    table_print(&t);
}

static int finish(struct cli *cli, struct str text, const struct json *answer, bool is_impact,
                  bool *ok, struct err *err)
{
    size_t n_notebooks, n_nodes;
    (void)answer_items(answer, STR("notebooks"), &n_notebooks);
    (void)answer_items(answer, STR("nodes"), &n_nodes);
    if (cli->is_json)
        *ok = output_write(text, err);
    else if (is_impact && n_notebooks == 0)
        printf("Nothing that was found reads it.\n");
    else if (is_impact)
        print_impact(cli, answer);
    else
        print_tree(cli, answer);
    return is_impact ? (n_notebooks > 0 ? 0 : NOTHING_FOUND) : ask_status(cli, n_nodes);
}

int cmd_lineage(struct cli *cli, bool *ok, struct err *err)
{
    static const struct str except[] = { STR_INIT("impact"), STR_INIT("direction"),
                                         STR_INIT("depth"), STR_INIT("format") };
    AUTO(ask_release) struct ask ask = { 0 };
    AUTO_BUF query = BUF_INIT(LIMIT_URI_BYTES * 4);
    bool is_impact = cli_switch(cli, "impact"), is_raw = cli_option(cli, "format") != NULL;
    struct str path = is_impact ? STR("/v1/impact") : STR("/v1/lineage"), text;
    const struct json *answer;
    struct api_answer raw;
    url_query_add(&query, STR("uri"), cli_arg(cli, 0));
    ask_add_options(&query, cli, except, is_impact ? ARRAY_LEN(except) : 1);
    *ok = ask_open(&ask, cli, err);
    if (!*ok)
        return 0;
    if (is_raw && !is_impact) {
        *ok = ask_get(&ask, path, buf_str(&query), &raw, err) && output_write(raw.body, err);
        return 0;
    }
    *ok = ask_json(&ask, path, buf_str(&query), &text, &answer, err);
    return *ok ? finish(cli, text, answer, is_impact, ok, err) : 0;
}
