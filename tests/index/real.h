/* real: notebooks of tests/data, analysed as a scan does it, put into an index. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_INDEX_REAL_H
#define TESTS_INDEX_REAL_H

#include "temp.h"

#include "catalog/kinds.h"
#include "catalog/sketch.h"
#include "index/search.h"
#include "notebook/reader.h"

struct real {
    struct calls *calls;
    struct arena arena; /* of the notebook that was read last */
    struct notebook notebook;
    struct analysis analysis;
    struct kinds kinds;
    struct sketch sketch;
};

static inline void real_end(struct real *real)
{
    calls_free(real->calls);
    arena_release(&real->arena);
}

/* Analyse the bytes of a notebook; name says its format. */
static inline void real_analyse(struct real *real, struct str name, struct str bytes)
{
    if (real->calls == NULL)
        real->calls = calls_new();
    const struct analysis_options options = { .calls = real->calls };
    arena_reset(&real->arena);
    MUST(notebook_read(&real->arena, name, bytes, &real->notebook, &err));
    analyze(&real->arena, &real->notebook, &options, &real->analysis);
    struct sketch sketch;
    kinds_find_and_sketch(NULL, &real->arena, &real->notebook, &real->analysis, &real->kinds,
                          &real->sketch);
    sketch_make(&real->notebook, &sketch);
    assert_int_equal(sketch.is_empty, real->sketch.is_empty);
    assert_memory_equal(sketch.lanes, real->sketch.lanes, sizeof sketch.lanes);
}

/* Put what was analysed last into the open batch; the id of its row. */
static inline int64_t real_put(struct temp *t, struct real *real, const char *uri,
                               int64_t modified_s)
{
    int64_t id = 0;
    struct index_notebook nb = { .source = 1,
                                 .uri = str_from(uri),
                                 .etag = STR("e"),
                                 .size_bytes = 100,
                                 .modified_unix_ms = modified_s * 1000,
                                 .owner = STR("ana"),
                                 .title = STR("A title"),
                                 .notebook = &real->notebook,
                                 .analysis = &real->analysis,
                                 .kinds = &real->kinds,
                                 .sketch = &real->sketch };
    MUST(index_put_notebook(t->writer, &nb, &id, &err));
    return id;
}

/* A notebook of one Python cell, in a batch of its own. */
static inline int64_t real_put_code(struct temp *t, struct real *real, const char *uri,
                                    const char *code)
{
    real_analyse(real, STR("x.py"), str_from(code));
    MUST(index_begin(t->writer, NULL, &err));
    int64_t id = real_put(t, real, uri, 1700000000);
    MUST(index_commit(t->writer, false, &err));
    return id;
}

static inline void real_settle(struct temp *t)
{
    uint64_t n_left = 1;
    while (n_left > 0) {
        MUST(index_begin(t->writer, NULL, &err));
        MUST(index_settle(t->writer, 3, &n_left, &err));
        MUST(index_commit(t->writer, false, &err));
    }
}

static inline void real_catch_up(struct temp *t, size_t max_bytes)
{
    uint64_t n_left = 1;
    while (n_left > 0)
        MUST(index_search_catch_up(t->writer, max_bytes, &n_left, &err));
}

#endif
