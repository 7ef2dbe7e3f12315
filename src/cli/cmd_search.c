/* boathouse search: lines of code, SQL and text in the notebooks that scans found. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/ask.h"
#include "cli/output.h"
#include "util/limits.h"
#include "util/url.h"

enum { SHOWN_TEXT = 160 };

static void print_lines(struct arena *a, const struct json *items, size_t n)
{
    static const char *const columns[] = { "NOTEBOOK", "CELL:LINE", "TEXT" };
    struct table t;
    table_init(&t, a, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < n; i++) {
        table_add(&t, answer_text(&items[i], STR("notebook")));
        table_add(&t, arena_printf(a, "%lld:%lld", (long long)answer_number(&items[i], STR("cell")),
                                   (long long)answer_number(&items[i], STR("line"))));
        table_add(&t, str_slice(str_trim(answer_text(&items[i], STR("text"))), 0, SHOWN_TEXT));
    }
    table_print(&t);
}

int cmd_search(struct cli *cli, bool *ok, struct err *err)
{
    static const struct str except[] = { STR_INIT("regex") };
    AUTO(ask_release) struct ask ask = { 0 };
    AUTO_BUF query = BUF_INIT(LIMIT_URI_BYTES * 4);
    struct str text;
    const struct json *answer;
    size_t n;
    url_query_add(&query, STR("q"), cli_arg(cli, 0));
    if (cli_switch(cli, "regex"))
        url_query_add(&query, STR("mode"), STR("regex"));
    ask_add_options(&query, cli, except, ARRAY_LEN(except));
    *ok = ask_open(&ask, cli, err) &&
          ask_json(&ask, STR("/v1/search"), buf_str(&query), &text, &answer, err);
    if (!*ok)
        return 0;
    const struct json *items = answer_items(answer, STR("items"), &n);
    if (cli->is_json) {
        *ok = output_write(text, err);
    } else {
        print_lines(cli->arena, items, n);
        ask_say_more(answer, "lines");
    }
    return ask_status(cli, n);
}
