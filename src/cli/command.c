/* command: see command.h.  Here what was typed is read; the rows are in commands.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

static const struct option common[] = {
    { "help", 'h', NULL, "Say what the command does and which options it has." },
    { "json", 0, NULL, "Print the result as JSON." },
    { "config", 'c', "FILE", "Read the settings from this file." },
};

const struct option *command_common_options(size_t *n_out)
{
    *n_out = ARRAY_LEN(common);
    return common;
}

/* A setting that an option gives, applied after file and environment. */
struct override {
    enum config_id id;
    struct str value, name;
};

struct overrides {
    struct override *rows;
    size_t n, cap;
    struct str file;
};

/* Does argv begin with the words of name?  Returns how many, 0 for no. */
static int match(const char *name, int argc, char *const *argv)
{
    const char *space = strchr(name, ' ');
    if (space == NULL)
        return argc > 0 && strcmp(argv[0], name) == 0 ? 1 : 0;
    size_t len = (size_t)(space - name);
    return argc > 1 && strlen(argv[0]) == len && memcmp(argv[0], name, len) == 0 &&
                   strcmp(argv[1], space + 1) == 0
               ? 2
               : 0;
}

static bool no_command(struct arena *a, int argc, char *const *argv, struct err *err)
{
    size_t n, n_names = 0;
    const struct command *table = command_table(&n);
    struct str *names = ARENA_NEW_N(a, struct str, n);
    struct str typed = str_from(argv[0]);
    struct str both =
        argc > 1 ? arena_printf(a, "%s %s", argv[0], argv[1]) : arena_printf(a, "%s", argv[0]);
    for (size_t i = 0; i < n; i++) {
        struct str name = str_from(table[i].name);
        struct str first, second;
        if (str_cut(name, ' ', &first, &second) && str_eq(first, typed)) {
            err_set(err, ERR_INVALID, "%s needs one of its commands", argv[0]);
            return err_fix(err, "boathouse --help lists them: boathouse %s, ...", table[i].name);
        }
        if (!table[i].is_hidden)
            names[n_names++] = name;
    }
    struct str near = str_nearest(both, names, n_names);
    if (near.len == 0)
        near = str_nearest(typed, names, n_names);
    err_set(err, ERR_INVALID, "there is no command %.60s", argv[0]);
    if (near.len > 0)
        return err_fix(err, "Did you mean boathouse %.*s?", STR_FMT(near));
    return err_fix(err, "boathouse --help lists the commands.");
}

static const struct option *find(const struct option *options, size_t n, struct str name,
                                 char letter)
{
    for (size_t i = 0; i < n && options[i].name != NULL; i++)
        if (letter != 0 ? options[i].letter == letter : str_eq(str_from(options[i].name), name))
            return &options[i];
    return NULL;
}

static bool no_option(struct cli *cli, struct str typed, struct err *err)
{
    struct str names[CONFIG_N + ARRAY_LEN(common) + COMMAND_MAX_OPTIONS];
    struct str dashes, name;
    size_t n = 0;
    for (int i = 0; i < CONFIG_N; i++)
        names[n++] = config_option_name(cli->arena, (enum config_id)i);
    for (size_t i = 0; i < ARRAY_LEN(common); i++)
        names[n++] = str_from(common[i].name);
    for (size_t i = 0; i < COMMAND_MAX_OPTIONS && cli->command->options[i].name != NULL; i++)
        names[n++] = str_from(cli->command->options[i].name);
    str_cut(typed, '=', &name, &dashes);
    err_set(err, ERR_INVALID, "%s has no option %.*s", cli->command->name,
            STR_FMT(str_slice(name, 0, 60)));
    struct str near = str_nearest(str_trim_char(name, '-'), names, n);
    if (near.len > 0)
        return err_fix(err, "Did you mean --%.*s?", STR_FMT(near));
    return err_fix(err, "boathouse %s --help lists its options.", cli->command->name);
}

static void take_common(struct cli *cli, struct overrides *o, const struct option *option,
                        const char *value)
{
    if (strcmp(option->name, "help") == 0)
        cli->is_help = true;
    else if (strcmp(option->name, "json") == 0)
        cli->is_json = true;
    else
        o->file = str_from(value);
}

/* One option in argv[*i]; its value may be the next word. */
static bool take_option(struct cli *cli, struct overrides *o, int argc, char *const *argv, int *i,
                        struct err *err)
{
    struct str word = str_from(argv[*i]), name, inline_value = { NULL, 0 };
    bool is_long = word.ptr[1] == '-';
    char letter = is_long ? (char)0 : word.ptr[1];
    const char *value = NULL;
    bool has_value = is_long && str_cut(str_from_pos(word, 2), '=', &name, &inline_value);
    if (!is_long && word.len > 2)
        return no_option(cli, word, err);
    const struct option *own = find(cli->command->options, COMMAND_MAX_OPTIONS, name, letter);
    const struct option *option = own != NULL ? own : find(common, ARRAY_LEN(common), name, letter);
    enum config_id id = CONFIG_N;
    if (option == NULL && (!is_long || !config_find_option(cli->arena, name, &id)))
        return no_option(cli, word, err);
    bool wants_value = option == NULL || option->arg != NULL;
    if (has_value && !wants_value)
        return err_set(err, ERR_INVALID, "--%s takes no value", option->name);
    if (wants_value) {
        value = has_value ? inline_value.ptr : *i + 1 < argc ? argv[++*i] : NULL;
        if (value == NULL)
            return err_set(err, ERR_INVALID, "%.*s needs a value", STR_FMT(word));
    }
    if (own != NULL)
        cli->values[own - cli->command->options] = value != NULL ? value : "";
    else if (option != NULL)
        take_common(cli, o, option, value);
    else {
        *ARENA_PUSH(cli->arena, o->rows, o->n, o->cap) =
            (struct override){ id, str_from(value),
                               arena_printf(cli->arena, "--%.*s", STR_FMT(name)) };
    }
    return true;
}

static bool check_args(struct cli *cli, struct err *err)
{
    size_t least = 0, most = 0;
    for (; most < COMMAND_MAX_POSITIONALS && cli->command->positionals[most].name != NULL; most++) {
        const struct positional *p = &cli->command->positionals[most];
        least += p->is_optional ? 0 : 1;
        if (p->is_repeated)
            most = SIZE_MAX - 1;
    }
    if (cli->n_args < least) {
        err_set(err, ERR_INVALID, "%s needs %s", cli->command->name,
                cli->command->positionals[cli->n_args].name);
        return err_fix(err, "boathouse %s --help says how it is used.", cli->command->name);
    }
    if (cli->n_args > most) {
        err_set(err, ERR_INVALID, "%s takes no argument %.*s", cli->command->name,
                STR_FMT(str_slice(cli->args[most], 0, 60)));
        return err_fix(err, "boathouse %s --help says how it is used.", cli->command->name);
    }
    return true;
}

static bool load(struct cli *cli, const struct overrides *o, struct err *err)
{
    struct config *c = &cli->config;
    if (!config_read_file(c, o->file, cli->env, err) || !config_read_env(c, cli->env, err))
        return false;
    for (size_t i = 0; i < o->n; i++)
        if (!config_set(c, o->rows[i].id, o->rows[i].value, CONFIG_OPTION, o->rows[i].name, err))
            return false;
    return config_check(c, err);
}

bool command_parse(struct cli *cli, int argc, char *const *argv, struct err *err)
{
    size_t n, n_args = 0, cap = 0;
    int words = 0;
    bool only_args = false;
    struct str *args = NULL;
    struct overrides o = { 0 };
    const struct command *table = command_table(&n);
    for (size_t i = 0; i < n && words == 0; i++) {
        words = match(table[i].name, argc - 1, argv + 1);
        cli->command = words > 0 ? &table[i] : NULL;
    }
    if (cli->command == NULL)
        return no_command(cli->arena, argc - 1, argv + 1, err);
    config_init(&cli->config, cli->arena, env_get(cli->env, "HOME"));
    for (int i = 1 + words; i < argc; i++) {
        if (!only_args && strcmp(argv[i], "--") == 0)
            only_args = true;
        else if (only_args || argv[i][0] != '-' || argv[i][1] == '\0')
            *ARENA_PUSH(cli->arena, args, n_args, cap) = str_from(argv[i]);
        else if (!take_option(cli, &o, argc, argv, &i, err))
            return false;
    }
    cli->args = args;
    cli->n_args = n_args;
    if (cli->is_help)
        return true;
    return check_args(cli, err) && (cli->command->is_bare || load(cli, &o, err));
}

const char *cli_option(const struct cli *cli, const char *name)
{
    for (size_t i = 0; i < COMMAND_MAX_OPTIONS && cli->command->options[i].name != NULL; i++)
        if (strcmp(cli->command->options[i].name, name) == 0)
            return cli->values[i];
    panic("%s has no option %s", cli->command->name, name);
}

bool cli_switch(const struct cli *cli, const char *name)
{
    return cli_option(cli, name) != NULL;
}

struct str cli_arg(const struct cli *cli, size_t i)
{
    return i < cli->n_args ? cli->args[i] : STR_EMPTY;
}

int command_nothing(const struct cli *cli)
{
    enum { NOTHING_FOUND = 1 };
    const struct command *c = cli->command;
    if (!cli->is_json && c->nothing != NULL)
        fprintf(stderr, "boathouse: %s\nfix: %s\n", c->nothing, c->next);
    return NOTHING_FOUND;
}
