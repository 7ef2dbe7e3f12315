/*
 * emr: one call of EMR's API (JSON 1.1, version 2009-03-31), signed, sent and answered.
 *
 * What the messages mean is known by cluster/emr.c alone.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AWS_EMR_H
#define AWS_EMR_H

#include "util/arena.h"
#include "util/err.h"

#include <stdatomic.h>

struct emr_message {
    struct str operation;      /* "DescribeCluster" */
    struct str body;           /* a JSON object */
    bool is_once;              /* never sent twice, whatever happens */
    int64_t deadline_ms;       /* clock_mono_ms() */
    const atomic_bool *cancel; /* may be NULL */
};

/* Whether EMR can have acted; that of a call without an answer. */
enum emr_sent { EMR_SENT_NOTHING, EMR_SENT_UNCLEAR, EMR_SENT_ANSWERED };

struct emr_reply {
    enum emr_sent sent; /* written in every case */
    int status;         /* of HTTP */
    struct str body;    /* in the arena */
};

/* True: an answer came, of whatever status.  Fails with ERR_CREDENTIALS, ERR_TIMEOUT,
 * ERR_UPSTREAM, ERR_TOO_LARGE, ERR_CANCELLED. */
typedef bool emr_send_fn(void *ctx, struct arena *a, const struct emr_message *message,
                         struct emr_reply *out, struct err *err);

/* The real one; ctx: a struct aws. */
emr_send_fn emr_send;

#endif
