/*
 * s3_page: one page of ListObjectsV2 or of ListBuckets, from XML to structs.  Pure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AWS_S3_PAGE_H
#define AWS_S3_PAGE_H

#include "util/arena.h"
#include "util/err.h"

struct s3_entry {
    struct str key; /* decoded; of a bucket its name */
    struct str etag;
    uint64_t size_bytes;
    int64_t time_unix_ms;
    bool is_prefix;
};

struct s3_page {
    struct s3_entry *entries; /* in the order of the text */
    size_t n, cap;
    bool is_truncated;
    struct str next_token;
};

/* a: owns the result.  is_encoded: keys are percent-encoded (encoding-type=url).  Fails with
 * ERR_UPSTREAM when the text is not such a page. */
MUST_USE bool s3_page_parse(struct arena *a, struct str xml, bool is_encoded, struct s3_page *out,
                            struct err *err);

#endif
