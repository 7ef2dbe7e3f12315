/* The provider against an EMR of our own with faults, without sockets. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "../fake/emr.h"
#include "cluster/emr.h"
#include "cluster/reconciler.h"

struct world {
    struct fake_emr *emr;
    struct cluster_provider *provider;
    struct arena arena;
    int64_t now_ms;
    bool is_unreachable;
};

static bool send_to_fake(void *ctx, struct arena *a, const struct emr_message *m,
                         struct emr_reply *out, struct err *err)
{
    struct world *world = ctx;
    AUTO_BUF answer = BUF_INIT(1024 * 1024);
    if (world->is_unreachable) {
        out->sent = EMR_SENT_NOTHING;
        return err_set(err, ERR_UPSTREAM, "connection refused");
    }
    int status = 0;
    enum fake_emr_delivery delivery =
        fake_emr_call(world->emr, m->operation, m->body, world->now_ms, &status, &answer);
    if (delivery == FAKE_EMR_LOSE) {
        out->sent = EMR_SENT_UNCLEAR;
        return err_set(err, ERR_UPSTREAM, "connection reset");
    }
    *out = (struct emr_reply){ EMR_SENT_ANSWERED, status, arena_str(a, buf_str(&answer)) };
    return true;
}

static const struct emr_settings good = { .release = STR_INIT("emr-7.14.0"),
                                          .primary_type = STR_INIT("m5.xlarge"),
                                          .worker_type = STR_INIT("m5.xlarge"),
                                          .max_nodes = 20,
                                          .idle_timeout_s = 3600,
                                          .service_role = STR_INIT("EMR_DefaultRole"),
                                          .instance_profile = STR_INIT("EMR_EC2_DefaultRole"),
                                          .notebooks_bucket = STR_INIT("notebooks"),
                                          .hub_user = STR_INIT("jovyan") };

static const struct cluster_call call = { .deadline_ms = INT64_MAX };

static void world_init(struct world *world)
{
    struct err err = ERR_INIT;
    *world = (struct world){ .emr = fake_emr_new(1), .now_ms = 1000 };
    *fake_emr_times(world->emr) = (struct fake_emr_times){ 60000, 60000, 10000, 60000 };
    world->provider = emr_provider_new(&good, send_to_fake, world, &err);
    assert_non_null(world->provider);
}

static void world_release(struct world *world)
{
    cluster_provider_free(world->provider);
    fake_emr_free(world->emr);
    arena_release(&world->arena);
}

static enum cluster_launch launch(struct world *world, unsigned n, struct str *id, struct err *err)
{
    struct cluster_spec spec;
    enum cluster_launch outcome;
    emr_default_spec(&good, &spec);
    spec.n_workers = n - 1;
    const struct cluster_order order = { .marker = STR("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                                         .deployment = STR("dep"),
                                         .name = STR("lab"),
                                         .owner = STR("ana"),
                                         .spec = &spec,
                                         .password_hash = STR("$6$salt$hash") };
    world->provider->ops->launch(world->provider, &world->arena, &order, &call, &outcome, id, err);
    return outcome;
}

static bool create(struct world *world, unsigned n, struct str *id, struct err *err)
{
    return launch(world, n, id, err) == CLUSTER_LAUNCHED;
}

static void a_cluster_is_made_described_and_ended(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    struct cluster_info info;
    struct str id;
    world_init(&world);
    assert_true(create(&world, 3, &id, &err));
    assert_true(cluster_get(world.provider, &world.arena, id, &call, &info, &err));
    assert_str(info.state, "STARTING");
    assert_str(info.hub_url, "");
    assert_str(info.hub_user, "");
    assert_str(info.hub_password, "");
    world.now_ms += 300000;
    assert_true(cluster_get(world.provider, &world.arena, id, &call, &info, &err));
    assert_str(info.state, "WAITING");
    assert_true(str_has_prefix(info.hub_url, STR("https://")));
    assert_true(str_has_suffix(info.hub_url, STR(":9443")));
    assert_str(info.hub_user, "jovyan");
    assert_str(info.hub_password, "");
    assert_true(cluster_terminate(world.provider, &world.arena, id, &call, &err));
    world.now_ms += 300000;
    assert_int_equal(fake_emr_n_live(world.emr, world.now_ms), 0);
    assert_true(cluster_terminate(world.provider, &world.arena, id, &call, &err));
    world_release(&world);
}

static void an_unclear_answer_is_told_and_never_repeated(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct fake_emr_faults faults;
    } cases[] = {
        { "lost answer", { .lose_answers = 1 } },
        { "throttled but made", { .throttle_but_create = 1 } },
        { "cut answer", { .truncate_answers = true } },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct world world;
        struct err err = ERR_INIT;
        struct str id;
        world_init(&world);
        *fake_emr_faults(world.emr) = cases[i].faults;
        assert_case(launch(&world, 2, &id, &err) == CLUSTER_UNCLEAR, cases[i].name);
        assert_case(err.code != ERR_NONE, cases[i].name);
        assert_case(fake_emr_n_calls(world.emr, STR("RunJobFlow")) == 1, cases[i].name);
        world_release(&world);
    }
}

static void a_clear_failure_is_not_called_unclear(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    struct str id;
    world_init(&world);
    world.is_unreachable = true;
    assert_int_equal(launch(&world, 2, &id, &err), CLUSTER_NOT_SENT);
    world.is_unreachable = false;
    fake_emr_faults(world.emr)->expired_credentials = true;
    assert_int_equal(launch(&world, 2, &id, &err), CLUSTER_REFUSED);
    assert_int_equal(err.code, ERR_CREDENTIALS);
    assert_int_equal(fake_emr_n_live(world.emr, world.now_ms), 0);
    world_release(&world);
}

static void an_unknown_cluster_is_not_found(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    struct cluster_info info;
    world_init(&world);
    assert_false(cluster_get(world.provider, &world.arena, STR("j-UNKNOWN1"), &call, &info, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_false(cluster_terminate(world.provider, &world.arena, STR("j-UNKNOWN1"), &call, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(fake_emr_n_calls(world.emr, STR("TerminateJobFlows")), 0);
    world_release(&world);
}

static void wrong_sizes_and_ids_never_reach_emr(void **state)
{
    (void)state;
    static const char *const ids[] = { "", "j-", "j-abc", "j-A;rm", "j-A\"", "j-A\n", "x-ABC" };
    static const unsigned sizes[] = { 0, 21, 1000000000 };
    struct world world;
    struct err err = ERR_INIT;
    struct cluster_info info;
    struct str id;
    world_init(&world);
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        assert_case(
            !cluster_get(world.provider, &world.arena, str_from(ids[i]), &call, &info, &err),
            ids[i]);
        assert_case(err.code == ERR_INVALID, ids[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        const struct cluster_request req = { .n_nodes = sizes[i] };
        assert_false(cluster_create(world.provider, &world.arena, &req, &call, &id, &err));
        assert_int_equal(err.code, ERR_INVALID);
    }
    assert_int_equal(fake_emr_n_calls(world.emr, STR("RunJobFlow")), 0);
    assert_int_equal(fake_emr_n_calls(world.emr, STR("DescribeCluster")), 0);
    world_release(&world);
}

static void settings_are_checked_before_money_is_spent(void **state)
{
    (void)state;
    static const struct {
        const char *release;
        bool ok, ends_idle;
    } releases[] = {
        { "emr-7.14.0", true, true },    { "emr-5.17.0", true, false },
        { "emr-5.30.0", true, true },    { "emr-6.0.0", true, false },
        { "emr-6.1.0", true, true },     { "emr-5.16.1", false, false },
        { "emr-4.9.0", false, false },   { "emr-spark-8.1.0", false, false },
        { "7.14.0", false, false },      { "emr-7.14", false, false },
        { "emr-7.14.0;", false, false }, { "", false, false },
    };
    struct err err = ERR_INIT;
    for (size_t i = 0; i < ARRAY_LEN(releases); i++) {
        struct str release = str_from(releases[i].release);
        assert_case(emr_release_check(release, &err) == releases[i].ok, releases[i].release);
        if (releases[i].ok)
            assert_case(emr_release_ends_idle(release) == releases[i].ends_idle,
                        releases[i].release);
    }
    struct emr_settings s = good;
    assert_true(emr_settings_check(&s, &err));
    s.worker_type = STR("m5 xlarge");
    assert_false(emr_settings_check(&s, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_true(str_contains(str_from(err.msg), STR("worker_type")));
    s = good;
    s.log_uri = STR("/var/log");
    assert_false(emr_settings_check(&s, &err));
}

static void the_end_of_support_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *release, *ends;
        bool has_ended;
    } cases[] = {
        { "emr-7.14.0", "2028-09-08", false },
        { "emr-7.13.0", "2028-04-21", false },
        { "emr-7.12.0", "", false },
        { "emr-7.5.0", "2026-11-20", true },
        { "emr-7.4.1", "", true },
        { "emr-6.15.0", "", true },
        { "emr-5.36.2", "", true },
        { "emr-7.15.0", "", false },
        { "emr-spark-8.1.0", "2029-09-07", false },
        { "nonsense", "", false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        /* 2026-11-25 */
        struct emr_support s = emr_release_support(str_from(cases[i].release), 1795564800000);
        assert_str(s.ends, cases[i].ends);
        assert_case(s.has_ended == cases[i].has_ended, cases[i].release);
    }
    assert_false(emr_release_support(STR("emr-7.5.0"), 1795132800000 /* 11-20 */).has_ended);
    assert_true(emr_release_support(STR("emr-7.14.0"), 1900000000000 /* 2030 */).has_ended);
}

/* The table's rows are looked for from the first to the last, and its date stands twice. */
static void the_table_of_releases_is_sorted_and_dated(void **state)
{
    (void)state;
    static const struct {
        const char *line, *ends;
        unsigned version;
    } rows[] = {
#define R(line, major, minor, patch, ends, hub, keeps, idle)                                       \
    { line, ends, (major)*1000000U + (minor)*1000U + (patch) },
#include "cluster/releases.def"
#undef R
    };
    for (size_t i = 1; i < ARRAY_LEN(rows); i++) {
        bool is_same_line = strcmp(rows[i - 1].line, rows[i].line) == 0;
        assert_true(!is_same_line || rows[i - 1].version < rows[i].version);
        assert_true(!is_same_line || rows[i].ends[0] == '\0' || rows[i - 1].ends[0] == '\0' ||
                    strcmp(rows[i - 1].ends, rows[i].ends) <= 0);
    }
    assert_str(emr_releases_as_of(), "2026-11-25");
}

static void a_name_has_only_what_emr_takes(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    char long_name[400] = "";
    struct str deployment, marker;
    memset(long_name, 'x', sizeof long_name - 1);
    struct cluster_order order = { .marker = STR("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                                   .deployment = STR("dep"),
                                   .name = STR("<$|`>a b") };
    struct str name = marker_name(&a, &order);
    assert_str(name, "_____a_b dp=dep id=01ARZ3NDEKTSV4RRFFQ69G5FAV");
    marker_parse(name, &deployment, &marker);
    assert_str(deployment, "dep");
    assert_str(marker, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    order.name = order.deployment = str_from(long_name);
    assert_true(marker_name(&a, &order).len <= 256);
    static const char *const others[] = { "", "lab", "lab id=01ARZ3NDEKTSV4RRFFQ69G5FAV",
                                          "boathouse ana id=0000000000000001",
                                          "lab dp=dep id=01ARZ3NDEKTSV4RRFFQ69G5FA" };
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        marker_parse(str_from(others[i]), &deployment, &marker);
        assert_case(marker.len == 0, others[i]);
    }
}

static void lists_come_whole(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    struct cluster_items live, all, nodes, steps;
    struct str id, last = STR_EMPTY;
    world_init(&world);
    for (unsigned i = 0; i < 120; i++)
        assert_true(create(&world, 4, i == 0 ? &id : &last, &err));
    assert_true(cluster_terminate(world.provider, &world.arena, last, &call, &err));
    world.now_ms += 300000;
    struct cluster_provider *p = world.provider;
    assert_true(cluster_list(p, &world.arena, CLUSTER_LIST_LIVE, STR_EMPTY, &call, &live, &err));
    assert_true(cluster_list(p, &world.arena, CLUSTER_LIST_ALL, STR_EMPTY, &call, &all, &err));
    assert_int_equal(live.n, 119);
    assert_int_equal(all.n, 120);
    assert_str(live.items[0].id, arena_printf(&world.arena, "%.*s", STR_FMT(id)).ptr);
    assert_str(live.items[0].state, "WAITING");
    assert_true(str_has_prefix(live.items[0].name, STR("lab dp=dep id=")));
    assert_int_equal(live.items[0].created_unix_ms, 1000);
    assert_int_equal(live.items[0].ready_unix_ms, 121000);
    assert_int_equal(live.items[0].ended_unix_ms, 0);
    assert_true(cluster_list(p, &world.arena, CLUSTER_LIST_NODES, id, &call, &nodes, &err));
    assert_int_equal(nodes.n, 4);
    assert_str(nodes.items[3].type, "m5.xlarge");
    assert_str(nodes.items[3].market, "ON_DEMAND");
    assert_str(nodes.items[3].state, "RUNNING");
    assert_true(cluster_list(p, &world.arena, CLUSTER_LIST_STEPS, id, &call, &steps, &err));
    assert_int_equal(steps.n, 1);
    assert_str(steps.items[0].name, EMR_HARDEN_STEP);
    world_release(&world);
}

static void a_list_that_is_refused_is_told(void **state)
{
    (void)state;
    struct world world;
    struct err err = ERR_INIT;
    struct cluster_items items;
    struct str id;
    world_init(&world);
    struct cluster_provider *p = world.provider;
    static const enum cluster_list of_one[] = { CLUSTER_LIST_NODES, CLUSTER_LIST_STEPS };
    for (size_t i = 0; i < ARRAY_LEN(of_one); i++) {
        assert_false(cluster_list(p, &world.arena, of_one[i], STR("j-NONE"), &call, &items, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
        assert_false(cluster_list(p, &world.arena, of_one[i], STR("j;rm"), &call, &items, &err));
        assert_int_equal(err.code, ERR_INVALID);
    }
    assert_true(create(&world, 1, &id, &err));
    fake_emr_faults(world.emr)->truncate_answers = true;
    assert_false(cluster_list(p, &world.arena, CLUSTER_LIST_ALL, STR_EMPTY, &call, &items, &err));
    assert_int_equal(err.code, ERR_UPSTREAM);
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cluster_is_made_described_and_ended),
        cmocka_unit_test(an_unclear_answer_is_told_and_never_repeated),
        cmocka_unit_test(a_clear_failure_is_not_called_unclear),
        cmocka_unit_test(an_unknown_cluster_is_not_found),
        cmocka_unit_test(wrong_sizes_and_ids_never_reach_emr),
        cmocka_unit_test(settings_are_checked_before_money_is_spent),
        cmocka_unit_test(the_end_of_support_is_known),
        cmocka_unit_test(the_table_of_releases_is_sorted_and_dated),
        cmocka_unit_test(lists_come_whole),
        cmocka_unit_test(a_list_that_is_refused_is_told),
        cmocka_unit_test(a_name_has_only_what_emr_takes),
    };
    return cmocka_run_group_tests_name("emr_provider", tests, NULL, NULL);
}
