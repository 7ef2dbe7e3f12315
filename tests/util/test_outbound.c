/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/histogram.h"
#include "util/outbound.h"

static const struct outbound_operation operations[] = {
    { STR_INIT("s3"), STR_INIT("GetObject") },
    { STR_INIT("emr"), STR_INIT("RunJobFlow") },
};

static bool has_line(const struct buf *text, const char *line)
{
    AUTO_BUF with_end = BUF_INIT(1000);
    buf_printf(&with_end, "\n%s\n", line);
    return str_contains(buf_str(text), buf_str(&with_end));
}

static void each_time_is_in_the_bucket_of_its_bound(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        const char *below, *from;
    } cases[] = {
        { 100 * 1000, "", "x_bucket{le=\"0.0001\"} 1" },
        { 100 * 1000 + 1, "x_bucket{le=\"0.0001\"} 0", "x_bucket{le=\"0.00025\"} 1" },
        { 60000000000, "x_bucket{le=\"10\"} 0", "x_bucket{le=\"60\"} 1" },
        { 60000000001, "x_bucket{le=\"60\"} 0", "x_bucket{le=\"+Inf\"} 1" },
        { -5, "", "x_bucket{le=\"0.0001\"} 1" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct histogram h = { 0 };
        AUTO_BUF out = BUF_INIT(10000);
        histogram_add(&h, cases[i].ns);
        assert_int_equal(histogram_n(&h), 1);
        buf_add_char(&out, '\n');
        histogram_write(&h, "x", STR_EMPTY, &out);
        assert_case(cases[i].below[0] == '\0' || has_line(&out, cases[i].below), cases[i].from);
        assert_case(has_line(&out, cases[i].from), cases[i].from);
        assert_case(has_line(&out, "x_count 1"), cases[i].from);
    }
}

static void calls_are_counted_by_operation_and_result(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT(100000);
    struct outbound *o = outbound_new(operations, ARRAY_LEN(operations));
    static const enum outbound_result results[] = { OUTBOUND_OK, OUTBOUND_OK, OUTBOUND_THROTTLED };
    for (size_t i = 0; i < ARRAY_LEN(results); i++) {
        struct outbound_call call = outbound_begin(o, STR("s3"), STR("GetObject"));
        outbound_end(&call, results[i], i == 2 ? 4 : 1);
    }
    struct outbound_call unknown = outbound_begin(o, STR("emr"), STR("GetObject"));
    outbound_write(o, &out);
#define GET "service=\"s3\",operation=\"GetObject\""
    assert_true(has_line(&out, "boathouse_outbound_calls_total{" GET ",result=\"ok\"} 2"));
    assert_true(has_line(&out, "boathouse_outbound_calls_total{" GET ",result=\"throttled\"} 1"));
    assert_true(has_line(&out, "boathouse_outbound_repeats_total{" GET "} 3"));
    assert_true(has_line(&out, "boathouse_outbound_calls_in_flight{" GET "} 0"));
    assert_true(has_line(&out, "boathouse_outbound_call_duration_seconds_count{" GET "} 3"));
    assert_true(has_line(&out, "boathouse_outbound_calls_in_flight{service=\"other\","
                               "operation=\"other\"} 1"));
    assert_false(str_contains(buf_str(&out), STR("RunJobFlow")));
    outbound_end(&unknown, OUTBOUND_NO_ANSWER, 1);
    outbound_free(o);
}

static void nothing_is_counted_without_a_place(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT(1000);
    struct outbound_call call = outbound_begin(NULL, STR("s3"), STR("GetObject"));
    outbound_end(&call, OUTBOUND_OK, 1);
    outbound_write(NULL, &out);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_time_is_in_the_bucket_of_its_bound),
        cmocka_unit_test(calls_are_counted_by_operation_and_result),
        cmocka_unit_test(nothing_is_counted_without_a_place),
    };
    return cmocka_run_group_tests_name("outbound", tests, NULL, NULL);
}
