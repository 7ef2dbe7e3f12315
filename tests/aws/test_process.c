/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "aws/process.h"
#include "util/clock.h"

#include <signal.h>
#include <unistd.h>

static char *const env[] = { (char[]){ "PATH=/usr/bin:/bin" }, (char[]){ "WORD=of the caller" },
                             NULL };

static void what_is_printed_comes_whole_or_the_reason_why_not(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum err_code want;
        const char *text; /* the output, or a part of the message */
    } cases[] = {
        { "echo hello", ERR_NONE, "hello\n" },
        { "printf %s \"$WORD\"", ERR_NONE, "of the caller" },
        { "printf a; sleep 0.1; printf b", ERR_NONE, "ab" },
        { "true", ERR_NONE, "" },
        { "head -c 1000 /dev/zero | tr '\\0' x", ERR_NONE, NULL },
        { "head -c 1001 /dev/zero", ERR_TOO_LARGE, "1000 bytes" },
        { "yes", ERR_TOO_LARGE, "1000 bytes" },
        { "echo lost; exit 3", ERR_UPSTREAM, "status 3" },
        { "kill -9 $$", ERR_UPSTREAM, "signal 9" },
        { "no-such-command 2>/dev/null", ERR_UPSTREAM, "status 127" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        struct str out = STR_EMPTY;
        bool ok = process_run(&a, cases[i].line, env, 20000, 1000, &out, &err);
        assert_case(ok == (cases[i].want == ERR_NONE) && err.code == cases[i].want, cases[i].line);
        if (ok && cases[i].text != NULL)
            assert_str(out, cases[i].text);
        else if (ok)
            assert_int_equal(out.len, 1000);
        else
            assert_case(str_contains(str_from(err.msg), str_from(cases[i].text)), cases[i].line);
    }
}

static void a_time_limit_ends_it_with_all_that_it_started(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "echo $$; sleep 1000",                   /* prints, then hangs */
        "echo $$; exec >&-; sleep 1000",         /* closes its output and stays */
        "echo $$; sleep 1000 & exit 0",          /* leaves somebody who holds the pipe */
        "echo $$; trap '' TERM INT; sleep 1000", /* does not listen */
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        struct str out = STR_EMPTY;
        int64_t before_ms = clock_mono_ms();
        int held[2]; /* the command and its children inherit the second end */
        char byte;
        assert_int_equal(pipe(held), 0);
        assert_case(!process_run(&a, lines[i], env, 300, 1000, &out, &err), lines[i]);
        assert_case(err.code == ERR_TIMEOUT, lines[i]);
        assert_case(clock_mono_ms() - before_ms < 20000, lines[i]);
        close(held[1]);
        assert_case(read(held[0], &byte, 1) == 0, lines[i]); /* nobody holds it any more */
        close(held[0]);
    }
}

static void signals_that_we_block_are_not_blocked_there(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct str out = STR_EMPTY;
    sigset_t term, old;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &term, &old);
    assert_false(process_run(&a, "kill -TERM $$; sleep 1000", env, 20000, 1000, &out, &err));
    assert_int_equal(err.code, ERR_UPSTREAM);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_comes_whole_or_the_reason_why_not),
        cmocka_unit_test(a_time_limit_ends_it_with_all_that_it_started),
        cmocka_unit_test(signals_that_we_block_are_not_blocked_there),
    };
    return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
