/*
 * sweep: the provider's list, page by page.
 *
 * Two sweeps take turns: one of what was made lately, in every state, and one of everything that
 * lives.  Markers are the only believed link between a cluster and its
 * row.  Four pages a minute are the budget, however many clusters there are.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/reconciler_internal.h"

enum {
    LIST_MS = 30 * 1000,
    YOUNG_EVERY_MS = 5 * 60 * 1000,
    WINDOW_MS = 30 * 60 * 1000,
    FIRST_WINDOW_MS = 24 * 60 * 60 * 1000,
    BACKOFF_MS = 5000,
    MAX_BACKOFF_SHIFT = 5,
    SEEN_EVERY_MS = 10 * 60 * 1000,
    ORPHANS_MAX_BYTES = 256 * 1024,
    MAX_ORPHANS = 1000
};

void sweep_release(struct sweep *s)
{
    arena_release(&s->arena);
    *s = (struct sweep){ 0 };
}

static void start(struct sweep *s, int64_t now, int64_t created_ms, bool only_live)
{
    sweep_release(s);
    strmap_init(&s->seen, &s->arena);
    strmap_init(&s->orphans, &s->arena);
    s->is_running = true;
    s->begun_ms = now;
    s->created_ms = created_ms;
    s->only_live = only_live;
}

static bool note_found(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                       struct err *err)
{
    (void)err;
    lifecycle_found(row, ctx, now, out);
    return true;
}

struct absence {
    const struct reconciler *r;
    const struct sweep *sweep;
};

static bool note_not_found(void *ctx, struct cluster_row *row, int64_t now,
                           struct lifecycle_out *out, struct err *err)
{
    const struct absence *absence = ctx;
    (void)err;
    lifecycle_not_found(row, absence->sweep->begun_ms, absence->sweep->created_ms,
                        absence->r->options.rules, now, out);
    return true;
}

static bool note_missing(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                         struct err *err)
{
    const struct absence *absence = ctx;
    (void)now;
    (void)out;
    (void)err;
    lifecycle_missing(row, absence->sweep->begun_ms);
    return true;
}

/* What is as we know it needs no commit. */
static bool is_news(const struct turn *t, const struct cluster_row *row,
                    const struct cluster_seen *seen)
{
    return row == NULL || !str_eq(row->remote, seen->id) || !str_eq(row->state, seen->state) ||
           row->missing_ms > 0 || t->now - row->seen_ms > SEEN_EVERY_MS;
}

/* A cluster that lives and has no row: one that bears our marker, or somebody else's. */
static void add_orphan(struct sweep *s, const struct cluster_seen *seen)
{
    struct cluster_seen *copy = ARENA_NEW(&s->arena, struct cluster_seen);
    if (s->orphans.n >= MAX_ORPHANS)
        return;
    *copy = *seen;
    copy->id = arena_str(&s->arena, seen->id);
    copy->name = arena_str(&s->arena, seen->name);
    copy->state = arena_str(&s->arena, seen->state);
    strmap_put(&s->orphans, copy->id, copy);
}

/* One without our marker has a row only if it was adopted; then by its id. */
static const struct cluster_row *adopted(struct turn *t, struct str remote)
{
    struct ledger *l = t->r->options.ledger;
    struct ledger_row stored;
    struct err err = ERR_INIT;
    if (!l->ops->get(l, &t->arena, remote, &stored, &err) || !str_eq(stored.remote, remote))
        return NULL;
    struct cluster_row *row = ARENA_NEW(&t->arena, struct cluster_row);
    if (row_from_ledger(&t->arena, &stored, row, &err))
        return row;
    turn_failed(t, "reading a row", &err);
    return NULL;
}

static void take_item(struct turn *t, struct sweep *s, struct cluster_seen *seen)
{
    struct str deployment, marker;
    struct ledger *l = t->r->options.ledger;
    struct ledger_row stored;
    struct err err = ERR_INIT;
    strmap_put(&s->seen, arena_str(&s->arena, seen->id), s);
    marker_parse(seen->name, &deployment, &marker);
    bool is_ours = marker.len > 0 && str_eq(deployment, t->r->options.deployment);
    struct str id = arena_concat(&t->arena, STR("clu_"), marker);
    const struct cluster_row *row = is_ours ? strmap_get(&t->by_id, id) : NULL;
    if (row == NULL && is_ours && l->ops->get(l, &t->arena, id, &stored, &err)) {
        struct cluster_row *settled = ARENA_NEW(&t->arena, struct cluster_row);
        if (!row_from_ledger(&t->arena, &stored, settled, &err)) {
            turn_failed(t, "reading a row", &err);
            return;
        }
        row = settled;
        /* One that ended, of a row that knows all about it. */
        if (seen->stage > STAGE_ENDING && str_eq(row->remote, seen->id))
            return;
    }
    if (row == NULL && !is_ours)
        row = adopted(t, seen->id);
    if (row == NULL) {
        if (seen->stage <= STAGE_ENDING && (!is_ours || err.code == ERR_NOT_FOUND))
            add_orphan(s, seen);
        return;
    }
    if (is_news(t, row, seen))
        (void)turn_update(t, row->id, NULL, note_found, seen, NULL);
}

static void tell_orphans(struct turn *t, const struct sweep *s)
{
    AUTO_BUF text = BUF_INIT(ORPHANS_MAX_BYTES);
    struct json_writer w;
    struct err err = ERR_INIT;
    struct ledger *l = t->r->options.ledger;
    json_writer_init(&w, &text);
    json_write_object(&w);
    json_put_i64(&w, STR("synced_ms"), t->now);
    json_write_key(&w, STR("items"));
    json_write_array(&w);
    for (size_t i = 0; i < s->orphans.n; i++) {
        const struct cluster_seen *seen = s->orphans.entries[i].value;
        struct str deployment, marker;
        marker_parse(seen->name, &deployment, &marker);
        bool is_ours = marker.len > 0 && str_eq(deployment, t->r->options.deployment);
        json_write_object(&w);
        json_put_str(&w, STR("id"), seen->id);
        json_put_str(&w, STR("name"), str_slice(seen->name, 0, 256));
        json_put_str(&w, STR("state"), seen->state);
        json_put_str(&w, STR("kind"),
                     is_ours          ? STR("lost")
                     : marker.len > 0 ? STR("other_deployment")
                                      : STR("unmanaged"));
        json_put_i64(&w, STR("created_ms"), seen->created_ms);
        json_write_end(&w);
    }
    json_write_end(&w);
    json_write_end(&w);
    const struct ledger_note note = { STR(NOTE_ORPHANS), buf_str(&text) };
    const struct ledger_change change = { .note = &note,
                                          .lease = STR(LEASE_RECONCILER),
                                          .fence = t->r->fence };
    if (buf_ok(&text) && !l->ops->commit(l, &change, NULL, &err))
        turn_failed(t, "noting the list", &err);
}

/* For those who only read: how old what they are told may be. */
static void tell_synced(struct turn *t)
{
    struct ledger *l = t->r->options.ledger;
    struct err err = ERR_INIT;
    const struct ledger_note note = { STR(NOTE_SYNCED),
                                      arena_printf(&t->arena, "%lld", (long long)t->now) };
    const struct ledger_change change = { .note = &note,
                                          .lease = STR(LEASE_RECONCILER),
                                          .fence = t->r->fence };
    if (!l->ops->commit(l, &change, NULL, &err))
        turn_failed(t, "noting the list", &err);
}

static void finish(struct turn *t, struct sweep *s)
{
    struct absence absence = { t->r, s };
    for (size_t i = 0; i < t->n_rows; i++) {
        const struct cluster_row *row = t->rows[i];
        if (!s->only_live && row->phase == PHASE_UNCERTAIN)
            (void)turn_update(t, row->id, NULL, note_not_found, &absence, NULL);
        if (s->only_live && row->remote.len > 0 && !phase_is_over(row->phase) &&
            row->missing_ms == 0 && row->seen_ms < s->begun_ms &&
            !strmap_has(&s->seen, row->remote))
            (void)turn_update(t, row->id, NULL, note_missing, &absence, NULL);
    }
    if (s->only_live)
        tell_orphans(t, s);
    s->is_running = false;
}

static void take_page(struct turn *t, struct sweep *s)
{
    struct reconciler *r = t->r;
    struct cluster_call call = turn_call(t, LIST_MS);
    struct cluster_page page = { 0 };
    struct err err = ERR_INIT;
    struct cluster_provider *p = r->options.provider;
    if (!p->ops->page(p, &t->arena, s->created_ms, s->only_live, s->cursor, &call, &page, &err)) {
        /* A marker of a page may have become old: begin anew. */
        s->is_running = false;
        r->n_list_failures++;
        unsigned shift =
            r->n_list_failures < MAX_BACKOFF_SHIFT ? r->n_list_failures : MAX_BACKOFF_SHIFT;
        r->lists_from_ms = t->now + ((int64_t)BACKOFF_MS << shift);
        turn_failed(t, "listing the clusters", &err);
        return;
    }
    r->n_list_failures = 0;
    for (size_t i = 0; i < page.n && !turn_is_cancelled(t); i++)
        take_item(t, s, &page.items[i]);
    tell_synced(t);
    s->cursor = arena_str(&s->arena, page.next);
    if (page.next.len == 0 && !turn_is_cancelled(t))
        finish(t, s);
}

/* As far back as the oldest attempt that is not clear, and at least as far as calls may be late:
 * a duplicate may have come and failed by itself between two sweeps of what lives.  After a start
 * further, for what happened meanwhile.  True: an attempt waits for it. */
static bool young_window(const struct turn *t, int64_t *created_ms)
{
    bool is_wanted = false;
    *created_ms = t->now - (t->r->young.begun_ms == 0 ? FIRST_WINDOW_MS : WINDOW_MS);
    for (size_t i = 0; i < t->n_rows; i++) {
        struct lifecycle_due due;
        lifecycle_due(t->rows[i], t->r->options.rules, t->now, &due);
        is_wanted = is_wanted || due.sweep;
        if (due.sweep && due.sweep_created_ms < *created_ms)
            *created_ms = due.sweep_created_ms;
    }
    return is_wanted;
}

void turn_sweep(struct turn *t)
{
    struct reconciler *r = t->r;
    int64_t created_ms = 0;
    int64_t every_ms = young_window(t, &created_ms) ? r->options.sync_ms : YOUNG_EVERY_MS;
    bool wants_young = r->young.is_running || t->now - r->young.begun_ms >= every_ms;
    bool wants_live = r->live.is_running || t->now - r->live.begun_ms >= r->options.sync_ms;
    if (t->now < r->lists_from_ms || (!wants_young && !wants_live) || turn_is_cancelled(t) ||
        !rate_take(&r->lists, t->now))
        return;
    bool is_young = wants_young && (!wants_live || !r->was_young);
    struct sweep *s = is_young ? &r->young : &r->live;
    r->was_young = is_young;
    if (!s->is_running)
        start(s, t->now, is_young ? created_ms : 0, !is_young);
    take_page(t, s);
}
