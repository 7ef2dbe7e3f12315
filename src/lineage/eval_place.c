/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"

const struct call_place *row_place(const struct call_row *row, enum place_role role,
                                   enum place_part part)
{
    for (size_t i = 0; i < row->n_places; i++)
        if (row->places[i].role == role && row->places[i].part == part)
            return &row->places[i];
    return NULL;
}

static struct value *by_names(const struct call_args *args, const struct place_way *way)
{
    for (size_t i = 0; i < way->n_names; i++) {
        struct value *v = args_named(args, way->names[i]);
        if (v != NULL)
            return v;
    }
    return NULL;
}

/* The step of the chain that called name, at or before c. */
static const struct chain *earlier_call(const struct chain *c, struct str name)
{
    for (; c != NULL; c = c->base)
        if (c->step == STEP_CALL && c->base != NULL && c->base->step != STEP_ITEM &&
            str_eq(c->base->name, name))
            return c;
    return NULL;
}

/* Options are names of Spark's, which knows no case. */
static struct value *option_of_call(const struct call_args *args, struct str name)
{
    for (size_t i = args->n_named; i-- > 0;)
        if (str_eq_nocase(args->names[i], name))
            return args->named[i];
    if (args->n_items != 1 || args->items[0]->kind != VALUE_MAP)
        return NULL;
    const struct strmap *map = &args->items[0]->map->entries;
    for (size_t i = 0; i < map->n; i++)
        if (str_eq_nocase(map->entries[i].key, name))
            return map->entries[i].value;
    return NULL;
}

/* .option("path", x), .options(path=x), wherever in the chain; the last one counts. */
static struct value *option(const struct chain *c, struct str name)
{
    for (; c != NULL; c = c->base) {
        if (c->step != STEP_CALL || c->base == NULL || c->args == NULL)
            continue;
        const struct call_args *args = c->args;
        bool is_option = str_eq(c->base->name, STR("option"));
        if (is_option && args->n_items >= 2 && args->items[0]->kind == VALUE_TEXT &&
            str_eq_nocase(args->items[0]->text.bytes, name))
            return args->items[1];
        if (!str_eq(c->base->name, STR("options")))
            continue;
        struct value *v = option_of_call(args, name);
        if (v != NULL)
            return v;
    }
    return NULL;
}

/* An option of the chain, or a keyword of the call that ends it: .save(path=x). */
static struct value *any_option(const struct chain *c, const struct place_way *way,
                                const struct call_args *args)
{
    struct value *v = NULL;
    for (size_t i = 0; i < way->n_names && v == NULL; i++)
        v = option(c, way->names[i]);
    return v != NULL ? v : by_names(args, way);
}

/* The argument of an earlier call: by position, or by a name behind that of the call. */
static struct value *chain_argument(const struct chain *c, const struct place_way *way)
{
    const struct chain *call = earlier_call(c, way->names[0]);
    if (call == NULL || call->args == NULL)
        return NULL;
    if (way->index < call->args->n_items)
        return call->args->items[way->index];
    const struct place_way named = { way->how, way->index, way->names + 1, way->n_names - 1 };
    return by_names(call->args, &named);
}

static struct value *named_item(const struct seq *seq, struct str name)
{
    for (size_t i = 0; i < seq->n; i++)
        if (str_eq(seq->names[i], name))
            return seq->items[i];
    return NULL;
}

static struct value *walk(struct eval *e, struct value *v, const struct str *steps, size_t n)
{
    if (v == NULL || n == 0)
        return v;
    struct value *all = NULL;
    if (v->kind == VALUE_UNION) {
        for (size_t i = 0; i < value_n_alternatives(v); i++) {
            struct value *x = walk(e, value_alternative(v, i), steps, n);
            all = x == NULL ? all : value_join(&e->vs, all, x);
        }
        return all;
    }
    if (str_eq(steps[0], STR("[]"))) {
        if (v->kind != VALUE_SEQ)
            return walk(e, v, steps + 1, n - 1);
        struct value *seq = eval_seq(e, 0);
        for (size_t i = 0; i < v->seq->n; i++) {
            struct value *x = walk(e, v->seq->items[i], steps + 1, n - 1);
            if (x != NULL)
                value_seq_add(&e->vs, seq, x);
        }
        return seq->seq->n > 0 ? seq : NULL;
    }
    bool is_any = str_eq(steps[0], STR("*"));
    if (v->kind == VALUE_SEQ && v->seq->names != NULL && !is_any) /* R's list(name = x) */
        return walk(e, named_item(v->seq, steps[0]), steps + 1, n - 1);
    if (v->kind != VALUE_MAP)
        return NULL;
    if (!is_any)
        return walk(e, strmap_get(&v->map->entries, steps[0]), steps + 1, n - 1);
    struct value *seq = eval_seq(e, 0);
    for (size_t i = 0; i < v->map->entries.n; i++) {
        struct value *x = walk(e, v->map->entries.entries[i].value, steps + 1, n - 1);
        if (x != NULL)
            value_seq_add(&e->vs, seq, x);
    }
    return seq->seq->n > 0 ? seq : NULL;
}

static struct value *receiver_part(const struct chain *c, enum place_part part)
{
    for (; c != NULL; c = c->base) {
        if (part == PART_BUCKET && c->bucket != NULL)
            return c->bucket;
        if (part != PART_BUCKET && c->place != NULL)
            return c->place;
    }
    return NULL;
}

static struct value *way_value(struct eval *e, const struct place_way *way, enum place_part part,
                               const struct chain *receiver, const struct call_args *args,
                               struct str own_name)
{
    switch (way->how) {
    case HOW_ARG:
        return way->index < args->n_items ? args->items[way->index] : by_names(args, way);
    case HOW_ALL_ARGS: {
        struct value *seq = eval_seq(e, 0);
        for (size_t i = way->index; i < args->n_items; i++)
            value_seq_add(&e->vs, seq, args->items[i]);
        return seq->seq->n > 0 ? seq : by_names(args, way);
    }
    case HOW_KEYWORD:
        return by_names(args, way);
    case HOW_RECEIVER:
        return receiver_part(receiver, part);
    case HOW_OPTION:
        return any_option(receiver, way, args);
    case HOW_CHAIN:
        return chain_argument(receiver, way);
    case HOW_DICT_WALK: {
        struct value *v =
            way->index < args->n_items ? args->items[way->index] : args_named(args, way->names[0]);
        if (v == NULL && args->n_items > 0 && args->items[0]->kind == VALUE_MAP)
            v = strmap_get(&args->items[0]->map->entries, way->names[0]);
        return walk(e, v, way->names + 1, way->n_names - 1);
    }
    case HOW_TEXT:
        return value_text(&e->vs, way->names[0]);
    case HOW_OWN_NAME:
        return value_text(&e->vs, own_name);
    }
    return NULL;
}

struct value *place_value(struct eval *e, const struct call_place *place,
                          const struct chain *receiver, const struct call_args *args,
                          struct str own_name)
{
    struct value *unknown = NULL;
    for (size_t i = 0; place != NULL && i < place->n_ways; i++) {
        struct value *v = way_value(e, &place->ways[i], place->part, receiver, args, own_name);
        if (v == NULL || (v->kind == VALUE_CONST && str_eq(v->constant, STR("None"))))
            continue;
        /* A session may stand in front: read.df(context, path). */
        bool is_session = i + 1 < place->n_ways && place->ways[i].how == HOW_ARG &&
                          place->ways[i + 1].how == HOW_ARG &&
                          (v->kind == VALUE_UNKNOWN || v->kind == VALUE_CHAIN);
        if (!is_session && (unknown == NULL || v->kind == VALUE_TEXT))
            return v;
        if (unknown == NULL)
            unknown = v;
    }
    return unknown;
}
