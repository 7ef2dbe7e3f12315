/*
 * reconciler: makes the provider agree with the ledger and the ledger with the provider, turn by
 * turn.
 *
 * Only the holder of the lease works; each of its commits carries the fence, so one that was
 * suspended and wakes up late changes nothing.  A turn reads the rows that are not settled, does
 * what each calls for (lifecycle_due) as far as our own rates allow, and takes the next page of the
 * provider's list.  A turn may be cut off anywhere.
 *
 * One reconciler is used by one thread.  Two of one process (commands apart from reads, so that a
 * slow read never delays an end) have the same holder.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_RECONCILER_H
#define CLUSTER_RECONCILER_H

#include "cluster/lifecycle.h"
#include "util/strmap.h"

enum reconciler_work { WORK_COMMANDS = 1, WORK_READS = 2 };

/* Everything is borrowed and outlives the reconciler. */
struct reconciler_options {
    struct ledger *ledger;
    struct cluster_provider *provider;
    const struct lifecycle_rules *rules;
    struct str deployment;     /* clusters of others are never touched */
    struct str holder;         /* of the lease: unique by process and start */
    unsigned work;             /* of enum reconciler_work */
    int64_t sync_ms;           /* between two pages of the list; 0: 15 s */
    int64_t (*now)(void *ctx); /* unix milliseconds */
    /* The password of a row, clear and hashed, in the arena. */
    bool (*password)(void *ctx, struct arena *a, const struct cluster_row *row,
                     struct str *clear_out, struct str *hash_out, struct err *err);
    /* After each commit, if it had events; may be NULL. */
    void (*told)(void *ctx);
    /* A failure that is not a row's own (lease, list, ledger); may be NULL. */
    void (*failed)(void *ctx, const char *what, const struct err *err);
    void *ctx;
    const atomic_bool *cancel; /* NULL, or: the turn ends soon after it turns true */
};

/* Calls that may be made: a bucket that is filled steadily. */
struct rate {
    double level, burst, per_s;
    int64_t filled_ms;
};
void rate_init(struct rate *r, double burst, double per_s);
bool rate_take(struct rate *r, int64_t now_ms);

struct sweep {
    bool is_running;
    struct arena arena; /* of what follows */
    struct str cursor;
    struct strmap seen; /* ids of the provider */
    struct strmap orphans;
    int64_t begun_ms, created_ms;
    bool only_live;
};

/* Rows as they were read, so that those that did not change are not read again. */
struct known_rows {
    struct arena arena; /* of the map */
    struct strmap by_id;
};

struct reconciler {
    struct reconciler_options options;
    struct known_rows known;
    int64_t fence, lease_until_ms; /* 0: we do not have it */
    struct rate lists, views, spans, stops, launches, changes, activities;
    struct sweep young, live;
    bool was_young;
    int64_t lists_from_ms; /* not before, after failures */
    unsigned n_list_failures;
};

void reconciler_init(struct reconciler *r, const struct reconciler_options *options);
void reconciler_release(struct reconciler *r);

/* One turn.  False: another process has the lease, or the ledger cannot be read. */
bool reconciler_turn(struct reconciler *r);

/* Names of the ledger's notes: when a page of the provider's list was last read (milliseconds, as
 * text), and the clusters of the last whole list without a row, as JSON. */
#define NOTE_SYNCED "clusters.synced"
#define NOTE_ORPHANS "clusters.orphans"
#define LEASE_RECONCILER "clusters.reconciler"

/* Change one row whatever else happens to it: read, change, commit, again if somebody was quicker.
 * lease empty: without fence.  Nothing is written when nothing changed.  Events get owner and row.
 * ERR_NOT_FOUND, ERR_PRECONDITION (the fence, or too often), and what the ledger says. */
typedef bool row_change_fn(void *ctx, struct cluster_row *row, int64_t now,
                           struct lifecycle_out *out, struct err *err);
struct row_update {
    struct ledger *ledger;
    struct str id;
    int64_t now;
    struct str lease;
    int64_t fence;
    const struct ledger_spans *spans; /* committed with it; or NULL */
    row_change_fn *change;
    void *ctx;
};
MUST_USE bool row_update(struct arena *a, const struct row_update *u, struct cluster_row *out,
                         bool *has_events_out, struct err *err);
/* The JSON of an event. */
struct str event_doc(struct arena *a, const struct cluster_row *row,
                     const struct lifecycle_event *e);

/* The provider's name of a cluster, which has the marker: "<name> dp=<deployment> id=<marker>",
 * at most 256 bytes, without the bytes that EMR refuses; and back.  Empty: there is no marker. */
struct str marker_name(struct arena *a, const struct cluster_order *order);
void marker_parse(struct str name, struct str *deployment_out, struct str *marker_out);

#endif
