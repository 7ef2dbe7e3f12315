/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/scan.h"

static void a_scan_advances_only_past_what_it_recognised(void **state)
{
    (void)state;
    struct scan s = scan_init(STR("GET  /a?b rest"));
    struct str word;
    assert_false(scan_str(&s, STR("POST")));
    assert_true(scan_str(&s, STR("GET")));
    assert_true(scan_blanks(&s));
    assert_false(scan_until(&s, '#', &word));
    assert_true(scan_until(&s, ' ', &word));
    assert_str(word, "/a?b");
    assert_str(scan_rest(&s), "rest");
    assert_false(scan_is_done(&s));
}

static void whole_numbers_are_bounded(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        uint64_t n;
    } cases[] = {
        { "0", true, 0 },    { "007", true, 7 },  { "100", true, 100 },
        { "101", false, 0 }, { "", false, 0 },    { "-1", false, 0 },
        { "+1", false, 0 },  { "1.5", false, 0 }, { "1e2", false, 0 },
        { " 1", false, 0 },  { "1\0", true, 1 },  { "99999999999999999999999999", false, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t n = 0;
        assert_case(scan_whole_u64(str_from(cases[i].text), 100, &n) == cases[i].ok, cases[i].text);
        assert_case(n == cases[i].n, cases[i].text);
    }
    uint64_t n;
    assert_true(scan_whole_u64(STR("18446744073709551615"), UINT64_MAX, &n));
    assert_false(scan_whole_u64(STR("18446744073709551616"), UINT64_MAX, &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scan_advances_only_past_what_it_recognised),
        cmocka_unit_test(whole_numbers_are_bounded),
    };
    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
