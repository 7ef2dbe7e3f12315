/* clusters_v1: /v1/clusters: ask for one, list, describe, change, end.  What is told about one
 * besides is cluster_more.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/clusters_v1.h"

#include "api/cluster_notebooks.h"
#include "api/page.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/scan.h"
#include "util/sha256.h"

enum {
    KEY_MAX_BYTES = 200,
    LIST_PAGE = 200,
    MAX_WAITS = 4,
    SAVED_MS = 5 * 1000,
    RECENT_MS = 10 * 60 * 1000
};

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
    const struct cluster_call limits = { .deadline_ms = call->req->deadline_ms,
                                         .cancel = call->req->cancel };
    struct cluster_ask ask = { .caller = call->caller, .spec = &spec, .call = &limits };
    bool is_replay;
    if (c == NULL || !json_opt_str(call->body, STR("name"), STR_EMPTY, &ask.name, err) ||
        !cluster_plan_read(call, c, &spec, err))
        return false;
    if (call_flag(call, STR("dry_run"))) {
        cluster_plan_write(call, c, &spec, ask.name);
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
    struct str template_name = call_text(call, STR("template"));
    return (release.len == 0 || str_eq(release, row->spec.release)) &&
           (template_name.len == 0 || str_eq(template_name, row->spec.template_name)) &&
           (label.len == 0 || has_label(&row->spec, label));
}

/* The same of what the ledger has in columns. */
static bool is_wanted_row(const struct call *call, const struct ledger_row *row)
{
    struct str phase = call_text(call, STR("phase")), q = call_text(call, STR("q"));
    return (phase.len == 0 || str_eq(phase, row->phase)) &&
           (q.len == 0 || str_contains(row->name, q));
}

static bool needs_documents(const struct call *call)
{
    return call_text(call, STR("release")).len > 0 || call_text(call, STR("label")).len > 0 ||
           call_text(call, STR("template")).len > 0;
}

struct listing {
    struct call *call;
    struct ledger_query query;
    struct page_key last;
    size_t n, limit;
    int64_t synced_ms, now_ms;
    bool is_full; /* there is more */
};

static bool list_row(struct listing *s, struct ledger *l, struct arena *a,
                     const struct ledger_row *stored, struct err *err)
{
    struct cluster_row row;
    struct err gone = ERR_INIT;
    if (!is_wanted_row(s->call, stored))
        return true;
    if (s->n == s->limit) {
        /* One more that is wanted: there is a next page. */
        s->is_full = !needs_documents(s->call) || !row_from_ledger(a, stored, &row, &gone) ||
                     is_wanted(s->call, &row);
        return true;
    }
    if (needs_documents(s->call)) {
        if (!row_from_ledger(a, stored, &row, err))
            return false;
        if (is_wanted(s->call, &row)) {
            cluster_write(&s->call->json, &row, s->synced_ms, s->now_ms);
            s->n++;
        }
        return true;
    }
    bool is_gone = false;
    if (!cluster_kept_write(s->call, l, stored, s->synced_ms, s->now_ms, &is_gone, err))
        return false;
    s->n += !is_gone;
    return true;
}

/* One page of the ledger; *is_end: it was the last. */
static bool list_some(struct listing *s, struct ledger *l, bool *is_end, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct ledger_rows rows = { 0 };
    if (!l->ops->list(l, &a, &s->query, &rows, err))
        return false;
    *is_end = rows.n < s->query.limit;
    for (size_t i = 0; i < rows.n && !s->is_full; i++) {
        const struct ledger_row *stored = &rows.items[i];
        if (!list_row(s, l, &a, stored, err))
            return false;
        if (s->is_full)
            break;
        s->last = (struct page_key){ .number = stored->created_ms,
                                     .text = arena_str(s->call->req->arena, stored->id) };
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
                                     .without_doc = !needs_documents(call),
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

static bool resize(const struct call *call, struct cluster_row *row,
                   const struct cluster_spec *before, struct lifecycle_out *out, struct err *err)
{
    struct cluster_provider *p = clusters_provider(call->api->options.clusters);
    if (json_get(call->body, STR("size")) == NULL)
        return true;
    if (p->ops->resize == NULL)
        return err_set(err, ERR_UNSUPPORTED, "this provider resizes no clusters");
    if (row->ends_because != ENDS_NOT)
        return err_set(err, ERR_CONFLICT, "cluster %.*s is ending", STR_FMT(row->id));
    if (!cluster_plan_check_size(p, &row->spec, err))
        return false;
    lifecycle_resize(row, before, call->caller, out);
    return true;
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
    const struct cluster_spec before = row->spec;
    int64_t lifetime_s = before.max_lifetime_s;
    if (!spec_merge(out->arena, &row->spec, call->body, err) ||
        !resize(call, row, &before, out, err))
        return false;
    /* Counted from where it was counted before. */
    if (row->expires_ms > 0)
        row->expires_ms += (row->spec.max_lifetime_s - lifetime_s) * 1000;
    if (row->spec.max_lifetime_s == 0)
        row->expires_ms = 0;
    row->warned_expiry = row->warned_budget = row->warned_idle = false;
    *ARENA_PUSH(out->arena, out->events, out->n_events, out->cap_events) = (struct lifecycle_event){
        .type = STR("changed"), .message = STR("size, limits or labels"), .kind = STR("info")
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

/* Where notebooks are kept is looked at before they end with the cluster; what cannot be looked at
 * is no reason to let it cost on. */
static bool check_saved(struct call *call, const struct cluster_row *row, bool is_forced,
                        struct saved_notebooks *out, struct err *err)
{
    int64_t deadline_ms = clock_mono_ms() + SAVED_MS;
    struct err why = ERR_INIT;
    *out = (struct saved_notebooks){ 0 };
    if (row->phase != PHASE_READY || call->api->options.notebooks == NULL ||
        cluster_notebooks_find(call, row, deadline_ms, out, &why) || why.code != ERR_NOT_FOUND ||
        is_forced)
        return true;
    err_set(err, ERR_CONFLICT,
            "unsaved work: there is no bucket %.*s, so the notebooks of cluster "
            "%.*s are on its disk alone",
            STR_FMT(row->spec.bucket), STR_FMT(row->id));
    return err_fix(err, "Download them from JupyterHub, then say force=true.");
}

static bool answer_ending(struct call *call, struct clusters *c, const struct cluster_row *row,
                          const struct saved_notebooks *saved, struct err *err)
{
    struct json_writer *w = &call->json;
    int64_t synced_ms, now = clock_unix_ms();
    if (!clusters_synced(call, c, &synced_ms, err))
        return false;
    http_answer_header(call->answer, STR("ETag"), etag_of(call, row));
    json_write_object(w);
    cluster_write_members(w, row);
    cluster_write_age(w, !phase_is_over(row->phase), synced_ms, now);
    json_write_key(w, STR("recent_notebooks"));
    json_write_array(w);
    for (size_t i = 0; i < saved->n && now - saved->items[i].saved_ms < RECENT_MS; i++)
        cluster_notebook_write(call, row, &saved->items[i]);
    json_write_end(w);
    json_write_end(w);
    return true;
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
    struct saved_notebooks saved;
    if (!check_saved(call, &row, end.is_forced, &saved, err))
        return false;
    if (!was_over && !clusters_end(c, call->req->arena, &end, &row, err))
        return false;
    log_to(LOG_INFO, "cluster_terminating", LOG_STR("id", call->id), LOG_STR("cluster", row.id),
           LOG_STR("caller", call->caller));
    call->answer->status = was_over ? 200 : 202;
    return answer_ending(call, c, &row, &saved, err);
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
