/* run: see run.h.  Here the calling thread: list, merge, give to the analyses. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/run.h"

#include "notebook/reader.h"
#include "scan/run_datasets.h"
#include "util/clock.h"

/* Notebooks that are analysed while a range of some 64 is written. */
enum { AHEAD = 96 };

/* A listing goes on for as long as there is something to be analysed. */
#define LISTING_MS ((int64_t)30 * 24 * 3600 * 1000)

static bool old_next(void *ctx, struct listing_entry *out, bool *has_out, struct err *err)
{
    const struct run *run = ctx;
    return listing_cursor_next(run->cursor, out, has_out, err);
}

static struct str old_block_last(void *ctx)
{
    const struct run *run = ctx;
    return listing_cursor_block_last(run->cursor);
}

static bool stopped(struct err *err)
{
    return err_set(err, ERR_CANCELLED, "the scan was stopped");
}

bool run_is_notebook(const struct run *run, struct str key)
{
    return (run->source.wants & INDEX_WANTS_NOTEBOOKS) != 0 && notebook_is_name(key) &&
           !source_is_hidden(str_from_pos(key, run->place.prefix.len));
}

/* The call tables are large, and most scans of most sources analyse nothing. */
static bool load_analyst(struct run *run, struct err *err)
{
    const struct scans_options *o = run->options;
    if (run->has_analyst || o->load_analyst == NULL)
        return true;
    run->has_analyst = o->load_analyst(o->ctx, err);
    return run->has_analyst;
}

static void unload_analyst(struct run *run)
{
    if (run->has_analyst)
        run->options->unload_analyst(run->options->ctx);
    run->has_analyst = false;
}

bool run_add_notebook(struct run *run, const struct store_object *object, struct merge_range *range,
                      struct err *err)
{
    if (!load_analyst(run, err))
        return false;
    struct result *r = result_new(object, run->place.root, range->n - 1);
    const struct source source = { .kind = SOURCE_OBJECT,
                                   .name = r->uri,
                                   .root = run->place.bucket,
                                   .path = r->key,
                                   .store = run->place.store,
                                   .tag = r };
    range->n_work++;
    if (analyses_add(run->analyses, &source))
        return true;
    result_free(r);
    return stopped(err); /* the writer failed: analyses_finish() says why */
}

static bool each(void *ctx, const struct store_object *object, enum merge_state state,
                 struct merge_range *range, struct err *err)
{
    struct run *run = ctx;
    atomic_fetch_add(&run->counters.n_listed, 1);
    if (state != MERGE_SAME) {
        atomic_fetch_add(&run->counters.n_changed, 1);
        run_touch(range, range->entries[range->n - 1].key, object->etag, state == MERGE_NEW);
    }
    if (run_is_notebook(run, object->key)) {
        atomic_fetch_add(&run->counters.n_notebooks, 1);
        if ((state != MERGE_SAME || run->is_full || run->is_new_analysis) &&
            !run_add_notebook(run, object, range, err))
            return false;
    }
    return run->datasets == NULL || run_datasets_object(run, object, &range->n_work, err);
}

static bool cut(void *ctx, struct merge_range *range, struct err *err)
{
    struct run *run = ctx;
    if (analyses_mark(run->analyses, range))
        return true;
    merge_range_free(range);
    return stopped(err);
}

static bool each_object(void *ctx, const struct store_object *object, struct err *err)
{
    struct run *run = ctx;
    if (atomic_load(&run->stop))
        return stopped(err);
    return merge_object(run->merge, object, err);
}

static bool skip_folder(void *ctx, struct str prefix, const struct err *why, struct err *err)
{
    struct run *run = ctx;
    atomic_fetch_add(&run->counters.n_errors[why->code], 1);
    return merge_skip(run->merge, prefix, err);
}

static bool list(struct run *run, struct err *err)
{
    const struct store_list list = { .bucket = run->place.bucket,
                                     .prefix = run->place.prefix,
                                     .each = each_object,
                                     .skipped = skip_folder,
                                     .ctx = run,
                                     .call = { .deadline_ms = clock_mono_ms() + LISTING_MS,
                                               .cancel = &run->stop } };
    if (!store_list(run->place.store, &list, err))
        return err_wrap(err, "listing %.*s", STR_FMT(run->source.uri));
    return (run->datasets == NULL ||
            run_datasets_end(run, &merge_current(run->merge)->n_work, err)) &&
           merge_end(run->merge, err);
}

static void drop(void *ctx, struct finding *f)
{
    (void)ctx;
    if (f->kind == FINDING_MARK)
        merge_range_free(f->kept);
    else
        result_free(f->kept);
}

void run_begin(struct run *run)
{
    const struct scans_options *o = run->options;
    struct analyses_options analyses = { .reading = o->reading,
                                         .analyst = o->analyst,
                                         .n_workers = o->n_workers,
                                         .n_ahead = AHEAD,
                                         .work = run_work,
                                         .done = run_done,
                                         .drop = drop,
                                         .ctx = run };
    analyses.reading.cancel = &run->stop;
    if (run->place.is_remote && o->n_fetchers > o->n_workers) {
        analyses.n_workers = o->n_fetchers;
        analyses.n_at_once = o->n_workers;
    }
    run->kind_rules = kind_rules_new();
    run->analyses = analyses_start(&analyses);
    if ((run->source.wants & INDEX_WANTS_DATASETS) != 0)
        run_datasets_begin(run);
}

bool run_end(struct run *run, bool ok, const struct err *why, struct err *err)
{
    if (!ok)
        atomic_store(&run->stop, true); /* what was not written yet is not worth the wait */
    bool is_written = analyses_finish(run->analyses, err);
    unload_analyst(run);
    kind_rules_free(run->kind_rules);
    run->kind_rules = NULL;
    run_drop_pending(run);
    if (is_written && !ok)
        *err = *why;
    return is_written && ok;
}

bool run_scan(struct run *run, struct err *err)
{
    const struct merge_options merging = { .old_next = old_next,
                                           .old_block_last = old_block_last,
                                           .each = each,
                                           .cut = cut,
                                           .ctx = run,
                                           .as_of_s = run->place.listed_unix_ms / 1000 };
    struct err why = ERR_INIT;
    if (!listing_cursor_open(run->options->index, run->source.id, STR_EMPTY, STR_EMPTY,
                             &run->cursor, err))
        return false;
    run->merge = merge_new(&merging);
    run_begin(run);
    bool is_listed = list(run, &why);
    bool ok = run_end(run, is_listed, &why, err) &&
              (run->datasets == NULL || run_datasets_sweep(run, err)) && run_settle(run, err);
    run_datasets_free(run);
    merge_free(run->merge);
    listing_cursor_close(run->cursor);
    return ok && run_stale(run, err);
}
