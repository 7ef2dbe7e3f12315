/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/url.h"

static void decoding_is_strict(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want; /* NULL: refused */
        unsigned flags;
    } cases[] = {
        { "plain", "plain", 0 },
        { "a%2Fb%20c", "a/b c", 0 },
        { "a+b", "a+b", 0 },
        { "a+b%2B", "a b+", URL_PLUS_IS_SPACE },
        { "%c3%BC", "\xC3\xBC", 0 },
        { "%", NULL, 0 },
        { "%2", NULL, 0 },
        { "%2g", NULL, 0 },
        { "", "", 0 },
        { "x%41", "xA", 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        struct str out;
        bool ok = url_decode(&a, str_from(cases[i].text), cases[i].flags, &out, &err);
        assert_case(ok == (cases[i].want != NULL), cases[i].text);
        if (ok)
            assert_str(out, cases[i].want);
    }
}

static void encoding_keeps_only_the_unreserved(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT(1000);
    url_encode(&out, STR("aZ0-._~ /+%\xC3\xBC"), 0);
    assert_str(buf_str(&out), "aZ0-._~%20%2F%2B%25%C3%BC");
    buf_reset(&out);
    url_encode(&out, STR("a/b c"), URL_KEEP_SLASH);
    assert_str(buf_str(&out), "a/b%20c");
    buf_reset(&out);
    url_query_add(&out, STR("a b"), STR("&="));
    url_query_add(&out, STR("c"), STR(""));
    assert_str(buf_str(&out), "a%20b=%26%3D&c=");
}

static void queries_are_split(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct url_param *p;
    size_t n;
    assert_true(url_query_parse(&a, STR("a=1&&b&a=x+y%26&=z"), &p, &n, &err));
    assert_int_equal(n, 4);
    assert_str(p[0].value, "1");
    assert_false(p[1].has_value);
    assert_str(p[2].value, "x y&");
    assert_str(p[3].name, "");
    assert_false(url_query_parse(&a, STR("a=%00"), &p, &n, &err));
    assert_false(url_query_parse(&a, STR("a=%FF"), &p, &n, &err));
    assert_false(url_query_parse(&a, STR("%zz"), &p, &n, &err));
}

static void urls_have_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host, *path, *query;
        unsigned port;
        bool is_tls;
    } cases[] = {
        { "http://h", "h", "", "", 80, false },
        { "https://h.example:9000/a/b?c=d?e", "h.example", "/a/b", "c=d?e", 9000, true },
        { "HTTP://[::1]:8080?x", "::1", "", "x", 8080, false },
    };
    static const char *const wrong[] = {
        "",           "h",           "ftp://h",     "http://",
        "http://:80", "http://h:",   "http://h:0",  "http://h:65536",
        "http://u@h", "http://h/ x", "http://h/#f", "http://[::1",
        "http://h:8x"
    };
    struct err err = ERR_INIT;
    struct url u;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_case(url_parse(str_from(cases[i].text), &u, &err), cases[i].text);
        assert_str(u.host, cases[i].host);
        assert_str(u.path, cases[i].path);
        assert_str(u.query, cases[i].query);
        assert_int_equal(u.port, cases[i].port);
        assert_int_equal(u.is_tls, cases[i].is_tls);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_case(!url_parse(str_from(wrong[i]), &u, &err), wrong[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoding_is_strict),
        cmocka_unit_test(encoding_keeps_only_the_unreserved),
        cmocka_unit_test(queries_are_split),
        cmocka_unit_test(urls_have_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
