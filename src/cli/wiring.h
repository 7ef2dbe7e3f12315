/*
 * wiring: the one place that chooses the implementations behind the seams, from the settings.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_WIRING_H
#define CLI_WIRING_H

#include "cli/command.h"
#include "cluster/cluster.h"
#include "index/index.h"
#include "store/store.h"

/* The parts that commands and the server work with.  Owned by the caller. */
struct aws;
struct clusters;
struct outbound;

struct wiring {
    struct outbound *outbound; /* counts the calls of aws; NULL unless the provider is aws */
    struct aws *aws;           /* NULL unless the provider is aws */
    struct store *store;
    struct cluster_provider *provider; /* NULL: there are no clusters, or clusters has it */
    struct clusters *clusters;         /* NULL until wiring_open_clusters() */
    struct index *index;               /* NULL until wiring_open_index() */
};

/* Open the store (and, with provider aws, what it needs).  w: zeroed.  Fails with ERR_CONFIG,
 * ERR_NOT_FOUND (no lake folder; the fix says what to do) and what the parts say. */
MUST_USE bool wiring_open(struct wiring *w, struct cli *cli, struct err *err);
/* Open the catalogue, <state>/index.db.  Fails as index_open(). */
MUST_USE bool wiring_open_index(struct wiring *w, struct cli *cli, enum index_mode mode,
                                struct err *err);
/* The provider of clusters, unless it is open already.  After wiring_open(). */
MUST_USE bool wiring_open_provider(struct wiring *w, const struct config *c, struct err *err);
/* The service of clusters, its threads running, if there is a provider; makes its files in the
 * state folder, which exists.  The provider is the service's afterwards. */
MUST_USE bool wiring_open_clusters(struct wiring *w, struct cli *cli, struct err *err);
/* The store in which clusters keep notebooks; NULL when EMR is a server of its own and nobody said
 * where its S3 is: AWS is not asked about what belongs to another server.  Borrowed. */
struct store *wiring_notebooks(const struct wiring *w);
/* The folder of the lake from the root, with provider local; else "". */
struct str wiring_lake(const struct cli *cli);
/* Accepts a zeroed or half-opened one. */
void wiring_release(struct wiring *w);

/* Make the state folder and, if the provider is local, that of the lake, with their parents. */
MUST_USE bool wiring_make_folders(const struct config *c, struct err *err);

/* The deadline of work that begins now. */
struct store_call wiring_call(const struct config *c);

#endif
