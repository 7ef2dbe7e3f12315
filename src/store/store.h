/*
 * store: where objects live, whatever it is: the seam between the program and a folder or S3.
 *
 * A store holds buckets, a bucket holds objects under keys ("a/b.ipynb": bytes, "/" between the
 * parts, no leading "/").  Every function may be called by any number of threads at once and
 * blocks its caller; callbacks run one at a time, on the calling thread or on threads of the call
 * that end before it returns, and borrow what they get until they return.  A callback that returns
 * false, with err set, ends its call, which then fails with that err.
 *
 * Errors of all functions: ERR_INVALID (the bucket's name or the key cannot exist, or climbs out of
 * the store), ERR_NOT_FOUND (no such bucket; no such object), ERR_FORBIDDEN (it may not be read, or
 * is reached through a symbolic link that leads out), ERR_CREDENTIALS, ERR_TIMEOUT, ERR_CANCELLED,
 * ERR_UPSTREAM, ERR_IO.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "util/arena.h"
#include "util/err.h"

#include <stdatomic.h>

struct store;

/* How long a call may last, and what ends it early. */
struct store_call {
    int64_t deadline_ms;       /* clock_mono_ms() at which it fails with ERR_TIMEOUT; required */
    const atomic_bool *cancel; /* NULL, or: ERR_CANCELLED soon after it turns true */
};

/* One object, or one common prefix of a listing with a delimiter. */
struct store_object {
    struct str key;  /* decoded; UTF-8 where its writer kept to it */
    struct str etag; /* without quotes; changes when the bytes change; "" for a common prefix */
    uint64_t size_bytes;
    int64_t last_modified_unix_ms;
    bool is_prefix; /* key is a common prefix and ends in the delimiter; nothing else is set */
};

/* A bucket of the store. */
struct store_bucket {
    struct str name;
    int64_t created_unix_ms; /* 0 when unknown */
};

typedef bool store_bucket_fn(void *ctx, const struct store_bucket *bucket, struct err *err);
typedef bool store_object_fn(void *ctx, const struct store_object *object, struct err *err);
/* The next bytes of one object, in order. */
typedef bool store_chunk_fn(void *ctx, struct str bytes, struct err *err);

/* What to list.  All keys come, however many; memory stays flat. */
struct store_list {
    struct str bucket;
    struct str prefix;      /* a prefix of bytes, not of path parts; "" is the whole bucket */
    struct str start_after; /* only keys behind this one; "" for all */
    bool has_delimiter;     /* fold what stands behind the next "/" into common prefixes */
    bool is_any_order;      /* keys may come out of order: then S3 is asked by prefix, side by side.
                             * Otherwise they come in byte order */
    store_object_fn *each;
    /* Told of a folder that could not be read, in its turn; prefix ends in "/".  NULL: it is passed
     * over.  S3 has none. */
    bool (*skipped)(void *ctx, struct str prefix, const struct err *why, struct err *err);
    void *ctx; /* of both */
    struct store_call call;
};

/* What to read. */
struct store_get {
    struct str bucket, key;
    struct str if_none_match; /* an ETag: when it is still the same, nothing is read; "" for none */
    struct str if_match;      /* an ETag: when it changed, ERR_PRECONDITION; "" for none */
    uint64_t offset;          /* first byte; behind the end is ERR_RANGE */
    uint64_t length;          /* at most so many bytes; 0: to the end */
    store_chunk_fn *chunk;    /* NULL only in store_read() */
    void *ctx;
    struct store_call call;
};

/* What was read. */
struct store_got {
    struct store_object object; /* of the whole object; strings in the arena of the call */
    bool is_unchanged;          /* if_none_match held: no chunk came */
};

/* What to write: the whole object at once; readers see the old bytes or the new, never a part. */
struct store_put {
    struct str bucket, key, body;
    struct str content_type; /* "": application/octet-stream; a folder does not keep it */
    bool is_new_only;        /* ERR_CONFLICT when the key exists already */
    struct store_call call;
};

/* One object of a fetch of many.  Owned by the caller and unmoved until done() was called. */
struct store_fetch_item {
    struct str bucket, key;
    struct str if_none_match; /* as in store_get */
    void *ctx;                /* of chunk and done, for this item */
};

enum store_next { STORE_NEXT_ITEM, STORE_NEXT_NONE };

/* Give the next object to fetch; STORE_NEXT_NONE: there are no more. */
typedef enum store_next store_next_fn(void *ctx, struct store_fetch_item **item_out);
/* The end of one item.  ok: everything was given to its chunk(), or got->is_unchanged.  Otherwise
 * err says why this one failed (also what chunk() set); the others go on.  got is NULL then. */
typedef void store_done_fn(void *item_ctx, struct store_fetch_item *item, bool ok,
                           const struct store_got *got, const struct err *err);

/* Many objects side by side.  Nothing is kept whole: bytes go to chunk(item->ctx, ...) as they
 * come, those of different items interleaved. */
struct store_fetch {
    store_next_fn *next;
    void *next_ctx;
    store_chunk_fn *chunk;
    store_done_fn *done;
    unsigned window; /* objects at once; 0: what suits the store; at most LIMIT_FETCH_WINDOW */
    struct store_call call;
};

/* A listing whose objects are fetched while it goes on.  The caller's state of one object is made
 * by select() and ended by done(). */
struct store_scan_item {
    struct store_object object; /* as listed; valid until done() returns */
    void *ctx;                  /* set by select(); of chunk() and done() */
};
/* Shall this object be fetched?  False: skip it.  True: item->ctx is the context of its chunks. */
typedef bool store_select_fn(void *ctx, struct store_scan_item *item);
/* As store_done_fn; item->object.key is borrowed until it returns. */
typedef void store_scan_done_fn(void *ctx, struct store_scan_item *item, bool ok,
                                const struct err *err);

struct store_scan {
    struct str bucket, prefix;
    store_select_fn *select;
    store_chunk_fn *chunk; /* gets item->ctx */
    store_scan_done_fn *done;
    void *ctx;       /* of select and done */
    unsigned window; /* as in store_fetch */
    struct store_call call;
};

/* The two implementations fill this; everyone else calls the functions below, which check the
 * arguments first.  Semantics are theirs. */
struct store_ops {
    const char *name; /* "folder" or "s3" */
    bool (*list_buckets)(struct store *s, const struct store_call *call, store_bucket_fn *each,
                         void *ctx, struct err *err);
    bool (*list)(struct store *s, const struct store_list *list, struct err *err);
    bool (*head)(struct store *s, struct arena *a, struct str bucket, struct str key,
                 const struct store_call *call, struct store_object *out, struct err *err);
    bool (*get)(struct store *s, struct arena *a, const struct store_get *get,
                struct store_got *out, struct err *err);
    bool (*put)(struct store *s, const struct store_put *put, struct err *err);
    bool (*remove)(struct store *s, struct str bucket, struct str key,
                   const struct store_call *call, struct err *err);
    bool (*create_bucket)(struct store *s, struct str bucket, const struct store_call *call,
                          struct err *err);
    bool (*check_bucket)(struct store *s, struct str bucket, const struct store_call *call,
                         struct err *err);
    bool (*fetch)(struct store *s, const struct store_fetch *fetch, struct err *err);
    bool (*scan)(struct store *s, const struct store_scan *scan, struct err *err);
    void (*free)(struct store *s);
};

/* An implementation's struct begins with this. */
struct store {
    const struct store_ops *ops;
};

/* Not while a call runs.  Accepts NULL. */
void store_free(struct store *s);

/* Every bucket that can be seen, in the order of names. */
MUST_USE bool store_list_buckets(struct store *s, const struct store_call *call,
                                 store_bucket_fn *each, void *ctx, struct err *err);

/* Every object (and common prefix) that the listing names. */
MUST_USE bool store_list(struct store *s, const struct store_list *list, struct err *err);

/* One object without its bytes; the strings of *out live in a. */
MUST_USE bool store_head(struct store *s, struct arena *a, struct str bucket, struct str key,
                         const struct store_call *call, struct store_object *out, struct err *err);

/* Stream one object, or a part of it, to get->chunk.  An object that changes while it is read
 * fails with ERR_PRECONDITION rather than give a mixture. */
MUST_USE bool store_get(struct store *s, struct arena *a, const struct store_get *get,
                        struct store_got *out, struct err *err);

/* The same, whole: *body_out lives in a.  limit_bytes: a named limit; ERR_TOO_LARGE past it.
 * get->chunk and get->ctx are not used.  got_out may be NULL. */
MUST_USE bool store_read(struct store *s, struct arena *a, const struct store_get *get,
                         size_t limit_bytes, struct str *body_out, struct store_got *got_out,
                         struct err *err);

/* Write one object.  ERR_CONFLICT only with is_new_only. */
MUST_USE bool store_put(struct store *s, const struct store_put *put, struct err *err);

/* Remove one object.  True also when there is none: the key is free afterwards in any case. */
MUST_USE bool store_remove(struct store *s, struct str bucket, struct str key,
                           const struct store_call *call, struct err *err);

/* Make a bucket; its name must follow S3's rules for new ones (3 to 63 of a-z 0-9 . -).  A bucket
 * of ours that is there already is no error; one of somebody else's is ERR_CONFLICT. */
MUST_USE bool store_create_bucket(struct store *s, struct str bucket, const struct store_call *call,
                                  struct err *err);

/* Is the bucket there, and may it be listed?  True, or ERR_NOT_FOUND, ERR_FORBIDDEN, ... */
MUST_USE bool store_check_bucket(struct store *s, struct str bucket, const struct store_call *call,
                                 struct err *err);

/* Run until next() has no more and all items are done.  True even when single items failed; false
 * when the whole could not go on (deadline, cancelled, no credentials); done() is called for every
 * item that next() gave in any case. */
MUST_USE bool store_fetch(struct store *s, const struct store_fetch *fetch, struct err *err);

/* List and fetch in one pass.  True even when single objects failed; false when the listing did,
 * or the whole could not go on; done() is called for every selected item in any case. */
MUST_USE bool store_scan(struct store *s, const struct store_scan *scan, struct err *err);

/* Can a bucket of that name exist?  Letters, digits, ".", "-", "_"; 1 to 255 bytes; not beginning
 * with ".".  is_new asks for the rules of new buckets instead.  Fails with ERR_INVALID. */
MUST_USE bool store_name_check(struct str bucket, bool is_new, struct err *err);

/* Can an object have this key?  1 to 1,024 bytes of UTF-8 without NUL.  Fails with ERR_INVALID. */
MUST_USE bool store_key_check(struct str key, struct err *err);

#endif
