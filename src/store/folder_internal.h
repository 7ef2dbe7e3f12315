/*
 * folder_internal: what the files of the folder store share.
 *
 * Every path is opened from the lake's own descriptor by openat2(RESOLVE_BENEATH): the kernel
 * refuses whatever climbs out, by ".." or by a symbolic link, without a race.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_FOLDER_INTERNAL_H
#define STORE_FOLDER_INTERNAL_H

#include "store/folder.h"

#include <sys/stat.h>

struct folder_store {
    struct store store; /* first */
    int fd;             /* the lake */
    bool is_one;        /* fd is the folder of the bucket FOLDER_ONE_BUCKET */
    bool is_named_only; /* write as on a file system without unnamed files; for tests */
};

/* Names that begin so are unfinished writes. */
#define FOLDER_HIDDEN_PREFIX ".boathouse-"

/* Open a path below the lake; -1 and errno.  flags: as of open(); O_CLOEXEC is added. */
int folder_open(const struct folder_store *f, const char *path, int flags);

/* Say what errno means of bucket and key (key may be empty).  Returns false. */
bool folder_fail(struct err *err, int errno_value, struct str bucket, struct str key);

/* Deadline and cancel.  False with err set when the call must end. */
bool folder_goes_on(const struct store_call *call, struct err *err);

/* What a file is as an object; strings in a. */
struct store_object folder_object(struct arena *a, struct str key, const struct stat *st);

/* The parts of folder_list.c. */
bool folder_list(struct store *s, const struct store_list *list, struct err *err);
bool folder_list_buckets(struct store *s, const struct store_call *call, store_bucket_fn *each,
                         void *ctx, struct err *err);

/* The parts of folder_put.c. */
bool folder_put(struct store *s, const struct store_put *put, struct err *err);
bool folder_remove(struct store *s, struct str bucket, struct str key,
                   const struct store_call *call, struct err *err);

/* "bucket/key" for the kernel, in a; NULL with ERR_INVALID for keys with empty, "." or ".." parts
 * and for names of unfinished writes. */
MUST_USE char *folder_path(struct arena *a, struct str bucket, struct str key, struct err *err);

#endif
