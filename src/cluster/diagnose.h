/*
 * diagnose: what a failure means, what to do, and what to ask for next.  Pure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_DIAGNOSE_H
#define CLUSTER_DIAGNOSE_H

#include "cluster/spec.h"

struct diagnosis {
    struct str code; /* what EMR's code begins with */
    struct str kind; /* of phase_reason */
    bool is_retryable;
    struct str cause, fix;
};

/* By ErrorDetails' code if there is one, else by that of the state's change; NULL: not known. */
const struct diagnosis *diagnose(struct str error_code, struct str state_code);

/* The request that may succeed where this one failed.  False: there is none better. */
bool diagnose_next(const struct diagnosis *d, const struct cluster_spec *failed,
                   struct cluster_spec *out);

#endif
