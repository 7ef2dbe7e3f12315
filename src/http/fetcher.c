/*
 * fetcher: see fetcher.h.  One libcurl multi handle and a fixed array of slots, one for each call
 * of the window.  A slot is free, runs an attempt, or waits for the time of its next one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/fetcher.h"

#include "http/client_internal.h"
#include "util/clock.h"

#include <stdlib.h>

enum {
    POLL_MOST_MS = 1000,
    POLL_CANCEL_MS = 50, /* how late a flag of a caller may be noticed */
    WINDOW_MOST = 1024,
};

enum slot_state { SLOT_FREE, SLOT_RUNS, SLOT_WAITS };

struct slot {
    struct attempt attempt; /* first: libcurl keeps its address, which is that of the slot */
    enum slot_state state;
    CURL *easy; /* made when the slot is used first */
    struct http_job *job;
    struct http_call call; /* as prepare() changed it */
    struct http_reply reply;
    enum http_sent sent; /* the worst of all attempts */
    int64_t retry_at_ms;
};

struct http_fetcher {
    CURLM *multi;
    struct http_client_options options;
    struct slot *slots;
    unsigned window, n_busy;
    bool has_ended; /* a job ended since next() was asked */
};

struct http_fetcher *http_fetcher_new(const struct http_client_options *options, unsigned window)
{
    struct http_fetcher *f = calloc(1, sizeof *f);
    client_library_init();
    if (f == NULL || (f->multi = curl_multi_init()) == NULL)
        panic("no memory for a fetcher");
    f->window = window < 1 ? 1 : window > WINDOW_MOST ? WINDOW_MOST : window;
    if ((f->slots = calloc(f->window, sizeof *f->slots)) == NULL)
        panic("no memory for a fetcher");
    if (options != NULL)
        f->options = *options;
    curl_multi_setopt(f->multi, CURLMOPT_MAXCONNECTS, (long)f->window);
    return f;
}

void http_fetcher_free(struct http_fetcher *f)
{
    if (f == NULL)
        return;
    for (unsigned i = 0; i < f->window; i++)
        if (f->slots[i].easy != NULL)
            curl_easy_cleanup(f->slots[i].easy);
    curl_multi_cleanup(f->multi);
    free(f->slots);
    free(f);
}

void http_fetcher_wake(struct http_fetcher *f)
{
    curl_multi_wakeup(f->multi);
}

static bool is_set(const atomic_bool *flag)
{
    return flag != NULL && atomic_load(flag);
}

/* Give the job back.  The slot is free before done() runs. */
static void finish(struct http_fetcher *f, struct slot *s, bool ok, const struct err *why)
{
    struct http_job *job = s->job;
    struct http_reply reply = s->reply;
    reply.sent = s->sent;
    s->state = SLOT_FREE;
    s->job = NULL;
    f->n_busy--;
    f->has_ended = true;
    job->done(job->ctx, job, ok, &reply, why);
}

/* After an attempt: wait for another one, or finish. */
static void settle(struct http_fetcher *f, struct slot *s, bool ok, const struct err *why)
{
    unsigned most =
        s->call.max_attempts > 0 ? s->call.max_attempts : (unsigned)HTTP_DEFAULT_ATTEMPTS;
    s->sent = s->reply.sent > s->sent || ok ? s->reply.sent : s->sent;
    if (s->reply.attempts < most && attempt_may_repeat(&s->attempt, ok, why)) {
        s->retry_at_ms =
            clock_mono_ms() + attempt_backoff_ms(&f->options, &s->reply, s->reply.attempts + 1);
        if (s->retry_at_ms < s->call.deadline_ms) {
            s->state = SLOT_WAITS;
            return;
        }
    }
    finish(f, s, ok, why);
}

static void start_attempt(struct http_fetcher *f, struct slot *s)
{
    struct err why = ERR_INIT;
    s->reply = (struct http_reply){ .attempts = s->reply.attempts + 1 };
    s->attempt = (struct attempt){ .call = &s->call, .arena = s->job->arena, .reply = &s->reply };
    if (s->call.prepare != NULL &&
        !s->call.prepare(s->call.ctx, s->reply.attempts, &s->call, &why)) {
        finish(f, s, false, &why);
        return;
    }
    if (s->easy == NULL && (s->easy = curl_easy_init()) == NULL)
        panic("no memory for a transfer");
    if (!attempt_begin(s->easy, &f->options, &s->attempt, &why)) {
        curl_slist_free_all(s->attempt.headers);
        finish(f, s, false, &why);
        return;
    }
    s->state = SLOT_RUNS;
    if (curl_multi_add_handle(f->multi, s->easy) != CURLM_OK)
        panic("libcurl refuses a transfer");
}

static void start_job(struct http_fetcher *f, struct slot *s, struct http_job *job)
{
    s->job = job;
    s->call = job->call;
    s->reply = (struct http_reply){ 0 };
    s->sent = HTTP_SENT_NOTHING;
    f->n_busy++;
    start_attempt(f, s);
}

/* Fill the free slots.  Returns what next() said last. */
static enum http_next ask(struct http_fetcher *f, http_next_fn *next, void *ctx)
{
    enum http_next said = HTTP_NEXT_JOB;
    f->has_ended = false;
    for (unsigned i = 0; i < f->window && said == HTTP_NEXT_JOB; i++) {
        struct http_job *job = NULL;
        if (f->slots[i].state != SLOT_FREE)
            continue;
        said = next(ctx, &job);
        if (said == HTTP_NEXT_JOB)
            start_job(f, &f->slots[i], job);
    }
    return said;
}

/* Take the slot's transfer out of libcurl; code: how it ended. */
static bool end_transfer(struct http_fetcher *f, struct slot *s, CURLcode code, struct err *why)
{
    curl_multi_remove_handle(f->multi, s->easy);
    return attempt_end(s->easy, code, &s->attempt, why);
}

static void cancel(struct http_fetcher *f, struct slot *s)
{
    struct err why = ERR_INIT, unused = ERR_INIT;
    if (s->state == SLOT_RUNS) {
        (void)end_transfer(f, s, CURLE_ABORTED_BY_CALLBACK,
                           &unused); /* cancelled, whatever it says */
        s->sent = s->reply.sent > s->sent ? s->reply.sent : s->sent;
    }
    s->reply.status = 0;
    err_set(&why, ERR_CANCELLED, "cancelled");
    finish(f, s, false, &why);
}

/* End what is cancelled, start what has waited long enough. */
static void look_at_slots(struct http_fetcher *f, bool is_stopped)
{
    int64_t now_ms = clock_mono_ms();
    for (unsigned i = 0; i < f->window; i++) {
        struct slot *s = &f->slots[i];
        if (s->state == SLOT_FREE)
            continue;
        if (is_stopped || is_set(s->call.cancel))
            cancel(f, s);
        else if (s->state == SLOT_WAITS && s->retry_at_ms <= now_ms)
            start_attempt(f, s);
    }
}

static void collect(struct http_fetcher *f)
{
    int left = 0;
    for (CURLMsg *m; (m = curl_multi_info_read(f->multi, &left)) != NULL;) {
        struct err why = ERR_INIT;
        struct attempt *attempt = NULL;
        CURLcode code = m->data.result; /* m is gone once the handle is removed */
        if (m->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&attempt);
        struct slot *s = (struct slot *)(void *)attempt;
        bool ok = end_transfer(f, s, code, &why);
        settle(f, s, ok, &why);
    }
}

/* How long nothing can happen but on a socket or by a wake. */
static int poll_ms(const struct http_fetcher *f, const atomic_bool *stop)
{
    int64_t now_ms = clock_mono_ms(), most = stop != NULL ? POLL_CANCEL_MS : POLL_MOST_MS;
    for (unsigned i = 0; i < f->window; i++) {
        const struct slot *s = &f->slots[i];
        if (s->state == SLOT_FREE)
            continue;
        if (s->call.cancel != NULL && most > POLL_CANCEL_MS)
            most = POLL_CANCEL_MS;
        if (s->state == SLOT_WAITS && s->retry_at_ms - now_ms < most)
            most = s->retry_at_ms - now_ms;
    }
    return most > 0 ? (int)most : 0;
}

void http_fetcher_run(struct http_fetcher *f, http_next_fn *next, void *ctx,
                      const atomic_bool *stop)
{
    enum http_next said = HTTP_NEXT_WAIT;
    for (;;) {
        int n_running = 0;
        bool is_stopped = is_set(stop);
        look_at_slots(f, is_stopped);
        if (!is_stopped && (said != HTTP_NEXT_NONE || f->has_ended))
            said = ask(f, next, ctx);
        if (f->n_busy == 0 && (is_stopped || (said == HTTP_NEXT_NONE && !f->has_ended)))
            return;
        if (curl_multi_perform(f->multi, &n_running) != CURLM_OK)
            panic("libcurl cannot go on");
        collect(f);
        if (!f->has_ended)
            curl_multi_poll(f->multi, NULL, 0, poll_ms(f, stop), NULL);
    }
}
