/*
 * notebook: one notebook as its cells, in document order, whatever format it came in.
 *
 * All of it lives in the arena given to the reader and dies with it.  No I/O, no logging.
 * Outputs are never kept.  Once read, safe to share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTEBOOK_NOTEBOOK_H
#define NOTEBOOK_NOTEBOOK_H

#include "util/arena.h"
#include "util/err.h"

enum notebook_format { NOTEBOOK_JUPYTER, NOTEBOOK_ZEPPELIN, NOTEBOOK_DATABRICKS, NOTEBOOK_SOURCE };
enum cell_kind { CELL_CODE, CELL_MARKDOWN, CELL_RAW };

struct cell {
    enum cell_kind kind;
    struct str id;       /* nbformat 4.5's id; empty if there is none */
    struct str source;   /* UTF-8, "\n" line ends */
    struct str language; /* from the cell's own metadata or prefix, lower case; empty: unknown */
    struct str *tags;    /* metadata.tags */
    size_t n_tags;
    size_t index; /* from 0, counting all cells of the document; what references report */
    int64_t execution_count; /* -1 if it never ran */
    bool has_outputs;        /* an output was skipped */
    bool is_cut;             /* source was longer than what is kept */
};

/* A value that papermill gave to the parameters of a notebook when it ran it. */
struct notebook_parameter {
    struct str name;
    struct str json; /* the value: JSON text, and NaN, Infinity, -Infinity as numbers */
};

struct notebook {
    enum notebook_format format;
    int nbformat, nbformat_minor; /* 0 for other formats */
    struct str kernel;            /* metadata.kernelspec.name; empty if absent */
    struct str kernel_display;    /* metadata.kernelspec.display_name */
    struct str language; /* language_info.name, else kernelspec.language; lower case; or empty */
    struct str title;    /* Zeppelin's and Databricks' name; empty for Jupyter */
    struct cell *cells;
    size_t n_cells; /* 0 .. LIMIT_CELLS */
    /* metadata.papermill.parameters, as the notebook has them; 0 .. LIMIT_PARAMETERS.  Their
     * defaults stand in the cell tagged "parameters", what was given in "injected-parameters". */
    struct notebook_parameter *parameters;
    size_t n_parameters;
    bool parameters_are_cut; /* there were more than the limits allow */
};

/* True if the cell carries the tag. */
bool cell_has_tag(const struct cell *c, struct str tag);

#endif
