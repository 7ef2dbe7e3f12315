/* boathouse clusters list, nodes, steps: what the provider has, as a table or JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/output.h"
#include "cli/wiring.h"
#include "util/clock.h"
#include "util/limits.h"
#include "json/writer.h"

enum { MAX_COLUMNS = 7 };

/* A column of one of the lists: its names, and which member of an item it shows. */
struct column {
    const char *title, *json_name;
    enum {
        ITEM_ID,
        ITEM_NAME,
        ITEM_TYPE,
        ITEM_MARKET,
        ITEM_STATE,
        ITEM_CREATED,
        ITEM_READY,
        ITEM_ENDED
    } member;
};

static const struct column cluster_columns[] = {
    { "CLUSTER", "id", ITEM_ID },        { "NAME", "name", ITEM_NAME },
    { "STATE", "state", ITEM_STATE },    { "CREATED", "created_at", ITEM_CREATED },
    { "READY", "ready_at", ITEM_READY }, { "ENDED", "ended_at", ITEM_ENDED },
};
static const struct column node_columns[] = {
    { "NODE", "id", ITEM_ID },           { "HOST", "host", ITEM_NAME },
    { "TYPE", "type", ITEM_TYPE },       { "MARKET", "market", ITEM_MARKET },
    { "STATE", "state", ITEM_STATE },    { "CREATED", "created_at", ITEM_CREATED },
    { "ENDED", "ended_at", ITEM_ENDED },
};
static const struct column step_columns[] = {
    { "STEP", "id", ITEM_ID },
    { "NAME", "name", ITEM_NAME },
    { "STATE", "state", ITEM_STATE },
    { "CREATED", "created_at", ITEM_CREATED },
    { "STARTED", "started_at", ITEM_READY },
    { "ENDED", "ended_at", ITEM_ENDED },
};

static struct str time_text(struct arena *a, int64_t unix_ms)
{
    char text[RFC3339_SIZE];
    if (unix_ms == 0)
        return STR_EMPTY;
    time_rfc3339(unix_ms, text);
    return arena_str(a, str_from(text));
}

static struct str member_text(struct arena *a, const struct cluster_item *item,
                              const struct column *column)
{
    switch (column->member) {
    case ITEM_ID:
        return item->id;
    case ITEM_NAME:
        return item->name;
    case ITEM_TYPE:
        return item->type;
    case ITEM_MARKET:
        return item->market;
    case ITEM_STATE:
        return item->state;
    case ITEM_CREATED:
        return time_text(a, item->created_unix_ms);
    case ITEM_READY:
        return time_text(a, item->ready_unix_ms);
    case ITEM_ENDED:
        return time_text(a, item->ended_unix_ms);
    }
    panic("member %d", (int)column->member);
}

static bool print_json(struct cli *cli, const struct cluster_items *found,
                       const struct column *columns, size_t n_columns, struct err *err)
{
    AUTO_BUF out = BUF_INIT(LIMIT_HTTP_ANSWER_BYTES);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_write_array(&w);
    for (size_t i = 0; i < found->n; i++) {
        json_write_object(&w);
        for (size_t c = 0; c < n_columns; c++)
            json_put_str_if(&w, str_from(columns[c].json_name),
                            member_text(cli->arena, &found->items[i], &columns[c]));
        json_write_end(&w);
    }
    json_write_end(&w);
    buf_add_char(&out, '\n');
    return output_write(buf_str(&out), err);
}

static void print_table(struct cli *cli, const struct cluster_items *found,
                        const struct column *columns, size_t n_columns)
{
    const char *titles[MAX_COLUMNS];
    struct table t;
    for (size_t c = 0; c < n_columns; c++)
        titles[c] = columns[c].title;
    table_init(&t, cli->arena, titles, n_columns);
    for (size_t i = 0; i < found->n; i++)
        for (size_t c = 0; c < n_columns; c++)
            table_add(&t, member_text(cli->arena, &found->items[i], &columns[c]));
    table_print(&t);
}

static int list(struct cli *cli, enum cluster_list what, const struct column *columns,
                size_t n_columns, bool *ok, struct err *err)
{
    AUTO(wiring_release) struct wiring w = { 0 };
    const struct cluster_call call = { .deadline_ms = wiring_call(&cli->config).deadline_ms };
    struct cluster_items found = { 0 };
    *ok = wiring_open(&w, cli, err) && wiring_open_provider(&w, &cli->config, err) &&
          cluster_list(w.provider, cli->arena, what, cli_arg(cli, 0), &call, &found, err);
    if (!*ok)
        return 0;
    if (cli->is_json)
        *ok = print_json(cli, &found, columns, n_columns, err);
    else
        print_table(cli, &found, columns, n_columns);
    return found.n > 0 ? 0 : command_nothing(cli);
}

int cmd_clusters_list(struct cli *cli, bool *ok, struct err *err)
{
    enum cluster_list what = cli_switch(cli, "all") ? CLUSTER_LIST_ALL : CLUSTER_LIST_LIVE;
    return list(cli, what, cluster_columns, ARRAY_LEN(cluster_columns), ok, err);
}

int cmd_clusters_nodes(struct cli *cli, bool *ok, struct err *err)
{
    return list(cli, CLUSTER_LIST_NODES, node_columns, ARRAY_LEN(node_columns), ok, err);
}

int cmd_clusters_steps(struct cli *cli, bool *ok, struct err *err)
{
    return list(cli, CLUSTER_LIST_STEPS, step_columns, ARRAY_LEN(step_columns), ok, err);
}
