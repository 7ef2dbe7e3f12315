/*
 * sql_lex: one pass over the text, a token at a time.  Each reader below starts at lx->at, fills
 * the token and moves lx->at behind it; lines are counted where bytes are passed (advance_to).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/sql_lex.h"

#include "util/buf.h"
#include "util/limits.h"

#include <string.h>

static const struct {
    struct str text;
    unsigned flags;
} keywords[] = {
    [KW_NONE] = { STR_INIT(""), 0 },
#define K(name, word, bits) [KW_##name] = { STR_INIT(word), bits },
#include "lineage/sql_keywords.def"
#undef K
};

static int lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static int compare_nocase(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    for (size_t i = 0; i < n; i++) {
        int d = lower((unsigned char)a.ptr[i]) - lower((unsigned char)b.ptr[i]);
        if (d != 0)
            return d;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

enum sql_kw sql_keyword(struct str word)
{
    size_t low = 1, high = KW_N;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int d = compare_nocase(word, keywords[mid].text);
        if (d == 0)
            return (enum sql_kw)mid;
        if (d < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return KW_NONE;
}

unsigned sql_kw_flags(enum sql_kw kw)
{
    return keywords[kw].flags;
}

static bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == HOLE_BYTE ||
           (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word_char(char c)
{
    return is_word_start(c) || is_digit(c) || c == '$';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == '\0';
}

/* The byte n places ahead, or 0. */
static char byte_at(const char *at, const char *end, size_t n)
{
    return (size_t)(end - at) > n ? at[n] : '\0';
}

/* ---- templates ---- */

static bool is_name(struct str s)
{
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_word_char(s.ptr[i]) && s.ptr[i] != '.' && s.ptr[i] != ':')
            return false;
    return true;
}

/* Where a bracketed template that opens at p closes, and its name; NULL if it is none.
 * Templates are short: no more than 200 bytes are looked at. */
static const char *template_close(const char *p, const char *end, struct str open, struct str close,
                                  struct str *name)
{
    struct str rest = { p, (size_t)(end - p) };
    if (!str_has_prefix(rest, open))
        return NULL;
    size_t at = str_find(str_slice(rest, 0, 200), close, open.len);
    if (at == SIZE_MAX)
        return NULL;
    *name = str_trim(str_slice(rest, open.len, at));
    return p + at + close.len;
}

/* A template or parameter inside a word or string: its end, else NULL. */
static const char *template_end(const char *p, const char *end, struct str *name)
{
    const char *close;
    if (*p == '$')
        return template_close(p, end, STR("${"), STR("}"), name);
    if (*p == '%') {
        close = template_close(p, end, STR("%("), STR(")s"), name);
        return close != NULL && is_name(*name) ? close : NULL;
    }
    if (*p != '{')
        return NULL;
    if ((close = template_close(p, end, STR("{{"), STR("}}"), name)) != NULL)
        return close;
    close = template_close(p, end, STR("{"), STR("}"), name);
    return close != NULL && is_name(*name) && !is_digit(name->ptr[0]) ? close : NULL;
}

/* Hive writes ${hivevar:x} and ${hiveconf:x} for what SET hivevar:x sets. */
static struct str value_of(const struct sql_session *session, struct str name)
{
    size_t colon = str_rfind_char(name, ':');
    struct str base = colon == SIZE_MAX ? name : str_from_pos(name, colon + 1);
    struct str *set = strmap_get(&session->variables, base);
    if (set != NULL)
        return *set;
    struct str value;
    if (session->value != NULL && session->value(session->ctx, name, &value))
        return value;
    return STR(HOLE_TEXT);
}

struct str sql_fill(struct arena *a, const struct sql_session *session, struct str text)
{
    size_t first = 0;
    while (first < text.len && text.ptr[first] != '$' && text.ptr[first] != '{' &&
           text.ptr[first] != '%')
        first++;
    if (first == text.len)
        return text;
    AUTO_BUF out = BUF_INIT(LIMIT_SQL_NAME_BYTES);
    const char *p = text.ptr, *end = text.ptr + text.len;
    while (p < end) {
        struct str name;
        const char *close = template_end(p, end, &name);
        if (close == NULL) {
            buf_add_char(&out, *p++);
            continue;
        }
        buf_add(&out, value_of(session, name));
        p = close;
    }
    return buf_ok(&out) ? arena_str(a, buf_str(&out)) : STR(HOLE_TEXT);
}

/* ---- space and comments ---- */

static void advance_to(struct sql_lex *lx, const char *to)
{
    while (lx->at < to) {
        const char *newline = memchr(lx->at, '\n', (size_t)(to - lx->at));
        if (newline == NULL)
            break;
        lx->line++;
        lx->is_first = true;
        lx->at = newline + 1;
        lx->line_start = lx->at;
    }
    lx->at = to;
}

static const char *end_of_line(const struct sql_lex *lx)
{
    const char *newline = memchr(lx->at, '\n', (size_t)(lx->end - lx->at));
    return newline == NULL ? lx->end : newline;
}

static const char *behind(const struct sql_lex *lx, size_t from, struct str close)
{
    struct str rest = { lx->at, (size_t)(lx->end - lx->at) };
    size_t at = str_find(rest, close, from);
    return at == SIZE_MAX ? lx->end : lx->at + at + close.len;
}

/* "#" begins a comment for MySQL and BigQuery, a temporary table's name for T-SQL and Redshift, an
 * operator for Postgres. */
static bool is_hash_comment(const struct sql_lex *lx, char next)
{
    if (lx->dialect == SQL_TSQL || next == '>' || next == '-')
        return false;
    return lx->dialect == SQL_MYSQL || lx->dialect == SQL_BIGQUERY || lx->is_first ||
           !is_word_start(next);
}

/* The end of the comment that starts here, or NULL. */
static const char *comment_end(const struct sql_lex *lx)
{
    char c = *lx->at, next = byte_at(lx->at, lx->end, 1);
    if (c == '-' && next == '-')
        return end_of_line(lx);
    if (c == '/' && next == '*')
        return behind(lx, 2, STR("*/"));
    if (c == '/' && next == '/' && (lx->is_first || lx->dialect == SQL_SNOWFLAKE))
        return end_of_line(lx);
    if (c == '#' && is_hash_comment(lx, next))
        return end_of_line(lx);
    if (c == '{' && next == '%')
        return behind(lx, 2, STR("%}"));
    if (c == '{' && next == '#')
        return behind(lx, 2, STR("#}"));
    return NULL;
}

static void skip_space(struct sql_lex *lx)
{
    while (lx->at < lx->end) {
        const char *to;
        if (is_space(*lx->at))
            to = lx->at + 1;
        else if ((to = comment_end(lx)) == NULL)
            return;
        bool was_first = lx->is_first;
        advance_to(lx, to);
        lx->is_first |= was_first;
    }
}

/* ---- tokens ---- */

static bool backslash_escapes(const struct sql_lex *lx, const char *p)
{
    switch (lx->dialect) {
    case SQL_TRINO:
    case SQL_DUCKDB:
    case SQL_POSTGRES:
    case SQL_SQLITE:
    case SQL_TSQL:
        return false;
    case SQL_SPARK:
    case SQL_MYSQL:
    case SQL_BIGQUERY:
    case SQL_SNOWFLAKE:
    case SQL_CLICKHOUSE:
        return true;
    case SQL_ANY:
    case SQL_REDSHIFT:
        break;
    }
    /* ESCAPE '\' is the standard's reading; '\\' and 'it\'s' the others'. */
    char next = byte_at(p, lx->end, 1), after = byte_at(p, lx->end, 2);
    bool closes = is_space(after) || after == ')' || after == ';' || after == ',';
    return !(next == '\'' && closes);
}

/* Read a quoted run; lx->at is at the opening quote.  Doubled quotes stand for one. */
static struct str quoted(struct sql_lex *lx, char quote, bool escapes)
{
    const char *from = lx->at + 1, *p = from;
    bool plain = true;
    while (p < lx->end) {
        if (*p == '\\' && escapes && backslash_escapes(lx, p)) {
            plain = false;
            p += p + 1 < lx->end ? 2 : 1;
        } else if (*p != quote) {
            p++;
        } else if (byte_at(p, lx->end, 1) == quote) {
            plain = false;
            p += 2;
        } else {
            break;
        }
    }
    struct str raw = { from, (size_t)(p - from) };
    advance_to(lx, p < lx->end ? p + 1 : lx->end);
    if (plain)
        return raw;
    char *copy = arena_alloc(lx->arena, raw.len);
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        bool skips = (c == quote || (c == '\\' && escapes && backslash_escapes(lx, raw.ptr + i))) &&
                     i + 1 < raw.len;
        copy[n++] = skips ? raw.ptr[++i] : c;
    }
    return (struct str){ copy, n };
}

static void read_string(struct sql_lex *lx, struct sql_token *t, bool escapes)
{
    char quote = *lx->at;
    t->kind = quote == '\'' ? SQL_STRING : SQL_DOUBLE;
    char triple[] = { quote, quote, quote };
    struct str rest = { lx->at, (size_t)(lx->end - lx->at) };
    if (lx->dialect == SQL_BIGQUERY && str_has_prefix(rest, (struct str){ triple, 3 })) {
        const char *to = behind(lx, 3, (struct str){ triple, 3 });
        size_t len = (size_t)(to - lx->at);
        t->text = str_slice(rest, 3, len >= 6 ? len - 3 : len);
        t->kind = SQL_STRING;
        advance_to(lx, to);
        return;
    }
    t->text = quoted(lx, quote, escapes);
}

/* $$ ... $$ or $tag$ ... $tag$; false if what stands here is something else. */
static bool read_dollar(struct sql_lex *lx, struct sql_token *t)
{
    const char *p = lx->at + 1;
    while (p < lx->end && is_word_char(*p) && *p != '$' && p - lx->at < 64)
        p++;
    if (p == lx->end || *p != '$' || is_digit(lx->at[1]))
        return false;
    struct str tag = { lx->at, (size_t)(p + 1 - lx->at) };
    const char *to = behind(lx, tag.len, tag);
    const char *from = lx->at + tag.len;
    size_t len = (size_t)(to - from);
    t->kind = SQL_STRING;
    t->text = (struct str){ from, len >= tag.len && to - tag.len >= from ? len - tag.len : len };
    advance_to(lx, to);
    return true;
}

/* ":x", "$x", "$1", "?", "%s", "@x" is left to the parser.  False if none stands here. */
static bool read_parameter(struct sql_lex *lx, struct sql_token *t)
{
    char c = *lx->at, next = byte_at(lx->at, lx->end, 1);
    const char *p = lx->at + 1;
    if (c == '?' || (c == '%' && next == 's' && !is_word_char(byte_at(lx->at, lx->end, 2)))) {
        t->text = STR(HOLE_TEXT);
        p = lx->at + (c == '?' ? 1 : 2);
    } else if ((c == ':' || c == '$') && is_word_char(next)) {
        while (p < lx->end && is_word_char(*p))
            p++;
        t->text = value_of(lx->session, (struct str){ lx->at + 1, (size_t)(p - lx->at - 1) });
    } else {
        return false;
    }
    t->kind = SQL_WORD;
    lx->at = p;
    return true;
}

/* A word: word bytes and templates in any order.  True if there is at least one. */
static bool read_word(struct sql_lex *lx, struct sql_token *t)
{
    const char *p = lx->at;
    struct str name;
    const char *close;
    bool has_template = false;
    while (p < lx->end) {
        if (is_word_char(*p) && !(*p == '$' && byte_at(p, lx->end, 1) == '{')) {
            p++;
        } else if ((close = template_end(p, lx->end, &name)) != NULL) {
            has_template = true;
            p = close;
        } else {
            break;
        }
    }
    if (p == lx->at)
        return false;
    struct str raw = { lx->at, (size_t)(p - lx->at) };
    t->kind = SQL_WORD;
    t->text = has_template ? sql_fill(lx->arena, lx->session, raw) : raw;
    t->kw = has_template ? KW_NONE : sql_keyword(raw);
    advance_to(lx, p);
    return true;
}

static void read_number(struct sql_lex *lx, struct sql_token *t)
{
    const char *p = lx->at;
    bool in_name = lx->after_dot;
    while (p < lx->end &&
           (is_word_char(*p) || (*p == '.' && !in_name && is_digit(byte_at(p, lx->end, 1)))))
        p++;
    t->kind = SQL_NUMBER;
    t->text = (struct str){ lx->at, (size_t)(p - lx->at) };
    lx->at = p;
}

static bool is_string_prefix(const struct sql_lex *lx)
{
    char c = (char)lower((unsigned char)*lx->at), next = byte_at(lx->at, lx->end, 1);
    if (next == '\'')
        return c == 'e' || c == 'n' || c == 'b' || c == 'r' || c == 'x';
    return next == '"' && (c == 'r' || c == 'b') && lx->dialect == SQL_BIGQUERY;
}

static bool is_template_start(const struct sql_lex *lx)
{
    struct str name;
    return template_end(lx->at, lx->end, &name) != NULL;
}

static void read_token(struct sql_lex *lx, struct sql_token *t)
{
    char c = *lx->at;
    if (c == '\'' || c == '"') {
        read_string(lx, t, true);
    } else if (c == '`') {
        t->kind = SQL_TICKED;
        t->text = quoted(lx, '`', false);
    } else if (is_string_prefix(lx)) {
        bool is_raw = c == 'r' || c == 'R';
        lx->at++;
        read_string(lx, t, !is_raw);
    } else if (is_digit(c)) {
        read_number(lx, t);
    } else if (c == '$' && read_dollar(lx, t)) {
        return;
    } else if ((is_word_start(c) || c == '$' || c == '{' || c == '%') &&
               (is_word_start(c) || is_template_start(lx))) {
        (void)read_word(lx, t);
    } else if (c == '#' && is_word_start(byte_at(lx->at, lx->end, 1))) {
        const char *from = lx->at++;
        (void)read_word(lx, t);
        t->text = (struct str){ from, (size_t)(lx->at - from) };
        t->kw = KW_NONE;
    } else if (c == ':' && byte_at(lx->at, lx->end, 1) == ':') {
        t->text = (struct str){ lx->at, 1 };
        lx->at += 2;
    } else if (!read_parameter(lx, t)) {
        t->text = (struct str){ lx->at, c == '=' && byte_at(lx->at, lx->end, 1) == '>' ? 2 : 1 };
        lx->at += t->text.len;
    }
}

static struct sql_token lex_one(struct sql_lex *lx)
{
    skip_space(lx);
    struct sql_token t = { .kind = SQL_OP,
                           .start = lx->at,
                           .line = lx->line,
                           .col = (uint32_t)(lx->at - lx->line_start) + 1,
                           .is_first = lx->is_first };
    if (lx->at == lx->end)
        t.kind = SQL_END;
    else
        read_token(lx, &t);
    lx->is_first = false;
    t.end = lx->at;
    lx->after_dot = t.kind == SQL_OP && t.text.ptr[0] == '.';
    return t;
}

void sql_lex_init(struct sql_lex *lx, struct arena *a, const struct sql_session *session,
                  enum sql_dialect dialect, struct str text, uint32_t first_line)
{
    const char *from = text.len == 0 ? "" : text.ptr;
    *lx = (struct sql_lex){ .arena = a,
                            .session = session,
                            .dialect = dialect,
                            .begin = from,
                            .at = from,
                            .end = from + text.len,
                            .line_start = from,
                            .line = first_line,
                            .is_first = true };
}

void sql_look_ahead(struct sql_lex *lx, size_t i)
{
    while (lx->n_ahead <= i)
        lx->ahead[lx->n_ahead++] = lex_one(lx);
}

struct sql_token sql_next(struct sql_lex *lx)
{
    struct sql_token t = *sql_peek(lx, 0);
    lx->n_ahead--;
    memmove(lx->ahead, lx->ahead + 1, lx->n_ahead * sizeof lx->ahead[0]);
    return t;
}

/* Drop the look-ahead and continue behind the given place. */
void sql_lex_skip_to(struct sql_lex *lx, const char *at)
{
    const struct sql_token *t = sql_peek(lx, 0);
    lx->line = t->line;
    lx->line_start = t->start - (t->col - 1);
    lx->at = t->start;
    lx->n_ahead = 0;
    advance_to(lx, at);
    lx->is_first = false;
    lx->after_dot = false;
}

struct sql_token sql_lex_bracket(struct sql_lex *lx)
{
    struct sql_token t = *sql_peek(lx, 0);
    const char *close = memchr(t.start, ']', (size_t)(lx->end - t.start));
    if (close == NULL)
        close = lx->end;
    t.kind = SQL_TICKED;
    t.text = (struct str){ t.start + 1, (size_t)(close - t.start - 1) };
    t.end = close < lx->end ? close + 1 : close;
    sql_lex_skip_to(lx, t.end);
    return t;
}
