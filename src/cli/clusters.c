/* clusters: see clusters.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/clusters.h"

#include "aws/aws.h"

#include "http/client.h"
#include "store/store.h"

#include <errno.h>
#include <unistd.h>

static struct emr_settings settings_of(const struct config *c, struct str region)
{
    const struct config_value *subnets = &c->values[CONFIG_CLUSTERS_SUBNETS];
    const struct config_value *groups = &c->values[CONFIG_CLUSTERS_ADDITIONAL_SECURITY_GROUPS];
    return (struct emr_settings){
        .region = region,
        .release = config_text(c, CONFIG_CLUSTERS_RELEASE),
        .primary_type = config_text(c, CONFIG_CLUSTERS_PRIMARY_TYPE),
        .worker_type = config_text(c, CONFIG_CLUSTERS_WORKER_TYPE),
        .max_nodes = (unsigned)config_int(c, CONFIG_CLUSTERS_MAX_NODES),
        .root_gib = config_int(c, CONFIG_CLUSTERS_ROOT_GIB),
        .idle_timeout_s = config_int(c, CONFIG_CLUSTERS_IDLE_TIMEOUT_S),
        .subnets = subnets->items,
        .n_subnets = subnets->n_items,
        .primary_group = config_text(c, CONFIG_CLUSTERS_PRIMARY_SECURITY_GROUP),
        .worker_group = config_text(c, CONFIG_CLUSTERS_WORKER_SECURITY_GROUP),
        .service_group = config_text(c, CONFIG_CLUSTERS_SERVICE_SECURITY_GROUP),
        .additional_groups = groups->items,
        .n_additional_groups = groups->n_items,
        .key_name = config_text(c, CONFIG_CLUSTERS_KEY_NAME),
        .service_role = config_text(c, CONFIG_CLUSTERS_SERVICE_ROLE),
        .instance_profile = config_text(c, CONFIG_CLUSTERS_INSTANCE_PROFILE),
        .log_uri = config_text(c, CONFIG_CLUSTERS_LOG_URI),
        .notebooks_bucket = config_text(c, CONFIG_CLUSTERS_NOTEBOOKS_BUCKET),
        .hub_user = config_text(c, CONFIG_CLUSTERS_HUB_USER),
    };
}

void clusters_default_spec(const struct config *c, struct cluster_spec *out)
{
    const struct emr_settings settings = settings_of(c, STR_EMPTY);
    emr_default_spec(&settings, out);
}

struct newest {
    int64_t ms;
    size_t n;
};
enum { NEWEST_MAX_KEYS = 20000, LIVY_MAX_BYTES = 4 * 1024 * 1024 };

static bool note_newest(void *ctx, const struct store_object *object, struct err *err)
{
    struct newest *newest = ctx;
    if (object->last_modified_unix_ms > newest->ms)
        newest->ms = object->last_modified_unix_ms;
    return ++newest->n < NEWEST_MAX_KEYS ||
           err_set(err, ERR_TOO_LARGE, "more than %d objects to look at", NEWEST_MAX_KEYS);
}

static bool newest_of(void *ctx, struct arena *a, struct str bucket, struct str prefix,
                      const struct cluster_call *call, int64_t *out_ms, struct err *err)
{
    struct newest newest = { 0 };
    const struct store_list list = { .bucket = bucket,
                                     .prefix = prefix,
                                     .each = note_newest,
                                     .ctx = &newest,
                                     .call = { call->deadline_ms, call->cancel } };
    (void)a;
    if (!store_list(ctx, &list, err))
        return false;
    *out_ms = newest.ms;
    return true;
}

/* Livy is on the cluster's own network. */
static bool get_livy(void *ctx, struct arena *a, struct str url, const struct cluster_call *call,
                     struct str *body_out, struct err *err)
{
    const struct http_call get = { .method = HTTP_GET,
                                   .url = url,
                                   .deadline_ms = call->deadline_ms,
                                   .cancel = call->cancel,
                                   .max_attempts = 1,
                                   .is_direct = true,
                                   .body_limit = LIVY_MAX_BYTES };
    struct http_client *client = http_client_new(NULL);
    struct http_reply reply;
    (void)ctx;
    bool ok = http_client_call(client, a, &get, &reply, err);
    http_client_free(client);
    if (ok && reply.status != 200)
        return err_set(err, ERR_UPSTREAM, "%.*s answered %d", STR_FMT(url), reply.status);
    if (ok)
        *body_out = reply.body;
    return ok;
}

struct cluster_provider *clusters_open(const struct config *c, struct aws *aws, struct store *store,
                                       struct err *err)
{
    struct emr_settings settings = settings_of(c, aws_region(aws));
    /* A server that is told to be EMR alone has nothing to do with AWS's EC2. */
    bool is_apart =
        aws_has_own_endpoint(aws, STR("elasticmapreduce")) &&
        !(aws_has_own_endpoint(aws, STR("ec2")) && aws_has_own_endpoint(aws, STR("s3")));
    struct emr_lookups *lookups = ARENA_NEW(c->arena, struct emr_lookups);
    *lookups = (struct emr_lookups){ ec2_groups, ec2_subnets, s3_bucket_region, aws };
    if (!is_apart)
        settings.lookups = lookups;
    struct emr_probes *probes = ARENA_NEW(c->arena, struct emr_probes);
    *probes =
        (struct emr_probes){ .newest = newest_of,
                             .get = get_livy,
                             .ctx = store,
                             .livy_port = (unsigned)config_int(c, CONFIG_CLUSTERS_LIVY_PORT) };
    settings.probes = is_apart ? NULL : probes;
    return emr_provider_new(&settings, emr_send, aws, err);
}

/* A folder as it is found from anywhere. */
static bool absolute(const struct config *c, struct str path, struct str *out, struct err *err)
{
    char here[4096];
    if (str_has_prefix(path, STR("/"))) {
        *out = path;
        return true;
    }
    if (getcwd(here, sizeof here) == NULL)
        return err_errno(err, errno, "asking for the current folder");
    *out = arena_printf(c->arena, "%s/%.*s", here, STR_FMT(path));
    return true;
}

bool clusters_local_settings(const struct config *c, struct local_settings *out, struct err *err)
{
    struct str state, lake;
    struct str environments = config_text(c, CONFIG_LOCAL_ENVIRONMENTS);
    if (!absolute(c, config_text(c, CONFIG_STATE), &state, err) ||
        !absolute(c, config_text(c, CONFIG_LAKE), &lake, err))
        return false;
    struct str folder = arena_printf(c->arena, "%.*s/local", STR_FMT(state));
    if (environments.len == 0)
        environments = arena_printf(c->arena, "%.*s/environments", STR_FMT(folder));
    *out = (struct local_settings){
        .folder = folder,
        .lake = lake,
        .notebooks = config_text(c, CONFIG_CLUSTERS_NOTEBOOKS_BUCKET),
        .hub_user = config_text(c, CONFIG_CLUSTERS_HUB_USER),
        .python = config_text(c, CONFIG_LOCAL_PYTHON),
        .max_nodes = (unsigned)config_int(c, CONFIG_CLUSTERS_MAX_NODES),
    };
    return absolute(c, environments, &out->environments, err);
}

struct cluster_provider *clusters_open_local(const struct config *c, struct err *err)
{
    struct local_settings settings;
    return clusters_local_settings(c, &settings, err) ? local_provider_new(&settings, err) : NULL;
}
