/*
 * scala_parse: statements of Scala, and what happens where one does not parse: p->reason says why,
 * the rest of it is skipped, the next one counts.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/scala_internal.h"

/* To the end of the statement at hand: ";" or a new line outside of brackets that it opened, or a
 * line that begins no further right than the statement and looks like another one. */
static void skip_statement(struct scala_parser *p, size_t n_open, const struct scala_token *start)
{
    bool saved = p->in_parens;
    p->in_parens = false;
    for (;;) {
        const struct scala_token *t = scala_look(p, 0);
        bool is_first = t->ptr == start->ptr, is_inside = p->n_open > n_open;
        bool is_closer = t->kind == S_RPAREN || t->kind == S_RBRACKET || t->kind == S_RBRACE;
        if (t->kind == S_END)
            break;
        if (!is_first && !is_inside &&
            (t->kind == S_SEMICOLON || t->kind == S_RBRACE || scala_is_separated(p)))
            break;
        if (t->begins_line && t->line > start->line && t->col <= start->col && !is_closer &&
            t->kind != S_DOT)
            break;
        (void)scala_next(p);
    }
    p->n_open = n_open;
    p->in_parens = saved;
    p->previous = S_SEMICOLON;
}

static bool is_case(struct scala_parser *p)
{
    if (!scala_is_next(p, S_CASE))
        return false;
    enum scala_kind following = (enum scala_kind)scala_look(p, 1)->kind;
    return following != S_CLASS && following != S_OBJECT;
}

/* ":paste", "%magic": lines for the interpreter; and "end name" of Scala 3. */
static bool skip_command(struct scala_parser *p, const struct scala_token *t)
{
    bool is_command = t->begins_line && (t->kind == S_COLON || t->ptr[0] == '%' ||
                                         (t->kind == S_BAD && t->ptr[0] == '?'));
    if (!is_command)
        return false;
    size_t n_open = p->n_open;
    struct scala_token first = scala_next(p);
    while (p->n_look > 0 && !p->look[0].begins_line)
        (void)scala_next(p);
    if (p->n_look == 0)
        scala_lex_skip_line(&p->lexer, &first);
    p->n_open = n_open;
    p->previous = S_SEMICOLON;
    return true;
}

/* One statement: declarations are added to list, an expression is given raw; NULL: nothing. */
static struct node *parse_statement(struct scala_parser *p, struct node_list *list)
{
    struct scala_token start = *scala_look(p, 0);
    size_t n_open = p->n_open, n_blanks = p->n_blanks;
    bool saved = p->in_parens;
    struct node *n = NULL;
    if (skip_command(p, &start))
        return NULL;
    if (scala_is_too_much(p) || !scala_parse_declaration(p, list))
        n = scala_parse_expr(p, SCALA_STATEMENT);
    enum scala_kind end = (enum scala_kind)scala_look(p, 0)->kind;
    if (p->reason == NULL && end != S_SEMICOLON && end != S_RBRACE && end != S_END && !is_case(p) &&
        !scala_look(p, 0)->begins_line)
        (void)scala_fail(p, "a statement does not end here");
    p->n_blanks = n_blanks;
    if (p->reason == NULL)
        return n;
    scala_gap(p, start.line, p->reason);
    p->reason = NULL;
    p->in_parens = saved;
    skip_statement(p, n_open, &start);
    return NULL;
}

/* Up to closer or "case".  is_dropped: no value counts, not even the last one. */
static struct node *parse_list(struct scala_parser *p, enum scala_kind closer, bool is_dropped)
{
    struct node_list list = NODE_LIST_INIT(list);
    struct node *last = NULL;
    while (!p->is_full) {
        while (scala_take(p, S_SEMICOLON))
            continue;
        if (scala_is_next(p, S_END) || scala_is_next(p, closer) ||
            (closer == S_RBRACE && is_case(p)))
            break;
        struct node_list declared = NODE_LIST_INIT(declared);
        struct node *n = parse_statement(p, &declared);
        if (n == NULL && declared.first == NULL)
            continue;
        if (last != NULL)
            result_add(p->arena, &list, last, RESULT_DROPPED, NULL);
        if (declared.first != NULL) {
            node_list_add(&list, declared.first);
            list.last = declared.last;
        }
        last = n;
    }
    if (last != NULL && is_dropped)
        result_add(p->arena, &list, last, RESULT_DROPPED, NULL);
    else if (last != NULL)
        node_list_add(&list, result_raw(p->arena, last));
    return list.first;
}

struct node *scala_parse_statements(struct scala_parser *p, enum scala_kind closer)
{
    if (scala_is_too_much(p))
        return NULL;
    p->depth++;
    struct node *list = parse_list(p, closer, false);
    p->depth--;
    return list;
}

struct node *scala_parse_members(struct scala_parser *p)
{
    bool saved;
    struct scala_token t = scala_open(p, &saved);
    struct node *list = NULL;
    /* "self =>" and "self: Type =>" */
    if ((scala_is_next(p, S_NAME) || scala_is_next(p, S_THIS)) &&
        scala_look(p, 1)->kind == S_ARROW) {
        (void)scala_next(p);
        (void)scala_next(p);
    } else if ((scala_is_next(p, S_NAME) || scala_is_next(p, S_THIS)) &&
               scala_look(p, 1)->kind == S_COLON) {
        (void)scala_next(p);
        (void)scala_next(p);
        scala_skip_type(p, false);
        (void)scala_take(p, S_ARROW);
    }
    if (!scala_is_too_much(p)) {
        p->depth++;
        list = parse_list(p, S_RBRACE, true);
        p->depth--;
    }
    p->in_parens = saved;
    if (!scala_take(p, S_RBRACE)) /* the end of the text: what it holds counts all the same */
        scala_gap(p, t.line, "a brace is not closed");
    return list;
}

static void parser_init(struct scala_parser *p, struct arena *a, struct str source,
                        struct parsed *out)
{
    *p = (struct scala_parser){
        .arena = a, .start_bytes = a->used_bytes, .previous = S_SEMICOLON, .out = out
    };
    strmap_init(&p->vals, a);
    scala_lex_init(&p->lexer, source);
}

void scala_parse(struct arena *a, struct str source, struct parsed *out)
{
    struct scala_parser p;
    *out = (struct parsed){ 0 };
    parser_init(&p, a, scala_with_braces(a, source), out);
    out->statements = parse_list(&p, S_END, true);
}

struct node *scala_parse_within(struct scala_parser *p, struct str text,
                                const struct scala_token *at)
{
    struct scala_parser inner;
    struct parsed out = { 0 };
    parser_init(&inner, p->arena, text, &out);
    inner.start_bytes = p->start_bytes;
    inner.depth = p->depth + 1;
    inner.lexer.line = at->line;
    inner.in_parens = true;
    struct node *n = scala_parse_expr(&inner, SCALA_INNER);
    p->is_full |= inner.is_full;
    p->out->hit_limit |= out.hit_limit;
    return n != NULL && inner.reason == NULL && scala_is_next(&inner, S_END) ? n : NULL;
}
