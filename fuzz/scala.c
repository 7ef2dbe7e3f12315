/* scala: a cell of Scala. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/scala.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = ARENA_INIT;
    struct parsed out = { 0 };
    scala_parse(&a, fuzz_text(data, size), &out);
    for (const struct node *n = out.statements; n != NULL; n = n->next)
        FUZZ_CHECK(n->line >= 1 && n->line <= size + 1 && n->col >= 1 && n->col <= size + 1);
    return 0;
}
