/*
 * parquet_data: the rows of a Parquet file, column by column chosen, page by page read.
 *
 * Enough for the files that the catalogue itself needs: checkpoints of Delta, inventories of S3,
 * manifests.  Pages v1 and v2; PLAIN, dictionary, RLE and the DELTA encodings; uncompressed,
 * snappy, gzip, zstd and raw LZ4; optional, nested and one level of repeated values (lists, maps).
 * Pure: the caller reads ranges.  Memory is one page and one dictionary a chosen column, and a
 * window of what was read (LIMIT_PARQUET_*); never a row group.  A few bytes can say "the same
 * value a thousand million times": a caller who keeps rows bounds how many.
 *
 *   struct parquet_rows *rows = parquet_rows_new(size);
 *   for (;;) {
 *       switch (parquet_rows_next(rows, &need, &err)) {
 *       case PARQUET_OPEN:   choose columns: parquet_rows_find(), parquet_rows_choose()
 *       case PARQUET_NEED:   read need.offset, need.length; parquet_rows_give()
 *       case PARQUET_ROW:    parquet_rows_cell(rows, 0, &cell) ...
 *       case PARQUET_END:    done
 *       case PARQUET_FAILED: err
 *       }
 *   }
 *   parquet_rows_free(rows);
 *
 * (Apache Parquet format 2.10: parquet.thrift, Encodings.md.)
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_PARQUET_DATA_H
#define CATALOG_PARQUET_DATA_H

#include "catalog/format.h"

enum parquet_step {
    PARQUET_OPEN, /* once, when the footer is known: choose columns now, then go on */
    PARQUET_NEED,
    PARQUET_ROW,
    PARQUET_END,
    PARQUET_FAILED, /* ERR_PARSE, ERR_TOO_LARGE, ERR_UNSUPPORTED */
};

enum parquet_kind {
    PARQUET_INT,  /* BOOLEAN, INT32, INT64: as stored; INT96: ms since 1970 */
    PARQUET_REAL, /* FLOAT, DOUBLE */
    PARQUET_TEXT, /* BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY: the bytes */
};

/* One value of a leaf column; which of the two belongs to it is the column's kind. */
struct parquet_value {
    bool is_null;
    unsigned char def_level, rep_level;
    union {
        int64_t integer;
        double real;
        struct str text; /* borrowed until the next parquet_rows_next() */
    };
};

/* The values of one column in one row: one, or those of a list or map in order.  An empty or absent
 * list is one value that is_null, with a def_level below the element's. */
struct parquet_cell {
    const struct parquet_value *values;
    size_t n;
};

struct parquet_leaf {
    struct str path; /* names from the root joined by '.': "add.partitionValues.key_value.key" */
    enum parquet_kind kind;
    bool is_repeated;
    unsigned char max_def, max_rep;
};

struct parquet_rows;

/* size_bytes: of the whole object.  Never NULL. */
struct parquet_rows *parquet_rows_new(uint64_t size_bytes);
void parquet_rows_free(struct parquet_rows *rows);

/* Go on: to the next row, or to what is missing for it. */
MUST_USE enum parquet_step parquet_rows_next(struct parquet_rows *rows, struct format_need *need,
                                             struct err *err);

/* The bytes at the offset that was asked for, exactly as many; copied.  Fewer end in
 * PARQUET_FAILED. */
void parquet_rows_give(struct parquet_rows *rows, struct str bytes);

/* From PARQUET_OPEN on: the leaves of the file and its rows in all groups. */
size_t parquet_rows_n_leaves(const struct parquet_rows *rows);
const struct parquet_leaf *parquet_rows_leaf(const struct parquet_rows *rows, size_t leaf);
uint64_t parquet_rows_total(const struct parquet_rows *rows);
/* The leaf of a path, ASCII case folded, or SIZE_MAX.  In lists and maps the names of the middle
 * level differ between writers ("list.element", "array", "bag.array_element", "key_value.key",
 * "map.key"): path may have "[]" for the element of a list, "{}k" and "{}v" for key and value of a
 * map instead: "metaData.partitionColumns.[]", "add.partitionValues.{}k". */
size_t parquet_rows_find(const struct parquet_rows *rows, struct str path);

/* After PARQUET_OPEN and before the next step: read this leaf.  Gives the number of the cell, 0 for
 * the first chosen.  A file of which nothing is chosen has its rows, without cells.  At most
 * LIMIT_PARQUET_CHOSEN (panics: the caller's lists are fixed). */
unsigned parquet_rows_choose(struct parquet_rows *rows, size_t leaf);

/* After PARQUET_ROW: the values of the chosen leaf; borrowed until the next step. */
struct parquet_cell parquet_rows_cell(const struct parquet_rows *rows, unsigned cell);
/* The first value, or NULL when it is null: for columns that do not repeat. */
const struct parquet_value *parquet_rows_value(const struct parquet_rows *rows, unsigned cell);

#endif
