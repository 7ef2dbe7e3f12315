/*
 * table_iceberg: an Iceberg table by its newest metadata file (Iceberg table specification, "Table
 * Metadata").
 *
 * The summary of the current snapshot has the counts; its manifests have the partitions
 * (table_manifests.h).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/table_log_internal.h"
#include "catalog/table_manifests.h"
#include "catalog/unpack.h"
#include "util/scan.h"

struct iceberg_log {
    struct table_log base;
    struct log_object newest;
    bool has_newest, is_asked, is_known; /* the metadata: asked for, understood */
    struct manifests *manifests;
    struct partition_column columns[LIMIT_PARTITION_COLUMNS];
    size_t n_columns;
    int64_t n_rows, n_files, n_bytes; /* -1: unknown */
};

static struct iceberg_log *iceberg_of(struct table_log *log)
{
    return (struct iceberg_log *)log;
}

/* "v3.metadata.json", "00003-uuid.metadata.json", "00003-uuid.gz.metadata.json", and the older
 * "v3.metadata.json.gz". */
static bool parse_name(struct str name, uint64_t *version)
{
    bool is_metadata = str_has_suffix(name, STR(".metadata.json")) ||
                       str_has_suffix(name, STR(".metadata.json.gz"));
    struct scan s = scan_init(name);
    if (!is_metadata || str_find_char(name, '/') != SIZE_MAX)
        return false;
    if (scan_char(&s, 'v'))
        return scan_u64(&s, INT64_MAX, version);
    return scan_u64(&s, INT64_MAX, version) && scan_char(&s, '-');
}

static void note(struct table_log *base, struct str name, const struct discover_object *object)
{
    struct iceberg_log *log = iceberg_of(base);
    uint64_t version;
    if (!parse_name(name, &version)) {
        manifests_note(log->manifests, name, object);
        return;
    }
    base->is_table = true;
    if (log->has_newest &&
        (version < log->newest.version ||
         (version == log->newest.version && object->modified_ms < log->newest.modified_ms)))
        return;
    log_object_set(base, &log->newest, object, version);
    log->has_newest = true;
}

static bool next_read(struct table_log *base, struct family_read *out)
{
    struct iceberg_log *log = iceberg_of(base);
    if (log->is_asked || !log->has_newest)
        return log->is_known && manifests_next_read(log->manifests, base, &log->newest, out);
    log->is_asked = true;
    return log_read_all(base, &log->newest, out);
}

static bool iceberg_type(struct arena *a, const struct json *type, unsigned depth,
                         struct column *out, struct err *err);

static bool iceberg_fields(struct arena *a, const struct json *fields, unsigned depth,
                           struct column **out, size_t *n_out, struct err *err)
{
    *out = ARENA_NEW_N(a, struct column, fields->n_items + 1U);
    for (unsigned i = 0; i < fields->n_items; i++) {
        const struct json *field = &fields->items[i];
        struct column *c = &(*out)[i];
        struct str name;
        bool is_required;
        if (!json_get_str(field, STR("name"), &name, err) ||
            !json_opt_bool(field, STR("required"), false, &is_required, err) ||
            !iceberg_type(a, json_get(field, STR("type")), depth + 1, c, err))
            return false;
        c->name = arena_str(a, name);
        c->is_nullable = !is_required;
    }
    *n_out = fields->n_items;
    return true;
}

static bool iceberg_parts(struct arena *a, const struct json *type, unsigned depth,
                          struct column *out, struct err *err)
{
    bool is_map = out->type == COLUMN_MAP, is_required = true;
    struct str names[] = { is_map ? STR("key") : STR("element"), STR("value") };
    out->n_fields = is_map ? 2 : 1;
    out->fields = ARENA_NEW_N(a, struct column, out->n_fields);
    for (size_t i = 0; i < out->n_fields; i++) {
        if (!iceberg_type(a, json_get(type, names[i]), depth + 1, &out->fields[i], err))
            return false;
        out->fields[i].name = names[i];
    }
    if (!json_opt_bool(type, is_map ? STR("value-required") : STR("element-required"), true,
                       &is_required, err))
        return false;
    out->fields[out->n_fields - 1].is_nullable = !is_required;
    return true;
}

static bool iceberg_type(struct arena *a, const struct json *type, unsigned depth,
                         struct column *out, struct err *err)
{
    struct str word;
    const struct json *fields;
    if (depth > LIMIT_SCHEMA_DEPTH)
        return err_set(err, ERR_TOO_LARGE, "the schema is deeper than %u",
                       (unsigned)LIMIT_SCHEMA_DEPTH);
    if (type != NULL && type->kind == JSON_KIND_STR) {
        type_from_word(a, type->text, out);
        if (str_eq(type->text, STR("timestamp")))
            out->type = COLUMN_TIMESTAMP;
        return true;
    }
    if (type == NULL || type->kind != JSON_KIND_OBJECT)
        return err_set(err, ERR_PARSE, "a field of the schema has no type");
    if (!json_get_str(type, STR("type"), &word, err))
        return false;
    out->native = arena_str(a, word);
    if (str_eq(word, STR("struct"))) {
        out->type = COLUMN_STRUCT;
        return json_get_array(type, STR("fields"), &fields, err) &&
               iceberg_fields(a, fields, depth, &out->fields, &out->n_fields, err);
    }
    out->type = str_eq(word, STR("map"))    ? COLUMN_MAP
                : str_eq(word, STR("list")) ? COLUMN_LIST
                                            : COLUMN_UNKNOWN;
    return out->type == COLUMN_UNKNOWN || iceberg_parts(a, type, depth, out, err);
}

/* The element of an array whose member id has this value; NULL when there is none. */
static const struct json *by_id(const struct json *array, struct str member, int64_t id)
{
    for (unsigned i = 0; array != NULL && array->kind == JSON_KIND_ARRAY && i < array->n_items;
         i++) {
        const struct json *value = json_get(&array->items[i], member);
        if (value != NULL && value->kind == JSON_KIND_INT && value->integer == id)
            return &array->items[i];
    }
    return NULL;
}

static int64_t number_of(const struct json *object, struct str key, int64_t fallback)
{
    const struct json *value = json_get(object, key);
    return value != NULL && value->kind == JSON_KIND_INT ? value->integer : fallback;
}

/* Numbers of a summary are texts. */
static int64_t count_of(const struct json *summary, struct str key, int64_t fallback)
{
    const struct json *value = json_get(summary, key);
    uint64_t n;
    return value != NULL && value->kind == JSON_KIND_STR &&
                   scan_whole_u64(value->text, INT64_MAX, &n)
               ? (int64_t)n
               : fallback;
}

/* One field of the partition spec. */
static void add_partition(struct iceberg_log *log, const struct json *field,
                          const struct json *fields)
{
    struct arena *a = &log->base.arena;
    const struct json *name = json_get(field, STR("name"));
    const struct json *transform = json_get(field, STR("transform"));
    const struct json *source = by_id(fields, STR("id"), number_of(field, STR("source-id"), -1));
    if (name == NULL || name->kind != JSON_KIND_STR || transform == NULL ||
        transform->kind != JSON_KIND_STR || log->n_columns == LIMIT_PARTITION_COLUMNS)
        return;
    if (str_eq(transform->text, STR("void")))
        return;
    bool is_identity = str_eq(transform->text, STR("identity"));
    bool is_int = str_has_prefix(transform->text, STR("bucket")) ||
                  str_eq(transform->text, STR("year")) || str_eq(transform->text, STR("month")) ||
                  str_eq(transform->text, STR("hour"));
    struct partition_column *p = &log->columns[log->n_columns++];
    *p = (struct partition_column){ .name = arena_str(a, name->text),
                                    .type = is_int ? PARTITION_INT : PARTITION_STRING,
                                    .is_nullable = true,
                                    .declared = arena_str(a, transform->text) };
    if (str_eq(transform->text, STR("day")))
        p->type = PARTITION_DATE;
    if (source == NULL)
        return;
    struct column *c = &log->base.schema->columns[source - fields->items];
    if (is_identity || str_has_prefix(transform->text, STR("truncate")))
        p->type = partition_type_from_column(c);
    c->is_partition = is_identity;
    p->declared = is_identity
                      ? c->native
                      : arena_printf(a, "%.*s(%.*s)", STR_FMT(transform->text), STR_FMT(c->name));
}

static void take_snapshot(struct iceberg_log *log, const struct json *root)
{
    int64_t id = number_of(root, STR("current-snapshot-id"), -1);
    const struct json *snapshot = by_id(json_get(root, STR("snapshots")), STR("snapshot-id"), id);
    const struct json *summary = json_get(snapshot, STR("summary"));
    if (snapshot == NULL) {
        log->n_rows = log->n_files = log->n_bytes = id == -1 ? 0 : -1;
        return;
    }
    const struct json *list = json_get(snapshot, STR("manifest-list"));
    if (list != NULL && list->kind == JSON_KIND_STR && log->n_columns > 0)
        manifests_begin(log->manifests, list->text);
    log->n_rows = count_of(summary, STR("total-records"), -1);
    log->n_files = count_of(summary, STR("total-data-files"), -1);
    log->n_bytes = count_of(summary, STR("total-files-size"), -1);
    if (count_of(summary, STR("total-position-deletes"), 0) > 0 ||
        count_of(summary, STR("total-equality-deletes"), 0) > 0) {
        log->n_rows = -1;
        log_warn(&log->base, "the snapshot has delete files: how many rows remain is not known");
    }
}

static bool take_metadata(struct iceberg_log *log, const struct json *root, struct err *err)
{
    struct arena *a = &log->base.arena;
    const struct json *schemas = json_get(root, STR("schemas"));
    const struct json *schema =
        by_id(schemas, STR("schema-id"), number_of(root, STR("current-schema-id"), 0));
    const struct json *fields, *specs = json_get(root, STR("partition-specs"));
    if (schema == NULL && !json_get_object(root, STR("schema"), &schema, err))
        return false;
    if (!json_get_array(schema, STR("fields"), &fields, err))
        return false;
    struct schema *made = ARENA_NEW(a, struct schema);
    made->format = FORMAT_PARQUET;
    if (!iceberg_fields(a, fields, 0, &made->columns, &made->n_columns, err))
        return false;
    log->base.schema = made;
    const struct json *spec =
        by_id(specs, STR("spec-id"), number_of(root, STR("default-spec-id"), 0));
    const struct json *parts =
        spec != NULL ? json_get(spec, STR("fields")) : json_get(root, STR("partition-spec"));
    for (unsigned i = 0; parts != NULL && parts->kind == JSON_KIND_ARRAY && i < parts->n_items; i++)
        add_partition(log, &parts->items[i], fields);
    const struct json *format =
        json_get(json_get(root, STR("properties")), STR("write.format.default"));
    if (format != NULL && format->kind == JSON_KIND_STR &&
        format_from_text(format->text) != FORMAT_UNKNOWN)
        made->format = format_from_text(format->text);
    take_snapshot(log, root);
    return true;
}

static void give(struct table_log *base, struct str bytes)
{
    struct iceberg_log *log = iceberg_of(base);
    struct err err = ERR_INIT;
    AUTO_ARENA a = ARENA_INIT;
    struct unpacked result;
    if (log->is_known) {
        manifests_give(log->manifests, base, log->columns, log->n_columns, bytes);
        return;
    }
    if (str_contains(log->newest.key, STR(".gz"))) {
        char *room = arena_alloc(&a, LIMIT_JSON_BYTES);
        if (!unpack(PACKING_GZIP, bytes, room, LIMIT_JSON_BYTES, &result) || !result.is_whole) {
            log_fail(base, "%.*s: cannot be unpacked", STR_FMT(log->newest.key));
            return;
        }
        bytes = (struct str){ room, result.n };
    }
    const struct json *root = json_parse(&a, bytes, LIMIT_JSON_BYTES, &err);
    log->is_known = root != NULL && take_metadata(log, root, &err);
    if (!log->is_known)
        log_fail(base, "%.*s: %s", STR_FMT(log->newest.key), err.msg);
}

static void fill(struct table_log *base, struct dataset *out)
{
    struct iceberg_log *log = iceberg_of(base);
    out->layout = DATASET_ICEBERG;
    out->format = base->schema != NULL ? format_name(base->schema->format) : STR("parquet");
    out->partition_columns = log->columns;
    out->n_partition_columns = log->n_columns;
    if (base->schema == NULL)
        return;
    out->n_rows = log->n_rows;
    if (log->n_files >= 0)
        out->n_live = (uint64_t)log->n_files;
    if (log->n_bytes >= 0)
        out->live_bytes = (uint64_t)log->n_bytes;
    manifests_fill(log->manifests, base, out);
}

static void release(struct table_log *base)
{
    manifests_free(iceberg_of(base)->manifests);
}

const struct table_ops iceberg_ops = { note, next_read, give, fill, release };

struct table_log *iceberg_log_new(void)
{
    struct iceberg_log *log = table_log_alloc(sizeof *log, &iceberg_ops);
    log->n_rows = log->n_files = log->n_bytes = -1;
    log->manifests = manifests_new();
    return &log->base;
}
