/*
 * value: what the evaluator knows of a value without running the program.
 *
 * A value is immutable but for its containers (sequence, mapping, instance), which have identity as
 * they have in the program.  All values live in the arena of their struct values and die with it.
 * Nothing here fails: what cannot be known, or would pass a limit, is an unknown value or a hole
 * whose reason says why; passing a limit also sets hit_limit.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_VALUE_H
#define LINEAGE_VALUE_H

#include "lineage/calls.h"
#include "lineage/hole.h"
#include "lineage/tree.h"
#include "util/strmap.h"

/* Why a part is unknown; shown to users by hole_reason_name(). */
enum hole_reason {
    HOLE_RUN_TIME, /* computed by something that reading cannot follow */
    HOLE_ENVIRONMENT,
    HOLE_ARGUMENT,
    HOLE_IMPORTED,
    HOLE_CONFIGURATION,
    HOLE_CLOCK,
    HOLE_RANDOM,
    HOLE_INPUT,
    HOLE_LISTING,
    HOLE_LIMIT,
    HOLE_N_REASONS
};

struct hole {
    enum hole_reason reason;
    struct str name; /* of the variable, argument, module member; may be empty */
};

/* A step of the chain that led to a value, for explanations: newest first. */
struct origin {
    const char *step; /* "assigned", "argument", "element", "returned", "set", "read from" */
    struct str name;  /* of the variable, parameter, function or file */
    struct str file;  /* a sibling that the line is of; empty: the cell */
    uint32_t cell, line;
    const struct origin *from, *also; /* what it was made of; NULL at the end */
};

enum value_kind {
    VALUE_UNKNOWN,
    VALUE_TEXT,
    VALUE_NUMBER,
    VALUE_CONST, /* None, True, False */
    VALUE_SEQ,   /* list, tuple, set, R's c() */
    VALUE_MAP,
    VALUE_CHAIN, /* an object of the outside world, known by how it was come by */
    VALUE_FUNCTION,
    VALUE_CLASS,
    VALUE_INSTANCE,
    VALUE_UNION, /* one of 2 to LIMIT_ALTERNATIVES values, none of them a union */
};

enum value_flag {
    VALUE_IS_PATH = 1 << 0,    /* TEXT: a path object: "/" joins, .parent, .open() */
    VALUE_IS_BYTES = 1 << 1,   /* TEXT */
    VALUE_IS_TUPLE = 1 << 2,   /* SEQ */
    VALUE_IS_SET = 1 << 3,     /* SEQ */
    VALUE_IS_LISTED = 1 << 4,  /* TEXT: an element of a listing; SEQ: a listing */
    VALUE_IS_LOCAL = 1 << 5,   /* TEXT: was a path object: on the disk, whatever it begins with */
    VALUE_IS_DATE = 1 << 6,    /* TEXT: a date or time object, as str() prints it */
    VALUE_IS_PATTERN = 1 << 7, /* TEXT: a compiled regular expression */
};

struct value {
    uint8_t kind;                /* enum value_kind */
    uint8_t flags;               /* enum value_flag */
    const struct origin *origin; /* NULL: written where it is used */
    union {
        struct {
            struct str bytes;         /* HOLE_BYTE for each hole */
            const struct hole *holes; /* one for each HOLE_BYTE, in order */
            uint32_t n_holes;
        } text;
        struct {
            double real;
            int64_t whole; /* if is_whole */
            bool is_whole;
        } number;
        struct str constant;
        struct seq *seq;
        struct map *map;
        const struct chain *chain;
        const struct function *function;
        struct klass *klass;
        struct instance *instance;
        struct {
            struct value *const *items;
            uint32_t n;
        } either;
        struct hole unknown;
    };
};

struct seq {
    struct value **items;
    size_t n, cap;
    bool is_open;           /* there are more elements that are not known */
    struct value *any_more; /* what an unknown element is like (an element of a listing); or NULL */
    struct str *names;      /* R's list(a = 1): parallel to items, or NULL */
};

/* Keys are text without holes (numbers as they are printed); in order of insertion. */
struct map {
    struct strmap entries; /* values are struct value * */
    bool is_open;          /* other keys may be there */
    struct hole missing;   /* what a key that is not there is, if is_open */
    struct value *any;     /* set under a key that is not known, or NULL */
};

enum chain_step { STEP_ROOT, STEP_ATTR, STEP_CALL, STEP_ITEM };

/* An object of the outside world, by how it was come by: pandas . read_csv (args) [item]. */
struct chain {
    enum chain_step step;
    enum call_lang lang;
    struct str name;          /* ROOT: the canonical module or the undefined name; ATTR: the name */
    const struct chain *base; /* NULL for ROOT */
    const struct call_args *args; /* CALL */
    const struct value *item;     /* ITEM: the subscript */
    struct str kind;      /* from the "returns" of call tables ("s3.client"); empty: unknown */
    struct value *place;  /* TEXT (or union) that it stands for: a path, a bucket; or NULL */
    struct value *bucket; /* of objects that keep bucket and key apart; or NULL */
    struct value *fields; /* MAP of what the program set on it: x["a"] = 1, x.a = 1; or NULL */
    const struct call_name
        *known;       /* of its name, of a module's the last one; NULL: not looked up */
    uint32_t depth;   /* steps from the root */
    bool is_module;   /* ROOT: imported, builtin */
    bool is_value;    /* ROOT: name is that of a value that is not known, because of hole */
    struct hole hole; /* and of module.NAME */
};

struct function {
    struct str name;
    const struct node *def; /* NODE_DEF or NODE_LAMBDA */
    struct scope *scope;    /* where it was defined (eval_internal.h) */
    struct value *self;     /* a bound method's instance, or NULL */
    struct klass *klass;    /* that it is a member of, or NULL */
    uint32_t cell;
    struct unit *unit;             /* the text that it stands in (eval_internal.h) */
    const struct call_args *bound; /* of a partial: they stand before those of a call; or NULL */
    struct value **defaults;       /* of the parameters, in order, NULL where there is none */
};

struct klass {
    struct str name;
    struct strmap members; /* struct value * */
    struct value *const *bases;
    size_t n_bases;
    struct value *instance; /* the one made last, or NULL */
};

struct instance {
    struct klass *klass;
    struct strmap fields; /* struct value * */
};

/* The arguments of one call, evaluated. */
struct call_args {
    struct value **items; /* positional ones */
    size_t n_items;
    struct str *names; /* keyword ones */
    struct value **named;
    size_t n_named;
    bool is_open; /* *x or **x of something unknown */
};

struct values {
    struct arena *arena;
    size_t limit_bytes;     /* of the arena: past it every operation gives an unknown value */
    struct value *environ;  /* MAP, open: os.environ */
    struct value *widgets;  /* MAP: dbutils.widgets and their defaults */
    struct value *options;  /* MAP: options of argparse and their defaults */
    struct value *full;     /* what every operation gives past limit_bytes */
    struct value *declined; /* of pure functions alone: it is none of theirs */
    const struct pure_index *pure; /* NULL: pure_function() makes one */
    bool hit_limit;
};

/* a outlives it.  limit_bytes: of a->used_bytes. */
void values_init(struct values *vs, struct arena *a, size_t limit_bytes);

/* Constructors give vs->full past limit_bytes, whatever their name says. */
struct value *value_unknown(struct values *vs, enum hole_reason reason, struct str name);
/* bytes are borrowed and must live as long as the arena; a HOLE_BYTE in it has reason RUN_TIME. */
struct value *value_text(struct values *vs, struct str bytes);
/* holes: one for each HOLE_BYTE of bytes; both are borrowed as above. */
struct value *value_text_with_holes(struct values *vs, struct str bytes, const struct hole *holes,
                                    size_t n_holes);
struct value *value_number(struct values *vs, double real);
struct value *value_whole(struct values *vs, int64_t whole);
/* "None", "True", "False"; a literal. */
struct value *value_const(struct values *vs, struct str name);
struct value *value_bool(struct values *vs, bool is_true);
struct value *value_seq(struct values *vs, unsigned flags);
/* Past LIMIT_SEQ_ITEMS the sequence becomes open; nothing if seq is none. */
void value_seq_add(struct values *vs, struct value *seq, struct value *item);
struct value *value_map(struct values *vs);
/* key may be unknown or a union: then it is a weak set.  Nothing if map is none. */
void value_map_put(struct values *vs, struct value *map, struct value *key, struct value *item);
/* The text of a key (a number's is as it is printed); false if the key is not known. */
bool value_map_key(struct values *vs, const struct value *key, struct str *out);
/* NULL when it is certainly not there; of an open map an absent key is map->missing with the key's
 * name. */
struct value *value_map_get(struct values *vs, const struct value *map, struct str key);
struct value *value_chain_root(struct values *vs, enum call_lang lang, struct str name,
                               bool is_module);
struct value *value_chain_attr(struct values *vs, const struct value *base, struct str name);
struct value *value_chain_call(struct values *vs, const struct value *base,
                               const struct call_args *args);
struct value *value_chain_item(struct values *vs, const struct value *base,
                               const struct value *item);

/* A shallow copy with other flags or another origin; containers stay shared. */
struct value *value_with_flags(struct values *vs, const struct value *v, unsigned flags);
struct value *value_with_origin(struct values *vs, const struct value *v, const char *step,
                                struct str name, uint32_t cell, uint32_t line);
/* The same of a line of a sibling file. */
struct value *value_with_origin_in(struct values *vs, const struct value *v, const char *step,
                                   struct str name, struct str file, uint32_t cell, uint32_t line);

/* One of both: unions are flattened, equal alternatives kept once; past LIMIT_ALTERNATIVES the
 * last one stands for all others (reason LIMIT; of texts what they begin and end with is kept).
 * Either may be NULL; of two NULLs the join is NULL. */
struct value *value_join(struct values *vs, struct value *a, struct value *b);
/* Structural equality of what is known; containers by content to a small depth, deeper ones by
 * identity; the reasons of holes do not count. */
bool value_eq(const struct value *a, const struct value *b);
uint64_t value_hash(const struct value *v);

/* The alternatives: n is 1 for all but a union. */
static inline size_t value_n_alternatives(const struct value *v)
{
    return v->kind == VALUE_UNION ? v->either.n : 1;
}

static inline struct value *value_alternative(const struct value *v, size_t i)
{
    /* a value that is no union is its own alternative; the caller may change its containers */
    union {
        const struct value *in;
        struct value *out;
    } same = { v };
    return v->kind == VALUE_UNION ? v->either.items[i] : same.out;
}

/* Where a name may also hold None, what is set later is meant: v without that alternative. */
struct value *value_without_none(struct values *vs, struct value *v);
/* As str() or an f-string writes it: TEXT for all kinds but unions; unknown parts are holes (a
 * chain's reason follows from its root: datetime -> clock, uuid -> random, ...).  A union gives a
 * union of texts. */
struct value *value_to_text(struct values *vs, struct value *v);
/* As repr() writes it; TEXT, unions give unions. */
struct value *value_to_repr(struct values *vs, struct value *v);
/* Texts joined, other kinds as value_to_text() has them; unions are multiplied, up to
 * LIMIT_ALTERNATIVES.  An element of a listing carries its folder, which is not written twice. */
struct value *value_concat(struct values *vs, struct value *a, struct value *b);
/* The same of n parts at once (an f-string): a variable that stands in it twice is the same
 * alternative in both places. */
struct value *value_concat_all(struct values *vs, struct value *const *parts, size_t n);
/* A part of a TEXT's bytes with the holes that stand in it. */
struct value *value_text_slice(struct values *vs, const struct value *v, size_t from, size_t to);

/* A TEXT without holes; a whole number.  NULL is neither. */
bool value_is_known_text(const struct value *v, struct str *out);
bool value_is_whole(const struct value *v, int64_t *out);
/* Why v is not known: of an UNKNOWN its hole, of a CHAIN by its root, of a TEXT its first hole. */
struct hole value_hole(const struct value *v);

/* -1 false, 0 not known, 1 true. */
int value_truth(const struct value *v);
/* A SEQ's, MAP's (its keys) or TEXT's (its characters; not so in R, where a text is one element)
 * elements for iteration; fills at most max items; false if what it yields is not known at all.
 * The any_more of a sequence is the last item.  *is_open: there are others, which no item stands
 * for.  A union gives the elements of all its alternatives. */
bool value_elements(struct values *vs, struct value *v, struct value **items, size_t max, size_t *n,
                    bool *is_open);

/* The names of a chain from its root outwards joined by dots, calls and subscripts left out. */
struct str chain_name(struct values *vs, const struct chain *chain);

const char *hole_reason_name(enum hole_reason reason); /* "environment", "run-time value", ... */

/* The value of parameter index or name; NULL if it is not given. */
struct value *args_get(const struct call_args *args, size_t index, struct str name);
struct value *args_named(const struct call_args *args, struct str name);

#endif
