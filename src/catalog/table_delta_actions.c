/*
 * table_delta_actions: the actions of a Delta log in JSON, a line each.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/table_delta.h"

static struct str text_of(const struct json *object, const char *key)
{
    const struct json *value = json_get(object, str_from(key));
    return value != NULL && value->kind == JSON_KIND_STR ? value->text : STR_EMPTY;
}

static int64_t number_of(const struct json *object, const char *key, int64_t fallback)
{
    const struct json *value = json_get(object, str_from(key));
    return value != NULL && value->kind == JSON_KIND_INT ? value->integer : fallback;
}

static void take_values(struct arena *a, const struct json *values, struct delta_file *file)
{
    if (values == NULL || values->kind != JSON_KIND_OBJECT)
        return;
    file->n_values = values->n_items;
    file->names = ARENA_NEW_N(a, struct str, values->n_items + 1U);
    file->values = ARENA_NEW_N(a, struct str, values->n_items + 1U);
    for (unsigned i = 0; i < values->n_items; i++) {
        const struct json *value = &values->items[i];
        file->names[i] = value->key;
        file->values[i] = value->kind == JSON_KIND_STR ? value->text : (struct str){ NULL, 0 };
    }
}

static void take_file(struct delta_log *log, struct arena *a, const struct json *action,
                      bool is_add)
{
    const struct json *vector = json_get(action, STR("deletionVector"));
    int64_t size = number_of(action, "size", 0);
    struct delta_file file = {
        .path = text_of(action, "path"),
        .size_bytes = size < 0 ? 0 : (uint64_t)size,
        .modified_ms = number_of(action, "modificationTime", 0),
        .n_rows = delta_num_records(text_of(action, "stats")),
    };
    if (vector != NULL && vector->kind == JSON_KIND_OBJECT) {
        file.n_deleted = number_of(vector, "cardinality", 0);
        file.vector =
            delta_vector_id(a, text_of(vector, "storageType"), text_of(vector, "pathOrInlineDv"),
                            number_of(vector, "offset", -1));
    }
    take_values(a, json_get(action, STR("partitionValues")), &file);
    delta_file_seen(log, &file, is_add);
}

struct str delta_vector_id(struct arena *a, struct str type, struct str place, int64_t offset)
{
    return arena_printf(a, "%.*s%.*s@%lld", STR_FMT(type), STR_FMT(place), (long long)offset);
}

static void take_metadata(struct delta_log *log, const struct json *meta)
{
    struct str columns[LIMIT_PARTITION_COLUMNS];
    size_t n = 0;
    const struct json *list = json_get(meta, STR("partitionColumns"));
    for (unsigned i = 0; list != NULL && list->kind == JSON_KIND_ARRAY && i < list->n_items; i++) {
        if (list->items[i].kind == JSON_KIND_STR && n < LIMIT_PARTITION_COLUMNS)
            columns[n++] = list->items[i].text;
    }
    delta_metadata(log, text_of(meta, "schemaString"), columns, n,
                   text_of(json_get(meta, STR("format")), "provider"));
}

/* One action; what discovery does not need is not even parsed. */
static void take_line(struct delta_log *log, struct arena *a, struct str line)
{
    struct err err = ERR_INIT;
    if (line.len == 0 || str_has_prefix(line, STR("{\"commitInfo\"")))
        return;
    const struct json *root = json_parse(a, line, LIMIT_JSON_BYTES, &err);
    if (root == NULL) {
        log_fail(&log->base, "%.*s: %s", STR_FMT(log->reading->key), err.msg);
        return;
    }
    const struct json *add = json_get(root, STR("add"));
    const struct json *removed = json_get(root, STR("remove"));
    const struct json *meta = json_get(root, STR("metaData"));
    const struct json *sidecar = json_get(root, STR("sidecar"));
    if (add != NULL && add->kind == JSON_KIND_OBJECT)
        take_file(log, a, add, true);
    if (removed != NULL && removed->kind == JSON_KIND_OBJECT)
        take_file(log, a, removed, false);
    if (meta != NULL && meta->kind == JSON_KIND_OBJECT)
        take_metadata(log, meta);
    if (sidecar != NULL && sidecar->kind == JSON_KIND_OBJECT)
        delta_sidecar(log, text_of(sidecar, "path"), number_of(sidecar, "sizeInBytes", 0));
}

void delta_actions(struct delta_log *log, struct str bytes)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str line;
    for (struct str rest = bytes; rest.len > 0 && !log->base.is_failed;) {
        (void)str_cut(rest, '\n', &line, &rest);
        take_line(log, &a, str_trim(line));
        arena_reset(&a);
    }
}
