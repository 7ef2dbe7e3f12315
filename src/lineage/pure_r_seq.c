/* pure_r_seq: R's functions that make vectors and lists, and the environment. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_number.h"
#include "lineage/pure_path.h"
#include "lineage/pure_seq.h"
#include "util/limits.h"

/* v as a vector: itself, no element of NULL, else one element. */
static struct value *vector_of(struct values *vs, struct value *v)
{
    if (v != NULL && v->kind == VALUE_SEQ)
        return v;
    struct value *all = value_seq(vs, 0);
    if (v != NULL && !pure_is_none(v))
        value_seq_add(vs, all, v);
    return all;
}

static struct value *vector_arg(const struct pure_call *c, size_t i, struct str name)
{
    return vector_of(c->vs, pure_arg(c, i, name));
}

static void set_name(struct values *vs, struct value *seq, size_t i, struct str name)
{
    if (seq->kind != VALUE_SEQ || i >= seq->seq->n || name.len == 0)
        return;
    if (seq->seq->names == NULL) {
        seq->seq->names = ARENA_NEW_N(vs->arena, struct str, seq->seq->n);
        for (size_t j = 0; j < seq->seq->n; j++)
            seq->seq->names[j] = STR_EMPTY;
    }
    seq->seq->names[i] = name;
}

enum { KEEPS_VECTORS, FLATTENS };

static void add_named(const struct pure_call *c, struct value *all, struct value *v,
                      struct str name)
{
    if (c->how == FLATTENS && pure_is_none(v))
        return;
    if (c->how == FLATTENS && v->kind == VALUE_SEQ) {
        seq_extend(c->vs, all, v);
        return;
    }
    value_seq_add(c->vs, all, v);
    if (all->kind == VALUE_SEQ && all->seq->n > 0)
        set_name(c->vs, all, all->seq->n - 1, name);
}

/* c(...), list(a = 1): the positional ones first. */
static struct value *combine(const struct pure_call *c)
{
    struct value *all = value_seq(c->vs, 0);
    if (all->kind != VALUE_SEQ)
        return all;
    for (size_t i = 0; i < c->args->n_items; i++)
        add_named(c, all, c->args->items[i], STR_EMPTY);
    for (size_t i = 0; i < c->args->n_named; i++)
        add_named(c, all, c->args->named[i], c->args->names[i]);
    all->seq->is_open = all->seq->is_open || c->args->is_open;
    return all;
}

static void flatten(const struct pure_call *c, struct value *all, struct value *v, unsigned depth)
{
    if (v->kind != VALUE_SEQ) {
        value_seq_add(c->vs, all, v);
        return;
    }
    for (size_t i = 0; i < v->seq->n && depth > 0 && !all->seq->is_open; i++)
        flatten(c, all, v->seq->items[i], depth - 1);
    all->seq->is_open = all->seq->is_open || v->seq->is_open || depth == 0;
    all->seq->any_more = value_join(c->vs, all->seq->any_more, v->seq->any_more);
}

static struct value *unlist(const struct pure_call *c)
{
    struct value *v = pure_arg(c, 0, STR("x")), *all = value_seq(c->vs, 0);
    if (v == NULL || v->kind == VALUE_UNKNOWN || v->kind == VALUE_CHAIN || all->kind != VALUE_SEQ)
        return NULL;
    flatten(c, all, v, 8);
    return all;
}

static struct value *sequence(const struct pure_call *c)
{
    int64_t from = 1, to = 0, by = 1;
    const struct value *step = pure_arg(c, 2, STR("by"));
    if (pure_arg(c, 1, STR("to")) == NULL
            ? !pure_arg_whole(c, 0, STR("from"), &to)
            : !pure_arg_whole(c, 0, STR("from"), &from) || !pure_arg_whole(c, 1, STR("to"), &to))
        return NULL;
    if (step != NULL && !value_is_whole(step, &by))
        return NULL;
    if (step == NULL && to < from)
        by = -1;
    if (by == 0 || from < INT32_MIN || to < INT32_MIN || from > INT32_MAX || to > INT32_MAX)
        return NULL;
    struct value *all = value_seq(c->vs, 0);
    int64_t n = (to - from) / by + 1;
    bool is_long = n > (int64_t)LIMIT_RANGE_ITEMS;
    for (int64_t i = 0; i < (is_long ? (int64_t)LIMIT_ALTERNATIVES : n); i++)
        value_seq_add(c->vs, all, value_whole(c->vs, from + i * by));
    if (is_long && all->kind == VALUE_SEQ) {
        all->seq->is_open = true;
        all->seq->any_more = value_unknown(c->vs, HOLE_LIMIT, STR_EMPTY);
    }
    return all;
}

static struct value *indexes(const struct pure_call *c)
{
    const struct value *v = vector_arg(c, 0, STR("along.with"));
    int64_t n;
    if (v->kind != VALUE_SEQ || v->seq->is_open)
        return NULL;
    struct value *all = value_seq(c->vs, 0);
    if (c->how == 0) /* seq_len(n) */
        n = pure_arg_whole(c, 0, STR("length.out"), &n) ? n : -1;
    else
        n = (int64_t)v->seq->n;
    if (n < 0 || n > (int64_t)LIMIT_RANGE_ITEMS)
        return NULL;
    for (int64_t i = 1; i <= n; i++)
        value_seq_add(c->vs, all, value_whole(c->vs, i));
    return all;
}

static struct value *repeat(const struct pure_call *c)
{
    int64_t times = 1, each = 1;
    const struct value *v = vector_arg(c, 0, STR("x"));
    const struct value *given = pure_arg(c, 1, STR("times"));
    const struct value *given_each = args_named(c->args, STR("each"));
    if (v->kind != VALUE_SEQ || (given != NULL && !value_is_whole(given, &times)) ||
        (given_each != NULL && !value_is_whole(given_each, &each)) || times < 0 || each < 0 ||
        times > (int64_t)LIMIT_SEQ_ITEMS || each > (int64_t)LIMIT_SEQ_ITEMS)
        return NULL;
    struct value *all = value_seq(c->vs, 0);
    for (int64_t i = 0; i < times && all->kind == VALUE_SEQ && !all->seq->is_open; i++)
        for (size_t j = 0; j < v->seq->n; j++)
            for (int64_t k = 0; k < each && !all->seq->is_open; k++)
                value_seq_add(c->vs, all, v->seq->items[j]);
    return all;
}

static struct value *reversed(const struct pure_call *c)
{
    struct value *v = seq_copy(c->vs, vector_arg(c, 0, STR("x")), 0);
    if (v->kind == VALUE_SEQ)
        seq_reverse(v->seq);
    return v;
}

static struct value *sorted(const struct pure_call *c)
{
    struct value *v = seq_copy(c->vs, vector_arg(c, 0, STR("x")), 0);
    if (v->kind == VALUE_SEQ)
        seq_sort(v->seq, pure_is_const(pure_arg(c, 1, STR("decreasing")), STR("True")));
    return v;
}

static struct value *unique(const struct pure_call *c)
{
    return seq_unique(c->vs, vector_arg(c, 0, STR("x")), 0);
}

enum { HEAD, TAIL };

static struct value *part(const struct pure_call *c)
{
    int64_t n = 6, from;
    struct value *v = vector_arg(c, 0, STR("x"));
    const struct value *given = pure_arg(c, 1, STR("n"));
    struct value *outside = pure_arg(c, 0, STR("x"));
    if (outside == NULL || outside->kind == VALUE_CHAIN || outside->kind == VALUE_UNKNOWN)
        return NULL;
    if (v->kind != VALUE_SEQ || (given != NULL && !value_is_whole(given, &n)) || n > INT32_MAX ||
        n < -INT32_MAX)
        return NULL;
    if (c->how == HEAD)
        return pure_slice_seq(c->vs, v, NULL, &n, 1);
    from = n < 0 ? -n : (int64_t)v->seq->n - n;
    from = from < 0 ? 0 : from;
    return v->seq->is_open ? NULL : pure_slice_seq(c->vs, v, &from, NULL, 1);
}

static struct value *append(const struct pure_call *c)
{
    struct value *all = seq_copy(c->vs, vector_arg(c, 0, STR("x")), 0);
    struct value *more = pure_arg(c, 1, STR("values"));
    if (all->kind == VALUE_SEQ && more != NULL)
        seq_extend(c->vs, all, vector_of(c->vs, more));
    return all;
}

static struct value *length(const struct pure_call *c)
{
    const struct value *v = vector_arg(c, 0, STR("x")), *in = pure_arg(c, 0, STR("x"));
    if (in == NULL || in->kind == VALUE_CHAIN || in->kind == VALUE_UNKNOWN ||
        v->kind != VALUE_SEQ || v->seq->is_open)
        return NULL;
    return value_whole(c->vs, (int64_t)v->seq->n);
}

static struct value *names(const struct pure_call *c)
{
    const struct value *v = pure_arg(c, 0, STR("x"));
    if (v == NULL || v->kind != VALUE_SEQ)
        return NULL;
    struct value *all = value_seq(c->vs, 0);
    for (size_t i = 0; v->seq->names != NULL && i < v->seq->n; i++)
        value_seq_add(c->vs, all, value_text(c->vs, v->seq->names[i]));
    return all;
}

static struct value *with_names(const struct pure_call *c)
{
    struct value *all = seq_copy(c->vs, vector_arg(c, 0, STR("object")), 0);
    const struct value *given = vector_arg(c, 1, STR("nm"));
    struct str name;
    if (all->kind != VALUE_SEQ || given->kind != VALUE_SEQ)
        return NULL;
    for (size_t i = 0; i < given->seq->n; i++)
        if (value_is_known_text(given->seq->items[i], &name))
            set_name(c->vs, all, i, name);
    return all;
}

static struct value *getenv_of(const struct pure_call *c)
{
    return pure_getenv(c, STR("x"), STR("unset"));
}

static struct value *setenv_of(const struct pure_call *c)
{
    for (size_t i = 0; i < c->args->n_named; i++)
        value_map_put(c->vs, c->vs->environ, value_text(c->vs, c->args->names[i]),
                      c->args->named[i]);
    return value_bool(c->vs, true);
}

static struct value *here(const struct pure_call *c)
{
    return value_text(c->vs, STR("."));
}

static struct value *choose(const struct pure_call *c)
{
    const struct value *test = pure_arg(c, 0, STR("test"));
    struct value *yes = pure_arg(c, 1, STR("yes")), *no = pure_arg(c, 2, STR("no"));
    int truth = test == NULL || test->kind == VALUE_SEQ ? 0 : value_truth(test);
    return truth == 0 ? value_join(c->vs, yes, no) : truth > 0 ? yes : no;
}

static struct value *is_null(const struct pure_call *c)
{
    const struct value *v = pure_arg(c, 0, STR("x"));
    if (v == NULL || v->kind == VALUE_UNKNOWN || v->kind == VALUE_CHAIN)
        return NULL;
    return value_bool(c->vs, pure_is_none(v));
}

static struct value *to_number(const struct pure_call *c)
{
    struct str text;
    int64_t whole;
    double real;
    struct value *v = pure_arg(c, 0, STR("x"));
    if (v == NULL || v->kind == VALUE_NUMBER)
        return v;
    if (!value_is_known_text(v, &text))
        return NULL;
    if (number_parse_whole(text, 10, &whole))
        return value_whole(c->vs, whole);
    return number_parse_real(text, &real) ? value_number(c->vs, real) : NULL;
}

static struct value *formatted(const struct pure_call *c)
{
    struct value *v = pure_arg(c, 0, STR("x"));
    if (v == NULL || c->args->n_items > 1 || c->args->n_named > 0 ||
        (v->kind != VALUE_TEXT && v->kind != VALUE_NUMBER))
        return NULL;
    return value_to_text(c->vs, v);
}

static const struct pure_row functions[] = {
    { STR_INIT("Sys.getenv"), getenv_of, 0, 0 },
    { STR_INIT("Sys.setenv"), setenv_of, 0, PURE_WHOLE },
    { STR_INIT("append"), append, 0, PURE_WHOLE },
    { STR_INIT("as.integer"), to_number, 0, 0 },
    { STR_INIT("as.numeric"), to_number, 0, 0 },
    { STR_INIT("as.vector"), unlist, 0, 0 },
    { STR_INIT("c"), combine, FLATTENS, PURE_WHOLE },
    { STR_INIT("format"), formatted, 0, 0 },
    { STR_INIT("getwd"), here, 0, 0 },
    { STR_INIT("head"), part, HEAD, 0 },
    { STR_INIT("ifelse"), choose, 0, 0 },
    { STR_INIT("is.null"), is_null, 0, 0 },
    { STR_INIT("length"), length, 0, 0 },
    { STR_INIT("list"), combine, KEEPS_VECTORS, PURE_WHOLE },
    { STR_INIT("names"), names, 0, 0 },
    { STR_INIT("rep"), repeat, 0, 0 },
    { STR_INIT("rev"), reversed, 0, 0 },
    { STR_INIT("seq"), sequence, 0, 0 },
    { STR_INIT("seq_along"), indexes, 1, 0 },
    { STR_INIT("seq_len"), indexes, 0, 0 },
    { STR_INIT("setNames"), with_names, 0, 0 },
    { STR_INIT("sort"), sorted, 0, 0 },
    { STR_INIT("tail"), part, TAIL, 0 },
    { STR_INIT("unique"), unique, 0, 0 },
    { STR_INIT("unlist"), unlist, 0, 0 },
};
const struct pure_table pure_r_seq_functions = PURE_TABLE(functions);
