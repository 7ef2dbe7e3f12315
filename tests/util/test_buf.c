/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/buf.h"

#include <stdlib.h>

static void appends_add_up(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT(1000);
    buf_add(&b, STR("n="));
    buf_add_i64(&b, INT64_MIN);
    buf_add_char(&b, ' ');
    buf_add_u64(&b, UINT64_MAX);
    buf_printf(&b, " %s", "end");
    assert_true(buf_ok(&b));
    assert_str(buf_str(&b), "n=-9223372036854775808 18446744073709551615 end");
}

static void limit_is_sticky(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT(5);
    buf_add(&b, STR("12345"));
    assert_true(buf_ok(&b));
    buf_add_char(&b, '6');
    buf_printf(&b, "7");
    assert_false(buf_ok(&b));
    assert_str(buf_str(&b), "12345");
    assert_string_equal(buf_cstr(&b), "12345");
    assert_false(buf_ok(&b));
    buf_reset(&b);
    buf_add_char(&b, '1');
    assert_true(buf_ok(&b));
}

static void reserved_bytes_count_once_committed(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT(100);
    memcpy(buf_reserve(&b, 10), "abcdefghij", 10);
    buf_added(&b, 3);
    assert_str(buf_str(&b), "abc");
    assert_null(buf_reserve(&b, 98));
    assert_false(buf_ok(&b));
}

static void taken_bytes_belong_to_the_caller(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT(100);
    buf_add(&b, STR("mine"));
    char *bytes = buf_take(&b);
    assert_string_equal(bytes, "mine");
    assert_int_equal(b.len, 0);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_add_up),
        cmocka_unit_test(limit_is_sticky),
        cmocka_unit_test(reserved_bytes_count_once_committed),
        cmocka_unit_test(taken_bytes_belong_to_the_caller),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
