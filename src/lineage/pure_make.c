/* pure_make: functions that make lists and mappings: range, zip, dict, itertools, numpy. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_seq.h"
#include "util/limits.h"

/* The first argument as a sequence: an empty one if it is not given, NULL if it is not known. */
static struct value *seq_arg(const struct pure_call *c)
{
    struct value *v = pure_arg(c, 0, STR_EMPTY);
    return v == NULL ? value_seq(c->vs, 0) : seq_of(c->vs, v);
}

/* What is iterated over stays what it is if it is an object of the outside. */
static struct value *outside_arg(const struct pure_call *c)
{
    struct value *v = pure_arg(c, 0, STR_EMPTY);
    return v != NULL && v->kind == VALUE_CHAIN ? v : NULL;
}

static struct value *copied(const struct pure_call *c)
{
    if (outside_arg(c) != NULL)
        return outside_arg(c);
    return seq_copy(c->vs, seq_arg(c), (unsigned)c->how);
}

static struct value *made_set(const struct pure_call *c)
{
    if (outside_arg(c) != NULL)
        return outside_arg(c);
    return seq_unique(c->vs, seq_arg(c), VALUE_IS_SET);
}

static struct value *unique(const struct pure_call *c)
{
    if (outside_arg(c) != NULL)
        return outside_arg(c);
    struct value *v = seq_unique(c->vs, seq_arg(c), 0);
    if (v != NULL && v->kind == VALUE_SEQ)
        seq_sort(v->seq, false);
    return v;
}

static struct value *sorted(const struct pure_call *c)
{
    if (outside_arg(c) != NULL)
        return outside_arg(c);
    struct value *v = seq_copy(c->vs, seq_arg(c), 0);
    if (v != NULL && v->kind == VALUE_SEQ && args_named(c->args, STR("key")) == NULL)
        seq_sort(v->seq, pure_is_const(args_named(c->args, STR("reverse")), STR("True")));
    return v;
}

static struct value *reversed(const struct pure_call *c)
{
    if (outside_arg(c) != NULL)
        return outside_arg(c);
    struct value *v = seq_copy(c->vs, seq_arg(c), 0);
    if (v != NULL && v->kind == VALUE_SEQ)
        seq_reverse(v->seq);
    return v;
}

static struct value *range(const struct pure_call *c)
{
    int64_t bound[3] = { 0, 0, 1 };
    size_t n = c->args->n_items;
    if (n == 0 || n > 3 || c->args->is_open)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (!value_is_whole(c->args->items[i], &bound[n == 1 ? 1 : i]) ||
            bound[n == 1 ? 1 : i] > INT32_MAX || bound[n == 1 ? 1 : i] < INT32_MIN)
            return NULL;
    int64_t from = bound[0], to = bound[1], step = bound[2];
    if (step == 0)
        return NULL;
    int64_t size = step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step;
    struct value *v = value_seq(c->vs, 0);
    bool is_long = size > (int64_t)LIMIT_RANGE_ITEMS;
    for (int64_t i = 0; i < (is_long ? (int64_t)LIMIT_ALTERNATIVES : size); i++)
        value_seq_add(c->vs, v, value_whole(c->vs, from + i * step));
    if (is_long && v->kind == VALUE_SEQ) {
        v->seq->is_open = true;
        v->seq->any_more = value_unknown(c->vs, HOLE_LIMIT, STR_EMPTY);
    }
    return v;
}

static struct value *enumerated(const struct pure_call *c)
{
    int64_t start = 0;
    const struct value *in = seq_arg(c);
    const struct value *given = pure_arg(c, 1, STR("start"));
    struct value *v = value_seq(c->vs, 0), *outside = outside_arg(c);
    if (outside != NULL && v->kind == VALUE_SEQ) {
        struct value *unknown = value_unknown(c->vs, HOLE_RUN_TIME, STR_EMPTY);
        v->seq->is_open = true;
        v->seq->any_more = seq_tuple(c->vs, unknown, value_chain_item(c->vs, outside, unknown));
        return v;
    }
    if (in == NULL || in->kind != VALUE_SEQ || (given != NULL && !value_is_whole(given, &start)))
        return NULL;
    for (size_t i = 0; i < in->seq->n; i++) {
        if (__builtin_add_overflow(start, i > 0, &start))
            return NULL;
        value_seq_add(c->vs, v, seq_tuple(c->vs, value_whole(c->vs, start), in->seq->items[i]));
    }
    if (in->seq->is_open && v->kind == VALUE_SEQ) {
        struct value *index = value_unknown(c->vs, HOLE_RUN_TIME, STR_EMPTY);
        v->seq->is_open = true;
        v->seq->any_more = seq_tuple(c->vs, index, seq_other(c->vs, in->seq));
    }
    return v;
}

/* An element of what is no known sequence. */
static struct value *element_of(struct values *vs, const struct value *v)
{
    struct hole hole = value_hole(v);
    struct value *unknown = value_unknown(vs, hole.reason, hole.name);
    return v->kind == VALUE_CHAIN ? value_chain_item(vs, v, unknown) : unknown;
}

/* The i-th tuple of zip(); what is no known sequence gives unknown elements. */
static struct value *zip_row(const struct pure_call *c, struct value *const *columns, size_t i)
{
    struct value *row = value_seq(c->vs, VALUE_IS_TUPLE);
    for (size_t j = 0; j < c->args->n_items; j++) {
        if (columns[j] == NULL || columns[j]->kind != VALUE_SEQ)
            value_seq_add(c->vs, row, element_of(c->vs, c->args->items[j]));
        else if (i < columns[j]->seq->n)
            value_seq_add(c->vs, row, columns[j]->seq->items[i]);
        else
            value_seq_add(c->vs, row, seq_other(c->vs, columns[j]->seq));
    }
    return row;
}

static struct value *zipped(const struct pure_call *c)
{
    size_t n_columns = c->args->n_items, shortest = SIZE_MAX, longest = 0;
    struct value **columns = ARENA_NEW_N(c->vs->arena, struct value *, n_columns + 1);
    for (size_t j = 0; j < n_columns; j++) {
        columns[j] = seq_of(c->vs, c->args->items[j]);
        if (columns[j] == NULL || columns[j]->kind != VALUE_SEQ)
            continue;
        size_t n = columns[j]->seq->n;
        if (!columns[j]->seq->is_open && n < shortest)
            shortest = n;
        longest = n > longest ? n : longest;
    }
    struct value *v = value_seq(c->vs, 0);
    size_t n = shortest == SIZE_MAX ? longest : shortest;
    for (size_t i = 0; i < n && v->kind == VALUE_SEQ && !v->seq->is_open; i++)
        value_seq_add(c->vs, v, zip_row(c, columns, i));
    if (shortest == SIZE_MAX && n_columns > 0 && v->kind == VALUE_SEQ) {
        v->seq->is_open = true;
        v->seq->any_more = zip_row(c, columns, SIZE_MAX);
    }
    return v;
}

static struct value *dict(const struct pure_call *c)
{
    struct value *from = pure_arg(c, 0, STR_EMPTY);
    if (c->how == 1) /* defaultdict(factory, from) */
        from = pure_arg(c, 1, STR_EMPTY);
    struct value *v =
        from != NULL && from->kind == VALUE_MAP ? map_copy(c->vs, from) : value_map(c->vs);
    map_update(c->vs, v, from != NULL && from->kind == VALUE_MAP ? NULL : from, c->args);
    if (c->how == 1 && v->kind == VALUE_MAP)
        v->map->is_open = true;
    return v;
}

static struct value *dict_from_keys(const struct pure_call *c)
{
    const struct value *keys = seq_arg(c);
    struct value *item = pure_arg(c, 1, STR("value")), *v = value_map(c->vs);
    if (keys == NULL || keys->kind != VALUE_SEQ || v->kind != VALUE_MAP)
        return NULL;
    for (size_t i = 0; i < keys->seq->n; i++)
        value_map_put(c->vs, v, keys->seq->items[i],
                      item != NULL ? item : value_const(c->vs, STR("None")));
    v->map->is_open = keys->seq->is_open;
    return v;
}

static struct value *chained(const struct pure_call *c)
{
    struct value *v = value_seq(c->vs, 0);
    struct value *const *items = c->args->items;
    size_t n = c->args->n_items;
    if (c->how == 1) { /* chain.from_iterable */
        const struct value *in = seq_arg(c);
        if (in == NULL || in->kind != VALUE_SEQ)
            return NULL;
        items = in->seq->items;
        n = in->seq->n;
    }
    for (size_t i = 0; i < n && v->kind == VALUE_SEQ; i++)
        seq_extend(c->vs, v, items[i]);
    return v;
}

static struct value *repeated(const struct pure_call *c)
{
    int64_t n;
    struct value *item = pure_arg(c, 0, STR_EMPTY), *v = value_seq(c->vs, 0);
    if (item == NULL || v->kind != VALUE_SEQ)
        return NULL;
    if (pure_arg_whole(c, 1, STR("times"), &n)) {
        for (int64_t i = 0; i < n && !v->seq->is_open; i++)
            value_seq_add(c->vs, v, item);
    } else {
        v->seq->is_open = true;
        v->seq->any_more = item;
    }
    return v;
}

/* Every choice of one element of each argument, the last one changing fastest. */
static struct value *product(const struct pure_call *c)
{
    size_t n = c->args->n_items, total = 1;
    const struct value **in = ARENA_NEW_N(c->vs->arena, const struct value *, n + 1);
    if (args_named(c->args, STR("repeat")) != NULL || c->args->is_open)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        in[i] = seq_of(c->vs, c->args->items[i]);
        if (in[i] == NULL || in[i]->kind != VALUE_SEQ || in[i]->seq->is_open)
            return NULL;
        total *= in[i]->seq->n;
        if (total > LIMIT_RANGE_ITEMS)
            return NULL;
    }
    struct value *v = value_seq(c->vs, 0);
    for (size_t k = 0; k < total; k++) {
        struct value *row = value_seq(c->vs, VALUE_IS_TUPLE);
        size_t rest = k, block = total;
        for (size_t i = 0; i < n; i++) {
            block /= in[i]->seq->n;
            value_seq_add(c->vs, row, in[i]->seq->items[rest / block]);
            rest %= block;
        }
        value_seq_add(c->vs, v, row);
    }
    return v;
}

static struct value *next_item(const struct pure_call *c)
{
    const struct value *outside = outside_arg(c);
    if (outside != NULL)
        return element_of(c->vs, outside);
    const struct value *in = seq_arg(c);
    if (in == NULL || in->kind != VALUE_SEQ)
        return NULL;
    return in->seq->n > 0 ? in->seq->items[0] : in->seq->any_more;
}

static struct value *shallow_copy(const struct pure_call *c)
{
    struct value *v = pure_arg(c, 0, STR_EMPTY);
    if (v == NULL)
        return NULL;
    return v->kind == VALUE_SEQ   ? seq_copy(c->vs, v, v->flags)
           : v->kind == VALUE_MAP ? map_copy(c->vs, v)
                                  : v;
}

static const struct pure_row functions[] = {
    { STR_INIT("collections.OrderedDict"), dict, 0, PURE_WHOLE },
    { STR_INIT("collections.defaultdict"), dict, 1, PURE_WHOLE },
    { STR_INIT("collections.deque"), copied, 0, 0 },
    { STR_INIT("copy.copy"), shallow_copy, 0, 0 },
    { STR_INIT("copy.deepcopy"), shallow_copy, 0, 0 },
    { STR_INIT("dict"), dict, 0, PURE_WHOLE },
    { STR_INIT("dict.fromkeys"), dict_from_keys, 0, 0 },
    { STR_INIT("enumerate"), enumerated, 0, 0 },
    { STR_INIT("frozenset"), made_set, 0, 0 },
    { STR_INIT("iter"), copied, 0, 0 },
    { STR_INIT("itertools.chain"), chained, 0, 0 },
    { STR_INIT("itertools.chain.from_iterable"), chained, 1, 0 },
    { STR_INIT("itertools.product"), product, 0, 0 },
    { STR_INIT("itertools.repeat"), repeated, 0, 0 },
    { STR_INIT("itertools.zip_longest"), zipped, 0, 0 },
    { STR_INIT("list"), copied, 0, 0 },
    { STR_INIT("next"), next_item, 0, 0 },
    { STR_INIT("numpy.arange"), range, 0, 0 },
    { STR_INIT("numpy.array"), copied, 0, 0 },
    { STR_INIT("numpy.asarray"), copied, 0, 0 },
    { STR_INIT("numpy.sort"), sorted, 0, 0 },
    { STR_INIT("numpy.unique"), unique, 0, 0 },
    { STR_INIT("pandas.Index"), copied, 0, 0 },
    { STR_INIT("pandas.Series"), copied, 0, 0 },
    { STR_INIT("range"), range, 0, 0 },
    { STR_INIT("reversed"), reversed, 0, 0 },
    { STR_INIT("set"), made_set, 0, 0 },
    { STR_INIT("sorted"), sorted, 0, 0 },
    { STR_INIT("tqdm"), copied, 0, 0 },
    { STR_INIT("tqdm.auto.tqdm"), copied, 0, 0 },
    { STR_INIT("tqdm.autonotebook.tqdm"), copied, 0, 0 },
    { STR_INIT("tqdm.notebook.tqdm"), copied, 0, 0 },
    { STR_INIT("tqdm.tqdm"), copied, 0, 0 },
    { STR_INIT("tqdm.tqdm_notebook"), copied, 0, 0 },
    { STR_INIT("tqdm.trange"), range, 0, 0 },
    { STR_INIT("tuple"), copied, VALUE_IS_TUPLE, 0 },
    { STR_INIT("xrange"), range, 0, 0 },
    { STR_INIT("zip"), zipped, 0, 0 },
};
const struct pure_table pure_make_functions = PURE_TABLE(functions);
