/*
 * emr: an EMR of our own for tests, with the intermediate states and the faults that no emulator
 * has.
 *
 * Pure: it is given each request with the time, and answers; a server or a simulation is put around
 * it.  The state of a cluster is computed from its times, so that a virtual clock may jump.  It
 * speaks JSON 1.1 as botocore's model of 2009-03-31 says.  Not thread-safe.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAKE_EMR_H
#define TESTS_FAKE_EMR_H

#include "util/buf.h"
#include "util/err.h"

/* What goes wrong, each on demand.  All zero: everything works. */
struct fake_emr_faults {
    unsigned lose_answers;        /* of the next n RunJobFlow: done, but no answer comes */
    unsigned throttle_but_create; /* of the next n RunJobFlow: done, answered ThrottlingException */
    int64_t invisible_ms;         /* a new cluster is absent from ListClusters for so long */
    bool stuck_bootstrapping;     /* clusters made from now on never leave BOOTSTRAPPING */
    char error_code[80];          /* clusters made from now on fail with this ErrorDetails code */
    char no_capacity_subnet[40];  /* clusters in this subnet fail for lack of capacity */
    bool token_buckets;           /* AWS's rates are kept: beyond them "Rate exceeded" */
    bool expired_credentials;     /* every call is answered ExpiredTokenException */
    bool truncate_answers;        /* bodies are cut in the middle */
    bool fail_steps;              /* steps that are added from now on fail */
    bool slow_answers;            /* bodies come byte by byte (done by the server around this) */
};

/* How long each state lasts, in milliseconds. */
struct fake_emr_times {
    int64_t starting_ms, bootstrapping_ms, step_ms, terminating_ms;
};

struct fake_emr;

/* What the caller has to do with the answer. */
enum fake_emr_delivery { FAKE_EMR_ANSWER, FAKE_EMR_LOSE };

struct fake_emr *fake_emr_new(uint64_t seed);
void fake_emr_free(struct fake_emr *emr);

/* Both may be changed at any time. */
struct fake_emr_faults *fake_emr_faults(struct fake_emr *emr);
struct fake_emr_times *fake_emr_times(struct fake_emr *emr);

/*
 * One request.  operation: the part of X-Amz-Target behind the dot.  now_ms: the virtual time,
 * never going back.  status and answer (appended) are the HTTP answer; with FAKE_EMR_LOSE the
 * request was carried out, and the connection is to be cut instead.
 */
enum fake_emr_delivery fake_emr_call(struct fake_emr *emr, struct str operation, struct str body,
                                     int64_t now_ms, int *status, struct buf *answer);

/* For assertions: clusters that are not ended at now_ms, and calls of an operation so far. */
size_t fake_emr_n_live(struct fake_emr *emr, int64_t now_ms);
size_t fake_emr_n_calls(const struct fake_emr *emr, struct str operation);

#endif
