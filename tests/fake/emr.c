/*
 * emr: the life of a cluster as a function of time, the rates, and the dispatch of calls.
 * The operations are in emr_ops.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "emr_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* AWS's token buckets: burst and refill a second (see its Service Quotas, service code
 * elasticmapreduce). */
static const struct {
    struct str operation;
    fake_operation *run;
    double burst, per_s;
} operations[FAKE_N_BUCKETS] = {
    { STR_INIT("RunJobFlow"), fake_run_job_flow, 10, 0.5 },
    { STR_INIT("DescribeCluster"), fake_describe_cluster, 10, 1.0 },
    { STR_INIT("ListClusters"), fake_list_clusters, 20, 0.5 },
    { STR_INIT("TerminateJobFlows"), fake_terminate_job_flows, 10, 0.5 },
    { STR_INIT("SetTerminationProtection"), fake_set_termination_protection, 5, 0.2 },
    { STR_INIT("ListSteps"), fake_list_steps, 10, 0.5 },
    { STR_INIT("ListInstances"), fake_list_instances, 10, 0.5 },
    { STR_INIT("ListInstanceGroups"), fake_list_instance_groups, 10, 1.0 },
    { STR_INIT("ListInstanceFleets"), fake_list_instance_fleets, 5, 0.5 },
    { STR_INIT("ListBootstrapActions"), fake_list_bootstrap_actions, 10, 0.5 },
    { STR_INIT("GetBlockPublicAccessConfiguration"), fake_get_block_public_access, 10, 0.5 },
    { STR_INIT("AddJobFlowSteps"), fake_add_job_flow_steps, 10, 0.5 },
    { STR_INIT("ModifyInstanceGroups"), fake_modify_instance_groups, 10, 0.5 },
    { STR_INIT("ModifyInstanceFleet"), fake_modify_instance_fleet, 5, 0.5 },
    { STR_INIT("PutManagedScalingPolicy"), fake_put_managed_scaling_policy, 10, 0.5 },
    { STR_INIT("RemoveManagedScalingPolicy"), fake_remove_managed_scaling_policy, 10, 0.5 },
};

struct fake_emr *fake_emr_new(uint64_t seed)
{
    struct fake_emr *emr = calloc(1, sizeof *emr);
    if (emr == NULL)
        panic("out of memory");
    emr->seed = seed;
    emr->times = (struct fake_emr_times){
        .starting_ms = 60000, .bootstrapping_ms = 120000, .step_ms = 30000, .terminating_ms = 60000
    };
    emr->n_calls = ARENA_NEW_N(&emr->arena, unsigned, FAKE_N_BUCKETS);
    return emr;
}

void fake_emr_free(struct fake_emr *emr)
{
    if (emr == NULL)
        return;
    arena_release(&emr->arena);
    free(emr);
}

struct fake_emr_faults *fake_emr_faults(struct fake_emr *emr)
{
    return &emr->faults;
}

struct fake_emr_times *fake_emr_times(struct fake_emr *emr)
{
    return &emr->times;
}

const char *fake_state_name(enum fake_state state)
{
    static const char *const names[] = {
        "STARTING",   "BOOTSTRAPPING",         "RUNNING", "WAITING", "TERMINATING",
        "TERMINATED", "TERMINATED_WITH_ERRORS"
    };
    return names[state];
}

/* When the cluster begins to end, and whether it fails; INT64_MAX: it does not end by itself. */
static int64_t ending_ms(const struct fake_emr *emr, const struct fake_cluster *c, bool *fails)
{
    int64_t failure = INT64_MAX;
    if (c->error_code[0] != '\0') {
        bool at_start = strncmp(c->error_code, "BOOTSTRAP_", 10) != 0;
        failure =
            c->created_ms + (at_start ? emr->times.starting_ms / 2
                                      : emr->times.starting_ms + emr->times.bootstrapping_ms / 2);
    }
    *fails = failure != INT64_MAX && (c->terminate_ms == 0 || failure <= c->terminate_ms);
    if (*fails)
        return failure;
    return c->terminate_ms == 0 ? INT64_MAX : c->terminate_ms;
}

enum fake_state fake_cluster_state(const struct fake_emr *emr, const struct fake_cluster *c,
                                   int64_t now_ms)
{
    bool fails;
    int64_t ending = ending_ms(emr, c, &fails);
    if (now_ms >= ending) {
        if (now_ms - ending < emr->times.terminating_ms)
            return FAKE_TERMINATING;
        return fails ? FAKE_TERMINATED_WITH_ERRORS : FAKE_TERMINATED;
    }
    int64_t age = now_ms - c->created_ms;
    if (age < emr->times.starting_ms)
        return FAKE_STARTING;
    if (c->is_stuck || age < emr->times.starting_ms + emr->times.bootstrapping_ms)
        return FAKE_BOOTSTRAPPING;
    int64_t ready_ms = c->created_ms + emr->times.starting_ms + emr->times.bootstrapping_ms;
    bool ignored;
    for (size_t i = 0; fake_step_at(c, i, &ignored) != NULL; i++) {
        int64_t begins_ms = fake_step_begins_ms(emr, c, ready_ms, i);
        if (now_ms >= begins_ms && now_ms < begins_ms + emr->times.step_ms)
            return FAKE_RUNNING;
    }
    return FAKE_WAITING;
}

int64_t fake_cluster_ready_ms(const struct fake_emr *emr, const struct fake_cluster *c,
                              int64_t now_ms)
{
    bool fails;
    int64_t up = c->created_ms + emr->times.starting_ms + emr->times.bootstrapping_ms;
    return !c->is_stuck && up <= now_ms && up < ending_ms(emr, c, &fails) ? up : 0;
}

int64_t fake_cluster_end_ms(const struct fake_emr *emr, const struct fake_cluster *c,
                            int64_t now_ms)
{
    bool fails;
    int64_t ending = ending_ms(emr, c, &fails);
    if (ending == INT64_MAX || now_ms < ending + emr->times.terminating_ms)
        return 0;
    return ending + emr->times.terminating_ms;
}

size_t fake_emr_n_live(struct fake_emr *emr, int64_t now_ms)
{
    size_t n = 0;
    for (size_t i = 0; i < emr->n_clusters; i++)
        n += fake_cluster_state(emr, &emr->clusters[i], now_ms) < FAKE_TERMINATING;
    return n;
}

size_t fake_emr_n_calls(const struct fake_emr *emr, struct str operation)
{
    for (size_t i = 0; i < FAKE_N_BUCKETS; i++)
        if (str_eq(operations[i].operation, operation))
            return emr->n_calls[i];
    return 0;
}

/* Take one call out of the bucket; false if there is none left. */
static bool take_token(struct fake_emr *emr, size_t i, int64_t now_ms)
{
    struct fake_bucket *b = &emr->buckets[i];
    if (b->filled_ms == 0)
        b->level = operations[i].burst;
    else
        b->level += (double)(now_ms - b->filled_ms) / 1000 * operations[i].per_s;
    if (b->level > operations[i].burst)
        b->level = operations[i].burst;
    b->filled_ms = now_ms;
    if (b->level < 1)
        return false;
    b->level -= 1;
    return true;
}

/* By its digits: the shortest text of a double is dear, and histories are many. */
void fake_put_seconds(struct json_writer *w, struct str key, int64_t ms)
{
    char text[40];
    int n =
        snprintf(text, sizeof text, "%lld.%03lld", (long long)(ms / 1000), (long long)(ms % 1000));
    json_write_key(w, key);
    json_write_raw(w, (struct str){ text, (size_t)n });
}

void fake_fail(struct fake_call *call, int status, const char *code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    json_put_str(call->w, STR("__type"), str_from(code));
    json_put_str(call->w, STR("message"), arena_vprintf(call->arena, fmt, args));
    va_end(args);
    call->status = status;
}

static void dispatch(struct fake_call *call, struct str operation, struct str body)
{
    struct err err = ERR_INIT;
    if (call->emr->faults.expired_credentials) {
        fake_fail(call, 400, "ExpiredTokenException",
                  "The security token included in the request is expired");
        return;
    }
    for (size_t i = 0; i < FAKE_N_BUCKETS; i++) {
        if (!str_eq(operations[i].operation, operation))
            continue;
        call->emr->n_calls[i]++;
        call->body = json_parse(call->arena, body, LIMIT_JSON_BYTES, &err);
        if (call->emr->faults.token_buckets && !take_token(call->emr, i, call->now_ms))
            fake_fail(call, 400, "ThrottlingException", "Rate exceeded");
        else if (call->body == NULL)
            fake_fail(call, 400, "SerializationException", "%s", err.msg);
        else
            operations[i].run(call);
        return;
    }
    fake_fail(call, 400, "UnknownOperationException", "no operation %.*s", STR_FMT(operation));
}

enum fake_emr_delivery fake_emr_call(struct fake_emr *emr, struct str operation, struct str body,
                                     int64_t now_ms, int *status, struct buf *answer)
{
    AUTO_ARENA arena = ARENA_INIT;
    AUTO_BUF text = BUF_INIT(LIMIT_JSON_BYTES);
    struct json_writer w;
    struct fake_call call = {
        .emr = emr, .arena = &arena, .now_ms = now_ms, .status = 200, .w = &w
    };
    json_writer_init(&w, &text);
    json_write_object(&w);
    dispatch(&call, operation, body);
    json_write_end(&w);
    *status = call.status;
    struct str whole = buf_str(&text);
    buf_add(answer, emr->faults.truncate_answers ? str_slice(whole, 0, whole.len / 2) : whole);
    return call.delivery;
}
