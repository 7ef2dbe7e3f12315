/*
 * One notebook: its row and what hangs on it.  What is there of an older version goes first, except
 * the row, whose ids stay.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/kinds.h"
#include "catalog/place.h"
#include "catalog/sketch.h"
#include "index/document.h"
#include "index/index_internal.h"
#include "index/listing.h"
#include "index/near.h"
#include "index/postings.h"
#include "index/ref.h"
#include "index/settle.h"
#include "index/users.h"
#include "index/write.h"
#include "util/limits.h"
#include "json/writer.h"

#include <string.h>
#include <time.h>

/* Bytes of a text that a person reads (title, error) and of a parameter's value; the rest is cut.
 */
enum { MAX_TEXT = 500, MAX_VALUE = 2000 };
/* Bytes of base64 that are kept. */
enum { MAX_PICTURE = 100 };

struct row {
    struct index_writer *w;
    int64_t id;
    int64_t owner, modified_s;
};

uint64_t index_id_of_uri(struct str uri)
{
    uint64_t id = listing_hash(uri) & INT64_MAX;
    return id == 0 ? 1 : id;
}

/* ---- Counting by kind, owner, library and month. ---- */

static int64_t month_of(int64_t modified_s)
{
    struct tm t;
    time_t at = (time_t)modified_s;
    if (gmtime_r(&at, &t) == NULL)
        return 0;
    return (t.tm_year + 1900) * 12 + t.tm_mon;
}

static void tally_kind(const struct row *row, int64_t kind, int64_t n)
{
    writer_tally(row->w, TALLY_ALL, 0, kind, n);
    writer_tally(row->w, TALLY_OWNER, row->owner, kind, n);
    writer_tally(row->w, TALLY_MONTH, month_of(row->modified_s), kind, n);
}

/* Gather the first column of the few rows of a notebook. */
static bool get_ints(struct index_writer *w, struct arena *a, const char *sql, int64_t id,
                     int64_t **out, size_t *n_out, struct err *err)
{
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    size_t cap = 0;
    *out = NULL;
    *n_out = 0;
    if (!db_query(&w->db, &rows, err, sql, "i", id))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        *ARENA_PUSH(a, *out, *n_out, cap) = db_int(&rows, 0);
    }
    return false;
}

/* Count the notebook as its rows say it is: n is 1 or -1. */
static bool tally_notebook(const struct row *row, int64_t n, struct err *err)
{
    static const char kinds_sql[] = "SELECT kind FROM notebook_kind WHERE notebook = ?";
    static const char libraries_sql[] = "SELECT library FROM notebook_library WHERE notebook = ?";
    AUTO_ARENA a = ARENA_INIT;
    int64_t *kinds, *libraries;
    size_t n_kinds, n_libraries;
    if (!get_ints(row->w, &a, kinds_sql, row->id, &kinds, &n_kinds, err) ||
        !get_ints(row->w, &a, libraries_sql, row->id, &libraries, &n_libraries, err))
        return false;
    tally_kind(row, 0, n);
    for (size_t i = 0; i < n_kinds; i++)
        tally_kind(row, kinds[i], n);
    for (size_t i = 0; i < n_libraries; i++) {
        writer_tally(row->w, TALLY_LIBRARY, libraries[i], 0, n);
        for (size_t j = 0; j < n_kinds; j++)
            writer_tally(row->w, TALLY_LIBRARY, libraries[i], kinds[j], n);
    }
    return true;
}

/* ---- Removing. ---- */

static const char *const parts[] = {
    "DELETE FROM notebook_kind WHERE notebook = ?",
    "DELETE FROM notebook_library WHERE notebook = ?",
    "DELETE FROM parameter WHERE notebook = ?",
    "DELETE FROM document WHERE notebook = ?",
    "DELETE FROM table_name WHERE notebook = ?",
};

static bool remove_refs(struct index_writer *w, int64_t id, struct err *err)
{
    static const char unsettle[] = "INSERT OR IGNORE INTO unsettled_place"
                                   " SELECT DISTINCT place FROM ref WHERE notebook = ?";
    static const char drop[] = "DELETE FROM ref WHERE notebook = ?";
    if (!db_run(&w->db, err, unsettle, "i", id) || !settle_mark_tables(w, id, err) ||
        !db_run(&w->db, err, drop, "i", id))
        return false;
    writer_count(w, COUNT_REFERENCES, -db_n_changes(&w->db));
    return true;
}

/* What hangs on the row of an old version. */
static bool remove_parts(const struct row *old, int64_t near, struct err *err)
{
    struct index_writer *w = old->w;
    if (!users_forget_notebook(w, old->id, err) || !tally_notebook(old, -1, err) ||
        !remove_refs(w, old->id, err) || !near_leave(w, near, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (!db_run(&w->db, err, parts[i], "i", old->id))
            return false;
    return true;
}

/* Find the old row and take its parts away.  row->id 0: there is none. */
static bool clear_old(struct row *row, struct str uri, struct err *err)
{
    static const char sql[] = "SELECT id, owner, modified_s, near FROM notebook WHERE uri = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&row->w->db, &rows, err, sql, "s", uri) || !db_next(&rows, &has_row, err))
        return false;
    row->id = 0;
    if (!has_row)
        return true;
    *row = (struct row){ row->w, db_int(&rows, 0), db_int(&rows, 1), db_int(&rows, 2) };
    int64_t near = db_int(&rows, 3);
    db_rows_release(&rows);
    return remove_parts(row, near, err);
}

bool index_remove_notebook(struct index_writer *w, struct str uri, struct err *err)
{
    struct row row = { .w = w };
    if (!writer_check(w, err) || !clear_old(&row, uri, err))
        return false;
    if (row.id == 0)
        return true;
    writer_count(w, COUNT_NOTEBOOKS, -1);
    return db_run(&w->db, err, "DELETE FROM notebook WHERE id = ?", "i", row.id);
}

bool index_touch_notebook(struct index_writer *w, struct str uri, struct str etag,
                          int64_t modified_unix_ms, struct err *err)
{
    /* modified_s stands in the keys of other tables: they stay in step. */
    static const char *const moves[] = {
        "UPDATE notebook_kind SET modified_s = ? WHERE notebook = ?",
        "UPDATE notebook_library SET modified_s = ? WHERE notebook = ?",
    };
    static const char find[] = "SELECT id, owner, modified_s FROM notebook WHERE uri = ?";
    static const char set[] = "UPDATE notebook SET etag = ?, modified_s = ? WHERE id = ?";
    static const char unsettle[] = "INSERT OR IGNORE INTO unsettled_dataset"
                                   " SELECT dataset FROM use WHERE notebook = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!writer_check(w, err) || !db_query(&w->db, &rows, err, find, "s", uri) ||
        !db_next(&rows, &has_row, err))
        return false;
    if (!has_row)
        return true;
    struct row row = { w, db_int(&rows, 0), db_int(&rows, 1), db_int(&rows, 2) };
    db_rows_release(&rows);
    int64_t now_s = modified_unix_ms / 1000;
    if (!tally_notebook(&row, -1, err) || !db_run(&w->db, err, set, "sii", etag, now_s, row.id))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(moves); i++)
        if (!db_run(&w->db, err, moves[i], "ii", now_s, row.id))
            return false;
    row.modified_s = now_s;
    return tally_notebook(&row, 1, err) && db_run(&w->db, err, unsettle, "i", row.id);
}

/* ---- Putting. ---- */

static struct str cut(struct str text, size_t max)
{
    while (max > 0 && max < text.len && ((unsigned char)text.ptr[max] & 0xc0) == 0x80)
        max--;
    return str_slice(text, 0, max);
}

/* A key that no other notebook has: the hash of the uri, or the next free number. */
static bool free_key(struct index_writer *w, struct str uri, int64_t *key, struct err *err)
{
    static const char sql[] = "SELECT 1 FROM notebook WHERE key = ?";
    bool is_taken = true;
    int64_t ignored;
    *key = (int64_t)index_id_of_uri(uri);
    for (; is_taken; *key = is_taken ? (*key % INT64_MAX) + 1 : *key)
        if (!db_get_int(&w->db, &ignored, &is_taken, err, sql, "i", *key))
            return false;
    return true;
}

static bool make_row(struct row *row, const struct index_notebook *nb, struct err *err)
{
    static const char sql[] =
        "INSERT INTO notebook(key, source, uri, modified_s) VALUES(?, ?, ?, 0)";
    int64_t key;
    if (!free_key(row->w, nb->uri, &key, err) ||
        !db_run(&row->w->db, err, sql, "iis", key, nb->source, nb->uri))
        return false;
    row->id = db_last_id(&row->w->db);
    writer_count(row->w, COUNT_NOTEBOOKS, 1);
    return true;
}

static bool fill_file(const struct row *row, const struct index_notebook *nb, struct err *err)
{
    static const char sql[] =
        "UPDATE notebook SET source = ?, etag = ?, size_bytes = ?, modified_s = ?, owner = ?,"
        " title = ?, n_siblings = ?, error_code = ?, error = ? WHERE id = ?";
    bool is_broken = nb->error != NULL;
    return db_run(&row->w->db, err, sql, "isiiZziZzi", nb->source, nb->etag,
                  (int64_t)nb->size_bytes, row->modified_s, row->owner, cut(nb->title, MAX_TEXT),
                  (int64_t)nb->n_siblings, (int64_t)(is_broken ? (int)nb->error->code : 0),
                  is_broken ? cut(str_from(nb->error->msg), MAX_TEXT) : STR_EMPTY, row->id);
}

static bool fill_analysis(const struct row *row, const struct index_notebook *nb, int64_t near,
                          struct err *err)
{
    static const char sql[] =
        "UPDATE notebook SET language = ?, kernel = ?, format = ?, n_cells = ?, n_code_cells = ?,"
        " n_lines = ?, n_train = ?, n_plot = ?, n_query = ?, n_write = ?, n_references = ?,"
        " n_gaps = ?, hit_limit = ?, near = ? WHERE id = ?";
    static const struct analysis none = { 0 };
    const struct analysis *a = nb->analysis == NULL ? &none : nb->analysis;
    int64_t language, kernel;
    if (!writer_name(row->w, cut(a->language, MAX_TEXT), &language, err) ||
        !writer_name(row->w, cut(a->kernel, MAX_TEXT), &kernel, err))
        return false;
    return db_run(&row->w->db, err, sql, "ZZiiiiiiiiiizZi", language, kernel,
                  (int64_t)(nb->notebook == NULL ? 0 : nb->notebook->format), (int64_t)a->n_cells,
                  (int64_t)a->n_code_cells, (int64_t)a->n_lines, (int64_t)a->n_train,
                  (int64_t)a->n_plot, (int64_t)a->n_query, (int64_t)a->n_write,
                  (int64_t)a->n_references, (int64_t)a->n_gaps,
                  a->hit_limit == NULL ? STR_EMPTY : str_from(a->hit_limit), near, row->id);
}

static bool put_libraries(const struct row *row, const struct analysis *a, struct err *err)
{
    static const char sql[] = "INSERT OR IGNORE INTO notebook_library VALUES(?, ?, ?)";
    for (size_t i = 0; i < a->n_libraries; i++) {
        int64_t name;
        if (!writer_name(row->w, cut(a->libraries[i], MAX_TEXT), &name, err) ||
            !db_run(&row->w->db, err, sql, "iii", name, row->modified_s, row->id))
            return false;
    }
    return true;
}

static bool put_parameters(const struct row *row, const struct analysis *a, struct err *err)
{
    static const char sql[] = "INSERT INTO parameter VALUES(?, ?, ?, ?, ?, ?)";
    for (size_t i = 0; i < a->n_parameters; i++) {
        const struct parameter *p = &a->parameters[i];
        if (!db_run(&row->w->db, err, sql, "iissii", row->id, (int64_t)i, cut(p->name, MAX_TEXT),
                    cut(p->value, MAX_VALUE), (int64_t)p->cell, (int64_t)p->line))
            return false;
    }
    return true;
}

static void write_evidence(struct buf *out, const struct kind_found *found)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_array(&w);
    for (size_t i = 0; i < found->n_evidence; i++) {
        const struct kind_evidence *e = &found->evidence[i];
        json_write_object(&w);
        json_put_str(&w, STR("text"), e->text);
        json_put_str(&w, STR("rule"), str_from(e->rule));
        json_put_u64(&w, STR("weight"), e->weight);
        if (e->cell != SIZE_MAX) {
            json_put_u64(&w, STR("cell"), e->cell);
            json_put_u64(&w, STR("line"), e->line);
        }
        json_write_end(&w);
    }
    json_write_end(&w);
}

static bool put_kinds(const struct row *row, const struct kinds *kinds, struct err *err)
{
    static const char sql[] = "INSERT OR REPLACE INTO notebook_kind VALUES(?, ?, ?, ?, ?)";
    AUTO_BUF evidence = BUF_INIT(LIMIT_JSON_BYTES);
    for (size_t i = 0; i < kinds->n; i++) {
        const struct kind_found *k = &kinds->items[i];
        buf_reset(&evidence);
        write_evidence(&evidence, k);
        if (!db_run(&row->w->db, err, sql, "iiiis", (int64_t)k->process + 1, row->modified_s,
                    row->id, (int64_t)k->weight, buf_str(&evidence)))
            return false;
    }
    return true;
}

/* As ref.h has it. */
static void write_holes(struct buf *out, const struct reference *r)
{
    buf_reset(out);
    for (size_t i = 0; i < r->n_holes; i++) {
        const struct hole *hole = &r->holes[i];
        if (i > 0)
            buf_add_char(out, '\n');
        buf_add(out, str_from(hole_reason_name(hole->reason)));
        if (hole->name.len > 0 && str_find_char(hole->name, '\n') == SIZE_MAX) {
            buf_add_char(out, ' ');
            buf_add(out, hole->name);
        }
    }
}

/* A path of a notebook that lies in a folder of this machine is relative to that folder: stored so,
 * a question by the whole path finds it. */
static struct str key_of(struct arena *a, struct str notebook, struct str uri)
{
    const struct str scheme = STR("file:");
    struct str path = str_from_pos(uri, scheme.len);
    bool is_relative = str_has_prefix(notebook, STR("file:/")) && str_has_prefix(uri, scheme) &&
                       path.len > 0 && path.ptr[0] != '/' && path.ptr[0] != '~' &&
                       !str_has_prefix(path, STR("{}"));
    if (is_relative) {
        struct str folder = str_slice(notebook, scheme.len, str_rfind_char(notebook, '/'));
        uri = arena_concat(a, scheme, place_absolute(a, folder, path));
    }
    return place_key(a, uri);
}

static bool put_references(const struct row *row, const struct index_notebook *nb, struct err *err)
{
    const struct analysis *a = nb->analysis;
    static const char sql[] = "INSERT INTO ref VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    AUTO_ARENA arena = ARENA_INIT;
    AUTO_BUF holes = BUF_INIT(LIMIT_JSON_BYTES);
    for (size_t i = 0; i < a->n_references; i++) {
        const struct reference *r = &a->references[i];
        int64_t place, via;
        arena_reset(&arena);
        write_holes(&holes, r);
        if (!writer_place(row->w, key_of(&arena, nb->uri, r->uri), &place, err) ||
            !writer_name(row->w, cut(r->via, MAX_TEXT), &via, err) ||
            !db_run(&row->w->db, err, sql, "iiiiiiiZzz", row->id, (int64_t)i, place, ref_what(r),
                    (int64_t)r->cell, (int64_t)r->line, (int64_t)r->col, via, buf_str(&holes),
                    r->is_derived ? r->local : STR_EMPTY))
            return false;
    }
    writer_count(row->w, COUNT_REFERENCES, (int64_t)a->n_references);
    return true;
}

static bool put_tables(const struct row *row, const struct index_notebook *nb, struct err *err)
{
    static const char sql[] = "INSERT INTO table_name VALUES(?, ?, ?, ?, ?, ?)";
    AUTO_ARENA a = ARENA_INIT;
    size_t n = nb->analysis != NULL ? nb->analysis->n_bindings : 0;
    for (size_t i = 0; i < n; i++) {
        const struct table_binding *t = &nb->analysis->bindings[i];
        if (!db_run(&row->w->db, err, sql, "iissii", row->id, (int64_t)i, place_key(&a, t->table),
                    place_key(&a, t->location), (int64_t)t->cell, (int64_t)t->line))
            return false;
    }
    return n == 0 || settle_mark_tables(row->w, row->id, err);
}

static bool put_document(const struct row *row, struct buf *body, size_t first, struct err *err)
{
    static const char sql[] = "INSERT INTO document(notebook, first_cell, body) VALUES(?, ?, ?)";
    bool ok = body->len == 0 ||
              (db_run(&row->w->db, err, sql, "iib", row->id, (int64_t)first, buf_str(body)) &&
               writer_unindexed(row->w, SPACE_CODE, db_last_id(&row->w->db), err));
    buf_reset(body);
    return ok;
}

/* Text of a cell without the bytes of pictures that are written into it (";base64,iVBOR..."): they
 * are most of many notebooks, and nobody reads or searches them.  Lines keep their numbers. */
static struct str without_pictures(struct arena *a, struct str text)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    const struct str mark = STR(";base64,");
    AUTO_BUF out = BUF_INIT(SIZE_MAX);
    size_t kept = 0;
    for (size_t at = 0; (at = str_find(text, mark, at)) != SIZE_MAX;) {
        size_t from = at + mark.len, to = from;
        while (to < text.len && memchr(alphabet, text.ptr[to], sizeof alphabet - 1) != NULL)
            to++;
        if (to - from > MAX_PICTURE) {
            buf_add(&out, str_slice(text, kept, from));
            kept = to;
        }
        at = to;
    }
    if (kept == 0)
        return text;
    buf_add(&out, str_from_pos(text, kept));
    return arena_str(a, buf_str(&out));
}

static bool put_cells(const struct row *row, const struct index_notebook *in, struct err *err)
{
    const struct notebook *nb = in->notebook;
    AUTO_BUF body = BUF_INIT(SIZE_MAX);
    size_t first = 0;
    for (size_t i = 0; i < nb->n_cells; i++) {
        const struct cell *c = &nb->cells[i];
        AUTO_ARENA a = ARENA_INIT;
        struct str text = without_pictures(&a, c->source);
        struct document_cell cell = { .index = c->index,
                                      .kind = c->kind,
                                      .is_parameters = cell_has_tag(c, STR("parameters")),
                                      .language =
                                          in->languages == NULL ? c->language : in->languages[i],
                                      .text = text };
        if (body.len > 0 && body.len + text.len > DOCUMENT_BYTES &&
            !put_document(row, &body, first, err))
            return false;
        if (body.len == 0)
            first = c->index;
        document_add(&body, &cell);
    }
    return put_document(row, &body, first, err);
}

static bool put_parts(const struct row *row, const struct index_notebook *nb, struct err *err)
{
    if (nb->analysis != NULL &&
        (!put_libraries(row, nb->analysis, err) || !put_parameters(row, nb->analysis, err) ||
         !put_references(row, nb, err)))
        return false;
    return (nb->kinds == NULL || put_kinds(row, nb->kinds, err)) &&
           (nb->notebook == NULL || put_cells(row, nb, err)) && put_tables(row, nb, err) &&
           writer_unindexed(row->w, SPACE_NOTEBOOK_NAMES, row->id, err);
}

bool index_put_notebook(struct index_writer *w, const struct index_notebook *nb, int64_t *id,
                        struct err *err)
{
    struct row row = { .w = w };
    int64_t near = 0;
    if (!writer_check(w, err) || !clear_old(&row, nb->uri, err) ||
        (row.id == 0 && !make_row(&row, nb, err)) ||
        !writer_name(w, cut(nb->owner, MAX_TEXT), &row.owner, err) ||
        (nb->sketch != NULL && !near_join(w, nb->sketch, &near, err)))
        return false;
    row.modified_s = nb->modified_unix_ms / 1000;
    if (!fill_file(&row, nb, err) || !fill_analysis(&row, nb, near, err) ||
        !put_parts(&row, nb, err) || !tally_notebook(&row, 1, err))
        return false;
    if (id != NULL)
        *id = row.id;
    return true;
}
