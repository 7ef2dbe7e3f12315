/* Schemas of any format: types written out, compared, widened, copied. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "catalog/schema.h"

static struct column column(const char *name, enum column_type type)
{
    return (struct column){ .name = str_from(name), .type = type };
}

static void types_are_written_out_with_their_fields(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct column members[] = { column("a", COLUMN_INT32), column("b", COLUMN_STRING) };
    struct column element = column("element", COLUMN_STRUCT);
    struct column list = column("l", COLUMN_LIST);
    struct column price = column("p", COLUMN_DECIMAL);
    (void)state;
    element.fields = members;
    element.n_fields = 2;
    list.fields = &element;
    list.n_fields = 1;
    price.precision = 10;
    price.scale = 2;
    assert_str(column_type_text(&a, &list), "list<struct<a:int32,b:string>>");
    assert_str(column_type_text(&a, &price), "decimal(10,2)");
    assert_str(column_type_text(&a, &members[0]), "int32");
}

static void types_widen_as_readers_widen_them(void **state)
{
    static const struct {
        const char *a, *b, *want;
    } CASES[] = {
        { "int32", "int64", "int64" },
        { "int8", "uint8", "int16" },
        { "uint32", "int64", "int64" },
        { "int64", "float64", "float64" },
        { "float32", "float64", "float64" },
        { "null", "date", "date" },
        { "bool", "int64", "string" },
        { "date", "timestamp", "timestamp" },
        { "decimal", "int64", "decimal" },
        { "string", "int64", "string" },
        { "timestamp", "timestamp_tz", "string" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        enum column_type a = column_type_from_text(str_from(CASES[i].a));
        enum column_type b = column_type_from_text(str_from(CASES[i].b));
        assert_str(column_type_name(column_type_widen(a, b)), CASES[i].want);
        assert_str(column_type_name(column_type_widen(b, a)), CASES[i].want);
    }
}

static void added_columns_and_wider_numbers_are_one_dataset(void **state)
{
    struct column old[] = { column("id", COLUMN_INT32), column("x", COLUMN_FLOAT64) };
    struct column new[] = { column("id", COLUMN_INT64), column("x", COLUMN_FLOAT64),
                            column("y", COLUMN_STRING) };
    struct column other[] = { column("id", COLUMN_STRING), column("x", COLUMN_FLOAT64) };
    struct schema a = { .format = FORMAT_PARQUET, .columns = old, .n_columns = 2 };
    struct schema b = { .format = FORMAT_PARQUET, .columns = new, .n_columns = 3 };
    struct schema c = { .format = FORMAT_PARQUET, .columns = other, .n_columns = 2 };
    (void)state;
    assert_true(schema_compatible(&a, &b));
    assert_true(schema_compatible(&b, &a));
    assert_false(schema_equal(&a, &b));
    assert_true(schema_equal(&a, &a));
    assert_false(schema_compatible(&a, &c));
    a.format = c.format = FORMAT_CSV; /* guessed types do not count */
    a.csv.delimiter = c.csv.delimiter = ',';
    a.csv.has_header = c.csv.has_header = true;
    assert_true(schema_compatible(&a, &c));
    c.csv.has_header = false;
    assert_false(schema_compatible(&a, &c));
}

static void a_copy_lives_by_itself(void **state)
{
    AUTO_ARENA to = ARENA_INIT;
    struct schema copy;
    struct arena from = ARENA_INIT;
    struct column *list = ARENA_NEW(&from, struct column);
    struct schema s = { .format = FORMAT_ORC, .columns = list, .n_columns = 1 };
    (void)state;
    *list = column("tags", COLUMN_LIST);
    list->name = arena_str(&from, STR("tags"));
    list->fields = ARENA_NEW(&from, struct column);
    *list->fields = column("element", COLUMN_STRING);
    list->n_fields = 1;
    schema_warn(&from, &s, arena_str(&from, STR("cut")));
    schema_warn(&from, &s, STR("cut"));
    assert_int_equal(s.n_warnings, 1);
    schema_copy(&to, &s, &copy);
    arena_release(&from);
    assert_str(copy.columns[0].name, "tags");
    assert_str(column_type_text(&to, copy.columns), "list<string>");
    assert_str(copy.warnings[0], "cut");
}

static void suffixes_promise_a_format_and_a_packing(void **state)
{
    static const struct {
        const char *name, *format, *compression;
    } CASES[] = {
        { "a/b.csv", "csv", "none" },
        { "a/b.CSV.GZ", "csv", "gzip" },
        { "part-0.snappy.parquet", "parquet", "none" },
        { "x.json.zst", "json", "zstd" },
        { "x.tar.gz", "tar", "gzip" },
        { "x.tgz", "tar", "gzip" },
        { "v1.2/readme", "unknown", "none" },
        { "x.gz", "unknown", "gzip" },
        { "", "unknown", "none" },
        { ".", "unknown", "none" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        enum compression compression = COMPRESSION_MIXED;
        enum format format = format_from_name(str_from(CASES[i].name), &compression);
        assert_str(format_name(format), CASES[i].format);
        assert_str(compression_name(compression), CASES[i].compression);
        assert_int_equal(format_from_text(format_name(format)), format);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_written_out_with_their_fields),
        cmocka_unit_test(types_widen_as_readers_widen_them),
        cmocka_unit_test(added_columns_and_wider_numbers_are_one_dataset),
        cmocka_unit_test(a_copy_lives_by_itself),
        cmocka_unit_test(suffixes_promise_a_format_and_a_packing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
