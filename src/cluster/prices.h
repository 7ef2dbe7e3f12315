/*
 * prices: the dated list of prices (prices.def).  Pure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_PRICES_H
#define CLUSTER_PRICES_H

#include "util/str.h"

/* An hour on demand, in millionths of a dollar. */
struct price {
    struct str region, type;
    int64_t ec2_micro;
    int64_t emr_micro; /* below 0: not known */
};

/* The i-th, in the order of the file; NULL behind the last. */
const struct price *price_at(size_t i);

/* What is counted for a type in a region; empty: that of prices_region(). */
struct price_found {
    int64_t ec2_micro, emr_micro; /* 0 where not known */
    bool has_ec2, has_emr;
    bool is_other_region; /* the list has no such region: that of prices_region() is counted */
};
struct price_found price_find(struct str region, struct str type);
/* Everything is known, and of the region itself. */
bool price_is_complete(const struct price_found *p);

/* The day of the list, and the region that stands for those that it lacks. */
struct str prices_as_of(void);
struct str prices_region(void);
/* The region whose prices are counted for this one. */
struct str prices_region_for(struct str region);

#endif
