/* hdf5_type: datatype messages. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/hdf5_internal.h"

enum {
    CLASS_INTEGER,
    CLASS_FLOAT,
    CLASS_TIME,
    CLASS_STRING,
    CLASS_BITS,
    CLASS_OPAQUE,
    CLASS_COMPOUND,
    CLASS_REFERENCE,
    CLASS_ENUM,
    CLASS_VARIABLE,
    CLASS_ARRAY,
};

struct type_head {
    unsigned version, class, bits;
    uint32_t size;
};

static struct type_head read_head(struct bytes *b)
{
    unsigned first = bytes_u8(b);
    struct type_head head = { .version = first >> 4, .class = first & 15 };
    head.bits = (unsigned)bytes_uint(b, 3);
    head.size = bytes_u32(b);
    return head;
}

static unsigned step_of(uint32_t size)
{
    return size <= 1 ? 0 : size <= 2 ? 1 : size <= 4 ? 2 : 3;
}

static void integer(struct arena *a, const struct type_head *head, struct column *out)
{
    bool is_signed = (head->bits & 8) != 0;
    out->type =
        (enum column_type)((is_signed ? COLUMN_INT8 : COLUMN_UINT8) + (int)step_of(head->size));
    out->native = arena_printf(a, "H5T_STD_%c%u%s", is_signed ? 'I' : 'U', head->size * 8,
                               (head->bits & 1) != 0 ? "BE" : "LE");
}

static void real(struct arena *a, const struct type_head *head, struct column *out)
{
    out->type = head->size == 2   ? COLUMN_FLOAT16
                : head->size == 4 ? COLUMN_FLOAT32
                                  : COLUMN_FLOAT64;
    out->native =
        arena_printf(a, "H5T_IEEE_F%u%s", head->size * 8, (head->bits & 1) != 0 ? "BE" : "LE");
}

/* A name that ends in NUL; before version 3 it is filled up to eight bytes. */
static struct str member_name(struct bytes *b, unsigned version)
{
    const unsigned char *from = b->at;
    struct str rest = { (const char *)from, bytes_left(b) };
    size_t n = str_find_char(rest, 0);
    if (n == SIZE_MAX) {
        bytes_fail(b);
        return STR_EMPTY;
    }
    bytes_skip(b, version >= 3 ? n + 1 : (n + 8) / 8 * 8);
    return str_slice(rest, 0, n);
}

static unsigned offset_bytes(uint32_t size)
{
    return size < 1U << 8 ? 1 : size < 1U << 16 ? 2 : size < 1U << 24 ? 3 : 4;
}

static bool member(struct hdf5 *h, const struct type_head *head, struct bytes *b,
                   struct column *out, unsigned depth)
{
    struct str name = member_name(b, head->version);
    bytes_skip(b, head->version >= 3 ? offset_bytes(head->size) : 4);
    bytes_skip(b, head->version == 1 ? 28 : 0);
    if (!hdf5_type(h, b, out, depth + 1))
        return false;
    out->name = format_text(h->v->arena, name);
    return true;
}

/* numpy's complex numbers are compounds of r and i. */
static bool is_complex(const struct column *c)
{
    return c->n_fields == 2 && str_eq(c->fields[0].name, STR("r")) &&
           str_eq(c->fields[1].name, STR("i"));
}

static bool compound(struct hdf5 *h, const struct type_head *head, struct bytes *b,
                     struct column *out, unsigned depth)
{
    struct column_list list = { 0 };
    unsigned n = head->bits & 0xffff;
    out->type = COLUMN_STRUCT;
    out->native = STR("H5T_COMPOUND");
    for (unsigned i = 0; i < n; i++) {
        struct column made = { 0 };
        struct column *c = columns_push(h->v->arena, &list, &h->n_all, h->err);
        if (c == NULL || !member(h, head, b, &made, depth))
            return false;
        *c = made;
    }
    out->fields = list.items;
    out->n_fields = list.n;
    if (is_complex(out)) {
        out->type = COLUMN_COMPLEX;
        out->n_fields = 0;
    }
    return true;
}

/* Names and values of an enumeration; h5py's booleans are FALSE and TRUE. */
static bool enumeration(struct hdf5 *h, const struct type_head *head, struct bytes *b,
                        struct column *out, unsigned depth)
{
    struct column base = { 0 };
    unsigned n = head->bits & 0xffff;
    bool is_bool = n == 2;
    if (!hdf5_type(h, b, &base, depth + 1))
        return false;
    for (unsigned i = 0; i < n && bytes_ok(b); i++)
        is_bool &= str_eq(member_name(b, head->version), i == 0 ? STR("FALSE") : STR("TRUE"));
    bytes_skip(b, (uint64_t)n * head->size);
    out->type = is_bool ? COLUMN_BOOL : base.type;
    out->native = STR("H5T_ENUM");
    return true;
}

static bool nested(struct hdf5 *h, const struct type_head *head, struct bytes *b,
                   struct column *out, unsigned depth)
{
    struct column *element = ARENA_NEW(h->v->arena, struct column);
    if (head->class == CLASS_ARRAY) {
        unsigned rank = bytes_u8(b);
        bytes_skip(b, head->version >= 3 ? 0 : 3);
        bytes_skip(b, (uint64_t)rank * (head->version >= 3 ? 4 : 8));
    }
    if (!hdf5_type(h, b, element, depth + 1))
        return false;
    element->name = STR("element");
    out->type = COLUMN_LIST;
    out->native = head->class == CLASS_ARRAY ? STR("H5T_ARRAY") : STR("H5T_VLEN");
    out->fields = element;
    out->n_fields = 1;
    if (head->class == CLASS_VARIABLE && (head->bits & 15) == 1) {
        out->type = COLUMN_STRING;
        out->native = STR("H5T_STRING (variable)");
        out->n_fields = 0;
    }
    return true;
}

static bool opaque(struct bytes *b, const struct type_head *head, struct column *out)
{
    out->type = COLUMN_BINARY;
    out->native = STR("H5T_OPAQUE");
    bytes_skip(b, head->bits & 0xff);
    return true;
}

bool hdf5_type(struct hdf5 *h, struct bytes *b, struct column *out, unsigned depth)
{
    struct type_head head = read_head(b);
    struct arena *a = h->v->arena;
    if (depth > LIMIT_SCHEMA_DEPTH || !bytes_ok(b))
        return false;
    switch (head.class) {
    case CLASS_INTEGER:
        integer(a, &head, out);
        bytes_skip(b, 4);
        break;
    case CLASS_FLOAT:
        real(a, &head, out);
        bytes_skip(b, 12);
        break;
    case CLASS_TIME:
        out->type = COLUMN_TIMESTAMP;
        out->native = STR("H5T_TIME");
        bytes_skip(b, 2);
        break;
    case CLASS_STRING:
        out->type = COLUMN_STRING;
        out->native = arena_printf(a, "H5T_STRING(%u)", head.size);
        break;
    case CLASS_BITS:
        out->type = COLUMN_BINARY;
        out->native = STR("H5T_BITFIELD");
        bytes_skip(b, 4);
        break;
    case CLASS_OPAQUE:
        return opaque(b, &head, out);
    case CLASS_COMPOUND:
        return compound(h, &head, b, out, depth);
    case CLASS_REFERENCE:
        out->native = STR("H5T_REFERENCE");
        break;
    case CLASS_ENUM:
        return enumeration(h, &head, b, out, depth);
    case CLASS_VARIABLE:
    case CLASS_ARRAY:
        return nested(h, &head, b, out, depth);
    default:
        return false;
    }
    return bytes_ok(b);
}
