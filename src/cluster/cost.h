/*
 * cost: what machines cost, by their times and the dated list of prices.  Pure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_COST_H
#define CLUSTER_COST_H

#include "cluster/spec.h"
#include "util/ledger.h"

/* Millionths of a dollar an hour, on demand. */
struct price {
    struct str type;
    int64_t ec2_micro, emr_micro;
};

/* NULL: it is not in the list. */
const struct price *price_of(struct str type);
/* The i-th, in the order of their names; NULL behind the last. */
const struct price *price_at(size_t i);
/* The day and the region of the list. */
struct str prices_as_of(void);
struct str prices_region(void);

struct cost {
    int64_t ec2_micro, emr_micro; /* so far */
    int64_t hourly_micro;         /* of what runs now */
    size_t n_running;
    bool is_complete; /* false: a price is missing, or the market's price changes (SPOT, which is
                         counted as on demand) */
};
/* By the second, at least a minute for each machine, as AWS counts. */
void cost_of(const struct ledger_span *spans, size_t n, int64_t now_ms, struct cost *out);

/* What an hour of all its machines costs; the workers' first type stands for all. */
void cost_estimate(const struct cluster_spec *spec, struct cost *out);

#endif
