/* credentials: where keys are looked for, in the order of the AWS tools. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/credentials_internal.h"
#include "aws/process.h"

#include "util/clock.h"
#include "util/limits.h"
#include "util/scan.h"
#include "util/url.h"
#include "json/json.h"

#include <stdio.h>

enum {
    METADATA_TIMEOUT_MS = 2000,
    PROCESS_MAX_BYTES = 64 * 1024,
    PROCESS_TIMEOUT_MS = 60 * 1000, /* somebody may have to touch a key */
};

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

/* The user's own file names this command, to be run by a shell, as the AWS tools do. */
static enum search from_process(const struct key_search *s, struct str command,
                                struct aws_keys *out, struct err *err)
{
    static char *const no_env[] = { NULL };
    char *const *env = s->options->env != NULL ? s->options->env : no_env;
    const char *line = arena_cstr(s->arena, command, err);
    struct str text;
    if (line == NULL ||
        !process_run(s->arena, line, env, PROCESS_TIMEOUT_MS, PROCESS_MAX_BYTES, &text, err)) {
        err_wrap(err, "credential_process of the profile");
        return SEARCH_FAILED;
    }
    out->source = STR("credential_process of the profile");
    return from_json(s->arena, text, "SessionToken", out, err);
}

static struct str of_profile(const struct key_search *s, struct str name, const char *key)
{
    return aws_section_get(s->options, s->arena, "profile", name, str_from(key));
}

static enum search from_web_identity(const struct key_search *s, struct sts_role role,
                                     struct str token_path, struct aws_keys *out, struct err *err)
{
    struct str token;
    const char *path = arena_cstr(s->arena, token_path, err);
    out->source = STR("web identity");
    return path != NULL && aws_read_file(s->arena, path, TOKEN_FILE_BYTES, &token, err) &&
                   sts_assume_with_token(s, &role, str_trim(token), out, err)
               ? SEARCH_FOUND
               : SEARCH_FAILED;
}

static enum search from_web_identity_env(const struct key_search *s, struct aws_keys *out,
                                         struct err *err)
{
    const char *file = aws_env(s->options, "AWS_WEB_IDENTITY_TOKEN_FILE");
    const char *arn = aws_env(s->options, "AWS_ROLE_ARN");
    const struct sts_role role = {
        .arn = str_from(arn),
        .session_name = str_from(aws_env(s->options, "AWS_ROLE_SESSION_NAME")),
    };
    if (file == NULL || arn == NULL)
        return SEARCH_NONE;
    return from_web_identity(s, role, str_from(file), out, err);
}

static enum search from_profile_keys(const struct key_search *s, struct str name,
                                     struct aws_keys *out)
{
    struct str id = of_profile(s, name, "aws_access_key_id");
    struct str secret = of_profile(s, name, "aws_secret_access_key");
    if (id.len == 0 || secret.len == 0)
        return SEARCH_NONE;
    *out = (struct aws_keys){ .access_key = id,
                              .secret_key = secret,
                              .session_token = of_profile(s, name, "aws_session_token"),
                              .source = arena_printf(s->arena, "profile %.*s", STR_FMT(name)) };
    return SEARCH_FOUND;
}

/* Keys that stand in a profile itself, without a role. */
static enum search from_profile_plain(const struct key_search *s, struct str name,
                                      struct aws_keys *out, struct err *err)
{
    struct str process = of_profile(s, name, "credential_process");
    enum search found = sso_keys(s, name, out, err);
    if (found == SEARCH_NONE)
        found = from_profile_keys(s, name, out);
    if (found == SEARCH_NONE && process.len > 0)
        found = from_process(s, process, out, err);
    return found;
}

static enum search from_container(const struct aws_options *o, struct arena *a,
                                  struct http_client *client, struct aws_keys *out,
                                  struct err *err);
static enum search from_instance(const struct aws_options *o, struct arena *a,
                                 struct http_client *client, struct aws_keys *out, struct err *err);

/* credential_source of a role. */
static enum search from_source(const struct key_search *s, struct str source, struct aws_keys *out,
                               struct err *err)
{
    enum search found = SEARCH_NONE;
    if (str_eq(source, STR("Environment")))
        found = from_env(s->options, out);
    else if (str_eq(source, STR("EcsContainer")))
        found = from_container(s->options, s->arena, s->client, out, err);
    else if (str_eq(source, STR("Ec2InstanceMetadata")))
        found = from_instance(s->options, s->arena, s->client, out, err);
    if (found != SEARCH_NONE)
        return found;
    err_set(err, ERR_CREDENTIALS, "credential_source %.*s gives no keys", STR_FMT(source));
    return SEARCH_FAILED;
}

static bool read_role(const struct key_search *s, struct str name, struct sts_role *out,
                      struct err *err)
{
    struct str duration = of_profile(s, name, "duration_seconds");
    *out = (struct sts_role){ .arn = of_profile(s, name, "role_arn"),
                              .session_name = of_profile(s, name, "role_session_name"),
                              .external_id = of_profile(s, name, "external_id") };
    if (duration.len > 0 && !scan_whole_u64(duration, 43200, &out->duration_s))
        return err_set(err, ERR_CREDENTIALS, "duration_seconds of the profile %.*s is no number",
                       STR_FMT(name));
    if (out->arn.len > 0 && of_profile(s, name, "mfa_serial").len > 0) {
        err_set(err, ERR_CREDENTIALS, "the role of the profile %.*s asks for a code (mfa_serial)",
                STR_FMT(name));
        return err_fix(
            err, "Export its keys: eval \"$(aws configure export-credentials --format env)\"");
    }
    return true;
}

/* Roles lead from profile to profile, until one has keys. */
struct chain {
    struct sts_role roles[ROLE_CHAIN_MOST]; /* the last one is assumed first */
    size_t n;
    struct str at; /* the profile to look at next */
    bool goes_on;
    struct aws_keys keys;
};

/* Look at the profile c->at: take its role and name the next one, or take its keys. */
static enum search chain_link(const struct key_search *s, struct chain *c, struct err *err)
{
    struct sts_role role;
    struct str token_file = of_profile(s, c->at, "web_identity_token_file");
    struct str next = of_profile(s, c->at, "source_profile");
    c->goes_on = false;
    if (!read_role(s, c->at, &role, err))
        return SEARCH_FAILED;
    if (role.arn.len == 0)
        return from_profile_plain(s, c->at, &c->keys, err);
    if (token_file.len > 0)
        return from_web_identity(s, role, token_file, &c->keys, err);
    if (c->n == ROLE_CHAIN_MOST) {
        err_set(err, ERR_CREDENTIALS, "the chain of roles at the profile %.*s has no end",
                STR_FMT(c->at));
        return SEARCH_FAILED;
    }
    c->roles[c->n++] = role;
    if (next.len == 0)
        return from_source(s, of_profile(s, c->at, "credential_source"), &c->keys, err);
    /* A profile may name itself: its own keys assume its role. */
    if (str_eq(next, c->at))
        return from_profile_plain(s, c->at, &c->keys, err);
    c->at = next;
    c->goes_on = true;
    return SEARCH_NONE;
}

/* The chain is walked to the profile with keys, then the roles are assumed on the way back. */
static enum search from_profile(const struct key_search *s, struct str name, struct aws_keys *out,
                                struct err *err)
{
    struct chain c = { .at = name };
    enum search found;
    do {
        found = chain_link(s, &c, err);
    } while (c.goes_on && found == SEARCH_NONE);
    if (found == SEARCH_NONE && c.n > 0) {
        err_set(err, ERR_CREDENTIALS,
                "the profile %.*s, from which the role of %.*s is assumed, has no keys",
                STR_FMT(c.at), STR_FMT(name));
        return SEARCH_FAILED;
    }
    for (; found == SEARCH_FOUND && c.n > 0; c.n--) {
        struct aws_keys keys = { .source = arena_printf(s->arena, "role of the profile %.*s",
                                                        STR_FMT(name)) };
        if (!sts_assume_role(s, &c.roles[c.n - 1], &c.keys, &keys, err))
            return SEARCH_FAILED;
        c.keys = keys;
    }
    if (found == SEARCH_FOUND)
        *out = c.keys;
    return found;
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

/* Keys over plain http only from this machine, ECS and EKS. */
static bool may_ask(struct str url, struct err *err)
{
    static const struct str hosts[] = { STR_INIT("169.254.170.2"), STR_INIT("169.254.170.23"),
                                        STR_INIT("fd00:ec2::23"), STR_INIT("localhost"),
                                        STR_INIT("::1") };
    struct url parts;
    if (!url_parse(url, &parts, err))
        return err_wrap(err, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    bool ok = parts.is_tls || str_has_prefix(parts.host, STR("127."));
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
        ok |= str_eq(parts.host, hosts[i]);
    return ok || err_set(err, ERR_CREDENTIALS,
                         "AWS_CONTAINER_CREDENTIALS_FULL_URI: %.*s is not this machine, ECS or "
                         "EKS, and not https",
                         STR_FMT(parts.host));
}

/* The token for the container endpoint; the file goes first and is read each time. */
static bool container_token(const struct aws_options *o, struct arena *a, struct str *out,
                            struct err *err)
{
    const char *file = aws_env(o, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    *out = str_from(aws_env(o, "AWS_CONTAINER_AUTHORIZATION_TOKEN"));
    if (file == NULL)
        return true;
    if (!aws_read_file(a, file, TOKEN_FILE_BYTES, out, err))
        return false;
    *out = str_trim(*out);
    return true;
}

static enum search from_container(const struct aws_options *o, struct arena *a,
                                  struct http_client *client, struct aws_keys *out, struct err *err)
{
    const char *relative = aws_env(o, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full = aws_env(o, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    struct str body, token;
    if (relative == NULL && full == NULL)
        return SEARCH_NONE;
    struct str url =
        relative != NULL ? arena_printf(a, "http://169.254.170.2%s", relative) : str_from(full);
    if (!may_ask(url, err) || !container_token(o, a, &token, err))
        return SEARCH_FAILED;
    const struct http_header header = { STR("Authorization"), token };
    if (!ask(a, client, HTTP_GET, url, token.len > 0 ? &header : NULL, &body, err))
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
    const struct key_search s = { o, a, client };
    struct aws_keys keys = { 0 };
    struct str name = aws_profile_name(o);
    /* A profile that was asked for by option goes before the keys of the environment. */
    enum search found = o->profile.len > 0 ? SEARCH_NONE : from_env(o, &keys);
    bool is_named = o->profile.len > 0 || aws_env(o, "AWS_PROFILE") != NULL;
    if (found == SEARCH_NONE && is_named && !aws_profile_exists(o, a, name)) {
        err_set(err, ERR_CREDENTIALS, "the profile %.*s is in neither file of ~/.aws",
                STR_FMT(name));
        return err_fix(err, "Correct AWS_PROFILE or aws.profile.");
    }
    if (found == SEARCH_NONE && of_profile(&s, name, "role_arn").len > 0)
        found = from_profile(&s, name, &keys, err);
    if (found == SEARCH_NONE)
        found = from_web_identity_env(&s, &keys, err);
    if (found == SEARCH_NONE)
        found = from_profile(&s, name, &keys, err);
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
                       STR_FMT(name));
    if (err->code != ERR_CREDENTIALS) {
        err_wrap(err, "AWS credentials");
        err->code = ERR_CREDENTIALS;
    }
    return false;
}
