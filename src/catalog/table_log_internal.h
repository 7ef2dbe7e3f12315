/*
 * table_log_internal: one kind of table is one file and one row of functions.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_TABLE_LOG_INTERNAL_H
#define CATALOG_TABLE_LOG_INTERNAL_H

#include "catalog/discover_internal.h"
#include "catalog/table_log.h"
#include "json/json.h"

/* An object of the log. */
struct log_object {
    struct str key;
    uint64_t size_bytes, etag_hash;
    int64_t modified_ms;
    uint64_t version;
};

struct table_ops {
    /* name: below the folder that marks this kind of table. */
    void (*note)(struct table_log *log, struct str name, const struct discover_object *object);
    /* Set *out and say true while something must be read. */
    bool (*next_read)(struct table_log *log, struct family_read *out);
    void (*give)(struct table_log *log, struct str bytes);
    void (*fill)(struct table_log *log, struct dataset *out);
    void (*release)(struct table_log *log); /* NULL: nothing but the arena */
};

/* Each kind's struct begins with this. */
struct table_log {
    const struct table_ops *ops;
    struct arena arena; /* of all that is kept */
    bool is_table;      /* note() is sure */
    bool is_failed;     /* a read failed: what is told is what is known so far */
    struct str error;   /* why; "" */
    struct schema *schema;
    struct str warnings[4];
    size_t n_warnings;
};

extern const struct table_ops delta_ops, iceberg_ops, hudi_ops, zarr_ops;
struct table_log *delta_log_new(void);
struct table_log *iceberg_log_new(void);
struct table_log *hudi_log_new(void);
struct table_log *zarr_log_new(void);

/* calloc that panics; size: of the kind's struct. */
void *table_log_alloc(size_t size, const struct table_ops *ops);
struct log_object log_object_of(struct table_log *log, const struct discover_object *object,
                                uint64_t version);
/* The same into *to, over its old key where there is room: of many objects the last counts. */
void log_object_set(struct table_log *log, struct log_object *to,
                    const struct discover_object *object, uint64_t version);
/* All bytes of an object of the log; false, with error set, when it is too large. */
bool log_read_all(struct table_log *log, const struct log_object *object, struct family_read *out);
/* The first error counts. */
void log_fail(struct table_log *log, const char *fmt, ...) PRINTF(2, 3);
void log_warn(struct table_log *log, const char *fmt, ...) PRINTF(2, 3);

/* A schema as Spark writes it: {"type": "struct", "fields": [...]}; columns live in a. */
bool spark_schema(struct arena *a, const struct json *root, struct schema *out, struct err *err);
/* The type that Spark, Hive and Iceberg name by one word: "long", "decimal(10,2)", "timestamptz".
 */
void type_from_word(struct arena *a, struct str word, struct column *out);
/* The nearest type of a partition column. */
enum partition_type partition_type_from_column(const struct column *c);

/* Files of a table by path, the latest word about each. */
struct table_file {
    uint64_t hash; /* of its path; 0: free */
    uint64_t size_bytes;
    int64_t n_rows; /* -1: unknown */
    int64_t modified_ms;
    uint32_t partition;
    bool is_live;
};
struct table_files {
    struct table_file *slots;
    size_t n, n_slots;
    bool is_full; /* LIMIT_TABLE_FILES was reached: numbers are not told */
};
/* The entry, new ones all zero but the hash; NULL when full. */
struct table_file *table_files_at(struct table_files *t, struct str path);
void table_files_release(struct table_files *t);

#endif
