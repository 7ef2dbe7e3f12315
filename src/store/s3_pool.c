/* s3_pool: see s3_pool.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/s3_pool.h"

#include "util/clock.h"

enum { STACK_BYTES = 512 * 1024 };

void s3_pool_init(struct s3_pool *p, unsigned window, void *(*run)(void *), void *ctx)
{
    *p = (struct s3_pool){ .run = run, .ctx = ctx };
    p->most_threads = window > LIMIT_FETCH_WINDOW ? LIMIT_FETCH_WINDOW : window;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
}

void s3_pool_grow(struct s3_pool *p)
{
    pthread_attr_t attr;
    if (p->n_threads == p->most_threads)
        return;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    if (pthread_create(&p->threads[p->n_threads], &attr, p->run, p->ctx) == 0)
        p->n_threads++;
    else if (p->n_threads == 0)
        panic("no thread to fetch with");
    pthread_attr_destroy(&attr);
}

void s3_pool_end(struct s3_pool *p)
{
    for (unsigned i = 0; i < p->n_threads; i++)
        pthread_join(p->threads[i], NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->changed);
}

bool s3_goes_on(const struct store_call *call, struct err *err)
{
    if (call->cancel != NULL && atomic_load(call->cancel))
        return err_set(err, ERR_CANCELLED, "cancelled");
    if (clock_mono_ms() > call->deadline_ms)
        return err_set(err, ERR_TIMEOUT, "reading the objects took too long");
    return true;
}
