/*
 * The users of one dataset: places that are about it, the references to them, one row for each
 * notebook.  What is there already is compared, so that only changes are written.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "index/users.h"
#include "catalog/place.h"
#include "index/patterns.h"
#include "index/use.h"
#include "util/strmap.h"

#include <limits.h>
#include <stdlib.h>

/* Directions in which a folder above a dataset counts: to list or to delete a bucket says little of
 * what is in it. */
enum { DIRS_ABOVE = 1 << REFERENCE_READ | 1 << REFERENCE_WRITE };

/* The references by which data flows one way. */
struct flow {
    int64_t first; /* use_at() of the first */
    int64_t n;     /* 0: none */
    unsigned percent;
    bool is_may; /* all of them */
};

struct user {
    int64_t notebook;
    unsigned dirs, maybe; /* 1 << enum reference_dir, or-ed */
    struct flow flows[2]; /* it reads, it writes */
};

struct users {
    struct index_writer *w;
    struct arena arena;
    struct str root; /* of the dataset */
    struct user *items;
    size_t n, cap;
};

/* A place that is about the dataset. */
struct about {
    int64_t place;
    struct str uri;
    struct place_match match;
    unsigned mask; /* the directions that count: 1 << enum reference_dir, or-ed */
    bool is_table; /* the name of a table */
};

static struct flow add_flows(struct flow a, struct flow b)
{
    if (a.n == 0 || b.n == 0)
        return a.n == 0 ? b : a;
    return (struct flow){ .first = a.first < b.first ? a.first : b.first,
                          .n = a.n + b.n,
                          .percent = a.percent > b.percent ? a.percent : b.percent,
                          .is_may = a.is_may && b.is_may };
}

static void add_user(struct users *u, const struct user *user)
{
    struct user *last = u->n > 0 ? &u->items[u->n - 1] : NULL;
    if (last == NULL || last->notebook != user->notebook) {
        *ARENA_PUSH(&u->arena, u->items, u->n, u->cap) = *user;
        return;
    }
    last->dirs |= user->dirs;
    last->maybe |= user->maybe;
    for (int way = 0; way < 2; way++)
        last->flows[way] = add_flows(last->flows[way], user->flows[way]);
}

/* What is known for sure also flows, in passing or not; what may be about it counts as maybe. */
static struct user user_of(const struct users *u, const struct about *about, int64_t at,
                           int64_t what)
{
    bool is_may = (what & REF_IS_MAY) != 0, is_maybe = about->match.relation == URI_HOLES;
    const struct place_use use = { .uri = about->uri,
                                   .folder = STR_EMPTY,
                                   .is_called = (what & REF_IS_CALLED) != 0,
                                   .is_may = is_may,
                                   .is_derived = (what & REF_IS_DERIVED) != 0,
                                   .dir = ref_dir(what) };
    unsigned dir = 1U << use.dir & about->mask;
    struct user user = { .dirs = is_may || is_maybe ? 0 : dir,
                         .maybe = is_maybe && !is_may ? dir : 0 };
    int way = dir == 0 || is_maybe ? -1 : ref_way(what);
    if (way >= 0)
        user.flows[way] =
            (struct flow){ .first = at,
                           .n = 1,
                           .percent = place_match_percent(
                               &about->match, about->is_table ? about->uri : u->root, &use),
                           .is_may = is_may || !use.is_called };
    return user;
}

static bool is_none(const struct user *user)
{
    return user->dirs == 0 && user->maybe == 0 && user->flows[0].n == 0 && user->flows[1].n == 0;
}

/* All references to a place. */
static bool add_refs(struct users *u, const struct about *about, struct err *err)
{
    static const char sql[] = "SELECT notebook, what, cell, line FROM ref WHERE place = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&u->w->db, &rows, err, sql, "i", about->place))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        struct user user =
            user_of(u, about, use_at(db_int(&rows, 2), db_int(&rows, 3)), db_int(&rows, 1));
        user.notebook = db_int(&rows, 0);
        if (!is_none(&user))
            add_user(u, &user);
    }
    return false;
}

/* Places at the dataset and inside of it. */
static bool add_inside(struct users *u, struct str uri, struct err *err)
{
    static const char at[] = "SELECT id, uri FROM place WHERE uri = ?";
    static const char inside[] = "SELECT id, uri FROM place WHERE uri >= ? AND uri < ?";
    for (int i = 0; i < 2; i++) {
        AUTO_ROWS rows = { 0 };
        bool has_row = true;
        bool ok = i == 0 ? db_query(&u->w->db, &rows, err, at, "s", u->root)
                         : db_query(&u->w->db, &rows, err, inside, "ss",
                                    arena_concat(&u->arena, u->root, STR("/")),
                                    arena_concat(&u->arena, u->root, STR("0")));
        while (ok && has_row) {
            ok = db_next(&rows, &has_row, err);
            if (!ok || !has_row || !place_falls_into(db_text(&rows, 1), uri))
                continue;
            const struct about about = { .place = db_int(&rows, 0),
                                         .uri = db_text(&rows, 1),
                                         .match = { .relation = URI_INSIDE },
                                         .mask = UINT_MAX };
            ok = add_refs(u, &about, err);
        }
        if (!ok)
            return false;
    }
    return true;
}

/* The place with just that uri: a folder above the dataset; the name of a table, bound to the
 * dataset or to a folder above it. */
static bool add_at(struct users *u, struct str uri, enum uri_relation relation, struct err *err)
{
    static const char sql[] = "SELECT id FROM place WHERE uri = ?";
    struct about about = { .uri = uri,
                           .is_table = str_has_prefix(uri, STR("table:")),
                           .match = { .relation = relation },
                           .mask = relation == URI_CONTAINS ? (unsigned)DIRS_ABOVE : UINT_MAX };
    bool has_place;
    return db_get_int(&u->w->db, &about.place, &has_place, err, sql, "s", uri) &&
           (!has_place || add_refs(u, &about, err));
}

static bool add_tables_above(struct users *u, struct str folder, struct err *err)
{
    static const char sql[] = "SELECT DISTINCT name FROM table_name WHERE location = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row = true;
    if (!db_query(&u->w->db, &rows, err, sql, "s", folder))
        return false;
    while (db_next(&rows, &has_row, err) && has_row)
        if (!add_at(u, db_text(&rows, 0), URI_CONTAINS, err))
            return false;
    return !has_row;
}

static bool add_above(struct users *u, struct err *err)
{
    struct str folders[PLACE_MAX_PREFIXES];
    size_t n = place_ancestors(u->root, folders, PLACE_MAX_PREFIXES);
    for (size_t i = 0; i < n; i++)
        if (!add_at(u, folders[i], URI_CONTAINS, err) || !add_tables_above(u, folders[i], err))
            return false;
    return true;
}

/* Tables that are bound to the dataset or to a part of it. */
static bool add_tables(struct users *u, struct str uri, struct err *err)
{
    static const char sql[] = "SELECT DISTINCT name, location FROM table_name"
                              " WHERE location = ?1 OR (location >= ?2 AND location < ?3)";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    struct strmap seen; /* a name may be bound to several parts */
    strmap_init(&seen, &u->arena);
    if (!db_query(&u->w->db, &rows, err, sql, "sss", u->root,
                  arena_concat(&u->arena, u->root, STR("/")),
                  arena_concat(&u->arena, u->root, STR("0"))))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        if (!place_falls_into(db_text(&rows, 1), uri) || strmap_has(&seen, db_text(&rows, 0)))
            continue;
        strmap_put(&seen, arena_str(&u->arena, db_text(&rows, 0)), u);
        if (!add_at(u, db_text(&rows, 0), URI_EQUAL, err))
            return false;
    }
    return false;
}

/* Patterns that may be about the dataset. */
static bool add_patterns(struct users *u, struct err *err)
{
    struct str prefixes[PLACE_MAX_PREFIXES];
    size_t n = place_prefixes(u->root, prefixes, PLACE_MAX_PREFIXES);
    for (size_t i = 0; i < n; i++) {
        struct patterns found;
        if (!patterns_find(&u->w->db, &u->arena, prefixes[i], u->root, &found, err))
            return false;
        for (size_t k = 0; k < found.n; k++) {
            struct about about = { .place = found.items[k].id, .uri = found.items[k].uri };
            about.match.relation = uri_match(u->root, about.uri, &about.match.score);
            about.mask = about.match.relation == URI_CONTAINS ? (unsigned)DIRS_ABOVE : UINT_MAX;
            if (about.match.relation == URI_APART || about.match.relation == URI_INSIDE ||
                place_match_is_weak(&about.match))
                continue;
            if (!add_refs(u, &about, err))
                return false;
        }
    }
    return true;
}

static int by_notebook(const void *a, const void *b)
{
    const struct user *x = a, *y = b;
    return (x->notebook > y->notebook) - (x->notebook < y->notebook);
}

/* One for each notebook, in their order. */
static void merge(struct users *u)
{
    size_t n = u->n;
    if (n > 1)
        qsort(u->items, n, sizeof *u->items, by_notebook);
    u->n = 0;
    for (size_t i = 0; i < n; i++)
        add_user(u, &u->items[i]);
}

/* ---- Writing. ---- */

/* The notebook is counted for the dataset under each of its kinds; n is 1 or -1. */
static bool tally_user(struct index_writer *w, int64_t dataset, int64_t notebook, int64_t n,
                       struct err *err)
{
    static const char sql[] = "SELECT kind FROM notebook_kind WHERE notebook = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    writer_tally(w, TALLY_DATASET, dataset, 0, n);
    if (!db_query(&w->db, &rows, err, sql, "i", notebook))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        writer_tally(w, TALLY_DATASET, dataset, db_int(&rows, 0), n);
    }
    return false;
}

static bool get_old(struct users *old, int64_t dataset, struct err *err)
{
    static const char sql[] =
        "SELECT notebook, dirs, maybe, read_at, n_reads, read_sure, write_at, n_writes,"
        " write_sure FROM use WHERE dataset = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&old->w->db, &rows, err, sql, "i", dataset))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            break;
        struct user user = { db_int(&rows, 0),
                             (unsigned)db_int(&rows, 1),
                             (unsigned)db_int(&rows, 2),
                             { { 0 }, { 0 } } };
        for (int way = 0; way < 2; way++)
            user.flows[way] = (struct flow){ db_int(&rows, 3 + 3 * way), db_int(&rows, 4 + 3 * way),
                                             (unsigned)db_int(&rows, 5 + 3 * way) / 2,
                                             (db_int(&rows, 5 + 3 * way) & 1) != 0 };
        *ARENA_PUSH(&old->arena, old->items, old->n, old->cap) = user;
    }
    merge(old);
    return !has_row;
}

static enum use_flows flows_of(const struct user *user)
{
    static const enum use_flows flows[2][2] = { { USE_NO_FLOW, USE_WRITES },
                                                { USE_READS, USE_READS_AND_WRITES } };
    return flows[user->flows[0].n > 0][user->flows[1].n > 0];
}

static bool is_same(const struct user *a, const struct user *b)
{
    bool is = a->dirs == b->dirs && a->maybe == b->maybe;
    for (int way = 0; way < 2; way++)
        is = is && a->flows[way].n == b->flows[way].n &&
             a->flows[way].first == b->flows[way].first &&
             a->flows[way].percent == b->flows[way].percent &&
             a->flows[way].is_may == b->flows[way].is_may;
    return is;
}

static bool put_user(struct index_writer *w, int64_t dataset, const struct user *is,
                     struct err *err)
{
    static const char put[] = "INSERT INTO use VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /* What is absent is NULL. */
    static const char *const formats[] = { [USE_NO_FLOW] = "iiiiinnnnnn",
                                           [USE_READS] = "iiiiiiiinnn",
                                           [USE_READS_AND_WRITES] = "iiiiiiiiiii",
                                           [USE_WRITES] = "iiiiinnniii" };
    const struct flow *r = &is->flows[0], *f = &is->flows[1];
    enum use_flows flows = flows_of(is);
    int64_t read_sure = r->percent * 2 + r->is_may, write_sure = f->percent * 2 + f->is_may;
    int64_t dirs = is->dirs, maybe = is->maybe;
    if (flows == USE_WRITES)
        return db_run(&w->db, err, put, formats[flows], dataset, (int64_t)flows, is->notebook, dirs,
                      maybe, f->first, f->n, write_sure);
    return db_run(&w->db, err, put, formats[flows], dataset, (int64_t)flows, is->notebook, dirs,
                  maybe, r->first, r->n, read_sure, f->first, f->n, write_sure);
}

/* From was to is, of one notebook; none of it: not there. */
static bool write_user(struct index_writer *w, int64_t dataset, const struct user *was,
                       const struct user *is, struct err *err)
{
    static const char drop[] = "DELETE FROM use WHERE dataset = ? AND flows = ? AND notebook = ?";
    if (is_same(was, is))
        return true;
    int64_t change = (is->dirs != 0) - (was->dirs != 0);
    if (change != 0 && !tally_user(w, dataset, is->notebook, change, err))
        return false;
    return (is_none(was) ||
            db_run(&w->db, err, drop, "iii", dataset, (int64_t)flows_of(was), was->notebook)) &&
           (is_none(is) || put_user(w, dataset, is, err));
}

/* Both in the order of notebooks. */
static bool write_users(struct users *old, struct users *now, int64_t dataset, struct err *err)
{
    size_t i = 0, j = 0;
    while (i < old->n || j < now->n) {
        int64_t a = i < old->n ? old->items[i].notebook : INT64_MAX;
        int64_t b = j < now->n ? now->items[j].notebook : INT64_MAX;
        struct user was = { .notebook = a < b ? a : b }, is = was;
        if (a <= b)
            was = old->items[i++];
        if (b <= a)
            is = now->items[j++];
        if (!write_user(now->w, dataset, &was, &is, err))
            return false;
    }
    return true;
}

static bool write_counts(struct users *u, int64_t dataset, struct err *err)
{
    static const char modified[] = "SELECT modified_s FROM notebook WHERE id = ?";
    static const char set[] =
        "UPDATE dataset SET n_users = ?, n_readers = ?, n_writers = ?, n_maybe = ?, used_s = ?,"
        " read_s = ?, n_out = ?, n_in = ? WHERE id = ?";
    int64_t n_out = 0, n_in = 0, n_users = 0, n_readers = 0, n_writers = 0, n_maybe = 0, used_s = 0,
            read_s = 0;
    for (size_t i = 0; i < u->n; i++) {
        unsigned dirs = u->items[i].dirs;
        int64_t at_s;
        n_out += u->items[i].flows[0].n > 0;
        n_in += u->items[i].flows[1].n > 0;
        n_maybe += dirs == 0 && u->items[i].maybe != 0;
        if (dirs == 0)
            continue;
        if (!db_get_int(&u->w->db, &at_s, NULL, err, modified, "i", u->items[i].notebook))
            return false;
        bool is_reader = (dirs & 1U << REFERENCE_READ) != 0;
        n_users++;
        n_readers += is_reader;
        n_writers += (dirs & 1U << REFERENCE_WRITE) != 0;
        used_s = at_s > used_s ? at_s : used_s;
        read_s = is_reader && at_s > read_s ? at_s : read_s;
    }
    u->w->is_changed = true;
    return db_run(&u->w->db, err, set, "iiiiiiiii", n_users, n_readers, n_writers, n_maybe, used_s,
                  read_s, n_out, n_in, dataset);
}

static bool gather(struct users *u, struct str uri, struct err *err)
{
    return add_inside(u, uri, err) && add_above(u, err) && add_tables(u, uri, err) &&
           add_patterns(u, err);
}

bool users_settle(struct index_writer *w, int64_t dataset, struct err *err)
{
    static const char find[] = "SELECT uri, root FROM dataset WHERE id = ?";
    struct users old = { .w = w }, now = { .w = w };
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&w->db, &rows, err, find, "i", dataset) || !db_next(&rows, &has_row, err))
        return false;
    if (!has_row)
        return true;
    struct str uri = arena_str(&old.arena, db_text(&rows, 0));
    now.root = arena_str(&old.arena, db_text(&rows, 1));
    db_rows_release(&rows);
    bool ok = get_old(&old, dataset, err) && gather(&now, uri, err);
    merge(&now);
    ok = ok && write_users(&old, &now, dataset, err) && write_counts(&now, dataset, err);
    arena_release(&old.arena);
    arena_release(&now.arena);
    return ok;
}

/* ---- Forgetting. ---- */

static bool forget(struct index_writer *w, const char *sql, int64_t id, bool is_dataset,
                   struct err *err)
{
    static const char mark[] = "INSERT OR IGNORE INTO unsettled_dataset VALUES(?)";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&w->db, &rows, err, sql, "i", id))
        return false;
    while (db_next(&rows, &has_row, err)) {
        if (!has_row)
            return true;
        int64_t dataset = is_dataset ? id : db_int(&rows, 0);
        int64_t notebook = is_dataset ? db_int(&rows, 0) : id;
        if (db_int(&rows, 1) != 0 && !tally_user(w, dataset, notebook, -1, err))
            return false;
        if (!is_dataset && !db_run(&w->db, err, mark, "i", dataset))
            return false;
    }
    return false;
}

bool users_forget_notebook(struct index_writer *w, int64_t notebook, struct err *err)
{
    static const char sql[] = "SELECT dataset, dirs FROM use WHERE notebook = ?";
    return forget(w, sql, notebook, false, err) &&
           db_run(&w->db, err, "DELETE FROM use WHERE notebook = ?", "i", notebook);
}

bool users_forget_dataset(struct index_writer *w, int64_t dataset, struct err *err)
{
    static const char sql[] = "SELECT notebook, dirs FROM use WHERE dataset = ?";
    return forget(w, sql, dataset, true, err) &&
           db_run(&w->db, err, "DELETE FROM use WHERE dataset = ?", "i", dataset);
}
