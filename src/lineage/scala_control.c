/* scala_control: if, loops, for-comprehensions, try and cases of Scala (SLS 6.16-6.22, 8.5). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/scala_internal.h"

#include "util/limits.h"

/* "(test)", or Scala 3's "test then". */
static struct node *parse_test(struct scala_parser *p)
{
    if (!scala_is_next(p, S_LPAREN)) {
        struct node *n = scala_parse_expr(p, SCALA_INNER);
        if (scala_is_word(p, "then"))
            (void)scala_next(p);
        return n;
    }
    bool saved;
    (void)scala_open(p, &saved);
    struct node *n = scala_parse_expr(p, SCALA_INNER);
    if (n == NULL || !scala_close(p, S_RPAREN, saved))
        return NULL;
    if (scala_is_word(p, "then"))
        (void)scala_next(p);
    return n;
}

struct node *scala_parse_if(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    struct node *n = scala_node(p, NODE_COND, &t);
    n->branch.test = parse_test(p);
    if (n->branch.test == NULL || (n->branch.body = scala_parse_expr(p, SCALA_INNER)) == NULL)
        return NULL;
    if (scala_is_next(p, S_SEMICOLON) && scala_look(p, 1)->kind == S_ELSE)
        (void)scala_next(p);
    if (!scala_take(p, S_ELSE))
        n->branch.orelse = scala_word(p, NODE_CONST, &t, STR("None"));
    else if ((n->branch.orelse = scala_parse_expr(p, SCALA_INNER)) == NULL)
        return NULL;
    return n;
}

static struct node *dropped(struct scala_parser *p, struct node *value)
{
    struct node_list out = NODE_LIST_INIT(out);
    result_add(p->arena, &out, value, RESULT_DROPPED, NULL);
    return out.first;
}

struct node *scala_parse_while(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    struct node *n = scala_node(p, NODE_WHILE, &t);
    if ((n->branch.test = parse_test(p)) == NULL)
        return NULL;
    if (scala_is_next(p, S_DO))
        (void)scala_next(p);
    struct node *body = scala_parse_expr(p, SCALA_INNER);
    if (body == NULL)
        return NULL;
    n->branch.body = dropped(p, body);
    return n;
}

struct node *scala_parse_do(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    struct node *n = scala_node(p, NODE_WHILE, &t);
    struct node *body = scala_parse_expr(p, SCALA_INNER);
    (void)scala_take(p, S_SEMICOLON);
    if (body == NULL || !scala_take(p, S_WHILE))
        return scala_fail(p, "while is missing");
    n->branch.body = dropped(p, body);
    n->branch.test = parse_test(p);
    return n->branch.test == NULL ? NULL : n;
}

/* One generator, definition or condition of a for. */
struct step {
    struct node *target, *value; /* target NULL: a condition */
    bool is_definition;
    struct scala_token at;
};

static bool parse_step(struct scala_parser *p, struct step *step)
{
    *step = (struct step){ .at = *scala_look(p, 0) };
    if (scala_take(p, S_IF)) {
        step->value = scala_parse_expr(p, SCALA_INNER);
        return step->value != NULL;
    }
    (void)scala_take(p, S_VAL);
    if (scala_is_next(p, S_CASE))
        (void)scala_next(p);
    step->target = scala_parse_pattern(p);
    if (step->target == NULL)
        return false;
    step->is_definition = scala_take(p, S_EQUALS);
    if (!step->is_definition && !scala_take(p, S_GENERATOR))
        return scala_fail(p, "<- is missing") != NULL;
    step->value = scala_parse_expr(p, SCALA_INNER);
    return step->value != NULL;
}

/* The steps between the brackets; NULL and p->reason on failure. */
static struct step *parse_steps(struct scala_parser *p, size_t *n)
{
    struct step *steps = NULL;
    size_t cap = 0;
    bool saved, is_braced = scala_is_next(p, S_LBRACE);
    enum scala_kind closer = is_braced ? S_RBRACE : S_RPAREN;
    *n = 0;
    if (!is_braced && !scala_is_next(p, S_LPAREN)) {
        (void)scala_fail(p, "a loop needs a bracket");
        return NULL;
    }
    (void)scala_open(p, &saved);
    while (!scala_is_next(p, closer) && !scala_is_next(p, S_END)) {
        if (scala_take(p, S_SEMICOLON))
            continue;
        if (*n == LIMIT_DEPTH / 4) {
            p->out->hit_limit = true;
            (void)scala_fail(p, "a loop over too much");
            return NULL;
        }
        if (!parse_step(p, ARENA_PUSH(p->arena, steps, *n, cap)))
            return NULL;
    }
    return scala_close(p, closer, saved) ? steps : NULL;
}

/* From the innermost outwards: the body within its loops. */
static struct node *loops(struct scala_parser *p, struct step *steps, size_t n, struct node *body)
{
    struct node *inner = dropped(p, body);
    while (n-- > 0) {
        struct step *s = &steps[n];
        struct node *outer = scala_node(p,
                                        s->target == NULL  ? NODE_IF
                                        : s->is_definition ? NODE_ASSIGN
                                                           : NODE_FOR,
                                        &s->at);
        if (s->target == NULL) {
            outer->branch.test = s->value;
            outer->branch.body = inner;
        } else if (s->is_definition) {
            outer->assign.targets = s->target;
            outer->assign.value = s->value;
            outer->next = inner;
        } else {
            outer->loop.target = s->target;
            outer->loop.iter = s->value;
            outer->loop.body = inner;
        }
        inner = outer;
    }
    if (inner != NULL && inner->next == NULL)
        return inner;
    return result_block(p->arena, inner, steps[0].at.line, steps[0].at.col);
}

static struct node *comprehension(struct scala_parser *p, struct step *steps, size_t n,
                                  struct node *element, const struct scala_token *t)
{
    struct node_list clauses = NODE_LIST_INIT(clauses);
    struct node_list *conditions = NULL, lists[LIMIT_DEPTH / 4];
    struct node *comp = scala_node(p, NODE_COMP, t);
    for (size_t i = 0; i < n; i++) {
        struct step *s = &steps[i];
        if (s->target == NULL) {
            if (conditions != NULL)
                node_list_add(conditions, s->value);
            continue;
        }
        struct node *clause = scala_node(p, NODE_CLAUSE, &s->at);
        clause->clause.target = s->target;
        clause->clause.iter = s->value;
        if (s->is_definition) { /* as Python writes it: for x in [value] */
            clause->clause.iter = scala_node(p, NODE_LIST, &s->at);
            clause->clause.iter->items = s->value;
        }
        conditions = &lists[i];
        *conditions = (struct node_list){ NULL, &clause->clause.conditions };
        node_list_add(&clauses, clause);
    }
    comp->op = OP_COMP_LIST;
    comp->comp.element = element;
    comp->comp.clauses = clauses.first;
    return comp;
}

struct node *scala_parse_for(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    size_t n;
    struct step *steps = parse_steps(p, &n);
    if (p->reason != NULL)
        return NULL;
    if (n == 0)
        return scala_fail(p, "a loop over nothing");
    bool yields = scala_take(p, S_YIELD);
    if (!yields)
        (void)scala_take(p, S_DO);
    struct node *body = scala_parse_expr(p, SCALA_INNER);
    if (body == NULL)
        return NULL;
    return yields ? comprehension(p, steps, n, body, &t) : loops(p, steps, n, body);
}

/* The name that a pattern of catch binds, and its type. */
static struct node *handler_of(struct scala_parser *p, struct node *c)
{
    struct node *handler = scala_node_at(p, NODE_HANDLER, c), *pattern = c->case_.pattern;
    if (pattern->kind == NODE_WALRUS)
        pattern = pattern->binary.left;
    if (pattern->kind == NODE_NAME && !str_eq(pattern->text, STR("_")))
        handler->def.name = pattern->text;
    else if (pattern->kind == NODE_CALL && pattern->call.args != NULL &&
             pattern->call.args->arg.value->kind == NODE_NAME)
        handler->def.name = pattern->call.args->arg.value->text;
    handler->def.body = c->case_.body;
    return handler;
}

/* catch { case ... }, catch handler */
static bool parse_catch(struct scala_parser *p, struct node *attempt)
{
    struct node_list handlers = NODE_LIST_INIT(handlers);
    bool saved;
    if (scala_is_next(p, S_CASE) ||
        (scala_is_next(p, S_LBRACE) && scala_look(p, 1)->kind == S_CASE)) {
        bool is_braced = scala_is_next(p, S_LBRACE);
        if (is_braced)
            (void)scala_open(p, &saved);
        struct node *cases = scala_parse_cases(p);
        if (is_braced && !scala_close(p, S_RBRACE, saved))
            return false;
        for (struct node *c = cases; c != NULL; c = c->next)
            node_list_add(&handlers, handler_of(p, c));
    } else {
        struct node *value = scala_parse_expr(p, SCALA_INNER);
        if (value == NULL)
            return false;
        struct node *handler = scala_node_at(p, NODE_HANDLER, value);
        handler->def.body = result_raw(p->arena, value);
        node_list_add(&handlers, handler);
    }
    attempt->attempt.handlers = handlers.first;
    return true;
}

static struct node *raw_list(struct scala_parser *p, struct node *value)
{
    return value->kind == NODE_BLOCK ? value->items : result_raw(p->arena, value);
}

struct node *scala_parse_try(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    struct node *n = scala_node(p, NODE_TRY, &t);
    struct node *body = scala_parse_expr(p, SCALA_INNER);
    if (body == NULL)
        return NULL;
    n->attempt.body = raw_list(p, body);
    if (scala_take(p, S_CATCH) && !parse_catch(p, n))
        return NULL;
    if (scala_take(p, S_FINALLY)) {
        struct node *last = scala_parse_expr(p, SCALA_INNER);
        if (last == NULL)
            return NULL;
        n->attempt.finally = dropped(p, last);
    }
    return n;
}

/* "case pattern if guard =>"; NULL and p->reason if it is none. */
static struct node *parse_case_head(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    struct node *c = scala_node(p, NODE_CASE, &t);
    bool saved = p->in_parens; /* it may take several lines */
    p->in_parens = true;
    c->case_.pattern = scala_parse_pattern(p);
    if (c->case_.pattern != NULL && scala_take(p, S_IF))
        c->case_.guard = scala_parse_guard(p);
    p->in_parens = saved;
    if (p->reason == NULL && !scala_take(p, S_ARROW))
        (void)scala_fail(p, "=> is missing");
    return p->reason == NULL ? c : NULL;
}

/* To the next case, or the end of all. */
static void skip_case(struct scala_parser *p, size_t n_open)
{
    while (!scala_is_next(p, S_END)) {
        if (p->n_open <= n_open && (scala_is_next(p, S_CASE) || scala_is_next(p, S_RBRACE)))
            break;
        (void)scala_next(p);
    }
    p->n_open = n_open;
}

struct node *scala_parse_cases(struct scala_parser *p)
{
    struct node_list cases = NODE_LIST_INIT(cases);
    size_t n_open = p->n_open;
    while (scala_is_next(p, S_CASE) && !scala_is_too_much(p)) {
        uint32_t line = scala_look(p, 0)->line;
        struct node *c = parse_case_head(p);
        if (c == NULL) {
            scala_gap(p, line, p->reason);
            p->reason = NULL;
            skip_case(p, n_open);
            continue;
        }
        c->case_.body = scala_parse_statements(p, S_RBRACE);
        node_list_add(&cases, c);
    }
    return cases.first;
}

struct node *scala_parse_match(struct scala_parser *p, struct node *subject)
{
    bool saved;
    struct node *n = scala_node_at(p, NODE_MATCH, subject);
    n->match.subject = subject;
    if (!scala_is_next(p, S_LBRACE))
        return scala_fail(p, "match needs a brace");
    (void)scala_open(p, &saved);
    n->match.cases = scala_parse_cases(p);
    return scala_close(p, S_RBRACE, saved) ? n : NULL;
}
