/* calls: a user's table of call forms is taken, or refused with a message. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/calls.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    struct calls *calls = calls_new();
    if (!calls_add(calls, STR("rules.tsv"), fuzz_text(data, size), &err))
        FUZZ_CHECK(err.code != ERR_NONE && err.msg[0] != '\0');
    calls_free(calls);
    return 0;
}
