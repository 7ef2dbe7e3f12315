/* unpack_lz4: one block (both ways), and the frame format. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/pack.h"
#include "catalog/unpack.h"

#include <limits.h>
#include <lz4.h>
#include <lz4frame.h>

bool unpack_lz4(struct str in, char *out, size_t cap, struct unpacked *result)
{
    if (in.len > INT_MAX || cap > INT_MAX)
        return false;
    int n = LZ4_decompress_safe(in.ptr, out, (int)in.len, (int)cap);
    if (n < 0)
        return false;
    *result = (struct unpacked){ .n = (size_t)n, .is_whole = true };
    return true;
}

bool pack_lz4(struct str in, struct buf *out)
{
    if (in.len < 2 || in.len > LZ4_MAX_INPUT_SIZE)
        return false;
    char *room = buf_reserve(out, in.len - 1);
    int n = room == NULL ? 0 : LZ4_compress_default(in.ptr, room, (int)in.len, (int)in.len - 1);
    if (n <= 0)
        return false;
    buf_added(out, (size_t)n);
    return true;
}

bool unpack_lz4_framed(struct str in, char *out, size_t cap, struct unpacked *result)
{
    LZ4F_dctx *z = NULL;
    size_t rc = LZ4F_createDecompressionContext(&z, LZ4F_VERSION);
    size_t at = 0;
    if (LZ4F_isError(rc))
        return false;
    do {
        size_t n_out = cap - result->n, n_in = in.len - at;
        rc = LZ4F_decompress(z, out + result->n, &n_out, in.ptr + at, &n_in, NULL);
        at += n_in;
        result->n += n_out;
        if (n_in == 0 && n_out == 0)
            break;
    } while (!LZ4F_isError(rc) && at < in.len && result->n < cap);
    result->is_whole = rc == 0 && at == in.len;
    LZ4F_freeDecompressionContext(z);
    return !LZ4F_isError(rc);
}
