/*
 * discover_override: patterns of the configuration, which decide against all rules.
 *
 * A pattern is a list of parts between "/"; a part is a list of pieces: text, "*", or a word in
 * braces.  At most one part is "**", so that matching is linear in the parts.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/discover_internal.h"

#include <string.h>

enum { MAX_PARTS = 64, MAX_PIECES = 32 };

enum piece_kind { PIECE_TEXT, PIECE_ANY, PIECE_WORD };

struct piece {
    enum piece_kind kind;
    struct str text; /* TEXT: itself; WORD: its name */
};

struct part {
    struct piece pieces[MAX_PIECES];
    size_t n;
    bool is_many; /* "**" */
};

struct override {
    struct part *parts;
    size_t n;
    size_t table; /* the part that names the dataset, counted from the front; from the back when
                   * "**" stands before it */
    bool is_table_from_end;
    bool is_excluding;
};

struct discover_overrides {
    struct override *items;
    size_t n, cap;
    uint64_t digest; /* of their text */
};

uint64_t overrides_digest(const struct discover_overrides *overrides)
{
    return overrides->digest;
}

/* What the words of one match stand for. */
struct match {
    struct str names[LIMIT_PARTITION_COLUMNS], values[LIMIT_PARTITION_COLUMNS];
    size_t n;
};

static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (memchr("/{}*=,", s.ptr[i], 6) != NULL)
            return false;
    }
    return s.len > 0;
}

static bool add_piece(struct part *part, enum piece_kind kind, struct str text, struct err *err)
{
    if (part->n == MAX_PIECES)
        return err_set(err, ERR_CONFIG, "more than %d pieces between two \"/\"", MAX_PIECES);
    bool is_twin =
        kind != PIECE_TEXT && part->n > 0 && part->pieces[part->n - 1].kind != PIECE_TEXT;
    if (is_twin)
        return err_set(err, ERR_CONFIG, "between two of \"*\" and \"{word}\" some text must stand");
    part->pieces[part->n++] = (struct piece){ kind, text };
    return true;
}

static bool part_parse(struct str text, struct part *part, struct err *err)
{
    if (str_eq(text, STR("**"))) {
        part->is_many = true;
        return true;
    }
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        enum piece_kind kind = PIECE_TEXT;
        if (text.ptr[at] == '*') {
            kind = PIECE_ANY;
            end = at + 1;
        } else if (text.ptr[at] == '{') {
            kind = PIECE_WORD;
            size_t close = str_find(text, STR("}"), at);
            if (close == SIZE_MAX || !is_name(str_slice(text, at + 1, close)))
                return err_set(err, ERR_CONFIG, "\"{\" begins a word that \"}\" must end");
            end = close + 1;
        } else {
            while (end < text.len && text.ptr[end] != '*' && text.ptr[end] != '{')
                end++;
        }
        struct str piece =
            kind == PIECE_WORD ? str_slice(text, at + 1, end - 1) : str_slice(text, at, end);
        if (!add_piece(part, kind, piece, err))
            return false;
        at = end;
    }
    return true;
}

static bool has_word(const struct part *part, struct str word)
{
    for (size_t i = 0; i < part->n; i++) {
        if (part->pieces[i].kind == PIECE_WORD &&
            (word.len == 0 || str_eq(part->pieces[i].text, word)))
            return true;
    }
    return false;
}

static bool is_text(const struct part *part)
{
    return !part->is_many && part->n <= 1 && (part->n == 0 || part->pieces[0].kind == PIECE_TEXT);
}

/* Which part names the dataset: that with {table}, else the last before anything varies. */
static bool find_table(struct override *o, struct err *err)
{
    size_t n_many = 0, n_table = 0, many_at = SIZE_MAX, n_words = 0;
    for (size_t i = 0; i < o->n; i++) {
        if (o->parts[i].is_many) {
            n_many++;
            many_at = i;
        }
        for (size_t k = 0; k < o->parts[i].n; k++)
            n_words += o->parts[i].pieces[k].kind == PIECE_WORD;
        if (has_word(&o->parts[i], STR("table"))) {
            n_table++;
            o->table = i;
        }
    }
    if (n_many > 1 || n_table > 1)
        return err_set(err, ERR_CONFIG, "\"**\" and \"{table}\" may stand once each");
    if (n_words > LIMIT_PARTITION_COLUMNS)
        return err_set(err, ERR_CONFIG, "more than %u words in braces", LIMIT_PARTITION_COLUMNS);
    for (size_t i = 0; n_table == 0 && i < o->n && is_text(&o->parts[i]); i++)
        o->table = i;
    for (size_t i = 0; i < o->table; i++) {
        if (has_word(&o->parts[i], STR_EMPTY))
            return err_set(err, ERR_CONFIG, "columns stand behind {table}, not before it");
    }
    if (many_at < o->table) {
        o->is_table_from_end = true;
        o->table = o->n - 1 - o->table;
    }
    return true;
}

static bool override_parse(struct arena *a, struct str text, struct override *o, struct err *err)
{
    struct str rest = text, part;
    bool has_more = true;
    size_t cap = 0;
    if (str_has_prefix(text, STR("!"))) {
        o->is_excluding = true;
        rest = str_from_pos(text, 1);
    }
    if (!str_contains(rest, STR(":")))
        return err_set(err, ERR_CONFIG,
                       "it begins with no scheme (s3://bucket/..., file:/folder/...)");
    while (has_more) {
        has_more = str_cut(rest, '/', &part, &rest);
        if (o->n == MAX_PARTS)
            return err_set(err, ERR_CONFIG, "it has more than %d parts", MAX_PARTS);
        struct part *p = ARENA_PUSH(a, o->parts, o->n, cap);
        if (!part_parse(part, p, err))
            return false;
    }
    return find_table(o, err);
}

bool discover_overrides_parse(struct arena *a, struct str patterns,
                              const struct discover_overrides **out, struct err *err)
{
    struct discover_overrides *all = ARENA_NEW(a, struct discover_overrides);
    struct str line;
    for (struct str rest = arena_str(a, patterns); rest.len > 0;) {
        (void)str_cut(rest, '\n', &line, &rest);
        line = str_trim(line);
        if (line.len == 0)
            continue;
        if (all->n == LIMIT_DISCOVER_PATTERNS)
            return err_set(err, ERR_CONFIG, "more than %lu patterns of datasets",
                           LIMIT_DISCOVER_PATTERNS);
        if (!override_parse(a, line, ARENA_PUSH(a, all->items, all->n, all->cap), err))
            return err_wrap(err, "pattern of datasets \"%.*s\"", STR_FMT(line));
    }
    all->digest = stable_hash(patterns, 0);
    *out = all;
    return true;
}

/* Match one part; words are noted in m.  A piece that may be anything takes as little as it can;
 * the last text must end the part. */
static bool part_match(const struct part *part, struct str text, struct match *m)
{
    size_t at = 0;
    for (size_t i = 0; i < part->n; i++) {
        const struct piece *piece = &part->pieces[i];
        if (piece->kind == PIECE_TEXT) {
            if (!str_has_prefix(str_from_pos(text, at), piece->text))
                return false;
            at += piece->text.len;
            continue;
        }
        size_t end = text.len;
        if (i + 1 < part->n) {
            struct str next = part->pieces[i + 1].text;
            bool is_last = i + 2 == part->n;
            end = is_last ? (text.len >= next.len ? text.len - next.len : SIZE_MAX)
                          : str_find(text, next, at);
        }
        if (end == SIZE_MAX || end < at || (piece->kind == PIECE_WORD && end == at))
            return false;
        if (piece->kind == PIECE_WORD && m->n < LIMIT_PARTITION_COLUMNS) {
            m->names[m->n] = piece->text;
            m->values[m->n++] = str_slice(text, at, end);
        }
        at = end;
    }
    return at == text.len;
}

/* The parts of uri against those of o; *table_out is the part of uri that names the dataset. */
static bool override_match(const struct override *o, const struct str *uri, size_t n,
                           struct match *m, size_t *table_out)
{
    m->n = 0;
    size_t extra = 0;
    bool has_many = false;
    for (size_t i = 0; i < o->n; i++)
        has_many = has_many || o->parts[i].is_many;
    size_t n_fixed = o->n - has_many;
    if (n < n_fixed || (!has_many && n != n_fixed))
        return false;
    extra = n - n_fixed;
    for (size_t i = 0, k = 0; i < o->n; i++) {
        if (o->parts[i].is_many) {
            k += extra;
            continue;
        }
        if (!part_match(&o->parts[i], uri[k++], m))
            return false;
    }
    *table_out = o->is_table_from_end ? n - 1 - o->table : o->table;
    return true;
}

static size_t split(struct arena *a, struct str text, struct str **parts, size_t *cap, size_t n)
{
    struct str part;
    for (bool has_more = true; has_more;) {
        has_more = str_cut(text, '/', &part, &text);
        *ARENA_PUSH(a, *parts, n, *cap) = part;
    }
    return n;
}

/* Put the object to its group; table: the part of the uri that names the dataset, n_base: parts of
 * the uri before the key. */
static void declare(struct discover *d, const struct discover_object *object, const struct match *m,
                    struct str part, size_t depth)
{
    AUTO_ARENA a = ARENA_INIT;
    bool is_file = depth == d->n_open;
    struct folder *folder = &d->open[is_file ? depth - 1 : depth];
    struct object_name name = { .pattern = STR("*"), .role = OBJECT_DATA, .is_machine = true };
    name.format = format_from_name(object->key, &name.compression);
    struct str shape = STR_EMPTY, values = STR_EMPTY;
    for (size_t i = 0; is_file && i < m->n; i++) {
        if (str_eq(m->names[i], STR("table"))) {
            size_t at = (size_t)(m->values[i].ptr - part.ptr);
            shape = arena_printf(&a, "%.*s*", (int)(at + m->values[i].len), part.ptr);
        }
    }
    for (size_t i = 0; i < m->n; i++) {
        if (!str_eq(m->names[i], STR("table")))
            values = values.ptr == STR_EMPTY.ptr || values.len == 0
                         ? m->values[i]
                         : arena_printf(&a, "%.*s/%.*s", STR_FMT(values), STR_FMT(m->values[i]));
    }
    if (folder->overrides.n >= LIMIT_DISCOVER_NAMES && shape.len > 0)
        shape = STR("*"); /* so many tables in one folder are taken together */
    struct group *g = group_new(shape, &name), *same = group_set_find(&folder->overrides, g->key);
    if (same == NULL) {
        g->is_declared = true;
        for (size_t i = 0; i < m->n; i++) {
            if (!str_eq(m->names[i], STR("table")))
                g->columns[g->n_columns++] =
                    (struct partition_column){ .name = arena_str(&g->arena, m->names[i]),
                                               .declared = STR_EMPTY };
        }
        group_set_add(&folder->overrides, g);
        same = g;
    } else {
        group_free(g);
    }
    group_add_declared(same, object, values);
}

bool overrides_take(struct discover *d, const struct discover_object *object)
{
    const struct discover_overrides *all = d->options.overrides;
    if (all == NULL || all->n == 0)
        return false;
    AUTO_ARENA a = ARENA_INIT;
    struct str *parts = NULL;
    struct match m;
    size_t cap = 0, table = 0, n_base = split(&a, d->options.base_uri, &parts, &cap, 0);
    size_t n = split(&a, object->key, &parts, &cap, n_base);
    for (size_t i = 0; i < all->n; i++) {
        const struct override *o = &all->items[i];
        if (!override_match(o, parts, n, &m, &table))
            continue;
        if (o->is_excluding || object->size_bytes == 0)
            return true;
        declare(d, object, &m, parts[table], table < n_base ? 0 : table - n_base + 1);
        return true;
    }
    return false;
}
