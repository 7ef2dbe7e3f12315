/*
 * events: a graph as events of OpenLineage: a JobEvent for each notebook, a DatasetEvent for each
 * dataset.  Their time is that of the catalogue's last change, so that the same catalogue gives the
 * same events.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/catalogue.h"

#include "catalog/openlineage.h"

enum { MAX_USES = 1000, MAX_COLUMNS = 1000, MAX_TABLES = 100 };
enum { PERCENT_SURE = 100, PERCENT_HOLES = 50 };

static bool uri_of_dataset(struct index_reader *r, struct arena *a, int64_t id, struct str *out,
                           struct err *err)
{
    struct index_dataset d;
    if (!index_dataset_get(r, a, id, &d, err))
        return false;
    *out = d.uri;
    return true;
}

static bool uses_of(struct index_reader *r, struct arena *a, int64_t row,
                    struct openlineage_job *job, struct err *err)
{
    struct index_uses found;
    if (!index_notebook_uses(r, a, row, MAX_USES, &found, err))
        return false;
    struct openlineage_use *uses = ARENA_NEW_N(a, struct openlineage_use, found.n + 1);
    for (size_t i = 0; i < found.n; i++) {
        const struct index_use *u = &found.items[i];
        struct openlineage_use *use = &uses[job->n_uses];
        if (u->kind != REFERENCE_DATA || (u->dir != REFERENCE_READ && u->dir != REFERENCE_WRITE))
            continue;
        *use =
            (struct openlineage_use){ .uri = u->uri,
                                      .dataset = STR_EMPTY,
                                      .dir = u->dir,
                                      .kind = u->kind,
                                      .cell = u->cell,
                                      .line = u->line,
                                      .via = u->via,
                                      .percent = u->holes.len == 0 ? PERCENT_SURE : PERCENT_HOLES,
                                      .is_may = u->is_may,
                                      .is_called = u->is_called };
        if (u->dataset != 0 && !uri_of_dataset(r, a, u->dataset, &use->dataset, err))
            return false;
        job->n_uses++;
    }
    job->uses = uses;
    return true;
}

static bool put_job(struct call *call, struct index_reader *r,
                    const struct openlineage_settings *settings, struct str uri, struct err *err)
{
    struct arena *a = call->req->arena;
    struct index_notebook_row nb;
    struct index_kind kinds[PROCESS_N];
    size_t n_kinds;
    bool has_notebook;
    if (!index_notebook_by_uri(r, a, uri, &nb, &has_notebook, err))
        return false;
    if (!has_notebook)
        return true;
    if (!index_notebook_kinds(r, a, nb.row, kinds, &n_kinds, err))
        return false;
    struct str *names = ARENA_NEW_N(a, struct str, n_kinds + 1);
    for (size_t i = 0; i < n_kinds; i++)
        names[i] = str_from(process_name(kinds[i].process));
    struct openlineage_job job = { .id = nb.id,
                                   .uri = nb.uri,
                                   .version = nb.etag,
                                   .title = nb.title,
                                   .owner = nb.owner,
                                   .kernel = nb.kernel,
                                   .language = nb.language,
                                   .kinds = names,
                                   .n_kinds = n_kinds };
    if (!uses_of(r, a, nb.row, &job, err))
        return false;
    /* One without a name there is no event. */
    (void)openlineage_put_job(a, &call->json, settings, &job);
    return true;
}

static bool put_dataset_event(struct call *call, struct index_reader *r,
                              const struct openlineage_settings *settings, int64_t id,
                              struct err *err)
{
    struct arena *a = call->req->arena;
    struct index_dataset d;
    struct index_columns found;
    struct index_bindings tables;
    if (!index_dataset_get(r, a, id, &d, err) ||
        !index_dataset_columns(r, a, id, MAX_COLUMNS, &found, err) ||
        !index_bindings(r, a, place_key(a, d.uri), false, MAX_TABLES, &tables, err))
        return false;
    struct openlineage_column *columns = ARENA_NEW_N(a, struct openlineage_column, found.n + 1);
    struct str *names = ARENA_NEW_N(a, struct str, tables.n + 1);
    for (size_t i = 0; i < found.n; i++)
        columns[i] = (struct openlineage_column){ found.items[i].name, found.items[i].type,
                                                  found.items[i].is_partition };
    for (size_t i = 0; i < tables.n; i++)
        names[i] = tables.items[i].table;
    const struct openlineage_dataset dataset = { .uri = d.uri,
                                                 .format = d.format,
                                                 .layout = d.layout,
                                                 .columns = columns,
                                                 .n_columns = found.n,
                                                 .tables = names,
                                                 .n_tables = tables.n };
    (void)openlineage_put_dataset(a, &call->json, settings, &dataset);
    return true;
}

bool put_events(struct call *call, struct index_reader *r, const struct graph *g, struct err *err)
{
    struct index_state state;
    if (!index_state(r, &state, err))
        return false;
    const struct openlineage_settings settings = {
        .producer =
            arena_concat(call->req->arena, STR("urn:boathouse:"), call->api->options.version),
        .event_time_ms = state.updated_unix_ms,
    };
    json_write_array(&call->json);
    for (size_t i = 0; i < g->n_nodes; i++) {
        const struct graph_node *node = &g->nodes[i];
        bool ok = true;
        if (node->key.kind == GRAPH_NOTEBOOK)
            ok = put_job(call, r, &settings, node->uri, err);
        else if (node->key.kind == GRAPH_DATASET)
            ok = put_dataset_event(call, r, &settings, node->key.id, err);
        if (!ok)
            return false;
    }
    json_write_end(&call->json);
    return true;
}
