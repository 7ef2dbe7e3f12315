/*
 * analyses: see analyses.h.
 *
 * A ring of findings under one lock.  [next_done, next_work) are with workers or wait for their
 * turn, [next_work, end) wait for a worker.  The worker that finishes the oldest one hands it on,
 * and those behind it that are ready.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/analyses.h"

#include "notebook/reader.h"
#include "scan/siblings.h"
#include "util/limits.h"

#include <pthread.h>
#include <stdlib.h>

/* The analysis recurses as deep as LIMIT_DEPTH allows, whatever the shell's own limit is. */
enum { WINDOW = 4, STACK_BYTES = 16 * 1024 * 1024 };
/* Of findings that wait for their turn: with so many nothing more is begun. */
enum { ENOUGH_BYTES = 8 * 1024 * 1024 };

enum slot_state { SLOT_WAITING, SLOT_READY };

struct slot {
    struct finding finding;
    enum slot_state state;
    size_t size_bytes; /* of what it holds, when it is ready */
};

/* What one analysis needs while it goes on. */
struct desk {
    struct arena arena;
    struct siblings siblings;
    struct desk *next; /* free as well */
};

struct analyses {
    struct analyses_options options;
    pthread_t threads[ANALYSES_MAX_WORKERS];
    pthread_mutex_t lock;
    pthread_cond_t has_work, has_room, has_desk;
    struct desk *desks, *free_desk; /* of those that analyse */
    struct slot *slots;
    size_t n_slots;
    size_t next_done, next_work, end; /* they only grow; modulo n_slots */
    size_t waiting_bytes;             /* of all that are ready */
    bool is_last;                     /* nothing comes behind end */
    bool is_handing;                  /* a worker is in done() */
    bool has_failed;                  /* done() failed with err; the rest is dropped */
    struct err err;
};

static void lock(struct analyses *x)
{
    if (pthread_mutex_lock(&x->lock) != 0)
        panic("pthread_mutex_lock");
}

static void unlock(struct analyses *x)
{
    pthread_mutex_unlock(&x->lock);
}

static struct slot *slot_at(struct analyses *x, size_t i)
{
    return &x->slots[i % x->n_slots];
}

static void finding_release(struct finding *f)
{
    arena_release(&f->arena);
    buf_release(&f->out);
}

static bool feed(void *ctx, struct str bytes, struct err *err)
{
    return notebook_reader_feed(ctx, bytes, err);
}

static bool read_notebook(const struct analyses *x, struct arena *a, struct finding *f,
                          struct notebook *nb, struct err *err)
{
    struct notebook_reader *reader = notebook_reader_new(a, f->source.name, NULL, NULL);
    bool ok =
        source_read(&x->options.reading, &f->source, feed, reader, &f->arena, &f->object, err) &&
        notebook_reader_finish(reader, nb, err);
    notebook_reader_free(reader);
    return ok;
}

static struct desk *take_desk(struct analyses *x)
{
    lock(x);
    while (x->free_desk == NULL)
        pthread_cond_wait(&x->has_desk, &x->lock);
    struct desk *desk = x->free_desk;
    x->free_desk = desk->next;
    unlock(x);
    return desk;
}

static void give_desk(struct analyses *x, struct desk *desk)
{
    arena_reset(&desk->arena);
    lock(x);
    desk->next = x->free_desk;
    x->free_desk = desk;
    pthread_cond_signal(&x->has_desk);
    unlock(x);
}

/* a: of the worker, for the notebook. */
static void analyze_one(struct analyses *x, struct arena *a, struct finding *f)
{
    struct notebook nb;
    if (f->kind == FINDING_TASK || f->err.code != ERR_NONE ||
        !read_notebook(x, a, f, &nb, &f->err)) {
        x->options.work(x->options.ctx, f, NULL, NULL);
        return;
    }
    struct desk *desk = take_desk(x);
    struct analysis an;
    siblings_begin(&desk->siblings, &f->source, &f->arena);
    const struct analysis_options options = { .calls = x->options.analyst->calls,
                                              .values = &x->options.analyst->values,
                                              .path = f->source.name,
                                              .sibling = siblings_read,
                                              .ctx = &desk->siblings };
    analyze(&desk->arena, &nb, &options, &an);
    f->n_siblings = desk->siblings.n_read;
    f->asked = desk->siblings.asked;
    f->n_asked = desk->siblings.n_asked;
    x->options.work(x->options.ctx, f, &nb, &an);
    give_desk(x, desk);
}

/* With the lock held: hand on what is ready, unless another worker does. */
static void hand_on(struct analyses *x)
{
    if (x->is_handing)
        return;
    x->is_handing = true;
    while (x->next_done < x->next_work && slot_at(x, x->next_done)->state == SLOT_READY) {
        struct slot *slot = slot_at(x, x->next_done);
        bool has_failed = x->has_failed;
        struct err err = ERR_INIT;
        size_t size_bytes = slot->size_bytes;
        unlock(x);
        bool ok = has_failed || x->options.done(x->options.ctx, &slot->finding, &err);
        if (has_failed && x->options.drop != NULL)
            x->options.drop(x->options.ctx, &slot->finding);
        finding_release(&slot->finding);
        lock(x);
        if (!ok) {
            x->has_failed = true;
            x->err = err;
        }
        x->next_done++;
        bool was_enough = x->waiting_bytes > ENOUGH_BYTES;
        x->waiting_bytes -= size_bytes;
        if (was_enough)
            pthread_cond_broadcast(&x->has_work);
        pthread_cond_signal(&x->has_room);
    }
    x->is_handing = false;
}

/* Is there something to begin with?  The oldest one always: what waits, waits for it. */
static bool may_begin(const struct analyses *x)
{
    return x->next_work < x->end &&
           (x->waiting_bytes <= ENOUGH_BYTES || x->next_work == x->next_done);
}

static void *run_worker(void *arg)
{
    struct analyses *x = arg;
    AUTO_ARENA a = ARENA_INIT;
    lock(x);
    for (;;) {
        while (!may_begin(x) && (x->next_work < x->end || !x->is_last))
            pthread_cond_wait(&x->has_work, &x->lock);
        if (x->next_work == x->end)
            break;
        struct slot *slot = slot_at(x, x->next_work++);
        bool has_failed = x->has_failed;
        unlock(x);
        if (!has_failed && slot->finding.kind != FINDING_MARK)
            analyze_one(x, &a, &slot->finding);
        arena_reset(&a);
        lock(x);
        slot->state = SLOT_READY;
        slot->size_bytes = slot->finding.arena.used_bytes + slot->finding.out.len;
        x->waiting_bytes += slot->size_bytes;
        hand_on(x);
    }
    unlock(x);
    return NULL;
}

static void make_desks(struct analyses *x)
{
    unsigned n = x->options.n_at_once;
    if (n == 0 || n > x->options.n_workers)
        n = x->options.n_workers;
    x->desks = calloc(n, sizeof *x->desks);
    if (x->desks == NULL)
        panic("no memory for the analyses");
    for (unsigned i = 0; i < n; i++) {
        x->desks[i].siblings.reading = &x->options.reading;
        x->desks[i].next = x->free_desk;
        x->free_desk = &x->desks[i];
    }
    x->options.n_at_once = n;
}

static void start_workers(struct analyses *x)
{
    pthread_attr_t attr;
    if (pthread_attr_init(&attr) != 0 || pthread_attr_setstacksize(&attr, STACK_BYTES) != 0)
        panic("no memory for the analyses");
    for (unsigned i = 0; i < x->options.n_workers; i++)
        if (pthread_create(&x->threads[i], &attr, run_worker, x) != 0)
            panic("no thread for the analyses: give a smaller --jobs");
    pthread_attr_destroy(&attr);
}

struct analyses *analyses_start(const struct analyses_options *options)
{
    struct analyses *x = calloc(1, sizeof *x);
    if (x == NULL)
        panic("no memory for the analyses");
    x->options = *options;
    x->n_slots = (size_t)options->n_workers * WINDOW + options->n_ahead;
    x->slots = calloc(x->n_slots, sizeof *x->slots);
    if (x->slots == NULL || pthread_mutex_init(&x->lock, NULL) != 0 ||
        pthread_cond_init(&x->has_work, NULL) != 0 || pthread_cond_init(&x->has_room, NULL) != 0 ||
        pthread_cond_init(&x->has_desk, NULL) != 0)
        panic("no memory for the analyses");
    make_desks(x);
    start_workers(x);
    return x;
}

/* finding: its strings are copied. */
static bool add(struct analyses *x, const struct finding *finding)
{
    lock(x);
    while (x->end - x->next_done == x->n_slots && !x->has_failed)
        pthread_cond_wait(&x->has_room, &x->lock);
    bool goes_on = !x->has_failed;
    if (goes_on) {
        struct slot *slot = slot_at(x, x->end);
        *slot = (struct slot){ .finding = *finding };
        struct finding *f = &slot->finding;
        f->out = (struct buf)BUF_INIT(LIMIT_HTTP_ANSWER_BYTES);
        f->source.name = arena_str(&f->arena, f->source.name);
        f->source.root = arena_str(&f->arena, f->source.root);
        f->source.path = arena_str(&f->arena, f->source.path);
        x->end++;
        pthread_cond_signal(&x->has_work);
    }
    unlock(x);
    return goes_on;
}

bool analyses_add(struct analyses *x, const struct source *source)
{
    return add(x, &(struct finding){ .source = *source, .kept = source->tag });
}

bool analyses_add_broken(struct analyses *x, struct str name, const struct err *why)
{
    return add(x, &(struct finding){ .source = { .kind = SOURCE_FILE, .name = name, .path = name },
                                     .err = *why });
}

bool analyses_mark(struct analyses *x, void *kept)
{
    return add(x, &(struct finding){ .kind = FINDING_MARK, .kept = kept });
}

bool analyses_task(struct analyses *x, void *kept)
{
    return add(x, &(struct finding){ .kind = FINDING_TASK, .kept = kept });
}

bool analyses_finish(struct analyses *x, struct err *err)
{
    lock(x);
    x->is_last = true;
    pthread_cond_broadcast(&x->has_work);
    unlock(x);
    for (unsigned i = 0; i < x->options.n_workers; i++)
        if (pthread_join(x->threads[i], NULL) != 0)
            panic("pthread_join");
    bool ok = !x->has_failed;
    if (!ok)
        *err = x->err;
    for (unsigned i = 0; i < x->options.n_at_once; i++) {
        siblings_release(&x->desks[i].siblings);
        arena_release(&x->desks[i].arena);
    }
    pthread_cond_destroy(&x->has_desk);
    pthread_cond_destroy(&x->has_room);
    pthread_cond_destroy(&x->has_work);
    pthread_mutex_destroy(&x->lock);
    free(x->desks);
    free(x->slots);
    free(x);
    return ok;
}
