/*
 * pure_regex: regular expressions on texts that are known, with Python's syntax.
 *
 * What Python, Java (Scala) and R have in common: literals, classes, groups, also named
 * and not captured, alternatives, greedy and lazy repetition, anchors, "(?i)".  No lookaround and
 * no back references.  HOLE_BYTE in the text is one character, taken for a letter.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_REGEX_H
#define LINEAGE_PURE_REGEX_H

#include "util/arena.h"

#define REGEX_MAX_GROUPS 20U /* the whole match is group 0 */

struct regex_instruction;

struct regex {
    struct regex_instruction *code;
    size_t n, cap;
    size_t n_groups;
    struct str names[REGEX_MAX_GROUPS]; /* of groups, may be empty */
    bool ignores_case;
};

/* A group is at from .. to; from is SIZE_MAX if it took no part. */
struct regex_match {
    size_t from[REGEX_MAX_GROUPS], to[REGEX_MAX_GROUPS];
};

enum regex_result { REGEX_NO_MATCH, REGEX_MATCH, REGEX_GAVE_UP };

enum regex_mode {
    REGEX_SEARCH, /* anywhere from there on */
    REGEX_NEXT,   /* the same, but not the empty text there: behind an empty match */
    REGEX_HERE,   /* beginning there */
    REGEX_WHOLE,  /* beginning there and ending at the end */
};

/* False if pattern is none of the above, or passes a limit. */
bool regex_compile(struct arena *a, struct str pattern, bool ignores_case, struct regex *out);

/* Steps are bounded: past them the search gives up. */
enum regex_result regex_find(struct arena *a, const struct regex *re, struct str text, size_t at,
                             enum regex_mode mode, struct regex_match *out);

#endif
