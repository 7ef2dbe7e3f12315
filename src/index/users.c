/*
 * The users of one dataset: places that are about it, the references to them, one row for each
 * notebook.  What is there already is compared, so that only changes are written.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/users.h"
#include "catalog/place.h"
#include "index/patterns.h"
#include "index/ref.h"

#include <limits.h>
#include <stdlib.h>

/* Directions in which a folder above a dataset counts: to list or to delete a bucket says little of
 * what is in it. */
enum { DIRS_ABOVE = 1 << REFERENCE_READ | 1 << REFERENCE_WRITE };

struct user {
    int64_t notebook;
    unsigned dirs, maybe; /* 1 << enum reference_dir, or-ed */
};

struct users {
    struct index_writer *w;
    struct arena arena;
    struct user *items;
    size_t n, cap;
};

/* All references to a place; mask: the directions that count. */
static bool add_refs(struct users *u, int64_t place, unsigned mask, bool is_maybe, struct err *err)
{
    static const char sql[] = "SELECT notebook, what FROM ref WHERE place = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&u->w->db, &rows, err, sql, "i", place))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        int64_t what = db_int(&rows, 1);
        unsigned dir = 1U << ref_dir(what) & mask;
        if (dir == 0 || (what & REF_IS_MAY) != 0)
            continue;
        struct user user = { db_int(&rows, 0), is_maybe ? 0 : dir, is_maybe ? dir : 0 };
        if (u->n > 0 && u->items[u->n - 1].notebook == user.notebook) {
            u->items[u->n - 1].dirs |= user.dirs;
            u->items[u->n - 1].maybe |= user.maybe;
        } else {
            *ARENA_PUSH(&u->arena, u->items, u->n, u->cap) = user;
        }
    }
    return false;
}

/* Places at the dataset and inside of it. */
static bool add_inside(struct users *u, struct str uri, struct str root, struct err *err)
{
    static const char at[] = "SELECT id, uri FROM place WHERE uri = ?";
    static const char inside[] = "SELECT id, uri FROM place WHERE uri >= ? AND uri < ?";
    for (int i = 0; i < 2; i++) {
        AUTO_ROWS rows = { 0 };
        bool has_row = true;
        bool ok = i == 0 ? db_query(&u->w->db, &rows, err, at, "s", root)
                         : db_query(&u->w->db, &rows, err, inside, "ss",
                                    arena_concat(&u->arena, root, STR("/")),
                                    arena_concat(&u->arena, root, STR("0")));
        while (ok && has_row) {
            ok = db_next(&rows, &has_row, err);
            if (ok && has_row && place_falls_into(db_text(&rows, 1), uri))
                ok = add_refs(u, db_int(&rows, 0), UINT_MAX, false, err);
        }
        if (!ok)
            return false;
    }
    return true;
}

/* Places with just that uri: folders above it, names of tables. */
static bool add_at(struct users *u, struct str uri, unsigned mask, struct err *err)
{
    int64_t place;
    bool has_place;
    return db_get_int(&u->w->db, &place, &has_place, err, "SELECT id FROM place WHERE uri = ?", "s",
                      uri) &&
           (!has_place || add_refs(u, place, mask, false, err));
}

static bool add_above(struct users *u, struct str root, struct err *err)
{
    struct str folders[PLACE_MAX_PREFIXES];
    size_t n = place_ancestors(root, folders, PLACE_MAX_PREFIXES);
    for (size_t i = 0; i < n; i++)
        if (!add_at(u, folders[i], DIRS_ABOVE, err))
            return false;
    return true;
}

static bool add_tables(struct users *u, struct str root, struct err *err)
{
    static const char sql[] = "SELECT DISTINCT name FROM table_name WHERE location = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    if (!db_query(&u->w->db, &rows, err, sql, "s", root))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        if (!add_at(u, db_text(&rows, 0), UINT_MAX, err))
            return false;
    }
    return false;
}

/* A pattern that may be about the dataset. */
static bool add_pattern(struct users *u, struct str root, int64_t place, struct str uri,
                        struct err *err)
{
    struct place_match match = { .score = 0 };
    match.relation = uri_match(root, uri, &match.score);
    if (match.relation == URI_APART || match.relation == URI_INSIDE ||
        (match.relation == URI_HOLES && place_match_is_weak(&match)))
        return true;
    unsigned mask = match.relation == URI_CONTAINS ? (unsigned)DIRS_ABOVE : UINT_MAX;
    return add_refs(u, place, mask, match.relation == URI_HOLES, err);
}

static bool add_patterns(struct users *u, struct str root, struct err *err)
{
    struct str prefixes[PLACE_MAX_PREFIXES];
    size_t n = place_prefixes(root, prefixes, PLACE_MAX_PREFIXES);
    for (size_t i = 0; i < n; i++) {
        struct patterns found;
        if (!patterns_find(&u->w->db, &u->arena, prefixes[i], root, &found, err))
            return false;
        for (size_t k = 0; k < found.n; k++)
            if (!add_pattern(u, root, found.items[k].id, found.items[k].uri, err))
                return false;
    }
    return true;
}

static int by_notebook(const void *a, const void *b)
{
    const struct user *x = a, *y = b;
    return (x->notebook > y->notebook) - (x->notebook < y->notebook);
}

static void merge(struct users *u)
{
    size_t n = 0;
    if (u->n > 1)
        qsort(u->items, u->n, sizeof *u->items, by_notebook);
    for (size_t i = 0; i < u->n; i++) {
        if (n > 0 && u->items[n - 1].notebook == u->items[i].notebook) {
            u->items[n - 1].dirs |= u->items[i].dirs;
            u->items[n - 1].maybe |= u->items[i].maybe;
        } else {
            u->items[n++] = u->items[i];
        }
    }
    u->n = n;
}

/* ---- Writing. ---- */

/* The notebook is counted for the dataset under each of its kinds; n is 1 or -1. */
static bool tally_user(struct index_writer *w, int64_t dataset, int64_t notebook, int64_t n,
                       struct err *err)
{
    static const char sql[] = "SELECT kind FROM notebook_kind WHERE notebook = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    writer_tally(w, TALLY_DATASET, dataset, 0, n);
    if (!db_query(&w->db, &rows, err, sql, "i", notebook))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        writer_tally(w, TALLY_DATASET, dataset, db_int(&rows, 0), n);
    }
    return false;
}

static bool get_old(struct users *old, int64_t dataset, struct err *err)
{
    static const char sql[] =
        "SELECT notebook, dirs, maybe FROM use WHERE dataset = ? ORDER BY notebook";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&old->w->db, &rows, err, sql, "i", dataset))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        *ARENA_PUSH(&old->arena, old->items, old->n, old->cap) =
            (struct user){ db_int(&rows, 0), (unsigned)db_int(&rows, 1),
                           (unsigned)db_int(&rows, 2) };
    }
    return false;
}

/* From was to is, of one notebook; without any direction: not there. */
static bool write_user(struct index_writer *w, int64_t dataset, struct user was, struct user is,
                       struct err *err)
{
    static const char put[] = "INSERT OR REPLACE INTO use VALUES(?, ?, ?, ?)";
    static const char drop[] = "DELETE FROM use WHERE dataset = ? AND notebook = ?";
    if (was.dirs == is.dirs && was.maybe == is.maybe)
        return true;
    int64_t change = (is.dirs != 0) - (was.dirs != 0);
    if (change != 0 && !tally_user(w, dataset, is.notebook, change, err))
        return false;
    if (is.dirs == 0 && is.maybe == 0)
        return db_run(&w->db, err, drop, "ii", dataset, is.notebook);
    return db_run(&w->db, err, put, "iiii", dataset, is.notebook, (int64_t)is.dirs,
                  (int64_t)is.maybe);
}

/* Both in the order of notebooks. */
static bool write_users(struct users *old, struct users *now, int64_t dataset, struct err *err)
{
    size_t i = 0, j = 0;
    while (i < old->n || j < now->n) {
        int64_t a = i < old->n ? old->items[i].notebook : INT64_MAX;
        int64_t b = j < now->n ? now->items[j].notebook : INT64_MAX;
        struct user was = { .notebook = a < b ? a : b }, is = was;
        if (a <= b)
            was = old->items[i++];
        if (b <= a)
            is = now->items[j++];
        if (!write_user(now->w, dataset, was, is, err))
            return false;
    }
    return true;
}

static bool write_counts(struct users *u, int64_t dataset, struct err *err)
{
    static const char modified[] = "SELECT modified_s FROM notebook WHERE id = ?";
    static const char set[] = "UPDATE dataset SET n_users = ?, n_readers = ?, n_writers = ?,"
                              " n_maybe = ?, used_s = ?, read_s = ? WHERE id = ?";
    int64_t n_users = 0, n_readers = 0, n_writers = 0, n_maybe = 0, used_s = 0, read_s = 0;
    for (size_t i = 0; i < u->n; i++) {
        unsigned dirs = u->items[i].dirs;
        int64_t at_s;
        n_maybe += dirs == 0;
        if (dirs == 0)
            continue;
        if (!db_get_int(&u->w->db, &at_s, NULL, err, modified, "i", u->items[i].notebook))
            return false;
        bool is_reader = (dirs & 1U << REFERENCE_READ) != 0;
        n_users++;
        n_readers += is_reader;
        n_writers += (dirs & 1U << REFERENCE_WRITE) != 0;
        used_s = at_s > used_s ? at_s : used_s;
        read_s = is_reader && at_s > read_s ? at_s : read_s;
    }
    u->w->is_changed = true;
    return db_run(&u->w->db, err, set, "iiiiiii", n_users, n_readers, n_writers, n_maybe, used_s,
                  read_s, dataset);
}

static bool gather(struct users *u, struct str uri, struct str root, struct err *err)
{
    return add_inside(u, uri, root, err) && add_above(u, root, err) && add_tables(u, root, err) &&
           add_patterns(u, root, err);
}

bool users_settle(struct index_writer *w, int64_t dataset, struct err *err)
{
    static const char find[] = "SELECT uri, root FROM dataset WHERE id = ?";
    struct users old = { .w = w }, now = { .w = w };
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&w->db, &rows, err, find, "i", dataset) || !db_next(&rows, &has_row, err))
        return false;
    if (!has_row)
        return true;
    struct str uri = arena_str(&old.arena, db_text(&rows, 0));
    struct str root = arena_str(&old.arena, db_text(&rows, 1));
    db_rows_release(&rows);
    bool ok = get_old(&old, dataset, err) && gather(&now, uri, root, err);
    merge(&now);
    ok = ok && write_users(&old, &now, dataset, err) && write_counts(&now, dataset, err);
    arena_release(&old.arena);
    arena_release(&now.arena);
    return ok;
}

/* ---- Forgetting. ---- */

static bool forget(struct index_writer *w, const char *sql, int64_t id, bool is_dataset,
                   struct err *err)
{
    static const char mark[] = "INSERT OR IGNORE INTO unsettled_dataset VALUES(?)";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&w->db, &rows, err, sql, "i", id))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        int64_t dataset = is_dataset ? id : db_int(&rows, 0);
        int64_t notebook = is_dataset ? db_int(&rows, 0) : id;
        if (db_int(&rows, 1) != 0 && !tally_user(w, dataset, notebook, -1, err))
            return false;
        if (!is_dataset && !db_run(&w->db, err, mark, "i", dataset))
            return false;
    }
    return false;
}

bool users_forget_notebook(struct index_writer *w, int64_t notebook, struct err *err)
{
    static const char sql[] = "SELECT dataset, dirs FROM use WHERE notebook = ?";
    return forget(w, sql, notebook, false, err) &&
           db_run(&w->db, err, "DELETE FROM use WHERE notebook = ?", "i", notebook);
}

bool users_forget_dataset(struct index_writer *w, int64_t dataset, struct err *err)
{
    static const char sql[] = "SELECT notebook, dirs FROM use WHERE dataset = ?";
    return forget(w, sql, dataset, true, err) &&
           db_run(&w->db, err, "DELETE FROM use WHERE dataset = ?", "i", dataset);
}
