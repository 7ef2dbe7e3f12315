/*
 * usage: [ONLY=PART_OF_NAME] [CPU=1] ask_catalogue FILE ROUNDS
 *
 * Asks the API's own handlers, in the process and without its memory of answers, about an index
 * that make_catalogue made.  Prints for each kind of question the milliseconds of the median, of
 * the 99th of 100 and of the slowest, and how often it failed; with CPU=1 milliseconds of processor
 * time, for a machine that others use too.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"
#include "bench.h"
#include "index/index.h"
#include "names.h"
#include "util/clock.h"
#include "util/scan.h"

static uint64_t random_state = 88172645463325252u;

static uint64_t below(uint64_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % n;
}

/* A question: a path and its query; %d and %p: the uri of a dataset, of a popular one; %a, %t: an
 * area, a thing; %u: a number of three digits; %n: of one to five. */
static const struct kind {
    const char *name, *path, *query;
} kinds[] = {
    { "usage of a dataset", "/v1/usage", "uri=%d" },
    { "usage of a popular dataset", "/v1/usage", "uri=%p" },
    { "usage of a file in one", "/v1/usage", "uri=%d/part-00007.parquet" },
    { "usage of a bucket", "/v1/usage", "uri=s3://corp-lake-03" },
    { "usage of a table", "/v1/usage", "uri=table:%a.%t_%u" },
    { "usage of nothing known", "/v1/usage", "uri=s3://nobody-%n/nothing/x.csv" },
    { "datasets", "/v1/datasets", "" },
    { "datasets by size", "/v1/datasets", "sort=size" },
    { "datasets by users", "/v1/datasets", "sort=users" },
    { "datasets of a format", "/v1/datasets", "format=orc&sort=size" },
    { "datasets of a bucket", "/v1/datasets", "bucket=corp-lake-07&sort=modified" },
    { "datasets of three filters", "/v1/datasets", "bucket=corp-lake-07&format=orc&layout=folder" },
    { "datasets by column", "/v1/datasets", "column=orders_risk" },
    { "datasets by name", "/v1/datasets", "q=v00%n" },
    { "unused datasets", "/v1/datasets", "unused=true" },
    { "notebooks", "/v1/notebooks", "" },
    { "notebooks of a kind", "/v1/notebooks", "kind=training" },
    { "notebooks of a library", "/v1/notebooks", "library=statsmodels" },
    { "notebooks of kind, library, owner", "/v1/notebooks",
      "kind=reporting&library=dask&owner=user0%u" },
    { "notebooks of an owner", "/v1/notebooks", "owner=user0%u" },
    { "notebooks by name", "/v1/notebooks", "q=%a_%t_train_%n" },
    { "notebooks that use a dataset", "/v1/notebooks", "uses=%d" },
    { "analyses", "/v1/analyses", "" },
    { "analyses by owner", "/v1/analyses", "by=owner" },
    { "analyses by dataset", "/v1/analyses", "by=dataset&kind=training" },
    { "analyses by month", "/v1/analyses", "by=month" },
    { "lineage of a dataset", "/v1/lineage", "uri=%d" },
    { "search, rare", "/v1/search", "q=%t_%u = pandas.train" },
    { "search, common", "/v1/search", "q=pandas" },
    { "search, absent", "/v1/search", "q=pandas.train_nothing" },
    { "search, pattern", "/v1/search", "q=polars%5C.e%5Cw%2B%5C(%a_%t&mode=regex" },
};

static void write_query(struct buf *out, const char *format, uint64_t n_datasets)
{
    for (const char *at = format; *at != '\0'; at++) {
        if (*at != '%' || strchr("dptaun", at[1]) == NULL) {
            buf_add(out, *at == ' ' ? STR("%20") : (struct str){ at, 1 });
            continue;
        }
        switch (*++at) {
        case 'd':
        case 'p':
            buf_add(out, STR("s3://"));
            add_dataset(out, below(*at == 'd' ? n_datasets : 20));
            break;
        case 'a':
            buf_add(out, str_from(areas[below(6)]));
            break;
        case 't':
            buf_add(out, str_from(things[below(5)]));
            break;
        case 'u':
            buf_printf(out, "%03u", (unsigned)below(300));
            break;
        default:
            buf_printf(out, "%u", (unsigned)below(100000));
        }
    }
}

static double now_ms(void)
{
    return getenv("CPU") != NULL ? bench_now_s() * 1e3 : (double)clock_mono_ns() / 1e6;
}

static int by_time(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void ask(struct api *api, const struct kind *kind, uint64_t rounds, uint64_t n_datasets)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_ARENA kept = ARENA_INIT;
    double *times = malloc(rounds * sizeof *times);
    uint64_t n_failed = 0;
    size_t n_bytes = 0;
    struct str problem = STR_EMPTY;
    if (times == NULL)
        panic("out of memory");
    for (uint64_t i = 0; i < rounds; i++) {
        AUTO_BUF query = BUF_INIT(10000);
        struct api_answer answer;
        write_query(&query, kind->query, n_datasets);
        struct api_question question = { .method = HTTP_GET,
                                         .path = str_from(kind->path),
                                         .query = buf_str(&query) };
        double start_ms = now_ms();
        api_ask(api, &a, &question, clock_mono_ms() + 60000, &answer);
        times[i] = now_ms() - start_ms;
        n_bytes += answer.body.len;
        if (answer.status != 200 && n_failed++ == 0)
            problem = arena_str(&kept, answer.body);
        arena_reset(&a);
    }
    qsort(times, rounds, sizeof *times, by_time);
    printf("%-34s %8.3f %8.3f %8.3f ms  %7zu bytes  %llu failed %.*s\n", kind->name,
           times[rounds / 2], times[rounds * 99 / 100], times[rounds - 1], n_bytes / rounds,
           (unsigned long long)n_failed, STR_FMT(problem));
    (void)fflush(stdout);
    free(times);
}

int main(int argc, char **argv)
{
    uint64_t rounds;
    struct err err = ERR_INIT;
    struct index *index;
    struct index_reader *r;
    struct index_state state;
    if (argc != 3 || !scan_whole_u64(str_from(argv[2]), 100000, &rounds) || rounds == 0)
        panic("usage: ask_catalogue FILE ROUNDS");
    struct index_options options = { .path = argv[1], .mode = INDEX_READ_ONLY };
    if (!index_open(&options, &index, &err) || !index_reader_take(index, &r, &err) ||
        !index_state(r, &state, &err))
        panic("%s", err.msg);
    index_reader_give(r);
    const struct api_options api_options = { .index = index, .version = STR("bench") };
    struct api *api = api_new(&api_options, &err);
    if (api == NULL)
        panic("%s", err.msg);
    printf("%llu notebooks, %llu references, %llu datasets\n%-34s %8s %8s %8s\n",
           (unsigned long long)state.n_notebooks, (unsigned long long)state.n_references,
           (unsigned long long)state.n_datasets, "", "median", "p99", "most");
    const char *only = getenv("ONLY"); /* a part of a name */
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (only == NULL || strstr(kinds[i].name, only))
            ask(api, &kinds[i], rounds, state.n_datasets);
    api_free(api);
    index_close(index);
    return 0;
}
