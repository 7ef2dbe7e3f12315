/* analysis_table: the text of analysis_print.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/analysis_print.h"

#include "cli/output.h"

enum { COLUMNS = 5, WIDEST = 64, INDENT = 2, GAP = 2, SHOWN_GAPS = 3, STEP_INDENT = 9 };

static const char *const titles[COLUMNS] = { "DIR", "URI", "CELL:LINE", "VIA", "NOTES" };

struct row {
    struct str cells[COLUMNS];
};

struct page {
    struct arena *arena;
    struct buf *out;
    struct analysis_style style;
    size_t widths[COLUMNS];
};

static void set_color(struct page *p, const char *code)
{
    if (p->style.is_colored)
        buf_printf(p->out, "\x1b[%sm", code);
}

static const char *color_of(enum reference_dir dir)
{
    static const char *const colors[] = { "32", "33", "2", "31" };
    return colors[dir];
}

static struct row row_of(struct arena *a, const struct reference *r)
{
    return (struct row){ {
        str_from(reference_dir_name(r->dir)),
        output_safe(a, r->uri),
        arena_printf(a, "%zu:%u", r->cell, r->line),
        output_safe(a, analysis_text(a, r->via)),
        output_safe(a, analysis_notes(a, r)),
    } };
}

/* Columns are as wide as their cells, but long locations do not push all others aside. */
static void measure(struct page *p, const struct row *rows, size_t n)
{
    for (size_t c = 0; c < COLUMNS; c++)
        p->widths[c] = str_from(titles[c]).len;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < COLUMNS; c++) {
            size_t width = output_width(rows[i].cells[c]);
            if (width > p->widths[c] && width <= WIDEST)
                p->widths[c] = width;
        }
}

static void add_cells(struct page *p, const struct row *row, const char *color)
{
    size_t last = COLUMNS;
    while (last > 1 && row->cells[last - 1].len == 0)
        last--;
    buf_printf(p->out, "%*s", INDENT, "");
    for (size_t c = 0; c < last; c++) {
        size_t width = output_width(row->cells[c]);
        if (c == 0)
            set_color(p, color);
        buf_add(p->out, row->cells[c]);
        if (c == 0)
            set_color(p, "0");
        if (c + 1 < last)
            buf_printf(p->out, "%*s",
                       (int)((width < p->widths[c] ? p->widths[c] - width : 0) + GAP), "");
    }
    buf_add_char(p->out, '\n');
}

static void add_steps(struct page *p, const struct notebook *nb, const struct reference *r)
{
    struct analysis_step steps[ANALYSIS_MAX_STEPS];
    bool is_cut;
    size_t n = analysis_steps(p->arena, nb, r->origin, steps, &is_cut);
    set_color(p, "2");
    buf_printf(p->out, "%*s%u:%u  %.*s\n", STEP_INDENT, "", (unsigned)r->cell, r->line,
               STR_FMT(output_safe(p->arena, r->code)));
    for (size_t i = 0; i < n; i++) {
        const struct analysis_step *s = &steps[i];
        struct str name = output_safe(p->arena, s->name);
        struct str code = output_safe(p->arena, s->code);
        buf_printf(p->out, "%*s", (int)(STEP_INDENT + 2 + 2 * s->depth), "");
        if (s->file.len > 0)
            buf_printf(p->out, "%.*s:%u", STR_FMT(output_safe(p->arena, s->file)), s->line);
        else
            buf_printf(p->out, "%u:%u", s->cell, s->line);
        buf_printf(p->out, "  %s%s%.*s%s%.*s\n", s->what, name.len > 0 ? " " : "", STR_FMT(name),
                   code.len > 0 ? ": " : "", STR_FMT(code));
    }
    if (is_cut)
        buf_printf(p->out, "%*s...\n", STEP_INDENT + 2, "");
    set_color(p, "0");
}

static void add_title(struct page *p, struct str name, const struct analysis *an)
{
    set_color(p, "1");
    buf_add(p->out, output_safe(p->arena, name));
    set_color(p, "0");
    buf_printf(p->out, "  %.*s, %zu code %s", STR_FMT(an->language), an->n_code_cells,
               an->n_code_cells == 1 ? "cell" : "cells");
    buf_add(p->out, an->n_references == 0 ? STR(", no references\n") : STR("\n"));
}

/* What the reader of the table must know: that it may not be all. */
static void add_warnings(struct page *p, const struct analysis *an)
{
    for (size_t i = 0; i < an->n_gaps && i < SHOWN_GAPS; i++)
        buf_printf(p->out, "%*snot understood at %zu:%u: %s\n", INDENT, "", an->gaps[i].cell,
                   an->gaps[i].line, an->gaps[i].reason);
    if (an->n_gaps > SHOWN_GAPS)
        buf_printf(p->out, "%*snot understood at %zu other places\n", INDENT, "",
                   an->n_gaps - SHOWN_GAPS);
    if (an->hit_limit != NULL)
        buf_printf(p->out, "%*snot all of it was followed: the limit on %s was reached\n", INDENT,
                   "", an->hit_limit);
}

void analysis_write_table(struct arena *a, struct buf *out, struct str name,
                          const struct notebook *nb, const struct analysis *an,
                          struct analysis_style style)
{
    struct page p = { .arena = a, .out = out, .style = style };
    struct row head = { 0 }, *rows = ARENA_NEW_N(a, struct row, an->n_references + 1);
    for (size_t i = 0; i < an->n_references; i++)
        rows[i] = row_of(a, &an->references[i]);
    for (size_t c = 0; c < COLUMNS; c++)
        head.cells[c] = str_from(titles[c]);
    measure(&p, rows, an->n_references);
    add_title(&p, name, an);
    if (an->n_references > 0)
        add_cells(&p, &head, "0");
    for (size_t i = 0; i < an->n_references; i++) {
        add_cells(&p, &rows[i], color_of(an->references[i].dir));
        if (style.is_explained)
            add_steps(&p, nb, &an->references[i]);
    }
    add_warnings(&p, an);
}
