/* pure: see pure.h.  Finding the row, and calling it for each combination of alternatives. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_internal.h"
#include "lineage/pure_path.h"
#include "lineage/pure_tables.h"
#include "lineage/pure_time.h"
#include "lineage/pure_url.h"
#include "util/limits.h"

#include <stdlib.h>

static const struct pure_table *const python_functions[] = {
    &pure_builtin_functions,
    &pure_make_functions,
    &pure_path_functions,
    &pure_pathlib_functions,
    &pure_url_functions,
    &pure_re_functions,
    &pure_date_functions,
    &pure_literal_functions,
    &pure_object_functions,
    &pure_widget_functions,
    NULL,
};
static const struct pure_table *const r_functions[] = {
    &pure_r_text_functions,
    &pure_r_seq_functions,
    &pure_r_package_functions,
    &pure_widget_functions,
    NULL,
};
static const struct pure_table *const scala_functions[] = {
    &pure_scala_functions,
    &pure_widget_functions,
    NULL,
};

static int cmp_row(const void *name, const void *row)
{
    return str_cmp(*(const struct str *)name, ((const struct pure_row *)row)->name);
}

static const struct pure_row *find_in(const struct pure_table *table, struct str name)
{
    return bsearch(&name, table->rows, table->n, sizeof *table->rows, cmp_row);
}

struct pure_index {
    struct strmap functions[CALL_N_LANGS]; /* const struct pure_row *, by name */
};

const struct pure_index *pure_index_new(struct arena *a)
{
    static const struct pure_table *const *const TABLES[CALL_N_LANGS] = {
        [CALL_PYTHON] = python_functions,
        [CALL_R] = r_functions,
        [CALL_SCALA] = scala_functions,
    };
    struct pure_index *index = ARENA_NEW(a, struct pure_index);
    for (size_t lang = 0; lang < CALL_N_LANGS; lang++) {
        strmap_init(&index->functions[lang], a);
        for (const struct pure_table *const *t = TABLES[lang]; *t != NULL; t++)
            for (size_t i = 0; i < (*t)->n; i++)
                if (!strmap_has(&index->functions[lang], (*t)->rows[i].name))
                    strmap_put(&index->functions[lang], (*t)->rows[i].name,
                               (void *)(uintptr_t) & (*t)->rows[i]);
    }
    return index;
}

const struct strmap *pure_index_names(const struct pure_index *index, enum call_lang lang)
{
    return &index->functions[lang];
}

static const struct pure_row *find(struct values *vs, enum call_lang lang, struct str name)
{
    if (vs->pure == NULL)
        vs->pure = pure_index_new(vs->arena);
    return strmap_get(&vs->pure->functions[lang], name);
}

/* R's functions stand in the tables without the packages that most code attaches. */
static struct str without_package(struct str name)
{
    static const struct str packages[] = {
        STR_INIT("DBI."),        STR_INIT("askpass."), STR_INIT("base."),
        STR_INIT("data.table."), STR_INIT("dbplyr."),  STR_INIT("dplyr."),
        STR_INIT("fs."),         STR_INIT("glue."),    STR_INIT("here."),
        STR_INIT("lubridate."),  STR_INIT("purrr."),   STR_INIT("rlang."),
        STR_INIT("rstudioapi."), STR_INIT("stats."),   STR_INIT("stringi."),
        STR_INIT("stringr."),    STR_INIT("tools."),   STR_INIT("utils."),
        STR_INIT("uuid."),       STR_INIT("xfun."),
    };
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
        if (str_has_prefix(name, packages[i]))
            return str_from_pos(name, packages[i].len);
    return name;
}

static bool is_unknown(const struct value *v)
{
    return v != NULL && (v->kind == VALUE_UNKNOWN || v->kind == VALUE_CHAIN ||
                         (v->kind == VALUE_TEXT && v->text.n_holes > 0));
}

/* Why the result of this call is unknown. */
static struct value *unknown_of(const struct pure_call *c)
{
    const struct value *why = is_unknown(c->self) ? c->self : NULL;
    for (size_t i = 0; i < c->args->n_items && why == NULL; i++)
        why = is_unknown(c->args->items[i]) ? c->args->items[i] : NULL;
    for (size_t i = 0; i < c->args->n_named && why == NULL; i++)
        why = is_unknown(c->args->named[i]) ? c->args->named[i] : NULL;
    if (why == NULL)
        return value_unknown(c->vs, HOLE_RUN_TIME, STR_EMPTY);
    return value_unknown(c->vs, value_hole(why).reason, value_hole(why).name);
}

/* What is made of an element of a listing and still has its folder in front is one, too. */
static struct value *with_folder(struct values *vs, const struct value *source, struct value *v)
{
    size_t slash = str_rfind_char(source->text.bytes, '/');
    if (v->kind != VALUE_TEXT || slash == SIZE_MAX ||
        !str_has_prefix(v->text.bytes, str_slice(source->text.bytes, 0, slash + 1)))
        return v;
    return value_with_flags(vs, v, v->flags | VALUE_IS_LISTED);
}

static struct value *keep_listed(const struct pure_call *c, struct value *v)
{
    const struct value *source = c->self;
    if (source == NULL && c->args->n_items > 0)
        source = c->args->items[0];
    if (source == NULL || source->kind != VALUE_TEXT || !(source->flags & VALUE_IS_LISTED))
        return v;
    /* the parts of a text are a sequence that was made for them */
    for (size_t i = 0; v->kind == VALUE_SEQ && i < v->seq->n; i++)
        v->seq->items[i] = with_folder(c->vs, source, v->seq->items[i]);
    return with_folder(c->vs, source, v);
}

/* Where what it was made of came from; an element that is only passed on has its own origin. */
static struct value *keep_origin(const struct pure_call *c, struct value *v)
{
    if (v->origin != NULL || v->kind != VALUE_TEXT)
        return v;
    const struct origin *origin = c->self == NULL ? NULL : c->self->origin;
    for (size_t i = 0; i < c->args->n_items && i < 4; i++)
        if (c->args->items[i] != NULL)
            origin = origin_join(c->vs, origin, c->args->items[i]->origin);
    if (origin == NULL)
        return v;
    struct value *copy = value_with_flags(c->vs, v, v->flags);
    if (copy != c->vs->full)
        copy->origin = origin;
    return copy;
}

static struct value *run(const struct pure_call *c, const struct pure_row *row)
{
    if (values_are_full(c->vs))
        return c->vs->full;
    struct value *v = row->run(c);
    if (v == c->vs->declined)
        return v;
    return keep_origin(c, v == NULL ? unknown_of(c) : keep_listed(c, v));
}

/* Receiver and arguments in one array. */
static struct value **slots_of(const struct pure_call *c, size_t *n)
{
    const struct call_args *args = c->args;
    struct value **slots =
        ARENA_NEW_N(c->vs->arena, struct value *, 1 + args->n_items + args->n_named);
    slots[0] = c->self;
    for (size_t i = 0; i < args->n_items; i++)
        slots[1 + i] = args->items[i];
    for (size_t i = 0; i < args->n_named; i++)
        slots[1 + args->n_items + i] = args->named[i];
    *n = 1 + args->n_items + args->n_named;
    return slots;
}

static bool has_union(const struct pure_call *c)
{
    bool has = c->self != NULL && c->self->kind == VALUE_UNION;
    for (size_t i = 0; i < c->args->n_items && !has; i++)
        has = c->args->items[i] != NULL && c->args->items[i]->kind == VALUE_UNION;
    for (size_t i = 0; i < c->args->n_named && !has; i++)
        has = c->args->named[i]->kind == VALUE_UNION;
    return has;
}

struct value *pure_spread(const struct pure_call *c, const struct pure_row *row)
{
    struct pure_call one = *c;
    one.how = row->how;
    if (row->flags & PURE_WHOLE || !has_union(c) || values_are_full(c->vs))
        return run(&one, row);
    size_t n;
    struct value **slots = slots_of(c, &n);
    for (size_t i = 0; i < n; i++)
        slots[i] = slots[i] != NULL ? value_without_none(c->vs, slots[i]) : NULL;
    size_t count = choices_count(slots, n, LIMIT_ALTERNATIVES);
    struct value *all = NULL;
    one.is_certain = false;
    for (size_t k = 0; k < count && k < LIMIT_ALTERNATIVES; k++) {
        struct value **picked = ARENA_NEW_N(c->vs->arena, struct value *, n);
        struct call_args args = *c->args;
        choices_pick(slots, n, k, picked);
        one.self = picked[0];
        args.items = picked + 1;
        args.named = picked + 1 + args.n_items;
        one.args = &args;
        struct value *v = run(&one, row);
        if (v == c->vs->declined)
            return v;
        all = value_join(c->vs, all, v);
    }
    if (count > LIMIT_ALTERNATIVES) {
        c->vs->hit_limit = true;
        all = value_join(c->vs, all, value_unknown(c->vs, HOLE_LIMIT, STR_EMPTY));
    }
    return all;
}

/* str.strip(x) */
static struct value *unbound_method(struct values *vs, struct str name,
                                    const struct call_args *args)
{
    if (!str_has_prefix(name, STR("str.")) || args->n_items == 0)
        return NULL;
    struct call_args rest = *args;
    rest.items++;
    rest.n_items--;
    return pure_method(vs, CALL_PYTHON, args->items[0], str_from_pos(name, 4), &rest, true);
}

struct value *pure_function(struct values *vs, enum call_lang lang, struct str name,
                            const struct call_args *args)
{
    const struct pure_row *row = find(vs, lang, name);
    if (row == NULL && lang == CALL_R)
        row = find(vs, lang, without_package(name));
    if (row == NULL && lang == CALL_PYTHON)
        return unbound_method(vs, name, args);
    struct pure_call c = { .vs = vs, .lang = lang, .args = args, .is_certain = true };
    struct value *v = row == NULL ? NULL : pure_spread(&c, row);
    return v == vs->declined ? NULL : v;
}

static const struct pure_table *text_methods(const struct value *text)
{
    if (text->flags & VALUE_IS_PATH)
        return &pure_path_methods;
    if (text->flags & VALUE_IS_DATE)
        return &pure_date_methods;
    return text->flags & VALUE_IS_PATTERN ? &pure_pattern_methods : &pure_text_methods;
}

static const struct pure_row *find_scala_method(const struct value *self, struct str name)
{
    switch (self->kind) {
    case VALUE_TEXT:
        return find_in(&pure_scala_text_methods, name);
    case VALUE_SEQ:
        return find_in(&pure_scala_seq_methods, name);
    case VALUE_MAP:
        return find_in(&pure_scala_map_methods, name);
    case VALUE_NUMBER:
    case VALUE_CONST:
        return find_in(&pure_scala_other_methods, name);
    default:
        return NULL;
    }
}

static const struct pure_row *find_method(enum call_lang lang, const struct value *self,
                                          struct str name)
{
    if (lang == CALL_SCALA)
        return find_scala_method(self, name);
    if (lang != CALL_PYTHON)
        return NULL;
    if (self->kind == VALUE_TEXT)
        return find_in(text_methods(self), name);
    if (self->kind == VALUE_MAP)
        return find_in(&pure_map_methods, name);
    if (self->kind != VALUE_SEQ)
        return NULL;
    const struct pure_row *row = find_in(&pure_seq_methods, name);
    return row != NULL || self->seq->names == NULL ? row : find_in(&pure_match_methods, name);
}

/* Attributes of modules that are constants. */
static const struct {
    struct str module, name, value;
} constants[] = {
    { STR_INIT("os"), STR_INIT("curdir"), STR_INIT(".") },
    { STR_INIT("os"), STR_INIT("extsep"), STR_INIT(".") },
    { STR_INIT("os"), STR_INIT("linesep"), STR_INIT("\n") },
    { STR_INIT("os"), STR_INIT("name"), STR_INIT("posix") },
    { STR_INIT("os"), STR_INIT("pardir"), STR_INIT("..") },
    { STR_INIT("os.path"), STR_INIT("sep"), STR_INIT("/") },
    { STR_INIT("os"), STR_INIT("sep"), STR_INIT("/") },
    { STR_INIT("string"), STR_INIT("ascii_lowercase"), STR_INIT("abcdefghijklmnopqrstuvwxyz") },
    { STR_INIT("string"), STR_INIT("ascii_uppercase"), STR_INIT("ABCDEFGHIJKLMNOPQRSTUVWXYZ") },
    { STR_INIT("string"), STR_INIT("digits"), STR_INIT("0123456789") },
};

static struct value *module_attribute(struct values *vs, const struct chain *base, struct str name)
{
    if (base->depth > 1 || base->step == STEP_CALL || base->step == STEP_ITEM)
        return NULL;
    if (str_eq(name, STR("environ")) && str_eq(chain_name(vs, base), STR("os")))
        return vs->environ;
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (str_eq(constants[i].name, name) && str_eq(constants[i].module, chain_name(vs, base)))
            return value_text(vs, constants[i].value);
    return NULL;
}

static struct value *named_item(const struct seq *s, struct str name)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(s->names[i], name))
            return s->items[i];
    return NULL;
}

static struct value *one_attribute(struct values *vs, struct value *v, struct str name)
{
    if (v->kind == VALUE_TEXT && v->flags & VALUE_IS_PATH)
        return path_attribute(vs, v, name);
    if (v->kind == VALUE_SEQ)
        return v->seq->names == NULL              ? NULL
               : named_item(v->seq, name) != NULL ? named_item(v->seq, name)
                                                  : url_attribute(vs, v->seq, name);
    if (v->kind == VALUE_TEXT || v->kind == VALUE_NUMBER)
        return time_attribute(vs, v, name);
    if (v->kind == VALUE_MAP)
        return strmap_get(&v->map->entries, name);
    return v->kind == VALUE_CHAIN ? module_attribute(vs, v->chain, name) : NULL;
}

struct value *pure_attribute(struct values *vs, struct value *receiver, struct str name)
{
    struct value *all = NULL;
    for (size_t i = 0; i < value_n_alternatives(receiver); i++)
        all = value_join(vs, all, one_attribute(vs, value_alternative(receiver, i), name));
    return all;
}

static const struct pure_table *const all_tables[] = {
    &pure_builtin_functions, &pure_make_functions,      &pure_path_functions,
    &pure_pathlib_functions, &pure_url_functions,       &pure_re_functions,
    &pure_text_methods,      &pure_path_methods,        &pure_seq_methods,
    &pure_map_methods,       &pure_pattern_methods,     &pure_match_methods,
    &pure_r_text_functions,  &pure_r_seq_functions,     &pure_r_package_functions,
    &pure_scala_functions,   &pure_scala_text_methods,  &pure_scala_seq_methods,
    &pure_scala_map_methods, &pure_scala_other_methods, &pure_date_functions,
    &pure_date_methods,      &pure_literal_functions,   &pure_object_functions,
    &pure_widget_functions,
};

const struct pure_table *const *pure_tables(size_t *n)
{
    *n = sizeof all_tables / sizeof *all_tables;
    return all_tables;
}

struct value *pure_method(struct values *vs, enum call_lang lang, struct value *receiver,
                          struct str name, const struct call_args *args, bool is_certain)
{
    struct value *all = NULL;
    bool is_found = false;
    size_t n = value_n_alternatives(receiver);
    for (size_t i = 0; i < n; i++) {
        struct pure_call c = { .vs = vs, .lang = lang, .args = args };
        c.self = value_alternative(receiver, i);
        c.is_certain = is_certain && n == 1;
        const struct pure_row *row = find_method(lang, c.self, name);
        struct value *v = row == NULL ? vs->declined : pure_spread(&c, row);
        is_found = is_found || v != vs->declined;
        all = value_join(vs, all, v == vs->declined ? unknown_of(&c) : v);
    }
    return is_found ? all : NULL;
}

struct value *pure_arg(const struct pure_call *c, size_t index, struct str name)
{
    return args_get(c->args, index, name);
}

struct value *pure_arg_text(const struct pure_call *c, size_t index, struct str name)
{
    struct value *v = pure_arg(c, index, name);
    return v == NULL || v->kind == VALUE_TEXT ? v : value_to_text(c->vs, v);
}

bool pure_arg_known(const struct pure_call *c, size_t index, struct str name, struct str *out)
{
    return value_is_known_text(pure_arg(c, index, name), out);
}

bool pure_arg_whole(const struct pure_call *c, size_t index, struct str name, int64_t *out)
{
    return value_is_whole(pure_arg(c, index, name), out);
}

bool pure_is_const(const struct value *v, struct str name)
{
    return v != NULL && v->kind == VALUE_CONST && str_eq(v->constant, name);
}

bool pure_is_none(const struct value *v)
{
    return v == NULL || pure_is_const(v, STR("None"));
}

struct value *pure_new_text(struct values *vs, struct str bytes)
{
    return value_text(vs, arena_str(vs->arena, bytes));
}
