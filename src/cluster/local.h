/*
 * local: clusters on this machine: a JupyterHub with one user, and a Spark master with its workers.
 *
 * Each cluster is a folder and a supervisor, a process of its own session that starts the others,
 * watches them and ends them; so clusters outlive the program that asked for them, and are found
 * again by their folders.  Everything listens on loopback only.  What they need (JupyterHub, Spark,
 * a Java, a Node.js) is installed once, pinned and with checked hashes, into a folder for
 * environments; the first cluster waits for that.
 *
 * It is driven by the lifecycle alone: of the older functions of struct cluster_ops only list is
 * there.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_LOCAL_H
#define CLUSTER_LOCAL_H

#include "cluster/cluster.h"

struct local_settings {
    struct str folder;       /* of clusters, "<state>/local"; absolute, as the next two */
    struct str environments; /* where what they need is installed */
    struct str lake;         /* each folder in it is a bucket */
    struct str notebooks;    /* the bucket of the notebooks */
    struct str hub_user;
    struct str python;  /* the Python that makes environments: "python3" */
    unsigned max_nodes; /* workers of one cluster at most */
};

/* Copies the settings.  NULL: ERR_IO, ERR_FORBIDDEN (the folder cannot be made). */
MUST_USE struct cluster_provider *local_provider_new(const struct local_settings *settings,
                                                     struct err *err);

/* Is the environment installed? */
MUST_USE bool local_is_prepared(const struct local_settings *settings);

/* What is being done, for people. */
typedef void local_progress_fn(void *ctx, struct str what);

/* Install the environment, if it is not there; any number of processes may ask for it at once.
 * is_stopped (may be NULL) is asked several times a second: true gives ERR_CANCELLED.  Fails with
 * ERR_UPSTREAM (a step ended badly; the message names its log), ERR_CONFIG (no such Python). */
MUST_USE bool local_prepare(const struct local_settings *settings, local_progress_fn *each,
                            bool (*is_stopped)(void *ctx), void *ctx, struct err *err);

/* The supervisor of the cluster whose folder it is: returns at once in its parent and when the
 * cluster has ended in the process that it becomes.  Gives the exit status. */
int local_supervise(const char *folder);

#endif
