/* Tests of the call tables: the parser, what fits which call, and the rules for the built-in rows.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "lineage/calls.h"
#include "util/limits.h"
#include "util/strmap.h"

#include <stdlib.h>

static struct calls *with_rules(const char *text)
{
    struct calls *c = calls_new();
    struct err err = ERR_INIT;
    if (!calls_add(c, STR("rules.tsv"), str_from(text), &err))
        fail_msg("%s", err.msg);
    return c;
}

/* The arguments that the calls of a callee have, as "name:text" words. */
struct arguments {
    const struct callee *callee;
    const char *words;
};

static bool has_argument(void *ctx, size_t i, struct str text)
{
    const struct arguments *a = ctx;
    char want[100];
    snprintf(want, sizeof want, " %.*s:%.*s ", STR_FMT(a->callee->names[i]), STR_FMT(text));
    return strstr(a->words, want) != NULL;
}

struct find_case {
    const char *callee; /* names with blanks; a leading "-": its root is a variable */
    const char *kind;
    const char *arguments;
    const char *want; /* the pattern of the row, or NULL */
    bool needs_remote;
};

static const struct call_row *find(const struct calls *c, const struct find_case *t,
                                   enum call_lang lang, bool *needs_remote)
{
    struct str names[LIMIT_CALL_NAMES];
    struct callee callee = { .lang = lang, .names = names, .is_rooted = t->callee[0] != '-' };
    struct str rest = str_from(t->callee + (callee.is_rooted ? 0 : 1));
    while (rest.len > 0)
        str_cut(rest, ' ', &names[callee.n++], &rest);
    struct arguments a = { &callee, t->arguments };
    callee.kind = str_from(t->kind);
    callee.has_argument = t->arguments == NULL ? NULL : has_argument;
    callee.ctx = &a;
    *needs_remote = false;
    return calls_find(c, &callee, needs_remote);
}

static void check_cases(const struct calls *c, enum call_lang lang, const struct find_case *cases,
                        size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool needs_remote;
        const struct call_row *row = find(c, &cases[i], lang, &needs_remote);
        const char *got = row == NULL ? "(none)" : "";
        struct str pattern = row == NULL ? str_from(got) : row->call;
        if (!str_eq(pattern, str_from(cases[i].want == NULL ? "(none)" : cases[i].want)))
            fail_msg("case %zu, %s (%s): got %.*s", i, cases[i].callee, cases[i].kind,
                     STR_FMT(pattern));
        assert_case(needs_remote == cases[i].needs_remote, cases[i].callee);
    }
}

static void the_row_that_fits_best_is_found(void **state)
{
    (void)state;
    struct calls *c = with_rules("lib.load\tR\t0\tpath\n"
                                 "lib.*.load\tR\t0\tpath\n"
                                 "alone\tR\t0\tpath\n"
                                 ".load\tR\t0\tpath\tmodel.x,remote\n"
                                 ".to_xyz\tW\t0\tpath\n"
                                 ".one.two\tW\t0\tpath\n"
                                 "~.rd.ld\tR\t0\tpath\n"
                                 "~.rd.fmt(ice).ld\tR\t0\ttable\n"
                                 "~.rd.ld(ice)\tR\t0\ttable\n"
                                 "cl.make\tA\t\t\t\tobject\n"
                                 "cl.make(s3)\tA\t\t\t\ts3.object\n"
                                 ".get\tR\trecv\tpath\tthing.a, thing.b\n"
                                 ".zls\tL\t0\tpath\tfs.*\n"
                                 "alias other.lib\tlib\n"
                                 "alias third\tother.lib\n"
                                 "alias turn\tround\nalias round\tturn\n");
    static const struct find_case cases[] = {
        { "lib load", "", NULL, "lib.load", false },
        { "lib a b load", "", NULL, "lib.*.load", false },
        { "-lib load", "", NULL, ".load", true }, /* a variable of that name */
        { "-x load", "model.x", NULL, ".load", false },
        { "-x load", "model.y", NULL, ".load", true },
        { "other lib load", "", NULL, "lib.load", false },
        { "third load", "", NULL, "lib.load", false },
        { "third q load", "", NULL, "lib.*.load", false },
        { "turn load", "", NULL, ".load", true },
        { "alone", "", NULL, "alone", false },
        { "-alone", "", NULL, NULL, false },
        { "lib alone", "module", NULL, NULL, false },
        { "-x to_xyz", "frame", NULL, ".to_xyz", false },
        { "undefined to_xyz", "", NULL, ".to_xyz", false },
        { "-to_xyz", "", NULL, ".to_xyz", false }, /* of an expression without a name */
        { "to_xyz", "", NULL, NULL, false },
        { "mine to_xyz", "module", NULL, NULL, false },
        { "-x one two", "", NULL, ".one.two", false },
        { "-x one three two", "", NULL, NULL, false },
        { "s rd ld", "", NULL, "~.rd.ld", false },
        { "s rd o p ld", "", NULL, "~.rd.ld", false },
        { "s ld rd", "", NULL, NULL, false },
        { "s rd ld q", "", NULL, NULL, false },
        { "s rd fmt ld", "", " fmt:ice ", "~.rd.fmt(ice).ld", false },
        { "s rd fmt o ld", "", " fmt:ice ", "~.rd.fmt(ice).ld", false },
        { "s rd fmt ld", "", " fmt:csv ", "~.rd.ld", false },
        { "s rd ld", "", " ld:ice ", "~.rd.ld(ice)", false },
        { "cl make", "", NULL, "cl.make", false },
        { "cl make", "", " make:s3 ", "cl.make(s3)", false },
        { "cl make", "", " make:sqs ", "cl.make", false },
        { "-x get", "thing.b", NULL, ".get", false },
        { "-x get", "dict", NULL, NULL, false },
        { "-x get", "", NULL, NULL, false },
        { "-x zls", "fs.s3", NULL, ".zls", false },
        { "-x zls", "fsx", NULL, NULL, false },
    };
    check_cases(c, CALL_PYTHON, cases, ARRAY_LEN(cases));
    assert_true(calls_name(c, CALL_PYTHON, STR("lib"))->is_library);
    assert_true(calls_name(c, CALL_PYTHON, STR("third"))->is_library);
    assert_false(calls_name(c, CALL_PYTHON, STR("alone"))->is_library);
    assert_false(calls_name(c, CALL_PYTHON, STR("to_xyz"))->is_library);
    calls_free(c);
}

static void rows_that_were_added_later_win(void **state)
{
    (void)state;
    struct calls *c = with_rules("lib.load\tR\t0\tpath\n.load\tR\t1\tpath\n");
    struct err err = ERR_INIT;
    assert_true(calls_add(c, STR("b"), STR(".load\tW\t2\ttable\n"), &err));
    static const struct find_case t = { "lib x load", "", NULL, ".load", false };
    static const struct find_case absolute = { "lib load", "module", NULL, "lib.load", false };
    bool needs_remote;
    assert_int_equal(find(c, &t, CALL_PYTHON, &needs_remote)->dir, CALL_WRITE);
    assert_int_equal(find(c, &absolute, CALL_PYTHON, &needs_remote)->dir, CALL_READ);
    assert_true(calls_add(c, STR("c"), STR("open\tX\t\t\n"), &err));
    static const struct find_case builtin = { "open", "", NULL, "open", false };
    assert_int_equal(find(c, &builtin, CALL_PYTHON, &needs_remote)->dir, CALL_CONTEXT);
    calls_free(c);
}

static void r_names_are_parted_by_colons_and_dollars(void **state)
{
    (void)state;
    struct calls *c = with_rules("#lang r\n"
                                 "zreadr::read_it\tR\t1/file\tpath\n"
                                 "zread.it\tR\t1/file\tpath\n"
                                 "$zget\tR\tk:Key\tpath\n"
                                 "~$za$zb\tR\t1\tpath\n");
    static const struct find_case cases[] = {
        { "zreadr read_it", "", NULL, "zreadr::read_it", false },
        { "read_it", "", NULL, "zreadr::read_it", false },
        { "zread.it", "", NULL, "zread.it", false },
        { "-con zget", "", NULL, "$zget", false },
        { "-con za x zb", "", NULL, "~$za$zb", false },
    };
    check_cases(c, CALL_R, cases, ARRAY_LEN(cases));
    bool needs_remote;
    const struct call_row *row = find(c, &cases[0], CALL_R, &needs_remote);
    assert_int_equal(row->places[0].ways[0].index, 0);
    calls_free(c);
}

static void all_ways_to_find_a_place_are_parsed(void **state)
{
    (void)state;
    struct calls *c = with_rules(
        "# a comment\n\n"
        "z.f z.g\tC\tsrc=0/path,source|recv dst.bucket=k:Bucket dst.key=1+ mode=text:a=b "
        "db=chain:writeTo/0 loc=opt:path,p sql=d:A.'b.x'[].c out=d:2/E.*[][] data=name\ts3\ta,b\t"
        "=dst\ta note with words\n");
    size_t n = calls_n_rows(c, CALL_PYTHON);
    const struct call_row *row = calls_row(c, CALL_PYTHON, n - 1);
    assert_str(row->call, "z.g");
    assert_str(calls_row(c, CALL_PYTHON, n - 2)->call, "z.f");
    assert_int_equal(row->dir, CALL_COPY);
    assert_int_equal(row->kind, KIND_S3);
    assert_int_equal(row->n_places, 9);
    assert_int_equal(row->n_on, 2);
    assert_str(row->on[1], "b");
    assert_str(row->returns, "=dst");
    const struct call_place *p = row->places;
    assert_int_equal(p[0].role, ROLE_SRC);
    assert_int_equal(p[0].n_ways, 2);
    assert_int_equal(p[0].ways[0].how, HOW_ARG);
    assert_str(p[0].ways[0].names[1], "source");
    assert_int_equal(p[0].ways[1].how, HOW_RECEIVER);
    assert_int_equal(p[1].part, PART_BUCKET);
    assert_int_equal(p[1].ways[0].how, HOW_KEYWORD);
    assert_int_equal(p[2].part, PART_KEY);
    assert_int_equal(p[2].ways[0].how, HOW_ALL_ARGS);
    assert_int_equal(p[2].ways[0].index, 1);
    assert_str(p[3].ways[0].names[0], "a=b");
    assert_int_equal(p[4].ways[0].how, HOW_CHAIN);
    assert_str(p[4].ways[0].names[0], "writeTo");
    assert_int_equal(p[5].ways[0].how, HOW_OPTION);
    assert_int_equal(p[5].ways[0].n_names, 2);
    assert_int_equal(p[6].ways[0].how, HOW_DICT_WALK);
    assert_int_equal(p[6].ways[0].index, CALL_NO_INDEX);
    assert_int_equal(p[6].ways[0].n_names, 4);
    assert_str(p[6].ways[0].names[1], "b.x");
    assert_str(p[6].ways[0].names[2], "[]");
    assert_int_equal(p[7].ways[0].index, 2);
    assert_int_equal(p[7].ways[0].n_names, 4);
    assert_int_equal(p[8].ways[0].how, HOW_OWN_NAME);
    calls_free(c);
}

static void a_bad_line_is_told_with_its_number_and_adds_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *line, *message;
    } cases[] = {
        { "a.b", "no direction" },
        { "a.b R 0 path", "no direction" },
        { "a.b\tQ\t0\tpath", "\"Q\": unknown direction" },
        { "a.b\tR\t0\tpth", "\"pth\": unknown kind" },
        { "a.b\tR\t\tpath", "needs a place" },
        { "a.b\tR\t-\tpath", "needs a place" },
        { "a.b\tC\tat=0\tpath", "a copy needs src= or dst=" },
        { "a.b\tS\t0\tsql", "needs sql=" },
        { "a.b\tR\tsrce=0\tpath", "\"srce\": unknown role" },
        { "a.b\tR\tat.bukket=0\tpath", "\"bukket\": unknown part" },
        { "a.b\tR\tat=0 mode.key=1\tpath", "only a location has parts" },
        { "a.b\tR\tat=\tpath", "without a way" },
        { "a.b\tR\tzz:0\tpath", "unknown way" },
        { "a.b\tR\tpath\tpath", "unknown way" },
        { "a.b\tR\t0path\tpath", "a positional argument is written" },
        { "a.b\tR\t0/\tpath", "a name is missing" },
        { "a.b\tR\t0+1\tpath", "nothing can follow" },
        { "a.b\tR\tk:\tpath", "a name is missing" },
        { "a.b\tR\td:[].a\tpath", "a walk begins" },
        { "a.b\tR\td:1.a\tpath", "a walk from a positional argument" },
        { "a.b\tR\td:a..b\tpath", "a walk begins" },
        { "a.b\tR\td:a.'b\tpath", "the second quote" },
        { "a.b\tR\td:a.'b'c\tpath", "between the steps" },
        { "a.b\tR\td:a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q\tpath", "too many steps" },
        { "a.b\tR\tchain:w\tpath", "is written chain:name/0" },
        { "a.b\tR\tchain:w/x\tpath", "no number" },
        { "a.b\tR\t0/a at=1/b\tpath", "stands before" },
        { "a..b\tR\t0\tpath", "an empty name" },
        { "~a.b\tR\t0\tpath", "a chain is written" },
        { "a.b(\tR\t0\tpath", "\")\" is missing" },
        { "a.b()\tR\t0\tpath", "(text) is empty" },
        { "a.b(x)c\tR\t0\tpath", "a separator is missing" },
        { "a(x).b(y)\tR\t0\tpath", "only one call" },
        { "a.*\tR\t0\tpath", "cannot be the last" },
        { "a.*.b.*.c\tR\t0\tpath", "one \"*\"" },
        { ".a.*.c\tR\t0\tpath", "one \"*\"" },
        { "\tR\t0\tpath", "begins with no call" },
        { "a\tR\t0\tpath\t\t\tnote\tmore", "more than seven columns" },
        { "alias a", "an alias needs two names" },
        { "#lang cobol", "\"cobol\": unknown language" },
        { "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q\tR\t0\tpath", "too many names" },
    };
    struct calls *c = calls_new();
    size_t n = calls_n_rows(c, CALL_PYTHON);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[400];
        snprintf(text, sizeof text, "z.ok\tR\t0\tpath\n%s\n", cases[i].line);
        struct err err = ERR_INIT;
        assert_case(!calls_add(c, STR("my.tsv"), str_from(text), &err), cases[i].line);
        assert_int_equal(err.code, ERR_CONFIG);
        if (strstr(err.msg, cases[i].message) == NULL || strstr(err.msg, "my.tsv:2:") == NULL)
            fail_msg("case %s: %s", cases[i].line, err.msg);
        assert_int_equal(calls_n_rows(c, CALL_PYTHON), n);
    }
    calls_free(c);
}

static void a_word_that_is_nearly_right_is_suggested(void **state)
{
    (void)state;
    struct calls *c = calls_new();
    struct err err = ERR_INIT;
    assert_false(calls_add(c, STR("my.tsv"), STR("a.b\tR\t0\ttabel\n"), &err));
    assert_non_null(strstr(err.fix, "table"));
    calls_free(c);
}

static void tables_are_bounded(void **state)
{
    (void)state;
    struct calls *c = calls_new();
    struct err err = ERR_INIT;
    size_t size = LIMIT_CALL_TABLE_BYTES + 1;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, '\n', size);
    assert_false(calls_add(c, STR("my.tsv"), (struct str){ text, size }, &err));
    size = LIMIT_CALL_TABLE_BYTES - LIMIT_CALL_TABLE_BYTES % 2;
    for (size_t i = 0; i < size; i += 2)
        memcpy(text + i, "a ", 2);
    memcpy(text + size - 4, "\tX\n\n", 4);
    err = (struct err)ERR_INIT;
    assert_false(calls_add(c, STR("my.tsv"), (struct str){ text, size }, &err));
    assert_non_null(strstr(err.msg, "too many words"));
    free(text);
    calls_free(c);
}

/* A name common outside of input and output tells nothing without its receiver. */
static void built_in_rows_of_common_names_ask_for_a_receiver(void **state)
{
    (void)state;
    static const char *const common[] = {
        "copy",  "save",   "get",      "put",  "query", "fit",       "load",   "open",    "read",
        "write", "upload", "download", "info", "head",  "delete",    "table",  "sql",     "run",
        "find",  "insert", "update",   "scan", "list",  "transform", "export", "execute", "merge",
    };
    struct calls *c = calls_new();
    for (size_t i = 0; i < calls_n_rows(c, CALL_PYTHON); i++) {
        const struct call_row *row = calls_row(c, CALL_PYTHON, i);
        if (row->match != MATCH_METHOD || row->n_names > 1)
            continue;
        for (size_t j = 0; j < ARRAY_LEN(common); j++) {
            if (str_eq(row->names[0], str_from(common[j])) && row->n_on == 0 && !row->takes_remote)
                fail_msg(".%s needs a receiver in column on", common[j]);
        }
    }
    calls_free(c);
}

/* Of two rows alike the second would never be used. */
static void built_in_rows_are_written_once(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct calls *c = calls_new();
    for (enum call_lang lang = CALL_PYTHON; lang < CALL_N_LANGS; lang++) {
        struct strmap seen;
        strmap_init(&seen, &a);
        for (size_t i = 0; i < calls_n_rows(c, lang); i++) {
            const struct call_row *row = calls_row(c, lang, i);
            for (size_t k = 0; k < row->n_on || k == 0; k++) {
                struct str on = row->n_on == 0 ? STR_EMPTY : row->on[k];
                struct str key = arena_printf(&a, "%.*s %.*s", STR_FMT(row->call), STR_FMT(on));
                if (strmap_has(&seen, key))
                    fail_msg("two rows for %.*s", STR_FMT(key));
                strmap_put(&seen, key, c);
            }
        }
    }
    calls_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_row_that_fits_best_is_found),
        cmocka_unit_test(rows_that_were_added_later_win),
        cmocka_unit_test(r_names_are_parted_by_colons_and_dollars),
        cmocka_unit_test(all_ways_to_find_a_place_are_parsed),
        cmocka_unit_test(a_bad_line_is_told_with_its_number_and_adds_nothing),
        cmocka_unit_test(a_word_that_is_nearly_right_is_suggested),
        cmocka_unit_test(tables_are_bounded),
        cmocka_unit_test(built_in_rows_of_common_names_ask_for_a_receiver),
        cmocka_unit_test(built_in_rows_are_written_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
