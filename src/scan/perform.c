/*
 * perform: one scan from the lease to its end, or the company of one that runs elsewhere.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/holder.h"
#include "scan/run.h"
#include "scan/scans_internal.h"
#include "util/clock.h"

#include <stdlib.h>
#include <time.h>

enum { FOLLOW_MS = 100, ROW_BYTES = 8192 };

bool scan_claim(struct index_writer *w, int64_t source, struct index_lease *lease, bool *is_mine,
                struct index_lease *other, struct err *err)
{
    char me[HOLDER_SIZE];
    struct err why = ERR_INIT;
    int64_t now_ms = clock_unix_ms();
    holder_self(me);
    *is_mine = index_lease_take(w, source, me, now_ms, RUN_LEASE_MS, lease, other, &why);
    if (*is_mine)
        return true;
    if (why.code == ERR_CONFLICT && holder_is_gone(other->holder)) {
        why = (struct err)ERR_INIT;
        *is_mine =
            index_lease_steal(w, source, other->fence, me, now_ms, RUN_LEASE_MS, lease, &why);
    }
    if (*is_mine || why.code == ERR_CONFLICT)
        return true;
    *err = why;
    return false;
}

static bool begin_row(struct run *run, const struct scan_order *order, struct err *err)
{
    AUTO_BUF lost = BUF_INIT(ROW_BYTES);
    struct err why = ERR_INIT;
    struct index_writer *w = run->writer;
    int64_t now_ms = clock_unix_ms();
    err_set(&why, ERR_CANCELLED, "the process that ran it ended before it did");
    scan_error_write(&lost, &why);
    run->row = (struct index_scan){ .id = order->id,
                                    .source = run->source.id,
                                    .state = INDEX_SCAN_RUNNING,
                                    .trigger = str_from(order->trigger),
                                    .created_unix_ms = now_ms,
                                    .started_unix_ms = now_ms };
    if (!index_begin(w, &run->lease, err))
        return false;
    bool ok = order->id != 0 ? index_update_scan(w, &run->row, err)
                             : index_put_scan(w, &run->row, &run->row.id, err);
    ok = ok && index_end_lost_scans(w, run->source.id, run->row.id, buf_str(&lost), now_ms, err);
    /* What is there was analysed as now, if nothing is there. */
    if (run->source.analysis_key.len == 0)
        ok = ok && index_source_scanned(w, run->source.id, 0, run->options->analysis_key, 0, err);
    ok = ok && index_lease_renew(w, &run->lease, run->row.id, now_ms, RUN_LEASE_MS, err) &&
         index_commit(w, false, err);
    if (!ok)
        index_rollback(w);
    return ok;
}

static bool write_end(struct run *run, bool ok, struct str error, struct err *err)
{
    AUTO_BUF counters = BUF_INIT(ROW_BYTES);
    struct scan_progress p;
    struct index_writer *w = run->writer;
    int64_t id, now_ms = clock_unix_ms();
    run_progress(run, &p);
    p.left_ms = -1;
    scan_progress_json(&counters, &p);
    run->row.ended_unix_ms = now_ms;
    run->row.counters = buf_str(&counters);
    run->row.error = error;
    if (ok && !index_source_scanned(w, run->source.id, run->row.id, run->options->analysis_key,
                                    now_ms, err))
        return false;
    return index_update_scan(w, &run->row, err) &&
           index_add_event(w, run->row.id, "end", run->row.counters, now_ms, &id, err) &&
           index_lease_release(w, &run->lease, err);
}

/* why: NULL when it came to its end. */
static bool end_row(struct run *run, const struct err *why, struct err *err)
{
    AUTO_BUF error = BUF_INIT(ROW_BYTES);
    if (why != NULL)
        scan_error_write(&error, why);
    run->row.state = why == NULL                  ? INDEX_SCAN_DONE
                     : why->code == ERR_CANCELLED ? INDEX_SCAN_CANCELLED
                                                  : INDEX_SCAN_FAILED;
    if (!index_begin(run->writer, NULL, err))
        return false;
    if (write_end(run, why == NULL, buf_str(&error), err) && index_commit(run->writer, false, err))
        return true;
    index_rollback(run->writer);
    return false;
}

static bool scan_it(struct run *run, struct err *err)
{
    const struct scans_options *o = run->options;
    if (!o->open_place(o->ctx, &run->arena, run->source.uri, &run->place, err))
        return false;
    struct index_reader *reader;
    if (!index_reader_take(o->index, &reader, err))
        return false;
    bool ok = index_count_listing(reader, run->source.id, &run->n_expected, err);
    index_reader_give(reader);
    if (!ok)
        return false;
    run->is_new_analysis =
        run->source.analysis_key.len > 0 && !str_eq(run->source.analysis_key, o->analysis_key);
    run_beat_start(run);
    ok = run_scan(run, err);
    run_beat_stop(run);
    if (!ok && atomic_load(&run->is_lost))
        return err_set(err, ERR_CONFLICT, "another process took this scan over");
    return ok;
}

/* The lease is ours. */
static bool perform(struct scans *s, struct run *run, const struct scan_order *order,
                    struct scan_progress *progress, struct err *err)
{
    struct err why = ERR_INIT, last = ERR_INIT;
    if (!begin_row(run, order, err))
        return false;
    bool ok = scan_it(run, &why);
    bool is_ended = end_row(run, ok ? NULL : &why, &last);
    run_progress(run, progress);
    progress->is_done = true;
    atomic_store(&s->is_behind, true);
    if (order->tell != NULL)
        order->tell(order->ctx, progress);
    if (!ok)
        *err = why;
    else if (!is_ended)
        *err = last;
    return ok && is_ended;
}

/* How the run elsewhere is doing.  *is_over: it ended, or its holder is gone. */
static bool look(struct scans *s, const struct scan_order *order, const struct index_lease *other,
                 struct arena *a, struct index_scan *row, bool *is_over, struct err *err)
{
    struct index_reader *reader;
    struct index_lease lease;
    bool is_held;
    (void)order;
    if (!index_reader_take(s->options.index, &reader, err))
        return false;
    bool ok = index_lease_get(reader, other->source, &lease, &is_held, err) &&
              (other->scan == 0 || index_get_scan(reader, a, other->scan, row, err));
    index_reader_give(reader);
    if (!ok)
        return false;
    bool is_same = is_held && lease.fence == other->fence && lease.scan == other->scan;
    *is_over = !is_same || lease.expires_unix_ms < clock_unix_ms() || holder_is_gone(lease.holder);
    return true;
}

static void wait_ms(int64_t ms)
{
    const struct timespec t = { .tv_nsec = (long)ms * 1000000 };
    nanosleep(&t, NULL);
}

/* Until the run elsewhere ends.  *is_ended false: it did not end by itself, so try again. */
static bool follow(struct scans *s, const struct scan_order *order, struct str name,
                   const struct index_lease *other, struct scan_progress *progress, bool *is_ended,
                   struct err *err)
{
    bool is_over = false;
    *is_ended = false;
    while (!is_over) {
        AUTO_ARENA a = ARENA_INIT;
        struct index_scan row = { 0 };
        if (atomic_load(&s->stop) || (s->options.cancel != NULL && atomic_load(s->options.cancel)))
            return err_set(err, ERR_CANCELLED, "stopped; the scan itself goes on elsewhere");
        if (!look(s, order, other, &a, &row, &is_over, err))
            return false;
        if (row.counters.len > 0 && !progress_parse(row.counters, progress, err))
            return false;
        *is_ended = row.id != 0 && row.state >= INDEX_SCAN_DONE;
        progress->id = row.id;
        progress->source = name;
        progress->is_attached = true;
        progress->is_done = *is_ended;
        if (order->tell != NULL)
            order->tell(order->ctx, progress);
        if (*is_ended && row.state != INDEX_SCAN_DONE) {
            scan_error_read(row.error, err);
            return false;
        }
        if (!is_over)
            wait_ms(FOLLOW_MS);
    }
    return true;
}

static void run_release(struct run *run)
{
    index_writer_close(run->beat_writer);
    index_writer_close(run->writer);
    arena_release(&run->arena);
}

static bool open_run(struct scans *s, const struct scan_order *order, struct run *run,
                     struct err *err)
{
    struct index_reader *reader;
    *run = (struct run){ .options = &s->options,
                         .is_full = order->is_full,
                         .tell = order->tell,
                         .tell_ctx = order->ctx,
                         .process_stop = &s->stop,
                         .started_ms = clock_mono_ms() };
    if (!index_reader_take(s->options.index, &reader, err))
        return false;
    bool ok = index_get_source(reader, &run->arena, order->source, &run->source, err);
    index_reader_give(reader);
    run->pending_end = &run->pending;
    return ok && index_writer_open(s->options.index, &run->writer, err) &&
           index_writer_open(s->options.index, &run->beat_writer, err);
}

/* Claim the source and scan it, or follow who does.  *is_done false: try again. */
static bool attempt(struct scans *s, const struct scan_order *order, struct scan_progress *progress,
                    bool *is_done, struct err *err)
{
    AUTO(run_release) struct run run = { 0 };
    struct index_lease other = { 0 };
    bool is_mine;
    *is_done = true;
    if (!open_run(s, order, &run, err) ||
        !scan_claim(run.writer, order->source, &run.lease, &is_mine, &other, err))
        return false;
    *progress = (struct scan_progress){ .left_ms = -1 };
    if (is_mine) {
        bool ok = perform(s, &run, order, progress, err);
        if (ok)
            scan_follow(s, &run);
        return ok;
    }
    /* Without a run it is no scan, but something short: wait for it. */
    if (!order->is_follower && other.scan != 0)
        return err_set(err, ERR_CONFLICT, "scan %lld of this source was running already",
                       (long long)other.scan);
    return follow(s, order, run.source.name, &other, progress, is_done, err);
}

struct scan_session {
    struct run run;
};

void scan_session_end(struct scan_session *session)
{
    struct err ignored = ERR_INIT; /* a lease that is not given back runs out */
    if (session == NULL)
        return;
    struct run *run = &session->run;
    run_drop_pending(run);
    if (run->lease.fence != 0) {
        index_rollback(run->writer);
        bool is_given_back UNUSED = index_lease_release(run->writer, &run->lease, &ignored);
    }
    run_release(run);
    free(session);
}

struct scan_session *scan_session_begin(struct scans *s, int64_t source, struct run **run_out,
                                        struct err *err)
{
    struct scan_session *session = calloc(1, sizeof *session);
    const struct scan_order order = { .source = source };
    const struct scans_options *o = &s->options;
    struct index_lease other = { 0 };
    bool is_mine = false;
    if (session == NULL)
        panic("no memory for a scan");
    struct run *run = &session->run;
    bool ok = open_run(s, &order, run, err) &&
              scan_claim(run->writer, source, &run->lease, &is_mine, &other, err);
    if (ok && !is_mine)
        ok = err_set(err, ERR_CONFLICT, "a scan of this source is running");
    if (ok && o->open_place(o->ctx, &run->arena, run->source.uri, &run->place, err)) {
        *run_out = run;
        return session;
    }
    if (!is_mine)
        run->lease.fence = 0;
    scan_session_end(session);
    return NULL;
}

/* Something short that has the lease. */
static bool with_lease(struct scans *s, int64_t source,
                       bool (*work)(struct run *run, const void *what, struct err *err),
                       const void *what, struct err *err)
{
    struct run *run;
    struct scan_session *session = scan_session_begin(s, source, &run, err);
    if (session == NULL)
        return false;
    bool ok = work(run, what, err);
    if (ok)
        scan_follow(s, run);
    scan_session_end(session);
    atomic_store(&s->is_behind, true);
    return ok;
}

struct key_list {
    const struct str *keys;
    size_t n;
};

static bool do_points(struct run *run, const void *what, struct err *err)
{
    const struct key_list *list = what;
    return run_points(run, list->keys, list->n, err);
}

bool scan_points(struct scans *s, int64_t source, const struct str *keys, size_t n, struct err *err)
{
    const struct key_list list = { keys, n };
    return with_lease(s, source, do_points, &list, err);
}

static bool do_rediscover(struct run *run, const void *what, struct err *err)
{
    (void)what;
    return (run->source.wants & INDEX_WANTS_DATASETS) == 0 || run_rediscover(run, err);
}

bool scan_rediscover(struct scans *s, int64_t source, struct err *err)
{
    return with_lease(s, source, do_rediscover, NULL, err);
}

bool scan_perform(struct scans *s, const struct scan_order *order, struct scan_progress *progress,
                  struct err *err)
{
    struct scan_progress p;
    bool is_done = false;
    while (!is_done)
        if (!attempt(s, order, &p, &is_done, err))
            return false;
    p.source = STR_EMPTY; /* it lived in the run */
    if (progress != NULL)
        *progress = p;
    return p.is_attached || p.n_analyzed + p.n_removed == 0 || scan_follow_evidence(s, err);
}
