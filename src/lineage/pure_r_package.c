/*
 * pure_r: functions of R that make values.  A vector is a SEQ, one element of it the element
 * itself; what R does with vectors element by element is done so here, the shorter one going round
 * again. list() of named elements only is a MAP.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_path.h"
#include "lineage/pure_re.h"
#include "lineage/pure_seq.h"
#include "lineage/pure_tables.h"

#include "util/attrs.h"
#include "util/limits.h"

#include <string.h>

/* The argument for the at-th of these parameters, as R matches them: by name, else the positional
 * ones in the order of the parameters that are left. */
static struct value *arg(const struct pure_call *c, const struct str *params, size_t at)
{
    struct value *v = args_named(c->args, params[at]);
    size_t index = at;
    for (size_t i = 0; i < at; i++)
        index -= args_named(c->args, params[i]) != NULL;
    return v != NULL ? v : index < c->args->n_items ? c->args->items[index] : NULL;
}

static bool known_arg(const struct pure_call *c, const struct str *params, size_t at,
                      struct str *out)
{
    return value_is_known_text(arg(c, params, at), out);
}

static bool is_true(const struct pure_call *c, struct str name)
{
    return pure_is_const(args_named(c->args, name), STR("True"));
}

/* Elements of a vector: of a SEQ its items, else the one value; and of an open one what more
 * elements are like. */
static size_t vector_length(const struct value *v)
{
    return v->kind == VALUE_SEQ ? v->seq->n : 1;
}

static struct value *vector_item(struct value *v, size_t i)
{
    if (v->kind != VALUE_SEQ)
        return v;
    return v->seq->items[i % v->seq->n];
}

static struct value *more_of(struct values *vs, struct value *v)
{
    return v->kind == VALUE_SEQ && v->seq->is_open ? seq_other(vs, v->seq) : NULL;
}

/* The vector as R shows it to others: a vector of one element is that element. */
static struct value *simplified(struct value *v)
{
    return v->kind == VALUE_SEQ && v->seq->n == 1 && !v->seq->is_open ? v->seq->items[0] : v;
}

static struct value *open_with(struct value *v, struct value *more)
{
    if (v->kind == VALUE_SEQ) {
        v->seq->is_open = true;
        v->seq->any_more = more;
    }
    return v;
}

/* ---- element by element ---- */

/* run for each element of the vector that is the first argument, as c->self. */
static struct value *each(const struct pure_call *c, struct value *v,
                          struct value *(*run)(const struct pure_call *c))
{
    struct pure_call one = *c;
    struct value *unknown = value_unknown(c->vs, HOLE_RUN_TIME, STR_EMPTY);
    if (v == NULL)
        return NULL;
    if (v->kind != VALUE_SEQ) {
        one.self = v->kind == VALUE_TEXT ? v : value_to_text(c->vs, v);
        return one.self->kind == VALUE_TEXT ? run(&one) : NULL;
    }
    struct value *out = value_seq(c->vs, v->flags & VALUE_IS_LISTED);
    struct value *more = more_of(c->vs, v);
    for (size_t i = 0; i <= v->seq->n; i++) {
        struct value *item = i < v->seq->n ? v->seq->items[i] : more;
        struct value *all = NULL;
        for (size_t k = 0; item != NULL && k < value_n_alternatives(item); k++) {
            one.self = value_to_text(c->vs, value_alternative(item, k));
            struct value *result = one.self->kind == VALUE_TEXT ? run(&one) : NULL;
            all = value_join(c->vs, all, result != NULL ? result : unknown);
        }
        if (i < v->seq->n)
            value_seq_add(c->vs, out, all != NULL ? all : unknown);
        else if (v->seq->is_open)
            open_with(out, all);
    }
    return out;
}

static const struct str X[] = { STR_INIT("x"), STR_INIT("path"), STR_INIT("string") };

/* The vector that a function of one vector works on, whatever its parameter is called. */
static struct value *vector_arg(const struct pure_call *c)
{
    for (size_t i = 0; i < ARRAY_LEN(X); i++)
        if (args_named(c->args, X[i]) != NULL)
            return args_named(c->args, X[i]);
    return c->args->n_items > 0   ? c->args->items[0]
           : c->args->n_named > 0 ? c->args->named[0]
                                  : NULL;
}

static struct value *same(const struct pure_call *c)
{
    return vector_arg(c);
}

enum part { PART_BASE, PART_DIR, PART_STEM, PART_SUFFIX };

static struct value *part_of_path(const struct pure_call *c)
{
    const struct value *v = c->self;
    size_t base = path_base(v->text.bytes), dot = path_suffix(v->text.bytes);
    switch ((enum part)c->how) {
    case PART_BASE:
        return path_tail(c->vs, v);
    case PART_DIR:
        if (base == 0)
            return v->text.n_holes > 0 ? NULL : value_text(c->vs, STR("."));
        return value_text_slice(c->vs, v, 0, base == 1 ? 1 : base - 1);
    case PART_STEM:
        return value_text_slice(c->vs, v, 0, dot);
    case PART_SUFFIX:
    default:
        return value_text_slice(c->vs, v, dot + (dot < v->text.bytes.len), SIZE_MAX);
    }
}

static struct value *path_part(const struct pure_call *c)
{
    return each(c, vector_arg(c), part_of_path);
}

static struct value *case_of_text(const struct pure_call *c)
{
    return text_cased(c->vs, c->self, (enum text_case)c->how);
}

static struct value *letter_case(const struct pure_call *c)
{
    return each(c, vector_arg(c), case_of_text);
}

static struct value *trim_text(const struct pure_call *c)
{
    struct str s = text_strip(c->self->text.bytes, STR(" \t\n\r"), 3);
    size_t from = s.len == 0 ? 0 : (size_t)(s.ptr - c->self->text.bytes.ptr);
    return value_text_slice(c->vs, c->self, from, from + s.len);
}

static struct value *trim(const struct pure_call *c)
{
    return each(c, vector_arg(c), trim_text);
}

/* ---- regular expressions ---- */

static const struct str GSUB[] = { STR_INIT("pattern"), STR_INIT("replacement"), STR_INIT("x") };
static const struct str STR_REPLACE[] = { STR_INIT("string"), STR_INIT("pattern"),
                                          STR_INIT("replacement") };

enum replace { FIRST = 1, ALL = 2, STRINGR = 4, REMOVE = 8 };

static struct value *replace_in(const struct pure_call *c)
{
    const struct str *params = c->how & STRINGR ? STR_REPLACE : GSUB;
    struct str pattern;
    struct value *new =
        c->how &REMOVE ? value_text(c->vs, STR_EMPTY) : arg(c, params, c->how & STRINGR ? 2 : 1);
    int64_t max = c->how & ALL ? 0 : 1;
    if (new == NULL || !known_arg(c, params, c->how & STRINGR ? 1 : 0, &pattern))
        return c->self->text.n_holes > 0 ? c->self : NULL;
    new = value_to_text(c->vs, new);
    if (new->kind != VALUE_TEXT)
        return NULL;
    if (is_true(c, STR("fixed")))
        return text_replace(c->vs, c->self, pattern, new, max == 0 ? -1 : max);
    return re_replace(c->vs, pattern, is_true(c, STR("ignore.case")), c->self, new, max,
                      RE_BACKSLASH);
}

static struct value *replace(const struct pure_call *c)
{
    return each(c, c->how & STRINGR ? arg(c, STR_REPLACE, 0) : arg(c, GSUB, 2), replace_in);
}

/* ---- joining ---- */

struct joint {
    struct value **vectors;
    size_t n, cap, longest;
    bool is_open;
};

static void add_vector(struct values *vs, struct joint *j, struct value *v)
{
    if (v == NULL || pure_is_const(v, STR("None")) ||
        (v->kind == VALUE_SEQ && v->seq->n == 0 && !v->seq->is_open))
        return;
    *ARENA_PUSH(vs->arena, j->vectors, j->n, j->cap) = v;
    if (vector_length(v) > j->longest)
        j->longest = vector_length(v);
    j->is_open = j->is_open || (v->kind == VALUE_SEQ && v->seq->is_open);
}

/* The i-th elements with by between them; SIZE_MAX: what more elements are like. */
static struct value *join_at(struct values *vs, const struct joint *j, struct value *by, size_t i)
{
    struct value **parts = ARENA_NEW_N(vs->arena, struct value *, 2 * j->n);
    size_t n = 0;
    for (size_t k = 0; k < j->n; k++) {
        struct value *v = j->vectors[k], *more = more_of(vs, v);
        if (k > 0 && by != NULL)
            parts[n++] = by;
        if (v->kind != VALUE_SEQ)
            parts[n++] = v;
        else if (i == SIZE_MAX && more != NULL)
            parts[n++] = more;
        else if (v->seq->n > 0)
            parts[n++] = vector_item(v, i == SIZE_MAX ? 0 : i);
        else
            parts[n++] = value_unknown(vs, HOLE_RUN_TIME, STR_EMPTY);
    }
    return value_concat_all(vs, parts, n);
}

static struct value *join_vectors(struct values *vs, const struct joint *j, struct value *by)
{
    struct value *out = value_seq(vs, 0);
    for (size_t i = 0; i < j->longest && out->kind == VALUE_SEQ && !out->seq->is_open; i++)
        value_seq_add(vs, out, join_at(vs, j, by, i));
    if (j->is_open)
        open_with(out, join_at(vs, j, by, SIZE_MAX));
    return simplified(out);
}

enum paste { PASTE, PASTE0, PATHS, GLUE, DOTTED };

static struct value *paste(const struct pure_call *c)
{
    struct joint j = { 0 };
    struct value *by = args_named(c->args, c->how == PATHS ? STR("fsep") : STR("sep"));
    struct value *collapse = args_named(c->args, STR("collapse"));
    if (by == NULL)
        by = value_text(c->vs, c->how == PASTE    ? STR(" ")
                               : c->how == PATHS  ? STR("/")
                               : c->how == DOTTED ? STR(".")
                                                  : STR_EMPTY);
    for (size_t i = 0; i < c->args->n_items; i++)
        add_vector(c->vs, &j, c->args->items[i]);
    for (size_t i = 0; i < c->args->n_named && c->how != GLUE; i++)
        if (!str_eq(c->args->names[i], STR("sep")) && !str_eq(c->args->names[i], STR("collapse")) &&
            !str_eq(c->args->names[i], STR("fsep")) && !str_eq(c->args->names[i], STR("ext")))
            add_vector(c->vs, &j, c->args->named[i]);
    if (c->args->is_open)
        add_vector(c->vs, &j, value_unknown(c->vs, HOLE_ARGUMENT, STR_EMPTY));
    if (j.n == 0)
        return value_text(c->vs, c->how == PATHS ? STR(".") : STR_EMPTY);
    struct value *v = join_vectors(c->vs, &j, by);
    const struct value *ext = args_named(c->args, STR("ext")); /* fs::path */
    if (ext != NULL && ext->kind == VALUE_TEXT && v->kind == VALUE_TEXT && c->how == PATHS)
        v = value_concat(c->vs, value_concat(c->vs, v, value_text(c->vs, STR("."))),
                         args_named(c->args, STR("ext")));
    if (pure_is_none(collapse) || v->kind != VALUE_SEQ)
        return v;
    return text_join(c->vs, value_to_text(c->vs, collapse), v);
}

/* glue_collapse(x, sep), str_flatten(x, sep) */
static struct value *collapse(const struct pure_call *c)
{
    static const struct str params[] = { STR_INIT("x"), STR_INIT("sep") };
    struct value *by = arg(c, params, 1), *v = vector_arg(c);
    if (v == NULL || v->kind != VALUE_SEQ)
        return v;
    if (by == NULL)
        by = args_named(c->args, STR("collapse"));
    return text_join(c->vs, by != NULL ? value_to_text(c->vs, by) : value_text(c->vs, STR_EMPTY),
                     v);
}

/* ---- vectors ---- */

static struct value *with_names(const struct pure_call *c)
{
    static const struct str params[] = { STR_INIT("object"), STR_INIT("nm") };
    struct value *v = arg(c, params, 0), *out;
    const struct value *given = arg(c, params, 1);
    if (v == NULL || v->kind != VALUE_SEQ || given == NULL || given->kind != VALUE_SEQ)
        return v;
    out = seq_copy(c->vs, v, 0);
    for (size_t i = 0; out->kind == VALUE_SEQ && i < out->seq->n && i < given->seq->n; i++) {
        struct str name;
        if (out->seq->names == NULL)
            out->seq->names = ARENA_NEW_N(c->vs->arena, struct str, out->seq->n);
        if (value_is_known_text(given->seq->items[i], &name))
            out->seq->names[i] = name;
    }
    return out;
}

static struct value *empty(const struct pure_call *c)
{
    return value_seq(c->vs, 0);
}

static struct value *either(const struct pure_call *c)
{
    static const struct str params[] = { STR_INIT("test"), STR_INIT("yes"), STR_INIT("no") };
    return value_join(c->vs, arg(c, params, 1), arg(c, params, 2));
}

/* ---- the world ---- */

/* A value that is not known, because of enum hole_reason how. */
static struct value *of_the_world(const struct pure_call *c)
{
    return value_unknown(c->vs, (enum hole_reason)c->how, STR_EMPTY);
}

static struct value *option(const struct pure_call *c)
{
    return c->args->n_items > 1 ? c->args->items[1] : NULL;
}

#define ROW(name, run, how)                                                                        \
    {                                                                                              \
        STR_INIT(name), run, how, 0                                                                \
    }
#define WHOLE(name, run)                                                                           \
    {                                                                                              \
        STR_INIT(name), run, 0, PURE_WHOLE                                                         \
    }

/* Those of packages stand here with the package and without it. */
static const struct pure_row rows[] = {
    ROW("Id", paste, DOTTED),
    ROW("R.home", of_the_world, HOLE_ENVIRONMENT),
    WHOLE("SQL", same),
    ROW("Sys.Date", of_the_world, HOLE_CLOCK),
    ROW("Sys.getpid", of_the_world, HOLE_ENVIRONMENT),
    ROW("Sys.info", of_the_world, HOLE_ENVIRONMENT),
    ROW("Sys.time", of_the_world, HOLE_CLOCK),
    WHOLE("URLencode", same),
    ROW("UUIDgenerate", of_the_world, HOLE_RANDOM),
    WHOLE("as.factor", same),
    WHOLE("as.list", same),
    WHOLE("as.name", same),
    WHOLE("as_fs_path", same),
    ROW("askForPassword", of_the_world, HOLE_INPUT),
    ROW("askpass", of_the_world, HOLE_INPUT),
    ROW("casefold", letter_case, CASE_LOWER),
    ROW("character", empty, 0),
    ROW("commandArgs", of_the_world, HOLE_ARGUMENT),
    ROW("date", of_the_world, HOLE_CLOCK),
    WHOLE("enc2utf8", same),
    WHOLE("factor", same),
    WHOLE("fifelse", either),
    ROW("file.choose", of_the_world, HOLE_INPUT),
    ROW("file_temp", of_the_world, HOLE_RANDOM),
    WHOLE("force", same),
    ROW("getOption", option, 0),
    ROW("glue_collapse", collapse, 0),
    ROW("glue_sql", paste, GLUE),
    WHOLE("iconv", same),
    WHOLE("ident", same),
    WHOLE("identity", same),
    WHOLE("if_else", either),
    ROW("in_catalog", paste, DOTTED),
    ROW("in_schema", paste, DOTTED),
    ROW("ncol", of_the_world, HOLE_RUN_TIME),
    WHOLE("noquote", same),
    ROW("now", of_the_world, HOLE_CLOCK),
    ROW("nrow", of_the_world, HOLE_RUN_TIME),
    ROW("path", paste, PATHS),
    WHOLE("path_abs", same),
    ROW("path_dir", path_part, PART_DIR),
    WHOLE("path_expand", same),
    ROW("path_ext", path_part, PART_SUFFIX),
    ROW("path_ext_remove", path_part, PART_STEM),
    ROW("path_file", path_part, PART_BASE),
    ROW("path_join", paste, PATHS),
    WHOLE("path_norm", same),
    ROW("path_wd", paste, PATHS),
    ROW("readline", of_the_world, HOLE_INPUT),
    ROW("rnorm", of_the_world, HOLE_RANDOM),
    ROW("runif", of_the_world, HOLE_RANDOM),
    ROW("sample", of_the_world, HOLE_RANDOM),
    ROW("sans_ext", path_part, PART_STEM),
    ROW("selectDirectory", of_the_world, HOLE_INPUT),
    ROW("set_names", with_names, 0),
    ROW("str_flatten", collapse, 0),
    ROW("str_remove", replace, FIRST | STRINGR | REMOVE),
    ROW("str_remove_all", replace, ALL | STRINGR | REMOVE),
    ROW("str_squish", trim, 0),
    ROW("str_to_title", letter_case, CASE_TITLE),
    ROW("stri_c", paste, PASTE0),
    WHOLE("sym", same),
    ROW("tempdir", of_the_world, HOLE_RANDOM),
    ROW("tempfile", of_the_world, HOLE_RANDOM),
    WHOLE("toString", same),
    ROW("toTitleCase", letter_case, CASE_TITLE),
    ROW("today", of_the_world, HOLE_CLOCK),
    WHOLE("trimws.default", same),
    WHOLE("unclass", same),
    WHOLE("unname", same),
    ROW("vector", empty, 0),
};

const struct pure_table pure_r_package_functions = PURE_TABLE(rows);
