/* boathouse analyses: which kinds of analysis there are, and how many of each. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/ask.h"
#include "cli/output.h"
#include "util/limits.h"

static void print_kinds(struct arena *a, const struct json *items, size_t n)
{
    static const char *const columns[] = { "KIND", "NOTEBOOKS", "WHAT IT DOES" };
    struct table t;
    table_init(&t, a, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < n; i++) {
        table_add(&t, answer_text(&items[i], STR("kind")));
        table_add(&t, count_text(a, (uint64_t)answer_number(&items[i], STR("n_notebooks"))));
        table_add(&t, answer_text(&items[i], STR("text")));
    }
    table_print(&t);
}

/* "training 3, reporting 1" */
static struct str kinds_of(struct arena *a, const struct json *item)
{
    size_t n;
    struct str all = STR_EMPTY;
    const struct json *kinds = answer_items(item, STR("kinds"), &n);
    for (size_t i = 0; i < n; i++)
        all = arena_printf(a, "%.*s%s%.*s %lld", STR_FMT(all), i > 0 ? ", " : "",
                           STR_FMT(kinds[i].key), (long long)kinds[i].integer);
    return all;
}

static void print_groups(struct arena *a, const char *by, const struct json *items, size_t n)
{
    const char *const columns[] = { by, "NOTEBOOKS", "KINDS" };
    struct table t;
    table_init(&t, a, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < n; i++) {
        struct str group = answer_text(&items[i], STR("group"));
        table_add(&t, group.len > 0 ? group : STR("-"));
        table_add(&t, count_text(a, (uint64_t)answer_number(&items[i], STR("n_notebooks"))));
        table_add(&t, kinds_of(a, &items[i]));
    }
    table_print(&t);
}

static const char *heading(const char *by)
{
    static const struct {
        const char *by, *text;
    } rows[] = { { "dataset", "DATASET" },
                 { "owner", "OWNER" },
                 { "library", "LIBRARY" },
                 { "month", "MONTH" } };
    for (size_t i = 0; by != NULL && i < ARRAY_LEN(rows); i++)
        if (str_eq(str_from(by), str_from(rows[i].by)))
            return rows[i].text;
    return NULL;
}

int cmd_analyses(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(ask_release) struct ask ask = { 0 };
    AUTO_BUF query = BUF_INIT(LIMIT_URI_BYTES);
    struct str text;
    const struct json *answer;
    size_t n;
    ask_add_options(&query, cli, NULL, 0);
    *ok = ask_open(&ask, cli, err) &&
          ask_json(&ask, STR("/v1/analyses"), buf_str(&query), &text, &answer, err);
    if (!*ok)
        return 0;
    const struct json *items = answer_items(answer, STR("items"), &n);
    const char *by = heading(cli_option(cli, "by"));
    if (cli->is_json)
        *ok = output_write(text, err);
    else if (by != NULL)
        print_groups(cli->arena, by, items, n);
    else
        print_kinds(cli->arena, items, n);
    if (!cli->is_json)
        ask_say_more(answer, "groups");
    return ask_status(cli, n);
}
