/*
 * The normal form of locations: a row for each row of the reference model's table and for each of
 * its settled cases that is about spelling.  "\x1a" is an unknown part.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/uri.h"
#include "test.h"
#include "util/limits.h"

#define H HOLE_TEXT
#define N_ROWS(rows) (sizeof(rows) / sizeof(rows)[0])

struct row {
    const char *text, *want;
};

/* Two strs that have to be equal; the message shows the text that gave them. */
static void check(const char *text, struct str got, const char *want)
{
    if (!str_eq(got, str_from(want)))
        fail_msg("of \"%s\" got \"%.*s\", want \"%s\"", text, STR_FMT(got), want);
}

static void check_rows(const struct row *rows, size_t n)
{
    AUTO_ARENA a = ARENA_INIT;
    for (size_t i = 0; i < n; i++) {
        struct str got = uri_from_path(&a, str_from(rows[i].text));
        check(rows[i].text, got, rows[i].want);
        check(rows[i].want, uri_from_path(&a, got), rows[i].want);
    }
}

static const struct row s3_rows[] = {
    { "s3://b/k", "s3://b/k" },
    { "s3a://b/k", "s3://b/k" },
    { "s3n://b/k", "s3://b/k" },
    { "S3://b/k", "s3://b/k" },
    { "s3:/b/k", "s3://b/k" },
    { "s3://b", "s3://b" },
    { "s3://b/k/", "s3://b/k" },
    { "s3://b//k", "s3://b//k" },
    { "s3://b/a/../k", "s3://b/a/../k" },
    { " s3://b/k\n", "s3://b/k" },
    { "s3://b/k/*.parquet", "s3://b/k/*.parquet" },
    { "s3://b/part-{0,1}.csv", "s3://b/part-{0,1}.csv" },
    { "s3://b/part-?.csv", "s3://b/part-?.csv" },
    { "s3://b/k?format=libsvm#cache", "s3://b/k" },
    { "s3://vaex/taxi/x.hdf5?anon=true", "s3://vaex/taxi/x.hdf5" },
    { "s3://b/k%20x+y", "s3://b/k%20x+y" },
    { "s3n://KEY:SECRET@b/k", "s3://b/k" },
    { "s3://<bucket>/k", "s3://<bucket>/k" },
    { "s3://your-bucket/[name]/k", "s3://your-bucket/[name]/k" },
    { "s3://b/run::1/x.csv", "s3://b/run::1/x.csv" },
    { "s3://b/2019/01/x.zip!inner.csv", "s3://b/2019/01/x.zip" },
    { "arn:aws:s3:::b", "s3://b" },
    { "arn:aws:s3:::b/k*", "s3://b/k*" },
    { "arn:aws-cn:s3:::b/k", "s3://b/k" },
    { "arn:aws-us-gov:s3:::b/k/", "s3://b/k" },
    { "arn:aws:s3:us-west-2:123456789012:accesspoint/ap/object/a/b",
      "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/ap/a/b" },
    { "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/ap/object/b",
      "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/ap/object/b" },
    { "arn:aws:sns:us-west-2:123456789012:topic", "arn:aws:sns:us-west-2:123456789012:topic" },
};

static const struct row https_s3_rows[] = {
    { "https://b.s3.amazonaws.com/k", "s3://b/k" },
    { "https://b.s3.eu-west-1.amazonaws.com/k", "s3://b/k" },
    { "https://s3.amazonaws.com/b/k", "s3://b/k" },
    { "https://s3-eu-west-1.amazonaws.com/b/k", "s3://b/k" },
    { "https://s3.us-gov-west-1.amazonaws.com/b/k", "s3://b/k" },
    { "https://b.s3-us-west-2.amazonaws.com/k", "s3://b/k" },
    { "http://my.dotted.bucket.s3.amazonaws.com/a/b.csv", "s3://my.dotted.bucket/a/b.csv" },
    { "https://b.s3.dualstack.us-west-2.amazonaws.com/k", "s3://b/k" },
    { "https://s3.dualstack.us-west-2.amazonaws.com/b/k", "s3://b/k" },
    { "https://b.s3-accelerate.amazonaws.com/k", "s3://b/k" },
    { "https://b.s3-accelerate.dualstack.amazonaws.com/k", "s3://b/k" },
    { "https://b.s3-fips.us-east-1.amazonaws.com/k", "s3://b/k" },
    { "http://b.s3-website-us-east-1.amazonaws.com/k", "s3://b/k" },
    { "http://b.s3-website.eu-central-1.amazonaws.com/k", "s3://b/k" },
    { "https://s3.cn-north-1.amazonaws.com.cn/b/k", "s3://b/k" },
    { "https://b.s3.cn-northwest-1.amazonaws.com.cn/k", "s3://b/k" },
    { "https://S3.AmazonAWS.com:443/b/k", "s3://b/k" },
    { "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=ab",
      "s3://b/k" },
    { "https://b.s3.amazonaws.com/", "s3://b" },
    { "https://s3.amazonaws.com/", "" },
    { "https://" H ".s3." H ".amazonaws.com/k", "s3://{}/k" },
    { "https://s3-" H ".amazonaws.com/b/" H ".csv", "s3://b/{}.csv" },
    { "https://s3" H ".amazonaws.com/b/k", "s3://b/k" },
    { "https://ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com/k",
      "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/ap/k" },
    { "https://athena.us-east-1.amazonaws.com/b/k", "https://athena.us-east-1.amazonaws.com/b/k" },
    { "https://1.s3-control.us-east-1.amazonaws.com/k",
      "https://1.s3-control.us-east-1.amazonaws.com/k" },
    { "https://b.s3.amazonaws.com.example.org/k", "https://b.s3.amazonaws.com.example.org/k" },
};

static const struct row web_rows[] = {
    { "https://h.org/a.csv#row=4", "https://h.org/a.csv" },
    { "HTTP://h.org/a.csv", "http://h.org/a.csv" },
    { "https://h.org/a/", "https://h.org/a" },
    { "https://h.org/a?x=1&y=2", "https://h.org/a?x=1&y=2" },
    { "https://h.org/a?path=/x/", "https://h.org/a?path=/x/" },
    { "https://h.org//a//b.csv", "https://h.org//a//b.csv" },
    { "ftp://h.org/pub/a.gz", "ftp://h.org/pub/a.gz" },
    { "https://user:secret@h.org/a.csv", "https://h.org/a.csv" },
    { "https://h.org/" H "/a.csv", "https://h.org/{}/a.csv" },
    { "https://ai.stanford.edu/~amaas/x.tar.gz", "https://ai.stanford.edu/~amaas/x.tar.gz" },
    { "https://c.blob.core.windows.net/d/x.tif", "https://c.blob.core.windows.net/d/x.tif" },
    { "http://localhost:8888/x.csv", "" },
    { "http://127.0.0.1/x.csv", "" },
    { "http://[::1]:80/x.csv", "" },
    { "http://169.254.169.254/latest/meta-data", "" },
    { "https://" H, "" },
    { "https://" H "/" H, "" },
};

static const struct row scheme_rows[] = {
    { "gs://b/k/", "gs://b/k" },
    { "abfss://c@a.dfs.core.windows.net/d", "abfss://c@a.dfs.core.windows.net/d" },
    { "abfss://" H "@" H ".dfs.core.windows.net/" H, "" },
    { "wasbs://c@a.blob.core.windows.net/d/", "wasbs://c@a.blob.core.windows.net/d" },
    { "wasb:///example/x.jar", "wasb:///example/x.jar" },
    { "adl://a.azuredatalakestore.net/d", "adl://a.azuredatalakestore.net/d" },
    { "hdfs://n:8020/d", "hdfs://n:8020/d" },
    { "hdfs:///d/x", "hdfs:///d/x" },
    { "hdfs:///", "hdfs:///" },
    { "hdfs://localhost/user/logs/*", "hdfs://localhost/user/logs/*" },
    { "dbfs:/x", "dbfs:/x" },
    { "dbfs:///x/", "dbfs:/x" },
    { "/dbfs/x", "dbfs:/x" },
    { "file:/dbfs/x/../y", "dbfs:/y" },
    { "/dbfsx", "file:/dbfsx" },
    { "oci://bucket@namespace/name", "oci://bucket@namespace/name" },
    { "hf://datasets/o/n/x.csv", "hf://datasets/o/n/x.csv" },
    { "sftp://u:secret@h/x.csv", "sftp://h/x.csv" },
    { "postgresql://u:secret@h/db?sslmode=require", "postgresql://h/db?sslmode=require" },
    { "sqlite:///d/x.db", "file:d/x.db" },
    { "sqlite:////d/x.db", "file:/d/x.db" },
    { "sqlite://", "" },
    { "sqlite:///:memory:", "" },
    { "duckdb:///x.duckdb", "file:x.duckdb" },
    { "table:sales.orders", "table:sales.orders" },
    { "stage:@s/p/", "stage:@s/p" },
    { "gs://" H, "" },
    { "s3://" H, "" },
    { "s3://" H "/", "" },
    { "s3://", "" },
    { "table:" H "." H, "" },
};

static const struct row file_rows[] = {
    { "data/iris.csv", "file:data/iris.csv" },
    { "/tmp/x.csv", "file:/tmp/x.csv" },
    { "./x.csv", "file:x.csv" },
    { "././x.csv", "file:x.csv" },
    { "a/../x.csv", "file:x.csv" },
    { "a/b/../../x.csv", "file:x.csv" },
    { "../a/../x.csv", "file:../x.csv" },
    { "../../x.csv", "file:../../x.csv" },
    { "a/./b//c.csv", "file:a/b/c.csv" },
    { "/../x", "file:/x" },
    { "a/..", "file:." },
    { ".", "file:." },
    { "./", "file:." },
    { "..", "file:.." },
    { "/", "file:/" },
    { "data/", "file:data" },
    { "~/x", "file:~/x" },
    { "~", "file:~" },
    { "~/../x", "file:~/../x" },
    { "file:///x", "file:/x" },
    { "file:////x", "file:/x" },
    { "file:/x", "file:/x" },
    { "file:x", "file:x" },
    { "FILE:///x", "file:/x" },
    { "file://localhost/x", "file:/x" },
    { "file://./x", "file:x" },
    { "jar:file:/x", "file:/x" },
    { "jar:file:/x.jar!/a/b.csv", "file:/x.jar" },
    { "x.csv?format=csv&label_column=0", "file:x.csv" },
    { "part-?.csv", "file:part-?.csv" },
    { "d/**/*.json", "file:d/**/*.json" },
    { "d/x.zip!y.csv", "file:d/x.zip" },
    { "C:\\data\\x.csv", "file:C:\\data\\x.csv" },
    { "C:/data/x.csv", "file:C:/data/x.csv" },
    { "file:///C:/data/x.csv", "file:C:/data/x.csv" },
    { ".\\data\\", "file:data" },
    { "\\\\server\\share\\x.csv", "file:\\\\server\\share\\x.csv" },
    { "2019-01-01T10:20.csv", "file:2019-01-01T10:20.csv" },
    { "a:b.csv", "file:a:b.csv" },
    { "-", "" },
    { "", "" },
    { "  ", "" },
    { ":memory:", "" },
    { "memory://x", "" },
    { "/dev/stdin", "" },
    { "/dev/null", "" },
    { "data:text/csv;base64,YQ==", "" },
    { "a\nb", "" },
    { "{\n\"a\": 1}", "" },
};

static const struct row hole_rows[] = {
    { "s3://" H "/train/" H ".csv", "s3://{}/train/{}.csv" },
    { "s3://" H H H "/x", "s3://{}/x" },
    { "s3://{}/" H "{}", "" },
    { "s3://{}/{}.csv", "s3://{}/{}.csv" },
    { H "rollup/x.parquet", "{}rollup/x.parquet" },
    { H "/rollup/x.parquet", "{}/rollup/x.parquet" },
    { H "://b/k/", "{}://b/k" },
    { H, "" },
    { H "/*", "" },
    { "file:" H, "" },
    { "./" H "/x.csv", "file:{}/x.csv" },
    { "/tmp/" H, "file:/tmp/{}" },
    { H "/../x", "{}/../x" },
    { "a" H "/../x", "file:a{}/../x" },
    { H ".csv", "{}.csv" },
    { "chunk-{i:02}.parquet", "file:chunk-{i:02}.parquet" },
    { "hdfs://" H "/d", "hdfs://{}/d" },
};

static const struct row wrapped_rows[] = {
    { "simplecache::s3://b/k.nc", "s3://b/k.nc" },
    { "zip://x.csv::s3://b/k.zip", "s3://b/k.zip" },
    { "zip://*.csv::simplecache::gs://b/k.zip", "gs://b/k.zip" },
    { "filecache::https://h.org/a.nc#f", "https://h.org/a.nc" },
    { "zip://x.csv::/tmp/k.zip", "file:/tmp/k.zip" },
    { "zip:///tmp/k.zip!x.shp", "file:/tmp/k.zip" },
    { "zip+s3://b/k.zip!x.shp", "s3://b/k.zip" },
    { "/vsis3/b/k.tif", "s3://b/k.tif" },
    { "/vsigs/b/k.tif", "gs://b/k.tif" },
    { "/vsiaz/c/k.tif", "az://c/k.tif" },
    { "/vsicurl/https://h.org/a.tif", "https://h.org/a.tif" },
    { "/vsicurl/https://b.s3.amazonaws.com/a.tif", "s3://b/a.tif" },
    { "/vsizip/vsis3/b/k.zip/in/x.shp", "s3://b/k.zip" },
    { "/vsizip//vsicurl/https://h.org/k.zip/x.shp", "https://h.org/k.zip" },
    { "/vsizip/d/k.zip/x.shp", "file:d/k.zip" },
    { "/vsizip//d/k.zip/x.shp", "file:/d/k.zip" },
    { "/vsitar/{/vsis3/b/k.x}/y", "s3://b/k.x" },
    { "/vsimem/x.tif", "" },
};

static void every_spelling_of_s3_is_one(void **state)
{
    (void)state;
    check_rows(s3_rows, N_ROWS(s3_rows));
    check_rows(https_s3_rows, N_ROWS(https_s3_rows));
}

static void other_addresses_stay_as_written(void **state)
{
    (void)state;
    check_rows(web_rows, N_ROWS(web_rows));
    check_rows(scheme_rows, N_ROWS(scheme_rows));
}

static void paths_of_a_disk_are_folded(void **state)
{
    (void)state;
    check_rows(file_rows, N_ROWS(file_rows));
}

static void unknown_parts_become_braces(void **state)
{
    (void)state;
    check_rows(hole_rows, N_ROWS(hole_rows));
}

static void wrapped_locations_are_unwrapped(void **state)
{
    (void)state;
    check_rows(wrapped_rows, N_ROWS(wrapped_rows));
}

static void bucket_and_key_make_an_address(void **state)
{
    static const struct {
        const char *bucket, *key, *want;
    } rows[] = {
        { "b", "k", "s3://b/k" },
        { "b", "", "s3://b" },
        { "b", "/k/", "s3://b/k" },
        { "b/", "k//x", "s3://b/k//x" },
        { "s3://b", "k", "s3://b/k" },
        { H, "k", "s3://{}/k" },
        { "", "k", "s3://{}/k" },
        { "", "s3://b/k", "s3://b/k" },
        { "b-" H, H "/x", "s3://b-{}/{}/x" },
        { H, H, "" },
        { "", "", "" },
        { "b", "a::b.csv", "s3://b/a::b.csv" },
        { "arn:aws:s3:us-west-2:123456789012:accesspoint/ap", "k",
          "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/ap/k" },
    };
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        check(rows[i].key, uri_from_s3(&a, str_from(rows[i].bucket), str_from(rows[i].key)),
              rows[i].want);
}

static void paths_of_file_systems_get_their_scheme(void **state)
{
    static const struct {
        const char *scheme, *path, *want;
    } rows[] = {
        { "s3", "b/k", "s3://b/k" },
        { "s3", "s3://b/k/", "s3://b/k" },
        { "s3", "/b/k", "s3://b/k" },
        { "gs", "b/k", "gs://b/k" },
        { "s3", H "/k", "s3://{}/k" },
        { "s3", "arn:aws:s3:::b/k", "s3://b/k" },
        { "s3", "gs://b/k", "gs://b/k" },
        { "s3", H, "" },
        { "s3", "", "" },
        { "hdfs", "n/x", "hdfs://n/x" },
    };
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        check(rows[i].path,
              uri_from_bucket_path(&a, str_from(rows[i].scheme), str_from(rows[i].path)),
              rows[i].want);
}

static void tables_lose_their_quotes(void **state)
{
    static const struct row rows[] = {
        { "sales.orders", "table:sales.orders" },
        { "Songs", "table:Songs" },
        { "\"My Db\".\"T\"", "table:My Db.T" },
        { "`p-1.d.t`", "table:p-1.d.t" },
        { "google.com:p.d.t", "table:google.com:p.d.t" },
        { H ".t", "table:{}.t" },
        { "d." H, "table:d.{}" },
        { H, "" },
        { H "." H, "" },
        { "", "" },
        { "table:a.b", "table:a.b" },
        { "delta.`s3a://b/k/`", "s3://b/k" },
        { "parquet.`/d/x`", "file:/d/x" },
        { "d.`t`", "table:d.t" },
        { "s3://b/k", "s3://b/k" },
    };
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        check(rows[i].text, uri_from_table(&a, str_from(rows[i].text)), rows[i].want);
}

static void names_keep_their_kind(void **state)
{
    static const struct {
        const char *scheme, *name, *want;
    } rows[] = {
        { "stream", "clicks", "stream:clicks" },
        { "stream", H, "" },
        { "stage", "@s/p/", "stage:@s/p" },
        { "stage", "s/p", "stage:@s/p" },
        { "stage", "'@~/x'", "stage:@~/x" },
        { "builtin", "iris", "builtin:iris" },
        { "builtin", "lewtun/github-issues", "builtin:lewtun/github-issues" },
        { "builtin", "", "" },
    };
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        check(rows[i].name, uri_from_name(&a, rows[i].scheme, str_from(rows[i].name)),
              rows[i].want);
}

static void joining_makes_no_double_slash(void **state)
{
    static const struct {
        const char *base, *name, *want;
    } rows[] = {
        { "d", "x", "d/x" },        { "d/", "x", "d/x" },         { "d/", "/x", "d/x" },
        { "s3://", "b", "s3://b" }, { "s3://b/", "", "s3://b/" }, { "", "x", "x" },
        { H, "x", H "/x" },         { "", "/x", "/x" },
    };
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        check(rows[i].base, uri_join(&a, str_from(rows[i].base), str_from(rows[i].name)),
              rows[i].want);
}

static void the_base_name_is_the_last_part(void **state)
{
    static const struct row rows[] = {
        { "d/x.csv", "x.csv" },
        { "x.csv", "x.csv" },
        { "d/e/", "e" },
        { "https://h/x.csv?raw=1", "x.csv" },
        { "C:\\d\\x.csv", "x.csv" },
        { "s3://b/" H ".csv", H ".csv" },
        { "", "" },
        { "/", "" },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        check(rows[i].text, uri_base_name(str_from(rows[i].text)), rows[i].want);
}

static void the_parent_holds_the_last_part(void **state)
{
    static const struct row rows[] = {
        { "s3://b/k/x", "s3://b/k" },
        { "s3://b/k", "s3://b" },
        { "s3://b", "" },
        { "file:a/b", "file:a" },
        { "file:a", "" },
        { "file:/x", "file:/" },
        { "file:/", "" },
        { "file:/a/b", "file:/a" },
        { "hdfs:///x", "hdfs:///" },
        { "https://h/x", "https://h" },
        { "table:a.b", "" },
        { "{}/x", "{}" },
        { "dbfs:/x", "dbfs:/" },
        { "", "" },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        check(rows[i].text, uri_parent(str_from(rows[i].text)), rows[i].want);
}

static void places_are_local_remote_or_neither(void **state)
{
    static const struct {
        const char *uri;
        bool is_local, is_remote;
    } rows[] = {
        { "file:x", true, false },      { "s3://b/k", false, true }, { "dbfs:/x", false, true },
        { "https://h/x", false, true }, { "table:t", false, false }, { "{}/x", false, false },
        { "stage:@s", false, false },   { "", false, false },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        assert_case(uri_is_local_file(str_from(rows[i].uri)) == rows[i].is_local, rows[i].uri);
        assert_case(uri_is_remote(str_from(rows[i].uri)) == rows[i].is_remote, rows[i].uri);
    }
    assert_int_equal(uri_n_holes(STR("s3://{}/x/{}.csv")), 2);
    assert_int_equal(uri_n_holes(STR("s3://b/{a}")), 0);
}

static void the_suffix_tells_what_is_held(void **state)
{
    static const struct {
        const char *uri;
        enum uri_what what;
    } rows[] = {
        { "s3://b/x.csv", URI_WHAT_DATA },
        { "file:x.CSV.gz", URI_WHAT_DATA },
        { "file:x.parquet", URI_WHAT_DATA },
        { "file:part-0000.gz", URI_WHAT_DATA },
        { "table:t.py", URI_WHAT_DATA },
        { "file:m.joblib", URI_WHAT_MODEL },
        { "s3://b/model.tar.gz", URI_WHAT_MODEL },
        { "file:x.tar.gz", URI_WHAT_ARCHIVE },
        { "file:x.zip", URI_WHAT_ARCHIVE },
        { "file:f.png", URI_WHAT_FIGURE },
        { "file:d/a.py", URI_WHAT_CODE },
        { "file:Dockerfile", URI_WHAT_CODE },
        { "file:c.yaml", URI_WHAT_CONFIG },
        { "file:requirements.txt", URI_WHAT_CONFIG },
        { "file:x.txt", URI_WHAT_DATA },
        { "https://h/x.html", URI_WHAT_DOCUMENT },
        { "https://h/x.csv?raw=1", URI_WHAT_DATA },
        { "s3://b/d", URI_WHAT_UNKNOWN },
        { "s3://b/*.json", URI_WHAT_DATA },
        { "file:.bashrc", URI_WHAT_UNKNOWN },
        { "", URI_WHAT_UNKNOWN },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        assert_case(uri_what(str_from(rows[i].uri)) == rows[i].what, rows[i].uri);
}

static void what_is_too_long_is_no_location(void **state)
{
    static char text[LIMIT_URI_BYTES + 1];
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    memset(text, 'x', sizeof text);
    assert_int_equal(uri_from_path(&a, (struct str){ text, sizeof text - 1 }).len,
                     sizeof text - 1 + sizeof "file:" - 1);
    assert_int_equal(uri_from_path(&a, (struct str){ text, sizeof text }).len, 0);
}

/* A small generator of its own: the same texts on every machine. */
static unsigned next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(*seed >> 33);
}

static size_t make_text(uint64_t *seed, char *text, size_t cap)
{
    static const char *const words[] = {
        "s3://",
        "s3a:",
        "file:",
        "dbfs:/",
        "arn:aws:s3:::",
        "https://",
        "s3.amazonaws.com",
        "/",
        "//",
        ".",
        "..",
        "./",
        "../",
        "{}",
        H,
        "a",
        "b.csv",
        "\\",
        "C:",
        ":",
        "::",
        "zip://",
        "jar:",
        "!",
        ".zip",
        "?x=1",
        "#",
        "*",
        "{",
        "}",
        "@",
        "u:p@",
        "%20",
        " ",
        "~",
        "/vsizip/",
        "/vsis3/",
        "table:",
        "stage:@",
        "sqlite:///",
        "hdfs:///",
        "-",
        "accesspoint/",
        "object/",
        "localhost",
        "/dbfs",
        "gs:",
        "x:",
        "\xc3\xa9",
        ":memory:",
        "simplecache::",
        "hdfs+",
        "`",
        "'",
    };
    size_t len = 0;
    for (unsigned n = next_random(seed) % 9; n > 0; n--) {
        const char *word = words[next_random(seed) % N_ROWS(words)];
        size_t word_len = strlen(word);
        if (len + word_len > cap)
            break;
        memcpy(text + len, word, word_len);
        len += word_len;
    }
    return len;
}

static void check_stable(struct arena *a, struct str text, struct str once)
{
    struct str twice = uri_from_path(a, once);
    if (!str_eq(once, twice))
        fail_msg("of \"%.*s\" got \"%.*s\", then \"%.*s\"", STR_FMT(text), STR_FMT(once),
                 STR_FMT(twice));
    (void)uri_what(once);
    (void)uri_parent(once);
}

static void a_normal_form_is_its_own(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    uint64_t seed = 1;
    for (int i = 0; i < 200000; i++) {
        char bytes[128];
        struct str text = { bytes, make_text(&seed, bytes, sizeof bytes) };
        check_stable(&a, text, uri_from_path(&a, text));
        check_stable(&a, text, uri_from_table(&a, text));
        check_stable(&a, text, uri_from_s3(&a, text, STR("k")));
        check_stable(&a, text, uri_from_s3(&a, STR("b"), text));
        check_stable(&a, text, uri_from_bucket_path(&a, STR("s3"), text));
        arena_reset(&a);
    }
}

static void random_bytes_do_no_harm(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    uint64_t seed = 7;
    for (int i = 0; i < 50000; i++) {
        char bytes[64];
        size_t len = next_random(&seed) % sizeof bytes;
        for (size_t j = 0; j < len; j++)
            bytes[j] = (char)next_random(&seed);
        struct str text = { bytes, len };
        check_stable(&a, text, uri_from_path(&a, text));
        (void)uri_base_name(text);
        arena_reset(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_of_s3_is_one),
        cmocka_unit_test(other_addresses_stay_as_written),
        cmocka_unit_test(paths_of_a_disk_are_folded),
        cmocka_unit_test(unknown_parts_become_braces),
        cmocka_unit_test(wrapped_locations_are_unwrapped),
        cmocka_unit_test(bucket_and_key_make_an_address),
        cmocka_unit_test(paths_of_file_systems_get_their_scheme),
        cmocka_unit_test(tables_lose_their_quotes),
        cmocka_unit_test(names_keep_their_kind),
        cmocka_unit_test(joining_makes_no_double_slash),
        cmocka_unit_test(the_base_name_is_the_last_part),
        cmocka_unit_test(the_parent_holds_the_last_part),
        cmocka_unit_test(places_are_local_remote_or_neither),
        cmocka_unit_test(the_suffix_tells_what_is_held),
        cmocka_unit_test(what_is_too_long_is_no_location),
        cmocka_unit_test(a_normal_form_is_its_own),
        cmocka_unit_test(random_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
