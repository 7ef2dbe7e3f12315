/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "scan/holder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void this_process_is_not_gone(void **state)
{
    char me[HOLDER_SIZE];
    (void)state;
    holder_self(me);
    assert_false(holder_is_gone(me));
}

static void a_process_that_ended_is_gone(void **state)
{
    char holder[HOLDER_SIZE] = "";
    int fds[2];
    (void)state;
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char me[HOLDER_SIZE] = "";
        holder_self(me);
        _exit(write(fds[1], me, sizeof me) == (ssize_t)sizeof me ? 0 : 1);
    }
    assert_int_equal(read(fds[0], holder, sizeof holder), sizeof holder);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_true(holder_is_gone(holder));
    close(fds[0]);
    close(fds[1]);
}

/* The same number may be another process. */
static void a_number_that_is_used_again_is_gone(void **state)
{
    char me[HOLDER_SIZE];
    (void)state;
    holder_self(me);
    char *start = strrchr(me, '/') + 1;
    snprintf(start, (size_t)(me + sizeof me - start), "1");
    assert_true(holder_is_gone(me));
}

static void of_others_nothing_is_known(void **state)
{
    static const char *const cases[] = {
        "", "x", "/", "other-boot/pid:[1]/1/1", "other-boot/pid:[1]/99999999/5",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_false(holder_is_gone(cases[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(this_process_is_not_gone),
        cmocka_unit_test(a_process_that_ended_is_gone),
        cmocka_unit_test(a_number_that_is_used_again_is_gone),
        cmocka_unit_test(of_others_nothing_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
