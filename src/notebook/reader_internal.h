/* reader_internal: what the formats share while a notebook is read. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTEBOOK_READER_INTERNAL_H
#define NOTEBOOK_READER_INTERNAL_H

#include "notebook/json_push.h"
#include "notebook/reader.h"

enum { PLACES_MAX = 12 }; /* nesting of what is looked at; the rest is skipped */

struct notebook_reader {
    struct arena *arena;  /* of the result */
    struct arena scratch; /* of one cell, when cells are visited */
    struct str name;
    notebook_visit_fn *visit;
    void *ctx;
    struct notebook out;
    size_t cap_cells;
    size_t n_seen;       /* cells so far; the index of the next */
    size_t source_bytes; /* kept so far */
    struct err failure;  /* found where there was no way to return it */
    /* a JSON format */
    bool is_json;
    struct json_push json;
    uint8_t places[PLACES_MAX];
    unsigned n_places;
    const struct reader_row *row; /* of the value that comes next; NULL: unwanted */
    bool saw_cells;
    /* the cell that is being read */
    struct cell cell;
    struct buf source;
    size_t cap_tags;
    /* a source */
    struct buf text;
};

/* The arena for what belongs to a cell. */
struct arena *reader_cell_arena(struct notebook_reader *r);

/* The cell is whole: keep it, or show it.  source is borrowed; line ends are made "\n".  More than
 * LIMIT_CELL_BYTES, or a failed buffer of the source, is a failure. */
void reader_add_cell(struct notebook_reader *r, struct str source);

/* The table-driven sink of the JSON formats. */
void reader_json_init(struct notebook_reader *r);
bool reader_json_finish(struct notebook_reader *r, struct err *err);

/* Cut a whole source text into cells. */
void reader_split_source(struct notebook_reader *r, struct str text);

/* A Zeppelin or Databricks prefix ("%spark.pyspark", "%sql") at the start of source: sets the
 * cell's language or kind and cuts the prefix out. */
void reader_take_prefix(struct cell *cell, struct buf *source);

#endif
