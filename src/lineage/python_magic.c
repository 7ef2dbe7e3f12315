/*
 * python_magic: the lines that IPython takes before Python sees them, after the rules of its
 * inputtransformer2: "%name rest", "!command", "!!command", "?name" and "name?", the forms behind
 * an equals sign, and cells that begin with "%%name".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/magics.h"
#include "lineage/python_internal.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The rest of the logical line at l->at: lines continued by "\" become one, with a blank between.
 */
static struct str raw_line(struct parser *p, bool *is_continued)
{
    struct str raw = python_lex_raw_line(&p->lex, is_continued), line, rest = raw;
    if (!*is_continued)
        return str_trim(raw);
    buf_reset(&p->scratch);
    while (str_cut(rest, '\n', &line, &rest) || line.len > 0) {
        while (line.len > 0 && (is_blank(line.ptr[line.len - 1]) || line.ptr[line.len - 1] == '\r'))
            line.len--;
        if (str_has_suffix(line, STR("\\")))
            line.len--;
        if (p->scratch.len > 0)
            buf_add_char(&p->scratch, ' ');
        buf_add(&p->scratch, line);
    }
    struct str joined = arena_str(p->arena, str_trim(buf_str(&p->scratch)));
    buf_reset(&p->scratch);
    return joined;
}

static bool is_code(enum magic_is is)
{
    return is == MAGIC_IS_KERNEL || is == MAGIC_IS_PYTHON;
}

/* What stands behind the options of its line. */
static struct str words_of(const struct magic *magic, struct str line)
{
    struct magic_line parts;
    magic_read_line(magic, line, false, &parts);
    return parts.words;
}

/* The statements of text, which stands in the line that begins at line_start, or begins a line
 * itself if that is NULL. */
static struct node *nested_at(struct parser *p, struct str text, uint32_t line,
                              const char *line_start)
{
    struct lexer l;
    if (text.len == 0)
        return NULL;
    python_lex_init(&l, text, line);
    if (line_start != NULL)
        l.line_start = line_start;
    return python_nested(p, l);
}

/* Behind "%": the magic up to the end of its line. */
static struct node *line_magic(struct parser *p, struct place at)
{
    struct lexer *l = &p->lex;
    struct node *n = python_node(p, NODE_MAGIC, at);
    const char *line_start = l->line_start;
    const uint32_t line = l->line;
    bool is_continued;
    while (l->at < l->end && (is_blank(*l->at) || *l->at == '%'))
        l->at++;
    struct str text = raw_line(p, &is_continued);
    size_t name_len = 0;
    while (name_len < text.len && !is_blank(text.ptr[name_len]))
        name_len++;
    n->magic.name = str_slice(text, 0, name_len);
    n->magic.line = str_trim(str_from_pos(text, name_len));
    const struct magic *magic = magic_find(n->magic.name);
    if (magic != NULL && is_code(magic->line))
        n->magic.code =
            nested_at(p, words_of(magic, n->magic.line), line, is_continued ? NULL : line_start);
    return n;
}

/* Behind "!": the shell command up to the end of its line. */
static struct node *shell_line(struct parser *p, struct place at)
{
    bool is_continued;
    struct node *n = python_node(p, NODE_SHELL, at);
    if (p->lex.at < p->lex.end && *p->lex.at == '!')
        p->lex.at++;
    n->shell.text = raw_line(p, &is_continued);
    return n;
}

/* The token is no longer one of Python's: read on behind the line. */
static void go_on(struct parser *p)
{
    p->lex.depth = 0;
    python_advance(p);
}

struct node *python_magic_value(struct parser *p)
{
    const struct place at = python_here(p);
    struct node *n = p->tok.kind == T_BANG ? shell_line(p, at) : line_magic(p, at);
    go_on(p);
    return n;
}

void python_skip_help(struct parser *p)
{
    bool is_continued;
    (void)python_lex_raw_line(&p->lex, &is_continued);
    go_on(p);
}

bool python_magic_line(struct parser *p, struct node_list *out)
{
    const struct place at = python_here(p);
    if (p->tok.kind == T_QUESTION) {
        python_skip_help(p);
        return true;
    }
    if (p->tok.kind != T_BANG && p->tok.kind != T_PERCENT)
        return false;
    struct node *n = p->tok.kind == T_BANG ? shell_line(p, at) : line_magic(p, at);
    node_list_add(out, n);
    go_on(p);
    return true;
}

/* Code of the line of %%timeit and %%prun, which runs before the body, and of the body. */
static struct node *cell_code(struct parser *p, struct node *n, struct lexer body,
                              const char *line_start)
{
    struct node_list code = NODE_LIST_INIT(code);
    const struct magic *magic = magic_find(n->magic.name);
    if (magic == NULL || !is_code(magic->cell))
        return NULL;
    if (is_code(magic->line)) {
        struct str setup = words_of(magic, n->magic.line);
        *code.last = nested_at(p, setup, n->line, line_start);
        while (*code.last != NULL)
            code.last = &(*code.last)->next;
    }
    struct node *inner = python_cell_magic(p, body);
    *code.last = inner != NULL ? inner : python_nested(p, body);
    return code.first;
}

struct node *python_cell_magic(struct parser *p, struct lexer l)
{
    struct lexer *lex = &p->lex;
    const struct lexer outer = *lex;
    struct token t;
    *lex = l;
    python_lex(lex, &t);
    if (t.kind != T_PERCENT || lex->at == lex->end || *lex->at != '%' || !python_enter(p)) {
        *lex = outer;
        return NULL;
    }
    struct node *n = python_node(p, NODE_MAGIC, (struct place){ t.line, t.col });
    const char *start = ++lex->at, *line_start = lex->line_start;
    while (lex->at < lex->end && *lex->at != '\n' && *lex->at != '\r')
        lex->at++;
    struct str text = str_trim((struct str){ start, (size_t)(lex->at - start) });
    size_t name_len = 0;
    while (name_len < text.len && !is_blank(text.ptr[name_len]))
        name_len++;
    n->magic.name = str_slice(text, 0, name_len);
    n->magic.line = str_trim(str_from_pos(text, name_len));
    if (lex->at < lex->end)
        python_lex_line_end(lex);
    n->magic.body = (struct str){ lex->at, (size_t)(lex->end - lex->at) };
    lex->at_line_start = true;
    n->magic.code = cell_code(p, n, *lex, line_start);
    python_leave(p);
    *lex = outer;
    return n;
}
