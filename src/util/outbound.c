/* outbound: see outbound.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/outbound.h"

#include "util/clock.h"
#include "util/err.h"
#include "util/histogram.h"

#include <stdio.h>
#include <stdlib.h>

struct row {
    atomic_ullong by_result[OUTBOUND_N_RESULTS];
    atomic_ullong n_repeated; /* attempts behind the first */
    atomic_llong n_running;
    struct histogram took;
};

struct outbound {
    const struct outbound_operation *operations;
    size_t n;
    struct row rows[]; /* n, and one for all others */
};

static const struct outbound_operation other = { STR_INIT("other"), STR_INIT("other") };

struct outbound *outbound_new(const struct outbound_operation *operations, size_t n)
{
    struct outbound *o = calloc(1, sizeof *o + (n + 1) * sizeof(struct row));
    if (o == NULL)
        panic("no memory for the metrics");
    o->operations = operations;
    o->n = n;
    return o;
}

void outbound_free(struct outbound *o)
{
    free(o);
}

struct outbound_call outbound_begin(struct outbound *o, struct str service, struct str name)
{
    struct outbound_call call = { .of = o, .start_ns = clock_mono_ns() };
    if (o == NULL)
        return call;
    while (call.row < o->n && !(str_eq(o->operations[call.row].name, name) &&
                                str_eq(o->operations[call.row].service, service)))
        call.row++;
    atomic_fetch_add_explicit(&o->rows[call.row].n_running, 1, memory_order_relaxed);
    return call;
}

void outbound_end(const struct outbound_call *call, enum outbound_result result, unsigned attempts)
{
    if (call->of == NULL)
        return;
    struct row *row = &call->of->rows[call->row];
    atomic_fetch_sub_explicit(&row->n_running, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&row->by_result[result], 1, memory_order_relaxed);
    if (attempts > 1)
        atomic_fetch_add_explicit(&row->n_repeated, attempts - 1, memory_order_relaxed);
    histogram_add(&row->took, clock_mono_ns() - call->start_ns);
}

static bool is_used(const struct row *row)
{
    return histogram_n(&row->took) > 0 ||
           atomic_load_explicit(&row->n_running, memory_order_relaxed) > 0;
}

typedef void write_row(const struct row *row, struct str labels, struct buf *out);

static void write_results(const struct row *row, struct str labels, struct buf *out)
{
    static const char *const names[OUTBOUND_N_RESULTS] = { "ok", "refused", "throttled", "failed",
                                                           "no_answer" };
    for (size_t i = 0; i < OUTBOUND_N_RESULTS; i++) {
        unsigned long long n = atomic_load_explicit(&row->by_result[i], memory_order_relaxed);
        if (n > 0)
            buf_printf(out, "boathouse_outbound_calls_total{%.*s,result=\"%s\"} %llu\n",
                       STR_FMT(labels), names[i], n);
    }
}

static void write_repeated(const struct row *row, struct str labels, struct buf *out)
{
    buf_printf(out, "boathouse_outbound_repeats_total{%.*s} %llu\n", STR_FMT(labels),
               atomic_load_explicit(&row->n_repeated, memory_order_relaxed));
}

static void write_running(const struct row *row, struct str labels, struct buf *out)
{
    buf_printf(out, "boathouse_outbound_calls_in_flight{%.*s} %lld\n", STR_FMT(labels),
               atomic_load_explicit(&row->n_running, memory_order_relaxed));
}

static void write_took(const struct row *row, struct str labels, struct buf *out)
{
    histogram_write(&row->took, "boathouse_outbound_call_duration_seconds", labels, out);
}

void outbound_write(const struct outbound *o, struct buf *out)
{
    static const struct {
        const char *name, *type, *help;
        write_row *write;
    } metrics[] = {
        { "boathouse_outbound_calls_total", "counter",
          "Calls of other services by operation and result.", write_results },
        { "boathouse_outbound_repeats_total", "counter", "Attempts behind the first of a call.",
          write_repeated },
        { "boathouse_outbound_calls_in_flight", "gauge", "Calls that wait for their end.",
          write_running },
        { "boathouse_outbound_call_duration_seconds", "histogram",
          "Time of a call with its repetitions.", write_took },
    };
    for (size_t m = 0; o != NULL && m < ARRAY_LEN(metrics); m++) {
        metric_head(out, metrics[m].name, metrics[m].type, metrics[m].help);
        for (size_t i = 0; i <= o->n; i++) {
            const struct outbound_operation *operation = i < o->n ? &o->operations[i] : &other;
            char labels[160];
            if (!is_used(&o->rows[i]))
                continue;
            (void)snprintf(labels, sizeof labels, "service=\"%.*s\",operation=\"%.*s\"",
                           STR_FMT(operation->service), STR_FMT(operation->name));
            metrics[m].write(&o->rows[i], str_from(labels), out);
        }
    }
}
