/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "lineage/sql.h"
#include "sql_text.h"
#include "util/attrs.h"
#include "util/buf.h"

static const struct {
    const char *text;
    const char *want;
} cases[] = {
    { "SELECT * FROM sales.orders o JOIN customers c ON o.id = c.id",
      "r table:sales.orders;r table:customers;" },
    { "select a, (select max(b) from t2) from t1 where x in (select y from t3)",
      "r table:t2;r table:t1;r table:t3;" },
    { "WITH x AS (SELECT * FROM raw) SELECT * FROM x JOIN y USING (id)", "r table:raw;r table:y;" },
    { "SELECT EXTRACT(year FROM ts), TRIM(BOTH ' ' FROM s) FROM events", "r table:events;" },
    { "INSERT INTO db.t SELECT * FROM s", "w table:db.t;r table:s;" },
    { "CREATE TABLE new AS SELECT 1 FROM old", "w table:new;r table:old;" },
    { "SELECT * FROM `p-1.d.t`", "r table:p-1.d.t;" },
    { "SELECT * FROM delta.`s3://b/k`", "r path:s3://b/k;" },
    { "SELECT * FROM known_view", "" },
    { "CREATE TEMP VIEW v AS SELECT * FROM t; SELECT * FROM v", "r table:t;" },
    { "USE sales; SELECT * FROM orders", "r table:sales.orders;" },
    { "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = 1",
      "w table:t;r table:s;" },
    { "SELECT * FROM read_parquet('s3://b/*.parquet')", "r path:s3://b/*.parquet;" },
    { "-- FROM a\n/* FROM b */ SELECT 'FROM c' FROM d", "r table:d;" },
    { "", "" },
    { "not sql at all (", "" },
};

static void statements_give_what_they_read_and_write(void **state)
{
    (void)state;
    size_t n_wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct str got = sql_text(&a, str_from(cases[i].text), SQL_ANY, NULL);
        if (!str_eq(got, str_from(cases[i].want))) {
            print_error("%s\n  got  %.*s\n  want %s\n", cases[i].text, STR_FMT(got), cases[i].want);
            n_wrong++;
        }
    }
    assert_int_equal(n_wrong, 0);
}

static void names_of_any_bytes_and_many_parts_stay_whole(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct sql_session session;
    struct sql_result result = { 0 };
    sql_session_init(&session, &a);
    sql_refs(&a, STR("SELECT * FROM d.`x\0y$files`"), SQL_ANY, &session, &result);
    assert_int_equal(result.n_refs, 1);
    assert_true(str_eq(result.refs[0].name, STR("d.x\0y$files")));
    struct str got = sql_text(
        &a, STR("SELECT * FROM a.b.c.d.e.f.g.h.`x$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`"),
        SQL_ANY, NULL);
    assert_str(got, "r? table:a.b.c.d.e.f.g.h;");
}

/* A copy with exact bounds, so that a sanitizer sees a read past its end. */
static void truncations_end_well(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str text = str_from(cases[i].text);
        for (size_t len = 0; len <= text.len; len++) {
            AUTO_ARENA a = ARENA_INIT;
            char *copy = arena_alloc(&a, len);
            memcpy(copy, text.ptr, len);
            for (int dialect = SQL_ANY; dialect <= SQL_CLICKHOUSE; dialect++)
                (void)sql_text(&a, (struct str){ copy, len }, (enum sql_dialect)dialect, NULL);
        }
    }
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF text = BUF_INIT(1000000);
    for (int i = 0; i < 50000; i++)
        buf_add(&text, STR("SELECT * FROM ("));
    (void)sql_text(&a, buf_str(&text), SQL_ANY, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_give_what_they_read_and_write),
        cmocka_unit_test(names_of_any_bytes_and_many_parts_stay_whole),
        cmocka_unit_test(truncations_end_well),
        cmocka_unit_test(nesting_is_bounded),
    };
    return cmocka_run_group_tests_name("sql", tests, NULL, NULL);
}
