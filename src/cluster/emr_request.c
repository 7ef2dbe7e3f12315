/* emr_request: what RunJobFlow is asked for; the service model of 2009-03-31 names the members. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr.h"

enum { OWNER_MAX_BYTES = 100 };

struct str emr_cluster_name(struct arena *a, struct str owner, uint64_t marker)
{
    AUTO_BUF name = BUF_INIT(256);
    buf_add(&name, STR("boathouse "));
    owner = str_slice(owner, 0, OWNER_MAX_BYTES);
    for (size_t i = 0; i < owner.len; i++) {
        char c = owner.ptr[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '@';
        buf_add_char(&name, is_plain ? c : '_');
    }
    buf_printf(&name, "%sid=%016llx", owner.len > 0 ? " " : "", (unsigned long long)marker);
    return arena_str(a, buf_str(&name));
}

/* One kind of node, as an instance group (one subnet) or as a fleet (EMR chooses the subnet). */
static void write_nodes(struct json_writer *w, bool is_fleet, bool is_primary, struct str type,
                        unsigned n)
{
    struct str role = is_primary ? STR("MASTER") : STR("CORE");
    json_write_object(w);
    json_put_str(w, STR("Name"), is_primary ? STR("primary") : STR("workers"));
    if (is_fleet) {
        json_put_str(w, STR("InstanceFleetType"), role);
        json_put_i64(w, STR("TargetOnDemandCapacity"), n);
        json_write_key(w, STR("InstanceTypeConfigs"));
        json_write_array(w);
        json_write_object(w);
        json_put_str(w, STR("InstanceType"), type);
        json_put_i64(w, STR("WeightedCapacity"), 1);
        json_write_end(w);
        json_write_end(w);
    } else {
        json_put_str(w, STR("InstanceRole"), role);
        json_put_str(w, STR("Market"), STR("ON_DEMAND"));
        json_put_str(w, STR("InstanceType"), type);
        json_put_i64(w, STR("InstanceCount"), n);
    }
    json_write_end(w);
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

static void write_instances(struct json_writer *w, const struct emr_settings *s, unsigned n_nodes)
{
    bool is_fleet = s->n_subnets > 1;
    json_write_key(w, STR("Instances"));
    json_write_object(w);
    json_write_key(w, is_fleet ? STR("InstanceFleets") : STR("InstanceGroups"));
    json_write_array(w);
    write_nodes(w, is_fleet, true, s->primary_type, 1);
    if (n_nodes > 1)
        write_nodes(w, is_fleet, false, s->worker_type, n_nodes - 1);
    json_write_end(w);
    /* Without it a cluster that was given no step ends as soon as it is up. */
    json_put_bool(w, STR("KeepJobFlowAliveWhenNoSteps"), true);
    json_put_bool(w, STR("TerminationProtected"), false);
    if (is_fleet)
        write_list(w, STR("Ec2SubnetIds"), s->subnets, s->n_subnets);
    else if (s->n_subnets == 1)
        json_put_str(w, STR("Ec2SubnetId"), s->subnets[0]);
    json_put_str_if(w, STR("Ec2KeyName"), s->key_name);
    json_put_str_if(w, STR("EmrManagedMasterSecurityGroup"), s->primary_group);
    json_put_str_if(w, STR("EmrManagedSlaveSecurityGroup"), s->worker_group);
    json_put_str_if(w, STR("ServiceAccessSecurityGroup"), s->service_group);
    write_list(w, STR("AdditionalMasterSecurityGroups"), s->additional_groups,
               s->n_additional_groups);
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

static void write_configurations(struct json_writer *w, const struct emr_settings *s)
{
    AUTO_BUF timeout = BUF_INIT(32);
    buf_printf(&timeout, "%llds", (long long)s->idle_timeout_s);
    const struct property hub[] = {
        { STR("s3.persistence.enabled"), STR("true") },
        { STR("s3.persistence.bucket"), s->notebooks_bucket },
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

static void write_tags(struct json_writer *w, struct str name, struct str owner)
{
    json_write_key(w, STR("Tags"));
    json_write_array(w);
    write_tag(w, STR("boathouse:cluster"), name);
    if (owner.len > 0)
        write_tag(w, STR("boathouse:owner"), str_slice(owner, 0, OWNER_MAX_BYTES));
    /* AWS's managed policies (version 2) act only on what carries it. */
    write_tag(w, STR("for-use-with-amazon-emr-managed-policies"), STR("true"));
    json_write_end(w);
}

static void write_log_uri(struct json_writer *w, const struct emr_settings *s)
{
    AUTO_BUF uri = BUF_INIT(2048);
    buf_add(&uri, s->log_uri);
    if (s->log_uri.len == 0)
        buf_printf(&uri, "s3://%.*s/logs/", STR_FMT(s->notebooks_bucket));
    json_put_str(w, STR("LogUri"), buf_str(&uri));
}

void emr_write_request(struct json_writer *w, const struct emr_settings *s,
                       const struct cluster_request *req, struct str name)
{
    static const struct str applications[] = { STR_INIT("JupyterHub"), STR_INIT("Spark"),
                                               STR_INIT("Hadoop"), STR_INIT("Livy") };
    json_write_object(w);
    json_put_str(w, STR("Name"), name);
    json_put_str(w, STR("ReleaseLabel"), s->release);
    write_log_uri(w, s);
    json_write_key(w, STR("Applications"));
    json_write_array(w);
    for (size_t i = 0; i < ARRAY_LEN(applications); i++) {
        json_write_object(w);
        json_put_str(w, STR("Name"), applications[i]);
        json_write_end(w);
    }
    json_write_end(w);
    write_instances(w, s, req->n_nodes);
    write_configurations(w, s);
    json_put_str(w, STR("ServiceRole"), s->service_role);
    json_put_str(w, STR("JobFlowRole"), s->instance_profile);
    if (s->root_gib > 0)
        json_put_i64(w, STR("EbsRootVolumeSize"), s->root_gib);
    if (emr_release_ends_idle(s->release)) {
        json_write_key(w, STR("AutoTerminationPolicy"));
        json_write_object(w);
        json_put_i64(w, STR("IdleTimeout"), s->idle_timeout_s);
        json_write_end(w);
    }
    write_tags(w, name, req->owner);
    json_write_end(w);
}
