/*
 * Locations: the key that is stored, what a location falls into, its name elsewhere, the question.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/place.h"
#include "test.h"
#include "util/attrs.h"

static void equal_locations_have_one_key(void **state)
{
    static const struct {
        const char *uri, *key;
    } rows[] = {
        { "s3://b/k", "s3://b/k" },
        { "s3a://b/k/", "s3://b/k" },
        { "S3N://b/k%20x", "s3://b/k x" },
        { "s3://b/%2a/%7B%25", "s3://b/%2A/%7B%25" },
        { "gcs://b/k", "gs://b/k" },
        { "table:Sales.Orders", "table:sales.orders" },
        { "file:C:\\d\\x", "file:C:/d/x" },
        { "file:a%20b", "file:a%20b" },
        { "hdfs:///d", "hdfs:/d" },
        { "gs://///k", "gs:/k" },
        { "file:/d\\x\\", "file:/d/x" },
        { "s3://b/k%2F", "s3://b/k%2F" },
        { "s3://b/k%2Fx", "s3://b/k/x" },
        { "{}/x.csv", "{}/x.csv" },
        { "s3://{}/x", "s3://{}/x" },
        { "s3://b", "s3://b" },
        { "", "" },
    };
    AUTO_ARENA a = ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str key = place_key(&a, str_from(rows[i].uri));
        assert_str(key, rows[i].key);
        assert_str(place_key(&a, key), rows[i].key);
    }
}

/* The index looks up keys, the question compares: both must mean the same. */
static void keys_are_equal_exactly_when_locations_are(void **state)
{
    static const char *const heads[] = { "s3://b/", "s3a://b/", "file:", "https://h/", "table:" };
    static const char *const parts[] = {
        "a", "A", "/", "%61", "%2F", "%25", ".", " ", "%20", "%4"
    };
    AUTO_ARENA a = ARENA_INIT;
    uint64_t seed = 7;
    unsigned n_equal = 0;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct str text[2];
        for (int side = 0; side < 2; side++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            text[side] = str_from(heads[(seed >> 33) % ARRAY_LEN(heads)]);
            for (unsigned n = (unsigned)(seed >> 61) % 4 + 1; n > 0; n--) {
                seed = seed * 6364136223846793005U + 1442695040888963407U;
                text[side] =
                    arena_concat(&a, text[side], str_from(parts[(seed >> 40) % ARRAY_LEN(parts)]));
            }
        }
        unsigned score;
        bool is_equal = uri_match(text[0], text[1], &score) == URI_EQUAL;
        bool is_key = str_eq(place_key(&a, text[0]), place_key(&a, text[1]));
        if (is_equal != is_key)
            fail_msg("%.*s and %.*s: equal %d, keys %d", STR_FMT(text[0]), STR_FMT(text[1]),
                     is_equal, is_key);
        n_equal += is_equal;
        arena_reset(&a);
    }
    assert_in_range(n_equal, 50, 19000);
}

static void patterns_are_found_by_what_is_known_of_them(void **state)
{
    static const struct {
        const char *key, *prefix, *suffix;
        bool is_pattern, has_holes;
    } rows[] = {
        { "s3://b/k/x.csv", "s3://b/k/x.csv", "", false, false },
        { "s3://b/k/{}.csv", "s3://b/k/", ".csv", true, true },
        { "s3://b/k/p-*/x.csv", "s3://b/k/", "/x.csv", true, false },
        { "s3://{}/train/{}.csv", "s3://", ".csv", true, true },
        { "s3://b{}", "s3://", "", true, true },
        { "{}x.csv", "", "x.csv", true, true },
        { "table:{}.orders", "table:", ".orders", true, true },
        { "table:db.{}", "table:db.", "", true, true },
        { "file:*.csv", "file:", ".csv", true, false },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct place_pattern p = place_pattern(str_from(rows[i].key));
        assert_case(p.is_pattern == rows[i].is_pattern, rows[i].key);
        assert_case(p.has_holes == rows[i].has_holes, rows[i].key);
        assert_str(p.prefix, rows[i].prefix);
        assert_str(p.suffix, rows[i].suffix);
    }
}

/* Joined by a blank. */
static struct str joined(struct arena *a, const struct str *items, size_t n)
{
    struct str text = STR_EMPTY;
    for (size_t i = 0; i < n; i++)
        text = arena_printf(a, "%.*s%s%.*s", STR_FMT(text), i > 0 ? " " : "", STR_FMT(items[i]));
    return text;
}

static void prefixes_and_ancestors_go_from_near_to_far(void **state)
{
    static const struct {
        const char *key, *prefixes, *ancestors;
    } rows[] = {
        { "s3://b/k/x", "s3://b/k/ s3://b/ s3:// ", "s3://b/k s3://b" },
        { "s3://b", "s3:// ", "" },
        { "table:c.d.t", "table:c.d. table:c. table: ", "table:c.d table:c" },
        { "file:/d/x", "file:/d/ file:/ ", "file:/d file:/" },
        { "file:d/x", "file:d/ file: ", "file:d" },
        { "file:/x", "file:/ ", "file:/" },
        { "x", "", "" },
    };
    AUTO_ARENA a = ARENA_INIT;
    struct str out[PLACE_MAX_PREFIXES];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str key = str_from(rows[i].key);
        assert_str(joined(&a, out, place_prefixes(key, out, ARRAY_LEN(out))), rows[i].prefixes);
        assert_str(joined(&a, out, place_ancestors(key, out, ARRAY_LEN(out))), rows[i].ancestors);
        unsigned score;
        for (size_t n = place_ancestors(key, out, ARRAY_LEN(out)); n-- > 0;)
            assert_case(uri_match(key, out[n], &score) == URI_CONTAINS, rows[i].key);
    }
    assert_int_equal(place_prefixes(STR("s3://b/1/2/3/4/5"), out, 3), 3);
    assert_str(out[2], "");
}

static void a_location_falls_into_the_dataset_that_holds_it(void **state)
{
    static const struct {
        const char *uri, *dataset;
        bool want;
    } rows[] = {
        { "s3://b/orders", "s3://b/orders", true },
        { "s3://b/orders/y=1/x.parquet", "s3://b/orders", true },
        { "s3://b/orders/{}/x", "s3://b/orders", true },
        { "s3://b/orders2", "s3://b/orders", false },
        { "s3://b", "s3://b/orders", false },
        { "s3://b/ord{}", "s3://b/orders", false },
        { "s3://b/x_1.csv", "s3://b/x_*.csv", true },
        { "s3://b/x_*.csv", "s3://b/x_*.csv", true },
        { "s3://b/x_2019*.csv", "s3://b/x_*.csv", true },
        { "s3://b/x_1/y.csv", "s3://b/x_*.csv", false },
        { "s3://b/x_1.csv/part", "s3://b/x_*.csv", true },
        { "s3://b/a1/bxc", "s3://b/a*/b*c", true },
        { "s3://b/a1/b/c", "s3://b/a*/b*c", false },
        { "s3://b/*.csv", "s3://b/x_*.csv", false },
        { "s3://b/x", "", false },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_case(place_falls_into(str_from(rows[i].uri), str_from(rows[i].dataset)) ==
                        rows[i].want,
                    rows[i].uri);
}

static void partitions_are_trimmed_as_the_java_client_trims_them(void **state)
{
    static const struct {
        const char *name, *want;
    } rows[] = {
        { "sales/orders", "sales/orders" },
        { "sales/orders/year=2026/month=01", "sales/orders" },
        { "sales/orders/a=b=c", "sales/orders/a=b=c" },
        { "sales/orders/a=", "sales/orders" },
        { "sales/20240229", "sales" },
        { "sales/20230229", "sales/20230229" },
        { "sales/2024-02-29T10:00:00Z", "sales" },
        { "sales/29.02.2024", "sales" },
        { "sales/x2024-02-29", "sales/x2024-02-29" },
        { "sales/202401", "sales" },
        { "sales/2024-13", "sales/2024-13" },
        { "sales/2024/01", "sales" },
        { "sales/2024/01/31", "sales" },
        { "sales/2024/01/32", "sales/2024/01/32" },
        { "sales/k=v/2024/01/31", "sales" },
        { "2024/01", "2024/01" },
        { "20240101", "20240101" },
        { "a=b", "a=b" },
        { "a=b/c=d", "a=b" },
        { "", "" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_str(place_trim(str_from(rows[i].name)), rows[i].want);
}

static void locations_have_their_names_in_openlineage(void **state)
{
    static const struct {
        const char *uri, *space, *name, *subset;
        bool is_incomplete;
    } rows[] = {
        { "s3a://b/k/x.csv", "s3://b", "k/x.csv", "", false },
        { "s3://b", "s3://b", "/", "", false },
        { "s3://b/o/y=1/m=2", "s3://b", "o", "o/y=1/m=2", false },
        { "s3://b/o/*.csv", "s3://b", "o", "o/*.csv", false },
        { "s3://b/o/{}/x", "s3://b", "o", "o/{}/x", true },
        { "gs://b/k", "gs://b", "k", "", false },
        { "abfss://c@h.dfs.core.windows.net/k/x", "abfss://c@h.dfs.core.windows.net", "k/x", "",
          false },
        { "hdfs://nn:8020/d/x", "hdfs://nn:8020", "/d/x", "", false },
        { "hdfs:/d/x", "hdfs", "/d/x", "", false },
        { "file:/d/x", "file", "/d/x", "", false },
        { "file:/d/x/2024-01-01", "file", "/d/x", "/d/x/2024-01-01", false },
        { "https://h/a/b.csv", "https://h", "a/b.csv", "", false },
        { "table:db.t", "table", "db.t", "", false },
        { "stream:topic", "stream", "topic", "", false },
    };
    static const char *const nameless[] = { "s3://{}/x", "s3://b/{}",  "s3://b/*.csv",
                                            "file:d/x",  "table:{}.t", "builtin:iris",
                                            "{}x.csv",   "",           "file:/{}" };
    AUTO_ARENA a = ARENA_INIT;
    struct place_name name;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_case(place_name(&a, str_from(rows[i].uri), &name), rows[i].uri);
        assert_str(name.space, rows[i].space);
        assert_str(name.name, rows[i].name);
        assert_str(name.subset, rows[i].subset);
        assert_case(name.is_incomplete == rows[i].is_incomplete, rows[i].uri);
        assert_case(!str_contains(name.name, STR("{")), rows[i].uri);
    }
    for (size_t i = 0; i < ARRAY_LEN(nameless); i++)
        assert_case(!place_name(&a, str_from(nameless[i]), &name), nameless[i]);
}

static void a_question_stands_for_all_that_it_may_mean(void **state)
{
    static const struct question_place here = { STR_INIT("lake"), STR_INIT("/home/u") };
    AUTO_ARENA a = ARENA_INIT;
    struct question q;
    struct err err = ERR_INIT;
    (void)state;
    assert_true(question_read(&a, STR("s3a://b/k/"), &here, &q, &err));
    assert_str(joined(&a, q.forms, q.n_forms), "s3://b/k");
    assert_true(question_read(&a, STR("iris"), &here, &q, &err));
    assert_str(joined(&a, q.forms, q.n_forms), "table:iris stream:iris builtin:iris file:iris");
    assert_str(q.file, "file:/home/u/iris");
    assert_true(question_read(&a, STR("lake/b/k.csv"), &here, &q, &err));
    assert_str(joined(&a, q.forms, q.n_forms), "file:lake/b/k.csv s3://b/k.csv");
    assert_true(question_read(&a, STR("../x/./y"), &here, &q, &err));
    assert_str(q.file, "file:/home/x/y");
    assert_false(question_read(&a, STR("s3://"), &here, &q, &err));
    assert_int_equal(err.code, ERR_INVALID);
    question_add(&q, STR("table:db.t"));
    size_t n = q.n_forms;
    question_add(&q, STR("table:db.t"));
    assert_int_equal(q.n_forms, n);
}

static void a_match_says_how_sure_it_is_and_why(void **state)
{
    static const struct {
        const char *asked;
        struct place_use use;
        const char *relation;
        unsigned percent;
        const char *text;
    } rows[] = {
        { "s3://b/k/x",
          { STR_INIT("s3://b/k/x"), STR_INIT(""), true, false, false, REFERENCE_READ },
          "exact",
          100,
          "reads exactly it" },
        { "s3://b/k/x",
          { STR_INIT("s3://b/k"), STR_INIT(""), true, false, false, REFERENCE_READ },
          "contains",
          90,
          "reads a folder above it" },
        { "s3://b/k/x",
          { STR_INIT("s3://b"), STR_INIT(""), true, false, false, REFERENCE_LIST },
          "contains",
          72,
          "lists a folder above it" },
        { "s3://b/k",
          { STR_INIT("s3://b/k/x"), STR_INIT(""), false, false, false, REFERENCE_WRITE },
          "inside",
          70,
          "writes a part of it; in code that is not reached" },
        { "s3://b/k/x",
          { STR_INIT("s3://b/k/*"), STR_INIT(""), true, true, false, REFERENCE_READ },
          "glob",
          57,
          "reads a pattern that takes it in; in passing" },
        { "s3://b/raw/2019.csv",
          { STR_INIT("s3://{}/raw/{}.csv"), STR_INIT(""), true, false, false, REFERENCE_READ },
          "holes",
          22,
          "reads a location that could be it: parts of it are not known, 7 characters "
          "agree" },
        { "s3://b/x.csv",
          { STR_INIT("{}.csv"), STR_INIT(""), true, false, true, REFERENCE_READ },
          "holes",
          12,
          "reads a location that could be it: parts of it are not known, 4 characters "
          "agree; by way of a local copy" },
        { "/n/d/x.csv",
          { STR_INIT("file:d/x.csv"), STR_INIT("/n"), true, false, false, REFERENCE_READ },
          "exact",
          100,
          "reads exactly it" },
        { "s3://b/k",
          { STR_INIT("s3://c/k"), STR_INIT(""), true, false, false, REFERENCE_READ },
          "apart",
          0,
          "does not touch it" },
    };
    static const struct question_place here = { STR_INIT(""), STR_INIT("/n") };
    AUTO_ARENA a = ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct question q;
        struct err err = ERR_INIT;
        assert_true(question_read(&a, str_from(rows[i].asked), &here, &q, &err));
        struct place_match m = question_match_use(&a, &q, &rows[i].use);
        assert_string_equal(uri_relation_name(m.relation), rows[i].relation);
        assert_str(place_match_text(&a, &m, &rows[i].use), rows[i].text);
        assert_int_equal(m.percent, rows[i].percent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_locations_have_one_key),
        cmocka_unit_test(keys_are_equal_exactly_when_locations_are),
        cmocka_unit_test(patterns_are_found_by_what_is_known_of_them),
        cmocka_unit_test(prefixes_and_ancestors_go_from_near_to_far),
        cmocka_unit_test(a_location_falls_into_the_dataset_that_holds_it),
        cmocka_unit_test(partitions_are_trimmed_as_the_java_client_trims_them),
        cmocka_unit_test(locations_have_their_names_in_openlineage),
        cmocka_unit_test(a_question_stands_for_all_that_it_may_mean),
        cmocka_unit_test(a_match_says_how_sure_it_is_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
