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
    { "a magic fills in the names of the program",
      { "folder = 'd/e'", "%%writefile $folder/x.csv\n1,2\n", "open('d/e/x.csv')" },
      "write file:d/e/x.csv\nread file:d/e/x.csv" },
    { "a file that is given to a run is read",
      { "from azureml.core import Run\nrun = Run.get_context()\n"
        "run.upload_file(name='o/x.txt', path_or_stream='l/x.txt')\n"
        "run.download_file('o/y.txt', 'l/y.txt')" },
      "read file:l/x.txt\nwrite file:l/y.txt" },
    { "a model names its table in its class Meta",
      { "from pynamodb.models import Model\nclass Song(Model):\n    class Meta:\n"
        "        table_name = 'songs'\n        region = 'eu'\n",
        "for s in Song.scan(limit=5):\n    pass\nwith Song.batch_write() as batch:\n    pass" },
      "read table:songs\nwrite table:songs" },
    { "a stream that is kept in memory is a table of the session",
      { "w = df.writeStream.queryName('counts').format('memory').start()\n"
        "spark.sql('select * from counts')" },
      "" },
    { "a word that is a statement is no table",
      { "import sqlalchemy as sa\ncon = sa.create_engine('postgresql://h/d')\n"
        "con.execute('commit;')\ncon.execute('DESCRIBE')" },
      "" },
    { "all alternatives of a word of a command are tried",
      { "import subprocess\nif a > b:\n    f = 'x'\nelse:\n    f = 'y'\n"
        "subprocess.run(['aws', 's3', 'rm', 's3://b/' + f])" },
      "write s3://b/x\nwrite s3://b/y" },
    { "a configuration that the notebook writes is read back",
      { "%%writefile c.yaml\nd:\n  p: s3://b/in.csv\n",
        "import yaml, pandas as pd\nc = yaml.safe_load(open('c.yaml'))\npd.read_csv(c['d']['p'])" },
      "write file:c.yaml\nread file:c.yaml\nread s3://b/in.csv" },
    { "a file system in the clothes of another library keeps its scheme",
      { "from pyarrow.fs import PyFileSystem, FSSpecHandler\nimport adlfs, pandas as pd\n"
        "fs = PyFileSystem(FSSpecHandler(adlfs.AzureBlobFileSystem('acc')))\n"
        "pd.read_parquet('box/ships', filesystem=fs)" },
      "read abfs://box/ships" },
    { "a Delta table that is opened by a bare path is a path",
      { "from deltalake import DeltaTable, write_deltalake\nwrite_deltalake('ships', df)\n"
        "t = DeltaTable('ships')\nt.to_pandas()\nt.optimize()" },
      "write file:ships\nread file:ships\nread file:ships\nwrite file:ships" },
    { "a session that a name of a whole import makes is Spark's",
      { "from delta import *\nspark = configure_spark_with_delta_pip(builder).getOrCreate()\n"
        "spark.table('ships').show()" },
      "read table:ships" },
    { "shards are written where the keyword says, a registered data set is the notebook's own",
      { "from streaming.base.converters import dataframeToMDS\n"
        "dataframeToMDS(df, True, mds_kwargs={'out': 's3://b/mds'})\n"
        "ctx.register_dataset('mine', data)\nctx.sql('select * from mine')" },
      "write s3://b/mds" },
    { "blobs of Google's buckets, however the bucket is come by",
      { "from google.cloud import storage\nc = storage.Client()\n"
        "storage.Bucket(c, 'one').blob('a.csv').download_as_bytes()\n"
        "c.bucket('two').blob('b.csv').upload_from_filename('x.csv')\n"
        "storage.Bucket(c, name='three').get_blob('c.csv').download_as_text()" },
      "read gs://one/a.csv\nread file:x.csv\nwrite gs://two/b.csv\nread gs://three/c.csv" },
    { "parameters of a pipeline are joined, a file system comes with its paths",
      { "from sagemaker.workflow.functions import Join\n"
        "from sagemaker.processing import ProcessingInput\n"
        "ProcessingInput(source=Join(on='/', values=['s3:/', 'b', run_id, 'k']), "
        "destination='/opt')\n"
        "import fsspec\nfs, token, paths = fsspec.core.get_fs_token_paths('s3://b/x.csv')\n"
        "fs.open(paths[0])" },
      "read s3://b/{}/k\nread s3://b/x.csv" },
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
    { "what a listing yields is joined to a scheme once",
      { "import fsspec, xarray as xr\nfs = fsspec.filesystem('s3')\n"
        "for f in ['s3://' + f for f in fs.glob('s3://b/d/*')]:\n    xr.open_dataset(f)" },
      "list s3://b/d/*\nread s3://b/d/*" },
    { "the name of a file in a folder of the root stands in other text alone",
      { "import os, requests\nfor i in os.listdir('/a/d'):\n"
        "    requests.get('https://h.org/x/' + i + '.csv')" },
      "list file:/a/d\nread https://h.org/x/{}.csv" },
    { "methods of a class that nobody knows say what they do",
      { "from lib.geo import Store\nimport conf\ns = Store()\n"
        "s.read_parquet(f'{conf.P}in/x.parquet')\ns.to_parquet(df, 'out/y.parquet')" },
      "read {}in/x.parquet\nwrite file:out/y.parquet" },
    { "a format in front of a path in quotes is no table",
      { "spark.table('delta.`/d/x`')" },
      "read file:/d/x" },
    { "a reader of data is known in every library",
      { "from merlin.core.dispatch import get_lib\nget_lib().read_parquet('d/x.parquet')" },
      "read file:d/x.parquet" },
    { "DuckDB reads a file that is named without quotes",
      { "import duckdb\nduckdb.sql('SELECT * FROM x.csv JOIN s.t')" },
      "read file:x.csv\nread table:s.t" },
    { "a table that is made of a file for SQL is no table",
      { "from blazingsql import BlazingContext\nb = BlazingContext()\n"
        "b.create_table('t', 'd/x.csv')\nb.sql('SELECT * FROM t')" },
      "read file:d/x.csv" },
    { "any name may be a CTE where unknown text stands among them",
      { "import pandas as pd, lib\nq = 'WITH a AS (SELECT * FROM s.t),' + lib.part() + "
        "' SELECT * FROM b JOIN a JOIN s.u'\npd.read_sql(q, con)" },
      "read table:s.t\nread table:s.u" },
    { "a saved query is a view for later cells",
      { "%%sql --save q --no-execute\nSELECT * FROM t", "%%sql --with q\nSELECT * FROM q" },
      "read table:t" },
    { "a cell that does not parse does not hide the others",
      { "import pandas as pd\nx = = 1\npd.read_csv('a.csv')" },
      "read file:a.csv" },
};

/* Stores, sessions and services of the cloud. */
static const struct row CLOUD[] = {
    { "objects below a prefix have keys that begin with it",
      { "import boto3\ns3 = boto3.resource('s3')\nbox = s3.Bucket('box')\n"
        "for o in box.objects.filter(Prefix='in/'):\n"
        "    s3.Bucket('out').copy({'Bucket': 'box', 'Key': o.key}, o.key.replace('in/', "
        "'done/'))\n"
        "    s3.Object(o.bucket_name, o.key).get()" },
      "list s3://box/in\nread s3://box/in/{}\nwrite s3://out/done/{}\nread s3://box/in/{}" },
    { "a widget gives what it begins with",
      { "dbutils.widgets.text('table', 'main.sales.orders', 'Table')\n"
        "dbutils.widgets.dropdown('env', 'dev', ['dev', 'prod'])\ndbutils.widgets.text('x', '')",
        "t = dbutils.widgets.get('table')\nspark.table(t)\n"
        "spark.read.parquet(f\"/mnt/{dbutils.widgets.get('env')}/a\")\n"
        "spark.read.parquet('/mnt/b/' + dbutils.widgets.get('x'))" },
      "read table:main.sales.orders\nread file:/mnt/dev/a\nread file:/mnt/b/{}" },
    { "a temporary view is no table of the current database",
      { "spark.sql('USE shop')\ndf.createOrReplaceTempView('fresh')\n"
        "spark.table('fresh')\nspark.table('old')" },
      "read table:shop.old" },
    { "decorators make tables of functions",
      { "import dlt\n@dlt.table\ndef bronze():\n    return spark.read.json('/Volumes/m/raw')\n"
        "@dlt.table(name='silver')\n@dlt.expect('a', 'b')\ndef f():\n    return "
        "dlt.read('bronze')\n@dlt.view(comment='c')\ndef v():\n    return dlt.read('silver')",
        "spark.table('v')" },
      "write table:bronze\nread file:/Volumes/m/raw\nwrite table:silver\nread table:bronze\n"
      "read table:silver" },
    { "None is never part of a location",
      { "import pandas as pd\nhost = None\nfor b in balancers():\n    if b.ok:\n"
        "        host = b['DNS']\npd.read_csv('http://{}/a.csv'.format(host))" },
      "read http://{}/a.csv" },
    { "a session's sql has no object, classes come with a star",
      { "sql('USE CATALOG main')\nsql('USE DATABASE shop')\nsql('SELECT * FROM orders')",
        "from delta.tables import *\nDeltaTable.forName(spark, 'stock').alias('a').merge(b, "
        "'x').whenMatchedUpdateAll().execute()" },
      "read table:main.shop.orders\nread table:main.shop.stock\nwrite table:main.shop.stock" },
    { "a file's name makes a location of a folder that is not known",
      { "from sagemaker.s3 import S3Uploader\nimport sagemaker\nsess = sagemaker.Session()\n"
        "S3Uploader.upload('d/a.csv', f's3://{sess.default_bucket()}/{made()}')\n"
        "sess.upload_data('d/b.csv', bucket=sess.default_bucket(), key_prefix=made())" },
      "read file:d/a.csv\nwrite s3://{}/{}/a.csv\nread file:d/b.csv\nwrite s3://{}/{}/b.csv" },
    { "a statement is run by what its name says runs it",
      { "from helpers import *\nimport tools\nrun_query('SELECT a FROM shop.orders')\n"
        "tools.executeQueryAsFrame(c, 'SELECT b FROM shop.items')\n"
        "print_query('SELECT c FROM shop.none')\nrun_query('select one of them')" },
      "read table:shop.orders\nread table:shop.items" },
    { "a version of a table is at the table's path",
      { "spark.sql('SELECT * FROM delta.`s3://box/t@v5`')\n"
        "spark.sql('SELECT * FROM delta.`s3://box/u@home`')" },
      "read s3://box/t\nread s3://box/u@home" },
    { "a query that is saved under a name is no table",
      { "%%sql --save fresh --no-execute\nSELECT * FROM stock",
        "%sql --with fresh SELECT * FROM fresh" },
      "read table:stock" },
    { "a name that is empty until one is found is not the folder",
      { "import pandas as pd\nname = ''\nfor f in files():\n    if f.ok:\n        name = f.name\n"
        "pd.read_csv('d/' + name)" },
      "read file:d/{}" },
    { "a class of nobody's library is made from a file",
      { "from pools import Pool\np = Pool.from_file('../d/users.json.gz')" },
      "read file:../d/users.json.gz" },
    { "an entry that a branch replaces may be the old one as well",
      { "import pandas as pd\nc = {'a': 'a.csv', 'b': 'b.csv'}\nif debug():\n    c['a'] = "
        "'a2.csv'\n"
        "if False:\n    c['b'] = 'b2.csv'\npd.read_csv(c['a'])\npd.read_csv(c['b'])",
        "d = {}\nif debug():\n    d['k'] = 'c.csv'\nelse:\n    d['k'] = 'd.csv'\n"
        "pd.read_csv(d['k'])" },
      "read file:a.csv\nread file:a2.csv\nread file:b.csv\nread file:c.csv\nread file:d.csv" },
    { "a job's output is the place that it is given, not a file there",
      { "import boto3\nc = boto3.client('comprehend')\nc.start_topics_detection_job(\n"
        "    InputDataConfig={'S3Uri': 's3://box/in.txt'}, OutputDataConfig={'S3Uri': "
        "'s3://box/out/'})" },
      "read s3://box/in.txt\nwrite s3://box/out" },
    { "properties of a serializer begin no statement",
      { "%%sql\nCREATE EXTERNAL TABLE clicks (id string)\nROW FORMAT\n  SERDE 'a.b.C'\n"
        "  WITH SERDEPROPERTIES ('paths'='id')\nLOCATION 's3://box/clicks'" },
      "write table:clicks\nread s3://box/clicks" },
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

static void finds_what_cells_do_in_the_cloud(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(CLOUD); i++)
        run(*state, "python", &CLOUD[i]);
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
        cmocka_unit_test(finds_what_cells_do_in_the_cloud),
    };
    return cmocka_run_group_tests(tests, make_calls, free_calls);
}
