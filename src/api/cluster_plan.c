/* cluster_plan: from a body to what would be made, and what is wrong with it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/clusters_v1.h"

#include "cluster/cost.h"

/* The body without the members that are no part of a spec. */
static struct json without_own(const struct call *call)
{
    struct json rest = *call->body;
    struct json *items = ARENA_NEW_N(call->req->arena, struct json, call->body->n_items);
    unsigned n = 0;
    for (unsigned i = 0; i < call->body->n_items; i++)
        if (!str_eq(call->body->items[i].key, STR("name")) &&
            !str_eq(call->body->items[i].key, STR("template")))
            items[n++] = call->body->items[i];
    rest.items = items;
    rest.n_items = n;
    return rest;
}

/* The template that the body names, or the one named default. */
static bool take_template(const struct call *call, struct clusters *c, struct cluster_spec *spec,
                          struct err *err)
{
    const struct cluster_templates *templates = clusters_templates(c);
    struct str name;
    if (!json_opt_str(call->body, STR("template"), STR_EMPTY, &name, err))
        return false;
    if (name.len == 0 && templates_find(templates, STR("default")) == NULL)
        return true;
    if (name.len == 0)
        name = STR("default");
    return templates_apply(call->req->arena, templates, name, spec, err) &&
           (call->role == ROLE_ADMIN ||
            template_allows(templates_find(templates, name), call->body, err));
}

bool cluster_plan_check_size(const struct cluster_provider *p, const struct cluster_spec *spec,
                             struct err *err)
{
    int64_t most = spec->n_workers > spec->autoscale_max ? spec->n_workers : spec->autoscale_max;
    if (most + 1 > (int64_t)p->max_nodes) {
        err_set(err, ERR_INVALID, "a cluster has at most %u nodes here", p->max_nodes);
        return err_fix(err, "The setting clusters.max_nodes allows more.");
    }
    return spec->autoscale_max == 0 || spec->autoscale_min <= spec->autoscale_max ||
           err_set(err, ERR_INVALID, "/size/autoscale_min: is above autoscale_max");
}

bool cluster_plan_read(struct call *call, struct clusters *c, struct cluster_spec *spec,
                       struct err *err)
{
    const struct json own = without_own(call);
    *spec = *clusters_defaults(c);
    return take_template(call, c, spec, err) && spec_merge(call->req->arena, spec, &own, err) &&
           cluster_plan_check_size(clusters_provider(c), spec, err);
}

static void write_estimate(struct call *call, const struct cluster_provider *p,
                           const struct cluster_spec *spec)
{
    struct json_writer *w = &call->json;
    struct cost cost;
    cost_estimate(spec, p->region, &cost);
    json_write_key(w, STR("estimate"));
    json_write_object(w);
    json_put_str(w, STR("hourly"), money_text(call->req->arena, cost.hourly_micro));
    json_put_str(w, STR("currency"), STR("USD"));
    json_put_bool(w, STR("complete"), cost.is_complete);
    json_put_str(w, STR("price_as_of"), prices_as_of());
    json_put_str(w, STR("price_region"), prices_region_for(p->region));
    json_write_end(w);
}

static void write_finding(struct json_writer *w, const struct preflight_finding *f)
{
    json_write_object(w);
    json_put_str(w, STR("code"), f->code);
    json_put_str(w, STR("pointer"), f->pointer);
    json_put_str(w, STR("message"), f->message);
    json_put_str(w, STR("fix"), f->fix);
    json_write_end(w);
}

static void write_findings(struct call *call, const struct preflight *found)
{
    struct json_writer *w = &call->json;
    static const struct str names[] = {
        [PREFLIGHT_ERROR] = STR_INIT("errors"), [PREFLIGHT_WARNING] = STR_INIT("warnings")
    };
    for (int level = PREFLIGHT_ERROR; level <= PREFLIGHT_WARNING; level++) {
        json_write_key(w, names[level]);
        json_write_array(w);
        for (size_t i = 0; i < found->n; i++)
            if (found->items[i].level == (enum preflight_level)level)
                write_finding(w, &found->items[i]);
        json_write_end(w);
    }
}

void cluster_plan_write(struct call *call, struct clusters *c, const struct cluster_spec *spec,
                        struct str name)
{
    struct json_writer *w = &call->json;
    struct arena *a = call->req->arena;
    struct cluster_provider *p = clusters_provider(c);
    struct preflight found = { .arena = a };
    const struct cluster_call limits = { .deadline_ms = call->req->deadline_ms,
                                         .cancel = call->req->cancel };
    const struct cluster_order order = { .marker = STR("00000000000000000000000000"),
                                         .deployment = clusters_deployment(c),
                                         .name = name.len > 0 ? name : STR("lab-00000000"),
                                         .owner = call->caller,
                                         .spec = spec,
                                         .password_hash = STR("$6$...") };
    clusters_check(c, call->caller, spec, &limits, &found);
    json_write_object(w);
    json_write_key(w, STR("spec"));
    json_write_object(w);
    spec_write(w, spec);
    json_write_end(w);
    json_write_key(w, STR("request"));
    if (p->ops->write_order != NULL)
        p->ops->write_order(p, w, a, &order);
    else
        json_write_null(w);
    write_estimate(call, p, spec);
    write_findings(call, &found);
    json_write_end(w);
}
