/* url: URLs, query strings, percent-encoding; what is encoded decodes to itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/url.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = fuzz_text(data, size), out;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF encoded = BUF_INIT(SIZE_MAX);
    struct err err = ERR_INIT;
    struct url url;
    struct url_param *params;
    size_t n;
    if (url_parse(text, &url, &err))
        FUZZ_CHECK(url.host.len > 0 && url.host.len + url.path.len + url.query.len <= size);
    if (url_decode(&a, text, URL_PLUS_IS_SPACE, &out, &err))
        FUZZ_CHECK(out.len <= size);
    if (url_query_parse(&a, text, &params, &n, &err))
        for (size_t i = 0; i < n; i++)
            FUZZ_CHECK(str_is_utf8(params[i].name) && str_is_utf8(params[i].value));
    url_encode(&encoded, text, 0);
    FUZZ_CHECK(url_decode(&a, buf_str(&encoded), 0, &out, &err) && str_eq(out, text));
    return 0;
}
