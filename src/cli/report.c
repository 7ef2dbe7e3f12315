/* report: see report.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report.h"

#include "cli/output.h"
#include "util/clock.h"
#include "util/scan.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

enum { NOTHING_FOUND = 1, BROKEN = 1, PROGRESS_EVERY_MS = 100, S3_WORKERS = 16 };

void report_init(struct report *r, bool is_answered, const char *verb)
{
    *r = (struct report){ .verb = verb, .is_answered = is_answered };
}

/* A notebook that is no notebook is a matter of its own; else the way to it is broken. */
static bool is_of_notebook(enum err_code code)
{
    return code == ERR_PARSE || code == ERR_TOO_LARGE;
}

static void warn(struct report *r, const struct finding *f)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str name = output_safe(&a, f->source.name);
    struct err shown = f->err;
    r->n_broken++;
    if (is_of_notebook(f->err.code)) {
        struct str why = output_safe(&a, str_from(f->err.msg));
        output_progress(STR_EMPTY);
        fprintf(stderr, "boathouse: skipped %.*s: %.*s\n", STR_FMT(name), STR_FMT(why));
        r->status = r->status == 0 ? BROKEN : r->status;
        return;
    }
    if (!str_contains(str_from(shown.msg), name))
        err_wrap(&shown, "%.*s", STR_FMT(name));
    int status = output_err(&shown);
    r->status = r->status <= BROKEN ? status : r->status;
}

void report_add(struct report *r, const struct finding *f)
{
    r->n++;
    if (f->err.code != ERR_NONE)
        warn(r, f);
    int64_t now_ms = clock_mono_ms();
    if (isatty(STDOUT_FILENO) == 1 && r->n_printed > 0) /* the results are the progress */
        return;
    if (now_ms - r->shown_ms >= PROGRESS_EVERY_MS) {
        AUTO_ARENA a = ARENA_INIT;
        r->shown_ms = now_ms;
        output_progress(arena_printf(&a, "%zu notebooks %s", r->n, r->verb));
    }
}

int report_status(const struct report *r)
{
    if (r->is_answered)
        return 0;
    if (r->n == 0)
        fprintf(stderr, "boathouse: there are no notebooks\n");
    return r->n == 0 ? NOTHING_FOUND : r->status;
}

static unsigned processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n > ANALYSES_MAX_WORKERS ? ANALYSES_MAX_WORKERS : (unsigned)n;
}

bool report_workers(const struct cli *cli, const struct str *places, size_t n, unsigned *n_out,
                    struct err *err)
{
    const char *text = cli_option(cli, "jobs");
    struct str bucket, key;
    uint64_t jobs = processors();
    for (size_t i = 0; i < n; i++)
        if (source_is_s3(places[i], &bucket, &key) && jobs < S3_WORKERS &&
            config_is(&cli->config, CONFIG_PROVIDER, STR("aws")))
            jobs = S3_WORKERS;
    if (text != NULL && (!scan_whole_u64(str_from(text), ANALYSES_MAX_WORKERS, &jobs) || jobs < 1))
        return err_set(err, ERR_INVALID, "--jobs is a number from 1 to %d, not %.60s",
                       (int)ANALYSES_MAX_WORKERS, text);
    *n_out = (unsigned)jobs;
    return true;
}
