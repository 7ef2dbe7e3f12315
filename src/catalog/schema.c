/* schema: the vocabulary of types, and what may be done with schemas of any format. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/schema.h"

#include "util/buf.h"
#include "util/strmap.h"

#include <string.h>

static const struct str TYPES[] = {
    [COLUMN_UNKNOWN] = STR_INIT("unknown"),     [COLUMN_NULL] = STR_INIT("null"),
    [COLUMN_BOOL] = STR_INIT("bool"),           [COLUMN_INT8] = STR_INIT("int8"),
    [COLUMN_INT16] = STR_INIT("int16"),         [COLUMN_INT32] = STR_INIT("int32"),
    [COLUMN_INT64] = STR_INIT("int64"),         [COLUMN_UINT8] = STR_INIT("uint8"),
    [COLUMN_UINT16] = STR_INIT("uint16"),       [COLUMN_UINT32] = STR_INIT("uint32"),
    [COLUMN_UINT64] = STR_INIT("uint64"),       [COLUMN_FLOAT16] = STR_INIT("float16"),
    [COLUMN_FLOAT32] = STR_INIT("float32"),     [COLUMN_FLOAT64] = STR_INIT("float64"),
    [COLUMN_COMPLEX] = STR_INIT("complex"),     [COLUMN_DECIMAL] = STR_INIT("decimal"),
    [COLUMN_STRING] = STR_INIT("string"),       [COLUMN_BINARY] = STR_INIT("binary"),
    [COLUMN_DATE] = STR_INIT("date"),           [COLUMN_TIME] = STR_INIT("time"),
    [COLUMN_TIMESTAMP] = STR_INIT("timestamp"), [COLUMN_TIMESTAMP_TZ] = STR_INIT("timestamp_tz"),
    [COLUMN_DURATION] = STR_INIT("duration"),   [COLUMN_UUID] = STR_INIT("uuid"),
    [COLUMN_LIST] = STR_INIT("list"),           [COLUMN_MAP] = STR_INIT("map"),
    [COLUMN_STRUCT] = STR_INIT("struct"),       [COLUMN_UNION] = STR_INIT("union"),
};

static const struct str ENCODINGS[] = {
    [ENCODING_NONE] = STR_INIT(""),
    [ENCODING_UTF8] = STR_INIT("utf-8"),
    [ENCODING_UTF8_BOM] = STR_INIT("utf-8-sig"),
    [ENCODING_UTF16LE] = STR_INIT("utf-16-le"),
    [ENCODING_UTF16BE] = STR_INIT("utf-16-be"),
    [ENCODING_LATIN1] = STR_INIT("latin-1"),
};

struct str column_type_name(enum column_type type)
{
    return (size_t)type < ARRAY_LEN(TYPES) ? TYPES[type] : TYPES[COLUMN_UNKNOWN];
}

enum column_type column_type_from_text(struct str text)
{
    for (size_t i = 0; i < ARRAY_LEN(TYPES); i++) {
        if (str_eq(TYPES[i], text))
            return (enum column_type)i;
    }
    return COLUMN_UNKNOWN;
}

struct str encoding_name(enum encoding encoding)
{
    return (size_t)encoding < ARRAY_LEN(ENCODINGS) ? ENCODINGS[encoding] : STR_EMPTY;
}

static void add_type(struct buf *out, const struct column *column, unsigned depth)
{
    bool is_named = column->type == COLUMN_STRUCT || column->type == COLUMN_UNION;
    buf_add(out, column_type_name(column->type));
    if (column->type == COLUMN_DECIMAL)
        buf_printf(out, "(%u,%u)", column->precision, column->scale);
    if (column->n_fields == 0 || depth >= LIMIT_SCHEMA_DEPTH)
        return;
    buf_add_char(out, '<');
    for (size_t i = 0; i < column->n_fields && buf_ok(out); i++) {
        if (i > 0)
            buf_add_char(out, ',');
        if (is_named) {
            buf_add(out, column->fields[i].name);
            buf_add_char(out, ':');
        }
        add_type(out, &column->fields[i], depth + 1);
    }
    buf_add_char(out, '>');
}

struct str column_type_text(struct arena *a, const struct column *column)
{
    AUTO_BUF text = BUF_INIT(LIMIT_SCHEMA_TYPE_BYTES);
    if (column->n_fields == 0 && column->type != COLUMN_DECIMAL)
        return column_type_name(column->type);
    add_type(&text, column, 0);
    if (buf_ok(&text))
        return arena_str(a, buf_str(&text));
    return arena_printf(a, "%.*s...", STR_FMT(buf_str(&text)));
}

static bool columns_equal(const struct column *a, const struct column *b, size_t n, unsigned depth)
{
    for (size_t i = 0; i < n; i++) {
        if (a[i].type != b[i].type || !str_eq(a[i].name, b[i].name) ||
            a[i].precision != b[i].precision || a[i].scale != b[i].scale ||
            a[i].n_fields != b[i].n_fields)
            return false;
        if (depth < LIMIT_SCHEMA_DEPTH &&
            !columns_equal(a[i].fields, b[i].fields, a[i].n_fields, depth + 1))
            return false;
    }
    return true;
}

bool schema_equal(const struct schema *a, const struct schema *b)
{
    return a->format == b->format && a->n_columns == b->n_columns &&
           columns_equal(a->columns, b->columns, a->n_columns, 0);
}

static bool is_int(enum column_type type)
{
    return type >= COLUMN_INT8 && type <= COLUMN_UINT64;
}

static bool is_float(enum column_type type)
{
    return type >= COLUMN_FLOAT16 && type <= COLUMN_FLOAT64;
}

/* The nearest whole type of both; a signed one when one of them is signed. */
static enum column_type widen_ints(enum column_type a, enum column_type b)
{
    bool is_a_unsigned = a >= COLUMN_UINT8, is_b_unsigned = b >= COLUMN_UINT8;
    if (is_a_unsigned == is_b_unsigned)
        return a > b ? a : b;
    enum column_type s = is_a_unsigned ? b : a, u = is_a_unsigned ? a : b;
    enum column_type from_u =
        u == COLUMN_UINT64 ? COLUMN_INT64 : (enum column_type)(u - COLUMN_UINT8 + COLUMN_INT16);
    return s > from_u ? s : from_u;
}

static bool is_moment(enum column_type type)
{
    return type == COLUMN_DATE || type == COLUMN_TIMESTAMP || type == COLUMN_TIMESTAMP_TZ;
}

enum column_type column_type_widen(enum column_type a, enum column_type b)
{
    if (a == b || b == COLUMN_NULL)
        return a;
    if (a == COLUMN_NULL)
        return b;
    if (is_int(a) && is_int(b))
        return widen_ints(a, b);
    if ((is_int(a) || is_float(a) || a == COLUMN_DECIMAL) &&
        (is_int(b) || is_float(b) || b == COLUMN_DECIMAL)) {
        if (is_float(a) && is_float(b))
            return a > b ? a : b;
        return is_float(a) || is_float(b) ? COLUMN_FLOAT64 : COLUMN_DECIMAL;
    }
    if (is_moment(a) && is_moment(b) && (a == COLUMN_DATE || b == COLUMN_DATE))
        return a > b ? a : b;
    return COLUMN_STRING;
}

static bool types_fit(enum column_type a, enum column_type b)
{
    if (a == b || a == COLUMN_UNKNOWN || b == COLUMN_UNKNOWN)
        return true;
    return column_type_widen(a, b) != COLUMN_STRING;
}

/* Types that were guessed from a sample do not tell files apart. */
static bool is_guessed(enum format format)
{
    return format == FORMAT_CSV || format == FORMAT_TSV || format == FORMAT_JSON ||
           format == FORMAT_JSONL || format == FORMAT_XLSX;
}

static bool is_headless(const struct schema *s)
{
    return s->csv.delimiter != 0 && !s->csv.has_header;
}

/* Without names only the places of columns can be compared. */
static bool headless_compatible(const struct schema *a, const struct schema *b)
{
    if (a->n_columns != b->n_columns || is_headless(a) != is_headless(b))
        return false;
    for (size_t i = 0; i < a->n_columns; i++) {
        if (!types_fit(a->columns[i].type, b->columns[i].type))
            return false;
    }
    return true;
}

bool schema_compatible(const struct schema *a, const struct schema *b)
{
    AUTO_ARENA arena = ARENA_INIT;
    struct strmap names;
    if (a->format != b->format)
        return false;
    if (is_headless(a) || is_headless(b))
        return headless_compatible(a, b);
    const struct schema *more = a->n_columns >= b->n_columns ? a : b;
    const struct schema *less = more == a ? b : a;
    if (less->n_columns == 0)
        return more->n_columns == 0;
    strmap_init(&names, &arena);
    for (size_t i = 0; i < more->n_columns; i++)
        strmap_put(&names, more->columns[i].name, &more->columns[i]);
    for (size_t i = 0; i < less->n_columns; i++) {
        const struct column *other = strmap_get(&names, less->columns[i].name);
        if (other == NULL ||
            (!is_guessed(a->format) && !types_fit(less->columns[i].type, other->type)))
            return false;
    }
    return true;
}

static void shape_copy(struct arena *a, struct shape *shape)
{
    const uint64_t *sizes = shape->sizes;
    if (shape->n == 0)
        return;
    shape->sizes = ARENA_NEW_N(a, uint64_t, shape->n);
    memcpy(shape->sizes, sizes, shape->n * sizeof *sizes);
}

static struct column *columns_copy(struct arena *a, const struct column *from, size_t n,
                                   unsigned depth)
{
    struct column *to = ARENA_NEW_N(a, struct column, n);
    for (size_t i = 0; i < n; i++) {
        to[i] = from[i];
        to[i].name = arena_str(a, from[i].name);
        to[i].native = arena_str(a, from[i].native);
        shape_copy(a, &to[i].shape);
        if (depth >= LIMIT_SCHEMA_DEPTH)
            to[i].n_fields = 0;
        to[i].fields = columns_copy(a, from[i].fields, to[i].n_fields, depth + 1);
    }
    return to;
}

static struct str *strs_copy(struct arena *a, const struct str *from, size_t n)
{
    struct str *to = ARENA_NEW_N(a, struct str, n);
    for (size_t i = 0; i < n; i++)
        to[i] = arena_str(a, from[i]);
    return to;
}

void schema_copy(struct arena *a, const struct schema *from, struct schema *to)
{
    *to = *from;
    to->columns = columns_copy(a, from->columns, from->n_columns, 0);
    shape_copy(a, &to->shape);
    to->detail = arena_str(a, from->detail);
    to->parts = strs_copy(a, from->parts, from->n_parts);
    to->warnings = strs_copy(a, from->warnings, from->n_warnings);
}

void schema_warn(struct arena *a, struct schema *s, struct str text)
{
    for (size_t i = 0; i < s->n_warnings; i++) {
        if (str_eq(s->warnings[i], text))
            return;
    }
    if (s->n_warnings == LIMIT_SCHEMA_WARNINGS)
        return;
    if (s->warnings == NULL)
        s->warnings = ARENA_NEW_N(a, struct str, LIMIT_SCHEMA_WARNINGS);
    s->warnings[s->n_warnings++] = text;
}
