/*
 * result: see result.h.  Recursion follows the nesting of the text, which front ends bound; chains
 * of else-if are nested as well.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/result.h"

static struct node *at_place_of(struct arena *a, enum node_kind kind, const struct node *n)
{
    return node_new(a, kind, n->line, n->col);
}

/* Statements whose last one is used so. */
static struct node *use_last(struct arena *a, struct node *list, enum result_use use,
                             struct node *target)
{
    struct node_list out = NODE_LIST_INIT(out);
    for (struct node *n = list, *next; n != NULL; n = next) {
        next = n->next;
        n->next = NULL;
        if (next == NULL && n->kind == NODE_EXPR)
            result_add(a, &out, n->value, use, target);
        else
            node_list_add(&out, n);
    }
    return out.first;
}

static void add_branch(struct arena *a, struct node_list *out, struct node *cond,
                       enum result_use use, struct node *target)
{
    struct node *branch = at_place_of(a, NODE_IF, cond);
    struct node_list body = NODE_LIST_INIT(body), orelse = NODE_LIST_INIT(orelse);
    branch->branch.test = cond->branch.test;
    result_add(a, &body, cond->branch.body, use, target);
    result_add(a, &orelse, cond->branch.orelse, use, target);
    branch->branch.body = body.first;
    branch->branch.orelse = orelse.first;
    node_list_add(out, branch);
}

static struct node *same_name(struct arena *a, const struct node *name)
{
    struct node *copy = at_place_of(a, NODE_NAME, name);
    copy->text = name->text;
    return copy;
}

static void add_plain(struct arena *a, struct node_list *out, struct node *value,
                      enum result_use use, struct node *target)
{
    if (use == RESULT_ASSIGNED && value->kind == NODE_LAMBDA && target->kind == NODE_NAME) {
        struct node *def = at_place_of(a, NODE_DEF, target);
        def->def.name = target->text;
        def->def.params = value->def.params;
        def->def.body =
            value->def.value != NULL ? result_body(a, value->def.value) : value->def.body;
        node_list_add(out, def);
        return;
    }
    if (use == RESULT_ASSIGNED) {
        struct node *assign = at_place_of(a, NODE_ASSIGN, target);
        assign->assign.targets = target;
        assign->assign.value = value;
        node_list_add(out, assign);
        return;
    }
    if (use == RESULT_DROPPED && value->kind == NODE_CONST)
        return;
    struct node *n = at_place_of(a, use == RESULT_RETURNED ? NODE_RETURN : NODE_EXPR, value);
    n->value = value;
    node_list_add(out, n);
}

/* x <- v where the value counts: assign, then use the name. */
static void add_assignment(struct arena *a, struct node_list *out, struct node *walrus,
                           enum result_use use, struct node *target)
{
    struct node *left = walrus->binary.left;
    result_add(a, out, walrus->binary.right, RESULT_ASSIGNED, left);
    if (use == RESULT_DROPPED)
        return;
    if (left->kind == NODE_NAME)
        left = same_name(a, left);
    add_plain(a, out, left, use, target);
}

static bool is_raw_expression(const struct node *n)
{
    return n->kind >= NODE_STRING || n->kind == NODE_BLOCK || n->kind == NODE_MATCH ||
           n->kind == NODE_TRY;
}

struct node *result_raw(struct arena *a, struct node *value)
{
    if (!is_raw_expression(value))
        return value;
    struct node *n = at_place_of(a, NODE_EXPR, value);
    n->value = value;
    return n;
}

static void add_list(struct node_list *out, struct node *list)
{
    for (struct node *n = list, *next; n != NULL; n = next) {
        next = n->next;
        n->next = NULL;
        node_list_add(out, n);
    }
}

void result_add(struct arena *a, struct node_list *out, struct node *value, enum result_use use,
                struct node *target)
{
    switch ((enum node_kind)value->kind) {
    case NODE_COND:
        add_branch(a, out, value, use, target);
        break;
    case NODE_BLOCK:
        add_list(out, use_last(a, value->items, use, target));
        break;
    case NODE_MATCH:
        for (struct node *c = value->match.cases; c != NULL; c = c->next)
            c->case_.body = use_last(a, c->case_.body, use, target);
        node_list_add(out, value);
        break;
    case NODE_TRY:
        value->attempt.body = use_last(a, value->attempt.body, use, target);
        for (struct node *h = value->attempt.handlers; h != NULL; h = h->next)
            h->def.body = use_last(a, h->def.body, use, target);
        node_list_add(out, value);
        break;
    case NODE_WALRUS:
        add_assignment(a, out, value, use, target);
        break;
    default:
        if (is_raw_expression(value))
            add_plain(a, out, value, use, target);
        else
            node_list_add(out, value);
    }
}

struct node *result_body(struct arena *a, struct node *value)
{
    struct node_list out = NODE_LIST_INIT(out);
    result_add(a, &out, value, RESULT_RETURNED, NULL);
    return out.first;
}

struct node *result_block(struct arena *a, struct node *statements, uint32_t line, uint32_t col)
{
    if (statements == NULL) {
        struct node *none = node_new(a, NODE_CONST, line, col);
        none->text = STR("None");
        return none;
    }
    if (statements->next == NULL && statements->kind == NODE_EXPR)
        return statements->value;
    struct node *block = node_new(a, NODE_BLOCK, line, col);
    block->items = statements;
    return block;
}

struct node *result_lambda(struct arena *a, struct node *params, struct node *body, uint32_t line,
                           uint32_t col)
{
    struct node *lambda = node_new(a, NODE_LAMBDA, line, col);
    lambda->def.params = params;
    if (body->kind == NODE_BLOCK || body->kind == NODE_MATCH || body->kind == NODE_TRY ||
        body->kind == NODE_WALRUS || body->kind < NODE_STRING)
        lambda->def.body = result_body(a, body);
    else
        lambda->def.value = body;
    return lambda;
}
