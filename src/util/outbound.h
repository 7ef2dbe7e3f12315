/*
 * outbound: the calls of other services that are under way and were made, by operation and result,
 * for the metrics.  Counted without locks; the operations are a fixed table of whoever makes them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_OUTBOUND_H
#define UTIL_OUTBOUND_H

#include "util/buf.h"

/* What can be called: "s3", "GetObject". */
struct outbound_operation {
    struct str service, name;
};

enum outbound_result {
    OUTBOUND_OK,        /* 2xx, and 304 for what is unchanged */
    OUTBOUND_REFUSED,   /* 4xx */
    OUTBOUND_THROTTLED, /* the service asked to go slower until the repetitions were used up */
    OUTBOUND_FAILED,    /* 5xx */
    OUTBOUND_NO_ANSWER, /* time-out, no connection, broken off, cancelled */
    OUTBOUND_N_RESULTS
};

struct outbound;

/* One call under way. */
struct outbound_call {
    struct outbound *of; /* NULL: it is not counted */
    size_t row;
    int64_t start_ns;
};

/* operations: borrowed, outlive it; calls of any other are counted as "other".  Never NULL. */
struct outbound *outbound_new(const struct outbound_operation *operations, size_t n);
/* Accepts NULL. */
void outbound_free(struct outbound *o);

/* o may be NULL.  Each begun call is ended once.  attempts: how often it was sent, at least 1. */
struct outbound_call outbound_begin(struct outbound *o, struct str service, struct str name);
void outbound_end(const struct outbound_call *call, enum outbound_result result, unsigned attempts);

/* In Prometheus' text format; only operations that were called.  o may be NULL. */
void outbound_write(const struct outbound *o, struct buf *out);

#endif
