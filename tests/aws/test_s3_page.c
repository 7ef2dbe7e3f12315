/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "aws/s3_page.h"

static void a_page_becomes_entries(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct s3_page p;
    assert_true(s3_page_parse(
        &a,
        STR("<?xml version=\"1.0\"?><ListBucketResult "
            "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>"
            "<Prefix>p%2F</Prefix><IsTruncated>true</IsTruncated><NextContinuationToken>t=</"
            "NextContinuationToken>"
            "<Contents><Key>a+b%2B%C3%BC</Key><LastModified>2026-11-25T09:00:00.000Z</LastModified>"
            "<ETag>&quot;e&quot;</ETag><Size>12</Size><Owner><ID>x</ID></Owner></Contents>"
            "<CommonPrefixes><Prefix>p%2Fq%2F</Prefix></CommonPrefixes></ListBucketResult>"),
        true, &p, &err));
    assert_int_equal(p.n, 2);
    assert_str(p.entries[0].key, "a b+\xC3\xBC");
    assert_str(p.entries[0].etag, "e");
    assert_int_equal(p.entries[0].size_bytes, 12);
    assert_int_equal(p.entries[0].time_unix_ms, 1795597200000);
    assert_true(p.entries[1].is_prefix);
    assert_str(p.entries[1].key, "p/q/");
    assert_true(p.is_truncated);
    assert_str(p.next_token, "t=");
}

static void what_is_no_page_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "<",
        "<html></html>",
        "<ListBucketResult><Contents>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        ("<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a></a></a></a></a></a></a></a></a></"
         "a></a></a></a></a></a></a></a></a></a>"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        struct s3_page p;
        assert_case(!s3_page_parse(&a, str_from(cases[i]), true, &p, &err), cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_becomes_entries),
        cmocka_unit_test(what_is_no_page_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
