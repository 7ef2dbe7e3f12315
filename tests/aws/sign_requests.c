/* Signs the requests on standard input, one JSON object a line, and prints the signature of each.
 * For tests/system/test_signature.py. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/sign.h"
#include "util/url.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINE_BYTES = 1024 * 1024 };

static struct str text(const struct json *object, struct str key)
{
    struct err err = ERR_INIT;
    struct str value;
    if (!json_get_str(object, key, &value, &err))
        panic("%s", err.msg);
    return value;
}

static const struct json *pairs(const struct json *object, struct str key)
{
    struct err err = ERR_INIT;
    const struct json *value;
    if (!json_get_array(object, key, &value, &err))
        panic("%s", err.msg);
    return value;
}

static void sign(struct arena *a, const struct json *doc)
{
    struct aws_param params[AWS_SIGN_MAX_PARAMS];
    struct http_header headers[AWS_SIGN_MAX_HEADERS];
    const struct json *query = pairs(doc, STR("query")), *fields = pairs(doc, STR("headers"));
    AUTO_BUF path = BUF_INIT(LINE_BYTES);
    size_t n = 0;
    for (unsigned i = 0; i < query->n_items; i++)
        params[i] =
            (struct aws_param){ query->items[i].items[0].text, query->items[i].items[1].text };
    for (unsigned i = 0; i < fields->n_items; i++)
        headers[i] =
            (struct http_header){ fields->items[i].items[0].text, fields->items[i].items[1].text };
    url_encode(&path, text(doc, STR("path")), URL_KEEP_SLASH);
    const struct aws_keys keys = { .access_key = text(doc, STR("access_key")),
                                   .secret_key = text(doc, STR("secret_key")),
                                   .session_token = text(doc, STR("token")) };
    const struct aws_signing s = { .method = http_method_parse(text(doc, STR("method"))),
                                   .host = text(doc, STR("host")),
                                   .path = buf_str(&path),
                                   .query = aws_query(a, params, query->n_items),
                                   .headers = headers,
                                   .n_headers = fields->n_items,
                                   .body = text(doc, STR("body")),
                                   .service = text(doc, STR("service")),
                                   .region = text(doc, STR("region")),
                                   .has_content_hash = str_eq(text(doc, STR("service")), STR("s3")),
                                   .unix_ms = json_get(doc, STR("unix_ms"))->integer };
    const struct http_header *signed_headers = aws_sign(a, &s, &keys, &n);
    printf("%.*s\t%.*s\t%.*s\n", STR_FMT(s.path), STR_FMT(s.query),
           STR_FMT(http_header_get(signed_headers, n, STR("Authorization"))));
}

int main(void)
{
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t len; (len = getline(&line, &cap, stdin)) > 0;) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        const struct json *doc =
            json_parse(&a, (struct str){ line, (size_t)len }, LINE_BYTES, &err);
        if (doc == NULL)
            panic("%s", err.msg);
        sign(&a, doc);
    }
    free(line);
    return 0;
}
