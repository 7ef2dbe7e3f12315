/* cost: see cost.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/cost.h"

#include "util/buf.h"
#include "util/clock.h"

enum { MINUTE_MS = 60 * 1000 };

/* Rounded up to a millionth; years of a machine stay far below 63 bits. */
static int64_t share(int64_t hourly_micro, int64_t ms)
{
    return (hourly_micro * (ms / 1000) + 3599) / 3600;
}

static void add_span(const struct ledger_span *s, int64_t from_ms, int64_t now_ms,
                     struct str region, struct cost *out)
{
    const struct price_found p = price_find(region, s->type);
    int64_t end_ms = s->ended_ms != 0 ? s->ended_ms : now_ms;
    int64_t start_ms = s->started_ms > from_ms ? s->started_ms : from_ms;
    if (!price_is_complete(&p) || str_eq(s->market, STR("SPOT")))
        out->is_complete = false;
    if (s->started_ms == 0 || end_ms < start_ms || (end_ms < from_ms && from_ms > 0))
        return;
    int64_t ms = end_ms - start_ms;
    /* The minute is of the whole life of a machine. */
    if (ms < MINUTE_MS && start_ms == s->started_ms)
        ms = MINUTE_MS;
    out->ec2_micro += share(p.ec2_micro, ms);
    out->emr_micro += share(p.emr_micro, ms);
    if (s->ended_ms == 0) {
        out->hourly_micro += p.ec2_micro + p.emr_micro;
        out->n_running++;
    }
}

void cost_since(const struct ledger_span *spans, size_t n, int64_t from_ms, int64_t now_ms,
                struct str region, struct cost *out)
{
    *out = (struct cost){ .is_complete = true };
    for (size_t i = 0; i < n; i++)
        add_span(&spans[i], from_ms, now_ms, region, out);
}

void cost_of(const struct ledger_span *spans, size_t n, int64_t now_ms, struct str region,
             struct cost *out)
{
    cost_since(spans, n, 0, now_ms, region, out);
}

int64_t month_begin_ms(int64_t unix_ms)
{
    char text[RFC3339_SIZE];
    int64_t begin_ms = 0;
    time_rfc3339(unix_ms, text);
    struct str month = str_slice(str_from(text), 0, sizeof "2026-11-" - 1);
    AUTO_BUF day = BUF_INIT(RFC3339_SIZE);
    buf_add(&day, month);
    buf_add(&day, STR("01T00:00:00Z"));
    return time_parse_rfc3339(buf_str(&day), &begin_ms) ? begin_ms : 0;
}

void cost_estimate(const struct cluster_spec *spec, struct str region, struct cost *out)
{
    const struct price_found primary = price_find(region, spec->primary_type);
    struct price_found worker = { .has_ec2 = true, .has_emr = true };
    int64_t n = spec->autoscale_max > spec->n_workers ? spec->autoscale_max : spec->n_workers;
    if (n > 0 && spec->worker_types.n > 0)
        worker = price_find(region, spec->worker_types.items[0]);
    *out =
        (struct cost){ .n_running = (size_t)n + 1,
                       .is_complete =
                           price_is_complete(&primary) && price_is_complete(&worker) &&
                           (n == 0 || (spec->market == SPEC_ON_DEMAND && spec->worker_types.n > 0)),
                       .hourly_micro = primary.ec2_micro + primary.emr_micro +
                                       n * (worker.ec2_micro + worker.emr_micro) };
}
