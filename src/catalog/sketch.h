/*
 * sketch: near-copies of notebooks, found by a fixed-size fingerprint of their code.
 *
 * Each code cell is cut into tokens; texts and numbers count as one token each, whatever they are,
 * and comments not at all, so that a template filled with other paths stays the same.  Runs of
 * SKETCH_RUN tokens are hashed; the sketch keeps, in each of SKETCH_LANES lanes, 16 bits of the
 * smallest hash (one-permutation minhash, empty lanes filled from the others).  The share of equal
 * lanes estimates the Jaccard similarity of the two sets of runs.
 *
 * Look-up: SKETCH_BANDS keys of four lanes each.  Near-copies (similarity >= SKETCH_NEAR) share a
 * key almost surely; see docs/internals/near-copies.md for the figures.
 *
 * Groups: each group has a leader, the first notebook of it.  A notebook joins the group of the
 * most similar leader, or leads a new one; so only leaders' keys are looked up, forty copies cost
 * one entry, and no chain of small changes joins what is unlike.
 *
 * The same on every machine and for ever: what is stored stays comparable.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_SKETCH_H
#define CATALOG_SKETCH_H

#include "notebook/notebook.h"

enum { SKETCH_LANES = 64, SKETCH_BANDS = 16, SKETCH_RUN = 4, SKETCH_BYTES = 2 * SKETCH_LANES };
/* Equal lanes from which on two notebooks are near-copies. */
enum { SKETCH_NEAR = 40 };

struct sketch {
    uint16_t lanes[SKETCH_LANES];
    bool is_empty; /* too little code to compare: a member of no group */
};

void sketch_make(const struct notebook *nb, struct sketch *out);

/* The same for who cuts the code cells into tokens himself. */
struct code_token;
struct sketch_maker {
    uint64_t least[SKETCH_LANES]; /* UINT64_MAX: nothing yet */
    size_t n_runs;
    uint64_t last[SKETCH_RUN]; /* tokens of the cell */
    size_t n_tokens;           /* of the cell */
};
void sketch_begin(struct sketch_maker *m);
void sketch_add(struct sketch_maker *m, const struct code_token *t);
void sketch_end_cell(struct sketch_maker *m);
void sketch_end(const struct sketch_maker *m, struct sketch *out);

/* Equal lanes, 0 .. SKETCH_LANES; 0 if either is empty. */
unsigned sketch_equal_lanes(const struct sketch *a, const struct sketch *b);

/* The keys under which near-copies are looked up; the band's number is part of each. */
void sketch_keys(const struct sketch *s, uint64_t keys[SKETCH_BANDS]);

/* The leader that s belongs to among the n candidates (found by its keys), or SIZE_MAX.  Among
 * equally similar ones the first. */
size_t sketch_choose(const struct sketch *s, const struct sketch *leaders, size_t n);

/* For storing: SKETCH_BYTES bytes, little-endian.  An empty sketch is stored as no bytes at all.
 * False if bytes have another size. */
void sketch_write(const struct sketch *s, unsigned char bytes[SKETCH_BYTES]);
bool sketch_read(struct str bytes, struct sketch *out);

/* All at once, in memory: groups[i] is the index of the leader of sketch i (i itself for a leader
 * and for an empty one).  In the order given, hence deterministic. */
void sketch_group(struct arena *a, const struct sketch *sketches, size_t n, size_t *groups);

#endif
