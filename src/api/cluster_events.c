/* cluster_events: /v1/events and those of one cluster: a page, a page that waits, or a stream. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/clusters_v1.h"

#include "api/live.h"
#include "util/clock.h"

static bool await_events(struct call *call, struct clusters *c, const struct live_ask *ask,
                         int64_t until_ms, struct ledger_events *events, struct err *err)
{
    struct ledger *l = clusters_ledger(c);
    int64_t newest = 0;
    for (;;) {
        if (!l->ops->last_event(l, &newest, err) ||
            !l->ops->events(l, call->req->arena, ask->after, ask->row, ask->owner,
                            (size_t)call_number(call, STR("limit")), events, err))
            return false;
        if (events->n > 0 || clock_mono_ms() >= until_ms || atomic_load(call->req->cancel))
            return true;
        if (!clusters_wait(c, newest, until_ms, call->req->cancel, &newest, err))
            return false;
    }
}

static bool answer_page(struct call *call, struct clusters *c, const struct live_ask *ask,
                        struct err *err)
{
    int64_t until_ms = clock_mono_ms() + 1000 * call_number(call, STR("wait_s"));
    struct ledger_events events = { 0 };
    bool waits = clusters_may_wait(call);
    bool ok = await_events(call, c, ask, waits ? until_ms : 0, &events, err);
    if (waits)
        clusters_waited(call);
    if (!ok)
        return false;
    json_write_object(&call->json);
    json_write_key(&call->json, STR("items"));
    json_write_array(&call->json);
    for (size_t i = 0; i < events.n; i++)
        json_write_raw(&call->json, live_cluster_json(call->req->arena, &events.items[i]));
    json_write_end(&call->json);
    json_put_i64(&call->json, STR("last_id"),
                 events.n > 0 ? events.items[events.n - 1].id : ask->after);
    json_write_end(&call->json);
    return true;
}

/* Has the cluster ended, and is there nothing behind that event? */
static bool is_all_told(struct call *call, struct clusters *c, const struct live_ask *ask,
                        bool *out, struct err *err)
{
    struct ledger *l = clusters_ledger(c);
    struct ledger_events events = { 0 };
    if (!l->ops->events(l, call->req->arena, ask->after, ask->row, STR_EMPTY, 1, &events, err))
        return false;
    *out = ask->is_over && events.n == 0;
    return true;
}

bool api_cluster_events(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct cluster_row row;
    struct live_ask ask = { 0 };
    bool is_told = false;
    if (c == NULL || !cluster_named(call, c, &row, err) ||
        !call_last_event(call, 0, &ask.after, err))
        return false;
    ask.row = row.id;
    ask.is_over = phase_is_over(row.phase);
    if (!call_wants_stream(call))
        return answer_page(call, c, &ask, err);
    if (!is_all_told(call, c, &ask, &is_told, err))
        return false;
    if (!is_told)
        return call_stream(call, &ask, err);
    return call_end_stream(call);
}

bool api_events_list(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct str owner = call_text(call, STR("owner"));
    struct live_ask ask = { 0 };
    int64_t newest = 0;
    if (c == NULL)
        return false;
    if (call->role != ROLE_ADMIN && owner.len > 0 && !str_eq(owner, call->caller))
        return err_set(err, ERR_FORBIDDEN, "only admins see the clusters of others");
    ask.owner = call->role == ROLE_ADMIN ? owner : call->caller;
    bool is_stream = call_wants_stream(call);
    struct ledger *l = clusters_ledger(c);
    if ((is_stream && !l->ops->last_event(l, &newest, err)) ||
        !call_last_event(call, newest, &ask.after, err))
        return false;
    return is_stream ? call_stream(call, &ask, err) : answer_page(call, c, &ask, err);
}
