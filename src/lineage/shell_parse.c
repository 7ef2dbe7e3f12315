/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_internal.h"

/*
 * Both branches of a condition count, so if, while, case and { } are blocks of commands, and
 * "then", "do" and the like only separate them; behind "else", "elif" and ";;" another branch
 * begins.  Only for, functions, brackets and pipes have a shape of their own.
 */

enum closer { UNTIL_END, UNTIL_BRACKET, UNTIL_FI, UNTIL_DONE, UNTIL_ESAC, UNTIL_BRACE };

struct parser {
    struct shell_cursor *cursor;
    struct shell_token ahead;
    bool has_ahead;
    bool is_branch; /* what comes next begins another branch of the list that is being read */
    bool has_else;  /* a branch of that list is taken where no other one is */
};

static struct shell_node *parse_list(struct parser *p, enum closer closer);

static const struct shell_token *peek(struct parser *p)
{
    if (!p->has_ahead) {
        p->ahead = shell_next(p->cursor);
        p->has_ahead = true;
    }
    return &p->ahead;
}

static void take(struct parser *p)
{
    p->has_ahead = false;
}

static bool at_op(struct parser *p, const char *text)
{
    const struct shell_token *t = peek(p);
    return t->kind == SHELL_OP && str_eq(t->text, str_from(text));
}

static bool at_word(struct parser *p, const char *text)
{
    const struct shell_token *t = peek(p);
    return t->kind == SHELL_WORD && str_eq(shell_plain(t->word), str_from(text));
}

static bool take_plain(struct parser *p, const char *text)
{
    if (!at_word(p, text))
        return false;
    take(p);
    return true;
}

static struct shell_node *node_new(struct parser *p, enum shell_node_kind kind)
{
    struct shell_node *n = ARENA_NEW(p->cursor->arena, struct shell_node);
    n->kind = kind;
    return n;
}

static struct shell_word *word_of(struct parser *p, struct str text)
{
    struct shell_word *w = ARENA_NEW(p->cursor->arena, struct shell_word);
    w->parts = ARENA_NEW(p->cursor->arena, struct shell_part);
    w->parts->text = text;
    w->line = p->cursor->line;
    w->col = 1;
    return w;
}

static bool go_deeper(struct parser *p)
{
    if (p->cursor->depth >= LIMIT_DEPTH) {
        p->cursor->hit_limit = true;
        p->cursor->at = p->cursor->end;
        p->ahead = (struct shell_token){ .kind = SHELL_END };
        p->has_ahead = true;
        return false;
    }
    p->cursor->depth++;
    return true;
}

static void skip_newlines(struct parser *p)
{
    while (peek(p)->kind == SHELL_NEWLINE)
        take(p);
}

/* At a redirection: take it with its target. */
static void take_redirect(struct parser *p, struct shell_redirect ***last)
{
    struct shell_redirect *r = peek(p)->redirect;
    take(p);
    if (peek(p)->kind != SHELL_WORD)
        return;
    struct shell_word *target = peek(p)->word;
    take(p);
    if (r->op == SHELL_HERE)
        shell_await_here(p->cursor, r, target);
    else
        r->target = target;
    **last = r;
    *last = &r->next;
}

static void take_redirects(struct parser *p, struct shell_node *n)
{
    struct shell_redirect **last = &n->redirects;
    while (peek(p)->kind == SHELL_REDIRECT)
        take_redirect(p, &last);
}

/* The commands of a block; of a condition also whether one of its branches is always taken. */
static void parse_items(struct parser *p, struct shell_node *n, enum closer closer)
{
    bool had_else = p->has_else;
    if (!go_deeper(p))
        return;
    p->has_else = false;
    n->is_choice = closer == UNTIL_FI || closer == UNTIL_ESAC;
    n->items = parse_list(p, closer);
    n->has_else = p->has_else;
    p->has_else = had_else;
    p->is_branch = false;
    p->cursor->depth--;
}

static struct shell_node *parse_block(struct parser *p, enum shell_node_kind kind,
                                      enum closer closer)
{
    struct shell_node *n = node_new(p, kind);
    n->is_loop = closer == UNTIL_DONE;
    parse_items(p, n, closer);
    return n;
}

/* Behind "for": name [in words] ; do commands done. */
static struct shell_node *parse_for(struct parser *p)
{
    struct shell_node *n = node_new(p, SHELL_FOR);
    if (at_op(p, "(")) { /* for ((i = 0; ...)) */
        take(p);
        n->words = word_of(p, STR(HOLE_TEXT));
        n->name = shell_first_name(shell_take_arithmetic(p->cursor));
        if (at_op(p, ")"))
            take(p);
    } else if (peek(p)->kind == SHELL_WORD) {
        n->name = shell_plain(peek(p)->word);
        take(p);
        skip_newlines(p);
        n->has_in = take_plain(p, "in");
    }
    struct shell_word **last = &n->words;
    while (n->has_in && peek(p)->kind == SHELL_WORD && !at_word(p, "do")) {
        *last = peek(p)->word;
        last = &(*last)->next;
        take(p);
    }
    if (!go_deeper(p))
        return n;
    n->items = parse_list(p, UNTIL_DONE);
    p->cursor->depth--;
    return n;
}

/* Behind "case": word in pattern) commands ;; ... esac. */
static struct shell_node *parse_case(struct parser *p)
{
    struct shell_node *n = node_new(p, SHELL_BLOCK);
    if (peek(p)->kind == SHELL_WORD)
        take(p);
    skip_newlines(p);
    (void)take_plain(p, "in");
    parse_items(p, n, UNTIL_ESAC);
    return n;
}

/* At the start of an item of a case: pass over "pattern | pattern )". */
static void skip_pattern(struct parser *p)
{
    skip_newlines(p);
    if (at_word(p, "esac"))
        return;
    while (peek(p)->kind != SHELL_END && peek(p)->kind != SHELL_NEWLINE) {
        bool is_last = at_op(p, ")");
        p->has_else |= at_word(p, "*");
        take(p);
        if (is_last)
            return;
    }
}

static struct shell_node *parse_function(struct parser *p, struct str name)
{
    struct shell_node *n = node_new(p, SHELL_FUNCTION);
    n->name = name;
    skip_newlines(p);
    if (take_plain(p, "{")) {
        n->items = parse_block(p, SHELL_BLOCK, UNTIL_BRACE);
    } else if (at_op(p, "(")) {
        take(p);
        n->items = parse_block(p, SHELL_SUBSHELL, UNTIL_BRACKET);
    }
    return n;
}

/* Behind "[[": its words up to "]]". */
static struct shell_node *parse_test(struct parser *p)
{
    struct shell_node *n = node_new(p, SHELL_TEST);
    struct shell_word **last = &n->words;
    while (peek(p)->kind != SHELL_END && !take_plain(p, "]]")) {
        if (peek(p)->kind == SHELL_WORD) {
            *last = peek(p)->word;
            last = &(*last)->next;
        }
        take(p);
    }
    return n;
}

static struct shell_node *parse_simple(struct parser *p)
{
    struct shell_node *n = node_new(p, SHELL_COMMAND);
    struct shell_word **last = &n->words;
    struct shell_redirect **last_redirect = &n->redirects;
    for (;;) {
        const struct shell_token *t = peek(p);
        if (t->kind == SHELL_REDIRECT) {
            take_redirect(p, &last_redirect);
        } else if (t->kind == SHELL_WORD) {
            *last = t->word;
            last = &t->word->next;
            take(p);
        } else {
            break;
        }
    }
    bool is_definition = at_op(p, "(") && n->words != NULL && n->words->next == NULL &&
                         shell_plain(n->words).len != 0;
    if (!is_definition)
        return n;
    take(p);
    if (at_op(p, ")"))
        take(p);
    return parse_function(p, shell_plain(n->words));
}

/* Behind the first "(" of "((": a command "let" with its text.  The last ")" is left: it closes
 * nothing and is passed over. */
static struct shell_node *parse_arithmetic(struct parser *p)
{
    struct shell_node *n = node_new(p, SHELL_COMMAND);
    n->words = word_of(p, STR("let"));
    n->words->next = word_of(p, shell_take_arithmetic(p->cursor));
    return n;
}

static struct shell_node *parse_compound(struct parser *p)
{
    if (at_op(p, "(")) {
        bool is_arithmetic = p->cursor->at < p->cursor->end && *p->cursor->at == '(';
        take(p);
        if (is_arithmetic)
            return parse_arithmetic(p);
        return parse_block(p, SHELL_SUBSHELL, UNTIL_BRACKET);
    }
    if (take_plain(p, "{"))
        return parse_block(p, SHELL_BLOCK, UNTIL_BRACE);
    if (take_plain(p, "if"))
        return parse_block(p, SHELL_BLOCK, UNTIL_FI);
    if (take_plain(p, "while") || take_plain(p, "until"))
        return parse_block(p, SHELL_BLOCK, UNTIL_DONE);
    if (take_plain(p, "for") || take_plain(p, "select"))
        return parse_for(p);
    if (take_plain(p, "case"))
        return parse_case(p);
    if (take_plain(p, "[["))
        return parse_test(p);
    if (!take_plain(p, "function"))
        return NULL;
    struct str name = STR_EMPTY;
    if (peek(p)->kind == SHELL_WORD) {
        name = shell_plain(peek(p)->word);
        take(p);
    }
    if (at_op(p, "(")) {
        take(p);
        if (at_op(p, ")"))
            take(p);
    }
    return parse_function(p, name);
}

static struct shell_node *parse_command(struct parser *p)
{
    while (take_plain(p, "!") || take_plain(p, "coproc")) {
    }
    struct shell_node *n = parse_compound(p);
    if (n == NULL)
        return parse_simple(p);
    take_redirects(p, n);
    return n;
}

static struct shell_node *parse_pipe(struct parser *p)
{
    struct shell_node *first = parse_command(p);
    if (!at_op(p, "|") && !at_op(p, "|&"))
        return first;
    struct shell_node *n = node_new(p, SHELL_PIPE);
    struct shell_node **last = &first->next;
    n->items = first;
    while (at_op(p, "|") || at_op(p, "|&")) {
        take(p);
        skip_newlines(p);
        if (peek(p)->kind == SHELL_END || (peek(p)->kind == SHELL_OP && !at_op(p, "(")))
            break;
        *last = parse_command(p);
        last = &(*last)->next;
    }
    return n;
}

static bool take_closer(struct parser *p, enum closer closer)
{
    switch (closer) {
    case UNTIL_END:
        return false;
    case UNTIL_BRACKET:
        if (!at_op(p, ")"))
            return false;
        take(p);
        return true;
    case UNTIL_FI:
        return take_plain(p, "fi");
    case UNTIL_DONE:
        return take_plain(p, "done");
    case UNTIL_ESAC:
        return take_plain(p, "esac");
    case UNTIL_BRACE:
        return take_plain(p, "}");
    }
    return false;
}

/* Words that only separate commands, and closers that close nothing. */
static bool take_separator(struct parser *p, enum closer closer)
{
    static const char *const words[] = { "then", "else", "elif", "do", "fi", "done", "esac", "}" };
    const struct shell_token *t = peek(p);
    if (t->kind == SHELL_NEWLINE || (t->kind == SHELL_OP && !at_op(p, "("))) {
        bool ends_item = at_op(p, ";;");
        take(p);
        if (ends_item && closer == UNTIL_ESAC) {
            skip_pattern(p);
            p->is_branch = true;
        }
        return true;
    }
    if (closer == UNTIL_FI && (at_word(p, "else") || at_word(p, "elif"))) {
        p->is_branch = true;
        p->has_else |= at_word(p, "else");
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (take_plain(p, words[i]))
            return true;
    }
    return false;
}

static struct shell_node *parse_list(struct parser *p, enum closer closer)
{
    struct shell_node *first = NULL, **last = &first;
    if (closer == UNTIL_ESAC)
        skip_pattern(p);
    while (peek(p)->kind != SHELL_END && !take_closer(p, closer)) {
        if (take_separator(p, closer))
            continue;
        bool is_branch = p->is_branch;
        p->is_branch = false;
        *last = parse_pipe(p);
        (*last)->is_branch = is_branch;
        last = &(*last)->next;
    }
    return first;
}

struct shell_node *shell_parse(struct shell_cursor *c, bool in_brackets)
{
    struct parser p = { .cursor = c };
    return parse_list(&p, in_brackets ? UNTIL_BRACKET : UNTIL_END);
}
