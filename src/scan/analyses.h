/*
 * analyses: many notebooks analysed side by side, their results in the order in which they came.
 *
 * Notebooks are given one by one; workers read and analyse them, each with one arena; results are
 * handed on in the order of input, each as soon as it and all before it are done, whoever produces
 * the input and however slowly.  At most WINDOW results a worker (and n_ahead) wait, and no work is
 * begun while some MB wait already, so memory is bounded; the output is the same for any number of
 * workers.
 *
 * Where notebooks come from far away, most of a worker's time is waiting: then there are more
 * workers than may analyse at once.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_ANALYSES_H
#define SCAN_ANALYSES_H

#include "lineage/analysis.h"
#include "scan/source.h"
#include "util/buf.h"

/* What all analyses share: the call tables with the user's rules, and the user's values.
 * Read-only once it is open. */
struct analyst {
    struct calls *calls;
    struct strmap values; /* struct str *, by dotted name */
};

enum finding_kind { FINDING_NOTEBOOK, FINDING_TASK, FINDING_MARK };

/* One notebook between its worker and the output. */
struct finding {
    struct source source; /* strings in arena */
    struct arena arena;   /* what work() keeps */
    struct buf out;       /* text that work() makes */
    void *kept;           /* anything else of it */
    enum finding_kind kind;
    struct store_object object; /* what the store says of it; etag "" where it says nothing */
    size_t n_siblings;          /* files beside the notebook that were read */
    const struct index_sibling *asked; /* and all that were asked for, in arena */
    size_t n_asked;
    struct err err; /* code is not ERR_NONE: the notebook could not be read */
};

struct analyses_options {
    struct reading reading;
    const struct analyst *analyst;
    unsigned n_workers; /* 1 .. ANALYSES_MAX_WORKERS */
    unsigned n_at_once; /* that analyse at the same time; 0: all */
    /* Findings more than WINDOW a worker that may wait for their turn: so that the other workers go
     * on while one of them is in a done() that takes long. */
    unsigned n_ahead;
    /* On a worker, several at once: take from the analysis what is needed later; nb and an die when
     * it returns.  Both are NULL when f->err is set. */
    void (*work)(void *ctx, struct finding *f, const struct notebook *nb,
                 const struct analysis *an);
    /* In the order of input, one at a time, on a worker.  False with err set ends everything. */
    bool (*done)(void *ctx, struct finding *f, struct err *err);
    /* Instead of done() for one that is not handed on any more, after a failure; or NULL. */
    void (*drop)(void *ctx, struct finding *f);
    void *ctx;
};

enum { ANALYSES_MAX_WORKERS = 256 };

struct analyses;

/* Starts the workers.  options is copied.  Never NULL; ended by analyses_finish(). */
struct analyses *analyses_start(const struct analyses_options *options);

/* The next notebook; what it borrows is copied.  Waits while the window is full.  False when done()
 * failed: there is no point in going on. */
MUST_USE bool analyses_add(struct analyses *x, const struct source *source);
/* The same of one that is known to be broken, so that its error comes in order. */
MUST_USE bool analyses_add_broken(struct analyses *x, struct str name, const struct err *why);

/* Something between two notebooks: done() gets it in its turn.  A task is given to work() before,
 * with nb and an NULL. */
MUST_USE bool analyses_mark(struct analyses *x, void *kept);
MUST_USE bool analyses_task(struct analyses *x, void *kept);

/* Wait for all, and free x.  Fails with what done() said. */
MUST_USE bool analyses_finish(struct analyses *x, struct err *err);

#endif
