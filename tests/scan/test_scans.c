/* The whole engine on a small folder: threads, writer, beat; the sanitizers run it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "index/index.h"
#include "index/runs.h"
#include "scan/scan.h"
#include "store/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { N = 150 };

struct world {
    char folder[64];
    struct arena arena;
    struct analyst analyst;
    struct index *index;
    struct store *store;
    struct scans *scans;
    atomic_bool cancel;
    atomic_int n_told;
};

static void write_file(const struct world *w, int i, int version)
{
    char path[128];
    snprintf(path, sizeof path, "%s/lake/%d/%d.py", w->folder, i % 7, i);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "import pandas as pd\npd.read_csv('s3://b/%d/%d.csv')\n", i, version);
    fclose(f);
}

static bool open_place(void *ctx, struct arena *a, struct str uri, struct scan_place *out,
                       struct err *err)
{
    const struct world *w = ctx;
    (void)a;
    (void)err;
    *out = (struct scan_place){ .store = w->store,
                                .bucket = STR(FOLDER_ONE_BUCKET),
                                .root = STR("file:/lake/"),
                                .is_remote = str_eq(uri, STR("file:/lake")) };
    return true;
}

static void open_index(struct world *w)
{
    struct err err = ERR_INIT;
    char path[128];
    snprintf(path, sizeof path, "%s/index.db", w->folder);
    const struct index_options options = { .path = path };
    if (!index_open(&options, &w->index, &err))
        fail_msg("%s", err.msg);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct err err = ERR_INIT;
    char path[128];
    assert_non_null(w);
    snprintf(w->folder, sizeof w->folder, "/tmp/boathouse-scans.XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(path, sizeof path, "%s/lake", w->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    for (int i = 0; i < 7; i++) {
        snprintf(path, sizeof path, "%s/lake/%d", w->folder, i);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    for (int i = 0; i < N; i++)
        write_file(w, i, 0);
    snprintf(path, sizeof path, "%s/lake", w->folder);
    w->store = folder_store_open_one(path, &err);
    assert_non_null(w->store);
    open_index(w);
    w->analyst.calls = calls_new();
    strmap_init(&w->analyst.values, &w->arena);
    static const struct scan_source source = { .name = STR_INIT("team"),
                                               .uri = STR_INIT("file:/lake"),
                                               .wants_notebooks = true,
                                               .wants_datasets = true,
                                               .interval_s = 3600 };
    const struct scans_options options = { .index = w->index,
                                           .analyst = &w->analyst,
                                           .reading = { .max_bytes = 1 << 20, .timeout_ms = 60000 },
                                           .analysis_key = STR("key"),
                                           .n_workers = 2,
                                           .n_fetchers = 6,
                                           .open_place = open_place,
                                           .ctx = w,
                                           .sources = &source,
                                           .n_sources = 1,
                                           .cancel = &w->cancel };
    w->scans = scans_new(&options);
    if (!scans_take_sources(w->scans, &err))
        fail_msg("%s", err.msg);
    *state = w;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static int tear_down(void **state)
{
    struct world *w = *state;
    scans_free(w->scans);
    index_close(w->index);
    store_free(w->store);
    calls_free(w->analyst.calls);
    arena_release(&w->arena);
    nftw(w->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(w);
    return 0;
}

static void tell(void *ctx, const struct scan_progress *p)
{
    struct world *w = ctx;
    (void)p;
    atomic_fetch_add(&w->n_told, 1);
}

static struct scan_progress run(struct world *w, bool is_full)
{
    struct err err = ERR_INIT;
    struct scan_progress p;
    if (!scans_run(w->scans, STR("team"), is_full, tell, w, &p, &err))
        fail_msg("%s", err.msg);
    return p;
}

static void what_changed_is_analysed_and_nothing_else(void **state)
{
    struct world *w = *state;
    char path[128];
    struct scan_progress p = run(w, false);
    assert_int_equal(p.n_listed, N);
    assert_int_equal(p.n_analyzed, N);
    assert_true(atomic_load(&w->n_told) > 0);
    p = run(w, false);
    assert_int_equal(p.n_analyzed, 0);
    write_file(w, 3, 1);
    write_file(w, 77, 1);
    snprintf(path, sizeof path, "%s/lake/5/5.py", w->folder);
    unlink(path);
    p = run(w, false);
    assert_int_equal(p.n_analyzed, 2);
    assert_int_equal(p.n_removed, 1);
    assert_int_equal(run(w, true).n_analyzed, N - 1);
}

static void a_cancelled_scan_says_so_and_the_next_one_completes_it(void **state)
{
    struct world *w = *state;
    struct err err = ERR_INIT;
    struct scan_progress p;
    atomic_store(&w->cancel, true);
    bool ok = scans_run(w->scans, STR("team"), false, NULL, NULL, &p, &err);
    /* So small a scan may end before the beat looks. */
    if (!ok)
        assert_int_equal(err.code, ERR_CANCELLED);
    atomic_store(&w->cancel, false);
    p = run(w, false);
    assert_int_equal(p.n_listed, N);
    p = run(w, false);
    assert_int_equal(p.n_analyzed, 0);
}

static bool is_done(struct world *w, int64_t id)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct index_reader *r;
    struct index_scan scan;
    if (!index_reader_take(w->index, &r, &err) || !index_get_scan(r, &a, id, &scan, &err))
        fail_msg("%s", err.msg);
    index_reader_give(r);
    return scan.state == INDEX_SCAN_DONE;
}

static void requests_for_one_source_are_one_scan(void **state)
{
    struct world *w = *state;
    struct err err = ERR_INIT;
    struct scan_ticket first, second;
    assert_true(scans_request(w->scans, STR("team"), false, &first, &err));
    assert_true(scans_request(w->scans, STR("team"), false, &second, &err));
    assert_int_equal(first.id, second.id);
    assert_false(first.is_attached);
    assert_true(second.is_attached);
    assert_false(scans_request(w->scans, STR("nobody"), false, &second, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    scans_start(w->scans);
    while (!is_done(w, first.id))
        usleep(1000); /* the test's own time-out bounds it */
}

static void a_source_that_came_by_the_configuration_stays(void **state)
{
    struct world *w = *state;
    struct err err = ERR_INIT;
    const struct scan_source inside = { .name = STR("inside"),
                                        .uri = STR("file:/lake/1"),
                                        .wants_notebooks = true };
    assert_false(scans_remove_source(w->scans, STR("team"), &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    err = (struct err)ERR_INIT;
    assert_false(scans_put_source(w->scans, &inside, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_changed_is_analysed_and_nothing_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_cancelled_scan_says_so_and_the_next_one_completes_it,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(requests_for_one_source_are_one_scan, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_source_that_came_by_the_configuration_stays, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
