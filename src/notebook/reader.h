/*
 * reader: the bytes of a notebook, as they come, to its cells.
 *
 * Formats: Jupyter (nbformat 2, 3 and 4) and Zeppelin's note.json are told apart by their members;
 * Databricks' exported sources (.py .scala .sql .r with "Databricks notebook source" on the first
 * line) and plain sources by the file's name.  Of members that stand twice the last one counts, as
 * in Python's json; of cells beside worksheets nbformat says which count, as in Jupyter.  Memory
 * stays flat whatever the outputs weigh: of a JSON format only the cell that is being read is held
 * beside what is kept.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTEBOOK_READER_H
#define NOTEBOOK_READER_H

#include "notebook/notebook.h"

struct notebook_reader;

/* Told of each finished cell; the cell and its text are valid during the call only. */
typedef void notebook_visit_fn(void *ctx, const struct cell *cell);

/*
 * A reader for one notebook.  a: owns the result, outlives the reader.  name: the file's name, or
 * empty; what has no known source suffix is read as JSON.  visit: NULL to keep all cells; else each
 * cell is given to visit(ctx, cell) and none is kept; then a document that has its list of cells
 * twice is refused, since what was shown cannot be taken back.  Never NULL; end it by
 * notebook_reader_free().
 */
struct notebook_reader *notebook_reader_new(struct arena *a, struct str name,
                                            notebook_visit_fn *visit, void *ctx);
void notebook_reader_free(struct notebook_reader *r);

/* The next bytes; nothing of them is kept.  Fails with ERR_PARSE (line, column and byte are in the
 * message) or ERR_TOO_LARGE; then the reader can only be freed.  Of cells that are kept, what is
 * longer than the limits LIMIT_KEPT_... is cut off and the cell says so; of those that are shown it
 * is an error. */
MUST_USE bool notebook_reader_feed(struct notebook_reader *r, struct str chunk, struct err *err);

/* All bytes have come.  Fails as feed does, when the text is cut off, and with ERR_PARSE when it
 * is JSON but no notebook.  With visit, out has no cells. */
MUST_USE bool notebook_reader_finish(struct notebook_reader *r, struct notebook *out,
                                     struct err *err);

/* All at once: at most LIMIT_NOTEBOOK_BYTES. */
MUST_USE bool notebook_read(struct arena *a, struct str name, struct str bytes,
                            struct notebook *out, struct err *err);

/* True for the names that are read: .ipynb, .json as Zeppelin writes it (note.json, .zpln), and the
 * sources .py .sql .r .scala .sh. */
bool notebook_is_name(struct str name);

#endif
