/* parquet_cell: levels and values of one column make the cell of one row. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parquet_internal.h"

static bool damaged(struct err *err)
{
    return err_set(err, ERR_PARSE, "the values of a Parquet column are damaged");
}

/* The repetition level of the next value; it stays until the value is taken. */
static bool peek_rep(struct cursor *c, struct err *err)
{
    if (c->has_rep)
        return true;
    c->rep = 0;
    if (c->leaf->view.max_rep > 0 &&
        (!hybrid_next(&c->reps, &c->rep) || c->rep > c->leaf->view.max_rep))
        return damaged(err);
    c->has_rep = true;
    return true;
}

static bool take_value(struct cursor *c, struct err *err)
{
    const struct parquet_leaf *leaf = &c->leaf->view;
    struct parquet_value value = { .rep_level = (unsigned char)c->rep };
    uint64_t def = 0;
    if (leaf->max_def > 0 && (!hybrid_next(&c->defs, &def) || def > leaf->max_def))
        return damaged(err);
    value.def_level = (unsigned char)def;
    value.is_null = def < leaf->max_def;
    if (!value.is_null && !parquet_values_next(&c->values, &c->cell_arena, &value))
        return damaged(err);
    if (c->n_cell == LIMIT_PARQUET_CELL_VALUES ||
        c->cell_arena.used_bytes > LIMIT_PARQUET_CELL_BYTES)
        return err_set(err, ERR_TOO_LARGE, "one list of the Parquet file has more than %lu values",
                       LIMIT_PARQUET_CELL_VALUES);
    value.rep_level = (unsigned char)c->rep;
    value.def_level = (unsigned char)def;
    value.is_null = def < leaf->max_def;
    *ARENA_PUSH(&c->cell_arena, c->cell, c->n_cell, c->cap_cell) = value;
    c->has_rep = false;
    c->n_levels_left--;
    return true;
}

enum cursor_step cursor_row(struct cursor *c, struct format_need *need, struct err *err)
{
    while (!c->is_row) {
        if (c->n_levels_left == 0) {
            if (c->n_cell > 0 && c->n_values_left == 0)
                break;
            enum cursor_step step = cursor_page(c, need, err);
            if (step != CURSOR_OK)
                return step;
        }
        if (!peek_rep(c, err))
            return CURSOR_FAILED;
        if (c->rep == 0 && c->n_cell > 0)
            break;
        if (c->rep != 0 && c->n_cell == 0) {
            (void)damaged(err);
            return CURSOR_FAILED;
        }
        if (!take_value(c, err))
            return CURSOR_FAILED;
        if (c->leaf->view.max_rep == 0)
            break;
    }
    c->is_row = true;
    return CURSOR_OK;
}
