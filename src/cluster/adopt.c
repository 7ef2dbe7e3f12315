/* adopt: a row for a cluster that was made without one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/service_internal.h"

#include "util/clock.h"

#include <sys/random.h>

enum { SHOWN_ID = 8 };

/* That of its marker, which bears the password; else a new one. */
static struct str id_of(struct clusters *c, struct arena *a, const struct cluster_adoption *what,
                        int64_t now, bool *is_ours)
{
    struct str deployment, marker;
    unsigned char random[10];
    char ulid[ULID_BYTES + 1];
    marker_parse(what->provider_name, &deployment, &marker);
    *is_ours = marker.len > 0 && str_eq(deployment, c->deployment);
    if (*is_ours)
        return arena_concat(a, STR("clu_"), marker);
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        panic("getrandom");
    ulid_make(now, random, ulid);
    return arena_printf(a, "clu_%s", ulid);
}

static void fill(struct clusters *c, struct arena *a, const struct cluster_adoption *what,
                 int64_t now, struct cluster_row *row)
{
    bool is_ours;
    size_t from = what->remote.len > SHOWN_ID ? what->remote.len - SHOWN_ID : 0;
    *row = (struct cluster_row){ .id = id_of(c, a, what, now, &is_ours),
                                 .name = what->name,
                                 .owner = what->owner,
                                 .provider = str_from(c->options.provider->ops->name),
                                 .spec = *what->spec,
                                 .phase = PHASE_PROVISIONING,
                                 .phase_ms = now,
                                 .requested_ms = now,
                                 .created_ms = what->created_ms,
                                 .seen_ms = now,
                                 .remote = what->remote,
                                 .is_adopted = !is_ours,
                                 .secret_generation = is_ours };
    if (row->name.len == 0)
        row->name = arena_printf(a, "adopted-%.*s", STR_FMT(str_from_pos(what->remote, from)));
    if (row->spec.max_lifetime_s > 0)
        row->expires_ms = now + row->spec.max_lifetime_s * 1000;
    row->reason = (struct phase_reason){ .kind = STR("none") };
    if (!is_ours)
        row->reason = (struct phase_reason){
            .code = STR("adopted"),
            .kind = STR("policy"),
            .message = STR("it was made by others: whether JupyterHub's default password was "
                           "replaced is not known"),
            .fix = STR("Ask who made it; or end it and make another here.")
        };
}

bool clusters_adopt(struct clusters *c, struct arena *a, const struct cluster_adoption *what,
                    struct cluster_row *out, struct err *err)
{
    struct ledger *l = c->options.ledger;
    int64_t now = clock_unix_ms();
    struct ledger_row stored;
    fill(c, a, what, now, out);
    row_to_ledger(a, out, &stored);
    const struct lifecycle_event e = { .type = STR("adopted"),
                                       .message = what->remote,
                                       .kind = STR("info") };
    const struct ledger_event event = { .row = out->id,
                                        .owner = out->owner,
                                        .type = e.type,
                                        .at_ms = now,
                                        .doc = event_doc(a, out, &e) };
    const struct ledger_change change = {
        .rows = &stored, .n_rows = 1, .events = &event, .n_events = 1
    };
    if (!l->ops->commit(l, &change, NULL, err)) {
        if (err->code == ERR_CONFLICT)
            err_fix(err, "See /v1/clusters, or give another name.");
        return false;
    }
    out->version = 1;
    clusters_wake(c);
    return true;
}
