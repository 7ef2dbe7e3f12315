/*
 * scala_lex: Scala text to tokens (SLS 1).  Line ends are no tokens: a token knows whether it
 * begins a line, and the parser decides whether that ends a statement.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/scala_internal.h"

#include "lineage/hole.h"
#include "util/attrs.h"

#include <string.h>

/* Strings within ${...} of strings: each level is read again by the parser of the level above. */
enum { STRING_DEPTH_MAX = 16 };

/* Lines of a ${...} in a string of one line. */
enum { CODE_LINES_MAX = 20 };

static const struct {
    struct str text;
    uint8_t kind;
} keywords[] = {
    { STR_INIT("_"), S_UNDERSCORE },
    { STR_INIT("abstract"), S_MODIFIER },
    { STR_INIT("case"), S_CASE },
    { STR_INIT("catch"), S_CATCH },
    { STR_INIT("class"), S_CLASS },
    { STR_INIT("def"), S_DEF },
    { STR_INIT("do"), S_DO },
    { STR_INIT("else"), S_ELSE },
    { STR_INIT("extends"), S_EXTENDS },
    { STR_INIT("false"), S_FALSE },
    { STR_INIT("final"), S_MODIFIER },
    { STR_INIT("finally"), S_FINALLY },
    { STR_INIT("for"), S_FOR },
    { STR_INIT("forSome"), S_FOR_SOME },
    { STR_INIT("if"), S_IF },
    { STR_INIT("implicit"), S_MODIFIER },
    { STR_INIT("import"), S_IMPORT },
    { STR_INIT("lazy"), S_MODIFIER },
    { STR_INIT("match"), S_MATCH },
    { STR_INIT("new"), S_NEW },
    { STR_INIT("null"), S_NULL },
    { STR_INIT("object"), S_OBJECT },
    { STR_INIT("override"), S_MODIFIER },
    { STR_INIT("package"), S_PACKAGE },
    { STR_INIT("private"), S_MODIFIER },
    { STR_INIT("protected"), S_MODIFIER },
    { STR_INIT("return"), S_RETURN },
    { STR_INIT("sealed"), S_MODIFIER },
    { STR_INIT("super"), S_THIS },
    { STR_INIT("this"), S_THIS },
    { STR_INIT("throw"), S_THROW },
    { STR_INIT("trait"), S_TRAIT },
    { STR_INIT("true"), S_TRUE },
    { STR_INIT("try"), S_TRY },
    { STR_INIT("type"), S_TYPE },
    { STR_INIT("val"), S_VAL },
    { STR_INIT("var"), S_VAR },
    { STR_INIT("while"), S_WHILE },
    { STR_INIT("with"), S_WITH },
    { STR_INIT("yield"), S_YIELD },
};

/* Operators that are no names, and the brackets. */
static const struct {
    struct str text;
    uint8_t kind;
} reserved[] = {
    { STR_INIT("="), S_EQUALS }, { STR_INIT("=>"), S_ARROW }, { STR_INIT("<-"), S_GENERATOR },
    { STR_INIT(":"), S_COLON },  { STR_INIT("@"), S_AT },     { STR_INIT("#"), S_HASH },
    { STR_INIT("<:"), S_BOUND }, { STR_INIT(">:"), S_BOUND }, { STR_INIT("<%"), S_BOUND },
};

void scala_lex_init(struct scala_lexer *l, struct str source)
{
    if (str_has_prefix(source, STR("\xEF\xBB\xBF")))
        source = str_from_pos(source, 3);
    *l = (struct scala_lexer){ .at = source.ptr,
                               .end = source.ptr + source.len,
                               .line_start = source.ptr,
                               .line = 1,
                               .is_new_line = true };
}

static char peek(const struct scala_lexer *l, size_t ahead)
{
    return (size_t)(l->end - l->at) > ahead ? l->at[ahead] : '\0';
}

static struct str rest(const struct scala_lexer *l)
{
    return (struct str){ l->at, (size_t)(l->end - l->at) };
}

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static bool is_symbol(char c)
{
    return c != '\0' && strchr("!#%&*+-/:<=>?@\\^|~", c) != NULL;
}

static void line_end(struct scala_lexer *l)
{
    l->at += l->at[0] == '\r' && peek(l, 1) == '\n' ? 2 : 1;
    l->line++;
    l->line_start = l->at;
    l->is_new_line = true;
}

static void skip_to_line_end(struct scala_lexer *l)
{
    while (l->at < l->end && !is_line_end(*l->at))
        l->at++;
}

/* Comments nest. */
static void skip_comment(struct scala_lexer *l)
{
    size_t depth = 0;
    while (l->at < l->end) {
        if (*l->at == '/' && peek(l, 1) == '*') {
            depth++;
            l->at += 2;
        } else if (*l->at == '*' && peek(l, 1) == '/') {
            l->at += 2;
            if (--depth == 0)
                return;
        } else if (is_line_end(*l->at)) {
            line_end(l);
        } else {
            l->at++;
        }
    }
}

/* Bytes of a blank: also those that pasted text has (no-break space, zero-width space, byte order
 * mark, ideographic space), and HOLE_BYTE. */
static size_t blank(const struct scala_lexer *l)
{
    static const struct str odd[] = { STR_INIT("\xC2\xA0"), STR_INIT("\xE2\x80\x8B"),
                                      STR_INIT("\xEF\xBB\xBF"), STR_INIT("\xE3\x80\x80") };
    char c = *l->at;
    if (c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == HOLE_BYTE || c == '\0')
        return 1;
    for (size_t i = 0; (unsigned char)c >= 0xC2 && i < ARRAY_LEN(odd); i++)
        if (str_has_prefix(rest(l), odd[i]))
            return odd[i].len;
    return 0;
}

static void skip_blanks(struct scala_lexer *l)
{
    while (l->at < l->end) {
        size_t n = blank(l);
        if (n > 0)
            l->at += n;
        else if (is_line_end(*l->at))
            line_end(l);
        else if (*l->at == '/' && peek(l, 1) == '/')
            skip_to_line_end(l);
        else if (*l->at == '/' && peek(l, 1) == '*')
            skip_comment(l);
        else
            return;
    }
}

static bool skip_string(struct scala_lexer *l, bool has_parts, bool *is_triple, unsigned depth);

/* Behind "${": up to behind its "}", which stands at most so many lines below. */
static bool skip_code(struct scala_lexer *l, uint32_t max_lines, unsigned depth)
{
    size_t braces = 0;
    uint32_t line = l->line;
    while (l->at < l->end) {
        char c = *l->at;
        bool is_triple;
        if (c == '"') {
            bool has_parts = is_letter(l->at[-1]);
            if (!skip_string(l, has_parts, &is_triple, depth + 1))
                return false;
            continue;
        }
        if (c == '`' || c == '\'') {
            size_t n = peek(l, 1) == '\\' ? 3 : 2;
            l->at += c == '\'' && peek(l, n) == '\'' ? n + 1 : 1;
            continue;
        }
        if (is_line_end(c)) {
            if (l->line - line >= max_lines)
                return false;
            line_end(l);
            continue;
        }
        l->at++;
        if (c == '{')
            braces++;
        else if (c == '}' && braces-- == 0)
            return true;
    }
    return false;
}

/* At a quote within a string: step over the end of the string, if it is that. */
static bool take_quotes(struct scala_lexer *l, bool is_triple)
{
    if (is_triple && (peek(l, 1) != '"' || peek(l, 2) != '"'))
        return false;
    l->at++;
    while (is_triple && l->at < l->end && *l->at == '"') /* quotes may stand before the end */
        l->at++;
    return true;
}

/* At the opening quote, up to behind the end; false if it has none. */
static bool skip_string(struct scala_lexer *l, bool has_parts, bool *is_triple, unsigned depth)
{
    *is_triple = peek(l, 1) == '"' && peek(l, 2) == '"';
    if (depth > STRING_DEPTH_MAX)
        return false;
    l->at += *is_triple ? 3 : 1;
    while (l->at < l->end) {
        char c = *l->at;
        if (has_parts && c == '$' && peek(l, 1) == '{') {
            l->at += 2;
            if (!skip_code(l, *is_triple ? UINT32_MAX : CODE_LINES_MAX, depth))
                return false;
        } else if (has_parts && c == '$' && peek(l, 1) == '$') {
            l->at += 2;
        } else if (c == '"' && take_quotes(l, *is_triple)) {
            return true;
        } else if (c == '\\' && !*is_triple && l->end - l->at > 1 && !is_line_end(l->at[1])) {
            l->at += 2;
        } else if (is_line_end(c)) {
            if (!*is_triple)
                return false;
            line_end(l);
        } else {
            l->at++;
        }
    }
    return false;
}

/* At the quote; t->ptr is at the name before it, if there is one.  What was passed over to learn
 * that the string has no end is not read again. */
static void lex_string(struct scala_lexer *l, struct scala_token *t)
{
    size_t prefix = (size_t)(l->at - t->ptr);
    struct str name = { t->ptr, prefix };
    t->kind = S_STRING;
    t->form = prefix == 0                ? '\0'
              : str_eq(name, STR("raw")) ? 'R'
              : str_eq(name, STR("f"))   ? 'f'
                                         : 's';
    if (skip_string(l, prefix > 0, &t->is_triple, 0)) {
        t->opener = (uint8_t)(prefix + (t->is_triple ? 3 : 1));
        t->closer = t->is_triple ? 3 : 1;
        return;
    }
    t->kind = S_BAD;
}

static void lex_symbols(struct scala_lexer *l, struct scala_token *t)
{
    while (l->at < l->end && is_symbol(*l->at) &&
           !(l->at > t->ptr && *l->at == '/' && (peek(l, 1) == '/' || peek(l, 1) == '*')))
        l->at++;
    if (l->at == t->ptr)
        l->at++;
}

static void lex_name(struct scala_lexer *l, struct scala_token *t)
{
    while (l->at < l->end && (is_letter(*l->at) || is_digit(*l->at)) && blank(l) == 0)
        l->at++;
    struct str word = { t->ptr, (size_t)(l->at - t->ptr) };
    t->kind = S_NAME;
    if (peek(l, 0) == '"') {
        if (word.len < 200) {
            lex_string(l, t);
            return;
        }
    } else if (word.len > 1 && word.ptr[word.len - 1] == '_' && is_symbol(peek(l, 0))) {
        while (l->at < l->end && is_symbol(*l->at))
            l->at++;
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (str_eq(word, keywords[i].text))
            t->kind = keywords[i].kind;
}

static bool is_hex_digit(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static void lex_number(struct scala_lexer *l)
{
    if (*l->at == '0' && (peek(l, 1) | 0x20) == 'x') {
        l->at += 2;
        while (l->at < l->end && (is_hex_digit(*l->at) || *l->at == '_'))
            l->at++;
    } else {
        bool has_dot = false;
        for (; l->at < l->end; l->at++) {
            char c = *l->at;
            bool has_sign = peek(l, 1) == '+' || peek(l, 1) == '-';
            if (c == '.' && !has_dot && is_digit(peek(l, 1)))
                has_dot = true;
            else if ((c | 0x20) == 'e' && is_digit(peek(l, has_sign ? 2 : 1)))
                l->at += has_sign;
            else if (!is_digit(c) && c != '_')
                break;
        }
    }
    char suffix = (char)(peek(l, 0) | 0x20);
    if ((suffix == 'l' || suffix == 'f' || suffix == 'd') && !is_letter(peek(l, 1)))
        l->at++;
}

/* 'c' or '\n' or 'symbol. */
static void lex_character(struct scala_lexer *l, struct scala_token *t)
{
    size_t n = 1;
    t->kind = S_STRING;
    t->opener = 1;
    if (peek(l, 1) == '\\')
        n = peek(l, 2) == 'u' ? 6 : 2;
    else
        while (n < 4 && ((unsigned char)peek(l, n + 1) & 0xC0) == 0x80)
            n++;
    if (peek(l, 1) != '\0' && !is_line_end(peek(l, 1)) && peek(l, n + 1) == '\'') {
        t->closer = 1;
        l->at += n + 2;
        return;
    }
    l->at++;
    if (!is_letter(peek(l, 0)))
        t->kind = S_BAD;
    while (l->at < l->end && (is_letter(*l->at) || is_digit(*l->at)))
        l->at++;
}

static void lex_backticks(struct scala_lexer *l, struct scala_token *t)
{
    t->kind = S_NAME;
    t->opener = t->closer = 1;
    for (l->at++; l->at < l->end && !is_line_end(*l->at); l->at++)
        if (*l->at == '`') {
            l->at++;
            return;
        }
    t->kind = S_BAD;
}

static void lex_operator(struct scala_lexer *l, struct scala_token *t)
{
    static const char brackets[] = "()[]{},;.";
    const char *bracket = *l->at == '\0' ? NULL : strchr(brackets, *l->at);
    if (bracket != NULL) {
        l->at++;
        static const uint8_t kinds[] = { S_LPAREN, S_RPAREN, S_LBRACKET,  S_RBRACKET, S_LBRACE,
                                         S_RBRACE, S_COMMA,  S_SEMICOLON, S_DOT };
        t->kind = kinds[bracket - brackets];
        return;
    }
    t->kind = is_symbol(*l->at) ? S_OPERATOR : S_BAD;
    lex_symbols(l, t);
    struct str word = { t->ptr, (size_t)(l->at - t->ptr) };
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
        if (str_eq(word, reserved[i].text))
            t->kind = reserved[i].kind;
}

/* The arrows of older sources. */
static bool lex_arrow(struct scala_lexer *l, struct scala_token *t)
{
    static const struct {
        struct str text;
        uint8_t kind;
    } arrows[] = { { STR_INIT("\xE2\x87\x92"), S_ARROW },
                   { STR_INIT("\xE2\x86\x90"), S_GENERATOR },
                   { STR_INIT("\xE2\x86\x92"), S_OPERATOR } };
    for (size_t i = 0; i < ARRAY_LEN(arrows); i++)
        if (str_has_prefix(rest(l), arrows[i].text)) {
            l->at += arrows[i].text.len;
            t->kind = arrows[i].kind;
            return true;
        }
    return false;
}

void scala_lex(struct scala_lexer *l, struct scala_token *t)
{
    const char *before = l->at;
    skip_blanks(l);
    *t = (struct scala_token){ .kind = S_END,
                               .begins_line = l->is_new_line,
                               .is_adjacent = l->at == before,
                               .line = l->line,
                               .col = (uint32_t)(l->at - l->line_start) + 1,
                               .ptr = l->at };
    if (l->at == l->end)
        return;
    char c = *l->at;
    l->is_new_line = false;
    if ((unsigned char)c == 0xE2 && lex_arrow(l, t))
        ;
    else if (is_letter(c))
        lex_name(l, t);
    else if (is_digit(c) || (c == '.' && is_digit(peek(l, 1)) && !t->is_adjacent)) {
        t->kind = S_NUMBER;
        lex_number(l);
    } else if (c == '"')
        lex_string(l, t);
    else if (c == '\'')
        lex_character(l, t);
    else if (c == '`')
        lex_backticks(l, t);
    else
        lex_operator(l, t);
    l->is_new_line = false;
    t->len = (size_t)(l->at - t->ptr);
}

void scala_lex_skip_line(struct scala_lexer *l, const struct scala_token *t)
{
    const char *ptr = t->ptr;
    while (ptr < l->end && !is_line_end(*ptr))
        ptr++;
    if (ptr > l->at)
        l->at = ptr;
}

size_t scala_lex_code_end(struct str text, size_t from)
{
    struct scala_lexer l = { .at = text.ptr + from, .end = text.ptr + text.len };
    bool is_ended = skip_code(&l, UINT32_MAX, 0);
    return (size_t)(l.at - text.ptr) - (is_ended ? 1 : 0);
}
