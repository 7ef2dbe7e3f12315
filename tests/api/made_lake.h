/* made_lake: a small catalogue, written through the index's own interface, for tests of the api. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_API_MADE_LAKE_H
#define TESTS_API_MADE_LAKE_H

#include "../index/temp.h"

#include "catalog/dataset.h"
#include "catalog/kinds.h"
#include "catalog/place.h"
#include "catalog/sketch.h"
#include "index/search.h"

/* One notebook: a heading and a code cell for each text. */
struct made_notebook {
    const char *uri, *owner, *title;
    const char *code[4];
    bool is_sql;                  /* the code is SQL */
    const char *table, *location; /* that it binds */
};

struct made_dataset {
    const char *uri;
    enum dataset_layout layout;
    const char *format;
    uint64_t size_bytes;
    int64_t newest_ms;
};

struct made_lake {
    struct temp temp;
    struct calls *calls;
    int64_t source;
    int64_t now_ms; /* of the next notebook; a day later each */
};

static inline void made_put_notebook(struct made_lake *lake, const struct made_notebook *m)
{
    AUTO_ARENA a = ARENA_INIT;
    struct cell cells[5] = { { .kind = CELL_MARKDOWN, .source = str_from(m->title) } };
    struct notebook nb = { .format = NOTEBOOK_JUPYTER,
                           .kernel = STR("python3"),
                           .language = STR("python"),
                           .cells = cells,
                           .n_cells = 1 };
    struct analysis an = { 0 };
    struct kinds kinds;
    struct sketch sketch;
    for (; nb.n_cells < ARRAY_LEN(cells) && m->code[nb.n_cells - 1] != NULL; nb.n_cells++)
        cells[nb.n_cells] = (struct cell){ .kind = CELL_CODE,
                                           .source = str_from(m->code[nb.n_cells - 1]),
                                           .language = m->is_sql ? STR("sql") : STR("python"),
                                           .index = nb.n_cells };
    const struct analysis_options options = { .calls = lake->calls };
    analyze(&a, &nb, &options, &an);
    kinds_find(NULL, &a, &nb, &an, &kinds);
    sketch_make(&nb, &sketch);
    struct table_binding table = {
        .table = str_from(m->table), .location = str_from(m->location), .cell = 1, .line = 1
    };
    an.bindings = &table;
    an.n_bindings = m->table != NULL;
    const struct index_notebook row = { .source = lake->source,
                                        .uri = str_from(m->uri),
                                        .etag = STR("e"),
                                        .size_bytes = 1000,
                                        .modified_unix_ms = lake->now_ms,
                                        .owner = str_from(m->owner),
                                        .title = str_from(m->title),
                                        .notebook = &nb,
                                        .analysis = &an,
                                        .kinds = &kinds,
                                        .sketch = &sketch };
    MUST(index_put_notebook(lake->temp.writer, &row, NULL, &err));
    lake->now_ms += 24 * 3600 * 1000;
}

static inline void made_put_dataset(struct made_lake *lake, const struct made_dataset *m)
{
    const struct dataset d = { .uri = str_from(m->uri),
                               .name = str_from_pos(str_from(m->uri), 5),
                               .root = str_from(m->uri),
                               .layout = m->layout,
                               .format = str_from(m->format),
                               .n_objects = 1,
                               .size_bytes = m->size_bytes,
                               .newest_ms = m->newest_ms,
                               .fingerprint = 1,
                               .n_rows = -1 };
    MUST(index_put_dataset(lake->temp.writer, lake->source, &d, NULL, &err));
}

static inline void made_lake_open(struct made_lake *lake)
{
    const struct index_source source = { .name = STR("all"), .uri = STR("s3://lake"), .wants = 3 };
    *lake = (struct made_lake){ .now_ms = INT64_C(1767225600000) }; /* 2026-01-01 */
    temp_open(&lake->temp);
    lake->calls = calls_new();
    MUST(index_begin(lake->temp.writer, NULL, &err));
    MUST(index_put_source(lake->temp.writer, &source, &lake->source, &err));
}

/* Behind the last thing that is put in. */
static inline void made_lake_settle(struct made_lake *lake)
{
    uint64_t n_left = 1;
    MUST(index_commit(lake->temp.writer, false, &err));
    while (n_left > 0) {
        MUST(index_begin(lake->temp.writer, NULL, &err));
        MUST(index_settle(lake->temp.writer, 1000, &n_left, &err));
        MUST(index_commit(lake->temp.writer, false, &err));
    }
    for (n_left = 1; n_left > 0;)
        MUST(index_search_catch_up(lake->temp.writer, 0, &n_left, &err));
}

static inline void made_lake_end(struct made_lake *lake)
{
    calls_free(lake->calls);
    temp_end(&lake->temp);
}

#endif
