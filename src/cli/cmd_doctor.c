/*
 * boathouse doctor: tries each thing that the program needs, and says what to do where it fails.
 * A check that makes no sense after a failed one is left out.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "aws/aws.h"
#include "cli/output.h"
#include "cli/wiring.h"
#include "util/clock.h"
#include "util/limits.h"
#include "json/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_CHECKS = 16, MAX_SKEW_MS = 60 * 1000, DOCTOR_MAX_BYTES = 64 * 1024 };

struct check {
    struct str name, detail, fix;
    bool ok;
    enum err_code code; /* of a failure */
};

struct doctor {
    struct cli *cli;
    struct wiring wiring;
    struct check checks[MAX_CHECKS];
    size_t n;
};

static void add(struct doctor *d, const char *name, struct str detail)
{
    d->checks[d->n++] = (struct check){ .name = str_from(name), .detail = detail, .ok = true };
}

static void add_failed(struct doctor *d, const char *name, const struct err *err)
{
    struct arena *a = d->cli->arena;
    d->checks[d->n++] = (struct check){ .name = str_from(name),
                                        .detail = arena_printf(a, "%s", err->msg),
                                        .fix = arena_printf(a, "%s", err_fix_text(err)),
                                        .code = err->code };
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
        add_failed(d, name, &err);
        return;
    }
    close(fd);
    unlink(probe);
    add(d, name, arena_printf(a, "%.*s can be written", STR_FMT(path)));
}

static void check_file(struct doctor *d)
{
    struct str file = d->cli->config.file;
    add(d, "configuration",
        file.len > 0 ? file : STR("no file; defaults, environment and options"));
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
        add(d, "buckets", arena_printf(d->cli->arena, "%zu can be seen", n));
    else
        add_failed(d, "buckets", &err);
}

static void check_notebooks_bucket(struct doctor *d)
{
    const struct store_call call = wiring_call(&d->cli->config);
    struct str bucket = config_text(&d->cli->config, CONFIG_CLUSTERS_NOTEBOOKS_BUCKET);
    struct err err = ERR_INIT;
    if (store_check_bucket(d->wiring.store, bucket, &call, &err)) {
        add(d, "notebooks bucket",
            arena_printf(d->cli->arena, "%.*s can be listed", STR_FMT(bucket)));
        return;
    }
    if (err.code == ERR_NOT_FOUND)
        err_fix(&err, "boathouse demo makes it, or set clusters.notebooks_bucket to yours.");
    add_failed(d, "notebooks bucket", &err);
}

static bool check_keys(struct doctor *d)
{
    struct arena *a = d->cli->arena;
    struct err err = ERR_INIT;
    struct aws_keys keys;
    char expires[RFC3339_SIZE] = "never";
    if (!aws_find_keys(d->wiring.aws, a, &keys, &err)) {
        err_fix(&err,
                "Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; aws configure "
                "makes a profile.");
        add_failed(d, "credentials", &err);
        return false;
    }
    if (keys.expires_unix_ms > 0)
        time_rfc3339(keys.expires_unix_ms, expires);
    add(d, "credentials",
        arena_printf(a, "%.*s..., from %.*s, expire: %s", STR_FMT(str_slice(keys.access_key, 0, 4)),
                     STR_FMT(keys.source), expires));
    return true;
}

/* Signatures are good for some minutes only: AWS refuses a clock that is off by more. */
static void check_clock(struct doctor *d, const struct http_reply *reply)
{
    int64_t theirs;
    struct err err = ERR_INIT;
    if (!time_parse_http(http_reply_header(reply, STR("Date")), &theirs))
        return;
    long long skew_ms = clock_unix_ms() - theirs;
    if (llabs(skew_ms) <= MAX_SKEW_MS) {
        add(d, "clock", arena_printf(d->cli->arena, "differs by %lld s", skew_ms / 1000));
        return;
    }
    err_set(&err, ERR_CONFIG, "this machine's clock differs by %lld s", skew_ms / 1000);
    err_fix(&err, "Set the clock, for example by systemd-timesyncd or chrony.");
    add_failed(d, "clock", &err);
}

static void check_emr(struct doctor *d)
{
    static const struct http_header headers[] = {
        { STR_INIT("Content-Type"), STR_INIT("application/x-amz-json-1.1") },
        { STR_INIT("X-Amz-Target"), STR_INIT("ElasticMapReduce.ListClusters") },
    };
    struct arena *a = d->cli->arena;
    struct err err = ERR_INIT;
    struct http_reply reply;
    const struct aws_request req = { .service = STR("elasticmapreduce"),
                                     .operation = STR("ListClusters"),
                                     .base_url =
                                         aws_endpoint(d->wiring.aws, a, STR("elasticmapreduce")),
                                     .method = HTTP_POST,
                                     .path = STR("/"),
                                     .headers = headers,
                                     .n_headers = ARRAY_LEN(headers),
                                     .body = STR("{}"),
                                     .body_limit = LIMIT_JSON_BYTES,
                                     .deadline_ms = wiring_call(&d->cli->config).deadline_ms };
    if (!aws_send(d->wiring.aws, a, &req, &reply, &err)) {
        add_failed(d, "EMR", &err);
        return;
    }
    check_clock(d, &reply);
    if (reply.status == 200) {
        add(d, "EMR", arena_printf(a, "%.*s answers", STR_FMT(req.base_url)));
        return;
    }
    aws_refusal(a, &reply, "ListClusters", &err);
    if (err.code == ERR_FORBIDDEN)
        err_fix(&err, "Give this identity the right elasticmapreduce:ListClusters.");
    add_failed(d, "EMR", &err);
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
    if (!wiring_open(&d->wiring, d->cli, &err)) {
        add_failed(d, config_is(c, CONFIG_PROVIDER, STR("local")) ? "lake" : "AWS", &err);
        return;
    }
    if (d->wiring.aws != NULL) {
        add(d, "region", aws_region(d->wiring.aws));
        add(d, "S3 endpoint", aws_endpoint(d->wiring.aws, a, STR("s3")));
        if (!check_keys(d))
            return;
    }
    check_buckets(d);
    check_notebooks_bucket(d);
    if (d->wiring.aws != NULL)
        check_emr(d);
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
        table_add(&t, STR("fix"));
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
