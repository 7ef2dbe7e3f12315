/* siblings: see siblings.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/siblings.h"

#include "index/index_internal.h"
#include "index/listing.h"

static const struct str package_file = STR_INIT("/__init__.py");
static const struct str suffix = STR_INIT(".py");

/* The uri without what a module's file ends with; false: it is no module. */
static bool module_stem(struct str uri, struct str *out)
{
    bool is_package = str_has_suffix(uri, package_file);
    if (!is_package && !str_has_suffix(uri, suffix))
        return false;
    *out = str_slice(uri, 0, uri.len - (is_package ? package_file.len : suffix.len));
    return true;
}

uint64_t index_sibling_hash(struct str uri)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str stem;
    return listing_hash(module_stem(uri, &stem) ? arena_concat(&a, stem, suffix) : uri);
}

bool index_put_siblings(struct index_writer *w, struct str notebook_uri,
                        const struct index_sibling *siblings, size_t n, struct err *err)
{
    static const char find[] = "SELECT id FROM notebook WHERE uri = ?";
    static const char drop[] = "DELETE FROM sibling WHERE notebook = ?";
    static const char fresh[] = "DELETE FROM stale WHERE notebook = ?";
    static const char put[] = "INSERT OR REPLACE INTO sibling VALUES(?, ?, ?)";
    int64_t id;
    bool has_row;
    if (!db_get_int(&w->db, &id, &has_row, err, find, "s", notebook_uri))
        return false;
    if (!has_row)
        return true;
    if (!db_run(&w->db, err, drop, "i", id) || !db_run(&w->db, err, fresh, "i", id))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!db_run(&w->db, err, put, "iii", (int64_t)siblings[i].hash, id,
                    (int64_t)siblings[i].etag_hash))
            return false;
    return true;
}

/* Notebooks of folder that import a module of that name, and had not found this one. */
static bool mark_importers(struct index_writer *w, int64_t source, struct str folder,
                           struct str module, uint64_t hash, struct err *err)
{
    static const char sql[] =
        "INSERT OR IGNORE INTO stale SELECT n.id FROM name t"
        " CROSS JOIN notebook_library l ON l.library = t.id"
        " CROSS JOIN notebook n ON n.id = l.notebook"
        " WHERE t.text = ?1 AND n.source = ?2 AND substr(n.uri, 1, length(?3)) = ?3"
        " AND instr(substr(n.uri, length(?3) + 1), '/') = 0"
        " AND NOT EXISTS(SELECT 1 FROM sibling s WHERE s.hash = ?4 AND s.notebook = n.id)";
    return db_run(&w->db, err, sql, "sisi", module, source, folder, (int64_t)hash);
}

/* A module may be imported by notebooks of its folder, and of those above by a dotted name. */
static bool mark_all_importers(struct index_writer *w, int64_t source, struct str uri,
                               uint64_t hash, struct err *err)
{
    struct str stem, scheme = STR("://");
    if (!module_stem(uri, &stem))
        return true;
    size_t root = str_find(uri, scheme, 0);
    root = root == SIZE_MAX ? 0 : root + scheme.len;
    size_t end = stem.len;
    for (size_t slash = str_rfind_char(stem, '/'); slash != SIZE_MAX && slash >= root;
         slash = str_rfind_char(str_slice(stem, 0, slash), '/')) {
        if (!mark_importers(w, source, str_slice(stem, 0, slash + 1),
                            str_slice(stem, slash + 1, end), hash, err))
            return false;
        end = slash;
    }
    return true;
}

bool index_sibling_changed(struct index_writer *w, int64_t source, struct str uri,
                           uint64_t etag_hash, bool is_new, struct err *err)
{
    static const char sql[] = "INSERT OR IGNORE INTO stale SELECT s.notebook FROM sibling s"
                              " CROSS JOIN notebook n ON n.id = s.notebook"
                              " WHERE s.hash = ?1 AND s.etag_hash <> ?2 AND n.source = ?3";
    uint64_t hash = index_sibling_hash(uri);
    return db_run(&w->db, err, sql, "iii", (int64_t)hash, (int64_t)etag_hash, source) &&
           (!is_new || mark_all_importers(w, source, uri, hash, err));
}

bool index_each_stale(struct index_reader *r, int64_t source, index_notebook_uri_fn *each,
                      void *ctx, struct err *err)
{
    static const char sql[] = "SELECT n.uri FROM stale s JOIN notebook n ON n.id = s.notebook"
                              " WHERE n.source = ? ORDER BY n.uri";
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    if (!db_query(&r->db, &rows, err, sql, "i", source))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        if (!each(ctx, db_text(&rows, 0), err))
            return false;
    }
    return false;
}
