/*
 * inventory: the list of a bucket that S3 Inventory wrote, instead of asking S3 for it.
 *
 * The manifest (manifest.json) names the files of the list, CSV in gzip or Parquet; the objects in
 * them come in any order, which a sorter puts right.  What is read and written else is asked of the
 * real store: inventory_store_open() gives a store whose listing of the one bucket is that list.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_INVENTORY_H
#define SCAN_INVENTORY_H

#include "store/store.h"

struct inventory_options {
    struct store *real;          /* where the manifest, its files and the objects are */
    struct str bucket, manifest; /* "s3://bucket/.../manifest.json" in its parts */
    const char *folder;          /* for sorting */
    struct store_call call;
};

struct inventory {
    struct store *store;  /* for store_free(), before the real one */
    struct str bucket;    /* the bucket that is listed; lives as long as the store */
    int64_t made_unix_ms; /* what was changed since is not in the list */
};

/* Reads the manifest alone.  Fails with ERR_NOT_FOUND, ERR_PARSE, ERR_INVALID (no manifest),
 * ERR_UNSUPPORTED (ORC), ERR_TOO_LARGE.  Strings of options are copied. */
MUST_USE bool inventory_store_open(const struct inventory_options *options, struct inventory *out,
                                   struct err *err);

#endif
