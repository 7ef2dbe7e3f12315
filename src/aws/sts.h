/*
 * sts: who the credentials belong to.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AWS_STS_H
#define AWS_STS_H

#include "aws/aws.h"

struct sts_identity {
    struct str account; /* "123456789012" */
    struct str arn;     /* "arn:aws:iam::123456789012:user/x" */
};

/* GetCallerIdentity, which needs no right.  The strings of *out live in a.  Fails with
 * ERR_CREDENTIALS or ERR_FORBIDDEN (refused), ERR_TIMEOUT, ERR_UPSTREAM (also: the server at the
 * endpoint has no STS). */
MUST_USE bool sts_caller(const struct aws *aws, struct arena *a, const struct aws_keys *keys,
                         struct sts_identity *out, struct err *err);

#endif
