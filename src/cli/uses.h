/*
 * uses: which references answer the question "who uses this location?", and how well.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_USES_H
#define CLI_USES_H

#include "catalog/place.h"
#include "cli/sources.h"

/* One reference that answers. */
struct use {
    struct str path; /* of the notebook */
    struct reference reference;
    struct place_match match;
};

/* Reads a question as asked from the working folder.  lake: the folder that stands for S3, or
 * empty. a: owns the strings. */
MUST_USE bool uses_question(struct arena *a, struct str text, struct str lake, struct question *out,
                            struct err *err);

/* How the reference answers.  A path in a notebook of this machine is also taken as relative to the
 * notebook's folder. */
struct place_match uses_match(struct arena *a, const struct question *q,
                              const struct source *source, const struct reference *r);

/* A copy whose strings and holes live in a; its origin is dropped. */
struct use use_copy(struct arena *a, const struct use *use);

/* Best first: by relation, then by score, then in the order of path, cell and line. */
void uses_sort(struct use *uses, size_t n);

#endif
