/*
 * cost: what machines cost, by their times and the dated list of prices.  Pure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_COST_H
#define CLUSTER_COST_H

#include "cluster/prices.h"
#include "cluster/spec.h"
#include "util/ledger.h"

struct cost {
    int64_t ec2_micro, emr_micro; /* so far */
    int64_t hourly_micro;         /* of what runs now */
    size_t n_running;
    bool is_complete; /* false: a price is missing or of another region, or the market's price
                         changes (SPOT, which is counted as on demand) */
};
/* By the second, at least a minute for each machine, as AWS counts.  region: see price_find(). */
void cost_of(const struct ledger_span *spans, size_t n, int64_t now_ms, struct str region,
             struct cost *out);
/* The same of what falls into [from_ms, now_ms]. */
void cost_since(const struct ledger_span *spans, size_t n, int64_t from_ms, int64_t now_ms,
                struct str region, struct cost *out);

/* When the month (UTC) of a time began. */
int64_t month_begin_ms(int64_t unix_ms);

/* What an hour of all its machines costs; the workers' first type stands for all. */
void cost_estimate(const struct cluster_spec *spec, struct str region, struct cost *out);

#endif
