/* tree: see tree.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/tree.h"

#define UP_TO(member)                                                                              \
    (uint8_t)(offsetof(struct node, member) + sizeof(((struct node *)NULL)->member))

static const struct {
    const char *name;
    uint8_t size; /* bytes */
} kinds[NODE_N_KINDS] = {
    [NODE_ASSIGN] = { "assign", UP_TO(assign) },
    [NODE_AUG_ASSIGN] = { "aug-assign", UP_TO(binary) },
    [NODE_EXPR] = { "expr", UP_TO(value) },
    [NODE_IF] = { "if", UP_TO(branch) },
    [NODE_FOR] = { "for", UP_TO(loop) },
    [NODE_WHILE] = { "while", UP_TO(branch) },
    [NODE_WITH] = { "with", UP_TO(with) },
    [NODE_WITH_ITEM] = { "with-item", UP_TO(pair) },
    [NODE_TRY] = { "try", UP_TO(attempt) },
    [NODE_HANDLER] = { "handler", UP_TO(def) },
    [NODE_MATCH] = { "match", UP_TO(match) },
    [NODE_CASE] = { "case", UP_TO(case_) },
    [NODE_DEF] = { "def", UP_TO(def) },
    [NODE_CLASS] = { "class", UP_TO(def) },
    [NODE_RETURN] = { "return", UP_TO(value) },
    [NODE_IMPORT] = { "import", UP_TO(import) },
    [NODE_ALIAS] = { "alias", UP_TO(alias) },
    [NODE_DEL] = { "del", UP_TO(items) },
    [NODE_RAISE] = { "raise", UP_TO(value) },
    [NODE_GLOBAL] = { "global", UP_TO(items) },
    [NODE_PASS] = { "pass", UP_TO(value) },
    [NODE_BREAK] = { "break", UP_TO(value) },
    [NODE_CONTINUE] = { "continue", UP_TO(value) },
    [NODE_BLOCK] = { "block", UP_TO(items) },
    [NODE_STRING] = { "string", UP_TO(parts) },
    [NODE_TEXT] = { "text", UP_TO(text) },
    [NODE_INTERP] = { "interp", UP_TO(interp) },
    [NODE_NUMBER] = { "number", UP_TO(text) },
    [NODE_CONST] = { "const", UP_TO(text) },
    [NODE_NAME] = { "name", UP_TO(text) },
    [NODE_ATTR] = { "attr", UP_TO(attr) },
    [NODE_SUBSCRIPT] = { "subscript", UP_TO(binary) },
    [NODE_SLICE] = { "slice", UP_TO(slice) },
    [NODE_CALL] = { "call", UP_TO(call) },
    [NODE_ARG] = { "arg", UP_TO(arg) },
    [NODE_BINARY] = { "binary", UP_TO(binary) },
    [NODE_UNARY] = { "unary", UP_TO(unary) },
    [NODE_LIST] = { "list", UP_TO(items) },
    [NODE_TUPLE] = { "tuple", UP_TO(items) },
    [NODE_SET] = { "set", UP_TO(items) },
    [NODE_DICT] = { "dict", UP_TO(items) },
    [NODE_PAIR] = { "pair", UP_TO(pair) },
    [NODE_COMP] = { "comp", UP_TO(comp) },
    [NODE_CLAUSE] = { "clause", UP_TO(clause) },
    [NODE_LAMBDA] = { "lambda", UP_TO(def) },
    [NODE_COND] = { "cond", UP_TO(branch) },
    [NODE_STAR] = { "star", UP_TO(value) },
    [NODE_WALRUS] = { "walrus", UP_TO(binary) },
    [NODE_AWAIT] = { "await", UP_TO(value) },
    [NODE_SHELL] = { "shell", UP_TO(shell) },
    [NODE_MAGIC] = { "magic", UP_TO(magic) },
    [NODE_UNKNOWN] = { "unknown", UP_TO(items) },
};

size_t node_size(enum node_kind kind)
{
    return kinds[kind].size;
}

const char *node_kind_name(enum node_kind kind)
{
    return kinds[kind].name;
}

struct node *node_new(struct arena *a, enum node_kind kind, uint32_t line, uint32_t col)
{
    struct node *n = arena_alloc(a, kinds[kind].size);
    n->kind = (uint8_t)kind;
    n->line = line;
    n->col = col;
    return n;
}
