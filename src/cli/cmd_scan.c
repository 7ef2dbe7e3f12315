/* boathouse scan: bring the index up to date with its sources. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/output.h"
#include "cli/scan_import.h"
#include "cli/scanning.h"
#include "index/runs.h"
#include "util/clock.h"
#include "util/limits.h"
#include "json/writer.h"

#include <stdio.h>
#include <sys/stat.h>

enum { SOME_WRONG = 1, OUT_BYTES = 16 * 1024 * 1024 };

/* One run of the command. */
struct scan_run {
    struct cli *cli;
    struct scanning *scanning;
    struct str *names; /* of the sources */
    size_t n, cap;
    struct table table;
    struct buf json;
    struct json_writer w;
    int status; /* of the first source that failed */
};

/* "1,234,567" */
static struct str grouped(struct arena *a, uint64_t n)
{
    char digits[32], text[48];
    size_t len = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), at = 0;
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    return arena_str(a, (struct str){ text, at });
}

static struct str size_text(struct arena *a, double bytes)
{
    static const char *const units[] = { "B", "KB", "MB", "GB", "TB" };
    size_t unit = 0;
    while (bytes >= 1000 && unit + 1 < ARRAY_LEN(units)) {
        bytes /= 1000;
        unit++;
    }
    return arena_printf(a, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

/* "parse 3, forbidden 1"; empty when nothing failed. */
static struct str errors_text(struct arena *a, const struct scan_progress *p)
{
    struct str out = STR_EMPTY;
    for (int i = ERR_NONE + 1; i < ERR_N_CODES; i++)
        if (p->n_errors[i] > 0)
            out =
                arena_printf(a, "%.*s%s%s %llu", STR_FMT(out), out.len > 0 ? ", " : "",
                             err_kind((enum err_code)i)->code, (unsigned long long)p->n_errors[i]);
    return out;
}

/* On a thread of the scan, some ten times a second. */
static void tell(void *ctx, const struct scan_progress *p)
{
    AUTO_ARENA a = ARENA_INIT;
    (void)ctx;
    double seconds = (double)p->elapsed_ms / 1000;
    double rate = seconds > 0 ? (double)p->read_bytes / seconds : 0;
    struct str errors = errors_text(&a, p);
    struct str left = STR_EMPTY;
    if (p->is_done) {
        output_progress(STR_EMPTY);
        return;
    }
    if (p->left_ms >= 0)
        left = arena_printf(&a, ", %lld s left", (long long)((p->left_ms + 999) / 1000));
    output_progress(arena_printf(
        &a, "%.*s: %.*s listed, %.*s analysed, %.*s (%.*s/s)%s%.*s%.*s%s", STR_FMT(p->source),
        STR_FMT(grouped(&a, p->n_listed)), STR_FMT(grouped(&a, p->n_analyzed)),
        STR_FMT(size_text(&a, (double)p->read_bytes)), STR_FMT(size_text(&a, rate)),
        errors.len > 0 ? "; " : "", STR_FMT(errors), STR_FMT(left),
        p->is_attached ? " [another process scans]" : ""));
}

static bool add_name(void *ctx, const struct index_source *source, struct err *err)
{
    struct scan_run *run = ctx;
    (void)err;
    *ARENA_PUSH(run->cli->arena, run->names, run->n, run->cap) =
        arena_str(run->cli->arena, source->name);
    return true;
}

static bool each_source(const struct scan_run *run, index_source_fn *each, void *ctx,
                        struct err *err)
{
    struct index_reader *reader;
    if (!index_reader_take(run->scanning->wiring->index, &reader, err))
        return false;
    bool ok = index_each_source(reader, STR_EMPTY, each, ctx, err);
    index_reader_give(reader);
    return ok;
}

/* A place that is no source yet becomes one, called after it. */
static bool add_place(struct scan_run *run, struct str text, struct err *err)
{
    struct arena *a = run->cli->arena;
    struct str uri;
    if (!scanning_uri(run->scanning, a, text, &uri, err))
        return false;
    struct str name = str_from_pos(uri, str_find_char(uri, ':') + 1);
    char *copy = ARENA_NEW_N(a, char, name.len + 1);
    size_t n = 0;
    if (name.len > SCAN_MAX_NAME_BYTES)
        name = str_from_pos(name, name.len - SCAN_MAX_NAME_BYTES);
    while (name.len > 0 && (name.ptr[0] == '/' || name.ptr[0] == '-' || name.ptr[0] == '.'))
        name = str_from_pos(name, 1); /* a name that begins so could not be typed */
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-';
        copy[n++] = is_kept ? c : '-';
    }
    const struct scan_source source = { .name = n > 0 ? (struct str){ copy, n } : STR("root"),
                                        .uri = uri,
                                        .wants_notebooks = true,
                                        .wants_datasets = true };
    if (!scans_put_source(run->scanning->scans, &source, err))
        return false;
    *ARENA_PUSH(a, run->names, run->n, run->cap) = source.name;
    return true;
}

struct lookup {
    struct str name, uri; /* either of them */
    struct str found;     /* the name; empty: none */
    struct arena *arena;
};

static bool look(void *ctx, const struct index_source *source, struct err *err)
{
    struct lookup *l = ctx;
    (void)err;
    if (str_eq(source->name, l->name) || str_eq(source->uri, l->uri))
        l->found = arena_str(l->arena, source->name);
    return true;
}

/* The sources that were typed, by name or place; without any, all. */
static bool choose(struct scan_run *run, struct err *err)
{
    struct cli *cli = run->cli;
    if (cli->n_args == 0)
        return each_source(run, add_name, run, err);
    for (size_t i = 0; i < cli->n_args; i++) {
        struct err no_place = ERR_INIT;
        struct lookup l = { .name = cli->args[i], .arena = cli->arena };
        if (!scanning_uri(run->scanning, cli->arena, cli->args[i], &l.uri, &no_place))
            l.uri = STR_EMPTY;
        if (!each_source(run, look, &l, err))
            return false;
        if (l.found.len > 0)
            *ARENA_PUSH(cli->arena, run->names, run->n, run->cap) = l.found;
        else if (!add_place(run, cli->args[i], err))
            return false;
    }
    return true;
}

static const char *const columns[] = { "SOURCE",  "LISTED",   "NOTEBOOKS", "ANALYSED",
                                       "REMOVED", "DATASETS", "ERRORS",    "SECONDS" };

static void add_row(struct scan_run *run, const struct scan_progress *p)
{
    struct arena *a = run->cli->arena;
    struct str errors = errors_text(a, p);
    table_add(&run->table, p->source);
    table_add(&run->table, grouped(a, p->n_listed));
    table_add(&run->table, grouped(a, p->n_notebooks));
    table_add(&run->table, grouped(a, p->n_analyzed));
    table_add(&run->table, grouped(a, p->n_removed));
    table_add(&run->table, grouped(a, p->n_datasets));
    table_add(&run->table, errors.len > 0 ? errors : STR("-"));
    table_add(&run->table, arena_printf(a, "%.2f", (double)p->elapsed_ms / 1000));
}

static void add_json(struct scan_run *run, const struct scan_progress *p, const struct err *why)
{
    AUTO_BUF counters = BUF_INIT(OUT_BYTES);
    json_write_object(&run->w);
    json_put_str(&run->w, STR("source"), p->source);
    json_put_str(&run->w, STR("state"), why == NULL ? STR("done") : STR("failed"));
    if (why != NULL) {
        json_put_str(&run->w, STR("code"), str_from(err_kind(why->code)->code));
        json_put_str(&run->w, STR("detail"), str_from(why->msg));
    } else {
        scan_progress_json(&counters, p);
        json_put_i64(&run->w, STR("id"), p->id);
        json_write_key(&run->w, STR("progress"));
        json_write_raw(&run->w, buf_str(&counters));
    }
    json_write_end(&run->w);
}

/* How the scan of one source ended. */
struct ended {
    struct scan_progress progress;
    struct err why; /* code ERR_NONE: well */
};

static void scan_one(struct scan_run *run, struct str name, struct ended *out)
{
    struct err why = ERR_INIT;
    *out = (struct ended){ .why = ERR_INIT };
    bool ok = scans_run(run->scanning->scans, name, cli_switch(run->cli, "full"), tell, run,
                        &out->progress, &out->why);
    out->progress.source = name;
    output_progress(STR_EMPTY);
    if (ok)
        return;
    why = out->why;
    err_wrap(&why, "%.*s", STR_FMT(name));
    int status = output_err(&why);
    run->status = run->status == 0 ? status : run->status;
}

static bool count_one(void *ctx, int64_t id, struct str uri, struct err *err)
{
    uint64_t *n = ctx;
    (void)id;
    (void)uri;
    (void)err;
    ++*n;
    return true;
}

/* The datasets of a source as they are now: scans of notebooks behind its own may have changed
 * them. */
static bool count_datasets(const struct scan_run *run, struct str name, uint64_t *n_out,
                           struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct index_reader *reader;
    struct index_source source;
    *n_out = 0;
    if (!index_reader_take(run->scanning->wiring->index, &reader, err))
        return false;
    bool ok = index_find_source(reader, &a, name, &source, err) &&
              index_each_dataset_id(reader, source.id, count_one, n_out, err);
    index_reader_give(reader);
    return ok;
}

static bool add_ended(struct scan_run *run, struct ended *e, struct err *err)
{
    bool ok = e->why.code == ERR_NONE;
    if (ok && !count_datasets(run, e->progress.source, &e->progress.n_datasets, err))
        return false;
    add_json(run, &e->progress, ok ? NULL : &e->why);
    if (ok)
        add_row(run, &e->progress);
    return true;
}

static bool list_one(void *ctx, const struct index_source *source, struct err *err)
{
    struct scan_run *run = ctx;
    char time[RFC3339_SIZE] = "never";
    bool is_both = source->wants == (INDEX_WANTS_NOTEBOOKS | INDEX_WANTS_DATASETS);
    struct str wants = is_both                                  ? STR("notebooks, datasets")
                       : source->wants == INDEX_WANTS_NOTEBOOKS ? STR("notebooks")
                                                                : STR("datasets");
    (void)err;
    if (source->scanned_unix_ms > 0)
        time_rfc3339(source->scanned_unix_ms / 1000 * 1000, time);
    table_add(&run->table, source->name);
    table_add(&run->table, source->uri);
    table_add(&run->table, wants);
    table_add(&run->table, source->interval_s == 0 ? STR("-")
                                                   : arena_printf(run->cli->arena, "%lld s",
                                                                  (long long)source->interval_s));
    table_add(&run->table, str_from(time));
    json_write_object(&run->w);
    json_put_str(&run->w, STR("name"), source->name);
    json_put_str(&run->w, STR("uri"), source->uri);
    json_put_bool(&run->w, STR("notebooks"), (source->wants & INDEX_WANTS_NOTEBOOKS) != 0);
    json_put_bool(&run->w, STR("datasets"), (source->wants & INDEX_WANTS_DATASETS) != 0);
    json_put_i64(&run->w, STR("interval_s"), source->interval_s);
    if (source->scanned_unix_ms > 0)
        json_put_time(&run->w, STR("scanned_at"), source->scanned_unix_ms);
    json_write_end(&run->w);
    return true;
}

static bool print(struct scan_run *run, struct err *err)
{
    json_write_end(&run->w);
    buf_add_char(&run->json, '\n');
    if (run->cli->is_json)
        return output_write(buf_str(&run->json), err);
    table_print(&run->table);
    return true;
}

static bool do_list(struct scan_run *run, struct err *err)
{
    static const char *const names[] = { "SOURCE", "PLACE", "LOOKS FOR", "EVERY", "SCANNED" };
    table_init(&run->table, run->cli->arena, names, ARRAY_LEN(names));
    if (!each_source(run, list_one, run, err))
        return false;
    if (run->table.n_cells == 0)
        run->status = command_nothing(run->cli);
    return print(run, err);
}

/* What was found is told and can be asked for: the search becomes quick meanwhile. */
static bool catch_up(struct scan_run *run, struct err *err)
{
    uint64_t n_left = 1;
    fflush(stdout);
    while (n_left > 0) {
        AUTO_ARENA a = ARENA_INIT;
        if (!scans_catch_up(run->scanning->scans, &n_left, err))
            return false;
        output_progress(n_left == 0 ? STR_EMPTY
                                    : arena_printf(&a, "the search: %.*s to be taken up",
                                                   STR_FMT(grouped(&a, n_left))));
    }
    return true;
}

static bool do_scans(struct scan_run *run, struct err *err)
{
    table_init(&run->table, run->cli->arena, columns, ARRAY_LEN(columns));
    if (!choose(run, err))
        return false;
    struct ended *ended = ARENA_NEW_N(run->cli->arena, struct ended, run->n + 1);
    bool ok = true;
    for (size_t i = 0; i < run->n; i++)
        scan_one(run, run->names[i], &ended[i]);
    for (size_t i = 0; i < run->n && ok; i++)
        ok = add_ended(run, &ended[i], err);
    if (run->n == 0)
        run->status = command_nothing(run->cli);
    return ok && print(run, err) && catch_up(run, err);
}

static bool do_import(struct scan_run *run, const char *place, struct err *err)
{
    static const char *const names[] = { "LINES", "NOTEBOOKS", "BROKEN", "OUTSIDE", "WRONG" };
    struct arena *a = run->cli->arena;
    struct scan_import done;
    if (!scan_import_place(run->scanning, str_from(place), &done, err))
        return false;
    const struct import_counts *c = &done.counts;
    const uint64_t numbers[] = { done.n_lines, c->n_imported, c->n_broken, c->n_outside,
                                 done.n_wrong };
    table_init(&run->table, a, names, ARRAY_LEN(names));
    json_write_object(&run->w);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        table_add(&run->table, grouped(a, numbers[i]));
        json_put_u64(&run->w, arena_lower(a, str_from(names[i])), numbers[i]);
    }
    json_write_end(&run->w);
    if (done.n_wrong > 0)
        run->status = SOME_WRONG;
    if (c->n_outside > 0)
        fprintf(stderr, "boathouse: %llu notebooks are of no source (boathouse scan --list)\n",
                (unsigned long long)c->n_outside);
    return print(run, err) && catch_up(run, err);
}

static bool do_what_was_asked(struct scan_run *run, struct err *err)
{
    const char *place = cli_option(run->cli, "import");
    const char *inventory = cli_option(run->cli, "inventory");
    if (inventory != NULL && run->cli->n_args == 0)
        return err_set(err, ERR_INVALID, "--inventory needs the SOURCE whose bucket it lists");
    if (inventory != NULL && !scanning_use_inventory(run->scanning, str_from(inventory), err))
        return false;
    if (place != NULL && run->cli->n_args > 0)
        return err_set(err, ERR_INVALID, "--import takes no SOURCE: each line names its notebook");
    return place != NULL                  ? do_import(run, place, err)
           : cli_switch(run->cli, "list") ? do_list(run, err)
                                          : do_scans(run, err);
}

int cmd_scan(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(wiring_release) struct wiring w = { 0 };
    AUTO(scanning_release) struct scanning scanning = { 0 };
    struct scan_run run = { .cli = cli, .scanning = &scanning, .json = BUF_INIT(OUT_BYTES) };
    json_writer_init(&run.w, &run.json);
    json_write_array(&run.w);
    *ok = wiring_make_folders(&cli->config, err) && wiring_open(&w, cli, err) &&
          wiring_open_index(&w, cli, INDEX_CREATE, err) &&
          scanning_open(&scanning, cli, &w, NULL, err) && do_what_was_asked(&run, err);
    buf_release(&run.json);
    return run.status;
}
