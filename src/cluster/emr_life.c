/* emr_life: what the lifecycle asks of EMR: one try to start, pages of the list, views, ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr_internal.h"

#include "cluster/reconciler.h"
#include "json/json.h"

enum { REQUEST_MAX_BYTES = 128 * 1024, HUB_PORT = 9443 };

static const struct {
    struct str state;
    enum cluster_stage stage;
} stages[] = {
    { STR_INIT("STARTING"), STAGE_STARTING },
    { STR_INIT("BOOTSTRAPPING"), STAGE_BOOTSTRAPPING },
    { STR_INIT("RUNNING"), STAGE_UP },
    { STR_INIT("WAITING"), STAGE_UP },
    { STR_INIT("TERMINATING"), STAGE_ENDING },
    { STR_INIT("TERMINATED"), STAGE_ENDED },
    { STR_INIT("TERMINATED_WITH_ERRORS"), STAGE_FAILED },
};

static bool stage_of(struct str state, enum cluster_stage *out, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(stages); i++)
        if (str_eq(stages[i].state, state)) {
            *out = stages[i].stage;
            return true;
        }
    return err_set(err, ERR_UPSTREAM, "EMR has a state \"%.*s\" that is not known here",
                   STR_FMT(str_slice(state, 0, 40)));
}

/* A refusal that says that nothing was made, and that the next try would be refused as well. */
static enum cluster_launch outcome_of(struct arena *a, const struct emr_reply *reply,
                                      struct err *err)
{
    return emr_read_refusal(a, reply, err) ? CLUSTER_REFUSED : CLUSTER_UNCLEAR;
}

void emr_launch(struct cluster_provider *provider, struct arena *a,
                const struct cluster_order *order, const struct cluster_call *call,
                enum cluster_launch *outcome_out, struct str *id_out, struct err *err)
{
    struct emr_provider *p = (struct emr_provider *)provider;
    AUTO_BUF body = BUF_INIT(REQUEST_MAX_BYTES);
    struct emr_reply reply = { .sent = EMR_SENT_NOTHING };
    struct json_writer w;
    json_writer_init(&w, &body);
    emr_write_request(&w, &p->settings, order, marker_name(a, order));
    *outcome_out = CLUSTER_REFUSED;
    if (!buf_ok(&body)) {
        err_set(err, ERR_CONFIG, "what is asked for is longer than EMR takes");
        return;
    }
    const struct emr_message m = { .operation = STR("RunJobFlow"),
                                   .body = buf_str(&body),
                                   .is_once = true,
                                   .deadline_ms = call->deadline_ms,
                                   .cancel = call->cancel };
    if (!p->send(p->ctx, a, &m, &reply, err)) {
        bool is_nothing = reply.sent == EMR_SENT_NOTHING;
        *outcome_out = !is_nothing                    ? CLUSTER_UNCLEAR
                       : err->code == ERR_CREDENTIALS ? CLUSTER_REFUSED
                                                      : CLUSTER_NOT_SENT;
        return;
    }
    if (reply.status != 200) {
        *outcome_out = outcome_of(a, &reply, err);
        return;
    }
    const struct json *answer = json_parse(a, reply.body, LIMIT_JSON_BYTES, err);
    bool ok = answer != NULL && json_get_str(answer, STR("JobFlowId"), id_out, err) &&
              cluster_id_check(*id_out, err);
    *outcome_out = ok ? CLUSTER_LAUNCHED : CLUSTER_UNCLEAR;
}

void emr_write_order(struct cluster_provider *provider, struct json_writer *w, struct arena *a,
                     const struct cluster_order *order)
{
    struct emr_provider *p = (struct emr_provider *)provider;
    emr_write_request(w, &p->settings, order, marker_name(a, order));
}

static bool read_seen(struct arena *a, const struct cluster_item *item, struct cluster_page *out,
                      struct err *err)
{
    struct cluster_seen seen = { .id = item->id,
                                 .name = item->name,
                                 .state = item->state,
                                 .created_ms = item->created_unix_ms,
                                 .ready_ms = item->ready_unix_ms,
                                 .ended_ms = item->ended_unix_ms };
    if (!stage_of(item->state, &seen.stage, err))
        return false;
    *ARENA_PUSH(a, out->items, out->n, out->cap) = seen;
    return true;
}

bool emr_page(struct cluster_provider *provider, struct arena *a, int64_t created_ms,
              bool only_live, struct str cursor, const struct cluster_call *call,
              struct cluster_page *out, struct err *err)
{
    struct emr_provider *p = (struct emr_provider *)provider;
    struct cluster_items items = { 0 };
    struct cluster_page page = { 0 };
    if (!emr_list_page(p, a, only_live ? CLUSTER_LIST_LIVE : CLUSTER_LIST_ALL, STR_EMPTY,
                       created_ms, cursor, call, &items, &page.next, err))
        return false;
    for (size_t i = 0; i < items.n; i++)
        if (!read_seen(a, &items.items[i], &page, err))
            return false;
    *out = page;
    return true;
}

static bool take_details(struct arena *a, const struct json *status, struct cluster_view *out)
{
    const struct json *first = json_find(status, STR("/ErrorDetails/0"));
    const struct json *code = json_get(first, STR("ErrorCode"));
    const struct json *data = json_get(first, STR("ErrorData"));
    if (code != NULL && code->kind == JSON_KIND_STR)
        out->error_code = code->text;
    AUTO_BUF text = BUF_INIT(4096);
    for (unsigned i = 0; data != NULL && data->kind == JSON_KIND_ARRAY && i < data->n_items; i++)
        for (unsigned k = 0; data->items[i].kind == JSON_KIND_OBJECT && k < data->items[i].n_items;
             k++) {
            const struct json *one = &data->items[i].items[k];
            if (one->kind == JSON_KIND_STR)
                buf_printf(&text, "%s%.*s=%.*s", text.len > 0 ? ", " : "", STR_FMT(one->key),
                           STR_FMT(one->text));
        }
    out->error_data = arena_str(a, buf_str(&text));
    return true;
}

static bool read_status(struct arena *a, const struct json *cluster, struct cluster_view *out,
                        struct err *err)
{
    const struct json *status, *reason, *timeline;
    if (!json_get_object(cluster, STR("Status"), &status, err) ||
        !json_get_str(status, STR("State"), &out->state, err) ||
        !json_opt_object(status, STR("StateChangeReason"), &reason, err) ||
        !json_opt_object(status, STR("Timeline"), &timeline, err) ||
        !stage_of(out->state, &out->stage, err) || !take_details(a, status, out))
        return false;
    if (reason != NULL &&
        (!json_opt_str(reason, STR("Code"), STR_EMPTY, &out->state_code, err) ||
         !json_opt_str(reason, STR("Message"), STR_EMPTY, &out->state_message, err)))
        return false;
    return timeline == NULL ||
           (emr_read_time(timeline, STR("CreationDateTime"), &out->created_ms, err) &&
            emr_read_time(timeline, STR("ReadyDateTime"), &out->ready_ms, err) &&
            emr_read_time(timeline, STR("EndDateTime"), &out->ended_ms, err));
}

/* By the newest step of that password's name. */
static bool view_step(struct emr_provider *p, struct arena *a, struct str id, int64_t generation,
                      const struct cluster_call *call, struct cluster_view *out, struct err *err)
{
    struct cluster_items steps = { 0 };
    if (!emr_list(&p->base, a, CLUSTER_LIST_STEPS, id, call, &steps, err))
        return false;
    struct str name = emr_harden_name(a, generation);
    out->hardening = HARDENING_ABSENT;
    for (size_t i = 0; i < steps.n; i++) {
        struct str state = steps.items[i].state;
        if (!str_eq(steps.items[i].name, name))
            continue;
        out->hardening = HARDENING_PENDING;
        if (str_eq(state, STR("COMPLETED")))
            out->hardening = HARDENING_DONE;
        else if (str_eq(state, STR("FAILED")) || str_eq(state, STR("CANCELLED")) ||
                 str_eq(state, STR("INTERRUPTED")))
            out->hardening = HARDENING_FAILED;
        return true;
    }
    return true;
}

bool emr_view(struct cluster_provider *provider, struct arena *a, struct str id, int64_t generation,
              const struct cluster_call *call, struct cluster_view *out, struct err *err)
{
    struct emr_provider *p = (struct emr_provider *)provider;
    struct str body = arena_printf(a, "{\"ClusterId\":\"%.*s\"}", STR_FMT(id));
    struct cluster_view view = { .stage = STAGE_STARTING };
    const struct json *cluster;
    struct str text;
    if (!emr_ask(p, a, "DescribeCluster", body, call, &text, err))
        return err_wrap(err, "cluster %.*s", STR_FMT(id));
    const struct json *answer = json_parse(a, text, LIMIT_JSON_BYTES, err);
    if (answer == NULL || !json_get_object(answer, STR("Cluster"), &cluster, err) ||
        !read_status(a, cluster, &view, err) ||
        !json_opt_str(cluster, STR("MasterPublicDnsName"), STR_EMPTY, &view.host, err) ||
        !json_opt_bool(cluster, STR("TerminationProtected"), false, &view.is_protected, err)) {
        struct err why = *err;
        return err_set(err, ERR_UPSTREAM, "EMR's answer about cluster %.*s: %s", STR_FMT(id),
                       why.msg);
    }
    if (view.host.len > 0)
        view.hub_url = arena_printf(a, "https://%.*s:%d", STR_FMT(view.host), HUB_PORT);
    if (view.stage == STAGE_UP && generation > 0 &&
        !view_step(p, a, id, generation, call, &view, err))
        return false;
    *out = view;
    return true;
}

bool emr_stop(struct cluster_provider *provider, struct arena *a, struct str id, bool unprotect,
              const struct cluster_call *call, struct err *err)
{
    struct emr_provider *p = (struct emr_provider *)provider;
    struct str off =
        arena_printf(a, "{\"JobFlowIds\":[\"%.*s\"],\"TerminationProtected\":false}", STR_FMT(id));
    struct str body = arena_printf(a, "{\"JobFlowIds\":[\"%.*s\"]}", STR_FMT(id));
    struct str nothing;
    if (unprotect && !emr_ask(p, a, "SetTerminationProtection", off, call, &nothing, err))
        return err_wrap(err, "cluster %.*s", STR_FMT(id));
    return emr_ask(p, a, "TerminateJobFlows", body, call, &nothing, err) ||
           err_wrap(err, "cluster %.*s", STR_FMT(id));
}

bool emr_spans(struct cluster_provider *provider, struct arena *a, struct str id,
               const struct cluster_call *call, struct ledger_spans *out, struct err *err)
{
    struct cluster_items nodes = { 0 };
    if (!emr_list(provider, a, CLUSTER_LIST_NODES, id, call, &nodes, err))
        return false;
    for (size_t i = 0; i < nodes.n; i++) {
        const struct cluster_item *n = &nodes.items[i];
        *ARENA_PUSH(a, out->items, out->n, out->cap) =
            (struct ledger_span){ .id = n->id,
                                  .type = n->type,
                                  .market = n->market,
                                  .started_ms = n->created_unix_ms,
                                  .ended_ms = n->ended_unix_ms };
    }
    return true;
}
