/* scala_decl: declarations of Scala (SLS 4, 5): val, var, def, class, object, import, package. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/scala_internal.h"

#include "util/limits.h"

/* One parameter "name: Type = value"; NULL if there is none. */
static struct node *parse_param(struct scala_parser *p)
{
    scala_skip_modifiers(p);
    if (!scala_take(p, S_VAL))
        (void)scala_take(p, S_VAR);
    if (!scala_is_next(p, S_NAME) && !scala_is_next(p, S_UNDERSCORE))
        return scala_fail(p, "a parameter is missing");
    struct scala_token t = scala_next(p);
    struct node *param = scala_node(p, NODE_ARG, &t);
    param->arg.name = scala_name(&t);
    if (scala_take(p, S_COLON)) {
        scala_skip_type(p, true);
        if (p->previous == S_OPERATOR) /* String* */
            param->arg.stars = 1;
    }
    if (scala_take(p, S_EQUALS) && (param->arg.value = scala_parse_expr(p, SCALA_INNER)) == NULL)
        return NULL;
    return param;
}

/* "(a: A, b: B = c)"; *is_implicit: the values are found by the compiler. */
static struct node *parse_params(struct scala_parser *p, bool *is_implicit)
{
    struct node_list params = NODE_LIST_INIT(params);
    bool saved;
    (void)scala_open(p, &saved);
    *is_implicit = scala_is_next(p, S_MODIFIER) || scala_is_word(p, "using");
    if (scala_is_word(p, "using") && scala_look(p, 1)->kind == S_NAME)
        (void)scala_next(p);
    for (size_t n = 0; n < LIMIT_LITERAL_ITEMS && !scala_is_next(p, S_RPAREN) &&
                       !scala_is_next(p, S_END) && !scala_is_too_much(p);
         n++) {
        struct node *param = parse_param(p);
        if (param == NULL)
            return NULL;
        node_list_add(&params, param);
        if (!scala_take(p, S_COMMA))
            break;
    }
    return scala_close(p, S_RPAREN, saved) ? params.first : NULL;
}

enum { LISTS_MAX = 8 };

/* The parameter lists that are given by callers. */
static size_t parse_param_lists(struct scala_parser *p, struct node **lists)
{
    size_t n = 0;
    while (scala_is_next(p, S_LPAREN) && p->reason == NULL) {
        bool is_implicit;
        struct node *params = parse_params(p, &is_implicit);
        if (!is_implicit && n < LISTS_MAX)
            lists[n++] = params;
    }
    return n;
}

/* def f(a: A)(b: B): T = body; a second list makes it a function that gives a function. */
static bool parse_def(struct scala_parser *p, struct node_list *out)
{
    (void)scala_next(p);
    struct scala_token t = scala_next(p);
    struct node *def = scala_node(p, NODE_DEF, &t), *lists[LISTS_MAX], *body;
    def->def.name = scala_name(&t);
    if (t.kind != S_NAME && t.kind != S_OPERATOR && t.kind != S_THIS)
        return scala_fail(p, "a function needs a name") != NULL;
    if (scala_is_next(p, S_LBRACKET))
        scala_skip_bracket(p);
    size_t n = parse_param_lists(p, lists);
    if (p->reason != NULL)
        return false;
    if (scala_take(p, S_COLON))
        scala_skip_type(p, true);
    if (scala_take(p, S_EQUALS))
        body = scala_parse_expr(p, SCALA_INNER);
    else if (scala_is_next(p, S_LBRACE))
        body = scala_parse_block(p);
    else
        return true; /* it has no body: nothing to keep */
    if (body == NULL)
        return false;
    for (; n > 1; n--)
        body = result_lambda(p->arena, lists[n - 1], body, body->line, body->col);
    def->def.params = n > 0 ? lists[0] : NULL;
    def->def.body = result_body(p->arena, body);
    node_list_add(out, def);
    return true;
}

/* What a pattern on the left of "=" is as a target: a name, a tuple. */
static struct node *target_of(struct scala_parser *p, struct node *pattern)
{
    if (pattern->kind == NODE_WALRUS)
        pattern = pattern->binary.left;
    if (pattern->kind == NODE_LIST)
        pattern->kind = NODE_TUPLE; /* of the same form */
    if (pattern->kind == NODE_UNKNOWN && pattern->items->kind == NODE_NAME)
        return pattern->items; /* val Root = ... */
    if (pattern->kind != NODE_CALL)
        return pattern;
    struct node *tuple = scala_node_at(p, NODE_TUPLE, pattern);
    struct node_list items = NODE_LIST_INIT(items);
    for (struct node *arg = pattern->call.args; arg != NULL; arg = arg->next)
        node_list_add(&items, target_of(p, arg->arg.value));
    tuple->items = items.first;
    return tuple;
}

/* What is declared: a name, of which the type is skipped by the caller, or a pattern. */
static struct node *parse_declared(struct scala_parser *p, enum scala_kind kind)
{
    enum scala_kind following = (enum scala_kind)scala_look(p, 1)->kind;
    if (!scala_is_next(p, S_NAME) ||
        (following != S_COLON && following != S_EQUALS && following != S_COMMA)) {
        struct node *pattern = scala_parse_pattern(p);
        return pattern == NULL ? NULL : target_of(p, pattern);
    }
    struct scala_token t = scala_next(p);
    struct node *name = scala_word(p, NODE_NAME, &t, scala_name(&t));
    if (kind == S_VAL)
        strmap_put(&p->vals, name->text, p);
    return name;
}

/* val x: T = v; val (a, b) = v; val a, b = v; var x = _ */
static bool parse_val(struct scala_parser *p, struct node_list *out)
{
    struct scala_token t = scala_next(p);
    struct node *targets[LISTS_MAX];
    size_t n = 0;
    do {
        struct node *pattern = parse_declared(p, (enum scala_kind)t.kind);
        if (pattern == NULL)
            return false;
        if (n < LISTS_MAX)
            targets[n++] = pattern;
    } while (scala_take(p, S_COMMA) && !scala_is_too_much(p));
    if (scala_take(p, S_COLON))
        scala_skip_type(p, true);
    if (!scala_take(p, S_EQUALS))
        return p->reason == NULL; /* it has no value: nothing to keep */
    size_t n_blanks = p->n_blanks;
    struct node *value = scala_parse_expr(p, SCALA_INNER);
    if (value == NULL)
        return false;
    if (p->n_blanks > n_blanks) /* var x: T = _ */
        value = scala_word(p, NODE_CONST, &t, STR("None"));
    p->n_blanks = n_blanks;
    result_add(p->arena, out, value, RESULT_ASSIGNED, targets[0]);
    for (size_t i = 1; i < n; i++) {
        struct node *again = scala_node_at(p, NODE_ASSIGN, targets[i]);
        again->assign.targets = targets[i];
        again->assign.value = targets[0];
        node_list_add(out, again);
    }
    return true;
}

/* The parameters of a class are its first members. */
static void add_members(struct scala_parser *p, struct node_list *out, struct node *params)
{
    for (struct node *param = params; param != NULL; param = param->next) {
        struct node *assign = scala_node_at(p, NODE_ASSIGN, param);
        struct node *name = scala_node_at(p, NODE_NAME, param);
        name->text = param->arg.name;
        assign->assign.targets = name;
        assign->assign.annotation = scala_node_at(p, NODE_UNKNOWN, param);
        assign->assign.value =
            param->arg.value != NULL ? param->arg.value : scala_node_at(p, NODE_UNKNOWN, param);
        node_list_add(out, assign);
    }
}

/* extends A(x) with B: the classes, and the arguments of the first. */
static bool parse_bases(struct scala_parser *p, struct node *class)
{
    struct node_list bases = NODE_LIST_INIT(bases);
    while ((scala_take(p, S_EXTENDS) || scala_take(p, S_WITH)) && !scala_is_too_much(p)) {
        if (!scala_is_next(p, S_NAME)) {
            scala_skip_type(p, false);
            continue;
        }
        struct scala_token t = *scala_look(p, 0);
        struct node *base = scala_word(p, NODE_NAME, &t, scala_name(&t));
        (void)scala_next(p);
        while (scala_take(p, S_DOT)) {
            struct scala_token member = scala_next(p);
            struct node *attr = scala_node(p, NODE_ATTR, &member);
            attr->attr.value = base;
            attr->attr.name = scala_name(&member);
            base = attr;
        }
        if (scala_is_next(p, S_LBRACKET))
            scala_skip_bracket(p);
        while (scala_is_next(p, S_LPAREN) && !scala_is_separated(p))
            scala_skip_bracket(p);
        node_list_add(&bases, scala_arg(p, base));
    }
    class->def.params = bases.first;
    return p->reason == NULL;
}

/* class C[T] private (a: A = x) extends B { members }, also object and trait. */
static bool parse_class(struct scala_parser *p, struct node_list *out)
{
    (void)scala_next(p);
    struct scala_token t = scala_next(p);
    struct node *class = scala_node(p, NODE_CLASS, &t), *lists[LISTS_MAX];
    struct node_list body = NODE_LIST_INIT(body);
    class->def.name = scala_name(&t);
    if (t.kind != S_NAME && t.kind != S_OPERATOR)
        return scala_fail(p, "a class needs a name") != NULL;
    if (scala_is_next(p, S_LBRACKET))
        scala_skip_bracket(p);
    if (!scala_is_separated(p))
        scala_skip_modifiers(p);
    size_t n = parse_param_lists(p, lists);
    for (size_t i = 0; i < n; i++)
        add_members(p, &body, lists[i]);
    if (p->reason != NULL || !parse_bases(p, class))
        return false;
    if (scala_is_next(p, S_LBRACE)) {
        struct node *members = scala_parse_members(p);
        if (members != NULL)
            node_list_add(&body, members);
    }
    class->def.body = body.first;
    node_list_add(out, class);
    return true;
}

/* ".b" behind "a": the parts so far are joined in the arena only if blanks stand between them. */
static struct str add_part(struct scala_parser *p, struct str path, const struct scala_token *t)
{
    struct str name = scala_name(t);
    if (path.len == 0)
        return name;
    if (path.ptr + path.len + 1 == name.ptr && t->opener == 0)
        return (struct str){ path.ptr, path.len + 1 + name.len };
    return arena_printf(p->arena, "%.*s.%.*s", STR_FMT(path), STR_FMT(name));
}

static void add_alias(struct scala_parser *p, struct node_list *names, const struct scala_token *t)
{
    struct node *alias = scala_node(p, NODE_ALIAS, t);
    bool is_all = t->kind == S_UNDERSCORE || (t->len == 1 && t->ptr[0] == '*');
    alias->alias.text = is_all ? STR("*") : scala_name(t);
    if (scala_is_next(p, S_ARROW) || scala_is_word(p, "as")) {
        (void)scala_next(p);
        struct scala_token local = scala_next(p);
        if (local.kind == S_UNDERSCORE) /* "d => _" hides d */
            return;
        alias->alias.alias = scala_name(&local);
    }
    node_list_add(names, alias);
}

/* One of "a.b.c, a.b._, a.{b, c => d}". */
static bool parse_import_one(struct scala_parser *p, struct node_list *out)
{
    struct scala_token t = *scala_look(p, 0), last = t;
    struct node *import = scala_node(p, NODE_IMPORT, &t);
    struct node_list names = NODE_LIST_INIT(names);
    size_t n_parts = 0;
    if (t.kind != S_NAME && t.kind != S_THIS)
        return scala_fail(p, "an import needs a name") != NULL;
    do {
        if (scala_is_next(p, S_LBRACE)) {
            bool saved;
            import->import.module =
                n_parts > 0 ? add_part(p, import->import.module, &last) : import->import.module;
            (void)scala_open(p, &saved);
            p->in_parens = true;
            while (!scala_is_next(p, S_RBRACE) && !scala_is_next(p, S_END) &&
                   !scala_is_too_much(p)) {
                struct scala_token name = scala_next(p);
                if (name.kind != S_COMMA)
                    add_alias(p, &names, &name);
            }
            import->import.names = names.first;
            node_list_add(out, import);
            return scala_close(p, S_RBRACE, saved);
        }
        if (n_parts++ > 0)
            import->import.module = add_part(p, import->import.module, &last);
        last = scala_next(p);
    } while (scala_take(p, S_DOT) && !scala_is_too_much(p));
    if (n_parts == 1)
        import->import.module = scala_name(&last);
    else
        add_alias(p, &names, &last);
    import->import.names = names.first;
    node_list_add(out, import);
    return p->reason == NULL;
}

static bool parse_import(struct scala_parser *p, struct node_list *out)
{
    (void)scala_next(p);
    do {
        if (!parse_import_one(p, out))
            return false;
    } while (scala_take(p, S_COMMA));
    return true;
}

/* package a.b, package a { ... }, package object a { ... } */
static bool parse_package(struct scala_parser *p, struct node_list *out)
{
    (void)scala_next(p);
    if (scala_is_next(p, S_OBJECT))
        return parse_class(p, out);
    scala_skip_type(p, false);
    if (!scala_is_next(p, S_LBRACE) || scala_is_separated(p))
        return true;
    struct node *members = scala_parse_members(p);
    if (members != NULL)
        node_list_add(out, members);
    return true;
}

/* type T = U */
static bool parse_type(struct scala_parser *p)
{
    (void)scala_next(p);
    scala_skip_type(p, false);
    if (scala_take(p, S_EQUALS))
        scala_skip_type(p, true);
    return true;
}

bool scala_parse_declaration(struct scala_parser *p, struct node_list *out)
{
    enum scala_kind kind = (enum scala_kind)scala_look(p, 0)->kind;
    enum scala_kind following = (enum scala_kind)scala_look(p, 1)->kind;
    if (kind == S_AT || kind == S_MODIFIER) {
        if (kind == S_MODIFIER && scala_look(p, 2)->kind == S_ARROW)
            return false; /* implicit x => ... */
        scala_skip_modifiers(p);
        kind = (enum scala_kind)scala_look(p, 0)->kind;
        following = (enum scala_kind)scala_look(p, 1)->kind;
    }
    if (kind == S_CASE && (following == S_CLASS || following == S_OBJECT)) {
        (void)scala_next(p);
        kind = following;
    }
    switch (kind) {
    case S_VAL:
    case S_VAR:
        (void)parse_val(p, out);
        return true;
    case S_DEF:
        (void)parse_def(p, out);
        return true;
    case S_CLASS:
    case S_OBJECT:
    case S_TRAIT:
        (void)parse_class(p, out);
        return true;
    case S_IMPORT:
        (void)parse_import(p, out);
        return true;
    case S_PACKAGE:
        (void)parse_package(p, out);
        return true;
    case S_TYPE:
        (void)parse_type(p);
        return true;
    default:
        return false;
    }
}
