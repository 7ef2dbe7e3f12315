/*
 * text_values: what configuration and code carry in texts: YAML, regular expressions, templates.
 * The first line is a pattern, a format or a template; all is YAML.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "lineage/pure.h"
#include "lineage/pure_regex.h"
#include "lineage/pure_yaml.h"

#define ROOM (64UL * 1024 * 1024)

static void match(struct arena *a, struct str pattern, struct str text)
{
    struct regex re;
    struct regex_match m;
    if (!regex_compile(a, pattern, false, &re))
        return;
    if (regex_find(a, &re, text, 0, REGEX_SEARCH, &m) != REGEX_MATCH)
        return;
    FUZZ_CHECK(m.from[0] <= m.to[0] && m.to[0] <= text.len);
    for (size_t i = 1; i < re.n_groups; i++)
        FUZZ_CHECK(m.from[i] == SIZE_MAX || (m.from[i] <= m.to[i] && m.to[i] <= text.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = fuzz_text(data, size), first, rest;
    AUTO_ARENA a = ARENA_INIT;
    struct values vs;
    values_init(&vs, &a, ROOM);
    (void)yaml_value(&vs, text);
    str_cut(text, '\n', &first, &rest);
    match(&a, first, rest);
    struct value *items[] = { value_text(&vs, rest), value_whole(&vs, -7), value_number(&vs, 2.5) };
    struct call_args args = { .items = items, .n_items = 3 };
    struct value *template = value_text(&vs, first);
    (void)pure_method(&vs, CALL_PYTHON, template, STR("format"), &args, true);
    (void)pure_method(&vs, CALL_PYTHON, template, STR("render"), &args, true);
    struct value *tuple = value_seq(&vs, VALUE_IS_TUPLE);
    for (size_t i = 0; i < 3; i++) {
        value_seq_add(&vs, tuple, items[i]);
        (void)pure_format(&vs, items[i], 0, template);
    }
    FUZZ_CHECK(pure_binary(&vs, OP_MOD, template, tuple) != NULL);
    return 0;
}
