/*
 * scala_pattern: patterns (SLS 8) as expressions, in the form that Python's match has: a name
 * binds,
 * "_" is anything, x @ p is NODE_WALRUS, alternatives are "|".  A type or a constant is
 * NODE_UNKNOWN, because a name would bind.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/scala_internal.h"

#include "util/attrs.h"
#include "util/limits.h"

static struct node *parse_infix(struct scala_parser *p);

static bool is_capital(struct str name)
{
    return name.len > 0 && name.ptr[0] >= 'A' && name.ptr[0] <= 'Z';
}

static struct node *any_thing(struct scala_parser *p, const struct scala_token *t)
{
    return scala_word(p, NODE_NAME, t, STR("_"));
}

/* "(a, b)" or "[]": the patterns up to the closing bracket. */
static struct node *parse_list(struct scala_parser *p)
{
    struct node_list items = NODE_LIST_INIT(items);
    bool saved;
    (void)scala_open(p, &saved);
    while (!scala_is_next(p, S_RPAREN) && !scala_is_next(p, S_END)) {
        struct node *item = scala_parse_pattern(p);
        if (item == NULL)
            return NULL;
        node_list_add(&items, item);
        if (!scala_take(p, S_COMMA))
            break;
    }
    return scala_close(p, S_RPAREN, saved) ? items.first : NULL;
}

static struct node *parse_parens(struct scala_parser *p)
{
    struct scala_token t = *scala_look(p, 0);
    struct node *items = parse_list(p);
    if (p->reason != NULL)
        return NULL;
    if (items != NULL && items->next == NULL)
        return items;
    struct node *n = scala_node(p, NODE_TUPLE, &t);
    n->items = items;
    return n;
}

static bool is_sequence(struct str name)
{
    static const struct str names[] = { STR_INIT("List"), STR_INIT("Seq"), STR_INIT("Array"),
                                        STR_INIT("Vector"), STR_INIT("IndexedSeq") };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(name, names[i]))
            return true;
    return false;
}

/* Foo, a.b.Foo, Foo(x, y), x */
static struct node *parse_path(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    struct str name = scala_name(&t);
    struct node *path = scala_word(p, NODE_NAME, &t, name);
    bool binds = t.opener == 0 && !is_capital(name) && t.kind == S_NAME;
    while (scala_is_next(p, S_DOT) && !scala_is_too_much(p)) {
        (void)scala_next(p);
        struct scala_token member = scala_next(p);
        struct node *attr = scala_node(p, NODE_ATTR, &member);
        attr->attr.value = path;
        attr->attr.name = name = scala_name(&member);
        path = attr;
        binds = false;
    }
    if (scala_is_next(p, S_LBRACKET))
        scala_skip_bracket(p);
    if (!scala_is_next(p, S_LPAREN) || scala_is_separated(p)) {
        if (binds)
            return path;
        struct node *n = scala_node(p, NODE_UNKNOWN, &t);
        n->items = path;
        return n;
    }
    struct node *items = parse_list(p);
    if (p->reason != NULL)
        return NULL;
    if (str_eq(name, STR("Some")) && items != NULL && items->next == NULL)
        return items;
    if (is_sequence(name)) {
        struct node *n = scala_node(p, NODE_LIST, &t);
        n->items = items;
        return n;
    }
    struct node_list args = NODE_LIST_INIT(args);
    struct node *call = scala_node(p, NODE_CALL, &t);
    for (struct node *item = items, *following; item != NULL; item = following) {
        following = item->next;
        item->next = NULL;
        struct node *arg = scala_node_at(p, NODE_ARG, item);
        arg->arg.value = item;
        node_list_add(&args, arg);
    }
    call->call.func = path;
    call->call.args = args.first;
    return call;
}

static struct node *parse_literal(struct scala_parser *p, enum node_kind kind, struct str text)
{
    struct scala_token t = scala_next(p);
    return scala_word(p, kind, &t, text.len > 0 ? text : (struct str){ t.ptr, t.len });
}

/* "_" and "_*" */
static struct node *parse_wildcard(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    if (!scala_is_word(p, "*"))
        return any_thing(p, &t);
    (void)scala_next(p);
    struct node *star = scala_node(p, NODE_STAR, &t);
    star->value = any_thing(p, &t);
    return star;
}

static struct node *parse_negative(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    struct node *n = scala_node(p, NODE_UNARY, &t);
    n->op = OP_NEG;
    n->unary.value = parse_literal(p, NODE_NUMBER, STR_EMPTY);
    return n;
}

static struct node *parse_simple(struct scala_parser *p)
{
    switch ((enum scala_kind)scala_look(p, 0)->kind) {
    case S_NAME:
    case S_THIS:
        return parse_path(p);
    case S_UNDERSCORE:
        return parse_wildcard(p);
    case S_STRING:
        return scala_string(p);
    case S_NUMBER:
        return parse_literal(p, NODE_NUMBER, STR_EMPTY);
    case S_TRUE:
        return parse_literal(p, NODE_CONST, STR("True"));
    case S_FALSE:
        return parse_literal(p, NODE_CONST, STR("False"));
    case S_NULL:
        return parse_literal(p, NODE_CONST, STR("None"));
    case S_LPAREN:
        return parse_parens(p);
    case S_OPERATOR:
        if (scala_is_word(p, "-") && scala_look(p, 1)->kind == S_NUMBER)
            return parse_negative(p);
        FALLTHROUGH;
    default:
        return scala_fail(p, "a pattern is missing");
    }
}

/* x @ p, x: T */
static struct node *parse_bound(struct scala_parser *p)
{
    struct node *n = parse_simple(p);
    if (n == NULL)
        return NULL;
    if (scala_is_next(p, S_AT) && n->kind == NODE_NAME) {
        (void)scala_next(p);
        struct node *walrus = scala_node_at(p, NODE_WALRUS, n);
        walrus->binary.left = n;
        walrus->binary.right = parse_infix(p);
        return walrus->binary.right == NULL ? NULL : walrus;
    }
    if (scala_take(p, S_COLON))
        scala_skip_type(p, false);
    return n;
}

/* a :: b :: rest and other operators between patterns: a list, the last one being the rest. */
static struct node *parse_infix(struct scala_parser *p)
{
    if (scala_is_too_much(p))
        return NULL;
    p->depth++;
    struct node *n = parse_bound(p);
    struct node_list items = NODE_LIST_INIT(items);
    struct node *list = NULL;
    while (n != NULL && (scala_is_next(p, S_OPERATOR) || scala_is_next(p, S_NAME)) &&
           !scala_is_word(p, "|") && !scala_is_too_much(p)) {
        (void)scala_next(p);
        if (list == NULL)
            list = scala_node_at(p, NODE_LIST, n);
        node_list_add(&items, n);
        n = parse_bound(p);
    }
    p->depth--;
    if (n == NULL || list == NULL)
        return n;
    struct node *star = scala_node_at(p, NODE_STAR, n);
    star->value = n;
    node_list_add(&items, star);
    list->items = items.first;
    return list;
}

struct node *scala_parse_pattern(struct scala_parser *p)
{
    struct node *left = parse_infix(p);
    while (left != NULL && scala_is_word(p, "|")) {
        (void)scala_next(p);
        struct node *n = scala_node_at(p, NODE_BINARY, left);
        n->op = OP_BITOR;
        n->binary.left = left;
        n->binary.right = parse_infix(p);
        left = n->binary.right == NULL ? NULL : n;
    }
    return left;
}
