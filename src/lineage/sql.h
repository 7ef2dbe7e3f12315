/*
 * sql: what a piece of SQL text reads and writes, for the dialects that notebooks use.
 *
 * One tolerant reader serves all dialects: it knows the clauses in which tables and locations
 * stand, and steps over the rest.  What it does not know ends at the next ";".  Unknown parts of
 * the text are HOLE_BYTE (hole.h); they stay in the names and locations that are reported, as do
 * the parameters of SQL itself (":x", "?", "${x}", "{{ x }}") that the session cannot fill.
 *
 * Everything reported lives in the arena that is given.  Pure: no I/O.  Time is linear in the
 * text; nesting is bounded by LIMIT_DEPTH, the number of references by LIMIT_SQL_REFS.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_SQL_H
#define LINEAGE_SQL_H

#include "lineage/hole.h"
#include "util/arena.h"
#include "util/strmap.h"

/* A hint: it only decides where dialects contradict each other (comments, escapes, "#t"). */
enum sql_dialect {
    SQL_ANY,
    SQL_SPARK, /* also Databricks and Hive */
    SQL_TRINO, /* also Athena and Presto */
    SQL_REDSHIFT,
    SQL_SNOWFLAKE,
    SQL_BIGQUERY,
    SQL_DUCKDB,
    SQL_POSTGRES,
    SQL_MYSQL,
    SQL_SQLITE,
    SQL_TSQL,
    SQL_CLICKHOUSE,
};

enum sql_dir { SQL_READ, SQL_WRITE, SQL_LIST };

enum sql_kind {
    SQL_TABLE,  /* name: parts joined by dots, without quotes, case kept */
    SQL_PATH,   /* name: a path or URI as written */
    SQL_STAGE,  /* name: "@stage/path" */
    SQL_STREAM, /* name: a topic */
};

struct sql_ref {
    enum sql_dir dir;
    enum sql_kind kind;
    bool is_may;           /* DROP, ALTER, DELETE, EXPLAIN, metadata, maintenance, ... */
    struct str name;       /* may be a lone HOLE_BYTE: nothing of it is known */
    const char *statement; /* "SELECT", "MERGE", ...: the statement that it stands in */
    uint32_t line, col;    /* from 1, in the text given */
};

/* A statement says that the table's data is at that location. */
struct sql_binding {
    struct str table;
    struct str location;
};

struct sql_result {
    struct sql_ref *refs;
    size_t n_refs, cap_refs;
    struct sql_binding *bindings;
    size_t n_bindings, cap_bindings;
    bool hit_limit; /* nesting or the number of references passed its limit */
};

/* What lasts from one SQL text to the next of the same connection or notebook. */
struct sql_session {
    struct arena *arena;
    struct strmap views; /* names that are no tables, in lower case: temporary views and tables */
    struct strmap variables; /* SET x = v; values are struct str * */
    struct str catalog;      /* USE CATALOG c, USE c.d */
    struct str database;     /* USE d, database="d"; put before a table's bare name */
    struct str schema;       /* USE SCHEMA s after USE DATABASE d */
    bool is_database_named;  /* USE DATABASE d: a schema that USE SCHEMA names is in it */
    bool is_in_memory; /* sqlite3.connect(":memory:"), duckdb.connect(): tables that CREATE makes
                          are not references */

    /* Optional.  Is this bare name a value of the notebook that SQL can read as a table (a
     * DataFrame for DuckDB, pandasql, ...)? */
    bool (*is_frame)(void *ctx, struct str name);
    /* Optional.  The text, with holes, of a parameter (":x", "{{x}}", "$x", "${x}"); false if it
     * is not known. */
    bool (*value)(void *ctx, struct str name, struct str *out);
    void *ctx; /* for both */
};

/* An empty session; a: owns its tables and copies of names, must outlive it. */
void sql_session_init(struct sql_session *s, struct arena *a);

/* name (copied) is a temporary view, a registered frame: reading it is no reference.  Letter case
 * does not count. */
void sql_session_add_view(struct sql_session *s, struct str name);
bool sql_session_has_view(const struct sql_session *s, struct str name);

/* As USE does; "c.d" sets catalog and database.  Copied. */
void sql_session_use(struct sql_session *s, struct str name);

/* A table's name as it counts: quotes and backticks dropped, the session's database put in front
 * of a bare name.  For names that APIs pass ("spark.table(name)").  In the arena a. */
struct str sql_table_name(struct arena *a, const struct sql_session *s, struct str name);

/* Append to *out (zeroed by the caller before the first call) what text reads and writes, in the
 * order of the text.  a: owns names; text: must live as long as a.  session: read and updated. */
void sql_refs(struct arena *a, struct str text, enum sql_dialect dialect,
              struct sql_session *session, struct sql_result *out);

#endif
