/*
 * A search goes through documents in the order of their ids: those that the trigrams name and those
 * that they have not reached yet, merged.  Each is looked through; the page ends when it is full
 * or the time is over.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/search.h"
#include "index/index_internal.h"
#include "index/matcher.h"
#include "index/postings.h"
#include "util/clock.h"
#include "util/limits.h"

enum { DEFAULT_BUDGET_MS = 1000, COUNT_UNINDEXED_TO = 100000 };
/* Candidates that are taken from the lists at once. */
enum { WINDOW = 20000 };

struct searcher {
    struct db *db;
    struct arena *arena;
    const struct index_search *search;
    unsigned where;
    struct matcher *matcher;
    struct index_hits *out;
    size_t cap;
    int64_t deadline_ms;
    bool is_full;
    /* Of the document that is looked through. */
    int64_t document, notebook;
    struct buf room; /* for its cells */
    int64_t known;   /* the notebook that these are of: few of those looked through are asked for */
    struct str uri, title, language;
};

/* ---- One document. ---- */

static bool know_notebook(struct searcher *s, struct err *err)
{
    static const char sql[] = "SELECT n.uri, n.title, l.text FROM notebook n"
                              " LEFT JOIN name l ON l.id = n.language WHERE n.id = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (s->known == s->notebook)
        return true;
    if (!db_query(s->db, &rows, err, sql, "i", s->notebook) || !db_next(&rows, &has_row, err))
        return false;
    s->uri = has_row ? arena_str(s->arena, db_text(&rows, 0)) : STR_EMPTY;
    s->title = has_row ? arena_str(s->arena, db_text(&rows, 1)) : STR_EMPTY;
    s->language = has_row ? arena_str(s->arena, db_text(&rows, 2)) : STR_EMPTY;
    s->known = s->notebook;
    return true;
}

/* Does it depend on the language whether code is looked through? */
static bool is_by_language(const struct searcher *s)
{
    unsigned code = s->where & (INDEX_IN_SQL | INDEX_IN_CODE);
    return code == INDEX_IN_SQL || code == INDEX_IN_CODE;
}

static bool is_wanted(const struct searcher *s, const struct document_cell *cell,
                      struct str language)
{
    if (cell->is_parameters && (s->where & INDEX_IN_PARAMETERS) != 0)
        return true;
    if (cell->kind != CELL_CODE)
        return (s->where & INDEX_IN_MARKDOWN) != 0;
    return (s->where & (str_eq(language, STR("sql")) ? INDEX_IN_SQL : INDEX_IN_CODE)) != 0;
}

/* The line around at, cut to what may be shown; *start: where it begins in text. */
static struct str line_around(struct str text, size_t at, size_t *start)
{
    size_t from = at, to = at;
    while (from > 0 && text.ptr[from - 1] != '\n')
        from--;
    while (to < text.len && text.ptr[to] != '\n')
        to++;
    if (to - from > LIMIT_CODE_LINE_BYTES) {
        size_t half = LIMIT_CODE_LINE_BYTES / 2;
        from = at - from > half ? at - half : from;
        while (from < at && ((unsigned char)text.ptr[from] & 0xc0) == 0x80)
            from++;
        if (to - from > LIMIT_CODE_LINE_BYTES) {
            to = from + LIMIT_CODE_LINE_BYTES;
            while (to > at && ((unsigned char)text.ptr[to] & 0xc0) == 0x80)
                to--;
        }
    }
    *start = from;
    return str_slice(text, from, to);
}

static void add_hit(struct searcher *s, const struct document_cell *cell, uint32_t line, size_t at,
                    size_t end)
{
    struct str language = cell->language.len > 0 ? cell->language : s->language;
    size_t start;
    struct str shown = line_around(cell->text, at, &start);
    *ARENA_PUSH(s->arena, s->out->items, s->out->n, s->cap) =
        (struct index_hit){ .notebook = s->notebook,
                            .uri = s->uri,
                            .title = s->title,
                            .cell = cell->index,
                            .kind = cell->kind,
                            .is_parameters = cell->is_parameters,
                            .language = arena_str(s->arena, language),
                            .line = line,
                            .text = arena_str(s->arena, shown),
                            .at = at - start,
                            .len = end - start > shown.len ? shown.len - (at - start) : end - at };
    s->out->next = (struct index_search_at){ s->document, (int64_t)cell->index, line };
    s->is_full = s->out->n >= s->search->limit;
}

static bool is_given_already(const struct searcher *s, const struct document_cell *cell,
                             uint32_t line)
{
    const struct index_search_at *after = &s->search->after;
    if (s->document != after->document)
        return false;
    return (int64_t)cell->index < after->cell ||
           ((int64_t)cell->index == after->cell && line <= after->line);
}

/* A hit for each line in which a match begins. */
static bool look_through(struct searcher *s, const struct document_cell *cell, struct err *err)
{
    size_t from = 0, counted = 0, at = 0, end = 0;
    uint32_t line = 1;
    while (!s->is_full && (from == 0 || from < cell->text.len)) {
        enum matcher_result result = matcher_find(s->matcher, cell->text, from, &at, &end);
        s->out->n_given_up += result == MATCHER_GIVEN_UP;
        if (result != MATCHER_FOUND || at > cell->text.len)
            return true;
        if (!know_notebook(s, err))
            return false;
        for (; counted < at; counted++)
            line += cell->text.ptr[counted] == '\n';
        if (!is_given_already(s, cell, line))
            add_hit(s, cell, line, at, end);
        size_t newline = str_find(cell->text, STR("\n"), at);
        if (newline == SIZE_MAX)
            return true;
        from = newline + 1;
    }
    return true;
}

static bool search_document(struct searcher *s, int64_t id, struct err *err)
{
    static const char sql[] = "SELECT notebook, body FROM document WHERE id = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row, has_cell = true;
    if (!db_query(s->db, &rows, err, sql, "i", id) || !db_next(&rows, &has_row, err))
        return false;
    if (!has_row) /* it is gone; its trigrams go when they are compacted */
        return true;
    struct document d;
    struct document_cell cell;
    s->document = id;
    s->notebook = db_int(&rows, 0);
    s->out->n_documents++;
    if (!document_open(&d, db_blob(&rows, 1), &s->room, err))
        return false;
    while (!s->is_full) {
        if (!document_next(&d, &cell, &has_cell, err))
            return false;
        if (!has_cell)
            return true;
        if (is_by_language(s) && cell.language.len == 0 && !know_notebook(s, err))
            return false;
        struct str language = cell.language.len > 0 ? cell.language : s->language;
        if (is_wanted(s, &cell, language) && !look_through(s, &cell, err))
            return false;
    }
    return true;
}

/* ---- All documents. ---- */

static bool is_over(struct searcher *s)
{
    return s->is_full || (s->out->n_documents % 16 == 15 && clock_mono_ms() > s->deadline_ms);
}

/* The rows of a statement whose first column is a document's id. */
struct others {
    struct db_rows rows;
    bool has_row;
};

/* Up to the document end: the other rows, merged with the sorted ids. */
static bool search_merged(struct searcher *s, struct others *others, const struct ids *ids,
                          int64_t end, struct err *err)
{
    size_t i = 0;
    for (;;) {
        int64_t other = others->has_row ? db_int(&others->rows, 0) : INT64_MAX;
        int64_t candidate = i < ids->n ? ids->items[i] : INT64_MAX;
        int64_t id = other < candidate ? other : candidate;
        if (id == INT64_MAX || id > end)
            return true;
        if (!search_document(s, id, err))
            return false;
        if (is_over(s)) {
            /* Where nothing was found the page still ends behind what was looked through. */
            if (!s->is_full)
                s->out->next = (struct index_search_at){ id + 1, 0, 0 };
            s->out->has_more = true;
            return true;
        }
        i += candidate == id;
        if (other == id && !db_next(&others->rows, &others->has_row, err))
            return false;
    }
}

static bool count_unindexed(struct db *db, enum space space, uint64_t *out, struct err *err)
{
    static const char sql[] =
        "SELECT count(*) FROM (SELECT 1 FROM unindexed WHERE space = ? LIMIT ?)";
    int64_t n;
    if (!db_get_int(db, &n, NULL, err, sql, "ii", (int64_t)space, (int64_t)COUNT_UNINDEXED_TO))
        return false;
    *out = (uint64_t)n;
    return true;
}

static bool run(struct searcher *s, const struct need *need, struct err *err)
{
    static const char unindexed[] =
        "SELECT id FROM unindexed WHERE space = 0 AND id >= ? ORDER BY id";
    static const char all[] = "SELECT id FROM document WHERE id >= ? ORDER BY id";
    struct window w = { .from = s->search->after.document, .max = WINDOW };
    struct others others = { .has_row = false };
    int64_t end = w.from - 1;
    bool is_all, ok = true;
    for (bool is_first = true; ok && end < INT64_MAX && !s->out->has_more; is_first = false) {
        AUTO_ARENA a = ARENA_INIT; /* of the window */
        struct ids ids;
        w.from = end + 1;
        ok = postings_find(s->db, &a, SPACE_CODE, need, &w, &ids, &end, &is_all, err);
        if (ok && is_first)
            ok = db_query(s->db, &others.rows, err, is_all ? all : unindexed, "i", w.from) &&
                 db_next(&others.rows, &others.has_row, err);
        ok = ok && search_merged(s, &others, &ids, end, err);
        if (ok && end < INT64_MAX && !s->out->has_more && clock_mono_ms() > s->deadline_ms) {
            s->out->next = (struct index_search_at){ end + 1, 0, 0 };
            s->out->has_more = true;
        }
    }
    db_rows_release(&others.rows);
    return ok && count_unindexed(s->db, SPACE_CODE, &s->out->n_unindexed, err);
}

bool index_find_text(struct index_reader *r, struct arena *a, const struct index_search *search,
                     struct index_hits *out, struct err *err)
{
    struct index_hits hits = { 0 };
    struct searcher s = { .db = &r->db, .arena = a, .search = search, .out = &hits };
    s.room = (struct buf)BUF_INIT(SIZE_MAX);
    unsigned budget_ms = search->budget_ms == 0 ? DEFAULT_BUDGET_MS : search->budget_ms;
    s.where = search->where == 0 ? INDEX_IN_ALL : search->where;
    s.deadline_ms = clock_mono_ms() + budget_ms;
    if (!matcher_new(search->text, search->is_regex, search->is_case_ignored, &s.matcher, err))
        return false;
    const struct need *need = search->is_regex
                                  ? need_of_pattern(a, search->text, search->is_case_ignored)
                                  : need_of_plain(a, search->text, search->is_case_ignored);
    bool ok = run(&s, need, err);
    matcher_free(s.matcher);
    buf_release(&s.room);
    if (ok)
        *out = hits;
    return ok;
}

bool index_find_names(struct index_reader *r, struct arena *a, enum index_names names,
                      struct str text, int64_t after, size_t limit, int64_t **ids, size_t *n,
                      bool *is_exact, struct err *err)
{
    enum space space = names == INDEX_NAMES_NOTEBOOKS ? SPACE_NOTEBOOK_NAMES : SPACE_DATASET_NAMES;
    const struct window whole = { INT64_MIN, SIZE_MAX };
    struct ids found;
    int64_t end;
    bool is_all;
    uint64_t n_unindexed;
    if (!postings_find(&r->db, a, space, need_of_text(a, text), &whole, &found, &end, &is_all,
                       err) ||
        !count_unindexed(&r->db, space, &n_unindexed, err))
        return false;
    size_t i = 0;
    while (i < found.n && found.items[i] <= after)
        i++;
    *ids = found.items + i;
    *n = found.n - i < limit ? found.n - i : limit;
    *is_exact = !is_all && n_unindexed == 0;
    return true;
}
