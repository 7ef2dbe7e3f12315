/*
 * scala: Scala text to the tree.
 *
 * The grammar is that of Scala 2.13, with Scala 3's imports, "then", "do" and parameters where they
 * do not contradict it (no indentation syntax).  What is no Scala is skipped to the next statement,
 * recorded as a gap, and the rest counts.  HOLE_BYTE (hole.h) is a blank.  Lines of the interpreter
 * (":paste", "%magic") give nothing.  Types and annotations are skipped.
 *
 * Lowering, so that one evaluator serves all languages:
 *   val x = v, var x = v       NODE_ASSIGN; val (a, b) = v has a NODE_TUPLE as its target
 *   s"$x ${y}", f"..."         NODE_STRING with NODE_INTERP; """...""" and raw"..." without escapes
 *   a.b(c), a b c, a.b { ... } NODE_CALL of NODE_ATTR; a block argument is a NODE_ARG
 *   a + b, a == b, ...         NODE_BINARY; other operators are calls of NODE_ATTR
 *   new X(a)                   the call X(a); X(a)(b) is a call of a call
 *   f[T](a)                    f(a)
 *   Seq List Array Vector Set IndexedSeq (...)   NODE_LIST, Set NODE_SET; a :: b :: Nil NODE_LIST
 *   Map(a -> b), a -> b, (a, b)   NODE_DICT, NODE_TUPLE, NODE_TUPLE
 *   1 to 3, 0 until 3          NODE_LIST, if it is short
 *   for (x <- xs; if c) e      NODE_FOR; with yield NODE_COMP
 *   x => e, _.f, { case p => e }  NODE_LAMBDA; "_" becomes a parameter
 *   def f(a: T = v) = e        NODE_DEF
 *   class, object, trait       NODE_CLASS; the parameters of a class are assignments in its body
 *   import a.b.{c, d => e}, a.b._   NODE_IMPORT of a.b with NODE_ALIAS
 *   option.getOrElse(d)        NODE_BINARY: option or d
 *   true false null, None Nil  NODE_CONST True False None, NODE_CONST None, an empty NODE_LIST
 *
 * Statements with values: where "if", "match", "try" or braces stand as the value of an assignment
 * or at the end of a function, the assignment or NODE_RETURN moves into the branches.  Within
 * expressions they are NODE_COND, NODE_MATCH, NODE_TRY and NODE_BLOCK, whose value is that of the
 * last statement.  A NODE_LAMBDA of one expression has value, another has body and no value.
 *
 * Pure: no I/O.  Everything lives in the arena given; text borrows from source, which must live as
 * long.  Time is linear in the source; what passes a limit of limits.h sets hit_limit.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_SCALA_H
#define LINEAGE_SCALA_H

#include "lineage/tree.h"

void scala_parse(struct arena *a, struct str source, struct parsed *out);

#endif
