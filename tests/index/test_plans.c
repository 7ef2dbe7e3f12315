/*
 * Every statement that the API's questions run is answered by an index.
 *
 * The handlers are asked about a small catalogue, then the plan of each statement that the readers
 * have prepared is read: a table that grows may be searched, or walked along an index that gives
 * the order of a page, never scanned.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "real.h"

#include "api/api.h"
#include "catalog/dataset.h"
#include "index/index_internal.h"
#include "index/runs.h"
#include "util/clock.h"

static const char *const questions[][2] = {
    { "/v1/datasets", "" },
    { "/v1/datasets", "sort=size" },
    { "/v1/datasets", "sort=modified&q=x" },
    { "/v1/datasets", "sort=users&unused=true" },
    { "/v1/datasets", "sort=size&unused=true" },
    { "/v1/datasets", "q=raw&column=id" },
    { "/v1/datasets", "bucket=lake&format=csv&layout=folder&column=id&min_bytes=1" },
    { "/v1/datasets", "sort=size&format=csv" },
    { "/v1/datasets", "sort=modified&bucket=lake" },
    { "/v1/datasets", "sort=users&layout=folder" },
    { "/v1/usage", "uri=s3://lake/raw/orders" },
    { "/v1/usage", "uri=s3://lake/raw/orders/a.csv&dir=read" },
    { "/v1/usage", "uri=table:shop.orders" },
    { "/v1/usage", "uri=orders.csv" },
    { "/v1/notebooks", "" },
    { "/v1/notebooks", "q=report" },
    { "/v1/notebooks", "uses=s3://lake/raw/orders" },
    { "/v1/notebooks", "kind=training" },
    { "/v1/notebooks", "library=pandas" },
    { "/v1/notebooks", "owner=ana" },
    { "/v1/notebooks", "language=python" },
    { "/v1/analyses", "" },
    { "/v1/analyses", "by=owner" },
    { "/v1/analyses", "by=library&kind=training" },
    { "/v1/analyses", "by=month" },
    { "/v1/analyses", "by=dataset" },
    { "/v1/lineage", "uri=s3://lake/raw/orders" },
    { "/v1/lineage", "uri=s3://nb/1.py" },
    { "/v1/lineage", "uri=s3://lake/other" },
    { "/v1/lineage", "uri=s3://lake" },
    { "/v1/lineage", "uri=table:shop.orders" },
    { "/v1/lineage", "uri=s3://lake/raw/orders&max_nodes=3" },
    { "/v1/impact", "uri=s3://lake/raw/orders" },
    { "/v1/search", "q=read_csv" },
    { "/v1/search", "q=re.*csv&mode=regex" },
    { "/v1/sources", "" },
    { "/v1/scans", "" },
};

/* Tables that stay small: sources are named by people, counters by the program. */
static const char *const small[] = { "SCAN source", "SCAN json_each", "SCAN CONSTANT ROW",
                                     "SCAN meta",   "SCAN lease",     "SCAN (" };

/* What a query inside has left, which has a LIMIT or belongs to one notebook. */
static const char *const left[] = { "SCAN g", "SCAN few", "SCAN p" };

/* Sorts of few rows: what belongs to one notebook or location, or what a look-up has left. */
static const char *const sorts[] = { "json_each", "WHERE r.notebook",
                                     "WHERE notebook =", "r.notebook FROM place",
                                     "l.notebook = ?1" };

static bool has_one_of(const char *text, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strstr(text, list[i]) != NULL)
            return true;
    return false;
}

static bool is_left(const char *line)
{
    for (size_t i = 0; i < ARRAY_LEN(left); i++)
        if (strcmp(line, left[i]) == 0)
            return true;
    return false;
}

/* What is wrong with one line of a plan; NULL: nothing. */
static const char *problem_of(const char *sql, const char *line)
{
    bool is_walk = strstr(line, "USING") != NULL && strstr(sql, "LIMIT") != NULL;
    if (strncmp(line, "SCAN ", 5) == 0 && !is_walk && !is_left(line) &&
        !has_one_of(line, small, ARRAY_LEN(small)))
        return "a table is scanned";
    if (strstr(line, "TEMP B-TREE FOR ORDER BY") != NULL && strstr(line, "LAST TERM") == NULL &&
        !has_one_of(sql, sorts, ARRAY_LEN(sorts)))
        return "rows are sorted";
    return NULL;
}

static const char *plan_problem(struct db *db, const char *sql)
{
    AUTO_BUF explain = BUF_INIT(100000);
    sqlite3_stmt *stmt = NULL;
    const char *problem = NULL;
    buf_printf(&explain, "EXPLAIN QUERY PLAN %s", sql);
    if (sqlite3_prepare_v2(db->handle, buf_cstr(&explain), -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db->handle));
    while (problem == NULL && sqlite3_step(stmt) == SQLITE_ROW)
        problem = problem_of(sql, (const char *)sqlite3_column_text(stmt, 3));
    (void)sqlite3_finalize(stmt);
    return problem;
}

static void check_plan(struct db *db, const char *sql)
{
    const char *problem = plan_problem(db, sql);
    if (problem != NULL)
        fail_msg("%s: %s", problem, sql);
}

static void plans_that_cost_as_much_as_the_table_are_told(void **state)
{
    static const char *const bad[] = { "SELECT id FROM notebook WHERE title = 'x'",
                                       "SELECT count(*) FROM ref WHERE line = 7",
                                       "SELECT id FROM dataset ORDER BY n_objects LIMIT 3" };
    struct temp t;
    (void)state;
    temp_open(&t);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_case(plan_problem(&t.writer->db, bad[i]) != NULL, bad[i]);
    assert_null(plan_problem(&t.writer->db, "SELECT id FROM notebook WHERE uri = 'x'"));
    temp_end(&t);
}

static void fill(struct temp *t, struct real *real)
{
    char uri[40], code[400];
    struct index_source source = { .name = STR("s"), .uri = STR("s3://nb"), .wants = 3 };
    int64_t id;
    MUST(index_begin(t->writer, NULL, &err));
    MUST(index_put_source(t->writer, &source, &id, &err));
    struct dataset d = { .uri = STR("s3://lake/raw/orders"),
                         .root = STR("s3://lake/raw/orders"),
                         .name = STR("lake/raw/orders"),
                         .format = STR("csv") };
    MUST(index_put_dataset(t->writer, id, &d, NULL, &err));
    MUST(index_commit(t->writer, false, &err));
    /* More patterns of one prefix than are all looked at. */
    for (int i = 0; i < 40; i++) {
        size_t n = (size_t)snprintf(code, sizeof code,
                                    "import pandas as pd, os\nb = os.getenv('B')\n"
                                    "pd.read_csv('s3://lake/raw/orders/a.csv')\n");
        for (int k = 0; k < 8; k++)
            n += (size_t)snprintf(code + n, sizeof code - n, "pd.read_csv(f's3://{b}/%d/%d')\n", i,
                                  k);
        (void)snprintf(uri, sizeof uri, "s3://nb/%d.py", i);
        (void)real_put_code(t, real, uri, code);
    }
    real_settle(t);
    real_catch_up(t, 0);
}

static void no_question_scans_a_table_that_grows(void **state)
{
    struct temp t;
    struct real real = { 0 };
    struct api *api;
    size_t n_checked = 0;
    (void)state;
    temp_open(&t);
    fill(&t, &real);
    const struct api_options options = { .index = t.index, .version = STR("test") };
    struct err failure = ERR_INIT;
    api = api_new(&options, &failure);
    assert_non_null(api);
    for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
        AUTO_ARENA a = ARENA_INIT;
        const struct api_question q = { .method = HTTP_GET,
                                        .path = str_from(questions[i][0]),
                                        .query = str_from(questions[i][1]) };
        struct api_answer answer;
        api_ask(api, &a, &q, clock_mono_ms() + 60000, &answer);
        if (answer.status != 200)
            fail_msg("%s?%s: %d %.*s", questions[i][0], questions[i][1], answer.status,
                     STR_FMT(answer.body));
    }
    for (struct index_reader *r = t.index->free_readers; r != NULL; r = r->next_free)
        for (size_t i = 0; i < r->db.cap_statements; i++)
            if (r->db.statements[i].sql != NULL) {
                check_plan(&r->db, r->db.statements[i].sql);
                n_checked++;
            }
    /* The questions reach them at all. */
    assert_true(n_checked > 50);
    api_free(api);
    real_end(&real);
    temp_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_that_cost_as_much_as_the_table_are_told),
        cmocka_unit_test(no_question_scans_a_table_that_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
