/*
 * s3_many: objects side by side, a thread for each place in the window.
 *
 * Callbacks of the caller run one at a time, under one lock; only the network is waited for outside
 * of it.  The first thread that finds nothing more to do tells the others by the queue's end.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/s3_internal.h"
#include "store/s3_pool.h"
#include "util/limits.h"

#include <stdlib.h>

enum { DEFAULT_WINDOW = 96 };

/* A chunk function behind the lock. */
struct locked_chunk {
    pthread_mutex_t *lock;
    store_chunk_fn *chunk;
    void *ctx;
};

static bool call_locked(void *ctx, struct str bytes, struct err *err)
{
    const struct locked_chunk *c = ctx;
    pthread_mutex_lock(c->lock);
    bool ok = c->chunk(c->ctx, bytes, err);
    pthread_mutex_unlock(c->lock);
    return ok;
}

struct fetching {
    struct s3_pool pool;
    struct store *store;
    const struct store_fetch *fetch;
    struct err stop; /* code set: nothing more is begun */
};

static void *fetch_items(void *arg)
{
    struct fetching *f = arg;
    struct store_fetch_item *item;
    pthread_mutex_lock(&f->pool.lock);
    while (f->stop.code == ERR_NONE && s3_goes_on(&f->fetch->call, &f->stop) &&
           f->fetch->next(f->fetch->next_ctx, &item) == STORE_NEXT_ITEM) {
        AUTO_ARENA a = ARENA_INIT;
        struct err why = ERR_INIT;
        struct store_got got;
        struct locked_chunk chunk = { &f->pool.lock, f->fetch->chunk, item->ctx };
        const struct store_get get = { .bucket = item->bucket,
                                       .key = item->key,
                                       .if_none_match = item->if_none_match,
                                       .chunk = call_locked,
                                       .ctx = &chunk,
                                       .call = f->fetch->call };
        pthread_mutex_unlock(&f->pool.lock);
        bool ok = store_get(f->store, &a, &get, &got, &why);
        pthread_mutex_lock(&f->pool.lock);
        f->fetch->done(item->ctx, item, ok, ok ? &got : NULL, ok ? NULL : &why);
        if (!ok && why.code == ERR_CREDENTIALS && f->stop.code == ERR_NONE)
            f->stop = why; /* the rest cannot go better */
    }
    pthread_mutex_unlock(&f->pool.lock);
    return NULL;
}

bool s3_fetch(struct store *s, const struct store_fetch *fetch, struct err *err)
{
    struct fetching f = { .store = s, .fetch = fetch };
    s3_pool_init(&f.pool, fetch->window > 0 ? fetch->window : DEFAULT_WINDOW, fetch_items, &f);
    while (f.pool.n_threads < f.pool.most_threads)
        s3_pool_grow(&f.pool);
    s3_pool_end(&f.pool);
    if (f.stop.code != ERR_NONE)
        *err = f.stop;
    return f.stop.code == ERR_NONE;
}

/* A selected object that waits for a thread. */
struct waiting {
    struct waiting *next;
    struct arena arena; /* of the key and the ETag */
    struct store_scan_item item;
};

struct scanning {
    struct s3_pool pool;
    struct store *store;
    const struct store_scan *scan;
    struct waiting *first, **last;
    size_t n_waiting, n_idle;
    bool is_listed; /* no more will come */
    struct err stop;
};

/* The listing waits when more than so many objects do. */
static size_t most_waiting(const struct scanning *s)
{
    return 2 * (size_t)s->pool.most_threads;
}

static void read_one(struct scanning *s, struct waiting *w)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err why = ERR_INIT;
    struct store_got got;
    struct locked_chunk chunk = { &s->pool.lock, s->scan->chunk, w->item.ctx };
    const struct store_get get = { .bucket = s->scan->bucket,
                                   .key = w->item.object.key,
                                   .chunk = call_locked,
                                   .ctx = &chunk,
                                   .call = s->scan->call };
    bool ok = s3_goes_on(&get.call, &why);
    pthread_mutex_unlock(&s->pool.lock);
    ok = ok && store_get(s->store, &a, &get, &got, &why);
    pthread_mutex_lock(&s->pool.lock);
    s->scan->done(s->scan->ctx, &w->item, ok, ok ? NULL : &why);
    struct err late = ERR_INIT;
    if (!ok && s->stop.code == ERR_NONE &&
        (why.code == ERR_CREDENTIALS || !s3_goes_on(&get.call, &late)))
        s->stop = late.code != ERR_NONE ? late : why;
}

static void *scan_items(void *arg)
{
    struct scanning *s = arg;
    pthread_mutex_lock(&s->pool.lock);
    for (;;) {
        s->n_idle++;
        while (s->first == NULL && !s->is_listed)
            pthread_cond_wait(&s->pool.changed, &s->pool.lock);
        s->n_idle--;
        struct waiting *w = s->first;
        if (w == NULL)
            break;
        s->first = w->next;
        if (s->first == NULL)
            s->last = &s->first;
        if (s->n_waiting-- > most_waiting(s)) /* the listing waits */
            pthread_cond_broadcast(&s->pool.changed);
        read_one(s, w);
        arena_release(&w->arena);
        free(w);
    }
    pthread_mutex_unlock(&s->pool.lock);
    return NULL;
}

/* Called by the listing: queue what is selected; wait while the queue is full. */
static bool queue_one(void *ctx, const struct store_object *object, struct err *err)
{
    struct scanning *s = ctx;
    struct waiting *w = calloc(1, sizeof *w);
    if (w == NULL)
        panic("no memory for a notebook");
    w->item.object = *object;
    w->item.object.key = arena_str(&w->arena, object->key);
    w->item.object.etag = arena_str(&w->arena, object->etag);
    pthread_mutex_lock(&s->pool.lock);
    bool is_stopped = s->stop.code != ERR_NONE;
    if (is_stopped || !s->scan->select(s->scan->ctx, &w->item)) {
        if (is_stopped)
            *err = s->stop;
        pthread_mutex_unlock(&s->pool.lock);
        arena_release(&w->arena);
        free(w);
        return !is_stopped;
    }
    *s->last = w;
    s->last = &w->next;
    s->n_waiting++;
    if (s->n_idle < s->n_waiting)
        s3_pool_grow(&s->pool);
    pthread_cond_signal(&s->pool.changed); /* one thread is enough for one object */
    while (s->n_waiting > most_waiting(s))
        pthread_cond_wait(&s->pool.changed, &s->pool.lock);
    pthread_mutex_unlock(&s->pool.lock);
    return true;
}

bool s3_scan(struct store *store, const struct store_scan *scan, struct err *err)
{
    struct scanning s = { .store = store, .scan = scan };
    s.last = &s.first;
    s3_pool_init(&s.pool, scan->window > 0 ? scan->window : DEFAULT_WINDOW, scan_items, &s);
    const struct store_list list = { .bucket = scan->bucket,
                                     .prefix = scan->prefix,
                                     .is_any_order = true,
                                     .each = queue_one,
                                     .ctx = &s,
                                     .call = scan->call };
    bool ok = s3_list(store, &list, err);
    pthread_mutex_lock(&s.pool.lock);
    s.is_listed = true;
    pthread_cond_broadcast(&s.pool.changed);
    pthread_mutex_unlock(&s.pool.lock);
    s3_pool_end(&s.pool);
    if (ok && s.stop.code != ERR_NONE) {
        *err = s.stop;
        ok = false;
    }
    return ok;
}
