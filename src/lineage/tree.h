/*
 * tree: the one small syntax tree that all languages are lowered to.
 *
 * Nodes live in the notebook's arena and are never freed one by one.  Lists are chained by next.
 * Text borrows from the source where it can, else from the arena.  A front end fills what its
 * language has; what lineage does not need (operators on numbers, types) may be lowered to
 * NODE_UNKNOWN, whose operands are kept in items so that calls inside them are still seen.
 *
 * A node's memory ends with the member of its kind: never copy a struct node by value.  Chains that
 * a text can make long are long in the tree as well and must be walked in a loop, not by recursion:
 * the left side of NODE_BINARY, the value of NODE_ATTR, the function of NODE_CALL, the left side of
 * NODE_SUBSCRIPT, and the orelse of NODE_IF (elif).  All other nesting is at most LIMIT_DEPTH.
 *
 * A node's place is where its text begins (of a binary or a call: where the left operand or the
 * called expression begins), but that of NODE_ATTR is the place of the name behind the dot, so that
 * a call in a chain over several lines can be shown on its own line.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_TREE_H
#define LINEAGE_TREE_H

#include "util/arena.h"
#include "util/str.h"

enum node_kind {
    /* statements */
    NODE_ASSIGN,     /* assign: targets (a list when chained: a = b = 1), value, annotation */
    NODE_AUG_ASSIGN, /* binary: left op= right */
    NODE_EXPR,       /* value: an expression as a statement */
    NODE_IF,         /* branch: test, body, orelse */
    NODE_FOR,        /* loop: target, iter, body, orelse */
    NODE_WHILE,      /* branch: test, body, orelse */
    NODE_WITH,       /* with: items (NODE_WITH_ITEM), body */
    NODE_WITH_ITEM,  /* pair: key = the context expression, value = its target or NULL */
    NODE_TRY,        /* attempt: body, handlers (NODE_HANDLER), orelse, finally */
    NODE_HANDLER,    /* def: name (or empty), value = the exception type or NULL, body */
    NODE_MATCH,      /* match: subject, cases (NODE_CASE; a pattern is written as an expression) */
    NODE_CASE,       /* case_: pattern (an expression), guard or NULL, body */
    NODE_DEF,        /* def: name, params, body, decorators */
    NODE_CLASS,      /* def: name, params = base classes as NODE_ARG, body, decorators */
    NODE_RETURN,     /* value or NULL; also the last expression of a Scala or R function body */
    NODE_IMPORT, /* import: module, level, names (NODE_ALIAS); names is NULL for "import module" */
    NODE_ALIAS,  /* text = the name ("*" for all), alias = the local name or empty */
    NODE_DEL,    /* items */
    NODE_RAISE,  /* value or NULL */
    NODE_GLOBAL, /* items: NODE_NAME (global and nonlocal) */
    NODE_PASS,
    NODE_BREAK,
    NODE_CONTINUE, /* R's next */
    NODE_BLOCK,    /* items: statements, in a scope of the surrounding code */

    /* expressions */
    NODE_STRING, /* string: parts (NODE_TEXT, NODE_INTERP); a plain one has one NODE_TEXT or none */
    NODE_TEXT,   /* text: with escapes decoded */
    NODE_INTERP, /* interp: value, conversion, spec (a NODE_STRING or NULL) */
    NODE_NUMBER, /* text: as written */
    NODE_CONST,  /* text: True, False, None, ... (R's TRUE, NULL; Scala's true, null are lowered) */
    NODE_NAME,   /* text */
    NODE_ATTR,   /* attr: value . name */
    NODE_SUBSCRIPT, /* binary: left [ right ] */
    NODE_SLICE,     /* slice: from, to, step, each may be NULL */
    NODE_CALL,      /* call: func, args (NODE_ARG) */
    NODE_ARG,       /* arg: name (empty if positional), stars 0, 1 or 2, value */
    NODE_BINARY,    /* binary: left op right; chained comparisons nest to the left */
    NODE_UNARY,     /* unary: op value */
    NODE_LIST,      /* items */
    NODE_TUPLE,     /* items */
    NODE_SET,       /* items */
    NODE_DICT,      /* items: NODE_PAIR; a ** entry has key NULL */
    NODE_PAIR,      /* pair: key, value */
    NODE_COMP, /* comp: element (NODE_PAIR for a dict), clauses (NODE_CLAUSE); op says which kind */
    NODE_CLAUSE, /* clause: target, iter, conditions (a list) */
    NODE_LAMBDA, /* def: params, value = the expression */
    NODE_COND,   /* branch: test, body = the value if true, orelse = the value if false */
    NODE_STAR,   /* value: *x in a list, a target or an argument */
    NODE_WALRUS, /* binary: left := right */
    NODE_AWAIT,  /* value; await, yield, yield from */
    NODE_SHELL,  /* shell: a shell line or script of the notebook (!cmd, %%bash), text with holes */
    NODE_MAGIC,  /* magic: name, line, body */
    NODE_UNKNOWN, /* items: operands of something that is not modelled */
    NODE_N_KINDS
};

enum node_op {
    OP_NONE,
    OP_ADD, /* also R's and Scala's joining of text where it is written so */
    OP_SUB,
    OP_MUL,
    OP_DIV, /* also pathlib's and os-lib's joining of paths */
    OP_FLOORDIV,
    OP_MOD,
    OP_POW,
    OP_MATMUL,
    OP_BITOR,
    OP_BITAND,
    OP_BITXOR,
    OP_SHL,
    OP_SHR,
    OP_AND,
    OP_OR,
    OP_NOT,
    OP_NEG,
    OP_POS,
    OP_INVERT,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_IN,
    OP_NOT_IN,
    OP_IS,
    OP_IS_NOT,
    /* for NODE_COMP */
    OP_COMP_LIST,
    OP_COMP_SET,
    OP_COMP_DICT,
    OP_COMP_GENERATOR,
};

enum node_flag {
    NODE_IS_BYTES = 1 << 0,     /* NODE_STRING: b"..." */
    NODE_IS_ASYNC = 1 << 1,     /* NODE_DEF, NODE_FOR, NODE_WITH */
    NODE_IS_RAW_SHELL = 1 << 2, /* NODE_SHELL: a whole cell or script, not one line */
    NODE_IS_FORMATTED = 1 << 3, /* NODE_STRING: written as an f-string or s"..." */
    NODE_IS_UNREACHED = 1 << 4, /* a statement behind if False, %%script false and the like */
};

struct node {
    uint8_t kind;      /* enum node_kind */
    uint8_t op;        /* enum node_op */
    uint16_t flags;    /* enum node_flag */
    uint32_t line;     /* from 1, in the cell or file */
    uint32_t col;      /* from 1, in bytes */
    struct node *next; /* the next of the list that this node is in */
    union {
        struct str text;    /* TEXT, NUMBER, CONST, NAME */
        struct node *value; /* EXPR, RETURN, RAISE, STAR, AWAIT */
        struct node *items; /* LIST, TUPLE, SET, DICT, DEL, GLOBAL, BLOCK, UNKNOWN */
        struct node *parts; /* STRING */
        struct {
            struct node *targets, *value; /* value is NULL for "x: int" */
            struct node *annotation;      /* an expression or NULL */
        } assign;
        struct {
            struct node *left, *right;
        } binary;
        struct {
            struct node *value;
        } unary;
        struct {
            struct node *test, *body, *orelse;
        } branch;
        struct {
            struct node *target, *iter, *body, *orelse;
        } loop;
        struct {
            struct node *items, *body;
        } with;
        struct {
            struct node *key, *value;
        } pair;
        struct {
            struct node *body, *handlers, *orelse, *finally;
        } attempt;
        struct {
            struct node *subject, *cases;
        } match;
        struct {
            struct node *pattern, *guard, *body;
        } case_;
        struct {
            struct str name;
            struct node *params;     /* NODE_PARAM does not exist: NODE_ARG with value = default */
            struct node *body;       /* statements */
            struct node *value;      /* LAMBDA: its expression; HANDLER: its type; DEF: what it
                                        is annotated to return, or NULL */
            struct node *decorators; /* expressions */
            struct node *types;      /* type parameters: NODE_ARG, the bound in annotation */
        } def;
        struct {
            struct str module; /* dotted; empty for "from . import x" */
            struct node *names;
            struct str alias; /* import module as alias */
            uint32_t level;   /* leading dots */
        } import;
        struct {
            struct str text, alias;
        } alias;
        struct {
            struct node *value, *spec;
            char conversion; /* 'r', 's', 'a' or 0 */
        } interp;
        struct {
            struct node *value;
            struct str name;
        } attr;
        struct {
            struct node *from, *to, *step;
        } slice;
        struct {
            struct node *func, *args;
        } call;
        struct {
            struct str name;
            struct node *value;      /* NULL: a parameter without default */
            struct node *annotation; /* of a parameter, or NULL */
            uint8_t stars;           /* a bare * or / among parameters is not kept */
        } arg;
        struct {
            struct node *element, *clauses;
        } comp;
        struct {
            struct node *target, *iter, *conditions;
        } clause;
        struct {
            struct str text;        /* as written; IPython fills {x} and $x from the environment */
            struct str interpreter; /* "bash", "sh", ...; empty for ! lines */
        } shell;
        struct {
            struct str name;   /* without %, "sql", "run", "env" */
            struct str line;   /* what stands behind it on its line */
            struct str body;   /* of a cell magic, else empty */
            struct node *code; /* of %time, %timeit, %%time, ...: the code it runs, statements */
        } magic;
    };
};

/* What a front end could not parse: the rest of the cell still counts. */
struct parse_gap {
    uint32_t line;      /* from 1 */
    const char *reason; /* a literal */
};

struct parsed {
    struct node *statements; /* a list; NULL for an empty text */
    struct parse_gap *gaps;
    size_t n_gaps;
    bool hit_limit; /* nesting or size passed a limit of limits.h; the rest was skipped */
};

/* A zeroed node of that kind at that place. */
struct node *node_new(struct arena *a, enum node_kind kind, uint32_t line, uint32_t col);

/* The bytes that a node of this kind takes. */
size_t node_size(enum node_kind kind);

/* A list under construction; begin with NODE_LIST_INIT(list). */
struct node_list {
    struct node *first, **last;
};
#define NODE_LIST_INIT(list)                                                                       \
    {                                                                                              \
        NULL, &(list).first                                                                        \
    }

static inline void node_list_add(struct node_list *list, struct node *n)
{
    *list->last = n;
    list->last = &n->next;
}

/* A short name of the kind, for dumps and messages. */
const char *node_kind_name(enum node_kind kind);

#endif
