/*
 * boathouse manual: the parts of the manual pages that the tables know, in scdoc's format.
 *
 * A line of the source that is just @name@ is replaced; every other line stays.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "api/api.h"
#include "cli/output.h"

#include <stdio.h>
#include <string.h>

enum { PAGE_MAX_BYTES = 1024 * 1024 };

struct page {
    struct arena *arena;
    struct buf out;
    const struct command *command; /* NULL: the page is not about one command */
};

/* scdoc reads _, *, \, # and . at the beginning of a line as marks. */
static void add_text(struct buf *out, const char *text)
{
    for (bool is_start = true; *text != '\0'; is_start = *text == '\n', text++) {
        if (strchr("_*\\<>[]~`|", *text) != NULL || (is_start && strchr("#.", *text) != NULL))
            buf_add_char(out, '\\');
        buf_add_char(out, *text);
    }
}

static void add_term(struct buf *out, const char *term, const char *text)
{
    buf_add_char(out, '*');
    add_text(out, term);
    buf_add(out, STR("*\n\t"));
    add_text(out, text);
    buf_add(out, STR("\n\n"));
}

static void add_name(struct page *p)
{
    const struct command *c = p->command;
    buf_add(&p->out, STR("# NAME\n\nboathouse-"));
    for (const char *at = c->name; *at != '\0'; at++)
        buf_add_char(&p->out, *at == ' ' ? '-' : *at);
    buf_add(&p->out, STR(" - "));
    add_text(&p->out, c->summary);
    buf_printf(&p->out, "\n\n# SYNOPSIS\n\n*boathouse %s* \\[_OPTION_...\\]", c->name);
    for (size_t i = 0; i < COMMAND_MAX_POSITIONALS && c->positionals[i].name != NULL; i++)
        buf_printf(&p->out, c->positionals[i].is_optional ? " \\[_%s_\\]%s" : " _%s_%s",
                   c->positionals[i].name, c->positionals[i].is_repeated ? "..." : "");
    buf_add(&p->out, STR("\n\n# DESCRIPTION\n\n"));
    add_text(&p->out, c->about);
    buf_add(&p->out, STR("\n"));
}

static void add_option(struct page *p, const struct option *o)
{
    struct str term =
        arena_printf(p->arena, o->letter != 0 ? "--%s%s%s, -%c" : "--%s%s%s", o->name,
                     o->arg != NULL ? " " : "", o->arg != NULL ? o->arg : "", o->letter);
    add_term(&p->out, term.ptr, o->text);
}

static void add_options(struct page *p)
{
    const struct command *c = p->command;
    size_t n;
    buf_add(&p->out, STR("# OPTIONS\n\n"));
    for (size_t i = 0; i < COMMAND_MAX_POSITIONALS && c->positionals[i].name != NULL; i++)
        add_term(&p->out, c->positionals[i].name, c->positionals[i].text);
    for (size_t i = 0; i < COMMAND_MAX_OPTIONS && c->options[i].name != NULL; i++)
        add_option(p, &c->options[i]);
    const struct option *common = command_common_options(&n);
    for (size_t i = 0; i < n; i++)
        add_option(p, &common[i]);
    buf_add(&p->out, STR("Every setting of *boathouse.conf*(5) is an option too, for example "
                         "*--aws-region* _REGION_.\n"));
}

static void add_commands(struct page *p)
{
    size_t n;
    const struct command *table = command_table(&n);
    for (size_t i = 0; i < n; i++)
        if (!table[i].is_hidden)
            add_term(&p->out, table[i].name, table[i].summary);
}

static void add_settings(struct page *p)
{
    struct str section = STR("-");
    for (int i = 0; i < CONFIG_N; i++) {
        enum config_id id = (enum config_id)i;
        const struct config_key *k = config_key(id);
        if (!str_eq(section, k->section)) {
            section = k->section;
            if (section.len > 0)
                buf_printf(&p->out, "## \\[%.*s\\]\n\n", STR_FMT(section));
        }
        add_term(&p->out, arena_printf(p->arena, "%.*s", STR_FMT(k->key)).ptr, k->text);
        struct str unit = k->unit;
        buf_add(&p->out, STR("\t"));
        if (k->kind == CONFIG_KIND_INT)
            buf_printf(&p->out, "%lld to %lld %.*s. ", (long long)k->min, (long long)k->max,
                       STR_FMT(unit));
        else if (k->kind == CONFIG_KIND_CHOICE) {
            buf_add(&p->out, STR("One of "));
            add_text(&p->out, unit.ptr);
            buf_add(&p->out, STR(". "));
        }
        buf_add(&p->out, STR("Default: "));
        add_text(&p->out, k->fallback.len > 0 ? k->fallback.ptr : "empty");
        buf_add(&p->out, STR(".\n\n"));
    }
}

static void add_errors(struct page *p)
{
    for (int i = ERR_NONE + 1; i < ERR_N_CODES; i++) {
        const struct err_kind *kind = err_kind((enum err_code)i);
        struct str text = arena_printf(p->arena, "%s. HTTP %d, exit %d. %s", kind->title,
                                       kind->http_status, kind->exit_status, kind->fix);
        add_term(&p->out, kind->code, text.ptr);
    }
}

static void add_routes(struct page *p)
{
    struct api_operation o;
    for (size_t i = 0; api_operation(i, &o); i++) {
        struct str term = arena_printf(p->arena, "%.*s %.*s", STR_FMT(o.method), STR_FMT(o.path));
        struct str text =
            arena_printf(p->arena, "%.*s (%.*s).", STR_FMT(o.summary), STR_FMT(o.role));
        add_term(&p->out, term.ptr, text.ptr);
    }
}

static const struct {
    struct str mark;
    void (*add)(struct page *p);
    bool needs_command;
} parts[] = {
    { STR_INIT("@name@"), add_name, true },
    { STR_INIT("@options@"), add_options, true },
    { STR_INIT("@commands@"), add_commands, false },
    { STR_INIT("@settings@"), add_settings, false },
    { STR_INIT("@errors@"), add_errors, false },
    { STR_INIT("@routes@"), add_routes, false },
};

/* ".../boathouse-token-new.1.scd" is about the command "token new". */
static const struct command *command_of(struct arena *a, struct str path)
{
    size_t n, slash = str_rfind_char(path, '/');
    const struct command *table = command_table(&n);
    struct str file = slash == SIZE_MAX ? path : str_from_pos(path, slash + 1);
    for (size_t i = 0; i < n; i++) {
        struct str name = arena_printf(a, "boathouse-%s.1.scd", table[i].name);
        bool is_same = name.len == file.len;
        for (size_t j = 0; j < name.len && is_same; j++)
            is_same = file.ptr[j] == (name.ptr[j] == ' ' ? '-' : name.ptr[j]);
        if (is_same)
            return &table[i];
    }
    return NULL;
}

static bool add_line(struct page *p, const char *path, struct str line, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!str_eq(line, parts[i].mark))
            continue;
        if (parts[i].needs_command && p->command == NULL)
            return err_set(err, ERR_INVALID, "%s: is not named for a command", path);
        parts[i].add(p);
        return true;
    }
    buf_add(&p->out, line);
    buf_add_char(&p->out, '\n');
    return true;
}

int cmd_manual(struct cli *cli, bool *ok, struct err *err)
{
    const char *path = cli_arg(cli, 0).ptr;
    char line[4096];
    struct page p = { .arena = cli->arena, .out = BUF_INIT(PAGE_MAX_BYTES) };
    p.command = command_of(cli->arena, str_from(path));
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        *ok = err_set(err, ERR_NOT_FOUND, "%s: cannot be opened", path);
        return 0;
    }
    while (*ok && fgets(line, sizeof line, f) != NULL)
        *ok = add_line(&p, path, str_trim_char(str_from(line), '\n'), err);
    fclose(f);
    *ok = *ok && output_write(buf_str(&p.out), err);
    buf_release(&p.out);
    return 0;
}
