/*
 * matcher: finds a substring or a pattern in one text.  Internal to the folder; the one file that
 * includes pcre2.h is its .c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_MATCHER_H
#define INDEX_MATCHER_H

#include "util/arena.h"
#include "util/err.h"

struct matcher;

/* ERR_INVALID: not a pattern of PCRE2, or one that needs too much memory.  text is borrowed. */
MUST_USE bool matcher_new(struct str text, bool is_regex, bool is_case_ignored,
                          struct matcher **out, struct err *err);
void matcher_free(struct matcher *m);

enum matcher_result { MATCHER_NONE, MATCHER_FOUND, MATCHER_GIVEN_UP };
/* The first match at or behind from: bytes at .. end of text.  GIVEN_UP: the pattern took more
 * steps than are allowed for one text. */
enum matcher_result matcher_find(struct matcher *m, struct str text, size_t from, size_t *at,
                                 size_t *end);

#endif
