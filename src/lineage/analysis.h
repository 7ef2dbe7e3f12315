/*
 * analysis: one notebook to what it reads and writes, without running it.
 *
 * The cells are evaluated from top to bottom in one environment (each language has its own), by an
 * abstract interpreter (docs/internals/analysis.md).  The result is deterministic and lives in the
 * arena given.  Nothing is read but through the callback of the options.  Steps, depth,
 * alternatives and memory are bounded by the limits of util/limits.h; reaching one is reported.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_ANALYSIS_H
#define LINEAGE_ANALYSIS_H

#include "lineage/calls.h"
#include "lineage/value.h"
#include "notebook/notebook.h"

enum reference_dir { REFERENCE_READ, REFERENCE_WRITE, REFERENCE_LIST, REFERENCE_DELETE };

enum reference_kind {
    REFERENCE_DATA,
    REFERENCE_MODEL,
    REFERENCE_FIGURE,
    REFERENCE_CODE,
    REFERENCE_CONFIG,
    REFERENCE_ARCHIVE,
    REFERENCE_DOCUMENT,
    REFERENCE_SCRATCH,
    REFERENCE_BUILTIN,
    REFERENCE_N_KINDS
};

struct reference {
    enum reference_dir dir;
    enum reference_kind kind;
    struct str uri;     /* normal form; "{}" for what is not known */
    size_t cell;        /* cell.index of the notebook */
    uint32_t line, col; /* from 1, in the cell */
    struct str code;    /* that line of the source, trimmed */
    struct str via;     /* the canonical call, "sql SELECT", "shell aws s3 cp", ... */
    const struct hole *holes;
    size_t n_holes;  /* 0: resolved whole */
    bool is_called;  /* false: in a function that nothing calls, or in code that is not reached */
    bool is_may;     /* a job's scratch place, DROP, metadata, ...: reported, seldom of interest */
    bool is_derived; /* a local file's read that stands for where the file was copied from */
    const struct origin *origin; /* how the location came about; NULL: written there */
    struct str local;            /* is_derived: the local file's uri */
};

struct parameter {
    struct str name;
    struct str value; /* as written, one line; may be empty */
    size_t cell;
    uint32_t line;
};

struct analysis_gap {
    size_t cell;
    uint32_t line;
    const char *reason; /* a literal */
};

/* The notebook says that the data of a table lies there: CREATE TABLE ... LOCATION, saveAsTable
 * with a path, wr.s3.to_parquet(path=, database=, table=), ... */
struct table_binding {
    struct str table;    /* normal form, "table:db.t"; without holes, as is the location */
    struct str location; /* elsewhere than on the notebook's disk, or "file:/..." */
    size_t cell;
    uint32_t line;
};

struct analysis {
    struct reference *references; /* in the order of cell, line, column, uri */
    size_t n_references, cap_references;
    struct str *libraries; /* top-level names of imported modules, in order of first import */
    size_t n_libraries, cap_libraries;
    struct parameter *parameters; /* papermill's: assignments of the cells tagged "parameters" */
    size_t n_parameters, cap_parameters;
    struct table_binding *bindings; /* each pair once, where it was first seen */
    size_t n_bindings, cap_bindings;
    struct analysis_gap *gaps; /* what could not be parsed */
    size_t n_gaps, cap_gaps;
    struct str language; /* of most code cells: "python", "scala", "r", "sql", "shell" */
    struct str kernel;
    size_t n_cells, n_code_cells, n_lines;
    uint32_t n_train, n_plot, n_query, n_write; /* calls of that kind */
    const char *hit_limit; /* which limit ended or cut the analysis; NULL: none */
};

struct analysis_options {
    const struct calls *calls; /* required; shared, not changed */
    /* struct str *: the text of a dotted name ("config.BUCKET"), or of a name without a dot: a
     * variable of the environment, and a name that nothing defines.  Or NULL. */
    const struct strmap *values;
    struct str path; /* of the notebook in its place, for siblings; may be empty */
    /* The content of a sibling file, its path relative to the notebook; false: not there.  bytes in
     * the arena.  NULL: no siblings. */
    bool (*sibling)(void *ctx, struct arena *a, struct str path, struct str *bytes);
    void *ctx;
};

/* a: owns the result; nb must live as long.  Never fails. */
void analyze(struct arena *a, const struct notebook *nb, const struct analysis_options *options,
             struct analysis *out);

const char *reference_dir_name(enum reference_dir dir);    /* "read", "write", "list", "delete" */
const char *reference_kind_name(enum reference_kind kind); /* "data", "model", ... */

#endif
