/*
 * s3_event: messages by which S3 tells that objects were made or removed.
 *
 * Three forms: S3's own (event version 2: {"Records": [...]}, keys form-encoded), the same inside
 * of a message of SNS, and EventBridge's ({"detail-type": "Object Created", ...}, keys as they
 * are).  S3's test message holds no event.  Pure.
 *
 * The sequencers of the events are not read: whoever takes them up asks for the object itself, so
 * neither order nor repetition matters.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_S3_EVENT_H
#define SCAN_S3_EVENT_H

#include "util/arena.h"
#include "util/err.h"

struct s3_event {
    struct str bucket, key; /* decoded */
    bool is_removal;
};

enum { S3_EVENT_MAX = 10000 }; /* of one message */

/* The events of a message in its order; other kinds of events are left out.  All lives in a.  Fails
 * with ERR_PARSE, ERR_INVALID (no message of S3), ERR_TOO_LARGE. */
MUST_USE bool s3_event_parse(struct arena *a, struct str message, struct s3_event **events_out,
                             size_t *n_out, struct err *err);

#endif
