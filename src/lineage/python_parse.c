/*
 * python_parse: entry, nodes, and what happens to text that is no Python.
 *
 * What cannot be parsed is skipped from the start of its logical line to the next one.  A bracket
 * that is never closed ends at the next line that is not indented more.  Skipping reads text
 * again; all that together may take four times the source, then it goes on line by line, so that
 * time stays linear.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/hole.h"
#include "lineage/python_internal.h"
#include "util/limits.h"

#include <string.h>

enum { LOOK_AHEAD_FACTOR = 4 };

static const char too_deep[] = "it is nested too deeply";

struct node *python_node(struct parser *p, enum node_kind kind, struct place at)
{
    const size_t before = p->arena->used_bytes;
    struct node *n = arena_alloc(p->arena, node_size(kind));
    n->kind = (uint8_t)kind;
    n->line = at.line;
    n->col = at.col;
    p->tree_bytes += p->arena->used_bytes - before;
    if (p->tree_bytes > LIMIT_TREE_BYTES && !p->is_over) {
        p->is_over = true;
        p->out->hit_limit = true;
        (void)python_fail(p, "the text is too large");
    }
    return n;
}

struct node *python_fail(struct parser *p, const char *reason)
{
    if (!p->failed) {
        p->failed = true;
        p->reason = reason;
        p->failed_at = p->tok.ptr;
        p->failed_line = p->tok.line;
        p->tok.kind = T_BAD;
    }
    return python_node(p, NODE_UNKNOWN, (struct place){ p->tok.line, p->tok.col });
}

bool python_enter(struct parser *p)
{
    if (p->depth++ < LIMIT_DEPTH)
        return true;
    p->out->hit_limit = true;
    (void)python_fail(p, too_deep);
    return false;
}

void python_leave(struct parser *p)
{
    p->depth--;
}

struct python_mark python_mark(const struct parser *p)
{
    return (struct python_mark){ p->tok.ptr, p->tok.line, p->tok.col, p->lex.indent };
}

void python_mark_line(struct parser *p)
{
    p->line = python_mark(p);
}

/* The lexer as it was in front of the token at mark. */
static void lexer_back_to(struct lexer *l, const struct python_mark *mark)
{
    l->at = mark->ptr;
    l->line = mark->line;
    l->line_start = mark->ptr - (mark->col - 1);
    l->indent = mark->indent;
    l->depth = l->field_depth = 0;
    l->at_line_start = l->skips_fstrings = false;
}

void python_back_to(struct parser *p, const struct python_mark *mark)
{
    lexer_back_to(&p->lex, mark);
    p->failed = false;
    python_advance(p);
}

/* Go to the start of the line behind the one that ptr is in. */
static void next_line(struct lexer *l, const char *ptr, uint32_t line)
{
    l->at = ptr;
    l->line = line;
    l->depth = l->field_depth = 0;
    while (l->at < l->end && *l->at != '\n' && *l->at != '\r')
        l->at++;
    if (l->at < l->end)
        python_lex_line_end(l);
    l->at_line_start = true;
}

/* Inside brackets, at the first token of a line: it shows that they are never closed. */
static bool begins_statement(const struct token *t)
{
    switch (t->kind) {
    case T_ASSERT:
    case T_BREAK:
    case T_CLASS:
    case T_CONTINUE:
    case T_DEF:
    case T_DEL:
    case T_ELIF:
    case T_EXCEPT:
    case T_FINALLY:
    case T_GLOBAL:
    case T_IMPORT:
    case T_NONLOCAL:
    case T_PASS:
    case T_RAISE:
    case T_RETURN:
    case T_TRY:
    case T_WHILE:
    case T_WITH:
        return true;
    default:
        return false;
    }
}

static bool is_closer(const struct token *t)
{
    return t->kind == T_RPAREN || t->kind == T_RBRACKET || t->kind == T_RBRACE;
}

/* Where reading goes on behind the logical line at *at, which is moved as far as was read. */
static struct lexer end_of_line(const struct parser *p, struct lexer *at)
{
    struct lexer resume = *at;
    bool has_resume = false;
    uint32_t line = at->line;
    struct token t;
    at->skips_fstrings = true;
    for (;;) {
        const uint32_t depth = at->depth;
        python_lex(at, &t);
        if (t.kind == T_NEWLINE)
            return *at;
        if (t.kind == T_END || (size_t)(at->at - p->line.ptr) > p->look_ahead_bytes)
            return has_resume ? resume : *at;
        if (t.kind == T_BAD && at->line != t.line) { /* an open string of many lines */
            if (!has_resume)
                next_line(&resume, t.ptr, t.line);
            return resume;
        }
        if (t.line != line && depth > 0 && t.col <= p->line.indent + 1 && !is_closer(&t)) {
            if (!has_resume)
                next_line(&resume, t.ptr - t.col, t.line - 1);
            has_resume = true;
            if (begins_statement(&t))
                return resume;
        }
        line = at->line;
    }
}

static void note_gap(struct parser *p)
{
    struct parsed *out = p->out;
    if (out->n_gaps == LIMIT_PARSE_GAPS)
        return;
    struct parse_gap *gap = ARENA_PUSH(p->arena, out->gaps, out->n_gaps, p->cap_gaps);
    gap->line = p->failed_line;
    gap->reason = p->reason;
}

/* "np.*load*?" is no Python, but IPython knows what it means. */
static bool is_help_line(const struct parser *p)
{
    const char *end = p->line.ptr;
    while (end < p->lex.end && *end != '\n' && *end != '\r')
        end++;
    struct str line = str_trim((struct str){ p->line.ptr, (size_t)(end - p->line.ptr) });
    return p->mode == PYTHON_IPYTHON && str_has_suffix(line, STR("?"));
}

void python_recover(struct parser *p)
{
    struct lexer *l = &p->lex;
    const char *read_to = l->at;
    if (!is_help_line(p))
        note_gap(p);
    p->failed = p->in_pattern = false;
    lexer_back_to(l, &p->line);
    if (p->is_over) {
        l->at = l->end;
    } else {
        struct lexer scan = *l;
        const struct lexer resume = p->look_ahead_bytes > 0 ? end_of_line(p, &scan) : *l;
        const char *last = scan.at > read_to ? scan.at : read_to;
        const size_t again = (size_t)(last - p->line.ptr);
        if (again < p->look_ahead_bytes) {
            p->look_ahead_bytes -= again;
            *l = resume;
        } else {
            p->look_ahead_bytes = 0;
            next_line(l, p->failed_at, p->failed_line);
        }
    }
    l->skips_fstrings = false;
    l->depth = l->field_depth = 0;
    python_advance(p);
}

static void statement(struct parser *p, struct node_list *out)
{
    python_mark_line(p);
    if (p->tok.kind == T_NEWLINE)
        python_advance(p);
    else if (!python_continued_chain(p)) {
        p->previous = NULL;
        if ((p->mode != PYTHON_IPYTHON || !python_magic_line(p, out)) && !python_compound(p, out))
            python_simple_line(p, out);
    }
    if (p->failed)
        python_recover(p);
}

void python_statements(struct parser *p, struct node_list *out, int64_t header_indent)
{
    if (python_enter(p))
        while (p->tok.kind != T_END && p->lex.indent > header_indent && !p->failed)
            statement(p, out);
    python_leave(p);
}

struct node *python_nested(struct parser *p, struct lexer lex)
{
    const struct parser outer = *p;
    struct node_list list = NODE_LIST_INIT(list);
    p->lex = lex;
    python_advance(p);
    python_statements(p, &list, -1);
    p->lex = outer.lex;
    p->tok = outer.tok;
    p->line = outer.line;
    p->mode = outer.mode;
    return list.first;
}

/* Unknown parts of a text that is filled in are blanks to its parser. */
static struct str without_holes(struct arena *a, struct str source)
{
    if (source.len == 0 || memchr(source.ptr, HOLE_BYTE, source.len) == NULL)
        return source;
    char *copy = arena_alloc(a, source.len);
    for (size_t i = 0; i < source.len; i++)
        copy[i] = source.ptr[i];
    for (size_t i = 0; i < source.len; i++)
        if (copy[i] == HOLE_BYTE)
            copy[i] = ' ';
    return (struct str){ copy, source.len };
}

static void parser_init(struct parser *p, struct arena *a, struct str source, enum python_mode mode,
                        struct parsed *out)
{
    *p = (struct parser){ .arena = a,
                          .out = out,
                          .mode = mode,
                          .scratch = BUF_INIT(SIZE_MAX),
                          .look_ahead_bytes = source.len * LOOK_AHEAD_FACTOR };
    python_lex_init(&p->lex, source, 1);
}

void python_parse(struct arena *a, struct str source, enum python_mode mode, struct parsed *out)
{
    struct parser p;
    struct parsed result = { 0 };
    source = without_holes(a, source);
    parser_init(&p, a, source, mode, &result);
    if (mode == PYTHON_IPYTHON)
        result.statements = python_cell_magic(&p, p.lex);
    if (result.statements == NULL)
        result.statements = python_nested(&p, p.lex);
    buf_release(&p.scratch);
    *out = result;
}

struct node *python_parse_expression(struct arena *a, struct str source)
{
    struct parser p;
    struct parsed result = { 0 };
    parser_init(&p, a, without_holes(a, source), PYTHON_PLAIN, &result);
    p.lex.depth = 1; /* line ends are blanks */
    p.lex.at_line_start = false;
    python_advance(&p);
    struct node *n = python_star_expressions(&p);
    const bool is_whole = p.tok.kind == T_END && !p.failed && !result.hit_limit;
    buf_release(&p.scratch);
    return is_whole ? n : NULL;
}
