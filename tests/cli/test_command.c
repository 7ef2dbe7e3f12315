/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "cli/command.h"
#include "cli/output.h"

enum { MAX_WORDS = 8 };

static bool parse(struct cli *cli, struct arena *a, const char *const words[MAX_WORDS],
                  struct err *err)
{
    static char *no_env[] = { NULL };
    char *argv[MAX_WORDS + 2] = { (char[]){ "boathouse" } };
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = arena_cstr(a, str_from(words[argc - 1]), err);
    *cli = (struct cli){ .arena = a, .env = no_env };
    return command_parse(cli, argc, argv, err);
}

static void wrong_use_is_explained(void **state)
{
    (void)state;
    static const struct {
        const char *words[MAX_WORDS];
        const char *message, *fix;
    } cases[] = {
        { { "confg" }, "there is no command confg", "Did you mean boathouse config?" },
        { { "token" }, "token needs one of its commands", NULL },
        { { "token", "new" }, "token new needs NAME", NULL },
        { { "token", "new", "a", "b" }, "token new takes no argument b", NULL },
        { { "config", "--lakee=x" }, "config has no option --lakee", "Did you mean --lake?" },
        { { "config", "--lake" }, "--lake needs a value", NULL },
        { { "config", "--json=1" }, "--json takes no value", NULL },
        { { "config", "-x" }, "config has no option -x", NULL },
        { { "config", "--server-threads", "0" },
          "--server-threads: server.threads (0): a number from 1 to 64 (threads) is needed",
          NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct cli cli;
        struct err err = ERR_INIT;
        assert_case(!parse(&cli, &a, cases[i].words, &err), cases[i].message);
        assert_string_equal(err.msg, cases[i].message);
        if (cases[i].fix != NULL)
            assert_string_equal(err_fix_text(&err), cases[i].fix);
        assert_int_equal(err_kind(err.code)->exit_status, 2);
    }
}

static void options_and_arguments_are_taken_in_any_order(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct cli cli;
    struct err err = ERR_INIT;
    assert_true(parse(
        &cli, &a, (const char *[MAX_WORDS]){ "token", "new", "-r", "admin", "--", "-ana" }, &err));
    assert_string_equal(cli.command->name, "token new");
    assert_string_equal(cli_option(&cli, "role"), "admin");
    assert_str(cli_arg(&cli, 0), "-ana");
    assert_str(cli_arg(&cli, 1), "");
    assert_true(parse(
        &cli, &a,
        (const char *[MAX_WORDS]){ "config", "--lake=x", "--json", "--listen", "[::1]:0" }, &err));
    assert_true(cli.is_json);
    assert_str(config_text(&cli.config, CONFIG_LAKE), "x");
    assert_str(config_text(&cli.config, CONFIG_SERVER_LISTEN), "[::1]:0");
    assert_str(cli.config.values[CONFIG_SERVER_LISTEN].origin, "--listen");
}

static void every_command_of_the_table_is_whole(void **state)
{
    (void)state;
    size_t n;
    const struct command *table = command_table(&n);
    for (size_t i = 0; i < n; i++) {
        const struct command *c = &table[i];
        assert_case(c->run != NULL && strlen(c->about) > 20, c->name);
        assert_case(c->summary[strlen(c->summary) - 1] != '.', c->name);
        assert_case(c->sections != NULL && (c->nothing == NULL) == (c->next == NULL), c->name);
        for (size_t j = 0; j < i; j++)
            assert_case(strcmp(table[j].name, c->name) != 0, c->name);
        for (size_t j = 0; j < COMMAND_MAX_POSITIONALS && c->positionals[j].name != NULL; j++)
            assert_case(c->positionals[j].text != NULL, c->name);
    }
}

static void names_cannot_drive_the_terminal(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    assert_str(output_safe(&a, STR("plain \xC3\xBC")), "plain \xC3\xBC");
    assert_str(output_safe(&a, STR("a\x1b[31m\n")), "a\\x1b[31m\\x0a");
    assert_str(output_safe(&a, STR("\xFF")), "\\xff");
}

static void text_is_wrapped_at_words(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT(1000);
    output_wrap(&out, "one two three\n  as it is", 2, 10);
    assert_str(buf_str(&out), "  one two\n  three\n    as it is\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_use_is_explained),
        cmocka_unit_test(options_and_arguments_are_taken_in_any_order),
        cmocka_unit_test(every_command_of_the_table_is_whole),
        cmocka_unit_test(names_cannot_drive_the_terminal),
        cmocka_unit_test(text_is_wrapped_at_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
