/* small_eval: see small_eval.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "small_eval.h"

#include "lineage/pure.h"
#include "lineage/python.h"

struct small {
    struct values *vs;
    enum call_lang lang;
    struct strmap names;
};

static struct value *eval(struct small *s, const struct node *n);

static struct value *eval_text(struct small *s, const struct node *n)
{
    struct value *parts[20];
    size_t n_parts = 0;
    for (const struct node *p = n->parts; p != NULL && n_parts < 20; p = p->next) {
        struct value *v =
            p->kind == NODE_TEXT ? value_text(s->vs, p->text) : eval(s, p->interp.value);
        if (p->kind == NODE_INTERP)
            v = pure_format(s->vs, v, p->interp.conversion,
                            p->interp.spec == NULL ? NULL : eval(s, p->interp.spec));
        parts[n_parts++] = v;
    }
    struct value *all = value_concat_all(s->vs, parts, n_parts);
    return n->flags & NODE_IS_BYTES ? value_with_flags(s->vs, all, VALUE_IS_BYTES) : all;
}

static struct value *eval_number(struct small *s, const struct node *n)
{
    struct value *text = value_text(s->vs, n->text);
    struct call_args args = { .items = &text, .n_items = 1 };
    struct value *v = pure_function(s->vs, CALL_PYTHON, STR("int"), &args);
    return v->kind == VALUE_NUMBER ? v : pure_function(s->vs, CALL_PYTHON, STR("float"), &args);
}

static struct value *eval_items(struct small *s, const struct node *n, unsigned flags)
{
    struct value *all = value_seq(s->vs, flags);
    for (const struct node *item = n->items; item != NULL; item = item->next)
        value_seq_add(s->vs, all, eval(s, item));
    struct call_args args = { .items = &all, .n_items = 1 };
    return flags & VALUE_IS_SET ? pure_function(s->vs, CALL_PYTHON, STR("set"), &args) : all;
}

static struct value *eval_dict(struct small *s, const struct node *n)
{
    struct value *all = value_map(s->vs);
    for (const struct node *item = n->items; item != NULL; item = item->next)
        value_map_put(s->vs, all, eval(s, item->pair.key), eval(s, item->pair.value));
    return all;
}

static struct value *eval_name(struct small *s, struct str name)
{
    struct value *v = strmap_get(&s->names, name);
    if (v != NULL)
        return v;
    if (str_eq(name, STR("H")))
        return value_unknown(s->vs, HOLE_ENVIRONMENT, name);
    if (str_eq(name, STR("L")))
        return value_with_flags(s->vs, value_text(s->vs, STR("data/" HOLE_TEXT)), VALUE_IS_LISTED);
    if (!str_eq(name, STR("U")))
        return value_chain_root(s->vs, CALL_PYTHON, name, true);
    v = value_join(s->vs, value_text(s->vs, STR("dev")), value_text(s->vs, STR("prod")));
    strmap_put(&s->names, name, v);
    return v;
}

static void eval_args(struct small *s, const struct node *n, struct call_args *out)
{
    struct arena *a = s->vs->arena;
    size_t n_args = 0;
    for (const struct node *arg = n; arg != NULL; arg = arg->next)
        n_args++;
    out->items = ARENA_NEW_N(a, struct value *, n_args + 1);
    out->named = ARENA_NEW_N(a, struct value *, n_args + 1);
    out->names = ARENA_NEW_N(a, struct str, n_args + 1);
    for (const struct node *arg = n; arg != NULL; arg = arg->next) {
        struct value *v = eval(s, arg->arg.value);
        if (arg->arg.stars > 0) {
            out->is_open = true;
        } else if (arg->arg.name.len > 0) {
            out->names[out->n_named] = arg->arg.name;
            out->named[out->n_named++] = v;
        } else {
            out->items[out->n_items++] = v;
        }
    }
}

static struct value *eval_call(struct small *s, const struct node *n)
{
    struct call_args *args = ARENA_NEW(s->vs->arena, struct call_args);
    const struct node *func = n->call.func;
    struct value *v = NULL, *callee = eval(s, func);
    eval_args(s, n->call.args, args);
    if (callee->kind == VALUE_CHAIN)
        v = pure_function(s->vs, s->lang, chain_name(s->vs, callee->chain), args);
    if (v == NULL && func->kind == NODE_ATTR)
        v = pure_method(s->vs, s->lang, eval(s, func->attr.value), func->attr.name, args, true);
    if (v == NULL && callee->kind == VALUE_CHAIN)
        v = pure_chain_call(s->vs, callee->chain, args);
    return v != NULL ? v : value_chain_call(s->vs, callee, args);
}

static struct value *eval_attr(struct small *s, const struct node *n)
{
    struct value *base = eval(s, n->attr.value);
    struct value *v = pure_attribute(s->vs, base, n->attr.name);
    return v != NULL ? v : value_chain_attr(s->vs, base, n->attr.name);
}

static struct value *eval_subscript(struct small *s, const struct node *n)
{
    struct value *base = eval(s, n->binary.left);
    const struct node *at = n->binary.right;
    if (at->kind != NODE_SLICE)
        return base->kind == VALUE_CHAIN ? value_chain_item(s->vs, base, eval(s, at))
                                         : pure_subscript(s->vs, base, eval(s, at));
    return pure_slice(s->vs, base, at->slice.from == NULL ? NULL : eval(s, at->slice.from),
                      at->slice.to == NULL ? NULL : eval(s, at->slice.to),
                      at->slice.step == NULL ? NULL : eval(s, at->slice.step));
}

static struct value *eval(struct small *s, const struct node *n)
{
    struct value *v;
    switch (n->kind) {
    case NODE_STRING:
        return eval_text(s, n);
    case NODE_NUMBER:
        return eval_number(s, n);
    case NODE_CONST:
        return value_const(s->vs, n->text);
    case NODE_LIST:
        return eval_items(s, n, 0);
    case NODE_TUPLE:
        return eval_items(s, n, VALUE_IS_TUPLE);
    case NODE_SET:
        return eval_items(s, n, VALUE_IS_SET);
    case NODE_DICT:
        return eval_dict(s, n);
    case NODE_NAME:
        return eval_name(s, n->text);
    case NODE_ATTR:
        return eval_attr(s, n);
    case NODE_CALL:
        return eval_call(s, n);
    case NODE_SUBSCRIPT:
        return eval_subscript(s, n);
    case NODE_BINARY:
        return pure_binary(s->vs, (enum node_op)n->op, eval(s, n->binary.left),
                           eval(s, n->binary.right));
    case NODE_UNARY:
        return pure_unary(s->vs, (enum node_op)n->op, eval(s, n->unary.value));
    case NODE_WALRUS:
        v = eval(s, n->binary.right);
        strmap_put(&s->names, n->binary.left->text, v);
        return v;
    default:
        return value_unknown(s->vs, HOLE_RUN_TIME, STR_EMPTY);
    }
}

struct value *small_eval(struct values *vs, enum call_lang lang, struct str source)
{
    struct small s = { .vs = vs, .lang = lang };
    strmap_init(&s.names, vs->arena);
    const struct node *n = python_parse_expression(vs->arena, source);
    return n == NULL ? NULL : eval(&s, n);
}

struct str small_eval_shown(struct values *vs, struct value *v)
{
    struct str out = STR_EMPTY;
    for (size_t i = 0; i < value_n_alternatives(v); i++) {
        struct value *text = value_to_text(vs, value_alternative(v, i));
        struct str s = text->kind == VALUE_TEXT ? text->text.bytes : STR("(no text)");
        if (i > 0)
            out = arena_concat(vs->arena, out, STR("|"));
        for (size_t at = 0; at < s.len; at++)
            out = arena_concat(vs->arena, out,
                               s.ptr[at] == HOLE_BYTE ? STR("{}") : str_slice(s, at, at + 1));
    }
    return out;
}
