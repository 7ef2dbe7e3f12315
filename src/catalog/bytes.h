/*
 * bytes: a cursor over binary data of either byte order.
 *
 * What does not fit sets failed and gives zeros; the cursor then stays at its end.  Ask bytes_ok()
 * before believing what was read.  Nothing allocates.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_BYTES_H
#define CATALOG_BYTES_H

#include "util/str.h"

struct bytes {
    const unsigned char *at, *end;
    bool is_big;   /* most significant byte first */
    bool is_short; /* something did not fit: failed */
};

struct bytes bytes_le(struct str s);
struct bytes bytes_be(struct str s);

bool bytes_ok(const struct bytes *b);
size_t bytes_left(const struct bytes *b);
/* Give up: nothing can be read any more. */
void bytes_fail(struct bytes *b);

uint8_t bytes_u8(struct bytes *b);
uint16_t bytes_u16(struct bytes *b);
uint32_t bytes_u32(struct bytes *b);
uint64_t bytes_u64(struct bytes *b);
/* An unsigned number of n (1..8) bytes. */
uint64_t bytes_uint(struct bytes *b, unsigned n);
/* Groups of seven bits, least first (LEB128): at most ten bytes. */
uint64_t bytes_varint(struct bytes *b);
/* The same with the sign in the lowest bit. */
int64_t bytes_zigzag(struct bytes *b);
/* The next n bytes, borrowed; empty when there are fewer. */
struct str bytes_take(struct bytes *b, uint64_t n);
void bytes_skip(struct bytes *b, uint64_t n);

#endif
