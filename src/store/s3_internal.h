/*
 * s3_internal: what the files of the S3 store share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_S3_INTERNAL_H
#define STORE_S3_INTERNAL_H

#include "aws/aws.h"
#include "store/s3_store.h"
#include "util/strmap.h"

#include <pthread.h>

struct s3_store {
    struct store store; /* first */
    struct aws *aws;
    pthread_mutex_t lock; /* of what follows */
    struct arena arena;
    struct strmap regions; /* of buckets that are elsewhere: struct str * */
};

/* One request about a bucket (empty: about all) and a key (empty: the bucket itself).  The rest of
 * req is the caller's.  Follows the redirect to a bucket's own region,
 * and remembers it.  True: an answer came,
 * whatever its status. */
MUST_USE bool s3_send(struct s3_store *s, struct arena *a, struct str bucket, struct str key,
                      struct aws_request req, const struct store_call *call, struct http_reply *out,
                      struct err *err);

bool s3_is_ok(const struct http_reply *reply);
/* What an answer about this bucket or object means that is not 2xx.  Returns false. */
bool s3_refuse(struct arena *a, const struct http_reply *reply, struct str bucket, struct str key,
               struct err *err);
/* Size and ETag from the head of a GET or HEAD; of a range the size of the whole. */
struct store_object s3_object_of(struct arena *a, struct str key, const struct http_reply *reply);

/* The part of s3_get.c. */
bool s3_get(struct store *s, struct arena *a, const struct store_get *get, struct store_got *out,
            struct err *err);
/* The parts of s3_many.c: objects side by side. */
bool s3_fetch(struct store *s, const struct store_fetch *fetch, struct err *err);
bool s3_scan(struct store *s, const struct store_scan *scan, struct err *err);
/* The parts of s3_list.c.  token: of the page to get; empty for the first. */
struct s3_entry;
struct s3_page;
MUST_USE bool s3_fetch_page(struct s3_store *s, struct arena *a, const struct store_list *list,
                            struct str token, struct s3_page *out, struct err *err);
struct store_object s3_object_of_entry(const struct s3_entry *e);
bool s3_list(struct store *s, const struct store_list *list, struct err *err);
bool s3_list_buckets(struct store *s, const struct store_call *call, store_bucket_fn *each,
                     void *ctx, struct err *err);
/* s3_cuts.c: some keys in ascending order, in the arena, between which about as much lies. */
void s3_find_cuts(struct s3_store *s, struct arena *a, const struct store_list *list,
                  struct str **cuts, size_t *n);
/* s3_order.c: what follows a first page that is not the last, in order, side by side; the first
 * page's keys as well.  is_near: the server answers at once; see s3_order.c. */
bool s3_list_in_order(struct s3_store *s, const struct store_list *list,
                      const struct s3_page *first, bool is_near, struct err *err);
/* s3_split.c: what follows a first page that is not the last, in any order, side by side. */
bool s3_list_split(struct s3_store *s, const struct store_list *list, const struct s3_page *first,
                   struct err *err);

#endif
