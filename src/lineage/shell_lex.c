/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_internal.h"

#include <string.h>

enum lex_mode { LEX_PLAIN, LEX_QUOTED, LEX_BRACED, LEX_HERE };

struct shell_here {
    struct shell_redirect *redirect;
    struct str delimiter;
    bool is_quoted;
    struct shell_here *next;
};

struct builder {
    struct shell_word *word;
    struct shell_part **last;
    struct shell_part *newest;
};

static void take_parts(struct shell_cursor *c, struct builder *b, enum lex_mode mode);

void shell_cursor_init(struct shell_cursor *c, struct arena *a, struct str text, uint32_t line)
{
    *c = (struct shell_cursor){ .arena = a, .at = text.ptr, .line_start = text.ptr, .line = line };
    c->used_bytes = a->used_bytes;
    c->end = text.len == 0 ? text.ptr : text.ptr + text.len;
}

/* ---- characters ---- */

static bool is_done(const struct shell_cursor *c)
{
    return c->at == c->end;
}

static bool looks_at(const struct shell_cursor *c, const char *text)
{
    size_t n = strlen(text);
    return (size_t)(c->end - c->at) >= n && memcmp(c->at, text, n) == 0;
}

static void step(struct shell_cursor *c)
{
    if (*c->at++ == '\n') {
        c->line++;
        c->line_start = c->at;
    }
}

static void step_to(struct shell_cursor *c, const char *to)
{
    while (c->at < to)
        step(c);
}

static bool is_name_start(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_';
}

static bool is_digit(char ch)
{
    return ch >= '0' && ch <= '9';
}

static bool is_name_char(char ch)
{
    return is_name_start(ch) || is_digit(ch);
}

static bool is_blank(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\r';
}

static bool ends_word(char ch)
{
    return is_blank(ch) || ch == '\n' || (ch != '\0' && strchr(";&|<>()", ch) != NULL);
}

/* Past LIMIT_DEPTH the rest of the text is given up. */
static bool go_deeper(struct shell_cursor *c)
{
    if (c->depth >= LIMIT_DEPTH) {
        c->hit_limit = true;
        step_to(c, c->end);
        return false;
    }
    c->depth++;
    return true;
}

/* Past LIMIT_TREE_BYTES as well. */
static void check_size(struct shell_cursor *c)
{
    if (c->arena->used_bytes - c->used_bytes > LIMIT_TREE_BYTES) {
        c->hit_limit = true;
        step_to(c, c->end);
    }
}

/* ---- parts ---- */

static struct shell_part *add_part(struct shell_cursor *c, struct builder *b,
                                   enum shell_part_kind kind, bool is_quoted)
{
    struct shell_part *p = ARENA_NEW(c->arena, struct shell_part);
    p->kind = kind;
    p->is_quoted = is_quoted;
    *b->last = p;
    b->last = &p->next;
    b->newest = p;
    return p;
}

/* Texts that follow each other in the source become one part. */
static void add_text(struct shell_cursor *c, struct builder *b, struct str text, bool is_quoted)
{
    struct shell_part *p = b->newest;
    if (p != NULL && p->kind == SHELL_PART_TEXT && p->is_quoted == is_quoted &&
        p->text.ptr + p->text.len == text.ptr) {
        p->text.len += text.len;
        return;
    }
    p = add_part(c, b, SHELL_PART_TEXT, is_quoted);
    p->text = text;
}

static void add_char(struct shell_cursor *c, struct builder *b, bool is_quoted)
{
    add_text(c, b, (struct str){ c->at, 1 }, is_quoted);
    step(c);
}

static struct shell_word *word_new(struct shell_cursor *c, struct builder *b)
{
    struct shell_word *w = ARENA_NEW(c->arena, struct shell_word);
    w->line = c->line;
    w->col = (uint32_t)(c->at - c->line_start) + 1;
    *b = (struct builder){ .word = w, .last = &w->parts };
    return w;
}

/* At "(": pass over all up to its ")". */
static void skip_brackets(struct shell_cursor *c)
{
    size_t depth = 0;
    while (!is_done(c)) {
        char ch = *c->at;
        step(c);
        if (ch == '(')
            depth++;
        if (ch == ')' && --depth == 0)
            return;
    }
}

struct str shell_take_arithmetic(struct shell_cursor *c)
{
    const char *from = c->at;
    skip_brackets(c);
    return (struct str){ from, (size_t)(c->at - from) };
}

struct str shell_first_name(struct str text)
{
    size_t from = 0;
    while (from < text.len && !is_name_start(text.ptr[from]))
        from++;
    size_t to = from;
    while (to < text.len && is_name_char(text.ptr[to]))
        to++;
    return str_slice(text, from, to);
}

static void take_command(struct shell_cursor *c, struct builder *b, bool is_quoted,
                         enum shell_part_kind kind)
{
    struct shell_part *p = add_part(c, b, kind, is_quoted);
    step(c);
    if (!go_deeper(c))
        return;
    p->body = shell_parse(c, true);
    c->depth--;
}

/* Without the backslashes that protect "`", "$" and "\". */
static struct str without_escapes(struct arena *a, struct str s)
{
    if (str_find_char(s, '\\') == SIZE_MAX)
        return s;
    char *out = arena_alloc(a, s.len);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len && strchr("`$\\", s.ptr[i + 1]) != NULL)
            i++;
        out[n++] = s.ptr[i];
    }
    return (struct str){ out, n };
}

static void take_backticks(struct shell_cursor *c, struct builder *b, bool is_quoted)
{
    struct shell_part *p = add_part(c, b, SHELL_PART_COMMAND, is_quoted);
    uint32_t line = c->line;
    step(c);
    const char *from = c->at;
    while (!is_done(c) && *c->at != '`') {
        if (*c->at == '\\' && c->end - c->at > 1)
            step(c);
        step(c);
    }
    struct str inner = { from, (size_t)(c->at - from) };
    if (!is_done(c))
        step(c);
    if (!go_deeper(c))
        return;
    struct shell_cursor sub;
    shell_cursor_init(&sub, c->arena, without_escapes(c->arena, inner), line);
    sub.depth = c->depth;
    sub.used_bytes = c->used_bytes;
    p->body = shell_parse(&sub, false);
    c->hit_limit |= sub.hit_limit;
    c->depth--;
}

static struct str take_name(struct shell_cursor *c)
{
    const char *from = c->at;
    if (is_done(c))
        return STR_EMPTY;
    if (is_name_start(*c->at)) {
        while (!is_done(c) && is_name_char(*c->at))
            c->at++;
    } else if (is_digit(*c->at)) {
        while (!is_done(c) && is_digit(*c->at))
            c->at++;
    } else if (*c->at != '\0' && strchr("@*#?$!-", *c->at) != NULL) {
        c->at++;
    }
    return (struct str){ from, (size_t)(c->at - from) };
}

/* Behind "${name": "[index]". */
static void take_index(struct shell_cursor *c, struct shell_part *p)
{
    if (is_done(c) || *c->at != '[')
        return;
    const char *from = ++c->at;
    while (!is_done(c) && *c->at != ']' && *c->at != '}' && *c->at != '\n')
        c->at++;
    p->more = (struct str){ from, (size_t)(c->at - from) };
    p->is_all = str_eq(p->more, STR("@")) || str_eq(p->more, STR("*"));
    if (!is_done(c) && *c->at == ']')
        c->at++;
}

/* Behind "${name[index]": the operator. */
static void take_operator(struct shell_cursor *c, struct shell_part *p)
{
    if (is_done(c) || *c->at == '}')
        return;
    p->op = *c->at;
    if (p->op == ':' && c->end - c->at > 1 && c->at[1] != '\0' &&
        strchr("-=+?", c->at[1]) != NULL) {
        p->op = c->at[1];
        p->is_twice = true;
        c->at += 2;
    } else if (p->op != '\0' && strchr("-=+?:%#/^,", p->op) != NULL) {
        step(c);
        if (!is_done(c) && *c->at == p->op && strchr("%#/^,", p->op) != NULL) {
            p->is_twice = true;
            step(c);
        }
    } else {
        p->op = '?';
    }
    struct builder b;
    p->arg = word_new(c, &b);
    take_parts(c, &b, LEX_BRACED);
}

/* Behind "$", at "{". */
static void take_braced(struct shell_cursor *c, struct builder *b, bool is_quoted)
{
    struct shell_part *p = add_part(c, b, SHELL_PART_VALUE, is_quoted);
    step(c);
    if (!go_deeper(c))
        return;
    if (c->end - c->at > 1 && (*c->at == '#' || *c->at == '!') && c->at[1] != '}') {
        p->op = *c->at == '#' ? 'l' : '!';
        c->at++;
    }
    p->text = take_name(c);
    take_index(c, p);
    char op = p->op;
    take_operator(c, p);
    if (op != '\0')
        p->op = op;
    if (!is_done(c) && *c->at == '}')
        step(c);
    c->depth--;
}

static char escape_of(char ch)
{
    switch (ch) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    default:
        return ch;
    }
}

/* Behind "$", at "'": text with the escapes of C. */
static void take_c_string(struct shell_cursor *c, struct builder *b)
{
    step(c);
    const char *from = c->at;
    while (!is_done(c) && *c->at != '\'') {
        if (*c->at == '\\' && c->end - c->at > 1)
            step(c);
        step(c);
    }
    size_t len = (size_t)(c->at - from), n = 0;
    char *out = arena_alloc(c->arena, len);
    for (size_t i = 0; i < len; i++) {
        if (from[i] == '\\' && i + 1 < len)
            out[n++] = escape_of(from[++i]);
        else
            out[n++] = from[i];
    }
    add_text(c, b, (struct str){ out, n }, true);
    if (!is_done(c))
        step(c);
}

/* ".b.c" behind "$a": IPython reads it as an attribute. */
static struct str take_dotted(const struct shell_cursor *c, const char *from)
{
    const char *at = c->at;
    while (c->end - at > 1 && *at == '.' && is_name_start(at[1])) {
        at++;
        while (at < c->end && is_name_char(*at))
            at++;
    }
    return at == c->at ? STR_EMPTY : (struct str){ from, (size_t)(at - from) };
}

static void take_value(struct shell_cursor *c, struct builder *b, bool is_quoted)
{
    const char *from = c->at;
    struct str name = { from, 1 };
    if (is_name_start(*from))
        name = take_name(c);
    else
        c->at++;
    struct shell_part *p = add_part(c, b, SHELL_PART_VALUE, is_quoted);
    p->text = name;
    p->is_all = *from == '@' || *from == '*';
    if (is_name_start(*from)) {
        p->more = take_dotted(c, from);
        if (p->more.len != 0)
            c->at = from + p->more.len;
    }
}

static void take_dollar(struct shell_cursor *c, struct builder *b, bool is_quoted)
{
    const char *dollar = c->at++;
    char ch = is_done(c) ? '\0' : *c->at;
    if (looks_at(c, "((")) {
        (void)add_part(c, b, SHELL_PART_UNKNOWN, is_quoted);
        skip_brackets(c);
    } else if (ch == '(') {
        take_command(c, b, is_quoted, SHELL_PART_COMMAND);
    } else if (ch == '{') {
        take_braced(c, b, is_quoted);
    } else if (ch == '\'' && !is_quoted) {
        take_c_string(c, b);
        b->word->is_quoted = true;
    } else if (is_name_char(ch) || (ch != '\0' && strchr("@*#?$!-", ch) != NULL)) {
        take_value(c, b, is_quoted);
    } else if (ch != '"' || is_quoted) {
        add_text(c, b, (struct str){ dollar, 1 }, is_quoted);
    }
}

/* ---- words ---- */

static void take_backslash(struct shell_cursor *c, struct builder *b, enum lex_mode mode)
{
    if (c->end - c->at < 2) {
        add_char(c, b, mode != LEX_PLAIN);
        return;
    }
    if (c->at[1] == '\n') {
        step(c);
        step(c);
        return;
    }
    bool protects = mode == LEX_PLAIN || mode == LEX_BRACED ||
                    (c->at[1] != '\0' && strchr("$`\\\"", c->at[1]) != NULL);
    if (protects)
        step(c);
    add_char(c, b, true);
}

static void take_single(struct shell_cursor *c, struct builder *b)
{
    step(c);
    const char *from = c->at;
    while (!is_done(c) && *c->at != '\'')
        step(c);
    add_text(c, b, (struct str){ from, (size_t)(c->at - from) }, true);
    b->word->is_quoted = true;
    if (!is_done(c))
        step(c);
}

static void take_double(struct shell_cursor *c, struct builder *b)
{
    step(c);
    b->word->is_quoted = true;
    add_text(c, b, (struct str){ c->at, 0 }, true);
    if (!go_deeper(c))
        return;
    take_parts(c, b, LEX_QUOTED);
    c->depth--;
    if (!is_done(c))
        step(c);
}

static bool ends_parts(const struct shell_cursor *c, enum lex_mode mode)
{
    switch (mode) {
    case LEX_PLAIN:
        return ends_word(*c->at);
    case LEX_QUOTED:
        return *c->at == '"';
    case LEX_BRACED:
        return *c->at == '}';
    case LEX_HERE:
        break;
    }
    return false;
}

static void take_parts(struct shell_cursor *c, struct builder *b, enum lex_mode mode)
{
    bool is_quoted = mode == LEX_QUOTED || mode == LEX_HERE;
    while (!is_done(c) && !ends_parts(c, mode)) {
        char ch = *c->at;
        if (ch == '\\')
            take_backslash(c, b, mode);
        else if (ch == '$')
            take_dollar(c, b, is_quoted);
        else if (ch == '`')
            take_backticks(c, b, is_quoted);
        else if (ch == '\'' && !is_quoted)
            take_single(c, b);
        else if (ch == '"' && !is_quoted)
            take_double(c, b);
        else
            add_char(c, b, is_quoted);
        check_size(c);
    }
}

struct str shell_plain(const struct shell_word *w)
{
    const struct shell_part *p = w->parts;
    bool is_plain = p != NULL && p->next == NULL && p->kind == SHELL_PART_TEXT && !w->is_quoted;
    return is_plain ? p->text : STR_EMPTY;
}

/* "name=" or "name+=" and nothing else so far. */
static bool is_assignment_start(const struct shell_word *w)
{
    struct str s = shell_plain(w);
    if (s.len < 2 || s.ptr[s.len - 1] != '=' || !is_name_start(s.ptr[0]))
        return false;
    size_t n = s.ptr[s.len - 2] == '+' ? s.len - 2 : s.len - 1;
    for (size_t i = 0; i < n; i++) {
        if (!is_name_char(s.ptr[i]))
            return false;
    }
    return true;
}

/* At the "(" of "name=(": words up to ")". */
static void take_array(struct shell_cursor *c, struct shell_word *w)
{
    struct shell_word **last = &w->items;
    w->is_array = true;
    step(c);
    if (!go_deeper(c))
        return;
    for (;;) {
        struct shell_token t = shell_next(c);
        if (t.kind == SHELL_WORD) {
            *last = t.word;
            last = &t.word->next;
        } else if (t.kind == SHELL_END || (t.kind == SHELL_OP && t.text.ptr[0] == ')')) {
            break;
        }
    }
    c->depth--;
}

static struct shell_word *take_word(struct shell_cursor *c)
{
    struct builder b;
    struct shell_word *w = word_new(c, &b);
    if (looks_at(c, "<(") || looks_at(c, ">(")) {
        step(c);
        take_command(c, &b, true, SHELL_PART_PROCESS);
    }
    take_parts(c, &b, LEX_PLAIN);
    if (!is_done(c) && *c->at == '(' && is_assignment_start(w))
        take_array(c, w);
    return w;
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
    while (!is_done(c)) {
        const char *start = c->at;
        const char *stop = memchr(c->at, '\n', (size_t)(c->end - c->at));
        stop = stop == NULL ? c->end : stop;
        step_to(c, stop == c->end ? stop : stop + 1);
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
    struct builder b;
    struct shell_word *w = word_new(c, &b);
    uint32_t line = c->line;
    struct str body = take_lines(c, h);
    if (h->redirect->strips_tabs)
        body = without_tabs(c->arena, body);
    h->redirect->target = w;
    w->is_quoted = true;
    if (h->is_quoted) {
        add_text(c, &b, body, true);
        return;
    }
    struct shell_cursor sub;
    shell_cursor_init(&sub, c->arena, body, line);
    sub.depth = c->depth;
    sub.used_bytes = c->used_bytes;
    take_parts(&sub, &b, LEX_HERE);
    c->hit_limit |= sub.hit_limit;
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
    while (!is_done(c) && is_digit(*c->at) && c->at - from < 3)
        c->at++;
    if (c->at != from)
        fd = c->at[-1] - '0';
    for (size_t i = 0; i < sizeof redirect_forms / sizeof redirect_forms[0]; i++) {
        const struct redirect_form *form = &redirect_forms[i];
        if (!looks_at(c, form->text) || (fd != -2 && form->text[0] == '&'))
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
        if (!looks_at(c, operators[i]))
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
    while (!is_done(c)) {
        if (is_blank(*c->at)) {
            c->at++;
        } else if (looks_at(c, "\\\n")) {
            step(c);
            step(c);
        } else if (*c->at == '#') {
            while (!is_done(c) && *c->at != '\n')
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
    check_size(c);
    if (is_done(c))
        return t;
    if (*c->at == '\n') {
        t.kind = SHELL_NEWLINE;
        step(c);
        take_pending(c);
        return t;
    }
    bool is_process = looks_at(c, "<(") || looks_at(c, ">(");
    if (!is_process && (take_redirect(c, &t) || take_operator_token(c, &t)))
        return t;
    t.kind = SHELL_WORD;
    t.word = take_word(c);
    return t;
}
