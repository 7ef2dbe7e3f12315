/* r_cursor: how the grammar of R moves over the tokens, makes nodes and reports what it skips. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/r_internal.h"

#include "util/limits.h"

struct node *r_node(struct r_parser *p, enum node_kind kind, const struct r_token *t)
{
    return node_new(p->arena, kind, t->line, t->col);
}

struct node *r_node_at(struct r_parser *p, enum node_kind kind, const struct node *other)
{
    return node_new(p->arena, kind, other->line, other->col);
}

struct node *r_word(struct r_parser *p, enum node_kind kind, const struct r_token *t,
                    struct str text)
{
    struct node *n = r_node(p, kind, t);
    n->text = text;
    return n;
}

/* Read ahead: the next token, or the one behind it. */
const struct r_token *r_look(struct r_parser *p, unsigned ahead)
{
    while (p->n_look <= ahead) {
        r_lex(&p->lexer, &p->look[p->n_look]);
        if (!p->skips_newlines || p->look[p->n_look].kind != R_NEWLINE)
            p->n_look++;
    }
    return &p->look[ahead];
}

bool r_is_next(struct r_parser *p, enum r_kind kind)
{
    return r_look(p, 0)->kind == kind;
}

struct r_token r_next(struct r_parser *p)
{
    struct r_token t = *r_look(p, 0);
    p->look[0] = p->look[1];
    p->n_look--;
    if (t.kind == R_LPAREN || t.kind == R_LBRACKET || t.kind == R_LBRACE)
        p->n_open++;
    else if (t.kind == R_LBRACKETS)
        p->n_open += 2;
    else if ((t.kind == R_RPAREN || t.kind == R_RBRACKET || t.kind == R_RBRACE) && p->n_open > 0)
        p->n_open--;
    return t;
}

bool r_take(struct r_parser *p, enum r_kind kind)
{
    if (!r_is_next(p, kind))
        return false;
    (void)r_next(p);
    return true;
}

void r_skip_newlines(struct r_parser *p)
{
    while (r_is_next(p, R_NEWLINE))
        (void)r_next(p);
}

struct node *r_fail(struct r_parser *p, const char *reason)
{
    if (p->reason == NULL)
        p->reason = reason;
    return NULL;
}

/* Consume an opening bracket; *saved is for r_close(). */
struct r_token r_open(struct r_parser *p, bool *saved)
{
    struct r_token t = r_next(p);
    *saved = p->skips_newlines;
    p->skips_newlines = t.kind != R_LBRACE;
    return t;
}

bool r_close(struct r_parser *p, enum r_kind kind, bool saved)
{
    bool is_closed = r_is_next(p, kind);
    p->skips_newlines = saved;
    if (is_closed)
        (void)r_next(p);
    else if (r_is_next(p, R_END) && p->reason == NULL) /* what it holds counts */
        r_gap(p, p->look[0].line, "a bracket is not closed");
    else
        (void)r_fail(p, "a bracket is not closed");
    return p->reason == NULL;
}

void r_gap(struct r_parser *p, uint32_t line, const char *reason)
{
    if (p->is_full || p->out->n_gaps == LIMIT_PARSE_GAPS)
        return;
    *ARENA_PUSH(p->arena, p->out->gaps, p->out->n_gaps, p->cap_gaps) =
        (struct parse_gap){ .line = line, .reason = reason };
}

void r_skip_line(struct r_parser *p)
{
    struct r_token t = r_next(p);
    if (p->n_look == 0)
        r_lex_skip_line(&p->lexer, &t);
}
