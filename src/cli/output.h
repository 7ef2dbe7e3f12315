/*
 * output: results and failures as people and programs read them.
 *
 * Results go to standard output, failures and progress to standard error.  Control bytes of names
 * are escaped for people: a key of a bucket must not drive the terminal.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "util/arena.h"
#include "util/buf.h"
#include "util/err.h"

enum { TABLE_MAX_COLUMNS = 8 };

/* Rows of text that are printed in aligned columns below their names.  All in the arena. */
struct table {
    struct arena *arena;
    const char *const *columns;
    size_t n_columns;
    struct str *cells; /* row by row */
    size_t n_cells, cap;
};

/* columns: n names, 1 .. TABLE_MAX_COLUMNS, in capitals; borrowed. */
void table_init(struct table *t, struct arena *a, const char *const *columns, size_t n);
/* The next cell; text is copied, and escaped where it has to be. */
void table_add(struct table *t, struct str text);
/* Print it; the names are bold on a terminal unless NO_COLOR is set.  Nothing without rows. */
void table_print(const struct table *t);

/* text with control bytes and invalid UTF-8 as \xNN. */
struct str output_safe(struct arena *a, struct str text);

/* Columns on the screen: code points, which is right for all but wide and combining ones. */
size_t output_width(struct str text);

/* May standard output have colours?  A terminal, and NO_COLOR not set. */
bool output_is_colored(void);

/* text in paragraphs, broken at width columns and indented; for help. */
void output_wrap(struct buf *out, const char *text, unsigned indent, unsigned width);

/* Write all of it to standard output.  False and ERR_IO if that fails (a full disk), ERR_CANCELLED
 * if nobody reads it any more. */
MUST_USE bool output_write(struct str bytes, struct err *err);

/* "boathouse: message" and what to do about it, on standard error.  Returns the exit status. */
int output_err(const struct err *err);

/* Progress for people: one line on standard error, replaced by the next, only if that is a
 * terminal.  An empty text removes it. */
void output_progress(struct str text);

#endif
