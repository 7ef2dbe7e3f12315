/*
 * partition: what the name of a folder says: a value of a column, a date, or nothing.
 *
 * The union of the rules of Spark (PartitioningUtils), DuckDB (hive_partitioning) and OpenLineage
 * (dataset name trimmers).  Pure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_PARTITION_H
#define CATALOG_PARTITION_H

#include "catalog/dataset.h"

enum folder_kind {
    FOLDER_PLAIN,
    FOLDER_HIVE,      /* name=value */
    FOLDER_DATE,      /* holds yyyy-MM-dd, dd.MM.yyyy or yyyyMMdd, the rest is of a time */
    FOLDER_MONTH,     /* yyyy-MM or yyyyMM */
    FOLDER_YEAR,      /* yyyy: a partition only where there are several */
    FOLDER_YEARMONTH, /* MM below a year */
    FOLDER_DAY,       /* dd below a month */
    FOLDER_HOUR,      /* HH below a day or a date */
    FOLDER_NUMBER,    /* other digits */
    FOLDER_HIDDEN,    /* begins with "_" or "." and is no partition; temporary */
};

struct folder_name {
    enum folder_kind kind;
    struct str column; /* of a partition: unescaped for FOLDER_HIVE, else "date", "year", ... */
    struct str value;  /* as spelled, unescaped; ptr is NULL for __HIVE_DEFAULT_PARTITION__ */
};

/* name: one part of a key.  above: the kind of the folder around it.  Strings borrow from name or
 * live in a. */
struct folder_name folder_name_parse(struct arena *a, struct str name, enum folder_kind above);

/* Are values of such folders those of a column? */
bool folder_kind_is_partition(enum folder_kind kind);

/* The type that Spark infers for one value: int, long, decimal (digits only, up to 38), double,
 * timestamp (yyyy-MM-dd HH:mm:ss[.S]), date (yyyy-MM-dd), string; null for NULL. */
enum partition_type partition_type_of(struct str value);

/* The type for values of both: int and long are long, int and double double, date and timestamp
 * timestamp, null and any the other; what does not go together is string. */
enum partition_type partition_type_widen(enum partition_type a, enum partition_type b);

#endif
