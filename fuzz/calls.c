/* calls: a user's table of call forms is taken, or refused with a message. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/calls.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct calls *calls; /* the tables of the program: they take a while */
    struct err err = ERR_INIT;
    if (calls == NULL)
        calls = calls_new();
    if (!calls_add(calls, STR("rules.tsv"), fuzz_text(data, size), &err)) {
        FUZZ_CHECK(err.code != ERR_NONE && err.msg[0] != '\0');
        return 0; /* and nothing was added */
    }
    calls_free(calls);
    calls = NULL;
    return 0;
}
