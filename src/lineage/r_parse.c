/*
 * r_parse: the grammar of R (gram.y) by precedence climbing.
 *
 * A function that finds no R sets p->reason and gives NULL; the loop over statements then skips to
 * the next one.  Line ends are tokens only where they can end a statement: a flag of the parser
 * drops them inside ( and [, braces bring them back.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/r_internal.h"

#include "util/limits.h"
#include "util/scan.h"

/* Nesting of the grammar; the other half of LIMIT_DEPTH is for pipes. */
enum { DEPTH_MAX = LIMIT_DEPTH / 2 };

/* Operators between two operands. */
static const struct {
    uint8_t precedence, op;
    bool is_right;
} binaries[R_N_KINDS] = {
    [R_HELP] = { P_HELP, OP_NONE, false },
    [R_EQUALS] = { P_EQUALS, OP_NONE, true },
    [R_ASSIGN] = { P_ASSIGN, OP_NONE, true },
    [R_COLON_ASSIGN] = { P_ASSIGN, OP_NONE, true },
    [R_RIGHT_ASSIGN] = { P_RIGHT_ASSIGN, OP_NONE, false },
    [R_TILDE] = { P_TILDE, OP_NONE, false },
    [R_OR] = { P_OR, OP_OR, false },
    [R_AND] = { P_AND, OP_AND, false },
    [R_EQ] = { P_COMPARE, OP_EQ, false },
    [R_NE] = { P_COMPARE, OP_NE, false },
    [R_LT] = { P_COMPARE, OP_LT, false },
    [R_LE] = { P_COMPARE, OP_LE, false },
    [R_GT] = { P_COMPARE, OP_GT, false },
    [R_GE] = { P_COMPARE, OP_GE, false },
    [R_PLUS] = { P_SUM, OP_ADD, false },
    [R_MINUS] = { P_SUM, OP_SUB, false },
    [R_STAR] = { P_PRODUCT, OP_MUL, false },
    [R_SLASH] = { P_PRODUCT, OP_DIV, false },
    [R_PERCENT] = { P_SPECIAL, OP_NONE, false },
    [R_PIPE] = { P_SPECIAL, OP_NONE, false },
    [R_COLON] = { P_RANGE, OP_NONE, false },
    [R_POWER] = { P_POWER, OP_POW, true },
};

static bool is_name_like(const struct r_token *t)
{
    return t->kind == R_NAME || t->kind == R_STRING || t->kind == R_CONST || t->kind >= R_FUNCTION;
}

/* "name = value" and "value" of a call or an index; NULL and p->reason if there is none. */
static struct node *parse_arg(struct r_parser *p)
{
    struct r_token first = *r_look(p, 0);
    struct node *arg = r_node(p, NODE_ARG, &first);
    bool is_named = is_name_like(&first) && r_look(p, 1)->kind == R_EQUALS;
    if (is_named) {
        (void)r_next(p);
        (void)r_next(p);
        arg->arg.name = r_text(p->arena, &first);
        if (r_is_next(p, R_COMMA) || r_is_next(p, R_RPAREN) || r_is_next(p, R_RBRACKET))
            return arg;
    }
    arg->arg.value = r_parse_expr(p, P_ASSIGN);
    if (arg->arg.value == NULL)
        return NULL;
    if (!is_named && arg->arg.value->kind == NODE_NAME && str_eq(arg->arg.value->text, STR("...")))
        arg->arg.stars = 1;
    return arg;
}

/* Step over an argument without keeping it. */
static void skip_arg(struct r_parser *p, size_t n_open)
{
    while (!r_is_next(p, R_END)) {
        bool is_closer = r_is_next(p, R_RPAREN) || r_is_next(p, R_RBRACKET);
        if (p->n_open <= n_open && (is_closer || r_is_next(p, R_COMMA)))
            return;
        (void)r_next(p);
    }
}

/* Up to the closing bracket.  An empty one is kept for an index (x[, 1]) as a NODE_SLICE. */
static struct node *parse_args(struct r_parser *p, enum r_kind closer)
{
    struct node_list args = NODE_LIST_INIT(args);
    size_t n_open = p->n_open;
    for (size_t n = 0; !r_is_next(p, closer) && !r_is_next(p, R_END); n++) {
        struct r_token first = *r_look(p, 0);
        if (n >= LIMIT_LITERAL_ITEMS) {
            skip_arg(p, n_open);
        } else if (first.kind != R_COMMA) {
            struct node *arg = parse_arg(p);
            if (arg == NULL)
                return NULL;
            node_list_add(&args, arg);
        } else if (closer == R_RBRACKET) {
            struct node *arg = r_node(p, NODE_ARG, &first);
            arg->arg.value = r_node(p, NODE_SLICE, &first);
            node_list_add(&args, arg);
        }
        if (!r_take(p, R_COMMA))
            break;
        if (closer == R_RBRACKET && r_is_next(p, closer)) {
            struct node *arg = r_node(p, NODE_ARG, &first);
            arg->arg.value = r_node(p, NODE_SLICE, &first);
            node_list_add(&args, arg);
        }
    }
    return args.first;
}

static struct node *parse_call(struct r_parser *p, struct node *func, const struct r_token *start)
{
    bool saved;
    (void)r_open(p, &saved);
    struct node *call = r_node(p, NODE_CALL, start);
    call->call.func = func;
    call->call.args = parse_args(p, R_RPAREN);
    if (!r_close(p, R_RPAREN, saved) || p->reason != NULL)
        return NULL;
    return r_lower_call(p, call);
}

/* R counts from 1, the tree from 0; what is excluded by a minus is not modelled. */
static struct node *lower_index(struct r_parser *p, struct node *index)
{
    uint64_t i;
    if (index->kind == NODE_NUMBER) {
        struct str digits = index->text;
        if (str_has_suffix(digits, STR("L")))
            digits.len--;
        if (scan_whole_u64(digits, UINT32_MAX, &i) && i > 0)
            index->text = arena_printf(p->arena, "%llu", (unsigned long long)(i - 1));
    } else if (index->kind == NODE_UNARY && index->op == OP_NEG) {
        struct node *n = r_node_at(p, NODE_UNKNOWN, index);
        n->items = index->unary.value;
        return n;
    }
    return index;
}

static bool is_option_of_index(struct str name)
{
    return str_eq(name, STR("drop")) || str_eq(name, STR("exact"));
}

static struct node *parse_index(struct r_parser *p, struct node *left, const struct r_token *start)
{
    bool saved;
    struct r_token open = r_open(p, &saved);
    struct node *args = parse_args(p, R_RBRACKET);
    if (p->reason == NULL && open.kind == R_LBRACKETS && !r_take(p, R_RBRACKET))
        (void)r_fail(p, "]] is missing");
    if (!r_close(p, R_RBRACKET, saved) || p->reason != NULL)
        return NULL;
    struct node *n = r_node(p, NODE_SUBSCRIPT, start);
    struct node_list items = NODE_LIST_INIT(items);
    for (struct node *arg = args; arg != NULL; arg = arg->next)
        if (arg->arg.value != NULL && !is_option_of_index(arg->arg.name))
            node_list_add(&items, lower_index(p, arg->arg.value));
    n->binary.left = left;
    n->binary.right = items.first;
    if (items.first == NULL || items.first->next != NULL) {
        n->binary.right = r_node(p, items.first == NULL ? NODE_SLICE : NODE_TUPLE, &open);
        n->binary.right->items = items.first;
    }
    return n;
}

/* x$name, x@name, pkg::name. */
static struct node *parse_member(struct r_parser *p, struct node *left)
{
    struct r_token mark = r_next(p);
    r_skip_newlines(p);
    struct r_token t = *r_look(p, 0);
    if (!is_name_like(&t)) {
        struct node *inner = mark.kind == R_DOLLAR ? r_parse_expr(p, P_MEMBER) : NULL;
        if (inner == NULL)
            return r_fail(p, "a name is missing");
        struct node *n = r_node_at(p, NODE_UNKNOWN, left);
        n->items = left;
        left->next = inner;
        return n;
    }
    (void)r_next(p);
    if (mark.kind == R_COLONS && left->kind == NODE_STRING && left->parts != NULL) {
        struct node *name = r_node_at(p, NODE_NAME, left);
        name->text = left->parts->text;
        left = name;
    }
    struct node *n = r_node(p, NODE_ATTR, &t);
    n->flags = mark.kind == R_COLONS ? R_IS_OF_PACKAGE : 0;
    n->attr.value = left;
    n->attr.name = r_text(p->arena, &t);
    return n;
}

/* Deeper nesting or a larger tree than is allowed? */
static bool is_too_much(struct r_parser *p)
{
    if (p->arena->used_bytes - p->start_bytes > LIMIT_TREE_BYTES)
        p->is_full = true;
    if (!p->is_full && p->depth < DEPTH_MAX)
        return false;
    p->out->hit_limit = true;
    (void)r_fail(p, "it is nested too deeply");
    return true;
}

/* Calls, indexes and members behind left, which begins at start; NULL if one does not parse. */
static struct node *parse_postfix(struct r_parser *p, struct node *left,
                                  const struct r_token *start, enum r_precedence min)
{
    while (left != NULL && !is_too_much(p)) {
        switch ((enum r_kind)r_look(p, 0)->kind) {
        case R_LPAREN:
            if (min == P_MEMBER)
                return left;
            left = parse_call(p, left, start);
            break;
        case R_LBRACKET:
        case R_LBRACKETS:
            if (min == P_MEMBER)
                return left;
            left = parse_index(p, left, start);
            break;
        case R_DOLLAR:
        case R_COLONS:
            left = parse_member(p, left);
            break;
        default:
            return left;
        }
    }
    return NULL;
}

static struct node *two_unknown(struct r_parser *p, struct node *left, struct node *right)
{
    struct node *n = r_node_at(p, NODE_UNKNOWN, left);
    n->items = left;
    left->next = right;
    return n;
}

/* target <- value; names(x) <- value and the like are calls of other functions. */
static struct node *assignment(struct r_parser *p, struct node *target, struct node *value)
{
    if (target->kind == NODE_STRING && target->parts != NULL) {
        struct node *name = r_node_at(p, NODE_NAME, target);
        name->text = target->parts->text;
        target = name;
    }
    if (target->kind != NODE_NAME && target->kind != NODE_ATTR && target->kind != NODE_SUBSCRIPT)
        return two_unknown(p, target, value);
    struct node *n = r_node_at(p, NODE_WALRUS, target);
    n->binary.left = target;
    n->binary.right = value;
    return n;
}

static struct node *plain_binary(struct r_parser *p, enum node_op op, struct node *left,
                                 struct node *right)
{
    struct node *n = r_node_at(p, NODE_BINARY, left);
    n->op = (uint8_t)op;
    n->binary.left = left;
    n->binary.right = right;
    return n;
}

/* What is no chain of NODE_BINARY nests deeper with each operator. */
static struct node *combine(struct r_parser *p, const struct r_token *t, struct node *left,
                            struct node *right, size_t first_dot)
{
    if (binaries[t->kind].op == OP_NONE && ++p->n_pipes > LIMIT_DEPTH - DEPTH_MAX) {
        p->out->hit_limit = true;
        return r_fail(p, "too many operators in a row");
    }
    switch ((enum r_kind)t->kind) {
    case R_EQUALS:
    case R_ASSIGN:
        return assignment(p, left, right);
    case R_RIGHT_ASSIGN:
        return assignment(p, right, left);
    case R_PIPE:
        return r_pipe(p, left, right, first_dot);
    case R_PERCENT:
        return r_special(p, (struct str){ t->ptr, t->len }, left, right, first_dot);
    case R_COLON:
        return r_range(p, left, right);
    case R_TILDE:
    case R_HELP:
    case R_COLON_ASSIGN:
        return two_unknown(p, left, right);
    default:
        return plain_binary(p, (enum node_op)binaries[t->kind].op, left, right);
    }
}

struct node *r_parse_expr(struct r_parser *p, enum r_precedence min)
{
    if (is_too_much(p))
        return NULL;
    size_t outer_pipes = p->n_pipes;
    p->n_pipes = 0;
    p->depth++;
    struct r_token start = *r_look(p, 0);
    struct node *left = parse_postfix(p, r_parse_prefix(p), &start, min);
    while (left != NULL) {
        enum r_kind kind = (enum r_kind)r_look(p, 0)->kind;
        enum r_precedence precedence = (enum r_precedence)binaries[kind].precedence;
        if (precedence == P_NONE || precedence < min)
            break;
        struct r_token t = r_next(p);
        size_t first_dot = p->n_dots;
        r_skip_newlines(p);
        struct node *right = r_parse_expr(
            p, binaries[kind].is_right ? precedence : (enum r_precedence)(precedence + 1));
        left = right == NULL ? NULL : combine(p, &t, left, right, first_dot);
        if (left != NULL && left->kind == NODE_BINARY) {
            left->line = start.line;
            left->col = start.col;
        }
    }
    p->depth--;
    if (p->n_pipes < outer_pipes)
        p->n_pipes = outer_pipes;
    return left;
}

/* To the end of the statement at hand: a new line or ";" outside of brackets that it opened, or a
 * line that begins no further right than the statement and looks like another one. */
static void skip_statement(struct r_parser *p, size_t n_open, const struct r_token *start)
{
    bool saved = p->skips_newlines;
    p->skips_newlines = false;
    for (;;) {
        const struct r_token *t = r_look(p, 0);
        bool is_first = t->ptr == start->ptr;
        bool is_closer = t->kind == R_RPAREN || t->kind == R_RBRACKET || t->kind == R_RBRACE;
        if (t->kind == R_END)
            break;
        if (p->n_open <= n_open && !is_first &&
            (t->kind == R_NEWLINE || t->kind == R_SEMICOLON || t->kind == R_RBRACE))
            break;
        if (t->begins_line && t->line > start->line && t->col <= start->col && !is_closer &&
            t->kind != R_NEWLINE && binaries[t->kind].precedence == P_NONE)
            break;
        (void)r_next(p);
    }
    p->n_open = n_open;
    p->skips_newlines = saved;
}

/* One statement, raw; NULL where nothing is to be kept. */
static struct node *parse_statement(struct r_parser *p)
{
    struct r_token start = *r_look(p, 0);
    size_t n_open = p->n_open;
    bool saved = p->skips_newlines;
    if (start.begins_line && (start.kind == R_HELP || start.ptr[0] == '%')) {
        r_skip_line(p);
        return NULL;
    }
    struct node *n = r_parse_expr(p, P_HELP);
    p->n_dots = 0;
    enum r_kind end = (enum r_kind)r_look(p, 0)->kind;
    if (n != NULL && end != R_NEWLINE && end != R_SEMICOLON && end != R_RBRACE && end != R_END)
        (void)r_fail(p, "a statement does not end here");
    if (p->reason == NULL)
        return n;
    r_gap(p, start.line, p->reason);
    p->reason = NULL;
    p->skips_newlines = saved;
    skip_statement(p, n_open, &start);
    return NULL;
}

/* Append a raw statement, of which the one before is now known not to be the last. */
static void settle(struct r_parser *p, struct node_list *list, struct node *raw)
{
    if (raw != NULL)
        result_add(p->arena, list, raw, RESULT_DROPPED, NULL);
}

struct node *r_parse_statements(struct r_parser *p, enum r_kind closer)
{
    struct node_list list = NODE_LIST_INIT(list);
    struct node *last = NULL;
    while (!p->is_full) {
        while (r_is_next(p, R_NEWLINE) || r_is_next(p, R_SEMICOLON))
            (void)r_next(p);
        if (r_is_next(p, R_END) || r_is_next(p, closer))
            break;
        struct node_list outer = p->imports;
        p->imports = (struct node_list)NODE_LIST_INIT(p->imports);
        struct node *n = parse_statement(p);
        if (n != NULL || p->imports.first != NULL)
            settle(p, &list, last);
        if (n != NULL || p->imports.first != NULL)
            last = n;
        if (p->imports.first != NULL) {
            node_list_add(&list, p->imports.first);
            list.last = p->imports.last;
        }
        p->imports = outer;
    }
    if (closer == R_END)
        settle(p, &list, last);
    else if (last != NULL)
        node_list_add(&list, result_raw(p->arena, last));
    return list.first;
}

static void parser_init(struct r_parser *p, struct arena *a, struct str source, struct parsed *out)
{
    *p = (struct r_parser){ .arena = a, .start_bytes = a->used_bytes, .out = out };
    p->imports = (struct node_list)NODE_LIST_INIT(p->imports);
    r_lex_init(&p->lexer, source);
}

void r_parse(struct arena *a, struct str source, struct parsed *out)
{
    struct r_parser p;
    *out = (struct parsed){ 0 };
    parser_init(&p, a, source, out);
    out->statements = r_parse_statements(&p, R_END);
}

struct node *r_parse_within(struct r_parser *p, struct str text, const struct node *at)
{
    struct r_parser inner;
    struct parsed out = { 0 };
    parser_init(&inner, p->arena, text, &out);
    inner.start_bytes = p->start_bytes;
    inner.depth = p->depth + 1;
    inner.lexer.line = at->line;
    struct node *n = r_parse_expr(&inner, P_HELP);
    p->is_full |= inner.is_full;
    p->out->hit_limit |= out.hit_limit;
    return n != NULL && inner.reason == NULL && r_is_next(&inner, R_END) ? n : NULL;
}
