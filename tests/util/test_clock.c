/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/clock.h"

static void times_are_written_and_read_back(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        { 0, "1970-01-01T00:00:00Z" },
        { 951782400000, "2000-02-29T00:00:00Z" },
        { 1795597201123, "2026-11-25T09:00:01.123Z" },
        { -1, "1969-12-31T23:59:59.999Z" },
        { 253402300799999, "9999-12-31T23:59:59.999Z" },
        { -62167219200000, "0000-01-01T00:00:00Z" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[RFC3339_SIZE];
        int64_t ms;
        time_rfc3339(cases[i].ms, text);
        assert_string_equal(text, cases[i].text);
        assert_true(time_parse_rfc3339(str_from(text), &ms));
        assert_int_equal(ms, cases[i].ms);
    }
}

static void other_spellings_of_a_time_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t ms;
    } cases[] = {
        { "2026-11-25T10:00:01+01:00", true, 1795597201000 },
        { "2026-11-25T09:00:01.5Z", true, 1795597201500 },
        { "2026-11-25 09:00:01.123456789z", true, 1795597201123 },
        { "2026-02-29T00:00:00Z", false, 0 },
        { "2026-13-01T00:00:00Z", false, 0 },
        { "2026-11-25T09:00:01", false, 0 },
        { "2026-11-25T09:00:01Zx", false, 0 },
        { "", false, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t ms = 0;
        assert_case(time_parse_rfc3339(str_from(cases[i].text), &ms) == cases[i].ok, cases[i].text);
        assert_case(ms == cases[i].ms, cases[i].text);
    }
}

static void http_dates_are_read(void **state)
{
    (void)state;
    int64_t ms;
    assert_true(time_parse_http(STR("Wed, 25 Nov 2026 09:00:01 GMT"), &ms));
    assert_int_equal(ms, 1795597201000);
    assert_false(time_parse_http(STR("Wed, 25 Nov 2026 09:00:01"), &ms));
    assert_false(time_parse_http(STR("Wed, 32 Nov 2026 09:00:01 GMT"), &ms));
}

static void the_basic_form_is_for_signatures(void **state)
{
    (void)state;
    char text[sizeof "20261125T090000Z"];
    time_basic_iso(1795597201123, text);
    assert_string_equal(text, "20261125T090001Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_written_and_read_back),
        cmocka_unit_test(other_spellings_of_a_time_are_read),
        cmocka_unit_test(http_dates_are_read),
        cmocka_unit_test(the_basic_form_is_for_signatures),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
