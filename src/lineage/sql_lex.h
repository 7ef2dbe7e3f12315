/*
 * sql_lex: SQL text to tokens, one at a time, with a few tokens of look-ahead.
 *
 * Comments of all dialects and Jinja's statements are passed over.  Parameters and templates
 * ("${x}", "{{ x }}", ":x", "?", "%(x)s") become part of the word in which they stand: their
 * text if the session knows it, else HOLE_BYTE.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_SQL_LEX_H
#define LINEAGE_SQL_LEX_H

#include "lineage/sql.h"

enum sql_kw {
    KW_NONE,
#define K(name, text, flags) KW_##name,
#include "lineage/sql_keywords.def"
#undef K
    KW_N
};

enum sql_kw_flag {
    KW_A = 1, /* begins a clause: no alias */
    KW_R = 2, /* reserved: no table's name */
};

enum sql_token_kind {
    SQL_END,
    SQL_WORD,   /* text: an unquoted identifier, with holes; kw if it is a keyword */
    SQL_TICKED, /* text: what stands in backticks, or in brackets (sql_lex_bracket) */
    SQL_DOUBLE, /* text: what stands in double quotes: a name or a string */
    SQL_STRING, /* text: the decoded literal */
    SQL_NUMBER,
    SQL_OP, /* text: one byte, or "=>" */
};

struct sql_token {
    enum sql_token_kind kind;
    enum sql_kw kw;
    struct str text;
    const char *start, *end; /* in the source */
    uint32_t line, col;
    bool is_first; /* of its line */
};

#define SQL_LOOKAHEAD 6

struct sql_lex {
    struct arena *arena;
    const struct sql_session *session;
    enum sql_dialect dialect;
    const char *begin, *at, *end;
    const char *line_start;
    uint32_t line;
    bool is_first;
    bool after_dot; /* a number cannot begin with the dot that a name has */
    struct sql_token ahead[SQL_LOOKAHEAD];
    size_t n_ahead;
};

void sql_lex_init(struct sql_lex *lx, struct arena *a, const struct sql_session *session,
                  enum sql_dialect dialect, struct str text, uint32_t first_line);

/* Read on until token i is there. */
void sql_look_ahead(struct sql_lex *lx, size_t i);

/* The i-th token to come (0 <= i < SQL_LOOKAHEAD); valid until the next call. */
static inline const struct sql_token *sql_peek(struct sql_lex *lx, size_t i)
{
    if (lx->n_ahead <= i)
        sql_look_ahead(lx, i);
    return &lx->ahead[i];
}

/* Take the next token.  At the end: SQL_END again and again. */
struct sql_token sql_next(struct sql_lex *lx);

/* The next token is "[": take all up to "]" as one SQL_TICKED. */
struct sql_token sql_lex_bracket(struct sql_lex *lx);
/* Go on at this place, which lies behind the next token's start on the same line. */
void sql_lex_skip_to(struct sql_lex *lx, const char *at);

/* text with "${x}", "{{ x }}", "{x}" and "%(x)s" filled by the session or made holes. */
struct str sql_fill(struct arena *a, const struct sql_session *session, struct str text);

/* The keyword, or KW_NONE; and its flags. */
enum sql_kw sql_keyword(struct str word);
unsigned sql_kw_flags(enum sql_kw kw);

#endif
