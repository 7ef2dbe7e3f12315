/*
 * notebook_source: sources as notebooks.  The first byte chooses the language, the second is the
 * size of the pieces.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "notebook/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "x.py", "x.sql", "x.r", "x.scala", "x.sh" };
    struct str name = str_from(names[fuzz_take_byte(&data, &size) % ARRAY_LEN(names)]);
    size_t step = fuzz_take_byte(&data, &size) + 1;
    struct str text = fuzz_text(data, size);
    struct notebook nb;
    struct err err = ERR_INIT;
    AUTO_ARENA a = ARENA_INIT;
    struct notebook_reader *r = notebook_reader_new(&a, name, NULL, NULL);
    bool ok = true;
    for (size_t at = 0; ok && at < text.len; at += step)
        ok = notebook_reader_feed(r, str_slice(text, at, at + step), &err);
    if (ok && notebook_reader_finish(r, &nb, &err)) {
        size_t bytes = 0;
        for (size_t i = 0; i < nb.n_cells; i++) {
            FUZZ_CHECK(nb.cells[i].index == i && str_is_utf8(nb.cells[i].source));
            FUZZ_CHECK(str_find_char(nb.cells[i].source, '\r') == SIZE_MAX);
            bytes += nb.cells[i].source.len;
        }
        FUZZ_CHECK(bytes <= text.len + nb.n_cells); /* a last line may get its end */
    }
    notebook_reader_free(r);
    return 0;
}
