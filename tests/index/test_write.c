/* SPDX-License-Identifier: Apache-2.0 */
#include "real.h"

#include "catalog/dataset.h"
#include "catalog/schema.h"
#include "index/index_internal.h"

/* A number that a statement gives, through the writer's connection. */
static int64_t number(struct temp *t, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(t->writer->db.handle, sql, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(t->writer->db.handle));
    int64_t n = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;
    (void)sqlite3_finalize(stmt);
    return n;
}

static void assert_number(struct temp *t, const char *sql, int64_t want)
{
    int64_t got = number(t, sql);
    if (got != want)
        fail_msg("%s: got %lld, want %lld", sql, (long long)got, (long long)want);
}

static int64_t put_dataset(struct temp *t, const char *uri, const char *root)
{
    struct column columns[] = {
        { .name = STR_INIT("id"), .type = COLUMN_INT64 },
        { .name = STR_INIT("day"), .type = COLUMN_DATE, .is_partition = true }
    };
    struct schema schema = { .columns = columns, .n_columns = 2 };
    struct partition_column days[] = { { .name = STR_INIT("day"), .type = PARTITION_DATE } };
    struct str values[] = { STR_INIT("2024-01-01"), { NULL, 0 } };
    struct dataset_partition partitions[] = { { .values = values }, { .values = values + 1 } };
    struct dataset d = { .uri = str_from(uri),
                         .name = str_from(uri + 5),
                         .root = str_from(root),
                         .is_pattern = strchr(uri, '*') != NULL,
                         .layout = DATASET_PARTITIONED,
                         .format = STR("csv"),
                         .n_objects = 3,
                         .size_bytes = 300,
                         .fingerprint = 5,
                         .n_rows = -1,
                         .partition_columns = days,
                         .n_partition_columns = 1,
                         .partitions = partitions,
                         .n_partitions = 2,
                         .n_partitions_total = 2,
                         .schema = &schema,
                         .family_uri = str_from(root) };
    int64_t id;
    MUST(index_begin(t->writer, NULL, &err));
    MUST(index_put_dataset(t->writer, 1, &d, &id, &err));
    MUST(index_commit(t->writer, false, &err));
    return id;
}

/* All tables but those that only grow or count up. */
static void assert_empty(struct temp *t)
{
    static const char *const tables[] = {
        "notebook", "notebook_kind", "notebook_library", "parameter", "document",
        "place",    "ref",           "table_name",       "dataset",   "dataset_column",
        "use",      "tally",         "near_group",       "near_band", "dataset_partition"
    };
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        char sql[80];
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i]);
        assert_number(t, sql, 0);
    }
    static const char sums[] = "SELECT total(value) FROM meta WHERE key LIKE 'n\\_%' ESCAPE '\\'";
    assert_number(t, sums, 0);
}

static void remove_notebook(struct temp *t, const char *uri)
{
    MUST(index_begin(t->writer, NULL, &err));
    MUST(index_remove_notebook(t->writer, str_from(uri), &err));
    MUST(index_commit(t->writer, false, &err));
}

static void remove_dataset(struct temp *t, int64_t id)
{
    MUST(index_begin(t->writer, NULL, &err));
    MUST(index_remove_dataset(t->writer, id, &err));
    MUST(index_commit(t->writer, false, &err));
}

static const char training[] =
    "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n"
    "df = pd.read_csv('s3://lake/iris/iris.csv')\nm = LogisticRegression()\n"
    "m.fit(df[['a']], df['b'])\ndf.to_csv('s3://lake/out/scores.csv')\n";

static void what_a_notebook_brings_goes_with_it(void **state)
{
    struct temp t;
    struct real real = { 0 };
    (void)state;
    temp_open(&t);
    int64_t id = real_put_code(&t, &real, "s3://nb/a.py", training);
    assert_number(&t, "SELECT count(*) FROM ref", 2);
    assert_number(&t, "SELECT value FROM meta WHERE key = 'n_references'", 2);
    assert_number(&t, "SELECT count(*) FROM notebook_library", 2);
    assert_true(number(&t, "SELECT count(*) FROM notebook_kind") >= 1);
    assert_number(&t, "SELECT n FROM tally WHERE axis = 0 AND kind = 0", 1);
    assert_number(&t, "SELECT key FROM tally WHERE axis = 3 AND kind = 0", 2023 * 12 + 10);
    /* Again, with other code: the row stays, the rest is new. */
    int64_t again = real_put_code(&t, &real, "s3://nb/a.py", "import numpy\nprint(1)\n");
    assert_true(id == again);
    assert_number(&t, "SELECT count(*) FROM ref", 0);
    assert_number(&t, "SELECT count(*) FROM document", 1);
    assert_number(&t, "SELECT value FROM meta WHERE key = 'n_notebooks'", 1);
    real_settle(&t);
    assert_number(&t, "SELECT count(*) FROM place", 0);
    remove_notebook(&t, "s3://nb/a.py");
    remove_notebook(&t, "s3://nb/a.py");
    real_settle(&t);
    assert_empty(&t);
    real_end(&real);
    temp_end(&t);
}

static void a_batch_that_is_rolled_back_leaves_nothing(void **state)
{
    struct temp t;
    struct real real = { 0 };
    (void)state;
    temp_open(&t);
    real_analyse(&real, STR("x.py"), str_from(training));
    MUST(index_begin(t.writer, NULL, &err));
    (void)real_put(&t, &real, "s3://nb/a.py", 1);
    index_rollback(t.writer);
    assert_empty(&t);
    /* Names that the lost batch made are made again. */
    (void)real_put_code(&t, &real, "s3://nb/a.py", training);
    assert_number(&t, "SELECT count(*) FROM notebook_library l JOIN name n ON n.id = l.library", 2);
    MUST_FAIL(index_remove_notebook(t.writer, STR("x"), &err), ERR_INTERNAL);
    real_end(&real);
    temp_end(&t);
}

/* How a notebook's code uses the dataset s3://lake/sales/orders, or one of its like. */
static const struct use_case {
    const char *code;
    int64_t n_users, n_readers, n_writers, n_maybe;
} use_cases[] = {
    { "pd.read_csv('s3://lake/sales/orders/day=2024-01-01/a.csv')", 1, 1, 0, 0 },
    { "pd.read_csv('s3://lake/sales/orders')", 1, 1, 0, 0 },
    { "pd.read_csv('s3a://lake/sales/orders/')", 1, 1, 0, 0 },
    { "spark.read.csv('s3://lake/sales')", 1, 1, 0, 0 },
    { "spark.read.csv('s3://lake/*/orders')", 1, 1, 0, 0 },
    { "df.to_csv('s3://lake/sales/orders/b.csv')", 1, 0, 1, 0 },
    { "pd.read_csv(f's3://lake/sales/orders/{day}.csv')", 1, 1, 0, 0 },
    { "pd.read_csv(f's3://lake/{x}/orders')", 0, 0, 0, 1 },
    { "pd.read_csv('s3://lake/sales/orders2/a.csv')", 0, 0, 0, 0 },
    { "pd.read_csv('s3://lake/sales/orders.csv')", 0, 0, 0, 0 },
    { "print('s3://lake/sales/orders')", 0, 0, 0, 0 },
};

static void check_users(struct temp *t, const struct use_case *c)
{
    const char *const sql[] = { "SELECT n_users FROM dataset", "SELECT n_readers FROM dataset",
                                "SELECT n_writers FROM dataset", "SELECT n_maybe FROM dataset",
                                "SELECT n FROM tally WHERE axis = 4 AND kind = 0" };
    const int64_t want[] = { c->n_users, c->n_readers, c->n_writers, c->n_maybe };
    for (size_t i = 0; i < ARRAY_LEN(want); i++)
        if (number(t, sql[i]) != want[i])
            fail_msg("%s: %s is %lld", c->code, sql[i], (long long)number(t, sql[i]));
    assert_case((number(t, sql[4]) == 1) == (c->n_users == 1), c->code);
}

/* Found before or after the dataset: the same. */
static void check_use(const struct use_case *c, bool is_dataset_first)
{
    static const char root[] = "s3://lake/sales/orders";
    struct temp t;
    struct real real = { 0 };
    char code[300];
    temp_open(&t);
    (void)snprintf(code, sizeof code,
                   "import pandas as pd, os\nday = os.environ['D']\nx = day\n%s\n", c->code);
    int64_t dataset = 0;
    if (is_dataset_first) {
        dataset = put_dataset(&t, root, root);
        real_settle(&t);
    }
    (void)real_put_code(&t, &real, "s3://nb/a.py", code);
    real_settle(&t);
    if (!is_dataset_first) {
        dataset = put_dataset(&t, root, root);
        real_settle(&t);
    }
    check_users(&t, c);
    if (is_dataset_first)
        remove_notebook(&t, "s3://nb/a.py");
    else
        remove_dataset(&t, dataset);
    real_settle(&t);
    if (is_dataset_first)
        check_users(&t, &(struct use_case){ .code = c->code });
    remove_notebook(&t, "s3://nb/a.py");
    remove_dataset(&t, dataset);
    real_settle(&t);
    assert_empty(&t);
    real_end(&real);
    temp_end(&t);
}

static void users_of_a_dataset_do_not_depend_on_the_order_of_finding(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(use_cases); i++) {
        check_use(&use_cases[i], true);
        check_use(&use_cases[i], false);
    }
}

static void places_fall_into_the_innermost_dataset(void **state)
{
    struct temp t;
    struct real real = { 0 };
    static const char sql[] = "SELECT dataset FROM place WHERE uri = 's3://lake/a/b/x_1.csv'";
    (void)state;
    temp_open(&t);
    (void)real_put_code(&t, &real, "s3://nb/a.py",
                        "import pandas as pd\npd.read_csv('s3://lake/a/b/x_1.csv')\n");
    int64_t outer = put_dataset(&t, "s3://lake/a", "s3://lake/a");
    real_settle(&t);
    assert_number(&t, sql, outer);
    int64_t inner = put_dataset(&t, "s3://lake/a/b/x_*.csv", "s3://lake/a/b");
    real_settle(&t);
    assert_number(&t, sql, inner);
    remove_dataset(&t, inner);
    real_settle(&t);
    assert_number(&t, sql, outer);
    real_end(&real);
    temp_end(&t);
}

static void a_table_bound_to_a_location_counts_for_it(void **state)
{
    struct temp t;
    struct real real = { 0 };
    (void)state;
    temp_open(&t);
    (void)put_dataset(&t, "s3://lake/sales/orders", "s3://lake/sales/orders");
    (void)real_put_code(&t, &real, "s3://nb/a.py", "spark.sql('select * from shop.orders')\n");
    real_settle(&t);
    assert_number(&t, "SELECT n_users FROM dataset", 0);
    (void)real_put_code(
        &t, &real, "s3://nb/b.py",
        "spark.sql('create table shop.Orders location \"s3a://lake/sales/orders/\"')\n");
    real_settle(&t);
    assert_number(&t, "SELECT n_users FROM dataset", 2);
    remove_notebook(&t, "s3://nb/b.py");
    real_settle(&t);
    assert_number(&t, "SELECT n_users FROM dataset", 0);
    real_end(&real);
    temp_end(&t);
}

static void relative_paths_of_a_folder_are_kept_whole(void **state)
{
    struct temp t;
    struct real real = { 0 };
    static const char code[] = "import pandas as pd\npd.read_csv('../data/x.csv')\n"
                               "pd.read_csv('y.csv')\npd.read_csv('/abs/z.csv')\n";
    (void)state;
    temp_open(&t);
    (void)real_put_code(&t, &real, "file:/home/ana/nb/a.py", code);
    assert_number(&t,
                  "SELECT count(*) FROM place WHERE uri IN ('file:/home/ana/data/x.csv',"
                  " 'file:/home/ana/nb/y.csv', 'file:/abs/z.csv')",
                  3);
    (void)real_put_code(&t, &real, "s3://nb/a.py", code);
    assert_number(&t, "SELECT count(*) FROM place WHERE uri = 'file:y.csv'", 1);
    real_end(&real);
    temp_end(&t);
}

static void why_parts_are_unknown_is_kept_a_line_each(void **state)
{
    struct temp t;
    struct real real = { 0 };
    (void)state;
    temp_open(&t);
    (void)real_put_code(&t, &real, "s3://nb/a.py",
                        "import os, pandas as pd\nday = os.environ['DAY']\n"
                        "pd.read_csv(f's3://lake/{day}/x.csv')\npd.read_csv('s3://lake/y.csv')\n");
    assert_number(&t, "SELECT count(*) FROM ref WHERE holes LIKE 'environment%'", 1);
    assert_number(&t, "SELECT count(*) FROM ref WHERE holes IS NULL", 1);
    real_end(&real);
    temp_end(&t);
}

static void near_copies_are_one_group_until_the_last_is_gone(void **state)
{
    struct temp t;
    struct real real = { 0 };
    char code[1200] = "", uri[40];
    size_t n = 0;
    (void)state;
    temp_open(&t);
    for (int i = 0; i < 30; i++)
        n += (size_t)snprintf(code + n, sizeof code - n, "value_%d = first(%d) + other[%d]\n", i, i,
                              i * i);
    for (int i = 0; i < 40; i++) {
        (void)snprintf(uri, sizeof uri, "s3://nb/copy%d.py", i);
        (void)real_put_code(&t, &real, uri, code);
    }
    assert_number(&t, "SELECT count(*) FROM near_group", 1);
    assert_number(&t, "SELECT n FROM near_group", 40);
    assert_number(&t, "SELECT count(DISTINCT near) FROM notebook", 1);
    for (int i = 0; i < 40; i++) {
        (void)snprintf(uri, sizeof uri, "s3://nb/copy%d.py", i);
        remove_notebook(&t, uri);
    }
    real_settle(&t);
    assert_empty(&t);
    real_end(&real);
    temp_end(&t);
}

static void a_dataset_keeps_its_columns_while_its_objects_stay(void **state)
{
    struct temp t;
    static const char root[] = "s3://lake/t";
    (void)state;
    temp_open(&t);
    int64_t id = put_dataset(&t, root, root);
    assert_true(id == (int64_t)index_id_of_uri(STR("s3://lake/t")));
    assert_number(&t, "SELECT count(*) FROM dataset_column", 2);
    assert_number(&t, "SELECT is_partition FROM dataset_column WHERE name = 'day'", 1);
    assert_number(&t, "SELECT partition_values = '[\"2024-01-01\"]' FROM dataset_partition", 1);
    assert_number(&t, "SELECT partition_values = '[null]' FROM dataset_partition WHERE seq = 1", 1);
    struct dataset same = { .uri = str_from(root), .root = str_from(root), .fingerprint = 5 };
    struct dataset other = { .uri = str_from(root), .root = str_from(root), .fingerprint = 6 };
    int64_t again;
    MUST(index_begin(t.writer, NULL, &err));
    MUST(index_put_dataset(t.writer, 1, &same, &again, &err));
    assert_true(again == id);
    assert_number(&t, "SELECT count(*) FROM dataset_column", 2);
    MUST(index_put_dataset(t.writer, 1, &other, &again, &err));
    assert_number(&t, "SELECT count(*) FROM dataset_column", 0);
    MUST(index_commit(t.writer, true, &err));
    /* A table that is found later takes what lies inside. */
    (void)put_dataset(&t, "s3://lake/t/part/x.csv", "s3://lake/t/part/x.csv");
    (void)put_dataset(&t, "s3://lake/t2/y.csv", "s3://lake/t2/y.csv");
    same.is_absorbing = true;
    MUST(index_begin(t.writer, NULL, &err));
    MUST(index_put_dataset(t.writer, 1, &same, &again, &err));
    MUST(index_commit(t.writer, false, &err));
    assert_number(&t, "SELECT count(*) FROM dataset", 2);
    assert_number(&t, "SELECT value FROM meta WHERE key = 'n_datasets'", 2);
    temp_end(&t);
}

static void the_version_changes_with_what_readers_see(void **state)
{
    struct temp t;
    struct real real = { 0 };
    uint64_t first, second, third;
    (void)state;
    temp_open(&t);
    MUST(index_version(t.index, &first, &err));
    (void)real_put_code(&t, &real, "s3://nb/a.py", training);
    MUST(index_version(t.index, &second, &err));
    assert_true(first != second);
    real_catch_up(&t, 0);
    MUST(index_version(t.index, &third, &err));
    assert_true(second == third);
    temp_close(&t);
    temp_reopen(&t);
    MUST(index_version(t.index, &third, &err));
    assert_true(second == third);
    real_end(&real);
    temp_end(&t);
}

static void count_problem(void *ctx, struct str problem)
{
    size_t *n = ctx;
    print_message("%.*s\n", STR_FMT(problem));
    ++*n;
}

/* A writer remembers places and groups of near-copies; another one may have removed them. */
static void what_another_writer_removed_is_made_again(void **state)
{
    struct temp t;
    struct real real = { 0 };
    struct index_writer *other;
    size_t n_problems, n_told = 0;
    (void)state;
    temp_open(&t);
    MUST(index_writer_open(t.index, &other, &err));
    for (int i = 0; i < 3; i++) {
        (void)real_put_code(&t, &real, "s3://nb/a.py", training);
        assert_number(&t, "SELECT count(*) FROM near_group WHERE n = 1", 1);
        real_settle(&t);
        MUST(index_begin(other, NULL, &err));
        MUST(index_remove_notebook(other, STR("s3://nb/a.py"), &err));
        uint64_t n_left;
        MUST(index_settle(other, 1000, &n_left, &err));
        MUST(index_commit(other, false, &err));
        assert_number(&t, "SELECT count(*) FROM place", 0);
        assert_number(&t, "SELECT count(*) FROM near_group", 0);
    }
    (void)real_put_code(&t, &real, "s3://nb/a.py", training);
    MUST(index_check(t.index, count_problem, &n_told, &n_problems, &err));
    assert_int_equal(n_problems, 0);
    index_writer_close(other);
    real_end(&real);
    temp_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_notebook_brings_goes_with_it),
        cmocka_unit_test(a_batch_that_is_rolled_back_leaves_nothing),
        cmocka_unit_test(users_of_a_dataset_do_not_depend_on_the_order_of_finding),
        cmocka_unit_test(places_fall_into_the_innermost_dataset),
        cmocka_unit_test(a_table_bound_to_a_location_counts_for_it),
        cmocka_unit_test(relative_paths_of_a_folder_are_kept_whole),
        cmocka_unit_test(why_parts_are_unknown_is_kept_a_line_each),
        cmocka_unit_test(near_copies_are_one_group_until_the_last_is_gone),
        cmocka_unit_test(a_dataset_keeps_its_columns_while_its_objects_stay),
        cmocka_unit_test(the_version_changes_with_what_readers_see),
        cmocka_unit_test(what_another_writer_removed_is_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
