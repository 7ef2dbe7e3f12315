/* month: what a person has spent this month, and the warnings about it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/reconciler_internal.h"

#include "cluster/cost.h"

static void warn(struct lifecycle_out *out, const char *type, int64_t spent, int64_t limit)
{
    struct str has = money_text(out->arena, spent), may = money_text(out->arena, limit);
    *ARENA_PUSH(out->arena, out->events, out->n_events, out->cap_events) =
        (struct lifecycle_event){ .type = str_from(type),
                                  .message = arena_printf(out->arena,
                                                          "%.*s of %.*s dollars that its owner may "
                                                          "spend this month are spent",
                                                          STR_FMT(has), STR_FMT(may)),
                                  .kind = STR("warning") };
}

void lifecycle_month(struct cluster_row *row, int64_t spent_micro, int64_t month_micro,
                     int64_t month_ms, struct lifecycle_out *out)
{
    if (month_micro <= 0 || phase_is_over(row->phase))
        return;
    if (spent_micro >= month_micro && row->month_spent_ms != month_ms) {
        row->month_spent_ms = row->month_near_ms = month_ms;
        warn(out, "month_spent", spent_micro, month_micro);
    } else if (spent_micro >= month_micro / 5 * 4 && row->month_near_ms != month_ms) {
        row->month_near_ms = month_ms;
        warn(out, "month_near", spent_micro, month_micro);
    }
}

struct month {
    int64_t begin_ms, spent_micro, limit_micro;
};

static bool note_month(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                       struct err *err)
{
    const struct month *m = ctx;
    (void)now;
    (void)err;
    lifecycle_month(row, m->spent_micro, m->limit_micro, m->begin_ms, out);
    return true;
}

void turn_month(struct turn *t, const struct cluster_row *row)
{
    const struct reconciler_options *o = &t->r->options;
    struct month m = { month_begin_ms(t->now), 0, o->rules->month_micro };
    struct ledger_spans spans = { 0 };
    struct err err = ERR_INIT;
    struct cost cost;
    if (row == NULL || m.limit_micro == 0 || phase_is_over(row->phase))
        return;
    if (!o->ledger->ops->owner_spans(o->ledger, &t->arena, row->owner, m.begin_ms, &spans, &err)) {
        turn_failed(t, "counting the month", &err);
        return;
    }
    cost_since(spans.items, spans.n, m.begin_ms, t->now, o->provider->region, &cost);
    m.spent_micro = cost.ec2_micro + cost.emr_micro;
    if (m.spent_micro >= m.limit_micro / 5 * 4)
        (void)turn_update(t, row->id, NULL, note_month, &m, NULL);
}
