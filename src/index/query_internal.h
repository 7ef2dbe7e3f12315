/*
 * query_internal: what the files of query.h share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_QUERY_INTERNAL_H
#define INDEX_QUERY_INTERNAL_H

#include "index/index_internal.h"
#include "index/query.h"
#include "index/search.h"

/* "%text%" for LIKE ... ESCAPE '\'; empty for an empty text. */
struct str query_like(struct arena *a, struct str text);

/* Rows up to which it is better to look them all up than to walk along an order. */
enum { QUERY_FEW = 2000 };
/* "[1,2,3]" for json_each(). */
struct str query_json_ids(struct arena *a, const int64_t *ids, size_t n);
/* The ids whose names may have text, when they are few and surely all: *is_few then. */
MUST_USE bool query_names(struct index_reader *r, struct arena *a, enum index_names names,
                          struct str text, struct str *ids, bool *is_few, struct err *err);

/* The columns of a notebook n, for query_read_notebook(). */
#define NOTEBOOK_COLUMNS                                                                           \
    "SELECT n.id, n.key, (SELECT name FROM source WHERE id = n.source), n.uri, n.title,"           \
    " (SELECT text FROM name WHERE id = n.owner), (SELECT text FROM name WHERE id = n.language),"  \
    " (SELECT text FROM name WHERE id = n.kernel), n.etag, n.hit_limit, n.error, n.size_bytes,"    \
    " n.n_cells, n.n_code_cells, n.n_lines, n.n_references, n.modified_s, n.near,"                 \
    " (SELECT n - 1 FROM near_group WHERE id = n.near) "
void query_read_notebook(const struct db_rows *rows, struct arena *a,
                         struct index_notebook_row *out);

#endif
