/* metrics: counters without locks, written in Prometheus' text format (version 0.0.4). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"
#include "util/histogram.h"

#include <stdio.h>
#include <stdlib.h>

enum { N_STATUSES = 600 };

struct route_metrics {
    atomic_ullong by_status[N_STATUSES];
    struct histogram took;
};

struct metrics {
    struct route_metrics routes[API_N_ROUTES + 1]; /* the last: no route */
    atomic_ullong n_broken_notebooks;
    atomic_llong n_running;
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
    atomic_fetch_add_explicit(&r->by_status[status >= 0 && status < N_STATUSES ? status : 0], 1,
                              memory_order_relaxed);
    histogram_add(&r->took, ns);
}

void metrics_running(struct metrics *m, int change)
{
    atomic_fetch_add_explicit(&m->n_running, change, memory_order_relaxed);
}

void metrics_broken_notebook(struct metrics *m)
{
    atomic_fetch_add_explicit(&m->n_broken_notebooks, 1, memory_order_relaxed);
}

static struct str route_name(size_t i)
{
    return i < API_N_ROUTES ? api_routes[i].name : STR("none");
}

static void write_requests(const struct metrics *m, struct buf *out)
{
    metric_head(out, "boathouse_http_requests_total", "counter", "Requests by route and status.");
    for (size_t i = 0; i <= API_N_ROUTES; i++)
        for (int status = 0; status < N_STATUSES; status++) {
            unsigned long long n =
                atomic_load_explicit(&m->routes[i].by_status[status], memory_order_relaxed);
            if (n > 0)
                buf_printf(out,
                           "boathouse_http_requests_total{route=\"%.*s\",status=\"%d\"} %llu\n",
                           STR_FMT(route_name(i)), status, n);
        }
}

static void write_latency(const struct metrics *m, struct buf *out)
{
    static const char name[] = "boathouse_http_request_duration_seconds";
    metric_head(out, name, "histogram", "Time from head to answer.");
    for (size_t i = 0; i <= API_N_ROUTES; i++) {
        char label[80];
        (void)snprintf(label, sizeof label, "route=\"%.*s\"", STR_FMT(route_name(i)));
        histogram_write(&m->routes[i].took, name, str_from(label), out);
    }
}

void metrics_write(const struct metrics *m, struct buf *out)
{
    write_requests(m, out);
    write_latency(m, out);
    metric_head(out, "boathouse_http_requests_in_flight", "gauge",
                "Requests that are being answered.");
    buf_printf(out, "boathouse_http_requests_in_flight %lld\n",
               atomic_load_explicit(&m->n_running, memory_order_relaxed));
    metric_head(out, "boathouse_notebooks_broken_total", "counter",
                "Notebooks that could not be read.");
    buf_printf(out, "boathouse_notebooks_broken_total %llu\n",
               atomic_load_explicit(&m->n_broken_notebooks, memory_order_relaxed));
}
