/*
 * clusters: the providers of clusters, EMR and this machine, from the settings.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CLUSTERS_H
#define CLI_CLUSTERS_H

#include "cli/config.h"
#include "cluster/emr.h"
#include "cluster/local.h"
#include "cluster/spec.h"

struct aws;
struct store;

/* What is made when nothing else is asked for. */
void clusters_default_spec(const struct config *c, struct cluster_spec *out);

/* store: where notebooks are looked for as signs of work.  c, aws and store outlive the provider.
 * NULL and ERR_CONFIG when a setting is wrong; asks nobody. */
MUST_USE struct cluster_provider *clusters_open(const struct config *c, struct aws *aws,
                                                struct store *store, struct err *err);

/* What the provider of this machine is made of; strings in the arena of c.  The folders are
 * absolute afterwards. */
MUST_USE bool clusters_local_settings(const struct config *c, struct local_settings *out,
                                      struct err *err);
MUST_USE struct cluster_provider *clusters_open_local(const struct config *c, struct err *err);

#endif
