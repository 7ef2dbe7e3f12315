/*
 * front_end: what the tests of all front ends do: compare trees, cut texts off, change bytes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LINEAGE_FRONT_END_H
#define TESTS_LINEAGE_FRONT_END_H

#include "lineage/tree.h"

typedef void front_end_parse(struct arena *a, struct str source, struct parsed *out);

struct front_end_case {
    const char *source, *tree; /* of dump.h */
};

/* Each source gives its tree, and no gap. */
void front_end_gives(front_end_parse *parse, const struct front_end_case *cases, size_t n);

/* Each source, cut off at every byte and with bytes changed by a fixed rule, in memory of exactly
 * its size: parsing ends, and the tree can be walked. */
void front_end_survives(front_end_parse *parse, const struct front_end_case *cases, size_t n);

struct front_end_broken {
    const char *source, *tree; /* what is left of it */
    uint32_t line;             /* of the first gap */
    size_t n_gaps;
};

/* Each source gives its tree and so many gaps, the first in its line. */
void front_end_recovers(front_end_parse *parse, const struct front_end_broken *cases, size_t n);

/* n copies of unit behind prefix, and suffix: the statements; a gap or limit is no failure.  Fails
 * if it takes more than a second a megabyte, so that no shape is quadratic. */
struct node *front_end_repeat(front_end_parse *parse, struct arena *a, const char *prefix,
                              const char *unit, size_t n, const char *suffix, struct parsed *out);

struct front_end_shape {
    const char *prefix, *unit, *suffix; /* of front_end_repeat() */
    size_t n;
    bool hits_limit;
};

/* Each shape takes time linear in its size, stays within the limits of a tree and of gaps, and says
 * whether it hit one. */
void front_end_stays_bounded(front_end_parse *parse, const struct front_end_shape *shapes,
                             size_t n);

#endif
