/*
 * boathouse doctor: tries each thing that the program needs, and says what to do where it fails.
 * A check that makes no sense after a failed one is left out.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "aws/aws.h"
#include "cli/clusters.h"
#include "cli/doctor.h"
#include "cli/output.h"
#include "json/writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

enum { DOCTOR_MAX_BYTES = 64 * 1024 };

static struct check *next_check(struct doctor *d, const char *name)
{
    if (d->n == DOCTOR_MAX_CHECKS)
        panic("more than %d checks", DOCTOR_MAX_CHECKS);
    struct check *c = &d->checks[d->n++];
    c->name = str_from(name);
    return c;
}

void doctor_add(struct doctor *d, const char *name, struct str detail, const char *hint)
{
    struct check *c = next_check(d, name);
    c->detail = detail;
    c->fix = str_from(hint);
    c->ok = true;
}

void doctor_add_failed(struct doctor *d, const char *name, const struct err *err)
{
    struct check *c = next_check(d, name);
    c->detail = arena_printf(d->cli->arena, "%s", err->msg);
    c->fix = arena_printf(d->cli->arena, "%s", err_fix_text(err));
    c->code = err->code;
}

static void check_folder(struct doctor *d, const char *name, enum config_id id)
{
    struct arena *a = d->cli->arena;
    struct err err = ERR_INIT;
    struct str path = config_text(&d->cli->config, id);
    char *probe =
        arena_cstr(a, arena_printf(a, "%.*s/.boathouse-doctor-XXXXXX", STR_FMT(path)), &err);
    int fd = probe != NULL ? mkstemp(probe) : -1;
    if (fd < 0) {
        err_errno(&err, errno, "%.*s cannot be written", STR_FMT(path));
        err_fix(&err, "Make the folder %.*s and give this user the right to write there.",
                STR_FMT(path));
        doctor_add_failed(d, name, &err);
        return;
    }
    close(fd);
    unlink(probe);
    doctor_add(d, name, arena_printf(a, "%.*s can be written", STR_FMT(path)), NULL);
}

static void check_file(struct doctor *d)
{
    struct str file = d->cli->config.file;
    doctor_add(d, "configuration",
               file.len > 0 ? file : STR("no file; defaults, environment and options"), NULL);
}

static bool count(void *ctx, const struct store_bucket *bucket, struct err *err)
{
    (void)bucket;
    (void)err;
    ++*(size_t *)ctx;
    return true;
}

static void check_buckets(struct doctor *d)
{
    const struct store_call call = wiring_call(&d->cli->config);
    struct err err = ERR_INIT;
    size_t n = 0;
    if (store_list_buckets(d->wiring.store, &call, count, &n, &err))
        doctor_add(d, "buckets", arena_printf(d->cli->arena, "%zu can be seen", n), NULL);
    else
        doctor_add_failed(d, "buckets", &err);
}

/* Can this identity put an object there, and take it away again?  The object is removed first,
 * which does nothing, so that none is left behind by somebody who may only write. */
static bool try_to_write(struct doctor *d, struct str bucket, struct err *err)
{
    const struct store_call call = wiring_call(&d->cli->config);
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        panic("getrandom");
    const struct store_put put = { .bucket = bucket,
                                   .key = arena_printf(d->cli->arena, "boathouse-doctor-%016llx",
                                                       (unsigned long long)random),
                                   .body = STR("A trace of boathouse doctor; it can be deleted.\n"),
                                   .call = call };
    return store_remove(d->wiring.store, bucket, put.key, &call, err) &&
           store_put(d->wiring.store, &put, err) &&
           store_remove(d->wiring.store, bucket, put.key, &call, err);
}

/* JupyterHub writes there with the rights of the cluster, boathouse demo with ours. */
static void check_notebooks_bucket(struct doctor *d)
{
    const struct store_call call = wiring_call(&d->cli->config);
    struct arena *a = d->cli->arena;
    struct str bucket = config_text(&d->cli->config, CONFIG_CLUSTERS_NOTEBOOKS_BUCKET);
    struct err err = ERR_INIT;
    if (!store_check_bucket(d->wiring.store, bucket, &call, &err)) {
        if (err.code == ERR_NOT_FOUND)
            err_fix(&err, "boathouse demo makes it, or set clusters.notebooks_bucket to yours.");
        if (err.code == ERR_FORBIDDEN)
            err_fix(&err, "Give this identity the right s3:ListBucket on %.*s.", STR_FMT(bucket));
        doctor_add_failed(d, "notebooks bucket", &err);
        return;
    }
    if (try_to_write(d, bucket, &err)) {
        doctor_add(d, "notebooks bucket",
                   arena_printf(a, "%.*s can be listed and written", STR_FMT(bucket)), NULL);
        return;
    }
    if (err.code != ERR_FORBIDDEN) {
        doctor_add_failed(d, "notebooks bucket", &err);
        return;
    }
    doctor_add(d, "notebooks bucket",
               arena_printf(a, "%.*s can be listed, but not written by us", STR_FMT(bucket)),
               "Only boathouse demo needs that: s3:PutObject and s3:DeleteObject.");
}

static void tell_step(void *ctx, struct str what)
{
    (void)ctx;
    fprintf(stderr, "boathouse: %.*s\n", STR_FMT(what));
}

/* What clusters on this machine need. */
static void check_local(struct doctor *d)
{
    struct arena *a = d->cli->arena;
    struct local_settings settings;
    struct err err = ERR_INIT;
    bool ok = clusters_local_settings(&d->cli->config, &settings, &err);
    if (ok && cli_switch(d->cli, "prepare-local"))
        ok = local_prepare(&settings, tell_step, NULL, NULL, &err);
    if (!ok) {
        doctor_add_failed(d, "local clusters", &err);
        return;
    }
    bool is_there = local_is_prepared(&settings);
    doctor_add(d, "local clusters",
               arena_printf(a, "JupyterHub and Spark %s in %.*s",
                            is_there ? "are installed" : "are to be installed",
                            STR_FMT(settings.environments)),
               is_there ? NULL
                        : "The first cluster does that, which takes minutes; boathouse doctor "
                          "--prepare-local does it now.");
}

static void examine(struct doctor *d)
{
    struct arena *a = d->cli->arena;
    const struct config *c = &d->cli->config;
    struct err err = ERR_INIT;
    check_file(d);
    check_folder(d, "state folder", CONFIG_STATE);
    if (config_is(c, CONFIG_PROVIDER, STR("local")))
        check_folder(d, "lake folder", CONFIG_LAKE);
    if (config_is(c, CONFIG_PROVIDER, STR("local")))
        check_local(d);
    if (!wiring_open(&d->wiring, d->cli, &err)) {
        doctor_add_failed(d, config_is(c, CONFIG_PROVIDER, STR("local")) ? "lake" : "AWS", &err);
        return;
    }
    if (d->wiring.aws != NULL) {
        doctor_add(d, "region", aws_region(d->wiring.aws), NULL);
        doctor_add(d, "S3 endpoint", aws_endpoint(d->wiring.aws, a, STR("s3")), NULL);
        if (!doctor_keys(d))
            return;
    }
    check_buckets(d);
    check_notebooks_bucket(d);
    if (d->wiring.aws != NULL)
        doctor_emr(d);
}

static bool print_json(const struct doctor *d, struct err *err)
{
    AUTO_BUF out = BUF_INIT(DOCTOR_MAX_BYTES);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_write_array(&w);
    for (size_t i = 0; i < d->n; i++) {
        json_write_object(&w);
        json_put_str(&w, STR("check"), d->checks[i].name);
        json_put_bool(&w, STR("ok"), d->checks[i].ok);
        json_put_str(&w, STR("detail"), d->checks[i].detail);
        json_put_str_if(&w, STR("fix"), d->checks[i].fix);
        json_write_end(&w);
    }
    json_write_end(&w);
    buf_add_char(&out, '\n');
    return output_write(buf_str(&out), err);
}

static void print_table(const struct doctor *d)
{
    static const char *const columns[] = { "CHECK", "RESULT", "DETAIL" };
    struct table t;
    table_init(&t, d->cli->arena, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < d->n; i++) {
        table_add(&t, d->checks[i].name);
        table_add(&t, d->checks[i].ok ? STR("OK") : STR("FAIL"));
        table_add(&t, d->checks[i].detail);
        if (d->checks[i].fix.len == 0)
            continue;
        table_add(&t, STR_EMPTY);
        table_add(&t, d->checks[i].ok ? STR("hint") : STR("fix"));
        table_add(&t, d->checks[i].fix);
    }
    table_print(&t);
}

int cmd_doctor(struct cli *cli, bool *ok, struct err *err)
{
    struct doctor d = { .cli = cli };
    int status = 0;
    examine(&d);
    if (cli->is_json)
        *ok = print_json(&d, err);
    else
        print_table(&d);
    wiring_release(&d.wiring);     /* the checks borrow from its parts */
    for (size_t i = d.n; i-- > 0;) /* the status of the first failure */
        if (!d.checks[i].ok)
            status = err_kind(d.checks[i].code)->exit_status;
    return status;
}
