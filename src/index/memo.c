/* memo: see memo.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/memo.h"

/* Texts, and bytes of all that is kept for them. */
enum { MAX_ITEMS = 50000, MAX_BYTES = 8 << 20 };

void memo_init(struct memo *m)
{
    m->arena = (struct arena)ARENA_INIT;
    strmap_init(&m->items, &m->arena);
}

void memo_release(struct memo *m)
{
    arena_release(&m->arena);
}

void memo_forget(struct memo *m)
{
    if (m->items.n == 0)
        return;
    arena_reset(&m->arena);
    strmap_init(&m->items, &m->arena);
}

bool memo_is_full(const struct memo *m)
{
    return m->items.n > MAX_ITEMS || m->arena.used_bytes > MAX_BYTES;
}

struct memo_item *memo_find(const struct memo *m, struct str text)
{
    return strmap_get(&m->items, text);
}

struct memo_item *memo_put(struct memo *m, struct str text, int64_t id)
{
    struct memo_item *item = ARENA_NEW(&m->arena, struct memo_item);
    item->id = id;
    strmap_put(&m->items, arena_str(&m->arena, text), item);
    return item;
}
