/* reconciler_internal: what the files of the reconciler share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_RECONCILER_INTERNAL_H
#define CLUSTER_RECONCILER_INTERNAL_H

#include "cluster/reconciler.h"

/* One turn: the rows that are not settled, as they stood at its begin. */
struct turn {
    struct reconciler *r;
    struct arena arena;
    int64_t now;
    struct cluster_row **rows;
    size_t n_rows, cap_rows;
    struct strmap by_id;
};

/* row_update() under the fence, then told().  row: overwritten by what was committed; or NULL.
 * False: not done; a failure that is not the row's own was told. */
bool turn_update(struct turn *t, struct str id, const struct ledger_spans *spans,
                 row_change_fn *change, void *ctx, struct cluster_row *row);
/* How long one call may last. */
struct cluster_call turn_call(const struct turn *t, int64_t at_most_ms);
void turn_failed(const struct turn *t, const char *what, const struct err *err);
bool turn_is_cancelled(const struct turn *t);

/* known_rows.c: a row of the ledger's list, whose document is missing, from what is known of its
 * version, else from the ledger; out's strings live until the next turn begins.  Each row of the
 * list is asked for between begin and end, which forgets those that were not. */
struct known_turn {
    struct known_rows next;
};
void known_begin(struct known_turn *k);
MUST_USE bool known_row(struct known_turn *k, struct reconciler *r, const struct ledger_row *stored,
                        struct cluster_row *out, struct err *err);
void known_end(struct known_turn *k, struct reconciler *r);
void known_release(struct known_rows *known);

/* month.c: the timelines of a cluster were taken: warn its owner of the month's budget. */
void turn_month(struct turn *t, const struct cluster_row *row);

/* changes.c: what a cluster that is ready is asked for: another password, another size; and signs
 * of work. */
void turn_change(struct turn *t, struct cluster_row *row);
void turn_look_for_work(struct turn *t, struct cluster_row *row);

/* sweep.c: the next page of the provider's list, if one is due. */
void turn_sweep(struct turn *t);
void sweep_release(struct sweep *s);

#endif
