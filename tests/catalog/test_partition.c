/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "catalog/partition.h"

struct folder_case {
    const char *name;
    enum folder_kind above, kind;
    const char *column, *value; /* value NULL: null */
};

static void a_folder_is_what_its_name_and_the_one_above_say(void **state)
{
    static const struct folder_case cases[] = {
        { "year=2024", FOLDER_PLAIN, FOLDER_HIVE, "year", "2024" },
        { "k=a%2Fb%", FOLDER_PLAIN, FOLDER_HIVE, "k", "a/b%" },
        { "a%20b=1", FOLDER_PLAIN, FOLDER_HIVE, "a b", "1" },
        { "k=a=b", FOLDER_PLAIN, FOLDER_HIVE, "k", "a=b" },
        { "_k=1", FOLDER_PLAIN, FOLDER_HIVE, "_k", "1" },
        { "k=", FOLDER_PLAIN, FOLDER_HIVE, "k", "" },
        { "k=__HIVE_DEFAULT_PARTITION__", FOLDER_PLAIN, FOLDER_HIVE, "k", NULL },
        { "=1", FOLDER_PLAIN, FOLDER_PLAIN, "", "" },
        { "_tmp", FOLDER_PLAIN, FOLDER_HIDDEN, "", "" },
        { "_temporary", FOLDER_PLAIN, FOLDER_HIDDEN, "", "" },
        { ".git", FOLDER_PLAIN, FOLDER_HIDDEN, "", "" },
        { "2024-01-15", FOLDER_PLAIN, FOLDER_DATE, "date", "2024-01-15" },
        { "15.01.2024", FOLDER_PLAIN, FOLDER_DATE, "date", "15.01.2024" },
        { "20240115T100000Z", FOLDER_PLAIN, FOLDER_DATE, "date", "20240115T100000Z" },
        { "2024-02-30", FOLDER_PLAIN, FOLDER_PLAIN, "", "" },
        { "2023-02-29", FOLDER_PLAIN, FOLDER_PLAIN, "", "" },
        { "20240230", FOLDER_PLAIN, FOLDER_NUMBER, "", "20240230" },
        { "2024-01-15-final", FOLDER_PLAIN, FOLDER_PLAIN, "", "" },
        { "2024-01", FOLDER_PLAIN, FOLDER_MONTH, "month", "2024-01" },
        { "202413", FOLDER_PLAIN, FOLDER_NUMBER, "", "202413" },
        { "2024", FOLDER_PLAIN, FOLDER_YEAR, "year", "2024" },
        { "3024", FOLDER_PLAIN, FOLDER_NUMBER, "", "3024" },
        { "01", FOLDER_PLAIN, FOLDER_NUMBER, "", "01" },
        { "01", FOLDER_YEAR, FOLDER_YEARMONTH, "month", "01" },
        { "13", FOLDER_YEAR, FOLDER_NUMBER, "", "13" },
        { "31", FOLDER_YEARMONTH, FOLDER_DAY, "day", "31" },
        { "31", FOLDER_MONTH, FOLDER_DAY, "day", "31" },
        { "23", FOLDER_DAY, FOLDER_HOUR, "hour", "23" },
        { "24", FOLDER_DAY, FOLDER_NUMBER, "", "24" },
        { "", FOLDER_PLAIN, FOLDER_PLAIN, "", "" },
    };
    AUTO_ARENA a = ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct folder_name got = folder_name_parse(&a, str_from(cases[i].name), cases[i].above);
        assert_case(got.kind == cases[i].kind, cases[i].name);
        assert_case(str_eq(got.column, str_from(cases[i].column)), cases[i].name);
        assert_case((got.value.ptr == NULL) == (cases[i].value == NULL), cases[i].name);
        assert_case(str_eq(got.value, str_from(cases[i].value)), cases[i].name);
    }
}

static void types_widen_as_in_spark_whatever_comes_first(void **state)
{
    static const enum partition_type N = PARTITION_NULL, I = PARTITION_INT, L = PARTITION_LONG,
                                     C = PARTITION_DECIMAL, D = PARTITION_DOUBLE,
                                     Y = PARTITION_DATE, T = PARTITION_TIMESTAMP,
                                     S = PARTITION_STRING;
    const enum partition_type cases[][3] = {
        { N, I, I }, { N, N, N }, { I, L, L }, { I, D, D }, { L, D, S }, { I, C, C }, { L, C, C },
        { C, D, S }, { Y, T, T }, { I, Y, S }, { D, T, S }, { S, I, S }, { L, L, L }, { D, Y, S },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(partition_type_widen(cases[i][0], cases[i][1]), cases[i][2]);
        assert_int_equal(partition_type_widen(cases[i][1], cases[i][0]), cases[i][2]);
    }
}

static void a_value_has_the_type_that_spark_infers(void **state)
{
    static const struct {
        const char *value;
        enum partition_type type;
    } cases[] = {
        { "1", PARTITION_INT },
        { "007", PARTITION_INT },
        { "-2147483648", PARTITION_INT },
        { "2147483648", PARTITION_LONG },
        { "-9223372036854775808", PARTITION_LONG },
        { "9223372036854775808", PARTITION_DECIMAL },
        { "111111111111111111111111111111111111111", PARTITION_DOUBLE },
        { "1.5", PARTITION_DOUBLE },
        { "1e5", PARTITION_DECIMAL },
        { "1e-5", PARTITION_DOUBLE },
        { "1e", PARTITION_STRING },
        { "e5", PARTITION_STRING },
        { ".", PARTITION_STRING },
        { "1d", PARTITION_DOUBLE },
        { "1dd", PARTITION_STRING },
        { "NaN", PARTITION_DOUBLE },
        { "nan", PARTITION_STRING },
        { "+", PARTITION_STRING },
        { "2024-01-01", PARTITION_DATE },
        { "2024-01-01 10:00:00", PARTITION_TIMESTAMP },
        { "2024-01-01 10:00:00.5", PARTITION_TIMESTAMP },
        { "2024-01-01 10:00:00.55", PARTITION_STRING },
        { "2024-01-01 25:00:00", PARTITION_STRING },
        { "15.01.2024", PARTITION_STRING },
        { "", PARTITION_STRING },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_case(partition_type_of(str_from(cases[i].value)) == cases[i].type, cases[i].value);
    assert_int_equal(partition_type_of((struct str){ NULL, 0 }), PARTITION_NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_is_what_its_name_and_the_one_above_say),
        cmocka_unit_test(types_widen_as_in_spark_whatever_comes_first),
        cmocka_unit_test(a_value_has_the_type_that_spark_infers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
