/* find: see find.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/find.h"

#include "notebook/reader.h"
#include "util/limits.h"

#include <stdlib.h>

/* The rest of a notebook in which the text was found is read to its end only if it is short: a kept
 * connection is worth more than so many bytes. */
enum { WORTH_STOPPING_BYTES = 1024 * 1024 };

/* Keys have no leading "/", but people write one. */
static struct str prefix_of(struct str path)
{
    return path.len > 0 && path.ptr[0] == '/' ? str_from_pos(path, 1) : path;
}

static bool each_file(void *ctx, const struct store_object *object, struct err *err)
{
    const struct files_query *q = ctx;
    if (!str_has_suffix(object->key, q->extension))
        return true;
    return q->each(q->ctx, object, err);
}

bool files_find(struct store *s, const struct files_query *q, struct err *err)
{
    struct files_query query = *q;
    if (prefix_of(q->path).len > LIMIT_KEY_BYTES) /* no key is that long */
        return store_check_bucket(s, q->bucket, &q->call, err);
    const struct store_list list = { .bucket = q->bucket,
                                     .prefix = prefix_of(q->path),
                                     .each = each_file,
                                     .ctx = &query,
                                     .call = q->call };
    return store_list(s, &list, err);
}

struct search {
    const struct notebooks_query *query;
    struct arena *arena; /* of the answer */
    struct notebooks_found found;
    size_t cap;
};

/* One notebook on its way. */
struct reading {
    struct search *search;
    struct arena arena;
    struct notebook_reader *reader;
    uint64_t left_bytes;
    bool is_found;
};

static void visit(void *ctx, const struct cell *cell)
{
    struct reading *r = ctx;
    if (!r->is_found && cell_has_tag(cell, STR("parameters")))
        r->is_found = str_contains(cell->source, r->search->query->search_on);
}

static bool begin(void *ctx, struct store_scan_item *item)
{
    struct search *s = ctx;
    if (!str_has_suffix_nocase(item->object.key, STR(".ipynb")))
        return false;
    if (item->object.size_bytes > s->query->max_notebook_bytes) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_TOO_LARGE, "the notebook has %llu bytes; at most %llu are read",
                (unsigned long long)item->object.size_bytes,
                (unsigned long long)s->query->max_notebook_bytes);
        s->found.n_broken++;
        if (s->query->broken != NULL)
            s->query->broken(s->query->ctx, item->object.key, &err);
        return false;
    }
    struct reading *r = calloc(1, sizeof *r);
    if (r == NULL)
        panic("no memory for a notebook");
    r->search = s;
    r->left_bytes = item->object.size_bytes;
    r->reader = notebook_reader_new(&r->arena, item->object.key, visit, r);
    item->ctx = r;
    return true;
}

static bool take(void *ctx, struct str bytes, struct err *err)
{
    struct reading *r = ctx;
    r->left_bytes -= bytes.len < r->left_bytes ? bytes.len : r->left_bytes;
    if (r->is_found && r->left_bytes > WORTH_STOPPING_BYTES)
        return err_set(err, ERR_CANCELLED, "found");
    return r->is_found || notebook_reader_feed(r->reader, bytes, err);
}

static void end(void *ctx, struct store_scan_item *item, bool ok, const struct err *err)
{
    struct search *s = ctx;
    struct reading *r = item->ctx;
    struct notebook ignored;
    struct err why = ERR_INIT;
    s->found.n_read++;
    if (!r->is_found && ok && !notebook_reader_finish(r->reader, &ignored, &why)) {
        ok = false;
        err = &why;
    }
    if (r->is_found)
        *ARENA_PUSH(s->arena, s->found.keys, s->found.n, s->cap) =
            arena_str(s->arena, item->object.key);
    else if (!ok) {
        s->found.n_broken++;
        if (s->query->broken != NULL)
            s->query->broken(s->query->ctx, item->object.key, err);
    }
    notebook_reader_free(r->reader);
    arena_release(&r->arena);
    free(r);
}

static int by_key(const void *left, const void *right)
{
    const struct str *a = left, *b = right;
    return str_cmp(*a, *b);
}

bool notebooks_find(struct store *s, struct arena *a, const struct notebooks_query *q,
                    struct notebooks_found *out, struct err *err)
{
    struct search search = { .query = q, .arena = a };
    if (q->search_on.len == 0)
        return err_set(err, ERR_INVALID, "the text to search for is empty");
    const struct store_scan scan = { .bucket = q->bucket,
                                     .prefix = prefix_of(q->path),
                                     .select = begin,
                                     .chunk = take,
                                     .done = end,
                                     .ctx = &search,
                                     .window = q->window,
                                     .call = q->call };
    bool is_possible = scan.prefix.len <= LIMIT_KEY_BYTES; /* no key is longer */
    if (is_possible ? !store_scan(s, &scan, err) : !store_check_bucket(s, q->bucket, &q->call, err))
        return false;
    if (search.found.n > 0)
        qsort(search.found.keys, search.found.n, sizeof *search.found.keys, by_key);
    *out = search.found;
    return true;
}
