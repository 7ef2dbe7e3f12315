/*
 * listing: the last listing of a source, kept as key-ordered blocks of some 500 entries.
 *
 * A block is front-coded: each key as what it shares with the one before and the rest: some 50
 * bytes an object whose name is random, and no row for each.  Keys are compared as bytes, in the
 * order in which S3 lists.  The form of a block is in docs/internals/index.md.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_LISTING_H
#define INDEX_LISTING_H

#include "index/index.h"
#include "util/buf.h"
#include "util/limits.h"

/* One object of a listing. */
struct listing_entry {
    struct str key; /* relative to nothing: the whole key, as the store gave it */
    uint64_t size_bytes;
    uint64_t etag_hash; /* listing_hash() of the ETag */
    int64_t modified_s; /* Unix time */
};

enum { LISTING_BLOCK_ENTRIES = 500 };

/* A 64-bit hash that is the same in every process and version: it is stored. */
uint64_t listing_hash(struct str text);

/* ---- Pure: bytes of one block. ---- */

/* Append the block of n entries (at most LIMIT_LISTING_BLOCK_ENTRIES, keys strictly ascending) to
 * out. */
void listing_block_encode(struct buf *out, const struct listing_entry *entries, size_t n);

/* Reads a block entry by entry. */
struct listing_block {
    const unsigned char *at, *end;
    size_t n_left;
    int64_t modified_s;        /* of the entry before */
    char key[LIMIT_KEY_BYTES]; /* of the entry before */
    size_t key_len;
};

/* Begin; bytes are borrowed while it is read.  ERR_PARSE: not a block. */
MUST_USE bool listing_block_open(struct listing_block *b, struct str bytes, struct err *err);
/* The next entry; its key is borrowed until the next call.  *has_out false: that was all.
 * ERR_PARSE: the bytes are damaged. */
MUST_USE bool listing_block_next(struct listing_block *b, struct listing_entry *out, bool *has_out,
                                 struct err *err);

/* ---- The listing of one source, read in key order while it is being replaced. ---- */

/* Takes a reader for each block only, so that a scan of hours holds nothing; entries come in
 * order, each once, as of the time when its block was read.  Ranges behind the cursor may be
 * replaced meanwhile. */
struct listing_cursor;

/* All entries with prefix whose key is behind after ("" for both: all). */
MUST_USE bool listing_cursor_open(struct index *ix, int64_t source, struct str prefix,
                                  struct str after, struct listing_cursor **out, struct err *err);
/* The next; borrowed until the next call.  *has_out false: that was all. */
MUST_USE bool listing_cursor_next(struct listing_cursor *c, struct listing_entry *out,
                                  bool *has_out, struct err *err);
/* The last key of the block that the entry before came from: up to it the cursor has read already.
 * Empty before the first.  Borrowed until the next call. */
struct str listing_cursor_block_last(const struct listing_cursor *c);
/* Accepts NULL. */
void listing_cursor_close(struct listing_cursor *c);

/* Inside a batch: the entries of the source with after < key <= last become entries[0..n), which
 * are strictly ascending and within.  after "": from the beginning; last "": to the end.  n 0
 * removes what stood there.  Blocks that cross an end are cut. */
MUST_USE bool listing_replace(struct index_writer *w, int64_t source, struct str after,
                              struct str last, const struct listing_entry *entries, size_t n,
                              struct err *err);

#endif
