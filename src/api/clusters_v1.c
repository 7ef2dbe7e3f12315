/* clusters_v1: /v1/clusters: ask for one, list, describe, change, end.  What is told about one
 * besides is cluster_more.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/clusters_v1.h"

#include "api/page.h"
#include "cluster/cost.h"
#include "cluster/emr.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/scan.h"
#include "util/sha256.h"

enum { KEY_MAX_BYTES = 200, LIST_PAGE = 200, MAX_WAITS = 4 };

struct clusters *clusters_of(const struct call *call, struct err *err)
{
    if (call->api->options.clusters == NULL) {
        err_set(err, ERR_UNSUPPORTED, "there are no clusters with this provider");
        err_fix(err, "Set provider = aws.");
    }
    return call->api->options.clusters;
}

bool cluster_named(struct call *call, struct clusters *c, struct cluster_row *out, struct err *err)
{
    struct str id = call_text(call, STR("cluster"));
    if (!cluster_row_get(clusters_ledger(c), call->req->arena, id, out, err))
        return false;
    return call->role == ROLE_ADMIN || str_eq(out->owner, call->caller) ||
           err_set(err, ERR_NOT_FOUND, "there is no cluster %.*s of yours", STR_FMT(id));
}

bool clusters_synced(struct call *call, struct clusters *c, int64_t *out_ms, struct err *err)
{
    struct ledger *l = clusters_ledger(c);
    struct str text;
    uint64_t ms = 0;
    if (!l->ops->note(l, call->req->arena, STR(NOTE_SYNCED), &text, err))
        return false;
    *out_ms = scan_whole_u64(text, INT64_MAX, &ms) ? (int64_t)ms : 0;
    return true;
}

bool clusters_may_wait(struct call *call)
{
    if (call_number(call, STR("wait_s")) == 0)
        return false;
    if (atomic_fetch_add(&call->api->n_waits, 1) < MAX_WAITS)
        return true;
    clusters_waited(call);
    return false;
}

void clusters_waited(struct call *call)
{
    atomic_fetch_sub(&call->api->n_waits, 1);
}

static struct str etag_of(const struct call *call, const struct cluster_row *row)
{
    return arena_printf(call->req->arena, "\"%lld\"", (long long)row->version);
}

bool cluster_answer(struct call *call, struct clusters *c, const struct cluster_row *row,
                    struct err *err)
{
    int64_t synced_ms;
    struct str etag = etag_of(call, row);
    if (!clusters_synced(call, c, &synced_ms, err))
        return false;
    http_answer_header(call->answer, STR("ETag"), etag);
    if (call->req->method == HTTP_GET &&
        str_eq(etag,
               http_header_get(call->req->headers, call->req->n_headers, STR("If-None-Match")))) {
        call->answer->status = 304;
        call->is_json = false;
        return true;
    }
    cluster_write(&call->json, row, synced_ms, clock_unix_ms());
    return true;
}

/* What the body asks for over the settings. */
static bool read_spec(struct call *call, struct clusters *c, struct cluster_spec *spec,
                      struct err *err)
{
    struct json without_name = *call->body;
    struct json *items = ARENA_NEW_N(call->req->arena, struct json, call->body->n_items);
    unsigned n = 0;
    for (unsigned i = 0; i < call->body->n_items; i++)
        if (!str_eq(call->body->items[i].key, STR("name")))
            items[n++] = call->body->items[i];
    without_name.items = items;
    without_name.n_items = n;
    *spec = *clusters_defaults(c);
    if (!spec_merge(call->req->arena, spec, &without_name, err))
        return false;
    struct cluster_provider *p = clusters_provider(c);
    int64_t most = spec->n_workers > spec->autoscale_max ? spec->n_workers : spec->autoscale_max;
    if (most + 1 > (int64_t)p->max_nodes) {
        err_set(err, ERR_INVALID, "a cluster has at most %u nodes here", p->max_nodes);
        return err_fix(err, "The setting clusters.max_nodes allows more.");
    }
    if (spec->autoscale_max > 0 && spec->autoscale_min > spec->autoscale_max)
        return err_set(err, ERR_INVALID, "/size/autoscale_min: is above autoscale_max");
    if (!str_eq(str_from(p->ops->name), STR("emr")) || emr_release_check(spec->release, err))
        return true;
    err->code = ERR_INVALID;
    return false;
}

static void write_plan(struct call *call, struct clusters *c, const struct cluster_spec *spec,
                       struct str name)
{
    struct json_writer *w = &call->json;
    struct arena *a = call->req->arena;
    struct cluster_provider *p = clusters_provider(c);
    struct cost cost;
    const struct cluster_order order = { .marker = STR("00000000000000000000000000"),
                                         .deployment = clusters_deployment(c),
                                         .name = name.len > 0 ? name : STR("lab-00000000"),
                                         .owner = call->caller,
                                         .spec = spec,
                                         .password_hash = STR("$6$...") };
    cost_estimate(spec, p->region, &cost);
    json_write_object(w);
    json_write_key(w, STR("spec"));
    json_write_object(w);
    spec_write(w, spec);
    json_write_end(w);
    json_write_key(w, STR("request"));
    if (p->ops->write_order != NULL)
        p->ops->write_order(p, w, a, &order);
    else
        json_write_null(w);
    json_write_key(w, STR("estimate"));
    json_write_object(w);
    json_put_str(w, STR("hourly"), money_text(a, cost.hourly_micro));
    json_put_str(w, STR("currency"), STR("USD"));
    json_put_bool(w, STR("complete"), cost.is_complete);
    json_put_str(w, STR("price_as_of"), prices_as_of());
    json_put_str(w, STR("price_region"), prices_region_for(p->region));
    json_write_end(w);
    json_write_key(w, STR("warnings"));
    json_write_array(w);
    struct emr_support support = emr_release_support(spec->release, clock_unix_ms());
    if (support.has_ended)
        json_write_str(
            w, arena_printf(a, "AWS's standard support of %.*s has ended", STR_FMT(spec->release)));
    if (!emr_release_ends_idle(spec->release))
        json_write_str(w, arena_printf(a, "%.*s does not end idle clusters by itself",
                                       STR_FMT(spec->release)));
    if (spec->max_lifetime_s == 0 && spec->max_usd_micro == 0)
        json_write_str(w, STR("it has neither max_lifetime_s nor max_usd: only idleness ends it"));
    json_write_end(w);
    json_write_end(w);
}

static struct str fingerprint(const struct call *call)
{
    char hash[SHA256_HEX_SIZE];
    AUTO_BUF text = BUF_INIT(LIMIT_JSON_BYTES);
    struct json_writer w;
    json_writer_init(&w, &text);
    json_write_json(&w, call->body);
    sha256_hex(buf_str(&text), hash);
    return arena_str(call->req->arena, str_from(hash));
}

static bool read_key(const struct call *call, struct str *out, struct err *err)
{
    *out = http_header_get(call->req->headers, call->req->n_headers, STR("Idempotency-Key"));
    if (out->len > 0 && out->len <= KEY_MAX_BYTES)
        return true;
    err_set(err, ERR_INVALID, "the header Idempotency-Key is needed, 1 to %d bytes", KEY_MAX_BYTES);
    return err_fix(err, "Make a random one for each new cluster, and send it again when you "
                        "repeat the request.");
}

bool api_cluster_make(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct cluster_spec spec;
    struct cluster_row row;
    struct cluster_ask ask = { .caller = call->caller, .spec = &spec };
    bool is_replay;
    if (c == NULL || !json_opt_str(call->body, STR("name"), STR_EMPTY, &ask.name, err) ||
        !read_spec(call, c, &spec, err))
        return false;
    if (call_flag(call, STR("dry_run"))) {
        write_plan(call, c, &spec, ask.name);
        return true;
    }
    if (!read_key(call, &ask.key, err))
        return false;
    ask.fingerprint = fingerprint(call);
    if (!clusters_make(c, call->req->arena, &ask, &row, &is_replay, err))
        return false;
    log_to(LOG_INFO, "cluster_requested", LOG_STR("id", call->id), LOG_STR("cluster", row.id),
           LOG_STR("caller", call->caller),
           LOG_STR("replayed", is_replay ? STR("yes") : STR("no")));
    call->answer->status = 202;
    if (is_replay)
        http_answer_header(call->answer, STR("Idempotency-Replayed"), STR("true"));
    http_answer_header(call->answer, STR("Location"),
                       arena_printf(call->req->arena, "%.*s/v1/clusters/%.*s",
                                    STR_FMT(call_base_url(call)), STR_FMT(row.id)));
    return cluster_answer(call, c, &row, err);
}

static bool has_label(const struct cluster_spec *spec, struct str wanted)
{
    struct str key, value;
    str_cut(wanted, ':', &key, &value);
    for (size_t i = 0; i < spec->n_labels; i++)
        if (str_eq(spec->labels[i].key, key) && str_eq(spec->labels[i].value, value))
            return true;
    return false;
}

static bool is_wanted(const struct call *call, const struct cluster_row *row)
{
    struct str release = call_text(call, STR("release")), label = call_text(call, STR("label"));
    struct str phase = call_text(call, STR("phase")), q = call_text(call, STR("q"));
    return (phase.len == 0 || str_eq(phase, phase_name(row->phase))) &&
           (release.len == 0 || str_eq(release, row->spec.release)) &&
           (label.len == 0 || has_label(&row->spec, label)) &&
           (q.len == 0 || str_contains(row->name, q));
}

struct listing {
    struct call *call;
    struct ledger_query query;
    struct page_key last;
    size_t n, limit;
    int64_t synced_ms, now_ms;
    bool is_full; /* there is more */
};

/* One page of the ledger; *is_end: it was the last. */
static bool list_some(struct listing *s, struct ledger *l, bool *is_end, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct ledger_rows rows = { 0 };
    if (!l->ops->list(l, &a, &s->query, &rows, err))
        return false;
    *is_end = rows.n < s->query.limit;
    for (size_t i = 0; i < rows.n && !s->is_full; i++) {
        struct cluster_row row;
        if (!row_from_ledger(&a, &rows.items[i], &row, err))
            return false;
        if (is_wanted(s->call, &row)) {
            s->is_full = s->n == s->limit;
            if (s->is_full)
                break;
            cluster_write(&s->call->json, &row, s->synced_ms, s->now_ms);
            s->n++;
        }
        s->last = (struct page_key){ .number = row.requested_ms,
                                     .text = arena_str(s->call->req->arena, row.id) };
        s->query.before_ms = s->last.number;
        s->query.before_id = s->last.text;
    }
    return true;
}

bool api_clusters_list(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct str owner = call_text(call, STR("owner"));
    struct listing s = { .call = call,
                         .limit = (size_t)call_number(call, STR("limit")),
                         .now_ms = clock_unix_ms() };
    struct page_key begin;
    bool has_begin, is_end = false;
    if (c == NULL || !page_read(call, &begin, &has_begin, err) ||
        !clusters_synced(call, c, &s.synced_ms, err))
        return false;
    if (call->role != ROLE_ADMIN && owner.len > 0 && !str_eq(owner, call->caller))
        return err_set(err, ERR_FORBIDDEN, "only admins see the clusters of others");
    s.query = (struct ledger_query){ .owner = call->role == ROLE_ADMIN ? owner : call->caller,
                                     .only_live = !call_flag(call, STR("include_terminated")),
                                     .before_ms = begin.number,
                                     .before_id = begin.text,
                                     .limit = s.limit < LIST_PAGE ? s.limit + 1 : LIST_PAGE };
    json_write_object(&call->json);
    json_write_key(&call->json, STR("items"));
    json_write_array(&call->json);
    while (!is_end && !s.is_full)
        if (!list_some(&s, clusters_ledger(c), &is_end, err))
            return false;
    json_write_end(&call->json);
    if (s.is_full)
        page_write_next(call, &s.last);
    else
        json_put_null(&call->json, STR("next_page_token"));
    json_write_end(&call->json);
    return true;
}

static bool is_reached(const struct cluster_row *row, enum phase until)
{
    return phase_is_over(row->phase) ||
           (until != PHASE_TERMINATED && row->phase >= until && row->phase != PHASE_UNCERTAIN);
}

/* Look until the phase is reached or the time is over. */
static bool await_phase(struct call *call, struct clusters *c, enum phase until, int64_t until_ms,
                        struct cluster_row *row, struct err *err)
{
    struct ledger *l = clusters_ledger(c);
    int64_t newest = 0;
    for (;;) {
        if (!l->ops->last_event(l, &newest, err) || !cluster_named(call, c, row, err))
            return false;
        if (is_reached(row, until) || clock_mono_ms() >= until_ms || atomic_load(call->req->cancel))
            return true;
        if (!clusters_wait(c, newest, until_ms, call->req->cancel, &newest, err))
            return false;
    }
}

bool api_cluster_get(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    int64_t until_ms = clock_mono_ms() + 1000 * call_number(call, STR("wait_s"));
    struct cluster_row row;
    enum phase until = PHASE_READY;
    if (c == NULL)
        return false;
    if (!phase_parse(call_text(call, STR("until")), &until))
        return err_set(err, ERR_INVALID, "until is no phase");
    bool waits = clusters_may_wait(call);
    if (!waits)
        until_ms = 0;
    else if (until_ms > call->req->deadline_ms)
        until_ms = call->req->deadline_ms;
    bool ok = await_phase(call, c, until, until_ms, &row, err);
    if (waits)
        clusters_waited(call);
    return ok && cluster_answer(call, c, &row, err);
}

static bool patch(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                  struct err *err)
{
    const struct call *call = ctx;
    struct str wanted = http_header_get(call->req->headers, call->req->n_headers, STR("If-Match"));
    (void)now;
    if (wanted.len > 0 && !str_eq(wanted, STR("*")) && !str_eq(wanted, etag_of(call, row)))
        return err_set(err, ERR_CONFLICT, "the cluster has been changed: its ETag is %.*s now",
                       STR_FMT(etag_of(call, row)));
    if (phase_is_over(row->phase))
        return err_set(err, ERR_CONFLICT, "cluster %.*s has ended", STR_FMT(row->id));
    int64_t lifetime_s = row->spec.max_lifetime_s;
    if (!spec_merge(out->arena, &row->spec, call->body, err))
        return false;
    /* Counted from where it was counted before. */
    if (row->expires_ms > 0)
        row->expires_ms += (row->spec.max_lifetime_s - lifetime_s) * 1000;
    if (row->spec.max_lifetime_s == 0)
        row->expires_ms = 0;
    row->warned_expiry = row->warned_budget = false;
    *ARENA_PUSH(out->arena, out->events, out->n_events, out->cap_events) = (struct lifecycle_event){
        .type = STR("changed"), .message = STR("limits or labels"), .kind = STR("info")
    };
    return true;
}

bool api_cluster_patch(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct cluster_row row;
    bool has_events;
    if (c == NULL || !cluster_named(call, c, &row, err))
        return false;
    const struct row_update u = { .ledger = clusters_ledger(c),
                                  .id = row.id,
                                  .now = clock_unix_ms(),
                                  .change = patch,
                                  .ctx = call };
    if (!row_update(call->req->arena, &u, &row, &has_events, err)) {
        bool has_match =
            http_header_get(call->req->headers, call->req->n_headers, STR("If-Match")).len > 0;
        if (err->code == ERR_CONFLICT && has_match && str_contains(str_from(err->msg), STR("ETag")))
            err->code = ERR_PRECONDITION;
        return false;
    }
    clusters_wake(c);
    return cluster_answer(call, c, &row, err);
}

bool api_cluster_delete(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct cluster_row row;
    if (c == NULL || !cluster_named(call, c, &row, err))
        return false;
    const struct cluster_end end = { .id = row.id,
                                     .by = call->caller,
                                     .because =
                                         str_eq(row.owner, call->caller) ? ENDS_USER : ENDS_ADMIN,
                                     .is_forced = call_flag(call, STR("force")) };
    bool was_over = phase_is_over(row.phase);
    if (!was_over && !clusters_end(c, call->req->arena, &end, &row, err))
        return false;
    log_to(LOG_INFO, "cluster_terminating", LOG_STR("id", call->id), LOG_STR("cluster", row.id),
           LOG_STR("caller", call->caller));
    call->answer->status = was_over ? 200 : 202;
    return cluster_answer(call, c, &row, err);
}

bool api_cluster_extend(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct cluster_row row;
    int64_t by_s;
    if (c == NULL || !cluster_named(call, c, &row, err) ||
        !json_get_i64(call->body, STR("by_s"), 60, 604800, &by_s, err) ||
        !cluster_request_extend(clusters_ledger(c), call->req->arena, row.id, by_s, call->caller,
                                clock_unix_ms(), &row, err))
        return false;
    clusters_wake(c);
    return cluster_answer(call, c, &row, err);
}
