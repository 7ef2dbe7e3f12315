/*
 * scala_cursor: how the grammar of Scala moves over the tokens, makes nodes and reports what it
 * skips; and how it steps over what the tree does not have: types, annotations, modifiers.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/scala_internal.h"

#include "util/limits.h"

/* Nesting of the grammar; the other half of LIMIT_DEPTH is for operators. */
enum { DEPTH_MAX = LIMIT_DEPTH / 2 };

/* Tokens that can end a statement, and those that cannot begin one (SLS 1.2). */
static const struct {
    bool ends, no_begin;
} at_line_end[S_N_KINDS] = {
    [S_NAME] = { true, false },     [S_OPERATOR] = { true, false },
    [S_NUMBER] = { true, false },   [S_STRING] = { true, false },
    [S_RPAREN] = { true, true },    [S_RBRACKET] = { true, true },
    [S_RBRACE] = { true, true },    [S_UNDERSCORE] = { true, false },
    [S_FALSE] = { true, false },    [S_TRUE] = { true, false },
    [S_NULL] = { true, false },     [S_RETURN] = { true, false },
    [S_THIS] = { true, false },     [S_TYPE] = { true, false },
    [S_BAD] = { true, false },      [S_CATCH] = { false, true },
    [S_ELSE] = { false, true },     [S_EXTENDS] = { false, true },
    [S_FINALLY] = { false, true },  [S_FOR_SOME] = { false, true },
    [S_MATCH] = { false, true },    [S_WITH] = { false, true },
    [S_YIELD] = { false, true },    [S_COMMA] = { false, true },
    [S_DOT] = { false, true },      [S_SEMICOLON] = { false, true },
    [S_COLON] = { false, true },    [S_EQUALS] = { false, true },
    [S_ARROW] = { false, true },    [S_GENERATOR] = { false, true },
    [S_BOUND] = { false, true },    [S_HASH] = { false, true },
    [S_LBRACKET] = { false, true },
};

const struct scala_token *scala_look(struct scala_parser *p, unsigned ahead)
{
    while (p->n_look <= ahead)
        scala_lex(&p->lexer, &p->look[p->n_look++]);
    return &p->look[ahead];
}

bool scala_is_next(struct scala_parser *p, enum scala_kind kind)
{
    return scala_look(p, 0)->kind == kind;
}

bool scala_is_word(struct scala_parser *p, const char *word)
{
    const struct scala_token *t = scala_look(p, 0);
    return (t->kind == S_NAME || t->kind == S_OPERATOR) &&
           str_eq((struct str){ t->ptr, t->len }, str_from(word));
}

struct scala_token scala_next(struct scala_parser *p)
{
    struct scala_token t = *scala_look(p, 0);
    for (unsigned i = 1; i < p->n_look; i++)
        p->look[i - 1] = p->look[i];
    p->n_look--;
    p->previous = (enum scala_kind)t.kind;
    if (t.kind == S_LPAREN || t.kind == S_LBRACKET || t.kind == S_LBRACE)
        p->n_open++;
    else if ((t.kind == S_RPAREN || t.kind == S_RBRACKET || t.kind == S_RBRACE) && p->n_open > 0)
        p->n_open--;
    return t;
}

bool scala_take(struct scala_parser *p, enum scala_kind kind)
{
    if (!scala_is_next(p, kind))
        return false;
    (void)scala_next(p);
    return true;
}

bool scala_is_separated(struct scala_parser *p)
{
    const struct scala_token *t = scala_look(p, 0);
    return t->begins_line && !p->in_parens && at_line_end[p->previous].ends &&
           !at_line_end[t->kind].no_begin;
}

struct scala_token scala_open(struct scala_parser *p, bool *saved)
{
    struct scala_token t = scala_next(p);
    *saved = p->in_parens;
    p->in_parens = t.kind != S_LBRACE;
    return t;
}

bool scala_close(struct scala_parser *p, enum scala_kind kind, bool saved)
{
    p->in_parens = saved;
    if (scala_take(p, kind))
        return p->reason == NULL;
    if (scala_is_next(p, S_END) && p->reason == NULL) /* what it holds counts */
        scala_gap(p, p->look[0].line, "a bracket is not closed");
    else
        (void)scala_fail(p, "a bracket is not closed");
    return p->reason == NULL;
}

struct node *scala_fail(struct scala_parser *p, const char *reason)
{
    if (p->reason == NULL)
        p->reason = reason;
    return NULL;
}

void scala_gap(struct scala_parser *p, uint32_t line, const char *reason)
{
    if (p->is_full || p->out->n_gaps == LIMIT_PARSE_GAPS)
        return;
    *ARENA_PUSH(p->arena, p->out->gaps, p->out->n_gaps, p->cap_gaps) =
        (struct parse_gap){ .line = line, .reason = reason };
}

bool scala_is_too_much(struct scala_parser *p)
{
    if (p->arena->used_bytes - p->start_bytes > LIMIT_TREE_BYTES)
        p->is_full = true;
    if (!p->is_full && p->depth < DEPTH_MAX && p->n_nested < LIMIT_DEPTH - DEPTH_MAX)
        return false;
    p->out->hit_limit = true;
    (void)scala_fail(p, "it is nested too deeply");
    return true;
}

struct node *scala_node(struct scala_parser *p, enum node_kind kind, const struct scala_token *t)
{
    return node_new(p->arena, kind, t->line, t->col);
}

struct node *scala_node_at(struct scala_parser *p, enum node_kind kind, const struct node *other)
{
    return node_new(p->arena, kind, other->line, other->col);
}

struct node *scala_word(struct scala_parser *p, enum node_kind kind, const struct scala_token *t,
                        struct str text)
{
    struct node *n = scala_node(p, kind, t);
    n->text = text;
    return n;
}

struct str scala_name(const struct scala_token *t)
{
    return str_slice((struct str){ t->ptr, t->len }, t->opener, t->len - t->closer);
}

void scala_skip_bracket(struct scala_parser *p)
{
    size_t n_open = p->n_open;
    bool saved;
    (void)scala_open(p, &saved);
    while (p->n_open > n_open && !scala_is_next(p, S_END))
        (void)scala_next(p);
    p->in_parens = saved;
}

/* One part of a type; false if there is none. */
static bool skip_simple_type(struct scala_parser *p)
{
    while (scala_is_next(p, S_AT)) {
        (void)scala_next(p);
        if (!scala_take(p, S_NAME))
            return false;
        if (scala_is_next(p, S_LPAREN))
            scala_skip_bracket(p);
    }
    switch ((enum scala_kind)scala_look(p, 0)->kind) {
    case S_LPAREN:
    case S_LBRACE:
        scala_skip_bracket(p);
        break;
    case S_NAME:
    case S_THIS:
    case S_UNDERSCORE:
    case S_STRING:
    case S_NUMBER:
    case S_TRUE:
    case S_FALSE:
    case S_NULL:
        (void)scala_next(p);
        break;
    default:
        return false;
    }
    for (;;) {
        if (scala_is_next(p, S_DOT) || scala_is_next(p, S_HASH)) {
            (void)scala_next(p);
            if (!scala_take(p, S_NAME) && !scala_take(p, S_TYPE))
                (void)scala_take(p, S_THIS);
        } else if (scala_is_next(p, S_LBRACKET) && !scala_is_separated(p)) {
            scala_skip_bracket(p);
        } else {
            return true;
        }
    }
}

void scala_skip_type(struct scala_parser *p, bool with_arrow)
{
    if (with_arrow)
        (void)scala_take(p, S_ARROW); /* by name */
    while (skip_simple_type(p)) {
        enum scala_kind kind = (enum scala_kind)scala_look(p, 0)->kind;
        bool is_separated = scala_is_separated(p);
        bool goes_on = kind == S_WITH || kind == S_BOUND || (kind == S_ARROW && with_arrow) ||
                       ((kind == S_NAME || kind == S_OPERATOR) && !is_separated);
        if (kind == S_FOR_SOME || (kind == S_LBRACE && p->previous == S_WITH)) {
            (void)scala_next(p);
            continue;
        }
        if (!goes_on || is_separated || (!with_arrow && scala_is_word(p, "|")))
            return;
        (void)scala_next(p);
    }
}

void scala_skip_modifiers(struct scala_parser *p)
{
    for (;;) {
        if (scala_take(p, S_MODIFIER)) {
            if (scala_is_next(p, S_LBRACKET))
                scala_skip_bracket(p);
        } else if (scala_is_next(p, S_AT) && scala_look(p, 1)->kind == S_NAME) {
            (void)scala_next(p);
            (void)skip_simple_type(p);
            while (scala_is_next(p, S_LPAREN) && p->look[0].is_adjacent)
                scala_skip_bracket(p);
        } else {
            return;
        }
    }
}
