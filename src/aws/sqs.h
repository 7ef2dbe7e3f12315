/*
 * sqs: the two calls of SQS that a reader of a queue needs (JSON 1.0, version 2012-11-05).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AWS_SQS_H
#define AWS_SQS_H

#include "util/arena.h"
#include "util/err.h"

#include <stdatomic.h>

struct aws;

struct sqs_queue {
    struct str url;            /* "https://sqs.eu-west-1.amazonaws.com/123456789012/name" */
    const atomic_bool *cancel; /* or NULL */
};

enum { SQS_MOST = 10 }; /* messages of one call */

struct sqs_message {
    struct str receipt; /* what it is deleted by; good until it becomes visible again */
    struct str body;
};

/* Up to SQS_MOST messages; none when none came within wait_s seconds (0 .. 20).  They are hidden
 * from other readers for the queue's visibility time-out.  Strings live in a.  Fails with
 * ERR_NOT_FOUND (no such queue), ERR_FORBIDDEN, ERR_CREDENTIALS, ERR_UPSTREAM, ... */
MUST_USE bool sqs_receive(struct aws *aws, struct arena *a, const struct sqs_queue *queue,
                          unsigned wait_s, struct sqs_message messages[SQS_MOST], size_t *n_out,
                          struct err *err);

/* Delete them: at most SQS_MOST, in one call.  Fails with ERR_UPSTREAM when SQS did not delete one
 * of them; it will come again. */
MUST_USE bool sqs_delete(struct aws *aws, const struct sqs_queue *queue,
                         const struct sqs_message *messages, size_t n, struct err *err);

#endif
