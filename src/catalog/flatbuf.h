/*
 * flatbuf: tables of a FlatBuffers message, each access checked.
 *
 * A table or vector that is not there, or points outside, is one with no fields or elements: what
 * depends on it gets its defaults.  (FlatBuffers internals: vtables, offsets.)
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_FLATBUF_H
#define CATALOG_FLATBUF_H

#include "util/str.h"

struct flat {
    struct str all; /* the message */
    size_t at;      /* the table; 0: none */
};

struct flat_vector {
    struct str all;
    size_t at;  /* the first element; 0: none */
    uint32_t n; /* elements that lie inside */
};

/* The root of a message. */
struct flat flat_root(struct str message);
bool flat_is(struct flat table);

/* A number of n (1, 2, 4, 8) bytes in field id, as signed; the fallback where it is absent. */
int64_t flat_int(struct flat table, unsigned id, unsigned n, int64_t fallback);
struct flat flat_table(struct flat table, unsigned id);
struct str flat_str(struct flat table, unsigned id);
/* width: bytes of an element: 4 for tables. */
struct flat_vector flat_vector(struct flat table, unsigned id, size_t width);
/* Element i, a table; of a vector of structs its bytes. */
struct flat flat_vector_table(struct flat_vector v, uint32_t i);
struct str flat_vector_struct(struct flat_vector v, uint32_t i, size_t width);

#endif
