/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "scan/sorter.h"

#include <stdio.h>

enum { N = 5000 };

struct told {
    size_t n, n_wrong;
};

static bool tell(void *ctx, const struct store_object *o, struct err *err)
{
    struct told *t = ctx;
    char key[32], etag[32];
    (void)err;
    snprintf(key, sizeof key, "k%06zu", t->n);
    snprintf(etag, sizeof etag, "e%zu", t->n);
    t->n_wrong += !str_eq(o->key, str_from(key)) || !str_eq(o->etag, str_from(etag)) ||
                  o->size_bytes != t->n || o->last_modified_unix_ms != 2;
    t->n++;
    return true;
}

static void add(struct sorter *s, size_t i, int64_t modified_ms)
{
    struct err err = ERR_INIT;
    char key[32], etag[32];
    snprintf(key, sizeof key, "k%06zu", i);
    snprintf(etag, sizeof etag, modified_ms == 2 ? "e%zu" : "old%zu", i);
    const struct store_object o = { .key = str_from(key),
                                    .etag = str_from(etag),
                                    .size_bytes = i,
                                    .last_modified_unix_ms = modified_ms };
    if (!sorter_add(s, &o, &err))
        fail_msg("%s", err.msg);
}

static void objects_come_sorted_and_once_however_little_fits(void **state)
{
    static const size_t sizes[] = { 0, 1, 4096, 100000 };
    (void)state;
    for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
        struct sorter *s = sorter_new("/tmp", sizes[k] == 1 ? 20000 : sizes[k]);
        struct told told = { 0 };
        struct err err = ERR_INIT;
        for (size_t i = 0; i < N; i++)
            add(s, i * 1999 % N, 2);
        for (size_t i = 0; i < N; i += 7)
            add(s, i, 1); /* an older version */
        assert_true(sorter_each(s, tell, &told, &err));
        assert_int_equal(told.n, N);
        assert_int_equal(told.n_wrong, 0);
        sorter_free(s);
    }
}

static void nothing_is_sorted_into_nothing(void **state)
{
    struct sorter *s = sorter_new("/tmp", 0);
    struct told told = { 0 };
    struct err err = ERR_INIT;
    (void)state;
    assert_true(sorter_each(s, tell, &told, &err));
    assert_int_equal(told.n, 0);
    sorter_free(s);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    struct sorter *s = sorter_new("/nonexistent", 1);
    struct err err = ERR_INIT;
    const struct store_object o = { .key = STR("k") };
    (void)state;
    assert_true(sorter_add(s, &o, &err));
    assert_false(sorter_add(s, &o, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    sorter_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_come_sorted_and_once_however_little_fits),
        cmocka_unit_test(nothing_is_sorted_into_nothing),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
