/* live: see live.h.  The list of listeners is the thread's; newcomers are handed over under the
 * lock. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/live.h"

#include "cluster/service.h"
#include "index/runs.h"
#include "util/clock.h"
#include "json/writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SCAN_LOOK_MS = 200,   /* scans tell nobody that they wrote */
    OTHERS_LOOK_MS = 500, /* what other processes wrote about clusters */
    BEHIND_MS = 20,       /* somebody still gets what there was before it came */
    QUIET_MS = 15000,
    PAGE = 200,
    MAX_SCAN_LISTENERS = 64,
    MAX_UNREAD_BYTES = 256 * 1024,
    EVENT_MAX_BYTES = 64 * 1024,
    RETRY_S = 5
};

struct listener {
    struct listener *next;
    struct http_stream *stream;
    int64_t scan, after, put_ms;
    bool is_current; /* it has had all that there was when it came */
    bool is_over;    /* nothing more will come */
    size_t row_len;
    size_t owner_len;
    char texts[]; /* row, then owner */
};

struct live {
    struct index *index;
    struct clusters *clusters;
    pthread_mutex_t lock; /* guards what follows up to the empty line */
    pthread_cond_t wake;
    struct listener *newcomers;
    unsigned n_scan_listeners;
    bool is_woken, is_stopping, has_thread;

    pthread_t thread;
    struct listener *all; /* of the thread, as what follows */
    int64_t seen;         /* newest event of clusters that was told */
    bool is_behind;       /* some listener is not current */
    size_t n_current;     /* of those who follow clusters */
};

static struct str row_of(const struct listener *x)
{
    return (struct str){ x->texts, x->row_len };
}

static struct str owner_of(const struct listener *x)
{
    return (struct str){ x->texts + x->row_len, x->owner_len };
}

static void wake(void *ctx)
{
    struct live *l = ctx;
    pthread_mutex_lock(&l->lock);
    l->is_woken = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
}

struct live *live_new(struct index *index, struct clusters *clusters)
{
    struct live *l = calloc(1, sizeof *l);
    pthread_condattr_t attr;
    if (l == NULL)
        panic("no memory for the streams of events");
    l->index = index;
    l->clusters = clusters;
    pthread_mutex_init(&l->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&l->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (clusters != NULL)
        clusters_listen(clusters, wake, l);
    return l;
}

/* ---- writing ---- */

void live_write(struct buf *out, int64_t id, struct str type, struct str json)
{
    buf_printf(out, "id: %lld\nevent: ", (long long)id);
    buf_add(out, type);
    buf_add(out, STR("\ndata: "));
    buf_add(out, json); /* one line, because the writer makes no line ends */
    buf_add(out, STR("\n\n"));
}

struct str live_cluster_json(struct arena *a, const struct ledger_event *e)
{
    AUTO_BUF text = BUF_INIT(EVENT_MAX_BYTES);
    struct json_writer w;
    json_writer_init(&w, &text);
    json_write_object(&w);
    json_put_i64(&w, STR("id"), e->id);
    json_put_str(&w, STR("cluster"), e->row);
    json_put_str(&w, STR("type"), e->type);
    json_put_time(&w, STR("at"), e->at_ms);
    json_write_key(&w, STR("data"));
    json_write_raw(&w, e->doc);
    json_write_end(&w);
    return arena_str(a, buf_str(&text));
}

/* False: it has to be dropped. */
static bool put(struct listener *x, struct str bytes, int64_t now_ms)
{
    x->put_ms = now_ms;
    return http_stream_unread(x->stream) < MAX_UNREAD_BYTES && http_stream_put(x->stream, bytes);
}

/* ---- scans ---- */

struct scan_look {
    struct buf *out;
    int64_t after;
};

static bool write_scan_event(void *ctx, const struct index_event *event, struct err *err)
{
    struct scan_look *s = ctx;
    live_write(s->out, event->id, event->type, event->json);
    s->after = event->id;
    return buf_ok(s->out) || err_set(err, ERR_TOO_LARGE, "too many events at once");
}

static bool look_at_scan(struct live *l, struct listener *x, int64_t now_ms)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF out = BUF_INIT(LIMIT_JSON_BYTES);
    struct scan_look s = { &out, x->after };
    struct index_reader *reader;
    struct index_scan scan;
    struct err err = ERR_INIT;
    if (http_stream_unread(x->stream) > 0 || !index_reader_take(l->index, &reader, &err))
        return err.code == ERR_NONE;
    bool ok = index_get_scan(reader, &a, x->scan, &scan, &err) &&
              index_each_event(reader, x->scan, x->after, write_scan_event, &s, &err);
    index_reader_give(reader);
    if (!ok)
        return false;
    x->after = s.after;
    x->is_over = scan.state >= INDEX_SCAN_DONE;
    return out.len == 0 || put(x, buf_str(&out), now_ms);
}

/* ---- clusters ---- */

/* Its message is the phase; that of the data is the one behind all events of the same change. */
static bool is_end(struct arena *a, const struct ledger_event *e)
{
    struct err ignored = ERR_INIT;
    enum phase phase;
    if (!str_eq(e->type, STR("phase")))
        return false;
    const struct json *doc = json_parse(a, e->doc, LIMIT_JSON_BYTES, &ignored);
    const struct json *word = doc != NULL ? json_get(doc, STR("message")) : NULL;
    return word != NULL && word->kind == JSON_KIND_STR && phase_parse(word->text, &phase) &&
           phase_is_over(phase);
}

/* Does it hear the event?  One that follows a single cluster has heard all when it ends. */
static bool tell(struct listener *x, const struct ledger_event *e, struct str text, bool ends,
                 int64_t now_ms)
{
    bool is_its = x->scan == 0 && x->is_current && e->id > x->after &&
                  (x->row_len == 0 || str_eq(row_of(x), e->row)) &&
                  (x->owner_len == 0 || str_eq(owner_of(x), e->owner));
    if (!is_its)
        return true;
    x->after = e->id;
    x->is_over = ends && x->row_len > 0;
    return put(x, text, now_ms);
}

static void drop(struct listener *x, bool is_cut)
{
    http_stream_close(x->stream, is_cut);
    free(x);
}

/* Take those out for whom keep() is false; is_over ends whole. */
static void tell_all(struct live *l, const struct ledger_event *e, struct str text, bool ends,
                     int64_t now_ms)
{
    for (struct listener **at = &l->all; *at != NULL;) {
        struct listener *x = *at;
        bool was_over = x->is_over;
        if (tell(x, e, text, ends, now_ms) && (was_over || !x->is_over)) {
            at = &x->next;
            continue;
        }
        *at = x->next;
        drop(x, !x->is_over);
    }
}

/* What came since the last time, for all who are current. */
static void look_at_clusters(struct live *l, int64_t now_ms)
{
    struct ledger *ledger = clusters_ledger(l->clusters);
    struct err err = ERR_INIT; /* told by who works on the ledger; the next look tries again */
    if (l->n_current == 0 && !ledger->ops->last_event(ledger, &l->seen, &err))
        return;
    for (size_t n = PAGE; n == PAGE && l->n_current > 0;) {
        AUTO_ARENA a = ARENA_INIT;
        struct ledger_events events = { 0 };
        if (!ledger->ops->events(ledger, &a, l->seen, STR_EMPTY, STR_EMPTY, PAGE, &events, &err))
            return;
        for (size_t i = 0; i < events.n; i++) {
            AUTO_BUF text = BUF_INIT(EVENT_MAX_BYTES);
            const struct ledger_event *e = &events.items[i];
            live_write(&text, e->id, e->type, live_cluster_json(&a, e));
            tell_all(l, e, buf_str(&text), is_end(&a, e), now_ms);
            l->seen = e->id;
        }
        n = events.n;
    }
}

/* What there was before it came, a page at a time. */
static bool catch_up(struct live *l, struct listener *x, int64_t now_ms)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF out = BUF_INIT(LIMIT_JSON_BYTES);
    struct ledger *ledger = clusters_ledger(l->clusters);
    struct ledger_events events = { 0 };
    struct err err = ERR_INIT;
    if (http_stream_unread(x->stream) > 0)
        return true;
    if (!ledger->ops->events(ledger, &a, x->after, row_of(x), owner_of(x), PAGE, &events, &err))
        return false;
    for (size_t i = 0; i < events.n; i++) {
        const struct ledger_event *e = &events.items[i];
        live_write(&out, e->id, e->type, live_cluster_json(&a, e));
        x->after = e->id;
    }
    x->is_current = events.n < PAGE;
    return out.len == 0 || put(x, buf_str(&out), now_ms);
}

/* ---- the thread ---- */

static bool look(struct live *l, struct listener *x, int64_t now_ms)
{
    bool ok = x->scan != 0    ? look_at_scan(l, x, now_ms)
              : x->is_current ? true
                              : catch_up(l, x, now_ms);
    return ok && (now_ms - x->put_ms < QUIET_MS || put(x, STR(": quiet\n\n"), now_ms));
}

static void look_round(struct live *l)
{
    int64_t now_ms = clock_mono_ms();
    if (l->clusters != NULL)
        look_at_clusters(l, now_ms);
    l->is_behind = false;
    l->n_current = 0;
    for (struct listener **at = &l->all; *at != NULL;) {
        struct listener *x = *at;
        bool ok = look(l, x, now_ms);
        bool is_done = x->is_over && (x->scan != 0 || x->is_current);
        if (ok && !is_done) {
            l->is_behind = l->is_behind || (x->scan == 0 && !x->is_current);
            l->n_current += x->scan == 0 && x->is_current;
            at = &x->next;
            continue;
        }
        *at = x->next;
        pthread_mutex_lock(&l->lock);
        l->n_scan_listeners -= x->scan != 0;
        pthread_mutex_unlock(&l->lock);
        drop(x, !ok);
    }
}

/* With the lock held. */
static void take_newcomers(struct live *l)
{
    while (l->newcomers != NULL) {
        struct listener *x = l->newcomers;
        l->newcomers = x->next;
        x->next = l->all;
        l->all = x;
    }
}

/* With the lock held: until something may be to do. */
static void rest(struct live *l)
{
    bool is_idle = l->all == NULL && l->newcomers == NULL;
    int64_t ms = l->is_behind ? BEHIND_MS : l->n_scan_listeners > 0 ? SCAN_LOOK_MS : OTHERS_LOOK_MS;
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail with a clock that exists */
    until.tv_nsec += ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    if (is_idle)
        pthread_cond_wait(&l->wake, &l->lock);
    else
        (void)pthread_cond_timedwait(&l->wake, &l->lock, &until);
}

static void *run(void *ctx)
{
    struct live *l = ctx;
    pthread_mutex_lock(&l->lock);
    while (!l->is_stopping) {
        if (!l->is_woken)
            rest(l);
        l->is_woken = false;
        take_newcomers(l);
        if (l->all == NULL || l->is_stopping)
            continue;
        pthread_mutex_unlock(&l->lock);
        look_round(l);
        pthread_mutex_lock(&l->lock);
    }
    take_newcomers(l);
    pthread_mutex_unlock(&l->lock);
    while (l->all != NULL) {
        struct listener *x = l->all;
        l->all = x->next;
        drop(x, false);
    }
    return NULL;
}

void live_stop(struct live *l)
{
    pthread_mutex_lock(&l->lock);
    bool has_thread = l->has_thread;
    l->is_stopping = true;
    l->has_thread = false;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
    if (has_thread)
        pthread_join(l->thread, NULL);
}

void live_free(struct live *l)
{
    if (l == NULL)
        return;
    live_stop(l);
    if (l->clusters != NULL)
        clusters_listen(l->clusters, NULL, NULL);
    pthread_cond_destroy(&l->wake);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

/* ---- newcomers ---- */

bool live_has_room(struct live *l, const struct live_ask *ask, struct err *err)
{
    pthread_mutex_lock(&l->lock);
    bool is_full = ask->scan != 0 && l->n_scan_listeners >= MAX_SCAN_LISTENERS;
    bool ok = !is_full && !l->is_stopping;
    pthread_mutex_unlock(&l->lock);
    if (ok)
        return true;
    err->retry_after_s = RETRY_S;
    return err_set(err, ERR_BUSY,
                   is_full ? "%d listeners follow scans already" : "the server stops",
                   MAX_SCAN_LISTENERS);
}

/* With the lock held.  Those who came before have been told everything up to seen, or will be. */
static bool start(struct live *l)
{
    struct err ignored = ERR_INIT;
    if (l->has_thread)
        return true;
    if (l->clusters != NULL) {
        struct ledger *ledger = clusters_ledger(l->clusters);
        if (!ledger->ops->last_event(ledger, &l->seen, &ignored))
            return false;
    }
    if (pthread_create(&l->thread, NULL, run, l) != 0)
        panic("no thread for the streams of events");
    l->has_thread = true;
    return true;
}

bool live_add(struct live *l, struct http_stream *stream, const struct live_ask *ask,
              struct err *err)
{
    struct listener *x = calloc(1, sizeof *x + ask->row.len + ask->owner.len);
    if (x == NULL)
        panic("no memory for a listener");
    x->stream = stream;
    x->scan = ask->scan;
    x->after = ask->after;
    x->is_over = ask->is_over;
    x->put_ms = clock_mono_ms();
    x->row_len = ask->row.len;
    x->owner_len = ask->owner.len;
    if (ask->row.len > 0)
        memcpy(x->texts, ask->row.ptr, ask->row.len);
    if (ask->owner.len > 0)
        memcpy(x->texts + ask->row.len, ask->owner.ptr, ask->owner.len);
    pthread_mutex_lock(&l->lock);
    bool ok = !l->is_stopping && start(l);
    if (ok) {
        x->next = l->newcomers;
        l->newcomers = x;
        l->n_scan_listeners += ask->scan != 0;
        l->is_woken = true;
        pthread_cond_signal(&l->wake);
    }
    pthread_mutex_unlock(&l->lock);
    if (ok)
        return true;
    drop(x, true);
    return err_set(err, ERR_BUSY, "the stream cannot begin");
}
