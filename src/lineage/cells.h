/*
 * cells: from a notebook's cells to pieces of code, each in one language.
 *
 * The language of a cell is that of its cell magic ("%%sql", and Databricks' "%sql" in the first
 * line), else of its own metadata, else of the kernel, else Python.  Magics that only wrap code
 * (%%time, %%capture) are taken off; the lines keep their numbers.  Line magics and "!" lines stay
 * in Python code: they are the Python parser's.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_CELLS_H
#define LINEAGE_CELLS_H

#include "lineage/magics.h"
#include "notebook/notebook.h"

enum code_language {
    CODE_PYTHON,
    CODE_R,
    CODE_SCALA,
    CODE_SQL,
    CODE_SHELL,
    CODE_FILE, /* text for the file that words of the magic's line names */
    CODE_OTHER /* nothing that is read: text of other languages, pages, settings */
};

struct code_piece {
    enum code_language language;
    struct str text;     /* without the magic's line; borrowed from the cell */
    uint32_t first_line; /* of text, from 1, in the cell */
    bool is_unreached;   /* %%script false */
    bool is_local;       /* %%local: on the notebook's host, not on the cluster */
    enum sql_dialect dialect;
    const struct magic *magic; /* the innermost magic that the text is of, or NULL */
    struct str magic_line;     /* behind its name, as written */
};

/* The language that name ("python3", "pyspark", "Scala", "ir", "bash", ...) stands for; CODE_OTHER
 * for one that is not read, and def for one that is not known. */
enum code_language code_language_of(struct str name, enum code_language def);

/* The language of the notebook's cells that say nothing else. */
enum code_language notebook_code_language(const struct notebook *nb);

/* What the code cell c (of kind CELL_CODE) is.  Line magics in front of code in another language
 * than Python are taken off; the last one is given as the piece's magic.  kernel:
 * notebook_code_language(), asked once. The line of %%timeit and %%prun is not given: it is Python
 * that the parser of a whole cell reads.
 */
void cell_read(const struct cell *c, enum code_language kernel, struct code_piece *out);

#endif
