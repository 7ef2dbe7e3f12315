/*
 * r_internal: the tokens of R and the parser that its files share; only for r_*.c and its tests.
 *
 * r_lex.c cuts tokens, r_text.c reads strings, r_parse.c has the grammar, r_call.c what becomes of
 * calls and pipes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_R_INTERNAL_H
#define LINEAGE_R_INTERNAL_H

#include "lineage/r.h"
#include "lineage/result.h"

enum r_kind {
    R_END,
    R_NEWLINE, /* one or more, with the blanks and comments between them */
    R_BAD,
    R_NAME, /* also in backticks */
    R_NUMBER,
    R_STRING,
    R_SEMICOLON,
    R_COMMA,
    R_LPAREN,
    R_RPAREN,
    R_LBRACE,
    R_RBRACE,
    R_LBRACKET,
    R_LBRACKETS, /* [[ */
    R_RBRACKET,
    R_BACKSLASH,
    /* operators; those between two operands have a row in r_parse.c */
    R_HELP,
    R_EQUALS,
    R_ASSIGN, /* <- <<- */
    R_COLON_ASSIGN,
    R_RIGHT_ASSIGN, /* -> ->> */
    R_TILDE,
    R_OR,
    R_AND,
    R_NOT,
    R_EQ,
    R_NE,
    R_LT,
    R_LE,
    R_GT,
    R_GE,
    R_PLUS,
    R_MINUS,
    R_STAR,
    R_SLASH,
    R_PERCENT, /* %any% */
    R_PIPE,    /* |> */
    R_COLON,
    R_POWER,
    R_DOLLAR, /* $ @ */
    R_COLONS, /* :: ::: */
    /* keywords */
    R_FUNCTION,
    R_IF,
    R_ELSE,
    R_FOR,
    R_IN,
    R_WHILE,
    R_REPEAT,
    R_BREAK, /* break, next */
    R_CONST, /* TRUE FALSE NULL NA NA_character_ ... */
    R_N_KINDS
};

struct r_token {
    uint8_t kind; /* enum r_kind */
    bool begins_line;
    uint8_t opener; /* of R_STRING: bytes before its text */
    uint8_t closer; /* and behind it */
    bool is_raw;    /* of R_STRING */
    uint32_t line, col;
    const char *ptr;
    size_t len;
};

struct r_lexer {
    const char *at, *end, *line_start;
    uint32_t line;
    bool is_new_line; /* nothing but blanks since the line's start */
};

void r_lex_init(struct r_lexer *l, struct str source);
void r_lex(struct r_lexer *l, struct r_token *t);
/* Go on behind the line that t begins; nothing was read behind t. */
void r_lex_skip_line(struct r_lexer *l, const struct r_token *t);

/* The text of a string or a name, without what surrounds it, escapes decoded. */
struct str r_text(struct arena *a, const struct r_token *t);

/* How tightly operators bind, loosest first (R-lang 10.4.2). */
enum r_precedence {
    P_NONE,
    P_HELP,
    P_EQUALS,
    P_ASSIGN,
    P_RIGHT_ASSIGN,
    P_TILDE,
    P_OR,
    P_AND,
    P_NOT,
    P_COMPARE,
    P_SUM,
    P_PRODUCT,
    P_SPECIAL,
    P_RANGE,
    P_SIGN,
    P_POWER,
    P_MEMBER, /* what may stand behind $ */
};

/* A flag of NODE_ATTR while it is parsed: pkg::name, not x$name. */
enum { R_IS_OF_PACKAGE = 1 << 15 };

struct r_parser {
    struct arena *arena;
    struct r_lexer lexer;
    struct r_token look[2]; /* what was read ahead */
    unsigned n_look;
    bool skips_newlines; /* inside ( and [ */
    size_t n_open;       /* brackets of the consumed tokens that are still open */
    size_t depth;        /* nesting of the grammar */
    size_t n_pipes;      /* how many pipes are nested in the expression at hand */
    size_t start_bytes;  /* of the arena */
    bool has_x;          /* the formula at hand has ".x" */
    bool is_full;        /* the tree has reached its size: nothing more is parsed */
    const char *reason;  /* why the statement at hand does not parse */
    struct node **dots;  /* the "." and "_" that may stand for what is piped in */
    size_t n_dots, cap_dots;
    struct node_list imports; /* of the statement at hand, to stand before it */
    struct parsed *out;
    size_t cap_gaps;
};

/* The cursor (r_cursor.c).  Read ahead: the next token (0) or the one behind it (1). */
const struct r_token *r_look(struct r_parser *p, unsigned ahead);
bool r_is_next(struct r_parser *p, enum r_kind kind);
struct r_token r_next(struct r_parser *p);
/* Consume a token of that kind, if it is next. */
bool r_take(struct r_parser *p, enum r_kind kind);
void r_skip_newlines(struct r_parser *p);
/* Consume an opening bracket; *saved is for r_close(), which says whether its end was there. */
struct r_token r_open(struct r_parser *p, bool *saved);
bool r_close(struct r_parser *p, enum r_kind kind, bool saved);
/* Drop the rest of the line that the next token begins. */
void r_skip_line(struct r_parser *p);
/* NULL, and why; the first reason counts. */
struct node *r_fail(struct r_parser *p, const char *reason);
void r_gap(struct r_parser *p, uint32_t line, const char *reason);

/* The grammar: NULL if there is none of that kind. */
struct node *r_parse_expr(struct r_parser *p, enum r_precedence min);
struct node *r_parse_prefix(struct r_parser *p);
/* Up to closer (R_END: all), raw (result.h). */
struct node *r_parse_statements(struct r_parser *p, enum r_kind closer);

/* A node at the place of t (or of other); never NULL. */
struct node *r_node(struct r_parser *p, enum node_kind kind, const struct r_token *t);
struct node *r_node_at(struct r_parser *p, enum node_kind kind, const struct node *other);
struct node *r_word(struct r_parser *p, enum node_kind kind, const struct r_token *t,
                    struct str text);

/* What a call means: other nodes for return(), library(), switch() and the like, else the call. */
struct node *r_lower_call(struct r_parser *p, struct node *call);

/* left %>% right: where the dots of right begin in p->dots.  Takes back those dots. */
struct node *r_pipe(struct r_parser *p, struct node *left, struct node *right, size_t first_dot);

/* left %name% right; left:right. */
struct node *r_special(struct r_parser *p, struct str name, struct node *left, struct node *right,
                       size_t first_dot);
struct node *r_range(struct r_parser *p, struct node *left, struct node *right);

/* The one expression that text is, at the place of t, or NULL. */
struct node *r_parse_within(struct r_parser *p, struct str text, const struct node *at);

/* A string node of text whose {parts} are R (glue). */
struct node *r_glue(struct r_parser *p, struct node *string);

#endif
