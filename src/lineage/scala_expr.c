/*
 * scala_expr: expressions of Scala (SLS 6).  "_" is a blank node until the expression that it
 * belongs to is known (SLS 6.23.1): the smallest one that is more than the blank itself.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/scala_internal.h"

#include "util/limits.h"

static struct node *parse_infix(struct scala_parser *p, int min);

static bool is_name(const struct scala_token *t)
{
    return t->kind == S_NAME || t->kind == S_UNDERSCORE;
}

/* The blanks from first on become the parameters of a function. */
static struct node *close_blanks(struct scala_parser *p, struct node *n, size_t first)
{
    if (n == NULL || p->n_blanks == first || p->blanks[first] == n)
        return n;
    struct node_list params = NODE_LIST_INIT(params);
    for (size_t i = first; i < p->n_blanks; i++) {
        struct node *blank = p->blanks[i];
        blank->text = i == first ? STR("_") : arena_printf(p->arena, "_%zu", i - first + 1);
        struct node *param = scala_node_at(p, NODE_ARG, blank);
        param->arg.name = blank->text;
        node_list_add(&params, param);
    }
    p->n_blanks = first;
    return result_lambda(p->arena, params.first, n, n->line, n->col);
}

/* The parameters that an expression before "=>" names: x, (x, y), (). */
static struct node *params_of(struct scala_parser *p, const struct node *n)
{
    struct node_list params = NODE_LIST_INIT(params);
    bool is_list = n->kind == NODE_TUPLE || n->kind == NODE_CONST;
    for (const struct node *item = n->kind == NODE_CONST ? NULL
                                   : is_list             ? n->items
                                                         : n;
         item != NULL; item = is_list ? item->next : NULL) {
        struct node *param = scala_node_at(p, NODE_ARG, item);
        param->arg.name = item->kind == NODE_NAME ? item->text : STR("_");
        node_list_add(&params, param);
    }
    return params.first;
}

/* At "=>". */
static struct node *parse_lambda(struct scala_parser *p, struct node *params,
                                 const struct scala_token *start, enum scala_place place)
{
    (void)scala_next(p);
    struct node *body;
    if (place == SCALA_STATEMENT && !p->in_parens)
        body = result_block(p->arena, scala_parse_statements(p, S_RBRACE), start->line, start->col);
    else
        body = scala_parse_expr(p, SCALA_INNER);
    if (body == NULL)
        return NULL;
    return result_lambda(p->arena, params, body, start->line, start->col);
}

/* Step over an argument without keeping it. */
static void skip_arg(struct scala_parser *p, size_t n_open)
{
    while (!scala_is_next(p, S_END)) {
        if (p->n_open <= n_open && (scala_is_next(p, S_RPAREN) || scala_is_next(p, S_COMMA)))
            return;
        (void)scala_next(p);
    }
}

struct node *scala_arg(struct scala_parser *p, struct node *value)
{
    struct node *arg = scala_node_at(p, NODE_ARG, value);
    if (value->kind == NODE_STAR) {
        arg->arg.stars = 1;
        value = value->value;
    }
    arg->arg.value = value;
    return arg;
}

/* "name = value" or "value". */
static struct node *parse_arg(struct scala_parser *p)
{
    struct scala_token t = *scala_look(p, 0);
    bool is_named = t.kind == S_NAME && scala_look(p, 1)->kind == S_EQUALS;
    if (is_named) {
        (void)scala_next(p);
        (void)scala_next(p);
    } else if (t.kind == S_NAME && scala_is_word(p, "using") && scala_look(p, 1)->kind == S_NAME) {
        (void)scala_next(p);
    }
    /* "f(**options)" is no Scala, but examples that were written for Python are tried as such. */
    bool is_python = scala_is_word(p, "**");
    if (is_python)
        (void)scala_next(p);
    struct node *value = scala_parse_expr(p, SCALA_INNER);
    if (value == NULL)
        return NULL;
    struct node *arg = scala_arg(p, value);
    if (is_python)
        arg->arg.stars = 2;
    if (is_named)
        arg->arg.name = scala_name(&t);
    return arg;
}

static struct node *parse_args(struct scala_parser *p)
{
    struct node_list args = NODE_LIST_INIT(args);
    size_t n_open = p->n_open;
    for (size_t n = 0; !scala_is_next(p, S_RPAREN) && !scala_is_next(p, S_END); n++) {
        if (n < LIMIT_LITERAL_ITEMS) {
            struct node *arg = parse_arg(p);
            if (arg == NULL)
                return NULL;
            node_list_add(&args, arg);
        } else {
            skip_arg(p, n_open);
        }
        if (!scala_take(p, S_COMMA))
            break;
    }
    return args.first;
}

static struct node *parse_call(struct scala_parser *p, struct node *func,
                               const struct scala_token *start)
{
    bool saved;
    (void)scala_open(p, &saved);
    struct node *call = scala_node(p, NODE_CALL, start);
    call->call.func = func;
    call->call.args = parse_args(p);
    return scala_close(p, S_RPAREN, saved) ? scala_lower_call(p, call) : NULL;
}

/* f { ... } */
static struct node *parse_block_call(struct scala_parser *p, struct node *func,
                                     const struct scala_token *start)
{
    struct node *call = scala_node(p, NODE_CALL, start);
    struct node *block = scala_parse_block(p);
    if (block == NULL)
        return NULL;
    call->call.func = func;
    call->call.args = scala_arg(p, block);
    return scala_lower_call(p, call);
}

/* "()" is None, "(a)" is a, "(a, b)" a tuple. */
static struct node *parse_parens(struct scala_parser *p)
{
    bool saved;
    struct scala_token t = scala_open(p, &saved);
    struct node_list items = NODE_LIST_INIT(items);
    size_t n = 0;
    for (; !scala_is_next(p, S_RPAREN) && !scala_is_next(p, S_END); n++) {
        struct node *item = scala_parse_expr(p, SCALA_INNER);
        if (item == NULL)
            return NULL;
        if (n < LIMIT_LITERAL_ITEMS)
            node_list_add(&items, item);
        if (!scala_take(p, S_COMMA))
            break;
    }
    if (!scala_close(p, S_RPAREN, saved))
        return NULL;
    if (items.first == NULL)
        return scala_word(p, NODE_CONST, &t, STR("None"));
    if (n == 0)
        return items.first;
    struct node *tuple = scala_node(p, NODE_TUPLE, &t);
    tuple->items = items.first;
    return tuple;
}

/* Does the pattern take whatever there is, and only name it? */
static bool only_names(const struct node *pattern)
{
    if (pattern->kind != NODE_TUPLE)
        return pattern->kind == NODE_NAME;
    const struct node *item = pattern->items;
    while (item != NULL && item->kind == NODE_NAME)
        item = item->next;
    return item == NULL;
}

/* Behind "{", before "case": a function of one argument.  { case (k, v) => ... } takes it apart. */
static struct node *parse_partial(struct scala_parser *p, const struct scala_token *t)
{
    struct node *param = scala_node(p, NODE_ARG, t);
    param->arg.name = STR("_case");
    struct node *subject = scala_word(p, NODE_NAME, t, param->arg.name);
    struct node *cases = scala_parse_cases(p), *body = scala_node(p, NODE_MATCH, t);
    body->match.subject = subject;
    body->match.cases = cases;
    if (cases != NULL && cases->next == NULL && cases->case_.guard == NULL &&
        only_names(cases->case_.pattern)) {
        struct node *assign = scala_node_at(p, NODE_ASSIGN, cases->case_.pattern);
        assign->assign.targets = cases->case_.pattern;
        assign->assign.value = subject;
        assign->next = cases->case_.body;
        body = scala_node(p, NODE_BLOCK, t);
        body->items = assign;
    }
    return result_lambda(p->arena, param, body, t->line, t->col);
}

/* Behind "{": the entries "key": value of a dictionary that was written for Python. */
static struct node *parse_foreign_dict(struct scala_parser *p, const struct scala_token *t)
{
    struct node *dict = scala_node(p, NODE_DICT, t);
    struct node_list items = NODE_LIST_INIT(items);
    p->in_parens = true;
    while (scala_is_next(p, S_STRING) && scala_look(p, 1)->kind == S_COLON) {
        struct node *entry = scala_node(p, NODE_PAIR, scala_look(p, 0));
        entry->pair.key = scala_string(p);
        (void)scala_next(p);
        entry->pair.value = scala_parse_expr(p, SCALA_INNER);
        if (entry->pair.value == NULL)
            break;
        node_list_add(&items, entry);
        if (!scala_take(p, S_COMMA))
            break;
    }
    dict->items = items.first;
    return dict;
}

/* "[a, b]", likewise. */
static struct node *parse_foreign_list(struct scala_parser *p)
{
    bool saved;
    struct scala_token t = scala_open(p, &saved);
    struct node *list = scala_node(p, NODE_LIST, &t);
    struct node_list items = NODE_LIST_INIT(items);
    while (!scala_is_next(p, S_RBRACKET) && !scala_is_next(p, S_END)) {
        struct node *item = scala_parse_expr(p, SCALA_INNER);
        if (item == NULL)
            return NULL;
        node_list_add(&items, item);
        if (!scala_take(p, S_COMMA))
            break;
    }
    list->items = items.first;
    return scala_close(p, S_RBRACKET, saved) ? list : NULL;
}

struct node *scala_parse_block(struct scala_parser *p)
{
    bool saved;
    struct scala_token t = scala_open(p, &saved);
    size_t n_blanks = p->n_blanks;
    struct node *n;
    if (scala_is_next(p, S_CASE) && scala_look(p, 1)->kind != S_CLASS &&
        scala_look(p, 1)->kind != S_OBJECT)
        n = parse_partial(p, &t);
    else if (scala_is_next(p, S_STRING) && scala_look(p, 1)->kind == S_COLON)
        n = parse_foreign_dict(p, &t);
    else
        n = result_block(p->arena, scala_parse_statements(p, S_RBRACE), t.line, t.col);
    p->n_blanks = n_blanks;
    p->in_parens = saved;
    if (p->reason != NULL)
        return NULL;
    if (!scala_take(p, S_RBRACE)) /* the end of the text: what it holds counts all the same */
        scala_gap(p, t.line, "a brace is not closed");
    return n;
}

/* new a.B[T](x) with C { members } */
static struct node *parse_new(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    struct node *call = scala_node(p, NODE_CALL, &t);
    if (!scala_is_next(p, S_LBRACE)) {
        if (!scala_is_next(p, S_NAME))
            return scala_fail(p, "a class is missing");
        struct scala_token name = scala_next(p);
        call->call.func = scala_word(p, NODE_NAME, &name, scala_name(&name));
        while (scala_take(p, S_DOT) && !scala_is_too_much(p)) {
            struct scala_token member = scala_next(p);
            struct node *attr = scala_node(p, NODE_ATTR, &member);
            attr->attr.value = call->call.func;
            attr->attr.name = scala_name(&member);
            call->call.func = attr;
        }
        if (scala_is_next(p, S_LBRACKET))
            scala_skip_bracket(p);
    } else {
        call->call.func = scala_word(p, NODE_NAME, &t, STR("AnyRef"));
    }
    for (bool is_first = true; scala_is_next(p, S_LPAREN) && !scala_is_separated(p);
         is_first = false) {
        bool saved;
        (void)scala_open(p, &saved);
        struct node *args = parse_args(p);
        if (!scala_close(p, S_RPAREN, saved))
            return NULL;
        if (!is_first) { /* new C(a)(b) */
            struct node *outer = scala_node(p, NODE_CALL, &t);
            outer->call.func = call;
            call = outer;
        }
        call->call.args = args;
        if (scala_is_too_much(p))
            return NULL;
    }
    while (scala_take(p, S_WITH))
        scala_skip_type(p, false);
    if (!scala_is_next(p, S_LBRACE) || scala_is_separated(p))
        return call->call.args == NULL ? scala_lower_call(p, call) : call;
    struct node *block = scala_node(p, NODE_BLOCK, &t);
    block->items = scala_parse_members(p);
    struct node *n = scala_node(p, NODE_UNKNOWN, &t);
    n->items = call;
    call->next = block;
    return n;
}

static struct node *parse_blank(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    struct node *n = scala_word(p, NODE_NAME, &t, STR("_"));
    *ARENA_PUSH(p->arena, p->blanks, p->n_blanks, p->cap_blanks) = n;
    return n;
}

static struct node *parse_word(struct scala_parser *p, enum node_kind kind, struct str text)
{
    struct scala_token t = scala_next(p);
    return scala_word(p, kind, &t, text.len > 0 ? text : scala_name(&t));
}

static struct node *parse_nil(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    return scala_node(p, NODE_LIST, &t);
}

static struct node *parse_simple(struct scala_parser *p)
{
    switch ((enum scala_kind)scala_look(p, 0)->kind) {
    case S_NAME:
        if (scala_is_word(p, "Nil"))
            return parse_nil(p);
        if (scala_is_word(p, "None"))
            return parse_word(p, NODE_CONST, STR("None"));
        return parse_word(p, NODE_NAME, STR_EMPTY);
    case S_THIS:
        return parse_word(p, NODE_NAME, STR_EMPTY);
    case S_UNDERSCORE:
        return parse_blank(p);
    case S_NUMBER:
        return parse_word(p, NODE_NUMBER, STR_EMPTY);
    case S_STRING:
        return scala_string(p);
    case S_TRUE:
        return parse_word(p, NODE_CONST, STR("True"));
    case S_FALSE:
        return parse_word(p, NODE_CONST, STR("False"));
    case S_NULL:
        return parse_word(p, NODE_CONST, STR("None"));
    case S_LPAREN:
        return parse_parens(p);
    case S_LBRACE:
        return scala_parse_block(p);
    case S_LBRACKET:
        return parse_foreign_list(p);
    case S_NEW:
        return parse_new(p);
    default:
        return scala_fail(p, "an expression is missing");
    }
}

static struct node *member(struct scala_parser *p, struct node *left, const struct scala_token *t)
{
    struct str name = scala_name(t);
    if (left->kind == NODE_STRING && str_eq(name, STR("stripMargin"))) {
        scala_strip_margin(p, left);
        return left;
    }
    struct node *n = scala_node(p, NODE_ATTR, t);
    n->attr.value = left;
    n->attr.name = name;
    bool is_command = str_eq(name, STR("!")) || str_eq(name, STR("!!"));
    if (!is_command && !str_eq(name, STR("empty")))
        return n;
    struct node *call = scala_node_at(p, NODE_CALL, left); /* "ls".!, Seq.empty */
    call->call.func = n;
    if (is_command)
        return call;
    struct node *lowered = scala_lower_call(p, call);
    return lowered != call ? lowered : n;
}

static struct node *parse_member(struct scala_parser *p, struct node *left)
{
    (void)scala_next(p);
    struct scala_token t = *scala_look(p, 0);
    if (t.kind == S_MATCH) /* x.match { ... }, of Scala 3 */
        return left;
    if (t.kind != S_NAME && t.kind != S_OPERATOR && t.kind < S_CASE)
        return scala_fail(p, "a name is missing behind the dot");
    (void)scala_next(p);
    return member(p, left, &t);
}

/* Members, calls and blocks behind an expression that begins at start. */
static struct node *parse_suffixes(struct scala_parser *p, struct node *left,
                                   const struct scala_token *start)
{
    while (left != NULL && !scala_is_too_much(p)) {
        enum scala_kind kind = (enum scala_kind)scala_look(p, 0)->kind;
        if (kind == S_DOT)
            left = parse_member(p, left);
        else if (scala_is_separated(p))
            return left;
        else if (kind == S_LBRACKET)
            scala_skip_bracket(p);
        else if (kind == S_LPAREN)
            left = parse_call(p, left, start);
        else if (kind == S_LBRACE)
            left = parse_block_call(p, left, start);
        else if (kind == S_UNDERSCORE)
            (void)scala_next(p); /* f _ */
        else
            return left;
    }
    return NULL;
}

static struct node *parse_prefix(struct scala_parser *p)
{
    struct scala_token t = *scala_look(p, 0);
    static const char signs[] = "-+!~";
    static const uint8_t ops[] = { OP_NEG, OP_POS, OP_NOT, OP_INVERT };
    if (t.kind != S_OPERATOR || t.len != 1)
        return parse_suffixes(p, parse_simple(p), &t);
    for (size_t i = 0; signs[i] != '\0'; i++) {
        if (signs[i] != t.ptr[0] || scala_is_too_much(p))
            continue;
        (void)scala_next(p);
        struct node *n = scala_node(p, NODE_UNARY, &t);
        n->op = ops[i];
        p->depth++;
        n->unary.value = parse_prefix(p);
        p->depth--;
        return n->unary.value == NULL ? NULL : n;
    }
    return scala_fail(p, "an expression is missing");
}

/* Can the next token begin what stands to the right of an operator?  A word at the end of a line
 * is no operator: "df.count" is often written "df count". */
static bool has_operand(struct scala_parser *p, const struct scala_token *op)
{
    const struct scala_token *t = scala_look(p, 0);
    if (op->kind == S_NAME && t->begins_line && !p->in_parens)
        return false;
    switch ((enum scala_kind)t->kind) {
    case S_NAME:
    case S_NUMBER:
    case S_STRING:
    case S_LPAREN:
    case S_LBRACE:
    case S_UNDERSCORE:
    case S_TRUE:
    case S_FALSE:
    case S_NULL:
    case S_THIS:
    case S_NEW:
        return true;
    case S_OPERATOR:
        return t->len == 1 &&
               (t->ptr[0] == '-' || t->ptr[0] == '+' || t->ptr[0] == '!' || t->ptr[0] == '~');
    default:
        return false;
    }
}

/* Does an operator follow?  One that begins a line goes on with the line before if a blank stands
 * behind it. */
static bool is_infix(struct scala_parser *p)
{
    const struct scala_token *t = scala_look(p, 0);
    if ((t->kind != S_NAME && t->kind != S_OPERATOR) || scala_is_word(p, "then"))
        return false;
    if (!scala_is_separated(p))
        return true;
    return t->kind == S_OPERATOR && !scala_look(p, 1)->is_adjacent &&
           !scala_look(p, 1)->begins_line;
}

static struct node *parse_infix(struct scala_parser *p, int min)
{
    struct scala_token start = *scala_look(p, 0);
    if (scala_is_too_much(p))
        return NULL;
    p->depth++;
    struct node *left = parse_prefix(p);
    while (left != NULL && is_infix(p) && !scala_is_too_much(p)) {
        int precedence = scala_precedence(scala_look(p, 0));
        if (precedence < min)
            break;
        struct scala_token op = scala_next(p);
        if (scala_is_next(p, S_LBRACKET) && p->look[0].is_adjacent)
            scala_skip_bracket(p);
        if (!has_operand(p, &op)) {
            left = member(p, left, &op);
            continue;
        }
        bool is_right = op.ptr[op.len - 1] == ':' || precedence == 0;
        struct node *right = parse_infix(p, is_right ? precedence : precedence + 1);
        left = right == NULL ? NULL : scala_infix(p, left, &op, right);
        if (left != NULL && (left->kind == NODE_BINARY || left->kind == NODE_CALL)) {
            left->line = start.line;
            left->col = start.col;
        }
    }
    p->depth--;
    return left;
}

static struct node *parse_assign(struct scala_parser *p, struct node *target)
{
    (void)scala_next(p);
    struct node *value = scala_parse_expr(p, SCALA_INNER);
    return value == NULL ? NULL : scala_assign(p, target, value);
}

/* ": Type", or ": _*" of an argument. */
static struct node *parse_ascription(struct scala_parser *p, struct node *left)
{
    (void)scala_next(p);
    if (!scala_is_next(p, S_UNDERSCORE) || scala_look(p, 1)->kind != S_OPERATOR) {
        scala_skip_type(p, p->in_parens);
        return left;
    }
    (void)scala_next(p);
    (void)scala_next(p);
    struct node *star = scala_node_at(p, NODE_STAR, left);
    star->value = left;
    return star;
}

/* Behind an operand: = value, : Type, match { ... }, => body. */
static struct node *parse_rest(struct scala_parser *p, struct node *left,
                               const struct scala_token *start, enum scala_place place,
                               size_t first_blank)
{
    while (left != NULL && !scala_is_too_much(p)) {
        switch ((enum scala_kind)scala_look(p, 0)->kind) {
        case S_EQUALS:
            return parse_assign(p, left);
        case S_COLON:
            left = parse_ascription(p, left);
            break;
        case S_MATCH:
            (void)scala_next(p);
            left = scala_parse_match(p, left);
            break;
        case S_ARROW:
            if (left->kind != NODE_NAME && left->kind != NODE_TUPLE && left->kind != NODE_CONST)
                return left;
            p->n_blanks = first_blank;
            return parse_lambda(p, params_of(p, left), start, place);
        default:
            return left;
        }
    }
    return NULL;
}

/* x => ..., and x: T => ... in a block.  NULL without p->reason: it is none. */
static struct node *parse_named_lambda(struct scala_parser *p, enum scala_place place)
{
    struct scala_token t = *scala_look(p, 0);
    if (!is_name(&t))
        return NULL;
    enum scala_kind following = (enum scala_kind)scala_look(p, 1)->kind;
    if (following != S_ARROW && (following != S_COLON || place != SCALA_STATEMENT))
        return NULL;
    struct node *name = scala_word(p, NODE_NAME, &t, scala_name(&t));
    (void)scala_next(p);
    if (following == S_COLON) {
        (void)scala_next(p);
        scala_skip_type(p, false);
        if (!scala_is_next(p, S_ARROW))
            return name;
    }
    return parse_lambda(p, params_of(p, name), &t, place);
}

static struct node *parse_jump(struct scala_parser *p, enum node_kind kind)
{
    struct scala_token t = scala_next(p);
    struct node *n = scala_node(p, kind, &t);
    enum scala_kind following = (enum scala_kind)scala_look(p, 0)->kind;
    bool has_value = following != S_RBRACE && following != S_END && following != S_SEMICOLON &&
                     following != S_CASE && following != S_RPAREN && following != S_ELSE;
    if (has_value && !scala_is_separated(p))
        n->value = scala_parse_expr(p, SCALA_INNER);
    return p->reason == NULL ? n : NULL;
}

static struct node *parse_any(struct scala_parser *p, enum scala_place place)
{
    struct scala_token t = *scala_look(p, 0);
    size_t first_blank = p->n_blanks;
    struct node *n;
    switch ((enum scala_kind)t.kind) {
    case S_IF:
        return scala_parse_if(p);
    case S_WHILE:
        return scala_parse_while(p);
    case S_DO:
        return scala_parse_do(p);
    case S_FOR:
        return scala_parse_for(p);
    case S_TRY:
        return scala_parse_try(p);
    case S_THROW:
        return parse_jump(p, NODE_RAISE);
    case S_RETURN:
        return parse_jump(p, NODE_RETURN);
    case S_MODIFIER: /* implicit x => ... */
        (void)scala_next(p);
        break;
    default:
        break;
    }
    n = parse_named_lambda(p, place);
    if (n != NULL || p->reason != NULL)
        return n;
    return parse_rest(p, parse_infix(p, 0), &t, place, first_blank);
}

struct node *scala_parse_expr(struct scala_parser *p, enum scala_place place)
{
    if (scala_is_too_much(p))
        return NULL;
    size_t outer = p->n_nested, first_blank = p->n_blanks;
    p->n_nested = 0;
    p->depth++;
    struct node *n = close_blanks(p, parse_any(p, place), first_blank);
    p->depth--;
    if (p->n_nested < outer)
        p->n_nested = outer;
    return n;
}

struct node *scala_parse_guard(struct scala_parser *p)
{
    size_t first_blank = p->n_blanks;
    return close_blanks(p, parse_infix(p, 0), first_blank);
}
