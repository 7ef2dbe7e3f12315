/*
 * boathouse clusters events, extend, cost, diagnose, orphans: the calls of /v1/clusters, answered
 * by the API's own handlers in this process.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/clusters_ask.h"

#include "api/live.h"
#include "cli/follow.h"
#include "cli/output.h"
#include "cluster/service.h"
#include "util/clock.h"
#include "util/scan.h"
#include "util/url.h"

bool clusters_ask_open(struct ask *ask, struct cli *cli, struct err *err)
{
    struct wiring *w = &ask->wiring;
    ask->cli = cli;
    if (!wiring_make_folders(&cli->config, err) || !wiring_open(w, cli, err) ||
        !wiring_open_clusters(w, cli, err))
        return false;
    const struct api_options options = { .clusters = w->clusters,
                                         .notebooks = wiring_notebooks(w) };
    ask->api = api_new(&options, err);
    return ask->api != NULL;
}

bool clusters_ask_take(struct ask *ask, enum http_method method, const char *what, struct str body,
                       const struct json **out, struct err *err)
{
    struct arena *a = ask->cli->arena;
    struct api_answer answer;
    struct str id = cli_arg(ask->cli, 0);
    AUTO_BUF path = BUF_INIT(LIMIT_URI_BYTES);
    if (id.len > 0) {
        buf_add(&path, STR("/v1/clusters/"));
        url_encode(&path, id, 0);
    }
    buf_add(&path, str_from(what));
    if (!ask_call(ask, method, buf_str(&path), body, &answer, err))
        return false;
    if (ask->cli->is_json)
        return output_write(answer.body, err);
    *out = json_parse(a, answer.body, LIMIT_JSON_BYTES, err);
    return *out != NULL;
}

int clusters_ask_print(struct cli *cli, const struct json *answer, const char *const *columns,
                       const struct str *members, size_t n_members)
{
    struct table t;
    size_t n;
    const struct json *items = answer_items(answer, STR("items"), &n);
    table_init(&t, cli->arena, columns, n_members);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_members; k++) {
            const struct json *data = json_get(&items[i], STR("data"));
            bool is_own = json_has(&items[i], members[k]);
            table_add(&t, answer_text(is_own ? &items[i] : data, members[k]));
        }
    table_print(&t);
    return n == 0 ? command_nothing(cli) : 0;
}

void clusters_ask_members(struct cli *cli, const struct json *object, const struct str *members,
                          size_t n_members)
{
    static const char *const columns[] = { "WHAT", "VALUE" };
    struct table t;
    table_init(&t, cli->arena, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < n_members; i++) {
        const struct json *value = json_get(object, members[i]);
        table_add(&t, members[i]);
        if (value != NULL && value->kind == JSON_KIND_BOOL)
            table_add(&t, value->boolean ? STR("yes") : STR("no"));
        else if (value != NULL && value->kind == JSON_KIND_INT)
            table_add(&t, arena_printf(cli->arena, "%lld", (long long)value->integer));
        else
            table_add(&t, answer_text(object, members[i]));
    }
    table_print(&t);
}

/* As the table of the command, which cannot know how wide its columns will be; with --json a line
 * each. */
static bool show_event(void *ctx, struct arena *a, const struct ledger_event *event,
                       const struct json *doc, struct err *err)
{
    const struct cli *cli = ctx;
    char at[RFC3339_SIZE];
    if (cli->is_json) {
        struct str line = arena_concat(a, live_cluster_json(a, event), STR("\n"));
        return output_write(line, err);
    }
    time_rfc3339(event->at_ms, at);
    struct str message = output_safe(a, answer_text(doc, STR("message")));
    struct str level = output_safe(a, answer_text(doc, STR("level")));
    struct str line = arena_printf(a, "%s  %-12.*s  %-7.*s  %.*s\n", at, STR_FMT(event->type),
                                   STR_FMT(level), STR_FMT(message));
    return output_write(line, err);
}

static int follow_events(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(ask_release) struct ask ask = { 0 };
    struct follow f = { .id = cli_arg(cli, 0), .each = show_event, .ctx = cli };
    *ok = clusters_ask_open(&ask, cli, err);
    f.clusters = ask.wiring.clusters;
    *ok = *ok && follow_cluster(&f, err);
    return 0;
}

int cmd_clusters_events(struct cli *cli, bool *ok, struct err *err)
{
    static const char *const columns[] = { "AT", "TYPE", "LEVEL", "MESSAGE" };
    static const struct str members[] = { STR_INIT("at"), STR_INIT("type"), STR_INIT("level"),
                                          STR_INIT("message") };
    AUTO(ask_release) struct ask ask = { 0 };
    const struct json *answer = NULL;
    if (cli_option(cli, "follow") != NULL)
        return follow_events(cli, ok, err);
    *ok = clusters_ask_open(&ask, cli, err) &&
          clusters_ask_take(&ask, HTTP_GET, "/events", STR_EMPTY, &answer, err);
    return *ok && answer != NULL
               ? clusters_ask_print(cli, answer, columns, members, ARRAY_LEN(members))
               : 0;
}

int cmd_clusters_orphans(struct cli *cli, bool *ok, struct err *err)
{
    static const char *const columns[] = { "CLUSTER", "STATE", "KIND", "CREATED", "NAME" };
    static const struct str members[] = { STR_INIT("id"), STR_INIT("state"), STR_INIT("kind"),
                                          STR_INIT("created_at"), STR_INIT("name") };
    AUTO(ask_release) struct ask ask = { 0 };
    const struct json *answer = NULL;
    *ok = clusters_ask_open(&ask, cli, err) &&
          clusters_ask_take(&ask, HTTP_GET, "/v1/orphans", STR_EMPTY, &answer, err);
    return *ok && answer != NULL
               ? clusters_ask_print(cli, answer, columns, members, ARRAY_LEN(members))
               : 0;
}

int cmd_clusters_cost(struct cli *cli, bool *ok, struct err *err)
{
    static const struct str members[] = { STR_INIT("accrued"),     STR_INIT("hourly"),
                                          STR_INIT("forecast"),    STR_INIT("currency"),
                                          STR_INIT("complete"),    STR_INIT("machines"),
                                          STR_INIT("price_as_of"), STR_INIT("price_region") };
    AUTO(ask_release) struct ask ask = { 0 };
    const struct json *answer = NULL;
    *ok = clusters_ask_open(&ask, cli, err) &&
          clusters_ask_take(&ask, HTTP_GET, "/cost", STR_EMPTY, &answer, err);
    if (*ok && answer != NULL)
        clusters_ask_members(cli, answer, members, ARRAY_LEN(members));
    return 0;
}

int cmd_clusters_diagnose(struct cli *cli, bool *ok, struct err *err)
{
    static const struct str members[] = { STR_INIT("code"), STR_INIT("kind"), STR_INIT("message"),
                                          STR_INIT("fix"), STR_INIT("retryable") };
    AUTO(ask_release) struct ask ask = { 0 };
    const struct json *answer = NULL;
    *ok = clusters_ask_open(&ask, cli, err) &&
          clusters_ask_take(&ask, HTTP_GET, "/diagnosis", STR_EMPTY, &answer, err);
    if (*ok && answer != NULL)
        clusters_ask_members(cli, json_get(answer, STR("reason")), members, ARRAY_LEN(members));
    return 0;
}

int cmd_clusters_extend(struct cli *cli, bool *ok, struct err *err)
{
    static const struct str members[] = { STR_INIT("expires_at") };
    AUTO(ask_release) struct ask ask = { 0 };
    const struct json *answer = NULL;
    uint64_t by_s;
    if (!scan_whole_u64(cli_arg(cli, 1), 604800, &by_s)) {
        *ok = err_set(err, ERR_INVALID, "SECONDS is a whole number from 60 to 604800");
        return 0;
    }
    struct str body = arena_printf(cli->arena, "{\"by_s\":%llu}", (unsigned long long)by_s);
    *ok = clusters_ask_open(&ask, cli, err) &&
          clusters_ask_take(&ask, HTTP_POST, "/extend", body, &answer, err);
    if (*ok && answer != NULL)
        clusters_ask_members(cli, json_get(answer, STR("lifecycle")), members, ARRAY_LEN(members));
    return 0;
}
