/* pure_scala_seq: methods of Scala's sequences and maps, and of what an Option holds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_seq.h"

/* mkString, mkString(sep), mkString(start, sep, end) */
static struct value *make_text(const struct pure_call *c)
{
    size_t n = c->args->n_items;
    struct value *by = n == 0 ? value_text(c->vs, STR_EMPTY) : c->args->items[n == 3 ? 1 : 0];
    struct value *text = text_join(c->vs, by, c->self);
    if (n != 3 || text == NULL)
        return n == 2 || n > 3 ? NULL : text;
    struct value *const parts[] = { c->args->items[0], text, c->args->items[2] };
    return value_concat_all(c->vs, parts, 3);
}

enum { HEAD, LAST, TAIL, INIT };

static struct value *end_of(const struct pure_call *c)
{
    const struct seq *s = c->self->seq;
    int64_t one = 1, but_one = -1;
    switch (c->how) {
    case HEAD:
        return s->n > 0 ? s->items[0] : s->any_more;
    case LAST:
        return s->n > 0 && !s->is_open ? s->items[s->n - 1] : s->any_more;
    case TAIL:
        return pure_slice_seq(c->vs, c->self, &one, NULL, 1);
    default:
        return pure_slice_seq(c->vs, c->self, NULL, &but_one, 1);
    }
}

enum { TAKE, DROP, TAKE_RIGHT };

static struct value *part(const struct pure_call *c)
{
    int64_t n;
    if (!pure_arg_whole(c, 0, STR_EMPTY, &n) || n < 0 || n > INT32_MAX)
        return NULL;
    if (c->how == TAKE)
        return pure_slice_seq(c->vs, c->self, NULL, &n, 1);
    if (c->how == TAKE_RIGHT)
        n = n == 0 ? INT32_MAX : -n;
    return pure_slice_seq(c->vs, c->self, &n, NULL, 1);
}

static struct value *size(const struct pure_call *c)
{
    return c->self->seq->is_open ? NULL : value_whole(c->vs, (int64_t)c->self->seq->n);
}

static struct value *is_empty(const struct pure_call *c)
{
    int truth = value_truth(c->self);
    return truth == 0 ? NULL : value_bool(c->vs, truth == c->how);
}

static struct value *contains(const struct pure_call *c)
{
    struct value *item = pure_arg(c, 0, STR_EMPTY);
    return item == NULL ? NULL : pure_binary(c->vs, OP_IN, item, c->self);
}

static struct value *reversed(const struct pure_call *c)
{
    struct value *v = seq_copy(c->vs, c->self, 0);
    if (v->kind == VALUE_SEQ)
        seq_reverse(v->seq);
    return v;
}

static struct value *sorted(const struct pure_call *c)
{
    struct value *v = seq_copy(c->vs, c->self, 0);
    if (v->kind == VALUE_SEQ)
        seq_sort(v->seq, false);
    return v;
}

static struct value *unique(const struct pure_call *c)
{
    return seq_unique(c->vs, c->self, (unsigned)c->how);
}

static struct value *unchanged(const struct pure_call *c)
{
    return c->self;
}

/* xs ++ ys, xs :+ y, y +: xs (written behind its dot: xs.+:(y)) */
enum { ALL_BEHIND, ONE_BEHIND, ONE_BEFORE };

static struct value *added(const struct pure_call *c)
{
    struct value *more = pure_arg(c, 0, STR_EMPTY), *all = value_seq(c->vs, c->self->flags);
    if (more == NULL || all->kind != VALUE_SEQ)
        return NULL;
    if (c->how == ONE_BEFORE)
        value_seq_add(c->vs, all, more);
    seq_extend(c->vs, all, c->self);
    if (c->how == ONE_BEHIND)
        value_seq_add(c->vs, all, more);
    else if (c->how == ALL_BEHIND)
        seq_extend(c->vs, all, more);
    return all;
}

static struct value *by_python(const struct pure_call *c, struct str name, size_t n_items)
{
    struct value *items[2] = { c->self, n_items > 1 ? pure_arg(c, 0, STR_EMPTY) : NULL };
    struct call_args args = { .items = items, .n_items = n_items };
    return n_items > 1 && items[1] == NULL ? NULL : pure_function(c->vs, CALL_PYTHON, name, &args);
}

static struct value *zipped(const struct pure_call *c)
{
    return by_python(c, STR("zip"), 2);
}

static struct value *with_index(const struct pure_call *c)
{
    struct value *all = value_seq(c->vs, 0);
    for (size_t i = 0; i < c->self->seq->n; i++)
        value_seq_add(c->vs, all,
                      seq_tuple(c->vs, c->self->seq->items[i], value_whole(c->vs, (int64_t)i)));
    if (all->kind == VALUE_SEQ)
        all->seq->is_open = all->seq->is_open || c->self->seq->is_open;
    return all;
}

static struct value *indexes(const struct pure_call *c)
{
    struct value *n = size(c);
    struct call_args args = { .items = &n, .n_items = 1 };
    return n == NULL ? NULL : pure_function(c->vs, CALL_PYTHON, STR("range"), &args);
}

static struct value *extreme(const struct pure_call *c)
{
    return by_python(c, c->how > 0 ? STR("max") : STR("min"), 1);
}

static struct value *total(const struct pure_call *c)
{
    return by_python(c, STR("sum"), 1);
}

static struct value *to_map(const struct pure_call *c)
{
    return by_python(c, STR("dict"), 1);
}

static const struct pure_row seq_methods[] = {
    { STR_INIT("++"), added, ALL_BEHIND, 0 },
    { STR_INIT("+:"), added, ONE_BEFORE, PURE_WHOLE },
    { STR_INIT(":+"), added, ONE_BEHIND, PURE_WHOLE },
    { STR_INIT(":::"), added, ALL_BEHIND, 0 },
    { STR_INIT("contains"), contains, 0, 0 },
    { STR_INIT("distinct"), unique, 0, 0 },
    { STR_INIT("drop"), part, DROP, 0 },
    { STR_INIT("getOrElse"), unchanged, 0, 0 },
    { STR_INIT("head"), end_of, HEAD, 0 },
    { STR_INIT("headOption"), end_of, HEAD, 0 },
    { STR_INIT("indices"), indexes, 0, 0 },
    { STR_INIT("init"), end_of, INIT, 0 },
    { STR_INIT("isEmpty"), is_empty, -1, 0 },
    { STR_INIT("last"), end_of, LAST, 0 },
    { STR_INIT("length"), size, 0, 0 },
    { STR_INIT("max"), extreme, 1, 0 },
    { STR_INIT("min"), extreme, -1, 0 },
    { STR_INIT("mkString"), make_text, 0, 0 },
    { STR_INIT("nonEmpty"), is_empty, 1, 0 },
    { STR_INIT("reverse"), reversed, 0, 0 },
    { STR_INIT("size"), size, 0, 0 },
    { STR_INIT("sorted"), sorted, 0, 0 },
    { STR_INIT("sum"), total, 0, 0 },
    { STR_INIT("tail"), end_of, TAIL, 0 },
    { STR_INIT("take"), part, TAKE, 0 },
    { STR_INIT("takeRight"), part, TAKE_RIGHT, 0 },
    { STR_INIT("toArray"), unchanged, 0, 0 },
    { STR_INIT("toIndexedSeq"), unchanged, 0, 0 },
    { STR_INIT("toIterator"), unchanged, 0, 0 },
    { STR_INIT("toList"), unchanged, 0, 0 },
    { STR_INIT("toMap"), to_map, 0, 0 },
    { STR_INIT("toSeq"), unchanged, 0, 0 },
    { STR_INIT("toSet"), unique, VALUE_IS_SET, 0 },
    { STR_INIT("toVector"), unchanged, 0, 0 },
    { STR_INIT("union"), added, ALL_BEHIND, 0 },
    { STR_INIT("zip"), zipped, 0, 0 },
    { STR_INIT("zipWithIndex"), with_index, 0, 0 },
};
const struct pure_table pure_scala_seq_methods = PURE_TABLE(seq_methods);

/* ---- maps ---- */

static struct value *get(const struct pure_call *c)
{
    return pure_method(c->vs, CALL_PYTHON, c->self, STR("get"), c->args, false);
}

static struct value *list(const struct pure_call *c)
{
    static const struct str names[] = { STR_INIT("keys"), STR_INIT("values"), STR_INIT("items") };
    return pure_method(c->vs, CALL_PYTHON, c->self, names[c->how], c->args, false);
}

/* m + (k -> v), m ++ other, m.updated(k, v) */
static struct value *with_more(const struct pure_call *c)
{
    struct value *more = pure_arg(c, 0, STR_EMPTY), *all = map_copy(c->vs, c->self);
    struct call_args none = { .n_items = 0 };
    if (more == NULL)
        return NULL;
    if (c->args->n_items == 2) {
        value_map_put(c->vs, all, more, c->args->items[1]);
        return all;
    }
    if (more->kind == VALUE_SEQ && more->flags & VALUE_IS_TUPLE) {
        struct value *pairs = value_seq(c->vs, 0);
        value_seq_add(c->vs, pairs, more);
        more = pairs;
    }
    map_update(c->vs, all, more, &none);
    return all;
}

static struct value *map_contains(const struct pure_call *c)
{
    struct value *key = pure_arg(c, 0, STR_EMPTY);
    return key == NULL ? NULL : pure_binary(c->vs, OP_IN, key, c->self);
}

static const struct pure_row map_methods[] = {
    { STR_INIT("+"), with_more, 0, 0 },       { STR_INIT("++"), with_more, 0, 0 },
    { STR_INIT("apply"), get, 0, 0 },         { STR_INIT("contains"), map_contains, 0, 0 },
    { STR_INIT("get"), get, 0, 0 },           { STR_INIT("getOrElse"), get, 0, 0 },
    { STR_INIT("keySet"), list, 0, 0 },       { STR_INIT("keys"), list, 0, 0 },
    { STR_INIT("toList"), list, 2, 0 },       { STR_INIT("toSeq"), list, 2, 0 },
    { STR_INIT("updated"), with_more, 0, 0 }, { STR_INIT("values"), list, 1, 0 },
};
const struct pure_table pure_scala_map_methods = PURE_TABLE(map_methods);

/* ---- None and numbers ---- */

static struct value *fallback(const struct pure_call *c)
{
    struct value *v = pure_arg(c, 0, STR_EMPTY);
    return pure_is_none(c->self) ? v : c->self;
}

static struct value *to_text(const struct pure_call *c)
{
    return value_to_text(c->vs, c->self);
}

static const struct pure_row other_methods[] = {
    { STR_INIT("getOrElse"), fallback, 0, 0 }, { STR_INIT("orElse"), fallback, 0, 0 },
    { STR_INIT("toInt"), unchanged, 0, 0 },    { STR_INIT("toLong"), unchanged, 0, 0 },
    { STR_INIT("toString"), to_text, 0, 0 },
};
const struct pure_table pure_scala_other_methods = PURE_TABLE(other_methods);
