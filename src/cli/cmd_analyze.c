/* boathouse analyze: what notebooks read and write, in several forms. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/analysis_print.h"
#include "cli/analyst.h"
#include "cli/line_reader.h"
#include "cli/output.h"
#include "cli/report.h"
#include "util/limits.h"

#include <unistd.h>

enum form { FORM_TABLE, FORM_JSON, FORM_JSONL, FORM_SCORE };

struct analyze_run {
    struct cli *cli;
    enum form form;
    struct analysis_style style;
    bool has_cells;
    bool is_stdin; /* --stdin: every line is answered */
    struct analyses *analyses;
    struct report report;
};

static void work(void *ctx, struct finding *f, const struct notebook *nb, const struct analysis *an)
{
    const struct analyze_run *run = ctx;
    struct arena *a = &f->arena;
    struct str name = f->source.name;
    bool is_score = run->form == FORM_SCORE;
    if (an == NULL && run->form != FORM_TABLE)
        analysis_write_broken(&f->out, name, &f->err, is_score);
    else if (an != NULL && run->form == FORM_TABLE)
        analysis_write_table(a, &f->out, name, nb, an, run->style);
    else if (an != NULL && is_score)
        analysis_write_score(&f->out, name, an);
    else if (an != NULL)
        analysis_write_json(a, &f->out, name, nb, an,
                            &(struct analysis_form){ .has_origin = run->style.is_explained,
                                                     .has_cells = run->has_cells,
                                                     .object = &f->object });
    if (!buf_ok(&f->out)) {
        buf_reset(&f->out);
        err_set(&f->err, ERR_TOO_LARGE, "its references are more than %lu bytes of output",
                LIMIT_HTTP_ANSWER_BYTES);
        if (run->form != FORM_TABLE)
            analysis_write_broken(&f->out, name, &f->err, is_score);
    }
}

static bool done(void *ctx, struct finding *f, struct err *err)
{
    struct analyze_run *run = ctx;
    report_add(&run->report, f);
    if (buf_str(&f->out).len == 0)
        return true;
    bool is_first = run->report.n_printed++ == 0;
    struct str before = STR_EMPTY, after = STR("\n");
    if (run->form == FORM_JSON) {
        before = is_first ? STR("[\n") : STR(",\n");
        after = STR_EMPTY;
    } else if (run->form == FORM_TABLE) {
        before = is_first ? STR_EMPTY : STR("\n");
        after = STR_EMPTY;
    }
    buf_add(&f->out, after);
    return output_write(before, err) && output_write(buf_str(&f->out), err);
}

static bool add_source(void *ctx, const struct source *source, struct err *err)
{
    struct analyze_run *run = ctx;
    return analyses_add(run->analyses, source) || err_set(err, ERR_CANCELLED, "the output failed");
}

static void add_broken(void *ctx, struct str name, const struct err *why)
{
    struct analyze_run *run = ctx;
    /* False, when the output failed, is what the next add says too. */
    bool ignored UNUSED = analyses_add_broken(run->analyses, name, why);
}

/* Every line of standard input. */
static bool add_lines(struct analyze_run *run, struct sources *sources, struct err *err)
{
    AUTO(line_reader_release) struct line_reader lines;
    struct str line;
    bool is_there = true, is_cut, goes_on = true;
    line_reader_init(&lines, STDIN_FILENO, LIMIT_URI_BYTES);
    while (goes_on) {
        struct source source;
        struct err why = ERR_INIT;
        if (!line_reader_next(&lines, &line, &is_there, &is_cut, err))
            return false;
        if (!is_there)
            return true;
        if (is_cut) {
            err_set(&why, ERR_TOO_LARGE, "the line has more than %lu bytes", LIMIT_URI_BYTES);
            goes_on = analyses_add_broken(run->analyses, line, &why);
        } else if (sources_one(sources, line, &source, &why))
            goes_on = analyses_add(run->analyses, &source);
        else
            goes_on = analyses_add_broken(run->analyses, line, &why);
    }
    return true;
}

static void add_places(struct analyze_run *run, struct sources *sources)
{
    for (size_t i = 0; i < run->cli->n_args; i++) {
        struct err why = ERR_INIT;
        if (!sources_each(sources, run->cli->args[i], add_source, run, &why))
            add_broken(run, run->cli->args[i], &why);
    }
}

static bool read_options(struct analyze_run *run, unsigned *n_workers, struct err *err)
{
    struct cli *cli = run->cli;
    unsigned forms = 0;
    static const struct {
        const char *name;
        enum form form;
    } rows[] = { { "jsonl", FORM_JSONL }, { "score", FORM_SCORE } };
    run->is_stdin = cli_switch(cli, "stdin");
    run->form = cli->is_json ? FORM_JSON : run->is_stdin ? FORM_JSONL : FORM_TABLE;
    forms = cli->is_json ? 1 : 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (cli_switch(cli, rows[i].name)) {
            run->form = rows[i].form;
            forms++;
        }
    run->style.is_explained = cli_switch(cli, "explain");
    run->style.is_colored = output_is_colored();
    run->has_cells = cli_switch(cli, "cells");
    if (forms > 1)
        return err_set(err, ERR_INVALID, "choose one of --json, --jsonl and --score");
    if (run->form == FORM_SCORE && run->style.is_explained)
        return err_set(err, ERR_INVALID, "--score has no place for --explain");
    if (run->has_cells && run->form != FORM_JSON && run->form != FORM_JSONL)
        return err_set(err, ERR_INVALID, "--cells goes with --json or --jsonl");
    if (run->is_stdin && cli->n_args > 0)
        return err_set(err, ERR_INVALID, "--stdin takes the paths from standard input alone");
    if (!run->is_stdin && cli->n_args == 0) {
        err_set(err, ERR_INVALID, "analyze needs a FILE, a folder or s3://BUCKET/PREFIX");
        return err_fix(err, "boathouse analyze --help says how it is used.");
    }
    return report_workers(cli, cli->args, cli->n_args, n_workers, err);
}

int cmd_analyze(struct cli *cli, bool *ok, struct err *err)
{
    AUTO(analyst_release) struct analyst analyst = { 0 };
    struct analyze_run run = { .cli = cli };
    AUTO(sources_release)
    struct sources sources = { .cli = cli, .broken = add_broken, .ctx = &run };
    unsigned n_workers;
    *ok = read_options(&run, &n_workers, err) &&
          analyst_open(&analyst, cli->arena, &cli->config, err);
    if (!*ok)
        return 0;
    report_init(&run.report, run.is_stdin, "analysed");
    const struct analyses_options options = { .reading = sources_reading(&sources),
                                              .analyst = &analyst,
                                              .n_workers = n_workers,
                                              .work = work,
                                              .done = done,
                                              .ctx = &run };
    run.analyses = analyses_start(&options);
    struct err reading = ERR_INIT;
    bool is_read = true;
    if (run.is_stdin)
        is_read = add_lines(&run, &sources, &reading);
    else
        add_places(&run, &sources);
    *ok = analyses_finish(run.analyses, err);
    output_progress(STR_EMPTY);
    if (*ok && run.form == FORM_JSON)
        *ok = output_write(run.report.n_printed > 0 ? STR("\n]\n") : STR("[]\n"), err);
    if (*ok && !is_read) {
        *err = reading;
        *ok = false;
    }
    return *ok ? report_status(&run.report) : 0;
}
