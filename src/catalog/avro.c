/* avro: JSON schemas to columns, and the header of a container file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/avro.h"

#include "catalog/format_internal.h"
#include "util/strmap.h"
#include "json/json.h"

struct avro_walk {
    struct arena *a;
    struct strmap names; /* of records, enums and fixed, to their JSON */
    size_t n_all;
    unsigned depth;
    struct err *err;
};

struct avro_row {
    struct str name, logical;
    enum column_type type;
};

/* The first that fits; without a logical type the last of a name. */
static const struct avro_row ROWS[] = {
    { STR_INIT("int"), STR_INIT("date"), COLUMN_DATE },
    { STR_INIT("int"), STR_INIT("time-millis"), COLUMN_TIME },
    { STR_INIT("int"), STR_INIT(""), COLUMN_INT32 },
    { STR_INIT("long"), STR_INIT("time-micros"), COLUMN_TIME },
    { STR_INIT("long"), STR_INIT("timestamp-millis"), COLUMN_TIMESTAMP_TZ },
    { STR_INIT("long"), STR_INIT("timestamp-micros"), COLUMN_TIMESTAMP_TZ },
    { STR_INIT("long"), STR_INIT("timestamp-nanos"), COLUMN_TIMESTAMP_TZ },
    { STR_INIT("long"), STR_INIT("local-timestamp-millis"), COLUMN_TIMESTAMP },
    { STR_INIT("long"), STR_INIT("local-timestamp-micros"), COLUMN_TIMESTAMP },
    { STR_INIT("long"), STR_INIT("local-timestamp-nanos"), COLUMN_TIMESTAMP },
    { STR_INIT("long"), STR_INIT(""), COLUMN_INT64 },
    { STR_INIT("string"), STR_INIT("uuid"), COLUMN_UUID },
    { STR_INIT("string"), STR_INIT(""), COLUMN_STRING },
    { STR_INIT("bytes"), STR_INIT("decimal"), COLUMN_DECIMAL },
    { STR_INIT("bytes"), STR_INIT(""), COLUMN_BINARY },
    { STR_INIT("fixed"), STR_INIT("decimal"), COLUMN_DECIMAL },
    { STR_INIT("fixed"), STR_INIT("duration"), COLUMN_DURATION },
    { STR_INIT("fixed"), STR_INIT("uuid"), COLUMN_UUID },
    { STR_INIT("fixed"), STR_INIT(""), COLUMN_BINARY },
    { STR_INIT("boolean"), STR_INIT(""), COLUMN_BOOL },
    { STR_INIT("float"), STR_INIT(""), COLUMN_FLOAT32 },
    { STR_INIT("double"), STR_INIT(""), COLUMN_FLOAT64 },
    { STR_INIT("null"), STR_INIT(""), COLUMN_NULL },
    { STR_INIT("enum"), STR_INIT(""), COLUMN_STRING },
};

static struct str member_text(const struct json *object, struct str key)
{
    const struct json *value = json_get(object, key);
    return value != NULL && value->kind == JSON_KIND_STR ? value->text : STR_EMPTY;
}

static unsigned member_number(const struct json *object, struct str key)
{
    const struct json *value = json_get(object, key);
    bool is_good = value != NULL && value->kind == JSON_KIND_INT && value->integer >= 0 &&
                   value->integer <= 1000;
    return is_good ? (unsigned)value->integer : 0;
}

static bool wrong(struct avro_walk *w, const struct json *value)
{
    return err_set(w->err, ERR_PARSE, "the Avro schema is wrong at \"%.*s\"",
                   STR_FMT(json_pointer(w->a, value)));
}

static bool primitive(struct avro_walk *w, struct str name, const struct json *object,
                      struct column *out)
{
    struct str logical = member_text(object, STR("logicalType"));
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        bool is_logical = ROWS[i].logical.len > 0 && str_eq(ROWS[i].logical, logical);
        if (!str_eq(ROWS[i].name, name) || (!is_logical && ROWS[i].logical.len > 0))
            continue;
        out->type = ROWS[i].type;
        if (out->type == COLUMN_DECIMAL) {
            out->precision = member_number(object, STR("precision"));
            out->scale = member_number(object, STR("scale"));
        }
        out->native = is_logical
                          ? arena_printf(w->a, "%.*s (%.*s)", STR_FMT(name), STR_FMT(logical))
                          : arena_str(w->a, name);
        return true;
    }
    return false;
}

static bool walk_type(struct avro_walk *w, const struct json *value, struct column *out);

static bool add_field(struct avro_walk *w, const struct json *type, struct str name,
                      struct column_list *list)
{
    struct column made = { 0 };
    struct column *field = columns_push(w->a, list, &w->n_all, w->err);
    if (field == NULL || !walk_type(w, type, &made))
        return false;
    made.name = format_text(w->a, name);
    *field = made;
    return true;
}

static bool walk_record(struct avro_walk *w, const struct json *object, struct column *out)
{
    struct column_list list = { 0 };
    const struct json *fields = json_get(object, STR("fields"));
    if (fields == NULL || fields->kind != JSON_KIND_ARRAY)
        return wrong(w, object);
    out->type = COLUMN_STRUCT;
    out->native = STR("record");
    for (unsigned i = 0; i < fields->n_items; i++) {
        const struct json *type = json_get(&fields->items[i], STR("type"));
        struct str name = member_text(&fields->items[i], STR("name"));
        if (type == NULL || name.len == 0)
            return wrong(w, &fields->items[i]);
        if (!add_field(w, type, name, &list))
            return false;
    }
    out->fields = list.items;
    out->n_fields = list.n;
    return true;
}

static bool walk_container(struct avro_walk *w, const struct json *object, bool is_map,
                           struct column *out)
{
    struct column_list list = { 0 };
    const struct json *inner = json_get(object, is_map ? STR("values") : STR("items"));
    if (inner == NULL)
        return wrong(w, object);
    out->type = is_map ? COLUMN_MAP : COLUMN_LIST;
    out->native = is_map ? STR("map") : STR("array");
    if (is_map) {
        struct column *key = columns_push(w->a, &list, &w->n_all, w->err);
        if (key == NULL)
            return false;
        *key =
            (struct column){ .name = STR("key"), .native = STR("string"), .type = COLUMN_STRING };
    }
    if (!add_field(w, inner, is_map ? STR("value") : STR("element"), &list))
        return false;
    out->fields = list.items;
    out->n_fields = list.n;
    return true;
}

/* ["null", T] is T that may be null; several others are a union. */
static bool walk_union(struct avro_walk *w, const struct json *array, struct column *out)
{
    struct column_list list = { 0 };
    bool has_null = false;
    for (unsigned i = 0; i < array->n_items; i++) {
        const struct json *item = &array->items[i];
        if (item->kind == JSON_KIND_STR && str_eq(item->text, STR("null")))
            has_null = true;
        else if (!add_field(w, item, STR("alternative"), &list))
            return false;
    }
    if (list.n == 1) {
        *out = list.items[0];
    } else {
        out->type = list.n == 0 ? COLUMN_NULL : COLUMN_UNION;
        out->native = STR("union");
        out->fields = list.items;
        out->n_fields = list.n;
    }
    out->is_nullable = has_null || out->is_nullable;
    return true;
}

/* Names are found with and without their namespace. */
static void note_name(struct avro_walk *w, const struct json *object)
{
    struct str name = member_text(object, STR("name"));
    struct str space = member_text(object, STR("namespace"));
    if (name.len == 0)
        return;
    union {
        const struct json *from;
        void *to;
    } cast = { .from = object };
    strmap_put(&w->names, name, cast.to);
    if (space.len > 0)
        strmap_put(&w->names, arena_printf(w->a, "%.*s.%.*s", STR_FMT(space), STR_FMT(name)),
                   cast.to);
}

static bool walk_name(struct avro_walk *w, const struct json *value, struct column *out)
{
    size_t dot = str_rfind_char(value->text, '.');
    if (primitive(w, value->text, NULL, out))
        return true;
    const struct json *named = strmap_get(&w->names, value->text);
    if (named == NULL && dot != SIZE_MAX)
        named = strmap_get(&w->names, str_from_pos(value->text, dot + 1));
    if (named == NULL)
        return wrong(w, value);
    /* A record inside of itself has no end: its fields are left out there. */
    for (const struct json *up = value->parent; up != NULL; up = up->parent) {
        if (up == named) {
            out->type = COLUMN_STRUCT;
            out->native = format_text(w->a, value->text);
            return true;
        }
    }
    return walk_type(w, named, out);
}

static bool walk_object(struct avro_walk *w, const struct json *object, struct column *out)
{
    const struct json *type = json_get(object, STR("type"));
    if (type == NULL)
        return wrong(w, object);
    if (type->kind != JSON_KIND_STR)
        return walk_type(w, type, out);
    note_name(w, object);
    if (str_eq(type->text, STR("record")) || str_eq(type->text, STR("error")))
        return walk_record(w, object, out);
    if (str_eq(type->text, STR("array")) || str_eq(type->text, STR("map")))
        return walk_container(w, object, str_eq(type->text, STR("map")), out);
    return primitive(w, type->text, object, out) || walk_name(w, type, out);
}

static bool walk_type(struct avro_walk *w, const struct json *value, struct column *out)
{
    bool is_good;
    if (w->depth >= LIMIT_SCHEMA_DEPTH)
        return err_set(w->err, ERR_TOO_LARGE, "the Avro schema nests deeper than %u",
                       LIMIT_SCHEMA_DEPTH);
    w->depth++;
    if (value->kind == JSON_KIND_STR)
        is_good = walk_name(w, value, out);
    else if (value->kind == JSON_KIND_ARRAY)
        is_good = walk_union(w, value, out);
    else if (value->kind == JSON_KIND_OBJECT)
        is_good = walk_object(w, value, out);
    else
        is_good = wrong(w, value);
    w->depth--;
    return is_good;
}

bool avro_schema(struct arena *a, struct str json_text, struct schema *out, struct err *err)
{
    struct avro_walk w = { .a = a, .err = err };
    struct column root = { 0 };
    const struct json *json = json_parse(a, json_text, LIMIT_JSON_BYTES, err);
    if (json == NULL)
        return err_wrap(err, "the Avro schema");
    strmap_init(&w.names, a);
    if (!walk_type(&w, json, &root))
        return false;
    if (root.type == COLUMN_STRUCT) {
        out->columns = root.fields;
        out->n_columns = root.n_fields;
        return true;
    }
    root.name = STR("value");
    out->columns = ARENA_NEW(a, struct column);
    *out->columns = root;
    out->n_columns = 1;
    return true;
}

/* ---- container files ---- */

static enum compression codec(struct str name)
{
    static const struct {
        struct str name;
        enum compression compression;
    } CODECS[] = {
        { STR_INIT("deflate"), COMPRESSION_DEFLATE }, { STR_INIT("snappy"), COMPRESSION_SNAPPY },
        { STR_INIT("bzip2"), COMPRESSION_BZIP2 },     { STR_INIT("xz"), COMPRESSION_XZ },
        { STR_INIT("zstandard"), COMPRESSION_ZSTD },  { STR_INIT("lz4"), COMPRESSION_LZ4 },
    };
    for (size_t i = 0; i < ARRAY_LEN(CODECS); i++) {
        if (str_eq(CODECS[i].name, name))
            return CODECS[i].compression;
    }
    return COMPRESSION_NONE;
}

bool avro_take_head(struct bytes *b, struct avro_head *out)
{
    *out = (struct avro_head){ STR_EMPTY, STR_EMPTY, STR_EMPTY };
    bytes_skip(b, 4);
    for (int64_t n = bytes_zigzag(b); n != 0 && bytes_ok(b); n = bytes_zigzag(b)) {
        if (n < 0) {
            n = n == INT64_MIN ? INT64_MAX : -n;
            (void)bytes_zigzag(b);
        }
        for (; n > 0 && bytes_ok(b); n--) {
            struct str key = bytes_take(b, (uint64_t)bytes_zigzag(b));
            struct str value = bytes_take(b, (uint64_t)bytes_zigzag(b));
            if (str_eq(key, STR("avro.schema")))
                out->schema = value;
            else if (str_eq(key, STR("avro.codec")))
                out->codec = value;
        }
    }
    out->sync = bytes_take(b, 16);
    return bytes_ok(b);
}

/* Count the records of all blocks, when all of them are there. */
static bool count_rows(struct bytes b, uint64_t *out)
{
    uint64_t n = 0;
    while (bytes_left(&b) > 0) {
        int64_t n_records = bytes_zigzag(&b);
        bytes_skip(&b, (uint64_t)bytes_zigzag(&b));
        bytes_skip(&b, 16);
        if (!bytes_ok(&b) || n_records < 0)
            return false;
        n += (uint64_t)n_records;
    }
    *out = n;
    return true;
}

bool format_read_avro(struct view *v, struct schema *out, struct err *err)
{
    struct str head;
    for (uint64_t n = FORMAT_HEAD_BYTES;; n *= 16) {
        struct avro_head header;
        n = n < LIMIT_FORMAT_READ_BYTES ? n : LIMIT_FORMAT_READ_BYTES;
        if (!view_get_some(v, 0, v->size == SIZE_UNKNOWN ? 0 : n, n, &head, err))
            return false;
        struct bytes b = bytes_le(head);
        if (avro_take_head(&b, &header)) {
            out->compression = codec(header.codec);
            out->has_rows = head.len == v->size && count_rows(b, &out->n_rows);
            return avro_schema(v->arena, header.schema, out, err);
        }
        if (head.len < n || n == LIMIT_FORMAT_READ_BYTES || v->size == SIZE_UNKNOWN)
            return err_set(err, ERR_PARSE, "the Avro header is damaged or cut");
    }
}
