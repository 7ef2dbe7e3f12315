/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "catalog/object_name.h"

struct name_case {
    const char *name;
    enum object_role role;
    const char *pattern;
    bool is_machine;
};

static void a_name_says_what_an_object_is_and_which_siblings_it_has(void **state)
{
    static const struct name_case cases[] = {
        { "iris.csv", OBJECT_DATA, "iris.csv", false },
        { "x_1.csv", OBJECT_DATA, "x_*.csv", false },
        { "x_2024-01-01.csv", OBJECT_DATA, "x_*.csv", false },
        { "x_2024-01-01T10:00:00Z.csv.gz", OBJECT_DATA, "x_*.csv.gz", false },
        { "x_20240101_100000.json", OBJECT_DATA, "x_*.json", false },
        { "part-00000-0a1b2c3d-1111-2222-3333-444455556666-c000.snappy.parquet", OBJECT_DATA,
          "part-*-c*.snappy.parquet", true },
        { "part-0.parquet", OBJECT_DATA, "part-*.parquet", true },
        { "data_0.parquet", OBJECT_DATA, "data_*.parquet", true },
        { "0a1b2c3d-1111-2222-3333-444455556666-0.parquet", OBJECT_DATA, "*.parquet", true },
        { "0a1b2c3d111122223333444455556666.parquet", OBJECT_DATA, "*.parquet", true },
        { "20240115_123456_00012_abcde_0a1b2c3d-1111-2222-3333-444455556666", OBJECT_UNKNOWN, "*",
          true },
        { "stream-1-2024-01-01-00-00-00-0a1b2c3d-1111-2222-3333-444455556666", OBJECT_UNKNOWN,
          "stream-*", false },
        { "000000_0", OBJECT_UNKNOWN, "*", true },
        { "part-r-00001.gz", OBJECT_DATA, "part-r-*.gz", true },
        { "0.0.1", OBJECT_UNKNOWN, "*", true },
        { "covid19.csv", OBJECT_DATA, "covid*.csv", false },
        { "face1.csv", OBJECT_DATA, "face*.csv", false },
        { "a*1.csv", OBJECT_DATA, "a*1.csv", false },
        { "cat.jpg", OBJECT_MEDIA, "cat.jpg", false },
        { "dem.tif", OBJECT_MEDIA, "dem.tif", false },
        { "train.py", OBJECT_OTHER, "train.py", false },
        { "report.ipynb", OBJECT_OTHER, "report.ipynb", false },
        { "README.md", OBJECT_OTHER, "README.md", false },
        { "model.tar.gz", OBJECT_OTHER, "model.tar.gz", false },
        { "sourcedir.tar.gz", OBJECT_OTHER, "sourcedir.tar.gz", false },
        { "data.zip", OBJECT_DATA, "data.zip", false },
        { "_SUCCESS", OBJECT_IGNORED, "_SUCCESS", false },
        { ".part-0.csv.crc", OBJECT_IGNORED, ".part-0.csv.crc", false },
        { "x_$folder$", OBJECT_IGNORED, "x_$folder$", false },
        { "x.csv.tmp", OBJECT_IGNORED, "x.csv.tmp", false },
        { "~$x.xlsx", OBJECT_IGNORED, "~$x.xlsx", false },
        { "1.csv.metadata", OBJECT_IGNORED, "1.csv.metadata", false },
        { "", OBJECT_IGNORED, "", false },
        { "LICENSE", OBJECT_OTHER, "LICENSE", false },
        { "blob", OBJECT_UNKNOWN, "blob", false },
    };
    AUTO_ARENA a = ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct object_name got = object_name_parse(&a, str_from(cases[i].name));
        if (got.role != cases[i].role || !str_eq(got.pattern, str_from(cases[i].pattern)) ||
            got.is_machine != cases[i].is_machine)
            fail_msg("%s: got role %d, pattern %.*s, is_machine %d", cases[i].name, (int)got.role,
                     STR_FMT(got.pattern), got.is_machine);
        assert_int_equal(got.is_literal, str_eq(got.pattern, str_from(cases[i].name)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_says_what_an_object_is_and_which_siblings_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
