/*
 * serve_emr: the fake EMR behind HTTP on a free port of 127.0.0.1, which is printed.
 *
 * "POST /" with X-Amz-Target is a call of EMR's API.  The rest steers the fake:
 *   POST /fake/faults   {"NAME": VALUE}, members of struct fake_emr_faults
 *   POST /fake/times    {"starting_ms": N, ...}, members of struct fake_emr_times
 *   POST /fake/clock    {"advance_ms": N}; the clock begins at the time of day and stands otherwise
 *   GET  /fake/state    {"now_ms": N, "n_live": N, "calls": {"OPERATION": N}}
 * It ends when its standard input ends, so that it never outlives the test that started it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "emr.h"

#include "http/server.h"
#include "util/clock.h"
#include "util/limits.h"
#include "json/json.h"
#include "json/writer.h"

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* A byte every so often: an answer of 1 KB then takes two seconds. */
enum { SLOW_BYTE_NS = 2 * 1000 * 1000 };

struct fake_server {
    pthread_mutex_t lock; /* of what follows */
    struct fake_emr *emr;
    int64_t now_ms;
};

enum setting_kind { SETTING_COUNT, SETTING_MS, SETTING_BOOL, SETTING_TEXT };

/* A member that may be set from outside.  size: of a text's array. */
struct setting {
    struct str name;
    enum setting_kind kind;
    size_t offset, size;
};

#define FAULT(name, kind)                                                                          \
    {                                                                                              \
        STR_INIT(#name), kind, offsetof(struct fake_emr_faults, name),                             \
            sizeof(((struct fake_emr_faults *)0)->name)                                            \
    }
#define TIME(name)                                                                                 \
    {                                                                                              \
        STR_INIT(#name), SETTING_MS, offsetof(struct fake_emr_times, name), sizeof(int64_t)        \
    }

static const struct setting faults[] = {
    FAULT(lose_answers, SETTING_COUNT),       FAULT(throttle_but_create, SETTING_COUNT),
    FAULT(invisible_ms, SETTING_MS),          FAULT(stuck_bootstrapping, SETTING_BOOL),
    FAULT(fail_steps, SETTING_BOOL),          FAULT(error_code, SETTING_TEXT),
    FAULT(no_capacity_subnet, SETTING_TEXT),  FAULT(token_buckets, SETTING_BOOL),
    FAULT(expired_credentials, SETTING_BOOL), FAULT(truncate_answers, SETTING_BOOL),
    FAULT(slow_answers, SETTING_BOOL),
};
static const struct setting times[] = { TIME(starting_ms), TIME(bootstrapping_ms), TIME(step_ms),
                                        TIME(terminating_ms) };

static bool set_one(char *base, const struct setting *s, const struct json *body, struct err *err)
{
    char *at = base + s->offset;
    int64_t n = 0;
    bool on = false;
    struct str text;
    switch (s->kind) {
    case SETTING_COUNT:
        if (!json_get_i64(body, s->name, 0, 1000, &n, err))
            return false;
        *(unsigned *)(void *)at = (unsigned)n;
        return true;
    case SETTING_MS:
        return json_get_i64(body, s->name, 0, INT64_MAX / 1000, (int64_t *)(void *)at, err);
    case SETTING_BOOL:
        if (!json_get_bool(body, s->name, &on, err))
            return false;
        *(bool *)(void *)at = on;
        return true;
    case SETTING_TEXT:
        if (!json_get_str(body, s->name, &text, err))
            return false;
        if (text.len >= s->size)
            return err_set(err, ERR_INVALID, "%.*s is too long", STR_FMT(s->name));
        (void)snprintf(at, s->size, "%.*s", STR_FMT(text));
        return true;
    }
    panic("setting %d", (int)s->kind);
}

/* base: the struct that the table describes. */
static bool set_all(void *base, const struct setting *table, size_t n, const struct json *body,
                    struct err *err)
{
    struct str names[ARRAY_LEN(faults)];
    for (size_t i = 0; i < n; i++)
        names[i] = table[i].name;
    bool ok = json_only(body, names, n, err);
    for (size_t i = 0; i < n && ok; i++)
        if (json_has(body, table[i].name))
            ok = set_one(base, &table[i], body, err);
    return ok;
}

static void write_state(struct fake_server *s, struct buf *out)
{
    static const char *const operations[] = { "RunJobFlow",          "DescribeCluster",
                                              "ListClusters",        "TerminateJobFlows",
                                              "ListSteps",           "ListInstances",
                                              "AddJobFlowSteps",     "ModifyInstanceGroups",
                                              "ModifyInstanceFleet", "PutManagedScalingPolicy" };
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_object(&w);
    json_put_i64(&w, STR("now_ms"), s->now_ms);
    json_put_u64(&w, STR("n_live"), fake_emr_n_live(s->emr, s->now_ms));
    json_write_key(&w, STR("calls"));
    json_write_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(operations); i++)
        json_put_u64(&w, str_from(operations[i]),
                     fake_emr_n_calls(s->emr, str_from(operations[i])));
    json_write_end(&w);
    json_write_end(&w);
}

static bool steer(struct fake_server *s, const struct http_request *req, struct err *err)
{
    static const struct str advance[] = { STR_INIT("advance_ms") };
    const struct json *body = json_parse(req->arena, req->body, LIMIT_JSON_BYTES, err);
    int64_t ms = 0;
    if (body == NULL)
        return false;
    if (str_eq(req->path, STR("/fake/faults")))
        return set_all(fake_emr_faults(s->emr), faults, ARRAY_LEN(faults), body, err);
    if (str_eq(req->path, STR("/fake/times")))
        return set_all(fake_emr_times(s->emr), times, ARRAY_LEN(times), body, err);
    if (!str_eq(req->path, STR("/fake/clock")))
        return err_set(err, ERR_NOT_FOUND, "there is no such path");
    if (!json_only(body, advance, 1, err) ||
        !json_get_i64(body, advance[0], 0, INT64_MAX / 1000, &ms, err))
        return false;
    s->now_ms += ms;
    return true;
}

/* Byte by byte, or the first byte and no more. */
static void send_odd(struct http_answer *answer, struct str whole, bool is_lost)
{
    struct err err = ERR_INIT;
    buf_reset(&answer->body);
    for (size_t i = 0; i < whole.len; i++) {
        buf_add_char(&answer->body, whole.ptr[i]);
        if (!http_answer_flush(answer, 1, &err))
            return;
        if (is_lost) {
            http_answer_cut(answer);
            return;
        }
        nanosleep(&(struct timespec){ .tv_nsec = SLOW_BYTE_NS }, NULL);
    }
}

static void call_emr(struct fake_server *s, struct http_request *req, struct http_answer *answer)
{
    struct str target, service, operation;
    target = http_header_get(req->headers, req->n_headers, STR("X-Amz-Target"));
    (void)str_cut(target, '.', &service, &operation);
    pthread_mutex_lock(&s->lock);
    enum fake_emr_delivery delivery =
        fake_emr_call(s->emr, operation, req->body, s->now_ms, &answer->status, &answer->body);
    bool is_slow = fake_emr_faults(s->emr)->slow_answers;
    pthread_mutex_unlock(&s->lock);
    http_answer_header(answer, STR("Content-Type"), STR("application/x-amz-json-1.1"));
    http_answer_header(answer, STR("x-amzn-RequestId"), STR("fake"));
    if (delivery == FAKE_EMR_LOSE || is_slow)
        send_odd(answer, arena_str(req->arena, buf_str(&answer->body)), delivery == FAKE_EMR_LOSE);
}

static void handle(void *ctx, struct http_request *req, struct http_answer *answer)
{
    struct fake_server *s = ctx;
    struct err err = ERR_INIT;
    if (req->method == HTTP_POST && str_eq(req->path, STR("/"))) {
        call_emr(s, req, answer);
        return;
    }
    pthread_mutex_lock(&s->lock);
    bool is_state = req->method == HTTP_GET && str_eq(req->path, STR("/fake/state"));
    if (is_state || steer(s, req, &err)) {
        write_state(s, &answer->body);
    } else {
        answer->status = err_kind(err.code)->http_status;
        buf_printf(&answer->body, "%s\n", err.msg);
    }
    pthread_mutex_unlock(&s->lock);
}

static void plan(void *ctx, struct http_request *req, struct http_plan *out)
{
    (void)ctx;
    (void)req;
    out->is_slow = true;
}

static void refuse(void *ctx, struct http_request *req, struct http_answer *answer,
                   const struct err *err)
{
    (void)ctx;
    (void)req;
    answer->status = err_kind(err->code)->http_status;
    buf_printf(&answer->body, "%s\n", err->msg);
}

int main(void)
{
    static const struct str listen[] = { STR_INIT("127.0.0.1:0") };
    const struct http_server_options options = { .listen = listen,
                                                 .n_listen = 1,
                                                 .threads = 1,
                                                 .workers = 8,
                                                 .max_waiting = 1000,
                                                 .max_connections = 1000,
                                                 .max_url_bytes = 4096,
                                                 .max_header_bytes = 32 * 1024,
                                                 .max_body_bytes = 1024 * 1024,
                                                 .request_timeout_ms = 30000,
                                                 .idle_timeout_ms = 60000,
                                                 .call_timeout_ms = 60000 };
    struct fake_server s = { .lock = PTHREAD_MUTEX_INITIALIZER,
                             .emr = fake_emr_new((uint64_t)clock_unix_ms()),
                             .now_ms = clock_unix_ms() };
    const struct http_handler handler = { .ctx = &s, plan, handle, refuse, NULL };
    struct err err = ERR_INIT;
    char ignored;
    struct http_server *server = http_server_start(&options, &handler, &err);
    if (server == NULL)
        panic("%s", err.msg);
    printf("http://%.*s\n", STR_FMT(http_server_address(server, 0)));
    (void)fflush(stdout);
    while (read(STDIN_FILENO, &ignored, 1) > 0)
        continue;
    (void)http_server_stop(server, 1000); /* answers that nobody waits for */
    fake_emr_free(s.emr);
    return 0;
}
