/*
 * index_internal: what the files of the folder share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_INDEX_INTERNAL_H
#define INDEX_INDEX_INTERNAL_H

#include "index/db.h"
#include "index/index.h"
#include "index/memo.h"

#include <pthread.h>

struct postings;

struct index_reader {
    struct db db;
    struct index *index;
    struct index_reader *next_free;
};

struct index {
    char *path;
    struct index_options options; /* path is that of the index */
    pthread_mutex_t mutex;        /* guards what follows */
    pthread_cond_t is_freed;
    struct index_reader *free_readers;
    unsigned n_open; /* connections that exist */

    pthread_mutex_t version_mutex; /* guards what follows */
    struct db version_db;          /* opened when it is first asked */
    int64_t version_seen;          /* its PRAGMA data_version when version was read */
    uint64_t version;
};

struct db_options index_db_options(const struct index *ix);
/* Is the file there?  ERR_NOT_FOUND says what makes it. */
MUST_USE bool index_check_exists(const char *path, struct err *err);

/* What is counted by the batch and added to its table when it is committed. */
enum count { COUNT_SOURCES, COUNT_NOTEBOOKS, COUNT_DATASETS, COUNT_PLACES, COUNT_REFERENCES };
enum { N_COUNTS = COUNT_REFERENCES + 1 };

/* The axes of the table tally. */
enum tally_axis { TALLY_ALL, TALLY_OWNER, TALLY_LIBRARY, TALLY_MONTH, TALLY_DATASET };

struct tally_delta {
    int64_t key;
    int32_t axis, kind;
    int64_t n;
    bool is_used;
};

struct index_writer {
    struct db db;
    struct index *index;
    bool is_in_batch;
    uint64_t n_batches; /* begun */
    bool is_changed;    /* this batch changed sources, notebooks or datasets */
    int64_t counts[N_COUNTS];
    struct tally_delta *tallies; /* a hash table by axis, key and kind */
    size_t n_tallies, cap_tallies;
    struct memo names;    /* ids of the table name: its rows are never changed */
    struct memo places;   /* ids of places, by key; mark: the batch that queued it to be settled */
    struct memo sketches; /* groups of near-copies, by the sketch that each began with */
    struct postings *postings; /* of index_search_catch_up(), empty between its batches; or NULL */
    struct memo no_datasets;   /* folders where none stands; of this batch */
    int64_t data_version; /* PRAGMA data_version when places and sketches were last known to hold */
};

/* ERR_INTERNAL outside of a batch: a bug of the caller. */
MUST_USE bool writer_check(struct index_writer *w, struct err *err);

/* This batch changes what readers see; n more (or fewer) of a kind. */
void writer_count(struct index_writer *w, enum count count, int64_t n);
void writer_tally(struct index_writer *w, enum tally_axis axis, int64_t key, int64_t kind,
                  int64_t n);

/* The id of a text in the table name, which is made when it is new; 0 for "". */
MUST_USE bool writer_name(struct index_writer *w, struct str text, int64_t *id, struct err *err);

/* The id of a place by its key (place_key()), made when it is new. */
MUST_USE bool writer_place(struct index_writer *w, struct str key, int64_t *id, struct err *err);

/* The search is to take up a document or a name (enum space of postings.h). */
MUST_USE bool writer_unindexed(struct index_writer *w, int space, int64_t id, struct err *err);

#endif
