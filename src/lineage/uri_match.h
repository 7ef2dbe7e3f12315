/*
 * uri_match: how a reference answers the question "who uses this location?".
 *
 * The asked location is known, the reference may be wider than it (a folder, a glob) or not wholly
 * known ("s3://{}/raw/{}.csv").  Both are normal forms (uri.h); in the question s3a://, s3n:// and
 * gcs:// are accepted as well, and a "/" at its end.  Percent-decoded spelling counts as the same
 * for s3 and http.  Pure, without allocation; time is bounded by the product of both lengths,
 * whatever the pattern.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_URI_MATCH_H
#define LINEAGE_URI_MATCH_H

#include "util/arena.h"

enum uri_relation {
    URI_APART,    /* it cannot be about the asked location */
    URI_HOLES,    /* its unknown parts could be such that it is */
    URI_CONTAINS, /* it names a folder or prefix above the asked location */
    URI_GLOB,     /* its glob characters match */
    URI_INSIDE,   /* it is below the asked location */
    URI_EQUAL,
};

/* *score: 0 when apart, else the number of characters of the reference that are known and agree (at
 * least 1), scheme and separators not counted: the larger, the less is left to chance. */
enum uri_relation uri_match(struct str asked, struct str reference, unsigned *score);

/* The spelling that all equal locations share: s3a, s3n -> s3, gcs -> gs, ...; percent-decoded for
 * s3 and http, but for what would then be read as a glob; names of tables in lower case; without
 * "/" at the end.  Two locations without globs are URI_EQUAL exactly when their keys are the same
 * bytes. */
struct str uri_key(struct arena *a, struct str uri);

#endif
