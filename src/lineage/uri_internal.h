/*
 * uri_internal: the parts of uri.c.  All text here is raw: unknown parts are single HOLE_BYTEs,
 * white space at both ends is gone.  Results are raw as well; uri.c writes the "{}".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_URI_INTERNAL_H
#define LINEAGE_URI_INTERNAL_H

#include "lineage/hole.h"
#include "util/arena.h"

#define HOLE_STR ((struct str){ HOLE_TEXT, 1 })

/* The normal form of raw text, but with holes.  Empty when it is no place for data. */
struct str uri_locate(struct arena *a, struct str text);

/* The scheme in front of text, as written and without ":"; empty when there is none.  Of names
 * without "//" or "/" behind them only known schemes count ("word:rest" may be a file). */
struct str uri_scheme(struct str text);

/* A path of a disk: "./" and "a/../" folded, repeated "/" joined, no "/" at its end.  Returns the
 * path without "file:". */
struct str uri_fold_path(struct arena *a, struct str path);

/* If text is wrapped in another notation (a chain of fsspec, a path of GDAL, a part of an archive,
 * "jar:"), what is inside, else text itself.  *is_nowhere: it is memory or standard input. */
struct str uri_unwrap(struct arena *a, struct str text, bool *is_nowhere);

/* The bucket and key ("b/k", or nothing) that an https address of S3 names: host without port, path
 * from its "/" on.  False when the host is not one of S3. */
bool uri_s3_of_host(struct arena *a, struct str host, struct str path, struct str *out);

/* The same of "arn:aws:s3:::b/k".  An access point stays an ARN, which stands for a bucket; the
 * "object/" before its key belongs to the ARN if has_object.  Empty when it is not one of S3. */
struct str uri_s3_of_arn(struct arena *a, struct str arn, bool has_object);

#endif
