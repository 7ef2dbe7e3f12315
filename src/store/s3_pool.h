/*
 * s3_pool: threads that wait for the network side by side.  Internal to store.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_S3_POOL_H
#define STORE_S3_POOL_H

#include "store/store.h"
#include "util/limits.h"

#include <pthread.h>

struct s3_pool {
    pthread_mutex_t lock; /* of the work, which is the caller's; and of n_threads */
    pthread_cond_t changed;
    pthread_t threads[LIMIT_FETCH_WINDOW];
    unsigned n_threads, most_threads;
    void *(*run)(void *);
    void *ctx;
};

/* window: threads at most.  run(ctx): what each does. */
void s3_pool_init(struct s3_pool *p, unsigned window, void *(*run)(void *), void *ctx);
/* One more thread, if the window allows.  Under the lock once there are threads. */
void s3_pool_grow(struct s3_pool *p);
/* Wait for all threads to end. */
void s3_pool_end(struct s3_pool *p);

/* Neither cancelled nor too late? */
bool s3_goes_on(const struct store_call *call, struct err *err);

#endif
