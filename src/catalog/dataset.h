/*
 * dataset: what the catalogue knows of one dataset: identity, layout, size, partitions, schema.
 *
 * A plain value.  Everything it points to lives in the arena of the family that it was finished
 * from (discover.h), or in the arena it was copied to.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_DATASET_H
#define CATALOG_DATASET_H

#include "util/arena.h"

struct schema;

enum dataset_layout {
    DATASET_SINGLE,      /* one object */
    DATASET_FOLDER,      /* the objects of one folder */
    DATASET_NUMBERED,    /* siblings that differ in a number, a date or a random part: x_*.csv */
    DATASET_PARTITIONED, /* folders whose names hold values: k=v, dates, years */
    DATASET_DELTA,
    DATASET_ICEBERG,
    DATASET_HUDI,
    DATASET_ZARR,
    DATASET_N_LAYOUTS
};

/* The type of a partition column, as Spark infers it; a later one is not always wider. */
enum partition_type {
    PARTITION_NULL, /* no value but null was seen */
    PARTITION_INT,
    PARTITION_LONG,
    PARTITION_DECIMAL,
    PARTITION_DOUBLE,
    PARTITION_DATE,
    PARTITION_TIMESTAMP,
    PARTITION_STRING,
    PARTITION_N_TYPES
};

/* One column whose values stand in the names of folders. */
struct partition_column {
    struct str name; /* unescaped; of dates without "=": year, month, day, hour, date */
    enum partition_type type;
    bool is_nullable;    /* __HIVE_DEFAULT_PARTITION__ was seen */
    bool is_from_folder; /* made up for a folder without "=" */
    struct str declared; /* the type as a table's own log states it; "" otherwise */
};

/* One partition: a value for each column, as spelled in the folder's name ("007"), unescaped. */
struct dataset_partition {
    struct str *values; /* dataset.n_partition_columns of them; is null: ptr is NULL */
    uint64_t n_objects;
    uint64_t size_bytes;
    int64_t newest_ms;
};

struct dataset {
    struct str
        uri; /* "s3://b/sales/orders"; unique; "*" stands for what differs: "s3://b/x_*.csv" */
    struct str name; /* the uri without its scheme: as stable and as unique as the uri */
    struct str root; /* the literal folder that holds all objects, without "/" at the end; the uri
                      * of the object for DATASET_SINGLE */
    bool is_pattern; /* uri holds "*" that stand for parts of keys */
    enum dataset_layout layout;
    struct str format;      /* "csv", "parquet", ...; "" when neither name nor content told it */
    struct str compression; /* "gzip", ...; "" for none */

    uint64_t n_objects;
    uint64_t size_bytes;
    int64_t newest_ms;    /* unix ms of the last change of an object */
    uint64_t fingerprint; /* order-free hash of key, etag and size of all objects */
    int64_t n_rows;       /* as a table's log or footers of all objects tell it; -1: unknown */
    uint64_t n_live; /* objects that the table's log counts as its present data; else n_objects */
    uint64_t live_bytes; /* their bytes; else size_bytes */

    const struct partition_column *partition_columns; /* from the root downwards */
    size_t n_partition_columns;
    const struct dataset_partition *partitions; /* the first and the last, in order of keys */
    size_t n_partitions;                        /* kept: at most LIMIT_PARTITIONS_KEPT */
    uint64_t n_partitions_total;                /* the true count */

    const struct schema *schema; /* of the objects' content; NULL when unknown */
    struct str sample_uri;       /* the object that the schema was read from; "" for a log's */

    const struct str *warnings; /* sentences, for people */
    size_t n_warnings;
    struct str error; /* why content or log could not be read; "" when they could */

    struct str family_uri;       /* of the family that it was found in */
    uint64_t family_fingerprint; /* as fingerprint, over all objects of that family */

    bool is_absorbing; /* a table: what was found inside its uri before is part of it, not a
                        * dataset; whoever stores datasets removes those inside */
};

/* Put the partition columns of ds behind those of s; where s has one of that name already, it keeps
 * its place and takes the partition's type, as in Spark.  s lives in a. */
void dataset_add_partition_columns(struct arena *a, struct schema *s, const struct dataset *ds);

/* "single", "folder", "numbered", "partitioned", "delta", "iceberg", "hudi", "zarr". */
struct str dataset_layout_name(enum dataset_layout layout);
/* "null", "int", "long", "decimal", "double", "date", "timestamp", "string". */
struct str partition_type_name(enum partition_type type);

#endif
