/*
 * siblings: the files beside a notebook that its code imports, runs or reads as configuration.
 *
 * Only files in the notebook's own folder and below it are given, and never one outside the place
 * that was typed: no absolute path, no "..", no symbolic link that leads out.  A YAML file is given
 * as the JSON of the same document, which the analysis reads.  Number and bytes are bounded for
 * each notebook (LIMIT_SIBLINGS, LIMIT_SIBLINGS_BYTES).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_SIBLINGS_H
#define SCAN_SIBLINGS_H

#include "index/siblings.h"
#include "scan/source.h"
#include "util/strmap.h"

/* One worker's.  Zeroed but for reading.  The folder of S3 that was listed last is remembered, so
 * that the modules that are not there cost one call a folder. */
struct siblings {
    const struct reading *reading;
    const struct source *source; /* the notebook, between begin and the end of its analysis */
    size_t n_read, n_bytes;      /* of this notebook */
    struct arena *kept;          /* of what follows */
    struct index_sibling *asked; /* for objects: each file that was asked for and what it was */
    size_t n_asked, cap_asked;
    struct arena arena;        /* of the listing */
    struct store *store;       /* whose ... */
    struct str bucket, folder; /* ... was listed */
    struct strmap names;       /* what is in it: "x.py", "package/" */
    bool is_listed, is_whole;  /* is_whole: what is not in names is not there */
};

/* kept: where s->asked lives; must be there until the next begin. */
void siblings_begin(struct siblings *s, const struct source *source, struct arena *kept);

/* May a file of that name be asked for?  Code, notebooks and configuration, by the suffix; names
 * without one. */
bool sibling_is_name(struct str path);

/* The callback of struct analysis_options; ctx is the struct siblings. */
bool siblings_read(void *ctx, struct arena *a, struct str path, struct str *bytes);

void siblings_release(struct siblings *s);

#endif
