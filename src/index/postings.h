/*
 * postings: for each trigram the documents that hold it.  Internal to the folder.
 *
 * A row of the table posting is a batch of documents of one trigram: ascending ids, each as its
 * distance from the one before (LEB128).  Its id is space * 2^56 + trigram * 2^32 + batch, so that
 * all batches of a trigram lie together; compacting makes one of them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_POSTINGS_H
#define INDEX_POSTINGS_H

#include "index/db.h"
#include "index/trigram.h"

enum space { SPACE_CODE, SPACE_NOTEBOOK_NAMES, SPACE_DATASET_NAMES, N_SPACES };

/* A set of ids, ascending, each once. */
struct ids {
    int64_t *items;
    size_t n, cap;
};

/* Which ids are asked for: from on, and some max of them at once (as much as the shortest list
 * has), so that the first page of what stands everywhere costs little. */
struct window {
    int64_t from;
    size_t max; /* SIZE_MAX: all; must be so for names, whose ids do not only grow */
};

/* Candidates for need in a space.  *end: they are all up to this id; INT64_MAX: all there are.
 * *is_all: the trigrams say nothing, everything is one.  Lists that would cost more to read than
 * they save are left out, so the set may be larger than it had to be, never smaller. */
MUST_USE bool postings_find(struct db *db, struct arena *a, enum space space,
                            const struct need *need, const struct window *w, struct ids *out,
                            int64_t *end, bool *is_all, struct err *err);

/* ---- One list, by its first row. ---- */

/* The ids of a window, of rows that ascend one behind the other; *end as above. */
MUST_USE bool postings_window(struct db *db, struct arena *a, int64_t row, const struct window *w,
                              struct ids *out, int64_t *end, struct err *err);
/* Keep of ids those that the list has. */
MUST_USE bool postings_keep(struct db *db, struct arena *a, int64_t row, struct ids *ids,
                            struct err *err);
/* Says so; false. */
bool postings_damaged(const struct db *db, struct err *err);

/* ---- Building. ---- */

/* The postings of one batch, in memory. */
struct postings;
struct postings *postings_new(void);
void postings_free(struct postings *p);
/* Ids in ascending order; may be called several times for one id. */
void postings_add(struct postings *p, int64_t id, struct str text);
/* Write it as batch number batch of the space and empty it. */
MUST_USE bool postings_write(struct postings *p, struct db *db, enum space space, int64_t batch,
                             struct err *err);

/* Make one row of the rows of each trigram, from the one behind *from on; at most max_rows rows are
 * read.  *from: where to go on; INT64_MAX at the end.  is_dead: may be NULL; ids it is true for are
 * left out. */
typedef bool postings_dead_fn(void *ctx, int64_t id);
MUST_USE bool postings_compact(struct db *db, enum space space, int64_t *from, size_t max_rows,
                               postings_dead_fn *is_dead, void *ctx, struct err *err);

/* Do the bytes of a row decode?  For index_check(). */
bool postings_are_whole(struct str bytes);

#endif
