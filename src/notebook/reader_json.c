/*
 * reader_json: Jupyter's and Zeppelin's JSON, by one table of what is looked at.
 *
 * A place is a container whose members matter; a row says what a member of a place is.  Everything
 * without a row is passed over, outputs among it.  Where a member stands twice the last one wins,
 * as in Python's json.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook/reader_internal.h"

#include "util/limits.h"
#include "util/scan.h"

#include <string.h>

enum place {
    P_ROOT, /* around the document */
    P_TOP,
    P_WORKSHEETS,
    P_WORKSHEET,
    P_CELLS,
    P_CELL,
    P_LINES, /* of a source */
    P_OUTPUTS,
    P_CELL_METADATA,
    P_TAGS,
    P_VSCODE,
    P_METADATA,
    P_KERNELSPEC,
    P_LANGUAGE_INFO,
    P_PARAGRAPHS,
    P_PARAGRAPH,
};

enum field {
    F_NONE, /* a container */
    F_NBFORMAT,
    F_NBFORMAT_MINOR,
    F_TITLE,
    F_KERNEL,
    F_KERNEL_DISPLAY,
    F_LANGUAGE,
    F_KERNEL_LANGUAGE,
    F_CELL_TYPE,
    F_CELL_ID,
    F_CELL_LANGUAGE,
    F_SOURCE,
    F_COUNT,
    F_TAG,
    F_OUTPUT,
};

struct reader_row {
    struct str key; /* empty: an element of an array, or the document */
    uint8_t place, kind, next, field;
};

#define OBJECT(at, name, to)                                                                       \
    {                                                                                              \
        STR_INIT(name), at, PUSH_OBJECT, to, F_NONE                                                \
    }
#define ARRAY(at, name, to)                                                                        \
    {                                                                                              \
        STR_INIT(name), at, PUSH_ARRAY, to, F_NONE                                                 \
    }
#define TEXT(at, name, what)                                                                       \
    {                                                                                              \
        STR_INIT(name), at, PUSH_STRING, P_ROOT, what                                              \
    }
#define NUMBER(at, name, what)                                                                     \
    {                                                                                              \
        STR_INIT(name), at, PUSH_NUMBER, P_ROOT, what                                              \
    }

/* clang-format off */
static const struct reader_row rows[] = {
    OBJECT(P_ROOT, "", P_TOP),
    NUMBER(P_TOP, "nbformat", F_NBFORMAT),
    NUMBER(P_TOP, "nbformat_minor", F_NBFORMAT_MINOR),
    TEXT(P_TOP, "name", F_TITLE),
    OBJECT(P_TOP, "metadata", P_METADATA),
    ARRAY(P_TOP, "cells", P_CELLS),
    ARRAY(P_TOP, "worksheets", P_WORKSHEETS),
    ARRAY(P_TOP, "paragraphs", P_PARAGRAPHS),
    OBJECT(P_METADATA, "kernelspec", P_KERNELSPEC),
    OBJECT(P_METADATA, "language_info", P_LANGUAGE_INFO),
    TEXT(P_KERNELSPEC, "name", F_KERNEL),
    TEXT(P_KERNELSPEC, "display_name", F_KERNEL_DISPLAY),
    TEXT(P_KERNELSPEC, "language", F_KERNEL_LANGUAGE),
    TEXT(P_LANGUAGE_INFO, "name", F_LANGUAGE),
    OBJECT(P_WORKSHEETS, "", P_WORKSHEET),
    ARRAY(P_WORKSHEET, "cells", P_CELLS),
    OBJECT(P_CELLS, "", P_CELL),
    TEXT(P_CELL, "cell_type", F_CELL_TYPE),
    TEXT(P_CELL, "id", F_CELL_ID),
    TEXT(P_CELL, "language", F_CELL_LANGUAGE),
    NUMBER(P_CELL, "execution_count", F_COUNT),
    NUMBER(P_CELL, "prompt_number", F_COUNT),
    TEXT(P_CELL, "source", F_SOURCE),
    ARRAY(P_CELL, "source", P_LINES),
    TEXT(P_CELL, "input", F_SOURCE),
    ARRAY(P_CELL, "input", P_LINES),
    TEXT(P_LINES, "", F_SOURCE),
    OBJECT(P_CELL, "metadata", P_CELL_METADATA),
    ARRAY(P_CELL, "outputs", P_OUTPUTS),
    { STR_INIT(""), P_OUTPUTS, PUSH_OBJECT, P_ROOT, F_OUTPUT },
    ARRAY(P_CELL_METADATA, "tags", P_TAGS),
    TEXT(P_CELL_METADATA, "kernel", F_CELL_LANGUAGE), /* SoS */
    TEXT(P_CELL_METADATA, "language", F_CELL_LANGUAGE),
    OBJECT(P_CELL_METADATA, "vscode", P_VSCODE),
    TEXT(P_VSCODE, "languageId", F_CELL_LANGUAGE),
    TEXT(P_TAGS, "", F_TAG),
    OBJECT(P_PARAGRAPHS, "", P_PARAGRAPH),
    TEXT(P_PARAGRAPH, "text", F_SOURCE),
    TEXT(P_PARAGRAPH, "id", F_CELL_ID),
};
/* clang-format on */

static const struct reader_row *find_row(enum place place, struct str key, enum push_kind kind)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].place == place && rows[i].kind == kind && str_eq(rows[i].key, key))
            return &rows[i];
    return NULL;
}

static enum place here(const struct notebook_reader *r)
{
    return r->n_places == 0 ? P_ROOT : (enum place)r->places[r->n_places - 1];
}

static bool is_array(enum place place)
{
    return place == P_CELLS || place == P_WORKSHEETS || place == P_LINES || place == P_TAGS ||
           place == P_OUTPUTS || place == P_PARAGRAPHS || place == P_ROOT;
}

/* The name of the member that comes next is kept as the first row that has it in this place. */
static void on_key(void *ctx, struct str name)
{
    struct notebook_reader *r = ctx;
    r->row = NULL;
    for (size_t i = 0; i < ARRAY_LEN(rows) && r->row == NULL; i++)
        if (rows[i].place == here(r) && str_eq(rows[i].key, name))
            r->row = &rows[i];
}

static bool on_wants(void *ctx, enum push_kind kind)
{
    struct notebook_reader *r = ctx;
    struct str key = is_array(here(r)) ? STR_EMPTY : r->row == NULL ? STR_EMPTY : r->row->key;
    if (r->row == NULL && !is_array(here(r)))
        return false;
    r->row = find_row(here(r), key, kind);
    if (r->row == NULL)
        return false;
    if (r->row->field == F_OUTPUT) {
        r->cell.has_outputs = true;
        return false;
    }
    if (r->row->field == F_SOURCE && here(r) != P_LINES)
        buf_reset(&r->source);
    return true;
}

static void on_open(void *ctx, enum push_kind kind)
{
    struct notebook_reader *r = ctx;
    enum place to = (enum place)r->row->next;
    (void)kind;
    if (to == P_CELLS || to == P_PARAGRAPHS) {
        r->saw_cells = true;
        if (to == P_PARAGRAPHS)
            r->out.format = NOTEBOOK_ZEPPELIN;
        if (here(r) == P_TOP) {
            r->out.n_cells = 0;
            r->n_seen = 0;
        }
    }
    if (to == P_CELL || to == P_PARAGRAPH) {
        r->cell = (struct cell){ .execution_count = -1 };
        r->cap_tags = 0;
        buf_reset(&r->source);
    }
    if (to == P_LINES)
        buf_reset(&r->source);
    if (to == P_TAGS)
        r->cell.n_tags = 0;
    r->places[r->n_places++] = (uint8_t)to; /* no row leads deeper than PLACES_MAX */
    r->row = NULL;
}

static void on_close(void *ctx, enum push_kind kind)
{
    struct notebook_reader *r = ctx;
    (void)kind;
    enum place place = here(r);
    r->n_places--;
    r->row = NULL;
    if (place != P_CELL && place != P_PARAGRAPH)
        return;
    if (place == P_PARAGRAPH)
        reader_take_prefix(&r->cell, &r->source);
    reader_add_cell(r, buf_str(&r->source));
}

static int64_t whole_number(struct str text)
{
    uint64_t n;
    return scan_whole_u64(text, INT64_MAX, &n) ? (int64_t)n : -1;
}

static enum cell_kind cell_kind_of(struct str type)
{
    if (str_eq(type, STR("code")))
        return CELL_CODE;
    return str_eq(type, STR("raw")) ? CELL_RAW : CELL_MARKDOWN; /* markdown, heading, html */
}

static void on_scalar(void *ctx, enum push_kind kind, struct str text)
{
    struct notebook_reader *r = ctx;
    struct arena *cell_arena = reader_cell_arena(r);
    (void)kind;
    switch ((enum field)r->row->field) {
    case F_NBFORMAT:
        r->out.nbformat = (int)(whole_number(text) & 0xFFFF);
        break;
    case F_NBFORMAT_MINOR:
        r->out.nbformat_minor = (int)(whole_number(text) & 0xFFFF);
        break;
    case F_TITLE:
        r->out.title = arena_str(r->arena, text);
        break;
    case F_KERNEL:
        r->out.kernel = arena_str(r->arena, text);
        break;
    case F_KERNEL_DISPLAY:
        r->out.kernel_display = arena_str(r->arena, text);
        break;
    case F_KERNEL_LANGUAGE:
        if (r->out.language.len == 0)
            r->out.language = arena_lower(r->arena, text);
        break;
    case F_LANGUAGE:
        r->out.language = arena_lower(r->arena, text);
        break;
    case F_CELL_TYPE:
        r->cell.kind = cell_kind_of(text);
        break;
    case F_CELL_ID:
        r->cell.id = arena_str(cell_arena, text);
        break;
    case F_CELL_LANGUAGE:
        r->cell.language = arena_lower(cell_arena, text);
        break;
    case F_SOURCE:
        buf_add(&r->source, text);
        break;
    case F_COUNT:
        r->cell.execution_count = whole_number(text);
        break;
    case F_TAG:
        *ARENA_PUSH(cell_arena, r->cell.tags, r->cell.n_tags, r->cap_tags) =
            arena_str(cell_arena, text);
        break;
    case F_NONE:
    case F_OUTPUT:
        break;
    }
}

void reader_json_init(struct notebook_reader *r)
{
    struct json_sink sink = { r, on_wants, on_open, on_close, on_key, on_scalar };
    json_push_init(&r->json, &sink, LIMIT_CELL_BYTES);
}

bool reader_json_finish(struct notebook_reader *r, struct err *err)
{
    if (!json_push_finish(&r->json, err))
        return false;
    if (!r->saw_cells && r->failure.code == ERR_NONE)
        return err_set(err, ERR_PARSE,
                       "JSON, but not a notebook: it has neither cells nor paragraphs");
    return true;
}
