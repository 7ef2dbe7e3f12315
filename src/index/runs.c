/* runs: scans and their events: write.h, runs.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/runs.h"

#include "index/index_internal.h"
#include "index/listing.h"

#define COLUMNS                                                                                    \
    "SELECT id, source, state, coalesce(trigger, ''), coalesce(created_ms, 0),"                    \
    " coalesce(started_ms, 0), coalesce(ended_ms, 0), coalesce(counters, ''),"                     \
    " coalesce(error, '') FROM scan"

static const char sql_get[] = COLUMNS " WHERE id = ?";
static const char sql_each[] = COLUMNS " WHERE id < ? ORDER BY id DESC";
static const char sql_each_of[] = COLUMNS " WHERE source = ? AND id < ? ORDER BY id DESC";
static const char sql_put[] = "INSERT INTO scan(source, state, trigger, created_ms, started_ms,"
                              " ended_ms, counters, error) VALUES(?, ?, ?, ?, ?, ?, ?, ?)";
static const char sql_update[] = "UPDATE scan SET state = ?, started_ms = ?, ended_ms = ?,"
                                 " counters = ?, error = ? WHERE id = ?";
static const char sql_lost[] = "UPDATE scan SET state = ?, ended_ms = ?, error = ?"
                               " WHERE source = ? AND id < ? AND state IN (0, 1)";
static const char sql_add_event[] =
    "INSERT INTO scan_event(scan, at_ms, type, data) VALUES(?, ?, ?, ?)";
static const char sql_drop_event[] =
    "DELETE FROM scan_event WHERE scan = ? AND id <= (SELECT id FROM scan_event WHERE scan = ?"
    " ORDER BY id DESC LIMIT 1 OFFSET 1000)";
static const char sql_events[] =
    "SELECT id, at_ms, type, data FROM scan_event WHERE scan = ? AND id > ? ORDER BY id";
static const char sql_family[] =
    "SELECT id, family_print, error FROM dataset WHERE source = ? AND family = ?";
static const char sql_dataset_ids[] = "SELECT id, uri FROM dataset WHERE source = ? ORDER BY uri";
static const char sql_notebook_uris[] =
    "SELECT uri, coalesce(n_siblings, 0) FROM notebook WHERE uri >= ? AND source = ? ORDER BY uri";
static const char sql_count[] = "SELECT sum(n) FROM listing WHERE source = ?";

static struct index_scan read_row(const struct db_rows *rows)
{
    return (struct index_scan){ .id = db_int(rows, 0),
                                .source = db_int(rows, 1),
                                .state = (enum index_scan_state)db_int(rows, 2),
                                .trigger = db_text(rows, 3),
                                .created_unix_ms = db_int(rows, 4),
                                .started_unix_ms = db_int(rows, 5),
                                .ended_unix_ms = db_int(rows, 6),
                                .counters = db_text(rows, 7),
                                .error = db_text(rows, 8) };
}

bool index_get_scan(struct index_reader *r, struct arena *a, int64_t id, struct index_scan *out,
                    struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&r->db, &rows, err, sql_get, "i", id) || !db_next(&rows, &has_row, err))
        return false;
    if (!has_row)
        return err_set(err, ERR_NOT_FOUND, "there is no scan %lld", (long long)id);
    *out = read_row(&rows);
    out->trigger = arena_str(a, out->trigger);
    out->counters = arena_str(a, out->counters);
    out->error = arena_str(a, out->error);
    return true;
}

/* What a caller is given for each row. */
struct giving {
    union {
        index_scan_fn *scan;
        index_event_fn *event;
        index_family_fn *family;
        index_dataset_id_fn *dataset;
    } fn;
    void *ctx;
};

static bool give_scan(void *ctx, const struct db_rows *row, struct err *err)
{
    const struct giving *g = ctx;
    const struct index_scan scan = read_row(row);
    return g->fn.scan(g->ctx, &scan, err);
}

bool index_each_scan(struct index_reader *r, int64_t source, int64_t before, index_scan_fn *each,
                     void *ctx, struct err *err)
{
    struct db_rows rows;
    struct giving g = { .fn.scan = each, .ctx = ctx };
    int64_t below = before > 0 ? before : INT64_MAX;
    return (source != 0 ? db_query(&r->db, &rows, err, sql_each_of, "ii", source, below)
                        : db_query(&r->db, &rows, err, sql_each, "i", below)) &&
           db_each(&rows, give_scan, &g, err);
}

static bool give_event(void *ctx, const struct db_rows *row, struct err *err)
{
    const struct giving *g = ctx;
    const struct index_event event = { .id = db_int(row, 0),
                                       .at_unix_ms = db_int(row, 1),
                                       .type = db_text(row, 2),
                                       .json = db_text(row, 3) };
    return g->fn.event(g->ctx, &event, err);
}

bool index_each_event(struct index_reader *r, int64_t scan, int64_t after, index_event_fn *each,
                      void *ctx, struct err *err)
{
    struct db_rows rows;
    struct giving g = { .fn.event = each, .ctx = ctx };
    return db_query(&r->db, &rows, err, sql_events, "ii", scan, after) &&
           db_each(&rows, give_event, &g, err);
}

bool index_put_scan(struct index_writer *w, const struct index_scan *s, int64_t *id,
                    struct err *err)
{
    if (!db_run(&w->db, err, sql_put, "iisiiizz", s->source, (int64_t)s->state, s->trigger,
                s->created_unix_ms, s->started_unix_ms, s->ended_unix_ms, s->counters, s->error))
        return false;
    *id = db_last_id(&w->db);
    return true;
}

bool index_update_scan(struct index_writer *w, const struct index_scan *s, struct err *err)
{
    return db_run(&w->db, err, sql_update, "iiizzi", (int64_t)s->state, s->started_unix_ms,
                  s->ended_unix_ms, s->counters, s->error, s->id);
}

bool index_end_lost_scans(struct index_writer *w, int64_t source, int64_t before,
                          struct str error_json, int64_t now_unix_ms, struct err *err)
{
    return db_run(&w->db, err, sql_lost, "iisii", (int64_t)INDEX_SCAN_FAILED, now_unix_ms,
                  error_json, source, before);
}

bool index_add_event(struct index_writer *w, int64_t scan, const char *type, struct str json,
                     int64_t now_unix_ms, int64_t *id, struct err *err)
{
    if (!db_run(&w->db, err, sql_add_event, "iiss", scan, now_unix_ms, str_from(type), json))
        return false;
    *id = db_last_id(&w->db);
    return db_run(&w->db, err, sql_drop_event, "ii", scan, scan);
}

static bool give_family(void *ctx, const struct db_rows *row, struct err *err)
{
    const struct giving *g = ctx;
    bool is_broken = db_text(row, 2).len > 0;
    return g->fn.family(g->ctx, db_int(row, 0), (uint64_t)db_int(row, 1), is_broken, err);
}

bool index_each_of_family(struct index_reader *r, int64_t source, struct str family_uri,
                          index_family_fn *each, void *ctx, struct err *err)
{
    struct db_rows rows;
    struct giving g = { .fn.family = each, .ctx = ctx };
    return db_query(&r->db, &rows, err, sql_family, "ii", source,
                    (int64_t)listing_hash(family_uri)) &&
           db_each(&rows, give_family, &g, err);
}

static bool give_dataset(void *ctx, const struct db_rows *row, struct err *err)
{
    const struct giving *g = ctx;
    return g->fn.dataset(g->ctx, db_int(row, 0), db_text(row, 1), err);
}

bool index_each_dataset_id(struct index_reader *r, int64_t source, index_dataset_id_fn *each,
                           void *ctx, struct err *err)
{
    struct db_rows rows;
    struct giving g = { .fn.dataset = each, .ctx = ctx };
    return db_query(&r->db, &rows, err, sql_dataset_ids, "i", source) &&
           db_each(&rows, give_dataset, &g, err);
}

bool index_each_notebook_uri(struct index_reader *r, int64_t source, struct str prefix,
                             bool with_siblings, index_notebook_uri_fn *each, void *ctx,
                             struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    if (!db_query(&r->db, &rows, err, sql_notebook_uris, "si", prefix, source))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row || !str_has_prefix(db_text(&rows, 0), prefix))
            return true;
        bool is_wanted = !with_siblings || db_int(&rows, 1) != 0;
        if (is_wanted && !each(ctx, db_text(&rows, 0), err))
            return false;
    }
    return false;
}

bool index_count_listing(struct index_reader *r, int64_t source, uint64_t *out, struct err *err)
{
    int64_t n = 0;
    if (!db_get_int(&r->db, &n, NULL, err, sql_count, "i", source))
        return false;
    *out = (uint64_t)n;
    return true;
}
