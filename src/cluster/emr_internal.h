/* emr_internal: what the files of the EMR provider share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_EMR_INTERNAL_H
#define CLUSTER_EMR_INTERNAL_H

#include "cluster/emr.h"
#include "util/ledger.h"
#include "json/json.h"
#include "json/writer.h"

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

/* Fill err from an answer that is not 200; true if EMR surely did nothing. */
bool emr_read_refusal(struct arena *a, const struct emr_reply *reply, struct err *err);
/* A member of a timeline, seconds with a fraction; 0 when it is absent. */
MUST_USE bool emr_read_time(const struct json *timeline, struct str key, int64_t *out_ms,
                            struct err *err);

/* emr_list.c: one page; created_ms: 0 or a bound of ListClusters.  next_out: empty, it was the
 * last. */
MUST_USE bool emr_list_page(struct emr_provider *p, struct arena *a, enum cluster_list what,
                            struct str id, int64_t created_ms, struct str marker,
                            const struct cluster_call *call, struct cluster_items *out,
                            struct str *next_out, struct err *err);
/* cluster_ops.list. */
MUST_USE bool emr_list(struct cluster_provider *provider, struct arena *a, enum cluster_list what,
                       struct str id, const struct cluster_call *call, struct cluster_items *out,
                       struct err *err);

/* emr_request.c: the name of the step that sets that password; the open object's member Steps with
 * it; the member ManagedScalingPolicy; is it made of fleets, not of groups? */
struct str emr_harden_name(struct arena *a, int64_t generation);
void emr_write_harden(struct json_writer *w, struct str name, bool is_first, struct str user,
                      struct str hash);
void emr_write_scaling(struct json_writer *w, const struct cluster_spec *spec);
bool emr_is_fleet(const struct cluster_spec *spec);

/* emr_change.c, emr_activity.c: as cluster_ops says. */
MUST_USE bool emr_rotate(struct cluster_provider *provider, struct arena *a,
                         const struct cluster_target *t, const struct cluster_call *call,
                         struct err *err);
MUST_USE bool emr_resize(struct cluster_provider *provider, struct arena *a,
                         const struct cluster_target *t, const struct cluster_call *call,
                         struct err *err);
MUST_USE bool emr_activity(struct cluster_provider *provider, struct arena *a,
                           const struct cluster_target *t, const struct cluster_call *call,
                           struct cluster_activity *out, struct err *err);

/* emr_life.c: what the lifecycle asks for, as cluster_ops says. */
void emr_launch(struct cluster_provider *provider, struct arena *a,
                const struct cluster_order *order, const struct cluster_call *call,
                enum cluster_launch *outcome_out, struct str *id_out, struct err *err);
void emr_write_order(struct cluster_provider *provider, struct json_writer *w, struct arena *a,
                     const struct cluster_order *order);
MUST_USE bool emr_page(struct cluster_provider *provider, struct arena *a, int64_t created_ms,
                       bool only_live, struct str cursor, const struct cluster_call *call,
                       struct cluster_page *out, struct err *err);
MUST_USE bool emr_view(struct cluster_provider *provider, struct arena *a, struct str id,
                       int64_t generation, const struct cluster_call *call,
                       struct cluster_view *out, struct err *err);
MUST_USE bool emr_stop(struct cluster_provider *provider, struct arena *a, struct str id,
                       bool unprotect, const struct cluster_call *call, struct err *err);
void emr_preflight(struct cluster_provider *provider, const struct cluster_spec *spec,
                   const struct cluster_call *call, struct preflight *out);
MUST_USE bool emr_spans(struct cluster_provider *provider, struct arena *a, struct str id,
                        const struct cluster_call *call, struct ledger_spans *out, struct err *err);

#endif
