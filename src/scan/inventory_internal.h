/*
 * inventory_internal: the files of an inventory, row by row.  Internal to the folder.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_INVENTORY_INTERNAL_H
#define SCAN_INVENTORY_INTERNAL_H

#include "scan/inventory.h"

/* The columns that count. */
enum inventory_column {
    INVENTORY_KEY,
    INVENTORY_SIZE,
    INVENTORY_TIME,
    INVENTORY_ETAG,
    INVENTORY_IS_LATEST,
    INVENTORY_IS_MARKER,
    INVENTORY_N_COLUMNS
};

/* One file of the list and how to read it. */
struct inventory_file {
    struct store *store;
    struct str bucket, key;
    uint64_t size_bytes;
    const size_t *csv_columns; /* [INVENTORY_N_COLUMNS]: which field; SIZE_MAX: absent */
    struct store_call call;
    store_object_fn *each; /* the current version of an object that is there */
    void *ctx;
};

MUST_USE bool inventory_read_csv(const struct inventory_file *f, struct err *err);
MUST_USE bool inventory_read_parquet(const struct inventory_file *f, struct err *err);

#endif
