/*
 * runs: who scans what: reading sources, leases' runs and their events.
 *
 * What is written of them is in write.h.  Strings of results live in the arena given; those of
 * callbacks are borrowed until they return.  A callback that returns false with err set ends its
 * call, which then fails with that err.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_RUNS_H
#define INDEX_RUNS_H

#include "index/write.h"

/* ERR_NOT_FOUND: there is no such source. */
MUST_USE bool index_get_source(struct index_reader *r, struct arena *a, int64_t id,
                               struct index_source *out, struct err *err);
MUST_USE bool index_find_source(struct index_reader *r, struct arena *a, struct str name,
                                struct index_source *out, struct err *err);
typedef bool index_source_fn(void *ctx, const struct index_source *source, struct err *err);
/* In the order of names, behind after ("": from the first). */
MUST_USE bool index_each_source(struct index_reader *r, struct str after, index_source_fn *each,
                                void *ctx, struct err *err);

/* ERR_NOT_FOUND: there is no such run. */
MUST_USE bool index_get_scan(struct index_reader *r, struct arena *a, int64_t id,
                             struct index_scan *out, struct err *err);
typedef bool index_scan_fn(void *ctx, const struct index_scan *scan, struct err *err);
/* The newest first, with an id below before (0: all); source 0: of all sources. */
MUST_USE bool index_each_scan(struct index_reader *r, int64_t source, int64_t before,
                              index_scan_fn *each, void *ctx, struct err *err);

struct index_event {
    int64_t id, at_unix_ms;
    struct str type, json;
};
typedef bool index_event_fn(void *ctx, const struct index_event *event, struct err *err);
/* Those of a scan with an id above after, in order. */
MUST_USE bool index_each_event(struct index_reader *r, int64_t scan, int64_t after,
                               index_event_fn *each, void *ctx, struct err *err);

/* The runs of a source before this one that have not ended did so with their process: they become
 * INDEX_SCAN_FAILED.  Inside a batch. */
MUST_USE bool index_end_lost_scans(struct index_writer *w, int64_t source, int64_t before,
                                   struct str error_json, int64_t now_unix_ms, struct err *err);

/* What the index knows of a family of datasets (catalog/discover.h): its datasets and the
 * fingerprint that the family had; is_broken: it could not be read then. */
typedef bool index_family_fn(void *ctx, int64_t id, uint64_t fingerprint, bool is_broken,
                             struct err *err);
MUST_USE bool index_each_of_family(struct index_reader *r, int64_t source, struct str family_uri,
                                   index_family_fn *each, void *ctx, struct err *err);

/* All datasets of a source, in the order of their uris. */
typedef bool index_dataset_id_fn(void *ctx, int64_t id, struct str uri, struct err *err);
MUST_USE bool index_each_dataset_id(struct index_reader *r, int64_t source,
                                    index_dataset_id_fn *each, void *ctx, struct err *err);

/* The notebooks of a source whose uri begins with prefix, in order; with_siblings: only those whose
 * analysis read files beside them. */
typedef bool index_notebook_uri_fn(void *ctx, struct str uri, struct err *err);
MUST_USE bool index_each_notebook_uri(struct index_reader *r, int64_t source, struct str prefix,
                                      bool with_siblings, index_notebook_uri_fn *each, void *ctx,
                                      struct err *err);

/* How many objects the listing of a source has. */
MUST_USE bool index_count_listing(struct index_reader *r, int64_t source, uint64_t *out,
                                  struct err *err);

#endif
