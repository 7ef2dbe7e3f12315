/*
 * client: outbound HTTP/1.1 calls with a deadline, retries and bounded memory, over libcurl.
 *
 * One client belongs to one thread (one per worker); it keeps its connections open between calls.
 * Redirects are never followed, cookies never kept, URLs sent exactly as given.  Any status that
 * arrives is an answer: http_client_call() then returns true, after the retries were used up.
 * False means that no whole answer came, and http_reply.sent says whether the other side may have
 * acted on the request.
 *
 * Bodies of 2xx answers go to the call's sink if it has one; all others are collected in the arena
 * up to a named limit.  An attempt is repeated only when nothing was handed to the sink yet.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "http/http.h"
#include "util/arena.h"
#include "util/err.h"

#include <stdatomic.h>

struct http_client;
struct http_reply;

/* How a client behaves in all of its calls.  A member that is 0 or empty has its default. */
struct http_client_options {
    const char *ca_bundle;      /* PEM file of trusted authorities; NULL: the system's */
    const char *user_agent;     /* NULL: "boathouse" */
    int64_t connect_timeout_ms; /* name look-up, connect and TLS; default 5,000 */
    int64_t stall_timeout_ms;   /* give up when fewer than 1 byte/s moved for so long;
                                 * default 30,000, rounded up to seconds */
    int64_t backoff_base_ms;    /* default 100: attempt n waits random(0 .. base * 2^(n-1)), */
    int64_t backoff_cap_ms;     /* default 20,000: but never longer than this */
};

/* Whether the other side can have seen the request; for calls that must happen only once. */
enum http_sent {
    HTTP_SENT_NOTHING, /* no byte of the request left: it certainly had no effect */
    HTTP_SENT_UNCLEAR, /* bytes left and no whole answer came: it may have had its effect */
    HTTP_SENT_ANSWERED /* an answer came, whole */
};

/* The next bytes of a request body, 0 to cap of them; 0 at its end.  *ok = false: stop the call. */
typedef size_t http_read_fn(void *ctx, char *out, size_t cap, bool *ok);
/* Start the body again from its beginning, for another attempt; false: cannot. */
typedef bool http_rewind_fn(void *ctx);
/* The head of a 2xx answer, before its body.  False with err set stops the call. */
typedef bool http_head_fn(void *ctx, const struct http_reply *reply, struct err *err);
/* Bytes of the body of a 2xx answer, borrowed.  False with err set stops the call. */
typedef bool http_sink_fn(void *ctx, struct str bytes, struct err *err);
/* Called before each attempt (1, 2, ...): may replace call->url, headers and body, so that a
 * signature is never stale.  What it sets must live until the call ends. */
struct http_call;
typedef bool http_prepare_fn(void *ctx, unsigned attempt, struct http_call *call, struct err *err);
/* Asked about an answer that the built-in rule would not repeat (a throttling error with status
 * 400).  True: repeat it. */
typedef bool http_again_fn(void *ctx, const struct http_reply *reply);

/* One outbound request.  Everything in it is borrowed until the call returns. */
struct http_call {
    enum http_method method;
    struct str url; /* absolute http or https, percent-encoded; sent as it is */
    const struct http_header *headers;
    size_t n_headers;
    struct str body;
    http_read_fn *read_body; /* instead of body, for large ones; with body_bytes and rewind_body */
    http_rewind_fn *rewind_body;
    uint64_t body_bytes; /* Content-Length of what read_body gives */

    int64_t deadline_ms;   /* clock_mono_ms() at which the call ends whatever it does; required */
    unsigned max_attempts; /* 0: HTTP_DEFAULT_ATTEMPTS */
    bool is_once;          /* never send it twice: one attempt on a fresh connection, because
                            * libcurl itself repeats requests on a connection found dead */
    bool is_direct;        /* ignore the proxies of the environment (instance metadata) */
    const atomic_bool *cancel; /* NULL, or: end with ERR_CANCELLED soon after it turns true */

    size_t body_limit;  /* bytes of a collected body; a named limit; required without a sink */
    http_head_fn *head; /* optional */
    http_sink_fn *sink; /* optional */
    http_prepare_fn *prepare; /* optional */
    http_again_fn *again;     /* optional */
    void *ctx;                /* of all the functions above */
};

enum { HTTP_DEFAULT_ATTEMPTS = 4 };

/* What came back. */
struct http_reply {
    int status;                  /* 100 .. 599; 0: none came */
    struct http_header *headers; /* of the final answer, in the arena */
    size_t n_headers;
    struct str body;     /* what was collected, in the arena */
    uint64_t body_bytes; /* bytes of body that came, also those given to the sink */
    unsigned attempts;
    enum http_sent sent;
    bool is_cut; /* the body of an answer other than 2xx was longer than its limit: the rest is
                  * missing (of a 2xx answer that is ERR_TOO_LARGE) */
};

/* options: NULL for the defaults; its strings must live as long as the client.  Never NULL. */
struct http_client *http_client_new(const struct http_client_options *options);
void http_client_free(struct http_client *c);

/* Make a call and wait for its end.  *out is written in every case (its sent, attempts and
 * body_bytes also after a failure).  Repeated up to max_attempts, with exponential back-off and
 * full jitter, honouring Retry-After: failures to connect, resets, truncation, stalls, statuses
 * 429, 500, 502, 503, 504 and what again() asks for.  Fails with ERR_TIMEOUT (deadline or stall),
 * ERR_UPSTREAM (no connection, reset, truncated, not trusted), ERR_TOO_LARGE (body_limit),
 * ERR_CANCELLED, ERR_INVALID (URL), or what head, sink or prepare set. */
MUST_USE bool http_client_call(struct http_client *c, struct arena *a, const struct http_call *call,
                               struct http_reply *out, struct err *err);

/* The value of a header of the answer, or an empty str with ptr NULL. */
struct str http_reply_header(const struct http_reply *reply, struct str name);

#endif
