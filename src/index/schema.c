/*
 * The schema, as the migrations that led to it.  docs/internals/index.md explains each table.
 *
 * A released migration is never changed: a new version is a new row, and tests/index keeps a file
 * of every version to migrate.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/schema.h"

#include <stdio.h>

static const char *const version_1[] = {
    /* Numbers of the whole: see index_state(). */
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    /* Where the counting of versions begins: no two indexes count alike. */
    "INSERT INTO meta VALUES('origin', random() & 0x3fffffffffffffff), ('data_version', 1)",
    /* Texts that come again and again: owners, libraries, calls, languages, kinds, formats. */
    "CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",

    "CREATE TABLE source(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
    " uri TEXT NOT NULL, wants INTEGER NOT NULL, interval_s INTEGER NOT NULL,"
    " is_from_config INTEGER NOT NULL, analysis_key TEXT, last_scan INTEGER, scanned_ms INTEGER)",
    "CREATE TABLE lease(source INTEGER PRIMARY KEY, fence INTEGER NOT NULL, holder TEXT,"
    " expires_ms INTEGER NOT NULL, scan INTEGER)",
    "CREATE TABLE listing(id INTEGER PRIMARY KEY, source INTEGER NOT NULL,"
    " first_key BLOB NOT NULL, last_key BLOB NOT NULL, n INTEGER NOT NULL, block BLOB NOT NULL)",
    "CREATE UNIQUE INDEX listing_first ON listing(source, first_key)",
    "CREATE TABLE scan(id INTEGER PRIMARY KEY AUTOINCREMENT, source INTEGER NOT NULL,"
    " state INTEGER NOT NULL, trigger TEXT, created_ms INTEGER, started_ms INTEGER,"
    " ended_ms INTEGER, counters TEXT, error TEXT)",
    "CREATE INDEX scan_source ON scan(source)",
    "CREATE TABLE scan_event(id INTEGER PRIMARY KEY AUTOINCREMENT, scan INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL)",
    "CREATE INDEX scan_event_scan ON scan_event(scan)",

    "CREATE TABLE notebook(id INTEGER PRIMARY KEY AUTOINCREMENT, source INTEGER NOT NULL,"
    " key INTEGER NOT NULL UNIQUE, uri TEXT NOT NULL, etag TEXT, size_bytes INTEGER, modified_s "
    "INTEGER NOT NULL,"
    " owner INTEGER, language INTEGER, kernel INTEGER, title TEXT, format INTEGER,"
    " n_cells INTEGER, n_code_cells INTEGER, n_lines INTEGER, n_train INTEGER, n_plot INTEGER,"
    " n_query INTEGER, n_write INTEGER, n_references INTEGER, n_gaps INTEGER, n_siblings INTEGER,"
    " hit_limit TEXT, error_code INTEGER, error TEXT, near INTEGER)",
    "CREATE UNIQUE INDEX notebook_uri ON notebook(uri)",
    "CREATE INDEX notebook_source ON notebook(source)",
    "CREATE INDEX notebook_modified ON notebook(modified_s)",
    "CREATE INDEX notebook_owner ON notebook(owner, modified_s)",
    "CREATE INDEX notebook_language ON notebook(language, modified_s)",
    "CREATE INDEX notebook_error ON notebook(error_code) WHERE error_code IS NOT NULL",
    "CREATE INDEX notebook_near ON notebook(near) WHERE near IS NOT NULL",
    "CREATE TABLE notebook_kind(kind INTEGER, modified_s INTEGER, notebook INTEGER,"
    " weight INTEGER, evidence TEXT, PRIMARY KEY(kind, modified_s, notebook)) WITHOUT ROWID",
    "CREATE INDEX notebook_kind_of ON notebook_kind(notebook)",
    "CREATE TABLE notebook_library(library INTEGER, modified_s INTEGER, notebook INTEGER,"
    " PRIMARY KEY(library, modified_s, notebook)) WITHOUT ROWID",
    "CREATE INDEX notebook_library_of ON notebook_library(notebook)",
    "CREATE TABLE parameter(notebook INTEGER, seq INTEGER, name TEXT NOT NULL, value TEXT,"
    " cell INTEGER, line INTEGER, PRIMARY KEY(notebook, seq)) WITHOUT ROWID",
    /* Cells of a notebook, some 32 KB in a row: the unit of the search.  Ids only grow. */
    "CREATE TABLE document(id INTEGER PRIMARY KEY AUTOINCREMENT, notebook INTEGER NOT NULL,"
    " first_cell INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE INDEX document_notebook ON document(notebook, first_cell)",

    /* prefix, middle, tail: of patterns only; see patterns.h. */
    "CREATE TABLE place(id INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE, prefix TEXT,"
    " middle TEXT, tail TEXT, dataset INTEGER)",
    "CREATE INDEX place_tail ON place(prefix, tail) WHERE prefix IS NOT NULL",
    "CREATE INDEX place_middle ON place(prefix, middle) WHERE prefix IS NOT NULL",
    "CREATE INDEX place_dataset ON place(dataset) WHERE dataset IS NOT NULL",
    "CREATE TABLE ref(notebook INTEGER, seq INTEGER, place INTEGER NOT NULL, what INTEGER NOT NULL,"
    " cell INTEGER, line INTEGER, col INTEGER, via INTEGER, holes TEXT, local TEXT,"
    " PRIMARY KEY(notebook, seq)) WITHOUT ROWID",
    "CREATE INDEX ref_place ON ref(place, notebook, seq, what)",
    "CREATE TABLE table_name(notebook INTEGER, seq INTEGER, name TEXT NOT NULL,"
    " location TEXT NOT NULL, cell INTEGER, line INTEGER,"
    " PRIMARY KEY(notebook, seq)) WITHOUT ROWID",
    "CREATE INDEX table_name_name ON table_name(name, location)",
    "CREATE INDEX table_name_location ON table_name(location, name)",

    "CREATE TABLE dataset(id INTEGER PRIMARY KEY, source INTEGER NOT NULL,"
    " uri TEXT NOT NULL UNIQUE, name TEXT NOT NULL, tail TEXT NOT NULL, root TEXT NOT NULL,"
    " is_pattern INTEGER NOT NULL, family INTEGER, family_print INTEGER, bucket INTEGER,"
    " layout INTEGER, format INTEGER, compression INTEGER, n_objects INTEGER NOT NULL,"
    " size_bytes INTEGER NOT NULL, newest_ms INTEGER NOT NULL,"
    /* details: a JSON object; warnings: a JSON array of texts. */
    " fingerprint INTEGER, n_partitions INTEGER, details TEXT, warnings TEXT, error TEXT,"
    /* Kept by index_settle(). */
    " n_users INTEGER NOT NULL DEFAULT 0, n_readers INTEGER NOT NULL DEFAULT 0,"
    " n_writers INTEGER NOT NULL DEFAULT 0, n_maybe INTEGER NOT NULL DEFAULT 0,"
    " used_s INTEGER NOT NULL DEFAULT 0, read_s INTEGER NOT NULL DEFAULT 0)",
    "CREATE INDEX dataset_source ON dataset(source, uri)",
    "CREATE INDEX dataset_family ON dataset(source, family)",
    "CREATE INDEX dataset_tail ON dataset(tail)",
    "CREATE INDEX dataset_root ON dataset(root) WHERE is_pattern = 1",
    "CREATE INDEX dataset_name ON dataset(name COLLATE NOCASE, id)",
    "CREATE INDEX dataset_size ON dataset(size_bytes)",
    "CREATE INDEX dataset_newest ON dataset(newest_ms)",
    "CREATE INDEX dataset_users ON dataset(n_users)",
    "CREATE INDEX dataset_used ON dataset(used_s)",
    "CREATE INDEX dataset_format ON dataset(format)",
    "CREATE INDEX dataset_layout ON dataset(layout)",
    "CREATE INDEX dataset_bucket ON dataset(bucket)",
    "CREATE TABLE dataset_column(dataset INTEGER, seq INTEGER, name TEXT NOT NULL, type TEXT,"
    " is_nullable INTEGER, is_partition INTEGER, PRIMARY KEY(dataset, seq)) WITHOUT ROWID",
    "CREATE INDEX dataset_column_name ON dataset_column(name COLLATE NOCASE, dataset)",
    /* partition_values: a JSON array, a text or null for each partition column. */
    "CREATE TABLE dataset_partition(dataset INTEGER, seq INTEGER, partition_values TEXT NOT NULL,"
    " n_objects INTEGER, size_bytes INTEGER, newest_ms INTEGER,"
    " PRIMARY KEY(dataset, seq)) WITHOUT ROWID",
    /* Which notebooks use a dataset (at, inside, above it, by a glob), and how: 1 << direction,
     * or-ed; maybe: the same where parts of the location are unknown.  Kept by index_settle(). */
    "CREATE TABLE use(dataset INTEGER, notebook INTEGER, dirs INTEGER NOT NULL,"
    " maybe INTEGER NOT NULL, PRIMARY KEY(dataset, notebook)) WITHOUT ROWID",
    "CREATE INDEX use_notebook ON use(notebook)",

    /* How many notebooks of a kind (0: any) an owner, a library, a month, a dataset has. */
    "CREATE TABLE tally(axis INTEGER, key INTEGER, kind INTEGER, n INTEGER NOT NULL,"
    " PRIMARY KEY(axis, key, kind)) WITHOUT ROWID",
    "CREATE INDEX tally_top ON tally(axis, kind, n)",

    /* Near-copies: a group, the sketch of the notebook that it began with, how many belong to it;
     * and the keys by which like sketches are found. */
    "CREATE TABLE near_group(id INTEGER PRIMARY KEY AUTOINCREMENT, sketch BLOB NOT NULL,"
    " n INTEGER NOT NULL)",
    "CREATE TABLE near_band(band INTEGER, near INTEGER, PRIMARY KEY(band, near)) WITHOUT ROWID",
    /* Places and datasets whose uses are to be worked out again: see index_settle(). */
    "CREATE TABLE unsettled_place(place INTEGER PRIMARY KEY)",
    "CREATE TABLE unsettled_dataset(dataset INTEGER PRIMARY KEY)",

    /* The search: what the trigrams have not reached yet (space: documents, names of notebooks,
     * names of datasets), and for each trigram who holds it; see postings.h. */
    "CREATE TABLE unindexed(space INTEGER, id INTEGER, PRIMARY KEY(space, id)) WITHOUT ROWID",
    "CREATE TABLE posting(id INTEGER PRIMARY KEY, documents BLOB NOT NULL)",
    NULL,
};

/* A step of the lineage is one range of an index. */
static const char *const version_2[] = {
    "DROP TABLE use",
    /* Which notebooks use a dataset (at, inside, above it, by a glob, by a table's name), and how.
     * flows: enum use_flows; dirs: 1 << direction, or-ed, of uses that count; maybe: the same where
     * parts of the location are unknown.  Where the first reference stands by which data flows each
     * way, how many there are, and how sure the surest is: see use.h.  Kept by index_settle(). */
    "CREATE TABLE use(dataset INTEGER, flows INTEGER, notebook INTEGER, dirs INTEGER NOT NULL,"
    " maybe INTEGER NOT NULL, read_at INTEGER, n_reads INTEGER, read_sure INTEGER,"
    " write_at INTEGER, n_writes INTEGER, write_sure INTEGER,"
    " PRIMARY KEY(dataset, flows, notebook)) WITHOUT ROWID",
    "CREATE INDEX use_notebook ON use(notebook)",
    /* Notebooks that data flows into from the dataset, and from them into it. */
    "ALTER TABLE dataset ADD COLUMN n_out INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE dataset ADD COLUMN n_in INTEGER NOT NULL DEFAULT 0",
    "DELETE FROM tally WHERE axis = 4",
    "INSERT OR IGNORE INTO unsettled_dataset SELECT id FROM dataset",
    /* A list walks the index of its order; what its filters ask for stands in the index too. */
    "DROP INDEX dataset_name",
    "DROP INDEX dataset_size",
    "DROP INDEX dataset_newest",
    "DROP INDEX dataset_users",
    "CREATE INDEX dataset_name ON dataset(name COLLATE NOCASE, id, bucket, format, layout,"
    " size_bytes, n_users, used_s)",
    "CREATE INDEX dataset_size ON dataset(size_bytes, id, bucket, format, layout, n_users, used_s)",
    "CREATE INDEX dataset_newest ON dataset(newest_ms, id, bucket, format, layout, size_bytes,"
    " n_users, used_s)",
    "CREATE INDEX dataset_users ON dataset(n_users, id, bucket, format, layout, size_bytes, "
    "used_s)",
    /* The references of a place by their direction: few writers among many readers. */
    "DROP INDEX ref_place",
    "CREATE INDEX ref_place ON ref(place, what & 15, notebook, seq, what)",
    /* Files beside a notebook that its analysis asked for, by the hash of their uri, with what was
     * read (0: nothing); notebooks of which one has changed.  See siblings.h. */
    "CREATE TABLE sibling(hash INTEGER, notebook INTEGER, etag_hash INTEGER NOT NULL,"
    " PRIMARY KEY(hash, notebook)) WITHOUT ROWID",
    "CREATE INDEX sibling_notebook ON sibling(notebook)",
    "CREATE TABLE stale(notebook INTEGER PRIMARY KEY)",
    "CREATE TRIGGER notebook_gone AFTER DELETE ON notebook BEGIN"
    " DELETE FROM sibling WHERE notebook = old.id; DELETE FROM stale WHERE notebook = old.id; END",
    NULL,
};

static const char *const *const migrations[] = { version_1, version_2 };

int index_schema_version(void)
{
    return (int)ARRAY_LEN(migrations);
}

static bool run_migration(struct db *db, int version, struct err *err)
{
    for (const char *const *sql = migrations[version]; *sql != NULL; sql++)
        if (!db_exec(db, *sql, err))
            return err_wrap(err, "bringing the index to version %d", version + 1);
    return true;
}

static bool get_version(struct db *db, int *version, struct err *err)
{
    int64_t application = 0, found = 0, n_tables = 0;
    if (!db_get_int(db, &application, NULL, err, "PRAGMA application_id", "") ||
        !db_get_int(db, &found, NULL, err, "PRAGMA user_version", "") ||
        !db_get_int(db, &n_tables, NULL, err, "SELECT count(*) FROM sqlite_schema", ""))
        return false;
    bool is_empty = application == 0 && found == 0 && n_tables == 0;
    if (!is_empty && application != SCHEMA_APPLICATION_ID) {
        err_set(err, ERR_CONFIG, "%s: the file is a database of another program", db->path);
        return err_fix(err, "Move the file away, or choose another state folder; then scan again.");
    }
    if (found > index_schema_version()) {
        err_set(err, ERR_CONFIG, "%s: the index is of version %d, this program knows up to %d",
                db->path, (int)found, index_schema_version());
        return err_fix(err, "Use the newer boathouse that wrote it, or move the file away and scan "
                            "again.");
    }
    *version = (int)found;
    return true;
}

bool schema_check(struct db *db, struct err *err)
{
    int version = 0;
    if (!get_version(db, &version, err))
        return false;
    if (version == index_schema_version())
        return true;
    err_set(err, ERR_CONFIG, "%s: the index is of version %d, this program needs %d", db->path,
            version, index_schema_version());
    return err_fix(err, "Run \"boathouse scan\" once: it brings the index up to date.");
}

bool schema_migrate(struct db *db, struct err *err)
{
    int version = 0;
    if (!get_version(db, &version, err))
        return false;
    if (version == index_schema_version())
        return true;
    /* Whoever waited for the lock finds the work done. */
    if (!db_exec(db, "BEGIN IMMEDIATE", err))
        return false;
    bool ok = get_version(db, &version, err);
    for (; ok && version < index_schema_version(); version++)
        ok = run_migration(db, version, err);
    char pragmas[96];
    (void)snprintf(pragmas, sizeof pragmas, "PRAGMA application_id=%d; PRAGMA user_version=%d;",
                   SCHEMA_APPLICATION_ID, index_schema_version());
    ok = ok && db_exec(db, pragmas, err) && db_exec(db, "COMMIT", err);
    if (!ok)
        db_try(db, "ROLLBACK");
    return ok;
}
