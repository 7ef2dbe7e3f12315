/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"

#include "util/attrs.h"
#include "util/limits.h"

static bool is_static(const struct node *def)
{
    for (const struct node *d = def->def.decorators; d != NULL; d = d->next)
        if (d->kind == NODE_NAME && str_eq(d->text, STR("staticmethod")))
            return true;
    return false;
}

static void decorate(struct eval *e, const struct node *decorator, struct str name)
{
    struct value *v = eval_expr(e, decorator);
    if (decorator->kind == NODE_CALL) {
        for (const struct node *a = decorator->call.args; a != NULL; a = a->next)
            if (str_eq(a->arg.name, STR("name")))
                return;
        v = eval_expr(e, decorator->call.func);
    }
    io_decorate(e, v, name, decorator);
}

struct value *define_function(struct eval *e, const struct node *def)
{
    struct function *f = ARENA_NEW(e->arena, struct function);
    f->name = def->def.name;
    f->def = def;
    f->scope = e->scope;
    f->cell = (uint32_t)e->unit->cell;
    f->unit = e->unit;
    size_t n = 0, cap = 0;
    for (const struct node *p = def->def.params; p != NULL; p = p->next)
        *ARENA_PUSH(e->arena, f->defaults, n, cap) =
            p->arg.value != NULL ? eval_expr(e, p->arg.value) : NULL;
    for (const struct node *d = def->def.decorators; d != NULL; d = d->next)
        decorate(e, d, def->def.name);
    struct value *v = eval_new(e, VALUE_FUNCTION);
    v->function = f;
    if (!e->is_uncalled)
        *ARENA_PUSH(e->arena, e->functions, e->n_functions, e->cap_functions) = f;
    scope_set(e, def->def.name, v);
    return v;
}

void define_class(struct eval *e, const struct node *def)
{
    struct klass *k = ARENA_NEW(e->arena, struct klass);
    k->name = def->def.name;
    strmap_init(&k->members, e->arena);
    struct value **bases = NULL;
    size_t n = 0, cap = 0;
    for (const struct node *b = def->def.params; b != NULL; b = b->next)
        if (b->arg.value != NULL)
            *ARENA_PUSH(e->arena, bases, n, cap) = eval_expr(e, b->arg.value);
    k->bases = bases;
    k->n_bases = n;
    struct value *v = eval_new(e, VALUE_CLASS);
    v->klass = k;

    struct scope *outer = e->scope;
    e->scope = scope_new(e, outer);
    e->scope->is_class = e->unit->lang == CALL_PYTHON; /* elsewhere methods see the members */
    eval_statements(e, def->def.body);
    for (size_t i = 0; i < e->scope->names.n; i++) {
        struct strmap_entry *m = &e->scope->names.entries[i];
        strmap_put(&k->members, m->key, m->value);
        struct value *member = m->value;
        if (member != NULL && member->kind == VALUE_FUNCTION)
            ((struct function *)(uintptr_t)member->function)->klass = k;
    }
    e->scope = outer;
    scope_set(e, def->def.name, v);
}

static struct value *bound_value(struct eval *e, const struct function *f, const struct node *p,
                                 size_t index, const struct call_args *args, size_t position,
                                 bool is_keyword_only)
{
    struct value *v =
        is_keyword_only ? args_named(args, p->arg.name) : args_get(args, position, p->arg.name);
    if (v == NULL && f->defaults != NULL && !args->is_open)
        v = f->defaults[index];
    if (v == NULL && f->defaults != NULL && f->defaults[index] != NULL)
        v = value_join(&e->vs, f->defaults[index],
                       value_unknown(&e->vs, HOLE_ARGUMENT, p->arg.name));
    return v != NULL ? v : value_unknown(&e->vs, HOLE_ARGUMENT, p->arg.name);
}

static struct value *rest_of_names(struct eval *e, const struct node *params,
                                   const struct call_args *args)
{
    struct value *map = eval_map(e);
    for (size_t i = 0; i < args->n_named; i++) {
        bool is_taken = false;
        for (const struct node *p = params; p != NULL && !is_taken; p = p->next)
            is_taken = p->arg.stars == 0 && str_eq(p->arg.name, args->names[i]);
        if (!is_taken)
            strmap_put(&map->map->entries, args->names[i], args->named[i]);
    }
    map->map->is_open = args->is_open;
    return map;
}

/* A method of Scala names the members of its instance without more ado. */
static void see_fields(struct eval *e, const struct value *self)
{
    if (self == NULL || self->kind != VALUE_INSTANCE)
        return;
    const struct strmap *fields = &self->instance->fields;
    for (size_t i = 0; i < fields->n; i++)
        scope_set(e, fields->entries[i].key, fields->entries[i].value);
}

static void bind(struct eval *e, const struct function *f, const struct call_args *args)
{
    size_t position = 0, index = 0;
    bool is_keyword_only = false;
    const struct node *p = f->def->def.params;
    if (f->unit->lang == CALL_SCALA) {
        see_fields(e, f->self);
    } else if (f->self != NULL && p != NULL && p->arg.stars == 0 && !is_static(f->def)) {
        scope_set(e, p->arg.name, f->self);
        p = p->next;
        index++;
    }
    for (; p != NULL; p = p->next, index++) {
        struct value *v;
        if (p->arg.stars == 1) {
            v = eval_seq(e, VALUE_IS_TUPLE);
            for (; position < args->n_items; position++)
                value_seq_add(&e->vs, v, args->items[position]);
            v->seq->is_open = args->is_open;
            is_keyword_only = true;
        } else if (p->arg.stars == 2) {
            v = rest_of_names(e, f->def->def.params, args);
        } else {
            v = bound_value(e, f, p, index, args, position++, is_keyword_only);
        }
        scope_set(e, p->arg.name,
                  value_with_origin_in(&e->vs, v, "argument", p->arg.name, e->unit->name,
                                       (uint32_t)e->unit->cell, p->line));
    }
}

/* A definition as the key of a map: its address. */
static struct str def_key(const struct node *const *def)
{
    return (struct str){ (const char *)def, sizeof *def };
}

/* What a function gave for arguments. */
struct memo {
    const struct call_args *args;
    struct value *returned;
    struct memo *next;
};

static bool same_args(const struct call_args *a, const struct call_args *b)
{
    if (a->n_items != b->n_items || a->n_named != b->n_named || a->is_open != b->is_open)
        return false;
    for (size_t i = 0; i < a->n_items; i++)
        if (!value_eq(a->items[i], b->items[i]))
            return false;
    for (size_t i = 0; i < a->n_named; i++)
        if (!str_eq(a->names[i], b->names[i]) || !value_eq(a->named[i], b->named[i]))
            return false;
    return true;
}

struct memo_key {
    const struct node *def;
    const struct scope *scope;
    const struct instance *self;
    uint64_t marks;
};

static struct memo_key memo_key(const struct eval *e, const struct function *f)
{
    const struct instance *self = f->self != NULL ? f->self->instance : NULL;
    return (struct memo_key){ f->def, f->scope, self,
                              (uint64_t)e->is_uncalled * 2U + (uint64_t)e->is_unreached };
}

static struct value *run_body(struct eval *e, const struct function *f,
                              const struct call_args *args)
{
    struct scope *scope = e->scope;
    struct unit *unit = e->unit;
    enum flow flow = e->flow;
    struct frame frame = { .function = f, .caller = e->frame };
    e->scope = scope_new(e, f->scope);
    e->scope->is_function = true;
    e->unit = f->unit;
    e->frame = &frame;
    e->flow = FLOW_ON;
    e->call_depth++;
    bind(e, f, args);
    if (f->def->def.value != NULL && f->def->kind == NODE_LAMBDA)
        frame.returned = eval_expr(e, f->def->def.value);
    else
        eval_statements(e, f->def->def.body);
    e->call_depth--;
    e->frame = frame.caller;
    e->flow = flow;
    e->unit = unit;
    e->scope = scope;
    return frame.returned != NULL ? frame.returned : value_const(&e->vs, STR("None"));
}

struct value *call_function(struct eval *e, const struct function *f, const struct call_args *args)
{
    if (f->bound != NULL)
        args = args_behind(e, f->bound, args);
    if (!e->is_uncalled && !strmap_has(&e->called, def_key(&f->def)))
        strmap_put(&e->called, arena_str(e->arena, def_key(&f->def)), e);
    if (e->call_depth >= LIMIT_CALL_DEPTH) {
        eval_hit_limit(e, "calls");
        return value_unknown(&e->vs, HOLE_LIMIT, f->name);
    }
    for (struct frame *fr = e->frame; fr != NULL; fr = fr->caller)
        if (fr->function->def == f->def && e->call_depth >= 2)
            return value_unknown(&e->vs, HOLE_RUN_TIME, f->name); /* recursion */
    const struct memo_key bytes = memo_key(e, f);
    struct str key = { (const char *)&bytes, sizeof bytes };
    struct memo *first = strmap_get(&e->memo, key);
    for (struct memo *m = first; m != NULL; m = m->next)
        if (same_args(m->args, args))
            return m->returned;
    struct value *v = run_body(e, f, args);
    v = value_with_origin_in(&e->vs, v, "returned", f->name, f->unit->name, (uint32_t)f->unit->cell,
                             f->def->line);
    /* containers have identity: they are made anew by each call */
    if (v->kind != VALUE_SEQ && v->kind != VALUE_MAP && v->kind != VALUE_INSTANCE) {
        struct memo *m = ARENA_NEW(e->arena, struct memo);
        *m = (struct memo){ args, v, first };
        strmap_put(&e->memo, arena_str(e->arena, key), m);
    }
    return v;
}

static struct value *instantiate(struct eval *e, struct klass *k, const struct call_args *args,
                                 const struct node *n)
{
    struct value *v = eval_new(e, VALUE_INSTANCE);
    v->instance = ARENA_NEW(e->arena, struct instance);
    v->instance->klass = k;
    strmap_init(&v->instance->fields, e->arena);
    k->instance = v;
    struct value *init = eval_attr(e, v, STR("__init__"), n);
    if (init->kind == VALUE_FUNCTION) {
        call_value(e, init, args, n);
        return v;
    }
    /* a dataclass, a case class: fields in the order of the members */
    size_t position = 0;
    for (size_t i = 0; i < k->members.n; i++) {
        struct value *m = k->members.entries[i].value;
        if (m == NULL || m->kind == VALUE_FUNCTION)
            continue;
        struct value *given = args_get(args, position++, k->members.entries[i].key);
        if (given != NULL)
            strmap_put(&v->instance->fields, k->members.entries[i].key, given);
    }
    for (size_t i = 0; i < args->n_named; i++)
        strmap_put(&v->instance->fields, args->names[i], args->named[i]);
    return v;
}

/* A name without calls or subscripts in it. */
static bool is_plain(const struct chain *c)
{
    while (c->step == STEP_ATTR)
        c = c->base;
    return c->step == STEP_ROOT && !c->is_value;
}

/* A function that only makes values, or NULL.  Most names end as none of these do; but R leaves the
 * package out, and str.strip(x) is a method. */
static struct value *call_pure(struct eval *e, const struct chain *callee,
                               const struct call_args *args)
{
    const struct chain *root = callee;
    while (root->base != NULL)
        root = root->base;
    if (callee->lang == CALL_PYTHON && !io_known(e, callee)->is_pure &&
        !str_has_prefix(root->name, STR("str")))
        return NULL;
    return pure_function(&e->vs, callee->lang, chain_name(&e->vs, callee), args);
}

static bool is_names_call(struct str name)
{
    return str_eq(name, STR("locals")) || str_eq(name, STR("globals")) || str_eq(name, STR("vars"));
}

struct value *call_value(struct eval *e, struct value *callee, const struct call_args *args,
                         const struct node *n)
{
    switch (callee->kind) {
    case VALUE_FUNCTION:
        return call_function(e, callee->function, args);
    case VALUE_CLASS:
        return instantiate(e, callee->klass, args, n);
    case VALUE_UNION: {
        struct value *v = NULL;
        for (size_t i = 0; i < value_n_alternatives(callee); i++)
            v = value_join(&e->vs, v, call_value(e, value_alternative(callee, i), args, n));
        return v;
    }
    case VALUE_CHAIN: {
        if (str_eq(callee->chain->kind, STR("intake.entry")))
            return callee; /* with other parameters it is the same entry */
        struct value *mapped = run_callbacks(e, callee->chain, args, n);
        if (mapped != NULL)
            return mapped;
        if (callee->chain->step == STEP_CALL) { /* f(a)(b) is no second f; Scala: df("column") */
            struct value *made = pure_chain_call(&e->vs, callee->chain, args);
            if (made != NULL)
                return made;
            return callee->chain->lang == CALL_SCALA ? callee
                                                     : value_chain_call(&e->vs, callee, args);
        }
        if (callee->chain->step == STEP_ROOT && args->n_items == 0 &&
            is_names_call(callee->chain->name))
            return scope_map(e);
        struct value *v = is_plain(callee->chain) ? call_pure(e, callee->chain, args)
                                                  : pure_chain_call(&e->vs, callee->chain, args);
        return v != NULL ? v : io_call(e, callee, args, n);
    }
    case VALUE_INSTANCE: {
        struct value *call = eval_attr(e, callee, STR("__call__"), n);
        if (call->kind == VALUE_FUNCTION)
            return call_function(e, call->function, args);
        break;
    }
    case VALUE_SEQ:
    case VALUE_MAP:
        /* Scala: xs(0), m("key") */
        if (args->n_items == 1)
            return pure_subscript(&e->vs, callee, args->items[0]);
        break;
    default:
        run_callbacks(e, NULL, args, n);
        break;
    }
    return value_unknown(&e->vs, value_hole(callee).reason, value_hole(callee).name);
}

/* The table of a class of an object mapper, which its inner class Meta names. */
static struct value *model_table(const struct value *v)
{
    static const struct str NAMES[] = { STR_INIT("table_name"), STR_INIT("db_table") };
    const struct klass *k = v->kind == VALUE_CLASS      ? v->klass
                            : v->kind == VALUE_INSTANCE ? v->instance->klass
                                                        : NULL;
    const struct value *meta = k != NULL ? strmap_get(&k->members, STR("Meta")) : NULL;
    for (size_t i = 0; meta != NULL && meta->kind == VALUE_CLASS && i < ARRAY_LEN(NAMES); i++) {
        struct value *name = strmap_get(&meta->klass->members, NAMES[i]);
        if (name != NULL && value_alternative(name, 0)->kind == VALUE_TEXT)
            return name;
    }
    return NULL;
}

struct value *value_as_chain(struct eval *e, struct value *v)
{
    if (v->kind == VALUE_CHAIN)
        return v;
    struct chain *c = ARENA_NEW(e->arena, struct chain);
    *c = (struct chain){ .step = STEP_ROOT, .lang = e->unit->lang, .is_value = true };
    if (v->kind == VALUE_UNKNOWN) {
        c->name = v->unknown.name;
        c->hole = v->unknown;
    }
    if (v->kind == VALUE_TEXT) {
        c->place = v;
        c->kind = v->flags & VALUE_IS_PATH ? STR("pathlib") : STR("str");
    }
    struct value *table = model_table(v);
    if (table != NULL) {
        c->place = table;
        c->kind = STR("model.table");
    }
    struct value *root = eval_new(e, VALUE_CHAIN);
    root->chain = c;
    return root;
}

/* A method of something that is no chain yet: as if a name that nothing defines held it. */
static struct value *outside_method(struct eval *e, struct value *receiver, struct str name,
                                    const struct call_args *args, const struct node *n)
{
    struct value *root = value_as_chain(e, receiver);
    return call_value(e, value_chain_attr(&e->vs, root, name), args, n);
}

struct value *call_method(struct eval *e, struct value *receiver, struct str name,
                          const struct call_args *args, const struct node *n)
{
    if (receiver->kind == VALUE_UNION) {
        struct value *v = NULL;
        for (size_t i = 0; i < value_n_alternatives(receiver); i++)
            v = value_join(&e->vs, v,
                           call_method(e, value_alternative(receiver, i), name, args, n));
        return v;
    }
    if (receiver->kind == VALUE_INSTANCE || receiver->kind == VALUE_CLASS) {
        struct value *f = eval_attr(e, receiver, name, n);
        if (f->kind == VALUE_FUNCTION && receiver->kind == VALUE_INSTANCE && n->kind == NODE_ATTR)
            return call_function(e, f->function, args);
        if (f->kind != VALUE_UNKNOWN)
            return call_value(e, f, args, n);
        return outside_method(e, receiver, name, args, n);
    }
    if (receiver->kind == VALUE_CHAIN) {
        struct value *attr = eval_attr(e, receiver, name, n);
        return call_value(e, attr, args, n);
    }
    if (receiver->kind == VALUE_FUNCTION)
        return call_wrapped(e, receiver->function, name, args);
    if (receiver->kind == VALUE_SEQ) {
        struct value *mapped = map_elements(e, receiver, name, args, n);
        if (mapped != NULL)
            return mapped;
    }
    struct value *v =
        pure_method(&e->vs, e->unit->lang, receiver, name, args, e->branch_depth == 0);
    return v != NULL ? v : outside_method(e, receiver, name, args, n);
}

void run_uncalled(struct eval *e)
{
    e->is_uncalled = true;
    for (size_t i = 0; i < e->n_functions && eval_step(e); i++) {
        struct function *f = e->functions[i];
        if (strmap_has(&e->called, def_key(&f->def)))
            continue;
        static const struct call_args none = { .is_open = false };
        struct function bound = *f;
        e->flow = FLOW_ON;
        if (f->klass != NULL && f->klass->instance != NULL)
            bound.self = f->klass->instance;
        /* of an object that was made, a library calls the methods that it defines (data loaders) */
        e->is_uncalled = bound.self == NULL || !str_has_prefix(f->name, STR("__"));
        call_function(e, &bound, &none);
    }
    e->is_uncalled = false;
}

static void comp_clause(struct eval *e, const struct node *n, const struct node *clause,
                        struct value *out)
{
    if (!eval_step(e))
        return;
    if (clause == NULL) {
        const struct node *element = n->comp.element;
        if (out->kind == VALUE_MAP && element->kind == NODE_PAIR)
            value_map_put(&e->vs, out, eval_expr(e, element->pair.key),
                          eval_expr(e, element->pair.value));
        else
            value_seq_add(&e->vs, out, eval_expr(e, element));
        return;
    }
    struct value *items[LIMIT_LOOP + 1];
    bool is_open = false;
    size_t count = eval_loop_items(e, eval_expr(e, clause->clause.iter), items, &is_open);
    for (size_t i = 0; i < count; i++) {
        eval_assign(e, clause->clause.target, items[i]);
        for (const struct node *c = clause->clause.conditions; c != NULL; c = c->next)
            eval_expr(e, c);
        comp_clause(e, n, clause->next, out);
    }
    if (is_open && out->kind == VALUE_MAP)
        out->map->is_open = true;
    else if (is_open)
        out->seq->any_more = out->seq->n > 0 ? out->seq->items[out->seq->n - 1] : NULL;
}

struct value *eval_comprehension(struct eval *e, const struct node *n)
{
    struct value *out =
        n->op == OP_COMP_DICT ? eval_map(e) : eval_seq(e, n->op == OP_COMP_SET ? VALUE_IS_SET : 0);
    struct scope *outer = e->scope;
    e->scope = scope_new(e, outer);
    comp_clause(e, n, n->comp.clauses, out);
    e->scope = outer;
    return out;
}
