/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "json/json.h"
#include "json/writer.h"

static const struct json *parse(struct arena *a, const char *text, struct err *err)
{
    return json_parse(a, str_from(text), LIMIT_JSON_BYTES, err);
}

static void only_strict_json_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
    } cases[] = {
        { "{\"a\":[1,2.5,true,null,\"x\"]}", true },
        { "5", true },
        { "\"a\\u0000b\"", true },
        { "{\"a\":1,\"a\":2}", false },
        { "{\"a\":1} x", false },
        { "[1,]", false },
        { "[NaN]", false },
        { "[1e999]", false },
        { "[99999999999999999999]", false },
        { "\"\\ud800\"", false },
        { "\"\xFF\"", false },
        { "", false },
        { "[", false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        assert_case((parse(&a, cases[i].text, &err) != NULL) == cases[i].ok, cases[i].text);
        assert_case(cases[i].ok == (err.code == ERR_NONE), cases[i].text);
    }
}

static void depth_size_and_number_are_bounded(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF text = BUF_INIT(LIMIT_JSON_BYTES);
    struct err err = ERR_INIT;
    for (int i = 0; i <= LIMIT_DEPTH; i++)
        buf_add_char(&text, '[');
    assert_null(json_parse(&a, buf_str(&text), LIMIT_JSON_BYTES, &err));
    assert_int_equal(err.code, ERR_PARSE);
    buf_reset(&text);
    buf_add_char(&text, '[');
    for (unsigned long i = 0; i < LIMIT_JSON_VALUES; i++)
        buf_add(&text, STR("0,"));
    buf_add(&text, STR("0]"));
    assert_null(json_parse(&a, buf_str(&text), LIMIT_JSON_BYTES, &err));
    assert_int_equal(err.code, ERR_TOO_LARGE);
    assert_null(json_parse(&a, STR("[1,2]"), 4, &err));
    assert_int_equal(err.code, ERR_TOO_LARGE);
}

static void values_are_found_by_name_and_by_pointer(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    const struct json *root = parse(&a, "{\"a/b\":{\"~\":[10,{\"k\":\"v\"}]},\"n\":null}", &err);
    const struct json *v = json_find(root, STR("/a~1b/~0/1/k"));
    assert_non_null(v);
    assert_str(v->text, "v");
    assert_str(json_pointer(&a, v), "/a~1b/~0/1/k");
    assert_ptr_equal(json_find(root, STR_EMPTY), root);
    assert_null(json_find(root, STR("/a~1b/~0/2")));
    assert_null(json_find(root, STR("/a~1b/~0/01")));
    assert_null(json_find(NULL, STR("/a")));
    assert_true(json_get(root, STR("n")) != NULL && !json_has(root, STR("n")));
}

static void getters_say_what_is_wrong_and_where(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    const struct json *root = parse(&a, "{\"o\":{\"n\":7,\"s\":\"x\"}}", &err);
    const struct json *o;
    struct str text;
    int64_t n;
    assert_true(json_get_object(root, STR("o"), &o, &err));
    assert_true(json_get_i64(o, STR("n"), 0, 7, &n, &err) && n == 7);
    assert_false(json_get_i64(o, STR("n"), 0, 6, &n, &err));
    assert_string_equal(err.msg, "/o/n: must be from 0 to 6, not 7");
    assert_false(json_get_str(o, STR("n"), &text, &err));
    assert_string_equal(err.msg, "/o/n: a string is needed, not a whole number");
    assert_false(json_get_str(o, STR("t"), &text, &err));
    assert_string_equal(err.msg, "/o/t: is missing");
    assert_true(json_opt_str(o, STR("t"), STR("fallback"), &text, &err));
    assert_str(text, "fallback");
    assert_false(json_opt_str(o, STR("n"), STR_EMPTY, &text, &err));
}

static void unknown_members_are_refused_with_the_nearest_name(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    static const struct str known[] = { STR_INIT("idle_timeout_s"), STR_INIT("name") };
    assert_true(json_only(parse(&a, "{\"name\":1}", &err), known, 2, &err));
    assert_false(json_only(parse(&a, "{\"idle_timeuot_s\":1}", &err), known, 2, &err));
    assert_string_equal(err.msg, "/idle_timeuot_s: there is no such member");
    assert_string_equal(err.fix, "Did you mean idle_timeout_s?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_strict_json_is_read),
        cmocka_unit_test(depth_size_and_number_are_bounded),
        cmocka_unit_test(values_are_found_by_name_and_by_pointer),
        cmocka_unit_test(getters_say_what_is_wrong_and_where),
        cmocka_unit_test(unknown_members_are_refused_with_the_nearest_name),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
