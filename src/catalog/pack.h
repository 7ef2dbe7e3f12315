/*
 * pack: bytes that we keep ourselves made smaller, quickly (LZ4, one block); the way back is
 * unpack_exact() of unpack.h with COMPRESSION_LZ4 and the size, which the caller keeps.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_PACK_H
#define CATALOG_PACK_H

#include "util/buf.h"

/* Append the packed bytes of in.  False, and out as it was, when they would not be fewer. */
bool pack_lz4(struct str in, struct buf *out);

#endif
