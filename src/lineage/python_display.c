/*
 * python_display: what stands in brackets: tuples, lists, sets, dicts, comprehensions, arguments
 * and parameters.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/python_internal.h"
#include "util/limits.h"

static const char no_paren[] = "a closing parenthesis is missing";

/* Pass over the rest of a literal that is data: up to its closing bracket, which is the token. */
static void skip_items(struct parser *p, enum token_kind closer)
{
    const uint32_t depth = p->lex.depth;
    p->out->hit_limit = true;
    p->lex.skips_fstrings = true;
    do
        python_advance(p);
    while (p->tok.kind != T_END && p->tok.kind != T_BAD &&
           !(p->tok.kind == closer && p->lex.depth + 1 == depth));
    p->lex.skips_fstrings = false;
}

/* Behind the first item of a literal: its other items, up to and over closer. */
static void rest_of_items(struct parser *p, struct node_list *items, enum token_kind closer,
                          struct node *(*item)(struct parser *))
{
    for (size_t n = 1; p->tok.kind == T_COMMA; n++) {
        if (n == LIMIT_LITERAL_ITEMS) {
            skip_items(p, closer);
            break;
        }
        python_advance(p);
        if (p->tok.kind == closer)
            break;
        node_list_add(items, item(p));
    }
    python_expect(p, closer, "a closing bracket is missing");
}

static bool begins_clause(const struct parser *p)
{
    return p->tok.kind == T_FOR || p->tok.kind == T_ASYNC;
}

static struct node *clause(struct parser *p)
{
    struct node *n = python_node_here(p, NODE_CLAUSE);
    struct node_list conditions = NODE_LIST_INIT(conditions);
    if (python_accept(p, T_ASYNC))
        n->flags = NODE_IS_ASYNC;
    python_expect(p, T_FOR, "\"for\" is missing");
    n->clause.target = python_targets(p);
    python_expect(p, T_IN, "\"in\" is missing");
    n->clause.iter = python_disjunction(p);
    while (python_accept(p, T_IF))
        node_list_add(&conditions, python_disjunction(p));
    n->clause.conditions = conditions.first;
    return n;
}

/* At the first "for" behind the element. */
static struct node *comprehension(struct parser *p, struct place at, struct node *element,
                                  enum node_op op)
{
    struct node *n = python_node(p, NODE_COMP, at);
    struct node_list clauses = NODE_LIST_INIT(clauses);
    n->op = (uint8_t)op;
    n->comp.element = element;
    while (begins_clause(p))
        node_list_add(&clauses, clause(p));
    n->comp.clauses = clauses.first;
    return n;
}

struct node *python_paren(struct parser *p)
{
    const struct place at = python_here(p);
    python_advance(p);
    if (python_accept(p, T_RPAREN))
        return python_node(p, NODE_TUPLE, at);
    struct node *first = p->tok.kind == T_YIELD ? python_rhs(p) : python_star_or_named(p);
    if (p->tok.kind == T_COMMA || first->kind == NODE_STAR) {
        struct node *tuple = python_node(p, NODE_TUPLE, at);
        struct node_list items = NODE_LIST_INIT(items);
        node_list_add(&items, first);
        rest_of_items(p, &items, T_RPAREN, python_star_or_named);
        tuple->items = items.first;
        return tuple;
    }
    if (begins_clause(p))
        first = comprehension(p, at, first, OP_COMP_GENERATOR);
    python_expect(p, T_RPAREN, no_paren);
    return first;
}

struct node *python_list(struct parser *p)
{
    const struct place at = python_here(p);
    struct node_list items = NODE_LIST_INIT(items);
    python_advance(p);
    if (p->tok.kind != T_RBRACKET)
        node_list_add(&items, python_star_or_named(p));
    struct node *n;
    if (items.first != NULL && begins_clause(p)) {
        n = comprehension(p, at, items.first, OP_COMP_LIST);
        python_expect(p, T_RBRACKET, "a closing bracket is missing");
        return n;
    }
    n = python_node(p, NODE_LIST, at);
    rest_of_items(p, &items, T_RBRACKET, python_star_or_named);
    n->items = items.first;
    return n;
}

static struct node *pair(struct parser *p)
{
    struct node *n = python_node_here(p, NODE_PAIR);
    if (python_accept(p, T_POW)) {
        n->pair.value = python_bitwise(p);
        return n;
    }
    n->pair.key = python_expression(p);
    python_expect(p, T_COLON, "a colon is missing behind a key");
    n->pair.value = python_named_expression(p);
    return n;
}

/* Behind "{": the first pair of a dict or item of a set. */
static struct node *first_of_braces(struct parser *p)
{
    if (p->tok.kind == T_POW)
        return pair(p);
    const struct place at = python_here(p);
    struct node *key = python_star_or_named(p);
    if (p->tok.kind != T_COLON)
        return key;
    struct node *n = python_node(p, NODE_PAIR, at);
    python_advance(p);
    n->pair.key = key;
    n->pair.value = python_named_expression(p);
    return n;
}

struct node *python_braces(struct parser *p)
{
    const struct place at = python_here(p);
    struct node_list items = NODE_LIST_INIT(items);
    python_advance(p);
    if (python_accept(p, T_RBRACE))
        return python_node(p, NODE_DICT, at);
    struct node *first = first_of_braces(p), *n;
    const bool is_dict = first->kind == NODE_PAIR;
    node_list_add(&items, first);
    if (begins_clause(p)) {
        n = comprehension(p, at, first, is_dict ? OP_COMP_DICT : OP_COMP_SET);
        python_expect(p, T_RBRACE, "a closing brace is missing");
        return n;
    }
    n = python_node(p, is_dict ? NODE_DICT : NODE_SET, at);
    rest_of_items(p, &items, T_RBRACE, is_dict ? pair : python_star_or_named);
    n->items = items.first;
    return n;
}

static struct node *argument(struct parser *p)
{
    const struct place at = python_here(p);
    struct node *arg = python_node(p, NODE_ARG, at);
    if (p->tok.kind == T_STAR || p->tok.kind == T_POW) {
        arg->arg.stars = p->tok.kind == T_STAR ? 1 : 2;
        python_advance(p);
        arg->arg.value = python_expression(p);
        return arg;
    }
    struct node *value = python_named_expression(p);
    if (p->tok.kind == T_ASSIGN && value->kind == NODE_NAME) {
        python_advance(p);
        arg->arg.name = value->text;
        value = python_named_expression(p);
    }
    if (begins_clause(p))
        value = comprehension(p, at, value, OP_COMP_GENERATOR);
    arg->arg.value = value;
    return arg;
}

struct node *python_arguments(struct parser *p)
{
    struct node_list args = NODE_LIST_INIT(args);
    while (p->tok.kind != T_RPAREN && !p->failed) {
        node_list_add(&args, argument(p));
        if (!python_accept(p, T_COMMA))
            break;
    }
    python_expect(p, T_RPAREN, no_paren);
    return args.first;
}

/* One parameter, or NULL for a bare "*" or "/". */
static struct node *parameter(struct parser *p, bool is_annotated)
{
    struct node *n = python_node_here(p, NODE_ARG);
    if (python_accept(p, T_SLASH))
        return NULL;
    if (p->tok.kind == T_STAR || p->tok.kind == T_POW) {
        n->arg.stars = p->tok.kind == T_STAR ? 1 : 2;
        python_advance(p);
        if (p->tok.kind == T_COMMA)
            return NULL;
    }
    n->arg.name = python_text(&p->tok);
    if (p->tok.kind == T_LPAREN) { /* Python 2: def f((a, b)) */
        n->arg.name = STR_EMPTY;
        (void)python_paren(p);
    } else if (!python_accept(p, T_ASYNC)) { /* a name before Python 3.7 */
        python_expect(p, T_NAME, "a parameter is missing");
    }
    if (is_annotated && python_accept(p, T_COLON))
        n->arg.annotation = python_star_or_named(p);
    if (python_accept(p, T_ASSIGN))
        n->arg.value = python_expression(p);
    return n;
}

struct node *python_parameters(struct parser *p, enum token_kind closer)
{
    struct node_list params = NODE_LIST_INIT(params);
    while (p->tok.kind != closer && !p->failed) {
        struct node *n = parameter(p, closer != T_COLON);
        if (n != NULL)
            node_list_add(&params, n);
        if (!python_accept(p, T_COMMA))
            break;
    }
    return params.first;
}

struct node *python_type_parameters(struct parser *p)
{
    if (!python_accept(p, T_LBRACKET))
        return NULL;
    struct node *params = python_parameters(p, T_RBRACKET);
    python_expect(p, T_RBRACKET, "a closing bracket is missing");
    return params;
}
