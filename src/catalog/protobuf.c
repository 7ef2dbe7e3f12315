/* protobuf: varints, lengths, fixed numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/protobuf.h"

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

struct protobuf protobuf_init(struct str s)
{
    return (struct protobuf){ .b = bytes_le(s) };
}

bool protobuf_ok(const struct protobuf *p)
{
    return bytes_ok(&p->b);
}

bool protobuf_field(struct protobuf *p)
{
    if (bytes_left(&p->b) == 0)
        return false;
    uint64_t key = bytes_varint(&p->b);
    p->id = key >> 3;
    p->wire = (unsigned)(key & 7);
    return bytes_ok(&p->b);
}

uint64_t protobuf_uint(struct protobuf *p)
{
    if (p->wire == WIRE_VARINT)
        return bytes_varint(&p->b);
    bytes_fail(&p->b);
    return 0;
}

struct str protobuf_bytes(struct protobuf *p)
{
    if (p->wire == WIRE_BYTES)
        return bytes_take(&p->b, bytes_varint(&p->b));
    bytes_fail(&p->b);
    return STR_EMPTY;
}

void protobuf_skip(struct protobuf *p)
{
    switch (p->wire) {
    case WIRE_VARINT:
        (void)bytes_varint(&p->b);
        break;
    case WIRE_64:
        bytes_skip(&p->b, 8);
        break;
    case WIRE_BYTES:
        (void)protobuf_bytes(p);
        break;
    case WIRE_32:
        bytes_skip(&p->b, 4);
        break;
    default:
        bytes_fail(&p->b);
    }
}
