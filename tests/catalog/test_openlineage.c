/*
 * OpenLineage events: their members, what is named and what is left out.  tests/system gives them
 * to the real client.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/openlineage.h"
#include "test.h"
#include "util/attrs.h"

static const struct openlineage_settings settings = { .producer = STR_INIT("urn:boathouse:1"),
                                                      .event_time_ms = 1700000000000 };

/* The event into out; false if there is none. */
static bool made(struct arena *a, struct buf *out, const struct openlineage_settings *with,
                 const struct openlineage_job *job)
{
    struct json_writer w;
    buf_reset(out);
    json_writer_init(&w, out);
    bool is_made = openlineage_put_job(a, &w, with, job);
    assert_int_equal(is_made, out->len > 0);
    return is_made;
}

#define USE(where, dataset_uri, way)                                                               \
    {                                                                                              \
        .uri = STR_INIT(where), .dataset = STR_INIT(dataset_uri), .dir = (way),                    \
        .kind = REFERENCE_DATA, .cell = 1, .line = 2, .via = STR_INIT("pandas.read_csv"),          \
        .percent = 100, .is_called = true                                                          \
    }

static void uses_become_inputs_and_outputs_by_name(void **state)
{
    static const struct openlineage_use uses[] = {
        USE("s3://lake/o/y=1/a.parquet", "s3://lake/o", REFERENCE_READ),
        USE("s3://lake/o/y=2", "s3://lake/o", REFERENCE_READ),
        USE("s3://lake/raw/2024/01/02", "", REFERENCE_READ),
        USE("s3://{}/x", "", REFERENCE_READ),
        USE("file:x.csv", "", REFERENCE_READ),
        USE("s3://lake/out", "", REFERENCE_WRITE),
        USE("s3://lake/gone", "", REFERENCE_DELETE),
        USE("table:db.t", "", REFERENCE_WRITE),
    };
    const struct openlineage_job job = { .uri = STR("s3://nb/u/k=v/x y.ipynb"),
                                         .uses = uses,
                                         .n_uses = ARRAY_LEN(uses),
                                         .title = STR("T"),
                                         .owner = STR("u") };
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF out = BUF_INIT(100000);
    (void)state;
    assert_true(made(&a, &out, &settings, &job));
    struct str text = buf_str(&out);
    static const char *const parts[] = {
        "{\"eventTime\":\"2023-11-14T22:13:20",
        "\"schemaURL\":\"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent\"",
        "\"job\":{\"namespace\":\"s3://nb\",\"name\":\"u/k=v/x y.ipynb\"",
        "\"url\":\"s3://nb/u/k%3Dv/x%20y.ipynb\"",
        "\"leftOut\":2",
        "\"inputs\":[{\"namespace\":\"s3://lake\",\"name\":\"o\"",
        "\"locations\":[\"o/y=1/a.parquet\",\"o/y=2\"]",
        "{\"namespace\":\"s3://lake\",\"name\":\"raw\"",
        "\"locations\":[\"raw/2024/01/02\"]",
        "\"outputs\":[{\"namespace\":\"s3://lake\",\"name\":\"out\"",
        "{\"namespace\":\"table\",\"name\":\"db.t\"",
    };
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        assert_case(str_contains(text, str_from(parts[i])), parts[i]);
    assert_false(str_contains(text, STR("\"run\"")));
    assert_false(str_contains(text, STR("gone")));
    assert_false(str_contains(text, STR("s3://{}")));
}

static void a_run_is_claimed_only_when_asked_for(void **state)
{
    const struct openlineage_settings as_run = { .producer = STR("urn:boathouse:1"),
                                                 .as_run = true,
                                                 .job_space = STR("jobs") };
    struct openlineage_job job = { .uri = STR("s3://nb/x.ipynb"), .version = STR("e1") };
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF first = BUF_INIT(100000), again = BUF_INIT(100000), other = BUF_INIT(100000);
    (void)state;
    assert_true(made(&a, &first, &as_run, &job));
    assert_true(made(&a, &again, &as_run, &job));
    job.version = STR("e2");
    assert_true(made(&a, &other, &as_run, &job));
    assert_true(str_contains(buf_str(&first), STR("\"eventType\":\"COMPLETE\"")));
    assert_true(str_contains(buf_str(&first), STR("RunEvent")));
    assert_true(str_contains(buf_str(&first), STR("\"job\":{\"namespace\":\"jobs\"")));
    assert_true(str_contains(buf_str(&first), STR("\"key\":\"run-observed\",\"value\":\"false\"")));
    assert_true(str_eq(buf_str(&first), buf_str(&again)));
    size_t at = str_find(buf_str(&first), STR("\"runId\":"), 0);
    assert_false(
        str_eq(str_slice(buf_str(&first), at, at + 50), str_slice(buf_str(&other), at, at + 50)));
}

static void files_beside_a_notebook_of_this_machine_are_places(void **state)
{
    static const struct openlineage_use uses[] = { USE("file:../d/x.csv", "", REFERENCE_READ) };
    struct openlineage_job job = { .uri = STR("file:/home/u/n/x.ipynb"),
                                   .uses = uses,
                                   .n_uses = 1 };
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF out = BUF_INIT(100000);
    (void)state;
    assert_true(made(&a, &out, &settings, &job));
    assert_true(
        str_contains(buf_str(&out), STR("{\"namespace\":\"file\",\"name\":\"/home/u/d/x.csv\"")));
    assert_true(str_contains(buf_str(&out), STR("\"url\":\"file:///home/u/n/x.ipynb\"")));
    job.uri = STR("s3://b");
    assert_false(made(&a, &out, &settings, &job));
}

static void a_dataset_tells_its_schema_and_tables(void **state)
{
    static const struct openlineage_column columns[] = {
        { STR_INIT("id"), STR_INIT("int64"), false }, { STR_INIT("day"), STR_INIT(""), true }
    };
    static const struct str tables[] = { STR_INIT("table:db.orders"), STR_INIT("table:{}") };
    const struct openlineage_dataset d = { .uri = STR("s3://lake/o"),
                                           .format = STR("parquet"),
                                           .layout = STR("delta"),
                                           .columns = columns,
                                           .n_columns = 2,
                                           .tables = tables,
                                           .n_tables = 2 };
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF out = BUF_INIT(100000);
    struct json_writer w;
    (void)state;
    json_writer_init(&w, &out);
    assert_true(openlineage_put_dataset(&a, &w, &settings, &d));
    static const char *const parts[] = {
        "DatasetEvent\",\"dataset\":{\"namespace\":\"s3://lake\",\"name\":\"o\"",
        "{\"name\":\"id\",\"type\":\"int64\",\"ordinal_position\":1}",
        "{\"name\":\"day\",\"description\":\"partition column\",\"ordinal_position\":2}",
        "\"storageLayer\":\"delta\",\"fileFormat\":\"parquet\"",
        "\"identifiers\":[{\"namespace\":\"table\",\"name\":\"db.orders\",\"type\":\"TABLE\"}]",
    };
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        assert_case(str_contains(buf_str(&out), str_from(parts[i])), parts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uses_become_inputs_and_outputs_by_name),
        cmocka_unit_test(a_run_is_claimed_only_when_asked_for),
        cmocka_unit_test(files_beside_a_notebook_of_this_machine_are_places),
        cmocka_unit_test(a_dataset_tells_its_schema_and_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
