/*
 * Sketches: what counts as the same code, storing, grouping by leaders.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/sketch.h"
#include "test.h"
#include "util/attrs.h"
#include "util/buf.h"

static struct sketch sketch_of(const char *language, const char *code)
{
    struct cell cell = { .kind = CELL_CODE, .source = str_from(code) };
    struct notebook nb = { .language = str_from(language), .cells = &cell, .n_cells = 1 };
    struct sketch s;
    sketch_make(&nb, &s);
    return s;
}

#define CODE(path, number, comment)                                                                \
    "import pandas as pd\ndf = pd.read_csv('" path "', nrows=" number ")  # " comment "\n"         \
    "df = df.dropna().rename(columns={'a': 'b'})\nprint(df.describe(), len(df))\n"                 \
    "ax = df.plot.hist(bins=" number ")\nax.set_title('" path "')\n"

static void other_paths_numbers_and_comments_are_the_same_code(void **state)
{
    struct sketch one = sketch_of("python", CODE("s3://a/x.csv", "10", "first"));
    struct sketch other = sketch_of("python", CODE("data/y.csv", "2000", "second, longer"));
    struct sketch unlike = sketch_of(
        "python", "for k in sorted(g, key=lambda t: t[1]):\n    while k: k = f(k) if k else None\n"
                  "class A(B):\n    def __init__(self): self.x = [i for i in range(9)]\n");
    (void)state;
    assert_false(one.is_empty);
    assert_int_equal(sketch_equal_lanes(&one, &other), SKETCH_LANES);
    assert_in_range(sketch_equal_lanes(&one, &unlike), 0, 8);
}

static void too_little_code_is_in_no_group(void **state)
{
    struct sketch s = sketch_of("python", "print(1)"), read;
    (void)state;
    assert_true(s.is_empty);
    assert_int_equal(sketch_equal_lanes(&s, &s), 0);
    assert_true(sketch_read(STR_EMPTY, &read));
    assert_true(read.is_empty);
    assert_int_equal(sketch_choose(&s, &s, 1), SIZE_MAX);
}

/* What is in an index was made by an older program: the numbers may never change. */
static void a_sketch_is_the_same_for_ever(void **state)
{
    struct sketch s = sketch_of("python", CODE("s3://a/x.csv", "10", "first")), read;
    unsigned char bytes[SKETCH_BYTES];
    uint64_t keys[SKETCH_BANDS], sum = 0;
    (void)state;
    sketch_write(&s, bytes);
    assert_true(sketch_read((struct str){ (const char *)bytes, sizeof bytes }, &read));
    assert_memory_equal(&s, &read, sizeof s.lanes);
    assert_false(sketch_read((struct str){ (const char *)bytes, 5 }, &read));
    sketch_keys(&s, keys);
    for (size_t i = 0; i < SKETCH_BANDS; i++)
        sum = sum * 31 + keys[i];
    if (sum != UINT64_C(7054539720207527629))
        fail_msg("the keys are others now: %llu", (unsigned long long)sum);
}

/* A notebook of n lines, each chosen from a number of its own. */
static struct sketch random_sketch(struct arena *a, uint64_t seed, unsigned n_changed)
{
    AUTO_BUF code = BUF_INIT(100000);
    for (unsigned i = 0; i < 60; i++) {
        uint64_t x = (i < n_changed ? seed * 977 : seed) + i;
        x = x * 6364136223846793005U + 1442695040888963407U;
        buf_printf(&code, "v%u = f%u(v%u) + g%u[v%u]\n", (unsigned)(x >> 33) % 997,
                   (unsigned)(x >> 40) % 991, (unsigned)(x >> 45) % 983, (unsigned)(x >> 50) % 977,
                   (unsigned)(x >> 55) % 501);
    }
    return sketch_of("python", arena_cstr(a, buf_str(&code), &(struct err)ERR_INIT));
}

static void copies_are_grouped_under_their_first(void **state)
{
    enum { N = 60 };
    AUTO_ARENA a = ARENA_INIT;
    struct sketch sketches[N];
    size_t groups[N];
    (void)state;
    for (unsigned i = 0; i < N; i++) /* six originals, each with nine copies of a few new lines */
        sketches[i] = random_sketch(&a, 1000 + i % 6 * 77, i < 6 ? 0 : 1 + i % 5);
    sketch_group(&a, sketches, N, groups);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(groups[i], i % 6);
    for (size_t i = 6; i < N; i++)
        assert_int_equal(sketch_choose(&sketches[i], sketches, 6), i % 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_paths_numbers_and_comments_are_the_same_code),
        cmocka_unit_test(too_little_code_is_in_no_group),
        cmocka_unit_test(a_sketch_is_the_same_for_ever),
        cmocka_unit_test(copies_are_grouped_under_their_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
