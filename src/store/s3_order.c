/*
 * s3_order: a large listing in the order of its keys, its parts side by side.
 *
 * The keys are cut into ranges of some pages each, which threads take in order and list from
 * "start-after" on until they pass the end.  The calling thread tells the keys of the front range
 * as its pages come; ranges behind it keep theirs, within bounds, so that memory stays flat.
 *
 * The last page of a range reaches beyond its end, which is work for nothing.  From a server that
 * is far many short ranges at once are best all the same, because waiting is what takes the time;
 * from one that is near a few long ones, because its own work does.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/s3_page.h"
#include "store/s3_internal.h"
#include "store/s3_pool.h"

#include <stdlib.h>

/* How a listing is cut. */
struct pace {
    unsigned window;         /* ranges at once */
    unsigned pages_of_range; /* about as many as a range should have */
    unsigned pages_most;     /* kept of one range */
    unsigned kept_most;      /* kept of all */
};
static const struct pace NEAR = { 4, 12, 14, 40 };
static const struct pace FAR = { 12, 3, 4, 24 };

/* The keys of a page, until they are told. */
struct kept_page {
    struct kept_page *next;
    struct arena arena;
    struct store_object *objects;
    size_t n;
    struct str token; /* of the page behind it */
    bool is_truncated;
};

/* The keys behind `after`, up to and with `end`. */
struct range {
    struct range *next;
    struct str after, token; /* token: of the first page, if it is not empty */
    struct str end;
    bool has_end, is_begun, is_done;
    size_t at_cut; /* how many cuts lie before the last key that came */
    struct kept_page *first, **last;
    unsigned n_pages;
};

struct ordering {
    struct s3_pool pool;
    struct s3_store *store;
    const struct store_list *list;
    const struct pace *pace;
    struct arena arena; /* of cuts and ranges; used under the lock */
    struct str *cuts;   /* ascending */
    size_t n_cuts, cap_cuts, next_cut;
    size_t n_passed, n_asked; /* cuts and pages so far */
    struct range *front, *newest;
    unsigned n_kept;
    bool has_cuts;   /* no more will come */
    struct err stop; /* code set: nothing more is asked for */
};

/* ---- ranges ---- */

/* Let the range end behind the next n cuts, or be the last. */
static void set_end(struct ordering *o, struct range *g, size_t n)
{
    g->has_end = n <= o->n_cuts - o->next_cut;
    if (!g->has_end)
        return;
    o->next_cut += n;
    g->end = o->cuts[o->next_cut - 1];
}

static size_t cuts_of_range(const struct ordering *o)
{
    size_t n = o->n_asked == 0 ? 0 : o->pace->pages_of_range * o->n_passed / o->n_asked;
    return n == 0 ? 1 : n;
}

static bool is_all_given(const struct ordering *o)
{
    return o->has_cuts && !o->newest->has_end;
}

/* A range that no thread has; NULL: there is none, yet or any more. */
static struct range *take_range(struct ordering *o)
{
    if (!o->newest->is_begun) {
        o->newest->is_begun = true;
        return o->newest;
    }
    if (!o->has_cuts || is_all_given(o))
        return NULL;
    struct range *g = ARENA_NEW(&o->arena, struct range);
    *g = (struct range){ .after = o->newest->end, .is_begun = true, .at_cut = o->next_cut };
    g->last = &g->first;
    set_end(o, g, cuts_of_range(o));
    o->newest = o->newest->next = g;
    return g;
}

/* How many cuts lie before a key. */
static size_t cuts_before(const struct ordering *o, struct str key)
{
    size_t low = 0, high = o->n_cuts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(o->cuts[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A page with this last key came.  One that reaches beyond its range takes what it has with it,
 * when no thread has begun with that. */
static void pass_cuts(struct ordering *o, struct range *g, struct str last)
{
    size_t at = cuts_before(o, last);
    o->n_asked++;
    o->n_passed += at > g->at_cut ? at - g->at_cut : 0;
    g->at_cut = at;
    if (g == o->newest && g->has_end && at >= o->next_cut)
        set_end(o, g, at - o->next_cut + 1);
}

/* ---- pages ---- */

static void free_page(struct kept_page *page)
{
    arena_release(&page->arena);
    free(page);
}

/* The page as it is kept: nothing but what is told of it. */
static struct kept_page *keep(const struct s3_page *from)
{
    struct kept_page *page = calloc(1, sizeof *page);
    if (page == NULL)
        panic("no memory for a page of a listing");
    page->objects = ARENA_NEW_N(&page->arena, struct store_object, from->n);
    for (size_t i = 0; i < from->n; i++) {
        struct store_object *object = &page->objects[page->n++];
        *object = s3_object_of_entry(&from->entries[i]);
        object->key = arena_str(&page->arena, object->key);
        object->etag = arena_str(&page->arena, object->etag);
    }
    page->token = arena_str(&page->arena, from->next_token);
    page->is_truncated = from->is_truncated;
    return page;
}

static struct kept_page *ask(struct ordering *o, const struct range *g, struct str token,
                             struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct s3_page page;
    struct store_list list = *o->list;
    list.start_after = g->after;
    if (!s3_goes_on(&list.call, err) || !s3_fetch_page(o->store, &a, &list, token, &page, err))
        return NULL;
    if (page.is_truncated && str_eq(page.next_token, token)) {
        err_set(err, ERR_UPSTREAM, "S3 gives the same page again");
        return NULL;
    }
    return keep(&page);
}

/* Add a page to its range.  True: another one follows. */
static bool add_page(struct ordering *o, struct range *g, struct kept_page *page)
{
    bool goes_on = page->is_truncated;
    if (page->n > 0 && o->has_cuts)
        pass_cuts(o, g, page->objects[page->n - 1].key);
    while (g->has_end && page->n > 0 && str_cmp(page->objects[page->n - 1].key, g->end) > 0) {
        page->n--;
        goes_on = false;
    }
    *g->last = page;
    g->last = &page->next;
    g->n_pages++;
    o->n_kept++;
    return goes_on;
}

/* ---- threads ---- */

/* Must the range wait until more of what is kept was told? */
static bool is_full(const struct ordering *o, const struct range *g)
{
    return g->n_pages >= o->pace->pages_most || (o->n_kept >= o->pace->kept_most && g != o->front);
}

/* List a range to its end.  Called and left with the lock held. */
static void list_range(struct ordering *o, struct range *g)
{
    AUTO_ARENA kept = ARENA_INIT; /* of the token between pages */
    struct str token = g->token;
    bool goes_on = true;
    while (goes_on) {
        struct err why = ERR_INIT;
        while (o->stop.code == ERR_NONE && is_full(o, g))
            pthread_cond_wait(&o->pool.changed, &o->pool.lock);
        if (o->stop.code != ERR_NONE)
            return;
        pthread_mutex_unlock(&o->pool.lock);
        struct kept_page *page = ask(o, g, token, &why);
        pthread_mutex_lock(&o->pool.lock);
        if (page == NULL) {
            if (o->stop.code == ERR_NONE)
                o->stop = why;
            return;
        }
        arena_reset(&kept);
        token = arena_str(&kept, page->token);
        goes_on = add_page(o, g, page);
        pthread_cond_broadcast(&o->pool.changed);
    }
    g->is_done = true;
}

static void *work(void *arg)
{
    struct ordering *o = arg;
    pthread_mutex_lock(&o->pool.lock);
    while (o->stop.code == ERR_NONE) {
        struct range *g = take_range(o);
        if (g != NULL)
            list_range(o, g);
        else if (is_all_given(o))
            break;
        else /* the cuts may still come */
            pthread_cond_wait(&o->pool.changed, &o->pool.lock);
        pthread_cond_broadcast(&o->pool.changed);
    }
    pthread_cond_broadcast(&o->pool.changed);
    pthread_mutex_unlock(&o->pool.lock);
    return NULL;
}

/* Let the threads see the cuts that the front has not passed yet.  passed: the last key of the page
 * before it. */
static void publish(struct ordering *o, const struct str *cuts, size_t n, struct str passed)
{
    pthread_mutex_lock(&o->pool.lock);
    for (const struct kept_page *page = o->front->first; page != NULL; page = page->next)
        passed = page->n > 0 ? page->objects[page->n - 1].key : passed;
    o->n_asked = 1 + o->front->n_pages;
    for (size_t i = 0; i < n && !o->front->is_done; i++) {
        if (str_cmp(cuts[i], passed) <= 0)
            o->n_passed++;
        else if (o->n_cuts == 0 || !str_eq(cuts[i], o->cuts[o->n_cuts - 1]))
            *ARENA_PUSH(&o->arena, o->cuts, o->n_cuts, o->cap_cuts) = arena_str(&o->arena, cuts[i]);
    }
    o->has_cuts = true;
    set_end(o, o->front, cuts_of_range(o));
    for (unsigned i = 0; i < o->pace->window && i < o->n_cuts; i++)
        s3_pool_grow(&o->pool);
    pthread_cond_broadcast(&o->pool.changed);
    pthread_mutex_unlock(&o->pool.lock);
}

/* ---- telling ---- */

static bool tell(const struct ordering *o, const struct kept_page *page, struct err *err)
{
    for (size_t i = 0; i < page->n; i++)
        if (!o->list->each(o->list->ctx, &page->objects[i], err))
            return false;
    return true;
}

/* Tell all pages in order, as they come. */
static void tell_all(struct ordering *o)
{
    pthread_mutex_lock(&o->pool.lock);
    while (o->stop.code == ERR_NONE) {
        struct range *g = o->front;
        struct kept_page *page = g->first;
        if (page != NULL) {
            struct err why = ERR_INIT;
            g->first = page->next;
            g->last = g->first == NULL ? &g->first : g->last;
            g->n_pages--;
            o->n_kept--;
            pthread_cond_broadcast(&o->pool.changed);
            pthread_mutex_unlock(&o->pool.lock);
            bool ok = tell(o, page, &why);
            free_page(page);
            pthread_mutex_lock(&o->pool.lock);
            if (!ok && o->stop.code == ERR_NONE)
                o->stop = why;
        } else if (g->is_done && g->next != NULL) {
            o->front = g->next;
        } else if (g->is_done && is_all_given(o)) {
            break;
        } else {
            pthread_cond_wait(&o->pool.changed, &o->pool.lock);
        }
    }
    pthread_cond_broadcast(&o->pool.changed);
    pthread_mutex_unlock(&o->pool.lock);
}

/* The first page, which the caller has. */
static bool tell_first(struct ordering *o, const struct s3_page *page)
{
    struct err why = ERR_INIT;
    for (size_t i = 0; i < page->n; i++) {
        const struct store_object object = s3_object_of_entry(&page->entries[i]);
        if (o->list->each(o->list->ctx, &object, &why))
            continue;
        pthread_mutex_lock(&o->pool.lock);
        o->stop = o->stop.code == ERR_NONE ? why : o->stop;
        pthread_mutex_unlock(&o->pool.lock);
        return false;
    }
    return true;
}

static void forget_pages(struct ordering *o)
{
    for (struct range *g = o->front; g != NULL; g = g->next)
        while (g->first != NULL) {
            struct kept_page *page = g->first;
            g->first = page->next;
            free_page(page);
        }
}

bool s3_list_in_order(struct s3_store *s, const struct store_list *list,
                      const struct s3_page *first, bool is_near, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct ordering o = { .store = s, .list = list, .pace = is_near ? &NEAR : &FAR };
    struct range front = { .after = list->start_after, .token = first->next_token };
    struct str *cuts = NULL;
    size_t n = 0;
    front.last = &front.first;
    o.front = o.newest = &front;
    s3_pool_init(&o.pool, o.pace->window, work, &o);
    s3_pool_grow(&o.pool);
    if (tell_first(&o, first))
        s3_find_cuts(s, &a, list, &cuts, &n);
    publish(&o, cuts, n, first->n > 0 ? first->entries[first->n - 1].key : STR_EMPTY);
    tell_all(&o);
    s3_pool_end(&o.pool);
    forget_pages(&o);
    arena_release(&o.arena);
    if (o.stop.code != ERR_NONE)
        *err = o.stop;
    return o.stop.code == ERR_NONE;
}
