/* source: the places that are scanned: write.h, runs.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/index_internal.h"
#include "index/runs.h"

#define COLUMNS                                                                                    \
    "SELECT id, name, uri, wants, interval_s, is_from_config, coalesce(analysis_key, ''),"         \
    " coalesce(last_scan, 0), coalesce(scanned_ms, 0) FROM source"

static const char sql_get[] = COLUMNS " WHERE id = ?";
static const char sql_find[] = COLUMNS " WHERE name = ?";
static const char sql_each[] = COLUMNS " WHERE name > ? ORDER BY name";
static const char sql_put[] =
    "INSERT INTO source(name, uri, wants, interval_s, is_from_config) VALUES(?, ?, ?, ?, ?)"
    " ON CONFLICT(name) DO UPDATE SET uri = excluded.uri, wants = excluded.wants,"
    " interval_s = excluded.interval_s, is_from_config = excluded.is_from_config";
static const char sql_id[] = "SELECT id FROM source WHERE name = ?";
static const char sql_scanned[] =
    "UPDATE source SET last_scan = ?, analysis_key = ?, scanned_ms = ? WHERE id = ?";

static struct index_source read_row(const struct db_rows *rows)
{
    return (struct index_source){ .id = db_int(rows, 0),
                                  .name = db_text(rows, 1),
                                  .uri = db_text(rows, 2),
                                  .wants = (unsigned)db_int(rows, 3),
                                  .interval_s = db_int(rows, 4),
                                  .is_from_config = db_int(rows, 5) != 0,
                                  .analysis_key = db_text(rows, 6),
                                  .last_scan = db_int(rows, 7),
                                  .scanned_unix_ms = db_int(rows, 8) };
}

static void keep(struct arena *a, struct index_source *s)
{
    s->name = arena_str(a, s->name);
    s->uri = arena_str(a, s->uri);
    s->analysis_key = arena_str(a, s->analysis_key);
}

/* The one row that was asked for. */
static bool take_one(struct db_rows *rows, struct arena *a, struct index_source *out, bool *has_out,
                     struct err *err)
{
    if (!db_next(rows, has_out, err))
        return false;
    if (*has_out) {
        *out = read_row(rows);
        keep(a, out);
    }
    return true;
}

bool index_get_source(struct index_reader *r, struct arena *a, int64_t id, struct index_source *out,
                      struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&r->db, &rows, err, sql_get, "i", id) || !take_one(&rows, a, out, &has_row, err))
        return false;
    return has_row || err_set(err, ERR_NOT_FOUND, "there is no source number %lld", (long long)id);
}

bool index_find_source(struct index_reader *r, struct arena *a, struct str name,
                       struct index_source *out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&r->db, &rows, err, sql_find, "s", name) ||
        !take_one(&rows, a, out, &has_row, err))
        return false;
    return has_row ||
           err_set(err, ERR_NOT_FOUND, "there is no source %.*s", STR_FMT(str_slice(name, 0, 100)));
}

struct giving {
    index_source_fn *each;
    void *ctx;
};

static bool give(void *ctx, const struct db_rows *row, struct err *err)
{
    const struct giving *g = ctx;
    const struct index_source source = read_row(row);
    return g->each(g->ctx, &source, err);
}

bool index_each_source(struct index_reader *r, struct str after, index_source_fn *each, void *ctx,
                       struct err *err)
{
    struct db_rows rows;
    struct giving g = { each, ctx };
    return db_query(&r->db, &rows, err, sql_each, "s", after) && db_each(&rows, give, &g, err);
}

bool index_put_source(struct index_writer *w, const struct index_source *source, int64_t *id,
                      struct err *err)
{
    bool is_there;
    if (!db_get_int(&w->db, id, &is_there, err, sql_id, "s", source->name))
        return false;
    writer_count(w, COUNT_SOURCES, is_there ? 0 : 1);
    return db_run(&w->db, err, sql_put, "ssiii", source->name, source->uri, (int64_t)source->wants,
                  source->interval_s, (int64_t)source->is_from_config) &&
           db_get_int(&w->db, id, NULL, err, sql_id, "s", source->name);
}

bool index_source_scanned(struct index_writer *w, int64_t source, int64_t scan,
                          struct str analysis_key, int64_t now_unix_ms, struct err *err)
{
    return db_run(&w->db, err, sql_scanned, "isii", scan, analysis_key, now_unix_ms, source);
}
