/* The calls of the catalogue over a small made-up lake, asked without a server. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "made_lake.h"

#include "api/api.h"
#include "util/url.h"
#include "json/json.h"

static const struct made_dataset datasets[] = {
    { "s3://lake/raw/ships.csv", DATASET_SINGLE, "csv", 100, 1000 },
    { "s3://lake/raw/crews.csv", DATASET_SINGLE, "csv", 300, 3000 },
    { "s3://lake/clean/ships", DATASET_PARTITIONED, "parquet", 200, 2000 },
    { "s3://lake/old/logs", DATASET_FOLDER, "jsonl", 900, 500 },
};

static const struct made_notebook notebooks[] = {
    { .uri = "s3://lake/nb/clean.ipynb",
      .owner = "ana",
      .title = "# Clean ships",
      .code = { "import pandas as pd\nships = pd.read_csv('s3://lake/raw/ships.csv')",
                "ships.dropna().to_parquet('s3://lake/clean/ships/year=2025/part-0.parquet')" },
      .table = "table:fleet.ships",
      .location = "s3://lake/clean/ships" },
    { .uri = "s3://lake/nb/train.ipynb",
      .owner = "bo",
      .title = "# Train a model",
      .code = { "from sklearn.linear_model import LinearRegression\nimport pandas as pd",
                "ships = pd.read_parquet('s3://lake/clean/ships')\n"
                "model = LinearRegression().fit(ships[['a']], ships['b'])" } },
    { .uri = "s3://lake/nb/sql.ipynb",
      .owner = "bo",
      .title = "# Ask the table",
      .code = { "SELECT count(*) FROM fleet.ships" },
      .is_sql = true },
    { .uri = "s3://lake/nb/any.ipynb",
      .owner = "ana",
      .title = "# Any of the raw files",
      .code = { "import os\nimport pandas as pd",
                "pd.read_csv(f\"s3://lake/raw/{os.environ['WHICH']}.csv\")" } },
};

struct world {
    struct arena arena;
    struct made_lake lake;
    struct api *api;
};

static void world_init(struct world *w)
{
    struct err err = ERR_INIT;
    *w = (struct world){ 0 };
    made_lake_open(&w->lake);
    for (size_t i = 0; i < ARRAY_LEN(datasets); i++)
        made_put_dataset(&w->lake, &datasets[i]);
    for (size_t i = 0; i < ARRAY_LEN(notebooks); i++)
        made_put_notebook(&w->lake, &notebooks[i]);
    made_lake_settle(&w->lake);
    const struct api_options options = { .index = w->lake.temp.index, .kept_bytes = 100000 };
    w->api = api_new(&options, &err);
    assert_non_null(w->api);
}

static void world_release(struct world *w)
{
    api_free(w->api);
    made_lake_end(&w->lake);
    arena_release(&w->arena);
}

/* target: "PATH?QUERY", whose values are not encoded. */
static int ask(struct world *w, const char *target, const struct json **out)
{
    struct err err = ERR_INIT;
    struct api_question q = { .method = HTTP_GET };
    struct api_answer answer;
    (void)str_cut(str_from(target), '?', &q.path, &q.query);
    api_ask(w->api, &w->arena, &q, INT64_MAX, &answer);
    *out = json_parse(&w->arena, answer.body, LIMIT_JSON_BYTES, &err);
    if (*out == NULL)
        fail_msg("%s: %.*s", target, STR_FMT(answer.body));
    return answer.status;
}

/* "a b c": one member of each item of the list, without its folder. */
static struct str told(struct world *w, const char *target, const char *list, const char *member)
{
    const struct json *answer, *items = NULL;
    struct str all = STR_EMPTY, text;
    struct err err = ERR_INIT;
    if (ask(w, target, &answer) != 200 || !json_get_array(answer, str_from(list), &items, &err))
        fail_msg("%s: failed", target);
    for (unsigned i = 0; i < items->n_items; i++) {
        assert_true(json_get_str(&items->items[i], str_from(member), &text, &err));
        size_t slash = str_rfind_char(text, '/');
        all = arena_printf(&w->arena, "%.*s%s%.*s", STR_FMT(all), i > 0 ? " " : "",
                           STR_FMT(str_from_pos(text, slash == SIZE_MAX ? 0 : slash + 1)));
    }
    return all;
}

static void datasets_are_filtered_and_sorted(void **state)
{
    static const struct {
        const char *query, *names;
    } cases[] = {
        { "", "ships logs crews.csv ships.csv" },
        { "?sort=size", "logs crews.csv ships ships.csv" },
        { "?sort=modified", "crews.csv ships ships.csv logs" },
        { "?sort=users", "ships ships.csv logs crews.csv" },
        { "?q=SHIPS", "ships ships.csv" },
        { "?q=fleet", "ships" },
        { "?q=s%25", "" },
        { "?bucket=lake&format=csv", "crews.csv ships.csv" },
        { "?bucket=other", "" },
        { "?layout=partitioned", "ships" },
        { "?min_bytes=300", "logs crews.csv" },
        { "?unused=true", "logs crews.csv" },
        { "?unused_since=2026-01-02", "logs crews.csv ships.csv" },
        { "?unused_since=2026-01-01T00:00:00Z", "logs crews.csv" },
    };
    struct world w;
    (void)state;
    world_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str target = arena_printf(&w.arena, "/v1/datasets%s", cases[i].query);
        assert_str(told(&w, target.ptr, "items", "uri"), cases[i].names);
    }
    world_release(&w);
}

/* Page by page, each item once. */
static struct str told_by_pages(struct world *w, const char *target, const char *member)
{
    struct str all = STR_EMPTY, token = STR_EMPTY;
    unsigned n_pages = 0;
    do {
        const struct json *answer;
        struct str page =
            arena_printf(&w->arena, "%s&limit=1&page_token=%.*s", target, STR_FMT(token));
        struct err err = ERR_INIT;
        struct str one = told(w, page.ptr, "items", member);
        all = arena_printf(&w->arena, "%.*s%s%.*s", STR_FMT(all),
                           all.len > 0 && one.len > 0 ? " " : "",
                           STR_FMT(one)); /* the last page may be empty */
        assert_int_equal(ask(w, page.ptr, &answer), 200);
        assert_true(json_opt_str(answer, STR("next_page_token"), STR_EMPTY, &token, &err));
    } while (token.len > 0 && ++n_pages < 100);
    return all;
}

static void pages_tell_each_item_once(void **state)
{
    static const struct {
        const char *target, *member;
    } cases[] = {
        { "/v1/datasets?sort=name", "uri" },
        { "/v1/datasets?sort=size", "uri" },
        { "/v1/datasets?sort=modified", "uri" },
        { "/v1/datasets?sort=users", "uri" },
        { "/v1/notebooks?copies=true", "uri" },
        { "/v1/notebooks?language=python", "uri" },
        { "/v1/notebooks?owner=ana", "uri" },
        { "/v1/notebooks?library=pandas", "uri" },
        { "/v1/usage?uri=s3://lake", "uri" },
        { "/v1/usage?uri=s3://lake/clean/ships", "uri" },
        { "/v1/usage?uri=s3://lake/raw/ships.csv", "notebook" },
        { "/v1/analyses?by=owner", "group" },
        { "/v1/analyses?by=library", "group" },
        { "/v1/analyses?by=month", "group" },
        { "/v1/search?q=pd.", "notebook" },
    };
    struct world w;
    (void)state;
    world_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str whole = told(&w, cases[i].target, "items", cases[i].member);
        assert_true(whole.len > 0);
        assert_str(told_by_pages(&w, cases[i].target, cases[i].member),
                   arena_printf(&w.arena, "%.*s", STR_FMT(whole)).ptr);
    }
    world_release(&w);
}

static void a_token_of_another_question_is_refused(void **state)
{
    struct world w;
    const struct json *answer;
    struct str token;
    struct err err = ERR_INIT;
    (void)state;
    world_init(&w);
    assert_int_equal(ask(&w, "/v1/datasets?limit=1", &answer), 200);
    assert_true(json_get_str(answer, STR("next_page_token"), &token, &err));
    struct str other =
        arena_printf(&w.arena, "/v1/datasets?sort=size&page_token=%.*s", STR_FMT(token));
    assert_int_equal(ask(&w, other.ptr, &answer), 400);
    assert_int_equal(ask(&w, "/v1/datasets?page_token=abc", &answer), 400);
    world_release(&w);
}

static void usage_tells_every_relation_best_first(void **state)
{
    static const struct {
        const char *query, *matches, *notebooks;
    } cases[] = {
        { "s3://lake/raw/ships.csv", "exact holes", "clean.ipynb any.ipynb" },
        { "s3://lake/raw", "inside inside", "clean.ipynb any.ipynb" },
        { "s3://lake/clean/ships", "exact exact inside", "train.ipynb sql.ipynb clean.ipynb" },
        { "s3://lake/clean/ships/year=2025", "inside contains contains",
          "clean.ipynb train.ipynb sql.ipynb" },
        { "table:fleet.ships", "exact exact inside", "train.ipynb sql.ipynb clean.ipynb" },
        { "s3://lake/clean/ships&dir=write", "inside", "clean.ipynb" },
        { "s3://lake/raw/ships.csv&match=holes", "holes", "any.ipynb" },
        { "s3://nobody/knows", "", "" },
    };
    struct world w;
    (void)state;
    world_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str target = arena_printf(&w.arena, "/v1/usage?uri=%s", cases[i].query);
        assert_str(told(&w, target.ptr, "items", "notebook"), cases[i].notebooks);
        assert_str(told(&w, target.ptr, "items", "match"), cases[i].matches);
    }
    assert_str(told(&w, "/v1/usage?uri=s3://lake/raw/ships.csv&match=exact", "items", "code"),
               "ships.csv')");
    world_release(&w);
}

static void a_dataset_and_a_notebook_are_described(void **state)
{
    struct world w;
    const struct json *answer, *list;
    struct str id;
    struct err err = ERR_INIT;
    (void)state;
    world_init(&w);
    assert_int_equal(ask(&w, "/v1/usage?uri=s3://lake/clean/ships/year=2025", &answer), 200);
    assert_true(json_get_str(json_get(answer, STR("dataset")), STR("id"), &id, &err));
    struct str target = arena_printf(&w.arena, "/v1/datasets/%.*s", STR_FMT(id));
    assert_str(told(&w, target.ptr, "users", "match"), "exact exact inside");
    assert_str(told(&w, target.ptr, "table_names", "name"), "fleet.ships");
    assert_true(told(&w, target.ptr, "snippets", "tool").len > 0);
    assert_int_equal(ask(&w, "/v1/datasets/0000000000000001", &answer), 404);

    assert_int_equal(ask(&w, "/v1/notebooks?uri=s3://lake/nb/train.ipynb", &answer), 200);
    assert_true(json_get_array(answer, STR("items"), &list, &err));
    assert_int_equal(list->n_items, 1);
    assert_true(json_get_str(&list->items[0], STR("id"), &id, &err));
    target = arena_printf(&w.arena, "/v1/notebooks/%.*s", STR_FMT(id));
    assert_str(told(&w, target.ptr, "cells", "kind"), "markdown code code");
    assert_str(told(&w, target.ptr, "references", "dir"), "read");
    assert_true(str_contains(told(&w, target.ptr, "kind_evidence", "kind"), STR("training")));
    assert_int_equal(ask(&w, target.ptr, &answer), 200);
    assert_true(json_get_array(answer, STR("libraries"), &list, &err));
    assert_int_equal(list->n_items, 2);
    assert_int_equal(ask(&w, "/v1/notebooks/0000000000000001", &answer), 404);
    world_release(&w);
}

static void notebooks_are_filtered_the_newest_first(void **state)
{
    static const struct {
        const char *query, *names;
    } cases[] = {
        { "", "any.ipynb sql.ipynb train.ipynb clean.ipynb" },
        { "?q=CLEAN", "clean.ipynb" },
        { "?q=raw+files", "any.ipynb" },
        { "?owner=bo", "sql.ipynb train.ipynb" },
        { "?library=sklearn", "train.ipynb" },
        { "?kind=training", "train.ipynb" },
        { "?kind=nothing", "" },
        { "?owner=ana&library=sklearn", "" },
        { "?uses=s3://lake/clean", "train.ipynb clean.ipynb" },
        { "?broken=true", "" },
        { "?modified_since=2026-01-01&modified_before=2026-02-01",
          "any.ipynb sql.ipynb train.ipynb clean.ipynb" },
        { "?modified_since=2026-02-01", "" },
        { "?modified_before=2026-01-01", "" },
    };
    struct world w;
    (void)state;
    world_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str target = arena_printf(&w.arena, "/v1/notebooks%s", cases[i].query);
        assert_str(told(&w, target.ptr, "items", "uri"), cases[i].names);
    }
    world_release(&w);
}

static void data_flows_through_notebooks(void **state)
{
    static const struct {
        const char *query, *uris;
    } cases[] = {
        { "s3://lake/clean/ships&direction=up&depth=2", "ships clean.ipynb ships.csv" },
        { "s3://lake/raw/ships.csv&direction=down&depth=3",
          "ships.csv clean.ipynb ships train.ipynb sql.ipynb" },
        { "s3://lake/nb/clean.ipynb&depth=1", "clean.ipynb ships.csv ships" },
        { "s3://nobody/knows", "" },
    };
    struct world w;
    (void)state;
    world_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str target = arena_printf(&w.arena, "/v1/lineage?uri=%s", cases[i].query);
        assert_str(told(&w, target.ptr, "nodes", "uri"), cases[i].uris);
    }
    assert_str(told(&w, "/v1/impact?uri=s3://lake/raw/ships.csv", "notebooks", "uri"),
               "clean.ipynb train.ipynb sql.ipynb");
    assert_str(told(&w, "/v1/impact?uri=s3://lake/raw/ships.csv", "datasets", "uri"), "ships");
    world_release(&w);
}

/* What few have is found among what many have, in pages that cost alike. */
static void a_page_ends_where_it_looked_at_enough(void **state)
{
    enum { N_PLACES = 1200 };
    struct world w;
    const struct json *answer;
    struct reference *refs = calloc(N_PLACES, sizeof *refs);
    struct notebook nb = { .format = NOTEBOOK_JUPYTER };
    struct kinds none = { .n = 0 };
    struct str token;
    struct err failure = ERR_INIT;
    (void)state;
    world_init(&w);
    assert_non_null(refs);
    for (unsigned i = 0; i < N_PLACES; i++)
        refs[i] = (struct reference){ .dir = i + 1 < N_PLACES ? REFERENCE_READ : REFERENCE_DELETE,
                                      .uri = arena_printf(&w.arena, "s3://far/x/%04u.csv", i),
                                      .via = STR("x"),
                                      .is_called = true };
    struct analysis an = { .references = refs, .n_references = N_PLACES };
    const struct index_notebook row = { .source = w.lake.source,
                                        .uri = STR("s3://lake/nb/many.ipynb"),
                                        .etag = STR("e"),
                                        .notebook = &nb,
                                        .analysis = &an,
                                        .kinds = &none };
    MUST(index_begin(w.lake.temp.writer, NULL, &err));
    MUST(index_put_notebook(w.lake.temp.writer, &row, NULL, &err));
    made_lake_settle(&w.lake);
    assert_str(told(&w, "/v1/usage?uri=s3://far/x&dir=delete", "items", "uri"), "");
    assert_int_equal(ask(&w, "/v1/usage?uri=s3://far/x&dir=delete", &answer), 200);
    assert_true(json_get_str(answer, STR("next_page_token"), &token, &failure));
    assert_str(told_by_pages(&w, "/v1/usage?uri=s3://far/x&dir=delete", "uri"), "1199.csv");
    free(refs);
    world_release(&w);
}

/* The text of an answer that is no JSON object. */
static struct str text_of(struct world *w, const char *query)
{
    const struct api_question q = { .method = HTTP_GET,
                                    .path = STR("/v1/lineage"),
                                    .query = str_from(query) };
    struct api_answer answer;
    api_ask(w->api, &w->arena, &q, INT64_MAX, &answer);
    assert_int_equal(answer.status, 200);
    return answer.body;
}

static void the_graph_has_other_forms(void **state)
{
    struct world w;
    struct err err = ERR_INIT;
    struct str job;
    unsigned n_jobs = 0;
    (void)state;
    world_init(&w);
    assert_true(
        str_has_prefix(text_of(&w, "uri=s3://lake/raw/ships.csv&format=dot"), STR("digraph")));
    assert_true(str_has_prefix(text_of(&w, "uri=s3://lake/raw/ships.csv&format=mermaid"),
                               STR("flowchart")));
    const struct json *events =
        json_parse(&w.arena, text_of(&w, "uri=s3://lake/raw/ships.csv&format=openlineage"),
                   LIMIT_JSON_BYTES, &err);
    assert_non_null(events);
    for (unsigned i = 0; i < events->n_items; i++) {
        const struct json *one = json_get(&events->items[i], STR("job"));
        n_jobs += one != NULL && json_get_str(one, STR("name"), &job, &err) &&
                  str_has_prefix(job, STR("nb/"));
    }
    assert_int_equal(n_jobs, 3);
    world_release(&w);
}

static void lines_are_found(void **state)
{
    struct world w;
    const struct json *answer;
    (void)state;
    world_init(&w);
    assert_str(told(&w, "/v1/search?q=dropna", "items", "notebook"), "clean.ipynb");
    assert_str(told(&w, "/v1/search?q=fle%5Ba-z%5Dt&mode=regex&in=sql", "items", "text"),
               "SELECT count(*) FROM fleet.ships");
    assert_str(told(&w, "/v1/search?q=DROPNA&ignore_case=true", "items", "cell_kind"), "code");
    assert_str(told(&w, "/v1/search?q=model&in=markdown", "items", "notebook"), "train.ipynb");
    assert_int_equal(ask(&w, "/v1/search?q=(&mode=regex", &answer), 400);
    world_release(&w);
}

static void analyses_are_counted(void **state)
{
    struct world w;
    (void)state;
    world_init(&w);
    assert_true(str_contains(told(&w, "/v1/analyses", "items", "kind"), STR("training")));
    assert_str(told(&w, "/v1/analyses?by=owner&kind=training", "items", "group"), "bo");
    assert_str(told(&w, "/v1/analyses?by=dataset&kind=training", "items", "group"), "ships");
    assert_str(told(&w, "/v1/analyses?by=month", "items", "group"), "2026-01");
    world_release(&w);
}

static void an_overview_counts_what_there_is(void **state)
{
    struct world w;
    const struct json *answer;
    struct err err = ERR_INIT;
    int64_t n;
    struct str role;
    (void)state;
    world_init(&w);
    assert_int_equal(ask(&w, "/v1/overview", &answer), 200);
    assert_true(json_get_i64(answer, STR("n_notebooks"), 0, INT64_MAX, &n, &err));
    assert_int_equal(n, ARRAY_LEN(notebooks));
    assert_true(json_get_i64(answer, STR("n_datasets"), 0, INT64_MAX, &n, &err));
    assert_int_equal(n, ARRAY_LEN(datasets));
    assert_true(json_get_str(answer, STR("role"), &role, &err));
    assert_str(role, "admin");
    world_release(&w);
}

/* The status, with the tag that the client has. */
static int ask_again(struct world *w, struct str tag, struct str *tag_out)
{
    struct http_handler handler = api_handler(w->api);
    const struct http_header headers[] = { { STR("If-None-Match"), tag } };
    struct http_plan plan;
    struct http_answer answer = { .status = 200, .body = BUF_INIT(1000000) };
    struct http_request req = { .method = HTTP_GET,
                                .method_text = STR("GET"),
                                .path = STR("/v1/datasets"),
                                .headers = headers,
                                .n_headers = 1,
                                .deadline_ms = INT64_MAX,
                                .arena = &w->arena };
    handler.plan(handler.ctx, &req, &plan);
    handler.handle(handler.ctx, &req, &answer);
    /* What is known already needs no worker. */
    assert_int_equal(plan.is_slow, answer.static_body.len == 0 && answer.status == 200);
    *tag_out = http_header_get(answer.headers, answer.n_headers, STR("ETag"));
    buf_release(&answer.body);
    return answer.status;
}

static void an_answer_has_a_tag_until_the_catalogue_changes(void **state)
{
    struct world w;
    struct str tag, again, third;
    (void)state;
    world_init(&w);
    assert_int_equal(ask_again(&w, STR("\"none\""), &tag), 200);
    assert_true(tag.len > 0);
    assert_int_equal(ask_again(&w, STR("\"none\""), &again), 200);
    assert_true(str_eq(again, tag));
    assert_int_equal(ask_again(&w, tag, &again), 304);
    assert_int_equal(ask_again(&w, STR("*"), &again), 200);
    MUST(index_begin(w.lake.temp.writer, NULL, &err));
    made_put_notebook(&w.lake, &notebooks[1]);
    made_lake_settle(&w.lake);
    assert_int_equal(ask_again(&w, tag, &third), 200);
    assert_false(str_eq(third, tag));
    world_release(&w);
}

static void without_an_index_it_says_what_to_do(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    const struct api_options options = { .kept_bytes = 0 };
    struct api *api = api_new(&options, &err);
    const struct api_question q = { .method = HTTP_GET, .path = STR("/v1/datasets") };
    struct api_answer answer;
    (void)state;
    api_ask(api, &a, &q, INT64_MAX, &answer);
    assert_int_equal(answer.status, 404);
    assert_true(str_contains(answer.body, STR("boathouse scan")));
    api_free(api);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datasets_are_filtered_and_sorted),
        cmocka_unit_test(pages_tell_each_item_once),
        cmocka_unit_test(a_token_of_another_question_is_refused),
        cmocka_unit_test(usage_tells_every_relation_best_first),
        cmocka_unit_test(a_dataset_and_a_notebook_are_described),
        cmocka_unit_test(notebooks_are_filtered_the_newest_first),
        cmocka_unit_test(data_flows_through_notebooks),
        cmocka_unit_test(a_page_ends_where_it_looked_at_enough),
        cmocka_unit_test(the_graph_has_other_forms),
        cmocka_unit_test(lines_are_found),
        cmocka_unit_test(analyses_are_counted),
        cmocka_unit_test(an_overview_counts_what_there_is),
        cmocka_unit_test(an_answer_has_a_tag_until_the_catalogue_changes),
        cmocka_unit_test(without_an_index_it_says_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
