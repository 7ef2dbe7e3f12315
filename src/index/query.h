/*
 * query: the questions of the API.
 *
 * Each is one or two statements that an index of the database covers.  Results live in the arena
 * given.  Lists are read in pages: a page begins behind the last row of the one before (keyset), so
 * its cost does not grow with its number.  Locations are asked for in the spelling of place_key()
 * (catalog/place.h).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_QUERY_H
#define INDEX_QUERY_H

#include "catalog/graph.h"
#include "catalog/kinds.h"
#include "index/index.h"

/* The row behind which a page begins; what of it is used stands with each list. */
struct index_after {
    bool is_set; /* false: from the first row */
    int64_t number, id;
    struct str text;
};

/* ---- Datasets. ---- */

/* By name upwards, else downwards; ties by id. */
enum index_dataset_sort { INDEX_BY_NAME, INDEX_BY_SIZE, INDEX_BY_MODIFIED, INDEX_BY_USERS };

/* Filters: "", 0 and false for any. */
struct index_dataset_query {
    struct str q; /* the uri has it, or the name of a table bound to it; ASCII case folded */
    struct str bucket, format, layout;
    struct str column; /* ASCII case folded */
    uint64_t min_bytes;
    bool is_unused;
    int64_t unused_since_unix_ms; /* no user of it was changed then or later */
    enum index_dataset_sort sort;
    struct index_after after; /* text: name, number: that of the order; id */
    size_t limit;
};

struct index_dataset {
    int64_t id;
    struct str source, uri, name, layout, format, compression;
    struct str details, warnings; /* JSON: an object, an array */
    struct str error;
    uint64_t n_objects, size_bytes, n_partitions;
    uint64_t n_users, n_readers, n_writers; /* notebooks */
    uint64_t n_maybe;                       /* whose unknown parts could be such that they use it */
    int64_t newest_unix_ms, last_used_unix_ms; /* 0: not known, never */
};

struct index_datasets {
    struct index_dataset *items;
    size_t n, cap;
};

MUST_USE bool index_datasets(struct index_reader *r, struct arena *a,
                             const struct index_dataset_query *q, struct index_datasets *out,
                             struct err *err);
/* ERR_NOT_FOUND when there is none. */
MUST_USE bool index_dataset_get(struct index_reader *r, struct arena *a, int64_t id,
                                struct index_dataset *out, struct err *err);
/* The innermost dataset that key is or falls into. */
MUST_USE bool index_dataset_of(struct index_reader *r, struct arena *a, struct str key,
                               struct index_dataset *out, bool *has_out, struct err *err);

struct index_column {
    struct str name, type;
    bool is_nullable, is_partition;
};
struct index_columns {
    struct index_column *items;
    size_t n, cap;
};
/* The first max columns, in their order. */
MUST_USE bool index_dataset_columns(struct index_reader *r, struct arena *a, int64_t dataset,
                                    size_t max, struct index_columns *out, struct err *err);

struct index_partition {
    struct str values; /* JSON: an array of texts and nulls, one for each partition column */
    uint64_t n_objects, size_bytes;
    int64_t newest_unix_ms;
};
struct index_partitions {
    struct index_partition *items;
    size_t n, cap;
};
MUST_USE bool index_dataset_partitions(struct index_reader *r, struct arena *a, int64_t dataset,
                                       size_t max, struct index_partitions *out, struct err *err);

/* A table's name bound to a location, by a notebook. */
struct index_binding {
    struct str table, location; /* keys */
    int64_t notebook;           /* its public id */
    struct str notebook_uri;
    uint32_t cell, line;
};
struct index_bindings {
    struct index_binding *items;
    size_t n, cap;
};
/* Those of a location (is_table false) or of a table's name, at most max. */
MUST_USE bool index_bindings(struct index_reader *r, struct arena *a, struct str key, bool is_table,
                             size_t max, struct index_bindings *out, struct err *err);

/* ---- Uses: references to a location. ---- */

/* A place: a location as notebooks have it. */
struct index_place {
    int64_t id, dataset; /* dataset 0: none */
    struct str uri;
};
struct index_places {
    struct index_place *items;
    size_t n, cap;
};

/* Which places of those that a key leads to. */
enum index_place_where {
    INDEX_PLACE_AT,     /* the key itself */
    INDEX_PLACE_BEGINS, /* begins with the key, which ends in a separator; by uri; after: text */
};
MUST_USE bool index_places(struct index_reader *r, struct arena *a, enum index_place_where where,
                           struct str key, const struct index_after *after, size_t limit,
                           struct index_places *out, struct err *err);

/* The places with holes or globs that begin with prefix, one of place_prefixes(key), and may be
 * about key; the caller matches them (question_match_use()). */
MUST_USE bool index_patterns(struct index_reader *r, struct arena *a, struct str prefix,
                             struct str key, struct index_places *out, struct err *err);

struct index_use {
    int64_t notebook_row, seq; /* its place in the list */
    int64_t notebook;          /* public id */
    int64_t near;              /* its group of near-copies; 0: too small for one */
    uint64_t n_copies;         /* the others of the group */
    struct str notebook_uri, title, owner;
    struct str uri; /* of the place */
    int64_t dataset;
    enum reference_dir dir;
    enum reference_kind kind;
    uint32_t cell, line, col;
    struct str code, via, local;
    struct str holes; /* a line for each unknown part: its reason, a blank and the name if known */
    bool is_called, is_may, is_derived;
};
struct index_uses {
    struct index_use *items;
    size_t n, cap;
};
/* The references to a place, in the order of (notebook_row, seq): after.number, after.id.  dir: -1
 * for any. */
MUST_USE bool index_uses_of_place(struct index_reader *r, struct arena *a, int64_t place, int dir,
                                  const struct index_after *after, size_t limit,
                                  struct index_uses *out, struct err *err);

/* Each place at key or below it that a notebook reads as data, other than by a shell, or that a
 * table is bound to; uri: of place_key(), globs included, without unknown parts.  In the order of
 * uris. */
typedef bool index_read_place_fn(void *ctx, struct str uri, struct err *err);
MUST_USE bool index_each_read_place(struct index_reader *r, struct str key,
                                    index_read_place_fn *each, void *ctx, struct err *err);

/* ---- Notebooks. ---- */

struct index_notebook_query {
    struct str q; /* uri or title have it; ASCII case folded */
    struct str kind, library, language, owner;
    struct str uses; /* key of a location that it uses, itself or below it */
    bool is_broken, is_without_copies;
    int64_t since_unix_s, before_unix_s; /* changed then or later, and before then; 0: any */
    struct index_after after;            /* number: modified_unix_s, id: row */
    size_t limit;
};
struct index_notebook_row {
    int64_t row, id; /* id: public */
    struct str source, uri, title, owner, language, kernel, etag, hit_limit, error;
    uint64_t size_bytes, n_cells, n_code_cells, n_lines, n_references;
    int64_t modified_unix_s;
    int64_t near;      /* its group of near-copies; 0: too small for one */
    uint64_t n_copies; /* the others of the group */
};
struct index_notebooks {
    struct index_notebook_row *items;
    size_t n, cap;
};
/* The newest first. */
MUST_USE bool index_notebooks(struct index_reader *r, struct arena *a,
                              const struct index_notebook_query *q, struct index_notebooks *out,
                              struct err *err);
/* By its public id; ERR_NOT_FOUND when there is none. */
MUST_USE bool index_notebook_get(struct index_reader *r, struct arena *a, int64_t id,
                                 struct index_notebook_row *out, struct err *err);
/* The public id of a row; 0 when it is gone. */
MUST_USE bool index_notebook_id(struct index_reader *r, int64_t row, int64_t *out, struct err *err);
MUST_USE bool index_notebook_by_uri(struct index_reader *r, struct arena *a, struct str uri,
                                    struct index_notebook_row *out, bool *has_out, struct err *err);

/* What belongs to one notebook, by its row; at most max of each. */
MUST_USE bool index_notebook_uses(struct index_reader *r, struct arena *a, int64_t row, size_t max,
                                  struct index_uses *out, struct err *err);
struct index_kind {
    enum process process;
    unsigned weight;
    struct str evidence; /* JSON: an array of objects */
};
/* *n_out of them, the weightiest first. */
MUST_USE bool index_notebook_kinds(struct index_reader *r, struct arena *a, int64_t row,
                                   struct index_kind out[PROCESS_N], size_t *n_out,
                                   struct err *err);
struct index_texts {
    struct str *items;
    size_t n, cap;
};
MUST_USE bool index_notebook_libraries(struct index_reader *r, struct arena *a, int64_t row,
                                       size_t max, struct index_texts *out, struct err *err);
struct index_parameter {
    struct str name, value;
    uint32_t cell, line;
};
struct index_parameters {
    struct index_parameter *items;
    size_t n, cap;
};
MUST_USE bool index_notebook_parameters(struct index_reader *r, struct arena *a, int64_t row,
                                        size_t max, struct index_parameters *out, struct err *err);
/* The others of its group of near-copies; nb->n_copies has their number. */
MUST_USE bool index_notebook_copies(struct index_reader *r, struct arena *a,
                                    const struct index_notebook_row *nb, size_t max,
                                    struct index_notebooks *out, struct err *err);

/* ---- Analyses: counts of kinds. ---- */

enum index_axis { INDEX_ALL, INDEX_OWNER, INDEX_LIBRARY, INDEX_MONTH, INDEX_DATASET };
struct index_count {
    int64_t key;     /* of the group; months: year * 12 + month - 1 */
    struct str text; /* owner, library, uri of the dataset; empty for others */
    uint64_t n;
    uint64_t n_of[PROCESS_N];
};
struct index_counts {
    struct index_count *items;
    size_t n, cap;
};
/* The groups with the most notebooks (of a kind, or of any: -1) first, months downwards.  after:
 * number: its count, id: key. */
MUST_USE bool index_analyses(struct index_reader *r, struct arena *a, enum index_axis axis,
                             int kind, const struct index_after *after, size_t limit,
                             struct index_counts *out, struct err *err);

/* ---- The graph. ---- */

/* A graph source over a reader, for graph_walk(): ids of datasets, places, and rows of notebooks.
 */
struct graph_source index_graph_source(struct index_reader *r);
/* The nodes that a location is: the dataset that it is or falls into, datasets and places inside
 * it, or the notebook of that uri; at most max. */
struct index_keys {
    struct graph_key *items;
    size_t n, cap;
    bool is_partial; /* there may be more */
};
MUST_USE bool index_graph_keys(struct index_reader *r, struct arena *a, struct str key, size_t max,
                               struct index_keys *out, struct err *err);

/* ---- The original calls. ---- */

/* When was what lies below uri last scanned whole?  0: by no source that looks for it. */
MUST_USE bool index_fresh_source(struct index_reader *r, struct str uri, unsigned wants,
                                 int64_t *source, int64_t *scanned_unix_ms, struct err *err);
/* Each notebook of the source whose uri begins with prefix, in order of uris. */
typedef bool index_uri_fn(void *ctx, struct str uri, int64_t row, struct err *err);
MUST_USE bool index_each_notebook_below(struct index_reader *r, struct str prefix,
                                        index_uri_fn *each, void *ctx, struct err *err);

#endif
