/* ledger: see ledger.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger.h"

#include <stdlib.h>

struct lease {
    struct str name, holder;
    int64_t expires_ms, fence;
};

struct fake_ledger_store {
    struct arena arena;
    struct ledger_row *rows;
    size_t n_rows, cap_rows;
    struct ledger_event *events;
    size_t n_events, cap_events;
    struct ledger_key *keys;
    size_t n_keys, cap_keys;
    struct ledger_span *spans;
    size_t n_spans, cap_spans;
    struct ledger_note *notes;
    size_t n_notes, cap_notes;
    struct lease *leases;
    size_t n_leases, cap_leases;
};

struct handle {
    struct ledger base; /* first */
    struct fake_ledger_store *store;
    fake_ledger_lives_fn *lives;
    void *ctx;
    bool is_dead;
};

struct fake_ledger_store *fake_ledger_store_new(void)
{
    struct fake_ledger_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        panic("no memory");
    return store;
}

void fake_ledger_store_free(struct fake_ledger_store *store)
{
    if (store == NULL)
        return;
    arena_release(&store->arena);
    free(store);
}

static struct handle *handle_of(struct ledger *l, struct err *err)
{
    struct handle *h = (struct handle *)l;
    if (!h->is_dead)
        return h;
    err_set(err, ERR_IO, "the process is dead");
    return NULL;
}

static bool survives(struct handle *h, bool is_after, struct err *err)
{
    if (h->lives == NULL || h->lives(h->ctx, is_after))
        return true;
    h->is_dead = true;
    return err_set(err, ERR_IO, "died %s a commit", is_after ? "behind" : "before");
}

static struct ledger_row *row_by_id(struct fake_ledger_store *s, struct str id)
{
    for (size_t i = 0; i < s->n_rows; i++)
        if (str_eq(s->rows[i].id, id))
            return &s->rows[i];
    return NULL;
}

static struct ledger_row *row_by_remote(struct fake_ledger_store *s, struct str remote)
{
    for (size_t i = 0; i < s->n_rows && remote.len > 0; i++)
        if (str_eq(s->rows[i].remote, remote))
            return &s->rows[i];
    return NULL;
}

static bool check_row(struct fake_ledger_store *s, const struct ledger_row *row, struct err *err)
{
    const struct ledger_row *old = row_by_id(s, row->id);
    const struct ledger_row *other = row_by_remote(s, row->remote);
    if (row->version != (old != NULL ? old->version : 0))
        return err_set(err, old != NULL && row->version == 0 ? ERR_CONFLICT : ERR_PRECONDITION,
                       "another version");
    if (other != NULL && other != old)
        return err_set(err, ERR_CONFLICT, "the remote id is taken");
    for (size_t i = 0; i < s->n_rows && row->is_live; i++)
        if (&s->rows[i] != old && s->rows[i].is_live && str_eq(s->rows[i].owner, row->owner) &&
            str_eq(s->rows[i].name, row->name))
            return err_set(err, ERR_CONFLICT, "the name is taken");
    return true;
}

static bool check(struct fake_ledger_store *s, const struct ledger_change *c, struct err *err)
{
    if (c->lease.len > 0) {
        bool is_in_force = false;
        for (size_t i = 0; i < s->n_leases; i++)
            is_in_force = is_in_force ||
                          (str_eq(s->leases[i].name, c->lease) && s->leases[i].fence == c->fence);
        if (!is_in_force)
            return err_set(err, ERR_PRECONDITION, "the fence is not in force");
    }
    for (size_t i = 0; i < c->n_rows; i++)
        if (!check_row(s, &c->rows[i], err))
            return false;
    for (size_t i = 0; i < s->n_keys && c->key != NULL; i++)
        if (str_eq(s->keys[i].caller, c->key->caller) && str_eq(s->keys[i].key, c->key->key))
            return err_set(err, ERR_CONFLICT, "the key exists");
    size_t n_live = c->n_rows > 0 && c->rows[0].version == 0;
    for (size_t i = 0; i < s->n_rows && c->max_live > 0; i++)
        n_live += s->rows[i].is_live && str_eq(s->rows[i].owner, c->rows[0].owner);
    if (c->max_live > 0 && n_live > c->max_live)
        return err_set(err, ERR_RATE, "more than %u live clusters", c->max_live);
    return true;
}

static struct ledger_row copy_row(struct arena *a, const struct ledger_row *row)
{
    struct ledger_row copy = *row;
    copy.id = arena_str(a, row->id);
    copy.owner = arena_str(a, row->owner);
    copy.name = arena_str(a, row->name);
    copy.phase = arena_str(a, row->phase);
    copy.remote = arena_str(a, row->remote);
    copy.doc = arena_str(a, row->doc);
    return copy;
}

static void put_span(struct fake_ledger_store *s, const struct ledger_span *span)
{
    struct ledger_span *at = NULL;
    for (size_t i = 0; i < s->n_spans; i++)
        if (str_eq(s->spans[i].row, span->row) && str_eq(s->spans[i].id, span->id))
            at = &s->spans[i];
    if (at == NULL)
        at = ARENA_PUSH(&s->arena, s->spans, s->n_spans, s->cap_spans);
    *at = *span;
    at->row = arena_str(&s->arena, span->row);
    at->id = arena_str(&s->arena, span->id);
    at->type = arena_str(&s->arena, span->type);
    at->market = arena_str(&s->arena, span->market);
}

static void put_event(struct fake_ledger_store *s, const struct ledger_event *event)
{
    struct ledger_event *e = ARENA_PUSH(&s->arena, s->events, s->n_events, s->cap_events);
    *e = *event;
    e->id = (int64_t)s->n_events;
    e->row = arena_str(&s->arena, event->row);
    e->owner = arena_str(&s->arena, event->owner);
    e->type = arena_str(&s->arena, event->type);
    e->doc = arena_str(&s->arena, event->doc);
}

static void put_note(struct fake_ledger_store *s, const struct ledger_note *note)
{
    struct ledger_note *at = NULL;
    for (size_t i = 0; i < s->n_notes; i++)
        if (str_eq(s->notes[i].name, note->name))
            at = &s->notes[i];
    if (at == NULL)
        at = ARENA_PUSH(&s->arena, s->notes, s->n_notes, s->cap_notes);
    *at =
        (struct ledger_note){ arena_str(&s->arena, note->name), arena_str(&s->arena, note->text) };
}

static void apply(struct fake_ledger_store *s, const struct ledger_change *c)
{
    for (size_t i = 0; i < c->n_rows; i++) {
        struct ledger_row *row = row_by_id(s, c->rows[i].id);
        if (row == NULL)
            row = ARENA_PUSH(&s->arena, s->rows, s->n_rows, s->cap_rows);
        *row = copy_row(&s->arena, &c->rows[i]);
        row->version = c->rows[i].version + 1;
    }
    for (size_t i = 0; i < c->n_events; i++)
        put_event(s, &c->events[i]);
    for (size_t i = 0; i < c->n_spans; i++)
        put_span(s, &c->spans[i]);
    if (c->note != NULL)
        put_note(s, c->note);
    if (c->key != NULL) {
        struct ledger_key *key = ARENA_PUSH(&s->arena, s->keys, s->n_keys, s->cap_keys);
        *key = *c->key;
        key->caller = arena_str(&s->arena, key->caller);
        key->key = arena_str(&s->arena, key->key);
        key->fingerprint = arena_str(&s->arena, key->fingerprint);
        key->row = arena_str(&s->arena, key->row);
        key->answer = arena_str(&s->arena, key->answer);
    }
}

static bool ledger_commit(struct ledger *l, const struct ledger_change *c, int64_t *first_event,
                          struct err *err)
{
    struct handle *h = handle_of(l, err);
    if (h == NULL || !survives(h, false, err) || !check(h->store, c, err))
        return false;
    if (first_event != NULL)
        *first_event = (int64_t)h->store->n_events + 1;
    apply(h->store, c);
    return survives(h, true, err);
}

static bool ledger_get(struct ledger *l, struct arena *a, struct str id, struct ledger_row *out,
                       struct err *err)
{
    struct handle *h = handle_of(l, err);
    if (h == NULL)
        return false;
    const struct ledger_row *row = row_by_id(h->store, id);
    if (row == NULL)
        row = row_by_remote(h->store, id);
    if (row == NULL)
        return err_set(err, ERR_NOT_FOUND, "there is no cluster %.*s", STR_FMT(id));
    *out = copy_row(a, row);
    return true;
}

static bool is_behind(const struct ledger_row *row, int64_t ms, struct str id)
{
    return ms == 0 || row->created_ms < ms || (row->created_ms == ms && str_cmp(row->id, id) < 0);
}

static int newer_first(const void *x, const void *y)
{
    const struct ledger_row *a = x, *b = y;
    if (a->created_ms != b->created_ms)
        return a->created_ms > b->created_ms ? -1 : 1;
    return -str_cmp(a->id, b->id);
}

static bool ledger_list(struct ledger *l, struct arena *a, const struct ledger_query *q,
                        struct ledger_rows *out, struct err *err)
{
    struct handle *h = handle_of(l, err);
    if (h == NULL)
        return false;
    for (size_t i = 0; i < h->store->n_rows; i++) {
        const struct ledger_row *row = &h->store->rows[i];
        if ((q->owner.len == 0 || str_eq(q->owner, row->owner)) &&
            (!q->only_live || row->is_live) && (!q->only_unsettled || !row->is_settled) &&
            is_behind(row, q->before_ms, q->before_id))
            *ARENA_PUSH(a, out->items, out->n, out->cap) = copy_row(a, row);
    }
    if (out->n > 0)
        qsort(out->items, out->n, sizeof *out->items, newer_first);
    if (out->n > q->limit)
        out->n = q->limit;
    return true;
}

static bool ledger_events(struct ledger *l, struct arena *a, int64_t after, struct str row,
                          struct str owner, size_t limit, struct ledger_events *out,
                          struct err *err)
{
    struct handle *h = handle_of(l, err);
    if (h == NULL)
        return false;
    for (size_t i = after > 0 ? (size_t)after : 0; i < h->store->n_events && out->n < limit; i++) {
        const struct ledger_event *e = &h->store->events[i];
        if ((row.len == 0 || str_eq(row, e->row)) && (owner.len == 0 || str_eq(owner, e->owner)))
            *ARENA_PUSH(a, out->items, out->n, out->cap) = *e;
    }
    return true;
}

static bool ledger_last_event(struct ledger *l, int64_t *out, struct err *err)
{
    struct handle *h = handle_of(l, err);
    if (h == NULL)
        return false;
    *out = (int64_t)h->store->n_events;
    return true;
}

static bool ledger_spans(struct ledger *l, struct arena *a, struct str row,
                         struct ledger_spans *out, struct err *err)
{
    struct handle *h = handle_of(l, err);
    if (h == NULL)
        return false;
    for (size_t i = 0; i < h->store->n_spans; i++)
        if (str_eq(h->store->spans[i].row, row))
            *ARENA_PUSH(a, out->items, out->n, out->cap) = h->store->spans[i];
    return true;
}

static bool ledger_owner_spans(struct ledger *l, struct arena *a, struct str owner,
                               int64_t since_ms, struct ledger_spans *out, struct err *err)
{
    struct handle *h = handle_of(l, err);
    if (h == NULL)
        return false;
    for (size_t i = 0; i < h->store->n_spans; i++) {
        const struct ledger_span *s = &h->store->spans[i];
        const struct ledger_row *row = row_by_id(h->store, s->row);
        if (row != NULL && str_eq(row->owner, owner) &&
            (s->ended_ms > since_ms || (s->ended_ms == 0 && row->is_live)))
            *ARENA_PUSH(a, out->items, out->n, out->cap) = *s;
    }
    return true;
}

static bool ledger_key(struct ledger *l, struct arena *a, struct str caller, struct str key,
                       struct ledger_key *out, struct err *err)
{
    struct handle *h = handle_of(l, err);
    (void)a;
    if (h == NULL)
        return false;
    for (size_t i = 0; i < h->store->n_keys; i++)
        if (str_eq(h->store->keys[i].caller, caller) && str_eq(h->store->keys[i].key, key)) {
            *out = h->store->keys[i];
            return true;
        }
    return err_set(err, ERR_NOT_FOUND, "no such key");
}

static bool ledger_note(struct ledger *l, struct arena *a, struct str name, struct str *out,
                        struct err *err)
{
    struct handle *h = handle_of(l, err);
    if (h == NULL)
        return false;
    *out = STR_EMPTY;
    for (size_t i = 0; i < h->store->n_notes; i++)
        if (str_eq(h->store->notes[i].name, name))
            *out = arena_str(a, h->store->notes[i].text);
    return true;
}

static bool ledger_lease(struct ledger *l, struct str name, struct str holder, int64_t now_ms,
                         int64_t ttl_ms, int64_t *fence_out, struct err *err)
{
    struct handle *h = handle_of(l, err);
    struct lease *lease = NULL;
    if (h == NULL)
        return false;
    for (size_t i = 0; i < h->store->n_leases; i++)
        if (str_eq(h->store->leases[i].name, name))
            lease = &h->store->leases[i];
    if (lease == NULL) {
        lease = ARENA_PUSH(&h->store->arena, h->store->leases, h->store->n_leases,
                           h->store->cap_leases);
        lease->name = arena_str(&h->store->arena, name);
    }
    bool is_ours = str_eq(lease->holder, holder);
    if (!is_ours && lease->expires_ms > now_ms)
        return err_set(err, ERR_CONFLICT, "%.*s has the lease", STR_FMT(lease->holder));
    lease->fence += !is_ours;
    lease->holder = arena_str(&h->store->arena, holder);
    lease->expires_ms = now_ms + ttl_ms;
    *fence_out = lease->fence;
    return true;
}

static bool ledger_lease_release(struct ledger *l, struct str name, struct str holder,
                                 struct err *err)
{
    struct handle *h = handle_of(l, err);
    if (h == NULL)
        return false;
    for (size_t i = 0; i < h->store->n_leases; i++)
        if (str_eq(h->store->leases[i].name, name) && str_eq(h->store->leases[i].holder, holder))
            h->store->leases[i].expires_ms = 0;
    return true;
}

static void ledger_close(struct ledger *l)
{
    free(l);
}

static const struct ledger_ops ops = { .commit = ledger_commit,
                                       .get = ledger_get,
                                       .list = ledger_list,
                                       .events = ledger_events,
                                       .last_event = ledger_last_event,
                                       .spans = ledger_spans,
                                       .owner_spans = ledger_owner_spans,
                                       .key = ledger_key,
                                       .note = ledger_note,
                                       .lease = ledger_lease,
                                       .lease_release = ledger_lease_release,
                                       .close = ledger_close };

struct ledger *fake_ledger_open(struct fake_ledger_store *store, fake_ledger_lives_fn *lives,
                                void *ctx)
{
    struct handle *h = calloc(1, sizeof *h);
    if (h == NULL)
        panic("no memory");
    *h = (struct handle){ .base = { &ops }, .store = store, .lives = lives, .ctx = ctx };
    return &h->base;
}
