/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "emr.h"

#include "json/json.h"

static const char create[] =
    "{\"Name\":\"lab\",\"ServiceRole\":\"r\",\"Instances\":{\"Ec2SubnetId\":\"subnet-a\","
    "\"InstanceGroups\":[{\"InstanceRole\":\"MASTER\",\"InstanceType\":\"m5.xlarge\","
    "\"InstanceCount\":1},{\"InstanceRole\":\"CORE\",\"InstanceType\":\"m5.xlarge\","
    "\"InstanceCount\":2}]},\"Steps\":[{\"Name\":\"harden\",\"HadoopJarStep\":{\"Jar\":\"x.jar\"}}]"
    "}";

/* One call; the answer parsed, in the arena, or NULL when it was lost or is no JSON. */
static const struct json *call(struct fake_emr *emr, struct arena *a, const char *operation,
                               const char *body, int64_t now_ms, int *status)
{
    AUTO_BUF answer = BUF_INIT(LIMIT_JSON_BYTES);
    struct err err = ERR_INIT;
    if (fake_emr_call(emr, str_from(operation), str_from(body), now_ms, status, &answer) ==
        FAKE_EMR_LOSE)
        return NULL;
    return json_parse(a, buf_str(&answer), LIMIT_JSON_BYTES, &err);
}

static struct str text_at(const struct json *answer, const char *pointer)
{
    const struct json *value = json_find(answer, str_from(pointer));
    return value != NULL && value->kind == JSON_KIND_STR ? value->text : STR_EMPTY;
}

static struct str create_cluster(struct fake_emr *emr, struct arena *a, int64_t now_ms)
{
    int status;
    const struct json *answer = call(emr, a, "RunJobFlow", create, now_ms, &status);
    assert_int_equal(status, 200);
    return text_at(answer, "/JobFlowId");
}

static struct str state_at(struct fake_emr *emr, struct arena *a, struct str id, int64_t now_ms)
{
    int status;
    struct str body = arena_printf(a, "{\"ClusterId\":\"%.*s\"}", STR_FMT(id));
    return text_at(call(emr, a, "DescribeCluster", body.ptr, now_ms, &status),
                   "/Cluster/Status/State");
}

static void a_cluster_passes_through_every_state(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct fake_emr *emr = fake_emr_new(1);
    struct str id = create_cluster(emr, &a, 1000000);
    static const struct {
        int64_t age_ms;
        const char *want;
    } life[] = {
        { 0, "STARTING" },     { 59999, "STARTING" }, { 60000, "BOOTSTRAPPING" },
        { 180000, "RUNNING" }, { 210000, "WAITING" }, { 9999999, "WAITING" },
    };
    for (size_t i = 0; i < ARRAY_LEN(life); i++)
        assert_str(state_at(emr, &a, id, 1000000 + life[i].age_ms), life[i].want);
    int status;
    struct str body = arena_printf(&a, "{\"JobFlowIds\":[\"%.*s\"]}", STR_FMT(id));
    (void)call(emr, &a, "TerminateJobFlows", body.ptr, 11000000, &status);
    assert_int_equal(status, 200);
    assert_str(state_at(emr, &a, id, 11000001), "TERMINATING");
    assert_str(state_at(emr, &a, id, 11060000), "TERMINATED");
    assert_int_equal(fake_emr_n_live(emr, 11060000), 0);
    fake_emr_free(emr);
}

static void an_answer_may_be_lost_though_the_cluster_was_made(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct fake_emr *emr = fake_emr_new(1);
    int status;
    fake_emr_faults(emr)->lose_answers = 1;
    assert_null(call(emr, &a, "RunJobFlow", create, 1000, &status));
    fake_emr_faults(emr)->throttle_but_create = 1;
    assert_str(text_at(call(emr, &a, "RunJobFlow", create, 1000, &status), "/__type"),
               "ThrottlingException");
    assert_int_equal(status, 400);
    assert_int_equal(fake_emr_n_live(emr, 1000), 2);
    assert_int_equal(fake_emr_n_calls(emr, STR("RunJobFlow")), 2);
    fake_emr_free(emr);
}

static void a_new_cluster_may_be_invisible_in_the_list(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct fake_emr *emr = fake_emr_new(1);
    int status;
    fake_emr_faults(emr)->invisible_ms = 120000;
    (void)create_cluster(emr, &a, 1000000);
    assert_null(
        json_find(call(emr, &a, "ListClusters", "{}", 1119999, &status), STR("/Clusters/0")));
    assert_non_null(
        json_find(call(emr, &a, "ListClusters", "{}", 1120000, &status), STR("/Clusters/0")));
    fake_emr_free(emr);
}

static void clusters_fail_as_asked(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct fake_emr *emr = fake_emr_new(1);
    struct fake_emr_faults *faults = fake_emr_faults(emr);
    (void)snprintf(faults->no_capacity_subnet, sizeof faults->no_capacity_subnet, "%s", "subnet-a");
    struct str no_room = create_cluster(emr, &a, 1000000);
    faults->no_capacity_subnet[0] = '\0';
    (void)snprintf(faults->error_code, sizeof faults->error_code, "%s",
                   "BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE");
    struct str broken = create_cluster(emr, &a, 1000000);
    faults->error_code[0] = '\0';
    faults->stuck_bootstrapping = true;
    struct str stuck = create_cluster(emr, &a, 1000000);
    assert_str(state_at(emr, &a, no_room, 1090000), "TERMINATED_WITH_ERRORS");
    assert_str(state_at(emr, &a, broken, 1090000), "BOOTSTRAPPING");
    assert_str(state_at(emr, &a, broken, 1180000), "TERMINATED_WITH_ERRORS");
    assert_str(state_at(emr, &a, stuck, 99000000), "BOOTSTRAPPING");
    fake_emr_free(emr);
}

static void a_protected_cluster_is_not_ended(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct fake_emr *emr = fake_emr_new(1);
    struct str id = create_cluster(emr, &a, 1000);
    struct str ids = arena_printf(&a, "\"JobFlowIds\":[\"%.*s\"]", STR_FMT(id));
    int status;
    (void)call(emr, &a, "SetTerminationProtection",
               arena_printf(&a, "{%.*s,\"TerminationProtected\":true}", STR_FMT(ids)).ptr, 1000,
               &status);
    assert_int_equal(status, 200);
    (void)call(emr, &a, "TerminateJobFlows", arena_printf(&a, "{%.*s}", STR_FMT(ids)).ptr, 1000,
               &status);
    assert_int_equal(status, 400);
    assert_int_equal(fake_emr_n_live(emr, 1000), 1);
    fake_emr_free(emr);
}

static void lists_come_in_pages_of_fifty(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct fake_emr *emr = fake_emr_new(1);
    for (int i = 0; i < 120; i++)
        (void)create_cluster(emr, &a, 1000 + i);
    size_t n_seen = 0, n_pages = 0;
    struct str body = STR("{}");
    for (;;) {
        int status;
        const struct json *page = call(emr, &a, "ListClusters", body.ptr, 5000, &status);
        n_seen += json_get(page, STR("Clusters"))->n_items;
        n_pages++;
        struct str marker = text_at(page, "/Marker");
        if (marker.len == 0)
            break;
        body = arena_printf(&a, "{\"Marker\":\"%.*s\"}", STR_FMT(marker));
    }
    assert_int_equal(n_seen, 120);
    assert_int_equal(n_pages, 3);
    fake_emr_free(emr);
}

static void rates_credentials_and_cut_answers_are_faults_too(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct fake_emr *emr = fake_emr_new(1);
    struct fake_emr_faults *faults = fake_emr_faults(emr);
    int status, n_refused = 0;
    faults->token_buckets = true;
    for (int i = 0; i < 30; i++) {
        (void)call(emr, &a, "ListClusters", "{}", 1000, &status);
        n_refused += status != 200;
    }
    assert_int_equal(n_refused, 10);
    (void)call(emr, &a, "ListClusters", "{}", 3000, &status);
    assert_int_equal(status, 200);
    faults->truncate_answers = true;
    assert_null(call(emr, &a, "ListClusters", "{}", 9000, &status));
    faults->truncate_answers = false;
    faults->expired_credentials = true;
    assert_str(text_at(call(emr, &a, "ListClusters", "{}", 9000, &status), "/__type"),
               "ExpiredTokenException");
    fake_emr_free(emr);
}

static void wrong_requests_are_refused_as_the_service_does(void **state)
{
    (void)state;
    static const struct {
        const char *operation, *body, *type;
    } cases[] = {
        { "RunJobFlow", "{}", "ValidationException" },
        { "RunJobFlow", "{\"Name\":\"a<b\",\"ServiceRole\":\"r\",\"Instances\":{}}",
          "ValidationException" },
        { "RunJobFlow", "{\"Name\":\"a\",\"ServiceRole\":\"r\",\"Instances\":{}}",
          "ValidationException" },
        { "DescribeCluster", "{\"ClusterId\":\"j-X\"}", "InvalidRequestException" },
        { "ListClusters", "{\"Marker\":\"x\"}", "InvalidRequestException" },
        { "ListClusters", "{", "SerializationException" },
        { "MakeCoffee", "{}", "UnknownOperationException" },
    };
    struct fake_emr *emr = fake_emr_new(1);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_ARENA a = ARENA_INIT;
        int status;
        const struct json *answer = call(emr, &a, cases[i].operation, cases[i].body, 1000, &status);
        assert_int_equal(status, 400);
        assert_str(text_at(answer, "/__type"), cases[i].type);
    }
    fake_emr_free(emr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cluster_passes_through_every_state),
        cmocka_unit_test(an_answer_may_be_lost_though_the_cluster_was_made),
        cmocka_unit_test(a_new_cluster_may_be_invisible_in_the_list),
        cmocka_unit_test(clusters_fail_as_asked),
        cmocka_unit_test(a_protected_cluster_is_not_ended),
        cmocka_unit_test(lists_come_in_pages_of_fifty),
        cmocka_unit_test(rates_credentials_and_cut_answers_are_faults_too),
        cmocka_unit_test(wrong_requests_are_refused_as_the_service_does),
    };
    return cmocka_run_group_tests_name("fake_emr", tests, NULL, NULL);
}
