/* SPDX-License-Identifier: Apache-2.0 */
#include "http/asset.h"
#include "test.h"
#include "util/attrs.h"

static const struct http_asset both = { STR_INIT("page.js"),
                                        STR_INIT("text/javascript"),
                                        { [HTTP_IDENTITY] = { STR_INIT("0123456789"), STR_EMPTY },
                                          [HTTP_GZIP] = { STR_INIT("01234"), STR_EMPTY },
                                          [HTTP_BROTLI] = { STR_INIT("012"), STR_EMPTY } } };
/* Compressing it did not help. */
static const struct http_asset small = { STR_INIT("x"),
                                         STR_INIT("text/plain"),
                                         { [HTTP_IDENTITY] = { STR_INIT("0"), STR_EMPTY },
                                           [HTTP_GZIP] = { STR_INIT("0123"), STR_EMPTY } } };

static void the_smallest_allowed_form_is_chosen(void **state)
{
    static const struct {
        const char *header;
        enum http_coding want;
    } cases[] = {
        { "", HTTP_IDENTITY },
        { "gzip, deflate, br, zstd", HTTP_BROTLI },
        { "gzip", HTTP_GZIP },
        { "GZIP", HTTP_GZIP },
        { "deflate", HTTP_IDENTITY },
        { "*", HTTP_BROTLI },
        { "br;q=0, *", HTTP_GZIP },
        { "br;q=0.000,gzip;q=0.001", HTTP_GZIP },
        { "br ; q=0 , gzip ; Q=0", HTTP_IDENTITY },
        { "*;q=0", HTTP_IDENTITY },
        { "identity;q=0, gzip", HTTP_GZIP },
        { "br;q=1.0", HTTP_BROTLI },
        { "brx, xgzip", HTTP_IDENTITY },
        { ";;;,,,q=", HTTP_IDENTITY },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (http_asset_coding(&both, str_from(cases[i].header)) != cases[i].want)
            fail_msg("%s", cases[i].header);
    assert_int_equal(http_asset_coding(&small, STR("gzip, br")), HTTP_IDENTITY);
}

static void an_asset_is_found_by_its_whole_name(void **state)
{
    const struct http_asset items[] = { both, small };
    const struct http_assets assets = { items, ARRAY_LEN(items) };
    (void)state;
    assert_ptr_equal(http_asset_find(&assets, STR("x")), &items[1]);
    assert_null(http_asset_find(&assets, STR("page")));
    assert_null(http_asset_find(&assets, STR("")));
}

static void codings_have_the_names_of_the_header(void **state)
{
    (void)state;
    assert_str(http_coding_name(HTTP_BROTLI), "br");
    assert_str(http_coding_name(HTTP_GZIP), "gzip");
    assert_str(http_coding_name(HTTP_IDENTITY), "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_allowed_form_is_chosen),
        cmocka_unit_test(an_asset_is_found_by_its_whole_name),
        cmocka_unit_test(codings_have_the_names_of_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
