/*
 * sso_token: the token that "aws sso login" left in its cache, renewed when it is about to end and
 * the cache has what that needs (CreateToken of IAM Identity Center's OIDC API, grant
 * refresh_token).  The cache is written back as the AWS tools do, for them as well.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/credentials_internal.h"
#include "util/buf.h"
#include "util/clock.h"
#include "json/json.h"
#include "json/writer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RENEW_BEFORE_MS = 15 * 60 * 1000, OIDC_TIMEOUT_MS = 20000 };

/* What a renewal needs of the cache, and what it gives. */
struct grant {
    struct str client_id, client_secret, refresh_token;
    struct str access_token;
    int64_t expires_unix_ms;
};

static bool read_time(const struct json *doc, struct str key, int64_t *out_ms)
{
    struct err ignored = ERR_INIT;
    struct str text;
    return json_get_str(doc, key, &text, &ignored) && time_parse_rfc3339(text, out_ms);
}

static bool read_grant(const struct json *doc, struct grant *out)
{
    struct err ignored = ERR_INIT;
    int64_t until_ms = 0;
    return json_get_str(doc, STR("clientId"), &out->client_id, &ignored) &&
           json_get_str(doc, STR("clientSecret"), &out->client_secret, &ignored) &&
           json_get_str(doc, STR("refreshToken"), &out->refresh_token, &ignored) &&
           read_time(doc, STR("registrationExpiresAt"), &until_ms) && until_ms > clock_unix_ms();
}

static void write_request(struct buf *body, const struct grant *g)
{
    struct json_writer w;
    json_writer_init(&w, body);
    json_write_object(&w);
    json_put_str(&w, STR("clientId"), g->client_id);
    json_put_str(&w, STR("clientSecret"), g->client_secret);
    json_put_str(&w, STR("grantType"), STR("refresh_token"));
    json_put_str(&w, STR("refreshToken"), g->refresh_token);
    json_write_end(&w);
}

static bool read_answer(struct arena *a, struct str body, struct grant *g)
{
    struct err ignored = ERR_INIT;
    int64_t lasts_s = 0;
    const struct json *doc = json_parse(a, body, KEYS_ANSWER_BYTES, &ignored);
    if (doc == NULL || !json_get_str(doc, STR("accessToken"), &g->access_token, &ignored) ||
        !json_get_i64(doc, STR("expiresIn"), 1, INT32_MAX, &lasts_s, &ignored) ||
        !json_opt_str(doc, STR("refreshToken"), g->refresh_token, &g->refresh_token, &ignored))
        return false;
    g->expires_unix_ms = clock_unix_ms() + lasts_s * 1000;
    return true;
}

static bool renew(const struct key_search *s, struct str region, struct grant *g)
{
    AUTO_BUF body = BUF_INIT(TOKEN_FILE_BYTES);
    struct err ignored = ERR_INIT;
    struct str own = str_trim_char(aws_endpoint_setting(s->options, s->arena, "SSO_OIDC"), '/');
    const struct http_header type = { STR("Content-Type"), STR("application/json") };
    write_request(&body, g);
    const struct http_call call = {
        .method = HTTP_POST,
        .url = own.len > 0 ? arena_concat(s->arena, own, STR("/token"))
                           : arena_printf(s->arena, "https://oidc.%.*s.amazonaws.com/token",
                                          STR_FMT(region)),
        .headers = &type,
        .n_headers = 1,
        .body = buf_str(&body),
        .deadline_ms = clock_mono_ms() + OIDC_TIMEOUT_MS,
        .is_once = true, /* the refresh token may be good for one use only */
        .body_limit = KEYS_ANSWER_BYTES,
    };
    struct http_reply reply;
    struct outbound_call counted =
        outbound_begin(s->options->outbound, STR("sso-oidc"), STR("CreateToken"));
    bool ok = buf_ok(&body) && http_client_call(s->client, s->arena, &call, &reply, &ignored);
    outbound_end(&counted, ok ? aws_result(s->arena, ok, &reply) : OUTBOUND_NO_ANSWER, 1);
    return ok && reply.status == 200 && read_answer(s->arena, reply.body, g);
}

/* The members of the cache, those of the renewal replaced. */
static void write_cache(struct buf *text, const struct json *doc, const struct grant *g)
{
    char expires[RFC3339_SIZE];
    struct json_writer w;
    time_rfc3339(g->expires_unix_ms / 1000 * 1000, expires);
    const struct {
        struct str key, value;
    } renewed[] = { { STR("accessToken"), g->access_token },
                    { STR("expiresAt"), str_from(expires) },
                    { STR("refreshToken"), g->refresh_token } };
    json_writer_init(&w, text);
    json_write_object(&w);
    for (unsigned i = 0; i < doc->n_items; i++) {
        bool is_renewed = false;
        for (size_t k = 0; k < ARRAY_LEN(renewed); k++)
            is_renewed |= str_eq(doc->items[i].key, renewed[k].key);
        if (is_renewed)
            continue;
        json_write_key(&w, doc->items[i].key);
        json_write_json(&w, &doc->items[i]);
    }
    for (size_t k = 0; k < ARRAY_LEN(renewed); k++)
        json_put_str(&w, renewed[k].key, renewed[k].value);
    json_write_end(&w);
}

/* In one step: whoever reads it meanwhile sees the old one or the new.  That it fails hurts only
 * the next one who needs the token, who is told to sign in. */
static void save(struct arena *a, struct str path, struct str text)
{
    struct err ignored = ERR_INIT;
    char *beside = arena_cstr(a, arena_concat(a, path, STR(".XXXXXX")), &ignored);
    const char *name = arena_cstr(a, path, &ignored);
    int fd = beside != NULL && name != NULL ? mkostemp(beside, O_CLOEXEC) : -1; /* mode 0600 */
    if (fd < 0)
        return;
    bool ok = write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    close(fd);
    if (!ok || rename(beside, name) != 0)
        (void)unlink(beside);
}

bool sso_token(const struct key_search *s, struct str path, struct str region, struct str *out)
{
    struct err ignored = ERR_INIT;
    struct str text;
    const char *name = arena_cstr(s->arena, path, &ignored);
    struct grant g = { 0 };
    const struct json *doc = NULL;
    if (name != NULL && aws_read_file(s->arena, name, TOKEN_FILE_BYTES, &text, &ignored))
        doc = json_parse(s->arena, text, TOKEN_FILE_BYTES, &ignored);
    if (doc == NULL || !json_get_str(doc, STR("accessToken"), &g.access_token, &ignored) ||
        !read_time(doc, STR("expiresAt"), &g.expires_unix_ms))
        return false;
    bool is_ending = g.expires_unix_ms - clock_unix_ms() < RENEW_BEFORE_MS;
    if (is_ending && read_grant(doc, &g) && renew(s, region, &g)) {
        AUTO_BUF renewed = BUF_INIT(TOKEN_FILE_BYTES);
        write_cache(&renewed, doc, &g);
        if (buf_ok(&renewed))
            save(s->arena, path, buf_str(&renewed));
    }
    *out = g.access_token;
    return g.expires_unix_ms > clock_unix_ms();
}
