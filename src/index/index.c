/*
 * Opening, and the pool of connections for reading: they are opened when they are first needed and
 * kept.  A reader's transaction begins with its first statement, so take() runs one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/index_internal.h"
#include "index/schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEFAULT_READERS = 8, DEFAULT_BUSY_MS = 10000, DEFAULT_CACHE = 2 << 20 };
/* As much as SQLite maps; the pages are those of the system's cache, whoever maps them. */
#define DEFAULT_MAP ((size_t)0x7fff0000)

struct db_options index_db_options(const struct index *ix)
{
    return (struct db_options){ .path = ix->path,
                                .is_created = ix->options.mode == INDEX_CREATE,
                                .busy_timeout_ms = ix->options.busy_timeout_ms,
                                .cache_bytes = ix->options.cache_bytes,
                                .map_bytes = ix->options.map_bytes };
}

bool index_check_exists(const char *path, struct err *err)
{
    if (access(path, F_OK) == 0)
        return true;
    if (errno != ENOENT && errno != ENOTDIR)
        return err_errno(err, errno, "%s: the index cannot be opened", path);
    err_set(err, ERR_NOT_FOUND, "%s: there is no index yet", path);
    return err_fix(err, "Run \"boathouse scan\" first: it makes the index.");
}

/* The folders above the file, for the owner alone. */
static bool make_folders(const char *path, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    char *copy = arena_cstr(&a, str_from(path), err);
    for (char *at = copy + 1; at != NULL && (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        if (mkdir(copy, 0700) != 0 && errno != EEXIST) {
            err_errno(err, errno, "%s: the folder of the index cannot be made", copy);
            return err_fix(err, "Make it, or choose another state folder.");
        }
        *at = '/';
    }
    return true;
}

static bool prepare(struct index *ix, struct err *err)
{
    struct db db;
    struct db_options o = index_db_options(ix);
    bool is_read_only = ix->options.mode == INDEX_READ_ONLY;
    o.is_writer = !is_read_only;
    bool is_made = ix->options.mode == INDEX_CREATE;
    if (is_made ? !make_folders(ix->path, err) : !index_check_exists(ix->path, err))
        return false;
    if (!db_open(&db, &o, err))
        return false;
    bool ok = is_read_only ? schema_check(&db, err) : schema_migrate(&db, err);
    db_close(&db);
    return ok;
}

bool index_open(const struct index_options *options, struct index **out, struct err *err)
{
    struct index *ix = calloc(1, sizeof *ix);
    if (ix == NULL || (ix->path = strdup(options->path)) == NULL)
        panic("out of memory");
    ix->options = *options;
    ix->options.path = ix->path;
    struct index_options *o = &ix->options;
    o->n_readers = o->n_readers == 0 ? DEFAULT_READERS : o->n_readers;
    o->busy_timeout_ms = o->busy_timeout_ms == 0 ? DEFAULT_BUSY_MS : o->busy_timeout_ms;
    o->cache_bytes = o->cache_bytes == 0 ? DEFAULT_CACHE : o->cache_bytes;
    o->map_bytes = o->map_bytes == 0 ? DEFAULT_MAP : o->map_bytes;
    if (pthread_mutex_init(&ix->mutex, NULL) != 0 || pthread_cond_init(&ix->is_freed, NULL) != 0 ||
        pthread_mutex_init(&ix->version_mutex, NULL) != 0)
        panic("index: no mutex");
    if (!prepare(ix, err)) {
        index_close(ix);
        return false;
    }
    *out = ix;
    return true;
}

void index_close(struct index *ix)
{
    if (ix == NULL)
        return;
    while (ix->free_readers != NULL) {
        struct index_reader *r = ix->free_readers;
        ix->free_readers = r->next_free;
        db_close(&r->db);
        free(r);
        ix->n_open--;
    }
    if (ix->n_open != 0)
        panic("index: closed while %u readers are out", ix->n_open);
    if (ix->version_db.handle != NULL)
        db_close(&ix->version_db);
    (void)pthread_mutex_destroy(&ix->version_mutex);
    (void)pthread_cond_destroy(&ix->is_freed);
    (void)pthread_mutex_destroy(&ix->mutex);
    free(ix->path);
    free(ix);
}

const char *index_path(const struct index *ix)
{
    return ix->path;
}

static bool open_reader(struct index *ix, struct index_reader **out, struct err *err)
{
    struct index_reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        panic("out of memory");
    r->index = ix;
    struct db_options o = index_db_options(ix);
    o.is_created = false;
    if (db_open(&r->db, &o, err)) {
        *out = r;
        return true;
    }
    free(r);
    (void)pthread_mutex_lock(&ix->mutex);
    ix->n_open--;
    (void)pthread_cond_signal(&ix->is_freed);
    (void)pthread_mutex_unlock(&ix->mutex);
    return false;
}

bool index_reader_take(struct index *ix, struct index_reader **out, struct err *err)
{
    (void)pthread_mutex_lock(&ix->mutex);
    while (ix->free_readers == NULL && ix->n_open >= ix->options.n_readers)
        (void)pthread_cond_wait(&ix->is_freed, &ix->mutex);
    struct index_reader *r = ix->free_readers;
    if (r != NULL)
        ix->free_readers = r->next_free;
    else
        ix->n_open++;
    (void)pthread_mutex_unlock(&ix->mutex);
    if (r == NULL && !open_reader(ix, &r, err))
        return false;
    int64_t version;
    if (!db_run(&r->db, err, "BEGIN", "") ||
        !db_get_int(&r->db, &version, NULL, err, "SELECT count(*) FROM meta", "")) {
        index_reader_give(r);
        return false;
    }
    *out = r;
    return true;
}

void index_reader_give(struct index_reader *r)
{
    if (r == NULL)
        return;
    if (sqlite3_get_autocommit(r->db.handle) == 0)
        db_try(&r->db, "COMMIT");
    struct index *ix = r->index;
    (void)pthread_mutex_lock(&ix->mutex);
    r->next_free = ix->free_readers;
    ix->free_readers = r;
    (void)pthread_cond_signal(&ix->is_freed);
    (void)pthread_mutex_unlock(&ix->mutex);
}

bool index_state(struct index_reader *r, struct index_state *out, struct err *err)
{
    static const char sql[] = "SELECT value FROM meta WHERE key = ?";
    static const char *const keys[] = { "updated_ms", "n_sources", "n_notebooks",
                                        "n_datasets", "n_places",  "n_references" };
    int64_t values[ARRAY_LEN(keys)];
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (!db_get_int(&r->db, &values[i], NULL, err, sql, "s", str_from(keys[i])))
            return false;
    *out = (struct index_state){ .updated_unix_ms = values[0],
                                 .n_sources = (uint64_t)values[1],
                                 .n_notebooks = (uint64_t)values[2],
                                 .n_datasets = (uint64_t)values[3],
                                 .n_places = (uint64_t)values[4],
                                 .n_references = (uint64_t)values[5] };
    return true;
}

/* PRAGMA data_version reads shared memory only; it changes when another connection committed. */
bool index_version(struct index *ix, uint64_t *out, struct err *err)
{
    int64_t seen = 0;
    (void)pthread_mutex_lock(&ix->version_mutex);
    bool ok = ix->version_db.handle != NULL;
    if (!ok) {
        struct db_options o = index_db_options(ix);
        o.is_created = false;
        ok = db_open(&ix->version_db, &o, err);
    }
    ok = ok && db_get_int(&ix->version_db, &seen, NULL, err, "PRAGMA data_version", "");
    if (ok && (seen != ix->version_seen || ix->version == 0)) {
        int64_t version = 0;
        ok = db_get_int(&ix->version_db, &version, NULL, err,
                        "SELECT sum(value) FROM meta WHERE key IN ('data_version', 'origin')", "");
        ix->version_seen = seen;
        ix->version = (uint64_t)version;
    }
    *out = ok ? ix->version : *out;
    (void)pthread_mutex_unlock(&ix->version_mutex);
    return ok;
}
