/* SPDX-License-Identifier: Apache-2.0 */
#include "index/patterns.h"

#include <string.h>

/* Patterns of one prefix that are all taken; rows of one look-up; bytes at the end of a key, and
 * folders of it, that are looked up. */
enum { MANY = 300, ROWS = 300, MAX_TAIL = 200, MAX_FOLDERS = 16, MAX_ENDS = 24 };

static bool is_unknown(char c)
{
    return c == '{' || c == '*' || c == '?' || c == '[';
}

struct str pattern_middle(struct str key)
{
    size_t from = 0;
    while (from < key.len && !is_unknown(key.ptr[from]))
        from++;
    while (from < key.len && strchr("{}*?", key.ptr[from]) != NULL)
        from++;
    if (from < key.len && key.ptr[from] == '[') {
        size_t end = str_find(key, STR("]"), from);
        from = end == SIZE_MAX ? key.len : end + 1;
    }
    size_t to = from;
    while (to < key.len && !is_unknown(key.ptr[to]))
        to++;
    return str_slice(key, from, to);
}

struct finder {
    struct db *db;
    struct arena *arena;
    struct str prefix;
    struct patterns *out;
};

static bool add_rows(struct finder *f, struct db_rows *rows, bool is_new, struct err *err)
{
    bool has_row;
    while (db_next(rows, &has_row, err)) {
        if (!has_row)
            return true;
        int64_t id = db_int(rows, 0);
        bool is_known = false;
        for (size_t i = 0; i < f->out->n && !is_new && !is_known; i++)
            is_known = f->out->items[i].id == id;
        if (!is_known)
            *ARENA_PUSH(f->arena, f->out->items, f->out->n, f->out->cap) =
                (struct pattern){ id, db_int(rows, 1), arena_str(f->arena, db_text(rows, 2)) };
    }
    return false;
}

static bool add_all(struct finder *f, struct err *err)
{
    static const char sql[] = "SELECT id, dataset, uri FROM place WHERE prefix = ?";
    AUTO_ROWS rows = { 0 };
    return db_query(f->db, &rows, err, sql, "s", f->prefix) && add_rows(f, &rows, true, err);
}

/* They end as key does. */
static bool add_by_tail(struct finder *f, struct str key, struct err *err)
{
    static const char sql[] =
        "SELECT id, dataset, uri FROM place WHERE prefix = ? AND tail = ? LIMIT ?";
    size_t from = f->prefix.len;
    from = key.len - from > MAX_TAIL ? key.len - MAX_TAIL : from;
    for (size_t at = from; at < key.len; at++) {
        AUTO_ROWS rows = { 0 };
        if (!db_query(f->db, &rows, err, sql, "ssi", f->prefix, str_from_pos(key, at),
                      (int64_t)ROWS) ||
            !add_rows(f, &rows, false, err))
            return false;
    }
    return true;
}

static bool add_by_middle(struct finder *f, struct str middle, struct err *err)
{
    static const char sql[] =
        "SELECT id, dataset, uri FROM place WHERE prefix = ? AND middle = ? LIMIT ?";
    AUTO_ROWS rows = { 0 };
    return db_query(f->db, &rows, err, sql, "ssi", f->prefix, middle, (int64_t)ROWS) &&
           add_rows(f, &rows, false, err);
}

/* Behind their first unknown part they go on inside of folder, which begins with "/". */
static bool add_inside(struct finder *f, struct str folder, struct err *err)
{
    static const char sql[] = "SELECT id, dataset, uri FROM place WHERE prefix = ?"
                              " AND middle >= ? AND middle < ? LIMIT ?";
    AUTO_ROWS rows = { 0 };
    return db_query(f->db, &rows, err, sql, "sssi", f->prefix,
                    arena_concat(f->arena, folder, STR("/")),
                    arena_concat(f->arena, folder, STR("0")), (int64_t)ROWS) &&
           add_rows(f, &rows, false, err);
}

/* The unknown part ends at one of key's "/"; what follows is known up to some separator of key. */
static bool add_by_folders(struct finder *f, struct str key, struct err *err)
{
    size_t n_folders = 0;
    for (size_t at = key.len; at-- > f->prefix.len && n_folders < MAX_FOLDERS;) {
        if (key.ptr[at] != '/')
            continue;
        struct str rest = str_from_pos(key, at);
        size_t n_ends = 0;
        n_folders++;
        if (!add_inside(f, rest, err))
            return false;
        for (size_t end = 1; end <= rest.len && n_ends < MAX_ENDS; end++) {
            bool is_end = end == rest.len || strchr("/_-.=", rest.ptr[end - 1]) != NULL ||
                          rest.ptr[end] == '/';
            if (!is_end || (end == 1 && rest.len > 1))
                continue;
            n_ends++;
            if (!add_by_middle(f, str_slice(rest, 0, end), err))
                return false;
        }
    }
    return true;
}

bool patterns_find(struct db *db, struct arena *a, struct str prefix, struct str key,
                   struct patterns *out, struct err *err)
{
    static const char count[] =
        "SELECT count(*) FROM (SELECT 1 FROM place WHERE prefix = ? LIMIT ?)";
    struct finder f = { .db = db, .arena = a, .prefix = prefix, .out = out };
    int64_t n;
    *out = (struct patterns){ 0 };
    if (!db_get_int(db, &n, NULL, err, count, "si", prefix, (int64_t)MANY))
        return false;
    if (n < MANY)
        return n == 0 || add_all(&f, err);
    return add_by_tail(&f, key, err) && add_by_folders(&f, key, err);
}
