/*
 * run_write: what workers found, kept until its range of keys is whole, then written with it.
 *
 * The mark of a range comes behind all results that belong to it, because results come in the order
 * of the listing.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/run.h"

#include "lineage/cells.h"
#include "notebook/reader.h"
#include "scan/run_datasets.h"
#include "scan/siblings.h"
#include "util/clock.h"
#include "util/limits.h"
#include "json/writer.h"

#include <stdlib.h>
#include <string.h>

enum { TOLD_ERRORS = 100, SETTLE_EVERY = 200, SETTLE_STEPS = 500 };

struct result *result_new(const struct store_object *object, struct str root, size_t entry)
{
    struct result *r = calloc(1, sizeof *r);
    if (r == NULL)
        panic("no memory for a result");
    r->entry = entry;
    r->key = arena_str(&r->arena, object->key);
    r->uri = arena_concat(&r->arena, root, object->key);
    r->etag = arena_str(&r->arena, object->etag);
    r->size_bytes = object->size_bytes;
    r->modified_unix_ms = object->last_modified_unix_ms;
    return r;
}

void result_free(struct result *r)
{
    if (r == NULL)
        return;
    found_family_free(r->family);
    arena_release(&r->kept);
    arena_release(&r->arena);
    free(r);
}

void run_drop_pending(struct run *run)
{
    while (run->pending != NULL) {
        struct result *r = run->pending;
        run->pending = r->next;
        result_free(r);
    }
    run->pending_end = &run->pending;
}

/* What each cell is written in, as the analysis reads it. */
static const struct str *find_languages(struct arena *a, const struct notebook *nb)
{
    static const struct str names[] = {
        [CODE_PYTHON] = STR_INIT("python"), [CODE_R] = STR_INIT("r"),
        [CODE_SCALA] = STR_INIT("scala"),   [CODE_SQL] = STR_INIT("sql"),
        [CODE_SHELL] = STR_INIT("shell"),   [CODE_FILE] = STR_INIT(""),
        [CODE_OTHER] = STR_INIT("")
    };
    struct str *out = ARENA_NEW_N(a, struct str, nb->n_cells);
    enum code_language kernel = notebook_code_language(nb);
    for (size_t i = 0; i < nb->n_cells; i++) {
        struct code_piece piece;
        out[i] = STR_EMPTY;
        if (nb->cells[i].kind != CELL_CODE)
            continue;
        cell_read(&nb->cells[i], kernel, &piece);
        out[i] = names[piece.language];
    }
    return out;
}

/* The first heading of the markdown cells; else empty. */
static struct str find_heading(const struct notebook *nb)
{
    for (size_t i = 0; i < nb->n_cells; i++) {
        struct str line, rest = nb->cells[i].source;
        bool is_more = nb->cells[i].kind == CELL_MARKDOWN;
        while (is_more) {
            is_more = str_cut(rest, '\n', &line, &rest);
            line = str_trim(line);
            if (line.len > 1 && line.ptr[0] == '#')
                return str_slice(str_trim(str_trim_char(line, '#')), 0, 200);
        }
    }
    return STR_EMPTY;
}

/* The first folder below the source. */
static struct str owner_of(const struct run *run, struct str key)
{
    struct str owner, rest;
    key = str_from_pos(key, run->place.prefix.len);
    return str_cut(key, '/', &owner, &rest) ? owner : STR_EMPTY;
}

void result_prepare(const struct run *run, struct result *r, struct arena *a,
                    const struct notebook *nb, const struct analysis *an, size_t n_siblings)
{
    AUTO_ARENA spare = ARENA_INIT;
    struct kinds *kinds = ARENA_NEW(&spare, struct kinds);
    struct sketch sketch;
    struct index_notebook notebook = { .source = run->source.id,
                                       .uri = r->uri,
                                       .etag = r->etag,
                                       .size_bytes = r->size_bytes,
                                       .modified_unix_ms = r->modified_unix_ms,
                                       .owner = owner_of(run, r->key),
                                       .n_siblings = (unsigned)n_siblings,
                                       .error = r->err.code == ERR_NONE ? NULL : &r->err };
    if (an != NULL) {
        kinds_find_and_sketch(run->kind_rules, &spare, nb, an, kinds, &sketch);
        notebook.notebook = nb;
        notebook.analysis = an;
        notebook.kinds = kinds;
        notebook.sketch = &sketch;
        notebook.languages = find_languages(&spare, nb);
        notebook.title = nb->title.len > 0 ? nb->title : find_heading(nb);
    }
    r->rows = index_prepare_notebook(a, &notebook);
}

void run_work(void *ctx, struct finding *f, const struct notebook *nb, const struct analysis *an)
{
    struct run *run = ctx;
    struct result *r = f->kept;
    if (f->kind == FINDING_TASK) {
        found_family_work(run, r->family, &r->err);
        return;
    }
    r->err = f->err;
    r->asked = f->asked;
    r->n_asked = f->n_asked;
    atomic_fetch_add(&run->counters.n_analyzed, 1);
    atomic_fetch_add(&run->counters.read_bytes, r->size_bytes);
    result_prepare(run, r, &f->arena, nb, an, f->n_siblings);
}

/* May the same bytes be read another time? */
static bool is_passing(enum err_code code)
{
    return code != ERR_NONE && code != ERR_PARSE && code != ERR_TOO_LARGE && code != ERR_INVALID;
}

static bool tell_error(struct run *run, const struct result *r, struct err *err)
{
    AUTO_BUF out = BUF_INIT(LIMIT_URI_BYTES * 8);
    struct json_writer w;
    int64_t id;
    if (run->row.id == 0 || run->n_told_errors++ >= TOLD_ERRORS)
        return true;
    json_writer_init(&w, &out);
    json_write_object(&w);
    json_put_str(&w, STR("uri"), r->uri);
    json_put_str(&w, STR("code"), str_from(err_kind(r->err.code)->code));
    json_put_str(&w, STR("detail"), str_from(r->err.msg));
    json_write_end(&w);
    return index_add_event(run->writer, run->row.id, "error", buf_str(&out), clock_unix_ms(), &id,
                           err);
}

static bool write_notebook(struct run *run, const struct result *r, struct err *err)
{
    if (!index_put_prepared(run->writer, r->rows, NULL, err) ||
        !index_put_siblings(run->writer, r->uri, r->asked, r->n_asked, err))
        return err_wrap(err, "writing %.*s", STR_FMT(r->uri));
    if (r->err.code == ERR_NONE)
        return true;
    atomic_fetch_add(&run->counters.n_broken, 1);
    atomic_fetch_add(&run->counters.n_errors[r->err.code], 1);
    return tell_error(run, r, err);
}

static bool remove_notebook(struct run *run, struct str key, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    if ((run->source.wants & INDEX_WANTS_NOTEBOOKS) == 0 || !notebook_is_name(key))
        return true;
    return index_remove_notebook(run->writer, arena_concat(&a, run->place.root, key), err);
}

/* The object went between the listing and the reading: as if it had not been listed. */
static void take_out(struct merge_range *range, size_t entry)
{
    if (range->is_points)
        *ARENA_PUSH(&range->arena, range->removed, range->n_removed, range->cap_removed) =
            range->entries[entry].key;
    memmove(&range->entries[entry], &range->entries[entry + 1],
            (range->n - entry - 1) * sizeof *range->entries);
    range->n--;
    range->is_changed = true;
}

/* What became of a result decides what the listing claims.  From the last to the first: taking one
 * out moves those behind. */
static void settle_entries(struct merge_range *range, struct result **results, size_t n)
{
    for (size_t i = n; i > 0; i--) {
        const struct result *r = results[i - 1];
        if (r->family != NULL)
            continue;
        if (r->err.code == ERR_NOT_FOUND)
            take_out(range, r->entry);
        else if (is_passing(r->err.code)) {
            range->entries[r->entry].etag_hash = 0; /* the next scan tries it again */
            range->is_changed = true;
        }
    }
}

static bool write_results(struct run *run, struct err *err)
{
    for (const struct result *r = run->pending; r != NULL; r = r->next) {
        bool ok = r->family != NULL              ? found_family_write(run, r->family, err)
                  : r->err.code == ERR_NOT_FOUND ? remove_notebook(run, r->key, err)
                                                 : write_notebook(run, r, err);
        if (!ok)
            return false;
    }
    return true;
}

/* A key that stands before key and behind all others that do: 0xFF is in no UTF-8. */
static struct str just_before(struct arena *a, struct str key)
{
    char *text = ARENA_NEW_N(a, char, key.len + 1);
    for (size_t i = 0; i < key.len; i++)
        text[i] = key.ptr[i];
    text[key.len - 1] = (char)((unsigned char)key.ptr[key.len - 1] - 1);
    text[key.len] = (char)0xFF;
    size_t len = key.len < LIMIT_KEY_BYTES ? key.len + 1 : key.len;
    return (struct str){ text, len };
}

static bool write_points(struct run *run, const struct merge_range *range, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    for (size_t i = 0; i < range->n; i++)
        if (!listing_replace(run->writer, run->source.id, just_before(&a, range->entries[i].key),
                             range->entries[i].key, &range->entries[i], 1, err))
            return false;
    for (size_t i = 0; i < range->n_removed; i++)
        if (!listing_replace(run->writer, run->source.id, just_before(&a, range->removed[i]),
                             range->removed[i], NULL, 0, err))
            return false;
    return true;
}

static bool write_listing(struct run *run, const struct merge_range *range, struct err *err)
{
    if (range->is_points)
        return write_points(run, range, err);
    return !range->is_changed || listing_replace(run->writer, run->source.id, range->after,
                                                 range->last, range->entries, range->n, err);
}

/* Behind the results of the range: those that were read too early are there already. */
static bool write_touched(struct run *run, const struct merge_range *range, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    bool ok = true;
    if ((run->source.wants & INDEX_WANTS_NOTEBOOKS) == 0)
        return true;
    for (size_t i = 0; i < range->n_touched && ok; i++) {
        const struct merge_touched *t = &range->touched[i];
        ok = index_sibling_changed(run->writer, run->source.id,
                                   arena_concat(&a, run->place.root, t->key), t->etag_hash,
                                   t->is_new, err);
    }
    for (size_t i = 0; i < range->n_removed && ok; i++)
        if (sibling_is_name(range->removed[i]))
            ok = index_sibling_changed(run->writer, run->source.id,
                                       arena_concat(&a, run->place.root, range->removed[i]), 0,
                                       false, err);
    return ok;
}

static bool write_range(struct run *run, const struct merge_range *range, struct err *err)
{
    if (!index_begin(run->writer, &run->lease, err) || !write_results(run, err))
        return false;
    /* Without a row there is no beat that keeps the lease. */
    if (run->row.id == 0 &&
        !index_lease_renew(run->writer, &run->lease, 0, clock_unix_ms(), RUN_LEASE_MS, err))
        return false;
    for (size_t i = 0; i < range->n_removed; i++)
        if (!remove_notebook(run, range->removed[i], err))
            return false;
    return write_listing(run, range, err) && write_touched(run, range, err) &&
           index_commit(run->writer, false, err);
}

bool run_settle(struct run *run, struct err *err)
{
    uint64_t n_left = 1;
    run->n_unsettled = 0;
    while (n_left > 0 && !atomic_load(&run->stop))
        if (!index_begin(run->writer, &run->lease, err) ||
            !index_settle(run->writer, SETTLE_STEPS, &n_left, err) ||
            !index_commit(run->writer, false, err)) {
            index_rollback(run->writer);
            return false;
        }
    return true;
}

bool run_write_range(struct run *run, struct merge_range *range, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct result **results = NULL;
    size_t n = 0, cap = 0;
    for (struct result *r = run->pending; r != NULL; r = r->next)
        *ARENA_PUSH(&a, results, n, cap) = r;
    settle_entries(range, results, n);
    bool ok = write_range(run, range, err);
    if (ok)
        atomic_fetch_add(&run->counters.n_removed, range->n_removed);
    else
        index_rollback(run->writer);
    merge_range_free(range);
    run_drop_pending(run);
    return ok && (++run->n_unsettled < SETTLE_EVERY || run_settle(run, err));
}

/* Errors after which the rest would fail as well, and must not be written as broken. */
static bool is_end_of_all(const struct run *run, enum err_code code)
{
    return code == ERR_CREDENTIALS || code == ERR_CANCELLED ||
           (code != ERR_NONE && atomic_load(&run->stop));
}

void run_add_pending(struct run *run, struct result *r)
{
    r->next = NULL;
    *run->pending_end = r;
    run->pending_end = &r->next;
}

bool run_done(void *ctx, struct finding *f, struct err *err)
{
    struct run *run = ctx;
    if (f->kind == FINDING_MARK)
        return run_write_range(run, f->kept, err);
    struct result *r = f->kept;
    r->kept = f->arena;
    f->arena = (struct arena)ARENA_INIT;
    run_add_pending(run, r);
    if (!is_end_of_all(run, r->err.code))
        return true;
    *err = r->err;
    return false;
}
