/*
 * openlineage: notebooks and datasets as OpenLineage events, for those who collect them.
 *
 * A notebook is a JobEvent: it claims no run.  Receivers that take RunEvents only get, where the
 * settings say so, a COMPLETE RunEvent with a runId made from the job and its content, tagged as
 * what it is.  Specification: OpenLineage 2-0-2 and the facets' own schemas
 * (docs/internals/openlineage.md).  Unknown parts of a location never enter a name: the reference
 * is named by what is known before them, or is left out.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_OPENLINEAGE_H
#define CATALOG_OPENLINEAGE_H

#include "lineage/analysis.h"
#include "json/writer.h"

struct openlineage_settings {
    struct str producer;   /* an absolute URI of this program and its version */
    struct str job_space;  /* namespace of jobs; empty: where the notebook lies (s3://bucket) */
    struct str viewer;     /* URL before a notebook's id, for sourceCodeLocation; or empty */
    int64_t event_time_ms; /* Unix time */
    bool as_run;           /* COMPLETE RunEvents instead of JobEvents */
};

/* One use, joined to its dataset where there is one. */
struct openlineage_use {
    struct str uri;     /* normal form of the place */
    struct str dataset; /* uri of the dataset that it falls into; or empty */
    enum reference_dir dir;
    enum reference_kind kind;
    uint32_t cell, line;
    struct str via;
    unsigned percent;
    bool is_may, is_called;
};

struct openlineage_job {
    int64_t id;
    struct str uri;     /* of the notebook: "s3://bucket/key", "file:/path" */
    struct str version; /* ETag or version id; may be empty */
    struct str title;   /* first heading; may be empty */
    struct str owner, kernel, language;
    const struct openlineage_use *uses; /* references of kind data that are read or written */
    size_t n_uses;
    const struct str *kinds; /* names of processes; tags */
    size_t n_kinds;
};

struct openlineage_column {
    struct str name, type; /* type may be empty */
    bool is_partition;
};

struct openlineage_dataset {
    struct str uri;
    struct str format, layout; /* names as the catalogue has them; may be empty */
    const struct openlineage_column *columns;
    size_t n_columns;
    const struct str *tables; /* uris of tables bound to it ("table:db.t"): symlinks */
    size_t n_tables;
};

/* One event as the next value of w.  False, and nothing is written, when the notebook (dataset) has
 * no name there. */
bool openlineage_put_job(struct arena *a, struct json_writer *w,
                         const struct openlineage_settings *settings,
                         const struct openlineage_job *job);
bool openlineage_put_dataset(struct arena *a, struct json_writer *w,
                             const struct openlineage_settings *settings,
                             const struct openlineage_dataset *dataset);

#endif
