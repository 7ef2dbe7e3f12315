/*
 * The blocks of a source in its table.  A cursor remembers a key, not a place, because blocks are
 * cut and joined by listing_replace() while it reads on.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/listing.h"
#include "index/index_internal.h"
#include "util/limits.h"

#include <stdlib.h>
#include <string.h>

struct listing_cursor {
    struct index *index;
    int64_t source;
    struct buf prefix, after, bytes, last; /* after: the last key that was given */
    struct listing_block block;
    bool has_block, is_done;
};

static void set(struct buf *b, struct str text)
{
    buf_reset(b);
    buf_add(b, text);
}

bool listing_cursor_open(struct index *ix, int64_t source, struct str prefix, struct str after,
                         struct listing_cursor **out, struct err *err)
{
    if (prefix.len > LIMIT_KEY_BYTES || after.len > LIMIT_KEY_BYTES)
        return err_set(err, ERR_INVALID, "a key has at most %lu bytes", LIMIT_KEY_BYTES);
    struct listing_cursor *c = calloc(1, sizeof *c);
    if (c == NULL)
        panic("out of memory");
    c->index = ix;
    c->source = source;
    c->prefix.limit = c->after.limit = c->last.limit = LIMIT_KEY_BYTES;
    c->bytes.limit = SIZE_MAX;
    set(&c->prefix, prefix);
    set(&c->after, after);
    *out = c;
    return true;
}

void listing_cursor_close(struct listing_cursor *c)
{
    if (c == NULL)
        return;
    buf_release(&c->prefix);
    buf_release(&c->after);
    buf_release(&c->bytes);
    buf_release(&c->last);
    free(c);
}

struct str listing_cursor_block_last(const struct listing_cursor *c)
{
    return buf_str(&c->last);
}

/* The first block that holds something behind a key, and not before the prefix. */
static bool find_block(struct db *db, struct listing_cursor *c, bool *has_block, struct err *err)
{
    /* The block that begins at or before the key may reach behind it; all others begin there. */
    static const char before[] = "SELECT block, last_key FROM listing WHERE source = ?"
                                 " AND first_key <= ? ORDER BY first_key DESC LIMIT 1";
    static const char behind[] = "SELECT block, last_key FROM listing WHERE source = ?"
                                 " AND first_key > ? ORDER BY first_key LIMIT 1";
    struct str key = buf_str(&c->after), prefix = buf_str(&c->prefix);
    bool is_in_prefix = str_cmp(key, prefix) >= 0;
    struct str from = is_in_prefix ? key : prefix;
    for (int i = 0; i < 2; i++) {
        AUTO_ROWS rows = { 0 };
        if (!db_query(db, &rows, err, i == 0 ? before : behind, "ib", c->source, from) ||
            !db_next(&rows, has_block, err))
            return false;
        if (!*has_block)
            continue;
        struct str last = db_blob(&rows, 1);
        int order = str_cmp(last, from);
        if (i == 0 && (is_in_prefix ? order <= 0 : order < 0))
            continue;
        set(&c->bytes, db_blob(&rows, 0));
        set(&c->last, last);
        return true;
    }
    *has_block = false;
    return true;
}

static bool load_block(struct listing_cursor *c, struct err *err)
{
    struct index_reader *r;
    if (!index_reader_take(c->index, &r, err))
        return false;
    bool ok = find_block(&r->db, c, &c->has_block, err);
    index_reader_give(r);
    if (!ok || !c->has_block)
        return ok;
    return listing_block_open(&c->block, buf_str(&c->bytes), err);
}

bool listing_cursor_next(struct listing_cursor *c, struct listing_entry *out, bool *has_out,
                         struct err *err)
{
    struct listing_entry e;
    bool has_entry = false;
    while (!c->is_done) {
        if (!c->has_block) {
            if (!load_block(c, err))
                return false;
            c->is_done = !c->has_block;
            continue;
        }
        if (!listing_block_next(&c->block, &e, &has_entry, err))
            return false;
        if (!has_entry) {
            c->has_block = false;
            continue;
        }
        struct str prefix = buf_str(&c->prefix);
        if ((c->after.len > 0 && str_cmp(e.key, buf_str(&c->after)) <= 0) ||
            str_cmp(e.key, prefix) < 0)
            continue;
        if (!str_has_prefix(e.key, prefix))
            break;
        set(&c->after, e.key);
        *out = e;
        *has_out = true;
        return true;
    }
    c->is_done = true;
    *has_out = false;
    return true;
}

/* ---- Replacing. ---- */

/* Blocks are written with LISTING_BLOCK_ENTRIES; those that lie at the ends of what is replaced are
 * joined with it when they are small, and cut in two when they grow past MOST_ENTRIES. */
enum {
    MOST_ENTRIES = LISTING_BLOCK_ENTRIES * 3 / 2,
    FEW_ENTRIES = LISTING_BLOCK_ENTRIES / 2,
    PENDING = MOST_ENTRIES + LISTING_BLOCK_ENTRIES,
};

/* An old block that is cut or joined. */
struct old_block {
    int64_t id; /* 0: none */
    struct buf bytes;
};

struct gather {
    struct db *db;
    int64_t source;
    struct arena arena; /* of the keys of what stays of old blocks */
    struct listing_entry pending[PENDING];
    size_t n;
    struct buf bytes;
    struct old_block front, rear;
};

static bool write_block(struct gather *g, size_t n, struct err *err)
{
    static const char sql[] =
        "INSERT INTO listing(source, first_key, last_key, n, block) VALUES(?, ?, ?, ?, ?)";
    if (n == 0)
        return true;
    buf_reset(&g->bytes);
    listing_block_encode(&g->bytes, g->pending, n);
    if (!db_run(g->db, err, sql, "ibbib", g->source, g->pending[0].key, g->pending[n - 1].key,
                (int64_t)n, buf_str(&g->bytes)))
        return false;
    g->n -= n;
    memmove(g->pending, g->pending + n, g->n * sizeof g->pending[0]);
    return true;
}

static bool add_entry(struct gather *g, const struct listing_entry *e, struct err *err)
{
    if (g->n == PENDING && !write_block(g, LISTING_BLOCK_ENTRIES, err))
        return false;
    g->pending[g->n++] = *e;
    return true;
}

static bool write_rest(struct gather *g, struct err *err)
{
    while (g->n > MOST_ENTRIES)
        if (!write_block(g, g->n >= 2 * LISTING_BLOCK_ENTRIES ? LISTING_BLOCK_ENTRIES : g->n / 2,
                         err))
            return false;
    return write_block(g, g->n, err);
}

/* The entries of an old block that stay: those up to after, or those behind last. */
static bool add_kept(struct gather *g, const struct old_block *old, struct str after,
                     struct str last, bool is_front, struct err *err)
{
    struct listing_block b;
    struct listing_entry e;
    bool has_entry = true;
    if (old->id == 0)
        return true;
    if (!listing_block_open(&b, buf_str(&old->bytes), err))
        return false;
    while (listing_block_next(&b, &e, &has_entry, err)) {
        if (!has_entry)
            return true;
        bool stays =
            is_front ? str_cmp(e.key, after) <= 0 : last.len > 0 && str_cmp(e.key, last) > 0;
        if (!stays)
            continue;
        e.key = arena_str(&g->arena, e.key);
        if (!add_entry(g, &e, err))
            return false;
    }
    return false;
}

static bool take_block(struct db_rows *rows, struct old_block *old, bool *has_row, struct err *err)
{
    if (!db_next(rows, has_row, err))
        return false;
    if (*has_row) {
        old->id = db_int(rows, 0);
        set(&old->bytes, db_blob(rows, 1));
    }
    return true;
}

/* The old blocks of which something stays: across the ends of the range, or small beside them. */
static bool take_ends(struct gather *g, struct str after, struct str last, struct err *err)
{
    static const char at_or_before[] = "SELECT id, block, last_key, n FROM listing WHERE source = ?"
                                       " AND first_key <= ? ORDER BY first_key DESC LIMIT 1";
    static const char behind[] = "SELECT id, block, last_key, n FROM listing WHERE source = ?"
                                 " AND first_key > ? AND n < ? ORDER BY first_key LIMIT 1";
    AUTO_ROWS front = { 0 }, rear = { 0 }, next = { 0 };
    bool has_row = false;
    if (after.len > 0 && (!db_query(g->db, &front, err, at_or_before, "ib", g->source, after) ||
                          !take_block(&front, &g->front, &has_row, err)))
        return false;
    if (has_row && str_cmp(db_blob(&front, 2), after) <= 0 && db_int(&front, 3) >= FEW_ENTRIES)
        g->front.id = 0;
    db_rows_release(&front);
    if (last.len == 0)
        return true;
    if (!db_query(g->db, &rear, err, at_or_before, "ib", g->source, last) ||
        !take_block(&rear, &g->rear, &has_row, err))
        return false;
    if (has_row && str_cmp(db_blob(&rear, 2), last) > 0)
        return true;
    g->rear.id = 0;
    return db_query(g->db, &next, err, behind, "ibi", g->source, last, (int64_t)FEW_ENTRIES) &&
           take_block(&next, &g->rear, &has_row, err);
}

static bool check_entries(struct str after, struct str last, const struct listing_entry *entries,
                          size_t n, struct err *err)
{
    struct str before = after;
    for (size_t i = 0; i < n; i++) {
        struct str key = entries[i].key;
        if (key.len == 0 || key.len > LIMIT_KEY_BYTES)
            return err_set(err, ERR_INVALID, "a key has 1 to %lu bytes", LIMIT_KEY_BYTES);
        if (str_cmp(key, before) <= 0 || (last.len > 0 && str_cmp(key, last) > 0))
            return err_set(err, ERR_INVALID, "the listing is out of order at \"%.*s\"",
                           STR_FMT(key));
        before = key;
    }
    return true;
}

static bool remove_old(struct gather *g, struct str after, struct str last, struct err *err)
{
    static const char within[] =
        "DELETE FROM listing WHERE source = ? AND first_key > ? AND first_key <= ?";
    static const char behind[] = "DELETE FROM listing WHERE source = ? AND first_key > ?";
    static const char one[] = "DELETE FROM listing WHERE id = ?";
    bool ok = last.len > 0 ? db_run(g->db, err, within, "ibb", g->source, after, last)
                           : db_run(g->db, err, behind, "ib", g->source, after);
    return ok && db_run(g->db, err, one, "i", g->front.id) &&
           db_run(g->db, err, one, "i", g->rear.id);
}

static bool replace(struct gather *g, struct str after, struct str last,
                    const struct listing_entry *entries, size_t n, struct err *err)
{
    if (!take_ends(g, after, last, err) || !remove_old(g, after, last, err) ||
        !add_kept(g, &g->front, after, last, true, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!add_entry(g, &entries[i], err))
            return false;
    return add_kept(g, &g->rear, after, last, false, err) && write_rest(g, err);
}

bool listing_replace(struct index_writer *w, int64_t source, struct str after, struct str last,
                     const struct listing_entry *entries, size_t n, struct err *err)
{
    if (!check_entries(after, last, entries, n, err))
        return false;
    struct gather *g = calloc(1, sizeof *g);
    if (g == NULL)
        panic("out of memory");
    g->db = &w->db;
    g->source = source;
    g->bytes.limit = g->front.bytes.limit = g->rear.bytes.limit = SIZE_MAX;
    bool ok = replace(g, after, last, entries, n, err);
    buf_release(&g->bytes);
    buf_release(&g->front.bytes);
    buf_release(&g->rear.bytes);
    arena_release(&g->arena);
    free(g);
    return ok;
}
