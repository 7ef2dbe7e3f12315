/* reader: see reader.h.  Chooses the format, keeps the cells, holds the limits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook/reader.h"

#include "notebook/reader_internal.h"
#include "util/limits.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    struct str suffix, language; /* language is empty for the JSON formats */
} names[] = {
    { STR_INIT(".ipynb"), STR_INIT("") },      { STR_INIT(".zpln"), STR_INIT("") },
    { STR_INIT("note.json"), STR_INIT("") },   { STR_INIT(".py"), STR_INIT("python") },
    { STR_INIT(".sql"), STR_INIT("sql") },     { STR_INIT(".r"), STR_INIT("r") },
    { STR_INIT(".scala"), STR_INIT("scala") }, { STR_INIT(".sh"), STR_INIT("bash") },
};

static size_t row_of_name(struct str name)
{
    size_t i = 0;
    while (i < ARRAY_LEN(names) && !str_has_suffix_nocase(name, names[i].suffix))
        i++;
    return i;
}

bool notebook_is_name(struct str name)
{
    return row_of_name(name) < ARRAY_LEN(names);
}

struct notebook_reader *notebook_reader_new(struct arena *a, struct str name,
                                            notebook_visit_fn *visit, void *ctx)
{
    struct notebook_reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        panic("out of memory");
    r->arena = a;
    r->name = arena_str(a, name);
    r->visit = visit;
    r->ctx = ctx;
    r->source = (struct buf)BUF_INIT(visit == NULL ? LIMIT_KEPT_CELL_BYTES : LIMIT_CELL_BYTES);
    r->text =
        (struct buf)BUF_INIT(visit == NULL ? LIMIT_KEPT_CODE_BYTES : LIMIT_NOTEBOOK_SOURCE_BYTES);
    r->tags = (struct buf)BUF_INIT(LIMIT_CELL_TAGS_BYTES);
    size_t row = row_of_name(name);
    struct str language = row < ARRAY_LEN(names) ? names[row].language : STR_EMPTY;
    r->is_json = language.len == 0;
    r->out.language = language;
    r->out.format = r->is_json ? NOTEBOOK_JUPYTER : NOTEBOOK_SOURCE;
    if (r->is_json)
        reader_json_init(r);
    else
        r->list = &r->lists[LIST_CELLS];
    return r;
}

void notebook_reader_free(struct notebook_reader *r)
{
    if (r == NULL)
        return;
    json_push_release(&r->json);
    buf_release(&r->source);
    buf_release(&r->text);
    buf_release(&r->tags);
    buf_release(&r->value);
    for (size_t i = 0; i < F_N_TEXTS; i++)
        buf_release(&r->texts[i]);
    arena_release(&r->scratch);
    free(r);
}

struct arena *reader_cell_arena(struct notebook_reader *r)
{
    return r->visit != NULL ? &r->scratch : r->arena;
}

/* With "\n" line ends: in the arena of the cell, or borrowed when the cell is only shown. */
static struct str unify_lines(struct notebook_reader *r, struct str source)
{
    struct arena *a = reader_cell_arena(r);
    if (str_find_char(source, '\r') == SIZE_MAX)
        return r->visit != NULL ? source : arena_str(a, source);
    char *copy = arena_alloc(a, source.len);
    size_t n = 0;
    for (size_t i = 0; i < source.len; i++) {
        if (source.ptr[i] != '\r')
            copy[n++] = source.ptr[i];
        else if (i + 1 == source.len || source.ptr[i + 1] != '\n')
            copy[n++] = '\n';
    }
    return (struct str){ copy, n };
}

/* At most max bytes: whole lines, of one long line whole characters. */
static struct str cut(struct str source, size_t max)
{
    source = str_slice(source, 0, max);
    size_t line_end = str_rfind_char(source, '\n');
    if (line_end != SIZE_MAX && line_end >= source.len / 2)
        return str_slice(source, 0, line_end + 1);
    while (source.len > 0 && (signed char)source.ptr[source.len - 1] < 0)
        source.len--;
    return source;
}

static void show_cell(struct notebook_reader *r, struct str source)
{
    if (source.len > LIMIT_CELL_BYTES || !buf_ok(&r->source)) {
        (void)err_set(&r->failure, ERR_TOO_LARGE, "a cell of more than %lu bytes",
                      LIMIT_CELL_BYTES);
        return;
    }
    r->cell.source = unify_lines(r, source);
    r->list->n++;
    r->visit(r->ctx, &r->cell);
    arena_reset(&r->scratch);
}

static void keep_cell(struct notebook_reader *r, struct str source)
{
    struct cell_list *list = r->list;
    bool is_code = r->cell.kind == CELL_CODE;
    size_t *kept = is_code ? &r->kept_code_bytes : &r->kept_prose_bytes;
    size_t left = (is_code ? LIMIT_KEPT_CODE_BYTES : LIMIT_KEPT_PROSE_BYTES) - *kept;
    size_t max = left < LIMIT_KEPT_CELL_BYTES ? left : LIMIT_KEPT_CELL_BYTES;
    r->cell.is_cut = !buf_ok(&r->source) || source.len > max;
    if (r->cell.is_cut)
        source = cut(source, max);
    *kept += source.len;
    r->cell.source = unify_lines(r, source);
    *ARENA_PUSH(r->arena, list->cells, list->n, list->cap) = r->cell;
}

void reader_add_cell(struct notebook_reader *r, struct str source)
{
    if (r->failure.code != ERR_NONE)
        return;
    if (r->n_cells == LIMIT_CELLS) {
        (void)err_set(&r->failure, ERR_TOO_LARGE, "more than %lu cells", LIMIT_CELLS);
        return;
    }
    if (r->visit == NULL && r->kept_bytes > LIMIT_KEPT_CODE_BYTES) {
        (void)err_set(&r->failure, ERR_TOO_LARGE, "more than %lu bytes of names and tags",
                      LIMIT_KEPT_CODE_BYTES);
        return;
    }
    r->n_cells++;
    r->cell.index = r->list->n;
    if (r->visit != NULL)
        show_cell(r, source);
    else
        keep_cell(r, source);
}

bool notebook_reader_feed(struct notebook_reader *r, struct str chunk, struct err *err)
{
    if (r->is_json) {
        if (r->json.offset + chunk.len > LIMIT_NOTEBOOK_BYTES)
            return err_set(err, ERR_TOO_LARGE, "a notebook of more than %lu bytes",
                           LIMIT_NOTEBOOK_BYTES);
        if (!json_push_feed(&r->json, chunk, err))
            return false;
    } else {
        size_t left = r->text.limit - buf_str(&r->text).len;
        r->is_cut = r->is_cut || (r->visit == NULL && chunk.len > left);
        buf_add(&r->text, r->is_cut ? str_slice(chunk, 0, left) : chunk);
        if (!buf_ok(&r->text))
            return err_set(err, ERR_TOO_LARGE, "a source of more than %zu bytes", r->text.limit);
    }
    if (r->failure.code != ERR_NONE)
        *err = r->failure;
    return r->failure.code == ERR_NONE;
}

bool notebook_reader_finish(struct notebook_reader *r, struct notebook *out, struct err *err)
{
    if (r->is_json) {
        if (!reader_json_finish(r, err))
            return false;
    } else {
        struct str text = r->is_cut ? cut(buf_str(&r->text), SIZE_MAX) : buf_str(&r->text);
        if (!str_is_utf8(text))
            return err_set(err, ERR_PARSE, "the source is not UTF-8");
        reader_split_source(r, text);
        if (r->is_cut && r->list->n > 0 && r->visit == NULL)
            r->list->cells[r->list->n - 1].is_cut = true;
        r->out.cells = r->list->cells;
        r->out.n_cells = r->visit == NULL ? r->list->n : 0;
    }
    if (r->failure.code != ERR_NONE) {
        *err = r->failure;
        return false;
    }
    *out = r->out;
    return true;
}

bool notebook_read(struct arena *a, struct str name, struct str bytes, struct notebook *out,
                   struct err *err)
{
    struct notebook_reader *r = notebook_reader_new(a, name, NULL, NULL);
    bool ok = notebook_reader_feed(r, bytes, err) && notebook_reader_finish(r, out, err);
    notebook_reader_free(r);
    return ok;
}
