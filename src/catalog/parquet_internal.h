/* parquet_internal: the parts of the reader of rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_PARQUET_INTERNAL_H
#define CATALOG_PARQUET_INTERNAL_H

#include "catalog/parquet_bits.h"
#include "catalog/parquet_data.h"
#include "catalog/parquet_meta.h"
#include "util/buf.h"

enum parquet_encoding {
    ENCODED_PLAIN = 0,
    ENCODED_PLAIN_DICTIONARY = 2,
    ENCODED_RLE = 3,
    ENCODED_BIT_PACKED = 4,
    ENCODED_DELTA_BINARY = 5,
    ENCODED_DELTA_LENGTH = 6,
    ENCODED_DELTA_TEXT = 7,
    ENCODED_RLE_DICTIONARY = 8,
    ENCODED_STREAM_SPLIT = 9,
};

/* The values of one page, in order. */
struct parquet_values {
    const struct parquet_element *element;
    enum parquet_encoding encoding;
    struct bytes plain; /* PLAIN, texts of DELTA_LENGTH */
    struct bit_run booleans;
    struct hybrid codes;   /* of the dictionary; booleans by RLE */
    struct delta numbers;  /* DELTA_BINARY; lengths of texts */
    struct delta prefixes; /* DELTA_TEXT */
    struct str all;        /* STREAM_SPLIT */
    uint64_t n, at;        /* STREAM_SPLIT: values in the page */
    struct buf text;       /* DELTA_TEXT: the last value */
    const struct parquet_value *dictionary;
    size_t n_dictionary;
};

/* Begin a page's values; n: how many are not null, at most.  Keeps v->element, dictionary, text. */
MUST_USE bool parquet_values_begin(struct parquet_values *v, enum parquet_encoding encoding,
                                   struct str bytes, uint64_t n, struct err *err);
/* The next; texts are borrowed from page and dictionary, or live in a. */
MUST_USE bool parquet_values_next(struct parquet_values *v, struct arena *a,
                                  struct parquet_value *out);
/* Decode a dictionary page into a. */
MUST_USE bool parquet_dictionary(struct arena *a, const struct parquet_element *element,
                                 struct str bytes, uint64_t n, struct parquet_values *v,
                                 struct err *err);

/* A leaf and where it stands in the schema. */
struct leaf {
    struct parquet_leaf view;
    struct str pattern; /* the path with [] {}k {}v */
    const struct parquet_element *element;
};

/* The leaves of a schema, in the arena. */
MUST_USE bool parquet_leaves(struct arena *a, const struct parquet_meta *meta, struct leaf **out,
                             size_t *n_out, struct err *err);

/* One chosen leaf, in one row group. */
struct cursor {
    const struct leaf *leaf;
    const struct parquet_chunk *chunk;
    uint64_t at, end;       /* the next page, the chunk's end: offsets in the file */
    uint64_t n_values_left; /* in the chunk, nulls among them */
    struct arena dictionary_arena, page_arena, cell_arena;
    struct format_range window; /* borrowed from window_arena, or the whole file */
    struct arena window_arena;
    uint64_t n_levels_left; /* in the page */
    struct hybrid defs, reps;
    bool has_rep; /* rep is of the next value, which was not taken yet */
    uint64_t rep;
    struct parquet_values values;
    struct parquet_value *cell;
    size_t n_cell, cap_cell, n_kept; /* texts of the first n_kept live in cell_arena */
    bool is_row;                     /* the cell is complete */
};

enum cursor_step { CURSOR_OK, CURSOR_NEED, CURSOR_FAILED };

void cursor_release(struct cursor *c);
/* Begin a row group. */
MUST_USE bool cursor_open(struct cursor *c, const struct parquet_chunk *chunk, uint64_t file_size,
                          struct err *err);
/* Load the next page with values.  parquet_page.c. */
enum cursor_step cursor_page(struct cursor *c, struct format_need *need, struct err *err);
/* Fill the cell with the next row's values. */
enum cursor_step cursor_row(struct cursor *c, struct format_need *need, struct err *err);

#endif
