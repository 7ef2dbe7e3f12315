/*
 * r: R text to the tree.
 *
 * The grammar is that of R 4.5 (gram.y): native pipes, "\(x)", raw strings.  What is no R is
 * skipped to the next statement, recorded as a gap, and the rest counts.  HOLE_BYTE (hole.h) is a
 * blank. Lines that begin with "?" (help) or "%" (a magic) give nothing.
 *
 * Lowering, so that one evaluator serves all languages:
 *   x <- v, x <<- v, x = v, v -> x, assign("x", v)   NODE_ASSIGN; x$a and x[["a"]] are targets too;
 *                           of another target (names(x) <- v): NODE_UNKNOWN with both
 *   x %>% f(a), x |> f(a)   the call f(x, a); "." (or "_") among the arguments stands for x
 *   pkg::f, x$f, x@f        NODE_ATTR; names keep their dots (read.csv is one NODE_NAME)
 *   x[i], x[[i]], x[i, j]   NODE_SUBSCRIPT (a NODE_TUPLE of several); a literal index counts from 0
 *   f <- function(a) ...    NODE_DEF, elsewhere NODE_LAMBDA; "..." is a parameter with one star
 *   ~ g(.x), ~ g(.)         NODE_LAMBDA of .x or "."; other formulas NODE_UNKNOWN
 *   library(x), require(x)  NODE_IMPORT of x with "*"
 *   a:b                     of two numbers a NODE_LIST, if it is short; else the call seq(a, b)
 *   switch, tryCatch, try   NODE_MATCH, NODE_TRY
 *   foreach(x = v) %do% e   NODE_COMP
 *   suppressWarnings(e), invisible(e), local(e) and the like   e
 *   return(v), stop(v)      NODE_RETURN, NODE_RAISE, where they are statements
 *   c(...), list(...), paste0(...) and all other functions stay calls
 *
 * Statements with values: where "if", switch, tryCatch or braces stand as the value of an
 * assignment or at the end of a function, the assignment or NODE_RETURN moves into the branches.
 * Within expressions they are NODE_COND, NODE_MATCH, NODE_TRY and NODE_BLOCK, whose value is that
 * of the last statement.  A NODE_LAMBDA of one expression has value, another has body and no value.
 *
 * Pure: no I/O.  Everything lives in the arena given; text borrows from source, which must live as
 * long.  Time is linear in the source; what passes a limit of limits.h sets hit_limit.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_R_H
#define LINEAGE_R_H

#include "lineage/tree.h"

void r_parse(struct arena *a, struct str source, struct parsed *out);

#endif
