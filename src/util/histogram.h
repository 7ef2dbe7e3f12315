/*
 * histogram: how long things took, counted without locks and written in Prometheus' text format
 * (version 0.0.4).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_HISTOGRAM_H
#define UTIL_HISTOGRAM_H

#include "util/buf.h"

#include <stdatomic.h>

enum { HISTOGRAM_N_BOUNDS = 17 }; /* 0.1 ms to 60 s */

/* Zeroed: nothing was counted. */
struct histogram {
    atomic_ullong buckets[HISTOGRAM_N_BOUNDS + 1]; /* each counts what is in it alone */
    atomic_ullong sum_us;
};

/* One thing took ns nanoseconds.  From any thread. */
void histogram_add(struct histogram *h, int64_t ns);

/* What was counted so far. */
unsigned long long histogram_n(const struct histogram *h);

/* The lines NAME_bucket, NAME_sum and NAME_count.  labels: text such as route="x", as it stands
 * between the braces; empty for none. */
void histogram_write(const struct histogram *h, const char *name, struct str labels,
                     struct buf *out);

/* The lines HELP and TYPE that go before the values of a metric.  type: "counter", "gauge",
 * "histogram". */
void metric_head(struct buf *out, const char *name, const char *type, const char *help);

#endif
