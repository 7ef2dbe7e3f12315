/*
 * prepare: what the index keeps of a notebook, as the values of the rows that it becomes.  Internal
 * to the folder.
 *
 * Made by index_prepare_notebook() (write.h) without the index, so on any thread: the one writer
 * has nothing left to do but to put rows.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_PREPARE_H
#define INDEX_PREPARE_H

#include "catalog/sketch.h"
#include "index/write.h"

struct prepared_reference {
    struct str place; /* place_key() of the location */
    struct str via, local;
    struct str holes; /* as ref.h has it */
    int64_t what;     /* the same */
    int64_t cell, line, col;
};

struct prepared_parameter {
    struct str name, value;
    int64_t cell, line;
};

struct prepared_kind {
    int64_t kind, weight;
    struct str evidence; /* JSON */
};

struct prepared_table {
    struct str name, location; /* place_key() of each */
    int64_t cell, line;
};

struct prepared_document {
    int64_t first_cell;
    struct str body; /* document_pack() */
};

struct index_prepared {
    struct str uri, etag, owner, title, error;
    int64_t source, size_bytes, modified_s, n_siblings, error_code;
    /* Of the analysis. */
    struct str language, kernel, hit_limit;
    int64_t format, n_cells, n_code_cells, n_lines, n_train, n_plot, n_query, n_write;
    int64_t n_gaps;
    struct str *libraries; /* each once */
    size_t n_libraries;
    struct prepared_parameter *parameters;
    size_t n_parameters;
    struct prepared_reference *references;
    size_t n_references;
    struct prepared_kind *kinds;
    size_t n_kinds;
    struct prepared_table *tables;
    size_t n_tables;
    struct prepared_document *documents;
    size_t n_documents, cap_documents;
    struct sketch sketch;
};

/* At most max bytes of a text, not in the middle of a character. */
struct str prepare_cut(struct str text, size_t max);

#endif
