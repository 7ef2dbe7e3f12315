/* What is refused before it costs money, with EC2 and S3 played by tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "cluster/emr.h"
#include "cluster/preflight.h"
#include "cluster/templates.h"
#include "json/json.h"

/* What the account has. */
struct account {
    const char *group_vpc, *open_range;
    int open_from, open_to; /* open_range NULL: nothing */
    const char *vpcs[4];    /* of the subnets in turn */
    enum err_code groups_fail, subnets_fail, bucket_fail;
    const char *bucket_region;
    const char *guard; /* EMR's answer */
};

static bool groups_of(void *ctx, struct arena *a, const struct str *ids, size_t n,
                      const struct ec2_call *call, struct ec2_groups *out, struct err *err)
{
    const struct account *has = ctx;
    (void)call;
    if (has->groups_fail != ERR_NONE)
        return err_set(err, has->groups_fail, "no groups");
    for (size_t i = 0; i < n; i++) {
        struct ec2_group *g = ARENA_PUSH(a, out->items, out->n, out->cap);
        *g = (struct ec2_group){ .id = ids[i],
                                 .vpc =
                                     str_from(has->group_vpc != NULL ? has->group_vpc : "vpc-1") };
        if (has->open_range != NULL)
            *ARENA_PUSH(a, g->open, g->n_open, g->cap_open) =
                (struct ec2_opening){ has->open_from, has->open_to, str_from(has->open_range) };
    }
    return true;
}

static bool subnets_of(void *ctx, struct arena *a, const struct str *ids, size_t n,
                       const struct ec2_call *call, struct ec2_subnets *out, struct err *err)
{
    const struct account *has = ctx;
    (void)call;
    if (has->subnets_fail != ERR_NONE)
        return err_set(err, has->subnets_fail, "no subnets");
    for (size_t i = 0; i < n; i++)
        *ARENA_PUSH(a, out->items, out->n, out->cap) =
            (struct ec2_subnet){ .id = ids[i],
                                 .vpc = str_from(has->vpcs[i] != NULL ? has->vpcs[i] : "vpc-1") };
    return true;
}

static bool bucket_of(void *ctx, struct arena *a, struct str bucket, const struct ec2_call *call,
                      struct str *region_out, struct err *err)
{
    const struct account *has = ctx;
    (void)a;
    (void)bucket;
    (void)call;
    *region_out = str_from(has->bucket_region != NULL ? has->bucket_region : "us-east-1");
    return has->bucket_fail == ERR_NONE || err_set(err, has->bucket_fail, "no bucket");
}

static bool guard_of(void *ctx, struct arena *a, const struct emr_message *m, struct emr_reply *out,
                     struct err *err)
{
    const struct account *has = ctx;
    (void)a;
    assert_true(str_eq(m->operation, STR("GetBlockPublicAccessConfiguration")));
    if (has->guard == NULL) {
        out->sent = EMR_SENT_NOTHING;
        return err_set(err, ERR_UPSTREAM, "connection refused");
    }
    *out = (struct emr_reply){ EMR_SENT_ANSWERED, 200, str_from(has->guard) };
    return true;
}

#define GUARD(is_on)                                                                               \
    "{\"BlockPublicAccessConfiguration\":{\"BlockPublicSecurityGroupRules\":" is_on                \
    ",\"PermittedPublicSecurityGroupRuleRanges\":[{\"MinRange\":22,\"MaxRange\":22}]}}"

static void try(struct account *has, struct preflight *out)
{
    static const struct str subnets[] = { STR_INIT("subnet-1"), STR_INIT("subnet-2") };
    const struct emr_lookups lookups = { groups_of, subnets_of, bucket_of, has };
    struct emr_settings settings = { .region = STR("us-east-1"),
                                     .lookups = &lookups,
                                     .release = STR("emr-7.14.0"),
                                     .primary_type = STR("m5.xlarge"),
                                     .worker_type = STR("m5.xlarge"),
                                     .max_nodes = 20,
                                     .idle_timeout_s = 3600,
                                     .subnets = subnets,
                                     .n_subnets = 2,
                                     .primary_group = STR("sg-1"),
                                     .service_role = STR("r"),
                                     .instance_profile = STR("p"),
                                     .notebooks_bucket = STR("notebooks"),
                                     .hub_user = STR("jovyan") };
    const struct cluster_call call = { .deadline_ms = INT64_MAX };
    struct cluster_spec spec;
    struct err err = ERR_INIT;
    struct cluster_provider *p = emr_provider_new(&settings, guard_of, has, &err);
    assert_non_null(p);
    emr_default_spec(&settings, &spec);
    p->ops->preflight(p, &spec, &call, out);
    cluster_provider_free(p);
}

static void what_the_account_has_is_looked_up(void **state)
{
    static const struct {
        struct account has;
        const char *code; /* of the one finding; "" for none */
        enum preflight_level level;
    } cases[] = {
        { { .guard = GUARD("true") }, "", 0 },
        { { .guard = GUARD("true"), .open_range = "0.0.0.0/0", .open_from = 9443, .open_to = 9443 },
          "public-exposure",
          PREFLIGHT_ERROR },
        { { .guard = GUARD("true"), .open_range = "::/0", .open_from = 8000, .open_to = 8100 },
          "public-exposure",
          PREFLIGHT_ERROR },
        { { .guard = GUARD("true"), .open_range = "::/0", .open_from = 0, .open_to = 65535 },
          "public-exposure",
          PREFLIGHT_ERROR },
        /* Not a port of the hub: only if EMR would refuse it. */
        { { .guard = GUARD("true"), .open_range = "0.0.0.0/0", .open_from = 22, .open_to = 22 },
          "",
          0 },
        { { .guard = GUARD("true"), .open_range = "0.0.0.0/0", .open_from = 22, .open_to = 23 },
          "public-exposure",
          PREFLIGHT_ERROR },
        { { .guard = GUARD("false"), .open_range = "0.0.0.0/0", .open_from = 22, .open_to = 23 },
          "public-access-allowed",
          PREFLIGHT_WARNING },
        { { .guard = "{}" }, "unchecked", PREFLIGHT_WARNING },
        { { .guard = NULL }, "unchecked", PREFLIGHT_WARNING },
        { { .guard = GUARD("true"), .vpcs = { "vpc-1", "vpc-2" } },
          "several-vpcs",
          PREFLIGHT_ERROR },
        { { .guard = GUARD("true"), .group_vpc = "vpc-9" }, "several-vpcs", PREFLIGHT_ERROR },
        { { .guard = GUARD("true"), .subnets_fail = ERR_NOT_FOUND },
          "no-such-subnet",
          PREFLIGHT_ERROR },
        { { .guard = GUARD("true"), .groups_fail = ERR_NOT_FOUND },
          "no-such-group",
          PREFLIGHT_ERROR },
        { { .guard = GUARD("true"), .groups_fail = ERR_FORBIDDEN },
          "unchecked",
          PREFLIGHT_WARNING },
        { { .guard = GUARD("true"), .subnets_fail = ERR_TIMEOUT }, "unchecked", PREFLIGHT_WARNING },
        { { .guard = GUARD("true"), .bucket_fail = ERR_NOT_FOUND },
          "bucket-unusable",
          PREFLIGHT_ERROR },
        { { .guard = GUARD("true"), .bucket_fail = ERR_FORBIDDEN },
          "unchecked",
          PREFLIGHT_WARNING },
        { { .guard = GUARD("true"), .bucket_region = "eu-west-1" },
          "bucket-far",
          PREFLIGHT_WARNING },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct account has = cases[i].has;
        struct preflight found = { .arena = &a };
        struct err err = ERR_INIT;
        try(&has, &found);
        print_message("# case %zu: %s\n", i, cases[i].code);
        assert_int_equal(found.n, cases[i].code[0] != '\0');
        if (found.n == 0)
            continue;
        assert_true(str_eq(found.items[0].code, str_from(cases[i].code)));
        assert_int_equal(found.items[0].level, cases[i].level);
        assert_true(found.items[0].fix.len > 0 && found.items[0].message.len > 0);
        assert_int_equal(preflight_passes(&found, &err), cases[i].level == PREFLIGHT_WARNING);
    }
}

static void what_the_lists_know_needs_no_account(void **state)
{
    static const struct {
        const char *release, *type, *code;
    } cases[] = {
        { "emr-7.14.0", "m5.xlarge", "no-limit" },
        { "emr-spark-8.1.0", "m5.xlarge", "release-unsupported" },
        { "emr-5.16.0", "m5.xlarge", "release-unsupported" },
        { "nonsense", "m5.xlarge", "release-unsupported" },
        { "emr-7.4.0", "m5.xlarge", "release-old" },
        { "emr-7.0.0", "m8i.xlarge", "type-unsupported" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct preflight found = { .arena = &a };
        struct cluster_spec spec = { .release = str_from(cases[i].release),
                                     .primary_type = str_from(cases[i].type) };
        bool is_there = false;
        preflight_spec(&found, &spec, true, 1795564800000); /* 2026-11-25 */
        for (size_t k = 0; k < found.n; k++)
            is_there = is_there || str_eq(found.items[k].code, str_from(cases[i].code));
        assert_true(is_there);
    }
}

static void the_first_error_is_told_and_how_many_there_are(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    struct preflight found = { .arena = &a };
    struct err err = ERR_INIT;
    (void)state;
    preflight_add(&found, PREFLIGHT_WARNING, "w", "", "fix w", "warned");
    assert_true(preflight_passes(&found, &err));
    preflight_add(&found, PREFLIGHT_ERROR, "one", "/release", "fix one", "wrong %d", 1);
    preflight_add(&found, PREFLIGHT_ERROR, "two", "", "fix two", "wrong %d", 2);
    assert_false(preflight_passes(&found, &err));
    assert_string_equal(err.msg, "/release: wrong 1 (one)");
    assert_non_null(strstr(err_fix_text(&err), "1 more"));
}

static void templates_are_checked_when_they_are_read(void **state)
{
    static const struct {
        const char *line, *says; /* "": it is good */
    } cases[] = {
        { "small {\"size\":{\"workers\":1},\"description\":\"One.\",\"fixed\":[\"/size/workers\"]}",
          "" },
        { "small", "small" },
        { "small []", "small" },
        { "sm/all {}", "letters" },
        { "small {\"size\":{\"worker\":1}}", "/size/worker" },
        { "small {\"fixed\":[\"size\"]}", "JSON pointer" },
        { "small {\"fixed\":\"/size\"}", "fixed" },
    };
    const struct cluster_spec defaults = { .release = STR("emr-7.14.0") };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct cluster_templates t = { 0 };
        const struct str line = str_from(cases[i].line);
        struct err err = ERR_INIT;
        bool ok = templates_parse(&a, &line, 1, &defaults, &t, &err);
        assert_int_equal(ok, cases[i].says[0] == '\0');
        if (!ok) {
            assert_int_equal(err.code, ERR_CONFIG);
            assert_non_null(strstr(err.msg, cases[i].says));
        }
    }
}

static void a_template_is_taken_and_keeps_what_it_fixes(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    const struct str lines[] = {
        STR("small {\"size\":{\"workers\":1},\"fixed\":[\"/size/workers\",\"/release\"]}"),
        STR("large {\"size\":{\"workers\":9}}"),
    };
    struct cluster_spec spec = { .release = STR("emr-7.14.0") };
    struct cluster_templates t = { 0 };
    struct err err = ERR_INIT;
    (void)state;
    assert_true(templates_parse(&a, lines, 2, &spec, &t, &err));
    assert_true(templates_apply(&a, &t, STR("small"), &spec, &err));
    assert_int_equal(spec.n_workers, 1);
    assert_true(str_eq(spec.template_name, STR("small")));
    const struct json *good = json_parse(&a, STR("{\"size\":{\"root_gib\":9}}"), 1000, &err);
    const struct json *bad = json_parse(&a, STR("{\"size\":{\"workers\":2}}"), 1000, &err);
    assert_true(template_allows(&t.items[0], good, &err));
    assert_true(template_allows(&t.items[1], bad, &err));
    assert_false(template_allows(&t.items[0], bad, &err));
    assert_int_equal(err.code, ERR_FORBIDDEN);
    err = (struct err)ERR_INIT;
    assert_false(templates_apply(&a, &t, STR("huge"), &spec, &err));
    assert_non_null(strstr(err_fix_text(&err), "small, large"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_account_has_is_looked_up),
        cmocka_unit_test(what_the_lists_know_needs_no_account),
        cmocka_unit_test(the_first_error_is_told_and_how_many_there_are),
        cmocka_unit_test(templates_are_checked_when_they_are_read),
        cmocka_unit_test(a_template_is_taken_and_keeps_what_it_fixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
