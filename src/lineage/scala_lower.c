/*
 * scala_lower: what operators and calls of Scala become: Python's operators, tuples, lists,
 * mappings; all other operators are calls of a method.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/scala_internal.h"

#include "util/attrs.h"
#include "util/scan.h"

#include <string.h>

/* Numbers of "a to b" that are written out. */
enum { RANGE_MAX = 64 };

static const struct {
    struct str name;
    uint8_t op;
} operators[] = {
    { STR_INIT("+"), OP_ADD },    { STR_INIT("++"), OP_ADD },  { STR_INIT("-"), OP_SUB },
    { STR_INIT("*"), OP_MUL },    { STR_INIT("/"), OP_DIV },   { STR_INIT("%"), OP_MOD },
    { STR_INIT("=="), OP_EQ },    { STR_INIT("==="), OP_EQ },  { STR_INIT("<=>"), OP_EQ },
    { STR_INIT("!="), OP_NE },    { STR_INIT("=!="), OP_NE },  { STR_INIT("!=="), OP_NE },
    { STR_INIT("<"), OP_LT },     { STR_INIT("<="), OP_LE },   { STR_INIT(">"), OP_GT },
    { STR_INIT(">="), OP_GE },    { STR_INIT("&&"), OP_AND },  { STR_INIT("||"), OP_OR },
    { STR_INIT("&"), OP_BITAND }, { STR_INIT("|"), OP_BITOR }, { STR_INIT("^"), OP_BITXOR },
    { STR_INIT("<<"), OP_SHL },   { STR_INIT(">>"), OP_SHR },  { STR_INIT(">>>"), OP_SHR },
    { STR_INIT(":::"), OP_ADD },  { STR_INIT("++:"), OP_ADD },
};

/* SLS 6.12.3: the first character says how tightly an operator binds; one that assigns least. */
int scala_precedence(const struct scala_token *t)
{
    static const char *const ladder[] = { "|", "^", "&", "=!", "<>", ":", "+-", "*/%" };
    char first = t->ptr[0], last = t->ptr[t->len - 1];
    if (t->kind == S_NAME)
        return 1;
    if (last == '=' && first != '=' && first != '<' && first != '>' && first != '!' && t->len > 1)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(ladder); i++)
        if (strchr(ladder[i], first) != NULL)
            return (int)i + 2;
    return 10;
}

static struct node *binary(struct scala_parser *p, enum node_op op, struct node *left,
                           struct node *right)
{
    struct node *n = scala_node_at(p, NODE_BINARY, left);
    n->op = (uint8_t)op;
    n->binary.left = left;
    n->binary.right = right;
    return n;
}

static struct node *list_of(struct scala_parser *p, struct node *item)
{
    struct node *n = scala_node_at(p, NODE_LIST, item);
    n->items = item;
    return n;
}

static struct node *pair(struct scala_parser *p, struct node *left, struct node *right)
{
    struct node *n = scala_node_at(p, NODE_TUPLE, left);
    p->n_nested++;
    n->items = left;
    left->next = right;
    return n;
}

static bool whole_number(const struct node *n, uint64_t *out)
{
    return n->kind == NODE_NUMBER && scan_whole_u64(n->text, UINT32_MAX, out);
}

/* a to b, a until b of two numbers; NULL if it is not known or long. */
static struct node *range(struct scala_parser *p, struct node *left, struct node *right,
                          bool is_open)
{
    uint64_t from = 0, to = 0;
    if (!whole_number(left, &from) || !whole_number(right, &to))
        return NULL;
    to += is_open ? 0 : 1;
    if (to > from + RANGE_MAX)
        return NULL;
    struct node_list items = NODE_LIST_INIT(items);
    struct node *list = scala_node_at(p, NODE_LIST, left);
    for (; from < to; from++) {
        struct node *n = scala_node_at(p, NODE_NUMBER, left);
        n->text = arena_printf(p->arena, "%llu", (unsigned long long)from);
        node_list_add(&items, n);
    }
    list->items = items.first;
    return list;
}

/* left op right as left.op(right); "a f (b, c)" has two arguments. */
static struct node *method_call(struct scala_parser *p, struct node *left,
                                const struct scala_token *op, struct node *right)
{
    struct node *call = scala_node_at(p, NODE_CALL, left);
    struct node *attr = scala_node(p, NODE_ATTR, op);
    struct node_list args = NODE_LIST_INIT(args);
    attr->attr.value = left;
    attr->attr.name = scala_name(op);
    call->call.func = attr;
    if (op->kind == S_NAME && right->kind == NODE_TUPLE) {
        for (struct node *item = right->items, *following; item != NULL; item = following) {
            following = item->next;
            item->next = NULL;
            node_list_add(&args, scala_arg(p, item));
        }
        call->call.args = args.first;
    } else if (op->kind != S_NAME || right->kind != NODE_CONST ||
               !str_eq(right->text, STR("None"))) {
        call->call.args = scala_arg(p, right);
    }
    return call;
}

/* x += v: of a "var" that is x = x + v, of a "val" it adds an element. */
static struct node *assign_op(struct scala_parser *p, struct node *left,
                              const struct scala_token *op, struct node *right)
{
    struct str name = scala_name(op);
    struct node *n = scala_node_at(p, NODE_AUG_ASSIGN, left);
    bool is_plus = str_eq(name, STR("+="));
    name.len--;
    if (left->kind != NODE_NAME && left->kind != NODE_ATTR)
        return method_call(p, left, op, right);
    bool is_variable = left->kind != NODE_NAME || !strmap_has(&p->vals, left->text);
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (str_eq(name, operators[i].name))
            n->op = operators[i].op;
    if (n->op == OP_NONE || (!is_variable && n->op != OP_ADD))
        return method_call(p, left, op, right);
    n->binary.left = left;
    n->binary.right = is_plus && !is_variable ? list_of(p, right) : right;
    return n;
}

/* a :: b: what a list begins with. */
static struct node *prepend(struct scala_parser *p, struct node *left, struct node *right)
{
    if (right->kind != NODE_LIST)
        return binary(p, OP_ADD, list_of(p, left), right);
    left->next = right->items;
    right->items = left;
    right->line = left->line;
    right->col = left->col;
    return right;
}

struct node *scala_infix(struct scala_parser *p, struct node *left, const struct scala_token *op,
                         struct node *right)
{
    struct str name = scala_name(op);
    struct node *n = NULL;
    if (str_eq(name, STR("->")) || str_eq(name, STR("\xE2\x86\x92")))
        return pair(p, left, right);
    if (str_eq(name, STR("to")) || str_eq(name, STR("until")))
        n = range(p, left, right, name.len > 2);
    if (str_eq(name, STR("::")) || str_eq(name, STR("+:")))
        return prepend(p, left, right);
    if (str_eq(name, STR(":+"))) {
        p->n_nested++;
        return binary(p, OP_ADD, left, list_of(p, right));
    }
    if (n != NULL)
        return n;
    if (op->kind == S_OPERATOR && scala_precedence(op) == 0)
        return assign_op(p, left, op, right);
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (str_eq(name, operators[i].name))
            return binary(p, (enum node_op)operators[i].op, left, right);
    return scala_lower_call(p, method_call(p, left, op, right));
}

enum collection { NOTHING, LIST, SET, DICT, TUPLE, SAME };

static const struct {
    struct str name;
    uint8_t kind;
} collections[] = {
    { STR_INIT("Seq"), LIST },           { STR_INIT("List"), LIST },
    { STR_INIT("Array"), LIST },         { STR_INIT("Vector"), LIST },
    { STR_INIT("IndexedSeq"), LIST },    { STR_INIT("Iterator"), LIST },
    { STR_INIT("Iterable"), LIST },      { STR_INIT("Stream"), LIST },
    { STR_INIT("LazyList"), LIST },      { STR_INIT("ArrayBuffer"), LIST },
    { STR_INIT("ListBuffer"), LIST },    { STR_INIT("Buffer"), LIST },
    { STR_INIT("Queue"), LIST },         { STR_INIT("Set"), SET },
    { STR_INIT("HashSet"), SET },        { STR_INIT("TreeSet"), SET },
    { STR_INIT("SortedSet"), SET },      { STR_INIT("LinkedHashSet"), SET },
    { STR_INIT("ListSet"), SET },        { STR_INIT("Map"), DICT },
    { STR_INIT("HashMap"), DICT },       { STR_INIT("TreeMap"), DICT },
    { STR_INIT("SortedMap"), DICT },     { STR_INIT("ListMap"), DICT },
    { STR_INIT("LinkedHashMap"), DICT }, { STR_INIT("Tuple2"), TUPLE },
    { STR_INIT("Tuple3"), TUPLE },       { STR_INIT("Some"), SAME },
    { STR_INIT("Option"), SAME },
};

/* Seq, mutable.Map, scala.collection.mutable.Map, Seq.apply, Seq.empty: the name of the class. */
static struct str collection_name(const struct node *func)
{
    while (func->kind == NODE_ATTR && func->attr.value->kind == NODE_NAME &&
           (str_eq(func->attr.name, STR("apply")) || str_eq(func->attr.name, STR("empty"))))
        func = func->attr.value;
    if (func->kind == NODE_NAME)
        return func->text;
    if (func->kind != NODE_ATTR)
        return STR_EMPTY;
    const struct node *package = func->attr.value;
    struct str last = package->kind == NODE_NAME   ? package->text
                      : package->kind == NODE_ATTR ? package->attr.name
                                                   : STR_EMPTY;
    if (str_eq(last, STR("mutable")) || str_eq(last, STR("immutable")) ||
        str_eq(last, STR("collection")))
        return func->attr.name;
    return STR_EMPTY;
}

static struct node *items_of(struct scala_parser *p, struct node *call, enum node_kind kind)
{
    struct node *n = scala_node_at(p, kind, call);
    struct node_list items = NODE_LIST_INIT(items);
    for (struct node *arg = call->call.args; arg != NULL; arg = arg->next) {
        struct node *item = arg->arg.value;
        if (arg->arg.stars > 0) {
            item = scala_node_at(p, NODE_STAR, arg);
            item->value = arg->arg.value;
        }
        node_list_add(&items, item);
    }
    n->items = items.first;
    return n;
}

static struct node *dict_of(struct scala_parser *p, struct node *call)
{
    struct node_list items = NODE_LIST_INIT(items);
    for (struct node *arg = call->call.args; arg != NULL; arg = arg->next) {
        const struct node *item = arg->arg.value;
        if (arg->arg.stars > 0 || item->kind != NODE_TUPLE || item->items == NULL ||
            item->items->next == NULL)
            return call;
    }
    struct node *n = scala_node_at(p, NODE_DICT, call);
    for (struct node *arg = call->call.args; arg != NULL; arg = arg->next) {
        struct node *entry = scala_node_at(p, NODE_PAIR, arg);
        entry->pair.key = arg->arg.value->items;
        entry->pair.value = entry->pair.key->next;
        entry->pair.key->next = NULL;
        node_list_add(&items, entry);
    }
    n->items = items.first;
    return n;
}

/* option.getOrElse(d) is "option or d"; map.getOrElse(key, d) stays. */
static struct node *default_of(struct scala_parser *p, const struct node *call)
{
    const struct node *func = call->call.func, *arg = call->call.args;
    if (func->kind != NODE_ATTR || arg == NULL || arg->next != NULL ||
        (!str_eq(func->attr.name, STR("getOrElse")) && !str_eq(func->attr.name, STR("orElse"))))
        return NULL;
    return binary(p, OP_OR, func->attr.value, arg->arg.value);
}

struct node *scala_lower_call(struct scala_parser *p, struct node *call)
{
    struct node *either = default_of(p, call);
    if (either != NULL)
        return either;
    struct str name = collection_name(call->call.func);
    enum collection kind = NOTHING;
    for (size_t i = 0; name.len > 0 && i < ARRAY_LEN(collections); i++)
        if (str_eq(name, collections[i].name))
            kind = (enum collection)collections[i].kind;
    for (const struct node *arg = call->call.args; arg != NULL; arg = arg->next)
        if (arg->arg.name.len > 0)
            kind = NOTHING;
    switch (kind) {
    case LIST:
        return items_of(p, call, NODE_LIST);
    case SET:
        return items_of(p, call, NODE_SET);
    case TUPLE:
        return items_of(p, call, NODE_TUPLE);
    case DICT:
        return dict_of(p, call);
    case SAME:
        if (call->call.args != NULL && call->call.args->next == NULL)
            return call->call.args->arg.value;
        return call;
    case NOTHING:
    default:
        return call;
    }
}

struct node *scala_assign(struct scala_parser *p, struct node *target, struct node *value)
{
    if (target->kind == NODE_CALL && target->call.args != NULL &&
        target->call.args->next == NULL) { /* xs(i) = value */
        struct node *subscript = scala_node_at(p, NODE_SUBSCRIPT, target);
        subscript->binary.left = target->call.func;
        subscript->binary.right = target->call.args->arg.value;
        target = subscript;
    }
    if (target->kind != NODE_NAME && target->kind != NODE_ATTR && target->kind != NODE_SUBSCRIPT) {
        struct node *n = scala_node_at(p, NODE_UNKNOWN, target);
        n->items = target;
        target->next = value;
        return n;
    }
    struct node *n = scala_node_at(p, NODE_WALRUS, target);
    n->binary.left = target;
    n->binary.right = value;
    return n;
}
