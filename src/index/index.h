/*
 * index: the catalogue's database: what a scan found, kept so that questions are quick.
 *
 * One SQLite file in WAL mode, opened by any number of processes at once (server, command line).
 * There is one writer at a time in all of them together (SQLite's lock; busy_timeout_ms is how long
 * it is waited for) and any number of readers, which see the last commit before their
 * index_reader_take() until index_reader_give().  A crash at any instant leaves the last commit.
 *
 * The headers: index.h opens; write.h has the writer (sources, leases, notebooks, datasets,
 * scans); listing.h the listing of a source, kept in blocks; query.h the questions of the API;
 * search.h the search in code; ledger.h the clusters' own file.
 *
 * Errors of all functions of the folder, where nothing else is said: ERR_BUSY (another writer held
 * the lock too long), ERR_IO (disk full, read-only, unreadable), ERR_CONFIG (the file is not ours,
 * or of a newer version), ERR_INTERNAL with a fix (the file is damaged).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_INDEX_H
#define INDEX_INDEX_H

#include "util/arena.h"
#include "util/err.h"

struct index;        /* shared by all threads */
struct index_reader; /* of one thread at a time, from the pool of an index */
struct index_writer; /* of one thread at a time */

enum index_mode {
    INDEX_CREATE,    /* make the file and its folder when they are missing; bring it up to date */
    INDEX_EXISTING,  /* ERR_NOT_FOUND when there is none ("boathouse scan" makes one) */
    INDEX_READ_ONLY, /* the same, and never written: no migration, no writer */
};

struct index_options {
    const char *path; /* of the file, such as "<state>/index.db" */
    enum index_mode mode;
    unsigned n_readers;       /* connections of the pool at most; 0: 8 */
    unsigned busy_timeout_ms; /* 0: 10,000 */
    size_t cache_bytes;       /* page cache of each connection; 0: 2 MiB */
    size_t map_bytes;         /* how much of the file may be mapped by each; 0: 2 GiB */
};

/* Open it; on success *out is the caller's, for index_close().  The file is made with mode 0600.
 * ERR_NOT_FOUND, ERR_FORBIDDEN (rights of the file or folder). */
MUST_USE bool index_open(const struct index_options *options, struct index **out, struct err *err);

/* Only when all readers were given back and all writers closed.  Accepts NULL. */
void index_close(struct index *ix);

/* The path it was opened with; borrowed. */
const char *index_path(const struct index *ix);

/* A connection for reading, at the state of now: waits for a free one while all are taken.  Give it
 * back soon (a request, not a scan): its old state keeps the write-ahead log from shrinking. */
MUST_USE bool index_reader_take(struct index *ix, struct index_reader **out, struct err *err);
/* Accepts NULL. */
void index_reader_give(struct index_reader *r);

/* A number that differs after each commit, of any process, that changed sources, notebooks or
 * datasets, and between two indexes: for ETags.  Takes about a microsecond; any thread. */
MUST_USE bool index_version(struct index *ix, uint64_t *out, struct err *err);

struct index_state {
    int64_t updated_unix_ms; /* of the last such commit; 0: nothing was ever written */
    uint64_t n_sources, n_notebooks, n_datasets, n_places, n_references;
};
MUST_USE bool index_state(struct index_reader *r, struct index_state *out, struct err *err);

/* What index_check() found wrong; borrowed text. */
typedef void index_problem_fn(void *ctx, struct str problem);

/* Look the whole file over: SQLite's own check, then what the tables must agree on (counts, names,
 * blocks that decode).  *n_problems: how many were told to each.  False: it could not be read. */
MUST_USE bool index_check(struct index *ix, index_problem_fn *each, void *ctx, size_t *n_problems,
                          struct err *err);

/* Copy the index, as of now, to a new file at path (mode 0600) while others read and write it.
 * ERR_CONFLICT when the path exists. */
MUST_USE bool index_backup(struct index *ix, const char *path, struct err *err);

/* Write the file anew beside itself, without free space, with search data and counts made again
 * from the rows, check it and put it in the old one's place.  For a damaged file what can be read
 * is saved; *n_lost tells how many tables could not be read to their end: the next scan brings
 * their rows back.  The old file stays as "<path>.before-rebuild".  No process may have it open. */
MUST_USE bool index_rebuild(const char *path, size_t *n_lost, struct err *err);

/* The version of the schema that this program writes (PRAGMA user_version). */
int index_schema_version(void);

#endif
