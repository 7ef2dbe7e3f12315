/* SPDX-License-Identifier: Apache-2.0 */
#include "index/near.h"
#include "catalog/sketch.h"

/* Groups that are compared with one sketch, and groups of one key that are looked at: a key that
 * thousands share says little. */
enum { MAX_CANDIDATES = 200, MAX_OF_KEY = 50 };

struct candidates {
    int64_t ids[MAX_CANDIDATES];
    struct sketch sketches[MAX_CANDIDATES];
    size_t n;
};

static bool is_known(const struct candidates *c, int64_t id)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->ids[i] == id)
            return true;
    return false;
}

static bool add_of_key(struct index_writer *w, struct candidates *c, uint64_t key, struct err *err)
{
    static const char sql[] = "SELECT g.id, g.sketch FROM near_band b JOIN near_group g"
                              " ON g.id = b.near WHERE b.band = ? ORDER BY b.near LIMIT ?";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&w->db, &rows, err, sql, "ii", (int64_t)key, (int64_t)MAX_OF_KEY))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        int64_t id = db_int(&rows, 0);
        if (c->n < MAX_CANDIDATES && !is_known(c, id) &&
            sketch_read(db_blob(&rows, 1), &c->sketches[c->n]))
            c->ids[c->n++] = id;
    }
    return false;
}

static bool make_group(struct index_writer *w, struct str bytes, const uint64_t *keys,
                       int64_t *group, struct err *err)
{
    static const char make[] = "INSERT INTO near_group(sketch, n) VALUES(?, 1)";
    static const char add_key[] = "INSERT OR IGNORE INTO near_band VALUES(?, ?)";
    if (!db_run(&w->db, err, make, "b", bytes))
        return false;
    *group = db_last_id(&w->db);
    for (size_t i = 0; i < SKETCH_BANDS; i++)
        if (!db_run(&w->db, err, add_key, "ii", (int64_t)keys[i], *group))
            return false;
    return true;
}

/* The group of the most similar leader, or a new one; a member more either way. */
static bool choose(struct index_writer *w, const struct sketch *sketch, struct str bytes,
                   int64_t *group, struct err *err)
{
    static const char join[] = "UPDATE near_group SET n = n + 1 WHERE id = ?";
    uint64_t keys[SKETCH_BANDS];
    AUTO_ARENA a = ARENA_INIT;
    struct candidates *c = ARENA_NEW(&a, struct candidates);
    sketch_keys(sketch, keys);
    for (size_t i = 0; i < SKETCH_BANDS; i++)
        if (!add_of_key(w, c, keys[i], err))
            return false;
    size_t chosen = sketch_choose(sketch, c->sketches, c->n);
    bool is_new = chosen == SIZE_MAX;
    *group = is_new ? 0 : c->ids[chosen];
    if (is_new ? !make_group(w, bytes, keys, group, err) : !db_run(&w->db, err, join, "i", *group))
        return false;
    /* No leader can be more similar than one that is the same. */
    if (is_new || sketch_equal_lanes(sketch, &c->sketches[chosen]) == SKETCH_LANES)
        memo_put(&w->sketches, bytes, *group);
    return true;
}

bool near_join(struct index_writer *w, const struct sketch *sketch, int64_t *group, struct err *err)
{
    static const char join_known[] = "UPDATE near_group SET n = n + 1 WHERE id = ?";
    unsigned char bytes[SKETCH_BYTES];
    const struct str key = { (const char *)bytes, sizeof bytes };
    *group = 0;
    if (sketch->is_empty)
        return true;
    sketch_write(sketch, bytes);
    const struct memo_item *known = memo_find(&w->sketches, key);
    if (known == NULL)
        return choose(w, sketch, key, group, err);
    *group = known->id;
    return db_run(&w->db, err, join_known, "i", *group);
}

/* The last member left: the keys go by what made them. */
static bool drop_group(struct index_writer *w, int64_t group, struct str bytes, struct err *err)
{
    static const char drop_key[] = "DELETE FROM near_band WHERE band = ? AND near = ?";
    uint64_t keys[SKETCH_BANDS];
    struct sketch sketch;
    memo_forget(&w->sketches);
    if (!sketch_read(bytes, &sketch))
        return err_set(err, ERR_PARSE, "a sketch is damaged in the index");
    sketch_keys(&sketch, keys);
    for (size_t i = 0; i < SKETCH_BANDS; i++)
        if (!db_run(&w->db, err, drop_key, "ii", (int64_t)keys[i], group))
            return false;
    return db_run(&w->db, err, "DELETE FROM near_group WHERE id = ?", "i", group);
}

bool near_leave(struct index_writer *w, int64_t group, struct err *err)
{
    static const char leave[] = "UPDATE near_group SET n = n - 1 WHERE id = ?";
    static const char find[] = "SELECT sketch FROM near_group WHERE id = ? AND n <= 0";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (group == 0)
        return true;
    if (!db_run(&w->db, err, leave, "i", group) ||
        !db_query(&w->db, &rows, err, find, "i", group) || !db_next(&rows, &has_row, err))
        return false;
    return !has_row || drop_group(w, group, db_blob(&rows, 0), err);
}
