/*
 * memo: ids of rows that come again and again, by their text, so that a writer need not ask for
 * them.  Internal to the folder.
 *
 * Bounded: who puts asks memo_is_full() between two batches and forgets all.  Whoever removes rows,
 * or learns that somebody else may have, forgets all as well.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_MEMO_H
#define INDEX_MEMO_H

#include "util/strmap.h"

struct memo_item {
    int64_t id;
    uint64_t mark; /* for whoever put it; at first 0 */
};

struct memo {
    struct arena arena;
    struct strmap items;
};

void memo_init(struct memo *m);
void memo_release(struct memo *m);
void memo_forget(struct memo *m);
bool memo_is_full(const struct memo *m);

/* NULL: not known.  Valid until memo_forget(). */
struct memo_item *memo_find(const struct memo *m, struct str text);
/* The text is copied. */
struct memo_item *memo_put(struct memo *m, struct str text, int64_t id);

#endif
