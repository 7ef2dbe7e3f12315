/* cluster_orphans: clusters of the provider that live and have no row: told, ended, adopted. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/clusters_v1.h"

#include "util/log.h"

/* The last whole list, or NULL if there was none. */
static bool read_orphans(struct call *call, struct clusters *c, const struct json **out,
                         struct err *err)
{
    struct ledger *l = clusters_ledger(c);
    struct str text;
    *out = NULL;
    if (!l->ops->note(l, call->req->arena, STR(NOTE_ORPHANS), &text, err))
        return false;
    if (text.len > 0)
        *out = json_parse(call->req->arena, text, LIMIT_JSON_BYTES, err);
    return text.len == 0 || *out != NULL;
}

static bool write_orphan(struct json_writer *w, const struct json *o, struct err *err)
{
    static const struct str names[] = { STR_INIT("id"), STR_INIT("name"), STR_INIT("state"),
                                        STR_INIT("kind") };
    int64_t created_ms;
    json_write_object(w);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct str text;
        if (!json_get_str(o, names[i], &text, err))
            return false;
        json_put_str(w, names[i], text);
    }
    if (!json_opt_i64(o, STR("created_ms"), 0, INT64_MAX, 0, &created_ms, err))
        return false;
    json_put_time(w, STR("created_at"), created_ms);
    json_write_end(w);
    return true;
}

/* Adopted since the list was made? */
static bool has_row(struct call *call, struct clusters *c, const struct json *orphan)
{
    const struct json *id = json_get(orphan, STR("id"));
    struct cluster_row row;
    struct err ignored = ERR_INIT;
    return id != NULL && id->kind == JSON_KIND_STR &&
           cluster_row_get(clusters_ledger(c), call->req->arena, id->text, &row, &ignored);
}

/* The orphan that the path names, or NULL and ERR_NOT_FOUND. */
static const struct json *named_orphan(struct call *call, struct clusters *c, struct err *err)
{
    const struct json *known, *items;
    struct str id = call_text(call, STR("emr_id"));
    if (!read_orphans(call, c, &known, err) ||
        (known != NULL && !json_get_array(known, STR("items"), &items, err)))
        return NULL;
    for (unsigned i = 0; known != NULL && i < items->n_items; i++) {
        const struct json *one = json_get(&items->items[i], STR("id"));
        if (one != NULL && one->kind == JSON_KIND_STR && str_eq(one->text, id) &&
            !has_row(call, c, &items->items[i]))
            return &items->items[i];
    }
    (void)err_set(err, ERR_NOT_FOUND, "%.*s is none of the orphans", STR_FMT(id));
    (void)err_fix(err, "GET /v1/orphans lists them, as EMR's last whole list had them.");
    return NULL;
}

bool api_orphans_list(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    const struct json *known, *items;
    int64_t synced_ms = 0;
    if (c == NULL || !read_orphans(call, c, &known, err))
        return false;
    json_write_object(&call->json);
    json_write_key(&call->json, STR("items"));
    json_write_array(&call->json);
    if (known != NULL) {
        if (!json_get_array(known, STR("items"), &items, err) ||
            !json_get_i64(known, STR("synced_ms"), 0, INT64_MAX, &synced_ms, err))
            return false;
        for (unsigned i = 0; i < items->n_items; i++)
            if (!has_row(call, c, &items->items[i]) &&
                !write_orphan(&call->json, &items->items[i], err))
                return false;
    }
    json_write_end(&call->json);
    json_write_key(&call->json, STR("synced_at"));
    if (synced_ms != 0)
        json_write_time(&call->json, synced_ms);
    else
        json_write_null(&call->json);
    json_write_end(&call->json);
    return true;
}

bool api_orphan_terminate(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    struct str id = call_text(call, STR("emr_id"));
    if (c == NULL)
        return false;
    if (!str_eq(id, call_text(call, STR("confirm"))))
        return err_set(err, ERR_INVALID, "confirm is not the id of the path");
    if (named_orphan(call, c, err) == NULL)
        return false;
    struct cluster_provider *p = clusters_provider(c);
    const struct cluster_call limits = { .deadline_ms = call->req->deadline_ms,
                                         .cancel = call->req->cancel };
    if (!p->ops->stop(p, call->req->arena, id, false, &limits, err))
        return false;
    log_to(LOG_WARN, "orphan_terminating", LOG_STR("id", call->id), LOG_STR("cluster", id),
           LOG_STR("caller", call->caller));
    json_write_object(&call->json);
    json_put_str(&call->json, STR("status"), STR("terminating"));
    json_write_end(&call->json);
    return true;
}

/* What the body asks for over the settings. */
static bool read_adoption(struct call *call, struct clusters *c, const struct json *orphan,
                          struct cluster_spec *spec, struct cluster_adoption *out, struct err *err)
{
    struct str kind;
    *spec = *clusters_defaults(c);
    spec->n_workers = 0; /* not known */
    *out = (struct cluster_adoption){ .owner = call->caller, .spec = spec };
    if (!json_get_str(orphan, STR("id"), &out->remote, err) ||
        !json_get_str(orphan, STR("name"), &out->provider_name, err) ||
        !json_get_str(orphan, STR("kind"), &kind, err) ||
        !json_opt_i64(orphan, STR("created_ms"), 0, INT64_MAX, 0, &out->created_ms, err))
        return false;
    if (str_eq(kind, STR("other_deployment"))) {
        err_set(err, ERR_CONFLICT, "%.*s belongs to another installation", STR_FMT(out->remote));
        return err_fix(err, "Ask there; if it is gone, set clusters.deployment to its name here.");
    }
    if (call->body == NULL)
        return true;
    const struct json *limits = json_get(call->body, STR("lifecycle"));
    struct json only = *call->body;
    only.items = (struct json *)(uintptr_t)limits;
    only.n_items = 1;
    return json_opt_str(call->body, STR("name"), STR_EMPTY, &out->name, err) &&
           json_opt_str(call->body, STR("owner"), call->caller, &out->owner, err) &&
           (limits == NULL || spec_merge(call->req->arena, spec, &only, err));
}

bool api_orphan_adopt(struct call *call, struct err *err)
{
    struct clusters *c = clusters_of(call, err);
    const struct json *orphan = c != NULL ? named_orphan(call, c, err) : NULL;
    struct cluster_adoption what;
    struct cluster_spec spec;
    struct cluster_row row;
    if (orphan == NULL || !read_adoption(call, c, orphan, &spec, &what, err) ||
        !clusters_adopt(c, call->req->arena, &what, &row, err))
        return false;
    log_to(LOG_WARN, "orphan_adopted", LOG_STR("id", call->id), LOG_STR("cluster", row.id),
           LOG_STR("caller", call->caller));
    return cluster_answer(call, c, &row, err);
}
