/* client_attempt: see client_internal.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/client_internal.h"

#include "util/clock.h"
#include "util/limits.h"
#include "util/scan.h"

#include <string.h>
#include <sys/random.h>

static bool is_success(int status)
{
    return status >= 200 && status <= 299;
}

/* "Name: value" of the head; a new status line begins the head again (100 Continue, proxies). */
static size_t on_header(char *bytes, size_t size, size_t n, void *ctx)
{
    struct attempt *t = ctx;
    struct str line = str_trim((struct str){ bytes, size * n });
    struct http_reply *reply = t->reply;
    t->header_bytes += size * n;
    if (t->header_bytes > LIMIT_HTTP_REPLY_HEADER_BYTES ||
        reply->n_headers == LIMIT_HTTP_REPLY_HEADERS) {
        err_set(&t->err, ERR_TOO_LARGE, "the head of the answer is larger than %lu bytes",
                LIMIT_HTTP_REPLY_HEADER_BYTES);
        return 0;
    }
    t->is_head_whole |= line.len == 0;
    if (str_has_prefix(line, STR("HTTP/"))) {
        t->is_head_whole = false;
        reply->n_headers = 0;
        return size * n;
    }
    struct str name, value;
    if (!str_cut(line, ':', &name, &value))
        return size * n;
    *ARENA_PUSH(t->arena, reply->headers, reply->n_headers, t->headers_cap) =
        (struct http_header){ arena_str(t->arena, name), arena_str(t->arena, str_trim(value)) };
    return size * n;
}

static bool tell_head(CURL *easy, struct attempt *t)
{
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    t->reply->status = (int)status;
    t->is_head_done = true;
    return !is_success(t->reply->status) || t->call->head == NULL ||
           t->call->head(t->call->ctx, t->reply, &t->err);
}

static size_t on_body(char *bytes, size_t size, size_t n, void *ctx)
{
    CURL *easy = ctx;
    struct attempt *t = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t);
    struct str piece = { bytes, size * n };
    if (!t->is_head_done && !tell_head(easy, t))
        return 0;
    t->reply->body_bytes += piece.len;
    if (is_success(t->reply->status) && t->call->sink != NULL) {
        t->is_sink_used = true;
        return t->call->sink(t->call->ctx, piece, &t->err) ? piece.len : 0;
    }
    if (is_success(t->reply->status)) {
        if (piece.len <= t->call->body_limit - t->body.len) {
            buf_add(&t->body, piece);
            return piece.len;
        }
        err_set(&t->err, ERR_TOO_LARGE, "the answer is larger than %zu bytes", t->call->body_limit);
        return 0;
    }
    size_t room = LIMIT_HTTP_ERROR_BYTES - t->body.len;
    t->reply->is_cut |= piece.len > room;
    buf_add(&t->body, str_slice(piece, 0, room));
    return piece.len;
}

static size_t on_read(char *out, size_t size, size_t n, void *ctx)
{
    const struct attempt *t = ctx;
    bool ok = true;
    size_t got = t->call->read_body(t->call->ctx, out, size * n, &ok);
    return ok ? got : CURL_READFUNC_ABORT;
}

static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    const struct attempt *t = ctx;
    bool ok = offset == 0 && origin == SEEK_SET && t->call->rewind_body != NULL &&
              t->call->rewind_body(t->call->ctx);
    return ok ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_CANTSEEK;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct attempt *t = ctx;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    if (t->call->cancel == NULL || !atomic_load(t->call->cancel))
        return 0;
    err_set(&t->err, ERR_CANCELLED, "cancelled");
    return 1;
}

static bool add_headers(struct attempt *t, struct err *err)
{
    for (size_t i = 0; i < t->call->n_headers; i++) {
        const struct http_header *h = &t->call->headers[i];
        /* libcurl leaves a header without value out unless it is written with ";". */
        struct str line = h->value.len > 0 ? arena_printf(t->arena, "%.*s: %.*s", STR_FMT(h->name),
                                                          STR_FMT(h->value))
                                           : arena_printf(t->arena, "%.*s;", STR_FMT(h->name));
        char *text = arena_cstr(t->arena, line, err);
        if (text == NULL)
            return false;
        if (strpbrk(text, "\r\n") != NULL)
            return err_set(err, ERR_INVALID, "a header field holds a line end");
        t->headers = curl_slist_append(t->headers, text);
    }
    /* No wait for "100 Continue", and no content type that was not asked for. */
    t->headers = curl_slist_append(t->headers, "Expect:");
    if (!http_header_has(t->call->headers, t->call->n_headers, STR("Content-Type")))
        t->headers = curl_slist_append(t->headers, "Content-Type:");
    if (!http_header_has(t->call->headers, t->call->n_headers, STR("Accept")))
        t->headers = curl_slist_append(t->headers, "Accept:");
    return true;
}

static void set_body(CURL *easy, struct attempt *t)
{
    const struct http_call *call = t->call;
    struct str name = http_method_name(call->method);
    bool has_body = call->method == HTTP_POST || call->method == HTTP_PUT ||
                    call->method == HTTP_PATCH || call->body.len > 0;
    if (call->method == HTTP_HEAD) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (has_body && call->read_body == NULL) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body.len > 0 ? call->body.ptr : "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
    } else if (has_body) {
        curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
        curl_easy_setopt(easy, CURLOPT_READDATA, t);
        curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
        curl_easy_setopt(easy, CURLOPT_SEEKDATA, t);
        curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)call->body_bytes);
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    }
    if (call->method != HTTP_GET)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, name.ptr);
}

static long at_least_one_s(int64_t ms)
{
    return (long)((ms + 999) / 1000);
}

bool attempt_begin(CURL *easy, const struct http_client_options *options, struct attempt *t,
                   struct err *err)
{
    const struct http_call *call = t->call;
    t->budget_ms = call->deadline_ms - clock_mono_ms();
    if (t->budget_ms <= 0)
        return err_set(err, ERR_TIMEOUT, "no time is left for the call");
    t->body.limit =
        call->body_limit > LIMIT_HTTP_ERROR_BYTES ? call->body_limit : LIMIT_HTTP_ERROR_BYTES;
    char *url = arena_cstr(t->arena, call->url, err);
    if (url == NULL || !add_headers(t, err))
        return false;
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 64L * 1024); /* fewer system calls */
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT,
                     options->user_agent != NULL ? options->user_agent : "boathouse");
    if (options->ca_bundle != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_bundle);
    if (call->is_direct)
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    if (call->is_once) {
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }
    int64_t connect_ms = options->connect_timeout_ms > 0 ? options->connect_timeout_ms : 5000;
    int64_t stall_ms = options->stall_timeout_ms > 0 ? options->stall_timeout_ms : 30000;
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(connect_ms < t->budget_ms ? connect_ms : t->budget_ms));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)t->budget_ms);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, at_least_one_s(stall_ms));
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, easy);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, t);
    set_body(easy, t);
    return true;
}

/* libcurl's words for a failure, ours for its kind. */
static void translate(const struct attempt *t, CURLcode code, struct err *err)
{
    if (t->err.code != ERR_NONE) {
        *err = t->err;
        return;
    }
    /* Said of a scheme that is unknown, but also of an answer that is no HTTP/1. */
    if (code == CURLE_UNSUPPORTED_PROTOCOL && t->reply->sent != HTTP_SENT_NOTHING) {
        err_set(err, ERR_UPSTREAM, "the answer is not HTTP");
        return;
    }
    switch ((int)code) {
    case CURLE_OPERATION_TIMEDOUT:
        err_set(err, ERR_TIMEOUT, "%s", curl_easy_strerror(code));
        return;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        err_set(err, ERR_INVALID, "%s", curl_easy_strerror(code));
        return;
    default:
        err_set(err, ERR_UPSTREAM, "%s", curl_easy_strerror(code));
        return;
    }
}

bool attempt_end(CURL *easy, CURLcode code, struct attempt *t, struct err *err)
{
    long request_bytes = 0;
    struct http_reply *reply = t->reply;
    /* libcurl takes an answer that ends within its head for a whole one without body. */
    if (code == CURLE_OK && !t->is_head_whole)
        code = CURLE_PARTIAL_FILE;
    if (code == CURLE_OK && !t->is_head_done && !tell_head(easy, t))
        code = CURLE_WRITE_ERROR;
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    reply->body = arena_str(t->arena, buf_str(&t->body));
    bool ok = code == CURLE_OK && t->err.code == ERR_NONE;
    reply->sent = ok                  ? HTTP_SENT_ANSWERED
                  : request_bytes > 0 ? HTTP_SENT_UNCLEAR
                                      : HTTP_SENT_NOTHING;
    if (!ok) {
        reply->status = 0;
        translate(t, code, err);
    }
    buf_release(&t->body);
    curl_slist_free_all(t->headers);
    t->headers = NULL;
    return ok;
}

bool attempt_may_repeat(const struct attempt *t, bool ok, const struct err *err)
{
    static const int statuses[] = { 429, 500, 502, 503, 504 };
    if (t->is_sink_used || t->call->is_once)
        return false;
    if (!ok)
        return t->err.code == ERR_NONE && (err->code == ERR_UPSTREAM || err->code == ERR_TIMEOUT);
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
        if (t->reply->status == statuses[i])
            return true;
    return t->call->again != NULL && !is_success(t->reply->status) &&
           t->call->again(t->call->ctx, t->reply);
}

int64_t attempt_backoff_ms(const struct http_client_options *options,
                           const struct http_reply *reply, unsigned next)
{
    int64_t base = options->backoff_base_ms > 0 ? options->backoff_base_ms : 100;
    int64_t cap = options->backoff_cap_ms > 0 ? options->backoff_cap_ms : 20000;
    int64_t most = base;
    uint64_t after_s = 0, random = 0;
    for (unsigned i = 2; i < next && most < cap; i++)
        most *= 2;
    most = most < cap ? most : cap;
    if (scan_whole_u64(http_reply_header(reply, STR("Retry-After")), 3600, &after_s) && after_s > 0)
        return (int64_t)after_s * 1000 < cap ? (int64_t)after_s * 1000 : cap;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return most;
    return (int64_t)(random % (uint64_t)(most + 1));
}
