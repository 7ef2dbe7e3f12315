/*
 * emr_list: ListClusters, ListInstances and ListSteps, all pages of them.
 *
 * The three answers differ in names alone.  A page is read in an arena of its own.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr_internal.h"

#include "util/limits.h"
#include "json/json.h"

enum { BODY_MAX_BYTES = 16 * 1024 };

static const struct list {
    const char *operation;
    struct str items, name, ready; /* members of the answer, of an item and of its timeline */
    struct str states;             /* of ClusterStates, JSON; empty: all */
} lists[] = {
    [CLUSTER_LIST_LIVE] = { "ListClusters", STR_INIT("Clusters"), STR_INIT("Name"),
                            STR_INIT("ReadyDateTime"),
                            STR_INIT("[\"STARTING\",\"BOOTSTRAPPING\",\"RUNNING\",\"WAITING\","
                                     "\"TERMINATING\"]") },
    [CLUSTER_LIST_ALL] = { "ListClusters", STR_INIT("Clusters"), STR_INIT("Name"),
                           STR_INIT("ReadyDateTime"), STR_INIT("") },
    [CLUSTER_LIST_NODES] = { "ListInstances", STR_INIT("Instances"), STR_INIT("PrivateDnsName"),
                             STR_INIT("ReadyDateTime"), STR_INIT("") },
    [CLUSTER_LIST_STEPS] = { "ListSteps", STR_INIT("Steps"), STR_INIT("Name"),
                             STR_INIT("StartDateTime"), STR_INIT("") },
};

/* EMR's times are seconds with a fraction. */
bool emr_read_time(const struct json *timeline, struct str key, int64_t *out_ms, struct err *err)
{
    double s = 0;
    if (!json_opt_f64(timeline, key, 0, &s, err))
        return false;
    if (!(s >= 0 && s < 1e11))
        return err_set(err, ERR_PARSE, "%.*s is no time", STR_FMT(key));
    *out_ms = (int64_t)(s * 1000 + 0.5);
    return true;
}

static bool read_item(struct arena *a, const struct list *list, const struct json *value,
                      struct cluster_item *out, struct err *err)
{
    struct cluster_item item = { 0 };
    const struct json *status, *timeline;
    if (!json_get_str(value, STR("Id"), &item.id, err) ||
        !json_opt_str(value, list->name, STR_EMPTY, &item.name, err) ||
        !json_opt_str(value, STR("InstanceType"), STR_EMPTY, &item.type, err) ||
        !json_opt_str(value, STR("Market"), STR_EMPTY, &item.market, err) ||
        !json_get_object(value, STR("Status"), &status, err) ||
        !json_get_str(status, STR("State"), &item.state, err) ||
        !json_opt_object(status, STR("Timeline"), &timeline, err))
        return false;
    if (timeline != NULL &&
        (!emr_read_time(timeline, STR("CreationDateTime"), &item.created_unix_ms, err) ||
         !emr_read_time(timeline, list->ready, &item.ready_unix_ms, err) ||
         !emr_read_time(timeline, STR("EndDateTime"), &item.ended_unix_ms, err)))
        return false;
    item.id = arena_str(a, item.id);
    item.name = arena_str(a, item.name);
    item.type = arena_str(a, item.type);
    item.market = arena_str(a, item.market);
    item.state = arena_str(a, item.state);
    *out = item;
    return true;
}

/* a: of the items and the marker; scratch: of the page. */
static bool read_page(struct arena *a, struct arena *scratch, const struct list *list,
                      struct str text, struct cluster_items *out, struct str *marker_out,
                      struct err *err)
{
    const struct json *items;
    struct str marker;
    const struct json *page = json_parse(scratch, text, LIMIT_JSON_BYTES, err);
    if (page == NULL || !json_get_array(page, list->items, &items, err) ||
        !json_opt_str(page, STR("Marker"), STR_EMPTY, &marker, err))
        return false;
    for (unsigned i = 0; i < items->n_items; i++) {
        if (out->n == LIMIT_CLUSTER_ITEMS)
            return err_set(err, ERR_TOO_LARGE, "the list has more than %lu rows",
                           LIMIT_CLUSTER_ITEMS);
        if (!read_item(a, list, &items->items[i], ARENA_PUSH(a, out->items, out->n, out->cap), err))
            return false;
    }
    if (marker.len > 0 && items->n_items == 0)
        return err_set(err, ERR_PARSE, "an empty page that is not the last");
    *marker_out = arena_str(a, marker);
    return true;
}

static void write_body(struct buf *out, const struct list *list, struct str id, int64_t created_ms,
                       struct str marker)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_object(&w);
    json_put_str_if(&w, STR("ClusterId"), id);
    json_put_str_if(&w, STR("Marker"), marker);
    if (created_ms > 0)
        json_put_i64(&w, STR("CreatedAfter"), created_ms / 1000);
    if (list->states.len > 0) {
        json_write_key(&w, STR("ClusterStates"));
        json_write_raw(&w, list->states);
    }
    json_write_end(&w);
}

bool emr_list_page(struct emr_provider *p, struct arena *a, enum cluster_list what, struct str id,
                   int64_t created_ms, struct str marker, const struct cluster_call *call,
                   struct cluster_items *out, struct str *next_out, struct err *err)
{
    const struct list *list = &lists[what];
    AUTO_ARENA scratch = ARENA_INIT;
    AUTO_BUF body = BUF_INIT(BODY_MAX_BYTES);
    struct str text;
    write_body(&body, list, id, created_ms, marker);
    if (!buf_ok(&body))
        return err_set(err, ERR_UPSTREAM, "%s: EMR's marker is too long", list->operation);
    if (!emr_ask(p, &scratch, list->operation, buf_str(&body), call, &text, err))
        return err_wrap(err, "%s", list->operation);
    if (read_page(a, &scratch, list, text, out, next_out, err))
        return true;
    if (err->code != ERR_TOO_LARGE)
        err->code = ERR_UPSTREAM;
    return err_wrap(err, "EMR's answer to %s", list->operation);
}

bool emr_list(struct cluster_provider *provider, struct arena *a, enum cluster_list what,
              struct str id, const struct cluster_call *call, struct cluster_items *out,
              struct err *err)
{
    struct cluster_items found = { 0 };
    struct str marker = STR_EMPTY;
    do {
        if (!emr_list_page((struct emr_provider *)provider, a, what, id, 0, marker, call, &found,
                           &marker, err))
            return false;
    } while (marker.len > 0);
    *out = found;
    return true;
}
