/*
 * python_lex: see python_lex_internal.h.  One table of character classes, one of operators, one of
 * keywords; text is never copied.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/python_lex_internal.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { TAB_WIDTH = 8 };

/* Classes of characters. */
enum {
    C_BLANK = 1,   /* space, tab, form feed */
    C_NAME = 2,    /* begins a name; all bytes from 0x80 */
    C_DIGIT = 4,   /* 0-9 */
    C_LINE = 8,    /* \n and \r */
    C_QUOTE = 16,  /* " and ' */
    C_STOP = 32,   /* may end or change a string: quotes, backslash, line ends */
    C_PREFIX = 64, /* may stand in the prefix of a string */
    C_WORD = 128,  /* goes on with a name, of the ASCII characters */
};

#define L (C_NAME | C_WORD)
#define P (C_NAME | C_WORD | C_PREFIX)
#define D (C_DIGIT | C_WORD)
#define OF_4(c) [c] = C_NAME, [(c) + 1] = C_NAME, [(c) + 2] = C_NAME, [(c) + 3] = C_NAME
#define OF_16(c) OF_4(c), OF_4((c) + 4), OF_4((c) + 8), OF_4((c) + 12)
/* clang-format off */
static const uint8_t classes[256] = {
    ['\t'] = C_BLANK, ['\f'] = C_BLANK, [' '] = C_BLANK,
    ['\n'] = C_LINE | C_STOP, ['\r'] = C_LINE | C_STOP,
    ['"'] = C_QUOTE | C_STOP, ['\''] = C_QUOTE | C_STOP, ['\\'] = C_STOP,
    ['0'] = D, ['1'] = D, ['2'] = D, ['3'] = D, ['4'] = D,
    ['5'] = D, ['6'] = D, ['7'] = D, ['8'] = D, ['9'] = D,
    ['A'] = L, ['B'] = P, ['C'] = L, ['D'] = L, ['E'] = L, ['F'] = P, ['G'] = L, ['H'] = L,
    ['I'] = L, ['J'] = L, ['K'] = L, ['L'] = L, ['M'] = L, ['N'] = L, ['O'] = L, ['P'] = L,
    ['Q'] = L, ['R'] = P, ['S'] = L, ['T'] = L, ['U'] = P, ['V'] = L, ['W'] = L, ['X'] = L,
    ['Y'] = L, ['Z'] = L, ['_'] = L,
    ['a'] = L, ['b'] = P, ['c'] = L, ['d'] = L, ['e'] = L, ['f'] = P, ['g'] = L, ['h'] = L,
    ['i'] = L, ['j'] = L, ['k'] = L, ['l'] = L, ['m'] = L, ['n'] = L, ['o'] = L, ['p'] = L,
    ['q'] = L, ['r'] = P, ['s'] = L, ['t'] = L, ['u'] = P, ['v'] = L, ['w'] = L, ['x'] = L,
    ['y'] = L, ['z'] = L,
    OF_16(0x80), OF_16(0x90), OF_16(0xA0), OF_16(0xB0), OF_16(0xC0), OF_16(0xD0), OF_16(0xE0),
    OF_16(0xF0),
};
/* clang-format on */
#undef L
#undef P
#undef D
#undef OF_4
#undef OF_16

/* What a character begins: alone, before "=", doubled, doubled before "=". */
static const struct {
    uint8_t one, with_equals, doubled;
    uint8_t aug, doubled_aug; /* enum node_op of T_AUG */
} operators[128] = {
    ['+'] = { T_PLUS, T_AUG, 0, OP_ADD, 0 },
    ['-'] = { T_MINUS, T_AUG, 0, OP_SUB, 0 },
    ['*'] = { T_STAR, T_AUG, T_POW, OP_MUL, OP_POW },
    ['/'] = { T_SLASH, T_AUG, T_FLOORDIV, OP_DIV, OP_FLOORDIV },
    ['%'] = { T_PERCENT, T_AUG, 0, OP_MOD, 0 },
    ['@'] = { T_AT, T_AUG, 0, OP_MATMUL, 0 },
    ['&'] = { T_AMP, T_AUG, 0, OP_BITAND, 0 },
    ['|'] = { T_PIPE, T_AUG, 0, OP_BITOR, 0 },
    ['^'] = { T_CARET, T_AUG, 0, OP_BITXOR, 0 },
    ['<'] = { T_LT, T_LE, T_SHL, 0, OP_SHL },
    ['>'] = { T_GT, T_GE, T_SHR, 0, OP_SHR },
    ['='] = { T_ASSIGN, T_EQ, 0, 0, 0 },
    ['!'] = { T_BANG, T_NE, 0, 0, 0 },
    [':'] = { T_COLON, T_WALRUS, 0, 0, 0 },
    ['~'] = { T_TILDE, 0, 0, 0, 0 },
    ['('] = { T_LPAREN, 0, 0, 0, 0 },
    [')'] = { T_RPAREN, 0, 0, 0, 0 },
    ['['] = { T_LBRACKET, 0, 0, 0, 0 },
    [']'] = { T_RBRACKET, 0, 0, 0, 0 },
    ['{'] = { T_LBRACE, 0, 0, 0, 0 },
    ['}'] = { T_RBRACE, 0, 0, 0, 0 },
    [','] = { T_COMMA, 0, 0, 0, 0 },
    [';'] = { T_SEMICOLON, 0, 0, 0, 0 },
    ['.'] = { T_DOT, 0, 0, 0, 0 },
    ['?'] = { T_QUESTION, 0, 0, 0, 0 },
    ['`'] = { T_BACKTICK, 0, 0, 0, 0 },
};

/* At keyword_slot() of each keyword, which no two share. */
static const struct {
    struct str text;
    uint8_t kind;
} keywords[128] = {
    [0] = { STR_INIT("break"), T_BREAK },
    [11] = { STR_INIT("del"), T_DEL },
    [17] = { STR_INIT("global"), T_GLOBAL },
    [25] = { STR_INIT("from"), T_FROM },
    [26] = { STR_INIT("nonlocal"), T_NONLOCAL },
    [29] = { STR_INIT("lambda"), T_LAMBDA },
    [32] = { STR_INIT("finally"), T_FINALLY },
    [34] = { STR_INIT("False"), T_FALSE },
    [37] = { STR_INIT("in"), T_IN },
    [39] = { STR_INIT("async"), T_ASYNC },
    [41] = { STR_INIT("None"), T_NONE },
    [42] = { STR_INIT("try"), T_TRY },
    [47] = { STR_INIT("True"), T_TRUE },
    [48] = { STR_INIT("and"), T_AND },
    [50] = { STR_INIT("return"), T_RETURN },
    [64] = { STR_INIT("else"), T_ELSE },
    [66] = { STR_INIT("continue"), T_CONTINUE },
    [73] = { STR_INIT("def"), T_DEF },
    [74] = { STR_INIT("yield"), T_YIELD },
    [75] = { STR_INIT("elif"), T_ELIF },
    [77] = { STR_INIT("if"), T_IF },
    [78] = { STR_INIT("raise"), T_RAISE },
    [79] = { STR_INIT("for"), T_FOR },
    [83] = { STR_INIT("while"), T_WHILE },
    [84] = { STR_INIT("as"), T_AS },
    [87] = { STR_INIT("or"), T_OR },
    [89] = { STR_INIT("class"), T_CLASS },
    [92] = { STR_INIT("is"), T_IS },
    [98] = { STR_INIT("await"), T_AWAIT },
    [99] = { STR_INIT("assert"), T_ASSERT },
    [101] = { STR_INIT("pass"), T_PASS },
    [103] = { STR_INIT("except"), T_EXCEPT },
    [107] = { STR_INIT("import"), T_IMPORT },
    [109] = { STR_INIT("not"), T_NOT },
    [115] = { STR_INIT("with"), T_WITH },
};

static size_t keyword_slot(const char *text, size_t len)
{
    return ((unsigned char)text[0] + 11U * (unsigned char)text[len - 1] + len) & 127;
}

enum token_kind python_keyword(const char *text, size_t len)
{
    size_t slot = keyword_slot(text, len);
    return str_eq(keywords[slot].text, (struct str){ text, len }) ? keywords[slot].kind : T_NAME;
}

static uint8_t class_of(char c)
{
    return classes[(unsigned char)c];
}

static char peek(const struct lexer *l, size_t ahead)
{
    return (size_t)(l->end - l->at) > ahead ? l->at[ahead] : '\0';
}

void python_lex_init(struct lexer *l, struct str source, uint32_t first_line)
{
    if (str_has_prefix(source, STR("\xEF\xBB\xBF")))
        source = str_from_pos(source, 3);
    *l = (struct lexer){ .at = source.ptr,
                         .end = source.ptr + source.len,
                         .line_start = source.ptr,
                         .line = first_line,
                         .at_line_start = true };
}

void python_lex_line_end(struct lexer *l)
{
    l->at += l->at[0] == '\r' && peek(l, 1) == '\n' ? 2 : 1;
    l->line++;
    l->line_start = l->at;
}

static void skip_to_line_end(struct lexer *l)
{
    struct str rest = { l->at, (size_t)(l->end - l->at) };
    rest = str_slice(rest, 0, str_find_char(rest, '\n'));
    l->at += str_slice(rest, 0, str_find_char(rest, '\r')).len;
}

struct str python_lex_raw_line(struct lexer *l, bool *is_continued)
{
    const char *start = l->at;
    *is_continued = false;
    for (;;) {
        skip_to_line_end(l);
        if (l->at == l->end || l->at == start || l->at[-1] != '\\')
            return (struct str){ start, (size_t)(l->at - start) };
        *is_continued = true;
        python_lex_line_end(l);
    }
}

/* Bytes of a blank that Python does not know but that pasted text has: no-break space, zero-width
 * space, byte order mark; 0 if there is none. */
static size_t odd_blank(const struct lexer *l)
{
    static const struct str blanks[] = { STR_INIT("\xC2\xA0"), STR_INIT("\xE2\x80\x8B"),
                                         STR_INIT("\xEF\xBB\xBF"), STR_INIT("\xE3\x80\x80") };
    struct str rest = { l->at, (size_t)(l->end - l->at) };
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (str_has_prefix(rest, blanks[i]))
            return blanks[i].len;
    return 0;
}

/* A backslash at the line's end: step over both. */
static bool skip_continuation(struct lexer *l)
{
    if (peek(l, 0) != '\\' || (class_of(peek(l, 1)) & C_LINE) == 0 || l->end - l->at < 2)
        return false;
    l->at++;
    python_lex_line_end(l);
    return true;
}

/* Blanks, comments, continued lines, and inside brackets line ends. */
static void skip_blanks(struct lexer *l)
{
    while (l->at < l->end) {
        const char *at = l->at;
        while (at < l->end && (class_of(*at) & C_BLANK))
            at++;
        l->at = at;
        if (at == l->end)
            return;
        uint8_t class = class_of(*at);
        if (*at == '#')
            skip_to_line_end(l);
        else if (((class & C_LINE) && l->depth > 0))
            python_lex_line_end(l);
        else if ((unsigned char)*l->at >= 0x80 && odd_blank(l) > 0)
            l->at += odd_blank(l);
        else if (!skip_continuation(l))
            return;
    }
}

/* Pass over the blanks that a line begins with: the width of them. */
static uint32_t measure_indent(struct lexer *l)
{
    uint32_t indent = 0;
    size_t n;
    for (; l->at < l->end; l->at += n) {
        n = 1;
        if (*l->at == ' ')
            indent++;
        else if (*l->at == '\t')
            indent = (indent / TAB_WIDTH + 1) * TAB_WIDTH;
        else if (*l->at == '\f')
            indent = 0;
        else if ((unsigned char)*l->at >= 0x80 && (n = odd_blank(l)) > 0)
            indent++;
        else
            break;
    }
    return indent;
}

/* At the start of a line: pass over blank lines and measure the indent of the next one. */
static void start_line(struct lexer *l)
{
    l->at_line_start = false;
    for (;;) {
        l->indent = measure_indent(l);
        if (l->at < l->end && *l->at == '#')
            skip_to_line_end(l);
        if (l->at == l->end || (class_of(*l->at) & C_LINE) == 0)
            return;
        python_lex_line_end(l);
    }
}

/* The end of the run of bytes from at that neither end nor change a string. */
static const char *plain_run(const char *at, const char *end)
{
#ifdef __SSE2__
    for (; end - at >= 16; at += 16) {
        __m128i bytes;
        memcpy(&bytes, at, sizeof bytes);
        __m128i is_quote = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\'')));
        __m128i is_line = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')),
                                       _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')));
        __m128i is_mark = _mm_or_si128(is_line, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        unsigned stops = (unsigned)_mm_movemask_epi8(_mm_or_si128(is_quote, is_mark));
        if (stops != 0)
            return at + __builtin_ctz(stops);
    }
#endif
    while (at < end && (class_of(*at) & C_STOP) == 0)
        at++;
    return at;
}

/* Behind the opening quote of a string that is no f-string, up to behind its end. */
static void lex_string_rest(struct lexer *l, struct token *t, char quote)
{
    bool is_triple = (t->flags & TOKEN_IS_TRIPLE) != 0;
    while (l->at < l->end) {
        const char *at = plain_run(l->at, l->end);
        l->at = at;
        if (at == l->end)
            break;
        char c = *at;
        if (c == quote) {
            l->at++;
            if (!is_triple)
                return;
            if (peek(l, 0) == quote && peek(l, 1) == quote) {
                l->at += 2;
                return;
            }
        } else if (c == '\\' && l->end - l->at > 1) {
            if ((t->flags & TOKEN_IS_RAW) == 0)
                t->flags |= TOKEN_HAS_ESCAPES;
            l->at++;
            if (class_of(*l->at) & C_LINE) {
                if (*l->at == '\r')
                    t->flags |= TOKEN_HAS_ESCAPES;
                python_lex_line_end(l);
            } else {
                l->at++;
            }
        } else if (class_of(c) & C_LINE) {
            if (!is_triple)
                break;
            if (c == '\r')
                t->flags |= TOKEN_HAS_ESCAPES;
            python_lex_line_end(l);
        } else {
            l->at++;
        }
    }
    t->kind = T_BAD;
}

/* At the quote; t->ptr is at the prefix. */
static void lex_string(struct lexer *l, struct token *t, uint8_t flags)
{
    char quote = *l->at++;
    t->kind = T_STRING;
    t->flags = flags;
    if (peek(l, 0) == quote && peek(l, 1) == quote) {
        t->flags |= TOKEN_IS_TRIPLE;
        l->at += 2;
    }
    t->opener = (uint8_t)(l->at - t->ptr);
    if ((flags & TOKEN_IS_FORMATTED) && !l->skips_fstrings)
        t->kind = T_FSTRING;
    else
        lex_string_rest(l, t, quote);
    t->len = (size_t)(l->at - t->ptr);
}

/* The flags of a string's prefix, or 0xFF if text is none. */
static uint8_t prefix_flags(const char *text, size_t len)
{
    unsigned flags = 0;
    for (size_t i = 0; i < len; i++) {
        switch (text[i] | 0x20) {
        case 'r':
            flags |= TOKEN_IS_RAW;
            break;
        case 'b':
            flags |= TOKEN_IS_BYTES;
            break;
        case 'f':
            flags |= TOKEN_IS_FORMATTED;
            break;
        case 'u':
            break;
        default:
            return 0xFF;
        }
    }
    return (uint8_t)flags;
}

static void lex_name(struct lexer *l, struct token *t)
{
    for (;;) {
        const char *at = l->at;
        while (at < l->end && (class_of(*at) & C_WORD))
            at++;
        l->at = at;
        if (at == l->end || (signed char)*at >= 0 || odd_blank(l) > 0)
            break;
        l->at++;
    }
    t->len = (size_t)(l->at - t->ptr);
    if (t->len <= 2 && l->at < l->end && (class_of(*l->at) & C_QUOTE)) {
        uint8_t flags = prefix_flags(t->ptr, t->len);
        if (flags != 0xFF) {
            lex_string(l, t, flags);
            return;
        }
    }
    t->kind = (uint8_t)python_keyword(t->ptr, t->len);
}

static void skip_digits(struct lexer *l)
{
    while (l->at < l->end && ((class_of(*l->at) & C_DIGIT) || *l->at == '_'))
        l->at++;
}

static bool is_hex_digit(char c)
{
    return (class_of(c) & C_DIGIT) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Decimal, 0x 0o 0b, fractions, exponents, j; Python 2's L and leading zeros. */
static void lex_number(struct lexer *l, struct token *t)
{
    t->kind = T_NUMBER;
    char base = (char)(peek(l, 1) | 0x20);
    if (*l->at == '0' && (base == 'x' || base == 'o' || base == 'b')) {
        l->at += 2;
        while (l->at < l->end && (is_hex_digit(*l->at) || *l->at == '_'))
            l->at++;
    } else {
        skip_digits(l);
        if (peek(l, 0) == '.') {
            l->at++;
            skip_digits(l);
        }
        size_t sign = peek(l, 1) == '+' || peek(l, 1) == '-' ? 1 : 0;
        if ((peek(l, 0) | 0x20) == 'e' && (class_of(peek(l, 1 + sign)) & C_DIGIT)) {
            l->at += 2 + sign;
            skip_digits(l);
        }
    }
    char suffix = (char)(peek(l, 0) | 0x20);
    if (suffix == 'j' || suffix == 'l')
        if ((class_of(peek(l, 1)) & (C_NAME | C_DIGIT)) == 0)
            l->at++;
    t->len = (size_t)(l->at - t->ptr);
}

static void lex_operator(struct lexer *l, struct token *t)
{
    unsigned char c = (unsigned char)*l->at++;
    t->kind = c < 128 && operators[c].one != 0 ? operators[c].one : T_BAD;
    char next = peek(l, 0);
    if (t->kind == T_BAD) {
        ;
    } else if (operators[c].doubled != 0 && next == (char)c) {
        l->at++;
        t->kind = operators[c].doubled;
        if (peek(l, 0) == '=') {
            l->at++;
            t->kind = T_AUG;
            t->op = operators[c].doubled_aug;
        }
    } else if (operators[c].with_equals != 0 && next == '=' &&
               !(c == ':' && l->field_depth != 0 && l->depth == l->field_depth)) {
        l->at++;
        t->kind = operators[c].with_equals;
        t->op = operators[c].aug;
    } else if (c == '-' && next == '>') {
        l->at++;
        t->kind = T_ARROW;
    } else if (c == '<' && next == '>') {
        l->at++;
        t->kind = T_NE;
    } else if (c == '.' && next == '.' && peek(l, 1) == '.') {
        l->at += 2;
        t->kind = T_ELLIPSIS;
    }
    t->len = (size_t)(l->at - t->ptr);
}

static void count_brackets(struct lexer *l, const struct token *t)
{
    if (t->kind == T_LPAREN || t->kind == T_LBRACKET || t->kind == T_LBRACE)
        l->depth++;
    else if ((t->kind == T_RPAREN || t->kind == T_RBRACKET || t->kind == T_RBRACE) && l->depth > 0)
        l->depth--;
}

void python_lex(struct lexer *l, struct token *t)
{
    if (l->at_line_start)
        start_line(l);
    skip_blanks(l);
    *t = (struct token){
        .kind = T_END, .line = l->line, .col = (uint32_t)(l->at - l->line_start) + 1, .ptr = l->at
    };
    if (l->at == l->end)
        return;
    char c = *l->at;
    uint8_t class = class_of(c);
    if (class & C_NAME) {
        lex_name(l, t);
    } else if ((class & C_DIGIT) || (c == '.' && (class_of(peek(l, 1)) & C_DIGIT))) {
        lex_number(l, t);
    } else if (class & C_QUOTE) {
        lex_string(l, t, 0);
    } else if (class & C_LINE) {
        t->kind = T_NEWLINE;
        python_lex_line_end(l);
        l->at_line_start = true;
    } else {
        lex_operator(l, t);
        count_brackets(l, t);
    }
}
