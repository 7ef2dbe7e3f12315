/* boathouse uses: which notebooks use a location, by reading them now. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/analysis_print.h"
#include "cli/analyst.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/uses.h"
#include "cli/uses_index.h"
#include "util/limits.h"
#include "json/writer.h"

#include <stdio.h>

enum { NOTHING_FOUND = 1, SHOWN_CODE = 100 };

struct uses_run {
    struct cli *cli;
    struct question question;
    bool is_all; /* also the weak ones */
    struct analyses *analyses;
    struct report report;
    struct use *uses; /* in the command's arena */
    size_t n, cap, n_weak;
};

/* What a worker found in one notebook. */
struct kept {
    struct use *uses;
    size_t n, cap;
};

static void work(void *ctx, struct finding *f, const struct notebook *nb, const struct analysis *an)
{
    const struct uses_run *run = ctx;
    struct kept *kept = ARENA_NEW(&f->arena, struct kept);
    f->kept = kept;
    (void)nb;
    for (size_t i = 0; an != NULL && i < an->n_references; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct use use = { .path = f->source.name, .reference = an->references[i] };
        use.match = uses_match(&a, &run->question, &f->source, &use.reference);
        if (use.match.relation != URI_APART)
            *ARENA_PUSH(&f->arena, kept->uses, kept->n, kept->cap) = use_copy(&f->arena, &use);
    }
}

static bool done(void *ctx, struct finding *f, struct err *err)
{
    struct uses_run *run = ctx;
    const struct kept *kept = f->kept;
    report_add(&run->report, f);
    for (size_t i = 0; kept != NULL && i < kept->n; i++) {
        if (!run->is_all && place_match_is_weak(&kept->uses[i].match)) {
            run->n_weak++;
            continue;
        }
        if (run->n >= LIMIT_USES) {
            err_set(err, ERR_TOO_LARGE, "more than %lu references answer", LIMIT_USES);
            return err_fix(err, "Ask for a narrower location, or in fewer places.");
        }
        *ARENA_PUSH(run->cli->arena, run->uses, run->n, run->cap) =
            use_copy(run->cli->arena, &kept->uses[i]);
    }
    return true;
}

static bool add_source(void *ctx, const struct source *source, struct err *err)
{
    struct uses_run *run = ctx;
    return analyses_add(run->analyses, source) || err_set(err, ERR_CANCELLED, "it is over");
}

static void add_broken(void *ctx, struct str name, const struct err *why)
{
    struct uses_run *run = ctx;
    /* False, when done() failed, is what the next add says too. */
    bool ignored UNUSED = analyses_add_broken(run->analyses, name, why);
}

static bool print_json(struct uses_run *run, struct err *err)
{
    AUTO_BUF out = BUF_INIT(LIMIT_HTTP_ANSWER_BYTES);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_write_array(&w);
    for (size_t i = 0; i < run->n; i++) {
        const struct use *use = &run->uses[i];
        json_write_object(&w);
        json_put_str(&w, STR("path"), use->path);
        json_put_str(&w, STR("match"), str_from(uri_relation_name(use->match.relation)));
        json_put_u64(&w, STR("score"), use->match.score);
        analysis_write_reference(run->cli->arena, &w, &use->reference);
        json_write_end(&w);
    }
    json_write_end(&w);
    buf_add_char(&out, '\n');
    if (!buf_ok(&out))
        return err_set(err, ERR_TOO_LARGE, "the answer has more than %lu bytes",
                       LIMIT_HTTP_ANSWER_BYTES);
    return output_write(buf_str(&out), err);
}

static void print_table(struct uses_run *run)
{
    static const char *const columns[] = { "MATCH", "DIR", "NOTEBOOK", "CELL:LINE", "URI", "CODE" };
    struct arena *a = run->cli->arena;
    struct table t;
    table_init(&t, a, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < run->n; i++) {
        const struct use *use = &run->uses[i];
        const struct reference *r = &use->reference;
        table_add(&t, str_from(uri_relation_name(use->match.relation)));
        table_add(&t, str_from(reference_dir_name(r->dir)));
        table_add(&t, use->path);
        table_add(&t, arena_printf(a, "%zu:%u", r->cell, r->line));
        table_add(&t, r->uri);
        table_add(&t, str_slice(r->code, 0, SHOWN_CODE));
    }
    table_print(&t);
    if (run->n_weak > 0)
        fprintf(stderr,
                "boathouse: %zu more could be it, but nearly nothing of them is known; --all shows "
                "them\n",
                run->n_weak);
}

static bool search(struct uses_run *run, struct sources *sources, struct err *err)
{
    AUTO(analyst_release) struct analyst analyst = { 0 };
    struct cli *cli = run->cli;
    unsigned n_workers;
    struct str lake = config_is(&cli->config, CONFIG_PROVIDER, STR("local"))
                          ? config_text(&cli->config, CONFIG_LAKE)
                          : STR_EMPTY;
    if (!uses_question(cli->arena, cli_arg(cli, 0), lake, &run->question, err) ||
        !report_workers(cli, cli->args + 1, cli->n_args - 1, &n_workers, err) ||
        !analyst_open(&analyst, cli->arena, &cli->config, err))
        return false;
    const struct analyses_options options = { .reading = sources_reading(sources),
                                              .analyst = &analyst,
                                              .n_workers = n_workers,
                                              .work = work,
                                              .done = done,
                                              .ctx = run };
    run->analyses = analyses_start(&options);
    for (size_t i = 1; i < cli->n_args; i++) {
        struct err why = ERR_INIT;
        if (!sources_each(sources, cli->args[i], add_source, run, &why))
            add_broken(run, cli->args[i], &why);
    }
    bool ok = analyses_finish(run->analyses, err);
    output_progress(STR_EMPTY);
    return ok;
}

int cmd_uses(struct cli *cli, bool *ok, struct err *err)
{
    if (cli->n_args == 1)
        return uses_by_index(cli, ok, err);
    struct uses_run run = { .cli = cli, .is_all = cli_switch(cli, "all") };
    AUTO(sources_release)
    struct sources sources = { .cli = cli, .broken = add_broken, .ctx = &run };
    report_init(&run.report, false, "searched");
    *ok = search(&run, &sources, err);
    if (!*ok)
        return 0;
    uses_sort(run.uses, run.n);
    if (cli->is_json)
        *ok = print_json(&run, err);
    else
        print_table(&run);
    int status = report_status(&run.report);
    if (status > NOTHING_FOUND) /* a place could not be read */
        return status;
    return run.n > 0 ? 0 : command_nothing(cli);
}
