/* keys_cache: see keys_cache.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/keys_cache.h"

#include "util/clock.h"

/* VALID: a request that is signed with them still has to arrive. */
enum { RENEW_BEFORE_MS = 5 * 60 * 1000, VALID_BEFORE_MS = 10 * 1000, AGAIN_AFTER_MS = 30 * 1000 };

void keys_cache_init(struct keys_cache *c, keys_load_fn *load, void *ctx)
{
    *c = (struct keys_cache){ .load = load, .ctx = ctx };
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->loaded, NULL);
}

void keys_cache_release(struct keys_cache *c)
{
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->loaded);
    arena_release(&c->arena);
}

static struct aws_keys copy(struct arena *a, const struct aws_keys *keys)
{
    return (struct aws_keys){ .access_key = arena_str(a, keys->access_key),
                              .secret_key = arena_str(a, keys->secret_key),
                              .session_token = arena_str(a, keys->session_token),
                              .source = arena_str(a, keys->source),
                              .expires_unix_ms = keys->expires_unix_ms };
}

static bool lasts(const struct keys_cache *c, int64_t ms)
{
    return c->has_keys &&
           (c->keys.expires_unix_ms == 0 || c->keys.expires_unix_ms - clock_unix_ms() > ms);
}

/* With the lock held, which is let go while keys are loaded.  False: there are no valid ones. */
static bool renew(struct keys_cache *c, struct err *err)
{
    AUTO_ARENA scratch = ARENA_INIT;
    struct aws_keys keys;
    struct err why = ERR_INIT;
    c->is_loading = true;
    pthread_mutex_unlock(&c->lock);
    bool ok = c->load(c->ctx, &scratch, &keys, &why);
    pthread_mutex_lock(&c->lock);
    c->is_loading = false;
    c->n_loads++;
    if (ok) {
        arena_reset(&c->arena);
        c->keys = copy(&c->arena, &keys);
        c->has_keys = true;
    } else {
        c->failure = why;
        c->next_load_mono_ms = clock_mono_ms() + AGAIN_AFTER_MS;
    }
    pthread_cond_broadcast(&c->loaded);
    if (ok || lasts(c, VALID_BEFORE_MS))
        return true;
    *err = why;
    return false;
}

/* With the lock held: until the thread that loads has ended. */
static bool wait_for_other(struct keys_cache *c, struct err *err)
{
    unsigned long long before = c->n_loads;
    while (c->n_loads == before)
        pthread_cond_wait(&c->loaded, &c->lock);
    if (lasts(c, VALID_BEFORE_MS))
        return true;
    *err = c->failure;
    return false;
}

bool keys_cache_get(struct keys_cache *c, struct arena *a, struct aws_keys *out, struct err *err)
{
    bool ok = true;
    pthread_mutex_lock(&c->lock);
    if (!lasts(c, VALID_BEFORE_MS))
        ok = c->is_loading ? wait_for_other(c, err) : renew(c, err);
    else if (!lasts(c, RENEW_BEFORE_MS) && !c->is_loading &&
             clock_mono_ms() >= c->next_load_mono_ms)
        ok = renew(c, err);
    if (ok)
        *out = copy(a, &c->keys);
    pthread_mutex_unlock(&c->lock);
    return ok;
}
