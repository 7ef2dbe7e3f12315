/* SPDX-License-Identifier: Apache-2.0 */
#include "lake_text.h"

struct lake_case {
    const char *name, *listing, *want;
};

static void check(const struct lake_case *c, const char *patterns)
{
    struct lake lake = { 0 };
    struct str got = lake_datasets(&lake, c->listing, patterns);
    if (!str_eq(got, str_from(c->want)))
        fail_msg("case %s: got\n%.*swant\n%s", c->name, STR_FMT(got), c->want);
    arena_release(&lake.arena);
}

static void single_files_and_what_is_no_data(void **state)
{
    static const struct lake_case cases[] = {
        { "files with other names are datasets of their own",
          "data/iris.csv 10\n"
          "data/titanic.csv.gz 10\n",
          "s3://b/data/iris.csv single csv 1 /0\n"
          "s3://b/data/titanic.csv.gz single csv 1 /0\n" },
        { "code, documents, markers, hidden, temporary and empty objects are none",
          "a/ 0\n"
          "a/.x.csv.crc 3\n"
          "a/README.md 3\n"
          "a/_SUCCESS 0\n"
          "a/_temporary/0/part-0.csv 5\n"
          "a/empty.csv 0\n"
          "a/run.ipynb 5\n"
          "a/train.py 5\n"
          "a/x_$folder$ 3\n"
          "a/y.csv 3\n",
          "s3://b/a/y.csv single csv 1 /0\n" },
        { "one picture is none, two are a folder of pictures",
          "f/a.png 5\n"
          "g/cat.jpg 5\n"
          "g/dog.jpg 5\n",
          "s3://b/g folder jpeg 2 /0\n" },
        { "an object that only content could tell is none while nobody read it", "x/LICENSE 5\n",
          "" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check(&cases[i], "");
}

static void siblings_that_differ_in_a_number(void **state)
{
    static const struct lake_case cases[] = {
        { "part files of Spark are the folder",
          "t/_SUCCESS 0\n"
          "t/part-00000-0a1b2c3d-1111-2222-3333-444455556666-c000.snappy.parquet 5\n"
          "t/part-00001-0a1b2c3d-1111-2222-3333-444455556666-c000.snappy.parquet 5\n",
          "s3://b/t folder parquet 2 /0\n" },
        { "one part file is the folder as well",
          "t/part-00000-0a1b2c3d-1111-2222-3333-444455556666-c000.snappy.parquet 5\n",
          "s3://b/t folder parquet 1 /0\n" },
        { "numbers and dates",
          "n/a_1.csv 5\n"
          "n/a_2.csv 5\n"
          "n/b_2024-01-01.csv 5\n"
          "n/b_2024-01-02T10:00:00Z.csv 5\n",
          "s3://b/n/a_*.csv numbered csv 2 /0\n"
          "s3://b/n/b_*.csv numbered csv 2 /0\n" },
        { "alone in a folder they are called by it",
          "orders/orders_20240101.csv 5\n"
          "orders/orders_20240102.csv 5\n",
          "s3://b/orders numbered csv 2 /0\n" },
        { "no two that have other columns",
          "n/a_1.csv 5 id:int64\n"
          "n/a_2.csv 5 name:string,x:float64\n",
          "s3://b/n/a_1.csv single csv 1 /0\n"
          "s3://b/n/a_2.csv single csv 1 /0\n" },
        { "but where columns were added",
          "n/a_1.csv 5 id:int64,x:int64\n"
          "n/a_2.csv 5 id:int64,x:int64,y:int64\n",
          "s3://b/n numbered csv 2 /0 !1 columns are not in every object\n" },
        { "many names with the same columns are one",
          "c/amsterdam.csv 5 id:int64,x:int64\n"
          "c/berlin.csv 5 id:int64,x:int64\n"
          "c/cairo.csv 5 id:int64,x:int64\n"
          "c/delhi.csv 5 id:int64,x:int64\n"
          "c/essen.csv 5 id:int64,x:int64\n"
          "c/fes.csv 5 id:int64,x:int64\n"
          "c/genoa.csv 5 id:int64,x:int64\n"
          "c/hanoi.csv 5 id:int64,x:int64\n",
          "s3://b/c folder csv 8 /0 !8 objects with the same columns are taken for one dataset\n" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check(&cases[i], "");
}

static void partitions_in_the_names_of_folders(void **state)
{
    static const struct lake_case cases[] = {
        { "key=value, with types and leading zeros",
          "s/year=2023/month=12/part-0.parquet 5\n"
          "s/year=2024/month=01/part-0.parquet 5\n"
          "s/year=2024/month=02/part-0.parquet 5\n",
          "s3://b/s partitioned parquet 3 year:int,month:int/3\n" },
        { "null and text widen",
          "s/k=1/a.csv 5\n"
          "s/k=__HIVE_DEFAULT_PARTITION__/a.csv 5\n"
          "s/k=x%20y/a.csv 5\n",
          "s3://b/s partitioned csv 3 k:string/3\n" },
        { "yyyy/MM/dd and hour",
          "e/2024/01/15/00/x.json 5\n"
          "e/2024/01/15/01/x.json 5\n"
          "e/2024/02/01/23/x.json 5\n",
          "s3://b/e partitioned json 3 year:int,month:int,day:int,hour:int/3\n" },
        { "yyyy-MM-dd, yyyyMMdd, yyyy-MM",
          "d/2024-01-15/x.csv 5\n"
          "m/2024-01/x.csv 5\n"
          "m/2024-02/x.csv 5\n"
          "n/20240115/x.csv 5\n",
          "s3://b/d partitioned csv 1 date:date/1\n"
          "s3://b/m partitioned csv 2 month:string/2\n"
          "s3://b/n partitioned csv 1 date:date/1\n" },
        { "a year alone is a folder, several are a partition",
          "a/2024/x.csv 5\n"
          "b/2023/x.csv 5\n"
          "b/2024/x.csv 5\n",
          "s3://b/a/2024/x.csv single csv 1 /0\n"
          "s3://b/b partitioned csv 2 year:int/2\n" },
        { "folders below the partition part datasets",
          "p/dt=1/customers/x.csv 5\n"
          "p/dt=1/orders/x.csv 5\n"
          "p/dt=2/customers/x.csv 5\n"
          "p/dt=2/orders/x.csv 5\n",
          "s3://b/p/dt=*/customers partitioned csv 2 dt:int/2\n"
          "s3://b/p/dt=*/orders partitioned csv 2 dt:int/2\n" },
        { "names below a partition do not part what has the same columns",
          "p/dt=1/ab.csv 5 id:int64,x:int64\n"
          "p/dt=1/cd.csv 5 id:int64,x:int64\n"
          "p/dt=2/ef.csv 5 id:int64,x:int64\n",
          "s3://b/p partitioned csv 3 dt:int/2\n" },
        { "but what has other columns",
          "p/dt=1/customers.csv 5 id:int64,name:string\n"
          "p/dt=1/orders.csv 5 order:int64,price:float64\n"
          "p/dt=2/customers.csv 5 id:int64,name:string\n"
          "p/dt=2/orders.csv 5 order:int64,price:float64\n",
          "s3://b/p/dt=*/customers.csv partitioned csv 2 dt:int/2\n"
          "s3://b/p/dt=*/orders.csv partitioned csv 2 dt:int/2\n" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check(&cases[i], "");
}

static void mixed_layouts_give_warnings(void **state)
{
    static const struct lake_case cases[] = {
        { "flat objects beside partitions",
          "t/dt=1/part-0.parquet 5\n"
          "t/dt=2/part-0.parquet 5\n"
          "t/part-0.parquet 5\n",
          "s3://b/t partitioned parquet 3 dt:int/2 !1 of the objects lie outside of the "
          "partitions\n" },
        { "another order of columns",
          "t/a=1/b=1/part-0.parquet 5\n"
          "t/a=2/b=1/part-0.parquet 5\n"
          "t/b=1/a=3/part-0.parquet 5\n",
          "s3://b/t partitioned parquet 3 a:int,b:int/2 !1 of the objects have other partition "
          "columns: b/a instead of a/b\n" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check(&cases[i], "");
}

static void tables_take_all_that_lies_inside(void **state)
{
    static const struct lake_case cases[] = {
        { "Delta",
          "t/Country=DE/part-0.parquet 5\n"
          "t/_delta_log/00000000000000000000.json 5\n"
          "t/part-1.parquet 5\n",
          "s3://b/t delta parquet 2 /0\n" },
        { "Iceberg, whose metadata/ comes behind data/",
          "t/data/x=1/00000-0-a.parquet 5\n"
          "t/data/x=2/00000-0-b.parquet 5\n"
          "t/metadata/00000-0a1b2c3d-1111-2222-3333-444455556666.metadata.json 5\n"
          "t/metadata/snap-1.avro 5\n",
          "s3://b/t iceberg parquet 2 /0\n" },
        { "Hudi, with plain folders",
          "t/.hoodie/20240101000000.commit 5\n"
          "t/.hoodie/hoodie.properties 5\n"
          "t/asia/x_0_1.parquet 5\n"
          "t/europe/x_0_1.parquet 5\n",
          "s3://b/t hudi parquet 2 /0\n" },
        { "Zarr 2 and 3",
          "t/.zgroup 5\n"
          "t/temp/.zarray 5\n"
          "t/temp/0.0 5\n"
          "t/temp/0.1 5\n"
          "u/temp/c/0/0 5\n"
          "u/temp/c/0/1 5\n"
          "u/temp/zarr.json 5\n"
          "u/zarr.json 5\n",
          "s3://b/t zarr zarr 2 /0\n"
          "s3://b/u zarr zarr 2 /0\n" },
        { "a folder named metadata is no table",
          "t/data/x.csv 5\n"
          "t/metadata/columns.json 5\n",
          "s3://b/t/data/x.csv single csv 1 /0\n"
          "s3://b/t/metadata/columns.json single json 1 /0\n" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check(&cases[i], "");
}

static void what_notebooks_read_as_a_folder_is_one_dataset(void **state)
{
    static const char *const folders[] = { "s3://b/r/2024", "s3://b/q", NULL };
    struct lake lake = { .read_folders = folders };
    (void)state;
    assert_str(lake_datasets(&lake,
                             "q/monday.csv 5\n"
                             "q/tuesday.csv 5\n"
                             "r/2023/x.csv 5\n"
                             "r/2024/x.csv 5\n"
                             "r/2024/y.csv 5\n",
                             ""),
               "s3://b/q folder csv 2 /0\n"
               "s3://b/r/2023/x.csv single csv 1 /0\n"
               "s3://b/r/2024 folder csv 2 /0\n");
    arena_release(&lake.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_files_and_what_is_no_data),
        cmocka_unit_test(siblings_that_differ_in_a_number),
        cmocka_unit_test(partitions_in_the_names_of_folders),
        cmocka_unit_test(mixed_layouts_give_warnings),
        cmocka_unit_test(tables_take_all_that_lies_inside),
        cmocka_unit_test(what_notebooks_read_as_a_folder_is_one_dataset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
