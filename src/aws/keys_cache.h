/*
 * keys_cache: credentials that many threads use and one of them renews.
 *
 * Keys are renewed five minutes before they expire.  No lock is held while they are loaded: the
 * others go on with the old ones for as long as these are valid, and wait only when there are none.
 * A renewal that fails does no harm until then; it is tried again half a minute later.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AWS_KEYS_CACHE_H
#define AWS_KEYS_CACHE_H

#include "aws/sign.h"
#include "util/err.h"

#include <pthread.h>

/* Look for keys; *out lives in a. */
typedef bool keys_load_fn(void *ctx, struct arena *a, struct aws_keys *out, struct err *err);

struct keys_cache {
    keys_load_fn *load;
    void *ctx;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t loaded;
    struct arena arena; /* of keys */
    struct aws_keys keys;
    bool has_keys, is_loading;
    unsigned long long n_loads; /* that have ended */
    struct err failure;         /* of the last one that failed */
    int64_t next_load_mono_ms;  /* after a failure, while the old keys are valid */
};

void keys_cache_init(struct keys_cache *c, keys_load_fn *load, void *ctx);
void keys_cache_release(struct keys_cache *c);

/* Keys that are valid now, copied to a.  Fails as load() does. */
MUST_USE bool keys_cache_get(struct keys_cache *c, struct arena *a, struct aws_keys *out,
                             struct err *err);

#endif
