/*
 * table_zarr: a Zarr store by the metadata of its arrays (Zarr 2 and 3).
 *
 * Consolidated metadata (.zmetadata; consolidated_metadata in zarr.json) tells all at once; else
 * the metadata of each array up to two folders down is read.  An array is a column with a shape.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/table_log_internal.h"
#include "util/scan.h"

struct zarr_log {
    struct table_log base;
    struct log_object root, *arrays;
    struct str *names; /* of arrays: the path below the root */
    bool has_root, is_consolidated, is_asked, is_many;
    size_t n_arrays, cap_arrays, n_names, cap_names, at;
    size_t n_columns, cap_columns;
    struct column *columns;
};

static struct zarr_log *zarr_of(struct table_log *log)
{
    return (struct zarr_log *)log;
}

/* How good the metadata of the root is: consolidated beats an array's beats a group's. */
static unsigned rank_of(struct str name)
{
    return str_eq(name, STR(".zmetadata")) || str_eq(name, STR("zarr.json")) ? 3
           : str_eq(name, STR(".zarray"))                                    ? 2
                                                                             : 1;
}

static void note(struct table_log *base, struct str name, const struct discover_object *object)
{
    struct zarr_log *log = zarr_of(base);
    size_t slash = str_rfind_char(name, '/');
    if (slash == SIZE_MAX) {
        base->is_table = true;
        if (log->has_root && rank_of(name) < log->root.version)
            return;
        log_object_set(base, &log->root, object, rank_of(name));
        log->has_root = true;
        return;
    }
    if (log->n_arrays == LIMIT_TABLE_SIDECARS) {
        log->is_many = true;
        return;
    }
    *ARENA_PUSH(&base->arena, log->arrays, log->n_arrays, log->cap_arrays) =
        log_object_of(base, object, 0);
    *ARENA_PUSH(&base->arena, log->names, log->n_names, log->cap_names) =
        arena_str(&base->arena, str_slice(name, 0, slash));
}

static bool next_read(struct table_log *base, struct family_read *out)
{
    struct zarr_log *log = zarr_of(base);
    if (!log->is_asked && log->has_root) {
        log->is_asked = true;
        return log_read_all(base, &log->root, out);
    }
    if (log->is_consolidated || log->at == log->n_arrays)
        return false;
    return log_read_all(base, &log->arrays[log->at++], out);
}

struct kind_row {
    char letter;
    unsigned bytes; /* 0: any */
    enum column_type type;
};

/* NumPy's type strings: "<f8" is byte order, kind, bytes. */
static const struct kind_row kinds[] = {
    { 'f', 2, COLUMN_FLOAT16 }, { 'f', 4, COLUMN_FLOAT32 },   { 'f', 8, COLUMN_FLOAT64 },
    { 'i', 1, COLUMN_INT8 },    { 'i', 2, COLUMN_INT16 },     { 'i', 4, COLUMN_INT32 },
    { 'i', 8, COLUMN_INT64 },   { 'u', 1, COLUMN_UINT8 },     { 'u', 2, COLUMN_UINT16 },
    { 'u', 4, COLUMN_UINT32 },  { 'u', 8, COLUMN_UINT64 },    { 'b', 0, COLUMN_BOOL },
    { 'c', 0, COLUMN_COMPLEX }, { 'M', 0, COLUMN_TIMESTAMP }, { 'm', 0, COLUMN_DURATION },
    { 'S', 0, COLUMN_BINARY },  { 'U', 0, COLUMN_STRING },    { 'O', 0, COLUMN_STRING },
    { 'V', 0, COLUMN_BINARY },
};

static enum column_type type_of(struct str text)
{
    struct scan s = scan_init(text.len > 0 ? str_from_pos(text, 1) : text);
    char letter = text.len > 1 ? text.ptr[1] : '\0';
    uint64_t bytes = 0;
    bool is_numpy =
        text.len > 1 && (text.ptr[0] == '<' || text.ptr[0] == '>' || text.ptr[0] == '|');
    if (!is_numpy) {
        enum column_type type = column_type_from_text(text);
        return type != COLUMN_UNKNOWN                 ? type
               : str_has_prefix(text, STR("complex")) ? COLUMN_COMPLEX
                                                      : COLUMN_UNKNOWN;
    }
    (void)(scan_char(&s, letter) && scan_u64(&s, 1000000, &bytes));
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (kinds[i].letter == letter && (kinds[i].bytes == 0 || kinds[i].bytes == bytes))
            return kinds[i].type;
    }
    return COLUMN_UNKNOWN;
}

static void add_array(struct zarr_log *log, struct str name, const struct json *meta)
{
    struct arena *a = &log->base.arena;
    const struct json *sizes = json_get(meta, STR("shape"));
    const struct json *dtype = json_get(meta, STR("dtype"));
    if (dtype == NULL)
        dtype = json_get(meta, STR("data_type"));
    if (sizes == NULL || sizes->kind != JSON_KIND_ARRAY || log->n_columns == LIMIT_SCHEMA_COLUMNS)
        return;
    struct column *c = ARENA_PUSH(a, log->columns, log->n_columns, log->cap_columns);
    const struct json *word = json_get(dtype, STR("name"));
    word = word != NULL ? word : dtype;
    c->name = name.len > 0 ? arena_str(a, name) : STR("data");
    c->native =
        word != NULL && word->kind == JSON_KIND_STR ? arena_str(a, word->text) : STR("structured");
    c->type = word != NULL && word->kind == JSON_KIND_STR ? type_of(word->text) : COLUMN_STRUCT;
    c->shape.n = sizes->n_items < LIMIT_SCHEMA_SIZES ? sizes->n_items : LIMIT_SCHEMA_SIZES;
    c->shape.sizes = ARENA_NEW_N(a, uint64_t, c->shape.n + 1);
    for (size_t i = 0; i < c->shape.n; i++) {
        const struct json *size = &sizes->items[i];
        c->shape.sizes[i] =
            size->kind == JSON_KIND_INT && size->integer > 0 ? (uint64_t)size->integer : 0;
    }
}

/* Members are "temp/.zarray" (Zarr 2) or "temp" (Zarr 3). */
static void take_consolidated(struct zarr_log *log, const struct json *members)
{
    log->is_consolidated = true;
    for (unsigned i = 0; i < members->n_items; i++) {
        struct str name = members->items[i].key;
        if (str_has_suffix(name, STR(".zgroup")) || str_has_suffix(name, STR(".zattrs")))
            continue;
        if (str_has_suffix(name, STR(".zarray")))
            name = str_slice(name, 0, name.len - (sizeof ".zarray" - 1));
        add_array(log, str_trim_char(name, '/'), &members->items[i]);
    }
}

static void give(struct table_log *base, struct str bytes)
{
    struct zarr_log *log = zarr_of(base);
    struct err err = ERR_INIT;
    AUTO_ARENA a = ARENA_INIT;
    const struct log_object *object = log->at > 0 ? &log->arrays[log->at - 1] : &log->root;
    const struct json *root = json_parse(&a, bytes, LIMIT_JSON_BYTES, &err);
    if (root == NULL) {
        log_fail(base, "%.*s: %s", STR_FMT(object->key), err.msg);
        return;
    }
    const struct json *all = json_get(root, STR("metadata"));
    if (all == NULL)
        all = json_get(json_get(root, STR("consolidated_metadata")), STR("metadata"));
    if (log->at == 0 && all != NULL && all->kind == JSON_KIND_OBJECT)
        take_consolidated(log, all);
    else
        add_array(log, log->at > 0 ? log->names[log->at - 1] : STR_EMPTY, root);
}

static void fill(struct table_log *base, struct dataset *out)
{
    struct zarr_log *log = zarr_of(base);
    out->layout = DATASET_ZARR;
    out->format = STR("zarr");
    if (log->is_many)
        log_warn(base, "only the first %lu arrays were read", LIMIT_TABLE_SIDECARS);
    base->schema->columns = log->columns;
    base->schema->n_columns = log->n_columns;
}

const struct table_ops zarr_ops = { note, next_read, give, fill, NULL };

struct table_log *zarr_log_new(void)
{
    struct zarr_log *log = table_log_alloc(sizeof *log, &zarr_ops);
    log->base.schema = ARENA_NEW(&log->base.arena, struct schema); /* chunks tell no columns */
    return &log->base;
}
