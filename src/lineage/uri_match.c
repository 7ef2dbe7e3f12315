/*
 * uri_match: patterns against a location, without backtracking.
 *
 * First both are compared as they are written.  If the reference holds globs or holes, it is
 * compiled to at most MAX_TOKENS tokens and the asked location runs through them as through a
 * nondeterministic automaton: for each token that may be next, the largest number of known
 * characters on the way to it is kept.  So time is at most tokens times characters.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/uri_match.h"

#include "util/attrs.h"

#include <string.h>

/* An S3 address has at most 1,093 bytes.  Longer patterns are compared as they are written. */
enum { MAX_TOKENS = 1152, MAX_GROUPS = 8 };

enum token_kind {
    TOKEN_CHAR,  /* byte */
    TOKEN_ONE,   /* "?": one character but the separator */
    TOKEN_CLASS, /* "[a-z]" at text[to] */
    TOKEN_STAR,  /* "*": any but the separator */
    TOKEN_DEEP,  /* "**" and "{}": anything */
    TOKEN_FORK,  /* an alternative of "{a,b}": go on at the next token or at to */
    TOKEN_JUMP,  /* behind an alternative: go on at to */
    TOKEN_END,
};

struct token {
    unsigned char kind, byte;
    uint16_t to;
};

struct program {
    struct token tokens[MAX_TOKENS];
    uint16_t n;
    bool has_glob, has_hole;
};

/* A location behind its scheme, read byte by byte in the spelling that counts. */
struct reader {
    struct str text;
    size_t at;
    char separator;
    bool decodes; /* "%41" is "A" */
    bool is_file; /* "\" is "/" */
    bool folds;   /* letters in lower case: names of tables */
};

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool is_done(const struct reader *r)
{
    return r->at >= r->text.len;
}

/* The next byte.  *is_plain: it was not percent-encoded, so it may be a glob. */
static char next_byte(struct reader *r, bool *is_plain)
{
    char c = r->text.ptr[r->at++];
    *is_plain = true;
    if (c == '\\' && r->is_file)
        return '/';
    if (c == '%' && r->decodes && r->text.len - r->at >= 2) {
        int high = hex_value(r->text.ptr[r->at]), low = hex_value(r->text.ptr[r->at + 1]);
        if (high >= 0 && low >= 0) {
            r->at += 2;
            *is_plain = false;
            return (char)(high * 16 + low);
        }
    }
    return r->folds && c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static char peek_byte(const struct reader *r)
{
    struct reader copy = *r;
    bool is_plain;
    return next_byte(&copy, &is_plain);
}

/* Spellings of a scheme that mean the same place. */
static struct str same_scheme(struct str scheme)
{
    static const struct {
        struct str from, to;
    } same[] = {
        { STR_INIT("s3a"), STR_INIT("s3") },     { STR_INIT("s3n"), STR_INIT("s3") },
        { STR_INIT("gcs"), STR_INIT("gs") },     { STR_INIT("abfs"), STR_INIT("abfss") },
        { STR_INIT("wasb"), STR_INIT("wasbs") },
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        if (str_eq_nocase(scheme, same[i].from))
            return same[i].to;
    }
    return scheme;
}

static struct str split_scheme(struct str uri, struct reader *r)
{
    struct str scheme, rest;
    if (!str_cut(uri, ':', &scheme, &rest) || str_find_char(scheme, '{') != SIZE_MAX ||
        str_find_char(scheme, '/') != SIZE_MAX) {
        scheme = STR_EMPTY;
        rest = uri;
    }
    scheme = same_scheme(scheme);
    bool is_table = str_eq(scheme, STR("table")), is_s3 = str_eq(scheme, STR("s3"));
    *r = (struct reader){ .text = rest,
                          .separator = is_table ? '.' : '/',
                          .decodes = is_s3 || str_has_prefix(scheme, STR("http")),
                          .is_file = str_eq(scheme, STR("file")),
                          .folds = is_table };
    return scheme;
}

/* Does c begin a part of a location?  Athena's "t$history" belongs to the table t. */
static bool is_border(char c, char separator)
{
    return c == separator || (c == '$' && separator == '.');
}

/* As written.  *n_known: how many bytes agreed, separators not counted. */
static enum uri_relation compare(struct reader asked, struct reader ref, unsigned *n_known)
{
    unsigned known = 0;
    char last = 0, sep = asked.separator;
    while (!is_done(&asked) && !is_done(&ref)) {
        bool is_plain;
        char c = next_byte(&asked, &is_plain);
        if (c != next_byte(&ref, &is_plain))
            return URI_APART;
        known += c != sep;
        last = c;
    }
    *n_known = known;
    if (is_done(&asked) && is_done(&ref))
        return URI_EQUAL;
    if (is_done(&asked))
        return last == sep || is_border(peek_byte(&ref), sep) ? URI_INSIDE : URI_APART;
    return last == sep || is_border(peek_byte(&asked), sep) ? URI_CONTAINS : URI_APART;
}

/* Is there a "," and then the "}" of the "{" at text[at]? */
static bool is_group(struct str text, size_t at)
{
    int depth = 0;
    bool has_comma = false;
    for (size_t i = at; i < text.len; i++) {
        if (text.ptr[i] == '{')
            depth++;
        else if (text.ptr[i] == ',' && depth == 1)
            has_comma = true;
        else if (text.ptr[i] == '}' && --depth == 0)
            return has_comma;
    }
    return false;
}

/* Where the class "[...]" at text[at] ends (its "]"), or SIZE_MAX. */
static size_t class_end(struct str text, size_t at)
{
    size_t i = at + 1;
    if (i < text.len && (text.ptr[i] == '!' || text.ptr[i] == '^'))
        i++;
    for (i++; i < text.len; i++) {
        if (text.ptr[i] == ']')
            return i;
    }
    return SIZE_MAX;
}

static bool class_has(struct str text, size_t at, char c)
{
    size_t end = class_end(text, at), i = at + 1;
    bool is_not = text.ptr[i] == '!' || text.ptr[i] == '^', found = false;
    for (i += is_not; i < end; i++) {
        if (i + 2 < end && text.ptr[i + 1] == '-') {
            found = found || (c >= text.ptr[i] && c <= text.ptr[i + 2]);
            i += 2;
        } else {
            found = found || c == text.ptr[i];
        }
    }
    return found != is_not;
}

static void emit(struct program *p, enum token_kind kind, char byte, size_t to)
{
    p->tokens[p->n++] = (struct token){ (unsigned char)kind, (unsigned char)byte, (uint16_t)to };
}

/* Alternatives that are open: their last fork, and the chain of jumps to their end. */
struct groups {
    uint16_t fork[MAX_GROUPS], jumps[MAX_GROUPS];
    int depth;
};

static void group_open(struct program *p, struct groups *g)
{
    g->fork[g->depth] = p->n;
    g->jumps[g->depth++] = UINT16_MAX;
    emit(p, TOKEN_FORK, 0, 0);
}

static void group_next(struct program *p, struct groups *g)
{
    int i = g->depth - 1;
    emit(p, TOKEN_JUMP, 0, g->jumps[i]);
    g->jumps[i] = (uint16_t)(p->n - 1);
    p->tokens[g->fork[i]].to = p->n;
    g->fork[i] = p->n;
    emit(p, TOKEN_FORK, 0, 0);
}

static void group_close(struct program *p, struct groups *g)
{
    int i = --g->depth;
    p->tokens[g->fork[i]].to = (uint16_t)(g->fork[i] + 1);
    for (uint16_t jump = g->jumps[i]; jump != UINT16_MAX;) {
        uint16_t next = p->tokens[jump].to;
        p->tokens[jump].to = p->n;
        jump = next;
    }
}

/* The globs.  r stands behind c. */
static bool emit_glob(struct program *p, struct reader *r, struct groups *g, char c)
{
    size_t at = r->at - 1, end;
    if (c == '{' && str_has_prefix(str_from_pos(r->text, at), STR("{}"))) {
        emit(p, TOKEN_DEEP, 0, 0);
        p->has_hole = true;
        r->at++;
        return true;
    }
    if (c == '{' && g->depth < MAX_GROUPS && is_group(r->text, at)) {
        group_open(p, g);
    } else if (c == ',' && g->depth > 0) {
        group_next(p, g);
    } else if (c == '}' && g->depth > 0) {
        group_close(p, g);
    } else if (c == '*') {
        bool is_deep = !is_done(r) && r->text.ptr[r->at] == '*';
        r->at += is_deep;
        emit(p, is_deep ? TOKEN_DEEP : TOKEN_STAR, 0, 0);
    } else if (c == '?') {
        emit(p, TOKEN_ONE, 0, 0);
    } else if (c == '[' && (end = class_end(r->text, at)) != SIZE_MAX) {
        emit(p, TOKEN_CLASS, 0, at);
        r->at = end + 1;
    } else {
        return false;
    }
    p->has_glob = true;
    return true;
}

/* False when the reference has too many tokens. */
static bool compile(struct reader r, struct program *p)
{
    struct groups groups = { .depth = 0 };
    while (!is_done(&r)) {
        /* group_next() emits two, the end one. */
        if (p->n + 3 > MAX_TOKENS)
            return false;
        bool is_plain;
        char c = next_byte(&r, &is_plain);
        if (!is_plain || !emit_glob(p, &r, &groups, c))
            emit(p, TOKEN_CHAR, c, 0);
    }
    /* A class may have held the "}". */
    while (groups.depth > 0)
        group_close(p, &groups);
    emit(p, TOKEN_END, 0, 0);
    return true;
}

/* For each token that may be next: the known characters on the best way to it, or -1. */
struct front {
    int16_t score[MAX_TOKENS];
    uint16_t low, high; /* the tokens that may be alive: low .. high */
};

static void front_clear(struct front *f, uint16_t n)
{
    memset(f->score, 0xff, n * sizeof f->score[0]);
    f->low = n;
    f->high = 0;
}

static void front_put(struct front *f, size_t token, int score)
{
    if (score > f->score[token])
        f->score[token] = (int16_t)score;
    f->low = token < f->low ? (uint16_t)token : f->low;
    f->high = token > f->high ? (uint16_t)token : f->high;
}

/* Tokens that take no character lead on, always forward. */
static void front_close(struct front *f, const struct program *p)
{
    for (size_t t = f->low; t <= f->high; t++) {
        int score = f->score[t];
        if (score < 0)
            continue;
        switch ((enum token_kind)p->tokens[t].kind) {
        case TOKEN_FORK:
            front_put(f, p->tokens[t].to, score);
            FALLTHROUGH;
        case TOKEN_STAR:
        case TOKEN_DEEP:
            front_put(f, t + 1, score);
            break;
        case TOKEN_JUMP:
            front_put(f, p->tokens[t].to, score);
            break;
        case TOKEN_CHAR:
        case TOKEN_ONE:
        case TOKEN_CLASS:
        case TOKEN_END:
            break;
        }
    }
}

/* The token behind t when it takes c, t itself when it takes c and more, or SIZE_MAX. */
static size_t take(const struct program *p, const struct reader *ref, size_t t, char c)
{
    const struct token *token = &p->tokens[t];
    bool is_separator = c == ref->separator;
    switch ((enum token_kind)token->kind) {
    case TOKEN_CHAR:
        return (unsigned char)c == token->byte ? t + 1 : SIZE_MAX;
    case TOKEN_ONE:
        return is_separator ? SIZE_MAX : t + 1;
    case TOKEN_CLASS:
        return !is_separator && class_has(ref->text, token->to, c) ? t + 1 : SIZE_MAX;
    case TOKEN_STAR:
        return is_separator ? SIZE_MAX : t;
    case TOKEN_DEEP:
        return t;
    case TOKEN_FORK:
    case TOKEN_JUMP:
    case TOKEN_END:
        break;
    }
    return SIZE_MAX;
}

static void front_step(const struct front *from, struct front *to, const struct program *p,
                       const struct reader *ref, char c)
{
    front_clear(to, p->n);
    for (size_t t = from->low; t <= from->high; t++) {
        if (from->score[t] < 0)
            continue;
        size_t next = take(p, ref, t, c);
        bool is_known = p->tokens[t].kind == TOKEN_CHAR && c != ref->separator;
        if (next != SIZE_MAX)
            front_put(to, next, from->score[t] + is_known);
    }
    front_close(to, p);
}

/* The best score of a token that can take a separator, or -1: the reference goes on below. */
static int below_score(const struct front *f, const struct program *p, const struct reader *ref)
{
    int best = -1;
    for (size_t t = f->low; t <= f->high; t++) {
        bool goes_on = f->score[t] >= 0 && take(p, ref, t, ref->separator) != SIZE_MAX;
        best = goes_on && f->score[t] > best ? f->score[t] : best;
    }
    return best;
}

/* The best score of a way on which the reference is the asked location, above it or below it. */
static int run(const struct program *p, struct reader asked, const struct reader *ref)
{
    struct front fronts[2];
    int best = -1, end = p->n - 1;
    front_clear(&fronts[0], p->n);
    front_put(&fronts[0], 0, 0);
    front_close(&fronts[0], p);
    unsigned now = 0;
    while (!is_done(&asked) && fronts[now].low <= fronts[now].high) {
        bool is_plain;
        char c = next_byte(&asked, &is_plain);
        if (c == ref->separator && fronts[now].score[end] > best)
            best = fronts[now].score[end];
        front_step(&fronts[now], &fronts[!now], p, ref, c);
        now = !now;
    }
    if (!is_done(&asked))
        return best;
    int whole = fronts[now].score[end], below = below_score(&fronts[now], p, ref);
    best = whole > best ? whole : best;
    return below > best ? below : best;
}

static enum uri_relation match_pattern(const struct reader *asked, const struct reader *ref,
                                       unsigned *n_known)
{
    struct program p = { .n = 0, .has_glob = false, .has_hole = false };
    if (ref->text.len > UINT16_MAX || !compile(*ref, &p) || !(p.has_glob || p.has_hole))
        return URI_APART;
    int score = run(&p, *asked, ref);
    /* With nothing known to agree, a hole fits anything: that says nothing. */
    if (score < 0 || (score == 0 && p.has_hole))
        return URI_APART;
    *n_known = (unsigned)score;
    return p.has_hole ? URI_HOLES : URI_GLOB;
}

/* "t" and "db.t": which database is meant may stand only in a connection. */
static bool is_same_tail(struct reader asked, struct reader ref, unsigned *n_known)
{
    struct str longer = asked.text.len > ref.text.len ? asked.text : ref.text;
    struct str shorter = asked.text.len > ref.text.len ? ref.text : asked.text;
    if (shorter.len == 0 || longer.len == shorter.len)
        return false;
    size_t at = longer.len - shorter.len;
    *n_known = (unsigned)shorter.len;
    return longer.ptr[at - 1] == '.' && str_eq_nocase(str_from_pos(longer, at), shorter);
}

static bool is_slash(const struct reader *r, char c)
{
    return c == '/' || (c == '\\' && r->is_file);
}

/* "/" at the end says nothing, unless it is all; "///x" is "/x". */
static void trim_slashes(struct reader *r)
{
    struct str *text = &r->text;
    while (text->len > 2 && is_slash(r, text->ptr[0]) && is_slash(r, text->ptr[1]) &&
           is_slash(r, text->ptr[2]))
        *text = str_from_pos(*text, 2);
    while (text->len > 1 && is_slash(r, text->ptr[text->len - 1]))
        text->len--;
}

enum uri_relation uri_match(struct str asked, struct str reference, unsigned *score)
{
    struct reader question, ref;
    unsigned n_known = 0;
    struct str asked_scheme = split_scheme(asked, &question);
    struct str ref_scheme = split_scheme(reference, &ref);
    enum uri_relation relation = URI_APART;
    *score = 0;
    bool is_headless =
        asked_scheme.len > 0 && ref_scheme.len == 0 && str_has_prefix(reference, STR("{}"));
    if (!is_headless && !str_eq_nocase(asked_scheme, ref_scheme))
        return URI_APART;
    trim_slashes(&question);
    trim_slashes(&ref);
    if (is_headless) {
        ref.separator = question.separator;
        ref.decodes = question.decodes;
    } else {
        relation = compare(question, ref, &n_known);
    }
    if (relation == URI_APART)
        relation = match_pattern(&question, &ref, &n_known);
    if (relation == URI_APART && question.folds && is_same_tail(question, ref, &n_known))
        relation = URI_HOLES;
    if (relation != URI_APART)
        *score = n_known > 0 ? n_known : 1;
    return relation;
}

/* Must a byte that was percent-encoded stay so?  What would then be a glob, an escape, or a "/" at
 * an edge, where it would be trimmed. */
static bool stays_encoded(struct str before, char c, bool is_edge)
{
    size_t n = before.len;
    bool is_special = c == '\0' || strchr("*?[{%", c) != NULL || (unsigned char)c < 0x20;
    bool makes_escape = hex_value(c) >= 0 && ((n >= 1 && before.ptr[n - 1] == '%') ||
                                              (n >= 2 && before.ptr[n - 2] == '%'));
    return is_special || makes_escape || (c == '/' && is_edge);
}

struct str uri_key(struct arena *a, struct str uri)
{
    static const char digits[] = "0123456789ABCDEF";
    struct reader r;
    struct str scheme = split_scheme(uri, &r);
    trim_slashes(&r);
    char *key = ARENA_NEW_N(a, char, scheme.len + 1 + r.text.len), *to = key;
    for (size_t i = 0; i < scheme.len; i++)
        *to++ = scheme.ptr[i] >= 'A' && scheme.ptr[i] <= 'Z' ? (char)(scheme.ptr[i] | 0x20)
                                                             : scheme.ptr[i];
    if (scheme.len > 0)
        *to++ = ':';
    bool is_start = true;
    while (!is_done(&r)) {
        bool is_plain;
        char c = next_byte(&r, &is_plain);
        is_start = is_start && c == '/';
        const struct str before = { key, (size_t)(to - key) };
        if (is_plain || !stays_encoded(before, c, is_start || is_done(&r))) {
            *to++ = c;
            continue;
        }
        *to++ = '%';
        *to++ = digits[(unsigned char)c >> 4];
        *to++ = digits[(unsigned char)c & 15];
    }
    return (struct str){ key, (size_t)(to - key) };
}
