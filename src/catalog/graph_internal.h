/* graph_internal: what graph.c, graph_impact.c and graph_put.c share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_GRAPH_INTERNAL_H
#define CATALOG_GRAPH_INTERNAL_H

#include "catalog/graph.h"

/* For each edge the place of its ends in g->nodes; from and to: n_edges each. */
void graph_places(struct arena *a, const struct graph *g, size_t *from, size_t *to);

#endif
