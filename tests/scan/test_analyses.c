/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "scan/analyses.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 60 };

/* N sources "0.py" ... in a folder of their own; number i reads i % 5 files; every 7th is broken.
 */
struct world {
    char folder[64];
    struct arena arena;
    struct analyst analyst;
    struct reading reading;
    size_t n_done, n_wrong, fail_at; /* done() fails at that one; N: never */
    size_t finding_bytes;            /* that work() keeps of each */
};

static void path_of(const struct world *w, size_t i, char out[128])
{
    snprintf(out, 128, "%s/%zu.%s", w->folder, i, i % 7 == 3 ? "ipynb" : "py");
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    char path[128];
    if (w == NULL)
        return -1;
    snprintf(w->folder, sizeof w->folder, "/tmp/boathouse-analyses.XXXXXX");
    if (mkdtemp(w->folder) == NULL)
        return -1;
    for (size_t i = 0; i < N; i++) {
        path_of(w, i, path);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        for (size_t k = 0; k < i % 5; k++)
            fprintf(f, "open('s3://b/%zu/%zu')\n", i, k);
        for (size_t k = 0; k < i * 37 % 400; k++)
            fprintf(f, "x%zu = [%zu]\n", k, k);
        fclose(f);
    }
    w->analyst.calls = calls_new();
    strmap_init(&w->analyst.values, &w->arena);
    w->reading = (struct reading){ .max_bytes = 1 << 20, .timeout_ms = 60000 };
    w->fail_at = N;
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    char path[128];
    for (size_t i = 0; i < N; i++) {
        path_of(w, i, path);
        unlink(path);
    }
    rmdir(w->folder);
    calls_free(w->analyst.calls);
    arena_release(&w->arena);
    free(w);
    return 0;
}

static void work(void *ctx, struct finding *f, const struct notebook *nb, const struct analysis *an)
{
    const struct world *w = ctx;
    (void)nb;
    (void)arena_alloc(&f->arena, w->finding_bytes);
    buf_printf(&f->out, "%zu", an != NULL ? an->n_references : (size_t)99);
}

static bool done(void *ctx, struct finding *f, struct err *err)
{
    struct world *w = ctx;
    char path[128], expected[16];
    size_t i = w->n_done++;
    path_of(w, i, path);
    snprintf(expected, sizeof expected, "%zu", i % 7 == 3 ? 99 : i % 5);
    /* Not on the test's own thread, so only counted here. */
    w->n_wrong += !str_eq(f->source.name, str_from(path)) ||
                  !str_eq(buf_str(&f->out), str_from(expected)) ||
                  f->err.code != (i % 7 == 3 ? ERR_PARSE : ERR_NONE);
    return i != w->fail_at || err_set(err, ERR_IO, "the disk is full");
}

/* Analyse all; gives how many could be added. */
static size_t run(struct world *w, unsigned n_workers, bool *ok, struct err *err)
{
    size_t n = 0;
    char path[128];
    const struct analyses_options options = { .reading = w->reading,
                                              .analyst = &w->analyst,
                                              .n_workers = n_workers,
                                              .n_ahead = n_workers % 2 == 0 ? 100 : 0,
                                              .work = work,
                                              .done = done,
                                              .ctx = w };
    w->n_done = 0;
    struct analyses *x = analyses_start(&options);
    for (; n < N; n++) {
        path_of(w, n, path);
        struct str text = str_from(path);
        const struct source source = { .kind = SOURCE_FILE, .name = text, .path = text };
        struct err why = ERR_INIT;
        err_set(&why, ERR_PARSE, "known to be broken");
        if (n % 14 == 3 ? !analyses_add_broken(x, text, &why) : !analyses_add(x, &source))
            break;
    }
    *ok = analyses_finish(x, err);
    assert_int_equal(w->n_wrong, 0);
    return n;
}

static void results_come_in_order_for_any_number_of_workers(void **state)
{
    static const unsigned workers[] = { 1, 2, 3, 8, 40 };
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(workers); i++) {
        struct err err = ERR_INIT;
        bool ok;
        assert_int_equal(run(w, workers[i], &ok, &err), N);
        assert_true(ok);
        assert_int_equal(w->n_done, N);
    }
}

/* What waits is bounded by its bytes as well: the oldest one always goes on. */
static void large_results_come_in_order_too(void **state)
{
    struct world *w = *state;
    for (unsigned n_workers = 1; n_workers < 6; n_workers++) {
        struct err err = ERR_INIT;
        bool ok;
        w->finding_bytes = (size_t)5 << 20;
        assert_int_equal(run(w, n_workers, &ok, &err), N);
        assert_true(ok);
        assert_int_equal(w->n_done, N);
    }
}

static void a_failure_of_the_output_ends_all(void **state)
{
    struct world *w = *state;
    for (size_t at = 0; at < N; at += 11) {
        struct err err = ERR_INIT;
        bool ok;
        w->fail_at = at;
        run(w, 3, &ok, &err);
        assert_false(ok);
        assert_int_equal(err.code, ERR_IO);
        assert_int_equal(w->n_done, at + 1);
    }
}

static void nothing_at_all_is_done_at_once(void **state)
{
    struct world *w = *state;
    struct err err = ERR_INIT;
    const struct analyses_options options = { .reading = w->reading,
                                              .analyst = &w->analyst,
                                              .n_workers = 4,
                                              .work = work,
                                              .done = done,
                                              .ctx = w };
    assert_true(analyses_finish(analyses_start(&options), &err));
    assert_int_equal(w->n_done, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(results_come_in_order_for_any_number_of_workers, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(large_results_come_in_order_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_of_the_output_ends_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_at_all_is_done_at_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
