/*
 * uri: the one normal form of a location.
 *
 * What reads and writes data names it in many ways: "s3a://b/k", an ARN, an https address of S3, a
 * bucket and a key apart, a path with "./" in front, a chain of fsspec.  Here all of them become
 * one text, so that a question finds every spelling:
 *
 *   s3://bucket/key            objects of S3, however they are written
 *   file:data/x.csv file:/x    a path of the notebook's own disk or its cluster's default
 *   gs:// hdfs:// https:// ... other places as written, the scheme in lower case
 *   table: stream: stage: builtin:   what has a name and no address
 *   {}x.csv                    nothing is known in front, not even the scheme
 *
 * Unknown parts come in as HOLE_BYTE (hole.h) or as "{}" and go out as "{}".  The normal form of a
 * normal form is itself.  Results live in the arena that is given, or borrow from the input.
 * A location of which no more is known than its scheme, and what is no place for data at all
 * ("-", localhost, memory, standard input), gives the empty str.  So does text that holds control
 * characters or is longer than LIMIT_URI_BYTES.  Pure; time is linear in the text.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_URI_H
#define LINEAGE_URI_H

#include "lineage/hole.h"
#include "util/arena.h"

/* A path or a URI as an API takes it. */
struct str uri_from_path(struct arena *a, struct str text);

/* The Bucket and the Key of boto3.  key may be empty: the bucket itself.  bucket may be an ARN or
 * an s3:// address; when it is empty it is unknown. */
struct str uri_from_s3(struct arena *a, struct str bucket, struct str key);

/* A path of a file system object such as s3fs: "bucket/key", or a full URI, which then counts.
 * scheme: "s3", "gs", "abfs", ... without "://". */
struct str uri_from_bucket_path(struct arena *a, struct str scheme, struct str path);

/* "table:" and the name; quotes and backticks are dropped.  delta.`s3://b/k` and its like are a
 * path, as is a name with "://". */
struct str uri_from_table(struct arena *a, struct str name);

/* scheme, ":", name.  scheme: "stream", "stage" or "builtin".  A stage gets its "@". */
struct str uri_from_name(struct arena *a, const char *scheme, struct str name);

/* A folder or prefix and a name in it, on raw text, with one "/" between them.  Empty parts are
 * left out. */
struct str uri_join(struct arena *a, struct str base, struct str name);

/* The last part of a raw path or URI, without its query; borrowed from text. */
struct str uri_base_name(struct str text);

/* What holds the last part of a normal form: "s3://b/k/x" gives "s3://b/k".  Empty when nothing
 * does ("s3://b", "file:x", "table:t"). */
struct str uri_parent(struct str uri);

/* Of normal forms.  Remote: elsewhere than on the disk of the notebook (s3, gs, https, dbfs, ...);
 * names (table:, stream:, stage:, builtin:) and what begins with "{}" are neither. */
bool uri_is_remote(struct str uri);
bool uri_is_local_file(struct str uri);

/* What a location holds, by the end of its name. */
enum uri_what {
    URI_WHAT_UNKNOWN,
    URI_WHAT_DATA,
    URI_WHAT_MODEL,
    URI_WHAT_FIGURE,
    URI_WHAT_CODE,
    URI_WHAT_CONFIG,
    URI_WHAT_ARCHIVE,
    URI_WHAT_DOCUMENT, /* pages, reports, logs */
};
enum uri_what uri_what(struct str uri);

/* How many "{}" a normal form holds. */
unsigned uri_n_holes(struct str uri);

#endif
