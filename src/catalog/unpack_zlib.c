/* unpack_zlib: gzip, zlib and bare deflate. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/unpack.h"

#include <limits.h>
#include <zlib.h>

/* zlib's fields are not const; it does not write to its input. */
static Bytef *input(struct str in)
{
    union {
        const char *from;
        Bytef *to;
    } cast = { .from = in.ptr };
    return cast.to;
}

/* One after the other: a gzip file may have several members. */
static bool inflate_members(z_stream *z, bool is_gzip, struct unpacked *result)
{
    for (;;) {
        int rc = inflate(z, Z_NO_FLUSH);
        if (rc == Z_STREAM_END) {
            bool is_more = is_gzip && z->avail_in > 0;
            if (!is_more || z->avail_out == 0) {
                result->is_whole = z->avail_in == 0 || !is_gzip;
                return true;
            }
            /* What stands behind a member and is none (padding) is passed over, as gzip does. */
            if (*z->next_in != 0x1f || inflateReset(z) != Z_OK) {
                result->is_whole = true;
                return true;
            }
        } else if (rc == Z_BUF_ERROR || (rc == Z_OK && (z->avail_in == 0 || z->avail_out == 0))) {
            return true;
        } else if (rc != Z_OK) {
            return false;
        }
    }
}

bool unpack_zlib(struct str in, char *out, size_t cap, int window_bits, struct unpacked *result)
{
    z_stream z = { 0 };
    if (in.len > INT_MAX || cap > INT_MAX || inflateInit2(&z, window_bits) != Z_OK)
        return false;
    z.next_in = input(in);
    z.avail_in = (uInt)in.len;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)cap;
    bool is_good = inflate_members(&z, window_bits > 15, result);
    result->n = cap - z.avail_out;
    inflateEnd(&z);
    return is_good;
}
