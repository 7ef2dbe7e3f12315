/* graph_put: a graph as JSON, Graphviz (dot) and Mermaid. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/graph_internal.h"

#include "util/attrs.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

enum { ID_SIZE = 17 };

static struct str id_of(const struct graph_node *node, char text[ID_SIZE])
{
    int n = snprintf(text, ID_SIZE, "%016" PRIx64, (uint64_t)node->id);
    return (struct str){ text, (size_t)n };
}

/* ---- JSON ---- */

static void put_steps(struct json_writer *w, struct str name, unsigned steps)
{
    if (steps != UINT_MAX)
        json_put_u64(w, name, steps);
}

static void put_node_members(struct json_writer *w, const struct graph_node *node)
{
    char id[ID_SIZE];
    json_put_str(w, STR("id"), id_of(node, id));
    json_put_str(w, STR("kind"), str_from(graph_node_kind_name(node->key.kind)));
    json_put_str(w, STR("uri"), node->uri);
    json_put_str_if(w, STR("title"), node->title);
    json_put_str_if(w, STR("detail"), node->detail);
}

static void put_node(struct json_writer *w, const struct graph_node *node)
{
    json_write_object(w);
    put_node_members(w, node);
    put_steps(w, STR("up"), node->up);
    put_steps(w, STR("down"), node->down);
    if (node->n_cut > 0)
        json_put_u64(w, STR("cut_edges"), node->n_cut);
    if (node->is_start)
        json_put_bool(w, STR("is_start"), true);
    json_write_end(w);
}

static void put_edge(struct json_writer *w, const struct graph_edge *e,
                     const struct graph_node *from, const struct graph_node *to)
{
    char id[ID_SIZE];
    json_write_object(w);
    json_put_str(w, STR("from"), id_of(from, id));
    json_put_str(w, STR("to"), id_of(to, id));
    json_put_u64(w, STR("percent"), e->percent);
    json_put_u64(w, STR("cell"), e->cell);
    json_put_u64(w, STR("line"), e->line);
    json_put_u64(w, STR("n_uses"), e->n_uses);
    if (e->is_may)
        json_put_bool(w, STR("is_may"), true);
    json_write_end(w);
}

void graph_put_json(struct json_writer *w, const struct graph *g)
{
    AUTO_ARENA a = ARENA_INIT;
    size_t *from = ARENA_NEW_N(&a, size_t, g->n_edges + 1);
    size_t *to = ARENA_NEW_N(&a, size_t, g->n_edges + 1);
    graph_places(&a, g, from, to);
    json_write_key(w, STR("nodes"));
    json_write_array(w);
    for (size_t i = 0; i < g->n_nodes; i++)
        put_node(w, &g->nodes[i]);
    json_write_end(w);
    json_write_key(w, STR("edges"));
    json_write_array(w);
    for (size_t i = 0; i < g->n_edges; i++)
        put_edge(w, &g->edges[i], &g->nodes[from[i]], &g->nodes[to[i]]);
    json_write_end(w);
    json_put_u64(w, STR("cut_edges"), g->n_cut_edges);
    json_put_bool(w, STR("is_deeper"), g->is_deeper);
}

static void put_items(struct json_writer *w, struct str name, const struct graph *g,
                      const struct impact_item *items, size_t n)
{
    json_write_key(w, name);
    json_write_array(w);
    for (size_t i = 0; i < n; i++) {
        const struct graph_node *node = &g->nodes[items[i].node];
        json_write_object(w);
        put_node_members(w, node);
        json_put_u64(w, STR("steps"), items[i].steps);
        json_put_u64(w, STR("percent"), items[i].percent);
        if (node->key.kind != GRAPH_NOTEBOOK)
            json_put_bool(w, STR("is_only_source"), items[i].is_only_source);
        json_write_end(w);
    }
    json_write_end(w);
}

void impact_put_json(struct json_writer *w, const struct impact *i)
{
    put_items(w, STR("notebooks"), &i->graph, i->notebooks, i->n_notebooks);
    put_items(w, STR("datasets"), &i->graph, i->datasets, i->n_datasets);
    json_put_u64(w, STR("cut_edges"), i->graph.n_cut_edges);
    json_put_bool(w, STR("is_deeper"), i->graph.is_deeper);
}

/* ---- text for people's tools ---- */

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Between double quotes: Graphviz knows \" and \\ there; other escapes (\N, \n) would mean
 * something else, so a backslash is always doubled. */
static void add_dot_text(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, is_control(c) ? ' ' : c);
    }
    buf_add_char(out, '"');
}

static struct str label_of(const struct graph_node *node)
{
    return node->title.len > 0 ? node->title : node->uri;
}

void graph_put_dot(struct buf *out, const struct graph *g)
{
    static const char *const shapes[] = {
        [GRAPH_NOTEBOOK] = "note", [GRAPH_DATASET] = "cylinder", [GRAPH_PLACE] = "ellipse"
    };
    AUTO_ARENA a = ARENA_INIT;
    size_t *from = ARENA_NEW_N(&a, size_t, g->n_edges + 1);
    size_t *to = ARENA_NEW_N(&a, size_t, g->n_edges + 1);
    graph_places(&a, g, from, to);
    buf_add(out, STR("digraph lineage {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n"));
    for (size_t i = 0; i < g->n_nodes; i++) {
        const struct graph_node *node = &g->nodes[i];
        buf_printf(out, "  n%zu [shape=%s, label=", i, shapes[node->key.kind]);
        add_dot_text(out, label_of(node));
        buf_add(out, STR(", tooltip="));
        add_dot_text(out, node->uri);
        buf_add(out, node->is_start ? STR(", penwidth=2];\n") : STR("];\n"));
    }
    for (size_t i = 0; i < g->n_edges; i++) {
        bool is_sure = g->edges[i].percent >= 90 && !g->edges[i].is_may;
        buf_printf(out, "  n%zu -> n%zu%s;\n", from[i], to[i], is_sure ? "" : " [style=dashed]");
    }
    buf_add(out, STR("}\n"));
}

/* Mermaid knows entities in quoted texts (#quot;), and reads "#", markup and backticks. */
static void add_mermaid_text(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (is_control(c))
            buf_add_char(out, ' ');
        else if (str_find_char(STR("\"#<>&`\\*_[]{}|;"), c) != SIZE_MAX)
            buf_printf(out, "#%d;", c);
        else
            buf_add_char(out, c);
    }
    buf_add_char(out, '"');
}

void graph_put_mermaid(struct buf *out, const struct graph *g)
{
    static const struct {
        const char *open, *close;
    } shapes[] = { [GRAPH_NOTEBOOK] = { "[", "]" },
                   [GRAPH_DATASET] = { "[(", ")]" },
                   [GRAPH_PLACE] = { "([", "])" } };
    AUTO_ARENA a = ARENA_INIT;
    size_t *from = ARENA_NEW_N(&a, size_t, g->n_edges + 1);
    size_t *to = ARENA_NEW_N(&a, size_t, g->n_edges + 1);
    graph_places(&a, g, from, to);
    buf_add(out, STR("flowchart LR\n"));
    for (size_t i = 0; i < g->n_nodes; i++) {
        const struct graph_node *node = &g->nodes[i];
        buf_printf(out, "  n%zu%s", i, shapes[node->key.kind].open);
        add_mermaid_text(out, label_of(node));
        buf_printf(out, "%s\n", shapes[node->key.kind].close);
    }
    for (size_t i = 0; i < g->n_edges; i++) {
        bool is_sure = g->edges[i].percent >= 90 && !g->edges[i].is_may;
        buf_printf(out, "  n%zu %s n%zu\n", from[i], is_sure ? "-->" : "-.->", to[i]);
    }
}
