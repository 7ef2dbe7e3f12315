/* pure_item: container[index] and container[from:to:step].  See pure.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_internal.h"
#include "util/limits.h"

/* A place between the characters of a text; in_hole: counting ended at a hole. */
struct place {
    size_t at;
    bool in_hole;
};

static struct place count_forward(const struct value *text, int64_t n)
{
    struct str s = text->text.bytes;
    size_t at = 0;
    for (; n > 0 && at < s.len; n--) {
        if (s.ptr[at] == HOLE_BYTE)
            return (struct place){ at, true };
        at += utf8_size((unsigned char)s.ptr[at]);
    }
    return (struct place){ at < s.len ? at : s.len, false };
}

static struct place count_backward(const struct value *text, int64_t n)
{
    struct str s = text->text.bytes;
    size_t at = s.len;
    for (; n > 0 && at > 0; n--) {
        if (s.ptr[at - 1] == HOLE_BYTE)
            return (struct place){ at, true };
        do
            at--;
        while (at > 0 && ((unsigned char)s.ptr[at] & 0xC0) == 0x80);
    }
    return (struct place){ at, false };
}

static size_t slice_start(const struct value *text, int64_t from)
{
    struct place p = from >= 0 ? count_forward(text, from) : count_backward(text, -from);
    return p.in_hole && from < 0 ? p.at - 1 : p.at;
}

static size_t slice_end(const struct value *text, int64_t to)
{
    struct place p = to >= 0 ? count_forward(text, to) : count_backward(text, -to);
    return p.in_hole && to >= 0 ? p.at + 1 : p.at;
}

struct value *pure_slice_text(struct values *vs, struct value *text, const int64_t *from,
                              const int64_t *to)
{
    size_t start = from == NULL ? 0 : slice_start(text, *from);
    size_t end = to == NULL ? text->text.bytes.len : slice_end(text, *to);
    return value_text_slice(vs, text, start, end > start ? end : start);
}

bool pure_text_length(const struct value *text, int64_t *out)
{
    if (text->text.n_holes > 0)
        return false;
    int64_t n = 0;
    for (size_t at = 0; at < text->text.bytes.len; n++)
        at += text->flags & VALUE_IS_BYTES ? 1 : utf8_size((unsigned char)text->text.bytes.ptr[at]);
    *out = n;
    return true;
}

static int64_t clamp(int64_t at, int64_t n, int64_t low, int64_t high)
{
    if (at < 0)
        at = at < -n ? low : at + n;
    return at < low ? low : at > high ? high : at;
}

struct value *pure_slice_seq(struct values *vs, struct value *seq, const int64_t *from,
                             const int64_t *to, int64_t step)
{
    const struct seq *s = seq->seq;
    int64_t n = (int64_t)s->n;
    bool is_down = step < 0;
    int64_t low = is_down ? -1 : 0, high = is_down ? n - 1 : n;
    int64_t at = from != NULL ? clamp(*from, n, low, high) : is_down ? n - 1 : 0;
    int64_t end = to != NULL ? clamp(*to, n, low, high) : is_down ? -1 : n;
    struct value *out = value_seq(vs, seq->flags);
    if (out->kind != VALUE_SEQ || step == 0)
        return out;
    /* past the ends of what is known a slice of an open sequence is open */
    bool is_inside = from == NULL || *from >= 0;
    is_inside = is_inside && to != NULL && *to >= 0 && *to <= n && !is_down;
    out->seq->is_open = s->is_open && !is_inside;
    out->seq->any_more = out->seq->is_open ? s->any_more : NULL;
    if (step > n + 1 || step < -n - 1)
        step = is_down ? -n - 1 : n + 1;
    for (; is_down ? at > end : at < end; at += step)
        value_seq_add(vs, out, s->items[at]);
    return out;
}

/* One of the elements, it is not known which. */
static struct value *any_of_seq(struct values *vs, const struct seq *s)
{
    struct value *all = s->any_more;
    for (size_t i = 0; i < s->n && i <= LIMIT_ALTERNATIVES; i++)
        all = value_join(vs, all, s->items[i]);
    return all;
}

static struct value *any_of_map(struct values *vs, const struct map *m)
{
    struct value *all = m->any;
    for (size_t i = 0; i < m->entries.n && i <= LIMIT_ALTERNATIVES; i++)
        all = value_join(vs, all, m->entries.entries[i].value);
    return all;
}

static struct value *item_of_seq(struct values *vs, const struct seq *s, const struct value *index)
{
    int64_t at;
    struct str name;
    if (value_is_whole(index, &at)) {
        if (at < 0 && !s->is_open)
            at += (int64_t)s->n;
        if (at >= 0 && (uint64_t)at < s->n)
            return s->items[at];
        return s->is_open ? s->any_more : NULL;
    }
    if (value_is_known_text(index, &name)) {
        for (size_t i = 0; s->names != NULL && i < s->n; i++)
            if (str_eq(s->names[i], name))
                return s->items[i];
        return NULL;
    }
    return index->kind == VALUE_UNKNOWN || index->kind == VALUE_CHAIN ? any_of_seq(vs, s) : NULL;
}

static struct value *item_of_map(struct values *vs, const struct value *map,
                                 const struct value *index)
{
    struct str key;
    if (value_map_key(vs, index, &key))
        return value_map_get(vs, map, key);
    return any_of_map(vs, map->map);
}

static struct value *item_of_text(struct values *vs, struct value *text, const struct value *index)
{
    int64_t at, next;
    if (!value_is_whole(index, &at) || at > INT32_MAX || at < -INT32_MAX)
        return NULL;
    int64_t length;
    if (pure_text_length(text, &length) && (at >= length || at < -length))
        return NULL;
    next = at + 1;
    return pure_slice_text(vs, text, &at, at == -1 ? NULL : &next);
}

static struct value *subscript(const struct pure_call *c)
{
    const struct value *index = c->args->items[0];
    struct str name;
    switch (c->self->kind) {
    case VALUE_SEQ:
        return item_of_seq(c->vs, c->self->seq, index);
    case VALUE_MAP:
        return item_of_map(c->vs, c->self, index);
    case VALUE_TEXT:
        return item_of_text(c->vs, c->self, index);
    default:
        if (!value_is_known_text(index, &name))
            return NULL;
        return value_unknown(c->vs, value_hole(c->self).reason, name);
    }
}

struct value *pure_subscript(struct values *vs, struct value *container, struct value *index)
{
    static const struct pure_row row = { .run = subscript };
    struct call_args args = { .items = &index, .n_items = 1 };
    struct pure_call c = { .vs = vs, .self = container, .args = &args };
    return pure_spread(&c, &row);
}

/* NULL if the bound is not given; false if it is not known. */
static bool bound(const struct value *v, int64_t *number, const int64_t **out)
{
    *out = NULL;
    if (pure_is_none(v))
        return true;
    if (!value_is_whole(v, number))
        return false;
    if (*number < -INT32_MAX || *number > INT32_MAX)
        *number = *number < 0 ? -INT32_MAX : INT32_MAX;
    *out = number;
    return true;
}

/* Every step-th character. */
static struct value *stepped_text(struct values *vs, struct value *text, const int64_t *from,
                                  const int64_t *to, int64_t step)
{
    int64_t n;
    if (!pure_text_length(text, &n) || n > (int64_t)LIMIT_SEQ_ITEMS)
        return NULL;
    struct value *all = value_seq(vs, 0);
    struct value **items = ARENA_NEW_N(vs->arena, struct value *, (size_t)n + 1);
    size_t n_items;
    bool is_open;
    if (!value_elements(vs, text, items, (size_t)n, &n_items, &is_open))
        return NULL;
    for (size_t i = 0; i < n_items; i++)
        value_seq_add(vs, all, items[i]);
    if (all->kind != VALUE_SEQ)
        return NULL;
    struct value *some = pure_slice_seq(vs, all, from, to, step);
    return some->kind == VALUE_SEQ ? value_concat_all(vs, some->seq->items, some->seq->n) : NULL;
}

static struct value *slice(const struct pure_call *c)
{
    int64_t from, to, step = 1;
    const int64_t *from_at, *to_at, *step_at;
    if (!bound(c->args->items[0], &from, &from_at) || !bound(c->args->items[1], &to, &to_at) ||
        !bound(c->args->items[2], &step, &step_at) || step == 0)
        return NULL;
    if (c->self->kind == VALUE_SEQ)
        return pure_slice_seq(c->vs, c->self, from_at, to_at, step);
    if (c->self->kind != VALUE_TEXT)
        return NULL;
    if (step != 1)
        return stepped_text(c->vs, c->self, from_at, to_at, step);
    return pure_slice_text(c->vs, c->self, from_at, to_at);
}

struct value *pure_slice(struct values *vs, struct value *container, struct value *from,
                         struct value *to, struct value *step)
{
    static const struct pure_row row = { .run = slice };
    struct value *items[] = { from, to, step };
    struct call_args args = { .items = items, .n_items = 3 };
    struct pure_call c = { .vs = vs, .self = container, .args = &args };
    return pure_spread(&c, &row);
}
