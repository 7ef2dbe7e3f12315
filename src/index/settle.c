/*
 * Which notebooks use which dataset, worked out again where something changed.
 *
 * A table that is bound to a location is in that location's dataset.  A place that came, went or
 * changed says which datasets it may be about; each of those gathers its users anew: by places at
 * it, inside it, above it, by patterns and by names of tables.  So the numbers do not depend on the
 * order in which things were found.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/settle.h"
#include "catalog/place.h"
#include "index/users.h"
#include "index/write.h"

/* Datasets below one place, and of one last name, that a place is about at most: a notebook that
 * lists a whole bucket says little of each. */
enum { MAX_BELOW = 1000, MAX_OF_TAIL = 200 };

static bool mark(struct index_writer *w, int64_t dataset, struct err *err)
{
    static const char sql[] = "INSERT OR IGNORE INTO unsettled_dataset VALUES(?)";
    return dataset == 0 || db_run(&w->db, err, sql, "i", dataset);
}

/* The datasets at a folder, or whose pattern begins there, that uri falls into: all marked.  *n:
 * how many stand there; *innermost, *longest: the one with the longest uri so far. */
static bool mark_of_folder(struct index_writer *w, struct str folder, struct str uri,
                           int64_t *innermost, size_t *longest, size_t *n, struct err *err)
{
    static const char sql[] = "SELECT id, uri FROM dataset WHERE uri = ?1 UNION ALL"
                              " SELECT id, uri FROM dataset WHERE root = ?1 AND is_pattern = 1";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    *n = 0;
    if (!db_query(&w->db, &rows, err, sql, "s", folder))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        (*n)++;
        struct str dataset = db_text(&rows, 1);
        if (!place_falls_into(uri, dataset))
            continue;
        if (dataset.len > *longest) {
            *innermost = db_int(&rows, 0);
            *longest = dataset.len;
        }
        if (!mark(w, db_int(&rows, 0), err))
            return false;
    }
    return false;
}

/* The datasets that uri is in or at, all marked; *innermost is the id of the last one, or 0.  Most
 * folders have none, and come again and again. */
static bool mark_at(struct index_writer *w, struct str uri, int64_t *innermost, struct err *err)
{
    struct str folders[PLACE_MAX_PREFIXES + 1] = { uri };
    size_t n = 1 + place_ancestors(uri, folders + 1, PLACE_MAX_PREFIXES), longest = 0, n_found;
    *innermost = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && memo_find(&w->no_datasets, folders[i]) != NULL)
            continue;
        if (!mark_of_folder(w, folders[i], uri, innermost, &longest, &n_found, err))
            return false;
        if (i > 0 && n_found == 0)
            memo_put(&w->no_datasets, folders[i], 0);
    }
    return true;
}

/* The datasets below a folder, and those that a pattern could be about. */
static bool mark_below(struct index_writer *w, struct arena *a, struct str uri, struct err *err)
{
    static const char range[] = "INSERT OR IGNORE INTO unsettled_dataset SELECT id FROM dataset"
                                " WHERE uri >= ? AND uri < ? LIMIT ?";
    static const char tail[] = "INSERT OR IGNORE INTO unsettled_dataset SELECT id FROM dataset"
                               " WHERE tail = ? LIMIT ?";
    struct place_pattern p = place_pattern(uri);
    struct str folder =
        p.is_pattern ? str_slice(p.prefix, 0, p.prefix.len - (p.prefix.len > 0)) : uri;
    /* "s3:/" is no folder: nothing but the scheme is known. */
    bool is_known = folder.len > 0 && folder.ptr[folder.len - 1] != '/';
    if (is_known && !db_run(&w->db, err, range, "ssi", arena_concat(a, folder, STR("/")),
                            arena_concat(a, folder, STR("0")), (int64_t)MAX_BELOW))
        return false;
    size_t slash = str_rfind_char(uri, '/');
    struct str name = str_from_pos(uri, slash == SIZE_MAX ? 0 : slash + 1);
    return is_known || name.len == 0 || str_contains(name, STR("{}")) ||
           db_run(&w->db, err, tail, "si", name, (int64_t)MAX_OF_TAIL);
}

/* *innermost: see mark_at(). */
static bool mark_location(struct index_writer *w, struct arena *a, struct str location,
                          int64_t *innermost, struct err *err)
{
    return mark_at(w, location, innermost, err) && mark_below(w, a, location, err);
}

/* The first column of rows, as texts in a. */
static bool get_texts(struct index_writer *w, struct arena *a, struct db_rows *rows,
                      struct str **out, size_t *n, struct err *err)
{
    size_t cap = 0;
    bool has_row;
    (void)w;
    *out = NULL;
    *n = 0;
    while (db_next(rows, &has_row, err)) {
        if (!has_row)
            return true;
        *ARENA_PUSH(a, *out, *n, cap) = arena_str(a, db_text(rows, 0));
    }
    return false;
}

/* *dataset: that of the first which has one; as it is when none has. */
static bool mark_locations(struct index_writer *w, struct db_rows *rows, int64_t *dataset,
                           struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str *locations;
    size_t n;
    if (!get_texts(w, &a, rows, &locations, &n, err))
        return false;
    db_rows_release(rows);
    for (size_t i = 0; i < n; i++) {
        int64_t innermost;
        if (!mark_location(w, &a, locations[i], &innermost, err))
            return false;
        *dataset = *dataset != 0 ? *dataset : innermost;
    }
    return true;
}

bool settle_mark_tables(struct index_writer *w, int64_t notebook, struct err *err)
{
    static const char sql[] = "SELECT location FROM table_name WHERE notebook = ?";
    static const char tables[] = "INSERT OR IGNORE INTO unsettled_place SELECT p.id"
                                 " FROM table_name t CROSS JOIN place p ON p.uri = t.name"
                                 " WHERE t.notebook = ?";
    AUTO_ROWS rows = { 0 };
    int64_t ignored = 0;
    return db_run(&w->db, err, tables, "i", notebook) &&
           db_query(&w->db, &rows, err, sql, "i", notebook) &&
           mark_locations(w, &rows, &ignored, err);
}

bool settle_mark_dataset(struct index_writer *w, int64_t dataset, struct str root, struct err *err)
{
    static const char inside[] = "INSERT OR IGNORE INTO unsettled_place SELECT id FROM place"
                                 " WHERE uri = ? OR (uri >= ? AND uri < ?)";
    static const char tables[] = "INSERT OR IGNORE INTO unsettled_place SELECT p.id"
                                 " FROM table_name t CROSS JOIN place p ON p.uri = t.name WHERE"
                                 " t.location = ?1 OR (t.location >= ?2 AND t.location < ?3)";
    AUTO_ARENA a = ARENA_INIT;
    struct str from = arena_concat(&a, root, STR("/")), to = arena_concat(&a, root, STR("0"));
    return mark(w, dataset, err) && db_run(&w->db, err, inside, "sss", root, from, to) &&
           db_run(&w->db, err, tables, "sss", root, from, to);
}

/* ---- One place. ---- */

static bool place_is_used(struct index_writer *w, int64_t place, bool *is_used, struct err *err)
{
    int64_t ignored;
    return db_get_int(&w->db, &ignored, is_used, err, "SELECT 1 FROM ref WHERE place = ? LIMIT 1",
                      "i", place);
}

static bool drop_place(struct index_writer *w, int64_t place, struct err *err)
{
    writer_count(w, COUNT_PLACES, -1);
    memo_forget(&w->places);
    return db_run(&w->db, err, "DELETE FROM place WHERE id = ?", "i", place);
}

/* has_datasets false: none at all, so this place is about none. */
static bool settle_place(struct index_writer *w, int64_t place, bool has_datasets, struct err *err)
{
    static const char find[] = "SELECT uri, dataset FROM place WHERE id = ?";
    static const char bind[] = "UPDATE place SET dataset = ? WHERE id = ?";
    static const char bound[] =
        "SELECT DISTINCT location FROM table_name WHERE name = ? ORDER BY location";
    AUTO_ARENA a = ARENA_INIT;
    AUTO_ROWS rows = { 0 }, locations = { 0 };
    bool has_row, is_used;
    if (!db_query(&w->db, &rows, err, find, "i", place) || !db_next(&rows, &has_row, err))
        return false;
    if (!has_row)
        return true;
    struct str uri = arena_str(&a, db_text(&rows, 0));
    int64_t before = db_int(&rows, 1), dataset = 0;
    db_rows_release(&rows);
    if (!mark(w, before, err) || !place_is_used(w, place, &is_used, err) ||
        (has_datasets && (!mark_at(w, uri, &dataset, err) || !mark_below(w, &a, uri, err))))
        return false;
    if (has_datasets && str_has_prefix(uri, STR("table:")) &&
        (!db_query(&w->db, &locations, err, bound, "s", uri) ||
         !mark_locations(w, &locations, &dataset, err)))
        return false;
    if (!is_used)
        return drop_place(w, place, err);
    return dataset == before || db_run(&w->db, err, bind, "Zi", dataset, place);
}

/* ---- All of them. ---- */

/* Take at most max from the front of a queue. */
static bool take(struct index_writer *w, struct arena *a, const char *first, const char *drop,
                 size_t max, int64_t **ids, size_t *n, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    size_t cap = 0;
    *ids = NULL;
    *n = 0;
    if (!db_query(&w->db, &rows, err, first, "i", (int64_t)max))
        return false;
    while (has_row) {
        if (!db_next(&rows, &has_row, err))
            return false;
        if (has_row)
            *ARENA_PUSH(a, *ids, *n, cap) = db_int(&rows, 0);
    }
    db_rows_release(&rows);
    return *n == 0 || db_run(&w->db, err, drop, "i", (*ids)[*n - 1]);
}

static bool settle_places(struct index_writer *w, size_t max, size_t *n, struct err *err)
{
    static const char first[] = "SELECT place FROM unsettled_place ORDER BY place LIMIT ?";
    static const char drop[] = "DELETE FROM unsettled_place WHERE place <= ?";
    AUTO_ARENA a = ARENA_INIT;
    int64_t *ids, ignored;
    bool has_datasets;
    if (!take(w, &a, first, drop, max, &ids, n, err) ||
        !db_get_int(&w->db, &ignored, &has_datasets, err, "SELECT 1 FROM dataset LIMIT 1", ""))
        return false;
    for (size_t i = 0; i < *n; i++)
        if (!settle_place(w, ids[i], has_datasets, err))
            return false;
    return true;
}

static bool settle_datasets(struct index_writer *w, size_t max, struct err *err)
{
    static const char first[] = "SELECT dataset FROM unsettled_dataset ORDER BY dataset LIMIT ?";
    static const char drop[] = "DELETE FROM unsettled_dataset WHERE dataset <= ?";
    AUTO_ARENA a = ARENA_INIT;
    int64_t *ids;
    size_t n;
    if (!take(w, &a, first, drop, max, &ids, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!users_settle(w, ids[i], err))
            return false;
    return true;
}

bool index_settle(struct index_writer *w, size_t max, uint64_t *n_left, struct err *err)
{
    static const char left[] = "SELECT (SELECT count(*) FROM unsettled_place) +"
                               " (SELECT count(*) FROM unsettled_dataset)";
    int64_t n = 0;
    size_t n_places;
    if (!writer_check(w, err) || !settle_places(w, max, &n_places, err) ||
        (n_places < max && !settle_datasets(w, max - n_places, err)) ||
        !db_get_int(&w->db, &n, NULL, err, left, ""))
        return false;
    *n_left = (uint64_t)n;
    return true;
}
