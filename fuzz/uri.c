/* uri: the normal forms of what APIs take, and how two of them relate.  A line feed cuts the input
 * in two. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/uri.h"
#include "fuzz.h"
#include "lineage/uri_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str first, second;
    unsigned score;
    (void)str_cut(fuzz_text(data, size), '\n', &first, &second);
    struct str uri = uri_from_path(&a, first);
    (void)uri_from_s3(&a, first, second);
    (void)uri_from_bucket_path(&a, STR("gs"), first);
    (void)uri_from_table(&a, first);
    (void)uri_from_name(&a, "stage", first);
    (void)uri_join(&a, first, second);
    FUZZ_CHECK(uri_base_name(first).len <= first.len && uri_parent(uri).len <= uri.len);
    (void)uri_is_remote(uri);
    (void)uri_is_local_file(uri);
    (void)uri_what(uri);
    (void)uri_n_holes(uri);
    (void)uri_match(uri, uri_from_path(&a, second), &score);
    FUZZ_CHECK(uri.len == 0 || uri_match(uri, uri, &score) != URI_APART);
    return 0;
}
