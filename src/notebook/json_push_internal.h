/* json_push_internal: the states of the JSON reader, and what its files call of each other. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTEBOOK_JSON_PUSH_INTERNAL_H
#define NOTEBOOK_JSON_PUSH_INTERNAL_H

#include "notebook/json_push.h"
#include "util/attrs.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum state {
    S_VALUE,
    S_VALUE_OR_END, /* behind [ */
    S_KEY,          /* behind a comma in an object */
    S_KEY_OR_END,   /* behind { */
    S_COLON,
    S_COMMA_OR_END,
    S_STRING,
    S_ESCAPE, /* behind a backslash at the end of a chunk */
    S_HEX,    /* in the four digits behind \u at the end of a chunk */
    S_NUMBER,
    S_LITERAL,
    S_DONE,
};

/* ERR_PARSE with the place of p, which lies in the present chunk or at its end. */
bool push_fail(const struct json_push *j, const char *p, const char *what, struct err *err);

/* The end of the white space from p on, some of which stands there; counts lines. */
const char *push_some_space(struct json_push *j, const char *p, const char *end);

static inline const char *push_space(struct json_push *j, const char *p, const char *end)
{
    return p < end && (unsigned char)*p <= ' ' ? push_some_space(j, p, end) : p;
}

/* A scalar is at its end: tell the owner, go on behind it. */
bool push_scalar_done(struct json_push *j, enum push_kind kind, struct err *err);

/* The bytes of a string in this chunk; *p is moved past what was read. */
bool push_string(struct json_push *j, const char **p, const char *end, struct err *err);
/* The byte at p belongs to an escape that the end of a chunk has cut. */
bool push_escape(struct json_push *j, const char *p, struct err *err);
bool push_hex(struct json_push *j, const char *p, struct err *err);

/* In a container that is passed over, at a token: whole tokens as far as they are simple.  The
 * states go on where it ends. */
const char *push_skip(struct json_push *j, const char *p, const char *end);

/* The end of the number at p when it is well-formed and ends within the chunk, as nearly all do;
 * else NULL, and the states say what it is. */
const char *push_whole_number(const char *p, const char *end);

/* What stands behind a backslash to what it means; 0: no such escape. */
extern const char push_escapes[256];

#ifdef __SSE2__
/* A bit for each of the 16 bytes at p that is not plain inside a string.  The comparison is signed:
 * below a space are the control characters and all bytes from 0x80. */
static inline uint32_t push_stops(const char *p)
{
    __m128i bytes;
    memcpy(&bytes, p, sizeof bytes);
    __m128i stop = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')),
                                _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                             _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
    return (uint32_t)_mm_movemask_epi8(stop);
}
#endif

/* The end of the run of bytes from p that are plain inside a string: ASCII, no quote, no backslash,
 * no control character. */
static inline const char *push_plain_run(const char *p, const char *end)
{
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        uint32_t mask = push_stops(p);
        if (mask != 0)
            return p + __builtin_ctz(mask);
    }
#endif
    while (p < end && (signed char)*p >= ' ' && *p != '"' && *p != '\\')
        p++;
    return p;
}

/* The bytes of the well-formed character at p, which begins with a byte from 0x80 on and has three
 * more bytes behind it; 0 if it is none. */
static inline size_t push_character_size(const char *p)
{
    const unsigned char *c = (const unsigned char *)p;
    bool second = (c[1] & 0xC0) == 0x80, third = (c[2] & 0xC0) == 0x80;
    if (c[0] < 0xE0)
        return c[0] >= 0xC2 && second ? 2 : 0;
    if (c[0] < 0xF0) {
        bool is_wrong = (c[0] == 0xE0 && c[1] < 0xA0) || (c[0] == 0xED && c[1] > 0x9F);
        return second && third && !is_wrong ? 3 : 0;
    }
    bool is_wrong = c[0] > 0xF4 || (c[0] == 0xF0 && c[1] < 0x90) || (c[0] == 0xF4 && c[1] > 0x8F);
    return second && third && (c[3] & 0xC0) == 0x80 && !is_wrong ? 4 : 0;
}

static inline int push_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* The code unit of the four hexadecimal digits at p, or -1. */
static inline int push_code_unit(const char *p)
{
    int unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = push_hex_digit(p[i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* The bytes of the escape at p, a backslash with five more bytes behind it; 0 if it is none. */
static inline size_t push_escape_size(const char *p)
{
    if (push_escapes[(unsigned char)p[1]] != '\0')
        return 2;
    return p[1] == 'u' && push_code_unit(p + 2) >= 0 ? 6 : 0;
}

#endif
