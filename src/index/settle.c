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

/* The datasets that uri is in or at, all marked; *innermost is the id of the last one, or 0. */
static bool mark_at(struct index_writer *w, struct str uri, int64_t *innermost, struct err *err)
{
    static const char by_uri[] = "SELECT id, uri FROM dataset WHERE uri = ?";
    static const char by_root[] = "SELECT id, uri FROM dataset WHERE root = ? AND is_pattern = 1";
    struct str folders[PLACE_MAX_PREFIXES + 1] = { uri };
    size_t n = 1 + place_ancestors(uri, folders + 1, PLACE_MAX_PREFIXES), longest = 0;
    *innermost = 0;
    for (size_t i = 0; i < 2 * n; i++) {
        AUTO_ROWS rows = { 0 };
        bool has_row = true;
        if (!db_query(&w->db, &rows, err, i % 2 == 0 ? by_uri : by_root, "s", folders[i / 2]))
            return false;
        while (has_row) {
            if (!db_next(&rows, &has_row, err))
                return false;
            struct str dataset = has_row ? db_text(&rows, 1) : STR_EMPTY;
            if (!has_row || !place_falls_into(uri, dataset))
                continue;
            if (dataset.len > longest) {
                *innermost = db_int(&rows, 0);
                longest = dataset.len;
            }
            if (!mark(w, db_int(&rows, 0), err))
                return false;
        }
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
    return db_run(&w->db, err, "DELETE FROM place WHERE id = ?", "i", place);
}

static bool settle_place(struct index_writer *w, int64_t place, struct err *err)
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
    if (!mark(w, before, err) || !mark_at(w, uri, &dataset, err) || !mark_below(w, &a, uri, err) ||
        !place_is_used(w, place, &is_used, err))
        return false;
    if (str_has_prefix(uri, STR("table:")) &&
        (!db_query(&w->db, &locations, err, bound, "s", uri) ||
         !mark_locations(w, &locations, &dataset, err)))
        return false;
    if (!is_used)
        return drop_place(w, place, err);
    return dataset == before || db_run(&w->db, err, bind, "Zi", dataset, place);
}

/* ---- All of them. ---- */

/* Take one from a queue; *id 0: it is empty. */
static bool take(struct index_writer *w, const char *first, const char *drop, int64_t *id,
                 struct err *err)
{
    bool has_id;
    if (!db_get_int(&w->db, id, &has_id, err, first, ""))
        return false;
    return !has_id || db_run(&w->db, err, drop, "i", *id);
}

bool index_settle(struct index_writer *w, size_t max, uint64_t *n_left, struct err *err)
{
    static const char first_place[] = "SELECT place FROM unsettled_place LIMIT 1";
    static const char drop_place_mark[] = "DELETE FROM unsettled_place WHERE place = ?";
    static const char first_dataset[] = "SELECT dataset FROM unsettled_dataset LIMIT 1";
    static const char drop_dataset_mark[] = "DELETE FROM unsettled_dataset WHERE dataset = ?";
    static const char left[] = "SELECT (SELECT count(*) FROM unsettled_place) +"
                               " (SELECT count(*) FROM unsettled_dataset)";
    int64_t id = 1, n = 0;
    if (!writer_check(w, err))
        return false;
    for (size_t i = 0; i < max && id != 0; i++) {
        if (!take(w, first_place, drop_place_mark, &id, err))
            return false;
        if (id != 0) {
            if (!settle_place(w, id, err))
                return false;
            continue;
        }
        if (!take(w, first_dataset, drop_dataset_mark, &id, err) ||
            (id != 0 && !users_settle(w, id, err)))
            return false;
    }
    if (!db_get_int(&w->db, &n, NULL, err, left, ""))
        return false;
    *n_left = (uint64_t)n;
    return true;
}
