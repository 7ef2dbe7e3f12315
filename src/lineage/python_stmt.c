/*
 * python_stmt: simple statements, those of Python 2 and the soft keyword "type" included.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/python_internal.h"

/* A list of one. */
static struct node *chain(struct node *first, struct node *second)
{
    first->next = second;
    return first;
}

static struct node *unknown(struct parser *p, struct place at, struct node *items)
{
    struct node *n = python_node(p, NODE_UNKNOWN, at);
    n->items = items;
    return n;
}

static bool is_name(const struct node *n, struct str text)
{
    return n->kind == NODE_NAME && str_eq(n->text, text);
}

static struct node *value_of_assignment(struct parser *p)
{
    if (p->mode == PYTHON_IPYTHON && (p->tok.kind == T_BANG || p->tok.kind == T_PERCENT))
        return python_magic_value(p);
    return python_rhs(p);
}

/* At "=": a = b = value. */
static void assignment(struct parser *p, struct node *n, struct node *first)
{
    struct node_list targets = NODE_LIST_INIT(targets);
    struct node *last = first;
    while (python_accept(p, T_ASSIGN)) {
        node_list_add(&targets, last);
        last = value_of_assignment(p);
    }
    n->assign.targets = targets.first;
    n->assign.value = last;
}

/* At ":" behind a target. */
static struct node *annotated(struct parser *p, struct place at, struct node *target)
{
    struct node *n = python_node(p, NODE_ASSIGN, at);
    python_advance(p);
    n->assign.targets = target;
    n->assign.annotation = python_expression(p);
    if (python_accept(p, T_ASSIGN))
        n->assign.value = value_of_assignment(p);
    return n;
}

/* Each expression of a tuple's items as an argument. */
static struct node *as_arguments(struct parser *p, struct node *item)
{
    struct node_list args = NODE_LIST_INIT(args);
    while (item != NULL) {
        struct node *next = item->next;
        struct node *arg = python_node(p, NODE_ARG, (struct place){ item->line, item->col });
        item->next = NULL;
        arg->arg.value = item;
        node_list_add(&args, arg);
        item = next;
    }
    return args.first;
}

static struct node *call_of(struct parser *p, struct node *func, struct node *args)
{
    struct node *call = python_node(p, NODE_CALL, (struct place){ func->line, func->col });
    call->call.func = func;
    call->call.args = args;
    return call;
}

/* Python 2, behind print or exec: their operands, as a call. */
static struct node *print_or_exec(struct parser *p, struct node *name)
{
    struct node *value = python_star_expressions(p);
    struct node *items = value->kind == NODE_TUPLE ? value->items : value;
    if (is_name(name, STR("exec")) && items->kind == NODE_BINARY && items->op == OP_IN) {
        struct node *namespaces = items->next;
        items = chain(items->binary.left, chain(items->binary.right, namespaces));
    }
    return call_of(p, name, as_arguments(p, items));
}

/* Python 2: print >>file, x is a call with file as a keyword; any other expression stays. */
static struct node *print_to(struct parser *p, struct node *value)
{
    struct node *first = value->kind == NODE_TUPLE ? value->items : value;
    if (first == NULL || first->kind != NODE_BINARY || first->op != OP_SHR ||
        !is_name(first->binary.left, STR("print")))
        return value;
    struct node *file = as_arguments(p, first->binary.right);
    file->arg.name = STR("file");
    file->next = as_arguments(p, first->next);
    return call_of(p, first->binary.left, file);
}

/* "type" was read and a name is here: a type alias. */
static struct node *type_alias(struct parser *p, struct place at)
{
    struct node *n = python_node(p, NODE_ASSIGN, at);
    n->assign.targets = python_name(p);
    (void)python_type_parameters(p);
    python_expect(p, T_ASSIGN, "an equals sign is missing");
    n->assign.value = python_expression(p);
    return n;
}

static struct node *expression_statement(struct parser *p, struct place at, struct node *value)
{
    if (is_name(value, STR("type")) && p->tok.kind == T_NAME)
        return type_alias(p, at);
    if ((is_name(value, STR("print")) || is_name(value, STR("exec"))) &&
        python_begins_expression(p->tok.kind))
        value = print_or_exec(p, value);
    struct node *n = python_node(p, NODE_EXPR, at);
    n->value = print_to(p, value);
    return n;
}

/* An expression, and what it is the left side of.  NULL for a help line. */
static struct node *expression_or_assignment(struct parser *p)
{
    const struct place at = python_here(p);
    struct node *left = python_rhs(p), *n;
    switch (p->tok.kind) {
    case T_ASSIGN:
        n = python_node(p, NODE_ASSIGN, at);
        assignment(p, n, left);
        return n;
    case T_AUG:
        n = python_node(p, NODE_AUG_ASSIGN, at);
        n->op = p->tok.op;
        python_advance(p);
        n->binary.left = left;
        n->binary.right = python_rhs(p);
        return n;
    case T_COLON:
        return annotated(p, at, left);
    case T_QUESTION:
        if (p->mode == PYTHON_IPYTHON) {
            python_skip_help(p);
            return NULL;
        }
        FALLTHROUGH;
    default:
        return expression_statement(p, at, left);
    }
}

/* a.b.c */
static struct str dotted_name(struct parser *p)
{
    struct str name = STR_EMPTY;
    for (;;) {
        if (p->tok.kind != T_NAME && p->tok.kind < T_FIRST_KEYWORD)
            (void)python_fail(p, "the name of a module is missing");
        struct str word = python_text(&p->tok);
        if (name.len > 0 && name.ptr + name.len == word.ptr)
            name.len += word.len;
        else
            name = name.len == 0 ? word : arena_concat(p->arena, name, word);
        python_advance(p);
        if (p->tok.kind != T_DOT)
            return name;
        if (name.ptr + name.len == p->tok.ptr)
            name.len++;
        else
            name = arena_concat(p->arena, name, STR("."));
        python_advance(p);
    }
}

static struct str alias(struct parser *p)
{
    if (!python_accept(p, T_AS))
        return STR_EMPTY;
    struct str name = python_text(&p->tok);
    python_expect(p, T_NAME, "a name is missing behind \"as\"");
    return name;
}

static void import_modules(struct parser *p, struct node_list *out)
{
    struct place at = python_here(p);
    python_advance(p);
    do {
        struct node *n = python_node(p, NODE_IMPORT, at);
        n->import.module = dotted_name(p);
        n->import.alias = alias(p);
        if (!p->failed)
            node_list_add(out, n);
        at = (struct place){ p->tok.line, p->tok.col + 1 };
    } while (python_accept(p, T_COMMA));
}

static struct node *imported_names(struct parser *p)
{
    struct node_list names = NODE_LIST_INIT(names);
    const bool has_parens = python_accept(p, T_LPAREN);
    do {
        if (has_parens && p->tok.kind == T_RPAREN)
            break;
        struct node *n = python_node_here(p, NODE_ALIAS);
        n->alias.text = python_text(&p->tok);
        if (!python_accept(p, T_STAR))
            python_expect(p, T_NAME, "a name to import is missing");
        n->alias.alias = alias(p);
        node_list_add(&names, n);
    } while (python_accept(p, T_COMMA));
    if (has_parens)
        python_expect(p, T_RPAREN, "a closing parenthesis is missing");
    return names.first;
}

static struct node *import_from(struct parser *p)
{
    struct node *n = python_node_here(p, NODE_IMPORT);
    python_advance(p);
    for (; p->tok.kind == T_DOT || p->tok.kind == T_ELLIPSIS; python_advance(p))
        n->import.level += p->tok.kind == T_DOT ? 1 : 3;
    if (p->tok.kind != T_IMPORT)
        n->import.module = dotted_name(p);
    python_expect(p, T_IMPORT, "\"import\" is missing");
    n->import.names = imported_names(p);
    return n;
}

static struct node *return_statement(struct parser *p)
{
    struct node *n = python_node_here(p, NODE_RETURN);
    python_advance(p);
    if (python_begins_expression(p->tok.kind))
        n->value = python_rhs(p);
    return n;
}

/* raise x, raise x from y; Python 2: raise x, message, traceback. */
static struct node *raise_statement(struct parser *p)
{
    struct node *n = python_node_here(p, NODE_RAISE);
    python_advance(p);
    if (!python_begins_expression(p->tok.kind))
        return n;
    const struct place at = python_here(p);
    n->value = python_star_expressions(p);
    if (python_accept(p, T_FROM))
        n->value = unknown(p, at, chain(n->value, python_expression(p)));
    return n;
}

static struct node *assert_statement(struct parser *p)
{
    struct node *n = python_node_here(p, NODE_EXPR);
    python_advance(p);
    struct node *items = python_named_expression(p);
    if (python_accept(p, T_COMMA))
        items = chain(items, python_named_expression(p));
    n->value = unknown(p, (struct place){ n->line, n->col }, items);
    return n;
}

static struct node *del_statement(struct parser *p)
{
    struct node *n = python_node_here(p, NODE_DEL);
    python_advance(p);
    struct node *targets = python_targets(p);
    n->items = targets->kind == NODE_TUPLE ? targets->items : targets;
    return n;
}

static struct node *global_statement(struct parser *p)
{
    struct node *n = python_node_here(p, NODE_GLOBAL);
    struct node_list names = NODE_LIST_INIT(names);
    do {
        python_advance(p);
        if (p->tok.kind != T_NAME)
            (void)python_fail(p, "a name is missing");
        else
            node_list_add(&names, python_name(p));
    } while (p->tok.kind == T_COMMA);
    n->items = names.first;
    return n;
}

static struct node *keyword_statement(struct parser *p, enum node_kind kind)
{
    struct node *n = python_node_here(p, kind);
    python_advance(p);
    return n;
}

/* One simple statement; NULL where it is none that is kept. */
static struct node *simple_statement(struct parser *p)
{
    switch (p->tok.kind) {
    case T_FROM:
        return import_from(p);
    case T_RETURN:
        return return_statement(p);
    case T_RAISE:
        return raise_statement(p);
    case T_ASSERT:
        return assert_statement(p);
    case T_DEL:
        return del_statement(p);
    case T_GLOBAL:
    case T_NONLOCAL:
        return global_statement(p);
    case T_PASS:
        return keyword_statement(p, NODE_PASS);
    case T_BREAK:
        return keyword_statement(p, NODE_BREAK);
    case T_CONTINUE:
        return keyword_statement(p, NODE_CONTINUE);
    default:
        return expression_or_assignment(p);
    }
}

/* The value at whose end a statement ends, if more of a chain can stand behind it. */
static struct node **open_end(struct node *n)
{
    struct node **value = n->kind == NODE_EXPR ? &n->value : &n->assign.value;
    if ((n->kind != NODE_EXPR && n->kind != NODE_ASSIGN) || *value == NULL)
        return NULL;
    switch ((*value)->kind) {
    case NODE_NAME:
    case NODE_ATTR:
    case NODE_CALL:
    case NODE_SUBSCRIPT:
        return value;
    default:
        return NULL;
    }
}

bool python_continued_chain(struct parser *p)
{
    struct node **value =
        p->tok.kind == T_DOT && p->previous != NULL ? open_end(p->previous) : NULL;
    if (value == NULL)
        return false;
    *value = python_trailers(p, *value, (struct place){ p->previous->line, p->previous->col });
    if (p->tok.kind != T_END)
        python_expect(p, T_NEWLINE, "the statement should end here");
    return true;
}

/* Nothing was read before the failure. */
static bool is_nothing(const struct node *n)
{
    return n->kind == NODE_EXPR && n->value->kind == NODE_UNKNOWN && n->value->items == NULL;
}

void python_simple_line(struct parser *p, struct node_list *out)
{
    struct node *n = NULL;
    do {
        if (p->tok.kind == T_NEWLINE || p->tok.kind == T_END)
            break;
        n = NULL;
        if (p->tok.kind == T_IMPORT)
            import_modules(p, out);
        else if ((n = simple_statement(p)) != NULL && !is_nothing(n))
            node_list_add(out, n);
    } while (python_accept(p, T_SEMICOLON));
    p->previous = n;
    if (p->tok.kind != T_END)
        python_expect(p, T_NEWLINE, "the statement should end here");
}
