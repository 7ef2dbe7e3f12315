/*
 * Looking an index over: SQLite's own check of the file, then what must be true of the rows.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/document.h"
#include "index/index_internal.h"
#include "index/listing.h"
#include "index/postings.h"
#include "index/use.h"

/* Problems of one kind that are told one by one. */
enum { MAX_TOLD = 20 };

struct checker {
    struct db *db;
    index_problem_fn *each;
    void *ctx;
    size_t n;
};

static void tell(struct checker *c, const char *fmt, ...) PRINTF(2, 3);
static void tell(struct checker *c, const char *fmt, ...)
{
    AUTO_ARENA a = ARENA_INIT;
    va_list args;
    va_start(args, fmt);
    c->each(c->ctx, arena_vprintf(&a, fmt, args));
    va_end(args);
    c->n++;
}

static bool check_file(struct checker *c, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(c->db, &rows, err, "PRAGMA integrity_check(20)", ""))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        struct str text = db_text(&rows, 0);
        if (!str_eq(text, STR("ok")))
            tell(c, "file: %.*s", STR_FMT(text));
    }
    return false;
}

/* Statements that count rows which should not be. */
static const struct rule {
    const char *sql, *text;
} rules[] = {
    { "SELECT count(*) FROM ref r LEFT JOIN place p ON p.id = r.place WHERE p.id IS NULL",
      "references to places that are not there" },
    { "SELECT count(*) FROM (SELECT DISTINCT notebook AS n FROM ref) LEFT JOIN notebook b"
      " ON b.id = n WHERE b.id IS NULL",
      "notebooks that have references and are not there" },
    { "SELECT count(*) FROM document d LEFT JOIN notebook b ON b.id = d.notebook"
      " WHERE b.id IS NULL",
      "texts of notebooks that are not there" },
    { "SELECT count(*) FROM notebook_kind k LEFT JOIN notebook b ON b.id = k.notebook"
      " AND b.modified_s = k.modified_s WHERE b.id IS NULL",
      "kinds of notebooks that are not there or of another time" },
    { "SELECT count(*) FROM notebook_library l LEFT JOIN notebook b ON b.id = l.notebook"
      " AND b.modified_s = l.modified_s WHERE b.id IS NULL",
      "libraries of notebooks that are not there or of another time" },
    { "SELECT count(*) FROM place p LEFT JOIN dataset d ON d.id = p.dataset"
      " WHERE p.dataset IS NOT NULL AND d.id IS NULL",
      "places in datasets that are not there" },
    { "SELECT count(*) FROM use u LEFT JOIN dataset d ON d.id = u.dataset"
      " LEFT JOIN notebook b ON b.id = u.notebook WHERE d.id IS NULL OR b.id IS NULL",
      "uses of datasets or by notebooks that are not there" },
    { "SELECT count(*) FROM (SELECT DISTINCT dataset AS n FROM dataset_column) LEFT JOIN dataset d"
      " ON d.id = n WHERE d.id IS NULL",
      "columns of datasets that are not there" },
    { "SELECT count(*) FROM dataset d WHERE n_users <> (SELECT count(*) FROM use u"
      " WHERE u.dataset = d.id AND dirs <> 0)"
      " AND NOT EXISTS (SELECT 1 FROM unsettled_dataset)",
      "datasets whose number of users is wrong" },
    { "SELECT count(*) FROM dataset d WHERE (n_out <> (SELECT count(*) FROM use u"
      " WHERE u.dataset = d.id AND u.flows" USE_READ_RANGE ")"
      " OR n_in <> (SELECT count(*) FROM use u WHERE u.dataset = d.id AND u.flows" USE_WRITE_RANGE
      ")) AND NOT EXISTS (SELECT 1 FROM unsettled_dataset)",
      "datasets whose number of edges is wrong" },
    { "SELECT count(*) FROM near_group g WHERE n <> (SELECT count(*) FROM notebook"
      " WHERE near = g.id)",
      "groups of near-copies whose number of members is wrong" },
    { "SELECT count(*) FROM (SELECT kind, count(*) AS n FROM notebook_kind GROUP BY kind) k"
      " LEFT JOIN tally t ON t.axis = 0 AND t.key = 0 AND t.kind = k.kind WHERE t.n IS NOT k.n",
      "kinds whose count is wrong" },
    { "SELECT count(*) FROM (SELECT owner, count(*) AS n FROM notebook GROUP BY owner) o"
      " LEFT JOIN tally t ON t.axis = 1 AND t.key = coalesce(o.owner, 0) AND t.kind = 0"
      " WHERE t.n IS NOT o.n",
      "owners whose count is wrong" },
    { "SELECT (SELECT count(*) FROM notebook) <>"
      " coalesce((SELECT value FROM meta WHERE key = 'n_notebooks'), 0)",
      "the number of notebooks" },
    { "SELECT (SELECT count(*) FROM ref) <>"
      " coalesce((SELECT value FROM meta WHERE key = 'n_references'), 0)",
      "the number of references" },
    { "SELECT (SELECT count(*) FROM place) <>"
      " coalesce((SELECT value FROM meta WHERE key = 'n_places'), 0)",
      "the number of places" },
    { "SELECT (SELECT count(*) FROM dataset) <>"
      " coalesce((SELECT value FROM meta WHERE key = 'n_datasets'), 0)",
      "the number of datasets" },
};

static bool check_rules(struct checker *c, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        int64_t n;
        if (!db_get_int(c->db, &n, NULL, err, rules[i].sql, ""))
            return false;
        if (n != 0)
            tell(c, "rows: %s: %lld", rules[i].text, (long long)n);
    }
    return true;
}

/* ---- What is stored as bytes. ---- */

static bool block_is_whole(const struct db_rows *rows)
{
    struct err err = ERR_INIT;
    struct listing_block b;
    struct listing_entry e = { .key = STR_EMPTY };
    AUTO_BUF before = BUF_INIT(LIMIT_KEY_BYTES);
    bool has = true, is_first = true;
    int64_t n = 0;
    if (!listing_block_open(&b, db_blob(rows, 1), &err))
        return false;
    while (listing_block_next(&b, &e, &has, &err)) {
        if (!has)
            return n == db_int(rows, 4) && str_eq(buf_str(&before), db_blob(rows, 3));
        if (is_first ? !str_eq(e.key, db_blob(rows, 2)) : str_cmp(e.key, buf_str(&before)) <= 0)
            return false;
        is_first = false;
        n++;
        buf_reset(&before);
        buf_add(&before, e.key);
    }
    return false;
}

static bool document_is_whole(const struct db_rows *rows)
{
    struct err err = ERR_INIT;
    struct document d;
    struct document_cell cell;
    AUTO_BUF room = BUF_INIT(SIZE_MAX);
    bool has = true;
    if (!document_open(&d, db_blob(rows, 1), &room, &err))
        return false;
    while (document_next(&d, &cell, &has, &err))
        if (!has)
            return true;
    return false;
}

static bool row_is_whole(const struct db_rows *rows)
{
    return postings_are_whole(db_blob(rows, 1));
}

static const struct bytes_rule {
    const char *sql, *text; /* the first column tells which, the second is the bytes */
    bool (*is_whole)(const struct db_rows *rows);
} bytes_rules[] = {
    { "SELECT id, block, first_key, last_key, n FROM listing", "listing: block", block_is_whole },
    { "SELECT id, body FROM document", "texts: document", document_is_whole },
    { "SELECT id, documents FROM posting", "search: row", row_is_whole },
};

static bool check_bytes(struct checker *c, const struct bytes_rule *rule, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row;
    size_t n = 0;
    if (!db_query(c->db, &rows, err, rule->sql, ""))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        if (!rule->is_whole(&rows) && n++ < MAX_TOLD)
            tell(c, "%s %lld is damaged", rule->text, (long long)db_int(&rows, 0));
    }
    return false;
}

static bool check_order(struct checker *c, struct err *err)
{
    static const char sql[] = "SELECT count(*) FROM (SELECT first_key, lag(last_key) OVER"
                              " (PARTITION BY source ORDER BY first_key) AS before FROM listing)"
                              " WHERE first_key <= before";
    int64_t n;
    if (!db_get_int(c->db, &n, NULL, err, sql, ""))
        return false;
    if (n > 0)
        tell(c, "listing: blocks that overlap: %lld", (long long)n);
    return true;
}

bool index_check(struct index *ix, index_problem_fn *each, void *ctx, size_t *n_problems,
                 struct err *err)
{
    struct index_reader *r;
    if (!index_reader_take(ix, &r, err))
        return false;
    struct checker c = { .db = &r->db, .each = each, .ctx = ctx };
    bool ok = check_file(&c, err) && check_rules(&c, err) && check_order(&c, err);
    for (size_t i = 0; i < ARRAY_LEN(bytes_rules) && ok; i++)
        ok = check_bytes(&c, &bytes_rules[i], err);
    index_reader_give(r);
    /* What could not be read to its end because it is damaged is a finding, not a failure. */
    if (!ok && err->code == ERR_INTERNAL) {
        tell(&c, "file: %s", err->msg);
        ok = true;
    }
    if (ok)
        *n_problems = c.n;
    return ok;
}
