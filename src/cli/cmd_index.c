/* boathouse index check, backup, rebuild */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/wiring.h"
#include "util/limits.h"
#include "json/writer.h"

#include <sys/stat.h>

static const char *index_file(struct cli *cli, struct err *err)
{
    struct str state = config_text(&cli->config, CONFIG_STATE);
    return arena_cstr(cli->arena, arena_concat(cli->arena, state, STR("/index.db")), err);
}

/* ---- check ---- */

struct findings {
    struct arena *arena;
    struct str *items;
    size_t n, cap;
};

static void keep_finding(void *ctx, struct str problem)
{
    struct findings *f = ctx;
    *ARENA_PUSH(f->arena, f->items, f->n, f->cap) = arena_str(f->arena, problem);
}

static void put_json(struct buf *out, const char *path, const struct findings *f,
                     const struct index_state *s)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_object(&w);
    json_put_str(&w, STR("path"), str_from(path));
    json_put_u64(&w, STR("notebooks"), s->n_notebooks);
    json_put_u64(&w, STR("references"), s->n_references);
    json_put_u64(&w, STR("datasets"), s->n_datasets);
    json_write_key(&w, STR("problems"));
    json_write_array(&w);
    for (size_t i = 0; i < f->n; i++)
        json_write_str(&w, f->items[i]);
    json_write_end(&w);
    json_write_end(&w);
    buf_add_char(out, '\n');
}

static void put_text(struct buf *out, struct arena *a, const char *path, const struct findings *f,
                     const struct index_state *s)
{
    for (size_t i = 0; i < f->n; i++)
        buf_printf(out, "%.*s\n", STR_FMT(output_safe(a, f->items[i])));
    if (f->n > 0)
        buf_printf(out, "%s: %zu %s. Stop boathouse, run \"boathouse index rebuild\", then scan.\n",
                   path, f->n, f->n == 1 ? "problem" : "problems");
    else
        buf_printf(out, "%s: whole. %llu notebooks, %llu references, %llu datasets.\n", path,
                   (unsigned long long)s->n_notebooks, (unsigned long long)s->n_references,
                   (unsigned long long)s->n_datasets);
}

static bool check(struct cli *cli, struct wiring *w, size_t *n_problems, struct err *err)
{
    struct findings f = { .arena = cli->arena };
    struct index_state s = { 0 };
    struct index_reader *r;
    AUTO_BUF out = BUF_INIT(LIMIT_HTTP_ANSWER_BYTES);
    if (!wiring_open_index(w, cli, INDEX_READ_ONLY, err) ||
        !index_check(w->index, keep_finding, &f, n_problems, err) ||
        !index_reader_take(w->index, &r, err))
        return false;
    bool ok = index_state(r, &s, err);
    index_reader_give(r);
    if (!ok)
        return false;
    if (cli->is_json)
        put_json(&out, index_path(w->index), &f, &s);
    else
        put_text(&out, cli->arena, index_path(w->index), &f, &s);
    return output_write(buf_str(&out), err);
}

int cmd_index_check(struct cli *cli, bool *ok, struct err *err)
{
    struct wiring w = { 0 };
    size_t n_problems = 0;
    *ok = check(cli, &w, &n_problems, err);
    wiring_release(&w);
    return n_problems > 0 ? 1 : 0;
}

/* ---- backup ---- */

static bool say_file(struct cli *cli, const char *what, const char *path, struct err *err)
{
    struct stat st;
    AUTO_BUF out = BUF_INIT(LIMIT_JSON_BYTES);
    unsigned long long size_bytes = stat(path, &st) == 0 ? (unsigned long long)st.st_size : 0;
    if (cli->is_json) {
        buf_add(&out, STR("{\"path\":"));
        json_quote(&out, str_from(path));
        buf_printf(&out, ",\"size_bytes\":%llu}\n", size_bytes);
    } else {
        buf_printf(&out, "%s: %s, %llu bytes.\n", path, what, size_bytes);
    }
    return output_write(buf_str(&out), err);
}

int cmd_index_backup(struct cli *cli, bool *ok, struct err *err)
{
    struct wiring w = { 0 };
    const char *path = arena_cstr(cli->arena, cli_arg(cli, 0), err);
    *ok = path != NULL && wiring_open_index(&w, cli, INDEX_READ_ONLY, err) &&
          index_backup(w.index, path, err) && say_file(cli, "written", path, err);
    wiring_release(&w);
    return 0;
}

/* ---- rebuild ---- */

int cmd_index_rebuild(struct cli *cli, bool *ok, struct err *err)
{
    size_t n_lost = 0;
    const char *path = index_file(cli, err);
    *ok = path != NULL && index_rebuild(path, &n_lost, err);
    if (!*ok)
        return 0;
    const char *what =
        n_lost == 0 ? "rebuilt, nothing is lost"
                    : "rebuilt; parts were lost, so run \"boathouse scan\" to find them again";
    *ok = say_file(cli, what, path, err);
    return n_lost == 0 ? 0 : 1;
}
