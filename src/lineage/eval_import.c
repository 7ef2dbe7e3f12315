/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/cells.h"
#include "lineage/eval_internal.h"
#include "lineage/pure_config.h"
#include "lineage/pure_yaml.h"
#include "lineage/python.h"
#include "lineage/uri.h"

#include "notebook/reader.h"
#include "util/attrs.h"
#include "util/limits.h"

static void add_library(struct eval *e, struct str module)
{
    struct str top, rest;
    if (!str_cut(module, '.', &top, &rest))
        top = module;
    if (top.len == 0 || e->unit->name.len > 0)
        return;
    for (size_t i = 0; i < e->out->n_libraries; i++)
        if (str_eq(e->out->libraries[i], top))
            return;
    if (e->out->n_libraries < LIMIT_LIBRARIES)
        *ARENA_PUSH(e->arena, e->out->libraries, e->out->n_libraries, e->out->cap_libraries) = top;
}

static struct value *supplied(struct eval *e, struct str dotted)
{
    const struct str *text =
        e->options->values != NULL ? strmap_get(e->options->values, dotted) : NULL;
    return text == NULL ? NULL
                        : value_with_origin(&e->vs, value_text(&e->vs, *text), "supplied", dotted,
                                            (uint32_t)e->unit->cell, 0);
}

void supply_names(struct eval *e)
{
    const struct strmap *values = e->options->values;
    for (size_t i = 0; values != NULL && i < values->n; i++) {
        struct str name = values->entries[i].key;
        const struct str *text = values->entries[i].value;
        if (text == NULL || str_find_char(name, '.') != SIZE_MAX)
            continue;
        struct value *v =
            value_with_origin(&e->vs, value_text(&e->vs, *text), "supplied", name, 0, 0);
        value_map_put(&e->vs, e->vs.environ, value_text(&e->vs, name), v);
        for (size_t lang = 0; lang < CALL_N_LANGS; lang++)
            strmap_put(&e->globals[lang]->names, name, v);
    }
}

/* A sibling file's bytes: written by the notebook itself (%%writefile), or given by the caller. */
static bool sibling_bytes(struct eval *e, struct str path, struct str *bytes)
{
    while (str_has_prefix(path, STR("./")))
        path = str_from_pos(path, 2);
    const struct node *written = strmap_get(&e->written, path);
    if (written != NULL) {
        *bytes = written->magic.body;
        return true;
    }
    if (e->options->sibling == NULL || path.len == 0 || path.ptr[0] == '/' ||
        str_contains(path, STR("..")) || str_contains(path, STR("://")))
        return false;
    return e->options->sibling(e->options->ctx, e->arena, path, bytes) &&
           bytes->len <= LIMIT_SIBLING_BYTES;
}

/* Run a sibling's code in a scope of its own. */
static struct scope *run_module(struct eval *e, struct str path, struct str bytes)
{
    struct unit *unit = ARENA_NEW(e->arena, struct unit);
    *unit = (struct unit){ bytes, path, e->unit->cell, 1, CALL_PYTHON };
    struct unit *outer_unit = e->unit;
    struct scope *outer = e->scope;
    struct frame *frame = e->frame;
    struct scope *module = scope_new(e, NULL);
    e->unit = unit;
    e->scope = module;
    e->frame = NULL;
    e->import_depth++;
    struct parsed parsed;
    python_parse(e->arena, bytes, PYTHON_PLAIN, &parsed);
    eval_statements(e, parsed.statements);
    e->import_depth--;
    e->frame = frame;
    e->scope = outer;
    e->unit = outer_unit;
    return module;
}

static struct scope *find_module(struct eval *e, struct str dotted)
{
    struct scope *known = strmap_get(&e->modules, dotted);
    if (known != NULL || strmap_has(&e->modules, dotted))
        return known;
    if (e->import_depth >= LIMIT_CALL_DEPTH || dotted.len == 0)
        return NULL;
    char *path = ARENA_NEW_N(e->arena, char, dotted.len + 1);
    for (size_t i = 0; i < dotted.len; i++)
        path[i] = dotted.ptr[i] == '.' ? '/' : dotted.ptr[i];
    struct str stem = { path, dotted.len };
    struct str file = arena_concat(e->arena, stem, STR(".py"));
    struct str bytes;
    struct scope *module = NULL;
    strmap_put(&e->modules, dotted, NULL);
    bool is_there = sibling_bytes(e, file, &bytes);
    if (!is_there) {
        file = arena_concat(e->arena, stem, STR("/__init__.py"));
        is_there = sibling_bytes(e, file, &bytes);
    }
    if (is_there)
        module = run_module(e, file, bytes);
    strmap_put(&e->modules, dotted, module);
    return module;
}

/* A sibling module as a value: its names are members. */
static struct value *module_value(struct eval *e, struct str name, struct scope *module)
{
    struct klass *k = ARENA_NEW(e->arena, struct klass);
    k->name = name;
    k->members = module->names;
    struct value *v = value_with_flags(&e->vs, value_unknown(&e->vs, HOLE_IMPORTED, name), 0);
    v->kind = VALUE_CLASS;
    v->klass = k;
    return v;
}

static struct value *outside_module(struct eval *e, struct str dotted)
{
    return value_chain_root(&e->vs, e->unit->lang,
                            calls_canonical(e->options->calls, e->unit->lang, dotted), true);
}

static void import_module(struct eval *e, const struct node *n)
{
    struct str module = n->import.module, top, rest;
    struct scope *sibling = find_module(e, module);
    if (n->import.alias.len > 0) {
        scope_set(e, n->import.alias,
                  sibling != NULL ? module_value(e, module, sibling) : outside_module(e, module));
        return;
    }
    if (!str_cut(module, '.', &top, &rest))
        scope_set(e, module,
                  sibling != NULL ? module_value(e, module, sibling) : outside_module(e, module));
    else if (find_module(e, top) == NULL)
        scope_set(e, top, outside_module(e, top));
}

static struct value *member(struct eval *e, struct str module, struct str name)
{
    struct str full = arena_printf(e->arena, "%.*s.%.*s", STR_FMT(module), STR_FMT(name));
    struct value *v = supplied(e, full);
    if (v != NULL)
        return v;
    if (str_eq(full, STR("os.environ")))
        return e->vs.environ;
    struct scope *sibling = find_module(e, full);
    if (sibling != NULL)
        return module_value(e, full, sibling);
    struct str canonical = calls_canonical(e->options->calls, e->unit->lang, full);
    if (!str_eq(canonical, full))
        return value_chain_root(&e->vs, e->unit->lang, canonical, true);
    struct value *root = outside_module(e, module);
    return value_chain_attr(&e->vs, root, name);
}

static void import_star(struct eval *e, struct str module, struct scope *sibling)
{
    if (sibling == NULL) {
        if (e->n_stars < LIMIT_UNPACK)
            *ARENA_PUSH(e->arena, e->stars, e->n_stars, e->cap_stars) = module;
        return;
    }
    for (size_t i = 0; i < sibling->names.n; i++)
        if (sibling->names.entries[i].value != NULL)
            scope_set(e, sibling->names.entries[i].key, sibling->names.entries[i].value);
}

void run_import(struct eval *e, const struct node *n)
{
    if (n->import.level == 0)
        add_library(e, n->import.module);
    if (n->import.names == NULL) {
        import_module(e, n);
        return;
    }
    struct scope *sibling = find_module(e, n->import.module);
    for (const struct node *a = n->import.names; a != NULL; a = a->next) {
        if (str_eq(a->alias.text, STR("*"))) {
            import_star(e, n->import.module, sibling);
            continue;
        }
        struct str local = a->alias.alias.len > 0 ? a->alias.alias : a->alias.text;
        struct value *v = sibling != NULL ? strmap_get(&sibling->names, a->alias.text) : NULL;
        scope_set(e, local, v != NULL ? v : member(e, n->import.module, a->alias.text));
    }
}

/* JSON's and YAML's constants by Python's names, so that a document is a Python literal. */
static struct value *literal(struct eval *e, struct str bytes)
{
    struct node *n = python_parse_expression(e->arena, bytes);
    if (n == NULL || (n->kind != NODE_DICT && n->kind != NODE_LIST))
        return NULL;
    struct scope *outer = e->scope;
    e->scope = scope_new(e, NULL);
    scope_set(e, STR("true"), value_bool(&e->vs, true));
    scope_set(e, STR("false"), value_bool(&e->vs, false));
    scope_set(e, STR("null"), value_const(&e->vs, STR("None")));
    struct value *v = eval_expr(e, n);
    e->scope = outer;
    return v;
}

struct config_format {
    struct str name;
    struct value *(*read)(struct values *vs, struct str text);
};

static const struct config_format *config_format(struct str name, bool is_suffix)
{
    static const struct config_format FORMATS[] = {
        { STR_INIT("cfg"), ini_value },    { STR_INIT("conf"), ini_value },
        { STR_INIT("env"), dotenv_value }, { STR_INIT("ini"), ini_value },
        { STR_INIT("toml"), toml_value },  { STR_INIT("yaml"), yaml_value },
        { STR_INIT("yml"), yaml_value },
    };
    if (is_suffix) {
        size_t dot = str_rfind_char(name, '.');
        name = dot == SIZE_MAX ? STR_EMPTY : str_from_pos(name, dot + 1);
    }
    for (size_t i = 0; i < ARRAY_LEN(FORMATS); i++)
        if (str_eq_nocase(name, FORMATS[i].name))
            return &FORMATS[i];
    return NULL;
}

struct value *load_config(struct eval *e, struct str uri, struct str format)
{
    struct str bytes;
    if (!uri_is_local_file(uri) || !sibling_bytes(e, str_from_pos(uri, 5), &bytes))
        return NULL;
    const struct config_format *f =
        format.len > 0 ? config_format(format, false) : config_format(uri, true);
    /* YAML may be given as JSON */
    struct value *v = f == NULL || f->read == yaml_value ? literal(e, bytes) : NULL;
    if (v == NULL && f != NULL)
        v = f->read(&e->vs, bytes);
    return v == NULL ? NULL
                     : value_with_origin(&e->vs, v, "read from", str_from_pos(uri, 5),
                                         (uint32_t)e->unit->cell, 0);
}

void load_environment(struct eval *e, struct str uri, bool is_stronger)
{
    const struct value *v = load_config(e, uri, STR("env"));
    for (size_t i = 0; v != NULL && v->kind == VALUE_MAP && i < v->map->entries.n; i++) {
        const struct strmap_entry *variable = &v->map->entries.entries[i];
        if (is_stronger || strmap_get(&e->vs.environ->map->entries, variable->key) == NULL)
            value_map_put(&e->vs, e->vs.environ, value_text(&e->vs, variable->key),
                          variable->value);
    }
}

/* The cells of a notebook that is run in the place of its line, with the names of the one that runs
 * it, as IPython does. */
static void run_notebook(struct eval *e, struct str path, struct str bytes)
{
    struct notebook nb;
    struct err ignored = ERR_INIT; /* what is no notebook is not run */
    struct unit *outer = e->unit;
    if (!notebook_read(e->arena, path, bytes, &nb, &ignored))
        return;
    enum code_language kernel = notebook_code_language(&nb);
    e->import_depth++;
    for (size_t i = 0; i < nb.n_cells; i++) {
        struct code_piece piece;
        if (nb.cells[i].kind != CELL_CODE)
            continue;
        cell_read(&nb.cells[i], kernel, &piece);
        struct unit *unit = ARENA_NEW(e->arena, struct unit);
        *unit = (struct unit){ nb.cells[i].source, path, outer->cell, 1, outer->lang };
        e->unit = unit;
        run_piece(e, &piece);
    }
    e->unit = outer;
    e->import_depth--;
}

/* The file that "%run name" means: as it is written, else with the suffix of a source or of a
 * notebook (Databricks names notebooks without one). */
static bool find_run(struct eval *e, struct str *path, struct str *bytes)
{
    static const struct str suffixes[] = { STR_INIT(".py"), STR_INIT(".ipynb") };
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (str_has_suffix(*path, suffixes[i]))
            return sibling_bytes(e, *path, bytes);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        struct str full = arena_concat(e->arena, *path, suffixes[i]);
        if (sibling_bytes(e, full, bytes)) {
            *path = full;
            return true;
        }
    }
    return false;
}

void run_sibling(struct eval *e, struct str path)
{
    struct str bytes;
    if (e->import_depth >= LIMIT_CALL_DEPTH || !find_run(e, &path, &bytes))
        return;
    if (str_has_suffix(path, STR(".ipynb")) ||
        str_has_prefix(bytes, STR("# Databricks notebook source"))) {
        run_notebook(e, path, bytes);
        return;
    }
    struct scope *module = run_module(e, path, bytes);
    import_star(e, path, module);
}
