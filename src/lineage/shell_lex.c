/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_lex.h"

struct shell_here {
    struct shell_redirect *redirect;
    struct str delimiter;
    bool is_quoted;
    struct shell_here *next;
};

void shell_cursor_init(struct shell_cursor *c, struct arena *a, struct str text, uint32_t line)
{
    *c = (struct shell_cursor){ .arena = a, .at = text.ptr, .line_start = text.ptr, .line = line };
    c->used_bytes = a->used_bytes;
    c->end = text.len == 0 ? text.ptr : text.ptr + text.len;
}

/* ---- here-documents ---- */

void shell_await_here(struct shell_cursor *c, struct shell_redirect *redirect,
                      const struct shell_word *delimiter)
{
    struct shell_here *h = ARENA_NEW(c->arena, struct shell_here);
    h->redirect = redirect;
    h->is_quoted = delimiter->is_quoted;
    h->delimiter = STR_EMPTY;
    for (const struct shell_part *p = delimiter->parts; p != NULL; p = p->next) {
        h->is_quoted |= p->is_quoted;
        h->delimiter =
            p == delimiter->parts ? p->text : arena_concat(c->arena, h->delimiter, p->text);
    }
    if (c->pending == NULL)
        c->last_pending = &c->pending;
    *c->last_pending = h;
    c->last_pending = &h->next;
}

static struct str without_tabs(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.len);
    size_t n = 0;
    bool is_start = true;
    for (size_t i = 0; i < s.len; i++) {
        is_start = is_start && s.ptr[i] == '\t';
        if (!is_start)
            out[n++] = s.ptr[i];
        if (s.ptr[i] == '\n')
            is_start = true;
    }
    return (struct str){ out, n };
}

/* The lines up to the delimiter, which is passed over. */
static struct str take_lines(struct shell_cursor *c, const struct shell_here *h)
{
    const char *from = c->at;
    while (!shell_is_done(c)) {
        const char *start = c->at;
        const char *stop = memchr(c->at, '\n', (size_t)(c->end - c->at));
        stop = stop == NULL ? c->end : stop;
        shell_step_to(c, stop == c->end ? stop : stop + 1);
        struct str line = { start, (size_t)(stop - start) };
        while (h->redirect->strips_tabs && line.len > 0 && line.ptr[0] == '\t')
            line = str_from_pos(line, 1);
        if (str_eq(line, h->delimiter) || (str_has_suffix(line, STR("\r")) &&
                                           str_eq(str_slice(line, 0, line.len - 1), h->delimiter)))
            return (struct str){ from, (size_t)(start - from) };
    }
    return (struct str){ from, (size_t)(c->at - from) };
}

static void take_here(struct shell_cursor *c, const struct shell_here *h)
{
    struct shell_word *w = shell_word_new(c);
    uint32_t line = c->line;
    struct str body = take_lines(c, h);
    if (h->redirect->strips_tabs)
        body = without_tabs(c->arena, body);
    h->redirect->target = w;
    shell_fill_word(c, w, body, line, h->is_quoted);
}

static void take_pending(struct shell_cursor *c)
{
    struct shell_here *h = c->pending;
    c->pending = NULL;
    for (; h != NULL; h = h->next)
        take_here(c, h);
}

/* ---- tokens ---- */

static const struct redirect_form {
    const char *text;
    enum shell_redirect_op op;
    int fd;
} redirect_forms[] = {
    { "&>>", SHELL_APPEND, -1 }, { "&>", SHELL_TO, -1 },  { "<<<", SHELL_HERE_WORD, 0 },
    { "<<-", SHELL_HERE, 0 },    { "<<", SHELL_HERE, 0 }, { "<&", SHELL_DUP, 0 },
    { "<>", SHELL_FROM, 0 },     { "<", SHELL_FROM, 0 },  { ">>", SHELL_APPEND, 1 },
    { ">|", SHELL_TO, 1 },       { ">&", SHELL_DUP, 1 },  { ">", SHELL_TO, 1 },
};

static const char *const operators[] = { "&&", "||", ";;", "|&", ";", "&", "|", "(", ")" };

static bool take_redirect(struct shell_cursor *c, struct shell_token *t)
{
    const char *from = c->at;
    int fd = -2;
    while (!shell_is_done(c) && shell_is_digit(*c->at) && c->at - from < 3)
        c->at++;
    if (c->at != from)
        fd = c->at[-1] - '0';
    for (size_t i = 0; i < sizeof redirect_forms / sizeof redirect_forms[0]; i++) {
        const struct redirect_form *form = &redirect_forms[i];
        if (!shell_looks_at(c, form->text) || (fd != -2 && form->text[0] == '&'))
            continue;
        c->at += strlen(form->text);
        t->kind = SHELL_REDIRECT;
        t->redirect = ARENA_NEW(c->arena, struct shell_redirect);
        t->redirect->op = form->op;
        t->redirect->fd = fd == -2 ? form->fd : fd;
        t->redirect->strips_tabs = strcmp(form->text, "<<-") == 0;
        return true;
    }
    c->at = from;
    return false;
}

static bool take_operator_token(struct shell_cursor *c, struct shell_token *t)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (!shell_looks_at(c, operators[i]))
            continue;
        t->kind = SHELL_OP;
        t->text = str_from(operators[i]);
        c->at += t->text.len;
        return true;
    }
    return false;
}

static void skip_blanks(struct shell_cursor *c)
{
    while (!shell_is_done(c)) {
        if (shell_is_blank(*c->at)) {
            c->at++;
        } else if (shell_looks_at(c, "\\\n")) {
            shell_step(c);
            shell_step(c);
        } else if (*c->at == '#') {
            while (!shell_is_done(c) && *c->at != '\n')
                c->at++;
        } else {
            return;
        }
    }
}

struct shell_token shell_next(struct shell_cursor *c)
{
    struct shell_token t = { .kind = SHELL_END };
    skip_blanks(c);
    shell_lex_check_size(c);
    if (shell_is_done(c))
        return t;
    if (*c->at == '\n') {
        t.kind = SHELL_NEWLINE;
        shell_step(c);
        take_pending(c);
        return t;
    }
    bool is_process = shell_looks_at(c, "<(") || shell_looks_at(c, ">(");
    if (!is_process && !shell_at_placeholder(c) &&
        (take_redirect(c, &t) || take_operator_token(c, &t)))
        return t;
    t.kind = SHELL_WORD;
    t.word = shell_take_word(c);
    return t;
}
