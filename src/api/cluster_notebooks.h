/* cluster_notebooks: the notebooks that a cluster's user has in the store.  Internal to the folder.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_CLUSTER_NOTEBOOKS_H
#define API_CLUSTER_NOTEBOOKS_H

#include "api/api_internal.h"
#include "cluster/lifecycle.h"

struct saved_notebook {
    struct str key;
    uint64_t size_bytes;
    int64_t saved_ms;
};

/* The newest first. */
struct saved_notebooks {
    struct saved_notebook *items;
    size_t n, cap;
    size_t n_looked_at;
    bool is_complete; /* false: there are more objects than are looked at */
};

/* Strings in the arena of the call.  Fails as store_list(), ERR_NOT_FOUND: there is no such bucket;
 * ERR_UNSUPPORTED: this process has no store of notebooks. */
MUST_USE bool cluster_notebooks_find(struct call *call, const struct cluster_row *row,
                                     int64_t deadline_ms, struct saved_notebooks *out,
                                     struct err *err);

/* One of them, as the API tells it. */
void cluster_notebook_write(struct call *call, const struct cluster_row *row,
                            const struct saved_notebook *n);

#endif
