/*
 * table_log: which kind of table a folder is, and what the kinds share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/table_log_internal.h"

#include <stdlib.h>
#include <string.h>

/* A name that begins so belongs to the log of this kind. */
struct sign {
    struct str prefix;
    bool is_whole; /* the prefix is the whole name */
    const struct table_ops *ops;
    struct table_log *(*make)(void);
};

static const struct sign signs[] = {
    { STR_INIT("_delta_log/"), false, &delta_ops, delta_log_new },
    { STR_INIT("metadata/"), false, &iceberg_ops, iceberg_log_new },
    { STR_INIT(".hoodie/"), false, &hudi_ops, hudi_log_new },
    { STR_INIT(".zarray"), true, &zarr_ops, zarr_log_new },
    { STR_INIT(".zgroup"), true, &zarr_ops, zarr_log_new },
    { STR_INIT(".zmetadata"), true, &zarr_ops, zarr_log_new },
    { STR_INIT("zarr.json"), true, &zarr_ops, zarr_log_new },
};

void *table_log_alloc(size_t size, const struct table_ops *ops)
{
    struct table_log *log = calloc(1, size);
    if (log == NULL)
        panic("no memory for the log of a table");
    log->ops = ops;
    log->error = STR_EMPTY;
    return log;
}

/* Metadata of an array tells the folders around it that they may be a group of arrays. */
static bool is_of_array(struct str name)
{
    return str_has_suffix(name, STR("/.zarray")) || str_has_suffix(name, STR("/zarr.json"));
}

static const struct sign *find_sign(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        const struct sign *sign = &signs[i];
        if (sign->is_whole ? str_eq(name, sign->prefix) : str_has_prefix(name, sign->prefix))
            return sign;
    }
    return is_of_array(name) ? &signs[ARRAY_LEN(signs) - 1] : NULL;
}

void table_log_note(struct table_log **log, struct str name, const struct discover_object *object)
{
    const struct sign *sign = object->size_bytes > 0 ? find_sign(name) : NULL;
    if (sign == NULL)
        return;
    if (*log != NULL && (*log)->ops != sign->ops) {
        if ((*log)->is_table)
            return;
        table_log_free(*log); /* the first sign was none */
        *log = NULL;
    }
    if (*log == NULL)
        *log = sign->make();
    (*log)->ops->note(*log, sign->is_whole ? name : str_from_pos(name, sign->prefix.len), object);
}

bool table_log_owns_folder(const struct table_log *log, struct str name)
{
    return log != NULL && log->is_table && log->ops == &iceberg_ops &&
           str_eq(name, STR("metadata"));
}

bool table_log_is_table(const struct table_log *log)
{
    return log->is_table;
}

void table_log_free(struct table_log *log)
{
    if (log == NULL)
        return;
    if (log->ops->release != NULL)
        log->ops->release(log);
    arena_release(&log->arena);
    free(log);
}

struct log_object log_object_of(struct table_log *log, const struct discover_object *object,
                                uint64_t version)
{
    return (struct log_object){ .key = arena_str(&log->arena, object->key),
                                .size_bytes = object->size_bytes,
                                .etag_hash = object->etag_hash,
                                .modified_ms = object->modified_ms,
                                .version = version };
}

void log_object_set(struct table_log *log, struct log_object *to,
                    const struct discover_object *object, uint64_t version)
{
    char *room = to->key.len >= object->key.len ? (char *)(uintptr_t)to->key.ptr : NULL;
    if (room == NULL) {
        *to = log_object_of(log, object, version);
        return;
    }
    memcpy(room, object->key.ptr, object->key.len);
    *to = (struct log_object){ { room, object->key.len },
                               object->size_bytes,
                               object->etag_hash,
                               object->modified_ms,
                               version };
}

bool log_read_all(struct table_log *log, const struct log_object *object, struct family_read *out)
{
    if (object->size_bytes > LIMIT_TABLE_LOG_BYTES) {
        log_fail(log, "%.*s has %llu bytes, at most %lu are read", STR_FMT(object->key),
                 (unsigned long long)object->size_bytes, LIMIT_TABLE_LOG_BYTES);
        return false;
    }
    *out = (struct family_read){ .kind = FAMILY_READ_BYTES,
                                 .key = object->key,
                                 .size_bytes = object->size_bytes,
                                 .etag_hash = object->etag_hash,
                                 .modified_ms = object->modified_ms,
                                 .length = object->size_bytes };
    return true;
}

void log_fail(struct table_log *log, const char *fmt, ...)
{
    va_list args;
    log->is_failed = true;
    if (log->error.len > 0)
        return;
    va_start(args, fmt);
    log->error = arena_vprintf(&log->arena, fmt, args);
    va_end(args);
}

void log_warn(struct table_log *log, const char *fmt, ...)
{
    va_list args;
    if (log->n_warnings == ARRAY_LEN(log->warnings))
        return;
    va_start(args, fmt);
    log->warnings[log->n_warnings++] = arena_vprintf(&log->arena, fmt, args);
    va_end(args);
}

bool table_log_next_read(struct table_log *log, struct family_read *out)
{
    return !log->is_failed && log->ops->next_read(log, out);
}

void table_log_give(struct table_log *log, struct str bytes)
{
    log->ops->give(log, bytes);
}

void table_log_give_failure(struct table_log *log, const struct err *why)
{
    log_fail(log, "%s", why->msg);
}

bool table_log_has_schema(const struct table_log *log)
{
    return log->schema != NULL;
}

void table_log_fill(struct table_log *log, struct dataset *out)
{
    log->ops->fill(log, out);
    out->schema = log->schema;
    if (log->error.len > 0)
        out->error = log->error;
    out->warnings = log->warnings;
    out->n_warnings = log->n_warnings;
}

struct table_file *table_files_at(struct table_files *t, struct str path)
{
    if (t->n * 2 >= t->n_slots) {
        struct table_files more = { .n_slots = t->n_slots == 0 ? 256 : t->n_slots * 2 };
        more.slots = calloc(more.n_slots, sizeof *more.slots);
        if (more.slots == NULL)
            panic("no memory for the files of a table");
        for (size_t i = 0; i < t->n_slots; i++) {
            size_t at = t->slots[i].hash & (more.n_slots - 1);
            while (t->slots[i].hash != 0 && more.slots[at].hash != 0)
                at = (at + 1) & (more.n_slots - 1);
            if (t->slots[i].hash != 0)
                more.slots[at] = t->slots[i];
        }
        free(t->slots);
        t->slots = more.slots;
        t->n_slots = more.n_slots;
    }
    uint64_t hash = stable_hash(path, 3) | 1;
    size_t at = hash & (t->n_slots - 1);
    while (t->slots[at].hash != 0 && t->slots[at].hash != hash)
        at = (at + 1) & (t->n_slots - 1);
    if (t->slots[at].hash == hash)
        return &t->slots[at];
    if (t->n == LIMIT_TABLE_FILES) {
        t->is_full = true;
        return NULL;
    }
    t->n++;
    t->slots[at].hash = hash;
    return &t->slots[at];
}

void table_files_release(struct table_files *t)
{
    free(t->slots);
    *t = (struct table_files){ 0 };
}
