/* Opening, checking, copying, rebuilding: what becomes of the file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "real.h"

#include "index/index_internal.h"
#include "index/listing.h"
#include "index/runs.h"
#include "index/schema.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const char training[] =
    "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n"
    "df = pd.read_csv('s3://lake/iris/iris.csv')\nm = LogisticRegression()\n"
    "m.fit(df[['a']], df['b'])\ndf.to_csv('s3://lake/out/scores.csv')\n";

static void fill(struct temp *t, struct real *real, int n)
{
    char uri[64], code[600];
    struct index_source source = { .name = STR("s"), .uri = STR("s3://nb"), .wants = 3 };
    struct listing_entry entries[] = { { .key = STR_INIT("a") }, { .key = STR_INIT("b") } };
    int64_t id;
    MUST(index_begin(t->writer, NULL, &err));
    MUST(index_put_source(t->writer, &source, &id, &err));
    MUST(listing_replace(t->writer, id, STR_EMPTY, STR_EMPTY, entries, 2, &err));
    MUST(index_commit(t->writer, false, &err));
    for (int i = 0; i < n; i++) {
        (void)snprintf(uri, sizeof uri, "s3://nb/team/%d.py", i);
        (void)snprintf(code, sizeof code, "%sx%d = %d\n", training, i, i);
        (void)real_put_code(t, real, uri, code);
    }
    real_settle(t);
    real_catch_up(t, 0);
}

struct problems {
    char text[4000];
    size_t n;
};

static void keep_problem(void *ctx, struct str problem)
{
    struct problems *p = ctx;
    p->n += (size_t)snprintf(p->text + p->n, sizeof p->text - p->n, "%.*s\n", STR_FMT(problem));
}

static size_t check(struct temp *t, struct problems *p)
{
    size_t n = 0;
    *p = (struct problems){ .n = 0 };
    MUST(index_check(t->index, keep_problem, p, &n, &err));
    return n;
}

static void assert_whole(struct temp *t)
{
    struct problems p;
    if (check(t, &p) != 0)
        fail_msg("%s", p.text);
}

static void an_index_that_is_whole_has_no_problems(void **state)
{
    struct temp t;
    struct real real = { 0 };
    (void)state;
    temp_open(&t);
    assert_whole(&t);
    fill(&t, &real, 20);
    assert_whole(&t);
    real_end(&real);
    temp_end(&t);
}

/* Damage that SQLite does not see. */
static const struct {
    const char *sql, *problem;
} damages[] = {
    { "DELETE FROM place", "references to places" },
    { "UPDATE listing SET block = x'4c3102'", "listing: block" },
    { "UPDATE listing SET n = 3", "listing: block" },
    { "UPDATE document SET body = x'ffff'", "texts: document" },
    { "UPDATE posting SET documents = x'ff' WHERE id = (SELECT max(id) FROM posting)",
      "search: row" },
    { "UPDATE tally SET n = n + 1", "owners whose count" },
    { "DELETE FROM notebook WHERE id = 3", "that have references" },
    { "UPDATE notebook_kind SET modified_s = 5", "kinds of notebooks" },
    { "UPDATE near_group SET n = 7", "near-copies" },
    { "UPDATE meta SET value = 1 WHERE key = 'n_notebooks'", "number of notebooks" },
};

static void what_is_damaged_is_told(void **state)
{
    struct problems p;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
        struct temp t;
        struct real real = { 0 };
        temp_open(&t);
        fill(&t, &real, 3);
        MUST(db_exec(&t.writer->db, damages[i].sql, &err));
        size_t n = check(&t, &p);
        if (n == 0 || strstr(p.text, damages[i].problem) == NULL)
            fail_msg("%s: told \"%s\"", damages[i].sql, p.text);
        real_end(&real);
        temp_end(&t);
    }
}

static void a_copy_is_made_while_others_write(void **state)
{
    struct temp t, u;
    struct real real = { 0 };
    char path[128];
    struct stat st;
    (void)state;
    temp_open(&t);
    fill(&t, &real, 10);
    (void)snprintf(path, sizeof path, "%s/copy.db", t.folder);
    real_analyse(&real, STR("x.py"), str_from(training));
    MUST(index_begin(t.writer, NULL, &err));
    (void)real_put(&t, &real, "s3://nb/uncommitted.py", 1);
    MUST(index_backup(t.index, path, &err));
    MUST(index_commit(t.writer, false, &err));
    MUST_FAIL(index_backup(t.index, path, &err), ERR_CONFLICT);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    u = t;
    (void)snprintf(u.path, sizeof u.path, "%s", path);
    temp_reopen(&u);
    assert_whole(&u);
    struct index_state s;
    struct index_reader *r;
    MUST(index_reader_take(u.index, &r, &err));
    MUST(index_state(r, &s, &err));
    index_reader_give(r);
    assert_int_equal(s.n_notebooks, 10);
    temp_close(&u);
    MUST_FAIL(index_backup(t.index, "/nowhere/copy.db", &err), ERR_NOT_FOUND);
    real_end(&real);
    temp_end(&t);
}

/* All rows but those that differ by design, as one text. */
static char *dump(struct temp *t)
{
    static const char *const selects[] = {
        "SELECT * FROM notebook ORDER BY id",
        "SELECT * FROM ref",
        "SELECT * FROM use",
        "SELECT * FROM tally WHERE n <> 0",
        "SELECT * FROM document ORDER BY id",
        "SELECT * FROM notebook_kind",
        "SELECT * FROM listing ORDER BY id",
        "SELECT id, uri, prefix, tail, dataset FROM place ORDER BY id",
        "SELECT key, value FROM meta WHERE key LIKE 'n!_%' ESCAPE '!' AND value <> 0",
        "SELECT id, hex(documents) FROM posting ORDER BY id"
    };
    AUTO_BUF out = BUF_INIT(SIZE_MAX);
    for (size_t i = 0; i < ARRAY_LEN(selects); i++) {
        sqlite3_stmt *stmt = NULL;
        assert_int_equal(sqlite3_prepare_v2(t->writer->db.handle, selects[i], -1, &stmt, NULL), 0);
        while (sqlite3_step(stmt) == SQLITE_ROW)
            for (int c = 0; c < sqlite3_column_count(stmt); c++) {
                const unsigned char *text = sqlite3_column_text(stmt, c);
                buf_printf(&out, "%s|", text == NULL ? "" : (const char *)text);
            }
        (void)sqlite3_finalize(stmt);
    }
    return buf_take(&out);
}

static void rebuilding_a_whole_index_changes_nothing(void **state)
{
    struct temp t;
    struct real real = { 0 };
    size_t n_lost = 99;
    struct stat st;
    (void)state;
    temp_open(&t);
    fill(&t, &real, 10);
    char *before = dump(&t);
    MUST_FAIL(index_rebuild(t.path, &n_lost, &err), ERR_BUSY);
    temp_close(&t);
    MUST(index_rebuild(t.path, &n_lost, &err));
    assert_int_equal(n_lost, 0);
    assert_int_equal(stat(t.path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    temp_reopen(&t);
    char *after = dump(&t);
    assert_string_equal(after, before);
    assert_whole(&t);
    free(before);
    free(after);
    real_end(&real);
    temp_end(&t);
}

static void scribble(const char *path, long from, long n)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, from, SEEK_SET), 0);
    for (long i = 0; i < n; i++)
        (void)fputc((int)(i * 7 % 251), file);
    assert_int_equal(fclose(file), 0);
}

/* Wherever a file is damaged: it is told, never a crash, and a rebuild makes a whole index of it.
 */
static void a_damaged_file_is_rebuilt_from_what_can_be_read(void **state)
{
    struct problems p;
    size_t n_lost;
    (void)state;
    for (long page = 0; page < 90; page += 7) {
        struct temp t;
        struct real real = { 0 };
        struct err failure = ERR_INIT;
        struct index_options o = { .mode = INDEX_EXISTING };
        temp_open(&t);
        fill(&t, &real, 8);
        temp_close(&t);
        struct stat st;
        assert_int_equal(stat(t.path, &st), 0);
        if (page * 4096 + 4096 <= st.st_size) {
            scribble(t.path, page * 4096 + (page == 0 ? 0 : 2), 3000);
            o.path = t.path;
            if (index_open(&o, &t.index, &failure)) {
                size_t n = 0;
                p.n = 0;
                assert_true(index_check(t.index, keep_problem, &p, &n, &failure));
                index_close(t.index);
                t.index = NULL;
            } else {
                assert_true(failure.code == ERR_INTERNAL || failure.code == ERR_CONFIG);
                assert_true(err_fix_text(&failure)[0] != '\0');
            }
            MUST(index_rebuild(t.path, &n_lost, &err));
            temp_reopen(&t);
            assert_whole(&t);
        }
        real_end(&real);
        temp_end(&t);
    }
}

static void what_is_no_index_is_told(void **state)
{
    struct temp t;
    struct index_options o = { .mode = INDEX_EXISTING };
    char other[128];
    (void)state;
    temp_folder(&t);
    o.path = t.path;
    MUST_FAIL(index_open(&o, &t.index, &err), ERR_NOT_FOUND);
    (void)snprintf(other, sizeof other, "%s/other.db", t.folder);
    o.path = other;
    FILE *file = fopen(other, "w");
    assert_non_null(file);
    for (int i = 0; i < 2000; i++)
        (void)fputs("this is no database\n", file);
    (void)fclose(file);
    MUST_FAIL(index_open(&o, &t.index, &err), ERR_CONFIG);
    assert_int_equal(unlink(other), 0);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(other, &db), 0);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(x)", NULL, NULL, NULL), 0);
    (void)sqlite3_close(db);
    o.mode = INDEX_CREATE;
    MUST_FAIL(index_open(&o, &t.index, &err), ERR_CONFIG);
    temp_reopen(&t);
    MUST(db_exec(&t.writer->db, "PRAGMA user_version=1000", &err));
    temp_close(&t);
    o.path = t.path;
    MUST_FAIL(index_open(&o, &t.index, &err), ERR_CONFIG);
    temp_end(&t);
}

static void a_file_that_may_not_grow_stays_whole(void **state)
{
    struct temp t;
    struct real real = { 0 };
    struct rlimit before, small = { 600 * 1024, RLIM_INFINITY };
    struct err failure = ERR_INIT;
    (void)state;
    temp_open(&t);
    fill(&t, &real, 3);
    char *rows = dump(&t);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    MUST(index_begin(t.writer, NULL, &err));
    bool ok = true;
    char uri[64];
    for (int i = 0; ok && i < 3000; i++) {
        char code[3000];
        memset(code, 'a' + i % 20, sizeof code - 1);
        code[sizeof code - 1] = '\0';
        real_analyse(&real, STR("x.py"), str_from(code));
        (void)snprintf(uri, sizeof uri, "s3://nb/large/%d.py", i);
        struct index_notebook nb = { .source = 1,
                                     .uri = str_from(uri),
                                     .notebook = &real.notebook,
                                     .analysis = &real.analysis };
        ok = index_put_notebook(t.writer, &nb, NULL, &failure);
    }
    ok = ok && index_commit(t.writer, false, &failure);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(ok);
    assert_int_equal(failure.code, ERR_IO);
    index_rollback(t.writer);
    char *after = dump(&t);
    assert_string_equal(after, rows);
    assert_whole(&t);
    (void)real_put_code(&t, &real, "s3://nb/next.py", training);
    free(rows);
    free(after);
    real_end(&real);
    temp_end(&t);
}

/* Root may write everywhere, so it becomes somebody else meanwhile. */
static void what_may_not_be_written_or_read_is_told(void **state)
{
    struct temp t;
    struct index_options o = { .mode = INDEX_CREATE };
    const uid_t somebody = 65534;
    bool was_root = geteuid() == 0;
    (void)state;
    temp_open(&t);
    temp_close(&t);
    o.path = t.path;
    if (was_root) {
        assert_int_equal(chmod(t.folder, 0755), 0);
        char state_folder[160];
        (void)snprintf(state_folder, sizeof state_folder, "%.100s/state", t.folder);
        assert_int_equal(chmod(state_folder, 0755), 0);
        assert_int_equal(chmod(t.path, 0444), 0);
        assert_int_equal(seteuid(somebody), 0);
    } else {
        assert_int_equal(chmod(t.path, 0444), 0);
    }
    MUST_FAIL(index_open(&o, &t.index, &err), ERR_FORBIDDEN);
    if (was_root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(t.path, 0), 0);
    if (was_root)
        assert_int_equal(seteuid(somebody), 0);
    struct err failure = ERR_INIT;
    assert_false(index_open(&o, &t.index, &failure));
    if (was_root)
        assert_int_equal(seteuid(0), 0);
    assert_true(failure.code == ERR_FORBIDDEN || failure.code == ERR_IO);
    assert_true(err_fix_text(&failure)[0] != '\0');
    assert_int_equal(chmod(t.path, 0600), 0);
    temp_end(&t);
}

/* The statements of all tables and indexes, sorted. */
static char *schema_of(const char *path)
{
    AUTO_BUF out = BUF_INIT(SIZE_MAX);
    sqlite3 *db;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open(path, &db), 0);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND "
                                        "name NOT LIKE 'sqlite!_%' ESCAPE '!'"
                                        " ORDER BY name",
                                        -1, &stmt, NULL),
                     0);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        buf_printf(&out, "%s;\n", (const char *)sqlite3_column_text(stmt, 0));
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
    return buf_take(&out);
}

static void make_version(const char *path, int version)
{
    char name[300], pragmas[200];
    static char sql[100000];
    sqlite3 *db;
    (void)snprintf(name, sizeof name, "%s/schema_%d.sql", getenv("SCHEMAS"), version);
    FILE *file = fopen(name, "r");
    if (file == NULL)
        fail_msg("%s: there is no schema of version %d", name, version);
    sql[fread(sql, 1, sizeof sql - 1, file)] = '\0';
    (void)fclose(file);
    assert_int_equal(sqlite3_open(path, &db), 0);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", name, sqlite3_errmsg(db));
    (void)snprintf(pragmas, sizeof pragmas,
                   "PRAGMA application_id=%d; PRAGMA user_version=%d; INSERT INTO meta VALUES"
                   "('origin', 7)",
                   SCHEMA_APPLICATION_ID, version);
    assert_int_equal(sqlite3_exec(db, pragmas, NULL, NULL, NULL), 0);
    (void)sqlite3_close(db);
}

/* Also holds the schema of the present version to what is stored of it. */
static void every_version_is_brought_forward(void **state)
{
    (void)state;
    for (int version = 1; version <= index_schema_version(); version++) {
        struct temp t, fresh;
        struct real real = { 0 };
        char path[160];
        temp_open(&fresh);
        temp_close(&fresh);
        temp_folder(&t);
        (void)snprintf(path, sizeof path, "%.100s/old.db", t.folder);
        make_version(path, version);
        (void)snprintf(t.path, sizeof t.path, "%s", path);
        temp_reopen(&t);
        fill(&t, &real, 2);
        assert_whole(&t);
        char *got = schema_of(t.path), *want = schema_of(fresh.path);
        assert_string_equal(got, want);
        free(got);
        free(want);
        real_end(&real);
        temp_end(&t);
        temp_end(&fresh);
    }
}

struct hammer {
    struct index *index;
    unsigned n_rounds;
};

static void *read_on(void *ctx)
{
    struct hammer *h = ctx;
    for (unsigned i = 0; i < h->n_rounds; i++) {
        struct err err = ERR_INIT;
        struct index_reader *r;
        struct index_state before, after;
        uint64_t version;
        if (!index_reader_take(h->index, &r, &err) || !index_state(r, &before, &err) ||
            !index_state(r, &after, &err) || !index_version(h->index, &version, &err))
            panic("%s", err.msg);
        /* One reader sees one state. */
        if (memcmp(&before, &after, sizeof before) != 0)
            panic("the state changed under a reader");
        index_reader_give(r);
    }
    return NULL;
}

static void readers_share_a_few_connections_while_one_writes(void **state)
{
    struct temp t;
    struct real real = { 0 };
    pthread_t threads[8];
    char uri[40];
    (void)state;
    temp_folder(&t);
    struct index_options o = { .path = t.path, .mode = INDEX_CREATE, .n_readers = 3 };
    MUST(index_open(&o, &t.index, &err));
    MUST(index_writer_open(t.index, &t.writer, &err));
    struct hammer h = { t.index, 200 };
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &h), 0);
    for (int i = 0; i < 30; i++) {
        (void)snprintf(uri, sizeof uri, "s3://nb/%d.py", i);
        (void)real_put_code(&t, &real, uri, training);
    }
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    real_settle(&t);
    assert_whole(&t);
    real_end(&real);
    temp_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_index_that_is_whole_has_no_problems),
        cmocka_unit_test(what_is_damaged_is_told),
        cmocka_unit_test(a_copy_is_made_while_others_write),
        cmocka_unit_test(rebuilding_a_whole_index_changes_nothing),
        cmocka_unit_test(a_damaged_file_is_rebuilt_from_what_can_be_read),
        cmocka_unit_test(what_is_no_index_is_told),
        cmocka_unit_test(a_file_that_may_not_grow_stays_whole),
        cmocka_unit_test(what_may_not_be_written_or_read_is_told),
        cmocka_unit_test(every_version_is_brought_forward),
        cmocka_unit_test(readers_share_a_few_connections_while_one_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
