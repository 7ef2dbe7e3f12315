/* auth: who calls, and may they? */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"

#include "util/sha256.h"

static const struct str role_names[] = {
    [ROLE_NONE] = STR_INIT("none"),
    [ROLE_VIEWER] = STR_INIT("viewer"),
    [ROLE_ANALYST] = STR_INIT("analyst"),
    [ROLE_ADMIN] = STR_INIT("admin"),
};

struct str role_name(enum role role)
{
    return role_names[role];
}

static bool is_hash(struct str text)
{
    bool ok = text.len == SHA256_HEX_SIZE - 1;
    for (size_t i = 0; i < text.len && ok; i++)
        ok = (text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
             (text.ptr[i] >= 'a' && text.ptr[i] <= 'f');
    return ok;
}

static bool parse_token(struct str row, struct token *out, struct err *err)
{
    struct str rest, role;
    str_cut(str_trim(row), ' ', &out->name, &rest);
    str_cut(str_trim(rest), ' ', &role, &rest);
    out->hash = str_trim(rest);
    out->role = ROLE_NONE;
    for (int i = ROLE_VIEWER; i <= ROLE_ADMIN; i++)
        if (str_eq(role, role_names[i]))
            out->role = (enum role)i;
    if (out->name.len > 0 && out->role != ROLE_NONE && is_hash(out->hash))
        return true;
    err_set(err, ERR_CONFIG, "the token of \"%.*s\" in [auth] is not NAME = ROLE HASH",
            STR_FMT(str_slice(out->name, 0, 60)));
    return err_fix(err, "boathouse token new prints the whole line.");
}

bool auth_load(struct api *api, struct err *err)
{
    size_t n = api->options.n_tokens;
    api->tokens = ARENA_NEW_N(&api->arena, struct token, n);
    for (size_t i = 0; i < n; i++) {
        if (!parse_token(api->options.tokens[i], &api->tokens[i], err))
            return false;
        for (size_t j = 0; j < i; j++)
            if (str_eq(api->tokens[j].name, api->tokens[i].name))
                return err_set(err, ERR_CONFIG, "[auth] names %.*s twice",
                               STR_FMT(api->tokens[i].name));
    }
    api->n_tokens = n;
    return true;
}

/* Is the Host of a request a name of this machine for itself? */
static bool is_loopback_host(struct str host)
{
    size_t colon = str_rfind_char(host, ':');
    bool has_port = colon != SIZE_MAX && (host.ptr[0] != '[' || host.ptr[colon - 1] == ']');
    struct str name = has_port ? str_slice(host, 0, colon) : host;
    AUTO_ARENA a = ARENA_INIT;
    return http_address_is_loopback(arena_concat(&a, name, STR(":0")));
}

/* Without tokens the only guard is that nobody else reaches the address, but a page in this
 * machine's browser does: by a name that resolves to us (Host), or by a form (Origin). */
static bool check_browser(const struct call *call, struct err *err)
{
    const struct http_request *req = call->req;
    struct str host = http_header_get(req->headers, req->n_headers, STR("Host"));
    struct str origin = http_header_get(req->headers, req->n_headers, STR("Origin"));
    struct str scheme, rest;
    if (host.len > 0 && !is_loopback_host(host)) {
        err_set(err, ERR_FORBIDDEN, "the Host %.*s is not this machine's loopback name",
                STR_FMT(str_slice(host, 0, 80)));
        return err_fix(err, "Ask for 127.0.0.1 or localhost, or name tokens in [auth].");
    }
    if (req->method == HTTP_GET || req->method == HTTP_HEAD || origin.len == 0)
        return true;
    size_t at = str_find(origin, STR("://"), 0);
    scheme = str_slice(origin, 0, at);
    rest = at == SIZE_MAX ? STR_EMPTY : str_from_pos(origin, at + 3);
    if (scheme.len > 0 && str_eq(rest, host))
        return true;
    err_set(err, ERR_FORBIDDEN, "the request comes from a page of another place");
    return err_fix(err, "Call it without the header Origin, or name tokens in [auth].");
}

static const struct token *find_token(const struct api *api, struct str bearer)
{
    char hash[SHA256_HEX_SIZE];
    const struct token *found = NULL;
    sha256_hex(bearer, hash);
    for (size_t i = 0; i < api->n_tokens; i++)
        if (str_eq_secret(api->tokens[i].hash, str_from(hash)))
            found = &api->tokens[i];
    return found;
}

bool auth_check(struct call *call, struct err *err)
{
    const struct http_request *req = call->req;
    enum role need = call->route->role;
    if (call->api->n_tokens == 0) {
        call->role = ROLE_ADMIN;
        return check_browser(call, err);
    }
    struct str scheme, bearer;
    struct str value = http_header_get(req->headers, req->n_headers, STR("Authorization"));
    str_cut(value, ' ', &scheme, &bearer);
    bool is_bearer = str_eq_nocase(scheme, STR("Bearer"));
    const struct token *token = is_bearer ? find_token(call->api, str_trim(bearer)) : NULL;
    if (token != NULL) {
        call->caller = token->name;
        call->role = token->role;
    }
    if (need == ROLE_NONE)
        return true;
    if (token == NULL)
        return err_set(err, ERR_UNAUTHENTICATED, "%s",
                       value.len > 0 ? "the token is not known" : "a token is needed");
    if (token->role < need)
        return err_set(err, ERR_FORBIDDEN, "this needs the role %.*s, and %.*s is %.*s",
                       STR_FMT(role_names[need]), STR_FMT(token->name),
                       STR_FMT(role_names[token->role]));
    return true;
}
