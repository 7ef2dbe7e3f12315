/* temp: an index in a folder of its own, for one test. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_INDEX_TEMP_H
#define TESTS_INDEX_TEMP_H

#include "test.h"

#include "index/write.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

struct temp {
    char folder[64];
    char path[160];
    struct index *index;
    struct index_writer *writer;
};

/* What a step of a test must do. */
#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct err err = ERR_INIT;                                                                 \
        if (!(call))                                                                               \
            fail_msg("%s: %s", #call, err.msg);                                                    \
    } while (0)

/* What must fail, and how. */
#define MUST_FAIL(call, kind)                                                                      \
    do {                                                                                           \
        struct err err = ERR_INIT;                                                                 \
        if (call)                                                                                  \
            fail_msg("%s: did not fail", #call);                                                   \
        if (err.code != (kind))                                                                    \
            fail_msg("%s: failed with %d: %s", #call, (int)err.code, err.msg);                     \
    } while (0)

static inline void temp_folder(struct temp *t)
{
    *t = (struct temp){ 0 };
    (void)snprintf(t->folder, sizeof t->folder, "/tmp/boathouse-index-XXXXXX");
    assert_non_null(mkdtemp(t->folder));
    (void)snprintf(t->path, sizeof t->path, "%s/state/index.db", t->folder);
}

static inline void temp_reopen(struct temp *t)
{
    struct index_options o = { .path = t->path, .mode = INDEX_CREATE, .busy_timeout_ms = 2000 };
    MUST(index_open(&o, &t->index, &err));
    MUST(index_writer_open(t->index, &t->writer, &err));
}

static inline void temp_open(struct temp *t)
{
    temp_folder(t);
    temp_reopen(t);
}

static inline void temp_close(struct temp *t)
{
    index_writer_close(t->writer);
    index_close(t->index);
    t->writer = NULL;
    t->index = NULL;
}

static inline int temp_remove_one(const char *path, const struct stat *s, int flag, struct FTW *f)
{
    (void)s;
    (void)flag;
    (void)f;
    return remove(path);
}

static inline void temp_end(struct temp *t)
{
    temp_close(t);
    (void)nftw(t->folder, temp_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
