/*
 * reader_source: sources as notebooks: Databricks' export, cells marked "# %%", or one cell.
 * Also the language prefixes that Zeppelin and Databricks put in front of a cell.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook/reader_internal.h"

#include "util/scan.h"

#include <string.h>

/* Interpreters of Zeppelin and magics of Databricks, without a group ("spark.") in front. */
static const struct {
    struct str prefix, language;
    enum cell_kind kind;
} prefixes[] = {
    { STR_INIT("pyspark"), STR_INIT("python"), CELL_CODE },
    { STR_INIT("python"), STR_INIT("python"), CELL_CODE },
    { STR_INIT("ipython"), STR_INIT("python"), CELL_CODE },
    { STR_INIT("ipyspark"), STR_INIT("python"), CELL_CODE },
    { STR_INIT("spark"), STR_INIT("scala"), CELL_CODE },
    { STR_INIT("scala"), STR_INIT("scala"), CELL_CODE },
    { STR_INIT("sql"), STR_INIT("sql"), CELL_CODE },
    { STR_INIT("jdbc"), STR_INIT("sql"), CELL_CODE },
    { STR_INIT("hive"), STR_INIT("sql"), CELL_CODE },
    { STR_INIT("sh"), STR_INIT("bash"), CELL_CODE },
    { STR_INIT("r"), STR_INIT("r"), CELL_CODE },
    { STR_INIT("sparkr"), STR_INIT("r"), CELL_CODE },
    { STR_INIT("md"), STR_INIT(""), CELL_MARKDOWN },
    { STR_INIT("md-sandbox"), STR_INIT(""), CELL_MARKDOWN },
    { STR_INIT("html"), STR_INIT(""), CELL_MARKDOWN },
    { STR_INIT("angular"), STR_INIT(""), CELL_MARKDOWN },
};

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_' ||
           (c >= '0' && c <= '9');
}

/* The end of "%word", and of "(...)" right behind it, in text, which begins with "%". */
static size_t prefix_end(struct str text, struct str *word)
{
    size_t end = 1;
    while (end < text.len && is_word(text.ptr[end]))
        end++;
    *word = str_slice(text, 1, end);
    if (end == text.len || text.ptr[end] != '(')
        return end;
    size_t close = str_find_char(str_from_pos(text, end), ')');
    size_t newline = str_find_char(str_from_pos(text, end), '\n');
    return close < newline ? end + close + 1 : end; /* SIZE_MAX: there is none */
}

void reader_take_prefix(struct cell *cell, struct buf *source)
{
    struct str text = buf_str(source);
    size_t lead = 0;
    while (lead < text.len &&
           (text.ptr[lead] == ' ' || text.ptr[lead] == '\n' || text.ptr[lead] == '\r'))
        lead++;
    text = str_from_pos(text, lead);
    if (text.len < 2 || text.ptr[0] != '%' || text.ptr[1] == '%')
        return;
    struct str word;
    size_t end = prefix_end(text, &word);
    size_t dot = str_rfind_char(word, '.');
    if (dot != SIZE_MAX)
        word = str_from_pos(word, dot + 1);
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (!str_eq_nocase(word, prefixes[i].prefix))
            continue;
        cell->language = prefixes[i].language;
        cell->kind = prefixes[i].kind;
        /* The lines are counted from the cell's first one: only the prefix goes. */
        memmove(source->ptr + lead, source->ptr + lead + end, text.len - end);
        source->len -= end;
        return;
    }
}

static struct str next_line(struct scan *s)
{
    struct str line;
    if (!scan_until(s, '\n', &line)) {
        line = scan_rest(s);
        s->at = s->end;
    }
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* The comment sign of a Databricks export whose first line this is, or empty. */
static struct str databricks_comment(struct str line)
{
    static const struct str comments[] = { STR_INIT("#"), STR_INIT("//"), STR_INIT("--") };
    for (size_t i = 0; i < ARRAY_LEN(comments); i++)
        if (str_has_prefix(line, comments[i]) &&
            str_eq(str_trim(str_from_pos(line, comments[i].len)),
                   STR("Databricks notebook source")))
            return comments[i];
    return STR_EMPTY;
}

static void add_source_cell(struct notebook_reader *r, struct str source)
{
    r->cell.execution_count = -1;
    reader_add_cell(r, source);
    r->cell = (struct cell){ .execution_count = -1 };
}

/* What a line of the export stands for: "# MAGIC x" is the line "x" of a cell of another language.
 */
static struct str without_magic(struct str line, struct str comment)
{
    if (!str_has_prefix(line, comment))
        return line;
    struct scan s = scan_init(str_from_pos(line, comment.len));
    (void)scan_blanks(&s);
    if (!scan_str(&s, STR("MAGIC")))
        return line;
    return scan_is_done(&s) || scan_char(&s, ' ') || scan_char(&s, '\t') ? scan_rest(&s) : line;
}

static void add_databricks_cell(struct notebook_reader *r)
{
    if (str_trim(buf_str(&r->source)).len > 0 || !buf_ok(&r->source)) {
        reader_take_prefix(&r->cell, &r->source);
        add_source_cell(r, buf_str(&r->source));
    }
    buf_reset(&r->source);
}

static void split_databricks(struct notebook_reader *r, struct scan *s, struct str comment)
{
    r->out.format = NOTEBOOK_DATABRICKS;
    bool is_behind_mark = false;
    while (!scan_is_done(s)) {
        struct str line = next_line(s);
        struct str rest = str_trim(str_from_pos(line, comment.len));
        bool is_mark =
            str_has_prefix(line, comment) && str_has_prefix(rest, STR("COMMAND ----------"));
        if (is_mark) {
            add_databricks_cell(r);
        } else if (!is_behind_mark || line.len > 0) { /* the export puts one empty line there */
            buf_add(&r->source, without_magic(line, comment));
            buf_add_char(&r->source, '\n');
        }
        is_behind_mark = is_mark;
    }
    add_databricks_cell(r);
}

/* A line "# %%" begins a cell (the percent format of Jupytext, Spyder and Visual Studio Code). */
static bool is_percent_mark(struct str line)
{
    return str_has_prefix(line, STR("# %%")) && (line.len == 4 || line.ptr[4] == ' ');
}

static void split_percent(struct notebook_reader *r, struct str text)
{
    struct scan s = scan_init(text);
    const char *start = s.at;
    bool markdown = false;
    while (!scan_is_done(&s)) {
        const char *at = s.at;
        struct str line = next_line(&s);
        if (!is_percent_mark(line))
            continue;
        struct str before = { start, (size_t)(at - start) };
        r->cell.kind = markdown ? CELL_MARKDOWN : CELL_CODE;
        if (str_trim(before).len > 0)
            add_source_cell(r, before);
        markdown = str_contains(line, STR("[markdown]"));
        start = s.at;
    }
    r->cell.kind = markdown ? CELL_MARKDOWN : CELL_CODE;
    add_source_cell(r, (struct str){ start, (size_t)(s.end - start) });
}

void reader_split_source(struct notebook_reader *r, struct str text)
{
    if (str_has_prefix(text, STR("\xEF\xBB\xBF")))
        text = str_from_pos(text, 3);
    struct scan s = scan_init(text);
    struct str comment = databricks_comment(next_line(&s));
    if (comment.len > 0)
        split_databricks(r, &s, comment);
    else if (str_eq(r->out.language, STR("python")))
        split_percent(r, text);
    else
        add_source_cell(r, text);
}
