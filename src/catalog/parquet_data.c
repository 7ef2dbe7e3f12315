/* parquet_data: rows out of pages, group by group, chosen columns side by side. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parquet_internal.h"

#include <stdlib.h>

/* The last bytes are read first: they hold the footer of most files. */
#define TAIL_BYTES (64UL * 1024)

enum state { STATE_END, STATE_FOOTER, STATE_OPEN, STATE_ROWS, STATE_DONE };

struct parquet_rows {
    struct arena arena;
    uint64_t size;
    enum state state;
    struct parquet_meta meta;
    struct leaf *leaves;
    size_t n_leaves;
    struct cursor cursors[LIMIT_PARQUET_CHOSEN];
    size_t chosen[LIMIT_PARQUET_CHOSEN]; /* leaves */
    unsigned n_chosen;
    unsigned at_cursor; /* of the present row */
    size_t group;
    bool is_in_group;
    uint64_t n_rows_left; /* in the group */
    /* What was asked for, and what is given. */
    struct format_need need;
    bool is_waiting, is_cut;
    unsigned for_cursor; /* whose window it is */
    struct arena tail_arena;
    struct format_range tail; /* the end of the file, or all of it */
};

struct parquet_rows *parquet_rows_new(uint64_t size_bytes)
{
    struct parquet_rows *r = calloc(1, sizeof *r);
    if (r == NULL)
        panic("out of memory");
    r->size = size_bytes;
    return r;
}

void parquet_rows_free(struct parquet_rows *r)
{
    if (r == NULL)
        return;
    for (unsigned i = 0; i < r->n_chosen; i++)
        cursor_release(&r->cursors[i]);
    arena_release(&r->tail_arena);
    arena_release(&r->arena);
    free(r);
}

static enum parquet_step ask(struct parquet_rows *r, uint64_t offset, uint64_t length,
                             struct format_need *need)
{
    r->need = *need = (struct format_need){ offset, (size_t)length };
    r->is_waiting = true;
    return PARQUET_NEED;
}

void parquet_rows_give(struct parquet_rows *r, struct str bytes)
{
    struct format_range range = { r->need.offset, STR_EMPTY };
    bool is_tail = r->state < STATE_OPEN;
    struct arena *a = is_tail ? &r->tail_arena : &r->cursors[r->for_cursor].window_arena;
    if (!r->is_waiting)
        return;
    r->is_waiting = false;
    r->is_cut = bytes.len < r->need.length;
    arena_reset(a);
    range.bytes = arena_str(a, str_slice(bytes, 0, r->need.length));
    if (is_tail)
        r->tail = range;
    else
        r->cursors[r->for_cursor].window = range;
}

/* ---- the footer ---- */

static struct str tail_from(const struct parquet_rows *r, uint64_t offset)
{
    return offset < r->tail.offset ? STR_EMPTY
                                   : str_from_pos(r->tail.bytes, (size_t)(offset - r->tail.offset));
}

/* STATE_END and STATE_FOOTER: until the footer is parsed. */
static enum parquet_step open_file(struct parquet_rows *r, struct format_need *need,
                                   struct err *err)
{
    uint64_t length;
    if (r->size < PARQUET_END_BYTES + 4) {
        (void)err_set(err, ERR_PARSE, "the Parquet file is cut");
        return PARQUET_FAILED;
    }
    if (r->state == STATE_END) {
        /* A small file is read at once. */
        uint64_t n = r->size <= LIMIT_PARQUET_WINDOW_BYTES ? r->size : TAIL_BYTES;
        r->state = STATE_FOOTER;
        return ask(r, r->size - n, n, need);
    }
    if (!parquet_footer_length(tail_from(r, r->size - PARQUET_END_BYTES), r->size, &length, err))
        return PARQUET_FAILED;
    uint64_t at = r->size - PARQUET_END_BYTES - length;
    if (length > LIMIT_FORMAT_READ_BYTES) {
        (void)err_set(err, ERR_TOO_LARGE, "the Parquet footer has %llu bytes; the limit is %lu",
                      (unsigned long long)length, LIMIT_FORMAT_READ_BYTES);
        return PARQUET_FAILED;
    }
    if (at < r->tail.offset)
        return ask(r, at, r->size - at, need);
    struct str footer = str_slice(tail_from(r, at), 0, (size_t)length);
    if (!parquet_meta_read(&r->arena, arena_str(&r->arena, footer), false, true, &r->meta, err) ||
        !parquet_leaves(&r->arena, &r->meta, &r->leaves, &r->n_leaves, err))
        return PARQUET_FAILED;
    r->state = STATE_OPEN;
    return PARQUET_OPEN;
}

size_t parquet_rows_n_leaves(const struct parquet_rows *r)
{
    return r->n_leaves;
}

const struct parquet_leaf *parquet_rows_leaf(const struct parquet_rows *r, size_t leaf)
{
    return &r->leaves[leaf].view;
}

uint64_t parquet_rows_total(const struct parquet_rows *r)
{
    return r->meta.n_rows;
}

size_t parquet_rows_find(const struct parquet_rows *r, struct str path)
{
    for (size_t i = 0; i < r->n_leaves; i++) {
        if (str_eq_nocase(r->leaves[i].pattern, path) ||
            str_eq_nocase(r->leaves[i].view.path, path))
            return i;
    }
    return SIZE_MAX;
}

unsigned parquet_rows_choose(struct parquet_rows *r, size_t leaf)
{
    if (r->n_chosen == LIMIT_PARQUET_CHOSEN || leaf >= r->n_leaves || r->state != STATE_OPEN)
        panic("a leaf of a Parquet file cannot be chosen");
    r->chosen[r->n_chosen] = leaf;
    r->cursors[r->n_chosen].leaf = &r->leaves[leaf];
    return r->n_chosen++;
}

/* ---- rows ---- */

/* True: a group is open, or there are none left (state DONE). */
static bool open_group(struct parquet_rows *r, struct err *err)
{
    while (r->group < r->meta.n_groups && r->meta.groups[r->group].n_rows == 0)
        r->group++;
    if (r->group == r->meta.n_groups) {
        r->state = STATE_DONE;
        return true;
    }
    const struct parquet_group *group = &r->meta.groups[r->group++];
    if (group->n_chunks != r->n_leaves)
        return err_set(err, ERR_PARSE, "a row group of Parquet has %zu columns of %zu",
                       group->n_chunks, r->n_leaves);
    for (unsigned i = 0; i < r->n_chosen; i++) {
        if (!cursor_open(&r->cursors[i], &group->chunks[r->chosen[i]], r->size, err))
            return false;
        if (r->tail.offset == 0)
            r->cursors[i].window = r->tail;
    }
    r->n_rows_left = group->n_rows;
    r->is_in_group = true;
    return true;
}

static enum parquet_step next_row(struct parquet_rows *r, struct format_need *need, struct err *err)
{
    for (; r->at_cursor < r->n_chosen; r->at_cursor++) {
        enum cursor_step step = cursor_row(&r->cursors[r->at_cursor], need, err);
        if (step == CURSOR_NEED) {
            r->for_cursor = r->at_cursor;
            return ask(r, need->offset, need->length, need);
        }
        if (step == CURSOR_FAILED)
            return PARQUET_FAILED;
    }
    r->n_rows_left--;
    r->is_in_group = r->n_rows_left > 0;
    return PARQUET_ROW;
}

/* A new row begins: cells are empty again. */
static void reset_row(struct parquet_rows *r)
{
    r->at_cursor = 0;
    for (unsigned i = 0; i < r->n_chosen; i++) {
        struct cursor *c = &r->cursors[i];
        c->n_cell = c->n_kept = 0;
        c->is_row = false;
        if (c->cell_arena.used_bytes > 0) {
            arena_reset(&c->cell_arena);
            c->cell = NULL;
            c->cap_cell = 0;
        }
    }
}

enum parquet_step parquet_rows_next(struct parquet_rows *r, struct format_need *need,
                                    struct err *err)
{
    bool was_waiting = r->need.length > 0;
    if (r->is_waiting || r->is_cut) {
        (void)err_set(err, ERR_PARSE, "the Parquet file is shorter than its %llu bytes",
                      (unsigned long long)r->size);
        return PARQUET_FAILED;
    }
    r->need.length = 0;
    if (r->state < STATE_OPEN)
        return open_file(r, need, err);
    if (r->state == STATE_OPEN)
        r->state = STATE_ROWS;
    if (!was_waiting || r->at_cursor == r->n_chosen)
        reset_row(r);
    if (!r->is_in_group && r->state == STATE_ROWS && !open_group(r, err))
        return PARQUET_FAILED;
    return r->state == STATE_DONE ? PARQUET_END : next_row(r, need, err);
}

struct parquet_cell parquet_rows_cell(const struct parquet_rows *r, unsigned cell)
{
    return (struct parquet_cell){ r->cursors[cell].cell, r->cursors[cell].n_cell };
}

const struct parquet_value *parquet_rows_value(const struct parquet_rows *r, unsigned cell)
{
    const struct cursor *c = &r->cursors[cell];
    return c->n_cell > 0 && !c->cell[0].is_null ? &c->cell[0] : NULL;
}
