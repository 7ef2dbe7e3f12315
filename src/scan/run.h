/*
 * run: one scan of one source, from the lease to its last event.  Internal to the folder.
 *
 *   calling thread        lists, merges, gives what changed to the analyses
 *   workers               read and analyse (analyses.h)
 *   the writer            whichever worker hands on: collects results until the range of keys that
 *                         they belong to is whole, then writes both in one batch
 *   the beat              renews the lease, writes and tells the progress
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_RUN_H
#define SCAN_RUN_H

#include "catalog/kinds.h"
#include "catalog/sketch.h"
#include "index/runs.h"
#include "scan/merge.h"
#include "scan/progress.h"

#include <pthread.h>

/* A lease is renewed every BEAT_MS and given up for lost after LEASE_MS. */
enum { RUN_LEASE_MS = 30000, RUN_BEAT_MS = 1000, RUN_TELL_MS = 100 };

/* An object whose result is awaited: a notebook, or a family of datasets. */
struct result {
    struct result *next;
    struct arena arena; /* of what the listing told */
    struct arena kept;  /* of its rows; taken over from the finding */
    size_t entry;       /* of the range that it belongs to */
    struct str key, uri, etag;
    uint64_t size_bytes;
    int64_t modified_unix_ms;
    struct err err;
    struct index_prepared *rows;       /* of a notebook; in kept */
    const struct index_sibling *asked; /* by its analysis, in kept */
    size_t n_asked;
    struct found_family *family; /* NULL: a notebook */
};

struct run {
    const struct scans_options *options;
    struct arena arena;
    struct index_source source; /* strings in arena */
    struct scan_place place;
    struct index_scan row; /* of the run */
    struct index_lease lease;
    bool has_analyst;     /* load_analyst() was called */
    bool is_full;         /* everything is read again */
    bool is_forced;       /* keys that are looked at are read again too: they are stale */
    bool is_new_analysis; /* all notebooks are: they were analysed with something else */

    struct index_writer *writer; /* of the results */
    struct listing_cursor *cursor;
    struct merge *merge;
    struct analyses *analyses;
    struct kind_rules *kind_rules;         /* NULL outside of run_begin() and run_end() */
    struct run_datasets *datasets;         /* NULL: they are not wanted */
    bool has_evidence;                     /* the discovery asked what notebooks read */
    uint64_t evidence_digest;              /* of the answer */
    struct result *pending, **pending_end; /* done, of the range that is not whole yet */
    unsigned n_told_errors, n_unsettled;   /* ranges written since run_settle() */

    struct counters counters;
    uint64_t n_expected;
    int64_t started_ms;
    atomic_bool stop;                /* ends all calls of this run */
    const atomic_bool *process_stop; /* and this one all runs */

    /* The beat. */
    pthread_t beat;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_over;        /* guarded by lock */
    atomic_bool is_lost; /* the lease went to somebody else */
    struct index_writer *beat_writer;
    void (*tell)(void *ctx, const struct scan_progress *progress);
    void *tell_ctx;
};

/* Scan run->source, whose lease and row are there.  Writes everything but the end of the row. */
MUST_USE bool run_scan(struct run *run, struct err *err);

/* run_points.c: look at these keys alone, sorted and each once; the lease is there, a row is not.
 */
MUST_USE bool run_points(struct run *run, const struct str *keys, size_t n, struct err *err);
/* A range that is a set of single keys. */
struct merge_range *run_points_new(void);
/* Analyse again the notebooks beside which a file has changed. */
MUST_USE bool run_stale(struct run *run, struct err *err);
/* The object is the range's entry and is not what it was. */
void run_touch(struct merge_range *range, struct str key, struct str etag, bool is_new);
/* Find the datasets of the listing that the index has. */
MUST_USE bool run_rediscover(struct run *run, struct err *err);

/* run.c: start the workers, and wait for them.  ok false: why the rest is not worth it. */
void run_begin(struct run *run);
MUST_USE bool run_end(struct run *run, bool ok, const struct err *why, struct err *err);
bool run_is_notebook(const struct run *run, struct str key);
/* The object is the range's last entry; it is read and analysed. */
MUST_USE bool run_add_notebook(struct run *run, const struct store_object *object,
                               struct merge_range *range, struct err *err);

/* run_write.c: the callbacks of the analyses; ctx is the run. */
void run_work(void *ctx, struct finding *f, const struct notebook *nb, const struct analysis *an);
bool run_done(void *ctx, struct finding *f, struct err *err);
/* A result with its own copies; freed by result_free(). */
struct result *result_new(const struct store_object *object, struct str root, size_t entry);
/* What is to be written of it, in a; nb and an (NULL: it could not be read, r->err says why) are
 * not needed any more then.  On any thread. */
void result_prepare(const struct run *run, struct result *r, struct arena *a,
                    const struct notebook *nb, const struct analysis *an, size_t n_siblings);
void result_free(struct result *r);
/* The next one that is done. */
void run_add_pending(struct run *run, struct result *r);
/* Write what is pending and the range that it belongs to, which is freed. */
MUST_USE bool run_write_range(struct run *run, struct merge_range *range, struct err *err);
/* Free what is pending still. */
void run_drop_pending(struct run *run);

/* Work out who uses which dataset, as far as the last batches changed it. */
MUST_USE bool run_settle(struct run *run, struct err *err);

/* run_beat.c */
void run_beat_start(struct run *run);
void run_beat_stop(struct run *run);
void run_progress(const struct run *run, struct scan_progress *out);

#endif
