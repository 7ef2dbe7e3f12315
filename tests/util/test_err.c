/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/err.h"

#include <errno.h>

static void context_is_put_in_front(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    assert_false(err_set(&err, ERR_NOT_FOUND, "no key %s", "k"));
    assert_false(err_wrap(&err, "reading %s", "b"));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_string_equal(err.msg, "reading b: no key k");
}

static void a_long_message_is_cut_at_a_whole_character(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    char text[1001] = "";
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xC3\xA4", 3);
    (void)err_set(&err, ERR_IO, "x%s", text);
    assert_true(str_is_utf8(str_from(err.msg)));
    assert_true(strlen(err.msg) >= sizeof err.msg - 3);
    for (int i = 0; i < 5; i++)
        (void)err_wrap(&err, "%s", text);
    assert_true(str_is_utf8(str_from(err.msg)));
}

static void every_kind_has_its_words(void **state)
{
    (void)state;
    for (int code = ERR_NONE + 1; code < ERR_N_CODES; code++) {
        const struct err_kind *kind = err_kind((enum err_code)code);
        assert_true(strlen(kind->code) > 0 && strlen(kind->title) > 0 && strlen(kind->fix) > 0);
        assert_in_range(kind->http_status, 400, 599);
        assert_in_range(kind->exit_status, 1, 5);
        for (int other = code + 1; other < ERR_N_CODES; other++)
            assert_string_not_equal(kind->code, err_kind((enum err_code)other)->code);
    }
}

static void the_system_s_errors_become_ours(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    (void)err_errno(&err, ENOENT, "opening %s", "f");
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_string_equal(err.msg, "opening f: No such file or directory");
    (void)err_errno(&err, EACCES, "x");
    assert_int_equal(err.code, ERR_FORBIDDEN);
}

static void an_exact_fix_replaces_that_of_the_kind(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    (void)err_set(&err, ERR_NOT_FOUND, "x");
    assert_string_equal(err_fix_text(&err), err_kind(ERR_NOT_FOUND)->fix);
    (void)err_fix(&err, "Use %s.", "y");
    assert_string_equal(err_fix_text(&err), "Use y.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(context_is_put_in_front),
        cmocka_unit_test(a_long_message_is_cut_at_a_whole_character),
        cmocka_unit_test(every_kind_has_its_words),
        cmocka_unit_test(the_system_s_errors_become_ours),
        cmocka_unit_test(an_exact_fix_replaces_that_of_the_kind),
    };
    return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
