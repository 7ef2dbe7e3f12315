/* histogram: see histogram.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/histogram.h"

/* Upper bounds of the buckets, microseconds. */
static const int64_t bounds_us[HISTOGRAM_N_BOUNDS] = { 100,      250,     500,     1000,    2500,
                                                       5000,     10000,   25000,   50000,   100000,
                                                       250000,   500000,  1000000, 2500000, 5000000,
                                                       10000000, 60000000 };

void histogram_add(struct histogram *h, int64_t ns)
{
    size_t i = 0;
    while (i < HISTOGRAM_N_BOUNDS && ns > bounds_us[i] * 1000)
        i++;
    atomic_fetch_add_explicit(&h->buckets[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&h->sum_us, (unsigned long long)(ns > 0 ? ns / 1000 : 0),
                              memory_order_relaxed);
}

unsigned long long histogram_n(const struct histogram *h)
{
    unsigned long long n = 0;
    for (size_t i = 0; i <= HISTOGRAM_N_BOUNDS; i++)
        n += atomic_load_explicit(&h->buckets[i], memory_order_relaxed);
    return n;
}

void histogram_write(const struct histogram *h, const char *name, struct str labels,
                     struct buf *out)
{
    const char *comma = labels.len > 0 ? "," : "";
    const char *open = labels.len > 0 ? "{" : "", *close = labels.len > 0 ? "}" : "";
    unsigned long long n = 0;
    for (size_t i = 0; i < HISTOGRAM_N_BOUNDS; i++) {
        n += atomic_load_explicit(&h->buckets[i], memory_order_relaxed);
        buf_printf(out, "%s_bucket{%.*s%sle=\"%g\"} %llu\n", name, STR_FMT(labels), comma,
                   (double)bounds_us[i] / 1e6, n);
    }
    n += atomic_load_explicit(&h->buckets[HISTOGRAM_N_BOUNDS], memory_order_relaxed);
    buf_printf(out, "%s_bucket{%.*s%sle=\"+Inf\"} %llu\n", name, STR_FMT(labels), comma, n);
    buf_printf(out, "%s_sum%s%.*s%s %g\n", name, open, STR_FMT(labels), close,
               (double)atomic_load_explicit(&h->sum_us, memory_order_relaxed) / 1e6);
    buf_printf(out, "%s_count%s%.*s%s %llu\n", name, open, STR_FMT(labels), close, n);
}

void metric_head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}
