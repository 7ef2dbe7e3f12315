/* Answers that are kept: found by request and version, bounded, shared by threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "api/kept.h"

#include <pthread.h>
#include <string.h>

static const struct kept_answer small = { STR_INIT("application/json"), STR_INIT("{\"a\":1}\n") };

static void an_answer_is_found_by_its_request_and_version(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct kept *k = kept_new(1000000);
    struct kept_answer found;
    (void)state;
    assert_false(kept_get(k, STR("usage?uri=x"), 1, &a, &found));
    kept_put(k, STR("usage?uri=x"), 1, &small);
    assert_true(kept_has(k, STR("usage?uri=x"), 1));
    assert_true(kept_get(k, STR("usage?uri=x"), 1, &a, &found));
    assert_str(found.type, "application/json");
    assert_str(found.bytes, "{\"a\":1}\n");
    assert_false(kept_get(k, STR("usage?uri=x"), 2, &a, &found));
    assert_false(kept_get(k, STR("usage?uri=y"), 1, &a, &found));
    kept_put(k, STR("usage?uri=x"), 2, &small);
    assert_false(kept_has(k, STR("usage?uri=x"), 1));
    size_t n, bytes;
    kept_count(k, &n, &bytes);
    assert_int_equal(n, 1);
    kept_free(k);
}

static void an_answer_may_have_no_type(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct kept *k = kept_new(1000000);
    const struct kept_answer part = { .bytes = STR("{}") };
    struct kept_answer found;
    (void)state;
    kept_put(k, STR("clu_1"), 1, &part);
    assert_true(kept_get(k, STR("clu_1"), 1, &a, &found));
    assert_str(found.type, "");
    assert_str(found.bytes, "{}");
    kept_free(k);
}

static void what_is_kept_stays_below_its_bound(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct kept *k = kept_new(50000);
    struct kept_answer large = { STR("t"), { ARENA_NEW_N(&a, char, 4000), 4000 } };
    size_t n, bytes, n_found = 0;
    (void)state;
    for (unsigned i = 0; i < 5000; i++) {
        kept_put(k, arena_printf(&a, "request %u", i), 1, &large);
        kept_count(k, &n, &bytes);
        assert_true(bytes <= 50000);
        assert_true(kept_has(k, arena_printf(&a, "request %u", i), 1));
    }
    for (unsigned i = 0; i < 5000; i++)
        n_found += kept_has(k, arena_printf(&a, "request %u", i), 1);
    assert_int_equal(n_found, n);
    assert_true(n >= 8);
    kept_free(k);
}

static void what_is_too_large_is_not_kept(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct kept *k = kept_new(1000000), *none = kept_new(0);
    size_t too_much = KEPT_MAX_ANSWER_BYTES + 1;
    const struct kept_answer large = { STR("t"), { ARENA_NEW_N(&a, char, too_much), too_much } };
    char *key = ARENA_NEW_N(&a, char, KEPT_MAX_KEY_BYTES + 1);
    (void)state;
    memset(key, 'k', KEPT_MAX_KEY_BYTES + 1);
    kept_put(k, STR("a"), 1, &large);
    kept_put(k, (struct str){ key, KEPT_MAX_KEY_BYTES + 1 }, 1, &small);
    kept_put(none, STR("a"), 1, &small);
    size_t n, bytes;
    kept_count(k, &n, &bytes);
    assert_int_equal(n, 0);
    assert_false(kept_has(none, STR("a"), 1));
    kept_free(k);
    kept_free(none);
}

static void *ask_and_keep(void *arg)
{
    struct kept *k = arg;
    AUTO_ARENA a = ARENA_INIT;
    for (unsigned i = 0; i < 3000; i++) {
        struct str key = arena_printf(&a, "%u", i % 300);
        struct kept_answer answer = { STR("t"), key }, found;
        if (kept_get(k, key, i / 1000, &a, &found))
            assert_true(str_eq(found.bytes, key));
        else
            kept_put(k, key, i / 1000, &answer);
    }
    return NULL;
}

static void threads_share_it(void **state)
{
    struct kept *k = kept_new(20000);
    pthread_t threads[4];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_and_keep, k), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    kept_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_found_by_its_request_and_version),
        cmocka_unit_test(an_answer_may_have_no_type),
        cmocka_unit_test(what_is_kept_stays_below_its_bound),
        cmocka_unit_test(what_is_too_large_is_not_kept),
        cmocka_unit_test(threads_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
