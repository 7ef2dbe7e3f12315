/* gunzip: see gunzip.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/gunzip.h"

#include <stdlib.h>
#include <zlib.h>

enum { OUT_BYTES = 64 * 1024, GZIP_ONLY = 16 + MAX_WBITS };

struct gunzip {
    z_stream z;
    gunzip_fn *each;
    void *ctx;
    bool is_between; /* members: the last one ended, or none began */
    bool has_member;
    unsigned char out[OUT_BYTES];
};

struct gunzip *gunzip_new(gunzip_fn *each, void *ctx)
{
    struct gunzip *g = calloc(1, sizeof *g);
    if (g == NULL || inflateInit2(&g->z, GZIP_ONLY) != Z_OK)
        panic("no memory for unpacking");
    g->each = each;
    g->ctx = ctx;
    g->is_between = true;
    return g;
}

void gunzip_free(struct gunzip *g)
{
    if (g == NULL)
        return;
    inflateEnd(&g->z);
    free(g);
}

static bool step(struct gunzip *g, struct err *err)
{
    g->z.next_out = g->out;
    g->z.avail_out = OUT_BYTES;
    int result = inflate(&g->z, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return err_set(err, ERR_PARSE, "the gzip stream is damaged: %s",
                       g->z.msg != NULL ? g->z.msg : "no gzip");
    g->is_between = result == Z_STREAM_END;
    g->has_member = true;
    const struct str bytes = { (const char *)g->out, OUT_BYTES - g->z.avail_out };
    if (bytes.len > 0 && !g->each(g->ctx, bytes, err))
        return false;
    if (g->is_between && inflateReset(&g->z) != Z_OK)
        panic("inflateReset");
    return true;
}

bool gunzip_feed(struct gunzip *g, struct str bytes, struct err *err)
{
    while (bytes.len > 0) {
        size_t n = bytes.len < OUT_BYTES ? bytes.len : OUT_BYTES;
        union {
            const char *in;
            unsigned char *z; /* zlib's older interface is not const; it does not write */
        } at = { .in = bytes.ptr };
        g->z.next_in = at.z;
        g->z.avail_in = (unsigned)n;
        /* Also once more when the output was full: more may be held back. */
        do {
            if (!step(g, err))
                return false;
        } while (g->z.avail_in > 0 || g->z.avail_out == 0);
        bytes = str_from_pos(bytes, n);
    }
    return true;
}

bool gunzip_finish(struct gunzip *g, struct err *err)
{
    return (g->is_between && g->has_member) ||
           err_set(err, ERR_PARSE, "the gzip stream is cut off");
}
