/* search_pattern: what a pattern must hold, beside PCRE2: where it matches, the text holds it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "index/matcher.h"
#include "index/trigram.h"

/* The pattern ends at the first newline; behind it stands the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct matcher *m;
    struct str pattern, text;
    size_t at, end;
    unsigned flags = fuzz_take_byte(&data, &size);
    bool is_regex = (flags & 1) != 0, is_case_ignored = (flags & 2) != 0;
    (void)str_cut(fuzz_text(data, size), '\n', &pattern, &text);
    const struct need *need = is_regex ? need_of_pattern(&a, pattern, is_case_ignored)
                                       : need_of_plain(&a, pattern, is_case_ignored);
    if (!matcher_new(pattern, is_regex, is_case_ignored, &m, &err))
        return 0;
    if (matcher_find(m, text, 0, &at, &end) == MATCHER_FOUND) {
        FUZZ_CHECK(at <= end && end <= text.len);
        FUZZ_CHECK(need_is_met(need, text));
    }
    matcher_free(m);
    return 0;
}
