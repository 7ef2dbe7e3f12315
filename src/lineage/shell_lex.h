/*
 * shell_lex: what the lexer of tokens and that of words share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_SHELL_LEX_H
#define LINEAGE_SHELL_LEX_H

#include "lineage/shell_internal.h"

#include <string.h>

/* ---- shell_word.c ---- */

/* The word that begins at the cursor, which is none that ends words. */
struct shell_word *shell_take_word(struct shell_cursor *c);
/* "<name>" stands here as a word of its own. */
bool shell_at_placeholder(const struct shell_cursor *c);
/* A word at the cursor's place that has no parts yet. */
struct shell_word *shell_word_new(struct shell_cursor *c);
/* Make body, with its expansions unless it is_quoted, the whole of w. */
void shell_fill_word(struct shell_cursor *c, struct shell_word *w, struct str body, uint32_t line,
                     bool is_quoted);

/* ---- characters ---- */

static inline bool shell_is_done(const struct shell_cursor *c)
{
    return c->at == c->end;
}

static inline bool shell_looks_at(const struct shell_cursor *c, const char *text)
{
    size_t n = strlen(text);
    return (size_t)(c->end - c->at) >= n && memcmp(c->at, text, n) == 0;
}

static inline void shell_step(struct shell_cursor *c)
{
    if (*c->at++ == '\n') {
        c->line++;
        c->line_start = c->at;
    }
}

static inline void shell_step_to(struct shell_cursor *c, const char *to)
{
    while (c->at < to)
        shell_step(c);
}

static inline bool shell_is_name_start(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_';
}

static inline bool shell_is_digit(char ch)
{
    return ch >= '0' && ch <= '9';
}

static inline bool shell_is_name_char(char ch)
{
    return shell_is_name_start(ch) || shell_is_digit(ch);
}

static inline bool shell_is_blank(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\r';
}

static inline bool shell_ends_word(char ch)
{
    return shell_is_blank(ch) || ch == '\n' || (ch != '\0' && strchr(";&|<>()", ch) != NULL);
}

/* Past LIMIT_DEPTH the rest of the text is given up. */
static inline bool shell_lex_deeper(struct shell_cursor *c)
{
    if (c->depth >= LIMIT_DEPTH) {
        c->hit_limit = true;
        shell_step_to(c, c->end);
        return false;
    }
    c->depth++;
    return true;
}

/* Past LIMIT_TREE_BYTES as well. */
static inline void shell_lex_check_size(struct shell_cursor *c)
{
    if (c->arena->used_bytes - c->used_bytes > LIMIT_TREE_BYTES) {
        c->hit_limit = true;
        shell_step_to(c, c->end);
    }
}

#endif
