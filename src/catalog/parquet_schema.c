/* parquet_schema: the footer's elements as columns. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/format_internal.h"
#include "catalog/parquet_meta.h"

/* So much of a footer holds the schema and the count of rows of all but the widest tables; the row
 * groups behind them are not needed. */
#define FOOTER_BYTES (4UL * 1024 * 1024)

static const struct str PHYSICAL[] = {
    STR_INIT("BOOLEAN"),    STR_INIT("INT32"),
    STR_INIT("INT64"),      STR_INIT("INT96"),
    STR_INIT("FLOAT"),      STR_INIT("DOUBLE"),
    STR_INIT("BYTE_ARRAY"), STR_INIT("FIXED_LEN_BYTE_ARRAY"),
};

static const struct str LOGICAL[] = {
    [LOGICAL_NONE] = STR_INIT(""),
    [LOGICAL_STRING] = STR_INIT("STRING"),
    [LOGICAL_MAP] = STR_INIT("MAP"),
    [LOGICAL_LIST] = STR_INIT("LIST"),
    [LOGICAL_ENUM] = STR_INIT("ENUM"),
    [LOGICAL_DECIMAL] = STR_INIT("DECIMAL"),
    [LOGICAL_DATE] = STR_INIT("DATE"),
    [LOGICAL_TIME] = STR_INIT("TIME"),
    [LOGICAL_TIMESTAMP] = STR_INIT("TIMESTAMP"),
    [LOGICAL_INTERVAL] = STR_INIT("INTERVAL"),
    [LOGICAL_INTEGER] = STR_INIT("INTEGER"),
    [LOGICAL_NULL] = STR_INIT("UNKNOWN"),
    [LOGICAL_JSON] = STR_INIT("JSON"),
    [LOGICAL_BSON] = STR_INIT("BSON"),
    [LOGICAL_UUID] = STR_INIT("UUID"),
    [LOGICAL_FLOAT16] = STR_INIT("FLOAT16"),
    [LOGICAL_VARIANT] = STR_INIT("VARIANT"),
    [LOGICAL_GEOMETRY] = STR_INIT("GEOMETRY"),
    [LOGICAL_GEOGRAPHY] = STR_INIT("GEOGRAPHY"),
};

static const char *const UNITS[] = { "", "MILLIS", "MICROS", "NANOS" };

static struct str logical_text(struct arena *a, const struct parquet_element *e)
{
    switch (e->logical) {
    case LOGICAL_DECIMAL:
        return arena_printf(a, "DECIMAL(%u,%u)", e->precision, e->scale);
    case LOGICAL_INTEGER:
        return arena_printf(a, "INTEGER(%u,%s)", e->bits, e->is_signed ? "true" : "false");
    case LOGICAL_TIME:
    case LOGICAL_TIMESTAMP:
        return arena_printf(a, "%.*s(%s,%s)", STR_FMT(LOGICAL[e->logical]), UNITS[e->unit],
                            e->is_utc ? "true" : "false");
    default:
        return LOGICAL[e->logical];
    }
}

struct str parquet_type_text(struct arena *a, const struct parquet_element *e)
{
    struct str logical = logical_text(a, e);
    if (!e->is_leaf)
        return e->logical == LOGICAL_NONE ? STR("group")
                                          : arena_printf(a, "group (%.*s)", STR_FMT(logical));
    struct str physical = PHYSICAL[e->type];
    if (e->type == PARQUET_FIXED)
        physical = arena_printf(a, "%.*s(%u)", STR_FMT(physical), e->type_length);
    if (e->logical == LOGICAL_NONE)
        return physical;
    return arena_printf(a, "%.*s (%.*s)", STR_FMT(physical), STR_FMT(logical));
}

static enum column_type integer_type(const struct parquet_element *e)
{
    enum column_type base = e->is_signed ? COLUMN_INT8 : COLUMN_UINT8;
    unsigned step = e->bits <= 8 ? 0 : e->bits <= 16 ? 1 : e->bits <= 32 ? 2 : 3;
    return (enum column_type)(base + step);
}

static enum column_type physical_type(const struct parquet_element *e)
{
    static const enum column_type TYPES[] = {
        COLUMN_BOOL,    COLUMN_INT32,   COLUMN_INT64,  COLUMN_TIMESTAMP,
        COLUMN_FLOAT32, COLUMN_FLOAT64, COLUMN_BINARY, COLUMN_BINARY,
    };
    return TYPES[e->type];
}

static enum column_type leaf_type(const struct parquet_element *e)
{
    switch (e->logical) {
    case LOGICAL_STRING:
    case LOGICAL_ENUM:
    case LOGICAL_JSON:
        return COLUMN_STRING;
    case LOGICAL_DECIMAL:
        return COLUMN_DECIMAL;
    case LOGICAL_DATE:
        return COLUMN_DATE;
    case LOGICAL_TIME:
        return COLUMN_TIME;
    case LOGICAL_TIMESTAMP:
        return e->is_utc ? COLUMN_TIMESTAMP_TZ : COLUMN_TIMESTAMP;
    case LOGICAL_INTERVAL:
        return COLUMN_DURATION;
    case LOGICAL_INTEGER:
        return integer_type(e);
    case LOGICAL_NULL:
        return COLUMN_NULL;
    case LOGICAL_UUID:
        return COLUMN_UUID;
    case LOGICAL_FLOAT16:
        return COLUMN_FLOAT16;
    default:
        return physical_type(e);
    }
}

struct builder {
    struct arena *a;
    const struct parquet_meta *meta;
    size_t at;    /* the next element */
    size_t n_all; /* columns made */
    unsigned depth;
    struct err *err;
};

static bool build(struct builder *b, struct column *out);

static bool build_fields(struct builder *b, size_t n, struct column *out)
{
    struct column_list list = { 0 };
    if (b->depth >= LIMIT_SCHEMA_DEPTH)
        return err_set(b->err, ERR_TOO_LARGE, "the Parquet schema nests deeper than %u",
                       LIMIT_SCHEMA_DEPTH);
    b->depth++;
    for (size_t i = 0; i < n; i++) {
        struct column *field = columns_push(b->a, &list, &b->n_all, b->err);
        struct column made = { 0 };
        if (field == NULL || !build(b, &made))
            return false;
        *field = made;
    }
    b->depth--;
    out->fields = list.items;
    out->n_fields = list.n;
    return true;
}

/* Is the repeated group itself the element of the list (older writers), not a level around it? */
static bool is_element_itself(struct str list_name, const struct parquet_element *repeated,
                              const struct column *group)
{
    return repeated->is_leaf || group->n_fields != 1 || str_eq(repeated->name, STR("array")) ||
           (str_has_suffix(repeated->name, STR("_tuple")) &&
            str_has_prefix(repeated->name, list_name));
}

static void make_list(struct arena *a, struct column *out, struct column element)
{
    out->type = COLUMN_LIST;
    out->fields = ARENA_NEW(a, struct column);
    out->n_fields = 1;
    *out->fields = element;
    out->fields->name = STR("element");
}

/* The level between a LIST or MAP and what it holds has been built as the only field: a list of
 * group.  Take the level away. */
static void unfold(struct builder *b, const struct parquet_element *e,
                   const struct parquet_element *repeated, struct column *out)
{
    if (out->n_fields != 1 || out->fields[0].type != COLUMN_LIST)
        return;
    struct column inner = out->fields[0].fields[0];
    if (e->logical == LOGICAL_MAP && inner.n_fields == 2) {
        out->type = COLUMN_MAP;
        out->fields = inner.fields;
        out->n_fields = 2;
        out->fields[0].name = STR("key");
        out->fields[1].name = STR("value");
    } else if (e->logical == LOGICAL_LIST || e->logical == LOGICAL_MAP) {
        bool is_itself = is_element_itself(e->name, repeated, &inner);
        make_list(b->a, out, is_itself ? inner : inner.fields[0]);
    }
}

/* The element at b->at with all below it. */
static bool build(struct builder *b, struct column *out)
{
    if (b->at >= b->meta->n_elements)
        return err_set(b->err, ERR_PARSE, "the Parquet schema has too few elements");
    const struct parquet_element *e = &b->meta->elements[b->at++];
    struct column made = { .name = format_text(b->a, e->name),
                           .native = parquet_type_text(b->a, e),
                           .is_nullable = e->repetition == PARQUET_OPTIONAL };
    if (e->is_leaf) {
        made.type = leaf_type(e);
        made.precision = e->logical == LOGICAL_DECIMAL ? e->precision : 0;
        made.scale = e->logical == LOGICAL_DECIMAL ? e->scale : 0;
    } else {
        const struct parquet_element *repeated = e + 1;
        made.type = COLUMN_STRUCT;
        if (!build_fields(b, e->n_children, &made))
            return false;
        unfold(b, e, repeated, &made);
    }
    if (e->repetition == PARQUET_REPEATED) {
        struct column list = { .name = made.name, .native = made.native };
        make_list(b->a, &list, made);
        made = list;
    }
    *out = made;
    return true;
}

bool format_read_parquet(struct view *v, struct schema *out, struct err *err)
{
    struct str end, footer;
    uint64_t length;
    struct parquet_meta meta;
    if (v->size == SIZE_UNKNOWN)
        return err_set(err, ERR_UNSUPPORTED, "a packed Parquet file of this size is not unpacked");
    if (v->size < PARQUET_END_BYTES + 4)
        return err_set(err, ERR_PARSE, "the Parquet file is cut");
    if (!view_get(v, v->size - PARQUET_END_BYTES, PARQUET_END_BYTES, &end, err) ||
        !parquet_footer_length(end, v->size, &length, err))
        return false;
    uint64_t wanted = length < FOOTER_BYTES ? length : FOOTER_BYTES;
    if (!view_get(v, v->size - PARQUET_END_BYTES - length, wanted, &footer, err))
        return false;
    if (!parquet_meta_read(v->arena, footer, wanted < length, false, &meta, err))
        return false;
    struct builder b = { .a = v->arena, .meta = &meta, .at = 1, .err = err };
    struct column root = { 0 };
    if (!build_fields(&b, meta.elements[0].n_children, &root))
        return false;
    out->columns = root.fields;
    out->n_columns = root.n_fields;
    out->compression = meta.compression;
    out->has_rows = true;
    out->n_rows = meta.n_rows;
    return true;
}
