/* run: see run.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"

#include "cli/command.h"
#include "cli/output.h"
#include "util/log.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void set_up_log(const struct config *c)
{
    enum log_level level = LOG_INFO;
    enum log_format format = LOG_LOGFMT;
    (void)log_level_parse(config_text(c, CONFIG_LOG_LEVEL), &level);    /* the table allows only */
    (void)log_format_parse(config_text(c, CONFIG_LOG_FORMAT), &format); /* words that both know */
    log_setup(STDERR_FILENO, level, format);
}

static int run(struct cli *cli, int argc, char *const *argv)
{
    struct err err = ERR_INIT;
    if (!command_parse(cli, argc, argv, &err))
        return output_err(&err);
    if (cli->is_help) {
        help_print(cli->arena, cli->command);
        return 0;
    }
    if (!cli->command->is_bare)
        set_up_log(&cli->config);
    bool ok = true;
    int status = cli->command->run(cli, &ok, &err);
    if (!ok)
        return output_err(&err);
    if (fflush(stdout) != 0) {
        err_set(&err, ERR_IO, "writing the output failed");
        return output_err(&err);
    }
    return status;
}

int cli_run(int argc, char *const *argv, char *const *env)
{
    AUTO_ARENA arena = ARENA_INIT;
    struct cli cli = { .arena = &arena, .env = env };
    /* A closed pipe is a failed write, also on the connections of the server. */
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        help_print_all();
        return argc < 2 ? 2 : 0;
    }
    char *version[] = { argv[0], (char[]){ "version" }, NULL };
    if (strcmp(argv[1], "--version") == 0)
        return run(&cli, 2, version);
    return run(&cli, argc, argv);
}
