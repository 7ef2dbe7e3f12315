/* pure_literal: values written as text: json.loads, ast.literal_eval, and json.dumps. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_number.h"
#include "lineage/pure_seq.h"
#include "lineage/pure_yaml.h"
#include "lineage/python.h"
#include "util/limits.h"

/* Containers in containers; what is deeper is not known. */
#define MAX_LITERAL_DEPTH 20U

static struct value *value_of(struct values *vs, const struct node *n, unsigned depth);

static struct value *number_of(struct values *vs, struct str text)
{
    int64_t whole;
    double real;
    if (number_parse_whole(text, 0, &whole))
        return value_whole(vs, whole);
    return number_parse_real(text, &real) ? value_number(vs, real) : NULL;
}

static struct value *seq_of_items(struct values *vs, const struct node *n, unsigned flags,
                                  unsigned depth)
{
    struct value *all = value_seq(vs, flags);
    for (const struct node *item = n->items; item != NULL; item = item->next) {
        struct value *v = value_of(vs, item, depth);
        if (v == NULL)
            return NULL;
        value_seq_add(vs, all, v);
    }
    return all;
}

static struct value *map_of_items(struct values *vs, const struct node *n, unsigned depth)
{
    struct value *all = value_map(vs);
    for (const struct node *item = n->items; item != NULL; item = item->next) {
        struct value *key = item->pair.key == NULL ? NULL : value_of(vs, item->pair.key, depth);
        struct value *v = key == NULL ? NULL : value_of(vs, item->pair.value, depth);
        if (v == NULL)
            return NULL;
        value_map_put(vs, all, key, v);
    }
    return all;
}

static struct value *text_of(struct values *vs, const struct node *n)
{
    if (n->parts == NULL)
        return value_text(vs, STR_EMPTY);
    return n->parts->kind == NODE_TEXT && n->parts->next == NULL ? value_text(vs, n->parts->text)
                                                                 : NULL;
}

/* JSON's words are names to Python. */
static struct value *word_of(struct values *vs, struct str name)
{
    if (str_eq(name, STR("true")) || str_eq(name, STR("false")))
        return value_bool(vs, name.len == 4);
    return str_eq(name, STR("null")) ? value_const(vs, STR("None")) : NULL;
}

static struct value *value_of(struct values *vs, const struct node *n, unsigned depth)
{
    if (depth > MAX_LITERAL_DEPTH)
        return NULL;
    switch (n->kind) {
    case NODE_STRING:
        return text_of(vs, n);
    case NODE_NUMBER:
        return number_of(vs, n->text);
    case NODE_CONST:
        return value_const(vs, n->text);
    case NODE_NAME:
        return word_of(vs, n->text);
    case NODE_LIST:
        return seq_of_items(vs, n, 0, depth + 1);
    case NODE_TUPLE:
        return seq_of_items(vs, n, VALUE_IS_TUPLE, depth + 1);
    case NODE_SET:
        return seq_of_items(vs, n, VALUE_IS_SET, depth + 1);
    case NODE_DICT:
        return map_of_items(vs, n, depth + 1);
    case NODE_UNARY: {
        const struct value *v = value_of(vs, n->unary.value, depth + 1);
        return v == NULL ? NULL : number_unary(vs, (enum node_op)n->op, v);
    }
    default:
        return NULL;
    }
}

static struct value *load(const struct pure_call *c)
{
    struct str text;
    const struct value *v = pure_arg(c, 0, STR("s"));
    if (v == NULL || v->kind == VALUE_CHAIN) /* the content of a file */
        return c->vs->declined;
    if (!value_is_known_text(v, &text))
        return NULL;
    const struct node *n = python_parse_expression(c->vs->arena, str_trim(text));
    return n == NULL ? NULL : value_of(c->vs, n, 0);
}

/* yaml.safe_load() of a text that is known */
static struct value *load_yaml(const struct pure_call *c)
{
    struct str text;
    if (!pure_arg_known(c, 0, STR("stream"), &text))
        return c->vs->declined;
    return yaml_value(c->vs, text);
}

/* ---- writing ---- */

static void add_json(struct text_out *out, struct value *v, unsigned depth);

static void add_json_text(struct text_out *out, const struct value *v)
{
    struct str s = v->text.bytes;
    text_out_char(out, '"');
    for (size_t i = 0; i < s.len && !out->failed; i++) {
        unsigned char b = (unsigned char)s.ptr[i];
        if (b == '"' || b == '\\')
            text_out_char(out, '\\');
        if (b == '\n')
            text_out_add(out, STR("\\n"));
        else if (b < 0x20 && b != HOLE_BYTE)
            text_out_add(out, arena_printf(out->vs->arena, "\\u%04x", b));
        else
            text_out_slice(out, v, i, i + 1);
    }
    text_out_char(out, '"');
}

static void add_json_seq(struct text_out *out, const struct seq *s, unsigned depth)
{
    text_out_char(out, '[');
    for (size_t i = 0; i < s->n && !out->failed; i++) {
        if (i > 0)
            text_out_add(out, STR(", "));
        add_json(out, s->items[i], depth + 1);
    }
    if (s->is_open)
        text_out_hole(out, (struct hole){ HOLE_RUN_TIME, STR_EMPTY });
    text_out_char(out, ']');
}

static void add_json_map(struct text_out *out, const struct map *m, unsigned depth)
{
    bool is_first = true;
    text_out_char(out, '{');
    for (size_t i = 0; i < m->entries.n && !out->failed; i++) {
        const struct strmap_entry *e = &m->entries.entries[i];
        if (e->value == NULL)
            continue;
        struct value key = { .kind = VALUE_TEXT };
        key.text.bytes = e->key;
        if (!is_first)
            text_out_add(out, STR(", "));
        is_first = false;
        add_json_text(out, &key);
        text_out_add(out, STR(": "));
        add_json(out, e->value, depth + 1);
    }
    if (m->is_open || m->any != NULL)
        text_out_hole(out, m->missing);
    text_out_char(out, '}');
}

static void add_json(struct text_out *out, struct value *v, unsigned depth)
{
    if (depth > MAX_LITERAL_DEPTH) {
        text_out_hole(out, (struct hole){ HOLE_LIMIT, STR_EMPTY });
        return;
    }
    switch (v->kind) {
    case VALUE_TEXT:
        add_json_text(out, v);
        break;
    case VALUE_CONST:
        text_out_add(out, pure_is_const(v, STR("True"))    ? STR("true")
                          : pure_is_const(v, STR("False")) ? STR("false")
                                                           : STR("null"));
        break;
    case VALUE_SEQ:
        add_json_seq(out, v->seq, depth);
        break;
    case VALUE_MAP:
        add_json_map(out, v->map, depth);
        break;
    default:
        text_out_value(out, v);
    }
}

static struct value *dump(const struct pure_call *c)
{
    struct value *v = pure_arg(c, 0, STR("obj"));
    if (v == NULL || v->kind == VALUE_CHAIN || v->kind == VALUE_UNKNOWN)
        return NULL;
    struct text_out out = TEXT_OUT_INIT(c->vs);
    add_json(&out, v, 0);
    return text_out_take(&out, 0);
}

/* ---- texts of several lines ---- */

/* The blanks that all lines with something in them begin with. */
static struct str margin_of(struct str s)
{
    struct str margin = STR_EMPTY;
    bool has_any = false;
    for (size_t at = 0, end; at < s.len; at = end + 1) {
        end = str_find(s, STR("\n"), at);
        end = end == SIZE_MAX ? s.len : end;
        struct str line = str_slice(s, at, end);
        size_t n = 0;
        while (n < line.len && (line.ptr[n] == ' ' || line.ptr[n] == '\t'))
            n++;
        if (n == line.len)
            continue;
        struct str blanks = str_slice(line, 0, n);
        while (has_any && !str_has_prefix(blanks, margin))
            margin.len--;
        margin = has_any ? margin : blanks;
        has_any = true;
    }
    return margin;
}

static struct value *dedent(const struct pure_call *c)
{
    const struct value *v = pure_arg_text(c, 0, STR("text"));
    if (v == NULL || v->kind != VALUE_TEXT)
        return NULL;
    struct str s = v->text.bytes, margin = margin_of(s);
    struct text_out out = TEXT_OUT_INIT(c->vs);
    for (size_t at = 0, end; at < s.len; at = end + 1) {
        end = str_find(s, STR("\n"), at);
        end = end == SIZE_MAX ? s.len : end;
        bool is_blank = str_trim(str_slice(s, at, end)).len == 0;
        if (!is_blank)
            text_out_slice(&out, v, at + margin.len, end);
        text_out_slice(&out, v, end, end + 1);
    }
    return text_out_take(&out, 0);
}

/* string.Template, jinja2.Template: the text itself, which has the methods of both. */
static struct value *template(const struct pure_call *c)
{
    return pure_arg_text(c, 0, STR("template"));
}

static const struct pure_row functions[] = {
    { STR_INIT("ast.literal_eval"), load, 0, 0 },
    { STR_INIT("inspect.cleandoc"), dedent, 0, 0 },
    { STR_INIT("jinja2.Template"), template, 0, 0 },
    { STR_INIT("json.dumps"), dump, 0, 0 },
    { STR_INIT("json.loads"), load, 0, 0 },
    { STR_INIT("string.Template"), template, 0, 0 },
    { STR_INIT("textwrap.dedent"), dedent, 0, 0 },
    { STR_INIT("yaml.full_load"), load_yaml, 0, 0 },
    { STR_INIT("yaml.load"), load_yaml, 0, 0 },
    { STR_INIT("yaml.safe_load"), load_yaml, 0, 0 },
};
const struct pure_table pure_literal_functions = PURE_TABLE(functions);
