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

#include "util/str.h"

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

#endif
