/*
 * find: the questions about files and notebooks of a lake, without HTTP and JSON.
 *
 * Shared by the handlers and by the command line.  Listings are streamed; notebooks are read side
 * by side as they come, and nothing of them is kept.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_FIND_H
#define API_FIND_H

#include "store/store.h"

/* Which files. */
struct files_query {
    struct str bucket;
    struct str path;      /* what the key begins with; a leading "/" is not looked at; "" for all */
    struct str extension; /* what the key ends in; "" for all */
    store_object_fn *each;
    void *ctx;
    struct store_call call;
};

/* Every object, in the byte order of keys.  Fails as store_list(). */
MUST_USE bool files_find(struct store *s, const struct files_query *q, struct err *err);

/* Told of each notebook that could not be read; it is not part of the answer. */
typedef void notebook_broken_fn(void *ctx, struct str key, const struct err *err);

/* Which notebooks: those below path in which a cell tagged "parameters" contains the text. */
struct notebooks_query {
    struct str bucket, path;     /* as in files_query */
    struct str search_on;        /* not empty */
    unsigned window;             /* notebooks at once; 0: what suits the store */
    uint64_t max_notebook_bytes; /* larger ones are given to broken() */
    notebook_broken_fn *broken;  /* may be NULL */
    void *ctx;
    struct store_call call;
};

struct notebooks_found {
    struct str *keys; /* in the arena, in byte order, each once */
    size_t n;
    uint64_t n_read, n_broken;
};

/* Fails as store_scan(), and with ERR_INVALID when search_on is empty. */
MUST_USE bool notebooks_find(struct store *s, struct arena *a, const struct notebooks_query *q,
                             struct notebooks_found *out, struct err *err);

#endif
