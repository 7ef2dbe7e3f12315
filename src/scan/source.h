/*
 * source: one notebook that can be read, wherever it is, and its bytes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_SOURCE_H
#define SCAN_SOURCE_H

#include "store/store.h"

enum source_kind { SOURCE_FILE, SOURCE_BELOW, SOURCE_OBJECT, SOURCE_STDIN };

/* One notebook that can be read. */
struct source {
    enum source_kind kind;
    struct str name;     /* as it is shown: "notebooks/eda.ipynb", "s3://bucket/key", "-" */
    struct str root;     /* BELOW: the folder that was typed; OBJECT: the bucket */
    struct str path;     /* FILE: the file; BELOW: relative to root; OBJECT: the key */
    struct store *store; /* OBJECT */
    void *tag;           /* of whoever adds it to the analyses */
};

/* How notebooks are read. */
struct reading {
    uint64_t max_bytes;        /* of one notebook */
    int64_t timeout_ms;        /* of one object */
    const atomic_bool *cancel; /* or NULL */
};

/* The bytes of a notebook, to chunk(), which may end the reading by false.  Safe for threads.
 * object_out (or NULL): what a store says of it, strings in a; untouched for other kinds.  Fails
 * with ERR_TOO_LARGE past r->max_bytes, and as the store does. */
MUST_USE bool source_read(const struct reading *r, const struct source *source,
                          store_chunk_fn *chunk, void *ctx, struct arena *a,
                          struct store_object *object_out, struct err *err);

/* The limits of one call on the store that begins now. */
struct store_call reading_call(const struct reading *r);

/* "s3://b/k" (s3a, s3n too) in its parts; false for another text. */
bool source_is_s3(struct str place, struct str *bucket, struct str *key);

/* Has the key a part that begins with "."?  Such files are not looked at. */
bool source_is_hidden(struct str key);

#endif
