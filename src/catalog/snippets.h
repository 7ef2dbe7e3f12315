/*
 * snippets: ready-made code that loads a dataset, by format, layout and tool.
 *
 * The templates are rows of snippets.def.  Locations and names of columns come from outside and
 * are quoted as the language wants it, whatever they hold.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_SNIPPETS_H
#define CATALOG_SNIPPETS_H

#include "util/arena.h"

enum { SNIPPETS_MAX = 8 };

struct snippet {
    const char *tool;     /* "pandas", "polars", "spark", "duckdb", "r", "scala" */
    const char *language; /* "python", "sql", "r", "scala" */
    struct str code;      /* UTF-8, "\n" line ends, no blank line at its end */
};

/* What is to be loaded.  Names are those that the catalogue gives (format_name(), layout_name());
 * a format that is not known gives no snippets. */
struct snippet_dataset {
    struct str uri;    /* "s3://bucket/prefix", "file:/abs/path"; may hold a glob */
    struct str format; /* "csv", "tsv", "json", "jsonl", "parquet", ... */
    struct str layout; /* "single", "folder", "partitioned", "delta", "iceberg", ... */
    struct str sample; /* uri of one of its objects, for the ends of their names; may be empty */
    struct str compression; /* "gzip", ...; empty: none */
    struct str local;       /* the folder that stands for S3, from the root: paths are then below
                               it; empty: S3 itself */
    char delimiter;         /* of CSV; 0: "," */
    bool has_header;        /* of CSV */
    const struct str *partitions; /* names of the partition columns, if their folders are named */
    size_t n_partitions;
};

/* In the order of the table; at most SNIPPETS_MAX, none for a uri that is not UTF-8 or that no tool
 * here can read.  a: owns the code. */
size_t snippets_make(struct arena *a, const struct snippet_dataset *d,
                     struct snippet out[SNIPPETS_MAX]);

/* text as a literal of the language, with its quotes.  Control characters are escaped. */
struct str snippet_quote_python(struct arena *a, struct str text);
struct str snippet_quote_sql(struct arena *a, struct str text);
struct str snippet_quote_r(struct arena *a, struct str text);
struct str snippet_quote_scala(struct arena *a, struct str text);

#endif
