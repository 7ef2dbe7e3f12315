/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "lineage/cells.h"
#include "util/attrs.h"

static const char *const languages[] = { "python", "r", "scala", "sql", "shell", "file", "other" };

static struct str shown(struct arena *a, const struct code_piece *p)
{
    return arena_printf(a, "%s%s%s %u: %.*s", languages[p->language], p->is_unreached ? "!" : "",
                        p->is_local ? "@" : "", p->first_line, STR_FMT(p->text));
}

static const struct {
    enum code_language kernel;
    const char *language; /* of the cell's metadata */
    const char *source;
    const char *want;
} cases[] = {
    { CODE_PYTHON, "", "x = 1", "python 1: x = 1" },
    { CODE_PYTHON, "", "", "python 1: " },
    { CODE_PYTHON, "", "%%time\nx = 1", "python 2: x = 1" },
    { CODE_PYTHON, "", "\n\n# note\n%%time\nx = 1", "python 5: x = 1" },
    { CODE_PYTHON, "", "%%capture out\n%%bash\nls", "shell 3: ls" },
    { CODE_PYTHON, "", "%%sql\nselect 1", "sql 2: select 1" },
    { CODE_PYTHON, "", "%%sql -o df -n 10\nselect 1", "sql 2: select 1" },
    { CODE_PYTHON, "", "%%sql select a\nfrom t", "sql 1: select a\nfrom t" },
    { CODE_PYTHON, "", "%%sql x << select a\nfrom t", "sql 1: select a\nfrom t" },
    { CODE_PYTHON, "", "%%sql sqlite:///x.db\nselect 1", "sql 2: select 1" },
    { CODE_PYTHON, "", "%%sql x <<\nselect 1", "sql 2: select 1" },
    { CODE_PYTHON, "", "%%bigquery df --project p\nselect 1", "sql 2: select 1" },
    { CODE_PYTHON, "", "%%fsql spark\nselect 1", "sql 2: select 1" },
    { CODE_PYTHON, "", "%%bash --out x\nls", "shell 2: ls" },
    { CODE_PYTHON, "", "%%!\nls", "shell 2: ls" },
    { CODE_PYTHON, "", "%%R -i x\ny <- x", "r 2: y <- x" },
    { CODE_PYTHON, "", "%%scala\nval x = 1", "scala 2: val x = 1" },
    { CODE_PYTHON, "", "%%spark\nx = 1", "python 2: x = 1" },
    { CODE_PYTHON, "", "%%spark -o df\nval x = 1", "scala 2: val x = 1" },
    { CODE_PYTHON, "", "%%spark -c sql -o df\nselect 1", "sql 2: select 1" },
    { CODE_PYTHON, "", "%%spark -l r\nx", "r 2: x" },
    { CODE_SCALA, "", "%%spark\nx", "scala 2: x" },
    { CODE_SCALA, "", "val x = 1", "scala 1: val x = 1" },
    { CODE_SCALA, "", "%%local\nx = 1", "python@ 2: x = 1" },
    { CODE_SCALA, "", "%%python\nx = 1", "python 2: x = 1" },
    { CODE_PYTHON, "", "%%local\n%%time\nx = 1", "python@ 3: x = 1" },
    { CODE_PYTHON, "", "%%script false\nx = 1", "python! 2: x = 1" },
    { CODE_PYTHON, "", "%%script false --no-raise-error\n%%bash\nls", "shell! 3: ls" },
    { CODE_PYTHON, "", "%%script bash\nls", "shell 2: ls" },
    { CODE_PYTHON, "", "%%script /usr/bin/python3.8 -u\nx", "python 2: x" },
    { CODE_PYTHON, "", "%%script sqlite3 x.db\nselect 1", "sql 2: select 1" },
    { CODE_PYTHON, "", "%%script gnuplot\nplot x", "other 2: plot x" },
    { CODE_PYTHON, "", "%%writefile a.py\nx = 1", "file 2: x = 1" },
    { CODE_PYTHON, "", "%%configure -f\n{}", "other 2: {}" },
    { CODE_PYTHON, "", "%%html\n<p>", "other 2: <p>" },
    { CODE_PYTHON, "", "%%info", "other 2: " },
    { CODE_PYTHON, "", "%%mine a b\nx = 1", "python 2: x = 1" },
    { CODE_PYTHON, "", "%%mine\nselect 1 from t", "sql 2: select 1 from t" },
    /* line magics are the Python parser's */
    { CODE_PYTHON, "", "%time x = 1\ny = 2", "python 1: %time x = 1\ny = 2" },
    { CODE_PYTHON, "", "%matplotlib inline", "python 1: %matplotlib inline" },
    { CODE_PYTHON, "", "%sql select 1", "python 1: %sql select 1" },
    { CODE_PYTHON, "", "%sql select 1\nx = 2", "python 1: %sql select 1\nx = 2" },
    { CODE_PYTHON, "", "%R x\ny", "python 1: %R x\ny" },
    { CODE_PYTHON, "", "!ls\nx", "python 1: !ls\nx" },
    /* Databricks */
    { CODE_PYTHON, "", "%sql\nselect 1", "sql 2: select 1" },
    { CODE_PYTHON, "", "%sql select a\n\nfrom t", "sql 1: select a\n\nfrom t" },
    { CODE_PYTHON, "", "%scala val x = 1\nx", "scala 1: val x = 1\nx" },
    { CODE_PYTHON, "", "%r\nx", "r 2: x" },
    { CODE_PYTHON, "", "%sh\nls", "shell 2: ls" },
    { CODE_PYTHON, "", "%sh tar xf a.tar\nls", "shell 1: tar xf a.tar\nls" },
    { CODE_PYTHON, "", "%fs ls /mnt/x", "shell 1: fs ls /mnt/x" },
    { CODE_PYTHON, "", "%md\n# read.csv('x')", "other 2: # read.csv('x')" },
    { CODE_SCALA, "", "%python\nx", "python 2: x" },
    { CODE_SCALA, "", "%AddJar x.jar\nval y", "scala 2: val y" },
    { CODE_SQL, "", "%defaultDatasource jdbc:h2:mem:db\nselect 1", "sql 2: select 1" },
    { CODE_SQL, "", "%defaultDatasource jdbc:h2:mem:db", "sql 2: " },
    { CODE_SQL, "", "%%local\nx = 1", "python@ 2: x = 1" },
    /* metadata */
    { CODE_PYTHON, "sql", "select 1", "sql 1: select 1" },
    { CODE_PYTHON, "ir", "x", "r 1: x" },
    { CODE_PYTHON, "Bash", "ls", "shell 1: ls" },
    { CODE_R, "", "%%time", "r 2: " },
};

static void cells_have_their_language(void **state)
{
    (void)state;
    size_t n_wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct cell c = { .source = str_from(cases[i].source),
                          .language = str_from(cases[i].language) };
        struct code_piece p;
        cell_read(&c, cases[i].kernel, &p);
        struct str got = shown(&a, &p);
        if (!str_eq(got, str_from(cases[i].want))) {
            print_error("%s\n  got  %.*s\n  want %s\n", cases[i].source, STR_FMT(got),
                        cases[i].want);
            n_wrong++;
        }
    }
    assert_int_equal(n_wrong, 0);
}

static const struct {
    const char *name, *language, *kernel_display;
    enum code_language want;
} kernels[] = {
    { "python3", "python", "Python 3", CODE_PYTHON },
    { "conda_pytorch_p39", "", "conda_python", CODE_PYTHON },
    { "pysparkkernel", "pyspark", "PySpark", CODE_PYTHON },
    { "sparkkernel", "scala", "Spark", CODE_SCALA },
    { "sparkkernel", "", "Spark", CODE_SCALA },
    { "sparkrkernel", "", "SparkR", CODE_R },
    { "ir", "R", "R", CODE_R },
    { "apache_toree_scala", "", "", CODE_SCALA },
    { "spylon-kernel", "", "", CODE_SCALA },
    { "SQL", "sql", "", CODE_SQL },
    { "bash", "bash", "", CODE_SHELL },
    { "julia-1.6", "julia", "", CODE_OTHER },
    { "javascript", "javascript", "", CODE_OTHER },
    { "mine", "", "", CODE_PYTHON },
    { "", "", "", CODE_PYTHON },
};

static void kernels_have_their_language(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(kernels); i++) {
        struct notebook nb = { .kernel = str_from(kernels[i].name),
                               .language = str_from(kernels[i].language),
                               .kernel_display = str_from(kernels[i].kernel_display) };
        assert_case(notebook_code_language(&nb) == kernels[i].want, kernels[i].name);
    }
}

static void a_truncated_cell_ends_well(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (size_t len = 0; len <= strlen(cases[i].source); len++) {
            AUTO_ARENA a = ARENA_INIT;
            char *copy = arena_alloc(&a, len);
            memcpy(copy, cases[i].source, len);
            struct cell c = { .source = { copy, len }, .language = STR_EMPTY };
            struct code_piece p;
            cell_read(&c, cases[i].kernel, &p);
            /* The piece is a part of the cell. */
            assert_true(p.text.len == 0 ||
                        (p.text.ptr >= copy && p.text.ptr + p.text.len <= copy + len));
        }
    }
}

/* ---- magics ---- */

static void magics_are_found_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < magic_n_rows(); i++)
        assert_case(magic_find(magic_at(i)->name) == magic_at(i), magic_at(i)->name.ptr);
    assert_ptr_equal(magic_find(STR("BigQuery")), magic_find(STR("bigquery")));
    assert_null(magic_find(STR("nothing_like_that")));
    assert_int_equal(magic_find(STR("run"))->line, MAGIC_IS_RUN);
    assert_int_equal(magic_find(STR("writefile"))->cell, MAGIC_IS_FILE);
    assert_int_equal(magic_find(STR("athena"))->dialect, SQL_TRINO);
    assert_int_equal(magic_find(STR("mkdir"))->line, MAGIC_IS_COMMAND);
}

static const struct {
    const char *name, *line;
    bool is_cell;
    const char *words, *target, *connection;
} lines[] = {
    { "sql", "select * from t", false, "select * from t", "", "" },
    { "sql", "x << select 1", false, "select 1", "x", "" },
    { "sql", "sqlite:///x.db", false, "", "", "sqlite:///x.db" },
    { "sql", "sqlite:///x.db select 1", false, "select 1", "", "sqlite:///x.db" },
    { "sql", "-o df -q --maxrows 10", true, "", "df", "" },
    { "sql", "--save x select 1", true, "select 1", "x", "" },
    { "sql", "conn select 1", true, "select 1", "", "conn" },
    { "bigquery", "df --project p", true, "", "df", "" },
    { "bigquery", "--project=p df", true, "", "df", "" },
    { "athena", "--region_name r --schema_name s", true, "", "", "" },
    { "run", "-i 'a b.ipynb' x", false, "'a b.ipynb' x", "", "" },
    { "writefile", "-a code/x.py", true, "code/x.py", "", "" },
    { "time", "x = 1", false, "x = 1", "", "" },
    { "timeit", "-n 10 -r 3 f()", false, "f()", "", "" },
};

static void lines_are_taken_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct magic_line got;
        magic_read_line(magic_find(str_from(lines[i].name)), str_from(lines[i].line),
                        lines[i].is_cell, &got);
        assert_str(got.words, lines[i].words);
        assert_str(got.target, lines[i].target);
        assert_str(got.connection, lines[i].connection);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_have_their_language),  cmocka_unit_test(kernels_have_their_language),
        cmocka_unit_test(a_truncated_cell_ends_well), cmocka_unit_test(magics_are_found_by_name),
        cmocka_unit_test(lines_are_taken_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
