/*
 * s3_store: a store on S3 or on a server that speaks its protocol.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_S3_STORE_H
#define STORE_S3_STORE_H

#include "store/store.h"

struct aws;

/* aws: borrowed, must outlive the store.  Never NULL.  Freed by store_free(). */
struct store *s3_store_new(struct aws *aws);

#endif
