/*
 * dump: a tree as short text, for tables of tests.
 *
 * Statements are separated by "; ".  What is not obvious: ?(a, b) is NODE_UNKNOWN, t ? a : b
 * NODE_COND, {a; b} NODE_BLOCK, (x, y=1 => e) NODE_LAMBDA, "a{x}" NODE_STRING with NODE_INTERP.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LINEAGE_DUMP_H
#define TESTS_LINEAGE_DUMP_H

#include "lineage/tree.h"
#include "util/buf.h"

/* Append a list of statements, or one expression.  Recursive: not for very long chains. */
void dump_statements(struct buf *b, const struct node *list);
void dump_expression(struct buf *b, const struct node *n);

#endif
