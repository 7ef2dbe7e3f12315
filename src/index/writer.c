/*
 * The writer's connection and its batches.
 *
 * Numbers that many rows of a batch change (tally, meta) are gathered in memory and written once,
 * at the commit.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/index_internal.h"
#include "index/postings.h"
#include "index/write.h"
#include "util/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool index_writer_open(struct index *ix, struct index_writer **out, struct err *err)
{
    if (ix->options.mode == INDEX_READ_ONLY)
        return err_set(err, ERR_FORBIDDEN, "%s: the index was opened for reading only", ix->path);
    struct index_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        panic("out of memory");
    struct db_options o = index_db_options(ix);
    o.is_writer = true;
    o.is_created = false;
    o.cache_bytes *= 4;
    if (!db_open(&w->db, &o, err)) {
        free(w);
        return false;
    }
    w->index = ix;
    memo_init(&w->names);
    memo_init(&w->places);
    memo_init(&w->sketches);
    memo_init(&w->no_datasets);
    *out = w;
    return true;
}

void index_writer_close(struct index_writer *w)
{
    if (w == NULL)
        return;
    index_rollback(w);
    db_close(&w->db);
    memo_release(&w->names);
    memo_release(&w->places);
    memo_release(&w->sketches);
    memo_release(&w->no_datasets);
    postings_free(w->postings);
    free(w->tallies);
    free(w);
}

bool writer_check(struct index_writer *w, struct err *err)
{
    return w->is_in_batch || err_set(err, ERR_INTERNAL, "a write outside of a batch");
}

/* PRAGMA data_version changes when another connection committed: then places and groups that were
 * known may be gone. */
static bool check_memos(struct index_writer *w, struct err *err)
{
    int64_t version;
    if (!db_get_int(&w->db, &version, NULL, err, "PRAGMA data_version", ""))
        return false;
    if (version != w->data_version || memo_is_full(&w->places))
        memo_forget(&w->places);
    if (version != w->data_version || memo_is_full(&w->sketches))
        memo_forget(&w->sketches);
    if (memo_is_full(&w->names))
        memo_forget(&w->names);
    memo_forget(&w->no_datasets);
    w->data_version = version;
    return true;
}

static void begin_counting(struct index_writer *w)
{
    w->is_changed = false;
    memset(w->counts, 0, sizeof w->counts);
    if (w->n_tallies > 0)
        memset(w->tallies, 0, w->cap_tallies * sizeof *w->tallies);
    w->n_tallies = 0;
}

static bool check_fence(struct index_writer *w, const struct index_lease *lease, struct err *err)
{
    static const char sql[] = "SELECT fence FROM lease WHERE source = ? AND holder = ?";
    int64_t fence;
    bool has_fence;
    if (!db_get_int(&w->db, &fence, &has_fence, err, sql, "is", lease->source,
                    str_from(lease->holder)))
        return false;
    if (has_fence && fence == lease->fence)
        return true;
    err_set(err, ERR_CONFLICT, "the scan of this source was taken over by another process");
    return err_fix(err, "Nothing is to be done: the other one goes on with it.");
}

bool index_begin(struct index_writer *w, const struct index_lease *lease, struct err *err)
{
    if (w->is_in_batch)
        return err_set(err, ERR_INTERNAL, "a batch within a batch");
    if (!db_run(&w->db, err, "BEGIN IMMEDIATE", ""))
        return false;
    w->is_in_batch = true;
    w->n_batches++;
    begin_counting(w);
    if (check_memos(w, err) && (lease == NULL || check_fence(w, lease, err)))
        return true;
    index_rollback(w);
    return false;
}

void index_rollback(struct index_writer *w)
{
    if (!w->is_in_batch)
        return;
    /* SQLite has rolled back already after some failures. */
    if (sqlite3_get_autocommit(w->db.handle) == 0)
        db_try(&w->db, "ROLLBACK");
    w->is_in_batch = false;
    memo_forget(&w->names);
    memo_forget(&w->places);
    memo_forget(&w->sketches);
}

/* ---- What is counted. ---- */

void writer_count(struct index_writer *w, enum count count, int64_t n)
{
    w->counts[count] += n;
    w->is_changed = true;
}

static struct tally_delta *find_tally(struct tally_delta *table, size_t cap,
                                      const struct tally_delta *d)
{
    uint64_t h = (uint64_t)d->key * 0x9E3779B97F4A7C15u ^
                 ((uint64_t)d->axis << 8 | (uint64_t)d->kind) * 0xD6E8FEB86659FD93u;
    size_t at = (h ^ h >> 29) % cap;
    while (table[at].is_used &&
           (table[at].key != d->key || table[at].axis != d->axis || table[at].kind != d->kind))
        at = (at + 1) % cap;
    return &table[at];
}

static void grow_tallies(struct index_writer *w)
{
    size_t cap = w->cap_tallies == 0 ? 1024 : w->cap_tallies * 2;
    struct tally_delta *table = calloc(cap, sizeof *table);
    if (table == NULL)
        panic("out of memory");
    for (size_t i = 0; i < w->cap_tallies; i++)
        if (w->tallies[i].is_used)
            *find_tally(table, cap, &w->tallies[i]) = w->tallies[i];
    free(w->tallies);
    w->tallies = table;
    w->cap_tallies = cap;
}

void writer_tally(struct index_writer *w, enum tally_axis axis, int64_t key, int64_t kind,
                  int64_t n)
{
    if (w->n_tallies * 2 >= w->cap_tallies)
        grow_tallies(w);
    struct tally_delta d = { .key = key, .axis = (int32_t)axis, .kind = (int32_t)kind };
    struct tally_delta *at = find_tally(w->tallies, w->cap_tallies, &d);
    if (!at->is_used) {
        *at = d;
        at->is_used = true;
        w->n_tallies++;
    }
    at->n += n;
    w->is_changed = true;
}

static bool write_tallies(struct index_writer *w, struct err *err)
{
    static const char add[] = "INSERT INTO tally(axis, key, kind, n) VALUES(?, ?, ?, ?)"
                              " ON CONFLICT DO UPDATE SET n = n + excluded.n";
    static const char drop[] =
        "DELETE FROM tally WHERE axis = ? AND key = ? AND kind = ? AND n <= 0";
    for (size_t i = 0; i < w->cap_tallies && w->n_tallies > 0; i++) {
        const struct tally_delta *d = &w->tallies[i];
        if (!d->is_used || d->n == 0)
            continue;
        if (!db_run(&w->db, err, add, "iiii", (int64_t)d->axis, d->key, (int64_t)d->kind, d->n))
            return false;
        if (d->n < 0 &&
            !db_run(&w->db, err, drop, "iii", (int64_t)d->axis, d->key, (int64_t)d->kind))
            return false;
    }
    return true;
}

static bool write_counts(struct index_writer *w, struct err *err)
{
    static const char add[] = "INSERT INTO meta(key, value) VALUES(?, ?)"
                              " ON CONFLICT DO UPDATE SET value = value + excluded.value";
    static const char set[] = "INSERT OR REPLACE INTO meta(key, value) VALUES('updated_ms', ?)";
    static const char *const keys[N_COUNTS] = { "n_sources", "n_notebooks", "n_datasets",
                                                "n_places", "n_references" };
    for (size_t i = 0; i < N_COUNTS; i++)
        if (w->counts[i] != 0 && !db_run(&w->db, err, add, "si", str_from(keys[i]), w->counts[i]))
            return false;
    return !w->is_changed || (db_run(&w->db, err, add, "si", STR("data_version"), (int64_t)1) &&
                              db_run(&w->db, err, set, "i", clock_unix_ms()));
}

/* With synchronous=NORMAL a commit is in the write-ahead log, in the hands of the system.  The log
 * alone has to reach the disk: it is whole without the file. */
static bool sync_log(const struct index_writer *w, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str path = arena_printf(&a, "%s-wal%c", w->index->path, '\0');
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, errno, "%s", path.ptr);
    bool ok = fdatasync(fd) == 0 || err_errno(err, errno, "%s: cannot be written out", path.ptr);
    (void)close(fd);
    return ok;
}

bool index_commit(struct index_writer *w, bool is_durable, struct err *err)
{
    if (!writer_check(w, err))
        return false;
    if (!write_tallies(w, err) || !write_counts(w, err) || !db_run(&w->db, err, "COMMIT", "")) {
        index_rollback(w);
        return false;
    }
    w->is_in_batch = false;
    return !is_durable || sync_log(w, err);
}

void index_writer_tidy(struct index_writer *w)
{
    if (sqlite3_total_changes64(w->db.handle) > 0)
        db_try(&w->db, "PRAGMA wal_checkpoint(PASSIVE)");
}

/* ---- Names. ---- */

bool writer_name(struct index_writer *w, struct str text, int64_t *id, struct err *err)
{
    static const char find[] = "SELECT id FROM name WHERE text = ?";
    static const char make[] = "INSERT INTO name(text) VALUES(?)";
    *id = 0;
    if (text.len == 0)
        return true;
    const struct memo_item *known = memo_find(&w->names, text);
    if (known != NULL) {
        *id = known->id;
        return true;
    }
    bool has_id;
    if (!db_get_int(&w->db, id, &has_id, err, find, "s", text))
        return false;
    if (!has_id) {
        if (!db_run(&w->db, err, make, "s", text))
            return false;
        *id = db_last_id(&w->db);
    }
    memo_put(&w->names, text, *id);
    return true;
}

bool writer_unindexed(struct index_writer *w, int space, int64_t id, struct err *err)
{
    return db_run(&w->db, err, "INSERT OR IGNORE INTO unindexed VALUES(?, ?)", "ii", (int64_t)space,
                  id);
}
