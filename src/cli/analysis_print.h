/*
 * analysis_print: what was found in one notebook, as text for people and as JSON for programs.
 *
 * All functions only append to out; they are used by several workers at once.  Cells count from 0,
 * all cells of the document; lines count from 1 within their cell.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ANALYSIS_PRINT_H
#define CLI_ANALYSIS_PRINT_H

#include "lineage/analysis.h"
#include "util/buf.h"

/* One step of the chain that led to a location; see analysis_steps(). */
struct analysis_step {
    const char *what; /* "assigned", "argument", ... */
    struct str name;
    struct str file; /* of a sibling; empty: the notebook */
    uint32_t cell, line;
    struct str code; /* that line of the notebook; empty where it is another file's */
    unsigned depth;  /* the steps above that it is a part of */
};

enum { ANALYSIS_MAX_STEPS = 40 };

/* The steps of a reference, newest first, at most ANALYSIS_MAX_STEPS, each once.  Returns how many;
 * *is_cut when there were more. */
size_t analysis_steps(struct arena *a, const struct notebook *nb, const struct origin *origin,
                      struct analysis_step out[ANALYSIS_MAX_STEPS], bool *is_cut);

struct store_object;

struct analysis_form {
    bool has_origin;                   /* the steps of each reference */
    bool has_cells;                    /* the cells, and what the store says of the object */
    const struct store_object *object; /* etag "": nothing */
};

/* One object, without a line end. */
void analysis_write_json(struct arena *a, struct buf *out, struct str name,
                         const struct notebook *nb, const struct analysis *an,
                         const struct analysis_form *form);
/* {"notebook": ..., "references": [{"dir", "uri", "cell", "via"}, ...]}: without those that only
 * list; what is deleted counts as written. */
void analysis_write_score(struct buf *out, struct str name, const struct analysis *an);
/* The same objects for a notebook that could not be read. */
void analysis_write_broken(struct buf *out, struct str name, const struct err *why, bool is_score);

struct json_writer;
/* The members of a reference that every command shows: dir, uri, cell, ... local. */
void analysis_write_reference(struct arena *a, struct json_writer *w, const struct reference *r);

struct analysis_style {
    bool is_colored;   /* escape sequences for a terminal */
    bool is_explained; /* the steps below each reference */
};

/* A title and a row for each reference, with a line end. */
void analysis_write_table(struct arena *a, struct buf *out, struct str name,
                          const struct notebook *nb, const struct analysis *an,
                          struct analysis_style style);

/* "partial: environment DATA, not called, model": what else is to be said of a reference. */
struct str analysis_notes(struct arena *a, const struct reference *r);

/* text with "{}" for parts that are not known. */
struct str analysis_text(struct arena *a, struct str text);

#endif
