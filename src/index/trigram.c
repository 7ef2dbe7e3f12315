/*
 * A small reader of patterns: it looks for literal runs that every match holds.  A run ends at what
 * is not a literal; what may be left out (?, *, {0,n}) is dropped; alternatives become NEED_ANY.
 * Everything that it does not know for sure makes the whole pattern ask for nothing.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/trigram.h"
#include "util/limits.h"
#include "util/scan.h"

#include <string.h>

struct reader {
    struct arena *arena;
    struct scan s;
    bool is_case_ignored;
    bool is_unknown; /* something was met that it does not understand */
    unsigned depth;
};

/* The literal run that is being read. */
struct run {
    struct need *all; /* what was found so far */
    char *bytes;
    size_t n, cap;
    size_t last; /* bytes of the last character: a quantifier takes it back */
};

static struct need *make(struct arena *a, enum need_kind kind)
{
    struct need *need = ARENA_NEW(a, struct need);
    need->kind = kind;
    return need;
}

static void add(struct arena *a, struct need *to, struct need *item)
{
    *ARENA_PUSH(a, to->items, to->n, to->cap) = item;
}

struct need *need_of_text(struct arena *a, struct str text)
{
    struct need *need = make(a, text.len < 3 ? NEED_NOTHING : NEED_TEXT);
    need->text = arena_lower(a, text);
    return need;
}

static void end_run(struct reader *r, struct run *run)
{
    if (run->n >= 3)
        add(r->arena, run->all, need_of_text(r->arena, (struct str){ run->bytes, run->n }));
    run->bytes = NULL;
    run->n = run->cap = run->last = 0;
}

/* One more literal byte.  With case ignored, "k" and "s" also match the Kelvin sign and the long s,
 * and letters outside ASCII their other case. */
static void add_byte(struct reader *r, struct run *run, unsigned char c)
{
    bool has_twins = c >= 0x80 || c == 'k' || c == 'K' || c == 's' || c == 'S';
    if (r->is_case_ignored && has_twins) {
        end_run(r, run);
        return;
    }
    bool is_rest = (c & 0xc0) == 0x80;
    *ARENA_PUSH(r->arena, run->bytes, run->n, run->cap) = (char)c;
    run->last = is_rest ? run->last + 1 : 1;
}

/* "?", "*", "+", "{n}", "{n,}", "{,m}", "{n,m}" behind an item, with "?" or "+" behind it. */
static bool read_quantifier(struct reader *r, bool *is_optional)
{
    struct scan *s = &r->s;
    struct scan before = *s;
    uint64_t min = 1, max;
    if (scan_char(s, '?') || scan_char(s, '*')) {
        min = 0;
    } else if (scan_char(s, '{')) {
        bool has_min = scan_u64(s, 65535, &min);
        bool has_comma = scan_char(s, ',');
        bool has_max = has_comma && scan_u64(s, 65535, &max);
        if ((!has_min && !has_max) || !scan_char(s, '}')) {
            *s = before;
            r->is_unknown = true;
            return false;
        }
        min = has_min ? min : 0;
    } else if (!scan_char(s, '+')) {
        return false;
    }
    if (!scan_char(s, '?'))
        (void)scan_char(s, '+');
    *is_optional = min == 0;
    return true;
}

/* Behind "[": up to its "]". */
static void skip_class(struct reader *r)
{
    struct scan *s = &r->s;
    (void)scan_char(s, '^');
    bool is_first = true;
    for (; s->at < s->end; is_first = false) {
        char c = *s->at++;
        if (c == ']' && !is_first)
            return;
        if (c == '\\' && s->at < s->end) {
            /* \Q...\E may hold a bracket */
            r->is_unknown = r->is_unknown || *s->at == 'Q' || *s->at == 'E';
            s->at++;
        } else if (c == '[' && s->at < s->end && strchr(":.=", *s->at) != NULL) {
            r->is_unknown = true; /* [[:alpha:]] and its like */
        }
    }
    r->is_unknown = true;
}

/* Behind "\".  Letters that stand for one character, or for a place between two, end the run. */
static void read_escape(struct reader *r, struct run *run)
{
    struct scan *s = &r->s;
    if (s->at == s->end) {
        r->is_unknown = true;
        return;
    }
    unsigned char c = (unsigned char)*s->at++;
    bool is_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_word)
        add_byte(r, run, c);
    else if (strchr("dDwWsSbBAzZhHvVRnrtfea", c) != NULL)
        end_run(r, run);
    else
        r->is_unknown = true;
}

static struct need *read_alternatives(struct reader *r);

/* Behind "(": what the group asks for, with its ")". */
static struct need *read_group(struct reader *r)
{
    struct scan *s = &r->s;
    bool is_lookaround = false;
    if (scan_char(s, '?')) {
        is_lookaround = scan_char(s, '=') || scan_char(s, '!') || scan_str(s, STR("<=")) ||
                        scan_str(s, STR("<!"));
        if (!is_lookaround && !scan_char(s, ':'))
            r->is_unknown = true; /* flags, names, conditions, ... */
    } else if (s->at < s->end && *s->at == '*') {
        r->is_unknown = true; /* verbs */
    }
    struct need *need = make(r->arena, NEED_NOTHING);
    if (r->depth >= LIMIT_DEPTH)
        r->is_unknown = true;
    if (r->is_unknown)
        return need;
    r->depth++;
    struct need *inner = read_alternatives(r);
    r->depth--;
    if (!scan_char(s, ')'))
        r->is_unknown = true;
    return is_lookaround ? need : inner;
}

/* What is no literal.  *item: what it asks for; NULL: nothing. */
static void read_special(struct reader *r, struct run *run, char c, struct need **item)
{
    switch (c) {
    case '(':
        end_run(r, run);
        *item = read_group(r);
        return;
    case '[':
        end_run(r, run);
        skip_class(r);
        return;
    case '.':
    case '^':
    case '$':
        end_run(r, run);
        return;
    case '\\':
        read_escape(r, run);
        return;
    case '*':
    case '+':
    case '?':
    case '{':
        r->is_unknown = true; /* with nothing in front, or not a quantifier */
        return;
    default:
        add_byte(r, run, (unsigned char)c);
    }
}

static struct need *read_sequence(struct reader *r)
{
    struct scan *s = &r->s;
    struct run run = { .all = make(r->arena, NEED_ALL) };
    while (s->at < s->end && *s->at != '|' && *s->at != ')' && !r->is_unknown) {
        struct need *item = NULL;
        bool is_optional = false;
        size_t before = run.n;
        read_special(r, &run, *s->at++, &item);
        /* The bytes of one character belong together. */
        while (s->at < s->end && run.n > before && ((unsigned char)*s->at & 0xc0) == 0x80)
            add_byte(r, &run, (unsigned char)*s->at++);
        if (!read_quantifier(r, &is_optional)) {
            if (item != NULL)
                add(r->arena, run.all, item);
            continue;
        }
        if (is_optional)
            run.n -= run.n > before ? run.last : 0;
        else if (item != NULL)
            add(r->arena, run.all, item);
        end_run(r, &run);
    }
    end_run(r, &run);
    return run.all;
}

static struct need *read_alternatives(struct reader *r)
{
    struct need *any = make(r->arena, NEED_ANY);
    do
        add(r->arena, any, read_sequence(r));
    while (!r->is_unknown && scan_char(&r->s, '|'));
    return any;
}

/* Without what asks for nothing, and without lists of one. */
static struct need *simplify(struct arena *a, struct need *need)
{
    if (need->kind != NEED_ALL && need->kind != NEED_ANY)
        return need;
    size_t n = 0;
    for (size_t i = 0; i < need->n; i++) {
        struct need *item = simplify(a, need->items[i]);
        if (item->kind != NEED_NOTHING)
            need->items[n++] = item;
        else if (need->kind == NEED_ANY)
            return item;
    }
    need->n = n;
    if (n == 0)
        return make(a, NEED_NOTHING);
    return n == 1 ? need->items[0] : need;
}

struct need *need_of_pattern(struct arena *a, struct str pattern, bool is_case_ignored)
{
    struct reader r = { .arena = a, .s = scan_init(pattern), .is_case_ignored = is_case_ignored };
    struct need *need = read_alternatives(&r);
    if (r.is_unknown || !scan_is_done(&r.s))
        return make(a, NEED_NOTHING);
    return simplify(a, need);
}

struct need *need_of_plain(struct arena *a, struct str text, bool is_case_ignored)
{
    if (!is_case_ignored)
        return need_of_text(a, text);
    struct reader r = { .arena = a, .is_case_ignored = true };
    struct run run = { .all = make(a, NEED_ALL) };
    for (size_t i = 0; i < text.len; i++)
        add_byte(&r, &run, (unsigned char)text.ptr[i]);
    end_run(&r, &run);
    return simplify(a, run.all);
}

static bool contains_folded(struct str text, struct str needle)
{
    for (size_t at = 0; at + needle.len <= text.len; at++) {
        size_t i = 0;
        while (i < needle.len &&
               trigram_fold((unsigned char)text.ptr[at + i]) == (unsigned char)needle.ptr[i])
            i++;
        if (i == needle.len)
            return true;
    }
    return false;
}

bool need_is_met(const struct need *need, struct str text)
{
    switch (need->kind) {
    case NEED_NOTHING:
        return true;
    case NEED_TEXT:
        return contains_folded(text, need->text);
    case NEED_ALL:
        for (size_t i = 0; i < need->n; i++)
            if (!need_is_met(need->items[i], text))
                return false;
        return true;
    case NEED_ANY:
        for (size_t i = 0; i < need->n; i++)
            if (need_is_met(need->items[i], text))
                return true;
        return false;
    }
    return true;
}
