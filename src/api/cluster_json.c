/* cluster_json: a cluster as the API tells it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/cluster_json.h"

#include "util/clock.h"

static void put_time(struct json_writer *w, struct str key, int64_t ms)
{
    if (ms != 0)
        json_put_time(w, key, ms);
    else
        json_put_null(w, key);
}

static void put_text(struct json_writer *w, struct str key, struct str text)
{
    if (text.len > 0)
        json_put_str(w, key, text);
    else
        json_put_null(w, key);
}

void cluster_write_reason(struct json_writer *w, const struct phase_reason *r)
{
    json_write_object(w);
    put_text(w, STR("code"), r->code);
    json_put_str(w, STR("kind"), r->kind.len > 0 ? r->kind : STR("none"));
    put_text(w, STR("message"), r->message);
    put_text(w, STR("fix"), r->fix);
    json_put_bool(w, STR("retryable"), r->is_retryable);
    json_write_end(w);
}

static void write_provider(struct json_writer *w, const struct cluster_row *row)
{
    json_write_key(w, STR("provider"));
    json_write_object(w);
    json_put_str(w, STR("name"), row->provider);
    put_text(w, STR("cluster_id"), row->remote);
    put_text(w, STR("state"), row->state);
    put_text(w, STR("state_code"), row->state_code);
    put_text(w, STR("state_message"), row->state_message);
    json_write_end(w);
}

struct str cluster_notebooks_prefix(struct arena *a, const struct cluster_row *row)
{
    /* On this machine JupyterHub opens the whole bucket. */
    if (str_eq(row->provider, STR("local")))
        return STR_EMPTY;
    return arena_printf(a, "jupyter/%.*s/", STR_FMT(row->spec.hub_user));
}

static void write_jupyter(struct json_writer *w, const struct cluster_row *row)
{
    json_write_key(w, STR("jupyter"));
    json_write_object(w);
    put_text(w, STR("url"), row->hub_url);
    json_put_str(w, STR("user"), row->spec.hub_user);
    json_put_bool(w, STR("hardened"), row->is_hardened);
    put_time(w, STR("password_shown_at"), row->revealed_ms);
    json_put_bool(w, STR("rotating"), row->wants_rotation);
    json_write_end(w);
    json_write_key(w, STR("notebooks"));
    json_write_object(w);
    AUTO_ARENA a = ARENA_INIT;
    json_put_str(w, STR("uri"),
                 arena_printf(&a, "s3://%.*s/%.*s", STR_FMT(row->spec.bucket),
                              STR_FMT(cluster_notebooks_prefix(&a, row))));
    put_time(w, STR("last_saved_at"), row->saved_ms);
    json_write_end(w);
}

static void write_times(struct json_writer *w, const struct cluster_row *row)
{
    json_write_key(w, STR("timeline"));
    json_write_object(w);
    json_put_time(w, STR("requested_at"), row->requested_ms);
    put_time(w, STR("created_at"), row->created_ms);
    put_time(w, STR("ready_at"), row->ready_ms);
    put_time(w, STR("ended_at"), row->ended_ms);
    json_write_end(w);
    json_write_key(w, STR("lifecycle"));
    json_write_object(w);
    put_time(w, STR("expires_at"), row->expires_ms);
    put_text(w, STR("ends_because"), ends_because_name(row->ends_because));
    put_text(w, STR("ends_by"), row->ends_by);
    /* What is not known is not told: idle_since and blockers belong to the time idle_known_at. */
    bool is_known = row->phase == PHASE_READY && row->activity_known_ms > 0;
    put_time(w, STR("idle_known_at"), is_known ? row->activity_known_ms : 0);
    put_time(w, STR("idle_since"), is_known && row->blocker.len == 0 ? row->active_ms : 0);
    json_write_key(w, STR("idle_blockers"));
    json_write_array(w);
    if (is_known && row->blocker.len > 0)
        json_write_str(w, row->blocker);
    json_write_end(w);
    json_put_bool(w, STR("resizing"), row->wants_resize);
    json_write_end(w);
}

static void write_cost(struct json_writer *w, const struct cluster_row *row)
{
    AUTO_ARENA a = ARENA_INIT;
    json_write_key(w, STR("cost"));
    json_write_object(w);
    json_put_str(w, STR("hourly"), money_text(&a, row->hourly_micro));
    json_put_str(w, STR("accrued"), money_text(&a, row->spent_micro));
    json_put_str(w, STR("currency"), STR("USD"));
    json_put_bool(w, STR("complete"), row->is_cost_complete);
    json_write_end(w);
}

void cluster_write_members(struct json_writer *w, const struct cluster_row *row)
{
    json_put_str(w, STR("id"), row->id);
    json_put_str(w, STR("name"), row->name);
    json_put_str(w, STR("owner"), row->owner);
    json_put_i64(w, STR("version"), row->version);
    json_put_str(w, STR("phase"), phase_name(row->phase));
    json_write_key(w, STR("phase_reason"));
    cluster_write_reason(w, &row->reason);
    write_provider(w, row);
    json_write_key(w, STR("spec"));
    json_write_object(w);
    spec_write(w, &row->spec);
    json_write_end(w);
    write_jupyter(w, row);
    write_times(w, row);
    write_cost(w, row);
}

void cluster_write_age(struct json_writer *w, bool is_live, int64_t synced_ms, int64_t now_ms)
{
    put_time(w, STR("synced_at"), synced_ms);
    json_put_bool(w, STR("stale"), is_live && now_ms - synced_ms > CLUSTER_STALE_MS);
}

void cluster_write(struct json_writer *w, const struct cluster_row *row, int64_t synced_ms,
                   int64_t now_ms)
{
    json_write_object(w);
    cluster_write_members(w, row);
    cluster_write_age(w, !phase_is_over(row->phase), synced_ms, now_ms);
    json_write_end(w);
}
