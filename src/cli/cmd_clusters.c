/* boathouse clusters create, info, terminate: the same calls as the API's, made directly. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/ask.h"
#include "cli/output.h"
#include "cli/wiring.h"
#include "cluster/service.h"
#include "util/clock.h"
#include "util/scan.h"
#include "json/writer.h"

#include <stdio.h>

enum { CLUSTER_OUTPUT_MAX_BYTES = 64 * 1024, MAX_MEMBERS = 5, SHOWN_EVENTS = 100, LOOK_MS = 5000 };

/* One result: names for JSON, which are those of the API, and for the table. */
struct member {
    const char *json_name, *column;
    struct str value;
};

static bool print(struct cli *cli, const struct member *members, size_t n, struct err *err)
{
    AUTO_BUF out = BUF_INIT(CLUSTER_OUTPUT_MAX_BYTES);
    const char *columns[MAX_MEMBERS];
    struct json_writer w;
    struct table t;
    if (!cli->is_json) {
        for (size_t i = 0; i < n; i++)
            columns[i] = members[i].column;
        table_init(&t, cli->arena, columns, n);
        for (size_t i = 0; i < n; i++)
            table_add(&t, members[i].value);
        table_print(&t);
        return true;
    }
    json_writer_init(&w, &out);
    json_write_object(&w);
    for (size_t i = 0; i < n; i++)
        json_put_str(&w, str_from(members[i].json_name), members[i].value);
    json_write_end(&w);
    buf_add_char(&out, '\n');
    return output_write(buf_str(&out), err);
}

static struct cluster_call limits(const struct cli *cli)
{
    return (struct cluster_call){ .deadline_ms = wiring_call(&cli->config).deadline_ms };
}

/* The service, with a server's or without one: then this process does the work meanwhile. */
static bool open_service(struct wiring *w, struct cli *cli, struct cluster_provider **out,
                         struct err *err)
{
    if (!wiring_make_folders(&cli->config, err) || !wiring_open(w, cli, err) ||
        !wiring_open_clusters(w, cli, err))
        return false;
    *out = w->clusters != NULL ? clusters_facade(w->clusters) : NULL;
    return true;
}

/* What happens, a line each on standard error, until the cluster is ready or has ended. */
static bool follow(struct clusters *c, struct str id, struct err *err)
{
    struct ledger *l = clusters_ledger(c);
    struct cluster_row row;
    int64_t seen = 0, newest = 0;
    for (;;) {
        AUTO_ARENA a = ARENA_INIT;
        struct ledger_events events = { 0 };
        if (!l->ops->last_event(l, &newest, err) || !cluster_row_get(l, &a, id, &row, err) ||
            !l->ops->events(l, &a, seen, row.id, STR_EMPTY, SHOWN_EVENTS, &events, err))
            return false;
        for (size_t i = 0; i < events.n; i++) {
            const struct json *doc = json_parse(&a, events.items[i].doc, LIMIT_JSON_BYTES, err);
            if (doc == NULL)
                return false;
            struct str message = output_safe(&a, answer_text(doc, STR("message")));
            fprintf(stderr, "%.*s: %.*s\n", STR_FMT(events.items[i].type), STR_FMT(message));
            seen = events.items[i].id;
        }
        if (row.phase == PHASE_READY)
            return true;
        if (phase_is_over(row.phase))
            return err_set(err, ERR_UPSTREAM, "the cluster is %.*s: %.*s",
                           STR_FMT(phase_name(row.phase)), STR_FMT(row.reason.message));
        if (!clusters_wait(c, newest, clock_mono_ms() + LOOK_MS, NULL, &newest, err))
            return false;
    }
}

int cmd_clusters_create(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(wiring_release) struct wiring w = { 0 };
    struct cluster_provider *provider = NULL;
    const struct cluster_call call = limits(cli);
    struct str id = STR_EMPTY;
    uint64_t n;
    if (!scan_whole_u64(cli_arg(cli, 0), 100000, &n)) {
        *ok = err_set(err, ERR_INVALID, "NODES is a whole number, not \"%.*s\"",
                      STR_FMT(str_slice(cli_arg(cli, 0), 0, 60)));
        return 0;
    }
    const struct cluster_request req = { .n_nodes = (unsigned)n,
                                         .template_name = str_from(cli_option(cli, "template")) };
    *ok = open_service(&w, cli, &provider, err) &&
          cluster_create(provider, cli->arena, &req, &call, &id, err);
    if (*ok && cli_option(cli, "wait") != NULL)
        *ok = follow(w.clusters, id, err);
    const struct member members[] = { { "ClusterId", "CLUSTER", id } };
    *ok = *ok && print(cli, members, ARRAY_LEN(members), err);
    return 0;
}

int cmd_clusters_info(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(wiring_release) struct wiring w = { 0 };
    struct cluster_provider *provider = NULL;
    const struct cluster_call call = limits(cli);
    struct cluster_info info = { 0 };
    *ok = open_service(&w, cli, &provider, err) &&
          cluster_get(provider, cli->arena, cli_arg(cli, 0), &call, &info, err);
    const struct member members[] = {
        { "ClusterId", "CLUSTER", info.id },
        { "ClusterStatus", "STATE", info.state },
        { "JupyterHub", "JUPYTERHUB", info.hub_url },
        { "JupyterUN", "USER", info.hub_user },
        { "JupyterPW", "PASSWORD", info.hub_password },
    };
    *ok = *ok && print(cli, members, ARRAY_LEN(members), err);
    return 0;
}

int cmd_clusters_terminate(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(wiring_release) struct wiring w = { 0 };
    struct cluster_provider *provider = NULL;
    const struct cluster_call call = limits(cli);
    *ok = open_service(&w, cli, &provider, err) &&
          cluster_terminate(provider, cli->arena, cli_arg(cli, 0), &call, err);
    const struct member members[] = { { "ClusterId", "CLUSTER", cli_arg(cli, 0) },
                                      { "Status", "STATE", STR("TERMINATING") } };
    *ok = *ok && print(cli, members, ARRAY_LEN(members), err);
    return 0;
}
