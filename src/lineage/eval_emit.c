/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"
#include "lineage/uri.h"

#include "util/limits.h"

static enum reference_kind kind_of(struct str uri)
{
    static const enum reference_kind KINDS[] = {
        [URI_WHAT_UNKNOWN] = REFERENCE_DATA,    [URI_WHAT_DATA] = REFERENCE_DATA,
        [URI_WHAT_MODEL] = REFERENCE_MODEL,     [URI_WHAT_FIGURE] = REFERENCE_FIGURE,
        [URI_WHAT_CODE] = REFERENCE_CODE,       [URI_WHAT_CONFIG] = REFERENCE_CONFIG,
        [URI_WHAT_ARCHIVE] = REFERENCE_ARCHIVE, [URI_WHAT_DOCUMENT] = REFERENCE_DOCUMENT,
    };
    return KINDS[uri_what(uri)];
}

/* That line of the text, trimmed.  References come mostly in order, so the search goes on where the
 * last one ended. */
static struct str line_of(struct eval *e, struct str text, uint32_t line)
{
    struct line_place *last = &e->last_line;
    if (last->text != text.ptr || last->line > line || last->at > text.len)
        *last = (struct line_place){ text.ptr, 1, 0 };
    for (; last->line < line; last->line++) {
        size_t at = str_find_char(str_from_pos(text, last->at), '\n');
        if (at == SIZE_MAX)
            return STR_EMPTY;
        last->at += at + 1;
    }
    /* A line may be as long as the cell. */
    struct str rest = str_slice(text, last->at, last->at + 2 * LIMIT_CODE_LINE_BYTES);
    size_t end = str_find_char(rest, '\n');
    struct str one = str_trim(str_slice(rest, 0, end == SIZE_MAX ? rest.len : end));
    return str_slice(one, 0, LIMIT_CODE_LINE_BYTES);
}

/* What tells references apart, beside their location: the head of their key in eval.seen. */
struct reference_place {
    size_t cell;
    uint32_t line, dir;
};

static void add(struct eval *e, struct reference *r)
{
    const struct reference_place place = { r->cell, r->line, (uint32_t)r->dir };
    struct str key =
        arena_concat(e->arena, (struct str){ (const char *)&place, sizeof place }, r->uri);
    size_t at = (size_t)(uintptr_t)strmap_get(&e->seen, key);
    if (at > 0) {
        struct reference *old = &e->out->references[at - 1];
        old->is_called = old->is_called || r->is_called;
        old->is_may = old->is_may && r->is_may;
        return;
    }
    e->out->n_write += r->dir == REFERENCE_WRITE;
    if (e->out->n_references >= LIMIT_REFERENCES) {
        eval_hit_limit(e, "references");
        return;
    }
    *ARENA_PUSH(e->arena, e->out->references, e->out->n_references, e->out->cap_references) = *r;
    strmap_put(&e->seen, key, (void *)(uintptr_t)e->out->n_references);
}

/* The working folder itself, and names of AWS that are no places for data. */
static bool is_no_place(struct str uri)
{
    return str_eq(uri, STR("file:.")) || str_eq(uri, STR("file:..")) ||
           str_has_prefix(uri, STR("arn:")) || str_has_suffix(uri, STR("/.git")) ||
           str_eq(uri, STR("file:.git"));
}

void emit_at(struct eval *e, const struct emit *how, struct str uri, const struct value *text,
             uint32_t line, uint32_t col)
{
    if (uri.len == 0 || is_no_place(uri))
        return;
    struct reference r = {
        .dir = how->dir,
        .kind = how->kind == REFERENCE_DATA ? kind_of(uri) : how->kind,
        .uri = uri,
        .cell = e->unit->cell,
        .line = line,
        .col = col,
        .code = line_of(e, e->unit->text, line),
        .via = how->via,
        .is_called = !e->is_uncalled && !e->is_unreached,
        .is_may = how->is_may,
    };
    r.line += e->unit->first_line > 0 ? e->unit->first_line - 1 : 0;
    if (text != NULL && text->kind == VALUE_TEXT && uri_n_holes(uri) > 0) {
        r.holes = text->text.holes;
        r.n_holes = text->text.n_holes;
    }
    if (uri_n_holes(uri) > 0 && r.n_holes == 0) {
        struct hole *hole = ARENA_NEW(e->arena, struct hole);
        r.holes = hole;
        r.n_holes = 1;
    }
    if (text != NULL)
        r.origin = text->origin;
    add(e, &r);
    struct value *from =
        how->dir == REFERENCE_READ && uri_is_local_file(uri) ? strmap_get(&e->aliases, uri) : NULL;
    if (from != NULL) {
        r.is_derived = true;
        r.local = uri;
        r.uri = from->text.bytes;
        r.kind = kind_of(r.uri);
        r.n_holes = uri_n_holes(r.uri) > 0;
        r.holes = r.n_holes > 0 ? ARENA_NEW(e->arena, struct hole) : NULL;
        add(e, &r);
    }
}

void emit_binding(struct eval *e, struct str table, struct str location, uint32_t line)
{
    struct analysis *out = e->out;
    bool is_place = uri_is_remote(location) || str_has_prefix(location, STR("file:/"));
    if (!str_has_prefix(table, STR("table:")) || !is_place || uri_n_holes(table) > 0 ||
        uri_n_holes(location) > 0 || out->n_bindings >= LIMIT_TABLE_BINDINGS)
        return;
    for (size_t i = 0; i < out->n_bindings; i++)
        if (str_eq(out->bindings[i].table, table) && str_eq(out->bindings[i].location, location))
            return;
    line += e->unit->first_line > 0 ? e->unit->first_line - 1 : 0;
    *ARENA_PUSH(e->arena, out->bindings, out->n_bindings, out->cap_bindings) =
        (struct table_binding){ table, location, e->unit->cell, line };
}

void emit_uri(struct eval *e, const struct emit *how, struct str uri, const struct value *text,
              const struct node *n)
{
    const struct node *at =
        n->kind == NODE_CALL && n->call.func->kind == NODE_ATTR ? n->call.func : n;
    emit_at(e, how, uri, text, at->line, at->col);
}

void emit_alias(struct eval *e, struct str src, struct str dst)
{
    if (src.len == 0 || !uri_is_local_file(dst) || !uri_is_remote(src))
        return;
    strmap_put(&e->aliases, dst, value_text(&e->vs, src));
}

const char *reference_dir_name(enum reference_dir dir)
{
    static const char *const NAMES[] = { "read", "write", "list", "delete" };
    return NAMES[dir];
}

const char *reference_kind_name(enum reference_kind kind)
{
    static const char *const NAMES[] = { "data",    "model",    "figure",  "code",   "config",
                                         "archive", "document", "scratch", "builtin" };
    return NAMES[kind];
}
