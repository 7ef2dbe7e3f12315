/* The pure parts: what is asked for, what it costs, what a failure means, passwords, limits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "cluster/cost.h"
#include "cluster/diagnose.h"
#include "cluster/emr.h"
#include "cluster/instance_types.h"
#include "cluster/lifecycle.h"
#include "cluster/requests.h"
#include "cluster/secret.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void money_goes_both_ways(void **state)
{
    static const struct {
        const char *text;
        int64_t micro;
        const char *told;
    } cases[] = { { "20", 20000000, "20.00" },
                  { "20.5", 20500000, "20.50" },
                  { "0.048", 48000, "0.048" },
                  { "0", 0, "0.00" },
                  { "1.234567", 1234567, "1.234567" },
                  { "1.2345678", -1, "" },
                  { "", -1, "" },
                  { "1.", -1, "" },
                  { "-1", -1, "" },
                  { "1e3", -1, "" } };
    AUTO_ARENA a = ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t micro = -1;
        bool ok = money_parse(str_from(cases[i].text), &micro);
        assert_case(ok == (cases[i].micro >= 0) && micro == cases[i].micro, cases[i].text);
        if (ok)
            assert_str(money_text(&a, micro), cases[i].told);
    }
}

static void a_spec_reads_what_it_writes_and_names_what_is_wrong(void **state)
{
    static const struct {
        const char *text, *says; /* NULL: it is right */
    } cases[] = {
        { "{\"release\":\"emr-7.14.0\",\"size\":{\"workers\":3,\"market\":\"spot\",\"worker_"
          "types\":"
          "[\"m5.xlarge\",\"m6i.xlarge\"]},\"network\":{\"subnet_ids\":[\"a\",\"b\"]},"
          "\"lifecycle\":{"
          "\"max_usd\":\"12.5\",\"idle_timeout_s\":600},\"labels\":[{\"key\":\"k\",\"value\":\"v\"}"
          "]}",
          NULL },
        { "{\"size\":{\"workers\":null}}", NULL },
        { "{\"size\":{\"wrokers\":3}}", "/size/wrokers" },
        { "{\"idle_timeout_s\":60}", "/idle_timeout_s" },
        { "{\"size\":{\"workers\":-1}}", "/size/workers" },
        { "{\"size\":{\"market\":\"free\"}}", "/size/market" },
        { "{\"lifecycle\":{\"max_usd\":5}}", "/lifecycle/max_usd" },
        { "{\"lifecycle\":{\"idle_timeout_s\":59}}", "/lifecycle/idle_timeout_s" },
        { "{\"lifecycle\":{\"termination_protected\":1}}", "/lifecycle/termination_protected" },
        { "{\"labels\":[{\"key\":\"k\"}]}", "/labels/0" },
        { "{\"size\":[]}", "size" },
        { "[]", "object" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        struct cluster_spec spec = { .idle_timeout_s = 3600 }, again = { .idle_timeout_s = 60 };
        const struct json *value = json_parse(&a, str_from(cases[i].text), LIMIT_JSON_BYTES, &err);
        assert_non_null(value);
        bool ok = spec_merge(&a, &spec, value, &err);
        assert_case(ok == (cases[i].says == NULL), cases[i].text);
        if (!ok) {
            assert_case(err.code == ERR_INVALID && strstr(err.msg, cases[i].says) != NULL,
                        cases[i].text);
            continue;
        }
        AUTO_BUF one = BUF_INIT(65536);
        AUTO_BUF two = BUF_INIT(65536);
        struct json_writer w;
        json_writer_init(&w, &one);
        json_write_object(&w);
        spec_write(&w, &spec);
        json_write_end(&w);
        assert_true(spec_merge(&a, &again, json_parse(&a, buf_str(&one), 65536, &err), &err));
        json_writer_init(&w, &two);
        json_write_object(&w);
        spec_write(&w, &again);
        json_write_end(&w);
        assert_str(buf_str(&one), buf_cstr(&two));
    }
}

static void costs_are_counted_by_the_second_and_never_guessed(void **state)
{
    const struct ledger_span spans[] = {
        { .type = STR("m5.xlarge"),
          .market = STR("ON_DEMAND"),
          .started_ms = 1000,
          .ended_ms = 3601000 },
        { .type = STR("m5.xlarge"), .market = STR("ON_DEMAND"), .started_ms = 1000 },
        { .type = STR("m5.xlarge"),
          .market = STR("ON_DEMAND"),
          .started_ms = 1000,
          .ended_ms = 2000 },
        { .type = STR("m5.xlarge"),
          .market = STR("SPOT"),
          .started_ms = 1000,
          .ended_ms = 3601000 },
        { .type = STR("x9.huge"), .market = STR("ON_DEMAND"), .started_ms = 1000 },
    };
    struct cost cost;
    (void)state;
    cost_of(spans, 1, 9999999, STR_EMPTY, &cost);
    assert_int_equal(cost.ec2_micro, 192000);
    assert_int_equal(cost.emr_micro, 48000);
    assert_int_equal(cost.hourly_micro, 0);
    assert_true(cost.is_complete);
    cost_of(spans + 1, 1, 1801000, STR("us-east-1"), &cost);
    assert_int_equal(cost.ec2_micro, 96000);
    assert_int_equal(cost.hourly_micro, 240000);
    cost_of(spans + 2, 1, 9999999, STR_EMPTY, &cost); /* a minute at least */
    assert_int_equal(cost.ec2_micro, 3200);
    cost_of(spans + 3, 1, 9999999, STR_EMPTY, &cost);
    assert_false(cost.is_complete);
    cost_of(spans + 4, 1, 9999999, STR_EMPTY, &cost);
    assert_int_equal(cost.ec2_micro, 0);
    assert_false(cost.is_complete);
    /* A region that the list lacks is counted as the one that stands for it, and told. */
    cost_of(spans, 1, 9999999, STR("mars-1"), &cost);
    assert_int_equal(cost.ec2_micro, 192000);
    assert_false(cost.is_complete);
    assert_true(str_eq(prices_region_for(STR("mars-1")), prices_region()));
}

static void only_the_part_of_a_month_is_counted(void **state)
{
    const struct ledger_span spans[] = {
        { .type = STR("m5.xlarge"), .started_ms = 1000, .ended_ms = 7201000 },
        { .type = STR("m5.xlarge"), .started_ms = 1000, .ended_ms = 3000 },
        { .type = STR("m5.xlarge"), .started_ms = 7201000 },
    };
    struct cost cost;
    (void)state;
    cost_since(spans, 1, 3601000, 99999999, STR_EMPTY, &cost);
    assert_int_equal(cost.ec2_micro, 192000);
    cost_since(spans + 1, 1, 3601000, 99999999, STR_EMPTY, &cost);
    assert_int_equal(cost.ec2_micro, 0);
    cost_since(spans + 2, 1, 3601000, 7201000 + 1800000, STR_EMPTY, &cost);
    assert_int_equal(cost.ec2_micro, 96000);
    assert_int_equal(cost.n_running, 1);
}

/* Whole tables: each row is once there, and what one table names the others know. */
static void the_lists_of_types_prices_and_releases_fit_together(void **state)
{
    (void)state;
    for (size_t i = 0; price_at(i) != NULL; i++) {
        const struct price *p = price_at(i);
        struct price_found found = price_find(p->region, p->type);
        assert_int_equal(found.ec2_micro, p->ec2_micro); /* no type stands twice */
        assert_int_equal(found.has_emr, p->emr_micro >= 0);
        assert_true(p->ec2_micro > 0);
        assert_non_null(instance_type_find(p->type));
    }
    for (size_t i = 0; instance_type_at(i) != NULL; i++) {
        const struct instance_type *t = instance_type_at(i);
        assert_true(instance_type_find(t->name) == t);
        assert_true(t->vcpus > 0 && t->memory_mib >= 1024);
    }
    for (size_t i = 0; emr_release_at(i).len > 0; i++)
        for (size_t k = 0; k < i; k++)
            assert_false(str_eq(emr_release_at(i), emr_release_at(k)));
    assert_true(str_eq(emr_release_at(0), STR("emr-5.14.0")));
}

static void a_type_is_known_to_come_later_than_a_release(void **state)
{
    static const struct {
        const char *type, *release;
        enum type_support support;
    } cases[] = {
        { "m5.xlarge", "emr-7.14.0", TYPE_SUPPORTED },
        { "r7g.xlarge", "emr-5.19.0", TYPE_TOO_NEW },
        { "m8g.xlarge", "emr-6.4.0", TYPE_TOO_NEW },
        { "m5.xlarge", "emr-5.19.0", TYPE_SUPPORTED },
        { "x9.huge", "emr-7.14.0", TYPE_UNKNOWN },
        { "m5.xlarge", "emr-9.0.0", TYPE_UNKNOWN },
        { "m5.xlarge", "nonsense", TYPE_UNKNOWN },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(instance_type_support(str_from(cases[i].type), str_from(cases[i].release)),
                         cases[i].support);
}

static void a_failure_has_a_meaning_and_maybe_a_better_request(void **state)
{
    static const struct {
        const char *error, *state, *kind;
        bool has_next;
    } cases[] = {
        { "INTERNAL_ERROR_EC2_INSUFFICIENT_CAPACITY_AZ", "INTERNAL_ERROR", "capacity", true },
        { "INTERNAL_ERROR_SPOT_NO_CAPACITY_PRIMARY", "", "capacity", true },
        { "", "INSTANCE_FLEET_TIMEOUT", "capacity", true },
        { "BOOTSTRAP_FAILURE_INSUFFICIENT_DISK_SPACE_WORKER", "BOOTSTRAP_FAILURE", "client", true },
        { "BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE", "BOOTSTRAP_FAILURE", "client", false },
        { "VALIDATION_ERROR_SUBNET_NOT_FROM_ONE_VPC", "VALIDATION_ERROR", "client", false },
        { "", "STEP_FAILURE", "cloud", false },
        { "SOMETHING_NEW", "INTERNAL_ERROR", "cloud", false },
    };
    const struct cluster_spec spec = { .worker_types = { { STR("m5.xlarge") }, 1 },
                                       .market = SPEC_SPOT };
    struct cluster_spec next;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct diagnosis *d = diagnose(str_from(cases[i].error), str_from(cases[i].state));
        assert_case(d != NULL && str_eq(d->kind, str_from(cases[i].kind)), cases[i].error);
        assert_case(diagnose_next(d, &spec, &next) == cases[i].has_next, cases[i].error);
    }
    assert_null(diagnose(STR_EMPTY, STR("USER_REQUEST")));
}

static void ulids_sort_by_time_and_differ_by_chance(void **state)
{
    static const unsigned char zeros[10] = { 0 };
    static const unsigned char ones[10] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
    char early[ULID_BYTES + 1], late[ULID_BYTES + 1], other[ULID_BYTES + 1];
    (void)state;
    ulid_make(1469918176385, zeros, early);
    assert_string_equal(early, "01ARYZ6S410000000000000000");
    ulid_make(1469918176385, ones, other);
    assert_string_equal(other, "01ARYZ6S41ZZZZZZZZZZZZZZZZ");
    ulid_make(1469918176386, zeros, late);
    assert_true(strcmp(other, late) < 0);
}

static void a_password_is_the_same_after_a_restart_and_its_hash_hides_it(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    char folder[] = "/tmp/secret-XXXXXX", path[64];
    struct err err = ERR_INIT;
    struct secret one, two;
    struct str hash;
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/key", folder);
    assert_true(secret_open(&one, path, &err));
    assert_true(secret_open(&two, path, &err));
    struct str password = secret_password(&one, &a, STR("clu_1"), 1);
    assert_true(str_eq(password, secret_password(&two, &a, STR("clu_1"), 1)));
    assert_false(str_eq(password, secret_password(&one, &a, STR("clu_1"), 2)));
    assert_false(str_eq(password, secret_password(&one, &a, STR("clu_2"), 1)));
    assert_true(secret_hash(&one, &a, STR("clu_1"), 1, &hash, &err));
    assert_true(str_has_prefix(hash, STR("$6$")) && !str_contains(hash, password));
    assert_int_equal(chmod(path, 0644), 0);
    assert_false(secret_open(&two, path, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    (void)unlink(path);
    (void)rmdir(folder);
}

static struct cluster_row ready_row(struct arena *a)
{
    struct lifecycle_out out = { .arena = a };
    const struct cluster_view up = { .state = STR("WAITING"),
                                     .stage = STAGE_UP,
                                     .hardening = HARDENING_DONE };
    struct cluster_row row = {
        .id = STR("clu_01ARYZ6S410000000000000000"),
        .spec = { .idle_timeout_s = 3600, .max_lifetime_s = 36000, .max_usd_micro = 10000000 }
    };
    lifecycle_request(&row, 0, &out);
    lifecycle_begin(&row, 1, &out);
    lifecycle_launched(&row, 1, STR("j-1"), 2, &out);
    lifecycle_viewed(&row, &up, &lifecycle_rules, 1000, &out);
    assert_int_equal(row.phase, PHASE_READY);
    return row;
}

static void limits_warn_and_then_end(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct lifecycle_out out = { .arena = &a };
    (void)state;
    struct cluster_row row = ready_row(&a);
    assert_int_equal(row.expires_ms, 36001000);
    lifecycle_tick(&row, &lifecycle_rules, 32000000, &out);
    assert_int_equal(out.n_events, 0);
    lifecycle_tick(&row, &lifecycle_rules, 33000000, &out); /* the last hour */
    assert_int_equal(out.n_events, 1);
    assert_str(out.events[0].type, "expires_soon");
    lifecycle_extend(&row, 3600, STR("ana"), 33000000, &out);
    lifecycle_tick(&row, &lifecycle_rules, 36001000, &out);
    assert_int_equal(row.phase, PHASE_READY);
    lifecycle_tick(&row, &lifecycle_rules, 39601000, &out);
    assert_int_equal(row.phase, PHASE_TERMINATING);
    assert_int_equal(row.ends_because, ENDS_EXPIRED);
    row = ready_row(&a);
    row.spent_micro = 8000000;
    out.n_events = 0;
    lifecycle_tick(&row, &lifecycle_rules, 2000, &out);
    assert_str(out.events[0].type, "budget_near");
    row.spans_taken_ms = 2000;
    row.hourly_micro = 2000000;
    lifecycle_tick(&row, &lifecycle_rules, 2000 + 3600000, &out);
    assert_int_equal(row.ends_because, ENDS_BUDGET);
}

static void a_row_comes_back_from_the_ledger_as_it_was(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct ledger_row stored, again;
    struct cluster_row row = ready_row(&a), back;
    struct err err = ERR_INIT;
    (void)state;
    row.ends_because = ENDS_IDLE;
    row.hub_url = STR("https://x:9443");
    row.extras[row.n_extras++] = (struct row_extra){ .id = STR("j-2"), .is_ended = true };
    row_to_ledger(&a, &row, &stored);
    assert_true(row_from_ledger(&a, &stored, &back, &err));
    row_to_ledger(&a, &back, &again);
    assert_str(again.doc, arena_printf(&a, "%.*s%c", STR_FMT(stored.doc), '\0').ptr);
    assert_str(again.phase, "ready");
    assert_true(again.is_live && !again.is_settled);
    stored.doc = STR("{\"attempt\":\"x\"}");
    assert_false(row_from_ledger(&a, &stored, &back, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_goes_both_ways),
        cmocka_unit_test(a_spec_reads_what_it_writes_and_names_what_is_wrong),
        cmocka_unit_test(costs_are_counted_by_the_second_and_never_guessed),
        cmocka_unit_test(only_the_part_of_a_month_is_counted),
        cmocka_unit_test(the_lists_of_types_prices_and_releases_fit_together),
        cmocka_unit_test(a_type_is_known_to_come_later_than_a_release),
        cmocka_unit_test(a_failure_has_a_meaning_and_maybe_a_better_request),
        cmocka_unit_test(ulids_sort_by_time_and_differ_by_chance),
        cmocka_unit_test(a_password_is_the_same_after_a_restart_and_its_hash_hides_it),
        cmocka_unit_test(limits_warn_and_then_end),
        cmocka_unit_test(a_row_comes_back_from_the_ledger_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
