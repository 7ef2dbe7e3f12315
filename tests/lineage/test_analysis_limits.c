/*
 * What passes the limits ends, in bounded memory, and says which limit it was; code that is cut off
 * anywhere, or damaged, is read without fault (the sanitizers' build counts).  Set
 * BOATHOUSE_DEV_SET to the labelled notebooks to cut those off as well, and BOATHOUSE_EVERY_BYTE=1
 * to cut at every byte.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "lineage/analysis.h"
#include "notebook/reader.h"
#include "util/attrs.h"
#include "util/buf.h"
#include "util/limits.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

static struct calls *calls;

static void analyze_text(struct arena *a, const char *language, struct str text,
                         struct analysis *out)
{
    struct cell cell = { .kind = CELL_CODE, .source = text };
    struct notebook nb = { .language = str_from(language), .cells = &cell, .n_cells = 1 };
    struct analysis_options options = { .calls = calls };
    analyze(a, &nb, &options, out);
}

/* text n times, from front and back around it. */
static struct str repeat(struct arena *a, const char *front, const char *text, size_t n,
                         const char *back)
{
    struct buf b = BUF_INIT(64UL * 1024 * 1024);
    buf_add(&b, str_from(front));
    for (size_t i = 0; i < n; i++)
        buf_add(&b, str_from(text));
    buf_add(&b, str_from(back));
    assert_true(buf_ok(&b));
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

/* What an analysis takes beside the text that it is given. */
static void stays_small(struct str text, const char *name, bool must_say)
{
    AUTO_ARENA a = ARENA_INIT;
    struct analysis out;
    analyze_text(&a, "python", text, &out);
    assert_case(a.used_bytes < 16UL * 1024 * 1024, name);
    assert_case(!must_say || out.hit_limit != NULL || out.n_gaps > 0, name);
}

static void ends_within_the_limits(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    stays_small(repeat(&a, "x = [", "1, ", 1000000, "]\n"), "a list of a million", true);
    stays_small(repeat(&a, "x = {", "'k': 'v', ", 500000, "}\n"), "a dict of half a million", true);
    stays_small(repeat(&a, "", "x = 'abc'\n", 1000000, ""), "a cell of ten megabytes", true);
    stays_small(repeat(&a, "", "open('a.csv')\n", 700000, ""), "700,000 calls", true);
    stays_small(repeat(&a, "x = ", "(", 100000, ""), "brackets without end", true);
    stays_small(repeat(&a, "x = 'a'", " + 'a'", 1000000, "\n"), "a sum of a million", true);
    stays_small(repeat(&a, "x = f", ".a(1)", 1000000, "\n"), "a chain of a million", true);
    stays_small(repeat(&a, "", "if x:\n ", 1000, "pass\n"), "nested conditions", false);
    stays_small(repeat(&a, "x = 'ab'\n", "x = x + x\n", 60, "open(x)\n"), "doubled text", true);
    stays_small(repeat(&a, "x = ['a', 'b']\n", "x = [x, x]\n", 60, "open(x)\n"), "doubled lists",
                false);
    stays_small(repeat(&a, "", "if c:\n x = x + 'a'\nelse:\n x = x + 'b'\n", 40, "open(x)\n"),
                "alternatives that multiply", false);
}

static void every_command_of_a_long_script_counts(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct analysis out;
    struct buf b = BUF_INIT(8UL * 1024 * 1024);
    buf_add(&b, STR("%%bash\n"));
    for (int i = 0; i < 3000; i++) {
        char line[80];
        int n = snprintf(line, sizeof line, "aws s3 cp s3://b/in/%d.csv s3://b/out/%d.csv\n", i, i);
        buf_add(&b, (struct str){ line, (size_t)n });
    }
    analyze_text(&a, "python", buf_str(&b), &out);
    assert_int_equal(out.n_references, 6000);
    assert_true(str_eq(out.references[5999].uri, STR("s3://b/out/2999.csv")));
    assert_int_equal(out.references[5999].line, 3001);
    assert_true(a.used_bytes < 16UL * 1024 * 1024);
    buf_release(&b);
}

static void loops_and_calls_end(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct buf b = BUF_INIT(1024UL * 1024);
    for (int i = 0; i < 20; i++) {
        for (int k = 0; k < i; k++)
            buf_add_char(&b, ' ');
        buf_add(&b, arena_printf(&a, "for v%d in range(20):\n", i));
    }
    buf_add(&b, STR("                    open(f'{v0}{v19}')\n"));
    stays_small(buf_str(&b), "a nest of twenty loops", true);
    buf_release(&b);
    stays_small(STR("def f(n):\n    return f(n + 1) + f(n + 2)\nf(0)\n"), "recursion", false);
    stays_small(STR("def f(g):\n    return g(g)\nf(f)\n"), "a function that calls itself", false);
    stays_small(STR("x = []\nx.append(x)\nopen(x)\nprint(str(x))\n"), "a list that holds itself",
                false);
    stays_small(STR("d = {}\nd['d'] = d\nd == d\nopen(str(d))\n"), "a dict that holds itself",
                false);
    stays_small(STR("class A(A):\n    pass\nA().x.y.z()\n"), "a class of itself", false);
    stays_small(STR("while True:\n    x = x + 'a'\n"), "a loop without end", false);
    stays_small(STR("x = 'a' * 10**9\nopen(x)\ny = range(10**12)\nopen(y[0])\n"), "a long text",
                false);
}

static void f_strings_nest(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct str front = repeat(&a, "x = ", "f'{", 100, "1");
    struct str back = repeat(&a, "", "}'", 100, "\nopen(x)\n");
    stays_small(arena_concat(&a, front, back), "an f-string a hundred deep", false);
}

static const struct {
    const char *language, *text;
} SAMPLES[] = {
    { "python",
      "import pandas as pd, os\nb = os.environ['B']\n"
      "def load(n, d='x', *a, **k):\n    return pd.read_csv(f's3://{b}/{n:02d}/{d!r}.csv')\n"
      "for i, (x, y) in enumerate(zip([1, 2], 'ab')):\n    load(i, d=y)\n"
      "class A(object):\n    @property\n    def p(self):\n        return self.q[1:2]\n"
      "with open('a', 'w') as f, open('b') as g:\n    f.write(g.read() % {'a': 1})\n"
      "!aws s3 cp s3://{b}/x $y\n%time z = [v for v in range(3) if v]\n"
      "match b:\n    case {'a': [x, *_]}:\n        pass\n" },
    { "python",
      "%%sql\nWITH x AS (SELECT * FROM a.b) INSERT INTO c SELECT * FROM x JOIN d USING (e)" },
    { "python",
      "%%bash\nfor f in a b; do aws s3 cp $f s3://x/${f%.gz}; done > log 2>&1 <<EOF\nx\nEOF\n" },
    { "r", "library(readr)\nf <- function(x, ...) { read_csv(paste0('s3://b/', x, '.csv')) |> "
           "head(2) }\n"
           "for (i in 1:3) f(i)\nx$a[[1]] <- if (TRUE) 'a' else 'b'\n" },
    { "scala", "val df = spark.read.option(\"a\", 1).csv(s\"s3://b/${x}/$y\")\n"
               "df.map { case (a, b) => a }.write.parquet(\"z\")\ndef f(x: Int = 1): String = x "
               "match { case _ => \"\" }\n" },
};

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void cut_and_damage(const char *language, struct str text, size_t step)
{
    uint64_t state = 0x9e3779b97f4a7c15U;
    for (size_t n = 0; n <= text.len; n += step) {
        AUTO_ARENA a = ARENA_INIT;
        struct analysis out;
        analyze_text(&a, language, arena_str(&a, str_slice(text, 0, n)), &out);
        struct str copy = arena_str(&a, text);
        char *bytes = (char *)(uintptr_t)copy.ptr;
        for (int k = 0; k < 4 && text.len > 0; k++)
            bytes[next_random(&state) % text.len] =
                "([{'\"\\\n#:=%!$ \x1a,.f"[next_random(&state) % 18];
        analyze_text(&a, language, copy, &out);
    }
}

static void code_may_be_cut_off_and_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(SAMPLES); i++)
        cut_and_damage(SAMPLES[i].language, str_from(SAMPLES[i].text), 1);
}

static struct str code_of(struct arena *a, const char *path, struct str *language)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    struct buf b = BUF_INIT(LIMIT_NOTEBOOK_BYTES);
    char chunk[8192];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&b, (struct str){ chunk, n });
    fclose(f);
    struct notebook nb;
    struct err err = ERR_INIT;
    assert_true(notebook_read(a, STR("x.ipynb"), buf_str(&b), &nb, &err));
    buf_reset(&b);
    for (size_t i = 0; i < nb.n_cells; i++)
        if (nb.cells[i].kind == CELL_CODE) {
            buf_add(&b, nb.cells[i].source);
            buf_add_char(&b, '\n');
        }
    struct str code = arena_str(a, buf_str(&b));
    buf_release(&b);
    *language = nb.language.len > 0 ? nb.language : STR("python");
    return code;
}

static void real_notebooks_may_be_cut_off_and_damaged(void **state)
{
    (void)state;
    const char *dev = getenv("BOATHOUSE_DEV_SET"), *every = getenv("BOATHOUSE_EVERY_BYTE");
    if (dev == NULL) {
        print_message("# only made samples: BOATHOUSE_DEV_SET names no labelled notebooks\n");
        return;
    }
    AUTO_ARENA a = ARENA_INIT;
    glob_t found;
    assert_int_equal(glob(arena_printf(&a, "%s/notebooks/*.ipynb", dev).ptr, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i += 6) {
        struct str language;
        struct str code = code_of(&a, found.gl_pathv[i], &language);
        char name[16];
        snprintf(name, sizeof name, "%.*s", STR_FMT(language));
        cut_and_damage(name, code, every != NULL ? 1 : code.len / 20 + 1);
    }
    globfree(&found);
}

static int make_calls(void **state)
{
    (void)state;
    calls = calls_new();
    return 0;
}

static int free_calls(void **state)
{
    (void)state;
    calls_free(calls);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_within_the_limits),
        cmocka_unit_test(every_command_of_a_long_script_counts),
        cmocka_unit_test(loops_and_calls_end),
        cmocka_unit_test(f_strings_nest),
        cmocka_unit_test(code_may_be_cut_off_and_damaged),
        cmocka_unit_test(real_notebooks_may_be_cut_off_and_damaged),
    };
    return cmocka_run_group_tests(tests, make_calls, free_calls);
}
