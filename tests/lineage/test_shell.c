/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "lineage/shell_table.h"
#include "util/attrs.h"
#include "util/limits.h"

/* What the notebook knows: $bucket and, as IPython reads it, $cfg.path. */
static bool value(void *ctx, struct str name, struct str *out)
{
    (void)ctx;
    if (str_eq(name, STR("bucket")))
        *out = STR("my-bucket");
    else if (str_eq(name, STR("cfg.path")))
        *out = STR("s3://cfg/p");
    else
        return false;
    return true;
}

static struct str shown(struct arena *a, struct str name)
{
    struct str out = STR_EMPTY;
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == HOLE_BYTE)
            out = arena_concat(a, out, STR("{}"));
        else
            out = arena_concat(a, out, str_slice(name, i, i + 1));
    }
    return out;
}

/* One reference as "r s3://b/k": r w l for the direction, "?" behind it for what may be left out,
 * the kind if it is no path, and "<n" for a copy of the n-th. */
static struct str ref_text(struct arena *a, const struct shell_ref *r)
{
    static const char *const kinds[] = { "",     "table:",  "stream:", "builtin:",
                                         "sql:", "python:", "script:" };
    struct str out =
        arena_printf(a, "%c%s %s%.*s%s", "rwl"[r->dir], r -> is_may ? "?" : "", kinds[r->kind],
                     STR_FMT(shown(a, r->name)), r->is_tree ? "/**" : "");
    return r->copy_of < 0 ? out : arena_printf(a, "%.*s <%d", STR_FMT(out), r->copy_of);
}

static struct str refs_of(struct arena *a, struct str text)
{
    struct shell_session session;
    struct shell_result result = { 0 };
    struct str out = STR_EMPTY;
    shell_session_init(&session, a);
    session.value = value;
    shell_refs(a, text, &session, &result);
    for (size_t i = 0; i < result.n_refs; i++)
        out = arena_printf(a, "%.*s%.*s;", STR_FMT(out), STR_FMT(ref_text(a, &result.refs[i])));
    return out;
}

static const struct {
    const char *text;
    const char *want;
} cases[] = {
#include "shell_cases.def"
};

static void commands_give_what_they_read_and_write(void **state)
{
    (void)state;
    size_t n_wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct str got = refs_of(&a, str_from(cases[i].text));
        if (!str_eq(got, str_from(cases[i].want))) {
            print_error("%s\n  got  %.*s\n  want %s\n", cases[i].text, STR_FMT(got), cases[i].want);
            n_wrong++;
        }
    }
    assert_int_equal(n_wrong, 0);
}

/* ---- the table ---- */

static bool takes_option(const struct shell_row *row, struct str option)
{
    struct str list = str_from(row->takes), word;
    bool takes = false;
    for (bool more = true; more;) {
        more = str_cut(list, ' ', &word, &list);
        if (str_has_prefix(word, STR("!")) && str_eq(str_from_pos(word, 1), option))
            return false;
        takes |=
            str_eq(word, option) || (str_eq(word, STR("*")) && str_has_prefix(option, STR("--")));
    }
    return takes;
}

/* A clause's options must be among those that take a value, or they are never found. */
static size_t count_wrong_places(const struct shell_row *row, struct str clause)
{
    struct str role, places, place, how, names, name;
    size_t n_wrong = 0;
    (void)str_cut(clause, '=', &role, &places);
    for (bool more = true; more;) {
        more = str_cut(places, '|', &place, &places);
        if (place.ptr[0] == '-') {
            n_wrong += str_eq(role, STR("tree")) == takes_option(row, place);
        } else if (str_cut(place, ':', &how, &names)) {
            for (bool another = true; another;) {
                another = str_cut(names, ',', &name, &names);
                n_wrong += !takes_option(row, name);
            }
        }
    }
    return n_wrong;
}

static void rows_are_well_formed_and_found(void **state)
{
    (void)state;
    size_t n_wrong = 0;
    for (size_t i = 0; i < shell_n_rows(); i++) {
        AUTO_ARENA a = ARENA_INIT;
        const struct shell_row *row = shell_row_at(i);
        struct shell_fields f = { 0 };
        struct str rest = str_from(row->name), word;
        for (bool more = true; more;) {
            more = str_cut(rest, ' ', &word, &rest);
            struct shell_field *field = ARENA_PUSH(&a, f.items, f.n, f.cap);
            *field = (struct shell_field){ .text = word };
        }
        size_t n_named = 0;
        assert_case(shell_find_row(&f, &n_named) == row, row->name);
        assert_case(n_named == f.n, row->name);
        rest = str_from(row->does);
        for (bool more = rest.len > 0; more;) {
            more = str_cut(rest, ' ', &word, &rest);
            if (shell_clause_is_known(word) && count_wrong_places(row, word) == 0)
                continue;
            print_error("%s: %.*s\n", row->name, STR_FMT(word));
            n_wrong++;
        }
    }
    assert_int_equal(n_wrong, 0);
}

static void a_split_command_is_not_expanded(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    const struct str words[] = { STR("aws"), STR("s3"), STR("cp"), STR("$x 'a.csv"),
                                 STR("s3://" HOLE_TEXT "/p/") };
    struct shell_session session;
    struct shell_result result = { 0 };
    shell_session_init(&session, &a);
    shell_words_refs(&a, words, ARRAY_LEN(words), &session, &result);
    assert_int_equal(result.n_refs, 2);
    assert_str(result.refs[0].name, "$x 'a.csv");
    assert_str(result.refs[1].name, "s3://" HOLE_TEXT "/p/$x 'a.csv");
    assert_int_equal(result.refs[1].col, 5);
    assert_int_equal(result.refs[1].copy_of, 0);
}

static void a_session_lasts_from_text_to_text(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct shell_session session;
    struct shell_result result = { 0 };
    shell_session_init(&session, &a);
    shell_session_cd(&session, STR("work"));
    shell_session_set(&session, STR("F"), STR("a"));
    shell_refs(&a, STR("G=b; cd sub"), &session, &result);
    shell_refs(&a, STR("\n cat $F$G.csv"), &session, &result);
    assert_int_equal(result.n_refs, 1);
    assert_str(result.refs[0].name, "work/sub/ab.csv");
    assert_int_equal(result.refs[0].line, 2);
    assert_int_equal(result.refs[0].col, 6);
    assert_string_equal(result.refs[0].program, "cat");
}

static void sql_and_scripts_carry_what_their_readers_need(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct shell_session session;
    struct shell_result result = { 0 };
    shell_session_init(&session, &a);
    shell_refs(&a,
               STR("aws athena start-query-execution --query-string 'select 1' "
                   "--query-execution-context Database=d,Catalog=c\npython x.py a --b c"),
               &session, &result);
    assert_int_equal(result.n_refs, 2);
    assert_int_equal(result.refs[0].dialect, SQL_TRINO);
    assert_str(result.refs[0].database, "d");
    assert_int_equal(result.refs[1].kind, SHELL_SCRIPT);
    assert_int_equal(result.refs[1].n_args, 3);
    assert_str(result.refs[1].args[2], "c");
}

/* ---- what input can do ---- */

static struct str repeated(struct arena *a, struct str text, size_t n)
{
    char *out = arena_alloc(a, text.len * n);
    for (size_t i = 0; i < n; i++)
        memcpy(out + i * text.len, text.ptr, text.len);
    return (struct str){ out, text.len * n };
}

/* What would take time or memory without end stops at a limit and says so. */
static void floods_end_at_a_limit(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "$(",
        "`",
        "(",
        "${x:-",
        "\"$(",
        "{ ",
        "if x; then ",
        "for i in a b; do ",
        "x=$x$x$x;",
        "A=(${A[@]} a ${A[@]});",
        "cat a;",
        "case x in ",
        "cat <<A\n",
        "f() { f; f; }; f; ",
        "for i in 1 2 3 4 5 6 7 8 9; do cat $i; ",
        "eval eval eval cat ",
        "cd a/b/c; ",
        "[[ ",
        "<(",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct shell_session session;
        struct shell_result result = { 0 };
        shell_session_init(&session, &a);
        shell_session_set(&session, STR("x"), STR("y"));
        shell_refs(&a, repeated(&a, str_from(texts[i]), 20000), &session, &result);
        assert_case(a.used_bytes < 256UL * 1024 * 1024, texts[i]);
        assert_case(result.n_refs <= LIMIT_SHELL_REFS, texts[i]);
        assert_case(result.hit_limit || a.used_bytes < 16UL * 1024 * 1024, texts[i]);
    }
}

/* Copies with exact bounds, so that a sanitizer sees a read past the end. */
static void run_exactly(struct str text)
{
    AUTO_ARENA a = ARENA_INIT;
    char *copy = arena_alloc(&a, text.len);
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    struct shell_session session;
    struct shell_result result = { 0 };
    shell_session_init(&session, &a);
    shell_refs(&a, (struct str){ copy, text.len }, &session, &result);
    for (size_t i = 0; i < result.n_refs; i++)
        assert_true(result.refs[i].copy_of < (int)i);
}

static void truncations_end_well(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str text = str_from(cases[i].text);
        for (size_t len = 0; len <= text.len; len++) {
            run_exactly(str_slice(text, 0, len));
            run_exactly(str_from_pos(text, len));
        }
    }
}

/* Each byte in turn becomes one that means something to a shell. */
static void mutations_end_well(void **state)
{
    (void)state;
    static const struct str bytes = STR_INIT("'\"`$(){}<>|&;\\\n#=\0 " HOLE_TEXT);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct str text = str_from(cases[i].text);
        char *copy = arena_alloc(&a, text.len);
        for (size_t at = 0; at < text.len; at++) {
            memcpy(copy, text.ptr, text.len);
            copy[at] = bytes.ptr[(at + i) % bytes.len];
            run_exactly((struct str){ copy, text.len });
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_give_what_they_read_and_write),
        cmocka_unit_test(rows_are_well_formed_and_found),
        cmocka_unit_test(a_split_command_is_not_expanded),
        cmocka_unit_test(a_session_lasts_from_text_to_text),
        cmocka_unit_test(sql_and_scripts_carry_what_their_readers_need),
        cmocka_unit_test(floods_end_at_a_limit),
        cmocka_unit_test(truncations_end_well),
        cmocka_unit_test(mutations_end_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
