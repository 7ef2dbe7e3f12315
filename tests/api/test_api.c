/* The api without sockets: requests are built, planned and handled as the server does it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "api/api.h"
#include "store/folder.h"
#include "util/sha256.h"
#include "json/json.h"

#include <stdlib.h>
#include <unistd.h>

/* A provider that remembers what it was asked for. */
struct harbour {
    struct cluster_provider base;
    unsigned n_nodes, n_ended;
    enum err_code fails_with;
};

static bool harbour_create(struct cluster_provider *p, struct arena *a,
                           const struct cluster_request *req, const struct cluster_call *call,
                           struct str *id_out, struct err *err)
{
    struct harbour *h = (struct harbour *)p;
    (void)a;
    (void)call;
    if (h->fails_with != ERR_NONE)
        return err_set(err, h->fails_with, "inside words");
    h->n_nodes = req->n_nodes;
    *id_out = STR("j-ABC1");
    return true;
}

static bool harbour_info(struct cluster_provider *p, struct arena *a, struct str id,
                         const struct cluster_call *call, struct cluster_info *out, struct err *err)
{
    (void)p;
    (void)a;
    (void)call;
    if (!str_eq(id, STR("j-ABC1")))
        return err_set(err, ERR_NOT_FOUND, "no cluster %.*s", STR_FMT(id));
    *out = (struct cluster_info){ .id = id, .state = STR("STARTING") };
    return true;
}

static bool harbour_end(struct cluster_provider *p, struct arena *a, struct str id,
                        const struct cluster_call *call, struct err *err)
{
    (void)a;
    (void)id;
    (void)call;
    (void)err;
    ((struct harbour *)p)->n_ended++;
    return true;
}

static bool harbour_list(struct cluster_provider *p, struct arena *a, enum cluster_list what,
                         struct str id, const struct cluster_call *call, struct cluster_items *out,
                         struct err *err)
{
    (void)p;
    (void)a;
    (void)what;
    (void)id;
    (void)call;
    (void)err;
    *out = (struct cluster_items){ 0 };
    return true;
}

static void harbour_free(struct cluster_provider *p)
{
    (void)p;
}

static const struct cluster_ops harbour_ops = { .name = "harbour",
                                                .create = harbour_create,
                                                .info = harbour_info,
                                                .terminate = harbour_end,
                                                .list = harbour_list,
                                                .free = harbour_free };

struct world {
    struct arena arena;
    struct harbour harbour;
    struct store *store;
    struct api *api;
    struct http_answer answer;
    char folder[64];
};

static const struct http_asset files[] = {
    { STR_INIT("index.html"),
      STR_INIT("text/html; charset=utf-8"),
      { [HTTP_IDENTITY] = { STR_INIT("the page itself"), STR_INIT("\"a\"") },
        [HTTP_BROTLI] = { STR_INIT("small"), STR_INIT("\"b\"") } } },
};
static const struct http_assets assets = { files, ARRAY_LEN(files) };

static struct str token_row(struct arena *a, const char *name, const char *role, const char *token)
{
    char hash[65];
    sha256_hex(str_from(token), hash);
    return arena_printf(a, "%s %s %s", name, role, hash);
}

static void world_init(struct world *w, bool has_tokens)
{
    struct err err = ERR_INIT;
    *w = (struct world){ .harbour = {
                             .base = { .ops = &harbour_ops, .max_nodes = 20, .n_primary = 1 } } };
    snprintf(w->folder, sizeof w->folder, "/tmp/boathouse-api-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    w->store = folder_store_open(w->folder, &err);
    assert_non_null(w->store);
    struct str *tokens = ARENA_NEW_N(&w->arena, struct str, 2);
    tokens[0] = token_row(&w->arena, "vera", "viewer", "view-token");
    tokens[1] = token_row(&w->arena, "ana", "analyst", "make-token");
    const struct api_options options = { .store = w->store,
                                         .provider = &w->harbour.base,
                                         .tokens = tokens,
                                         .n_tokens = has_tokens ? 2 : 0,
                                         .assets = &assets,
                                         .window = 4,
                                         .max_notebook_bytes = 1024 };
    w->api = api_new(&options, &err);
    assert_non_null(w->api);
}

static void world_release(struct world *w)
{
    api_free(w->api);
    store_free(w->store);
    buf_release(&w->answer.body);
    assert_int_equal(rmdir(w->folder), 0);
    arena_release(&w->arena);
}

/* The status; the answer is in w. */
static int ask(struct world *w, enum http_method method, const char *target,
               const struct http_header *headers, size_t n_headers)
{
    struct http_handler handler = api_handler(w->api);
    struct http_plan plan = { 0 };
    struct http_request req = { .method = method,
                                .method_text = http_method_name(method),
                                .headers = headers,
                                .n_headers = n_headers,
                                .client = STR("127.0.0.1"),
                                .deadline_ms = INT64_MAX,
                                .arena = &w->arena };
    (void)str_cut(str_from(target), '?', &req.path, &req.query);
    buf_release(&w->answer.body);
    w->answer = (struct http_answer){ .status = 200, .body = BUF_INIT(1024 * 1024) };
    handler.plan(handler.ctx, &req, &plan);
    handler.handle(handler.ctx, &req, &w->answer);
    assert_true(http_header_get(w->answer.headers, w->answer.n_headers, STR("X-Request-Id")).len >
                0);
    return w->answer.status;
}

static struct str answer_header(const struct world *w, const char *name)
{
    return http_header_get(w->answer.headers, w->answer.n_headers, str_from(name));
}

static struct str member(struct world *w, struct str key)
{
    struct err err = ERR_INIT;
    struct str text = STR_EMPTY;
    const struct json *body =
        json_parse(&w->arena, buf_str(&w->answer.body), LIMIT_JSON_BYTES, &err);
    assert_non_null(body);
    assert_true(json_get_str(body, key, &text, &err));
    return text;
}

static const struct http_header local[] = { { STR_INIT("Host"), STR_INIT("127.0.0.1:8080") } };

static void a_cluster_s_answers_have_the_members_of_the_original(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, false);
    assert_int_equal(ask(&w, HTTP_POST, "/api/emr/create/3", local, 1), 200);
    assert_int_equal(w.harbour.n_nodes, 3);
    assert_str(buf_str(&w.answer.body),
               "{\"ClusterId\":\"j-ABC1\","
               "\"CheckClusterStatus\":\"http://127.0.0.1:8080/api/emr/info/j-ABC1\","
               "\"TerminateCluster\":\"curl -X DELETE "
               "http://127.0.0.1:8080/api/emr/terminate/j-ABC1\"}\n");
    assert_int_equal(ask(&w, HTTP_GET, "/api/emr/info/j-ABC1", local, 1), 200);
    assert_str(buf_str(&w.answer.body),
               "{\"ClusterId\":\"j-ABC1\",\"ClusterStatus\":\"STARTING\","
               "\"JupyterHub\":\"\",\"JupyterUN\":\"\",\"JupyterPW\":\"\"}\n");
    assert_int_equal(ask(&w, HTTP_DELETE, "/api/emr/terminate/j-ABC1", local, 1), 200);
    assert_str(buf_str(&w.answer.body),
               "{\"ClusterId\":\"j-ABC1\",\"Status\":\"TERMINATING\","
               "\"CheckClusterStatus\":\"http://127.0.0.1:8080/api/emr/info/j-ABC1\"}\n");
    assert_int_equal(w.harbour.n_ended, 1);
    world_release(&w);
}

static void wrong_requests_are_refused_before_a_handler_runs(void **state)
{
    (void)state;
    static const struct {
        enum http_method method;
        const char *target;
        int status;
        const char *code;
    } cases[] = {
        { HTTP_POST, "/api/emr/create/0", 400, "invalid" },
        { HTTP_POST, "/api/emr/create/-1", 400, "invalid" },
        { HTTP_POST, "/api/emr/create/1.5", 400, "invalid" },
        { HTTP_POST, "/api/emr/create/1000000000", 400, "invalid" },
        { HTTP_POST, "/api/emr/create/99999999999999999999999", 400, "invalid" },
        { HTTP_POST, "/api/emr/create/abc", 400, "invalid" },
        { HTTP_POST, "/api/emr/create/21", 400, "invalid" },
        { HTTP_POST, "/api/emr/create/3?force=1", 400, "invalid" },
        { HTTP_POST, "/api/emr/create/", 400, "invalid" },
        { HTTP_POST, "/api/emr/create", 404, "not_found" },
        { HTTP_GET, "/api/emr/create/3", 405, "method_not_allowed" },
        { HTTP_DELETE, "/api/emr/terminate/j-A%22", 400, "invalid" },
        { HTTP_DELETE, "/api/emr/terminate/j-A%0A", 400, "invalid" },
        { HTTP_DELETE, "/api/emr/terminate/j-A;rm", 400, "invalid" },
        { HTTP_DELETE, "/api/emr/terminate/j-A%00", 400, "invalid" },
        { HTTP_DELETE, "/api/emr/terminate/j-%zz", 400, "invalid" },
        { HTTP_GET, "/api/emr/info/j-NONE", 404, "not_found" },
        { HTTP_GET, "/api/s3", 400, "invalid" },
        { HTTP_GET, "/api/s3?bucket=", 400, "invalid" },
        { HTTP_GET, "/api/s3?bucket=..", 400, "invalid" },
        { HTTP_GET, "/api/s3?bucket=a/b", 400, "invalid" },
        { HTTP_GET, "/api/s3?bucket=%2e%2e", 400, "invalid" },
        { HTTP_GET, "/api/s3?bucket=abc&bucket=abc", 400, "invalid" },
        { HTTP_GET, "/api/s3?bucket=abc&path=a/../b", 400, "invalid" },
        { HTTP_GET, "/api/s3?bucket=abc&path=%00", 400, "invalid" },
        { HTTP_GET, "/api/s3?bucket=abc&path=%ff", 400, "invalid" },
        { HTTP_GET, "/api/s3?buckets=abc", 400, "invalid" },
        { HTTP_GET, "/api/s3?bucket=no-such-bucket", 404, "not_found" },
        { HTTP_GET, "/api/notebook?bucket=abc", 400, "invalid" },
        { HTTP_GET, "/api/notebook?bucket=abc&search_on=", 400, "invalid" },
        { HTTP_GET, "/api/s3/", 404, "not_found" },
        { HTTP_PUT, "/api/s3?bucket=abc", 405, "method_not_allowed" },
    };
    struct world w;
    world_init(&w, false);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int status = ask(&w, cases[i].method, cases[i].target, local, 1);
        if (status != cases[i].status)
            fail_msg("%s: %d instead of %d", cases[i].target, status, cases[i].status);
        assert_str(member(&w, STR("code")), cases[i].code);
        assert_true(member(&w, STR("fix")).len > 0);
    }
    assert_int_equal(w.harbour.n_nodes, 0);
    assert_int_equal(w.harbour.n_ended, 0);
    world_release(&w);
}

static void a_role_is_needed_where_the_contract_says_so(void **state)
{
    (void)state;
    static const struct {
        const char *name, *authorization;
        enum http_method method;
        const char *target;
        int status;
    } cases[] = {
        { "health is open", "", HTTP_GET, "/healthz", 200 },
        { "no token", "", HTTP_POST, "/api/emr/create/1", 401 },
        { "unknown token", "Bearer guess", HTTP_POST, "/api/emr/create/1", 401 },
        { "wrong scheme", "Basic make-token", HTTP_POST, "/api/emr/create/1", 401 },
        { "a viewer cannot make", "Bearer view-token", HTTP_POST, "/api/emr/create/1", 403 },
        { "nor see a password", "Bearer view-token", HTTP_GET, "/api/emr/info/j-ABC1", 403 },
        { "a viewer sees figures", "Bearer view-token", HTTP_GET, "/metrics", 200 },
        { "an analyst makes", "Bearer make-token", HTTP_POST, "/api/emr/create/1", 200 },
    };
    struct world w;
    world_init(&w, true);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct http_header headers[] = { { STR("Host"), STR("127.0.0.1:8080") },
                                               { STR("Authorization"),
                                                 str_from(cases[i].authorization) } };
        size_t n = cases[i].authorization[0] != '\0' ? 2 : 1;
        assert_case(ask(&w, cases[i].method, cases[i].target, headers, n) == cases[i].status,
                    cases[i].name);
    }
    world_release(&w);
}

static void the_page_comes_in_the_form_that_the_client_takes(void **state)
{
    (void)state;
    static const struct {
        const char *target, *accept, *etag;
        int status;
        const char *body, *coding;
    } cases[] = {
        { "/", "", "", 200, "the page itself", "" },
        { "/", "gzip, br", "", 200, "small", "br" },
        { "/", "br", "\"b\"", 304, "", "br" },
        { "/", "br", "\"a\"", 200, "small", "br" },
        { "/assets/index.html", "", "\"b\"", 200, "the page itself", "" },
    };
    struct world w;
    world_init(&w, true); /* it needs no token */
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct http_header headers[] = {
            { STR("Accept-Encoding"), str_from(cases[i].accept) },
            { STR("If-None-Match"), str_from(cases[i].etag) },
        };
        const struct http_answer *answer = &w.answer;
        assert_int_equal(ask(&w, HTTP_GET, cases[i].target, headers, 2), cases[i].status);
        assert_str(answer->static_body, cases[i].body);
        assert_str(answer_header(&w, "Content-Encoding"), cases[i].coding);
        assert_str(answer_header(&w, "Vary"), "Accept-Encoding");
        struct str policy = answer_header(&w, "Content-Security-Policy");
        assert_true(str_contains(policy, STR("script-src 'self'")));
        assert_false(str_contains(policy, STR("unsafe")));
    }
    assert_int_equal(ask(&w, HTTP_GET, "/assets/none.js", NULL, 0), 404);
    assert_int_equal(ask(&w, HTTP_POST, "/", NULL, 0), 405);
    world_release(&w);
}

static void what_is_said_inside_stays_inside_but_for_unclear_outcomes(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, false);
    w.harbour.fails_with = ERR_UPSTREAM;
    assert_int_equal(ask(&w, HTTP_POST, "/api/emr/create/1", local, 1), 502);
    assert_false(str_contains(buf_str(&w.answer.body), STR("inside words")));
    w.harbour.fails_with = ERR_UNCLEAR;
    assert_int_equal(ask(&w, HTTP_POST, "/api/emr/create/1", local, 1), 502);
    assert_str(member(&w, STR("detail")), "inside words");
    assert_true(str_contains(buf_str(&w.answer.body), STR("\"retryable\":false")));
    world_release(&w);
}

static void every_wrong_parameter_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *target, *errors; /* names, in order */
    } cases[] = {
        { "/api/s3?bucket=a/b", "bucket" },
        { "/api/s3?bucket=a/b&path=../x&extension=%00", "bucket path" },
        { "/api/notebook?path=a/..&serch_on=x", "path serch_on bucket search_on" },
        { "/api/notebook", "bucket search_on" },
        { "/api/s3?bucket=abc&bucket=abd&x=1&y=2", "bucket x y" },
        { "/api/emr/info/j-a?verbose=1", "cluster_id verbose" },
        { "/api/s3?bucket=b1&a=&b=&c=&d=&e=&f=&g=&h=&i=&j=&k=&l=&m=&n=&o=&p=&q=",
          "a b c d e f g h i j k l m n o p" },
    };
    struct world w;
    world_init(&w, false);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = ERR_INIT;
        const struct json *errors;
        AUTO_BUF names = BUF_INIT(1000);
        assert_int_equal(ask(&w, HTTP_GET, cases[i].target, local, 1), 400);
        const struct json *body =
            json_parse(&w.arena, buf_str(&w.answer.body), LIMIT_JSON_BYTES, &err);
        if (strstr(cases[i].target, "%00") != NULL) { /* no text: nothing else is looked at */
            assert_false(json_has(body, STR("errors")));
            continue;
        }
        assert_true(json_get_array(body, STR("errors"), &errors, &err));
        for (unsigned k = 0; k < errors->n_items; k++) {
            struct str name, detail, fix;
            assert_true(json_get_str(&errors->items[k], STR("parameter"), &name, &err));
            assert_true(json_get_str(&errors->items[k], STR("detail"), &detail, &err));
            assert_true(json_get_str(&errors->items[k], STR("fix"), &fix, &err));
            assert_true(detail.len > 0 && fix.len > 0);
            buf_printf(&names, "%s%.*s", k > 0 ? " " : "", STR_FMT(name));
        }
        assert_str(buf_str(&names), cases[i].errors);
        struct str word = arena_printf(&w.arena, "of %u faults", errors->n_items);
        assert_case(str_contains(member(&w, STR("detail")), word) == (errors->n_items > 1),
                    cases[i].target);
    }
    world_release(&w);
}

static void a_request_keeps_the_id_that_its_sender_gave_it(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        bool is_kept;
    } cases[] = {
        { "a", true },
        { "0f8fad5b-d9cb-469f-a165-70867728950e", true },
        { "Trace_1.2-3", true },
        { "0123456789012345678901234567890123456789012345678901234567890123", true },
        { "01234567890123456789012345678901234567890123456789012345678901234", false },
        { "", false },
        { "a b", false },
        { "a\"b", false },
        { "a/b", false },
        { "\xc3\xbc", false },
    };
    struct world w;
    world_init(&w, false);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct http_header headers[] = { local[0],
                                               { STR("x-request-id"), str_from(cases[i].id) } };
        assert_int_equal(ask(&w, HTTP_GET, "/nothing", headers, 2), 404);
        struct str id = http_header_get(w.answer.headers, w.answer.n_headers, STR("X-Request-Id"));
        assert_case(str_eq(id, str_from(cases[i].id)) == cases[i].is_kept, cases[i].id);
        assert_case(str_has_suffix(member(&w, STR("instance")), id), cases[i].id);
    }
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cluster_s_answers_have_the_members_of_the_original),
        cmocka_unit_test(wrong_requests_are_refused_before_a_handler_runs),
        cmocka_unit_test(every_wrong_parameter_is_told),
        cmocka_unit_test(a_request_keeps_the_id_that_its_sender_gave_it),
        cmocka_unit_test(a_role_is_needed_where_the_contract_says_so),
        cmocka_unit_test(the_page_comes_in_the_form_that_the_client_takes),
        cmocka_unit_test(what_is_said_inside_stays_inside_but_for_unclear_outcomes),
    };
    return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
