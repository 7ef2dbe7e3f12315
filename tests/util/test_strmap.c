/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/strmap.h"

static void what_is_put_is_found(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct strmap m;
    strmap_init(&m, &a);
    assert_null(strmap_get(&m, STR("absent")));
    for (size_t i = 0; i < 5000; i++)
        strmap_put(&m, arena_printf(&a, "key-%zu", i), (void *)(uintptr_t)(i + 1));
    assert_int_equal(m.n, 5000);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal((uintptr_t)strmap_get(&m, arena_printf(&a, "key-%zu", i)), i + 1);
    assert_false(strmap_has(&m, STR("key-5000")));
}

static void order_is_that_of_the_first_insertion(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct strmap m;
    strmap_init(&m, &a);
    strmap_put(&m, STR("b"), NULL);
    strmap_put(&m, STR("a"), NULL);
    strmap_put(&m, STR("b"), &a);
    assert_int_equal(m.n, 2);
    assert_str(m.entries[0].key, "b");
    assert_ptr_equal(m.entries[0].value, &a);
    assert_true(strmap_has(&m, STR("a")));
    assert_null(strmap_get(&m, STR("a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_found),
        cmocka_unit_test(order_is_that_of_the_first_insertion),
    };
    return cmocka_run_group_tests_name("strmap", tests, NULL, NULL);
}
