/*
 * lease: who may scan a source.  A row stays when its lease is given back, so that its fence only
 * grows; it is free when it has no holder.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/index_internal.h"
#include "index/write.h"

#include <stdio.h>

static const char sql_get[] =
    "SELECT fence, coalesce(holder, ''), expires_ms, coalesce(scan, 0) FROM lease WHERE source = ?";
static const char sql_put[] =
    "INSERT INTO lease(source, fence, holder, expires_ms, scan) VALUES(?, 1, ?, ?, NULL)"
    " ON CONFLICT(source) DO UPDATE SET fence = fence + 1, holder = excluded.holder,"
    " expires_ms = excluded.expires_ms, scan = NULL";
static const char sql_renew[] = "UPDATE lease SET expires_ms = ?, scan = ? WHERE source = ? AND "
                                "fence = ? AND holder IS NOT NULL";
static const char sql_release[] =
    "UPDATE lease SET holder = NULL, scan = NULL WHERE source = ? AND fence = ?";

static bool get(struct db *db, int64_t source, struct index_lease *out, bool *has_out,
                struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(db, &rows, err, sql_get, "i", source) || !db_next(&rows, &has_row, err))
        return false;
    *out = (struct index_lease){ .source = source };
    *has_out = false;
    if (!has_row)
        return true;
    out->fence = db_int(&rows, 0);
    snprintf(out->holder, sizeof out->holder, "%.*s", STR_FMT(db_text(&rows, 1)));
    out->expires_unix_ms = db_int(&rows, 2);
    out->scan = db_int(&rows, 3);
    *has_out = out->holder[0] != '\0';
    return true;
}

static bool held(struct err *err)
{
    return err_set(err, ERR_CONFLICT, "another scan of this source is running");
}

/* In a batch.  fence_seen: -1, or that of the holder whose lease may be taken away. */
static bool take(struct index_writer *w, const struct index_lease *wanted, int64_t fence_seen,
                 int64_t now_unix_ms, struct index_lease *out, struct index_lease *current,
                 struct err *err)
{
    struct index_lease found;
    bool is_held;
    if (!get(&w->db, wanted->source, &found, &is_held, err))
        return false;
    bool may_take = fence_seen < 0 ? !is_held || found.expires_unix_ms < now_unix_ms
                                   : found.fence == fence_seen;
    if (!may_take) {
        if (current != NULL)
            *current = found;
        return held(err);
    }
    if (!db_run(&w->db, err, sql_put, "isi", wanted->source, str_from(wanted->holder),
                wanted->expires_unix_ms))
        return false;
    *out = *wanted;
    out->fence = found.fence + 1;
    return true;
}

static bool take_in_batch(struct index_writer *w, int64_t source, const char *holder,
                          int64_t fence_seen, int64_t now_unix_ms, int64_t ttl_ms,
                          struct index_lease *out, struct index_lease *current, struct err *err)
{
    struct index_lease wanted = { .source = source, .expires_unix_ms = now_unix_ms + ttl_ms };
    snprintf(wanted.holder, sizeof wanted.holder, "%s", holder);
    if (!index_begin(w, NULL, err))
        return false;
    if (take(w, &wanted, fence_seen, now_unix_ms, out, current, err) && index_commit(w, false, err))
        return true;
    index_rollback(w);
    return false;
}

bool index_lease_take(struct index_writer *w, int64_t source, const char *holder,
                      int64_t now_unix_ms, int64_t ttl_ms, struct index_lease *out,
                      struct index_lease *current, struct err *err)
{
    return take_in_batch(w, source, holder, -1, now_unix_ms, ttl_ms, out, current, err);
}

bool index_lease_steal(struct index_writer *w, int64_t source, int64_t fence_seen,
                       const char *holder, int64_t now_unix_ms, int64_t ttl_ms,
                       struct index_lease *out, struct err *err)
{
    return take_in_batch(w, source, holder, fence_seen, now_unix_ms, ttl_ms, out, NULL, err);
}

bool index_lease_renew(struct index_writer *w, struct index_lease *lease, int64_t scan,
                       int64_t now_unix_ms, int64_t ttl_ms, struct err *err)
{
    if (!db_run(&w->db, err, sql_renew, "iiii", now_unix_ms + ttl_ms, scan, lease->source,
                lease->fence))
        return false;
    if (db_n_changes(&w->db) == 0)
        return err_set(err, ERR_CONFLICT, "this scan was taken for dead, and another one began");
    lease->expires_unix_ms = now_unix_ms + ttl_ms;
    lease->scan = scan;
    return true;
}

bool index_lease_release(struct index_writer *w, const struct index_lease *lease, struct err *err)
{
    return db_run(&w->db, err, sql_release, "ii", lease->source, lease->fence);
}

bool index_lease_get(struct index_reader *r, int64_t source, struct index_lease *out, bool *has_out,
                     struct err *err)
{
    return get(&r->db, source, out, has_out, err);
}
