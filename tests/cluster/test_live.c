/* Clusters that are ready, under a virtual clock: idleness, limits, another password, another size;
 * the real reconciler and provider against the fake EMR. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "../fake/emr.h"
#include "../fake/ledger.h"
#include "cluster/emr.h"
#include "cluster/requests.h"

#include <stdlib.h>

enum { S = 1000, MIN = 60 * S, TURN_MS = 5 * S };

static const char clear_text[] = "never-to-be-seen";

struct world {
    struct arena arena;
    int64_t now_ms, saved_ms;
    bool is_s3_down;
    const char *livy; /* body of /sessions; NULL: it does not answer */
    const char *statements;
    struct fake_emr *emr;
    struct fake_ledger_store *store;
    struct ledger *ledger;
    struct cluster_provider *provider;
    struct reconciler reconciler;
    struct buf sent; /* every body that was sent to EMR */
    struct str id;
};

static int64_t now_of(void *ctx)
{
    return ((struct world *)ctx)->now_ms;
}

static bool password(void *ctx, struct arena *a, const struct cluster_row *row,
                     struct str *clear_out, struct str *hash_out, struct err *err)
{
    (void)ctx;
    (void)err;
    *clear_out = str_from(clear_text);
    *hash_out = arena_printf(a, "$6$salt$hash%lld", (long long)row->secret_generation);
    return true;
}

static bool send_to_fake(void *ctx, struct arena *a, const struct emr_message *m,
                         struct emr_reply *out, struct err *err)
{
    struct world *w = ctx;
    AUTO_BUF answer = BUF_INIT(1024 * 1024);
    int status = 0;
    (void)err;
    buf_add(&w->sent, m->body);
    fake_emr_call(w->emr, m->operation, m->body, w->now_ms, &status, &answer);
    *out = (struct emr_reply){ EMR_SENT_ANSWERED, status, arena_str(a, buf_str(&answer)) };
    return true;
}

static bool newest(void *ctx, struct arena *a, struct str bucket, struct str prefix,
                   const struct cluster_call *call, int64_t *out_ms, struct err *err)
{
    const struct world *w = ctx;
    (void)a;
    (void)call;
    assert_str(bucket, "notebooks");
    assert_str(prefix, "jupyter/jovyan/");
    *out_ms = w->saved_ms;
    return !w->is_s3_down || err_set(err, ERR_UPSTREAM, "no answer");
}

static bool get(void *ctx, struct arena *a, struct str url, const struct cluster_call *call,
                struct str *body_out, struct err *err)
{
    const struct world *w = ctx;
    (void)a;
    (void)call;
    assert_true(str_has_prefix(url, STR("http://ip-10-0-0-1.ec2.internal:8998/sessions")));
    const char *body = str_has_suffix(url, STR("/statements")) ? w->statements : w->livy;
    if (body == NULL)
        return err_set(err, ERR_TIMEOUT, "no answer");
    *body_out = str_from(body);
    return true;
}

static void turns(struct world *w, int64_t ms)
{
    for (int64_t until = w->now_ms + ms; w->now_ms < until; w->now_ms += TURN_MS)
        assert_true(reconciler_turn(&w->reconciler));
}

static struct cluster_row row_of(struct world *w)
{
    struct cluster_row row;
    struct err err = ERR_INIT;
    if (!cluster_row_get(w->ledger, &w->arena, w->id, &row, &err))
        fail_msg("%s", err.msg);
    return row;
}

/* How many events of that type there are. */
static size_t n_told(struct world *w, const char *type)
{
    struct ledger_events events = { 0 };
    struct err err = ERR_INIT;
    size_t n = 0;
    assert_true(
        w->ledger->ops->events(w->ledger, &w->arena, 0, w->id, STR_EMPTY, 10000, &events, &err));
    for (size_t i = 0; i < events.n; i++)
        n += str_eq(events.items[i].type, str_from(type));
    return n;
}

/* A world with one cluster that is ready. */
static struct world *make(struct cluster_spec *spec, unsigned livy_port)
{
    static struct emr_probes probes;
    struct emr_settings settings = { .release = STR("emr-7.14.0"),
                                     .primary_type = STR("m5.xlarge"),
                                     .worker_type = STR("m5.xlarge"),
                                     .max_nodes = 20,
                                     .idle_timeout_s = 3600,
                                     .service_role = STR("EMR_DefaultRole"),
                                     .instance_profile = STR("EMR_EC2_DefaultRole"),
                                     .notebooks_bucket = STR("notebooks"),
                                     .hub_user = STR("jovyan"),
                                     .probes = &probes };
    struct world *w = calloc(1, sizeof *w);
    struct err err = ERR_INIT;
    assert_non_null(w);
    probes = (struct emr_probes){ newest, get, w, livy_port };
    w->sent.limit = 64 * 1024 * 1024;
    w->now_ms = 1800000000 * (int64_t)S;
    w->emr = fake_emr_new(7);
    w->store = fake_ledger_store_new();
    w->ledger = fake_ledger_open(w->store, NULL, NULL);
    w->provider = emr_provider_new(&settings, send_to_fake, w, &err);
    assert_non_null(w->provider);
    const struct reconciler_options options = { .ledger = w->ledger,
                                                .provider = w->provider,
                                                .rules = &lifecycle_rules,
                                                .deployment = STR("dep"),
                                                .holder = STR("me"),
                                                .work = WORK_COMMANDS | WORK_READS,
                                                .now = now_of,
                                                .password = password,
                                                .ctx = w };
    reconciler_init(&w->reconciler, &options);
    emr_default_spec(&settings, spec);
    spec->n_workers = 2;
    return w;
}

static void begin(struct world *w, const struct cluster_spec *spec)
{
    struct cluster_ask ask = { .caller = STR("ana"),
                               .key = STR("k"),
                               .name = STR("lab"),
                               .fingerprint = STR("f"),
                               .provider = STR("emr"),
                               .spec = spec };
    struct cluster_row row;
    struct err err = ERR_INIT;
    bool is_replay;
    assert_true(
        cluster_request_make(w->ledger, &w->arena, &ask, w->now_ms, &row, &is_replay, &err));
    w->id = row.id;
    turns(w, 5 * MIN);
    assert_int_equal(row_of(w).phase, PHASE_READY);
}

static void end(struct world *w)
{
    /* The clear password stands nowhere: not in what was sent, not in rows, not in events. */
    struct ledger_events events = { 0 };
    struct ledger_row row;
    struct err err = ERR_INIT;
    assert_false(str_contains(buf_str(&w->sent), str_from(clear_text)));
    assert_true(w->ledger->ops->get(w->ledger, &w->arena, w->id, &row, &err));
    assert_false(str_contains(row.doc, str_from(clear_text)));
    assert_true(w->ledger->ops->events(w->ledger, &w->arena, 0, STR_EMPTY, STR_EMPTY, 10000,
                                       &events, &err));
    for (size_t i = 0; i < events.n; i++)
        assert_false(str_contains(events.items[i].doc, str_from(clear_text)));
    reconciler_release(&w->reconciler);
    cluster_provider_free(w->provider);
    w->ledger->ops->close(w->ledger);
    fake_ledger_store_free(w->store);
    fake_emr_free(w->emr);
    buf_release(&w->sent);
    arena_release(&w->arena);
    free(w);
}

/* ---- idleness ---- */

static void an_idle_cluster_is_warned_and_ended_with_the_reason(void **state)
{
    struct cluster_spec spec;
    struct world *w = make(&spec, 0);
    (void)state;
    begin(w, &spec);
    turns(w, 44 * MIN);
    assert_int_equal(n_told(w, "idle_soon"), 0);
    turns(w, 8 * MIN);
    assert_int_equal(n_told(w, "idle_soon"), 1);
    assert_int_equal(row_of(w).phase, PHASE_READY);
    turns(w, 12 * MIN);
    struct cluster_row row = row_of(w);
    assert_int_equal(row.phase, PHASE_TERMINATED);
    assert_int_equal(row.ends_because, ENDS_IDLE);
    assert_str(row.reason.code, "idle");
    assert_str(row.reason.kind, "policy");
    end(w);
}

static void a_saved_notebook_is_a_sign_of_work(void **state)
{
    struct cluster_spec spec;
    struct world *w = make(&spec, 0);
    (void)state;
    begin(w, &spec);
    turns(w, 52 * MIN);
    assert_int_equal(n_told(w, "idle_soon"), 1);
    w->saved_ms = w->now_ms;
    turns(w, 30 * MIN);
    assert_int_equal(n_told(w, "active"), 1);
    struct cluster_row row = row_of(w);
    assert_int_equal(row.phase, PHASE_READY);
    assert_true(row.saved_ms == w->saved_ms && row.active_ms == w->saved_ms);
    turns(w, 35 * MIN);
    assert_int_equal(row_of(w).ends_because, ENDS_IDLE);
    end(w);
}

static void livys_sessions_and_statements_are_signs_of_work(void **state)
{
    struct cluster_spec spec;
    struct world *w = make(&spec, 8998);
    char statements[100];
    (void)state;
    w->livy = "{\"sessions\":[{\"id\":3,\"state\":\"busy\",\"proxyUser\":\"ana\"}]}";
    begin(w, &spec);
    turns(w, 200 * MIN);
    struct cluster_row row = row_of(w);
    assert_int_equal(row.phase, PHASE_READY);
    assert_str(row.blocker, "Livy session 3 of ana is busy");
    w->livy = "{\"sessions\":[{\"id\":3,\"state\":\"idle\"}]}";
    (void)snprintf(statements, sizeof statements,
                   "{\"statements\":[{\"code\":\"x\",\"started\":1,\"completed\":%lld}]}",
                   (long long)(w->now_ms + 30 * MIN));
    w->statements = statements; /* once the clock is there */
    turns(w, 80 * MIN);
    assert_int_equal(row_of(w).phase, PHASE_READY);
    turns(w, 15 * MIN);
    assert_int_equal(row_of(w).ends_because, ENDS_IDLE);
    end(w);
}

static void who_cannot_be_asked_is_not_called_idle(void **state)
{
    struct cluster_spec spec;
    struct world *w = make(&spec, 8998);
    (void)state;
    begin(w, &spec); /* Livy does not answer */
    turns(w, 100 * MIN);
    assert_int_equal(row_of(w).phase, PHASE_READY);
    w->livy = "{\"sessions\":[]}";
    w->is_s3_down = true;
    turns(w, 100 * MIN);
    assert_int_equal(row_of(w).phase, PHASE_READY);
    assert_int_equal(n_told(w, "idle_soon"), 0);
    /* EMR itself is told the same limit, for such cases. */
    assert_true(
        str_contains(buf_str(&w->sent), STR("\"AutoTerminationPolicy\":{\"IdleTimeout\":3600}")));
    end(w);
}

/* ---- limits ---- */

static void limits_warn_before_and_tell_why_after(void **state)
{
    static const struct {
        int64_t lifetime_s, micro;
        const char *warning;
        enum ends_because because;
        const char *code;
    } cases[] = {
        { 3600, 0, "expires_soon", ENDS_EXPIRED, "expired" },
        { 0, 500000, "budget_near", ENDS_BUDGET,
          "budget" }, /* 3 machines at 0.24 dollars an hour */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct cluster_spec spec;
        struct world *w = make(&spec, 0);
        spec.max_lifetime_s = cases[i].lifetime_s;
        spec.max_usd_micro = cases[i].micro;
        spec.idle_timeout_s = 604800;
        begin(w, &spec);
        while (n_told(w, cases[i].warning) == 0 && row_of(w).phase == PHASE_READY)
            turns(w, MIN);
        assert_int_equal(row_of(w).phase, PHASE_READY);
        turns(w, 25 * MIN);
        struct cluster_row row = row_of(w);
        assert_int_equal(row.ends_because, cases[i].because);
        assert_str(row.reason.code, cases[i].code);
        assert_int_equal(row.phase, PHASE_TERMINATED);
        end(w);
    }
}

/* ---- another password ---- */

static bool want_password(void *ctx, struct cluster_row *row, int64_t now,
                          struct lifecycle_out *out, struct err *err)
{
    (void)ctx;
    (void)now;
    return lifecycle_rotate(row, STR("ana"), out, err);
}

static bool change(struct world *w, row_change_fn *fn, void *ctx, struct err *err)
{
    const struct row_update u = {
        .ledger = w->ledger, .id = w->id, .now = w->now_ms, .change = fn, .ctx = ctx
    };
    struct cluster_row row;
    bool has_events;
    return row_update(&w->arena, &u, &row, &has_events, err);
}

static void another_password_becomes_the_one_when_its_step_is_done(void **state)
{
    struct cluster_spec spec;
    struct world *w = make(&spec, 0);
    struct err err = ERR_INIT;
    (void)state;
    begin(w, &spec);
    assert_true(change(w, want_password, NULL, &err));
    assert_false(change(w, want_password, NULL, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    turns(w, TURN_MS);
    assert_int_equal(row_of(w).secret_generation, 1);
    assert_int_equal(fake_emr_n_calls(w->emr, STR("AddJobFlowSteps")), 1);
    assert_true(str_contains(buf_str(&w->sent), STR("$6$salt$hash2")));
    turns(w, 2 * MIN);
    struct cluster_row row = row_of(w);
    assert_false(row.wants_rotation);
    assert_int_equal(row.secret_generation, 2);
    assert_int_equal(row.revealed_ms, 0);
    assert_int_equal(n_told(w, "password_rotated"), 1);
    /* One that fails leaves the second; its number is not used again. */
    fake_emr_faults(w->emr)->fail_steps = true;
    err = (struct err)ERR_INIT;
    assert_true(change(w, want_password, NULL, &err));
    turns(w, 2 * MIN);
    row = row_of(w);
    assert_int_equal(row.secret_generation, 2);
    assert_int_equal(row.phase, PHASE_READY);
    assert_int_equal(n_told(w, "rotation_failed"), 1);
    fake_emr_faults(w->emr)->fail_steps = false;
    assert_true(change(w, want_password, NULL, &err));
    turns(w, 2 * MIN);
    assert_int_equal(row_of(w).secret_generation, 4);
    end(w);
}

/* ---- another size ---- */

static bool want_size(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                      struct err *err)
{
    const struct cluster_spec *wanted = ctx;
    struct cluster_spec before = row->spec;
    (void)now;
    (void)err;
    row->spec.n_workers = wanted->n_workers;
    row->spec.autoscale_min = wanted->autoscale_min;
    row->spec.autoscale_max = wanted->autoscale_max;
    lifecycle_resize(row, &before, STR("ana"), out);
    return true;
}

static void another_size_is_asked_in_the_words_of_how_it_was_made(void **state)
{
    static const struct {
        enum spec_market market;
        struct cluster_spec wanted;
        const char *operation, *told;
        int64_t n_workers;
    } cases[] = {
        { SPEC_ON_DEMAND, { .n_workers = 5 }, "ModifyInstanceGroups", "resized", 5 },
        { SPEC_SPOT, { .n_workers = 5 }, "ModifyInstanceFleet", "resized", 5 },
        { SPEC_ON_DEMAND,
          { .n_workers = 2, .autoscale_min = 1, .autoscale_max = 6 },
          "PutManagedScalingPolicy",
          "resized",
          2 },
        { SPEC_ON_DEMAND, { .n_workers = 0 }, "RemoveManagedScalingPolicy", "resize_failed", 2 },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct cluster_spec spec, wanted = cases[i].wanted;
        struct world *w = make(&spec, 0);
        struct err err = ERR_INIT;
        spec.market = cases[i].market;
        begin(w, &spec);
        assert_true(change(w, want_size, &wanted, &err));
        turns(w, 2 * TURN_MS);
        assert_int_equal(fake_emr_n_calls(w->emr, str_from(cases[i].operation)), 1);
        assert_int_equal(n_told(w, cases[i].told), 1);
        struct cluster_row row = row_of(w);
        assert_int_equal(row.spec.n_workers, cases[i].n_workers);
        assert_false(row.wants_resize);
        end(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_cluster_is_warned_and_ended_with_the_reason),
        cmocka_unit_test(a_saved_notebook_is_a_sign_of_work),
        cmocka_unit_test(livys_sessions_and_statements_are_signs_of_work),
        cmocka_unit_test(who_cannot_be_asked_is_not_called_idle),
        cmocka_unit_test(limits_warn_before_and_tell_why_after),
        cmocka_unit_test(another_password_becomes_the_one_when_its_step_is_done),
        cmocka_unit_test(another_size_is_asked_in_the_words_of_how_it_was_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
