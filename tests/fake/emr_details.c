/* emr_details: the steps, instances and instance groups of a cluster of the fake EMR. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "emr_internal.h"

/* Steps run one after another once the cluster is up. */
static const char *step_state(const struct fake_call *call, const struct fake_cluster *c, size_t i)
{
    int64_t ready_ms = fake_cluster_ready_ms(call->emr, c, call->now_ms);
    enum fake_state state = fake_cluster_state(call->emr, c, call->now_ms);
    int64_t begins_ms = ready_ms + (int64_t)i * call->emr->times.step_ms;
    if (ready_ms > 0 && call->now_ms >= begins_ms + call->emr->times.step_ms)
        return "COMPLETED";
    if (state >= FAKE_TERMINATING)
        return "CANCELLED";
    return ready_ms > 0 && call->now_ms >= begins_ms ? "RUNNING" : "PENDING";
}

static void write_step(struct fake_call *call, const struct fake_cluster *c,
                       const struct json *step, size_t i)
{
    const struct json *config = json_get(step, STR("HadoopJarStep"));
    const struct json *jar = json_get(config, STR("Jar"));
    const struct json *args = json_get(config, STR("Args"));
    const struct json *name = json_get(step, STR("Name"));
    json_write_object(call->w);
    json_put_str(call->w, STR("Id"), arena_printf(call->arena, "s-%013zu", i + 1));
    json_put_str(call->w, STR("Name"), name != NULL ? name->text : STR("step"));
    json_write_key(call->w, STR("Config"));
    json_write_object(call->w);
    json_put_str(call->w, STR("Jar"), jar != NULL ? jar->text : STR("command-runner.jar"));
    if (args != NULL) {
        json_write_key(call->w, STR("Args"));
        json_write_json(call->w, args);
    }
    json_write_end(call->w);
    json_write_key(call->w, STR("Status"));
    json_write_object(call->w);
    json_put_str(call->w, STR("State"), str_from(step_state(call, c, i)));
    json_write_end(call->w);
    json_write_end(call->w);
}

/* Newest first, as the service lists them. */
void fake_list_steps(struct fake_call *call)
{
    const struct fake_cluster *c = fake_named_cluster(call);
    if (c == NULL)
        return;
    const struct json *steps = json_get(c->request, STR("Steps"));
    json_write_key(call->w, STR("Steps"));
    json_write_array(call->w);
    for (size_t n = steps == NULL ? 0 : steps->n_items; n > 0; n--)
        write_step(call, c, &steps->items[n - 1], n - 1);
    json_write_end(call->w);
}

static int64_t group_size(const struct json *group)
{
    const struct json *count = json_get(group, STR("InstanceCount"));
    return count != NULL && count->kind == JSON_KIND_INT ? count->integer : 1;
}

static void write_instance(struct fake_call *call, const struct fake_cluster *c,
                           const struct json *group, size_t i_group, int64_t i)
{
    const struct json *type = json_get(group, STR("InstanceType"));
    const struct json *market = json_get(group, STR("Market"));
    enum fake_state state = fake_cluster_state(call->emr, c, call->now_ms);
    const char *word = state == FAKE_STARTING        ? "PROVISIONING"
                       : state == FAKE_BOOTSTRAPPING ? "BOOTSTRAPPING"
                       : state < FAKE_TERMINATED     ? "RUNNING"
                                                     : "TERMINATED";
    json_write_object(call->w);
    json_put_str(call->w, STR("Id"),
                 arena_printf(call->arena, "ci-%zu-%lld", i_group, (long long)i));
    json_put_str(call->w, STR("Ec2InstanceId"),
                 arena_printf(call->arena, "i-%08zx%08llx", i_group, (unsigned long long)i));
    json_put_str(call->w, STR("InstanceGroupId"), arena_printf(call->arena, "ig-%zu", i_group));
    json_put_str(call->w, STR("InstanceType"), type != NULL ? type->text : STR("m5.xlarge"));
    json_put_str(call->w, STR("Market"), market != NULL ? market->text : STR("ON_DEMAND"));
    json_write_key(call->w, STR("Status"));
    json_write_object(call->w);
    json_put_str(call->w, STR("State"), str_from(word));
    json_write_key(call->w, STR("Timeline"));
    json_write_object(call->w);
    json_put_f64(call->w, STR("CreationDateTime"), (double)c->created_ms / 1000);
    json_write_end(call->w);
    json_write_end(call->w);
    json_write_end(call->w);
}

void fake_list_instances(struct fake_call *call)
{
    const struct fake_cluster *c = fake_named_cluster(call);
    if (c == NULL)
        return;
    const struct json *groups = json_find(c->request, STR("/Instances/InstanceGroups"));
    json_write_key(call->w, STR("Instances"));
    json_write_array(call->w);
    for (size_t g = 0; groups != NULL && g < groups->n_items; g++)
        for (int64_t i = 0; i < group_size(&groups->items[g]) && i < 2000; i++)
            write_instance(call, c, &groups->items[g], g, i);
    json_write_end(call->w);
}

void fake_list_instance_groups(struct fake_call *call)
{
    const struct fake_cluster *c = fake_named_cluster(call);
    if (c == NULL)
        return;
    const struct json *groups = json_find(c->request, STR("/Instances/InstanceGroups"));
    json_write_key(call->w, STR("InstanceGroups"));
    json_write_array(call->w);
    for (size_t g = 0; groups != NULL && g < groups->n_items; g++) {
        const struct json *role = json_get(&groups->items[g], STR("InstanceRole"));
        json_write_object(call->w);
        json_put_str(call->w, STR("Id"), arena_printf(call->arena, "ig-%zu", g));
        json_put_str(call->w, STR("InstanceGroupType"), role != NULL ? role->text : STR("CORE"));
        json_put_i64(call->w, STR("RequestedInstanceCount"), group_size(&groups->items[g]));
        json_put_i64(call->w, STR("RunningInstanceCount"),
                     fake_cluster_ready_ms(call->emr, c, call->now_ms) > 0
                         ? group_size(&groups->items[g])
                         : 0);
        json_write_end(call->w);
    }
    json_write_end(call->w);
}
