/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "index/runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct world {
    char folder[64], path[96];
    struct arena arena;
    struct index *index;
    struct index_writer *writer;
    int64_t source;
    size_t n; /* that a callback was told */
    char told[256];
};

static bool put_source(struct world *w, const char *name, int64_t *id, struct err *err)
{
    const struct index_source source = { .name = str_from(name),
                                         .uri = STR("s3://b"),
                                         .wants = INDEX_WANTS_NOTEBOOKS,
                                         .interval_s = 60,
                                         .is_from_config = true };
    return index_begin(w->writer, NULL, err) && index_put_source(w->writer, &source, id, err) &&
           index_commit(w->writer, false, err);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct err err = ERR_INIT;
    if (w == NULL)
        return -1;
    snprintf(w->folder, sizeof w->folder, "/tmp/boathouse-runs.XXXXXX");
    if (mkdtemp(w->folder) == NULL)
        return -1;
    snprintf(w->path, sizeof w->path, "%s/index.db", w->folder);
    const struct index_options options = { .path = w->path };
    if (!index_open(&options, &w->index, &err) || !index_writer_open(w->index, &w->writer, &err) ||
        !put_source(w, "team", &w->source, &err))
        fail_msg("%s", err.msg);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    char path[128];
    index_writer_close(w->writer);
    index_close(w->index);
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        snprintf(path, sizeof path, "%s%s", w->path, suffixes[i]);
        unlink(path);
    }
    rmdir(w->folder);
    arena_release(&w->arena);
    free(w);
    return 0;
}

static void a_lease_has_one_holder(void **state)
{
    struct world *w = *state;
    struct err err = ERR_INIT;
    struct index_lease mine, other, current;
    assert_true(index_lease_take(w->writer, w->source, "me", 1000, 100, &mine, NULL, &err));
    assert_int_equal(mine.fence, 1);
    assert_false(index_lease_take(w->writer, w->source, "you", 1050, 100, &other, &current, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_string_equal(current.holder, "me");
    assert_int_equal(current.fence, 1);
    /* It ran out: whoever slept may not write any more. */
    err = (struct err)ERR_INIT;
    assert_true(index_lease_take(w->writer, w->source, "you", 1101, 100, &other, NULL, &err));
    assert_int_equal(other.fence, 2);
    assert_false(index_begin(w->writer, &mine, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    err = (struct err)ERR_INIT;
    assert_false(index_lease_renew(w->writer, &mine, 5, 1102, 100, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    err = (struct err)ERR_INIT;
    assert_true(index_begin(w->writer, &other, &err));
    index_rollback(w->writer);
}

static void a_lease_is_stolen_only_from_the_one_that_was_seen(void **state)
{
    struct world *w = *state;
    struct err err = ERR_INIT;
    struct index_lease dead, mine, other;
    assert_true(index_lease_take(w->writer, w->source, "dead", 1000, 100, &dead, NULL, &err));
    assert_true(index_lease_steal(w->writer, w->source, dead.fence, "me", 1001, 100, &mine, &err));
    assert_int_equal(mine.fence, dead.fence + 1);
    assert_false(
        index_lease_steal(w->writer, w->source, dead.fence, "you", 1001, 100, &other, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
}

static void a_lease_that_was_given_back_is_free_and_its_fence_grows(void **state)
{
    struct world *w = *state;
    struct err err = ERR_INIT;
    struct index_lease lease, again;
    struct index_reader *r;
    bool is_held;
    assert_true(index_lease_take(w->writer, w->source, "me", 1000, 100, &lease, NULL, &err));
    assert_true(index_lease_renew(w->writer, &lease, 7, 1050, 100, &err));
    assert_int_equal(lease.expires_unix_ms, 1150);
    assert_true(index_lease_release(w->writer, &lease, &err));
    assert_true(index_reader_take(w->index, &r, &err));
    assert_true(index_lease_get(r, w->source, &again, &is_held, &err));
    index_reader_give(r);
    assert_false(is_held);
    assert_true(index_lease_take(w->writer, w->source, "me", 1001, 100, &again, NULL, &err));
    assert_int_equal(again.fence, lease.fence + 1);
}

static void a_source_keeps_its_number_when_it_is_changed(void **state)
{
    struct world *w = *state;
    struct err err = ERR_INIT;
    struct index_source found;
    struct index_reader *r;
    int64_t id;
    assert_true(put_source(w, "team", &id, &err));
    assert_int_equal(id, w->source);
    assert_true(index_begin(w->writer, NULL, &err));
    assert_true(index_source_scanned(w->writer, id, 9, STR("key"), 12345, &err));
    assert_true(index_commit(w->writer, false, &err));
    assert_true(index_reader_take(w->index, &r, &err));
    assert_true(index_find_source(r, &w->arena, STR("team"), &found, &err));
    assert_int_equal(found.id, id);
    assert_int_equal(found.interval_s, 60);
    assert_int_equal(found.last_scan, 9);
    assert_int_equal(found.scanned_unix_ms, 12345);
    assert_true(found.is_from_config);
    assert_true(str_eq(found.analysis_key, STR("key")));
    assert_false(index_find_source(r, &w->arena, STR("nobody"), &found, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    index_reader_give(r);
}

static bool count_event(void *ctx, const struct index_event *event, struct err *err)
{
    struct world *w = ctx;
    (void)err;
    if (w->n++ == 0)
        snprintf(w->told, sizeof w->told, "%.*s", STR_FMT(event->json));
    return true;
}

static void the_last_thousand_events_of_a_scan_are_kept(void **state)
{
    struct world *w = *state;
    struct err err = ERR_INIT;
    struct index_scan scan = { .source = w->source, .trigger = STR("cli") };
    struct index_reader *r;
    int64_t id = 0, last = 0;
    assert_true(index_begin(w->writer, NULL, &err));
    assert_true(index_put_scan(w->writer, &scan, &scan.id, &err));
    for (int i = 0; i < 1005; i++) {
        char json[16];
        snprintf(json, sizeof json, "%d", i);
        assert_true(index_add_event(w->writer, scan.id, "progress", str_from(json), 1, &id, &err));
        assert_true(id > last);
        last = id;
    }
    assert_true(index_commit(w->writer, false, &err));
    assert_true(index_reader_take(w->index, &r, &err));
    assert_true(index_each_event(r, scan.id, 0, count_event, w, &err));
    assert_int_equal(w->n, 1000);
    assert_string_equal(w->told, "5");
    w->n = 0;
    assert_true(index_each_event(r, scan.id, last - 3, count_event, w, &err));
    assert_int_equal(w->n, 3);
    index_reader_give(r);
}

static void scans_that_were_lost_are_ended(void **state)
{
    struct world *w = *state;
    struct err err = ERR_INIT;
    struct index_scan scans[3] = { { .state = INDEX_SCAN_RUNNING },
                                   { .state = INDEX_SCAN_DONE },
                                   { .state = INDEX_SCAN_RUNNING } };
    static const enum index_scan_state expected[] = { INDEX_SCAN_FAILED, INDEX_SCAN_DONE,
                                                      INDEX_SCAN_RUNNING };
    struct index_reader *r;
    assert_true(index_begin(w->writer, NULL, &err));
    for (size_t i = 0; i < 3; i++) {
        scans[i].source = w->source;
        assert_true(index_put_scan(w->writer, &scans[i], &scans[i].id, &err));
    }
    assert_true(index_end_lost_scans(w->writer, w->source, scans[2].id, STR("{}"), 77, &err));
    assert_true(index_commit(w->writer, false, &err));
    assert_true(index_reader_take(w->index, &r, &err));
    for (size_t i = 0; i < 3; i++) {
        struct index_scan found;
        assert_true(index_get_scan(r, &w->arena, scans[i].id, &found, &err));
        assert_int_equal(found.state, expected[i]);
    }
    index_reader_give(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_lease_has_one_holder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lease_is_stolen_only_from_the_one_that_was_seen, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_lease_that_was_given_back_is_free_and_its_fence_grows,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_source_keeps_its_number_when_it_is_changed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_last_thousand_events_of_a_scan_are_kept, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(scans_that_were_lost_are_ended, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
