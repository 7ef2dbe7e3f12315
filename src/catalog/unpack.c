/* unpack: which library unpacks what. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/unpack.h"

bool unpack(enum packing packing, struct str in, char *out, size_t cap, struct unpacked *result)
{
    *result = (struct unpacked){ 0 };
    switch (packing) {
    case PACKING_GZIP:
        return unpack_zlib(in, out, cap, 16 + 15, result);
    case PACKING_ZLIB:
        return unpack_zlib(in, out, cap, 15, result);
    case PACKING_DEFLATE:
        return unpack_zlib(in, out, cap, -15, result);
    case PACKING_BZIP2:
        return unpack_bzip2(in, out, cap, result);
    case PACKING_XZ:
        return unpack_xz(in, out, cap, result);
    case PACKING_ZSTD:
        return unpack_zstd(in, out, cap, result);
    case PACKING_SNAPPY:
        return unpack_snappy(in, out, cap, result);
    case PACKING_SNAPPY_FRAMED:
        return unpack_snappy_framed(in, out, cap, result);
    case PACKING_LZ4:
        return unpack_lz4(in, out, cap, result);
    case PACKING_LZ4_FRAMED:
        return unpack_lz4_framed(in, out, cap, result);
    }
    return false;
}

static bool block_packing(enum compression compression, enum packing *out)
{
    static const struct {
        enum compression compression;
        enum packing packing;
    } ROWS[] = {
        { COMPRESSION_GZIP, PACKING_GZIP },     { COMPRESSION_DEFLATE, PACKING_DEFLATE },
        { COMPRESSION_SNAPPY, PACKING_SNAPPY }, { COMPRESSION_ZSTD, PACKING_ZSTD },
        { COMPRESSION_LZ4, PACKING_LZ4 },       { COMPRESSION_BZIP2, PACKING_BZIP2 },
        { COMPRESSION_XZ, PACKING_XZ },
    };
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        if (ROWS[i].compression == compression) {
            *out = ROWS[i].packing;
            return true;
        }
    }
    return false;
}

bool unpack_exact(struct arena *a, enum compression compression, struct str in, size_t size,
                  size_t limit_bytes, struct str *out, struct err *err)
{
    enum packing packing;
    struct unpacked result;
    if (compression == COMPRESSION_NONE) {
        *out = in;
        return in.len == size ||
               err_set(err, ERR_PARSE, "a block of %zu bytes has %zu", size, in.len);
    }
    if (size == 0 && in.len == 0) {
        *out = STR_EMPTY;
        return true;
    }
    if (!block_packing(compression, &packing)) {
        return err_set(err, ERR_UNSUPPORTED, "blocks packed by %.*s cannot be read",
                       STR_FMT(compression_name(compression)));
    }
    if (size > limit_bytes)
        return err_set(err, ERR_TOO_LARGE, "a block of %zu bytes; the limit is %zu", size,
                       limit_bytes);
    char *bytes = arena_alloc(a, size);
    if (!unpack(packing, in, bytes, size, &result) || result.n != size) {
        return err_set(err, ERR_PARSE, "a block of %zu bytes cannot be unpacked as %.*s", size,
                       STR_FMT(compression_name(compression)));
    }
    *out = (struct str){ bytes, size };
    return true;
}
