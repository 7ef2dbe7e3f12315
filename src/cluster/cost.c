/* cost: see cost.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/cost.h"

enum { MINUTE_MS = 60 * 1000 };

static const struct price prices[] = {
#define P(type, ec2, emr) { STR_INIT(type), ec2, emr },
#include "cluster/prices.def"
#undef P
};

struct str prices_as_of(void)
{
    return STR("2025-01-31");
}

struct str prices_region(void)
{
    return STR("us-east-1");
}

const struct price *price_at(size_t i)
{
    return i < ARRAY_LEN(prices) ? &prices[i] : NULL;
}

const struct price *price_of(struct str type)
{
    for (size_t i = 0; i < ARRAY_LEN(prices); i++)
        if (str_eq(prices[i].type, type))
            return &prices[i];
    return NULL;
}

/* Rounded up to a millionth; years of a machine stay far below 63 bits. */
static int64_t share(int64_t hourly_micro, int64_t ms)
{
    return (hourly_micro * (ms / 1000) + 3599) / 3600;
}

void cost_of(const struct ledger_span *spans, size_t n, int64_t now_ms, struct cost *out)
{
    *out = (struct cost){ .is_complete = true };
    for (size_t i = 0; i < n; i++) {
        const struct ledger_span *s = &spans[i];
        const struct price *p = price_of(s->type);
        int64_t ms = (s->ended_ms != 0 ? s->ended_ms : now_ms) - s->started_ms;
        if (p == NULL || str_eq(s->market, STR("SPOT")))
            out->is_complete = false;
        if (p == NULL || s->started_ms == 0 || ms < 0)
            continue;
        if (ms < MINUTE_MS)
            ms = MINUTE_MS;
        out->ec2_micro += share(p->ec2_micro, ms);
        out->emr_micro += share(p->emr_micro, ms);
        if (s->ended_ms == 0) {
            out->hourly_micro += p->ec2_micro + p->emr_micro;
            out->n_running++;
        }
    }
}

void cost_estimate(const struct cluster_spec *spec, struct cost *out)
{
    const struct price *primary = price_of(spec->primary_type);
    const struct price *worker =
        spec->worker_types.n > 0 ? price_of(spec->worker_types.items[0]) : NULL;
    int64_t n = spec->autoscale_max > spec->n_workers ? spec->autoscale_max : spec->n_workers;
    *out = (struct cost){ .n_running = (size_t)n + 1,
                          .is_complete = primary != NULL && (n == 0 || worker != NULL) &&
                                         spec->market == SPEC_ON_DEMAND };
    if (primary != NULL)
        out->hourly_micro += primary->ec2_micro + primary->emr_micro;
    if (worker != NULL)
        out->hourly_micro += n * (worker->ec2_micro + worker->emr_micro);
}
