/* unpack_zstd: frames of Zstandard, also several. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/unpack.h"

#include <zstd.h>

/* Windows of up to 128 MiB, as the tool allows without asking. */
#define WINDOW_LOG_MAX 27

bool unpack_zstd(struct str in, char *out, size_t cap, struct unpacked *result)
{
    ZSTD_DCtx *z = ZSTD_createDCtx();
    if (z == NULL)
        return false;
    ZSTD_inBuffer from = { in.ptr, in.len, 0 };
    ZSTD_outBuffer to = { out, cap, 0 };
    size_t rc = ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
    size_t was_in = 0, was_out = 0;
    do {
        was_in = from.pos;
        was_out = to.pos;
        rc = ZSTD_decompressStream(z, &to, &from);
    } while (!ZSTD_isError(rc) && from.pos < from.size && (from.pos > was_in || to.pos > was_out));
    result->n = to.pos;
    result->is_whole = rc == 0 && from.pos == from.size;
    ZSTD_freeDCtx(z);
    return !ZSTD_isError(rc);
}
