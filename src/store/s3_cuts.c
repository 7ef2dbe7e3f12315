/*
 * s3_cuts: where a large listing can be cut so that its parts are asked for side by side.  Any cut
 * is right, so one that is badly chosen only costs a request; good ones are the folders that a
 * listing with a delimiter names.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/s3_page.h"
#include "store/s3_internal.h"
#include "store/s3_pool.h"

#include <stdlib.h>

enum { LEVELS_MOST = 8, CUTS_ENOUGH = 8 };

/* The folders directly below prefix; *is_only: there is nothing else, and all of them came. */
static bool folders_below(struct s3_store *s, const struct store_list *of, struct arena *a,
                          struct str prefix, struct s3_page *out, bool *is_only)
{
    struct err ignored = ERR_INIT;
    struct store_list list = *of;
    list.prefix = prefix;
    list.has_delimiter = true;
    /* Cuts make it faster, not right: without them one segment goes through to the end, and will
     * meet the same failure. */
    if (!s3_goes_on(&list.call, &ignored) || !s3_fetch_page(s, a, &list, STR_EMPTY, out, &ignored))
        return false;
    *is_only = !out->is_truncated;
    for (size_t i = 0; i < out->n; i++)
        *is_only &= out->entries[i].is_prefix;
    return true;
}

static int by_bytes(const void *left, const void *right)
{
    return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

/* Walk down while there is one folder only, and one level further while there are few. */
void s3_find_cuts(struct s3_store *s, struct arena *a, const struct store_list *list,
                  struct str **cuts, size_t *n)
{
    struct s3_page page = { 0 };
    struct str prefix = list->prefix;
    size_t cap = 0;
    bool is_only = true;
    for (unsigned level = 0; level < LEVELS_MOST; level++) {
        if (!folders_below(s, list, a, prefix, &page, &is_only))
            return;
        if (page.n != 1 || !is_only)
            break;
        prefix = page.entries[0].key;
    }
    size_t n_folders = 0;
    for (size_t i = 0; i < page.n; i++)
        n_folders += page.entries[i].is_prefix;
    for (size_t i = 0; i < page.n; i++) {
        struct s3_page below = { 0 };
        if (!page.entries[i].is_prefix)
            continue;
        *ARENA_PUSH(a, *cuts, *n, cap) = page.entries[i].key;
        if (n_folders < CUTS_ENOUGH &&
            folders_below(s, list, a, page.entries[i].key, &below, &is_only))
            for (size_t j = 0; j < below.n; j++)
                if (below.entries[j].is_prefix)
                    *ARENA_PUSH(a, *cuts, *n, cap) = below.entries[j].key;
    }
    if (*n > 0)
        qsort(*cuts, *n, sizeof **cuts, by_bytes);
}
