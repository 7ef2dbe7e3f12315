/*
 * protobuf: a cursor over the wire format of Protocol Buffers, as ORC uses it.
 *
 *   while (protobuf_field(&p))
 *       switch (p.id) { case 1: n = protobuf_uint(&p); break; default: protobuf_skip(&p); }
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_PROTOBUF_H
#define CATALOG_PROTOBUF_H

#include "catalog/bytes.h"

struct protobuf {
    struct bytes b;
    uint64_t id; /* of the field that is next */
    unsigned wire;
};

struct protobuf protobuf_init(struct str s);
bool protobuf_ok(const struct protobuf *p);
/* The next field; false at the end and after an error. */
bool protobuf_field(struct protobuf *p);
/* Its value; of another kind is an error. */
uint64_t protobuf_uint(struct protobuf *p);
struct str protobuf_bytes(struct protobuf *p);
void protobuf_skip(struct protobuf *p);

#endif
