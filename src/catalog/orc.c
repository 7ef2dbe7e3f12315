/* orc: postscript and footer at the end of the file (ORC specification v1). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/format_internal.h"
#include "catalog/protobuf.h"
#include "catalog/unpack.h"
#include "util/buf.h"

/* The postscript is at most 255 bytes and the byte that says how many. */
enum { POSTSCRIPT_BYTES = 256, CHUNK_HEAD_BYTES = 3 };

enum orc_kind { KIND_LIST = 10, KIND_MAP = 11, KIND_STRUCT = 12, KIND_UNION = 13 };

static const struct {
    struct str name;
    enum column_type type;
} KINDS[] = {
    { STR_INIT("boolean"), COLUMN_BOOL },
    { STR_INIT("tinyint"), COLUMN_INT8 },
    { STR_INIT("smallint"), COLUMN_INT16 },
    { STR_INIT("int"), COLUMN_INT32 },
    { STR_INIT("bigint"), COLUMN_INT64 },
    { STR_INIT("float"), COLUMN_FLOAT32 },
    { STR_INIT("double"), COLUMN_FLOAT64 },
    { STR_INIT("string"), COLUMN_STRING },
    { STR_INIT("binary"), COLUMN_BINARY },
    { STR_INIT("timestamp"), COLUMN_TIMESTAMP },
    { STR_INIT("array"), COLUMN_LIST },
    { STR_INIT("map"), COLUMN_MAP },
    { STR_INIT("struct"), COLUMN_STRUCT },
    { STR_INIT("uniontype"), COLUMN_UNION },
    { STR_INIT("decimal"), COLUMN_DECIMAL },
    { STR_INIT("date"), COLUMN_DATE },
    { STR_INIT("varchar"), COLUMN_STRING },
    { STR_INIT("char"), COLUMN_STRING },
    { STR_INIT("timestamp with local time zone"), COLUMN_TIMESTAMP_TZ },
};

struct orc_type {
    uint64_t kind;
    struct str subtypes; /* packed varints */
    struct str *names;
    size_t n_names, cap_names;
    uint64_t length, precision, scale;
};

struct orc_file {
    struct arena *a;
    struct orc_type *types;
    size_t n_types, cap_types;
    uint64_t n_rows;
    size_t n_all;
    unsigned depth;
    struct err *err;
};

struct postscript {
    uint64_t footer_length, compression, block_size;
};

static bool read_postscript(struct str end, struct postscript *out, size_t *n_bytes,
                            struct err *err)
{
    size_t n = (unsigned char)end.ptr[end.len - 1];
    struct protobuf p = protobuf_init(str_slice(end, end.len - 1 - n, end.len - 1));
    struct str magic = STR_EMPTY;
    *out = (struct postscript){ .block_size = 256 * 1024 };
    while (n < end.len && protobuf_field(&p)) {
        switch (p.id) {
        case 1:
            out->footer_length = protobuf_uint(&p);
            break;
        case 2:
            out->compression = protobuf_uint(&p);
            break;
        case 3:
            out->block_size = protobuf_uint(&p);
            break;
        case 8000:
            magic = protobuf_bytes(&p);
            break;
        default:
            protobuf_skip(&p);
        }
    }
    *n_bytes = n + 1;
    if (!protobuf_ok(&p) || !str_eq(magic, STR("ORC")))
        return err_set(err, ERR_PARSE, "the ORC file does not end in its postscript: it is cut");
    return true;
}

static bool packing_of(uint64_t compression, enum compression *name, enum packing *packing)
{
    static const struct {
        enum compression name;
        enum packing packing;
    } ROWS[] = {
        { COMPRESSION_NONE, PACKING_DEFLATE },   { COMPRESSION_DEFLATE, PACKING_DEFLATE },
        { COMPRESSION_SNAPPY, PACKING_SNAPPY },  { COMPRESSION_LZO, PACKING_LZ4 },
        { COMPRESSION_LZ4, PACKING_LZ4 },        { COMPRESSION_ZSTD, PACKING_ZSTD },
        { COMPRESSION_BROTLI, PACKING_DEFLATE },
    };
    if (compression >= ARRAY_LEN(ROWS))
        return false;
    *name = ROWS[compression].name;
    *packing = ROWS[compression].packing;
    return true;
}

/* A stream is a run of chunks: three bytes of length and of whether it is packed at all. */
static bool unpack_chunks(struct arena *a, struct str packed, enum packing packing,
                          uint64_t block_size, struct buf *out, struct err *err)
{
    struct bytes b = bytes_le(packed);
    block_size =
        block_size < LIMIT_FORMAT_UNPACKED_BYTES ? block_size : LIMIT_FORMAT_UNPACKED_BYTES;
    char *block = arena_alloc(a, (size_t)block_size);
    while (bytes_left(&b) > CHUNK_HEAD_BYTES && buf_ok(out)) {
        uint64_t head = bytes_uint(&b, CHUNK_HEAD_BYTES);
        struct str chunk = bytes_take(&b, head >> 1);
        struct unpacked result;
        if (!bytes_ok(&b))
            break;
        if ((head & 1) != 0) {
            buf_add(out, chunk);
        } else if (unpack(packing, chunk, block, (size_t)block_size, &result)) {
            buf_add(out, (struct str){ block, result.n });
        } else {
            return err_set(err, ERR_PARSE, "the ORC footer cannot be unpacked");
        }
    }
    if (!bytes_ok(&b))
        return err_set(err, ERR_PARSE, "the ORC footer is damaged");
    return buf_ok(out) || err_set(err, ERR_TOO_LARGE, "the ORC footer has more than %lu bytes",
                                  LIMIT_FORMAT_UNPACKED_BYTES);
}

static bool read_type(struct orc_file *f, struct str bytes)
{
    struct protobuf p = protobuf_init(bytes);
    struct orc_type type = { 0 };
    while (protobuf_field(&p)) {
        switch (p.id) {
        case 1:
            type.kind = protobuf_uint(&p);
            break;
        case 2:
            type.subtypes = protobuf_bytes(&p);
            break;
        case 3:
            *ARENA_PUSH(f->a, type.names, type.n_names, type.cap_names) = protobuf_bytes(&p);
            break;
        case 4:
            type.length = protobuf_uint(&p);
            break;
        case 5:
            type.precision = protobuf_uint(&p);
            break;
        case 6:
            type.scale = protobuf_uint(&p);
            break;
        default:
            protobuf_skip(&p);
        }
    }
    *ARENA_PUSH(f->a, f->types, f->n_types, f->cap_types) = type;
    return protobuf_ok(&p);
}

static bool read_footer(struct orc_file *f, struct str footer)
{
    struct protobuf p = protobuf_init(footer);
    while (protobuf_field(&p)) {
        if (p.id == 4) {
            if (f->n_types > LIMIT_SCHEMA_COLUMNS)
                return err_set(f->err, ERR_TOO_LARGE, "the ORC schema has more than %lu types",
                               LIMIT_SCHEMA_COLUMNS);
            if (!read_type(f, protobuf_bytes(&p)))
                break;
        } else if (p.id == 6) {
            f->n_rows = protobuf_uint(&p);
        } else {
            protobuf_skip(&p);
        }
    }
    if (!protobuf_ok(&p) || f->n_types == 0)
        return err_set(f->err, ERR_PARSE, "the ORC footer is damaged");
    return true;
}

static struct str native_name(struct orc_file *f, const struct orc_type *type)
{
    struct str name = KINDS[type->kind].name;
    if (str_eq(name, STR("varchar")) || str_eq(name, STR("char")))
        return arena_printf(f->a, "%.*s(%llu)", STR_FMT(name), (unsigned long long)type->length);
    return name;
}

static bool build(struct orc_file *f, uint64_t id, uint64_t parent, struct column *out);

static struct str child_name(const struct orc_type *type, size_t i)
{
    if (type->kind == KIND_STRUCT)
        return i < type->n_names ? type->names[i] : STR_EMPTY;
    if (type->kind == KIND_MAP)
        return i == 0 ? STR("key") : STR("value");
    return type->kind == KIND_LIST ? STR("element") : STR("alternative");
}

static bool build_children(struct orc_file *f, const struct orc_type *type, uint64_t id,
                           struct column *out)
{
    struct column_list list = { 0 };
    struct bytes b = bytes_le(type->subtypes);
    while (bytes_left(&b) > 0) {
        struct column made = { 0 };
        uint64_t child = bytes_varint(&b);
        struct column *field = columns_push(f->a, &list, &f->n_all, f->err);
        if (field == NULL || !build(f, child, id, &made))
            return false;
        made.name = format_text(f->a, child_name(type, list.n - 1));
        list.items[list.n - 1] = made;
    }
    out->fields = list.items;
    out->n_fields = list.n;
    return true;
}

/* Types stand in the order of a walk: a child has a higher number than its parent, so no type holds
 * itself. */
static bool build(struct orc_file *f, uint64_t id, uint64_t parent, struct column *out)
{
    if (id >= f->n_types || (parent != UINT64_MAX && id <= parent) ||
        f->types[id].kind >= ARRAY_LEN(KINDS))
        return err_set(f->err, ERR_PARSE, "the ORC schema is damaged, or newer than this reader");
    const struct orc_type *type = &f->types[id];
    out->type = KINDS[type->kind].type;
    out->native = native_name(f, type);
    out->is_nullable = true;
    if (out->type == COLUMN_DECIMAL) {
        out->precision = type->precision <= 1000 ? (unsigned)type->precision : 0;
        out->scale = type->scale <= 1000 ? (unsigned)type->scale : 0;
    }
    if (f->depth >= LIMIT_SCHEMA_DEPTH)
        return err_set(f->err, ERR_TOO_LARGE, "the ORC schema nests deeper than %u",
                       LIMIT_SCHEMA_DEPTH);
    f->depth++;
    bool is_good = build_children(f, type, id, out);
    f->depth--;
    return is_good;
}

static bool get_footer(struct view *v, struct schema *out, struct buf *footer, struct err *err)
{
    struct str end, packed;
    struct postscript ps;
    enum packing packing;
    size_t n_postscript;
    uint64_t n = v->size < POSTSCRIPT_BYTES ? v->size : POSTSCRIPT_BYTES;
    if (v->size == SIZE_UNKNOWN)
        return err_set(err, ERR_UNSUPPORTED, "a packed ORC file of this size is not unpacked");
    if (!view_get(v, v->size - n, n, &end, err) || !read_postscript(end, &ps, &n_postscript, err))
        return false;
    if (!packing_of(ps.compression, &out->compression, &packing) ||
        ps.footer_length > v->size - n_postscript)
        return err_set(err, ERR_PARSE, "the ORC postscript is damaged");
    if (!view_get(v, v->size - n_postscript - ps.footer_length, ps.footer_length, &packed, err))
        return false;
    if (out->compression == COMPRESSION_LZO || out->compression == COMPRESSION_BROTLI)
        return err_set(err, ERR_UNSUPPORTED, "ORC packed by %.*s is not read",
                       STR_FMT(compression_name(out->compression)));
    if (out->compression != COMPRESSION_NONE)
        return unpack_chunks(v->arena, packed, packing, ps.block_size, footer, err);
    buf_add(footer, packed);
    return true;
}

bool format_read_orc(struct view *v, struct schema *out, struct err *err)
{
    AUTO_BUF footer = BUF_INIT(LIMIT_FORMAT_UNPACKED_BYTES);
    struct orc_file f = { .a = v->arena, .err = err };
    struct column root = { 0 };
    if (!get_footer(v, out, &footer, err) || !read_footer(&f, buf_str(&footer)) ||
        !build(&f, 0, UINT64_MAX, &root))
        return false;
    out->has_rows = true;
    out->n_rows = f.n_rows;
    if (root.type == COLUMN_STRUCT) {
        out->columns = root.fields;
        out->n_columns = root.n_fields;
        return true;
    }
    root.name = STR("value");
    out->columns = ARENA_NEW(v->arena, struct column);
    *out->columns = root;
    out->n_columns = 1;
    return true;
}
