/* boathouse datasets: the datasets that scans found, and all about one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/ask.h"
#include "cli/output.h"
#include "util/url.h"

#include <stdio.h>

enum { SHOWN_USERS = 10 };

static void print_list(struct cli *cli, const struct json *answer)
{
    static const char *const columns[] = { "DATASET", "LAYOUT",  "FORMAT", "OBJECTS",
                                           "SIZE",    "CHANGED", "USERS" };
    struct arena *a = cli->arena;
    struct table t;
    size_t n;
    const struct json *items = answer_items(answer, STR("items"), &n);
    table_init(&t, a, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < n; i++) {
        const struct json *d = &items[i];
        table_add(&t, answer_text(d, STR("uri")));
        table_add(&t, answer_text(d, STR("layout")));
        table_add(&t, answer_text(d, STR("format")));
        table_add(&t, count_text(a, (uint64_t)answer_number(d, STR("n_objects"))));
        table_add(&t, size_text(a, (uint64_t)answer_number(d, STR("size_bytes"))));
        table_add(&t, day_text(answer_text(d, STR("modified"))));
        table_add(&t, count_text(a, (uint64_t)answer_number(d, STR("n_users"))));
    }
    table_print(&t);
    ask_say_more(answer, "datasets");
}

static void print_columns(struct arena *a, const struct json *d)
{
    static const char *const names[] = { "COLUMN", "TYPE", "" };
    struct table t;
    size_t n;
    const struct json *items = answer_items(d, STR("columns"), &n);
    table_init(&t, a, names, ARRAY_LEN(names));
    for (size_t i = 0; i < n; i++) {
        table_add(&t, answer_text(&items[i], STR("name")));
        table_add(&t, answer_text(&items[i], STR("type")));
        table_add(&t, answer_flag(&items[i], STR("is_partition")) ? STR("partition") : STR_EMPTY);
    }
    printf("\n");
    fflush(stdout);
    table_print(&t);
}

static void print_users(struct arena *a, const struct json *d)
{
    static const char *const names[] = { "MATCH", "DIR", "NOTEBOOK", "CELL:LINE", "CODE" };
    struct table t;
    size_t n;
    const struct json *items = answer_items(d, STR("users"), &n);
    table_init(&t, a, names, ARRAY_LEN(names));
    for (size_t i = 0; i < n && i < SHOWN_USERS; i++) {
        const struct json *u = &items[i];
        table_add(&t, answer_text(u, STR("match")));
        table_add(&t, answer_text(u, STR("dir")));
        table_add(&t, answer_text(u, STR("notebook")));
        table_add(&t, arena_printf(a, "%lld:%lld", (long long)answer_number(u, STR("cell")),
                                   (long long)answer_number(u, STR("line"))));
        table_add(&t, str_slice(answer_text(u, STR("code")), 0, 100));
    }
    if (n == 0) {
        printf("\nNo notebook uses it.\n");
        return;
    }
    printf("\n");
    fflush(stdout);
    table_print(&t);
    if (n > SHOWN_USERS)
        printf("... boathouse uses shows all\n");
}

/* "1,096 by year, month" */
static struct str partitions_text(struct arena *a, const struct json *d)
{
    size_t n;
    const struct json *columns = answer_items(d, STR("partition_columns"), &n);
    struct str out = count_text(a, (uint64_t)answer_number(d, STR("n_partitions")));
    for (size_t i = 0; i < n; i++)
        out = arena_printf(a, "%.*s%s%.*s", STR_FMT(out), i == 0 ? " by " : ", ",
                           STR_FMT(answer_text(&columns[i], STR("name"))));
    return out;
}

static void print_one(struct cli *cli, const struct json *d)
{
    struct arena *a = cli->arena;
    size_t n, n_tables;
    const struct json *tables = answer_items(d, STR("table_names"), &n_tables);
    const struct json *snippets = answer_items(d, STR("snippets"), &n);
    say_member(a, "dataset", answer_text(d, STR("uri")));
    say_member(a, "id", answer_text(d, STR("id")));
    say_member(a, "layout", answer_text(d, STR("layout")));
    say_member(a, "format", answer_text(d, STR("format")));
    say_member(a, "compression", answer_text(d, STR("compression")));
    say_member(a, "objects", count_text(a, (uint64_t)answer_number(d, STR("n_objects"))));
    say_member(a, "size", size_text(a, (uint64_t)answer_number(d, STR("size_bytes"))));
    say_member(a, "changed", answer_text(d, STR("modified")));
    if (json_has(d, STR("n_rows")))
        say_member(a, "rows", count_text(a, (uint64_t)answer_number(d, STR("n_rows"))));
    if (answer_number(d, STR("n_partitions")) > 0)
        say_member(a, "partitions", partitions_text(a, d));
    for (size_t i = 0; i < n_tables; i++)
        say_member(a, "table", answer_text(&tables[i], STR("name")));
    say_member(a, "warnings", answer_words(a, d, STR("warnings")));
    say_member(a, "error", answer_text(d, STR("error")));
    print_columns(a, d);
    print_users(a, d);
    for (size_t i = 0; i < n; i++) {
        struct str tool = answer_text(&snippets[i], STR("tool"));
        printf("\n# %.*s\n%.*s\n", STR_FMT(tool), STR_FMT(answer_text(&snippets[i], STR("code"))));
    }
}

static bool is_id(struct str text)
{
    bool ok = text.len == 16;
    for (size_t i = 0; i < text.len && ok; i++)
        ok = (text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
             (text.ptr[i] >= 'a' && text.ptr[i] <= 'f');
    return ok;
}

/* The id of the dataset that a location is or falls into. */
static bool find_id(struct ask *ask, struct str uri, struct str *out, struct err *err)
{
    AUTO_BUF query = BUF_INIT(LIMIT_URI_BYTES * 4);
    struct str text;
    const struct json *answer;
    url_query_add(&query, STR("uri"), uri);
    url_query_add(&query, STR("limit"), STR("1"));
    if (!ask_json(ask, STR("/v1/usage"), buf_str(&query), &text, &answer, err))
        return false;
    *out = answer_text(json_get(answer, STR("dataset")), STR("id"));
    if (out->len > 0)
        return true;
    err_set(err, ERR_NOT_FOUND, "no dataset is at %.*s", STR_FMT(str_slice(uri, 0, 200)));
    return err_fix(err, "boathouse datasets lists them; boathouse scan looks for new ones.");
}

static bool one(struct ask *ask, struct str what, struct err *err)
{
    struct cli *cli = ask->cli;
    struct str id = what, text;
    const struct json *answer;
    if ((!is_id(what) && !find_id(ask, what, &id, err)) ||
        !ask_json(ask, arena_concat(cli->arena, STR("/v1/datasets/"), id), STR_EMPTY, &text,
                  &answer, err))
        return false;
    if (cli->is_json)
        return output_write(text, err);
    print_one(cli, answer);
    return true;
}

/* Those that fit; *n_out: how many are shown. */
static bool list(struct ask *ask, struct str what, size_t *n_out, struct err *err)
{
    struct cli *cli = ask->cli;
    AUTO_BUF query = BUF_INIT(LIMIT_URI_BYTES * 4);
    struct str text;
    const struct json *answer;
    if (what.len > 0)
        url_query_add(&query, STR("q"), what);
    ask_add_options(&query, cli, NULL, 0);
    if (!ask_json(ask, STR("/v1/datasets"), buf_str(&query), &text, &answer, err))
        return false;
    (void)answer_items(answer, STR("items"), n_out);
    if (cli->is_json)
        return output_write(text, err);
    print_list(cli, answer);
    return true;
}

int cmd_datasets(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(ask_release) struct ask ask = { 0 };
    struct err why = ERR_INIT;
    struct str what = cli_arg(cli, 0);
    size_t n = 0;
    *ok = ask_open(&ask, cli, err);
    if (!*ok)
        return 0;
    bool is_one = is_id(what) || str_find_char(what, ':') != SIZE_MAX;
    if (is_one && one(&ask, what, &why))
        return 0;
    if (is_one && (why.code != ERR_NOT_FOUND || is_id(what) || cli->is_json)) {
        *ok = false;
        *err = why;
        return 0;
    }
    /* No dataset, but perhaps a folder above some. */
    *ok = list(&ask, is_one ? str_trim_char(what, '/') : what, &n, err);
    if (*ok && is_one && n == 0) {
        *ok = false;
        *err = why;
    }
    return *ok ? ask_status(cli, n) : 0;
}
