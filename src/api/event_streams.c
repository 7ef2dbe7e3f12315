/*
 * event_streams: an answer that becomes a stream of server-sent events; live.c puts the events.
 *
 * Its first lines say how soon to come back after a break, and the id from which on it tells, so
 * that a client that comes back before the first event has missed nothing.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"
#include "api/live.h"

#include "index/runs.h"
#include "util/scan.h"

enum { COME_BACK_MS = 3000 };

bool call_wants_stream(const struct call *call)
{
    struct str accept = http_header_get(call->req->headers, call->req->n_headers, STR("Accept"));
    return str_contains(accept, STR("text/event-stream"));
}

bool call_last_event(const struct call *call, int64_t fallback, int64_t *out, struct err *err)
{
    const struct http_request *req = call->req;
    struct str last = http_header_get(req->headers, req->n_headers, STR("Last-Event-ID"));
    bool has_after = call_has(call, STR("after"));
    uint64_t n = (uint64_t)(has_after ? call_number(call, STR("after")) : fallback);
    if (last.len > 0 && !scan_whole_u64(last, INT64_MAX, &n))
        return err_set(err, ERR_INVALID, "Last-Event-ID: is no id of an event");
    *out = (int64_t)n;
    return true;
}

bool call_end_stream(struct call *call)
{
    call->answer->status = 204;
    call->is_json = false;
    return true;
}

bool call_stream(struct call *call, const struct live_ask *ask, struct err *err)
{
    struct live *live = call->api->live;
    if (!live_has_room(live, ask, err))
        return false;
    call_set_type(call, STR("text/event-stream"));
    buf_printf(&call->answer->body, "retry: %d\nid: %lld\n\n", COME_BACK_MS, (long long)ask->after);
    if (!call_send(call, err))
        return false;
    struct http_stream *stream = http_answer_keep(call->answer);
    return stream != NULL ? live_add(live, stream, ask, err)
                          : err_set(err, ERR_UNSUPPORTED, "events are told over a connection only");
}

/* ---- /v1/scans/{id}/events ---- */

static bool note(void *ctx, const struct index_event *event, struct err *err)
{
    (void)event;
    (void)err;
    *(bool *)ctx = true;
    return true;
}

/* Has the scan ended, and is there nothing behind that event? */
static bool is_all_told(struct call *call, const struct live_ask *ask, bool *out, struct err *err)
{
    struct index_reader *reader;
    struct index_scan scan;
    bool has_more = false;
    if (!index_reader_take(call->api->options.index, &reader, err))
        return false;
    bool ok = index_get_scan(reader, call->req->arena, ask->scan, &scan, err) &&
              index_each_event(reader, ask->scan, ask->after, note, &has_more, err);
    index_reader_give(reader);
    if (ok)
        *out = scan.state >= INDEX_SCAN_DONE && !has_more;
    return ok;
}

bool api_scan_events(struct call *call, struct err *err)
{
    struct live_ask ask = { .scan = call_number(call, STR("scan_id")) };
    bool is_told = false;
    if (call->api->options.index == NULL)
        return err_set(err, ERR_NOT_FOUND, "there is no catalogue");
    if (!call_last_event(call, 0, &ask.after, err) || !is_all_told(call, &ask, &is_told, err))
        return false;
    if (!is_told)
        return call_stream(call, &ask, err);
    return call_end_stream(call);
}
