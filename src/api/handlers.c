/* handlers: one function for each operation of the contract, named as its operationId. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"

#include "api/find.h"
#include "api/fresh.h"
#include "index/write.h"
#include "util/log.h"

static struct store_call store_call_of(const struct call *call)
{
    return (struct store_call){ .deadline_ms = call->req->deadline_ms,
                                .cancel = call->req->cancel };
}

static struct cluster_call cluster_call_of(const struct call *call)
{
    return (struct cluster_call){ .deadline_ms = call->req->deadline_ms,
                                  .cancel = call->req->cancel,
                                  .caller = call->caller,
                                  .is_limited = call->role != ROLE_ADMIN };
}

/* With tokens, a command for a shell needs one; the shell has it in a variable, not the answer. */
static struct str curl_delete(const struct call *call, struct str url)
{
    bool has_tokens = call->api->n_tokens > 0;
    return arena_printf(call->req->arena, "curl -X DELETE %s%.*s",
                        has_tokens ? "-H \"Authorization: Bearer $BOATHOUSE_TOKEN\" " : "",
                        STR_FMT(url));
}

static struct str cluster_url(const struct call *call, const char *verb, struct str id)
{
    return arena_printf(call->req->arena, "%.*s/api/emr/%s/%.*s", STR_FMT(call_base_url(call)),
                        verb, STR_FMT(id));
}

bool api_emr_create(struct call *call, struct err *err)
{
    const struct cluster_request req = {
        .n_nodes = (unsigned)call_number(call, STR("num_of_nodes")),
        .owner = call->caller,
        .key = http_header_get(call->req->headers, call->req->n_headers, STR("Idempotency-Key"))
    };
    const struct cluster_call limits = cluster_call_of(call);
    struct str id;
    if (!cluster_create(call->api->options.provider, call->req->arena, &req, &limits, &id, err))
        return false;
    log_to(LOG_INFO, "cluster_created", LOG_STR("id", call->id), LOG_STR("cluster", id),
           LOG_STR("caller", call->caller), LOG_I64("nodes", req.n_nodes));
    json_write_object(&call->json);
    json_put_str(&call->json, STR("ClusterId"), id);
    json_put_str(&call->json, STR("CheckClusterStatus"), cluster_url(call, "info", id));
    json_put_str(&call->json, STR("TerminateCluster"),
                 curl_delete(call, cluster_url(call, "terminate", id)));
    json_write_end(&call->json);
    return true;
}

bool api_emr_info(struct call *call, struct err *err)
{
    const struct cluster_call limits = cluster_call_of(call);
    struct cluster_info info;
    if (!cluster_get(call->api->options.provider, call->req->arena,
                     call_text(call, STR("cluster_id")), &limits, &info, err))
        return false;
    json_write_object(&call->json);
    json_put_str(&call->json, STR("ClusterId"), info.id);
    json_put_str(&call->json, STR("ClusterStatus"), info.state);
    json_put_str(&call->json, STR("JupyterHub"), info.hub_url);
    json_put_str(&call->json, STR("JupyterUN"), info.hub_user);
    json_put_str(&call->json, STR("JupyterPW"), info.hub_password);
    json_write_end(&call->json);
    return true;
}

bool api_emr_terminate(struct call *call, struct err *err)
{
    const struct cluster_call limits = cluster_call_of(call);
    struct str id = call_text(call, STR("cluster_id"));
    if (!cluster_terminate(call->api->options.provider, call->req->arena, id, &limits, err))
        return false;
    log_to(LOG_INFO, "cluster_terminating", LOG_STR("id", call->id), LOG_STR("cluster", id),
           LOG_STR("caller", call->caller));
    json_write_object(&call->json);
    json_put_str(&call->json, STR("ClusterId"), id);
    json_put_str(&call->json, STR("Status"), STR("TERMINATING"));
    json_put_str(&call->json, STR("CheckClusterStatus"), cluster_url(call, "info", id));
    json_write_end(&call->json);
    return true;
}

static bool write_key(void *ctx, const struct store_object *object, struct err *err)
{
    struct call *call = ctx;
    json_write_str(&call->json, object->key);
    if (!call_flush(call, err))
        return false;
    return buf_ok(&call->answer->body) ||
           err_set(err, ERR_TOO_LARGE, "the list is larger than %zu bytes; ask for a longer path",
                   call->answer->body.limit);
}

bool api_s3_list(struct call *call, struct err *err)
{
    struct fresh fresh;
    const struct files_query q = { .bucket = call_text(call, STR("bucket")),
                                   .path = call_text(call, STR("path")),
                                   .extension = call_text(call, STR("extension")),
                                   .each = write_key,
                                   .ctx = call,
                                   .call = store_call_of(call) };
    if (!fresh_find(call, q.bucket, q.path, 0, &fresh, err))
        return false;
    json_write_array(&call->json);
    bool ok = fresh.is_fresh ? fresh_list(call, &fresh, q.extension, write_key, err)
                             : files_find(call->api->options.store, &q, err);
    if (!ok)
        return false;
    json_write_end(&call->json);
    return true;
}

static void log_broken(void *ctx, struct str key, const struct err *err)
{
    const struct call *call = ctx;
    metrics_broken_notebook(call->api->metrics);
    log_to(LOG_WARN, "notebook_broken", LOG_STR("id", call->id),
           LOG_STR("bucket", call_text(call, STR("bucket"))), LOG_STR("key", key),
           LOG_STR("code", str_from(err_kind(err->code)->code)),
           LOG_STR("error", str_from(err->msg)));
}

static bool write_uri(struct call *call, struct str uri, struct err *err)
{
    json_write_str(&call->json, uri);
    return call_flush(call, err);
}

static bool answer_by_index(struct call *call, const struct fresh *fresh, struct str text,
                            struct err *err)
{
    struct index_texts found;
    if (!fresh_search(call, fresh, text, &found, err))
        return false;
    json_write_array(&call->json);
    for (size_t i = 0; i < found.n; i++)
        if (!write_uri(call, found.items[i], err))
            return false;
    json_write_end(&call->json);
    return true;
}

bool api_notebook_search(struct call *call, struct err *err)
{
    struct notebooks_found found;
    struct fresh fresh = { .is_fresh = false };
    struct str bucket = call_text(call, STR("bucket"));
    const struct notebooks_query q = { .bucket = bucket,
                                       .path = call_text(call, STR("path")),
                                       .search_on = call_text(call, STR("search_on")),
                                       .window = call->api->options.window,
                                       .max_notebook_bytes = call->api->options.max_notebook_bytes,
                                       .broken = log_broken,
                                       .ctx = call,
                                       .call = store_call_of(call) };
    if (!fresh_find(call, bucket, q.path, INDEX_WANTS_NOTEBOOKS, &fresh, err))
        return false;
    if (fresh.is_fresh)
        return answer_by_index(call, &fresh, q.search_on, err);
    if (!notebooks_find(call->api->options.store, call->req->arena, &q, &found, err))
        return false;
    json_write_array(&call->json);
    for (size_t i = 0; i < found.n; i++) {
        struct str uri = arena_printf(call->req->arena, "s3://%.*s/%.*s", STR_FMT(bucket),
                                      STR_FMT(found.keys[i]));
        if (!write_uri(call, uri, err))
            return false;
    }
    json_write_end(&call->json);
    return true;
}

static bool write_status(struct call *call, struct str word)
{
    json_write_object(&call->json);
    json_put_str(&call->json, STR("status"), word);
    json_write_end(&call->json);
    return true;
}

bool api_healthz(struct call *call, struct err *err)
{
    (void)err;
    return write_status(call, STR("ok"));
}

static bool seen(void *ctx, const struct store_bucket *bucket, struct err *err)
{
    (void)ctx;
    (void)bucket;
    (void)err;
    return true;
}

bool api_readyz(struct call *call, struct err *err)
{
    const struct store_call limits = store_call_of(call);
    struct err why = ERR_INIT;
    if (store_list_buckets(call->api->options.store, &limits, seen, NULL, &why))
        return write_status(call, STR("ready"));
    log_to(LOG_WARN, "not_ready", LOG_STR("id", call->id), LOG_STR("error", str_from(why.msg)));
    err_set(err, ERR_BUSY, "the lake cannot be read");
    return err_fix(err, "Run boathouse doctor.");
}

static void write_kept(struct api *api, struct buf *out)
{
    size_t n, bytes;
    kept_count(api->kept, &n, &bytes);
    buf_printf(out,
               "# HELP boathouse_kept_answers Answers about the catalogue that are kept.\n"
               "# TYPE boathouse_kept_answers gauge\n"
               "boathouse_kept_answers %zu\n"
               "# HELP boathouse_kept_bytes Bytes of these answers.\n"
               "# TYPE boathouse_kept_bytes gauge\n"
               "boathouse_kept_bytes %zu\n",
               n, bytes);
}

bool api_metrics(struct call *call, struct err *err)
{
    (void)err;
    call_set_type(call, STR("text/plain; version=0.0.4; charset=utf-8"));
    metrics_write(call->api->metrics, &call->answer->body);
    metrics_catalogue_write(call->api->options.index, &call->answer->body);
    write_kept(call->api, &call->answer->body);
    outbound_write(call->api->options.outbound, &call->answer->body);
    return true;
}
