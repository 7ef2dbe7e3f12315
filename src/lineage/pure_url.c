/* pure_url: urllib.parse: URLs taken apart and put together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_url.h"

#include <string.h>

/* Where the parts of a URL begin and end, as urllib.parse.urlsplit() has them. */
struct parts {
    size_t scheme_end;             /* 0: none */
    size_t netloc_from, path_from; /* equal: no netloc */
    size_t path_end, query_from, query_end, fragment_from;
};

static bool is_scheme_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("+-.", c) != NULL);
}

static size_t find_any(struct str s, const char *marks, size_t from)
{
    while (from < s.len && (s.ptr[from] == '\0' || strchr(marks, s.ptr[from]) == NULL))
        from++;
    return from;
}

static struct parts cut(struct str s)
{
    struct parts p = { 0 };
    size_t at = 0;
    while (at < s.len && is_scheme_char(s.ptr[at]))
        at++;
    bool is_letter = s.len > 0 && (s.ptr[0] | 0x20) >= 'a' && (s.ptr[0] | 0x20) <= 'z';
    if (is_letter && at < s.len && s.ptr[at] == ':')
        p.scheme_end = at;
    at = p.scheme_end > 0 ? at + 1 : 0;
    p.netloc_from = p.path_from = at;
    if (str_has_prefix(str_from_pos(s, at), STR("//"))) {
        p.netloc_from = at + 2;
        p.path_from = find_any(s, "/?#", at + 2);
    }
    size_t hash = str_find(s, STR("#"), p.path_from);
    size_t end = hash == SIZE_MAX ? s.len : hash;
    p.fragment_from = hash == SIZE_MAX ? s.len : hash + 1;
    size_t question = str_find(s, STR("?"), p.path_from);
    p.path_end = question < end ? question : end;
    p.query_from = question < end ? question + 1 : end;
    p.query_end = end;
    return p;
}

static const struct str split_names[] = {
    STR_INIT("scheme"), STR_INIT("netloc"),   STR_INIT("path"),
    STR_INIT("query"),  STR_INIT("fragment"),
};
static const struct str parse_names[] = {
    STR_INIT("scheme"), STR_INIT("netloc"), STR_INIT("path"),
    STR_INIT("params"), STR_INIT("query"),  STR_INIT("fragment"),
};
enum { SPLIT, PARSE };

static struct value *named_tuple(struct values *vs, struct value *const *items,
                                 const struct str *names, size_t n)
{
    struct value *v = value_seq(vs, VALUE_IS_TUPLE);
    for (size_t i = 0; i < n; i++)
        value_seq_add(vs, v, items[i]);
    if (v->kind != VALUE_SEQ || v->seq->n != n)
        return NULL;
    v->seq->names = ARENA_NEW_N(vs->arena, struct str, n);
    memcpy(v->seq->names, names, n * sizeof *names);
    return v;
}

static struct value *take_apart(const struct pure_call *c)
{
    struct values *vs = c->vs;
    struct value *url = pure_arg_text(c, 0, STR("url"));
    if (url == NULL || url->kind != VALUE_TEXT)
        return NULL;
    struct parts p = cut(url->text.bytes);
    /* nothing is known in front: neither is the scheme nor the host */
    bool is_hidden = str_has_prefix(url->text.bytes, STR(HOLE_TEXT));
    struct value *hidden = is_hidden ? value_text_slice(vs, url, 0, 1) : NULL;
    struct value *scheme = value_text_slice(vs, url, 0, p.scheme_end);
    struct value *netloc = value_text_slice(vs, url, p.netloc_from, p.path_from);
    struct value *path = value_text_slice(vs, url, p.path_from, p.path_end);
    struct value *query = value_text_slice(vs, url, p.query_from, p.query_end);
    struct value *fragment = value_text_slice(vs, url, p.fragment_from, SIZE_MAX);
    if (scheme->kind == VALUE_TEXT)
        scheme = text_cased(vs, scheme, CASE_LOWER);
    if (is_hidden) {
        scheme = hidden;
        netloc = hidden;
    }
    struct value *const split[] = { scheme, netloc, path, query, fragment };
    struct value *const parse[] = {
        scheme, netloc, path, value_text(vs, STR_EMPTY), query, fragment
    };
    return c->how == SPLIT ? named_tuple(vs, split, split_names, 5)
                           : named_tuple(vs, parse, parse_names, 6);
}

static bool is_url(const struct seq *s)
{
    return s->names != NULL && s->n >= 5 && str_eq(s->names[0], STR("scheme"));
}

struct value *url_attribute(struct values *vs, const struct seq *s, struct str name)
{
    if (!is_url(s) || !str_eq(name, STR("hostname")) || s->items[1]->kind != VALUE_TEXT)
        return NULL;
    struct str host = s->items[1]->text.bytes;
    size_t user = str_rfind_char(host, '@'), from = user == SIZE_MAX ? 0 : user + 1;
    size_t port = str_find(host, STR(":"), from);
    struct value *v = value_text_slice(vs, s->items[1], from, port);
    return v->kind == VALUE_TEXT ? text_cased(vs, v, CASE_LOWER) : v;
}

/* scheme://netloc/path?query#fragment of a sequence of five or six. */
struct value *url_put_together(struct values *vs, const struct seq *s)
{
    struct text_out out = TEXT_OUT_INIT(vs);
    if (s->n < 5 || s->n > 6)
        return NULL;
    static const struct str empty = STR_INIT("");
    struct str known;
    struct value *const *last = s->items + s->n - 2;
    bool has_netloc = !value_is_known_text(s->items[1], &known) || !str_eq(known, empty);
    if (!value_is_known_text(s->items[0], &known) || known.len > 0) {
        text_out_value(&out, s->items[0]);
        text_out_char(&out, ':');
    }
    if (has_netloc) {
        text_out_add(&out, STR("//"));
        text_out_value(&out, s->items[1]);
        bool is_joined =
            value_is_known_text(s->items[2], &known) && known.len > 0 && known.ptr[0] != '/';
        if (is_joined)
            text_out_char(&out, '/');
    }
    text_out_value(&out, s->items[2]);
    for (size_t i = 0; i < 2; i++)
        if (!value_is_known_text(last[i], &known) || known.len > 0) {
            text_out_char(&out, i == 0 ? '?' : '#');
            text_out_value(&out, last[i]);
        }
    return text_out_take(&out, 0);
}

static struct value *from_parts(const struct pure_call *c)
{
    const struct value *parts = pure_arg(c, 0, STR_EMPTY);
    return parts == NULL || parts->kind != VALUE_SEQ ? NULL : url_put_together(c->vs, parts->seq);
}

/* ---- urljoin ---- */

/* "a/./b/../c" without dots, RFC 3986 5.2.4. */
static void add_without_dots(struct text_out *out, const struct value *path)
{
    struct str s = path->text.bytes;
    size_t root = out->n;
    for (size_t at = 0; at < s.len;) {
        size_t slash = str_find(s, STR("/"), at);
        size_t next = slash == SIZE_MAX ? s.len : slash + 1;
        struct str name = str_slice(s, at, slash == SIZE_MAX ? s.len : slash);
        if (str_eq(name, STR(".."))) {
            size_t back = out->n > root + 1 ? out->n - 1 : out->n;
            while (back > root + 1 && out->bytes[back - 1] != '/')
                back--;
            if (back > root)
                text_out_cut(out, back);
        } else if (!str_eq(name, STR("."))) {
            text_out_slice(out, path, at, next);
        }
        at = next;
    }
}

static bool is_relative_scheme(struct str scheme)
{
    static const struct str schemes[] = { STR_INIT(""),      STR_INIT("ftp"),  STR_INIT("http"),
                                          STR_INIT("https"), STR_INIT("file"), STR_INIT("sftp") };
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (str_eq_nocase(scheme, schemes[i]))
            return true;
    return false;
}

static struct value *join(const struct pure_call *c)
{
    struct values *vs = c->vs;
    struct value *base = pure_arg_text(c, 0, STR("base")), *url = pure_arg_text(c, 1, STR("url"));
    if (base == NULL || url == NULL || base->kind != VALUE_TEXT || url->kind != VALUE_TEXT)
        return NULL;
    struct str b = base->text.bytes, u = url->text.bytes;
    struct parts bp = cut(b), up = cut(u);
    if (b.len == 0 || up.scheme_end > 0 || !is_relative_scheme(str_slice(b, 0, bp.scheme_end)))
        return url;
    if (u.len == 0)
        return base;
    struct text_out out = TEXT_OUT_INIT(vs);
    if (str_has_prefix(u, STR("//"))) {
        text_out_slice(&out, base, 0, bp.scheme_end + (bp.scheme_end > 0));
        text_out_slice(&out, url, 0, SIZE_MAX);
        return text_out_take(&out, 0);
    }
    text_out_slice(&out, base, 0, bp.path_from);
    struct value *parts[2] = { value_text(vs, STR_EMPTY), url };
    size_t slash = str_rfind_char(str_slice(b, bp.path_from, bp.path_end), '/');
    if (u.ptr[0] != '/' && slash != SIZE_MAX)
        parts[0] = value_text_slice(vs, base, bp.path_from, bp.path_from + slash + 1);
    else if (u.ptr[0] != '/' && bp.path_from < bp.path_end && b.ptr[bp.path_end - 1] == HOLE_BYTE)
        parts[0] = value_concat(vs, value_text_slice(vs, base, bp.path_from, bp.path_end),
                                value_text(vs, STR("/")));
    else if (u.ptr[0] != '/' && bp.netloc_from < bp.path_from)
        parts[0] = value_text(vs, STR("/"));
    const struct value *path = value_concat_all(vs, parts, 2);
    if (path->kind != VALUE_TEXT)
        return NULL;
    add_without_dots(&out, path);
    return text_out_take(&out, 0);
}

/* ---- quoting ---- */

enum { QUOTE, QUOTE_PLUS };

static void add_quoted(struct text_out *out, const struct value *v, struct str safe, int how)
{
    struct str s = v->text.bytes;
    for (size_t i = 0; i < s.len; i++) {
        char b = s.ptr[i];
        bool is_plain = (is_scheme_char(b) && b != '+') || b == '_' || b == '~' ||
                        str_find_char(safe, b) != SIZE_MAX;
        if (b == HOLE_BYTE || is_plain)
            text_out_slice(out, v, i, i + 1);
        else if (b == ' ' && how == QUOTE_PLUS)
            text_out_char(out, '+');
        else
            text_out_add(out, arena_printf(out->vs->arena, "%%%02X", (unsigned char)b));
    }
}

static struct value *quote(const struct pure_call *c)
{
    const struct value *v = pure_arg_text(c, 0, STR("string"));
    struct str safe = c->how == QUOTE ? STR("/") : STR_EMPTY;
    const struct value *given = pure_arg(c, 1, STR("safe"));
    if (v == NULL || v->kind != VALUE_TEXT || (given != NULL && !value_is_known_text(given, &safe)))
        return NULL;
    struct text_out out = TEXT_OUT_INIT(c->vs);
    add_quoted(&out, v, safe, c->how);
    return text_out_take(&out, 0);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct value *unquote(const struct pure_call *c)
{
    const struct value *v = pure_arg_text(c, 0, STR("string"));
    if (v == NULL || v->kind != VALUE_TEXT)
        return NULL;
    struct str s = v->text.bytes;
    struct text_out out = TEXT_OUT_INIT(c->vs);
    for (size_t i = 0; i < s.len; i++) {
        int high = s.ptr[i] == '%' && i + 2 < s.len ? hex_digit(s.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(s.ptr[i + 2]) : -1;
        char byte = (char)(high * 16 + low);
        if (low >= 0 && byte != HOLE_BYTE) {
            text_out_char(&out, byte);
            i += 2;
        } else if (s.ptr[i] == '+' && c->how == QUOTE_PLUS) {
            text_out_char(&out, ' ');
        } else {
            text_out_slice(&out, v, i, i + 1);
        }
    }
    return text_out_take(&out, 0);
}

static struct value *encode_query(const struct pure_call *c)
{
    const struct value *map = pure_arg(c, 0, STR("query"));
    if (map == NULL || map->kind != VALUE_MAP)
        return NULL;
    struct text_out out = TEXT_OUT_INIT(c->vs);
    const struct strmap *m = &map->map->entries;
    for (size_t i = 0; i < m->n; i++) {
        if (m->entries[i].value == NULL)
            continue;
        const struct value *key = value_text(c->vs, m->entries[i].key);
        const struct value *item = value_to_text(c->vs, m->entries[i].value);
        if (out.n > 0)
            text_out_char(&out, '&');
        if (key->kind == VALUE_TEXT)
            add_quoted(&out, key, STR_EMPTY, QUOTE_PLUS);
        text_out_char(&out, '=');
        if (item->kind == VALUE_TEXT)
            add_quoted(&out, item, STR_EMPTY, QUOTE_PLUS);
        else
            text_out_hole(&out, value_hole(item));
    }
    return text_out_take(&out, 0);
}

static const struct pure_row functions[] = {
    { STR_INIT("requests.compat.urljoin"), join, 0, 0 },
    { STR_INIT("requests.compat.urlparse"), take_apart, PARSE, 0 },
    { STR_INIT("six.moves.urllib.parse.urljoin"), join, 0, 0 },
    { STR_INIT("six.moves.urllib.parse.urlparse"), take_apart, PARSE, 0 },
    { STR_INIT("urllib.parse.quote"), quote, QUOTE, 0 },
    { STR_INIT("urllib.parse.quote_plus"), quote, QUOTE_PLUS, 0 },
    { STR_INIT("urllib.parse.unquote"), unquote, QUOTE, 0 },
    { STR_INIT("urllib.parse.unquote_plus"), unquote, QUOTE_PLUS, 0 },
    { STR_INIT("urllib.parse.urlencode"), encode_query, 0, 0 },
    { STR_INIT("urllib.parse.urljoin"), join, 0, 0 },
    { STR_INIT("urllib.parse.urlparse"), take_apart, PARSE, 0 },
    { STR_INIT("urllib.parse.urlsplit"), take_apart, SPLIT, 0 },
    { STR_INIT("urllib.parse.urlunparse"), from_parts, 0, 0 },
    { STR_INIT("urllib.parse.urlunsplit"), from_parts, 0, 0 },
    { STR_INIT("urllib.quote"), quote, QUOTE, 0 },
    { STR_INIT("urllib.unquote"), unquote, QUOTE, 0 },
    { STR_INIT("urlparse.urljoin"), join, 0, 0 },
    { STR_INIT("urlparse.urlparse"), take_apart, PARSE, 0 },
    { STR_INIT("urlparse.urlsplit"), take_apart, SPLIT, 0 },
};
const struct pure_table pure_url_functions = PURE_TABLE(functions);
