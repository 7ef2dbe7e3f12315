/*
 * graph_impact: what is downstream, and how sure.
 *
 * A way is as sure as its least sure edge; a node is as sure as its surest way.  Nodes are taken
 * up from the surest on, so each is looked at once, cycles or not.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/graph_internal.h"

#include "util/attrs.h"

#include <limits.h>
#include <stdlib.h>

enum { CERTAIN = 100 };

struct spread {
    const struct graph *g;
    size_t *from, *to;   /* places of the ends of each edge */
    size_t *first, *out; /* edges that leave node i: out[first[i]] .. out[first[i + 1] - 1] */
    unsigned *percent;   /* of each node; 0: not reached */
    size_t *waiting;     /* lists by percent: next node plus 1 */
    size_t heads[CERTAIN + 1];
};

static void group_edges(struct arena *a, struct spread *s)
{
    size_t n = s->g->n_nodes;
    s->first = ARENA_NEW_N(a, size_t, n + 2);
    s->out = ARENA_NEW_N(a, size_t, s->g->n_edges);
    for (size_t i = 0; i < s->g->n_edges; i++)
        s->first[s->from[i] + 2]++;
    for (size_t i = 2; i < n + 2; i++)
        s->first[i] += s->first[i - 1];
    for (size_t i = 0; i < s->g->n_edges; i++)
        s->out[s->first[s->from[i] + 1]++] = i;
}

/* The node waits in the list of its percent; where it stood before, it is passed over. */
struct wait {
    size_t node, next; /* next: plus 1 */
};

static void spread(struct arena *a, struct spread *s)
{
    struct wait *waits = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < s->g->n_nodes; i++)
        if (s->g->nodes[i].is_start) {
            s->percent[i] = CERTAIN;
            *ARENA_PUSH(a, waits, n, cap) = (struct wait){ i, s->heads[CERTAIN] };
            s->heads[CERTAIN] = n;
        }
    for (unsigned level = CERTAIN; level > 0; level--) {
        while (s->heads[level] != 0) {
            struct wait taken = waits[s->heads[level] - 1];
            s->heads[level] = taken.next;
            if (s->percent[taken.node] != level)
                continue;
            for (size_t k = s->first[taken.node]; k < s->first[taken.node + 1]; k++) {
                const struct graph_edge *e = &s->g->edges[s->out[k]];
                size_t to = s->to[s->out[k]];
                unsigned sure = e->percent < level ? e->percent : level;
                if (sure <= s->percent[to])
                    continue;
                s->percent[to] = sure;
                *ARENA_PUSH(a, waits, n, cap) = (struct wait){ to, s->heads[sure] };
                s->heads[sure] = n;
            }
        }
    }
}

static int by_steps(const void *left, const void *right)
{
    const struct impact_item *a = left, *b = right;
    if (a->steps != b->steps)
        return a->steps < b->steps ? -1 : 1;
    if (a->percent != b->percent)
        return a->percent > b->percent ? -1 : 1;
    return a->node < b->node ? -1 : 1;
}

/* Which hit datasets have writers that are not hit. */
static bool find_other_writers(struct arena *a, const struct graph_source *source,
                               struct impact *impact, size_t max_edges, struct err *err)
{
    const struct graph *g = &impact->graph;
    struct graph_key *keys = ARENA_NEW_N(a, struct graph_key, impact->n_datasets + 1);
    struct graph_edges found = { .arena = a };
    const struct graph_most most = { max_edges, max_edges };
    for (size_t i = 0; i < impact->n_datasets; i++)
        keys[i] = g->nodes[impact->datasets[i].node].key;
    if (impact->n_datasets == 0)
        return true;
    if (!source->edges(source->ctx, keys, impact->n_datasets, true, &most, &found, err))
        return false;
    /* A graph of all nodes and these edges says which ends are known. */
    struct graph seen = {
        .nodes = g->nodes, .n_nodes = g->n_nodes, .edges = found.items, .n_edges = found.n
    };
    size_t *from = ARENA_NEW_N(a, size_t, found.n + 1), *to = ARENA_NEW_N(a, size_t, found.n + 1);
    bool *has_other = ARENA_NEW_N(a, bool, g->n_nodes + 1);
    graph_places(a, &seen, from, to);
    for (size_t i = 0; i < found.n; i++)
        if (to[i] != SIZE_MAX && from[i] == SIZE_MAX)
            has_other[to[i]] = true;
    for (size_t i = 0; i < impact->n_datasets; i++)
        impact->datasets[i].is_only_source =
            found.n_cuts == 0 && !found.is_partial && !has_other[impact->datasets[i].node];
    return true;
}

bool graph_impact(struct arena *a, const struct graph_source *source, const struct graph_key *start,
                  size_t n_start, const struct graph_limits *limits, struct impact *out,
                  struct err *err)
{
    struct impact impact = { .n_notebooks = 0 };
    struct graph_limits down = *limits;
    down.direction = GRAPH_DOWN;
    if (!graph_walk(a, source, start, n_start, &down, &impact.graph, err))
        return false;
    const struct graph *g = &impact.graph;
    struct spread s = { .g = g };
    s.from = ARENA_NEW_N(a, size_t, g->n_edges + 1);
    s.to = ARENA_NEW_N(a, size_t, g->n_edges + 1);
    s.percent = ARENA_NEW_N(a, unsigned, g->n_nodes + 1);
    graph_places(a, g, s.from, s.to);
    group_edges(a, &s);
    spread(a, &s);
    size_t cap_notebooks = 0, cap_datasets = 0;
    for (size_t i = 0; i < g->n_nodes; i++) {
        const struct graph_node *node = &g->nodes[i];
        const struct impact_item item = { i, node->down, s.percent[i], false };
        if (node->is_start)
            continue;
        if (node->key.kind == GRAPH_NOTEBOOK)
            *ARENA_PUSH(a, impact.notebooks, impact.n_notebooks, cap_notebooks) = item;
        else
            *ARENA_PUSH(a, impact.datasets, impact.n_datasets, cap_datasets) = item;
    }
    if (!find_other_writers(a, source, &impact, down.max_edges, err))
        return false;
    if (impact.n_notebooks > 0)
        qsort(impact.notebooks, impact.n_notebooks, sizeof *impact.notebooks, by_steps);
    if (impact.n_datasets > 0)
        qsort(impact.datasets, impact.n_datasets, sizeof *impact.datasets, by_steps);
    *out = impact;
    return true;
}
