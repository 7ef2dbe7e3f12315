/*
 * table_types: the words that Spark, Hive and Iceberg have for types, as the vocabulary of
 * schema.h, and Spark's schemas in JSON.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/table_log_internal.h"
#include "util/scan.h"

struct word_row {
    struct str word;
    enum column_type type;
};

static const struct word_row words[] = {
    { STR_INIT("string"), COLUMN_STRING },
    { STR_INIT("long"), COLUMN_INT64 },
    { STR_INIT("bigint"), COLUMN_INT64 },
    { STR_INIT("integer"), COLUMN_INT32 },
    { STR_INIT("int"), COLUMN_INT32 },
    { STR_INIT("short"), COLUMN_INT16 },
    { STR_INIT("smallint"), COLUMN_INT16 },
    { STR_INIT("byte"), COLUMN_INT8 },
    { STR_INIT("tinyint"), COLUMN_INT8 },
    { STR_INIT("float"), COLUMN_FLOAT32 },
    { STR_INIT("double"), COLUMN_FLOAT64 },
    { STR_INIT("boolean"), COLUMN_BOOL },
    { STR_INIT("binary"), COLUMN_BINARY },
    { STR_INIT("bytes"), COLUMN_BINARY },
    { STR_INIT("date"), COLUMN_DATE },
    { STR_INIT("time"), COLUMN_TIME },
    { STR_INIT("uuid"), COLUMN_UUID },
    { STR_INIT("timestamptz"), COLUMN_TIMESTAMP_TZ },
    { STR_INIT("timestamptz_ns"), COLUMN_TIMESTAMP_TZ },
    { STR_INIT("timestamp_ltz"), COLUMN_TIMESTAMP_TZ },
    { STR_INIT("timestamp_ntz"), COLUMN_TIMESTAMP },
    { STR_INIT("timestamp_ns"), COLUMN_TIMESTAMP },
    { STR_INIT("void"), COLUMN_NULL },
    { STR_INIT("null"), COLUMN_NULL },
    { STR_INIT("unknown"), COLUMN_NULL },
};

static void parse_decimal(struct str word, struct column *out)
{
    struct scan s = scan_init(str_from_pos(word, sizeof "decimal" - 1));
    uint64_t precision = 10, scale = 0;
    if (scan_char(&s, '(')) {
        (void)scan_u64(&s, 1000, &precision);
        (void)(scan_char(&s, ',') && scan_blanks(&s) && scan_u64(&s, 1000, &scale));
    }
    out->type = COLUMN_DECIMAL;
    out->precision = (unsigned)precision;
    out->scale = (unsigned)scale;
}

void type_from_word(struct arena *a, struct str word, struct column *out)
{
    out->native = arena_str(a, word);
    out->type = COLUMN_UNKNOWN;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq_nocase(words[i].word, word))
            out->type = words[i].type;
    }
    if (str_has_prefix_nocase(word, STR("decimal")))
        parse_decimal(word, out);
    if (str_has_prefix(word, STR("fixed[")))
        out->type = COLUMN_BINARY;
    if (str_has_prefix(word, STR("varchar")) || str_has_prefix(word, STR("char")))
        out->type = COLUMN_STRING;
}

static bool spark_type(struct arena *a, const struct json *type, unsigned depth, struct column *out,
                       struct err *err);

static bool spark_fields(struct arena *a, const struct json *type, unsigned depth,
                         struct column **out, size_t *n_out, struct err *err)
{
    const struct json *fields;
    if (!json_get_array(type, STR("fields"), &fields, err))
        return false;
    *out = ARENA_NEW_N(a, struct column, fields->n_items + 1U);
    for (unsigned i = 0; i < fields->n_items; i++) {
        const struct json *field = &fields->items[i];
        struct column *c = &(*out)[i];
        struct str name;
        bool is_nullable = true;
        if (!json_get_str(field, STR("name"), &name, err) ||
            !json_opt_bool(field, STR("nullable"), true, &is_nullable, err) ||
            !spark_type(a, json_get(field, STR("type")), depth + 1, c, err))
            return false;
        c->name = arena_str(a, name);
        c->is_nullable = is_nullable;
    }
    *n_out = fields->n_items;
    return true;
}

/* Lists and maps: their parts stand under these names. */
static bool spark_parts(struct arena *a, const struct json *type, unsigned depth,
                        struct column *out, struct err *err)
{
    bool is_map = out->type == COLUMN_MAP;
    struct str names[] = { is_map ? STR("keyType") : STR("elementType"), STR("valueType") };
    out->n_fields = is_map ? 2 : 1;
    out->fields = ARENA_NEW_N(a, struct column, out->n_fields);
    for (size_t i = 0; i < out->n_fields; i++) {
        if (!spark_type(a, json_get(type, names[i]), depth + 1, &out->fields[i], err))
            return false;
        out->fields[i].name = !is_map ? STR("element") : i == 0 ? STR("key") : STR("value");
        out->fields[i].is_nullable = !is_map || i == 1;
    }
    return true;
}

static bool spark_type(struct arena *a, const struct json *type, unsigned depth, struct column *out,
                       struct err *err)
{
    struct str word;
    if (depth > LIMIT_SCHEMA_DEPTH)
        return err_set(err, ERR_TOO_LARGE, "the schema is deeper than %u",
                       (unsigned)LIMIT_SCHEMA_DEPTH);
    if (type != NULL && type->kind == JSON_KIND_STR) {
        type_from_word(a, type->text, out);
        if (str_eq(type->text, STR("timestamp")))
            out->type = COLUMN_TIMESTAMP_TZ; /* Spark's plain word is an instant */
        return true;
    }
    if (type == NULL || type->kind != JSON_KIND_OBJECT ||
        !json_get_str(type, STR("type"), &word, err))
        return type != NULL && type->kind == JSON_KIND_OBJECT
                   ? false
                   : err_set(err, ERR_PARSE, "a column of the schema has no type");
    out->native = arena_str(a, word);
    if (str_eq(word, STR("struct"))) {
        out->type = COLUMN_STRUCT;
        return spark_fields(a, type, depth, &out->fields, &out->n_fields, err);
    }
    out->type = str_eq(word, STR("map"))     ? COLUMN_MAP
                : str_eq(word, STR("array")) ? COLUMN_LIST
                                             : COLUMN_UNKNOWN;
    if (out->type == COLUMN_UNKNOWN && json_get(type, STR("sqlType")) != NULL)
        return spark_type(a, json_get(type, STR("sqlType")), depth + 1, out, err);
    return out->type == COLUMN_UNKNOWN || spark_parts(a, type, depth, out, err);
}

bool spark_schema(struct arena *a, const struct json *root, struct schema *out, struct err *err)
{
    struct schema s = { .format = FORMAT_PARQUET };
    if (!spark_fields(a, root, 0, &s.columns, &s.n_columns, err))
        return false;
    *out = s;
    return true;
}

enum partition_type partition_type_from_column(const struct column *c)
{
    switch (c->type) {
    case COLUMN_INT8:
    case COLUMN_INT16:
    case COLUMN_INT32:
        return PARTITION_INT;
    case COLUMN_INT64:
        return PARTITION_LONG;
    case COLUMN_DECIMAL:
        return PARTITION_DECIMAL;
    case COLUMN_FLOAT32:
    case COLUMN_FLOAT64:
        return PARTITION_DOUBLE;
    case COLUMN_DATE:
        return PARTITION_DATE;
    case COLUMN_TIMESTAMP:
    case COLUMN_TIMESTAMP_TZ:
        return PARTITION_TIMESTAMP;
    default:
        return PARTITION_STRING;
    }
}
