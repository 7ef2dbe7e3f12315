/* sign: see sign.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/sign.h"

#include "util/buf.h"
#include "util/clock.h"
#include "util/url.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIGEST_BYTES = 32, SIGN_MAX_BYTES = 1024 * 1024 };

static struct str hash(struct arena *a, struct str bytes)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (EVP_Digest(bytes.ptr, bytes.len, digest, &n, EVP_sha256(), NULL) != 1)
        panic("SHA-256 failed");
    return arena_hex(a, digest, n);
}

static void hmac(struct str key, struct str text, unsigned char out[DIGEST_BYTES])
{
    unsigned n = 0;
    if (HMAC(EVP_sha256(), key.ptr, (int)key.len, (const unsigned char *)text.ptr, text.len, out,
             &n) == NULL)
        panic("HMAC failed");
}

static int by_name(const void *left, const void *right)
{
    const struct http_header *a = left, *b = right;
    return str_cmp(a->name, b->name);
}

/* Runs of blanks become one, and none at the ends. */
static void add_value(struct buf *out, struct str value)
{
    value = str_trim(value);
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] != ' ' || value.ptr[i - 1] != ' ')
            buf_add_char(out, value.ptr[i]);
}

/* "name:value\n" of all headers in order; *names_out: "a;b;c". */
static void add_headers(struct arena *a, struct buf *out, const struct http_header *headers,
                        size_t n, struct str host, struct str *names_out)
{
    struct http_header sorted[AWS_SIGN_MAX_HEADERS + 1];
    struct str names = STR_EMPTY;
    for (size_t i = 0; i < n; i++)
        sorted[i] = (struct http_header){ arena_lower(a, headers[i].name), headers[i].value };
    sorted[n] = (struct http_header){ STR("host"), host };
    qsort(sorted, n + 1, sizeof *sorted, by_name);
    for (size_t i = 0; i <= n; i++) {
        buf_add(out, sorted[i].name);
        buf_add_char(out, ':');
        add_value(out, sorted[i].value);
        buf_add_char(out, '\n');
        names = arena_printf(a, "%.*s%s%.*s", STR_FMT(names), i > 0 ? ";" : "",
                             STR_FMT(sorted[i].name));
    }
    *names_out = names;
}

static int by_name_then_value(const void *left, const void *right)
{
    const struct aws_param *a = left, *b = right;
    int order = str_cmp(a->name, b->name);
    return order != 0 ? order : str_cmp(a->value, b->value);
}

static struct str encode(struct arena *a, struct str s)
{
    AUTO_BUF out = BUF_INIT(SIGN_MAX_BYTES);
    url_encode(&out, s, 0);
    return arena_str(a, buf_str(&out));
}

struct str aws_query(struct arena *a, const struct aws_param *params, size_t n)
{
    AUTO_BUF out = BUF_INIT(SIGN_MAX_BYTES);
    struct aws_param sorted[AWS_SIGN_MAX_PARAMS];
    if (n > AWS_SIGN_MAX_PARAMS)
        panic("more than %d parameters", AWS_SIGN_MAX_PARAMS);
    for (size_t i = 0; i < n; i++)
        sorted[i] = (struct aws_param){ encode(a, params[i].name), encode(a, params[i].value) };
    if (n > 0)
        qsort(sorted, n, sizeof *sorted, by_name_then_value);
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, "%s%.*s=%.*s", i > 0 ? "&" : "", STR_FMT(sorted[i].name),
                   STR_FMT(sorted[i].value));
    return arena_str(a, buf_str(&out));
}

static struct str signature(struct arena *a, const struct aws_signing *s,
                            const struct aws_keys *keys, struct str date, struct str to_sign)
{
    unsigned char key[DIGEST_BYTES];
    hmac(arena_concat(a, STR("AWS4"), keys->secret_key), date, key);
    const struct str steps[] = { s->region, s->service, STR("aws4_request"), to_sign };
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        unsigned char next[DIGEST_BYTES];
        hmac((struct str){ (const char *)key, sizeof key }, steps[i], next);
        for (size_t j = 0; j < sizeof key; j++)
            key[j] = next[j];
    }
    return arena_hex(a, key, sizeof key);
}

struct http_header *aws_sign(struct arena *a, const struct aws_signing *s,
                             const struct aws_keys *keys, size_t *n_out)
{
    struct http_header *headers = ARENA_NEW_N(a, struct http_header, AWS_SIGN_MAX_HEADERS);
    size_t n = 0;
    char time[sizeof "20261125T090000Z"];
    if (s->n_headers + 4 > AWS_SIGN_MAX_HEADERS)
        panic("more than %d headers to sign", AWS_SIGN_MAX_HEADERS - 4);
    for (; n < s->n_headers; n++)
        headers[n] = s->headers[n];
    time_basic_iso(s->unix_ms, time);
    struct str now = arena_str(a, str_from(time)), date = str_slice(now, 0, 8);
    struct str body_hash = hash(a, s->body), names;
    headers[n++] = (struct http_header){ STR("X-Amz-Date"), now };
    if (s->has_content_hash)
        headers[n++] = (struct http_header){ STR("X-Amz-Content-Sha256"), body_hash };
    if (keys->session_token.len > 0)
        headers[n++] = (struct http_header){ STR("X-Amz-Security-Token"), keys->session_token };
    AUTO_BUF canonical = BUF_INIT(SIGN_MAX_BYTES);
    buf_printf(&canonical, "%.*s\n%.*s\n%.*s\n", STR_FMT(http_method_name(s->method)),
               STR_FMT(s->path), STR_FMT(s->query));
    add_headers(a, &canonical, headers, n, s->host, &names);
    buf_printf(&canonical, "\n%.*s\n%.*s", STR_FMT(names), STR_FMT(body_hash));
    struct str scope = arena_printf(a, "%.*s/%.*s/%.*s/aws4_request", STR_FMT(date),
                                    STR_FMT(s->region), STR_FMT(s->service));
    struct str to_sign = arena_printf(a, "AWS4-HMAC-SHA256\n%.*s\n%.*s\n%.*s", STR_FMT(now),
                                      STR_FMT(scope), STR_FMT(hash(a, buf_str(&canonical))));
    headers[n++] = (struct http_header){
        STR("Authorization"),
        arena_printf(a, "AWS4-HMAC-SHA256 Credential=%.*s/%.*s, SignedHeaders=%.*s, Signature=%.*s",
                     STR_FMT(keys->access_key), STR_FMT(scope), STR_FMT(names),
                     STR_FMT(signature(a, s, keys, date, to_sign)))
    };
    *n_out = n;
    return headers;
}
