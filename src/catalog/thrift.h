/*
 * thrift: a cursor over Thrift's compact protocol, as Parquet uses it.
 *
 * Errors are sticky (thrift_ok).  Structs are walked field by field:
 *
 *   struct thrift_struct s;
 *   thrift_begin(t, &s);
 *   while (thrift_field(t, &s))
 *       switch (s.id) { case 1: x = thrift_int(t, &s); break; default: thrift_skip(t, s.type); }
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_THRIFT_H
#define CATALOG_THRIFT_H

#include "catalog/bytes.h"

enum thrift_type {
    THRIFT_STOP,
    THRIFT_TRUE,
    THRIFT_FALSE,
    THRIFT_I8,
    THRIFT_I16,
    THRIFT_I32,
    THRIFT_I64,
    THRIFT_DOUBLE,
    THRIFT_BINARY,
    THRIFT_LIST,
    THRIFT_SET,
    THRIFT_MAP,
    THRIFT_STRUCT,
    THRIFT_UUID,
};

struct thrift {
    struct bytes b;
    unsigned depth; /* of structs that are skipped */
};

struct thrift_struct {
    int32_t id; /* of the field that is next */
    unsigned type;
};

struct thrift thrift_init(struct str s);
bool thrift_ok(const struct thrift *t);

void thrift_begin(struct thrift_struct *s);
/* The next field's id and type; false at the struct's end and after an error. */
bool thrift_field(struct thrift *t, struct thrift_struct *s);
/* The value of the field; a value of another type is an error. */
int64_t thrift_int(struct thrift *t, const struct thrift_struct *s);
bool thrift_bool(struct thrift *t, const struct thrift_struct *s);
struct str thrift_binary(struct thrift *t, const struct thrift_struct *s);
/* The number of elements of a list whose elements have this type (THRIFT_TRUE for booleans); never
 * more than there are bytes left. */
size_t thrift_list(struct thrift *t, const struct thrift_struct *s, unsigned element_type);
/* Is the field a struct?  Otherwise an error. */
bool thrift_is_struct(struct thrift *t, const struct thrift_struct *s);
/* An element of a list. */
int64_t thrift_element_int(struct thrift *t);
struct str thrift_element_binary(struct thrift *t);
/* Pass over a value. */
void thrift_skip(struct thrift *t, unsigned type);

#endif
