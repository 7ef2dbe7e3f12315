/* unpack_bzip2: bzip2, also several streams one after the other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/unpack.h"

#include <bzlib.h>
#include <limits.h>

static char *input(struct str in)
{
    union {
        const char *from;
        char *to;
    } cast = { .from = in.ptr };
    return cast.to;
}

/* One stream of the input from where z stands; false: damaged. */
static bool one_stream(bz_stream *z, bool *is_end)
{
    *is_end = false;
    for (;;) {
        unsigned in_before = z->avail_in, out_before = z->avail_out;
        int rc = BZ2_bzDecompress(z);
        if (rc == BZ_STREAM_END) {
            *is_end = true;
            return true;
        }
        if (rc != BZ_OK)
            return false;
        if (z->avail_out == 0 || (z->avail_in == in_before && z->avail_out == out_before))
            return true;
    }
}

bool unpack_bzip2(struct str in, char *out, size_t cap, struct unpacked *result)
{
    char *next_in = input(in);
    unsigned avail_in = (unsigned)in.len, avail_out = (unsigned)cap;
    bool is_good = in.len <= INT_MAX && cap <= INT_MAX, is_end = true;
    while (is_good && is_end && avail_in > 0 && avail_out > 0) {
        bz_stream z = { .next_in = next_in, .avail_in = avail_in };
        if (BZ2_bzDecompressInit(&z, 0, 0) != BZ_OK)
            return false;
        z.next_out = out + (cap - avail_out);
        z.avail_out = avail_out;
        is_good = one_stream(&z, &is_end);
        next_in = z.next_in;
        avail_in = z.avail_in;
        avail_out = z.avail_out;
        BZ2_bzDecompressEnd(&z);
    }
    result->n = cap - avail_out;
    result->is_whole = is_good && is_end && avail_in == 0;
    return is_good;
}
