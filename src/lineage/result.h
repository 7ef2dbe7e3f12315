/*
 * result: statements that have a value, as in R and Scala.
 *
 * A front end first writes "if", "match", "try" and braces as expressions, in a raw form:
 * NODE_COND, NODE_MATCH, NODE_TRY and NODE_BLOCK, whose lists of statements end in a NODE_EXPR
 * where the last one is an expression, and an assignment within an expression as NODE_WALRUS.  Once
 * the place of such an expression is known, result_add() makes statements of it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_RESULT_H
#define LINEAGE_RESULT_H

#include "lineage/tree.h"

enum result_use {
    RESULT_DROPPED,  /* the expression stands as a statement */
    RESULT_RETURNED, /* it is what a function gives */
    RESULT_ASSIGNED, /* it is the value of target */
};

/* Append the statements that value becomes.  target: of RESULT_ASSIGNED, else NULL; it may become
 * part of several assignments.  value is taken over and must not be used otherwise. */
void result_add(struct arena *a, struct node_list *out, struct node *value, enum result_use use,
                struct node *target);

/* The raw statement for a raw expression: NODE_EXPR, or itself if it is a statement already. */
struct node *result_raw(struct arena *a, struct node *value);

/* The statements of a function whose body is that expression. */
struct node *result_body(struct arena *a, struct node *value);

/* An expression for a list of statements: its only one, if that is an expression, else a
 * NODE_BLOCK at that place; None for an empty list. */
struct node *result_block(struct arena *a, struct node *statements, uint32_t line, uint32_t col);

/* A NODE_LAMBDA of that body: its value if it is one expression, else its statements. */
struct node *result_lambda(struct arena *a, struct node *params, struct node *body, uint32_t line,
                           uint32_t col);

#endif
