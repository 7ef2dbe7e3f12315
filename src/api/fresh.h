/*
 * fresh: the original calls from the index, where the last scan of the place is recent enough.
 *
 * The header Boathouse-Source says where the answer is from, index or store; with the index
 * Boathouse-Index-Age how many seconds ago the scan ended.  Who sends Cache-Control: no-cache is
 * answered from the store.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_FRESH_H
#define API_FRESH_H

#include "api/api_internal.h"
#include "index/query.h"

struct fresh {
    bool is_fresh; /* answer from the index; what follows is valid then */
    int64_t source, age_s;
    struct str prefix; /* of keys: the path without a "/" at its beginning */
    struct str uri;    /* "s3://bucket/prefix" */
};

/* Is what lies below path known well enough?  Sets the headers of the answer.  wants: what the scan
 * must have looked for (enum index_wants), or 0. */
MUST_USE bool fresh_find(struct call *call, struct str bucket, struct str path, unsigned wants,
                         struct fresh *out, struct err *err);

/* Each object below the path whose key ends in extension, in byte order; ctx of each is the call.
 */
MUST_USE bool fresh_list(struct call *call, const struct fresh *fresh, struct str extension,
                         store_object_fn *each, struct err *err);

/* The uris of the Jupyter notebooks below the path in which a cell tagged "parameters" has the text
 * (at most LIMIT_SEARCH_BYTES), in byte order. */
MUST_USE bool fresh_search(struct call *call, const struct fresh *fresh, struct str text,
                           struct index_texts *out, struct err *err);

#endif
