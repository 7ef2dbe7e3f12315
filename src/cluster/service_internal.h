/* service_internal: what the files of the service share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_SERVICE_INTERNAL_H
#define CLUSTER_SERVICE_INTERNAL_H

#include "cluster/secret.h"
#include "cluster/service.h"

#include <pthread.h>

enum { N_WORKERS = 2 };

struct worker {
    struct clusters *clusters;
    struct reconciler reconciler;
    pthread_t thread;
    bool is_started;
    int64_t every_ms;
};

struct facade {
    struct cluster_provider base; /* first */
    struct clusters *clusters;
};

struct clusters {
    struct clusters_options options;
    struct arena arena; /* of the deployment */
    struct str deployment;
    struct lifecycle_rules rules;
    struct secret secret;
    struct facade facade;
    struct worker workers[N_WORKERS];
    char holder[64];
    int lock_fd;
    atomic_bool is_stopping;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t is_woken, is_told;
    unsigned long long n_wakes;
    bool has_lock;
    void (*listener)(void *ctx);
    void *listener_ctx;
};

/* service_check.c: may what is asked for be made?  found: its warnings. */
MUST_USE bool service_permits(struct clusters *c, struct arena *a, const struct cluster_ask *ask,
                              struct preflight *found, struct err *err);
/* facade.c */
void facade_init(struct clusters *c);

#endif
