/* place: a location and a question: keys, patterns, names, matching, snippets of what is quoted. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/place.h"
#include "catalog/snippets.h"
#include "fuzz.h"
#include "lineage/uri.h"

static void check_key(struct arena *a, struct str uri)
{
    struct str key = place_key(a, uri), out[8];
    struct place_pattern p = place_pattern(key);
    struct place_name name;
    FUZZ_CHECK(str_eq(place_key(a, key), key));
    FUZZ_CHECK(str_has_prefix(key, p.prefix) && str_has_suffix(key, p.suffix));
    FUZZ_CHECK(p.is_pattern || str_eq(p.prefix, key));
    for (size_t n = place_prefixes(key, out, ARRAY_LEN(out)); n > 0; n--)
        FUZZ_CHECK(str_has_prefix(key, out[n - 1]));
    for (size_t n = place_ancestors(key, out, ARRAY_LEN(out)); n > 0; n--)
        FUZZ_CHECK(out[n - 1].len < key.len);
    FUZZ_CHECK(place_trim(key).len <= key.len);
    if (place_name(a, uri, &name))
        FUZZ_CHECK(name.space.len > 0 && name.name.len > 0 && !str_contains(name.name, STR("{}")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct question_place here = { STR_INIT("/lake"), STR_INIT("/home") };
    struct str text = fuzz_text(data, size), asked, reference;
    AUTO_ARENA a = ARENA_INIT;
    struct question q;
    struct err err = ERR_INIT;
    struct snippet snippets[SNIPPETS_MAX];
    (void)str_cut(text, '\n', &asked, &reference);
    struct str uri = uri_from_path(&a, reference);
    check_key(&a, uri);
    if (question_read(&a, asked, &here, &q, &err)) {
        const struct place_use use = { .uri = uri, .folder = STR("/n"), .is_called = true };
        struct place_match m = question_match_use(&a, &q, &use);
        FUZZ_CHECK((m.relation == URI_APART) == (m.percent == 0) && m.percent <= 100);
        FUZZ_CHECK(place_match_text(&a, &m, &use).len > 0);
    }
    const struct snippet_dataset d = { .uri = uri,
                                       .format = STR("csv"),
                                       .layout = STR("single"),
                                       .local = STR("/lake"),
                                       .delimiter = ';' };
    (void)snippets_make(&a, &d, snippets);
    return 0;
}
