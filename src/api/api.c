/* api: see api.h.  The way of a request: plan() matches and checks it, handle() runs its handler,
 * done() logs it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

#include "api/api_internal.h"
#include "api/live.h"
#include "util/clock.h"
#include "util/log.h"

#include <stdlib.h>
#include <sys/random.h>

enum { KEPT_CLUSTERS_BYTES = 4 * 1024 * 1024 };
enum { REQUEST_ID_MAX_BYTES = 64 };

struct api *api_new(const struct api_options *options, struct err *err)
{
    struct api *api = calloc(1, sizeof *api);
    if (api == NULL)
        panic("no memory for the api");
    api->options = *options;
    api->metrics = metrics_new();
    api->kept = kept_new(options->kept_bytes);
    api->kept_clusters = kept_new(options->clusters != NULL ? KEPT_CLUSTERS_BYTES : 0);
    api->live = live_new(options->index, options->clusters);
    if (getrandom(&api->id_start, sizeof api->id_start, 0) != (ssize_t)sizeof api->id_start)
        panic("getrandom");
    if (auth_load(api, err))
        return api;
    api_free(api);
    return NULL;
}

void api_free(struct api *api)
{
    if (api == NULL)
        return;
    live_free(api->live);
    metrics_free(api->metrics);
    kept_free(api->kept);
    kept_free(api->kept_clusters);
    arena_release(&api->arena);
    free(api);
}

bool api_operation(size_t i, struct api_operation *out)
{
    if (i >= api_n_routes)
        return false;
    const struct route *r = &api_routes[i];
    *out = (struct api_operation){ http_method_name(r->method), r->path, role_name(r->role),
                                   r->summary };
    return true;
}

struct str api_contract_json(void)
{
    return api_contract.bytes;
}

/* A caller's own id is taken over when it is short and has nothing that could upset a log. */
static bool is_request_id(struct str id)
{
    bool ok = id.len > 0 && id.len <= REQUEST_ID_MAX_BYTES;
    for (size_t i = 0; i < id.len && ok; i++) {
        char c = id.ptr[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_' || c == '.';
    }
    return ok;
}

/* Ours is unique for this process by the counter, and among processes by the random start. */
static struct call *call_new(struct api *api, struct http_request *req)
{
    struct call *call = ARENA_NEW(req->arena, struct call);
    unsigned long long n = atomic_fetch_add(&api->n_ids, 1);
    call->api = api;
    call->req = req;
    struct str theirs = http_header_get(req->headers, req->n_headers, STR("X-Request-Id"));
    call->id = is_request_id(theirs) ? theirs
                                     : arena_printf(req->arena, "%016llx%08llx",
                                                    (unsigned long long)api->id_start, n);
    req->user = call;
    return call;
}

static void plan(void *ctx, struct http_request *req, struct http_plan *out)
{
    struct call *call = call_new(ctx, req);
    route_match(call);
    out->max_body_bytes = call->route != NULL ? call->route->max_body_bytes : 0;
    /* What was found needs no worker. */
    out->is_slow = call->err.code == ERR_NONE && !cached_find(call) && call->route->is_slow;
}

static void add_common_headers(struct call *call)
{
    if (call->etag.len > 0 && call->answer->status < 400) {
        call->is_cacheable = true;
        http_answer_header(call->answer, STR("ETag"), call->etag);
    }
    http_answer_header(call->answer, STR("X-Request-Id"), call->id);
    http_answer_header(call->answer, STR("Cache-Control"),
                       call->is_cacheable ? STR("no-cache") : STR("no-store"));
    http_answer_header(call->answer, STR("X-Content-Type-Options"), STR("nosniff"));
}

static void add_json_type(struct call *call)
{
    http_answer_header(call->answer, STR("Content-Type"), STR("application/json"));
}

void call_set_type(struct call *call, struct str type)
{
    call->is_json = false;
    http_answer_header(call->answer, STR("Content-Type"), type);
}

bool call_flush(struct call *call, struct err *err)
{
    if (call->answer->stream != NULL && call->answer->body.len >= HTTP_FLUSH_BYTES &&
        !http_answer_is_begun(call->answer)) {
        add_json_type(call);
        add_common_headers(call);
    }
    return http_answer_flush(call->answer, HTTP_FLUSH_BYTES, err);
}

bool call_send(struct call *call, struct err *err)
{
    if (call->answer->stream != NULL && call->answer->body.len > 0 &&
        !http_answer_is_begun(call->answer))
        add_common_headers(call);
    return http_answer_flush(call->answer, 1, err);
}

static void fail(struct call *call, const struct err *err)
{
    const struct err_kind *kind = err_kind(err->code);
    bool is_begun = http_answer_is_begun(call->answer);
    /* A reader that left in the middle is no failure of ours; the request's line tells it. */
    if (kind->http_status >= 500 && !(is_begun && err->code == ERR_CANCELLED))
        log_to(kind->http_status == 500 ? LOG_ERROR : LOG_WARN, "request_failed",
               LOG_STR("id", call->id), LOG_STR("code", str_from(kind->code)),
               LOG_STR("error", str_from(err->msg)));
    if (is_begun)
        http_answer_cut(call->answer);
    else
        problem_answer(call, err);
}

/* The body and the handler. */
static void work(struct call *call)
{
    struct http_answer *answer = call->answer;
    struct err err = ERR_INIT;
    if (!body_take(call, &err) || !call->route->handler(call, &err)) {
        fail(call, &err);
        return;
    }
    if (!buf_ok(&answer->body)) {
        err_set(&err, ERR_TOO_LARGE, "the answer has more than %zu bytes", answer->body.limit);
        err_fix(&err, "Ask for less.");
        fail(call, &err);
        return;
    }
    if (call->is_json) {
        if (!http_answer_is_begun(answer))
            add_json_type(call);
        buf_add_char(&answer->body, '\n');
    }
    if (call->route->is_cached && !http_answer_is_begun(answer))
        cached_keep(call);
}

static void handle(void *ctx, struct http_request *req, struct http_answer *answer)
{
    struct call *call = req->user;
    (void)ctx;
    call->answer = answer;
    call->is_json = true;
    metrics_running(call->api->metrics, 1);
    json_writer_init(&call->json, &answer->body);
    if (call->err.code != ERR_NONE)
        fail(call, &call->err);
    else if (call->is_same || call->is_kept)
        cached_answer(call);
    else
        work(call);
    call_give_reader(call);
    if (!http_answer_is_begun(answer))
        add_common_headers(call);
    metrics_running(call->api->metrics, -1);
}

/* What the server refuses by itself.  If the head was seen, what plan() found goes first: a body
 * sent to an unknown path is 404, not 413. */
static void refuse(void *ctx, struct http_request *req, struct http_answer *answer,
                   const struct err *err)
{
    struct call *call = req->user != NULL ? req->user : call_new(ctx, req);
    call->answer = answer;
    fail(call, call->err.code != ERR_NONE ? &call->err : err);
    add_common_headers(call);
}

static void done(void *ctx, struct http_request *req, int status, uint64_t body_bytes, bool is_sent)
{
    struct api *api = ctx;
    const struct call *call = req->user;
    int64_t ns = clock_mono_ns() - req->start_ns;
    metrics_request(api->metrics, call != NULL ? call->route : NULL, status, ns);
    if (call == NULL || !log_enabled(LOG_INFO))
        return;
    log_to(LOG_INFO, "request", LOG_STR("id", call->id), LOG_STR("method", req->method_text),
           LOG_STR("path", req->path), LOG_I64("status", status),
           LOG_I64("bytes", (int64_t)body_bytes), LOG_F64("ms", (double)ns / 1e6),
           LOG_STR("client", req->client), LOG_STR("caller", call->caller),
           LOG_STR("sent", is_sent ? STR("yes") : STR("no")));
}

static void stopping(void *ctx)
{
    struct api *api = ctx;
    live_stop(api->live);
}

struct http_handler api_handler(struct api *api)
{
    return (struct http_handler){ api, plan, handle, refuse, done, stopping };
}

void api_ask(struct api *api, struct arena *a, const struct api_question *question,
             int64_t deadline_ms, struct api_answer *out)
{
    static const struct http_header headers[] = { { STR_INIT("Content-Type"),
                                                    STR_INIT("application/json") } };
    struct http_request req = { .method = question->method,
                                .method_text = http_method_name(question->method),
                                .path = question->path,
                                .query = question->query,
                                .headers = headers,
                                .n_headers = ARRAY_LEN(headers),
                                .body = question->body,
                                .start_ns = clock_mono_ns(),
                                .deadline_ms = deadline_ms,
                                .arena = a };
    struct http_answer answer = { .status = 200, .body = BUF_INIT(LIMIT_HTTP_ANSWER_BYTES) };
    struct http_plan how = { 0 };
    plan(api, &req, &how);
    handle(api, &req, &answer);
    bool is_static = answer.static_body.len > 0;
    out->status = answer.status;
    out->type = http_header_get(answer.headers, answer.n_headers, STR("Content-Type"));
    out->body = is_static ? answer.static_body : arena_str(a, buf_str(&answer.body));
    buf_release(&answer.body);
}

static bool is_host_text(struct str host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '.' || c == ':' || c == '-' || c == '_' || c == '[' || c == ']'))
            return false;
    }
    return host.len > 0;
}

struct str call_base_url(const struct call *call)
{
    const struct http_request *req = call->req;
    struct str url = call->api->options.public_url;
    if (url.len > 0)
        return url.ptr[url.len - 1] == '/' ? str_slice(url, 0, url.len - 1) : url;
    struct str host = http_header_get(req->headers, req->n_headers, STR("Host"));
    if (!is_host_text(host))
        host = STR("127.0.0.1"); /* such a Host would end up in a command for a shell */
    return arena_printf(req->arena, "%s://%.*s", req->is_tls ? "https" : "http", STR_FMT(host));
}
