/*
 * graph: a walk in breadth over edges that a source gives, a step at a time; see graph.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/graph_internal.h"

#include "util/attrs.h"

#include <limits.h>

/* ---- a set of numbers in threes, each with its place ---- */

struct triple {
    uint64_t a, b, c;
};

struct triples {
    struct arena *arena;
    struct triple *items;
    size_t n, cap;
    uint32_t *slots; /* index in items plus 1; 0 is free */
    size_t n_slots;  /* 0 or a power of two */
};

static size_t hash_triple(const struct triple *t)
{
    uint64_t h = t->a * 0x9e3779b97f4a7c15U ^ t->b;
    h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9U ^ t->c;
    h = (h ^ h >> 32) * 0x94d049bb133111ebU;
    return (size_t)(h ^ h >> 31);
}

static uint32_t *slot_of(const struct triples *set, const struct triple *t)
{
    for (size_t i = hash_triple(t);; i++) {
        uint32_t *slot = &set->slots[i & (set->n_slots - 1)];
        if (*slot == 0)
            return slot;
        const struct triple *other = &set->items[*slot - 1];
        if (other->a == t->a && other->b == t->b && other->c == t->c)
            return slot;
    }
}

static void grow(struct triples *set)
{
    set->n_slots = set->n_slots == 0 ? 64 : set->n_slots * 2;
    set->slots = ARENA_NEW_N(set->arena, uint32_t, set->n_slots);
    for (size_t i = 0; i < set->n; i++)
        *slot_of(set, &set->items[i]) = (uint32_t)i + 1;
}

/* The place of t, which is put at the end if it is new; SIZE_MAX when it is new and may not be
 * added. */
static size_t put(struct triples *set, struct triple t, bool may_add, bool *is_new)
{
    if (2 * (set->n + 1) > set->n_slots)
        grow(set);
    uint32_t *slot = slot_of(set, &t);
    *is_new = *slot == 0;
    if (!*is_new)
        return *slot - 1;
    if (!may_add)
        return SIZE_MAX;
    *ARENA_PUSH(set->arena, set->items, set->n, set->cap) = t;
    *slot = (uint32_t)set->n;
    return set->n - 1;
}

static struct triple of_key(struct graph_key key)
{
    return (struct triple){ (uint64_t)key.kind, (uint64_t)key.id, 0 };
}

static struct triple of_edge(const struct graph_edge *e)
{
    uint64_t kinds = (uint64_t)e->from.kind << 8 | (uint64_t)e->to.kind | 1U << 16;
    return (struct triple){ kinds, (uint64_t)e->from.id, (uint64_t)e->to.id };
}

/* ---- the walk ---- */

struct walk {
    struct arena *arena;
    const struct graph_source *source;
    const struct graph_limits *limits;
    struct graph *graph;
    struct triples nodes, edges; /* by place in graph */
    size_t n_seen;               /* edges that were looked at */
    struct tally {
        uint64_t all, shown;
    } (*tallies)[2]; /* edges of each node, up and down; all: 0 where it was not looked at */
    size_t n_tallies, cap_tallies;
};

/* The nodes that were found last, one way. */
struct front {
    bool is_up;
    struct graph_key *items;
    size_t n, cap;
};

/* The place of a node, or SIZE_MAX when there is no room for it. */
static size_t put_node(struct walk *w, struct graph_key key, bool is_start)
{
    struct graph *g = w->graph;
    bool is_new, has_room = is_start || g->n_nodes < w->limits->max_nodes;
    size_t at = put(&w->nodes, of_key(key), has_room, &is_new);
    if (!is_new || at == SIZE_MAX)
        return at;
    *ARENA_PUSH(w->arena, g->nodes, g->n_nodes, g->cap_nodes) =
        (struct graph_node){ .key = key,
                             .up = is_start ? 0 : UINT_MAX,
                             .down = is_start ? 0 : UINT_MAX,
                             .is_start = is_start };
    (void)ARENA_PUSH(w->arena, w->tallies, w->n_tallies, w->cap_tallies);
    return at;
}

static void add_edge(struct walk *w, const struct graph_edge *e, unsigned step, struct front *next)
{
    bool is_up = next->is_up;
    struct graph *g = w->graph;
    bool is_new;
    size_t near = put_node(w, is_up ? e->to : e->from, false);
    size_t far = put_node(w, is_up ? e->from : e->to, false);
    if (near == SIZE_MAX)
        return; /* not asked for */
    w->tallies[near][is_up].all++;
    if (far == SIZE_MAX)
        return;
    put(&w->edges, of_edge(e), true, &is_new);
    if (is_new) {
        *ARENA_PUSH(w->arena, g->edges, g->n_edges, g->cap_edges) = *e;
        w->tallies[near][is_up].shown++;
        w->tallies[far][!is_up].shown++;
    }
    unsigned *steps = is_up ? &g->nodes[far].up : &g->nodes[far].down;
    if (*steps != UINT_MAX)
        return;
    *steps = step;
    *ARENA_PUSH(w->arena, next->items, next->n, next->cap) = g->nodes[far].key;
}

static void add_cut(struct walk *w, const struct graph_cut *cut, bool is_up)
{
    bool is_new;
    size_t at = put(&w->nodes, of_key(cut->node), false, &is_new);
    if (at != SIZE_MAX)
        w->tallies[at][is_up].all += cut->n;
}

/* What is known to exist and is not shown; an edge that one end cut may be shown by the other. */
static void count_cut(struct walk *w)
{
    struct graph *g = w->graph;
    for (size_t i = 0; i < g->n_nodes; i++) {
        for (int way = 0; way < 2; way++)
            if (w->tallies[i][way].all > w->tallies[i][way].shown)
                g->nodes[i].n_cut += w->tallies[i][way].all - w->tallies[i][way].shown;
        g->n_cut_edges += g->nodes[i].n_cut;
    }
}

/* From the nodes of the front to the next ones. */
static bool take_step(struct walk *w, struct front *front, unsigned step, struct err *err)
{
    struct graph *g = w->graph;
    struct graph_edges found = { .arena = w->arena };
    struct front next = { .is_up = front->is_up };
    const struct graph_most most = { w->limits->max_fan, w->limits->max_edges - w->n_seen };
    if (!w->source->edges(w->source->ctx, front->items, front->n, front->is_up, &most, &found, err))
        return false;
    for (size_t i = 0; i < found.n; i++)
        add_edge(w, &found.items[i], step, &next);
    for (size_t i = 0; i < found.n_cuts; i++)
        add_cut(w, &found.cuts[i], front->is_up);
    w->n_seen += found.n;
    g->is_deeper = g->is_deeper || found.is_partial;
    *front = next;
    return true;
}

/* Where there is no room for nodes, those found last are not looked at. */
static bool has_room(const struct walk *w)
{
    return w->graph->n_nodes < w->limits->max_nodes && w->n_seen < w->limits->max_edges;
}

/* A step up, a step down, and so on, so that the nearest come first on both sides. */
static bool walk(struct walk *w, size_t n_start, struct err *err)
{
    struct front fronts[2] = { { .is_up = true }, { .is_up = false } };
    for (size_t way = 0; way < 2; way++)
        for (size_t i = 0; i < n_start; i++)
            if ((w->limits->direction & (way == 0 ? GRAPH_UP : GRAPH_DOWN)) != 0)
                *ARENA_PUSH(w->arena, fronts[way].items, fronts[way].n, fronts[way].cap) =
                    w->graph->nodes[i].key;
    for (unsigned step = 1; step <= w->limits->depth; step++)
        for (size_t way = 0; way < 2; way++)
            if (fronts[way].n > 0 && has_room(w) && !take_step(w, &fronts[way], step, err))
                return false;
    w->graph->is_deeper = w->graph->is_deeper || fronts[0].n > 0 || fronts[1].n > 0;
    return true;
}

bool graph_walk(struct arena *a, const struct graph_source *source, const struct graph_key *start,
                size_t n_start, const struct graph_limits *limits, struct graph *out,
                struct err *err)
{
    struct graph g = { .n_nodes = 0 };
    struct walk w = { .arena = a, .source = source, .limits = limits, .graph = &g };
    w.nodes.arena = a;
    w.edges.arena = a;
    for (size_t i = 0; i < n_start; i++)
        (void)put_node(&w, start[i], true);
    n_start = g.n_nodes; /* each once */
    if (!walk(&w, n_start, err))
        return false;
    count_cut(&w);
    if (g.n_nodes > 0 && !source->describe(source->ctx, a, g.nodes, g.n_nodes, err))
        return false;
    *out = g;
    return true;
}

void graph_places(struct arena *a, const struct graph *g, size_t *from, size_t *to)
{
    struct triples nodes = { .arena = a };
    bool is_new;
    for (size_t i = 0; i < g->n_nodes; i++)
        (void)put(&nodes, of_key(g->nodes[i].key), true, &is_new);
    for (size_t i = 0; i < g->n_edges; i++) {
        from[i] = put(&nodes, of_key(g->edges[i].from), false, &is_new);
        to[i] = put(&nodes, of_key(g->edges[i].to), false, &is_new);
    }
}

const char *graph_node_kind_name(enum graph_node_kind kind)
{
    static const char *const names[] = { "notebook", "dataset", "place" };
    return names[kind];
}

/* ---- is it used? ---- */

enum usage_state usage_state(const struct dataset_uses *uses, int64_t since_ms)
{
    if (uses->n_readers > 0)
        return since_ms > 0 && uses->last_read_ms < since_ms ? USAGE_STALE : USAGE_USED;
    if (uses->n_maybe > 0)
        return USAGE_MAYBE;
    return uses->n_writers > 0 ? USAGE_WRITTEN_ONLY : USAGE_UNUSED;
}

const char *usage_state_name(enum usage_state state)
{
    static const char *const names[] = { "used", "maybe", "written_only", "stale", "unused" };
    return names[state];
}
