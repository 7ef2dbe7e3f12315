/* pure_format: see pure_format.h; the grammar is that of "Format Specification Mini-Language". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_format.h"

#include "lineage/pure.h"
#include "lineage/pure_internal.h"
#include "lineage/pure_time.h"
#include "util/scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WIDTH 10000U
#define MAX_PRECISION 100U

static bool is_align(char c)
{
    return c != '\0' && strchr("<>=^", c) != NULL;
}

static void parse_fill(struct scan *s, struct format_spec *spec)
{
    struct str rest = scan_rest(s);
    size_t size = rest.len == 0 ? 1 : utf8_size((unsigned char)rest.ptr[0]);
    if (rest.len > size && is_align(rest.ptr[size])) {
        spec->fill = str_slice(rest, 0, size);
        spec->align = rest.ptr[size];
        s->at += size + 1;
    } else if (rest.len > 0 && is_align(rest.ptr[0])) {
        spec->align = *s->at++;
    }
}

bool format_spec_parse(struct str text, struct format_spec *out)
{
    struct scan s = scan_init(text);
    struct format_spec spec = { .fill = STR_EMPTY };
    uint64_t n;
    parse_fill(&s, &spec);
    if (!scan_is_done(&s) && strchr("+- ", *s.at) != NULL)
        spec.sign = *s.at++;
    scan_char(&s, 'z');
    spec.is_alternate = scan_char(&s, '#');
    if (scan_char(&s, '0')) {
        spec.fill = spec.fill.len == 0 ? STR("0") : spec.fill;
        spec.align = spec.align == 0 ? '=' : spec.align;
    }
    if (scan_u64(&s, MAX_WIDTH, &n))
        spec.width = (size_t)n;
    if (!scan_is_done(&s) && (*s.at == ',' || *s.at == '_'))
        spec.grouping = *s.at++;
    if (scan_char(&s, '.')) {
        if (!scan_u64(&s, MAX_PRECISION, &n))
            return false;
        spec.has_precision = true;
        spec.precision = (size_t)n;
    }
    if (!scan_is_done(&s) && strchr("bcdeEfFgGnosxX%", *s.at) != NULL)
        spec.type = *s.at++;
    *out = spec;
    return scan_is_done(&s);
}

static void fill(struct text_out *out, struct str with, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text_out_add(out, with.len == 0 ? STR(" ") : with);
}

/* sign and body, filled up to the width. */
static void lay_out(struct text_out *out, const struct format_spec *spec, struct str sign,
                    struct str body, char align)
{
    size_t length = sign.len + body.len;
    size_t room = spec->width > length ? spec->width - length : 0;
    size_t before = align == '>' ? room : align == '^' ? room / 2 : 0;
    fill(out, spec->fill, before);
    text_out_add(out, sign);
    if (align == '=')
        fill(out, spec->fill, room);
    text_out_add(out, body);
    if (align != '=')
        fill(out, spec->fill, room - before);
}

static void format_text(struct text_out *out, const struct value *v, const struct format_spec *spec)
{
    int64_t precision = (int64_t)spec->precision, length;
    const struct value *text =
        spec->has_precision ? pure_slice_text(out->vs, value_alternative(v, 0), NULL, &precision)
                            : v;
    if (text->kind != VALUE_TEXT || !pure_text_length(text, &length)) {
        text_out_value(out, value_alternative(text, 0));
        return;
    }
    size_t room = spec->width > (size_t)length ? spec->width - (size_t)length : 0;
    size_t before = spec->align == '>' ? room : spec->align == '^' ? room / 2 : 0;
    fill(out, spec->fill, before);
    text_out_slice(out, text, 0, SIZE_MAX);
    fill(out, spec->fill, room - before);
}

/* Digits of a whole number in base 2, 8, 10 or 16; not NUL-terminated. */
static struct str digits_of(struct values *vs, uint64_t n, unsigned base, bool is_upper)
{
    const char *all = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char *text = arena_alloc(vs->arena, 64);
    size_t at = 64;
    do {
        text[--at] = all[n % base];
        n /= base;
    } while (n > 0);
    return (struct str){ text + at, 64 - at };
}

/* The part before the point in groups of three. */
static struct str grouped(struct values *vs, struct str digits, char mark)
{
    size_t whole = 0;
    while (whole < digits.len && digits.ptr[whole] >= '0' && digits.ptr[whole] <= '9')
        whole++;
    struct str out = STR_EMPTY;
    for (size_t i = 0; mark != 0 && i < whole; i++)
        out = arena_printf(vs->arena, "%.*s%.*s%c", STR_FMT(out),
                           i > 0 && (whole - i) % 3 == 0 ? 1 : 0, &mark, digits.ptr[i]);
    return mark == 0 ? digits : arena_concat(vs->arena, out, str_from_pos(digits, whole));
}

static struct str sign_of(bool is_negative, char sign)
{
    if (is_negative)
        return STR("-");
    return sign == '+' ? STR("+") : sign == ' ' ? STR(" ") : STR_EMPTY;
}

static void format_whole(struct text_out *out, int64_t n, const struct format_spec *spec)
{
    struct values *vs = out->vs;
    unsigned base = spec->type == 'b'                        ? 2
                    : spec->type == 'o'                      ? 8
                    : spec->type == 'x' || spec->type == 'X' ? 16
                                                             : 10;
    uint64_t size = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    struct str digits = digits_of(vs, size, base, spec->type == 'X');
    struct str sign = sign_of(n < 0, spec->sign);
    if (spec->is_alternate && base != 10)
        sign = arena_printf(vs->arena, "%.*s0%c", STR_FMT(sign), spec->type);
    lay_out(out, spec, sign, grouped(vs, digits, spec->grouping),
            spec->align == 0 ? '>' : spec->align);
}

/* A real number without its sign. */
static struct str real_digits(struct values *vs, double real, const struct format_spec *spec)
{
    int precision = spec->has_precision ? (int)spec->precision : 6;
    switch (spec->type) {
    case 'e':
        return arena_printf(vs->arena, "%.*e", precision, real);
    case 'E':
        return arena_printf(vs->arena, "%.*E", precision, real);
    case 'f':
    case 'F':
        return arena_printf(vs->arena, "%.*f", precision, real);
    case '%':
        return arena_printf(vs->arena, "%.*f%%", precision, real * 100);
    case 'G':
        return arena_printf(vs->arena, "%.*G", precision, real);
    case 'g':
    case 'n':
        return arena_printf(vs->arena, "%.*g", precision, real);
    default:
        break;
    }
    const struct value *number = value_number(vs, real);
    if (!spec->has_precision)
        return number->kind == VALUE_NUMBER ? number_text(vs, number) : STR("0.0");
    struct str s = arena_printf(vs->arena, "%.*g", precision == 0 ? 1 : precision, real);
    bool is_plain = str_find_char(s, '.') == SIZE_MAX && str_find_char(s, 'e') == SIZE_MAX;
    return is_plain && isfinite(real) ? arena_concat(vs->arena, s, STR(".0")) : s;
}

static void format_real(struct text_out *out, double real, const struct format_spec *spec)
{
    struct str digits = real_digits(out->vs, fabs(real), spec);
    lay_out(out, spec, sign_of(signbit(real) != 0, spec->sign),
            grouped(out->vs, digits, spec->grouping), spec->align == 0 ? '>' : spec->align);
}

static void format_number(struct text_out *out, const struct value *v,
                          const struct format_spec *spec)
{
    bool is_real_type = spec->type != 0 && strchr("eEfFgG%", spec->type) != NULL;
    if (spec->type == 's' || spec->type == 'c' ||
        (!v->number.is_whole && spec->type != 0 && !is_real_type && spec->type != 'n') ||
        (v->number.is_whole && !is_real_type && spec->has_precision))
        text_out_hole(out, (struct hole){ HOLE_RUN_TIME, STR_EMPTY });
    else if (v->number.is_whole && !is_real_type)
        format_whole(out, v->number.whole, spec);
    else
        format_real(out, v->number.real, spec);
}

static bool is_plain(const struct format_spec *spec)
{
    return spec->type == 0 && spec->width == 0 && !spec->has_precision && spec->sign == 0 &&
           spec->grouping == 0;
}

void format_value(struct text_out *out, struct value *v, const struct format_spec *spec)
{
    if (v->kind == VALUE_CONST && spec->type != 0 && spec->type != 's') {
        bool is_true = str_eq(v->constant, STR("True"));
        v = is_true || str_eq(v->constant, STR("False")) ? value_whole(out->vs, is_true) : v;
    }
    if (v->kind == VALUE_NUMBER && !is_plain(spec)) {
        format_number(out, v, spec);
        return;
    }
    if (v->kind != VALUE_TEXT)
        v = value_to_text(out->vs, v);
    if (v->kind == VALUE_TEXT && (spec->type == 0 || spec->type == 's'))
        format_text(out, v, spec);
    else
        text_out_hole(out, value_hole(v));
}

void pure_format_into(struct text_out *out, struct value *v, char conversion, struct str spec_text)
{
    struct format_spec spec;
    if (conversion == 'r' || conversion == 'a')
        v = value_to_repr(out->vs, v);
    else if (conversion == 's')
        v = value_to_text(out->vs, v);
    if (spec_text.len == 0)
        text_out_value(out, v);
    else if (v->kind == VALUE_CHAIN || (v->kind == VALUE_TEXT && (v->flags & VALUE_IS_DATE) != 0))
        time_format_into(out, v, spec_text);
    else if (format_spec_parse(spec_text, &spec))
        format_value(out, v, &spec);
    else
        text_out_hole(out, value_hole(v));
}

static struct value *format_row(const struct pure_call *c)
{
    struct value *v = c->self;
    struct str spec = STR_EMPTY;
    if (c->args->n_items > 0 && !value_is_known_text(c->args->items[0], &spec))
        return NULL;
    if (spec.len == 0 && c->how == 0)
        return value_to_text(c->vs, v);
    struct text_out out = TEXT_OUT_INIT(c->vs);
    pure_format_into(&out, v, (char)c->how, spec);
    return text_out_take(&out, v->flags & VALUE_IS_LISTED);
}

struct value *pure_format(struct values *vs, struct value *v, char conversion, struct value *spec)
{
    const struct pure_row row = { .run = format_row, .how = conversion };
    if (spec == NULL && (conversion == 0 || conversion == 's'))
        return value_to_text(vs, v);
    struct call_args args = { .items = &spec, .n_items = spec != NULL };
    struct pure_call c = { .vs = vs, .self = v, .args = &args };
    return value_to_text(vs, pure_spread(&c, &row));
}
