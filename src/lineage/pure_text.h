/*
 * pure_text: what the functions on texts of all languages share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_TEXT_H
#define LINEAGE_PURE_TEXT_H

#include "lineage/pure_template.h"

/* s without the characters of chars at its left (1), right (2) end or both (3); a hole stays. */
struct str text_strip(struct str s, struct str chars, unsigned ends);

/* The first count occurrences of old (-1: all) replaced; NULL if it cannot be said. */
struct value *text_replace(struct values *vs, struct value *text, struct str old,
                           const struct value *new, int64_t count);

/* The elements of a SEQ or the keys of a MAP as texts with by between them; else NULL. */
struct value *text_join(struct values *vs, struct value *by, struct value *seq);

/* A list of the keys of a MAP. */
struct value *seq_of_keys(struct values *vs, struct value *map);

enum text_case { CASE_LOWER, CASE_UPPER, CASE_CAPITAL, CASE_TITLE, CASE_SWAP };
/* ASCII, Latin, Greek and Cyrillic letters; all others have no case. */
struct value *text_cased(struct values *vs, const struct value *text, enum text_case how);

/* Rows: how is an enum text_case; 1 the left, 2 the right end; 1 from the right; text_class. */
enum text_class { IS_DIGIT, IS_ALPHA, IS_ALNUM };
struct value *text_case(const struct pure_call *c);
struct value *text_has_end(const struct pure_call *c);
struct value *text_index(const struct pure_call *c);
struct value *text_count(const struct pure_call *c);
struct value *text_is(const struct pure_call *c);

#endif
