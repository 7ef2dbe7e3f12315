/*
 * scala_indent: Scala 3's indentation as the braces that it stands for.
 *
 * The text is rewritten line by line, nothing but blanks, braces and brackets is put in, and always
 * behind what stands on a line or in the place of a word of the same line, so that lines keep their
 * numbers.  Text without a mark of Scala 3 (a class that ends in ":", "then", "end", "@main") is
 * given back as it is: the indentation of Scala 2 says nothing.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/scala_internal.h"

#include "util/attrs.h"
#include "util/buf.h"
#include "util/limits.h"

/* One line, cut by a simple look: blanks and comments at its end are no code. */
struct line {
    struct str raw, code; /* code: within raw */
    size_t indent;
    int depth;                /* brackets that are open where it begins */
    bool is_blank, is_inside; /* inside: of a text of several lines or a comment */
};

struct lines {
    struct line *items;
    size_t n, cap;
};

/* ---- cutting ---- */

struct look {
    bool in_text, in_comment; /* """ and the other one */
    int depth;
};

/* The end of a "..." that opens at i, or of a character. */
static size_t skip_quoted(struct str s, size_t i)
{
    char quote = s.ptr[i];
    for (size_t k = i + 1; k < s.len; k++) {
        if (s.ptr[k] == '\\')
            k++;
        else if (s.ptr[k] == quote)
            return k;
    }
    return quote == '"' ? s.len : i; /* 'symbol */
}

static bool has_at(struct str s, size_t i, struct str what)
{
    return str_has_prefix(str_from_pos(s, i), what);
}

/* Go over the line; the code's end. */
static size_t look_at(struct look *l, struct str s)
{
    const struct str text = STR("\"\"\""), open = STR("/*"), close = STR("*/");
    size_t end = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (l->in_comment || l->in_text) {
            struct str mark = l->in_text ? text : close;
            if (l->in_text)
                end = i + 1;
            if (!has_at(s, i, mark))
                continue;
            i += mark.len - 1;
            end = l->in_text ? i + 1 : end;
            l->in_comment = l->in_text = false;
            continue;
        }
        if (has_at(s, i, STR("//")))
            break;
        if (has_at(s, i, open) || has_at(s, i, text)) {
            l->in_comment = s.ptr[i] == '/';
            l->in_text = !l->in_comment;
            i += l->in_comment ? 1 : 2;
        } else if (s.ptr[i] == '"' || s.ptr[i] == '\'') {
            i = skip_quoted(s, i);
        } else if (str_find_char(STR("([{"), s.ptr[i]) != SIZE_MAX) {
            l->depth++;
        } else if (str_find_char(STR(")]}"), s.ptr[i]) != SIZE_MAX) {
            l->depth--;
        }
        bool is_code =
            !l->in_comment && i < s.len && s.ptr[i] != ' ' && s.ptr[i] != '\t' && s.ptr[i] != '\r';
        end = is_code ? i + 1 : end;
    }
    return end < s.len ? end : s.len;
}

/* The next line of *rest; false: that was the last one. */
static bool next_line(struct look *l, struct str *rest, struct line *out)
{
    struct line line = { .depth = l->depth, .is_inside = l->in_text || l->in_comment };
    bool has_more = str_cut(*rest, '\n', &line.raw, rest);
    while (line.indent < line.raw.len &&
           (line.raw.ptr[line.indent] == ' ' || line.raw.ptr[line.indent] == '\t'))
        line.indent++;
    size_t end = look_at(l, line.raw);
    line.code = end > line.indent ? str_slice(line.raw, line.indent, end) : STR_EMPTY;
    line.is_blank = line.code.len == 0;
    *out = line;
    return has_more;
}

/* ---- what a line says ---- */

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$';
}

static bool begins_with(struct str code, struct str word)
{
    return str_has_prefix(code, word) &&
           (code.len == word.len || !is_word_byte(code.ptr[word.len]));
}

static bool ends_with(struct str code, struct str word)
{
    return str_has_suffix(code, word) &&
           (code.len == word.len || !is_word_byte(code.ptr[code.len - word.len - 1]));
}

/* "class A extends B:", "object X:" and their like; "given" and "extension" too. */
static bool is_template(struct str code)
{
    static const struct str heads[] = {
        STR_INIT("class"), STR_INIT("object"),   STR_INIT("trait"),     STR_INIT("enum"),
        STR_INIT("given"), STR_INIT("package"),  STR_INIT("extension"), STR_INIT("case"),
        STR_INIT("final"), STR_INIT("abstract"), STR_INIT("sealed"),    STR_INIT("private")
    };
    for (size_t i = 0; i < ARRAY_LEN(heads) && str_has_suffix(code, STR(":")); i++)
        if (begins_with(code, heads[i]))
            return true;
    return false;
}

/* Where the word stands by itself in the code, outside of quotes and brackets; SIZE_MAX: nowhere.
 */
static size_t word_at(struct str code, struct str word, size_t from)
{
    int depth = 0;
    for (size_t i = from; i + word.len <= code.len; i++) {
        if (code.ptr[i] == '"' || code.ptr[i] == '\'')
            i = skip_quoted(code, i);
        else if (str_find_char(STR("([{"), code.ptr[i]) != SIZE_MAX)
            depth++;
        else if (str_find_char(STR(")]}"), code.ptr[i]) != SIZE_MAX)
            depth--;
        else if (depth == 0 && has_at(code, i, word) &&
                 (i == 0 || !is_word_byte(code.ptr[i - 1])) &&
                 (i + word.len == code.len || !is_word_byte(code.ptr[i + word.len])))
            return i;
    }
    return SIZE_MAX;
}

static bool is_end_mark(struct str code)
{
    struct str word, rest;
    return begins_with(code, STR("end")) && str_cut(code, ' ', &word, &rest) &&
           str_find_char(rest, ' ') == SIZE_MAX && str_find_char(rest, '=') == SIZE_MAX &&
           str_find_char(rest, '(') == SIZE_MAX && str_find_char(rest, '.') == SIZE_MAX;
}

static bool says_scala_3(const struct line *line)
{
    struct str code = line->code;
    if (line->is_inside || code.len == 0)
        return false;
    size_t at = word_at(code, STR("if"), 0);
    return is_template(code) || is_end_mark(code) || begins_with(code, STR("@main")) ||
           (at != SIZE_MAX && word_at(code, STR("then"), at) != SIZE_MAX);
}

/* Also false for a text of too many lines. */
static bool is_scala_3(struct str text)
{
    struct look l = { 0 };
    struct line line;
    bool is_found = false, has_more = text.len > 0;
    size_t n = 0;
    for (; has_more && n <= LIMIT_SCALA_LINES; n++) {
        has_more = next_line(&l, &text, &line);
        is_found = is_found || says_scala_3(&line);
    }
    return is_found && n <= LIMIT_SCALA_LINES;
}

/* ---- writing ---- */

/* Does a block open behind the line?  *without: bytes of its end that the brace replaces. */
static bool opens(const struct line *line, const struct line *next, size_t *without)
{
    static const struct str words[] = { STR_INIT("then"),  STR_INIT("else"), STR_INIT("do"),
                                        STR_INIT("yield"), STR_INIT("try"),  STR_INIT("finally"),
                                        STR_INIT("catch"), STR_INIT("match") };
    *without = 0;
    if (next == NULL || next->indent <= line->indent || next->depth > line->depth)
        return false;
    if (is_template(line->code)) {
        *without = 1;
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (ends_with(line->code, words[i]))
            return true;
    return str_has_suffix(line->code, STR(" =")) || str_has_suffix(line->code, STR("=>"));
}

/* "if a then" as "if (a) ", "while a do" and "for a do" likewise. */
static void write_condition(struct buf *out, struct str code)
{
    static const struct {
        struct str head, tail;
    } forms[] = { { STR_INIT("if"), STR_INIT("then") },
                  { STR_INIT("while"), STR_INIT("do") },
                  { STR_INIT("for"), STR_INIT("do") },
                  { STR_INIT("for"), STR_INIT("yield") } };
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        size_t at = word_at(code, forms[i].head, 0);
        size_t to = at == SIZE_MAX ? at : word_at(code, forms[i].tail, at);
        size_t from = at + forms[i].head.len;
        if (to == SIZE_MAX || str_trim(str_slice(code, from, to)).len == 0)
            continue;
        bool is_bracketed = str_find_char(STR("({"), str_trim(str_slice(code, from, to)).ptr[0]) !=
                            SIZE_MAX; /* (x <- xs) do */
        bool is_for = forms[i].head.len == 3 && !is_bracketed;
        buf_add(out, str_slice(code, 0, from));
        static const struct str marks[][2] = { { STR_INIT(" ("), STR_INIT(") ") },
                                               { STR_INIT(" {"), STR_INIT("} ") },
                                               { STR_INIT(" "), STR_INIT(" ") } };
        size_t form = is_for ? 1 : forms[i].head.len == 3 ? 2 : 0;
        buf_add(out, marks[form][0]);
        buf_add(out, str_trim(str_slice(code, from, to)));
        buf_add(out, marks[form][1]);
        if (i == 3)
            buf_add(out, forms[i].tail);
        code = str_from_pos(code, to + forms[i].tail.len);
    }
    buf_add(out, code);
}

struct writer {
    struct buf *out;
    size_t *open; /* indents of the lines that opened a block */
    size_t n, cap;
};

static void close_to(struct writer *w, size_t indent)
{
    while (w->n > 0 && indent <= w->open[w->n - 1]) {
        buf_add(w->out, STR(" }"));
        w->n--;
    }
}

static const struct line *next_of(const struct lines *all, size_t i)
{
    for (i++; i < all->n; i++)
        if (!all->items[i].is_blank && !all->items[i].is_inside && !is_end_mark(all->items[i].code))
            return &all->items[i];
    return NULL;
}

static void write_line(struct arena *a, struct writer *w, const struct lines *all, size_t i)
{
    const struct line *line = &all->items[i];
    size_t without;
    if (line->is_inside || line->is_blank) {
        buf_add(w->out, line->raw);
        return;
    }
    if (is_end_mark(line->code))
        return;
    const struct line *next = next_of(all, i);
    bool is_open = opens(line, next, &without);
    buf_add(w->out, str_slice(line->raw, 0, line->indent));
    write_condition(w->out, str_slice(line->code, 0, line->code.len - without));
    if (is_open && w->n < LIMIT_DEPTH) {
        *ARENA_PUSH(a, w->open, w->n, w->cap) = line->indent;
        buf_add(w->out, STR(" {"));
    }
    /* a text that goes on on the next lines ends no block */
    if (i + 1 < all->n && !all->items[i + 1].is_inside)
        close_to(w, next != NULL ? next->indent : 0);
}

struct str scala_with_braces(struct arena *a, struct str text)
{
    if (!is_scala_3(text))
        return text;
    AUTO_ARENA spare = ARENA_INIT;
    AUTO_BUF out = BUF_INIT(SIZE_MAX);
    struct lines all = { 0 };
    struct look l = { 0 };
    struct writer w = { .out = &out };
    for (bool has_more = true; has_more;) {
        struct line *line = ARENA_PUSH(&spare, all.items, all.n, all.cap);
        has_more = next_line(&l, &text, line);
    }
    for (size_t i = 0; i < all.n; i++) {
        if (i > 0)
            buf_add_char(&out, '\n');
        write_line(&spare, &w, &all, i);
    }
    close_to(&w, 0);
    return arena_str(a, buf_str(&out));
}
