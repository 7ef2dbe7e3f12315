/*
 * scala_internal: the tokens of Scala and the parser that its files share; only for scala_*.c.
 *
 * scala_lex.c cuts tokens, scala_text.c reads strings, scala_cursor.c moves over tokens and skips
 * types; scala_expr.c, scala_control.c, scala_pattern.c and scala_decl.c have the grammar,
 * scala_lower.c what operators and collections become, scala_parse.c the statements.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_SCALA_INTERNAL_H
#define LINEAGE_SCALA_INTERNAL_H

#include "lineage/result.h"
#include "lineage/scala.h"
#include "util/strmap.h"

enum scala_kind {
    S_END,
    S_BAD,
    S_NAME,     /* also in backticks */
    S_OPERATOR, /* a name of symbols */
    S_NUMBER,
    S_STRING, /* also 'c' and 'symbol */
    S_LPAREN,
    S_RPAREN,
    S_LBRACKET,
    S_RBRACKET,
    S_LBRACE,
    S_RBRACE,
    S_COMMA,
    S_SEMICOLON,
    S_DOT,
    S_EQUALS,
    S_ARROW,     /* => */
    S_GENERATOR, /* <- */
    S_COLON,
    S_AT,
    S_HASH,
    S_BOUND, /* <: >: <% */
    S_UNDERSCORE,
    S_CASE,
    S_CATCH,
    S_CLASS,
    S_DEF,
    S_DO,
    S_ELSE,
    S_EXTENDS,
    S_FALSE,
    S_FINALLY,
    S_FOR,
    S_FOR_SOME,
    S_IF,
    S_IMPORT,
    S_MATCH,
    S_MODIFIER, /* private protected implicit lazy final override sealed abstract */
    S_NEW,
    S_NULL,
    S_OBJECT,
    S_PACKAGE,
    S_RETURN,
    S_THIS, /* this, super */
    S_THROW,
    S_TRAIT,
    S_TRUE,
    S_TRY,
    S_TYPE,
    S_VAL,
    S_VAR,
    S_WHILE,
    S_WITH,
    S_YIELD,
    S_N_KINDS
};

struct scala_token {
    uint8_t kind; /* enum scala_kind */
    bool begins_line;
    bool is_adjacent; /* nothing stands before it: f(x), not f (x) */
    uint8_t opener;   /* of S_STRING and quoted S_NAME: bytes before the text */
    uint8_t closer;   /* and behind it */
    char form;        /* of S_STRING: 0 with escapes; 'r' raw; 's' also $x; 'f' also $x%d */
    bool is_triple;   /* of S_STRING */
    uint32_t line, col;
    const char *ptr;
    size_t len;
};

struct scala_lexer {
    const char *at, *end, *line_start;
    uint32_t line;
    bool is_new_line; /* nothing but blanks and comments since the line's start */
};

void scala_lex_init(struct scala_lexer *l, struct str source);
void scala_lex(struct scala_lexer *l, struct scala_token *t);
/* Go on behind the line that t begins; nothing was read behind t. */
void scala_lex_skip_line(struct scala_lexer *l, const struct scala_token *t);
/* Where the "}" stands that ends the code of a string that begins at from, behind "${". */
size_t scala_lex_code_end(struct str text, size_t from);

/* scala_indent.c: text with Scala 3's indentation with braces in its place, its lines as they were;
 * other text itself. */
struct str scala_with_braces(struct arena *a, struct str text);

enum { SCALA_AHEAD = 3 };

struct scala_parser {
    struct arena *arena;
    struct scala_lexer lexer;
    struct scala_token look[SCALA_AHEAD]; /* what was read ahead */
    unsigned n_look;
    enum scala_kind previous; /* the kind of the token consumed last */
    bool in_parens;           /* line ends do not end statements: inside ( and [ */
    size_t n_open;            /* brackets of the consumed tokens that are still open */
    size_t depth;             /* nesting of the grammar */
    size_t n_nested;          /* how deep operators nest that are no NODE_BINARY */
    size_t start_bytes;       /* of the arena */
    bool is_full;             /* the tree has reached its size: nothing more is parsed */
    const char *reason;       /* why the statement at hand does not parse */
    struct node **blanks;     /* the "_" of the expression at hand, to become parameters */
    size_t n_blanks, cap_blanks;
    struct strmap vals; /* the names that "val" declares: += adds an element to these */
    struct parsed *out;
    size_t cap_gaps;
};

/* Cursor and nodes (scala_cursor.c). */
const struct scala_token *scala_look(struct scala_parser *p, unsigned ahead);
bool scala_is_next(struct scala_parser *p, enum scala_kind kind);
/* A name or operator of that text. */
bool scala_is_word(struct scala_parser *p, const char *word);
struct scala_token scala_next(struct scala_parser *p);
bool scala_take(struct scala_parser *p, enum scala_kind kind);
/* Does a line end before the next token end the statement (SLS 1.2)? */
bool scala_is_separated(struct scala_parser *p);
struct scala_token scala_open(struct scala_parser *p, bool *saved);
bool scala_close(struct scala_parser *p, enum scala_kind kind, bool saved);
struct node *scala_fail(struct scala_parser *p, const char *reason);
void scala_gap(struct scala_parser *p, uint32_t line, const char *reason);
/* Too deep or too large: fails. */
bool scala_is_too_much(struct scala_parser *p);
struct node *scala_node(struct scala_parser *p, enum node_kind kind, const struct scala_token *t);
struct node *scala_node_at(struct scala_parser *p, enum node_kind kind, const struct node *other);
struct node *scala_word(struct scala_parser *p, enum node_kind kind, const struct scala_token *t,
                        struct str text);
/* The text of a name, without backticks. */
struct str scala_name(const struct scala_token *t);

/* Step over a balanced bracket; a type, with => or without; [T], annotations and modifiers. */
void scala_skip_bracket(struct scala_parser *p);
void scala_skip_type(struct scala_parser *p, bool with_arrow);
void scala_skip_modifiers(struct scala_parser *p);

/* A string, its parts parsed (scala_text.c); "|" margins taken off. */
struct node *scala_string(struct scala_parser *p);
void scala_strip_margin(struct scala_parser *p, struct node *string);

/* The grammar.  NULL if there is none, with p->reason. */
enum scala_place {
    SCALA_INNER,     /* an argument, the value of a val, ... */
    SCALA_STATEMENT, /* in a block: the body of a lambda takes the rest of the block */
};
struct node *scala_parse_expr(struct scala_parser *p, enum scala_place place);
/* The condition of a case: "=>" behind it is no function. */
struct node *scala_parse_guard(struct scala_parser *p);
struct node *scala_parse_block(struct scala_parser *p); /* at the brace */
struct node *scala_parse_if(struct scala_parser *p);
struct node *scala_parse_while(struct scala_parser *p);
struct node *scala_parse_do(struct scala_parser *p);
struct node *scala_parse_for(struct scala_parser *p);
struct node *scala_parse_try(struct scala_parser *p);
/* Behind "match"; behind "{" of a block of cases. */
struct node *scala_parse_match(struct scala_parser *p, struct node *subject);
struct node *scala_parse_cases(struct scala_parser *p);
struct node *scala_parse_pattern(struct scala_parser *p);
/* val, def, class, import, ...: appends to out.  False: no declaration stands here. */
bool scala_parse_declaration(struct scala_parser *p, struct node_list *out);
/* Behind "{" of a class: statements up to "}", all dropped. */
struct node *scala_parse_members(struct scala_parser *p);
/* Up to closer or "case", raw (result.h). */
struct node *scala_parse_statements(struct scala_parser *p, enum scala_kind closer);
struct node *scala_parse_within(struct scala_parser *p, struct str text,
                                const struct scala_token *at);

/* Operators and calls (scala_lower.c). */
int scala_precedence(const struct scala_token *t);
struct node *scala_infix(struct scala_parser *p, struct node *left, const struct scala_token *op,
                         struct node *right);
struct node *scala_lower_call(struct scala_parser *p, struct node *call);
struct node *scala_assign(struct scala_parser *p, struct node *target, struct node *value);
struct node *scala_arg(struct scala_parser *p, struct node *value);

#endif
