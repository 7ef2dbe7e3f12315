/* cluster_offers: what people may choose and spend: templates and budgets. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/clusters_v1.h"

#include "util/clock.h"

static void write_template(struct json_writer *w, const struct cluster_template *t)
{
    json_write_object(w);
    json_put_str(w, STR("name"), t->name);
    json_put_str(w, STR("description"), t->description);
    json_write_key(w, STR("settings"));
    json_write_json(w, t->settings);
    json_write_key(w, STR("fixed"));
    json_write_array(w);
    for (size_t i = 0; i < t->n_fixed; i++)
        json_write_str(w, t->fixed[i]);
    json_write_end(w);
    json_write_end(w);
}

bool api_templates_list(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    if (c == NULL)
        return false;
    const struct cluster_templates *t = clusters_templates(c);
    json_write_object(&call->json);
    json_write_key(&call->json, STR("items"));
    json_write_array(&call->json);
    for (size_t i = 0; i < t->n; i++)
        write_template(&call->json, &t->items[i]);
    json_write_end(&call->json);
    json_write_end(&call->json);
    return true;
}

bool api_template_get(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct str name = call_text(call, STR("template"));
    if (c == NULL)
        return false;
    const struct cluster_template *t = templates_find(clusters_templates(c), name);
    if (t == NULL)
        return err_set(err, ERR_NOT_FOUND, "there is no template %.*s", STR_FMT(name));
    write_template(&call->json, t);
    return true;
}

static void put_money(struct call *call, struct str key, bool is_known, int64_t micro)
{
    if (is_known)
        json_put_str(&call->json, key, money_text(call->req->arena, micro));
    else
        json_put_null(&call->json, key);
}

bool api_budget_get(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct str owner = call_has(call, STR("owner")) ? call_text(call, STR("owner")) : call->caller;
    struct json_writer *w = &call->json;
    struct cluster_budget b;
    char month[RFC3339_SIZE];
    if (c == NULL)
        return false;
    if (call->role != ROLE_ADMIN && !str_eq(owner, call->caller))
        return err_set(err, ERR_FORBIDDEN, "only admins see what others spend");
    if (!clusters_budget(c, call->req->arena, owner, &b, err))
        return false;
    bool has_limit = b.limit_micro > 0;
    int64_t left = b.limit_micro > b.spent_micro ? b.limit_micro - b.spent_micro : 0;
    time_rfc3339(b.month_ms, month);
    json_write_object(w);
    json_put_str(w, STR("owner"), owner);
    json_put_str(w, STR("month"), str_slice(str_from(month), 0, sizeof "2026-11" - 1));
    put_money(call, STR("spent"), true, b.spent_micro);
    put_money(call, STR("hourly"), true, b.hourly_micro);
    put_money(call, STR("limit"), has_limit, b.limit_micro);
    put_money(call, STR("remaining"), has_limit, left);
    json_put_str(w, STR("currency"), STR("USD"));
    json_put_bool(w, STR("complete"), b.is_complete);
    json_write_end(w);
    return true;
}
