/*
 * emr_preflight: what is looked up before RunJobFlow: security groups, subnets, the bucket, and
 * EMR's own guard against groups that are open to the world.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr_internal.h"

#include "cluster/preflight.h"
#include "util/clock.h"

enum { LOOKUP_MS = 10 * 1000, MAX_IDS = 100, MAX_RANGES = 64 };

/* Ports that EMR's block public access lets be open; is_on false: it does not look. */
struct guard {
    bool is_known, is_on;
    size_t n;
    struct {
        int64_t from, to;
    } permitted[MAX_RANGES];
};

struct look {
    struct emr_provider *p;
    const struct cluster_spec *spec;
    struct ec2_call call;
    struct preflight *out;
    struct guard guard;
    struct str vpc; /* of the subnets, if it is one */
};

static bool read_guard(const struct json *answer, struct guard *out, struct err *err)
{
    const struct json *config, *ranges;
    if (answer == NULL ||
        !json_get_object(answer, STR("BlockPublicAccessConfiguration"), &config, err) ||
        !json_opt_bool(config, STR("BlockPublicSecurityGroupRules"), false, &out->is_on, err) ||
        !json_opt_array(config, STR("PermittedPublicSecurityGroupRuleRanges"), &ranges, err))
        return false;
    for (unsigned i = 0; ranges != NULL && i < ranges->n_items && out->n < MAX_RANGES; i++) {
        int64_t from, to;
        if (!json_get_i64(&ranges->items[i], STR("MinRange"), 0, 65535, &from, err) ||
            !json_opt_i64(&ranges->items[i], STR("MaxRange"), 0, 65535, from, &to, err))
            return false;
        out->permitted[out->n].from = from;
        out->permitted[out->n++].to = to;
    }
    out->is_known = true;
    return true;
}

static void look_at_guard(struct look *l)
{
    const struct cluster_call call = { .deadline_ms = l->call.deadline_ms,
                                       .cancel = l->call.cancel };
    struct arena *a = l->out->arena;
    struct err err = ERR_INIT;
    struct str text;
    if (!emr_ask(l->p, a, "GetBlockPublicAccessConfiguration", STR("{}"), &call, &text, &err) ||
        !read_guard(json_parse(a, text, LIMIT_JSON_BYTES, &err), &l->guard, &err)) {
        preflight_unchecked(l->out, "", "EMR's block public access", &err);
        return;
    }
    if (!l->guard.is_on)
        preflight_add(l->out, PREFLIGHT_WARNING, "public-access-allowed", "",
                      "Switch it on in EMR's console, or by aws emr "
                      "put-block-public-access-configuration.",
                      "EMR's block public access is off: nothing keeps clusters from being open to "
                      "the world");
}

static bool guard_permits(const struct guard *g, const struct ec2_opening *o)
{
    if (!g->is_known || !g->is_on)
        return true;
    for (size_t i = 0; i < g->n; i++)
        if (g->permitted[i].from <= o->from_port && o->to_port <= g->permitted[i].to)
            return true;
    return false;
}

static void check_group(struct look *l, const struct ec2_group *g)
{
    for (size_t i = 0; i < g->n_open; i++) {
        const struct ec2_opening *o = &g->open[i];
        struct str name = preflight_exposed(o->from_port, o->to_port);
        if (name.len > 0)
            preflight_add(l->out, PREFLIGHT_ERROR, "public-exposure",
                          "/network/additional_security_groups",
                          "Remove that rule, and reach JupyterHub through a tunnel or from a "
                          "private range of addresses.",
                          "security group %.*s lets %.*s reach %.*s", STR_FMT(g->id),
                          STR_FMT(o->range), STR_FMT(name));
        else if (!guard_permits(&l->guard, o))
            preflight_add(l->out, PREFLIGHT_ERROR, "public-exposure",
                          "/network/additional_security_groups",
                          "Remove that rule, or permit the ports in EMR's block public access.",
                          "security group %.*s lets %.*s reach the ports %d to %d, which EMR's "
                          "block public access refuses",
                          STR_FMT(g->id), STR_FMT(o->range), o->from_port, o->to_port);
    }
    if (l->vpc.len > 0 && g->vpc.len > 0 && !str_eq(l->vpc, g->vpc))
        preflight_add(l->out, PREFLIGHT_ERROR, "several-vpcs",
                      "/network/additional_security_groups", "Use groups and subnets of one VPC.",
                      "security group %.*s is of %.*s, the subnets are of %.*s", STR_FMT(g->id),
                      STR_FMT(g->vpc), STR_FMT(l->vpc));
}

static void add_id(struct str *ids, size_t *n, struct str id)
{
    for (size_t i = 0; i < *n; i++)
        if (str_eq(ids[i], id))
            return;
    if (id.len > 0 && *n < MAX_IDS)
        ids[(*n)++] = id;
}

static void look_at_groups(struct look *l)
{
    const struct emr_settings *s = &l->p->settings;
    struct str ids[MAX_IDS];
    struct ec2_groups groups = { 0 };
    struct err err = ERR_INIT;
    size_t n = 0;
    add_id(ids, &n, s->primary_group);
    add_id(ids, &n, s->worker_group);
    add_id(ids, &n, s->service_group);
    for (size_t i = 0; i < l->spec->groups.n; i++)
        add_id(ids, &n, l->spec->groups.items[i]);
    if (n == 0)
        return; /* EMR makes its own, which are closed */
    look_at_guard(l);
    if (s->lookups->groups(s->lookups->ctx, l->out->arena, ids, n, &l->call, &groups, &err)) {
        for (size_t i = 0; i < groups.n; i++)
            check_group(l, &groups.items[i]);
        return;
    }
    if (err.code == ERR_NOT_FOUND)
        preflight_add(l->out, PREFLIGHT_ERROR, "no-such-group",
                      "/network/additional_security_groups",
                      "aws ec2 describe-security-groups lists those of the region.", "%s", err.msg);
    else
        preflight_unchecked(l->out, "/network/additional_security_groups", "the security groups",
                            &err);
}

static void look_at_subnets(struct look *l)
{
    const struct emr_lookups *lookups = l->p->settings.lookups;
    struct ec2_subnets subnets = { 0 };
    struct err err = ERR_INIT;
    if (l->spec->subnets.n == 0)
        return;
    if (!lookups->subnets(lookups->ctx, l->out->arena, l->spec->subnets.items, l->spec->subnets.n,
                          &l->call, &subnets, &err)) {
        if (err.code == ERR_NOT_FOUND)
            preflight_add(l->out, PREFLIGHT_ERROR, "no-such-subnet", "/network/subnet_ids",
                          "aws ec2 describe-subnets lists those of the region.", "%s", err.msg);
        else
            preflight_unchecked(l->out, "/network/subnet_ids", "the subnets", &err);
        return;
    }
    for (size_t i = 1; i < subnets.n; i++)
        if (!str_eq(subnets.items[i].vpc, subnets.items[0].vpc)) {
            preflight_add(l->out, PREFLIGHT_ERROR, "several-vpcs", "/network/subnet_ids",
                          "Use subnets of one VPC.", "subnet %.*s is of %.*s, %.*s is of %.*s",
                          STR_FMT(subnets.items[0].id), STR_FMT(subnets.items[0].vpc),
                          STR_FMT(subnets.items[i].id), STR_FMT(subnets.items[i].vpc));
            return;
        }
    if (subnets.n > 0)
        l->vpc = subnets.items[0].vpc;
}

static void look_at_bucket(struct look *l)
{
    const struct emr_lookups *lookups = l->p->settings.lookups;
    struct str bucket = l->spec->bucket, region = STR_EMPTY, here = l->p->base.region;
    struct err err = ERR_INIT;
    if (lookups->bucket(lookups->ctx, l->out->arena, bucket, &l->call, &region, &err)) {
        if (region.len > 0 && here.len > 0 && !str_eq(region, here))
            preflight_add(l->out, PREFLIGHT_WARNING, "bucket-far", "/notebooks/bucket",
                          "Use a bucket of the cluster's region.",
                          "the bucket %.*s is in %.*s, the cluster in %.*s: saving is slower, and "
                          "costs",
                          STR_FMT(bucket), STR_FMT(region), STR_FMT(here));
        return;
    }
    if (err.code == ERR_NOT_FOUND)
        preflight_add(l->out, PREFLIGHT_ERROR, "bucket-unusable", "/notebooks/bucket",
                      "Make it (aws s3 mb), or set notebooks.bucket to one that there is.",
                      "there is no bucket %.*s: notebooks would end with the cluster",
                      STR_FMT(bucket));
    else
        preflight_unchecked(l->out, "/notebooks/bucket", "the bucket for notebooks", &err);
}

void emr_preflight(struct cluster_provider *provider, const struct cluster_spec *spec,
                   const struct cluster_call *call, struct preflight *out)
{
    struct emr_provider *p = (struct emr_provider *)provider;
    struct look l = { .p = p, .spec = spec, .out = out, .call = { .cancel = call->cancel } };
    if (p->settings.lookups == NULL) {
        preflight_add(
            out, PREFLIGHT_WARNING, "unchecked", "",
            "Set the endpoints of EC2 and S3 as well, such as by AWS_ENDPOINT_URL.",
            "groups, subnets and the bucket were not checked: EMR is a server of its own, "
            "and nobody said where its EC2 and S3 are");
        return;
    }
    l.call.deadline_ms = clock_mono_ms() + LOOKUP_MS;
    if (l.call.deadline_ms > call->deadline_ms)
        l.call.deadline_ms = call->deadline_ms;
    look_at_subnets(&l);
    look_at_groups(&l);
    look_at_bucket(&l);
}
