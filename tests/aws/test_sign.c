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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(signatures_are_those_of_botocore) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
