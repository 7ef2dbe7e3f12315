/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/attrs.h"

static void comparison_is_by_bytes(void **state)
{
    (void)state;
    assert_true(str_eq(STR("ab"), STR("ab")));
    assert_false(str_eq(STR("ab"), STR("aB")));
    assert_true(str_eq_nocase(STR("ab"), STR("aB")));
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("b"), STR("ab")) > 0);
    assert_int_equal(str_cmp(STR_EMPTY, STR_EMPTY), 0);
    assert_true(str_has_prefix(STR("s3://b"), STR("s3://")));
    assert_false(str_has_suffix(STR("b"), STR("abc")));
    assert_true(str_has_prefix_nocase(STR("HTTP://h"), STR("http://")));
    assert_false(str_has_prefix_nocase(STR("HTT"), STR("http://")));
    assert_true(str_has_suffix_nocase(STR("X.CSV"), STR(".csv")));
}

static void searching_finds_first_and_last(void **state)
{
    (void)state;
    assert_int_equal(str_find_char(STR("a/b/c"), '/'), 1);
    assert_int_equal(str_rfind_char(STR("a/b/c"), '/'), 3);
    assert_int_equal(str_find_char(STR_EMPTY, '/'), SIZE_MAX);
    assert_int_equal(str_find(STR("abcabc"), STR("abc"), 1), 3);
    assert_int_equal(str_find(STR("abc"), STR_EMPTY, 3), 3);
    assert_int_equal(str_find(STR("abc"), STR("abcd"), 0), SIZE_MAX);
    assert_true(str_contains(STR("abc"), STR("bc")));
}

static void cutting_and_trimming_borrow(void **state)
{
    (void)state;
    struct str head, tail;
    assert_true(str_cut(STR("k=v=w"), '=', &head, &tail));
    assert_str(head, "k");
    assert_str(tail, "v=w");
    assert_false(str_cut(STR("k"), '=', &head, &tail));
    assert_str(head, "k");
    assert_str(tail, "");
    assert_str(str_trim(STR(" \t x y\r\n")), "x y");
    assert_str(str_trim_char(STR("//a//"), '/'), "a");
    assert_str(str_slice(STR("abc"), 1, 99), "bc");
    assert_str(str_slice(STR("abc"), 5, 2), "");
    assert_str(str_slice(STR_EMPTY, 0, 1), "");
}

static void utf8_is_checked_as_rfc_3629_says(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        bool ok;
    } cases[] = {
        { STR_INIT("plain"), true },
        { STR_INIT("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x9A\xA3"), true },
        { STR_INIT("\xC0\xAF"), false }, /* overlong */
        { STR_INIT("\xE0\x80\xAF"), false },
        { STR_INIT("\xED\xA0\x80"), false },     /* a surrogate */
        { STR_INIT("\xF4\x90\x80\x80"), false }, /* past U+10FFFF */
        { STR_INIT("\xE2\x82"), false },         /* cut */
        { STR_INIT("\x80"), false },
        { STR_INIT("\xFF"), false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(str_is_utf8(cases[i].text), cases[i].ok);
}

static void the_nearest_name_is_proposed(void **state)
{
    (void)state;
    static const struct str names[] = { STR_INIT("listen"), STR_INIT("lake"),
                                        STR_INIT("log_level") };
    assert_str(str_nearest(STR("lsiten"), names, 3), "listen");
    assert_str(str_nearest(STR("loglevel"), names, 3), "log_level");
    assert_str(str_nearest(STR("zzz"), names, 3), "");
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 9), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparison_is_by_bytes),
        cmocka_unit_test(searching_finds_first_and_last),
        cmocka_unit_test(cutting_and_trimming_borrow),
        cmocka_unit_test(utf8_is_checked_as_rfc_3629_says),
        cmocka_unit_test(the_nearest_name_is_proposed),
    };
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
