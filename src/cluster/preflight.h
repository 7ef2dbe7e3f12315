/*
 * preflight: what is wrong, or doubtful, with what is asked for, before it costs money.
 *
 * What is known from the lists that come with the program is told without asking anybody
 * (preflight_spec); what a provider can look up, it adds (cluster_ops.preflight).  A look-up that
 * fails is a warning: that EMR can be asked and EC2 cannot must not keep people from their work.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_PREFLIGHT_H
#define CLUSTER_PREFLIGHT_H

#include "cluster/spec.h"
#include "util/arena.h"
#include "util/attrs.h"
#include "util/err.h"

/* With an error the cluster is refused. */
enum preflight_level { PREFLIGHT_ERROR, PREFLIGHT_WARNING };

struct preflight_finding {
    enum preflight_level level;
    struct str code;    /* a word: "public-exposure" */
    struct str pointer; /* the member of the request, "/network/subnet_ids"; or "" */
    struct str message, fix;
};

struct preflight {
    struct arena *arena; /* owns all strings */
    struct preflight_finding *items;
    size_t n, cap;
};

/* One more; code, pointer and fix are copied as they are. */
void preflight_add(struct preflight *p, enum preflight_level level, const char *code,
                   const char *pointer, const char *fix, const char *fmt, ...) PRINTF(6, 7);
/* A look-up failed: a warning. */
void preflight_unchecked(struct preflight *p, const char *pointer, const char *what,
                         const struct err *why);

/* Releases, machines, limits. */
void preflight_spec(struct preflight *p, const struct cluster_spec *spec, bool is_emr,
                    int64_t now_unix_ms);

/* Is a port of these open to the world that nobody but the hub's user should reach?  The name of
 * what listens there, or "". */
struct str preflight_exposed(int from_port, int to_port);

/* True without errors; else ERR_INVALID with the first one and how many more there are. */
MUST_USE bool preflight_passes(const struct preflight *p, struct err *err);

#endif
