/* bytes: numbers of both byte orders, never read past the end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/bytes.h"

static struct bytes make(struct str s, bool is_big)
{
    static const unsigned char NOTHING[1] = { 0 };
    const unsigned char *at = s.len == 0 ? NOTHING : (const unsigned char *)s.ptr;
    return (struct bytes){ .at = at, .end = at + s.len, .is_big = is_big };
}

struct bytes bytes_le(struct str s)
{
    return make(s, false);
}

struct bytes bytes_be(struct str s)
{
    return make(s, true);
}

bool bytes_ok(const struct bytes *b)
{
    return !b->is_short;
}

size_t bytes_left(const struct bytes *b)
{
    return (size_t)(b->end - b->at);
}

void bytes_fail(struct bytes *b)
{
    b->is_short = true;
    b->at = b->end;
}

uint64_t bytes_uint(struct bytes *b, unsigned n)
{
    uint64_t value = 0;
    if (bytes_left(b) < n) {
        bytes_fail(b);
        return 0;
    }
    for (unsigned i = 0; i < n; i++)
        value |= (uint64_t)b->at[i] << 8 * (b->is_big ? n - 1 - i : i);
    b->at += n;
    return value;
}

uint8_t bytes_u8(struct bytes *b)
{
    return (uint8_t)bytes_uint(b, 1);
}

uint16_t bytes_u16(struct bytes *b)
{
    return (uint16_t)bytes_uint(b, 2);
}

uint32_t bytes_u32(struct bytes *b)
{
    return (uint32_t)bytes_uint(b, 4);
}

uint64_t bytes_u64(struct bytes *b)
{
    return bytes_uint(b, 8);
}

uint64_t bytes_varint(struct bytes *b)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70 && b->at < b->end; shift += 7) {
        unsigned char byte = *b->at++;
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    bytes_fail(b);
    return 0;
}

int64_t bytes_zigzag(struct bytes *b)
{
    uint64_t n = bytes_varint(b);
    return (int64_t)(n >> 1 ^ (0 - (n & 1)));
}

struct str bytes_take(struct bytes *b, uint64_t n)
{
    struct str taken = { (const char *)b->at, (size_t)n };
    if (n > bytes_left(b)) {
        bytes_fail(b);
        return STR_EMPTY;
    }
    b->at += n;
    return taken;
}

void bytes_skip(struct bytes *b, uint64_t n)
{
    (void)bytes_take(b, n);
}
