/*
 * write: everything that is put into the index.
 *
 * A writer is one connection, used by one thread.  Writes happen between index_begin() and
 * index_commit(), in batches of some thousand rows; what a batch did is seen by readers at its
 * commit, all of it or nothing.  After an error the batch is to be rolled back.  Strings are
 * copied; "" and 0 stand for what is not known.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_WRITE_H
#define INDEX_WRITE_H

#include "index/index.h"

struct analysis;
struct arena;
struct dataset;
struct index_prepared; /* a notebook as its rows */
struct kinds;
struct notebook;
struct sketch;

/* ERR_FORBIDDEN when the index was opened to be read only.  Not yet the lock: index_begin(). */
MUST_USE bool index_writer_open(struct index *ix, struct index_writer **out, struct err *err);
/* Rolls back what was not committed.  Accepts NULL. */
void index_writer_close(struct index_writer *w);

/* ---- Leases: who may scan a source. ---- */

/* A right to write what belongs to a source.  Its fence grows each time it is given out, so that
 * one who slept past his expiry cannot write any more. */
struct index_lease {
    int64_t source;
    int64_t fence;
    char holder[128]; /* chosen by its owner: host, boot, process */
    int64_t expires_unix_ms;
    int64_t scan; /* the run that it is for; 0: none yet */
};

/* Take the lease of a source: it is free, or it expired before now.  Otherwise ERR_CONFLICT, and
 * *current (may be NULL) is the one in force.  Its own short batch; not inside another. */
MUST_USE bool index_lease_take(struct index_writer *w, int64_t source, const char *holder,
                               int64_t now_unix_ms, int64_t ttl_ms, struct index_lease *out,
                               struct index_lease *current, struct err *err);
/* The same although it has not expired, if its fence still is fence_seen (its holder is known to
 * be dead).  ERR_CONFLICT when somebody else was faster. */
MUST_USE bool index_lease_steal(struct index_writer *w, int64_t source, int64_t fence_seen,
                                const char *holder, int64_t now_unix_ms, int64_t ttl_ms,
                                struct index_lease *out, struct err *err);
/* Move the expiry and note the scan; lease->expires_unix_ms and ->scan are set.  Inside a batch or
 * outside.  ERR_CONFLICT: it is ours no longer. */
MUST_USE bool index_lease_renew(struct index_writer *w, struct index_lease *lease, int64_t scan,
                                int64_t now_unix_ms, int64_t ttl_ms, struct err *err);
/* Give it back; no error when it is ours no longer. */
MUST_USE bool index_lease_release(struct index_writer *w, const struct index_lease *lease,
                                  struct err *err);
/* The lease of a source.  *has_out: somebody holds it (expired or not). */
MUST_USE bool index_lease_get(struct index_reader *r, int64_t source, struct index_lease *out,
                              bool *has_out, struct err *err);

/* ---- Batches. ---- */

/* Begin a batch and take the write lock.  lease: ERR_CONFLICT when it is not ours any more; NULL
 * for what belongs to no scan. */
MUST_USE bool index_begin(struct index_writer *w, const struct index_lease *lease, struct err *err);
/* Everything since index_begin() becomes visible and survives a crash of the process; with
 * is_durable also a loss of power before the function returns. */
MUST_USE bool index_commit(struct index_writer *w, bool is_durable, struct err *err);
/* Forget everything since index_begin(); nothing when no batch is open. */
void index_rollback(struct index_writer *w);

/* Move what was committed from the log into the file, as far as no reader needs it there: when
 * there is time for it.  Else it is done now and then by a commit. */
void index_writer_tidy(struct index_writer *w);

/* ---- Sources. ---- */

enum index_wants { INDEX_WANTS_NOTEBOOKS = 1, INDEX_WANTS_DATASETS = 2 };

struct index_source {
    int64_t id;
    struct str name;    /* unique */
    struct str uri;     /* "s3://bucket/prefix" or "file:/folder" */
    unsigned wants;     /* enum index_wants, or-ed */
    int64_t interval_s; /* 0: only when asked */
    bool is_from_config;
    struct str analysis_key; /* of the last complete scan: what the analyses were made with */
    int64_t last_scan;       /* run; 0: never */
    int64_t scanned_unix_ms; /* end of the last complete scan; 0: never */
};

/* Make the source of that name, or change it (uri, wants, interval_s, is_from_config only); *id is
 * its id.  When the uri changes, what was found below the old one goes with the next scan. */
MUST_USE bool index_put_source(struct index_writer *w, const struct index_source *source,
                               int64_t *id, struct err *err);
/* A scan came to its end: the rest of the row. */
MUST_USE bool index_source_scanned(struct index_writer *w, int64_t source, int64_t scan,
                                   struct str analysis_key, int64_t now_unix_ms, struct err *err);
/* Remove it with all that is its.  Call again, each time in a batch of its own, until *is_done:
 * a large one is removed piece by piece. */
MUST_USE bool index_remove_source(struct index_writer *w, int64_t source, bool *is_done,
                                  struct err *err);

/* ---- Notebooks. ---- */

struct index_notebook {
    int64_t source;
    struct str uri; /* unique: "s3://bucket/key" or "file:/path" */
    struct str etag;
    uint64_t size_bytes;
    int64_t modified_unix_ms;
    struct str owner;    /* first folder below the source's prefix, or the hub's user */
    struct str title;    /* its own title, else its first heading; else "" */
    unsigned n_siblings; /* files beside it that the analysis read */

    /* NULL, all three, when it could not be read: then error says why. */
    const struct notebook *notebook;
    const struct analysis *analysis;
    const struct kinds *kinds;
    /* The language of each of its cells ("python", "sql", ...; "" for no code), as cell_read() of
     * lineage/cells.h finds it; NULL: what the cells themselves say. */
    const struct str *languages;
    const struct err *error; /* NULL when it was read */

    const struct sketch *sketch; /* NULL or empty: compared with no other */
};

/* What of a notebook is kept, made ready in a: on any thread, without the index, which is most of
 * the work.  Nothing of the notebook is borrowed. */
struct index_prepared *index_prepare_notebook(struct arena *a,
                                              const struct index_notebook *notebook);
/* Put it in, or in the place of the one with its uri; *id (may be NULL) stays the same then. */
MUST_USE bool index_put_prepared(struct index_writer *w, const struct index_prepared *prepared,
                                 int64_t *id, struct err *err);
/* Both in one. */
MUST_USE bool index_put_notebook(struct index_writer *w, const struct index_notebook *notebook,
                                 int64_t *id, struct err *err);
/* Only its etag and time changed, not its bytes. */
MUST_USE bool index_touch_notebook(struct index_writer *w, struct str uri, struct str etag,
                                   int64_t modified_unix_ms, struct err *err);
/* No error when there is none. */
MUST_USE bool index_remove_notebook(struct index_writer *w, struct str uri, struct err *err);

/* ---- Datasets. ---- */

/* The id of a dataset or the key of a notebook by which the API knows it: it depends on the uri
 * alone (unless another one has it already, then it is the next free one). */
uint64_t index_id_of_uri(struct str uri);

/* Put it in, or in the place of the one with its uri; its id stays the same then.  Where its schema
 * is NULL and its fingerprint that of the row, the columns that are there stay.  A dataset that is
 * absorbing removes those inside it. */
MUST_USE bool index_put_dataset(struct index_writer *w, int64_t source,
                                const struct dataset *dataset, int64_t *id, struct err *err);
MUST_USE bool index_remove_dataset(struct index_writer *w, int64_t dataset, struct err *err);

/* ---- Who uses which dataset. ---- */

/* Work out again which notebooks use the datasets that the last batches touched: which dataset a
 * place falls into, the users of each dataset, their counts.  Until then those numbers are of
 * before.  Inside a batch of its own; does about max steps (places, datasets); *n_left: how many
 * remain, so call it again until 0.  What a killed scan left is done by the next one. */
MUST_USE bool index_settle(struct index_writer *w, size_t max, uint64_t *n_left, struct err *err);

/* ---- Runs of scans and their events. ---- */

enum index_scan_state {
    INDEX_SCAN_QUEUED,
    INDEX_SCAN_RUNNING,
    INDEX_SCAN_DONE,
    INDEX_SCAN_FAILED,
    INDEX_SCAN_CANCELLED,
};

struct index_scan {
    int64_t id, source;
    enum index_scan_state state;
    struct str trigger; /* "api", "cli", "interval", "events", "import" */
    int64_t created_unix_ms, started_unix_ms, ended_unix_ms; /* 0: not yet */
    struct str counters; /* a JSON object of the scan's own making */
    struct str error;    /* a JSON object; "" when there is none */
};

/* A new run; *id grows with each. */
MUST_USE bool index_put_scan(struct index_writer *w, const struct index_scan *scan, int64_t *id,
                             struct err *err);
/* Write state, times, counters and error of the run scan->id. */
MUST_USE bool index_update_scan(struct index_writer *w, const struct index_scan *scan,
                                struct err *err);
/* Append an event; *id grows over all scans.  The last 1,000 of a scan are kept. */
MUST_USE bool index_add_event(struct index_writer *w, int64_t scan, const char *type,
                              struct str json, int64_t now_unix_ms, int64_t *id, struct err *err);

#endif
