/* The client against raw sockets that do what no library does: cut, reset, close, answer late. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "http/client.h"
#include "util/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/* What is done with one request: the bytes sent, and then. */
struct step {
    const char *answer;
    enum { KEEP, CLOSE, RESET } then;
};

/* Plays its steps one a request, on as many connections as the client opens. */
struct script {
    const struct step *steps;
    size_t n;
    int fd;
    pthread_t thread;
    size_t n_requests, n_connections; /* read after the thread was joined */
};

#define SCRIPT_OK "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"

/* The head of a request without body; false at the end of the connection, or when the client opens
 * another one instead. */
static bool request(int fd, int listener)
{
    char text[4096];
    size_t len = 0;
    ssize_t n;
    struct pollfd either[] = { { .fd = fd, .events = POLLIN },
                               { .fd = listener, .events = POLLIN } };
    if (poll(either, 2, -1) < 1 || either[0].revents == 0)
        return false;
    while (len < sizeof text - 1 && (n = recv(fd, text + len, sizeof text - 1 - len, 0)) > 0) {
        len += (size_t)n;
        text[len] = '\0';
        if (strstr(text, "\r\n\r\n") != NULL)
            return true;
    }
    return false;
}

static void *play(void *arg)
{
    struct script *s = arg;
    while (s->n_requests < s->n) {
        int fd = accept(s->fd, NULL, NULL);
        if (fd < 0)
            return NULL; /* shut down: no more is wanted */
        s->n_connections++;
        while (s->n_requests < s->n && request(fd, s->fd)) {
            const struct step *step = &s->steps[s->n_requests++];
            (void)!send(fd, step->answer, strlen(step->answer), MSG_NOSIGNAL);
            struct linger now = { .l_onoff = 1, .l_linger = 0 };
            if (step->then == RESET)
                setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
            if (step->then != KEEP)
                break;
        }
        close(fd);
    }
    return NULL;
}

static void start(struct script *s, const struct step *steps, size_t n, char *url, size_t cap)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    *s = (struct script){ .steps = steps, .n = n, .fd = socket(AF_INET, SOCK_STREAM, 0) };
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(s->fd, 5), 0);
    getsockname(s->fd, (struct sockaddr *)&at, &len);
    snprintf(url, cap, "http://127.0.0.1:%u/", ntohs(at.sin_port));
    assert_int_equal(pthread_create(&s->thread, NULL, play, s), 0);
}

static void finish(struct script *s)
{
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
}

/* One client against one script, with what most tests ask of it. */
struct wire {
    struct arena arena;
    struct script script;
    struct http_client *client;
    struct http_call call;
    struct http_reply reply;
    struct err err;
    char url[64];
};

static const struct http_client_options fast = { .backoff_base_ms = 1, .backoff_cap_ms = 5 };

static void wire_begin(struct wire *w, const struct http_client_options *options,
                       const struct step *steps, size_t n)
{
    *w = (struct wire){ .client = http_client_new(options) };
    start(&w->script, steps, n, w->url, sizeof w->url);
    w->call = (struct http_call){ .method = HTTP_GET,
                                  .url = str_from(w->url),
                                  .deadline_ms = clock_mono_ms() + 20000,
                                  .body_limit = 1000 };
}

static bool wire_call(struct wire *w)
{
    return http_client_call(w->client, &w->arena, &w->call, &w->reply, &w->err);
}

/* What the script counted may be read from then on; what the call gave still too. */
static void wire_end(struct wire *w)
{
    http_client_free(w->client);
    finish(&w->script);
}

static void broken_answers_are_repeated_and_told(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct step steps[3];
        unsigned n, attempts;
        bool ok;
        enum http_sent sent;
    } cases[] = {
        { "shorter than its length",
          { { "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", CLOSE }, { SCRIPT_OK, CLOSE } },
          2,
          2,
          true,
          HTTP_SENT_ANSWERED },
        { "always shorter",
          { { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", CLOSE },
            { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", CLOSE },
            { "HTTP/1.1 200 OK\r\nContent-Le", CLOSE } },
          3,
          3,
          false,
          HTTP_SENT_UNCLEAR },
        { "reset, then an answer",
          { { "", RESET }, { "", CLOSE }, { SCRIPT_OK, CLOSE } },
          3,
          3,
          true,
          HTTP_SENT_ANSWERED },
        { "no HTTP at all",
          { { "SSH-2.0-x\r\n", CLOSE }, { "\r\n", CLOSE }, { "x", CLOSE } },
          3,
          3,
          false,
          HTTP_SENT_UNCLEAR },
        { "slow down, then an answer",
          { { "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n", KEEP },
            { "HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\nRetry-After: 0\r\n\r\n", KEEP },
            { SCRIPT_OK, KEEP } },
          3,
          3,
          true,
          HTTP_SENT_ANSWERED },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct wire w;
        wire_begin(&w, &fast, cases[i].steps, cases[i].n);
        w.call.max_attempts = 3;
        bool ok = wire_call(&w);
        wire_end(&w);
        assert_case(ok == cases[i].ok, cases[i].name);
        assert_case(w.reply.attempts == cases[i].attempts, cases[i].name);
        assert_case(w.reply.sent == cases[i].sent, cases[i].name);
        assert_case(ok || w.err.code == ERR_UPSTREAM, cases[i].name);
        assert_case(!ok || str_eq(w.reply.body, STR("good")), cases[i].name);
        arena_release(&w.arena);
    }
}

/* A connection is kept, and found dead when the next request was sent on it: libcurl then sends the
 * request again by itself.  What must happen once may not go that way. */
static void what_must_happen_once_is_sent_once(void **state)
{
    (void)state;
    static const struct step steps[] = { { SCRIPT_OK, KEEP }, { "", CLOSE }, { SCRIPT_OK, CLOSE } };
    struct wire w;
    wire_begin(&w, NULL, steps, ARRAY_LEN(steps));
    assert_true(wire_call(&w));
    w.call.method = HTTP_POST;
    w.call.is_once = true;
    assert_false(wire_call(&w));
    wire_end(&w);
    assert_int_equal(w.reply.attempts, 1);
    assert_int_equal(w.reply.sent, HTTP_SENT_UNCLEAR);
    assert_int_equal(w.script.n_requests, 2);
    assert_int_equal(w.script.n_connections, 2);
    arena_release(&w.arena);
}

static void the_wait_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    static const struct step steps[] = {
        { "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: 1\r\n\r\n", KEEP },
        { SCRIPT_OK, KEEP }
    };
    struct wire w;
    wire_begin(&w, NULL, steps, ARRAY_LEN(steps));
    int64_t start_ms = clock_mono_ms();
    assert_true(wire_call(&w));
    assert_true(clock_mono_ms() - start_ms >= 1000);
    wire_end(&w);
    assert_int_equal(w.script.n_connections, 1);
    arena_release(&w.arena);
}

/* A wait that would pass the deadline is not begun: the last answer is given at once. */
static void no_wait_passes_the_deadline(void **state)
{
    (void)state;
    static const struct step steps[] = {
        { "HTTP/1.1 503 Busy\r\nContent-Length: 2\r\nRetry-After: 15\r\n\r\nno", CLOSE }
    };
    struct wire w;
    wire_begin(&w, NULL, steps, ARRAY_LEN(steps));
    int64_t start_ms = clock_mono_ms();
    w.call.deadline_ms = start_ms + 10000;
    assert_true(wire_call(&w));
    assert_true(clock_mono_ms() - start_ms < 9000);
    assert_int_equal(w.reply.status, 503);
    assert_str(w.reply.body, "no");
    wire_end(&w);
    arena_release(&w.arena);
}

static bool count(void *ctx, struct str bytes, struct err *err)
{
    size_t *n = ctx;
    (void)err;
    *n += bytes.len;
    return true;
}

static void nothing_is_repeated_once_bytes_were_handed_on(void **state)
{
    (void)state;
    static const struct step steps[] = {
        { "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", CLOSE }, { SCRIPT_OK, CLOSE }
    };
    struct wire w;
    size_t n = 0;
    wire_begin(&w, NULL, steps, ARRAY_LEN(steps));
    w.call.sink = count;
    w.call.ctx = &n;
    assert_false(wire_call(&w));
    wire_end(&w);
    assert_int_equal(w.err.code, ERR_UPSTREAM);
    assert_int_equal(n, 3);
    assert_int_equal(w.reply.body_bytes, 3);
    assert_int_equal(w.script.n_requests, 1);
    arena_release(&w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_answers_are_repeated_and_told),
        cmocka_unit_test(what_must_happen_once_is_sent_once),
        cmocka_unit_test(the_wait_that_is_asked_for_is_kept),
        cmocka_unit_test(no_wait_passes_the_deadline),
        cmocka_unit_test(nothing_is_repeated_once_bytes_were_handed_on),
    };
    return cmocka_run_group_tests_name("http-wire", tests, NULL, NULL);
}
