/*
 * str: borrowed bytes, passed by value.
 *
 * A str never owns memory and is not NUL-terminated; it is valid as long as what it borrows from.
 * ptr may be NULL only when len is 0.  Nothing here allocates.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_STR_H
#define UTIL_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len; /* bytes */
};

/* A str of a string literal, usable in expressions and in static initialisers. */
#define STR(lit) ((struct str){ "" lit "", sizeof(lit) - 1 })
#define STR_INIT(lit)                                                                              \
    {                                                                                              \
        "" lit "", sizeof(lit) - 1                                                                 \
    }
#define STR_EMPTY ((struct str){ "", 0 })

/* For printf: STR_FMT as the arguments of "%.*s".  Prints at most INT_MAX bytes. */
#define STR_FMT(s) (int)(s).len, (s).ptr

/* A str over a NUL-terminated string; NULL gives the empty str. */
struct str str_from(const char *cstr);

static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (b.len == 0 || (*a.ptr == *b.ptr && memcmp(a.ptr, b.ptr, b.len) == 0));
}

/* For str_eq_nocase(): the lengths are the same. */
bool str_same_folded(const char *a, const char *b, size_t len);

/* Equality with ASCII letters folded. */
static inline bool str_eq_nocase(struct str a, struct str b)
{
    return a.len == b.len && str_same_folded(a.ptr, b.ptr, b.len);
}

/* Byte order, a shorter str first; <0, 0, >0 as memcmp. */
int str_cmp(struct str a, struct str b);

static inline bool str_has_prefix(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq((struct str){ s.ptr, prefix.len }, prefix);
}

bool str_has_prefix_nocase(struct str s, struct str prefix);
bool str_has_suffix(struct str s, struct str suffix);
bool str_has_suffix_nocase(struct str s, struct str suffix);

/* The position of the first (last) byte c, or SIZE_MAX. */
static inline size_t str_find_char(struct str s, char c)
{
    const char *hit = s.len == 0 ? NULL : (const char *)memchr(s.ptr, c, s.len);
    return hit == NULL ? SIZE_MAX : (size_t)(hit - s.ptr);
}

size_t str_rfind_char(struct str s, char c);
/* The position of the first occurrence of needle at or after from, or SIZE_MAX.
 * An empty needle is found at from. */
size_t str_find(struct str s, struct str needle, size_t from);
bool str_contains(struct str s, struct str needle);

/* The part of s from byte from up to, not including, byte to; both are clamped to s. */
static inline struct str str_slice(struct str s, size_t from, size_t to)
{
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    if (s.len == 0)
        return s;
    return (struct str){ s.ptr + from, to - from };
}

static inline struct str str_from_pos(struct str s, size_t from)
{
    return str_slice(s, from, s.len);
}

/* s without ASCII white space (or without the byte c) at both ends. */
struct str str_trim(struct str s);
struct str str_trim_char(struct str s, char c);

/* Cut s at the first byte c: *head is what stands before it, *tail what stands after it.
 * Without c: *head is s, *tail is empty, and false is returned. */
bool str_cut(struct str s, char c, struct str *head, struct str *tail);

/* The Levenshtein distance of a and b, at most limit (then limit is returned).
 * Only the first 64 bytes of each are compared: meant for names in messages. */
unsigned str_distance(struct str a, struct str b, unsigned limit);

/* True if s is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool str_is_utf8(struct str s);

/* The name in names[0..n) nearest to s, for "did you mean"; empty when none is near. */
struct str str_nearest(struct str s, const struct str *names, size_t n);

#endif
