/*
 * server: an HTTP/1.1 server with bounded everything, over libmicrohttpd.
 *
 * A request is received whole (head, then body up to its limit) and then given to handle() once.
 * plan() is asked when the head is there: it refuses early (too large a body, unknown route) and
 * says whether handle() may block.  Quick requests are handled on the thread that received them;
 * slow ones on a pool of workers while the connection sleeps.  A request has one arena, which lives
 * until its answer was sent.  Requests that pass a limit never reach handle(): they are answered
 * through refuse(), so that all answers look alike.
 *
 * What libmicrohttpd cannot read at all it answers itself, in HTML, and closes; neither refuse()
 * nor done() hear of it (docs/decisions/0011): a head larger than max_url_bytes + max_header_bytes
 * + 4 KiB (414 or 431), a request line, a field or a chunk that is malformed, a Content-Length that
 * is no number (400), another version than HTTP/1 (505).
 *
 * An answer is sent whole, with its length; a slow handler may instead send a long one in pieces as
 * it writes it (http_answer_flush), so that it is never held, or keep it open for what comes later
 * (http_answer_keep).
 *
 * Stopping: no new connection or request is taken, what runs is finished, up to a time limit.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "http/http.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/err.h"

#include <stdatomic.h>

struct http_server;

/* What came.  Everything is borrowed until the answer was sent. */
struct http_request {
    enum http_method method;
    struct str method_text;
    struct str path;  /* as sent: percent-encoded, begins with "/", without the query */
    struct str query; /* behind "?", encoded; may be empty */
    const struct http_header *headers;
    size_t n_headers;
    struct str body;
    struct str client; /* the address of the other side, without port */
    bool is_tls;
    int64_t start_ns;          /* clock_mono_ns() when its head had come */
    int64_t deadline_ms;       /* clock_mono_ms() by which handle() should have ended */
    const atomic_bool *cancel; /* true once the server must end now */
    struct arena *arena;
    void *user; /* of the handlers; NULL at first */
};

enum {
    HTTP_MAX_ANSWER_HEADERS = 16,
    HTTP_FLUSH_BYTES = 64 * 1024, /* a good size of a piece */
};

struct http_stream;

/* What goes back.  Filled by handle() or refuse(). */
struct http_answer {
    int status;                                          /* 200 at first */
    struct http_header headers[HTTP_MAX_ANSWER_HEADERS]; /* strings in the request's arena */
    size_t n_headers;
    struct buf body;            /* sent whole; its limit is set by the server and may be raised */
    struct str static_body;     /* instead: bytes that outlive the server; not copied */
    struct http_stream *stream; /* the server's; NULL: the body is collected and sent whole */
};

/* What is known when the head has come. */
struct http_plan {
    bool is_slow;          /* handle() may block: run it on a worker */
    size_t max_body_bytes; /* a larger body is refused with ERR_TOO_LARGE */
};

/* The one who answers.  All functions may be called from many threads at once. */
struct http_handler {
    void *ctx;
    /* Called once, when the head is there. */
    void (*plan)(void *ctx, struct http_request *req, struct http_plan *plan);
    void (*handle)(void *ctx, struct http_request *req, struct http_answer *answer);
    /* Fill the answer for a request that is refused here: ERR_INVALID, ERR_TOO_LARGE,
     * ERR_URI_TOO_LONG, ERR_HEADERS_TOO_LARGE, ERR_BUSY (no worker is free), ERR_CANCELLED. */
    void (*refuse)(void *ctx, struct http_request *req, struct http_answer *answer,
                   const struct err *err);
    /* The answer was sent, or the connection broke (then is_sent is false).  For the log and the
     * metrics.  May be NULL. */
    void (*done)(void *ctx, struct http_request *req, int status, uint64_t body_bytes,
                 bool is_sent);
    /* The server begins to stop: who keeps streams must close them soon.  May be NULL. */
    void (*stopping)(void *ctx);
};

struct http_server_options {
    const struct str *listen; /* "127.0.0.1:8080", "[::1]:0", "localhost:8080" */
    size_t n_listen;
    const char *tls_cert, *tls_key; /* PEM text, not file names; NULL: no TLS */
    unsigned threads, workers;
    unsigned max_waiting; /* slow requests in the queue */
    unsigned max_connections;
    size_t max_url_bytes, max_header_bytes, max_body_bytes;
    int64_t request_timeout_ms; /* a whole request must come within it */
    int64_t idle_timeout_ms;
    int64_t call_timeout_ms; /* sets http_request.deadline_ms */
};

/* Listen and begin to answer.  options and handler are copied; what they point to must outlive the
 * server.  NULL and ERR_CONFIG (an address cannot be understood, TLS files do not fit) or ERR_IO
 * (the port is taken). */
MUST_USE struct http_server *http_server_start(const struct http_server_options *options,
                                               const struct http_handler *handler, struct err *err);

/* The address in force, "127.0.0.1:41234"; i < n_listen.  Lives as long as the server. */
struct str http_server_address(const struct http_server *s, size_t i);

/* Take nothing new, wait up to grace_ms for what runs, then set cancel and end.  Returns true if
 * everything was finished.  Accepts NULL. */
bool http_server_stop(struct http_server *s, int64_t grace_ms);

/* Is an address of the form ADDRESS:PORT one of this machine's loopback?  False also when it cannot
 * be understood. */
bool http_address_is_loopback(struct str address);

/* If body holds at_least bytes or more: send them now and empty body.  The first time this sends
 * status and headers, which cannot be changed any more.  Waits while the other side does not keep
 * up.  Without a stream (a quick handler, a test without server) it does nothing: the body is
 * collected.  Fails with ERR_CANCELLED when nobody receives it any more. */
MUST_USE bool http_answer_flush(struct http_answer *answer, size_t at_least, struct err *err);

/* Was something sent?  Then an error can only be told by cutting the answer off. */
bool http_answer_is_begun(const struct http_answer *answer);
/* End an answer that was begun in a way that the other side sees as broken, never as complete. */
void http_answer_cut(struct http_answer *answer);

/* Keep a begun answer open behind the end of its handler, which writes nothing more: whoever has
 * the stream puts what comes, from any one thread at a time, and closes it.  It costs no worker.
 * NULL: there is no connection behind the answer (a quick handler, a test without server), or
 * nothing was sent yet. */
struct http_stream *http_answer_keep(struct http_answer *answer);
/* Bytes that were put and not taken by the connection yet. */
size_t http_stream_unread(struct http_stream *s);
/* Send more; never waits.  False: nobody receives it any more; close it. */
MUST_USE bool http_stream_put(struct http_stream *s, struct str bytes);
/* The end of the answer; is_cut: in a way that the other side sees as broken.  s is gone. */
void http_stream_close(struct http_stream *s, bool is_cut);

/* Add a header to an answer; the strings must live in the request's arena or be literals. */
void http_answer_header(struct http_answer *answer, struct str name, struct str value);

#endif
