/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "aws/aws.h"

#include <stdlib.h>
#include <unistd.h>

static char config_path[] = "/tmp/boathouse-test-XXXXXX",
            credentials_path[] = "/tmp/boathouse-test-XXXXXX";
static char config_env[80], credentials_env[80];

static int write_files(void **state)
{
    static const char config[] =
        "[default]\nregion = eu-west-1\ns3 =\n  region = no\n[profile work]\nregion=us-west-2\n"
        "credential_process = echo '{\"Version\":1,\"AccessKeyId\":\"P\",\"SecretAccessKey\":\"S\","
        "\"Expiration\":\"2099-01-01T00:00:00Z\"}'\n[profile sso]\nsso_session = x\n";
    static const char credentials[] =
        "# mine\n[default]\naws_access_key_id = A\naws_secret_access_key = B=C\n";
    (void)state;
    int fd = mkstemp(config_path);
    assert_int_equal(write(fd, config, sizeof config - 1), sizeof config - 1);
    close(fd);
    fd = mkstemp(credentials_path);
    assert_int_equal(write(fd, credentials, sizeof credentials - 1), sizeof credentials - 1);
    close(fd);
    snprintf(config_env, sizeof config_env, "AWS_CONFIG_FILE=%s", config_path);
    snprintf(credentials_env, sizeof credentials_env, "AWS_SHARED_CREDENTIALS_FILE=%s",
             credentials_path);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    return unlink(config_path) + unlink(credentials_path);
}

static void credentials_are_found_in_the_order_of_the_aws_tools(void **state)
{
    (void)state;
    static const struct {
        const char *profile, *more[3], *access, *secret, *source;
    } cases[] = {
        { "", { "AWS_ACCESS_KEY_ID=E", "AWS_SECRET_ACCESS_KEY=F", NULL }, "E", "F", "environment" },
        { "", { "AWS_ACCESS_KEY_ID=E", NULL }, "A", "B=C", "profile default" },
        { "", { "AWS_PROFILE=work", NULL }, "P", "S", "credential_process of the profile" },
        { "work",
          { "AWS_ACCESS_KEY_ID=E", "AWS_SECRET_ACCESS_KEY=F", NULL },
          "P",
          "S",
          "credential_process of the profile" },
        { "sso", { NULL }, NULL, NULL, NULL },
        { "none", { NULL }, NULL, NULL, NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        struct aws_keys keys;
        char *env[8] = { config_env, credentials_env,
                         (char[]){ "AWS_EC2_METADATA_DISABLED=true" } };
        for (size_t j = 0; cases[i].more[j] != NULL; j++)
            env[3 + j] = arena_cstr(&a, str_from(cases[i].more[j]), &err);
        const struct aws_options options = { .profile = str_from(cases[i].profile),
                                             .region = STR("us-east-1"),
                                             .env = env,
                                             .call_timeout_ms = 1000 };
        struct aws *aws = aws_new(&options, &err);
        bool ok = aws_find_keys(aws, &a, &keys, &err);
        aws_free(aws);
        assert_int_equal(ok, cases[i].access != NULL);
        if (!ok) {
            assert_int_equal(err.code, ERR_CREDENTIALS);
            continue;
        }
        assert_str(keys.access_key, cases[i].access);
        assert_str(keys.secret_key, cases[i].secret);
        assert_str(keys.source, cases[i].source);
    }
}

static void region_and_endpoints_are_found(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    char *env[] = { config_env, credentials_env, NULL };
    struct aws_options options = { .env = env };
    struct aws *aws = aws_new(&options, &err);
    assert_str(aws_region(aws), "eu-west-1");
    assert_str(aws_endpoint(aws, &a, STR("s3")), "https://s3.eu-west-1.amazonaws.com");
    aws_free(aws);
    char *more[] = { (char[]){ "AWS_CONFIG_FILE=/nonexistent" },
                     (char[]){ "AWS_ENDPOINT_URL_S3=http://127.0.0.1:9000/" }, NULL };
    options.env = more;
    aws = aws_new(&options, &err);
    assert_str(aws_region(aws), "us-east-1");
    assert_str(aws_endpoint(aws, &a, STR("s3")), "http://127.0.0.1:9000");
    assert_false(aws_has_own_endpoint(aws, STR("elasticmapreduce")));
    aws_free(aws);
    /* Our own settings go first, and are not what AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is about. */
    options.endpoint_url = STR("http://127.0.0.1:1");
    options.endpoint_url_emr = STR("http://127.0.0.1:2");
    aws = aws_new(&options, &err);
    assert_str(aws_endpoint(aws, &a, STR("s3")), "http://127.0.0.1:1");
    assert_str(aws_endpoint(aws, &a, STR("elasticmapreduce")), "http://127.0.0.1:2");
    aws_free(aws);
    options.endpoint_url = options.endpoint_url_emr = STR_EMPTY;
    more[1] = NULL;
    assert_null(aws_new(&options, &err));
    assert_string_equal(err.msg, "no AWS region is known");
    options.region = STR("us-east-1/../x");
    assert_null(aws_new(&options, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_are_found_in_the_order_of_the_aws_tools),
        cmocka_unit_test(region_and_endpoints_are_found),
    };
    return cmocka_run_group_tests(tests, write_files, remove_files);
}
