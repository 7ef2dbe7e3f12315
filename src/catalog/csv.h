/*
 * csv: how a delimited text is written, and its records.
 *
 * The dialect is found by reading a sample in each likely way and keeping the one that gives the
 * most regular records; then header and types.  Input is UTF-8 (text_to_utf8).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_CSV_H
#define CATALOG_CSV_H

#include "catalog/schema.h"

/* The fields of one record.  Fields borrow from the text, or from the arena where quotes had to be
 * taken out. */
struct csv_record {
    struct str *fields;
    size_t n, cap;
    bool is_quoted; /* some field stood in quotes */
};

struct csv_scan {
    struct arena *arena;
    struct str text;
    size_t at;
    struct csv_dialect dialect;
};

/* The next record that is not empty; false at the end.  A last record without a line end counts;
 * an open quote at the end closes there.  The record is reused. */
bool csv_next(struct csv_scan *s, struct csv_record *record);

/* How regular a text is in a dialect. */
struct csv_fit {
    struct csv_dialect dialect;
    size_t n_columns; /* that most records have */
    size_t n_records; /* that were looked at */
    size_t n_fitting; /* records with that many */
};

/* The best dialect of the sample (whole lines).  False: none gives two columns or more in at least
 * two thirds of the records. */
bool csv_sniff(struct str sample, struct csv_fit *out);

/* Header and types: fills columns, csv and, when is_whole, rows. */
bool csv_schema(struct arena *a, struct str sample, bool is_whole, struct csv_dialect dialect,
                struct schema *out, struct err *err);

#endif
