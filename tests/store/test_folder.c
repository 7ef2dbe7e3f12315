/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "store/folder_internal.h"
#include "util/buf.h"
#include "util/clock.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct lake {
    char path[64];
    struct store *store;
    struct store_call call;
};

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static int set_up(void **state)
{
    static struct lake lake;
    struct err err = ERR_INIT;
    snprintf(lake.path, sizeof lake.path, "/tmp/boathouse-test-XXXXXX");
    assert_non_null(mkdtemp(lake.path));
    lake.store = folder_store_open(lake.path, &err);
    assert_non_null(lake.store);
    lake.call = (struct store_call){ .deadline_ms = clock_mono_ms() + 60000 };
    assert_true(store_create_bucket(lake.store, STR("data"), &lake.call, &err));
    *state = &lake;
    return 0;
}

static int tear_down(void **state)
{
    struct lake *lake = *state;
    store_free(lake->store);
    return nftw(lake->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool put(struct lake *lake, const char *key, const char *body, bool is_new_only,
                struct err *err)
{
    const struct store_put p = { .bucket = STR("data"),
                                 .key = str_from(key),
                                 .body = str_from(body),
                                 .is_new_only = is_new_only,
                                 .call = lake->call };
    return store_put(lake->store, &p, err);
}

static bool add_key(void *ctx, const struct store_object *object, struct err *err)
{
    (void)err;
    buf_printf(ctx, "%.*s%s\n", STR_FMT(object->key), object->is_prefix ? " (prefix)" : "");
    return true;
}

/* The keys of a listing, a line each. */
static struct str keys(struct lake *lake, struct buf *out, const char *prefix, const char *after,
                       bool has_delimiter)
{
    struct err err = ERR_INIT;
    const struct store_list list = { .bucket = STR("data"),
                                     .prefix = str_from(prefix),
                                     .start_after = str_from(after),
                                     .has_delimiter = has_delimiter,
                                     .each = add_key,
                                     .ctx = out,
                                     .call = lake->call };
    buf_reset(out);
    if (!store_list(lake->store, &list, &err))
        fail_msg("%s", err.msg);
    return buf_str(out);
}

static void fill(struct lake *lake)
{
    static const char *const names[] = {
        "b", "a/1", "a/2/x", "a-b", "a.c", "ab/1", "z/\xC3\xBC b"
    };
    struct err err = ERR_INIT;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_true(put(lake, names[i], "x", false, &err));
}

static void keys_come_in_byte_order_and_by_prefix(void **state)
{
    struct lake *lake = *state;
    AUTO_BUF out = BUF_INIT(10000);
    fill(lake);
    assert_str(keys(lake, &out, "", "", false), "a-b\na.c\na/1\na/2/x\nab/1\nb\nz/\xC3\xBC b\n");
    assert_str(keys(lake, &out, "a", "", false), "a-b\na.c\na/1\na/2/x\nab/1\n");
    assert_str(keys(lake, &out, "a/", "", false), "a/1\na/2/x\n");
    assert_str(keys(lake, &out, "a/2/", "", false), "a/2/x\n");
    assert_str(keys(lake, &out, "a/2/x", "", false), "a/2/x\n");
    assert_str(keys(lake, &out, "..", "", false), "");
    assert_str(keys(lake, &out, "../data", "", false), "");
    assert_str(keys(lake, &out, "", "a/1", false), "a/2/x\nab/1\nb\nz/\xC3\xBC b\n");
    assert_str(keys(lake, &out, "", "a/2/x", false), "ab/1\nb\nz/\xC3\xBC b\n");
    assert_str(keys(lake, &out, "", "a0", false), "ab/1\nb\nz/\xC3\xBC b\n");
    assert_str(keys(lake, &out, "", "", true),
               "a-b\na.c\na/ (prefix)\nab/ (prefix)\nb\nz/ (prefix)\n");
    assert_str(keys(lake, &out, "a/", "", true), "a/1\na/2/ (prefix)\n");
}

static void links_out_of_the_lake_are_not_followed(void **state)
{
    struct lake *lake = *state;
    AUTO_BUF out = BUF_INIT(10000);
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct store_object object;
    assert_true(put(lake, "in/file", "x", false, &err));
    int dir = open(lake->path, O_RDONLY | O_DIRECTORY);
    assert_int_equal(symlinkat("/etc/passwd", dir, "data/out"), 0);
    assert_int_equal(symlinkat("../../..", dir, "data/up"), 0);
    assert_int_equal(symlinkat("in", dir, "data/same"), 0);
    assert_int_equal(symlinkat("..", dir, "data/in/loop"), 0);
    assert_int_equal(mkfifoat(dir, "data/pipe", 0666), 0);
    close(dir);
    assert_str(keys(lake, &out, "", "", false), "in/file\nsame/file\n");
    assert_true(
        store_head(lake->store, &a, STR("data"), STR("same/file"), &lake->call, &object, &err));
    assert_false(store_head(lake->store, &a, STR("data"), STR("out"), &lake->call, &object, &err));
    assert_int_equal(err.code, ERR_FORBIDDEN);
    assert_false(
        store_head(lake->store, &a, STR("data"), STR("up/etc/passwd"), &lake->call, &object, &err));
    assert_int_equal(err.code, ERR_FORBIDDEN);
    assert_false(store_head(lake->store, &a, STR("data"), STR("pipe"), &lake->call, &object, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_false(put(lake, "up/x", "x", false, &err));
    assert_int_equal(err.code, ERR_FORBIDDEN);
}

static void wrong_names_are_refused(void **state)
{
    struct lake *lake = *state;
    static const struct {
        struct str bucket, key;
        enum err_code want;
    } cases[] = {
        { STR_INIT(".."), STR_INIT("a"), ERR_INVALID },
        { STR_INIT("a/b"), STR_INIT("a"), ERR_INVALID },
        { STR_INIT(""), STR_INIT("a"), ERR_INVALID },
        { STR_INIT("data"), STR_INIT(""), ERR_INVALID },
        { STR_INIT("data"), STR_INIT("../x"), ERR_INVALID },
        { STR_INIT("data"), STR_INIT("a//b"), ERR_INVALID },
        { STR_INIT("data"), STR_INIT("a/"), ERR_INVALID },
        { STR_INIT("data"), STR_INIT("/a"), ERR_INVALID },
        { STR_INIT("data"), STR_INIT("."), ERR_INVALID },
        { STR_INIT("data"), STR_INIT("a\0b"), ERR_INVALID },
        { STR_INIT("data"), STR_INIT("\xFF"), ERR_INVALID },
        { STR_INIT("data"), STR_INIT(".boathouse-1"), ERR_INVALID },
        { STR_INIT("none"), STR_INIT("a"), ERR_NOT_FOUND },
        { STR_INIT("data"), STR_INIT("a"), ERR_NOT_FOUND },
        { STR_INIT("data"), STR_INIT("a/b"), ERR_NOT_FOUND },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct err err = ERR_INIT;
        struct store_object object;
        assert_case(
            !store_head(lake->store, &a, cases[i].bucket, cases[i].key, &lake->call, &object, &err),
            cases[i].key.ptr);
        if (err.code != cases[i].want)
            fail_msg("case %zu: %s", i, err.msg);
    }
}

static bool append(void *ctx, struct str bytes, struct err *err)
{
    (void)err;
    buf_add(ctx, bytes);
    return true;
}

static void ranges_and_conditions_are_kept(void **state)
{
    struct lake *lake = *state;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF out = BUF_INIT(1000);
    struct err err = ERR_INIT;
    struct store_got got;
    struct store_get get = {
        .bucket = STR("data"), .key = STR("k"), .chunk = append, .ctx = &out, .call = lake->call
    };
    assert_true(put(lake, "k", "0123456789", false, &err));
    assert_true(store_get(lake->store, &a, &get, &got, &err));
    assert_str(buf_str(&out), "0123456789");
    struct str etag = got.object.etag;
    get.offset = 3;
    get.length = 4;
    buf_reset(&out);
    assert_true(store_get(lake->store, &a, &get, &got, &err));
    assert_str(buf_str(&out), "3456");
    get.if_none_match = etag;
    buf_reset(&out);
    assert_true(store_get(lake->store, &a, &get, &got, &err));
    assert_true(got.is_unchanged && out.len == 0);
    get.offset = 10;
    get.if_none_match = STR_EMPTY;
    assert_false(store_get(lake->store, &a, &get, &got, &err));
    assert_int_equal(err.code, ERR_RANGE);
    get.if_match = STR("other");
    assert_false(store_get(lake->store, &a, &get, &got, &err));
    assert_int_equal(err.code, ERR_PRECONDITION);
    struct str body;
    get = (struct store_get){ .bucket = STR("data"), .key = STR("k"), .call = lake->call };
    assert_false(store_read(lake->store, &a, &get, 9, &body, NULL, &err));
    assert_int_equal(err.code, ERR_TOO_LARGE);
    assert_true(store_read(lake->store, &a, &get, 10, &body, NULL, &err));
    assert_str(body, "0123456789");
}

static unsigned n_files; /* hidden ones */

static int count_files(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    n_files += flag == FTW_F && strstr(path, "/.") != NULL;
    return 0;
}

static void try_to_replace(struct lake *lake)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF out = BUF_INIT(1000);
    struct err err = ERR_INIT;
    struct str body;
    const struct store_get get = { .bucket = STR("data"), .key = STR("d/k"), .call = lake->call };
    assert_true(put(lake, "d/k", "one", true, &err));
    assert_false(put(lake, "d/k", "two", true, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_true(store_read(lake->store, &a, &get, 100, &body, NULL, &err));
    assert_str(body, "one");
    assert_true(put(lake, "d/k", "three", false, &err));
    assert_true(store_read(lake->store, &a, &get, 100, &body, NULL, &err));
    assert_str(body, "three");
    assert_false(put(lake, "d", "x", false, &err));
    assert_int_equal(err.code, ERR_INVALID);
    assert_false(put(lake, "d/k/below", "x", false, &err));
    assert_str(keys(lake, &out, "", "", false), "d/k\n");
    n_files = 0;
    assert_int_equal(nftw(lake->path, count_files, 16, FTW_PHYS), 0);
    assert_int_equal(n_files, 0);
}

static void a_put_replaces_whole_or_not_at_all(void **state)
{
    try_to_replace(*state);
}

static void so_does_one_where_files_need_names(void **state)
{
    struct lake *lake = *state;
    ((struct folder_store *)lake->store)->is_named_only = true;
    try_to_replace(lake);
}

static void what_is_removed_is_gone_and_nothing_else(void **state)
{
    struct lake *lake = *state;
    AUTO_BUF out = BUF_INIT(1000);
    AUTO_ARENA a = ARENA_INIT;
    static const struct {
        const char *bucket, *key;
        enum err_code want; /* ERR_NONE: it succeeds */
    } cases[] = {
        { "data", "a/1", ERR_NONE },
        { "data", "a/1", ERR_NONE },
        { "data", "a/2", ERR_NONE },
        { "data", "b/c", ERR_NONE },
        { "data", "no/such", ERR_NONE },
        { "nowhere", "a", ERR_NOT_FOUND },
        { "data", "../x", ERR_INVALID },
        { "data", "a//1", ERR_INVALID },
        { "data", "out/victim", ERR_FORBIDDEN },
        { "data", "", ERR_INVALID },
        { "data", "link", ERR_NONE },
    };
    fill(lake);
    struct str outside = arena_printf(&a, "%s-outside", lake->path);
    struct str victim = arena_printf(&a, "%s/victim", outside.ptr);
    assert_int_equal(mkdir(outside.ptr, 0700), 0);
    int fd = creat(victim.ptr, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(symlink(outside.ptr, arena_printf(&a, "%s/data/out", lake->path).ptr), 0);
    assert_int_equal(symlink(victim.ptr, arena_printf(&a, "%s/data/link", lake->path).ptr), 0);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = ERR_INIT;
        bool ok = store_remove(lake->store, str_from(cases[i].bucket), str_from(cases[i].key),
                               &lake->call, &err);
        assert_case(ok == (cases[i].want == ERR_NONE) && err.code == cases[i].want, cases[i].key);
    }
    assert_str(keys(lake, &out, "", "", false), "a-b\na.c\na/2/x\nab/1\nb\nz/\xC3\xBC b\n");
    assert_int_equal(access(victim.ptr, F_OK), 0);
    assert_int_equal(unlink(victim.ptr), 0);
    assert_int_equal(rmdir(outside.ptr), 0);
}

static void a_deadline_and_a_cancel_end_a_call(void **state)
{
    struct lake *lake = *state;
    AUTO_BUF out = BUF_INIT(1000);
    struct err err = ERR_INIT;
    atomic_bool cancel = true;
    struct store_list list = {
        .bucket = STR("data"), .each = add_key, .ctx = &out, .call = { .deadline_ms = 0 }
    };
    assert_false(store_list(lake->store, &list, &err));
    assert_int_equal(err.code, ERR_TIMEOUT);
    list.call = (struct store_call){ .deadline_ms = lake->call.deadline_ms, .cancel = &cancel };
    assert_false(store_list(lake->store, &list, &err));
    assert_int_equal(err.code, ERR_CANCELLED);
}

struct sum {
    uint64_t bytes;
    unsigned n_ok, n_failed;
};

static bool select_x(void *ctx, struct store_scan_item *item)
{
    item->ctx = ctx;
    return !str_has_prefix(item->object.key, STR("b"));
}

static bool count(void *ctx, struct str bytes, struct err *err)
{
    (void)err;
    ((struct sum *)ctx)->bytes += bytes.len;
    return true;
}

static void scanned(void *ctx, struct store_scan_item *item, bool ok, const struct err *err)
{
    struct sum *sum = ctx;
    (void)item;
    (void)err;
    sum->n_ok += ok;
    sum->n_failed += !ok;
}

static bool add_bucket(void *ctx, const struct store_bucket *bucket, struct err *err)
{
    (void)err;
    buf_printf(ctx, "%.*s\n", STR_FMT(bucket->name));
    return true;
}

static void a_scan_reads_what_was_selected(void **state)
{
    struct lake *lake = *state;
    struct err err = ERR_INIT;
    struct sum sum = { 0 };
    fill(lake);
    const struct store_scan scan = { .bucket = STR("data"),
                                     .select = select_x,
                                     .chunk = count,
                                     .done = scanned,
                                     .ctx = &sum,
                                     .call = lake->call };
    assert_true(store_scan(lake->store, &scan, &err));
    assert_int_equal(sum.n_ok, 6);
    assert_int_equal(sum.bytes, 6);
    assert_int_equal(sum.n_failed, 0);
}

static void buckets_are_the_folders_with_their_names(void **state)
{
    struct lake *lake = *state;
    AUTO_BUF out = BUF_INIT(1000);
    struct err err = ERR_INIT;
    assert_true(store_create_bucket(lake->store, STR("abc"), &lake->call, &err));
    assert_true(store_create_bucket(lake->store, STR("abc"), &lake->call, &err));
    assert_false(store_create_bucket(lake->store, STR("ABC"), &lake->call, &err));
    assert_true(store_list_buckets(lake->store, &lake->call, add_bucket, &out, &err));
    assert_str(buf_str(&out), "abc\ndata\n");
    assert_true(store_check_bucket(lake->store, STR("abc"), &lake->call, &err));
    assert_false(store_check_bucket(lake->store, STR("none"), &lake->call, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_come_in_byte_order_and_by_prefix, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_out_of_the_lake_are_not_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_names_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ranges_and_conditions_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_removed_is_gone_and_nothing_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_put_replaces_whole_or_not_at_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(so_does_one_where_files_need_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_deadline_and_a_cancel_end_a_call, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_scan_reads_what_was_selected, set_up, tear_down),
        cmocka_unit_test_setup_teardown(buckets_are_the_folders_with_their_names, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
