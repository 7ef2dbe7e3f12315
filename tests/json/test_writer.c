/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "json/writer.h"

#include <math.h>

static void nesting_puts_the_commas(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT(4096);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_write_object(&w);
    json_put_str(&w, STR("a"), STR("b"));
    json_write_key(&w, STR("list"));
    json_write_array(&w);
    json_write_i64(&w, INT64_MIN);
    json_write_u64(&w, UINT64_MAX);
    json_write_array(&w);
    json_write_end(&w);
    json_write_object(&w);
    json_put_bool(&w, STR("t"), true);
    json_put_null(&w, STR("n"));
    json_write_end(&w);
    json_write_end(&w);
    json_put_str_if(&w, STR("none"), STR_EMPTY);
    json_put_time(&w, STR("at"), 0);
    json_write_key(&w, STR("raw"));
    json_write_raw(&w, STR("[1]"));
    json_write_end(&w);
    assert_true(buf_ok(&out));
    assert_str(buf_str(&out),
               "{\"a\":\"b\",\"list\":[-9223372036854775808,18446744073709551615,[],"
               "{\"t\":true,\"n\":null}],\"at\":\"1970-01-01T00:00:00Z\",\"raw\":[1]}");
}

static void strings_are_always_valid_json(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        const char *want;
    } cases[] = {
        { STR_INIT(""), "\"\"" },
        { STR_INIT("a\"b\\c/"), "\"a\\\"b\\\\c/\"" },
        { STR_INIT("\b\t\n\v\f\r"), "\"\\b\\t\\n\\u000b\\f\\r\"" },
        { STR_INIT("\0\x1f\x7f"), "\"\\u0000\\u001f\x7f\"" },
        { STR_INIT("gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80"),
          "\"gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80\"" },
        { STR_INIT("\xFFx\xC3"), "\"\xEF\xBF\xBDx\xEF\xBF\xBD\"" },
        { STR_INIT("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
        { STR_INIT("\xF0\x9F\x98"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_BUF out = BUF_INIT(4096);
        json_quote(&out, cases[i].text);
        assert_str(buf_str(&out), cases[i].want);
    }
}

static void doubles_are_as_short_as_they_can_be(void **state)
{
    (void)state;
    static const struct {
        double n;
        const char *want;
    } cases[] = {
        { 0.1, "0.1" },          { 1, "1" },
        { -2.5, "-2.5" },        { 1e300, "1e+300" },
        { -0.0, "-0.0" },        { 1.0 / 3, "0.3333333333333333" },
        { (double)NAN, "null" }, { (double)INFINITY, "null" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_BUF out = BUF_INIT(64);
        struct json_writer w;
        json_writer_init(&w, &out);
        json_write_f64(&w, cases[i].n);
        assert_str(buf_str(&out), cases[i].want);
    }
}

static void a_stream_may_empty_the_buffer_between_calls(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT(64);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_write_array(&w);
    json_write_i64(&w, 1);
    buf_reset(&out);
    json_write_i64(&w, 2);
    assert_str(buf_str(&out), ",2");
    json_write_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nesting_puts_the_commas),
        cmocka_unit_test(strings_are_always_valid_json),
        cmocka_unit_test(doubles_are_as_short_as_they_can_be),
        cmocka_unit_test(a_stream_may_empty_the_buffer_between_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
