/* emr_internal: what the files of the fake EMR share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAKE_EMR_INTERNAL_H
#define TESTS_FAKE_EMR_INTERNAL_H

#include "emr.h"

#include "util/arena.h"
#include "json/json.h"
#include "json/writer.h"

enum fake_state {
    FAKE_STARTING,
    FAKE_BOOTSTRAPPING,
    FAKE_RUNNING,
    FAKE_WAITING,
    FAKE_TERMINATING,
    FAKE_TERMINATED,
    FAKE_TERMINATED_WITH_ERRORS,
};

enum { FAKE_MAX_SETS = 8 };

struct fake_cluster {
    struct str id;              /* j-... */
    const struct json *request; /* RunJobFlow as it came */
    int64_t created_ms;
    int64_t terminate_ms; /* when its end was asked for; 0: never */
    int64_t visible_ms;   /* from when ListClusters has it */
    bool is_stuck;        /* in BOOTSTRAPPING */
    bool is_protected;
    char error_code[80]; /* it fails with this, at the end of its first state; empty: it does not */
    struct fake_step *added; /* by AddJobFlowSteps, in order */
    size_t n_added, cap_added;
    int64_t sizes[FAKE_MAX_SETS]; /* by ModifyInstanceGroups or -Fleet; 0: as it was made */
    const struct json *scaling;   /* ManagedScalingPolicy; NULL: none */
};

struct fake_step {
    const struct json *step;
    int64_t added_ms;
    bool fails;
};

struct fake_bucket {
    double level; /* calls that may be made now */
    int64_t filled_ms;
};

enum { FAKE_N_BUCKETS = 16 };

struct fake_emr {
    struct arena arena; /* everything that stays */
    struct fake_emr_faults faults;
    struct fake_emr_times times;
    struct fake_cluster *clusters; /* in order of creation */
    size_t n_clusters, cap_clusters;
    struct fake_bucket buckets[FAKE_N_BUCKETS];
    unsigned *n_calls; /* by operation */
    uint64_t seed;
};

/* The state at that time, computed from the cluster's times. */
enum fake_state fake_cluster_state(const struct fake_emr *emr, const struct fake_cluster *c,
                                   int64_t now_ms);
const char *fake_state_name(enum fake_state state);
/* When the cluster was up for the first time, and when it ended; 0 if not yet. */
int64_t fake_cluster_ready_ms(const struct fake_emr *emr, const struct fake_cluster *c,
                              int64_t now_ms);
int64_t fake_cluster_end_ms(const struct fake_emr *emr, const struct fake_cluster *c,
                            int64_t now_ms);

/* One request while it is answered. */
struct fake_call {
    struct fake_emr *emr;
    struct arena *arena; /* of the request */
    const struct json *body;
    int64_t now_ms;
    int status;
    struct json_writer *w; /* of the answer's object */
    enum fake_emr_delivery delivery;
};

/* A time as EMR writes it: seconds with a fraction. */
void fake_put_seconds(struct json_writer *w, struct str key, int64_t ms);

/* Answer an AWS error. */
void fake_fail(struct fake_call *call, int status, const char *code, const char *fmt, ...)
    PRINTF(4, 5);

/* The cluster that the body's ClusterId names; NULL with an error answered. */
struct fake_cluster *fake_named_cluster(struct fake_call *call);

/* Is the word in the list?  NULL and an empty list ask for all. */
bool fake_is_asked_for(const struct json *words, const char *word);

typedef void fake_operation(struct fake_call *call);
fake_operation fake_run_job_flow, fake_describe_cluster, fake_list_clusters,
    fake_terminate_job_flows, fake_set_termination_protection, fake_list_steps, fake_list_instances,
    fake_list_instance_groups, fake_list_instance_fleets, fake_list_bootstrap_actions,
    fake_get_block_public_access, fake_add_job_flow_steps, fake_modify_instance_groups,
    fake_modify_instance_fleet, fake_put_managed_scaling_policy, fake_remove_managed_scaling_policy;

/* The i-th step in the order in which they run, those of RunJobFlow first; NULL: there are fewer.
 */
const struct json *fake_step_at(const struct fake_cluster *c, size_t i, bool *fails);
/* When it begins, if the cluster was up at ready_ms: after the one before, and not before it was
 * added. */
int64_t fake_step_begins_ms(const struct fake_emr *emr, const struct fake_cluster *c,
                            int64_t ready_ms, size_t i);
/* A JSON text kept for as long as the fake lives. */
const struct json *fake_keep(struct fake_call *call, const struct json *value);

#endif
