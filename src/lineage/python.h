/*
 * python: Python text to the tree.
 *
 * The grammar is that of Python 3.13 and, where they do not contradict it, of Python 2.7 (print,
 * exec, backticks, "except X, e").  What is no Python is skipped by statements, recorded as a gap,
 * and the rest counts.  HOLE_BYTE (hole.h) in the text is a blank.
 *
 * Pure: no I/O.  Everything lives in the arena given; text borrows from source, which must live as
 * long.  Time is linear in the source; what passes a limit of limits.h sets hit_limit.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PYTHON_H
#define LINEAGE_PYTHON_H

#include "lineage/tree.h"

enum python_mode {
    PYTHON_PLAIN,
    PYTHON_IPYTHON, /* with "%magic", "!shell", "x = !shell", "x = %magic" and "obj?" lines */
};

/* A file or cell.  Line magics become NODE_MAGIC, where their rest is Python (%time, ...) with its
 * code; shell lines NODE_SHELL without the "!"; help lines nothing.  A text that begins with "%%"
 * is one NODE_MAGIC with the body; its code is given where the body is Python in this kernel. */
void python_parse(struct arena *a, struct str source, enum python_mode mode, struct parsed *out);

/* One expression that takes the whole of source, for literals and the {expression} of shell lines;
 * NULL if it is none or passes a limit. */
struct node *python_parse_expression(struct arena *a, struct str source);

#endif
