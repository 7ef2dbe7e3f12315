/* calls_load: the parser of call tables; the format is described in calls.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/calls_internal.h"
#include "util/limits.h"
#include "util/scan.h"

enum column { COL_CALL, COL_DIR, COL_PLACES, COL_KIND, COL_ON, COL_RETURNS, COL_NOTE, N_COLS };

struct loader {
    struct arena *arena;
    struct str file;
    uint64_t line;
    enum call_lang lang;
    struct call_batch *batch;
    struct err *err;
};

struct words {
    const struct str *at;
    size_t n;
};

/* The row that all patterns of one line share. */
struct line {
    struct str cols[N_COLS];
    struct call_row row;
};

static const struct str dirs[] = {
    [CALL_READ] = STR_INIT("R"),        [CALL_WRITE] = STR_INIT("W"),
    [CALL_READ_WRITE] = STR_INIT("RW"), [CALL_COPY] = STR_INIT("C"),
    [CALL_BY_MODE] = STR_INIT("M"),     [CALL_LIST] = STR_INIT("L"),
    [CALL_DELETE] = STR_INIT("D"),      [CALL_OTHER_LANGUAGE] = STR_INIT("S"),
    [CALL_MAKE] = STR_INIT("A"),        [CALL_CONTEXT] = STR_INIT("X"),
    [CALL_NOTHING] = STR_INIT("-"),
};

static const struct str kinds[] = {
    [KIND_PATH] = STR_INIT("path"),     [KIND_TABLE] = STR_INIT("table"),
    [KIND_SQL] = STR_INIT("sql"),       [KIND_S3] = STR_INIT("s3"),
    [KIND_DB] = STR_INIT("db"),         [KIND_URL] = STR_INIT("url"),
    [KIND_DIR] = STR_INIT("dir"),       [KIND_STREAM] = STR_INIT("stream"),
    [KIND_STAGE] = STR_INIT("stage"),   [KIND_BUILTIN] = STR_INIT("builtin"),
    [KIND_MODEL] = STR_INIT("model"),   [KIND_FIGURE] = STR_INIT("figure"),
    [KIND_HANDLE] = STR_INIT("handle"), [KIND_CATALOG] = STR_INIT("catalog"),
    [KIND_JOB] = STR_INIT("job"),       [KIND_NOTEBOOK] = STR_INIT("notebook"),
    [KIND_SHELL] = STR_INIT("shell"),   [KIND_CODE] = STR_INIT("code"),
    [KIND_CONFIG] = STR_INIT("config"), [KIND_SCRATCH] = STR_INIT("scratch"),
    [KIND_VALUE] = STR_INIT("value"),   [KIND_GS] = STR_INIT("gs"),
};

static const struct str roles[] = {
    [ROLE_AT] = STR_INIT("at"),         [ROLE_SRC] = STR_INIT("src"),
    [ROLE_DST] = STR_INIT("dst"),       [ROLE_OUT] = STR_INIT("out"),
    [ROLE_VIA] = STR_INIT("via"),       [ROLE_LOC] = STR_INIT("loc"),
    [ROLE_SQL] = STR_INIT("sql"),       [ROLE_SHELL] = STR_INIT("shell"),
    [ROLE_CODE] = STR_INIT("code"),     [ROLE_MODE] = STR_INIT("mode"),
    [ROLE_FORMAT] = STR_INIT("format"), [ROLE_DB] = STR_INIT("db"),
    [ROLE_SCHEMA] = STR_INIT("schema"), [ROLE_CON] = STR_INIT("con"),
    [ROLE_DATA] = STR_INIT("data"),
};

static const struct str parts[] = {
    [PART_BUCKET] = STR_INIT("bucket"), [PART_KEY] = STR_INIT("key"),
    [PART_PREFIX] = STR_INIT("prefix"), [PART_PAIR] = STR_INIT("pair"),
    [PART_BELOW] = STR_INIT("below"),
};

static const struct str langs[CALL_N_LANGS] = {
    [CALL_PYTHON] = STR_INIT("python"),
    [CALL_R] = STR_INIT("r"),
    [CALL_SCALA] = STR_INIT("scala"),
};

/* The failure of the present line: where, what is wrong with which word. */
static bool wrong(const struct loader *l, struct str word, const char *what)
{
    return err_set(l->err, ERR_CONFIG, "%.*s:%llu: \"%.*s\": %s", STR_FMT(l->file),
                   (unsigned long long)l->line, STR_FMT(str_slice(word, 0, 60)), what);
}

/* Find word in a table of words; else say which one may be meant. */
static bool find_word(const struct loader *l, struct str word, const struct str *table, size_t n,
                      const char *what, size_t *out)
{
    for (size_t i = 0; i < n; i++) {
        if (table[i].len > 0 && str_eq(table[i], word)) {
            *out = i;
            return true;
        }
    }
    struct str near = str_nearest(word, table, n);
    wrong(l, word, what);
    if (near.len > 0)
        return err_fix(l->err, "Did you mean \"%.*s\"?  docs/call-tables.md lists the words.",
                       STR_FMT(near));
    return err_fix(l->err, "docs/call-tables.md lists the words.");
}

static const struct str *keep(const struct loader *l, const struct str *words, size_t n)
{
    struct str *kept = ARENA_NEW_N(l->arena, struct str, n);
    for (size_t i = 0; i < n; i++)
        kept[i] = words[i];
    return kept;
}

/* The non-empty pieces of text between separators, at most LIMIT_CALL_WORDS. */
static bool split(const struct loader *l, struct str text, char separator, struct words *out)
{
    struct str words[LIMIT_CALL_WORDS];
    size_t n = 0;
    struct str rest = text, piece;
    while (rest.len > 0) {
        str_cut(rest, separator, &piece, &rest);
        if (piece.len == 0)
            continue;
        if (n == LIMIT_CALL_WORDS)
            return wrong(l, text, "too many words in one cell; write several rows");
        words[n++] = piece;
    }
    *out = (struct words){ n == 0 ? NULL : keep(l, words, n), n };
    return true;
}

/* How the names of a pattern are parted: by "." and, in R where it belongs to names, "::" or "$".
 */
static bool scan_separator(const struct loader *l, struct scan *s)
{
    if (l->lang != CALL_R)
        return scan_char(s, '.');
    return scan_char(s, '$') || scan_str(s, STR(":::")) || scan_str(s, STR("::"));
}

static bool ends_name(const struct loader *l, char c)
{
    return c == '(' || (l->lang == CALL_R ? c == '$' || c == ':' : c == '.');
}

static struct str scan_name(const struct loader *l, struct scan *s)
{
    const char *from = s->at;
    while (s->at < s->end && !ends_name(l, *s->at))
        s->at++;
    return (struct str){ from, (size_t)(s->at - from) };
}

/* "(text)" behind the name with that index. */
static bool parse_condition(const struct loader *l, struct scan *s, struct str pattern,
                            size_t index, struct call_row *row)
{
    if (!scan_char(s, '('))
        return true;
    if (row->condition.len > 0)
        return wrong(l, pattern, "only one call of a pattern can have (text)");
    if (!scan_until(s, ')', &row->condition) || row->condition.len == 0)
        return wrong(l, pattern, "(text) is empty or its \")\" is missing");
    row->condition_at = index;
    return true;
}

static bool parse_names(const struct loader *l, struct scan *s, struct str pattern,
                        struct call_row *row)
{
    struct str names[LIMIT_CALL_NAMES];
    size_t n = 0;
    do {
        struct str name = scan_name(l, s);
        if (name.len == 0)
            return wrong(l, pattern, "an empty name in the call");
        if (n == LIMIT_CALL_NAMES)
            return wrong(l, pattern, "too many names in the call");
        if (str_eq(name, STR("*"))) {
            if (row->star_at > 0 || n == 0 || row->match != MATCH_ABSOLUTE)
                return wrong(l, pattern, "one \"*\" may stand inside a full name");
            row->star_at = n;
        } else {
            names[n++] = name;
            if (!parse_condition(l, s, pattern, n - 1, row))
                return false;
        }
    } while (scan_separator(l, s));
    if (!scan_is_done(s))
        return wrong(l, pattern, "a separator is missing behind \")\"");
    if (row->star_at == n)
        return wrong(l, pattern, "\"*\" cannot be the last name");
    row->names = keep(l, names, n);
    row->n_names = n;
    return true;
}

static bool parse_pattern(const struct loader *l, struct str pattern, struct call_row *row)
{
    struct scan s = scan_init(pattern);
    row->call = pattern;
    row->match = MATCH_ABSOLUTE;
    if (scan_char(&s, '~')) {
        row->match = MATCH_CHAIN;
        if (!scan_separator(l, &s))
            return wrong(l, pattern, "a chain is written ~.first.last (in R ~$first$last)");
    } else if (scan_separator(l, &s)) {
        row->match = MATCH_METHOD;
    }
    return parse_names(l, &s, pattern, row);
}

static bool parse_way_words(const struct loader *l, struct str text, char separator,
                            struct place_way *way)
{
    struct words words;
    if (!split(l, text, separator, &words))
        return false;
    if (words.n == 0)
        return wrong(l, text, "a name is missing in the place");
    way->names = words.at;
    way->n_names = words.n;
    return true;
}

/* A positional index as the language counts. */
static bool scan_index(const struct loader *l, struct scan *s, uint32_t *out)
{
    struct scan at = *s;
    uint64_t n;
    uint64_t first = l->lang == CALL_R ? 1 : 0;
    if (!scan_u64(&at, 99, &n) || n < first)
        return false;
    *out = (uint32_t)(n - first);
    *s = at;
    return true;
}

/* One step of a dict walk: a key, in single quotes if it has a dot. */
static bool scan_step(const struct loader *l, struct scan *s, struct str text, struct str *out)
{
    if (scan_char(s, '\''))
        return scan_until(s, '\'', out) || wrong(l, text, "the second quote is missing");
    const char *from = s->at;
    while (s->at < s->end && *s->at != '.' && *s->at != '[')
        s->at++;
    *out = (struct str){ from, (size_t)(s->at - from) };
    return true;
}

/* The steps of a dict walk: each [] becomes a step of its own. */
static bool parse_walk(const struct loader *l, struct str text, struct place_way *way)
{
    struct scan s = scan_init(text);
    way->index = CALL_NO_INDEX;
    if (scan_index(l, &s, &way->index) && !scan_char(&s, '/'))
        return wrong(l, text, "a walk from a positional argument is written d:1/A.b");
    struct str steps[LIMIT_CALL_NAMES];
    size_t n = 0;
    do {
        struct str step;
        if (!scan_step(l, &s, text, &step))
            return false;
        if (step.len == 0)
            return wrong(l, text, "a walk begins with the name of an argument, keys follow");
        if (n >= LIMIT_CALL_NAMES)
            return wrong(l, text, "too many steps");
        steps[n++] = step;
        while (n < LIMIT_CALL_NAMES && scan_str(&s, STR("[]")))
            steps[n++] = STR("[]");
    } while (scan_char(&s, '.'));
    if (!scan_is_done(&s))
        return wrong(l, text, "between the steps of a walk stands a dot");
    way->names = keep(l, steps, n);
    way->n_names = n;
    return true;
}

/* "writeTo/0" */
static bool parse_chain_way(const struct loader *l, struct str text, struct place_way *way)
{
    struct str name, index;
    if (!str_cut(text, '/', &name, &index) || name.len == 0)
        return wrong(l, text, "an argument of an earlier call is written chain:name/0");
    struct scan s = scan_init(index);
    if (!scan_index(l, &s, &way->index) || !scan_is_done(&s))
        return wrong(l, text, "the index of the argument is no number");
    return parse_way_words(l, name, ',', way);
}

/* "0", "0+", "0/a,b" */
static bool parse_arg_way(const struct loader *l, struct str text, struct place_way *way)
{
    struct scan s = scan_init(text);
    if (!scan_index(l, &s, &way->index))
        return wrong(l, text, "unknown way to find a place");
    if (scan_char(&s, '+')) {
        way->how = HOW_ALL_ARGS;
        return scan_is_done(&s) || wrong(l, text, "nothing can follow \"+\"");
    }
    if (scan_is_done(&s))
        return true;
    if (!scan_char(&s, '/'))
        return wrong(l, text, "a positional argument is written 0, 0+ or 0/name");
    return parse_way_words(l, scan_rest(&s), ',', way);
}

static bool parse_name_way(const struct loader *l, struct str text, struct place_way *way)
{
    return parse_way_words(l, text, ',', way);
}

static bool parse_text_way(const struct loader *l, struct str text, struct place_way *way)
{
    return parse_way_words(l, text, '\t', way); /* whole: no tab stands in a cell */
}

static const struct {
    struct str prefix;
    enum place_how how;
    bool (*parse)(const struct loader *l, struct str text, struct place_way *way);
} prefixes[] = {
    { STR_INIT("k"), HOW_KEYWORD, parse_name_way },
    { STR_INIT("opt"), HOW_OPTION, parse_name_way },
    { STR_INIT("chain"), HOW_CHAIN, parse_chain_way },
    { STR_INIT("d"), HOW_DICT_WALK, parse_walk },
    { STR_INIT("text"), HOW_TEXT, parse_text_way },
};

static bool parse_way(const struct loader *l, struct str text, struct place_way *way)
{
    if (str_eq(text, STR("recv"))) {
        way->how = HOW_RECEIVER;
        return true;
    }
    if (str_eq(text, STR("name"))) {
        way->how = HOW_OWN_NAME;
        return true;
    }
    struct str head, tail;
    if (!str_cut(text, ':', &head, &tail))
        return parse_arg_way(l, text, way);
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (str_eq(head, prefixes[i].prefix)) {
            way->how = prefixes[i].how;
            return prefixes[i].parse(l, tail, way);
        }
    }
    return wrong(l, text, "unknown way to find a place");
}

/* "role=" or "role.part=" in front; at without it.  "=" inside text:a=b is no role. */
static bool parse_role(const struct loader *l, struct str *text, struct call_place *place)
{
    struct str head, tail, role, part;
    if (!str_cut(*text, '=', &head, &tail) || str_find_char(head, ':') != SIZE_MAX)
        return true;
    *text = tail;
    size_t found = 0;
    bool has_part = str_cut(head, '.', &role, &part);
    if (!find_word(l, role, roles, ARRAY_LEN(roles), "unknown role of a place", &found))
        return false;
    place->role = (enum place_role)found;
    if (!has_part)
        return true;
    if (place->role >= ROLE_SQL)
        return wrong(l, head, "only a location has parts");
    if (!find_word(l, part, parts, ARRAY_LEN(parts), "unknown part of a place", &found))
        return false;
    place->part = (enum place_part)found;
    return true;
}

static bool parse_place(const struct loader *l, struct str text, struct call_place *place)
{
    if (!parse_role(l, &text, place))
        return false;
    struct words words;
    if (!split(l, text, '|', &words))
        return false;
    if (words.n == 0)
        return wrong(l, text, "a place without a way to find it");
    struct place_way *ways = ARENA_NEW_N(l->arena, struct place_way, words.n);
    for (size_t i = 0; i < words.n; i++) {
        if (!parse_way(l, words.at[i], &ways[i]))
            return false;
    }
    place->ways = ways;
    place->n_ways = words.n;
    return true;
}

static bool parse_places(const struct loader *l, struct line *line)
{
    struct words words;
    if (!split(l, line->cols[COL_PLACES], ' ', &words))
        return false;
    if (words.n == 1 && str_eq(words.at[0], STR("-")))
        return true;
    struct call_place *places = ARENA_NEW_N(l->arena, struct call_place, words.n);
    for (size_t i = 0; i < words.n; i++) {
        if (!parse_place(l, words.at[i], &places[i]))
            return false;
        for (size_t k = 0; k < i; k++) {
            if (places[k].role == places[i].role && places[k].part == places[i].part)
                return wrong(l, words.at[i], "a place of that role stands before; join them by |");
        }
    }
    line->row.places = places;
    line->row.n_places = words.n;
    return true;
}

static bool parse_on(const struct loader *l, struct line *line)
{
    size_t n = 0;
    struct words words;
    if (!split(l, line->cols[COL_ON], ',', &words))
        return false;
    struct str *on = ARENA_NEW_N(l->arena, struct str, words.n);
    for (size_t i = 0; i < words.n; i++) {
        struct str kind = str_trim(words.at[i]);
        if (str_eq(kind, STR("remote")))
            line->row.takes_remote = true;
        else if (kind.len > 0)
            on[n++] = kind;
    }
    line->row.on = on;
    line->row.n_on = n;
    return true;
}

static bool has_role(const struct call_row *row, enum place_role from, enum place_role to)
{
    for (size_t i = 0; i < row->n_places; i++) {
        if (row->places[i].role >= from && row->places[i].role <= to)
            return true;
    }
    return false;
}

/* What a direction cannot do without. */
static bool check_places(const struct loader *l, const struct line *line)
{
    const struct call_row *row = &line->row;
    struct str dir = line->cols[COL_DIR];
    switch (row->dir) {
    case CALL_COPY:
        return has_role(row, ROLE_SRC, ROLE_OUT) || wrong(l, dir, "a copy needs src= or dst=");
    case CALL_OTHER_LANGUAGE:
        return has_role(row, ROLE_SQL, ROLE_CODE) ||
               wrong(l, dir, "it needs sql=, shell= or code=, the text to be analysed");
    case CALL_MAKE:
    case CALL_CONTEXT:
    case CALL_NOTHING:
        return true;
    default:
        return has_role(row, ROLE_AT, ROLE_CODE) || wrong(l, dir, "it needs a place");
    }
}

static bool parse_line_columns(const struct loader *l, struct line *line)
{
    size_t found = 0;
    if (!find_word(l, line->cols[COL_DIR], dirs, ARRAY_LEN(dirs), "unknown direction", &found))
        return false;
    line->row.dir = (enum call_dir)found;
    line->row.kind = KIND_VALUE;
    struct str kind = line->cols[COL_KIND];
    if (kind.len > 0) {
        if (!find_word(l, kind, kinds, ARRAY_LEN(kinds), "unknown kind", &found))
            return false;
        line->row.kind = (enum call_kind)found;
    }
    line->row.returns = line->cols[COL_RETURNS];
    return parse_places(l, line) && parse_on(l, line) && check_places(l, line);
}

static bool add_rows(const struct loader *l, const struct line *line)
{
    struct words patterns;
    if (!split(l, line->cols[COL_CALL], ' ', &patterns))
        return false;
    if (patterns.n == 0)
        return wrong(l, line->cols[COL_CALL], "the line begins with no call");
    struct call_batch *batch = l->batch;
    for (size_t i = 0; i < patterns.n; i++) {
        struct call_entry *e = ARENA_NEW(l->arena, struct call_entry);
        e->row = line->row;
        e->lang = l->lang;
        if (!parse_pattern(l, patterns.at[i], &e->row))
            return false;
        if (++batch->n_entries > LIMIT_CALL_ROWS)
            return wrong(l, patterns.at[i], "too many rows in one table");
        *batch->last_entry = e;
        batch->last_entry = &e->next;
    }
    return true;
}

static bool add_alias(const struct loader *l, struct str name, struct str target)
{
    if (name.len == 0 || target.len == 0)
        return wrong(l, name, "an alias needs two names: alias new.name<tab>known.name");
    struct call_alias *alias = ARENA_NEW(l->arena, struct call_alias);
    *alias = (struct call_alias){ l->lang, name, target, NULL };
    *l->batch->last_alias = alias;
    l->batch->last_alias = &alias->next;
    return true;
}

static bool parse_line(struct loader *l, struct str text)
{
    struct line line = { 0 };
    struct str rest = text;
    for (size_t i = 0; i < N_COLS; i++) {
        str_cut(rest, '\t', &line.cols[i], &rest);
        line.cols[i] = str_trim(line.cols[i]);
    }
    if (rest.len > 0)
        return wrong(l, text, "more than seven columns; a tab stands only between columns");
    struct str call = line.cols[COL_CALL];
    if (str_has_prefix(call, STR("alias ")))
        return add_alias(l, str_trim(str_from_pos(call, 6)), line.cols[COL_DIR]);
    if (line.cols[COL_DIR].len == 0)
        return wrong(l, text, "no direction; the columns are parted by tabs");
    return parse_line_columns(l, &line) && add_rows(l, &line);
}

/* "#lang r" changes the language; any other "#" begins a comment. */
static bool parse_comment(struct loader *l, struct str text)
{
    if (!str_has_prefix(text, STR("#lang ")))
        return true;
    size_t found = 0;
    struct str name = str_trim(str_from_pos(text, 6));
    if (!find_word(l, name, langs, ARRAY_LEN(langs), "unknown language", &found))
        return false;
    l->lang = (enum call_lang)found;
    return true;
}

bool calls_parse(struct arena *a, enum call_lang lang, struct str name, struct str text,
                 struct call_batch *batch, struct err *err)
{
    *batch = (struct call_batch){ 0 };
    batch->last_entry = &batch->entries;
    batch->last_alias = &batch->aliases;
    struct loader l = { a, name, 0, lang, batch, err };
    if (text.len > LIMIT_CALL_TABLE_BYTES)
        return err_set(err, ERR_CONFIG, "%.*s: larger than %lu bytes", STR_FMT(name),
                       LIMIT_CALL_TABLE_BYTES);
    struct str rest = text, line;
    while (rest.len > 0) {
        str_cut(rest, '\n', &line, &rest);
        l.line++;
        struct str trimmed = str_trim(line);
        if (trimmed.len == 0)
            continue;
        bool ok = trimmed.ptr[0] == '#' ? parse_comment(&l, trimmed) : parse_line(&l, line);
        if (!ok)
            return false;
    }
    return true;
}
