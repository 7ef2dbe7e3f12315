/* arrow: schemas of Arrow's files and streams (Feather 2 is the file), by its flatbuffers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/flatbuf.h"
#include "catalog/format_internal.h"

enum { HEADER_SCHEMA = 1, HEADER_BATCH = 3 };
enum { BLOCK_BYTES = 24, END_BYTES = 10 };

/* Ids of the union Type (Schema.fbs). */
enum arrow_type {
    ARROW_NULL = 1,
    ARROW_INT,
    ARROW_FLOAT,
    ARROW_BINARY,
    ARROW_UTF8,
    ARROW_BOOL,
    ARROW_DECIMAL,
    ARROW_DATE,
    ARROW_TIME,
    ARROW_TIMESTAMP,
    ARROW_INTERVAL,
    ARROW_LIST,
    ARROW_STRUCT,
    ARROW_UNION,
    ARROW_FIXED,
    ARROW_FIXED_LIST,
    ARROW_MAP,
    ARROW_DURATION,
    ARROW_LARGE_BINARY,
    ARROW_LARGE_UTF8,
    ARROW_LARGE_LIST,
    ARROW_RUN_END,
    ARROW_BINARY_VIEW,
    ARROW_UTF8_VIEW,
    ARROW_LIST_VIEW,
    ARROW_LARGE_LIST_VIEW,
    ARROW_N_TYPES
};

static const struct {
    struct str name;
    enum column_type type;
} TYPES[] = {
    [ARROW_NULL] = { STR_INIT("null"), COLUMN_NULL },
    [ARROW_INT] = { STR_INIT("int"), COLUMN_INT32 },
    [ARROW_FLOAT] = { STR_INIT("float"), COLUMN_FLOAT64 },
    [ARROW_BINARY] = { STR_INIT("binary"), COLUMN_BINARY },
    [ARROW_UTF8] = { STR_INIT("utf8"), COLUMN_STRING },
    [ARROW_BOOL] = { STR_INIT("bool"), COLUMN_BOOL },
    [ARROW_DECIMAL] = { STR_INIT("decimal"), COLUMN_DECIMAL },
    [ARROW_DATE] = { STR_INIT("date"), COLUMN_DATE },
    [ARROW_TIME] = { STR_INIT("time"), COLUMN_TIME },
    [ARROW_TIMESTAMP] = { STR_INIT("timestamp"), COLUMN_TIMESTAMP },
    [ARROW_INTERVAL] = { STR_INIT("interval"), COLUMN_DURATION },
    [ARROW_LIST] = { STR_INIT("list"), COLUMN_LIST },
    [ARROW_STRUCT] = { STR_INIT("struct"), COLUMN_STRUCT },
    [ARROW_UNION] = { STR_INIT("union"), COLUMN_UNION },
    [ARROW_FIXED] = { STR_INIT("fixed_size_binary"), COLUMN_BINARY },
    [ARROW_FIXED_LIST] = { STR_INIT("fixed_size_list"), COLUMN_LIST },
    [ARROW_MAP] = { STR_INIT("map"), COLUMN_MAP },
    [ARROW_DURATION] = { STR_INIT("duration"), COLUMN_DURATION },
    [ARROW_LARGE_BINARY] = { STR_INIT("large_binary"), COLUMN_BINARY },
    [ARROW_LARGE_UTF8] = { STR_INIT("large_utf8"), COLUMN_STRING },
    [ARROW_LARGE_LIST] = { STR_INIT("large_list"), COLUMN_LIST },
    [ARROW_RUN_END] = { STR_INIT("run_end_encoded"), COLUMN_UNKNOWN },
    [ARROW_BINARY_VIEW] = { STR_INIT("binary_view"), COLUMN_BINARY },
    [ARROW_UTF8_VIEW] = { STR_INIT("utf8_view"), COLUMN_STRING },
    [ARROW_LIST_VIEW] = { STR_INIT("list_view"), COLUMN_LIST },
    [ARROW_LARGE_LIST_VIEW] = { STR_INIT("large_list_view"), COLUMN_LIST },
};

static const char *const UNITS[] = { "s", "ms", "us", "ns" };

struct arrow_walk {
    struct arena *a;
    size_t n_all;
    unsigned depth;
    struct err *err;
};

static const char *unit(struct flat type, unsigned id, int64_t fallback)
{
    int64_t n = flat_int(type, id, 2, fallback);
    return n >= 0 && n < (int64_t)ARRAY_LEN(UNITS) ? UNITS[n] : "?";
}

static void int_type(struct arena *a, struct flat type, struct column *out)
{
    int64_t bits = flat_int(type, 0, 4, 0);
    bool is_signed = flat_int(type, 1, 1, 0) != 0;
    unsigned step = bits <= 8 ? 0 : bits <= 16 ? 1 : bits <= 32 ? 2 : 3;
    out->type = (enum column_type)((is_signed ? COLUMN_INT8 : COLUMN_UINT8) + (int)step);
    out->native = arena_printf(a, "%sint%d", is_signed ? "" : "u", (int)bits);
}

static void float_type(struct flat type, struct column *out)
{
    int64_t precision = flat_int(type, 0, 2, 0);
    out->type = precision == 0 ? COLUMN_FLOAT16 : precision == 1 ? COLUMN_FLOAT32 : COLUMN_FLOAT64;
    out->native = column_type_name(out->type);
}

static unsigned small(int64_t n)
{
    return n < 0 || n > 1000 ? 0 : (unsigned)n;
}

/* Types that have parameters. */
static void detail_type(struct arena *a, int64_t id, struct flat type, struct column *out)
{
    struct str zone;
    switch (id) {
    case ARROW_INT:
        int_type(a, type, out);
        break;
    case ARROW_FLOAT:
        float_type(type, out);
        break;
    case ARROW_DECIMAL:
        out->precision = small(flat_int(type, 0, 4, 0));
        out->scale = small(flat_int(type, 1, 4, 0));
        out->native = arena_printf(a, "decimal%d", (int)flat_int(type, 2, 4, 128));
        break;
    case ARROW_DATE:
        out->native = flat_int(type, 0, 2, 1) == 0 ? STR("date32") : STR("date64");
        break;
    case ARROW_TIME:
        out->native =
            arena_printf(a, "time%d[%s]", (int)flat_int(type, 1, 4, 32), unit(type, 0, 1));
        break;
    case ARROW_DURATION:
        out->native = arena_printf(a, "duration[%s]", unit(type, 0, 1));
        break;
    case ARROW_TIMESTAMP:
        zone = format_text(a, flat_str(type, 1));
        out->type = zone.len > 0 ? COLUMN_TIMESTAMP_TZ : COLUMN_TIMESTAMP;
        out->native = arena_printf(a, "timestamp[%s%s%.*s]", unit(type, 0, 0),
                                   zone.len > 0 ? ", " : "", STR_FMT(zone));
        break;
    default:
        break;
    }
}

static bool walk_field(struct arrow_walk *w, struct flat field, struct column *out);

static bool walk_children(struct arrow_walk *w, struct flat_vector children, struct column *out)
{
    struct column_list list = { 0 };
    if (w->depth >= LIMIT_SCHEMA_DEPTH)
        return err_set(w->err, ERR_TOO_LARGE, "the Arrow schema nests deeper than %u",
                       LIMIT_SCHEMA_DEPTH);
    w->depth++;
    for (uint32_t i = 0; i < children.n; i++) {
        struct column made = { 0 };
        struct column *field = columns_push(w->a, &list, &w->n_all, w->err);
        if (field == NULL || !walk_field(w, flat_vector_table(children, i), &made))
            return false;
        *field = made;
    }
    w->depth--;
    out->fields = list.items;
    out->n_fields = list.n;
    return true;
}

/* Names of the vocabulary for what is inside; a map's entries are taken out of their struct. */
static void settle(struct column *out, int64_t id)
{
    if (out->type == COLUMN_LIST && out->n_fields == 1)
        out->fields[0].name = STR("element");
    if (out->type == COLUMN_MAP && out->n_fields == 1 && out->fields[0].n_fields == 2) {
        *out = (struct column){ .name = out->name,
                                .native = out->native,
                                .type = out->type,
                                .is_nullable = out->is_nullable,
                                .fields = out->fields[0].fields,
                                .n_fields = 2 };
        out->fields[0].name = STR("key");
        out->fields[1].name = STR("value");
    }
    if (id == ARROW_RUN_END && out->n_fields == 2) {
        struct column values = out->fields[1];
        values.name = out->name;
        values.native = out->native;
        *out = values;
    }
}

static bool walk_field(struct arrow_walk *w, struct flat field, struct column *out)
{
    int64_t id = flat_int(field, 2, 1, 0);
    if (!flat_is(field) || id <= 0 || id >= ARROW_N_TYPES)
        return err_set(w->err, ERR_PARSE, "the Arrow schema is damaged, or newer than this reader");
    out->name = format_text(w->a, flat_str(field, 0));
    out->is_nullable = flat_int(field, 1, 1, 0) != 0;
    out->type = TYPES[id].type;
    out->native = TYPES[id].name;
    detail_type(w->a, id, flat_table(field, 3), out);
    if (flat_is(flat_table(field, 4)))
        out->native = arena_printf(w->a, "dictionary<%.*s>", STR_FMT(out->native));
    if (!walk_children(w, flat_vector(field, 5, 4), out))
        return false;
    settle(out, id);
    return true;
}

static bool read_schema(struct view *v, struct flat schema, struct schema *out, struct err *err)
{
    struct arrow_walk w = { .a = v->arena, .err = err };
    struct column root = { 0 };
    if (!flat_is(schema))
        return err_set(err, ERR_PARSE, "the Arrow schema is missing");
    if (!walk_children(&w, flat_vector(schema, 1, 4), &root))
        return false;
    out->columns = root.fields;
    out->n_columns = root.n_fields;
    return true;
}

/* The message at an offset: a mark (absent before 0.15), a length, a flatbuffer.  *end: behind it.
 */
static bool read_message(struct view *v, uint64_t offset, struct str *out, uint64_t *end,
                         struct err *err)
{
    struct str head;
    if (!view_get_some(v, offset, 8, FORMAT_HEAD_BYTES, &head, err))
        return false;
    struct bytes b = bytes_le(head);
    uint32_t length = bytes_u32(&b);
    uint64_t at = offset + 4;
    if (length == UINT32_MAX) {
        length = bytes_u32(&b);
        at += 4;
    }
    *end = at + length;
    if (v->size == SIZE_UNKNOWN && length > INT32_MAX)
        return err_set(err, ERR_PARSE, "the Arrow stream is damaged");
    return view_get(v, at, length, out, err);
}

/* Rows and packing as the first batch tells them. */
static void see_batch(struct str message, struct schema *out, bool is_first)
{
    struct flat root = flat_root(message);
    struct flat batch = flat_table(root, 2);
    if (flat_int(root, 1, 1, 0) != HEADER_BATCH)
        return;
    struct flat packing = flat_table(batch, 3);
    if (is_first && flat_is(packing))
        out->compression = flat_int(packing, 0, 1, 0) == 0 ? COMPRESSION_LZ4 : COMPRESSION_ZSTD;
    int64_t n = flat_int(batch, 0, 8, 0);
    out->n_rows += n > 0 && n < INT64_MAX / 1000000 ? (uint64_t)n : 0;
}

/* The first batch, and the others where the file is small. */
static bool read_batches(struct view *v, struct flat_vector blocks, struct schema *out,
                         struct err *err)
{
    bool is_small = v->size <= FORMAT_HEAD_BYTES;
    out->has_rows = blocks.n <= 1 || is_small;
    for (uint32_t i = 0; i < blocks.n && (i == 0 || is_small); i++) {
        struct bytes b = bytes_le(flat_vector_struct(blocks, i, BLOCK_BYTES));
        struct str message;
        uint64_t end;
        if (!read_message(v, bytes_u64(&b), &message, &end, err))
            return false;
        see_batch(message, out, i == 0);
    }
    if (!out->has_rows)
        out->n_rows = 0;
    return true;
}

static bool read_file(struct view *v, struct schema *out, struct err *err)
{
    struct str end, bytes;
    if (v->size == SIZE_UNKNOWN)
        return err_set(err, ERR_UNSUPPORTED, "a packed Arrow file of this size is not unpacked");
    if (v->size < 8 + END_BYTES || !view_get(v, v->size - END_BYTES, END_BYTES, &end, err))
        return v->is_missing ? false : err_set(err, ERR_PARSE, "the Arrow file is cut");
    struct bytes b = bytes_le(end);
    uint64_t length = bytes_u32(&b);
    if (!str_eq(bytes_take(&b, 6), STR("ARROW1")) || length > v->size - END_BYTES)
        return err_set(err, ERR_PARSE, "the Arrow file does not end in its footer: it is cut");
    if (!view_get(v, v->size - END_BYTES - length, length, &bytes, err))
        return false;
    struct flat footer = flat_root(bytes);
    return read_schema(v, flat_table(footer, 1), out, err) &&
           read_batches(v, flat_vector(footer, 3, BLOCK_BYTES), out, err);
}

static bool read_stream(struct view *v, struct schema *out, struct err *err)
{
    struct str message;
    uint64_t end;
    if (!read_message(v, 0, &message, &end, err))
        return false;
    struct flat root = flat_root(message);
    if (flat_int(root, 1, 1, 0) != HEADER_SCHEMA)
        return err_set(err, ERR_PARSE, "the Arrow stream does not begin with a schema");
    return read_schema(v, flat_table(root, 2), out, err);
}

bool format_read_arrow(struct view *v, struct schema *out, struct err *err)
{
    return out->format == FORMAT_ARROW ? read_file(v, out, err) : read_stream(v, out, err);
}
