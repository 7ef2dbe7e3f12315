/*
 * lifecycle: the life of one cluster as a pure state machine: (row, what was seen, now) -> row and
 * events.
 *
 * Each function changes the row in place and appends what happened; the caller commits both as one
 * change of the ledger, or forgets them.  What is to be done next is never remembered outside of
 * the row: lifecycle_due() reads it off, so a crash at any place loses nothing.  Nothing here
 * touches a clock, the disk or a provider.  Why it is exactly once: docs/internals/clusters.md.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_LIFECYCLE_H
#define CLUSTER_LIFECYCLE_H

#include "cluster/cluster.h"
#include "cluster/spec.h"
#include "util/ledger.h"

enum phase {
    PHASE_REQUESTED,     /* the row stands, nothing was sent */
    PHASE_UNCERTAIN,     /* sent, and it is not known what came of it */
    PHASE_PROVISIONING,  /* the provider has it: machines are looked for */
    PHASE_BOOTSTRAPPING, /* machines are set up */
    PHASE_HARDENING,     /* up; the default password is being replaced */
    PHASE_READY,
    PHASE_TERMINATING,
    PHASE_TERMINATED,
    PHASE_FAILED,
    PHASE_N
};

enum ends_because {
    ENDS_NOT,
    ENDS_USER,
    ENDS_ADMIN,
    ENDS_IDLE,
    ENDS_EXPIRED,
    ENDS_BUDGET,
    ENDS_EMR,
    ENDS_ERROR,
    ENDS_N
};

/* Times and numbers of the protocol; those of clusters.md unless a test says otherwise. */
struct lifecycle_rules {
    int64_t call_ms;       /* how long the one call of an attempt may last */
    int64_t quarantine_ms; /* how long the list may hide a new cluster */
    int64_t resend_ms;     /* an end that was asked for is asked for again after so long */
    int64_t view_ms;       /* how often a cluster that changes is looked at */
    int64_t spans_ms;      /* how often the timelines of a cluster that is up are taken */
    int64_t missing_ms;    /* a cluster that the list lacks for so long is looked for by its id */
    int64_t provisioning_ms, bootstrapping_ms, hardening_ms; /* watchdogs */
    int64_t grace_ms;    /* no end for idleness so soon after ready */
    int64_t activity_ms; /* how often signs of work are looked for */
    int64_t sure_ms;     /* no end for idleness when they were last known so long ago */
    unsigned max_attempts;
    int64_t month_micro; /* what one person may spend in a month; 0: no limit */
};
extern const struct lifecycle_rules lifecycle_rules;

/* Why the phase is what it is. */
struct phase_reason {
    struct str code, kind; /* kind: client capacity quota cloud policy none */
    struct str message, fix;
    bool is_retryable;
};

enum { ROW_MAX_EXTRAS = 8 };

/* A second cluster with the row's marker: it is ended, and its cost is kept. */
struct row_extra {
    struct str id;
    bool is_ended, has_spans;
    int64_t stop_ms; /* when its end was asked for */
};

struct cluster_row {
    struct str id; /* "clu_" and the marker */
    int64_t version;
    struct str name, owner, provider;
    struct cluster_spec spec;
    enum phase phase;
    int64_t phase_ms; /* since when */
    struct phase_reason reason;

    int64_t attempt;    /* number of the last call; 0: none yet */
    bool is_sent;       /* its call was begun, and what came of it is not known */
    int64_t attempt_ms; /* when it was begun: 0 if none was */
    int64_t retry_ms;   /* the next one not before */
    struct str remote;  /* the provider's id */
    struct str state;   /* the provider's word */
    struct str state_code, state_message;
    struct str error_code, error_data; /* of the failure, as the provider says */
    struct str host, hub_url;          /* of the primary node and JupyterHub */
    struct str progress;               /* what it is doing, as the provider said last */

    enum ends_because ends_because; /* ENDS_NOT: nobody wants its end */
    struct str ends_by;
    int64_t end_asked_ms, end_sent_ms;
    bool is_remote_protected;

    int64_t requested_ms, created_ms, ready_ms, ended_ms; /* 0: not yet */
    int64_t expires_ms;                                   /* 0: never */
    bool warned_expiry, warned_budget, warned_watchdog, warned_idle;
    int64_t active_ms;         /* the last sign of work, as far as known */
    int64_t saved_ms;          /* a notebook was last saved; 0: not known */
    int64_t activity_ms;       /* signs of work were last looked for */
    int64_t activity_known_ms; /* and last known; 0: never */
    struct str blocker;        /* what worked then; or empty */

    int64_t seen_ms;    /* the provider last told about it */
    int64_t viewed_ms;  /* it was last looked at */
    int64_t missing_ms; /* since when the list lacks it; 0: it does not */
    int64_t spans_taken_ms;
    bool has_final_spans;
    int64_t spent_micro, hourly_micro;
    bool is_cost_complete;
    int64_t month_near_ms, month_spent_ms; /* the month for which its owner was warned; 0: none */

    bool is_adopted; /* made by others: whether it is safe is not known, so it is never ready */
    bool is_hardened;
    int64_t secret_generation; /* of the password */
    int64_t revealed_ms;       /* the password was shown; 0: not yet */
    int64_t next_generation;   /* the newest that was ever asked for; 0: none beyond the first */
    bool wants_rotation;       /* next_generation is to become the password */
    int64_t rotation_sent_ms;  /* and the provider was asked for it; 0: not yet */
    bool wants_resize;         /* the provider is to be asked for the workers of the spec */
    int64_t sized_workers, sized_min, sized_max; /* what it had when that was asked for */
    struct row_extra extras[ROW_MAX_EXTRAS];
    size_t n_extras;
};

/* What happened, to be committed with the row.  Strings in the arena. */
struct lifecycle_event {
    struct str type, message;
    struct str kind; /* "info", "warning", "error" */
};
struct lifecycle_out {
    struct arena *arena;
    struct lifecycle_event *events;
    size_t n_events, cap_events;
};

/* What the row calls for now. */
struct lifecycle_due {
    bool launch;              /* commit lifecycle_begin(), then call the provider once */
    bool stop;                /* ask the provider for the end of row.remote */
    bool stop_extras;         /* of extras that have not ended */
    bool view;                /* look at row.remote */
    bool spans;               /* take the timelines of row.remote */
    bool activity;            /* look for signs of work of row.remote */
    bool rotate;              /* ask the provider for the new password */
    bool resize;              /* ask it for as many workers as the spec says */
    bool sweep;               /* look for the marker in the provider's list */
    int64_t sweep_created_ms; /* clusters made at or after */
};

struct str phase_name(enum phase phase);
/* False: there is no such word. */
MUST_USE bool phase_parse(struct str word, enum phase *out);
struct str ends_because_name(enum ends_because because); /* "" for ENDS_NOT */
bool phase_is_over(enum phase phase);
/* Nothing more is to be done, ever, unless a late cluster of it turns up. */
bool row_is_settled(const struct cluster_row *row);
/* The marker in the provider's name of it: the id without "clu_". */
struct str row_marker(const struct cluster_row *row);

void lifecycle_due(const struct cluster_row *row, const struct lifecycle_rules *rules, int64_t now,
                   struct lifecycle_due *out);

/* The row was made. */
void lifecycle_request(struct cluster_row *row, int64_t now, struct lifecycle_out *out);
/* An attempt begins; the call may be made once this is committed, and not after now + call_ms. */
void lifecycle_begin(struct cluster_row *row, int64_t now, struct lifecycle_out *out);
/* What came of the attempt of that number.  why: the provider's words. */
void lifecycle_launched(struct cluster_row *row, int64_t attempt, struct str remote, int64_t now,
                        struct lifecycle_out *out);
void lifecycle_not_launched(struct cluster_row *row, int64_t attempt, enum cluster_launch outcome,
                            const struct err *why, const struct lifecycle_rules *rules, int64_t now,
                            struct lifecycle_out *out);
/* A cluster with this row's marker is in the provider's list. */
void lifecycle_found(struct cluster_row *row, const struct cluster_seen *seen, int64_t now,
                     struct lifecycle_out *out);
/* An extra is in this stage; STAGE_ENDED when the provider does not know it any more. */
void lifecycle_extra_seen(struct cluster_row *row, struct str id, enum cluster_stage stage);
/* A whole sweep that began at begun_ms and covered clusters made since created_ms, in every state,
 * did not have the marker. */
void lifecycle_not_found(struct cluster_row *row, int64_t begun_ms, int64_t created_ms,
                         const struct lifecycle_rules *rules, int64_t now,
                         struct lifecycle_out *out);
/* A whole sweep of the live clusters did not have row.remote. */
void lifecycle_missing(struct cluster_row *row, int64_t begun_ms);
/* What the provider says of row.remote; view NULL: it does not know it. */
void lifecycle_viewed(struct cluster_row *row, const struct cluster_view *view,
                      const struct lifecycle_rules *rules, int64_t now, struct lifecycle_out *out);
/* The end was asked of the provider. */
void lifecycle_stop_sent(struct cluster_row *row, int64_t now);
/* Somebody wants its end.  The first reason stays. */
void lifecycle_ask_end(struct cluster_row *row, enum ends_because because, struct str by,
                       int64_t now, struct lifecycle_out *out);
/* It may live by_s seconds longer; a cluster without a limit gets none.  Its owner is there. */
void lifecycle_extend(struct cluster_row *row, int64_t by_s, struct str by, int64_t now,
                      struct lifecycle_out *out);
/* The timelines of row.remote are committed with this; is_final: it had ended when they were asked
 * for; region: for the prices.  Those of an extra that had ended. */
void lifecycle_spans_taken(struct cluster_row *row, const struct ledger_spans *spans, bool is_final,
                           struct str region, int64_t now);
void lifecycle_extra_spans_taken(struct cluster_row *row, struct str id);
/* Its owner has spent so much since month_ms: a warning at four fifths and at all of it. */
void lifecycle_month(struct cluster_row *row, int64_t spent_micro, int64_t month_micro,
                     int64_t month_ms, struct lifecycle_out *out);
/* ---- lifecycle_live.c: while it is ready ---- */

/* Signs of work; activity NULL: nobody could be asked. */
void lifecycle_active(struct cluster_row *row, const struct cluster_activity *activity, int64_t now,
                      struct lifecycle_out *out);
/* Is its password set, and is no other under way?  ERR_CONFLICT. */
MUST_USE bool lifecycle_has_password(const struct cluster_row *row, struct err *err);
/* Another password is wanted.  ERR_CONFLICT: it is not ready, or one is under way. */
MUST_USE bool lifecycle_rotate(struct cluster_row *row, struct str by, struct lifecycle_out *out,
                               struct err *err);
void lifecycle_rotation_sent(struct cluster_row *row, int64_t now);
/* The provider refused it for good. */
void lifecycle_rotation_refused(struct cluster_row *row, const struct err *why,
                                struct lifecycle_out *out);
/* The row's spec has other numbers of workers than before had. */
void lifecycle_resize(struct cluster_row *row, const struct cluster_spec *before, struct str by,
                      struct lifecycle_out *out);
/* The provider took the numbers of this spec, or refused them for good: why. */
void lifecycle_resized(struct cluster_row *row, const struct cluster_spec *asked,
                       const struct err *why, struct lifecycle_out *out);
/* The generation of the password that the provider is asked about. */
int64_t row_generation(const struct cluster_row *row);

/* Time has passed: attempts that were cut off, limits, warnings, watchdogs. */
void lifecycle_tick(struct cluster_row *row, const struct lifecycle_rules *rules, int64_t now,
                    struct lifecycle_out *out);

/* The row as the ledger keeps it, both ways; out's strings in the arena. */
void row_to_ledger(struct arena *a, const struct cluster_row *row, struct ledger_row *out);
MUST_USE bool row_from_ledger(struct arena *a, const struct ledger_row *stored,
                              struct cluster_row *out, struct err *err);

#endif
