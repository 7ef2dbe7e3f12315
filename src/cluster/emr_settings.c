/* emr_settings: can clusters be made by these settings?  Told at start, before money is spent. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr.h"
#include "cluster/spec.h"

/* A family, a dot, a size: "m5.xlarge", "u-6tb1.112xlarge". */
static bool is_instance_type(struct str type)
{
    struct str family, size;
    if (type.len > 40 || !str_cut(type, '.', &family, &size) || family.len < 2 || size.len < 2)
        return false;
    for (size_t i = 0; i < type.len; i++) {
        char c = type.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || i == family.len))
            return false;
    }
    return true;
}

static bool check_type(struct str type, const char *setting, struct err *err)
{
    if (is_instance_type(type))
        return true;
    err_set(err, ERR_CONFIG, "clusters.%s: \"%.*s\" is no instance type", setting,
            STR_FMT(str_slice(type, 0, 40)));
    return err_fix(err, "Write it as EC2 does: m5.xlarge.");
}

static bool check_present(struct str value, const char *setting, struct err *err)
{
    return value.len > 0 || err_set(err, ERR_CONFIG, "clusters.%s is empty", setting);
}

bool emr_settings_check(const struct emr_settings *s, struct err *err)
{
    if (s->log_uri.len > 0 && !str_has_prefix(s->log_uri, STR("s3://")))
        return err_set(err, ERR_CONFIG, "clusters.log_uri: s3://BUCKET/PREFIX/ is needed");
    return emr_release_check(s->release, err) && check_type(s->primary_type, "primary_type", err) &&
           check_type(s->worker_type, "worker_type", err) &&
           check_present(s->notebooks_bucket, "notebooks_bucket", err) &&
           check_present(s->service_role, "service_role", err) &&
           check_present(s->instance_profile, "instance_profile", err);
}

void emr_default_spec(const struct emr_settings *s, struct cluster_spec *out)
{
    *out = (struct cluster_spec){ .release = s->release,
                                  .primary_type = s->primary_type,
                                  .worker_types = { .items = { s->worker_type }, .n = 1 },
                                  .root_gib = s->root_gib,
                                  .bucket = s->notebooks_bucket,
                                  .hub_user = s->hub_user,
                                  .idle_timeout_s = s->idle_timeout_s };
    for (size_t i = 0; i < s->n_subnets && i < SPEC_MAX_SUBNETS; i++)
        out->subnets.items[out->subnets.n++] = s->subnets[i];
    for (size_t i = 0; i < s->n_additional_groups && i < SPEC_MAX_GROUPS; i++)
        out->groups.items[out->groups.n++] = s->additional_groups[i];
}
