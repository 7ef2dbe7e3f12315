/*
 * Case-sensitive substrings are looked for as they are; all else goes to PCRE2, with bounds on the
 * size of the pattern, the steps of one match, its depth and its memory.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/matcher.h"
#include "util/limits.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

/* Of one text: some 50 ms of the interpreter's time; depth of recursion; KiB of heap. */
enum { MATCH_STEPS = 1000000, MATCH_DEPTH = 10000, MATCH_HEAP_KIB = 8 * 1024 };
/* Bytes of a compiled pattern, which repeats may make large. */
enum { MAX_COMPILED = 4 * 1024 * 1024 };

struct matcher {
    struct str text; /* of a plain search; code is NULL then */
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
};

static bool compile(struct matcher *m, struct str text, uint32_t options, struct err *err)
{
    int code = 0;
    PCRE2_SIZE offset = 0, size = 0;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context == NULL)
        panic("out of memory");
    (void)pcre2_set_max_pattern_length(context, LIMIT_SEARCH_BYTES);
    (void)pcre2_set_parens_nest_limit(context, LIMIT_DEPTH);
    m->code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, options, &code, &offset, context);
    pcre2_compile_context_free(context);
    if (m->code == NULL) {
        unsigned char words[200];
        (void)pcre2_get_error_message(code, words, sizeof words);
        err_set(err, ERR_INVALID, "the pattern cannot be read at byte %zu: %s", offset + 1,
                (const char *)words);
        return err_fix(err, "Correct the pattern (PCRE2), or search for plain text.");
    }
    if (pcre2_pattern_info(m->code, PCRE2_INFO_SIZE, &size) != 0 || size > MAX_COMPILED)
        return err_set(err, ERR_INVALID, "the pattern is too large: its repeats make it %zu bytes",
                       (size_t)size);
    (void)pcre2_jit_compile(m->code, PCRE2_JIT_COMPLETE); /* without it, it is only slower */
    m->data = pcre2_match_data_create_from_pattern(m->code, NULL);
    m->context = pcre2_match_context_create(NULL);
    if (m->data == NULL || m->context == NULL)
        panic("out of memory");
    (void)pcre2_set_match_limit(m->context, MATCH_STEPS);
    (void)pcre2_set_depth_limit(m->context, MATCH_DEPTH);
    (void)pcre2_set_heap_limit(m->context, MATCH_HEAP_KIB);
    return true;
}

bool matcher_new(struct str text, bool is_regex, bool is_case_ignored, struct matcher **out,
                 struct err *err)
{
    if (text.len == 0 || text.len > LIMIT_SEARCH_BYTES)
        return err_set(err, ERR_INVALID, "a search has 1 to %lu bytes", LIMIT_SEARCH_BYTES);
    if (!str_is_utf8(text))
        return err_set(err, ERR_INVALID, "the text of a search is UTF-8");
    struct matcher *m = calloc(1, sizeof *m);
    if (m == NULL)
        panic("out of memory");
    m->text = text;
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
    options |= is_case_ignored ? PCRE2_CASELESS : 0;
    options |= is_regex ? PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C : PCRE2_LITERAL;
    if ((is_regex || is_case_ignored) && !compile(m, text, options, err)) {
        matcher_free(m);
        return false;
    }
    *out = m;
    return true;
}

void matcher_free(struct matcher *m)
{
    if (m == NULL)
        return;
    pcre2_match_context_free(m->context);
    pcre2_match_data_free(m->data);
    pcre2_code_free(m->code);
    free(m);
}

enum matcher_result matcher_find(struct matcher *m, struct str text, size_t from, size_t *at,
                                 size_t *end)
{
    if (m->code == NULL) {
        *at = str_find(text, m->text, from);
        *end = *at + m->text.len;
        return *at == SIZE_MAX ? MATCHER_NONE : MATCHER_FOUND;
    }
    PCRE2_SPTR subject = (PCRE2_SPTR)(text.len == 0 ? "" : text.ptr);
    int n = pcre2_match(m->code, subject, text.len, from, 0, m->data, m->context);
    if (n == PCRE2_ERROR_NOMATCH)
        return MATCHER_NONE;
    if (n < 0)
        return MATCHER_GIVEN_UP;
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(m->data);
    *at = ends[0];
    *end = ends[1] < ends[0] ? ends[0] : ends[1]; /* \K in a look-ahead may turn them round */
    return MATCHER_FOUND;
}
