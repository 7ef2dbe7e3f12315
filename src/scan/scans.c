/*
 * scans: the scans of a process: what was asked for, what is due, and the thread that runs them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/scans_internal.h"

#include "scan/holder.h"
#include "util/clock.h"
#include "util/log.h"
#include "json/json.h"
#include "json/writer.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <time.h>

/* How often the thread looks whether a source is due, and whether buckets came or went. */
enum { TICK_MS = 1000, SOURCES_MS = 30000, ERROR_BYTES = 4096 };

static void lock(struct scans *s)
{
    if (pthread_mutex_lock(&s->lock) != 0)
        panic("pthread_mutex_lock");
}

static void unlock(struct scans *s)
{
    pthread_mutex_unlock(&s->lock);
}

void scan_error_write(struct buf *out, const struct err *err)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_object(&w);
    json_put_str(&w, STR("code"), str_from(err_kind(err->code)->code));
    json_put_str(&w, STR("detail"), str_from(err->msg));
    json_put_str(&w, STR("fix"), str_from(err_fix_text(err)));
    json_write_end(&w);
}

void scan_error_read(struct str text, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err ignored = ERR_INIT;
    struct str code = STR_EMPTY, detail = STR("the scan failed"), fix = STR_EMPTY;
    enum err_code kind = ERR_INTERNAL;
    const struct json *json = json_parse(&a, text, LIMIT_JSON_BYTES, &ignored);
    if (json != NULL && (!json_opt_str(json, STR("code"), code, &code, &ignored) ||
                         !json_opt_str(json, STR("detail"), detail, &detail, &ignored) ||
                         !json_opt_str(json, STR("fix"), fix, &fix, &ignored)))
        detail = STR("the scan failed");
    for (int i = ERR_NONE + 1; i < ERR_N_CODES; i++)
        if (str_eq(str_from(err_kind((enum err_code)i)->code), code))
            kind = (enum err_code)i;
    err_set(err, kind, "%.*s", STR_FMT(detail));
    if (fix.len > 0)
        err_fix(err, "%.*s", STR_FMT(fix));
}

struct scans *scans_new(const struct scans_options *options)
{
    struct scans *s = calloc(1, sizeof *s);
    pthread_condattr_t attr;
    if (s == NULL || pthread_condattr_init(&attr) != 0 ||
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) != 0 ||
        pthread_mutex_init(&s->lock, NULL) != 0 || pthread_cond_init(&s->wake, &attr) != 0)
        panic("no memory for the scans");
    pthread_condattr_destroy(&attr);
    s->options = *options;
    s->end = &s->first;
    atomic_init(&s->is_behind, true); /* what a process before left */
    return s;
}

void scans_free(struct scans *s)
{
    if (s == NULL)
        return;
    atomic_store(&s->stop, true);
    if (s->is_started) {
        lock(s);
        pthread_cond_signal(&s->wake);
        unlock(s);
        if (pthread_join(s->thread, NULL) != 0)
            panic("pthread_join");
    }
    if (s->is_listening && pthread_join(s->listener, NULL) != 0)
        panic("pthread_join");
    free(s->dirty);
    free(s->followed);
    while (s->first != NULL) {
        struct waiting *w = s->first;
        s->first = w->next;
        free(w);
    }
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->lock);
    free(s->tried);
    free(s);
}

bool scan_find_source(struct scans *s, struct arena *a, struct str name, struct index_source *out,
                      struct err *err)
{
    struct index_reader *reader;
    if (!index_reader_take(s->options.index, &reader, err))
        return false;
    bool ok = index_find_source(reader, a, name, out, err);
    index_reader_give(reader);
    return ok || (err->code == ERR_NOT_FOUND &&
                  err_fix(err, "GET /v1/sources, or boathouse scan --list, names the sources."));
}

/* ---- What is asked for. ---- */

/* The run of the source that waits or goes on here; 0: none. */
static int64_t find_waiting(struct scans *s, int64_t source)
{
    int64_t id = s->running_source == source ? s->running_id : 0;
    for (const struct waiting *w = s->first; w != NULL && id == 0; w = w->next)
        if (w->source == source)
            id = w->id;
    return id;
}

/* The run of the source in another process; 0: none. */
static bool find_elsewhere(struct scans *s, int64_t source, int64_t *id, struct err *err)
{
    struct index_reader *reader;
    struct index_lease lease;
    bool is_held;
    if (!index_reader_take(s->options.index, &reader, err))
        return false;
    bool ok = index_lease_get(reader, source, &lease, &is_held, err);
    index_reader_give(reader);
    if (!ok)
        return false;
    bool is_live =
        is_held && lease.expires_unix_ms >= clock_unix_ms() && !holder_is_gone(lease.holder);
    *id = is_live ? lease.scan : 0;
    return true;
}

static bool put_queued(struct scans *s, int64_t source, int64_t *id, struct err *err)
{
    struct index_writer *w;
    const struct index_scan row = { .source = source,
                                    .state = INDEX_SCAN_QUEUED,
                                    .trigger = STR("api"),
                                    .created_unix_ms = clock_unix_ms() };
    if (!index_writer_open(s->options.index, &w, err))
        return false;
    bool ok = index_begin(w, NULL, err) && index_put_scan(w, &row, id, err) &&
              index_commit(w, false, err);
    index_writer_close(w);
    return ok;
}

/* With the lock held, so that two requests make one scan. */
static bool enqueue(struct scans *s, int64_t source, bool is_full, struct scan_ticket *out,
                    struct err *err)
{
    *out = (struct scan_ticket){ .id = find_waiting(s, source), .is_attached = true };
    if (out->id != 0)
        return true;
    if (!find_elsewhere(s, source, &out->id, err) || out->id != 0)
        return out->id != 0;
    out->is_attached = false;
    if (!put_queued(s, source, &out->id, err))
        return false;
    struct waiting *w = calloc(1, sizeof *w);
    if (w == NULL)
        panic("no memory for a request");
    *w = (struct waiting){ .id = out->id, .source = source, .is_full = is_full };
    *s->end = w;
    s->end = &w->next;
    pthread_cond_signal(&s->wake);
    return true;
}

bool scans_request(struct scans *s, struct str name, bool is_full, struct scan_ticket *out,
                   struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct index_source source;
    if (!scan_find_source(s, &a, name, &source, err))
        return false;
    lock(s);
    bool ok = enqueue(s, source.id, is_full, out, err);
    unlock(s);
    return ok;
}

bool scans_run(struct scans *s, struct str name, bool is_full,
               void (*tell)(void *ctx, const struct scan_progress *progress), void *ctx,
               struct scan_progress *out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct index_source source;
    if (!scan_find_source(s, &a, name, &source, err))
        return false;
    const struct scan_order order = { .source = source.id,
                                      .trigger = "cli",
                                      .is_full = is_full,
                                      .is_follower = true,
                                      .tell = tell,
                                      .ctx = ctx };
    return scan_perform(s, &order, out, err);
}

/* ---- The thread. ---- */

static struct tried *find_tried(struct scans *s, int64_t source)
{
    for (size_t i = 0; i < s->n_tried; i++)
        if (s->tried[i].source == source)
            return &s->tried[i];
    return NULL;
}

static void note_tried(struct scans *s, int64_t source)
{
    struct tried *t = find_tried(s, source);
    if (t == NULL) {
        if (s->n_tried == s->cap_tried) {
            s->cap_tried = s->cap_tried == 0 ? 16 : s->cap_tried * 2;
            s->tried = realloc(s->tried, s->cap_tried * sizeof *s->tried);
            if (s->tried == NULL)
                panic("no memory for the sources");
        }
        t = &s->tried[s->n_tried++];
    }
    *t = (struct tried){ source, clock_mono_ms() };
}

struct due {
    struct scans *scans;
    int64_t source; /* 0: none */
};

static bool look_due(void *ctx, const struct index_source *source, struct err *err)
{
    struct due *due = ctx;
    const struct tried *t = find_tried(due->scans, source->id);
    (void)err;
    if (due->source == 0 && source->interval_s > 0 &&
        (t == NULL || clock_mono_ms() - t->at_ms >= source->interval_s * 1000))
        due->source = source->id;
    return true;
}

/* A source that is due; 0: none. */
static int64_t find_due(struct scans *s)
{
    struct due due = { .scans = s };
    struct index_reader *reader;
    struct err err = ERR_INIT;
    if (!index_reader_take(s->options.index, &reader, &err))
        return 0;
    if (!index_each_source(reader, STR_EMPTY, look_due, &due, &err))
        due.source = 0;
    index_reader_give(reader);
    return due.source;
}

/* Another process had it: the row that waited says so. */
static void refuse_row(struct scans *s, const struct waiting *w, const struct err *why)
{
    AUTO_BUF error = BUF_INIT(ERROR_BYTES);
    struct index_writer *writer;
    struct err err = ERR_INIT;
    scan_error_write(&error, why);
    const struct index_scan row = { .id = w->id,
                                    .source = w->source,
                                    .state = INDEX_SCAN_CANCELLED,
                                    .ended_unix_ms = clock_unix_ms(),
                                    .error = buf_str(&error) };
    if (!index_writer_open(s->options.index, &writer, &err))
        return;
    if (!index_begin(writer, NULL, &err) || !index_update_scan(writer, &row, &err) ||
        !index_commit(writer, false, &err))
        log_to(LOG_ERROR, "scan", LOG_I64("scan", w->id), LOG_STR("error", str_from(err.msg)));
    index_writer_close(writer);
}

static void log_end(int64_t source, const struct scan_progress *p, const struct err *why)
{
    if (why != NULL)
        log_to(why->code == ERR_CANCELLED ? LOG_INFO : LOG_WARN, "scan_failed",
               LOG_I64("source", source), LOG_STR("code", str_from(err_kind(why->code)->code)),
               LOG_STR("error", str_from(why->msg)));
    else
        log_to(LOG_INFO, "scan", LOG_I64("source", source), LOG_I64("scan", p->id),
               LOG_I64("listed", (int64_t)p->n_listed), LOG_I64("changed", (int64_t)p->n_changed),
               LOG_I64("removed", (int64_t)p->n_removed), LOG_I64("broken", (int64_t)p->n_broken),
               LOG_I64("ms", p->elapsed_ms));
}

static void run_one(struct scans *s, const struct waiting *w, const char *trigger)
{
    struct err why = ERR_INIT;
    struct scan_progress p;
    const struct scan_order order = {
        .source = w->source,
        .id = w->id,
        .trigger = trigger,
        .is_full = w->is_full,
        .is_follower = w->id == 0, /* what is due is done, whoever does it */
    };
    note_tried(s, w->source);
    bool ok = scan_perform(s, &order, &p, &why);
    malloc_trim(0); /* the server waits for long now: what the workers had goes back */
    if (!ok && why.code == ERR_CONFLICT && w->id != 0)
        refuse_row(s, w, &why);
    if (ok || why.code != ERR_CONFLICT)
        log_end(w->source, &p, ok ? NULL : &why);
}

static struct waiting *take_waiting(struct scans *s)
{
    lock(s);
    struct waiting *w = s->first;
    if (w != NULL) {
        s->first = w->next;
        if (s->first == NULL)
            s->end = &s->first;
        s->running_source = w->source;
        s->running_id = w->id;
    }
    unlock(s);
    return w;
}

static void end_waiting(struct scans *s, struct waiting *w)
{
    lock(s);
    s->running_source = s->running_id = 0;
    unlock(s);
    free(w);
}

static void take_sources(struct scans *s)
{
    struct err err = ERR_INIT;
    if (s->options.buckets_of == NULL || s->options.n_sources > 0 ||
        clock_mono_ms() - s->sources_taken_ms < SOURCES_MS)
        return;
    s->sources_taken_ms = clock_mono_ms();
    if (!scans_take_sources(s, &err))
        log_to(LOG_WARN, "sources", LOG_STR("error", str_from(err.msg)));
}

static void wait_tick(struct scans *s)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += TICK_MS / 1000;
    lock(s);
    while (s->first == NULL && !atomic_load(&s->stop) &&
           pthread_cond_timedwait(&s->wake, &s->lock, &until) != ETIMEDOUT)
        continue;
    unlock(s);
}

/* A piece of it.  After a failure the next scan tries again; at once where another process writes,
 * which was waited for. */
static void catch_up(struct scans *s)
{
    struct err err = ERR_INIT;
    uint64_t n_left = 0;
    atomic_store(&s->is_behind, false);
    bool ok = scans_catch_up(s, &n_left, &err);
    if (!ok && err.code == ERR_BUSY)
        atomic_store(&s->is_behind, true);
    else if (!ok)
        log_to(LOG_WARN, "search", LOG_STR("code", str_from(err_kind(err.code)->code)),
               LOG_STR("error", str_from(err.msg)));
    else if (n_left > 0)
        atomic_store(&s->is_behind, true);
    if (n_left == 0)
        malloc_trim(0);
}

static void *run_thread(void *arg)
{
    struct scans *s = arg;
    while (!atomic_load(&s->stop)) {
        take_sources(s);
        struct waiting *w = take_waiting(s);
        if (w != NULL) {
            run_one(s, w, "api");
            end_waiting(s, w);
            continue;
        }
        const struct waiting due = { .source = find_due(s) };
        if (due.source != 0)
            run_one(s, &due, "interval");
        else if (atomic_load(&s->is_behind))
            catch_up(s);
        else
            wait_tick(s);
    }
    return NULL;
}

void scans_start(struct scans *s)
{
    s->sources_taken_ms = clock_mono_ms();
    if (pthread_create(&s->thread, NULL, run_thread, s) != 0)
        panic("no thread for the scans");
    s->is_started = true;
}
