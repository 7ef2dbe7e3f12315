/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "aws/aws.h"

static const struct aws_error rows[] = {
#define A(code, ours, did_nothing, fix) { STR_INIT(code), ERR_##ours, did_nothing, fix },
#include "aws/errors.def"
#undef A
};

static void every_row_is_found_and_stands_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct aws_error *found = aws_error_find(rows[i].code);
        assert_non_null(found);
        assert_int_equal(found->ours, rows[i].ours);
        for (size_t k = 0; k < i; k++)
            assert_case(!str_eq(rows[k].code, rows[i].code), rows[i].code.ptr);
        /* What may have had its effect must not be called a refusal. */
        if (rows[i].ours == ERR_RATE)
            assert_case(!rows[i].did_nothing, rows[i].code.ptr);
    }
    assert_null(aws_error_find(STR("NoSuchRow")));
}

static void every_row_is_read_from_both_formats(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_ARENA a = ARENA_INIT;
        const struct str bodies[] = {
            arena_printf(
                &a, "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>why</Message></Error>",
                rows[i].code.ptr),
            arena_printf(
                &a, "{\"__type\":\"com.amazon.coral.service#%s:http://x/\",\"message\":\"why\"}",
                rows[i].code.ptr),
            arena_printf(&a, "{\"__type\":\"%s\",\"Message\":\"why\"}", rows[i].code.ptr),
        };
        for (size_t k = 0; k < ARRAY_LEN(bodies); k++) {
            const struct http_reply reply = { .status = 400, .body = bodies[k] };
            struct err err = ERR_INIT;
            assert_str(aws_error_code(&a, &reply), rows[i].code.ptr);
            assert_false(aws_refusal(&a, &reply, "asking", &err));
            assert_case(err.code == rows[i].ours, rows[i].code.ptr);
            assert_case(str_contains(str_from(err.msg), STR("why")), rows[i].code.ptr);
            if (rows[i].fix != NULL)
                assert_string_equal(err_fix_text(&err), rows[i].fix);
        }
    }
}

static void without_a_known_code_the_status_speaks(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        enum err_code want;
    } cases[] = {
        { 403, "", ERR_FORBIDDEN },
        { 404, "<html>", ERR_NOT_FOUND },
        { 429, "{", ERR_RATE },
        { 503, "{\"__type\":5}", ERR_BUSY },
        { 500, "<Error><Code>InternalError</Code></Error>", ERR_UPSTREAM },
        { 418, "<Error><Code>Teapot", ERR_UPSTREAM },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        const struct http_reply reply = { .status = cases[i].status,
                                          .body = str_from(cases[i].body) };
        struct err err = ERR_INIT;
        assert_false(aws_refusal(&a, &reply, "asking", &err));
        assert_case(err.code == cases[i].want, cases[i].body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_found_and_stands_once),
        cmocka_unit_test(every_row_is_read_from_both_formats),
        cmocka_unit_test(without_a_known_code_the_status_speaks),
    };
    return cmocka_run_group_tests_name("aws-errors", tests, NULL, NULL);
}
