/* value_join: alternatives: joining them, comparing them, multiplying them.  See value.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/value_internal.h"
#include "util/limits.h"

#include <string.h>

/* Depth to which containers are compared and hashed by content. */
#define MAX_EQ_DEPTH 6U

#define FLAGS_OF_TYPE                                                                              \
    (VALUE_IS_PATH | VALUE_IS_BYTES | VALUE_IS_TUPLE | VALUE_IS_SET | VALUE_IS_DATE |              \
     VALUE_IS_PATTERN)

static bool eq(const struct value *a, const struct value *b, unsigned depth);

static bool eq_or_null(const struct value *a, const struct value *b, unsigned depth)
{
    return a == b || (a != NULL && b != NULL && eq(a, b, depth));
}

static bool eq_seq(const struct seq *a, const struct seq *b, unsigned depth)
{
    if (a == b)
        return true;
    if (depth == 0 || a->n != b->n || a->is_open != b->is_open)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!eq(a->items[i], b->items[i], depth - 1))
            return false;
    return eq_or_null(a->any_more, b->any_more, depth - 1);
}

static size_t map_size(const struct map *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->entries.n; i++)
        n += m->entries.entries[i].value != NULL;
    return n;
}

static bool eq_map(const struct map *a, const struct map *b, unsigned depth)
{
    if (a == b)
        return true;
    if (depth == 0 || a->is_open != b->is_open || map_size(a) != map_size(b))
        return false;
    for (size_t i = 0; i < a->entries.n; i++) {
        const struct strmap_entry *e = &a->entries.entries[i];
        if (e->value != NULL && !eq_or_null(e->value, strmap_get(&b->entries, e->key), depth - 1))
            return false;
    }
    return eq_or_null(a->any, b->any, depth - 1);
}

static bool eq_args(const struct call_args *a, const struct call_args *b, unsigned depth)
{
    if (a == b)
        return true;
    if (a == NULL || b == NULL || a->n_items != b->n_items || a->n_named != b->n_named ||
        a->is_open != b->is_open)
        return false;
    for (size_t i = 0; i < a->n_items; i++)
        if (!eq(a->items[i], b->items[i], depth))
            return false;
    for (size_t i = 0; i < a->n_named; i++)
        if (!str_eq(a->names[i], b->names[i]) || !eq(a->named[i], b->named[i], depth))
            return false;
    return true;
}

static bool eq_step(const struct chain *a, const struct chain *b, unsigned depth)
{
    return a->step == b->step && str_eq(a->name, b->name) && str_eq(a->kind, b->kind) &&
           a->fields == b->fields && eq_or_null(a->bucket, b->bucket, depth) &&
           eq_or_null(a->place, b->place, depth) && eq_or_null(a->item, b->item, depth) &&
           eq_args(a->args, b->args, depth);
}

static bool eq_chain(const struct chain *a, const struct chain *b, unsigned depth)
{
    if (a == b)
        return true;
    if (depth == 0 || a->depth != b->depth)
        return false;
    for (; a != NULL && b != NULL && a != b; a = a->base, b = b->base)
        if (!eq_step(a, b, depth - 1))
            return false;
    return a == b;
}

static bool eq_number(const struct value *a, const struct value *b)
{
    if (a->number.is_whole != b->number.is_whole)
        return false;
    if (a->number.is_whole)
        return a->number.whole == b->number.whole;
    return memcmp(&a->number.real, &b->number.real, sizeof a->number.real) == 0;
}

static bool eq_function(const struct function *a, const struct function *b, unsigned depth)
{
    return a == b ||
           (a->def == b->def && a->scope == b->scope && eq_or_null(a->self, b->self, depth));
}

static bool eq_union(const struct value *a, const struct value *b, unsigned depth)
{
    if (a->either.n != b->either.n)
        return false;
    for (uint32_t i = 0; i < a->either.n; i++)
        if (!eq(a->either.items[i], b->either.items[i], depth))
            return false;
    return true;
}

static bool eq(const struct value *a, const struct value *b, unsigned depth)
{
    if (a == b)
        return true;
    if (a->kind != b->kind || ((a->flags ^ b->flags) & FLAGS_OF_TYPE) != 0)
        return false;
    switch (a->kind) {
    case VALUE_UNKNOWN:
        return true;
    case VALUE_TEXT:
        return str_eq(a->text.bytes, b->text.bytes);
    case VALUE_NUMBER:
        return eq_number(a, b);
    case VALUE_CONST:
        return str_eq(a->constant, b->constant);
    case VALUE_SEQ:
        return eq_seq(a->seq, b->seq, depth);
    case VALUE_MAP:
        return eq_map(a->map, b->map, depth);
    case VALUE_CHAIN:
        return eq_chain(a->chain, b->chain, depth);
    case VALUE_FUNCTION:
        return eq_function(a->function, b->function, depth);
    case VALUE_CLASS:
        return a->klass == b->klass;
    case VALUE_INSTANCE:
        return a->instance == b->instance;
    default:
        return eq_union(a, b, depth);
    }
}

bool value_eq(const struct value *a, const struct value *b)
{
    return eq(a, b, MAX_EQ_DEPTH);
}

static uint64_t mixed(uint64_t h, uint64_t more)
{
    h ^= more + 0x9E3779B97F4A7C15U + (h << 6) + (h >> 2);
    return h * 0xD6E8FEB86659FD93U;
}

static uint64_t hash(const struct value *v, unsigned depth);

static uint64_t hash_map(const struct map *m, unsigned depth)
{
    uint64_t sum = m->is_open;
    for (size_t i = 0; i < m->entries.n; i++)
        if (m->entries.entries[i].value != NULL)
            sum += mixed(m->entries.entries[i].hash, hash(m->entries.entries[i].value, depth - 1));
    return sum;
}

static uint64_t hash_seq(const struct seq *s, unsigned depth)
{
    uint64_t h = s->n;
    for (size_t i = 0; i < s->n; i++)
        h = mixed(h, hash(s->items[i], depth - 1));
    return h;
}

static uint64_t hash_chain(const struct chain *chain)
{
    uint64_t h = chain->depth;
    for (; chain != NULL; chain = chain->base)
        h = mixed(h, str_hash(chain->name));
    return h;
}

static uint64_t hash_number(const struct value *v)
{
    uint64_t bits;
    if (v->number.is_whole)
        return mixed(1, (uint64_t)v->number.whole);
    memcpy(&bits, &v->number.real, sizeof bits);
    return bits;
}

static uint64_t hash(const struct value *v, unsigned depth)
{
    uint64_t h = mixed(v->kind, v->flags & FLAGS_OF_TYPE);
    switch (v->kind) {
    case VALUE_TEXT:
        return mixed(h, str_hash(v->text.bytes));
    case VALUE_NUMBER:
        return mixed(h, hash_number(v));
    case VALUE_CONST:
        return mixed(h, str_hash(v->constant));
    case VALUE_SEQ:
        return depth == 0 ? h : mixed(h, hash_seq(v->seq, depth));
    case VALUE_MAP:
        return depth == 0 ? h : mixed(h, hash_map(v->map, depth));
    case VALUE_CHAIN:
        return mixed(h, hash_chain(v->chain));
    case VALUE_FUNCTION:
        return mixed(h, (uintptr_t)v->function->def);
    case VALUE_CLASS:
        return mixed(h, (uintptr_t)v->klass);
    case VALUE_INSTANCE:
        return mixed(h, (uintptr_t)v->instance);
    case VALUE_UNION:
        for (uint32_t i = 0; i < v->either.n; i++)
            h = mixed(h, hash(v->either.items[i], depth));
        return h;
    default:
        return h;
    }
}

uint64_t value_hash(const struct value *v)
{
    return hash(v, MAX_EQ_DEPTH);
}

/* The bytes that both begin with: no hole, no part of a character. */
static size_t common_prefix(struct str a, struct str b)
{
    size_t n = 0;
    while (n < a.len && n < b.len && a.ptr[n] == b.ptr[n] && a.ptr[n] != HOLE_BYTE)
        n++;
    while (n > 0 && n < a.len && ((unsigned char)a.ptr[n] & 0xC0) == 0x80)
        n--;
    return n;
}

static size_t common_suffix(struct str a, struct str b, size_t max)
{
    size_t n = 0;
    while (n < max && a.ptr[a.len - 1 - n] == b.ptr[b.len - 1 - n] &&
           a.ptr[a.len - 1 - n] != HOLE_BYTE)
        n++;
    while (n > 0 && ((unsigned char)a.ptr[a.len - n] & 0xC0) == 0x80)
        n--;
    return n;
}

/* One value that stands for both. */
static struct value *widen(struct values *vs, struct value *a, struct value *b)
{
    vs->hit_limit = true;
    if (a->kind != VALUE_TEXT || b->kind != VALUE_TEXT || a->flags != b->flags)
        return value_unknown(vs, HOLE_LIMIT, STR_EMPTY);
    struct str x = a->text.bytes, y = b->text.bytes;
    size_t prefix = common_prefix(x, y);
    size_t shorter = x.len < y.len ? x.len : y.len;
    size_t suffix = common_suffix(x, y, shorter - prefix);
    struct text_out out = TEXT_OUT_INIT(vs);
    text_out_add(&out, str_slice(x, 0, prefix));
    text_out_hole(&out, (struct hole){ HOLE_LIMIT, STR_EMPTY });
    text_out_add(&out, str_from_pos(x, x.len - suffix));
    return text_out_take(&out, a->flags);
}

static void add_alternative(struct values *vs, struct value **items, uint32_t *n, struct value *v)
{
    for (uint32_t i = 0; i < *n; i++)
        if (value_eq(items[i], v))
            return;
    if (*n < LIMIT_ALTERNATIVES) {
        items[(*n)++] = v;
        return;
    }
    struct value *wide = widen(vs, items[*n - 1], v);
    if (!value_eq(wide, items[*n - 1]))
        items[*n - 1] = wide;
}

struct value *value_join(struct values *vs, struct value *a, struct value *b)
{
    if (a == NULL || a == b)
        return b;
    if (b == NULL)
        return a;
    if (values_are_full(vs))
        return vs->full;
    struct value *items[LIMIT_ALTERNATIVES];
    uint32_t n = 0;
    if (a->kind == VALUE_UNION) { /* they are different already */
        memcpy(items, a->either.items, a->either.n * sizeof *items);
        n = a->either.n;
    } else {
        items[n++] = a;
    }
    struct value *last = items[n - 1];
    uint32_t n_before = n;
    for (size_t i = 0; i < value_n_alternatives(b); i++)
        add_alternative(vs, items, &n, value_alternative(b, i));
    if (n == n_before && items[n - 1] == last)
        return a;
    struct value **kept = ARENA_NEW_N(vs->arena, struct value *, n);
    memcpy(kept, items, n * sizeof(struct value *));
    struct value *v = value_make(vs, VALUE_UNION);
    v->either.items = kept;
    v->either.n = n;
    v->origin = a->origin != NULL ? a->origin : b->origin;
    return v;
}

/* How far apart the same union is recognised; keeps long lists linear. */
#define MAX_CHOICE_DISTANCE 64U

/* The first of values that is the same union as values[i]. */
static size_t same_choice(struct value *const *values, size_t i)
{
    for (size_t j = i > MAX_CHOICE_DISTANCE ? i - MAX_CHOICE_DISTANCE : 0; j < i; j++)
        if (values[j] != NULL && values[j]->kind == VALUE_UNION &&
            values[j]->either.items == values[i]->either.items)
            return j;
    return i;
}

size_t choices_count(struct value *const *values, size_t n, size_t max)
{
    size_t count = 1;
    for (size_t i = 0; i < n && count <= max; i++)
        if (values[i] != NULL && values[i]->kind == VALUE_UNION && same_choice(values, i) == i)
            count *= values[i]->either.n;
    return count;
}

void choices_pick(struct value *const *values, size_t n, size_t k, struct value **picked)
{
    for (size_t i = 0; i < n; i++) {
        picked[i] = values[i];
        if (values[i] == NULL || values[i]->kind != VALUE_UNION)
            continue;
        size_t same = same_choice(values, i);
        if (same < i) {
            for (uint32_t j = 0; j < values[i]->either.n; j++)
                if (values[same]->either.items[j] == picked[same])
                    picked[i] = picked[same];
            continue;
        }
        picked[i] = values[i]->either.items[k % values[i]->either.n];
        k /= values[i]->either.n;
    }
}

const struct origin *origin_join(struct values *vs, const struct origin *a, const struct origin *b)
{
    if (a == NULL || a == b)
        return b;
    if (b == NULL)
        return a;
    struct origin *o = ARENA_NEW(vs->arena, struct origin);
    *o = (struct origin){ .step = "made of", .name = STR_EMPTY, .from = a, .also = b };
    o->file = a->file;
    o->cell = a->cell;
    o->line = a->line;
    return o;
}

/* Parts of a text whose origins are kept. */
#define MAX_ORIGINS 8U

static const struct origin *origin_of_parts(struct values *vs, struct value *const *parts, size_t n)
{
    const struct origin *all = NULL;
    for (size_t i = 0, n_kept = 0; i < n && n_kept < MAX_ORIGINS; i++) {
        n_kept += parts[i]->origin != NULL;
        all = origin_join(vs, all, parts[i]->origin);
    }
    return all;
}

static struct value *concat_picked(struct values *vs, struct value *const *parts, size_t n)
{
    struct text_out out = TEXT_OUT_INIT(vs);
    unsigned flags = n > 0 ? VALUE_IS_BYTES : 0;
    for (size_t i = 0; i < n; i++) {
        if (parts[i]->kind == VALUE_UNION)
            text_out_hole(&out, (struct hole){ HOLE_LIMIT, STR_EMPTY });
        else
            text_out_joined(&out, parts[i]);
        flags &= parts[i]->kind == VALUE_TEXT ? parts[i]->flags : 0U;
    }
    if (n > 0 && parts[0]->kind == VALUE_TEXT)
        flags |= parts[0]->flags & (VALUE_IS_LISTED | VALUE_IS_LOCAL);
    struct value *v = text_out_take(&out, flags);
    if (v != vs->full)
        v->origin = origin_of_parts(vs, parts, n);
    return v;
}

struct value *value_concat_all(struct values *vs, struct value *const *parts, size_t n)
{
    if (values_are_full(vs))
        return vs->full;
    size_t count = choices_count(parts, n, LIMIT_ALTERNATIVES);
    if (count == 1)
        return concat_picked(vs, parts, n);
    struct value **picked = ARENA_NEW_N(vs->arena, struct value *, n);
    struct value *all = NULL;
    for (size_t k = 0; k < count && k < LIMIT_ALTERNATIVES; k++) {
        choices_pick(parts, n, k, picked);
        all = value_join(vs, all, concat_picked(vs, picked, n));
    }
    if (count > LIMIT_ALTERNATIVES) {
        vs->hit_limit = true;
        all = value_join(vs, all, concat_picked(vs, parts, n));
    }
    return all;
}

struct value *value_concat(struct values *vs, struct value *a, struct value *b)
{
    struct value *const parts[] = { a, b };
    return value_concat_all(vs, parts, 2);
}
