/*
 * python_dump: prints the tree of Python files, for comparison with what CPython reads.
 *
 * usage: python_dump [-i] [-q] [-b] FILE...
 * -i: with the lines of IPython.  -q: without the tree.  -b: parse each beginning of the file
 * first. For each file a line: "path TAB gaps TAB 1 if a limit was hit TAB tree".  What lineage
 * gives up on purpose (which bracket a pattern had, numbers' values) is not in it.  Recursive.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/python.h"
#include "util/attrs.h"
#include "util/buf.h"

#include <stdio.h>
#include <string.h>

struct dump {
    struct buf *out;
    bool in_pattern; /* brackets of sequences are not told apart */
    bool in_field;   /* of an f-string: places are not compared */
};

static const char *const operators[] = {
    [OP_NONE] = "",          [OP_ADD] = "+",
    [OP_SUB] = "-",          [OP_MUL] = "*",
    [OP_DIV] = "/",          [OP_FLOORDIV] = "//",
    [OP_MOD] = "%",          [OP_POW] = "**",
    [OP_MATMUL] = "@",       [OP_BITOR] = "|",
    [OP_BITAND] = "&",       [OP_BITXOR] = "^",
    [OP_SHL] = "<<",         [OP_SHR] = ">>",
    [OP_AND] = "and",        [OP_OR] = "or",
    [OP_NOT] = "not",        [OP_NEG] = "neg",
    [OP_POS] = "pos",        [OP_INVERT] = "~",
    [OP_EQ] = "==",          [OP_NE] = "!=",
    [OP_LT] = "<",           [OP_LE] = "<=",
    [OP_GT] = ">",           [OP_GE] = ">=",
    [OP_IN] = "in",          [OP_NOT_IN] = "notin",
    [OP_IS] = "is",          [OP_IS_NOT] = "isnot",
    [OP_COMP_LIST] = "[]",   [OP_COMP_SET] = "set",
    [OP_COMP_DICT] = "dict", [OP_COMP_GENERATOR] = "gen",
};

static void put(struct dump *d, const struct node *n);

static void word(struct dump *d, struct str s)
{
    buf_add_char(d->out, ' ');
    buf_add(d->out, s.len == 0 ? STR("''") : s);
}

static void escaped(struct dump *d, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\n')
            buf_add(d->out, STR("\\n"));
        else if (s.ptr[i] == '"' || s.ptr[i] == '\\')
            buf_printf(d->out, "\\%c", s.ptr[i]);
        else
            buf_add_char(d->out, s.ptr[i]);
    }
}

static void quoted(struct dump *d, struct str s)
{
    buf_add(d->out, STR(" \""));
    escaped(d, s);
    buf_add_char(d->out, '"');
}

static void place(struct dump *d, const struct node *n)
{
    if (!d->in_field && !d->in_pattern)
        buf_printf(d->out, "@%u:%u", n->line, n->col);
}

static void one(struct dump *d, const struct node *n)
{
    buf_add_char(d->out, ' ');
    if (n == NULL)
        buf_add_char(d->out, '-');
    else
        put(d, n);
}

static void list(struct dump *d, const struct node *n)
{
    buf_add(d->out, STR(" ["));
    for (const struct node *item = n; item != NULL; item = item->next) {
        if (item != n)
            buf_add_char(d->out, ' ');
        put(d, item);
    }
    buf_add_char(d->out, ']');
}

static void definition(struct dump *d, const struct node *n)
{
    word(d, n->def.name);
    list(d, n->def.types);
    list(d, n->def.params);
    one(d, n->def.value);
    list(d, n->def.body);
    list(d, n->def.decorators);
}

static void statement(struct dump *d, const struct node *n)
{
    switch (n->kind) {
    case NODE_IF:
    case NODE_WHILE:
        one(d, n->branch.test);
        list(d, n->branch.body);
        list(d, n->branch.orelse);
        break;
    case NODE_FOR:
        one(d, n->loop.target);
        one(d, n->loop.iter);
        list(d, n->loop.body);
        list(d, n->loop.orelse);
        break;
    case NODE_TRY:
        list(d, n->attempt.body);
        list(d, n->attempt.handlers);
        list(d, n->attempt.orelse);
        list(d, n->attempt.finally);
        break;
    case NODE_MATCH:
        one(d, n->match.subject);
        list(d, n->match.cases);
        break;
    case NODE_CASE:
        d->in_pattern = true;
        one(d, n->case_.pattern);
        d->in_pattern = false;
        one(d, n->case_.guard);
        list(d, n->case_.body);
        break;
    case NODE_IMPORT:
        word(d, n->import.module);
        buf_printf(d->out, " %u", n->import.level);
        word(d, n->import.alias);
        list(d, n->import.names);
        break;
    case NODE_SHELL:
        quoted(d, n->shell.text);
        break;
    case NODE_MAGIC:
        word(d, n->magic.name);
        quoted(d, n->magic.line);
        list(d, n->magic.code);
        break;
    case NODE_ALIAS:
        word(d, n->alias.text);
        word(d, n->alias.alias);
        break;
    default:
        definition(d, n);
        break;
    }
}

static void expression(struct dump *d, const struct node *n)
{
    switch (n->kind) {
    case NODE_ASSIGN:
        list(d, n->assign.targets);
        one(d, n->assign.value);
        one(d, n->assign.annotation);
        break;
    case NODE_WITH:
        list(d, n->with.items);
        list(d, n->with.body);
        break;
    case NODE_ATTR:
        one(d, n->attr.value);
        word(d, n->attr.name);
        break;
    case NODE_SLICE:
        one(d, n->slice.from);
        one(d, n->slice.to);
        one(d, n->slice.step);
        break;
    case NODE_CALL:
        one(d, n->call.func);
        list(d, n->call.args);
        break;
    case NODE_ARG:
        word(d, n->arg.name);
        buf_printf(d->out, " %u", n->arg.stars);
        one(d, n->arg.value);
        one(d, n->arg.annotation);
        break;
    case NODE_COMP:
        one(d, n->comp.element);
        list(d, n->comp.clauses);
        break;
    case NODE_CLAUSE:
        one(d, n->clause.target);
        one(d, n->clause.iter);
        list(d, n->clause.conditions);
        break;
    case NODE_COND:
        one(d, n->branch.test);
        one(d, n->branch.body);
        one(d, n->branch.orelse);
        break;
    default:
        statement(d, n);
        break;
    }
}

static void string(struct dump *d, const struct node *n)
{
    const bool was_in_field = d->in_field;
    bool was_text = false;
    for (const struct node *part = n->parts; part != NULL; part = part->next) {
        if (part->kind == NODE_TEXT) {
            buf_add(d->out, was_text ? STR_EMPTY : STR(" \""));
            escaped(d, part->text);
            was_text = true;
            if (part->next == NULL || part->next->kind != NODE_TEXT)
                buf_add_char(d->out, '"');
            continue;
        }
        was_text = false;
        d->in_field = true;
        buf_add(d->out, STR(" {"));
        one(d, part->interp.value);
        buf_printf(d->out, " %c", part->interp.conversion == 0 ? '-' : part->interp.conversion);
        one(d, part->interp.spec);
        buf_add_char(d->out, '}');
        d->in_field = was_in_field;
    }
}

/* Kinds whose member is shared: by their shape. */
static void operands(struct dump *d, const struct node *n)
{
    switch (n->kind) {
    case NODE_STRING:
        string(d, n);
        break;
    case NODE_LIST:
    case NODE_TUPLE:
    case NODE_SET:
    case NODE_DICT:
    case NODE_DEL:
    case NODE_UNKNOWN:
        list(d, n->items);
        break;
    case NODE_GLOBAL:
        d->in_field = true;
        list(d, n->items);
        d->in_field = false;
        break;
    case NODE_EXPR:
    case NODE_RETURN:
    case NODE_RAISE:
    case NODE_STAR:
    case NODE_AWAIT:
    case NODE_UNARY:
        one(d, n->value);
        break;
    case NODE_AUG_ASSIGN:
    case NODE_BINARY:
    case NODE_SUBSCRIPT:
    case NODE_WALRUS:
    case NODE_PAIR:
    case NODE_WITH_ITEM:
        one(d, n->binary.left);
        one(d, n->binary.right);
        break;
    case NODE_PASS:
    case NODE_BREAK:
    case NODE_CONTINUE:
        break;
    default:
        expression(d, n);
        break;
    }
}

static const char *kind_name(const struct dump *d, const struct node *n)
{
    if (d->in_pattern && n->kind == NODE_LIST)
        return node_kind_name(NODE_TUPLE);
    return node_kind_name((enum node_kind)n->kind);
}

static void put(struct dump *d, const struct node *n)
{
    if (n->kind == NODE_NUMBER) {
        buf_add_char(d->out, '0');
    } else if (n->kind == NODE_NAME || n->kind == NODE_CONST) {
        buf_add(d->out, n->text);
        if (n->kind == NODE_NAME)
            place(d, n);
    } else {
        buf_printf(d->out, "(%s%s%s%s", n->flags & NODE_IS_ASYNC ? "async " : "",
                   n->flags & NODE_IS_BYTES ? "b" : "", kind_name(d, n), operators[n->op]);
        if (n->kind == NODE_CALL || n->kind == NODE_ATTR || n->kind == NODE_STRING ||
            n->kind == NODE_ASSIGN || n->kind == NODE_EXPR || n->kind == NODE_DEF ||
            n->kind == NODE_BINARY)
            place(d, n);
        operands(d, n);
        buf_add_char(d->out, ')');
    }
}

static bool read_file(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    size_t n;
    while ((n = fread(buf_reserve(out, 65536), 1, 65536, file)) > 0)
        buf_added(out, n);
    return fclose(file) == 0;
}

/* A copy with exact bounds: a sanitizer sees each read past them. */
static void parse_exact(struct arena *a, struct str source, enum python_mode mode,
                        struct parsed *parsed)
{
    char *exact = arena_alloc(a, source.len);
    memcpy(exact, source.ptr == NULL ? "" : source.ptr, source.len);
    python_parse(a, (struct str){ exact, source.len }, mode, parsed);
}

static void parse_beginnings(struct str source, enum python_mode mode)
{
    for (size_t len = 0; len < source.len; len++) {
        AUTO_ARENA a = ARENA_INIT;
        struct parsed parsed;
        parse_exact(&a, str_slice(source, 0, len), mode, &parsed);
    }
}

static void dump_file(const char *path, struct str source, enum python_mode mode, bool is_quiet)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF text = BUF_INIT(SIZE_MAX);
    struct dump d = { .out = &text };
    struct parsed parsed;
    parse_exact(&a, source, mode, &parsed);
    buf_printf(&text, "%s\t%zu\t%d\t", path, parsed.n_gaps, parsed.hit_limit);
    if (!is_quiet)
        list(&d, parsed.statements);
    buf_add_char(&text, '\n');
    (void)fwrite(text.ptr, 1, text.len, stdout);
}

int main(int argc, char **argv)
{
    enum python_mode mode = PYTHON_PLAIN;
    bool is_quiet = false, tries_beginnings = false;
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (str_eq(str_from(argv[i]), STR("-i")))
            mode = PYTHON_IPYTHON;
        is_quiet = is_quiet || str_eq(str_from(argv[i]), STR("-q"));
        tries_beginnings = tries_beginnings || str_eq(str_from(argv[i]), STR("-b"));
    }
    for (; i < argc; i++) {
        AUTO_BUF source = BUF_INIT(SIZE_MAX);
        if (!read_file(argv[i], &source)) {
            perror(argv[i]);
            return 1;
        }
        if (tries_beginnings)
            parse_beginnings(buf_str(&source), mode);
        dump_file(argv[i], buf_str(&source), mode, is_quiet);
    }
    return 0;
}
