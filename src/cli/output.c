/* output: see output.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GAP = 2, OUTPUT_MAX_BYTES = 1024 * 1024 * 1024 };

void table_init(struct table *t, struct arena *a, const char *const *columns, size_t n)
{
    *t = (struct table){ .arena = a, .columns = columns, .n_columns = n };
}

void table_add(struct table *t, struct str text)
{
    *ARENA_PUSH(t->arena, t->cells, t->n_cells, t->cap) =
        arena_str(t->arena, output_safe(t->arena, text));
}

struct str output_safe(struct arena *a, struct str text)
{
    bool is_utf8 = str_is_utf8(text);
    size_t n_bad = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        n_bad += c < 0x20 || c == 0x7F || (c >= 0x80 && !is_utf8);
    }
    if (n_bad == 0)
        return text;
    char *out = arena_alloc(a, text.len + 3 * n_bad + 1), *at = out;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == 0x7F || (c >= 0x80 && !is_utf8))
            at += snprintf(at, 5, "\\x%02x", c);
        else
            *at++ = (char)c;
    }
    return (struct str){ out, (size_t)(at - out) };
}

size_t output_width(struct str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return n;
}

bool output_is_colored(void)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) == 1 && (no_color == NULL || no_color[0] == '\0');
}

static void add_row(struct buf *out, const struct str *cells, const size_t *widths, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_add(out, cells[i]);
        if (i + 1 < n)
            buf_printf(out, "%*s", (int)(widths[i] - output_width(cells[i]) + GAP), "");
    }
    while (out->len > 0 && out->ptr[out->len - 1] == ' ') /* behind empty cells */
        out->len--;
    buf_add_char(out, '\n');
}

void table_print(const struct table *t)
{
    size_t widths[TABLE_MAX_COLUMNS];
    struct str names[TABLE_MAX_COLUMNS];
    AUTO_BUF out = BUF_INIT(OUTPUT_MAX_BYTES);
    struct err err = ERR_INIT;
    if (t->n_cells == 0)
        return;
    for (size_t i = 0; i < t->n_columns; i++) {
        names[i] = str_from(t->columns[i]);
        widths[i] = names[i].len;
    }
    for (size_t i = 0; i < t->n_cells; i++) {
        size_t width = output_width(t->cells[i]);
        if (width > widths[i % t->n_columns])
            widths[i % t->n_columns] = width;
    }
    bool is_bold = output_is_colored();
    buf_add(&out, is_bold ? STR("\x1b[1m") : STR_EMPTY);
    add_row(&out, names, widths, t->n_columns);
    buf_add(&out, is_bold ? STR("\x1b[0m") : STR_EMPTY);
    for (size_t i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns)
        add_row(&out, t->cells + i, widths, t->n_columns);
    if (!output_write(buf_str(&out), &err))
        output_err(&err);
}

/* One paragraph: words put on lines of at most width columns. */
static void wrap_paragraph(struct buf *out, struct str text, unsigned indent, unsigned width)
{
    size_t column = 0;
    struct str word;
    while (text.len > 0) {
        str_cut(text, ' ', &word, &text);
        if (word.len == 0)
            continue;
        if (column > 0 && column + 1 + output_width(word) > width) {
            buf_add_char(out, '\n');
            column = 0;
        }
        if (column == 0) {
            buf_printf(out, "%*s", (int)indent, "");
            column = indent;
        } else {
            buf_add_char(out, ' ');
            column++;
        }
        buf_add(out, word);
        column += output_width(word);
    }
    buf_add_char(out, '\n');
}

void output_wrap(struct buf *out, const char *text, unsigned indent, unsigned width)
{
    struct str rest = str_from(text), line;
    while (rest.len > 0) {
        str_cut(rest, '\n', &line, &rest);
        if (line.len > 0 && line.ptr[0] == ' ') /* an example: as it stands */
            buf_printf(out, "%*s%.*s\n", (int)indent, "", STR_FMT(line));
        else
            wrap_paragraph(out, line, indent, width);
    }
}

bool output_write(struct str bytes, struct err *err)
{
    fflush(stdout);
    while (bytes.len > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EPIPE) {
            err_set(err, ERR_CANCELLED, "the output is not read any more");
            return err_fix(err, "The program behind the pipe ended; so did this one.");
        }
        if (n < 0)
            return err_errno(err, errno, "writing the output");
        bytes = str_from_pos(bytes, (size_t)n);
    }
    return true;
}

int output_err(const struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str message = output_safe(&a, str_from(err->msg));
    output_progress(STR_EMPTY);
    fprintf(stderr, "boathouse: %.*s\n", STR_FMT(message));
    fprintf(stderr, "fix: %s\n", err_fix_text(err));
    return err_kind(err->code)->exit_status;
}

void output_progress(struct str text)
{
    if (isatty(STDERR_FILENO) == 1)
        fprintf(stderr, "\r\x1b[K%.*s", STR_FMT(str_slice(text, 0, 100)));
}
