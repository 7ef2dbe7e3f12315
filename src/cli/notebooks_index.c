/* notebooks without --search-on: those that scans found, and all about one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/notebooks_index.h"

#include "cli/ask.h"
#include "cli/output.h"
#include "util/limits.h"
#include "util/url.h"

#include <stdio.h>

static void print_list(struct cli *cli, const struct json *answer)
{
    static const char *const columns[] = { "NOTEBOOK", "TITLE",   "OWNER",
                                           "LANGUAGE", "CHANGED", "KINDS" };
    struct arena *a = cli->arena;
    struct table t;
    size_t n;
    const struct json *items = answer_items(answer, STR("items"), &n);
    table_init(&t, a, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < n; i++) {
        const struct json *nb = &items[i];
        struct str broken = answer_text(nb, STR("error"));
        table_add(&t, answer_text(nb, STR("uri")));
        table_add(&t, str_slice(answer_text(nb, STR("title")), 0, 60));
        table_add(&t, answer_text(nb, STR("owner")));
        table_add(&t, answer_text(nb, STR("language")));
        table_add(&t, day_text(answer_text(nb, STR("modified"))));
        table_add(&t, broken.len > 0 ? arena_concat(a, STR("broken: "), broken)
                                     : answer_words(a, nb, STR("kinds")));
    }
    table_print(&t);
    ask_say_more(answer, "notebooks");
}

static void print_references(struct arena *a, const struct json *nb)
{
    static const char *const names[] = { "DIR", "KIND", "CELL:LINE", "URI", "CODE" };
    struct table t;
    size_t n;
    const struct json *items = answer_items(nb, STR("references"), &n);
    table_init(&t, a, names, ARRAY_LEN(names));
    for (size_t i = 0; i < n; i++) {
        table_add(&t, answer_text(&items[i], STR("dir")));
        table_add(&t, answer_text(&items[i], STR("kind")));
        table_add(&t, arena_printf(a, "%lld:%lld", (long long)answer_number(&items[i], STR("cell")),
                                   (long long)answer_number(&items[i], STR("line"))));
        table_add(&t, answer_text(&items[i], STR("uri")));
        table_add(&t, str_slice(answer_text(&items[i], STR("code")), 0, 100));
    }
    printf("\n");
    fflush(stdout);
    table_print(&t);
}

static void print_one(struct cli *cli, const struct json *nb)
{
    struct arena *a = cli->arena;
    size_t n;
    const struct json *copies = answer_items(nb, STR("copies"), &n);
    say_member(a, "notebook", answer_text(nb, STR("uri")));
    say_member(a, "id", answer_text(nb, STR("id")));
    say_member(a, "title", answer_text(nb, STR("title")));
    say_member(a, "owner", answer_text(nb, STR("owner")));
    say_member(a, "language", answer_text(nb, STR("language")));
    say_member(a, "changed", answer_text(nb, STR("modified")));
    say_member(a, "cells", count_text(a, (uint64_t)answer_number(nb, STR("n_cells"))));
    say_member(a, "kinds", answer_words(a, nb, STR("kinds")));
    say_member(a, "libraries", answer_words(a, nb, STR("libraries")));
    say_member(a, "error", answer_text(nb, STR("error")));
    for (size_t i = 0; i < n; i++)
        say_member(a, i == 0 ? "like it" : "", answer_text(&copies[i], STR("uri")));
    print_references(a, nb);
}

/* The id of the notebook at a location. */
static bool find_id(struct ask *ask, struct str uri, struct str *out, struct err *err)
{
    AUTO_BUF query = BUF_INIT(LIMIT_URI_BYTES * 4);
    struct str text;
    const struct json *answer;
    size_t n;
    url_query_add(&query, STR("uri"), uri);
    if (!ask_json(ask, STR("/v1/notebooks"), buf_str(&query), &text, &answer, err))
        return false;
    const struct json *items = answer_items(answer, STR("items"), &n);
    *out = n > 0 ? answer_text(&items[0], STR("id")) : STR_EMPTY;
    if (out->len > 0)
        return true;
    err_set(err, ERR_NOT_FOUND, "no notebook is at %.*s", STR_FMT(str_slice(uri, 0, 200)));
    return err_fix(err, "boathouse notebooks lists them; boathouse scan looks for new ones.");
}

int notebooks_by_index(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(ask_release) struct ask ask = { 0 };
    AUTO_BUF query = BUF_INIT(LIMIT_URI_BYTES * 4);
    struct str what = cli_arg(cli, 0), id, text;
    bool is_one = str_find_char(what, ':') != SIZE_MAX;
    const struct json *answer;
    size_t n = 1;
    *ok = ask_open(&ask, cli, err);
    if (!*ok)
        return 0;
    if (is_one) {
        *ok = find_id(&ask, what, &id, err) &&
              ask_json(&ask, arena_concat(cli->arena, STR("/v1/notebooks/"), id), STR_EMPTY, &text,
                       &answer, err);
    } else {
        if (what.len > 0)
            url_query_add(&query, STR("q"), what);
        ask_add_options(&query, cli, NULL, 0);
        *ok = ask_json(&ask, STR("/v1/notebooks"), buf_str(&query), &text, &answer, err);
        if (*ok)
            (void)answer_items(answer, STR("items"), &n);
    }
    if (*ok && cli->is_json)
        *ok = output_write(text, err);
    else if (*ok && is_one)
        print_one(cli, answer);
    else if (*ok)
        print_list(cli, answer);
    return ask_status(cli, n);
}
