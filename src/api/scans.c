/* scans: /v1/scans; the events are in scan_events.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/page.h"
#include "api/scan_json.h"
#include "scan/scan.h"

static const struct str states[] = { STR_INIT("queued"), STR_INIT("running"), STR_INIT("done"),
                                     STR_INIT("failed"), STR_INIT("cancelled") };

static void put_time(struct json_writer *w, struct str key, int64_t unix_ms)
{
    if (unix_ms > 0)
        json_put_time(w, key, unix_ms);
    else
        json_put_null(w, key);
}

/* JSON that the scan wrote itself, or null. */
static void put_raw(struct json_writer *w, struct str key, struct str json)
{
    json_write_key(w, key);
    if (json.len > 0)
        json_write_raw(w, json);
    else
        json_write_null(w);
}

void scan_write(struct call *call, const struct index_scan *scan, struct str source)
{
    struct json_writer *w = &call->json;
    struct str url = arena_printf(call->req->arena, "%.*s/v1/scans/%lld/events",
                                  STR_FMT(call_base_url(call)), (long long)scan->id);
    json_write_object(w);
    json_put_i64(w, STR("id"), scan->id);
    json_put_str(w, STR("source"), source);
    json_put_str(w, STR("state"), states[scan->state]);
    json_put_str(w, STR("trigger"), scan->trigger);
    put_time(w, STR("created_at"), scan->created_unix_ms);
    put_time(w, STR("started_at"), scan->started_unix_ms);
    put_time(w, STR("ended_at"), scan->ended_unix_ms);
    put_raw(w, STR("progress"), scan->counters);
    put_raw(w, STR("error"), scan->error);
    json_put_str(w, STR("events"), url);
    json_write_end(w);
}

/* The name of a source, which may be gone. */
static struct str name_of(struct call *call, struct index_reader *reader, int64_t id)
{
    struct index_source source;
    struct err gone = ERR_INIT;
    return index_get_source(reader, call->req->arena, id, &source, &gone) ? source.name : STR_EMPTY;
}

static bool answer_scan(struct call *call, int64_t id, struct err *err)
{
    struct index_reader *reader;
    struct index_scan scan;
    if (!call_reader(call, &reader, err) ||
        !index_get_scan(reader, call->req->arena, id, &scan, err))
        return false;
    scan_write(call, &scan, name_of(call, reader, scan.source));
    return true;
}

bool api_scan_get(struct call *call, struct err *err)
{
    return answer_scan(call, call_number(call, STR("scan_id")), err);
}

bool api_scan_start(struct call *call, struct err *err)
{
    struct str source;
    struct scan_ticket ticket;
    bool is_full;
    if (!scans_needed(call, err) || !json_get_str(call->body, STR("source"), &source, err) ||
        !json_opt_bool(call->body, STR("full"), false, &is_full, err) ||
        !scans_request(call->api->options.scans, source, is_full, &ticket, err))
        return false;
    call->answer->status = 202;
    http_answer_header(call->answer, STR("Location"),
                       arena_printf(call->req->arena, "/v1/scans/%lld", (long long)ticket.id));
    return answer_scan(call, ticket.id, err);
}

/* A page on its way. */
struct scan_page {
    struct call *call;
    struct index_scan *items; /* in the request's arena */
    size_t n, cap;
    size_t most;
};

/* One more than the page has tells whether there is a next one. */
static bool take(void *ctx, const struct index_scan *scan, struct err *err)
{
    struct scan_page *page = ctx;
    struct arena *a = page->call->req->arena;
    struct index_scan *kept = ARENA_PUSH(a, page->items, page->n, page->cap);
    *kept = *scan;
    kept->trigger = arena_str(a, scan->trigger);
    kept->counters = arena_str(a, scan->counters);
    kept->error = arena_str(a, scan->error);
    return page->n <= page->most || err_set(err, ERR_CANCELLED, "the page is full");
}

static bool find_source(struct call *call, struct index_reader *reader, int64_t *id,
                        struct err *err)
{
    struct index_source source;
    *id = 0;
    if (!call_has(call, STR("source")))
        return true;
    if (!index_find_source(reader, call->req->arena, call_text(call, STR("source")), &source, err))
        return false;
    *id = source.id;
    return true;
}

bool api_scans_list(struct call *call, struct err *err)
{
    struct scan_page page = { .call = call, .most = (size_t)call_number(call, STR("limit")) };
    struct index_reader *reader;
    struct page_key after;
    struct err why = ERR_INIT;
    bool has_after;
    int64_t source;
    if (!page_read(call, &after, &has_after, err) || !call_reader(call, &reader, err) ||
        !find_source(call, reader, &source, err))
        return false;
    if (!index_each_scan(reader, source, after.id, take, &page, &why) && page.n <= page.most) {
        *err = why;
        return false;
    }
    bool is_more = page.n > page.most;
    json_write_object(&call->json);
    json_write_key(&call->json, STR("items"));
    json_write_array(&call->json);
    for (size_t i = 0; i < page.n && i < page.most; i++)
        scan_write(call, &page.items[i], name_of(call, reader, page.items[i].source));
    json_write_end(&call->json);
    const struct page_key last = { .id = is_more ? page.items[page.most - 1].id : 0 };
    page_write_next(call, is_more ? &last : NULL);
    json_write_end(&call->json);
    return true;
}
