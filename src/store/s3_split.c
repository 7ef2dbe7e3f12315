/*
 * s3_split: a large listing in any order, its parts side by side.
 *
 * The keys are cut into segments, each listed page by page from "start-after" on until it passes
 * its end.  Any cut is right, so a cut that is badly chosen only costs a request; good ones are
 * the folders that a listing with a delimiter names.  A thread without work takes the second half
 * of the segment that has the most cuts ahead of it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/s3_page.h"
#include "store/s3_internal.h"
#include "store/s3_pool.h"

enum { WINDOW = 24 };

/* The keys behind `after`, up to and with the cut `to` (SIZE_MAX: to the end). */
struct segment {
    struct segment *next; /* in the list of those that run */
    struct str after;
    struct str token; /* of the next page; empty: begin at `after` */
    struct str at;    /* the last key that was told */
    size_t from, to;  /* cuts[from, to) lie ahead inside of it */
};

struct splitting {
    struct s3_pool pool;
    struct s3_store *store;
    const struct store_list *list;
    struct arena arena; /* of cuts and segments; used under the lock */
    struct str *cuts;   /* ascending */
    size_t n_cuts, cap_cuts;
    struct segment *running, *front; /* front: not begun by a thread yet */
    bool has_cuts;                   /* no more will come */
    struct err stop;                 /* code set: nothing more is asked for */
};

static const struct str *end_of(const struct splitting *p, const struct segment *g)
{
    return g->to < p->n_cuts ? &p->cuts[g->to] : NULL;
}

static size_t n_ahead(const struct splitting *p, const struct segment *g)
{
    size_t to = g->to < p->n_cuts ? g->to : p->n_cuts;
    return g->from < to ? to - g->from : 0;
}

/* Leave the cuts behind that the listing has passed. */
static void pass_cuts(const struct splitting *p, struct segment *g)
{
    while (n_ahead(p, g) > 0 && str_cmp(p->cuts[g->from], g->at) <= 0)
        g->from++;
}

/* Tell the keys of a page that lie in the segment.  False: the segment is done. */
static bool tell_page(struct splitting *p, struct segment *g, const struct s3_page *page)
{
    const struct str *end = end_of(p, g);
    for (size_t i = 0; i < page->n; i++) {
        const struct store_object object = s3_object_of_entry(&page->entries[i]);
        if (end != NULL && str_cmp(object.key, *end) > 0)
            return false;
        if (!p->list->each(p->list->ctx, &object, &p->stop))
            return false;
        g->at = object.key;
    }
    pass_cuts(p, g);
    return page->is_truncated;
}

/* List a segment to its end.  Called and left with the lock held. */
static void list_segment(struct splitting *p, struct segment *g)
{
    bool goes_on = true;
    AUTO_ARENA kept = ARENA_INIT; /* of the token between pages */
    struct str token = g->token;
    while (goes_on && p->stop.code == ERR_NONE) {
        AUTO_ARENA a = ARENA_INIT;
        struct s3_page page;
        struct err why = ERR_INIT;
        struct store_list list = *p->list;
        list.start_after = g->after;
        pthread_mutex_unlock(&p->pool.lock);
        bool ok =
            s3_goes_on(&list.call, &why) && s3_fetch_page(p->store, &a, &list, token, &page, &why);
        pthread_mutex_lock(&p->pool.lock);
        if (!ok || p->stop.code != ERR_NONE) {
            if (p->stop.code == ERR_NONE)
                p->stop = why;
            break;
        }
        goes_on = tell_page(p, g, &page);
        if (goes_on && str_eq(page.next_token, token)) {
            err_set(&p->stop, ERR_UPSTREAM, "S3 gives the same page again");
            break;
        }
        /* g->at may stand in kept still, when the page had nothing new. */
        struct arena next = ARENA_INIT;
        token = arena_str(&next, page.next_token);
        g->at = arena_str(&next, g->at);
        arena_release(&kept);
        kept = next;
        pthread_cond_broadcast(&p->pool.changed);
    }
}

/* Half of what lies ahead of the segment with the most cuts; NULL when there is none. */
static struct segment *split(struct splitting *p)
{
    struct segment *most = p->running;
    for (struct segment *g = p->running; g != NULL; g = g->next)
        if (n_ahead(p, g) > n_ahead(p, most))
            most = g;
    if (most == NULL || n_ahead(p, most) == 0)
        return NULL;
    size_t at = most->from + n_ahead(p, most) / 2;
    struct segment *half = ARENA_NEW(&p->arena, struct segment);
    *half = (struct segment){ .after = p->cuts[at], .from = at + 1, .to = most->to };
    most->to = at;
    return half;
}

static void unlink_segment(struct splitting *p, const struct segment *g)
{
    for (struct segment **at = &p->running; *at != NULL; at = &(*at)->next)
        if (*at == g) {
            *at = g->next;
            return;
        }
}

static void *work(void *arg)
{
    struct splitting *p = arg;
    pthread_mutex_lock(&p->pool.lock);
    while (p->stop.code == ERR_NONE) {
        struct segment *g = p->front != NULL ? p->front : split(p);
        p->front = NULL;
        if (g == NULL && p->has_cuts && p->running == NULL)
            break;
        if (g == NULL) {
            /* The cuts may still come, or the last segments end. */
            pthread_cond_wait(&p->pool.changed, &p->pool.lock);
            continue;
        }
        g->next = p->running;
        p->running = g;
        list_segment(p, g);
        unlink_segment(p, g);
        pthread_cond_broadcast(&p->pool.changed);
    }
    pthread_cond_broadcast(&p->pool.changed);
    pthread_mutex_unlock(&p->pool.lock);
    return NULL;
}

/* Let the threads see the cuts. */
static void publish(struct splitting *p, const struct str *cuts, size_t n)
{
    pthread_mutex_lock(&p->pool.lock);
    for (size_t i = 0; i < n; i++)
        if (p->n_cuts == 0 || !str_eq(cuts[i], p->cuts[p->n_cuts - 1]))
            *ARENA_PUSH(&p->arena, p->cuts, p->n_cuts, p->cap_cuts) = arena_str(&p->arena, cuts[i]);
    p->has_cuts = true;
    for (struct segment *g = p->front != NULL ? p->front : p->running; g != NULL; g = g->next)
        pass_cuts(p, g);
    for (unsigned i = 0; i < WINDOW && i < p->n_cuts; i++)
        s3_pool_grow(&p->pool);
    pthread_cond_broadcast(&p->pool.changed);
    pthread_mutex_unlock(&p->pool.lock);
}

bool s3_list_split(struct s3_store *s, const struct store_list *list, const struct s3_page *first,
                   struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct splitting p = { .store = s, .list = list };
    struct segment front = { .after = list->start_after, .to = SIZE_MAX };
    struct str *cuts = NULL;
    size_t n = 0;
    if (!tell_page(&p, &front, first)) {
        *err = p.stop;
        return p.stop.code == ERR_NONE;
    }
    /* What the first page lends lives until all threads have ended. */
    front.token = first->next_token;
    p.front = &front;
    s3_pool_init(&p.pool, WINDOW, work, &p);
    s3_pool_grow(&p.pool);
    s3_find_cuts(s, &a, list, &cuts, &n);
    publish(&p, cuts, n);
    s3_pool_end(&p.pool);
    arena_release(&p.arena);
    if (p.stop.code != ERR_NONE)
        *err = p.stop;
    return p.stop.code == ERR_NONE;
}
