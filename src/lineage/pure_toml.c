/* pure_toml: see pure_config.h; TOML 1.0, tolerant of what it leaves undecided. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_config.h"
#include "lineage/pure_number.h"
#include "lineage/value_internal.h"

#include "util/limits.h"
#include "util/scan.h"

#include <string.h>

#define MAX_NESTING 30U

struct toml {
    struct values *vs;
    struct scan s;
    size_t n; /* values, bounded */
};

static struct value *any_value(struct toml *t, unsigned depth);

static bool is_at(const struct toml *t, char c)
{
    return !scan_is_done(&t->s) && *t->s.at == c;
}

static void skip_comment(struct toml *t)
{
    scan_blanks(&t->s);
    if (is_at(t, '#'))
        while (!scan_is_done(&t->s) && *t->s.at != '\n')
            t->s.at++;
}

/* Blanks, line ends and comments. */
static void skip_space(struct toml *t)
{
    for (skip_comment(t); is_at(t, '\n') || is_at(t, '\r'); skip_comment(t))
        t->s.at++;
}

/* ---- texts ---- */

/* "\uXXXX" and "\UXXXXXXXX" of ASCII; what is beyond is left as it is written. */
static void add_escape(struct toml *t, struct text_out *out)
{
    static const char marks[] = "btnfre\"\\", bytes[] = "\b\t\n\f\r\033\"\\";
    if (scan_is_done(&t->s))
        return;
    char c = *t->s.at++;
    const char *mark = memchr(marks, c, sizeof marks - 1);
    if (mark != NULL) {
        text_out_char(out, bytes[mark - marks]);
    } else if (c == '\n' || c == '\r') {
        while (!scan_is_done(&t->s) && strchr(" \t\r\n", *t->s.at) != NULL)
            t->s.at++;
    } else {
        text_out_char(out, '\\');
        text_out_char(out, c);
    }
}

/* At a quote. */
static struct value *quoted(struct toml *t)
{
    struct text_out out = TEXT_OUT_INIT(t->vs);
    char quote = *t->s.at;
    char three[] = { quote, quote, quote };
    struct str mark = { three, 3 };
    bool is_long = scan_str(&t->s, mark);
    if (is_long) {
        (void)scan_char(&t->s, '\r');
        (void)scan_char(&t->s, '\n');
    } else {
        t->s.at++;
        mark.len = 1;
    }
    while (!scan_str(&t->s, mark)) {
        if (scan_is_done(&t->s) || (!is_long && *t->s.at == '\n'))
            return NULL;
        char c = *t->s.at++;
        if (c == '\\' && quote == '"')
            add_escape(t, &out);
        else
            text_out_char(&out, c);
    }
    return text_out_take(&out, 0);
}

/* ---- other values ---- */

static struct value *bare(struct toml *t)
{
    const char *from = t->s.at;
    int64_t whole;
    double real;
    while (!scan_is_done(&t->s) && strchr(",]}#\n\r", *t->s.at) == NULL)
        t->s.at++;
    struct str s = str_trim((struct str){ from, (size_t)(t->s.at - from) });
    if (str_eq(s, STR("true")) || str_eq(s, STR("false")))
        return value_bool(t->vs, s.ptr[0] == 't');
    if (number_parse_whole(s, 0, &whole))
        return value_whole(t->vs, whole);
    if (number_parse_real(s, &real))
        return value_number(t->vs, real);
    return s.len > 0 ? value_text(t->vs, s) : NULL;
}

static struct value *array(struct toml *t, unsigned depth)
{
    struct value *all = value_seq(t->vs, 0);
    for (skip_space(t); !scan_char(&t->s, ']'); skip_space(t)) {
        struct value *v = any_value(t, depth + 1);
        if (v == NULL)
            return NULL;
        value_seq_add(t->vs, all, v);
        skip_space(t);
        if (!scan_char(&t->s, ',') && !is_at(t, ']'))
            return NULL;
    }
    return all;
}

static bool one_key(struct toml *t, struct str *out)
{
    const struct value *v = NULL;
    if (is_at(t, '"') || is_at(t, '\'')) {
        v = quoted(t);
        return v != NULL && value_is_known_text(v, out);
    }
    const char *from = t->s.at;
    while (!scan_is_done(&t->s) && strchr(" \t.=]\n\r#\"'[{},", *t->s.at) == NULL)
        t->s.at++;
    *out = (struct str){ from, (size_t)(t->s.at - from) };
    return out->len > 0;
}

/* The mapping under that name, which is made where there is none; of a list its last one. */
static struct value *below(struct toml *t, struct value *in, struct str name)
{
    struct value *v = strmap_get(&in->map->entries, name);
    if (v == NULL) {
        v = value_map(t->vs);
        strmap_put(&in->map->entries, name, v);
    }
    if (v->kind == VALUE_SEQ && v->seq->n > 0)
        v = v->seq->items[v->seq->n - 1];
    return v->kind == VALUE_MAP ? v : NULL;
}

/* a.b.c: *in becomes the mapping that c stands in, *name c. */
static bool dotted_key(struct toml *t, struct value **in, struct str *name)
{
    for (unsigned depth = 0; depth <= MAX_NESTING; depth++) {
        scan_blanks(&t->s);
        if (!one_key(t, name))
            return false;
        scan_blanks(&t->s);
        if (!scan_char(&t->s, '.'))
            return true;
        *in = below(t, *in, *name);
        if (*in == NULL)
            return false;
    }
    return false;
}

static bool entry(struct toml *t, struct value *in, unsigned depth)
{
    struct str name;
    if (!dotted_key(t, &in, &name) || !scan_char(&t->s, '='))
        return false;
    scan_blanks(&t->s);
    struct value *v = any_value(t, depth + 1);
    if (v == NULL)
        return false;
    strmap_put(&in->map->entries, name, v);
    return true;
}

static struct value *inline_table(struct toml *t, unsigned depth)
{
    struct value *all = value_map(t->vs);
    if (all->kind != VALUE_MAP)
        return NULL;
    for (skip_space(t); !scan_char(&t->s, '}'); skip_space(t)) {
        if (!entry(t, all, depth))
            return NULL;
        skip_space(t);
        if (!scan_char(&t->s, ',') && !is_at(t, '}'))
            return NULL;
    }
    return all;
}

static struct value *any_value(struct toml *t, unsigned depth)
{
    if (depth > MAX_NESTING || t->n++ >= LIMIT_SEQ_ITEMS || scan_is_done(&t->s) ||
        values_are_full(t->vs))
        return NULL;
    if (is_at(t, '"') || is_at(t, '\''))
        return quoted(t);
    if (scan_char(&t->s, '['))
        return array(t, depth);
    if (scan_char(&t->s, '{'))
        return inline_table(t, depth);
    return bare(t);
}

/* ---- the document ---- */

/* [a.b] and [[a.b]]: the mapping that the lines behind it are of. */
static struct value *header(struct toml *t, struct value *all)
{
    struct str name;
    bool is_list = scan_char(&t->s, '[');
    if (!dotted_key(t, &all, &name) || !scan_char(&t->s, ']') ||
        (is_list && !scan_char(&t->s, ']')))
        return NULL;
    if (!is_list)
        return below(t, all, name);
    struct value *list = strmap_get(&all->map->entries, name), *one = value_map(t->vs);
    if (list == NULL) {
        list = value_seq(t->vs, 0);
        strmap_put(&all->map->entries, name, list);
    }
    if (list->kind != VALUE_SEQ || one->kind != VALUE_MAP)
        return NULL;
    value_seq_add(t->vs, list, one);
    return one;
}

struct value *toml_value(struct values *vs, struct str text)
{
    struct toml t = { .vs = vs, .s = scan_init(text) };
    if (text.len > LIMIT_TEXT_BYTES || values_are_full(vs))
        return NULL;
    struct value *all = value_map(vs), *in = all;
    for (skip_space(&t); !scan_is_done(&t.s); skip_space(&t)) {
        if (in->kind != VALUE_MAP || t.n++ >= LIMIT_SEQ_ITEMS)
            return NULL;
        if (scan_char(&t.s, '['))
            in = header(&t, all);
        else if (!entry(&t, in, 0))
            return NULL;
        if (in == NULL)
            return NULL;
        skip_comment(&t);
        if (!scan_is_done(&t.s) && *t.s.at != '\n' && *t.s.at != '\r')
            return NULL;
    }
    return all;
}
