/*
 * dump_sql: what the SQL reader finds in each text, for the comparison with another parser.
 *
 * stdin: "DIALECT LENGTH\n", then LENGTH bytes of SQL, again and again.  stdout: for each text a
 * line "dir kind name" for each reference, its parts parted by tabs, "may" behind where it may be
 * left out; then a line ".".  Each text has a session of its own.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 4 * 1024 * 1024 };

static const struct {
    const char *name;
    enum sql_dialect dialect;
} dialects[] = {
    { "spark", SQL_SPARK },         { "trino", SQL_TRINO },           { "redshift", SQL_REDSHIFT },
    { "snowflake", SQL_SNOWFLAKE }, { "bigquery", SQL_BIGQUERY },     { "duckdb", SQL_DUCKDB },
    { "postgres", SQL_POSTGRES },   { "mysql", SQL_MYSQL },           { "sqlite", SQL_SQLITE },
    { "tsql", SQL_TSQL },           { "clickhouse", SQL_CLICKHOUSE },
};

static enum sql_dialect dialect_of(const char *name)
{
    for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++) {
        if (strcmp(dialects[i].name, name) == 0)
            return dialects[i].dialect;
    }
    return SQL_ANY;
}

static void put_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c == HOLE_BYTE)
            (void)fputs("{}", stdout);
        else
            (void)putchar(c == '\n' || c == '\t' || c == '\r' ? ' ' : c);
    }
}

static void dump(struct str text, enum sql_dialect dialect)
{
    static const char *const dirs[] = { "read", "write", "list" };
    static const char *const kinds[] = { "table", "path", "stage", "stream" };
    AUTO_ARENA a = ARENA_INIT;
    struct sql_session session;
    struct sql_result result = { 0 };
    sql_session_init(&session, &a);
    sql_refs(&a, text, dialect, &session, &result);
    for (size_t i = 0; i < result.n_refs; i++) {
        const struct sql_ref *ref = &result.refs[i];
        (void)printf("%s\t%s\t", dirs[ref->dir], kinds[ref->kind]);
        put_name(ref->name);
        (void)puts(ref->is_may ? "\tmay" : "");
    }
    (void)puts(".");
}

int main(void)
{
    static char text[TEXT_BYTES];
    char name[16], line[64];
    unsigned long len;
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *blank = strchr(line, ' ');
        if (blank == NULL || (size_t)(blank - line) >= sizeof name)
            return EXIT_FAILURE;
        *blank = '\0';
        memcpy(name, line, (size_t)(blank - line) + 1);
        len = strtoul(blank + 1, NULL, 10);
        if (len > sizeof text || fread(text, 1, len, stdin) != len)
            return EXIT_FAILURE;
        dump((struct str){ text, len }, dialect_of(name));
    }
    return EXIT_SUCCESS;
}
