/*
 * trigram: which three-byte sequences a text must hold to match a search.  Internal to the folder.
 *
 * Trigrams are of bytes, ASCII letters in lower case, so one set serves searches that mind the case
 * and those that do not.  Pure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_TRIGRAM_H
#define INDEX_TRIGRAM_H

#include "util/arena.h"

static inline unsigned char trigram_fold(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

static inline uint32_t trigram_next(uint32_t before, unsigned char c)
{
    return (before << 8 | trigram_fold(c)) & 0xffffff;
}

/* What a text must hold, as a tree. */
enum need_kind {
    NEED_NOTHING, /* anything may match */
    NEED_TEXT,    /* this text, ASCII letters in either case */
    NEED_ALL,     /* all of the items */
    NEED_ANY,     /* one of the items */
};
struct need {
    enum need_kind kind;
    struct str text;
    struct need **items;
    size_t n, cap;
};

/* Of ASCII letters in either case, other bytes as they are. */
struct need *need_of_text(struct arena *a, struct str text);

/* Of a plain substring; with case ignored, letters outside ASCII count in either case, too. */
struct need *need_of_plain(struct arena *a, struct str text, bool is_case_ignored);

/* Of a pattern of PCRE2 (which need not be a valid one).  Never asks for more than a match has:
 * where it does not know, it asks for nothing. */
struct need *need_of_pattern(struct arena *a, struct str pattern, bool is_case_ignored);

/* For tests and fuzzing: could this text match, as far as need says? */
bool need_is_met(const struct need *need, struct str text);

#endif
