/* cluster_more: what is told about one cluster besides itself, and the orphans. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/clusters_v1.h"

#include "cluster/cost.h"
#include "cluster/diagnose.h"
#include "util/clock.h"
#include "util/log.h"

static void write_line(struct json_writer *w, struct arena *a, const char *what, int64_t micro)
{
    json_write_object(w);
    json_put_str(w, STR("what"), str_from(what));
    json_put_str(w, STR("amount"), money_text(a, micro));
    json_write_end(w);
}

bool api_cluster_cost(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct arena *a = call->req->arena;
    struct json_writer *w = &call->json;
    struct ledger_spans spans = { 0 };
    struct cluster_row row;
    struct cost cost;
    if (c == NULL || !cluster_named(call, c, &row, err))
        return false;
    struct ledger *l = clusters_ledger(c);
    if (!l->ops->spans(l, a, row.id, &spans, err))
        return false;
    int64_t now = clock_unix_ms();
    struct str region = clusters_provider(c)->region;
    /* The provider forgot it before it told when these ended: they cannot have run longer. */
    for (size_t i = 0; i < spans.n && row.has_final_spans; i++)
        if (spans.items[i].ended_ms == 0)
            spans.items[i].ended_ms = row.ended_ms;
    cost_of(spans.items, spans.n, now, region, &cost);
    int64_t accrued = cost.ec2_micro + cost.emr_micro;
    json_write_object(w);
    json_put_str(w, STR("currency"), STR("USD"));
    json_put_str(w, STR("accrued"), money_text(a, accrued));
    json_put_str(w, STR("hourly"), money_text(a, cost.hourly_micro));
    json_write_key(w, STR("forecast"));
    if (row.expires_ms > now && !phase_is_over(row.phase))
        json_write_str(
            w, money_text(a, accrued + (row.expires_ms - now) / 1000 * (cost.hourly_micro / 3600)));
    else
        json_write_null(w);
    json_put_bool(w, STR("complete"), cost.is_complete && (spans.n > 0 || row.remote.len == 0));
    json_put_str(w, STR("price_as_of"), prices_as_of());
    json_put_str(w, STR("price_region"), prices_region_for(region));
    json_put_u64(w, STR("machines"), spans.n);
    json_put_u64(w, STR("running"), cost.n_running);
    json_write_key(w, STR("lines"));
    json_write_array(w);
    write_line(w, a, "ec2", cost.ec2_micro);
    write_line(w, a, "emr", cost.emr_micro);
    json_write_end(w);
    json_write_end(w);
    return true;
}

bool api_cluster_diagnosis(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct json_writer *w = &call->json;
    struct cluster_row row;
    struct cluster_spec next;
    if (c == NULL || !cluster_named(call, c, &row, err))
        return false;
    const struct diagnosis *d =
        row.phase == PHASE_FAILED ? diagnose(row.error_code, row.state_code) : NULL;
    json_write_object(w);
    json_put_str(w, STR("phase"), phase_name(row.phase));
    json_put_time(w, STR("phase_since"), row.phase_ms);
    json_write_key(w, STR("reason"));
    cluster_write_reason(w, &row.reason);
    json_write_key(w, STR("provider_says"));
    if (row.error_code.len > 0 || row.state_message.len > 0)
        json_write_str(w,
                       arena_printf(call->req->arena, "%.*s%s%.*s%s%.*s", STR_FMT(row.error_code),
                                    row.error_code.len > 0 ? ": " : "", STR_FMT(row.state_message),
                                    row.error_data.len > 0 ? "; " : "", STR_FMT(row.error_data)));
    else
        json_write_null(w);
    json_write_key(w, STR("next_request"));
    if (d != NULL && diagnose_next(d, &row.spec, &next)) {
        json_write_object(w);
        spec_write(w, &next);
        json_write_end(w);
    } else {
        json_write_null(w);
    }
    json_write_end(w);
    return true;
}

/* Want another password, and wait until it is set, at most as long as wait_s says. */
static bool rotate(struct call *call, struct clusters *c, struct cluster_row *row, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + 1000 * call_number(call, STR("wait_s")), newest = 0;
    struct ledger *l = clusters_ledger(c);
    struct arena *a = call->req->arena;
    if (!clusters_rotate(c, a, row->id, call->caller, row, err))
        return false;
    log_to(LOG_INFO, "credentials_rotating", LOG_STR("id", call->id), LOG_STR("cluster", row->id),
           LOG_STR("caller", call->caller));
    bool waits = clusters_may_wait(call), ok = true;
    while (ok && waits && row->wants_rotation && clock_mono_ms() < until_ms &&
           !atomic_load(call->req->cancel))
        ok = l->ops->last_event(l, &newest, err) && cluster_row_get(l, a, row->id, row, err) &&
             (!row->wants_rotation ||
              clusters_wait(c, newest, until_ms, call->req->cancel, &newest, err));
    if (waits)
        clusters_waited(call);
    return ok;
}

static bool answer_rotating(struct call *call)
{
    call->answer->status = 202;
    json_write_object(&call->json);
    json_put_str(&call->json, STR("status"), STR("rotating"));
    json_write_end(&call->json);
    return true;
}

bool api_cluster_credentials(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct cluster_row row;
    struct str password;
    if (c == NULL || !cluster_named(call, c, &row, err))
        return false;
    if (!str_eq(row.owner, call->caller))
        return err_set(err, ERR_FORBIDDEN, "the password is shown to %.*s alone",
                       STR_FMT(row.owner));
    if (call_flag(call, STR("rotate"))) {
        if (!rotate(call, c, &row, err))
            return false;
        if (row.wants_rotation)
            return answer_rotating(call);
    }
    if (!clusters_reveal(c, call->req->arena, row.id, &password, err))
        return false;
    log_to(LOG_INFO, "credentials_shown", LOG_STR("id", call->id), LOG_STR("cluster", row.id),
           LOG_STR("caller", call->caller));
    json_write_object(&call->json);
    json_put_str(&call->json, STR("url"), row.hub_url);
    json_put_str(&call->json, STR("user"), row.spec.hub_user);
    json_put_str(&call->json, STR("password"), password);
    json_write_end(&call->json);
    return true;
}
