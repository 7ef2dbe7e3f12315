/* What a scan tells while it runs: the time that is left, errors by kind, and the same as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "scan/progress.h"

static void the_time_left_is_told_as_soon_as_it_can_be(void **state)
{
    static const struct {
        const char *name;
        uint64_t n_listed, n_expected;
        int64_t elapsed_ms, left_ms;
    } cases[] = {
        { "a quarter is listed", 250, 1000, 10000, 30000 },
        { "nearly all is listed", 999, 1000, 99900, 100 },
        { "no scan came before", 250, 0, 10000, -1 },
        { "nothing is listed yet", 0, 1000, 10000, -1 },
        { "too early to say", 250, 1000, 900, -1 },
        { "there is more than before", 1200, 1000, 10000, -1 },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct counters c = { .n_listed = cases[i].n_listed };
        struct scan_progress p;
        progress_read(&c, 5000, 5000 + cases[i].elapsed_ms, cases[i].n_expected, &p);
        assert_case(p.left_ms == cases[i].left_ms, cases[i].name);
        assert_case(p.elapsed_ms == cases[i].elapsed_ms, cases[i].name);
    }
}

static void errors_are_told_by_their_kind(void **state)
{
    struct counters c = { .n_listed = 20, .n_broken = 3, .read_bytes = 4096 };
    struct scan_progress p, back;
    struct err err = ERR_INIT;
    AUTO_BUF out = BUF_INIT(4096);
    (void)state;
    c.n_errors[ERR_PARSE] = 2;
    c.n_errors[ERR_FORBIDDEN] = 1;
    progress_read(&c, 0, 2500, 40, &p);
    scan_progress_json(&out, &p);
    assert_true(str_contains(buf_str(&out), STR("\"left_s\":3")));
    assert_true(str_contains(buf_str(&out), STR("\"forbidden\":1")));
    assert_true(str_contains(buf_str(&out), STR("\"parse\":2")));
    assert_true(progress_parse(buf_str(&out), &back, &err));
    for (int i = 0; i < ERR_N_CODES; i++)
        assert_int_equal(back.n_errors[i], p.n_errors[i]);
    assert_int_equal(back.n_listed, 20);
    assert_int_equal(back.n_expected, 40);
    assert_int_equal(back.n_broken, 3);
    assert_int_equal(back.read_bytes, 4096);
    assert_int_equal(back.elapsed_ms, 2500);
    assert_int_equal(back.left_ms, 3000);
}

static void what_is_no_progress_is_refused(void **state)
{
    static const char *const texts[] = { "", "[]", "{\"listed\":-1}", "{\"errors\":5}",
                                         "{\"errors\":{\"parse\":\"x\"}}" };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct scan_progress p = { .n_listed = 7 };
        struct err err = ERR_INIT;
        assert_case(!progress_parse(str_from(texts[i]), &p, &err), texts[i]);
        assert_int_equal(p.n_listed, 7);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_time_left_is_told_as_soon_as_it_can_be),
        cmocka_unit_test(errors_are_told_by_their_kind),
        cmocka_unit_test(what_is_no_progress_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
