/* The client against a server of ours whose path says what it answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "loopback.h"

#include "http/client.h"
#include "util/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_uint n_requests;

static void plan(void *ctx, struct http_request *req, struct http_plan *out)
{
    (void)ctx;
    (void)req;
    out->is_slow = true;
}

static void handle(void *ctx, struct http_request *req, struct http_answer *answer)
{
    (void)ctx;
    unsigned n = atomic_fetch_add(&n_requests, 1) + 1;
    if (str_eq(req->path, STR("/503-twice")) && n <= 2)
        answer->status = 503;
    if (str_eq(req->path, STR("/always-500")))
        answer->status = 500;
    if (str_eq(req->path, STR("/404")))
        answer->status = 404;
    if (str_eq(req->path, STR("/large")))
        for (int i = 0; i < 10000; i++)
            buf_add(&answer->body, STR("0123456789"));
    else
        buf_printf(&answer->body, "%.*s %.*s [%.*s] n=%u", STR_FMT(req->method_text),
                   STR_FMT(req->path), STR_FMT(req->body), n);
    http_answer_header(answer, STR("X-Kind"), STR("test"));
}

struct fixture {
    struct http_server *server;
    struct http_client *client;
    char base[LOOPBACK_BASE_SIZE];
};

static int set_up(void **state)
{
    static struct fixture f;
    const struct http_server_options options = loopback_options(2);
    const struct http_handler handler = { NULL, plan, handle, loopback_refuse, NULL, NULL };
    const struct http_client_options fast = { .backoff_base_ms = 1, .backoff_cap_ms = 5 };
    f.server = loopback_start(&options, &handler, f.base);
    f.client = http_client_new(&fast);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    http_client_free(f->client);
    return http_server_stop(f->server, 5000) ? 0 : 1;
}

static bool call(struct fixture *f, struct arena *a, struct http_call *c, const char *path,
                 struct http_reply *reply, struct err *err)
{
    atomic_store(&n_requests, 0);
    c->url = arena_printf(a, "%s%s", f->base, path);
    c->deadline_ms = clock_mono_ms() + 20000;
    if (c->body_limit == 0)
        c->body_limit = 1000;
    return http_client_call(f->client, a, c, reply, err);
}

static void methods_and_bodies_arrive(void **state)
{
    static const struct {
        enum http_method method;
        const char *body, *want;
    } cases[] = {
        { HTTP_GET, "", "GET /x []" },       { HTTP_POST, "data", "POST /x [data]" },
        { HTTP_POST, "", "POST /x []" },     { HTTP_PUT, "data", "PUT /x [data]" },
        { HTTP_DELETE, "", "DELETE /x []" }, { HTTP_HEAD, "", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        struct http_reply reply;
        struct http_call c = { .method = cases[i].method, .body = str_from(cases[i].body) };
        if (!call(*state, &a, &c, "/x", &reply, &err))
            fail_msg("%s", err.msg);
        assert_int_equal(reply.status, 200);
        assert_int_equal(reply.sent, HTTP_SENT_ANSWERED);
        assert_true(str_has_prefix(reply.body, str_from(cases[i].want)));
        assert_str(http_reply_header(&reply, STR("x-kind")), "test");
    }
}

static void what_may_pass_is_repeated(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct http_reply reply;
    struct http_call c = { .method = HTTP_GET };
    assert_true(call(*state, &a, &c, "/503-twice", &reply, &err));
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.attempts, 3);
    assert_true(call(*state, &a, &c, "/always-500", &reply, &err));
    assert_int_equal(reply.status, 500);
    assert_int_equal(reply.attempts, HTTP_DEFAULT_ATTEMPTS);
    assert_true(call(*state, &a, &c, "/404", &reply, &err));
    assert_int_equal(reply.attempts, 1);
    assert_true(str_has_prefix(reply.body, STR("GET /404")));
    c.is_once = true;
    assert_true(call(*state, &a, &c, "/always-500", &reply, &err));
    assert_int_equal(reply.attempts, 1);
}

static bool add(void *ctx, struct str bytes, struct err *err)
{
    size_t *n = ctx;
    *n += bytes.len;
    return *n < 1000000 || err_set(err, ERR_TOO_LARGE, "enough");
}

static bool stop(void *ctx, struct str bytes, struct err *err)
{
    (void)ctx;
    (void)bytes;
    return err_set(err, ERR_PARSE, "seen enough");
}

static void bodies_are_bounded_or_streamed(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct http_reply reply;
    size_t n = 0;
    struct http_call c = { .method = HTTP_GET };
    assert_false(call(*state, &a, &c, "/large", &reply, &err));
    assert_int_equal(err.code, ERR_TOO_LARGE);
    assert_int_equal(reply.attempts, 1);
    c.sink = add;
    c.ctx = &n;
    assert_true(call(*state, &a, &c, "/large", &reply, &err));
    assert_int_equal(n, 100000);
    assert_int_equal(reply.body_bytes, 100000);
    c.sink = stop;
    assert_false(call(*state, &a, &c, "/large", &reply, &err));
    assert_string_equal(err.msg, "seen enough");
}

/* A port on which nobody listens, or on which somebody listens and never answers. */
static int dead_end(char *url, size_t cap, bool listens)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    if (listens)
        assert_int_equal(listen(fd, 5), 0);
    getsockname(fd, (struct sockaddr *)&at, &len);
    snprintf(url, cap, "http://127.0.0.1:%u/", ntohs(at.sin_port));
    return fd;
}

static void failures_say_whether_bytes_left(void **state)
{
    struct fixture *f = *state;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct http_reply reply;
    char url[64];
    int fd = dead_end(url, sizeof url, false);
    struct http_call c = { .method = HTTP_POST, .url = str_from(url), .body_limit = 1000 };
    c.deadline_ms = clock_mono_ms() + 5000;
    assert_false(http_client_call(f->client, &a, &c, &reply, &err));
    assert_int_equal(err.code, ERR_UPSTREAM);
    assert_int_equal(reply.sent, HTTP_SENT_NOTHING);
    assert_int_equal(reply.attempts, HTTP_DEFAULT_ATTEMPTS);
    close(fd);
    fd = dead_end(url, sizeof url, true);
    c.url = str_from(url);
    c.deadline_ms = clock_mono_ms() + 300;
    assert_false(http_client_call(f->client, &a, &c, &reply, &err));
    assert_int_equal(err.code, ERR_TIMEOUT);
    assert_int_equal(reply.sent, HTTP_SENT_UNCLEAR);
    atomic_bool cancel = true;
    c.cancel = &cancel;
    c.deadline_ms = clock_mono_ms() + 20000;
    int64_t start_ms = clock_mono_ms();
    assert_false(http_client_call(f->client, &a, &c, &reply, &err));
    assert_int_equal(err.code, ERR_CANCELLED);
    assert_true(clock_mono_ms() - start_ms < 5000);
    close(fd);
    c.url = STR("ftp://127.0.0.1/");
    c.cancel = NULL;
    assert_false(http_client_call(f->client, &a, &c, &reply, &err));
    assert_int_equal(err.code, ERR_INVALID);
}

static bool renew(void *ctx, unsigned attempt, struct http_call *c, struct err *err)
{
    (void)ctx;
    (void)err;
    c->body = attempt == 3 ? STR("third") : STR("early");
    return true;
}

static void each_attempt_is_prepared_anew(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct http_reply reply;
    struct http_call c = { .method = HTTP_POST, .prepare = renew };
    assert_true(call(*state, &a, &c, "/503-twice", &reply, &err));
    assert_str(reply.body, "POST /503-twice [third] n=3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_and_bodies_arrive),
        cmocka_unit_test(what_may_pass_is_repeated),
        cmocka_unit_test(bodies_are_bounded_or_streamed),
        cmocka_unit_test(failures_say_whether_bytes_left),
        cmocka_unit_test(each_attempt_is_prepared_anew),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
