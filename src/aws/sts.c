/* sts: the calls of the Security Token Service that give keys (query protocol, 2011-06-15). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/sts.h"

#include "aws/credentials_internal.h"
#include "util/buf.h"
#include "util/clock.h"
#include "util/url.h"

enum { STS_TIMEOUT_MS = 20000, FORM_BYTES = 128 * 1024 };

static struct str endpoint(const struct key_search *s, struct str region)
{
    struct str own = aws_endpoint_setting(s->options, s->arena, "STS");
    return own.len > 0 ? str_trim_char(own, '/')
                       : arena_printf(s->arena, "https://sts.%.*s.amazonaws.com", STR_FMT(region));
}

/* Send a form; keys NULL: without signature. */
static bool send_form(const struct key_search *s, struct str operation, struct str form,
                      const struct aws_keys *keys, const char *what, struct str *body_out,
                      struct err *err)
{
    struct str region = aws_region_or_default(s->options, s->arena);
    struct str base = endpoint(s, region);
    size_t scheme = str_find(base, STR("://"), 0);
    const struct http_header type = { STR("Content-Type"),
                                      STR("application/x-www-form-urlencoded; charset=utf-8") };
    const struct aws_signing signing = {
        .method = HTTP_POST,
        .host = scheme == SIZE_MAX ? base : str_from_pos(base, scheme + 3),
        .path = STR("/"),
        .query = STR_EMPTY,
        .headers = &type,
        .n_headers = 1,
        .body = form,
        .service = STR("sts"),
        .region = region,
        .unix_ms = clock_unix_ms(),
    };
    struct http_call call = { .method = HTTP_POST,
                              .url = arena_concat(s->arena, base, STR("/")),
                              .headers = &type,
                              .n_headers = 1,
                              .body = form,
                              .deadline_ms = clock_mono_ms() + STS_TIMEOUT_MS,
                              .body_limit = KEYS_ANSWER_BYTES };
    struct http_reply reply;
    if (keys != NULL)
        call.headers = aws_sign(s->arena, &signing, keys, &call.n_headers);
    struct outbound_call counted = outbound_begin(s->options->outbound, STR("sts"), operation);
    bool ok = http_client_call(s->client, s->arena, &call, &reply, err);
    outbound_end(&counted, aws_result(s->arena, ok, &reply), reply.attempts);
    if (!ok)
        return err_wrap(err, "%s", what);
    if (reply.status != 200)
        return aws_refusal(s->arena, &reply, what, err);
    *body_out = reply.body;
    return true;
}

static bool read_keys(const struct key_search *s, struct str xml, struct aws_keys *out,
                      struct err *err)
{
    struct aws_keys keys = { .access_key = aws_xml_element(xml, "AccessKeyId"),
                             .secret_key = aws_xml_element(xml, "SecretAccessKey"),
                             .session_token = aws_xml_element(xml, "SessionToken"),
                             .source = out->source };
    struct str expires = aws_xml_element(xml, "Expiration");
    (void)s;
    if (keys.access_key.len == 0 || keys.secret_key.len == 0 || keys.session_token.len == 0 ||
        !time_parse_rfc3339(expires, &keys.expires_unix_ms))
        return err_set(err, ERR_CREDENTIALS, "STS answered no keys");
    *out = keys;
    return true;
}

static void add_role(struct buf *form, const char *action, const struct sts_role *role)
{
    url_query_add(form, STR("Action"), str_from(action));
    url_query_add(form, STR("Version"), STR("2011-06-15"));
    url_query_add(form, STR("RoleArn"), role->arn);
    url_query_add(form, STR("RoleSessionName"),
                  role->session_name.len > 0 ? role->session_name : STR("boathouse"));
    if (role->duration_s > 0) {
        buf_add(form, STR("&DurationSeconds="));
        buf_add_u64(form, role->duration_s);
    }
}

static bool form_fits(const struct buf *form, struct err *err)
{
    return buf_ok(form) || err_set(err, ERR_CREDENTIALS, "the request for keys is too large");
}

bool sts_assume_role(const struct key_search *s, const struct sts_role *role,
                     const struct aws_keys *keys, struct aws_keys *out, struct err *err)
{
    AUTO_BUF form = BUF_INIT(FORM_BYTES);
    struct str xml;
    add_role(&form, "AssumeRole", role);
    if (role->external_id.len > 0)
        url_query_add(&form, STR("ExternalId"), role->external_id);
    const char *what =
        arena_printf(s->arena, "assuming the role %.*s", STR_FMT(str_slice(role->arn, 0, 120))).ptr;
    return form_fits(&form, err) &&
           send_form(s, STR("AssumeRole"), buf_str(&form), keys, what, &xml, err) &&
           read_keys(s, xml, out, err);
}

bool sts_assume_with_token(const struct key_search *s, const struct sts_role *role,
                           struct str token, struct aws_keys *out, struct err *err)
{
    AUTO_BUF form = BUF_INIT(FORM_BYTES);
    struct str xml;
    add_role(&form, "AssumeRoleWithWebIdentity", role);
    url_query_add(&form, STR("WebIdentityToken"), token);
    const char *what = arena_printf(s->arena, "assuming the role %.*s with a web identity",
                                    STR_FMT(str_slice(role->arn, 0, 120)))
                           .ptr;
    return form_fits(&form, err) &&
           send_form(s, STR("AssumeRoleWithWebIdentity"), buf_str(&form), NULL, what, &xml, err) &&
           read_keys(s, xml, out, err);
}

bool sts_caller(const struct aws *aws, struct arena *a, const struct aws_keys *keys,
                struct sts_identity *out, struct err *err)
{
    const struct aws_options *options = aws_options_of(aws);
    struct http_client *client = http_client_new(&options->client);
    const struct key_search s = { options, a, client };
    struct str xml;
    bool ok =
        send_form(&s, STR("GetCallerIdentity"), STR("Action=GetCallerIdentity&Version=2011-06-15"),
                  keys, "asking STS who we are", &xml, err);
    http_client_free(client);
    if (!ok)
        return false;
    *out = (struct sts_identity){ .account = aws_xml_element(xml, "Account"),
                                  .arn = aws_xml_element(xml, "Arn") };
    return out->arn.len > 0 || err_set(err, ERR_UPSTREAM, "STS answered no identity");
}
