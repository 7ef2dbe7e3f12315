/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "aws/keys_cache.h"
#include "util/clock.h"

#include <semaphore.h>
#include <stdatomic.h>

/* Where the keys come from: each load gives the next ones, when it is let through. */
struct source {
    struct keys_cache cache;
    atomic_int n_loads;
    int64_t lasts_ms; /* of the next keys; 0: they never expire */
    bool fails, waits;
    sem_t begun, may_end;
};

static bool load(void *ctx, struct arena *a, struct aws_keys *out, struct err *err)
{
    struct source *s = ctx;
    int n = atomic_fetch_add(&s->n_loads, 1) + 1;
    if (s->waits) {
        sem_post(&s->begun);
        sem_wait(&s->may_end);
    }
    if (s->fails)
        return err_set(err, ERR_CREDENTIALS, "no keys the %d. time", n);
    *out = (struct aws_keys){ .access_key = arena_printf(a, "KEY%d", n),
                              .expires_unix_ms =
                                  s->lasts_ms == 0 ? 0 : clock_unix_ms() + s->lasts_ms };
    return true;
}

static void source_init(struct source *s)
{
    *s = (struct source){ .lasts_ms = 3600 * 1000 };
    sem_init(&s->begun, 0, 0);
    sem_init(&s->may_end, 0, 0);
    keys_cache_init(&s->cache, load, s);
}

static void source_release(struct source *s)
{
    keys_cache_release(&s->cache);
    sem_destroy(&s->begun);
    sem_destroy(&s->may_end);
}

/* The access key, or the failure's message. */
static struct str get(struct source *s, struct arena *a)
{
    struct aws_keys keys;
    struct err err = ERR_INIT;
    return keys_cache_get(&s->cache, a, &keys, &err) ? keys.access_key
                                                     : arena_printf(a, "%s", err.msg);
}

static void keys_are_loaded_again_before_they_expire(void **state)
{
    (void)state;
    static const struct {
        int64_t lasts_ms;
        const char *second;
    } cases[] = {
        { 0, "KEY1" },    { 3600 * 1000, "KEY1" }, { 4 * 60 * 1000, "KEY2" },
        { 1000, "KEY2" }, { -5000, "KEY2" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct source s;
        source_init(&s);
        s.lasts_ms = cases[i].lasts_ms;
        assert_str(get(&s, &a), "KEY1");
        assert_str(get(&s, &a), cases[i].second);
        source_release(&s);
    }
}

static void a_failed_renewal_leaves_the_old_keys_while_they_are_valid(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct source s;
    source_init(&s);
    s.lasts_ms = 60 * 1000;
    assert_str(get(&s, &a), "KEY1");
    s.fails = true;
    for (int i = 0; i < 5; i++)
        assert_str(get(&s, &a), "KEY1");
    assert_int_equal(atomic_load(&s.n_loads), 2); /* not tried again at once */
    source_release(&s);
}

static void without_valid_keys_a_failure_is_told_and_tried_again(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct source s;
    source_init(&s);
    s.fails = true;
    assert_str(get(&s, &a), "no keys the 1. time");
    assert_str(get(&s, &a), "no keys the 2. time");
    s.fails = false;
    assert_str(get(&s, &a), "KEY3");
    source_release(&s);
}

static void *get_in_thread(void *arg)
{
    struct source *s = arg;
    AUTO_ARENA a = ARENA_INIT;
    struct str got = get(s, &a);
    return (void *)(uintptr_t)(got.len == 4 ? (unsigned char)got.ptr[3] : 0);
}

static void one_thread_renews_and_the_others_go_on_with_the_old_keys(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct source s;
    pthread_t thread;
    void *result;
    source_init(&s);
    s.lasts_ms = 60 * 1000;
    assert_str(get(&s, &a), "KEY1");
    s.waits = true;
    assert_int_equal(pthread_create(&thread, NULL, get_in_thread, &s), 0);
    sem_wait(&s.begun);
    for (int i = 0; i < 3; i++)
        assert_str(get(&s, &a), "KEY1"); /* would hang if a lock was held */
    sem_post(&s.may_end);
    pthread_join(thread, &result);
    assert_int_equal((uintptr_t)result, '2');
    assert_int_equal(atomic_load(&s.n_loads), 2);
    source_release(&s);
}

static void the_first_load_is_made_once_for_all_who_wait(void **state)
{
    (void)state;
    struct source s;
    pthread_t threads[8];
    source_init(&s);
    s.waits = true;
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, get_in_thread, &s), 0);
    sem_wait(&s.begun);
    sem_post(&s.may_end);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_int_equal((uintptr_t)result, '1');
    }
    assert_int_equal(atomic_load(&s.n_loads), 1);
    source_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_loaded_again_before_they_expire),
        cmocka_unit_test(a_failed_renewal_leaves_the_old_keys_while_they_are_valid),
        cmocka_unit_test(without_valid_keys_a_failure_is_told_and_tried_again),
        cmocka_unit_test(one_thread_renews_and_the_others_go_on_with_the_old_keys),
        cmocka_unit_test(the_first_load_is_made_once_for_all_who_wait),
    };
    return cmocka_run_group_tests_name("keys_cache", tests, NULL, NULL);
}
