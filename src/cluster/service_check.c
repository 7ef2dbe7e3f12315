/* service_check: whether what is asked for may be made: look-ups, templates, what people spend. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/service_internal.h"

#include "cluster/cost.h"
#include "util/clock.h"

enum { LIVE_LOOKED_AT = 50 };

const struct cluster_templates *clusters_templates(const struct clusters *c)
{
    static const struct cluster_templates none = { 0 };
    return c->options.templates != NULL ? c->options.templates : &none;
}

bool clusters_budget(struct clusters *c, struct arena *a, struct str owner,
                     struct cluster_budget *out, struct err *err)
{
    struct ledger *l = c->options.ledger;
    struct ledger_spans spans = { 0 };
    struct cost cost;
    int64_t now = clock_unix_ms();
    struct cluster_budget budget = { .month_ms = month_begin_ms(now),
                                     .limit_micro = c->options.month_micro };
    if (!l->ops->owner_spans(l, a, owner, budget.month_ms, &spans, err))
        return false;
    cost_since(spans.items, spans.n, budget.month_ms, now, c->options.provider->region, &cost);
    budget.spent_micro = cost.ec2_micro + cost.emr_micro;
    budget.hourly_micro = cost.hourly_micro;
    budget.is_complete = cost.is_complete;
    *out = budget;
    return true;
}

static void check_budget(struct clusters *c, struct str caller, struct preflight *out)
{
    struct cluster_budget b;
    struct err err = ERR_INIT;
    struct arena *a = out->arena;
    if (c->options.month_micro == 0)
        return;
    if (!clusters_budget(c, a, caller, &b, &err)) {
        preflight_unchecked(out, "", "what was spent this month", &err);
        return;
    }
    struct str spent = money_text(a, b.spent_micro), limit = money_text(a, b.limit_micro);
    if (b.spent_micro >= b.limit_micro)
        preflight_add(out, PREFLIGHT_ERROR, "budget-exceeded", "",
                      "Wait for the next month, or have clusters.max_usd_month raised.",
                      "%.*s of %.*s dollars of this month are spent", STR_FMT(spent),
                      STR_FMT(limit));
    else if (b.spent_micro >= b.limit_micro / 5 * 4)
        preflight_add(out, PREFLIGHT_WARNING, "budget-near", "",
                      "End what is not needed: boathouse clusters list.",
                      "%.*s of %.*s dollars of this month are spent", STR_FMT(spent),
                      STR_FMT(limit));
}

/* JupyterHub keeps notebooks by bucket and user: two clusters of both overwrite each other's. */
static void check_shared(struct clusters *c, struct str caller, const struct cluster_spec *spec,
                         struct preflight *out)
{
    struct ledger *l = c->options.ledger;
    const struct ledger_query q = { .owner = caller, .only_live = true, .limit = LIVE_LOOKED_AT };
    struct ledger_rows rows = { 0 };
    struct err err = ERR_INIT;
    if (caller.len == 0 || !l->ops->list(l, out->arena, &q, &rows, &err))
        return;
    for (size_t i = 0; i < rows.n; i++) {
        struct cluster_row row;
        if (row_from_ledger(out->arena, &rows.items[i], &row, &err) &&
            str_eq(row.spec.bucket, spec->bucket) && str_eq(row.spec.hub_user, spec->hub_user)) {
            preflight_add(out, PREFLIGHT_WARNING, "notebooks-shared", "/notebooks",
                          "Set notebooks.hub_user to another name, or end that cluster first.",
                          "%.*s saves its notebooks to the same place", STR_FMT(row.name));
            return;
        }
    }
}

void clusters_check(struct clusters *c, struct str caller, const struct cluster_spec *spec,
                    const struct cluster_call *call, struct preflight *out)
{
    struct cluster_provider *p = c->options.provider;
    preflight_spec(out, spec, str_eq(str_from(p->ops->name), STR("emr")), clock_unix_ms());
    check_budget(c, caller, out);
    check_shared(c, caller, spec, out);
    if (p->ops->preflight != NULL && call != NULL)
        p->ops->preflight(p, spec, call, out);
}

/* A request that was made before is answered as before, whatever has changed since. */
static bool is_known(struct clusters *c, struct arena *a, const struct cluster_ask *ask)
{
    struct ledger *l = c->options.ledger;
    struct ledger_key known;
    struct err ignored = ERR_INIT;
    return ask->key.len > 0 && l->ops->key(l, a, ask->caller, ask->key, &known, &ignored);
}

bool service_permits(struct clusters *c, struct arena *a, const struct cluster_ask *ask,
                     struct preflight *found, struct err *err)
{
    if (is_known(c, a, ask))
        return true;
    clusters_check(c, ask->caller, ask->spec, ask->call, found);
    if (preflight_passes(found, err))
        return true;
    for (size_t i = 0; i < found->n; i++)
        if (found->items[i].level == PREFLIGHT_ERROR &&
            str_eq(found->items[i].code, STR("budget-exceeded")))
            err->code = ERR_CONFLICT;
    return false;
}
