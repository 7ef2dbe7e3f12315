/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_internal.h"
#include "util/buf.h"

static const struct str hole = STR_INIT(HOLE_TEXT);

/* ---- assignments ---- */

bool shell_is_name(struct str s)
{
    return s.len > 0 && (s.ptr[0] < '0' || s.ptr[0] > '9') && str_eq(shell_first_name(s), s);
}

/* The part of "name=value" or "name+=value" before the "=", or SIZE_MAX. */
static size_t assignment_end(struct str s)
{
    size_t n = str_find_char(s, '=');
    if (n == SIZE_MAX)
        return n;
    struct str name = str_slice(s, 0, n > 0 && s.ptr[n - 1] == '+' ? n - 1 : n);
    size_t index = str_find_char(name, '[');
    return shell_is_name(str_slice(name, 0, index)) ? n : SIZE_MAX;
}

bool shell_is_assignment(const struct shell_word *w)
{
    const struct shell_part *p = w->parts;
    return p != NULL && p->kind == SHELL_PART_TEXT && !p->is_quoted &&
           assignment_end(p->text) != SIZE_MAX;
}

static void set_array(struct shell_run *run, struct str name, const struct shell_word *w,
                      bool is_more)
{
    struct shell_session *s = run->session;
    struct shell_fields f = { 0 };
    const struct shell_words *old = is_more ? strmap_get(&s->arrays, name) : NULL;
    for (size_t i = 0; old != NULL && i < old->n; i++)
        shell_add_field(run, &f, old->items[i], 0, 0);
    for (const struct shell_word *item = w->items; item != NULL; item = item->next)
        shell_expand(run, item, &f);
    struct shell_words *words = ARENA_NEW(s->arena, struct shell_words);
    words->items = ARENA_NEW_N(s->arena, struct str, f.n);
    words->n = f.n;
    for (size_t i = 0; i < f.n; i++)
        words->items[i] = arena_str(s->arena, f.items[i].text);
    strmap_put(&s->arrays, arena_str(s->arena, name), words);
    shell_session_set(s, name, f.n > 0 ? f.items[0].text : STR_EMPTY);
}

static void assign_text(struct shell_run *run, struct str text)
{
    size_t n = assignment_end(text);
    struct str name = str_slice(text, 0, n), value = str_from_pos(text, n + 1);
    if (str_has_suffix(name, STR("+"))) {
        name = str_slice(name, 0, name.len - 1);
        const struct str *old = shell_value_now(run, name);
        value = arena_concat(run->arena, old == NULL ? hole : *old, value);
    }
    if (run->is_repeat && !shell_charge(run, value.len))
        value = hole;
    if (shell_is_name(name))
        shell_set_now(run, name, value);
}

void shell_assign(struct shell_run *run, const struct shell_word *w)
{
    if (!w->is_array) {
        assign_text(run, shell_expand_one(run, w));
        return;
    }
    struct str name = w->parts->text;
    name = str_slice(name, 0, assignment_end(name));
    bool is_more = str_has_suffix(name, STR("+"));
    set_array(run, str_slice(name, 0, name.len - (is_more ? 1 : 0)), w, is_more);
}

/* ---- builtins ---- */

static void run_cd(struct shell_run *run, const struct shell_fields *f)
{
    size_t i = 1;
    while (i < f->n && f->items[i].text.len > 1 && f->items[i].text.ptr[0] == '-')
        i++;
    struct str to = i < f->n ? f->items[i].text : STR_EMPTY;
    if (!shell_charge(run, run->session->cwd.len + to.len))
        to = hole;
    shell_session_cd(run->session, to);
}

static void run_popd(struct shell_run *run, const struct shell_fields *f)
{
    (void)f;
    shell_session_cd(run->session, STR("-"));
}

static void run_export(struct shell_run *run, const struct shell_fields *f)
{
    for (size_t i = 1; i < f->n; i++) {
        if (assignment_end(f->items[i].text) != SIZE_MAX)
            assign_text(run, f->items[i].text);
    }
}

/* read, mapfile, let, getopts, printf -v: what they set is not known. */
static void run_read(struct shell_run *run, const struct shell_fields *f)
{
    for (size_t i = 1; i < f->n; i++) {
        struct str name = shell_first_name(f->items[i].text);
        if (name.len != 0 && f->items[i].text.ptr[0] != '-')
            shell_session_set(run->session, name, hole);
    }
}

static void run_unset(struct shell_run *run, const struct shell_fields *f)
{
    for (size_t i = 1; i < f->n; i++) {
        if (strmap_has(&run->session->variables, f->items[i].text))
            strmap_put(&run->session->variables, f->items[i].text, NULL);
    }
}

static void run_shift(struct shell_run *run, const struct shell_fields *f)
{
    (void)f;
    run->args = NULL;
}

/* set -- a b: the arguments; set -e: nothing. */
static void run_set(struct shell_run *run, const struct shell_fields *f)
{
    if (f->n > 1 && str_eq(f->items[1].text, STR("--")))
        run->args = NULL;
}

static void run_eval(struct shell_run *run, const struct shell_fields *f)
{
    AUTO_BUF b = BUF_INIT(LIMIT_SHELL_EXPANDED_BYTES);
    for (size_t i = 1; i < f->n; i++) {
        buf_add(&b, f->items[i].text);
        buf_add_char(&b, ' ');
    }
    if (!buf_ok(&b) || !shell_charge(run, b.len))
        return;
    struct shell_field text = { arena_str(run->arena, buf_str(&b)), f->items[0].line,
                                f->items[0].col };
    shell_run_text(run, &text);
}

static void run_nothing(struct shell_run *run, const struct shell_fields *f)
{
    (void)run;
    (void)f;
}

static const struct builtin {
    struct str name;
    shell_builtin_fn *run;
} builtins[] = {
    { STR_INIT("cd"), run_cd },          { STR_INIT("chdir"), run_cd },
    { STR_INIT("pushd"), run_cd },       { STR_INIT("popd"), run_popd },
    { STR_INIT("export"), run_export },  { STR_INIT("declare"), run_export },
    { STR_INIT("local"), run_export },   { STR_INIT("readonly"), run_export },
    { STR_INIT("typeset"), run_export }, { STR_INIT("setenv"), run_nothing },
    { STR_INIT("read"), run_read },      { STR_INIT("mapfile"), run_read },
    { STR_INIT("readarray"), run_read }, { STR_INIT("let"), run_read },
    { STR_INIT("getopts"), run_read },   { STR_INIT("unset"), run_unset },
    { STR_INIT("shift"), run_shift },    { STR_INIT("set"), run_set },
    { STR_INIT("eval"), run_eval },      { STR_INIT("alias"), run_nothing },
    { STR_INIT("trap"), run_nothing },   { STR_INIT(":"), run_nothing },
};

shell_builtin_fn *shell_find_builtin(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(builtins); i++) {
        if (str_eq(builtins[i].name, name))
            return builtins[i].run;
    }
    return NULL;
}
