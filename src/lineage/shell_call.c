/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_table.h"

#include <string.h>

/* ---- the table ---- */

#define AWS_TAKES                                                                                  \
    "* !--no-sign-request !--no-verify-ssl !--no-paginate !--debug !--recursive !--quiet "         \
    "!--dryrun !--only-show-errors !--no-progress !--delete !--exact-timestamps !--size-only "     \
    "!--follow-symlinks !--no-follow-symlinks !--human-readable !--summarize !--force "            \
    "!--no-guess-mime-type !--ignore-glacier-warnings !--force-glacier-transfer "                  \
    "!--no-include-email !--no-cli-pager !--is-truncated !--with-decryption !--wait"

static const struct shell_row rows[] = {
#define C(name, takes, does, flags) { name, takes, does, flags, SQL_ANY, NULL },
#define Q(name, takes, does, dialect) { name, takes, does, 0, dialect, NULL },
#define X(name, takes, special, flags) { name, takes, "", flags, SQL_ANY, special },
#include "lineage/shell_commands.def"
#undef C
#undef Q
#undef X
};

/* The first bytes of the rows' names, side by side: a program is looked for among a thousand rows.
 */
static const char first_bytes[] = {
#define C(name, takes, does, flags) (name)[0],
#define Q(name, takes, does, dialect) (name)[0],
#define X(name, takes, special, flags) (name)[0],
#include "lineage/shell_commands.def"
#undef C
#undef Q
#undef X
};

size_t shell_n_rows(void)
{
    return ARRAY_LEN(rows);
}

const struct shell_row *shell_row_at(size_t i)
{
    return &rows[i];
}

/* The next word of a blank-separated list; false at its end. */
bool shell_next_word(const char **at, struct str *out)
{
    while (**at == ' ')
        (*at)++;
    size_t n = strcspn(*at, " ");
    *out = (struct str){ *at, n };
    *at += n;
    return n != 0;
}

static bool has_word(const char *list, struct str word)
{
    struct str w;
    while (shell_next_word(&list, &w)) {
        if (str_eq(w, word))
            return true;
    }
    return false;
}

/* Does this option take the next word as its value? */
static bool takes_value(const struct shell_row *row, struct str option)
{
    const char *list = row->takes;
    struct str w;
    bool is_flag = false, takes_long = false;
    while (shell_next_word(&list, &w)) {
        if (str_eq(w, option))
            return true;
        takes_long |= str_eq(w, STR("*"));
        is_flag |= w.ptr[0] == '!' && str_eq(str_from_pos(w, 1), option);
    }
    return takes_long && !is_flag && str_has_prefix(option, STR("--")) && option.len > 2 &&
           !str_has_prefix(option, STR("--no-")) && str_find_char(option, '=') == SIZE_MAX;
}

static bool is_option(struct str s)
{
    return s.len > 1 && s.ptr[0] == '-';
}

/* Is program, whose first byte is the row's, the first word of the row's name? */
static bool is_program(const struct shell_row *row, struct str program)
{
    for (size_t i = 1; i < program.len; i++) /* first_bytes has the first one */
        if (row->name[i] != program.ptr[i])
            return false;
    return row->name[program.len] == ' ' || row->name[program.len] == '\0';
}

/* Do the words of the row's name behind the program stand at the start of the command?  Options in
 * between are left out. */
static bool matches(const struct shell_row *row, const char *name, const struct shell_fields *f,
                    size_t *n_named)
{
    struct str want;
    size_t at = 1;
    while (shell_next_word(&name, &want)) {
        while (at < f->n && !str_eq(f->items[at].text, want)) {
            struct str s = f->items[at].text;
            if (!is_option(s))
                return false;
            at += takes_value(row, s) ? 2 : 1;
        }
        if (at++ >= f->n)
            return false;
    }
    *n_named = at;
    return true;
}

/* The next row from that one on whose name begins with that byte, or SIZE_MAX. */
static size_t next_row(size_t from, char first)
{
    const struct str rest = { first_bytes + from, sizeof first_bytes - from };
    size_t at = str_find_char(rest, first);
    return at == SIZE_MAX ? SIZE_MAX : from + at;
}

const struct shell_row *shell_find_row(const struct shell_fields *f, size_t *n_named)
{
    const struct shell_row *best = NULL;
    struct str program = shell_base_name(f->items[0].text);
    if (program.len == 0 || program.len > 64 || str_find_char(program, '\0') != SIZE_MAX)
        return NULL;
    const char first = program.ptr[0];
    for (size_t i = next_row(0, first), n; i != SIZE_MAX; i = next_row(i + 1, first))
        if (is_program(&rows[i], program) &&
            (best == NULL || strlen(rows[i].name) > strlen(best->name)) &&
            matches(&rows[i], rows[i].name + program.len, f, &n)) {
            best = &rows[i];
            *n_named = n;
        }
    return best;
}

/* ---- taking a command apart ---- */

static void add_word(struct shell_call *call, const struct shell_field *f)
{
    *ARENA_PUSH(call->run->arena, call->words, call->n_words, call->cap_words) = f;
}

static void add_option(struct shell_call *call, struct str name, const struct shell_field *value)
{
    struct shell_option *o =
        ARENA_PUSH(call->run->arena, call->options, call->n_options, call->cap_options);
    *o = (struct shell_option){ .name = name, .value = value };
}

static const struct shell_field *field_at(const struct shell_call *call, size_t i)
{
    return i < call->fields->n ? &call->fields->items[i] : NULL;
}

/* "-abc": flags a, b and c; or flag a and b's value "c". */
static size_t add_bundle(struct shell_call *call, size_t i)
{
    const struct shell_field *f = &call->fields->items[i];
    for (size_t k = 1; k < f->text.len; k++) {
        struct str name = arena_printf(call->run->arena, "-%c", f->text.ptr[k]);
        if (!takes_value(call->row, name)) {
            add_option(call, name, NULL);
        } else if (k + 1 < f->text.len) {
            add_option(call, name, shell_field_of(call->run, str_from_pos(f->text, k + 1), f));
            return i;
        } else {
            add_option(call, name, field_at(call, i + 1));
            return i + 1;
        }
    }
    return i;
}

static size_t take_option(struct shell_call *call, size_t i)
{
    const struct shell_field *f = &call->fields->items[i];
    struct str name, value;
    const struct shell_field *next = field_at(call, i + 1);
    if (takes_value(call->row, f->text) &&
        (next == NULL || !str_has_prefix(next->text, STR("--")))) {
        add_option(call, f->text, next);
        return i + 1;
    }
    bool is_long = f->text.ptr[1] == '-' || (call->row->flags & SHELL_NO_BUNDLE) != 0;
    if (is_long && str_cut(f->text, '=', &name, &value)) {
        add_option(call, name, shell_field_of(call->run, value, f));
        return i;
    }
    if (is_long || f->text.len > 64) {
        add_option(call, f->text, NULL);
        return i;
    }
    return add_bundle(call, i);
}

/* What stands between the words of the name are options; the rest comes behind. */
static void take_apart(struct shell_call *call, size_t n_named)
{
    bool has_ended = false;
    const char *name = call->row->name;
    struct str want;
    (void)shell_next_word(&name, &want);
    bool has_want = shell_next_word(&name, &want);
    for (size_t i = 1; i < call->fields->n; i++) {
        struct str s = call->fields->items[i].text;
        if (i < n_named && has_want && str_eq(s, want)) {
            has_want = shell_next_word(&name, &want);
        } else if (!has_ended && str_eq(s, STR("--"))) {
            has_ended = true;
        } else if (!has_ended && is_option(s)) {
            i = take_option(call, i);
        } else {
            add_word(call, &call->fields->items[i]);
        }
    }
}

const struct shell_field *shell_option_value(const struct shell_call *call, const char *names)
{
    for (size_t i = 0; i < call->n_options; i++) {
        if (call->options[i].value != NULL && has_word(names, call->options[i].name))
            return call->options[i].value;
    }
    return NULL;
}

bool shell_has_option(const struct shell_call *call, const char *names)
{
    for (size_t i = 0; i < call->n_options; i++) {
        if (has_word(names, call->options[i].name))
            return true;
    }
    return false;
}

/* ---- commands ---- */

void shell_command(struct shell_run *run, const struct shell_fields *f)
{
    size_t n_named = 1;
    struct shell_call call = { .run = run, .fields = f };
    call.row = shell_find_row(f, &n_named);
    if (call.row == NULL) {
        run->origin = -1;
        shell_guess(run, f, 1, "other program", false);
        return;
    }
    call.n_named = n_named;
    take_apart(&call, n_named);
    run->passes_on = (call.row->flags & SHELL_FILTERS) != 0;
    if (call.row->special != NULL)
        call.row->special(&call);
    else
        shell_run_clauses(&call);
    if (!run->passes_on)
        run->origin = -1;
}
