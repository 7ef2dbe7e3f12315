/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "index/trigram.h"
#include "util/buf.h"

/* "abc", (abc & bcd), (abc | xyz), * */
static void print(struct buf *out, const struct need *need)
{
    if (need->kind == NEED_NOTHING)
        buf_add_char(out, '*');
    if (need->kind == NEED_TEXT)
        buf_add(out, need->text);
    if (need->kind != NEED_ALL && need->kind != NEED_ANY)
        return;
    buf_add_char(out, '(');
    for (size_t i = 0; i < need->n; i++) {
        if (i > 0)
            buf_add(out, need->kind == NEED_ALL ? STR(" & ") : STR(" | "));
        print(out, need->items[i]);
    }
    buf_add_char(out, ')');
}

static const struct {
    const char *pattern;
    bool is_case_ignored;
    const char *want;
} cases[] = {
    { "Abc", false, "abc" },
    { "ab", false, "*" },
    { "read_csv\\(", false, "read_csv(" },
    { "s3://[a-z]+/raw/", false, "(s3:// & /raw/)" },
    { "abc|xyz", false, "(abc | xyz)" },
    { "abc|x", false, "*" },
    { "pre(abc|xyz)post", false, "(pre & (abc | xyz) & post)" },
    { "pre(abc|xyz)?post", false, "(pre & post)" },
    { "pre(abc|xyz)*post", false, "(pre & post)" },
    { "pre(abc|xyz){0,3}post", false, "(pre & post)" },
    { "pre(?:abc)+post", false, "(pre & abc & post)" },
    { "abcd?efg", false, "(abc & efg)" },
    { "abcd*efg", false, "(abc & efg)" },
    { "abcd+efg", false, "(abcd & efg)" },
    { "abcd{2}efg", false, "(abcd & efg)" },
    { "abcd{0}efg", false, "(abc & efg)" },
    { "abc+?def", false, "(abc & def)" },
    { "abc\xc3\xa4?def", false, "(abc & def)" },
    { "abc\xc3\xa4+def", false, "(abc\xc3\xa4 & def)" },
    { "abc.def", false, "(abc & def)" },
    { "^abc$", false, "abc" },
    { "\\babc\\b", false, "abc" },
    { "abc\\dxyz", false, "(abc & xyz)" },
    { "abc[]x]yz1", false, "(abc & yz1)" },
    { "abc[^]x]yz1", false, "(abc & yz1)" },
    { "abc[\\]x]yz1", false, "(abc & yz1)" },
    { "abc(?=def)", false, "abc" },
    { "abc(?!def)", false, "abc" },
    { "(?<=def)abc", false, "abc" },
    /* Where it is not sure, it asks for nothing. */
    { "abc[[:alpha:]]xyz", false, "*" },
    { "(?i)abcdef", false, "*" },
    { "\\Qabc\\E", false, "*" },
    { "\\x41bcd", false, "*" },
    { "(abc)\\1", false, "*" },
    { "abc{x}", false, "*" },
    { "(?<name>abc)", false, "*" },
    { "(*UTF)abc", false, "*" },
    { "abc)", false, "*" },
    { "(abc", false, "*" },
    { "[abc", false, "*" },
    { "abc\\", false, "*" },
    { "?abc", false, "*" },
    { "", false, "*" },
    /* k and s have further cases outside ASCII. */
    { "books", true, "boo" },
    { "parquet", true, "parquet" },
    { "s3://lake", true, "3://la" },
};

static void the_literal_parts_of_a_pattern_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_BUF got = BUF_INIT(10000);
        print(&got, need_of_pattern(&a, str_from(cases[i].pattern), cases[i].is_case_ignored));
        if (!str_eq(buf_str(&got), str_from(cases[i].want)))
            fail_msg("%s: got %s, want %s", cases[i].pattern, buf_cstr(&got), cases[i].want);
    }
}

static void deep_patterns_ask_for_nothing(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    char deep[1000];
    (void)state;
    memset(deep, '(', sizeof deep);
    assert_int_equal(need_of_pattern(&a, (struct str){ deep, sizeof deep }, false)->kind,
                     NEED_NOTHING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_literal_parts_of_a_pattern_are_found),
        cmocka_unit_test(deep_patterns_ask_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
