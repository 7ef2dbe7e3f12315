/*
 * table_delta_checkpoint: the state of a Delta table as of one version, in Parquet.
 *
 * Classic (one file), in parts, and version 2 (one file that names side files).  Only the columns
 * that discovery needs are read.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/table_delta.h"

enum column_of_checkpoint {
    ADD_PATH,
    ADD_SIZE,
    ADD_TIME,
    ADD_KEYS,
    ADD_VALUES,
    ADD_STATS,
    ADD_RECORDS,
    VECTOR_TYPE,
    VECTOR_PLACE,
    VECTOR_OFFSET,
    VECTOR_CARDINALITY,
    META_SCHEMA,
    META_COLUMNS,
    META_FORMAT,
    SIDECAR_PATH,
    SIDECAR_SIZE,
    N_CHECKPOINT_COLUMNS
};

static const struct str paths[N_CHECKPOINT_COLUMNS] = {
    [ADD_PATH] = STR_INIT("add.path"),
    [ADD_SIZE] = STR_INIT("add.size"),
    [ADD_TIME] = STR_INIT("add.modificationTime"),
    [ADD_KEYS] = STR_INIT("add.partitionValues.{}k"),
    [ADD_VALUES] = STR_INIT("add.partitionValues.{}v"),
    [ADD_STATS] = STR_INIT("add.stats"),
    [ADD_RECORDS] = STR_INIT("add.stats_parsed.numRecords"),
    [VECTOR_TYPE] = STR_INIT("add.deletionVector.storageType"),
    [VECTOR_PLACE] = STR_INIT("add.deletionVector.pathOrInlineDv"),
    [VECTOR_OFFSET] = STR_INIT("add.deletionVector.offset"),
    [VECTOR_CARDINALITY] = STR_INIT("add.deletionVector.cardinality"),
    [META_SCHEMA] = STR_INIT("metaData.schemaString"),
    [META_COLUMNS] = STR_INIT("metaData.partitionColumns.[]"),
    [META_FORMAT] = STR_INIT("metaData.format.provider"),
    [SIDECAR_PATH] = STR_INIT("sidecar.path"),
    [SIDECAR_SIZE] = STR_INIT("sidecar.sizeInBytes"),
};

static const enum parquet_kind kinds[N_CHECKPOINT_COLUMNS] = {
    [ADD_PATH] = PARQUET_TEXT,          [ADD_SIZE] = PARQUET_INT,
    [ADD_TIME] = PARQUET_INT,           [ADD_KEYS] = PARQUET_TEXT,
    [ADD_VALUES] = PARQUET_TEXT,        [ADD_STATS] = PARQUET_TEXT,
    [ADD_RECORDS] = PARQUET_INT,        [VECTOR_TYPE] = PARQUET_TEXT,
    [VECTOR_PLACE] = PARQUET_TEXT,      [VECTOR_OFFSET] = PARQUET_INT,
    [VECTOR_CARDINALITY] = PARQUET_INT, [META_SCHEMA] = PARQUET_TEXT,
    [META_COLUMNS] = PARQUET_TEXT,      [META_FORMAT] = PARQUET_TEXT,
    [SIDECAR_PATH] = PARQUET_TEXT,      [SIDECAR_SIZE] = PARQUET_INT,
};

static void choose(struct delta_log *log)
{
    for (size_t i = 0; i < N_CHECKPOINT_COLUMNS; i++) {
        size_t leaf = parquet_rows_find(log->rows, paths[i]);
        bool is_there = leaf != SIZE_MAX && parquet_rows_leaf(log->rows, leaf)->kind == kinds[i];
        log->cells[i] = is_there ? parquet_rows_choose(log->rows, leaf) : UINT32_MAX;
    }
}

static const struct parquet_value *value_at(const struct delta_log *log, size_t column)
{
    return log->cells[column] == UINT32_MAX ? NULL
                                            : parquet_rows_value(log->rows, log->cells[column]);
}

static struct str text_at(const struct delta_log *log, size_t column)
{
    const struct parquet_value *v = value_at(log, column);
    return v == NULL ? STR_EMPTY : v->text;
}

static int64_t number_at(const struct delta_log *log, size_t column, int64_t fallback)
{
    const struct parquet_value *v = value_at(log, column);
    return v == NULL ? fallback : v->integer;
}

static struct parquet_cell cell_at(const struct delta_log *log, size_t column)
{
    return log->cells[column] == UINT32_MAX ? (struct parquet_cell){ 0 }
                                            : parquet_rows_cell(log->rows, log->cells[column]);
}

static void take_add(struct delta_log *log, struct arena *a)
{
    int64_t size = number_at(log, ADD_SIZE, 0);
    struct delta_file file = { .path = text_at(log, ADD_PATH),
                               .size_bytes = size < 0 ? 0 : (uint64_t)size,
                               .modified_ms = number_at(log, ADD_TIME, 0),
                               .n_rows = delta_num_records(text_at(log, ADD_STATS)),
                               .n_deleted = number_at(log, VECTOR_CARDINALITY, 0) };
    if (file.n_rows < 0)
        file.n_rows = number_at(log, ADD_RECORDS, -1);
    if (value_at(log, VECTOR_TYPE) != NULL)
        file.vector = delta_vector_id(a, text_at(log, VECTOR_TYPE), text_at(log, VECTOR_PLACE),
                                      number_at(log, VECTOR_OFFSET, -1));
    struct parquet_cell keys = cell_at(log, ADD_KEYS), values = cell_at(log, ADD_VALUES);
    file.names = ARENA_NEW_N(a, struct str, keys.n + 1);
    file.values = ARENA_NEW_N(a, struct str, keys.n + 1);
    for (size_t i = 0; i < keys.n && i < values.n; i++) {
        if (keys.values[i].is_null)
            continue;
        file.names[file.n_values] = keys.values[i].text;
        file.values[file.n_values++] =
            values.values[i].is_null ? (struct str){ NULL, 0 } : values.values[i].text;
    }
    delta_file_seen(log, &file, true);
}

static void take_row(struct delta_log *log)
{
    AUTO_ARENA a = ARENA_INIT;
    if (value_at(log, ADD_PATH) != NULL)
        take_add(log, &a);
    if (value_at(log, META_SCHEMA) != NULL) {
        struct str columns[LIMIT_PARTITION_COLUMNS];
        struct parquet_cell list = cell_at(log, META_COLUMNS);
        size_t n = 0;
        for (size_t i = 0; i < list.n && n < LIMIT_PARTITION_COLUMNS; i++) {
            if (!list.values[i].is_null)
                columns[n++] = list.values[i].text;
        }
        delta_metadata(log, text_at(log, META_SCHEMA), columns, n, text_at(log, META_FORMAT));
    }
    if (value_at(log, SIDECAR_PATH) != NULL)
        delta_sidecar(log, text_at(log, SIDECAR_PATH), number_at(log, SIDECAR_SIZE, 0));
}

void delta_sidecar(struct delta_log *log, struct str path, int64_t size_bytes)
{
    struct arena *a = &log->base.arena;
    if (log->n_sidecars == LIMIT_TABLE_SIDECARS || size_bytes <= 0 ||
        str_contains(path, STR("://"))) {
        log_fail(&log->base, "a side file of the checkpoint cannot be read: %.*s", STR_FMT(path));
        return;
    }
    *ARENA_PUSH(a, log->sidecars, log->n_sidecars, log->cap_sidecars) = (struct log_object){
        .key = arena_printf(a, "%.*s_sidecars/%.*s", STR_FMT(log->folder), STR_FMT(path)),
        .size_bytes = (uint64_t)size_bytes,
        .version = log->checkpoint_version,
    };
}

/* The next file; NULL: there are no more. */
static struct log_object *next_file(struct delta_log *log)
{
    if (log->at_checkpoint < log->n_checkpoint)
        return &log->checkpoint[log->at_checkpoint++];
    if (log->at_sidecar < log->n_sidecars)
        return &log->sidecars[log->at_sidecar++];
    return NULL;
}

static bool need_bytes(const struct log_object *object, const struct format_need *need,
                       struct family_read *out)
{
    *out = (struct family_read){ .kind = FAMILY_READ_BYTES,
                                 .key = object->key,
                                 .size_bytes = object->size_bytes,
                                 .etag_hash = object->etag_hash,
                                 .modified_ms = object->modified_ms,
                                 .offset = need->offset,
                                 .length = need->length };
    return true;
}

/* Go through the file that is open; true: *out must be read first. */
static bool go_on(struct delta_log *log, struct family_read *out)
{
    struct format_need need;
    struct err err = ERR_INIT;
    for (;;) {
        switch (parquet_rows_next(log->rows, &need, &err)) {
        case PARQUET_OPEN:
            choose(log);
            break;
        case PARQUET_NEED:
            return need_bytes(log->reading, &need, out);
        case PARQUET_ROW:
            take_row(log);
            break;
        case PARQUET_FAILED:
            log_fail(&log->base, "%.*s: %s", STR_FMT(log->reading->key), err.msg);
            FALLTHROUGH;
        case PARQUET_END:
            parquet_rows_free(log->rows);
            log->rows = NULL;
            return false;
        }
        if (log->base.is_failed)
            return false;
    }
}

bool delta_checkpoint_next_read(struct delta_log *log, struct family_read *out)
{
    if (log->cells == NULL)
        log->cells = ARENA_NEW_N(&log->base.arena, unsigned, N_CHECKPOINT_COLUMNS);
    while (!log->base.is_failed && !log->is_in_commits) {
        if (log->rows == NULL) {
            log->reading = next_file(log);
            if (log->reading == NULL)
                return false;
            log->is_json = str_has_suffix(log->reading->key, STR(".json"));
            if (log->is_json)
                return log_read_all(&log->base, log->reading, out);
            log->rows = parquet_rows_new(log->reading->size_bytes);
        }
        if (go_on(log, out))
            return true;
    }
    return false;
}

void delta_checkpoint_give(struct delta_log *log, struct str bytes)
{
    if (log->is_json)
        delta_actions(log, bytes);
    else
        parquet_rows_give(log->rows, bytes);
}
