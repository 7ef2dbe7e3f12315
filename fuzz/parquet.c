/* parquet: every row of any file is read in bounds, whichever leaves are chosen. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parquet_data.h"
#include "fuzz.h"

enum { MAX_ROWS = 2000 };

static void choose(struct parquet_rows *rows)
{
    size_t n = parquet_rows_n_leaves(rows);
    for (size_t i = 0; i < n && i < LIMIT_PARQUET_CHOSEN; i++)
        FUZZ_CHECK(parquet_rows_choose(rows, i) == i);
}

static void look(const struct parquet_rows *rows)
{
    size_t n = parquet_rows_n_leaves(rows), n_bytes = 0;
    for (unsigned i = 0; i < n && i < LIMIT_PARQUET_CHOSEN; i++) {
        struct parquet_cell cell = parquet_rows_cell(rows, i);
        bool is_text = parquet_rows_leaf(rows, i)->kind == PARQUET_TEXT;
        FUZZ_CHECK(cell.n > 0);
        for (size_t k = 0; is_text && k < cell.n; k++) {
            struct str text = cell.values[k].is_null ? STR_EMPTY : cell.values[k].text;
            n_bytes += str_find_char(text, '\n') == SIZE_MAX ? text.len : 0;
        }
    }
    FUZZ_CHECK(n_bytes < SIZE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    struct format_need need;
    struct str file = fuzz_text(data, size);
    struct parquet_rows *rows = parquet_rows_new(size);
    enum parquet_step step;
    for (unsigned n = 0; n < MAX_ROWS;) {
        step = parquet_rows_next(rows, &need, &err);
        if (step == PARQUET_OPEN) {
            choose(rows);
        } else if (step == PARQUET_ROW) {
            look(rows);
            n++;
        } else if (step == PARQUET_NEED) {
            FUZZ_CHECK(need.length > 0 && need.offset <= size && need.length <= size - need.offset);
            parquet_rows_give(rows, str_slice(file, need.offset, need.offset + need.length));
        } else {
            FUZZ_CHECK((step == PARQUET_END) == (err.code == ERR_NONE));
            break;
        }
    }
    parquet_rows_free(rows);
    return 0;
}
