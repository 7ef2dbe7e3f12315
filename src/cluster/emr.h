/*
 * emr: clusters of AWS EMR with JupyterHub, Spark and Livy, whose notebooks live on S3.
 *
 * What is asked of EMR is emr_request.c, pure; this provider sends it and reads the answers.
 * RunJobFlow has no client token, so it is sent once and never again; when it stays unclear whether
 * EMR has acted, the error names the cluster to look for.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_EMR_H
#define CLUSTER_EMR_H

#include "aws/ec2.h"
#include "aws/emr.h"
#include "cluster/cluster.h"
#include "json/writer.h"

/* What is looked up beside EMR before a cluster is asked for: ec2_groups(), ec2_subnets() and
 * s3_bucket_region(), or those of a test. */
struct emr_lookups {
    bool (*groups)(void *ctx, struct arena *a, const struct str *ids, size_t n,
                   const struct ec2_call *call, struct ec2_groups *out, struct err *err);
    bool (*subnets)(void *ctx, struct arena *a, const struct str *ids, size_t n,
                    const struct ec2_call *call, struct ec2_subnets *out, struct err *err);
    bool (*bucket)(void *ctx, struct arena *a, struct str bucket, const struct ec2_call *call,
                   struct str *region_out, struct err *err);
    void *ctx;
};

/* How clusters are made.  Everything is borrowed and outlives the provider; what may be empty is
 * left to EMR then. */
struct emr_settings {
    struct str region;                 /* for prices; may be empty */
    const struct emr_lookups *lookups; /* NULL: nothing is looked up */
    struct str release;                /* "emr-7.14.0" */
    struct str primary_type, worker_type;
    unsigned max_nodes;
    int64_t root_gib;          /* 0: as EMR takes it */
    int64_t idle_timeout_s;    /* 60 .. 604,800 */
    const struct str *subnets; /* more than one: EMR chooses, and fleets are used */
    size_t n_subnets;
    struct str primary_group, worker_group, service_group; /* security groups, may be empty */
    const struct str *additional_groups;                   /* of the primary node */
    size_t n_additional_groups;
    struct str key_name; /* may be empty */
    struct str service_role, instance_profile;
    struct str log_uri; /* empty: s3://<notebooks_bucket>/logs/ */
    struct str notebooks_bucket;
    struct str hub_user;
    const struct emr_probes *probes; /* NULL: nobody can be asked for signs of work */
};

/* Where signs of work are looked for besides EMR's own state. */
struct emr_probes {
    /* When the newest object below the prefix was written, unix ms; 0: there is none. */
    bool (*newest)(void *ctx, struct arena *a, struct str bucket, struct str prefix,
                   const struct cluster_call *call, int64_t *out_ms, struct err *err);
    /* The body of the answer 200 of a URL; NULL: Livy is not asked. */
    bool (*get)(void *ctx, struct arena *a, struct str url, const struct cluster_call *call,
                struct str *body_out, struct err *err);
    void *ctx;
    unsigned livy_port; /* of the primary node; 0: Livy is not asked */
};

/* Can clusters be made by these?  Fails with ERR_CONFIG, naming the setting. */
MUST_USE bool emr_settings_check(const struct emr_settings *s, struct err *err);

/* "emr-x.y.z" with JupyterHub that keeps notebooks on S3: 5.17.0 and later, not emr-spark-*. */
MUST_USE bool emr_release_check(struct str release, struct err *err);
/* Does the release end idle clusters by itself?  From 5.30.0 and from 6.1.0 on. */
bool emr_release_ends_idle(struct str release);

/* AWS's standard support of a release. */
struct emr_support {
    struct str ends; /* "2028-09-08"; empty: the table does not say */
    bool has_ended;
};
struct emr_support emr_release_support(struct str release, int64_t now_unix_ms);
/* The day on which the table of releases was compared with AWS's pages. */
struct str emr_releases_as_of(void);

/* The i-th release that AWS has, the oldest of each line first; empty behind the last. */
struct str emr_release_at(size_t i);
/* What it can do; all false: it is not known. */
struct emr_release {
    bool has_hub, keeps_notebooks, ends_idle;
};
struct emr_release emr_release_describe(struct str release);

/* The name of the step that replaces the default password; of later passwords with a number behind
 * it. */
#define EMR_HARDEN_STEP "boathouse: replace the default password"

/* The body of RunJobFlow.  name: made by marker_name(). */
void emr_write_request(struct json_writer *w, const struct emr_settings *s,
                       const struct cluster_order *order, struct str name);
/* What is made when nothing else is asked for. */
void emr_default_spec(const struct emr_settings *s, struct cluster_spec *out);

/* send, ctx: emr_send() and a struct aws that outlives the provider.  NULL and ERR_CONFIG when the
 * settings are wrong; asks nobody. */
MUST_USE struct cluster_provider *emr_provider_new(const struct emr_settings *settings,
                                                   emr_send_fn *send, void *ctx, struct err *err);

#endif
