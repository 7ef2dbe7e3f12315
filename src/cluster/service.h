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

#include "cluster/preflight.h"
#include "cluster/requests.h"
#include "cluster/templates.h"

struct clusters;

struct clusters_options {
    struct ledger *ledger;             /* closed by clusters_free() */
    struct cluster_provider *provider; /* freed by clusters_free(); has launch */
    const char *key_path, *lock_path;  /* files; made when missing */
    struct str deployment;             /* empty: made from the key */
    const struct cluster_spec *defaults;
    const struct cluster_templates *templates; /* may be NULL */
    unsigned max_live;                         /* clusters of one person at once; 0: no limit */
    int64_t month_micro;               /* what one person may spend in a month; 0: no limit */
    int64_t sync_ms;                   /* how often what changes is looked at */
    int64_t quarantine_ms, attempt_ms; /* of lifecycle_rules; 0: as they are there */
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
/* Never NULL; none when there are no templates. */
const struct cluster_templates *clusters_templates(const struct clusters *c);

/* What is wrong or doubtful with a cluster of that spec for that person; call NULL: nothing is
 * looked up. */
void clusters_check(struct clusters *c, struct str caller, const struct cluster_spec *spec,
                    const struct cluster_call *call, struct preflight *out);

/* What a person has spent since the month began (UTC). */
struct cluster_budget {
    int64_t month_ms; /* its begin */
    int64_t spent_micro, hourly_micro;
    int64_t limit_micro; /* 0: there is no limit */
    bool is_complete;    /* as in struct cost */
};
MUST_USE bool clusters_budget(struct clusters *c, struct arena *a, struct str owner,
                              struct cluster_budget *out, struct err *err);

/* Something was asked: do it now. */
void clusters_wake(struct clusters *c);
/* Wait until an event with an id above after is there, of any process, or until_ms
 * (clock_mono_ms()), or cancel.  The id of the newest event. */
MUST_USE bool clusters_wait(struct clusters *c, int64_t after, int64_t until_ms,
                            const atomic_bool *cancel, int64_t *newest_out, struct err *err);

/* told is called whenever something may have happened, by any thread; it returns at once and calls
 * nothing of this.  NULL: nobody listens any more; then no call of the one before is running. */
void clusters_listen(struct clusters *c, void (*told)(void *ctx), void *ctx);

/* cluster_request_make() with what the service knows: provider, limits, randomness; wakes.  What
 * clusters_check() finds wrong is refused (ERR_INVALID; ERR_CONFLICT: the budget is spent), unless
 * the request was made before. */
MUST_USE bool clusters_make(struct clusters *c, struct arena *a, struct cluster_ask *ask,
                            struct cluster_row *out, bool *is_replay_out, struct err *err);
MUST_USE bool clusters_end(struct clusters *c, struct arena *a, const struct cluster_end *end,
                           struct cluster_row *out, struct err *err);

/* A cluster of the provider that lives and has no row. */
struct cluster_adoption {
    struct str remote;        /* the provider's id */
    struct str provider_name; /* which may have a marker of ours */
    struct str name, owner;   /* name empty: made from remote */
    int64_t created_ms;
    const struct cluster_spec *spec; /* what is not known of it is as here */
};
/* Give it a row; ERR_CONFLICT: it has one, or its owner has a live one of that name. */
MUST_USE bool clusters_adopt(struct clusters *c, struct arena *a,
                             const struct cluster_adoption *what, struct cluster_row *out,
                             struct err *err);

/* The password, shown now: ERR_CONFLICT when it was shown before, with the time. */
MUST_USE bool clusters_reveal(struct clusters *c, struct arena *a, struct str id,
                              struct str *password_out, struct err *err);

/* Want another password: the one that is in force becomes void, and the new one can be shown once,
 * when the event password_rotated has come.  ERR_CONFLICT: it is not ready, or one is under way. */
MUST_USE bool clusters_rotate(struct clusters *c, struct arena *a, struct str id, struct str by,
                              struct cluster_row *out, struct err *err);

/* The original calls on the same rows; borrowed.  create waits for the provider's id, as long as
 * its call may last. */
struct cluster_provider *clusters_facade(struct clusters *c);

#endif
