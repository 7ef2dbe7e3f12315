/*
 * service: clusters as the program has them: the ledger, a provider, the reconciler's threads, and
 * what people may ask.
 *
 * The work is done by one process at a time: the one that holds the lock file, which the kernel
 * gives back when its holder dies, and on a file system of several machines the lease.  The others
 * read and write the ledger, and wait for what comes of it.  All functions may be called from any
 * thread.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_SERVICE_H
#define CLUSTER_SERVICE_H

#include "cluster/requests.h"

struct clusters;

struct clusters_options {
    struct ledger *ledger;             /* closed by clusters_free() */
    struct cluster_provider *provider; /* freed by clusters_free(); has launch */
    const char *key_path, *lock_path;  /* files; made when missing */
    struct str deployment;             /* empty: made from the key */
    const struct cluster_spec *defaults;
    unsigned max_live; /* clusters of one person at once; 0: no limit */
    int64_t sync_ms;   /* how often what changes is looked at */
    /* For the log; may be NULL. */
    void (*failed)(void *ctx, const char *what, const struct err *err);
    void *ctx;
};

/* Everything is copied or borrowed for as long as it lives.  NULL: ledger and provider are still
 * the caller's.  ERR_IO, ERR_CONFIG. */
MUST_USE struct clusters *clusters_new(const struct clusters_options *options, struct err *err);
/* Begin to work: two threads. */
void clusters_start(struct clusters *c);
/* End the threads, give the lease back.  Accepts NULL. */
void clusters_free(struct clusters *c);

struct ledger *clusters_ledger(struct clusters *c);
struct cluster_provider *clusters_provider(struct clusters *c);
const struct cluster_spec *clusters_defaults(const struct clusters *c);
struct str clusters_deployment(const struct clusters *c);

/* Something was asked: do it now. */
void clusters_wake(struct clusters *c);
/* Wait until an event with an id above after is there, of any process, or until_ms
 * (clock_mono_ms()), or cancel.  The id of the newest event. */
MUST_USE bool clusters_wait(struct clusters *c, int64_t after, int64_t until_ms,
                            const atomic_bool *cancel, int64_t *newest_out, struct err *err);

/* cluster_request_make() with what the service knows: provider, limits, randomness; wakes. */
MUST_USE bool clusters_make(struct clusters *c, struct arena *a, struct cluster_ask *ask,
                            struct cluster_row *out, bool *is_replay_out, struct err *err);
MUST_USE bool clusters_end(struct clusters *c, struct arena *a, const struct cluster_end *end,
                           struct cluster_row *out, struct err *err);

/* The password, shown now: ERR_CONFLICT when it was shown before, with the time. */
MUST_USE bool clusters_reveal(struct clusters *c, struct arena *a, struct str id,
                              struct str *password_out, struct err *err);

/* The original calls on the same rows; borrowed.  create waits for the provider's id, as long as
 * its call may last. */
struct cluster_provider *clusters_facade(struct clusters *c);

#endif
