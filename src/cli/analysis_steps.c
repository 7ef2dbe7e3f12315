/* analysis_steps: how a location came about, step by step, and other words about a reference. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/analysis_print.h"

#include "util/limits.h"

struct str analysis_text(struct arena *a, struct str text)
{
    size_t n = 0, at = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == HOLE_BYTE;
    if (n == 0)
        return text;
    char *out = ARENA_NEW_N(a, char, text.len + n + 1);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == HOLE_BYTE)
            out[at++] = '{';
        out[at++] = (char)(text.ptr[i] == HOLE_BYTE ? '}' : text.ptr[i]);
    }
    return (struct str){ out, at };
}

/* A line of a cell, trimmed; empty if it does not name what the step is about: then the step is of
 * another file. */
static struct str code_of(const struct notebook *nb, const struct origin *o)
{
    struct str rest = STR_EMPTY, line = STR_EMPTY;
    if (o->file.len == 0 && o->cell < nb->n_cells && nb->cells[o->cell].index == o->cell)
        rest = nb->cells[o->cell].source;
    for (uint32_t i = 0; i < o->line && (rest.len > 0 || i == 0); i++) {
        line = STR_EMPTY;
        str_cut(rest, '\n', &line, &rest);
    }
    bool is_named = o->name.len == 0 || str_contains(line, o->name);
    return o->line > 0 && is_named ? str_slice(str_trim(line), 0, LIMIT_CODE_LINE_BYTES)
                                   : STR_EMPTY;
}

struct steps {
    struct arena *arena;
    const struct notebook *nb;
    struct analysis_step *out;
    const struct origin *seen[ANALYSIS_MAX_STEPS];
    size_t n;
    bool is_cut;
};

static bool was_seen(const struct steps *s, const struct origin *o)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->seen[i] == o)
            return true;
    return false;
}

/* The depth of recursion is that of "also" only, at most one for each step kept. */
static void add_steps(struct steps *s, const struct origin *o, unsigned depth)
{
    for (; o != NULL && !was_seen(s, o); o = o->from) {
        if (s->n == ANALYSIS_MAX_STEPS) {
            s->is_cut = true;
            return;
        }
        s->seen[s->n] = o;
        s->out[s->n++] = (struct analysis_step){ o->step, analysis_text(s->arena, o->name),
                                                 o->file, o->cell,
                                                 o->line, code_of(s->nb, o),
                                                 depth };
        if (o->also != NULL)
            add_steps(s, o->also, depth + 1);
    }
}

size_t analysis_steps(struct arena *a, const struct notebook *nb, const struct origin *origin,
                      struct analysis_step out[ANALYSIS_MAX_STEPS], bool *is_cut)
{
    struct steps s = { .arena = a, .nb = nb, .out = out };
    add_steps(&s, origin, 0);
    *is_cut = s.is_cut;
    return s.n;
}

static void add_note(struct arena *a, struct str *notes, struct str note)
{
    *notes = notes->len == 0 ? note : arena_printf(a, "%.*s, %.*s", STR_FMT(*notes), STR_FMT(note));
}

struct str analysis_notes(struct arena *a, const struct reference *r)
{
    struct str notes = STR_EMPTY;
    for (size_t i = 0; i < r->n_holes && i < 3; i++) {
        const struct hole *h = &r->holes[i];
        add_note(a, &notes,
                 arena_printf(a, "%s%s%s%.*s", i == 0 ? "partial: " : "",
                              hole_reason_name(h->reason), h->name.len > 0 ? " " : "",
                              STR_FMT(h->name)));
    }
    if (r->kind != REFERENCE_DATA)
        add_note(a, &notes, str_from(reference_kind_name(r->kind)));
    if (!r->is_called)
        add_note(a, &notes, STR("not called"));
    if (r->is_may)
        add_note(a, &notes, STR("may"));
    if (r->is_derived)
        add_note(a, &notes, arena_printf(a, "derived: read as %.*s", STR_FMT(r->local)));
    return notes;
}
