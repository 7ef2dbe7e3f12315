/*
 * python_expr: expressions.  Binary operators by precedence climbing, so that a long chain is a
 * loop; calls, attributes and subscripts behind an atom are a loop as well.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/python_internal.h"

/* From the weakest to the strongest; 0: no binary operator. */
enum {
    PREC_OR = 1,
    PREC_AND,
    PREC_NOT,
    PREC_COMPARE,
    PREC_BITOR,
    PREC_BITXOR,
    PREC_BITAND,
    PREC_SHIFT,
    PREC_SUM,
    PREC_TERM
};

static const struct {
    uint8_t prec, op;
} binaries[T_N_KINDS] = {
    [T_OR] = { PREC_OR, OP_OR },
    [T_AND] = { PREC_AND, OP_AND },
    [T_NOT] = { PREC_COMPARE, OP_NOT_IN },
    [T_IN] = { PREC_COMPARE, OP_IN },
    [T_IS] = { PREC_COMPARE, OP_IS },
    [T_EQ] = { PREC_COMPARE, OP_EQ },
    [T_NE] = { PREC_COMPARE, OP_NE },
    [T_LT] = { PREC_COMPARE, OP_LT },
    [T_LE] = { PREC_COMPARE, OP_LE },
    [T_GT] = { PREC_COMPARE, OP_GT },
    [T_GE] = { PREC_COMPARE, OP_GE },
    [T_PIPE] = { PREC_BITOR, OP_BITOR },
    [T_CARET] = { PREC_BITXOR, OP_BITXOR },
    [T_AMP] = { PREC_BITAND, OP_BITAND },
    [T_SHL] = { PREC_SHIFT, OP_SHL },
    [T_SHR] = { PREC_SHIFT, OP_SHR },
    [T_PLUS] = { PREC_SUM, OP_ADD },
    [T_MINUS] = { PREC_SUM, OP_SUB },
    [T_STAR] = { PREC_TERM, OP_MUL },
    [T_SLASH] = { PREC_TERM, OP_DIV },
    [T_FLOORDIV] = { PREC_TERM, OP_FLOORDIV },
    [T_PERCENT] = { PREC_TERM, OP_MOD },
    [T_AT] = { PREC_TERM, OP_MATMUL },
};

static struct node *unary(struct parser *p);

bool python_begins_expression(enum token_kind kind)
{
    switch (kind) {
    case T_NAME:
    case T_NUMBER:
    case T_STRING:
    case T_FSTRING:
    case T_LPAREN:
    case T_LBRACKET:
    case T_LBRACE:
    case T_BACKTICK:
    case T_TILDE:
    case T_PLUS:
    case T_MINUS:
    case T_STAR:
    case T_ELLIPSIS:
    case T_FALSE:
    case T_NONE:
    case T_TRUE:
    case T_AWAIT:
    case T_ASYNC:
    case T_LAMBDA:
    case T_NOT:
    case T_YIELD:
        return true;
    default:
        return false;
    }
}

static struct node *star_item(struct parser *p)
{
    struct node *n = python_node_here(p, NODE_STAR);
    python_advance(p);
    n->value = python_bitwise(p);
    return n;
}

/* In brackets behind a value: an item, *item or a slice. */
static struct node *slice_or_item(struct parser *p)
{
    const struct place at = python_here(p);
    struct node *from = p->tok.kind == T_COLON ? NULL : python_star_or_named(p);
    if (p->tok.kind != T_COLON)
        return from == NULL ? python_fail(p, "an index is missing") : from;
    struct node *n = python_node(p, NODE_SLICE, at);
    n->slice.from = from;
    python_advance(p);
    if (python_begins_expression(p->tok.kind))
        n->slice.to = python_expression(p);
    if (python_accept(p, T_COLON) && python_begins_expression(p->tok.kind))
        n->slice.step = python_expression(p);
    return n;
}

static struct node *subscript_index(struct parser *p)
{
    const struct place at = python_here(p);
    struct node *first = slice_or_item(p);
    if (p->tok.kind != T_COMMA && first->kind != NODE_STAR)
        return first;
    struct node *tuple = python_node(p, NODE_TUPLE, at);
    struct node_list items = NODE_LIST_INIT(items);
    node_list_add(&items, first);
    while (python_accept(p, T_COMMA) && p->tok.kind != T_RBRACKET)
        node_list_add(&items, slice_or_item(p));
    tuple->items = items.first;
    return tuple;
}

struct node *python_name(struct parser *p)
{
    struct node *n = python_node_here(p, NODE_NAME);
    n->text = python_text(&p->tok);
    python_advance(p);
    return n;
}

static struct node *constant(struct parser *p)
{
    struct node *n = python_node_here(p, p->tok.kind == T_NUMBER ? NODE_NUMBER : NODE_CONST);
    n->text = python_text(&p->tok);
    python_advance(p);
    return n;
}

/* Python 2's repr: `x`. */
static struct node *backticks(struct parser *p)
{
    struct node *n = python_node_here(p, NODE_UNKNOWN);
    python_advance(p);
    n->items = python_star_expressions(p);
    python_expect(p, T_BACKTICK, "a backtick is missing");
    return n;
}

static struct node *atom(struct parser *p)
{
    switch (p->tok.kind) {
    case T_NAME:
    case T_ASYNC: /* a name before Python 3.7 */
        return python_name(p);
    case T_STRING:
    case T_FSTRING:
        return python_string(p);
    case T_NUMBER:
    case T_FALSE:
    case T_NONE:
    case T_TRUE:
    case T_ELLIPSIS:
        return constant(p);
    case T_LPAREN:
        return python_paren(p);
    case T_LBRACKET:
        return python_list(p);
    case T_LBRACE:
        return python_braces(p);
    case T_BACKTICK:
        return backticks(p);
    case T_YIELD: /* legal only in parentheses and as a statement; read wherever it stands */
        return python_rhs(p);
    default:
        return python_fail(p, "an expression is missing");
    }
}

static struct node *attribute(struct parser *p, struct node *value)
{
    python_advance(p);
    if (p->tok.kind != T_NAME && p->tok.kind < T_FIRST_KEYWORD) {
        struct node *rest = python_fail(p, "a name is missing behind the dot");
        rest->items = value;
        return rest;
    }
    struct node *n = python_node_here(p, NODE_ATTR);
    n->attr.value = value;
    n->attr.name = python_text(&p->tok);
    python_advance(p);
    return n;
}

static struct node *call(struct parser *p, struct node *func, struct place at)
{
    struct node *n = python_node(p, NODE_CALL, at);
    python_advance(p);
    n->call.func = func;
    n->call.args = python_arguments(p);
    return n;
}

static struct node *subscript(struct parser *p, struct node *value, struct place at)
{
    struct node *n = python_node(p, NODE_SUBSCRIPT, at);
    python_advance(p);
    n->binary.left = value;
    n->binary.right = subscript_index(p);
    python_expect(p, T_RBRACKET, "a closing bracket is missing");
    return n;
}

struct node *python_trailers(struct parser *p, struct node *n, struct place at)
{
    for (;;) {
        switch (p->tok.kind) {
        case T_DOT:
            n = attribute(p, n);
            break;
        case T_LPAREN:
            n = call(p, n, at);
            break;
        case T_LBRACKET:
            n = subscript(p, n, at);
            break;
        default:
            return n;
        }
    }
}

static struct node *primary(struct parser *p)
{
    const struct place at = python_here(p);
    return python_trailers(p, atom(p), at);
}

static struct node *binary(struct parser *p, struct place at, struct node *left, enum node_op op,
                           struct node *right)
{
    struct node *n = python_node(p, NODE_BINARY, at);
    n->op = (uint8_t)op;
    n->binary.left = left;
    n->binary.right = right;
    return n;
}

static struct node *power(struct parser *p)
{
    const struct place at = python_here(p);
    struct node *left;
    if (p->tok.kind == T_AWAIT) {
        left = python_node(p, NODE_AWAIT, at);
        python_advance(p);
        left->value = primary(p);
    } else {
        left = primary(p);
    }
    if (!python_accept(p, T_POW))
        return left;
    return binary(p, at, left, OP_POW, unary(p));
}

/* The operator that a token is in front of a value, or OP_NONE. */
static enum node_op unary_op(enum token_kind kind)
{
    switch (kind) {
    case T_MINUS:
        return OP_NEG;
    case T_PLUS:
        return OP_POS;
    case T_TILDE:
        return OP_INVERT;
    default:
        return OP_NONE;
    }
}

static struct node *unary(struct parser *p)
{
    enum node_op op = unary_op(p->tok.kind);
    struct node *n;
    if (!python_enter(p)) {
        n = python_fail(p, "");
    } else if (op == OP_NONE) {
        n = power(p);
    } else {
        n = python_node_here(p, NODE_UNARY);
        n->op = (uint8_t)op;
        python_advance(p);
        n->unary.value = unary(p);
    }
    python_leave(p);
    return n;
}

/* The operator at the token, which is passed over: "not in" and "is not" are two words. */
static enum node_op take_operator(struct parser *p)
{
    enum node_op op = binaries[p->tok.kind].op;
    python_advance(p);
    if (op == OP_NOT_IN)
        python_expect(p, T_IN, "\"in\" is missing behind \"not\"");
    else if (op == OP_IS && python_accept(p, T_NOT))
        op = OP_IS_NOT;
    return op;
}

static struct node *climb(struct parser *p, unsigned least)
{
    const struct place at = python_here(p);
    struct node *left;
    if (p->tok.kind == T_NOT && least <= PREC_NOT) {
        left = python_node(p, NODE_UNARY, at);
        left->op = OP_NOT;
        python_advance(p);
        left->unary.value = python_enter(p) ? climb(p, PREC_NOT) : python_fail(p, "");
        python_leave(p);
    } else {
        left = unary(p);
    }
    for (;;) {
        const unsigned prec = binaries[p->tok.kind].prec;
        if (prec == 0 || prec < least)
            return left;
        enum node_op op = take_operator(p);
        left = binary(p, at, left, op, climb(p, prec + 1));
    }
}

struct node *python_bitwise(struct parser *p)
{
    return climb(p, PREC_BITOR);
}

struct node *python_disjunction(struct parser *p)
{
    return climb(p, PREC_OR);
}

static struct node *lambda(struct parser *p)
{
    struct node *n = python_node_here(p, NODE_LAMBDA);
    python_advance(p);
    n->def.params = python_parameters(p, T_COLON);
    python_expect(p, T_COLON, "a colon is missing");
    n->def.value = p->tok.kind == T_YIELD ? python_rhs(p) : python_expression(p);
    return n;
}

static struct node *conditional(struct parser *p, struct place at, struct node *body)
{
    struct node *n = python_node(p, NODE_COND, at);
    python_advance(p);
    n->branch.body = body;
    n->branch.test = python_disjunction(p);
    python_expect(p, T_ELSE, "\"else\" is missing");
    n->branch.orelse = python_expression(p);
    return n;
}

/* lambda or "x if y else z" behind x: both may nest without an operator between. */
static struct node *deeper(struct parser *p, struct place at, struct node *body)
{
    struct node *n;
    if (!python_enter(p))
        n = python_fail(p, "");
    else
        n = body == NULL ? lambda(p) : conditional(p, at, body);
    python_leave(p);
    return n;
}

struct node *python_expression(struct parser *p)
{
    const struct place at = python_here(p);
    if (p->tok.kind == T_LAMBDA)
        return deeper(p, at, NULL);
    struct node *n = python_disjunction(p);
    return p->tok.kind == T_IF && !p->in_pattern ? deeper(p, at, n) : n;
}

/* In a pattern: "x as name" becomes name := x. */
static struct node *captured(struct parser *p, struct place at, struct node *pattern)
{
    struct node *n = python_node(p, NODE_WALRUS, at);
    python_advance(p);
    if (p->tok.kind != T_NAME)
        return python_fail(p, "a name is missing behind \"as\"");
    n->binary.left = python_name(p);
    n->binary.right = pattern;
    return n;
}

struct node *python_named_expression(struct parser *p)
{
    const struct place at = python_here(p);
    struct node *left = python_expression(p);
    if (p->in_pattern && p->tok.kind == T_AS)
        return captured(p, at, left);
    if (p->tok.kind != T_WALRUS)
        return left;
    struct node *n = python_node(p, NODE_WALRUS, at);
    python_advance(p);
    n->binary.left = left;
    n->binary.right = python_expression(p);
    return n;
}

/* Items with commas between: one item, or the tuple of them. */
static struct node *tuple_of(struct parser *p, struct node *(*item)(struct parser *))
{
    const struct place at = python_here(p);
    struct node *first = item(p);
    if (p->tok.kind != T_COMMA)
        return first;
    struct node *tuple = python_node(p, NODE_TUPLE, at);
    struct node_list items = NODE_LIST_INIT(items);
    node_list_add(&items, first);
    while (python_accept(p, T_COMMA) && python_begins_expression(p->tok.kind))
        node_list_add(&items, item(p));
    tuple->items = items.first;
    return tuple;
}

struct node *python_star_or_named(struct parser *p)
{
    return p->tok.kind == T_STAR ? star_item(p) : python_named_expression(p);
}

static struct node *star_or_bitwise(struct parser *p)
{
    return p->tok.kind == T_STAR ? star_item(p) : python_bitwise(p);
}

struct node *python_star_expressions(struct parser *p)
{
    return tuple_of(p, python_star_or_named);
}

struct node *python_targets(struct parser *p)
{
    return tuple_of(p, star_or_bitwise);
}

struct node *python_rhs(struct parser *p)
{
    if (p->tok.kind != T_YIELD)
        return python_star_expressions(p);
    struct node *n = python_node_here(p, NODE_AWAIT);
    python_advance(p);
    if (python_accept(p, T_FROM))
        n->value = python_expression(p);
    else if (python_begins_expression(p->tok.kind))
        n->value = python_star_expressions(p);
    return n;
}
