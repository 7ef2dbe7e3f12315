/* metrics: counters without locks, written in Prometheus' text format (version 0.0.4). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"

#include <stdlib.h>

enum { N_STATUSES = 600 };

/* Upper bounds of the buckets, microseconds. */
static const int64_t bounds_us[] = { 100,     250,     500,     1000,     2500,    5000,
                                     10000,   25000,   50000,   100000,   250000,  500000,
                                     1000000, 2500000, 5000000, 10000000, 60000000 };
enum { N_BOUNDS = sizeof bounds_us / sizeof bounds_us[0] };

struct route_metrics {
    atomic_ullong by_status[N_STATUSES];
    atomic_ullong buckets[N_BOUNDS + 1]; /* each counts what is in it alone */
    atomic_ullong sum_us;
};

struct metrics {
    struct route_metrics routes[API_N_ROUTES + 1]; /* the last: no route */
    atomic_ullong n_broken_notebooks;
};

struct metrics *metrics_new(void)
{
    struct metrics *m = calloc(1, sizeof *m);
    if (m == NULL)
        panic("no memory for the metrics");
    return m;
}

void metrics_free(struct metrics *m)
{
    free(m);
}

void metrics_request(struct metrics *m, const struct route *route, int status, int64_t ns)
{
    struct route_metrics *r =
        &m->routes[route != NULL ? (size_t)(route - api_routes) : API_N_ROUTES];
    size_t i = 0;
    while (i < N_BOUNDS && ns > bounds_us[i] * 1000)
        i++;
    atomic_fetch_add_explicit(&r->by_status[status >= 0 && status < N_STATUSES ? status : 0], 1,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&r->buckets[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&r->sum_us, (unsigned long long)(ns / 1000), memory_order_relaxed);
}

void metrics_broken_notebook(struct metrics *m)
{
    atomic_fetch_add_explicit(&m->n_broken_notebooks, 1, memory_order_relaxed);
}

static struct str route_name(size_t i)
{
    return i < API_N_ROUTES ? api_routes[i].name : STR("none");
}

static void write_latency(const struct route_metrics *r, struct str name, struct buf *out)
{
    unsigned long long n = 0;
    for (size_t b = 0; b < N_BOUNDS; b++) {
        n += atomic_load_explicit(&r->buckets[b], memory_order_relaxed);
        buf_printf(
            out, "boathouse_http_request_duration_seconds_bucket{route=\"%.*s\",le=\"%g\"} %llu\n",
            STR_FMT(name), (double)bounds_us[b] / 1e6, n);
    }
    n += atomic_load_explicit(&r->buckets[N_BOUNDS], memory_order_relaxed);
    buf_printf(out,
               "boathouse_http_request_duration_seconds_bucket{route=\"%.*s\",le=\"+Inf\"} %llu\n",
               STR_FMT(name), n);
    buf_printf(out, "boathouse_http_request_duration_seconds_sum{route=\"%.*s\"} %g\n",
               STR_FMT(name), (double)atomic_load_explicit(&r->sum_us, memory_order_relaxed) / 1e6);
    buf_printf(out, "boathouse_http_request_duration_seconds_count{route=\"%.*s\"} %llu\n",
               STR_FMT(name), n);
}

void metrics_write(const struct metrics *m, struct buf *out)
{
    buf_add(out, STR("# HELP boathouse_http_requests_total Requests by route and status.\n"
                     "# TYPE boathouse_http_requests_total counter\n"));
    for (size_t i = 0; i <= API_N_ROUTES; i++)
        for (int status = 0; status < N_STATUSES; status++) {
            unsigned long long n =
                atomic_load_explicit(&m->routes[i].by_status[status], memory_order_relaxed);
            if (n > 0)
                buf_printf(out,
                           "boathouse_http_requests_total{route=\"%.*s\",status=\"%d\"} %llu\n",
                           STR_FMT(route_name(i)), status, n);
        }
    buf_add(out, STR("# HELP boathouse_http_request_duration_seconds Time from head to answer.\n"
                     "# TYPE boathouse_http_request_duration_seconds histogram\n"));
    for (size_t i = 0; i <= API_N_ROUTES; i++)
        write_latency(&m->routes[i], route_name(i), out);
    buf_add(out, STR("# HELP boathouse_notebooks_broken_total Notebooks that could not be read.\n"
                     "# TYPE boathouse_notebooks_broken_total counter\n"));
    buf_printf(out, "boathouse_notebooks_broken_total %llu\n",
               atomic_load_explicit(&m->n_broken_notebooks, memory_order_relaxed));
}
