/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/limits.h"
#include "json/yaml_json.h"

#include <stdlib.h>

static void documents_become_the_json_that_says_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *json;
    } cases[] = {
        { "bucket: lake\nkey: raw/x.csv\n", "{\"bucket\":\"lake\",\"key\":\"raw/x.csv\"}" },
        { "a: [1, -2, 3.5, 1.0e-3, 007, 1e3, .5]",
          "{\"a\":[1,-2,3.5,1.0e-3,\"007\",\"1e3\",\".5\"]}" },
        { "a: ~\nb:\nc: yes\nd: Off\ne: 'yes'\nf: \"~\"",
          "{\"a\":null,\"b\":null,\"c\":true,\"d\":false,\"e\":\"yes\",\"f\":\"~\"}" },
        { "- x\n- - y\n  - z\n", "[\"x\",[\"y\",\"z\"]]" },
        { "a: |\n  one\n  two\nb: >\n  one\n  two\n",
          "{\"a\":\"one\\ntwo\\n\",\"b\":\"one two\\n\"}" },
        { "a: &x {k: v}\nb: *x\n", "{\"a\":{\"k\":\"v\"},\"b\":{\"k\":\"v\"}}" },
        { "d: &d {k: 1, m: 2}\ne:\n  <<: *d\n  k: 3\n",
          "{\"d\":{\"k\":1,\"m\":2},\"e\":{\"k\":1,\"m\":2,\"k\":3}}" },
        { "p: &p {k: 1}\nq: &q {k: 2}\nr: {<<: [*p, *q]}\n",
          "{\"p\":{\"k\":1},\"q\":{\"k\":2},\"r\":{\"k\":2,\"k\":1}}" },
        { "1: a\n? [x]\n: b\nc: d", "{\"1\":\"a\",\"c\":\"d\"}" },
        { "a: 2020-01-31\nb: !Sub 'x'\nc: !!str 5", "{\"a\":\"2020-01-31\",\"b\":\"x\",\"c\":5}" },
        { "--- a\n--- b\n", "\"a\"" },
        { "", "null" },
        { "# only a comment\n", "null" },
        { "a: \"\\u00e9\\n\"", "{\"a\":\"\xc3\xa9\\n\"}" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_BUF out = BUF_INIT(1000);
        struct err err = ERR_INIT;
        print_message("# %s\n", cases[i].json);
        assert_true(yaml_to_json(str_from(cases[i].yaml), &out, &err));
        assert_string_equal(buf_cstr(&out), cases[i].json);
    }
}

static void what_is_no_yaml_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *place;
    } cases[] = {
        { "a: [1", "line 2" },       { "a: b\n\tc: d\n", "line 2" },
        { "a: *nowhere", "line 1" }, { "a: \"\x01\"", "control characters" },
        { "\xff\xff", "line 1" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_BUF out = BUF_INIT(1000);
        struct err err = ERR_INIT;
        assert_false(yaml_to_json(str_from(cases[i].yaml), &out, &err));
        assert_int_equal(err.code, ERR_PARSE);
        print_message("# %s\n", err.msg);
        assert_non_null(strstr(err.msg, cases[i].place));
    }
}

/* text n times. */
static struct str repeated(struct buf *b, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_add(b, str_from(text));
    assert_true(buf_ok(b));
    return buf_str(b);
}

static void documents_without_end_are_refused(void **state)
{
    (void)state;
    AUTO_BUF block = BUF_INIT(LIMIT_YAML_BYTES + 1), deep = BUF_INIT(LIMIT_YAML_BYTES + 1),
             anchors = BUF_INIT(LIMIT_YAML_BYTES + 1);
    AUTO_BUF large = BUF_INIT(LIMIT_YAML_BYTES + 1), bomb = BUF_INIT(LIMIT_YAML_BYTES);
    buf_add(&bomb, STR("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"));
    for (int i = 1; i < 12; i++)
        buf_printf(&bomb, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1,
                   i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    const struct str cases[] = {
        buf_str(&bomb),
        STR("&a [*a]"),
        STR("&a {<<: *a}"),
        repeated(&deep, "[", 300000),
        repeated(&block, "- ", 300000),
        repeated(&anchors, "- &a x\n", LIMIT_YAML_ANCHORS + 1),
        repeated(&large, "x", LIMIT_YAML_BYTES + 1),
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_BUF out = BUF_INIT(LIMIT_SIBLING_BYTES);
        struct err err = ERR_INIT;
        assert_false(yaml_to_json(cases[i], &out, &err));
        print_message("# %s\n", err.msg);
        assert_true(err.code == ERR_TOO_LARGE || err.code == ERR_PARSE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_become_the_json_that_says_the_same),
        cmocka_unit_test(what_is_no_yaml_is_refused_with_its_place),
        cmocka_unit_test(documents_without_end_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
