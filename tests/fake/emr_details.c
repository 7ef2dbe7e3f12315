/*
 * emr_details: the steps, instances, groups, fleets and bootstrap actions of a cluster of the fake
 * EMR.  Groups and fleets are one thing here, a set of nodes; only their names differ.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "emr_internal.h"

#include "util/scan.h"

/* The service does not say how many stand on a page; so few that tests see several pages. */
enum { PAGE = 50 };

static struct str text_or(const struct json *object, struct str key, struct str fallback)
{
    const struct json *value = json_get(object, key);
    return value != NULL && value->kind == JSON_KIND_STR ? value->text : fallback;
}

static int64_t number_or(const struct json *object, struct str key, int64_t fallback)
{
    const struct json *value = json_get(object, key);
    return value != NULL && value->kind == JSON_KIND_INT ? value->integer : fallback;
}

/* The items of one page: those from its marker on. */
struct page {
    size_t from, at, n_written;
    bool has_more;
};

static bool page_begin(struct fake_call *call, struct str list, struct page *page)
{
    struct str marker = text_or(call->body, STR("Marker"), STR_EMPTY);
    uint64_t from = 0;
    if (marker.len > 0 && (!str_has_prefix(marker, STR("page-")) ||
                           !scan_whole_u64(str_from_pos(marker, 5), UINT32_MAX, &from))) {
        fake_fail(call, 400, "InvalidRequestException", "The marker is not valid.");
        return false;
    }
    *page = (struct page){ .from = from };
    json_write_key(call->w, list);
    json_write_array(call->w);
    return true;
}

/* Count one item that fits the filters: is it of this page? */
static bool page_has(struct page *page)
{
    bool is_reached = page->at++ >= page->from;
    page->has_more |= is_reached && page->n_written == PAGE;
    if (!is_reached || page->n_written == PAGE)
        return false;
    page->n_written++;
    return true;
}

static void page_end(struct fake_call *call, const struct page *page)
{
    json_write_end(call->w);
    if (page->has_more)
        json_put_str(call->w, STR("Marker"),
                     arena_printf(call->arena, "page-%zu", page->from + page->n_written));
}

static void write_state(struct fake_call *call, const char *state)
{
    json_put_str(call->w, STR("State"), str_from(state));
    json_write_key(call->w, STR("StateChangeReason"));
    json_write_object(call->w);
    json_write_end(call->w);
}

/* Steps run one after another once the cluster is up. */
static const char *step_state(const struct fake_call *call, const struct fake_cluster *c,
                              int64_t ready_ms, int64_t begins_ms)
{
    if (ready_ms > 0 && call->now_ms >= begins_ms + call->emr->times.step_ms)
        return "COMPLETED";
    if (fake_cluster_state(call->emr, c, call->now_ms) >= FAKE_TERMINATING)
        return "CANCELLED";
    return ready_ms > 0 && call->now_ms >= begins_ms ? "RUNNING" : "PENDING";
}

static void write_step_config(struct fake_call *call, const struct json *step)
{
    const struct json *config = json_get(step, STR("HadoopJarStep"));
    const struct json *args = json_get(config, STR("Args"));
    json_write_key(call->w, STR("Config"));
    json_write_object(call->w);
    json_put_str(call->w, STR("Jar"), text_or(config, STR("Jar"), STR("command-runner.jar")));
    if (args != NULL) {
        json_write_key(call->w, STR("Args"));
        json_write_json(call->w, args);
    }
    json_write_end(call->w);
}

static void write_step(struct fake_call *call, const struct fake_cluster *c, struct page *page,
                       const struct json *step, size_t i, bool fails)
{
    int64_t ready_ms = fake_cluster_ready_ms(call->emr, c, call->now_ms);
    int64_t begins_ms = fake_step_begins_ms(call->emr, c, ready_ms, i);
    const char *state = step_state(call, c, ready_ms, begins_ms);
    if (fails && str_eq(str_from(state), STR("COMPLETED")))
        state = "FAILED";
    if (!fake_is_asked_for(json_get(call->body, STR("StepStates")), state) || !page_has(page))
        return;
    json_write_object(call->w);
    json_put_str(call->w, STR("Id"), arena_printf(call->arena, "s-%013zu", i + 1));
    json_put_str(call->w, STR("Name"), text_or(step, STR("Name"), STR("step")));
    write_step_config(call, step);
    json_put_str(call->w, STR("ActionOnFailure"),
                 text_or(step, STR("ActionOnFailure"), STR("CONTINUE")));
    json_write_key(call->w, STR("Status"));
    json_write_object(call->w);
    write_state(call, state);
    json_write_key(call->w, STR("Timeline"));
    json_write_object(call->w);
    fake_put_seconds(call->w, STR("CreationDateTime"), c->created_ms);
    if (ready_ms > 0 && call->now_ms >= begins_ms)
        fake_put_seconds(call->w, STR("StartDateTime"), begins_ms);
    if (str_eq(str_from(state), STR("COMPLETED")))
        fake_put_seconds(call->w, STR("EndDateTime"), begins_ms + call->emr->times.step_ms);
    json_write_end(call->w);
    json_write_end(call->w);
    json_write_end(call->w);
}

/* Newest first, as the service lists them. */
void fake_list_steps(struct fake_call *call)
{
    const struct fake_cluster *c = fake_named_cluster(call);
    struct page page;
    if (c == NULL || !page_begin(call, STR("Steps"), &page))
        return;
    size_t n = 0;
    bool fails;
    while (fake_step_at(c, n, &fails) != NULL)
        n++;
    for (; n > 0; n--) {
        const struct json *step = fake_step_at(c, n - 1, &fails);
        write_step(call, c, &page, step, n - 1, fails);
    }
    page_end(call, &page);
}

/* A group or a fleet. */
struct node_set {
    struct str id, role, type, market;
    int64_t n_nodes;
};

static const struct json *sets_of(const struct fake_cluster *c, bool are_fleets)
{
    return json_find(c->request, are_fleets ? STR("/Instances/InstanceFleets")
                                            : STR("/Instances/InstanceGroups"));
}

static struct node_set set_made(struct arena *a, const struct json *spec, bool is_fleet, size_t i)
{
    if (!is_fleet)
        return (struct node_set){ .id = arena_printf(a, "ig-%zu", i),
                                  .role = text_or(spec, STR("InstanceRole"), STR("CORE")),
                                  .type = text_or(spec, STR("InstanceType"), STR("m5.xlarge")),
                                  .market = text_or(spec, STR("Market"), STR("ON_DEMAND")),
                                  .n_nodes = number_or(spec, STR("InstanceCount"), 1) };
    const struct json *first = json_find(spec, STR("/InstanceTypeConfigs/0"));
    int64_t n_spot = number_or(spec, STR("TargetSpotCapacity"), 0);
    return (struct node_set){ .id = arena_printf(a, "if-%zu", i),
                              .role = text_or(spec, STR("InstanceFleetType"), STR("CORE")),
                              .type = text_or(first, STR("InstanceType"), STR("m5.xlarge")),
                              .market = n_spot > 0 ? STR("SPOT") : STR("ON_DEMAND"),
                              .n_nodes =
                                  number_or(spec, STR("TargetOnDemandCapacity"), 0) + n_spot };
}

/* As it is now. */
static struct node_set set_of(struct arena *a, const struct fake_cluster *c, bool is_fleet,
                              size_t i)
{
    struct node_set set = set_made(a, &sets_of(c, is_fleet)->items[i], is_fleet, i);
    if (i < FAKE_MAX_SETS && c->sizes[i] > 0)
        set.n_nodes = c->sizes[i];
    return set;
}

static const char *instance_state(const struct fake_call *call, const struct fake_cluster *c)
{
    enum fake_state state = fake_cluster_state(call->emr, c, call->now_ms);
    return state == FAKE_STARTING        ? "PROVISIONING"
           : state == FAKE_BOOTSTRAPPING ? "BOOTSTRAPPING"
           : state < FAKE_TERMINATED     ? "RUNNING"
                                         : "TERMINATED";
}

static void write_timeline(struct fake_call *call, const struct fake_cluster *c)
{
    int64_t ready_ms = fake_cluster_ready_ms(call->emr, c, call->now_ms);
    int64_t end_ms = fake_cluster_end_ms(call->emr, c, call->now_ms);
    json_write_key(call->w, STR("Timeline"));
    json_write_object(call->w);
    fake_put_seconds(call->w, STR("CreationDateTime"), c->created_ms);
    if (ready_ms > 0)
        fake_put_seconds(call->w, STR("ReadyDateTime"), ready_ms);
    if (end_ms > 0)
        fake_put_seconds(call->w, STR("EndDateTime"), end_ms);
    json_write_end(call->w);
}

static void write_instance(struct fake_call *call, const struct fake_cluster *c,
                           const struct node_set *set, bool is_of_fleet, size_t n)
{
    struct arena *a = call->arena;
    size_t i_cluster = (size_t)(c - call->emr->clusters);
    json_write_object(call->w);
    json_put_str(call->w, STR("Id"), arena_printf(a, "ci-%06zu%06zu", i_cluster, n));
    json_put_str(call->w, STR("Ec2InstanceId"), arena_printf(a, "i-%08zx%09zx", i_cluster, n));
    json_put_str(call->w, STR("PrivateDnsName"),
                 arena_printf(a, "ip-10-0-%zu-%zu.ec2.internal", n / 250, n % 250 + 1));
    json_put_str(call->w, is_of_fleet ? STR("InstanceFleetId") : STR("InstanceGroupId"), set->id);
    json_put_str(call->w, STR("InstanceType"), set->type);
    json_put_str(call->w, STR("Market"), set->market);
    json_write_key(call->w, STR("Status"));
    json_write_object(call->w);
    write_state(call, instance_state(call, c));
    write_timeline(call, c);
    json_write_end(call->w);
    json_write_end(call->w);
}

void fake_list_instances(struct fake_call *call)
{
    const struct fake_cluster *c = fake_named_cluster(call);
    struct page page;
    size_t n = 0;
    if (c == NULL || !page_begin(call, STR("Instances"), &page))
        return;
    bool are_fleets = sets_of(c, true) != NULL;
    const struct json *sets = sets_of(c, are_fleets);
    const struct json *states = json_get(call->body, STR("InstanceStates"));
    const struct json *roles = json_get(call->body, STR("InstanceGroupTypes"));
    bool is_state = fake_is_asked_for(states, instance_state(call, c));
    for (size_t g = 0; sets != NULL && g < sets->n_items; g++) {
        struct node_set set = set_of(call->arena, c, are_fleets, g);
        bool is_wanted =
            is_state &&
            fake_is_asked_for(roles, arena_printf(call->arena, "%.*s", STR_FMT(set.role)).ptr);
        for (int64_t i = 0; i < set.n_nodes && i < 2000; i++, n++)
            if (is_wanted && page_has(&page))
                write_instance(call, c, &set, are_fleets, n);
    }
    page_end(call, &page);
}

static void write_set(struct fake_call *call, const struct fake_cluster *c,
                      const struct node_set *set, bool is_fleet)
{
    int64_t n_up = fake_cluster_ready_ms(call->emr, c, call->now_ms) > 0 ? set->n_nodes : 0;
    bool is_spot = str_eq(set->market, STR("SPOT"));
    json_write_object(call->w);
    json_put_str(call->w, STR("Id"), set->id);
    json_put_str(call->w, is_fleet ? STR("InstanceFleetType") : STR("InstanceGroupType"),
                 set->role);
    if (is_fleet) {
        json_put_i64(call->w, STR("TargetOnDemandCapacity"), is_spot ? 0 : set->n_nodes);
        json_put_i64(call->w, STR("TargetSpotCapacity"), is_spot ? set->n_nodes : 0);
        json_put_i64(call->w, STR("ProvisionedOnDemandCapacity"), is_spot ? 0 : n_up);
        json_put_i64(call->w, STR("ProvisionedSpotCapacity"), is_spot ? n_up : 0);
    } else {
        json_put_str(call->w, STR("Market"), set->market);
        json_put_str(call->w, STR("InstanceType"), set->type);
        json_put_i64(call->w, STR("RequestedInstanceCount"), set->n_nodes);
        json_put_i64(call->w, STR("RunningInstanceCount"), n_up);
    }
    json_write_key(call->w, STR("Status"));
    json_write_object(call->w);
    write_state(call, instance_state(call, c));
    write_timeline(call, c);
    json_write_end(call->w);
    json_write_end(call->w);
}

static void list_sets(struct fake_call *call, struct str list, bool are_fleets)
{
    const struct fake_cluster *c = fake_named_cluster(call);
    if (c == NULL)
        return;
    const struct json *sets = sets_of(c, are_fleets);
    if (sets == NULL) {
        fake_fail(call, 400, "InvalidRequestException",
                  "Instance fleets and instance groups are mutually exclusive.");
        return;
    }
    json_write_key(call->w, list);
    json_write_array(call->w);
    for (size_t g = 0; g < sets->n_items; g++) {
        struct node_set set = set_of(call->arena, c, are_fleets, g);
        write_set(call, c, &set, are_fleets);
    }
    json_write_end(call->w);
}

void fake_list_instance_groups(struct fake_call *call)
{
    list_sets(call, STR("InstanceGroups"), false);
}

void fake_list_instance_fleets(struct fake_call *call)
{
    list_sets(call, STR("InstanceFleets"), true);
}

void fake_list_bootstrap_actions(struct fake_call *call)
{
    const struct fake_cluster *c = fake_named_cluster(call);
    if (c == NULL)
        return;
    const struct json *actions = json_get(c->request, STR("BootstrapActions"));
    json_write_key(call->w, STR("BootstrapActions"));
    json_write_array(call->w);
    for (size_t i = 0; actions != NULL && i < actions->n_items; i++) {
        const struct json *script = json_get(&actions->items[i], STR("ScriptBootstrapAction"));
        const struct json *args = json_get(script, STR("Args"));
        json_write_object(call->w);
        json_put_str(call->w, STR("Name"), text_or(&actions->items[i], STR("Name"), STR_EMPTY));
        json_put_str(call->w, STR("ScriptPath"), text_or(script, STR("Path"), STR_EMPTY));
        json_write_key(call->w, STR("Args"));
        if (args != NULL)
            json_write_json(call->w, args);
        else
            json_write_raw(call->w, STR("[]"));
        json_write_end(call->w);
    }
    json_write_end(call->w);
}

/* As AWS has it for a new account: on, but for ssh. */
void fake_get_block_public_access(struct fake_call *call)
{
    json_write_key(call->w, STR("BlockPublicAccessConfiguration"));
    json_write_raw(call->w, STR("{\"BlockPublicSecurityGroupRules\":true,"
                                "\"PermittedPublicSecurityGroupRuleRanges\":"
                                "[{\"MinRange\":22,\"MaxRange\":22}]}"));
    json_write_key(call->w, STR("BlockPublicAccessConfigurationMetadata"));
    json_write_object(call->w);
    fake_put_seconds(call->w, STR("CreationDateTime"), call->now_ms);
    json_put_str(call->w, STR("CreatedByArn"), STR("arn:aws:iam::123456789012:root"));
    json_write_end(call->w);
}
