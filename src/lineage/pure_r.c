/*
 * pure_r: R's functions on vectors of texts.
 *
 * A scalar is the vector of one element.  A function of texts is written for scalars; each() calls
 * it for every element, with shorter vectors recycled, as R does.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_path.h"
#include "lineage/pure_re.h"
#include "lineage/pure_seq.h"
#include "util/limits.h"

/* ---- of one element ---- */

static struct value *scalar_text(const struct pure_call *c, size_t i, struct str name)
{
    struct value *v = pure_arg_text(c, i, name);
    return v != NULL && v->kind == VALUE_TEXT ? v : NULL;
}

static struct value *named_or(const struct pure_call *c, struct str name, struct str fallback)
{
    struct value *v = args_named(c->args, name);
    return v != NULL ? v : value_text(c->vs, fallback);
}

static struct value *join_args(const struct pure_call *c, struct value *by)
{
    struct value **parts = ARENA_NEW_N(c->vs->arena, struct value *, 2 * c->args->n_items + 1);
    size_t n = 0;
    for (size_t i = 0; i < c->args->n_items; i++) {
        if (pure_is_const(c->args->items[i], STR("None")))
            continue;
        if (n > 0 && by != NULL)
            parts[n++] = by;
        parts[n++] = c->args->items[i];
    }
    return value_concat_all(c->vs, parts, n);
}

static struct value *paste_one(const struct pure_call *c)
{
    return join_args(c, named_or(c, STR("sep"), STR(" ")));
}

static struct value *paste0_one(const struct pure_call *c)
{
    return join_args(c, args_named(c->args, STR("sep")));
}

static struct value *file_path_one(const struct pure_call *c)
{
    return join_args(c, named_or(c, STR("fsep"), STR("/")));
}

/* NULL in a format gives no text at all: what a program that runs has there is another value. */
static struct value *without_null(struct values *vs, struct value *v)
{
    return pure_is_none(v) ? value_unknown(vs, HOLE_ARGUMENT, STR_EMPTY) : v;
}

static struct value *sprintf_one(const struct pure_call *c)
{
    const struct value *template = scalar_text(c, 0, STR("fmt"));
    struct call_args args = *c->args;
    if (template == NULL)
        return NULL;
    if (args.n_items > 0) {
        args.items++;
        args.n_items--;
    }
    struct value **items = ARENA_NEW_N(c->vs->arena, struct value *, args.n_items);
    for (size_t i = 0; i < args.n_items; i++)
        items[i] = without_null(c->vs, args.items[i]);
    args.items = items;
    return pure_percent(c->vs, template, &args);
}

static struct value *upper_one(const struct pure_call *c)
{
    const struct value *v = scalar_text(c, 0, STR("x"));
    return v == NULL ? NULL : text_cased(c->vs, v, CASE_UPPER);
}

static struct value *lower_one(const struct pure_call *c)
{
    const struct value *v = scalar_text(c, 0, STR("x"));
    return v == NULL ? NULL : text_cased(c->vs, v, CASE_LOWER);
}

static struct value *trim_one(const struct pure_call *c)
{
    const struct value *v = scalar_text(c, 0, STR("x"));
    if (v == NULL)
        return NULL;
    struct str s = text_strip(v->text.bytes, STR(" \t\r\n"), 3);
    size_t from = s.len == 0 ? 0 : (size_t)(s.ptr - v->text.bytes.ptr);
    return value_text_slice(c->vs, v, from, from + s.len);
}

static struct value *length_one(const struct pure_call *c)
{
    int64_t n;
    const struct value *v = scalar_text(c, 0, STR("x"));
    return v != NULL && pure_text_length(v, &n) ? value_whole(c->vs, n) : NULL;
}

static struct value *basename_one(const struct pure_call *c)
{
    const struct value *v = scalar_text(c, 0, STR("path"));
    if (v == NULL)
        return NULL;
    struct str s = text_strip(v->text.bytes, STR("/"), 2);
    const struct value *path = value_text_slice(c->vs, v, 0, s.len);
    return path->kind == VALUE_TEXT ? path_tail(c->vs, path) : NULL;
}

static struct value *dirname_one(const struct pure_call *c)
{
    const struct value *v = scalar_text(c, 0, STR("path"));
    if (v == NULL)
        return NULL;
    size_t base = path_base(text_strip(v->text.bytes, STR("/"), 2));
    if (base == 0)
        return v->text.n_holes > 0 ? NULL : value_text(c->vs, STR("."));
    return value_text_slice(c->vs, v, 0, base > 1 ? base - 1 : 1);
}

static struct value *without_suffix_one(const struct pure_call *c)
{
    const struct value *v = scalar_text(c, 0, STR("x"));
    return v == NULL ? NULL : value_text_slice(c->vs, v, 0, path_suffix(v->text.bytes));
}

static struct value *suffix_one(const struct pure_call *c)
{
    const struct value *v = scalar_text(c, 0, STR("x"));
    if (v == NULL)
        return NULL;
    size_t dot = path_suffix(v->text.bytes);
    if (dot == v->text.bytes.len && v->text.n_holes > 0)
        return NULL;
    return value_text_slice(c->vs, v, dot + (dot < v->text.bytes.len), SIZE_MAX);
}

static struct value *same_one(const struct pure_call *c)
{
    if (c->args->n_items == 0 || pure_is_none(c->args->items[0]))
        return NULL;
    return value_to_text(c->vs, c->args->items[0]);
}

/* sub, gsub: pattern, replacement, x; stringr has x first. */
static struct value *substitute(const struct pure_call *c, struct value *text,
                                const struct value *pattern, const struct value *new, int64_t max)
{
    struct str old;
    bool is_fixed = pure_is_const(args_named(c->args, STR("fixed")), STR("True"));
    bool ignores_case = pure_is_const(args_named(c->args, STR("ignore.case")), STR("True"));
    if (text == NULL || new == NULL || !value_is_known_text(pattern, &old))
        return NULL;
    if (is_fixed)
        return text_replace(c->vs, text, old, new, max == 0 ? -1 : max);
    return re_replace(c->vs, old, ignores_case, text, new, max, RE_BACKSLASH);
}

static struct value *gsub_one(const struct pure_call *c)
{
    return substitute(c, scalar_text(c, 2, STR("x")), pure_arg(c, 0, STR("pattern")),
                      scalar_text(c, 1, STR("replacement")), 0);
}

static struct value *sub_one(const struct pure_call *c)
{
    return substitute(c, scalar_text(c, 2, STR("x")), pure_arg(c, 0, STR("pattern")),
                      scalar_text(c, 1, STR("replacement")), 1);
}

static struct value *str_replace_all_one(const struct pure_call *c)
{
    return substitute(c, scalar_text(c, 0, STR("string")), pure_arg(c, 1, STR("pattern")),
                      scalar_text(c, 2, STR("replacement")), 0);
}

static struct value *str_replace_one(const struct pure_call *c)
{
    return substitute(c, scalar_text(c, 0, STR("string")), pure_arg(c, 1, STR("pattern")),
                      scalar_text(c, 2, STR("replacement")), 1);
}

/* substr(x, first, last) */
static struct value *substr_one(const struct pure_call *c)
{
    int64_t first = 1, last;
    struct value *v = scalar_text(c, 0, STR("x"));
    if (v == NULL || !pure_arg_whole(c, 1, STR("start"), &first))
        return NULL;
    bool has_last = pure_arg_whole(c, 2, STR("stop"), &last);
    if (first > INT32_MAX || (has_last && (last < 0 || last > INT32_MAX)))
        return NULL;
    first = first < 1 ? 0 : first - 1;
    return pure_slice_text(c->vs, v, &first, has_last ? &last : NULL);
}

static struct value *split_one(const struct pure_call *c)
{
    struct str by;
    struct value *v = scalar_text(c, 0, STR("x"));
    const struct value *given = pure_arg(c, 1, STR("split"));
    if (given == NULL)
        given = args_named(c->args, STR("pattern"));
    if (v == NULL || !value_is_known_text(given, &by) || by.len == 0)
        return NULL;
    if (pure_is_const(args_named(c->args, STR("fixed")), STR("True"))) {
        struct value *text = value_text(c->vs, by);
        struct call_args args = { .items = &text, .n_items = 1 };
        return pure_method(c->vs, CALL_PYTHON, v, STR("split"), &args, true);
    }
    return re_split(c->vs, by, v, 0);
}

/* ---- of all elements ---- */

/* The longest vector among the arguments; 0 if all are scalars.  *other: one is open. */
static size_t longest(const struct call_args *args, bool *is_open)
{
    size_t n = 0;
    for (size_t i = 0; i < args->n_items + args->n_named; i++) {
        const struct value *v = i < args->n_items ? args->items[i] : args->named[i - args->n_items];
        if (v->kind != VALUE_SEQ)
            continue;
        *is_open = *is_open || v->seq->is_open;
        n = v->seq->n > n ? v->seq->n : n;
    }
    return n;
}

/* The i-th element of a vector, recycled; SIZE_MAX: one that is not known. */
static struct value *element(struct values *vs, struct value *v, size_t i)
{
    if (v->kind != VALUE_SEQ)
        return v;
    if (i == SIZE_MAX && v->seq->is_open)
        return seq_other(vs, v->seq);
    if (v->seq->n == 0)
        return seq_other(vs, v->seq);
    return v->seq->items[i == SIZE_MAX ? 0 : i % v->seq->n];
}

static struct value *call_one(const struct pure_call *c,
                              struct value *(*one)(const struct pure_call *c), size_t i)
{
    struct values *vs = c->vs;
    struct call_args args = *c->args;
    args.items = ARENA_NEW_N(vs->arena, struct value *, args.n_items + 1);
    args.named = ARENA_NEW_N(vs->arena, struct value *, args.n_named + 1);
    for (size_t j = 0; j < args.n_items; j++)
        args.items[j] = element(vs, c->args->items[j], i);
    for (size_t j = 0; j < args.n_named; j++)
        args.named[j] = element(vs, c->args->named[j], i);
    struct pure_call own = *c;
    own.args = &args;
    const struct pure_row row = { .run = one };
    return pure_spread(&own, &row);
}

/* NULL is a vector of no elements: among vectors it is left out. */
static struct value *vectorised(const struct pure_call *c,
                                struct value *(*one)(const struct pure_call *c))
{
    bool is_open = false;
    size_t n = longest(c->args, &is_open);
    if (n == 0 && !is_open)
        return one(c);
    struct value *all = value_seq(c->vs, 0);
    for (size_t i = 0; i < n && all->kind == VALUE_SEQ && !values_are_full(c->vs); i++)
        value_seq_add(c->vs, all, call_one(c, one, i));
    if (is_open && all->kind == VALUE_SEQ) {
        all->seq->is_open = true;
        all->seq->any_more = call_one(c, one, SIZE_MAX);
    }
    return all;
}

enum scalar {
    BASENAME,
    DIRNAME,
    FILE_PATH,
    GSUB,
    LENGTH,
    LOWER,
    PASTE,
    PASTE0,
    SAME,
    SPLIT,
    SPRINTF,
    STR_REPLACE,
    STR_REPLACE_ALL,
    SUB,
    SUBSTR,
    SUFFIX,
    TRIM,
    UPPER,
    WITHOUT_SUFFIX,
};

static struct value *each(const struct pure_call *c)
{
    static struct value *(*const scalars[])(const struct pure_call *c) = {
        [BASENAME] = basename_one,
        [DIRNAME] = dirname_one,
        [FILE_PATH] = file_path_one,
        [GSUB] = gsub_one,
        [LENGTH] = length_one,
        [LOWER] = lower_one,
        [PASTE] = paste_one,
        [PASTE0] = paste0_one,
        [SAME] = same_one,
        [SPLIT] = split_one,
        [SPRINTF] = sprintf_one,
        [STR_REPLACE] = str_replace_one,
        [STR_REPLACE_ALL] = str_replace_all_one,
        [SUB] = sub_one,
        [SUBSTR] = substr_one,
        [SUFFIX] = suffix_one,
        [TRIM] = trim_one,
        [UPPER] = upper_one,
        [WITHOUT_SUFFIX] = without_suffix_one,
    };
    return vectorised(c, scalars[c->how]);
}

/* paste(..., collapse = "x") */
static struct value *paste(const struct pure_call *c)
{
    struct value *collapse = args_named(c->args, STR("collapse"));
    struct value *v = each(c);
    if (v == NULL || v->kind != VALUE_SEQ || pure_is_none(collapse))
        return v;
    return text_join(c->vs, collapse, v);
}

/* strsplit() gives a list of one vector for each text. */
static struct value *split(const struct pure_call *c)
{
    struct value *v = each(c), *first = c->args->n_items > 0 ? c->args->items[0] : NULL;
    if (v == NULL || first == NULL || first->kind == VALUE_SEQ)
        return v;
    struct value *all = value_seq(c->vs, 0);
    value_seq_add(c->vs, all, v);
    return all;
}

static const struct pure_row functions[] = {
    { STR_INIT("as.character"), each, SAME, 0 },
    { STR_INIT("basename"), each, BASENAME, 0 },
    { STR_INIT("dirname"), each, DIRNAME, 0 },
    { STR_INIT("file.path"), each, FILE_PATH, 0 },
    { STR_INIT("file_ext"), each, SUFFIX, 0 },
    { STR_INIT("file_path_sans_ext"), each, WITHOUT_SUFFIX, 0 },
    { STR_INIT("fs.path"), each, FILE_PATH, 0 },
    { STR_INIT("fs.path_dir"), each, DIRNAME, 0 },
    { STR_INIT("fs.path_file"), each, BASENAME, 0 },
    { STR_INIT("glue"), paste, PASTE0, 0 },
    { STR_INIT("glue.glue"), paste, PASTE0, 0 },
    { STR_INIT("gsub"), each, GSUB, 0 },
    { STR_INIT("here"), each, FILE_PATH, 0 },
    { STR_INIT("here.here"), each, FILE_PATH, 0 },
    { STR_INIT("nchar"), each, LENGTH, 0 },
    { STR_INIT("normalizePath"), each, SAME, 0 },
    { STR_INIT("paste"), paste, PASTE, 0 },
    { STR_INIT("paste0"), paste, PASTE0, 0 },
    { STR_INIT("path.expand"), each, SAME, 0 },
    { STR_INIT("sprintf"), each, SPRINTF, 0 },
    { STR_INIT("str_c"), paste, PASTE0, 0 },
    { STR_INIT("str_glue"), paste, PASTE0, 0 },
    { STR_INIT("str_length"), each, LENGTH, 0 },
    { STR_INIT("str_replace"), each, STR_REPLACE, 0 },
    { STR_INIT("str_replace_all"), each, STR_REPLACE_ALL, 0 },
    { STR_INIT("str_split"), split, SPLIT, 0 },
    { STR_INIT("str_sub"), each, SUBSTR, 0 },
    { STR_INIT("str_to_lower"), each, LOWER, 0 },
    { STR_INIT("str_to_upper"), each, UPPER, 0 },
    { STR_INIT("str_trim"), each, TRIM, 0 },
    { STR_INIT("stringr.str_c"), paste, PASTE0, 0 },
    { STR_INIT("stringr.str_glue"), paste, PASTE0, 0 },
    { STR_INIT("stringr.str_replace"), each, STR_REPLACE, 0 },
    { STR_INIT("stringr.str_replace_all"), each, STR_REPLACE_ALL, 0 },
    { STR_INIT("stringr.str_split"), split, SPLIT, 0 },
    { STR_INIT("stringr.str_sub"), each, SUBSTR, 0 },
    { STR_INIT("strsplit"), split, SPLIT, 0 },
    { STR_INIT("sub"), each, SUB, 0 },
    { STR_INIT("substr"), each, SUBSTR, 0 },
    { STR_INIT("substring"), each, SUBSTR, 0 },
    { STR_INIT("tolower"), each, LOWER, 0 },
    { STR_INIT("tools.file_ext"), each, SUFFIX, 0 },
    { STR_INIT("tools.file_path_sans_ext"), each, WITHOUT_SUFFIX, 0 },
    { STR_INIT("toupper"), each, UPPER, 0 },
    { STR_INIT("trimws"), each, TRIM, 0 },
};
const struct pure_table pure_r_text_functions = PURE_TABLE(functions);
