/* simulate: see simulate.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate.h"

#include "../fake/emr.h"
#include "../fake/emr_internal.h"
#include "../fake/ledger.h"
#include "cluster/emr.h"
#include "cluster/requests.h"

#include <stdlib.h>
#include <string.h>

enum { S = 1000, N_PROCESSES = 2, MAX_REQUESTS = 4, MAX_LATE = 16, MAX_DEPTH = 1 };

struct world;

struct process {
    struct world *world;
    int number;
    bool is_alive, is_busy; /* busy: it waits for an answer, the others work on */
    int64_t back_ms;        /* when it comes back */
    unsigned n_starts;
    char holder[32];
    struct ledger *ledger;
    struct cluster_provider *provider;
    struct reconciler reconciler;
};

struct request {
    char key[16];
    bool is_wanted, is_made; /* somebody wants it; its row is known to exist */
    bool wants_end;          /* somebody asked for its end, durably */
    struct str id;
};

/* A RunJobFlow that its sender gave up and that arrives later. */
struct late {
    int64_t at_ms;
    struct str body;
};

struct world {
    struct arena arena;
    uint64_t state; /* of the random numbers */
    int64_t now_ms;
    struct fake_emr *emr;
    struct fake_ledger_store *store;
    struct process processes[N_PROCESSES];
    struct request requests[MAX_REQUESTS];
    size_t n_requests;
    struct late late[MAX_LATE];
    size_t n_late;
    bool is_calm; /* nothing goes wrong any more */
    int depth;
    FILE *trace;
    struct simulated *sum;
};

static uint64_t next(struct world *w)
{
    uint64_t z = (w->state += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

/* Once in n times, while things go wrong. */
static bool happens(struct world *w, unsigned n)
{
    return !w->is_calm && next(w) % n == 0;
}

static int64_t between(struct world *w, int64_t low, int64_t high)
{
    return low + (int64_t)(next(w) % (uint64_t)(high - low + 1));
}

static void say(struct world *w, const char *fmt, ...) PRINTF(2, 3);

static void say(struct world *w, const char *fmt, ...)
{
    va_list args;
    if (w->trace == NULL)
        return;
    va_start(args, fmt);
    (void)fprintf(w->trace, "%6lld  ", (long long)(w->now_ms / S));
    (void)vfprintf(w->trace, fmt, args);
    (void)fputc('\n', w->trace);
    va_end(args);
}

static int64_t now_of(void *ctx)
{
    const struct process *p = ctx;
    return p->world->now_ms;
}

static void die(struct process *p, const char *where)
{
    struct world *w = p->world;
    say(w, "process %d dies %s", p->number, where);
    p->is_alive = false;
    p->back_ms = w->now_ms + between(w, 1 * S, 200 * S);
    w->sum->deaths++;
}

static bool lives(void *ctx, bool is_after)
{
    struct process *p = ctx;
    if (p->is_alive && happens(p->world, 40))
        die(p, is_after ? "behind a commit" : "before a commit");
    return p->is_alive;
}

static bool password(void *ctx, struct arena *a, const struct cluster_row *row,
                     struct str *clear_out, struct str *hash_out, struct err *err)
{
    (void)ctx;
    (void)row;
    (void)a;
    (void)err;
    *clear_out = STR("secret");
    *hash_out = STR("$6$salt$hash");
    return true;
}

static void failed(void *ctx, const char *what, const struct err *err)
{
    struct process *p = ctx;
    say(p->world, "process %d: %s: %s", p->number, what, err->msg);
}

static void work(struct world *w);
static void pass_time(struct world *w, int64_t ms);

static bool execute(struct world *w, struct arena *a, struct str operation, struct str body,
                    struct emr_reply *out)
{
    AUTO_BUF answer = BUF_INIT(1024 * 1024);
    int status = 0;
    enum fake_emr_delivery delivery =
        fake_emr_call(w->emr, operation, body, w->now_ms, &status, &answer);
    *out = (struct emr_reply){ EMR_SENT_ANSWERED, status, arena_str(a, buf_str(&answer)) };
    return delivery == FAKE_EMR_ANSWER;
}

/* The other process works while this one waits. */
static void be_slow(struct process *p)
{
    struct world *w = p->world;
    int64_t until = w->now_ms + between(w, 5 * S, 250 * S);
    if (w->depth >= MAX_DEPTH)
        return;
    w->depth++;
    w->sum->late_answers++;
    p->is_busy = true;
    while (w->now_ms < until) {
        pass_time(w, between(w, 1 * S, 15 * S));
        work(w);
    }
    p->is_busy = false;
    w->depth--;
}

static bool unclear(struct emr_reply *out, struct err *err)
{
    out->sent = EMR_SENT_UNCLEAR;
    return err_set(err, ERR_TIMEOUT, "no answer");
}

static bool send_run(struct process *p, struct arena *a, const struct emr_message *m,
                     struct emr_reply *out, struct err *err)
{
    struct world *w = p->world;
    if (happens(w, 12) && w->n_late < MAX_LATE) {
        w->late[w->n_late++] =
            (struct late){ w->now_ms + between(w, 10 * S, 500 * S), arena_str(&w->arena, m->body) };
        w->sum->late_requests++;
        say(w, "process %d: the request is late", p->number);
        return unclear(out, err);
    }
    if (happens(w, 15)) {
        struct emr_reply ignored;
        (void)execute(w, a, m->operation, m->body, &ignored);
        w->sum->doubled++;
        say(w, "process %d: the request is doubled", p->number);
    }
    bool is_answered = execute(w, a, m->operation, m->body, out);
    if (happens(w, 10))
        be_slow(p);
    if (!is_answered)
        return unclear(out, err);
    return true;
}

static bool send_to_fake(void *ctx, struct arena *a, const struct emr_message *m,
                         struct emr_reply *out, struct err *err)
{
    struct process *p = ctx;
    struct world *w = p->world;
    if (p->is_alive && happens(w, 60))
        die(p, "before a call");
    if (!p->is_alive || happens(w, 40)) {
        out->sent = EMR_SENT_NOTHING;
        return err_set(err, ERR_UPSTREAM, "connection refused");
    }
    say(w, "process %d: %.*s", p->number, STR_FMT(m->operation));
    bool ok = str_eq(m->operation, STR("RunJobFlow"))
                  ? send_run(p, a, m, out, err)
                  : execute(w, a, m->operation, m->body, out) || unclear(out, err);
    if (p->is_alive && happens(w, 60))
        die(p, "behind a call");
    return p->is_alive ? ok : unclear(out, err);
}

static const struct emr_settings settings = { .release = STR_INIT("emr-7.14.0"),
                                              .primary_type = STR_INIT("m5.xlarge"),
                                              .worker_type = STR_INIT("m5.xlarge"),
                                              .max_nodes = 20,
                                              .idle_timeout_s = 3600,
                                              .service_role = STR_INIT("EMR_DefaultRole"),
                                              .instance_profile = STR_INIT("EMR_EC2_DefaultRole"),
                                              .notebooks_bucket = STR_INIT("notebooks"),
                                              .hub_user = STR_INIT("jovyan") };

static void start_process(struct process *p)
{
    struct err err = ERR_INIT;
    p->is_alive = true;
    p->n_starts++;
    (void)snprintf(p->holder, sizeof p->holder, "process %d start %u", p->number, p->n_starts);
    p->ledger = fake_ledger_open(p->world->store, lives, p);
    p->provider = emr_provider_new(&settings, send_to_fake, p, &err);
    if (p->provider == NULL)
        panic("%s", err.msg);
    const struct reconciler_options options = { .ledger = p->ledger,
                                                .provider = p->provider,
                                                .rules = &lifecycle_rules,
                                                .deployment = STR("sim"),
                                                .holder = str_from(p->holder),
                                                .work = WORK_COMMANDS | WORK_READS,
                                                .now = now_of,
                                                .password = password,
                                                .failed = failed,
                                                .ctx = p };
    reconciler_init(&p->reconciler, &options);
    say(p->world, "process %d starts", p->number);
}

static void bury(struct process *p)
{
    reconciler_release(&p->reconciler);
    cluster_provider_free(p->provider);
    p->provider = NULL;
    if (p->ledger != NULL)
        p->ledger->ops->close(p->ledger);
    p->ledger = NULL;
}

static void work(struct world *w)
{
    for (int i = 0; i < N_PROCESSES; i++) {
        struct process *p = &w->processes[i];
        if (p->is_busy)
            continue;
        if (!p->is_alive && p->ledger != NULL)
            bury(p);
        if (!p->is_alive && (w->is_calm || w->now_ms >= p->back_ms))
            start_process(p);
        if (p->is_alive && happens(w, 200))
            die(p, "for no reason");
        if (p->is_alive)
            (void)reconciler_turn(&p->reconciler);
    }
}

static void deliver_late(struct world *w)
{
    for (size_t i = 0; i < w->n_late;) {
        AUTO_ARENA a = ARENA_INIT;
        struct emr_reply ignored;
        if (w->late[i].at_ms > w->now_ms) {
            i++;
            continue;
        }
        (void)execute(w, &a, STR("RunJobFlow"), w->late[i].body, &ignored);
        say(w, "a late request arrives");
        w->late[i] = w->late[--w->n_late];
    }
}

static void pass_time(struct world *w, int64_t ms)
{
    w->now_ms += ms;
    deliver_late(w);
}

static struct process *any_alive(struct world *w)
{
    struct process *p = &w->processes[next(w) % N_PROCESSES];
    return p->is_alive && !p->is_busy ? p : NULL;
}

static void ask_create(struct world *w, struct request *r)
{
    AUTO_ARENA a = ARENA_INIT;
    struct process *p = any_alive(w);
    struct cluster_spec spec;
    struct cluster_row row;
    struct err err = ERR_INIT;
    bool is_replay;
    if (p == NULL)
        return;
    emr_default_spec(&settings, &spec);
    spec.n_workers = 2;
    spec.max_lifetime_s = 7200;
    struct cluster_ask ask = { .caller = STR("ana"),
                               .key = str_from(r->key),
                               .name = str_from(r->key),
                               .fingerprint = STR("f"),
                               .provider = STR("emr"),
                               .spec = &spec };
    for (size_t i = 0; i < sizeof ask.random; i++)
        ask.random[i] = (unsigned char)next(w);
    if (!cluster_request_make(p->ledger, &a, &ask, w->now_ms, &row, &is_replay, &err)) {
        say(w, "%s is not made: %s", r->key, err.msg);
        return;
    }
    say(w, "%s is %.*s", r->key, STR_FMT(row.id));
    r->is_made = true;
    r->id = arena_str(&w->arena, row.id);
}

static void ask_end(struct world *w, struct request *r)
{
    AUTO_ARENA a = ARENA_INIT;
    struct process *p = any_alive(w);
    struct cluster_row row;
    struct err err = ERR_INIT;
    const struct cluster_end end = { .id = r->id, .because = ENDS_USER, .by = STR("ana") };
    if (p == NULL || !r->is_made)
        return;
    if (cluster_request_end(p->ledger, &a, &end, w->now_ms, &row, &err))
        r->wants_end = true;
    say(w, "end of %s: %s", r->key, r->wants_end ? "asked" : err.msg);
}

/* People: ask, repeat what was not answered, ask again although it was, end. */
static void people(struct world *w)
{
    if (w->n_requests < MAX_REQUESTS && happens(w, 12)) {
        struct request *r = &w->requests[w->n_requests++];
        (void)snprintf(r->key, sizeof r->key, "request-%zu", w->n_requests);
        r->is_wanted = true;
        w->sum->requests++;
    }
    for (size_t i = 0; i < w->n_requests; i++) {
        struct request *r = &w->requests[i];
        if ((!r->is_made && (w->is_calm || next(w) % 2 == 0)) || happens(w, 60))
            ask_create(w, r);
        if (r->is_made && happens(w, 60))
            ask_end(w, r);
    }
}

/* Strangers, who work in the same account. */
static void strangers(struct world *w)
{
    AUTO_ARENA a = ARENA_INIT;
    struct emr_reply ignored;
    if (w->emr->n_clusters == 0 || !happens(w, 150))
        return;
    struct str id = w->emr->clusters[next(w) % w->emr->n_clusters].id;
    bool protects = next(w) % 2 == 0;
    struct str body = arena_printf(&a, "{\"JobFlowIds\":[\"%.*s\"]%s}", STR_FMT(id),
                                   protects ? ",\"TerminationProtected\":true" : "");
    (void)execute(w, &a, protects ? STR("SetTerminationProtection") : STR("TerminateJobFlows"),
                  body, &ignored);
    say(w, "a stranger %s %.*s", protects ? "protects" : "ends", STR_FMT(id));
}

static void change_faults(struct world *w)
{
    static const char *const codes[] = { "", "", "BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE",
                                         "INTERNAL_ERROR_EC2_INSUFFICIENT_CAPACITY_AZ",
                                         "VALIDATION_ERROR_SUBNET_NOT_FROM_ONE_VPC" };
    struct fake_emr_faults *f = fake_emr_faults(w->emr);
    if (w->is_calm || !happens(w, 8))
        return;
    *f = (struct fake_emr_faults){ .lose_answers = happens(w, 3),
                                   .throttle_but_create = happens(w, 3),
                                   .invisible_ms = happens(w, 2) ? between(w, 0, 120 * S) : 0,
                                   .stuck_bootstrapping = happens(w, 8),
                                   .token_buckets = happens(w, 2),
                                   .expired_credentials = happens(w, 12),
                                   .truncate_answers = happens(w, 12) };
    (void)snprintf(f->error_code, sizeof f->error_code, "%s", codes[next(w) % ARRAY_LEN(codes)]);
}

static bool wrong(char why[300], const char *fmt, ...) PRINTF(2, 3);

static bool wrong(char why[300], const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(why, 300, fmt, args);
    va_end(args);
    return false;
}

static size_t live_with_marker(const struct world *w, struct str marker)
{
    size_t n = 0;
    for (size_t i = 0; i < w->emr->n_clusters; i++) {
        const struct fake_cluster *c = &w->emr->clusters[i];
        struct str deployment, found;
        marker_parse(json_get(c->request, STR("Name"))->text, &deployment, &found);
        n += str_eq(found, marker) && fake_cluster_state(w->emr, c, w->now_ms) < FAKE_TERMINATING;
    }
    return n;
}

static bool check_row(struct world *w, struct arena *a, struct ledger *l, const struct request *r,
                      char why[300])
{
    struct cluster_row row;
    struct err err = ERR_INIT;
    if (!r->is_made)
        return wrong(why, "%s was never made", r->key);
    if (!cluster_row_get(l, a, r->id, &row, &err))
        return wrong(why, "%s: %s", r->key, err.msg);
    size_t n = live_with_marker(w, row_marker(&row));
    if (n > 1)
        return wrong(why, "%s has %zu live clusters", r->key, n);
    if (row.phase == PHASE_READY && n != 1)
        return wrong(why, "%s is ready without a cluster", r->key);
    if (row.phase == PHASE_READY && !row.is_hardened)
        return wrong(why, "%s is ready with the default password", r->key);
    if (phase_is_over(row.phase) && n != 0)
        return wrong(why, "%s has ended, and a cluster lives", r->key);
    if (r->wants_end && (n != 0 || !phase_is_over(row.phase)))
        return wrong(why, "the end of %s was asked for, and it is %.*s with %zu clusters", r->key,
                     STR_FMT(phase_name(row.phase)), n);
    if (!phase_is_over(row.phase) && row.phase != PHASE_READY && row.phase != PHASE_BOOTSTRAPPING)
        return wrong(why, "%s is still %.*s", r->key, STR_FMT(phase_name(row.phase)));
    w->sum->ready += row.phase == PHASE_READY;
    w->sum->ended += row.phase == PHASE_TERMINATED;
    w->sum->failed += row.phase == PHASE_FAILED;
    return true;
}

/* Every cluster has a row, and what it cost is known to the second. */
static bool check_cluster(struct world *w, struct arena *a, struct ledger *l, size_t i,
                          char why[300])
{
    const struct fake_cluster *c = &w->emr->clusters[i];
    struct str deployment, marker;
    struct cluster_row row;
    struct err err = ERR_INIT;
    struct ledger_spans spans = { 0 };
    int64_t end_ms = fake_cluster_end_ms(w->emr, c, w->now_ms);
    marker_parse(json_get(c->request, STR("Name"))->text, &deployment, &marker);
    if (!cluster_row_get(l, a, arena_concat(a, STR("clu_"), marker), &row, &err))
        return wrong(why, "cluster %.*s has no row", STR_FMT(c->id));
    if (end_ms == 0)
        return true;
    size_t n = 0;
    if (!l->ops->spans(l, a, row.id, &spans, &err))
        return wrong(why, "%s", err.msg);
    struct str prefix = arena_printf(a, "ci-%06zu", i);
    for (size_t k = 0; k < spans.n; k++)
        n += str_has_prefix(spans.items[k].id, prefix) && spans.items[k].ended_ms == end_ms &&
             spans.items[k].started_ms == c->created_ms;
    /* More duplicates than a row can note are still ended, but their cost is not kept. */
    if (n != 3 && row.n_extras < ROW_MAX_EXTRAS)
        return wrong(why, "of cluster %.*s %zu of 3 machines' times are known", STR_FMT(c->id), n);
    return true;
}

static bool check_all(struct world *w, char why[300])
{
    AUTO_ARENA a = ARENA_INIT;
    struct ledger *l = fake_ledger_open(w->store, NULL, NULL);
    bool ok = true;
    for (size_t i = 0; i < w->n_requests && ok; i++)
        ok = check_row(w, &a, l, &w->requests[i], why);
    for (size_t i = 0; i < w->emr->n_clusters && ok; i++)
        ok = check_cluster(w, &a, l, i, why);
    struct ledger_events events = { 0 };
    struct err err = ERR_INIT;
    ok = l->ops->events(l, &a, 0, STR_EMPTY, STR_EMPTY, SIZE_MAX, &events, &err) && ok;
    for (size_t i = 0; i < events.n; i++) {
        w->sum->duplicates += str_eq(events.items[i].type, STR("duplicate"));
        w->sum->uncertain += str_eq(events.items[i].type, STR("unclear"));
        if (w->trace != NULL)
            (void)fprintf(w->trace, "event %lld %.*s %.*s %.*s\n",
                          (long long)(events.items[i].at_ms / S), STR_FMT(events.items[i].row),
                          STR_FMT(events.items[i].type), STR_FMT(events.items[i].doc));
    }
    w->sum->clusters += w->emr->n_clusters;
    l->ops->close(l);
    return ok;
}

bool simulate(uint64_t seed, FILE *trace, struct simulated *sum, char why[300])
{
    struct world *w = calloc(1, sizeof *w);
    if (w == NULL)
        panic("no memory");
    *w = (struct world){ .state = seed,
                         .now_ms = 1800000000 * (int64_t)S,
                         .emr = fake_emr_new(seed),
                         .store = fake_ledger_store_new(),
                         .trace = trace,
                         .sum = sum };
    *fake_emr_times(w->emr) =
        (struct fake_emr_times){ 60 * S, 60 * S, 10 * S, between(w, 10 * S, 120 * S) };
    for (int i = 0; i < N_PROCESSES; i++)
        w->processes[i] = (struct process){ .world = w, .number = i };
    int64_t storm_ends = w->now_ms + between(w, 300 * S, 1500 * S);
    while (w->now_ms < storm_ends) {
        pass_time(w, between(w, 1 * S, 20 * S));
        change_faults(w);
        people(w);
        strangers(w);
        work(w);
    }
    /* Then all is well for so long that everything must have come to rest. */
    w->is_calm = true;
    *fake_emr_faults(w->emr) = (struct fake_emr_faults){ 0 };
    for (int64_t until = w->now_ms + 2700 * S; w->now_ms < until;) {
        pass_time(w, between(w, 10 * S, 30 * S));
        people(w);
        work(w);
    }
    sum->histories++;
    bool ok = check_all(w, why);
    for (int i = 0; i < N_PROCESSES; i++)
        bury(&w->processes[i]);
    fake_ledger_store_free(w->store);
    fake_emr_free(w->emr);
    arena_release(&w->arena);
    free(w);
    return ok;
}
