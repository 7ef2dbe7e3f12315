/*
 * discover: the stack of open folders.
 *
 * In byte order all keys of a folder stand together, so a folder is left for good when a key comes
 * that does not lie in it.  Families wait in d->pending, oldest first, because a folder around them
 * may turn out to be a table (Iceberg's metadata/ comes behind its data/); they are given away when
 * a folder of the top is left, or when they are too many.  Then the table says that it absorbs.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/discover_internal.h"
#include "catalog/table_log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *ptr)
{
    if (ptr == NULL)
        panic("no memory for discovery");
    return ptr;
}

static void push(struct discover *d, struct folder folder)
{
    if (d->n_open == d->cap_open) {
        d->cap_open = d->cap_open == 0 ? 16 : d->cap_open * 2;
        d->open = must(realloc(d->open, d->cap_open * sizeof *d->open));
    }
    folder.pending_from = d->n_released + d->n_pending;
    d->open[d->n_open++] = folder;
}

struct discover *discover_new(const struct discover_options *options)
{
    struct discover *d = must(calloc(1, sizeof *d));
    d->options = *options;
    d->path = (struct buf)BUF_INIT(LIMIT_KEY_BYTES);
    push(d, (struct folder){ .name.kind = FOLDER_PLAIN });
    return d;
}

void folder_release(struct folder *folder)
{
    group_set_release(&folder->groups);
    group_set_release(&folder->overrides);
    table_log_free(folder->log);
    arena_release(&folder->arena);
}

void discover_free(struct discover *d)
{
    if (d == NULL)
        return;
    for (size_t i = 0; i < d->n_open; i++)
        folder_release(&d->open[i]);
    for (size_t i = 0; i < d->n_pending; i++)
        family_free(d->pending[i]);
    free(d->open);
    free(d->pending);
    buf_release(&d->path);
    free(d);
}

/* Give away the oldest n families. */
static bool release_pending(struct discover *d, size_t n, struct err *err)
{
    bool ok = true;
    size_t done = 0;
    for (; ok && done < n; done++) {
        d->pending_bytes -= d->pending[done]->cost_bytes;
        ok = d->options.found(d->options.ctx, d->pending[done], err);
    }
    if (done > 0)
        memmove(d->pending, d->pending + done, (d->n_pending - done) * sizeof(struct family *));
    d->n_pending -= done;
    d->n_released += done;
    return ok;
}

bool discover_pend(struct discover *d, struct family *f, struct err *err)
{
    if (d->n_pending == d->cap_pending) {
        d->cap_pending = d->cap_pending == 0 ? 16 : d->cap_pending * 2;
        d->pending = must(realloc(d->pending, d->cap_pending * sizeof(struct family *)));
    }
    d->pending[d->n_pending++] = f;
    d->pending_bytes += f->cost_bytes;
    if (d->pending_bytes <= LIMIT_DISCOVER_PENDING_BYTES)
        return true;
    return release_pending(d, (d->n_pending + 1) / 2, err);
}

void discover_drop_inside(struct discover *d, const struct folder *folder)
{
    size_t kept = folder->pending_from > d->n_released ? folder->pending_from - d->n_released : 0;
    for (size_t i = kept; i < d->n_pending; i++) {
        struct family *f = d->pending[i];
        if (f->is_declared) {
            d->pending[kept++] = f;
            continue;
        }
        d->pending_bytes -= f->cost_bytes;
        family_free(f);
    }
    d->n_pending = kept;
}

static bool is_table(const struct folder *folder)
{
    return folder->log != NULL && table_log_is_table(folder->log);
}

/* Leave folders until n_keep are open. */
static bool leave_to(struct discover *d, size_t n_keep, struct err *err)
{
    while (d->n_open > n_keep) {
        if (!discover_leave(d, err))
            return false;
        if (d->n_open == 1 && !is_table(&d->open[0]) && !release_pending(d, d->n_pending, err))
            return false;
    }
    return true;
}

/* How many of the open folders key lies in. */
static size_t common_folders(const struct discover *d, struct str key)
{
    struct str last = buf_str(&d->path);
    size_t n = 1;
    while (n < d->n_open) {
        size_t len = d->open[n].key_len;
        if (key.len <= len || key.ptr[len] != '/' || memcmp(key.ptr, last.ptr, len) != 0)
            break;
        n++;
    }
    return n;
}

/* Open the folders of key that are not open yet. */
static void enter(struct discover *d, struct str key)
{
    for (;;) {
        const struct folder *above = &d->open[d->n_open - 1];
        size_t from = d->n_open == 1 ? 0 : above->key_len + 1;
        size_t slash = str_find_char(str_from_pos(key, from), '/');
        if (slash == SIZE_MAX)
            return;
        struct folder folder = { .key_len = from + slash };
        struct str part = arena_str(&folder.arena, str_slice(key, from, from + slash));
        folder.name = folder_name_parse(&folder.arena, part, above->name.kind);
        folder.is_hidden = above->is_hidden || folder.name.kind == FOLDER_HIDDEN;
        folder.is_below_partition =
            above->is_below_partition ||
            (folder_kind_is_partition(above->name.kind) && above->name.kind != FOLDER_YEAR);
        push(d, folder);
    }
}

/* Does a writer put this into a folder that it has finished? */
static bool is_marker(struct str name)
{
    return str_eq(name, STR("_SUCCESS")) || str_eq(name, STR("_metadata")) ||
           str_eq(name, STR("_common_metadata")) || str_has_prefix(name, STR("_committed_"));
}

/* Tell the tables that this object may belong to: those of its folder and of the folders above. */
static void note_logs(struct discover *d, const struct discover_object *object)
{
    for (size_t i = d->n_open; i > 0 && i + 3 > d->n_open; i--) {
        struct folder *folder = &d->open[i - 1];
        size_t from = i == 1 ? 0 : folder->key_len + 1;
        table_log_note(&folder->log, str_from_pos(object->key, from), object);
    }
}

static void add_object(struct discover *d, const struct discover_object *object)
{
    struct folder *folder = &d->open[d->n_open - 1];
    size_t from = d->n_open == 1 ? 0 : folder->key_len + 1;
    struct str name = str_from_pos(object->key, from);
    totals_add(&folder->all, object);
    note_logs(d, object);
    folder->has_marker = folder->has_marker || is_marker(name);
    if (overrides_take(d, object))
        return;
    if (folder->is_hidden || object->size_bytes == 0)
        return;
    AUTO_ARENA a = ARENA_INIT;
    struct object_name row = object_name_parse(&a, name);
    if (row.role == OBJECT_IGNORED)
        return;
    totals_add(&folder->data, object);
    if (row.role == OBJECT_OTHER)
        return;
    struct group *g =
        folder->groups.level == 0 ? group_set_find_name(&folder->groups, row.pattern) : NULL;
    if (g == NULL) {
        g = group_new(STR_EMPTY, &row);
        group_add(g, object);
        group_set_take(&folder->groups, g);
        return;
    }
    group_add(g, object);
}

bool discover_object(struct discover *d, const struct discover_object *object, struct err *err)
{
    struct str key = object->key, last = buf_str(&d->path);
    if (key.len == 0 || key.len > LIMIT_KEY_BYTES)
        return err_set(err, ERR_INVALID, "the listing has a key of %zu bytes, 1 to %lu can be",
                       key.len, LIMIT_KEY_BYTES);
    if (last.len > 0 && str_cmp(last, key) >= 0)
        return err_set(err, ERR_INVALID,
                       "the listing is not in order: \"%.*s\" came behind \"%.*s\"", STR_FMT(key),
                       STR_FMT(last));
    if (!leave_to(d, common_folders(d, key), err))
        return false;
    enter(d, key);
    buf_reset(&d->path);
    buf_add(&d->path, key);
    add_object(d, object);
    return true;
}

bool discover_end(struct discover *d, struct err *err)
{
    if (!leave_to(d, 1, err) || !discover_leave(d, err))
        return false;
    return release_pending(d, d->n_pending, err);
}
