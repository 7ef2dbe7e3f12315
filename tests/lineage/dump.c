/* dump: see dump.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "dump.h"

static const char *const operators[] = {
    [OP_NONE] = "",
    [OP_ADD] = "+",
    [OP_SUB] = "-",
    [OP_MUL] = "*",
    [OP_DIV] = "/",
    [OP_FLOORDIV] = "//",
    [OP_MOD] = "%",
    [OP_POW] = "**",
    [OP_MATMUL] = "@",
    [OP_BITOR] = "|",
    [OP_BITAND] = "&",
    [OP_BITXOR] = "^",
    [OP_SHL] = "<<",
    [OP_SHR] = ">>",
    [OP_AND] = "and",
    [OP_OR] = "or",
    [OP_NOT] = "not ",
    [OP_NEG] = "-",
    [OP_POS] = "+",
    [OP_INVERT] = "~",
    [OP_EQ] = "==",
    [OP_NE] = "!=",
    [OP_LT] = "<",
    [OP_LE] = "<=",
    [OP_GT] = ">",
    [OP_GE] = ">=",
    [OP_IN] = "in",
    [OP_NOT_IN] = "!in",
    [OP_IS] = "is",
    [OP_IS_NOT] = "is-not",
    [OP_COMP_LIST] = "[",
    [OP_COMP_SET] = "set[",
    [OP_COMP_DICT] = "dict[",
    [OP_COMP_GENERATOR] = "gen[",
};

static void dump_list(struct buf *b, const char *open, const struct node *list, const char *close)
{
    buf_add(b, str_from(open));
    for (const struct node *n = list; n != NULL; n = n->next) {
        if (n != list)
            buf_add(b, STR(", "));
        dump_expression(b, n);
    }
    buf_add(b, str_from(close));
}

/* " word value", or nothing. */
static void dump_part(struct buf *b, const char *word, const struct node *n)
{
    if (n == NULL)
        return;
    buf_add(b, str_from(word));
    dump_expression(b, n);
}

static void dump_body(struct buf *b, const char *word, const struct node *body)
{
    buf_printf(b, "%s {", word);
    dump_statements(b, body);
    buf_add_char(b, '}');
}

static void dump_optional_body(struct buf *b, const char *word, const struct node *body)
{
    if (body != NULL)
        dump_body(b, word, body);
}

static void dump_async(struct buf *b, const struct node *n)
{
    if (n->flags & NODE_IS_ASYNC)
        buf_add(b, STR("async "));
}

static void dump_arg(struct buf *b, const struct node *n)
{
    for (unsigned i = 0; i < n->arg.stars; i++)
        buf_add_char(b, '*');
    buf_add(b, n->arg.name);
    if (n->arg.value != NULL && n->arg.name.len > 0)
        buf_add_char(b, '=');
    dump_part(b, "", n->arg.value);
    dump_part(b, ": ", n->arg.annotation);
}

static void dump_string(struct buf *b, const struct node *n)
{
    buf_add(b, n->flags & NODE_IS_BYTES ? STR("b\"") : STR("\""));
    for (const struct node *part = n->parts; part != NULL; part = part->next) {
        if (part->kind == NODE_TEXT) {
            buf_add(b, part->text);
            continue;
        }
        buf_add_char(b, '{');
        dump_part(b, "", part->interp.value);
        if (part->interp.conversion != 0)
            buf_printf(b, "!%c", part->interp.conversion);
        dump_part(b, ":", part->interp.spec);
        buf_add_char(b, '}');
    }
    buf_add_char(b, '"');
}

static void dump_binary(struct buf *b, const struct node *n)
{
    dump_part(b, "(", n->binary.left);
    buf_printf(b, " %s ", n->kind == NODE_WALRUS ? ":=" : operators[n->op]);
    dump_part(b, "", n->binary.right);
    buf_add_char(b, ')');
}

static void dump_comp(struct buf *b, const struct node *n)
{
    buf_add(b, str_from(operators[n->op]));
    dump_part(b, "", n->comp.element);
    for (const struct node *c = n->comp.clauses; c != NULL; c = c->next) {
        dump_part(b, c->flags & NODE_IS_ASYNC ? " async for " : " for ", c->clause.target);
        dump_part(b, " in ", c->clause.iter);
        for (const struct node *test = c->clause.conditions; test != NULL; test = test->next)
            dump_part(b, " if ", test);
    }
    buf_add_char(b, ']');
}

static void dump_lambda(struct buf *b, const struct node *n)
{
    dump_list(b, "(", n->def.params, " =>");
    dump_part(b, " ", n->def.value);
    dump_optional_body(b, "", n->def.body);
    buf_add_char(b, ')');
}

static void dump_import(struct buf *b, const struct node *n)
{
    buf_add(b, STR("import "));
    for (uint32_t i = 0; i < n->import.level; i++)
        buf_add_char(b, '.');
    buf_add(b, n->import.module);
    if (n->import.alias.len > 0)
        buf_printf(b, " as %.*s", STR_FMT(n->import.alias));
    for (const struct node *name = n->import.names; name != NULL; name = name->next) {
        buf_printf(b, "%s%.*s", name == n->import.names ? " (" : ", ", STR_FMT(name->alias.text));
        if (name->alias.alias.len > 0)
            buf_printf(b, " as %.*s", STR_FMT(name->alias.alias));
    }
    if (n->import.names != NULL)
        buf_add_char(b, ')');
}

static void dump_def(struct buf *b, const struct node *n)
{
    for (const struct node *d = n->def.decorators; d != NULL; d = d->next) {
        dump_part(b, "@", d);
        buf_add_char(b, ' ');
    }
    dump_async(b, n);
    buf_printf(b, "%s %.*s", n->kind == NODE_DEF ? "def" : "class", STR_FMT(n->def.name));
    if (n->def.types != NULL)
        dump_list(b, "[", n->def.types, "]");
    dump_list(b, "(", n->def.params, ")");
    dump_part(b, " -> ", n->def.value);
    dump_body(b, "", n->def.body);
}

static void dump_try(struct buf *b, const struct node *n)
{
    dump_body(b, "try", n->attempt.body);
    for (const struct node *h = n->attempt.handlers; h != NULL; h = h->next) {
        buf_printf(b, " except %.*s", STR_FMT(h->def.name));
        dump_part(b, ": ", h->def.value);
        dump_body(b, "", h->def.body);
    }
    dump_optional_body(b, " else", n->attempt.orelse);
    dump_optional_body(b, " finally", n->attempt.finally);
}

static void dump_match(struct buf *b, const struct node *n)
{
    dump_part(b, "match ", n->match.subject);
    buf_add(b, STR(" {"));
    for (const struct node *c = n->match.cases; c != NULL; c = c->next) {
        dump_part(b, c == n->match.cases ? "case " : " case ", c->case_.pattern);
        dump_part(b, " if ", c->case_.guard);
        dump_body(b, "", c->case_.body);
    }
    buf_add_char(b, '}');
}

static void dump_loop(struct buf *b, const struct node *n)
{
    dump_async(b, n);
    dump_part(b, "for ", n->loop.target);
    dump_part(b, " in ", n->loop.iter);
    dump_body(b, "", n->loop.body);
    dump_optional_body(b, " else", n->loop.orelse);
}

static void dump_branch(struct buf *b, const struct node *n)
{
    dump_part(b, n->kind == NODE_WHILE ? "while " : "if ", n->branch.test);
    dump_body(b, "", n->branch.body);
    dump_optional_body(b, " else", n->branch.orelse);
}

static void dump_assign(struct buf *b, const struct node *n)
{
    for (const struct node *target = n->assign.targets; target != NULL; target = target->next) {
        dump_expression(b, target);
        dump_part(b, ": ", n->assign.annotation);
        buf_add(b, target->next != NULL || n->assign.value != NULL ? STR(" = ") : STR_EMPTY);
    }
    dump_part(b, "", n->assign.value);
}

static void dump_magic(struct buf *b, const struct node *n)
{
    buf_printf(b, "%%%.*s[%.*s]", STR_FMT(n->magic.name), STR_FMT(n->magic.line));
    buf_add(b, n->magic.body);
    dump_optional_body(b, " code", n->magic.code);
}

static void dump_aug_assign(struct buf *b, const struct node *n)
{
    dump_expression(b, n->binary.left);
    buf_printf(b, " %s= ", operators[n->op]);
    dump_expression(b, n->binary.right);
}

static void dump_value(struct buf *b, const struct node *n)
{
    static const char *const words[NODE_N_KINDS] = { [NODE_RETURN] = "return ",
                                                     [NODE_RAISE] = "raise ",
                                                     [NODE_STAR] = "*",
                                                     [NODE_AWAIT] = "await " };
    const char *word = words[n->kind] != NULL ? words[n->kind] : "";
    if (n->value == NULL)
        buf_add(b, str_trim(str_from(word)));
    dump_part(b, word, n->value);
}

static void dump_items(struct buf *b, const struct node *n)
{
    static const struct {
        const char *open, *close;
    } marks[NODE_N_KINDS] = {
        [NODE_LIST] = { "[", "]" },        [NODE_TUPLE] = { "(", ")" },
        [NODE_SET] = { "set{", "}" },      [NODE_DICT] = { "{", "}" },
        [NODE_UNKNOWN] = { "?(", ")" },    [NODE_DEL] = { "del ", "" },
        [NODE_GLOBAL] = { "global ", "" },
    };
    bool is_single = n->kind == NODE_TUPLE && n->items != NULL && n->items->next == NULL;
    dump_list(b, marks[n->kind].open, n->items, is_single ? ",)" : marks[n->kind].close);
}

static void dump_block(struct buf *b, const struct node *n)
{
    dump_body(b, "", n->items);
}

static void dump_with_item(struct buf *b, const struct node *n)
{
    dump_expression(b, n->pair.key);
    dump_part(b, " as ", n->pair.value);
}

static void dump_with(struct buf *b, const struct node *n)
{
    dump_async(b, n);
    dump_list(b, "with ", n->with.items, "");
    dump_body(b, "", n->with.body);
}

static void dump_text(struct buf *b, const struct node *n)
{
    buf_add(b, n->text);
}

static void dump_pass(struct buf *b, const struct node *n)
{
    buf_add(b, str_from(node_kind_name(n->kind)));
}

static void dump_shell(struct buf *b, const struct node *n)
{
    buf_printf(b, "!%.*s[%.*s]", STR_FMT(n->shell.interpreter), STR_FMT(n->shell.text));
}

void dump_statements(struct buf *b, const struct node *list)
{
    for (const struct node *n = list; n != NULL; n = n->next) {
        if (n != list)
            buf_add(b, STR("; "));
        dump_expression(b, n);
    }
}

static void dump_attr(struct buf *b, const struct node *n)
{
    dump_expression(b, n->attr.value);
    buf_printf(b, ".%.*s", STR_FMT(n->attr.name));
}

static void dump_subscript(struct buf *b, const struct node *n)
{
    dump_expression(b, n->binary.left);
    dump_part(b, "[", n->binary.right);
    buf_add_char(b, ']');
}

static void dump_call(struct buf *b, const struct node *n)
{
    dump_expression(b, n->call.func);
    dump_list(b, "(", n->call.args, ")");
}

static void dump_slice(struct buf *b, const struct node *n)
{
    dump_part(b, "", n->slice.from);
    buf_add_char(b, ':');
    dump_part(b, "", n->slice.to);
    dump_part(b, ":", n->slice.step);
}

static void dump_unary(struct buf *b, const struct node *n)
{
    buf_printf(b, "(%s", operators[n->op]);
    dump_part(b, "", n->unary.value);
    buf_add_char(b, ')');
}

static void dump_cond(struct buf *b, const struct node *n)
{
    dump_part(b, "(", n->branch.test);
    dump_part(b, " ? ", n->branch.body);
    dump_part(b, " : ", n->branch.orelse);
    buf_add_char(b, ')');
}

static void dump_pair(struct buf *b, const struct node *n)
{
    if (n->pair.key == NULL)
        buf_add(b, STR("**"));
    dump_part(b, "", n->pair.key);
    buf_add(b, n->pair.key == NULL ? STR_EMPTY : STR(": "));
    dump_part(b, "", n->pair.value);
}

typedef void dump_fn(struct buf *b, const struct node *n);

static dump_fn *const dumpers[NODE_N_KINDS] = {
    [NODE_ASSIGN] = dump_assign, [NODE_AUG_ASSIGN] = dump_aug_assign,
    [NODE_EXPR] = dump_value,    [NODE_IF] = dump_branch,
    [NODE_FOR] = dump_loop,      [NODE_WHILE] = dump_branch,
    [NODE_WITH] = dump_with,     [NODE_WITH_ITEM] = dump_with_item,
    [NODE_TRY] = dump_try,       [NODE_MATCH] = dump_match,
    [NODE_DEF] = dump_def,       [NODE_CLASS] = dump_def,
    [NODE_RETURN] = dump_value,  [NODE_IMPORT] = dump_import,
    [NODE_DEL] = dump_items,     [NODE_RAISE] = dump_value,
    [NODE_GLOBAL] = dump_items,  [NODE_PASS] = dump_pass,
    [NODE_BREAK] = dump_pass,    [NODE_CONTINUE] = dump_pass,
    [NODE_BLOCK] = dump_block,   [NODE_STRING] = dump_string,
    [NODE_TEXT] = dump_text,     [NODE_NUMBER] = dump_text,
    [NODE_CONST] = dump_text,    [NODE_NAME] = dump_text,
    [NODE_ATTR] = dump_attr,     [NODE_SUBSCRIPT] = dump_subscript,
    [NODE_SLICE] = dump_slice,   [NODE_CALL] = dump_call,
    [NODE_ARG] = dump_arg,       [NODE_BINARY] = dump_binary,
    [NODE_UNARY] = dump_unary,   [NODE_LIST] = dump_items,
    [NODE_TUPLE] = dump_items,   [NODE_SET] = dump_items,
    [NODE_DICT] = dump_items,    [NODE_PAIR] = dump_pair,
    [NODE_COMP] = dump_comp,     [NODE_LAMBDA] = dump_lambda,
    [NODE_COND] = dump_cond,     [NODE_STAR] = dump_value,
    [NODE_WALRUS] = dump_binary, [NODE_AWAIT] = dump_value,
    [NODE_SHELL] = dump_shell,   [NODE_MAGIC] = dump_magic,
    [NODE_UNKNOWN] = dump_items,
};

void dump_expression(struct buf *b, const struct node *n)
{
    if (n == NULL)
        buf_add(b, STR("NULL!"));
    else if (dumpers[n->kind] != NULL)
        dumpers[n->kind](b, n);
    else
        buf_printf(b, "<%s>", node_kind_name((enum node_kind)n->kind));
}
