/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "notebook/json_push.h"

/* A sink that wants everything and writes down what it is told. */
static bool wants(void *ctx, enum push_kind kind)
{
    (void)ctx;
    (void)kind;
    return true;
}

static void opened(void *ctx, enum push_kind kind)
{
    buf_add_char(ctx, kind == PUSH_OBJECT ? '{' : '[');
}

static void closed(void *ctx, enum push_kind kind)
{
    buf_add_char(ctx, kind == PUSH_OBJECT ? '}' : ']');
}

static void key(void *ctx, struct str name)
{
    buf_printf(ctx, "%.*s:", STR_FMT(name));
}

static void scalar(void *ctx, enum push_kind kind, struct str text)
{
    buf_printf(ctx, kind == PUSH_STRING ? "'%.*s' " : "%.*s ", STR_FMT(text));
}

static bool wants_nothing(void *ctx, enum push_kind kind)
{
    (void)ctx;
    (void)kind;
    return false;
}

/* Read text in pieces of step bytes; what the sink was told is appended to out.  Without out
 * nothing is wanted. */
static bool read_pieces(struct str text, size_t step, struct buf *out, struct err *err)
{
    struct json_push j;
    struct json_sink sink = {
        out, out == NULL ? wants_nothing : wants, opened, closed, key, scalar
    };
    json_push_init(&j, &sink, 1000);
    bool ok = true;
    for (size_t at = 0; ok && at < text.len; at += step)
        ok = json_push_feed(&j, str_slice(text, at, at + step), err);
    ok = ok && json_push_finish(&j, err);
    json_push_release(&j);
    return ok;
}

static bool read_json(struct str text, size_t step, struct buf *out)
{
    struct err err = ERR_INIT;
    return read_pieces(text, step, out, &err);
}

static const struct {
    struct str text;
    const char *want; /* NULL: refused */
} cases[] = {
    { STR_INIT("{\"a\": [1, -2.5e+3, true, null], \"b\": {}}"), "{a:[1 -2.5e+3 true null ]b:{}}" },
    { STR_INIT(" \"x\\n\\u00e4\\ud83d\\udea3\" "), "'x\n\xC3\xA4\xF0\x9F\x9A\xA3' " },
    { STR_INIT("\"\\ud83dx\\udc00\""), "'\xEF\xBF\xBDx\xEF\xBF\xBD' " },
    { STR_INIT("\"0123456789abcdef0123456789\xE2\x82\xAC\""),
      "'0123456789abcdef0123456789\xE2\x82\xAC' " },
    { STR_INIT("\xEF\xBB\xBF[]"), "[]" },
    { STR_INIT("[NaN, -Infinity, Infinity]"), "[NaN -Infinity Infinity ]" },
    { STR_INIT("0"), "0 " },
    { STR_INIT("\xEF{}"), NULL },
    { STR_INIT("\"a\\/b\\uABCD\""), "'a/b\xEA\xAF\x8D' " },
    { STR_INIT("\"a\\u00g0\""), NULL },
    { STR_INIT("\"a\\u00"), NULL },
    { STR_INIT("\"\xF4\x90\x80\x80\""), NULL },
    { STR_INIT("\"\xC3"), NULL },
    { STR_INIT("\"\xC3\xA4\xC3\""), NULL },
    { STR_INIT("\"\xC3\\n\""), NULL },
    { STR_INIT("-x"), NULL },
    { STR_INIT("1.5e"), NULL },
    { STR_INIT("--5"), NULL },
    { STR_INIT("01"), NULL },
    { STR_INIT("1."), NULL },
    { STR_INIT("[1,]"), NULL },
    { STR_INIT("{\"a\":1,}"), NULL },
    { STR_INIT("{a:1}"), NULL },
    { STR_INIT("[1 2]"), NULL },
    { STR_INIT("[] []"), NULL },
    { STR_INIT("\"a\nb\""), NULL },
    { STR_INIT("\"\\x\""), NULL },
    { STR_INIT("\"\xC0\xAF\""), NULL },
    { STR_INIT("\"\xE2\x82\""), NULL },
    { STR_INIT("tru"), NULL },
    { STR_INIT("truE"), NULL },
    { STR_INIT("["), NULL },
    { STR_INIT("]"), NULL },
    { STR_INIT(""), NULL },
    { STR_INIT("\"a\0b\""), NULL },
};

static void documents_are_read_alike_in_pieces_of_any_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t step = 1; step <= 40; step++) {
            AUTO_BUF out = BUF_INIT(1000);
            bool ok = read_json(cases[i].text, step, &out);
            if (ok != (cases[i].want != NULL))
                fail_msg("case %zu, step %zu: %d", i, step, ok);
            if (ok)
                assert_str(buf_str(&out), cases[i].want);
        }
    }
}

/* Of each length up to beyond what is copied at once, an escape behind it. */
static void texts_of_every_length_are_read_whole_and_passed_over(void **state)
{
    (void)state;
    for (size_t n = 0; n < 990; n++) {
        AUTO_BUF text = BUF_INIT(2000), want = BUF_INIT(2000), out = BUF_INIT(2000);
        struct err err = ERR_INIT;
        buf_add_char(&text, '"');
        buf_add_char(&want, '\'');
        for (size_t i = 0; i < n; i++) {
            buf_add_char(&text, (char)('a' + i % 26));
            buf_add_char(&want, (char)('a' + i % 26));
        }
        buf_add(&text, STR("\\n\\\"z\""));
        buf_add(&want, STR("\n\"z' "));
        assert_true(read_json(buf_str(&text), 3000, &out));
        assert_string_equal(buf_cstr(&out), buf_cstr(&want));
        assert_true(read_pieces(buf_str(&text), 3000, NULL, &err));
    }
}

static void what_is_passed_over_is_checked_as_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t step = 1; step <= 40; step++) {
            AUTO_BUF out = BUF_INIT(1000);
            AUTO_BUF text = BUF_INIT(1000);
            struct err err = ERR_INIT, err_of_skipped = ERR_INIT;
            buf_add(&text, STR("[\"\\n\",\n  \"\", {\"k\": \"v\",\t\"w\" :\r\n"));
            buf_add(&text, cases[i].text);
            buf_add(&text, STR("}, \"0123456789abcdef\\u00e4\"]"));
            bool ok = read_pieces(buf_str(&text), step, &out, &err);
            if (read_pieces(buf_str(&text), step, NULL, &err_of_skipped) != ok ||
                strcmp(err.msg, err_of_skipped.msg) != 0)
                fail_msg("case %zu, step %zu: %s; passed over: %s", i, step, err.msg,
                         err_of_skipped.msg);
        }
    }
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    struct str text =
        STR("{\"cells\": [{\"source\": [\"a\\u00e4\", \"\xC3\xA4\"], \"n\": -1.5e3}]}");
    for (size_t len = 0; len < text.len; len++) {
        AUTO_BUF out = BUF_INIT(1000);
        assert_false(read_json(str_slice(text, 0, len), 1000, &out));
    }
}

static void nesting_and_texts_are_bounded(void **state)
{
    (void)state;
    AUTO_BUF text = BUF_INIT(100000);
    AUTO_BUF out = BUF_INIT(100000);
    for (int i = 0; i < LIMIT_DEPTH; i++)
        buf_add_char(&text, '[');
    for (int i = 0; i < LIMIT_DEPTH; i++)
        buf_add_char(&text, ']');
    assert_true(read_json(buf_str(&text), 7, &out));
    buf_reset(&text);
    for (int i = 0; i <= LIMIT_DEPTH; i++)
        buf_add_char(&text, '[');
    assert_false(read_json(buf_str(&text), 7, &out));
    buf_reset(&text);
    buf_printf(&text, "\"%01001d\"", 0);
    assert_false(read_json(buf_str(&text), 7, &out));
}

static void an_error_names_its_place(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct json_push j;
    struct buf out = BUF_INIT(100);
    struct json_sink sink = { &out, wants, opened, closed, key, scalar };
    json_push_init(&j, &sink, 1000);
    assert_true(json_push_feed(&j, STR("{\n \"a\""), &err));
    assert_false(json_push_feed(&j, STR(" ,"), &err));
    assert_string_equal(err.msg, "line 2, column 6 (byte 7): a colon is expected");
    json_push_release(&j);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_read_alike_in_pieces_of_any_size),
        cmocka_unit_test(texts_of_every_length_are_read_whole_and_passed_over),
        cmocka_unit_test(what_is_passed_over_is_checked_as_strictly),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(nesting_and_texts_are_bounded),
        cmocka_unit_test(an_error_names_its_place),
    };
    return cmocka_run_group_tests_name("json_push", tests, NULL, NULL);
}
