/*
 * fetcher: many outbound calls side by side in one thread, within a bounded window.
 *
 * The caller owns a queue of its own and is asked for the next job whenever there is room; a job's
 * end may make new ones possible (the next page of a listing).  Callbacks run on the thread that
 * runs the fetcher, one at a time, and must not block.  Retries, deadlines and sinks are those of
 * client.h; waiting for a retry does not hold up the other jobs.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_FETCHER_H
#define HTTP_FETCHER_H

#include "http/client.h"

struct http_fetcher;
struct http_job;

/* ok: as http_client_call() returned; err is set when not.  job and reply are the caller's again
 * and nothing of them is used afterwards. */
typedef void http_done_fn(void *ctx, struct http_job *job, bool ok, const struct http_reply *reply,
                          const struct err *err);

/* One call of a fetcher; owned by the caller and unmoved until done() was called. */
struct http_job {
    struct http_call call;
    struct arena *arena; /* gets the reply's headers and body; the job's own, or shared */
    http_done_fn *done;
    void *ctx; /* of done */
};

enum http_next {
    HTTP_NEXT_JOB,  /* *job_out was set: start it */
    HTTP_NEXT_NONE, /* nothing now; asked again when a job ends.  With no job left, run() ends */
    HTTP_NEXT_WAIT  /* nothing now, but more will come: asked again after http_fetcher_wake() */
};
typedef enum http_next http_next_fn(void *ctx, struct http_job **job_out);

/* window: calls at once, 1 .. 1,024; as many connections are kept.  Never NULL. */
struct http_fetcher *http_fetcher_new(const struct http_client_options *options, unsigned window);
/* Not while it runs. */
void http_fetcher_free(struct http_fetcher *f);

/* Run jobs until next() says HTTP_NEXT_NONE and none is left.  Once *stop (may be NULL) is true no
 * job is asked for any more and those that run end with ERR_CANCELLED. */
void http_fetcher_run(struct http_fetcher *f, http_next_fn *next, void *ctx,
                      const atomic_bool *stop);

/* From any thread: make run() ask next() again, or look at *stop. */
void http_fetcher_wake(struct http_fetcher *f);

#endif
