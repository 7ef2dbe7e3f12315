/* s3_list: all pages of a listing with a delimiter, one after the other; others go on after the
 * first page in s3_order.c or s3_split.c.  A page is read whole before its keys are told, so that a
 * page cut in the middle can be asked for again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/s3_page.h"
#include "store/s3_internal.h"
#include "util/clock.h"
#include "util/limits.h"

/* A page that comes sooner was made by a server on this machine or the next: its work takes longer
 * than the way. */
enum { NEAR_MS = 25 };

bool s3_fetch_page(struct s3_store *s, struct arena *a, const struct store_list *list,
                   struct str token, struct s3_page *out, struct err *err)
{
    struct aws_param params[6] = { { STR("list-type"), STR("2") },
                                   { STR("encoding-type"), STR("url") },
                                   { STR("prefix"), list->prefix } };
    struct aws_request req = {
        .operation = STR("ListObjectsV2"), .method = HTTP_GET, .params = params, .n_params = 3
    };
    struct http_reply reply;
    if (list->has_delimiter)
        params[req.n_params++] = (struct aws_param){ STR("delimiter"), STR("/") };
    if (token.len > 0)
        params[req.n_params++] = (struct aws_param){ STR("continuation-token"), token };
    else if (list->start_after.len > 0)
        params[req.n_params++] = (struct aws_param){ STR("start-after"), list->start_after };
    req.body_limit = LIMIT_S3_PAGE_BYTES;
    if (!s3_send(s, a, list->bucket, STR_EMPTY, req, &list->call, &reply, err))
        return false;
    if (reply.status != 200)
        return aws_refusal(a, &reply,
                           arena_printf(a, "listing bucket %.*s", STR_FMT(list->bucket)).ptr, err);
    return s3_page_parse(a, reply.body, true, out, err);
}

struct store_object s3_object_of_entry(const struct s3_entry *e)
{
    return (struct store_object){ .key = e->key,
                                  .etag = e->etag,
                                  .size_bytes = e->size_bytes,
                                  .last_modified_unix_ms = e->time_unix_ms,
                                  .is_prefix = e->is_prefix };
}

bool s3_list(struct store *store, const struct store_list *list, struct err *err)
{
    AUTO_ARENA kept = ARENA_INIT; /* of the token between pages */
    struct str token = STR_EMPTY;
    for (;;) {
        AUTO_ARENA a = ARENA_INIT;
        struct s3_page page;
        int64_t start_ms = clock_mono_ms();
        if (!s3_fetch_page((struct s3_store *)store, &a, list, token, &page, err))
            return false;
        if (page.is_truncated && !list->has_delimiter) {
            bool is_near = clock_mono_ms() - start_ms < NEAR_MS;
            return list->is_any_order
                       ? s3_list_split((struct s3_store *)store, list, &page, err)
                       : s3_list_in_order((struct s3_store *)store, list, &page, is_near, err);
        }
        for (size_t i = 0; i < page.n; i++) {
            const struct store_object object = s3_object_of_entry(&page.entries[i]);
            if (!list->each(list->ctx, &object, err))
                return false;
        }
        if (!page.is_truncated)
            return true;
        if (str_eq(page.next_token, token))
            return err_set(err, ERR_UPSTREAM, "S3 gives the same page again");
        arena_reset(&kept);
        token = arena_str(&kept, page.next_token);
    }
}

bool s3_list_buckets(struct store *store, const struct store_call *call, store_bucket_fn *each,
                     void *ctx, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const struct aws_request req = { .operation = STR("ListBuckets"),
                                     .method = HTTP_GET,
                                     .body_limit = LIMIT_S3_PAGE_BYTES };
    struct http_reply reply;
    struct s3_page page;
    if (!s3_send((struct s3_store *)store, &a, STR_EMPTY, STR_EMPTY, req, call, &reply, err))
        return false;
    if (reply.status != 200)
        return aws_refusal(&a, &reply, "listing the buckets", err);
    if (!s3_page_parse(&a, reply.body, false, &page, err))
        return false;
    for (size_t i = 0; i < page.n; i++) {
        const struct store_bucket bucket = { page.entries[i].key, page.entries[i].time_unix_ms };
        if (!each(ctx, &bucket, err))
            return false;
    }
    return true;
}
