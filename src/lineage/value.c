/* value: see value.h.  Constructors, containers and what is asked of one value. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/value_internal.h"
#include "util/limits.h"

#include <string.h>

void values_init(struct values *vs, struct arena *a, size_t limit_bytes)
{
    *vs = (struct values){ .arena = a, .limit_bytes = SIZE_MAX };
    vs->full = value_unknown(vs, HOLE_LIMIT, STR_EMPTY);
    vs->declined = value_unknown(vs, HOLE_RUN_TIME, STR_EMPTY);
    vs->environ = value_map(vs);
    vs->widgets = value_map(vs);
    vs->options = value_map(vs);
    vs->environ->map->is_open = true;
    vs->environ->map->missing.reason = HOLE_ENVIRONMENT;
    vs->limit_bytes = limit_bytes;
}

struct value *value_unknown(struct values *vs, enum hole_reason reason, struct str name)
{
    if (values_are_full(vs))
        return vs->full;
    struct value *v = value_make(vs, VALUE_UNKNOWN);
    v->unknown = (struct hole){ reason, name };
    return v;
}

struct value *value_text_with_holes(struct values *vs, struct str bytes, const struct hole *holes,
                                    size_t n_holes)
{
    if (values_are_full(vs))
        return vs->full;
    struct value *v = value_make(vs, VALUE_TEXT);
    v->text.bytes = bytes;
    v->text.holes = holes;
    v->text.n_holes = (uint32_t)n_holes;
    return v;
}

static size_t count_holes(struct str s)
{
    size_t n = 0;
    for (size_t at = str_find_char(s, HOLE_BYTE); at != SIZE_MAX;
         at = str_find_char(s, HOLE_BYTE)) {
        n++;
        s = str_from_pos(s, at + 1);
    }
    return n;
}

struct value *value_text(struct values *vs, struct str bytes)
{
    if (values_are_full(vs))
        return vs->full;
    size_t n = count_holes(bytes);
    /* zeroed holes have reason RUN_TIME and no name */
    return value_text_with_holes(vs, bytes, n == 0 ? NULL : ARENA_NEW_N(vs->arena, struct hole, n),
                                 n);
}

struct value *value_number(struct values *vs, double real)
{
    if (values_are_full(vs))
        return vs->full;
    struct value *v = value_make(vs, VALUE_NUMBER);
    v->number.real = real;
    return v;
}

struct value *value_whole(struct values *vs, int64_t whole)
{
    struct value *v = value_number(vs, (double)whole);
    if (v->kind == VALUE_NUMBER) {
        v->number.whole = whole;
        v->number.is_whole = true;
    }
    return v;
}

struct value *value_const(struct values *vs, struct str name)
{
    if (values_are_full(vs))
        return vs->full;
    struct value *v = value_make(vs, VALUE_CONST);
    v->constant = name;
    return v;
}

struct value *value_bool(struct values *vs, bool is_true)
{
    return value_const(vs, is_true ? STR("True") : STR("False"));
}

struct value *value_seq(struct values *vs, unsigned flags)
{
    if (values_are_full(vs))
        return vs->full;
    struct value *v = value_make(vs, VALUE_SEQ);
    v->flags = (uint8_t)flags;
    v->seq = ARENA_NEW(vs->arena, struct seq);
    return v;
}

void value_seq_add(struct values *vs, struct value *seq, struct value *item)
{
    if (seq->kind != VALUE_SEQ || item == NULL)
        return;
    struct seq *s = seq->seq;
    if (s->n >= LIMIT_SEQ_ITEMS || values_are_full(vs)) {
        vs->hit_limit = true;
        s->is_open = true;
        return;
    }
    if (s->names != NULL) {
        s->names = arena_grow(vs->arena, s->names, s->n, s->n + 1, sizeof *s->names);
        s->names[s->n] = STR_EMPTY;
    }
    *ARENA_PUSH(vs->arena, s->items, s->n, s->cap) = item;
}

struct value *value_map(struct values *vs)
{
    if (values_are_full(vs))
        return vs->full;
    struct value *v = value_make(vs, VALUE_MAP);
    v->map = ARENA_NEW(vs->arena, struct map);
    strmap_init(&v->map->entries, vs->arena);
    return v;
}

bool value_map_key(struct values *vs, const struct value *key, struct str *out)
{
    switch (key->kind) {
    case VALUE_TEXT:
        return value_is_known_text(key, out);
    case VALUE_NUMBER:
        *out = number_text(vs, key);
        return true;
    case VALUE_CONST:
        *out = key->constant;
        return true;
    case VALUE_SEQ: {
        struct text_out text = TEXT_OUT_INIT(vs);
        struct value copy = *key;
        text_out_repr(&text, &copy, 0);
        return value_is_known_text(text_out_take(&text, 0), out);
    }
    default:
        return false;
    }
}

static void weak_put(struct values *vs, struct map *map, const struct value *key,
                     struct value *item)
{
    struct str name;
    if (value_map_key(vs, key, &name))
        strmap_put(&map->entries, name, value_join(vs, strmap_get(&map->entries, name), item));
    else
        map->any = value_join(vs, map->any, item);
}

void value_map_put(struct values *vs, struct value *map, struct value *key, struct value *item)
{
    if (map->kind != VALUE_MAP || item == NULL)
        return;
    struct map *m = map->map;
    struct str name;
    if (m->entries.n >= LIMIT_SEQ_ITEMS || values_are_full(vs)) {
        vs->hit_limit = true;
        m->is_open = true;
    } else if (key->kind != VALUE_UNION && value_map_key(vs, key, &name)) {
        strmap_put(&m->entries, name, item);
    } else {
        for (size_t i = 0; i < value_n_alternatives(key); i++)
            weak_put(vs, m, value_alternative(key, i), item);
    }
}

struct value *value_map_get(struct values *vs, const struct value *map, struct str key)
{
    if (map->kind != VALUE_MAP)
        return value_unknown(vs, value_hole(map).reason, key);
    struct value *item = strmap_get(&map->map->entries, key);
    if (item != NULL || map->map->any != NULL)
        return value_join(vs, item, map->map->any);
    return map->map->is_open ? value_unknown(vs, map->map->missing.reason, key) : NULL;
}

static struct value *copy_of(struct values *vs, const struct value *v)
{
    struct value *copy = ARENA_NEW(vs->arena, struct value);
    *copy = *v;
    return copy;
}

struct value *value_with_flags(struct values *vs, const struct value *v, unsigned flags)
{
    if (values_are_full(vs))
        return vs->full;
    struct value *copy = copy_of(vs, v);
    copy->flags = (uint8_t)flags;
    return copy;
}

struct value *value_with_origin_in(struct values *vs, const struct value *v, const char *step,
                                   struct str name, struct str file, uint32_t cell, uint32_t line)
{
    if (values_are_full(vs))
        return vs->full;
    struct origin *o = ARENA_NEW(vs->arena, struct origin);
    *o = (struct origin){ .step = step, .name = name, .file = file, .cell = cell, .line = line };
    o->from = v->origin;
    struct value *copy = copy_of(vs, v);
    copy->origin = o;
    return copy;
}

struct value *value_with_origin(struct values *vs, const struct value *v, const char *step,
                                struct str name, uint32_t cell, uint32_t line)
{
    return value_with_origin_in(vs, v, step, name, STR_EMPTY, cell, line);
}

bool value_is_known_text(const struct value *v, struct str *out)
{
    if (v == NULL || v->kind != VALUE_TEXT || v->text.n_holes > 0)
        return false;
    *out = v->text.bytes;
    return true;
}

bool value_is_whole(const struct value *v, int64_t *out)
{
    if (v == NULL || v->kind != VALUE_NUMBER || !v->number.is_whole)
        return false;
    *out = v->number.whole;
    return true;
}

static int text_truth(const struct value *v)
{
    if (v->text.bytes.len == 0)
        return -1;
    return v->text.bytes.len > v->text.n_holes ? 1 : 0;
}

static int map_truth(const struct map *m)
{
    for (size_t i = 0; i < m->entries.n; i++)
        if (m->entries.entries[i].value != NULL)
            return 1;
    return m->is_open || m->any != NULL ? 0 : -1;
}

static int union_truth(const struct value *v)
{
    int all = value_truth(v->either.items[0]);
    for (uint32_t i = 1; i < v->either.n; i++)
        if (value_truth(v->either.items[i]) != all)
            return 0;
    return all;
}

int value_truth(const struct value *v)
{
    switch (v->kind) {
    case VALUE_TEXT:
        return text_truth(v);
    case VALUE_NUMBER:
        return v->number.real < 0 || v->number.real > 0 ? 1 : -1;
    case VALUE_CONST:
        return str_eq(v->constant, STR("None")) || str_eq(v->constant, STR("False")) ? -1 : 1;
    case VALUE_SEQ:
        if (v->seq->n > 0)
            return 1;
        return v->seq->is_open ? 0 : -1;
    case VALUE_MAP:
        return map_truth(v->map);
    case VALUE_FUNCTION:
    case VALUE_CLASS:
        return 1;
    case VALUE_UNION:
        return union_truth(v);
    default:
        return 0;
    }
}

/* Elements being gathered. */
struct gather {
    struct value **items;
    size_t n, max;
    bool is_open;
};

static void gather_add(struct gather *g, struct value *item)
{
    if (g->n < g->max)
        g->items[g->n++] = item;
    else
        g->is_open = true;
}

static void gather_seq(struct gather *g, const struct seq *s)
{
    for (size_t i = 0; i < s->n && !(g->n == g->max && g->is_open); i++)
        gather_add(g, s->items[i]);
    if (s->any_more != NULL)
        gather_add(g, s->any_more);
    else if (s->is_open)
        g->is_open = true;
}

static void gather_keys(struct values *vs, struct gather *g, const struct map *m)
{
    for (size_t i = 0; i < m->entries.n && !(g->n == g->max && g->is_open); i++)
        if (m->entries.entries[i].value != NULL)
            gather_add(g, value_text(vs, m->entries.entries[i].key));
    if (m->is_open || m->any != NULL)
        g->is_open = true;
}

size_t utf8_size(unsigned char first)
{
    if (first < 0xC2)
        return 1;
    if (first < 0xE0)
        return 2;
    return first < 0xF0 ? 3 : 4;
}

static void gather_characters(struct values *vs, struct gather *g, const struct value *v)
{
    size_t at = 0, size;
    for (; at < v->text.bytes.len && !(g->n == g->max && g->is_open); at += size) {
        size = utf8_size((unsigned char)v->text.bytes.ptr[at]);
        if (v->text.bytes.ptr[at] == HOLE_BYTE)
            g->is_open = true;
        else
            gather_add(g, value_text(vs, str_slice(v->text.bytes, at, at + size)));
    }
}

static bool gather(struct values *vs, struct gather *g, const struct value *v)
{
    switch (v->kind) {
    case VALUE_SEQ:
        gather_seq(g, v->seq);
        return true;
    case VALUE_MAP:
        gather_keys(vs, g, v->map);
        return true;
    case VALUE_TEXT:
        gather_characters(vs, g, v);
        return true;
    default:
        return false;
    }
}

bool value_elements(struct values *vs, struct value *v, struct value **items, size_t max, size_t *n,
                    bool *is_open)
{
    struct gather g = { .items = items, .max = max };
    bool is_known = false;
    for (size_t i = 0; i < value_n_alternatives(v); i++) {
        if (gather(vs, &g, value_alternative(v, i)))
            is_known = true;
        else
            g.is_open = true;
    }
    if (!is_known)
        return false;
    *n = g.n;
    *is_open = g.is_open;
    return true;
}

struct value *args_named(const struct call_args *args, struct str name)
{
    for (size_t i = 0; i < args->n_named; i++)
        if (str_eq(args->names[i], name))
            return args->named[i];
    return NULL;
}

struct value *args_get(const struct call_args *args, size_t index, struct str name)
{
    if (index < args->n_items)
        return args->items[index];
    return name.len == 0 ? NULL : args_named(args, name);
}

const char *hole_reason_name(enum hole_reason reason)
{
    static const char *const names[HOLE_N_REASONS] = {
        [HOLE_RUN_TIME] = "run-time value",
        [HOLE_ENVIRONMENT] = "environment",
        [HOLE_ARGUMENT] = "argument",
        [HOLE_IMPORTED] = "imported",
        [HOLE_CONFIGURATION] = "configuration",
        [HOLE_CLOCK] = "clock",
        [HOLE_RANDOM] = "random",
        [HOLE_INPUT] = "input",
        [HOLE_LISTING] = "listing",
        [HOLE_LIMIT] = "limit",
    };
    return reason < HOLE_N_REASONS ? names[reason] : "unknown";
}
