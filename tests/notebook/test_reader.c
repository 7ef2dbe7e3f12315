/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "notebook/reader.h"
#include "util/attrs.h"
#include "util/buf.h"
#include "util/limits.h"

/* The cells of a text as "kind/language/tags|source;" a cell, or "error". */
static struct str read_as_text(struct arena *a, const char *name, struct str bytes)
{
    static const char kinds[] = "cmr";
    struct notebook nb;
    struct err err = ERR_INIT;
    if (!notebook_read(a, str_from(name), bytes, &nb, &err))
        return STR("error");
    struct str text = STR_EMPTY;
    for (size_t i = 0; i < nb.n_cells; i++) {
        const struct cell *c = &nb.cells[i];
        text = arena_printf(a, "%.*s%c/%.*s/%.*s|%.*s;", STR_FMT(text), kinds[c->kind],
                            STR_FMT(c->language), STR_FMT(c->n_tags > 0 ? c->tags[0] : STR_EMPTY),
                            STR_FMT(c->source));
    }
    return text;
}

static const struct {
    const char *name, *bytes, *want;
} cases[] = {
    { "a.ipynb",
      "{\"cells\":[{\"cell_type\":\"code\",\"metadata\":{\"tags\":[\"parameters\"]},\"source\":"
      "[\"a = 1\\n\",\"b\"],\"outputs\":[{\"x\":[1,{\"source\":\"no\"}]}]},"
      "{\"cell_type\":\"markdown\",\"source\":\"# T\"}],\"nbformat\":4}",
      "c//parameters|a = 1\nb;m//|# T;" },
    { "v3.ipynb",
      "{\"worksheets\":[{\"cells\":[{\"cell_type\":\"code\",\"input\":[\"x\"],\"language\":"
      "\"python\",\"prompt_number\":3},{\"cell_type\":\"heading\",\"source\":[\"H\"]}]}],"
      "\"nbformat\":3}",
      "c/python/|x;m//|H;" },
    { "sos.ipynb",
      "{\"cells\":[{\"cell_type\":\"code\",\"metadata\":{\"kernel\":\"R\"},\"source\":\"x\"},"
      "{\"cell_type\":\"code\",\"metadata\":{\"vscode\":{\"languageId\":\"SQL\"}},\"source\":\"y\"}"
      "]}",
      "c/r/|x;c/sql/|y;" },
    { "twice.ipynb",
      "{\"cells\":[{\"cell_type\":\"raw\",\"source\":\"old\"}],\"cells\":[{\"cell_type\":\"code\","
      "\"source\":\"a\",\"source\":[\"b\"]}]}",
      "c//|b;" },
    { "crlf.ipynb", "{\"cells\":[{\"cell_type\":\"code\",\"source\":\"a\\r\\nb\\rc\"}]}",
      "c//|a\nb\nc;" },
    { "note.json",
      "{\"paragraphs\":[{\"text\":\"%spark.pyspark\\nx=1\"},{\"text\":\"%md\\nhi\"},"
      "{\"text\":\"val x = 1\"},{\"config\":{\"text\":\"no\"}}],\"name\":\"N\"}",
      "c/python/|\nx=1;m//|\nhi;c//|val x = 1;c//|;" },
    { "d.py",
      "# Databricks notebook source\nx = 1\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC SELECT "
      "1\n"
      "# COMMAND ----------\n# MAGIC %md\n# MAGIC hello\n",
      "c//|x = 1\n\n;c/sql/|\nSELECT 1\n;m//|\nhello\n;" },
    { "d.sql",
      "-- Databricks notebook source\nSELECT 1\n-- COMMAND ----------\n-- MAGIC %python\n"
      "-- MAGIC x = 1\n",
      "c//|SELECT 1\n;c/python/|\nx = 1\n;" },
    { "magic.py",
      "# Databricks notebook source\n# MAGIC\xC3\xA4 is no magic\n# MAGIC\n# MAGIC\tx\n# MAGIC  "
      "y\n",
      "c//|# MAGIC\xC3\xA4 is no magic\n\nx\n y\n;" },
    { "lines.py",
      "# Databricks notebook source\na\n# COMMAND ----------\n\n\nb\n# COMMAND ----------\n\n\n"
      "# MAGIC %sql\n# MAGIC SELECT 1\n",
      "c//|a\n;c//|\nb\n;c/sql/|\n\nSELECT 1\n;" },
    { "lines.zpln",
      "{\"paragraphs\":[{\"text\":\"\\n\\r\\n %sql\\nSELECT 1\"},{\"text\":\"%jdbc(hive)\\nx\"},"
      "{\"text\":\"%python(a\\nb)\"}]}",
      "c/sql/|\n\n \nSELECT 1;c/sql/|\nx;c/python/|(a\nb);" },
    { "p.py", "import a\n# %%\nx = 1\n# %% [markdown]\n# hi\n",
      "c//|import a\n;c//|x = 1\n;m//|# hi\n;" },
    { "q.sql", "SELECT 1", "c//|SELECT 1;" },
    { "empty.ipynb", "", "error" },
    { "array.ipynb", "[1,2]", "error" },
    { "other.ipynb", "{\"metadata\":{}}", "error" },
    { "cut.ipynb", "{\"cells\":[{\"cell_type\":\"code\"", "error" },
    { "latin.py", "x = '\xE4'", "error" },
};

static void every_format_gives_its_cells(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct str got = read_as_text(&a, cases[i].name, str_from(cases[i].bytes));
        if (!str_eq(got, str_from(cases[i].want)))
            fail_msg("case %s: got \"%.*s\"", cases[i].name, STR_FMT(got));
    }
}

/* One cell of len bytes behind head. */
static void expect_too_large(const char *name, const char *head, size_t len)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF text = BUF_INIT(SIZE_MAX);
    struct notebook nb;
    struct err err = ERR_INIT;
    buf_add(&text, str_from(head));
    memset(buf_reserve(&text, len), 'x', len);
    buf_added(&text, len);
    assert_false(notebook_read(&a, str_from(name), buf_str(&text), &nb, &err));
    assert_int_equal(err.code, ERR_TOO_LARGE);
}

static void a_cell_over_the_limit_is_refused(void **state)
{
    (void)state;
    expect_too_large("a.sql", "", LIMIT_CELL_BYTES + 1);
    expect_too_large("a.py", "# %%\n", LIMIT_CELL_BYTES + 1);
    expect_too_large("a.py", "# Databricks notebook source\n", LIMIT_CELL_BYTES + 1);
    expect_too_large("a.py", "# Databricks notebook source\n# MAGIC %sql\n# MAGIC ",
                     LIMIT_CELL_BYTES + 1);
    expect_too_large("a.ipynb", "{\"cells\":[{\"source\":\"", LIMIT_CELL_BYTES + 1);
}

static void kernel_and_language_are_those_of_the_metadata(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct notebook nb;
    struct err err = ERR_INIT;
    struct str text = STR("{\"cells\":[],\"metadata\":{\"kernelspec\":{\"name\":\"pysparkkernel\","
                          "\"display_name\":\"PySpark\",\"language\":\"Python\"}},\"nbformat\":4,"
                          "\"nbformat_minor\":5}");
    assert_true(notebook_read(&a, STR("x.ipynb"), text, &nb, &err));
    assert_str(nb.kernel, "pysparkkernel");
    assert_str(nb.kernel_display, "PySpark");
    assert_str(nb.language, "python");
    assert_int_equal(nb.nbformat, 4);
    assert_int_equal(nb.nbformat_minor, 5);
}

static void count_parameters(void *ctx, const struct cell *cell)
{
    size_t *n = ctx;
    *n += cell_has_tag(cell, STR("parameters"));
}

static void cells_are_shown_one_by_one(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct notebook nb;
    size_t n = 0;
    struct notebook_reader *r = notebook_reader_new(&a, STR("a.ipynb"), count_parameters, &n);
    struct str text = str_from(cases[0].bytes);
    for (size_t i = 0; i < text.len; i++)
        assert_true(notebook_reader_feed(r, str_slice(text, i, i + 1), &err));
    assert_true(notebook_reader_finish(r, &nb, &err));
    notebook_reader_free(r);
    assert_int_equal(n, 1);
    assert_int_equal(nb.n_cells, 0);
}

static void names_tell_what_is_read(void **state)
{
    (void)state;
    assert_true(notebook_is_name(STR("a/B.IPYNB")));
    assert_true(notebook_is_name(STR("x.py")));
    assert_false(notebook_is_name(STR("x.json")));
    assert_false(notebook_is_name(STR("x.csv")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_gives_its_cells),
        cmocka_unit_test(a_cell_over_the_limit_is_refused),
        cmocka_unit_test(kernel_and_language_are_those_of_the_metadata),
        cmocka_unit_test(cells_are_shown_one_by_one),
        cmocka_unit_test(names_tell_what_is_read),
    };
    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
