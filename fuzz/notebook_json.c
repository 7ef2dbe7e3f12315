/*
 * notebook_json: Jupyter's and Zeppelin's JSON, in pieces and whole: the same cells or the same
 * error.  The first byte is the size of the pieces, or 0 for one piece; the second, whether the
 * cells are shown one by one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "notebook/reader.h"

static void on_cell(void *ctx, const struct cell *cell)
{
    size_t *n = ctx;
    FUZZ_CHECK(str_is_utf8(cell->source) && str_find_char(cell->source, '\r') == SIZE_MAX);
    ++*n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t step = fuzz_take_byte(&data, &size), n = 0;
    bool is_visit = fuzz_take_byte(&data, &size) & 1;
    struct str text = fuzz_text(data, size);
    struct notebook whole, pieces;
    struct err err = ERR_INIT, err_of_pieces = ERR_INIT;
    AUTO_ARENA a = ARENA_INIT;
    bool ok = notebook_read(&a, STR("x.ipynb"), text, &whole, &err), same = true;
    struct notebook_reader *r =
        notebook_reader_new(&a, STR("x.ipynb"), is_visit ? on_cell : NULL, &n);
    step = step == 0 ? text.len + 1 : step;
    for (size_t at = 0; same && at < text.len; at += step)
        same = notebook_reader_feed(r, str_slice(text, at, at + step), &err_of_pieces);
    same = same && notebook_reader_finish(r, &pieces, &err_of_pieces);
    notebook_reader_free(r);
    if (!is_visit) {
        FUZZ_CHECK(same == ok && strcmp(err.msg, err_of_pieces.msg) == 0);
        FUZZ_CHECK(!ok || whole.n_cells == pieces.n_cells);
        for (size_t i = 0; ok && i < whole.n_cells; i++) {
            on_cell(&n, &whole.cells[i]);
            FUZZ_CHECK(str_eq(whole.cells[i].source, pieces.cells[i].source));
        }
    } else {
        FUZZ_CHECK(!same || (ok && n == whole.n_cells));
    }
    return 0;
}
