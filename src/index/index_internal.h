/*
 * index_internal: what the files of the folder share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_INDEX_INTERNAL_H
#define INDEX_INDEX_INTERNAL_H

#include "index/db.h"
#include "index/index.h"

#include <pthread.h>

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

#endif
