/* s3_page: one page of a listing.  The first byte says whether its keys are percent-encoded. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/s3_page.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool is_encoded = fuzz_take_byte(&data, &size) & 1;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct s3_page page;
    if (!s3_page_parse(&a, fuzz_text(data, size), is_encoded, &page, &err)) {
        FUZZ_CHECK(err.code != ERR_NONE);
        return 0;
    }
    for (size_t i = 0; i < page.n; i++)
        FUZZ_CHECK(page.entries[i].key.len <= size);
    return 0;
}
