/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "cli/config.h"

static void every_row_of_the_table_is_whole(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct config c;
    config_init(&c, &a, NULL);
    for (int i = 0; i < CONFIG_N; i++) {
        enum config_id id = (enum config_id)i, found;
        const struct config_key *k = config_key(id);
        const char *name = k->key.ptr;
        assert_case(k->key.len > 0, name);
        assert_case(strlen(k->text) > 10 && k->text[strlen(k->text) - 1] == '.', name);
        assert_case(k->kind != CONFIG_KIND_INT || (k->unit.len > 0 && k->min < k->max), name);
        assert_case(config_find_option(&a, config_option_name(&a, id), &found) && found == id,
                    name);
        assert_case(c.values[i].source == CONFIG_DEFAULT, name);
    }
}

static void the_file_is_read(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct config c;
    struct err err = ERR_INIT;
    config_init(&c, &a, "/home/ana");
    assert_true(config_parse(
        &c,
        STR("# a comment\nlake = ~/lake\n[server]\nlisten = 127.0.0.1:1,\n"
            "  127.0.0.1:2\nthreads = 3 ; why\n[auth]\nana = admin 12ab\nbob = viewer 34\n"),
        STR("f"), &err));
    assert_str(config_text(&c, CONFIG_LAKE), "/home/ana/lake");
    assert_int_equal(config_int(&c, CONFIG_SERVER_THREADS), 3);
    assert_str(c.values[CONFIG_SERVER_THREADS].origin, "f:6");
    assert_int_equal(c.values[CONFIG_SERVER_LISTEN].n_items, 2);
    assert_str(c.values[CONFIG_SERVER_LISTEN].items[1], "127.0.0.1:2");
    assert_int_equal(c.values[CONFIG_AUTH_TOKENS].n_items, 2);
    assert_str(c.values[CONFIG_AUTH_TOKENS].items[1], "bob viewer 34");
}

static void mistakes_are_named_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message, *fix;
    } cases[] = {
        { "[server]\nthread = 3\n", "f:2: there is no setting server.thread",
          "Did you mean server.threads?" },
        { "listen = x\n", "f:1: there is no setting listen", "Did you mean server.listen?" },
        { "[server]\nthreads = 0\n",
          "f:2: server.threads (0): a number from 1 to 64 (threads) is needed", NULL },
        { "[server]\nthreads = 3x\n",
          "f:2: server.threads (3x): a number from 1 to 64 (threads) is needed", NULL },
        { "[log]\nlevel = all\n",
          "f:2: log.level (all): one of debug|info|warn|error|off is needed", NULL },
        { "[server]\nlisten =\n", "f:2: server.listen (): a list of 1 to 16 items is needed",
          NULL },
        { "lake = a\nlake = b\n", "f:2: lake was set in line 1 already", NULL },
        { "\nthis is no line\n", "f:2: neither [section] nor key = value", NULL },
        { "lake = \xFF\n", "f:1: the value is not UTF-8 text", NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct config c;
        struct err err = ERR_INIT;
        config_init(&c, &a, NULL);
        assert_case(!config_parse(&c, str_from(cases[i].text), STR("f"), &err), cases[i].text);
        assert_string_equal(err.msg, cases[i].message);
        assert_int_equal(err.code, ERR_CONFIG);
        if (cases[i].fix != NULL)
            assert_string_equal(err_fix_text(&err), cases[i].fix);
    }
}

static void a_line_too_long_is_refused_and_never_cut(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct config c;
    struct err err = ERR_INIT;
    char text[400];
    config_init(&c, &a, NULL);
    memset(text, 'x', sizeof text);
    memcpy(text, "lake = ", 7);
    assert_false(config_parse(&c, (struct str){ text, sizeof text }, STR("f"), &err));
    assert_non_null(strstr(err.msg, "f:1: the line is longer than"));
    assert_false(config_parse(&c, STR("lake = a\0b"), STR("f"), &err));
}

static void later_sources_go_before_earlier_ones(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct config c;
    struct err err = ERR_INIT;
    char *env[] = { (char[]){ "PATH=/bin" }, (char[]){ "BOATHOUSE_LAKE=from-env" },
                    (char[]){ "BOATHOUSE_SERVICE_PORT=8080" }, NULL };
    char *wrong[] = { (char[]){ "BOATHOUSE_LOG_LEVLE=info" }, NULL };
    config_init(&c, &a, NULL);
    assert_true(config_parse(&c, STR("lake = from-file\nstate = from-file\n"), STR("f"), &err));
    assert_true(config_read_env(&c, env, &err));
    assert_str(config_text(&c, CONFIG_LAKE), "from-env");
    assert_str(config_text(&c, CONFIG_STATE), "from-file");
    assert_int_equal(c.values[CONFIG_LAKE].source, CONFIG_ENVIRONMENT);
    assert_str(c.values[CONFIG_LAKE].origin, "BOATHOUSE_LAKE");
    assert_false(config_read_env(&c, wrong, &err));
    assert_string_equal(err_fix_text(&err), "Did you mean BOATHOUSE_LOG_LEVEL?");
}

static void a_named_file_must_exist_and_others_need_not(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct config c;
    struct err err = ERR_INIT;
    char *env[] = { (char[]){ "XDG_CONFIG_HOME=/nonexistent" }, NULL };
    char *named[] = { (char[]){ "BOATHOUSE_CONFIG=/nonexistent/x" }, NULL };
    config_init(&c, &a, NULL);
    assert_true(config_read_file(&c, STR_EMPTY, env, &err));
    assert_false(config_read_file(&c, STR("/nonexistent/f"), env, &err));
    assert_string_equal(err.msg, "/nonexistent/f: there is no such file");
    assert_false(config_read_file(&c, STR_EMPTY, named, &err));
}

static void a_certificate_needs_its_key(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct config c;
    struct err err = ERR_INIT;
    config_init(&c, &a, NULL);
    assert_true(config_check(&c, &err));
    assert_true(config_parse(&c, STR("[server]\ntls_cert = a.pem\n"), STR("f"), &err));
    assert_false(config_check(&c, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_table_is_whole),
        cmocka_unit_test(the_file_is_read),
        cmocka_unit_test(mistakes_are_named_with_their_line),
        cmocka_unit_test(a_line_too_long_is_refused_and_never_cut),
        cmocka_unit_test(later_sources_go_before_earlier_ones),
        cmocka_unit_test(a_named_file_must_exist_and_others_need_not),
        cmocka_unit_test(a_certificate_needs_its_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
