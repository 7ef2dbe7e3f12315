/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_lex.h"

enum lex_mode { LEX_PLAIN, LEX_QUOTED, LEX_BRACED, LEX_HERE };

/* A word that is being put together. */
struct builder {
    struct shell_word *word;
    struct shell_part **last;
    struct shell_part *newest;
};

static void take_parts(struct shell_cursor *c, struct builder *b, enum lex_mode mode);

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
    shell_step(c);
}

struct shell_word *shell_word_new(struct shell_cursor *c)
{
    struct shell_word *w = ARENA_NEW(c->arena, struct shell_word);
    w->line = c->line;
    w->col = (uint32_t)(c->at - c->line_start) + 1;
    return w;
}

static struct shell_word *word_new(struct shell_cursor *c, struct builder *b)
{
    struct shell_word *w = shell_word_new(c);
    *b = (struct builder){ .word = w, .last = &w->parts };
    return w;
}

/* At "(": pass over all up to its ")". */
static void skip_brackets(struct shell_cursor *c)
{
    size_t depth = 0;
    while (!shell_is_done(c)) {
        char ch = *c->at;
        shell_step(c);
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
    while (from < text.len && !shell_is_name_start(text.ptr[from]))
        from++;
    size_t to = from;
    while (to < text.len && shell_is_name_char(text.ptr[to]))
        to++;
    return str_slice(text, from, to);
}

static void take_command(struct shell_cursor *c, struct builder *b, bool is_quoted,
                         enum shell_part_kind kind)
{
    struct shell_part *p = add_part(c, b, kind, is_quoted);
    shell_step(c);
    if (!shell_lex_deeper(c))
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
    shell_step(c);
    const char *from = c->at;
    while (!shell_is_done(c) && *c->at != '`') {
        if (*c->at == '\\' && c->end - c->at > 1)
            shell_step(c);
        shell_step(c);
    }
    struct str inner = { from, (size_t)(c->at - from) };
    if (!shell_is_done(c))
        shell_step(c);
    if (!shell_lex_deeper(c))
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
    if (shell_is_done(c))
        return STR_EMPTY;
    if (shell_is_name_start(*c->at)) {
        while (!shell_is_done(c) && shell_is_name_char(*c->at))
            c->at++;
    } else if (shell_is_digit(*c->at)) {
        while (!shell_is_done(c) && shell_is_digit(*c->at))
            c->at++;
    } else if (*c->at != '\0' && strchr("@*#?$!-", *c->at) != NULL) {
        c->at++;
    }
    return (struct str){ from, (size_t)(c->at - from) };
}

/* Behind "${name": "[index]". */
static void take_index(struct shell_cursor *c, struct shell_part *p)
{
    if (shell_is_done(c) || *c->at != '[')
        return;
    const char *from = ++c->at;
    while (!shell_is_done(c) && *c->at != ']' && *c->at != '}' && *c->at != '\n')
        c->at++;
    p->more = (struct str){ from, (size_t)(c->at - from) };
    p->is_all = str_eq(p->more, STR("@")) || str_eq(p->more, STR("*"));
    if (!shell_is_done(c) && *c->at == ']')
        c->at++;
}

/* Behind "${name[index]": the operator. */
static void take_operator(struct shell_cursor *c, struct shell_part *p)
{
    if (shell_is_done(c) || *c->at == '}')
        return;
    p->op = *c->at;
    if (p->op == ':' && c->end - c->at > 1 && c->at[1] != '\0' &&
        strchr("-=+?", c->at[1]) != NULL) {
        p->op = c->at[1];
        p->is_twice = true;
        c->at += 2;
    } else if (p->op != '\0' && strchr("-=+?:%#/^,", p->op) != NULL) {
        shell_step(c);
        if (!shell_is_done(c) && *c->at == p->op && strchr("%#/^,", p->op) != NULL) {
            p->is_twice = true;
            shell_step(c);
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
    shell_step(c);
    if (!shell_lex_deeper(c))
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
    if (!shell_is_done(c) && *c->at == '}')
        shell_step(c);
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
    shell_step(c);
    const char *from = c->at;
    while (!shell_is_done(c) && *c->at != '\'') {
        if (*c->at == '\\' && c->end - c->at > 1)
            shell_step(c);
        shell_step(c);
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
    if (!shell_is_done(c))
        shell_step(c);
}

/* ".b.c" behind "$a": IPython reads it as an attribute. */
static struct str take_dotted(const struct shell_cursor *c, const char *from)
{
    const char *at = c->at;
    while (c->end - at > 1 && *at == '.' && shell_is_name_start(at[1])) {
        at++;
        while (at < c->end && shell_is_name_char(*at))
            at++;
    }
    return at == c->at ? STR_EMPTY : (struct str){ from, (size_t)(at - from) };
}

static void take_value(struct shell_cursor *c, struct builder *b, bool is_quoted)
{
    const char *from = c->at;
    struct str name = { from, 1 };
    if (shell_is_name_start(*from))
        name = take_name(c);
    else
        c->at++;
    struct shell_part *p = add_part(c, b, SHELL_PART_VALUE, is_quoted);
    p->text = name;
    p->is_all = *from == '@' || *from == '*';
    if (shell_is_name_start(*from)) {
        p->more = take_dotted(c, from);
        if (p->more.len != 0)
            c->at = from + p->more.len;
    }
}

static void take_dollar(struct shell_cursor *c, struct builder *b, bool is_quoted)
{
    const char *dollar = c->at++;
    char ch = shell_is_done(c) ? '\0' : *c->at;
    if (shell_looks_at(c, "((")) {
        (void)add_part(c, b, SHELL_PART_UNKNOWN, is_quoted);
        skip_brackets(c);
    } else if (ch == '(') {
        take_command(c, b, is_quoted, SHELL_PART_COMMAND);
    } else if (ch == '{') {
        take_braced(c, b, is_quoted);
    } else if (ch == '\'' && !is_quoted) {
        take_c_string(c, b);
        b->word->is_quoted = true;
    } else if (shell_is_name_char(ch) || (ch != '\0' && strchr("@*#?$!-", ch) != NULL)) {
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
        shell_step(c);
        shell_step(c);
        return;
    }
    bool protects = mode == LEX_PLAIN || mode == LEX_BRACED ||
                    (c->at[1] != '\0' && strchr("$`\\\"", c->at[1]) != NULL);
    if (protects)
        shell_step(c);
    add_char(c, b, true);
}

static void take_single(struct shell_cursor *c, struct builder *b)
{
    shell_step(c);
    const char *from = c->at;
    while (!shell_is_done(c) && *c->at != '\'')
        shell_step(c);
    add_text(c, b, (struct str){ from, (size_t)(c->at - from) }, true);
    b->word->is_quoted = true;
    if (!shell_is_done(c))
        shell_step(c);
}

static void take_double(struct shell_cursor *c, struct builder *b)
{
    shell_step(c);
    b->word->is_quoted = true;
    add_text(c, b, (struct str){ c->at, 0 }, true);
    if (!shell_lex_deeper(c))
        return;
    take_parts(c, b, LEX_QUOTED);
    c->depth--;
    if (!shell_is_done(c))
        shell_step(c);
}

static bool ends_parts(const struct shell_cursor *c, enum lex_mode mode)
{
    switch (mode) {
    case LEX_PLAIN:
        return shell_ends_word(*c->at);
    case LEX_QUOTED:
        return *c->at == '"';
    case LEX_BRACED:
        return *c->at == '}';
    case LEX_HERE:
        break;
    }
    return false;
}

/* "<bucket>": a word that only stands for something.  At the start of a word it must stand alone or
 * begin a path, since "<in >out" redirects. */
static size_t placeholder_length(const struct shell_cursor *c, bool is_in_word)
{
    const char *at = c->at + 1;
    while (at < c->end && (shell_is_name_char(*at) || *at == '-') && at - c->at < 64)
        at++;
    if (at == c->end || *at != '>' || at == c->at + 1)
        return 0;
    at++;
    bool is_alone = at == c->end || *at == '/' || *at == '.' || shell_is_blank(*at) || *at == '\n';
    return is_in_word || is_alone ? (size_t)(at - c->at) : 0;
}

bool shell_at_placeholder(const struct shell_cursor *c)
{
    return *c->at == '<' && placeholder_length(c, false) != 0;
}

static bool take_placeholder(struct shell_cursor *c, struct builder *b)
{
    size_t n = *c->at == '<' ? placeholder_length(c, b->newest != NULL) : 0;
    if (n == 0)
        return false;
    add_text(c, b, (struct str){ c->at, n }, false);
    c->at += n;
    return true;
}

static void take_parts(struct shell_cursor *c, struct builder *b, enum lex_mode mode)
{
    bool is_quoted = mode == LEX_QUOTED || mode == LEX_HERE;
    while (!shell_is_done(c)) {
        if (mode == LEX_PLAIN && take_placeholder(c, b))
            continue;
        if (ends_parts(c, mode))
            break;
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
        shell_lex_check_size(c);
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
    if (s.len < 2 || s.ptr[s.len - 1] != '=' || !shell_is_name_start(s.ptr[0]))
        return false;
    size_t n = s.ptr[s.len - 2] == '+' ? s.len - 2 : s.len - 1;
    for (size_t i = 0; i < n; i++) {
        if (!shell_is_name_char(s.ptr[i]))
            return false;
    }
    return true;
}

/* At the "(" of "name=(": words up to ")". */
static void take_array(struct shell_cursor *c, struct shell_word *w)
{
    struct shell_word **last = &w->items;
    w->is_array = true;
    shell_step(c);
    if (!shell_lex_deeper(c))
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

struct shell_word *shell_take_word(struct shell_cursor *c)
{
    struct builder b;
    struct shell_word *w = word_new(c, &b);
    if (shell_looks_at(c, "<(") || shell_looks_at(c, ">(")) {
        shell_step(c);
        take_command(c, &b, true, SHELL_PART_PROCESS);
    }
    take_parts(c, &b, LEX_PLAIN);
    if (!shell_is_done(c) && *c->at == '(' && is_assignment_start(w))
        take_array(c, w);
    return w;
}

void shell_fill_word(struct shell_cursor *c, struct shell_word *w, struct str body, uint32_t line,
                     bool is_quoted)
{
    struct builder b = { .word = w, .last = &w->parts };
    w->is_quoted = true;
    if (is_quoted) {
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
