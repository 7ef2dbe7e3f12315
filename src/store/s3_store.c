/* s3_store: see s3_store.h.  Single objects and buckets; lists and many objects have their files.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/s3_store.h"

#include "store/s3_internal.h"
#include "util/buf.h"
#include "util/clock.h"
#include "util/limits.h"
#include "util/scan.h"
#include "util/url.h"

#include <stdlib.h>

/* In a host name dots would not fit the certificate, and capitals and "_" are no host. */
static bool may_be_host(struct str bucket)
{
    bool ok = bucket.len >= 3 && bucket.len <= 63;
    for (size_t i = 0; i < bucket.len && ok; i++) {
        char c = bucket.ptr[i];
        ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }
    return ok;
}

static bool is_path_style(const struct aws *aws, struct str bucket)
{
    switch (aws_path_style_of(aws)) {
    case AWS_PATH_ALWAYS:
        return true;
    case AWS_PATH_NEVER:
        return !may_be_host(bucket);
    case AWS_PATH_AUTO:
        return aws_has_own_endpoint(aws, STR("s3")) || !may_be_host(bucket);
    }
    panic("path style");
}

static void place(const struct aws *aws, struct arena *a, struct str region, struct str bucket,
                  struct str key, struct aws_request *req)
{
    AUTO_BUF path = BUF_INIT(4 * (LIMIT_KEY_BYTES + LIMIT_BUCKET_BYTES));
    struct str base = aws_endpoint(aws, a, STR("s3"));
    if (region.len > 0 && !aws_has_own_endpoint(aws, STR("s3")))
        base = arena_printf(a, "https://s3.%.*s.amazonaws.com", STR_FMT(region));
    buf_add_char(&path, '/');
    if (bucket.len > 0 && is_path_style(aws, bucket)) {
        url_encode(&path, bucket, 0);
        buf_add(&path, key.len > 0 ? STR("/") : STR_EMPTY);
    } else if (bucket.len > 0) {
        size_t host = str_find(base, STR("://"), 0) + 3;
        base = arena_printf(a, "%.*s%.*s.%.*s", STR_FMT(str_slice(base, 0, host)), STR_FMT(bucket),
                            STR_FMT(str_from_pos(base, host)));
    }
    url_encode(&path, key, URL_KEEP_SLASH);
    req->base_url = base;
    req->path = arena_str(a, buf_str(&path));
    req->region = region;
    req->service = STR("s3");
}

/* The region in which a bucket was found to be; empty: that of the settings. */
static struct str region_of(struct s3_store *s, struct arena *a, struct str bucket)
{
    pthread_mutex_lock(&s->lock);
    const struct str *region = strmap_get(&s->regions, bucket);
    struct str copy = region != NULL ? arena_str(a, *region) : STR_EMPTY;
    pthread_mutex_unlock(&s->lock);
    return copy;
}

static void remember_region(struct s3_store *s, struct str bucket, struct str region)
{
    pthread_mutex_lock(&s->lock);
    if (strmap_has(&s->regions, bucket) || s->regions.n < LIMIT_BUCKET_REGIONS) {
        struct str *copy = ARENA_NEW(&s->arena, struct str);
        *copy = arena_str(&s->arena, region);
        strmap_put(&s->regions, arena_str(&s->arena, bucket), copy);
    }
    pthread_mutex_unlock(&s->lock);
}

/* Where the answer says that the bucket is: a header, or for a signature of the wrong region an
 * element.  Empty unless it is an answer of that kind and a possible name. */
static struct str region_in(struct arena *a, const struct http_reply *reply)
{
    struct str region = http_reply_header(reply, STR("x-amz-bucket-region"));
    if (reply->status != 301 && reply->status != 307 && reply->status != 400)
        return STR_EMPTY;
    if (region.len == 0 && str_eq(aws_error_code(a, reply), STR("AuthorizationHeaderMalformed")))
        region = aws_error_region(reply);
    for (size_t i = 0; i < region.len; i++)
        if (!((region.ptr[i] >= 'a' && region.ptr[i] <= 'z') || region.ptr[i] == '-' ||
              (region.ptr[i] >= '0' && region.ptr[i] <= '9')))
            return STR_EMPTY;
    return region.len <= LIMIT_BUCKET_BYTES ? region : STR_EMPTY;
}

bool s3_send(struct s3_store *s, struct arena *a, struct str bucket, struct str key,
             struct aws_request req, const struct store_call *call, struct http_reply *out,
             struct err *err)
{
    struct str region = region_of(s, a, bucket);
    req.deadline_ms = call->deadline_ms;
    req.cancel = call->cancel;
    if (req.body_limit == 0)
        req.body_limit = LIMIT_HTTP_ERROR_BYTES;
    place(s->aws, a, region, bucket, key, &req);
    if (!aws_send(s->aws, a, &req, out, err))
        return false;
    struct str elsewhere = region_in(a, out);
    if (elsewhere.len == 0 || str_eq(elsewhere, region.len > 0 ? region : aws_region(s->aws)))
        return true;
    place(s->aws, a, elsewhere, bucket, key, &req);
    if (!aws_send(s->aws, a, &req, out, err))
        return false;
    if (out->status < 300 || out->status == 304 || out->status == 404)
        remember_region(s, bucket, elsewhere);
    return true;
}

bool s3_is_ok(const struct http_reply *reply)
{
    return reply->status >= 200 && reply->status <= 299;
}

bool s3_refuse(struct arena *a, const struct http_reply *reply, struct str bucket, struct str key,
               struct err *err)
{
    struct str what = key.len > 0 ? arena_printf(a, "s3://%.*s/%.*s", STR_FMT(bucket), STR_FMT(key))
                                  : arena_printf(a, "bucket %.*s", STR_FMT(bucket));
    return aws_refusal(a, reply, what.ptr, err);
}

/* Size and ETag from the head of a GET or HEAD; of a range the size of the whole. */
struct store_object s3_object_of(struct arena *a, struct str key, const struct http_reply *reply)
{
    struct store_object o = { .key = arena_str(a, key) };
    struct str range = http_reply_header(reply, STR("Content-Range"));
    struct str size = http_reply_header(reply, STR("Content-Length"));
    if (range.len > 0)
        size = str_from_pos(range, str_rfind_char(range, '/') + 1);
    scan_whole_u64(size, UINT64_MAX, &o.size_bytes); /* 0 if the server does not say */
    o.etag = str_trim_char(http_reply_header(reply, STR("ETag")), '"');
    int64_t time;
    if (time_parse_http(http_reply_header(reply, STR("Last-Modified")), &time))
        o.last_modified_unix_ms = time;
    return o;
}

static bool head(struct store *store, struct arena *a, struct str bucket, struct str key,
                 const struct store_call *call, struct store_object *out, struct err *err)
{
    const struct aws_request req = { .operation = STR("HeadObject"), .method = HTTP_HEAD };
    struct http_reply reply;
    if (!s3_send((struct s3_store *)store, a, bucket, key, req, call, &reply, err))
        return false;
    if (!s3_is_ok(&reply))
        return s3_refuse(a, &reply, bucket, key, err);
    *out = s3_object_of(a, key, &reply);
    return true;
}

static bool put(struct store *store, const struct store_put *p, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const struct http_header headers[] = {
        { STR("Content-Type"),
          p->content_type.len > 0 ? p->content_type : STR("application/octet-stream") },
        { STR("If-None-Match"), STR("*") },
    };
    const struct aws_request req = { .operation = STR("PutObject"),
                                     .method = HTTP_PUT,
                                     .headers = headers,
                                     .n_headers = p->is_new_only ? 2 : 1,
                                     .body = p->body };
    struct http_reply reply;
    struct store_object there;
    /* Servers that do not know the condition would overwrite: look first. */
    if (p->is_new_only) {
        struct err why = ERR_INIT;
        bool is_there = head(store, &a, p->bucket, p->key, &p->call, &there, &why);
        if (!is_there && why.code != ERR_NOT_FOUND) {
            *err = why;
            return false;
        }
        if (is_there)
            return err_set(err, ERR_CONFLICT, "s3://%.*s/%.*s is there already", STR_FMT(p->bucket),
                           STR_FMT(p->key));
    }
    if (!s3_send((struct s3_store *)store, &a, p->bucket, p->key, req, &p->call, &reply, err))
        return false;
    if (s3_is_ok(&reply))
        return true;
    if (p->is_new_only && reply.status == 412)
        return err_set(err, ERR_CONFLICT, "s3://%.*s/%.*s is there already", STR_FMT(p->bucket),
                       STR_FMT(p->key));
    return s3_refuse(&a, &reply, p->bucket, p->key, err);
}

static bool remove_object(struct store *store, struct str bucket, struct str key,
                          const struct store_call *call, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const struct aws_request req = { .operation = STR("DeleteObject"), .method = HTTP_DELETE };
    struct http_reply reply;
    if (!s3_send((struct s3_store *)store, &a, bucket, key, req, call, &reply, err))
        return false;
    /* S3 answers 204 for a key that is not there; some servers say so. */
    return s3_is_ok(&reply) || str_eq(aws_error_code(&a, &reply), STR("NoSuchKey")) ||
           s3_refuse(&a, &reply, bucket, key, err);
}

static bool check_bucket(struct store *store, struct str bucket, const struct store_call *call,
                         struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    static const struct aws_param params[] = { { STR_INIT("list-type"), STR_INIT("2") },
                                               { STR_INIT("max-keys"), STR_INIT("1") } };
    const struct aws_request req = {
        .operation = STR("ListObjectsV2"), .method = HTTP_GET, .params = params, .n_params = 2
    };
    struct http_reply reply;
    if (!s3_send((struct s3_store *)store, &a, bucket, STR_EMPTY, req, call, &reply, err))
        return false;
    return s3_is_ok(&reply) || s3_refuse(&a, &reply, bucket, STR_EMPTY, err);
}

static bool create_bucket(struct store *store, struct str bucket, const struct store_call *call,
                          struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct s3_store *s = (struct s3_store *)store;
    struct str region = aws_region(s->aws);
    struct err why = ERR_INIT;
    struct aws_request req = { .operation = STR("CreateBucket"), .method = HTTP_PUT };
    struct http_reply reply;
    if (store_check_bucket(store, bucket, call, &why))
        return true;
    if (why.code != ERR_NOT_FOUND) {
        *err = why;
        return false;
    }
    if (!str_eq(region, STR("us-east-1")))
        req.body = arena_printf(&a,
                                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/"
                                "2006-03-01/\"><LocationConstraint>%.*s</LocationConstraint>"
                                "</CreateBucketConfiguration>",
                                STR_FMT(region));
    if (!s3_send(s, &a, bucket, STR_EMPTY, req, call, &reply, err))
        return false;
    if (s3_is_ok(&reply) || str_eq(aws_error_code(&a, &reply), STR("BucketAlreadyOwnedByYou")))
        return true;
    return s3_refuse(&a, &reply, bucket, STR_EMPTY, err);
}

static void s3_free(struct store *store)
{
    struct s3_store *s = (struct s3_store *)store;
    pthread_mutex_destroy(&s->lock);
    arena_release(&s->arena);
    free(s);
}

static const struct store_ops ops = {
    .name = "s3",
    .list_buckets = s3_list_buckets,
    .list = s3_list,
    .head = head,
    .get = s3_get,
    .put = put,
    .remove = remove_object,
    .create_bucket = create_bucket,
    .check_bucket = check_bucket,
    .fetch = s3_fetch,
    .scan = s3_scan,
    .free = s3_free,
};

struct store *s3_store_new(struct aws *aws)
{
    struct s3_store *s = calloc(1, sizeof *s);
    if (s == NULL)
        panic("no memory for the store");
    s->store.ops = &ops;
    s->aws = aws;
    pthread_mutex_init(&s->lock, NULL);
    strmap_init(&s->regions, &s->arena);
    return &s->store;
}
