/* credentials: where keys are looked for, in the order of the AWS tools. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/aws.h"
#include "util/buf.h"
#include "util/clock.h"
#include "util/limits.h"
#include "json/json.h"

#include <stdio.h>
#include <string.h>

enum { METADATA_TIMEOUT_MS = 2000, PROCESS_MAX_BYTES = 64 * 1024 };

/* A place that has keys (found), has none, or fails. */
enum search { SEARCH_FOUND, SEARCH_NONE, SEARCH_FAILED };

static enum search from_env(const struct aws_options *o, struct aws_keys *out)
{
    const char *id = aws_env(o, "AWS_ACCESS_KEY_ID"), *secret = aws_env(o, "AWS_SECRET_ACCESS_KEY");
    if (id == NULL || secret == NULL)
        return SEARCH_NONE;
    *out = (struct aws_keys){ .access_key = str_from(id),
                              .secret_key = str_from(secret),
                              .session_token = str_from(aws_env(o, "AWS_SESSION_TOKEN")),
                              .source = STR("environment") };
    return SEARCH_FOUND;
}

/* The JSON that container and instance endpoints and credential_process all speak. */
static enum search from_json(struct arena *a, struct str text, const char *token_name,
                             struct aws_keys *out, struct err *err)
{
    struct aws_keys keys = { 0 };
    struct str expires;
    const struct json *doc = json_parse(a, text, LIMIT_CONFIG_BYTES, err);
    if (doc == NULL || !json_get_str(doc, STR("AccessKeyId"), &keys.access_key, err) ||
        !json_get_str(doc, STR("SecretAccessKey"), &keys.secret_key, err) ||
        !json_opt_str(doc, str_from(token_name), STR_EMPTY, &keys.session_token, err) ||
        !json_opt_str(doc, STR("Expiration"), STR_EMPTY, &expires, err))
        return SEARCH_FAILED;
    if (expires.len > 0 && !time_parse_rfc3339(expires, &keys.expires_unix_ms)) {
        err_set(err, ERR_PARSE, "the credentials' Expiration is no time");
        return SEARCH_FAILED;
    }
    keys.source = out->source;
    *out = keys;
    return SEARCH_FOUND;
}

static enum search from_process(struct arena *a, struct str command, struct aws_keys *out,
                                struct err *err)
{
    AUTO_BUF text = BUF_INIT(PROCESS_MAX_BYTES);
    char piece[1024];
    size_t n;
    const char *line = arena_cstr(a, command, err);
    /* The user's own file names this command, to be run by a shell, as the AWS tools do. */
    FILE *f = line != NULL ? popen(line, "re") : NULL;
    if (f == NULL)
        return SEARCH_FAILED;
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        buf_add(&text, (struct str){ piece, n });
    if (pclose(f) != 0 || !buf_ok(&text)) {
        err_set(err, ERR_CREDENTIALS, "credential_process of the profile failed");
        return SEARCH_FAILED;
    }
    out->source = STR("credential_process of the profile");
    return from_json(a, arena_str(a, buf_str(&text)), "SessionToken", out, err);
}

static enum search from_profile(const struct aws_options *o, struct arena *a, struct aws_keys *out,
                                struct err *err)
{
    struct str name = aws_profile_name(o);
    struct str id = aws_profile_get(o, a, STR("aws_access_key_id"));
    struct str secret = aws_profile_get(o, a, STR("aws_secret_access_key"));
    struct str process = aws_profile_get(o, a, STR("credential_process"));
    if (id.len > 0 && secret.len > 0) {
        *out = (struct aws_keys){ .access_key = id,
                                  .secret_key = secret,
                                  .session_token = aws_profile_get(o, a, STR("aws_session_token")),
                                  .source = arena_printf(a, "profile %.*s", STR_FMT(name)) };
        return SEARCH_FOUND;
    }
    if (process.len > 0)
        return from_process(a, process, out, err);
    static const struct str others[] = { STR_INIT("role_arn"), STR_INIT("sso_session"),
                                         STR_INIT("sso_start_url") };
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (aws_profile_get(o, a, others[i]).len == 0)
            continue;
        err_set(err, ERR_CREDENTIALS, "the profile %.*s has %.*s, which is not read here",
                STR_FMT(name), STR_FMT(others[i]));
        err_fix(err,
                "Export its keys first: eval \"$(aws configure export-credentials --format env)\"");
        return SEARCH_FAILED;
    }
    return SEARCH_NONE;
}

/* A small GET or PUT of an endpoint on this machine or network. */
static bool ask(struct arena *a, struct http_client *client, enum http_method method,
                struct str url, const struct http_header *header, struct str *body_out,
                struct err *err)
{
    const struct http_call call = { .method = method,
                                    .url = url,
                                    .headers = header,
                                    .n_headers = header != NULL ? 1 : 0,
                                    .deadline_ms = clock_mono_ms() + METADATA_TIMEOUT_MS,
                                    .max_attempts = 2,
                                    .is_direct = true,
                                    .body_limit = PROCESS_MAX_BYTES };
    struct http_reply reply;
    if (!http_client_call(client, a, &call, &reply, err))
        return false;
    *body_out = reply.body;
    return reply.status == 200 ||
           err_set(err, ERR_UPSTREAM, "%.*s answered %d", STR_FMT(url), reply.status);
}

static enum search from_container(const struct aws_options *o, struct arena *a,
                                  struct http_client *client, struct aws_keys *out, struct err *err)
{
    const char *relative = aws_env(o, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full = aws_env(o, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    const char *token = aws_env(o, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    const struct http_header header = { STR("Authorization"), str_from(token) };
    struct str body;
    if (relative == NULL && full == NULL)
        return SEARCH_NONE;
    struct str url =
        relative != NULL ? arena_printf(a, "http://169.254.170.2%s", relative) : str_from(full);
    if (!ask(a, client, HTTP_GET, url, token != NULL ? &header : NULL, &body, err))
        return SEARCH_FAILED;
    out->source = STR("container endpoint");
    return from_json(a, body, "Token", out, err);
}

/* IMDSv2.  That nobody answers means that this is no instance. */
static enum search from_instance(const struct aws_options *o, struct arena *a,
                                 struct http_client *client, struct aws_keys *out, struct err *err)
{
    const char *disabled = aws_env(o, "AWS_EC2_METADATA_DISABLED");
    const char *endpoint = aws_env(o, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    struct str base =
        str_trim_char(str_from(endpoint != NULL ? endpoint : "http://169.254.169.254"), '/');
    const struct http_header ttl = { STR("X-aws-ec2-metadata-token-ttl-seconds"), STR("21600") };
    struct str token, role, body;
    struct err ignored = ERR_INIT;
    if (disabled != NULL && str_eq_nocase(str_from(disabled), STR("true")))
        return SEARCH_NONE;
    if (!ask(a, client, HTTP_PUT, arena_concat(a, base, STR("/latest/api/token")), &ttl, &token,
             &ignored))
        return SEARCH_NONE;
    const struct http_header header = { STR("X-aws-ec2-metadata-token"), token };
    struct str roles = arena_concat(a, base, STR("/latest/meta-data/iam/security-credentials/"));
    if (!ask(a, client, HTTP_GET, roles, &header, &role, err) ||
        !ask(a, client, HTTP_GET, arena_concat(a, roles, str_trim(role)), &header, &body, err))
        return SEARCH_FAILED;
    out->source = STR("instance metadata");
    return from_json(a, body, "Token", out, err);
}

bool aws_keys_load(const struct aws_options *o, struct arena *a, struct http_client *client,
                   struct aws_keys *out, struct err *err)
{
    struct aws_keys keys = { 0 };
    enum search found = o->profile.len > 0 ? SEARCH_NONE : from_env(o, &keys);
    if (found == SEARCH_NONE)
        found = from_profile(o, a, &keys, err);
    if (found == SEARCH_NONE)
        found = from_container(o, a, client, &keys, err);
    if (found == SEARCH_NONE)
        found = from_instance(o, a, client, &keys, err);
    if (found == SEARCH_FOUND) {
        *out = keys;
        return true;
    }
    if (found == SEARCH_NONE)
        return err_set(err, ERR_CREDENTIALS,
                       "no AWS credentials in the environment, in the profile %.*s, at a container "
                       "endpoint or in instance metadata",
                       STR_FMT(aws_profile_name(o)));
    if (err->code != ERR_CREDENTIALS) {
        err_wrap(err, "AWS credentials");
        err->code = ERR_CREDENTIALS;
    }
    return false;
}
