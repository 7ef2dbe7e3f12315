/* value_text: texts with holes: building, joining, printing.  See value.h, value_internal.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/value_internal.h"
#include "util/limits.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Containers in containers that are printed; deeper ones are holes. */
#define MAX_REPR_DEPTH 8U

static bool has_room(struct text_out *out, size_t size)
{
    if (out->failed || size > LIMIT_TEXT_BYTES - out->n || values_are_full(out->vs)) {
        out->failed = true;
        return false;
    }
    size_t need = out->n + size, cap = out->cap == 0 ? 32 : out->cap;
    while (cap < need)
        cap *= 2;
    if (cap > out->cap) {
        out->bytes = arena_grow(out->vs->arena, out->bytes, out->cap, cap, 1);
        out->cap = cap;
    }
    return true;
}

static void add_plain(struct text_out *out, struct str s)
{
    if (s.len == 0 || !has_room(out, s.len))
        return;
    memcpy(out->bytes + out->n, s.ptr, s.len);
    out->n += s.len;
}

void text_out_hole(struct text_out *out, struct hole hole)
{
    if (out->n > 0 && out->bytes[out->n - 1] == HOLE_BYTE && out->n_holes > 0) {
        const struct hole *last = &out->holes[out->n_holes - 1];
        if (last->reason == hole.reason && str_eq(last->name, hole.name))
            return;
    }
    if (!has_room(out, 1))
        return;
    out->bytes[out->n++] = HOLE_BYTE;
    *ARENA_PUSH(out->vs->arena, out->holes, out->n_holes, out->holes_cap) = hole;
}

/* s with holes[0..] for its HOLE_BYTEs; NULL: all of reason RUN_TIME. */
static void add_with_holes(struct text_out *out, struct str s, const struct hole *holes)
{
    size_t at = 0;
    for (size_t hole = str_find_char(s, HOLE_BYTE); hole != SIZE_MAX;) {
        add_plain(out, str_slice(s, at, hole));
        text_out_hole(out, holes == NULL ? (struct hole){ .name = STR_EMPTY } : *holes++);
        at = hole + 1;
        size_t next = str_find_char(str_from_pos(s, at), HOLE_BYTE);
        hole = next == SIZE_MAX ? SIZE_MAX : at + next;
    }
    add_plain(out, str_from_pos(s, at));
}

void text_out_add(struct text_out *out, struct str s)
{
    add_with_holes(out, s, NULL);
}

void text_out_char(struct text_out *out, char c)
{
    text_out_add(out, (struct str){ &c, 1 });
}

size_t text_holes_before(const struct value *text, size_t at)
{
    size_t n = 0;
    if (text->text.n_holes > 0)
        for (size_t i = 0; i < at && i < text->text.bytes.len; i++)
            n += text->text.bytes.ptr[i] == HOLE_BYTE;
    return n;
}

void text_out_slice(struct text_out *out, const struct value *text, size_t from, size_t to)
{
    struct str part = str_slice(text->text.bytes, from, to);
    if (text->text.n_holes == 0)
        add_plain(out, part);
    else
        add_with_holes(out, part, text->text.holes + text_holes_before(text, from));
}

void text_out_value(struct text_out *out, struct value *v)
{
    if (v->kind != VALUE_TEXT)
        v = value_to_text(out->vs, v);
    if (v->kind == VALUE_TEXT)
        text_out_slice(out, v, 0, SIZE_MAX);
    else
        text_out_hole(out, value_hole(v));
}

/* "a/" and "/b": a "/" that only the joining doubles counts once; that of "s3://" stays. */
static bool is_slash_twice(const struct text_out *out, struct str piece)
{
    return out->n > 1 && out->bytes[out->n - 1] == '/' && out->bytes[out->n - 2] != ':' &&
           out->bytes[out->n - 2] != '/' && piece.len > 1 && piece.ptr[0] == '/' &&
           piece.ptr[1] != '/' && piece.ptr[1] != '*';
}

void text_out_joined(struct text_out *out, struct value *v)
{
    struct str left = { out->bytes, out->n };
    bool is_listed = v->kind == VALUE_TEXT && (v->flags & VALUE_IS_LISTED) && out->n > 0;
    if (v->kind == VALUE_TEXT && str_has_suffix(left, STR("://")) &&
        str_has_prefix(v->text.bytes, left)) {
        out->n = out->n_holes = 0; /* a scheme is not written twice: what glob yields has none */
    } else if (!is_listed && v->kind == VALUE_TEXT && is_slash_twice(out, v->text.bytes)) {
        text_out_slice(out, v, 1, SIZE_MAX);
        return;
    }
    if (!is_listed || out->n == 0) {
        text_out_value(out, v);
        return;
    }
    size_t last = str_rfind_char(v->text.bytes, '/');
    if (str_has_suffix(left, STR("/")) && str_has_prefix(v->text.bytes, left))
        out->n = out->n_holes = 0;
    else if (last != SIZE_MAX && !str_has_suffix(left, STR("://"))) {
        text_out_slice(out, v, last + 1, SIZE_MAX);
        return;
    }
    text_out_slice(out, v, 0, SIZE_MAX);
}

void text_out_cut(struct text_out *out, size_t n)
{
    while (out->n > n)
        out->n_holes -= out->bytes[--out->n] == HOLE_BYTE;
}

struct value *text_out_take(struct text_out *out, unsigned flags)
{
    if (out->failed) {
        out->vs->hit_limit = true;
        return value_unknown(out->vs, HOLE_LIMIT, STR_EMPTY);
    }
    struct str bytes = { out->n == 0 ? "" : out->bytes, out->n };
    struct value *v = value_text_with_holes(out->vs, bytes, out->holes, out->n_holes);
    if (v->kind == VALUE_TEXT)
        v->flags = (uint8_t)flags;
    return v;
}

struct value *value_text_slice(struct values *vs, const struct value *v, size_t from, size_t to)
{
    if (v->kind != VALUE_TEXT)
        return value_unknown(vs, value_hole(v).reason, value_hole(v).name);
    struct str bytes = str_slice(v->text.bytes, from, to);
    size_t first = text_holes_before(v, from);
    size_t n = text_holes_before(v, to) - first;
    const struct hole *holes = n == 0 ? NULL : v->text.holes + first;
    struct value *part = value_text_with_holes(vs, bytes, holes, n);
    if (part->kind == VALUE_TEXT)
        part->flags = v->flags & VALUE_IS_BYTES;
    return part;
}

/* The digits and the exponent of "d.dddde-XX" as repr() lays them out. */
static struct str lay_out_float(struct values *vs, const char *digits, size_t n, int exponent,
                                bool is_negative)
{
    const char *sign = is_negative ? "-" : "";
    if (exponent < -4 || exponent >= 16)
        return arena_printf(vs->arena, "%s%c%s%.*se%c%02d", sign, digits[0], n > 1 ? "." : "",
                            (int)(n - 1), digits + 1, exponent < 0 ? '-' : '+', abs(exponent));
    if (exponent < 0)
        return arena_printf(vs->arena, "%s0.%.*s%.*s", sign, -exponent - 1, "0000", (int)n, digits);
    size_t whole = (size_t)exponent + 1;
    if (n <= whole)
        return arena_printf(vs->arena, "%s%.*s%.*s.0", sign, (int)n, digits, (int)(whole - n),
                            "0000000000000000");
    return arena_printf(vs->arena, "%s%.*s.%.*s", sign, (int)whole, digits, (int)(n - whole),
                        digits + whole);
}

/* The shortest digits that read back as the same number, as Python's repr() prints them. */
static struct str float_text(struct values *vs, double real)
{
    if (isnan(real))
        return STR("nan");
    if (isinf(real))
        return real > 0 ? STR("inf") : STR("-inf");
    char text[40];
    for (int digits = 0; digits <= 16; digits++) {
        snprintf(text, sizeof text, "%.*e", digits, real);
        double back = strtod(text, NULL);
        if (!(back < real) && !(back > real))
            break;
    }
    struct str s = str_from(text[0] == '-' ? text + 1 : text);
    size_t e = str_find_char(s, 'e');
    char digits[24];
    size_t n = 0;
    for (size_t i = 0; i < e && n < sizeof digits; i++)
        if (s.ptr[i] != '.')
            digits[n++] = s.ptr[i];
    return lay_out_float(vs, digits, n, (int)strtol(s.ptr + e + 1, NULL, 10), text[0] == '-');
}

struct str number_text(struct values *vs, const struct value *number)
{
    if (number->number.is_whole)
        return arena_printf(vs->arena, "%" PRId64, number->number.whole);
    return float_text(vs, number->number.real);
}

static void repr_char(struct text_out *out, unsigned char c, char quote)
{
    static const char named[] = { '\\', '\n', '\r', '\t' };
    static const char shown[] = { '\\', 'n', 'r', 't' };
    const char *found = memchr(named, c, sizeof named);
    if (found != NULL || c == (unsigned char)quote) {
        text_out_char(out, '\\');
        text_out_char(out, found != NULL ? shown[found - named] : quote);
    } else if (c < 0x20 || c == 0x7F) {
        text_out_add(out, arena_printf(out->vs->arena, "\\x%02x", c));
    } else {
        text_out_char(out, (char)c);
    }
}

static void repr_text(struct text_out *out, const struct value *v)
{
    struct str s = v->text.bytes;
    bool has_single = str_find_char(s, '\'') != SIZE_MAX;
    char quote = has_single && str_find_char(s, '"') == SIZE_MAX ? '"' : '\'';
    if (v->flags & VALUE_IS_PATH)
        text_out_add(out, STR("PosixPath("));
    if (v->flags & VALUE_IS_BYTES)
        text_out_char(out, 'b');
    text_out_char(out, quote);
    const struct hole *hole = v->text.holes;
    for (size_t i = 0; i < s.len && !out->failed; i++)
        if (s.ptr[i] == HOLE_BYTE)
            text_out_hole(out, *hole++);
        else
            repr_char(out, (unsigned char)s.ptr[i], quote);
    text_out_char(out, quote);
    if (v->flags & VALUE_IS_PATH)
        text_out_char(out, ')');
}

static void repr_seq(struct text_out *out, const struct value *v, unsigned depth)
{
    const struct seq *s = v->seq;
    const char *marks = v->flags & VALUE_IS_TUPLE ? "()" : v->flags & VALUE_IS_SET ? "{}" : "[]";
    if (s->n == 0 && !s->is_open && v->flags & VALUE_IS_SET) {
        text_out_add(out, STR("set()"));
        return;
    }
    text_out_char(out, marks[0]);
    for (size_t i = 0; i < s->n && !out->failed; i++) {
        if (i > 0)
            text_out_add(out, STR(", "));
        text_out_repr(out, s->items[i], depth + 1);
    }
    if (s->is_open)
        text_out_hole(out, (struct hole){ .name = STR_EMPTY });
    else if (s->n == 1 && v->flags & VALUE_IS_TUPLE)
        text_out_char(out, ',');
    text_out_char(out, marks[1]);
}

static void repr_map(struct text_out *out, const struct map *m, unsigned depth)
{
    size_t n = 0;
    text_out_char(out, '{');
    for (size_t i = 0; i < m->entries.n && !out->failed; i++) {
        const struct strmap_entry *e = &m->entries.entries[i];
        if (e->value == NULL)
            continue;
        if (n++ > 0)
            text_out_add(out, STR(", "));
        struct value key = { .kind = VALUE_TEXT };
        key.text.bytes = e->key;
        repr_text(out, &key);
        text_out_add(out, STR(": "));
        text_out_repr(out, e->value, depth + 1);
    }
    if (m->is_open || m->any != NULL)
        text_out_hole(out, m->missing);
    text_out_char(out, '}');
}

void text_out_repr(struct text_out *out, struct value *v, unsigned depth)
{
    if (depth > MAX_REPR_DEPTH) {
        text_out_hole(out, (struct hole){ HOLE_LIMIT, STR_EMPTY });
        return;
    }
    switch (v->kind) {
    case VALUE_TEXT:
        repr_text(out, v);
        break;
    case VALUE_NUMBER:
        text_out_add(out, number_text(out->vs, v));
        break;
    case VALUE_CONST:
        text_out_add(out, v->constant);
        break;
    case VALUE_SEQ:
        repr_seq(out, v, depth);
        break;
    case VALUE_MAP:
        repr_map(out, v->map, depth);
        break;
    default:
        text_out_hole(out, value_hole(v));
    }
}

/* The same of each alternative; v itself if it is the same for all. */
static struct value *each(struct values *vs, struct value *v,
                          struct value *(*one)(struct values *vs, struct value *v))
{
    struct value *all = NULL;
    bool is_same = true;
    for (size_t i = 0; i < value_n_alternatives(v); i++) {
        struct value *made = one(vs, value_alternative(v, i));
        is_same = is_same && made == value_alternative(v, i);
        all = value_join(vs, all, made);
    }
    return is_same ? v : all;
}

static struct value *one_to_repr(struct values *vs, struct value *v)
{
    struct text_out out = TEXT_OUT_INIT(vs);
    text_out_repr(&out, v, 0);
    return text_out_take(&out, 0);
}

static struct value *one_to_text(struct values *vs, struct value *v)
{
    if (v->kind == VALUE_TEXT)
        return v->flags & (VALUE_IS_PATH | VALUE_IS_BYTES | VALUE_IS_DATE | VALUE_IS_PATTERN)
                   ? value_with_flags(vs, v,
                                      (v->flags & VALUE_IS_LISTED) |
                                          (v->flags & VALUE_IS_PATH ? VALUE_IS_LOCAL : 0))
                   : v;
    if (v->kind == VALUE_CHAIN && v->chain->place != NULL && v->chain->place->kind == VALUE_TEXT)
        return v->chain->place;
    return one_to_repr(vs, v);
}

static bool is_none(const struct value *v)
{
    return v->kind == VALUE_CONST && str_eq(v->constant, STR("None"));
}

struct value *value_without_none(struct values *vs, struct value *v)
{
    struct value *rest = NULL;
    size_t n = value_n_alternatives(v), left = 0;
    for (size_t i = 0; i < n; i++)
        left += !is_none(value_alternative(v, i));
    if (left == n || left == 0)
        return v;
    for (size_t i = 0; i < n; i++)
        if (!is_none(value_alternative(v, i)))
            rest = value_join(vs, rest, value_alternative(v, i));
    return rest;
}

struct value *value_to_text(struct values *vs, struct value *v)
{
    if (v->kind == VALUE_CHAIN && v->chain->place != NULL)
        v = v->chain->place;
    return each(vs, value_without_none(vs, v), one_to_text);
}

struct value *value_to_repr(struct values *vs, struct value *v)
{
    return each(vs, v, one_to_repr);
}
