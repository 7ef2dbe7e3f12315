/* Signatures against those that botocore 1.44 makes for the same requests at the same time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "aws/sign.h"

enum { NINE_O_CLOCK = 1795597200 }; /* 2026-11-25T09:00:00Z */

static void signatures_are_those_of_botocore(void **state)
{
    (void)state;
    static const struct http_header put[] = { { STR_INIT("Content-Type"), STR_INIT("text/csv") },
                                              { STR_INIT("If-None-Match"), STR_INIT("*") } };
    static const struct http_header post[] = {
        { STR_INIT("Content-Type"), STR_INIT("application/x-amz-json-1.1") },
        { STR_INIT("X-Amz-Target"), STR_INIT("ElasticMapReduce.ListClusters") },
    };
    static const struct {
        struct aws_signing s;
        const char *token, *want;
    } cases[] = {
        { { .method = HTTP_GET,
            .host = STR_INIT("b.s3.eu-west-1.amazonaws.com"),
            .path = STR_INIT("/"),
            .service = STR_INIT("s3"),
            .region = STR_INIT("eu-west-1"),
            .has_content_hash = true },
          "",
          "bd036f33490ecdb3faf652039864921e8b0ff9cca0d99c572c62e3d777e8b961" },
        { { .method = HTTP_GET,
            .host = STR_INIT("b.s3.eu-west-1.amazonaws.com"),
            .path = STR_INIT("/"),
            .query = STR_INIT("list-type=2&prefix=a%2Fb%20c"),
            .service = STR_INIT("s3"),
            .region = STR_INIT("eu-west-1"),
            .has_content_hash = true },
          "tok/en==",
          "20c12e40328e6e540da8c106771319a0ec7ba72380642d6b0ec2828d045df58d" },
        { { .method = HTTP_PUT,
            .host = STR_INIT("127.0.0.1:9000"),
            .path = STR_INIT("/b/%C3%BC%20%2B%25/..//x"),
            .headers = put,
            .n_headers = 2,
            .body = STR_INIT("hello"),
            .service = STR_INIT("s3"),
            .region = STR_INIT("us-east-1"),
            .has_content_hash = true },
          "",
          "f50f7e4e9f29979b8cc92e3559e0aaae288048caa2450876e3fb866ce6d73e33" },
        { { .method = HTTP_POST,
            .host = STR_INIT("elasticmapreduce.us-east-1.amazonaws.com"),
            .path = STR_INIT("/"),
            .headers = post,
            .n_headers = 2,
            .body = STR_INIT("{}"),
            .service = STR_INIT("elasticmapreduce"),
            .region = STR_INIT("us-east-1") },
          "",
          "3aa003c751ab83fb8c8901c279c7af0feb80435602811434c132bc22e4a5c875" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_ARENA a = ARENA_INIT;
        const struct aws_keys keys = { .access_key = STR("AKIDEXAMPLE"),
                                       .secret_key =
                                           STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                                       .session_token = str_from(cases[i].token) };
        struct aws_signing s = cases[i].s;
        s.unix_ms = (int64_t)NINE_O_CLOCK * 1000;
        size_t n;
        const struct http_header *headers = aws_sign(&a, &s, &keys, &n);
        struct str authorization = http_header_get(headers, n, STR("Authorization"));
        assert_str(str_from_pos(authorization, str_rfind_char(authorization, '=') + 1),
                   cases[i].want);
    }
}

/* The examples of "Authenticating Requests: Using the Authorization Header" (S3 API reference),
 * and requests of AWS's signature version 4 test suite, with the signatures published there. */
static void signatures_are_those_that_aws_published(void **state)
{
    enum { SUITE = 1440938160, S3_EXAMPLES = 1369353600 };
    static const struct http_header range[] = { { STR_INIT("Range"), STR_INIT("bytes=0-9") } };
    static const struct http_header put[] = {
        { STR_INIT("Date"), STR_INIT("Fri, 24 May 2013 00:00:00 GMT") },
        { STR_INIT("x-amz-storage-class"), STR_INIT("REDUCED_REDUNDANCY") },
    };
    static const struct http_header form[] = {
        { STR_INIT("Content-Type"), STR_INIT("application/x-www-form-urlencoded") },
    };
    static const struct http_header blanks[] = {
        { STR_INIT("My-Header1"), STR_INIT(" value1") },
        { STR_INIT("My-Header2"), STR_INIT(" \"a   b   c\"") },
    };
    static const struct {
        const char *name;
        enum http_method method;
        const char *path, *query, *body;
        const struct http_header *headers;
        size_t n_headers;
        bool is_s3;
        const char *want;
    } cases[] = {
        { "GET object", HTTP_GET, "/test.txt", "", "", range, 1, true,
          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
        { "PUT object", HTTP_PUT, "/test%24file.text", "", "Welcome to Amazon S3.", put, 2, true,
          "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd" },
        { "GET bucket lifecycle", HTTP_GET, "/", "lifecycle=", "", NULL, 0, true,
          "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
        { "list objects", HTTP_GET, "/", "max-keys=2&prefix=J", "", NULL, 0, true,
          "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
        { "get-vanilla", HTTP_GET, "/", "", "", NULL, 0, false,
          "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
        { "get-vanilla-query-order-key-case", HTTP_GET, "/", "Param1=value1&Param2=value2", "",
          NULL, 0, false, "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
        { "post-vanilla", HTTP_POST, "/", "", "", NULL, 0, false,
          "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
        { "post-x-www-form-urlencoded", HTTP_POST, "/", "", "Param1=value1", form, 1, false,
          "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a" },
        { "get-header-value-trim", HTTP_GET, "/", "", "", blanks, 2, false,
          "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_ARENA a = ARENA_INIT;
        bool is_s3 = cases[i].is_s3;
        const struct aws_keys keys = {
            .access_key = is_s3 ? STR("AKIAIOSFODNN7EXAMPLE") : STR("AKIDEXAMPLE"),
            .secret_key = is_s3 ? STR("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
                                : STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        };
        const struct aws_signing s = {
            .method = cases[i].method,
            .host = is_s3 ? STR("examplebucket.s3.amazonaws.com") : STR("example.amazonaws.com"),
            .path = str_from(cases[i].path),
            .query = str_from(cases[i].query),
            .headers = cases[i].headers,
            .n_headers = cases[i].n_headers,
            .body = str_from(cases[i].body),
            .service = is_s3 ? STR("s3") : STR("service"),
            .region = STR("us-east-1"),
            .has_content_hash = is_s3,
            .unix_ms = (is_s3 ? (int64_t)S3_EXAMPLES : (int64_t)SUITE) * 1000,
        };
        size_t n;
        const struct http_header *headers = aws_sign(&a, &s, &keys, &n);
        struct str authorization = http_header_get(headers, n, STR("Authorization"));
        if (!str_has_suffix(authorization, str_from(cases[i].want)))
            fail_msg("%s: %.*s", cases[i].name, STR_FMT(authorization));
    }
}

static void queries_are_encoded_then_sorted(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    static const struct aws_param params[] = {
        { STR_INIT("z"), STR_INIT("") },         { STR_INIT("a"), STR_INIT("z") },
        { STR_INIT("a"), STR_INIT("\xC3\xA9") }, { STR_INIT("a-b"), STR_INIT("x y/+") },
        { STR_INIT("A"), STR_INIT("1") },
    };
    assert_str(aws_query(&a, params, 5), "A=1&a=%C3%A9&a=z&a-b=x%20y%2F%2B&z=");
    assert_str(aws_query(&a, NULL, 0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_those_of_botocore),
        cmocka_unit_test(signatures_are_those_that_aws_published),
        cmocka_unit_test(queries_are_encoded_then_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
