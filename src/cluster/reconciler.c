/* reconciler: see reconciler.h.  The lease, the rows and what each of them calls for; the
 * provider's list is sweep.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/reconciler_internal.h"

#include "util/clock.h"

enum {
    LEASE_MS = 90 * 1000,
    READ_MS = 30 * 1000,
    STOP_RETRY_MS = 10 * 1000,
    ROWS_PAGE = 100, /* people read between two pages */
    SYNC_MS = 15 * 1000,
    MAX_ROWS = 20000
};

void rate_init(struct rate *r, double burst, double per_s)
{
    *r = (struct rate){ .level = burst, .burst = burst, .per_s = per_s };
}

bool rate_take(struct rate *r, int64_t now_ms)
{
    if (r->filled_ms != 0 && now_ms > r->filled_ms)
        r->level += (double)(now_ms - r->filled_ms) / 1000 * r->per_s;
    if (r->level > r->burst)
        r->level = r->burst;
    r->filled_ms = now_ms;
    if (r->level < 1)
        return false;
    r->level -= 1;
    return true;
}

/* Below AWS's own rates (burst 10 and 0.5 a second for most calls), so that a person who works in
 * the same account is not throttled by us; lists stay at four a minute. */
void reconciler_init(struct reconciler *r, const struct reconciler_options *options)
{
    *r = (struct reconciler){ .options = *options };
    if (options->sync_ms == 0)
        r->options.sync_ms = SYNC_MS;
    rate_init(&r->lists, 4, 1000.0 / (double)r->options.sync_ms);
    rate_init(&r->views, 5, 7500.0 / (double)r->options.sync_ms);
    rate_init(&r->spans, 5, 0.25);
    rate_init(&r->stops, 8, 0.4);
    rate_init(&r->launches, 8, 0.4);
    rate_init(&r->changes, 4, 0.2);
    rate_init(&r->activities, 20, 4);
}

void reconciler_release(struct reconciler *r)
{
    sweep_release(&r->young);
    sweep_release(&r->live);
    known_release(&r->known);
}

void turn_failed(const struct turn *t, const char *what, const struct err *err)
{
    const struct reconciler_options *o = &t->r->options;
    if (o->failed != NULL)
        o->failed(o->ctx, what, err);
}

bool turn_is_cancelled(const struct turn *t)
{
    const atomic_bool *cancel = t->r->options.cancel;
    return cancel != NULL && atomic_load(cancel);
}

struct cluster_call turn_call(const struct turn *t, int64_t at_most_ms)
{
    return (struct cluster_call){ .deadline_ms = clock_mono_ms() + at_most_ms,
                                  .cancel = t->r->options.cancel };
}

bool turn_update(struct turn *t, struct str id, const struct ledger_spans *spans,
                 row_change_fn *change, void *ctx, struct cluster_row *row)
{
    const struct reconciler_options *o = &t->r->options;
    const struct row_update u = { .ledger = o->ledger,
                                  .id = id,
                                  .now = o->now(o->ctx),
                                  .lease = STR(LEASE_RECONCILER),
                                  .fence = t->r->fence,
                                  .spans = spans,
                                  .change = change,
                                  .ctx = ctx };
    struct cluster_row changed;
    struct err err = ERR_INIT;
    bool has_events = false;
    if (!row_update(&t->arena, &u, &changed, &has_events, &err)) {
        turn_failed(t, "committing a row", &err);
        if (err.code == ERR_PRECONDITION)
            t->r->lease_until_ms = 0; /* find out at once whether the lease is still ours */
        return false;
    }
    if (row != NULL)
        *row = changed;
    if (has_events && o->told != NULL)
        o->told(o->ctx);
    return true;
}

static bool keep_lease(struct turn *t)
{
    struct reconciler *r = t->r;
    struct err err = ERR_INIT;
    if (t->now < r->lease_until_ms - LEASE_MS * 2 / 3)
        return true;
    int64_t until = t->now + LEASE_MS;
    struct ledger *l = r->options.ledger;
    if (l->ops->lease(l, STR(LEASE_RECONCILER), r->options.holder, t->now, LEASE_MS, &r->fence,
                      &err)) {
        r->lease_until_ms = until;
        return true;
    }
    r->lease_until_ms = 0;
    if (err.code != ERR_CONFLICT)
        turn_failed(t, "taking the lease", &err);
    return false;
}

static bool load_page(struct turn *t, struct known_turn *k, struct ledger_query *q, bool *is_last,
                      struct err *err)
{
    struct ledger *l = t->r->options.ledger;
    struct ledger_rows page = { 0 };
    if (!l->ops->list(l, &t->arena, q, &page, err))
        return false;
    for (size_t i = 0; i < page.n && t->n_rows < MAX_ROWS; i++) {
        struct cluster_row *row = ARENA_NEW(&t->arena, struct cluster_row);
        if (!known_row(k, t->r, &page.items[i], row, err))
            return false;
        *ARENA_PUSH(&t->arena, t->rows, t->n_rows, t->cap_rows) = row;
        strmap_put(&t->by_id, row->id, row);
        q->before_ms = page.items[i].created_ms;
        q->before_id = page.items[i].id;
    }
    *is_last = page.n < ROWS_PAGE;
    return true;
}

static bool load_rows(struct turn *t, struct err *err)
{
    struct ledger_query q = { .only_unsettled = true, .without_doc = true, .limit = ROWS_PAGE };
    struct known_turn k;
    bool ok = true;
    known_begin(&k);
    for (bool is_last = false; ok && !is_last;)
        ok = load_page(t, &k, &q, &is_last, err);
    known_end(&k, t->r);
    return ok;
}

struct launch_result {
    struct reconciler *r;
    int64_t attempt;
    enum cluster_launch outcome;
    struct str id;
    struct err err;
};

static bool begin(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                  struct err *err)
{
    const struct reconciler *r = ctx;
    struct lifecycle_due due;
    (void)err;
    lifecycle_due(row, r->options.rules, now, &due);
    if (due.launch)
        lifecycle_begin(row, now, out);
    return true;
}

static bool note_launch(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                        struct err *err)
{
    const struct launch_result *l = ctx;
    (void)err;
    if (l->outcome == CLUSTER_LAUNCHED)
        lifecycle_launched(row, l->attempt, arena_str(out->arena, l->id), now, out);
    else
        lifecycle_not_launched(row, l->attempt, l->outcome, &l->err, l->r->options.rules, now, out);
    return true;
}

/* Intent first: the attempt is durable before the call is made, and its outcome after. */
static void launch(struct turn *t, struct cluster_row *row)
{
    const struct reconciler_options *o = &t->r->options;
    struct launch_result result = { .r = t->r, .err = ERR_INIT };
    struct cluster_order order = { .deployment = o->deployment };
    struct err err = ERR_INIT;
    int64_t attempts_before = row->attempt;
    if (!o->password(o->ctx, &t->arena, row, &order.password, &order.password_hash, &err)) {
        turn_failed(t, "making a password", &err);
        return;
    }
    if (!turn_update(t, row->id, NULL, begin, t->r, row) || row->attempt == attempts_before)
        return;
    int64_t left_ms = row->attempt_ms + o->rules->call_ms - o->now(o->ctx);
    if (left_ms <= o->rules->call_ms / 4)
        return; /* we slept in between: the tick will call it unclear */
    order.marker = row_marker(row);
    order.name = row->name;
    order.owner = row->owner;
    order.spec = &row->spec;
    struct cluster_call call = turn_call(t, left_ms);
    call.cancel = NULL; /* breaking it off would only make it unclear */
    result.attempt = row->attempt;
    o->provider->ops->launch(o->provider, &t->arena, &order, &call, &result.outcome, &result.id,
                             &result.err);
    (void)turn_update(t, row->id, NULL, note_launch, &result, row); /* else: found by its marker */
}

struct stop_result {
    struct str id;
    int64_t sent_ms;
};

static bool note_stop(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                      struct err *err)
{
    const struct stop_result *s = ctx;
    (void)now;
    (void)out;
    (void)err;
    if (str_eq(row->remote, s->id))
        lifecycle_stop_sent(row, s->sent_ms);
    for (size_t i = 0; i < row->n_extras; i++)
        if (str_eq(row->extras[i].id, s->id))
            row->extras[i].stop_ms = s->sent_ms;
    return true;
}

static void stop(struct turn *t, struct cluster_row *row, struct str id, bool unprotect)
{
    const struct reconciler_options *o = &t->r->options;
    struct cluster_call call = turn_call(t, READ_MS);
    struct stop_result result = { id, t->now };
    struct err err = ERR_INIT;
    if (!rate_take(&t->r->stops, t->now))
        return;
    bool ok = o->provider->ops->stop(o->provider, &t->arena, id, unprotect, &call, &err);
    if (!ok && err.code == ERR_CONFLICT && !unprotect) {
        /* Somebody protected it meanwhile; that its end is wanted was decided before. */
        err = (struct err)ERR_INIT;
        ok = o->provider->ops->stop(o->provider, &t->arena, id, true, &call, &err);
    }
    if (!ok && err.code != ERR_NOT_FOUND) {
        turn_failed(t, "ending a cluster", &err);
        result.sent_ms = t->now - o->rules->resend_ms + STOP_RETRY_MS;
    }
    (void)turn_update(t, row->id, NULL, note_stop, &result, row);
}

static bool tick(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                 struct err *err)
{
    const struct reconciler *r = ctx;
    (void)err;
    lifecycle_tick(row, r->options.rules, now, out);
    return true;
}

/* Would a tick change anything?  Asked of a copy, so that quiet rows cost no read. */
static bool wants_tick(struct turn *t, const struct cluster_row *row)
{
    struct cluster_row copy = *row;
    struct lifecycle_out out = { .arena = &t->arena };
    lifecycle_tick(&copy, t->r->options.rules, t->now, &out);
    return out.n_events > 0;
}

static void do_commands(struct turn *t)
{
    for (size_t i = 0; i < t->n_rows && !turn_is_cancelled(t); i++) {
        struct cluster_row *row = t->rows[i];
        struct lifecycle_due due;
        if (wants_tick(t, row) && !turn_update(t, row->id, NULL, tick, t->r, row))
            continue;
        lifecycle_due(row, t->r->options.rules, t->now, &due);
        if (due.stop)
            stop(t, row, row->remote, row->is_remote_protected);
        for (size_t k = 0; k < row->n_extras && due.stop_extras; k++)
            if (!row->extras[k].is_ended &&
                t->now - row->extras[k].stop_ms >= t->r->options.rules->resend_ms)
                stop(t, row, row->extras[k].id, false);
    }
    for (size_t i = 0; i < t->n_rows && !turn_is_cancelled(t); i++)
        turn_change(t, t->rows[i]);
    /* Ends first: they save money. */
    for (size_t i = 0; i < t->n_rows && !turn_is_cancelled(t); i++) {
        struct lifecycle_due due;
        lifecycle_due(t->rows[i], t->r->options.rules, t->now, &due);
        if (due.launch && rate_take(&t->r->launches, t->now))
            launch(t, t->rows[i]);
    }
}

struct view_result {
    const struct reconciler *r;
    const struct cluster_view *view; /* NULL: not known */
    struct str id;
};

static bool note_view(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                      struct err *err)
{
    const struct view_result *v = ctx;
    (void)err;
    if (str_eq(row->remote, v->id))
        lifecycle_viewed(row, v->view, v->r->options.rules, now, out);
    else
        lifecycle_extra_seen(row, v->id, v->view != NULL ? v->view->stage : STAGE_ENDED);
    return true;
}

static void look(struct turn *t, struct cluster_row *row, struct str id, int64_t generation)
{
    const struct reconciler_options *o = &t->r->options;
    struct cluster_call call = turn_call(t, READ_MS);
    struct cluster_view view = { 0 };
    struct view_result result = { t->r, &view, id };
    struct err err = ERR_INIT;
    if (!rate_take(&t->r->views, t->now))
        return;
    if (!o->provider->ops->view(o->provider, &t->arena, id, generation, &call, &view, &err)) {
        if (err.code != ERR_NOT_FOUND) {
            turn_failed(t, "looking at a cluster", &err);
            return;
        }
        result.view = NULL;
    }
    (void)turn_update(t, row->id, NULL, note_view, &result, row);
}

struct spans_result {
    struct str id, region;
    bool is_final;
    const struct ledger_spans *spans;
};

static bool note_spans(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                       struct err *err)
{
    const struct spans_result *s = ctx;
    (void)out;
    (void)err;
    if (str_eq(row->remote, s->id))
        lifecycle_spans_taken(row, s->spans, s->is_final, s->region, now);
    else
        lifecycle_extra_spans_taken(row, s->id);
    return true;
}

static void take_spans(struct turn *t, struct cluster_row *row, struct str id, bool is_final)
{
    const struct reconciler_options *o = &t->r->options;
    struct cluster_call call = turn_call(t, READ_MS);
    struct ledger_spans spans = { 0 };
    struct spans_result result = { id, o->provider->region, is_final, &spans };
    struct err err = ERR_INIT;
    if (!rate_take(&t->r->spans, t->now))
        return;
    /* Whom the provider does not know any more, it tells nothing more about. */
    if (o->provider->ops->spans(o->provider, &t->arena, id, &call, &spans, &err) ||
        err.code == ERR_NOT_FOUND)
        turn_month(t, turn_update(t, row->id, &spans, note_spans, &result, row) ? row : NULL);
    else
        turn_failed(t, "taking the timelines of a cluster", &err);
}

static void do_reads(struct turn *t)
{
    for (size_t i = 0; i < t->n_rows && !turn_is_cancelled(t); i++) {
        struct cluster_row *row = t->rows[i];
        struct lifecycle_due due;
        lifecycle_due(row, t->r->options.rules, t->now, &due);
        if (due.view)
            look(t, row, row->remote,
                 row->phase <= PHASE_HARDENING || row->wants_rotation ? row_generation(row) : 0);
        for (size_t k = 0; k < row->n_extras; k++)
            if (!row->extras[k].is_ended && row->extras[k].stop_ms > 0)
                look(t, row, row->extras[k].id, 0);
        lifecycle_due(row, t->r->options.rules, t->now, &due);
        if (due.activity)
            turn_look_for_work(t, row);
        if (due.spans)
            take_spans(t, row, row->remote, phase_is_over(row->phase));
        for (size_t k = 0; k < row->n_extras; k++)
            if (row->extras[k].is_ended && !row->extras[k].has_spans)
                take_spans(t, row, row->extras[k].id, true);
    }
    turn_sweep(t);
}

bool reconciler_turn(struct reconciler *r)
{
    struct turn t = { .r = r, .now = r->options.now(r->options.ctx) };
    struct err err = ERR_INIT;
    bool ok = keep_lease(&t);
    strmap_init(&t.by_id, &t.arena);
    if (ok && !load_rows(&t, &err)) {
        turn_failed(&t, "reading the ledger", &err);
        ok = false;
    }
    if (ok && (r->options.work & WORK_COMMANDS) != 0)
        do_commands(&t);
    if (ok && (r->options.work & WORK_READS) != 0)
        do_reads(&t);
    arena_release(&t.arena);
    return ok;
}
