/*
 * scan: sources to the index: list, compare, fetch what changed, analyse, write.
 *
 * A scan walks the ordered listing of its source side by side with the listing that the index
 * remembers of it.  What is new or changed is fetched and analysed by workers; one writer takes the
 * results in the order of keys and writes, range of keys by range of keys, the listing and
 * everything that was found in it in one transaction.  So the index is right for what it claims at
 * any moment, whatever ends the scan, and the next one goes on where something is missing.  Memory
 * does not depend on the number of objects.
 *
 * One scan of a source runs at a time, across processes: a lease in the index, with a fence that
 * every transaction checks.  Who asks for another one gets the id of the one that runs.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_SCAN_H
#define SCAN_SCAN_H

#include "scan/analyses.h"

#include <stdatomic.h>

struct discover_overrides;
struct index;
struct scans;

enum { SCAN_MAX_NAME_BYTES = 64 };

/* A place that is scanned. */
struct scan_source {
    struct str name; /* unique; [A-Za-z0-9._-]{1,64} */
    struct str uri;  /* "s3://bucket/prefix", or the path of a folder */
    bool wants_notebooks, wants_datasets;
    int64_t interval_s; /* 0: only when it is asked for */
};

/* Where the objects of a source are. */
struct scan_place {
    struct store *store;
    struct str bucket, prefix; /* prefix: "" or ending in "/" */
    struct str root;           /* the uri of an object is root and its key: "s3://bucket/" */
    bool is_remote;            /* reading is mostly waiting */
    int64_t listed_unix_ms;    /* the store's listing is of that time; 0: it is as it is now */
};

struct scans_options {
    struct index *index;
    const struct analyst *analyst;
    /* Fill *analyst before the first notebook of a scan is analysed, and empty it when that scan
     * has ended; called in pairs, from several threads.  NULL, both: it is filled already. */
    bool (*load_analyst)(void *ctx, struct err *err);
    void (*unload_analyst)(void *ctx);
    struct reading reading;  /* of notebooks: their largest size, the time that one call may take */
    struct str analysis_key; /* what the analyses depend on: version, rules, values; when it
                              * changes, all notebooks are analysed again */
    const struct discover_overrides
        *overrides;      /* what is a dataset (catalog/discover.h); or NULL */
    unsigned n_workers;  /* processors to analyse with: 1 .. ANALYSES_MAX_WORKERS */
    unsigned n_fetchers; /* objects read side by side from a store that is far away */
    /* The place of a uri; strings in a; the store stays with its owner and lives as long as the
     * scans.  Fails with ERR_NOT_FOUND, ERR_INVALID, ERR_UNSUPPORTED, ... */
    bool (*open_place)(void *ctx, struct arena *a, struct str uri, struct scan_place *out,
                       struct err *err);
    void *ctx;
    /* The sources of the configuration.  n_sources 0 with buckets_of set: every bucket of that
     * store is a source of its own, as it comes and goes. */
    const struct scan_source *sources;
    size_t n_sources;
    struct store *buckets_of;
    int64_t interval_s;        /* of those; 0: only when it is asked for */
    const atomic_bool *cancel; /* ends what runs; or NULL */
};

/* Everything is borrowed and outlives the scans.  Never NULL; nothing runs yet. */
struct scans *scans_new(const struct scans_options *options);
/* Stops the scan that runs, after scans_start() also the thread.  Accepts NULL. */
void scans_free(struct scans *s);

/* Write the sources of the configuration into the index; those that it does not name any more and
 * that came from it leave, with all that was found in them. */
MUST_USE bool scans_take_sources(struct scans *s, struct err *err);

/* Make or change a source that is not of the configuration.  ERR_INVALID (name, uri), ERR_CONFLICT:
 * the configuration has one of that name; or it overlaps with another one that wants the same. */
MUST_USE bool scans_put_source(struct scans *s, const struct scan_source *source, struct err *err);
/* Remove one, with all that was found in it.  ERR_NOT_FOUND; ERR_CONFLICT: it is one of the
 * configuration, or a scan of it is running. */
MUST_USE bool scans_remove_source(struct scans *s, struct str name, struct err *err);

/* Begin to run, on a thread of its own, what is asked for and what is due. */
void scans_start(struct scans *s);

/* A queue of messages of S3 about objects that changed (scan/s3_event.h). */
struct scan_message {
    struct str receipt, body;
};
enum { SCAN_MAX_MESSAGES = 10 };
struct scan_queue {
    /* Waits a while for some; none is no failure.  Strings in a. */
    bool (*receive)(void *ctx, struct arena *a, const atomic_bool *cancel,
                    struct scan_message messages[SCAN_MAX_MESSAGES], size_t *n_out,
                    struct err *err);
    bool (*remove)(void *ctx, const struct scan_message *messages, size_t n, struct err *err);
    void *ctx;
};

/* Take up what the queue tells, on a thread of its own, until scans_free().  queue is copied. */
void scans_listen(struct scans *s, const struct scan_queue *queue);

/* What a request came to. */
struct scan_ticket {
    int64_t id;       /* of the scan */
    bool is_attached; /* it was waiting or running already */
};

/* Ask for a scan of a source; it is run by the thread.  is_full: read and analyse everything again.
 * Fails with ERR_NOT_FOUND (no such source; the fix names the known ones), ERR_BUSY. */
MUST_USE bool scans_request(struct scans *s, struct str source, bool is_full,
                            struct scan_ticket *out, struct err *err);

/* What a scan did so far. */
struct scan_progress {
    int64_t id;
    struct str source; /* its name */
    uint64_t n_listed, n_notebooks, n_changed, n_analyzed, n_removed, n_broken, n_datasets;
    uint64_t read_bytes;
    uint64_t n_expected; /* objects of the scan before; 0 if there was none */
    uint64_t n_errors[ERR_N_CODES];
    int64_t elapsed_ms;
    int64_t left_ms;  /* estimated; -1 while it cannot be said */
    bool is_attached; /* another process or thread does the work */
    bool is_done;
};

/* Run the scan of one source here and now, on the calling thread and its workers; or, if one runs
 * elsewhere, follow it to its end.  tell: NULL, or told some ten times a second and at the end.
 * *out: how it ended, without its source.  A source that could not be listed to its end fails with
 * why; what was found before it stays. */
MUST_USE bool scans_run(struct scans *s, struct str source, bool is_full,
                        void (*tell)(void *ctx, const struct scan_progress *progress), void *ctx,
                        struct scan_progress *out, struct err *err);

/* Make the search quick for what scans (or an import) wrote, for about a second.  *n_left:
 * documents that remain, so call it again until 0; it is 0 as well when all is being stopped. Until
 * then they are searched one by one.  The thread of scans_start() does it by itself. */
MUST_USE bool scans_catch_up(struct scans *s, uint64_t *n_left, struct err *err);

/* As a JSON object, the form in which the index keeps it and the API shows it. */
void scan_progress_json(struct buf *out, const struct scan_progress *p);

#endif
