/*
 * r_lex: R text to tokens (R-lang 10.3, gram.c).  Comments and blanks are dropped; runs of line
 * ends become one token, because one token of look-ahead over them must be enough to find an
 * "else".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/r_internal.h"

#include "lineage/hole.h"
#include "util/attrs.h"

#include <string.h>

static const struct {
    struct str text;
    uint8_t kind;
} keywords[] = {
    { STR_INIT("function"), R_FUNCTION },
    { STR_INIT("if"), R_IF },
    { STR_INIT("else"), R_ELSE },
    { STR_INIT("for"), R_FOR },
    { STR_INIT("in"), R_IN },
    { STR_INIT("while"), R_WHILE },
    { STR_INIT("repeat"), R_REPEAT },
    { STR_INIT("break"), R_BREAK },
    { STR_INIT("next"), R_BREAK },
    { STR_INIT("TRUE"), R_CONST },
    { STR_INIT("FALSE"), R_CONST },
    { STR_INIT("NULL"), R_CONST },
    { STR_INIT("NA"), R_CONST },
    { STR_INIT("NA_character_"), R_CONST },
    { STR_INIT("NA_integer_"), R_CONST },
    { STR_INIT("NA_real_"), R_CONST },
    { STR_INIT("NA_complex_"), R_CONST },
};

/* Longer ones first among those with the same beginning. */
static const struct {
    struct str text;
    uint8_t kind;
} operators[] = {
    { STR_INIT("<<-"), R_ASSIGN },
    { STR_INIT("<-"), R_ASSIGN },
    { STR_INIT("->>"), R_RIGHT_ASSIGN },
    { STR_INIT("->"), R_RIGHT_ASSIGN },
    { STR_INIT("<="), R_LE },
    { STR_INIT("<"), R_LT },
    { STR_INIT(">="), R_GE },
    { STR_INIT(">"), R_GT },
    { STR_INIT("=="), R_EQ },
    { STR_INIT("="), R_EQUALS },
    { STR_INIT("!="), R_NE },
    { STR_INIT("!"), R_NOT },
    { STR_INIT("||"), R_OR },
    { STR_INIT("|>"), R_PIPE },
    { STR_INIT("|"), R_OR },
    { STR_INIT("&&"), R_AND },
    { STR_INIT("&"), R_AND },
    { STR_INIT(":::"), R_COLONS },
    { STR_INIT("::"), R_COLONS },
    { STR_INIT(":="), R_COLON_ASSIGN },
    { STR_INIT(":"), R_COLON },
    { STR_INIT("**"), R_POWER },
    { STR_INIT("*"), R_STAR },
    { STR_INIT("^"), R_POWER },
    { STR_INIT("+"), R_PLUS },
    { STR_INIT("-"), R_MINUS },
    { STR_INIT("/"), R_SLASH },
    { STR_INIT("~"), R_TILDE },
    { STR_INIT("$"), R_DOLLAR },
    { STR_INIT("@"), R_DOLLAR },
    { STR_INIT("[["), R_LBRACKETS },
    { STR_INIT("["), R_LBRACKET },
    { STR_INIT("]"), R_RBRACKET },
    { STR_INIT("("), R_LPAREN },
    { STR_INIT(")"), R_RPAREN },
    { STR_INIT("{"), R_LBRACE },
    { STR_INIT("}"), R_RBRACE },
    { STR_INIT(","), R_COMMA },
    { STR_INIT(";"), R_SEMICOLON },
    { STR_INIT("?"), R_HELP },
    { STR_INIT("\\"), R_BACKSLASH },
};

void r_lex_init(struct r_lexer *l, struct str source)
{
    if (str_has_prefix(source, STR("\xEF\xBB\xBF")))
        source = str_from_pos(source, 3);
    *l = (struct r_lexer){ .at = source.ptr,
                           .end = source.ptr + source.len,
                           .line_start = source.ptr,
                           .line = 1,
                           .is_new_line = true };
}

static char peek(const struct r_lexer *l, size_t ahead)
{
    return (size_t)(l->end - l->at) > ahead ? l->at[ahead] : '\0';
}

static struct str rest(const struct r_lexer *l)
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
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_name(char c)
{
    return is_letter(c) || is_digit(c) || c == '.' || c == '_';
}

static void line_end(struct r_lexer *l)
{
    l->at += l->at[0] == '\r' && peek(l, 1) == '\n' ? 2 : 1;
    l->line++;
    l->line_start = l->at;
    l->is_new_line = true;
}

static void skip_to_line_end(struct r_lexer *l)
{
    while (l->at < l->end && !is_line_end(*l->at))
        l->at++;
}

/* Bytes of a blank: also those that pasted text has (no-break space, zero-width space, byte order
 * mark, ideographic space), and HOLE_BYTE. */
static size_t blank(const struct r_lexer *l)
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

/* Blanks and comments. */
static void skip_blanks(struct r_lexer *l)
{
    while (l->at < l->end) {
        size_t n = blank(l);
        if (n > 0)
            l->at += n;
        else if (*l->at == '#')
            skip_to_line_end(l);
        else
            return;
    }
}

/* Behind the opening quote of an ordinary string or name, up to behind its end. */
static void lex_quoted(struct r_lexer *l, struct r_token *t, char quote)
{
    while (l->at < l->end) {
        char c = *l->at;
        if (c == quote) {
            l->at++;
            return;
        }
        if (c == '\\' && l->end - l->at > 1 && !is_line_end(l->at[1]))
            l->at += 2;
        else if (is_line_end(c))
            line_end(l);
        else
            l->at++;
    }
    t->kind = R_BAD;
}

/* r"---(...)---": at the r.  False if it is none. */
static bool lex_raw_string(struct r_lexer *l, struct r_token *t)
{
    char quote = peek(l, 1);
    size_t n_dashes = 0;
    if (quote != '"' && quote != '\'')
        return false;
    while (peek(l, 2 + n_dashes) == '-' && n_dashes < 100)
        n_dashes++;
    static const char open[] = "([{", close[] = ")]}";
    const char *bracket = memchr(open, peek(l, 2 + n_dashes), 3);
    if (bracket == NULL)
        return false;
    t->kind = R_STRING;
    t->is_raw = true;
    t->opener = (uint8_t)(3 + n_dashes);
    t->closer = (uint8_t)(2 + n_dashes);
    l->at += t->opener;
    while (l->at < l->end) {
        if (is_line_end(*l->at)) {
            line_end(l);
            continue;
        }
        size_t n = 1;
        if (*l->at == close[bracket - open]) {
            while (n <= n_dashes && peek(l, n) == '-')
                n++;
            if (n == n_dashes + 1 && peek(l, n) == quote) {
                l->at += n + 1;
                return true;
            }
        }
        l->at += n;
    }
    t->kind = R_BAD;
    return true;
}

static void lex_number(struct r_lexer *l)
{
    bool is_hex = *l->at == '0' && (peek(l, 1) | 0x20) == 'x';
    for (l->at += is_hex ? 2 : 0; l->at < l->end; l->at++) {
        char c = *l->at, low = (char)(c | 0x20);
        bool is_exponent = low == (is_hex ? 'p' : 'e');
        if (is_exponent && (peek(l, 1) == '+' || peek(l, 1) == '-') && is_digit(peek(l, 2)))
            l->at++;
        else if (!is_digit(c) && c != '.' && !is_exponent && !(is_hex && low >= 'a' && low <= 'f'))
            break;
    }
    if (peek(l, 0) == 'L' || peek(l, 0) == 'i')
        l->at++;
}

static void lex_name(struct r_lexer *l, struct r_token *t)
{
    while (l->at < l->end && is_name(*l->at) && blank(l) == 0)
        l->at++;
    struct str word = { t->ptr, (size_t)(l->at - t->ptr) };
    t->kind = R_NAME;
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (str_eq(word, keywords[i].text))
            t->kind = keywords[i].kind;
}

/* %any%: on one line. */
static void lex_percent(struct r_lexer *l, struct r_token *t)
{
    for (size_t n = 1; !is_line_end(peek(l, n)) && peek(l, n) != '\0' && n < 64; n++)
        if (peek(l, n) == '%') {
            l->at += n + 1;
            t->kind = R_PERCENT;
            return;
        }
    l->at++;
}

static void lex_operator(struct r_lexer *l, struct r_token *t)
{
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (str_has_prefix(rest(l), operators[i].text)) {
            l->at += operators[i].text.len;
            t->kind = operators[i].kind;
            return;
        }
    l->at++;
}

static void lex_lines(struct r_lexer *l, struct r_token *t)
{
    t->kind = R_NEWLINE;
    while (l->at < l->end && is_line_end(*l->at)) {
        line_end(l);
        skip_blanks(l);
    }
}

void r_lex(struct r_lexer *l, struct r_token *t)
{
    skip_blanks(l);
    *t = (struct r_token){ .kind = R_END,
                           .begins_line = l->is_new_line,
                           .line = l->line,
                           .col = (uint32_t)(l->at - l->line_start) + 1,
                           .ptr = l->at };
    if (l->at == l->end)
        return;
    char c = *l->at;
    t->kind = R_BAD;
    if (is_line_end(c)) {
        lex_lines(l, t);
        return;
    }
    l->is_new_line = false;
    if ((c == 'r' || c == 'R') && lex_raw_string(l, t)) {
        ;
    } else if (is_letter(c) || (c == '.' && !is_digit(peek(l, 1))) || c == '_') {
        lex_name(l, t);
    } else if (is_digit(c) || c == '.') {
        t->kind = R_NUMBER;
        lex_number(l);
    } else if (c == '"' || c == '\'' || c == '`') {
        t->kind = c == '`' ? R_NAME : R_STRING;
        t->opener = t->closer = 1;
        l->at++;
        lex_quoted(l, t, c);
    } else if (c == '%') {
        lex_percent(l, t);
    } else {
        lex_operator(l, t);
    }
    t->len = (size_t)(l->at - t->ptr);
}

void r_lex_skip_line(struct r_lexer *l, const struct r_token *t)
{
    const char *ptr = t->ptr;
    while (ptr < l->end && !is_line_end(*ptr))
        ptr++;
    if (ptr > l->at)
        l->at = ptr;
}
