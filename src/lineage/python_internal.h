/*
 * python_internal: the state that the parts of the Python parser share.
 *
 *   python_parse.c    entry, nodes, failure and recovery, the loop over statements
 *   python_stmt.c     simple statements
 *   python_compound.c statements with blocks
 *   python_expr.c     operators, calls, subscripts
 *   python_display.c  brackets, comprehensions, parameters
 *   python_string.c   strings and f-strings
 *   python_magic.c    the lines of IPython
 *
 * One token is read ahead; the lexer stands right behind it.  The first failure sets failed and
 * makes the token T_BAD, which nothing matches, so that all loops end; functions still return
 * nodes, never NULL.  The loop over statements recovers, and what reads a block.  What was read of
 * the statement stays in the tree, with a NODE_UNKNOWN where it broke off.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PYTHON_INTERNAL_H
#define LINEAGE_PYTHON_INTERNAL_H

#include "lineage/python.h"
#include "lineage/python_lex_internal.h"
#include "util/buf.h"

struct place {
    uint32_t line, col;
};

/* Where a logical line, or a part of one outside brackets, begins: to come back to. */
struct python_mark {
    const char *ptr;
    uint32_t line, col, indent;
};

struct parser {
    struct arena *arena;
    struct parsed *out;
    enum python_mode mode;
    struct lexer lex;
    struct token tok;

    size_t tree_bytes;  /* of all nodes */
    struct buf scratch; /* of one text that is put together; never in use across a call */
    size_t cap_gaps;

    struct python_mark line; /* of the logical line that is read */
    struct node *previous;   /* the expression or assignment that ends with the line before */
    size_t look_ahead_bytes; /* that may still be read twice */
    unsigned depth;
    bool failed;
    bool is_over;    /* the tree is as large as it may be */
    bool in_pattern; /* "x as y" is a capture, "if" begins the guard */
    const char *reason, *failed_at;
    uint32_t failed_line;
};

/* ---- python_parse.c ---- */

struct node *python_node(struct parser *p, enum node_kind kind, struct place at);
/* Record the first failure of the statement; a node without content.  reason: a literal. */
struct node *python_fail(struct parser *p, const char *reason);
/* One level deeper; false, and failed, past LIMIT_DEPTH.  Each needs its python_leave(). */
bool python_enter(struct parser *p);
void python_leave(struct parser *p);
/* Note that a logical line, or what begins a part of a statement, stands at the token. */
void python_mark_line(struct parser *p);
struct python_mark python_mark(const struct parser *p);
/* Read on from there, without failure. */
void python_back_to(struct parser *p, const struct python_mark *mark);
/* Behind a failure: note it and go on at the next logical line. */
void python_recover(struct parser *p);
/* Statements up to a line that is not indented more than header_indent (-1: to the end). */
void python_statements(struct parser *p, struct node_list *out, int64_t header_indent);
/* The statements of a text inside the source, with its own line and columns. */
struct node *python_nested(struct parser *p, struct lexer lex);

static inline void python_advance(struct parser *p)
{
    if (!p->failed)
        python_lex(&p->lex, &p->tok);
}

static inline bool python_accept(struct parser *p, enum token_kind kind)
{
    if (p->tok.kind != kind)
        return false;
    python_advance(p);
    return true;
}

static inline void python_expect(struct parser *p, enum token_kind kind, const char *reason)
{
    if (!python_accept(p, kind))
        (void)python_fail(p, reason);
}

static inline struct place python_here(const struct parser *p)
{
    return (struct place){ p->tok.line, p->tok.col };
}

static inline struct str python_text(const struct token *t)
{
    return (struct str){ t->ptr, t->len };
}

static inline struct node *python_node_here(struct parser *p, enum node_kind kind)
{
    return python_node(p, kind, python_here(p));
}

/* ---- python_expr.c ---- */

bool python_begins_expression(enum token_kind kind);
struct node *python_bitwise(struct parser *p);          /* without comparisons: targets */
struct node *python_disjunction(struct parser *p);      /* without "if else" and lambda */
struct node *python_expression(struct parser *p);       /* without := and stars */
struct node *python_named_expression(struct parser *p); /* or x := y */
struct node *python_star_or_named(struct parser *p);    /* or *x */
struct node *python_star_expressions(struct parser *p); /* with commas: a tuple */
struct node *python_targets(struct parser *p);          /* of for and del */
struct node *python_rhs(struct parser *p);              /* star expressions or yield */
struct node *python_name(struct parser *p);             /* at a name, or a keyword taken as one */
/* Attributes, calls and subscripts behind n, which begins at at. */
struct node *python_trailers(struct parser *p, struct node *n, struct place at);

/* ---- python_display.c ---- */

struct node *python_paren(struct parser *p);
struct node *python_list(struct parser *p);
struct node *python_braces(struct parser *p);
/* A list of NODE_ARG up to closer, which is not taken; annotations only before ")". */
struct node *python_parameters(struct parser *p, enum token_kind closer);
/* Behind "(": a list of NODE_ARG; takes ")". */
struct node *python_arguments(struct parser *p);
/* At "[" behind the name of a def, class or type: the type parameters; NULL elsewhere. */
struct node *python_type_parameters(struct parser *p);

/* ---- python_string.c ---- */

struct node *python_string(struct parser *p); /* at a string: it and those that follow it */

/* ---- python_stmt.c, python_compound.c ---- */

/* Simple statements up to the end of the line, which is taken. */
void python_simple_line(struct parser *p, struct node_list *out);
/* A line that begins with "." goes on with the chain that the line before ends with, as people
 * write Spark; false where there is none. */
bool python_continued_chain(struct parser *p);
/* Take a compound statement if one begins here. */
bool python_compound(struct parser *p, struct node_list *out);

/* ---- python_magic.c ---- */

/* Take a magic, shell or help line if one begins here; line end included. */
bool python_magic_line(struct parser *p, struct node_list *out);
/* At "!" or "%" behind "=": the NODE_SHELL or NODE_MAGIC; the line end is the token then. */
struct node *python_magic_value(struct parser *p);
/* At "?" behind an expression: pass over the rest of the line. */
void python_skip_help(struct parser *p);
/* The text at lex is a cell magic: its node, else NULL. */
struct node *python_cell_magic(struct parser *p, struct lexer lex);

#endif
