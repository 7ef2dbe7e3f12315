/*
 * run_points: a run that is told which objects to look at, instead of listing all of them.
 *
 * What the message said of an object is not believed: the object itself is asked for.  So messages
 * that come twice, late or out of order do no harm.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/run.h"

#include "scan/run_datasets.h"
#include "scan/siblings.h"
#include "util/limits.h"

#include <stdlib.h>

struct merge_range *run_points_new(void)
{
    struct merge_range *range = calloc(1, sizeof *range);
    if (range == NULL)
        panic("no memory for a range of keys");
    range->is_points = true;
    return range;
}

static bool hand_on(struct run *run, struct merge_range **range, struct err *err)
{
    struct merge_range *full = *range;
    *range = run_points_new();
    if (analyses_mark(run->analyses, full))
        return true;
    merge_range_free(full);
    return err_set(err, ERR_CANCELLED, "the writer failed");
}

/* The key as the listing has it; *has false: it has none. */
static bool find_old(const struct run *run, struct str key, struct listing_entry *out, bool *has,
                     struct err *err)
{
    struct listing_cursor *cursor;
    if (!listing_cursor_open(run->options->index, run->source.id, key, STR_EMPTY, &cursor, err))
        return false;
    bool ok = listing_cursor_next(cursor, out, has, err);
    *has = ok && *has && str_eq(out->key, key);
    listing_cursor_close(cursor);
    return ok;
}

static void add_removed(struct merge_range *range, struct str key)
{
    *ARENA_PUSH(&range->arena, range->removed, range->n_removed, range->cap_removed) =
        arena_str(&range->arena, key);
    range->is_changed = true;
}

static bool add_present(struct run *run, struct merge_range *range,
                        const struct store_object *object, struct err *err)
{
    struct listing_entry old, entry = { .key = arena_str(&range->arena, object->key),
                                        .size_bytes = object->size_bytes,
                                        .etag_hash = listing_hash(object->etag),
                                        .modified_s = object->last_modified_unix_ms / 1000 };
    bool has_old;
    if (!find_old(run, object->key, &old, &has_old, err))
        return false;
    bool is_same =
        has_old && old.etag_hash == entry.etag_hash && old.size_bytes == entry.size_bytes;
    if (is_same && !run->is_forced)
        return true;
    *ARENA_PUSH(&range->arena, range->entries, range->n, range->cap) = entry;
    range->is_changed = true;
    if (!is_same) {
        run_touch(range, entry.key, object->etag, !has_old);
        atomic_fetch_add(&run->counters.n_changed, 1);
    }
    return !run_is_notebook(run, object->key) || run_add_notebook(run, object, range, err);
}

static bool look_at(struct run *run, struct merge_range *range, struct str key, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct store_object object;
    struct err why = ERR_INIT;
    struct reading reading = run->options->reading;
    reading.cancel = &run->stop;
    const struct store_call call = reading_call(&reading);
    if (store_head(run->place.store, &a, run->place.bucket, key, &call, &object, &why))
        return add_present(run, range, &object, err);
    if (why.code == ERR_NOT_FOUND || why.code == ERR_INVALID) {
        add_removed(range, key);
        return true;
    }
    *err = why;
    return err_wrap(err, "looking at %.*s%.*s", STR_FMT(run->place.root), STR_FMT(key));
}

void run_touch(struct merge_range *range, struct str key, struct str etag, bool is_new)
{
    if (sibling_is_name(key))
        *ARENA_PUSH(&range->arena, range->touched, range->n_touched, range->cap_touched) =
            (struct merge_touched){ key, listing_hash(etag), is_new };
}

static bool look_at_all(struct run *run, const struct str *keys, size_t n, struct err *err)
{
    enum { TOGETHER = 64 };
    struct err why = ERR_INIT;
    struct merge_range *range = run_points_new();
    bool ok = true;
    run_begin(run);
    for (size_t i = 0; i < n && ok; i++) {
        ok = look_at(run, range, keys[i], &why);
        if (ok && (range->n_work >= TOGETHER || range->n + range->n_removed >= TOGETHER))
            ok = hand_on(run, &range, &why);
    }
    ok = ok && (!range->is_changed || hand_on(run, &range, &why));
    merge_range_free(range);
    ok = run_end(run, ok, &why, err) && run_settle(run, err);
    run_datasets_free(run); /* single keys say nothing of datasets: see run_rediscover() */
    return ok;
}

bool run_points(struct run *run, const struct str *keys, size_t n, struct err *err)
{
    return look_at_all(run, keys, n, err) && run_stale(run, err);
}

struct stale {
    struct arena arena;
    struct str root; /* what is in front of a key */
    struct str *keys;
    size_t n, cap;
};

static bool add_stale(void *ctx, struct str uri, struct err *err)
{
    struct stale *s = ctx;
    (void)err;
    if (str_has_prefix(uri, s->root))
        *ARENA_PUSH(&s->arena, s->keys, s->n, s->cap) =
            arena_str(&s->arena, str_from_pos(uri, s->root.len));
    return true;
}

bool run_stale(struct run *run, struct err *err)
{
    struct stale s = { .root = run->place.root };
    struct index_reader *reader;
    if (!index_reader_take(run->options->index, &reader, err))
        return false;
    bool ok = index_each_stale(reader, run->source.id, add_stale, &s, err);
    index_reader_give(reader);
    run->is_forced = true;
    if (ok && s.n > 0)
        ok = look_at_all(run, s.keys, s.n, err);
    run->is_forced = false;
    arena_release(&s.arena);
    return ok;
}

/* ---- Datasets of what the index knows, without listing. ---- */

static bool feed(struct run *run, struct merge_range **range, struct err *err)
{
    enum { TOGETHER = 64 };
    struct listing_entry entry;
    bool has = true;
    while (!atomic_load(&run->stop)) {
        if (!listing_cursor_next(run->cursor, &entry, &has, err))
            return false;
        if (!has)
            return run_datasets_end(run, &(*range)->n_work, err);
        if (!run_datasets_entry(run, &entry, &(*range)->n_work, err) ||
            ((*range)->n_work >= TOGETHER && !hand_on(run, range, err)))
            return false;
    }
    return err_set(err, ERR_CANCELLED, "the scan was stopped");
}

bool run_rediscover(struct run *run, struct err *err)
{
    struct err why = ERR_INIT;
    struct merge_range *range = run_points_new();
    if (!listing_cursor_open(run->options->index, run->source.id, STR_EMPTY, STR_EMPTY,
                             &run->cursor, err)) {
        merge_range_free(range);
        return false;
    }
    run_begin(run);
    bool ok = feed(run, &range, &why) && hand_on(run, &range, &why);
    merge_range_free(range);
    ok = run_end(run, ok, &why, err) && run_datasets_sweep(run, err) && run_settle(run, err);
    run_datasets_free(run);
    listing_cursor_close(run->cursor);
    run->cursor = NULL;
    return ok;
}
