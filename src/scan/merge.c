/* merge: see merge.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/merge.h"

#include "util/limits.h"

#include <stdlib.h>

/* A range ends at the end of an old block once it has LEAST entries, anywhere with MOST of them; a
 * batch has at most WORK results, because they wait in memory to be written together. */
enum { LEAST = 100, MOST = 1000, WORK = 200 };

struct merge {
    struct merge_options options;
    struct merge_range *range;
    struct listing_entry old; /* the next one of the old listing */
    bool has_old, is_begun;
    struct arena arena; /* of what follows */
    struct str *skipped;
    size_t n_skipped, cap_skipped;
};

static struct merge_range *range_new(struct str after)
{
    struct merge_range *range = calloc(1, sizeof *range);
    if (range == NULL)
        panic("no memory for a range of keys");
    range->after = arena_str(&range->arena, after);
    return range;
}

void merge_range_free(struct merge_range *range)
{
    if (range == NULL)
        return;
    arena_release(&range->arena);
    free(range);
}

struct merge *merge_new(const struct merge_options *options)
{
    struct merge *m = calloc(1, sizeof *m);
    if (m == NULL)
        panic("no memory for a merge");
    m->options = *options;
    m->range = range_new(STR_EMPTY);
    return m;
}

void merge_free(struct merge *m)
{
    if (m == NULL)
        return;
    merge_range_free(m->range);
    arena_release(&m->arena);
    free(m);
}

static bool take_old(struct merge *m, struct err *err)
{
    return m->options.old_next(m->options.ctx, &m->old, &m->has_old, err);
}

static bool begin(struct merge *m, struct err *err)
{
    if (m->is_begun)
        return true;
    m->is_begun = true;
    return take_old(m, err);
}

/* End the range at last ("": it goes to the end) and begin the next behind it. */
static bool cut(struct merge *m, struct str last, struct err *err)
{
    struct merge_range *range = m->range;
    range->last = arena_str(&range->arena, last);
    m->range = range_new(last);
    if (!range->is_changed && range->n_work == 0) {
        merge_range_free(range);
        return true;
    }
    return m->options.cut(m->options.ctx, range, err);
}

/* After everything up to key was taken. */
static bool maybe_cut(struct merge *m, struct str key, bool is_block_end, struct err *err)
{
    const struct merge_range *range = m->range;
    size_t n = range->n + range->n_removed;
    bool is_full = n >= MOST || range->n_work >= WORK ||
                   (!m->has_old && range->n >= LISTING_BLOCK_ENTRIES) ||
                   (is_block_end && n >= LEAST);
    return !is_full || cut(m, key, err);
}

static struct listing_entry *add_entry(struct merge_range *range, const struct listing_entry *e)
{
    struct listing_entry *added = ARENA_PUSH(&range->arena, range->entries, range->n, range->cap);
    *added = *e;
    added->key = arena_str(&range->arena, e->key);
    return added;
}

static bool is_skipped(const struct merge *m, struct str key)
{
    for (size_t i = m->n_skipped; i > 0; i--)
        if (str_has_prefix(key, m->skipped[i - 1]))
            return true;
    return false;
}

/* Did the old entry change since the listing was made? */
static bool is_newer(const struct merge *m)
{
    return m->options.as_of_s != 0 && m->old.modified_s >= m->options.as_of_s;
}

/* The old entry has no object any more. */
static bool drop_old(struct merge *m, struct err *err)
{
    struct merge_range *range = m->range;
    struct str key;
    if (is_skipped(m, m->old.key) || is_newer(m))
        key = add_entry(range, &m->old)->key;
    else {
        key = arena_str(&range->arena, m->old.key);
        *ARENA_PUSH(&range->arena, range->removed, range->n_removed, range->cap_removed) = key;
        range->is_changed = true;
    }
    bool is_block_end = str_eq(key, m->options.old_block_last(m->options.ctx));
    AUTO_ARENA a = ARENA_INIT;
    key = arena_str(&a, key); /* a cut frees the range */
    return take_old(m, err) && maybe_cut(m, key, is_block_end, err);
}

static bool check_order(const struct merge *m, struct str key, struct err *err)
{
    const struct merge_range *range = m->range;
    struct str before = range->n > 0 ? range->entries[range->n - 1].key : range->after;
    if (before.len == 0 || str_cmp(before, key) < 0)
        return true;
    return err_set(err, ERR_UPSTREAM, "the listing is out of order: \"%.*s\" comes behind \"%.*s\"",
                   STR_FMT(str_slice(key, 0, 100)), STR_FMT(str_slice(before, 0, 100)));
}

bool merge_object(struct merge *m, const struct store_object *object, struct err *err)
{
    const struct listing_entry entry = { .key = object->key,
                                         .size_bytes = object->size_bytes,
                                         .etag_hash = listing_hash(object->etag),
                                         .modified_s = object->last_modified_unix_ms / 1000 };
    enum merge_state state = MERGE_NEW;
    bool is_block_end = false;
    if (!check_order(m, object->key, err) || !begin(m, err))
        return false;
    while (m->has_old && str_cmp(m->old.key, object->key) < 0)
        if (!drop_old(m, err))
            return false;
    struct merge_range *range = m->range;
    if (m->has_old && str_eq(m->old.key, object->key) && is_newer(m))
        return drop_old(m, err);
    if (m->has_old && str_eq(m->old.key, object->key)) {
        bool is_same = m->old.etag_hash == entry.etag_hash && m->old.size_bytes == entry.size_bytes;
        state = is_same ? MERGE_SAME : MERGE_CHANGED;
        range->is_changed = range->is_changed || !is_same;
        is_block_end = str_eq(m->old.key, m->options.old_block_last(m->options.ctx));
        if (!take_old(m, err))
            return false;
    } else
        range->is_changed = true;
    (void)add_entry(range, &entry); /* each() finds it in the range */
    return m->options.each(m->options.ctx, object, state, range, err) &&
           maybe_cut(m, object->key, is_block_end, err);
}

bool merge_skip(struct merge *m, struct str prefix, struct err *err)
{
    if (m->n_skipped == LIMIT_SCAN_SKIPPED)
        return err_set(err, ERR_TOO_LARGE, "more than %lu folders cannot be read",
                       LIMIT_SCAN_SKIPPED);
    *ARENA_PUSH(&m->arena, m->skipped, m->n_skipped, m->cap_skipped) = arena_str(&m->arena, prefix);
    return true;
}

struct merge_range *merge_current(struct merge *m)
{
    return m->range;
}

bool merge_end(struct merge *m, struct err *err)
{
    if (!begin(m, err))
        return false;
    while (m->has_old)
        if (!drop_old(m, err))
            return false;
    return cut(m, STR_EMPTY, err);
}
