/*
 * pure_template: texts with places to fill in: str.format, "%", string.Template, C's sprintf.
 *
 * The pieces are gathered first and joined at once, so that alternatives are multiplied in one
 * place.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_template.h"

#include "lineage/pure.h"
#include "lineage/pure_format.h"
#include "util/scan.h"

#include <math.h>
#include <string.h>

struct pieces {
    struct values *vs;
    const struct value *template;
    struct value **items;
    size_t n, cap;
};

static void add_piece(struct pieces *p, struct value *v)
{
    *ARENA_PUSH(p->vs->arena, p->items, p->n, p->cap) =
        v != NULL ? v : value_unknown(p->vs, HOLE_RUN_TIME, STR_EMPTY);
}

static void add_literal(struct pieces *p, size_t from, size_t to)
{
    if (to > from)
        add_piece(p, value_text_slice(p->vs, p->template, from, to));
}

static struct value *join_pieces(struct pieces *p)
{
    return value_concat_all(p->vs, p->items, p->n);
}

/* ---- str.format ---- */

struct formatter {
    struct pieces pieces;
    const struct call_args *args;
    const struct value *mapping; /* of format_map, or NULL */
    size_t next;                 /* the index that {} takes */
};

static struct value *first_name(struct formatter *f, struct str name)
{
    uint64_t index;
    if (name.len == 0)
        index = f->next++;
    else if (!scan_whole_u64(name, 100000, &index))
        return f->mapping != NULL ? value_map_get(f->pieces.vs, f->mapping, name)
                                  : args_named(f->args, name);
    return index < f->args->n_items ? f->args->items[index] : NULL;
}

/* "0.name[key]" */
static struct value *field_value(struct formatter *f, struct str field)
{
    struct values *vs = f->pieces.vs;
    size_t at = 0;
    while (at < field.len && field.ptr[at] != '.' && field.ptr[at] != '[')
        at++;
    struct value *v = first_name(f, str_slice(field, 0, at));
    while (at < field.len && v != NULL) {
        bool is_item = field.ptr[at] == '[';
        size_t end = ++at;
        while (end < field.len &&
               (is_item ? field.ptr[end] != ']' : field.ptr[end] != '.' && field.ptr[end] != '['))
            end++;
        struct str name = str_slice(field, at, end);
        uint64_t index;
        if (!is_item)
            v = pure_attribute(vs, v, name);
        else if (scan_whole_u64(name, 1000000, &index))
            v = pure_subscript(vs, v, value_whole(vs, (int64_t)index));
        else
            v = pure_subscript(vs, v, value_text(vs, name));
        at = end + is_item;
    }
    return v;
}

static struct value *fill_fields(struct formatter *f, const struct value *template, unsigned depth);

/* "name!r:spec" */
static void add_field(struct formatter *f, struct str field, unsigned depth)
{
    struct str name, spec_text;
    char conversion = 0;
    struct value *spec = NULL;
    size_t colon = 0;
    bool in_brackets = false;
    for (; colon < field.len && (field.ptr[colon] != ':' || in_brackets); colon++)
        in_brackets = field.ptr[colon] == '[' || (in_brackets && field.ptr[colon] != ']');
    name = str_slice(field, 0, colon);
    spec_text = str_from_pos(field, colon + 1);
    if (name.len >= 2 && name.ptr[name.len - 2] == '!') {
        conversion = name.ptr[name.len - 1];
        name.len -= 2;
    }
    struct value *v = field_value(f, name);
    if (spec_text.len > 0)
        spec = fill_fields(f, value_text(f->pieces.vs, spec_text), depth + 1);
    if (v != NULL && (conversion != 0 || spec != NULL))
        v = pure_format(f->pieces.vs, v, conversion, spec);
    add_piece(&f->pieces, v);
}

/* The end of the field that begins at from: the "}" that closes it. */
static size_t field_end(struct str s, size_t from)
{
    size_t depth = 1;
    for (size_t i = from; i < s.len; i++) {
        depth += s.ptr[i] == '{';
        depth -= s.ptr[i] == '}';
        if (depth == 0)
            return i;
    }
    return SIZE_MAX;
}

static struct value *fill_fields(struct formatter *f, const struct value *template, unsigned depth)
{
    if (depth > 2 || template->kind != VALUE_TEXT)
        return NULL;
    struct pieces outer = f->pieces;
    f->pieces = (struct pieces){ .vs = outer.vs, .template = template };
    struct str s = template->text.bytes;
    size_t from = 0, at = 0;
    while (at < s.len) {
        bool is_open = s.ptr[at] == '{', is_double = at + 1 < s.len && s.ptr[at + 1] == s.ptr[at];
        if (!is_open && s.ptr[at] != '}') {
            at++;
            continue;
        }
        add_literal(&f->pieces, from, is_double ? at + 1 : at);
        size_t end = is_double || !is_open ? at + is_double : field_end(s, at + 1);
        if (end == SIZE_MAX)
            end = s.len;
        else if (is_open && !is_double)
            add_field(f, str_slice(s, at + 1, end), depth);
        from = at = end + 1;
    }
    add_literal(&f->pieces, from, s.len);
    struct value *v = join_pieces(&f->pieces);
    f->pieces = outer;
    return v;
}

struct value *pure_format_template(const struct pure_call *c, const struct value *template,
                                   const struct value *mapping)
{
    struct formatter f = { .pieces = { .vs = c->vs }, .args = c->args, .mapping = mapping };
    return fill_fields(&f, template, 0);
}

/* ---- "%" ---- */

struct percent {
    struct pieces pieces;
    const struct call_args *args;
    size_t next;
};

static struct value *next_arg(struct percent *p)
{
    return p->next < p->args->n_items ? p->args->items[p->next++] : NULL;
}

/* A width or precision: a number or "*". */
static size_t scan_size(struct scan *s, struct percent *p)
{
    uint64_t n = 0;
    int64_t given = 0;
    if (scan_char(s, '*'))
        return value_is_whole(next_arg(p), &given) && given > 0 && given < 1000 ? (size_t)given : 0;
    return scan_u64(s, 1000, &n) ? (size_t)n : 0;
}

static void scan_flags(struct scan *s, struct format_spec *spec)
{
    for (; !scan_is_done(s) && strchr("-+ 0#", *s->at) != NULL; s->at++) {
        if (*s->at == '-') {
            spec->align = '<';
            spec->fill = STR_EMPTY;
        } else if (*s->at == '0' && spec->align == 0) {
            spec->align = '=';
            spec->fill = STR("0");
        } else if (*s->at == '#') {
            spec->is_alternate = true;
        } else if (*s->at == '+' || (*s->at == ' ' && spec->sign == 0)) {
            spec->sign = *s->at;
        }
    }
}

/* The value as its type wants it; NULL if it cannot be. */
static struct value *converted(struct values *vs, struct value *v, struct format_spec *spec)
{
    switch (spec->type) {
    case 'r':
    case 'a':
        v = value_to_repr(vs, v);
        break;
    case 'c':
        if (v->kind == VALUE_NUMBER) {
            struct call_args args = { .items = &v, .n_items = 1 };
            v = pure_function(vs, CALL_PYTHON, STR("chr"), &args);
        }
        FALLTHROUGH;
    case 's':
        v = value_to_text(vs, v);
        break;
    case 'i':
    case 'u':
    case 'd':
        spec->type = 'd';
        spec->has_precision = false;
        if (v->kind == VALUE_NUMBER && !v->number.is_whole)
            v = number_from_whole_real(vs, v->number.real);
        return v;
    default:
        return v;
    }
    spec->type = 's';
    if (spec->align == 0 || spec->align == '=')
        spec->align = '>';
    if (str_eq(spec->fill, STR("0")))
        spec->fill = STR_EMPTY;
    return v;
}

static void add_conversion(struct percent *p, struct value *v, struct format_spec *spec)
{
    struct values *vs = p->pieces.vs;
    if (v == NULL) {
        add_piece(&p->pieces, NULL);
        return;
    }
    struct value *all = NULL;
    for (size_t i = 0; i < value_n_alternatives(v); i++) {
        struct format_spec own = *spec;
        struct text_out out = TEXT_OUT_INIT(vs);
        struct value *one = value_alternative(v, i), *made = converted(vs, one, &own);
        if (made == one && own.type == 's' && own.width == 0 && !own.has_precision) {
            all = value_join(vs, all, one);
            continue;
        }
        if (made == NULL)
            text_out_hole(&out, value_hole(one));
        else
            format_value(&out, made, &own);
        all = value_join(vs, all, text_out_take(&out, 0));
    }
    add_piece(&p->pieces,
              all->kind == v->kind && v->kind == VALUE_UNION && value_eq(all, v) ? v : all);
}

/* The value that "(name)" or "2$" names. */
static struct value *named_arg(struct percent *p, struct scan *s, bool *is_named)
{
    struct str name;
    struct scan before = *s;
    uint64_t index;
    *is_named = true;
    if (scan_char(s, '(') && scan_until(s, ')', &name))
        return args_named(p->args, name);
    *s = before;
    if (scan_u64(s, 1000, &index) && index > 0 && scan_char(s, '$'))
        return index <= p->args->n_items ? p->args->items[index - 1] : NULL;
    *s = before;
    *is_named = false;
    return NULL;
}

/* One conversion behind its "%"; false if it is none. */
static bool fill_conversion(struct percent *p, struct scan *s)
{
    struct format_spec spec = { .fill = STR_EMPTY };
    bool is_named;
    struct value *v = named_arg(p, s, &is_named);
    scan_flags(s, &spec);
    spec.width = scan_size(s, p);
    if (scan_char(s, '.')) {
        spec.has_precision = true;
        spec.precision = scan_size(s, p);
        if (spec.precision > 100)
            spec.precision = 100;
    }
    while (!scan_is_done(s) && strchr("hlL", *s->at) != NULL)
        s->at++;
    if (scan_is_done(s) || strchr("diouxXeEfFgGcrsa%", *s->at) == NULL)
        return false;
    spec.type = *s->at++;
    if (spec.type == '%')
        add_piece(&p->pieces, value_text(p->pieces.vs, STR("%")));
    else
        add_conversion(p, is_named ? v : next_arg(p), &spec);
    return true;
}

struct value *pure_percent(struct values *vs, const struct value *template,
                           const struct call_args *args)
{
    struct percent p = { .pieces = { .vs = vs, .template = template }, .args = args };
    struct str s = template->text.bytes;
    size_t from = 0;
    for (size_t at = str_find_char(s, '%'); at != SIZE_MAX; at = str_find(s, STR("%"), from)) {
        struct scan scan = scan_init(str_from_pos(s, at + 1));
        add_literal(&p.pieces, from, at);
        if (!fill_conversion(&p, &scan))
            add_piece(&p.pieces, NULL);
        from = (size_t)(scan.at - s.ptr);
    }
    add_literal(&p.pieces, from, s.len);
    return join_pieces(&p.pieces);
}

/* ---- string.Template ---- */

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

/* The name behind "$" at at: "${name}" or "name"; *end: what follows it. */
static struct str template_name(struct str s, size_t at, size_t *end)
{
    bool is_braced = at < s.len && s.ptr[at] == '{';
    size_t from = at + is_braced, to = from;
    while (to < s.len && is_name_char(s.ptr[to]))
        to++;
    *end = to + is_braced;
    return str_slice(s, from, to);
}

struct value *pure_substitute(struct values *vs, const struct value *template,
                              const struct call_args *args, bool is_safe)
{
    struct pieces p = { .vs = vs, .template = template };
    struct str s = template->text.bytes;
    size_t from = 0, end;
    for (size_t at = str_find_char(s, '$'); at != SIZE_MAX; at = str_find(s, STR("$"), from)) {
        bool is_double = at + 1 < s.len && s.ptr[at + 1] == '$';
        struct str name = template_name(s, at + 1, &end);
        struct value *v = name.len == 0 ? NULL : args_named(args, name);
        if (v == NULL && name.len > 0 && args->n_items > 0)
            v = value_map_get(vs, args->items[0], name);
        bool is_literal = is_double || name.len == 0 || (v == NULL && is_safe);
        if (is_double)
            end = at + 2;
        add_literal(&p, from, is_double ? at + 1 : is_literal ? end : at);
        if (!is_literal)
            add_piece(&p, v);
        from = end < s.len ? end : s.len;
    }
    add_literal(&p, from, s.len);
    return join_pieces(&p);
}

/* ---- jinja2 ---- */

/* The value of what stands between "{{" and "}}": a name, perhaps with attributes and keys. */
static struct value *expression_value(struct formatter *f, struct str text)
{
    text = str_trim(text);
    for (size_t i = 0; i < text.len; i++)
        if (!is_name_char(text.ptr[i]) && text.ptr[i] != '.')
            return NULL;
    return text.len == 0 || (text.ptr[0] >= '0' && text.ptr[0] <= '9') ? NULL
                                                                       : field_value(f, text);
}

struct value *pure_render(struct values *vs, const struct value *template,
                          const struct call_args *args)
{
    struct pieces p = { .vs = vs, .template = template };
    struct formatter f = { .pieces = { .vs = vs }, .args = args };
    struct str s = template->text.bytes;
    size_t from = 0;
    if (args->n_items > 0 && args->items[0]->kind == VALUE_MAP)
        f.mapping = args->items[0];
    for (size_t at = str_find(s, STR("{"), 0); at != SIZE_MAX; at = str_find(s, STR("{"), at)) {
        char kind = at + 1 < s.len ? s.ptr[at + 1] : 0;
        struct str close = kind == '{' ? STR("}}") : kind == '%' ? STR("%}") : STR("#}");
        size_t end =
            kind == '{' || kind == '%' || kind == '#' ? str_find(s, close, at + 2) : SIZE_MAX;
        if (end == SIZE_MAX) {
            at++;
            continue;
        }
        add_literal(&p, from, at);
        if (kind == '{')
            add_piece(&p, expression_value(&f, str_slice(s, at + 2, end)));
        else if (kind == '%')
            add_piece(&p, NULL);
        from = at = end + 2;
    }
    add_literal(&p, from, s.len);
    return join_pieces(&p);
}
