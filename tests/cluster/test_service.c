/* The service with its threads, its files and the real ledger, against the fake EMR: for TSan too.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "../fake/emr.h"
#include "cluster/emr.h"
#include "cluster/service.h"
#include "index/ledger.h"
#include "util/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 80, PATIENCE_MS = 30000 };

struct world {
    char folder[32], db[PATH_SIZE], key[PATH_SIZE], lock[PATH_SIZE];
    pthread_mutex_t mutex; /* guards what follows */
    struct fake_emr *emr;
    struct cluster_spec defaults;
    struct arena arena;
};

static bool send_to_fake(void *ctx, struct arena *a, const struct emr_message *m,
                         struct emr_reply *out, struct err *err)
{
    struct world *w = ctx;
    AUTO_BUF answer = BUF_INIT(1024 * 1024);
    int status = 0;
    pthread_mutex_lock(&w->mutex);
    enum fake_emr_delivery delivery =
        fake_emr_call(w->emr, m->operation, m->body, clock_unix_ms(), &status, &answer);
    pthread_mutex_unlock(&w->mutex);
    *out = (struct emr_reply){ EMR_SENT_ANSWERED, status, arena_str(a, buf_str(&answer)) };
    if (delivery != FAKE_EMR_LOSE)
        return true;
    out->sent = EMR_SENT_UNCLEAR;
    return err_set(err, ERR_UPSTREAM, "connection reset");
}

static const struct emr_settings settings = { .release = STR_INIT("emr-7.14.0"),
                                              .primary_type = STR_INIT("m5.xlarge"),
                                              .worker_type = STR_INIT("m5.xlarge"),
                                              .max_nodes = 20,
                                              .idle_timeout_s = 3600,
                                              .service_role = STR_INIT("EMR_DefaultRole"),
                                              .instance_profile = STR_INIT("EMR_EC2_DefaultRole"),
                                              .notebooks_bucket = STR_INIT("notebooks"),
                                              .hub_user = STR_INIT("jovyan") };

static void world_init(struct world *w)
{
    *w = (struct world){ .folder = "/tmp/service-XXXXXX", .mutex = PTHREAD_MUTEX_INITIALIZER };
    assert_non_null(mkdtemp(w->folder));
    (void)snprintf(w->db, PATH_SIZE, "%s/clusters.db", w->folder);
    (void)snprintf(w->key, PATH_SIZE, "%s/clusters.key", w->folder);
    (void)snprintf(w->lock, PATH_SIZE, "%s/clusters.lock", w->folder);
    w->emr = fake_emr_new(1);
    *fake_emr_times(w->emr) = (struct fake_emr_times){ 1, 1, 1, 1 };
    emr_default_spec(&settings, &w->defaults);
}

static void world_release(struct world *w)
{
    static const char *const ends[] = { ".db", ".db-wal", ".db-shm", ".key", ".lock" };
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        char path[PATH_SIZE];
        (void)snprintf(path, sizeof path, "%s/clusters%s", w->folder, ends[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(w->folder), 0);
    fake_emr_free(w->emr);
    arena_release(&w->arena);
    pthread_mutex_destroy(&w->mutex);
}

static struct clusters *open_service(struct world *w)
{
    struct err err = ERR_INIT;
    const struct clusters_options options = { .ledger = ledger_open(w->db, &err),
                                              .provider = emr_provider_new(&settings, send_to_fake,
                                                                           w, &err),
                                              .key_path = w->key,
                                              .lock_path = w->lock,
                                              .defaults = &w->defaults,
                                              .sync_ms = 100 };
    assert_non_null(options.ledger);
    assert_non_null(options.provider);
    struct clusters *c = clusters_new(&options, &err);
    assert_non_null(c);
    clusters_start(c);
    return c;
}

static void wait_for(struct clusters *c, struct arena *a, struct str id, enum phase phase,
                     struct cluster_row *row)
{
    int64_t until = clock_mono_ms() + PATIENCE_MS, newest = 0;
    struct err err = ERR_INIT;
    for (;;) {
        struct ledger *l = clusters_ledger(c);
        assert_true(l->ops->last_event(l, &newest, &err));
        assert_true(cluster_row_get(l, a, id, row, &err));
        if (row->phase == phase)
            return;
        if (clock_mono_ms() > until)
            fail_msg("it is %.*s", STR_FMT(phase_name(row->phase)));
        assert_true(clusters_wait(c, newest, until, NULL, &newest, &err));
    }
}

static struct cluster_row make(struct clusters *c, struct world *w, const char *key)
{
    struct err err = ERR_INIT;
    struct cluster_row row;
    bool is_replay;
    struct cluster_ask ask = { .caller = STR("ana"), .key = str_from(key), .spec = &w->defaults };
    assert_true(clusters_make(c, &w->arena, &ask, &row, &is_replay, &err));
    return row;
}

static void a_cluster_lives_and_its_password_is_shown_once(void **state)
{
    struct world w;
    struct cluster_row row;
    struct err err = ERR_INIT;
    struct str first, again;
    (void)state;
    world_init(&w);
    struct clusters *c = open_service(&w);
    struct str id = make(c, &w, "one").id;
    assert_str(make(c, &w, "one").id, arena_printf(&w.arena, "%.*s%c", STR_FMT(id), '\0').ptr);
    wait_for(c, &w.arena, id, PHASE_READY, &row);
    assert_true(clusters_reveal(c, &w.arena, id, &first, &err));
    assert_int_equal(first.len, 20);
    assert_false(clusters_reveal(c, &w.arena, id, &again, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    const struct cluster_end end = { .id = id, .by = STR("ana"), .because = ENDS_USER };
    assert_true(clusters_end(c, &w.arena, &end, &row, &err));
    wait_for(c, &w.arena, id, PHASE_TERMINATED, &row);
    clusters_free(c);
    world_release(&w);
}

static void another_service_goes_on_where_the_first_ended(void **state)
{
    struct world w;
    struct cluster_row row;
    struct stat st;
    (void)state;
    world_init(&w);
    fake_emr_faults(w.emr)->lose_answers = 1;
    struct clusters *c = open_service(&w);
    struct str id = make(c, &w, "one").id;
    clusters_free(c);
    c = open_service(&w);
    wait_for(c, &w.arena, id, PHASE_READY, &row);
    clusters_free(c);
    assert_int_equal(fake_emr_n_calls(w.emr, STR("RunJobFlow")), 1);
    assert_int_equal(stat(w.key, &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
    world_release(&w);
}

static void two_services_on_one_ledger_make_one_cluster(void **state)
{
    struct world w;
    struct cluster_row row;
    (void)state;
    world_init(&w);
    struct clusters *a = open_service(&w), *b = open_service(&w);
    struct str id = make(b, &w, "one").id;
    assert_str(make(a, &w, "one").id, arena_printf(&w.arena, "%.*s%c", STR_FMT(id), '\0').ptr);
    wait_for(b, &w.arena, id, PHASE_READY, &row);
    clusters_free(a);
    clusters_free(b);
    assert_int_equal(fake_emr_n_calls(w.emr, STR("RunJobFlow")), 1);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cluster_lives_and_its_password_is_shown_once),
        cmocka_unit_test(another_service_goes_on_where_the_first_ended),
        cmocka_unit_test(two_services_on_one_ledger_make_one_cluster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
