/*
 * object_name: what the name of an object says: data or not, and which siblings belong to it.
 *
 * Pure; the last part of a key in, a row out.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_OBJECT_NAME_H
#define CATALOG_OBJECT_NAME_H

#include "catalog/format.h"

enum object_role {
    OBJECT_DATA,    /* the suffix is one of data */
    OBJECT_MEDIA,   /* a picture, a sound: the objects of a folder are one dataset, if anything */
    OBJECT_UNKNOWN, /* only the content can tell */
    OBJECT_OTHER,   /* code, configuration, models, documents, archives of code: no data */
    OBJECT_IGNORED, /* markers, temporary and hidden objects */
};

struct object_name {
    enum object_role role;
    struct str pattern; /* numbers, dates, uuids and hashes as "*": "part-*.snappy.parquet" */
    bool is_literal;    /* pattern is the name: nothing was replaced */
    bool is_machine;    /* what is left of the stem is a word of a writer: part, data, ... */
    bool is_number;     /* nothing but digits and points: a chunk of an array */
    enum format format; /* by the suffix */
    enum compression compression;
};

/* Strings live in a or borrow from name. */
struct object_name object_name_parse(struct arena *a, struct str name);

#endif
