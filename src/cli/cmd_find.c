/* boathouse files and boathouse notebooks: the same questions as the API's, asked directly. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "api/find.h"
#include "cli/notebooks_index.h"
#include "cli/output.h"
#include "cli/wiring.h"
#include "util/clock.h"
#include "util/limits.h"
#include "json/writer.h"

#include <stdio.h>

enum { NOTHING_FOUND = 1 };

/* Both kinds of output, filled object by object. */
struct listing {
    struct cli *cli;
    struct buf json;
    struct json_writer writer;
    struct table table;
    size_t n;
};

static bool add_file(void *ctx, const struct store_object *object, struct err *err)
{
    struct listing *l = ctx;
    struct arena *a = l->cli->arena;
    char modified[RFC3339_SIZE];
    l->n++;
    if (l->cli->is_json) {
        json_write_str(&l->writer, object->key);
        return buf_ok(&l->json) ||
               err_set(err, ERR_TOO_LARGE, "the list is larger than %zu bytes", l->json.limit);
    }
    time_rfc3339(object->last_modified_unix_ms / 1000 * 1000, modified);
    table_add(&l->table, object->key);
    table_add(&l->table, arena_printf(a, "%llu", (unsigned long long)object->size_bytes));
    table_add(&l->table, str_from(modified));
    if (l->n % 1000 == 0)
        output_progress(arena_printf(a, "%zu files", l->n));
    return true;
}

static int print_json(struct listing *l, bool *ok, struct err *err)
{
    json_write_end(&l->writer);
    buf_add_char(&l->json, '\n');
    *ok = output_write(buf_str(&l->json), err);
    return l->n > 0 ? 0 : NOTHING_FOUND;
}

int cmd_files(struct cli *cli, bool *ok, struct err *err)
{
    static const char *const columns[] = { "KEY", "BYTES", "MODIFIED" };
    AUTO(wiring_release) struct wiring w = { 0 };
    const char *extension = cli_option(cli, "extension");
    struct listing l = { .cli = cli, .json = BUF_INIT(LIMIT_HTTP_ANSWER_BYTES) };
    const struct files_query q = { .bucket = cli_arg(cli, 0),
                                   .path = cli_arg(cli, 1),
                                   .extension = str_from(extension),
                                   .each = add_file,
                                   .ctx = &l,
                                   .call = wiring_call(&cli->config) };
    json_writer_init(&l.writer, &l.json);
    json_write_array(&l.writer);
    table_init(&l.table, cli->arena, columns, ARRAY_LEN(columns));
    int status = 0;
    *ok = wiring_open(&w, cli, err) && files_find(w.store, &q, err);
    output_progress(STR_EMPTY);
    if (*ok && cli->is_json)
        status = print_json(&l, ok, err);
    else if (*ok) {
        table_print(&l.table);
        status = l.n > 0 ? 0 : command_nothing(cli);
    }
    buf_release(&l.json);
    return status;
}

static void warn_broken(void *ctx, struct str key, const struct err *err)
{
    struct cli *cli = ctx;
    struct str name = output_safe(cli->arena, key);
    struct str why = output_safe(cli->arena, str_from(err->msg));
    fprintf(stderr, "boathouse: skipped %.*s: %.*s\n", STR_FMT(name), STR_FMT(why));
}

static int print_notebooks(struct cli *cli, const struct notebooks_found *found, bool *ok,
                           struct err *err)
{
    static const char *const columns[] = { "NOTEBOOK" };
    AUTO_BUF json = BUF_INIT(LIMIT_HTTP_ANSWER_BYTES);
    struct json_writer w;
    struct table t;
    json_writer_init(&w, &json);
    json_write_array(&w);
    table_init(&t, cli->arena, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < found->n; i++) {
        struct str uri = arena_printf(cli->arena, "s3://%.*s/%.*s", STR_FMT(cli_arg(cli, 0)),
                                      STR_FMT(found->keys[i]));
        if (cli->is_json)
            json_write_str(&w, uri);
        else
            table_add(&t, uri);
    }
    json_write_end(&w);
    buf_add_char(&json, '\n');
    if (cli->is_json)
        *ok = output_write(buf_str(&json), err);
    else
        table_print(&t);
    return found->n > 0 ? 0 : command_nothing(cli);
}

int cmd_notebooks(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(wiring_release) struct wiring w = { 0 };
    const char *search_on = cli_option(cli, "search-on");
    struct notebooks_found found;
    if (search_on == NULL)
        return notebooks_by_index(cli, ok, err);
    if (cli->n_args == 0) {
        *ok = err_set(err, ERR_INVALID, "notebooks --search-on needs a bucket");
        return 0;
    }
    const struct notebooks_query q = {
        .bucket = cli_arg(cli, 0),
        .path = cli_arg(cli, 1),
        .search_on = str_from(search_on),
        .window = (unsigned)config_int(&cli->config, CONFIG_FETCH_CONCURRENCY),
        .max_notebook_bytes = (uint64_t)config_int(&cli->config, CONFIG_FETCH_MAX_NOTEBOOK_BYTES),
        .broken = warn_broken,
        .ctx = cli,
        .call = wiring_call(&cli->config),
    };
    *ok = wiring_open(&w, cli, err) && notebooks_find(w.store, cli->arena, &q, &found, err);
    return *ok ? print_notebooks(cli, &found, ok, err) : 0;
}
