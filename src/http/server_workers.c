/* server_workers: a ring of tasks, one lock, as many threads as asked for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server_internal.h"

#include <stdlib.h>

enum { STACK_BYTES = 1024 * 1024 };

struct workers {
    pthread_mutex_t lock; /* of the ring and is_stopping */
    pthread_cond_t wake;
    void **ring;
    size_t cap, first, n;
    unsigned n_idle;
    bool is_stopping;
    work_fn *run;
    pthread_t *threads;
    unsigned n_threads;
};

static void *work(void *arg)
{
    struct workers *w = arg;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        w->n_idle++;
        while (w->n == 0 && !w->is_stopping)
            pthread_cond_wait(&w->wake, &w->lock);
        w->n_idle--;
        if (w->n == 0)
            break;
        void *task = w->ring[w->first];
        w->first = (w->first + 1) % w->cap;
        w->n--;
        pthread_mutex_unlock(&w->lock);
        w->run(task);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct workers *workers_new(unsigned n_threads, unsigned max_waiting, work_fn *run)
{
    struct workers *w = calloc(1, sizeof *w);
    pthread_attr_t attr;
    if (w == NULL)
        panic("no memory for the workers");
    w->cap = (size_t)n_threads + max_waiting;
    w->ring = calloc(w->cap, sizeof *w->ring);
    w->threads = calloc(n_threads, sizeof *w->threads);
    if (w->ring == NULL || w->threads == NULL)
        panic("no memory for the workers");
    w->run = run;
    w->n_threads = n_threads;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    for (unsigned i = 0; i < n_threads; i++)
        if (pthread_create(&w->threads[i], &attr, work, w) != 0)
            panic("no thread for worker %u", i);
    pthread_attr_destroy(&attr);
    return w;
}

bool workers_add(struct workers *w, void *task)
{
    pthread_mutex_lock(&w->lock);
    /* What idle threads will take at once does not wait. */
    bool ok = w->n < w->cap - w->n_threads + w->n_idle && !w->is_stopping;
    if (ok) {
        w->ring[(w->first + w->n) % w->cap] = task;
        w->n++;
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
    return ok;
}

void workers_free(struct workers *w)
{
    if (w == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    w->is_stopping = true;
    pthread_cond_broadcast(&w->wake);
    pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->n_threads; i++)
        pthread_join(w->threads[i], NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->wake);
    free(w->ring);
    free(w->threads);
    free(w);
}
