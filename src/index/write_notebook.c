/*
 * One notebook: its row and what hangs on it.  What is there of an older version goes first, except
 * the row, whose ids stay.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/index_internal.h"
#include "index/listing.h"
#include "index/near.h"
#include "index/postings.h"
#include "index/prepare.h"
#include "index/settle.h"
#include "index/users.h"

#include <time.h>

struct row {
    struct index_writer *w;
    int64_t id;
    int64_t owner, modified_s;
};

uint64_t index_id_of_uri(struct str uri)
{
    uint64_t id = listing_hash(uri) & INT64_MAX;
    return id == 0 ? 1 : id;
}

/* ---- Counting by kind, owner, library and month. ---- */

static int64_t month_of(int64_t modified_s)
{
    struct tm t;
    time_t at = (time_t)modified_s;
    if (gmtime_r(&at, &t) == NULL)
        return 0;
    return (t.tm_year + 1900) * 12 + t.tm_mon;
}

static void tally_kind(const struct row *row, int64_t kind, int64_t n)
{
    writer_tally(row->w, TALLY_ALL, 0, kind, n);
    writer_tally(row->w, TALLY_OWNER, row->owner, kind, n);
    writer_tally(row->w, TALLY_MONTH, month_of(row->modified_s), kind, n);
}

static void tally(const struct row *row, const int64_t *kinds, size_t n_kinds,
                  const int64_t *libraries, size_t n_libraries, int64_t n)
{
    tally_kind(row, 0, n);
    for (size_t i = 0; i < n_kinds; i++)
        tally_kind(row, kinds[i], n);
    for (size_t i = 0; i < n_libraries; i++) {
        writer_tally(row->w, TALLY_LIBRARY, libraries[i], 0, n);
        for (size_t j = 0; j < n_kinds; j++)
            writer_tally(row->w, TALLY_LIBRARY, libraries[i], kinds[j], n);
    }
}

/* Gather the first column of the few rows of a notebook. */
static bool get_ints(struct index_writer *w, struct arena *a, const char *sql, int64_t id,
                     int64_t **out, size_t *n_out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    size_t cap = 0;
    *out = NULL;
    *n_out = 0;
    if (!db_query(&w->db, &rows, err, sql, "i", id))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        *ARENA_PUSH(a, *out, *n_out, cap) = db_int(&rows, 0);
    }
    return false;
}

/* Count the notebook as its rows say it is: n is 1 or -1. */
static bool tally_notebook(const struct row *row, int64_t n, struct err *err)
{
    static const char kinds_sql[] = "SELECT kind FROM notebook_kind WHERE notebook = ?";
    static const char libraries_sql[] = "SELECT library FROM notebook_library WHERE notebook = ?";
    AUTO_ARENA a = ARENA_INIT;
    int64_t *kinds, *libraries;
    size_t n_kinds, n_libraries;
    if (!get_ints(row->w, &a, kinds_sql, row->id, &kinds, &n_kinds, err) ||
        !get_ints(row->w, &a, libraries_sql, row->id, &libraries, &n_libraries, err))
        return false;
    tally(row, kinds, n_kinds, libraries, n_libraries, n);
    return true;
}

/* ---- Removing. ---- */

static const char *const parts[] = {
    "DELETE FROM notebook_kind WHERE notebook = ?",
    "DELETE FROM notebook_library WHERE notebook = ?",
    "DELETE FROM parameter WHERE notebook = ?",
    "DELETE FROM document WHERE notebook = ?",
    "DELETE FROM table_name WHERE notebook = ?",
};

static bool remove_refs(struct index_writer *w, int64_t id, struct err *err)
{
    static const char unsettle[] = "INSERT OR IGNORE INTO unsettled_place"
                                   " SELECT DISTINCT place FROM ref WHERE notebook = ?";
    static const char drop[] = "DELETE FROM ref WHERE notebook = ?";
    if (!db_run(&w->db, err, unsettle, "i", id) || !settle_mark_tables(w, id, err) ||
        !db_run(&w->db, err, drop, "i", id))
        return false;
    writer_count(w, COUNT_REFERENCES, -db_n_changes(&w->db));
    return true;
}

/* What hangs on the row of an old version. */
static bool remove_parts(const struct row *old, int64_t near, struct err *err)
{
    struct index_writer *w = old->w;
    if (!users_forget_notebook(w, old->id, err) || !tally_notebook(old, -1, err) ||
        !remove_refs(w, old->id, err) || !near_leave(w, near, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (!db_run(&w->db, err, parts[i], "i", old->id))
            return false;
    return true;
}

/* Find the old row and take its parts away.  row->id 0: there is none. */
static bool clear_old(struct row *row, struct str uri, struct err *err)
{
    static const char sql[] = "SELECT id, owner, modified_s, near FROM notebook WHERE uri = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&row->w->db, &rows, err, sql, "s", uri) || !db_next(&rows, &has_row, err))
        return false;
    row->id = 0;
    if (!has_row)
        return true;
    *row = (struct row){ row->w, db_int(&rows, 0), db_int(&rows, 1), db_int(&rows, 2) };
    int64_t near = db_int(&rows, 3);
    db_rows_release(&rows);
    return remove_parts(row, near, err);
}

bool index_remove_notebook(struct index_writer *w, struct str uri, struct err *err)
{
    struct row row = { .w = w };
    if (!writer_check(w, err) || !clear_old(&row, uri, err))
        return false;
    if (row.id == 0)
        return true;
    writer_count(w, COUNT_NOTEBOOKS, -1);
    return db_run(&w->db, err, "DELETE FROM notebook WHERE id = ?", "i", row.id);
}

bool index_touch_notebook(struct index_writer *w, struct str uri, struct str etag,
                          int64_t modified_unix_ms, struct err *err)
{
    /* modified_s stands in the keys of other tables: they stay in step. */
    static const char *const moves[] = {
        "UPDATE notebook_kind SET modified_s = ? WHERE notebook = ?",
        "UPDATE notebook_library SET modified_s = ? WHERE notebook = ?",
    };
    static const char find[] = "SELECT id, owner, modified_s FROM notebook WHERE uri = ?";
    static const char set[] = "UPDATE notebook SET etag = ?, modified_s = ? WHERE id = ?";
    static const char unsettle[] = "INSERT OR IGNORE INTO unsettled_dataset"
                                   " SELECT dataset FROM use WHERE notebook = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!writer_check(w, err) || !db_query(&w->db, &rows, err, find, "s", uri) ||
        !db_next(&rows, &has_row, err))
        return false;
    if (!has_row)
        return true;
    struct row row = { w, db_int(&rows, 0), db_int(&rows, 1), db_int(&rows, 2) };
    db_rows_release(&rows);
    int64_t now_s = modified_unix_ms / 1000;
    if (!tally_notebook(&row, -1, err) || !db_run(&w->db, err, set, "sii", etag, now_s, row.id))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(moves); i++)
        if (!db_run(&w->db, err, moves[i], "ii", now_s, row.id))
            return false;
    row.modified_s = now_s;
    return tally_notebook(&row, 1, err) && db_run(&w->db, err, unsettle, "i", row.id);
}

/* ---- Putting. ---- */

/* A key that no other notebook has: the hash of the uri, or the next free number. */
static bool free_key(struct index_writer *w, struct str uri, int64_t *key, struct err *err)
{
    static const char sql[] = "SELECT 1 FROM notebook WHERE key = ?";
    bool is_taken = true;
    int64_t ignored;
    *key = (int64_t)index_id_of_uri(uri);
    for (; is_taken; *key = is_taken ? (*key % INT64_MAX) + 1 : *key)
        if (!db_get_int(&w->db, &ignored, &is_taken, err, sql, "i", *key))
            return false;
    return true;
}

#define ROW_VALUES                                                                                 \
    p->source, p->etag, p->size_bytes, row->modified_s, row->owner, p->title, p->n_siblings,       \
        p->error_code, p->error, language, kernel, p->format, p->n_cells, p->n_code_cells,         \
        p->n_lines, p->n_train, p->n_plot, p->n_query, p->n_write, (int64_t)p->n_references,       \
        p->n_gaps, p->hit_limit, near

/* The row itself, new or anew. */
static bool put_row(struct row *row, const struct index_prepared *p, int64_t near, struct err *err)
{
    static const char make[] =
        "INSERT INTO notebook(source, etag, size_bytes, modified_s, owner, title, n_siblings,"
        " error_code, error, language, kernel, format, n_cells, n_code_cells, n_lines, n_train,"
        " n_plot, n_query, n_write, n_references, n_gaps, hit_limit, near, key, uri)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    static const char change[] =
        "UPDATE notebook SET source = ?, etag = ?, size_bytes = ?, modified_s = ?, owner = ?,"
        " title = ?, n_siblings = ?, error_code = ?, error = ?, language = ?, kernel = ?,"
        " format = ?, n_cells = ?, n_code_cells = ?, n_lines = ?, n_train = ?, n_plot = ?,"
        " n_query = ?, n_write = ?, n_references = ?, n_gaps = ?, hit_limit = ?, near = ?"
        " WHERE id = ?";
    struct db *db = &row->w->db;
    int64_t language, kernel, key;
    if (!writer_name(row->w, p->language, &language, err) ||
        !writer_name(row->w, p->kernel, &kernel, err))
        return false;
    if (row->id != 0)
        return db_run(db, err, change, "isiiZziZzZZiiiiiiiiiizZi", ROW_VALUES, row->id);
    if (!free_key(row->w, p->uri, &key, err) ||
        !db_run(db, err, make, "isiiZziZzZZiiiiiiiiiizZis", ROW_VALUES, key, p->uri))
        return false;
    row->id = db_last_id(db);
    writer_count(row->w, COUNT_NOTEBOOKS, 1);
    return true;
}

/* libraries: room for the ids of their names. */
static bool put_libraries(const struct row *row, const struct index_prepared *p, int64_t *libraries,
                          struct err *err)
{
    static const char sql[] = "INSERT INTO notebook_library VALUES(?, ?, ?)";
    for (size_t i = 0; i < p->n_libraries; i++)
        if (!writer_name(row->w, p->libraries[i], &libraries[i], err) ||
            !db_run(&row->w->db, err, sql, "iii", libraries[i], row->modified_s, row->id))
            return false;
    return true;
}

static bool put_parameters(const struct row *row, const struct index_prepared *p, struct err *err)
{
    static const char sql[] = "INSERT INTO parameter VALUES(?, ?, ?, ?, ?, ?)";
    for (size_t i = 0; i < p->n_parameters; i++) {
        const struct prepared_parameter *item = &p->parameters[i];
        if (!db_run(&row->w->db, err, sql, "iissii", row->id, (int64_t)i, item->name, item->value,
                    item->cell, item->line))
            return false;
    }
    return true;
}

static bool put_kinds(const struct row *row, const struct index_prepared *p, struct err *err)
{
    static const char sql[] = "INSERT OR REPLACE INTO notebook_kind VALUES(?, ?, ?, ?, ?)";
    for (size_t i = 0; i < p->n_kinds; i++) {
        const struct prepared_kind *k = &p->kinds[i];
        if (!db_run(&row->w->db, err, sql, "iiiis", k->kind, row->modified_s, row->id, k->weight,
                    k->evidence))
            return false;
    }
    return true;
}

static bool put_references(const struct row *row, const struct index_prepared *p, struct err *err)
{
    static const char sql[] = "INSERT INTO ref VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    for (size_t i = 0; i < p->n_references; i++) {
        const struct prepared_reference *r = &p->references[i];
        int64_t place, via;
        if (!writer_place(row->w, r->place, &place, err) ||
            !writer_name(row->w, r->via, &via, err) ||
            !db_run(&row->w->db, err, sql, "iiiiiiiZzz", row->id, (int64_t)i, place, r->what,
                    r->cell, r->line, r->col, via, r->holes, r->local))
            return false;
    }
    writer_count(row->w, COUNT_REFERENCES, (int64_t)p->n_references);
    return true;
}

static bool put_tables(const struct row *row, const struct index_prepared *p, struct err *err)
{
    static const char sql[] = "INSERT INTO table_name VALUES(?, ?, ?, ?, ?, ?)";
    for (size_t i = 0; i < p->n_tables; i++) {
        const struct prepared_table *t = &p->tables[i];
        if (!db_run(&row->w->db, err, sql, "iissii", row->id, (int64_t)i, t->name, t->location,
                    t->cell, t->line))
            return false;
    }
    return p->n_tables == 0 || settle_mark_tables(row->w, row->id, err);
}

static bool put_documents(const struct row *row, const struct index_prepared *p, struct err *err)
{
    static const char sql[] = "INSERT INTO document(notebook, first_cell, body) VALUES(?, ?, ?)";
    for (size_t i = 0; i < p->n_documents; i++) {
        const struct prepared_document *d = &p->documents[i];
        if (!db_run(&row->w->db, err, sql, "iib", row->id, d->first_cell, d->body) ||
            !writer_unindexed(row->w, SPACE_CODE, db_last_id(&row->w->db), err))
            return false;
    }
    return true;
}

/* What hangs on the row, and its counts. */
static bool put_parts(const struct row *row, const struct index_prepared *p, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    int64_t *libraries = ARENA_NEW_N(&a, int64_t, p->n_libraries);
    int64_t *kinds = ARENA_NEW_N(&a, int64_t, p->n_kinds);
    for (size_t i = 0; i < p->n_kinds; i++)
        kinds[i] = p->kinds[i].kind;
    if (!put_libraries(row, p, libraries, err) || !put_parameters(row, p, err) ||
        !put_references(row, p, err) || !put_kinds(row, p, err) || !put_documents(row, p, err) ||
        !put_tables(row, p, err) || !writer_unindexed(row->w, SPACE_NOTEBOOK_NAMES, row->id, err))
        return false;
    tally(row, kinds, p->n_kinds, libraries, p->n_libraries, 1);
    return true;
}

bool index_put_prepared(struct index_writer *w, const struct index_prepared *p, int64_t *id,
                        struct err *err)
{
    struct row row = { .w = w };
    int64_t near = 0;
    if (!writer_check(w, err) || !clear_old(&row, p->uri, err) ||
        !writer_name(w, p->owner, &row.owner, err) || !near_join(w, &p->sketch, &near, err))
        return false;
    row.modified_s = p->modified_s;
    if (!put_row(&row, p, near, err) || !put_parts(&row, p, err))
        return false;
    if (id != NULL)
        *id = row.id;
    return true;
}

bool index_put_notebook(struct index_writer *w, const struct index_notebook *nb, int64_t *id,
                        struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    return index_put_prepared(w, index_prepare_notebook(&a, nb), id, err);
}
