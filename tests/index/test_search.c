/* SPDX-License-Identifier: Apache-2.0 */
#include "real.h"

#include "index/index_internal.h"

static const char *const codes[] = {
    "import pandas as pd\ndf = pd.read_csv('s3://lake/iris/iris.csv')\n",
    "# Äpfel und Birnen\nx = 'READ_CSV'\ny = pd.read_csv(path)\n",
    "for i in range(10):\n    total += weights[i] * values[i]\nprint(total)\n",
    "spark.sql('SELECT Kelvin FROM t')\nks = 1\n",
    "a\nbb\nccc\n",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n",
};

static void put_all(struct temp *t, struct real *real)
{
    char uri[40];
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        (void)snprintf(uri, sizeof uri, "s3://nb/%zu.py", i);
        (void)real_put_code(t, real, uri, codes[i]);
    }
}

/* "0:2 1:1": the notebook's number and the line of each hit. */
static void found(struct temp *t, const struct index_search *search, char *out, size_t size)
{
    AUTO_ARENA a = ARENA_INIT;
    struct index_search s = *search;
    struct index_reader *r;
    struct index_hits hits = { .has_more = true };
    size_t n = 0;
    out[0] = '\0';
    MUST(index_reader_take(t->index, &r, &err));
    while (hits.has_more) {
        MUST(index_find_text(r, &a, &s, &hits, &err));
        for (size_t i = 0; i < hits.n; i++) {
            const struct index_hit *h = &hits.items[i];
            n += (size_t)snprintf(out + n, size - n, "%s%c:%u", n == 0 ? "" : " ", h->uri.ptr[8],
                                  h->line);
            assert_true(h->at + h->len <= h->text.len);
            assert_int_equal(hits.n_given_up, 0);
        }
        s.after = hits.next;
    }
    index_reader_give(r);
}

static const struct search_case {
    const char *text;
    bool is_regex, is_case_ignored;
    const char *want;
} search_cases[] = {
    { "read_csv", false, false, "0:2 1:3" },
    { "read_csv", false, true, "0:2 1:2 1:3" },
    { "READ_CSV", false, false, "1:2" },
    { "s3://lake/iris", false, false, "0:2" },
    { "\xc3\x84pfel", false, false, "1:1" },
    { "\xc3\xa4pfel", false, true, "1:1" },
    { "\xc3\xa4pfel", false, false, "" },
    { "bb", false, false, "4:2" },
    { "c", false, false, "0:2 1:3 4:3" },
    { "nothing like it", false, false, "" },
    { "\nbb\nc", false, false, "4:1" },
    { "read_csv\\(\\w+", true, false, "1:3" },
    { "read_(csv|json)\\('s3", true, false, "0:2" },
    { "^(bb|ccc)$", true, false, "4:2 4:3" },
    { "kelvin", true, true, "3:1" },
    { "\xe2\x84\xaa"
      "elvin",
      false, true, "3:1" },                 /* the Kelvin sign is a K */
    { "K\xc5\xbf\\s=", true, true, "3:2" }, /* and the long s an s */
    { "tot.l \\+=", true, false, "2:2" },
    { "range\\(\\d+\\)", true, false, "2:1" },
    { "x?total", true, false, "2:2 2:3" },
    { "(?i)read_CSV", true, false, "0:2 1:2 1:3" },
    { "\\Qvalues[i]\\E", true, false, "2:2" },
    { "values\\[i]", true, false, "2:2" },
    { "$", true, false, "0:1 0:2 1:1 1:2 1:3 2:1 2:2 2:3 3:1 3:2 4:1 4:2 4:3 5:1" },
};

static void check_cases(struct temp *t, size_t limit)
{
    char got[400];
    for (size_t i = 0; i < ARRAY_LEN(search_cases); i++) {
        const struct search_case *c = &search_cases[i];
        struct index_search s = { .text = str_from(c->text),
                                  .is_regex = c->is_regex,
                                  .is_case_ignored = c->is_case_ignored,
                                  .limit = limit };
        found(t, &s, got, sizeof got);
        if (strcmp(got, c->want) != 0)
            fail_msg("%s (pages of %zu): got \"%s\", want \"%s\"", c->text, limit, got, c->want);
    }
}

static void the_same_is_found_before_during_and_after_indexing(void **state)
{
    struct temp t;
    struct real real = { 0 };
    uint64_t n_left;
    (void)state;
    temp_open(&t);
    put_all(&t, &real);
    check_cases(&t, 100);
    check_cases(&t, 1);
    MUST(index_search_catch_up(t.writer, 100, &n_left, &err));
    assert_true(n_left > 0);
    check_cases(&t, 2);
    real_catch_up(&t, 0);
    check_cases(&t, 100);
    check_cases(&t, 1);
    real_end(&real);
    temp_end(&t);
}

static int64_t count(struct temp *t, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(t->writer->db.handle, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    return n;
}

/* Many small batches, so that they are compacted, and documents that go meanwhile. */
static void batches_are_compacted_and_what_is_gone_is_not_found(void **state)
{
    struct temp t;
    struct real real = { 0 };
    char uri[40];
    (void)state;
    temp_open(&t);
    for (int round = 0; round < 14; round++) {
        put_all(&t, &real);
        for (int i = 6; i < 9; i++) {
            (void)snprintf(uri, sizeof uri, "s3://nb/%d.py", i);
            MUST(index_begin(t.writer, NULL, &err));
            MUST(index_remove_notebook(t.writer, str_from(uri), &err));
            MUST(index_commit(t.writer, false, &err));
            (void)real_put_code(&t, &real, uri, codes[i - 6]);
        }
        real_catch_up(&t, 0);
    }
    for (int i = 6; i < 9; i++) {
        (void)snprintf(uri, sizeof uri, "s3://nb/%d.py", i);
        MUST(index_begin(t.writer, NULL, &err));
        MUST(index_remove_notebook(t.writer, str_from(uri), &err));
        MUST(index_commit(t.writer, false, &err));
    }
    check_cases(&t, 100);
    /* After each fourth batch the rows become the first of their trigram. */
    assert_true(count(&t, "SELECT count(*) FROM posting WHERE id & 4294967295 = 0") > 100);
    assert_true(count(&t, "SELECT count(*) FROM posting WHERE id >> 56 = 0") <=
                3 * count(&t, "SELECT count(DISTINCT id >> 32) FROM posting WHERE id >> 56 = 0"));
    real_end(&real);
    temp_end(&t);
}

static void cells_are_chosen_by_what_they_are(void **state)
{
    static const char zeppelin[] =
        "# Databricks notebook source\nneedle = 1\n\n# COMMAND ----------\n\n"
        "# MAGIC %md\n# MAGIC a needle\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC select "
        "needle\n";
    static const struct {
        unsigned where;
        size_t n;
    } cases[] = { { INDEX_IN_CODE, 1 },
                  { INDEX_IN_MARKDOWN, 1 },
                  { INDEX_IN_SQL, 1 },
                  { 0, 3 },
                  { INDEX_IN_PARAMETERS, 0 } };
    AUTO_ARENA a = ARENA_INIT;
    struct temp t;
    struct real real = { 0 };
    struct index_reader *r;
    (void)state;
    temp_open(&t);
    real_analyse(&real, STR("x.py"), str_from(zeppelin));
    MUST(index_begin(t.writer, NULL, &err));
    (void)real_put(&t, &real, "s3://nb/x.py", 1);
    MUST(index_commit(t.writer, false, &err));
    real_catch_up(&t, 0);
    MUST(index_reader_take(t.index, &r, &err));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct index_search s = { .text = STR("needle"), .where = cases[i].where, .limit = 10 };
        struct index_hits hits;
        MUST(index_find_text(r, &a, &s, &hits, &err));
        if (hits.n != cases[i].n)
            fail_msg("where %u: %zu hits", cases[i].where, hits.n);
    }
    index_reader_give(r);
    real_end(&real);
    temp_end(&t);
}

static void pictures_within_a_text_are_not_kept(void **state)
{
    static const char start[] = "# Databricks notebook source\n# MAGIC %md\n# MAGIC before "
                                "![p](data:image/png;base64,";
    static const char end[] = ") behind\n# MAGIC next needle\n";
    AUTO_ARENA a = ARENA_INIT;
    struct temp t;
    struct real real = { 0 };
    struct index_reader *r;
    struct index_hits hits;
    char picture[5000], text[6000];
    (void)state;
    temp_open(&t);
    memset(picture, 'Q', sizeof picture);
    picture[sizeof picture - 1] = '\0';
    (void)snprintf(text, sizeof text, "%s%s%s", start, picture, end);
    real_analyse(&real, STR("x.py"), str_from(text));
    MUST(index_begin(t.writer, NULL, &err));
    (void)real_put(&t, &real, "s3://nb/x.py", 1);
    MUST(index_commit(t.writer, false, &err));
    assert_true(count(&t, "SELECT sum(length(body)) FROM document") < 300);
    MUST(index_reader_take(t.index, &r, &err));
    struct index_search s = { .text = STR("needle"), .limit = 10 };
    MUST(index_find_text(r, &a, &s, &hits, &err));
    assert_int_equal(hits.n, 1);
    assert_int_equal(hits.items[0].line, 3); /* behind %md */
    s.text = STR("base64,) behind");
    MUST(index_find_text(r, &a, &s, &hits, &err));
    assert_int_equal(hits.n, 1);
    index_reader_give(r);
    real_end(&real);
    temp_end(&t);
}

static void patterns_that_cannot_be_used_are_told(void **state)
{
    static const struct {
        const char *text;
        bool is_regex;
    } cases[] = { { "", false },
                  { "", true },
                  { "(a", true },
                  { "a**", true },
                  { "[", true },
                  { "\\C", true },
                  { "(((ab){200}){200}){200}", true },
                  { "\xff", false } };
    AUTO_ARENA a = ARENA_INIT;
    struct temp t;
    struct index_reader *r;
    (void)state;
    temp_open(&t);
    MUST(index_reader_take(t.index, &r, &err));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct index_search s = { .text = str_from(cases[i].text),
                                  .is_regex = cases[i].is_regex,
                                  .limit = 1 };
        struct index_hits hits;
        struct err err = ERR_INIT;
        assert_case(!index_find_text(r, &a, &s, &hits, &err), cases[i].text);
        assert_case(err.code == ERR_INVALID, cases[i].text);
    }
    index_reader_give(r);
    temp_end(&t);
}

static void a_pattern_that_explodes_is_given_up_and_counted(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct temp t;
    struct real real = { 0 };
    struct index_reader *r;
    struct index_hits hits;
    (void)state;
    temp_open(&t);
    put_all(&t, &real);
    MUST(index_reader_take(t.index, &r, &err));
    struct index_search s = { .text = STR("(a+)+(b+)+$|(a|aa)+\\?"),
                              .is_regex = true,
                              .limit = 10 };
    MUST(index_find_text(r, &a, &s, &hits, &err));
    assert_true(hits.n_given_up == 1);
    index_reader_give(r);
    real_end(&real);
    temp_end(&t);
}

static void names_are_found_by_their_parts(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct temp t;
    struct real real = { 0 };
    struct index_reader *r;
    int64_t *ids;
    size_t n;
    bool is_exact;
    (void)state;
    temp_open(&t);
    int64_t first = real_put_code(&t, &real, "s3://team/churn/Model.ipynb", codes[0]);
    (void)real_put_code(&t, &real, "s3://team/sales/report.ipynb", codes[1]);
    MUST(index_reader_take(t.index, &r, &err));
    MUST(index_find_names(r, &a, INDEX_NAMES_NOTEBOOKS, STR("model"), 0, 10, &ids, &n, &is_exact,
                          &err));
    assert_false(is_exact);
    index_reader_give(r);
    real_catch_up(&t, 0);
    MUST(index_reader_take(t.index, &r, &err));
    MUST(index_find_names(r, &a, INDEX_NAMES_NOTEBOOKS, STR("churn/model"), 0, 10, &ids, &n,
                          &is_exact, &err));
    assert_true(is_exact && n == 1 && ids[0] == first);
    MUST(index_find_names(r, &a, INDEX_NAMES_NOTEBOOKS, STR("churn/model"), first, 10, &ids, &n,
                          &is_exact, &err));
    assert_true(is_exact && n == 0);
    MUST(index_find_names(r, &a, INDEX_NAMES_NOTEBOOKS, STR("ch"), 0, 10, &ids, &n, &is_exact,
                          &err));
    assert_false(is_exact);
    index_reader_give(r);
    real_end(&real);
    temp_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_is_found_before_during_and_after_indexing),
        cmocka_unit_test(batches_are_compacted_and_what_is_gone_is_not_found),
        cmocka_unit_test(cells_are_chosen_by_what_they_are),
        cmocka_unit_test(pictures_within_a_text_are_not_kept),
        cmocka_unit_test(patterns_that_cannot_be_used_are_told),
        cmocka_unit_test(a_pattern_that_explodes_is_given_up_and_counted),
        cmocka_unit_test(names_are_found_by_their_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
