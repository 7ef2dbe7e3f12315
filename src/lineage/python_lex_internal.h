/*
 * python_lex: Python text to tokens, one at a time, without memory of its own.
 *
 * The lexer counts brackets: inside them a line end is a blank.  There are no INDENT and DEDENT
 * tokens; the parser compares the indent of the lexer at the first token of each logical line.
 * An f-string is one token up to its opening quote; the parser reads on from there and calls the
 * lexer for each replacement field.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PYTHON_LEX_INTERNAL_H
#define LINEAGE_PYTHON_LEX_INTERNAL_H

#include "lineage/tree.h"

enum token_kind {
    T_END, /* of the text */
    T_BAD, /* nothing of Python's; nothing matches it, so that every loop of the parser ends */
    T_NEWLINE,
    T_NAME,
    T_NUMBER,
    T_STRING,
    T_FSTRING, /* an f-string's prefix and opening quote */
    /* operators and delimiters */
    T_LPAREN,
    T_RPAREN,
    T_LBRACKET,
    T_RBRACKET,
    T_LBRACE,
    T_RBRACE,
    T_COMMA,
    T_COLON,
    T_SEMICOLON,
    T_DOT,
    T_ELLIPSIS,
    T_ARROW,
    T_ASSIGN,
    T_AUG, /* op= ; the op is in token.op */
    T_WALRUS,
    T_BANG,
    T_QUESTION,
    T_BACKTICK,
    T_TILDE,
    T_PLUS,
    T_MINUS,
    T_STAR,
    T_POW,
    T_SLASH,
    T_FLOORDIV,
    T_PERCENT,
    T_AT,
    T_AMP,
    T_PIPE,
    T_CARET,
    T_SHL,
    T_SHR,
    T_EQ,
    T_NE,
    T_LT,
    T_LE,
    T_GT,
    T_GE,
    /* keywords, from T_FIRST_KEYWORD on */
    T_FALSE,
    T_NONE,
    T_TRUE,
    T_AND,
    T_AS,
    T_ASSERT,
    T_ASYNC,
    T_AWAIT,
    T_BREAK,
    T_CLASS,
    T_CONTINUE,
    T_DEF,
    T_DEL,
    T_ELIF,
    T_ELSE,
    T_EXCEPT,
    T_FINALLY,
    T_FOR,
    T_FROM,
    T_GLOBAL,
    T_IF,
    T_IMPORT,
    T_IN,
    T_IS,
    T_LAMBDA,
    T_NONLOCAL,
    T_NOT,
    T_OR,
    T_PASS,
    T_RAISE,
    T_RETURN,
    T_TRY,
    T_WHILE,
    T_WITH,
    T_YIELD,
    T_N_KINDS,
    T_FIRST_KEYWORD = T_FALSE
};

enum token_flag {
    TOKEN_IS_RAW = 1 << 0,
    TOKEN_IS_BYTES = 1 << 1,
    TOKEN_IS_TRIPLE = 1 << 2,
    TOKEN_IS_FORMATTED = 1 << 3,
    TOKEN_HAS_ESCAPES = 1 << 4, /* a backslash that means something, or a carriage return */
};

struct token {
    uint8_t kind;   /* enum token_kind */
    uint8_t op;     /* T_AUG: enum node_op */
    uint8_t flags;  /* T_STRING, T_FSTRING */
    uint8_t opener; /* T_STRING, T_FSTRING: bytes of the prefix and the opening quote */
    uint32_t line, col;
    const char *ptr;
    size_t len;
};

struct lexer {
    const char *at, *end;
    const char *line_start;
    uint32_t line;
    uint32_t depth;       /* open brackets and replacement fields */
    uint32_t field_depth; /* depth right inside the replacement field that is read; 0: none */
    uint32_t indent;      /* of the logical line: blanks before its first token, tabs to 8 */
    bool at_line_start;
    bool skips_fstrings; /* read f-strings whole, as T_STRING: for looking ahead */
};

void python_lex_init(struct lexer *l, struct str source, uint32_t first_line);

/* The next token.  At the end T_END, again and again. */
void python_lex(struct lexer *l, struct token *t);

/* From l->at to the end of the logical line that a magic or shell line is: a backslash at the end
 * of a line continues it.  l->at is moved to the line end.  *is_continued: there was a backslash.
 */
struct str python_lex_raw_line(struct lexer *l, bool *is_continued);

/* Step over one line end at l->at (\n, \r\n or \r) and count it. */
void python_lex_line_end(struct lexer *l);

/* The keyword that text is, or T_NAME. */
enum token_kind python_keyword(const char *text, size_t len);

#endif
