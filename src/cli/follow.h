/* follow: what happens to a cluster, as it happens. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include "cli/command.h"
#include "cluster/service.h"

struct follow {
    struct clusters *clusters;
    struct str id;    /* of the row or the provider's */
    int64_t after;    /* from the event behind this one */
    bool until_ready; /* the end of the cluster is then a failure; else it is followed to its end */
    /* An event; its arena is gone when this returns.  doc: parsed data of it. */
    bool (*each)(void *ctx, struct arena *a, const struct ledger_event *event,
                 const struct json *doc, struct err *err);
    void *ctx;
};

/* Tell each event until the cluster is ready or has ended.  ERR_UPSTREAM with until_ready: it ended
 * before. */
MUST_USE bool follow_cluster(struct follow *f, struct err *err);

/* For each: "type: message" on standard error. */
MUST_USE bool follow_say(void *ctx, struct arena *a, const struct ledger_event *event,
                         const struct json *doc, struct err *err);

#endif
