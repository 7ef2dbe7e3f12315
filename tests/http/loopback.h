/* loopback: a server of ours for the tests of the client, at a free port of this machine. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_HTTP_LOOPBACK_H
#define TESTS_HTTP_LOOPBACK_H

#include "test.h"

#include "http/server.h"

enum { LOOPBACK_BASE_SIZE = 80 };

static inline struct http_server_options loopback_options(unsigned workers)
{
    static const struct str listen[] = { STR_INIT("127.0.0.1:0") };
    return (struct http_server_options){ .listen = listen,
                                         .n_listen = 1,
                                         .threads = 1,
                                         .workers = workers,
                                         .max_waiting = 10,
                                         .max_connections = 100,
                                         .max_url_bytes = 1000,
                                         .max_header_bytes = 4000,
                                         .max_body_bytes = 100000,
                                         .request_timeout_ms = 10000,
                                         .idle_timeout_ms = 60000,
                                         .call_timeout_ms = 10000 };
}

/* What the server refuses by itself: the status alone. */
static inline void loopback_refuse(void *ctx, struct http_request *req, struct http_answer *answer,
                                   const struct err *err)
{
    (void)ctx;
    (void)req;
    answer->status = err_kind(err->code)->http_status;
}

/* Starts it; base becomes "http://127.0.0.1:PORT".  End it by http_server_stop(). */
static inline struct http_server *loopback_start(const struct http_server_options *options,
                                                 const struct http_handler *handler,
                                                 char base[LOOPBACK_BASE_SIZE])
{
    struct err err = ERR_INIT;
    struct http_server *server = http_server_start(options, handler, &err);
    assert_non_null(server);
    struct str address = http_server_address(server, 0);
    (void)snprintf(base, LOOPBACK_BASE_SIZE, "http://%.*s", STR_FMT(address));
    return server;
}

#endif
