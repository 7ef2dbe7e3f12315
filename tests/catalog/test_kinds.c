/*
 * Kinds of analysis: each is found by its signs, with the evidence; rules fire only where they say.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/kinds_internal.h"

#include "catalog/code_token.h"
#include "test.h"
#include "util/attrs.h"

struct made {
    struct arena arena;
    struct kinds kinds;
};

/* cells: "#..." is markdown, all else code. */
static void make(struct made *m, const struct calls *calls, const char *const *cells, size_t n)
{
    struct cell *list = ARENA_NEW_N(&m->arena, struct cell, n);
    for (size_t i = 0; i < n; i++) {
        bool is_text = cells[i][0] == '#';
        list[i] = (struct cell){ .kind = is_text ? CELL_MARKDOWN : CELL_CODE,
                                 .source = str_from(cells[i]),
                                 .index = i };
    }
    struct notebook nb = { .language = STR("python"), .cells = list, .n_cells = n };
    const struct analysis_options options = { .calls = calls };
    struct analysis an;
    analyze(&m->arena, &nb, &options, &an);
    kinds_find(NULL, &m->arena, &nb, &an, &m->kinds);
}

static const struct kind_found *find(const struct kinds *kinds, enum process process)
{
    for (size_t i = 0; i < kinds->n; i++)
        if (kinds->items[i].process == process)
            return &kinds->items[i];
    return NULL;
}

static void notebooks_are_of_the_kinds_that_they_show(void **state)
{
    static const struct {
        const char *cells[6];
        const char *kinds; /* in the order of enum process */
    } rows[] = {
        { { "import pandas as pd\ndf = pd.read_csv('s3://b/x.csv')\ndf.head()\ndf.describe()\n"
            "df.groupby('a').mean()" },
          "exploration" },
        { { "# Nightly ingestion", "!aws s3 cp s3://raw/x.csv .",
            "import pandas as pd\npd.read_csv('x.csv').to_parquet('s3://lake/x.parquet')" },
          "ingestion" },
        { { "# Data cleaning", "df = df.dropna()\ndf = df.drop_duplicates()" }, "cleaning" },
        { { "from sklearn.linear_model import LogisticRegression\nm = LogisticRegression()\n"
            "m.fit(X, y)" },
          "training" },
        { { "# Model evaluation", "from sklearn.metrics import accuracy_score\n"
                                  "print(accuracy_score(y, p))" },
          "evaluation" },
        { { "runtime.invoke_endpoint(EndpointName='e', Body=b)" }, "prediction" },
        { { "# Monthly report", "import matplotlib.pyplot as plt\nplt.plot(x)\n"
                                "plt.savefig('report.png')" },
          "reporting" },
        { { "df = spark.readStream.format('kafka').load()\ndf.writeStream.start()" }, "streaming" },
        { { "# Deployment", "sm.create_endpoint(EndpointName='e')\nsm.delete_endpoint()" },
          "operation" },
        { { "# Tutorial\nIn this tutorial we will look at tables. You can run it yourself.",
            "# Exercise\nYour turn: try it yourself.", "x = 1" },
          "teaching" },
        { { "from sklearn.preprocessing import StandardScaler\nStandardScaler()",
            "# Feature engineering" },
          "features" },
        { { "# df.describe()", "s = 'model.fit(X) accuracy_score( invoke_endpoint('" }, "" },
        { { "# x\n```\nreadStream invoke_endpoint\n# tutorial\n```" }, "" },
        { { "x = 1" }, "" },
        /* Of a short one that shows little, the weightiest kind; */
        { { "import pandas as pd\npd.read_csv('s3://b/x.csv').corr()" }, "exploration" },
        { { "# Derive features", "import pandas as pd\nd = pd.read_csv('s3://b/x.csv')\n"
                                 "d.assign(area=d.x * d.y).to_parquet('s3://b/y.parquet')" },
          "features" },
        /* what is no more than a hint stays one. */
        { { "import pandas as pd\npd.read_csv('s3://b/x.csv')" }, "" },
    };
    struct calls *calls = calls_new();
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct made m = { .arena = ARENA_INIT };
        size_t n = 0;
        while (n < ARRAY_LEN(rows[i].cells) && rows[i].cells[n] != NULL)
            n++;
        make(&m, calls, rows[i].cells, n);
        struct str got = STR_EMPTY;
        for (int p = 0; p < PROCESS_N; p++)
            if (find(&m.kinds, (enum process)p) != NULL)
                got = arena_printf(&m.arena, "%.*s%s%s", STR_FMT(got), got.len > 0 ? " " : "",
                                   process_name((enum process)p));
        if (!str_eq(got, str_from(rows[i].kinds)))
            fail_msg("%s: got \"%.*s\", want \"%s\"", rows[i].cells[0], STR_FMT(got),
                     rows[i].kinds);
        arena_release(&m.arena);
    }
    calls_free(calls);
}

static void evidence_says_where_and_why(void **state)
{
    static const char *const cells[] = {
        "# Intro", "import sklearn\nfrom sklearn.svm import SVC\n\nclf = SVC()\n  clf.fit(X, y)  \n"
    };
    struct calls *calls = calls_new();
    struct made m = { .arena = ARENA_INIT };
    (void)state;
    make(&m, calls, cells, 2);
    const struct kind_found *k = find(&m.kinds, PROCESS_TRAINING);
    if (k == NULL) {
        fail_msg("it is no training");
        return;
    }
    assert_true(k->n_evidence >= 2 && k->n_evidence <= KINDS_MAX_EVIDENCE);
    assert_string_equal(k->evidence[0].rule, "fits a model");
    assert_str(k->evidence[0].text, "clf.fit(X, y)");
    assert_int_equal(k->evidence[0].cell, 1);
    assert_int_equal(k->evidence[0].line, 5);
    unsigned sum = 0;
    for (size_t i = 0; i < k->n_evidence; i++) {
        sum += k->evidence[i].weight;
        assert_true(i == 0 || k->evidence[i].weight <= k->evidence[i - 1].weight);
    }
    assert_int_equal(sum, k->weight);
    arena_release(&m.arena);
    calls_free(calls);
}

static void the_rules_are_in_order(void **state)
{
    unsigned sum[PROCESS_N] = { 0 };
    (void)state;
    for (size_t i = 0; i < kind_n_rules(); i++) {
        const struct kind_rule *r = kind_rule_at(i);
        assert_case(r->weight > 0 && r->weight <= KINDS_ENOUGH && r->least > 0, r->name);
        assert_case(r->patterns.len > 0 && !str_contains(r->patterns, STR("||")), r->name);
        sum[r->process] += r->weight;
        for (size_t j = 0; j < i; j++)
            assert_case(strcmp(kind_rule_at(j)->name, r->name) != 0, r->name);
        for (size_t j = 0; j < r->patterns.len; j++)
            if (r->signal == SIGNAL_HEADING || r->signal == SIGNAL_TITLE ||
                r->signal == SIGNAL_TEXT)
                assert_case(r->patterns.ptr[j] < 'A' || r->patterns.ptr[j] > 'Z', r->name);
    }
    for (int p = 0; p < PROCESS_N; p++) {
        enum process back;
        assert_case(sum[p] >= KINDS_ENOUGH, process_name((enum process)p));
        assert_true(process_from_name(str_from(process_name((enum process)p)), &back));
        assert_int_equal(back, p);
        assert_true(strlen(process_text((enum process)p)) > 0);
    }
    assert_false(process_from_name(STR("nonsense"), &(enum process){ 0 }));
}

static void code_is_cut_into_tokens(void **state)
{
    static const struct {
        enum code_language language;
        const char *code, *want; /* kinds N name, 0 number, T text, S sign; then the text */
    } rows[] = {
        { CODE_PYTHON, "x = f'a{b}' + \"c\"  # d\ny", "N:x S:= T:f'a{b}' S:+ T:\"c\" N:y" },
        { CODE_PYTHON, "'''a\n'b''' r\"\"\"c\"\"\"", "T:'''a\n'b''' T:r\"\"\"c\"\"\"" },
        { CODE_PYTHON, "'open\nz 1.5e-3j .5", "T:'open N:z 0:1.5e-3j 0:.5" },
        { CODE_R, "read.csv('x') -> `a b` # c", "N:read.csv S:( T:'x' S:) S:- S:> N:a b" },
        { CODE_SCALA, "val x = 'a' \57/ b\n'sym /* c */ y", "N:val N:x S:= T:'a' S:' N:sym N:y" },
        { CODE_SQL, "SELECT 'it''s' -- x\nFROM `t` /* y", "N:SELECT T:'it' T:'s' N:FROM N:t" },
        { CODE_PYTHON, "`", "S:`" },
        { CODE_PYTHON, "'\\", "T:'\\" },
        { CODE_PYTHON, "", "" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct code_tokens tokens;
        struct code_token t;
        struct str got = STR_EMPTY;
        code_tokens_init(&tokens, str_from(rows[i].code), rows[i].language, 1);
        while (code_token_next(&tokens, &t))
            got = arena_printf(&a, "%.*s%s%c:%.*s", STR_FMT(got), got.len > 0 ? " " : "",
                               "N0TS"[t.kind], STR_FMT(t.text));
        assert_str(got, rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notebooks_are_of_the_kinds_that_they_show),
        cmocka_unit_test(evidence_says_where_and_why),
        cmocka_unit_test(the_rules_are_in_order),
        cmocka_unit_test(code_is_cut_into_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
