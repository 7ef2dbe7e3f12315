/*
 * boathouse demo: sample datasets and notebooks for a lake.
 *
 * An object that is there already is never touched.  Where the datasets' bucket has another name,
 * the notebooks are changed to say so.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/demo_data.h"
#include "cli/output.h"
#include "cli/wiring.h"
#include "util/clock.h"
#include "json/writer.h"

enum { DEMO_MAX_BYTES = 1024 * 1024, DEMO_OUTPUT_MAX_BYTES = 1024 * 1024 };

struct demo {
    struct cli *cli;
    struct store *store;
    struct store_call call;
    struct str datasets, notebooks; /* the names of the buckets */
    bool is_added[256];             /* by file; false: it was there */
};

/* text with every old replaced by new; in the arena. */
static struct str replaced(struct arena *a, struct str text, struct str old, struct str new)
{
    AUTO_BUF out = BUF_INIT(2 * DEMO_MAX_BYTES);
    size_t at = 0, found;
    while ((found = str_find(text, old, at)) != SIZE_MAX) {
        buf_add(&out, str_slice(text, at, found));
        buf_add(&out, new);
        at = found + old.len;
    }
    buf_add(&out, str_from_pos(text, at));
    return arena_str(a, buf_str(&out));
}

/* The key of a file; *is_notebook: of which of the two buckets. */
static struct str key_of(const struct demo_file *file, bool *is_notebook)
{
    struct str bucket, key;
    str_cut(str_from(file->name), '/', &bucket, &key);
    *is_notebook = str_eq(bucket, STR("notebooks"));
    return key;
}

static struct str bucket_of(const struct demo *d, const struct demo_file *file)
{
    bool is_notebook;
    (void)key_of(file, &is_notebook);
    return is_notebook ? d->notebooks : d->datasets;
}

static struct str type_of(struct str key)
{
    static const struct {
        struct str ending, type;
    } types[] = {
        { STR_INIT(".csv"), STR_INIT("text/csv") },
        { STR_INIT(".jsonl"), STR_INIT("application/x-ndjson") },
        { STR_INIT(".ipynb"), STR_INIT("application/x-ipynb+json") },
        { STR_INIT(".parquet"), STR_INIT("application/vnd.apache.parquet") },
    };
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (str_has_suffix(key, types[i].ending))
            return types[i].type;
    return STR("application/octet-stream");
}

static struct str body_of(const struct demo *d, const struct demo_file *file)
{
    struct arena *a = d->cli->arena;
    struct str body = file->text;
    bool is_notebook;
    (void)key_of(file, &is_notebook);
    if (!is_notebook || str_eq(d->datasets, STR("datasets")))
        return body;
    struct str uri = arena_printf(a, "s3://%.*s", STR_FMT(d->datasets));
    struct str name = arena_printf(a, "bucket = \\\"%.*s\\\"", STR_FMT(d->datasets));
    body = replaced(a, body, STR("s3://datasets"), uri);
    return replaced(a, body, STR("bucket = \\\"datasets\\\""), name);
}

static bool put_all(struct demo *d, struct err *err)
{
    for (size_t i = 0; i < demo_file_n && i < ARRAY_LEN(d->is_added); i++) {
        const struct demo_file *file = &demo_files[i];
        bool is_notebook;
        struct str key = key_of(file, &is_notebook);
        struct store_put put = { .bucket = bucket_of(d, file),
                                 .key = key,
                                 .body = body_of(d, file),
                                 .content_type = type_of(key),
                                 .is_new_only = true,
                                 .call = d->call };
        struct err why = ERR_INIT;
        output_progress(key);
        d->is_added[i] = store_put(d->store, &put, &why);
        if (!d->is_added[i] && why.code != ERR_CONFLICT) {
            *err = why;
            return err_wrap(err, "writing s3://%.*s/%.*s", STR_FMT(put.bucket), STR_FMT(key));
        }
    }
    output_progress(STR_EMPTY);
    return true;
}

static bool print_json(const struct demo *d, struct err *err)
{
    AUTO_BUF out = BUF_INIT(DEMO_OUTPUT_MAX_BYTES);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_write_array(&w);
    for (size_t i = 0; i < demo_file_n; i++) {
        bool is_notebook;
        json_write_object(&w);
        json_put_str(&w, STR("bucket"), bucket_of(d, &demo_files[i]));
        json_put_str(&w, STR("key"), key_of(&demo_files[i], &is_notebook));
        json_put_u64(&w, STR("size_bytes"), demo_files[i].text.len);
        json_put_bool(&w, STR("added"), d->is_added[i]);
        json_write_end(&w);
    }
    json_write_end(&w);
    buf_add_char(&out, '\n');
    return output_write(buf_str(&out), err);
}

static void print_table(const struct demo *d)
{
    static const char *const columns[] = { "OBJECT", "BYTES", "RESULT" };
    struct arena *a = d->cli->arena;
    struct table t;
    table_init(&t, a, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < demo_file_n; i++) {
        bool is_notebook;
        table_add(&t, arena_printf(a, "s3://%.*s/%.*s", STR_FMT(bucket_of(d, &demo_files[i])),
                                   STR_FMT(key_of(&demo_files[i], &is_notebook))));
        table_add(&t, arena_printf(a, "%zu", demo_files[i].text.len));
        table_add(&t, d->is_added[i] ? STR("added") : STR("was there"));
    }
    table_print(&t);
}

int cmd_demo(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(wiring_release) struct wiring w = { 0 };
    const char *datasets = cli_option(cli, "datasets"), *notebooks = cli_option(cli, "notebooks");
    struct demo d = { .cli = cli,
                      .datasets = str_from(datasets != NULL ? datasets : "datasets"),
                      .notebooks = str_from(notebooks != NULL ? notebooks : "notebooks") };
    *ok = wiring_make_folders(&cli->config, err) && wiring_open(&w, cli, err);
    if (!*ok)
        return 0;
    d.store = w.store;
    d.call = wiring_call(&cli->config);
    *ok = store_create_bucket(d.store, d.datasets, &d.call, err) &&
          store_create_bucket(d.store, d.notebooks, &d.call, err) && put_all(&d, err);
    if (!*ok)
        return 0;
    if (cli->is_json)
        *ok = print_json(&d, err);
    else
        print_table(&d);
    return 0;
}
