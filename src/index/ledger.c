/*
 * ledger: see ledger.h.  One connection writes and one reads, each under its mutex; what must be
 * unique is looked up inside of the transaction that writes it, so that the answer says what it is.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/ledger.h"

#include "index/db.h"

#include <pthread.h>
#include <stdlib.h>

enum { SCHEMA_VERSION = 1, BUSY_MS = 10000, CACHE_BYTES = 2 * 1024 * 1024 };

/* "BhLe" */
#define APPLICATION_ID 0x42684c65

static const char schema[] =
    "CREATE TABLE row(id TEXT PRIMARY KEY, version INTEGER NOT NULL, owner TEXT NOT NULL,"
    " name TEXT NOT NULL, phase TEXT NOT NULL, remote TEXT UNIQUE, is_live INTEGER NOT NULL,"
    " is_settled INTEGER NOT NULL, created_ms INTEGER NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX row_name ON row(owner, name) WHERE is_live = 1;"
    "CREATE INDEX row_created ON row(created_ms, id);"
    "CREATE INDEX row_owner ON row(owner, created_ms, id);"
    "CREATE INDEX row_live ON row(created_ms, id) WHERE is_live = 1;"
    "CREATE INDEX row_unsettled ON row(created_ms, id) WHERE is_settled = 0;"
    "CREATE TABLE event(id INTEGER PRIMARY KEY AUTOINCREMENT, row TEXT NOT NULL,"
    " owner TEXT NOT NULL, type TEXT NOT NULL, at_ms INTEGER NOT NULL, doc TEXT NOT NULL);"
    "CREATE INDEX event_row ON event(row, id);"
    "CREATE INDEX event_owner ON event(owner, id);"
    "CREATE TABLE key(caller TEXT, key TEXT, fingerprint TEXT NOT NULL, row TEXT NOT NULL,"
    " answer TEXT NOT NULL, created_ms INTEGER NOT NULL, PRIMARY KEY(caller, key)) WITHOUT ROWID;"
    "CREATE TABLE span(row TEXT, id TEXT, type TEXT NOT NULL, market TEXT NOT NULL,"
    " started_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL, PRIMARY KEY(row, id)) WITHOUT ROWID;"
    "CREATE TABLE note(name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE lease(name TEXT PRIMARY KEY, holder TEXT NOT NULL, fence INTEGER NOT NULL,"
    " expires_ms INTEGER NOT NULL) WITHOUT ROWID;";

struct ledger_db {
    struct ledger base; /* first */
    pthread_mutex_t write_mutex, read_mutex;
    struct db writer, reader;
};

static struct db *begin_write(struct ledger *l, struct err *err)
{
    struct ledger_db *d = (struct ledger_db *)l;
    pthread_mutex_lock(&d->write_mutex);
    if (db_exec(&d->writer, "BEGIN IMMEDIATE", err))
        return &d->writer;
    pthread_mutex_unlock(&d->write_mutex);
    return NULL;
}

static bool end_write(struct ledger *l, bool ok, struct err *err)
{
    struct ledger_db *d = (struct ledger_db *)l;
    ok = ok && db_exec(&d->writer, "COMMIT", err);
    if (!ok)
        db_try(&d->writer, "ROLLBACK");
    pthread_mutex_unlock(&d->write_mutex);
    return ok;
}

static struct db *begin_read(struct ledger *l)
{
    struct ledger_db *d = (struct ledger_db *)l;
    pthread_mutex_lock(&d->read_mutex);
    return &d->reader;
}

static bool end_read(struct ledger *l, bool ok)
{
    struct ledger_db *d = (struct ledger_db *)l;
    pthread_mutex_unlock(&d->read_mutex);
    return ok;
}

static bool check_fence(struct db *db, const struct ledger_change *c, struct err *err)
{
    int64_t fence;
    bool has = false;
    if (c->lease.len == 0)
        return true;
    if (!db_get_int(db, &fence, &has, err, "SELECT fence FROM lease WHERE name = ?", "s", c->lease))
        return false;
    return (has && fence == c->fence) ||
           err_set(err, ERR_PRECONDITION, "another process has the lease %.*s now",
                   STR_FMT(c->lease));
}

static bool refuse_if(struct db *db, struct err *err, const struct ledger_row *row)
{
    int64_t n = 0;
    bool has;
    if (row->remote.len > 0) {
        if (!db_get_int(db, &n, &has, err, "SELECT 1 FROM row WHERE remote = ? AND id <> ?", "ss",
                        row->remote, row->id))
            return false;
        if (n != 0)
            return err_set(err, ERR_CONFLICT, "%.*s belongs to another row", STR_FMT(row->remote));
    }
    if (!row->is_live)
        return true;
    if (!db_get_int(db, &n, &has, err,
                    "SELECT 1 FROM row WHERE owner = ? AND name = ? AND is_live = 1 AND id <> ?",
                    "sss", row->owner, row->name, row->id))
        return false;
    return n == 0 || err_set(err, ERR_CONFLICT, "there is a live cluster named %.*s already",
                             STR_FMT(row->name));
}

static bool put_row(struct db *db, const struct ledger_row *row, struct err *err)
{
    int64_t version;
    bool has;
    if (!db_get_int(db, &version, &has, err, "SELECT version FROM row WHERE id = ?", "s", row->id))
        return false;
    if (version != row->version)
        return err_set(err, row->version == 0 ? ERR_CONFLICT : ERR_PRECONDITION,
                       "%.*s was changed meanwhile", STR_FMT(row->id));
    return refuse_if(db, err, row) &&
           db_run(db, err,
                  "INSERT INTO row(id, version, owner, name, phase, remote, is_live, is_settled,"
                  " created_ms, doc) VALUES(?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET"
                  " version = excluded.version, name = excluded.name, phase = excluded.phase,"
                  " remote = excluded.remote, is_live = excluded.is_live,"
                  " is_settled = excluded.is_settled, doc = excluded.doc",
                  "sisssziiis", row->id, row->version + 1, row->owner, row->name, row->phase,
                  row->remote, (int64_t)row->is_live, (int64_t)row->is_settled, row->created_ms,
                  row->doc);
}

static bool check_live(struct db *db, const struct ledger_change *c, struct err *err)
{
    int64_t n;
    bool has;
    if (c->max_live == 0 || c->n_rows == 0)
        return true;
    if (!db_get_int(db, &n, &has, err, "SELECT count(*) FROM row WHERE owner = ? AND is_live = 1",
                    "s", c->rows[0].owner))
        return false;
    if (n <= (int64_t)c->max_live)
        return true;
    err_set(err, ERR_RATE, "%u clusters at once are allowed to each person", c->max_live);
    return err_fix(err, "End one of yours first, or have clusters.max_clusters raised.");
}

static bool put_key(struct db *db, const struct ledger_key *key, struct err *err)
{
    int64_t n;
    bool has;
    if (!db_get_int(db, &n, &has, err, "SELECT 1 FROM key WHERE caller = ? AND key = ?", "ss",
                    key->caller, key->key))
        return false;
    if (n != 0)
        return err_set(err, ERR_CONFLICT, "the key exists already");
    return db_run(db, err,
                  "INSERT INTO key(caller, key, fingerprint, row, answer, created_ms)"
                  " VALUES(?,?,?,?,?,?)",
                  "sssssi", key->caller, key->key, key->fingerprint, key->row, key->answer,
                  key->created_ms);
}

static bool put_events(struct db *db, const struct ledger_change *c, int64_t *first,
                       struct err *err)
{
    for (size_t i = 0; i < c->n_events; i++) {
        const struct ledger_event *e = &c->events[i];
        if (!db_run(db, err, "INSERT INTO event(row, owner, type, at_ms, doc) VALUES(?,?,?,?,?)",
                    "sssis", e->row, e->owner, e->type, e->at_ms, e->doc))
            return false;
        if (i == 0 && first != NULL)
            *first = db_last_id(db);
    }
    return true;
}

static bool put_spans(struct db *db, const struct ledger_change *c, struct err *err)
{
    for (size_t i = 0; i < c->n_spans; i++) {
        const struct ledger_span *s = &c->spans[i];
        if (!db_run(db, err,
                    "INSERT INTO span(row, id, type, market, started_ms, ended_ms)"
                    " VALUES(?,?,?,?,?,?) ON CONFLICT(row, id) DO UPDATE SET type = excluded.type,"
                    " market = excluded.market, started_ms = excluded.started_ms,"
                    " ended_ms = excluded.ended_ms",
                    "ssssii", s->row, s->id, s->type, s->market, s->started_ms, s->ended_ms))
            return false;
    }
    return true;
}

static bool apply(struct db *db, const struct ledger_change *c, int64_t *first, struct err *err)
{
    if (!check_fence(db, c, err))
        return false;
    for (size_t i = 0; i < c->n_rows; i++)
        if (!put_row(db, &c->rows[i], err))
            return false;
    return check_live(db, c, err) && (c->key == NULL || put_key(db, c->key, err)) &&
           put_events(db, c, first, err) && put_spans(db, c, err) &&
           (c->note == NULL || db_run(db, err,
                                      "INSERT INTO note(name, text) VALUES(?,?)"
                                      " ON CONFLICT(name) DO UPDATE SET text = excluded.text",
                                      "ss", c->note->name, c->note->text));
}

static bool ledger_commit(struct ledger *l, const struct ledger_change *change,
                          int64_t *first_event_out, struct err *err)
{
    int64_t first = 0;
    struct db *db = begin_write(l, err);
    if (db == NULL || !end_write(l, apply(db, change, &first, err), err))
        return false;
    if (first_event_out != NULL)
        *first_event_out = first;
    return true;
}

#define ROW_COLUMNS "id, version, owner, name, phase, remote, is_live, is_settled, created_ms, doc"

static struct ledger_row take_row(struct arena *a, const struct db_rows *r)
{
    return (struct ledger_row){ .id = arena_str(a, db_text(r, 0)),
                                .version = db_int(r, 1),
                                .owner = arena_str(a, db_text(r, 2)),
                                .name = arena_str(a, db_text(r, 3)),
                                .phase = arena_str(a, db_text(r, 4)),
                                .remote = arena_str(a, db_text(r, 5)),
                                .is_live = db_int(r, 6) != 0,
                                .is_settled = db_int(r, 7) != 0,
                                .created_ms = db_int(r, 8),
                                .doc = arena_str(a, db_text(r, 9)) };
}

static bool get_row(struct db *db, struct arena *a, struct str id, struct ledger_row *out,
                    struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has = false;
    if (!db_query(db, &rows, err,
                  "SELECT " ROW_COLUMNS " FROM row WHERE id = ?1 OR remote = ?2"
                  " ORDER BY id = ?3 DESC LIMIT 1",
                  "sss", id, id, id) ||
        !db_next(&rows, &has, err))
        return false;
    if (!has)
        return err_set(err, ERR_NOT_FOUND, "there is no cluster %.*s",
                       STR_FMT(str_slice(id, 0, 60)));
    *out = take_row(a, &rows);
    return true;
}

static bool ledger_get(struct ledger *l, struct arena *a, struct str id, struct ledger_row *out,
                       struct err *err)
{
    return end_read(l, get_row(begin_read(l), a, id, out, err));
}

#define ROW_COLUMNS_NO_DOC                                                                         \
    "id, version, owner, name, phase, remote, is_live, is_settled, created_ms, ''"

/* One statement each, so that each has its index. */
enum listing { LIST_ALL, LIST_LIVE, LIST_UNSETTLED, LIST_OWNER, LIST_OWNER_LIVE, N_LISTINGS };

#define LIST(columns, where)                                                                       \
    "SELECT " columns " FROM row WHERE (created_ms, id) < (?, ?)" where                            \
    " ORDER BY created_ms DESC, id DESC LIMIT ?"
#define LISTS(columns)                                                                             \
    {                                                                                              \
        [LIST_ALL] = LIST(columns, ""), [LIST_LIVE] = LIST(columns, " AND is_live = 1"),           \
        [LIST_UNSETTLED] = LIST(columns, " AND is_settled = 0"),                                   \
        [LIST_OWNER] = LIST(columns, " AND owner = ?"),                                            \
        [LIST_OWNER_LIVE] = LIST(columns, " AND owner = ? AND is_live = 1"),                       \
    }
static const char *const lists[2][N_LISTINGS] = { LISTS(ROW_COLUMNS), LISTS(ROW_COLUMNS_NO_DOC) };

static bool list_rows(struct db *db, struct arena *a, const struct ledger_query *q,
                      struct ledger_rows *out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    struct ledger_rows found = { 0 };
    int64_t before = q->before_ms != 0 ? q->before_ms : INT64_MAX;
    bool has = false, ok;
    enum listing what = q->owner.len > 0    ? q->only_live ? LIST_OWNER_LIVE : LIST_OWNER
                        : q->only_unsettled ? LIST_UNSETTLED
                        : q->only_live      ? LIST_LIVE
                                            : LIST_ALL;
    const char *sql = lists[q->without_doc][what];
    if (q->owner.len > 0)
        ok = db_query(db, &rows, err, sql, "issi", before, q->before_id, q->owner,
                      (int64_t)q->limit);
    else
        ok = db_query(db, &rows, err, sql, "isi", before, q->before_id, (int64_t)q->limit);
    while (ok && (ok = db_next(&rows, &has, err)) && has)
        *ARENA_PUSH(a, found.items, found.n, found.cap) = take_row(a, &rows);
    if (ok)
        *out = found;
    return ok;
}

static bool ledger_list(struct ledger *l, struct arena *a, const struct ledger_query *q,
                        struct ledger_rows *out, struct err *err)
{
    return end_read(l, list_rows(begin_read(l), a, q, out, err));
}

static bool list_events(struct db *db, struct arena *a, int64_t after, struct str row,
                        struct str owner, size_t limit, struct ledger_events *out, struct err *err)
{
    static const char all[] = "SELECT id, row, owner, type, at_ms, doc FROM event"
                              " WHERE id > ? ORDER BY id LIMIT ?";
    static const char of_row[] = "SELECT id, row, owner, type, at_ms, doc FROM event"
                                 " WHERE id > ? AND row = ? ORDER BY id LIMIT ?";
    static const char of_owner[] = "SELECT id, row, owner, type, at_ms, doc FROM event"
                                   " WHERE id > ? AND owner = ? ORDER BY id LIMIT ?";
    AUTO_ROWS rows = { 0 };
    struct ledger_events found = { 0 };
    bool has = false, ok;
    if (row.len == 0 && owner.len == 0)
        ok = db_query(db, &rows, err, all, "ii", after, (int64_t)limit);
    else
        ok = db_query(db, &rows, err, row.len > 0 ? of_row : of_owner, "isi", after,
                      row.len > 0 ? row : owner, (int64_t)limit);
    while (ok && (ok = db_next(&rows, &has, err)) && has) {
        struct ledger_event e = { .id = db_int(&rows, 0),
                                  .row = arena_str(a, db_text(&rows, 1)),
                                  .owner = arena_str(a, db_text(&rows, 2)),
                                  .type = arena_str(a, db_text(&rows, 3)),
                                  .at_ms = db_int(&rows, 4),
                                  .doc = arena_str(a, db_text(&rows, 5)) };
        if (row.len == 0 || owner.len == 0 || str_eq(owner, e.owner))
            *ARENA_PUSH(a, found.items, found.n, found.cap) = e;
    }
    if (ok)
        *out = found;
    return ok;
}

static bool ledger_events(struct ledger *l, struct arena *a, int64_t after, struct str row,
                          struct str owner, size_t limit, struct ledger_events *out,
                          struct err *err)
{
    return end_read(l, list_events(begin_read(l), a, after, row, owner, limit, out, err));
}

static bool ledger_last_event(struct ledger *l, int64_t *out, struct err *err)
{
    bool has;
    return end_read(l, db_get_int(begin_read(l), out, &has, err,
                                  "SELECT id FROM event ORDER BY id DESC LIMIT 1", ""));
}

/* ok: the statement could be begun. */
static bool take_spans(struct db_rows *rows, bool ok, struct arena *a, struct ledger_spans *out,
                       struct err *err)
{
    struct ledger_spans found = { 0 };
    bool has = false;
    while (ok && (ok = db_next(rows, &has, err)) && has)
        *ARENA_PUSH(a, found.items, found.n, found.cap) =
            (struct ledger_span){ .row = arena_str(a, db_text(rows, 0)),
                                  .id = arena_str(a, db_text(rows, 1)),
                                  .type = arena_str(a, db_text(rows, 2)),
                                  .market = arena_str(a, db_text(rows, 3)),
                                  .started_ms = db_int(rows, 4),
                                  .ended_ms = db_int(rows, 5) };
    if (ok)
        *out = found;
    return ok;
}

#define SPAN_COLUMNS "span.row, span.id, type, market, started_ms, ended_ms"

static bool list_spans(struct db *db, struct arena *a, struct str row, struct ledger_spans *out,
                       struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool ok = db_query(db, &rows, err,
                       "SELECT " SPAN_COLUMNS " FROM span WHERE row = ? ORDER BY id", "s", row);
    return take_spans(&rows, ok, a, out, err);
}

static bool ledger_spans(struct ledger *l, struct arena *a, struct str row,
                         struct ledger_spans *out, struct err *err)
{
    return end_read(l, list_spans(begin_read(l), a, row, out, err));
}

static bool list_owner_spans(struct db *db, struct arena *a, struct str owner, int64_t since_ms,
                             struct ledger_spans *out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool ok = db_query(db, &rows, err,
                       "SELECT " SPAN_COLUMNS " FROM row JOIN span ON span.row = row.id"
                       " WHERE owner = ? AND (ended_ms > ? OR (ended_ms = 0 AND is_live = 1))",
                       "si", owner, since_ms);
    return take_spans(&rows, ok, a, out, err);
}

static bool ledger_owner_spans(struct ledger *l, struct arena *a, struct str owner,
                               int64_t since_ms, struct ledger_spans *out, struct err *err)
{
    return end_read(l, list_owner_spans(begin_read(l), a, owner, since_ms, out, err));
}

static bool get_key(struct db *db, struct arena *a, struct str caller, struct str key,
                    struct ledger_key *out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has = false;
    if (!db_query(db, &rows, err,
                  "SELECT fingerprint, row, answer, created_ms FROM key"
                  " WHERE caller = ? AND key = ?",
                  "ss", caller, key) ||
        !db_next(&rows, &has, err))
        return false;
    if (!has)
        return err_set(err, ERR_NOT_FOUND, "the key is not known");
    *out = (struct ledger_key){ .caller = caller,
                                .key = key,
                                .fingerprint = arena_str(a, db_text(&rows, 0)),
                                .row = arena_str(a, db_text(&rows, 1)),
                                .answer = arena_str(a, db_text(&rows, 2)),
                                .created_ms = db_int(&rows, 3) };
    return true;
}

static bool ledger_key(struct ledger *l, struct arena *a, struct str caller, struct str key,
                       struct ledger_key *out, struct err *err)
{
    return end_read(l, get_key(begin_read(l), a, caller, key, out, err));
}

static bool get_note(struct db *db, struct arena *a, struct str name, struct str *out,
                     struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has = false;
    if (!db_query(db, &rows, err, "SELECT text FROM note WHERE name = ?", "s", name) ||
        !db_next(&rows, &has, err))
        return false;
    *out = has ? arena_str(a, db_text(&rows, 0)) : STR_EMPTY;
    return true;
}

static bool ledger_note(struct ledger *l, struct arena *a, struct str name, struct str *text_out,
                        struct err *err)
{
    return end_read(l, get_note(begin_read(l), a, name, text_out, err));
}

static bool take_lease(struct db *db, struct str name, struct str holder, int64_t now_ms,
                       int64_t ttl_ms, int64_t *fence, struct err *err)
{
    bool has;
    if (!db_run(db, err,
                "INSERT INTO lease(name, holder, fence, expires_ms) VALUES(?1, ?2, 1, ?3)"
                " ON CONFLICT(name) DO UPDATE SET fence = fence + (holder <> ?2), holder = ?2,"
                " expires_ms = ?3 WHERE holder = ?2 OR expires_ms <= ?4",
                "ssii", name, holder, now_ms + ttl_ms, now_ms))
        return false;
    return db_get_int(db, fence, &has, err, "SELECT fence FROM lease WHERE name = ? AND holder = ?",
                      "ss", name, holder) &&
           (has || err_set(err, ERR_CONFLICT, "another process has the lease %.*s", STR_FMT(name)));
}

static bool ledger_lease(struct ledger *l, struct str name, struct str holder, int64_t now_ms,
                         int64_t ttl_ms, int64_t *fence_out, struct err *err)
{
    int64_t fence = 0;
    struct db *db = begin_write(l, err);
    if (db == NULL || !end_write(l, take_lease(db, name, holder, now_ms, ttl_ms, &fence, err), err))
        return false;
    *fence_out = fence;
    return true;
}

static bool ledger_lease_release(struct ledger *l, struct str name, struct str holder,
                                 struct err *err)
{
    struct db *db = begin_write(l, err);
    return db != NULL &&
           end_write(l,
                     db_run(db, err,
                            "UPDATE lease SET expires_ms = 0 WHERE name = ? AND holder = ?", "ss",
                            name, holder),
                     err);
}

static void ledger_close(struct ledger *l)
{
    struct ledger_db *d = (struct ledger_db *)l;
    db_close(&d->reader);
    db_close(&d->writer);
    pthread_mutex_destroy(&d->read_mutex);
    pthread_mutex_destroy(&d->write_mutex);
    free(d);
}

static const struct ledger_ops ops = { .commit = ledger_commit,
                                       .get = ledger_get,
                                       .list = ledger_list,
                                       .events = ledger_events,
                                       .last_event = ledger_last_event,
                                       .spans = ledger_spans,
                                       .owner_spans = ledger_owner_spans,
                                       .key = ledger_key,
                                       .note = ledger_note,
                                       .lease = ledger_lease,
                                       .lease_release = ledger_lease_release,
                                       .close = ledger_close };

static bool migrate(struct db *db, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    int64_t version, id;
    bool has;
    if (!db_exec(db, "BEGIN IMMEDIATE", err))
        return false;
    bool ok = db_get_int(db, &version, &has, err, "PRAGMA user_version", "") &&
              db_get_int(db, &id, &has, err, "PRAGMA application_id", "");
    if (ok && ((id != APPLICATION_ID && (id != 0 || version != 0)) || version > SCHEMA_VERSION)) {
        err_set(err, ERR_CONFIG, "%s is no ledger that this version of boathouse knows", db->path);
        ok = err_fix(err, "Run the version that wrote it, or choose another state folder.");
    }
    if (ok && version == 0) {
        struct str mark = arena_printf(&a, "PRAGMA application_id=%d; PRAGMA user_version=%d;%c",
                                       APPLICATION_ID, SCHEMA_VERSION, '\0');
        ok = db_exec(db, schema, err) && db_exec(db, mark.ptr, err);
    }
    if (ok)
        return db_exec(db, "COMMIT", err);
    db_try(db, "ROLLBACK");
    return false;
}

struct ledger *ledger_open(const char *path, struct err *err)
{
    struct ledger_db *d = calloc(1, sizeof *d);
    if (d == NULL)
        panic("no memory for the ledger");
    struct db_options o = { .path = path,
                            .is_writer = true,
                            .is_created = true,
                            .is_durable = true,
                            .busy_timeout_ms = BUSY_MS,
                            .cache_bytes = CACHE_BYTES };
    d->base.ops = &ops;
    pthread_mutex_init(&d->write_mutex, NULL);
    pthread_mutex_init(&d->read_mutex, NULL);
    bool ok = db_open(&d->writer, &o, err) && migrate(&d->writer, err);
    o.is_writer = o.is_created = false;
    if (ok && db_open(&d->reader, &o, err))
        return &d->base;
    ledger_close(&d->base);
    return NULL;
}
