/*
 * buf: an owned, growing run of bytes with a limit that is given when it is made.
 *
 * Appends return nothing: the first one that would pass the limit sets failed, and the rest do
 * nothing.  Ask buf_ok() once, at the end.  ptr is NULL while empty; the text is not
 * NUL-terminated, except right after buf_cstr().  Exhausted memory panics.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_BUF_H
#define UTIL_BUF_H

#include "util/attrs.h"
#include "util/str.h"

#include <assert.h>
#include <stdarg.h>

struct buf {
    char *ptr;
    size_t len, cap;
    size_t limit; /* bytes; len never passes it */
    bool failed;  /* an append did not fit */
};

#define BUF_INIT(limit_bytes)                                                                      \
    {                                                                                              \
        .limit = (limit_bytes)                                                                     \
    }
#define AUTO_BUF AUTO(buf_release) struct buf

/* Free the bytes; the buf is empty, with its limit, and may be used again. */
void buf_release(struct buf *b);
/* Empty it but keep the capacity; clears failed. */
void buf_reset(struct buf *b);
/* The bytes, to be given to free() by the caller; NUL-terminated.  b is empty afterwards. */
MUST_USE char *buf_take(struct buf *b);

bool buf_ok(const struct buf *b);
/* What was appended so far; borrowed until the next append. */
struct str buf_str(const struct buf *b);
/* The same, NUL-terminated (the NUL is not counted and may exceed the limit by one). */
const char *buf_cstr(struct buf *b);

char *buf_reserve_more(struct buf *b, size_t n); /* for buf_reserve() */

void buf_add(struct buf *b, struct str s);
void buf_add_char(struct buf *b, char c);
void buf_add_u64(struct buf *b, uint64_t n);
void buf_add_i64(struct buf *b, int64_t n);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list args) PRINTF(2, 0);

/* At least n writable bytes behind the text, or NULL with failed set; commit with buf_added(). */
static inline char *buf_reserve(struct buf *b, size_t n)
{
    /* the capacity is never more than the limit and a byte */
    return n < b->cap - b->len && !b->failed ? b->ptr + b->len : buf_reserve_more(b, n);
}

static inline void buf_added(struct buf *b, size_t n)
{
    assert(n < b->cap - b->len);
    b->len += n;
}

#endif
