/*
 * place: locations as the catalogue keeps, names and finds them.
 *
 * A location comes in as its normal form (lineage/uri.h).  Here: the key under which it is stored
 * and looked up, the dataset that it falls into, its OpenLineage name, and how well it answers
 * "who uses this?".  Pure; results live in the arena given or borrow from the input.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_PLACE_H
#define CATALOG_PLACE_H

#include "lineage/analysis.h"
#include "lineage/uri_match.h"

/* ---- how a location is stored and looked up ---- */

/* uri_key() of lineage/uri_match.h: the text of a place under which it is stored. */
struct str place_key(struct arena *a, struct str uri);

struct place_pattern {
    bool is_pattern;   /* it holds "{}" or a glob; else prefix is all of it and suffix is empty */
    bool has_holes;    /* it holds "{}" */
    struct str prefix; /* of the key: what is known up to and with the last "/" before the first
                          hole or glob; empty when not even the scheme is known */
    struct str suffix; /* what is known behind the last hole or glob; may be empty */
};

/* key: of place_key(); both parts borrow from it.  A pattern can only answer a question U if its
 * prefix is a prefix of U (or U of it), so looking up U's own prefixes finds all candidates. */
struct place_pattern place_pattern(struct str key);

/* The prefixes of key that end at a separator, longest first, and at last the empty one:
 * "s3://b/k/x" gives "s3://b/k/", "s3://b/", "".  At most max of them; the count is returned. */
size_t place_prefixes(struct str key, struct str *out, size_t max);

/* The folders above key, nearest first: "s3://b/k/x" gives "s3://b/k", "s3://b". */
size_t place_ancestors(struct str key, struct str *out, size_t max);

enum { PLACE_MAX_PREFIXES = 256 };

/* ---- which dataset a location falls into ---- */

/* Is uri the dataset, below it, or a pattern that can only match below it?  A folder above the
 * dataset does not fall into it.  "*" of the dataset's uri stands for a part of a name.  Both in
 * the spelling of place_key(). */
bool place_falls_into(struct str uri, struct str dataset_uri);

/* ---- names of OpenLineage ---- */

struct place_name {
    struct str space;   /* "s3://bucket" (OpenLineage calls it namespace) */
    struct str name;    /* "sales/orders", trimmed of partitions */
    struct str subset;  /* the untrimmed name if something was trimmed; else empty */
    bool is_table;      /* a name in a catalogue and no address */
    bool is_incomplete; /* unknown parts: only the folder before the first one is named */
};

/* False when it has no name there: too little is known of it (not even a folder of a bucket), it is
 * a relative path, or no place that others share (builtin:).  uri: a normal form. */
bool place_name(struct arena *a, struct str uri, struct place_name *out);

/* A name without its partition folders, by the trimmers of the OpenLineage Java client: key=value,
 * dates, year and month, yyyy/MM/dd; repeatedly from the end; a single segment stays. */
struct str place_trim(struct str name);

/* ---- the question "who uses this location?" ---- */

enum { PLACE_MAX_FORMS = 5 };

/* A location as it was asked for, in the normal forms that it may stand for: a bare name is a
 * table, a stream, a built-in data set or a file. */
struct question {
    struct str forms[PLACE_MAX_FORMS];
    bool is_above[PLACE_MAX_FORMS]; /* a table of a folder above the location */
    size_t n_forms;
    struct str file; /* "file:/absolute/path" if it may be a file of this machine; else empty */
};

struct question_place {
    struct str lake; /* the folder that stands for S3, from the root; or empty */
    struct str cwd;  /* of whoever asks, from the root; empty: relative paths stay relative */
};

/* a: owns the strings.  Fails with ERR_INVALID if the text is no location. */
MUST_USE bool question_read(struct arena *a, struct str text, const struct question_place *place,
                            struct question *out, struct err *err);

/* A table that is known to be bound to a location (place_binding), or the reverse: one more form
 * of the question.  Dropped when there is no room or it is there already. */
void question_add(struct question *q, struct str form);
/* A table that is bound to a folder above the location: what matches it contains the location. */
void question_add_above(struct question *q, struct str table);

struct place_match {
    enum uri_relation relation;
    unsigned score;   /* characters that are known and agree (lineage/uri_match.h) */
    unsigned percent; /* how sure, 0 .. 100; see docs/internals/usage.md for the rules */
    size_t form;      /* which form of the question it answers; SIZE_MAX: the file */
};

/* How the reference answers.  folder: where its notebook lies ("/abs/folder") when that is this
 * machine, so that file:x is below it; else empty.  relation is URI_APART when it does not. */
struct place_match question_match(struct arena *a, const struct question *q, struct str folder,
                                  const struct reference *r);

/* The same for a stored row: uri of the place, number of holes, flags of the reference. */
struct place_use {
    struct str uri;
    struct str folder; /* as above */
    bool is_called, is_may, is_derived;
    enum reference_dir dir;
};
struct place_match question_match_use(struct arena *a, const struct question *q,
                                      const struct place_use *use);

/* How sure a reference is that stands to the asked location as m says (m->percent is not asked). */
unsigned place_match_percent(const struct place_match *m, struct str asked,
                             const struct place_use *use);

/* So little of it is known that nearly everything fits. */
bool place_match_is_weak(const struct place_match *m);

/* Why, one sentence: "reads a folder above it", "the name of the bucket is not known; 14 characters
 * agree". */
struct str place_match_text(struct arena *a, const struct place_match *m,
                            const struct place_use *use);

/* "exact", "inside", "glob", "contains", "holes", "apart" */
const char *uri_relation_name(enum uri_relation relation);

/* "file:/x/y" with "." and ".." folded, relative paths below folder. */
struct str place_absolute(struct arena *a, struct str folder, struct str path);

#endif
