/*
 * patterns: places with holes or globs that may be about a location.  Internal to the folder.
 *
 * A place that is a pattern is stored with what is known in front of the first unknown part, up to
 * a
 * "/" (prefix), between the first and the second (middle), and behind the last (tail).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_PATTERNS_H
#define INDEX_PATTERNS_H

#include "index/db.h"

/* Of a key that is a pattern; borrowed from it. */
struct str pattern_middle(struct str key);

struct pattern {
    int64_t id, dataset; /* of the place; dataset 0: none */
    struct str uri;
};
struct patterns {
    struct pattern *items;
    size_t n, cap;
};

/* Those that begin with prefix, one of place_prefixes(key), each once: candidates, to be matched by
 * the caller.  Where few begin so, all of them; where many do ("s3://{}/..."), those that end as
 * key does, or go on behind their first unknown part as key or something inside of key does. */
MUST_USE bool patterns_find(struct db *db, struct arena *a, struct str prefix, struct str key,
                            struct patterns *out, struct err *err);

#endif
