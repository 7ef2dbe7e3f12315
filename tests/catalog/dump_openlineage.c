/*
 * dump_openlineage: prints events with every facet, for the tests that give them to the real
 * client.
 *
 * usage: dump_openlineage          three lines: a JobEvent, a DatasetEvent, a RunEvent
 *        dump_openlineage trim     names on standard input, one a line; prints each trimmed
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/openlineage.h"
#include "catalog/place.h"

#include <stdio.h>
#include <string.h>

#define USE(where, dataset_uri, way)                                                               \
    {                                                                                              \
        .uri = STR_INIT(where), .dataset = STR_INIT(dataset_uri), .dir = (way),                    \
        .kind = REFERENCE_DATA, .cell = 1, .line = 2, .via = STR_INIT("pandas.read_csv"),          \
        .percent = 95, .is_called = true                                                           \
    }

static const struct openlineage_use uses[] = {
    USE("s3://lake/orders/year=2026/month=01/a.csv", "s3://lake/orders", REFERENCE_READ),
    USE("s3://lake/raw/2024/01/*.csv", "", REFERENCE_READ),
    USE("s3://lake/features/2026-01-01", "", REFERENCE_WRITE),
    USE("table:shop.orders", "", REFERENCE_WRITE),
    USE("s3://{}/x", "", REFERENCE_READ),
};

static void dump_job(struct arena *a, bool as_run)
{
    static const struct str kinds[] = { STR_INIT("training"), STR_INIT("streaming") };
    AUTO_BUF out = BUF_INIT(1000000);
    struct json_writer w;
    const struct openlineage_settings settings = { .producer = STR("urn:boathouse:test"),
                                                   .viewer = STR("https://hub.example/nb/"),
                                                   .event_time_ms = 1767225600123,
                                                   .as_run = as_run };
    const struct openlineage_job job = { .id = 7,
                                         .uri = STR("s3://notebooks/ann/k=v/tr\"ain.ipynb"),
                                         .version = STR("\"etag\""),
                                         .title = STR("Train \xc3\xa9"),
                                         .owner = STR("ann"),
                                         .kernel = STR("python3"),
                                         .language = STR("python"),
                                         .uses = uses,
                                         .n_uses = ARRAY_LEN(uses),
                                         .kinds = kinds,
                                         .n_kinds = ARRAY_LEN(kinds) };
    json_writer_init(&w, &out);
    if (openlineage_put_job(a, &w, &settings, &job))
        puts(buf_cstr(&out));
}

static void dump_dataset(struct arena *a)
{
    static const struct openlineage_column columns[] = {
        { STR_INIT("id"), STR_INIT("int64"), false }, { STR_INIT("year"), STR_INIT("int"), true }
    };
    static const struct str tables[] = { STR_INIT("table:shop.orders") };
    AUTO_BUF out = BUF_INIT(1000000);
    struct json_writer w;
    const struct openlineage_settings settings = { .producer = STR("urn:boathouse:test"),
                                                   .event_time_ms = 1767225600000 };
    const struct openlineage_dataset d = { .uri = STR("s3://lake/orders"),
                                           .format = STR("parquet"),
                                           .layout = STR("delta"),
                                           .columns = columns,
                                           .n_columns = ARRAY_LEN(columns),
                                           .tables = tables,
                                           .n_tables = ARRAY_LEN(tables) };
    json_writer_init(&w, &out);
    if (openlineage_put_dataset(a, &w, &settings, &d))
        puts(buf_cstr(&out));
}

int main(int argc, char **argv)
{
    AUTO_ARENA a = ARENA_INIT;
    char line[1000];
    if (argc > 1 && strcmp(argv[1], "trim") == 0) {
        while (fgets(line, sizeof line, stdin) != NULL) {
            struct str name = place_trim(str_trim_char(str_from(line), '\n'));
            printf("%.*s\n", STR_FMT(name));
        }
        return 0;
    }
    dump_job(&a, false);
    dump_dataset(&a);
    dump_job(&a, true);
    return 0;
}
