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

/* sweep.c: the next page of the provider's list, if one is due. */
void turn_sweep(struct turn *t);
void sweep_release(struct sweep *s);

#endif
