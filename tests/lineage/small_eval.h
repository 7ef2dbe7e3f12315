/*
 * small_eval: expressions of Python evaluated by nothing but pure.h, for its tests.
 *
 * Names: H is unknown (environment variable H), U is one of 'dev' and 'prod', L is the element
 * 'data/{}' of a listing; (x := value) sets a name; all others are modules.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LINEAGE_SMALL_EVAL_H
#define TESTS_LINEAGE_SMALL_EVAL_H

#include "lineage/value.h"

/* The value of an expression in Python's syntax, with the functions and methods of lang; NULL if it
 * does not parse. */
struct value *small_eval(struct values *vs, enum call_lang lang, struct str source);

/* str() of a value with holes as {}, alternatives between bars. */
struct str small_eval_shown(struct values *vs, struct value *v);

#endif
