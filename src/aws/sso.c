/*
 * sso: keys by way of IAM Identity Center, from the token that "aws sso login" left in
 * ~/.aws/sso/cache/SHA1.json; the name is the hash of the session's name, or in the older form of
 * the start URL.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/credentials_internal.h"

#include "util/buf.h"
#include "util/clock.h"
#include "util/limits.h"
#include "util/url.h"
#include "json/json.h"

#include <openssl/evp.h>

enum { SSO_TIMEOUT_MS = 20000, SSO_URL_BYTES = 4096 };

struct sso_profile {
    struct str region, account, role;
    struct str hashed; /* what names the cache file */
};

static struct str sha1_hex(struct arena *a, struct str bytes)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (EVP_Digest(bytes.ptr, bytes.len, digest, &n, EVP_sha1(), NULL) != 1)
        panic("SHA-1 failed");
    return arena_hex(a, digest, n);
}

static bool read_profile(const struct key_search *s, struct str name, struct str session,
                         struct sso_profile *out, struct err *err)
{
    const struct aws_options *o = s->options;
    struct str start = aws_section_get(o, s->arena, "profile", name, STR("sso_start_url"));
    struct sso_profile p = {
        .region = aws_section_get(o, s->arena, "profile", name, STR("sso_region")),
        .account = aws_section_get(o, s->arena, "profile", name, STR("sso_account_id")),
        .role = aws_section_get(o, s->arena, "profile", name, STR("sso_role_name")),
        .hashed = session.len > 0 ? session : start,
    };
    if (session.len > 0)
        p.region = aws_section_get(o, s->arena, "sso-session", session, STR("sso_region"));
    if (p.region.len == 0 || p.account.len == 0 || p.role.len == 0)
        return err_set(err, ERR_CREDENTIALS,
                       "the profile %.*s needs sso_region, sso_account_id and sso_role_name",
                       STR_FMT(name));
    *out = p;
    return true;
}

static bool read_token(const struct key_search *s, struct str profile, const struct sso_profile *p,
                       struct str *token_out, struct err *err)
{
    const char *home = s->options->home != NULL ? s->options->home : "";
    struct str hash = sha1_hex(s->arena, p->hashed);
    struct str path = arena_printf(s->arena, "%s/.aws/sso/cache/%.*s.json", home, STR_FMT(hash));
    if (sso_token(s, path, p->region, token_out))
        return true;
    err_set(err, ERR_CREDENTIALS, "the sign-in of the profile %.*s has ended or never began",
            STR_FMT(profile));
    return err_fix(err, "Run: aws sso login --profile %.*s", STR_FMT(profile));
}

/* GetRoleCredentials. */
static bool ask(const struct key_search *s, const struct sso_profile *p, struct str token,
                struct str *body_out, struct err *err)
{
    AUTO_BUF url = BUF_INIT(SSO_URL_BYTES);
    struct str own = str_trim_char(aws_endpoint_setting(s->options, s->arena, "SSO"), '/');
    if (own.len > 0)
        buf_add(&url, own);
    else
        buf_printf(&url, "https://portal.sso.%.*s.amazonaws.com", STR_FMT(p->region));
    buf_add(&url, STR("/federation/credentials?"));
    url_query_add(&url, STR("role_name"), p->role);
    url_query_add(&url, STR("account_id"), p->account);
    const struct http_header header = { STR("x-amz-sso_bearer_token"), token };
    const struct http_call call = { .method = HTTP_GET,
                                    .url = buf_str(&url),
                                    .headers = &header,
                                    .n_headers = 1,
                                    .deadline_ms = clock_mono_ms() + SSO_TIMEOUT_MS,
                                    .body_limit = KEYS_ANSWER_BYTES };
    struct http_reply reply;
    if (!buf_ok(&url))
        return err_set(err, ERR_CREDENTIALS, "the SSO settings of the profile are too long");
    struct outbound_call counted =
        outbound_begin(s->options->outbound, STR("sso"), STR("GetRoleCredentials"));
    bool ok = http_client_call(s->client, s->arena, &call, &reply, err);
    outbound_end(&counted, aws_result(s->arena, ok, &reply), reply.attempts);
    if (!ok)
        return err_wrap(err, "asking SSO for keys");
    *body_out = reply.body;
    return reply.status == 200 || aws_refusal(s->arena, &reply, "asking SSO for keys", err);
}

enum search sso_keys(const struct key_search *s, struct str profile, struct aws_keys *out,
                     struct err *err)
{
    struct str session =
        aws_section_get(s->options, s->arena, "profile", profile, STR("sso_session"));
    struct str start =
        aws_section_get(s->options, s->arena, "profile", profile, STR("sso_start_url"));
    struct sso_profile p = { 0 };
    struct str token = STR_EMPTY, body = STR_EMPTY;
    const struct json *doc, *found;
    struct aws_keys keys = { 0 };
    if (session.len == 0 && start.len == 0)
        return SEARCH_NONE;
    if (!read_profile(s, profile, session, &p, err) || !read_token(s, profile, &p, &token, err) ||
        !ask(s, &p, token, &body, err) ||
        (doc = json_parse(s->arena, body, KEYS_ANSWER_BYTES, err)) == NULL ||
        !json_get_object(doc, STR("roleCredentials"), &found, err) ||
        !json_get_str(found, STR("accessKeyId"), &keys.access_key, err) ||
        !json_get_str(found, STR("secretAccessKey"), &keys.secret_key, err) ||
        !json_get_str(found, STR("sessionToken"), &keys.session_token, err) ||
        !json_get_i64(found, STR("expiration"), 0, INT64_MAX, &keys.expires_unix_ms, err))
        return SEARCH_FAILED;
    keys.source = arena_printf(s->arena, "SSO of the profile %.*s", STR_FMT(profile));
    *out = keys;
    return SEARCH_FOUND;
}
