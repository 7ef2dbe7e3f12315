/*
 * siblings: which files beside it the analysis of a notebook drew in, so that a changed one has the
 * notebook analysed again.
 *
 * A file is known by the hash of its uri.  Modules that were looked for and not found are known by
 * the notebook's imports, so that nothing is kept of the many that are no files of the notebook's
 * own.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_SIBLINGS_H
#define INDEX_SIBLINGS_H

#include "index/runs.h"

struct index_sibling {
    uint64_t hash;      /* index_sibling_hash() */
    uint64_t etag_hash; /* listing_hash() of the ETag that was read; 0: it was not there */
};

/* Of the file's uri.  "x/__init__.py" and "x.py" are the same module. */
uint64_t index_sibling_hash(struct str uri);

/* Inside a batch: these are what the analysis of the notebook with that uri asked for; it is up to
 * date now.  Nothing if there is no such notebook. */
MUST_USE bool index_put_siblings(struct index_writer *w, struct str notebook_uri,
                                 const struct index_sibling *siblings, size_t n, struct err *err);

/* Inside a batch: the file is new, changed or gone (etag_hash 0).  Notebooks of the source that
 * read another version of it, or may have missed it, are to be analysed again. */
MUST_USE bool index_sibling_changed(struct index_writer *w, int64_t source, struct str uri,
                                    uint64_t etag_hash, bool is_new, struct err *err);

/* The notebooks of a source that are to be analysed again. */
MUST_USE bool index_each_stale(struct index_reader *r, int64_t source, index_notebook_uri_fn *each,
                               void *ctx, struct err *err);

#endif
