/* thrift: the compact protocol (thrift-compact-protocol.md). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/thrift.h"

#include "util/limits.h"

struct thrift thrift_init(struct str s)
{
    return (struct thrift){ .b = bytes_le(s) };
}

bool thrift_ok(const struct thrift *t)
{
    return bytes_ok(&t->b);
}

void thrift_begin(struct thrift_struct *s)
{
    *s = (struct thrift_struct){ 0 };
}

bool thrift_field(struct thrift *t, struct thrift_struct *s)
{
    unsigned head = bytes_u8(&t->b);
    s->type = head & 15;
    if (!thrift_ok(t) || s->type == THRIFT_STOP)
        return false;
    int64_t id = (head >> 4) != 0 ? s->id + (int32_t)(head >> 4) : bytes_zigzag(&t->b);
    if (id < INT16_MIN || id > INT16_MAX || s->type > THRIFT_UUID) {
        bytes_fail(&t->b);
        return false;
    }
    s->id = (int32_t)id;
    return thrift_ok(t);
}

int64_t thrift_int(struct thrift *t, const struct thrift_struct *s)
{
    if (s->type == THRIFT_I8)
        return (int8_t)bytes_u8(&t->b);
    if (s->type >= THRIFT_I16 && s->type <= THRIFT_I64)
        return bytes_zigzag(&t->b);
    bytes_fail(&t->b);
    return 0;
}

bool thrift_bool(struct thrift *t, const struct thrift_struct *s)
{
    if (s->type != THRIFT_TRUE && s->type != THRIFT_FALSE)
        bytes_fail(&t->b);
    return s->type == THRIFT_TRUE;
}

struct str thrift_element_binary(struct thrift *t)
{
    return bytes_take(&t->b, bytes_varint(&t->b));
}

int64_t thrift_element_int(struct thrift *t)
{
    return bytes_zigzag(&t->b);
}

struct str thrift_binary(struct thrift *t, const struct thrift_struct *s)
{
    if (s->type == THRIFT_BINARY)
        return thrift_element_binary(t);
    bytes_fail(&t->b);
    return STR_EMPTY;
}

static size_t list_head(struct thrift *t, unsigned *element_type)
{
    unsigned head = bytes_u8(&t->b);
    uint64_t n = head >> 4;
    *element_type = head & 15;
    if (n == 15)
        n = bytes_varint(&t->b);
    if (n > bytes_left(&t->b))
        bytes_fail(&t->b);
    return thrift_ok(t) ? (size_t)n : 0;
}

size_t thrift_list(struct thrift *t, const struct thrift_struct *s, unsigned element_type)
{
    unsigned type = 0;
    size_t n = 0;
    if (s->type == THRIFT_LIST || s->type == THRIFT_SET)
        n = list_head(t, &type);
    else
        bytes_fail(&t->b);
    if (n > 0 && type != element_type)
        bytes_fail(&t->b);
    return thrift_ok(t) ? n : 0;
}

bool thrift_is_struct(struct thrift *t, const struct thrift_struct *s)
{
    if (s->type != THRIFT_STRUCT)
        bytes_fail(&t->b);
    return thrift_ok(t);
}

static void skip_elements(struct thrift *t, unsigned type, size_t n)
{
    for (size_t i = 0; i < n && thrift_ok(t); i++) {
        if (type == THRIFT_TRUE || type == THRIFT_FALSE)
            bytes_skip(&t->b, 1);
        else
            thrift_skip(t, type);
    }
}

static void skip_map(struct thrift *t)
{
    uint64_t n = bytes_varint(&t->b);
    if (n == 0)
        return;
    unsigned types = bytes_u8(&t->b);
    if (n > bytes_left(&t->b))
        bytes_fail(&t->b);
    for (uint64_t i = 0; i < n && thrift_ok(t); i++) {
        skip_elements(t, types >> 4, 1);
        skip_elements(t, types & 15, 1);
    }
}

static void skip_struct(struct thrift *t)
{
    struct thrift_struct s;
    thrift_begin(&s);
    while (thrift_field(t, &s))
        thrift_skip(t, s.type);
}

static void skip_list(struct thrift *t)
{
    unsigned type;
    size_t n = list_head(t, &type);
    skip_elements(t, type, n);
}

/* Lists of lists and structs, to a depth. */
static void skip_nested(struct thrift *t, unsigned type)
{
    if (t->depth >= LIMIT_SCHEMA_DEPTH) {
        bytes_fail(&t->b);
        return;
    }
    t->depth++;
    if (type == THRIFT_STRUCT)
        skip_struct(t);
    else if (type == THRIFT_MAP)
        skip_map(t);
    else
        skip_list(t);
    t->depth--;
}

void thrift_skip(struct thrift *t, unsigned type)
{
    switch (type) {
    case THRIFT_TRUE:
    case THRIFT_FALSE:
        break;
    case THRIFT_I8:
        bytes_skip(&t->b, 1);
        break;
    case THRIFT_I16:
    case THRIFT_I32:
    case THRIFT_I64:
        (void)bytes_varint(&t->b);
        break;
    case THRIFT_DOUBLE:
        bytes_skip(&t->b, 8);
        break;
    case THRIFT_BINARY:
        (void)thrift_element_binary(t);
        break;
    case THRIFT_UUID:
        bytes_skip(&t->b, 16);
        break;
    case THRIFT_LIST:
    case THRIFT_SET:
    case THRIFT_MAP:
    case THRIFT_STRUCT:
        skip_nested(t, type);
        break;
    default:
        bytes_fail(&t->b);
    }
}
