/*
 * scan_sources: the sources of the configuration, of the API, and those that a store's buckets are.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/holder.h"
#include "scan/run.h"
#include "scan/scans_internal.h"
#include "util/clock.h"

/* Sources, with strings in an arena. */
struct source_list {
    struct arena *arena;
    struct scan_source *items;
    size_t n, cap;
};

struct known {
    struct arena *arena;
    struct index_source *items;
    size_t n, cap;
};

static bool is_name(struct str name)
{
    if (name.len == 0 || name.len > SCAN_MAX_NAME_BYTES)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            c != '.' && c != '_' && c != '-')
            return false;
    }
    return true;
}

static bool check(const struct scan_source *source, struct err *err)
{
    if (!is_name(source->name))
        return err_set(err, ERR_INVALID,
                       "\"%.*s\" is no name of a source: it has 1 to %d letters, digits and . _ -",
                       STR_FMT(str_slice(source->name, 0, 80)), SCAN_MAX_NAME_BYTES);
    if (!source->wants_notebooks && !source->wants_datasets)
        return err_set(err, ERR_INVALID, "the source %.*s wants neither notebooks nor datasets",
                       STR_FMT(source->name));
    return true;
}

static unsigned wants_of(const struct scan_source *source)
{
    return (source->wants_notebooks ? INDEX_WANTS_NOTEBOOKS : 0) |
           (source->wants_datasets ? INDEX_WANTS_DATASETS : 0);
}

static bool add_known(void *ctx, const struct index_source *source, struct err *err)
{
    struct known *k = ctx;
    struct index_source *added = ARENA_PUSH(k->arena, k->items, k->n, k->cap);
    (void)err;
    *added = *source;
    added->name = arena_str(k->arena, source->name);
    added->uri = arena_str(k->arena, source->uri);
    return true;
}

static bool read_known(struct scans *s, struct known *k, struct err *err)
{
    struct index_reader *reader;
    if (!index_reader_take(s->options.index, &reader, err))
        return false;
    bool ok = index_each_source(reader, STR_EMPTY, add_known, k, err);
    index_reader_give(reader);
    return ok;
}

static const struct index_source *find_known(const struct known *k, struct str name)
{
    for (size_t i = 0; i < k->n; i++)
        if (str_eq(k->items[i].name, name))
            return &k->items[i];
    return NULL;
}

/* Does one of them lie in the other?  "s3://b/a" and "s3://b/ab" do not. */
static bool overlap(struct str a, struct str b)
{
    struct str shorter = a.len < b.len ? a : b, longer = a.len < b.len ? b : a;
    if (shorter.len > 0 && shorter.ptr[shorter.len - 1] == '/')
        shorter.len--;
    return str_has_prefix(longer, shorter) &&
           (longer.len == shorter.len || longer.ptr[shorter.len] == '/');
}

/* An object that two sources want the same of would leave with either. */
static bool check_overlap(const struct scan_source *source, struct str name, struct str uri,
                          unsigned wants, struct err *err)
{
    if (str_eq(source->name, name) || (wants_of(source) & wants) == 0 || !overlap(source->uri, uri))
        return true;
    err_set(err, ERR_CONFLICT, "the sources %.*s (%.*s) and %.*s (%.*s) overlap",
            STR_FMT(source->name), STR_FMT(source->uri), STR_FMT(name), STR_FMT(uri));
    return err_fix(err, "Let one of them look for notebooks only and the other for datasets only, "
                        "or name places apart.");
}

/* Take the lease of the source, so that no scan of it runs, and remove it piece by piece. */
static bool remove_known(struct scans *s, const struct index_source *source, struct err *err)
{
    struct index_writer *w;
    struct index_lease lease, other;
    bool is_mine, is_done = false;
    if (!index_writer_open(s->options.index, &w, err))
        return false;
    bool ok = scan_claim(w, source->id, &lease, &is_mine, &other, err);
    if (ok && !is_mine)
        ok = err_set(err, ERR_CONFLICT, "scan %lld of the source %.*s is running",
                     (long long)other.scan, STR_FMT(source->name));
    while (ok && !is_done)
        ok = index_begin(w, NULL, err) && index_remove_source(w, source->id, &is_done, err) &&
             index_commit(w, false, err);
    index_writer_close(w);
    return ok;
}

static bool put(struct scans *s, const struct scan_source *source, bool is_from_config,
                const struct index_source *old, struct err *err)
{
    const struct index_source row = { .name = source->name,
                                      .uri = source->uri,
                                      .wants = wants_of(source),
                                      .interval_s = source->interval_s,
                                      .is_from_config = is_from_config };
    struct index_writer *w;
    int64_t id;
    if (old != NULL && str_eq(old->uri, row.uri) && old->wants == row.wants &&
        old->interval_s == row.interval_s && old->is_from_config == is_from_config)
        return true;
    /* What was found below another place, or by another wish, is not this source's any more. */
    if (old != NULL && (!str_eq(old->uri, row.uri) || old->wants != row.wants) &&
        !remove_known(s, old, err))
        return false;
    if (!index_writer_open(s->options.index, &w, err))
        return false;
    bool ok = index_begin(w, NULL, err) && index_put_source(w, &row, &id, err) &&
              index_commit(w, false, err);
    index_writer_close(w);
    return ok;
}

static bool add_bucket(void *ctx, const struct store_bucket *bucket, struct err *err)
{
    struct source_list *list = ctx;
    (void)err;
    if (!is_name(bucket->name))
        return true; /* only a folder of the lake can be called so; it can be named as a source */
    *ARENA_PUSH(list->arena, list->items, list->n, list->cap) =
        (struct scan_source){ .name = arena_str(list->arena, bucket->name),
                              .uri = arena_printf(list->arena, "s3://%.*s", STR_FMT(bucket->name)),
                              .wants_notebooks = true,
                              .wants_datasets = true };
    return true;
}

static bool list_wanted(struct scans *s, struct source_list *list, struct err *err)
{
    const struct scans_options *o = &s->options;
    if (o->n_sources == 0 && o->buckets_of != NULL) {
        const struct store_call call = reading_call(&o->reading);
        if (!store_list_buckets(o->buckets_of, &call, add_bucket, list, err))
            return err_wrap(err, "listing the buckets to be scanned");
    }
    for (size_t i = 0; i < o->n_sources; i++)
        *ARENA_PUSH(list->arena, list->items, list->n, list->cap) = o->sources[i];
    for (size_t i = 0; i < list->n; i++) {
        struct scan_source *source = &list->items[i];
        if (source->interval_s == 0)
            source->interval_s = o->interval_s;
        if (!check(source, err))
            return false;
        for (size_t k = 0; k < i; k++) {
            const struct scan_source *other = &list->items[k];
            if (str_eq(source->name, other->name))
                return err_set(err, ERR_CONFIG, "there are two sources called %.*s",
                               STR_FMT(source->name));
            if (!check_overlap(source, other->name, other->uri, wants_of(other), err))
                return false;
        }
    }
    return true;
}

static bool is_wanted(const struct source_list *list, struct str name)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->items[i].name, name))
            return true;
    return false;
}

/* The source cannot be taken when somebody made one by the API that is in its way; that one stays,
 * and a source that is being scanned is changed the next time. */
static bool may_wait(const struct err *why)
{
    return why->code == ERR_CONFLICT;
}

static bool put_wanted(struct scans *s, const struct scan_source *source, const struct known *known,
                       struct err *err)
{
    const struct index_source *old = find_known(known, source->name);
    struct err why = ERR_INIT;
    if (old != NULL && !old->is_from_config)
        return true;
    for (size_t i = 0; i < known->n; i++)
        if (!known->items[i].is_from_config &&
            !check_overlap(source, known->items[i].name, known->items[i].uri, known->items[i].wants,
                           &why))
            return true;
    if (put(s, source, true, old, &why) || may_wait(&why))
        return true;
    *err = why;
    return false;
}

bool scans_take_sources(struct scans *s, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct source_list list = { .arena = &a };
    struct known known = { .arena = &a };
    if (!list_wanted(s, &list, err) || !read_known(s, &known, err))
        return false;
    for (size_t i = 0; i < known.n; i++) {
        struct err why = ERR_INIT;
        if (!known.items[i].is_from_config || is_wanted(&list, known.items[i].name) ||
            remove_known(s, &known.items[i], &why) || may_wait(&why))
            continue;
        *err = why;
        return false;
    }
    for (size_t i = 0; i < list.n; i++)
        if (!put_wanted(s, &list.items[i], &known, err))
            return false;
    return true;
}

static bool of_config(struct str name, struct err *err)
{
    err_set(err, ERR_CONFLICT, "the source %.*s is one of the configuration", STR_FMT(name));
    return err_fix(err, "Change it there: the setting scan.sources.");
}

bool scans_put_source(struct scans *s, const struct scan_source *source, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct known known = { .arena = &a };
    struct scan_place place;
    if (!check(source, err) || !read_known(s, &known, err) ||
        !s->options.open_place(s->options.ctx, &a, source->uri, &place, err))
        return false;
    const struct index_source *old = find_known(&known, source->name);
    if (old != NULL && old->is_from_config)
        return of_config(source->name, err);
    for (size_t i = 0; i < known.n; i++)
        if (!check_overlap(source, known.items[i].name, known.items[i].uri, known.items[i].wants,
                           err))
            return false;
    return put(s, source, false, old, err);
}

bool scans_remove_source(struct scans *s, struct str name, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct index_source source;
    if (!scan_find_source(s, &a, name, &source, err))
        return false;
    return source.is_from_config ? of_config(name, err) : remove_known(s, &source, err);
}
