/*
 * scan_events: /v1/scans/{id}/events, server-sent events (HTML Living Standard, section 9.2).
 *
 * The events are rows that the scan writes, whatever process it runs in; here they are looked for
 * some times a second.  A stream holds a worker, so there are few at once, and each ends with the
 * time of one call: the client comes back with the id of the last event that it saw.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"

#include "index/runs.h"
#include "util/clock.h"
#include "util/scan.h"

#include <time.h>

enum { LOOK_MS = 200, QUIET_MS = 15000, MAX_STREAMS = 4, RETRY_S = 5 };

struct events {
    struct call *call;
    int64_t after;
    size_t n; /* written by this look */
};

static void add_field(struct buf *out, const char *name, struct str value)
{
    buf_printf(out, "%s: ", name);
    buf_add(out, value);
    buf_add_char(out, '\n');
}

/* The JSON is one line, because the writer makes no line ends. */
static bool write_event(void *ctx, const struct index_event *event, struct err *err)
{
    struct events *e = ctx;
    struct buf *out = &e->call->answer->body;
    buf_printf(out, "id: %lld\n", (long long)event->id);
    add_field(out, "event", event->type);
    add_field(out, "data", event->json);
    buf_add_char(out, '\n');
    e->after = event->id;
    e->n++;
    return buf_ok(out) || err_set(err, ERR_TOO_LARGE, "too many events at once");
}

/* What came since the last look.  *is_over: the scan has ended. */
static bool look(struct events *e, int64_t id, bool *is_over, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct index_reader *reader;
    struct index_scan scan;
    e->n = 0;
    if (!index_reader_take(e->call->api->options.index, &reader, err))
        return false;
    bool ok = index_get_scan(reader, &a, id, &scan, err) &&
              index_each_event(reader, id, e->after, write_event, e, err);
    index_reader_give(reader);
    if (ok)
        *is_over = scan.state >= INDEX_SCAN_DONE;
    return ok;
}

static bool read_after(const struct call *call, int64_t *out, struct err *err)
{
    const struct http_request *req = call->req;
    struct str last = http_header_get(req->headers, req->n_headers, STR("Last-Event-ID"));
    uint64_t n = (uint64_t)call_number(call, STR("after"));
    if (last.len > 0 && !scan_whole_u64(last, INT64_MAX, &n))
        return err_set(err, ERR_INVALID, "Last-Event-ID: is no id of an event");
    *out = (int64_t)n;
    return true;
}

static void wait_a_moment(void)
{
    const struct timespec t = { .tv_nsec = LOOK_MS * 1000000L };
    nanosleep(&t, NULL);
}

static bool follow(struct events *e, int64_t id, struct err *err)
{
    const struct http_request *req = e->call->req;
    int64_t written_ms = clock_mono_ms();
    bool is_over = false;
    while (!is_over && !atomic_load(req->cancel) && clock_mono_ms() < req->deadline_ms) {
        if (!look(e, id, &is_over, err))
            return false;
        int64_t now_ms = clock_mono_ms();
        if (e->n == 0 && now_ms - written_ms >= QUIET_MS)
            buf_add(&e->call->answer->body, STR(": quiet\n\n"));
        if (e->n > 0 || now_ms - written_ms >= QUIET_MS)
            written_ms = now_ms;
        if (!call_send(e->call, err))
            return false;
        if (!is_over)
            wait_a_moment();
    }
    return true;
}

static bool begin(struct events *e, int64_t id, struct err *err)
{
    bool is_over;
    if (!look(e, id, &is_over, err))
        return false;
    if (is_over && e->n == 0) {
        e->call->answer->status = 204; /* a browser does not come back then */
        e->call->is_json = false;
        return true;
    }
    call_set_type(e->call, STR("text/event-stream"));
    return is_over || follow(e, id, err);
}

bool api_scan_events(struct call *call, struct err *err)
{
    struct events e = { .call = call };
    struct api *api = call->api;
    if (api->options.index == NULL)
        return err_set(err, ERR_NOT_FOUND, "there is no catalogue");
    if (!read_after(call, &e.after, err))
        return false;
    if (atomic_fetch_add(&api->n_streams, 1) >= MAX_STREAMS) {
        atomic_fetch_sub(&api->n_streams, 1);
        err_set(err, ERR_BUSY, "%d scans are being followed already", MAX_STREAMS);
        err->retry_after_s = RETRY_S;
        return false;
    }
    bool ok = begin(&e, call_number(call, STR("scan_id")), err);
    atomic_fetch_sub(&api->n_streams, 1);
    return ok;
}
