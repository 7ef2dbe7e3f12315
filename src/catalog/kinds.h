/*
 * kinds: which kinds of analytical process a notebook is, each with its evidence.
 *
 * The rules are rows of kinds.def (docs/internals/kinds.md): a signal (a library, a call, words of
 * a heading, a reference, ...) speaks for a kind with a weight; each rule counts once, however
 * often it fires.  A notebook is of every kind whose weights add up to KINDS_ENOUGH; so it may be
 * of several, or of none.  Deterministic, pure, in time linear in the notebook's text.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_KINDS_H
#define CATALOG_KINDS_H

#include "lineage/analysis.h"

enum process {
    PROCESS_EXPLORATION, /* looks at data: summaries, plots, queries */
    PROCESS_INGESTION,   /* brings data to where it is kept: downloads, uploads, loads, converts */
    PROCESS_CLEANING,    /* repairs, filters, joins, reshapes data */
    PROCESS_FEATURES,    /* builds the columns that a model learns from */
    PROCESS_TRAINING,    /* fits a model */
    PROCESS_EVALUATION,  /* measures a model */
    PROCESS_PREDICTION,  /* applies a model: batch, endpoint, generation */
    PROCESS_REPORTING,   /* makes figures, tables, pages for readers */
    PROCESS_STREAMING,   /* works on data as it arrives */
    PROCESS_TEACHING,    /* explains: tutorial, exercise, example of a product */
    PROCESS_OPERATION,   /* creates, deploys, deletes services, jobs and tables */
    PROCESS_N
};

/* The sum of weights from which on a notebook is of a kind; and where no kind reaches it, that of
 * two signals and more from which on it is of the weightiest one. */
enum { KINDS_ENOUGH = 100, KINDS_LIKELY = 50 };
/* Evidence that is kept of one kind, the weightiest first. */
enum { KINDS_MAX_EVIDENCE = 5 };

struct kind_evidence {
    size_t cell;      /* cell.index; SIZE_MAX: the notebook as a whole */
    uint32_t line;    /* from 1, in the cell; 0: the notebook as a whole */
    struct str text;  /* what was seen, one line, at most 200 bytes: "clf.fit(X, y)" */
    const char *rule; /* the rule's name, as in kinds.def: "call fit" */
    unsigned weight;
};

struct kind_found {
    enum process process;
    unsigned weight; /* the sum, KINDS_ENOUGH or more; of the only one: KINDS_LIKELY or more */
    struct kind_evidence evidence[KINDS_MAX_EVIDENCE];
    size_t n_evidence; /* at least 1 */
};

struct kinds {
    struct kind_found items[PROCESS_N]; /* by weight, largest first; equal ones in enum's order */
    size_t n;
};

/* The rules, ready to be looked up; shared by any number of threads.  Takes some 30 us to make. */
struct kind_rules *kind_rules_new(void);
void kind_rules_free(struct kind_rules *rules);

/* rules: NULL makes them for this call alone.  a: owns the texts.  nb: the notebook that an was
 * made of. */
void kinds_find(const struct kind_rules *rules, struct arena *a, const struct notebook *nb,
                const struct analysis *an, struct kinds *out);
/* The same, and sketch_make() of catalog/sketch.h, with one look at the code. */
struct sketch;
void kinds_find_and_sketch(const struct kind_rules *rules, struct arena *a,
                           const struct notebook *nb, const struct analysis *an, struct kinds *out,
                           struct sketch *sketch);

/* "exploration", "ingestion", ...: what the API and the index call it. */
const char *process_name(enum process process);
/* One sentence for people. */
const char *process_text(enum process process);
/* False if no kind has that name. */
bool process_from_name(struct str name, enum process *out);

#endif
