/*
 * r_call: what becomes of calls, pipes and operators of R whose meaning is that of control flow.
 *
 * One table of functions; each lowering gives NULL where the call is not of the form it knows, and
 * the call stays as it is.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/r_internal.h"

#include "util/attrs.h"
#include "util/scan.h"

#include <string.h>

/* Numbers of a:b that are written out. */
enum { RANGE_MAX = 64 };

/* The argument of that name, or the at-th one without a name (from 0); NULL if there is none. */
static struct node *arg_value(const struct node *call, const char *name, size_t at)
{
    struct node *found = NULL;
    for (struct node *arg = call->call.args; arg != NULL; arg = arg->next) {
        if (arg->arg.name.len > 0) {
            if (name != NULL && str_eq(arg->arg.name, str_from(name)))
                return arg->arg.value;
        } else if (at-- == 0) {
            found = arg->arg.value;
        }
    }
    return found;
}

/* What a name or a plain string says; empty for others. */
static struct str word_of(const struct node *n)
{
    if (n != NULL && n->kind == NODE_NAME)
        return n->text;
    if (n != NULL && n->kind == NODE_STRING && n->parts != NULL && n->parts->kind == NODE_TEXT &&
        n->parts->next == NULL)
        return n->parts->text;
    return STR_EMPTY;
}

static struct node *word(struct r_parser *p, enum node_kind kind, const struct node *at,
                         struct str text)
{
    struct node *n = r_node_at(p, kind, at);
    n->text = text;
    return n;
}

/* The raw statements of a value. */
static struct node *raw_list(struct r_parser *p, struct node *value)
{
    return value->kind == NODE_BLOCK ? value->items : result_raw(p->arena, value);
}

static struct node *lower_return(struct r_parser *p, struct node *call)
{
    struct node *n = r_node_at(p, NODE_RETURN, call);
    if (call->call.args != NULL)
        n->value = call->call.args->arg.value;
    return n;
}

/* The call stays in sight: stop(read(x)). */
static struct node *lower_stop(struct r_parser *p, struct node *call)
{
    struct node *n = r_node_at(p, NODE_RAISE, call);
    n->value = call;
    return n;
}

static void add_import(struct r_parser *p, const struct node *module, bool is_attached)
{
    struct node *n = r_node_at(p, NODE_IMPORT, module);
    n->import.module = word_of(module);
    if (is_attached) {
        n->import.names = r_node_at(p, NODE_ALIAS, module);
        n->import.names->alias.text = STR("*");
    }
    node_list_add(&p->imports, n);
}

/* library(x): x is the name itself, unless character.only says that it is a variable. */
static struct node *import_one(struct r_parser *p, struct node *call, bool is_attached)
{
    struct node *module = arg_value(call, "package", 0);
    if (word_of(module).len == 0 ||
        (module->kind == NODE_NAME && (!is_attached || arg_value(call, "character.only", 99))))
        return NULL;
    add_import(p, module, is_attached);
    return word(p, NODE_CONST, call, STR("True"));
}

static struct node *lower_library(struct r_parser *p, struct node *call)
{
    return import_one(p, call, true);
}

static struct node *lower_namespace(struct r_parser *p, struct node *call)
{
    return import_one(p, call, false);
}

/* pacman::p_load(a, b, c) */
static struct node *lower_p_load(struct r_parser *p, struct node *call)
{
    for (struct node *arg = call->call.args; arg != NULL; arg = arg->next)
        if (arg->arg.name.len == 0 && word_of(arg->arg.value).len > 0)
            add_import(p, arg->arg.value, true);
    return word(p, NODE_CONST, call, STR("True"));
}

/* assign("x", v) */
static struct node *lower_assign(struct r_parser *p, struct node *call)
{
    struct node *name = arg_value(call, "x", 0), *value = arg_value(call, "value", 1);
    if (name == NULL || name->kind != NODE_STRING || word_of(name).len == 0 || value == NULL)
        return NULL;
    struct node *n = r_node_at(p, NODE_WALRUS, call);
    n->binary.left = word(p, NODE_NAME, name, word_of(name));
    n->binary.right = value;
    return n;
}

/* suppressWarnings(e) and the like: e. */
static struct node *lower_same(struct r_parser *p, struct node *call)
{
    (void)p;
    return arg_value(call, "expr", 0);
}

static struct node *either(struct r_parser *p, struct node *left, struct node *right)
{
    if (left == NULL)
        return right;
    struct node *n = r_node_at(p, NODE_BINARY, left);
    n->op = OP_BITOR;
    n->binary.left = left;
    n->binary.right = right;
    return n;
}

/* switch(x, a = , b = 1, 2): an empty value stands for the next one. */
static struct node *lower_switch(struct r_parser *p, struct node *call)
{
    struct node *subject = call->call.args, *pattern = NULL;
    struct node_list cases = NODE_LIST_INIT(cases);
    unsigned number = 0;
    if (subject == NULL || subject->arg.value == NULL)
        return NULL;
    bool is_by_name = false;
    for (struct node *arg = subject->next; arg != NULL; arg = arg->next)
        is_by_name |= arg->arg.name.len > 0;
    for (struct node *arg = subject->next; arg != NULL; arg = arg->next) {
        struct node *one = r_node_at(p, NODE_STRING, arg);
        if (arg->arg.name.len > 0)
            one->parts = word(p, NODE_TEXT, arg, arg->arg.name);
        else if (is_by_name)
            one = word(p, NODE_NAME, arg, STR("_"));
        else
            one = word(p, NODE_NUMBER, arg, arena_printf(p->arena, "%u", ++number));
        pattern = either(p, pattern, one);
        if (arg->arg.value == NULL)
            continue;
        struct node *c = r_node_at(p, NODE_CASE, arg);
        c->case_.pattern = pattern;
        c->case_.body = raw_list(p, arg->arg.value);
        node_list_add(&cases, c);
        pattern = NULL;
    }
    struct node *n = r_node_at(p, NODE_MATCH, call);
    n->match.subject = subject->arg.value;
    n->match.cases = cases.first;
    return n;
}

/* The statements of a handler, whose value is that of the whole: a last return() is its value. */
static struct node *handler_body(struct r_parser *p, struct node *lambda)
{
    if (lambda->def.value != NULL)
        return result_raw(p->arena, lambda->def.value);
    struct node *last = lambda->def.body;
    while (last != NULL && last->next != NULL)
        last = last->next;
    if (last != NULL && last->kind == NODE_RETURN && last->value != NULL)
        last->kind = NODE_EXPR;
    return lambda->def.body;
}

/* tryCatch(e, error = function(e) ..., finally = ...), try(e) */
static struct node *lower_try(struct r_parser *p, struct node *call)
{
    struct node *body = arg_value(call, "expr", 0);
    struct node_list handlers = NODE_LIST_INIT(handlers);
    if (body == NULL)
        return NULL;
    struct node *n = r_node_at(p, NODE_TRY, call);
    n->attempt.body = raw_list(p, body);
    for (struct node *arg = call->call.args; arg != NULL; arg = arg->next) {
        if (arg->arg.name.len == 0 || arg->arg.value == NULL || arg->arg.value == body)
            continue;
        if (str_eq(arg->arg.name, STR("finally"))) {
            struct node_list out = NODE_LIST_INIT(out);
            result_add(p->arena, &out, arg->arg.value, RESULT_DROPPED, NULL);
            n->attempt.finally = out.first;
        } else if (arg->arg.value->kind == NODE_LAMBDA) {
            struct node *handler = r_node_at(p, NODE_HANDLER, arg);
            if (arg->arg.value->def.params != NULL)
                handler->def.name = arg->arg.value->def.params->arg.name;
            handler->def.body = handler_body(p, arg->arg.value);
            node_list_add(&handlers, handler);
        }
    }
    n->attempt.handlers = handlers.first;
    return n;
}

/* glue("a/{x}"): the text itself, where it is one. */
static struct node *lower_glue(struct r_parser *p, struct node *call)
{
    struct node *only = call->call.args;
    for (struct node *arg = call->call.args; arg != NULL; arg = arg->next)
        if (str_eq(arg->arg.name, STR(".open")) || str_eq(arg->arg.name, STR(".close")))
            return NULL;
    for (struct node *arg = call->call.args; arg != NULL; arg = arg->next)
        if (arg->arg.name.len == 0 && arg->arg.value != NULL && arg->arg.value->kind == NODE_STRING)
            arg->arg.value = r_glue(p, arg->arg.value);
    return only != NULL && only->next == NULL && only->arg.name.len == 0 &&
                   only->arg.value != NULL && only->arg.value->kind == NODE_STRING
               ? only->arg.value
               : NULL;
}

static struct node *lower_seq(struct r_parser *p, struct node *call)
{
    struct node *from = call->call.args, *to = from != NULL ? from->next : NULL;
    if (to == NULL || to->next != NULL || from->arg.value == NULL || to->arg.value == NULL)
        return NULL;
    struct node *range = r_range(p, from->arg.value, to->arg.value);
    return range->kind == NODE_LIST ? range : NULL;
}

static const struct {
    struct str name;
    struct node *(*lower)(struct r_parser *p, struct node *call);
} lowerings[] = {
    { STR_INIT("return"), lower_return },
    { STR_INIT("stop"), lower_stop },
    { STR_INIT("abort"), lower_stop },
    { STR_INIT("library"), lower_library },
    { STR_INIT("require"), lower_library },
    { STR_INIT("requireNamespace"), lower_namespace },
    { STR_INIT("loadNamespace"), lower_namespace },
    { STR_INIT("p_load"), lower_p_load },
    { STR_INIT("assign"), lower_assign },
    { STR_INIT("suppressWarnings"), lower_same },
    { STR_INIT("suppressMessages"), lower_same },
    { STR_INIT("suppressPackageStartupMessages"), lower_same },
    { STR_INIT("invisible"), lower_same },
    { STR_INIT("local"), lower_same },
    { STR_INIT("identity"), lower_same },
    { STR_INIT("force"), lower_same },
    { STR_INIT("I"), lower_same },
    { STR_INIT("isolate"), lower_same },
    { STR_INIT("switch"), lower_switch },
    { STR_INIT("tryCatch"), lower_try },
    { STR_INIT("withCallingHandlers"), lower_try },
    { STR_INIT("try"), lower_try },
    { STR_INIT("glue"), lower_glue },
    { STR_INIT("str_glue"), lower_glue },
    { STR_INIT("glue_sql"), lower_glue },
    { STR_INIT("seq"), lower_seq },
};

/* The name of a called function, of whatever package; not of a member (x$switch). */
static struct str called_name(const struct node *func)
{
    if (func->kind == NODE_NAME)
        return func->text;
    if (func->kind == NODE_ATTR && (func->flags & R_IS_OF_PACKAGE))
        return func->attr.name;
    return STR_EMPTY;
}

struct node *r_lower_call(struct r_parser *p, struct node *call)
{
    struct str name = called_name(call->call.func);
    for (size_t i = 0; name.len > 0 && i < ARRAY_LEN(lowerings); i++)
        if (str_eq(name, lowerings[i].name)) {
            struct node *n = lowerings[i].lower(p, call);
            return n != NULL ? n : call;
        }
    return call;
}

static bool is_dot(const struct node *n)
{
    return n != NULL && n->kind == NODE_NAME &&
           (str_eq(n->text, STR(".")) || str_eq(n->text, STR("_")));
}

static bool is_leaf(const struct node *n)
{
    return n->kind == NODE_NAME || n->kind == NODE_NUMBER || n->kind == NODE_CONST ||
           n->kind == NODE_STRING;
}

/* The node dot becomes what left is.  It has room for any kind (parse_name). */
static void become(struct node *dot, const struct node *left)
{
    struct node *following = dot->next;
    memcpy(dot, left, node_size((enum node_kind)left->kind));
    dot->next = following;
}

/* f -> f(left) or f(left, a, b), unless "." says where left goes. */
static struct node *first_argument(struct r_parser *p, struct node *left, struct node *right)
{
    struct node *call = right;
    if (right->kind != NODE_CALL) {
        call = r_node_at(p, NODE_CALL, right);
        call->call.func = right;
    }
    for (struct node *arg = call->call.args; arg != NULL; arg = arg->next)
        if (is_dot(arg->arg.value)) {
            arg->arg.value = left;
            return r_lower_call(p, call);
        }
    struct node *arg = r_node_at(p, NODE_ARG, left);
    arg->arg.value = left;
    arg->next = call->call.args;
    call->call.args = arg;
    return r_lower_call(p, call);
}

struct node *r_pipe(struct r_parser *p, struct node *left, struct node *right, size_t first_dot)
{
    size_t n_dots = p->n_dots;
    bool takes_argument = right->kind == NODE_CALL || right->kind == NODE_NAME ||
                          right->kind == NODE_LAMBDA ||
                          (right->kind == NODE_ATTR && (right->flags & R_IS_OF_PACKAGE));
    p->n_dots = first_dot;
    if (right->kind == NODE_RETURN && right->value == NULL) {
        right->value = left;
        return right;
    }
    const struct node *root = right;
    while (root->kind == NODE_ATTR || root->kind == NODE_SUBSCRIPT || root->kind == NODE_CALL)
        root = root->kind == NODE_ATTR        ? root->attr.value
               : root->kind == NODE_SUBSCRIPT ? root->binary.left
                                              : root->call.func;
    if (is_dot(root))
        takes_argument = false;
    if (!takes_argument && n_dots == first_dot) {
        struct node *n = r_node_at(p, NODE_UNKNOWN, left);
        n->items = left;
        left->next = right;
        return n;
    }
    struct node *out = takes_argument ? first_argument(p, left, right) : right;
    for (size_t i = first_dot; i < n_dots; i++) {
        bool may_become = is_leaf(left) || (i == first_dot && !takes_argument);
        if (may_become && p->dots[i] != left && is_dot(p->dots[i]))
            become(p->dots[i], left);
    }
    return out;
}

static const struct {
    struct str name;
    uint8_t op;
} operators[] = {
    { STR_INIT("%in%"), OP_IN },    { STR_INIT("%%"), OP_MOD },  { STR_INIT("%/%"), OP_FLOORDIV },
    { STR_INIT("%*%"), OP_MATMUL }, { STR_INIT("%||%"), OP_OR }, { STR_INIT("%+%"), OP_ADD },
};

/* foreach(x = v, .combine = f) %do% e: a comprehension over the first loop. */
static struct node *lower_foreach(struct r_parser *p, struct node *left, struct node *right)
{
    if (left->kind != NODE_CALL || !str_eq(called_name(left->call.func), STR("foreach")))
        return NULL;
    const struct node *arg = left->call.args;
    while (arg != NULL && (arg->arg.name.len == 0 || arg->arg.name.ptr[0] == '.'))
        arg = arg->next;
    if (arg == NULL || arg->arg.value == NULL)
        return NULL;
    struct node *n = r_node_at(p, NODE_COMP, left);
    n->op = OP_COMP_LIST;
    n->comp.element = right;
    n->comp.clauses = r_node_at(p, NODE_CLAUSE, left);
    n->comp.clauses->clause.target = word(p, NODE_NAME, arg, arg->arg.name);
    n->comp.clauses->clause.iter = arg->arg.value;
    return n;
}

/* x %<>% f: x <- x %>% f */
static struct node *pipe_back(struct r_parser *p, struct node *left, struct node *right,
                              size_t first_dot)
{
    struct node *n = r_node_at(p, NODE_WALRUS, left);
    n->binary.left = left;
    n->binary.right = r_pipe(p, word(p, NODE_NAME, left, left->text), right, first_dot);
    return n;
}

/* c(a, b) %<-% v */
static struct node *unpack(struct r_parser *p, struct node *left, struct node *right)
{
    struct node *n = r_node_at(p, NODE_WALRUS, left);
    struct node_list items = NODE_LIST_INIT(items);
    for (struct node *arg = left->call.args; arg != NULL; arg = arg->next)
        if (arg->arg.value != NULL)
            node_list_add(&items, arg->arg.value);
    n->binary.left = r_node_at(p, NODE_TUPLE, left);
    n->binary.left->items = items.first;
    n->binary.right = right;
    return n;
}

struct node *r_special(struct r_parser *p, struct str name, struct node *left, struct node *right,
                       size_t first_dot)
{
    struct node *n = NULL;
    if (str_eq(name, STR("%>%")) || str_eq(name, STR("%T>%")) || str_eq(name, STR("%!>%")))
        return r_pipe(p, left, right, first_dot);
    if (str_eq(name, STR("%<>%")) && left->kind == NODE_NAME)
        return pipe_back(p, left, right, first_dot);
    if (str_eq(name, STR("%<-%")) && left->kind == NODE_CALL)
        return unpack(p, left, right);
    if (str_eq(name, STR("%do%")) || str_eq(name, STR("%dopar%")))
        n = lower_foreach(p, left, right);
    for (size_t i = 0; n == NULL && i < ARRAY_LEN(operators); i++)
        if (str_eq(name, operators[i].name)) {
            n = r_node_at(p, NODE_BINARY, left);
            n->op = operators[i].op;
            n->binary.left = left;
            n->binary.right = right;
        }
    if (n == NULL) {
        n = r_node_at(p, NODE_UNKNOWN, left);
        n->items = left;
        left->next = right;
    }
    return n;
}

static bool whole_number(const struct node *n, uint64_t *out)
{
    if (n->kind != NODE_NUMBER)
        return false;
    struct str digits = n->text;
    if (str_has_suffix(digits, STR("L")))
        digits.len--;
    return scan_whole_u64(digits, UINT32_MAX, out);
}

static struct node *seq_call(struct r_parser *p, struct node *left, struct node *right)
{
    struct node *call = r_node_at(p, NODE_CALL, left);
    struct node *from = r_node_at(p, NODE_ARG, left), *to = r_node_at(p, NODE_ARG, right);
    call->call.func = word(p, NODE_NAME, left, STR("seq"));
    from->arg.value = left;
    to->arg.value = right;
    from->next = to;
    call->call.args = from;
    return call;
}

struct node *r_range(struct r_parser *p, struct node *left, struct node *right)
{
    uint64_t from = 0, to = 0;
    bool is_known = whole_number(left, &from) && whole_number(right, &to);
    if (!is_known || (from < to ? to - from : from - to) >= RANGE_MAX)
        return seq_call(p, left, right);
    struct node_list items = NODE_LIST_INIT(items);
    struct node *list = r_node_at(p, NODE_LIST, left);
    for (uint64_t i = from;; i = from < to ? i + 1 : i - 1) {
        node_list_add(&items, word(p, NODE_NUMBER, left,
                                   arena_printf(p->arena, "%llu", (unsigned long long)i)));
        if (i == to)
            break;
    }
    list->items = items.first;
    return list;
}
