/* cluster: see cluster.h.  Arguments are checked here, once for all providers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/cluster.h"

enum { ID_MAX_BYTES = 30 };

bool cluster_id_check(struct str id, struct err *err)
{
    bool ok = id.len > 2 && id.len <= ID_MAX_BYTES && str_has_prefix(id, STR("j-"));
    for (size_t i = 2; i < id.len && ok; i++)
        ok = (id.ptr[i] >= 'A' && id.ptr[i] <= 'Z') || (id.ptr[i] >= '0' && id.ptr[i] <= '9');
    if (ok)
        return true;
    err_set(err, ERR_INVALID, "\"%.*s\" is no cluster id", STR_FMT(str_slice(id, 0, 60)));
    return err_fix(err,
                   "An id is j- and capitals and digits, as the answer to the creation has it.");
}

static bool has_provider(const struct cluster_provider *p, struct err *err)
{
    if (p != NULL)
        return true;
    err_set(err, ERR_UNSUPPORTED, "there are no clusters with this provider");
    return err_fix(err, "Set provider = aws.");
}

bool cluster_create(struct cluster_provider *p, struct arena *a, const struct cluster_request *req,
                    const struct cluster_call *call, struct str *id_out, struct err *err)
{
    if (!has_provider(p, err))
        return false;
    if (req->n_nodes < 1 || req->n_nodes > p->max_nodes) {
        err_set(err, ERR_INVALID, "a cluster has 1 to %u nodes, not %u", p->max_nodes,
                req->n_nodes);
        return err_fix(err, "The setting clusters.max_nodes allows more.");
    }
    return p->ops->create(p, a, req, call, id_out, err);
}

bool cluster_get(struct cluster_provider *p, struct arena *a, struct str id,
                 const struct cluster_call *call, struct cluster_info *out, struct err *err)
{
    return cluster_id_check(id, err) && has_provider(p, err) &&
           p->ops->info(p, a, id, call, out, err);
}

bool cluster_terminate(struct cluster_provider *p, struct arena *a, struct str id,
                       const struct cluster_call *call, struct err *err)
{
    return cluster_id_check(id, err) && has_provider(p, err) &&
           p->ops->terminate(p, a, id, call, err);
}

bool cluster_list(struct cluster_provider *p, struct arena *a, enum cluster_list what,
                  struct str id, const struct cluster_call *call, struct cluster_items *out,
                  struct err *err)
{
    bool is_of_one = what == CLUSTER_LIST_NODES || what == CLUSTER_LIST_STEPS;
    return (!is_of_one || cluster_id_check(id, err)) && has_provider(p, err) &&
           p->ops->list(p, a, what, id, call, out, err);
}

void cluster_provider_free(struct cluster_provider *p)
{
    if (p != NULL)
        p->ops->free(p);
}
