/*
 * ec2: what EC2 and S3 say of the parts that a cluster is to be made of (query protocol,
 * 2016-11-15).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AWS_EC2_H
#define AWS_EC2_H

#include "util/arena.h"
#include "util/err.h"

#include <stdatomic.h>

struct aws;

/* Ports that anybody on the internet may reach. */
struct ec2_opening {
    int from_port, to_port; /* 0 and 65535: all */
    struct str range;       /* "0.0.0.0/0", "::/0" */
};

struct ec2_group {
    struct str id, name, vpc;
    struct ec2_opening *open;
    size_t n_open, cap_open;
};
struct ec2_groups {
    struct ec2_group *items;
    size_t n, cap;
};

struct ec2_subnet {
    struct str id, vpc, zone;
};
struct ec2_subnets {
    struct ec2_subnet *items;
    size_t n, cap;
};

struct ec2_call {
    int64_t deadline_ms;       /* clock_mono_ms() */
    const atomic_bool *cancel; /* may be NULL */
};

/* DescribeSecurityGroups and DescribeSubnets of these ids, at most 100; ctx: a struct aws.  An
 * unknown id is ERR_NOT_FOUND; else ERR_FORBIDDEN, ERR_CREDENTIALS, ERR_TIMEOUT, ERR_UPSTREAM. */
MUST_USE bool ec2_groups(void *ctx, struct arena *a, const struct str *ids, size_t n,
                         const struct ec2_call *call, struct ec2_groups *out, struct err *err);
MUST_USE bool ec2_subnets(void *ctx, struct arena *a, const struct str *ids, size_t n,
                          const struct ec2_call *call, struct ec2_subnets *out, struct err *err);

/* HeadBucket.  region_out: as S3 says, or empty.  ERR_NOT_FOUND, ERR_FORBIDDEN, ... */
MUST_USE bool s3_bucket_region(void *ctx, struct arena *a, struct str bucket,
                               const struct ec2_call *call, struct str *region_out,
                               struct err *err);

/* The answers' text to structs; pure. */
MUST_USE bool ec2_groups_parse(struct arena *a, struct str xml, struct ec2_groups *out,
                               struct err *err);
MUST_USE bool ec2_subnets_parse(struct arena *a, struct str xml, struct ec2_subnets *out,
                                struct err *err);

#endif
