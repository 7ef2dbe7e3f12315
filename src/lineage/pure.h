/*
 * pure: functions, methods and operators that only make values: text, paths, lists, mappings.
 *
 * One table a kind (pure_text.c, pure_path.c, pure_seq.c, ...): a name, what computes it.  All take
 * unions (each alternative is computed, up to LIMIT_ALTERNATIVES) and holes (a result keeps what
 * stays known: "{}".upper() is "{}", os.path.join(hole, "x") is "{}/x").  Nothing is read or
 * written; a clock, a random number and the environment of this process are never asked.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_H
#define LINEAGE_PURE_H

#include "lineage/value.h"

/* The functions by name; not changed once it is made, so that threads may share it. */
const struct pure_index *pure_index_new(struct arena *a);

/* The names of a language's functions, in order, as the keys. */
const struct strmap *pure_index_names(const struct pure_index *index, enum call_lang lang);

/* A function by its canonical name ("os.path.join", "str", "paste0"), or NULL if it is none of
 * these.  Lambdas are not called: map, filter, sorted with key are the evaluator's. */
struct value *pure_function(struct values *vs, enum call_lang lang, struct str name,
                            const struct call_args *args);

/* A call of an object of the outside that only makes values: parser.add_argument(...) and
 * parse_args() of argparse, the class that namedtuple() gave; NULL if it is none of these. */
struct value *pure_chain_call(struct values *vs, const struct chain *callee,
                              const struct call_args *args);

/* A method of a TEXT, SEQ, MAP, NUMBER; changes containers in place (append, update, pop).
 * is_certain: false in a branch, where a change may not happen.  NULL: it has no such method. */
struct value *pure_method(struct values *vs, enum call_lang lang, struct value *receiver,
                          struct str name, const struct call_args *args, bool is_certain);

/* An attribute that is computed: pathlib's .parent .name .stem .suffix .parts; NULL: none. */
struct value *pure_attribute(struct values *vs, struct value *receiver, struct str name);

/* left op right: text +, %, *, / of paths, numbers, lists, comparisons, in.  Never NULL. */
struct value *pure_binary(struct values *vs, enum node_op op, struct value *left,
                          struct value *right);
struct value *pure_unary(struct values *vs, enum node_op op, struct value *operand);

/* container[index], container[from:to:step] (each may be NULL).  Never NULL; a chain's subscript is
 * the evaluator's. */
struct value *pure_subscript(struct values *vs, struct value *container, struct value *index);
struct value *pure_slice(struct values *vs, struct value *container, struct value *from,
                         struct value *to, struct value *step);

/* format(v, spec) and f"{v!r:spec}": TEXT. */
struct value *pure_format(struct values *vs, struct value *v, char conversion, struct value *spec);

#endif
