/* lineage: /v1/lineage and /v1/impact: the graph around a location or a notebook. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/catalogue.h"

#include "catalog/graph.h"

/* Half of a graph is for what lies around the nodes that it begins with. */
enum { MAX_STARTS = 200, EDGES_OF_NODE = 4, IMPACT_DEPTH = 50 };
enum { FORMAT_JSON, FORMAT_DOT, FORMAT_MERMAID, FORMAT_OPENLINEAGE };

/* The nodes that the location is, whatever it is. */
static bool find_starts(struct call *call, struct index_reader *r, size_t max_nodes,
                        struct index_keys *out, struct err *err)
{
    struct arena *a = call->req->arena;
    size_t max = max_nodes < 2 ? 1 : max_nodes / 2 < MAX_STARTS ? max_nodes / 2 : MAX_STARTS;
    struct question question;
    struct str keys[PLACE_MAX_FORMS + 1];
    *out = (struct index_keys){ 0 };
    if (!call_question(call, STR("uri"), r, &question, err))
        return false;
    size_t n = question_keys(a, &question, keys);
    for (size_t i = 0; i < n; i++) {
        struct index_keys found;
        if (!index_graph_keys(r, a, keys[i], max, &found, err))
            return false;
        out->is_partial = out->is_partial || found.is_partial || out->n + found.n > max;
        for (size_t k = 0; k < found.n && out->n < max; k++)
            *ARENA_PUSH(a, out->items, out->n, out->cap) = found.items[k];
    }
    return true;
}

static struct graph_limits limits_of(const struct call *call)
{
    size_t max = (size_t)call_number(call, STR("max_nodes"));
    return (struct graph_limits){ .direction = GRAPH_BOTH,
                                  .depth = IMPACT_DEPTH,
                                  .max_nodes = max,
                                  .max_fan = max,
                                  .max_edges = EDGES_OF_NODE * max };
}

bool api_impact(struct call *call, struct err *err)
{
    struct index_reader *r;
    struct index_keys start;
    struct impact impact = { 0 };
    const struct graph_limits limits = limits_of(call);
    if (!call_reader(call, &r, err) || !find_starts(call, r, limits.max_nodes, &start, err))
        return false;
    struct graph_source source = index_graph_source(r);
    if (start.n > 0 &&
        !graph_impact(call->req->arena, &source, start.items, start.n, &limits, &impact, err))
        return false;
    impact.graph.is_deeper = impact.graph.is_deeper || start.is_partial;
    json_write_object(&call->json);
    json_put_str(&call->json, STR("uri"), call_text(call, STR("uri")));
    impact_put_json(&call->json, &impact);
    json_write_end(&call->json);
    return true;
}

static bool put_graph(struct call *call, struct index_reader *r, const struct graph *g,
                      struct err *err)
{
    switch (call_number(call, STR("format"))) {
    case FORMAT_DOT:
        call_set_type(call, STR("text/vnd.graphviz; charset=utf-8"));
        graph_put_dot(&call->answer->body, g);
        return true;
    case FORMAT_MERMAID:
        call_set_type(call, STR("text/vnd.mermaid; charset=utf-8"));
        graph_put_mermaid(&call->answer->body, g);
        return true;
    case FORMAT_OPENLINEAGE:
        return put_events(call, r, g, err);
    default:
        json_write_object(&call->json);
        json_put_str(&call->json, STR("uri"), call_text(call, STR("uri")));
        graph_put_json(&call->json, g);
        json_write_end(&call->json);
        return true;
    }
}

bool api_lineage(struct call *call, struct err *err)
{
    static const enum graph_direction directions[] = { GRAPH_BOTH, GRAPH_UP, GRAPH_DOWN };
    struct index_reader *r;
    struct index_keys start;
    struct graph graph = { 0 };
    struct graph_limits limits = limits_of(call);
    limits.direction = directions[call_number(call, STR("direction"))];
    limits.depth = (unsigned)call_number(call, STR("depth"));
    limits.max_fan = limits.max_nodes < 4 ? limits.max_nodes : limits.max_nodes / 2;
    if (!call_reader(call, &r, err) || !find_starts(call, r, limits.max_nodes, &start, err))
        return false;
    struct graph_source source = index_graph_source(r);
    if (start.n > 0 &&
        !graph_walk(call->req->arena, &source, start.items, start.n, &limits, &graph, err))
        return false;
    graph.is_deeper = graph.is_deeper || start.is_partial;
    return put_graph(call, r, &graph, err);
}
