/* Long answers: a handler writes in pieces, our client reads as they come. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "loopback.h"

#include "http/client.h"
#include "util/clock.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE_BYTES = 10000, MANY = 2000, SMALL = 50 };

static atomic_size_t most_bytes; /* that an answer ever held */
static atomic_int n_handled, n_told, n_told_sent;

static void plan(void *ctx, struct http_request *req, struct http_plan *out)
{
    (void)ctx;
    out->is_slow = !str_has_prefix(req->path, STR("/quick"));
}

/* One piece in the answer; false when nobody wants it. */
static bool piece(struct http_answer *answer, size_t i, struct err *err)
{
    for (size_t n = 0; n < PIECE_BYTES; n++)
        buf_add_char(&answer->body, (char)('a' + i % 26));
    if (answer->body.len > atomic_load(&most_bytes))
        atomic_store(&most_bytes, answer->body.len);
    return http_answer_flush(answer, HTTP_FLUSH_BYTES, err);
}

enum { KEPT = 5 };

struct keeper {
    struct http_stream *stream;
    bool is_cut;
    pthread_t thread;
};

/* Goes on with an answer whose handler has returned: pieces of other letters, each when the one
 * before was taken. */
static void *go_on(void *arg)
{
    struct keeper *k = arg;
    char letters[PIECE_BYTES];
    bool ok = true;
    for (int i = 1; i < KEPT && ok; i++) {
        memset(letters, 'a' + i, sizeof letters);
        while (http_stream_unread(k->stream) > 0)
            usleep(1000);
        ok = http_stream_put(k->stream, (struct str){ letters, sizeof letters });
    }
    assert(ok);
    http_stream_close(k->stream, k->is_cut);
    return NULL;
}

static struct keeper keeper;

static void keep(struct http_request *req, struct http_answer *answer)
{
    struct err err = ERR_INIT;
    assert(http_answer_keep(answer) == NULL); /* nothing was sent yet */
    bool ok = piece(answer, 0, &err) && http_answer_flush(answer, 1, &err);
    assert(ok);
    keeper.stream = http_answer_keep(answer);
    keeper.is_cut = str_has_suffix(req->path, STR("/cut"));
    assert(keeper.stream != NULL);
    if (pthread_create(&keeper.thread, NULL, go_on, &keeper) != 0)
        abort();
}

static void handle(void *ctx, struct http_request *req, struct http_answer *answer)
{
    struct err err = ERR_INIT;
    bool ok = true;
    (void)ctx;
    if (str_has_prefix(req->path, STR("/kept"))) {
        keep(req, answer);
        return;
    }
    http_answer_header(answer, STR("X-Kind"), STR("stream"));
    size_t n = str_has_prefix(req->path, STR("/many")) ? MANY : SMALL;
    if (str_eq(req->path, STR("/empty")))
        n = 0;
    if (str_eq(req->path, STR("/for-ever")))
        n = SIZE_MAX;
    for (size_t i = 0; i < n && ok; i++)
        ok = piece(answer, i, &err);
    if (!ok)
        assert(err.code == ERR_CANCELLED);
    if (str_has_suffix(req->path, STR("/cut")) || !ok)
        http_answer_cut(answer);
    atomic_fetch_add(&n_handled, 1);
}

static void done(void *ctx, struct http_request *req, int status, uint64_t body_bytes, bool is_sent)
{
    (void)ctx;
    (void)req;
    (void)status;
    (void)body_bytes;
    atomic_fetch_add(&n_told_sent, is_sent);
    atomic_fetch_add(&n_told, 1);
}

struct fixture {
    struct http_server *server;
    struct http_client *client;
    char base[LOOPBACK_BASE_SIZE];
};

static int set_up(void **state)
{
    static struct fixture f;
    const struct http_server_options options = loopback_options(4);
    const struct http_handler handler = { NULL, plan, handle, loopback_refuse, done, NULL };
    f.server = loopback_start(&options, &handler, f.base);
    f.client = http_client_new(NULL);
    atomic_store(&n_told, 0);
    atomic_store(&n_told_sent, 0);
    atomic_store(&n_handled, 0);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    http_client_free(f->client);
    if (f->server != NULL)
        (void)http_server_stop(f->server, 5000);
    return 0;
}

/* What came is what was written: the letters in their order. */
static bool check(void *ctx, struct str bytes, struct err *err)
{
    size_t *n = ctx;
    for (size_t i = 0; i < bytes.len; i++, (*n)++)
        if (bytes.ptr[i] != (char)('a' + *n / PIECE_BYTES % 26))
            return err_set(err, ERR_PARSE, "byte %zu is wrong", *n);
    return true;
}

static bool get(struct fixture *f, struct arena *a, const char *path, struct http_reply *reply,
                size_t *n, struct err *err)
{
    struct http_call c = { .method = HTTP_GET, .sink = check, .ctx = n, .max_attempts = 1 };
    c.url = arena_printf(a, "%s%s", f->base, path);
    c.deadline_ms = clock_mono_ms() + 60000;
    return http_client_call(f->client, a, &c, reply, err);
}

static void a_long_answer_comes_in_pieces(void **state)
{
    static const struct {
        const char *path;
        size_t n;
    } cases[] = { { "/many", (size_t)MANY * PIECE_BYTES },
                  { "/small", (size_t)SMALL * PIECE_BYTES },
                  { "/quick", (size_t)SMALL * PIECE_BYTES },
                  { "/empty", 0 },
                  { "/many", (size_t)MANY * PIECE_BYTES } };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        struct http_reply reply;
        size_t n = 0;
        atomic_store(&most_bytes, 0);
        if (!get(*state, &a, cases[i].path, &reply, &n, &err))
            fail_msg("%s: %s", cases[i].path, err.msg);
        assert_int_equal(reply.status, 200);
        assert_str(http_reply_header(&reply, STR("X-Kind")), "stream");
        assert_int_equal(n, cases[i].n);
        if (!str_has_prefix(str_from(cases[i].path), STR("/quick")))
            assert_true(atomic_load(&most_bytes) < HTTP_FLUSH_BYTES + PIECE_BYTES);
    }
}

static void an_answer_that_fails_midway_looks_broken(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct http_reply reply;
    size_t n = 0;
    assert_false(get(*state, &a, "/many/cut", &reply, &n, &err));
    assert_int_equal(err.code, ERR_UPSTREAM);
    n = 0; /* the server goes on */
    assert_true(get(*state, &a, "/small", &reply, &n, &err));
}

static void an_answer_that_is_kept_goes_on_without_its_handler(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct http_reply reply;
    size_t n = 0;
    if (!get(*state, &a, "/kept", &reply, &n, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(n, (size_t)KEPT * PIECE_BYTES);
    pthread_join(keeper.thread, NULL);
    n = 0;
    assert_false(get(*state, &a, "/kept/cut", &reply, &n, &err));
    assert_int_equal(err.code, ERR_UPSTREAM);
    pthread_join(keeper.thread, NULL);
}

static bool leave(void *ctx, struct str bytes, struct err *err)
{
    (void)ctx;
    (void)bytes;
    return err_set(err, ERR_PARSE, "seen enough");
}

static void a_reader_that_leaves_ends_the_handler(void **state)
{
    struct fixture *f = *state;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct http_reply reply;
    struct http_call c = { .method = HTTP_GET, .sink = leave, .max_attempts = 1 };
    c.url = arena_printf(&a, "%s/for-ever", f->base);
    c.deadline_ms = clock_mono_ms() + 20000;
    assert_false(http_client_call(f->client, &a, &c, &reply, &err));
    assert_string_equal(err.msg, "seen enough");
    while (atomic_load(&n_handled) == 0 || atomic_load(&n_told) == 0)
        usleep(1000);
    assert_int_equal(atomic_load(&n_told_sent), 0);
}

static void stopping_ends_a_stream_nobody_reads(void **state)
{
    struct fixture *f = *state;
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    to.sin_port = htons((uint16_t)strtoul(strrchr(f->base, ':') + 1, NULL, 10));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    char byte;
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    struct str request = STR("GET /for-ever HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_int_equal(send(fd, request.ptr, request.len, 0), (ssize_t)request.len);
    assert_int_equal(recv(fd, &byte, 1, 0), 1); /* it runs */
    assert_false(http_server_stop(f->server, 50));
    f->server = NULL;
    assert_int_equal(atomic_load(&n_handled), 1);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_long_answer_comes_in_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_that_fails_midway_looks_broken, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_answer_that_is_kept_goes_on_without_its_handler, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_reader_that_leaves_ends_the_handler, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stopping_ends_a_stream_nobody_reads, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("http-stream", tests, NULL, NULL);
}
