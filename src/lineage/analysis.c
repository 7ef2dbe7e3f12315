/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/cells.h"
#include "lineage/eval_internal.h"
#include "lineage/python.h"
#include "lineage/r.h"
#include "lineage/scala.h"

#include "util/limits.h"

#include <stdlib.h>

/* The language that most lines are in. */
static const char *main_language(const size_t *lines)
{
    static const char *const NAMES[] = { "python", "r", "scala", "sql", "shell" };
    size_t most = 0;
    for (size_t i = 1; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (lines[i] > lines[most])
            most = i;
    return NAMES[most];
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
    e->last_run = parsed.statements;
    e->unit = outer_unit;
    e->scope = outer;
}

static uint32_t count_lines(struct str s)
{
    uint32_t n = 0;
    for (size_t at; s.len > 0; n++) {
        at = str_find_char(s, '\n');
        s = at == SIZE_MAX ? STR_EMPTY : str_from_pos(s, at + 1);
    }
    return n;
}

static void add_parameters(struct eval *e, const struct cell *c)
{
    if (!cell_has_tag(c, STR("parameters")))
        return;
    const struct scope *s = e->globals[CALL_PYTHON];
    for (const struct node *n = e->last_run; n != NULL; n = n->next) {
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

static void run_cell(struct eval *e, const struct cell *c, const struct code_piece *piece)
{
    struct unit *unit = ARENA_NEW(e->arena, struct unit);
    *unit = (struct unit){ c->source, STR_EMPTY, c->index, 1, CALL_PYTHON };
    e->unit = unit;
    e->flow = FLOW_ON;
    e->scope = e->globals[CALL_PYTHON];
    e->last_run = NULL;
    run_piece(e, piece);
    if (piece->language == CODE_PYTHON)
        add_parameters(e, c);
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

static void eval_init(struct eval *e, struct arena *a, const struct analysis_options *options,
                      struct analysis *out)
{
    *e = (struct eval){ .arena = a, .options = options, .out = out };
    values_init(&e->vs, a, a->used_bytes + LIMIT_EVAL_BYTES);
    e->vs.pure = calls_pure(options->calls);
    for (size_t i = 0; i < CALL_N_LANGS; i++)
        e->globals[i] = scope_new(e, NULL);
    e->scope = e->globals[CALL_PYTHON];
    struct strmap *maps[] = { &e->seen,   &e->memo,    &e->aliases,    &e->modules,
                              &e->called, &e->written, &e->not_starred };
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        strmap_init(maps[i], a);
    sql_session_init(&e->sql, a);
    sql_session_init(&e->memory, a);
    e->memory.is_in_memory = true;
    supply_names(e);
}

void analyze(struct arena *a, const struct notebook *nb, const struct analysis_options *options,
             struct analysis *out)
{
    *out = (struct analysis){ .kernel = nb->kernel, .n_cells = nb->n_cells };
    struct eval *e = ARENA_NEW(a, struct eval);
    eval_init(e, a, options, out);
    enum code_language kernel = notebook_code_language(nb);
    size_t lines[CODE_OTHER + 1] = { 0 };
    for (size_t i = 0; i < nb->n_cells; i++) {
        const struct cell *c = &nb->cells[i];
        struct code_piece piece;
        if (c->kind != CELL_CODE)
            continue;
        cell_read(c, kernel, &piece);
        out->n_code_cells++;
        if (c->is_cut)
            eval_hit_limit(e, "text");
        uint32_t n_lines = count_lines(c->source);
        out->n_lines += n_lines;
        lines[piece.language] += n_lines;
        run_cell(e, c, &piece);
    }
    run_uncalled(e);
    out->language = str_from(main_language(lines));
    if (e->vs.hit_limit)
        eval_hit_limit(e, "values");
    if (out->n_references > 0)
        qsort(out->references, out->n_references, sizeof out->references[0], by_place);
}
