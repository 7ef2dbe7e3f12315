/*
 * scans_internal: what the files behind scan.h share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_SCANS_INTERNAL_H
#define SCAN_SCANS_INTERNAL_H

#include "index/runs.h"
#include "scan/progress.h"

#include <pthread.h>

struct run;

/* What the datasets of a source were last found with (evidence.h). */
struct followed {
    int64_t source;
    uint64_t digest;
};

/* A scan that was asked for and waits for its turn. */
struct waiting {
    struct waiting *next;
    int64_t id, source;
    bool is_full;
};

/* When a source was last tried by this process, so that one that fails is not tried all the time.
 */
struct tried {
    int64_t source, at_ms;
};

struct scans {
    struct scans_options options;
    pthread_t thread;
    bool is_started;
    atomic_bool stop;      /* ends what runs */
    atomic_bool is_behind; /* the search may have something to take up */

    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct waiting *first, **end;       /* guarded by lock */
    int64_t running_source, running_id; /* of the thread, guarded by lock; 0: none */
    struct followed *followed;          /* guarded by lock */
    size_t n_followed, cap_followed;

    struct scan_queue queue; /* of the listener */
    pthread_t listener;
    bool is_listening;
    int64_t *dirty; /* sources whose datasets are to be found again; of the listener */
    size_t n_dirty, cap_dirty;

    struct tried *tried; /* of the thread */
    size_t n_tried, cap_tried;
    int64_t sources_taken_ms;
};

/* How a scan is to be run. */
struct scan_order {
    int64_t source;
    int64_t id; /* of its row, when it is there already; else 0 */
    const char *trigger;
    bool is_full;
    bool is_follower; /* if one runs elsewhere, follow it; else ERR_CONFLICT */
    void (*tell)(void *ctx, const struct scan_progress *progress);
    void *ctx;
};

/* perform.c: from the lease to the end of the row.  *progress: how it ended; may be NULL. */
MUST_USE bool scan_perform(struct scans *s, const struct scan_order *order,
                           struct scan_progress *progress, struct err *err);

/* The lease of a source without a row: for what is short, or renews it as it writes.  NULL and
 * ERR_CONFLICT while a scan of the source runs; *run_out belongs to the session.  end accepts NULL.
 */
struct run;
struct scan_session;
struct scan_session *scan_session_begin(struct scans *s, int64_t source, struct run **run_out,
                                        struct err *err);
void scan_session_end(struct scan_session *session);

/* The same for single keys (sorted, each once), and for the datasets of what the index has.  Fail
 * with ERR_CONFLICT while a scan of the source runs. */
MUST_USE bool scan_points(struct scans *s, int64_t source, const struct str *keys, size_t n,
                          struct err *err);
MUST_USE bool scan_rediscover(struct scans *s, int64_t source, struct err *err);

/* follow.c: remember what the run found its datasets with. */
void scan_follow(struct scans *s, const struct run *run);
/* Notebooks changed: where they read other folders than datasets were found with, those are found
 * again.  Sources that are being scanned elsewhere are left to that scan. */
MUST_USE bool scan_follow_evidence(struct scans *s, struct err *err);

/* perform.c: get the lease of a source.  *is_mine false: a living process has it, *other. */
MUST_USE bool scan_claim(struct index_writer *w, int64_t source, struct index_lease *lease,
                         bool *is_mine, struct index_lease *other, struct err *err);

/* An error as the index keeps it, and back. */
void scan_error_write(struct buf *out, const struct err *err);
void scan_error_read(struct str json, struct err *err);

/* The source of that name; strings in a. */
MUST_USE bool scan_find_source(struct scans *s, struct arena *a, struct str name,
                               struct index_source *out, struct err *err);

#endif
