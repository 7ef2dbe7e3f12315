/*
 * server: see server.h.  libmicrohttpd calls on_request() several times for one request: with the
 * head, with each piece of the body, at the end of the body, and again after a worker resumed the
 * connection.
 *
 * An answer that is queued in the first of these calls closes the connection, so that happens only
 * for requests whose body is not wanted.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server.h"

#include "http/server_internal.h"
#include "util/clock.h"
#include "util/limits.h"
#include "util/scan.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* libmicrohttpd clears a connection's pool after each request, so a large one costs at every
 * request: 15 % of the time of a small answer at 96 KiB. */
enum { MAX_LISTEN = 16, POOL_SLACK_BYTES = 4 * 1024, SMALL_BLOCK_BYTES = 2 * 1024 };

struct http_server {
    struct http_server_options options;
    struct http_handler handler;
    struct arena arena; /* of the addresses; not used once it runs */
    struct MHD_Daemon *daemons[MAX_LISTEN];
    int fds[MAX_LISTEN];
    struct str addresses[MAX_LISTEN];
    size_t n;
    struct workers *workers;
    struct reaper reaper;
    atomic_bool is_stopping, cancel;
    pthread_mutex_t lock; /* of n_running */
    pthread_cond_t quiet; /* n_running became 0 */
    size_t n_running;     /* requests that are whole and whose answer is not sent */
};

enum phase { PHASE_HEAD, PHASE_BODY, PHASE_WORKING, PHASE_READY, PHASE_SENT };

/* One request with its answer.  Used by one thread at a time: libmicrohttpd's, then a worker while
 * the connection is suspended, then libmicrohttpd's again.  While a worker streams, the two share
 * the stream, which has a lock, and libmicrohttpd's thread touches nothing else but response,
 * status and phase; the one who is done last frees all. */
struct exchange {
    struct http_request req; /* first: handlers get its address */
    struct http_answer answer;
    struct http_plan plan;
    struct http_server *server;
    struct MHD_Connection *connection;
    struct peer *peer;
    struct arena arena;
    struct str target; /* path and query, as sent */
    struct buf body;
    size_t discarded_bytes;
    size_t header_bytes, n_headers_cap;
    struct http_header *headers;
    struct err refusal; /* code set: refuse() answers */
    enum phase phase;
    bool is_counted, has_body, is_sent;
    struct MHD_Response *response;
    int status; /* of response */
    struct http_stream stream;
    atomic_int n_owners;
};

void http_answer_header(struct http_answer *answer, struct str name, struct str value)
{
    if (answer->n_headers == HTTP_MAX_ANSWER_HEADERS)
        panic("more than %d answer headers", HTTP_MAX_ANSWER_HEADERS);
    answer->headers[answer->n_headers++] = (struct http_header){ name, value };
}

/* libmicrohttpd's first word about a request: its target before anything is decoded.  It gives the
 * text with its terminating NUL in the connection's pool; no length, so a NUL ends it. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct exchange *e = calloc(1, sizeof *e);
    if (e == NULL)
        panic("no memory for a request");
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    e->server = cls;
    e->connection = connection;
    e->peer = info != NULL ? info->socket_context : NULL;
    e->target = arena_str(&e->arena, str_from(target));
    atomic_init(&e->n_owners, 1);
    e->answer.status = 200;
    e->answer.body.limit = LIMIT_HTTP_ANSWER_BYTES;
    if (e->peer != NULL)
        reaper_phase(&e->server->reaper, e->peer, PEER_RECEIVING);
    return e;
}

/* Paths stay as they were sent; who needs them decodes them strictly. */
static size_t keep_encoded(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

static enum MHD_Result add_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                  size_t name_len, const char *value, size_t value_len)
{
    struct exchange *e = cls;
    (void)kind;
    e->header_bytes += name_len + value_len + 4;
    if (e->header_bytes > e->server->options.max_header_bytes)
        return MHD_NO;
    struct http_header *h = ARENA_PUSH(&e->arena, e->headers, e->req.n_headers, e->n_headers_cap);
    h->name = arena_str(&e->arena, (struct str){ name, name_len });
    h->value = arena_str(&e->arena, (struct str){ value != NULL ? value : "", value_len });
    return MHD_YES;
}

static struct str client_of(struct arena *a, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info != NULL ? address_text(a, info->client_addr) : STR_EMPTY;
}

static void refuse(struct exchange *e, enum err_code code, const char *what, size_t limit_bytes)
{
    if (e->refusal.code == ERR_NONE)
        err_set(&e->refusal, code, "%s larger than %zu bytes", what, limit_bytes);
}

/* "http://host/path" is as good as "/path" (RFC 9112, section 3.2.2). */
static struct str without_authority(struct str target)
{
    struct str scheme = STR("http://");
    if (!str_has_prefix_nocase(target, scheme))
        return target;
    target = str_from_pos(target, scheme.len);
    size_t at = 0;
    while (at < target.len && target.ptr[at] != '/' && target.ptr[at] != '?')
        at++;
    return at < target.len && target.ptr[at] == '/' ? str_from_pos(target, at) : STR("/");
}

/* Everything that the head tells; sets refusal when a limit is passed. */
static void take_head(struct exchange *e, const char *method, struct str version)
{
    const struct http_server_options *o = &e->server->options;
    struct http_request *req = &e->req;
    MHD_get_connection_values_n(e->connection, MHD_HEADER_KIND, add_header, e);
    req->headers = e->headers;
    req->method_text = arena_str(&e->arena, str_from(method));
    req->method = http_method_parse(req->method_text);
    str_cut(without_authority(e->target), '?', &req->path, &req->query);
    req->client = client_of(&e->arena, e->connection);
    req->is_tls = o->tls_cert != NULL;
    req->start_ns = clock_mono_ns();
    req->deadline_ms = clock_mono_ms() + o->call_timeout_ms;
    req->cancel = &e->server->cancel;
    req->arena = &e->arena;
    e->plan.max_body_bytes = o->max_body_bytes;
    struct str length = http_header_get(req->headers, req->n_headers, STR("Content-Length"));
    uint64_t n = 0;
    e->has_body = http_header_has(req->headers, req->n_headers, STR("Transfer-Encoding")) ||
                  (length.len > 0 && !(scan_whole_u64(length, UINT64_MAX, &n) && n == 0));
    if (e->target.len > o->max_url_bytes)
        refuse(e, ERR_URI_TOO_LONG, "the URL is", o->max_url_bytes);
    if (e->header_bytes > o->max_header_bytes)
        refuse(e, ERR_HEADERS_TOO_LARGE, "the header fields are", o->max_header_bytes);
    if (e->refusal.code != ERR_NONE || !head_check(e->target, req->headers, req->n_headers,
                                                   str_eq(version, STR("HTTP/1.0")), &e->refusal))
        return;
    e->server->handler.plan(e->server->handler.ctx, req, &e->plan);
    if (n > e->plan.max_body_bytes)
        refuse(e, ERR_TOO_LARGE, "the body is", e->plan.max_body_bytes);
    e->body.limit = e->plan.max_body_bytes;
}

/* False: the sender goes on although it was told to stop; close. */
static bool take_body(struct exchange *e, struct str bytes)
{
    if (e->refusal.code == ERR_NONE) {
        buf_add(&e->body, bytes);
        if (buf_ok(&e->body))
            return true;
        refuse(e, ERR_TOO_LARGE, "the body is", e->plan.max_body_bytes);
    }
    e->discarded_bytes += bytes.len;
    return e->discarded_bytes <= LIMIT_HTTP_DISCARD_BYTES;
}

static void answer_refusal(struct exchange *e)
{
    const struct http_handler *h = &e->server->handler;
    buf_reset(&e->answer.body);
    e->answer.n_headers = 0;
    e->answer.static_body = STR_EMPTY;
    h->refuse(h->ctx, &e->req, &e->answer, &e->refusal);
}

/* Run the handler, here or on a worker. */
static void handle(struct exchange *e)
{
    const struct http_handler *h = &e->server->handler;
    if (e->refusal.code == ERR_NONE && atomic_load(&e->server->cancel))
        err_set(&e->refusal, ERR_CANCELLED, "the server stops");
    if (e->refusal.code == ERR_NONE) {
        e->req.body = buf_str(&e->body);
        h->handle(h->ctx, &e->req, &e->answer);
        if (!buf_ok(&e->answer.body))
            err_set(&e->refusal, ERR_TOO_LARGE, "the answer is larger than %zu bytes",
                    e->answer.body.limit);
    }
    if (e->refusal.code != ERR_NONE && http_answer_is_begun(&e->answer))
        http_answer_cut(&e->answer);
    else if (e->refusal.code != ERR_NONE)
        answer_refusal(e);
}

static char *cstr_of(struct exchange *e, struct str s)
{
    struct err ignored = ERR_INIT;
    char *text = arena_cstr(&e->arena, s, &ignored);
    if (text == NULL)
        panic("a NUL byte in an answer header");
    return text;
}

/* The answer as libmicrohttpd wants it; made by the thread that ran the handler. */
static void make_response(struct exchange *e, bool must_close)
{
    struct str body =
        e->answer.static_body.len > 0 ? e->answer.static_body : buf_str(&e->answer.body);
    /* The bytes outlive the response: they belong to the exchange, or are static.  The interface
     * wants a pointer to non-const for all of its modes; this one only reads. */
    union {
        const char *read;
        void *passed;
    } bytes = { .read = body.ptr };
    e->status = e->answer.status;
    e->phase = PHASE_READY;
    /* It is cleared and held as long as the answer: one of many that stay open has small pieces. */
    size_t block = e->stream.n_bytes < SMALL_BLOCK_BYTES ? SMALL_BLOCK_BYTES : HTTP_FLUSH_BYTES;
    e->response =
        http_answer_is_begun(&e->answer)
            ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, block, stream_read, &e->stream,
                                                NULL)
            : MHD_create_response_from_buffer(body.len, bytes.passed, MHD_RESPMEM_PERSISTENT);
    if (e->response == NULL)
        panic("no memory for an answer");
    for (size_t i = 0; i < e->answer.n_headers; i++)
        MHD_add_response_header(e->response, cstr_of(e, e->answer.headers[i].name),
                                cstr_of(e, e->answer.headers[i].value));
    if (must_close || atomic_load(&e->server->is_stopping))
        MHD_add_response_header(e->response, "Connection", "close");
}

static enum MHD_Result send_answer(struct exchange *e)
{
    e->phase = PHASE_SENT;
    enum MHD_Result result = MHD_queue_response(e->connection, (unsigned)e->status, e->response);
    MHD_destroy_response(e->response);
    return result;
}

/* The first piece of a streamed answer is there. */
static void begin_stream(void *owner)
{
    struct exchange *e = owner;
    make_response(e, false);
    MHD_resume_connection(e->connection);
}

/* The last owner tells and frees. */
static void exchange_drop(struct exchange *e)
{
    struct http_server *s = e->server;
    if (atomic_fetch_sub(&e->n_owners, 1) > 1)
        return;
    uint64_t body_bytes = e->answer.static_body.len > 0      ? e->answer.static_body.len
                          : http_answer_is_begun(&e->answer) ? e->stream.n_bytes
                                                             : e->answer.body.len;
    if (s->handler.done != NULL && e->phase == PHASE_SENT)
        s->handler.done(s->handler.ctx, &e->req, e->status, body_bytes,
                        e->is_sent && !e->stream.is_cut);
    if (e->is_counted) {
        pthread_mutex_lock(&s->lock);
        if (--s->n_running == 0)
            pthread_cond_broadcast(&s->quiet);
        pthread_mutex_unlock(&s->lock);
    }
    if (e->phase == PHASE_READY) /* the server ended before it was sent */
        MHD_destroy_response(e->response);
    if (e->answer.stream != NULL)
        stream_release(&e->stream);
    buf_release(&e->body);
    buf_release(&e->answer.body);
    arena_release(&e->arena);
    free(e);
}

static void keep_exchange(void *owner)
{
    struct exchange *e = owner;
    atomic_fetch_add(&e->n_owners, 1);
}

static void drop_exchange(void *owner)
{
    exchange_drop(owner);
}

static void handle_on_worker(void *task)
{
    struct exchange *e = task;
    handle(e);
    if (e->stream.is_kept) {
        buf_release(&e->answer.body);
    } else if (http_answer_is_begun(&e->answer)) {
        stream_end(&e->stream, &e->answer.body);
    } else {
        make_response(e, false);
        MHD_resume_connection(e->connection);
    }
    exchange_drop(e);
}

static void count_running(struct exchange *e)
{
    e->is_counted = true;
    pthread_mutex_lock(&e->server->lock);
    e->server->n_running++;
    pthread_mutex_unlock(&e->server->lock);
    if (e->peer != NULL)
        reaper_phase(&e->server->reaper, e->peer, PEER_BUSY);
}

/* The request is whole. */
static enum MHD_Result dispatch(struct exchange *e)
{
    count_running(e);
    if (e->plan.is_slow && e->refusal.code == ERR_NONE) {
        e->phase = PHASE_WORKING;
        e->stream = (struct http_stream){ .cancel = &e->server->cancel,
                                          .connection = e->connection,
                                          .begin = begin_stream,
                                          .keep = keep_exchange,
                                          .drop = drop_exchange,
                                          .owner = e };
        stream_init(&e->stream);
        e->answer.stream = &e->stream;
        atomic_store(&e->n_owners, 2);
        MHD_suspend_connection(e->connection);
        if (workers_add(e->server->workers, e))
            return MHD_YES;
        atomic_store(&e->n_owners, 1);
        err_set(&e->refusal, ERR_BUSY, "%u requests wait already", e->server->options.max_waiting);
        e->refusal.retry_after_s = 1;
        handle(e);
        make_response(e, false);
        MHD_resume_connection(e->connection);
        return MHD_YES;
    }
    handle(e);
    make_response(e, false);
    return send_answer(e);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_len, void **req_cls)
{
    struct exchange *e = *req_cls;
    size_t n = *upload_len;
    (void)cls;
    (void)connection;
    (void)url;
    switch (e->phase) {
    case PHASE_HEAD:
        e->phase = PHASE_BODY;
        take_head(e, method, str_from(version));
        if (e->refusal.code == ERR_NONE || !e->has_body)
            return MHD_YES;
        count_running(e);
        handle(e);
        make_response(e, true);
        return send_answer(e);
    case PHASE_BODY:
        if (n == 0)
            return dispatch(e);
        *upload_len = 0;
        return take_body(e, (struct str){ upload, n }) ? MHD_YES : MHD_NO;
    case PHASE_READY:
        return send_answer(e);
    case PHASE_WORKING:
    case PHASE_SENT:
        return MHD_YES;
    }
    panic("phase %d", (int)e->phase);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **req_cls,
                         enum MHD_RequestTerminationCode how)
{
    struct exchange *e = *req_cls;
    struct http_server *s = cls;
    (void)connection;
    if (e == NULL)
        return;
    *req_cls = NULL;
    if (e->peer != NULL)
        reaper_phase(&s->reaper, e->peer, PEER_IDLE);
    e->is_sent = how == MHD_REQUEST_TERMINATED_COMPLETED_OK;
    if (e->answer.stream != NULL)
        stream_gone(&e->stream);
    exchange_drop(e);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http_server *s = cls;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *socket_context = info != NULL ? reaper_add(&s->reaper, info->connect_fd) : NULL;
    } else if (*socket_context != NULL) {
        reaper_remove(&s->reaper, *socket_context);
        *socket_context = NULL;
    }
}

static bool start_daemon(struct http_server *s, size_t i, struct err *err)
{
    const struct http_server_options *o = &s->options;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_OptionItem more[4] = { 0 };
    size_t n = 0;
    union {
        const char *read;
        void *passed;
    } cert = { .read = o->tls_cert }, key = { .read = o->tls_key };
    if (o->tls_cert != NULL) {
        flags |= MHD_USE_TLS;
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, cert.passed };
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, key.passed };
    }
    if (o->threads > 1)
        more[n++] =
            (struct MHD_OptionItem){ MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)o->threads, NULL };
    more[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
    s->daemons[i] = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, s->fds[i],
        MHD_OPTION_URI_LOG_CALLBACK, on_target, s, MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        s, MHD_OPTION_CONNECTION_LIMIT, o->max_connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)((o->idle_timeout_ms + 999) / 1000), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        o->max_header_bytes + o->max_url_bytes + POOL_SLACK_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 0,
        MHD_OPTION_ARRAY, more, MHD_OPTION_END);
    if (s->daemons[i] != NULL)
        return true;
    err_set(err, o->tls_cert != NULL ? ERR_CONFIG : ERR_IO, "the server on %.*s does not start",
            STR_FMT(s->addresses[i]));
    return o->tls_cert == NULL
               ? false
               : err_fix(err, "Check that server.tls_cert and server.tls_key are PEM "
                              "files that belong together.");
}

static void server_free(struct http_server *s)
{
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->quiet);
    arena_release(&s->arena);
    free(s);
}

struct http_server *http_server_start(const struct http_server_options *options,
                                      const struct http_handler *handler, struct err *err)
{
    struct http_server *s = calloc(1, sizeof *s);
    pthread_condattr_t attr;
    if (s == NULL)
        panic("no memory for the server");
    s->options = *options;
    s->handler = *handler;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->quiet, &attr);
    pthread_condattr_destroy(&attr);
    reaper_start(&s->reaper, options->request_timeout_ms, options->idle_timeout_ms);
    s->workers = workers_new(options->workers, options->max_waiting, handle_on_worker);
    bool ok = options->n_listen <= MAX_LISTEN ||
              err_set(err, ERR_CONFIG, "more than %d addresses to listen on", MAX_LISTEN);
    /* All sockets first: either every address is served or none. */
    for (size_t i = 0; i < options->n_listen && ok; i++) {
        ok = listen_open(&s->arena, options->listen[i], &s->fds[i], &s->addresses[i], err);
        s->n += ok;
    }
    for (size_t i = 0; i < s->n && ok; i++)
        ok = start_daemon(s, i, err);
    if (ok)
        return s;
    (void)http_server_stop(s, 0); /* nothing was answered yet */
    return NULL;
}

struct str http_server_address(const struct http_server *s, size_t i)
{
    return i < s->n ? s->addresses[i] : STR_EMPTY;
}

/* Wait until nothing runs; false when that takes longer. */
static bool wait_quiet(struct http_server *s, int64_t timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += timeout_ms % 1000 * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    int result = 0;
    pthread_mutex_lock(&s->lock);
    while (s->n_running > 0 && result == 0)
        result = pthread_cond_timedwait(&s->quiet, &s->lock, &until);
    bool is_quiet = s->n_running == 0;
    pthread_mutex_unlock(&s->lock);
    return is_quiet;
}

bool http_server_stop(struct http_server *s, int64_t grace_ms)
{
    if (s == NULL)
        return true;
    atomic_store(&s->is_stopping, true);
    for (size_t i = 0; i < s->n; i++)
        if (s->daemons[i] != NULL) {
            MHD_quiesce_daemon(s->daemons[i]);
            /* Refuse from now on; closing waits until the thread has let go of the descriptor. */
            shutdown(s->fds[i], SHUT_RDWR);
        }
    if (s->handler.stopping != NULL)
        s->handler.stopping(s->handler.ctx);
    bool is_clean = wait_quiet(s, grace_ms);
    atomic_store(&s->cancel, true);
    workers_free(s->workers); /* resumes every suspended connection on its way */
    if (!is_clean)
        (void)wait_quiet(s, 2000); /* the answers that say so should still leave */
    for (size_t i = 0; i < s->n; i++) {
        if (s->daemons[i] != NULL)
            MHD_stop_daemon(s->daemons[i]);
        close(s->fds[i]);
    }
    reaper_stop(&s->reaper);
    server_free(s);
    return is_clean;
}
