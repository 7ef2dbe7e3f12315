/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"

#include "util/limits.h"

#include <stdlib.h>

struct value *eval_new(struct eval *e, enum value_kind kind)
{
    struct value *v = ARENA_NEW(e->arena, struct value);
    v->kind = (uint8_t)kind;
    return v;
}

struct value *eval_seq(struct eval *e, unsigned flags)
{
    struct value *v = eval_new(e, VALUE_SEQ);
    v->flags = (uint8_t)flags;
    v->seq = ARENA_NEW(e->arena, struct seq);
    return v;
}

struct value *eval_map(struct eval *e)
{
    struct value *v = eval_new(e, VALUE_MAP);
    v->map = ARENA_NEW(e->arena, struct map);
    strmap_init(&v->map->entries, e->arena);
    return v;
}

static struct value *eval_name(struct eval *e, const struct node *n)
{
    struct value *v = scope_get(e, n->text);
    if (v != NULL)
        return v;
    v = star_member(e, n->text);
    return v != NULL ? v : io_kind(e, value_chain_root(&e->vs, e->unit->lang, n->text, false));
}

static struct value *eval_string(struct eval *e, const struct node *n)
{
    if (n->parts == NULL)
        return value_with_flags(&e->vs, value_text(&e->vs, STR_EMPTY),
                                n->flags & NODE_IS_BYTES ? VALUE_IS_BYTES : 0);
    if (n->parts->next == NULL && n->parts->kind == NODE_TEXT) {
        struct value *v = value_text(&e->vs, n->parts->text);
        return n->flags & NODE_IS_BYTES ? value_with_flags(&e->vs, v, VALUE_IS_BYTES) : v;
    }
    struct value **parts = NULL;
    size_t n_parts = 0, cap = 0;
    for (const struct node *p = n->parts; p != NULL; p = p->next) {
        struct value *v;
        if (p->kind == NODE_TEXT) {
            v = value_text(&e->vs, p->text);
        } else if (p->interp.spec == NULL && p->interp.conversion == 0) {
            v = eval_expr(e, p->interp.value);
        } else {
            struct value *spec = p->interp.spec != NULL ? eval_expr(e, p->interp.spec)
                                                        : value_text(&e->vs, STR_EMPTY);
            v = pure_format(&e->vs, eval_expr(e, p->interp.value), p->interp.conversion, spec);
        }
        *ARENA_PUSH(e->arena, parts, n_parts, cap) = v;
    }
    return value_concat_all(&e->vs, parts, n_parts);
}

static struct value *eval_number(struct eval *e, struct str text)
{
    double real = 0;
    int64_t whole = 0;
    bool is_whole = text.len > 0 && text.len < 18;
    for (size_t i = 0; is_whole && i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= '0' && c <= '9')
            whole = whole * 10 + (c - '0');
        else if (c != '_')
            is_whole = (c == 'L' || c == 'l') && i + 1 == text.len && i > 0;
    }
    if (is_whole)
        return value_whole(&e->vs, whole);
    char *end = NULL;
    real = strtod(arena_str(e->arena, text).ptr, &end);
    return end != NULL && *end == '\0' ? value_number(&e->vs, real)
                                       : value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY);
}

static struct value *eval_items(struct eval *e, const struct node *n)
{
    struct value *seq = eval_seq(e, n->kind == NODE_TUPLE ? VALUE_IS_TUPLE
                                    : n->kind == NODE_SET ? VALUE_IS_SET
                                                          : 0);
    for (const struct node *i = n->items; i != NULL && eval_step(e); i = i->next) {
        if (i->kind != NODE_STAR) {
            value_seq_add(&e->vs, seq, eval_expr(e, i));
            continue;
        }
        struct value *more = eval_expr(e, i->value);
        struct value *elements[LIMIT_UNPACK];
        size_t count = 0;
        bool is_open = false;
        if (!value_elements(&e->vs, more, elements, LIMIT_UNPACK, &count, &is_open))
            is_open = true;
        for (size_t k = 0; k < count; k++)
            value_seq_add(&e->vs, seq, elements[k]);
        seq->seq->is_open = seq->seq->is_open || is_open;
    }
    return seq;
}

static struct value *eval_dict(struct eval *e, const struct node *n)
{
    struct value *map = eval_map(e);
    for (const struct node *p = n->items; p != NULL && eval_step(e); p = p->next) {
        if (p->pair.key != NULL) {
            struct value *key = eval_expr(e, p->pair.key);
            value_map_put(&e->vs, map, key, eval_expr(e, p->pair.value));
            continue;
        }
        struct value *more = eval_expr(e, p->pair.value);
        if (more->kind != VALUE_MAP) {
            map->map->is_open = true;
            continue;
        }
        for (size_t i = 0; i < more->map->entries.n; i++)
            if (more->map->entries.entries[i].value != NULL) /* NULL: it was removed */
                strmap_put(&map->map->entries, more->map->entries.entries[i].key,
                           more->map->entries.entries[i].value);
        map->map->is_open = map->map->is_open || more->map->is_open;
    }
    return map;
}

static struct value *eval_logic(struct eval *e, enum node_op op, struct value *left,
                                const struct node *right)
{
    int truth = value_truth(left);
    struct value *r = eval_expr(e, right);
    if (truth == 0) {
        /* "environment or default" */
        if (op == OP_OR && left->kind == VALUE_UNKNOWN && r->kind != VALUE_UNKNOWN)
            return r;
        return value_join(&e->vs, left, r);
    }
    return (truth > 0) == (op == OP_OR) ? left : r;
}

static struct value *eval_cond(struct eval *e, const struct node *n)
{
    struct value *test = eval_expr(e, n->branch.test);
    int truth = value_truth(test);
    if (n->branch.test->kind != NODE_CONST && e->frame == NULL)
        truth = 0;
    struct value *yes = truth >= 0 ? eval_expr(e, n->branch.body) : NULL;
    struct value *no =
        truth <= 0 && n->branch.orelse != NULL ? eval_expr(e, n->branch.orelse) : NULL;
    struct value *v = value_join(&e->vs, yes, no);
    return v != NULL ? v : value_const(&e->vs, STR("None"));
}

/* A statement as an expression (R, Scala): its value is that of the last statement of it. */
static struct value *eval_last(struct eval *e, const struct node *list)
{
    struct value *v = value_const(&e->vs, STR("None"));
    for (const struct node *n = list; n != NULL && e->flow == FLOW_ON && eval_step(e);
         n = n->next) {
        if (n->kind == NODE_EXPR)
            v = eval_expr(e, n->value);
        else if (n->next == NULL && n->kind >= NODE_STRING)
            v = eval_expr(e, n);
        else if (n->next == NULL && n->kind == NODE_BLOCK)
            v = eval_last(e, n->items);
        else {
            struct str name = STR_EMPTY;
            if (n->kind == NODE_ASSIGN && n->assign.targets != NULL &&
                n->assign.targets->kind == NODE_NAME)
                name = n->assign.targets->text;
            eval_statement(e, n);
            struct value *set = name.len > 0 ? scope_get(e, name) : NULL;
            if (set != NULL)
                v = set;
        }
    }
    return v;
}

static struct value *eval_statement_value(struct eval *e, const struct node *n)
{
    struct value *v = NULL;
    switch (n->kind) {
    case NODE_BLOCK:
        return eval_last(e, n->items);
    case NODE_MATCH: {
        eval_expr(e, n->match.subject);
        for (const struct node *c = n->match.cases; c != NULL; c = c->next)
            v = value_join(&e->vs, v, eval_last(e, c->case_.body));
        break;
    }
    case NODE_TRY:
        v = eval_last(e, n->attempt.body);
        for (const struct node *h = n->attempt.handlers; h != NULL; h = h->next) {
            struct value *other = eval_last(e, h->def.body);
            if (other->kind != VALUE_CONST && other->kind != VALUE_UNKNOWN)
                v = value_join(&e->vs, v, other);
        }
        eval_statements(e, n->attempt.finally);
        break;
    default:
        eval_statements(e, n);
        break;
    }
    return v != NULL ? v : value_const(&e->vs, STR("None"));
}

/* For the arguments that are written without stars. */
static void make_room(struct eval *e, const struct node *args, struct call_args *out, size_t *cap,
                      size_t *cap_named)
{
    for (const struct node *a = args; a != NULL; a = a->next)
        if (a->arg.stars == 0)
            ++*(a->arg.name.len == 0 ? cap : cap_named);
    if (*cap > 0)
        out->items = ARENA_NEW_N(e->arena, struct value *, *cap);
    if (*cap_named > 0) {
        out->named = ARENA_NEW_N(e->arena, struct value *, *cap_named);
        out->names = ARENA_NEW_N(e->arena, struct str, *cap_named);
    }
}

struct call_args *eval_args(struct eval *e, const struct node *args)
{
    struct call_args *out = ARENA_NEW(e->arena, struct call_args);
    size_t cap = 0, cap_named = 0, cap_names = 0, n_names = 0;
    make_room(e, args, out, &cap, &cap_named);
    cap_names = cap_named;
    for (const struct node *a = args; a != NULL && eval_step(e); a = a->next) {
        struct value *v =
            a->arg.value != NULL ? eval_expr(e, a->arg.value) : value_const(&e->vs, STR("None"));
        if (a->arg.stars == 0 && a->arg.name.len == 0) {
            *ARENA_PUSH(e->arena, out->items, out->n_items, cap) = v;
        } else if (a->arg.stars == 0) {
            *ARENA_PUSH(e->arena, out->named, out->n_named, cap_named) = v;
            *ARENA_PUSH(e->arena, out->names, n_names, cap_names) = a->arg.name;
        } else if (a->arg.stars == 1) {
            struct value *elements[LIMIT_UNPACK];
            size_t n = 0;
            bool is_open = false;
            if (!value_elements(&e->vs, v, elements, LIMIT_UNPACK, &n, &is_open))
                is_open = true;
            for (size_t i = 0; i < n; i++)
                *ARENA_PUSH(e->arena, out->items, out->n_items, cap) = elements[i];
            out->is_open = out->is_open || is_open;
        } else if (v->kind == VALUE_MAP) {
            for (size_t i = 0; i < v->map->entries.n; i++) {
                if (v->map->entries.entries[i].value == NULL) /* it was removed */
                    continue;
                *ARENA_PUSH(e->arena, out->named, out->n_named, cap_named) =
                    v->map->entries.entries[i].value;
                *ARENA_PUSH(e->arena, out->names, n_names, cap_names) =
                    v->map->entries.entries[i].key;
            }
            out->is_open = out->is_open || v->map->is_open;
        } else {
            out->is_open = true;
        }
    }
    return out;
}

static struct value *class_member(struct klass *k, struct str name, unsigned depth)
{
    struct value *v = strmap_get(&k->members, name);
    for (size_t i = 0; v == NULL && i < k->n_bases && depth < LIMIT_CALL_DEPTH; i++)
        if (k->bases[i]->kind == VALUE_CLASS)
            v = class_member(k->bases[i]->klass, name, depth + 1);
    return v;
}

static struct value *supplied(struct eval *e, const struct value *chain)
{
    if (e->options->values == NULL)
        return NULL;
    struct str name = chain_name(&e->vs, chain->chain);
    const struct str *text = name.len > 0 ? strmap_get(e->options->values, name) : NULL;
    if (text == NULL)
        return NULL;
    return value_with_origin(&e->vs, value_text(&e->vs, *text), "supplied", name,
                             (uint32_t)e->unit->cell, 0);
}

/* What was set on the object, or on one that it was made from by calls (df.head()["a"]). */
static struct value *chain_field(const struct chain *c, struct str name)
{
    for (unsigned i = 0; c != NULL && i < LIMIT_CALL_DEPTH; c = c->base, i++) {
        struct value *v = c->fields != NULL ? strmap_get(&c->fields->map->entries, name) : NULL;
        if (v != NULL)
            return v;
        /* pandas.DataFrame({"a": [...]}) */
        if (c->step == STEP_CALL && c->args != NULL && c->args->n_items > 0 &&
            c->args->items[0]->kind == VALUE_MAP && c->base != NULL &&
            str_eq(c->base->name, STR("DataFrame")))
            return strmap_get(&c->args->items[0]->map->entries, name);
    }
    return NULL;
}

static bool is_property(const struct function *f)
{
    for (const struct node *d = f->def->def.decorators; d != NULL; d = d->next)
        if (d->kind == NODE_NAME &&
            (str_eq(d->text, STR("property")) || str_eq(d->text, STR("cached_property"))))
            return true;
    return false;
}

static struct value *instance_attr(struct eval *e, struct value *v, struct str name,
                                   const struct node *n)
{
    struct value *found = strmap_get(&v->instance->fields, name);
    if (found == NULL)
        found = class_member(v->instance->klass, name, 0);
    if (found == NULL || found->kind != VALUE_FUNCTION)
        return found;
    struct function *bound = ARENA_NEW(e->arena, struct function);
    *bound = *found->function;
    bound->self = v;
    struct value *method = eval_new(e, VALUE_FUNCTION);
    method->function = bound;
    static const struct call_args NONE = { 0 };
    return is_property(bound) ? call_value(e, method, &NONE, n) : method;
}

/* An object of a store says where it is: its key, and the bucket that it is in. */
static struct value *object_part(const struct chain *c, struct str name)
{
    if (c->bucket == NULL)
        return NULL;
    bool is_name = str_eq(name, STR("name"));
    if (c->place != NULL && (is_name || str_eq(name, STR("key"))))
        return c->place;
    return str_eq(name, STR("bucket_name")) || (c->place == NULL && is_name) ? c->bucket : NULL;
}

static struct value *chain_attr(struct eval *e, struct value *v, struct str name)
{
    struct value *attr = value_chain_attr(&e->vs, v, name);
    if (attr->kind != VALUE_CHAIN)
        return attr;
    if (str_eq(name, STR("environ")) && str_eq(chain_name(&e->vs, attr->chain), STR("os.environ")))
        return e->vs.environ;
    struct value *text = chain_field(v->chain, name);
    if (text == NULL)
        text = supplied(e, attr);
    /* what an object was made with by name it still has by that name */
    if (text == NULL && v->chain->step == STEP_CALL && v->chain->args != NULL) {
        text = args_named(v->chain->args, name);
        bool is_text = text != NULL && value_alternative(text, 0)->kind == VALUE_TEXT;
        text = is_text ? text : NULL;
    }
    if (text == NULL)
        text = object_part(v->chain, name);
    if (text == NULL)
        text = pure_attribute(&e->vs, v, name);
    return text != NULL ? text : io_kind(e, attr);
}

static bool is_any_of(struct str name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (str_eq(name, str_from(*names)))
            return true;
    return false;
}

static struct value *plain_attr(struct eval *e, struct value *v, struct str name)
{
    /* a column of a frame that the notebook made of a list; os.scandir's entries */
    static const char *const COLUMN[] = { "values", "iloc", "loc", "iat", NULL };
    if (v->kind == VALUE_SEQ && is_any_of(name, COLUMN))
        return v;
    if (v->kind == VALUE_TEXT && (v->flags & VALUE_IS_LISTED) && str_eq(name, STR("path")))
        return v;
    struct value *found = pure_attribute(&e->vs, v, name);
    static const struct call_args NONE = { 0 };
    if (found == NULL && e->unit->lang == CALL_SCALA) {
        /* parentheses may be left out; a tuple's elements are _1, _2, ... */
        if (v->kind == VALUE_SEQ && name.len == 2 && name.ptr[0] == '_' && name.ptr[1] > '0')
            return pure_subscript(&e->vs, v, value_whole(&e->vs, name.ptr[1] - '1'));
        found = pure_method(&e->vs, CALL_SCALA, v, name, &NONE, e->branch_depth == 0);
    }
    if (found == NULL && v->kind == VALUE_MAP && e->unit->lang == CALL_R)
        found = value_map_get(&e->vs, v, name);
    if (found == NULL && v->kind == VALUE_UNKNOWN)
        found = value_chain_attr(&e->vs, value_as_chain(e, v), name);
    return found;
}

struct value *eval_attr(struct eval *e, struct value *v, struct str name, const struct node *n)
{
    struct value *found = NULL;
    switch (v->kind) {
    case VALUE_INSTANCE:
        found = instance_attr(e, v, name, n);
        break;
    case VALUE_CLASS:
        found = class_member(v->klass, name, 0);
        break;
    case VALUE_UNION:
        for (size_t i = 0; i < value_n_alternatives(v); i++)
            found = value_join(&e->vs, found, eval_attr(e, value_alternative(v, i), name, n));
        break;
    case VALUE_CHAIN:
        if (v->chain->kind.len > 0)
            found = io_member(e, v, value_text(&e->vs, name), false, n);
        if (found == NULL)
            found = chain_attr(e, v, name);
        break;
    default:
        found = plain_attr(e, v, name);
        break;
    }
    return found != NULL ? found : value_unknown(&e->vs, value_hole(v).reason, name);
}

static struct value *item_slice(struct eval *e, struct value *v, const struct node *index)
{
    struct value *from = index->slice.from != NULL ? eval_expr(e, index->slice.from) : NULL;
    struct value *to = index->slice.to != NULL ? eval_expr(e, index->slice.to) : NULL;
    struct value *step = index->slice.step != NULL ? eval_expr(e, index->slice.step) : NULL;
    return v->kind == VALUE_CHAIN ? v : pure_slice(&e->vs, v, from, to, step);
}

/* R counts from 1; its parser has done so with literals. */
static struct value *from_zero(struct eval *e, const struct node *index, struct value *key)
{
    struct value *all = NULL;
    if (e->unit->lang != CALL_R || index->kind == NODE_NUMBER)
        return key;
    for (size_t i = 0; i < value_n_alternatives(key); i++) {
        struct value *one = value_alternative(key, i);
        int64_t at;
        bool is_place = value_is_whole(one, &at) && at > 0;
        all = value_join(&e->vs, all, is_place ? value_whole(&e->vs, at - 1) : one);
    }
    return all;
}

/* A text of R is a vector of one. */
static bool is_vector_of_one(const struct eval *e, const struct value *v)
{
    bool is_text = e->unit->lang == CALL_R;
    for (size_t i = 0; i < value_n_alternatives(v); i++)
        is_text = is_text && value_alternative(v, i)->kind == VALUE_TEXT;
    return is_text;
}

struct value *eval_item(struct eval *e, struct value *v, const struct node *index)
{
    if (index == NULL)
        return v;
    if (index->kind == NODE_SLICE)
        return item_slice(e, v, index);
    struct value *key = from_zero(e, index, eval_expr(e, index));
    if (is_vector_of_one(e, v))
        return v;
    if (v->kind == VALUE_CHAIN) {
        struct str name;
        struct value *set = value_is_known_text(key, &name) ? chain_field(v->chain, name) : NULL;
        if (set == NULL)
            set = io_member(e, v, key, true, index);
        return set != NULL ? set : value_chain_item(&e->vs, v, key);
    }
    if (v->kind == VALUE_INSTANCE || v->kind == VALUE_FUNCTION || v->kind == VALUE_CLASS)
        return value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY);
    return pure_subscript(&e->vs, v, key);
}

/* Apply n to the value of the node at its left end; *method: a call's receiver and name are kept
 * apart, because text has methods that are no values. */
struct receiver {
    struct value *value;
    struct str name;
    bool is_set;
};

static struct value *apply(struct eval *e, const struct node *n, struct value *v,
                           struct receiver *r)
{
    switch (n->kind) {
    case NODE_ATTR:
        return eval_attr(e, v, n->attr.name, n);
    case NODE_SUBSCRIPT:
        return eval_item(e, v, n->binary.right);
    case NODE_CALL: {
        struct call_args *args = eval_args(e, n->call.args);
        if (r->is_set)
            return call_method(e, r->value, r->name, args, n);
        return call_value(e, v, args, n);
    }
    case NODE_BINARY:
        if (n->op == OP_AND || n->op == OP_OR)
            return eval_logic(e, n->op, v, n->binary.right);
        return pure_binary(&e->vs, n->op, v, eval_expr(e, n->binary.right));
    default:
        return v;
    }
}

static const struct node *left_of(const struct node *n)
{
    switch (n->kind) {
    case NODE_ATTR:
        return n->attr.value;
    case NODE_SUBSCRIPT:
    case NODE_BINARY:
        return n->binary.left;
    case NODE_CALL:
        return n->call.func;
    default:
        return NULL;
    }
}

/* Most spines are shorter; longer ones stand in the arena. */
enum { SHORT_SPINE = 12 };

/* Chains and sums nest to the left as deep as the text is long: a loop, from the inside out. */
static struct value *eval_spine(struct eval *e, const struct node *n)
{
    const struct node *few[SHORT_SPINE], **spine = few;
    size_t count = 0, cap = SHORT_SPINE;
    const struct node *at = n;
    for (const struct node *left; (left = left_of(at)) != NULL; at = left)
        *ARENA_PUSH(e->arena, spine, count, cap) = at;
    struct value *v = eval_expr(e, at);
    struct receiver r = { NULL, STR_EMPTY, false };
    for (size_t i = count; i-- > 0 && eval_step(e);) {
        bool is_method = spine[i]->kind == NODE_ATTR && i > 0 && spine[i - 1]->kind == NODE_CALL;
        if (is_method) {
            r = (struct receiver){ v, spine[i]->attr.name, true };
            continue;
        }
        v = apply(e, spine[i], v, &r);
        r.is_set = false;
    }
    return v;
}

static struct value *eval_unknown(struct eval *e, const struct node *n)
{
    for (const struct node *i = n->items; i != NULL && eval_step(e); i = i->next)
        eval_expr(e, i);
    return value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY);
}

static struct value *eval_lambda(struct eval *e, const struct node *n)
{
    struct function *f = ARENA_NEW(e->arena, struct function);
    f->def = n;
    f->scope = e->scope;
    f->cell = (uint32_t)e->unit->cell;
    f->unit = e->unit;
    struct value *v = eval_new(e, VALUE_FUNCTION);
    v->function = f;
    return v;
}

static struct value *eval_walrus(struct eval *e, const struct node *n)
{
    struct value *v = eval_expr(e, n->binary.right);
    eval_assign(e, n->binary.left, v);
    return v;
}

static struct value *eval_node(struct eval *e, const struct node *n)
{
    switch (n->kind) {
    case NODE_STRING:
        return eval_string(e, n);
    case NODE_NUMBER:
        return eval_number(e, n->text);
    case NODE_CONST:
        return value_const(&e->vs, n->text);
    case NODE_NAME:
        return eval_name(e, n);
    case NODE_ATTR:
    case NODE_SUBSCRIPT:
    case NODE_CALL:
    case NODE_BINARY:
        return eval_spine(e, n);
    case NODE_UNARY:
        return pure_unary(&e->vs, n->op, eval_expr(e, n->unary.value));
    case NODE_LIST:
    case NODE_TUPLE:
    case NODE_SET:
        return eval_items(e, n);
    case NODE_DICT:
        return eval_dict(e, n);
    case NODE_COMP:
        return eval_comprehension(e, n);
    case NODE_LAMBDA:
        return eval_lambda(e, n);
    case NODE_COND:
        return eval_cond(e, n);
    case NODE_STAR:
    case NODE_AWAIT:
    case NODE_EXPR:
        return n->value != NULL ? eval_expr(e, n->value) : value_const(&e->vs, STR("None"));
    case NODE_WALRUS:
        return eval_walrus(e, n);
    case NODE_SHELL:
        return run_shell(e, eval_text_of(e, n), n, (n->flags & NODE_IS_RAW_SHELL) != 0);
    case NODE_MAGIC:
        return run_magic(e, n);
    case NODE_UNKNOWN:
        return eval_unknown(e, n);
    case NODE_SLICE:
        return value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY);
    case NODE_ARG:
        return n->arg.value != NULL ? eval_expr(e, n->arg.value)
                                    : value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY);
    default:
        return eval_statement_value(e, n);
    }
}

struct value *eval_expr(struct eval *e, const struct node *n)
{
    if (n == NULL || !eval_step(e))
        return value_unknown(&e->vs, HOLE_LIMIT, STR_EMPTY);
    if (e->depth >= LIMIT_DEPTH) {
        eval_hit_limit(e, "depth");
        return value_unknown(&e->vs, HOLE_LIMIT, STR_EMPTY);
    }
    e->depth++;
    struct value *v = eval_node(e, n);
    e->depth--;
    return v;
}
