/* SPDX-License-Identifier: Apache-2.0 */
#include "lake_text.h"

#define V(n) "t/_delta_log/0000000000000000000" n ".json"
#define LIST(n) V(n) " 10\n"

static void check(const char *name, const char *listing, const struct lake_file *files,
                  const char *want)
{
    struct lake lake = { .files = files };
    struct str got = lake_datasets(&lake, listing, "");
    if (!str_eq(got, str_from(want)))
        fail_msg("case %s: got\n%.*swant\n%s", name, STR_FMT(got), want);
    arena_release(&lake.arena);
}

#define META(columns)                                                                              \
    "{\"metaData\":{\"id\":\"x\",\"format\":{\"provider\":\"parquet\",\"options\":{}},"            \
    "\"schemaString\":\"{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":["                             \
    "{\\\"name\\\":\\\"id\\\",\\\"type\\\":\\\"long\\\",\\\"nullable\\\":false,"                   \
    "\\\"metadata\\\":{}},"                                                                        \
    "{\\\"name\\\":\\\"at\\\",\\\"type\\\":\\\"date\\\",\\\"nullable\\\":true,"                    \
    "\\\"metadata\\\":{\\\"delta.columnMapping.physicalName\\\":\\\"col-1\\\"}},"                  \
    "{\\\"name\\\":\\\"m\\\",\\\"type\\\":{\\\"type\\\":\\\"map\\\",\\\"keyType\\\":"              \
    "\\\"string\\\",\\\"valueType\\\":\\\"decimal(10,2)\\\",\\\"valueContainsNull\\\":true},"      \
    "\\\"nullable\\\":true,\\\"metadata\\\":{}}]}\",\"partitionColumns\":[" columns "]}}\n"

#define ADD(path, values, size, rows)                                                              \
    "{\"add\":{\"path\":\"" path "\",\"partitionValues\":{" values "},\"size\":" size ","          \
    "\"modificationTime\":1,\"dataChange\":true,\"stats\":\"{\\\"minValues\\\":{\\\"id\\\":1},"    \
    "\\\"numRecords\\\":" rows "}\"}}\n"

static void delta_counts_what_the_commits_leave(void **state)
{
    static const struct lake_file files[] = {
        { V("0"), "{\"commitInfo\":{\"n\":123456789012345678901234567890}}\n" META("\"at\"")
                      ADD("a", "\"col-1\":\"2024-01-01\"", "5", "10")
                          ADD("b", "\"col-1\":null", "7", "3") },
        { V("1"), "{\"remove\":{\"path\":\"b\",\"dataChange\":true}}\n" ADD(
                      "c", "\"at\":\"2024-01-01\"", "11", "4") },
        { V("2"),
          "{\"remove\":{\"path\":\"a\",\"dataChange\":true}}\n"
          "{\"add\":{\"path\":\"a\",\"partitionValues\":{\"col-1\":\"2024-01-02\"},\"size\":5,"
          "\"modificationTime\":1,\"stats\":\"{\\\"numRecords\\\":10}\",\"deletionVector\":{"
          "\"storageType\":\"u\",\"pathOrInlineDv\":\"xyz\",\"offset\":1,\"sizeInBytes\":3,"
          "\"cardinality\":2}}}" },
        { NULL, NULL },
    };
    (void)state;
    check("commits", LIST("0") LIST("1") LIST("2") "t/a 5\nt/b 7\nt/c 11\n", files,
          "s3://b/t delta parquet 3 at:date/2 rows=12 live=2/16 id:int64 at:date?# "
          "m:map<string,decimal(10,2)>? [2024-01-01]=1 [2024-01-02]=1\n");
}

static void delta_says_what_it_could_not_read(void **state)
{
    static const struct lake_file broken[] = { { V("0"), "{\"add\":" }, { NULL, NULL } };
    static const struct lake_file deep[] = {
        { V("0"), "{\"metaData\":{\"schemaString\":\"{\\\"type\\\":1}\"}}" }, { NULL, NULL }
    };
    (void)state;
    check("broken", LIST("0") "t/x.parquet 5\n", broken,
          "s3://b/t delta parquet 1 /0 rows=-1 live=1/5 error: " V(
              "0") ": "
                   "JSON: line 1, column 7: unexpected token near end of file\n");
    check("schema", LIST("0") "t/x.parquet 5\n", deep,
          "s3://b/t delta parquet 1 /0 rows=-1 live=1/5 error: the schema in the log: "
          "/fields: is missing\n");
}

static void iceberg_reads_the_newest_metadata(void **state)
{
    static const struct lake_file files[] = {
        { "t/metadata/v3.metadata.json",
          "{\"format-version\":1,\"schema\":{\"type\":\"struct\",\"fields\":["
          "{\"id\":1,\"name\":\"id\",\"required\":true,\"type\":\"int\"},"
          "{\"id\":2,\"name\":\"s\",\"required\":false,\"type\":{\"type\":\"struct\",\"fields\":["
          "{\"id\":3,\"name\":\"l\",\"required\":false,\"type\":{\"type\":\"list\","
          "\"element-id\":4,\"element\":\"fixed[4]\",\"element-required\":true}}]}}]},"
          "\"partition-spec\":[{\"name\":\"id_bucket\",\"transform\":\"bucket[4]\",\"source-id\":1,"
          "\"field-id\":1000}],\"current-snapshot-id\":7,\"snapshots\":[{\"snapshot-id\":7,"
          "\"summary\":{\"total-records\":\"5\",\"total-data-files\":\"2\","
          "\"total-files-size\":\"99\",\"total-position-deletes\":\"1\"}}]}" },
        { NULL, NULL },
    };
    (void)state;
    check(
        "version 1 of the format",
        "t/data/a.parquet 5\n"
        "t/metadata/v10.metadata.json 0\n"
        "t/metadata/v2.metadata.json 5\n"
        "t/metadata/v3.metadata.json 5\n",
        files,
        "s3://b/t iceberg parquet 1 id_bucket:int/0 !the snapshot has delete files: how many rows "
        "remain is not known rows=-1 live=2/99 id:int32 s:struct<l:list<binary>>?\n");
}

static void hudi_reads_its_properties(void **state)
{
    static const struct lake_file files[] = {
        { "t/.hoodie/hoodie.properties", "#Updated at 2024\nhoodie.table.name=trips\n"
                                         "hoodie.table.base.file.format=PARQUET\n"
                                         "hoodie.table.partition.fields=city:SIMPLE,day\n" },
        { NULL, NULL },
    };
    (void)state;
    check("properties",
          "t/.hoodie/hoodie.properties 5\n"
          "t/city=x/day=1/a_0_1.parquet 5 fare:float64,city:string\n"
          "t/city=y/day=2/b_0_1.parquet 5 fare:float64,city:string\n",
          files,
          "s3://b/t hudi parquet 2 city:string,day:int/2 rows=-1 live=2/10 fare:float64 "
          "city:string# day:int32# [x,1]=1 [y,2]=1\n");
}

static void hudi_takes_the_columns_of_its_newest_commit(void **state)
{
    static const struct lake_file files[] = {
        { "t/.hoodie/20240102000000000.commit",
          "{\"extraMetadata\":{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"r\\\","
          "\\\"fields\\\":[{\\\"name\\\":\\\"id\\\",\\\"type\\\":\\\"long\\\"},{\\\"name\\\":"
          "\\\"city\\\","
          "\\\"type\\\":[\\\"null\\\",\\\"string\\\"]}]}\"}}" },
        { "t/.hoodie/hoodie.properties", "hoodie.table.partition.fields=city\n" },
        { NULL, NULL },
    };
    (void)state;
    check("commit",
          "t/.hoodie/20240101000000000.commit 5\n"
          "t/.hoodie/20240102000000000.commit 5\n"
          "t/.hoodie/20240102000000000.commit.requested 5\n"
          "t/.hoodie/hoodie.properties 5\n"
          "t/x/a_0_1.parquet 5 other:int64\n",
          files, "s3://b/t hudi parquet 1 city:string/0 rows=-1 live=1/5 id:int64 city:string?#\n");
}

static void zarr_reads_the_arrays(void **state)
{
    static const struct lake_file files[] = {
        { "t/.zgroup", "{\"zarr_format\":2}" },
        { "t/a/.zarray", "{\"shape\":[10,20],\"dtype\":\"<f4\",\"zarr_format\":2}" },
        { "t/b/c/.zarray", "{\"shape\":[3],\"dtype\":\"|S5\",\"zarr_format\":2}" },
        { NULL, NULL },
    };
    static const struct lake_file one[] = {
        { "t/.zarray", "{\"shape\":[3],\"dtype\":[[\"x\",\"<i4\"]]}" }, { NULL, NULL }
    };
    (void)state;
    check("a group", "t/.zgroup 5\nt/a/.zarray 5\nt/a/0.0 5\nt/b/c/.zarray 5\nt/b/c/0 5\n", files,
          "s3://b/t zarr zarr 2 /0 rows=-1 live=2/10 a:float32 b/c:binary\n");
    check("an array", "t/.zarray 5\nt/0 5\n", one,
          "s3://b/t zarr zarr 1 /0 rows=-1 live=1/5 data:struct\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delta_counts_what_the_commits_leave),
        cmocka_unit_test(delta_says_what_it_could_not_read),
        cmocka_unit_test(iceberg_reads_the_newest_metadata),
        cmocka_unit_test(hudi_reads_its_properties),
        cmocka_unit_test(hudi_takes_the_columns_of_its_newest_commit),
        cmocka_unit_test(zarr_reads_the_arrays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
