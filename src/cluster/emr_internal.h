/* emr_internal: what the files of the EMR provider share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_EMR_INTERNAL_H
#define CLUSTER_EMR_INTERNAL_H

#include "cluster/emr.h"

struct emr_provider {
    struct cluster_provider base; /* first */
    struct emr_settings settings;
    emr_send_fn *send;
    void *ctx;
};

/* One call that may be repeated as the client sees fit.  answer_out: the body, in a; any status but
 * 200 is a failure. */
MUST_USE bool emr_ask(struct emr_provider *p, struct arena *a, const char *operation,
                      struct str body, const struct cluster_call *call, struct str *answer_out,
                      struct err *err);

/* emr_list.c: cluster_ops.list. */
MUST_USE bool emr_list(struct cluster_provider *provider, struct arena *a, enum cluster_list what,
                       struct str id, const struct cluster_call *call, struct cluster_items *out,
                       struct err *err);

#endif
