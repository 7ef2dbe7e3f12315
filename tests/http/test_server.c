/* The server against raw sockets on 127.0.0.1: what is sent and what comes back, byte for byte. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "http/server.h"
#include "util/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_int n_done, n_in_slow;
static atomic_bool may_go;

static void plan(void *ctx, struct http_request *req, struct http_plan *out)
{
    (void)ctx;
    out->is_slow = str_has_prefix(req->path, STR("/slow"));
}

/* Says what it got; "/slow/until-cancel" works until it is told to end. */
static void handle(void *ctx, struct http_request *req, struct http_answer *answer)
{
    (void)ctx;
    if (str_eq(req->path, STR("/slow/until-cancel"))) {
        atomic_fetch_add(&n_in_slow, 1);
        while (!atomic_load(req->cancel))
            usleep(1000);
    }
    if (str_eq(req->path, STR("/slow/until-go"))) {
        atomic_fetch_add(&n_in_slow, 1);
        while (!atomic_load(&may_go))
            usleep(1000);
    }
    http_answer_header(answer, STR("Content-Type"), STR("text/plain"));
    buf_printf(&answer->body, "%.*s %.*s ? %.*s [%.*s]", STR_FMT(req->method_text),
               STR_FMT(req->path), STR_FMT(req->query), STR_FMT(req->body));
}

static void refuse(void *ctx, struct http_request *req, struct http_answer *answer,
                   const struct err *err)
{
    (void)ctx;
    (void)req;
    answer->status = err_kind(err->code)->http_status;
    buf_printf(&answer->body, "refused: %s", err->msg);
}

static void done(void *ctx, struct http_request *req, int status, uint64_t body_bytes, bool is_sent)
{
    (void)ctx;
    (void)req;
    (void)status;
    (void)body_bytes;
    (void)is_sent;
    atomic_fetch_add(&n_done, 1);
}

static struct http_server_options defaults(void)
{
    static const struct str listen[] = { STR_INIT("127.0.0.1:0"), STR_INIT("localhost:0") };
    return (struct http_server_options){ .listen = listen,
                                         .n_listen = 2,
                                         .threads = 1,
                                         .workers = 2,
                                         .max_waiting = 1,
                                         .max_connections = 100,
                                         .max_url_bytes = 1000,
                                         .max_header_bytes = 2000,
                                         .max_body_bytes = 100,
                                         .request_timeout_ms = 1500,
                                         .idle_timeout_ms = 60000,
                                         .call_timeout_ms = 10000 };
}

static struct http_server *start(const struct http_server_options *options)
{
    const struct http_handler handler = { NULL, plan, handle, refuse, done, NULL };
    struct err err = ERR_INIT;
    struct http_server *s = http_server_start(options, &handler, &err);
    if (s == NULL)
        fail_msg("%s", err.msg);
    return s;
}

static int connect_to(struct str address)
{
    char port[8] = "";
    struct str number = str_from_pos(address, str_rfind_char(address, ':') + 1);
    memcpy(port, number.ptr, number.len);
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    to.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void send_all(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        bytes = str_from_pos(bytes, (size_t)n);
    }
}

/* Until want is in what came, or the end of the connection. */
static bool receive(int fd, const char *want, char *text, size_t cap)
{
    size_t len = 0;
    ssize_t n;
    text[0] = '\0';
    while (strstr(text, want) == NULL && (n = recv(fd, text + len, cap - 1 - len, 0)) > 0) {
        len += (size_t)n;
        text[len] = '\0';
    }
    return strstr(text, want) != NULL;
}

static void requests_come_as_they_were_sent(void **state)
{
    (void)state;
    static const struct {
        const char *request, *want;
    } cases[] = {
        { "GET /a%2Fb?x=%20+y HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a%2Fb ? x=%20+y []" },
        { "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n", "GET /slow ?  []" },
        { "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody", "POST /p ?  [body]" },
        { "PUT /slow/p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
          "chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n",
          "PUT /slow/p ?  [body]" },
        { "GET http://h:80/p?q HTTP/1.1\r\nHost: h\r\n\r\n", "GET /p ? q []" },
        { "GET HTTP://h HTTP/1.1\r\nHost: h\r\n\r\n", "GET / ?  []" },
        { "BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n", "BREW /pot ?  []" },
    };
    const struct http_server_options options = defaults();
    struct http_server *s = start(&options);
    char text[8192];
    for (size_t address = 0; address < 2; address++) {
        int fd = connect_to(http_server_address(s, address)); /* all on one connection */
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            send_all(fd, str_from(cases[i].request));
            if (!receive(fd, cases[i].want, text, sizeof text))
                fail_msg("case %s: got %s", cases[i].request, text);
        }
        close(fd);
    }
    assert_true(http_server_stop(s, 5000));
}

static void what_passes_a_limit_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        size_t n_filler;
        const char *tail, *want;
    } cases[] = {
        { "GET /", 1100, " HTTP/1.1\r\nHost: h\r\n\r\n",
          "refused: the URL is larger than 1000 bytes" },
        { "GET / HTTP/1.1\r\nHost: h\r\nX: ", 2100, "\r\n\r\n",
          "refused: the header fields are larger than 2000 bytes" },
        { "GET /", 100000, " HTTP/1.1\r\nHost: h\r\n\r\n", " 414 " },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n", 101, "",
          "refused: the body is larger than 100 bytes" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n", 0, "",
          "HTTP/1.1 413 " },
        { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nc8\r\n", 200,
          "\r\n0\r\n\r\n", "HTTP/1.1 413 " },
        { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nF4240\r\n", 1000000,
          "\r\n0\r\n\r\n", "refused: the body is larger than 100 bytes" },
        { "GET /", 1000000, " HTTP/1.1\r\nHost: h\r\n\r\n", " 414 " },
        { "GET / HTTP/1.1\r\nHost: h\r\nX: ", 1000000, "\r\n\r\n", " 431 " },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 6, "",
          "refused: the length of the body is told more than once" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: "
          "chunked\r\n\r\n0\r\n\r\n",
          0, "", "refused: the length of the body is told more than once" },
        { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 3, "",
          "refused: the only Transfer-Encoding of a request here is chunked" },
        { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 3, "",
          "refused: the only Transfer-Encoding of a request here is chunked" },
        { "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 0, "",
          "refused: the URL has a blank or a control character" },
        { "GET / HTTP/1.1\r\n\r\n", 0, "", "refused: the header Host is missing" },
        { "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 0, "",
          "refused: the header Host is there more than once" },
        { "GET / HTTP/1.1\r\nHost: h\r\nX y: 1\r\n\r\n", 0, "",
          "refused: the name of a header field has a wrong character" },
        { "POST / HTTP/1.1\r\nHost: h\r\nContent-Length : 1\r\n\r\n", 1, "",
          "refused: the name of a header field has a wrong character" },
    };
    const struct http_server_options options = defaults();
    struct http_server *s = start(&options);
    char *filler = malloc(1000000), text[8192];
    memset(filler, 'x', 1000000);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int fd = connect_to(http_server_address(s, 0));
        send_all(fd, str_from(cases[i].head));
        send_all(fd, (struct str){ filler, cases[i].n_filler });
        send_all(fd, str_from(cases[i].tail));
        if (!receive(fd, cases[i].want, text, sizeof text))
            fail_msg("case %zu %s: got %s", i, cases[i].want, text);
        close(fd);
    }
    free(filler);
    assert_true(http_server_stop(s, 5000));
}

static void a_full_queue_is_busy_and_stopping_cancels(void **state)
{
    (void)state;
    static const struct str slow = STR_INIT("GET /slow/until-cancel HTTP/1.1\r\nHost: h\r\n\r\n");
    const struct http_server_options options = defaults();
    struct http_server *s = start(&options);
    char text[4096];
    int fds[4];
    atomic_store(&n_in_slow, 0);
    for (size_t i = 0; i < 2; i++) { /* both workers */
        fds[i] = connect_to(http_server_address(s, 0));
        send_all(fds[i], slow);
    }
    while (atomic_load(&n_in_slow) < 2)
        usleep(1000);
    struct pollfd ends[2];
    for (size_t i = 2; i < 4; i++) { /* one waits, the other is refused; which one is not said */
        fds[i] = connect_to(http_server_address(s, 0));
        send_all(fds[i], slow);
        ends[i - 2] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
    }
    assert_int_equal(poll(ends, 2, 20000), 1);
    assert_true(receive(ends[0].revents != 0 ? fds[2] : fds[3], "refused: 1 requests wait already",
                        text, sizeof text));
    assert_false(http_server_stop(s, 50));
    for (size_t i = 0; i < 4; i++)
        close(fds[i]);
}

static void *stop_in_peace(void *server)
{
    static bool is_clean;
    is_clean = http_server_stop(server, 20000);
    return &is_clean;
}

static void stopping_finishes_what_runs(void **state)
{
    (void)state;
    const struct http_server_options options = defaults();
    struct http_server *s = start(&options);
    char text[4096];
    pthread_t thread;
    atomic_store(&n_in_slow, 0);
    atomic_store(&may_go, false);
    int idle = connect_to(http_server_address(s, 0)), busy = connect_to(http_server_address(s, 0));
    send_all(idle, STR("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"));
    assert_true(receive(idle, "[]", text, sizeof text));
    send_all(busy, STR("GET /slow/until-go HTTP/1.1\r\nHost: h\r\n\r\n"));
    while (atomic_load(&n_in_slow) < 1)
        usleep(1000);
    struct str address = http_server_address(s, 0);
    char port[8] = "";
    memcpy(port, address.ptr + str_rfind_char(address, ':') + 1,
           address.len - str_rfind_char(address, ':') - 1);
    assert_int_equal(pthread_create(&thread, NULL, stop_in_peace, s), 0);
    /* Until nobody listens any more: then it is stopping. */
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    to.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    for (bool is_open = true; is_open; usleep(1000)) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        is_open = connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
        close(fd);
    }
    atomic_store(&may_go, true);
    assert_true(receive(busy, "GET /slow/until-go", text, sizeof text));
    assert_non_null(strstr(text, "Connection: close"));
    void *is_clean = NULL;
    pthread_join(thread, &is_clean);
    assert_true(*(bool *)is_clean);
    assert_int_equal(recv(idle, text, sizeof text, 0), 0);
    close(idle);
    close(busy);
}

/* The first request of a connection is answered; the next one drips. */
static void a_slow_second_request_is_cut_off(void **state)
{
    (void)state;
    struct http_server_options options = defaults();
    options.idle_timeout_ms = 1000;
    options.request_timeout_ms = 1000;
    struct http_server *s = start(&options);
    char text[4096];
    int fd = connect_to(http_server_address(s, 0));
    send_all(fd, STR("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"));
    assert_true(receive(fd, "[]", text, sizeof text));
    struct timeval wait = { .tv_usec = 200000 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    send_all(fd, STR("GET / HTTP/1.1\r\nX: "));
    int64_t start_ms = clock_mono_ms();
    ssize_t n = -1;
    while (n < 0 && clock_mono_ms() - start_ms < 20000) {
        send_all(fd, STR("x"));
        n = recv(fd, text, sizeof text, 0);
        if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
            n = 0;
    }
    assert_int_equal(n, 0);
    close(fd);
    assert_true(http_server_stop(s, 1000));
}

static void a_slow_sender_is_cut_off(void **state)
{
    (void)state;
    const struct http_server_options options = defaults();
    struct http_server *s = start(&options);
    char text[4096];
    int fd = connect_to(http_server_address(s, 0));
    int64_t start_ms = clock_mono_ms();
    struct timeval wait = { .tv_usec = 200000 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    send_all(fd, STR("GET / HTTP/1.1\r\nX: "));
    ssize_t n = -1;
    while (n < 0 && clock_mono_ms() - start_ms < 10000) { /* one byte each 0.2 s */
        send_all(fd, STR("x"));
        n = recv(fd, text, sizeof text, 0);
        if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
            n = 0;
    }
    assert_int_equal(n, 0);
    assert_true(clock_mono_ms() - start_ms < 6000);
    close(fd);
    assert_true(http_server_stop(s, 1000));
}

static void addresses_are_understood_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_loopback;
    } cases[] = {
        { "127.0.0.1:0", true },  { "127.1.2.3:80", true },     { "localhost:0", true },
        { "[::1]:0", true },      { "0.0.0.0:80", false },      { "[::]:80", false },
        { "127.0.0.1", false },   { "::1:80", false },          { "example.org:80", false },
        { "127.0.0.1:x", false }, { "127.0.0.1:65536", false },
    };
    const struct http_handler handler = { NULL, plan, handle, refuse, done, NULL };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_case(http_address_is_loopback(str_from(cases[i].text)) == cases[i].is_loopback,
                    cases[i].text);
    struct http_server_options options = defaults();
    const struct str wrong[] = { STR("127.0.0.1:0"), STR("here:x") };
    struct err err = ERR_INIT;
    options.listen = wrong;
    assert_null(http_server_start(&options, &handler, &err));
    assert_int_equal(err.code, ERR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_come_as_they_were_sent),
        cmocka_unit_test(what_passes_a_limit_is_refused),
        cmocka_unit_test(a_full_queue_is_busy_and_stopping_cancels),
        cmocka_unit_test(stopping_finishes_what_runs),
        cmocka_unit_test(a_slow_second_request_is_cut_off),
        cmocka_unit_test(a_slow_sender_is_cut_off),
        cmocka_unit_test(addresses_are_understood_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
