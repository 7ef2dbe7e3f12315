/* unpack_xz: xz and the older lzma. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/unpack.h"

#include <lzma.h>

/* The largest dictionary of the tool's own levels is 64 MiB. */
#define MEMORY_BYTES (100UL * 1024 * 1024)

bool unpack_xz(struct str in, char *out, size_t cap, struct unpacked *result)
{
    lzma_stream z = LZMA_STREAM_INIT;
    lzma_ret rc = lzma_auto_decoder(&z, MEMORY_BYTES, LZMA_CONCATENATED);
    if (rc != LZMA_OK)
        return false;
    z.next_in = (const uint8_t *)in.ptr;
    z.avail_in = in.len;
    z.next_out = (uint8_t *)out;
    z.avail_out = cap;
    do {
        rc = lzma_code(&z, LZMA_RUN);
    } while (rc == LZMA_OK && z.avail_in > 0 && z.avail_out > 0);
    if (rc == LZMA_OK && z.avail_in == 0)
        rc = lzma_code(&z, LZMA_FINISH);
    result->n = cap - z.avail_out;
    result->is_whole = rc == LZMA_STREAM_END;
    lzma_end(&z);
    return rc == LZMA_OK || rc == LZMA_STREAM_END || rc == LZMA_BUF_ERROR;
}
