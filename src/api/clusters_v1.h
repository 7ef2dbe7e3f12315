/* clusters_v1: what the handlers of /v1/clusters share.  Internal to the folder. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_CLUSTERS_V1_H
#define API_CLUSTERS_V1_H

#include "api/api_internal.h"
#include "api/cluster_json.h"
#include "cluster/service.h"

/* The service, or NULL and ERR_UNSUPPORTED. */
MUST_USE struct clusters *clusters_of(const struct call *call, struct err *err);
/* The cluster that the path names, if the caller may see it; else ERR_NOT_FOUND. */
MUST_USE bool cluster_named(struct call *call, struct clusters *c, struct cluster_row *out,
                            struct err *err);
/* May this call wait?  Only a few at once, because each holds a worker; the others are answered at
 * once, as if nothing had come.  Given back by clusters_waited(). */
bool clusters_may_wait(struct call *call);
void clusters_waited(struct call *call);
/* Answer the cluster, with its ETag. */
MUST_USE bool cluster_answer(struct call *call, struct clusters *c, const struct cluster_row *row,
                             struct err *err);
/* cluster_plan.c: as many nodes as may be, and limits that are in order? */
MUST_USE bool cluster_plan_check_size(const struct cluster_provider *p,
                                      const struct cluster_spec *spec, struct err *err);
/* What the body asks for, over its template and the settings; and the answer of a
 * dry run. */
MUST_USE bool cluster_plan_read(struct call *call, struct clusters *c, struct cluster_spec *spec,
                                struct err *err);
void cluster_plan_write(struct call *call, struct clusters *c, const struct cluster_spec *spec,
                        struct str name);
/* cluster_kept.c: write a cluster of a list, from what was kept of its version or from its
 * document, which stored may lack.  *is_gone: it is not there any more. */
MUST_USE bool cluster_kept_write(struct call *call, struct ledger *l,
                                 const struct ledger_row *stored, int64_t synced_ms, int64_t now_ms,
                                 bool *is_gone, struct err *err);
/* When the provider's list was last read, unix ms; 0: never. */
MUST_USE bool clusters_synced(struct call *call, struct clusters *c, int64_t *out_ms,
                              struct err *err);

#endif
