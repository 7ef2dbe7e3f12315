/*
 * Lists of documents that are read only as far as they are needed.
 *
 * Nearly all distances are one byte.  Eight of them are added up at once; where the sum is still
 * before the next id that is looked for, they are passed over.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/postings.h"
#include "index/varint.h"

#include <string.h>

static const char rows_of_list[] =
    "SELECT documents FROM posting WHERE id BETWEEN ? AND ? ORDER BY id";

bool postings_damaged(const struct db *db, struct err *err)
{
    err_set(err, ERR_INTERNAL, "%s: the search data is damaged", db->path);
    return err_fix(err, "Stop boathouse and run \"boathouse index rebuild\".");
}

struct cursor {
    const unsigned char *at, *end;
    int64_t id; /* the last one */
};

static struct cursor cursor_of(struct str bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    return (struct cursor){ at, at + bytes.len, 0 };
}

/* Pass over ids that are before target, eight at a time. */
static void skip(struct cursor *c, int64_t target)
{
    const uint64_t tops = 0x8080808080808080u, evens = 0x00FF00FF00FF00FFu;
    uint64_t eight;
    while (c->end - c->at >= 8) {
        memcpy(&eight, c->at, sizeof eight);
        if ((eight & tops) != 0)
            return;
        uint64_t pairs = (eight & evens) + (eight >> 8 & evens);
        int64_t sum = (int64_t)(pairs * 0x0001000100010001u >> 48);
        if (target - c->id <= sum)
            return;
        c->id += sum;
        c->at += 8;
    }
}

/* The next id; false at the end, and *ok is false when the bytes are damaged. */
static bool next(struct cursor *c, bool *ok)
{
    uint64_t distance;
    if (c->at == c->end)
        return false;
    *ok = varint_take(&c->at, c->end, (uint64_t)(INT64_MAX - c->id), &distance);
    c->id += *ok ? (int64_t)distance : 0;
    return *ok;
}

bool postings_window(struct db *db, struct arena *a, int64_t row, const struct window *w,
                     struct ids *out, int64_t *end, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row = true, ok = true;
    *out = (struct ids){ 0 };
    *end = INT64_MAX;
    if (!db_query(db, &rows, err, rows_of_list, "ii", row, row | UINT32_MAX))
        return false;
    while (db_next(&rows, &has_row, err) && has_row) {
        struct cursor c = cursor_of(db_blob(&rows, 0));
        skip(&c, w->from);
        while (next(&c, &ok)) {
            if (c.id < w->from)
                continue;
            *ARENA_PUSH(a, out->items, out->n, out->cap) = c.id;
            if (out->n == w->max) {
                *end = c.id;
                return true;
            }
        }
        if (!ok)
            return postings_damaged(db, err);
    }
    return !has_row;
}

/* Mark those of ids, which ascend, that the row has. */
static bool mark(struct str bytes, const struct ids *ids, bool *is_kept)
{
    struct cursor c = cursor_of(bytes);
    bool ok = true;
    for (size_t i = 0; i < ids->n;) {
        skip(&c, ids->items[i]);
        if (!next(&c, &ok))
            break;
        while (i < ids->n && ids->items[i] < c.id)
            i++;
        if (i < ids->n && ids->items[i] == c.id)
            is_kept[i++] = true;
    }
    return ok;
}

bool postings_keep(struct db *db, struct arena *a, int64_t row, struct ids *ids, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    bool *is_kept = ARENA_NEW_N(a, bool, ids->n + 1);
    size_t n = 0;
    if (!db_query(db, &rows, err, rows_of_list, "ii", row, row | UINT32_MAX))
        return false;
    while (db_next(&rows, &has_row, err) && has_row)
        if (!mark(db_blob(&rows, 0), ids, is_kept))
            return postings_damaged(db, err);
    for (size_t i = 0; i < ids->n; i++)
        if (is_kept[i])
            ids->items[n++] = ids->items[i];
    ids->n = n;
    return !has_row;
}
