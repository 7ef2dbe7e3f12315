/*
 * table_delta: the parts of reading a Delta log.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_TABLE_DELTA_H
#define CATALOG_TABLE_DELTA_H

#include "catalog/parquet_data.h"
#include "catalog/table_log_internal.h"
#include "util/strmap.h"

enum { DELTA_MAX_PARTS = 64 };

/* Values as the log has them: for each of names one, NULL for null. */
struct delta_partition {
    struct str *names, *values;
    size_t n_values;
    struct totals totals; /* of live files; made by fill() */
};

/* An add or remove action. */
struct delta_file {
    struct str path, vector; /* vector: what tells deletion vectors apart; "" for none */
    uint64_t size_bytes;
    int64_t modified_ms, n_rows, n_deleted;
    struct str *names, *values; /* of partition columns */
    size_t n_values;
};

struct delta_log {
    struct table_log base;
    struct str folder; /* key of _delta_log/ with its "/" */
    struct log_object parts[DELTA_MAX_PARTS], checkpoint[DELTA_MAX_PARTS];
    size_t n_parts, n_checkpoint, at_checkpoint;
    uint64_t parts_version, checkpoint_version;
    bool has_checkpoint, is_in_commits, is_cut;
    struct log_object *commits, *sidecars;
    size_t n_commits, cap_commits, at_commit, n_sidecars, cap_sidecars, at_sidecar;
    struct parquet_rows *rows; /* the checkpoint file that is being read */
    struct log_object *reading;
    bool is_json; /* it is the JSON form */
    unsigned *cells;

    struct str format;
    struct partition_column columns[LIMIT_PARTITION_COLUMNS];
    struct str physical[LIMIT_PARTITION_COLUMNS]; /* their names in partitionValues */
    size_t n_columns;
    struct table_files files;
    struct strmap by_values;
    struct delta_partition *partitions;
    size_t n_partitions, cap_partitions;
    bool is_partitions_cut;
};

/* Lines of JSON, an action each. */
void delta_actions(struct delta_log *log, struct str bytes);
void delta_metadata(struct delta_log *log, struct str schema_text, const struct str *columns,
                    size_t n_columns, struct str format);
void delta_file_seen(struct delta_log *log, const struct delta_file *file, bool is_add);
void delta_sidecar(struct delta_log *log, struct str path, int64_t size_bytes);
struct str delta_vector_id(struct arena *a, struct str type, struct str place, int64_t offset);
int64_t delta_num_records(struct str stats);

/* The files of the checkpoint, then its side files; false: all are read. */
bool delta_checkpoint_next_read(struct delta_log *log, struct family_read *out);
void delta_checkpoint_give(struct delta_log *log, struct str bytes);

#endif
