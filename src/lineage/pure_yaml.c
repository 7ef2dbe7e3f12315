/* pure_yaml: see pure_yaml.h; YAML 1.1 as PyYAML reads it, as far as configuration files use it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_yaml.h"

#include "lineage/pure_number.h"
#include "lineage/value_internal.h"
#include "util/limits.h"
#include "util/scan.h"

#include <string.h>

#define MAX_NESTING 30U

struct line {
    size_t indent;
    struct str text; /* without its indentation, white space at its end and comment */
    struct str raw;  /* as it stands, for block scalars */
};

struct yaml {
    struct values *vs;
    struct line *lines;
    size_t n, cap;
    size_t at;
};

/* ---- lines ---- */

/* The end of s before a comment: a "#" behind a blank and outside of quotes. */
static size_t comment_at(struct str s)
{
    char quote = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool is_begin = i == 0 || s.ptr[i - 1] == ' ' || s.ptr[i - 1] == '\t';
        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if ((c == '"' || c == '\'') && (is_begin || strchr("[{,:", s.ptr[i - 1]) != NULL))
            quote = c;
        else if (c == '#' && is_begin)
            return i;
    }
    return s.len;
}

static bool split_lines(struct yaml *y, struct str text)
{
    struct str rest = text, raw;
    for (bool has_more = text.len > 0; has_more && rest.len > 0;) {
        has_more = str_cut(rest, '\n', &raw, &rest);
        size_t indent = 0;
        while (indent < raw.len && raw.ptr[indent] == ' ')
            indent++;
        struct str body = str_from_pos(raw, indent);
        body = str_trim(str_slice(body, 0, comment_at(body)));
        if (y->n > 0 && (str_eq(body, STR("---")) || str_eq(body, STR("..."))))
            break;
        if (str_eq(body, STR("---")) || str_has_prefix(body, STR("%")))
            continue;
        if (y->n >= LIMIT_SEQ_ITEMS)
            return false;
        *ARENA_PUSH(y->vs->arena, y->lines, y->n, y->cap) = (struct line){ indent, body, raw };
    }
    return true;
}

/* The next line that holds something, or NULL. */
static struct line *peek(struct yaml *y)
{
    while (y->at < y->n && y->lines[y->at].text.len == 0)
        y->at++;
    return y->at < y->n ? &y->lines[y->at] : NULL;
}

/* ---- scalars ---- */

static struct value *unknown(struct yaml *y)
{
    return value_unknown(y->vs, HOLE_CONFIGURATION, STR_EMPTY);
}

/* 'it''s' */
static struct value *single_quoted(struct yaml *y, struct str inner)
{
    struct text_out out = TEXT_OUT_INIT(y->vs);
    for (size_t i = 0; i < inner.len; i++) {
        text_out_char(&out, inner.ptr[i]);
        i += inner.ptr[i] == '\'' && i + 1 < inner.len && inner.ptr[i + 1] == '\'';
    }
    return text_out_take(&out, 0);
}

static struct value *double_quoted(struct yaml *y, struct str inner)
{
    static const char marks[] = "ntr0\"\\/ ", bytes[] = "\n\t\r\0\"\\/ ";
    struct text_out out = TEXT_OUT_INIT(y->vs);
    for (size_t i = 0; i < inner.len; i++) {
        const char *mark = inner.ptr[i] == '\\' && i + 1 < inner.len
                               ? memchr(marks, inner.ptr[i + 1], sizeof marks - 1)
                               : NULL;
        if (inner.ptr[i] == '\\' && mark == NULL)
            return unknown(y);
        text_out_char(&out, mark == NULL ? inner.ptr[i] : bytes[mark - marks]);
        i += mark != NULL;
    }
    return text_out_take(&out, 0);
}

static struct value *word(struct yaml *y, struct str s)
{
    static const struct {
        struct str name, constant;
    } words[] = {
        { STR_INIT("~"), STR_INIT("None") },    { STR_INIT("null"), STR_INIT("None") },
        { STR_INIT("true"), STR_INIT("True") }, { STR_INIT("false"), STR_INIT("False") },
        { STR_INIT("yes"), STR_INIT("True") },  { STR_INIT("no"), STR_INIT("False") },
        { STR_INIT("on"), STR_INIT("True") },   { STR_INIT("off"), STR_INIT("False") },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(s, words[i].name))
            return value_const(y->vs, words[i].constant);
    return NULL;
}

static struct value *scalar(struct yaml *y, struct str s)
{
    int64_t whole;
    double real;
    if (s.len == 0)
        return value_const(y->vs, STR("None"));
    char first = s.ptr[0], last = s.ptr[s.len - 1];
    if (s.len >= 2 && first == last && (first == '"' || first == '\''))
        return first == '"' ? double_quoted(y, str_slice(s, 1, s.len - 1))
                            : single_quoted(y, str_slice(s, 1, s.len - 1));
    if (strchr("&*!|>\"'%@`", first) != NULL)
        return unknown(y);
    struct value *v = word(y, s);
    if (v != NULL)
        return v;
    bool is_number = strchr("0123456789+-.", first) != NULL;
    bool is_octal = first == '0' && s.len > 1 && s.ptr[1] >= '0' && s.ptr[1] <= '9';
    if (is_number && number_parse_whole(s, is_octal ? 8 : 0, &whole))
        return value_whole(y->vs, whole);
    if (is_number && str_find_char(s, '.') != SIZE_MAX && number_parse_real(s, &real))
        return value_number(y->vs, real);
    return value_text(y->vs, s);
}

/* ---- flow: [a, {b: c}] on one line ---- */

static struct value *flow(struct yaml *y, struct scan *s, unsigned depth);

/* The text up to a mark of flow, outside of quotes. */
static struct str flow_text(struct scan *s, const char *marks)
{
    const char *from = s->at;
    char quote = 0;
    for (; s->at < s->end; s->at++) {
        char c = *s->at;
        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if ((c == '"' || c == '\'') && s->at == from)
            quote = c;
        else if (strchr(marks, c) != NULL &&
                 (c != ':' || s->at + 1 == s->end || s->at[1] == ' ' || s->at[-1] == '"'))
            break;
    }
    return str_trim((struct str){ from, (size_t)(s->at - from) });
}

static struct value *flow_seq(struct yaml *y, struct scan *s, unsigned depth)
{
    struct value *all = value_seq(y->vs, 0);
    while (scan_blanks(s) && !scan_char(s, ']')) {
        if (scan_is_done(s))
            return NULL;
        struct value *v = flow(y, s, depth + 1);
        if (v == NULL)
            return NULL;
        value_seq_add(y->vs, all, v);
        scan_blanks(s);
        if (!scan_char(s, ',') && (scan_is_done(s) || *s->at != ']'))
            return NULL;
    }
    return all;
}

static struct value *flow_map(struct yaml *y, struct scan *s, unsigned depth)
{
    struct value *all = value_map(y->vs);
    while (scan_blanks(s) && !scan_char(s, '}')) {
        if (scan_is_done(s))
            return NULL;
        struct value *key = scalar(y, flow_text(s, ":,}")), *v = NULL;
        if (scan_char(s, ':')) {
            scan_blanks(s);
            v = flow(y, s, depth + 1);
            if (v == NULL)
                return NULL;
        }
        value_map_put(y->vs, all, key, v != NULL ? v : value_const(y->vs, STR("None")));
        scan_blanks(s);
        if (!scan_char(s, ',') && (scan_is_done(s) || *s->at != '}'))
            return NULL;
    }
    return all;
}

static struct value *flow(struct yaml *y, struct scan *s, unsigned depth)
{
    if (depth > MAX_NESTING)
        return NULL;
    if (scan_char(s, '['))
        return flow_seq(y, s, depth);
    if (scan_char(s, '{'))
        return flow_map(y, s, depth);
    return scalar(y, flow_text(s, ",]}"));
}

/* What stands behind "key:" or "-" on its line. */
static struct value *inline_value(struct yaml *y, struct str s)
{
    if (s.len == 0 || (s.ptr[0] != '[' && s.ptr[0] != '{'))
        return scalar(y, s);
    struct scan scan = scan_init(s);
    struct value *v = flow(y, &scan, 0);
    return v != NULL && scan_is_done(&scan) ? v : unknown(y);
}

/* ---- blocks ---- */

static struct value *block(struct yaml *y, size_t indent, unsigned depth);

/* The size of "key" in front of its ":"; SIZE_MAX if the line is no entry of a mapping. */
static size_t key_size(struct str s)
{
    char quote = s.len > 0 && (s.ptr[0] == '"' || s.ptr[0] == '\'') ? s.ptr[0] : 0;
    size_t i = 0;
    if (quote != 0) {
        i = str_find(s, (struct str){ &quote, 1 }, 1);
        if (i == SIZE_MAX)
            return SIZE_MAX;
    }
    for (; i < s.len; i++)
        if (s.ptr[i] == ':' && (i + 1 == s.len || s.ptr[i + 1] == ' ' || s.ptr[i + 1] == '\t'))
            return i;
    return SIZE_MAX;
}

static bool is_item(struct str s)
{
    return str_eq(s, STR("-")) || str_has_prefix(s, STR("- "));
}

/* "|" and ">": the lines that are indented deeper than the key. */
static struct value *block_scalar(struct yaml *y, struct str mark, size_t indent)
{
    struct text_out out = TEXT_OUT_INIT(y->vs);
    size_t own = 0;
    char by = mark.ptr[0] == '|' ? '\n' : ' ';
    for (; y->at < y->n; y->at++) {
        const struct line *line = &y->lines[y->at];
        bool is_blank = str_trim(line->raw).len == 0;
        if (!is_blank && line->indent <= indent)
            break;
        if (own == 0 && !is_blank)
            own = line->indent;
        if (out.n > 0)
            text_out_char(&out, by);
        struct str body = str_from_pos(line->raw, own);
        if (str_has_suffix(body, STR("\r")))
            body.len--;
        text_out_add(&out, body);
    }
    while (out.n > 0 && (out.bytes[out.n - 1] == '\n' || out.bytes[out.n - 1] == ' '))
        text_out_cut(&out, out.n - 1);
    if (str_find_char(mark, '-') == SIZE_MAX)
        text_out_char(&out, '\n');
    return text_out_take(&out, 0);
}

/* What belongs to a key or a "-" whose line has rest behind it. */
static struct value *nested(struct yaml *y, struct str rest, size_t indent, bool is_key,
                            unsigned depth)
{
    if (rest.len > 0 && (rest.ptr[0] == '|' || rest.ptr[0] == '>'))
        return block_scalar(y, rest, indent);
    if (rest.len > 0)
        return inline_value(y, rest);
    const struct line *next = peek(y);
    bool is_below = next != NULL && (next->indent > indent ||
                                     (is_key && next->indent == indent && is_item(next->text)));
    return is_below ? block(y, next->indent, depth + 1) : value_const(y->vs, STR("None"));
}

static struct value *block_seq(struct yaml *y, size_t indent, unsigned depth)
{
    struct value *all = value_seq(y->vs, 0);
    for (struct line *line = peek(y); line != NULL && line->indent == indent && is_item(line->text);
         line = peek(y)) {
        struct str rest = str_from_pos(line->text, 1);
        size_t blanks = 0;
        while (blanks < rest.len && rest.ptr[blanks] == ' ')
            blanks++;
        rest = str_from_pos(rest, blanks);
        bool is_flow = rest.len > 0 && (rest.ptr[0] == '[' || rest.ptr[0] == '{');
        struct value *v;
        if (!is_flow && (is_item(rest) || key_size(rest) != SIZE_MAX)) {
            line->indent = indent + 1 + blanks; /* a block that begins on this line */
            line->text = rest;
            v = block(y, line->indent, depth + 1);
        } else {
            y->at++;
            v = nested(y, rest, indent, false, depth);
        }
        if (v == NULL)
            return NULL;
        value_seq_add(y->vs, all, v);
    }
    return all;
}

static struct value *block_map(struct yaml *y, size_t indent, unsigned depth)
{
    struct value *all = value_map(y->vs);
    for (struct line *line = peek(y); line != NULL && line->indent == indent; line = peek(y)) {
        size_t size = key_size(line->text);
        if (size == SIZE_MAX)
            return NULL;
        struct value *key = scalar(y, str_trim(str_slice(line->text, 0, size)));
        struct str rest = str_trim(str_from_pos(line->text, size + 1));
        y->at++;
        struct value *v = nested(y, rest, indent, true, depth);
        if (v == NULL)
            return NULL;
        value_map_put(y->vs, all, key, v);
    }
    return all;
}

static struct value *block(struct yaml *y, size_t indent, unsigned depth)
{
    const struct line *line = peek(y);
    if (line == NULL || depth > MAX_NESTING)
        return NULL;
    if (is_item(line->text))
        return block_seq(y, indent, depth);
    bool is_flow = line->text.ptr[0] == '[' || line->text.ptr[0] == '{';
    if (!is_flow && key_size(line->text) != SIZE_MAX)
        return block_map(y, indent, depth);
    struct value *v = inline_value(y, line->text);
    y->at++;
    return v;
}

struct value *yaml_value(struct values *vs, struct str text)
{
    struct yaml y = { .vs = vs };
    if (text.len > LIMIT_TEXT_BYTES || values_are_full(vs) || !split_lines(&y, text))
        return NULL;
    const struct line *first = peek(&y);
    struct value *v = first == NULL ? NULL : block(&y, first->indent, 0);
    bool is_whole = peek(&y) == NULL;
    return v != NULL && is_whole && (v->kind == VALUE_MAP || v->kind == VALUE_SEQ) ? v : NULL;
}
