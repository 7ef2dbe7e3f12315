/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "lineage/shell.h"
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
    static const struct str bytes = STR_INIT("'\"`$(){}<>|&;\\\n#= " HOLE_TEXT);
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
        cmocka_unit_test(truncations_end_well),
        cmocka_unit_test(mutations_end_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
