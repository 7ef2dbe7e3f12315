/* client: see client.h.  Here the attempts of a call are counted; one is made in client_attempt.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/client.h"

#include "http/client_internal.h"
#include "util/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { WAIT_SLICE_MS = 50 };

struct http_client {
    CURL *easy;
    struct http_client_options options;
};

static void init_library(void)
{
    if (curl_global_init(CURL_GLOBAL_ALL) != 0)
        panic("libcurl does not start");
}

struct http_client *http_client_new(const struct http_client_options *options)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct http_client *c = calloc(1, sizeof *c);
    pthread_once(&once, init_library);
    if (c == NULL || (c->easy = curl_easy_init()) == NULL)
        panic("no memory for a client");
    if (options != NULL)
        c->options = *options;
    return c;
}

void http_client_free(struct http_client *c)
{
    if (c == NULL)
        return;
    curl_easy_cleanup(c->easy);
    free(c);
}

struct str http_reply_header(const struct http_reply *reply, struct str name)
{
    return http_header_get(reply->headers, reply->n_headers, name);
}

/* Sleep before the next attempt; false when the deadline comes first, or on cancel. */
static bool wait_ms(const struct http_call *call, int64_t ms, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + ms;
    if (until_ms >= call->deadline_ms)
        return false;
    for (int64_t left; (left = until_ms - clock_mono_ms()) > 0;) {
        if (call->cancel != NULL && atomic_load(call->cancel))
            return err_set(err, ERR_CANCELLED, "cancelled");
        int64_t slice = left < WAIT_SLICE_MS ? left : WAIT_SLICE_MS;
        nanosleep(&(struct timespec){ .tv_nsec = slice * 1000000 }, NULL);
    }
    return true;
}

static bool try_once(struct http_client *c, struct attempt *t, struct err *err)
{
    bool ok = attempt_begin(c->easy, &c->options, t, err);
    if (!ok) {
        curl_slist_free_all(t->headers);
        return false;
    }
    return attempt_end(c->easy, curl_easy_perform(c->easy), t, err);
}

bool http_client_call(struct http_client *c, struct arena *a, const struct http_call *call,
                      struct http_reply *out, struct err *err)
{
    struct http_call now = *call;
    unsigned most = call->max_attempts > 0 ? call->max_attempts : HTTP_DEFAULT_ATTEMPTS;
    enum http_sent sent = HTTP_SENT_NOTHING; /* the worst of all attempts */
    for (unsigned n = 1;; n++) {
        struct http_reply reply = { .attempts = n };
        struct attempt t = { .call = &now, .arena = a, .reply = &reply };
        struct err why = ERR_INIT;
        bool ok = call->prepare == NULL || call->prepare(call->ctx, n, &now, &why);
        bool is_ready = ok;
        ok = ok && try_once(c, &t, &why);
        sent = reply.sent > sent || ok ? reply.sent : sent;
        reply.sent = sent;
        bool again = is_ready && n < most && attempt_may_repeat(&t, ok, &why) &&
                     wait_ms(call, attempt_backoff_ms(&c->options, &reply, n + 1), &why);
        if (again)
            continue;
        *out = reply;
        if (!ok || why.code == ERR_CANCELLED) {
            *err = why;
            return false;
        }
        return true;
    }
}
