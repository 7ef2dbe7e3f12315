/*
 * Places: a row for each location that notebooks name, under the key that all its spellings share.
 * Patterns (holes, globs) carry what is known in front and behind, by which a question finds them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/place.h"
#include "index/index_internal.h"
#include "index/patterns.h"

static bool find_or_make(struct index_writer *w, struct str key, int64_t *id, struct err *err)
{
    static const char find[] = "SELECT id FROM place WHERE uri = ?";
    static const char make[] = "INSERT INTO place(uri, prefix, middle, tail) VALUES(?, ?, ?, ?)";
    static const char make_plain[] = "INSERT INTO place(uri) VALUES(?)";
    bool has_id;
    if (!db_get_int(&w->db, id, &has_id, err, find, "s", key))
        return false;
    if (has_id)
        return true;
    struct place_pattern p = place_pattern(key);
    if (p.is_pattern
            ? !db_run(&w->db, err, make, "ssss", key, p.prefix, pattern_middle(key), p.suffix)
            : !db_run(&w->db, err, make_plain, "s", key))
        return false;
    *id = db_last_id(&w->db);
    writer_count(w, COUNT_PLACES, 1);
    return true;
}

bool writer_place(struct index_writer *w, struct str key, int64_t *id, struct err *err)
{
    static const char queue[] = "INSERT OR IGNORE INTO unsettled_place VALUES(?)";
    struct memo_item *known = memo_find(&w->places, key);
    if (known == NULL) {
        if (!find_or_make(w, key, id, err))
            return false;
        known = memo_put(&w->places, key, *id);
    }
    *id = known->id;
    if (known->mark == w->n_batches)
        return true;
    known->mark = w->n_batches;
    return db_run(&w->db, err, queue, "i", *id);
}
