/*
 * reader_cell: what the JSON formats have said about a cell and about the notebook, when it is
 * whole: the texts of the last members become the cell's and the notebook's own.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook/reader_internal.h"
#include "util/limits.h"
#include "util/scan.h"

#include <string.h>

void reader_forget_tags(struct notebook_reader *r)
{
    buf_reset(&r->tags);
    r->cell.n_tags = 0;
}

/* Each tag as its length and its bytes: a tag may hold any character. */
void reader_add_tag(struct notebook_reader *r, struct str text)
{
    char length[sizeof text.len];
    memcpy(length, &text.len, sizeof length);
    buf_add(&r->tags, (struct str){ length, sizeof length });
    buf_add(&r->tags, text);
    r->cell.n_tags++;
    if (!buf_ok(&r->tags) && r->failure.code == ERR_NONE)
        (void)err_set(&r->failure, ERR_TOO_LARGE, "a cell with more than %lu bytes of tags",
                      LIMIT_CELL_TAGS_BYTES);
}

static void take_tags(struct notebook_reader *r, struct arena *a)
{
    if (r->cell.n_tags == 0 || r->failure.code != ERR_NONE)
        return;
    struct str all = arena_str(a, buf_str(&r->tags));
    r->cell.tags = ARENA_NEW_N(a, struct str, r->cell.n_tags);
    for (size_t i = 0; i < r->cell.n_tags; i++) {
        size_t len;
        memcpy(&len, all.ptr, sizeof len);
        r->cell.tags[i] = str_slice(all, sizeof len, sizeof len + len);
        all = str_from_pos(all, sizeof len + len);
    }
}

static struct str text_of(const struct notebook_reader *r, enum field field)
{
    return buf_str(&r->texts[field]);
}

static enum cell_kind kind_of(struct str type)
{
    if (type.len == 0 || str_eq(type, STR("code")))
        return CELL_CODE;
    return str_eq(type, STR("raw")) ? CELL_RAW : CELL_MARKDOWN; /* markdown, heading, html */
}

/* The nearest to the cell's text says its language: the editor, SoS, metadata, nbformat 3. */
static struct str language_of(const struct notebook_reader *r)
{
    static const enum field order[] = { F_VSCODE_LANGUAGE, F_SOS_KERNEL, F_METADATA_LANGUAGE,
                                        F_CELL_LANGUAGE };
    size_t i = 0;
    while (i + 1 < ARRAY_LEN(order) && text_of(r, order[i]).len == 0)
        i++;
    return text_of(r, order[i]);
}

void reader_close_cell(struct notebook_reader *r, bool is_paragraph)
{
    struct arena *a = reader_cell_arena(r);
    if (r->failure.code != ERR_NONE)
        return;
    r->kept_bytes += buf_str(&r->tags).len + r->cell.n_tags * sizeof(struct str);
    r->kept_bytes += text_of(r, F_CELL_ID).len + language_of(r).len;
    r->cell.kind = kind_of(text_of(r, F_CELL_TYPE));
    r->cell.id = arena_str(a, text_of(r, F_CELL_ID));
    r->cell.language = arena_lower(a, language_of(r));
    take_tags(r, a);
    if (is_paragraph)
        reader_take_prefix(&r->cell, &r->source);
    reader_add_cell(r, buf_str(&r->source));
}

/* A version, absent or a whole number. */
static bool take_version(const struct notebook_reader *r, enum field field, const char *name,
                         uint64_t min, uint64_t max, int *out, struct err *err)
{
    uint64_t n = 0;
    struct str text = text_of(r, field);
    if (text.len > 0 && (!scan_whole_u64(text, max, &n) || n < min))
        return err_set(err, ERR_PARSE, "%s is %.*s; a whole number from %llu to %llu is expected",
                       name, STR_FMT(text), (unsigned long long)min, (unsigned long long)max);
    *out = (int)n;
    return true;
}

/* Which list is the notebook's, as Jupyter decides: by nbformat; else the first that is there. */
static struct cell_list *choose_list(struct notebook_reader *r)
{
    if (r->out.nbformat > 0 && r->out.nbformat < 4 && r->lists[LIST_WORKSHEETS].is_there)
        return &r->lists[LIST_WORKSHEETS];
    for (size_t i = 0; i < LIST_N; i++)
        if (r->lists[i].is_there)
            return &r->lists[i];
    return NULL;
}

/* Of paragraphs without "%": Zeppelin's first interpreter is Spark's, in Scala. */
static struct str default_language(struct str interpreter)
{
    if (str_eq(interpreter, STR("python")) || str_eq(interpreter, STR("jupyter")))
        return STR("python");
    if (str_eq(interpreter, STR("jdbc")))
        return STR("sql");
    if (str_eq(interpreter, STR("r")))
        return STR("r");
    return STR("scala");
}

bool reader_json_finish(struct notebook_reader *r, struct err *err)
{
    if (!json_push_finish(&r->json, err))
        return false;
    if (r->failure.code != ERR_NONE)
        return true; /* the caller says it */
    if (!take_version(r, F_NBFORMAT, "nbformat", 1, 99, &r->out.nbformat, err) ||
        !take_version(r, F_NBFORMAT_MINOR, "nbformat_minor", 0, 9999, &r->out.nbformat_minor, err))
        return false;
    struct cell_list *list = choose_list(r);
    if (list == NULL)
        return err_set(err, ERR_PARSE,
                       "JSON, but not a notebook: it has neither cells nor paragraphs");
    if (r->visit != NULL && list != r->list)
        return err_set(err, ERR_PARSE,
                       "cells, worksheets or paragraphs stand side by side, and the first of them "
                       "does not belong to nbformat %d",
                       r->out.nbformat);
    r->out.cells = list->cells;
    r->out.n_cells = r->visit == NULL ? list->n : 0;
    struct arena *a = r->arena;
    struct str language = text_of(r, F_LANGUAGE);
    if (language.len == 0)
        language = text_of(r, F_KERNEL_LANGUAGE);
    r->out.language = arena_lower(a, language);
    r->out.kernel = arena_str(a, text_of(r, F_KERNEL));
    r->out.kernel_display = arena_str(a, text_of(r, F_KERNEL_DISPLAY));
    if (list == &r->lists[LIST_PARAGRAPHS]) {
        r->out.format = NOTEBOOK_ZEPPELIN;
        if (language.len == 0)
            r->out.language = default_language(text_of(r, F_INTERPRETER));
        r->out.title = arena_str(a, text_of(r, F_TITLE));
    }
    reader_take_parameters(r);
    return true;
}
