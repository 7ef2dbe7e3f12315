/*
 * Taking up documents and names into the trigrams.
 *
 * The queue unindexed says what is missing.  A batch takes some megabytes of it, writes its
 * postings under a new number and shortens the queue, all in one transaction.  When enough batches
 * lie beside one another they are compacted, trigram by trigram, also in pieces.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/index_internal.h"
#include "index/postings.h"
#include "index/search.h"
#include "index/write.h"

/* A row for each batch of each trigram takes some 15 bytes beside its documents, so a small index
 * (by its documents) is compacted sooner, where it costs a second at most. */
enum { DEFAULT_BATCH = 8 << 20, COMPACTED_ROWS = 60000 };
enum { SMALL = 50000, MOST_BATCHES_SMALL = 4, MOST_BATCHES = 12 };

static const char *const texts[N_SPACES] = {
    [SPACE_CODE] = "SELECT body FROM document WHERE id = ?",
    [SPACE_NOTEBOOK_NAMES] =
        "SELECT uri || char(10) || coalesce(title, '') FROM notebook WHERE id = ?",
    [SPACE_DATASET_NAMES] = "SELECT uri FROM dataset WHERE id = ?",
};

/* Numbers of the table meta, by space. */
static const char *const batch_keys[N_SPACES] = { "search_batch_0", "search_batch_1",
                                                  "search_batch_2" };
static const char *const fresh_keys[N_SPACES] = { "search_fresh_0", "search_fresh_1",
                                                  "search_fresh_2" };
static const char *const cursor_keys[N_SPACES] = { "search_cursor_0", "search_cursor_1",
                                                   "search_cursor_2" };

static bool get_meta(struct index_writer *w, const char *key, int64_t *out, struct err *err)
{
    return db_get_int(&w->db, out, NULL, err, "SELECT value FROM meta WHERE key = ?", "s",
                      str_from(key));
}

static bool set_meta(struct index_writer *w, const char *key, int64_t value, struct err *err)
{
    return db_run(&w->db, err, "INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)", "si",
                  str_from(key), value);
}

/* The cells of a document one by one, so that no trigram spans two. */
static bool add_document(struct postings *p, int64_t id, struct str body, size_t *n_bytes,
                         struct err *err)
{
    AUTO_BUF room = BUF_INIT(SIZE_MAX);
    struct document d;
    struct document_cell cell;
    bool has_cell;
    if (!document_open(&d, body, &room, err))
        return false;
    *n_bytes += (size_t)(d.end - d.at) + 1;
    while (document_next(&d, &cell, &has_cell, err)) {
        if (!has_cell)
            return true;
        postings_add(p, id, cell.text);
    }
    return false;
}

static bool add_one(struct index_writer *w, struct postings *p, enum space space, int64_t id,
                    size_t *n_bytes, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&w->db, &rows, err, texts[space], "i", id) || !db_next(&rows, &has_row, err))
        return false;
    if (!has_row) /* gone meanwhile */
        return true;
    struct str text = db_blob(&rows, 0);
    if (space == SPACE_CODE)
        return add_document(p, id, text, n_bytes, err);
    *n_bytes += text.len + 1;
    postings_add(p, id, text);
    return true;
}

/* *last: the last id that was taken; INT64_MIN: none. */
static bool gather(struct index_writer *w, struct postings *p, enum space space, size_t max_bytes,
                   int64_t *last, struct err *err)
{
    static const char queue[] = "SELECT id FROM unindexed WHERE space = ? ORDER BY id";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    size_t n_bytes = 0;
    *last = INT64_MIN;
    if (!db_query(&w->db, &rows, err, queue, "i", (int64_t)space))
        return false;
    while (n_bytes < max_bytes) {
        if (!db_next(&rows, &has_row, err))
            return false;
        if (!has_row)
            return true;
        *last = db_int(&rows, 0);
        if (!add_one(w, p, space, *last, &n_bytes, err))
            return false;
    }
    return true;
}

static bool take_up(struct index_writer *w, struct postings *p, enum space space, size_t max_bytes,
                    bool *is_done, struct err *err)
{
    static const char drop[] = "DELETE FROM unindexed WHERE space = ? AND id <= ?";
    int64_t last, batch, fresh;
    if (!gather(w, p, space, max_bytes, &last, err))
        return false;
    *is_done = last == INT64_MIN;
    if (*is_done)
        return true;
    return get_meta(w, batch_keys[space], &batch, err) &&
           get_meta(w, fresh_keys[space], &fresh, err) &&
           postings_write(p, &w->db, space, batch + 1, err) &&
           set_meta(w, batch_keys[space], batch + 1, err) &&
           set_meta(w, fresh_keys[space], fresh + 1, err) &&
           db_run(&w->db, err, drop, "ii", (int64_t)space, last);
}

/* ---- Compacting. ---- */

/* A bit for each document that is there. */
struct alive {
    struct arena arena;
    unsigned char *bits;
    int64_t n;
};

static bool is_dead(void *ctx, int64_t id)
{
    const struct alive *alive = ctx;
    return id >= alive->n || (alive->bits[id / 8] & 1 << id % 8) == 0;
}

static bool load_alive(struct index_writer *w, struct alive *alive, struct err *err)
{
    static const char most[] = "SELECT max(id) FROM document";
    static const char all[] = "SELECT id FROM document";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_get_int(&w->db, &alive->n, NULL, err, most, "") ||
        !db_query(&w->db, &rows, err, all, ""))
        return false;
    alive->n++;
    alive->bits = arena_alloc(&alive->arena, (size_t)alive->n / 8 + 1);
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        int64_t id = db_int(&rows, 0);
        alive->bits[id / 8] |= (unsigned char)(1 << id % 8);
    }
    return false;
}

/* Are so many batches beside one another, or is it under way already? */
static bool is_to_compact(struct index_writer *w, enum space space, int64_t *cursor, bool *is_due,
                          struct err *err)
{
    int64_t fresh, last;
    if (!get_meta(w, fresh_keys[space], &fresh, err) ||
        !get_meta(w, cursor_keys[space], cursor, err) ||
        !db_get_int(&w->db, &last, NULL, err, "SELECT max(id) FROM document", ""))
        return false;
    *is_due = *cursor != 0 || fresh >= (last <= SMALL ? MOST_BATCHES_SMALL : MOST_BATCHES);
    return true;
}

/* A piece of the work, if there is some.  Rows that are written meanwhile have higher batches and
 * wait for the next round. */
static bool compact(struct index_writer *w, enum space space, bool *is_done, struct err *err)
{
    int64_t cursor;
    bool is_due;
    if (!is_to_compact(w, space, &cursor, &is_due, err))
        return false;
    *is_done = !is_due;
    if (*is_done)
        return true;
    struct alive alive = { 0 };
    bool ok = space != SPACE_CODE || load_alive(w, &alive, err);
    ok = ok && postings_compact(&w->db, space, &cursor, COMPACTED_ROWS,
                                space == SPACE_CODE ? is_dead : NULL, &alive, err);
    arena_release(&alive.arena);
    if (!ok || cursor != INT64_MAX)
        return ok && set_meta(w, cursor_keys[space], cursor, err);
    return set_meta(w, cursor_keys[space], 0, err) && set_meta(w, fresh_keys[space], 1, err);
}

/* ---- One batch. ---- */

static bool step(struct index_writer *w, size_t max_bytes, struct err *err)
{
    bool is_done = true, ok = true;
    if (w->postings == NULL)
        w->postings = postings_new();
    for (int space = 0; space < N_SPACES && is_done && ok; space++)
        ok = take_up(w, w->postings, (enum space)space, max_bytes, &is_done, err);
    for (int space = 0; space < N_SPACES && is_done && ok; space++)
        ok = compact(w, (enum space)space, &is_done, err);
    return ok;
}

/* Documents, and one for each space that is to be compacted. */
static bool count_left(struct index_writer *w, uint64_t *n_left, struct err *err)
{
    static const char queue[] = "SELECT count(*) FROM unindexed";
    int64_t n, cursor;
    bool is_due;
    if (!db_get_int(&w->db, &n, NULL, err, queue, ""))
        return false;
    for (int space = 0; space < N_SPACES; space++) {
        if (!is_to_compact(w, (enum space)space, &cursor, &is_due, err))
            return false;
        n += is_due;
    }
    *n_left = (uint64_t)n;
    return true;
}

bool index_search_catch_up(struct index_writer *w, size_t max_bytes, uint64_t *n_left,
                           struct err *err)
{
    if (!index_begin(w, NULL, err))
        return false;
    if (!step(w, max_bytes == 0 ? DEFAULT_BATCH : max_bytes, err) || !count_left(w, n_left, err)) {
        index_rollback(w);
        postings_free(w->postings); /* it may hold a part of the batch */
        w->postings = NULL;
        return false;
    }
    return index_commit(w, false, err);
}
