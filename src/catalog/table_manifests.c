/* table_manifests: see table_manifests.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/table_manifests.h"

#include "catalog/avro_data.h"
#include "util/clock.h"
#include "util/strmap.h"

#include <stdlib.h>

enum { CONTENT_DATA = 0, STATUS_DELETED = 2, DAY_MS = 86400000 };

struct value {
    struct str name, text; /* ptr NULL: no value */
};

struct part {
    struct value *values;
    size_t n_values;
    uint64_t n_objects, size_bytes;
};

struct manifests {
    struct arena arena;
    struct table_files sizes; /* of the objects beside the metadata, by name */
    struct str *names;        /* what is read: the list, then manifests */
    size_t n, cap, at;        /* at: the next one */
    struct strmap by_values;
    struct part *parts;
    size_t n_parts, cap_parts;
    bool is_cut; /* something is missing: nothing is told */
};

struct manifests *manifests_new(void)
{
    struct manifests *m = calloc(1, sizeof *m);
    if (m == NULL)
        panic("no memory for the manifests of a table");
    strmap_init(&m->by_values, &m->arena);
    return m;
}

void manifests_free(struct manifests *m)
{
    if (m == NULL)
        return;
    table_files_release(&m->sizes);
    arena_release(&m->arena);
    free(m);
}

void manifests_note(struct manifests *m, struct str name, const struct discover_object *object)
{
    if (!str_has_suffix(name, STR(".avro")) || str_find_char(name, '/') != SIZE_MAX)
        return;
    struct table_file *file = table_files_at(&m->sizes, name);
    if (file != NULL)
        file->size_bytes = object->size_bytes;
}

static void add(struct manifests *m, struct str location)
{
    size_t slash = str_rfind_char(location, '/');
    if (m->n > LIMIT_TABLE_MANIFESTS) {
        m->is_cut = true;
        return;
    }
    *ARENA_PUSH(&m->arena, m->names, m->n, m->cap) =
        arena_str(&m->arena, str_from_pos(location, slash == SIZE_MAX ? 0 : slash + 1));
}

void manifests_begin(struct manifests *m, struct str list)
{
    add(m, list);
}

bool manifests_next_read(struct manifests *m, struct table_log *log,
                         const struct log_object *beside, struct family_read *out)
{
    size_t slash = str_rfind_char(beside->key, '/');
    if (m->is_cut || m->at == m->n || slash == SIZE_MAX)
        return false;
    struct str name = m->names[m->at++];
    const struct table_file *file = table_files_at(&m->sizes, name);
    m->is_cut = file == NULL || file->size_bytes == 0 || file->size_bytes > LIMIT_TABLE_LOG_BYTES;
    if (m->is_cut)
        return false;
    const struct log_object object = { .key = arena_concat(
                                           &log->arena, str_slice(beside->key, 0, slash + 1), name),
                                       .size_bytes = file->size_bytes };
    return log_read_all(log, &object, out);
}

/* ---- Values, as Iceberg's own paths spell them. ---- */

static struct str day_of(struct arena *a, int64_t days, size_t len)
{
    char text[RFC3339_SIZE] = "";
    if (days > -5000000 && days < 5000000) /* past that no time has a text */
        time_rfc3339(days * DAY_MS, text);
    return arena_str(a, str_slice(str_from(text), 0, len));
}

static int64_t floor_div(int64_t n, int64_t by)
{
    return n / by - (n % by < 0);
}

static struct str timestamp_of(struct arena *a, int64_t micros)
{
    int64_t seconds = floor_div(micros, 1000000), rest = micros - seconds * 1000000;
    int64_t days = floor_div(seconds, 86400), of_day = seconds - days * 86400;
    struct str out = arena_printf(a, "%.*s %02lld:%02lld:%02lld", STR_FMT(day_of(a, days, 10)),
                                  (long long)(of_day / 3600), (long long)(of_day / 60 % 60),
                                  (long long)(of_day % 60));
    return rest == 0 ? out : arena_printf(a, "%.*s.%06lld", STR_FMT(out), (long long)rest);
}

/* The number of years, months or hours since 1970. */
static struct str transformed(struct arena *a, struct str transform, int64_t n)
{
    if (str_has_prefix(transform, STR("year(")))
        return arena_printf(a, "%lld", (long long)(1970 + n));
    if (str_has_prefix(transform, STR("month("))) {
        int64_t year = floor_div(n, 12);
        return arena_printf(a, "%04lld-%02lld", (long long)(1970 + year),
                            (long long)(n - year * 12 + 1));
    }
    if (str_has_prefix(transform, STR("hour("))) {
        int64_t days = floor_div(n, 24);
        return arena_printf(a, "%.*s-%02lld", STR_FMT(day_of(a, days, 10)),
                            (long long)(n - days * 24));
    }
    return (struct str){ NULL, 0 };
}

/* Bytes of a decimal, most significant first; of more than eight: in hexadecimal. */
static struct str decimal_of(struct arena *a, const struct avro_value *v)
{
    const unsigned char *at = (const unsigned char *)v->bytes.ptr;
    int64_t scale = 0, n = v->bytes.len > 0 && at[0] >= 128 ? -1 : 0, unit = 1;
    struct err ignored = ERR_INIT;
    if (v->bytes.len > 8 || !json_opt_i64(v->schema, STR("scale"), 0, 18, 0, &scale, &ignored))
        return arena_hex(a, at, v->bytes.len);
    for (size_t i = 0; i < v->bytes.len; i++)
        n = (int64_t)((uint64_t)n << 8 | at[i]);
    for (int64_t i = 0; i < scale; i++)
        unit *= 10;
    uint64_t size = n < 0 ? 0 - (uint64_t)n : (uint64_t)n, whole = size / (uint64_t)unit;
    return scale == 0
               ? arena_printf(a, "%lld", (long long)n)
               : arena_printf(a, "%s%llu.%0*llu", n < 0 ? "-" : "", (unsigned long long)whole,
                              (int)scale, (unsigned long long)(size - whole * (uint64_t)unit));
}

static struct str text_of(struct arena *a, const struct avro_value *v, struct str transform)
{
    struct str logical = avro_logical(v);
    switch (v->kind) {
    case AVRO_INT: {
        struct str known = transformed(a, transform, v->integer);
        bool is_boolean = v->schema != NULL && v->schema->kind == JSON_KIND_STR &&
                          str_eq(v->schema->text, STR("boolean"));
        bool is_day = str_eq(logical, STR("date")) || str_has_prefix(transform, STR("day("));
        if (known.ptr != NULL)
            return known;
        if (is_boolean)
            return v->integer != 0 ? STR("true") : STR("false");
        if (str_eq(logical, STR("timestamp-micros")))
            return timestamp_of(a, v->integer);
        return is_day ? day_of(a, v->integer, 10) : arena_printf(a, "%lld", (long long)v->integer);
    }
    case AVRO_NUMBER:
        return arena_printf(a, "%.17g", v->number);
    case AVRO_BYTES:
        if (str_eq(logical, STR("decimal")))
            return decimal_of(a, v);
        if (v->schema != NULL && v->schema->kind == JSON_KIND_STR &&
            str_eq(v->schema->text, STR("string")))
            return arena_str(a, v->bytes);
        return arena_hex(a, (const unsigned char *)v->bytes.ptr, v->bytes.len);
    case AVRO_NULL:
    case AVRO_RECORD:
    case AVRO_PASSED:
        break;
    }
    return (struct str){ NULL, 0 };
}

/* ---- Records. ---- */

static bool take_manifest(void *ctx, const struct avro_value *record, struct err *err)
{
    struct manifests *m = ctx;
    struct str path = avro_text(record, STR("manifest_path"));
    bool is_data = avro_int(record, STR("content"), CONTENT_DATA) == CONTENT_DATA;
    if (path.len == 0)
        return err_set(err, ERR_PARSE, "a manifest has no path");
    if (is_data)
        add(m, path);
    return true;
}

struct taking {
    struct manifests *m;
    const struct partition_column *columns;
    size_t n_columns;
};

static struct part *part_of(struct taking *t, const struct avro_value *partition)
{
    struct manifests *m = t->m;
    AUTO_ARENA a = ARENA_INIT;
    struct value values[LIMIT_PARTITION_COLUMNS];
    struct str key = STR_EMPTY;
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct avro_value *v = avro_field(partition, t->columns[i].name);
        values[i] = (struct value){ t->columns[i].name, { NULL, 0 } };
        if (v != NULL)
            values[i].text = text_of(&a, v, t->columns[i].declared);
        key = arena_printf(&a, "%.*s%zu%c%.*s", STR_FMT(key), values[i].text.len,
                           values[i].text.ptr == NULL ? '!' : '=', STR_FMT(values[i].text));
    }
    void *found = strmap_get(&m->by_values, key);
    if (found != NULL)
        return &m->parts[(uintptr_t)found - 1];
    if (m->n_parts == LIMIT_TABLE_PARTITIONS)
        return NULL;
    struct part *p = ARENA_PUSH(&m->arena, m->parts, m->n_parts, m->cap_parts);
    *p = (struct part){ .n_values = t->n_columns };
    p->values = ARENA_NEW_N(&m->arena, struct value, t->n_columns + 1);
    for (size_t i = 0; i < t->n_columns; i++)
        if (values[i].text.ptr != NULL)
            p->values[i].text = arena_str(&m->arena, values[i].text);
    strmap_put(&m->by_values, arena_str(&m->arena, key), (void *)(uintptr_t)m->n_parts);
    return p;
}

static bool take_entry(void *ctx, const struct avro_value *record, struct err *err)
{
    struct taking *t = ctx;
    const struct avro_value *file = avro_field(record, STR("data_file"));
    int64_t size = avro_int(file, STR("file_size_in_bytes"), 0);
    if (file == NULL)
        return err_set(err, ERR_PARSE, "an entry of a manifest has no file");
    if (avro_int(record, STR("status"), 0) == STATUS_DELETED ||
        avro_int(file, STR("content"), CONTENT_DATA) != CONTENT_DATA)
        return true;
    struct part *p = part_of(t, avro_field(file, STR("partition")));
    if (p == NULL) {
        t->m->is_cut = true;
        return true;
    }
    p->n_objects++;
    p->size_bytes += size > 0 ? (uint64_t)size : 0;
    return true;
}

void manifests_give(struct manifests *m, struct table_log *log,
                    const struct partition_column *columns, size_t n_columns, struct str bytes)
{
    struct taking t = { m, columns, n_columns };
    struct err err = ERR_INIT;
    bool ok = m->at == 1 ? avro_each(bytes, take_manifest, m, &err)
                         : avro_each(bytes, take_entry, &t, &err);
    if (!ok) {
        log_warn(log, "%.*s: %s", STR_FMT(m->names[m->at - 1]), err.msg);
        m->is_cut = true;
    }
}

static int by_values(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    for (size_t i = 0; i < a->n_values; i++) {
        int order = str_cmp(a->values[i].text, b->values[i].text);
        if (order != 0)
            return order;
    }
    return 0;
}

void manifests_fill(struct manifests *m, struct table_log *log, struct dataset *out)
{
    size_t half = LIMIT_PARTITIONS_KEPT / 2, n = 0;
    if (m->is_cut) {
        log_warn(log, "what partitions there are is not known: its manifests are too many, or "
                      "cannot be read");
        return;
    }
    if (m->n == 0 || m->at < m->n)
        return;
    if (m->n_parts > 0)
        qsort(m->parts, m->n_parts, sizeof *m->parts, by_values);
    struct dataset_partition *kept =
        ARENA_NEW_N(&log->arena, struct dataset_partition, LIMIT_PARTITIONS_KEPT);
    for (size_t i = 0; i < m->n_parts; i++) {
        if (m->n_parts > LIMIT_PARTITIONS_KEPT && i >= half && i < m->n_parts - half)
            continue;
        struct dataset_partition *to = &kept[n++];
        to->n_objects = m->parts[i].n_objects;
        to->size_bytes = m->parts[i].size_bytes;
        to->newest_ms = out->newest_ms;
        to->values = ARENA_NEW_N(&log->arena, struct str, m->parts[i].n_values + 1);
        for (size_t k = 0; k < m->parts[i].n_values; k++)
            to->values[k] = m->parts[i].values[k].text;
    }
    out->partitions = kept;
    out->n_partitions = n;
    out->n_partitions_total = m->n_parts;
}
