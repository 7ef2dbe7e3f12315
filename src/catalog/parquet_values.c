/* parquet_values: one value after the other out of a page, in each encoding. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parquet_internal.h"

#include <string.h>

static int64_t int96_ms(struct str s)
{
    struct bytes b = bytes_le(s);
    uint64_t nanos = bytes_u64(&b);
    int64_t days = (int64_t)bytes_u32(&b) - 2440588; /* Julian day of 1970-01-01 */
    return days * 86400000 + (int64_t)(nanos / 1000000);
}

static double real_of(uint64_t bits, bool is_double)
{
    double d;
    float f;
    uint32_t low = (uint32_t)bits;
    if (is_double) {
        memcpy(&d, &bits, sizeof d);
        return d;
    }
    memcpy(&f, &low, sizeof f);
    return (double)f;
}

/* Bytes of a value of fixed size; 0: it has a length of its own, or is a bit. */
static unsigned width_of(const struct parquet_element *e)
{
    static const unsigned char WIDTHS[] = { 0, 4, 8, 12, 4, 8, 0, 0 };
    return e->type == PARQUET_FIXED ? e->type_length : WIDTHS[e->type];
}

/* The value of raw bytes of the type's width. */
static void from_raw(const struct parquet_element *e, struct str raw, struct parquet_value *out)
{
    struct bytes b = bytes_le(raw);
    switch (e->type) {
    case PARQUET_INT32:
        out->integer = (int32_t)bytes_u32(&b);
        break;
    case PARQUET_INT64:
        out->integer = (int64_t)bytes_u64(&b);
        break;
    case PARQUET_INT96:
        out->integer = int96_ms(raw);
        break;
    case PARQUET_FLOAT:
        out->real = real_of(bytes_u32(&b), false);
        break;
    case PARQUET_DOUBLE:
        out->real = real_of(bytes_u64(&b), true);
        break;
    default:
        out->text = raw;
    }
}

static bool next_plain(struct parquet_values *v, struct parquet_value *out)
{
    const struct parquet_element *e = v->element;
    if (e->type == PARQUET_BOOLEAN) {
        if (v->booleans.at / 8 >= v->booleans.bytes.len)
            return false;
        out->integer = (int64_t)bit_run_next(&v->booleans, 1);
        return true;
    }
    uint64_t n = e->type == PARQUET_BYTE_ARRAY ? bytes_u32(&v->plain) : width_of(e);
    struct str raw = bytes_take(&v->plain, n);
    if (!bytes_ok(&v->plain))
        return false;
    from_raw(e, raw, out);
    return true;
}

static bool next_code(struct parquet_values *v, struct parquet_value *out)
{
    uint64_t code;
    if (!hybrid_next(&v->codes, &code))
        return false;
    if (v->encoding == ENCODED_RLE) {
        out->integer = (int64_t)code;
        return true;
    }
    if (code >= v->n_dictionary)
        return false;
    *out = v->dictionary[code];
    return true;
}

/* Numbers of 32 bits wrap within them. */
static bool next_delta(struct parquet_values *v, struct parquet_value *out)
{
    int64_t n;
    if (!delta_next(&v->numbers, &n))
        return false;
    out->integer = v->element->type == PARQUET_INT32 ? (int32_t)(uint32_t)(uint64_t)n : n;
    return true;
}

static bool next_delta_length(struct parquet_values *v, struct str *out)
{
    int64_t n;
    if (!delta_next(&v->numbers, &n) || n < 0)
        return false;
    *out = bytes_take(&v->plain, (uint64_t)n);
    return bytes_ok(&v->plain);
}

/* A beginning that it shares with the value before, and the rest. */
static bool next_delta_text(struct parquet_values *v, struct arena *a, struct parquet_value *out)
{
    struct str suffix;
    int64_t n;
    if (!delta_next(&v->prefixes, &n) || n < 0 || (uint64_t)n > v->text.len ||
        !next_delta_length(v, &suffix))
        return false;
    v->text.len = (size_t)n;
    buf_add(&v->text, suffix);
    if (!buf_ok(&v->text))
        return false;
    struct str text = arena_str(a, buf_str(&v->text));
    if (v->element->type == PARQUET_FIXED && text.len != v->element->type_length)
        return false;
    out->text = text;
    return true;
}

static bool next_split(struct parquet_values *v, struct arena *a, struct parquet_value *out)
{
    unsigned width = width_of(v->element);
    if (v->at >= v->n || width == 0)
        return false;
    char *raw = arena_alloc(a, width);
    for (unsigned i = 0; i < width; i++)
        raw[i] = v->all.ptr[i * v->n + v->at];
    v->at++;
    from_raw(v->element, (struct str){ raw, width }, out);
    return true;
}

bool parquet_values_next(struct parquet_values *v, struct arena *a, struct parquet_value *out)
{
    switch (v->encoding) {
    case ENCODED_PLAIN:
        return next_plain(v, out);
    case ENCODED_RLE:
    case ENCODED_PLAIN_DICTIONARY:
    case ENCODED_RLE_DICTIONARY:
        return next_code(v, out);
    case ENCODED_DELTA_BINARY:
        return next_delta(v, out);
    case ENCODED_DELTA_LENGTH:
        return next_delta_length(v, &out->text);
    case ENCODED_DELTA_TEXT:
        return next_delta_text(v, a, out);
    case ENCODED_STREAM_SPLIT:
        return next_split(v, a, out);
    default:
        return false;
    }
}

static bool is_text(const struct parquet_element *e)
{
    return e->type == PARQUET_BYTE_ARRAY || e->type == PARQUET_FIXED;
}

/* Which encodings may hold which types. */
static bool is_allowed(const struct parquet_element *e, enum parquet_encoding encoding)
{
    switch (encoding) {
    case ENCODED_RLE:
        return e->type == PARQUET_BOOLEAN;
    case ENCODED_DELTA_BINARY:
        return e->type == PARQUET_INT32 || e->type == PARQUET_INT64;
    case ENCODED_DELTA_LENGTH:
        return e->type == PARQUET_BYTE_ARRAY;
    case ENCODED_DELTA_TEXT:
        return is_text(e);
    case ENCODED_STREAM_SPLIT:
        return e->type != PARQUET_BOOLEAN && e->type != PARQUET_BYTE_ARRAY;
    default:
        return true;
    }
}

static bool begin_dictionary(struct parquet_values *v, struct str bytes)
{
    struct bytes b = bytes_le(bytes);
    unsigned width = bytes_left(&b) == 0 ? 0 : bytes_u8(&b);
    v->codes = hybrid_init(str_from_pos(bytes, 1), width);
    return width <= 32;
}

static bool begin_booleans(struct parquet_values *v, struct str bytes)
{
    struct bytes b = bytes_le(bytes);
    struct str runs = bytes_take(&b, bytes_u32(&b));
    v->codes = hybrid_init(runs, 1);
    return bytes_ok(&b);
}

static bool begin_delta_length(struct parquet_values *v, struct str bytes)
{
    struct str rest;
    if (!delta_init(&v->numbers, bytes) || !delta_rest(v->numbers, &rest))
        return false;
    v->plain = bytes_le(rest);
    return true;
}

static bool begin_delta_text(struct parquet_values *v, struct str bytes)
{
    struct str rest;
    buf_reset(&v->text);
    v->text.limit = LIMIT_PARQUET_DELTA_TEXT_BYTES;
    return delta_init(&v->prefixes, bytes) && delta_rest(v->prefixes, &rest) &&
           begin_delta_length(v, rest);
}

static bool begin(struct parquet_values *v, struct str bytes, uint64_t n)
{
    switch (v->encoding) {
    case ENCODED_PLAIN:
        v->plain = bytes_le(bytes);
        v->booleans = (struct bit_run){ bytes, 0 };
        return true;
    case ENCODED_RLE:
        return begin_booleans(v, bytes);
    case ENCODED_PLAIN_DICTIONARY:
    case ENCODED_RLE_DICTIONARY:
        return begin_dictionary(v, bytes);
    case ENCODED_DELTA_BINARY:
        return delta_init(&v->numbers, bytes);
    case ENCODED_DELTA_LENGTH:
        return begin_delta_length(v, bytes);
    case ENCODED_DELTA_TEXT:
        return begin_delta_text(v, bytes);
    case ENCODED_STREAM_SPLIT:
        /* The page holds as many values as its bytes make, nulls are not among them. */
        v->all = bytes;
        v->n = width_of(v->element) == 0 ? 0 : bytes.len / width_of(v->element);
        v->at = 0;
        return v->n <= n;
    default:
        return false;
    }
}

bool parquet_values_begin(struct parquet_values *v, enum parquet_encoding encoding,
                          struct str bytes, uint64_t n, struct err *err)
{
    v->encoding = encoding;
    if (!is_allowed(v->element, encoding) || (unsigned)encoding > ENCODED_STREAM_SPLIT ||
        encoding == ENCODED_BIT_PACKED || encoding == 1)
        return err_set(err, ERR_UNSUPPORTED, "values of a Parquet page in encoding %d are not read",
                       (int)encoding);
    return begin(v, bytes, n) ||
           err_set(err, ERR_PARSE, "the values of a Parquet page are damaged");
}

bool parquet_dictionary(struct arena *a, const struct parquet_element *element, struct str bytes,
                        uint64_t n, struct parquet_values *v, struct err *err)
{
    struct parquet_values plain = { .element = element, .encoding = ENCODED_PLAIN };
    unsigned width = element->type == PARQUET_BYTE_ARRAY ? 4 : width_of(element);
    if (n > bytes.len / (width == 0 ? 1 : width) + (bytes.len == 0))
        return err_set(err, ERR_PARSE, "a dictionary of Parquet has fewer values than it says");
    if (!begin(&plain, arena_str(a, bytes), n))
        return err_set(err, ERR_PARSE, "a dictionary of Parquet is damaged");
    struct parquet_value *values = ARENA_NEW_N(a, struct parquet_value, n);
    for (uint64_t i = 0; i < n; i++) {
        if (!parquet_values_next(&plain, a, &values[i]))
            return err_set(err, ERR_PARSE, "a dictionary of Parquet is damaged");
    }
    v->dictionary = values;
    v->n_dictionary = (size_t)n;
    return true;
}
