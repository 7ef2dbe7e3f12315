/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"
#include "lineage/python.h"
#include "lineage/r.h"
#include "lineage/scala.h"

#include "util/limits.h"

#include <stdlib.h>

enum cell_language { LANG_PYTHON, LANG_R, LANG_SCALA, LANG_SQL, LANG_SHELL, LANG_OTHER };

static enum cell_language language_of(struct str name)
{
    static const struct {
        struct str name;
        enum cell_language language;
    } NAMES[] = {
        { STR_INIT("python"), LANG_PYTHON },
        { STR_INIT("python3"), LANG_PYTHON },
        { STR_INIT("python2"), LANG_PYTHON },
        { STR_INIT("pyspark"), LANG_PYTHON },
        { STR_INIT("py"), LANG_PYTHON },
        { STR_INIT("ipython"), LANG_PYTHON },
        { STR_INIT("ipython3"), LANG_PYTHON },
        { STR_INIT("ipynb"), LANG_PYTHON },
        { STR_INIT("r"), LANG_R },
        { STR_INIT("ir"), LANG_R },
        { STR_INIT("sparkr"), LANG_R },
        { STR_INIT("scala"), LANG_SCALA },
        { STR_INIT("spark"), LANG_SCALA },
        { STR_INIT("sql"), LANG_SQL },
        { STR_INIT("sh"), LANG_SHELL },
        { STR_INIT("bash"), LANG_SHELL },
        { STR_INIT("shell"), LANG_SHELL },
        { STR_INIT("shellscript"), LANG_SHELL },
        { STR_INIT("md"), LANG_OTHER },
        { STR_INIT("markdown"), LANG_OTHER },
        { STR_INIT("julia"), LANG_OTHER },
        { STR_INIT("javascript"), LANG_OTHER },
        { STR_INIT("html"), LANG_OTHER },
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (str_eq_nocase(name, NAMES[i].name))
            return NAMES[i].language;
    return LANG_PYTHON;
}

static const char *language_name(enum cell_language l)
{
    static const char *const NAMES[] = { "python", "r", "scala", "sql", "shell", "" };
    return NAMES[l];
}

static void add_gap(struct eval *e, uint32_t line, const char *reason)
{
    if (e->out->n_gaps < LIMIT_PARSE_GAPS)
        *ARENA_PUSH(e->arena, e->out->gaps, e->out->n_gaps, e->out->cap_gaps) =
            (struct analysis_gap){ e->unit->cell, line, reason };
}

void run_code_text(struct eval *e, enum call_lang lang, struct str text, uint32_t first_line)
{
    struct parsed parsed = { 0 };
    struct unit *outer_unit = e->unit;
    struct scope *outer = e->scope;
    struct unit *unit = ARENA_NEW(e->arena, struct unit);
    *unit = (struct unit){ text, outer_unit->name, outer_unit->cell, first_line, lang };
    e->unit = unit;
    if (outer_unit->lang != lang)
        e->scope = e->globals[lang];
    switch (lang) {
    case CALL_R:
        r_parse(e->arena, text, &parsed);
        break;
    case CALL_PYTHON:
        python_parse(e->arena, text, PYTHON_IPYTHON, &parsed);
        break;
    case CALL_SCALA:
        scala_parse(e->arena, text, &parsed);
        break;
    default:
        break;
    }
    for (size_t i = 0; i < parsed.n_gaps; i++)
        add_gap(e, parsed.gaps[i].line, parsed.gaps[i].reason);
    if (parsed.hit_limit)
        eval_hit_limit(e, "code");
    eval_statements(e, parsed.statements);
    e->unit = outer_unit;
    e->scope = outer;
}

static uint32_t count_lines(struct str s)
{
    uint32_t n = s.len > 0;
    for (size_t i = 0; i + 1 < s.len; i++)
        n += s.ptr[i] == '\n';
    return n;
}

static void add_parameters(struct eval *e, const struct cell *c)
{
    if (!cell_has_tag(c, STR("parameters")))
        return;
    struct scope *s = e->globals[CALL_PYTHON];
    struct parsed parsed = { 0 };
    python_parse(e->arena, c->source, PYTHON_IPYTHON, &parsed);
    for (const struct node *n = parsed.statements; n != NULL; n = n->next) {
        if (n->kind != NODE_ASSIGN || n->assign.targets == NULL ||
            n->assign.targets->kind != NODE_NAME)
            continue;
        struct value *v = strmap_get(&s->names, n->assign.targets->text);
        v = v != NULL ? value_alternative(value_to_repr(&e->vs, v), 0) : NULL;
        if (e->out->n_parameters < LIMIT_LIBRARIES)
            *ARENA_PUSH(e->arena, e->out->parameters, e->out->n_parameters,
                        e->out->cap_parameters) =
                (struct parameter){ n->assign.targets->text,
                                    v != NULL && v->kind == VALUE_TEXT ? v->text.bytes : STR_EMPTY,
                                    c->index, n->line };
    }
}

/* A cell of SQL or shell is what its magic would be. */
static void run_as_magic(struct eval *e, const struct cell *c, struct str name)
{
    struct node *magic = node_new(e->arena, NODE_MAGIC, 0, 1);
    magic->magic.name = name;
    magic->magic.body = c->source;
    run_magic(e, magic);
}

static void run_cell(struct eval *e, const struct cell *c, enum cell_language language)
{
    struct unit *unit = ARENA_NEW(e->arena, struct unit);
    *unit = (struct unit){ c->source, STR_EMPTY, c->index, 1, CALL_PYTHON };
    e->unit = unit;
    e->flow = FLOW_ON;
    e->scope = e->globals[CALL_PYTHON];
    if (str_has_prefix(str_trim(c->source), STR("%%")))
        language = LANG_PYTHON;
    switch (language) {
    case LANG_PYTHON:
        run_code_text(e, CALL_PYTHON, c->source, 1);
        add_parameters(e, c);
        break;
    case LANG_R:
        run_code_text(e, CALL_R, c->source, 1);
        break;
    case LANG_SCALA:
        run_code_text(e, CALL_SCALA, c->source, 1);
        break;
    case LANG_SQL:
        run_as_magic(e, c, STR("sql"));
        break;
    case LANG_SHELL:
        run_as_magic(e, c, STR("sh"));
        break;
    case LANG_OTHER:
        break;
    }
}

static int by_place(const void *a, const void *b)
{
    const struct reference *x = a, *y = b;
    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->col != y->col)
        return x->col < y->col ? -1 : 1;
    int order = str_cmp(x->uri, y->uri);
    return order != 0 ? order : (int)x->dir - (int)y->dir;
}

static void eval_init(struct eval *e, struct arena *a, const struct notebook *nb,
                      const struct analysis_options *options, struct analysis *out)
{
    *e = (struct eval){ .arena = a, .notebook = nb, .options = options, .out = out };
    values_init(&e->vs, a, a->used_bytes + LIMIT_EVAL_BYTES);
    for (size_t i = 0; i < CALL_N_LANGS; i++)
        e->globals[i] = scope_new(e, NULL);
    e->scope = e->globals[CALL_PYTHON];
    struct strmap *maps[] = {
        &e->seen, &e->memo, &e->aliases, &e->modules, &e->called, &e->written
    };
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        strmap_init(maps[i], a);
    sql_session_init(&e->sql, a);
    sql_session_init(&e->memory, a);
    e->memory.is_in_memory = true;
}

void analyze(struct arena *a, const struct notebook *nb, const struct analysis_options *options,
             struct analysis *out)
{
    *out = (struct analysis){ .kernel = nb->kernel, .n_cells = nb->n_cells };
    struct eval *e = ARENA_NEW(a, struct eval);
    eval_init(e, a, nb, options, out);
    struct str kernel = nb->language.len > 0 ? nb->language : nb->kernel;
    if (str_has_prefix_nocase(nb->kernel, STR("spark")) ||
        str_has_prefix(nb->kernel, STR("pyspark")))
        kernel = nb->kernel;
    size_t lines[LANG_OTHER + 1] = { 0 };
    for (size_t i = 0; i < nb->n_cells; i++) {
        const struct cell *c = &nb->cells[i];
        if (c->kind != CELL_CODE)
            continue;
        enum cell_language language = language_of(c->language.len > 0 ? c->language : kernel);
        out->n_code_cells++;
        out->n_lines += count_lines(c->source);
        lines[language] += count_lines(c->source);
        run_cell(e, c, language);
    }
    run_uncalled(e);
    size_t most = 0;
    for (size_t i = 1; i < LANG_OTHER; i++)
        if (lines[i] > lines[most])
            most = i;
    out->language = str_from(language_name((enum cell_language)most));
    if (e->vs.hit_limit)
        eval_hit_limit(e, "values");
    if (out->n_references > 0)
        qsort(out->references, out->n_references, sizeof out->references[0], by_place);
}
