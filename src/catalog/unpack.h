/*
 * unpack: bytes of the packings that formats use, unpacked up to a given size.
 *
 * One file an outside library; each is asked for at most cap bytes and stops there, so that a bomb
 * costs no more than the room it is given.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_UNPACK_H
#define CATALOG_UNPACK_H

#include "catalog/format.h"

enum packing {
    PACKING_GZIP,
    PACKING_ZLIB,
    PACKING_DEFLATE, /* without any header */
    PACKING_BZIP2,
    PACKING_XZ,
    PACKING_ZSTD,
    PACKING_SNAPPY,        /* one block */
    PACKING_SNAPPY_FRAMED, /* framing_format.txt */
    PACKING_LZ4,           /* one block */
    PACKING_LZ4_FRAMED,
};

struct unpacked {
    size_t n;      /* bytes written */
    bool is_whole; /* the packed stream ended properly, and all of it is in */
};

/* Unpack what fits into out[0..cap).  True when in is a well-formed beginning of such a stream,
 * also when it is cut or cap is reached (not for single blocks: they are whole or false).  False:
 * the bytes are not of this packing, or damaged; out is then undefined. */
MUST_USE bool unpack(enum packing packing, struct str in, char *out, size_t cap,
                     struct unpacked *result);

/* A block whose unpacked size must be exactly size bytes; ERR_PARSE otherwise, ERR_TOO_LARGE past
 * limit_bytes.  The result lives in the arena.  COMPRESSION_NONE borrows in. */
MUST_USE bool unpack_exact(struct arena *a, enum compression compression, struct str in,
                           size_t size, size_t limit_bytes, struct str *out, struct err *err);

/* One row of the table in unpack.c, each in the file of its library. */
bool unpack_zlib(struct str in, char *out, size_t cap, int window_bits, struct unpacked *result);
bool unpack_bzip2(struct str in, char *out, size_t cap, struct unpacked *result);
bool unpack_xz(struct str in, char *out, size_t cap, struct unpacked *result);
bool unpack_zstd(struct str in, char *out, size_t cap, struct unpacked *result);
bool unpack_snappy(struct str in, char *out, size_t cap, struct unpacked *result);
bool unpack_snappy_framed(struct str in, char *out, size_t cap, struct unpacked *result);
bool unpack_lz4(struct str in, char *out, size_t cap, struct unpacked *result);
bool unpack_lz4_framed(struct str in, char *out, size_t cap, struct unpacked *result);

#endif
