/* index_blocks: what is stored as bytes in the index; a block that decodes encodes to the same
 * entries. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "index/document.h"
#include "index/listing.h"
#include "index/postings.h"

static void check_again(struct str bytes, const struct listing_entry *entries, size_t n)
{
    AUTO_BUF again = BUF_INIT(SIZE_MAX);
    struct listing_block b;
    struct listing_entry e;
    struct err err = ERR_INIT;
    bool has = true;
    (void)bytes;
    listing_block_encode(&again, entries, n);
    FUZZ_CHECK(listing_block_open(&b, buf_str(&again), &err));
    for (size_t i = 0; i < n; i++) {
        FUZZ_CHECK(listing_block_next(&b, &e, &has, &err) && has && str_eq(e.key, entries[i].key));
        FUZZ_CHECK(e.size_bytes == entries[i].size_bytes && e.etag_hash == entries[i].etag_hash &&
                   e.modified_s == entries[i].modified_s);
    }
    FUZZ_CHECK(listing_block_next(&b, &e, &has, &err) && !has);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str bytes = fuzz_text(data, size);
    struct err err = ERR_INIT;
    struct listing_block b;
    struct listing_entry *entries = ARENA_NEW_N(&a, struct listing_entry, 1000), e;
    bool has = true, ok = listing_block_open(&b, bytes, &err);
    size_t n = 0;
    while (ok && has && (ok = listing_block_next(&b, &e, &has, &err)) && has) {
        entries[n] = e;
        entries[n++].key = arena_str(&a, e.key);
    }
    if (ok)
        check_again(bytes, entries, n);
    struct document d;
    struct document_cell cell;
    AUTO_BUF room = BUF_INIT(SIZE_MAX);
    err = (struct err)ERR_INIT;
    ok = document_open(&d, bytes, &room, &err);
    for (has = true; ok && has && document_next(&d, &cell, &has, &err);)
        FUZZ_CHECK(!has || cell.text.len <= size || cell.text.len <= room.len);
    (void)postings_are_whole(bytes);
    return 0;
}
