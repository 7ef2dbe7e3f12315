/* emr_request: what RunJobFlow is asked for; the service model of 2009-03-31 names the members. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr_internal.h"

#include "cluster/spec.h"

enum { OWNER_MAX_BYTES = 100 };

/* What one kind of node is made of. */
struct nodes {
    bool is_primary;
    const struct str *types;
    size_t n_types;
    int64_t n;
    enum spec_market market;
};

bool emr_is_fleet(const struct cluster_spec *spec)
{
    return spec->subnets.n > 1 || spec->worker_types.n > 1 || spec->market != SPEC_ON_DEMAND;
}

static void write_list(struct json_writer *w, struct str key, const struct str *items, size_t n)
{
    if (n == 0)
        return;
    json_write_key(w, key);
    json_write_array(w);
    for (size_t i = 0; i < n; i++)
        json_write_str(w, items[i]);
    json_write_end(w);
}

/* Spot may be short from the start: after ten minutes the rest is bought on demand, or the cluster
 * ends; EMR allows 5 to 1,440 minutes. */
static void write_spot(struct json_writer *w, enum spec_market market)
{
    json_write_key(w, STR("LaunchSpecifications"));
    json_write_object(w);
    json_write_key(w, STR("SpotSpecification"));
    json_write_object(w);
    json_put_i64(w, STR("TimeoutDurationMinutes"), 10);
    json_put_str(w, STR("TimeoutAction"),
                 market == SPEC_SPOT ? STR("TERMINATE_CLUSTER") : STR("SWITCH_TO_ON_DEMAND"));
    json_put_str(w, STR("AllocationStrategy"), STR("price-capacity-optimized"));
    json_write_end(w);
    json_write_end(w);
}

/* Without a strategy EMR takes no more than five types. */
static void write_on_demand(struct json_writer *w)
{
    json_write_key(w, STR("LaunchSpecifications"));
    json_write_object(w);
    json_write_key(w, STR("OnDemandSpecification"));
    json_write_object(w);
    json_put_str(w, STR("AllocationStrategy"), STR("lowest-price"));
    json_write_end(w);
    json_write_end(w);
}

static void write_fleet(struct json_writer *w, const struct nodes *nodes)
{
    bool is_spot = nodes->market != SPEC_ON_DEMAND;
    json_put_str(w, STR("InstanceFleetType"), nodes->is_primary ? STR("MASTER") : STR("CORE"));
    json_put_i64(w, is_spot ? STR("TargetSpotCapacity") : STR("TargetOnDemandCapacity"), nodes->n);
    json_write_key(w, STR("InstanceTypeConfigs"));
    json_write_array(w);
    for (size_t i = 0; i < nodes->n_types; i++) {
        json_write_object(w);
        json_put_str(w, STR("InstanceType"), nodes->types[i]);
        json_put_i64(w, STR("WeightedCapacity"), 1);
        json_write_end(w);
    }
    json_write_end(w);
    if (is_spot)
        write_spot(w, nodes->market);
    else if (nodes->n_types > 1)
        write_on_demand(w);
}

/* As an instance group (one type, one subnet) or as a fleet (EMR chooses among them). */
static void write_nodes(struct json_writer *w, const struct cluster_spec *spec,
                        const struct nodes *nodes)
{
    json_write_object(w);
    json_put_str(w, STR("Name"), nodes->is_primary ? STR("primary") : STR("workers"));
    if (emr_is_fleet(spec)) {
        write_fleet(w, nodes);
    } else {
        json_put_str(w, STR("InstanceRole"), nodes->is_primary ? STR("MASTER") : STR("CORE"));
        json_put_str(w, STR("Market"), STR("ON_DEMAND"));
        json_put_str(w, STR("InstanceType"), nodes->types[0]);
        json_put_i64(w, STR("InstanceCount"), nodes->n);
    }
    json_write_end(w);
}

static void write_instances(struct json_writer *w, const struct emr_settings *s,
                            const struct cluster_spec *spec)
{
    const struct nodes primary = { true, &spec->primary_type, 1, 1, SPEC_ON_DEMAND };
    const struct nodes workers = { false, spec->worker_types.items, spec->worker_types.n,
                                   spec->n_workers, spec->market };
    json_write_key(w, STR("Instances"));
    json_write_object(w);
    json_write_key(w, emr_is_fleet(spec) ? STR("InstanceFleets") : STR("InstanceGroups"));
    json_write_array(w);
    write_nodes(w, spec, &primary);
    if (spec->n_workers > 0)
        write_nodes(w, spec, &workers);
    json_write_end(w);
    /* Without it a cluster that was given no step ends as soon as it is up. */
    json_put_bool(w, STR("KeepJobFlowAliveWhenNoSteps"), true);
    json_put_bool(w, STR("TerminationProtected"), false);
    if (emr_is_fleet(spec))
        write_list(w, STR("Ec2SubnetIds"), spec->subnets.items, spec->subnets.n);
    else if (spec->subnets.n == 1)
        json_put_str(w, STR("Ec2SubnetId"), spec->subnets.items[0]);
    json_put_str_if(w, STR("Ec2KeyName"), s->key_name);
    json_put_str_if(w, STR("EmrManagedMasterSecurityGroup"), s->primary_group);
    json_put_str_if(w, STR("EmrManagedSlaveSecurityGroup"), s->worker_group);
    json_put_str_if(w, STR("ServiceAccessSecurityGroup"), s->service_group);
    write_list(w, STR("AdditionalMasterSecurityGroups"), spec->groups.items, spec->groups.n);
    json_write_end(w);
}

void emr_write_scaling(struct json_writer *w, const struct cluster_spec *spec)
{
    json_write_key(w, STR("ManagedScalingPolicy"));
    json_write_object(w);
    json_write_key(w, STR("ComputeLimits"));
    json_write_object(w);
    json_put_str(w, STR("UnitType"),
                 emr_is_fleet(spec) ? STR("InstanceFleetUnits") : STR("Instances"));
    json_put_i64(w, STR("MinimumCapacityUnits"), spec->autoscale_min);
    json_put_i64(w, STR("MaximumCapacityUnits"), spec->autoscale_max);
    json_write_end(w);
    json_write_end(w);
}

/* The default password of JupyterHub is known to everybody.  The step replaces it by one of which
 * only the hash is told: arguments of steps can be read by all who may list them.  It waits for the
 * container, and may be run again. */
static const char harden_script[] =
    "i=0; until docker exec jupyterhub true 2>/dev/null; do i=$((i+1)); "
    "[ $i -lt 60 ] || exit 1; sleep 5; done; "
    "docker exec jupyterhub id -u \"$1\" >/dev/null 2>&1 || "
    "docker exec jupyterhub useradd -m -s /bin/bash -N \"$1\" || exit 1; "
    "printf '%s:%s\\n' \"$1\" \"$2\" | docker exec -i jupyterhub chpasswd -e || exit 1; "
    "[ \"$1\" = jovyan ] || docker exec jupyterhub usermod -L jovyan";

struct str emr_harden_name(struct arena *a, int64_t generation)
{
    return generation <= 1 ? STR(EMR_HARDEN_STEP)
                           : arena_printf(a, EMR_HARDEN_STEP ", %lld", (long long)generation);
}

void emr_write_harden(struct json_writer *w, struct str name, bool is_first, struct str user,
                      struct str hash)
{
    const struct str args[] = {
        STR("/usr/bin/sudo"), STR("/bin/sh"), STR("-c"), str_from(harden_script),
        STR("harden"),        user,           hash
    };
    json_write_key(w, STR("Steps"));
    json_write_array(w);
    json_write_object(w);
    json_put_str(w, STR("Name"), name);
    /* A later one that fails leaves a password that is safe too. */
    json_put_str(w, STR("ActionOnFailure"), is_first ? STR("TERMINATE_CLUSTER") : STR("CONTINUE"));
    json_write_key(w, STR("HadoopJarStep"));
    json_write_object(w);
    json_put_str(w, STR("Jar"), STR("command-runner.jar"));
    write_list(w, STR("Args"), args, ARRAY_LEN(args));
    json_write_end(w);
    json_write_end(w);
    json_write_end(w);
}

struct property {
    struct str name, value;
};

static void write_classification(struct json_writer *w, struct str name,
                                 const struct property *properties, size_t n)
{
    json_write_object(w);
    json_put_str(w, STR("Classification"), name);
    json_write_key(w, STR("Properties"));
    json_write_object(w);
    for (size_t i = 0; i < n; i++)
        json_put_str(w, properties[i].name, properties[i].value);
    json_write_end(w);
    json_write_end(w);
}

static void write_configurations(struct json_writer *w, const struct cluster_spec *spec)
{
    AUTO_BUF timeout = BUF_INIT(32);
    buf_printf(&timeout, "%llds", (long long)spec->idle_timeout_s);
    const struct property hub[] = {
        { STR("s3.persistence.enabled"), STR("true") },
        { STR("s3.persistence.bucket"), spec->bucket },
    };
    /* A forgotten Livy session is a running application: without its end the cluster is never idle.
     * A busy one must not be cut off in the middle of a cell. */
    const struct property livy[] = {
        { STR("livy.server.session.timeout"), buf_str(&timeout) },
        { STR("livy.server.session.timeout-check.skip-busy"), STR("true") },
    };
    json_write_key(w, STR("Configurations"));
    json_write_array(w);
    write_classification(w, STR("jupyter-s3-conf"), hub, ARRAY_LEN(hub));
    write_classification(w, STR("livy-conf"), livy, ARRAY_LEN(livy));
    json_write_end(w);
}

static void write_tag(struct json_writer *w, struct str key, struct str value)
{
    json_write_object(w);
    json_put_str(w, STR("Key"), key);
    json_put_str(w, STR("Value"), value);
    json_write_end(w);
}

static void write_tags(struct json_writer *w, const struct cluster_order *order)
{
    json_write_key(w, STR("Tags"));
    json_write_array(w);
    write_tag(w, STR("boathouse:cluster"), order->marker);
    write_tag(w, STR("boathouse:deployment"), order->deployment);
    if (order->owner.len > 0)
        write_tag(w, STR("boathouse:owner"), str_slice(order->owner, 0, OWNER_MAX_BYTES));
    /* AWS's managed policies (version 2) act only on what carries it. */
    write_tag(w, STR("for-use-with-amazon-emr-managed-policies"), STR("true"));
    for (size_t i = 0; i < order->spec->n_labels; i++)
        write_tag(w, order->spec->labels[i].key, order->spec->labels[i].value);
    json_write_end(w);
}

static void write_log_uri(struct json_writer *w, const struct emr_settings *s, struct str bucket)
{
    AUTO_BUF uri = BUF_INIT(2048);
    buf_add(&uri, s->log_uri);
    if (s->log_uri.len == 0)
        buf_printf(&uri, "s3://%.*s/logs/", STR_FMT(bucket));
    json_put_str(w, STR("LogUri"), buf_str(&uri));
}

static void write_applications(struct json_writer *w)
{
    static const struct str applications[] = { STR_INIT("JupyterHub"), STR_INIT("Spark"),
                                               STR_INIT("Hadoop"), STR_INIT("Livy") };
    json_write_key(w, STR("Applications"));
    json_write_array(w);
    for (size_t i = 0; i < ARRAY_LEN(applications); i++) {
        json_write_object(w);
        json_put_str(w, STR("Name"), applications[i]);
        json_write_end(w);
    }
    json_write_end(w);
}

void emr_write_request(struct json_writer *w, const struct emr_settings *s,
                       const struct cluster_order *order, struct str name)
{
    const struct cluster_spec *spec = order->spec;
    json_write_object(w);
    json_put_str(w, STR("Name"), name);
    json_put_str(w, STR("ReleaseLabel"), spec->release);
    write_log_uri(w, s, spec->bucket);
    write_applications(w);
    write_instances(w, s, spec);
    if (spec->autoscale_max > 0)
        emr_write_scaling(w, spec);
    write_configurations(w, spec);
    emr_write_harden(w, STR(EMR_HARDEN_STEP), true, spec->hub_user, order->password_hash);
    json_put_str(w, STR("ServiceRole"), s->service_role);
    json_put_str(w, STR("JobFlowRole"), s->instance_profile);
    if (spec->root_gib > 0)
        json_put_i64(w, STR("EbsRootVolumeSize"), spec->root_gib);
    /* The second line of defence: it works also when nobody of ours does. */
    if (emr_release_ends_idle(spec->release)) {
        json_write_key(w, STR("AutoTerminationPolicy"));
        json_write_object(w);
        json_put_i64(w, STR("IdleTimeout"), spec->idle_timeout_s);
        json_write_end(w);
    }
    write_tags(w, order);
    json_write_end(w);
}
