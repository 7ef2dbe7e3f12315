/* uri: locations; a normal form is its own, and matches itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/uri.h"
#include "fuzz.h"
#include "lineage/uri_match.h"

static void check(struct arena *a, struct str uri)
{
    unsigned score;
    if (uri.len == 0)
        return;
    FUZZ_CHECK(str_eq(uri_from_path(a, uri), uri));
    FUZZ_CHECK(uri_match(uri, uri, &score) == URI_EQUAL && score > 0);
    FUZZ_CHECK(uri_parent(uri).len < uri.len && uri_n_holes(uri) <= uri.len / 2);
    (void)uri_what(uri);
}

/* The text as a whole, and its two halves around the first line end: a bucket and a key, a base and
 * a name, a question and a reference. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = fuzz_text(data, size), first, second;
    AUTO_ARENA a = ARENA_INIT;
    unsigned score;
    check(&a, uri_from_path(&a, text));
    check(&a, uri_from_table(&a, text));
    check(&a, uri_from_name(&a, "stage", text));
    (void)str_cut(text, '\n', &first, &second);
    check(&a, uri_from_s3(&a, first, second));
    check(&a, uri_from_bucket_path(&a, STR("gs"), first));
    check(&a, uri_from_path(&a, uri_join(&a, first, second)));
    FUZZ_CHECK(uri_base_name(text).len <= text.len);
    FUZZ_CHECK((uri_match(first, second, &score) == URI_APART) == (score == 0));
    return 0;
}
