/*
 * Every form of SQL that the tables of call forms list, at least once, in the dialects that have
 * it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "lineage/sql.h"
#include "sql_text.h"
#include "util/attrs.h"

struct row {
    const char *text, *want;
    enum sql_dialect dialect;
};

static const struct row select_rows[] = {
    { "SELECT * FROM t", "r table:t;", SQL_ANY },
    { "SELECT * FROM a, b AS x, c.d y", "r table:a;r table:b;r table:c.d;", SQL_ANY },
    { "SELECT * FROM a INNER JOIN b USING (x) LEFT OUTER JOIN c ON TRUE",
      "r table:a;r table:b;r table:c;", SQL_ANY },
    { "SELECT * FROM a FULL JOIN b ON 1=1 CROSS JOIN c NATURAL JOIN d RIGHT JOIN e ON 2=2",
      "r table:a;r table:b;r table:c;r table:d;r table:e;", SQL_ANY },
    { "SELECT * FROM a LEFT SEMI JOIN b ON a.x = b.x LEFT ANTI JOIN c ON a.x = c.x",
      "r table:a;r table:b;r table:c;", SQL_SPARK },
    { "SELECT * FROM a ASOF JOIN b ON a.t >= b.t", "r table:a;r table:b;", SQL_DUCKDB },
    { "SELECT * FROM a, LATERAL (SELECT * FROM b WHERE b.x = a.x) q", "r table:a;r table:b;",
      SQL_ANY },
    { "SELECT * FROM a LATERAL VIEW explode(a.xs) q AS x, y JOIN b ON b.x = q.x",
      "r table:a;r table:b;", SQL_SPARK },
    { "SELECT * FROM a CROSS APPLY f(a.x) q", "r table:a;", SQL_TSQL },
    { "SELECT * FROM a, UNNEST(a.xs) AS x", "r table:a;", SQL_BIGQUERY },
    { "SELECT * FROM a, a.xs", "r table:a;", SQL_BIGQUERY },
    { "FROM t SELECT x", "r table:t;", SQL_DUCKDB },
    { "FROM t", "r table:t;", SQL_DUCKDB },
    { "FROM s INSERT INTO a SELECT x INSERT OVERWRITE TABLE b PARTITION (d = 1) SELECT y",
      "r table:s;w table:a;w table:b;", SQL_SPARK },
    { "SELECT * FROM parquet.`s3://b/k`", "r path:s3://b/k;", SQL_SPARK },
    { "SELECT * FROM csv.`/d/x.csv` JOIN binaryFile.`dbfs:/y`", "r path:/d/x.csv;r path:dbfs:/y;",
      SQL_SPARK },
    { "SELECT * FROM 'd/*.parquet'", "r path:d/*.parquet;", SQL_DUCKDB },
    { "SELECT * FROM \"d/x.csv\"", "r path:d/x.csv;", SQL_DUCKDB },
    { "SELECT $1 FROM @stage/path/ (FILE_FORMAT => f)", "r stage:@stage/path/;", SQL_SNOWFLAKE },
    { "SELECT * FROM @~/x.csv t", "r stage:@~/x.csv;", SQL_SNOWFLAKE },
    { "TABLE t", "r table:t;", SQL_POSTGRES },
    { "SELECT * FROM TABLE('db.t')", "r table:db.t;", SQL_SNOWFLAKE },
    { "SELECT * FROM TABLE(f(x))", "", SQL_SNOWFLAKE },
    { "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR))", "r table:t;",
      SQL_ANY },
    { "SELECT a INTO t FROM s", "w table:t;r table:s;", SQL_REDSHIFT },
    { "SELECT a INTO #t FROM s", "r table:s;", SQL_TSQL },
    { "SELECT a FROM s INTO `", "r table:s;", SQL_ANY },
    { "SELECT a INTO \"\" FROM s", "r table:s;", SQL_ANY },
    { "WITH c AS (SELECT * FROM a), d AS (SELECT * FROM c, b) SELECT * FROM d, c",
      "r table:a;r table:b;", SQL_ANY },
    { "WITH RECURSIVE c AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT * FROM c", "", SQL_ANY },
    { "SELECT * FROM (a JOIN b ON a.x = b.x)", "r table:a;r table:b;", SQL_ANY },
    { "(SELECT * FROM a) UNION ALL (SELECT * FROM b) EXCEPT SELECT * FROM c",
      "r table:a;r table:b;r table:c;", SQL_ANY },
    { "SELECT * FROM t VERSION AS OF 3", "r table:t;", SQL_SPARK },
    { "SELECT * FROM t TIMESTAMP AS OF '2020-01-01' x", "r table:t;", SQL_SPARK },
    { "SELECT * FROM t FOR SYSTEM_TIME AS OF ts JOIN u ON TRUE", "r table:t;r table:u;",
      SQL_BIGQUERY },
    { "SELECT * FROM t FOR TIMESTAMP AS OF ts", "r table:t;", SQL_TRINO },
    { "SELECT * FROM t AT (OFFSET => -60) x", "r table:t;", SQL_SNOWFLAKE },
    { "SELECT * FROM t@v3", "r table:t;", SQL_SPARK },
    { "SELECT * FROM table_changes('d.t', 2)", "r table:d.t;", SQL_SPARK },
    { "SELECT * FROM c.d.t.history", "r? table:c.d.t.history;", SQL_SPARK },
    { "SELECT * FROM d.t.snapshots", "r? table:d.t.snapshots;", SQL_SPARK },
    { "SELECT * FROM \"d\".\"t$partitions\"", "r? table:d.t$partitions;", SQL_TRINO },
    { "SELECT * FROM information_schema.tables", "l? table:information_schema.tables;", SQL_ANY },
    { "SELECT * FROM stl_load_errors", "l? table:stl_load_errors;", SQL_REDSHIFT },
    { "SELECT * FROM sqlite_master", "l? table:sqlite_master;", SQL_SQLITE },
    { "SELECT * FROM DUAL", "", SQL_ANY },
    { "SELECT * FROM [dbo].[Order Details] WITH (NOLOCK)", "r table:dbo.Order Details;", SQL_TSQL },
    { "SELECT * FROM `p-1`.d.t, my-project.d.t", "r table:p-1.d.t;r table:my-project.d.t;",
      SQL_BIGQUERY },
    { "SELECT * FROM `p.d.events_*`", "r table:p.d.events_*;", SQL_BIGQUERY },
    { "SELECT * FROM t PIVOT (SUM(x) FOR y IN ('a', 'b')) p, u", "r table:t;r table:u;", SQL_ANY },
    { "PIVOT t ON x, y USING SUM(y)", "r table:t;", SQL_DUCKDB },
    { "UNPIVOT t ON jan, feb INTO NAME month VALUE sales", "r table:t;", SQL_DUCKDB },
    { "SELECT * FROM (PIVOT t ON x, y USING SUM(z)) JOIN u ON TRUE", "r table:t;r table:u;",
      SQL_DUCKDB },
    { "DECLARE @x TABLE (id INT, name INT); INSERT INTO @x SELECT id, name FROM t; SELECT * FROM "
      "@x",
      "r table:t;", SQL_TSQL },
    { "DECLARE @n INT = (SELECT COUNT(*) FROM t)", "r table:t;", SQL_TSQL },
    { "DECLARE c CURSOR FOR SELECT * FROM t", "r table:t;", SQL_TSQL },
    { "SELECT * FROM ML.PREDICT(MODEL d.m, TABLE d.t)", "r? table:d.m;r table:d.t;", SQL_BIGQUERY },
    { "SELECT * FROM STREAM(t), LIVE.u", "r table:t;", SQL_SPARK },
    { "SELECT * FROM global_temp.v", "", SQL_SPARK },
};

static const struct row write_rows[] = {
    { "INSERT INTO t VALUES (1)", "w table:t;", SQL_ANY },
    { "INSERT INTO TABLE d.t (a, b) SELECT * FROM s", "w table:d.t;r table:s;", SQL_SPARK },
    { "INSERT OVERWRITE TABLE t PARTITION (d = '1') SELECT * FROM s", "w table:t;r table:s;",
      SQL_SPARK },
    { "INSERT OVERWRITE t SELECT 1", "w table:t;", SQL_SPARK },
    { "INSERT OVERWRITE DIRECTORY 's3://b/k' USING parquet SELECT * FROM s",
      "w path:s3://b/k;r table:s;", SQL_SPARK },
    { "INSERT OVERWRITE LOCAL DIRECTORY '/tmp/x' ROW FORMAT DELIMITED SELECT * FROM s",
      "w path:/tmp/x;r table:s;", SQL_SPARK },
    { "INSERT INTO delta.`s3://b/k` SELECT * FROM s", "w path:s3://b/k;r table:s;", SQL_SPARK },
    { "INSERT INTO FUNCTION s3('https://h/x.csv', 'CSV') SELECT * FROM s",
      "w path:https://h/x.csv;r table:s;", SQL_CLICKHOUSE },
    { "INSERT OR REPLACE INTO t SELECT * FROM s", "w table:t;r table:s;", SQL_SQLITE },
    { "REPLACE INTO t VALUES (1)", "w table:t;", SQL_MYSQL },
    { "INSERT ALL INTO a VALUES (x) INTO b VALUES (y) SELECT * FROM s",
      "w table:a;w table:b;r table:s;", SQL_SNOWFLAKE },
    { "INSERT FIRST WHEN x > (SELECT 1 FROM u) THEN INTO a ELSE INTO b (y) SELECT x, y FROM s",
      "r table:u;w table:a;w table:b;r table:s;", SQL_SNOWFLAKE },
    { "WITH c AS (SELECT * FROM a) INSERT INTO t SELECT * FROM c", "r table:a;w table:t;",
      SQL_ANY },
    { "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", "w table:t;r table:s;",
      SQL_ANY },
    { "MERGE INTO d.t AS x USING (SELECT * FROM s JOIN u ON TRUE) y ON x.a = y.a WHEN NOT MATCHED "
      "THEN INSERT *",
      "w table:d.t;r table:s;r table:u;", SQL_SPARK },
    { "MERGE INTO delta.`s3://b/k` t USING v ON 1=1 WHEN MATCHED THEN UPDATE SET *",
      "w path:s3://b/k;r table:v;", SQL_SPARK },
    { "UPDATE t SET a = 1 WHERE b = 2", "w table:t;", SQL_ANY },
    { "UPDATE t SET a = s.a FROM s WHERE t.b = s.b", "r table:s;w table:t;", SQL_POSTGRES },
    { "UPDATE x SET a = 1 FROM d.t AS x JOIN s ON x.a = s.a", "w table:d.t;r table:s;", SQL_TSQL },
    { "UPDATE t JOIN s ON t.a = s.a SET t.b = s.b", "r table:s;w table:t;", SQL_MYSQL },
    { "DELETE FROM t WHERE a IN (SELECT a FROM s)", "w? table:t;r table:s;", SQL_ANY },
    { "DELETE FROM t USING s WHERE t.a = s.a", "w? table:t;r table:s;", SQL_POSTGRES },
    { "TRUNCATE TABLE t", "w? table:t;", SQL_ANY },
    { "DROP TABLE IF EXISTS a, d.b CASCADE", "w? table:a;w? table:d.b;", SQL_ANY },
    { "DROP VIEW v", "w? table:v;", SQL_ANY },
    { "DROP DATABASE d", "w? table:d;", SQL_ANY },
    { "DROP INDEX i", "", SQL_ANY },
};

static const struct row create_rows[] = {
    { "CREATE TABLE t AS SELECT * FROM s", "w table:t;r table:s;", SQL_ANY },
    { "CREATE OR REPLACE TABLE IF NOT EXISTS d.t AS (SELECT * FROM s)", "w table:d.t;r table:s;",
      SQL_ANY },
    { "CREATE TABLE t (a INT, b STRING)", "w table:t;", SQL_ANY },
    { "CREATE TEMP TABLE t AS SELECT * FROM s; SELECT * FROM t", "r table:s;", SQL_ANY },
    { "CREATE EXTERNAL TABLE d.t (a INT) PARTITIONED BY (x STRING) STORED AS PARQUET LOCATION "
      "'s3://b/k/'",
      "w table:d.t;r path:s3://b/k/;", SQL_TRINO },
    { "CREATE TABLE t (a INT) USING delta LOCATION 's3://b/k'", "w table:t;w path:s3://b/k;",
      SQL_SPARK },
    { "CREATE TABLE t USING csv OPTIONS (path 's3://b/k', header 'true')",
      "w table:t;r path:s3://b/k;", SQL_SPARK },
    { "CREATE TABLE t WITH (format = 'PARQUET', external_location = 's3://b/k') AS SELECT * FROM s",
      "w table:t;w path:s3://b/k;r table:s;", SQL_TRINO },
    { "CREATE TABLE t WITH (table_type = 'ICEBERG', location = 's3://b/k', is_external = false) AS "
      "SELECT * FROM s",
      "w table:t;w path:s3://b/k;r table:s;", SQL_TRINO },
    { "CREATE TABLE t LIKE s", "w table:t;l? table:s;", SQL_SPARK },
    { "CREATE TABLE t (LIKE s INCLUDING ALL)", "w table:t;l? table:s;", SQL_POSTGRES },
    { "CREATE TABLE t SHALLOW CLONE s", "w table:t;r table:s;", SQL_SPARK },
    { "CREATE TABLE t DEEP CLONE delta.`s3://b/k`", "w table:t;r path:s3://b/k;", SQL_SPARK },
    { "CREATE TABLE t CLONE d.s", "w table:t;r table:d.s;", SQL_SNOWFLAKE },
    { "CREATE TABLE t (a INT) LOCATION 's3://b/k' TBLPROPERTIES ('table_type' = 'ICEBERG')",
      "w table:t;w path:s3://b/k;", SQL_TRINO },
    { "CREATE EXTERNAL TABLE `p.d.t` OPTIONS (format = 'CSV', uris = ['gs://b/1', 'gs://b/2'])",
      "w table:p.d.t;r path:gs://b/1;r path:gs://b/2;", SQL_BIGQUERY },
    { "CREATE OR REPLACE EXTERNAL TABLE t LOCATION = @s/p FILE_FORMAT = (TYPE = PARQUET)",
      "w table:t;r stage:@s/p;", SQL_SNOWFLAKE },
    { "CREATE OR REPLACE VIEW v AS SELECT * FROM s", "w table:v;r table:s;", SQL_ANY },
    { "CREATE TEMP VIEW v USING csv OPTIONS (path 's3://b/k'); SELECT * FROM v", "r path:s3://b/k;",
      SQL_SPARK },
    { "CREATE OR REPLACE TEMPORARY VIEW v AS SELECT * FROM s; SELECT * FROM V", "r table:s;",
      SQL_SPARK },
    { "CREATE GLOBAL TEMP VIEW v AS SELECT * FROM s; SELECT * FROM global_temp.v", "r table:s;",
      SQL_SPARK },
    { "CREATE MATERIALIZED VIEW v AS SELECT * FROM s", "w table:v;r table:s;", SQL_ANY },
    { "CREATE OR REFRESH STREAMING TABLE t AS SELECT * FROM STREAM read_files('s3://b/k')",
      "w table:t;r path:s3://b/k;", SQL_SPARK },
    { "CREATE STAGE s URL = 's3://b/k' CREDENTIALS = (AWS_KEY_ID = 'x')", "r? path:s3://b/k;",
      SQL_SNOWFLAKE },
    { "CREATE EXTERNAL SCHEMA s FROM DATA CATALOG DATABASE 'd' IAM_ROLE 'arn:aws:iam::1:role/r'",
      "", SQL_REDSHIFT },
    { "CREATE DATABASE IF NOT EXISTS d LOCATION 's3://b/k'", "w? table:d;w? path:s3://b/k;",
      SQL_SPARK },
    { "CREATE SCHEMA d", "w? table:d;", SQL_ANY },
    { "CREATE SECRET x (TYPE S3, KEY_ID 'a', SECRET 'b')", "", SQL_DUCKDB },
    { "CREATE FUNCTION f() RETURNS INT AS $$ SELECT MAX(a) FROM t $$", "", SQL_POSTGRES },
    { "CREATE MACRO f(a, b) AS TABLE SELECT * FROM t", "r? table:t;", SQL_DUCKDB },
    { "CREATE TABLE FUNCTION d.f(x INT64) AS SELECT * FROM t", "r? table:t;", SQL_BIGQUERY },
    { "CREATE INDEX i ON t (a)", "", SQL_ANY },
    { "CREATE INDEX i ON TABLE t (a)", "", SQL_SPARK },
    { "ALTER TABLE t ADD PARTITION (d = 1) LOCATION 's3://b/k/d=1'",
      "w? table:t;r? path:s3://b/k/d=1;", SQL_SPARK },
    { "ALTER TABLE t SET LOCATION 's3://b/k'", "w? table:t;r? path:s3://b/k;", SQL_SPARK },
    { "ALTER TABLE t RENAME TO u", "w? table:t;w? table:u;", SQL_ANY },
    { "ALTER TABLE t ADD COLUMN from_x INT", "w? table:t;", SQL_ANY },
    { "ALTER TABLE t APPEND FROM s", "w table:t;r table:s;", SQL_REDSHIFT },
    { "ALTER VIEW v AS SELECT * FROM s", "w? table:v;r table:s;", SQL_SPARK },
};

static const struct row move_rows[] = {
    { "LOAD DATA LOCAL INPATH '/d/x' OVERWRITE INTO TABLE d.t PARTITION (p = 1)",
      "r path:/d/x;w table:d.t;", SQL_SPARK },
    { "LOAD DATA INTO d.t FROM FILES (format = 'CSV', uris = ['gs://b/*.csv'])",
      "w table:d.t;r path:gs://b/*.csv;", SQL_BIGQUERY },
    { "COPY d.t FROM 's3://b/k' IAM_ROLE 'arn:aws:iam::1:role/r' FORMAT AS PARQUET",
      "w table:d.t;r path:s3://b/k;", SQL_REDSHIFT },
    { "COPY t (a, b) FROM 's3://b/m.manifest' CREDENTIALS 'aws_access_key_id=x' MANIFEST JSON "
      "'s3://b/paths.json'",
      "w table:t;r path:s3://b/m.manifest;", SQL_REDSHIFT },
    { "COPY t FROM STDIN WITH CSV HEADER", "w table:t;", SQL_POSTGRES },
    { "COPY t FROM 'x.csv' (HEADER)", "w table:t;r path:x.csv;", SQL_DUCKDB },
    { "COPY INTO d.t FROM @s/p FILE_FORMAT = (TYPE = CSV) PATTERN = '.*csv'",
      "w table:d.t;r stage:@s/p;", SQL_SNOWFLAKE },
    { "COPY INTO t FROM 's3://b/k' STORAGE_INTEGRATION = i", "w table:t;r path:s3://b/k;",
      SQL_SNOWFLAKE },
    { "COPY INTO t FROM (SELECT $1 FROM @s/p)", "w table:t;r stage:@s/p;", SQL_SNOWFLAKE },
    { "COPY INTO delta.`s3://b/t` FROM 's3://b/k' FILEFORMAT = CSV",
      "w path:s3://b/t;r path:s3://b/k;", SQL_SPARK },
    { "COPY INTO @s/p FROM d.t", "w stage:@s/p;r table:d.t;", SQL_SNOWFLAKE },
    { "COPY INTO 's3://b/k' FROM (SELECT * FROM t)", "w path:s3://b/k;r table:t;", SQL_SNOWFLAKE },
    { "COPY (SELECT * FROM t) TO 'x.parquet' (FORMAT PARQUET, PARTITION_BY (a))",
      "r table:t;w path:x.parquet;", SQL_DUCKDB },
    { "COPY t TO 's3://b/k.csv'", "r table:t;w path:s3://b/k.csv;", SQL_DUCKDB },
    { "UNLOAD ('SELECT * FROM t WHERE a = ''x''') TO 's3://b/k' IAM_ROLE 'arn:aws:iam::1:role/r'",
      "r table:t;w path:s3://b/k;", SQL_REDSHIFT },
    { "UNLOAD (SELECT * FROM t) TO 's3://b/k' WITH (format = 'PARQUET')",
      "r table:t;w path:s3://b/k;", SQL_TRINO },
    { "EXPORT DATA OPTIONS (uri = 'gs://b/*.csv', format = 'CSV') AS SELECT * FROM t",
      "w path:gs://b/*.csv;r table:t;", SQL_BIGQUERY },
    { "EXPORT DATABASE 'd' (FORMAT PARQUET)", "w path:d;", SQL_DUCKDB },
    { "IMPORT DATABASE 'd'", "r path:d;", SQL_DUCKDB },
    { "EXPORT TABLE t TO 's3://b/k'", "r table:t;w path:s3://b/k;", SQL_SPARK },
    { "IMPORT TABLE t FROM 's3://b/k'", "w table:t;r path:s3://b/k;", SQL_SPARK },
    { "CONVERT TO DELTA parquet.`s3://b/k` PARTITIONED BY (d DATE)", "w path:s3://b/k;",
      SQL_SPARK },
    { "CALL c.system.add_files(table => 'd.t', source_table => '`parquet`.`s3://b/k`')",
      "w table:d.t;r path:s3://b/k;", SQL_SPARK },
    { "CALL c.system.migrate('d.t')", "w table:d.t;", SQL_SPARK },
    { "CALL c.system.snapshot('d.s', 'd.t')", "r table:d.s;w table:d.t;", SQL_SPARK },
    { "CALL c.system.register_table(table => 'd.t', metadata_file => 's3://b/m.json')",
      "w table:d.t;r path:s3://b/m.json;", SQL_SPARK },
    { "CALL c.system.rewrite_data_files('d.t')", "w? table:d.t;", SQL_SPARK },
    { "CALL c.system.expire_snapshots(table => 'd.t', retain_last => 1)", "w? table:d.t;",
      SQL_SPARK },
    { "CALL c.system.remove_orphan_files(table => 'd.t')", "w? table:d.t;", SQL_SPARK },
    { "CALL my_procedure('x')", "", SQL_ANY },
    { "OPTIMIZE d.t ZORDER BY (a)", "w? table:d.t;", SQL_SPARK },
    { "VACUUM delta.`s3://b/k` RETAIN 1 HOURS", "w? path:s3://b/k;", SQL_SPARK },
    { "RESTORE TABLE t TO VERSION AS OF 1", "w table:t;", SQL_SPARK },
};

static const struct row function_rows[] = {
    { "SELECT * FROM read_parquet('x.parquet')", "r path:x.parquet;", SQL_DUCKDB },
    { "SELECT * FROM read_parquet(['a.parquet', 's3://b/*.parquet'], union_by_name = true)",
      "r path:a.parquet;r path:s3://b/*.parquet;", SQL_DUCKDB },
    { "SELECT * FROM read_csv('x.csv', header = true, sep = ',') r JOIN read_csv_auto('y.csv') ON "
      "TRUE",
      "r path:x.csv;r path:y.csv;", SQL_DUCKDB },
    { "SELECT * FROM read_json('a'), read_json_auto('b'), read_ndjson('c'), parquet_scan('d')",
      "r path:a;r path:b;r path:c;r path:d;", SQL_DUCKDB },
    { "SELECT * FROM read_text('a'), read_blob('b'), read_xlsx('c'), st_read('d')",
      "r path:a;r path:b;r path:c;r path:d;", SQL_DUCKDB },
    { "SELECT * FROM parquet_metadata('a'), parquet_schema('b'), glob('c'), sniff_csv('d')",
      "l? path:a;l? path:b;l? path:c;l? path:d;", SQL_DUCKDB },
    { "SELECT * FROM delta_scan('s3://b/a'), iceberg_scan('s3://b/c')",
      "r path:s3://b/a;r path:s3://b/c;", SQL_DUCKDB },
    { "SELECT * FROM iceberg_metadata('a'), iceberg_snapshots('b')", "l? path:a;l? path:b;",
      SQL_DUCKDB },
    { "ATTACH 'x.db' AS d; SELECT * FROM d.t", "r? path:x.db;r table:d.t;", SQL_DUCKDB },
    { "ATTACH DATABASE ':memory:' AS d", "", SQL_SQLITE },
    { "SELECT * FROM s3('https://h/x', 'CSV')", "r path:https://h/x;", SQL_CLICKHOUSE },
    { "SELECT * FROM s3Cluster('c', 'https://h/x')", "r path:https://h/x;", SQL_CLICKHOUSE },
    { "SELECT * FROM url('u', CSV), file('f'), deltaLake('d'), iceberg('i'), hdfs('hdfs://n/x', "
      "'TSV')",
      "r path:u;r path:f;r path:d;r path:i;r path:hdfs://n/x;", SQL_CLICKHOUSE },
    { "SELECT * FROM read_files('s3://b/k', format => 'csv')", "r path:s3://b/k;", SQL_SPARK },
    { "SELECT * FROM cloud_files('s3://b/k', 'json')", "r path:s3://b/k;", SQL_SPARK },
    { "SELECT * FROM OPENROWSET(BULK 'https://h/x.csv', FORMAT = 'CSV') AS r",
      "r path:https://h/x.csv;", SQL_TSQL },
    { "SELECT * FROM EXTERNAL_QUERY('c', 'SELECT * FROM t')", "r table:t;", SQL_BIGQUERY },
    { "SELECT * FROM postgres_scan('dsn', 'public', 't')", "r table:t;", SQL_DUCKDB },
    { "SELECT * FROM generate_series(1, 3), range(4), my_function(t.a)", "", SQL_ANY },
};

static const struct row name_rows[] = {
    { "MSCK REPAIR TABLE t", "l? table:t;", SQL_SPARK },
    { "REFRESH TABLE t", "l? table:t;", SQL_SPARK },
    { "CACHE TABLE t", "l? table:t;", SQL_SPARK },
    { "CACHE LAZY TABLE c AS SELECT * FROM t; SELECT * FROM c", "r table:t;", SQL_SPARK },
    { "ANALYZE TABLE t COMPUTE STATISTICS", "l? table:t;", SQL_SPARK },
    { "DESCRIBE EXTENDED d.t", "l? table:d.t;", SQL_SPARK },
    { "DESC t", "l? table:t;", SQL_ANY },
    { "DESCRIBE HISTORY delta.`s3://b/k`", "l? path:s3://b/k;", SQL_SPARK },
    { "DESCRIBE DATABASE d", "", SQL_SPARK },
    { "SHOW PARTITIONS d.t", "l? table:d.t;", SQL_SPARK },
    { "SHOW CREATE TABLE t", "l? table:t;", SQL_SPARK },
    { "SHOW TABLES IN d", "l? table:d;", SQL_SPARK },
    { "SHOW COLUMNS IN TABLE d.t", "l? table:d.t;", SQL_SNOWFLAKE },
    { "SHOW VIEWS IN ACCOUNT", "", SQL_SNOWFLAKE },
    { "SHOW DATABASES", "", SQL_ANY },
    { "SUMMARIZE SELECT * FROM t", "r table:t;", SQL_DUCKDB },
    { "EXPLAIN SELECT * FROM t", "r? table:t;", SQL_ANY },
    { "EXPLAIN ANALYZE SELECT * FROM t", "r table:t;", SQL_POSTGRES },
    { "GRANT SELECT ON t TO u", "", SQL_ANY },
    { "PRAGMA table_info(t)", "", SQL_SQLITE },
    { "BEGIN TRANSACTION; INSERT INTO t SELECT * FROM s; COMMIT", "w table:t;r table:s;", SQL_ANY },
    { "UPDATE STATISTICS t", "", SQL_TSQL },
    { "IF NOT EXISTS (SELECT 1 FROM u) EXEC('INSERT INTO t SELECT * FROM s')",
      "r table:u;w table:t;r table:s;", SQL_TSQL },
    { "EXECUTE IMMEDIATE 'INSERT INTO t SELECT * FROM s'", "w table:t;r table:s;", SQL_SNOWFLAKE },
};

static const struct row session_rows[] = {
    { "USE d; SELECT * FROM t, x.u", "r table:d.t;r table:x.u;", SQL_SPARK },
    { "USE CATALOG c; USE SCHEMA d; SELECT * FROM t, x.u", "r table:c.d.t;r table:c.x.u;",
      SQL_SPARK },
    { "USE DATABASE d; USE SCHEMA s; SELECT * FROM t", "r table:d.s.t;", SQL_SNOWFLAKE },
    { "USE WAREHOUSE w; USE ROLE r; SELECT * FROM t", "r table:t;", SQL_SNOWFLAKE },
    { "SET search_path TO s; SELECT * FROM t", "r table:s.t;", SQL_POSTGRES },
    { "SET search_path = 's', public; SELECT * FROM t", "r table:s.t;", SQL_REDSHIFT },
    { "SET search_path TO public, s; SELECT * FROM t", "r table:t;", SQL_POSTGRES },
    { "SET hivevar:x = d; SELECT * FROM ${hivevar:x}.t", "r table:d.t;", SQL_SPARK },
    { "SET x = 't'; SELECT * FROM ${x}", "r table:t;", SQL_SPARK },
    { "SET spark.sql.shuffle.partitions = 8; SELECT * FROM t", "r table:t;", SQL_SPARK },
    { "SELECT * FROM {{ x }}", "r table:\x1a;", SQL_ANY },
    { "SELECT * FROM d.{{ x }}_v2 WHERE a = :p", "r table:d.\x1a_v2;", SQL_ANY },
    { "SELECT * FROM t WHERE a = %(x)s AND b = ?", "r table:t;", SQL_ANY },
    { "SELECT * FROM {x}.t", "r table:\x1a.t;", SQL_ANY },
    { "SELECT * FROM \x1a.t JOIN d.\x1a ON TRUE", "r table:\x1a.t;r table:d.\x1a;", SQL_ANY },
    { "SELECT * FROM read_csv('s3://\x1a/x.csv')", "r path:s3://\x1a/x.csv;", SQL_DUCKDB },
    { "SELECT * FROM (\x1a) q JOIN t ON TRUE", "r table:t;", SQL_ANY },
};

static void check_rows(const struct row *rows, size_t n)
{
    size_t n_wrong = 0;
    for (size_t i = 0; i < n; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct str got = sql_text(&a, str_from(rows[i].text), rows[i].dialect, NULL);
        if (!str_eq(got, str_from(rows[i].want))) {
            print_error("%s\n  got  %.*s\n  want %s\n", rows[i].text, STR_FMT(got), rows[i].want);
            n_wrong++;
        }
    }
    assert_int_equal(n_wrong, 0);
}

static void queries_read_what_stands_behind_from(void **state)
{
    (void)state;
    check_rows(select_rows, ARRAY_LEN(select_rows));
}

static void changes_of_rows_write_their_target(void **state)
{
    (void)state;
    check_rows(write_rows, ARRAY_LEN(write_rows));
}

static void definitions_write_names_and_bind_locations(void **state)
{
    (void)state;
    check_rows(create_rows, ARRAY_LEN(create_rows));
}

static void moves_read_one_side_and_write_the_other(void **state)
{
    (void)state;
    check_rows(move_rows, ARRAY_LEN(move_rows));
}

static void functions_of_tables_read_their_path(void **state)
{
    (void)state;
    check_rows(function_rows, ARRAY_LEN(function_rows));
}

static void statements_about_names_only_list(void **state)
{
    (void)state;
    check_rows(name_rows, ARRAY_LEN(name_rows));
}

static void the_session_fills_databases_and_variables(void **state)
{
    (void)state;
    check_rows(session_rows, ARRAY_LEN(session_rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_read_what_stands_behind_from),
        cmocka_unit_test(changes_of_rows_write_their_target),
        cmocka_unit_test(definitions_write_names_and_bind_locations),
        cmocka_unit_test(moves_read_one_side_and_write_the_other),
        cmocka_unit_test(functions_of_tables_read_their_path),
        cmocka_unit_test(statements_about_names_only_list),
        cmocka_unit_test(the_session_fills_databases_and_variables),
    };
    return cmocka_run_group_tests_name("sql_forms", tests, NULL, NULL);
}
