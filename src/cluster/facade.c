/*
 * facade: the original three calls on the rows of the ledger.
 *
 * A cluster that has no row (others made it, or an older version) is still told of and ended by
 * who may touch everything.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/service_internal.h"

#include "util/clock.h"

enum { STOP_WAIT_MS = 10 * 1000, STOP_LOOK_MS = 50, STATE_WAIT_MS = 3000 };

static struct clusters *clusters_of(struct cluster_provider *p)
{
    return ((struct facade *)p)->clusters;
}

/* The error of a request that was refused, from what the row remembers. */
static bool refused(const struct cluster_row *row, struct err *err)
{
    enum err_code code = ERR_UPSTREAM;
    for (int i = ERR_NONE + 1; i < ERR_N_CODES; i++)
        if (str_eq(str_from(err_kind((enum err_code)i)->code), row->reason.code))
            code = (enum err_code)i;
    err_set(err, code, "cluster %.*s: %.*s", STR_FMT(row->id), STR_FMT(row->reason.message));
    return row->reason.fix.len == 0 || err_fix(err, "%.*s", STR_FMT(row->reason.fix));
}

static bool unclear(const struct cluster_row *row, struct err *err)
{
    err_set(err, ERR_UNCLEAR, "it is not known yet whether %.*s was made: %.*s", STR_FMT(row->id),
            STR_FMT(row->reason.message));
    return err_fix(err, "Do not ask again: look at /v1/clusters/%.*s; the cluster is looked for.",
                   STR_FMT(row->id));
}

static bool await_remote(struct clusters *c, struct arena *a, const struct cluster_call *call,
                         struct cluster_row *row, struct err *err)
{
    struct str id = row->id;
    int64_t seen = 0;
    for (;;) {
        struct ledger *l = c->options.ledger;
        if (!l->ops->last_event(l, &seen, err) || !cluster_row_get(l, a, id, row, err))
            return false;
        if (row->remote.len > 0)
            return true;
        if (phase_is_over(row->phase))
            return refused(row, err) && false;
        bool is_cancelled = call->cancel != NULL && atomic_load(call->cancel);
        if (is_cancelled || atomic_load(&c->is_stopping) || clock_mono_ms() >= call->deadline_ms)
            return unclear(row, err);
        if (!clusters_wait(c, seen, call->deadline_ms, call->cancel, &seen, err))
            return false;
    }
}

static bool create(struct cluster_provider *p, struct arena *a, const struct cluster_request *req,
                   const struct cluster_call *call, struct str *id_out, struct err *err)
{
    struct clusters *c = clusters_of(p);
    struct cluster_spec spec = *c->options.defaults;
    struct cluster_row row;
    bool is_replay;
    if (req->template_name.len > 0 &&
        !templates_apply(a, clusters_templates(c), req->template_name, &spec, err))
        return false;
    spec.n_workers = (int64_t)req->n_nodes - p->n_primary;
    struct cluster_ask ask = { .caller = req->owner,
                               .key = req->key,
                               .fingerprint = arena_printf(a, "create %u%.*s", req->n_nodes,
                                                           STR_FMT(req->template_name)),
                               .spec = &spec,
                               .call = call };
    if (!clusters_make(c, a, &ask, &row, &is_replay, err) || !await_remote(c, a, call, &row, err))
        return false;
    *id_out = row.remote;
    return true;
}

/* NULL err->code: it has no row, and the caller may touch everything. */
static bool find(struct clusters *c, struct arena *a, struct str id,
                 const struct cluster_call *call, struct cluster_row *row, struct err *err)
{
    struct err why = ERR_INIT;
    bool ok = cluster_row_get(c->options.ledger, a, id, row, &why);
    if (ok && call->is_limited && !str_eq(row->owner, call->caller))
        return err_set(err, ERR_NOT_FOUND, "there is no cluster %.*s of yours", STR_FMT(id));
    if (!ok && (why.code != ERR_NOT_FOUND || call->is_limited))
        *err = why;
    return ok;
}

/* The password is told once, to the owner; afterwards when it was told. */
static void tell_password(struct clusters *c, struct arena *a, const struct cluster_row *row,
                          const struct cluster_call *call, struct cluster_info *out)
{
    struct err why = ERR_INIT;
    if (row->phase != PHASE_READY || !str_eq(row->owner, call->caller))
        return;
    if (!clusters_reveal(c, a, row->id, &out->hub_password, &why))
        out->hub_password = arena_printf(a, "(%s)", why.msg);
}

/* The provider's own word is known from the first look at it, which follows its launch at once. */
static bool await_state(struct clusters *c, struct arena *a, const struct cluster_call *call,
                        struct cluster_row *row, struct err *err)
{
    struct str id = row->id;
    int64_t seen = 0, until = clock_mono_ms() + STATE_WAIT_MS;
    while (row->viewed_ms == 0 && !phase_is_over(row->phase) && clock_mono_ms() < until &&
           !(call->cancel != NULL && atomic_load(call->cancel)))
        if (!clusters_wait(c, INT64_MAX, clock_mono_ms() + STOP_LOOK_MS, call->cancel, &seen,
                           err) ||
            !cluster_row_get(c->options.ledger, a, id, row, err))
            return false;
    return true;
}

/* After the end was asked for, EMR itself would say so at once. */
static struct str state_of(const struct cluster_row *row)
{
    bool is_live = !str_has_prefix(row->state, STR("TERMINAT"));
    if (row->phase == PHASE_TERMINATING && row->end_sent_ms > 0 && is_live)
        return STR("TERMINATING");
    return row->state.len > 0 ? row->state : STR("STARTING");
}

static bool info(struct cluster_provider *p, struct arena *a, struct str id,
                 const struct cluster_call *call, struct cluster_info *out, struct err *err)
{
    struct clusters *c = clusters_of(p);
    struct cluster_row row;
    if (!find(c, a, id, call, &row, err)) {
        const struct cluster_ops *ops = c->options.provider->ops;
        return err->code == ERR_NONE && ops->info != NULL
                   ? ops->info(c->options.provider, a, id, call, out, err)
               : err->code != ERR_NONE
                   ? false
                   : err_set(err, ERR_NOT_FOUND, "there is no cluster %.*s", STR_FMT(id));
    }
    if (!await_state(c, a, call, &row, err))
        return false;
    *out =
        (struct cluster_info){ .id = row.remote, .state = state_of(&row), .hub_url = row.hub_url };
    if (row.hub_url.len > 0)
        out->hub_user = row.spec.hub_user;
    tell_password(c, a, &row, call, out);
    return true;
}

/* Until it was sent, so that who asked and leaves has not asked in vain; at most ten seconds: the
 * wish is durable anyway. */
static bool await_stop(struct clusters *c, struct arena *a, const struct cluster_call *call,
                       struct cluster_row *row, struct err *err)
{
    struct str id = row->id;
    int64_t seen = 0, until = clock_mono_ms() + STOP_WAIT_MS;
    if (until > call->deadline_ms)
        until = call->deadline_ms;
    while (!phase_is_over(row->phase) && row->end_sent_ms == 0 && clock_mono_ms() < until) {
        int64_t soon = clock_mono_ms() + STOP_LOOK_MS;
        if (!clusters_wait(c, INT64_MAX, soon < until ? soon : until, call->cancel, &seen, err) ||
            !cluster_row_get(c->options.ledger, a, id, row, err))
            return false;
        if (call->cancel != NULL && atomic_load(call->cancel))
            break;
    }
    return true;
}

/* Protected in EMR itself, by somebody who meant it.  Who cannot be asked is no obstacle. */
static bool check_protection(struct clusters *c, struct arena *a, const struct cluster_call *call,
                             const struct cluster_row *row, struct err *err)
{
    struct cluster_provider *p = c->options.provider;
    struct cluster_view view = { 0 };
    struct err ignored = ERR_INIT;
    if (row->remote.len == 0 || row->ends_because != ENDS_NOT ||
        !p->ops->view(p, a, row->remote, 0, call, &view, &ignored) || !view.is_protected)
        return true;
    err_set(err, ERR_CONFLICT, "cluster %.*s is protected against termination",
            STR_FMT(row->remote));
    return err_fix(err, "Switch termination protection off in EMR, then terminate again.");
}

static bool terminate(struct cluster_provider *p, struct arena *a, struct str id,
                      const struct cluster_call *call, struct err *err)
{
    struct clusters *c = clusters_of(p);
    struct cluster_row row;
    if (find(c, a, id, call, &row, err)) {
        if (!check_protection(c, a, call, &row, err))
            return false;
        const struct cluster_end end = { .id = row.id,
                                         .by = call->caller,
                                         .because = str_eq(row.owner, call->caller) ? ENDS_USER
                                                                                    : ENDS_ADMIN };
        return clusters_end(c, a, &end, &row, err) && await_stop(c, a, call, &row, err);
    }
    const struct cluster_ops *ops = c->options.provider->ops;
    if (err->code != ERR_NONE)
        return false;
    return ops->terminate != NULL
               ? ops->terminate(c->options.provider, a, id, call, err)
               : err_set(err, ERR_NOT_FOUND, "there is no cluster %.*s", STR_FMT(id));
}

static bool list(struct cluster_provider *p, struct arena *a, enum cluster_list what, struct str id,
                 const struct cluster_call *call, struct cluster_items *out, struct err *err)
{
    struct clusters *c = clusters_of(p);
    return c->options.provider->ops->list(c->options.provider, a, what, id, call, out, err);
}

static void facade_free(struct cluster_provider *p)
{
    (void)p; /* part of the service */
}

static const struct cluster_ops ops = { .name = "clusters",
                                        .create = create,
                                        .info = info,
                                        .terminate = terminate,
                                        .list = list,
                                        .free = facade_free };

void facade_init(struct clusters *c)
{
    c->facade = (struct facade){ { &ops, c->options.provider->max_nodes,
                                   c->options.provider->n_primary, c->options.provider->region },
                                 c };
}
