/*
 * discover_group: groups of objects, and how they change when they move out of a folder.
 *
 * A group moves upwards as it is; it is copied never.  What grows with the number of objects is
 * bounded: samples, and rows of partitions.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/discover_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HALF = LIMIT_PARTITIONS_KEPT / 2 };

static void *must(void *ptr)
{
    if (ptr == NULL)
        panic("no memory for discovery");
    return ptr;
}

static uint64_t mix(uint64_t h)
{
    h ^= h >> 30;
    h *= 0xbf58476d1ce4e5b9U;
    h ^= h >> 27;
    h *= 0x94d049bb133111ebU;
    return h ^ (h >> 31);
}

uint64_t stable_hash(struct str s, uint64_t seed)
{
    uint64_t h = seed ^ (s.len * 0x9e3779b97f4a7c15U);
    for (size_t i = 0; i < s.len; i += 8) {
        uint64_t word = 0;
        memcpy(&word, s.ptr + i, s.len - i < 8 ? s.len - i : 8);
        h = mix(h ^ word) + 0x9e3779b97f4a7c15U;
    }
    return mix(h);
}

void totals_add(struct totals *t, const struct discover_object *object)
{
    t->n_objects++;
    t->size_bytes += object->size_bytes;
    t->fingerprint += mix(stable_hash(object->key, object->etag_hash) ^ object->size_bytes);
    if (object->modified_ms > t->newest_ms)
        t->newest_ms = object->modified_ms;
}

void totals_merge(struct totals *t, const struct totals *other)
{
    t->n_objects += other->n_objects;
    t->size_bytes += other->size_bytes;
    t->fingerprint += other->fingerprint;
    if (other->newest_ms > t->newest_ms)
        t->newest_ms = other->newest_ms;
}

const struct path_row *path_rows_at(const struct path_rows *r, size_t i)
{
    assert(i < r->n);
    if (i < HALF || r->n < LIMIT_PARTITIONS_KEPT)
        return r->rows[i];
    return r->rows[HALF + (i - HALF + r->oldest) % (LIMIT_PARTITIONS_KEPT - HALF)];
}

void path_rows_release(struct path_rows *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->rows[i]);
    free(r->rows);
    *r = (struct path_rows){ 0 };
}

/* Keep a row; r owns it. */
static void keep_row(struct path_rows *r, struct path_row *row)
{
    if (r->n == LIMIT_PARTITIONS_KEPT) {
        struct path_row **at = &r->rows[HALF + r->oldest];
        free(*at);
        *at = row;
        r->oldest = (r->oldest + 1) % (LIMIT_PARTITIONS_KEPT - HALF);
        return;
    }
    if (r->n == r->cap) {
        r->cap = r->cap == 0 ? 8 : r->cap * 2;
        r->rows = must(realloc(r->rows, r->cap * sizeof *r->rows));
    }
    r->rows[r->n++] = row;
}

static struct path_row *row_new(struct str head, struct str tail, const struct totals *t)
{
    size_t len = head.len + (tail.len > 0 ? 1 + tail.len : 0);
    struct path_row *row = must(malloc(sizeof *row + len));
    row->n_objects = t->n_objects;
    row->size_bytes = t->size_bytes;
    row->newest_ms = t->newest_ms;
    row->len = len;
    memcpy(row->path, head.ptr, head.len);
    if (tail.len > 0) {
        row->path[head.len] = '/';
        memcpy(row->path + head.len + 1, tail.ptr, tail.len);
    }
    return row;
}

/* Append the rows of other, which is empty afterwards. */
static void rows_merge(struct path_rows *r, struct path_rows *other)
{
    for (size_t i = 0; i < other->n; i++)
        keep_row(r, (struct path_row *)(uintptr_t)path_rows_at(other, i));
    r->total += other->total;
    free(other->rows);
    *other = (struct path_rows){ 0 };
}

static void set_key(struct group *g)
{
    AUTO_BUF text = BUF_INIT(4 * LIMIT_KEY_BYTES);
    for (size_t i = 0; i < g->n_columns; i++) {
        buf_add(&text, arena_lower(&g->arena, g->columns[i].name));
        buf_add_char(&text, '/');
    }
    buf_add_char(&text, '/');
    buf_add(&text, g->shape);
    buf_add_char(&text, '/');
    buf_add(&text, g->pattern);
    g->key = arena_str(&g->arena, buf_str(&text));
    g->hash = stable_hash(g->key, 0);
}

struct group *group_new(struct str shape, const struct object_name *name)
{
    struct group *g = must(calloc(1, sizeof *g));
    g->shape = arena_str(&g->arena, shape);
    g->pattern = arena_str(&g->arena, name->pattern);
    g->role = name->role;
    g->format = name->format;
    g->compression = name->compression;
    g->is_literal = name->is_literal;
    g->is_machine = name->is_machine;
    g->is_number = name->is_number;
    for (size_t i = 0; i < LIMIT_DISCOVER_SAMPLES; i++)
        g->samples[i].key = (struct buf)BUF_INIT(LIMIT_KEY_BYTES);
    set_key(g);
    return g;
}

void group_free(struct group *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; i < LIMIT_DISCOVER_SAMPLES; i++)
        buf_release(&g->samples[i].key);
    path_rows_release(&g->rows);
    arena_release(&g->arena);
    free(g);
}

static void sample_set(struct sample *s, struct str key, uint64_t size_bytes, uint64_t etag_hash,
                       int64_t modified_ms)
{
    buf_reset(&s->key);
    buf_add(&s->key, key);
    s->size_bytes = size_bytes;
    s->etag_hash = etag_hash;
    s->modified_ms = modified_ms;
}

/* n_seen: objects of the group, this one included.  While all fit all are kept; then the first, the
 * one with the lowest hash, and the last: a choice that is the same in the next scan. */
static void sample_offer(struct group *g, struct str key, uint64_t size_bytes, uint64_t etag_hash,
                         int64_t modified_ms, uint64_t n_seen)
{
    uint64_t hash = stable_hash(key, 1);
    if (n_seen <= LIMIT_DISCOVER_SAMPLES && g->n_samples < LIMIT_DISCOVER_SAMPLES) {
        sample_set(&g->samples[g->n_samples++], key, size_bytes, etag_hash, modified_ms);
        return;
    }
    if (g->lowest == 0) {
        g->lowest = UINT64_MAX;
        for (size_t i = 1; i < g->n_samples; i++) {
            struct sample *s = &g->samples[i], *any = &g->samples[1];
            uint64_t h = stable_hash(buf_str(&s->key), 1);
            if (h >= g->lowest)
                continue;
            g->lowest = h;
            if (s != any)
                sample_set(any, buf_str(&s->key), s->size_bytes, s->etag_hash, s->modified_ms);
        }
        g->n_samples = 3;
    }
    struct sample *last = &g->samples[2];
    if (hash < g->lowest) {
        g->lowest = hash;
        sample_set(&g->samples[1], key, size_bytes, etag_hash, modified_ms);
    }
    sample_set(last, key, size_bytes, etag_hash, modified_ms);
}

void group_add(struct group *g, const struct discover_object *o)
{
    totals_add(&g->totals, o);
    sample_offer(g, o->key, o->size_bytes, o->etag_hash, o->modified_ms, g->totals.n_objects);
}

void group_add_declared(struct group *g, const struct discover_object *o, struct str values)
{
    struct totals one = { 0 };
    totals_add(&one, o);
    group_add(g, o);
    struct path_row *last = NULL;
    if (g->rows.n > 0)
        last = (struct path_row *)(uintptr_t)path_rows_at(&g->rows, g->rows.n - 1);
    struct str rest = values, value = STR_EMPTY;
    for (size_t i = 0; i < g->n_columns; i++) {
        (void)str_cut(rest, '/', &value, &rest);
        bool is_null = str_eq(value, STR("__HIVE_DEFAULT_PARTITION__"));
        g->columns[i].is_nullable |= is_null;
        if (!is_null)
            g->columns[i].type = partition_type_widen(g->columns[i].type, partition_type_of(value));
    }
    if (g->n_columns == 0)
        return;
    if (last == NULL || !str_eq((struct str){ last->path, last->len }, values)) {
        keep_row(&g->rows, row_new(values, STR_EMPTY, &one));
        g->rows.total++;
        return;
    }
    last->n_objects++;
    last->size_bytes += o->size_bytes;
    last->newest_ms = last->newest_ms > o->modified_ms ? last->newest_ms : o->modified_ms;
}

void group_merge(struct group *g, struct group *other)
{
    uint64_t n = g->totals.n_objects + other->totals.n_objects;
    totals_merge(&g->totals, &other->totals);
    for (size_t i = 0; i < other->n_samples; i++) {
        const struct sample *s = &other->samples[i];
        sample_offer(g, buf_str(&s->key), s->size_bytes, s->etag_hash, s->modified_ms, n);
    }
    for (size_t i = 0; i < g->n_columns && i < other->n_columns; i++) {
        g->columns[i].type = partition_type_widen(g->columns[i].type, other->columns[i].type);
        g->columns[i].is_nullable |= other->columns[i].is_nullable;
    }
    rows_merge(&g->rows, &other->rows);
    g->n_top += other->n_top;
    if (g->compression != other->compression)
        g->compression = COMPRESSION_MIXED;
    group_free(other);
}

/* "raw/" in front of every row's path; a group that had no rows becomes the one row. */
static void prefix_rows(struct group *g, struct str raw)
{
    if (g->n_columns == 0) {
        keep_row(&g->rows, row_new(raw, STR_EMPTY, &g->totals));
        g->rows.total = 1;
        return;
    }
    for (size_t i = 0; i < g->rows.n; i++) {
        struct path_row *old = g->rows.rows[i];
        struct totals t = { .n_objects = old->n_objects,
                            .size_bytes = old->size_bytes,
                            .newest_ms = old->newest_ms };
        g->rows.rows[i] = row_new(raw, (struct str){ old->path, old->len }, &t);
        free(old);
    }
}

/* A date without "=" is one even where Spark would read a number. */
static enum partition_type type_of_folder(const struct folder_name *folder)
{
    enum partition_type type = partition_type_of(folder->value);
    if (folder->kind == FOLDER_DATE)
        return folder->value.len == 8 || folder->value.len == 10 ? PARTITION_DATE
                                                                 : PARTITION_STRING;
    return folder->kind == FOLDER_MONTH ? PARTITION_STRING : type;
}

void group_push_value(struct group *g, const struct folder_name *folder, struct str raw)
{
    if (g->n_columns == LIMIT_PARTITION_COLUMNS) {
        group_push_folder(g, raw);
        return;
    }
    prefix_rows(g, raw);
    memmove(g->columns + 1, g->columns, g->n_columns * sizeof g->columns[0]);
    g->columns[0] = (struct partition_column){
        .name = arena_str(&g->arena, folder->column),
        .type = type_of_folder(folder),
        .is_nullable = folder->value.ptr == NULL,
        .is_from_folder = folder->kind != FOLDER_HIVE,
        .declared = STR_EMPTY,
    };
    g->n_columns++;
    g->n_top = 1;
    g->shape = folder->kind == FOLDER_HIVE
                   ? arena_printf(&g->arena, "%.*s=*/%.*s", (int)str_find_char(raw, '='), raw.ptr,
                                  STR_FMT(g->shape))
                   : arena_printf(&g->arena, "*/%.*s", STR_FMT(g->shape));
    set_key(g);
}

void group_pop_value(struct group *g)
{
    assert(g->n_columns > 0 && str_has_prefix(g->shape, STR("*/")));
    g->n_columns--;
    memmove(g->columns, g->columns + 1, g->n_columns * sizeof g->columns[0]);
    g->shape = str_from_pos(g->shape, 2);
    if (g->n_columns == 0)
        path_rows_release(&g->rows);
    for (size_t i = 0; i < g->rows.n; i++) {
        struct path_row *row = g->rows.rows[i];
        const char *slash = memchr(row->path, '/', row->len);
        size_t cut = slash == NULL ? row->len : (size_t)(slash - row->path) + 1;
        memmove(row->path, row->path + cut, row->len - cut);
        row->len -= cut;
    }
    set_key(g);
}

void group_push_folder(struct group *g, struct str raw)
{
    g->shape = arena_printf(&g->arena, "%.*s/%.*s", STR_FMT(raw), STR_FMT(g->shape));
    set_key(g);
}

/* level 1: names no longer count, but suffixes do; 2: nor do suffixes and plain folders; 3: nor do
 * the columns, so that one group is left. */
static void collapse(struct group *g, unsigned level)
{
    if (level == 0 || (level == 1 && g->is_declared))
        return;
    size_t dot = level == 1 ? str_rfind_char(g->pattern, '.') : SIZE_MAX;
    struct str suffix = dot == SIZE_MAX ? STR_EMPTY : str_from_pos(g->pattern, dot);
    g->pattern = arena_printf(&g->arena, "*%.*s", STR_FMT(suffix));
    g->is_literal = false;
    g->is_machine = true;
    g->is_collapsed = true;
    if (level >= 2)
        g->shape = STR("**/");
    if (level >= 3) {
        path_rows_release(&g->rows);
        g->n_columns = 0;
    }
    set_key(g);
}

struct group *group_set_find(struct group_set *s, struct str key)
{
    uint64_t hash = stable_hash(key, 0);
    for (size_t k = 0; k < s->n; k++) {
        size_t i = (s->last + k) % s->n;
        if (s->items[i]->hash == hash && str_eq(s->items[i]->key, key)) {
            s->last = i;
            return s->items[i];
        }
    }
    return NULL;
}

struct group *group_set_find_name(struct group_set *s, struct str pattern)
{
    char key[LIMIT_KEY_BYTES + 8] = "//";
    assert(pattern.len + 2 <= sizeof key);
    memcpy(key + 2, pattern.ptr, pattern.len);
    return group_set_find(s, (struct str){ key, pattern.len + 2 });
}

void group_set_add(struct group_set *s, struct group *g)
{
    if (s->n == s->cap) {
        s->cap = s->cap == 0 ? 4 : s->cap * 2;
        s->items = must(realloc(s->items, s->cap * sizeof(struct group *)));
    }
    s->last = s->n;
    s->items[s->n++] = g;
}

/* Go one level up, until there is room. */
static void make_room(struct group_set *s)
{
    while (s->n >= LIMIT_DISCOVER_NAMES && s->level < 3) {
        struct group_set all = { .level = s->level + 1 };
        for (size_t i = 0; i < s->n; i++) {
            struct group *g = s->items[i];
            collapse(g, all.level);
            struct group *same = group_set_find(&all, g->key);
            if (same != NULL)
                group_merge(same, g);
            else
                group_set_add(&all, g);
        }
        free(s->items);
        *s = all;
    }
}

void group_set_take(struct group_set *s, struct group *g)
{
    collapse(g, s->level);
    struct group *same = group_set_find(s, g->key);
    if (same == NULL && s->n >= LIMIT_DISCOVER_NAMES) {
        make_room(s);
        collapse(g, s->level);
        same = group_set_find(s, g->key);
    }
    if (same != NULL)
        group_merge(same, g);
    else
        group_set_add(s, g);
}

void group_set_release(struct group_set *s)
{
    for (size_t i = 0; i < s->n; i++)
        group_free(s->items[i]);
    free(s->items);
    *s = (struct group_set){ 0 };
}
