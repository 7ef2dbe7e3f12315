/*
 * The form of a block:
 *
 *   'L' '1'  version
 *   n        entries
 *   then for each entry: bytes shared with the key before, bytes of the rest, the rest, the size,
 *   the hash of the ETag (8 bytes, low byte first), the change of modified_s, zigzag
 *
 * Numbers are LEB128.  Everything is checked when it is read: the file may be damaged.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/listing.h"
#include "index/varint.h"
#include "util/limits.h"

#include <string.h>

uint64_t listing_hash(struct str text)
{
    /* FNV-1a with a last mixing: stored, so neither seeded nor ever changed. */
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.ptr[i]) * 0x100000001b3u;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    return h ^ h >> 32;
}

static uint64_t zigzag(int64_t n)
{
    return (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t n)
{
    return (int64_t)(n >> 1 ^ ((n & 1) != 0 ? UINT64_MAX : 0));
}

static size_t shared_length(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len, i = 0;
    while (i < n && a.ptr[i] == b.ptr[i])
        i++;
    return i;
}

void listing_block_encode(struct buf *out, const struct listing_entry *entries, size_t n)
{
    struct str before = STR_EMPTY;
    uint64_t modified_s = 0;
    buf_add(out, STR("L1"));
    varint_add(out, n);
    for (size_t i = 0; i < n; i++) {
        const struct listing_entry *e = &entries[i];
        size_t shared = shared_length(before, e->key);
        varint_add(out, shared);
        varint_add(out, e->key.len - shared);
        buf_add(out, str_from_pos(e->key, shared));
        varint_add(out, e->size_bytes);
        for (unsigned shift = 0; shift < 64; shift += 8)
            buf_add_char(out, (char)(e->etag_hash >> shift & 0xff));
        varint_add(out, zigzag((int64_t)((uint64_t)e->modified_s - modified_s)));
        before = e->key;
        modified_s = (uint64_t)e->modified_s;
    }
}

static bool damaged(struct err *err)
{
    return err_set(err, ERR_PARSE, "a block of the listing is damaged");
}

bool listing_block_open(struct listing_block *b, struct str bytes, struct err *err)
{
    uint64_t n;
    const unsigned char *at = (const unsigned char *)bytes.ptr, *end = at + bytes.len;
    if (bytes.len < 3 || memcmp(at, "L1", 2) != 0)
        return damaged(err);
    at += 2;
    if (!varint_take(&at, end, LIMIT_LISTING_BLOCK_ENTRIES, &n))
        return damaged(err);
    b->at = at;
    b->end = end;
    b->n_left = (size_t)n;
    b->modified_s = 0;
    b->key_len = 0;
    return true;
}

bool listing_block_next(struct listing_block *b, struct listing_entry *out, bool *has_out,
                        struct err *err)
{
    if (b->n_left == 0) {
        *has_out = false;
        return b->at == b->end ? true : damaged(err);
    }
    uint64_t shared, rest, size, change, hash = 0;
    if (!varint_take(&b->at, b->end, b->key_len, &shared) ||
        !varint_take(&b->at, b->end, LIMIT_KEY_BYTES - shared, &rest) ||
        (uint64_t)(b->end - b->at) < rest)
        return damaged(err);
    memcpy(b->key + shared, b->at, (size_t)rest);
    b->key_len = (size_t)(shared + rest);
    b->at += rest;
    if (!varint_take(&b->at, b->end, UINT64_MAX, &size) || b->end - b->at < 8)
        return damaged(err);
    for (unsigned i = 0; i < 8; i++)
        hash |= (uint64_t)b->at[i] << 8 * i;
    b->at += 8;
    if (!varint_take(&b->at, b->end, UINT64_MAX, &change))
        return damaged(err);
    b->modified_s = (int64_t)((uint64_t)b->modified_s + (uint64_t)unzigzag(change));
    b->n_left--;
    *out = (struct listing_entry){ .key = { b->key, b->key_len },
                                   .size_bytes = size,
                                   .etag_hash = hash,
                                   .modified_s = b->modified_s };
    *has_out = true;
    return true;
}
