/* boathouse clusters releases, types, notebooks: what clusters can be made of, and what they keep.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/clusters_ask.h"

#include "cli/output.h"
#include "util/url.h"

/* Without provider and ledger: what is asked is a list of the program's own. */
static bool ask_list(struct cli *cli, struct ask *ask, const char *path, struct str query,
                     const struct json **out, struct err *err)
{
    struct api_answer answer;
    const struct api_options options = { .version = STR_EMPTY };
    ask->cli = cli;
    ask->api = api_new(&options, err);
    if (ask->api == NULL || !ask_get(ask, str_from(path), query, &answer, err))
        return false;
    if (cli->is_json)
        return output_write(answer.body, err);
    *out = json_parse(cli->arena, answer.body, LIMIT_JSON_BYTES, err);
    return *out != NULL;
}

static struct str yes_or_no(const struct json *object, struct str key)
{
    const struct json *value = json_get(object, key);
    if (value == NULL || value->kind != JSON_KIND_BOOL)
        return STR_EMPTY;
    return value->boolean ? STR("yes") : STR("no");
}

int cmd_clusters_releases(struct cli *cli, bool *ok, struct err *err)
{
    static const char *const columns[] = { "RELEASE", "JUPYTERHUB", "KEEPS NOTEBOOKS", "ENDS IDLE",
                                           "SUPPORT ENDS" };
    AUTO(ask_release) struct ask ask = { 0 };
    const struct json *answer = NULL;
    struct table t;
    size_t n;
    struct str query = cli_option(cli, "all") != NULL ? STR_EMPTY : STR("has_hub=true");
    *ok = ask_list(cli, &ask, "/v1/releases", query, &answer, err);
    if (!*ok || answer == NULL)
        return 0;
    const struct json *items = answer_items(answer, STR("items"), &n);
    table_init(&t, cli->arena, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < n; i++) {
        table_add(&t, answer_text(&items[i], STR("release")));
        table_add(&t, yes_or_no(&items[i], STR("has_hub")));
        table_add(&t, yes_or_no(&items[i], STR("keeps_notebooks")));
        table_add(&t, yes_or_no(&items[i], STR("ends_idle")));
        table_add(&t, answer_text(&items[i], STR("support_ends")));
    }
    table_print(&t);
    return 0;
}

static void add_type(struct table *t, struct arena *a, const struct json *item)
{
    const struct json *price = json_get(item, STR("price"));
    table_add(t, answer_text(item, STR("type")));
    table_add(t, count_text(a, (uint64_t)answer_number(item, STR("vcpus"))));
    table_add(t, size_text(a, (uint64_t)answer_number(item, STR("memory_mib")) << 20));
    table_add(t, answer_text(item, STR("arch")));
    table_add(t, answer_text(price, STR("ec2")));
    table_add(t, answer_text(price, STR("emr")));
    table_add(t, answer_text(price, STR("hourly")));
}

int cmd_clusters_types(struct cli *cli, bool *ok, struct err *err)
{
    static const char *const columns[] = { "TYPE", "VCPUS", "MEMORY",     "ARCH",
                                           "EC2",  "EMR",   "USD AN HOUR" };
    AUTO(ask_release) struct ask ask = { 0 };
    AUTO_BUF query = BUF_INIT(LIMIT_URI_BYTES);
    const struct json *answer = NULL;
    struct table t;
    size_t n;
    url_query_add(&query, STR("q"), cli_arg(cli, 0));
    url_query_add(&query, STR("region"), config_text(&cli->config, CONFIG_AWS_REGION));
    ask_add_options(&query, cli, NULL, 0);
    *ok = ask_list(cli, &ask, "/v1/instance-types", buf_str(&query), &answer, err);
    if (!*ok || answer == NULL)
        return 0;
    const struct json *items = answer_items(answer, STR("items"), &n);
    table_init(&t, cli->arena, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < n; i++)
        add_type(&t, cli->arena, &items[i]);
    table_print(&t);
    return n == 0 ? command_nothing(cli) : 0;
}

int cmd_clusters_notebooks(struct cli *cli, bool *ok, struct err *err)
{
    static const char *const columns[] = { "SAVED", "NOTEBOOK" };
    static const struct str members[] = { STR_INIT("last_modified"), STR_INIT("uri") };
    AUTO(ask_release) struct ask ask = { 0 };
    const struct json *answer = NULL;
    *ok = clusters_ask_open(&ask, cli, err) &&
          clusters_ask_take(&ask, HTTP_GET, "/notebooks", STR_EMPTY, &answer, err);
    return *ok && answer != NULL
               ? clusters_ask_print(cli, answer, columns, members, ARRAY_LEN(members))
               : 0;
}

int cmd_clusters_templates(struct cli *cli, bool *ok, struct err *err)
{
    static const char *const columns[] = { "TEMPLATE", "DESCRIPTION" };
    static const struct str members[] = { STR_INIT("name"), STR_INIT("description") };
    AUTO(ask_release) struct ask ask = { 0 };
    const struct json *answer = NULL;
    *ok = clusters_ask_open(&ask, cli, err) &&
          clusters_ask_take(&ask, HTTP_GET, "/v1/cluster-templates", STR_EMPTY, &answer, err);
    return *ok && answer != NULL
               ? clusters_ask_print(cli, answer, columns, members, ARRAY_LEN(members))
               : 0;
}

int cmd_clusters_budget(struct cli *cli, bool *ok, struct err *err)
{
    static const struct str members[] = { STR_INIT("month"),     STR_INIT("spent"),
                                          STR_INIT("hourly"),    STR_INIT("limit"),
                                          STR_INIT("remaining"), STR_INIT("currency"),
                                          STR_INIT("complete") };
    AUTO(ask_release) struct ask ask = { 0 };
    AUTO_BUF query = BUF_INIT(LIMIT_URI_BYTES);
    struct api_answer answer;
    ask_add_options(&query, cli, NULL, 0);
    *ok = clusters_ask_open(&ask, cli, err) &&
          ask_get(&ask, STR("/v1/budget"), buf_str(&query), &answer, err);
    if (*ok && cli->is_json)
        *ok = output_write(answer.body, err);
    else if (*ok) {
        const struct json *budget = json_parse(cli->arena, answer.body, LIMIT_JSON_BYTES, err);
        *ok = budget != NULL;
        if (*ok)
            clusters_ask_members(cli, budget, members, ARRAY_LEN(members));
    }
    return 0;
}

int cmd_clusters_adopt(struct cli *cli, bool *ok, struct err *err)
{
    static const struct str members[] = { STR_INIT("id"), STR_INIT("name"), STR_INIT("phase") };
    AUTO(ask_release) struct ask ask = { 0 };
    AUTO_BUF path = BUF_INIT(LIMIT_URI_BYTES);
    struct api_answer answer;
    buf_add(&path, STR("/v1/orphans/"));
    url_encode(&path, cli_arg(cli, 0), 0);
    buf_add(&path, STR("/adopt"));
    *ok = clusters_ask_open(&ask, cli, err) &&
          ask_call(&ask, HTTP_POST, buf_str(&path), STR_EMPTY, &answer, err);
    if (*ok && cli->is_json)
        *ok = output_write(answer.body, err);
    else if (*ok) {
        const struct json *row = json_parse(cli->arena, answer.body, LIMIT_JSON_BYTES, err);
        *ok = row != NULL;
        if (*ok)
            clusters_ask_members(cli, row, members, ARRAY_LEN(members));
    }
    return 0;
}
