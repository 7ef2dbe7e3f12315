/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/analysis.h"

#include "test.h"
#include "util/buf.h"

/* The references of cells, one a line: "dir uri", in the order of the cells. */
static struct str references(struct arena *a, const struct calls *calls, const char *language,
                             const char *const *cells, size_t n_cells)
{
    struct cell *list = ARENA_NEW_N(a, struct cell, n_cells);
    for (size_t i = 0; i < n_cells; i++)
        list[i] = (struct cell){ .kind = CELL_CODE, .source = str_from(cells[i]), .index = i };
    struct notebook nb = { .language = str_from(language), .cells = list, .n_cells = n_cells };
    struct analysis_options options = { .calls = calls };
    struct analysis out;
    analyze(a, &nb, &options, &out);
    struct str text = STR_EMPTY;
    for (size_t i = 0; i < out.n_references; i++)
        text =
            arena_printf(a, "%.*s%s%s %.*s", STR_FMT(text), i > 0 ? "\n" : "",
                         reference_dir_name(out.references[i].dir), STR_FMT(out.references[i].uri));
    return text;
}

struct row {
    const char *name;
    const char *cells[4];
    const char *expected;
};

static const struct row PYTHON[] = {
    { "a literal path is read",
      { "import pandas as pd\ndf = pd.read_csv('data/a.csv')" },
      "read file:data/a.csv" },
    { "names of earlier cells are known",
      { "bucket = 'b'\nkey = 'k/x.csv'",
        "import pandas\npandas.read_csv('s3://' + bucket + '/' + key)" },
      "read s3://b/k/x.csv" },
    { "an f-string is filled in",
      { "import pandas as pd\nyear = 2019\npd.read_parquet(f's3://b/{year}/x.parquet')" },
      "read s3://b/2019/x.parquet" },
    { "what is not known is a hole",
      { "import pandas as pd, os\npd.read_parquet(f's3://b/{os.environ[\"X\"]}/x.parquet')" },
      "read s3://b/{}/x.parquet" },
    { "an option of the command line has its default",
      { "import argparse, pandas as pd\np = argparse.ArgumentParser()\n"
        "p.add_argument('--in-dir', default='s3://b/in')\nargs = p.parse_args()\n"
        "pd.read_csv(args.in_dir + '/x.csv')" },
      "read s3://b/in/x.csv" },
    { "named tuples are known by their fields",
      { "import collections, pandas as pd\nC = collections.namedtuple('C', 'bucket key')\n"
        "c = C('b', key='k.csv')\npd.read_csv(f's3://{c.bucket}/{c.key}')" },
      "read s3://b/k.csv" },
    { "locals() are the names that are set",
      { "import pandas as pd\nt = 'x'\npd.read_csv('s3://b/%(t)s.csv' % locals())" },
      "read s3://b/x.csv" },
    { "YAML that is written in a text is known",
      { "import yaml, pandas as pd\nc = yaml.safe_load('in:\\n  path: s3://b/x.csv')\n"
        "pd.read_csv(c['in']['path'])" },
      "read s3://b/x.csv" },
    { "the environment that the notebook sets is known",
      { "import os, pandas as pd\nos.environ['X'] = 'v'\npd.read_csv(os.environ['X'] + '/a.csv')" },
      "read file:v/a.csv" },
    { "both branches of a condition count",
      { "import pandas as pd\nif x:\n    p = 'a.csv'\nelse:\n    p = 'b.csv'\npd.read_csv(p)" },
      "read file:a.csv\nread file:b.csv" },
    { "a later assignment replaces an earlier one",
      { "import pandas as pd\np = 'a.csv'", "p = 'b.csv'\npd.read_csv(p)" },
      "read file:b.csv" },
    { "a loop over a constant list reads each",
      { "import pandas as pd\nfor n in ['a', 'b']:\n    pd.read_csv(n + '.csv')" },
      "read file:a.csv\nread file:b.csv" },
    { "a loop over more than twenty is a hole",
      { "import pandas as pd\nfor n in range(100):\n    pd.read_csv(f'd/{n}.csv')" },
      "read file:d/{}.csv" },
    { "a function is read at its calls",
      { "import pandas as pd\ndef load(name, base='s3://b'):\n    return "
        "pd.read_csv(f'{base}/{name}.csv')",
        "load('x')\nload('y', base='s3://c')" },
      "read s3://b/x.csv\nread s3://c/y.csv" },
    { "a function that nothing calls is read once, with holes",
      { "import pandas as pd\ndef load(name):\n    return pd.read_csv(f's3://b/{name}.csv')" },
      "read s3://b/{}.csv" },
    { "a method of a class of the notebook is known",
      { "import pandas as pd\nclass A:\n    def __init__(self, base):\n        self.base = base\n"
        "    def load(self, n):\n        return pd.read_csv(self.base + '/' + n)",
        "a = A('s3://b')\na.load('x.csv')" },
      "read s3://b/x.csv" },
    { "a chain of Spark's reader is followed over lines",
      { "df = (spark.read\n      .option('header', True)\n      .csv('s3a://b/x'))\n"
        "df.write.mode('overwrite').parquet('s3a://b/y')" },
      "read s3://b/x\nwrite s3://b/y" },
    { "SQL text is read with the names that fill it",
      { "t = 'sales.orders'\nspark.sql(f'INSERT INTO out SELECT * FROM {t}')" },
      "write table:out\nread table:sales.orders" },
    { "a temporary view is no table",
      { "df = spark.read.parquet('s3://b/x')\ndf.createOrReplaceTempView('v')",
        "spark.sql('SELECT * FROM v JOIN real.t')" },
      "read s3://b/x\nread table:real.t" },
    { "a file that is opened for writing is written",
      { "import json\nwith open('out.json', 'w') as f:\n    json.dump(x, f)" },
      "write file:out.json" },
    { "a comprehension reads each element",
      { "import pandas as pd\ndf = pd.concat([pd.read_csv(f'{n}.csv') for n in ('a', 'b')])" },
      "read file:a.csv\nread file:b.csv" },
    { "code that is printed or commented is nothing",
      { "print(\"pd.read_csv('a.csv')\")\n# pd.read_csv('b.csv')" },
      "" },
    { "a cell that does not parse does not hide the others",
      { "import pandas as pd\nx = = 1\npd.read_csv('a.csv')" },
      "read file:a.csv" },
};

static void run(const struct calls *calls, const char *language, const struct row *row)
{
    AUTO_ARENA a = ARENA_INIT;
    size_t n = 0;
    while (n < 4 && row->cells[n] != NULL)
        n++;
    struct str got = references(&a, calls, language, row->cells, n);
    if (!str_eq(got, str_from(row->expected)))
        fail_msg("%s:\n%.*s\ninstead of\n%s", row->name, STR_FMT(got), row->expected);
}

static void finds_what_python_cells_read_and_write(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(PYTHON); i++)
        run(*state, "python", &PYTHON[i]);
}

static int make_calls(void **state)
{
    *state = calls_new();
    return 0;
}

static int free_calls(void **state)
{
    calls_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_python_cells_read_and_write),
    };
    return cmocka_run_group_tests(tests, make_calls, free_calls);
}
