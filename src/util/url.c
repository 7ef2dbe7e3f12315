/* url: see url.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/url.h"

#include "util/limits.h"
#include "util/scan.h"

#include <string.h>

static bool is_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void url_encode(struct buf *out, struct str s, unsigned flags)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (is_unreserved(c) || (c == '/' && (flags & URL_KEEP_SLASH) != 0)) {
            buf_add_char(out, (char)c);
            continue;
        }
        char escape[] = { '%', digits[c >> 4], digits[c & 15] };
        buf_add(out, (struct str){ escape, sizeof escape });
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool url_decode(struct arena *a, struct str s, unsigned flags, struct str *out, struct err *err)
{
    bool has_plus = (flags & URL_PLUS_IS_SPACE) != 0 && str_find_char(s, '+') != SIZE_MAX;
    if (!has_plus && str_find_char(s, '%') == SIZE_MAX) {
        *out = s;
        return true;
    }
    char *text = arena_alloc(a, s.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '%') {
            int high = i + 2 < s.len ? hex_value(s.ptr[i + 1]) : -1;
            int low = i + 2 < s.len ? hex_value(s.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return err_set(err, ERR_INVALID, "a %% is not followed by two hexadecimal digits");
            c = (char)(unsigned char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && has_plus) {
            c = ' ';
        }
        text[len++] = c;
    }
    *out = (struct str){ text, len };
    return true;
}

void url_query_add(struct buf *out, struct str name, struct str value)
{
    struct str have = buf_str(out);
    if (have.len > 0 && have.ptr[have.len - 1] != '?' && have.ptr[have.len - 1] != '&')
        buf_add_char(out, '&');
    url_encode(out, name, 0);
    buf_add_char(out, '=');
    url_encode(out, value, 0);
}

static bool is_text(struct str s)
{
    return str_is_utf8(s) && (s.len == 0 || memchr(s.ptr, '\0', s.len) == NULL);
}

bool url_query_parse(struct arena *a, struct str query, struct url_param **params_out,
                     size_t *n_out, struct err *err)
{
    struct url_param *params = NULL;
    size_t n = 0, cap = 0;
    while (query.len > 0) {
        struct str piece, name, value;
        str_cut(query, '&', &piece, &query);
        if (piece.len == 0)
            continue;
        if (n == LIMIT_QUERY_PARAMS)
            return err_set(err, ERR_INVALID, "the query has more than %lu parameters",
                           LIMIT_QUERY_PARAMS);
        struct url_param p = { .has_value = str_cut(piece, '=', &name, &value) };
        if (!url_decode(a, name, URL_PLUS_IS_SPACE, &p.name, err) ||
            !url_decode(a, value, URL_PLUS_IS_SPACE, &p.value, err))
            return false;
        if (!is_text(p.name) || !is_text(p.value))
            return err_set(err, ERR_INVALID, "a parameter is not UTF-8 text without NUL");
        *ARENA_PUSH(a, params, n, cap) = p;
    }
    *params_out = params;
    *n_out = n;
    return true;
}

/* "host", "host:port", "[v6]:port" */
static bool parse_authority(struct str text, struct url *u)
{
    struct str rest;
    uint64_t port;
    if (text.len > 0 && text.ptr[0] == '[') {
        size_t end = str_find_char(text, ']');
        if (end == SIZE_MAX || end < 3)
            return false;
        u->host = str_slice(text, 1, end);
        rest = str_from_pos(text, end + 1);
    } else {
        size_t colon = str_find_char(text, ':');
        u->host = str_slice(text, 0, colon);
        rest = colon == SIZE_MAX ? STR_EMPTY : str_from_pos(text, colon);
    }
    for (size_t i = 0; i < u->host.len; i++)
        if (u->host.ptr[i] <= ' ' || u->host.ptr[i] == 0x7F ||
            strchr("@<>\"\\^`{|}%", u->host.ptr[i]))
            return false;
    if (u->host.len == 0)
        return false;
    if (rest.len == 0)
        return true;
    u->has_port = true;
    if (rest.ptr[0] != ':' || !scan_whole_u64(str_from_pos(rest, 1), 65535, &port) || port == 0)
        return false;
    u->port = (uint16_t)port;
    return true;
}

bool url_parse(struct str text, struct url *out, struct err *err)
{
    struct url u = { 0 };
    size_t colon = str_find(text, STR("://"), 0);
    u.scheme = colon == SIZE_MAX ? STR_EMPTY : str_slice(text, 0, colon);
    u.is_tls = str_eq_nocase(u.scheme, STR("https"));
    if (!u.is_tls && !str_eq_nocase(u.scheme, STR("http")))
        return err_set(err, ERR_INVALID, "a URL begins with http:// or https://");
    struct str rest = str_from_pos(text, colon + 3);
    for (size_t i = 0; i < rest.len; i++)
        if (rest.ptr[i] <= ' ' || rest.ptr[i] == 0x7F || rest.ptr[i] == '#')
            return err_set(err, ERR_INVALID, "a URL has no blanks, control bytes or fragment here");
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?')
        end++;
    u.port = u.is_tls ? 443 : 80;
    if (!parse_authority(str_slice(rest, 0, end), &u))
        return err_set(err, ERR_INVALID, "the URL's host or port is wrong");
    str_cut(str_from_pos(rest, end), '?', &u.path, &u.query);
    *out = u;
    return true;
}
