/* buf: see buf.h.  Capacity doubles, never past limit + 1 (the byte for buf_cstr's NUL). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/buf.h"

#include "util/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_release(struct buf *b)
{
    free(b->ptr);
    *b = (struct buf)BUF_INIT(b->limit);
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    b->failed = false;
}

bool buf_ok(const struct buf *b)
{
    return !b->failed;
}

struct str buf_str(const struct buf *b)
{
    return b->len == 0 ? STR_EMPTY : (struct str){ b->ptr, b->len };
}

/* Capacity for n more bytes and a NUL. */
static bool make_room(struct buf *b, size_t n)
{
    size_t need;
    if (b->failed)
        return false;
    if (__builtin_add_overflow(b->len, n, &need) || need > b->limit || need == SIZE_MAX) {
        b->failed = true;
        return false;
    }
    if (need + 1 <= b->cap)
        return true;
    size_t cap = b->cap < 64 ? 64 : b->cap > SIZE_MAX / 2 ? SIZE_MAX : b->cap * 2;
    if (cap > b->limit && b->limit < SIZE_MAX)
        cap = b->limit + 1;
    if (cap < need + 1)
        cap = need + 1;
    char *moved = realloc(b->ptr, cap);
    if (moved == NULL)
        panic("out of memory (%zu bytes)", cap);
    b->ptr = moved;
    b->cap = cap;
    return true;
}

const char *buf_cstr(struct buf *b)
{
    bool failed = b->failed;
    b->failed = false;
    (void)make_room(b, 0); /* cannot fail: len is within the limit */
    b->failed = failed;
    b->ptr[b->len] = '\0';
    return b->ptr;
}

char *buf_take(struct buf *b)
{
    (void)buf_cstr(b);
    char *bytes = b->ptr;
    *b = (struct buf)BUF_INIT(b->limit);
    return bytes;
}

void buf_add(struct buf *b, struct str s)
{
    if (s.len == 0 || !make_room(b, s.len))
        return;
    memcpy(b->ptr + b->len, s.ptr, s.len);
    b->len += s.len;
}

void buf_add_char(struct buf *b, char c)
{
    if (!make_room(b, 1))
        return;
    b->ptr[b->len++] = c;
}

void buf_add_u64(struct buf *b, uint64_t n)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    buf_add(b, (struct str){ digits + at, sizeof digits - at });
}

void buf_add_i64(struct buf *b, int64_t n)
{
    if (n < 0)
        buf_add_char(b, '-');
    buf_add_u64(b, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    if (n < 0)
        panic("a format cannot be printed: %s", fmt);
    if (make_room(b, (size_t)n)) {
        (void)vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    buf_vprintf(b, fmt, args);
    va_end(args);
}

char *buf_reserve_more(struct buf *b, size_t n)
{
    return make_room(b, n) ? b->ptr + b->len : NULL;
}
