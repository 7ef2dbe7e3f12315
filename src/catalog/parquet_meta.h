/*
 * parquet_meta: the footer of a Parquet file: schema elements, leaves, row groups.
 *
 * What the reader of schemas and the reader of rows share.  (parquet.thrift, FileMetaData.)
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_PARQUET_META_H
#define CATALOG_PARQUET_META_H

#include "catalog/schema.h"

enum parquet_type {
    PARQUET_BOOLEAN,
    PARQUET_INT32,
    PARQUET_INT64,
    PARQUET_INT96,
    PARQUET_FLOAT,
    PARQUET_DOUBLE,
    PARQUET_BYTE_ARRAY,
    PARQUET_FIXED,
    PARQUET_N_TYPES
};

enum parquet_repetition { PARQUET_REQUIRED, PARQUET_OPTIONAL, PARQUET_REPEATED };

/* Ids of the union LogicalType; 0: none is given. */
enum parquet_logical {
    LOGICAL_NONE,
    LOGICAL_STRING,
    LOGICAL_MAP,
    LOGICAL_LIST,
    LOGICAL_ENUM,
    LOGICAL_DECIMAL,
    LOGICAL_DATE,
    LOGICAL_TIME,
    LOGICAL_TIMESTAMP,
    LOGICAL_INTERVAL, /* 9 is free in the union: used for the converted type */
    LOGICAL_INTEGER,
    LOGICAL_NULL,
    LOGICAL_JSON,
    LOGICAL_BSON,
    LOGICAL_UUID,
    LOGICAL_FLOAT16,
    LOGICAL_VARIANT,
    LOGICAL_GEOMETRY,
    LOGICAL_GEOGRAPHY,
    LOGICAL_N
};

enum parquet_unit { UNIT_NONE, UNIT_MILLIS, UNIT_MICROS, UNIT_NANOS };

/* One element of the schema, in depth-first order; the root is the first. */
struct parquet_element {
    struct str name; /* borrowed from the footer */
    bool is_leaf;
    enum parquet_type type;
    unsigned type_length; /* bytes of PARQUET_FIXED */
    enum parquet_repetition repetition;
    unsigned n_children;
    enum parquet_logical logical; /* also from a converted type */
    bool is_utc;                  /* TIME, TIMESTAMP: adjusted to UTC */
    enum parquet_unit unit;
    unsigned bits; /* INTEGER */
    bool is_signed;
    unsigned precision, scale;
};

struct parquet_chunk {
    uint64_t offset; /* of its first page: the dictionary's, if there is one */
    uint64_t size;   /* bytes, packed */
    uint64_t n_values;
    enum compression compression;
    bool is_elsewhere; /* file_path is set */
};

struct parquet_group {
    uint64_t n_rows;
    struct parquet_chunk *chunks; /* one a leaf */
    size_t n_chunks;
};

struct parquet_meta {
    struct parquet_element *elements;
    size_t n_elements;
    uint64_t n_rows;
    struct parquet_group *groups;
    size_t n_groups;
    enum compression compression; /* of the chunks that were seen */
    bool is_cut;                  /* the footer was given in part: groups are incomplete */
};

/* footer: the bytes of FileMetaData, or as many as were read of it (is_cut).  with_groups: keep the
 * row groups, else only their codecs are looked at.  ERR_PARSE, ERR_TOO_LARGE. */
MUST_USE bool parquet_meta_read(struct arena *a, struct str footer, bool is_cut, bool with_groups,
                                struct parquet_meta *out, struct err *err);

/* "BYTE_ARRAY (STRING)", in the arena. */
struct str parquet_type_text(struct arena *a, const struct parquet_element *element);

/* From the last eight bytes: the length of the footer before them.  ERR_PARSE, ERR_UNSUPPORTED
 * (encrypted). */
enum { PARQUET_END_BYTES = 8 };
MUST_USE bool parquet_footer_length(struct str end, uint64_t file_size, uint64_t *out,
                                    struct err *err);

#endif
