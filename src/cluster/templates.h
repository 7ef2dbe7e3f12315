/*
 * templates: named sets of what a cluster is made of, which an installation offers its people.
 *
 * A template is a line of the settings, "NAME {JSON}": the members of a request for a cluster, and
 * description (a text) and fixed (an array of JSON pointers that a request must leave alone).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_TEMPLATES_H
#define CLUSTER_TEMPLATES_H

#include "cluster/spec.h"
#include "util/arena.h"

enum { TEMPLATE_MAX_FIXED = 16 };

struct cluster_template {
    struct str name, description;
    const struct json *settings; /* an object: the members of a request */
    struct str fixed[TEMPLATE_MAX_FIXED];
    size_t n_fixed;
};

struct cluster_templates {
    struct cluster_template *items;
    size_t n, cap;
};

/* a owns everything and outlives it.  defaults: over which each is tried.  Fails with ERR_CONFIG,
 * naming the template and the member. */
MUST_USE bool templates_parse(struct arena *a, const struct str *lines, size_t n,
                              const struct cluster_spec *defaults, struct cluster_templates *out,
                              struct err *err);

/* NULL: there is no such template. */
const struct cluster_template *templates_find(const struct cluster_templates *t, struct str name);

/* Overwrite spec by what the template says.  ERR_INVALID: there is none of that name; the fix lists
 * them. */
MUST_USE bool templates_apply(struct arena *a, const struct cluster_templates *t, struct str name,
                              struct cluster_spec *spec, struct err *err);
/* ERR_FORBIDDEN: the request has a member that the template fixes. */
MUST_USE bool template_allows(const struct cluster_template *t, const struct json *request,
                              struct err *err);

#endif
