/* aws: see aws.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/aws.h"

#include "aws/credentials_internal.h"
#include "aws/keys_cache.h"
#include "util/clock.h"
#include "util/limits.h"
#include "util/url.h"

#include <pthread.h>
#include <stdlib.h>

enum { MAX_IDLE_CLIENTS = 128 };

struct aws {
    struct aws_options options;
    struct arena arena; /* region, endpoints; fixed once made */
    struct str region, endpoint_s3, endpoint_emr, endpoint_sts, endpoint_sqs, endpoint_ec2;

    struct keys_cache keys;

    pthread_mutex_t clients_lock; /* of what follows */
    struct http_client *clients[MAX_IDLE_CLIENTS];
    size_t n_clients;
};

static struct str first_of(struct str a, const char *b)
{
    return a.len > 0 ? a : str_from(b);
}

static bool take_endpoint(struct aws *aws, struct str url, struct str *out, struct err *err)
{
    struct url parts;
    url = str_trim_char(url, '/');
    if (url.len > 0 &&
        (!url_parse(url, &parts, err) || parts.path.len > 0 || parts.query.len > 0)) {
        return err_set(err, ERR_CONFIG, "the endpoint \"%.*s\" is not http://HOST:PORT",
                       STR_FMT(url));
    }
    *out = arena_str(&aws->arena, url);
    return true;
}

/* What our own settings say goes before what the AWS tools would find, for a service before for
 * all. */
static bool take_endpoints(struct aws *aws, struct err *err)
{
    const struct aws_options *o = &aws->options;
    struct arena *a = &aws->arena;
    if (!aws_services_check(o, a, err))
        return false;
    struct str s3 =
        o->endpoint_url_s3.len > 0 ? o->endpoint_url_s3 : aws_endpoint_setting(o, a, "S3");
    struct str emr =
        o->endpoint_url_emr.len > 0 ? o->endpoint_url_emr : aws_endpoint_setting(o, a, "EMR");
    return take_endpoint(aws, s3, &aws->endpoint_s3, err) &&
           take_endpoint(aws, emr, &aws->endpoint_emr, err) &&
           take_endpoint(aws, aws_endpoint_setting(o, a, "STS"), &aws->endpoint_sts, err) &&
           take_endpoint(aws, aws_endpoint_setting(o, a, "SQS"), &aws->endpoint_sqs, err) &&
           take_endpoint(aws, aws_endpoint_setting(o, a, "EC2"), &aws->endpoint_ec2, err);
}

static bool take_options(struct aws *aws, struct err *err)
{
    struct aws_options *o = &aws->options;
    struct arena *a = &aws->arena;
    const char *bundle = aws_env(o, "AWS_CA_BUNDLE");
    if (o->client.ca_bundle == NULL)
        o->client.ca_bundle = bundle;
    if (!take_endpoints(aws, err))
        return false;
    struct str region = first_of(o->region, aws_env(o, "AWS_REGION"));
    region = first_of(region, aws_env(o, "AWS_DEFAULT_REGION"));
    if (region.len == 0)
        region = aws_profile_get(o, a, STR("region"));
    bool has_endpoint = aws->endpoint_s3.len > 0;
    if (region.len == 0 && has_endpoint)
        region = STR("us-east-1"); /* servers of one's own do not care, but a signature has one */
    if (region.len == 0) {
        err_set(err, ERR_CONFIG, "no AWS region is known");
        return err_fix(err, "Set aws.region or AWS_REGION.");
    }
    for (size_t i = 0; i < region.len; i++)
        if (!((region.ptr[i] >= 'a' && region.ptr[i] <= 'z') || region.ptr[i] == '-' ||
              (region.ptr[i] >= '0' && region.ptr[i] <= '9')))
            return err_set(err, ERR_CONFIG, "\"%.*s\" is no region", STR_FMT(region));
    aws->region = arena_str(a, region);
    return true;
}

static struct http_client *take_client(struct aws *aws)
{
    struct http_client *c = NULL;
    pthread_mutex_lock(&aws->clients_lock);
    if (aws->n_clients > 0)
        c = aws->clients[--aws->n_clients];
    pthread_mutex_unlock(&aws->clients_lock);
    return c != NULL ? c : http_client_new(&aws->options.client);
}

static void give_client(struct aws *aws, struct http_client *c)
{
    pthread_mutex_lock(&aws->clients_lock);
    bool is_kept = aws->n_clients < MAX_IDLE_CLIENTS;
    if (is_kept)
        aws->clients[aws->n_clients++] = c;
    pthread_mutex_unlock(&aws->clients_lock);
    if (!is_kept)
        http_client_free(c);
}

static bool load_keys(void *ctx, struct arena *a, struct aws_keys *out, struct err *err)
{
    struct aws *aws = ctx;
    struct http_client *c = take_client(aws);
    bool ok = aws_keys_load(&aws->options, a, c, out, err);
    give_client(aws, c);
    return ok;
}

struct aws *aws_new(const struct aws_options *options, struct err *err)
{
    struct aws *aws = calloc(1, sizeof *aws);
    if (aws == NULL)
        panic("no memory for aws");
    aws->options = *options;
    keys_cache_init(&aws->keys, load_keys, aws);
    pthread_mutex_init(&aws->clients_lock, NULL);
    if (take_options(aws, err))
        return aws;
    aws_free(aws);
    return NULL;
}

void aws_free(struct aws *aws)
{
    if (aws == NULL)
        return;
    for (size_t i = 0; i < aws->n_clients; i++)
        http_client_free(aws->clients[i]);
    keys_cache_release(&aws->keys);
    pthread_mutex_destroy(&aws->clients_lock);
    arena_release(&aws->arena);
    free(aws);
}

const struct aws_options *aws_options_of(const struct aws *aws)
{
    return &aws->options;
}

struct str aws_region(const struct aws *aws)
{
    return aws->region;
}

enum aws_path_style aws_path_style_of(const struct aws *aws)
{
    return aws->options.path_style;
}

static struct str own_endpoint(const struct aws *aws, struct str service)
{
    return str_eq(service, STR("s3"))    ? aws->endpoint_s3
           : str_eq(service, STR("sts")) ? aws->endpoint_sts
           : str_eq(service, STR("sqs")) ? aws->endpoint_sqs
           : str_eq(service, STR("ec2")) ? aws->endpoint_ec2
                                         : aws->endpoint_emr;
}

bool aws_has_own_endpoint(const struct aws *aws, struct str service)
{
    return own_endpoint(aws, service).len > 0;
}

struct str aws_endpoint(const struct aws *aws, struct arena *a, struct str service)
{
    struct str own = own_endpoint(aws, service);
    return own.len > 0 ? own
                       : arena_printf(a, "https://%.*s.%.*s.amazonaws.com", STR_FMT(service),
                                      STR_FMT(aws->region));
}

bool aws_find_keys(struct aws *aws, struct arena *a, struct aws_keys *out, struct err *err)
{
    return keys_cache_get(&aws->keys, a, out, err);
}

/* What each attempt needs to be signed anew. */
struct sending {
    struct aws *aws;
    struct arena *arena;
    const struct aws_request *req;
    struct aws_signing signing;
};

static bool prepare(void *ctx, unsigned attempt, struct http_call *call, struct err *err)
{
    struct sending *s = ctx;
    struct aws_keys keys;
    (void)attempt;
    if (!aws_find_keys(s->aws, s->arena, &keys, err))
        return false;
    s->signing.unix_ms = clock_unix_ms();
    call->headers = aws_sign(s->arena, &s->signing, &keys, &call->n_headers);
    return true;
}

static bool sink(void *ctx, struct str bytes, struct err *err)
{
    const struct sending *s = ctx;
    return s->req->sink(s->req->sink_ctx, bytes, err);
}

static bool head(void *ctx, const struct http_reply *reply, struct err *err)
{
    const struct sending *s = ctx;
    return s->req->head(s->req->sink_ctx, reply, err);
}

static bool again(void *ctx, const struct http_reply *reply)
{
    const struct sending *s = ctx;
    return aws_is_throttled(s->arena, reply);
}

static int64_t min_i64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool aws_send(struct aws *aws, struct arena *a, const struct aws_request *req,
              struct http_reply *out, struct err *err)
{
    struct str host = str_from_pos(req->base_url, str_find(req->base_url, STR("://"), 0) + 3);
    struct sending s = { .aws = aws, .arena = a, .req = req };
    struct str query = aws_query(a, req->params, req->n_params);
    s.signing = (struct aws_signing){ .method = req->method,
                                      .host = host,
                                      .path = req->path,
                                      .query = query,
                                      .headers = req->headers,
                                      .n_headers = req->n_headers,
                                      .body = req->body,
                                      .service = req->service,
                                      .region = req->region.len > 0 ? req->region : aws->region,
                                      .has_content_hash = str_eq(req->service, STR("s3")) };
    int64_t own_ms = clock_mono_ms() + aws->options.call_timeout_ms;
    struct http_call call = {
        .method = req->method,
        .url = arena_printf(a, "%.*s%.*s%s%.*s", STR_FMT(req->base_url), STR_FMT(req->path),
                            query.len > 0 ? "?" : "", STR_FMT(query)),
        .body = req->body,
        .deadline_ms = min_i64(own_ms, req->deadline_ms),
        .is_once = req->is_once,
        .cancel = req->cancel,
        .body_limit = req->body_limit,
        .head = req->head != NULL ? head : NULL,
        .sink = req->sink != NULL ? sink : NULL,
        .prepare = prepare,
        .again = req->is_once ? NULL : again,
        .ctx = &s,
    };
    struct http_client *c = take_client(aws);
    struct outbound_call counted =
        outbound_begin(aws->options.outbound, req->service, req->operation);
    bool ok = http_client_call(c, a, &call, out, err);
    outbound_end(&counted, aws_result(a, ok, out), out->attempts);
    give_client(aws, c);
    return ok;
}
