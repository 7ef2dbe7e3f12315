/*
 * scanning: what scans need, from the settings: the index, the places, the analyst, the sources.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SCANNING_H
#define CLI_SCANNING_H

#include "cli/wiring.h"
#include "scan/inventory.h"
#include "scan/scan.h"

#include <pthread.h>

struct folder_place;

struct scanning {
    struct cli *cli;
    struct wiring *wiring;      /* with store and index */
    struct analyst analyst;     /* while n_analysts > 0; guarded by lock until it is filled */
    struct arena analyst_arena; /* of it */
    unsigned n_analysts;        /* scans that analyse now; guarded by lock */
    struct scans *scans;
    pthread_mutex_t lock;
    struct folder_place *folders; /* guarded by lock: stores of folders that are sources */
    struct inventory inventory;   /* store NULL: places are listed */
    struct str lake;              /* the folder that stands for S3, from the root; or empty */
};

/* w: open, with the index; borrowed.  The sources of the settings are written into the index.
 * cancel: ends what runs; or NULL.  Fails with ERR_CONFIG, and as the parts do. */
MUST_USE bool scanning_open(struct scanning *s, struct cli *cli, struct wiring *w,
                            const atomic_bool *cancel, struct err *err);
/* List the bucket that the inventory is of by it: place is s3://BUCKET/.../manifest.json.  Before
 * the first scan.  Fails as inventory_store_open(). */
MUST_USE bool scanning_use_inventory(struct scanning *s, struct str place, struct err *err);

/* Take up what the queue of scan.events_queue tells, if there is one.  Fails with ERR_CONFIG. */
MUST_USE bool scanning_listen(struct scanning *s, struct err *err);
/* Ends what runs.  Accepts a zeroed one. */
void scanning_release(struct scanning *s);

/* The normal form of a place: "s3://bucket/prefix" or "file:/folder"; a folder below the lake is
 * the place on S3 that it stands for.  Fails with ERR_INVALID, ERR_NOT_FOUND, ERR_UNSUPPORTED. */
MUST_USE bool scanning_uri(const struct scanning *s, struct arena *a, struct str text,
                           struct str *out, struct err *err);

#endif
