/* boathouse clusters create, info, terminate: the same calls as the API's, made directly. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/follow.h"
#include "cli/output.h"
#include "cli/wiring.h"
#include "cluster/service.h"
#include "util/clock.h"
#include "util/scan.h"
#include "json/writer.h"

enum { CLUSTER_OUTPUT_MAX_BYTES = 64 * 1024, MAX_MEMBERS = 5 };

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

/* With --wait: what happens, a line each on standard error, until it is ready or has ended. */
static bool wait_for(struct cli *cli, struct wiring *w, struct str id, int64_t after,
                     bool until_ready, struct err *err)
{
    struct follow f = { .clusters = w->clusters,
                        .id = id,
                        .after = after,
                        .until_ready = until_ready,
                        .each = follow_say };
    return cli_option(cli, "wait") == NULL || follow_cluster(&f, err);
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
          cluster_create(provider, cli->arena, &req, &call, &id, err) &&
          wait_for(cli, &w, id, 0, true, err);
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

static bool newest_event(struct clusters *c, int64_t *out, struct err *err)
{
    struct ledger *l = clusters_ledger(c);
    return l->ops->last_event(l, out, err);
}

int cmd_clusters_terminate(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(wiring_release) struct wiring w = { 0 };
    struct cluster_provider *provider = NULL;
    const struct cluster_call call = limits(cli);
    bool waits = cli_option(cli, "wait") != NULL;
    int64_t after = 0;
    *ok = open_service(&w, cli, &provider, err) && newest_event(w.clusters, &after, err) &&
          cluster_terminate(provider, cli->arena, cli_arg(cli, 0), &call, err) &&
          wait_for(cli, &w, cli_arg(cli, 0), after, false, err);
    const struct member members[] = { { "ClusterId", "CLUSTER", cli_arg(cli, 0) },
                                      { "Status", "STATE",
                                        waits ? STR("TERMINATED") : STR("TERMINATING") } };
    *ok = *ok && print(cli, members, ARRAY_LEN(members), err);
    return 0;
}
