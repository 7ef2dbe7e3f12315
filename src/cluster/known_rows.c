/* known_rows: rows as they were read, by their versions; most do not change from turn to turn. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/reconciler_internal.h"

#include <stdlib.h>

struct known {
    struct arena arena; /* of the row's strings */
    struct cluster_row row;
};

static void forget(struct known *k)
{
    if (k == NULL)
        return;
    arena_release(&k->arena);
    free(k);
}

void known_begin(struct known_turn *k)
{
    k->next.arena = (struct arena)ARENA_INIT;
    strmap_init(&k->next.by_id, &k->next.arena);
}

/* The one that is known moves over to the next turn; what is known of an older version stays
 * behind. */
static struct known *take(struct known_rows *from, const struct ledger_row *stored)
{
    struct known *k = from->by_id.n > 0 ? strmap_get(&from->by_id, stored->id) : NULL;
    if (k == NULL || k->row.version != stored->version)
        return NULL;
    strmap_put(&from->by_id, k->row.id, NULL);
    return k;
}

static struct known *read_row(struct ledger *l, const struct ledger_row *stored, struct err *err)
{
    struct known *k = calloc(1, sizeof *k);
    struct ledger_row whole;
    AUTO_ARENA a = ARENA_INIT;
    if (k == NULL)
        panic("no memory for a row");
    if (l->ops->get(l, &a, stored->id, &whole, err)) {
        /* What the row borrows of the ledger's strings must live as long as it. */
        whole.id = arena_str(&k->arena, whole.id);
        whole.owner = arena_str(&k->arena, whole.owner);
        whole.name = arena_str(&k->arena, whole.name);
        whole.remote = arena_str(&k->arena, whole.remote);
        if (row_from_ledger(&k->arena, &whole, &k->row, err))
            return k;
    }
    forget(k);
    return NULL;
}

bool known_row(struct known_turn *t, struct reconciler *r, const struct ledger_row *stored,
               struct cluster_row *out, struct err *err)
{
    struct known *k = take(&r->known, stored);
    if (k == NULL)
        k = read_row(r->options.ledger, stored, err);
    if (k == NULL)
        return false;
    strmap_put(&t->next.by_id, k->row.id, k);
    *out = k->row;
    return true;
}

void known_release(struct known_rows *known)
{
    for (size_t i = 0; i < known->by_id.n; i++)
        forget(known->by_id.entries[i].value);
    arena_release(&known->arena);
    *known = (struct known_rows){ 0 };
}

void known_end(struct known_turn *t, struct reconciler *r)
{
    known_release(&r->known);
    r->known = t->next;
    r->known.by_id.arena = &r->known.arena;
}
