/*
 * Questions against references: what answers "who uses this location?", and how surely.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/uri_match.h"
#include "test.h"

#define N_ROWS(rows) (sizeof(rows) / sizeof(rows)[0])

struct row {
    const char *asked, *reference;
    enum uri_relation want;
};

static const char *const names[] = { "apart", "holes", "contains", "glob", "inside", "equal" };

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned score;
        enum uri_relation got =
            uri_match(str_from(rows[i].asked), str_from(rows[i].reference), &score);
        if (got != rows[i].want)
            fail_msg("asked %s of %s: got %s, want %s", rows[i].asked, rows[i].reference,
                     names[got], names[rows[i].want]);
        assert_case((score == 0) == (got == URI_APART), rows[i].reference);
    }
}

static void whole_locations_are_equal_inside_or_above(void **state)
{
    static const struct row rows[] = {
        { "s3://b/k", "s3://b/k", URI_EQUAL },
        { "s3a://b/k/", "s3://b/k", URI_EQUAL },
        { "S3N://b/k", "s3://b/k", URI_EQUAL },
        { "gcs://b/k", "gs://b/k", URI_EQUAL },
        { "s3://b/a b", "s3://b/a%20b", URI_EQUAL },
        { "s3://b/a%20b", "s3://b/a b", URI_EQUAL },
        { "https://h/a%2Cb", "https://h/a,b", URI_EQUAL },
        { "file:a b", "file:a%20b", URI_APART },
        { "file:C:/d/x", "file:C:\\d\\x", URI_EQUAL },
        { "hdfs:/d", "hdfs:///d", URI_EQUAL },
        { "s3://b/k", "s3://b/k/x", URI_INSIDE },
        { "s3://b", "s3://b/k/x", URI_INSIDE },
        { "s3://b/k", "s3://b/k/*.csv", URI_INSIDE },
        { "s3://b/k", "s3://b/k/{}.csv", URI_INSIDE },
        { "s3://b/k", "s3://b/kx", URI_APART },
        { "s3://b/k/x", "s3://b/k", URI_CONTAINS },
        { "s3://b/kx", "s3://b/k", URI_APART },
        { "s3://b/k", "gs://b/k", URI_APART },
        { "file:/", "file:/tmp/x", URI_INSIDE },
        { "file:/tmp/x", "file:/", URI_CONTAINS },
        { "s3://b/[name]/k", "s3://b/[name]/k", URI_EQUAL },
        { "s3://b/*.csv", "s3://b/*.csv", URI_EQUAL },
        { "", "s3://b/k", URI_APART },
        { "s3://b/k", "", URI_APART },
    };
    (void)state;
    check_rows(rows, N_ROWS(rows));
}

static void globs_match_within_a_folder(void **state)
{
    static const struct row rows[] = {
        { "s3://b/k/x.csv", "s3://b/k/*.csv", URI_GLOB },
        { "s3://b/k/y/x.csv", "s3://b/k/*.csv", URI_APART },
        { "s3://b/k/y/x.csv", "s3://b/**/*.csv", URI_GLOB },
        { "s3://b/k/y/x.csv", "s3://b/*/y", URI_GLOB },
        { "s3://b/2019", "s3://b/*/x.csv", URI_GLOB },
        { "s3://b/p-1.csv", "s3://b/p-?.csv", URI_GLOB },
        { "s3://b/p-1.csv", "s3://b/p-[0-3].csv", URI_GLOB },
        { "s3://b/p-7.csv", "s3://b/p-[0-3].csv", URI_APART },
        { "s3://b/p-7.csv", "s3://b/p-[!0-3].csv", URI_GLOB },
        { "s3://b/p-a.csv", "s3://b/p-{a,bc}.csv", URI_GLOB },
        { "s3://b/p-bc.csv", "s3://b/p-{a,bc}.csv", URI_GLOB },
        { "s3://b/p-c.csv", "s3://b/p-{a,bc}.csv", URI_APART },
        { "s3://b/p-3y.csv", "s3://b/p-{a,{2,3}y,bc}.csv", URI_GLOB },
        { "s3://b/p-.csv", "s3://b/p-{a,}.csv", URI_GLOB },
        { "s3://b/q/x", "s3://b/%2A/x", URI_APART },
        { "s3://b/x]b}", "s3://b/{a,[x]]b}", URI_APART },
    };
    (void)state;
    check_rows(rows, N_ROWS(rows));
}

static void holes_could_be_anything(void **state)
{
    static const struct row rows[] = {
        { "s3://b/train/1.csv", "s3://{}/train/{}.csv", URI_HOLES },
        { "s3://b/p/train/1.csv", "s3://{}/train/{}.csv", URI_HOLES },
        { "s3://b/test/1.csv", "s3://{}/train/{}.csv", URI_APART },
        { "s3://b/train", "s3://{}/train/x.csv", URI_HOLES },
        { "s3://b/other", "s3://{}/train/x.csv", URI_APART },
        { "s3://b/p/train/x.csv/part-0", "s3://{}/train/x.csv", URI_HOLES },
        { "s3://b/a/rollup/x", "{}rollup/x", URI_HOLES },
        { "file:d/rollup/x", "{}/rollup/x", URI_HOLES },
        { "s3://b/a/rollup/y", "{}rollup/x", URI_APART },
        { "s3://b/pre/1", "s3://b/p{}", URI_HOLES },
        { "s3://b/q", "s3://b/p{}", URI_APART },
    };
    (void)state;
    check_rows(rows, N_ROWS(rows));
}

static void tables_fold_case_and_may_lack_their_database(void **state)
{
    static const struct row rows[] = {
        { "table:sales.orders", "table:Sales.ORDERS", URI_EQUAL },
        { "table:sales", "table:sales.orders", URI_INSIDE },
        { "table:sales.orders", "table:sales", URI_CONTAINS },
        { "table:sales.orders", "table:sales.orders$files", URI_INSIDE },
        { "table:sales.orders", "table:sales.orders.history", URI_INSIDE },
        { "table:sales.orders", "table:orders", URI_HOLES },
        { "table:orders", "table:sales.orders", URI_HOLES },
        { "table:orders", "table:reorders", URI_APART },
        { "table:sales.orders", "table:{}.orders", URI_HOLES },
    };
    (void)state;
    check_rows(rows, N_ROWS(rows));
}

static void the_score_grows_with_what_is_known(void **state)
{
    unsigned little, more, all;
    (void)state;
    struct str asked = STR("s3://b/raw/2019/x.csv");
    assert_int_equal(uri_match(asked, STR("s3://{}.csv"), &little), URI_HOLES);
    assert_int_equal(uri_match(asked, STR("s3://{}/raw/{}.csv"), &more), URI_HOLES);
    assert_int_equal(uri_match(asked, asked, &all), URI_EQUAL);
    assert_int_equal(little, 4);
    assert_int_equal(more, 7);
    assert_int_equal(all, 13);
}

static void hostile_patterns_take_bounded_time(void **state)
{
    static char asked[2000], pattern[1100];
    unsigned score;
    (void)state;
    memset(asked, 'a', sizeof asked);
    memcpy(asked, "s3://", 5);
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = i % 2 == 0 ? '*' : 'a';
    memcpy(pattern, "s3://", 5);
    pattern[sizeof pattern - 1] = 'b';
    assert_int_equal(uri_match((struct str){ asked, sizeof asked },
                               (struct str){ pattern, sizeof pattern }, &score),
                     URI_APART);
    memset(pattern + 5, '{', sizeof pattern - 5);
    assert_int_equal(uri_match((struct str){ asked, sizeof asked },
                               (struct str){ pattern, sizeof pattern }, &score),
                     URI_APART);
}

static void random_patterns_do_no_harm(void **state)
{
    static const char chars[] = "ab/*?[]!-{},{}%25\\.";
    uint64_t seed = 3;
    unsigned n_matches = 0;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        char text[2][32] = { "s3://", "s3://" };
        size_t len[2];
        for (int side = 0; side < 2; side++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            len[side] = 5 + (size_t)(seed >> 60);
            for (size_t j = 5; j < len[side]; j++) {
                seed = seed * 6364136223846793005U + 1442695040888963407U;
                text[side][j] = chars[(seed >> 40) % (side == 0 ? 3 : sizeof chars - 1)];
            }
        }
        unsigned score;
        n_matches += uri_match((struct str){ text[0], len[0] }, (struct str){ text[1], len[1] },
                               &score) != URI_APART;
    }
    assert_in_range(n_matches, 100, 99000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_locations_are_equal_inside_or_above),
        cmocka_unit_test(globs_match_within_a_folder),
        cmocka_unit_test(holes_could_be_anything),
        cmocka_unit_test(tables_fold_case_and_may_lack_their_database),
        cmocka_unit_test(the_score_grows_with_what_is_known),
        cmocka_unit_test(hostile_patterns_take_bounded_time),
        cmocka_unit_test(random_patterns_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
