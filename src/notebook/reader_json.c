/*
 * reader_json: Jupyter's and Zeppelin's JSON, by one table of what is looked at.
 *
 * A place is a container whose members matter; a row says what a member of a place is.  Everything
 * without a row is passed over, outputs among it.  Where a member stands twice the last one counts,
 * as in Python's json, whatever its kind: what the first one said is forgotten.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook/reader_internal.h"

#include "util/limits.h"
#include "util/scan.h"

struct reader_row {
    struct str key; /* empty: an element of an array, or the document */
    uint8_t place, kind, next, field;
};

#define OBJECT(at, name, to)                                                                       \
    {                                                                                              \
        STR_INIT(name), at, PUSH_OBJECT, to, F_CONTAINER                                           \
    }
#define ARRAY(at, name, to)                                                                        \
    {                                                                                              \
        STR_INIT(name), at, PUSH_ARRAY, to, F_CONTAINER                                            \
    }
#define TEXT(at, name, what)                                                                       \
    {                                                                                              \
        STR_INIT(name), at, PUSH_STRING, P_ROOT, what                                              \
    }
#define NUMBER(at, name, what)                                                                     \
    {                                                                                              \
        STR_INIT(name), at, PUSH_NUMBER, P_ROOT, what                                              \
    }

/* In the order of the places; the rows of one name in one place stand together. */
/* clang-format off */
static const struct reader_row rows[] = {
    OBJECT(P_ROOT, "", P_TOP),
    NUMBER(P_TOP, "nbformat", F_NBFORMAT),
    NUMBER(P_TOP, "nbformat_minor", F_NBFORMAT_MINOR),
    TEXT(P_TOP, "name", F_TITLE),
    TEXT(P_TOP, "defaultInterpreterGroup", F_INTERPRETER),
    OBJECT(P_TOP, "metadata", P_METADATA),
    ARRAY(P_TOP, "cells", P_CELLS),
    ARRAY(P_TOP, "worksheets", P_WORKSHEETS),
    ARRAY(P_TOP, "paragraphs", P_PARAGRAPHS),
    OBJECT(P_METADATA, "kernelspec", P_KERNELSPEC),
    OBJECT(P_METADATA, "language_info", P_LANGUAGE_INFO),
    OBJECT(P_METADATA, "papermill", P_PAPERMILL),
    TEXT(P_KERNELSPEC, "name", F_KERNEL),
    TEXT(P_KERNELSPEC, "display_name", F_KERNEL_DISPLAY),
    TEXT(P_KERNELSPEC, "language", F_KERNEL_LANGUAGE),
    TEXT(P_LANGUAGE_INFO, "name", F_LANGUAGE),
    OBJECT(P_PAPERMILL, "parameters", P_PARAMETERS),
    OBJECT(P_WORKSHEETS, "", P_WORKSHEET),
    ARRAY(P_WORKSHEET, "cells", P_CELLS),
    OBJECT(P_CELLS, "", P_CELL),
    OBJECT(P_PARAGRAPHS, "", P_PARAGRAPH),
    TEXT(P_CELL, "cell_type", F_CELL_TYPE),
    OBJECT(P_CELL, "metadata", P_CELL_METADATA),
    ARRAY(P_CELL, "outputs", P_OUTPUTS),
    NUMBER(P_CELL, "execution_count", F_COUNT),
    TEXT(P_CELL, "source", F_SOURCE),
    ARRAY(P_CELL, "source", P_LINES),
    TEXT(P_CELL, "id", F_CELL_ID),
    TEXT(P_CELL, "input", F_INPUT), /* nbformat 3: of code */
    ARRAY(P_CELL, "input", P_INPUT_LINES),
    NUMBER(P_CELL, "prompt_number", F_COUNT),
    TEXT(P_CELL, "language", F_CELL_LANGUAGE),
    TEXT(P_LINES, "", F_SOURCE),
    TEXT(P_INPUT_LINES, "", F_INPUT),
    { STR_INIT(""), P_OUTPUTS, PUSH_OBJECT, P_ROOT, F_OUTPUT },
    ARRAY(P_CELL_METADATA, "tags", P_TAGS),
    TEXT(P_CELL_METADATA, "kernel", F_SOS_KERNEL),
    TEXT(P_CELL_METADATA, "language", F_METADATA_LANGUAGE),
    OBJECT(P_CELL_METADATA, "vscode", P_VSCODE),
    TEXT(P_TAGS, "", F_TAG),
    TEXT(P_VSCODE, "languageId", F_VSCODE_LANGUAGE),
    TEXT(P_PARAGRAPH, "text", F_SOURCE),
    TEXT(P_PARAGRAPH, "id", F_CELL_ID),
};
/* clang-format on */

_Static_assert(ARRAY_LEN(rows) <= 64, "the rows that were seen are the bits of one number");

static enum place here(const struct notebook_reader *r)
{
    return r->n_places == 0 ? P_ROOT : (enum place)r->places[r->n_places - 1];
}

static uint64_t rows_of(const struct notebook_reader *r, enum place place)
{
    uint64_t below = (uint64_t)1 << r->first_row[place];
    return ((uint64_t)1 << r->first_row[place + 1]) - below;
}

/* The list of cells that a row opens. */
static struct cell_list *list_of(struct notebook_reader *r, const struct reader_row *row)
{
    if (row->next == P_WORKSHEETS)
        return &r->lists[LIST_WORKSHEETS];
    if (row->next == P_PARAGRAPHS)
        return &r->lists[LIST_PARAGRAPHS];
    return row->next == P_CELLS && row->place == P_TOP ? &r->lists[LIST_CELLS] : NULL;
}

/* The list loses its cells from the given one on. */
static void forget_cells(struct notebook_reader *r, struct cell_list *list, size_t from)
{
    if (r->visit != NULL && list->n > from && r->failure.code == ERR_NONE)
        (void)err_set(&r->failure, ERR_PARSE, "a list of cells stands twice");
    list->n = from;
}

/* The member comes again: what it said before does not count. */
static void forget(struct notebook_reader *r, const struct reader_row *row)
{
    struct cell_list *list = list_of(r, row);
    if (list != NULL) {
        forget_cells(r, list, 0);
        list->is_there = false;
    } else if (row->next == P_CELLS) {
        forget_cells(r, r->list, r->list->worksheet_at);
    } else if (row->field < F_N_TEXTS) {
        buf_reset(&r->texts[row->field]);
    } else if (row->field == F_COUNT) {
        r->cell.execution_count = -1;
    } else if (row->field == F_OUTPUT) {
        r->cell.has_outputs = false;
    } else if (row->field == F_TAG) {
        reader_forget_tags(r);
    } else if ((row->field == F_SOURCE || row->field == F_INPUT) && r->source_field == row->field) {
        buf_reset(&r->source);
        r->source_field = 0;
    } else if (row->next == P_PARAMETERS) {
        r->n_parameters = 0;
    }
    if (row->field == F_CONTAINER && row->next != P_CELLS && list == NULL)
        for (size_t i = r->first_row[row->next]; i < r->first_row[row->next + 1]; i++)
            forget(r, &rows[i]); /* the places form a tree of a few levels */
}

/* Do the rows belong to one member? */
static bool is_same_member(const struct reader_row *row, const struct reader_row *other)
{
    return other < rows + ARRAY_LEN(rows) && other->place == row->place &&
           str_eq(other->key, row->key);
}

static const struct reader_row *find_kind(const struct reader_row *row, enum push_kind kind)
{
    const struct reader_row *at = row;
    while (at->kind != kind && is_same_member(row, at + 1))
        at++;
    return at->kind == kind ? at : NULL;
}

/* The name of the member that comes next is kept as the first row that has it in this place. */
static void on_key(void *ctx, struct str name)
{
    struct notebook_reader *r = ctx;
    if (r->in_parameters) {
        reader_parameter_key(r, name);
        return;
    }
    r->row = NULL;
    enum place place = here(r);
    size_t i = r->first_row[place];
    while (i < r->first_row[place + 1] && !str_eq(rows[i].key, name))
        i++;
    if (i == r->first_row[place + 1])
        return;
    r->row = &rows[i];
    uint64_t bit = (uint64_t)1 << i;
    if ((r->seen & bit) != 0)
        for (const struct reader_row *at = r->row; is_same_member(r->row, at); at++)
            forget(r, at);
    r->seen |= bit;
}

/* A cell's text stands in source, or, as code of nbformat 3, in input; the other one is ignored. */
static bool begin_source(struct notebook_reader *r, enum field field)
{
    enum field counts = r->list == &r->lists[LIST_WORKSHEETS] ? F_INPUT : F_SOURCE;
    if (r->source_field != 0 && r->source_field != field && field != counts)
        return false;
    r->source_field = (uint8_t)field;
    buf_reset(&r->source);
    return true;
}

/* Cells that are shown cannot be taken back: only the first list's are. */
static bool begin_list(struct notebook_reader *r, struct cell_list *list)
{
    list->is_there = true;
    if (r->visit != NULL && r->list != NULL && r->list != list)
        return false;
    r->list = list;
    return true;
}

static bool on_wants(void *ctx, enum push_kind kind)
{
    struct notebook_reader *r = ctx;
    if (r->in_parameters)
        return reader_parameter_wants(r);
    enum place place = here(r);
    const struct reader_row *row = r->row;
    if (place == P_LINES && kind == PUSH_STRING) { /* most of what is wanted */
        r->row = NULL;
        r->json.into = &r->source;
        r->json.repeats = true;
        return true;
    }
    if (row == NULL && r->first_row[place] < r->first_row[place + 1] &&
        rows[r->first_row[place]].key.len == 0)
        row = &rows[r->first_row[place]]; /* an element of an array */
    row = row == NULL ? NULL : find_kind(row, kind);
    if (row != NULL && row->field == F_OUTPUT) {
        r->cell.has_outputs = true;
        row = NULL;
    }
    struct cell_list *list = row == NULL ? NULL : list_of(r, row);
    if (list != NULL && !begin_list(r, list))
        row = NULL;
    if (row != NULL && (place == P_CELL || place == P_PARAGRAPH)) {
        if (row->field == F_SOURCE || row->next == P_LINES)
            row = begin_source(r, F_SOURCE) ? row : NULL;
        else if (row->field == F_INPUT || row->next == P_INPUT_LINES)
            row = begin_source(r, F_INPUT) ? row : NULL;
    }
    r->row = row;
    if (row != NULL && (row->field == F_SOURCE || row->field == F_INPUT))
        r->json.into = &r->source;
    return row != NULL;
}

static void begin_cell(struct notebook_reader *r)
{
    r->cell = (struct cell){ .execution_count = -1 };
    r->source_field = 0;
    buf_reset(&r->source);
    reader_forget_tags(r);
    for (size_t i = F_FIRST_OF_CELL; i < F_N_TEXTS; i++)
        buf_reset(&r->texts[i]);
}

static void on_open(void *ctx, enum push_kind kind)
{
    struct notebook_reader *r = ctx;
    if (r->in_parameters) {
        reader_parameter_open(r, kind);
        return;
    }
    enum place to = (enum place)r->row->next;
    if (to == P_CELL || to == P_PARAGRAPH)
        begin_cell(r);
    else if (to == P_WORKSHEET)
        r->list->worksheet_at = r->list->n;
    r->in_parameters = to == P_PARAMETERS;
    r->seen &= ~rows_of(r, to);
    r->places[r->n_places++] = (uint8_t)to; /* no row leads deeper than PLACES_MAX */
    r->row = NULL;
}

static void on_close(void *ctx, enum push_kind kind)
{
    struct notebook_reader *r = ctx;
    if (r->in_parameters && reader_parameter_close(r, kind))
        return;
    enum place place = here(r);
    r->in_parameters = false;
    r->n_places--;
    r->row = NULL;
    if (place == P_CELL || place == P_PARAGRAPH)
        reader_close_cell(r, place == P_PARAGRAPH);
}

static void on_scalar(void *ctx, enum push_kind kind, struct str text)
{
    struct notebook_reader *r = ctx;
    uint64_t n;
    if (r->in_parameters) {
        reader_parameter_scalar(r, kind, text);
        return;
    }
    enum field field = (enum field)r->row->field;
    r->row = NULL;
    if (field < F_N_TEXTS) {
        buf_reset(&r->texts[field]);
        buf_add(&r->texts[field], text);
        if (!buf_ok(&r->texts[field]) && r->failure.code == ERR_NONE)
            (void)err_set(&r->failure, ERR_TOO_LARGE, "a name of more than %lu bytes",
                          LIMIT_NOTEBOOK_NAME_BYTES);
    } else if (field == F_COUNT) {
        r->cell.execution_count = scan_whole_u64(text, INT64_MAX, &n) ? (int64_t)n : -1;
    } else if (field == F_TAG) {
        reader_add_tag(r, text);
    }
}

void reader_json_init(struct notebook_reader *r)
{
    struct json_sink sink = { r, on_wants, on_open, on_close, on_key, on_scalar };
    json_push_init(&r->json, &sink, LIMIT_CELL_BYTES);
    for (size_t i = 0; i < F_N_TEXTS; i++)
        r->texts[i].limit = LIMIT_NOTEBOOK_NAME_BYTES;
    size_t row = 0;
    for (size_t place = 0; place < P_N; place++) {
        r->first_row[place] = (uint8_t)row;
        while (row < ARRAY_LEN(rows) && rows[row].place == place)
            row++;
    }
    r->first_row[P_N] = (uint8_t)row;
    if (row != ARRAY_LEN(rows))
        panic("row %zu is not in the order of the places", row);
}
