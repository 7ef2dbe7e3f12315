/*
 * pure_re: Python's module re.  A pattern is a TEXT with VALUE_IS_PATTERN; a match is the tuple of
 * its groups.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_re.h"

#include "lineage/pure_seq.h"
#include "util/limits.h"

#include <string.h>

static bool scan_group(const struct regex *re, struct str name, size_t *group)
{
    *group = 0;
    for (size_t i = 0; i < re->n_groups; i++)
        if (re->names[i].len > 0 && str_eq(re->names[i], name)) {
            *group = i;
            return true;
        }
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] < '0' || name.ptr[i] > '9' || i > 2)
            return false;
        *group = *group * 10 + (size_t)(name.ptr[i] - '0');
    }
    return name.len > 0 && *group < re->n_groups;
}

/* The group that s refers to from at on; its size in bytes, 0 if it is no reference, SIZE_MAX if
 * it is one to a group that is not there. */
static size_t reference(const struct regex *re, struct str s, size_t at, enum re_references how,
                        size_t *group)
{
    size_t from = at + 1, to = from;
    char mark = how == RE_DOLLAR ? '$' : '\\';
    if (s.ptr[at] != mark || from >= s.len)
        return 0;
    if (how == RE_BACKSLASH && str_has_prefix(str_from_pos(s, from), STR("g<"))) {
        to = str_find(s, STR(">"), from);
        bool is_known = to != SIZE_MAX && scan_group(re, str_slice(s, from + 2, to), group);
        return is_known ? to + 1 - at : SIZE_MAX;
    }
    while (to < s.len && to < from + 2 && s.ptr[to] >= '0' && s.ptr[to] <= '9')
        to++;
    if (to == from)
        return 0;
    return scan_group(re, str_slice(s, from, to), group) ? to - at : SIZE_MAX;
}

/* What new gives for one match. */
static bool add_replacement(struct text_out *out, const struct regex *re, const struct value *text,
                            const struct value *new, const struct regex_match *m,
                            enum re_references how)
{
    struct str s = new->text.bytes;
    for (size_t at = 0; at < s.len;) {
        size_t group, size = reference(re, s, at, how, &group);
        if (size == SIZE_MAX)
            return false;
        if (size > 0 && m->from[group] != SIZE_MAX)
            text_out_slice(out, text, m->from[group], m->to[group]);
        if (size == 0 && s.ptr[at] == '\\' && at + 1 < s.len)
            at++; /* an escaped character stands for itself */
        if (size == 0)
            text_out_slice(out, new, at, at + 1);
        at += size > 0 ? size : 1;
    }
    return true;
}

struct value *re_replace(struct values *vs, struct str pattern, bool ignores_case,
                         struct value *text, const struct value *new, int64_t max,
                         enum re_references references)
{
    struct regex re;
    struct regex_match m;
    if (text->kind != VALUE_TEXT || new->kind != VALUE_TEXT ||
        !regex_compile(vs->arena, pattern, ignores_case, &re))
        return NULL;
    struct text_out out = TEXT_OUT_INIT(vs);
    struct str s = text->text.bytes;
    size_t kept = 0, at = 0;
    enum regex_mode mode = REGEX_SEARCH;
    for (int64_t n = 0; (max == 0 || n < max) && !out.failed && n < (int64_t)LIMIT_SEQ_ITEMS; n++) {
        enum regex_result found = regex_find(vs->arena, &re, s, at, mode, &m);
        if (found == REGEX_GAVE_UP)
            return NULL;
        if (found == REGEX_NO_MATCH)
            break;
        text_out_slice(&out, text, kept, m.from[0]);
        if (!add_replacement(&out, &re, text, new, &m, references))
            return NULL;
        kept = m.to[0];
        at = m.to[0];
        mode = m.to[0] > m.from[0] ? REGEX_SEARCH : REGEX_NEXT;
    }
    text_out_slice(&out, text, kept, SIZE_MAX);
    return text_out_take(&out, 0);
}

struct value *re_split(struct values *vs, struct str pattern, struct value *text, int64_t max)
{
    struct regex re;
    struct regex_match m;
    if (text->kind != VALUE_TEXT || !regex_compile(vs->arena, pattern, false, &re))
        return NULL;
    struct value *all = value_seq(vs, 0);
    size_t kept = 0, at = 0;
    for (int64_t n = 0; (max == 0 || n < max) && n < (int64_t)LIMIT_SEQ_ITEMS; n++) {
        enum regex_result found =
            regex_find(vs->arena, &re, text->text.bytes, at, REGEX_SEARCH, &m);
        if (found == REGEX_GAVE_UP || (found == REGEX_MATCH && m.to[0] == m.from[0]))
            return NULL;
        if (found == REGEX_NO_MATCH)
            break;
        value_seq_add(vs, all, value_text_slice(vs, text, kept, m.from[0]));
        for (size_t g = 1; g < re.n_groups; g++)
            value_seq_add(vs, all,
                          m.from[g] == SIZE_MAX ? value_const(vs, STR("None"))
                                                : value_text_slice(vs, text, m.from[g], m.to[g]));
        kept = at = m.to[0];
    }
    value_seq_add(vs, all, value_text_slice(vs, text, kept, SIZE_MAX));
    return all;
}

static struct value *groups_of(struct values *vs, const struct regex *re, const struct value *text,
                               const struct regex_match *m, struct value *absent)
{
    struct value *all = value_seq(vs, VALUE_IS_TUPLE);
    for (size_t i = 0; i < re->n_groups; i++)
        value_seq_add(vs, all,
                      m->from[i] == SIZE_MAX ? absent
                                             : value_text_slice(vs, text, m->from[i], m->to[i]));
    if (all->kind != VALUE_SEQ || all->seq->n != re->n_groups)
        return NULL;
    all->seq->names = ARENA_NEW_N(vs->arena, struct str, re->n_groups);
    memcpy(all->seq->names, re->names, re->n_groups * sizeof(struct str));
    return all;
}

struct value *re_match(struct values *vs, struct str pattern, bool ignores_case,
                       const struct value *text, enum regex_mode mode)
{
    struct regex re;
    struct regex_match m;
    if (text->kind != VALUE_TEXT || !regex_compile(vs->arena, pattern, ignores_case, &re))
        return NULL;
    enum regex_result found = regex_find(vs->arena, &re, text->text.bytes, 0, mode, &m);
    if (found == REGEX_MATCH)
        return groups_of(vs, &re, text, &m, value_const(vs, STR("None")));
    bool is_sure = found == REGEX_NO_MATCH && text->text.n_holes == 0;
    return is_sure ? value_const(vs, STR("None")) : NULL;
}

/* ---- functions and methods; those of a pattern have it as their receiver ---- */

/* The pattern and where the other arguments begin. */
static bool pattern_of(const struct pure_call *c, struct str *pattern, size_t *first)
{
    *first = c->self == NULL;
    return c->self != NULL ? value_is_known_text(c->self, pattern)
                           : pure_arg_known(c, 0, STR("pattern"), pattern);
}

static bool ignores_case(const struct pure_call *c, size_t index)
{
    const struct value *flags = c->self != NULL ? NULL : pure_arg(c, index, STR("flags"));
    if (flags == NULL || flags->kind != VALUE_CHAIN)
        return false;
    return str_eq(flags->chain->name, STR("I")) || str_eq(flags->chain->name, STR("IGNORECASE"));
}

static struct value *match(const struct pure_call *c)
{
    struct str pattern;
    size_t first;
    bool is_known = pattern_of(c, &pattern, &first);
    const struct value *text = pure_arg(c, first, STR("string"));
    if (!is_known || text == NULL)
        return NULL;
    return re_match(c->vs, pattern, ignores_case(c, first + 1), text, (enum regex_mode)c->how);
}

static struct value *substitute(const struct pure_call *c)
{
    struct str pattern;
    size_t first;
    int64_t max = 0;
    bool is_known = pattern_of(c, &pattern, &first);
    const struct value *new = pure_arg(c, first, STR("repl"));
    struct value *text = pure_arg_text(c, first + 1, STR("string"));
    const struct value *count = pure_arg(c, first + 2, STR("count"));
    if (!is_known || new == NULL || text == NULL || new->kind != VALUE_TEXT ||
        (count != NULL && !value_is_whole(count, &max)))
        return NULL;
    return re_replace(c->vs, pattern, ignores_case(c, first + 3), text, new, max, RE_BACKSLASH);
}

static struct value *split(const struct pure_call *c)
{
    struct str pattern;
    size_t first;
    int64_t max = 0;
    bool is_known = pattern_of(c, &pattern, &first);
    struct value *text = pure_arg(c, first, STR("string"));
    const struct value *count = pure_arg(c, first + 1, STR("maxsplit"));
    if (!is_known || text == NULL || (count != NULL && !value_is_whole(count, &max)))
        return NULL;
    return re_split(c->vs, pattern, text, max);
}

/* One element of findall(): the group, a tuple of several, the match if there is none. */
static struct value *found_item(struct values *vs, const struct regex *re, const struct value *text,
                                const struct regex_match *m)
{
    if (re->n_groups <= 2) {
        size_t g = re->n_groups - 1;
        size_t from = m->from[g] == SIZE_MAX ? 0 : m->from[g];
        return value_text_slice(vs, text, from, m->from[g] == SIZE_MAX ? 0 : m->to[g]);
    }
    struct value *all = groups_of(vs, re, text, m, value_text(vs, STR_EMPTY));
    int64_t one = 1;
    if (all == NULL)
        return NULL;
    all->seq->names = NULL;
    return pure_slice_seq(vs, all, &one, NULL, 1);
}

static struct value *find_all(const struct pure_call *c)
{
    struct str pattern;
    struct regex re;
    struct regex_match m;
    size_t first, at = 0;
    bool is_known = pattern_of(c, &pattern, &first);
    const struct value *text = pure_arg(c, first, STR("string"));
    if (!is_known || text == NULL || text->kind != VALUE_TEXT ||
        !regex_compile(c->vs->arena, pattern, ignores_case(c, first + 1), &re))
        return NULL;
    struct value *all = value_seq(c->vs, 0);
    enum regex_mode mode = REGEX_SEARCH;
    for (size_t n = 0; n < LIMIT_SEQ_ITEMS; n++) {
        enum regex_result found = regex_find(c->vs->arena, &re, text->text.bytes, at, mode, &m);
        if (found == REGEX_GAVE_UP)
            return NULL;
        if (found == REGEX_NO_MATCH)
            break;
        value_seq_add(c->vs, all, found_item(c->vs, &re, text, &m));
        at = m.to[0];
        mode = m.to[0] > m.from[0] ? REGEX_SEARCH : REGEX_NEXT;
    }
    return all;
}

static struct value *compile(const struct pure_call *c)
{
    struct str pattern;
    if (!pure_arg_known(c, 0, STR("pattern"), &pattern))
        return NULL;
    if (ignores_case(c, 1))
        pattern = arena_concat(c->vs->arena, STR("(?i)"), pattern);
    const struct value *v = value_text(c->vs, pattern);
    return v->kind == VALUE_TEXT ? value_with_flags(c->vs, v, VALUE_IS_PATTERN) : NULL;
}

static struct value *escape(const struct pure_call *c)
{
    const struct value *v = pure_arg_text(c, 0, STR("pattern"));
    if (v == NULL || v->kind != VALUE_TEXT)
        return NULL;
    struct text_out out = TEXT_OUT_INIT(c->vs);
    for (size_t i = 0; i < v->text.bytes.len; i++) {
        char b = v->text.bytes.ptr[i];
        if (b != '\0' && strchr("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", b) != NULL)
            text_out_char(&out, '\\');
        text_out_slice(&out, v, i, i + 1);
    }
    return text_out_take(&out, 0);
}

/* match.group(), .group(1), .group("name"), .group(1, 2) */
static struct value *group(const struct pure_call *c)
{
    if (c->self->seq->names == NULL)
        return NULL;
    if (c->args->n_items == 0)
        return c->self->seq->n > 0 ? c->self->seq->items[0] : NULL;
    if (c->args->n_items == 1)
        return pure_subscript(c->vs, c->self, c->args->items[0]);
    struct value *all = value_seq(c->vs, VALUE_IS_TUPLE);
    for (size_t i = 0; i < c->args->n_items; i++)
        value_seq_add(c->vs, all, pure_subscript(c->vs, c->self, c->args->items[i]));
    return all;
}

static struct value *groups(const struct pure_call *c)
{
    int64_t one = 1;
    return c->self->seq->names == NULL ? NULL : pure_slice_seq(c->vs, c->self, &one, NULL, 1);
}

static struct value *group_map(const struct pure_call *c)
{
    const struct seq *s = c->self->seq;
    struct value *all = value_map(c->vs);
    for (size_t i = 1; s->names != NULL && i < s->n; i++)
        if (s->names[i].len > 0)
            value_map_put(c->vs, all, value_text(c->vs, s->names[i]), s->items[i]);
    return s->names == NULL ? NULL : all;
}

static const struct pure_row functions[] = {
    { STR_INIT("re.compile"), compile, 0, 0 },
    { STR_INIT("re.escape"), escape, 0, 0 },
    { STR_INIT("re.findall"), find_all, 0, 0 },
    { STR_INIT("re.fullmatch"), match, REGEX_WHOLE, 0 },
    { STR_INIT("re.match"), match, REGEX_HERE, 0 },
    { STR_INIT("re.search"), match, REGEX_SEARCH, 0 },
    { STR_INIT("re.split"), split, 0, 0 },
    { STR_INIT("re.sub"), substitute, 0, 0 },
};
const struct pure_table pure_re_functions = PURE_TABLE(functions);

static const struct pure_row pattern_methods[] = {
    { STR_INIT("findall"), find_all, 0, 0 },     { STR_INIT("fullmatch"), match, REGEX_WHOLE, 0 },
    { STR_INIT("match"), match, REGEX_HERE, 0 }, { STR_INIT("search"), match, REGEX_SEARCH, 0 },
    { STR_INIT("split"), split, 0, 0 },          { STR_INIT("sub"), substitute, 0, 0 },
};
const struct pure_table pure_pattern_methods = PURE_TABLE(pattern_methods);

static const struct pure_row match_methods[] = {
    { STR_INIT("group"), group, 0, 0 },
    { STR_INIT("groupdict"), group_map, 0, 0 },
    { STR_INIT("groups"), groups, 0, 0 },
};
const struct pure_table pure_match_methods = PURE_TABLE(match_methods);
