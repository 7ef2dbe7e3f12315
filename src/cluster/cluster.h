/*
 * cluster: environments for analysts, whoever provides them: the seam between the program and EMR.
 *
 * Every function may be called by any number of threads at once and blocks its caller.
 * Errors: ERR_INVALID (id, number of nodes), ERR_NOT_FOUND, ERR_FORBIDDEN, ERR_CONFLICT
 * (termination protected), ERR_CREDENTIALS, ERR_RATE, ERR_TIMEOUT, ERR_CANCELLED, ERR_UPSTREAM.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_CLUSTER_H
#define CLUSTER_CLUSTER_H

#include "util/arena.h"
#include "util/err.h"

#include <stdatomic.h>

/* How long a call may last, and what ends it early. */
struct cluster_call {
    int64_t deadline_ms;       /* clock_mono_ms(); required */
    const atomic_bool *cancel; /* NULL, or: ERR_CANCELLED soon after it turns true */
    struct str caller;         /* who asks: others than the owner see no password; may be empty */
    bool is_limited;           /* the caller may touch its own clusters only */
};

/* What is asked for.  All else comes from the provider's settings. */
struct cluster_request {
    unsigned n_nodes; /* with the primary one, at least 1 */
    struct str owner; /* who asked; may be empty */
    struct str key;   /* Idempotency-Key: the same gives the same cluster; empty: a new one */
    struct str template_name; /* of the settings; may be empty */
};

/* A cluster as its provider sees it.  Strings in the arena of the call. */
struct cluster_info {
    struct str id;      /* "j-..." */
    struct str state;   /* the provider's own word */
    struct str hub_url; /* empty until the name of the primary node is known, as the next two */
    struct str hub_user;
    struct str hub_password;
};

/* What can be listed: clusters, and what one cluster consists of. */
enum cluster_list {
    CLUSTER_LIST_LIVE,  /* clusters that have not ended */
    CLUSTER_LIST_ALL,   /* also those that have ended, for as long as the provider knows them */
    CLUSTER_LIST_NODES, /* of one cluster, also those that have ended */
    CLUSTER_LIST_STEPS, /* of one cluster: the programs that were given to it, the newest first */
};

/* One row of such a list.  Strings in the arena of the call. */
struct cluster_item {
    struct str id, state; /* the provider's own words */
    struct str name;      /* of a node its host; may be empty */
    struct str type;      /* of a node alone: "m5.xlarge" */
    struct str market;    /* of a node alone: "ON_DEMAND" or "SPOT" */
    int64_t created_unix_ms;
    int64_t ready_unix_ms; /* of a step when it started; 0: not yet, as the next */
    int64_t ended_unix_ms;
};

struct cluster_items {
    struct cluster_item *items;
    size_t n, cap;
};

/*
 * The life of a cluster under the lifecycle (lifecycle.h), in words that all providers share.
 */
enum cluster_stage {
    STAGE_STARTING,      /* machines (or processes) are looked for */
    STAGE_BOOTSTRAPPING, /* they are set up */
    STAGE_UP,
    STAGE_ENDING,
    STAGE_ENDED,
    STAGE_FAILED, /* ended by an error */
};

/* How an attempt to start one ended. */
enum cluster_launch {
    CLUSTER_LAUNCHED,
    CLUSTER_REFUSED,  /* surely nothing was made, and asking again would not help */
    CLUSTER_NOT_SENT, /* surely nothing was made; asking again may help */
    CLUSTER_UNCLEAR,  /* it may have been made */
};

struct cluster_spec;

/* One attempt.  Strings are borrowed. */
struct cluster_order {
    struct str marker;     /* 26 capitals and digits: it must be found again in cluster_seen.name */
    struct str deployment; /* whose cluster it is: "a-z0-9-" */
    struct str name, owner;
    const struct cluster_spec *spec;
    /* Of hub_user.  The clear one may reach a process of this machine by a pipe or a private file;
     * it never leaves the machine and never stands in an argument, a log or an event. */
    struct str password, password_hash; /* hash: crypt(3), "$6$..." */
};

/* A row of the provider's list. */
struct cluster_seen {
    struct str id, name, state; /* name: it has the marker */
    enum cluster_stage stage;
    int64_t created_ms, ready_ms, ended_ms; /* unix; 0: not yet */
};
struct cluster_page {
    struct cluster_seen *items;
    size_t n, cap;
    struct str next; /* empty: this was the last page */
};

/* The step that makes a cluster safe: replaces the password that it had. */
enum cluster_hardening { HARDENING_PENDING, HARDENING_DONE, HARDENING_FAILED, HARDENING_ABSENT };

/* One cluster, as its provider describes it. */
struct cluster_view {
    struct str state, state_code, state_message; /* the provider's words */
    struct str error_code, error_data;           /* of a failure: one word; text or "" */
    struct str host, hub_url;                    /* of the primary node and JupyterHub, or "" */
    struct str progress;                         /* what it is doing, for people; or "" */
    enum cluster_stage stage;
    enum cluster_hardening hardening; /* once it is UP: of the password that was asked about */
    bool is_protected;
    int64_t created_ms, ready_ms, ended_ms;
};

/* A cluster that is up, for what is asked of it.  Strings are borrowed. */
struct cluster_target {
    struct str id, state, host; /* state: the provider's word */
    const struct cluster_spec *spec;
    int64_t generation;                 /* of the password */
    struct str password, password_hash; /* of rotate alone, as in struct cluster_order */
};

/* Signs of work.  Strings in the arena of the call. */
struct cluster_activity {
    int64_t active_ms;  /* the last one, unix; 0: none is known */
    int64_t saved_ms;   /* a notebook was last saved; 0: not known */
    struct str blocker; /* what works at this moment, for people; empty: nothing */
    bool is_known;      /* somebody could be asked: no sign means that it is idle */
};

struct json_writer;
struct ledger_spans;
struct cluster_provider;
struct preflight;

struct cluster_ops {
    const char *name; /* "emr" */
    bool (*create)(struct cluster_provider *p, struct arena *a, const struct cluster_request *req,
                   const struct cluster_call *call, struct str *id_out, struct err *err);
    bool (*info)(struct cluster_provider *p, struct arena *a, struct str id,
                 const struct cluster_call *call, struct cluster_info *out, struct err *err);
    bool (*terminate)(struct cluster_provider *p, struct arena *a, struct str id,
                      const struct cluster_call *call, struct err *err);
    bool (*list)(struct cluster_provider *p, struct arena *a, enum cluster_list what, struct str id,
                 const struct cluster_call *call, struct cluster_items *out, struct err *err);

    /* What the lifecycle uses; NULL in a provider that it does not drive.  launch: exactly one
     * try; outcome_out and, with CLUSTER_LAUNCHED, id_out are written in every case, err when it
     * is not CLUSTER_LAUNCHED. */
    void (*launch)(struct cluster_provider *p, struct arena *a, const struct cluster_order *order,
                   const struct cluster_call *call, enum cluster_launch *outcome_out,
                   struct str *id_out, struct err *err);
    /* What launch would send, as one JSON value.  NULL: there is nothing to show. */
    void (*write_order)(struct cluster_provider *p, struct json_writer *w, struct arena *a,
                        const struct cluster_order *order);
    /* Look up what spec names, and add what is wrong or doubtful.  NULL: nothing is looked up. */
    void (*preflight)(struct cluster_provider *p, const struct cluster_spec *spec,
                      const struct cluster_call *call, struct preflight *out);
    /* One page of what there is: made at or after created_ms (0: ever), only_live or in every
     * state.  cursor: empty, then the page's next. */
    bool (*page)(struct cluster_provider *p, struct arena *a, int64_t created_ms, bool only_live,
                 struct str cursor, const struct cluster_call *call, struct cluster_page *out,
                 struct err *err);
    /* ERR_NOT_FOUND: the provider does not know it.  generation: of the password whose hardening is
     * asked for; 0: of none. */
    bool (*view)(struct cluster_provider *p, struct arena *a, struct str id, int64_t generation,
                 const struct cluster_call *call, struct cluster_view *out, struct err *err);
    /* Ask for the end; may be repeated.  ERR_NOT_FOUND as above. */
    bool (*stop)(struct cluster_provider *p, struct arena *a, struct str id, bool unprotect,
                 const struct cluster_call *call, struct err *err);
    /* From when to when each of its machines ran; row is left empty. */
    bool (*spans)(struct cluster_provider *p, struct arena *a, struct str id,
                  const struct cluster_call *call, struct ledger_spans *out, struct err *err);
    /* Signs of work.  NULL: the provider knows none. */
    bool (*activity)(struct cluster_provider *p, struct arena *a, const struct cluster_target *t,
                     const struct cluster_call *call, struct cluster_activity *out,
                     struct err *err);
    /* Replace the password; view tells when it is done.  May be repeated.  NULL: it cannot. */
    bool (*rotate)(struct cluster_provider *p, struct arena *a, const struct cluster_target *t,
                   const struct cluster_call *call, struct err *err);
    /* From now on as many workers as the spec says.  May be repeated.  ERR_INVALID: never. */
    bool (*resize)(struct cluster_provider *p, struct arena *a, const struct cluster_target *t,
                   const struct cluster_call *call, struct err *err);
    void (*free)(struct cluster_provider *p);
};

/* An implementation's struct begins with this. */
struct cluster_provider {
    const struct cluster_ops *ops;
    unsigned max_nodes; /* the largest cluster that may be asked for */
    unsigned n_primary; /* of the nodes that are asked for: which are no workers; 1 or 0 */
    struct str region;  /* where it is, for prices; borrowed; may be empty */
};

/* Start one, exactly one: an unclear answer of the provider is ERR_UNCLEAR, never a second try.
 * p: NULL gives ERR_UNSUPPORTED, as in the next two. */
MUST_USE bool cluster_create(struct cluster_provider *p, struct arena *a,
                             const struct cluster_request *req, const struct cluster_call *call,
                             struct str *id_out, struct err *err);
MUST_USE bool cluster_get(struct cluster_provider *p, struct arena *a, struct str id,
                          const struct cluster_call *call, struct cluster_info *out,
                          struct err *err);
/* End it; one that has ended already is no error. */
MUST_USE bool cluster_terminate(struct cluster_provider *p, struct arena *a, struct str id,
                                const struct cluster_call *call, struct err *err);
/* Every row, however many pages the provider makes of them.  id: the cluster of NODES and STEPS;
 * empty otherwise.  An unknown cluster is ERR_NOT_FOUND. */
MUST_USE bool cluster_list(struct cluster_provider *p, struct arena *a, enum cluster_list what,
                           struct str id, const struct cluster_call *call,
                           struct cluster_items *out, struct err *err);
/* Accepts NULL. */
void cluster_provider_free(struct cluster_provider *p);

/* "j-" and 1 to 28 capitals and digits.  Fails with ERR_INVALID. */
MUST_USE bool cluster_id_check(struct str id, struct err *err);

#endif
