/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "lineage/python_lex_internal.h"
#include "util/attrs.h"

/* The tokens of a text, a blank behind each; line ends as "|", what is no Python as "BAD". */
static struct str tokens_of(struct arena *a, struct str text)
{
    struct lexer l;
    struct token t;
    struct str out = STR_EMPTY;
    python_lex_init(&l, text, 1);
    for (python_lex(&l, &t); t.kind != T_END; python_lex(&l, &t)) {
        struct str word = { t.ptr, t.len };
        if (t.kind == T_NEWLINE)
            word = STR("|");
        out = arena_printf(a, "%.*s%.*s ", STR_FMT(out),
                           STR_FMT(t.kind == T_BAD ? STR("BAD") : word));
        if (t.kind == T_BAD)
            break;
    }
    return out;
}

static const struct {
    const char *text, *want;
} cases[] = {
    { "x = f(1, 'a')\n", "x = f ( 1 , 'a' ) | " },
    { "a **= b @ c -> d := e\n", "a **= b @ c -> d := e | " },
    { "f(a,\n  b)  # note\n\n\ny\n", "f ( a , b ) | y | " },
    { "x = 1 + \\\n  2\n", "x = 1 + 2 | " },
    { "rb'\\'' + \"\"\"a\n\"b\"\"\" u'c'\n", "rb'\\'' + \"\"\"a\n\"b\"\"\" u'c' | " },
    { "0x1F 1_000 1.5e-3j .5 1L\n", "0x1F 1_000 1.5e-3j .5 1L | " },
    { "gr\xC3\xB6\xC3\x9F"
      "e = 1\n",
      "gr\xC3\xB6\xC3\x9F"
      "e = 1 | " },
    { "a...b <> c\n", "a ... b <> c | " },
    { "'open\n", "BAD " },
    { "$", "BAD " },
    { "", "" },
};

static void text_is_cut_into_tokens(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct str got = tokens_of(&a, str_from(cases[i].text));
        if (!str_eq(got, str_from(cases[i].want)))
            fail_msg("%s: got \"%.*s\"", cases[i].text, STR_FMT(got));
    }
}

static void every_keyword_is_known_and_nothing_else(void **state)
{
    (void)state;
    static const char *const words[] = { "False", "None",     "True",   "and",      "as",
                                         "async", "continue", "lambda", "nonlocal", "yield" };
    static const char *const names[] = { "false", "x", "Lambda", "match", "print", "fro" };
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        assert_case(python_keyword(words[i], strlen(words[i])) >= T_FIRST_KEYWORD, words[i]);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_case(python_keyword(names[i], strlen(names[i])) == T_NAME, names[i]);
}

static void the_indent_of_a_logical_line_is_measured(void **state)
{
    (void)state;
    struct lexer l;
    struct token t;
    python_lex_init(&l, STR("if x:\n    # note\n\n\t y\n"), 1);
    for (python_lex(&l, &t); t.kind != T_NEWLINE; python_lex(&l, &t))
        assert_int_equal(l.indent, 0);
    python_lex(&l, &t);
    assert_int_equal(l.indent, 9);
    assert_int_equal(t.line, 4);
    assert_int_equal(t.col, 3);
}

/* A copy with exact bounds, so that a sanitizer sees a read past its end. */
static void truncations_end_well(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str text = str_from(cases[i].text);
        for (size_t len = 0; len <= text.len; len++) {
            AUTO_ARENA a = ARENA_INIT;
            char *copy = arena_alloc(&a, len);
            memcpy(copy, text.ptr, len);
            (void)tokens_of(&a, (struct str){ copy, len });
        }
    }
}

static void every_kind_of_node_has_a_name_and_a_size(void **state)
{
    (void)state;
    for (int kind = 0; kind < NODE_N_KINDS; kind++) {
        assert_non_null(node_kind_name((enum node_kind)kind));
        assert_in_range(node_size((enum node_kind)kind), 16, sizeof(struct node));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_into_tokens),
        cmocka_unit_test(every_keyword_is_known_and_nothing_else),
        cmocka_unit_test(the_indent_of_a_logical_line_is_measured),
        cmocka_unit_test(truncations_end_well),
        cmocka_unit_test(every_kind_of_node_has_a_name_and_a_size),
    };
    return cmocka_run_group_tests_name("python_lex", tests, NULL, NULL);
}
