/* help: --help from the tables of commands, options and settings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "cli/output.h"

#include <stdio.h>
#include <string.h>

enum { HELP_MAX_BYTES = 256 * 1024, WIDTH = 80, TEXT_AT = 26 };

/* A term with its explanation beside it, or below it when the term is long. */
static void add_term(struct buf *out, struct str term, const char *text)
{
    AUTO_BUF explained = BUF_INIT(HELP_MAX_BYTES);
    output_wrap(&explained, text, TEXT_AT, WIDTH);
    struct str body = buf_str(&explained);
    if (term.len + 2 + 2 > TEXT_AT)
        buf_printf(out, "  %.*s\n", STR_FMT(term));
    else {
        buf_printf(out, "  %.*s%*s", STR_FMT(term), (int)(TEXT_AT - 2 - term.len), "");
        body = str_from_pos(body, TEXT_AT);
    }
    buf_add(out, body);
}

static void add_usage(struct buf *out, const struct command *command)
{
    buf_printf(out, "usage: boathouse %s [OPTION...]", command->name);
    for (size_t i = 0; i < COMMAND_MAX_POSITIONALS && command->positionals[i].name != NULL; i++) {
        const struct positional *p = &command->positionals[i];
        buf_printf(out, p->is_optional ? " [%s%s]" : " %s%s", p->name, p->is_repeated ? "..." : "");
    }
    buf_add_char(out, '\n');
}

static void add_options(struct arena *a, struct buf *out, const struct option *options, size_t n)
{
    for (size_t i = 0; i < n && options[i].name != NULL; i++) {
        struct str letter =
            options[i].letter != 0 ? arena_printf(a, "-%c, ", options[i].letter) : STR("    ");
        struct str term = arena_printf(a, "%.*s--%s%s%s", STR_FMT(letter), options[i].name,
                                       options[i].arg != NULL ? " " : "",
                                       options[i].arg != NULL ? options[i].arg : "");
        add_term(out, term, options[i].text);
    }
}

/* Is the section ("" for the settings without one) among the words? */
static bool names_section(const char *words, struct str section)
{
    struct str rest = str_from(words), word;
    while (rest.len > 0) {
        str_cut(rest, ' ', &word, &rest);
        if (str_eq(word, section.len > 0 ? section : STR("-")))
            return true;
    }
    return false;
}

static void add_settings(struct arena *a, struct buf *out, const char *sections)
{
    for (int i = 0; i < CONFIG_N; i++) {
        enum config_id id = (enum config_id)i;
        const struct config_key *k = config_key(id);
        if (!names_section(sections, k->section))
            continue;
        struct str term = k->alias.len > 0
                              ? arena_printf(a, "    --%.*s", STR_FMT(k->alias))
                              : arena_printf(a, "    --%.*s", STR_FMT(config_option_name(a, id)));
        struct str text = arena_printf(a, "%s Default: %.*s%s%.*s.", k->text,
                                       STR_FMT(k->fallback.len > 0 ? k->fallback : STR("empty")),
                                       k->kind == CONFIG_KIND_INT ? " " : "",
                                       STR_FMT(k->kind == CONFIG_KIND_INT ? k->unit : STR_EMPTY));
        add_term(out, term, text.ptr);
    }
}

static void print(const struct buf *out)
{
    struct err err = ERR_INIT;
    if (!output_write(buf_str(out), &err))
        output_err(&err);
}

void help_print(struct arena *a, const struct command *command)
{
    AUTO_BUF out = BUF_INIT(HELP_MAX_BYTES);
    size_t n;
    add_usage(&out, command);
    buf_printf(&out, "\n%s.\n\n", command->summary);
    output_wrap(&out, command->about, 0, WIDTH);
    if (command->positionals[0].name != NULL)
        buf_add(&out, STR("\nArguments:\n"));
    for (size_t i = 0; i < COMMAND_MAX_POSITIONALS && command->positionals[i].name != NULL; i++)
        add_term(&out, str_from(command->positionals[i].name), command->positionals[i].text);
    buf_add(&out, STR("\nOptions:\n"));
    add_options(a, &out, command->options, COMMAND_MAX_OPTIONS);
    const struct option *common = command_common_options(&n);
    add_options(a, &out, common, n);
    if (command->sections[0] != '\0') {
        buf_add(&out, STR("\nSettings, also in boathouse.conf and as BOATHOUSE_...:\n"));
        add_settings(a, &out, command->sections);
    }
    print(&out);
}

void help_print_all(void)
{
    AUTO_BUF out = BUF_INIT(HELP_MAX_BYTES);
    size_t n;
    const struct command *table = command_table(&n);
    buf_add(&out,
            STR("usage: boathouse COMMAND [OPTION...] [ARGUMENT...]\n\n"
                "Clusters with JupyterHub, the datasets and the notebooks of a data lake.\n\n"));
    for (size_t i = 0; i < n; i++)
        if (!table[i].is_hidden)
            add_term(&out, str_from(table[i].name), table[i].summary);
    buf_add(&out,
            STR("\nboathouse COMMAND --help says more of one command, and boathouse config shows\n"
                "all settings, with their values and where each comes from.\n"));
    print(&out);
}
