/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/magics.h"

static const struct magic rows[] = {
#define M(name, line, cell, dialect, takes, holds_cell)                                            \
    { STR_INIT(name), MAGIC_IS_##line, MAGIC_IS_##cell, dialect, takes, holds_cell },
#include "lineage/magics.def"
#undef M
};

size_t magic_n_rows(void)
{
    return ARRAY_LEN(rows);
}

const struct magic *magic_at(size_t i)
{
    return &rows[i];
}

const struct magic *magic_find(struct str name)
{
    const struct magic *near = NULL;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(rows[i].name, name))
            return &rows[i];
        if (near == NULL && str_eq_nocase(rows[i].name, name))
            near = &rows[i];
    }
    return near;
}

/* ---- lines ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_name(struct str s)
{
    size_t i = 0;
    while (i < s.len && is_name_char(s.ptr[i]))
        i++;
    return s.len > 0 && i == s.len && (s.ptr[0] < '0' || s.ptr[0] > '9');
}

/* The next word of *line, with its quotes taken off; *line is what stands behind it. */
static struct str take_word(struct str *line)
{
    *line = str_trim(*line);
    size_t n = 0;
    char quote = line->len > 0 ? line->ptr[0] : '\0';
    if (quote == '"' || quote == '\'') {
        size_t end = str_find_char(str_from_pos(*line, 1), quote);
        struct str word = str_slice(*line, 1, end == SIZE_MAX ? line->len : end + 1);
        *line = str_from_pos(*line, end == SIZE_MAX ? line->len : end + 2);
        return word;
    }
    while (n < line->len && !is_blank(line->ptr[n]))
        n++;
    struct str word = str_slice(*line, 0, n);
    *line = str_trim(str_from_pos(*line, n));
    return word;
}

static bool has_word(const char *list, struct str word)
{
    struct str rest = str_from(list), one;
    for (bool more = rest.len > 0; more;) {
        more = str_cut(rest, ' ', &one, &rest);
        if (str_eq(one, word))
            return true;
    }
    return false;
}

static void keep_option(const struct magic *m, struct str name, struct str value,
                        struct magic_line *out)
{
    bool is_session = m->cell == MAGIC_IS_SESSION;
    if (m->cell == MAGIC_IS_SQL && has_word("--save", name))
        out->view = value; /* other cells select from it as from a view */
    if (has_word("-o --output --out --save --as", name) ||
        (m->dialect == SQL_BIGQUERY && has_word("-n --name", name)))
        out->target = value;
    else if (is_session && has_word("-c --context", name))
        out->context = value;
    else if (has_word("-l --language", name))
        out->language = value;
    else if (has_word("--view -v", name))
        out->view = value;
    else if (has_word("--database --schema --schema_name --dataset", name))
        out->database = value;
    else if (has_word("-c --connection --conn --alias", name))
        out->connection = value;
}

static bool begins_statement(struct str text)
{
    static const char words[] =
        "select with insert create drop update delete merge show describe desc use alter copy "
        "unload "
        "from explain set truncate refresh grant replace call declare begin pivot summarize values "
        "attach detach install export import analyze vacuum optimize msck load unpivot";
    size_t n = 0;
    while (n < text.len && is_name_char(text.ptr[n]))
        n++;
    struct str word = str_slice(text, 0, n), rest = str_from(words), one;
    if (str_has_prefix(text, STR("(")) || str_has_prefix(text, STR("--")))
        return true;
    for (bool more = n > 0; more;) {
        more = str_cut(rest, ' ', &one, &rest);
        if (str_eq_nocase(one, word))
            return true;
    }
    return false;
}

/* The options in front; what is left begins with the first word that is none. */
static struct str take_options(const struct magic *m, struct str line, struct magic_line *out)
{
    line = str_trim(line);
    while (line.len > 1 && line.ptr[0] == '-' && !is_blank(line.ptr[1])) {
        struct str rest = line, name, value;
        struct str word = take_word(&rest);
        line = rest;
        if (str_eq(word, STR("--")))
            return line;
        if (str_cut(word, '=', &name, &value))
            keep_option(m, name, str_trim_char(str_trim_char(value, '"'), '\''), out);
        else if (has_word(m->takes, word) && !begins_statement(line))
            keep_option(m, word, take_word(&line), out);
    }
    return line;
}

/* "name << ", connections and names in front of SQL. */
static struct str take_sql_head(struct str line, bool is_cell, const struct magic *m,
                                struct magic_line *out)
{
    size_t arrows = str_find(line, STR("<<"), 0);
    if (arrows != SIZE_MAX) {
        struct str head = str_trim(str_slice(line, 0, arrows));
        size_t blank = str_rfind_char(head, ' ');
        struct str name = blank == SIZE_MAX ? head : str_from_pos(head, blank + 1);
        if (is_name(name)) {
            out->target = name;
            if (blank != SIZE_MAX)
                out->connection = str_trim(str_slice(head, 0, blank));
            line = str_trim(str_from_pos(line, arrows + 2));
        }
    }
    struct str rest = line, word = take_word(&rest);
    if (str_contains(word, STR("://")) || str_has_prefix(word, STR("@"))) {
        out->connection = word;
        return rest;
    }
    if (begins_statement(line) || !is_cell)
        return line;
    /* A bare word in front of a cell: where the result goes, or the connection. */
    if (m->dialect == SQL_BIGQUERY || m->dialect == SQL_DUCKDB || m->dialect == SQL_TRINO)
        out->target = is_name(word) ? word : out->target;
    else
        out->connection = word;
    return begins_statement(rest) ? rest : STR_EMPTY;
}

void magic_read_line(const struct magic *m, struct str line, bool is_cell, struct magic_line *out)
{
    struct magic_line l = { STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY,
                            STR_EMPTY, STR_EMPTY, STR_EMPTY };
    l.words = take_options(m, line, &l);
    if ((is_cell ? m->cell : m->line) == MAGIC_IS_SQL) {
        l.words = take_sql_head(l.words, is_cell, m, &l);
        /* "conn --save x SELECT" has its options behind the connection */
        l.words = take_options(m, l.words, &l);
        if (is_cell && !begins_statement(l.words))
            l.words = STR_EMPTY;
    }
    *out = l;
}
