/* The ledger: the same cases on the database and on the one in memory that simulations use. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "../fake/ledger.h"
#include "index/ledger.h"

#include <stdlib.h>
#include <unistd.h>

struct place {
    char folder[64], path[80];
    struct fake_ledger_store *store; /* NULL: the database */
    struct ledger *ledger;
    struct arena arena;
};

static void open_place(struct place *p, bool is_fake)
{
    struct err err = ERR_INIT;
    *p = (struct place){ .folder = "/tmp/ledger-XXXXXX" };
    assert_non_null(mkdtemp(p->folder));
    (void)snprintf(p->path, sizeof p->path, "%s/clusters.db", p->folder);
    p->store = is_fake ? fake_ledger_store_new() : NULL;
    p->ledger = is_fake ? fake_ledger_open(p->store, NULL, NULL) : ledger_open(p->path, &err);
    assert_non_null(p->ledger);
}

static void close_place(struct place *p)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    p->ledger->ops->close(p->ledger);
    fake_ledger_store_free(p->store);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char path[100];
        (void)snprintf(path, sizeof path, "%s%s", p->path, ends[i]);
        (void)unlink(path);
    }
    (void)rmdir(p->folder);
    arena_release(&p->arena);
}

static struct ledger_row row(const char *id, int64_t version, const char *name)
{
    return (struct ledger_row){ .id = str_from(id),
                                .version = version,
                                .owner = STR("ana"),
                                .name = str_from(name),
                                .phase = STR("requested"),
                                .is_live = true,
                                .created_ms = 1000,
                                .doc = STR("{}") };
}

static enum err_code put(struct place *p, struct ledger_row r, const struct ledger_key *key,
                         const char *lease, int64_t fence, unsigned max_live)
{
    const struct ledger_event event = {
        .row = r.id, .owner = r.owner, .type = STR("phase"), .at_ms = 5, .doc = STR("{}")
    };
    const struct ledger_span span = { r.id, STR("i-1"), STR("m5.xlarge"), STR("SPOT"), 10, 20 };
    const struct ledger_note note = { STR("n"), r.id };
    const struct ledger_change change = { .rows = &r,
                                          .n_rows = 1,
                                          .events = &event,
                                          .n_events = 1,
                                          .key = key,
                                          .spans = &span,
                                          .n_spans = 1,
                                          .note = &note,
                                          .lease = str_from(lease),
                                          .fence = fence,
                                          .max_live = max_live };
    struct err err = ERR_INIT;
    return p->ledger->ops->commit(p->ledger, &change, NULL, &err) ? ERR_NONE : err.code;
}

static void check_rows(struct place *p)
{
    const struct ledger_key key = { .caller = STR("ana"), .key = STR("k"), .row = STR("clu_1") };
    struct ledger_row r = row("clu_1", 0, "a");
    struct ledger_row got;
    struct err err = ERR_INIT;
    assert_int_equal(put(p, r, &key, "", 0, 2), ERR_NONE);
    assert_int_equal(put(p, row("clu_2", 0, "b"), &key, "", 0, 0), ERR_CONFLICT);
    assert_int_equal(put(p, row("clu_1", 0, "c"), NULL, "", 0, 0), ERR_CONFLICT);
    assert_int_equal(put(p, row("clu_2", 0, "a"), NULL, "", 0, 0), ERR_CONFLICT);
    assert_int_equal(put(p, row("clu_2", 0, "b"), NULL, "", 0, 2), ERR_NONE);
    assert_int_equal(put(p, row("clu_3", 0, "c"), NULL, "", 0, 2), ERR_RATE);
    r.version = 2;
    assert_int_equal(put(p, r, NULL, "", 0, 0), ERR_PRECONDITION);
    r.version = 1;
    r.remote = STR("j-1");
    r.is_live = false;
    r.is_settled = true;
    assert_int_equal(put(p, r, NULL, "", 0, 0), ERR_NONE);
    assert_true(p->ledger->ops->get(p->ledger, &p->arena, STR("j-1"), &got, &err));
    assert_str(got.id, "clu_1");
    assert_int_equal(got.version, 2);
    assert_true(got.is_settled && !got.is_live);
    r = row("clu_2", 1, "b");
    r.remote = STR("j-1");
    assert_int_equal(put(p, r, NULL, "", 0, 0), ERR_CONFLICT);
    assert_false(p->ledger->ops->get(p->ledger, &p->arena, STR("clu_9"), &got, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void check_lists(struct place *p)
{
    struct err err = ERR_INIT;
    struct ledger_rows rows = { 0 };
    struct ledger_events events = { 0 };
    struct ledger_spans spans = { 0 };
    struct ledger_key key;
    struct str text;
    int64_t last;
    struct ledger_query q = { .limit = 10 };
    assert_true(p->ledger->ops->list(p->ledger, &p->arena, &q, &rows, &err));
    assert_int_equal(rows.n, 2);
    assert_str(rows.items[0].id, "clu_2");
    q.before_ms = rows.items[0].created_ms;
    q.before_id = rows.items[0].id;
    rows = (struct ledger_rows){ 0 };
    assert_true(p->ledger->ops->list(p->ledger, &p->arena, &q, &rows, &err));
    assert_int_equal(rows.n, 1);
    assert_str(rows.items[0].id, "clu_1");
    q = (struct ledger_query){ .only_unsettled = true, .limit = 10 };
    rows = (struct ledger_rows){ 0 };
    assert_true(p->ledger->ops->list(p->ledger, &p->arena, &q, &rows, &err));
    assert_int_equal(rows.n, 1);
    assert_true(p->ledger->ops->last_event(p->ledger, &last, &err));
    assert_int_equal(last, 3);
    assert_true(p->ledger->ops->events(p->ledger, &p->arena, 1, STR("clu_1"), STR_EMPTY, 10,
                                       &events, &err));
    assert_int_equal(events.n, 1);
    assert_int_equal(events.items[0].id, 3);
    assert_true(p->ledger->ops->spans(p->ledger, &p->arena, STR("clu_1"), &spans, &err));
    assert_int_equal(spans.n, 1);
    assert_int_equal(spans.items[0].ended_ms, 20);
    assert_true(p->ledger->ops->key(p->ledger, &p->arena, STR("ana"), STR("k"), &key, &err));
    assert_str(key.row, "clu_1");
    assert_true(p->ledger->ops->note(p->ledger, &p->arena, STR("n"), &text, &err));
    assert_str(text, "clu_1");
    assert_true(p->ledger->ops->note(p->ledger, &p->arena, STR("none"), &text, &err));
    assert_str(text, "");
}

static void check_leases(struct place *p)
{
    struct ledger *l = p->ledger;
    struct err err = ERR_INIT;
    int64_t one, again, two;
    assert_true(l->ops->lease(l, STR("x"), STR("one"), 1000, 100, &one, &err));
    assert_true(l->ops->lease(l, STR("x"), STR("one"), 1050, 100, &again, &err));
    assert_int_equal(one, again);
    assert_false(l->ops->lease(l, STR("x"), STR("two"), 1149, 100, &two, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_true(l->ops->lease(l, STR("x"), STR("two"), 1150, 100, &two, &err));
    assert_true(two > one);
    assert_int_equal(put(p, row("clu_5", 0, "e"), NULL, "x", one, 0), ERR_PRECONDITION);
    assert_int_equal(put(p, row("clu_5", 0, "e"), NULL, "x", two, 0), ERR_NONE);
    assert_true(l->ops->lease_release(l, STR("x"), STR("two"), &err));
    assert_true(l->ops->lease(l, STR("x"), STR("one"), 1151, 100, &again, &err));
    assert_true(again > two);
}

static void check_all(bool is_fake)
{
    struct place p;
    open_place(&p, is_fake);
    check_rows(&p);
    check_lists(&p);
    check_leases(&p);
    close_place(&p);
}

static void the_database_keeps_rows_events_keys_and_leases(void **state)
{
    (void)state;
    check_all(false);
}

static void the_one_in_memory_does_the_same(void **state)
{
    (void)state;
    check_all(true);
}

static void another_file_is_refused(void **state)
{
    struct place p;
    struct err err = ERR_INIT;
    (void)state;
    open_place(&p, false);
    char path[100];
    (void)snprintf(path, sizeof path, "%s/other", p.folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fputs("this is no database, and long enough to see it at once", f);
    (void)fclose(f);
    assert_null(ledger_open(path, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    (void)unlink(path);
    close_place(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_database_keeps_rows_events_keys_and_leases),
        cmocka_unit_test(the_one_in_memory_does_the_same),
        cmocka_unit_test(another_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
