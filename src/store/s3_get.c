/* s3_get: the bytes of one object, or of a part of it.  An answer that breaks off is continued
 * behind the last byte that came, on condition that the object is still the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/md5.h"
#include "store/s3_internal.h"
#include "util/clock.h"

enum { MAX_ANSWERS = 5 };

/* One GET that may need several answers: when one breaks off, the rest is asked for. */
struct reading {
    const struct store_get *get;
    struct arena *arena;
    struct str etag;      /* of the first answer; all others must have it */
    uint64_t taken_bytes; /* given to chunk() */
    bool is_refused;      /* chunk() ended it */
    struct aws_md5 *md5;  /* of the bytes, when the ETag is their hash; else NULL */
};

/* An ETag is the MD5 of the bytes if the object was written in one piece and is not encrypted with
 * a key of KMS or of the customer (S3 API, "Common response headers"). */
static bool is_md5(struct str etag, const struct http_reply *reply)
{
    struct str encryption = http_reply_header(reply, STR("x-amz-server-side-encryption"));
    struct str own_key =
        http_reply_header(reply, STR("x-amz-server-side-encryption-customer-algorithm"));
    bool ok = etag.len == AWS_MD5_HEX && own_key.len == 0 &&
              (encryption.len == 0 || str_eq(encryption, STR("AES256")));
    for (size_t i = 0; i < etag.len && ok; i++)
        ok = (etag.ptr[i] >= '0' && etag.ptr[i] <= '9') ||
             (etag.ptr[i] >= 'a' && etag.ptr[i] <= 'f');
    return ok;
}

/* Before the bytes of an answer: a server that ignores ranges would give the beginning again. */
static bool take_head(void *ctx, const struct http_reply *reply, struct err *err)
{
    struct reading *r = ctx;
    const struct store_get *g = r->get;
    bool is_part = g->offset > 0 || g->length > 0 || r->taken_bytes > 0;
    if (is_part && reply->status != 206)
        return err_set(err, ERR_UNSUPPORTED, "the server answers a request for a part with %d",
                       reply->status);
    if (r->taken_bytes > 0)
        return true;
    r->etag = arena_str(r->arena, str_trim_char(http_reply_header(reply, STR("ETag")), '"'));
    if (r->md5 == NULL && !is_part && is_md5(r->etag, reply))
        r->md5 = aws_md5_new();
    return true;
}

static bool take_chunk(void *ctx, struct str bytes, struct err *err)
{
    struct reading *r = ctx;
    bool ok = r->get->chunk(r->get->ctx, bytes, err);
    if (r->md5 != NULL)
        aws_md5_add(r->md5, bytes);
    r->taken_bytes += bytes.len;
    r->is_refused = !ok;
    return ok;
}

static void add_header(struct aws_request *req, struct http_header *headers, struct str name,
                       struct str value)
{
    if (value.len > 0)
        headers[req->n_headers++] = (struct http_header){ name, value };
}

static struct str quoted(struct arena *a, struct str etag)
{
    return etag.len > 0 ? arena_printf(a, "\"%.*s\"", STR_FMT(etag)) : STR_EMPTY;
}

/* "bytes=5-9", or empty for the whole. */
static struct str range_of(struct arena *a, const struct reading *r)
{
    unsigned long long first = r->get->offset + r->taken_bytes;
    unsigned long long last = r->get->offset + r->get->length - 1;
    if (r->get->length > 0)
        return arena_printf(a, "bytes=%llu-%llu", first, last);
    return first > 0 ? arena_printf(a, "bytes=%llu-", first) : STR_EMPTY;
}

static bool ask_for_rest(struct s3_store *s, struct arena *a, struct reading *r,
                         struct http_reply *reply, struct err *err)
{
    struct http_header headers[3];
    struct aws_request req = { .operation = STR("GetObject"),
                               .method = HTTP_GET,
                               .headers = headers,
                               .head = take_head,
                               .sink = take_chunk,
                               .sink_ctx = r };
    bool is_first = r->taken_bytes == 0;
    add_header(&req, headers, STR("Range"), range_of(a, r));
    add_header(&req, headers, STR("If-None-Match"),
               is_first ? quoted(a, r->get->if_none_match) : STR_EMPTY);
    add_header(&req, headers, STR("If-Match"), quoted(a, is_first ? r->get->if_match : r->etag));
    return s3_send(s, a, r->get->bucket, r->get->key, req, &r->get->call, reply, err);
}

/* After an answer that broke off: may the rest be asked for?  Without an ETag nobody could tell
 * that it is still the same object. */
static bool may_resume(const struct reading *r, const struct err *err)
{
    return r->taken_bytes > 0 && !r->is_refused && r->etag.len > 0 &&
           (err->code == ERR_UPSTREAM || err->code == ERR_TIMEOUT) &&
           clock_mono_ms() < r->get->call.deadline_ms;
}

static bool read_all(struct s3_store *s, struct arena *a, struct reading *r,
                     struct http_reply *reply, struct err *err)
{
    for (unsigned n = 1;; n++) {
        struct err why = ERR_INIT;
        if (ask_for_rest(s, a, r, reply, &why))
            return true;
        if (n == MAX_ANSWERS || !may_resume(r, &why)) {
            *err = why;
            return false;
        }
    }
}

static bool check_md5(const struct reading *r, struct err *err)
{
    char hex[AWS_MD5_HEX + 1];
    if (r->md5 == NULL)
        return true;
    aws_md5_end(r->md5, hex);
    return str_eq(str_from(hex), r->etag) ||
           err_set(err, ERR_UPSTREAM, "the bytes that came are not those of the ETag %.*s",
                   STR_FMT(r->etag));
}

bool s3_get(struct store *store, struct arena *a, const struct store_get *g, struct store_got *out,
            struct err *err)
{
    struct reading r = { .get = g, .arena = a };
    struct http_reply reply;
    bool ok = read_all((struct s3_store *)store, a, &r, &reply, err);
    if (ok && !s3_is_ok(&reply) && reply.status != 304)
        ok = s3_refuse(a, &reply, g->bucket, g->key, err);
    ok = ok && (reply.status == 304 || check_md5(&r, err));
    aws_md5_free(r.md5);
    if (ok)
        *out = (struct store_got){ .object = s3_object_of(a, g->key, &reply),
                                   .is_unchanged = reply.status == 304 };
    return ok;
}
