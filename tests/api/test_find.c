/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "api/find.h"
#include "store/folder.h"
#include "util/buf.h"
#include "util/clock.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

struct fixture {
    char path[64];
    struct store *store;
    struct store_call call;
};

#define TAGGED(text)                                                                               \
    "{\"nbformat\":4,\"nbformat_minor\":5,\"metadata\":{},\"cells\":[{\"cell_type\":\"code\","     \
    "\"metadata\":{\"tags\":[\"parameters\"]},\"source\":[" text "],\"outputs\":[],"               \
    "\"execution_count\":null}]}"

static int set_up(void **state)
{
    static struct fixture f;
    static const struct {
        const char *key, *body;
    } files[] = {
        { "b.ipynb", TAGGED("\"data = 'iris'\\n\",\"n = 1\"") },
        { "a/x.ipynb", TAGGED("\"irises\"") },
        { "a/two-lines.ipynb", TAGGED("\"ir\\n\",\"is\"") },
        { "untagged.ipynb",
          "{\"nbformat\":4,\"nbformat_minor\":5,\"metadata\":{},\"cells\":[{\"cell_type\":"
          "\"code\",\"metadata\":{},\"source\":\"iris\",\"outputs\":[],\"execution_count\":1}]}" },
        { "broken.ipynb", "{\"cells\": [" },
        { "large.ipynb",
          TAGGED("\"iris 0123456789012345678901234567890123456789012345678901234567890123456789"
                 "0123456789012345678901234567890123456789012345678901234567890123456789\"") },
        { "iris.csv", "iris" },
    };
    struct err err = ERR_INIT;
    snprintf(f.path, sizeof f.path, "/tmp/boathouse-test-XXXXXX");
    assert_non_null(mkdtemp(f.path));
    f.store = folder_store_open(f.path, &err);
    f.call = (struct store_call){ .deadline_ms = clock_mono_ms() + 60000 };
    assert_true(store_create_bucket(f.store, STR("notebooks"), &f.call, &err));
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const struct store_put put = { .bucket = STR("notebooks"),
                                       .key = str_from(files[i].key),
                                       .body = str_from(files[i].body),
                                       .call = f.call };
        assert_true(store_put(f.store, &put, &err));
    }
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    store_free(f->store);
    return nftw(f->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void note(void *ctx, struct str key, const struct err *err)
{
    buf_printf(ctx, "%.*s %s\n", STR_FMT(key), err_kind(err->code)->code);
}

static void the_text_must_stand_in_a_tagged_cell(void **state)
{
    struct fixture *f = *state;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF broken = BUF_INIT(1000);
    struct err err = ERR_INIT;
    struct notebooks_found found;
    struct notebooks_query q = { .bucket = STR("notebooks"),
                                 .search_on = STR("iris"),
                                 .max_notebook_bytes = 250,
                                 .broken = note,
                                 .ctx = &broken,
                                 .call = f->call };
    assert_true(notebooks_find(f->store, &a, &q, &found, &err));
    assert_int_equal(found.n, 2);
    assert_str(found.keys[0], "a/x.ipynb");
    assert_str(found.keys[1], "b.ipynb");
    assert_int_equal(found.n_broken, 2);
    assert_str(buf_str(&broken), "broken.ipynb parse\nlarge.ipynb too_large\n");
    q.path = STR("/a/");
    q.search_on = STR("ir\nis");
    assert_true(notebooks_find(f->store, &a, &q, &found, &err));
    assert_int_equal(found.n, 1);
    assert_str(found.keys[0], "a/two-lines.ipynb");
}

static void wrong_questions_are_refused(void **state)
{
    struct fixture *f = *state;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct notebooks_found found;
    struct notebooks_query q = { .bucket = STR("notebooks"),
                                 .max_notebook_bytes = 1000,
                                 .call = f->call };
    assert_false(notebooks_find(f->store, &a, &q, &found, &err));
    assert_int_equal(err.code, ERR_INVALID);
    q.search_on = STR("x");
    q.bucket = STR("none");
    assert_false(notebooks_find(f->store, &a, &q, &found, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static bool add(void *ctx, const struct store_object *object, struct err *err)
{
    (void)err;
    buf_printf(ctx, "%.*s ", STR_FMT(object->key));
    return true;
}

static void files_are_chosen_by_beginning_and_end(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *path, *extension, *want;
    } cases[] = {
        { "", "csv", "iris.csv " },
        { "", ".ipynb",
          "a/two-lines.ipynb a/x.ipynb b.ipynb broken.ipynb large.ipynb untagged.ipynb " },
        { "a", "", "a/two-lines.ipynb a/x.ipynb " },
        { "/a/x", "", "a/x.ipynb " },
        { "..", "", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_BUF out = BUF_INIT(1000);
        struct err err = ERR_INIT;
        const struct files_query q = { .bucket = STR("notebooks"),
                                       .path = str_from(cases[i].path),
                                       .extension = str_from(cases[i].extension),
                                       .each = add,
                                       .ctx = &out,
                                       .call = f->call };
        assert_true(files_find(f->store, &q, &err));
        assert_str(buf_str(&out), cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_must_stand_in_a_tagged_cell),
        cmocka_unit_test(wrong_questions_are_refused),
        cmocka_unit_test(files_are_chosen_by_beginning_and_end),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
