/*
 * python_string: strings with their escapes, f-strings, and the joining of neighbours.
 *
 * Text borrows from the source where it stands there as it is; else it is put together in
 * parser.scratch, which is emptied into the arena before anything is called that may use it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/hole.h"
#include "lineage/python_internal.h"

#include <string.h>

/* The string that is put together. */
struct joining {
    struct node *string;
    struct node_list parts;
    struct str text; /* borrowed; counts only while scratch is empty */
    struct place text_at;
};

/* One f-string of it. */
struct fstring {
    uint8_t flags; /* enum token_flag */
    char quote;
    bool is_spec; /* a format spec: ends at "}" */
};

static void add_text(struct parser *p, struct joining *j, const char *ptr, size_t len)
{
    if (len == 0)
        return;
    if (j->text.len == 0 && p->scratch.len == 0) {
        j->text = (struct str){ ptr, len };
        return;
    }
    if (p->scratch.len == 0) {
        if (j->text.ptr + j->text.len == ptr) {
            j->text.len += len;
            return;
        }
        buf_add(&p->scratch, j->text);
    }
    buf_add(&p->scratch, (struct str){ ptr, len });
}

/* What is known of the text becomes a part. */
static void flush_text(struct parser *p, struct joining *j)
{
    struct str text = p->scratch.len > 0 ? arena_str(p->arena, buf_str(&p->scratch)) : j->text;
    buf_reset(&p->scratch);
    j->text = STR_EMPTY;
    if (text.len == 0)
        return;
    struct node *n = python_node(p, NODE_TEXT, j->text_at);
    n->text = text;
    node_list_add(&j->parts, n);
}

static void add_code_point(struct parser *p, struct joining *j, uint32_t c)
{
    char utf8[4];
    size_t n = 0;
    if (c == (unsigned char)HOLE_BYTE)
        return;
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = 0xFFFD;
    if (c < 0x80) {
        utf8[n++] = (char)c;
    } else if (c < 0x800) {
        utf8[n++] = (char)(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            utf8[n++] = (char)(0xE0 | c >> 12);
        } else {
            utf8[n++] = (char)(0xF0 | c >> 18);
            utf8[n++] = (char)(0x80 | (c >> 12 & 0x3F));
        }
        utf8[n++] = (char)(0x80 | (c >> 6 & 0x3F));
    }
    if (c >= 0x80)
        utf8[n++] = (char)(0x80 | (c & 0x3F));
    if (p->scratch.len == 0 && j->text.len > 0)
        buf_add(&p->scratch, j->text);
    buf_add(&p->scratch, (struct str){ utf8, n });
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return 99;
}

/* Up to most digits of a base at *at; the number of them that there are. */
static unsigned read_digits(const char **at, const char *end, int base, unsigned most,
                            uint32_t *value)
{
    unsigned n = 0;
    for (*value = 0; n < most && *at < end && digit_value(**at) < base; n++)
        *value = *value * (uint32_t)base + (uint32_t)digit_value(*(*at)++);
    return n;
}

/* \x, \u and \U: at is behind the letter. */
static const char *hex_escape(struct parser *p, struct joining *j, const char *at, const char *end)
{
    const char *start = at - 2;
    const unsigned n = at[-1] == 'x' ? 2 : at[-1] == 'u' ? 4 : 8;
    uint32_t c;
    if (read_digits(&at, end, 16, n, &c) == n)
        add_code_point(p, j, c);
    else
        add_text(p, j, start, (size_t)(at - start));
    return at;
}

/* \N{name}: the names are not known here.  at is behind the N. */
static const char *named_escape(struct parser *p, struct joining *j, const char *at,
                                const char *end)
{
    const char *close = at < end && *at == '{' ? memchr(at, '}', (size_t)(end - at)) : NULL;
    if (close == NULL) {
        add_text(p, j, at - 2, 2);
        return at;
    }
    add_code_point(p, j, 0xFFFD);
    return close + 1;
}

/* One escape at "\", with at least one byte behind it; what follows it is returned. */
static const char *escape(struct parser *p, struct joining *j, bool is_bytes, const char *at,
                          const char *end)
{
    static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
    const char c = at[1];
    const char *simple;
    uint32_t value;
    at += 2;
    if (c == '\n')
        return at;
    if (c == '\r')
        return at < end && *at == '\n' ? at + 1 : at;
    if (c == '\\' || c == '\'' || c == '"') {
        add_text(p, j, at - 1, 1);
    } else if (c != '\0' && (simple = strchr(from, c)) != NULL) {
        add_text(p, j, &to[simple - from], 1);
    } else if (c >= '0' && c <= '7') {
        at--;
        (void)read_digits(&at, end, 8, 3, &value);
        add_code_point(p, j, value);
    } else if (c == 'x' || (!is_bytes && (c == 'u' || c == 'U'))) {
        at = hex_escape(p, j, at, end);
    } else if (c == 'N' && !is_bytes) {
        at = named_escape(p, j, at, end);
    } else {
        add_text(p, j, at - 2, 2);
    }
    return at;
}

/* A whole body with escapes or carriage returns in it. */
static void add_escaped(struct parser *p, struct joining *j, uint8_t flags, struct str body)
{
    const char *at = body.ptr, *end = body.ptr + body.len, *plain = at;
    while (at < end) {
        const bool is_escape = *at == '\\' && (flags & TOKEN_IS_RAW) == 0 && end - at > 1;
        if (!is_escape && *at != '\r') {
            at++;
            continue;
        }
        add_text(p, j, plain, (size_t)(at - plain));
        if (is_escape) {
            at = escape(p, j, (flags & TOKEN_IS_BYTES) != 0, at, end);
        } else {
            add_text(p, j, "\n", 1);
            at += end - at > 1 && at[1] == '\n' ? 2 : 1;
        }
        plain = at;
    }
    add_text(p, j, plain, (size_t)(end - plain));
}

static void plain_string(struct parser *p, struct joining *j)
{
    const struct token *t = &p->tok;
    const size_t closer = t->flags & TOKEN_IS_TRIPLE ? 3 : 1;
    const struct str body = { t->ptr + t->opener, t->len - t->opener - closer };
    if (t->flags & TOKEN_IS_BYTES)
        j->string->flags |= NODE_IS_BYTES;
    if (t->flags & TOKEN_HAS_ESCAPES)
        add_escaped(p, j, t->flags, body);
    else
        add_text(p, j, body.ptr, body.len);
}

static void fstring_parts(struct parser *p, struct joining *j, const struct fstring *f);

/* Behind the ":" of a field: its format spec, up to the "}". */
static struct node *format_spec(struct parser *p, const struct fstring *f)
{
    const struct place at = { p->lex.line, (uint32_t)(p->lex.at - p->lex.line_start) + 1 };
    struct fstring spec = *f;
    struct joining j = { .string = python_node(p, NODE_STRING, at),
                         .parts = NODE_LIST_INIT(j.parts),
                         .text_at = at };
    spec.is_spec = true;
    fstring_parts(p, &j, &spec);
    flush_text(p, &j);
    j.string->flags = NODE_IS_FORMATTED;
    j.string->parts = j.parts.first;
    return j.string;
}

/* Behind the expression of a field: "!r", ":spec" and the closing brace, which is not passed. */
static void field_end(struct parser *p, struct node *n, const struct fstring *f)
{
    if (python_accept(p, T_BANG)) {
        n->interp.conversion = p->tok.kind == T_NAME && p->tok.len == 1 ? *p->tok.ptr : '\0';
        python_expect(p, T_NAME, "a conversion is missing behind \"!\"");
    }
    if (p->tok.kind == T_COLON) {
        n->interp.spec = format_spec(p, f);
        python_advance(p);
    }
    if (p->tok.kind != T_RBRACE)
        (void)python_fail(p, "a replacement field is not closed");
}

/* At "{": the field, up to behind "}". */
static void field(struct parser *p, struct joining *j, const struct fstring *f)
{
    struct lexer *l = &p->lex;
    const uint32_t outer = l->field_depth;
    const char *start = ++l->at;
    flush_text(p, j);
    l->field_depth = ++l->depth;
    if (!python_enter(p))
        (void)python_fail(p, "");
    python_advance(p);
    const struct place at = python_here(p);
    struct node *value = python_rhs(p);
    const bool is_debug = p->tok.kind == T_ASSIGN;
    if (is_debug) {
        python_advance(p);
        add_text(p, j, start, (size_t)(p->tok.ptr - start));
        flush_text(p, j);
    }
    struct node *n = python_node(p, NODE_INTERP, at);
    n->interp.value = value;
    if (is_debug && p->tok.kind == T_RBRACE)
        n->interp.conversion = 'r';
    field_end(p, n, f);
    node_list_add(&j->parts, n);
    python_leave(p);
    l->field_depth = outer;
}

/* The quote at at ends the f-string. */
static bool is_end(const struct fstring *f, const char *at, const char *end)
{
    if ((f->flags & TOKEN_IS_TRIPLE) == 0)
        return true;
    return end - at >= 3 && at[1] == f->quote && at[2] == f->quote;
}

/* A backslash in the literal part of an f-string. */
static void fstring_escape(struct parser *p, struct joining *j, const struct fstring *f)
{
    struct lexer *l = &p->lex;
    const char next = l->end - l->at > 1 ? l->at[1] : '\0';
    if (next == '{' || next == '}' || next == '\0') {
        add_text(p, j, l->at++, 1);
    } else if (f->flags & TOKEN_IS_RAW) {
        add_text(p, j, l->at, next == '\n' || next == '\r' ? 1 : 2);
        l->at += next == '\n' || next == '\r' ? 1 : 2;
    } else if (next == '\n' || next == '\r') {
        l->at++;
        python_lex_line_end(l);
    } else {
        l->at = escape(p, j, false, l->at, l->end);
    }
}

/* A brace; false at the end of a spec. */
static bool fstring_brace(struct parser *p, struct joining *j, const struct fstring *f)
{
    struct lexer *l = &p->lex;
    const char c = *l->at;
    if (!f->is_spec && l->end - l->at > 1 && l->at[1] == c) {
        add_text(p, j, l->at, 1);
        l->at += 2;
        return true;
    }
    if (c == '{')
        field(p, j, f);
    else if (f->is_spec)
        return false;
    else
        (void)python_fail(p, "a single \"}\" stands in an f-string");
    return true;
}

/* From l->at to the closing quote, or to the "}" behind a spec; neither is passed. */
static void fstring_parts(struct parser *p, struct joining *j, const struct fstring *f)
{
    struct lexer *l = &p->lex;
    while (!p->failed && l->at < l->end) {
        const char *plain = l->at, c = *l->at;
        if (c == '{' || c == '}') {
            if (!fstring_brace(p, j, f))
                return;
        } else if (c == f->quote && is_end(f, l->at, l->end)) {
            return;
        } else if (c == '\\') {
            fstring_escape(p, j, f);
        } else if (c == '\n' || c == '\r') {
            if ((f->flags & TOKEN_IS_TRIPLE) == 0)
                break;
            python_lex_line_end(l);
            add_text(p, j, "\n", 1);
        } else {
            while (l->at < l->end && (l->at == plain || strchr("{}\\\n\r'\"", *l->at) == NULL))
                l->at++;
            add_text(p, j, plain, (size_t)(l->at - plain));
        }
    }
    (void)python_fail(p, "an f-string is not closed");
}

static void formatted_string(struct parser *p, struct joining *j)
{
    const struct fstring f = { .flags = p->tok.flags, .quote = p->lex.at[-1] };
    j->string->flags |= NODE_IS_FORMATTED;
    fstring_parts(p, j, &f);
    if (!p->failed)
        p->lex.at += f.flags & TOKEN_IS_TRIPLE ? 3 : 1;
}

struct node *python_string(struct parser *p)
{
    const struct place at = python_here(p);
    struct joining j = { .string = python_node(p, NODE_STRING, at),
                         .parts = NODE_LIST_INIT(j.parts),
                         .text_at = at };
    do {
        if (p->tok.kind == T_STRING)
            plain_string(p, &j);
        else
            formatted_string(p, &j);
        python_advance(p);
    } while (p->tok.kind == T_STRING || p->tok.kind == T_FSTRING);
    flush_text(p, &j);
    j.string->parts = j.parts.first;
    return j.string;
}
