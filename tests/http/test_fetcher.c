/* The fetcher against a server of ours that can hold its answers back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "loopback.h"

#include "http/fetcher.h"
#include "util/clock.h"

#include <pthread.h>
#include <stdlib.h>

enum { TOGETHER = 6, MAX_JOBS = 300 };

/* What the server's handlers share. */
struct gate {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    unsigned n_inside, n_most, n_flaky;
    bool is_open;
};

static struct gate gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0, false };

static void plan(void *ctx, struct http_request *req, struct http_plan *out)
{
    (void)ctx;
    (void)req;
    out->is_slow = true;
}

/* Wait, at most 10 s, until TOGETHER requests are inside at once, or the gate was opened. */
static void meet(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    gate.n_inside++;
    gate.n_most = gate.n_inside > gate.n_most ? gate.n_inside : gate.n_most;
    gate.is_open |= gate.n_inside >= TOGETHER;
    pthread_cond_broadcast(&gate.changed);
    while (!gate.is_open && pthread_cond_timedwait(&gate.changed, &gate.mutex, &until) == 0)
        continue;
    gate.n_inside--;
}

static void handle(void *ctx, struct http_request *req, struct http_answer *answer)
{
    (void)ctx;
    pthread_mutex_lock(&gate.mutex);
    if (str_eq(req->path, STR("/meet")))
        meet();
    if (str_eq(req->path, STR("/flaky")))
        answer->status = gate.n_flaky++ < 2 ? 503 : 200;
    pthread_mutex_unlock(&gate.mutex);
    buf_printf(&answer->body, "%.*s", STR_FMT(req->path));
}

struct fixture {
    struct http_server *server;
    char base[LOOPBACK_BASE_SIZE];
};

static int set_up(void **state)
{
    static struct fixture f;
    struct http_server_options options = loopback_options(TOGETHER);
    options.max_waiting = 100;
    options.max_body_bytes = 1000;
    options.request_timeout_ms = 20000;
    options.call_timeout_ms = 20000;
    const struct http_handler handler = { NULL, plan, handle, loopback_refuse, NULL };
    f.server = loopback_start(&options, &handler, f.base);
    *state = &f;
    return 0;
}

static void open_gate(void)
{
    pthread_mutex_lock(&gate.mutex);
    gate.is_open = true;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.mutex);
}

/* Calls that were cancelled may still be held by the server: it lets them go first. */
static int tear_down(void **state)
{
    struct fixture *f = *state;
    open_gate();
    return http_server_stop(f->server, 5000) ? 0 : 1;
}

/* A queue of jobs and what became of them. */
struct work {
    struct fixture *fixture;
    struct arena arena;
    struct http_fetcher *fetcher;
    struct http_job jobs[MAX_JOBS];
    const char *paths[MAX_JOBS];
    size_t n_jobs, n_given, n_done, n_ok, n_attempts;
    enum err_code last_error;
    size_t n_more;       /* jobs that ends of others add */
    atomic_bool is_late; /* false: more will come */
    atomic_bool stop;
    bool stops_at_first_end;
};

static void on_done(void *ctx, struct http_job *job, bool ok, const struct http_reply *reply,
                    const struct err *err)
{
    struct work *w = ctx;
    w->n_done++;
    w->n_attempts += reply->attempts;
    w->n_ok += ok && reply->status == 200 && reply->sent == HTTP_SENT_ANSWERED &&
               str_eq(reply->body, str_from(w->paths[job - w->jobs]));
    if (!ok)
        w->last_error = err->code;
    if (w->n_more > 0 && w->n_jobs < MAX_JOBS) {
        w->n_more--;
        w->paths[w->n_jobs++] = "/more";
    }
    if (w->stops_at_first_end)
        atomic_store(&w->stop, true);
}

static enum http_next next(void *ctx, struct http_job **job_out)
{
    struct work *w = ctx;
    if (w->n_given == w->n_jobs)
        return atomic_load(&w->is_late) ? HTTP_NEXT_WAIT : HTTP_NEXT_NONE;
    struct http_job *job = &w->jobs[w->n_given];
    job->call.method = HTTP_GET;
    job->call.url = arena_printf(&w->arena, "%s%s", w->fixture->base, w->paths[w->n_given++]);
    job->call.deadline_ms = clock_mono_ms() + 20000;
    job->call.body_limit = 1000;
    job->arena = &w->arena;
    job->done = on_done;
    job->ctx = w;
    *job_out = job;
    return HTTP_NEXT_JOB;
}

static struct work *work_new(void **state, unsigned window)
{
    const struct http_client_options fast = { .backoff_base_ms = 20, .backoff_cap_ms = 50 };
    struct work *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->fixture = *state;
    w->fetcher = http_fetcher_new(&fast, window);
    pthread_mutex_lock(&gate.mutex);
    gate.is_open = false;
    gate.n_most = 0;
    gate.n_flaky = 0;
    pthread_mutex_unlock(&gate.mutex);
    return w;
}

static void work_free(struct work *w)
{
    http_fetcher_free(w->fetcher);
    arena_release(&w->arena);
    free(w);
}

static void add(struct work *w, const char *path, size_t n)
{
    for (size_t i = 0; i < n; i++)
        w->paths[w->n_jobs++] = path;
}

static void calls_run_side_by_side(void **state)
{
    struct work *w = work_new(state, TOGETHER);
    add(w, "/meet", TOGETHER);
    http_fetcher_run(w->fetcher, next, w, NULL);
    assert_int_equal(w->n_ok, TOGETHER);
    assert_int_equal(gate.n_most, TOGETHER);
    work_free(w);
}

static void every_job_of_a_long_queue_ends_once(void **state)
{
    struct work *w = work_new(state, 4);
    add(w, "/a", 250);
    http_fetcher_run(w->fetcher, next, w, NULL);
    assert_int_equal(w->n_done, 250);
    assert_int_equal(w->n_ok, 250);
    work_free(w);
}

static void the_end_of_a_job_may_bring_another(void **state)
{
    struct work *w = work_new(state, 4);
    add(w, "/a", 1);
    w->n_more = 20;
    http_fetcher_run(w->fetcher, next, w, NULL);
    assert_int_equal(w->n_ok, 21);
    work_free(w);
}

static void a_call_that_is_repeated_holds_nobody_up(void **state)
{
    struct work *w = work_new(state, 2);
    add(w, "/flaky", 1);
    add(w, "/a", 50);
    http_fetcher_run(w->fetcher, next, w, NULL);
    assert_int_equal(w->n_ok, 51);
    assert_int_equal(w->n_attempts, 53);
    work_free(w);
}

static void stop_ends_what_runs_and_asks_for_nothing_more(void **state)
{
    struct work *w = work_new(state, 2);
    add(w, "/a", 1);
    add(w, "/meet", 10);
    w->stops_at_first_end = true;
    int64_t start_ms = clock_mono_ms();
    http_fetcher_run(w->fetcher, next, w, &w->stop);
    assert_true(clock_mono_ms() - start_ms < 5000);
    assert_int_equal(w->n_done, w->n_given);
    assert_true(w->n_given < w->n_jobs);
    assert_int_equal(w->n_ok, 1);
    assert_int_equal(w->last_error, ERR_CANCELLED);
    work_free(w);
}

static void a_failed_call_says_so(void **state)
{
    struct work *w = work_new(state, 2);
    struct fixture nowhere = { NULL, "ftp://127.0.0.1" };
    w->fixture = &nowhere;
    add(w, "/a", 3);
    http_fetcher_run(w->fetcher, next, w, NULL);
    assert_int_equal(w->n_done, 3);
    assert_int_equal(w->n_ok, 0);
    assert_int_equal(w->last_error, ERR_INVALID);
    work_free(w);
}

static void *end_the_wait(void *arg)
{
    struct work *w = arg;
    atomic_store(&w->is_late, false);
    http_fetcher_wake(w->fetcher);
    return NULL;
}

static void a_wake_ends_a_wait(void **state)
{
    struct work *w = work_new(state, 2);
    pthread_t thread;
    add(w, "/a", 1);
    atomic_store(&w->is_late, true);
    assert_int_equal(pthread_create(&thread, NULL, end_the_wait, w), 0);
    http_fetcher_run(w->fetcher, next, w, NULL);
    pthread_join(thread, NULL);
    assert_int_equal(w->n_ok, 1);
    work_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_run_side_by_side),
        cmocka_unit_test(every_job_of_a_long_queue_ends_once),
        cmocka_unit_test(the_end_of_a_job_may_bring_another),
        cmocka_unit_test(a_call_that_is_repeated_holds_nobody_up),
        cmocka_unit_test(stop_ends_what_runs_and_asks_for_nothing_more),
        cmocka_unit_test(a_failed_call_says_so),
        cmocka_unit_test(a_wake_ends_a_wait),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
