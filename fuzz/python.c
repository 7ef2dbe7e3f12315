/* python: a cell, or one expression.  The first byte chooses plain Python, IPython, expression. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/python.h"
#include "fuzz.h"
#include "lineage/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned way = fuzz_take_byte(&data, &size) % 3;
    struct str text = fuzz_text(data, size);
    AUTO_ARENA a = ARENA_INIT;
    struct parsed out = { 0 };
    if (way == 2) {
        (void)python_parse_expression(&a, text);
        return 0;
    }
    python_parse(&a, text, way == 0 ? PYTHON_PLAIN : PYTHON_IPYTHON, &out);
    for (const struct node *n = out.statements; n != NULL; n = n->next)
        FUZZ_CHECK(n->line >= 1 && n->line <= size + 1 && n->col >= 1 && n->col <= size + 1);
    return 0;
}
