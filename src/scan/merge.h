/*
 * merge: the listing as it comes beside the listing as it was, cut into ranges of keys.
 *
 * Both are in the byte order of keys.  Every object is told as new, changed or the same, every key
 * that is gone is noted, and whenever a range is worth writing (or is full) it is handed on.  A
 * range with no difference and no work is dropped, so that nothing is written where nothing
 * changed.  Where it can be, a range ends where a block of the old listing does.  Nothing but one
 * range is held.  Pure but for its callbacks.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_MERGE_H
#define SCAN_MERGE_H

#include "index/listing.h"
#include "store/store.h"

enum merge_state { MERGE_SAME, MERGE_NEW, MERGE_CHANGED };

/* The keys k with after < k <= last; last "": all behind after. */
/* A key of which the object is not what it was. */
struct merge_touched {
    struct str key;
    uint64_t etag_hash;
    bool is_new;
};

struct merge_range {
    struct arena arena; /* of everything in it */
    struct str after, last;
    struct listing_entry *entries;
    size_t n, cap;
    struct str *removed; /* keys of the old listing that are gone */
    size_t n_removed, cap_removed;
    struct merge_touched *touched; /* set by each(): those that a notebook may have drawn in */
    size_t n_touched, cap_touched;
    size_t n_work;   /* set by each(): results that belong to it */
    bool is_changed; /* the listing is not what it was */
    bool is_points;  /* no range of keys: single ones, entries and removed */
};

struct merge_options {
    /* The next entry of the old listing; borrowed until the next call. */
    bool (*old_next)(void *ctx, struct listing_entry *out, bool *has_out, struct err *err);
    /* The last key of the block that it came from. */
    struct str (*old_block_last)(void *ctx);
    /* The object became range->entries[range->n - 1].  What it starts it counts in range->n_work.
     */
    bool (*each)(void *ctx, const struct store_object *object, enum merge_state state,
                 struct merge_range *range, struct err *err);
    /* A range to be written: it belongs to the receiver, who ends it by merge_range_free(). */
    bool (*cut)(void *ctx, struct merge_range *range, struct err *err);
    void *ctx;
    int64_t as_of_s; /* the listing is of that time (Unix): what the old one knows since stays; 0:
                        now */
};

struct merge;

/* options is copied.  Never NULL. */
struct merge *merge_new(const struct merge_options *options);
/* Accepts NULL. */
void merge_free(struct merge *m);

/* The next object of the listing.  Fails with ERR_UPSTREAM when it is out of order, and as the
 * callbacks do; then the merge can only be freed. */
MUST_USE bool merge_object(struct merge *m, const struct store_object *object, struct err *err);

/* Nothing is known of the keys that begin with prefix: what the old listing has there stays.  Told
 * before any object behind it.  Fails with ERR_TOO_LARGE past LIMIT_SCAN_SKIPPED. */
MUST_USE bool merge_skip(struct merge *m, struct str prefix, struct err *err);

/* The listing came to its end: what the old one still has is gone. */
MUST_USE bool merge_end(struct merge *m, struct err *err);

/* The range that goes on. */
struct merge_range *merge_current(struct merge *m);

/* Accepts NULL. */
void merge_range_free(struct merge_range *range);

#endif
