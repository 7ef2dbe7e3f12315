/* boathouse completion: scripts for three shells, from the tables of commands and settings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/output.h"

#include <string.h>

enum { SCRIPT_MAX_BYTES = 1024 * 1024 };

/* What may stand behind one command, or behind the first word of one. */
typedef void option_fn(struct buf *out, const char *command, const char *name, const char *text);

static void each_option(struct arena *a, struct buf *out, const struct command *c, option_fn *add)
{
    size_t n;
    for (size_t i = 0; i < COMMAND_MAX_OPTIONS && c->options[i].name != NULL; i++)
        add(out, c->name, c->options[i].name, c->options[i].text);
    const struct option *common = command_common_options(&n);
    for (size_t i = 0; i < n; i++)
        add(out, c->name, common[i].name, common[i].text);
    for (int i = 0; i < CONFIG_N; i++) {
        struct str name = config_option_name(a, (enum config_id)i);
        const struct config_key *k = config_key((enum config_id)i);
        if (k->alias.len > 0)
            name = k->alias;
        add(out, c->name, name.ptr, k->text);
    }
}

static void add_word(struct buf *out, const char *command, const char *name, const char *text)
{
    (void)command;
    (void)text;
    buf_printf(out, " --%s", name);
}

/* The first words of all commands, each once; or the second words behind first. */
static void add_words(struct buf *out, struct str first)
{
    size_t n;
    const struct command *table = command_table(&n);
    struct str before = STR_EMPTY;
    for (size_t i = 0; i < n; i++) {
        struct str head, tail;
        str_cut(str_from(table[i].name), ' ', &head, &tail);
        if (table[i].is_hidden || (first.len > 0 && !str_eq(head, first)))
            continue;
        struct str word = first.len > 0 ? tail : head;
        if (word.len > 0 && !str_eq(word, before))
            buf_printf(out, " %.*s", STR_FMT(word));
        before = word;
    }
}

/* bash and zsh understand the same cases: a command's name, and the words that may follow. */
static void add_cases(struct arena *a, struct buf *out, const char *variable)
{
    size_t n;
    const struct command *table = command_table(&n);
    struct str group = STR_EMPTY;
    for (size_t i = 0; i < n; i++) {
        struct str head, tail;
        if (table[i].is_hidden)
            continue;
        if (str_cut(str_from(table[i].name), ' ', &head, &tail) && !str_eq(head, group)) {
            group = head;
            buf_printf(out, "    '%.*s ') %s='", STR_FMT(head), variable);
            add_words(out, head);
            buf_add(out, STR("' ;;\n"));
        }
        buf_printf(out, "    '%s'*) %s='", table[i].name, variable);
        each_option(a, out, &table[i], add_word);
        buf_add(out, STR("' ;;\n"));
    }
}

static void bash(struct arena *a, struct buf *out)
{
    buf_add(out, STR("# bash completion of boathouse\n"
                     "_boathouse() {\n"
                     "    local words='' word=${COMP_WORDS[COMP_CWORD]} line\n"
                     "    line=\"${COMP_WORDS[1]} ${COMP_WORDS[2]}\"\n"
                     "    [ \"$COMP_CWORD\" -eq 2 ] && line=\"${COMP_WORDS[1]} \"\n"
                     "    [ \"$COMP_CWORD\" -eq 1 ] && line=\n"
                     "    case $line in\n    '') words='"));
    add_words(out, STR_EMPTY);
    buf_add(out, STR("' ;;\n"));
    add_cases(a, out, "words");
    buf_add(out, STR("    esac\n"
                     "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                     "}\n"
                     "complete -o default -F _boathouse boathouse\n"));
}

static void zsh(struct arena *a, struct buf *out)
{
    buf_add(out, STR("#compdef boathouse\n"
                     "_boathouse() {\n"
                     "    local line choices\n"
                     "    line=\"${words[2]} ${words[3]}\"\n"
                     "    [ \"$CURRENT\" -eq 3 ] && line=\"${words[2]} \"\n"
                     "    [ \"$CURRENT\" -eq 2 ] && line=\n"
                     "    choices=\n"
                     "    case $line in\n    '') choices='"));
    add_words(out, STR_EMPTY);
    buf_add(out, STR("' ;;\n"));
    add_cases(a, out, "choices");
    buf_add(out, STR("    esac\n"
                     "    compadd -- ${=choices}\n"
                     "    _files\n"
                     "}\n"
                     "compdef _boathouse boathouse\n"));
}

static void add_fish_text(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        buf_printf(out, *text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
}

static void add_fish_option(struct buf *out, const char *command, const char *name,
                            const char *text)
{
    struct str head, tail;
    str_cut(str_from(command), ' ', &head, &tail);
    buf_printf(out, "complete -c boathouse -n '__fish_seen_subcommand_from %.*s' -l %s -d '",
               STR_FMT(tail.len > 0 ? tail : head), name);
    add_fish_text(out, text);
    buf_add(out, STR("'\n"));
}

static void fish(struct arena *a, struct buf *out)
{
    size_t n;
    const struct command *table = command_table(&n);
    buf_add(out, STR("# fish completion of boathouse\n"));
    for (size_t i = 0; i < n; i++) {
        struct str head, tail;
        if (table[i].is_hidden)
            continue;
        bool is_group = str_cut(str_from(table[i].name), ' ', &head, &tail);
        buf_printf(out, "complete -c boathouse -n __fish_use_subcommand -a %.*s -d '",
                   STR_FMT(head));
        add_fish_text(out, is_group ? "" : table[i].summary);
        buf_add(out, STR("'\n"));
        if (is_group) {
            buf_printf(out,
                       "complete -c boathouse -n '__fish_seen_subcommand_from %.*s' -a %.*s -d '",
                       STR_FMT(head), STR_FMT(tail));
            add_fish_text(out, table[i].summary);
            buf_add(out, STR("'\n"));
        }
        each_option(a, out, &table[i], add_fish_option);
    }
}

int cmd_completion(struct cli *cli, bool *ok, struct err *err)
{
    static const struct {
        const char *shell;
        void (*print)(struct arena *a, struct buf *out);
    } shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };
    AUTO_BUF out = BUF_INIT(SCRIPT_MAX_BYTES);
    for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
        if (!str_eq(cli_arg(cli, 0), str_from(shells[i].shell)))
            continue;
        shells[i].print(cli->arena, &out);
        *ok = output_write(buf_str(&out), err);
        return 0;
    }
    *ok = err_set(err, ERR_INVALID, "the shell must be bash, zsh or fish");
    return 0;
}
