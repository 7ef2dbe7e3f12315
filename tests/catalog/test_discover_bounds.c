/* SPDX-License-Identifier: Apache-2.0 */
#include "lake_text.h"

#include "util/buf.h"

static void patterns_of_the_configuration_decide(void **state)
{
    static const struct {
        const char *patterns, *listing, *want;
    } cases[] = {
        { "s3://b/raw/{table}/{year}/{month}/*.csv",
          "raw/orders/2024/01/x.csv 5\n"
          "raw/orders/2024/02/y.csv 5\n"
          "raw/orders/2024/02/z.txt 5\n"
          "raw/users/2023/12/x.csv 5\n",
          "s3://b/raw/orders partitioned csv 2 year:int,month:int/2\n"
          "s3://b/raw/orders/*/* partitioned text 1 year:int,month:int/1\n"
          "s3://b/raw/users partitioned csv 1 year:int,month:int/1\n" },
        { "s3://b/in/{table}_{day}.csv",
          "in/a_2024-01-01.csv 5\n"
          "in/a_2024-01-02.csv 5\n"
          "in/b_2024-01-01.csv 5\n"
          "in/c.csv 5\n",
          "s3://b/in/a* partitioned csv 2 day:date/2\n"
          "s3://b/in/b* partitioned csv 1 day:date/1\n"
          "s3://b/in/c.csv single csv 1 /0\n" },
        { "s3://b/exp/{run}/metrics/**",
          "exp/r1/metrics/a/b/x.csv 5\n"
          "exp/r2/metrics/y.csv 5\n",
          "s3://b/exp partitioned csv 2 run:string/2\n" },
        { "s3://b/**/{table}/part-*", "x/y/t/other.csv 5\nx/y/t/part-0 5\n",
          "s3://b/x/y/t folder  1 /0\n"
          "s3://b/x/y/t/other.csv single csv 1 /0\n" },
        { "!s3://b/tmp/**\ns3://b/**/{table}/*.csv", "a/1.csv 5\na/2.csv 5\ntmp/a/1.csv 5\n",
          "s3://b/a folder csv 2 /0\n" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct lake lake = { 0 };
        struct str got = lake_datasets(&lake, cases[i].listing, cases[i].patterns);
        if (!str_eq(got, str_from(cases[i].want)))
            fail_msg("pattern %s: got\n%.*swant\n%s", cases[i].patterns, STR_FMT(got),
                     cases[i].want);
        arena_release(&lake.arena);
    }
}

static void a_wrong_pattern_is_refused_with_the_reason(void **state)
{
    static const struct {
        const char *pattern, *reason;
    } cases[] = {
        { "raw/{table}", "begins with no scheme" },  { "s3://b/{table", "that \"}\" must end" },
        { "s3://b/{}", "that \"}\" must end" },      { "s3://b/**/**/x", "once each" },
        { "s3://b/{table}/{table}", "once each" },   { "s3://b/{year}/{table}", "behind {table}" },
        { "s3://b/{a}{b}", "some text must stand" }, { "s3://b/{a}*", "some text must stand" },
    };
    AUTO_ARENA a = ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = ERR_INIT;
        const struct discover_overrides *out;
        assert_false(discover_overrides_parse(&a, str_from(cases[i].pattern), &out, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        assert_case(strstr(err.msg, cases[i].reason) != NULL, err.msg);
        assert_case(strstr(err.msg, cases[i].pattern) != NULL, err.msg);
    }
}

static bool drop(void *ctx, struct family *f, struct err *err)
{
    size_t *n = ctx;
    (void)err;
    ++*n;
    family_free(f);
    return true;
}

static void a_listing_out_of_order_is_refused(void **state)
{
    static char long_key[LIMIT_KEY_BYTES + 2];
    const char *const keys[] = { "a/b", "a/b", "a/a", "", "a" };
    size_t n = 0;
    (void)state;
    memset(long_key, 'x', sizeof long_key - 1);
    struct discover *d = discover_new(
        &(struct discover_options){ .base_uri = STR("s3://b"), .found = drop, .ctx = &n });
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct err err = ERR_INIT;
        struct discover_object object = { .key = str_from(keys[i]), .size_bytes = 1 };
        assert_int_equal(discover_object(d, &object, &err), i == 0);
        assert_int_equal(err.code, i == 0 ? ERR_NONE : ERR_INVALID);
    }
    struct err err = ERR_INIT;
    struct discover_object object = { .key = str_from(long_key), .size_bytes = 1 };
    assert_false(discover_object(d, &object, &err));
    discover_free(d);
}

/* The datasets of n objects whose keys printf makes of format. */
static struct str many(struct lake *lake, const char *format, unsigned n)
{
    AUTO_BUF text = BUF_INIT(64UL * 1024 * 1024);
    for (unsigned i = 0; i < n; i++) {
        char key[200];
        /* The formats are those of this file, with one number each. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(key, sizeof key, format, i, i);
#pragma GCC diagnostic pop
        buf_printf(&text, "%s 5\n", key);
    }
    return lake_datasets(lake, buf_cstr(&text), "");
}

static void what_grows_is_bounded_and_told(void **state)
{
    static const struct {
        const char *format, *want;
    } cases[] = {
        { "t/k=%04u/part-0.parquet", "s3://b/t partitioned parquet 5000 k:int/5000\n" },
        { "t/%04uabc/x.csv", NULL },
        { "t/c%04ux/y=1/z.csv", NULL },
        { "t/%04u/_delta_log/00000000000000000000.json", NULL },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct lake lake = { 0 };
        struct str got = many(&lake, cases[i].format, 5000);
        if (cases[i].want != NULL)
            assert_str(got, cases[i].want);
        else
            assert_int_equal(lake.n, 5000);
        arena_release(&lake.arena);
    }
}

static void too_many_names_count_by_suffix(void **state)
{
    struct lake lake = { 0 };
    AUTO_BUF text = BUF_INIT(1024UL * 1024);
    (void)state;
    for (unsigned i = 0; i < 26 * 26; i++)
        buf_printf(&text, "t/%c%cq.csv 5\n", 'a' + i / 26, 'a' + i % 26);
    assert_str(lake_datasets(&lake, buf_cstr(&text), ""),
               "s3://b/t folder csv 676 /0 !more than 256 different names: they are taken "
               "together\n");
    arena_release(&lake.arena);
}

static bool note_print(void *ctx, struct family *f, struct err *err)
{
    (void)err;
    *(uint64_t *)ctx = family_fingerprint(f);
    family_free(f);
    return true;
}

static uint64_t fingerprint(uint64_t etag, uint64_t size)
{
    const char *const keys[] = { "t/part-0.csv", "t/part-1.csv", "t/part-2.csv" };
    uint64_t out = 0;
    struct err err = ERR_INIT;
    struct discover *d = discover_new(
        &(struct discover_options){ .base_uri = STR("s3://b"), .found = note_print, .ctx = &out });
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct discover_object object = { str_from(keys[i]), i == 1 ? size : 5, i == 1 ? etag : 7,
                                          (int64_t)i };
        assert_true(discover_object(d, &object, &err));
    }
    assert_true(discover_end(d, &err));
    discover_free(d);
    return out;
}

static void the_fingerprint_changes_with_etag_and_size_only(void **state)
{
    (void)state;
    assert_true(fingerprint(1, 5) == fingerprint(1, 5));
    assert_true(fingerprint(1, 5) != fingerprint(2, 5));
    assert_true(fingerprint(1, 5) != fingerprint(1, 6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_of_the_configuration_decide),
        cmocka_unit_test(a_wrong_pattern_is_refused_with_the_reason),
        cmocka_unit_test(a_listing_out_of_order_is_refused),
        cmocka_unit_test(what_grows_is_bounded_and_told),
        cmocka_unit_test(too_many_names_count_by_suffix),
        cmocka_unit_test(the_fingerprint_changes_with_etag_and_size_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
