/* run_datasets: see run_datasets.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/run_datasets.h"

#include "catalog/discover.h"
#include "catalog/format.h"
#include "catalog/schema.h"
#include "scan/evidence.h"
#include "util/limits.h"

#include <stdlib.h>

struct id_list {
    int64_t *items;
    size_t n, cap;
};

struct run_datasets {
    struct run *run;
    struct discover *discover;
    size_t *n_work;           /* of the range that the listing is in */
    struct id_list seen;      /* of the writer: ids of this listing's datasets */
    struct evidence evidence; /* loaded when it is first asked for */
    struct err why;           /* it could not be */
};

struct found_family {
    struct family *family;
    struct id_list known; /* nothing changed: these are its datasets */
    bool is_known;
    const struct dataset *datasets;
    size_t n_datasets;
};

static void push_id(struct id_list *list, int64_t id)
{
    if (list->n == list->cap) {
        list->cap = list->cap == 0 ? 16 : list->cap * 2;
        list->items = realloc(list->items, list->cap * sizeof *list->items);
        if (list->items == NULL)
            panic("no memory for the ids of datasets");
    }
    list->items[list->n++] = id;
}

void found_family_free(struct found_family *f)
{
    if (f == NULL)
        return;
    family_free(f->family);
    free(f->known.items);
    free(f);
}

static bool is_read_as_folder(void *ctx, struct str uri)
{
    struct run_datasets *d = ctx;
    struct run *run = d->run;
    if (!run->has_evidence) {
        run->has_evidence = true;
        if (!evidence_load(run->options->index, run->source.uri, &d->evidence, &d->why))
            return false;
        run->evidence_digest = evidence_digest(&d->evidence);
    }
    return evidence_has(&d->evidence, uri);
}

static bool found(void *ctx, struct family *family, struct err *err)
{
    struct run_datasets *d = ctx;
    if (d->why.code != ERR_NONE) {
        family_free(family);
        *err = d->why;
        return false;
    }
    struct found_family *f = calloc(1, sizeof *f);
    if (f == NULL)
        panic("no memory for a dataset");
    f->family = family;
    struct result *r = result_new(&(struct store_object){ 0 }, STR_EMPTY, 0);
    r->family = f;
    (*d->n_work)++;
    if (analyses_task(d->run->analyses, r))
        return true;
    result_free(r);
    return err_set(err, ERR_CANCELLED, "the scan was stopped");
}

void run_datasets_begin(struct run *run)
{
    struct run_datasets *d = calloc(1, sizeof *d);
    if (d == NULL)
        panic("no memory for the datasets");
    struct str root = run->place.root;
    const struct discover_options options = { .base_uri = str_slice(root, 0, root.len - 1),
                                              .overrides = run->options->overrides,
                                              .is_read_as_folder = is_read_as_folder,
                                              .found = found,
                                              .ctx = d };
    d->run = run;
    d->discover = discover_new(&options);
    run->datasets = d;
}

void run_datasets_free(struct run *run)
{
    if (run->datasets == NULL)
        return;
    discover_free(run->datasets->discover);
    evidence_release(&run->datasets->evidence);
    free(run->datasets->seen.items);
    free(run->datasets);
    run->datasets = NULL;
}

bool run_datasets_object(struct run *run, const struct store_object *object, size_t *n_work,
                         struct err *err)
{
    const struct discover_object o = { .key = object->key,
                                       .size_bytes = object->size_bytes,
                                       .etag_hash = listing_hash(object->etag),
                                       .modified_ms = object->last_modified_unix_ms };
    run->datasets->n_work = n_work;
    return discover_object(run->datasets->discover, &o, err);
}

bool run_datasets_entry(struct run *run, const struct listing_entry *entry, size_t *n_work,
                        struct err *err)
{
    const struct discover_object o = { .key = entry->key,
                                       .size_bytes = entry->size_bytes,
                                       .etag_hash = entry->etag_hash,
                                       .modified_ms = entry->modified_s * 1000 };
    run->datasets->n_work = n_work;
    return discover_object(run->datasets->discover, &o, err);
}

bool run_datasets_end(struct run *run, size_t *n_work, struct err *err)
{
    run->datasets->n_work = n_work;
    return discover_end(run->datasets->discover, err);
}

/* ---- On a worker. ---- */

static bool take_known(void *ctx, int64_t id, uint64_t fingerprint, bool is_broken, struct err *err)
{
    struct found_family *f = ctx;
    (void)err;
    f->is_known = f->is_known && !is_broken && fingerprint == family_fingerprint(f->family);
    push_id(&f->known, id);
    return true;
}

/* Does the index have this family as it is? */
static bool look_up(const struct run *run, struct found_family *f, struct err *err)
{
    struct index_reader *reader;
    f->is_known = !run->is_full;
    if (run->is_full)
        return true;
    if (!index_reader_take(run->options->index, &reader, err))
        return false;
    bool ok =
        index_each_of_family(reader, run->source.id, family_uri(f->family), take_known, f, err);
    index_reader_give(reader);
    f->is_known = f->is_known && f->known.n > 0;
    return ok;
}

static bool read_range(struct run *run, struct arena *a, struct str key, uint64_t offset,
                       uint64_t length, size_t most, struct str *bytes, struct err *err)
{
    struct reading reading = run->options->reading;
    reading.cancel = &run->stop;
    const struct store_get get = { .bucket = run->place.bucket,
                                   .key = key,
                                   .offset = offset,
                                   .length = length,
                                   .call = reading_call(&reading) };
    if (!store_read(run->place.store, a, &get, most, bytes, NULL, err))
        return false;
    atomic_fetch_add(&run->counters.read_bytes, bytes->len);
    return true;
}

static bool read_schema(struct run *run, struct found_family *f, const struct family_read *want,
                        struct err *err)
{
    AUTO_ARENA a = ARENA_INIT; /* of the bytes, and of what is unpacked on the way */
    struct schema found, *schema = ARENA_NEW(family_arena(f->family), struct schema);
    struct format_reader *reader = ARENA_NEW(&a, struct format_reader);
    struct format_need need;
    enum format_step step;
    format_reader_init(reader, &a, want->key, want->size_bytes);
    while ((step = format_reader_step(reader, &need, &found, err)) == FORMAT_NEED) {
        struct str bytes;
        if (!read_range(run, &a, want->key, need.offset, need.length, LIMIT_FORMAT_READ_BYTES,
                        &bytes, err))
            return false;
        format_reader_give(reader, need.offset, bytes);
    }
    if (step == FORMAT_FAILED)
        return false;
    schema_copy(family_arena(f->family), &found, schema);
    family_give_schema(f->family, schema);
    return true;
}

static bool answer(struct run *run, struct found_family *f, const struct family_read *want,
                   struct err *err)
{
    struct str bytes;
    if (want->kind == FAMILY_READ_SCHEMA)
        return read_schema(run, f, want, err);
    AUTO_ARENA a = ARENA_INIT;
    if (!read_range(run, &a, want->key, want->offset, want->length, LIMIT_TABLE_LOG_BYTES, &bytes,
                    err))
        return false;
    family_give_bytes(f->family, bytes);
    return true;
}

void found_family_work(struct run *run, struct found_family *f, struct err *err)
{
    struct family_read want;
    if (!look_up(run, f, err) || f->is_known)
        return;
    while (!atomic_load(&run->stop) && family_next_read(f->family, &want)) {
        struct err why = ERR_INIT;
        if (answer(run, f, &want, &why))
            continue;
        atomic_fetch_add(&run->counters.n_errors[why.code], 1);
        family_give_failure(f->family, &why);
        if (why.code == ERR_CREDENTIALS) {
            *err = why;
            return;
        }
    }
    family_finish(f->family, &f->datasets, &f->n_datasets);
}

/* ---- On the writer. ---- */

bool found_family_write(struct run *run, const struct found_family *f, struct err *err)
{
    struct run_datasets *d = run->datasets;
    for (size_t i = 0; i < f->known.n && f->is_known; i++)
        push_id(&d->seen, f->known.items[i]);
    for (size_t i = 0; i < f->n_datasets; i++) {
        int64_t id;
        if (!index_put_dataset(run->writer, run->source.id, &f->datasets[i], &id, err))
            return err_wrap(err, "writing %.*s", STR_FMT(f->datasets[i].uri));
        push_id(&d->seen, id);
    }
    atomic_fetch_add(&run->counters.n_datasets, f->is_known ? f->known.n : f->n_datasets);
    return true;
}

static int by_id(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

struct sweep {
    const struct id_list *seen;
    struct id_list gone;
};

static bool look_at(void *ctx, int64_t id, struct str uri, struct err *err)
{
    struct sweep *s = ctx;
    (void)uri;
    (void)err;
    if (s->seen->n == 0 || bsearch(&id, s->seen->items, s->seen->n, sizeof id, by_id) == NULL)
        push_id(&s->gone, id);
    return true;
}

static bool remove_gone(struct run *run, const struct id_list *gone, struct err *err)
{
    enum { BATCH = 500 };
    for (size_t i = 0; i < gone->n;) {
        size_t end = i + BATCH < gone->n ? i + BATCH : gone->n;
        bool ok = index_begin(run->writer, &run->lease, err);
        for (; i < end && ok; i++)
            ok = index_remove_dataset(run->writer, gone->items[i], err);
        if (!ok || !index_commit(run->writer, false, err)) {
            index_rollback(run->writer);
            return false;
        }
    }
    return true;
}

bool run_datasets_sweep(struct run *run, struct err *err)
{
    struct run_datasets *d = run->datasets;
    struct sweep sweep = { .seen = &d->seen };
    struct index_reader *reader;
    if (d->seen.n > 0)
        qsort(d->seen.items, d->seen.n, sizeof *d->seen.items, by_id);
    if (!index_reader_take(run->options->index, &reader, err))
        return false;
    bool ok = index_each_dataset_id(reader, run->source.id, look_at, &sweep, err);
    index_reader_give(reader);
    ok = ok && remove_gone(run, &sweep.gone, err);
    free(sweep.gone.items);
    return ok;
}
