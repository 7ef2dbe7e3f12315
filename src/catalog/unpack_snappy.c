/* unpack_snappy: one block, and the framing format. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/bytes.h"
#include "catalog/unpack.h"

#include <snappy-c.h>
#include <string.h>

bool unpack_snappy(struct str in, char *out, size_t cap, struct unpacked *result)
{
    size_t n = 0;
    if (snappy_uncompressed_length(in.ptr, in.len, &n) != SNAPPY_OK || n > cap)
        return false;
    result->n = cap;
    if (snappy_uncompress(in.ptr, in.len, out, &result->n) != SNAPPY_OK)
        return false;
    result->is_whole = true;
    return true;
}

enum { CHUNK_PACKED = 0x00, CHUNK_PLAIN = 0x01, CHUNK_SKIPPABLE = 0x80, CHUNK_START = 0xff };
enum { CHUNK_MAX_BYTES = 65536, CRC_BYTES = 4 };

/* One chunk of data; false: damaged. chunk: room for CHUNK_MAX_BYTES. */
static bool add_chunk(unsigned type, struct str data, char *chunk, char *out, size_t cap,
                      struct unpacked *result)
{
    struct unpacked piece = { 0 };
    if (data.len < CRC_BYTES)
        return false;
    data = str_from_pos(data, CRC_BYTES);
    if (type == CHUNK_PACKED) {
        if (!unpack_snappy(data, chunk, CHUNK_MAX_BYTES, &piece))
            return false;
        data = (struct str){ chunk, piece.n };
    } else if (data.len > CHUNK_MAX_BYTES) {
        return false;
    }
    size_t n = data.len < cap - result->n ? data.len : cap - result->n;
    if (n > 0)
        memcpy(out + result->n, data.ptr, n);
    result->n += n;
    return true;
}

bool unpack_snappy_framed(struct str in, char *out, size_t cap, struct unpacked *result)
{
    AUTO_ARENA a = ARENA_INIT;
    struct bytes b = bytes_le(in);
    char *chunk = arena_alloc(&a, CHUNK_MAX_BYTES);
    while (bytes_left(&b) >= 4 && result->n < cap) {
        unsigned type = bytes_u8(&b);
        size_t length = bytes_uint(&b, 3);
        if (length > bytes_left(&b))
            return true; /* cut */
        struct str data = bytes_take(&b, length);
        bool is_data = type == CHUNK_PACKED || type == CHUNK_PLAIN;
        if (is_data ? !add_chunk(type, data, chunk, out, cap, result) : type < CHUNK_SKIPPABLE)
            return false;
        if (type == CHUNK_START && !str_eq(data, STR("sNaPpY")))
            return false;
    }
    result->is_whole = bytes_left(&b) == 0;
    return true;
}
