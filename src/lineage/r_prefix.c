/* r_prefix: what an expression of R begins with: words, brackets, control flow, functions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/r_internal.h"

#include "util/limits.h"

static struct node *parse_string(struct r_parser *p)
{
    struct r_token t = r_next(p);
    struct node *n = r_node(p, NODE_STRING, &t);
    struct str text = r_text(p->arena, &t);
    if (text.len > 0)
        n->parts = r_word(p, NODE_TEXT, &t, text);
    return n;
}

/* "." and "_" may be replaced by what is piped in, hence room for any kind. */
static struct node *parse_name(struct r_parser *p)
{
    struct r_token t = r_next(p);
    struct str text = r_text(p->arena, &t);
    if (!str_eq(text, STR(".")) && !str_eq(text, STR("_")))
        return r_word(p, NODE_NAME, &t, text);
    struct node *dot = arena_alloc(p->arena, sizeof *dot);
    dot->kind = NODE_NAME;
    dot->line = t.line;
    dot->col = t.col;
    dot->text = text;
    *ARENA_PUSH(p->arena, p->dots, p->n_dots, p->cap_dots) = dot;
    return dot;
}

static struct node *parse_const(struct r_parser *p)
{
    struct r_token t = r_next(p);
    return r_word(p, NODE_CONST, &t,
                  t.ptr[0] == 'T'   ? STR("True")
                  : t.ptr[0] == 'F' ? STR("False")
                                    : STR("None"));
}

static struct node *parse_block(struct r_parser *p)
{
    bool saved;
    struct r_token open = r_open(p, &saved);
    struct node *statements = r_parse_statements(p, R_RBRACE);
    p->skips_newlines = saved;
    if (!r_take(p, R_RBRACE)) /* the end of the text: what it holds counts all the same */
        r_gap(p, open.line, "a brace is not closed");
    return result_block(p->arena, statements, open.line, open.col);
}

static struct node *parse_parens(struct r_parser *p)
{
    bool saved;
    (void)r_open(p, &saved);
    struct node *n = r_parse_expr(p, P_EQUALS);
    return r_close(p, R_RPAREN, saved) ? n : NULL;
}

static struct node *parse_body(struct r_parser *p)
{
    r_skip_newlines(p);
    return r_parse_expr(p, P_EQUALS);
}

/* One parameter or argument "name = value" without its value. */
static struct node *named_arg(struct r_parser *p)
{
    struct r_token t = r_next(p);
    struct node *arg = r_node(p, NODE_ARG, &t);
    arg->arg.name = r_text(p->arena, &t);
    return arg;
}

static struct node *parse_params(struct r_parser *p)
{
    struct node_list params = NODE_LIST_INIT(params);
    for (size_t n = 0; n < LIMIT_LITERAL_ITEMS && r_is_next(p, R_NAME); n++) {
        struct node *param = named_arg(p);
        param->arg.stars = str_eq(param->arg.name, STR("...")) ? 1 : 0;
        node_list_add(&params, param);
        if (r_take(p, R_EQUALS) && (param->arg.value = r_parse_expr(p, P_ASSIGN)) == NULL)
            break;
        if (!r_take(p, R_COMMA))
            break;
    }
    return params.first;
}

static struct node *parse_function(struct r_parser *p)
{
    bool saved;
    struct r_token t = r_next(p);
    if (!r_is_next(p, R_LPAREN))
        return r_fail(p, "a function needs its parameters in parentheses");
    (void)r_open(p, &saved);
    struct node *params = parse_params(p);
    if (!r_close(p, R_RPAREN, saved) || p->reason != NULL)
        return NULL;
    struct node *body = parse_body(p);
    return body == NULL ? NULL : result_lambda(p->arena, params, body, t.line, t.col);
}

/* "(test)" of if and while. */
static struct node *parse_test(struct r_parser *p)
{
    return r_is_next(p, R_LPAREN) ? parse_parens(p) : r_fail(p, "a condition is missing");
}

static struct node *parse_if(struct r_parser *p)
{
    struct r_token t = r_next(p);
    struct node *n = r_node(p, NODE_COND, &t);
    if ((n->branch.test = parse_test(p)) == NULL || (n->branch.body = parse_body(p)) == NULL)
        return NULL;
    if (r_is_next(p, R_NEWLINE) && r_look(p, 1)->kind == R_ELSE)
        (void)r_next(p);
    if (!r_take(p, R_ELSE))
        n->branch.orelse = r_word(p, NODE_CONST, &t, STR("None"));
    else if ((n->branch.orelse = parse_body(p)) == NULL)
        return NULL;
    return n;
}

static struct node *dropped(struct r_parser *p, struct node *value)
{
    struct node_list out = NODE_LIST_INIT(out);
    result_add(p->arena, &out, value, RESULT_DROPPED, NULL);
    return out.first;
}

static struct node *parse_for(struct r_parser *p)
{
    bool saved;
    struct r_token t = r_next(p);
    struct node *n = r_node(p, NODE_FOR, &t);
    if (!r_is_next(p, R_LPAREN))
        return r_fail(p, "a loop needs parentheses");
    (void)r_open(p, &saved);
    if (!r_is_next(p, R_NAME))
        return r_fail(p, "a loop needs a variable");
    n->loop.target = parse_name(p);
    if (!r_take(p, R_IN))
        return r_fail(p, "a loop needs in");
    n->loop.iter = r_parse_expr(p, P_EQUALS);
    if (!r_close(p, R_RPAREN, saved) || n->loop.iter == NULL)
        return NULL;
    struct node *body = parse_body(p);
    if (body == NULL)
        return NULL;
    n->loop.body = dropped(p, body);
    return n;
}

static struct node *parse_while(struct r_parser *p)
{
    struct r_token t = r_next(p);
    struct node *n = r_node(p, NODE_WHILE, &t);
    if (t.kind == R_REPEAT)
        n->branch.test = r_word(p, NODE_CONST, &t, STR("True"));
    else if ((n->branch.test = parse_test(p)) == NULL)
        return NULL;
    struct node *body = parse_body(p);
    if (body == NULL)
        return NULL;
    n->branch.body = dropped(p, body);
    return n;
}

static struct node *parse_sign(struct r_parser *p, enum node_op op, enum r_precedence min)
{
    struct r_token t = r_next(p);
    struct node *n = r_node(p, NODE_UNARY, &t);
    n->op = (uint8_t)op;
    r_skip_newlines(p);
    n->unary.value = r_parse_expr(p, min);
    return n->unary.value == NULL ? NULL : n;
}

static struct node *unknown(struct r_parser *p, const struct node *at, struct node *first,
                            struct node *second)
{
    struct node *n = r_node_at(p, NODE_UNKNOWN, at);
    struct node_list items = NODE_LIST_INIT(items);
    node_list_add(&items, first);
    if (second != NULL)
        node_list_add(&items, second);
    n->items = items.first;
    return n;
}

/* Does the tree of a "~ formula" so far read as a function: which name stands for its argument?
 * Its "." are bound by it and no longer wait for a pipe. */
static struct node *lower_formula(struct r_parser *p, const struct r_token *t, struct node *body,
                                  size_t first_dot, bool has_x)
{
    bool has_dot = p->n_dots > first_dot;
    p->n_dots = first_dot;
    if (!has_x && !has_dot)
        return unknown(p, body, body, NULL);
    struct node *param = r_node(p, NODE_ARG, t);
    param->arg.name = has_x ? STR(".x") : STR(".");
    return result_lambda(p->arena, param, body, t->line, t->col);
}

/* "~ body" without a left side. */
static struct node *parse_formula(struct r_parser *p)
{
    struct r_token t = r_next(p);
    size_t first_dot = p->n_dots;
    bool saved = p->has_x;
    p->has_x = false;
    r_skip_newlines(p);
    struct node *body = r_parse_expr(p, P_TILDE);
    bool has_x = p->has_x;
    p->has_x = saved;
    return body == NULL ? NULL : lower_formula(p, &t, body, first_dot, has_x);
}

static struct node *parse_help(struct r_parser *p)
{
    struct r_token t = r_next(p);
    struct node *n = r_parse_expr(p, P_HELP);
    return n == NULL ? NULL : r_word(p, NODE_CONST, &t, STR("None"));
}

static struct node *parse_word(struct r_parser *p, enum node_kind kind)
{
    struct r_token t = r_next(p);
    return r_word(p, kind, &t, (struct str){ t.ptr, t.len });
}

static struct node *parse_break(struct r_parser *p)
{
    struct r_token t = r_next(p);
    return r_node(p, t.ptr[0] == 'b' ? NODE_BREAK : NODE_CONTINUE, &t);
}

struct node *r_parse_prefix(struct r_parser *p)
{
    const struct r_token *t = r_look(p, 0);
    switch ((enum r_kind)t->kind) {
    case R_NAME:
        if (t->len == 2 && t->ptr[0] == '.' && t->ptr[1] == 'x')
            p->has_x = true;
        return parse_name(p);
    case R_STRING:
        return parse_string(p);
    case R_NUMBER:
        return parse_word(p, NODE_NUMBER);
    case R_CONST:
        return parse_const(p);
    case R_LPAREN:
        return parse_parens(p);
    case R_LBRACE:
        return parse_block(p);
    case R_FUNCTION:
    case R_BACKSLASH:
        return parse_function(p);
    case R_IF:
        return parse_if(p);
    case R_FOR:
        return parse_for(p);
    case R_WHILE:
    case R_REPEAT:
        return parse_while(p);
    case R_BREAK:
        return parse_break(p);
    case R_MINUS:
        return parse_sign(p, OP_NEG, P_SIGN);
    case R_PLUS:
        return parse_sign(p, OP_POS, P_SIGN);
    case R_NOT:
        return parse_sign(p, OP_NOT, P_NOT);
    case R_TILDE:
        return parse_formula(p);
    case R_HELP:
        return parse_help(p);
    default:
        return r_fail(p, "an expression is missing");
    }
}
