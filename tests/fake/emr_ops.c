/* emr_ops: what each operation answers, in the shapes of the service model of 2009-03-31. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "emr_internal.h"

#include "util/scan.h"

#include <stdio.h>
#include <string.h>

enum { PAGE = 50 };

static double seconds(int64_t ms)
{
    return (double)ms / 1000;
}

static struct fake_cluster *find_cluster(struct fake_emr *emr, struct str id)
{
    for (size_t i = 0; i < emr->n_clusters; i++)
        if (str_eq(emr->clusters[i].id, id))
            return &emr->clusters[i];
    return NULL;
}

struct fake_cluster *fake_named_cluster(struct fake_call *call)
{
    struct err err = ERR_INIT;
    struct str id;
    if (!json_get_str(call->body, STR("ClusterId"), &id, &err)) {
        fake_fail(call, 400, "ValidationException", "%s", err.msg);
        return NULL;
    }
    struct fake_cluster *c = find_cluster(call->emr, id);
    if (c == NULL)
        fake_fail(call, 400, "InvalidRequestException", "Cluster id '%.*s' is not valid.",
                  STR_FMT(id));
    return c;
}

const struct json *fake_keep(struct fake_call *call, const struct json *value)
{
    AUTO_BUF text = BUF_INIT(LIMIT_JSON_BYTES);
    struct json_writer w;
    struct err err = ERR_INIT;
    json_writer_init(&w, &text);
    json_write_json(&w, value);
    return json_parse(&call->emr->arena, buf_str(&text), LIMIT_JSON_BYTES, &err);
}

static struct str new_id(struct fake_emr *emr)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char id[] = "j-0000000000000";
    uint64_t n = (emr->n_clusters + 1) * 0x9E3779B97F4A7C15U + emr->seed;
    for (size_t i = 2; i < sizeof id - 1; i++, n /= 36)
        id[i] = digits[n % 36];
    return arena_str(&emr->arena, str_from(id));
}

/* What the service refuses before anything is made. */
static bool is_refused(struct fake_call *call)
{
    struct err err = ERR_INIT;
    const struct json *instances;
    struct str name, role;
    if (!json_get_str(call->body, STR("Name"), &name, &err) ||
        !json_get_object(call->body, STR("Instances"), &instances, &err) ||
        !json_get_str(call->body, STR("ServiceRole"), &role, &err)) {
        fake_fail(call, 400, "ValidationException", "%s", err.msg);
        return true;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (strchr("<>$|`", name.ptr[i]) != NULL || name.len > 256) {
            fake_fail(call, 400, "ValidationException", "Invalid cluster name");
            return true;
        }
    }
    if (json_has(instances, STR("InstanceGroups")) == json_has(instances, STR("InstanceFleets"))) {
        fake_fail(call, 400, "ValidationException",
                  "Instance groups or instance fleets must be given, and not both");
        return true;
    }
    return false;
}

static bool is_in_subnet(const struct json *request, struct str subnet)
{
    const struct json *one = json_find(request, STR("/Instances/Ec2SubnetId"));
    const struct json *first = json_find(request, STR("/Instances/Ec2SubnetIds/0"));
    const struct json *at = one != NULL ? one : first;
    return at != NULL && at->kind == JSON_KIND_STR && str_eq(at->text, subnet);
}

static void set_failure(const struct fake_emr *emr, struct fake_cluster *c)
{
    const char *code = emr->faults.error_code;
    struct str subnet = str_from(emr->faults.no_capacity_subnet);
    if (subnet.len > 0 && is_in_subnet(c->request, subnet))
        code = "INTERNAL_ERROR_EC2_INSUFFICIENT_CAPACITY_AZ";
    (void)snprintf(c->error_code, sizeof c->error_code, "%s", code);
}

void fake_run_job_flow(struct fake_call *call)
{
    struct fake_emr *emr = call->emr;
    if (is_refused(call))
        return;
    struct fake_cluster *c =
        ARENA_PUSH(&emr->arena, emr->clusters, emr->n_clusters, emr->cap_clusters);
    const struct json *protection = json_find(call->body, STR("/Instances/TerminationProtected"));
    *c = (struct fake_cluster){ .id = new_id(emr),
                                .request = fake_keep(call, call->body),
                                .created_ms = call->now_ms,
                                .visible_ms = call->now_ms + emr->faults.invisible_ms,
                                .is_stuck = emr->faults.stuck_bootstrapping };
    c->is_protected =
        protection != NULL && protection->kind == JSON_KIND_BOOL && protection->boolean;
    c->scaling = json_get(c->request, STR("ManagedScalingPolicy"));
    set_failure(emr, c);
    if (emr->faults.throttle_but_create > 0) {
        emr->faults.throttle_but_create--;
        fake_fail(call, 400, "ThrottlingException", "Rate exceeded");
        return;
    }
    if (emr->faults.lose_answers > 0) {
        emr->faults.lose_answers--;
        call->delivery = FAKE_EMR_LOSE;
    }
    json_put_str(call->w, STR("JobFlowId"), c->id);
    json_put_str(call->w, STR("ClusterArn"),
                 arena_printf(call->arena,
                              "arn:aws:elasticmapreduce:us-east-1:123456789012:cluster/%.*s",
                              STR_FMT(c->id)));
}

static void write_reason(struct fake_call *call, const struct fake_cluster *c,
                         enum fake_state state)
{
    bool failed =
        state == FAKE_TERMINATED_WITH_ERRORS || (state == FAKE_TERMINATING && c->terminate_ms == 0);
    json_write_key(call->w, STR("StateChangeReason"));
    json_write_object(call->w);
    if (failed) {
        bool bootstrap = strncmp(c->error_code, "BOOTSTRAP_", 10) == 0;
        bool validation = strncmp(c->error_code, "VALIDATION_", 11) == 0;
        json_put_str(call->w, STR("Code"),
                     bootstrap    ? STR("BOOTSTRAP_FAILURE")
                     : validation ? STR("VALIDATION_ERROR")
                                  : STR("INTERNAL_ERROR"));
        json_put_str(call->w, STR("Message"), str_from(c->error_code));
    } else if (state >= FAKE_TERMINATING) {
        json_put_str(call->w, STR("Code"), STR("USER_REQUEST"));
        json_put_str(call->w, STR("Message"), STR("Terminated by user request"));
    }
    json_write_end(call->w);
    if (!failed)
        return;
    json_write_key(call->w, STR("ErrorDetails"));
    json_write_array(call->w);
    json_write_object(call->w);
    json_put_str(call->w, STR("ErrorCode"), str_from(c->error_code));
    json_put_str(call->w, STR("ErrorMessage"), STR("The cluster could not be made."));
    json_write_end(call->w);
    json_write_end(call->w);
}

static void write_status(struct fake_call *call, const struct fake_cluster *c)
{
    enum fake_state state = fake_cluster_state(call->emr, c, call->now_ms);
    int64_t ready_ms = fake_cluster_ready_ms(call->emr, c, call->now_ms);
    int64_t end_ms = fake_cluster_end_ms(call->emr, c, call->now_ms);
    json_write_key(call->w, STR("Status"));
    json_write_object(call->w);
    json_put_str(call->w, STR("State"), str_from(fake_state_name(state)));
    write_reason(call, c, state);
    json_write_key(call->w, STR("Timeline"));
    json_write_object(call->w);
    fake_put_seconds(call->w, STR("CreationDateTime"), c->created_ms);
    if (ready_ms > 0)
        fake_put_seconds(call->w, STR("ReadyDateTime"), ready_ms);
    if (end_ms > 0)
        fake_put_seconds(call->w, STR("EndDateTime"), end_ms);
    json_write_end(call->w);
    json_write_end(call->w);
}

static void write_summary(struct fake_call *call, const struct fake_cluster *c)
{
    const struct json *name = json_get(c->request, STR("Name"));
    json_put_str(call->w, STR("Id"), c->id);
    json_put_str(call->w, STR("Name"), name->text);
    write_status(call, c);
    json_put_i64(call->w, STR("NormalizedInstanceHours"), 0);
    json_put_str(call->w, STR("ClusterArn"),
                 arena_printf(call->arena,
                              "arn:aws:elasticmapreduce:us-east-1:123456789012:cluster/%.*s",
                              STR_FMT(c->id)));
}

/* Members that DescribeCluster gives back as RunJobFlow was given them. */
static const struct str echoed[] = {
    STR_INIT("LogUri"),
    STR_INIT("ReleaseLabel"),
    STR_INIT("Tags"),
    STR_INIT("ServiceRole"),
    STR_INIT("Configurations"),
    STR_INIT("Applications"),
    STR_INIT("AutoScalingRole"),
    STR_INIT("ScaleDownBehavior"),
    STR_INIT("EbsRootVolumeSize"),
    STR_INIT("StepConcurrencyLevel"),
};

/* What RunJobFlow has below Instances, DescribeCluster has by other names. */
static void write_attributes(struct fake_call *call, const struct fake_cluster *c)
{
    static const struct {
        struct str asked, told;
    } names[] = {
        { STR_INIT("Ec2KeyName"), STR_INIT("Ec2KeyName") },
        { STR_INIT("Ec2SubnetId"), STR_INIT("Ec2SubnetId") },
        { STR_INIT("Ec2SubnetIds"), STR_INIT("RequestedEc2SubnetIds") },
        { STR_INIT("EmrManagedMasterSecurityGroup"), STR_INIT("EmrManagedMasterSecurityGroup") },
        { STR_INIT("EmrManagedSlaveSecurityGroup"), STR_INIT("EmrManagedSlaveSecurityGroup") },
        { STR_INIT("ServiceAccessSecurityGroup"), STR_INIT("ServiceAccessSecurityGroup") },
    };
    const struct json *instances = json_get(c->request, STR("Instances"));
    const struct json *profile = json_get(c->request, STR("JobFlowRole"));
    json_put_str(call->w, STR("InstanceCollectionType"),
                 json_has(instances, STR("InstanceFleets")) ? STR("INSTANCE_FLEET")
                                                            : STR("INSTANCE_GROUP"));
    json_write_key(call->w, STR("Ec2InstanceAttributes"));
    json_write_object(call->w);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (json_has(instances, names[i].asked)) {
            json_write_key(call->w, names[i].told);
            json_write_json(call->w, json_get(instances, names[i].asked));
        }
    if (profile != NULL) {
        json_write_key(call->w, STR("IamInstanceProfile"));
        json_write_json(call->w, profile);
    }
    json_write_end(call->w);
}

void fake_describe_cluster(struct fake_call *call)
{
    const struct fake_cluster *c = fake_named_cluster(call);
    if (c == NULL)
        return;
    json_write_key(call->w, STR("Cluster"));
    json_write_object(call->w);
    write_summary(call, c);
    for (size_t i = 0; i < ARRAY_LEN(echoed); i++) {
        const struct json *value = json_get(c->request, echoed[i]);
        if (value != NULL) {
            json_write_key(call->w, echoed[i]);
            json_write_json(call->w, value);
        }
    }
    write_attributes(call, c);
    json_put_bool(call->w, STR("TerminationProtected"), c->is_protected);
    if (fake_cluster_state(call->emr, c, call->now_ms) != FAKE_STARTING)
        json_put_str(call->w, STR("MasterPublicDnsName"),
                     arena_printf(call->arena, "ip-10-0-0-%zu.ec2.internal",
                                  (size_t)(c - call->emr->clusters) % 250 + 1));
    json_write_end(call->w);
}

bool fake_is_asked_for(const struct json *words, const char *word)
{
    if (words == NULL || words->kind != JSON_KIND_ARRAY || words->n_items == 0)
        return true;
    for (size_t i = 0; i < words->n_items; i++)
        if (words->items[i].kind == JSON_KIND_STR && str_eq(words->items[i].text, str_from(word)))
            return true;
    return false;
}

static double number_or(const struct json *object, struct str key, double fallback)
{
    const struct json *value = json_get(object, key);
    if (value == NULL)
        return fallback;
    if (value->kind == JSON_KIND_INT)
        return (double)value->integer;
    return value->kind == JSON_KIND_REAL ? value->real : fallback;
}

static bool is_listed(const struct fake_call *call, const struct fake_cluster *c)
{
    enum fake_state state = fake_cluster_state(call->emr, c, call->now_ms);
    double created = seconds(c->created_ms);
    return c->visible_ms <= call->now_ms &&
           fake_is_asked_for(json_get(call->body, STR("ClusterStates")), fake_state_name(state)) &&
           created >= number_or(call->body, STR("CreatedAfter"), 0) &&
           created <= number_or(call->body, STR("CreatedBefore"), 1e15);
}

/* Pages of 50, in no useful order: every other one from the front, then the rest. */
void fake_list_clusters(struct fake_call *call)
{
    const struct json *marker = json_get(call->body, STR("Marker"));
    size_t n = call->emr->n_clusters;
    uint64_t at = 0;
    size_t n_written = 0;
    if (marker != NULL &&
        (marker->kind != JSON_KIND_STR || !str_has_prefix(marker->text, STR("page-")) ||
         !scan_whole_u64(str_from_pos(marker->text, 5), n, &at))) {
        fake_fail(call, 400, "InvalidRequestException", "The marker is not valid.");
        return;
    }
    json_write_key(call->w, STR("Clusters"));
    json_write_array(call->w);
    for (; at < n && n_written < PAGE; at++) {
        size_t half = (n + 1) / 2;
        const struct fake_cluster *c =
            &call->emr->clusters[at < half ? at * 2 : (at - half) * 2 + 1];
        if (!is_listed(call, c))
            continue;
        json_write_object(call->w);
        write_summary(call, c);
        json_write_end(call->w);
        n_written++;
    }
    json_write_end(call->w);
    if (at < n)
        json_put_str(call->w, STR("Marker"), arena_printf(call->arena, "page-%zu", (size_t)at));
}

static bool is_listed_id(const struct json *ids, size_t i, struct fake_call *call,
                         struct fake_cluster **out)
{
    struct err err = ERR_INIT;
    struct str id;
    if (!json_as_str(&ids->items[i], &id, &err)) {
        fake_fail(call, 400, "ValidationException", "%s", err.msg);
        return false;
    }
    *out = find_cluster(call->emr, id);
    if (*out == NULL)
        fake_fail(call, 400, "ValidationException", "Specified job flow ID not valid.");
    return *out != NULL;
}

void fake_terminate_job_flows(struct fake_call *call)
{
    struct err err = ERR_INIT;
    const struct json *ids;
    bool refused = false;
    if (!json_get_array(call->body, STR("JobFlowIds"), &ids, &err) || ids->n_items > 10) {
        fake_fail(call, 400, "ValidationException", "JobFlowIds: 1 to 10 ids are needed");
        return;
    }
    for (size_t i = 0; i < ids->n_items; i++) {
        struct fake_cluster *c;
        if (!is_listed_id(ids, i, call, &c))
            return;
        if (c->is_protected)
            refused = true;
        else if (c->terminate_ms == 0)
            c->terminate_ms = call->now_ms;
    }
    if (refused)
        fake_fail(
            call, 400, "ValidationException",
            "Could not shut down one or more job flows since they are termination protected.");
}

void fake_set_termination_protection(struct fake_call *call)
{
    struct err err = ERR_INIT;
    const struct json *ids;
    bool on;
    if (!json_get_array(call->body, STR("JobFlowIds"), &ids, &err) ||
        !json_get_bool(call->body, STR("TerminationProtected"), &on, &err)) {
        fake_fail(call, 400, "ValidationException", "%s", err.msg);
        return;
    }
    for (size_t i = 0; i < ids->n_items; i++) {
        struct fake_cluster *c;
        if (!is_listed_id(ids, i, call, &c))
            return;
        c->is_protected = on;
    }
}
