/*
 * requests: what people ask of clusters: a change of the ledger each, made by whoever got the
 * request, without lease.  What follows from it is the reconciler's.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_REQUESTS_H
#define CLUSTER_REQUESTS_H

#include "cluster/preflight.h"
#include "cluster/reconciler.h"

/* 48 bits of milliseconds and 80 random bits as 26 capitals and digits without I, L, O and U
 * (Crockford's base 32): they sort by time.  random: at least 10 bytes. */
enum { ULID_BYTES = 26 };
void ulid_make(int64_t unix_ms, const unsigned char random[10], char out[ULID_BYTES + 1]);

/* A new cluster.  Strings are borrowed. */
struct cluster_ask {
    struct str caller;      /* becomes the owner; may be empty */
    struct str name;        /* unique among the caller's live clusters; empty: made from the id */
    struct str key;         /* Idempotency-Key; empty: every call makes a new cluster */
    struct str fingerprint; /* of the request */
    struct str provider;
    const struct cluster_spec *spec;
    const struct cluster_call *call; /* how long it may be checked; NULL: nothing is looked up */
    const struct preflight *found;   /* its warnings become events; or NULL */
    unsigned max_live;               /* of the caller; 0: no limit */
    unsigned char random[10];
};

/* Make the row, durable when this returns true; the same key gives the same row again, and
 * *is_replay_out.  ERR_CONFLICT: a live cluster of the caller has the name.  ERR_PARSE: the key was
 * used for another request.  ERR_RATE: max_live. */
MUST_USE bool cluster_request_make(struct ledger *l, struct arena *a, const struct cluster_ask *ask,
                                   int64_t now, struct cluster_row *out, bool *is_replay_out,
                                   struct err *err);

/* Want its end: idempotent.  ERR_CONFLICT: it is protected and is_forced is not set. */
struct cluster_end {
    struct str id, by;
    enum ends_because because;
    bool is_forced;
};
MUST_USE bool cluster_request_end(struct ledger *l, struct arena *a, const struct cluster_end *end,
                                  int64_t now, struct cluster_row *out, struct err *err);

/* Let it live longer.  ERR_CONFLICT: it has ended or is ending. */
MUST_USE bool cluster_request_extend(struct ledger *l, struct arena *a, struct str id, int64_t by_s,
                                     struct str by, int64_t now, struct cluster_row *out,
                                     struct err *err);

/* Read one by its id or the provider's.  ERR_NOT_FOUND. */
MUST_USE bool cluster_row_get(struct ledger *l, struct arena *a, struct str id,
                              struct cluster_row *out, struct err *err);

#endif
