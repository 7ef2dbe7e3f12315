/*
 * run_beat: the thread beside a run that keeps its lease, writes how far it is, and tells it.
 *
 * A beat that comes late because somebody else writes is no harm: the lease lasts for many.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/run.h"

#include "util/clock.h"
#include "util/limits.h"

#include <errno.h>
#include <time.h>

enum { COUNTERS_BYTES = 4096 };

void run_progress(const struct run *run, struct scan_progress *out)
{
    progress_read(&run->counters, run->started_ms, clock_mono_ms(), run->n_expected, out);
    out->id = run->row.id;
    out->source = run->source.name;
}

/* Renew the lease, write the counters, append an event: one short batch. */
static bool write_beat(struct run *run, struct index_lease *lease, struct err *err)
{
    AUTO_BUF counters = BUF_INIT(COUNTERS_BYTES);
    struct scan_progress p;
    struct index_scan row = run->row;
    int64_t id, now_ms = clock_unix_ms();
    run_progress(run, &p);
    scan_progress_json(&counters, &p);
    row.counters = buf_str(&counters);
    if (!index_begin(run->beat_writer, NULL, err))
        return false;
    if (index_lease_renew(run->beat_writer, lease, run->row.id, now_ms, RUN_LEASE_MS, err) &&
        index_update_scan(run->beat_writer, &row, err) &&
        index_add_event(run->beat_writer, row.id, "progress", row.counters, now_ms, &id, err) &&
        index_commit(run->beat_writer, false, err))
        return true;
    index_rollback(run->beat_writer);
    return false;
}

static void beat_once(struct run *run, struct index_lease *lease)
{
    struct err err = ERR_INIT; /* the next beat tries again */
    if (write_beat(run, lease, &err) || err.code != ERR_CONFLICT)
        return;
    atomic_store(&run->is_lost, true);
    atomic_store(&run->stop, true);
}

static void tell(struct run *run)
{
    struct scan_progress p;
    if (run->tell == NULL)
        return;
    run_progress(run, &p);
    run->tell(run->tell_ctx, &p);
}

/* True when the run is over. */
static bool wait_a_moment(struct run *run)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)RUN_TELL_MS * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    if (pthread_mutex_lock(&run->lock) != 0)
        panic("pthread_mutex_lock");
    while (!run->is_over && pthread_cond_timedwait(&run->wake, &run->lock, &until) != ETIMEDOUT)
        continue;
    bool is_over = run->is_over;
    pthread_mutex_unlock(&run->lock);
    return is_over;
}

static void *beat(void *arg)
{
    struct run *run = arg;
    struct index_lease lease = run->lease; /* the writer looks only at the fence of its own */
    int64_t beaten_ms = clock_mono_ms();
    while (!wait_a_moment(run)) {
        if (atomic_load(run->process_stop) ||
            (run->options->cancel != NULL && atomic_load(run->options->cancel)))
            atomic_store(&run->stop, true);
        tell(run);
        if (clock_mono_ms() - beaten_ms >= RUN_BEAT_MS) {
            beat_once(run, &lease);
            beaten_ms = clock_mono_ms();
        }
    }
    return NULL;
}

void run_beat_start(struct run *run)
{
    pthread_condattr_t attr;
    if (pthread_condattr_init(&attr) != 0 ||
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) != 0 ||
        pthread_mutex_init(&run->lock, NULL) != 0 || pthread_cond_init(&run->wake, &attr) != 0 ||
        pthread_create(&run->beat, NULL, beat, run) != 0)
        panic("no thread for the progress of a scan");
    pthread_condattr_destroy(&attr);
}

void run_beat_stop(struct run *run)
{
    if (pthread_mutex_lock(&run->lock) != 0)
        panic("pthread_mutex_lock");
    run->is_over = true;
    pthread_cond_signal(&run->wake);
    pthread_mutex_unlock(&run->lock);
    if (pthread_join(run->beat, NULL) != 0)
        panic("pthread_join");
    pthread_cond_destroy(&run->wake);
    pthread_mutex_destroy(&run->lock);
}
