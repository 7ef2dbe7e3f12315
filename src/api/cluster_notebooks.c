/* cluster_notebooks: see cluster_notebooks.h, and the call that lists them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/cluster_notebooks.h"

#include "api/clusters_v1.h"

#include <stdlib.h>

enum { MAX_LOOKED_AT = 10000 };

struct gathering {
    struct arena *arena;
    struct saved_notebooks found;
};

/* Jupyter's own copies are no notebooks of anybody's. */
static bool is_notebook(struct str key)
{
    return str_has_suffix(key, STR(".ipynb")) && !str_contains(key, STR(".ipynb_checkpoints/"));
}

static bool add(void *ctx, const struct store_object *object, struct err *err)
{
    struct gathering *g = ctx;
    if (g->found.n_looked_at++ == MAX_LOOKED_AT) {
        g->found.is_complete = false;
        return err_set(err, ERR_TOO_LARGE, "more than %d objects", MAX_LOOKED_AT);
    }
    if (!is_notebook(object->key))
        return true;
    *ARENA_PUSH(g->arena, g->found.items, g->found.n, g->found.cap) =
        (struct saved_notebook){ .key = arena_str(g->arena, object->key),
                                 .size_bytes = object->size_bytes,
                                 .saved_ms = object->last_modified_unix_ms };
    return true;
}

static int newest_first(const void *x, const void *y)
{
    const struct saved_notebook *a = x, *b = y;
    if (a->saved_ms != b->saved_ms)
        return a->saved_ms > b->saved_ms ? -1 : 1;
    return str_cmp(a->key, b->key);
}

bool cluster_notebooks_find(struct call *call, const struct cluster_row *row, int64_t deadline_ms,
                            struct saved_notebooks *out, struct err *err)
{
    struct gathering g = { .arena = call->req->arena, .found = { .is_complete = true } };
    struct store *store = call->api->options.notebooks;
    if (store == NULL)
        return err_set(err, ERR_UNSUPPORTED, "this process does not know where notebooks are kept");
    const struct store_list list = {
        .bucket = row->spec.bucket,
        .prefix = cluster_notebooks_prefix(call->req->arena, row),
        .each = add,
        .ctx = &g,
        .call = { .deadline_ms = deadline_ms, .cancel = call->req->cancel },
    };
    if (!store_list(store, &list, err) && g.found.is_complete)
        return false;
    if (g.found.n > 0)
        qsort(g.found.items, g.found.n, sizeof *g.found.items, newest_first);
    *out = g.found;
    return true;
}

void cluster_notebook_write(struct call *call, const struct cluster_row *row,
                            const struct saved_notebook *n)
{
    struct json_writer *w = &call->json;
    struct arena *a = call->req->arena;
    json_write_object(w);
    json_put_str(w, STR("bucket"), row->spec.bucket);
    json_put_str(w, STR("key"), n->key);
    json_put_str(w, STR("uri"),
                 arena_printf(a, "s3://%.*s/%.*s", STR_FMT(row->spec.bucket), STR_FMT(n->key)));
    json_put_u64(w, STR("size_bytes"), n->size_bytes);
    json_put_time(w, STR("last_modified"), n->saved_ms);
    json_write_end(w);
}

bool api_cluster_notebooks(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct json_writer *w = &call->json;
    struct arena *a = call->req->arena;
    struct saved_notebooks found;
    struct cluster_row row;
    if (c == NULL || !cluster_named(call, c, &row, err) ||
        !cluster_notebooks_find(call, &row, call->req->deadline_ms, &found, err))
        return false;
    size_t limit = (size_t)call_number(call, STR("limit"));
    json_write_object(w);
    json_put_str(w, STR("uri"),
                 arena_printf(a, "s3://%.*s/%.*s", STR_FMT(row.spec.bucket),
                              STR_FMT(cluster_notebooks_prefix(a, &row))));
    if (found.n > 0)
        json_put_time(w, STR("last_saved_at"), found.items[0].saved_ms);
    else
        json_put_null(w, STR("last_saved_at"));
    json_put_bool(w, STR("complete"), found.is_complete && found.n <= limit);
    json_write_key(w, STR("items"));
    json_write_array(w);
    for (size_t i = 0; i < found.n && i < limit; i++)
        cluster_notebook_write(call, &row, &found.items[i]);
    json_write_end(w);
    json_write_end(w);
    return true;
}
