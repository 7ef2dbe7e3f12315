/* code_token: see code_token.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/code_token.h"

static char byte_at(const struct code_tokens *t, size_t at)
{
    return at < t->text.len ? t->text.ptr[at] : '\0';
}

enum { NAME_START = 1, DIGIT = 2, BLANK = 4 };

#define FOUR(x) x, x, x, x
#define SIXTEEN(x) FOUR(x), FOUR(x), FOUR(x), FOUR(x)
#define N NAME_START
#define D DIGIT
#define B BLANK
/* By byte, from 0x00: \t \n \f \r and the blank; 0-9; A-Z _ a-z; all from 0x80 on. */
static const unsigned char classes[256] = {
    0,          0,          0,          0,          0, 0, 0, 0, 0, B, B, 0, B, B, 0, 0, /* 00 */
    SIXTEEN(0),                                                                         /* 10 */
    B,          0,          0,          0,          0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 20 */
    D,          D,          D,          D,          D, D, D, D, D, D, 0, 0, 0, 0, 0, 0, /* 30 */
    0,          N,          N,          N,          N, N, N, N, N, N, N, N, N, N, N, N, /* 40 */
    N,          N,          N,          N,          N, N, N, N, N, N, N, 0, 0, 0, 0, N, /* 50 */
    0,          N,          N,          N,          N, N, N, N, N, N, N, N, N, N, N, N, /* 60 */
    N,          N,          N,          N,          N, N, N, N, N, N, N, 0, 0, 0, 0, 0, /* 70 */
    SIXTEEN(N), SIXTEEN(N), SIXTEEN(N), SIXTEEN(N), /* 80 to bf */
    SIXTEEN(N), SIXTEEN(N), SIXTEEN(N), SIXTEEN(N), /* c0 to ff */
};
#undef N
#undef D
#undef B
#undef FOUR
#undef SIXTEEN

static bool is_of(char c, unsigned which)
{
    return (classes[(unsigned char)c] & which) != 0;
}

static bool is_digit(char c)
{
    return is_of(c, DIGIT);
}

static bool is_name_start(char c)
{
    return is_of(c, NAME_START);
}

static bool is_name_part(const struct code_tokens *t, char c)
{
    return is_of(c, NAME_START | DIGIT) || (c == '.' && t->language == CODE_R);
}

/* Move to at, counting lines. */
static void move(struct code_tokens *t, size_t at)
{
    for (; t->at < at; t->at++)
        t->line += t->text.ptr[t->at] == '\n';
}

static size_t end_of_line(const struct code_tokens *t, size_t at)
{
    size_t end = str_find(t->text, STR("\n"), at);
    return end == SIZE_MAX ? t->text.len : end;
}

/* Where the comment at t->at ends; t->at itself when there is none. */
static size_t comment_end(const struct code_tokens *t)
{
    char c = byte_at(t, t->at), next = byte_at(t, t->at + 1);
    bool is_scala = t->language == CODE_SCALA, is_sql = t->language == CODE_SQL;
    if (c == '#' && !is_scala && !is_sql)
        return end_of_line(t, t->at);
    if ((c == '/' && next == '/' && is_scala) || (c == '-' && next == '-' && is_sql))
        return end_of_line(t, t->at);
    if (c == '/' && next == '*' && (is_scala || is_sql)) {
        size_t end = str_find(t->text, STR("*/"), t->at + 2);
        return end == SIZE_MAX ? t->text.len : end + 2;
    }
    return t->at;
}

static void skip(struct code_tokens *t)
{
    for (;;) {
        size_t at = t->at;
        for (; at < t->text.len && is_of(t->text.ptr[at], BLANK); at++)
            t->line += t->text.ptr[at] == '\n';
        t->at = at;
        size_t end = comment_end(t);
        if (end == at)
            return;
        move(t, end);
    }
}

/* Where the text that is quoted at at ends, behind its quotes. */
static size_t text_end(const struct code_tokens *t, size_t at)
{
    char quote = byte_at(t, at);
    bool is_triple = byte_at(t, at + 1) == quote && byte_at(t, at + 2) == quote &&
                     (t->language == CODE_PYTHON || t->language == CODE_SCALA);
    bool ends_with_line = t->language == CODE_PYTHON || t->language == CODE_SCALA;
    bool escapes = t->language != CODE_SQL;
    for (at += is_triple ? 3 : 1; at < t->text.len; at++) {
        char c = t->text.ptr[at];
        if (c == '\\' && escapes && at + 1 < t->text.len)
            at++;
        else if (c == '\n' && ends_with_line && !is_triple)
            return at;
        else if (c == quote && !is_triple)
            return at + 1;
        else if (c == quote && byte_at(t, at + 1) == quote && byte_at(t, at + 2) == quote)
            return at + 3;
    }
    return t->text.len;
}

/* A quote that opens a text: Scala's 'x is none, 'x' is. */
static bool is_text_at(const struct code_tokens *t, size_t at)
{
    char c = byte_at(t, at);
    if (c == '"')
        return true;
    if (c != '\'')
        return false;
    return t->language != CODE_SCALA || byte_at(t, at + 2) == '\'' || byte_at(t, at + 1) == '\\';
}

static size_t number_end(const struct code_tokens *t)
{
    size_t at = t->at + 1;
    for (; at < t->text.len; at++) {
        char c = t->text.ptr[at];
        bool is_exponent = (c == '-' || c == '+') && (t->text.ptr[at - 1] | 0x20) == 'e' &&
                           is_digit(byte_at(t, at + 1));
        if (!is_digit(c) && !is_name_start(c) && c != '.' && !is_exponent)
            break;
    }
    return at;
}

void code_tokens_init(struct code_tokens *t, struct str text, enum code_language language,
                      uint32_t first_line)
{
    *t = (struct code_tokens){ .text = text, .line = first_line, .language = language };
}

/* A name; f"..." and its like are one text. */
static size_t name_end(const struct code_tokens *t, struct code_token *out)
{
    size_t at = t->at;
    while (at < t->text.len && is_name_part(t, t->text.ptr[at]))
        at++;
    out->kind = CODE_TOKEN_NAME;
    if (at - t->at <= 2 && t->language == CODE_PYTHON && is_text_at(t, at)) {
        out->kind = CODE_TOKEN_TEXT;
        return text_end(t, at);
    }
    return at;
}

static size_t token_end(const struct code_tokens *t, struct code_token *out)
{
    char c = t->text.ptr[t->at];
    if (is_name_start(c))
        return name_end(t, out);
    out->kind = CODE_TOKEN_NUMBER;
    if (is_digit(c) || (c == '.' && is_digit(byte_at(t, t->at + 1))))
        return number_end(t);
    out->kind = CODE_TOKEN_TEXT;
    if (is_text_at(t, t->at))
        return text_end(t, t->at);
    out->kind = CODE_TOKEN_SIGN;
    return t->at + 1;
}

bool code_token_next(struct code_tokens *t, struct code_token *out)
{
    skip(t);
    if (t->at >= t->text.len)
        return false;
    size_t start = t->at;
    out->line = t->line;
    size_t end = token_end(t, out), tick = SIZE_MAX;
    if (t->text.ptr[start] == '`')
        tick = str_find(str_slice(t->text, 0, end_of_line(t, start)), STR("`"), start + 1);
    out->text = str_slice(t->text, start, end);
    if (tick != SIZE_MAX) {
        out->kind = CODE_TOKEN_NAME;
        out->text = str_slice(t->text, start + 1, tick);
        end = tick + 1;
    }
    if (out->kind == CODE_TOKEN_TEXT)
        move(t, end);
    t->at = end; /* no other token holds the end of a line */
    return true;
}
