/*
 * events: what a queue tells of changed objects, taken up without listing.
 *
 * A message is removed from the queue only when all it told is in the index.  While a scan of its
 * source runs it stays, and comes again.  When the queue has been quiet for one wait, datasets are
 * found anew in the sources that changed, from the listing that the index has.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/run.h"
#include "scan/s3_event.h"
#include "scan/scans_internal.h"
#include "util/clock.h"
#include "util/log.h"

#include <stdlib.h>
#include <time.h>

enum { AGAIN_MS = 5000, SLICE_MS = 100, MAX_SOURCES = 10000 };

/* The keys of one source that a batch of messages tells of. */
struct touched {
    int64_t source;
    struct str *keys;
    size_t n, cap;
    bool is_done;
};

struct batch {
    struct scans *scans;
    struct arena arena;
    struct scan_message messages[SCAN_MAX_MESSAGES];
    size_t n;
    /* What the message that is being read tells. */
    const struct s3_event *event;
    struct str uri;
    struct touched *touched;
    size_t n_touched, cap_touched;
};

static void wait_a_while(struct scans *s, int64_t ms)
{
    const struct timespec t = { .tv_nsec = SLICE_MS * 1000000L };
    for (int64_t end_ms = clock_mono_ms() + ms; clock_mono_ms() < end_ms && !atomic_load(&s->stop);)
        nanosleep(&t, NULL);
}

static struct touched *touch(struct batch *b, int64_t source)
{
    for (size_t i = 0; i < b->n_touched; i++)
        if (b->touched[i].source == source)
            return &b->touched[i];
    struct touched *t = ARENA_PUSH(&b->arena, b->touched, b->n_touched, b->cap_touched);
    *t = (struct touched){ .source = source };
    return t;
}

/* Does the source hold the object of the event? */
static bool look_at_source(void *ctx, const struct index_source *source, struct err *err)
{
    struct batch *b = ctx;
    struct str rest = str_from_pos(b->uri, source->uri.len);
    (void)err;
    if (!str_has_prefix(b->uri, source->uri) || rest.len < 2 || rest.ptr[0] != '/')
        return true;
    struct touched *t = touch(b, source->id);
    *ARENA_PUSH(&b->arena, t->keys, t->n, t->cap) = b->event->key;
    return true;
}

static bool find_sources(struct batch *b, const struct s3_event *event, struct err *err)
{
    struct index_reader *reader;
    b->event = event;
    b->uri = arena_printf(&b->arena, "s3://%.*s/%.*s", STR_FMT(event->bucket), STR_FMT(event->key));
    if (!index_reader_take(b->scans->options.index, &reader, err))
        return false;
    bool ok = index_each_source(reader, STR_EMPTY, look_at_source, b, err);
    index_reader_give(reader);
    return ok;
}

static bool read_message(struct batch *b, struct str body, struct err *err)
{
    struct s3_event *events;
    struct err broken = ERR_INIT;
    size_t n;
    if (!s3_event_parse(&b->arena, body, &events, &n, &broken)) {
        /* It would come again for ever, and say no more. */
        log_to(LOG_WARN, "event_broken", LOG_STR("error", str_from(broken.msg)));
        return true;
    }
    for (size_t i = 0; i < n; i++)
        if (!find_sources(b, &events[i], err))
            return false;
    return true;
}

static int by_key(const void *left, const void *right)
{
    return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

/* Sorted, each once. */
static void settle_keys(struct touched *t)
{
    size_t n = 0;
    qsort(t->keys, t->n, sizeof *t->keys, by_key);
    for (size_t i = 0; i < t->n; i++)
        if (n == 0 || !str_eq(t->keys[n - 1], t->keys[i]))
            t->keys[n++] = t->keys[i];
    t->n = n;
}

static bool apply(struct batch *b, struct err *err)
{
    for (size_t i = 0; i < b->n_touched; i++) {
        struct touched *t = &b->touched[i];
        settle_keys(t);
        if (!scan_points(b->scans, t->source, t->keys, t->n, err))
            return false;
        t->is_done = true;
    }
    return true;
}

static void note_dirty(struct scans *s, const struct batch *b)
{
    for (size_t i = 0; i < b->n_touched; i++) {
        size_t k = 0;
        while (k < s->n_dirty && s->dirty[k] != b->touched[i].source)
            k++;
        if (k < s->n_dirty || !b->touched[i].is_done || s->n_dirty == MAX_SOURCES)
            continue;
        if (s->n_dirty == s->cap_dirty) {
            s->cap_dirty = s->cap_dirty == 0 ? 16 : s->cap_dirty * 2;
            s->dirty = realloc(s->dirty, s->cap_dirty * sizeof *s->dirty);
            if (s->dirty == NULL)
                panic("no memory for the sources");
        }
        s->dirty[s->n_dirty++] = b->touched[i].source;
    }
}

/* A source that is being scanned is found anew by that scan. */
static void rediscover(struct scans *s)
{
    for (size_t i = 0; i < s->n_dirty && !atomic_load(&s->stop); i++) {
        struct err err = ERR_INIT;
        if (!scan_rediscover(s, s->dirty[i], &err) && err.code != ERR_CONFLICT)
            log_to(LOG_WARN, "events", LOG_I64("source", s->dirty[i]),
                   LOG_STR("error", str_from(err.msg)));
    }
    struct err err = ERR_INIT;
    if (s->n_dirty > 0 && !scan_follow_evidence(s, &err))
        log_to(LOG_WARN, "events", LOG_STR("error", str_from(err.msg)));
    s->n_dirty = 0;
}

static bool take_batch(struct scans *s, struct batch *b, struct err *err)
{
    const struct scan_queue *q = &s->queue;
    if (!q->receive(q->ctx, &b->arena, &s->stop, b->messages, &b->n, err))
        return false;
    if (b->n == 0) {
        rediscover(s);
        return true;
    }
    for (size_t i = 0; i < b->n; i++)
        if (!read_message(b, b->messages[i].body, err))
            return false;
    bool ok = apply(b, err);
    note_dirty(s, b);
    return ok && q->remove(q->ctx, b->messages, b->n, err);
}

static void *listen_thread(void *arg)
{
    struct scans *s = arg;
    while (!atomic_load(&s->stop)) {
        struct batch b = { .scans = s };
        struct err err = ERR_INIT;
        bool ok = take_batch(s, &b, &err);
        arena_release(&b.arena);
        if (ok || atomic_load(&s->stop))
            continue;
        if (err.code != ERR_CONFLICT)
            log_to(LOG_WARN, "events", LOG_STR("code", str_from(err_kind(err.code)->code)),
                   LOG_STR("error", str_from(err.msg)));
        wait_a_while(s, AGAIN_MS);
    }
    return NULL;
}

void scans_listen(struct scans *s, const struct scan_queue *queue)
{
    s->queue = *queue;
    if (pthread_create(&s->listener, NULL, listen_thread, s) != 0)
        panic("no thread for the events");
    s->is_listening = true;
}
