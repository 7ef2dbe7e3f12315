/* pure_text: the methods of Python's str and bytes that give texts or parts of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_text.h"

#include "lineage/pure_path.h"
#include "util/limits.h"

#include <string.h>

enum { BOTH_ENDS = 3, LEFT_END = 1, RIGHT_END = 2 };
enum { FROM_LEFT, FROM_RIGHT };

#define WHITE " \t\n\r\v\f\x1c\x1d\x1e\x1f"

/* The length of the character that ends at s.len. */
static size_t last_size(struct str s)
{
    size_t n = 1;
    while (n < s.len && n < 4 && ((unsigned char)s.ptr[s.len - n] & 0xC0) == 0x80)
        n++;
    return n;
}

struct str text_strip(struct str s, struct str chars, unsigned ends)
{
    while (ends & LEFT_END && s.len > 0) {
        size_t size = utf8_size((unsigned char)s.ptr[0]);
        if (*s.ptr == HOLE_BYTE || !str_contains(chars, str_slice(s, 0, size)))
            break;
        s = str_from_pos(s, size);
    }
    while (ends & RIGHT_END && s.len > 0) {
        size_t size = last_size(s);
        if (s.ptr[s.len - 1] == HOLE_BYTE || !str_contains(chars, str_from_pos(s, s.len - size)))
            break;
        s.len -= size;
    }
    return s;
}

/* The part of self that part borrows from it. */
static struct value *part_of(const struct pure_call *c, struct str part)
{
    if (part.len == 0)
        return value_text_slice(c->vs, c->self, 0, 0);
    size_t from = (size_t)(part.ptr - c->self->text.bytes.ptr);
    return value_text_slice(c->vs, c->self, from, from + part.len);
}

static struct value *strip(const struct pure_call *c)
{
    struct str chars = STR(WHITE);
    const struct value *given = pure_arg(c, 0, STR("chars"));
    if (!pure_is_none(given) && !value_is_known_text(given, &chars))
        return c->self;
    return part_of(c, text_strip(c->self->text.bytes, chars, (unsigned)c->how));
}

struct value *text_replace(struct values *vs, struct value *text, struct str old,
                           const struct value *new, int64_t count)
{
    struct str s = text->text.bytes;
    if (old.len == 0 || new->kind != VALUE_TEXT)
        return NULL;
    struct text_out out = TEXT_OUT_INIT(vs);
    size_t from = 0;
    for (size_t at = str_find(s, old, 0); at != SIZE_MAX && count != 0 && !out.failed; count--) {
        text_out_slice(&out, text, from, at);
        text_out_slice(&out, new, 0, SIZE_MAX);
        from = at + old.len;
        at = str_find(s, old, from);
    }
    text_out_slice(&out, text, from, s.len);
    return text_out_take(&out, text->flags & VALUE_IS_BYTES);
}

static struct value *replace(const struct pure_call *c)
{
    struct str old;
    int64_t count = -1;
    const struct value *new = pure_arg_text(c, 1, STR("new"));
    const struct value *limit = pure_arg(c, 2, STR("count"));
    if (new == NULL || (limit != NULL && !value_is_whole(limit, &count)))
        return NULL;
    if (count < 0)
        count = -1;
    if (!pure_arg_known(c, 0, STR("old"), &old)) /* what is replaced is not known */
        return c->self->text.n_holes > 0 ? c->self : NULL;
    return text_replace(c->vs, c->self, old, new, count);
}

/* ---- splitting ---- */

static void add_part(const struct pure_call *c, struct value *all, size_t from, size_t to)
{
    value_seq_add(c->vs, all, value_text_slice(c->vs, c->self, from, to));
}

static void reverse(struct seq *s)
{
    for (size_t i = 0; i < s->n / 2; i++) {
        struct value *t = s->items[i];
        s->items[i] = s->items[s->n - 1 - i];
        s->items[s->n - 1 - i] = t;
    }
}

static struct value *split_white(const struct pure_call *c, int64_t max)
{
    struct str s = c->self->text.bytes, white = STR(WHITE);
    struct value *all = value_seq(c->vs, 0);
    size_t at = 0;
    while (all->kind == VALUE_SEQ && !all->seq->is_open) {
        while (at < s.len && str_find_char(white, s.ptr[at]) != SIZE_MAX)
            at++;
        if (at == s.len)
            break;
        size_t end = max == 0 ? s.len : at;
        while (max != 0 && end < s.len && str_find_char(white, s.ptr[end]) == SIZE_MAX)
            end++;
        add_part(c, all, at, end);
        at = max == 0 ? s.len : end;
        max--;
    }
    return all;
}

static size_t rfind(struct str s, struct str part, size_t end)
{
    for (size_t at = end; at >= part.len; at--)
        if (memcmp(s.ptr + at - part.len, part.ptr, part.len) == 0)
            return at - part.len;
    return SIZE_MAX;
}

static struct value *split_by(const struct pure_call *c, struct str by, int64_t max)
{
    struct str s = c->self->text.bytes;
    struct value *all = value_seq(c->vs, 0);
    size_t from = 0;
    for (size_t at = str_find(s, by, 0); at != SIZE_MAX && max != 0; max--) {
        if (all->kind != VALUE_SEQ || all->seq->is_open)
            return all;
        add_part(c, all, from, at);
        from = at + by.len;
        at = str_find(s, by, from);
    }
    add_part(c, all, str_eq(by, STR("/")) ? path_listed_base(c->self, from) : from, s.len);
    return all;
}

static struct value *rsplit_by(const struct pure_call *c, struct str by, int64_t max)
{
    struct str s = c->self->text.bytes;
    struct value *all = value_seq(c->vs, 0);
    size_t end = s.len;
    for (size_t at = rfind(s, by, end); at != SIZE_MAX && max != 0; max--) {
        size_t from = at + by.len;
        bool is_name = end == s.len && str_eq(by, STR("/"));
        add_part(c, all, is_name ? path_listed_base(c->self, from) : from, end);
        end = at;
        at = rfind(s, by, end);
    }
    add_part(c, all, 0, end);
    if (all->kind == VALUE_SEQ)
        reverse(all->seq);
    return all;
}

static struct value *split(const struct pure_call *c)
{
    struct str by;
    int64_t max = -1;
    const struct value *given = pure_arg(c, 0, STR("sep"));
    const struct value *limit = pure_arg(c, 1, STR("maxsplit"));
    if (limit != NULL && !value_is_whole(limit, &max))
        return NULL;
    if (max < 0 || max > (int64_t)LIMIT_TEXT_BYTES)
        max = -1;
    if (pure_is_none(given))
        return c->how == FROM_RIGHT && max >= 0 ? NULL : split_white(c, max);
    if (!value_is_known_text(given, &by) || by.len == 0)
        return NULL;
    return c->how == FROM_RIGHT && max >= 0 ? rsplit_by(c, by, max) : split_by(c, by, max);
}

static struct value *splitlines(const struct pure_call *c)
{
    struct str s = c->self->text.bytes;
    struct value *all = value_seq(c->vs, 0);
    bool keeps = pure_is_const(pure_arg(c, 0, STR("keepends")), STR("True"));
    for (size_t at = 0; at < s.len && all->kind == VALUE_SEQ && !all->seq->is_open;) {
        size_t end = at;
        while (end < s.len && s.ptr[end] != '\n' && s.ptr[end] != '\r')
            end++;
        size_t next = end < s.len ? end + 1 : end;
        if (end + 1 < s.len && s.ptr[end] == '\r' && s.ptr[end + 1] == '\n')
            next++;
        add_part(c, all, at, keeps ? next : end);
        at = next;
    }
    return all;
}

static struct value *partition(const struct pure_call *c)
{
    struct str by, s = c->self->text.bytes;
    if (!pure_arg_known(c, 0, STR("sep"), &by) || by.len == 0)
        return NULL;
    size_t at = c->how == FROM_LEFT ? str_find(s, by, 0) : rfind(s, by, s.len);
    struct value *all = value_seq(c->vs, VALUE_IS_TUPLE);
    size_t whole = c->how == FROM_LEFT ? s.len : 0;
    add_part(c, all, 0, at == SIZE_MAX ? whole : at);
    add_part(c, all, at == SIZE_MAX ? s.len : at, at == SIZE_MAX ? s.len : at + by.len);
    add_part(c, all, at == SIZE_MAX ? whole : at + by.len, s.len);
    return all;
}

/* ---- joining ---- */

struct value *text_join(struct values *vs, struct value *by, struct value *seq)
{
    if (seq->kind == VALUE_MAP)
        seq = seq_of_keys(vs, seq);
    if (seq->kind != VALUE_SEQ)
        return NULL;
    const struct seq *s = seq->seq;
    struct value **parts = ARENA_NEW_N(vs->arena, struct value *, 2 * s->n + 2);
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (i > 0)
            parts[n++] = by;
        parts[n++] = s->items[i];
    }
    if (s->is_open) {
        if (n > 0)
            parts[n++] = by;
        parts[n++] =
            s->any_more != NULL ? s->any_more : value_unknown(vs, HOLE_RUN_TIME, STR_EMPTY);
    }
    return value_concat_all(vs, parts, n);
}

static struct value *join(const struct pure_call *c)
{
    struct value *seq = pure_arg(c, 0, STR("iterable"));
    return seq == NULL ? NULL : text_join(c->vs, c->self, seq);
}

static struct value *remove_end(const struct pure_call *c)
{
    struct str part, s = c->self->text.bytes;
    if (!pure_arg_known(c, 0, STR_EMPTY, &part))
        return NULL;
    if (c->how == LEFT_END)
        return value_text_slice(c->vs, c->self, str_has_prefix(s, part) ? part.len : 0, s.len);
    return value_text_slice(c->vs, c->self, 0, str_has_suffix(s, part) ? s.len - part.len : s.len);
}

/* ---- padding ---- */

static struct value *pad(const struct pure_call *c)
{
    int64_t width, length;
    struct str fill = STR(" ");
    if (!pure_arg_whole(c, 0, STR("width"), &width) || width > 100000)
        return NULL;
    if (pure_arg(c, 1, STR("fillchar")) != NULL && !pure_arg_known(c, 1, STR("fillchar"), &fill))
        return NULL;
    if (!pure_text_length(c->self, &length) || width <= length)
        return c->self;
    struct text_out out = TEXT_OUT_INIT(c->vs);
    int64_t room = width - length;
    int64_t before = c->how == LEFT_END    ? room
                     : c->how == RIGHT_END ? 0
                                           : room / 2 + (room & width & 1);
    for (int64_t i = 0; i < before; i++)
        text_out_add(&out, fill);
    text_out_slice(&out, c->self, 0, SIZE_MAX);
    for (int64_t i = before; i < room; i++)
        text_out_add(&out, fill);
    return text_out_take(&out, 0);
}

static struct value *zfill(const struct pure_call *c)
{
    int64_t width, length;
    struct str s = c->self->text.bytes;
    if (!pure_arg_whole(c, 0, STR("width"), &width) || width > 100000)
        return NULL;
    if (!pure_text_length(c->self, &length))
        return c->self;
    struct text_out out = TEXT_OUT_INIT(c->vs);
    size_t sign = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+');
    text_out_slice(&out, c->self, 0, sign);
    for (int64_t i = length; i < width; i++)
        text_out_char(&out, '0');
    text_out_slice(&out, c->self, sign, SIZE_MAX);
    return text_out_take(&out, 0);
}

static struct value *fill_template(const struct pure_call *c)
{
    return pure_format_template(c, c->self, NULL);
}

static struct value *fill_from_map(const struct pure_call *c)
{
    struct value *map = pure_arg(c, 0, STR_EMPTY);
    return map == NULL ? NULL : pure_format_template(c, c->self, map);
}

/* string.Template's */
static struct value *substitute(const struct pure_call *c)
{
    return pure_substitute(c->vs, c->self, c->args, c->how != 0);
}

/* jinja2.Template's */
static struct value *render(const struct pure_call *c)
{
    return pure_render(c->vs, c->self, c->args);
}

static struct value *recode(const struct pure_call *c)
{
    return value_with_flags(c->vs, c->self, (unsigned)c->how);
}

static struct value *unchanged(const struct pure_call *c)
{
    return c->self;
}

static const struct pure_row methods[] = {
    { STR_INIT("__str__"), unchanged, 0, 0 },
    { STR_INIT("capitalize"), text_case, CASE_CAPITAL, 0 },
    { STR_INIT("casefold"), text_case, CASE_LOWER, 0 },
    { STR_INIT("center"), pad, BOTH_ENDS, 0 },
    { STR_INIT("count"), text_count, 0, 0 },
    { STR_INIT("decode"), recode, 0, 0 },
    { STR_INIT("encode"), recode, VALUE_IS_BYTES, 0 },
    { STR_INIT("endswith"), text_has_end, RIGHT_END, 0 },
    { STR_INIT("find"), text_index, 0, 0 },
    { STR_INIT("format"), fill_template, 0, 0 },
    { STR_INIT("format_map"), fill_from_map, 0, 0 },
    { STR_INIT("index"), text_index, 0, 0 },
    { STR_INIT("isalnum"), text_is, IS_ALNUM, 0 },
    { STR_INIT("isalpha"), text_is, IS_ALPHA, 0 },
    { STR_INIT("isdecimal"), text_is, IS_DIGIT, 0 },
    { STR_INIT("isdigit"), text_is, IS_DIGIT, 0 },
    { STR_INIT("isnumeric"), text_is, IS_DIGIT, 0 },
    { STR_INIT("join"), join, 0, 0 },
    { STR_INIT("ljust"), pad, RIGHT_END, 0 },
    { STR_INIT("lower"), text_case, CASE_LOWER, 0 },
    { STR_INIT("lstrip"), strip, LEFT_END, 0 },
    { STR_INIT("partition"), partition, FROM_LEFT, 0 },
    { STR_INIT("removeprefix"), remove_end, LEFT_END, 0 },
    { STR_INIT("removesuffix"), remove_end, RIGHT_END, 0 },
    { STR_INIT("render"), render, 0, 0 },
    { STR_INIT("replace"), replace, 0, 0 },
    { STR_INIT("rfind"), text_index, 1, 0 },
    { STR_INIT("rindex"), text_index, 1, 0 },
    { STR_INIT("rjust"), pad, LEFT_END, 0 },
    { STR_INIT("rpartition"), partition, FROM_RIGHT, 0 },
    { STR_INIT("rsplit"), split, FROM_RIGHT, 0 },
    { STR_INIT("rstrip"), strip, RIGHT_END, 0 },
    { STR_INIT("safe_substitute"), substitute, 1, 0 },
    { STR_INIT("split"), split, FROM_LEFT, 0 },
    { STR_INIT("splitlines"), splitlines, 0, 0 },
    { STR_INIT("startswith"), text_has_end, LEFT_END, 0 },
    { STR_INIT("strip"), strip, BOTH_ENDS, 0 },
    { STR_INIT("substitute"), substitute, 0, 0 },
    { STR_INIT("swapcase"), text_case, CASE_SWAP, 0 },
    { STR_INIT("title"), text_case, CASE_TITLE, 0 },
    { STR_INIT("upper"), text_case, CASE_UPPER, 0 },
    { STR_INIT("zfill"), zfill, 0, 0 },
};
const struct pure_table pure_text_methods = PURE_TABLE(methods);
