/* analysis: a source, from its bytes to its references.  The first byte chooses the language. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/analysis.h"
#include "fuzz.h"
#include "notebook/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "x.py", "x.sql", "x.r", "x.scala", "x.sh" };
    static struct calls *calls;
    struct str name = str_from(names[fuzz_take_byte(&data, &size) % ARRAY_LEN(names)]);
    AUTO_ARENA a = ARENA_INIT;
    struct notebook nb;
    struct err err = ERR_INIT;
    if (calls == NULL)
        calls = calls_new();
    if (!notebook_read(&a, name, fuzz_text(data, size), &nb, &err))
        return 0;
    const struct analysis_options options = { .calls = calls };
    struct analysis out = { 0 };
    analyze(&a, &nb, &options, &out);
    for (size_t i = 0; i < out.n_references; i++) {
        const struct reference *r = &out.references[i];
        FUZZ_CHECK(r->cell < nb.n_cells && r->line >= 1 && r->col >= 1 && r->uri.len > 0);
        FUZZ_CHECK(r->line <= nb.cells[r->cell].source.len + 1);
        FUZZ_CHECK(r->kind < REFERENCE_N_KINDS);
    }
    return 0;
}
