/*
 * spec: what an environment consists of, resolved: nothing is left to defaults any more.
 *
 * The same shape is the body of POST /v1/clusters (where members may be missing) and stands in the
 * ledger.  Pure; strings live in the arena given.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_SPEC_H
#define CLUSTER_SPEC_H

#include "json/json.h"
#include "json/writer.h"

enum { SPEC_MAX_TYPES = 30, SPEC_MAX_SUBNETS = 16, SPEC_MAX_GROUPS = 16, SPEC_MAX_LABELS = 20 };

enum spec_market { SPEC_ON_DEMAND, SPEC_SPOT, SPEC_SPOT_WITH_FALLBACK };

struct spec_list {
    struct str items[SPEC_MAX_TYPES];
    size_t n;
};

struct cluster_spec {
    struct str template_name;             /* which was taken; may be empty */
    struct str release;                   /* "emr-7.14.0" */
    struct str primary_type;              /* the primary node is always on demand */
    struct spec_list worker_types;        /* at least one if there are workers */
    int64_t n_workers;                    /* 0: the primary node alone */
    enum spec_market market;              /* of the workers */
    int64_t autoscale_min, autoscale_max; /* workers; 0 and 0: as many as n_workers, always */
    int64_t root_gib;                     /* 0: what the provider takes */
    struct spec_list subnets;             /* empty: the provider's default network */
    struct spec_list groups;              /* additional security groups of the primary node */
    struct str bucket, hub_user;          /* where notebooks are kept, and for whom */
    int64_t idle_timeout_s;               /* 60 .. 604,800 */
    int64_t max_lifetime_s;               /* 0: none */
    int64_t max_usd_micro;                /* millionths of a dollar; 0: none */
    bool is_protected;                    /* against an end that is not forced */
    struct json_member {
        struct str key, value;
    } labels[SPEC_MAX_LABELS];
    size_t n_labels;
};

/* Overwrite the members of spec that the object has; null leaves one as it is.  Fails with
 * ERR_INVALID, naming the place, also for members that do not exist and values outside their
 * ranges.  value NULL: nothing is overwritten. */
MUST_USE bool spec_merge(struct arena *a, struct cluster_spec *spec, const struct json *value,
                         struct err *err);

/* The whole as members of the open object: release, size{}, network{}, notebooks{}, lifecycle{},
 * labels[]. */
void spec_write(struct json_writer *w, const struct cluster_spec *spec);

/* "12.50" and millionths of a dollar, both ways; at most 6 digits behind the point. */
MUST_USE bool money_parse(struct str text, int64_t *micro_out);
struct str money_text(struct arena *a, int64_t micro);

#endif
