/* emr_change: another password, by a step; another size, by the service's own calls for it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr_internal.h"

#include "cluster/spec.h"

enum { BODY_MAX_BYTES = 64 * 1024 };

bool emr_rotate(struct cluster_provider *provider, struct arena *a, const struct cluster_target *t,
                const struct cluster_call *call, struct err *err)
{
    struct emr_provider *p = (struct emr_provider *)provider;
    AUTO_BUF body = BUF_INIT(BODY_MAX_BYTES);
    struct json_writer w;
    struct str answer;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_put_str(&w, STR("JobFlowId"), t->id);
    emr_write_harden(&w, emr_harden_name(a, t->generation), false, t->spec->hub_user,
                     t->password_hash);
    json_write_end(&w);
    return emr_ask(p, a, "AddJobFlowSteps", buf_str(&body), call, &answer, err) ||
           err_wrap(err, "cluster %.*s", STR_FMT(t->id));
}

/* The id of the group or fleet of the workers. */
static bool find_workers(struct emr_provider *p, struct arena *a, const struct cluster_target *t,
                         bool is_fleet, const struct cluster_call *call, struct str *out,
                         struct err *err)
{
    struct str body = arena_printf(a, "{\"ClusterId\":\"%.*s\"}", STR_FMT(t->id)), text, kind;
    const struct json *sets;
    if (!emr_ask(p, a, is_fleet ? "ListInstanceFleets" : "ListInstanceGroups", body, call, &text,
                 err))
        return false;
    const struct json *answer = json_parse(a, text, LIMIT_JSON_BYTES, err);
    if (answer == NULL ||
        !json_get_array(answer, is_fleet ? STR("InstanceFleets") : STR("InstanceGroups"), &sets,
                        err))
        return false;
    for (unsigned i = 0; i < sets->n_items; i++) {
        if (!json_opt_str(&sets->items[i],
                          is_fleet ? STR("InstanceFleetType") : STR("InstanceGroupType"), STR_EMPTY,
                          &kind, err))
            return false;
        if (str_eq(kind, STR("CORE")))
            return json_get_str(&sets->items[i], STR("Id"), out, err);
    }
    err_set(err, ERR_INVALID, "it was made without workers, and EMR adds none later");
    return err_fix(err, "Make another cluster; notebooks that were saved are kept.");
}

/* EMR keeps at least one node that has HDFS. */
static bool set_workers(struct emr_provider *p, struct arena *a, const struct cluster_target *t,
                        const struct cluster_call *call, struct err *err)
{
    bool is_fleet = emr_is_fleet(t->spec);
    bool is_spot = t->spec->market != SPEC_ON_DEMAND;
    struct str id, answer, body;
    if (t->spec->n_workers < 1)
        return err_set(err, ERR_INVALID, "EMR keeps at least one worker of a cluster that has any");
    if (!find_workers(p, a, t, is_fleet, call, &id, err))
        return false;
    if (is_fleet)
        body = arena_printf(
            a,
            "{\"ClusterId\":\"%.*s\",\"InstanceFleet\":{\"InstanceFleetId\":\"%.*s\",\"%s\":%lld}}",
            STR_FMT(t->id), STR_FMT(id), is_spot ? "TargetSpotCapacity" : "TargetOnDemandCapacity",
            (long long)t->spec->n_workers);
    else
        body = arena_printf(a,
                            "{\"ClusterId\":\"%.*s\",\"InstanceGroups\":[{\"InstanceGroupId\":\"%.*"
                            "s\",\"InstanceCount\":%lld}]}",
                            STR_FMT(t->id), STR_FMT(id), (long long)t->spec->n_workers);
    return emr_ask(p, a, is_fleet ? "ModifyInstanceFleet" : "ModifyInstanceGroups", body, call,
                   &answer, err);
}

static bool set_scaling(struct emr_provider *p, struct arena *a, const struct cluster_target *t,
                        const struct cluster_call *call, struct err *err)
{
    AUTO_BUF body = BUF_INIT(BODY_MAX_BYTES);
    struct json_writer w;
    struct str answer;
    bool scales = t->spec->autoscale_max > 0;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_put_str(&w, STR("ClusterId"), t->id);
    if (scales)
        emr_write_scaling(&w, t->spec);
    json_write_end(&w);
    return emr_ask(p, a, scales ? "PutManagedScalingPolicy" : "RemoveManagedScalingPolicy",
                   buf_str(&body), call, &answer, err);
}

/* With limits EMR itself chooses the number between them; a number of ours would fight with it. */
bool emr_resize(struct cluster_provider *provider, struct arena *a, const struct cluster_target *t,
                const struct cluster_call *call, struct err *err)
{
    struct emr_provider *p = (struct emr_provider *)provider;
    bool ok = set_scaling(p, a, t, call, err) &&
              (t->spec->autoscale_max > 0 || set_workers(p, a, t, call, err));
    return ok || err_wrap(err, "cluster %.*s", STR_FMT(t->id));
}
