/*
 * uses: which references answer the question "who uses this location?", and how well.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_USES_H
#define CLI_USES_H

#include "cli/sources.h"
#include "lineage/analysis.h"
#include "lineage/uri_match.h"

/* A location as it was asked for, in the normal forms that it may stand for: a bare name is a
 * table, a stream, a data set or a file. */
enum { USES_MAX_FORMS = 5 };

struct question {
    struct str forms[USES_MAX_FORMS];
    size_t n_forms;
    struct str file; /* "file:/absolute/path" if it may be a file of this machine; else empty */
};

/* a: owns the strings.  lake: the folder that stands for S3, or empty; a path below it is also the
 * object that it stands for.  Fails with ERR_INVALID if the text is no location. */
MUST_USE bool question_read(struct arena *a, struct str text, struct str lake, struct question *out,
                            struct err *err);

/* One reference that answers. */
struct use {
    struct str path; /* of the notebook */
    struct reference reference;
    enum uri_relation relation;
    unsigned score; /* characters that are known and agree */
};

/* How the reference answers; URI_APART: not at all.  A path in a notebook of this machine is also
 * taken as relative to the notebook's folder. */
enum uri_relation question_match(struct arena *a, const struct question *q,
                                 const struct source *source, const struct reference *r,
                                 unsigned *score);

/* Is so little of it known that nearly everything fits? */
bool use_is_weak(const struct use *use);

/* A copy whose strings and holes live in a; its origin is dropped. */
struct use use_copy(struct arena *a, const struct use *use);

/* Best first: by relation, then by score, then in the order of path, cell and line. */
void uses_sort(struct use *uses, size_t n);

/* "exact", "inside", "glob", "contains", "holes" */
const char *uri_relation_name(enum uri_relation relation);

#endif
