/* pure_seq: the methods of list, tuple and set, and of arrays that are known as lists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_url.h"
#include "util/limits.h"

#include <stdlib.h>

struct value *seq_other(struct values *vs, const struct seq *s)
{
    return s->any_more != NULL ? s->any_more : value_unknown(vs, HOLE_RUN_TIME, STR_EMPTY);
}

struct value *seq_copy(struct values *vs, const struct value *in, unsigned flags)
{
    if (in == NULL)
        return NULL;
    struct value *out = value_seq(vs, flags | (in->flags & VALUE_IS_LISTED));
    if (in->kind != VALUE_SEQ || out->kind != VALUE_SEQ)
        return out;
    for (size_t i = 0; i < in->seq->n; i++)
        value_seq_add(vs, out, in->seq->items[i]);
    out->seq->is_open = out->seq->is_open || in->seq->is_open;
    out->seq->any_more = in->seq->any_more;
    return out;
}

static struct value *seq_of_characters(struct values *vs, const struct value *text)
{
    struct value *all = value_seq(vs, 0);
    struct str s = text->text.bytes;
    for (size_t at = 0, size; at < s.len && all->kind == VALUE_SEQ && !all->seq->is_open;
         at += size) {
        size = utf8_size((unsigned char)s.ptr[at]);
        if (s.ptr[at] == HOLE_BYTE)
            all->seq->is_open = true;
        else
            value_seq_add(vs, all, value_text_slice(vs, text, at, at + size));
    }
    return all;
}

struct value *seq_of(struct values *vs, struct value *v)
{
    switch (v->kind) {
    case VALUE_SEQ:
        return v;
    case VALUE_MAP:
        return seq_of_keys(vs, v);
    case VALUE_TEXT:
        return seq_of_characters(vs, v);
    default:
        return NULL;
    }
}

void seq_extend(struct values *vs, struct value *seq, struct value *v)
{
    for (size_t a = 0; a < value_n_alternatives(v); a++) {
        const struct value *in = seq_of(vs, value_alternative(v, a));
        if (in == NULL || in->kind != VALUE_SEQ) {
            seq->seq->is_open = true;
            continue;
        }
        size_t n = in->seq->n;
        for (size_t i = 0; i < n; i++)
            value_seq_add(vs, seq, in->seq->items[i]);
        seq->seq->is_open = seq->seq->is_open || in->seq->is_open;
        seq->seq->any_more = value_join(vs, seq->seq->any_more, in->seq->any_more);
    }
}

static int cmp_numbers(const void *a, const void *b)
{
    double x = (*(struct value *const *)a)->number.real;
    double y = (*(struct value *const *)b)->number.real;
    return x < y ? -1 : x > y;
}

static int cmp_texts(const void *a, const void *b)
{
    return str_cmp((*(struct value *const *)a)->text.bytes,
                   (*(struct value *const *)b)->text.bytes);
}

static bool are_all(const struct seq *s, enum value_kind kind)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->items[i]->kind != kind || (kind == VALUE_TEXT && s->items[i]->text.n_holes > 0))
            return false;
    return s->n > 0 && !s->is_open;
}

void seq_reverse(struct seq *s)
{
    for (size_t i = 0; i < s->n / 2; i++) {
        struct value *t = s->items[i];
        s->items[i] = s->items[s->n - 1 - i];
        s->items[s->n - 1 - i] = t;
    }
}

void seq_sort(struct seq *s, bool is_descending)
{
    if (are_all(s, VALUE_NUMBER))
        qsort(s->items, s->n, sizeof(struct value *), cmp_numbers);
    else if (are_all(s, VALUE_TEXT))
        qsort(s->items, s->n, sizeof(struct value *), cmp_texts);
    else
        return;
    if (is_descending)
        seq_reverse(s);
}

void seq_remove(struct seq *s, size_t at)
{
    for (size_t i = at; i + 1 < s->n; i++)
        s->items[i] = s->items[i + 1];
    for (size_t i = at; s->names != NULL && i + 1 < s->n; i++)
        s->names[i] = s->names[i + 1];
    s->n--;
}

/* Elements that are compared to find what is there twice. */
#define MAX_UNIQUE 1000U

struct value *seq_unique(struct values *vs, const struct value *in, unsigned flags)
{
    if (in == NULL || in->kind != VALUE_SEQ || in->seq->n > MAX_UNIQUE)
        return seq_copy(vs, in, flags);
    struct value *out = value_seq(vs, flags);
    for (size_t i = 0; i < in->seq->n && out->kind == VALUE_SEQ; i++)
        if (seq_find(out->seq, in->seq->items[i]) == SIZE_MAX)
            value_seq_add(vs, out, in->seq->items[i]);
    if (out->kind == VALUE_SEQ) {
        out->seq->is_open = in->seq->is_open;
        out->seq->any_more = in->seq->any_more;
    }
    return out;
}

size_t seq_find(const struct seq *s, const struct value *item)
{
    for (size_t i = 0; i < s->n; i++)
        if (value_eq(s->items[i], item))
            return i;
    return SIZE_MAX;
}

struct value *seq_tuple(struct values *vs, struct value *a, struct value *b)
{
    struct value *v = value_seq(vs, VALUE_IS_TUPLE);
    value_seq_add(vs, v, a);
    value_seq_add(vs, v, b);
    return v;
}

static struct value *none(const struct pure_call *c)
{
    return value_const(c->vs, STR("None"));
}

/* ---- methods that change it ---- */

static struct value *append(const struct pure_call *c)
{
    struct value *item = pure_arg(c, 0, STR_EMPTY);
    bool is_set = (c->self->flags & VALUE_IS_SET) != 0;
    if (item == NULL)
        c->self->seq->is_open = c->self->seq->is_open || c->args->is_open;
    else if (!is_set || seq_find(c->self->seq, item) == SIZE_MAX)
        value_seq_add(c->vs, c->self, item);
    return none(c);
}

static struct value *extend(const struct pure_call *c)
{
    for (size_t i = 0; i < c->args->n_items; i++)
        seq_extend(c->vs, c->self, c->args->items[i]);
    return none(c);
}

static struct value *insert(const struct pure_call *c)
{
    int64_t at;
    struct value *item = pure_arg(c, 1, STR_EMPTY);
    if (item == NULL)
        return NULL;
    struct seq *s = c->self->seq;
    size_t n = s->n;
    value_seq_add(c->vs, c->self, item);
    if (s->n == n || !pure_arg_whole(c, 0, STR_EMPTY, &at))
        return none(c);
    if (at < 0)
        at = at + (int64_t)n < 0 ? 0 : at + (int64_t)n;
    for (size_t i = n; i > (uint64_t)at; i--) {
        s->items[i] = s->items[i - 1];
        s->items[i - 1] = item;
    }
    return none(c);
}

static struct value *remove_item(const struct pure_call *c)
{
    const struct value *item = pure_arg(c, 0, STR_EMPTY);
    size_t at = item == NULL ? SIZE_MAX : seq_find(c->self->seq, item);
    if (c->is_certain && at != SIZE_MAX && item->kind != VALUE_UNKNOWN)
        seq_remove(c->self->seq, at);
    return none(c);
}

static struct value *pop(const struct pure_call *c)
{
    int64_t at = -1;
    struct seq *s = c->self->seq;
    const struct value *given = pure_arg(c, 0, STR_EMPTY);
    if (given != NULL && !value_is_whole(given, &at))
        return NULL;
    if (at < 0 && s->is_open)
        return s->any_more;
    if (at < 0)
        at += (int64_t)s->n;
    if (at < 0 || (uint64_t)at >= s->n)
        return s->is_open ? s->any_more : NULL;
    struct value *item = s->items[at];
    if (c->is_certain)
        seq_remove(s, (size_t)at);
    return item;
}

static struct value *sort(const struct pure_call *c)
{
    const struct value *down = args_named(c->args, STR("reverse"));
    if (args_named(c->args, STR("key")) == NULL && c->args->n_items == 0)
        seq_sort(c->self->seq, pure_is_const(down, STR("True")));
    return none(c);
}

static struct value *reverse(const struct pure_call *c)
{
    seq_reverse(c->self->seq);
    return none(c);
}

static struct value *clear(const struct pure_call *c)
{
    if (c->is_certain) {
        c->self->seq->n = 0;
        c->self->seq->is_open = false;
        c->self->seq->any_more = NULL;
    }
    return none(c);
}

/* ---- methods that do not ---- */

static struct value *copy(const struct pure_call *c)
{
    return seq_copy(c->vs, c->self, c->self->flags);
}

static struct value *to_list(const struct pure_call *c)
{
    return seq_copy(c->vs, c->self, 0);
}

static struct value *unique(const struct pure_call *c)
{
    return seq_unique(c->vs, c->self, 0);
}

static struct value *index_of(const struct pure_call *c)
{
    const struct value *item = pure_arg(c, 0, STR_EMPTY);
    size_t at = item == NULL ? SIZE_MAX : seq_find(c->self->seq, item);
    return at == SIZE_MAX ? NULL : value_whole(c->vs, (int64_t)at);
}

static struct value *count(const struct pure_call *c)
{
    const struct value *item = pure_arg(c, 0, STR_EMPTY);
    int64_t n = 0;
    if (item == NULL || c->self->seq->is_open)
        return NULL;
    for (size_t i = 0; i < c->self->seq->n; i++)
        n += value_eq(c->self->seq->items[i], item);
    return value_whole(c->vs, n);
}

static struct value *unite(const struct pure_call *c)
{
    struct value *all = seq_copy(c->vs, c->self, c->self->flags);
    for (size_t i = 0; i < c->args->n_items && all->kind == VALUE_SEQ; i++)
        seq_extend(c->vs, all, c->args->items[i]);
    return seq_unique(c->vs, all, c->self->flags);
}

enum { KEEP_COMMON, DROP_COMMON };

static struct value *select_common(const struct pure_call *c)
{
    struct value *other = pure_arg(c, 0, STR_EMPTY), *out = value_seq(c->vs, c->self->flags);
    if (other == NULL)
        return NULL;
    other = seq_of(c->vs, other);
    if (other == NULL || other->kind != VALUE_SEQ || other->seq->is_open ||
        other->seq->n > MAX_UNIQUE || c->self->seq->n > MAX_UNIQUE)
        return to_list(c);
    for (size_t i = 0; i < c->self->seq->n; i++) {
        bool is_common = seq_find(other->seq, c->self->seq->items[i]) != SIZE_MAX;
        if (is_common == (c->how == KEEP_COMMON))
            value_seq_add(c->vs, out, c->self->seq->items[i]);
    }
    return out;
}

/* array.astype(str): only texts differ from what they were. */
static struct value *as_type(const struct pure_call *c)
{
    struct value *out = value_seq(c->vs, 0);
    const struct value *type = pure_arg(c, 0, STR("dtype"));
    bool to_text =
        type != NULL && type->kind == VALUE_CHAIN && str_eq(type->chain->name, STR("str"));
    for (size_t i = 0; i < c->self->seq->n; i++)
        value_seq_add(c->vs, out,
                      to_text ? value_to_text(c->vs, c->self->seq->items[i])
                              : c->self->seq->items[i]);
    return out;
}

static struct value *get_url(const struct pure_call *c)
{
    return url_put_together(c->vs, c->self->seq);
}

static const struct pure_row methods[] = {
    { STR_INIT("add"), append, 0, PURE_WHOLE },
    { STR_INIT("append"), append, 0, PURE_WHOLE },
    { STR_INIT("appendleft"), append, 0, PURE_WHOLE },
    { STR_INIT("astype"), as_type, 0, 0 },
    { STR_INIT("clear"), clear, 0, 0 },
    { STR_INIT("copy"), copy, 0, 0 },
    { STR_INIT("count"), count, 0, 0 },
    { STR_INIT("difference"), select_common, DROP_COMMON, 0 },
    { STR_INIT("discard"), remove_item, 0, 0 },
    { STR_INIT("extend"), extend, 0, PURE_WHOLE },
    { STR_INIT("flatten"), to_list, 0, 0 },
    { STR_INIT("geturl"), get_url, 0, 0 },
    { STR_INIT("index"), index_of, 0, 0 },
    { STR_INIT("insert"), insert, 0, PURE_WHOLE },
    { STR_INIT("intersection"), select_common, KEEP_COMMON, 0 },
    { STR_INIT("pop"), pop, 0, 0 },
    { STR_INIT("popleft"), pop, 0, 0 },
    { STR_INIT("ravel"), to_list, 0, 0 },
    { STR_INIT("remove"), remove_item, 0, 0 },
    { STR_INIT("reverse"), reverse, 0, 0 },
    { STR_INIT("sort"), sort, 0, 0 },
    { STR_INIT("to_list"), to_list, 0, 0 },
    { STR_INIT("tolist"), to_list, 0, 0 },
    { STR_INIT("union"), unite, 0, PURE_WHOLE },
    { STR_INIT("unique"), unique, 0, 0 },
    { STR_INIT("update"), extend, 0, PURE_WHOLE },
};
const struct pure_table pure_seq_methods = PURE_TABLE(methods);
