/*
 * pure_re: regular expressions applied to values.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_RE_H
#define LINEAGE_PURE_RE_H

#include "lineage/pure_regex.h"
#include "lineage/pure_text.h"

enum re_references {
    RE_BACKSLASH, /* Python, R: \1 */
    RE_DOLLAR,    /* Java: $1 */
};

/* text with up to max matches (0: all) replaced by new, which may refer to groups; NULL if it
 * cannot be said. */
struct value *re_replace(struct values *vs, struct str pattern, bool ignores_case,
                         struct value *text, const struct value *new, int64_t max,
                         enum re_references references);
/* text cut at the matches (max 0: all); NULL if it cannot be said. */
struct value *re_split(struct values *vs, struct str pattern, struct value *text, int64_t max);
/* A tuple of the groups, the whole match first; None without a match; NULL: not known. */
struct value *re_match(struct values *vs, struct str pattern, bool ignores_case,
                       const struct value *text, enum regex_mode mode);

#endif
