/*
 * varint: numbers in as few bytes as they need (LEB128): 7 bits a byte, the low ones first, the top
 * bit set on all but the last.  Internal to the folder.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_VARINT_H
#define INDEX_VARINT_H

#include "util/buf.h"

static inline void varint_add(struct buf *out, uint64_t n)
{
    for (; n >= 0x80; n >>= 7)
        buf_add_char(out, (char)((n & 0x7f) | 0x80));
    buf_add_char(out, (char)n);
}

/* Take one from *at; false, and *at anywhere before end, when the bytes end or it is more than max.
 */
static inline bool varint_take(const unsigned char **at, const unsigned char *end, uint64_t max,
                               uint64_t *out)
{
    uint64_t n = 0;
    for (unsigned shift = 0; shift < 64 && *at < end; shift += 7) {
        unsigned char byte = *(*at)++;
        if (shift == 63 && byte > 1)
            return false;
        n |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = n;
            return n <= max;
        }
    }
    return false;
}

#endif
