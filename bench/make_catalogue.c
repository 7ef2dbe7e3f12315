/*
 * usage: make_catalogue FILE N_NOTEBOOKS N_OBJECTS [LINES_OF_CODE]
 *
 * Makes the index of a large company out of nothing: notebooks with realistic names, references,
 * libraries and kinds, a listing of objects in blocks, and datasets, one for some 100 objects.
 * Metadata only; with LINES_OF_CODE each notebook also has a cell of so many lines.
 * The same numbers give the same catalogue.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"
#include "catalog/dataset.h"
#include "catalog/kinds.h"
#include "catalog/schema.h"
#include "index/listing.h"
#include "index/runs.h"
#include "index/search.h"
#include "index/write.h"
#include "names.h"
#include "util/clock.h"
#include "util/scan.h"

#include <math.h>

enum { BATCH = 5000, OBJECTS_OF_DATASET = 100, N_TEAMS = 60, N_PEOPLE = 4000 };

static const char *const tasks[] = { "eda",        "train",    "evaluate", "clean",  "report",
                                     "ingest",     "backfill", "monthly",  "weekly", "experiment",
                                     "prediction", "features", "tutorial", "check",  "draft" };
static const char *const formats[] = { "parquet", "csv", "json", "avro", "orc" };
static const char *const libraries[] = { "pandas",     "numpy",    "matplotlib", "sklearn", "boto3",
                                         "pyspark",    "seaborn",  "xgboost",    "torch",   "scipy",
                                         "tensorflow", "requests", "sqlalchemy", "plotly",  "dask",
                                         "lightgbm",   "polars",   "statsmodels" };

struct maker {
    struct index *index;
    struct index_writer *writer;
    int64_t source;
    uint64_t n_notebooks, n_datasets, n_objects, n_lines;
    uint64_t random;
};

#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct err err = ERR_INIT;                                                                 \
        if (!(call))                                                                               \
            panic("%s: %s", #call, err.msg);                                                       \
    } while (0)

static uint64_t next_random(struct maker *m)
{
    m->random ^= m->random << 13;
    m->random ^= m->random >> 7;
    m->random ^= m->random << 17;
    return m->random;
}

static uint64_t below(struct maker *m, uint64_t n)
{
    return next_random(m) % n;
}

/* Few are used by many: number x comes with a weight of about 1 / x. */
static uint64_t popular(struct maker *m, uint64_t n)
{
    double u = (double)(next_random(m) >> 11) / 9007199254740992.0;
    uint64_t x = (uint64_t)pow((double)n, u);
    return x == 0 ? 0 : (x - 1) % n;
}

/* ---- Datasets and their objects.  Folder names are in byte order, as a listing is. ---- */

static struct str dataset_path(struct arena *a, uint64_t number)
{
    AUTO_BUF path = BUF_INIT(1000);
    add_dataset_path(&path, number);
    return arena_str(a, buf_str(&path));
}

static struct str dataset_uri(struct arena *a, uint64_t number)
{
    AUTO_BUF uri = BUF_INIT(1000);
    buf_add(&uri, STR("s3://"));
    add_dataset(&uri, number);
    return arena_str(a, buf_str(&uri));
}

static void put_dataset(struct maker *m, struct arena *a, uint64_t number)
{
    struct column columns[12] = { 0 };
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        columns[i].name = i == 0 ? STR("id")
                                 : arena_printf(a, "%s_%s", things[(number + i) % 20],
                                                areas[i * 7 % ARRAY_LEN(areas)]);
        columns[i].type = i % 3 == 0 ? COLUMN_INT64 : COLUMN_STRING;
    }
    struct schema schema = { .columns = columns, .n_columns = ARRAY_LEN(columns) };
    struct str uri = dataset_uri(a, number);
    struct dataset d = { .uri = uri,
                         .name = str_from_pos(uri, 5),
                         .root = uri,
                         .layout = number % 3 == 0 ? DATASET_PARTITIONED : DATASET_FOLDER,
                         .format = str_from(formats[popular(m, ARRAY_LEN(formats))]),
                         .n_objects = OBJECTS_OF_DATASET,
                         .size_bytes = below(m, 1000) * below(m, 1000000000),
                         .newest_ms = 1500000000000 + (int64_t)below(m, 220000000000),
                         .fingerprint = next_random(m),
                         .n_rows = -1,
                         .schema = &schema,
                         .family_uri = uri };
    MUST(index_put_dataset(m->writer, m->source, &d, NULL, &err));
}

static void put_datasets(struct maker *m)
{
    AUTO_ARENA a = ARENA_INIT;
    for (uint64_t i = 0; i < m->n_datasets; i++) {
        if (i % BATCH == 0)
            MUST(index_begin(m->writer, NULL, &err));
        put_dataset(m, &a, i);
        arena_reset(&a);
        if (i % BATCH == BATCH - 1 || i + 1 == m->n_datasets)
            MUST(index_commit(m->writer, false, &err));
    }
}

static void put_listing(struct maker *m)
{
    AUTO_ARENA a = ARENA_INIT;
    struct listing_entry *entries = malloc(BATCH * sizeof *entries);
    char after[LIMIT_KEY_BYTES] = "";
    size_t after_len = 0;
    if (entries == NULL)
        panic("out of memory");
    for (uint64_t i = 0; i < m->n_objects; i += BATCH) {
        size_t n = m->n_objects - i < BATCH ? (size_t)(m->n_objects - i) : BATCH;
        arena_reset(&a);
        for (size_t j = 0; j < n; j++) {
            uint64_t number = (i + j) / OBJECTS_OF_DATASET;
            entries[j] = (struct listing_entry){
                .key = arena_printf(&a, "lake/v%07llu/%s/%s/part-%05llu-%016llx.snappy.parquet",
                                    (unsigned long long)number, areas[number / 7 % 20],
                                    things[number % 20],
                                    (unsigned long long)((i + j) % OBJECTS_OF_DATASET),
                                    (unsigned long long)(number * 0x9E3779B97F4A7C15u)),
                .size_bytes = below(m, 100000000),
                .etag_hash = next_random(m),
                .modified_s = 1600000000 + (int64_t)below(m, 100000000)
            };
        }
        struct str last = entries[n - 1].key;
        MUST(index_begin(m->writer, NULL, &err));
        MUST(listing_replace(m->writer, m->source, (struct str){ after, after_len }, last, entries,
                             n, &err));
        MUST(index_commit(m->writer, false, &err));
        memcpy(after, last.ptr, last.len);
        after_len = last.len;
    }
    free(entries);
}

/* ---- Notebooks. ---- */

static struct reference make_reference(struct maker *m, struct arena *a, size_t at)
{
    uint64_t number = popular(m, m->n_datasets == 0 ? 1 : m->n_datasets);
    struct str uri = dataset_uri(a, number);
    static const struct hole hole = { .reason = HOLE_ARGUMENT };
    struct reference r = { .dir = below(m, 4) == 0 ? REFERENCE_WRITE : REFERENCE_READ,
                           .kind = REFERENCE_DATA,
                           .uri = uri,
                           .cell = 0,
                           .line = (uint32_t)at + 1,
                           .col = 5,
                           .via = STR("pandas.read_parquet"),
                           .is_called = true };
    switch (below(m, 10)) {
    case 0:
        r.uri = arena_printf(a, "%.*s/part-%05u.parquet", STR_FMT(uri), (unsigned)below(m, 100));
        break;
    case 1:
        r.uri = arena_printf(a, "%.*s/day={}", STR_FMT(uri));
        r.holes = &hole;
        r.n_holes = 1;
        break;
    case 2:
        r.uri = arena_printf(a, "s3://{}/%.*s", STR_FMT(dataset_path(a, number)));
        r.holes = &hole;
        r.n_holes = 1;
        break;
    case 3:
    case 4:
        r.uri = arena_printf(a, "file:data/%s_%u.csv", things[below(m, 20)],
                             (unsigned)below(m, 100000));
        break;
    case 5:
        r.uri = arena_printf(a, "table:%s.%s_%u", areas[below(m, 20)], things[below(m, 20)],
                             (unsigned)below(m, 300));
        break;
    default:
        break;
    }
    return r;
}

static void make_kinds(struct maker *m, struct kinds *kinds)
{
    static const struct kind_evidence evidence = {
        .cell = 0, .line = 1, .text = STR_INIT("model.fit(X, y)"), .rule = "call fit", .weight = 120
    };
    uint64_t first = popular(m, PROCESS_N);
    kinds->n = below(m, 3);
    for (size_t i = 0; i < kinds->n; i++) {
        kinds->items[i] = (struct kind_found){
            .process = (enum process)((first + i * 3) % PROCESS_N), .weight = 120, .n_evidence = 1
        };
        kinds->items[i].evidence[0] = evidence;
    }
}

static struct str make_code(struct maker *m, struct arena *a)
{
    AUTO_BUF code = BUF_INIT(SIZE_MAX);
    for (uint64_t i = 0; i < m->n_lines; i++)
        buf_printf(&code, "%s_%llu = %s.%s(%s_%s, 0.%llu)\n", things[below(m, 20)],
                   (unsigned long long)below(m, 1000), libraries[popular(m, 18)],
                   tasks[below(m, ARRAY_LEN(tasks))], areas[below(m, 20)], things[below(m, 20)],
                   (unsigned long long)below(m, 100000));
    return arena_str(a, buf_str(&code));
}

static void put_notebook(struct maker *m, struct arena *a, uint64_t number)
{
    unsigned person = (unsigned)popular(m, N_PEOPLE);
    struct str owner = arena_printf(a, "user%04u", person), names[6];
    struct reference references[12];
    struct kinds kinds = { .n = 0 };
    struct analysis an = { .references = references, .libraries = names };
    an.n_references = 1 + (size_t)below(m, 9);
    for (size_t i = 0; i < an.n_references; i++)
        references[i] = make_reference(m, a, i);
    an.n_libraries = 1 + (size_t)below(m, ARRAY_LEN(names));
    for (size_t i = 0; i < an.n_libraries; i++)
        names[i] = str_from(libraries[popular(m, ARRAY_LEN(libraries))]);
    an.language = below(m, 20) == 0 ? STR("scala") : STR("python");
    an.kernel = STR("python3");
    an.n_cells = an.n_code_cells = 1;
    make_kinds(m, &kinds);
    struct cell cell = { .kind = CELL_CODE, .source = make_code(m, a) };
    struct notebook nb = { .cells = &cell, .n_cells = m->n_lines > 0 ? 1 : 0 };
    struct index_notebook in = {
        .source = m->source,
        .uri = arena_printf(a, "s3://corp-notebooks/team-%02u/%.*s/%s_%s_%s_%llu.ipynb",
                            person % N_TEAMS, STR_FMT(owner), areas[below(m, 20)],
                            things[below(m, 20)], tasks[below(m, ARRAY_LEN(tasks))],
                            (unsigned long long)number),
        .etag = arena_printf(a, "%016llx%016llx", (unsigned long long)next_random(m),
                             (unsigned long long)next_random(m)),
        .size_bytes = 20000 + below(m, 2000000),
        .modified_unix_ms = 1500000000000 + (int64_t)below(m, 220000000000),
        .owner = owner,
        .title =
            arena_printf(a, "%s of %s", tasks[below(m, ARRAY_LEN(tasks))], things[below(m, 20)]),
        .notebook = &nb,
        .analysis = &an,
        .kinds = &kinds
    };
    MUST(index_put_notebook(m->writer, &in, NULL, &err));
}

static void put_notebooks(struct maker *m)
{
    AUTO_ARENA a = ARENA_INIT;
    for (uint64_t i = 0; i < m->n_notebooks; i++) {
        if (i % BATCH == 0)
            MUST(index_begin(m->writer, NULL, &err));
        put_notebook(m, &a, i);
        arena_reset(&a);
        if (i % BATCH == BATCH - 1 || i + 1 == m->n_notebooks)
            MUST(index_commit(m->writer, false, &err));
    }
}

static void settle(struct maker *m)
{
    uint64_t n_left = 1;
    while (n_left > 0) {
        MUST(index_begin(m->writer, NULL, &err));
        MUST(index_settle(m->writer, BATCH, &n_left, &err));
        MUST(index_commit(m->writer, false, &err));
    }
}

static void catch_up(struct maker *m)
{
    uint64_t n_left = 1;
    while (n_left > 0)
        MUST(index_search_catch_up(m->writer, 0, &n_left, &err));
}

static void timed(struct maker *m, const char *what, void (*step)(struct maker *))
{
    int64_t start_ms = clock_mono_ms();
    step(m);
    printf("%s: %.1f s\n", what, (double)(clock_mono_ms() - start_ms) / 1000);
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    struct maker m = { .random = 88172645463325252u };
    if (argc < 4 || argc > 5 || !scan_whole_u64(str_from(argv[2]), 100000000, &m.n_notebooks) ||
        !scan_whole_u64(str_from(argv[3]), 1000000000, &m.n_objects) ||
        (argc == 5 && !scan_whole_u64(str_from(argv[4]), 10000, &m.n_lines)))
        panic("usage: make_catalogue FILE N_NOTEBOOKS N_OBJECTS [LINES_OF_CODE]");
    m.n_datasets = (m.n_objects + OBJECTS_OF_DATASET - 1) / OBJECTS_OF_DATASET;
    struct index_options options = { .path = argv[1],
                                     .mode = INDEX_CREATE,
                                     .cache_bytes = (size_t)256 << 20 };
    MUST(index_open(&options, &m.index, &err));
    MUST(index_writer_open(m.index, &m.writer, &err));
    struct index_source source = { .name = STR("corp"),
                                   .uri = STR("s3://corp-notebooks"),
                                   .wants = INDEX_WANTS_NOTEBOOKS | INDEX_WANTS_DATASETS };
    MUST(index_begin(m.writer, NULL, &err));
    MUST(index_put_source(m.writer, &source, &m.source, &err));
    MUST(index_commit(m.writer, false, &err));
    timed(&m, "listing", put_listing);
    timed(&m, "datasets", put_datasets);
    timed(&m, "notebooks", put_notebooks);
    timed(&m, "settle", settle);
    timed(&m, "search", catch_up);
    index_writer_close(m.writer);
    index_close(m.index);
    return 0;
}
