/* cluster_machines: what clusters can be made of: releases, machines and prices; and of what one
 * consists.  Nothing here asks a provider. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/clusters_v1.h"

#include "cluster/emr.h"
#include "cluster/instance_types.h"
#include "cluster/prices.h"
#include "util/clock.h"

static struct str region_here(const struct call *call)
{
    struct clusters *c = call->api->options.clusters;
    return c != NULL ? clusters_provider(c)->region : STR_EMPTY;
}

static struct str default_release(const struct call *call)
{
    struct clusters *c = call->api->options.clusters;
    return c != NULL ? clusters_defaults(c)->release : STR_EMPTY;
}

static void write_release(struct json_writer *w, struct str name, struct str fallback)
{
    struct emr_release r = emr_release_describe(name);
    struct emr_support s = emr_release_support(name, clock_unix_ms());
    json_write_object(w);
    json_put_str(w, STR("release"), name);
    json_put_bool(w, STR("has_hub"), r.has_hub);
    json_put_bool(w, STR("keeps_notebooks"), r.keeps_notebooks);
    json_put_bool(w, STR("ends_idle"), r.ends_idle);
    if (s.ends.len > 0)
        json_put_str(w, STR("support_ends"), s.ends);
    else
        json_put_null(w, STR("support_ends"));
    if (s.has_ended || s.ends.len > 0)
        json_put_bool(w, STR("supported"), !s.has_ended);
    else
        json_put_null(w, STR("supported"));
    json_put_bool(w, STR("is_default"), str_eq(name, fallback));
    json_write_end(w);
}

bool api_releases_list(struct call *call, struct err *err)
{
    struct json_writer *w = &call->json;
    bool only_hub = call_flag(call, STR("has_hub"));
    size_t n = 0;
    (void)err;
    while (emr_release_at(n).len > 0)
        n++;
    json_write_object(w);
    json_put_str(w, STR("as_of"), emr_releases_as_of());
    json_write_key(w, STR("items"));
    json_write_array(w);
    while (n-- > 0) {
        struct emr_release r = emr_release_describe(emr_release_at(n));
        if (!only_hub || (r.has_hub && r.keeps_notebooks))
            write_release(w, emr_release_at(n), default_release(call));
    }
    json_write_end(w);
    json_write_end(w);
    return true;
}

static void write_price(struct call *call, struct str region, struct str type)
{
    struct json_writer *w = &call->json;
    struct arena *a = call->req->arena;
    struct price_found p = price_find(region, type);
    json_write_key(w, STR("price"));
    if (!p.has_ec2 || p.is_other_region) {
        json_write_null(w);
        return;
    }
    json_write_object(w);
    json_put_str(w, STR("ec2"), money_text(a, p.ec2_micro));
    if (p.has_emr) {
        json_put_str(w, STR("emr"), money_text(a, p.emr_micro));
        json_put_str(w, STR("hourly"), money_text(a, p.ec2_micro + p.emr_micro));
    } else {
        json_put_null(w, STR("emr"));
        json_put_null(w, STR("hourly"));
    }
    json_write_end(w);
}

static void write_type(struct call *call, const struct instance_type *t, struct str region)
{
    struct json_writer *w = &call->json;
    json_write_object(w);
    json_put_str(w, STR("type"), t->name);
    json_put_u64(w, STR("vcpus"), t->vcpus);
    json_put_u64(w, STR("memory_mib"), t->memory_mib);
    json_put_str(w, STR("arch"), t->arch);
    json_write_key(w, STR("since"));
    json_write_array(w);
    for (size_t i = 0; i < TYPE_LINES; i++)
        if (t->since[i].len > 0)
            json_write_str(w, arena_concat(call->req->arena, STR("emr-"), t->since[i]));
    json_write_end(w);
    write_price(call, region, t->name);
    json_write_end(w);
}

bool api_instance_types_list(struct call *call, struct err *err)
{
    struct json_writer *w = &call->json;
    struct str asked = call_text(call, STR("region"));
    struct str region = asked.len > 0 ? asked : region_here(call);
    struct str release = call_text(call, STR("release")), q = call_text(call, STR("q"));
    (void)err;
    json_write_object(w);
    json_put_str(w, STR("as_of"), instance_types_as_of());
    if (region.len > 0)
        json_put_str(w, STR("region"), region);
    else
        json_put_null(w, STR("region"));
    json_put_str(w, STR("price_as_of"), prices_as_of());
    json_put_str(w, STR("price_region"), prices_region_for(region));
    json_put_str(w, STR("currency"), STR("USD"));
    json_write_key(w, STR("items"));
    json_write_array(w);
    for (size_t i = 0; instance_type_at(i) != NULL; i++) {
        const struct instance_type *t = instance_type_at(i);
        if (str_has_prefix(t->name, q) &&
            (release.len == 0 || instance_type_support(t->name, release) == TYPE_SUPPORTED))
            write_type(call, t, region);
    }
    json_write_end(w);
    json_write_end(w);
    return true;
}

static void put_time(struct json_writer *w, struct str key, int64_t ms)
{
    if (ms > 0)
        json_put_time(w, key, ms);
    else
        json_put_null(w, key);
}

bool api_cluster_instances(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct json_writer *w = &call->json;
    struct ledger_spans spans = { 0 };
    struct cluster_row row;
    if (c == NULL || !cluster_named(call, c, &row, err))
        return false;
    struct ledger *l = clusters_ledger(c);
    if (!l->ops->spans(l, call->req->arena, row.id, &spans, err))
        return false;
    json_write_object(w);
    put_time(w, STR("taken_at"), row.spans_taken_ms);
    json_write_key(w, STR("items"));
    json_write_array(w);
    for (size_t i = 0; i < spans.n; i++) {
        const struct ledger_span *s = &spans.items[i];
        /* What the provider forgot before it told the end cannot run any more. */
        int64_t ended_ms = s->ended_ms == 0 && row.has_final_spans ? row.ended_ms : s->ended_ms;
        json_write_object(w);
        json_put_str(w, STR("id"), s->id);
        json_put_str(w, STR("type"), s->type);
        json_put_str(w, STR("market"), s->market);
        json_put_str(w, STR("state"), ended_ms > 0 ? STR("ended") : STR("running"));
        put_time(w, STR("started_at"), s->started_ms);
        put_time(w, STR("ended_at"), ended_ms);
        json_write_end(w);
    }
    json_write_end(w);
    json_write_end(w);
    return true;
}
