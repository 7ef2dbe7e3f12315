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

/* What is said of the notebook itself: "nbformat/kernel/language/title|name=value;" or the error.
 */
static struct str read_head(struct arena *a, struct str bytes)
{
    struct notebook nb;
    struct err err = ERR_INIT;
    if (!notebook_read(a, STR("x.ipynb"), bytes, &nb, &err))
        return arena_printf(a, "%s", err.msg);
    struct str text = arena_printf(a, "%d.%d/%.*s/%.*s/%.*s|", nb.nbformat, nb.nbformat_minor,
                                   STR_FMT(nb.kernel), STR_FMT(nb.language), STR_FMT(nb.title));
    for (size_t i = 0; i < nb.n_parameters; i++)
        text = arena_printf(a, "%.*s%.*s=%.*s;", STR_FMT(text), STR_FMT(nb.parameters[i].name),
                            STR_FMT(nb.parameters[i].json));
    return nb.parameters_are_cut ? arena_printf(a, "%.*scut", STR_FMT(text)) : text;
}

/* Behind "{\"cells\":[],". */
static const struct {
    const char *members, *want;
} heads[] = {
    { "'metadata':{'kernelspec':{'name':'k','language':'R'}},'nbformat':4,'nbformat_minor':5",
      "4.5/k/r/|" },
    { "'metadata':{'kernelspec':{'name':'k','name':null},'language_info':{'name':'a','name':'b'}}",
      "0.0//b/|" },
    { "'metadata':{'kernelspec':{'name':'k'}},'metadata':{}", "0.0///|" },
    { "'metadata':{'kernelspec':{'name':'k'},'kernelspec':[]}", "0.0///|" },
    { "'name':'not Zeppelin','nbformat':4,'nbformat':3", "3.0///|" },
    { "'nbformat':-1", "nbformat is -1; a whole number from 1 to 99 is expected" },
    { "'nbformat':1e5", "nbformat is 1e5; a whole number from 1 to 99 is expected" },
    { "'nbformat':0", "nbformat is 0; a whole number from 1 to 99 is expected" },
    { "'nbformat':1e5,'nbformat':4,'nbformat_minor':-2",
      "nbformat_minor is -2; a whole number from 0 to 9999 is expected" },
    { "'metadata':{'papermill':{'version':'1','parameters':{'a':1.50,'b':'x\\n\\u00e4','c':[{'d':"
      "null},"
      "true,NaN],'e':{}}}}",
      "0.0///|a=1.50;b=\"x\\n\xC3\xA4\";c=[{\"d\":null},true,NaN];e={};" },
    { "'metadata':{'papermill':{'parameters':{'a':1,'b':2,'a':3}}}", "0.0///|a=3;b=2;" },
    { "'metadata':{'papermill':{'parameters':{'a':1},'parameters':{'b':2}}}", "0.0///|b=2;" },
    { "'metadata':{'papermill':{'parameters':{'a':1},'parameters':7}}", "0.0///|" },
};

static void the_head_of_a_notebook_is_what_its_last_members_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct str text = arena_printf(&a, "{'cells':[],%s}", heads[i].members);
        char *bytes = arena_alloc(&a, text.len);
        for (size_t k = 0; k < text.len; k++)
            bytes[k] = text.ptr[k] == '\'' ? '"' : text.ptr[k];
        struct str got = read_head(&a, (struct str){ bytes, text.len });
        if (!str_eq(got, str_from(heads[i].want)))
            fail_msg("case %zu: got \"%.*s\"", i, STR_FMT(got));
    }
}

/* head, then n times item, then tail. */
static struct str repeat(struct buf *text, const char *head, const char *item, size_t n,
                         const char *tail)
{
    buf_add(text, str_from(head));
    for (size_t i = 0; i < n; i++)
        buf_add(text, str_from(item));
    buf_add(text, str_from(tail));
    return buf_str(text);
}

static void members_that_are_repeated_take_no_memory(void **state)
{
    (void)state;
    static const char *const items[] = {
        "\"id\":\"0123456789012345678901234567890123456789\",",
        "\"metadata\":{\"tags\":[\"parameters\",\"b\"],\"kernel\":\"python\"},",
        "\"source\":[\"0123456789012345678901234567890123456789\"],",
        "\"cell_type\":\"code\",\"outputs\":[{}],",
    };
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_BUF text = BUF_INIT(SIZE_MAX);
        struct notebook nb;
        struct err err = ERR_INIT;
        struct str bytes = repeat(&text, "{\"cells\":[{", items[i], 100000, "\"x\":1}]}");
        assert_true(notebook_read(&a, STR("x.ipynb"), bytes, &nb, &err));
        assert_int_equal(nb.n_cells, 1);
        assert_true(a.used_bytes < 4096);
    }
}

static void tags_names_and_parameters_are_bounded(void **state)
{
    (void)state;
    static const struct {
        const char *head, *item, *tail, *want;
        size_t n;
    } rows[] = {
        { "{\"cells\":[{\"metadata\":{\"tags\":[\"x\"", ",\"tag\"", "]}}]}",
          "a cell with more than 65536 bytes of tags", 10000 },
        { "{\"cells\":[{\"id\":\"", "0123456789", "\"}]}", "a name of more than 65536 bytes",
          7000 },
        { "{\"cells\":[],\"metadata\":{\"papermill\":{\"parameters\":{\"b\":2", ",\"a\":1", "}}}}",
          "0.0///|b=2;a=1;cut", 1000000 },
        { "{\"cells\":[],\"metadata\":{\"papermill\":{\"parameters\":{\"b\":2,\"c\":[0",
          ",\"abcdefgh\"", "],\"d\":1}}}}", "0.0///|b=2;cut", 200000 },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_BUF text = BUF_INIT(SIZE_MAX);
        struct str bytes = repeat(&text, rows[i].head, rows[i].item, rows[i].n, rows[i].tail);
        assert_str(read_head(&a, bytes), rows[i].want);
        assert_true(a.used_bytes < 1024 * 1024);
    }
}

static void ignore_cell(void *ctx, const struct cell *cell)
{
    (void)ctx;
    (void)cell;
}

/* One cell of len bytes behind head: shown it is refused, kept it is cut off and says so. */
static void expect_too_large(const char *name, const char *head, const char *end)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF text = BUF_INIT(SIZE_MAX);
    struct notebook nb;
    struct err err = ERR_INIT;
    buf_add(&text, str_from(head));
    while (buf_str(&text).len < LIMIT_NOTEBOOK_SOURCE_BYTES)
        buf_add(&text, STR("0123456789abcde "));
    buf_add(&text, str_from(end));
    struct notebook_reader *r = notebook_reader_new(&a, str_from(name), ignore_cell, NULL);
    assert_false(notebook_reader_feed(r, buf_str(&text), &err) &&
                 notebook_reader_finish(r, &nb, &err));
    assert_int_equal(err.code, ERR_TOO_LARGE);
    notebook_reader_free(r);
    const size_t before = a.used_bytes;
    r = notebook_reader_new(&a, str_from(name), NULL, NULL);
    for (struct str rest = buf_str(&text); rest.len > 0; rest = str_from_pos(rest, 65536))
        assert_true(notebook_reader_feed(r, str_slice(rest, 0, 65536), &err));
    assert_true(notebook_reader_finish(r, &nb, &err));
    notebook_reader_free(r);
    assert_true(nb.cells[0].is_cut);
    assert_true(nb.cells[0].source.len > LIMIT_KEPT_CELL_BYTES - 2 * 65536);
    assert_true(nb.cells[0].source.len <= LIMIT_KEPT_CELL_BYTES);
    assert_true(a.used_bytes - before < 2 * LIMIT_KEPT_CODE_BYTES);
}

static void a_cell_over_the_limit_is_refused_or_cut(void **state)
{
    (void)state;
    expect_too_large("a.sql", "", "");
    expect_too_large("a.py", "# %%\n", "");
    expect_too_large("a.ipynb", "{\"cells\":[{\"source\":\"", "\"}]}");
}

static void prose_takes_nothing_from_the_code_behind_it(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF text = BUF_INIT(SIZE_MAX);
    struct notebook nb;
    struct err err = ERR_INIT;
    buf_add(&text, STR("{\"cells\":["));
    for (size_t i = 0; i < 4; i++) {
        buf_add(&text, STR("{\"cell_type\":\"markdown\",\"source\":\""));
        for (size_t k = 0; k < LIMIT_KEPT_CELL_BYTES / 8; k++)
            buf_add(&text, STR("0123456789\\n"));
        buf_add(&text, STR("\"},"));
    }
    buf_add(&text, STR("{\"cell_type\":\"code\",\"source\":[\"a\\n\",\"b\"]}]}"));
    assert_true(notebook_read(&a, STR("a.ipynb"), buf_str(&text), &nb, &err));
    assert_int_equal(nb.n_cells, 5);
    assert_true(nb.cells[0].is_cut);
    assert_true(nb.cells[3].is_cut);
    assert_str(nb.cells[4].source, "a\nb");
    assert_false(nb.cells[4].is_cut);
    assert_true(a.used_bytes < 2 * LIMIT_KEPT_PROSE_BYTES);
}

static void lists_of_cells_that_stand_side_by_side(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
        bool is_shown; /* can be read cell by cell */
    } rows[] = {
        { "{'cells':[{'source':'c'}],'worksheets':[{'cells':[{'input':'w'}]}],'nbformat':4}",
          "c//|c;", true },
        { "{'worksheets':[{'cells':[{'input':'w'}]}],'cells':[{'source':'c'}],'nbformat':4}",
          "c//|c;", false },
        { "{'cells':[{'source':'c'}],'worksheets':[{'cells':[{'input':'w'}]}],'nbformat':3}",
          "c//|w;", false },
        { "{'nbformat':3,'worksheets':[{'cells':[{'source':'a','input':'w'}]}],'cells':[]}",
          "c//|w;", true },
        { "{'cells':[{'source':'c','input':'w'}],'paragraphs':[{'text':'p'}]}", "c//|c;", true },
        { "{'worksheets':[{'cells':[{'input':'a'}]},{'cells':[{'input':'x'}],'cells':[{'input':'b'}"
          "]}]}",
          "c//|a;c//|b;", false },
        { "{'cells':[{'source':'c'}],'cells':[{'source':'d'}]}", "c//|d;", false },
        { "{'cells':[{'source':'c'}],'cells':null}", "error", false },
        { "{'cells':[{'source':'a','source':null},{'source':['b'],'source':7}]}", "c//|;c//|;",
          true },
        { "{'cells':[{'metadata':{'tags':['a'],'tags':null,'kernel':'R'},'metadata':{'language':'X'"
          "}}]}",
          "c/x/|;", true },
        { "{'cells':[{'cell_type':'raw','cell_type':null,'source':['a','b']}]}", "c//|ab;", true },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        struct notebook nb;
        struct str text = arena_str(&a, str_from(rows[i].text));
        char *bytes = arena_cstr(&a, text, &err);
        for (char *c = bytes; *c != '\0'; c++)
            *c = *c == '\'' ? '"' : *c;
        text = str_from(bytes);
        assert_str(read_as_text(&a, "x.ipynb", text), rows[i].want);
        struct notebook_reader *r = notebook_reader_new(&a, STR("x.ipynb"), ignore_cell, NULL);
        bool ok = notebook_reader_feed(r, text, &err) && notebook_reader_finish(r, &nb, &err);
        notebook_reader_free(r);
        assert_case(ok == rows[i].is_shown, rows[i].text);
    }
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
        cmocka_unit_test(the_head_of_a_notebook_is_what_its_last_members_say),
        cmocka_unit_test(members_that_are_repeated_take_no_memory),
        cmocka_unit_test(tags_names_and_parameters_are_bounded),
        cmocka_unit_test(lists_of_cells_that_stand_side_by_side),
        cmocka_unit_test(a_cell_over_the_limit_is_refused_or_cut),
        cmocka_unit_test(prose_takes_nothing_from_the_code_behind_it),
        cmocka_unit_test(kernel_and_language_are_those_of_the_metadata),
        cmocka_unit_test(cells_are_shown_one_by_one),
        cmocka_unit_test(names_tell_what_is_read),
    };
    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
