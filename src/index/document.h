/*
 * document: the text of a notebook's cells as the index keeps it.
 *
 * Cells follow one another in documents of some DOCUMENT_BYTES (a longer cell is one document
 * alone).  A document is what the search finds candidates in.  Form of the bytes:
 * docs/internals/index.md.  Reading checks everything: the file may be damaged.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_DOCUMENT_H
#define INDEX_DOCUMENT_H

#include "catalog/kinds.h"
#include "index/index.h"
#include "util/buf.h"

enum { DOCUMENT_BYTES = 32 * 1024 };

struct document_cell {
    size_t index; /* cell.index */
    enum cell_kind kind;
    bool is_parameters;  /* tagged so */
    struct str language; /* of code; "" when nothing but the notebook's own is known */
    struct str text;
};

/* Append one cell; cells of a document come in order. */
void document_add(struct buf *body, const struct document_cell *cell);

/* The bytes to be stored of the cells that were added: packed where that makes them fewer.  out is
 * emptied first. */
void document_pack(struct str cells, struct buf *out);

struct document {
    const unsigned char *at, *end;
};
/* Of a stored body.  room: takes the cells if they were packed; the same may serve again for the
 * next document.  ERR_PARSE: damaged. */
MUST_USE bool document_open(struct document *d, struct str body, struct buf *room, struct err *err);
/* The next cell, borrowed from the body or the room.  *has_out false: that was all.  ERR_PARSE:
 * damaged. */
MUST_USE bool document_next(struct document *d, struct document_cell *out, bool *has_out,
                            struct err *err);

typedef bool index_cell_fn(void *ctx, const struct document_cell *cell, struct err *err);

/* The cells of a notebook (the row's id) in order, borrowed until each() returns.  False also when
 * each() did. */
MUST_USE bool index_each_cell(struct index_reader *r, int64_t notebook, index_cell_fn *each,
                              void *ctx, struct err *err);

/* One line (from 1) of one cell, without white space at its ends, cut at LIMIT_CODE_LINE_BYTES;
 * "" when there is none.  In a. */
MUST_USE bool index_cell_line(struct index_reader *r, struct arena *a, int64_t notebook,
                              size_t cell, uint32_t line, struct str *out, struct err *err);

#endif
