/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"

#include "util/limits.h"

void eval_hit_limit(struct eval *e, const char *which)
{
    if (e->out->hit_limit == NULL)
        e->out->hit_limit = which;
}

bool eval_may_report(struct eval *e)
{
    if (e->arena->used_bytes < e->vs.limit_bytes + LIMIT_REPORT_BYTES)
        return true;
    eval_hit_limit(e, "memory");
    return false;
}

static void assign_name(struct eval *e, struct str name, struct value *v, uint32_t line)
{
    scope_set(e, name,
              value_with_origin_in(&e->vs, v, "assigned", name, e->unit->name,
                                   (uint32_t)e->unit->cell, line));
}

/* The elements of v go to the targets in order; what cannot be taken apart is unknown. */
static void assign_items(struct eval *e, const struct node *items, struct value *v)
{
    size_t n_targets = 0;
    for (const struct node *t = items; t != NULL; t = t->next)
        n_targets++;
    struct value *elements[LIMIT_UNPACK];
    size_t n = 0;
    bool is_open = false;
    bool is_known =
        v->kind == VALUE_SEQ && value_elements(&e->vs, v, elements, LIMIT_UNPACK, &n, &is_open);
    size_t i = 0;
    for (const struct node *t = items; t != NULL; t = t->next) {
        if (t->kind == NODE_STAR) {
            struct value *rest = eval_seq(e, 0);
            size_t behind = 0;
            for (const struct node *s = t->next; s != NULL; s = s->next)
                behind++;
            for (; is_known && i + behind < n; i++)
                value_seq_add(&e->vs, rest, elements[i]);
            rest->seq->is_open = !is_known || is_open;
            eval_assign(e, t->value, rest);
            continue;
        }
        struct value *item;
        if (is_known && i < n)
            item = elements[i];
        else if (v->kind == VALUE_CHAIN)
            item = value_chain_item(&e->vs, v, value_whole(&e->vs, (int64_t)i));
        else if (v->kind == VALUE_UNION)
            item = pure_subscript(&e->vs, v, value_whole(&e->vs, (int64_t)i));
        else
            item = value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY);
        eval_assign(e, t, item);
        i++;
    }
}

void chain_set(struct eval *e, const struct value *owner, struct value *key, struct value *v)
{
    struct chain *c = (struct chain *)(uintptr_t)owner->chain;
    if (c->is_module)
        return;
    if (c->fields == NULL) {
        c->fields = eval_map(e);
        c->fields->map->is_open = true;
    }
    value_map_put(&e->vs, c->fields, key, v);
}

/* x$name <- v of R's list. */
static void set_element(struct eval *e, struct value *list, struct str name, struct value *v)
{
    struct seq *s = list->seq;
    for (size_t i = 0; s->names != NULL && i < s->n; i++)
        if (str_eq(s->names[i], name)) {
            s->items[i] = e->branch_depth > 0 ? value_join(&e->vs, s->items[i], v) : v;
            return;
        }
    size_t n = s->n;
    value_seq_add(&e->vs, list, v);
    if (s->n == n)
        return;
    if (s->names == NULL)
        s->names = ARENA_NEW_N(e->arena, struct str, s->n);
    s->names[n] = name;
}

static void assign_attr(struct eval *e, const struct node *target, struct value *v)
{
    struct value *owner = eval_expr(e, target->attr.value);
    if (owner->kind == VALUE_INSTANCE)
        strmap_put(
            &owner->instance->fields, target->attr.name,
            e->branch_depth > 0
                ? value_join(&e->vs, strmap_get(&owner->instance->fields, target->attr.name), v)
                : v);
    else if (owner->kind == VALUE_CLASS)
        strmap_put(&owner->klass->members, target->attr.name, v);
    else if (owner->kind == VALUE_MAP)
        value_map_put(&e->vs, owner, value_text(&e->vs, target->attr.name), v);
    else if (owner->kind == VALUE_SEQ && e->unit->lang == CALL_R)
        set_element(e, owner, target->attr.name, v);
    else if (owner->kind == VALUE_CHAIN)
        chain_set(e, owner, value_text(&e->vs, target->attr.name), v);
}

void eval_assign(struct eval *e, const struct node *target, struct value *v)
{
    switch (target->kind) {
    case NODE_NAME:
        assign_name(e, target->text, v, target->line);
        break;
    case NODE_TUPLE:
    case NODE_LIST:
        assign_items(e, target->items, v);
        break;
    case NODE_STAR:
        eval_assign(e, target->value, v);
        break;
    case NODE_ATTR:
        assign_attr(e, target, v);
        break;
    case NODE_SUBSCRIPT: {
        struct str name;
        struct value *owner = eval_expr(e, target->binary.left);
        if (target->binary.right == NULL || target->binary.right->kind == NODE_SLICE)
            break;
        struct value *key = eval_expr(e, target->binary.right);
        if (owner->kind == VALUE_MAP && value_is_known_text(key, &name))
            scope_keep_entry(e, &owner->map->entries, name);
        if (owner->kind == VALUE_MAP)
            value_map_put(&e->vs, owner, key, v);
        else if (owner->kind == VALUE_CHAIN)
            chain_set(e, owner, key, v);
        else if (owner->kind == VALUE_SEQ && key->kind == VALUE_NUMBER && key->number.is_whole &&
                 key->number.whole >= 0 && (uint64_t)key->number.whole < owner->seq->n)
            owner->seq->items[key->number.whole] = v;
        else if (owner->kind == VALUE_SEQ && e->unit->lang == CALL_R &&
                 value_is_known_text(key, &name))
            set_element(e, owner, name, v);
        break;
    }
    default:
        break;
    }
}

static void run_assign(struct eval *e, const struct node *n)
{
    if (n->assign.annotation != NULL)
        eval_expr(e, n->assign.annotation);
    if (n->assign.value == NULL)
        return;
    struct value *v = eval_expr(e, n->assign.value);
    for (const struct node *t = n->assign.targets; t != NULL; t = t->next)
        eval_assign(e, t, v);
}

static void run_aug_assign(struct eval *e, const struct node *n)
{
    struct value *left = eval_expr(e, n->binary.left);
    struct value *right = eval_expr(e, n->binary.right);
    if (left->kind == VALUE_SEQ && n->op == OP_ADD && right->kind == VALUE_SEQ) {
        for (size_t i = 0; i < right->seq->n; i++)
            value_seq_add(&e->vs, left, right->seq->items[i]);
        left->seq->is_open = left->seq->is_open || right->seq->is_open;
        return;
    }
    eval_assign(e, n->binary.left, pure_binary(&e->vs, n->op, left, right));
}

/* The condition's truth where it decides which branch counts: at the top of a notebook both do, so
 * only a literal decides there; in a function what the caller gave decides. */
static int condition(struct eval *e, const struct node *test)
{
    struct value *v = eval_expr(e, test);
    if (test->kind == NODE_CONST || test->kind == NODE_NUMBER)
        return value_truth(v);
    return e->frame != NULL ? value_truth(v) : 0;
}

static void run_unreached(struct eval *e, const struct node *body)
{
    bool was = e->is_unreached;
    e->is_unreached = true;
    eval_statements(e, body);
    e->is_unreached = was;
}

static void run_if(struct eval *e, const struct node *n)
{
    struct branches b;
    branches_begin(e, &b);
    bool has_else = false;
    for (; n != NULL; n = n->branch.orelse) {
        if (n->kind != NODE_IF) {
            eval_statements(e, n);
            branches_keep(e, &b);
            has_else = true;
            break;
        }
        int truth = condition(e, n->branch.test);
        if (truth < 0) {
            if (e->frame == NULL) {
                run_unreached(e, n->branch.body);
                e->flow = FLOW_LEFT;
                branches_keep(e, &b);
            }
            continue;
        }
        eval_statements(e, n->branch.body);
        branches_keep(e, &b);
        if (truth > 0) {
            has_else = true;
            if (n->branch.orelse != NULL && e->frame == NULL) {
                run_unreached(e, n->branch.orelse);
                e->flow = FLOW_LEFT;
                branches_keep(e, &b);
            }
            break;
        }
    }
    branches_end(e, &b, has_else);
}

/* Names that the body changes by what they were: after an unknown number of rounds they are not
 * known. */
static void forget_carried(struct eval *e, const struct node *body)
{
    for (const struct node *s = body; s != NULL; s = s->next)
        if (s->kind == NODE_AUG_ASSIGN && s->binary.left->kind == NODE_NAME) {
            struct value *v = scope_get(e, s->binary.left->text);
            if (v != NULL && (v->kind == VALUE_NUMBER || v->kind == VALUE_TEXT))
                scope_set(e, s->binary.left->text,
                          value_unknown(&e->vs, HOLE_RUN_TIME, s->binary.left->text));
        } else if (s->kind == NODE_IF) {
            forget_carried(e, s->branch.body);
        }
}

static void run_while(struct eval *e, const struct node *n)
{
    struct branches b;
    forget_carried(e, n->branch.body);
    eval_expr(e, n->branch.test);
    branches_begin(e, &b);
    eval_statements(e, n->branch.body);
    branches_keep(e, &b);
    branches_end(e, &b, false);
    eval_statements(e, n->branch.orelse);
}

/* A list of R gives its values, not their names. */
static struct value *values_of(struct eval *e, const struct value *list)
{
    struct value *seq = eval_seq(e, 0);
    for (size_t i = 0; i < list->map->entries.n; i++)
        value_seq_add(&e->vs, seq, list->map->entries.entries[i].value);
    if (seq->kind == VALUE_SEQ)
        seq->seq->is_open = list->map->is_open;
    return seq;
}

size_t eval_loop_items(struct eval *e, struct value *over, struct value **items, bool *is_open)
{
    size_t n = 0;
    if (over->kind == VALUE_MAP && e->unit->lang == CALL_R)
        over = values_of(e, over);
    /* the characters of a text are no names of anything */
    bool is_known = over->kind != VALUE_TEXT &&
                    value_elements(&e->vs, over, items, LIMIT_LOOP + 1, &n, is_open);
    if (is_known && n > 0 && n <= LIMIT_LOOP)
        return n;
    if (is_known && n == 0 && !*is_open)
        return 0;
    if (over->kind == VALUE_CHAIN)
        items[0] = value_chain_item(&e->vs, over, value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY));
    else
        items[0] =
            value_unknown(&e->vs, n > LIMIT_LOOP ? HOLE_LIMIT : value_hole(over).reason, STR_EMPTY);
    *is_open = true;
    return 1;
}

static void run_for(struct eval *e, const struct node *n)
{
    struct value *items[LIMIT_LOOP + 1];
    bool is_open = false;
    size_t count = eval_loop_items(e, eval_expr(e, n->loop.iter), items, &is_open);
    if (is_open)
        forget_carried(e, n->loop.body);
    for (size_t i = 0; i < count && eval_step(e); i++) {
        eval_assign(e, n->loop.target, items[i]);
        eval_statements(e, n->loop.body);
        bool is_left = e->flow == FLOW_LEFT && e->frame != NULL && e->frame->returned != NULL;
        if (e->flow == FLOW_BREAK || is_left)
            break;
        e->flow = FLOW_ON;
    }
    e->flow = FLOW_ON;
    eval_statements(e, n->loop.orelse);
}

static void run_with(struct eval *e, const struct node *n)
{
    for (const struct node *item = n->with.items; item != NULL; item = item->next) {
        struct value *v = eval_expr(e, item->pair.key);
        if (item->pair.value != NULL)
            eval_assign(e, item->pair.value, v);
    }
    eval_statements(e, n->with.body);
}

static void run_try(struct eval *e, const struct node *n)
{
    eval_statements(e, n->attempt.body);
    enum flow flow = e->flow;
    struct value *returned = e->frame != NULL ? e->frame->returned : NULL;
    e->flow = FLOW_ON;
    struct branches b;
    branches_begin(e, &b);
    for (const struct node *h = n->attempt.handlers; h != NULL; h = h->next) {
        if (h->def.value != NULL)
            eval_expr(e, h->def.value);
        if (h->def.name.len > 0)
            scope_set(e, h->def.name, value_unknown(&e->vs, HOLE_RUN_TIME, h->def.name));
        eval_statements(e, h->def.body);
        branches_keep(e, &b);
    }
    branches_end(e, &b, false);
    e->flow = flow;
    if (e->frame != NULL && returned != NULL)
        e->frame->returned = value_join(&e->vs, e->frame->returned, returned);
    if (e->flow == FLOW_ON)
        eval_statements(e, n->attempt.orelse);
    flow = e->flow;
    e->flow = FLOW_ON;
    eval_statements(e, n->attempt.finally);
    if (e->flow == FLOW_ON)
        e->flow = flow;
}

/* A pattern that only names what it takes gets the subject; all else its names unknown. */
static void bind_pattern(struct eval *e, const struct node *pattern, struct value *subject)
{
    if (pattern->kind == NODE_NAME)
        eval_assign(e, pattern, subject);
    else if (pattern->kind == NODE_TUPLE || pattern->kind == NODE_LIST)
        for (const struct node *p = pattern->items; p != NULL; p = p->next)
            bind_pattern(e, p, value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY));
    else if (pattern->kind == NODE_WALRUS && pattern->binary.right->kind == NODE_NAME)
        eval_assign(e, pattern->binary.right, subject);
    else if (pattern->kind == NODE_CALL)
        for (const struct node *p = pattern->call.args; p != NULL; p = p->next)
            if (p->arg.value != NULL)
                bind_pattern(e, p->arg.value, value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY));
}

static void run_match(struct eval *e, const struct node *n)
{
    struct value *subject = eval_expr(e, n->match.subject);
    struct branches b;
    branches_begin(e, &b);
    for (const struct node *c = n->match.cases; c != NULL; c = c->next) {
        bind_pattern(e, c->case_.pattern, subject);
        if (c->case_.guard != NULL)
            eval_expr(e, c->case_.guard);
        eval_statements(e, c->case_.body);
        branches_keep(e, &b);
    }
    branches_end(e, &b, false);
}

static void run_return(struct eval *e, const struct node *n)
{
    struct value *v = n->value != NULL ? eval_expr(e, n->value) : value_const(&e->vs, STR("None"));
    if (e->frame != NULL)
        e->frame->returned = value_join(&e->vs, e->frame->returned, v);
    e->flow = FLOW_LEFT;
}

static void run_global(struct eval *e, const struct node *n)
{
    for (const struct node *name = n->items; name != NULL; name = name->next)
        if (name->kind == NODE_NAME)
            strmap_put(&e->scope->globals, name->text, e);
}

static void run_del(struct eval *e, const struct node *n)
{
    for (const struct node *item = n->items; item != NULL; item = item->next)
        if (item->kind == NODE_NAME && strmap_has(&e->scope->names, item->text))
            scope_set_in(e, e->scope, item->text, value_unknown(&e->vs, HOLE_RUN_TIME, item->text));
}

void eval_statement(struct eval *e, const struct node *n)
{
    switch (n->kind) {
    case NODE_ASSIGN:
        run_assign(e, n);
        break;
    case NODE_AUG_ASSIGN:
        run_aug_assign(e, n);
        break;
    case NODE_EXPR:
        eval_expr(e, n->value);
        break;
    case NODE_IF:
        run_if(e, n);
        break;
    case NODE_FOR:
        run_for(e, n);
        break;
    case NODE_WHILE:
        run_while(e, n);
        break;
    case NODE_WITH:
        run_with(e, n);
        break;
    case NODE_TRY:
        run_try(e, n);
        break;
    case NODE_MATCH:
        run_match(e, n);
        break;
    case NODE_DEF:
        define_function(e, n);
        break;
    case NODE_CLASS:
        define_class(e, n);
        break;
    case NODE_RETURN:
        run_return(e, n);
        break;
    case NODE_RAISE:
        if (n->value != NULL)
            eval_expr(e, n->value);
        e->flow = FLOW_LEFT;
        break;
    case NODE_IMPORT:
        run_import(e, n);
        break;
    case NODE_GLOBAL:
        run_global(e, n);
        break;
    case NODE_DEL:
        run_del(e, n);
        break;
    case NODE_PASS:
        break;
    case NODE_BREAK:
        e->flow = FLOW_BREAK;
        break;
    case NODE_CONTINUE:
        e->flow = FLOW_LEFT;
        break;
    case NODE_BLOCK:
        eval_statements(e, n->items);
        break;
    default:
        eval_expr(e, n); /* R and Scala write expressions where Python has statements */
        break;
    }
}

void eval_statements(struct eval *e, const struct node *list)
{
    if (e->depth >= LIMIT_DEPTH) {
        eval_hit_limit(e, "depth");
        return;
    }
    e->depth++;
    for (const struct node *n = list; n != NULL && e->flow == FLOW_ON && eval_step(e);
         n = n->next) {
        bool was = e->is_unreached;
        if (n->flags & NODE_IS_UNREACHED)
            e->is_unreached = true;
        eval_statement(e, n);
        e->is_unreached = was;
        /* what raise or a stray return says at the top of a cell does not end the notebook */
        if (e->frame == NULL && e->branch_depth == 0 && e->flow != FLOW_BREAK)
            e->flow = FLOW_ON;
    }
    e->depth--;
}
