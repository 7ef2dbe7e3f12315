/* avro_data: see avro_data.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/avro_data.h"

#include "catalog/avro.h"
#include "catalog/bytes.h"
#include "catalog/unpack.h"
#include "util/limits.h"
#include "util/strmap.h"

#include <string.h>

struct avro_file {
    struct arena arena; /* of the schema */
    struct strmap names;
    const struct json *schema;
    struct str codec, sync;
    size_t n_values; /* decoded so far: a schema of nothing but nulls needs no bytes */
};

/* One record. */
struct decoding {
    struct avro_file *file;
    struct arena *arena;
    struct bytes at;
    unsigned depth;
    struct err *err;
};

static bool damaged(struct err *err)
{
    return err_set(err, ERR_PARSE, "the Avro file is damaged or cut");
}

static struct str word_of(const struct json *object, struct str key)
{
    const struct json *value = json_get(object, key);
    return value != NULL && value->kind == JSON_KIND_STR ? value->text : STR_EMPTY;
}

/* ---- The header. ---- */

static void note_names(struct avro_file *f, const struct json *schema, unsigned depth)
{
    bool is_list = schema->kind == JSON_KIND_ARRAY || schema->kind == JSON_KIND_OBJECT;
    struct str name = word_of(schema, STR("name"));
    if (!is_list || depth > LIMIT_DEPTH)
        return;
    union {
        const struct json *from;
        void *to;
    } cast = { .from = schema };
    /* A field has a name too, but its type is what counts. */
    if (name.len > 0 && json_get(schema, STR("type")) != NULL &&
        json_get(schema, STR("type"))->kind == JSON_KIND_STR)
        strmap_put(&f->names, name, cast.to);
    for (size_t i = 0; i < schema->n_items; i++)
        note_names(f, &schema->items[i], depth + 1);
}

static bool read_head(struct avro_file *f, struct bytes *b, struct err *err)
{
    struct avro_head head;
    struct bytes magic = *b;
    if (!str_eq(bytes_take(&magic, 4), (struct str){ "Obj\1", 4 }) || !avro_take_head(b, &head))
        return damaged(err);
    f->codec = head.codec;
    f->sync = head.sync;
    f->schema = json_parse(&f->arena, head.schema, LIMIT_JSON_BYTES, err);
    if (f->schema == NULL)
        return err_wrap(err, "the Avro schema");
    strmap_init(&f->names, &f->arena);
    note_names(f, f->schema, 0);
    return true;
}

/* ---- Values. ---- */

static bool decode(struct decoding *d, const struct json *schema, struct avro_value *out);

static bool decode_record(struct decoding *d, const struct json *schema, struct avro_value *out)
{
    const struct json *fields;
    if (!json_get_array(schema, STR("fields"), &fields, d->err))
        return false;
    out->kind = AVRO_RECORD;
    out->n_fields = fields->n_items;
    out->fields = ARENA_NEW_N(d->arena, struct avro_value, fields->n_items + 1U);
    for (size_t i = 0; i < out->n_fields; i++) {
        const struct json *type = json_get(&fields->items[i], STR("type"));
        if (type == NULL)
            return damaged(d->err);
        if (!decode(d, type, &out->fields[i]))
            return false;
        out->fields[i].name = word_of(&fields->items[i], STR("name"));
    }
    return true;
}

static bool decode_union(struct decoding *d, const struct json *schema, struct avro_value *out)
{
    int64_t i = bytes_zigzag(&d->at);
    if (!bytes_ok(&d->at) || i < 0 || (uint64_t)i >= schema->n_items)
        return damaged(d->err);
    return decode(d, &schema->items[i], out);
}

/* Blocks of elements; one that tells its size is passed over at once. */
static bool pass(struct decoding *d, const struct json *schema, bool is_map)
{
    const struct json *type = json_get(schema, is_map ? STR("values") : STR("items"));
    if (type == NULL)
        return damaged(d->err);
    for (int64_t n = bytes_zigzag(&d->at); n != 0; n = bytes_zigzag(&d->at)) {
        if (n < 0) {
            bytes_skip(&d->at, (uint64_t)bytes_zigzag(&d->at));
            n = 0;
        }
        /* Elements without bytes would have no end. */
        if (!bytes_ok(&d->at) || (uint64_t)n > bytes_left(&d->at))
            return damaged(d->err);
        for (; n > 0; n--) {
            struct avro_value ignored;
            if (is_map)
                bytes_skip(&d->at, (uint64_t)bytes_zigzag(&d->at));
            if (!decode(d, type, &ignored))
                return false;
        }
    }
    return bytes_ok(&d->at) || damaged(d->err);
}

static double number_of(struct bytes *b, bool is_double)
{
    uint64_t bits = is_double ? bytes_u64(b) : bytes_u32(b);
    uint32_t short_bits = (uint32_t)bits;
    double number;
    float short_number;
    memcpy(&number, &bits, sizeof number);
    memcpy(&short_number, &short_bits, sizeof short_number);
    return is_double ? number : (double)short_number;
}

/* A type by its name alone. */
static bool decode_named(struct decoding *d, struct str type, const struct json *object,
                         struct avro_value *out)
{
    bool is_string = str_eq(type, STR("string")) || str_eq(type, STR("bytes"));
    bool is_number = str_eq(type, STR("double")) || str_eq(type, STR("float"));
    if (str_eq(type, STR("null"))) {
        out->kind = AVRO_NULL;
    } else if (str_eq(type, STR("boolean"))) {
        *out = (struct avro_value){ .kind = AVRO_INT, .integer = bytes_u8(&d->at) != 0 };
    } else if (str_eq(type, STR("int")) || str_eq(type, STR("long")) || str_eq(type, STR("enum"))) {
        *out = (struct avro_value){ .kind = AVRO_INT, .integer = bytes_zigzag(&d->at) };
    } else if (is_number) {
        *out = (struct avro_value){ .kind = AVRO_NUMBER,
                                    .number = number_of(&d->at, str_eq(type, STR("double"))) };
    } else if (is_string) {
        uint64_t n = (uint64_t)bytes_zigzag(&d->at);
        *out = (struct avro_value){ .kind = AVRO_BYTES, .bytes = bytes_take(&d->at, n) };
    } else if (str_eq(type, STR("fixed"))) {
        int64_t n;
        if (!json_get_i64(object, STR("size"), 0, INT32_MAX, &n, d->err))
            return false;
        *out = (struct avro_value){ .kind = AVRO_BYTES, .bytes = bytes_take(&d->at, (uint64_t)n) };
    } else {
        const struct json *named = strmap_get(&d->file->names, type);
        return named != NULL && named != object ? decode(d, named, out) : damaged(d->err);
    }
    out->schema = object;
    return bytes_ok(&d->at) || damaged(d->err);
}

static bool decode_object(struct decoding *d, const struct json *schema, struct avro_value *out)
{
    const struct json *type = json_get(schema, STR("type"));
    if (type == NULL)
        return damaged(d->err);
    if (type->kind != JSON_KIND_STR)
        return decode(d, type, out);
    if (str_eq(type->text, STR("record")))
        return decode_record(d, schema, out);
    bool is_map = str_eq(type->text, STR("map"));
    if (is_map || str_eq(type->text, STR("array"))) {
        out->kind = AVRO_PASSED;
        return pass(d, schema, is_map);
    }
    return decode_named(d, type->text, schema, out);
}

static bool decode(struct decoding *d, const struct json *schema, struct avro_value *out)
{
    *out = (struct avro_value){ 0 };
    if (d->depth >= LIMIT_SCHEMA_DEPTH)
        return err_set(d->err, ERR_TOO_LARGE, "the Avro schema nests deeper than %u",
                       (unsigned)LIMIT_SCHEMA_DEPTH);
    if (++d->file->n_values > LIMIT_AVRO_VALUES)
        return err_set(d->err, ERR_TOO_LARGE, "the Avro file has more than %lu values",
                       LIMIT_AVRO_VALUES);
    d->depth++;
    bool ok = schema->kind == JSON_KIND_STR      ? decode_named(d, schema->text, schema, out)
              : schema->kind == JSON_KIND_ARRAY  ? decode_union(d, schema, out)
              : schema->kind == JSON_KIND_OBJECT ? decode_object(d, schema, out)
                                                 : damaged(d->err);
    d->depth--;
    return ok;
}

/* ---- Blocks. ---- */

static bool unpack_growing(struct arena *a, enum packing packing, struct str in, size_t first,
                           struct str *out, struct err *err)
{
    for (size_t cap = first; cap <= LIMIT_TABLE_LOG_BYTES; cap *= 4) {
        struct unpacked result;
        char *room = arena_alloc(a, cap + 1);
        if (unpack(packing, in, room, cap, &result) && result.is_whole) {
            *out = (struct str){ room, result.n };
            return true;
        }
    }
    return err_set(err, ERR_PARSE, "a block of the Avro file cannot be unpacked");
}

static bool unpack_block(struct arena *a, struct str codec, struct str in, struct str *out,
                         struct err *err)
{
    enum { FIRST = 256 * 1024 };
    if (codec.len == 0 || str_eq(codec, STR("null"))) {
        *out = in;
        return true;
    }
    if (str_eq(codec, STR("deflate")))
        return unpack_growing(a, PACKING_DEFLATE, in, FIRST, out, err);
    if (str_eq(codec, STR("zstandard")))
        return unpack_growing(a, PACKING_ZSTD, in, FIRST, out, err);
    if (str_eq(codec, STR("snappy")) && in.len > 4) /* a CRC stands behind it */
        return unpack_growing(a, PACKING_SNAPPY, str_slice(in, 0, in.len - 4), FIRST, out, err);
    return err_set(err, ERR_UNSUPPORTED, "the packing %.*s of an Avro file is not read",
                   STR_FMT(str_slice(codec, 0, 50)));
}

static bool each_of_block(struct avro_file *f, struct str block, int64_t n, avro_record_fn *each,
                          void *ctx, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct decoding d = { .file = f, .arena = &a, .at = bytes_le(block), .err = err };
    for (; n > 0; n--) {
        struct avro_value record;
        size_t before = bytes_left(&d.at);
        arena_reset(&a);
        if (!decode(&d, f->schema, &record))
            return false;
        if (bytes_left(&d.at) == before)
            return damaged(err);
        if (!each(ctx, &record, err))
            return false;
    }
    return true;
}

static bool each_block(struct avro_file *f, struct bytes *b, avro_record_fn *each, void *ctx,
                       struct err *err)
{
    while (bytes_left(b) > 0) {
        AUTO_ARENA a = ARENA_INIT;
        int64_t n = bytes_zigzag(b);
        struct str packed = bytes_take(b, (uint64_t)bytes_zigzag(b)), block;
        if (!str_eq(bytes_take(b, 16), f->sync) || !bytes_ok(b) || n < 0)
            return damaged(err);
        if (!unpack_block(&a, f->codec, packed, &block, err) ||
            !each_of_block(f, block, n, each, ctx, err))
            return false;
    }
    return true;
}

bool avro_each(struct str file, avro_record_fn *each, void *ctx, struct err *err)
{
    struct avro_file f = { .arena = ARENA_INIT };
    struct bytes b = bytes_le(file);
    bool ok = read_head(&f, &b, err) && each_block(&f, &b, each, ctx, err);
    arena_release(&f.arena);
    return ok;
}

const struct avro_value *avro_field(const struct avro_value *record, struct str name)
{
    for (size_t i = 0; record != NULL && record->kind == AVRO_RECORD && i < record->n_fields; i++)
        if (str_eq(record->fields[i].name, name))
            return &record->fields[i];
    return NULL;
}

int64_t avro_int(const struct avro_value *record, struct str name, int64_t fallback)
{
    const struct avro_value *value = avro_field(record, name);
    return value != NULL && value->kind == AVRO_INT ? value->integer : fallback;
}

struct str avro_text(const struct avro_value *record, struct str name)
{
    const struct avro_value *value = avro_field(record, name);
    return value != NULL && value->kind == AVRO_BYTES ? value->bytes : STR_EMPTY;
}

struct str avro_logical(const struct avro_value *value)
{
    return value->schema != NULL && value->schema->kind == JSON_KIND_OBJECT
               ? word_of(value->schema, STR("logicalType"))
               : STR_EMPTY;
}
