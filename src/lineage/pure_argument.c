/*
 * pure_argument: the command line of a program as argparse declares it, settings that a parser read
 * from a file, and named tuples.
 *
 * They are calls of objects of the outside.  All parsers of a notebook share their options: what
 * one is given by default is what parse_args() gives; what has no default is not known.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_seq.h"
#include "util/limits.h"

#include <string.h>

/* "--out-dir" is out_dir, "-o" nothing, "name" itself. */
static struct str option_name(struct values *vs, struct str flag)
{
    if (!str_has_prefix(flag, STR("-")))
        return flag;
    if (!str_has_prefix(flag, STR("--")))
        return STR_EMPTY;
    struct str rest = str_from_pos(flag, 2);
    char *name = arena_alloc(vs->arena, rest.len + 1);
    for (size_t i = 0; i < rest.len; i++)
        name[i] = rest.ptr[i] == '-' ? '_' : rest.ptr[i];
    return (struct str){ name, rest.len };
}

/* parser.add_argument("-o", "--out-dir", default=...) */
static struct value *add_argument(struct values *vs, const struct call_args *args)
{
    struct str flag, name = STR_EMPTY;
    struct value *v = args_named(args, STR("default"));
    if (!value_is_known_text(args_named(args, STR("dest")), &name))
        for (size_t i = 0; i < args->n_items && name.len == 0; i++)
            if (value_is_known_text(args->items[i], &flag))
                name = option_name(vs, flag);
    if (name.len > 0 && v != NULL && !pure_is_none(v))
        value_map_put(vs, vs->options, value_text(vs, name), v);
    return value_unknown(vs, HOLE_ARGUMENT, name);
}

/* The words of parse_args(["--name", "value", "--other=value"]). */
static void take_words(struct values *vs, struct value *into, const struct seq *words)
{
    struct str flag, value;
    for (size_t i = 0; i < words->n; i++) {
        if (!value_is_known_text(words->items[i], &flag) || !str_has_prefix(flag, STR("--")))
            continue;
        bool has_value = str_cut(flag, '=', &flag, &value);
        struct value *v = has_value          ? value_text(vs, value)
                          : i + 1 < words->n ? words->items[i + 1]
                                             : NULL;
        if (v == NULL ||
            (!has_value && value_is_known_text(v, &value) && str_has_prefix(value, STR("--"))))
            continue;
        value_map_put(vs, into, value_text(vs, option_name(vs, flag)), v);
    }
}

static struct value *parse_args(struct values *vs, const struct call_args *args)
{
    struct value *v = map_copy(vs, vs->options);
    const struct value *words = args_get(args, 0, STR("args"));
    if (v->kind != VALUE_MAP)
        return v;
    v->map->is_open = true;
    v->map->missing.reason = HOLE_ARGUMENT;
    if (words != NULL && words->kind == VALUE_SEQ)
        take_words(vs, v, words->seq);
    return v;
}

/* ---- named tuples ---- */

/* "a b", "a, b" or a list of names. */
static const struct value *field_names(struct values *vs, struct value *given)
{
    struct str text;
    if (!value_is_known_text(given, &text))
        return given;
    struct value *list = value_seq(vs, 0);
    for (size_t at = 0; at < text.len;) {
        while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == ','))
            at++;
        size_t end = at;
        while (end < text.len && text.ptr[end] != ' ' && text.ptr[end] != ',')
            end++;
        if (end > at)
            value_seq_add(vs, list, value_text(vs, str_slice(text, at, end)));
        at = end;
    }
    return list;
}

/* The field's value: at its place, by its name, else not known. */
static struct value *field(struct values *vs, const struct call_args *args, size_t i,
                           struct str name)
{
    struct value *v = args_get(args, i, name);
    return v != NULL ? v : value_unknown(vs, HOLE_RUN_TIME, name);
}

static struct value *make_tuple(struct values *vs, const struct call_args *made,
                                const struct call_args *args)
{
    struct value *given = args_get(made, 1, STR("field_names"));
    const struct value *names = given == NULL ? NULL : field_names(vs, given);
    struct value *v = value_seq(vs, VALUE_IS_TUPLE);
    if (names == NULL || names->kind != VALUE_SEQ || v->kind != VALUE_SEQ || names->seq->n == 0 ||
        names->seq->n > 100)
        return NULL;
    size_t n = names->seq->n;
    struct str *all = ARENA_NEW_N(vs->arena, struct str, n);
    for (size_t i = 0; i < n; i++) {
        if (!value_is_known_text(names->seq->items[i], &all[i]))
            all[i] = STR_EMPTY;
        value_seq_add(vs, v, field(vs, args, i, all[i]));
    }
    if (v->seq->n == n)
        v->seq->names = all;
    return v;
}

/* ---- settings: what configparser read is kept as the parser's fields ---- */

/* parser.get("section", "option", fallback="x") and its like. */
static struct value *get_option(const struct value *section, const struct call_args *args)
{
    struct str name;
    if (args->n_items < 2 || !value_is_known_text(args->items[1], &name))
        return NULL;
    struct value *v = strmap_get(&section->map->entries, name);
    return v != NULL ? v : args_named(args, STR("fallback"));
}

static struct value *ask_parser(struct values *vs, const struct chain *callee,
                                const struct call_args *args)
{
    struct value *all = callee->base->fields, *section = NULL;
    struct str name;
    if (str_eq(callee->name, STR("sections")))
        return seq_of_keys(vs, all);
    if (args->n_items > 0 && value_is_known_text(args->items[0], &name))
        section = strmap_get(&all->map->entries, name);
    if (section == NULL || section->kind != VALUE_MAP)
        return NULL;
    if (str_has_prefix(callee->name, STR("get")))
        return get_option(section, args);
    static const struct call_args none = { .is_open = false };
    bool is_items = str_eq(callee->name, STR("items"));
    if (!is_items && !str_eq(callee->name, STR("options")))
        return NULL;
    return is_items ? pure_method(vs, CALL_PYTHON, section, callee->name, &none, true)
                    : seq_of_keys(vs, section);
}

struct value *pure_chain_call(struct values *vs, const struct chain *callee,
                              const struct call_args *args)
{
    if (values_are_full(vs) || callee->lang != CALL_PYTHON)
        return NULL;
    if (callee->step == STEP_CALL && callee->args != NULL &&
        str_has_suffix(callee->base->name, STR("namedtuple")))
        return make_tuple(vs, callee->args, args);
    if (callee->step != STEP_ATTR)
        return NULL;
    if (callee->base->fields != NULL &&
        str_has_prefix_nocase(chain_name(vs, callee), STR("configparser.")))
        return ask_parser(vs, callee, args);
    bool is_parser = str_eq(callee->name, STR("add_argument")) ||
                     str_eq(callee->name, STR("parse_args")) ||
                     str_eq(callee->name, STR("parse_known_args"));
    if (!is_parser || !str_has_prefix(chain_name(vs, callee), STR("argparse.")))
        return NULL;
    if (str_eq(callee->name, STR("add_argument")))
        return add_argument(vs, args);
    struct value *v = parse_args(vs, args);
    return str_eq(callee->name, STR("parse_args")) ? v : seq_tuple(vs, v, value_seq(vs, 0));
}
