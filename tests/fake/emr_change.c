/* emr_change: what is asked of a cluster of the fake EMR while it lives: steps, sizes, scaling. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "emr_internal.h"

enum { MAX_STEPS = 256 };

/* ---- steps ---- */

static const struct json *made_steps(const struct fake_cluster *c, size_t *n)
{
    const struct json *steps = json_get(c->request, STR("Steps"));
    *n = steps != NULL && steps->kind == JSON_KIND_ARRAY ? steps->n_items : 0;
    return steps;
}

const struct json *fake_step_at(const struct fake_cluster *c, size_t i, bool *fails)
{
    size_t n_made;
    const struct json *made = made_steps(c, &n_made);
    *fails = i >= n_made && i - n_made < c->n_added && c->added[i - n_made].fails;
    if (i < n_made)
        return &made->items[i];
    return i - n_made < c->n_added ? c->added[i - n_made].step : NULL;
}

int64_t fake_step_begins_ms(const struct fake_emr *emr, const struct fake_cluster *c,
                            int64_t ready_ms, size_t i)
{
    size_t n_made;
    (void)made_steps(c, &n_made);
    int64_t begins_ms = ready_ms + (int64_t)(i < n_made ? i : n_made) * emr->times.step_ms;
    for (size_t k = n_made; k <= i; k++) {
        int64_t added_ms = c->added[k - n_made].added_ms;
        if (k > n_made)
            begins_ms += emr->times.step_ms;
        if (begins_ms < added_ms)
            begins_ms = added_ms;
    }
    return begins_ms;
}

/* The cluster that lives and that the member names. */
static struct fake_cluster *live_cluster(struct fake_call *call, struct str member)
{
    struct err err = ERR_INIT;
    struct str id;
    if (!json_get_str(call->body, member, &id, &err)) {
        fake_fail(call, 400, "ValidationException", "%s", err.msg);
        return NULL;
    }
    for (size_t i = 0; i < call->emr->n_clusters; i++) {
        struct fake_cluster *c = &call->emr->clusters[i];
        if (!str_eq(c->id, id))
            continue;
        if (fake_cluster_state(call->emr, c, call->now_ms) < FAKE_TERMINATING)
            return c;
        fake_fail(
            call, 400, "ValidationException",
            "A job flow that is shutting down, terminating, or finished may not be modified.");
        return NULL;
    }
    fake_fail(call, 400, "ValidationException", "Specified job flow ID does not exist.");
    return NULL;
}

void fake_add_job_flow_steps(struct fake_call *call)
{
    struct fake_emr *emr = call->emr;
    struct err err = ERR_INIT;
    const struct json *steps;
    struct fake_cluster *c = live_cluster(call, STR("JobFlowId"));
    if (c == NULL)
        return;
    if (!json_get_array(call->body, STR("Steps"), &steps, &err) ||
        c->n_added + steps->n_items > MAX_STEPS) {
        fake_fail(call, 400, "ValidationException", "Steps: 1 to 256 are needed");
        return;
    }
    json_write_key(call->w, STR("StepIds"));
    json_write_array(call->w);
    for (size_t i = 0; i < steps->n_items; i++) {
        size_t n_made;
        (void)made_steps(c, &n_made);
        *ARENA_PUSH(&emr->arena, c->added, c->n_added, c->cap_added) =
            (struct fake_step){ .step = fake_keep(call, &steps->items[i]),
                                .added_ms = call->now_ms,
                                .fails = emr->faults.fail_steps };
        json_write_str(call->w, arena_printf(call->arena, "s-%013zu", n_made + c->n_added));
    }
    json_write_end(call->w);
}

/* ---- sizes ---- */

static const struct json *number_of(const struct json *object, struct str key)
{
    const struct json *value = json_get(object, key);
    return value != NULL && value->kind == JSON_KIND_INT && value->integer >= 0 ? value : NULL;
}

/* "ig-1" or "if-1": the set of that number, as emr_details.c names them. */
static bool set_size(struct fake_call *call, struct fake_cluster *c, bool is_fleet,
                     const struct json *change, const struct json *size)
{
    struct err err = ERR_INIT;
    const struct json *sets = json_find(c->request, is_fleet ? STR("/Instances/InstanceFleets")
                                                             : STR("/Instances/InstanceGroups"));
    struct str id = STR_EMPTY;
    bool ok = json_get_str(change, is_fleet ? STR("InstanceFleetId") : STR("InstanceGroupId"), &id,
                           &err) &&
              size != NULL;
    for (size_t i = 0; ok && sets != NULL && i < sets->n_items && i < FAKE_MAX_SETS; i++)
        if (str_eq(id, arena_printf(call->arena, "%s-%zu", is_fleet ? "if" : "ig", i))) {
            if (i == 0 || size->integer == 0)
                break; /* the primary node stays alone, and a core node is kept */
            c->sizes[i] = size->integer;
            return true;
        }
    fake_fail(call, 400, "ValidationException", "The size of %.*s cannot be modified so.",
              STR_FMT(id));
    return false;
}

void fake_modify_instance_groups(struct fake_call *call)
{
    struct err err = ERR_INIT;
    const struct json *groups;
    struct fake_cluster *c = live_cluster(call, STR("ClusterId"));
    if (c == NULL)
        return;
    if (!json_get_array(call->body, STR("InstanceGroups"), &groups, &err)) {
        fake_fail(call, 400, "ValidationException", "%s", err.msg);
        return;
    }
    for (size_t i = 0; i < groups->n_items; i++)
        if (!set_size(call, c, false, &groups->items[i],
                      number_of(&groups->items[i], STR("InstanceCount"))))
            return;
}

void fake_modify_instance_fleet(struct fake_call *call)
{
    struct err err = ERR_INIT;
    const struct json *fleet;
    struct fake_cluster *c = live_cluster(call, STR("ClusterId"));
    if (c == NULL)
        return;
    if (!json_get_object(call->body, STR("InstanceFleet"), &fleet, &err)) {
        fake_fail(call, 400, "ValidationException", "%s", err.msg);
        return;
    }
    const struct json *spot = number_of(fleet, STR("TargetSpotCapacity"));
    (void)set_size(call, c, true, fleet,
                   spot != NULL ? spot : number_of(fleet, STR("TargetOnDemandCapacity")));
}

/* ---- scaling ---- */

void fake_put_managed_scaling_policy(struct fake_call *call)
{
    struct fake_cluster *c = live_cluster(call, STR("ClusterId"));
    const struct json *least =
        json_find(call->body, STR("/ManagedScalingPolicy/ComputeLimits/MinimumCapacityUnits"));
    const struct json *most =
        json_find(call->body, STR("/ManagedScalingPolicy/ComputeLimits/MaximumCapacityUnits"));
    if (c == NULL)
        return;
    if (least == NULL || most == NULL || least->integer < 1 || least->integer > most->integer) {
        fake_fail(call, 400, "ValidationException", "the limits are not in order");
        return;
    }
    c->scaling = fake_keep(call, json_get(call->body, STR("ManagedScalingPolicy")));
}

void fake_remove_managed_scaling_policy(struct fake_call *call)
{
    struct fake_cluster *c = live_cluster(call, STR("ClusterId"));
    if (c != NULL)
        c->scaling = NULL;
}
