/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "http/http.h"

static void methods_are_read_with_their_case(void **state)
{
    (void)state;
    for (int i = 0; i < HTTP_OTHER; i++)
        assert_int_equal(http_method_parse(http_method_name((enum http_method)i)), i);
    assert_int_equal(http_method_parse(STR("get")), HTTP_OTHER);
    assert_int_equal(http_method_parse(STR("")), HTTP_OTHER);
}

static void header_names_have_no_case(void **state)
{
    (void)state;
    const struct http_header headers[] = { { STR("Host"), STR("a") },
                                           { STR("X-Two"), STR("1") },
                                           { STR("x-two"), STR("2") } };
    assert_str(http_header_get(headers, 3, STR("X-TWO")), "1");
    assert_null(http_header_get(headers, 3, STR("X-Three")).ptr);
    assert_true(http_header_has(headers, 3, STR("hOST")));
    assert_false(http_header_has(headers, 0, STR("Host")));
}

static void statuses_have_their_words(void **state)
{
    (void)state;
    assert_string_equal(http_status_text(200), "OK");
    assert_string_equal(http_status_text(431), "Request Header Fields Too Large");
    assert_string_equal(http_status_text(299), "Unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_are_read_with_their_case),
        cmocka_unit_test(header_names_have_no_case),
        cmocka_unit_test(statuses_have_their_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
