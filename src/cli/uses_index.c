/* uses without places: the references that the index knows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/uses_index.h"

#include "cli/ask.h"
#include "cli/output.h"
#include "cli/uses.h"
#include "util/limits.h"
#include "util/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SHOWN_CODE = 100 };

/* A file of the lake is asked for as the object that it stands for; the server's folder, and with
 * it what a relative path means, is not ours. */
static bool location(struct cli *cli, struct str *out, struct err *err)
{
    char *cwd = getcwd(NULL, 0);
    const struct question_place place = {
        .cwd = arena_str(cli->arena, str_from(cwd)),
        .lake = config_is(&cli->config, CONFIG_PROVIDER, STR("local"))
                    ? config_text(&cli->config, CONFIG_LAKE)
                    : STR_EMPTY,
    };
    struct question q;
    free(cwd);
    *out = cli_arg(cli, 0);
    if (!question_read(cli->arena, *out, &place, &q, err))
        return false;
    if (q.file.len > 0 && str_find_char(*out, '/') != SIZE_MAX)
        *out = q.file;
    for (size_t i = 1; i < q.n_forms; i++)
        if (str_has_prefix(q.forms[i], STR("s3://")))
            *out = q.forms[i];
    return true;
}

static void print_table(struct cli *cli, const struct json *items, size_t n)
{
    static const char *const columns[] = { "MATCH",     "SURE", "DIR", "NOTEBOOK",
                                           "CELL:LINE", "URI",  "CODE" };
    struct arena *a = cli->arena;
    struct table t;
    table_init(&t, a, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < n; i++) {
        const struct json *u = &items[i];
        long long n_copies = (long long)answer_number(u, STR("n_copies"));
        struct str notebook = answer_text(u, STR("notebook"));
        bool is_folded = n_copies > 0 && !cli_switch(cli, "copies");
        table_add(&t, answer_text(u, STR("match")));
        table_add(&t, arena_printf(a, "%lld%%", (long long)answer_number(u, STR("percent"))));
        table_add(&t, answer_text(u, STR("dir")));
        table_add(&t, is_folded
                          ? arena_printf(a, "%.*s (+%lld like it)", STR_FMT(notebook), n_copies)
                          : notebook);
        table_add(&t, arena_printf(a, "%lld:%lld", (long long)answer_number(u, STR("cell")),
                                   (long long)answer_number(u, STR("line"))));
        table_add(&t, answer_text(u, STR("uri")));
        table_add(&t, str_slice(answer_text(u, STR("code")), 0, SHOWN_CODE));
    }
    table_print(&t);
}

int uses_by_index(struct cli *cli, bool *ok, struct err *err)
{
    static const struct str except[] = { STR_INIT("all"), STR_INIT("jobs"), STR_INIT("copies") };
    AUTO(ask_release) struct ask ask = { 0 };
    AUTO_BUF query = BUF_INIT(LIMIT_URI_BYTES * 4);
    struct str uri, text;
    const struct json *answer;
    size_t n;
    *ok = location(cli, &uri, err) && ask_open(&ask, cli, err);
    if (!*ok && err->code == ERR_NOT_FOUND)
        err_fix(err, "Run boathouse scan first, or name places whose notebooks are read now, such "
                     "as s3://notebooks.");
    if (!*ok)
        return 0;
    url_query_add(&query, STR("uri"), uri);
    url_query_add(&query, STR("copies"), cli_switch(cli, "copies") ? STR("true") : STR("false"));
    if (cli_switch(cli, "all"))
        url_query_add(&query, STR("weak"), STR("true"));
    ask_add_options(&query, cli, except, ARRAY_LEN(except));
    *ok = ask_json(&ask, STR("/v1/usage"), buf_str(&query), &text, &answer, err);
    if (!*ok)
        return 0;
    const struct json *items = answer_items(answer, STR("items"), &n);
    long long n_weak = (long long)answer_number(answer, STR("n_weak"));
    if (cli->is_json) {
        *ok = output_write(text, err);
        return ask_status(cli, n);
    }
    print_table(cli, items, n);
    if (n_weak > 0)
        fprintf(stderr,
                "boathouse: %lld more locations could be it, but nearly nothing of them is known; "
                "--all shows them\n",
                n_weak);
    ask_say_more(answer, "references");
    return ask_status(cli, n);
}
