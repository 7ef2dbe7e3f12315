/*
 * graph: how data flows between notebooks and places, as far as one asks.
 *
 * Nodes are notebooks and places (a place stands for its dataset where it falls into one); edges
 * are the uses.  The graph is walked in breadth, one call of the source for each step and
 * direction, so an index answers with one query a step.  Cycles end by themselves: a node is
 * visited once.  What passes max_nodes, max_fan, max_edges or depth is cut and counted.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_GRAPH_H
#define CATALOG_GRAPH_H

#include "util/arena.h"
#include "util/err.h"
#include "json/writer.h"

enum graph_node_kind { GRAPH_NOTEBOOK, GRAPH_DATASET, GRAPH_PLACE };

struct graph_key {
    enum graph_node_kind kind;
    int64_t id; /* of the index's row of that kind */
};

/* Data flows from from to to: a dataset to the notebook that reads it, a notebook to the dataset
 * that it writes.  Never notebook to notebook, nor place to place. */
struct graph_edge {
    struct graph_key from, to;
    unsigned percent; /* how sure, 0 .. 100 */
    uint32_t cell;    /* where in the notebook: of the first such use */
    uint32_t line;
    uint32_t n_uses;
    bool is_may; /* all of them are in passing (reference.is_may) or never called */
};

struct graph_node {
    struct graph_key key;
    int64_t id;        /* by which it is known outside; no two kinds share one */
    struct str uri;    /* what identifies it for people */
    struct str title;  /* shorter; may be empty */
    struct str detail; /* format of a dataset, first kind of a notebook; may be empty */
    unsigned up, down; /* steps from the start against, along the flow; UINT_MAX: not that way */
    uint64_t n_cut;    /* edges of it that were left out by a limit; 0 where depth ended */
    bool is_start;
};

/* What gives the edges. */
struct graph_cut {
    struct graph_key node;
    uint64_t n; /* edges of it that were left out */
};
struct graph_edges {
    struct arena *arena; /* where the source may put texts */
    struct graph_edge *items;
    size_t n, cap;
    struct graph_cut *cuts; /* of the nodes whose edges are not all there */
    size_t n_cuts, cap_cuts;
    bool is_partial; /* not all nodes were looked at */
};
struct graph_most {
    size_t fan; /* edges of one node */
    size_t all;
};
struct graph_source {
    void *ctx;
    /* Append to *out (ARENA_PUSH into out->arena) the edges that end (is_up) or begin (else) at one
     * of the n nodes, in an order that does not change, and for each node how many are left out. */
    bool (*edges)(void *ctx, const struct graph_key *nodes, size_t n, bool is_up,
                  const struct graph_most *most, struct graph_edges *out, struct err *err);
    /* Fill id, uri, title and detail of the n nodes; keys are set. */
    bool (*describe)(void *ctx, struct arena *a, struct graph_node *nodes, size_t n,
                     struct err *err);
};

enum graph_direction { GRAPH_UP = 1, GRAPH_DOWN = 2, GRAPH_BOTH = 3 };

struct graph_limits {
    enum graph_direction direction;
    unsigned depth; /* steps; dataset to notebook is one; 0: the start alone */
    size_t max_nodes;
    size_t max_fan;   /* edges of one node each way */
    size_t max_edges; /* that are looked at */
};

struct graph {
    struct graph_node *nodes; /* start first, then by steps, then as the source gave them */
    size_t n_nodes, cap_nodes;
    struct graph_edge *edges; /* in the order found; each (from, to) once */
    size_t n_edges, cap_edges;
    uint64_t n_cut_edges; /* known to exist, and left out by max_nodes, max_fan or max_edges */
    bool is_deeper;       /* a limit ended the walk before all that it had found was looked at */
};

/* start: 1 .. n nodes that are asked about.  a: owns the graph. */
MUST_USE bool graph_walk(struct arena *a, const struct graph_source *source,
                         const struct graph_key *start, size_t n_start,
                         const struct graph_limits *limits, struct graph *out, struct err *err);

/* ---- what breaks if this is deleted? ---- */

struct impact_item {
    size_t node;         /* index in graph.nodes */
    unsigned steps;      /* 1: uses it itself */
    unsigned percent;    /* how sure the surest way there is: the least sure edge of it */
    bool is_only_source; /* dataset: every notebook known to write it is hit as well */
};
struct impact {
    struct graph graph;
    struct impact_item *notebooks, *datasets; /* by steps, then surest first */
    size_t n_notebooks, n_datasets;
};

/* What is downstream of start, with how sure.  limits.direction is not asked. */
MUST_USE bool graph_impact(struct arena *a, const struct graph_source *source,
                           const struct graph_key *start, size_t n_start,
                           const struct graph_limits *limits, struct impact *out, struct err *err);

/* ---- is it used? ---- */

struct dataset_uses {
    uint32_t n_readers, n_writers; /* notebooks; exact, inside, or a folder or glob above it */
    uint32_t n_maybe;     /* notebooks whose unknown parts could be such that they use it */
    int64_t last_read_ms; /* newest change of a reader; 0: none */
};
enum usage_state { USAGE_USED, USAGE_MAYBE, USAGE_WRITTEN_ONLY, USAGE_STALE, USAGE_UNUSED };
/* since_ms: readers that did not change since then do not count (USAGE_STALE); 0: all count. */
enum usage_state usage_state(const struct dataset_uses *uses, int64_t since_ms);
const char *usage_state_name(enum usage_state state); /* "used", "maybe", "written_only", ... */

/* ---- output ---- */

/* {"nodes": [...], "edges": [...], "cut_edges": n, "is_deeper": b}: the members, not the object. */
void graph_put_json(struct json_writer *w, const struct graph *g);
void impact_put_json(struct json_writer *w, const struct impact *i);
/* Graphviz; Mermaid (flowchart LR).  Names that come from outside are quoted. */
void graph_put_dot(struct buf *out, const struct graph *g);
void graph_put_mermaid(struct buf *out, const struct graph *g);

const char *graph_node_kind_name(enum graph_node_kind kind); /* "notebook", "dataset", "place" */

#endif
