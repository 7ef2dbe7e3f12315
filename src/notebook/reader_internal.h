/* reader_internal: what the formats share while a notebook is read. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTEBOOK_READER_INTERNAL_H
#define NOTEBOOK_READER_INTERNAL_H

#include "notebook/json_push.h"
#include "notebook/reader.h"
#include "json/writer.h"

enum { PLACES_MAX = 12 }; /* nesting of what is looked at; the rest is skipped */

/* A container whose members matter. */
enum place {
    P_ROOT, /* around the document */
    P_TOP,
    P_METADATA,
    P_KERNELSPEC,
    P_LANGUAGE_INFO,
    P_PAPERMILL,
    P_PARAMETERS,
    P_WORKSHEETS,
    P_WORKSHEET,
    P_CELLS,
    P_PARAGRAPHS,
    P_CELL,
    P_LINES, /* of a source */
    P_INPUT_LINES,
    P_OUTPUTS,
    P_CELL_METADATA,
    P_TAGS,
    P_VSCODE,
    P_PARAGRAPH,
    P_N,
};

/* What a member says.  Those up to F_N_TEXTS are kept as texts until all is read. */
enum field {
    F_NBFORMAT,
    F_NBFORMAT_MINOR,
    F_TITLE,
    F_KERNEL,
    F_KERNEL_DISPLAY,
    F_KERNEL_LANGUAGE,
    F_INTERPRETER, /* of Zeppelin: of paragraphs that name none */
    F_LANGUAGE,
    F_FIRST_OF_CELL,
    F_CELL_TYPE = F_FIRST_OF_CELL,
    F_CELL_ID,
    F_CELL_LANGUAGE, /* nbformat 3 */
    F_SOS_KERNEL,
    F_METADATA_LANGUAGE,
    F_VSCODE_LANGUAGE,
    F_N_TEXTS,
    F_SOURCE = F_N_TEXTS,
    F_INPUT,
    F_COUNT,
    F_TAG,
    F_OUTPUT,
    F_CONTAINER,
};

/* The lists of cells that a document may have: nbformat 4, nbformat 3, Zeppelin. */
enum { LIST_CELLS, LIST_WORKSHEETS, LIST_PARAGRAPHS, LIST_N };

struct cell_list {
    struct cell *cells; /* not kept when cells are visited */
    size_t n, cap;
    size_t worksheet_at; /* where the cells of the present worksheet begin */
    bool is_there;
};

struct notebook_reader {
    struct arena *arena;  /* of the result */
    struct arena scratch; /* of one cell, when cells are visited */
    struct str name;
    notebook_visit_fn *visit;
    void *ctx;
    struct notebook out;
    struct cell_list lists[LIST_N];
    struct cell_list *list; /* that is being read; NULL before the first */
    size_t n_cells;         /* of all lists, those that do not count included */
    size_t kept_bytes;      /* names and tags: likewise */
    size_t kept_code_bytes, kept_prose_bytes;
    struct err failure; /* found where there was no way to return it */
    /* a JSON format */
    bool is_json;
    struct json_push json;
    uint8_t first_row[P_N + 1]; /* of each place */
    uint8_t places[PLACES_MAX];
    unsigned n_places;
    const struct reader_row *row; /* of the value that comes next; NULL: unwanted */
    uint64_t seen;                /* a bit for each row whose member was there */
    struct buf texts[F_N_TEXTS];
    /* papermill's parameters */
    bool in_parameters;
    struct json_writer value_writer;
    struct buf value;
    struct str value_name;
    size_t parameter_bytes;
    struct notebook_parameter *parameters;
    size_t n_parameters, cap_parameters;
    /* the cell that is being read */
    struct cell cell;
    struct buf source;
    uint8_t source_field; /* F_SOURCE or F_INPUT, which gave the source; 0: neither */
    struct buf tags;      /* see reader_add_tag() */
    /* a source */
    struct buf text;
    bool is_cut; /* there was more text than is kept */
};

/* The arena for what belongs to a cell. */
struct arena *reader_cell_arena(struct notebook_reader *r);

/* The cell is whole: keep it, or show it.  source is borrowed; line ends are made "\n".  More than
 * the limit, or a failed buffer of the source, is a failure or cuts it. */
void reader_add_cell(struct notebook_reader *r, struct str source);

/* The table-driven sink of the JSON formats. */
void reader_json_init(struct notebook_reader *r);
bool reader_json_finish(struct notebook_reader *r, struct err *err);

/* The tags of the cell, and the cell when it is at its end. */
void reader_add_tag(struct notebook_reader *r, struct str text);
void reader_forget_tags(struct notebook_reader *r);
void reader_close_cell(struct notebook_reader *r, bool is_paragraph);

/* The members of the papermill parameters, which in_parameters sends here; close says whether it
 * was a value that closed, and not the object of all. */
void reader_parameter_key(struct notebook_reader *r, struct str name);
bool reader_parameter_wants(struct notebook_reader *r);
void reader_parameter_open(struct notebook_reader *r, enum push_kind kind);
bool reader_parameter_close(struct notebook_reader *r, enum push_kind kind);
void reader_parameter_scalar(struct notebook_reader *r, enum push_kind kind, struct str text);
void reader_take_parameters(struct notebook_reader *r);

/* Cut a whole source text into cells. */
void reader_split_source(struct notebook_reader *r, struct str text);

/* A Zeppelin or Databricks prefix ("%spark.pyspark", "%sql") at the start of source: sets the
 * cell's language or kind and cuts the prefix out. */
void reader_take_prefix(struct cell *cell, struct buf *source);

#endif
