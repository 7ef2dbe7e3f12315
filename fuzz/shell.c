/* shell: what a script reads and writes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = ARENA_INIT;
    struct shell_session session;
    struct shell_result out = { 0 };
    shell_session_init(&session, &a);
    shell_session_set(&session, STR("known"), STR("s3://b/k"));
    shell_refs(&a, fuzz_text(data, size), &session, &out);
    for (size_t i = 0; i < out.n_refs; i++) {
        const struct shell_ref *r = &out.refs[i];
        FUZZ_CHECK(r->program != NULL && r->name.len > 0);
        FUZZ_CHECK(r->line >= 1 && r->line <= size + 1 && r->col >= 1 && r->col <= size + 1);
        FUZZ_CHECK(r->copy_of == -1 || (size_t)r->copy_of < i);
    }
    return 0;
}
