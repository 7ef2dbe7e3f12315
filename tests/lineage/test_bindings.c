/*
 * Tables that a notebook binds to locations.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/analysis.h"
#include "test.h"
#include "util/attrs.h"

static void tables_are_bound_to_where_their_data_lies(void **state)
{
    static const struct {
        const char *language, *code, *want;
    } rows[] = {
        { "sql", "CREATE EXTERNAL TABLE db.Orders (a int)\nLOCATION 's3a://lake/orders/'",
          "table:db.Orders s3://lake/orders 1" },
        { "sql", "USE db; CREATE TABLE t USING delta LOCATION 's3://lake/t'",
          "table:db.t s3://lake/t 1" },
        { "sql", "CREATE TEMPORARY VIEW v USING csv OPTIONS (path 's3://lake/v.csv')", "" },
        { "sql", "CREATE STAGE st URL='s3://lake/st'", "" },
        { "python", "b = 'lake'\nspark.sql(f'''CREATE TABLE db.t\n  LOCATION 's3://{b}/t' ''')",
          "table:db.t s3://lake/t 2" },
        { "python",
          "import awswrangler as wr\n"
          "wr.s3.to_parquet(df, path='s3://lake/t', dataset=True, database='db', table='t')",
          "table:db.t s3://lake/t 2" },
        { "python", "import awswrangler as wr\nwr.s3.to_parquet(df, path='s3://lake/t.parquet')",
          "" },
        { "python", "df.write.option('path', 's3://lake/t').saveAsTable('db.t')",
          "table:db.t s3://lake/t 1" },
        { "python",
          "import boto3\ng = boto3.client('glue')\ng.create_table(DatabaseName='db',"
          " TableInput={'Name': 't', 'StorageDescriptor': {'Location': 's3://lake/t/'}})",
          "table:db.t s3://lake/t 3" },
        { "python",
          "import os\nspark.sql('CREATE TABLE t LOCATION \"s3://' + os.environ['B'] + '/t\"')",
          "" },
        { "python", "spark.sql(\"CREATE TABLE t LOCATION 'd/t'\")", "" },
        { "python", "for i in range(2):\n    spark.sql(\"CREATE TABLE t LOCATION 's3://b/t'\")",
          "table:t s3://b/t 2" },
    };
    struct calls *calls = calls_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct cell cell = { .kind = CELL_CODE, .source = str_from(rows[i].code) };
        struct notebook nb = { .language = str_from(rows[i].language),
                               .cells = &cell,
                               .n_cells = 1 };
        const struct analysis_options options = { .calls = calls };
        struct analysis out;
        struct str text = STR_EMPTY;
        analyze(&a, &nb, &options, &out);
        for (size_t k = 0; k < out.n_bindings; k++)
            text = arena_printf(&a, "%.*s%s%.*s %.*s %u", STR_FMT(text), k > 0 ? "\n" : "",
                                STR_FMT(out.bindings[k].table), STR_FMT(out.bindings[k].location),
                                out.bindings[k].line);
        if (!str_eq(text, str_from(rows[i].want)))
            fail_msg("%s: got \"%.*s\", want \"%s\"", rows[i].code, STR_FMT(text), rows[i].want);
    }
    calls_free(calls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_bound_to_where_their_data_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
