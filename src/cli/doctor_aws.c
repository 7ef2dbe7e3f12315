/* doctor_aws: the checks of boathouse doctor that ask AWS. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/doctor.h"

#include "aws/aws.h"
#include "aws/sts.h"
#include "cluster/emr.h"
#include "util/clock.h"
#include "util/limits.h"

#include <stdlib.h>

enum { MAX_SKEW_MS = 60 * 1000 };

/* Asked of AWS, or of a server that is told to be its STS; a server that has S3 alone does not
 * know, and AWS must not be asked about the keys of such a server. */
static bool check_caller(struct doctor *d, const struct aws_keys *keys)
{
    struct arena *a = d->cli->arena;
    struct aws *aws = d->wiring.aws;
    struct sts_identity who;
    struct err err = ERR_INIT;
    bool is_own = aws_has_own_endpoint(aws, STR("sts"));
    if (aws_has_own_endpoint(aws, STR("s3")) && !is_own)
        return true;
    if (sts_caller(aws, a, keys, &who, &err)) {
        doctor_add(d, "caller", who.arn, NULL);
        return true;
    }
    bool is_refused = err.code == ERR_CREDENTIALS || err.code == ERR_FORBIDDEN;
    if (is_own && !is_refused) {
        doctor_add(d, "caller",
                   arena_printf(a, "%.*s does not say whose keys they are",
                                STR_FMT(aws_endpoint(aws, a, STR("sts")))),
                   NULL);
        return true;
    }
    if (is_refused)
        err_fix(&err, "These keys are not valid (any more). Renew them where they came from: aws "
                      "sso login, aws configure, or the environment.");
    doctor_add_failed(d, "caller", &err);
    return !is_refused;
}

bool doctor_keys(struct doctor *d)
{
    struct arena *a = d->cli->arena;
    struct err err = ERR_INIT;
    struct aws_keys keys;
    char expires[RFC3339_SIZE] = "never";
    if (!aws_find_keys(d->wiring.aws, a, &keys, &err)) {
        err_fix(&err,
                "Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; aws configure "
                "makes a profile.");
        doctor_add_failed(d, "credentials", &err);
        return false;
    }
    if (keys.expires_unix_ms > 0)
        time_rfc3339(keys.expires_unix_ms, expires);
    doctor_add(d, "credentials",
               arena_printf(a, "%.*s..., from %.*s, expire: %s",
                            STR_FMT(str_slice(keys.access_key, 0, 4)), STR_FMT(keys.source),
                            expires),
               NULL);
    return check_caller(d, &keys);
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
        doctor_add(d, "clock", arena_printf(d->cli->arena, "differs by %lld s", skew_ms / 1000),
                   NULL);
        return;
    }
    err_set(&err, ERR_CONFIG, "this machine's clock differs by %lld s", skew_ms / 1000);
    err_fix(&err, "Set the clock, for example by systemd-timesyncd or chrony.");
    doctor_add_failed(d, "clock", &err);
}

static void check_emr_access(struct doctor *d)
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
        doctor_add_failed(d, "EMR", &err);
        return;
    }
    check_clock(d, &reply);
    if (reply.status == 200) {
        doctor_add(d, "EMR", arena_printf(a, "%.*s lists its clusters", STR_FMT(req.base_url)),
                   NULL);
        return;
    }
    bool is_emr = str_has_prefix(str_trim(reply.body), STR("{")); /* S3 speaks XML */
    aws_refusal(a, &reply, "ListClusters", &err);
    if (err.code == ERR_FORBIDDEN)
        err_fix(&err, "Give this identity the rights of deploy/aws/policy.json, here "
                      "elasticmapreduce:ListClusters.");
    else if (!is_emr && aws_has_own_endpoint(d->wiring.aws, STR("elasticmapreduce")))
        err_fix(&err, "That server has no EMR. If only S3 is there, set aws.endpoint_url_s3 "
                      "instead of aws.endpoint_url.");
    doctor_add_failed(d, "EMR", &err);
}

static void check_release(struct doctor *d)
{
    struct arena *a = d->cli->arena;
    struct str release = config_text(&d->cli->config, CONFIG_CLUSTERS_RELEASE);
    struct emr_support s = emr_release_support(release, clock_unix_ms());
    struct str as_of = emr_releases_as_of();
    if (s.has_ended)
        doctor_add(d, "EMR release",
                   arena_printf(a, "%.*s is not supported by AWS any more", STR_FMT(release)),
                   "Set clusters.release to a newer one; the default is a good choice.");
    else if (s.ends.len > 0)
        doctor_add(d, "EMR release",
                   arena_printf(a, "%.*s, supported until %.*s", STR_FMT(release), STR_FMT(s.ends)),
                   NULL);
    else
        doctor_add(d, "EMR release",
                   arena_printf(a, "%.*s; the table of %.*s does not know how long it is supported",
                                STR_FMT(release), STR_FMT(as_of)),
                   NULL);
}

void doctor_emr(struct doctor *d)
{
    check_emr_access(d);
    check_release(d);
}
