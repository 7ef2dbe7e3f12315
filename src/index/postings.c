/* SPDX-License-Identifier: Apache-2.0 */
#include "index/postings.h"
#include "index/varint.h"

#include <stdlib.h>
#include <string.h>

/* What is worth its cost: to look through one candidate costs as much as so many bytes of a list.
 */
enum { BYTES_PER_CANDIDATE = 2500, FEW_CANDIDATES = 20 };
/* Trigrams of one text that are asked for at most: more take away nothing. */
enum { MAX_TRIGRAMS = 200 };

static int64_t first_row(enum space space, uint32_t trigram)
{
    return (int64_t)space << 56 | (int64_t)trigram << 32;
}

static bool decode(struct arena *a, struct str bytes, struct ids *out)
{
    const unsigned char *at = (const unsigned char *)bytes.ptr, *end = at + bytes.len;
    int64_t id = 0;
    uint64_t distance;
    while (at < end) {
        if (!varint_take(&at, end, (uint64_t)(INT64_MAX - id), &distance))
            return false;
        id += (int64_t)distance;
        *ARENA_PUSH(a, out->items, out->n, out->cap) = id;
    }
    return true;
}

bool postings_are_whole(struct str bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.ptr, *end = at + bytes.len;
    int64_t id = 0;
    uint64_t distance;
    for (; at < end; id += (int64_t)distance)
        if (!varint_take(&at, end, (uint64_t)(INT64_MAX - id), &distance) || distance == 0)
            return false;
    return true;
}

static int by_id(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Ascending, each once. */
static void tidy(struct ids *ids)
{
    size_t n = 0;
    bool is_sorted = true;
    for (size_t i = 1; i < ids->n; i++)
        is_sorted = is_sorted && ids->items[i - 1] < ids->items[i];
    if (is_sorted)
        return;
    qsort(ids->items, ids->n, sizeof *ids->items, by_id);
    for (size_t i = 0; i < ids->n; i++)
        if (n == 0 || ids->items[n - 1] != ids->items[i])
            ids->items[n++] = ids->items[i];
    ids->n = n;
}

static bool read_list(struct db *db, struct arena *a, int64_t row, struct ids *out, struct err *err)
{
    static const char sql[] = "SELECT documents FROM posting WHERE id BETWEEN ? AND ? ORDER BY id";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    *out = (struct ids){ 0 };
    if (!db_query(db, &rows, err, sql, "ii", row, row | UINT32_MAX))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row) {
            tidy(out);
            return true;
        }
        if (!decode(a, db_blob(&rows, 0), out))
            return postings_damaged(db, err);
    }
    return false;
}

/* ---- Finding. ---- */

struct list {
    int64_t row;
    int64_t bytes;
    size_t at; /* where its trigram begins in the text */
};

static int by_bytes(const void *a, const void *b)
{
    const struct list *x = a, *y = b;
    return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

static bool measure(struct db *db, struct list *list, struct err *err)
{
    static const char sql[] = "SELECT sum(length(documents)) FROM posting WHERE id BETWEEN ? AND ?";
    return db_get_int(db, &list->bytes, NULL, err, sql, "ii", list->row, list->row | UINT32_MAX);
}

static void intersect(struct ids *ids, const struct ids *with)
{
    size_t n = 0, j = 0;
    for (size_t i = 0; i < ids->n; i++) {
        while (j < with->n && with->items[j] < ids->items[i])
            j++;
        if (j < with->n && with->items[j] == ids->items[i])
            ids->items[n++] = ids->items[i];
    }
    ids->n = n;
}

static size_t lists_of(enum space space, struct str text, struct list *lists)
{
    size_t n = 0;
    uint32_t trigram = 0;
    for (size_t i = 0; i < text.len && n < MAX_TRIGRAMS; i++) {
        trigram = trigram_next(trigram, (unsigned char)text.ptr[i]);
        if (i < 2)
            continue;
        int64_t row = first_row(space, trigram);
        size_t j = 0;
        while (j < n && lists[j].row != row)
            j++;
        if (j == n)
            lists[n++] = (struct list){ .row = row, .at = i - 2 };
    }
    return n;
}

/* How many of n candidates a list may take away: all but the part of the documents that it has.
 * A trigram that shares bytes with one that was read takes away little, if it is common. */
static size_t gain(const struct list *lists, size_t i, const bool *is_read, size_t n,
                   int64_t n_documents)
{
    int64_t absent = n_documents - lists[i].bytes;
    bool is_common = lists[i].bytes > n_documents / 5;
    for (size_t k = 0; k < i && is_common; k++)
        if (is_read[k] && lists[k].at < lists[i].at + 3 && lists[i].at < lists[k].at + 3)
            return 0;
    return absent <= 0 ? 0 : (size_t)((double)n * (double)absent / (double)n_documents);
}

/* The shortest list, as far as the window goes, without those that other lists do not have. */
static bool find_text(struct db *db, struct arena *a, enum space space, struct str text,
                      const struct window *w, struct ids *out, int64_t *end, struct err *err)
{
    /* The bytes of a list that has all. */
    static const char *const whole[] = {
        [SPACE_CODE] = "SELECT coalesce(max(id), 0) FROM document",
        [SPACE_NOTEBOOK_NAMES] = "SELECT coalesce(max(id), 0) FROM notebook",
        /* Their ids are hashes, some seven bytes apart. */
        [SPACE_DATASET_NAMES] = "SELECT 7 * value FROM meta WHERE key = 'n_datasets'",
    };
    struct list lists[MAX_TRIGRAMS];
    bool is_read[MAX_TRIGRAMS] = { false };
    int64_t n_documents;
    size_t n = lists_of(space, text, lists);
    if (!db_get_int(db, &n_documents, NULL, err, whole[space], ""))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!measure(db, &lists[i], err))
            return false;
    qsort(lists, n, sizeof *lists, by_bytes);
    *end = INT64_MAX;
    if (w->max == SIZE_MAX ? !read_list(db, a, lists[0].row, out, err)
                           : !postings_window(db, a, lists[0].row, w, out, end, err))
        return false;
    is_read[0] = true;
    for (size_t i = 1; i < n && out->n > FEW_CANDIDATES; i++) {
        is_read[i] = gain(lists, i, is_read, out->n, n_documents) >
                     (size_t)lists[i].bytes / BYTES_PER_CANDIDATE;
        if (is_read[i] && !postings_keep(db, a, lists[i].row, out, err))
            return false;
    }
    return true;
}

static void unite(struct arena *a, struct ids *ids, const struct ids *with)
{
    for (size_t i = 0; i < with->n; i++)
        *ARENA_PUSH(a, ids->items, ids->n, ids->cap) = with->items[i];
    tidy(ids);
}

/* The depth of need is that of the pattern, which is bounded. */
bool postings_find(struct db *db, struct arena *a, enum space space, const struct need *need,
                   const struct window *w, struct ids *out, int64_t *end, bool *is_all,
                   struct err *err)
{
    *out = (struct ids){ 0 };
    *end = INT64_MAX;
    *is_all = need->kind == NEED_NOTHING;
    if (need->kind == NEED_TEXT)
        return find_text(db, a, space, need->text, w, out, end, err);
    bool has_some = false;
    for (size_t i = 0; i < need->n; i++) {
        struct ids item;
        int64_t item_end;
        bool is_item_all;
        if (!postings_find(db, a, space, need->items[i], w, &item, &item_end, &is_item_all, err))
            return false;
        if (is_item_all && need->kind == NEED_ANY) {
            *is_all = true;
            *end = INT64_MAX;
            return true;
        }
        if (is_item_all)
            continue;
        *end = item_end < *end ? item_end : *end;
        if (!has_some)
            *out = item;
        else if (need->kind == NEED_ALL)
            intersect(out, &item);
        else
            unite(a, out, &item);
        has_some = true;
    }
    while (out->n > 0 && out->items[out->n - 1] > *end)
        out->n--;
    *is_all = !has_some;
    return true;
}

/* ---- Building. ---- */

enum { HALF = 12, N_HALVES = 1 << HALF }; /* bits of a trigram */

/* A pair for each trigram of each document: trigram * 2^32 + the document's number in the batch. */
struct postings {
    uint64_t *pairs;
    size_t n, cap;
    uint64_t *room; /* for sorting them */
    size_t cap_room;
    int64_t *ids; /* of the documents of the batch */
    size_t n_ids, cap_ids;
    size_t starts[N_HALVES + 1]; /* for sorting */
    unsigned char *seen;         /* a bit for each trigram, of the text that is being added */
};

enum { SEEN_BYTES = 1 << 21 };

struct postings *postings_new(void)
{
    struct postings *p = calloc(1, sizeof *p);
    if (p == NULL || (p->seen = calloc(1, SEEN_BYTES)) == NULL)
        panic("out of memory");
    return p;
}

void postings_free(struct postings *p)
{
    if (p == NULL)
        return;
    free(p->pairs);
    free(p->room);
    free(p->ids);
    free(p->seen);
    free(p);
}

static void *grown(void *items, size_t *cap, size_t size)
{
    *cap = *cap == 0 ? 4096 : *cap * 2;
    void *new_items = realloc(items, *cap * size);
    if (new_items == NULL)
        panic("out of memory");
    return new_items;
}

void postings_add(struct postings *p, int64_t id, struct str text)
{
    if (p->n_ids == 0 || p->ids[p->n_ids - 1] != id) {
        if (p->n_ids == p->cap_ids)
            p->ids = grown(p->ids, &p->cap_ids, sizeof *p->ids);
        p->ids[p->n_ids++] = id;
    }
    size_t first = p->n;
    uint32_t trigram = 0;
    for (size_t i = 0; i < text.len; i++) {
        trigram = trigram_next(trigram, (unsigned char)text.ptr[i]);
        unsigned char bit = (unsigned char)(1 << trigram % 8);
        if (i < 2 || (p->seen[trigram / 8] & bit) != 0)
            continue;
        p->seen[trigram / 8] |= bit;
        if (p->n == p->cap)
            p->pairs = grown(p->pairs, &p->cap, sizeof *p->pairs);
        p->pairs[p->n++] = (uint64_t)trigram << 32 | (p->n_ids - 1);
    }
    for (size_t i = first; i < p->n; i++)
        p->seen[(p->pairs[i] >> 32) / 8] = 0;
}

/* By trigram; documents stay in order: sorted by the low half of the trigram, then by the high, so
 * that after the two rounds they are where they were. */
static void sort_pairs(struct postings *p)
{
    while (p->cap_room < p->n)
        p->room = grown(p->room, &p->cap_room, sizeof *p->room);
    uint64_t *from = p->pairs, *to = p->room;
    for (unsigned shift = 32; shift < 32 + 2 * HALF; shift += HALF) {
        size_t *starts = p->starts;
        memset(starts, 0, sizeof p->starts);
        for (size_t i = 0; i < p->n; i++)
            starts[(from[i] >> shift & (N_HALVES - 1)) + 1]++;
        for (size_t i = 1; i <= N_HALVES; i++)
            starts[i] += starts[i - 1];
        for (size_t i = 0; i < p->n; i++)
            to[starts[from[i] >> shift & (N_HALVES - 1)]++] = from[i];
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
}

static bool put_row(struct db *db, int64_t id, struct str documents, struct err *err)
{
    static const char sql[] = "INSERT OR REPLACE INTO posting(id, documents) VALUES(?, ?)";
    return db_run(db, err, sql, "ib", id, documents);
}

bool postings_write(struct postings *p, struct db *db, enum space space, int64_t batch,
                    struct err *err)
{
    AUTO_BUF bytes = BUF_INIT(SIZE_MAX);
    bool ok = true;
    sort_pairs(p);
    for (size_t i = 0; i < p->n && ok;) {
        uint64_t trigram = p->pairs[i] >> 32;
        int64_t before = 0;
        size_t number = SIZE_MAX;
        buf_reset(&bytes);
        for (; i < p->n && p->pairs[i] >> 32 == trigram; i++) {
            if ((p->pairs[i] & UINT32_MAX) == number)
                continue;
            number = p->pairs[i] & UINT32_MAX;
            varint_add(&bytes, (uint64_t)(p->ids[number] - before));
            before = p->ids[number];
        }
        ok = put_row(db, first_row(space, (uint32_t)trigram) | batch, buf_str(&bytes), err);
    }
    p->n = p->n_ids = 0;
    return ok;
}

/* ---- Compacting. ---- */

/* The rows of one trigram become its row 0. */
static bool compact_one(struct db *db, int64_t row, postings_dead_fn *is_dead, void *ctx,
                        struct err *err)
{
    static const char drop[] = "DELETE FROM posting WHERE id BETWEEN ? AND ?";
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF bytes = BUF_INIT(SIZE_MAX);
    struct ids ids;
    int64_t before = 0;
    if (!read_list(db, &a, row, &ids, err))
        return false;
    for (size_t i = 0; i < ids.n; i++) {
        if (is_dead != NULL && is_dead(ctx, ids.items[i]))
            continue;
        varint_add(&bytes, (uint64_t)(ids.items[i] - before));
        before = ids.items[i];
    }
    return db_run(db, err, drop, "ii", row, row | UINT32_MAX) &&
           (bytes.len == 0 || put_row(db, row, buf_str(&bytes), err));
}

bool postings_compact(struct db *db, enum space space, int64_t *from, size_t max_rows,
                      postings_dead_fn *is_dead, void *ctx, struct err *err)
{
    static const char next[] = "SELECT id FROM posting WHERE id > ? AND id < ? ORDER BY id LIMIT 1";
    static const char count[] = "SELECT count(*) FROM posting WHERE id BETWEEN ? AND ?";
    int64_t end = first_row(space + 1, 0);
    if (*from < first_row(space, 0))
        *from = first_row(space, 0) - 1;
    for (size_t n_rows = 0; n_rows < max_rows;) {
        int64_t id, n;
        bool has_id;
        if (!db_get_int(db, &id, &has_id, err, next, "ii", *from, end))
            return false;
        if (!has_id) {
            *from = INT64_MAX;
            return true;
        }
        int64_t row = id & ~(int64_t)UINT32_MAX;
        if (!db_get_int(db, &n, NULL, err, count, "ii", row, row | UINT32_MAX))
            return false;
        if ((n > 1 || is_dead != NULL) && !compact_one(db, row, is_dead, ctx, err))
            return false;
        n_rows += (size_t)n;
        *from = row | UINT32_MAX;
    }
    return true;
}
