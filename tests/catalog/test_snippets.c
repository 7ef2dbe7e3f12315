/*
 * Snippets: which there are for a dataset, and how hostile names are quoted.  tests/system runs
 * them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/snippets.h"
#include "test.h"
#include "util/attrs.h"

static struct str code_of(const struct snippet *snippets, size_t n, const char *tool)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(snippets[i].tool, tool) == 0)
            return snippets[i].code;
    return STR_EMPTY;
}

static void a_dataset_has_the_snippets_that_fit_it(void **state)
{
    static const struct {
        const char *uri, *format, *layout, *compression, *tools;
    } rows[] = {
        { "s3://b/x.csv", "csv", "single", "", "pandas polars spark duckdb r scala" },
        { "s3://b/x.csv.gz", "csv", "single", "gzip", "pandas polars spark duckdb r scala" },
        { "s3://b/x.csv.xz", "csv", "single", "xz", "pandas" },
        { "s3://b/x", "parquet", "partitioned", "snappy", "pandas polars spark duckdb r scala" },
        { "s3://b/x", "csv", "partitioned", "none", "pandas spark duckdb r scala" },
        { "s3://b/x_*.json", "jsonl", "numbered", "", "pandas polars spark duckdb scala" },
        { "s3://b/t", "parquet", "delta", "", "pandas polars spark duckdb r scala" },
        { "s3://b/t", "", "iceberg", "", "spark duckdb scala" },
        { "gs://b/x", "parquet", "folder", "", "spark scala" },
        { "file:/d/x.xlsx", "xlsx", "single", "", "pandas r" },
        { "s3://b/x.png", "png", "folder", "", "" },
        { "s3://b/\xff", "csv", "single", "", "" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_ARENA a = ARENA_INIT;
        const struct snippet_dataset d = { .uri = str_from(rows[i].uri),
                                           .format = str_from(rows[i].format),
                                           .layout = str_from(rows[i].layout),
                                           .compression = str_from(rows[i].compression),
                                           .has_header = true };
        struct snippet snippets[SNIPPETS_MAX];
        struct str tools = STR_EMPTY;
        size_t n = snippets_make(&a, &d, snippets);
        for (size_t j = 0; j < n; j++) {
            tools =
                arena_printf(&a, "%.*s%s%s", STR_FMT(tools), j > 0 ? " " : "", snippets[j].tool);
            assert_case(!str_contains(snippets[j].code, STR("${")), rows[i].uri);
        }
        if (!str_eq(tools, str_from(rows[i].tools)))
            fail_msg("%s %s: got %.*s", rows[i].uri, rows[i].layout, STR_FMT(tools));
    }
}

static void options_are_written_where_they_differ(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct snippet s[SNIPPETS_MAX];
    struct snippet_dataset d = { .uri = STR("s3://b/x.csv.gz"),
                                 .format = STR("csv"),
                                 .layout = STR("single"),
                                 .compression = STR("gzip"),
                                 .delimiter = ';',
                                 .has_header = false };
    size_t n = snippets_make(&a, &d, s);
    (void)state;
    assert_str(
        code_of(s, n, "pandas"),
        "import pandas as pd\n\ndf = pd.read_csv(\"s3://b/x.csv.gz\", sep=\";\", header=None, "
        "compression=\"gzip\")");
    assert_str(code_of(s, n, "duckdb"),
               "CREATE SECRET (TYPE s3, PROVIDER credential_chain);\n"
               "SELECT * FROM read_csv('s3://b/x.csv.gz', delim = ';', header = false, "
               "compression = 'gzip');");
    assert_str(code_of(s, n, "scala"),
               "val df = spark.read.option(\"sep\", \";\").csv(\"s3://b/x.csv.gz\")");
    d.layout = STR("folder");
    d.local = STR("/lake");
    d.uri = STR("s3://b/x");
    n = snippets_make(&a, &d, s);
    assert_str(code_of(s, n, "pandas"),
               "import pyarrow.csv as csv\nimport pyarrow.dataset as ds\n\n"
               "df = ds.dataset(\"/lake/b/x\", format=ds.CsvFileFormat(parse_options="
               "csv.ParseOptions(delimiter=\";\"), read_options=csv.ReadOptions("
               "autogenerate_column_names=True)), partitioning=\"hive\").to_table().to_pandas()");
    assert_str(code_of(s, n, "polars"),
               "import polars as pl\n\ndf = pl.scan_csv(\"/lake/b/x/**/*.csv.gz\", "
               "separator=\";\", has_header=False).collect()");
}

static void hostile_names_are_quoted(void **state)
{
    static const struct {
        const char *text, *python, *sql, *scala;
    } rows[] = {
        { "a\"b'c", "\"a\\\"b'c\"", "'a\"b''c'", "\"a\\\"b'c\"" },
        { "a\\b", "\"a\\\\b\"", "'a\\b'", "\"a\\\\b\"" },
        { "a\nb\tc", "\"a\\nb\\tc\"", "'a\nb\tc'", "\"a\\nb\\tc\"" },
        { "\x01\x7f", "\"\\x01\\x7f\"", "'\x01\x7f'", "\"\\u0001\\u007f\"" },
        { "$x{y}\xc3\xa9", "\"$x{y}\xc3\xa9\"", "'$x{y}\xc3\xa9'", "\"$x{y}\xc3\xa9\"" },
        { "", "\"\"", "''", "\"\"" },
    };
    AUTO_ARENA a = ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_str(snippet_quote_python(&a, str_from(rows[i].text)), rows[i].python);
        assert_str(snippet_quote_sql(&a, str_from(rows[i].text)), rows[i].sql);
        assert_str(snippet_quote_scala(&a, str_from(rows[i].text)), rows[i].scala);
        assert_str(snippet_quote_r(&a, str_from(rows[i].text)), rows[i].scala);
    }
}

static void globs_in_names_are_no_globs(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct snippet s[SNIPPETS_MAX];
    struct snippet_dataset d = { .uri = STR("file:/d/[x]_*.csv"),
                                 .format = STR("csv"),
                                 .layout = STR("numbered"),
                                 .has_header = true };
    size_t n = snippets_make(&a, &d, s);
    (void)state;
    assert_true(str_contains(code_of(s, n, "pandas"), STR("glob.glob(\"/d/[[]x]_*.csv\")")));
    assert_true(str_contains(code_of(s, n, "duckdb"), STR("'/d/[[]x]_*.csv'")));
    assert_true(str_contains(code_of(s, n, "spark"), STR("csv(\"file:///d/\\\\[x\\\\]_*.csv\")")));
    d.layout = STR("single");
    d.uri = STR("file:/d/*.csv");
    n = snippets_make(&a, &d, s);
    assert_true(str_contains(code_of(s, n, "pandas"), STR("read_csv(\"/d/*.csv\")")));
    assert_true(str_contains(code_of(s, n, "duckdb"), STR("'/d/[*].csv'")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dataset_has_the_snippets_that_fit_it),
        cmocka_unit_test(options_are_written_where_they_differ),
        cmocka_unit_test(hostile_names_are_quoted),
        cmocka_unit_test(globs_in_names_are_no_globs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
