/* emr: see emr.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr.h"

#include "aws/aws.h"
#include "cluster/emr_internal.h"
#include "json/json.h"

#include <stdlib.h>

enum { HUB_PORT = 9443 };

static struct str text_of(const struct json *object, struct str key)
{
    const struct json *value = json_get(object, key);
    return value != NULL && value->kind == JSON_KIND_STR ? value->text : STR_EMPTY;
}

/* Fill err from an answer that is not 200; true if EMR surely did nothing.  Messages that mean more
 * than their code are known by their words, which is all that EMR gives. */
bool emr_read_refusal(struct arena *a, const struct emr_reply *reply, struct err *err)
{
    struct err ignored = ERR_INIT;
    const struct json *body = json_parse(a, reply->body, LIMIT_JSON_BYTES, &ignored);
    struct str code = aws_bare_code(text_of(body, STR("__type")));
    struct str text = text_of(body, STR("message"));
    if (text.len == 0)
        text = text_of(body, STR("Message"));
    const struct aws_error *row = aws_error_find(code);
    enum err_code ours = row != NULL ? row->ours : ERR_UPSTREAM;
    if (str_contains(text, STR("is not valid")) && str_contains(text, STR("luster id")))
        ours = ERR_NOT_FOUND;
    if (str_contains(text, STR("termination protected")))
        ours = ERR_CONFLICT;
    err_set(err, ours, "EMR answered %d %.*s: %.*s", reply->status, STR_FMT(code),
            STR_FMT(str_slice(text, 0, 200)));
    if (row != NULL && row->fix != NULL)
        err_fix(err, "%s", row->fix);
    if (ours == ERR_CONFLICT)
        err_fix(err, "Switch termination protection off in EMR, then terminate again.");
    return row != NULL && row->did_nothing && reply->status < 500;
}

static struct emr_message message(const char *operation, struct str body,
                                  const struct cluster_call *call)
{
    return (struct emr_message){ .operation = str_from(operation),
                                 .body = body,
                                 .deadline_ms = call->deadline_ms,
                                 .cancel = call->cancel };
}

bool emr_ask(struct emr_provider *p, struct arena *a, const char *operation, struct str body,
             const struct cluster_call *call, struct str *answer_out, struct err *err)
{
    struct emr_message m = message(operation, body, call);
    struct emr_reply reply = { .sent = EMR_SENT_NOTHING };
    if (!p->send(p->ctx, a, &m, &reply, err))
        return false;
    if (reply.status != 200) {
        (void)emr_read_refusal(a, &reply, err);
        return false;
    }
    *answer_out = reply.body;
    return true;
}

static bool ask_about(struct emr_provider *p, struct arena *a, const char *operation,
                      struct str body, struct str id, const struct cluster_call *call,
                      struct str *answer_out, struct err *err)
{
    return emr_ask(p, a, operation, body, call, answer_out, err) ||
           err_wrap(err, "cluster %.*s", STR_FMT(id));
}

static bool info(struct cluster_provider *provider, struct arena *a, struct str id,
                 const struct cluster_call *call, struct cluster_info *out, struct err *err)
{
    struct emr_provider *p = (struct emr_provider *)provider;
    struct str body = arena_printf(a, "{\"ClusterId\":\"%.*s\"}", STR_FMT(id));
    const struct json *cluster, *status;
    struct str text, state, host;
    if (!ask_about(p, a, "DescribeCluster", body, id, call, &text, err))
        return false;
    const struct json *answer = json_parse(a, text, LIMIT_JSON_BYTES, err);
    if (answer == NULL || !json_get_object(answer, STR("Cluster"), &cluster, err) ||
        !json_get_object(cluster, STR("Status"), &status, err) ||
        !json_get_str(status, STR("State"), &state, err) ||
        !json_opt_str(cluster, STR("MasterPublicDnsName"), STR_EMPTY, &host, err)) {
        struct err why = *err;
        return err_set(err, ERR_UPSTREAM, "EMR's answer about cluster %.*s: %s", STR_FMT(id),
                       why.msg);
    }
    *out = (struct cluster_info){ .id = id, .state = state };
    if (host.len == 0)
        return true;
    out->hub_url = arena_printf(a, "https://%.*s:%d", STR_FMT(host), HUB_PORT);
    out->hub_user = p->settings.hub_user;
    return true;
}

static bool terminate(struct cluster_provider *provider, struct arena *a, struct str id,
                      const struct cluster_call *call, struct err *err)
{
    struct emr_provider *p = (struct emr_provider *)provider;
    struct str body = arena_printf(a, "{\"JobFlowIds\":[\"%.*s\"]}", STR_FMT(id));
    struct cluster_info known;
    struct str nothing;
    /* TerminateJobFlows does not say that an id is unknown. */
    return info(provider, a, id, call, &known, err) &&
           ask_about(p, a, "TerminateJobFlows", body, id, call, &nothing, err);
}

static void provider_free(struct cluster_provider *provider)
{
    free(provider);
}

static const struct cluster_ops ops = { .name = "emr",
                                        .info = info,
                                        .terminate = terminate,
                                        .list = emr_list,
                                        .launch = emr_launch,
                                        .write_order = emr_write_order,
                                        .preflight = emr_preflight,
                                        .page = emr_page,
                                        .view = emr_view,
                                        .activity = emr_activity,
                                        .rotate = emr_rotate,
                                        .resize = emr_resize,
                                        .stop = emr_stop,
                                        .spans = emr_spans,
                                        .free = provider_free };

struct cluster_provider *emr_provider_new(const struct emr_settings *settings, emr_send_fn *send,
                                          void *ctx, struct err *err)
{
    if (!emr_settings_check(settings, err))
        return NULL;
    struct emr_provider *p = calloc(1, sizeof *p);
    if (p == NULL)
        panic("no memory for the provider");
    p->base = (struct cluster_provider){ &ops, settings->max_nodes, 1, settings->region };
    p->settings = *settings;
    p->send = send;
    p->ctx = ctx;
    return &p->base;
}
