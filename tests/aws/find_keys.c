/* Prints, as one line of JSON, the keys that are found with this environment, or why none are, and
 * the endpoints of S3 and EMR.
 * usage: find_keys [PROFILE].  For tests/system/test_credentials.py. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/aws.h"
#include "json/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void put_endpoints(struct json_writer *w, const struct aws_options *options)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct aws *aws = aws_new(options, &err);
    if (aws == NULL) {
        json_put_str(w, STR("no_aws"), str_from(err.msg));
        return;
    }
    json_put_str(w, STR("s3"), aws_endpoint(aws, &a, STR("s3")));
    json_put_str(w, STR("emr"), aws_endpoint(aws, &a, STR("elasticmapreduce")));
    aws_free(aws);
}

int main(int argc, char **argv)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF out = BUF_INIT(65536);
    struct err err = ERR_INIT;
    struct aws_keys keys;
    struct json_writer w;
    const struct aws_options options = { .profile = str_from(argc > 1 ? argv[1] : NULL),
                                         .env = environ,
                                         .home = getenv("HOME") };
    struct http_client *client = http_client_new(NULL);
    bool ok = aws_keys_load(&options, &a, client, &keys, &err);
    http_client_free(client);
    json_writer_init(&w, &out);
    json_write_object(&w);
    if (ok) {
        json_put_str(&w, STR("access_key"), keys.access_key);
        json_put_str(&w, STR("secret_key"), keys.secret_key);
        json_put_str(&w, STR("token"), keys.session_token);
        json_put_str(&w, STR("source"), keys.source);
        json_put_i64(&w, STR("expires_unix_ms"), keys.expires_unix_ms);
    } else {
        json_put_str(&w, STR("code"), str_from(err_kind(err.code)->code));
        json_put_str(&w, STR("error"), str_from(err.msg));
        json_put_str(&w, STR("fix"), str_from(err_fix_text(&err)));
    }
    put_endpoints(&w, &options);
    json_write_end(&w);
    puts(buf_cstr(&out));
    return ok ? 0 : 1;
}
