/*
 * command: what can be typed behind "boathouse", as a table, and what was typed.
 *
 * Each row of the table (commands.c) feeds the parser, --help, the completion, and the manual
 * pages.  Every setting of config.def is also an option of every command.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/config.h"

struct cli;

/* An option of one command.  arg: the name of its value in the help, NULL for a switch. */
struct option {
    const char *name; /* without "--" */
    char letter;      /* the short form, 0 if there is none */
    const char *arg;
    const char *text;
};

/* An argument that is known by its place. */
struct positional {
    const char *name;
    bool is_optional;
    bool is_repeated; /* only the last one */
    const char *text;
};

/* Do the command.  Returns the exit status.  False in *ok with err set: the failure is printed and
 * gives the exit status. */
typedef int command_fn(struct cli *cli, bool *ok, struct err *err);

enum { COMMAND_MAX_OPTIONS = 16, COMMAND_MAX_POSITIONALS = 4 };

struct command {
    const char *name; /* one or two words: "clusters create" */
    command_fn *run;
    const char *summary;  /* one line, without a full stop */
    const char *about;    /* paragraphs for --help and the manual page */
    const char *sections; /* of the settings that matter to it, separated by blanks; "-" is the
                           * settings without a section */
    const char *nothing;  /* said where it has nothing to show; or NULL: it always has something */
    const char *next;     /* and what to do then: a sentence */
    struct positional positionals[COMMAND_MAX_POSITIONALS]; /* name NULL ends them */
    struct option options[COMMAND_MAX_OPTIONS];             /* name NULL ends them */
    bool is_hidden;                                         /* for the build; not in lists */
    bool is_bare; /* runs without reading the configuration */
};

/* One run of the program: what was typed, the settings, where output goes. */
struct cli {
    struct arena *arena;
    char *const *env; /* NULL-terminated */
    const struct command *command;
    const struct str *args; /* the positional arguments */
    size_t n_args;
    const char *values[COMMAND_MAX_OPTIONS]; /* of the command's options; NULL: not given; a
                                              * switch that was given has "" */
    bool is_json, is_help;
    struct config config;
};

/* The table; *n_out rows in the order of the help. */
const struct command *command_table(size_t *n_out);

/* The options of every command. */
const struct option *command_common_options(size_t *n_out);

/* Find the command in argv[1..argc), read its options and arguments, and load the configuration.
 * Fails with ERR_INVALID (wrong use) or ERR_CONFIG.  cli: zeroed, with arena and env set; on
 * failure command may be NULL. */
MUST_USE bool command_parse(struct cli *cli, int argc, char *const *argv, struct err *err);

/* The value of an option of the command, or NULL; name must be in its table. */
const char *cli_option(const struct cli *cli, const char *name);
bool cli_switch(const struct cli *cli, const char *name);
/* The i-th positional argument, or an empty str. */
struct str cli_arg(const struct cli *cli, size_t i);

/* Say on standard error, unless the output is JSON, that there is nothing to show and what to do
 * next.  Returns the exit status of that, 1. */
int command_nothing(const struct cli *cli);

/* --help of one command, and of the program.  Printed to standard output. */
void help_print(struct arena *a, const struct command *command);
void help_print_all(void);

#endif
