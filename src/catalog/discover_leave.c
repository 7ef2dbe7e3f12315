/*
 * discover_leave: what becomes of a folder when it is left.
 *
 * A table takes all that lies inside.  A folder that is a value of a partition hands its groups up,
 * as do plain folders below one; whoever is neither makes a family of what it has.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/discover_internal.h"
#include "catalog/table_log.h"

#include <string.h>

static struct str folder_key(const struct discover *d, const struct folder *folder)
{
    return str_slice(buf_str(&d->path), 0, folder->key_len);
}

static bool make_table(struct discover *d, struct folder *folder, struct err *err)
{
    struct family *f = family_new(d, folder_key(d, folder));
    discover_drop_inside(d, folder);
    f->log = folder->log;
    folder->log = NULL;
    f->data = folder->data;
    f->all = folder->all;
    for (size_t i = 0; i < folder->groups.n; i++)
        family_take_part(f, folder->groups.items[i]);
    folder->groups.n = 0;
    return discover_pend(d, f, err);
}

/* A year that stands alone is a folder: "reports/2024/x.csv" is no partition of reports. */
static bool is_lone_year(const struct group *g)
{
    return g->n_columns > 0 && g->columns[0].is_from_folder && g->n_top == 1 &&
           str_eq(g->columns[0].name, STR("year")) &&
           !(g->n_columns > 1 && g->columns[1].is_from_folder) &&
           str_has_prefix(g->shape, STR("*/"));
}

/* The first folder of a group's only row. */
static struct str first_of_row(const struct group *g)
{
    struct str head, rest;
    const struct path_row *row = path_rows_at(&g->rows, 0);
    (void)str_cut((struct str){ row->path, row->len }, '/', &head, &rest);
    return head;
}

static struct family *family_at(struct discover *d, const struct folder *folder, struct str below)
{
    AUTO_BUF key = BUF_INIT(2 * LIMIT_KEY_BYTES);
    buf_add(&key, folder_key(d, folder));
    if (key.len > 0 && below.len > 0)
        buf_add_char(&key, '/');
    buf_add(&key, below);
    struct family *f = family_new(d, buf_str(&key));
    f->is_whole = d->options.is_read_as_folder != NULL &&
                  d->options.is_read_as_folder(d->options.ctx, f->root);
    f->said = f->is_whole ? 0x9e3779b97f4a7c15u : 0; /* any number but 0 */
    return f;
}

/* Families of years that stand alone: each takes its groups out of the set. */
static bool resolve_years(struct discover *d, struct folder *folder, struct err *err)
{
    for (size_t i = 0; i < folder->groups.n; i++) {
        struct group **items = folder->groups.items;
        if (items[i] == NULL || !is_lone_year(items[i]))
            continue;
        AUTO_ARENA a = ARENA_INIT;
        struct str year = arena_str(&a, first_of_row(items[i]));
        struct family *f = family_at(d, folder, year);
        for (size_t k = i; k < folder->groups.n; k++) {
            struct group *g = items[k];
            if (g == NULL || !is_lone_year(g) || !str_eq(first_of_row(g), year))
                continue;
            group_pop_value(g);
            family_take_part(f, g);
            items[k] = NULL;
        }
        if (!discover_pend(d, f, err))
            return false;
    }
    return true;
}

static bool resolve(struct discover *d, struct folder *folder, struct err *err)
{
    if (!resolve_years(d, folder, err))
        return false;
    struct family *f = NULL;
    for (size_t i = 0; i < folder->groups.n; i++) {
        if (folder->groups.items[i] == NULL)
            continue;
        if (f == NULL)
            f = family_at(d, folder, STR_EMPTY);
        f->is_rest = folder->overrides.n > 0;
        family_take_part(f, folder->groups.items[i]);
    }
    folder->groups.n = 0;
    if (f == NULL)
        return true;
    f->is_whole = f->is_whole || folder->has_marker;
    if (f->is_rest)
        f->uri = arena_printf(&f->arena, "%.*s/*", STR_FMT(f->root));
    return discover_pend(d, f, err);
}

/* Each pattern of the configuration that fitted here is a family of its own. */
static bool resolve_overrides(struct discover *d, struct folder *folder, struct err *err)
{
    bool ok = true;
    size_t i = 0;
    for (; ok && i < folder->overrides.n; i++) {
        struct group *g = folder->overrides.items[i];
        struct family *f = family_at(d, folder, STR_EMPTY);
        f->is_whole = f->is_declared = true;
        f->said ^= overrides_digest(d->options.overrides);
        if (g->shape.len > 0)
            f->uri = arena_printf(&f->arena, "%.*s/%.*s", STR_FMT(f->root), STR_FMT(g->shape));
        family_take_part(f, g);
        ok = discover_pend(d, f, err);
    }
    folder->overrides.n -= i;
    if (i > 0)
        memmove(folder->overrides.items, folder->overrides.items + i,
                folder->overrides.n * sizeof(struct group *));
    return ok;
}

/* Do only pieces of an array lie here ("c/0/1")? */
static bool is_chunks(const struct folder *folder)
{
    for (size_t i = 0; i < folder->groups.n; i++) {
        const struct group *g = folder->groups.items[i];
        if (!g->is_number || g->role != OBJECT_UNKNOWN || g->n_columns > 0)
            return false;
    }
    return folder->name.kind == FOLDER_NUMBER || folder->name.kind == FOLDER_YEAR;
}

/* Does somebody read this lone year as a folder?  Then it is one. */
static bool is_boundary(const struct discover *d, const struct folder *folder)
{
    if (folder->name.kind != FOLDER_YEAR || d->options.is_read_as_folder == NULL)
        return false;
    AUTO_ARENA a = ARENA_INIT;
    struct str uri =
        arena_printf(&a, "%.*s/%.*s", STR_FMT(d->options.base_uri), STR_FMT(folder_key(d, folder)));
    return d->options.is_read_as_folder(d->options.ctx, uri);
}

static void hand_up(struct discover *d, struct folder *folder, struct folder *above)
{
    size_t from = d->n_open == 1 ? 0 : above->key_len + 1;
    struct str raw = str_from_pos(folder_key(d, folder), from);
    bool is_array = is_chunks(folder);
    bool is_value = folder_kind_is_partition(folder->name.kind) && !is_array;
    for (size_t i = 0; i < folder->groups.n; i++) {
        struct group *g = folder->groups.items[i];
        if (is_value)
            group_push_value(g, &folder->name, raw);
        else if (!is_array)
            group_push_folder(g, raw);
        group_set_take(&above->groups, g);
    }
    folder->groups.n = 0;
}

/* Is a folder around the one that is left known to be a table? */
static bool is_inside_table(const struct discover *d)
{
    for (size_t i = 0; i < d->n_open; i++) {
        if (d->open[i].log != NULL && table_log_is_table(d->open[i].log))
            return true;
    }
    return false;
}

static bool decide(struct discover *d, struct folder *folder, struct folder *above, struct err *err)
{
    if (folder->is_hidden)
        return true;
    if (is_inside_table(d)) {
        hand_up(d, folder, above);
        return true;
    }
    if (folder->log != NULL && table_log_is_table(folder->log))
        return make_table(d, folder, err);
    bool is_handed = above != NULL && !is_boundary(d, folder) &&
                     (folder_kind_is_partition(folder->name.kind) || folder->is_below_partition ||
                      (folder->name.kind == FOLDER_NUMBER && is_chunks(folder)));
    if (!is_handed)
        return resolve(d, folder, err);
    hand_up(d, folder, above);
    return true;
}

bool discover_leave(struct discover *d, struct err *err)
{
    struct folder folder = d->open[--d->n_open];
    struct folder *above = d->n_open > 0 ? &d->open[d->n_open - 1] : NULL;
    struct str key = folder_key(d, &folder);
    struct str name = str_from_pos(key, above == NULL || d->n_open == 1 ? 0 : above->key_len + 1);
    folder.is_hidden |= above != NULL && table_log_owns_folder(above->log, name);
    bool ok = decide(d, &folder, above, err) && resolve_overrides(d, &folder, err);
    if (above != NULL) {
        totals_merge(&above->all, &folder.all);
        if (!folder.is_hidden)
            totals_merge(&above->data, &folder.data);
    }
    folder_release(&folder);
    return ok;
}
