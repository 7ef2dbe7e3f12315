/*
 * json_push_string: strings, which is where the bytes of a notebook are.
 *
 * Plain runs are found 16 bytes at a time by SSE2 (part of every x86-64), one at a time elsewhere.
 * Strings that are passed over are checked as strictly as the others.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook/json_push_internal.h"

const char push_escapes[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* ---- UTF-8 ---- */

static void add_utf8(struct buf *text, unsigned c)
{
    if (c < 0x80) {
        buf_add_char(text, (char)c);
    } else if (c < 0x800) {
        buf_add_char(text, (char)(0xC0 | c >> 6));
        buf_add_char(text, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        buf_add_char(text, (char)(0xE0 | c >> 12));
        buf_add_char(text, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_add_char(text, (char)(0x80 | (c & 0x3F)));
    } else {
        buf_add_char(text, (char)(0xF0 | c >> 18));
        buf_add_char(text, (char)(0x80 | (c >> 12 & 0x3F)));
        buf_add_char(text, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_add_char(text, (char)(0x80 | (c & 0x3F)));
    }
}

/* The bytes from 0x80 on, and what is missing of a character that the last chunk began: RFC 3629,
 * section 4.  *p is moved to the first byte that is ASCII; with a character unfinished it is the
 * end, or wrong. */
static bool pass_utf8(struct json_push *j, const char **p, const char *end, struct err *err)
{
    const char *at = *p;
    size_t size = 1;
    while (j->utf8_left == 0 && size > 0 && end - at >= 4 && (signed char)*at < 0)
        at += size = push_character_size(at);
    for (; at < end; at++) { /* what the chunk cuts, or what is wrong, to find its place */
        unsigned char c = (unsigned char)*at;
        if (j->utf8_left > 0) {
            if (c < j->utf8_low || c > j->utf8_high)
                return push_fail(j, at, "not UTF-8", err);
            j->utf8_left--;
            j->utf8_low = 0x80;
            j->utf8_high = 0xBF;
        } else if (c < 0x80) {
            break;
        } else {
            if (c < 0xC2 || c > 0xF4)
                return push_fail(j, at, "not UTF-8", err);
            j->utf8_left = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
            j->utf8_low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
            j->utf8_high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
        }
    }
    *p = at;
    return true;
}

/* ---- escapes ---- */

/* A high surrogate that no low one followed. */
static void flush_surrogate(struct json_push *j)
{
    if (j->high_surrogate == 0)
        return;
    j->high_surrogate = 0;
    if (j->wanted)
        add_utf8(j->into, 0xFFFD);
}

static void add_code_unit(struct json_push *j, unsigned unit)
{
    if (!j->wanted)
        return;
    if (j->high_surrogate != 0 && unit >= 0xDC00 && unit <= 0xDFFF) {
        unsigned c = 0x10000U + (((unsigned)j->high_surrogate - 0xD800U) << 10) + (unit - 0xDC00U);
        j->high_surrogate = 0;
        add_utf8(j->into, c);
        return;
    }
    flush_surrogate(j);
    if (unit >= 0xD800 && unit <= 0xDBFF)
        j->high_surrogate = (uint16_t)unit;
    else
        add_utf8(j->into, unit >= 0xDC00 && unit <= 0xDFFF ? 0xFFFD : unit);
}

bool push_escape(struct json_push *j, const char *p, struct err *err)
{
    j->state = S_STRING;
    if (*p == 'u') {
        j->state = S_HEX;
        j->n_hex = 0;
        j->hex = 0;
        return true;
    }
    char c = push_escapes[(unsigned char)*p];
    if (c == '\0')
        return push_fail(j, p, "no such escape", err);
    if (j->wanted) {
        flush_surrogate(j);
        buf_add_char(j->into, c);
    }
    return true;
}

bool push_hex(struct json_push *j, const char *p, struct err *err)
{
    int digit = push_hex_digit(*p);
    if (digit < 0)
        return push_fail(j, p, "four hexadecimal digits are expected", err);
    j->hex = (uint16_t)((unsigned)j->hex << 4 | (unsigned)digit);
    if (++j->n_hex == 4) {
        add_code_unit(j, j->hex);
        j->state = S_STRING;
    }
    return true;
}

/* At a backslash: take the escape, byte by byte so that an error has its place; what the chunk does
 * not hold is left to the state. */
static bool pass_escape(struct json_push *j, const char **p, const char *end, struct err *err)
{
    const char *at = *p + 1;
    int unit = end - at >= 5 && *at == 'u' ? push_code_unit(at + 1) : -1;
    if (unit >= 0) {
        add_code_unit(j, (unsigned)unit);
        *p = at + 5;
        return true;
    }
    j->state = S_ESCAPE;
    if (at < end && !push_escape(j, at++, err))
        return false;
    while (j->state == S_HEX && at < end)
        if (!push_hex(j, at++, err))
            return false;
    *p = at;
    return true;
}

/* ---- strings ---- */

/* A string that is passed over, from p inside it to behind its quote, or to the end of the chunk;
 * *is_whole says which. */
static bool pass_string(struct json_push *j, const char **p, const char *end, bool *is_whole,
                        struct err *err)
{
    const char *at = *p;
    *is_whole = false;
    for (;;) {
        if (j->utf8_left == 0)
            at = push_plain_run(at, end);
        *p = at;
        if (at == end)
            return true;
        if (*at == '"' && j->utf8_left == 0) {
            *p = at + 1;
            *is_whole = true;
            return true;
        }
        if (*at == '\\' && j->utf8_left == 0) {
            if (end - at >= 2 && push_escapes[(unsigned char)at[1]] != '\0') {
                at += 2;
                continue;
            }
            if (!pass_escape(j, &at, end, err))
                return false;
            *p = at;
            if (j->state != S_STRING)
                return true;
        } else if ((signed char)*at >= 0 && j->utf8_left == 0) {
            return push_fail(j, at, "a control character stands in a string", err);
        } else if (!pass_utf8(j, &at, end, err)) {
            return false;
        }
    }
}

/* Room that is made at once for a wanted string, of which this much must be left to go on. */
enum { ROOM = 512, STEP = 16 };

/* What is simple of a wanted string from p on, copied while it is looked at: plain bytes and short
 * escapes.  Ends at anything else, at a quote, and before the end of the chunk or of the room that
 * the limit leaves. */
static const char *copy_simple(struct buf *into, const char *p, const char *end)
{
#ifdef __SSE2__
    bool is_over = false;
    while (!is_over && end - p >= STEP && into->limit - into->len >= ROOM && !into->failed) {
        char *to = buf_reserve(into, ROOM);
        const char *start = to;
        /* no more is written than is read */
        const char *last = end - p < ROOM - STEP ? end - STEP : p + (ROOM - 2 * STEP);
        while (p <= last) {
            memcpy(to, p, STEP);
            uint32_t mask = push_stops(p);
            if (mask == 0) {
                p += STEP;
                to += STEP;
                continue;
            }
            unsigned n = (unsigned)__builtin_ctz(mask);
            p += n;
            to += n;
            *to = end - p >= 2 && *p == '\\' ? push_escapes[(unsigned char)p[1]] : '\0';
            is_over = *to == '\0';
            if (is_over)
                break;
            to++;
            p += 2;
        }
        buf_added(into, (size_t)(to - start));
    }
#endif
    return p;
}

/* Append n bytes and the meaning of the escape that ends them. */
static void add_run(struct buf *into, const char *run, size_t n, char escape)
{
    char *to = buf_reserve(into, n + 1);
    if (to == NULL)
        return;
    memcpy(to, run, n);
    to[n] = escape;
    buf_added(into, n + 1);
}

/* Behind the quote of a wanted string.  Of the strings of an array that go to one place nobody is
 * told. */
static inline bool string_done(struct json_push *j, struct err *err)
{
    if (!j->repeats || j->in_key)
        return push_scalar_done(j, PUSH_STRING, err);
    j->state = S_COMMA_OR_END;
    return true;
}

/* The bytes of a wanted string up to its end or that of the chunk. */
static bool take_string(struct json_push *j, const char **p, const char *end, struct err *err)
{
    const char *at = *p;
    if (j->utf8_left == 0 && j->high_surrogate == 0) {
        at = copy_simple(j->into, at, end);
        if (at < end && *at == '"') {
            *p = at + 1;
            return string_done(j, err);
        }
    }
    for (;;) {
        const char *run = at;
        do {
            if (j->utf8_left == 0)
                at = push_plain_run(at, end);
            if (at < end && (j->utf8_left > 0 || (signed char)*at < 0) &&
                !pass_utf8(j, &at, end, err))
                return false;
        } while (at < end && (signed char)*at >= ' ' && *at != '"' && *at != '\\');
        if (at > run)
            flush_surrogate(j);
        char escape = end - at >= 2 && *at == '\\' ? push_escapes[(unsigned char)at[1]] : '\0';
        if (escape != '\0') {
            flush_surrogate(j);
            add_run(j->into, run, (size_t)(at - run), escape);
            at += 2;
            continue;
        }
        buf_add(j->into, (struct str){ run, (size_t)(at - run) });
        *p = at;
        if (at == end)
            return true;
        if (*at == '"') {
            flush_surrogate(j);
            *p = at + 1;
            return string_done(j, err);
        }
        if (*at != '\\')
            return push_fail(j, at, "a control character stands in a string", err);
        if (!pass_escape(j, &at, end, err))
            return false;
        *p = at;
        if (j->state != S_STRING)
            return true;
    }
}

/* Behind a string of an array whose strings are all wanted in one place: does another follow? */
static bool leads_to_string(struct json_push *j, const char **p, const char *end)
{
    if (*p == end || **p != ',')
        return false;
    *p = push_space(j, *p + 1, end);
    j->state = S_VALUE;
    if (*p == end || **p != '"')
        return false;
    ++*p;
    j->state = S_STRING;
    return true;
}

bool push_string(struct json_push *j, const char **p, const char *end, struct err *err)
{
    while (j->wanted) {
        if (!take_string(j, p, end, err))
            return false;
        if (!j->repeats || j->state != S_COMMA_OR_END || !leads_to_string(j, p, end))
            return true;
    }
    bool is_whole;
    if (!pass_string(j, p, end, &is_whole, err))
        return false;
    return !is_whole || push_scalar_done(j, PUSH_STRING, err);
}
