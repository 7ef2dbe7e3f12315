/* Bodies of requests against a contract of the test's own (bodies.yaml), from which the routes here
 * are made as those of the program are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "api/api_internal.h"

static unsigned n_made;
static const struct json *body_made;

bool api_make_thing(struct call *call, struct err *err)
{
    (void)err;
    n_made++;
    body_made = call->body;
    json_write_object(&call->json);
    json_write_end(&call->json);
    return true;
}

bool api_make_note(struct call *call, struct err *err)
{
    return api_make_thing(call, err);
}

bool api_list_things(struct call *call, struct err *err)
{
    (void)err;
    json_write_object(&call->json);
    json_put_str(&call->json, STR("id"), call_text(call, STR("id")));
    json_put_str(&call->json, STR("shape"), call_text(call, STR("shape")));
    json_put_i64(&call->json, STR("shape_number"), call_number(call, STR("shape")));
    json_put_bool(&call->json, STR("all"), call_flag(call, STR("all")));
    json_put_bool(&call->json, STR("new"), call_flag(call, STR("new")));
    json_put_bool(&call->json, STR("has_new"), call_has(call, STR("new")));
    json_put_i64(&call->json, STR("limit"), call_number(call, STR("limit")));
    json_put_str(&call->json, STR("since"), call_text(call, STR("since")));
    json_write_end(&call->json);
    return true;
}

struct world {
    struct arena arena;
    struct api *api;
    struct http_answer answer;
};

static void world_init(struct world *w)
{
    const struct api_options options = { .window = 1 };
    struct err err = ERR_INIT;
    *w = (struct world){ .api = api_new(&options, &err) };
    assert_non_null(w->api);
    n_made = 0;
}

static void world_release(struct world *w)
{
    api_free(w->api);
    buf_release(&w->answer.body);
    arena_release(&w->arena);
}

static int post(struct world *w, const char *path, const char *type, struct str body)
{
    struct http_handler handler = api_handler(w->api);
    struct http_plan plan = { 0 };
    const struct http_header headers[] = { { STR("Host"), STR("127.0.0.1") },
                                           { STR("Content-Type"), str_from(type) } };
    struct http_request req = { .method = HTTP_POST,
                                .method_text = STR("POST"),
                                .path = str_from(path),
                                .headers = headers,
                                .n_headers = type != NULL ? 2 : 1,
                                .body = body,
                                .deadline_ms = INT64_MAX,
                                .arena = &w->arena };
    buf_release(&w->answer.body);
    w->answer = (struct http_answer){ .status = 200, .body = BUF_INIT(1024 * 1024) };
    handler.plan(handler.ctx, &req, &plan);
    handler.handle(handler.ctx, &req, &w->answer);
    return w->answer.status;
}

/* "pointer: detail" of each fault, a line each. */
static struct str faults(struct world *w)
{
    AUTO_BUF text = BUF_INIT(10000);
    struct err err = ERR_INIT;
    const struct json *errors;
    const struct json *body =
        json_parse(&w->arena, buf_str(&w->answer.body), LIMIT_JSON_BYTES, &err);
    if (body == NULL || !json_opt_array(body, STR("errors"), &errors, &err) || errors == NULL)
        return STR_EMPTY;
    for (unsigned i = 0; i < errors->n_items; i++) {
        struct str pointer, detail, in;
        assert_true(json_get_str(&errors->items[i], STR("in"), &in, &err));
        struct str key = str_eq(in, STR("body")) ? STR("pointer") : STR("parameter");
        assert_true(json_get_str(&errors->items[i], key, &pointer, &err));
        assert_true(json_get_str(&errors->items[i], STR("detail"), &detail, &err));
        buf_printf(&text, "%.*s: %.*s\n", STR_FMT(pointer), STR_FMT(detail));
    }
    return arena_str(&w->arena, buf_str(&text));
}

static void a_body_as_the_contract_says_reaches_the_handler(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"label\":\"a\",\"size\":{\"nodes\":1}}",
        "{\"size\":{\"nodes\":20,\"spare\":-5},\"label\":\"\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC"
        "\xC3\xBC\xC3\xBC\xC3\xBC\",\"kind\":\"square\",\"bucket\":\"a.b\",\"is_new\":false,"
        "\"tags\":[\"a\",\"bcde\",\"\"]}",
    };
    struct world w;
    world_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        assert_int_equal(post(&w, "/things/x", "application/json", str_from(bodies[i])), 200);
        assert_int_equal(n_made, i + 1);
        assert_non_null(json_find(body_made, STR("/size/nodes")));
    }
    assert_int_equal(post(&w, "/things/x", "Application/JSON; charset=utf-8", str_from(bodies[0])),
                     200);
    /* One that is not required may be absent. */
    assert_int_equal(post(&w, "/notes", NULL, STR_EMPTY), 200);
    assert_null(body_made);
    assert_int_equal(post(&w, "/notes", "application/json", STR("\"hello\"")), 200);
    assert_str(body_made->text, "hello");
    world_release(&w);
}

static void every_fault_of_a_body_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *body, *faults;
    } cases[] = {
        { "{}", "/: it needs the member label\n/: it needs the member size\n" },
        { "[]", "/: it is an object\n" },
        { "{\"label\":1,\"size\":{\"nodes\":\"3\"}}",
          "/label: it is a string\n/size/nodes: it is a whole number\n" },
        { "{\"label\":\"\",\"size\":{\"nodes\":0,\"spare\":1}}",
          "/label: it has 1 to 8 characters\n/size/nodes: it is a number from 1 to 20\n"
          "/size/spare: it is a number from -5 to 0\n" },
        { "{\"label\":\"123456789\",\"size\":{\"nodes\":21}}",
          "/label: it has 1 to 8 characters\n/size/nodes: it is a number from 1 to 20\n" },
        { "{\"label\":\"a\",\"size\":{\"nodes\":1.5}}", "/size/nodes: it is a whole number\n" },
        { "{\"label\":\"a\",\"size\":{\"nodes\":1,\"node\":2},\"label2\":3}",
          "/size/node: there is no such member\n/label2: there is no such member\n" },
        { "{\"label\":\"a\\u0000\",\"size\":{\"nodes\":1}}", "/label: it has no NUL\n" },
        { "{\"label\":\"a\",\"size\":{\"nodes\":1},\"kind\":\"Round\"}",
          "/kind: it is one of round, square\n" },
        { "{\"label\":\"a\",\"size\":{\"nodes\":1},\"is_new\":null}",
          "/is_new: it is true or false\n" },
        { "{\"label\":\"a\",\"size\":{\"nodes\":1},\"tags\":[]}",
          "/tags: it has items from 1 to 3\n" },
        { "{\"label\":\"a\",\"size\":{\"nodes\":1},\"tags\":[\"abcde\",1,\"a\",\"toolong\"]}",
          "/tags: it has items from 1 to 3\n/tags/0: it has 0 to 4 characters\n"
          "/tags/1: it is a string\n" },
    };
    struct world w;
    world_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_case(post(&w, "/things/x", "application/json", str_from(cases[i].body)) == 400,
                    cases[i].body);
        assert_str(faults(&w), cases[i].faults);
    }
    assert_int_equal(post(&w, "/things/x", "application/json",
                          STR("{\"label\":\"a\",\"size\":{\"nodes\":1},\"bucket\":\"..\"}")),
                     400);
    assert_true(str_has_prefix(faults(&w), STR("/bucket: ")));
    assert_true(str_contains(buf_str(&w.answer.body), STR("\"in\":\"body\"")));
    assert_int_equal(n_made, 0);
    world_release(&w);
}

static void what_is_no_json_is_refused_as_such(void **state)
{
    (void)state;
    static const struct {
        const char *name, *type, *body;
        int status;
    } cases[] = {
        { "no body", "application/json", "", 400 },
        { "no type", NULL, "{}", 415 },
        { "another type", "text/plain", "{}", 415 },
        { "a form", "application/x-www-form-urlencoded", "a=b", 415 },
        { "nearly the type", "application/json2", "{}", 415 },
        { "broken", "application/json", "{\"label\":", 422 },
        { "twice", "application/json", "{\"label\":\"a\",\"label\":\"b\"}", 422 },
        { "more behind it", "application/json", "{} {}", 422 },
        { "no UTF-8", "application/json", "{\"label\":\"\xff\"}", 422 },
    };
    struct world w;
    world_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_case(post(&w, "/things/x", cases[i].type, str_from(cases[i].body)) ==
                        cases[i].status,
                    cases[i].name);
    /* Parameters are checked before the body is looked at. */
    assert_int_equal(post(&w, "/things/much-too-long", "application/json", STR("{")), 400);
    assert_true(str_has_prefix(faults(&w), STR("name: ")));
    assert_int_equal(n_made, 0);
    world_release(&w);
}

static void a_flood_of_faults_is_cut_off(void **state)
{
    (void)state;
    AUTO_BUF body = BUF_INIT(100000);
    struct world w;
    world_init(&w);
    buf_add_char(&body, '{');
    for (int i = 0; i < 5000; i++)
        buf_printf(&body, "%s\"k%d\":%d", i > 0 ? "," : "", i, i);
    buf_add_char(&body, '}');
    assert_int_equal(post(&w, "/things/x", "application/json", buf_str(&body)), 400);
    struct str told = faults(&w);
    size_t n = 0;
    for (size_t i = 0; i < told.len; i++)
        n += told.ptr[i] == '\n';
    assert_int_equal(n, MAX_FAULTS);
    world_release(&w);
}

/* "STATUS body", asked without a server. */
static struct str get(struct world *w, const char *path, const char *query)
{
    const struct api_question question = { .path = str_from(path), .query = str_from(query) };
    struct api_answer answer;
    api_ask(w->api, &w->arena, &question, INT64_MAX, &answer);
    struct str body = answer.body;
    if (answer.status != 200) {
        struct err err = ERR_INIT;
        const struct json *doc = json_parse(&w->arena, body, LIMIT_JSON_BYTES, &err);
        assert_true(json_get_str(doc, STR("detail"), &body, &err));
    }
    return arena_printf(&w->arena, "%d %.*s", answer.status, STR_FMT(str_trim(body)));
}

static void parameters_have_words_defaults_and_forms(void **state)
{
    (void)state;
    static const char *const id = "/list/00000000000000ff";
    static const struct {
        const char *path, *query, *answer;
    } cases[] = {
        { "/list/00000000000000ff", "",
          "200 {\"id\":\"00000000000000ff\",\"shape\":\"any\",\"shape_number\":0,\"all\":true,"
          "\"new\":false,\"has_new\":false,\"limit\":20,\"since\":\"\"}" },
        { "/list/00000000000000ff",
          "shape=square&all=false&new=true&limit=50&since=2026-02-28&page_token=aZ09_-",
          "200 {\"id\":\"00000000000000ff\",\"shape\":\"square\",\"shape_number\":2,\"all\":false,"
          "\"new\":true,\"has_new\":true,\"limit\":50,\"since\":\"2026-02-28\"}" },
        { "/list/00000000000000FF", "",
          "400 the parameter id is 16 hexadecimal digits, as an answer gave it" },
        { "/list/ff", "", "400 the parameter id has 16 to 16 characters" },
        { id, "shape=oval", "400 the parameter shape is one of any, round, square" },
        { id, "shape=", "400 the parameter shape is one of any, round, square" },
        { id, "all=yes", "400 the parameter all is one of false, true" },
        { id, "limit=0", "400 the parameter limit is a whole number from 1 to 50" },
        { id, "page_token=a%3D", "400 the parameter page_token is no next_page_token" },
        { id, "since=2026-13-01", "400 the parameter since is no time" },
        { id, "since=2026-00-01", "400 the parameter since is no time" },
        { id, "since=2026-01-01T24:00:00Z", "400 the parameter since is no time" },
        { id, "since=2026-01-01T23:59:59", "400 the parameter since is no time" },
        { id, "since=2026-1-1", "400 the parameter since is no time" },
    };
    struct world w;
    world_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_str(get(&w, cases[i].path, cases[i].query), cases[i].answer);
    assert_true(str_has_prefix(get(&w, id, "since=2026-01-31T23:59:59Z"), STR("200 ")));
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_as_the_contract_says_reaches_the_handler),
        cmocka_unit_test(every_fault_of_a_body_is_told_with_its_place),
        cmocka_unit_test(what_is_no_json_is_refused_as_such),
        cmocka_unit_test(a_flood_of_faults_is_cut_off),
        cmocka_unit_test(parameters_have_words_defaults_and_forms),
    };
    return cmocka_run_group_tests_name("bodies", tests, NULL, NULL);
}
