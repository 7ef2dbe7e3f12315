/*
 * json_shape: the columns of JSON values, from a beginning that may be cut.
 *
 * A walker over the text, not a parser into a tree: what stands before the cut counts.  Values of
 * one place are merged: types widen, members are joined.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_JSON_SHAPE_H
#define CATALOG_JSON_SHAPE_H

#include "catalog/schema.h"

enum json_form {
    JSON_NONE,  /* not JSON */
    JSON_VALUE, /* one value, or the beginning of one */
    JSON_LINES, /* several values, one behind the other */
};

/* Which form the text has; looks at its beginning only, and believes it. */
enum json_form json_form_of(struct str text, bool is_cut);

/* The columns: members of the objects, of all elements of an array or of all lines; of other values
 * one column "value".  is_cut: the text ends somewhere.  *n_rows: objects that were seen whole;
 * *is_end: the text ended properly.  ERR_PARSE with the byte, ERR_TOO_LARGE. */
MUST_USE bool json_shape(struct arena *a, struct str text, enum json_form form, bool is_cut,
                         struct schema *out, uint64_t *n_rows, bool *is_end, struct err *err);

#endif
