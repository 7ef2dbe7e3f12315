/*
 * python_compound: statements with blocks.
 *
 * A block is every line that is indented more than the line it belongs to.  A header that fails
 * is skipped, and its block belongs to what was read of it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/python_internal.h"

/* The token is a name with that text. */
static bool at_word(const struct parser *p, struct str word)
{
    return p->tok.kind == T_NAME && str_eq(python_text(&p->tok), word);
}

/* At the ":" of a header.  A header that failed keeps its block. */
static struct node *block(struct parser *p, uint32_t indent)
{
    struct node_list body = NODE_LIST_INIT(body);
    python_expect(p, T_COLON, "a colon is missing");
    if (!p->failed && p->tok.kind != T_NEWLINE) {
        python_simple_line(p, &body);
        if (p->failed)
            python_recover(p);
        return body.first;
    }
    if (p->failed)
        python_recover(p);
    else
        python_advance(p);
    python_statements(p, &body, indent);
    return body.first;
}

/* A further part of a statement begins here, at its own indent: its logical line is marked. */
static bool at_part(struct parser *p, enum token_kind kind, uint32_t indent)
{
    if (p->tok.kind != kind || p->lex.indent != indent)
        return false;
    python_mark_line(p);
    return true;
}

static struct node *else_block(struct parser *p, enum token_kind kind, uint32_t indent)
{
    if (!at_part(p, kind, indent))
        return NULL;
    python_advance(p);
    return block(p, indent);
}

static void if_statement(struct parser *p, struct node_list *out)
{
    const uint32_t indent = p->lex.indent;
    struct node *n = python_node_here(p, NODE_IF);
    python_advance(p);
    n->branch.test = python_named_expression(p);
    node_list_add(out, n);
    n->branch.body = block(p, indent);
    while (at_part(p, T_ELIF, indent)) {
        struct node *elif = python_node_here(p, NODE_IF);
        python_advance(p);
        elif->branch.test = python_named_expression(p);
        n->branch.orelse = elif;
        n = elif;
        n->branch.body = block(p, indent);
    }
    n->branch.orelse = else_block(p, T_ELSE, indent);
}

static void while_statement(struct parser *p, struct node_list *out)
{
    const uint32_t indent = p->lex.indent;
    struct node *n = python_node_here(p, NODE_WHILE);
    python_advance(p);
    n->branch.test = python_named_expression(p);
    node_list_add(out, n);
    n->branch.body = block(p, indent);
    n->branch.orelse = else_block(p, T_ELSE, indent);
}

static void for_statement(struct parser *p, struct node_list *out, struct node *n)
{
    const uint32_t indent = p->lex.indent;
    python_advance(p);
    n->loop.target = python_targets(p);
    python_expect(p, T_IN, "\"in\" is missing");
    n->loop.iter = python_star_expressions(p);
    node_list_add(out, n);
    n->loop.body = block(p, indent);
    n->loop.orelse = else_block(p, T_ELSE, indent);
}

/* Context expressions with their targets, up to ":" or ")". */
static struct node *with_items(struct parser *p)
{
    struct node_list items = NODE_LIST_INIT(items);
    do {
        if (items.first != NULL && p->tok.kind == T_RPAREN)
            break;
        struct node *n = python_node_here(p, NODE_WITH_ITEM);
        n->pair.key = python_expression(p);
        if (python_accept(p, T_AS))
            n->pair.value = python_bitwise(p);
        node_list_add(&items, n);
    } while (python_accept(p, T_COMMA));
    return items.first;
}

/* with (a as b, c): the items, if that is what the parentheses hold. */
static struct node *with_items_in_parens(struct parser *p)
{
    const struct python_mark mark = python_mark(p);
    const bool hit_limit = p->out->hit_limit;
    const unsigned depth = p->depth;
    python_advance(p);
    struct node *items = with_items(p);
    if (python_accept(p, T_RPAREN) && p->tok.kind == T_COLON)
        return items;
    if (!p->is_over) {
        p->out->hit_limit = hit_limit;
        p->depth = depth;
        python_back_to(p, &mark);
    }
    return NULL;
}

static void with_statement(struct parser *p, struct node_list *out, struct node *n)
{
    const uint32_t indent = p->lex.indent;
    python_advance(p);
    if (p->tok.kind == T_LPAREN)
        n->with.items = with_items_in_parens(p);
    if (n->with.items == NULL)
        n->with.items = with_items(p);
    node_list_add(out, n);
    n->with.body = block(p, indent);
}

/* except:, except X:, except X as e:, except* X:; Python 2: except X, e: */
static struct node *handler(struct parser *p, uint32_t indent)
{
    struct node *n = python_node_here(p, NODE_HANDLER);
    python_advance(p);
    (void)python_accept(p, T_STAR);
    const bool has_parens = p->tok.kind == T_LPAREN;
    if (p->tok.kind != T_COLON)
        n->def.value = python_star_expressions(p);
    struct node *type = n->def.value;
    if (python_accept(p, T_AS)) {
        n->def.name = python_text(&p->tok);
        python_expect(p, T_NAME, "a name is missing behind \"as\"");
    } else if (!has_parens && type != NULL && type->kind == NODE_TUPLE &&
               type->items->next != NULL && type->items->next->kind == NODE_NAME &&
               type->items->next->next == NULL) {
        n->def.name = type->items->next->text;
        n->def.value = type->items;
        n->def.value->next = NULL;
    }
    n->def.body = block(p, indent);
    return n;
}

static void try_statement(struct parser *p, struct node_list *out)
{
    const uint32_t indent = p->lex.indent;
    struct node *n = python_node_here(p, NODE_TRY);
    struct node_list handlers = NODE_LIST_INIT(handlers);
    python_advance(p);
    node_list_add(out, n);
    n->attempt.body = block(p, indent);
    while (at_part(p, T_EXCEPT, indent)) {
        struct node *h = handler(p, indent);
        node_list_add(&handlers, h);
        n->attempt.handlers = handlers.first;
    }
    n->attempt.orelse = else_block(p, T_ELSE, indent);
    n->attempt.finally = else_block(p, T_FINALLY, indent);
}

static void def_statement(struct parser *p, struct node_list *out, struct node *n)
{
    const uint32_t indent = p->lex.indent;
    python_advance(p);
    n->def.name = python_text(&p->tok);
    python_expect(p, T_NAME, "the name of the function is missing");
    n->def.types = python_type_parameters(p);
    python_expect(p, T_LPAREN, "an opening parenthesis is missing");
    n->def.params = python_parameters(p, T_RPAREN);
    python_expect(p, T_RPAREN, "a closing parenthesis is missing");
    if (python_accept(p, T_ARROW))
        n->def.value = python_star_expressions(p);
    node_list_add(out, n);
    n->def.body = block(p, indent);
}

static void class_statement(struct parser *p, struct node_list *out, struct node *n)
{
    const uint32_t indent = p->lex.indent;
    python_advance(p);
    n->def.name = python_text(&p->tok);
    python_expect(p, T_NAME, "the name of the class is missing");
    n->def.types = python_type_parameters(p);
    if (python_accept(p, T_LPAREN))
        n->def.params = python_arguments(p);
    node_list_add(out, n);
    n->def.body = block(p, indent);
}

/* The keyword behind "async", if it makes a statement. */
static enum token_kind behind_async(const struct parser *p)
{
    struct lexer ahead = p->lex;
    struct token t;
    python_lex(&ahead, &t);
    return t.kind == T_DEF || t.kind == T_FOR || t.kind == T_WITH ? t.kind : T_NAME;
}

/* def or class, behind the decorators; at is where it begins. */
static void definition(struct parser *p, struct node_list *out, struct node *decorators)
{
    const struct place at = python_here(p);
    const bool is_async = p->tok.kind == T_ASYNC && behind_async(p) == T_DEF;
    if (is_async)
        python_advance(p);
    if (p->tok.kind != T_DEF && p->tok.kind != T_CLASS) {
        (void)python_fail(p, "a function or class is missing behind the decorator");
        return;
    }
    const bool is_class = p->tok.kind == T_CLASS;
    struct node *n = python_node(p, is_class ? NODE_CLASS : NODE_DEF, at);
    n->flags = is_async ? NODE_IS_ASYNC : 0;
    n->def.decorators = decorators;
    if (is_class)
        class_statement(p, out, n);
    else
        def_statement(p, out, n);
}

static void decorated(struct parser *p, struct node_list *out)
{
    struct node_list decorators = NODE_LIST_INIT(decorators);
    while (p->tok.kind == T_AT) {
        python_mark_line(p);
        python_advance(p);
        node_list_add(&decorators, python_named_expression(p));
        python_expect(p, T_NEWLINE, "the decorator should end here");
        if (p->failed)
            python_recover(p);
    }
    python_mark_line(p);
    definition(p, out, decorators.first);
}

/* "match" or "case" is here: is it the keyword?  Then the logical line ends in ":", or has a ":"
 * outside brackets for case. */
static bool is_soft_keyword(struct parser *p, bool is_case)
{
    struct lexer ahead = p->lex;
    struct token t;
    uint8_t last = T_NAME;
    ahead.skips_fstrings = true;
    python_lex(&ahead, &t);
    if (!python_begins_expression(t.kind))
        return false;
    do {
        if (is_case && t.kind == T_COLON && ahead.depth == 0)
            return true;
        last = t.kind;
        python_lex(&ahead, &t);
    } while (t.kind != T_NEWLINE && t.kind != T_END && t.kind != T_BAD &&
             (size_t)(ahead.at - p->tok.ptr) <= p->look_ahead_bytes);
    p->look_ahead_bytes -= (size_t)(ahead.at - p->tok.ptr) <= p->look_ahead_bytes
                               ? (size_t)(ahead.at - p->tok.ptr)
                               : p->look_ahead_bytes;
    return last == T_COLON;
}

static struct node *case_part(struct parser *p, uint32_t indent)
{
    struct node *n = python_node_here(p, NODE_CASE);
    python_advance(p);
    p->in_pattern = true;
    n->case_.pattern = python_star_expressions(p);
    p->in_pattern = false;
    if (python_accept(p, T_IF))
        n->case_.guard = python_named_expression(p);
    n->case_.body = block(p, indent);
    return n;
}

static void match_statement(struct parser *p, struct node_list *out)
{
    const uint32_t indent = p->lex.indent;
    struct node *n = python_node_here(p, NODE_MATCH);
    struct node_list cases = NODE_LIST_INIT(cases);
    python_advance(p);
    n->match.subject = python_star_expressions(p);
    python_expect(p, T_COLON, "a colon is missing");
    python_expect(p, T_NEWLINE, "the line should end here");
    node_list_add(out, n);
    while (p->lex.indent > indent && at_word(p, STR("case"))) {
        python_mark_line(p);
        if (!is_soft_keyword(p, true))
            break;
        node_list_add(&cases, case_part(p, p->lex.indent));
        n->match.cases = cases.first;
    }
}

static void async_statement(struct parser *p, struct node_list *out)
{
    const struct place at = python_here(p);
    enum token_kind kind = behind_async(p);
    if (kind == T_DEF) {
        definition(p, out, NULL);
        return;
    }
    struct node *n = python_node(p, kind == T_FOR ? NODE_FOR : NODE_WITH, at);
    n->flags = NODE_IS_ASYNC;
    python_advance(p);
    if (kind == T_FOR)
        for_statement(p, out, n);
    else
        with_statement(p, out, n);
}

bool python_compound(struct parser *p, struct node_list *out)
{
    switch (p->tok.kind) {
    case T_IF:
        if_statement(p, out);
        return true;
    case T_WHILE:
        while_statement(p, out);
        return true;
    case T_FOR:
        for_statement(p, out, python_node_here(p, NODE_FOR));
        return true;
    case T_WITH:
        with_statement(p, out, python_node_here(p, NODE_WITH));
        return true;
    case T_TRY:
        try_statement(p, out);
        return true;
    case T_DEF:
    case T_CLASS:
        definition(p, out, NULL);
        return true;
    case T_AT:
        decorated(p, out);
        return true;
    case T_ASYNC:
        if (behind_async(p) == T_NAME)
            return false;
        async_statement(p, out);
        return true;
    case T_NAME:
        if (!at_word(p, STR("match")) || !is_soft_keyword(p, false))
            return false;
        match_statement(p, out);
        return true;
    default:
        return false;
    }
}
