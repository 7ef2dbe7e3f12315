/* evidence: see evidence.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/evidence.h"

#include "catalog/place.h"
#include "index/listing.h"
#include "util/limits.h"

#include <stdlib.h>

/* The place itself, or the folder of a glob over what lies in it; empty: a glob of another form. */
static struct str folder_of(struct str uri)
{
    size_t star = str_find_char(uri, '*');
    if (str_find_char(uri, '?') != SIZE_MAX || str_find_char(uri, '[') != SIZE_MAX)
        return STR_EMPTY;
    if (star == SIZE_MAX)
        return uri;
    bool is_last = str_find_char(str_from_pos(uri, star), '/') == SIZE_MAX;
    return is_last && star > 0 && uri.ptr[star - 1] == '/' ? str_slice(uri, 0, star - 1)
                                                           : STR_EMPTY;
}

static bool take(void *ctx, struct str uri, struct err *err)
{
    struct evidence *e = ctx;
    struct str folder = folder_of(uri);
    (void)err;
    if (folder.len == 0 || e->n == LIMIT_EVIDENCE_PLACES)
        return true;
    if (e->n == e->cap) {
        e->cap = e->cap == 0 ? 64 : e->cap * 2;
        e->items = realloc(e->items, e->cap * sizeof *e->items);
        if (e->items == NULL)
            panic("no memory for what notebooks read");
    }
    e->items[e->n++] = listing_hash(folder);
    return true;
}

static int by_value(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

bool evidence_load(struct index *index, struct str uri, struct evidence *out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct index_reader *reader;
    size_t n = 0;
    if (!index_reader_take(index, &reader, err))
        return false;
    bool ok = index_each_read_place(reader, place_key(&a, uri), take, out, err);
    index_reader_give(reader);
    if (out->n > 0)
        qsort(out->items, out->n, sizeof *out->items, by_value);
    for (size_t i = 0; i < out->n; i++)
        if (n == 0 || out->items[n - 1] != out->items[i])
            out->items[n++] = out->items[i];
    out->n = n;
    return ok;
}

void evidence_release(struct evidence *e)
{
    free(e->items);
    *e = (struct evidence){ 0 };
}

bool evidence_has(const struct evidence *e, struct str folder_uri)
{
    AUTO_ARENA a = ARENA_INIT;
    if (e->n == 0)
        return false;
    uint64_t hash = listing_hash(place_key(&a, folder_uri));
    return bsearch(&hash, e->items, e->n, sizeof hash, by_value) != NULL;
}

uint64_t evidence_digest(const struct evidence *e)
{
    uint64_t digest = e->n;
    for (size_t i = 0; i < e->n; i++)
        digest = (digest ^ e->items[i]) * 0x9e3779b97f4a7c15u;
    return digest;
}
