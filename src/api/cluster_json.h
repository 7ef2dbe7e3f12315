/*
 * cluster_json: a cluster as the API tells it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_CLUSTER_JSON_H
#define API_CLUSTER_JSON_H

#include "cluster/lifecycle.h"
#include "json/writer.h"

/* What was last heard of the provider so long ago may have changed. */
enum { CLUSTER_STALE_MS = 90 * 1000 };

/* One object.  synced_ms: when the provider's list was last read; 0: never. */
void cluster_write(struct json_writer *w, const struct cluster_row *row, int64_t synced_ms,
                   int64_t now_ms);
/* The two parts of its members: what the row alone says, which is kept by its version, and what the
 * moment says. */
void cluster_write_members(struct json_writer *w, const struct cluster_row *row);
void cluster_write_age(struct json_writer *w, bool is_live, int64_t synced_ms, int64_t now_ms);
/* "jupyter/jovyan/": where in row->spec.bucket its notebooks are; may be empty. */
struct str cluster_notebooks_prefix(struct arena *a, const struct cluster_row *row);
void cluster_write_reason(struct json_writer *w, const struct phase_reason *r);

#endif
